//! What every contractual model answers.

use super::renewals::Contract;
use crate::error::{Error, ErrorKind, Result};
use crate::math::Random;

/// A model of contracts that are renewed or lost at fixed occasions.
///
/// Times count renewal occasions: a customer is lost at occasion t = 1, 2, … after t − 1 renewals.
pub trait RenewalModel: std::fmt::Debug + Send + Sync {
    /// The logarithm of the likelihood of a customer's contract.
    fn log_likelihood(&self, contract: &Contract) -> f64;

    /// The probability that a customer who has renewed `renewed` times renews the next `t` times too.
    fn survival_after(&self, renewed: u32, t: u32) -> f64;

    /// The probability that a new customer renews at least `t` times: S(t).
    fn survival(&self, t: u32) -> f64 {
        self.survival_after(0, t)
    }

    /// The probability that a new customer is lost at occasion `t`: S(t − 1) − S(t).
    ///
    /// # Errors
    /// `t` is 0.
    fn probability_of_loss(&self, t: u32) -> Result<f64>;

    /// The share of those who come to occasion `t` that renews: S(t) / S(t − 1).
    ///
    /// # Errors
    /// `t` is 0.
    fn retention_rate(&self, t: u32) -> Result<f64> {
        Ok(self.survival_after(occasion(t)? - 1, 1))
    }

    /// The mean number of renewals at the next `t` occasions of a customer who has renewed `renewed` times.
    fn expected_renewals(&self, renewed: u32, t: u32) -> f64;

    /// The discounted number of all later renewals of a customer who has renewed `renewed` times and comes to the next occasion,
    /// which is not discounted itself; `rate` is the discount rate per period.
    ///
    /// # Formula
    /// ```text
    /// DERL = Σ_{k ≥ 1} S(renewed + k)/S(renewed) · (1 + rate)^(1 − k)
    /// ```
    ///
    /// # Errors
    /// `rate` is not a positive finite number.
    #[doc(alias = "DERL")]
    fn discounted_renewals(&self, renewed: u32, rate: f64) -> Result<f64>;

    /// Draws a new customer and the contract as it stands after `occasions` occasions.
    fn simulate(&self, random: &mut Random, occasions: u32) -> Contract;
}

/// Checks the number of an occasion.
pub(crate) fn occasion(t: u32) -> Result<u32> {
    if t == 0 {
        return Err(Error::new(ErrorKind::InvalidArgument, "t: 0 is not an occasion; the first one is 1"));
    }
    Ok(t)
}

/// The contract of a customer lost before a real-valued time.
pub(crate) fn lost_at(time: f64, occasions: u32) -> Contract {
    // Not `<`: a time that is not a number, of a customer with no rate of loss, is never.
    if time < f64::from(occasions) {
        Contract { renewals: time as u32, active: false }
    } else {
        Contract { renewals: occasions, active: true }
    }
}
