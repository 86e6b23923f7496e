//! `Validation`: what candidates predicted, beside what came.

use std::sync::Arc;

use arrow_array::builder::{Float64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use engagement_core::Zone;
use engagement_core::arrow::count_column;
use engagement_core::model::{Interval, ModelKind};
use engagement_core::validate::{self as core, Candidate, Group, Measure, Origin, Outcome};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::{OrRaise, invalid};
use crate::rulebook::Rulebook;
use crate::stay::table;
use crate::table::Table;

/// Every measure of every candidate at every origin, with its interval.
#[pyclass(module = "engagement", extends = Table, frozen)]
#[derive(Debug)]
pub(crate) struct Validation {
    found: core::Validation,
    zone: Zone,
}

/// The models, all but NBD where none is named, and the rulebooks.
pub(crate) fn candidates(models: Option<Vec<String>>, rulebooks: Option<&Bound<'_, PyDict>>) -> PyResult<Vec<Candidate>> {
    let kinds = match models {
        Some(names) => names.iter().map(|name| name.parse()).collect::<engagement_core::Result<Vec<ModelKind>>>().or_raise()?,
        None => ModelKind::ALL.into_iter().filter(|kind| *kind != ModelKind::Nbd).collect(),
    };
    let mut candidates: Vec<Candidate> = kinds.into_iter().map(Candidate::Model).collect();
    for (name, rulebook) in rulebooks.into_iter().flatten() {
        let name: String = name.extract()?;
        let rulebook = rulebook.cast::<Rulebook>().map_err(|_| invalid(format!("rulebooks, {name}: a Rulebook is expected")))?;
        candidates.push(Candidate::Rules { name, rules: Box::new(rulebook.get().rules.clone()) });
    }
    Ok(candidates)
}

pub(crate) fn bind<'py>(py: Python<'py>, found: core::Validation, zone: &Zone) -> PyResult<Bound<'py, Validation>> {
    let zone = zone.clone();
    let mut table = intervals(&found, &zone, |outcome| &outcome.measures)?;
    table.title = format!("{} candidates at {} origins", found.candidates.len(), found.origins.len());
    if let Some(chosen) = found.chosen.and_then(|at| found.candidates.get(at)) {
        table.notes.push(format!("best mean log score: {chosen}"));
    }
    for origin in &found.origins {
        for (name, outcome) in found.candidates.iter().zip(&origin.outcomes) {
            table.notes.extend(outcome.failure.as_ref().map(|failure| format!("{name}: {failure}")));
        }
    }
    Bound::new(py, PyClassInitializer::from(table).add_subclass(Validation { found, zone }))
}

/// A row for every origin and candidate, and for everything that `of` takes out of the outcome.
fn rows<'a, T: 'a>(
    found: &'a core::Validation,
    of: impl Fn(&'a Outcome) -> &'a [T] + 'a,
) -> impl Iterator<Item = (&'a Origin, &'a str, &'a T)> + 'a {
    let of = Arc::new(of);
    found.origins.iter().flat_map(move |origin| {
        let of = of.clone();
        let named = found.candidates.iter().zip(&origin.outcomes);
        named.flat_map(move |(name, outcome)| of(outcome).iter().map(move |row| (origin, name.as_str(), row)))
    })
}

fn intervals<'a>(
    found: &'a core::Validation,
    zone: &Zone,
    of: impl Fn(&'a Outcome) -> &'a Vec<(Measure, Interval)> + 'a,
) -> PyResult<Table> {
    let (mut origins, mut names, mut measures) = (StringBuilder::new(), StringBuilder::new(), StringBuilder::new());
    let mut numbers: [Float64Builder; 3] = Default::default();
    for (origin, name, (measure, interval)) in rows(found, move |outcome| of(outcome).as_slice()) {
        origins.append_value(zone.format_date(origin.at));
        names.append_value(name);
        measures.append_value(measure.as_str());
        let values = [interval.estimate, interval.low, interval.high];
        numbers.iter_mut().zip(values).for_each(|(column, value)| column.append_value(value));
    }
    let [mut estimate, mut low, mut high] = numbers;
    let columns: [(&str, ArrayRef); 6] = [
        ("origin", Arc::new(origins.finish())),
        ("candidate", Arc::new(names.finish())),
        ("measure", Arc::new(measures.finish())),
        ("estimate", Arc::new(estimate.finish())),
        ("low", Arc::new(low.finish())),
        ("high", Arc::new(high.finish())),
    ];
    table(columns, String::new())
}

fn groups<'a>(
    found: &'a core::Validation,
    zone: &Zone,
    label: &str,
    of: impl Fn(&'a Outcome) -> &'a Vec<Group> + 'a,
) -> PyResult<Table> {
    let (mut origins, mut names) = (StringBuilder::new(), StringBuilder::new());
    let (mut labels, mut customers) = (Vec::new(), Vec::new());
    let mut numbers: [Float64Builder; 4] = Default::default();
    for (origin, name, group) in rows(found, move |outcome| of(outcome).as_slice()) {
        origins.append_value(zone.format_date(origin.at));
        names.append_value(name);
        labels.push(group.label);
        customers.push(group.customers);
        let values = [group.expected, group.actual.estimate, group.actual.low, group.actual.high];
        numbers.iter_mut().zip(values).for_each(|(column, value)| column.append_value(value));
    }
    let [mut expected, mut actual, mut low, mut high] = numbers;
    let columns: [(&str, ArrayRef); 8] = [
        ("origin", Arc::new(origins.finish())),
        ("candidate", Arc::new(names.finish())),
        (label, count_column(&labels)),
        ("customers", count_column(&customers)),
        ("expected", Arc::new(expected.finish())),
        ("actual", Arc::new(actual.finish())),
        ("low", Arc::new(low.finish())),
        ("high", Arc::new(high.finish())),
    ];
    table(columns, format!("Mean purchases by {label}"))
}

#[pymethods]
impl Validation {
    /// The names of the candidates.
    #[getter]
    fn candidates(&self) -> Vec<String> {
        self.found.candidates.clone()
    }

    /// The candidate with the best mean log score over all origins but the last; `None` where no model could be scored.
    #[getter]
    fn chosen(&self) -> Option<&str> {
        self.found.chosen.and_then(|at| self.found.candidates.get(at)).map(String::as_str)
    }

    /// The measures less those of the first candidate, from the same samples of customers.
    #[getter]
    fn differences(&self) -> PyResult<Table> {
        let mut table = intervals(&self.found, &self.zone, |outcome| &outcome.differences)?;
        table.title = format!("Less {}", self.found.candidates.first().map_or("nothing", String::as_str));
        Ok(table)
    }

    /// Expected and actual purchases by tenths of customers, from the lowest predictions up, with the interval of the actual ones.
    #[getter]
    fn deciles(&self) -> PyResult<Table> {
        groups(&self.found, &self.zone, "tenth", |outcome| &outcome.deciles)
    }

    /// Expected and actual purchases by frequency, with the interval of the actual ones; 7 is 7 or more.
    #[getter]
    fn by_frequency(&self) -> PyResult<Table> {
        groups(&self.found, &self.zone, "frequency", |outcome| &outcome.by_frequency)
    }

    /// A row for each origin and candidate: customers, purchases that came, purchases expected, information criterion of the fit,
    /// and its share in the mixture of models that would have predicted best.
    #[getter]
    fn totals(&self) -> PyResult<Table> {
        let (mut origins, mut names) = (StringBuilder::new(), StringBuilder::new());
        let (mut customers, mut purchases) = (Vec::new(), Vec::new());
        let (mut expected, mut bic, mut share) = (Float64Builder::new(), Float64Builder::new(), Float64Builder::new());
        for origin in &self.found.origins {
            for ((name, outcome), stacked) in self.found.candidates.iter().zip(&origin.outcomes).zip(&origin.stacked) {
                origins.append_value(self.zone.format_date(origin.at));
                names.append_value(name);
                customers.push(origin.customers);
                purchases.push(origin.purchases);
                expected.append_option(outcome.expected);
                bic.append_option(outcome.bic);
                share.append_option(outcome.expected.map(|_| *stacked));
            }
        }
        let columns: [(&str, ArrayRef); 7] = [
            ("origin", Arc::new(origins.finish())),
            ("candidate", Arc::new(names.finish())),
            ("customers", count_column(&customers)),
            ("purchases", count_column(&purchases)),
            ("expected", Arc::new(expected.finish())),
            ("bic", Arc::new(bic.finish())),
            ("stacked", Arc::new(share.finish())),
        ];
        let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true)));
        Ok(Table::new(batch.map_err(|e| invalid(e.to_string()))?, "Totals"))
    }
}
