//! The value of a customer's referrals, as a stream of money.

use crate::error::{Error, ErrorKind, Result};
use crate::math::pow;

/// What one referred customer brings and saves.
///
/// All amounts are in currency units; costs are positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Referred {
    /// When, in periods from now; not negative.
    pub at: f64,
    /// The probability that the customer would not have come without the referral: 1 is type one of the reference, 0 type two.
    pub only_through_referral: f64,
    /// The margin the customer brings.
    pub margin: f64,
    /// What the referral costs: the reward.
    pub referral_cost: f64,
    /// What is spent on marketing to the customer.
    pub marketing_cost: f64,
    /// What acquiring the customer in another way would have cost.
    pub acquisition_saved: f64,
}

/// The value of a customer's referrals, discounted at `rate` per period.
///
/// A referred customer who would have come anyway brings only what the acquisition would have cost.
///
/// # Formula
/// ```text
/// value = Σ (π·(margin − referral cost − marketing cost) + acquisition saved) ÷ (1 + rate)^at
/// ```
/// π is [`only_through_referral`](Referred::only_through_referral). The reference knows only π = 1 and π = 0.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`] naming the field, its value and its domain.
///
/// # Example
/// ```
/// use engagement_core::value::{Referred, referral_value};
///
/// let one = Referred {
///     at: 1.0,
///     only_through_referral: 1.0,
///     margin: 100.0,
///     referral_cost: 20.0,
///     marketing_cost: 5.0,
///     acquisition_saved: 30.0,
/// };
/// let two = Referred { only_through_referral: 0.0, ..one };
/// let value = referral_value(&[one, one, two], 0.07238)?;
/// assert!((value - 223.801264).abs() < 5e-7);
/// # Ok::<(), engagement_core::Error>(())
/// ```
///
/// # References
/// Kumar, Petersen & Leone (2010), doi:10.1509/jmkg.74.5.001.
pub fn referral_value(referrals: &[Referred], rate: f64) -> Result<f64> {
    let invalid = |name: &str, value: f64, domain: &str| {
        Err(Error::new(ErrorKind::InvalidArgument, format!("{name}: {value} is not {domain}")))
    };
    if !(rate > -1.0 && rate.is_finite()) {
        return invalid("rate", rate, "above −1 and finite");
    }
    let mut total = 0.0;
    for (row, referred) in referrals.iter().enumerate() {
        let amounts = [
            ("margin", referred.margin),
            ("referral_cost", referred.referral_cost),
            ("marketing_cost", referred.marketing_cost),
            ("acquisition_saved", referred.acquisition_saved),
        ];
        for (name, amount) in amounts {
            if !amount.is_finite() {
                return invalid(&format!("referrals[{row}].{name}"), amount, "a finite amount");
            }
        }
        if !(0.0..=1.0).contains(&referred.only_through_referral) {
            return invalid(&format!("referrals[{row}].only_through_referral"), referred.only_through_referral, "within 0..=1");
        }
        if !(referred.at >= 0.0 && referred.at.is_finite()) {
            return invalid(&format!("referrals[{row}].at"), referred.at, "a number of periods of at least 0");
        }
        let brought = referred.margin - referred.referral_cost - referred.marketing_cost;
        total += (referred.only_through_referral * brought + referred.acquisition_saved) / pow(1.0 + rate, referred.at);
    }
    Ok(total)
}
