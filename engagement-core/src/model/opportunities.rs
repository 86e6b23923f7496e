//! Yes or no at fixed opportunities: the data of the BG/BB model.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};

/// How often one customer took the opportunities to buy, and when last.
///
/// ```
/// use engagement_core::model::OpportunityHistory;
///
/// let donor = OpportunityHistory::new(4, 5, 6)?;
/// assert_eq!((donor.frequency(), donor.recency(), donor.opportunities()), (4, 5, 6));
/// let error = OpportunityHistory::new(4, 7, 6).unwrap_err();
/// assert_eq!(error.to_string(), "recency: 7 is not in 0..=6, the customer's opportunities");
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpportunityHistory {
    frequency: u32,
    recency: u32,
    opportunities: u32,
}

impl OpportunityHistory {
    /// A customer who took `frequency` of so many `opportunities`, the last of them at the one numbered `recency`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] unless `frequency ≤ recency ≤ opportunities`, and both or neither of the first two are 0.
    pub fn new(frequency: u32, recency: u32, opportunities: u32) -> Result<OpportunityHistory> {
        let invalid = |message: String| Err(Error::new(ErrorKind::InvalidArgument, message));
        if recency > opportunities {
            return invalid(format!("recency: {recency} is not in 0..={opportunities}, the customer's opportunities"));
        }
        if frequency > recency {
            return invalid(format!(
                "frequency: {frequency} is not in 0..={recency}, the opportunities up to the last one taken"
            ));
        }
        if frequency == 0 && recency > 0 {
            return invalid(format!("recency: {recency} is not 0, but the customer's frequency is"));
        }
        Ok(OpportunityHistory { frequency, recency, opportunities })
    }

    /// A customer who had no opportunity yet.
    #[must_use]
    pub const fn newcomer() -> OpportunityHistory {
        OpportunityHistory { frequency: 0, recency: 0, opportunities: 0 }
    }

    /// Opportunities taken.
    #[doc(alias = "x")]
    #[must_use]
    pub const fn frequency(&self) -> u32 {
        self.frequency
    }

    /// The number of the last opportunity taken, 0 for none.
    #[doc(alias = "t_x")]
    #[must_use]
    pub const fn recency(&self) -> u32 {
        self.recency
    }

    /// Opportunities so far.
    #[doc(alias = "n")]
    #[must_use]
    pub const fn opportunities(&self) -> u32 {
        self.opportunities
    }
}

/// Customers by their use of opportunities: equal ones are one row with a count.
///
/// ```
/// use engagement_core::model::{Opportunities, OpportunityHistory};
///
/// let donors = Opportunities::from_columns(&[6, 0, 6], &[6, 0, 6], &[6, 6, 6], None)?;
/// assert_eq!((donors.customers(), donors.len()), (3, 2));
/// assert_eq!(donors.histories().last(), Some((OpportunityHistory::new(6, 6, 6)?, 2)));
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opportunities {
    counts: BTreeMap<OpportunityHistory, u64>,
}

impl Opportunities {
    /// Customers, or groups of equal ones, a row each: opportunities taken, number of the last one taken, opportunities, and how
    /// many customers the row stands for (1 without the column).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: columns of different length, or a row that cannot be; the message names row and value.
    pub fn from_columns(
        frequency: &[u32],
        recency: &[u32],
        opportunities: &[u32],
        customers: Option<&[u64]>,
    ) -> Result<Opportunities> {
        let rows = frequency.len();
        let others = [
            ("recency", Some(recency.len())),
            ("opportunities", Some(opportunities.len())),
            ("customers", customers.map(<[_]>::len)),
        ];
        for (name, length) in others {
            if let Some(length) = length.filter(|&length| length != rows) {
                return Err(Error::new(ErrorKind::InvalidArgument, format!("{name}: {length} rows, but frequency has {rows}")));
            }
        }
        let mut all = Opportunities::default();
        for (row, ((&frequency, &recency), &opportunities)) in frequency.iter().zip(recency).zip(opportunities).enumerate() {
            let history =
                OpportunityHistory::new(frequency, recency, opportunities).map_err(|error| error.at(format!("row {row}")))?;
            all.add(history, customers.map_or(1, |customers| customers[row]));
        }
        Ok(all)
    }

    /// Counts one more history.
    pub fn add(&mut self, history: OpportunityHistory, customers: u64) {
        if customers > 0 {
            let count = self.counts.entry(history).or_default();
            *count = count.saturating_add(customers);
        }
    }

    /// All customers.
    #[must_use]
    pub fn customers(&self) -> u64 {
        self.counts.values().fold(0, |sum, &count| sum.saturating_add(count))
    }

    /// Distinct histories.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether there are no customers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Every distinct history and its number of customers, by frequency, recency and opportunities.
    pub fn histories(&self) -> impl Iterator<Item = (OpportunityHistory, u64)> + '_ {
        self.counts.iter().map(|(&history, &customers)| (history, customers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_refused() {
        let message = |x, t_x, n| OpportunityHistory::new(x, t_x, n).unwrap_err().to_string();
        assert_eq!(message(3, 2, 6), "frequency: 3 is not in 0..=2, the opportunities up to the last one taken");
        assert_eq!(message(0, 2, 6), "recency: 2 is not 0, but the customer's frequency is");
        let message = |x: &[u32], n: &[u32], c: Option<&[u64]>| Opportunities::from_columns(x, x, n, c).unwrap_err().to_string();
        assert_eq!(message(&[1, 2], &[1], None), "opportunities: 1 rows, but frequency has 2");
        assert_eq!(message(&[1, 2], &[1, 2], Some(&[1])), "customers: 1 rows, but frequency has 2");
        assert_eq!(message(&[1, 2], &[1, 1], None), "row 1: recency: 2 is not in 0..=1, the customer's opportunities");
    }

    /// A row for two is two rows for one, and a row for nobody is none.
    #[test]
    fn counts_are_rows() {
        let counted = Opportunities::from_columns(&[1, 0, 2], &[3, 0, 2], &[3, 3, 3], Some(&[2, 1, 0])).unwrap();
        let rows = Opportunities::from_columns(&[0, 1, 1], &[0, 3, 3], &[3, 3, 3], None).unwrap();
        assert_eq!(counted, rows);
        assert_eq!((rows.customers(), rows.len(), rows.is_empty()), (3, 2, false));
    }
}
