//! Runs of similar size become one, so that a ledger has few of them.

use super::run::Run;
use super::{Ledger, MAX_RUNS};
use crate::error::{Error, ErrorKind, Result};

impl Ledger {
    /// Makes a run visible and merges runs of similar size.
    pub(super) fn add_run(&mut self, run: Run) -> Result<()> {
        if run.len() == 0 {
            return Ok(());
        }
        self.runs.try_reserve(1)?;
        self.known.try_reserve(self.customers.len().saturating_sub(self.known.len()))?;
        if self.runs.len() >= MAX_RUNS {
            return Err(Error::new(ErrorKind::NoMemory, "memory was refused for merging runs"));
        }
        self.known.resize(self.customers.len().max(self.known.len()), false);
        for customer in run.customers() {
            let known = &mut self.known[customer as usize];
            self.known_count += u64::from(!*known);
            *known = true;
        }
        self.runs.push(run);
        // A merge that memory is refused for is put off: its runs stay as they are.
        while let Some(from) = self.next_merge() {
            let Ok(merged) = Run::merge(&self.runs[from..], self.names()) else { break };
            self.runs.truncate(from);
            self.runs.push(merged);
        }
        Ok(())
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
