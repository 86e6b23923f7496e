//! What all customers together are worth.

use serde::Serialize;

use super::{Forecasts, fitting};
use crate::error::Result;
use crate::level::Level;
use crate::money::Money;
use crate::score::Scores;

/// What several customers are worth together, by way: exact sums.
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
