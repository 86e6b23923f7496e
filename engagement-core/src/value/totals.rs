//! What all customers together are worth.

use serde::Serialize;

use super::{Forecasts, fitting};
use crate::error::Result;
use crate::level::Level;
use crate::money::Money;
use crate::score::Scores;

/// What several customers are worth together, by way: exact sums.
///
/// # Example
/// ```
/// use engagement_core::model::{GammaGamma, MbgNbd};
/// use engagement_core::value::Forecast;
/// use engagement_core::{Interaction, Key, Ledger, Money, Rulebook, ScoreOptions, TimeUnit};
///
/// let mut ledger = Ledger::new();
/// for (customer, day, kind, other) in [
///     ("ann", "2026-01-05", "purchase", None),
///     ("bob", "2026-02-02", "referral", Some("ann")),
///     ("bob", "2026-02-02", "purchase", None),
/// ] {
///     let at = ledger.zone().parse(day)?;
///     let amount = (kind == "purchase").then(|| "30".parse()).transpose()?;
///     ledger.append(&Interaction { amount, other: other.map(Key::from), ..Interaction::new(customer, at, kind) })?;
/// }
/// let forecast = Forecast {
///     spend: Some(GammaGamma::new(6.25, 3.74, 15.44)?),
///     ..Forecast::new(MbgNbd::new(0.525, 6.183, 0.891, 1.614)?, TimeUnit::Week, 52.0)
/// };
/// let rules = Rulebook { forecast: Some(forecast), ..Rulebook::standard() }.compile()?;
/// let as_of = ledger.zone().parse_as_of("2026-02-28")?;
/// let scores = rules.score_all(&ledger, as_of, &ScoreOptions::default())?;
/// let all = scores.value()?.unwrap();
/// assert_eq!((all.customers, all.say), (2, Money::ZERO));
/// assert_eq!(all.stay.micros() + all.spend.micros(), all.lifetime_value.micros());
/// let forecasts = scores.forecasts.as_ref().unwrap();
/// assert_eq!(forecasts.value_say.money(0), forecasts.lifetime_value.money(1));
/// assert_eq!((forecasts.referrals.counted, forecasts.referrals.violations()), (1, 0));
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ValueTotals {
    /// Customers with a forecast.
    pub customers: u64,
    /// What their purchases within the horizon are worth.
    pub lifetime_value: Money,
    /// Credit they received for customers they referred, less credit they gave; 0 over all customers.
    pub say: Money,
    /// Coming back.
    pub stay: Money,
    /// Spending more than the base value, negative for less.
    pub spend: Money,
}

impl Scores {
    /// What all customers are worth together; `None` if the rulebook has no forecast in money.
    ///
    /// # Formula
    /// ```text
    /// say + stay + spend = lifetime value,   say = 0
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Overflow`](crate::ErrorKind::Overflow) if a sum does not fit.
    pub fn value(&self) -> Result<Option<ValueTotals>> {
        self.value_where(|_| true)
    }

    /// What the customers of each level are worth together, the lowest level first. Here Say is what a level's customers bring by
    /// referring others, less what they owe to their referrers.
    ///
    /// # Errors
    /// As [`value`](Scores::value).
    pub fn value_by_level(&self) -> Result<Vec<(Level, ValueTotals)>> {
        let of_level = |level| Ok(self.value_where(|row| self.level[row] == level)?.map(|totals| (level, totals)));
        Level::ALL.into_iter().filter_map(|level| of_level(level).transpose()).collect()
    }

    fn value_where(&self, wanted: impl Fn(usize) -> bool) -> Result<Option<ValueTotals>> {
        let Some(forecasts) = self.forecasts.as_ref().filter(|forecasts| forecasts.in_money) else { return Ok(None) };
        let Forecasts { lifetime_value, value_say, value_stay, value_spend, .. } = forecasts;
        let (mut customers, mut sums) = (0, [0_i128; 4]);
        for row in (0..self.len()).filter(|&row| wanted(row)) {
            customers += u64::from(lifetime_value.valid[row] != 0);
            for (sum, column) in sums.iter_mut().zip([lifetime_value, value_say, value_stay, value_spend]) {
                *sum += i128::from(column.get(row).unwrap_or(0));
            }
        }
        let [lifetime_value, say, stay, spend] = sums;
        Ok(Some(ValueTotals {
            customers,
            lifetime_value: fitting(lifetime_value, "lifetime value")?,
            say: fitting(say, "say")?,
            stay: fitting(stay, "stay")?,
            spend: fitting(spend, "spend")?,
        }))
    }
}
