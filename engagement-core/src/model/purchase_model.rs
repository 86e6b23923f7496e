//! What every model of repeat buying answers.

use super::history::PurchaseHistory;
use crate::error::Result;
use crate::math::Random;

/// A model of how customers buy again and stop buying, in continuous time.
///
/// Times are in the unit of the data that the model was fitted to. A method that takes a time refuses one that is negative or
/// not a number; infinity is allowed where the answer is finite.
pub trait PurchaseModel: std::fmt::Debug + Send + Sync {
    /// The logarithm of the likelihood of a customer's purchases, in event-time form.
    fn log_likelihood(&self, customer: &PurchaseHistory) -> f64;

    /// The probability that the customer still buys, at the end of the observation.
    fn probability_alive(&self, customer: &PurchaseHistory) -> f64;

    /// Whether customers of equal frequency and age do the same for as long as they still buy, whenever they bought last: when that
    /// was tells only whether they do. Not so where purchases are regular.
    fn forgets_recency(&self) -> bool {
        true
    }

    /// The probability that a customer who still buys at the end of the observation does so `later` time units after it.
    ///
    /// # Errors
    /// `later` is negative or not a number.
    fn probability_stays(&self, customer: &PurchaseHistory, later: f64) -> Result<f64>;

    /// The mean number of purchases within the next `t` time units of a customer who still buys at the end of the observation.
    ///
    /// # Errors
    /// `t` is negative or not a number, or infinite where the mean is.
    fn expected_purchases_if_alive(&self, customer: &PurchaseHistory, t: f64) -> Result<f64>;

    /// The same, each purchase discounted: `∫₀ᵗ e^(−δs) dE(s)` with the continuous rate `delta` per time unit. `t` may be infinite.
    ///
    /// # Errors
    /// `t` is negative or not a number; `delta` is not positive where `t` is infinite, or is negative or not finite.
    fn discounted_purchases_if_alive(&self, customer: &PurchaseHistory, t: f64, delta: f64) -> Result<f64>;

    /// The probability that the customer still buys `later` time units after the end of the observation, if nothing more is seen.
    ///
    /// # Errors
    /// As [`probability_stays`](PurchaseModel::probability_stays).
    fn probability_alive_at(&self, customer: &PurchaseHistory, later: f64) -> Result<f64> {
        Ok(self.probability_alive(customer) * self.probability_stays(customer, later)?)
    }

    /// The mean number of purchases within the next `t` time units, given the customer's history.
    ///
    /// # Errors
    /// As [`expected_purchases_if_alive`](PurchaseModel::expected_purchases_if_alive).
    fn expected_purchases(&self, customer: &PurchaseHistory, t: f64) -> Result<f64> {
        Ok(self.probability_alive(customer) * self.expected_purchases_if_alive(customer, t)?)
    }

    /// The mean number of repeat purchases of a new customer within the first `t` time units.
    ///
    /// # Errors
    /// As [`expected_purchases`](PurchaseModel::expected_purchases).
    fn expected_purchases_new(&self, t: f64) -> Result<f64> {
        self.expected_purchases(&PurchaseHistory::newcomer(), t)
    }

    /// The probability of exactly `n` purchases within the next `t` time units, given the customer's history.
    ///
    /// # Errors
    /// `t` is negative, infinite or not a number.
    fn probability_of_purchases(&self, customer: &PurchaseHistory, n: u64, t: f64) -> Result<f64>;

    /// The probability that a new customer makes exactly `n` repeat purchases within the first `t` time units.
    ///
    /// # Errors
    /// As [`probability_of_purchases`](PurchaseModel::probability_of_purchases).
    fn probability_of_purchases_new(&self, n: u64, t: f64) -> Result<f64> {
        self.probability_of_purchases(&PurchaseHistory::newcomer(), n, t)
    }

    /// The discounted number of purchases expected in the next `t` time units, which may be infinite, given the customer's history.
    ///
    /// # Errors
    /// As [`discounted_purchases_if_alive`](PurchaseModel::discounted_purchases_if_alive).
    #[doc(alias = "DERT")]
    fn discounted_purchases(&self, customer: &PurchaseHistory, t: f64, delta: f64) -> Result<f64> {
        Ok(self.probability_alive(customer) * self.discounted_purchases_if_alive(customer, t, delta)?)
    }

    /// Draws a new customer and the times of the repeat purchases within the first `t` time units, in order, into `times`; at most
    /// the first 1,048,576 of them.
    fn simulate(&self, random: &mut Random, t: f64, times: &mut Vec<f64>);

    /// The smallest interval from a quantile to a quantile that holds the number of purchases within the next `t` time units with
    /// at least the probability `level`, cut equally at both ends: a prediction interval of a count.
    ///
    /// # Errors
    /// As [`probability_of_purchases`](PurchaseModel::probability_of_purchases); `level` is not between 0 and 1.
    fn prediction_interval(&self, customer: &PurchaseHistory, t: f64, level: f64) -> Result<(u64, u64)> {
        super::interval::prediction_interval(|n| self.probability_of_purchases(customer, n, t), level)
    }
}
