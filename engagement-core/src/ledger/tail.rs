//! The tail: the latest single rows, chained by customer in the total order, until there are enough for a run.

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use super::columns::{Columns, Names, Row};
use super::dictionary::NONE;
use super::referred::{Pair, REFERRAL};
use super::run::Run;
use super::shuffle::Spare;
use crate::error::Result;

/// Rows in the tail before it becomes a run.
pub(crate) const TAIL: usize = 4096;

#[derive(Clone, Debug, Default)]
pub(crate) struct Tail {
    pub(crate) columns: Columns,
    pub(crate) next: Vec<u32>,
    /// The first and the last row of each chain.
    ends: HashMap<u32, (u32, u32), RandomState>,
    /// Who referred whom, in the order of arrival.
    pub(super) referrals: Vec<Pair>,
}

impl Tail {
    pub(crate) fn len(&self) -> usize {
        self.columns.len()
    }

    /// The first row of a customer's chain, or [`NONE`].
    pub(crate) fn head(&self, customer: u32) -> u32 {
        if self.ends.is_empty() { NONE } else { self.ends.get(&customer).map_or(NONE, |ends| ends.0) }
    }

    /// Adds a row, or leaves everything as it was.
    pub(crate) fn push(&mut self, customer: u32, row: &Row, names: Names<'_>) -> Result<()> {
        let new = self.len() as u32;
        self.next.try_reserve(1)?;
        self.ends.try_reserve(1)?;
        let referral = row.kind == REFERRAL;
        self.referrals.try_reserve(usize::from(referral))?;
        if let Err(error) = self.columns.push(row) {
            self.columns.truncate(new as usize);
            return Err(error);
        }
        if referral {
            self.referrals.push((row.other, customer));
        }
        match self.ends.entry(customer) {
            Entry::Vacant(free) => {
                free.insert((new, new));
                self.next.push(NONE);
            }
            Entry::Occupied(mut taken) => {
                let (head, last) = *taken.get();
                let at_or_before = |other: u32| {
                    let times = self.columns.at[other as usize].cmp(&row.at);
                    times.then_with(|| names.compare(&self.columns.get(other as usize), row)).is_le()
                };
                // Rows mostly come in the order of time.
                let (before, after) = if at_or_before(last) {
                    (last, NONE)
                } else {
                    let (mut before, mut after) = (NONE, head);
                    while at_or_before(after) {
                        before = after;
                        after = self.next[after as usize];
                    }
                    (before, after)
                };
                self.next.push(after);
                if before != NONE {
                    self.next[before as usize] = new;
                }
                *taken.get_mut() = (if before == NONE { new } else { head }, if after == NONE { new } else { last });
            }
        }
        Ok(())
    }

    /// The customers with rows here, ascending.
    pub(crate) fn customers(&self) -> Vec<u32> {
        let mut customers: Vec<u32> = self.ends.keys().copied().collect();
        customers.sort_unstable();
        customers
    }

    /// The tail as a run.
    pub(crate) fn to_run(&self) -> Result<Run> {
        let customers = self.customers();
        let mut starts = Vec::new();
        let mut rows = Vec::new();
        starts.try_reserve_exact(customers.len() + 1)?;
        rows.try_reserve_exact(self.len())?;
        for &customer in &customers {
            starts.push(rows.len() as u32);
            let mut row = self.head(customer);
            while row != NONE {
                rows.push(row);
                row = self.next[row as usize];
            }
        }
        Run::new(customers, starts, self.columns.clone().gather(&rows, &mut Spare::default())?)
    }

    pub(crate) fn clear(&mut self) {
        self.columns.truncate(0);
        self.next.clear();
        self.ends.clear();
        self.referrals.clear();
    }

    pub(crate) fn heap_size(&self) -> usize {
        self.columns.heap_size()
            + self.next.capacity() * 4
            + self.ends.allocation_size()
            + self.referrals.capacity() * size_of::<Pair>()
    }
}
