//! Runs of similar size become one, so that a ledger has few of them.

use super::columns::{Columns, NO_MONEY, Names};
use super::dictionary::NONE;
use super::history::Cursors;
use super::run::{Run, Walk};
use super::{Ledger, MAX_RUNS};
use crate::error::{Error, ErrorKind, Result};

impl Ledger {
    /// Makes a run visible, with its customers.
    pub(super) fn add_run(&mut self, run: Run) -> Result<()> {
        if run.len() == 0 {
            return Ok(());
        }
        self.known.try_reserve(self.customers.len().saturating_sub(self.known.len()))?;
        self.room_for_run()?;
        self.known.resize(self.customers.len().max(self.known.len()), false);
        let mut walk = run.walk();
        while walk.customer != NONE {
            let known = &mut self.known[walk.customer as usize];
            self.known_count += u64::from(!*known);
            *known = true;
            walk.next();
        }
        self.add_run_of_known(run)
    }

    /// Makes a run of known customers visible and merges runs of similar size.
    pub(super) fn add_run_of_known(&mut self, run: Run) -> Result<()> {
        self.room_for_run()?;
        self.runs.push(run);
        // A merge that memory is refused for is put off: its runs stay as they are.
        while let Some(from) = self.next_merge() {
            let Ok(merged) = Run::merge(&self.runs[from..], self.names()) else { break };
            self.runs.truncate(from);
            self.runs.push(merged);
        }
        Ok(())
    }

    fn room_for_run(&mut self) -> Result<()> {
        self.runs.try_reserve(1)?;
        if self.runs.len() < MAX_RUNS {
            return Ok(());
        }
        Err(Error::new(ErrorKind::NoMemory, "memory was refused for merging runs"))
    }

    /// The first of the last runs to merge: sizes descend, and at most three runs lie within a factor of four.
    fn next_merge(&self) -> Option<usize> {
        let n = self.runs.len();
        let size = |back: usize| self.runs[n - back].len();
        if n >= 2 && size(2) < size(1) {
            Some(n - 2)
        } else if n >= 4 && size(4) <= 4 * size(1) {
            Some(n - 4)
        } else {
            None
        }
    }
}

/// Neighbouring rows of one run, in the order in which they are taken.
struct Piece {
    run: u32,
    from: u32,
    until: u32,
}

impl Run {
    /// One run with the rows of several.
    fn merge(runs: &[Run], names: Names<'_>) -> Result<Run> {
        let mut walks: Vec<Walk<'_>> = runs.iter().map(Run::walk).collect();
        let mut customers: Vec<u32> = Vec::new();
        let mut starts: Vec<u32> = Vec::new();
        let mut pieces: Vec<Piece> = Vec::new();
        let mut rows = 0;
        loop {
            let customer = walks.iter().map(|walk| walk.customer).min().unwrap_or(NONE);
            if customer == NONE {
                break;
            }
            customers.try_reserve(1)?;
            starts.try_reserve(1)?;
            customers.push(customer);
            starts.push(rows);
            let here = walks.iter().filter(|walk| walk.customer == customer).count();
            let mut cursors = Cursors::new(names);
            for (run, walk) in (0..).zip(&mut walks).filter(|(_, walk)| walk.customer == customer) {
                let (from, until) = walk.rows;
                rows += until - from;
                if here == 1 {
                    Piece { run, from, until }.join(&mut pieces)?;
                } else {
                    cursors.add_rows(&runs[run as usize].columns, (from, until));
                }
                walk.next();
            }
            while let Some((columns, row)) = cursors.next() {
                let run = runs.iter().position(|run| std::ptr::eq(&run.columns, columns)).unwrap_or_default() as u32;
                Piece { run, from: row as u32, until: row as u32 + 1 }.join(&mut pieces)?;
            }
        }
        let join = Join { runs, pieces: &pieces, rows: rows as usize };
        let mut columns = Columns {
            at: join.column(|columns| &columns.at, 0)?,
            kind: join.column(|columns| &columns.kind, NONE)?,
            amount: join.column(|columns| &columns.amount, NO_MONEY)?,
            cost: join.column(|columns| &columns.cost, NO_MONEY)?,
            rating: join.column(|columns| &columns.rating, f64::NAN)?,
            reach: join.column(|columns| &columns.reach, f64::NAN)?,
            other: join.column(|columns| &columns.other, NONE)?,
            text: Default::default(),
        };
        for (at, text) in columns.text.iter_mut().enumerate() {
            *text = join.column(|columns| &columns.text[at], NONE)?;
        }
        Run::new(customers, starts, columns)
    }
}

impl Piece {
    /// Comes after the others, as one piece with the last where it follows that.
    fn join(self, pieces: &mut Vec<Piece>) -> Result<()> {
        match pieces.last_mut() {
            Some(last) if last.run == self.run && last.until == self.from => last.until = self.until,
            _ => {
                pieces.try_reserve(1)?;
                pieces.push(self);
            }
        }
        Ok(())
    }
}

/// What the columns of one run are put together from.
struct Join<'r> {
    runs: &'r [Run],
    pieces: &'r [Piece],
    rows: usize,
}

impl<'r> Join<'r> {
    /// A column; absent if it is absent everywhere.
    fn column<T: Copy + 'r>(&self, of: impl Fn(&'r Columns) -> &'r Vec<T>, missing: T) -> Result<Vec<T>> {
        let mut column = Vec::new();
        if self.runs.iter().all(|run| of(&run.columns).is_empty()) {
            return Ok(column);
        }
        column.try_reserve_exact(self.rows)?;
        for &Piece { run, from, until } in self.pieces {
            let source = of(&self.runs[run as usize].columns);
            match source.get(from as usize..until as usize) {
                Some(&[value]) => column.push(value),
                Some(values) => column.extend_from_slice(values),
                None => column.resize(column.len() + (until - from) as usize, missing),
            }
        }
        Ok(column)
    }
}
