//! What customers are worth, in money, by the three ways in which they add value, adding up exactly.
//!
//! Every amount is a whole number of millionths, so that the parts of a sum make the sum: stay and spend the lifetime value of a
//! customer; say, stay and spend over all customers their lifetime values; the lines of a [`ValueBridge`] the change.
//!
//! | way | |
//! |---|---|
//! | stay | the purchases a customer will make, at the base value of an order: coming back |
//! | spend | what those orders are worth beyond the base value |
//! | say | credit for customers the customer referred, less the credit given to the customer's own referrer |

mod all;
mod bridge;
mod forecast;
mod one;
mod referral;
mod referrers;
mod totals;

pub use all::Forecasts;
pub use bridge::ValueBridge;
pub use forecast::{CustomerForecast, Forecast};
pub(crate) use one::Outlook;
pub use referral::{Referred, referral_value};
pub use referrers::ReferralCounts;
pub use totals::ValueTotals;

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};
use crate::money::Money;

/// What one customer is worth by the way it comes about.
///
/// # Formula
/// ```text
/// say = credit received − credit given      credit = round(referral share · lifetime value of the referred customer)
/// ```
/// Stay and spend are those of the [`CustomerForecast`]. A prospect has none, but may have credit.
///
/// # Example
/// ```
/// use engagement_core::model::{GammaGamma, MbgNbd};
/// use engagement_core::value::Forecast;
/// use engagement_core::{Interaction, Key, Ledger, Rulebook, TimeUnit};
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
/// let (ann, bob) = (rules.score(&ledger, Key::from("ann"), as_of)?, rules.score(&ledger, Key::from("bob"), as_of)?);
/// // All that bob is worth is put down to ann, who brought him.
/// assert_eq!(ann.value.unwrap().say, bob.forecast.unwrap().lifetime_value.unwrap());
/// assert_eq!(bob.value.unwrap().total()?.micros(), 0);
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EngagementValue {
    /// What the customers referred by this one are worth, less what is credited to this one's referrer.
    pub say: Money,
    /// Coming back.
    pub stay: Money,
    /// Spending more than the base value, negative for less.
    pub spend: Money,
}

impl EngagementValue {
    /// All three together.
    ///
    /// # Errors
    /// [`ErrorKind::Overflow`] if the sum does not fit.
    pub fn total(&self) -> Result<Money> {
        sum([self.say, self.stay, self.spend], "engagement value")
    }
}

/// The exact sum of amounts.
fn sum(amounts: impl IntoIterator<Item = Money>, what: &str) -> Result<Money> {
    fitting(amounts.into_iter().map(|amount| i128::from(amount.micros())).sum(), what)
}

/// A count of millionths as an amount.
fn fitting(micros: i128, what: &str) -> Result<Money> {
    let money = i64::try_from(micros).ok().and_then(Money::from_micros);
    money.ok_or_else(|| Error::new(ErrorKind::Overflow, format!("{what}: {micros} millionths do not fit an amount")))
}

/// The millionth nearest to an amount that was computed.
fn nearest(amount: f64, what: &str) -> Result<Money> {
    let money = Money::from_f64(amount).ok().flatten();
    money.ok_or_else(|| Error::new(ErrorKind::Overflow, format!("{what}: {amount} does not fit an amount")))
}

/// The part of a lifetime value that is credited to the referrer.
fn credit(share: f64, lifetime_value: Money) -> i64 {
    (share * lifetime_value.micros() as f64).round_ties_even() as i64
}
