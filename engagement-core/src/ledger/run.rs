//! A run: many interactions, sorted by customer and then by the total order, never changed again.

use super::columns::Columns;
use super::dictionary::NONE;
use super::referred::{self, Pair};
use crate::error::Result;

/// Sorted columns, where each customer's part begins, and who referred whom.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    index: Index,
    pub(super) referrals: Vec<Pair>,
    pub(crate) columns: Columns,
}

/// Where each customer's rows begin: by code where most codes occur, by search otherwise.
#[derive(Clone, Debug)]
enum Index {
    Dense { starts: Vec<u32> },
    Sparse { customers: Vec<u32>, starts: Vec<u32> },
}

impl Run {
    /// A run of columns sorted by customer, and the customers with their first rows, ascending.
    pub(crate) fn new(customers: Vec<u32>, mut starts: Vec<u32>, columns: Columns) -> Result<Run> {
        let rows = columns.len() as u32;
        let codes = customers.last().map_or(0, |&last| last as usize + 1);
        if customers.len() * 3 < codes {
            starts.try_reserve_exact(1)?;
            starts.push(rows);
            return Run::indexed(Index::Sparse { customers, starts }, columns);
        }
        let mut dense = Vec::new();
        dense.try_reserve_exact(codes + 1)?;
        for (&customer, &start) in customers.iter().zip(&starts) {
            dense.resize(customer as usize + 1, start);
        }
        dense.push(rows);
        Run::dense(dense, columns)
    }

    /// A run whose customers' first rows are known for every code up to the last.
    pub(crate) fn dense(starts: Vec<u32>, columns: Columns) -> Result<Run> {
        Run::indexed(Index::Dense { starts }, columns)
    }

    fn indexed(index: Index, columns: Columns) -> Result<Run> {
        let mut run = Run { index, referrals: Vec::new(), columns };
        run.referrals = referred::pairs(&run.columns, run.walk())?;
        Ok(run)
    }

    pub(crate) fn len(&self) -> usize {
        self.columns.len()
    }

    /// The rows of a customer; `hint` speeds up calls with ascending customers.
    #[inline]
    pub(crate) fn rows(&self, customer: u32, hint: &mut usize) -> (u32, u32) {
        match &self.index {
            Index::Dense { starts } => match starts.get(customer as usize..customer as usize + 2) {
                Some(&[start, end]) => (start, end),
                _ => (0, 0),
            },
            Index::Sparse { customers, starts } => {
                let from = if customers.get(*hint).is_some_and(|&c| c <= customer) { *hint } else { 0 };
                let near = customers[from..].len().min(8);
                let at = if customers[from..from + near].last().is_some_and(|&c| c >= customer) {
                    from + customers[from..from + near].partition_point(|&c| c < customer)
                } else {
                    from + customers[from..].partition_point(|&c| c < customer)
                };
                *hint = at;
                if customers.get(at) == Some(&customer) { (starts[at], starts[at + 1]) } else { (0, 0) }
            }
        }
    }

    /// A walk over the customers with at least one row, ascending.
    pub(super) fn walk(&self) -> Walk<'_> {
        let mut walk = match &self.index {
            Index::Dense { starts } => Walk { customers: None, starts, at: 0, customer: NONE, rows: (0, 0) },
            Index::Sparse { customers, starts } => {
                Walk { customers: Some(customers), starts, at: 0, customer: NONE, rows: (0, 0) }
            }
        };
        walk.next();
        walk
    }

    pub(crate) fn heap_size(&self) -> usize {
        let index = match &self.index {
            Index::Dense { starts } => starts.capacity(),
            Index::Sparse { customers, starts } => customers.capacity() + starts.capacity(),
        };
        index * 4 + self.referrals.capacity() * size_of::<Pair>() + self.columns.heap_size()
    }
}

/// A customer of a run at a time.
pub(super) struct Walk<'r> {
    /// The customers of a sparse run.
    customers: Option<&'r [u32]>,
    starts: &'r [u32],
    /// The next place in `starts`.
    at: usize,
    /// Who it is; [`NONE`] after the last.
    pub(super) customer: u32,
    /// The rows.
    pub(super) rows: (u32, u32),
}

impl Walk<'_> {
    #[inline]
    pub(super) fn next(&mut self) {
        while let Some(&[from, until]) = self.starts.get(self.at..self.at + 2) {
            let at = self.at;
            self.at += 1;
            if from < until {
                self.customer = self.customers.map_or(at as u32, |customers| customers[at]);
                self.rows = (from, until);
                return;
            }
        }
        self.customer = NONE;
    }
}
