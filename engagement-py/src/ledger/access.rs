//! A ledger at work: its as-of, its zone and its rulebook, read without the GIL while signals are answered.

use engagement_core as core;
use engagement_core::{ErrorKind, Timestamp, Zone};
use pyo3::prelude::*;

use super::Ledger;
use crate::convert;
use crate::errors::{OrRaise, error};
use crate::rulebook::Rulebook;
use crate::work::interruptible;

impl Ledger {
    /// The as-of of an argument: the latest interaction where it is `None`.
    pub(crate) fn as_of(&self, py: Python<'_>, value: Option<&Bound<'_, PyAny>>) -> PyResult<Timestamp> {
        let inner = self.inner.read(py)?;
        match value {
            Some(value) => convert::as_of(inner.ledger.zone(), value),
            None => inner.ledger.latest().ok_or_else(|| {
                error(
                    ErrorKind::InvalidArgument,
                    "the ledger is empty, so it has no latest interaction to take as the as-of: give as_of",
                )
            }),
        }
    }

    pub(crate) fn zone(&self, py: Python<'_>) -> PyResult<Zone> {
        Ok(self.inner.read(py)?.ledger.zone().clone())
    }

    /// Reads the ledger without the GIL.
    pub(super) fn look<R: Send>(
        &self,
        py: Python<'_>,
        look: impl FnOnce(&core::Ledger) -> core::Result<R> + Send,
    ) -> PyResult<R> {
        self.inner.check()?;
        py.detach(|| look(&self.inner.read_in_worker()?.ledger)).or_raise()
    }

    /// The same for what may take long: signals are answered meanwhile.
    pub(crate) fn work<R: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&core::Ledger) -> core::Result<R> + Send,
    ) -> PyResult<R> {
        self.work_with(py, &core::Progress::new(), None, work)
    }

    pub(super) fn work_with<R: Send>(
        &self,
        py: Python<'_>,
        progress: &core::Progress,
        told: Option<&Bound<'_, PyAny>>,
        work: impl FnOnce(&core::Ledger) -> core::Result<R> + Send,
    ) -> PyResult<R> {
        self.inner.check()?;
        interruptible(py, progress, told, || work(&self.inner.read_in_worker()?.ledger))?.or_raise()
    }

    /// The given rulebook, or one calibrated on this ledger, announced.
    pub(super) fn rulebook<'py>(
        &self,
        py: Python<'py>,
        given: Option<&Bound<'py, Rulebook>>,
        as_of: Timestamp,
    ) -> PyResult<Bound<'py, Rulebook>> {
        if let Some(given) = given {
            return Ok(given.clone());
        }
        let rulebook = Rulebook::new(self.work(py, |ledger| core::Rulebook::calibrated(ledger, as_of))?)?;
        let message = format!(
            "no rulebook given, so one was calibrated on this ledger as of {as_of}; keep it and give it from now on \
             (Rulebook.calibrated(ledger), or scores.rulebook), so that scores stay comparable"
        );
        let category = py.import("engagement._errors")?.getattr("CalibratedRulebookWarning")?;
        py.import("warnings")?.call_method1("warn", (message, category, 1))?;
        Bound::new(py, rulebook)
    }
}
