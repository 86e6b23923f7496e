//! A log drawn into a ledger.

use engagement_core::simulate::Simulation;
use pyo3::prelude::*;

use super::Ledger;
use crate::errors::OrRaise;

impl Ledger {
    /// Draws the log, all of it or nothing.
    pub(super) fn draw(&self, py: Python<'_>, log: &Simulation<'_>, seed: u64) -> PyResult<()> {
        let mut inner = self.inner.write(py)?;
        let ledger = &mut inner.ledger;
        py.detach(|| log.load(ledger, seed)).or_raise()?;
        Ok(())
    }
}
