//! Candidates that predict from the past of a ledger what came after it.

use engagement_core::Progress;
use engagement_core::validate::{Candidate, ValidateOptions};
use pyo3::prelude::*;

use super::Ledger;
use crate::convert;
use crate::purchases;
use crate::validate::{self, Validation};

/// How candidates are tried.
pub(super) struct Trial<'a, 'py> {
    pub(super) horizon: f64,
    pub(super) unit: &'a str,
    pub(super) origins: Vec<Bound<'py, PyAny>>,
    pub(super) acquired_from: Option<&'a Bound<'py, PyAny>>,
    pub(super) level: f64,
    pub(super) replicates: u32,
    pub(super) seed: u64,
    pub(super) threads: i64,
}

impl Ledger {
    /// What the candidates predicted, beside what came.
    pub(super) fn predicted<'py>(
        &self,
        py: Python<'py>,
        candidates: &[Candidate],
        trial: Trial<'_, 'py>,
    ) -> PyResult<Bound<'py, Validation>> {
        let zone = self.zone(py)?;
        let progress = Progress::new();
        let options = ValidateOptions {
            unit: purchases::unit(trial.unit)?,
            origins: trial.origins.iter().map(|origin| convert::as_of(&zone, origin)).collect::<PyResult<_>>()?,
            acquired_from: trial.acquired_from.map(|from| convert::moment(&zone, from)).transpose()?,
            level: trial.level,
            replicates: trial.replicates,
            seed: trial.seed,
            threads: convert::count("threads", trial.threads)?,
            progress: Some(&progress),
            ..ValidateOptions::horizon(trial.horizon)
        };
        let validation = self.work_with(py, &progress, None, |ledger| ledger.validate(candidates, &options))?;
        validate::bind(py, validation, &zone)
    }
}
