//! The purchase summary of the buy-till-you-die models: frequency, recency, age and value of every customer.

mod columns;
mod distinct;
mod options;
pub(crate) mod radix;
mod refunds;
mod rows;
mod summarise;
mod visit;

use std::sync::OnceLock;

use crate::error::{Error, ErrorKind, Result};
use crate::interaction::Key;
use crate::model::{PurchaseHistory, PurchaseModel};
use crate::money::Money;
use crate::score::{Keys, Nullable};

pub use columns::PurchaseColumns;
pub use distinct::Distinct;
use distinct::{Alike, each};
pub use options::{PurchaseOptions, TimeUnit};
pub(crate) use visit::{PurchaseDay, visit_purchase_days};

/// Frequency, recency, age and value of customers with a purchase, a row each: all that the models of repeat buying and of spend
/// need to know. [`Ledger::purchases`](crate::Ledger::purchases) makes it of a log, [`Purchases::from_columns`] of a table that
/// was made elsewhere.
///
/// A purchase period is a day, week or month of the calendar with at least one purchase. Refunds are taken off the purchases of
/// their order, or else off the customer's latest earlier purchases, newest first; a period whose amount was positive and is
/// refunded whole is no purchase period. A free purchase counts in the frequency, but not in the value.
///
/// # Formula
/// ```text
/// frequency x   = purchase periods − 1
/// recency   t_x = last period − first period          in units
/// age       T   = period of the end − first period    in units
/// value     m   = mean net spend of the repeat periods with any; missing without one
/// log_gaps      = Σ ln(period − period before it)     in units
/// ```
/// Time between periods is their difference times the length of the grain (1, 7 or 30.4375 days).
///
/// # Example
/// ```
/// use engagement_core::{Interaction, Ledger, PurchaseOptions};
///
/// let mut ledger = Ledger::new();
/// for (day, amount) in [("2026-01-01", "10"), ("2026-01-15", "20"), ("2026-01-15", "4"), ("2026-01-29", "30")] {
///     let at = ledger.zone().parse(day)?;
///     ledger.append(&Interaction { amount: Some(amount.parse()?), ..Interaction::new("ann", at, "purchase") })?;
/// }
/// let purchases = ledger.purchases(&PurchaseOptions::until(ledger.zone().parse_as_of("2026-02-05")?))?;
/// assert_eq!((purchases.frequency()[0], purchases.recency()[0], purchases.age()[0]), (2, 4.0, 5.0));
/// assert_eq!((purchases.value().get(0), purchases.first_value().get(0)), (Some(27.0), Some(10.0)));
/// # Ok::<(), engagement_core::Error>(())
/// ```
///
/// # References
/// Fader, Hardie & Lee (2005), doi:10.1287/mksc.1040.0098; Fader, Hardie & Lee (2005), doi:10.1509/jmkr.2005.42.4.415.
#[derive(Clone, Debug)]
pub struct Purchases {
    keys: Keys,
    frequency: Vec<u32>,
    recency: Vec<f64>,
    age: Vec<f64>,
    value: Nullable,
    paid: Vec<u32>,
    first_value: Nullable,
    log_gaps: Option<Vec<f64>>,
    holdout: Option<Holdout>,
    unit: TimeUnit,
    prospects: u64,
    earlier: u64,
    excess_refunds: Money,
    distinct: OnceLock<Distinct>,
    alike: OnceLock<Alike>,
}

/// What the customers of a [`Purchases`] did after its end, a row each.
///
/// It is counted as the calibration is: distinct periods of the grain, net of the refunds up to the holdout's end. The period in
/// which the observation ends belongs to the calibration, with all of its purchases. A refund in the holdout of a purchase before
/// it changes nothing: at the end of the observation nobody knew of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Holdout {
    /// From the period of the observation's end to the period of the holdout's, in units.
    pub length: f64,
    /// Purchase periods.
    pub frequency: Vec<u32>,
    /// Mean net spend of the purchase periods with any, in currency units; missing without one.
    pub value: Nullable,
    /// Purchase periods with net spend.
    pub paid: Vec<u32>,
}

impl Purchases {
    /// Sets the net spend of the first purchase periods, which [`Purchases::from_columns`] does not take.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: not a number for each row.
    pub fn with_first_value(mut self, first_value: Nullable) -> Result<Purchases> {
        self.of_rows("first_value", &[first_value.values.len(), first_value.valid.len()])?;
        self.first_value = first_value;
        Ok(self)
    }

    /// Sets what the customers did after the end, where it was counted elsewhere.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: not a number for each row, or a length that is not a number of units of at least 0.
    ///
    /// # Example
    /// ```
    /// use engagement_core::{Holdout, Nullable, PurchaseColumns, Purchases};
    ///
    /// let purchases = Purchases::from_columns(&PurchaseColumns::new(&[2, 0], &[30.0, 0.0], &[39.0, 38.0]))?;
    /// let none = Nullable { values: vec![0.0; 2], valid: vec![0; 2] };
    /// let holdout = Holdout { length: 39.0, frequency: vec![1, 0], value: none, paid: vec![0, 0] };
    /// assert_eq!(purchases.with_holdout(holdout)?.holdout().map(|holdout| holdout.frequency[0]), Some(1));
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    pub fn with_holdout(mut self, holdout: Holdout) -> Result<Purchases> {
        let Holdout { length, frequency, value, paid } = &holdout;
        if !(*length >= 0.0 && length.is_finite()) {
            let message = format!("holdout, length: {length} is not a number of units of at least 0");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        self.of_rows("holdout", &[frequency.len(), value.values.len(), value.valid.len(), paid.len()])?;
        self.holdout = Some(holdout);
        Ok(self)
    }

    /// Sets who was left out: prospects, customers who bought before the first day, and refunds without a purchase.
    #[must_use]
    pub fn with_left_out(mut self, prospects: u64, earlier: u64, excess_refunds: Money) -> Purchases {
        (self.prospects, self.earlier, self.excess_refunds) = (prospects, earlier, excess_refunds);
        self
    }

    fn of_rows(&self, name: &str, lengths: &[usize]) -> Result<()> {
        match lengths.iter().find(|&&length| length != self.len()) {
            Some(length) => {
                let message = format!("{name}: {length} values, but there are {} customers", self.len());
                Err(Error::new(ErrorKind::InvalidArgument, message))
            }
            None => Ok(()),
        }
    }

    /// The number of rows: customers with a purchase.
    #[must_use]
    pub fn len(&self) -> usize {
        self.frequency.len()
    }

    /// Whether nobody purchased.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.frequency.is_empty()
    }

    /// The customer of a row. Rows of a ledger are in key order; those of columns without customers have their number, from 0.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn customer(&self, row: usize) -> Key<'_> {
        self.keys.get(row).canonical()
    }

    /// Repeat purchase periods.
    #[doc(alias = "x")]
    #[must_use]
    pub fn frequency(&self) -> &[u32] {
        &self.frequency
    }

    /// From the first purchase period to the last, in units.
    #[doc(alias = "t_x")]
    #[must_use]
    pub fn recency(&self) -> &[f64] {
        &self.recency
    }

    /// From the first purchase period to the end, in units.
    #[doc(alias = "T")]
    #[must_use]
    pub fn age(&self) -> &[f64] {
        &self.age
    }

    /// Mean net spend of the repeat purchase periods with any, in currency units; missing without one.
    #[doc(alias = "m_x")]
    #[doc(alias = "monetary_value")]
    #[must_use]
    pub fn value(&self) -> &Nullable {
        &self.value
    }

    /// Repeat purchase periods with net spend: those the value is the mean of, and the `x` of the Gamma-Gamma model.
    #[must_use]
    pub fn paid(&self) -> &[u32] {
        &self.paid
    }

    /// Net spend of the first purchase period, in currency units; missing where it was free, or is not known.
    #[must_use]
    pub fn first_value(&self) -> &Nullable {
        &self.first_value
    }

    /// The sum of the logarithms of the times between purchase periods, in units; none if the columns had none.
    #[must_use]
    pub fn log_gaps(&self) -> Option<&[f64]> {
        self.log_gaps.as_deref()
    }

    /// What they did after the end, if that was asked for.
    #[must_use]
    pub fn holdout(&self) -> Option<&Holdout> {
        self.holdout.as_ref()
    }

    /// The unit of all times.
    #[must_use]
    pub fn unit(&self) -> TimeUnit {
        self.unit
    }

    /// Customers with interactions by the end but no purchase period; they have no row.
    #[must_use]
    pub fn prospects(&self) -> u64 {
        self.prospects
    }

    /// Customers left out because they bought before [`acquired_from`](PurchaseOptions::acquired_from).
    #[must_use]
    pub fn earlier(&self) -> u64 {
        self.earlier
    }

    /// Refunds by the end for which there was no purchase to take them off, of those who were not left out.
    #[must_use]
    pub fn excess_refunds(&self) -> Money {
        self.excess_refunds
    }

    /// Frequency, recency and age of a row.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn history(&self, row: usize) -> PurchaseHistory {
        history(self.frequency[row], self.recency[row], self.age[row])
    }

    /// The customers with equal frequency, recency and age as one. Made on the first call and kept.
    ///
    /// # Errors
    /// [`ErrorKind::NoMemory`](crate::ErrorKind::NoMemory).
    pub fn distinct(&self) -> Result<&Distinct> {
        if let Some(known) = self.distinct.get() {
            return Ok(known);
        }
        let made = Distinct::of(self)?;
        Ok(self.distinct.get_or_init(|| made))
    }

    /// What there is to say of every row that depends on nothing but frequency, recency and age, such as a number or the two ends
    /// of an interval; computed once for equal ones. `threads` live as long as the call, 0 takes as many as the machine has; the
    /// answer is the same for any.
    ///
    /// # Errors
    /// An error of `number`, or memory refused.
    ///
    /// # Example
    /// ```
    /// use engagement_core::{PurchaseColumns, Purchases};
    ///
    /// let columns = PurchaseColumns::new(&[2, 0, 2], &[30.0, 0.0, 30.0], &[39.0, 30.0, 39.0]);
    /// let purchases = Purchases::from_columns(&columns)?;
    /// assert_eq!(purchases.distinct()?.weights, [1.0, 2.0]);
    /// let silence = purchases.map(1, |customer| Ok(customer.age() - customer.recency()))?;
    /// assert_eq!(silence, [9.0, 30.0, 9.0]);
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    pub fn map<T: Copy + Send>(&self, threads: usize, number: impl Fn(&PurchaseHistory) -> Result<T> + Sync) -> Result<Vec<T>> {
        self.distinct()?.map(threads, |_, customer| number(customer))
    }

    /// A result for every distinct history that depends on nothing but what its customers do while they still buy.
    pub(crate) fn if_alive<T: Copy + Send>(
        &self,
        model: &dyn PurchaseModel,
        threads: usize,
        result: impl Fn(&PurchaseHistory) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        let distinct = self.distinct()?;
        if !model.forgets_recency() {
            return each(&distinct.histories, threads, |_, customer| result(customer));
        }
        let alike = match self.alike.get() {
            Some(known) => known,
            None => {
                let made = Alike::of(distinct)?;
                self.alike.get_or_init(|| made)
            }
        };
        alike.map(threads, result)
    }
}

/// A history of numbers that were checked when their row was made: what `new` refuses was refused there.
fn history(frequency: u32, recency: f64, age: f64) -> PurchaseHistory {
    PurchaseHistory::new(frequency, recency, age).unwrap_or_else(|_| PurchaseHistory::newcomer())
}
