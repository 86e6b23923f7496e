//! `Reconciliation`: what became of every row that was read.

use std::collections::BTreeMap;

use engagement_core as core;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// rows = recorded + duplicates + folded + rejected, always.
#[pyclass(module = "engagement", frozen, eq, get_all)]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reconciliation {
    /// Rows read.
    rows: u64,
    /// Interactions that entered the ledger.
    recorded: u64,
    /// Rows that were there already.
    duplicates: u64,
    /// Rows that became part of another row of the same order.
    folded: u64,
    /// Rows refused.
    rejected: u64,
    /// Rows refused, by reason.
    reasons: BTreeMap<&'static str, u64>,
    /// The account in words.
    sentence: String,
}

impl From<&core::Reconciliation> for Reconciliation {
    fn from(account: &core::Reconciliation) -> Reconciliation {
        Reconciliation {
            rows: account.rows,
            recorded: account.recorded,
            duplicates: account.duplicates,
            folded: account.folded,
            rejected: account.rejected,
            reasons: account.reasons.iter().map(|(reason, count)| (reason.as_str(), *count)).collect(),
            sentence: account.to_string(),
        }
    }
}

#[pymethods]
impl Reconciliation {
    /// The counts as a dictionary.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        dict.set_item("rows", self.rows)?;
        dict.set_item("recorded", self.recorded)?;
        dict.set_item("duplicates", self.duplicates)?;
        dict.set_item("folded", self.folded)?;
        dict.set_item("rejected", self.rejected)?;
        dict.set_item("reasons", self.reasons.clone())?;
        Ok(dict)
    }

    fn __repr__(&self) -> String {
        format!("Reconciliation({})", self.sentence)
    }

    fn __str__(&self) -> String {
        self.sentence.clone()
    }
}
