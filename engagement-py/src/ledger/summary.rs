//! Purchases of a ledger: which of them, and in which units.

use engagement_core as core;
use pyo3::prelude::*;

use super::Ledger;
use crate::convert;
use crate::purchases::{self, Purchases};

/// What a summary of purchases is asked for.
pub(super) struct Summary<'a, 'py> {
    pub(super) unit: &'a str,
    pub(super) grain: &'a str,
    pub(super) zone: Option<&'a Bound<'py, PyAny>>,
    pub(super) holdout: Option<&'a Bound<'py, PyAny>>,
    pub(super) acquired_from: Option<&'a Bound<'py, PyAny>>,
    pub(super) threads: i64,
}

impl Ledger {
    /// The purchases of every customer with one.
    pub(super) fn summarise<'py>(
        &self,
        py: Python<'py>,
        until: Option<&Bound<'py, PyAny>>,
        wanted: Summary<'_, 'py>,
    ) -> PyResult<Bound<'py, Purchases>> {
        let own = self.zone(py)?;
        let options = core::PurchaseOptions {
            unit: purchases::unit(wanted.unit)?,
            grain: purchases::unit(wanted.grain)?,
            zone: wanted.zone.map(convert::zone).transpose()?,
            holdout: wanted.holdout.map(|end| convert::as_of(&own, end)).transpose()?,
            acquired_from: wanted.acquired_from.map(|from| convert::moment(&own, from)).transpose()?,
            threads: convert::count("threads", wanted.threads)?,
            ..core::PurchaseOptions::until(self.as_of(py, until)?)
        };
        let summary = self.work(py, |ledger| ledger.purchases(&options))?;
        purchases::bind(py, summary)
    }
}
