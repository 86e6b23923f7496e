//! Customers who came in the same calendar period, and what became of them.

use serde::Serialize;

use super::Proportion;
use crate::error::{Error, ErrorKind, Result};
use crate::money::Money;
use crate::time::{Calendar, Timestamp, Zone};

const DAY: i64 = 86_400_000_000;

/// The calendar period of a cohort, in the ledger's zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CohortPeriod {
    /// A civil day.
    Day,
    /// A week from Monday.
    Week,
    /// A civil month.
    #[default]
    Month,
    /// So many civil days, counted from Monday, 29 December 1969: `Days(7)` is [`Week`](CohortPeriod::Week).
    Days(u32),
}

impl CohortPeriod {
    pub(super) fn check(self) -> Result<()> {
        match self {
            CohortPeriod::Days(days @ (0 | 1_000_001..)) => Err(Error::new(
                ErrorKind::InvalidArgument,
                format!("period: {days} days is not a length between 1 and 1000000 days"),
            )),
            _ => Ok(()),
        }
    }
}

/// Numbers the periods of a calendar.
pub(super) struct Periods {
    period: CohortPeriod,
    /// Civil days are the days of a calendar without clock changes.
    calendar: Calendar,
}

impl Periods {
    pub(super) fn new(period: CohortPeriod) -> Periods {
        Periods { period, calendar: Zone::utc().calendar() }
    }

    pub(super) fn period(&self) -> CohortPeriod {
        self.period
    }

    /// The number of the period of a civil day.
    pub(super) fn of(&mut self, day: i64) -> i64 {
        match self.period {
            CohortPeriod::Day => day,
            CohortPeriod::Week => self.calendar.week(day * DAY),
            CohortPeriod::Month => self.calendar.month(day * DAY),
            CohortPeriod::Days(days) => (day + 3).div_euclid(i64::from(days)),
        }
    }

    /// The first civil day of a period, such as `2026-03-01`.
    pub(super) fn start(&self, period: i64) -> String {
        let day = match self.period {
            CohortPeriod::Day => period,
            CohortPeriod::Week => period * 7 - 3,
            CohortPeriod::Month => return format!("{:04}-{:02}-01", period.div_euclid(12), period.rem_euclid(12) + 1),
            CohortPeriod::Days(days) => period * i64::from(days) - 3,
        };
        // The first period of the calendar may begin before its first day.
        let at = Timestamp::from_checked(day * DAY).clamp(Timestamp::MIN, Timestamp::MAX);
        Zone::utc().format_date(at)
    }
}

/// Customers whose first purchase fell in the same period, and what they did in that period and the finished ones after it.
///
/// Position 0 of every column is the period of the first purchase.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cohort {
    /// The first civil day of the period, `2026-03-01`.
    pub start: String,
    /// Customers who came in it.
    pub customers: u64,
    /// Per finished period: those with a purchase in it.
    pub active: Vec<u64>,
    /// Per finished period: those with a second purchase day by its end.
    pub repeated: Vec<u64>,
    /// Per finished period: what they spent in it, refunds taken off.
    pub spend: Vec<Money>,
}

/// One cohort in one finished period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CohortCell {
    /// The share of the cohort with a purchase in the period.
    pub retention: Proportion,
    /// The share of the cohort with a second purchase day by the end of the period.
    pub repeat: Proportion,
    /// What the cohort spent in the period, refunds taken off.
    pub spend: Money,
}

impl Cohort {
    /// What the cohort did `after` periods after its own; `None` where that period is not over by the as-of.
    #[must_use]
    pub fn cell(&self, after: usize) -> Option<CohortCell> {
        Some(CohortCell {
            retention: Proportion::new(*self.active.get(after)?, self.customers)?,
            repeat: Proportion::new(*self.repeated.get(after)?, self.customers)?,
            spend: *self.spend.get(after)?,
        })
    }
}
