//! RFM: scores of recency, frequency and money, and named segments.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, Float64Array};
use engagement_core::arrow::{count_column, customer_column};
use engagement_core::segment::{RfmOptions, RfmTable};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::OrRaise;
use crate::ledger::Ledger;
use crate::score::thousands;
use crate::stay::table;
use crate::table::Table;

/// RFM scores and segments of all customers with a purchase.
#[pyclass(module = "engagement", extends = Table, frozen)]
#[derive(Debug)]
pub(crate) struct Rfm {
    found: RfmTable,
}

#[pymethods]
impl Rfm {
    /// The values at which each score begins, so that they can be kept and used again.
    #[getter]
    fn cuts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        let rfm = &self.found.rfm;
        for (name, scores) in [("recency", &rfm.recency), ("frequency", &rfm.frequency), ("monetary", &rfm.monetary)] {
            dict.set_item(name, scores.cuts.clone())?;
        }
        Ok(dict)
    }

    /// The segments with their customers.
    #[getter]
    fn segments<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for segment in &self.found.rfm.segments {
            dict.set_item(&segment.name, segment.customers)?;
        }
        Ok(dict)
    }

    /// What a reader should know, such as scores that nobody has because of ties.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.found.rfm.notes.clone()
    }
}

/// Scores the customers of a ledger.
pub(crate) fn rfm<'py>(
    py: Python<'py>,
    ledger: &Ledger,
    as_of: Option<&Bound<'py, PyAny>>,
    cuts: [Option<Vec<f64>>; 3],
) -> PyResult<Bound<'py, Rfm>> {
    let as_of = ledger.as_of(py, as_of)?;
    let [recency_cuts, frequency_cuts, monetary_cuts] = cuts;
    let options = RfmOptions { recency_cuts, frequency_cuts, monetary_cuts, ..RfmOptions::default() };
    let found = ledger.work(py, |ledger| ledger.rfm(as_of, &options))?;
    let mut segments = StringBuilder::new();
    (0..found.len()).for_each(|row| segments.append_value(found.rfm.segment_name(row)));
    let columns: [(&str, ArrayRef); 8] = [
        ("customer", customer_column(found.len(), |row| found.customer(row)).or_raise()?),
        ("days_since_last", Arc::new(Float64Array::from(found.days_since_last.clone()))),
        ("purchases", count_column(&found.purchases)),
        ("spend", Arc::new(Float64Array::from(found.spend.clone()))),
        ("r", count_column(&found.rfm.recency.score)),
        ("f", count_column(&found.rfm.frequency.score)),
        ("m", count_column(&found.rfm.monetary.score)),
        ("segment", Arc::new(segments.finish())),
    ];
    let mut table = table(columns, format!("RFM of {} customers as of {as_of}", thousands(found.len() as u64)))?;
    table.notes.clone_from(&found.rfm.notes);
    Bound::new(py, PyClassInitializer::from(table).add_subclass(Rfm { found }))
}
