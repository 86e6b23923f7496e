//! The rows of a load by customer, from grouping them to the run they become.

use super::columns::{Columns, Names};
use super::run::Run;
use crate::error::Result;

/// Staged rows in groups, a group a customer, customers ascending.
#[derive(Debug, Default)]
pub(super) struct Grouped {
    pub(super) rows: Vec<u32>,
    /// The customers with rows; empty if `starts` has an entry for every code.
    customers: Vec<u32>,
    starts: Vec<u32>,
}

impl Grouped {
    /// Groups with a code each; without codes they are 0, 1, 2 ….
    pub(super) fn new(rows: Vec<u32>, starts: Vec<u32>, codes: Option<Vec<u32>>) -> Result<Grouped> {
        let Some(customers) = codes.filter(|codes| codes.iter().enumerate().any(|(at, &code)| at as u32 != code)) else {
            return Ok(Grouped { rows, customers: Vec::new(), starts });
        };
        let given = Grouped { rows, customers, starts };
        if given.customers.is_sorted() {
            return Ok(given);
        }
        let mut order: Vec<(u32, u32)> = Vec::new();
        order.try_reserve_exact(given.customers.len())?;
        order.extend(given.customers.iter().zip(0..).map(|(&code, at)| (code, at)));
        // Keys known before the load and new ones both ascend, so this merges more than it sorts.
        order.sort();
        let mut sorted = Grouped::default();
        sorted.rows.try_reserve_exact(given.rows.len())?;
        for (code, at) in order {
            let (from, until) = (given.starts[at as usize], given.starts[at as usize + 1]);
            sorted.push(code, &given.rows[from as usize..until as usize])?;
        }
        sorted.close()?;
        Ok(sorted)
    }

    /// Names rows by their arrival again instead of their places.
    pub(super) fn undo(&mut self, places: &[u32]) -> Result<()> {
        if places.is_empty() {
            return Ok(());
        }
        let mut arrival: Vec<u32> = Vec::new();
        arrival.try_reserve_exact(places.len())?;
        arrival.resize(places.len(), 0);
        for (row, &place) in (0..).zip(places) {
            arrival[place as usize] = row;
        }
        self.rows.iter_mut().for_each(|row| *row = arrival[*row as usize]);
        Ok(())
    }

    pub(super) fn push(&mut self, customer: u32, rows: &[u32]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        self.customers.try_reserve(1)?;
        self.starts.try_reserve(1)?;
        self.rows.try_reserve(rows.len())?;
        self.customers.push(customer);
        self.starts.push(self.rows.len() as u32);
        self.rows.extend_from_slice(rows);
        Ok(())
    }

    pub(super) fn close(&mut self) -> Result<()> {
        self.starts.try_reserve(1)?;
        self.starts.push(self.rows.len() as u32);
        Ok(())
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = (u32, &[u32])> {
        self.starts.windows(2).enumerate().filter(|(_, pair)| pair[0] < pair[1]).map(|(at, pair)| {
            let customer = self.customers.get(at).copied().unwrap_or(at as u32);
            (customer, &self.rows[pair[0] as usize..pair[1] as usize])
        })
    }

    /// Puts the rows of every customer into the total order.
    pub(super) fn sort(&mut self, columns: &Columns, names: Names<'_>) {
        let at = &columns.at;
        let starts = &self.starts;
        for pair in starts.windows(2) {
            let rows = &mut self.rows[pair[0] as usize..pair[1] as usize];
            if rows.windows(2).any(|pair| at[pair[0] as usize] >= at[pair[1] as usize]) {
                rows.sort_unstable_by(|&a, &b| {
                    at[a as usize]
                        .cmp(&at[b as usize])
                        .then_with(|| names.compare(&columns.get(a as usize), &columns.get(b as usize)))
                });
            }
        }
    }

    pub(super) fn into_run(mut self, columns: Columns) -> Result<Run> {
        self.rows = Vec::new();
        if self.customers.is_empty() && !self.starts.is_empty() {
            return Run::dense(self.starts, columns);
        }
        self.starts.pop();
        Run::new(self.customers, self.starts, columns)
    }
}
