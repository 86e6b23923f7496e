//! Recency, frequency and monetary value of a ledger's customers.

use super::rfm::{Rfm, RfmOptions};
use crate::error::Result;
use crate::interaction::Key;
use crate::ledger::Ledger;
use crate::purchases::visit_purchase_days;
use crate::score::Keys;
use crate::stay::{chunks_of_customers, in_key_order};
use crate::time::Timestamp;

/// The customers with a purchase, in key order, with what their scores are made from.
///
/// A purchase is a purchase period of [`Ledger::purchases`]: a civil day of the ledger's zone with at least one purchase that was
/// not refunded whole by the as-of.
///
/// ```
/// use engagement_core::segment::RfmOptions;
/// use engagement_core::{Interaction, Ledger};
///
/// let mut ledger = Ledger::new();
/// for (day, kind, amount) in [("2026-01-05", "purchase", "40"), ("2026-02-03", "purchase", "60"), ("2026-02-09", "refund", "-10")] {
///     let at = ledger.zone().parse(day)?;
///     ledger.append(&Interaction { amount: Some(amount.parse()?), ..Interaction::new("ann", at, kind) })?;
/// }
/// let table = ledger.rfm(ledger.zone().parse_as_of("2026-03-01")?, &RfmOptions::default())?;
/// assert_eq!((table.days_since_last[0], table.purchases[0], table.spend[0]), (26.0, 2, 90.0));
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct RfmTable {
    keys: Keys,
    /// Civil days from the last purchase to the as-of.
    pub days_since_last: Vec<f64>,
    /// Purchases.
    pub purchases: Vec<u32>,
    /// What all purchases left after refunds, in currency units.
    pub spend: Vec<f64>,
    /// Scores and segments.
    pub rfm: Rfm,
    /// Customers with interactions but no purchase by the as-of.
    pub prospects: u64,
}

impl RfmTable {
    /// The number of customers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.purchases.len()
    }

    /// Whether nobody purchased.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.purchases.is_empty()
    }

    /// The customer of a row.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn customer(&self, row: usize) -> Key<'_> {
        self.keys.get(row)
    }
}

struct Row {
    customer: u32,
    purchases: u32,
    days: i64,
    /// In millionths.
    spend: i128,
}

#[derive(Default)]
struct Chunk {
    rows: Vec<Row>,
    prospects: u64,
}

impl Ledger {
    /// Scores and segments all customers with a purchase by recency, frequency and monetary value.
    ///
    /// # Errors
    /// As [`Rfm::new`].
    pub fn rfm(&self, as_of: Timestamp, options: &RfmOptions) -> Result<RfmTable> {
        let end = self.zone().calendar().day(as_of.micros());
        let done = chunks_of_customers(self, options.threads, |codes| {
            let mut chunk = Chunk::default();
            visit_purchase_days(self, codes, as_of, |bought| {
                let Some(last) = bought.days.last() else {
                    chunk.prospects += 1;
                    return Ok(());
                };
                let spend = bought.days.iter().map(|day| day.net).sum();
                // Where a clock goes back over midnight, a purchase can lie in the day after the day of a later end.
                let days = (end - last.day).max(0);
                chunk.rows.try_reserve(1)?;
                chunk.rows.push(Row { customer: bought.customer, purchases: bought.days.len() as u32, days, spend });
                Ok(())
            })?;
            Ok(chunk)
        })?;
        let rows = done.iter().map(|chunk| chunk.rows.len()).sum();
        let (mut keys, mut days_since_last, mut purchases, mut spend) = (Keys::default(), Vec::new(), Vec::new(), Vec::new());
        days_since_last.try_reserve_exact(rows)?;
        purchases.try_reserve_exact(rows)?;
        spend.try_reserve_exact(rows)?;
        let chunks: Vec<&[Row]> = done.iter().map(|chunk| chunk.rows.as_slice()).collect();
        in_key_order(
            self,
            &chunks,
            |row| row.customer,
            |row| {
                keys.push(self.customers.get(row.customer));
                days_since_last.push(row.days as f64);
                purchases.push(row.purchases);
                spend.push(row.spend as f64 / 1e6);
            },
        );
        let rfm = Rfm::new(&days_since_last, &purchases, &spend, options)?;
        let prospects = done.iter().map(|chunk| chunk.prospects).sum();
        Ok(RfmTable { keys, days_since_last, purchases, spend, rfm, prospects })
    }
}
