//! Levels of engagement, and the ratio of the two ends.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::math::{exp, ln, pow, sqrt};
use crate::stay::{Z, wilson};

/// How engaged a customer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Level {
    /// No evidence of any kind.
    Unknown = 0,
    /// Against the business.
    ActivelyDisengaged = 1,
    /// Indifferent.
    NotEngaged = 2,
    /// For the business.
    Engaged = 3,
    /// For it in every way that counts.
    FullyEngaged = 4,
}

impl Level {
    /// Every level, the lowest first; the position is the number in C.
    pub const ALL: [Level; 5] =
        [Level::Unknown, Level::ActivelyDisengaged, Level::NotEngaged, Level::Engaged, Level::FullyEngaged];

    /// The level in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Unknown => "unknown",
            Level::ActivelyDisengaged => "actively disengaged",
            Level::NotEngaged => "not engaged",
            Level::Engaged => "engaged",
            Level::FullyEngaged => "fully engaged",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The engagement from which on a level is reached.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelScale {
    /// Fully engaged from here on.
    pub fully_engaged: f64,
    /// Engaged from here on.
    pub engaged: f64,
    /// Not engaged from here on; actively disengaged below.
    pub not_engaged: f64,
}

impl LevelScale {
    /// The level of an engagement.
    ///
    /// ```
    /// use engagement_core::{Level, Rulebook};
    ///
    /// let scale = Rulebook::standard().levels;
    /// assert_eq!(scale.level(Some(60.0)), Level::FullyEngaged);
    /// assert_eq!(scale.level(Some(-0.1)), Level::ActivelyDisengaged);
    /// assert_eq!(scale.level(None), Level::Unknown);
    /// ```
    #[must_use]
    pub fn level(&self, engagement: Option<f64>) -> Level {
        match engagement {
            None => Level::Unknown,
            Some(e) if e >= self.fully_engaged => Level::FullyEngaged,
            Some(e) if e >= self.engaged => Level::Engaged,
            Some(e) if e >= self.not_engaged => Level::NotEngaged,
            Some(_) => Level::ActivelyDisengaged,
        }
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        let LevelScale { fully_engaged, engaged, not_engaged } = *self;
        if 100.0 >= fully_engaged && fully_engaged > engaged && engaged > not_engaged && not_engaged >= -100.0 {
            return Ok(());
        }
        Err(format!(
            "{{ fully_engaged = {fully_engaged}, engaged = {engaged}, not_engaged = {not_engaged} }} does not descend strictly within 100 and -100"
        ))
    }
}

/// Customers by level. Prospects are counted apart and are in no level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LevelCounts {
    /// Fully engaged customers.
    pub fully_engaged: u64,
    /// Engaged customers.
    pub engaged: u64,
    /// Customers who are not engaged.
    pub not_engaged: u64,
    /// Actively disengaged customers.
    pub actively_disengaged: u64,
    /// Customers without evidence.
    pub unknown: u64,
    /// Those who never bought, subscribed or renewed.
    pub prospects: u64,
}

impl LevelCounts {
    pub(crate) fn count(&mut self, level: Level, prospect: bool) {
        let place = match level {
            _ if prospect => &mut self.prospects,
            Level::FullyEngaged => &mut self.fully_engaged,
            Level::Engaged => &mut self.engaged,
            Level::NotEngaged => &mut self.not_engaged,
            Level::ActivelyDisengaged => &mut self.actively_disengaged,
            Level::Unknown => &mut self.unknown,
        };
        *place += 1;
    }

    /// Customers of every level, without prospects.
    #[must_use]
    pub fn customers(&self) -> u64 {
        self.fully_engaged + self.engaged + self.not_engaged + self.actively_disengaged + self.unknown
    }

    /// The number at a level.
    #[must_use]
    pub fn at(&self, level: Level) -> u64 {
        match level {
            Level::FullyEngaged => self.fully_engaged,
            Level::Engaged => self.engaged,
            Level::NotEngaged => self.not_engaged,
            Level::ActivelyDisengaged => self.actively_disengaged,
            Level::Unknown => self.unknown,
        }
    }

    /// The ratio of the two ends.
    #[must_use]
    pub fn ratio(&self) -> EngagementRatio {
        EngagementRatio::new(self.fully_engaged, self.actively_disengaged)
    }
}

/// How the interval of a ratio was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RatioInterval {
    /// Normal on the logarithm of the ratio.
    LogNormal,
    /// Wilson's interval of the share, turned into odds: one of the counts is below 5.
    Wilson,
    /// A bound from one side: one of the counts is 0.
    OneSided,
    /// None: both counts are 0.
    NoData,
}

/// Fully engaged : actively disengaged, with a 95 % confidence interval.
///
/// # Formula
/// ```text
/// ratio = a/b,   interval = exp(ln(a/b) ± z·√(1/a + 1/b)),   z = 1.959964
/// a or b < 5:    Wilson's interval of a/(a+b), as odds
/// b = 0:         from p = 0.025^(1/a), as odds p/(1−p), upwards;   a = 0: the mirror image
/// ```
///
/// # Example
/// ```
/// use engagement_core::EngagementRatio;
///
/// let world_class = EngagementRatio::new(480, 60);
/// assert_eq!(world_class.ratio, Some(8.0));
/// assert!((world_class.low.unwrap() - 6.117).abs() < 5e-4);
/// assert!((world_class.high.unwrap() - 10.463).abs() < 5e-4);
/// ```
///
/// # References
/// Katz, Baptista, Azen & Pike (1978), doi:10.2307/2530610; Wilson (1927), doi:10.1080/01621459.1927.10502953.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EngagementRatio {
    /// Fully engaged customers.
    pub fully_engaged: u64,
    /// Actively disengaged customers.
    pub actively_disengaged: u64,
    /// Their ratio; absent where nobody is actively disengaged.
    pub ratio: Option<f64>,
    /// The lower end of the interval.
    pub low: Option<f64>,
    /// The upper end; absent where it is unbounded.
    pub high: Option<f64>,
    /// How the interval was made.
    pub interval: RatioInterval,
}

/// The ratio of an average organisation, from published surveys of customers.
pub const AVERAGE_RATIO: f64 = 0.8;
/// The ratio of a world-class organisation, from published surveys of customers.
pub const WORLD_CLASS_RATIO: f64 = 8.0;

impl EngagementRatio {
    /// The ratio of two counts.
    #[must_use]
    pub fn new(fully_engaged: u64, actively_disengaged: u64) -> EngagementRatio {
        let (a, b) = (fully_engaged as f64, actively_disengaged as f64);
        let odds = |share: f64| share / (1.0 - share);
        let (ratio, low, high, interval) = match (fully_engaged, actively_disengaged) {
            (0, 0) => (None, None, None, RatioInterval::NoData),
            (_, 0) => (None, Some(odds(pow(0.025, 1.0 / a))), None, RatioInterval::OneSided),
            (0, _) => (Some(0.0), Some(0.0), Some(1.0 / odds(pow(0.025, 1.0 / b))), RatioInterval::OneSided),
            (1..5, _) | (_, 1..5) => {
                let (low, high) = wilson(a, a + b);
                (Some(a / b), Some(odds(low)), Some(odds(high)), RatioInterval::Wilson)
            }
            _ => {
                let spread = Z * sqrt(1.0 / a + 1.0 / b);
                let middle = ln(a / b);
                (Some(a / b), Some(exp(middle - spread)), Some(exp(middle + spread)), RatioInterval::LogNormal)
            }
        };
        EngagementRatio { fully_engaged, actively_disengaged, ratio, low, high, interval }
    }

    /// The ratio and its interval in a sentence.
    ///
    /// ```
    /// use engagement_core::EngagementRatio;
    ///
    /// assert_eq!(EngagementRatio::new(190, 230).sentence(), "0.83 : 1 (95 % interval 0.68 to 1.00)");
    /// assert_eq!(
    ///     EngagementRatio::new(300, 0).sentence(),
    ///     "nobody is actively disengaged among 300 fully engaged: at least 80.8 : 1 (97.5 % bound)"
    /// );
    /// ```
    #[must_use]
    pub fn sentence(&self) -> String {
        let number = |value: f64| {
            if value >= 100.0 {
                format!("{value:.0}")
            } else if value >= 10.0 {
                format!("{value:.1}")
            } else {
                format!("{value:.2}")
            }
        };
        match (self.ratio, self.low, self.high) {
            (Some(ratio), Some(low), Some(high)) => {
                format!("{} : 1 (95 % interval {} to {})", number(ratio), number(low), number(high))
            }
            (None, Some(low), None) => format!(
                "nobody is actively disengaged among {} fully engaged: at least {} : 1 (97.5 % bound)",
                self.fully_engaged,
                number(low)
            ),
            _ => "no ratio: nobody is fully engaged and nobody is actively disengaged".to_owned(),
        }
    }
}
