//! Contracts that were renewed or lost: the data of the contractual models.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};

/// One customer's contract: how often it was renewed, and whether it still runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contract {
    /// How often it was renewed.
    pub renewals: u32,
    /// Whether it still runs; one that does not was lost at the occasion after its last renewal.
    pub active: bool,
}

/// Customers by how often their contract was renewed and whether it still runs.
///
/// # Example
/// The cohort of Fader & Hardie (2007) whose first 131 of 1,000 customers leave at the first occasion.
/// ```
/// use engagement_core::model::{Contract, Renewals};
///
/// let cohort = Renewals::from_cohort(&[1000, 869, 743])?;
/// assert_eq!(cohort.lost(0), 131);
/// assert_eq!(cohort.active(2), 743);
/// let customers = Renewals::from_customers(&[0, 2, 2], &[false, true, true])?;
/// assert_eq!(customers.contracts().next(), Some((Contract { renewals: 0, active: false }, 1)));
/// assert_eq!(cohort.with(&customers).customers(), 1003);
/// # Ok::<(), engagement_core::Error>(())
/// ```
///
/// # References
/// Fader & Hardie (2007), doi:10.1002/dir.20074.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renewals {
    counts: BTreeMap<Contract, u64>,
}

impl Renewals {
    /// A cohort that began together: the customers at the start, and those still there after each renewal.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: nothing is given, or more customers are there than before.
    pub fn from_cohort(still_there: &[u64]) -> Result<Renewals> {
        let Some(&last) = still_there.last() else {
            return Err(Error::new(ErrorKind::InvalidArgument, "still_there: a cohort begins with its number of customers"));
        };
        let mut all = Renewals::default();
        for (renewals, pair) in still_there.windows(2).enumerate() {
            let (before, after) = (pair[0], pair[1]);
            let Some(lost) = before.checked_sub(after) else {
                let message =
                    format!("still_there: {after} customers after renewal {} are more than the {before} before it", renewals + 1);
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            };
            all.add(Contract { renewals: renewals as u32, active: false }, lost);
        }
        all.add(Contract { renewals: still_there.len() as u32 - 1, active: true }, last);
        Ok(all)
    }

    /// Customers one by one: how often each renewed, and whether the contract still runs.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: the two columns differ in length.
    pub fn from_customers(renewals: &[u32], active: &[bool]) -> Result<Renewals> {
        if renewals.len() != active.len() {
            let message = format!("active: {} rows, but renewals has {}", active.len(), renewals.len());
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let mut all = Renewals::default();
        for (&renewals, &active) in renewals.iter().zip(active) {
            all.add(Contract { renewals, active }, 1);
        }
        Ok(all)
    }

    /// The same customers and others.
    #[must_use]
    pub fn with(mut self, others: &Renewals) -> Renewals {
        others.contracts().for_each(|(contract, customers)| self.add(contract, customers));
        self
    }

    /// Customers lost at the occasion after so many renewals.
    #[must_use]
    pub fn lost(&self, renewals: u32) -> u64 {
        self.counts.get(&Contract { renewals, active: false }).copied().unwrap_or(0)
    }

    /// Customers still there, who renewed so often so far.
    #[must_use]
    pub fn active(&self, renewals: u32) -> u64 {
        self.counts.get(&Contract { renewals, active: true }).copied().unwrap_or(0)
    }

    /// All customers.
    #[must_use]
    pub fn customers(&self) -> u64 {
        self.counts.values().fold(0, |all, customers| all.saturating_add(*customers))
    }

    /// Every distinct contract and its number of customers, by renewals, those lost first.
    pub fn contracts(&self) -> impl Iterator<Item = (Contract, u64)> + '_ {
        self.counts.iter().map(|(&contract, &customers)| (contract, customers))
    }

    /// Counts more customers with a contract like this one.
    pub fn add(&mut self, contract: Contract, customers: u64) {
        if customers > 0 {
            let count = self.counts.entry(contract).or_default();
            *count = count.saturating_add(customers);
        }
    }

    /// The share lost at each of the first occasions, of those who came to it, until nobody did.
    pub(crate) fn hazards(&self, occasions: u32) -> Vec<f64> {
        let mut there = self.customers();
        let mut hazards = Vec::new();
        for renewals in 0..occasions {
            there = there.saturating_sub(self.active(renewals));
            if there == 0 {
                break;
            }
            let lost = self.lost(renewals);
            hazards.push(lost as f64 / there as f64);
            there -= lost.min(there);
        }
        hazards
    }

    /// Distinct contracts and their customers as the fit takes them, once they can tell `occasions` occasions apart.
    pub(crate) fn rows(&self, occasions: u32) -> Result<(Vec<Contract>, Vec<f64>)> {
        let failed = |message: String| Err(Error::new(ErrorKind::FitFailed, message));
        if self.counts.is_empty() {
            return failed("there are no customers to fit to".to_owned());
        }
        if self.counts.keys().all(|contract| contract.active) {
            return failed("nobody was lost, so the rate of loss is not bounded below; observe for longer".to_owned());
        }
        if self.hazards(occasions).len() < occasions as usize {
            return failed(format!(
                "nobody came to renewal occasion {occasions}: the model needs that many to tell its parameters apart"
            ));
        }
        Ok((self.counts.keys().copied().collect(), self.counts.values().map(|&customers| customers as f64).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cohort and the same customers one by one are the same data.
    #[test]
    fn cohort_and_customers_agree() {
        let cohort = Renewals::from_cohort(&[5, 3, 3, 2]).unwrap();
        let customers = Renewals::from_customers(&[0, 0, 2, 3, 3], &[false, false, false, true, true]).unwrap();
        assert_eq!(cohort, customers);
        assert_eq!(cohort.hazards(9), [0.4, 0.0, 1.0 / 3.0]);
    }

    /// Those still there before an occasion do not come to it.
    #[test]
    fn hazards_leave_out_who_is_not_due() {
        let customers = Renewals::from_customers(&[0, 0, 0, 1, 1], &[true, true, false, false, true]).unwrap();
        assert_eq!(customers.hazards(3), [1.0 / 3.0, 1.0]);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let error = Renewals::from_cohort(&[5, 6]).unwrap_err();
        assert_eq!(error.to_string(), "still_there: 6 customers after renewal 1 are more than the 5 before it");
        assert!(Renewals::from_cohort(&[]).is_err());
        assert!(Renewals::from_customers(&[1], &[]).is_err());
        let message = |renewals: Renewals, occasions| renewals.rows(occasions).unwrap_err().to_string();
        assert_eq!(message(Renewals::default(), 2), "there are no customers to fit to");
        assert!(message(Renewals::from_cohort(&[5, 5, 5]).unwrap(), 2).starts_with("nobody was lost"));
        assert!(message(Renewals::from_cohort(&[5, 4]).unwrap(), 2).starts_with("nobody came to renewal occasion 2"));
    }
}
