//! One customer's purchases, as the models see them.

use crate::error::{Error, ErrorKind, Result};

/// Frequency, recency and age of one customer: all that the models need to know.
///
/// ```
/// use engagement_core::model::PurchaseHistory;
///
/// let customer = PurchaseHistory::new(2, 30.43, 38.86)?;
/// assert_eq!((customer.frequency(), customer.recency(), customer.age()), (2, 30.43, 38.86));
/// let error = PurchaseHistory::new(2, 40.0, 38.86).unwrap_err();
/// assert_eq!(error.to_string(), "recency: 40 is not in 0..=38.86, the customer's age");
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PurchaseHistory {
    frequency: u32,
    recency: f64,
    age: f64,
}

impl PurchaseHistory {
    /// A customer with `frequency` repeat purchases, the last of them `recency` time units after the first purchase, which was
    /// `age` time units ago.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] unless `0 ≤ recency ≤ age < ∞`, and `recency = 0` where nothing was bought again.
    pub fn new(frequency: u32, recency: f64, age: f64) -> Result<PurchaseHistory> {
        let invalid = |message: String| Err(Error::new(ErrorKind::InvalidArgument, message));
        if !(age >= 0.0 && age.is_finite()) {
            return invalid(format!("age: {age} is not a number of time units of at least 0"));
        }
        if !(0.0..=age).contains(&recency) {
            return invalid(format!("recency: {recency} is not in 0..={age}, the customer's age"));
        }
        if frequency == 0 && recency != 0.0 {
            return invalid(format!("recency: {recency} is not 0, but the customer's frequency is"));
        }
        // Adding 0 turns −0 into 0, so that equal histories have equal bits.
        Ok(PurchaseHistory { frequency, recency: recency + 0.0, age: age + 0.0 })
    }

    /// A customer who has just bought for the first time.
    #[must_use]
    pub const fn newcomer() -> PurchaseHistory {
        PurchaseHistory { frequency: 0, recency: 0.0, age: 0.0 }
    }

    /// The same with the last purchase now.
    pub(crate) const fn just_seen(&self) -> PurchaseHistory {
        PurchaseHistory { recency: if self.frequency == 0 { 0.0 } else { self.age }, ..*self }
    }

    /// Repeat purchase periods.
    #[doc(alias = "x")]
    #[must_use]
    pub const fn frequency(&self) -> u32 {
        self.frequency
    }

    /// From the first purchase period to the last, in time units.
    #[doc(alias = "t_x")]
    #[must_use]
    pub const fn recency(&self) -> f64 {
        self.recency
    }

    /// From the first purchase period to the end of the observation, in time units.
    #[doc(alias = "T")]
    #[must_use]
    pub const fn age(&self) -> f64 {
        self.age
    }
}
