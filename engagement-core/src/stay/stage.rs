//! The stage of one customer: new, active, at risk or lapsed.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::math::{exp, ln_1p};
use crate::model::PurchaseHistory;

/// How far a customer has come, and whether they are still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Stage {
    /// Never bought.
    Prospect = 0,
    /// Bought once, not long ago.
    New = 1,
    /// Buys; the silence is nothing unusual.
    Active = 2,
    /// Silent for unusually long.
    AtRisk = 3,
    /// Silent for so long that hardly anybody who still buys would be.
    Lapsed = 4,
}

impl Stage {
    /// Every stage, from first to last; the position is the number in C.
    pub const ALL: [Stage; 5] = [Stage::Prospect, Stage::New, Stage::Active, Stage::AtRisk, Stage::Lapsed];

    /// The stage in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Stage::Prospect => "prospect",
            Stage::New => "new",
            Stage::Active => "active",
            Stage::AtRisk => "at risk",
            Stage::Lapsed => "lapsed",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How purchase rates differ between customers: a gamma distribution of shape r and rate α, as NBD, BG/NBD, MBG/NBD and Pareto/NBD
/// fit it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurchaseRate {
    /// The shape.
    pub r: f64,
    /// The rate, in time units.
    pub alpha: f64,
}

/// Where the stages part. Times are in one unit, whichever; the customers' have to be in the same.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageOptions {
    /// A customer with one purchase period is new up to this age.
    pub new_within: f64,
    /// At risk if such a silence has at most this probability.
    #[serde(default = "at_risk")]
    pub at_risk: f64,
    /// Lapsed if it has less than this one.
    #[serde(default = "lapsed")]
    pub lapsed: f64,
    /// The purchase rates of a fitted model; without them a customer is held against their own rhythm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<PurchaseRate>,
    /// The gap between purchases of those who have bought only once, where there is no model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typical_gap: Option<f64>,
}

/// The standard threshold of [`Stage::AtRisk`].
pub(crate) const fn at_risk() -> f64 {
    0.20
}

/// The standard threshold of [`Stage::Lapsed`].
pub(crate) const fn lapsed() -> f64 {
    0.05
}

impl StageOptions {
    /// The standard thresholds, 0.20 and 0.05, without a model.
    #[must_use]
    pub const fn new(new_within: f64) -> StageOptions {
        StageOptions { new_within, at_risk: at_risk(), lapsed: lapsed(), rate: None, typical_gap: None }
    }

    /// The same with the purchase rates of a model.
    #[must_use]
    pub const fn rate(mut self, r: f64, alpha: f64) -> StageOptions {
        self.rate = Some(PurchaseRate { r, alpha });
        self
    }

    /// The same with a gap for those who have bought only once.
    #[must_use]
    pub const fn typical_gap(mut self, gap: f64) -> StageOptions {
        self.typical_gap = Some(gap);
        self
    }

    /// Whether every value is in its domain.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] naming the value that is not.
    pub fn check(&self) -> Result<()> {
        let invalid = |message: String| Err(Error::new(ErrorKind::InvalidArgument, message));
        if !(self.new_within >= 0.0 && self.new_within.is_finite()) {
            return invalid(format!("new_within: {} is not a number of time units of at least 0", self.new_within));
        }
        if !(self.lapsed > 0.0 && self.lapsed < self.at_risk && self.at_risk < 1.0) {
            let StageOptions { at_risk, lapsed, .. } = self;
            return invalid(format!("at_risk, lapsed: {at_risk} and {lapsed} do not descend strictly between 1 and 0"));
        }
        let rate = self.rate.map_or([("r", None), ("alpha", None)], |rate| [("r", Some(rate.r)), ("alpha", Some(rate.alpha))]);
        for (name, value) in rate.into_iter().chain([("typical_gap", self.typical_gap)]) {
            if let Some(value) = value.filter(|value| !(*value > 0.0 && value.is_finite())) {
                return invalid(format!("{name}: {value} is not a number above 0"));
            }
        }
        Ok(())
    }
}

/// The probability of a silence at least as long as the customer's, if they still buy as before.
///
/// `frequency` is the number of repeat purchase periods, `recency` the time of the last since the first, `age` the time since the
/// first, as in [`Purchases`](crate::Purchases).
///
/// # Formula
/// ```text
/// with a model:     q = ((α + t_x)/(α + T))^(r + x)
/// own rhythm:       q = exp(−(T − t_x)/(t_x/x))            silence ÷ own mean gap
/// bought only once: q = exp(−T/typical_gap)
/// ```
/// The second is the first for a rate that is known exactly: 1/gap.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`] for a value outside its domain; without a model, a customer who has bought only once needs
/// `typical_gap`.
///
/// # Example
/// ```
/// use engagement_core::stay::{StageOptions, silence_probability};
///
/// // Four gaps of a week, then silence for two.
/// let q = silence_probability(4, 4.0, 6.0, &StageOptions::new(4.0))?;
/// assert!((q - (-2.0_f64).exp()).abs() < 1e-15);
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn silence_probability(frequency: u32, recency: f64, age: f64, options: &StageOptions) -> Result<f64> {
    options.check()?;
    probability(&PurchaseHistory::new(frequency, recency, age)?, options)
}

fn probability(customer: &PurchaseHistory, options: &StageOptions) -> Result<f64> {
    let silence = customer.age() - customer.recency();
    let repeats = f64::from(customer.frequency());
    if let Some(PurchaseRate { r, alpha }) = options.rate {
        return Ok(exp(-(r + repeats) * ln_1p(silence / (alpha + customer.recency()))));
    }
    let gap = match (customer.frequency(), options.typical_gap) {
        (0, Some(gap)) => gap,
        (0, None) => {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                "typical_gap: missing; a customer who bought only once has no gap of their own, and there is no model's rate",
            ));
        }
        _ => customer.recency() / repeats,
    };
    // Without a silence there is nothing to judge, not even where all purchases fell on one moment.
    Ok(if silence == 0.0 { 1.0 } else { exp(-(silence / gap)) })
}

/// The stage of a customer who has bought.
///
/// New: one purchase period and an age of at most `new_within`. Otherwise by the [`silence_probability`]: active above `at_risk`,
/// lapsed below `lapsed`, at risk between and at them. Against the own rhythm the standard thresholds are 1.609 (ln 5) and 2.996
/// (ln 20) mean gaps.
///
/// # Errors
/// As [`silence_probability`].
///
/// # Example
/// ```
/// use engagement_core::stay::{Stage, StageOptions, stage_of};
///
/// // MBG/NBD of the CDNOW sample, in weeks (Batislam, Denizel & Filiztekin 2007, doi:10.1016/j.ijresmar.2006.12.005).
/// let options = StageOptions::new(4.0).rate(0.525, 6.183);
/// assert_eq!(stage_of(0, 0.0, 3.0, &options)?, Stage::New);
/// assert_eq!(stage_of(2, 30.43, 38.86, &options)?, Stage::Active);
/// assert_eq!(stage_of(6, 20.0, 30.0, &options)?, Stage::AtRisk);
/// assert_eq!(stage_of(6, 10.0, 30.0, &options)?, Stage::Lapsed);
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn stage_of(frequency: u32, recency: f64, age: f64, options: &StageOptions) -> Result<Stage> {
    options.check()?;
    stage(&PurchaseHistory::new(frequency, recency, age)?, options)
}

/// The stage by options that are in their domain.
pub(super) fn stage(customer: &PurchaseHistory, options: &StageOptions) -> Result<Stage> {
    if customer.frequency() == 0 && customer.age() <= options.new_within {
        return Ok(Stage::New);
    }
    let q = probability(customer, options)?;
    Ok(if q > options.at_risk {
        Stage::Active
    } else if q < options.lapsed {
        Stage::Lapsed
    } else {
        Stage::AtRisk
    })
}
