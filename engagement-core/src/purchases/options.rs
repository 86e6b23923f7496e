//! What is summarised, up to when, and in which units.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::time::{Timestamp, Zone};

/// A unit of time: of the numbers a model sees, or of the periods in which purchases are counted.
///
/// ```
/// use engagement_core::TimeUnit;
///
/// assert_eq!("week".parse::<TimeUnit>()?, TimeUnit::Week);
/// assert_eq!((TimeUnit::Week.days(), TimeUnit::Month.days()), (7.0, 30.4375));
/// assert_eq!("year".parse::<TimeUnit>().unwrap_err().to_string(), "unit: \"year\" is none of day, week, month");
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// A day.
    Day,
    /// Seven days; as a period, a civil week from Monday.
    #[default]
    Week,
    /// 30.4375 days; as a period, a calendar month.
    Month,
}

impl TimeUnit {
    /// Its length in days.
    #[must_use]
    pub const fn days(self) -> f64 {
        match self {
            TimeUnit::Day => 1.0,
            TimeUnit::Week => 7.0,
            TimeUnit::Month => 30.4375,
        }
    }

    /// Its name, as it is read.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            TimeUnit::Day => "day",
            TimeUnit::Week => "week",
            TimeUnit::Month => "month",
        }
    }
}

impl fmt::Display for TimeUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TimeUnit {
    type Err = Error;

    fn from_str(name: &str) -> Result<TimeUnit> {
        [TimeUnit::Day, TimeUnit::Week, TimeUnit::Month]
            .into_iter()
            .find(|unit| unit.as_str() == name)
            .ok_or_else(|| Error::new(ErrorKind::InvalidArgument, format!("unit: \"{name}\" is none of day, week, month")))
    }
}

/// How purchases are summarised.
///
/// ```
/// use engagement_core::{PurchaseOptions, TimeUnit, Zone};
///
/// // CDNOW's setting: purchases counted by the day, time told in weeks, 39 weeks to calibrate and 39 to hold out.
/// let zone = Zone::utc();
/// let options = PurchaseOptions::until(zone.parse_as_of("1997-09-30")?).holdout(zone.parse_as_of("1998-06-30")?);
/// assert_eq!((options.grain, options.unit), (TimeUnit::Day, TimeUnit::Week));
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PurchaseOptions {
    /// The end of the observation, inclusive; what happens later is not seen.
    pub until: Timestamp,
    /// The unit of recency and age.
    pub unit: TimeUnit,
    /// The period in which several purchases count as one.
    pub grain: TimeUnit,
    /// The zone whose calendar cuts the periods; without one, the ledger's.
    pub zone: Option<Zone>,
    /// The end of the holdout, inclusive: purchases after `until` and at or before it are counted apart.
    pub holdout: Option<Timestamp>,
    /// Customers who bought before this moment are left out: in a log cut out of a running business, the first purchase seen is
    /// not the first one of those who were customers before.
    pub acquired_from: Option<Timestamp>,
    /// Threads, which live as long as the call; 0 takes as many as the machine has.
    pub threads: usize,
}

impl PurchaseOptions {
    /// Everything up to a moment, counted by the day and told in weeks.
    #[must_use]
    pub fn until(until: Timestamp) -> PurchaseOptions {
        PurchaseOptions {
            until,
            unit: TimeUnit::Week,
            grain: TimeUnit::Day,
            zone: None,
            holdout: None,
            acquired_from: None,
            threads: 0,
        }
    }

    /// Sets [`unit`](PurchaseOptions::unit).
    #[must_use]
    pub fn unit(self, unit: TimeUnit) -> PurchaseOptions {
        PurchaseOptions { unit, ..self }
    }

    /// Sets [`grain`](PurchaseOptions::grain).
    #[must_use]
    pub fn grain(self, grain: TimeUnit) -> PurchaseOptions {
        PurchaseOptions { grain, ..self }
    }

    /// Sets [`zone`](PurchaseOptions::zone).
    #[must_use]
    pub fn zone(self, zone: Zone) -> PurchaseOptions {
        PurchaseOptions { zone: Some(zone), ..self }
    }

    /// Sets [`holdout`](PurchaseOptions::holdout).
    #[must_use]
    pub fn holdout(self, holdout: Timestamp) -> PurchaseOptions {
        PurchaseOptions { holdout: Some(holdout), ..self }
    }

    /// Sets [`acquired_from`](PurchaseOptions::acquired_from).
    #[must_use]
    pub fn acquired_from(self, acquired_from: Timestamp) -> PurchaseOptions {
        PurchaseOptions { acquired_from: Some(acquired_from), ..self }
    }

    /// Sets [`threads`](PurchaseOptions::threads).
    #[must_use]
    pub fn threads(self, threads: usize) -> PurchaseOptions {
        PurchaseOptions { threads, ..self }
    }
}
