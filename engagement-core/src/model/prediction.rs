//! What can be asked about customers of whom the purchases are known.

use super::history::PurchaseHistory;
use super::purchase_model::PurchaseModel;
use crate::error::Result;
use crate::purchases::Purchases;

/// A question about what customers will do, for one or for all of them: the methods of [`PurchaseModel`] as values.
///
/// Times are in the unit of the data. The answers for all customers are those for each, to the last bit, but are worked out once
/// for customers who have done the same, and what depends on customers only if they still buy once for those of equal frequency and
/// age.
///
/// # Example
/// ```
/// use engagement_core::model::{BgNbd, Prediction, PurchaseModel};
/// use engagement_core::{PurchaseColumns, Purchases};
///
/// let model = BgNbd::new(0.243, 4.414, 0.793, 2.426)?;
/// let purchases = Purchases::from_columns(&PurchaseColumns::new(&[2, 2], &[30.43, 12.0], &[38.86, 38.86]))?;
/// let expected = Prediction::ExpectedPurchases { t: 39.0 }.of_all(&model, &purchases, 1)?;
/// assert_eq!(expected[0], model.expected_purchases(&purchases.history(0), 39.0)?);
/// assert_eq!(format!("{:.3} {:.3}", expected[0], expected[1]), "1.226 0.556");
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Prediction {
    /// [`PurchaseModel::probability_alive_at`], so many time units after the end of the observation; 0 is now.
    ProbabilityAlive {
        /// Time units after the end.
        later: f64,
    },
    /// [`PurchaseModel::expected_purchases`].
    ExpectedPurchases {
        /// Time units from the end.
        t: f64,
    },
    /// [`PurchaseModel::probability_of_purchases`].
    ProbabilityOfPurchases {
        /// Purchases.
        n: u64,
        /// Time units from the end.
        t: f64,
    },
    /// [`PurchaseModel::discounted_purchases`].
    DiscountedPurchases {
        /// Time units from the end; may be infinite.
        t: f64,
        /// Continuous rate per time unit.
        delta: f64,
    },
}

impl Prediction {
    /// Of one customer.
    ///
    /// # Errors
    /// As the method of [`PurchaseModel`].
    pub fn of(&self, model: &dyn PurchaseModel, customer: &PurchaseHistory) -> Result<f64> {
        match *self {
            Prediction::ProbabilityAlive { later } => model.probability_alive_at(customer, later),
            Prediction::ExpectedPurchases { t } => model.expected_purchases(customer, t),
            Prediction::ProbabilityOfPurchases { n, t } => model.probability_of_purchases(customer, n, t),
            Prediction::DiscountedPurchases { t, delta } => model.discounted_purchases(customer, t, delta),
        }
    }

    /// Of every row of purchases. `threads` live as long as the call, 0 takes as many as the machine has; the numbers are the same
    /// for any.
    ///
    /// # Errors
    /// As the method of [`PurchaseModel`]; [`ErrorKind::NoMemory`](crate::ErrorKind::NoMemory).
    pub fn of_all(&self, model: &dyn PurchaseModel, purchases: &Purchases, threads: usize) -> Result<Vec<f64>> {
        let if_alive = match *self {
            Prediction::ProbabilityAlive { later } => {
                purchases.if_alive(model, threads, |customer| model.probability_stays(customer, later))?
            }
            Prediction::ExpectedPurchases { t } => {
                purchases.if_alive(model, threads, |customer| model.expected_purchases_if_alive(customer, t))?
            }
            Prediction::DiscountedPurchases { t, delta } => {
                purchases.if_alive(model, threads, |customer| model.discounted_purchases_if_alive(customer, t, delta))?
            }
            Prediction::ProbabilityOfPurchases { .. } => return purchases.map(threads, |customer| self.of(model, customer)),
        };
        purchases.distinct()?.map(threads, |at, customer| Ok(model.probability_alive(customer) * if_alive[at]))
    }
}
