//! Where the stages of customers part, kept in the rulebook.

use serde::{Deserialize, Serialize};

use super::Rules;
use crate::error::{Error, ErrorKind, Result};
use crate::purchases::TimeUnit;
use crate::stay::{PurchaseRate, StageOptions, at_risk, lapsed};

/// Where the stages of customers part: the section `[stages]` of a rulebook.
///
/// ```
/// use engagement_core::rulebook::StageScale;
/// use engagement_core::{Rulebook, TimeUnit};
///
/// let stages = StageScale { lapsed: 0.02, ..StageScale::new(TimeUnit::Day, 28.0) };
/// let rules = Rulebook { stages: Some(stages), ..Rulebook::standard() }.compile()?;
/// assert_eq!(rules.stage_options(TimeUnit::Week)?.new_within, 4.0);
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageScale {
    /// The unit of the times of this section.
    pub unit: TimeUnit,
    /// A customer with one purchase period is new up to this age, in units.
    pub new_within: f64,
    /// At risk if such a silence has at most this probability: 0.20 if absent.
    #[serde(default = "at_risk")]
    pub at_risk: f64,
    /// Lapsed if it has less than this one: 0.05 if absent.
    #[serde(default = "lapsed")]
    pub lapsed: f64,
    /// The gap between purchases of those who have bought only once, in units, where no model gives their rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typical_gap: Option<f64>,
}

impl StageScale {
    /// The standard thresholds, 0.20 and 0.05.
    #[must_use]
    pub const fn new(unit: TimeUnit, new_within: f64) -> StageScale {
        StageScale { unit, new_within, at_risk: at_risk(), lapsed: lapsed(), typical_gap: None }
    }

    /// The same for customers whose times are in another unit, without a model.
    pub(super) fn options(&self, unit: TimeUnit) -> StageOptions {
        let scale = ratio(self.unit, unit);
        StageOptions {
            new_within: self.new_within * scale,
            at_risk: self.at_risk,
            lapsed: self.lapsed,
            rate: None,
            typical_gap: self.typical_gap.map(|gap| gap * scale),
        }
    }
}

/// What a number of one unit is multiplied by to be one of another.
fn ratio(from: TimeUnit, to: TimeUnit) -> f64 {
    from.days() / to.days()
}

impl Rules {
    /// How stages are told of customers whose times are in `unit`: by the section `[stages]`, and by the purchase rates of the
    /// forecast's model where that is NBD, Pareto/NBD, BG/NBD or MBG/NBD; with another model, or without a forecast, by each
    /// customer's own rhythm.
    ///
    /// Times are converted by the days of the units: a month has 30.4375.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRulebook`]: the rulebook has no section `[stages]`, or a time of it is too large or too small in `unit`.
    ///
    /// # Example
    /// ```
    /// use engagement_core::stay::Stage;
    /// use engagement_core::{PurchaseColumns, Purchases, Rulebook};
    ///
    /// let rules = Rulebook::from_toml(r#"
    ///     version = 1
    ///     name = "stages only"
    ///     levels = { fully_engaged = 60, engaged = 30, not_engaged = 0 }
    ///     stages = { unit = "day", new_within = 28 }
    /// "#)?.compile()?;
    /// // In weeks: bought once, three and ten weeks ago; five times, the last one two and five weeks ago.
    /// let columns = PurchaseColumns::new(&[0, 0, 4, 4], &[0.0, 0.0, 8.0, 8.0], &[3.0, 10.0, 10.0, 13.0]);
    /// let purchases = Purchases::from_columns(&columns)?;
    /// let stages = purchases.stages(&rules.stage_options(purchases.unit())?)?;
    /// assert_eq!(stages.stage, [Stage::New, Stage::Lapsed, Stage::Active, Stage::AtRisk]);
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    pub fn stage_options(&self, unit: TimeUnit) -> Result<StageOptions> {
        let invalid = |message: String| Error::new(ErrorKind::InvalidRulebook, format!("rulebook, stages{message}"));
        let Some(scale) = &self.stages else {
            return Err(invalid(": missing; give it unit and new_within".to_owned()));
        };
        let mut options = scale.options(unit);
        if let Some(forecast) = &self.forecast
            && let Some(PurchaseRate { r, alpha }) = forecast.purchases.purchase_rate()
        {
            options = options.rate(r, alpha * ratio(forecast.unit, unit));
        }
        options.check().map_err(|error| invalid(format!(", in {unit}s: {error}")))?;
        Ok(options)
    }
}
