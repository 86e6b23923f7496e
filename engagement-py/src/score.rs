//! `Scores`: the score table with what it says as a whole.

use std::sync::Arc;

use arrow_array::builder::{Float64Builder, StringBuilder, TimestampMicrosecondBuilder};
use arrow_array::{ArrayRef, RecordBatch, UInt64Array};
use arrow_select::take::take_record_batch;
use engagement_core as core;
use engagement_core::arrow::count_column;
use engagement_core::value::{ValueBridge, ValueTotals};
use engagement_core::{ErrorKind, Zone};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::convert::{self, OwnedKey};
use crate::errors::{OrRaise, error, invalid};
use crate::explain::amounts;
use crate::ratio::EngagementRatio;
use crate::rulebook::Rulebook;
use crate::table::Table;

/// The scores of all customers, one row each.
#[pyclass(module = "engagement", extends = Table, frozen)]
#[derive(Debug)]
pub(crate) struct Scores {
    scores: core::Scores,
    rulebook: Py<Rulebook>,
}

/// The core's scores as a Python object.
pub(crate) fn bind<'py>(
    py: Python<'py>,
    scores: core::Scores,
    zone: &Zone,
    rulebook: Bound<'py, Rulebook>,
) -> PyResult<Bound<'py, Scores>> {
    let batch = core::arrow::scores_batch(&scores).or_raise()?;
    let title =
        format!("Scores of {} customers as of {} {}", thousands(scores.len() as u64), zone.format(scores.as_of), zone.name());
    let mut notes = vec![levels_line(&scores.levels()), scores.ratio().sentence()];
    notes.extend_from_slice(rulebook.get().document.notes());
    let narrow = narrow(&batch);
    let table = Table { notes, narrow, ..Table::new(batch, title) };
    Bound::new(py, PyClassInitializer::from(table).add_subclass(Scores { scores, rulebook: rulebook.unbind() }))
}

/// The columns of the score table that fit a terminal.
pub(crate) fn narrow(batch: &RecordBatch) -> Vec<usize> {
    let names = ["customer", "engagement", "level", "say", "stay", "spend", "interactions", "last_at"];
    names.iter().filter_map(|name| batch.schema().index_of(name).ok()).collect()
}

/// `12 fully engaged · 30 engaged · …`
pub(crate) fn levels_line(levels: &core::LevelCounts) -> String {
    let mut line = levels_of(levels).map(|(name, count)| format!("{} {name}", thousands(count))).join(" · ");
    if levels.prospects > 0 {
        line.push_str(&format!(" · {} prospects apart", thousands(levels.prospects)));
    }
    line
}

/// The counts by the names of the levels.
pub(crate) fn levels_of(levels: &core::LevelCounts) -> [(&'static str, u64); 5] {
    [
        (core::Level::FullyEngaged.as_str(), levels.fully_engaged),
        (core::Level::Engaged.as_str(), levels.engaged),
        (core::Level::NotEngaged.as_str(), levels.not_engaged),
        (core::Level::ActivelyDisengaged.as_str(), levels.actively_disengaged),
        (core::Level::Unknown.as_str(), levels.unknown),
    ]
}

/// A whole number with commas.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[pymethods]
impl Scores {
    /// The moment of measurement.
    #[getter]
    fn as_of<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::to_datetime(py, self.scores.as_of)
    }

    /// The rulebook they were scored with; keep it, so that later scores compare.
    #[getter]
    fn rulebook<'py>(&self, py: Python<'py>) -> Bound<'py, Rulebook> {
        self.rulebook.bind(py).clone()
    }

    /// How many customers are of each level; prospects are counted apart.
    #[getter]
    fn levels<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let levels = PyDict::new(py);
        for (name, count) in levels_of(&self.scores.levels()) {
            levels.set_item(name, count)?;
        }
        Ok(levels)
    }

    /// How many have not bought, subscribed or renewed yet.
    #[getter]
    fn prospects(&self) -> u64 {
        self.scores.levels().prospects
    }

    /// Fully engaged customers for each actively disengaged one.
    #[getter]
    fn ratio(&self) -> EngagementRatio {
        EngagementRatio::from(&self.scores.ratio())
    }

    /// Interactions after the as-of, which did not count.
    #[getter]
    fn later(&self) -> u64 {
        self.scores.later
    }

    /// What a reader should know of the rulebook.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.rulebook.get().document.notes().to_vec()
    }

    /// What all customers are worth together, where the rulebook has a forecast in money: `customers`, and as `Decimal`
    /// `lifetime_value`, `say`, `stay` and `spend`.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        self.scores.value().or_raise()?.map(|totals| total(py, &totals)).transpose()
    }

    /// The same by level.
    #[getter]
    fn value_by_level<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (level, totals) in self.scores.value_by_level().or_raise()? {
            dict.set_item(level.as_str(), total(py, &totals)?)?;
        }
        Ok(dict)
    }

    /// Why all customers together are worth more, or less, than they were in the earlier table: `before`, the lines `acquired`,
    /// `lost`, `stay`, `spend`, `say` and `margin`, and `after`, which they add up to exactly.
    fn value_bridge<'py>(&self, py: Python<'py>, before: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let bridge = ValueBridge::between(&before.get().scores, &self.scores).or_raise()?;
        let lines = [
            ("before", bridge.before),
            ("acquired", bridge.acquired),
            ("lost", bridge.lost),
            ("stay", bridge.stay),
            ("spend", bridge.spend),
            ("say", bridge.say),
            ("margin", bridge.margin),
            ("after", bridge.after),
        ];
        amounts(py, lines)
    }

    /// The row of one customer as a dictionary.
    fn customer<'py>(slf: &Bound<'py, Self>, customer: OwnedKey) -> PyResult<Bound<'py, PyDict>> {
        match slf.get().scores.row(customer.key()) {
            Some(row) => slf.as_super().get().row(slf.py(), row),
            None => Err(error(ErrorKind::UnknownCustomer, format!("no customer {} in these scores", customer.key()))),
        }
    }

    /// The most engaged customers.
    #[pyo3(signature = (n=10))]
    fn top(slf: &Bound<'_, Self>, n: i64) -> PyResult<Table> {
        let n = convert::count("n", n)?;
        ranked(&slf.get().scores, &slf.as_super().get().batch, n, false)
    }

    /// The least engaged customers.
    #[pyo3(signature = (n=10))]
    fn bottom(slf: &Bound<'_, Self>, n: i64) -> PyResult<Table> {
        let n = convert::count("n", n)?;
        ranked(&slf.get().scores, &slf.as_super().get().batch, n, true)
    }
}

fn total<'py>(py: Python<'py>, totals: &ValueTotals) -> PyResult<Bound<'py, PyDict>> {
    let ValueTotals { customers, lifetime_value, say, stay, spend } = *totals;
    let dict = amounts(py, [("lifetime_value", lifetime_value), ("say", say), ("stay", stay), ("spend", spend)])?;
    dict.set_item("customers", customers)?;
    Ok(dict)
}

fn ranked(scores: &core::Scores, batch: &RecordBatch, n: usize, lowest: bool) -> PyResult<Table> {
    let mut rows: Vec<(f64, u64)> =
        (0..scores.len()).filter_map(|row| scores.engagement.get(row).map(|score| (score, row as u64))).collect();
    rows.sort_by(|a, b| if lowest { a.0.total_cmp(&b.0) } else { b.0.total_cmp(&a.0) }.then(a.1.cmp(&b.1)));
    rows.truncate(n);
    let rows = UInt64Array::from_iter_values(rows.into_iter().map(|(_, row)| row));
    let title = format!("The {} {} engaged customers", rows.len(), if lowest { "least" } else { "most" });
    let narrow = narrow(batch);
    Ok(Table { narrow, ..Table::new(take_record_batch(batch, &rows).map_err(|e| invalid(e.to_string()))?, title) })
}

/// Scorecards of one customer at many times, as a table.
pub(crate) fn history(cards: &[core::Scorecard], title: &str) -> PyResult<Table> {
    let mut times = TimestampMicrosecondBuilder::new().with_timezone("UTC");
    cards.iter().for_each(|card| times.append_value(card.as_of.micros()));
    let number = |of: fn(&core::Scorecard) -> Option<f64>| -> ArrayRef {
        let mut values = Float64Builder::new();
        cards.iter().for_each(|card| values.append_option(of(card)));
        Arc::new(values.finish())
    };
    let mut levels = StringBuilder::new();
    cards.iter().for_each(|card| levels.append_value(card.level.as_str()));
    let interactions = count_column(&cards.iter().map(|card| card.interactions).collect::<Vec<_>>());
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("as_of", Arc::new(times.finish()) as ArrayRef, false),
        ("engagement", number(|card| card.engagement), true),
        ("say", number(|card| card.say), true),
        ("stay", number(|card| card.stay), true),
        ("spend", number(|card| card.spend), true),
        ("level", Arc::new(levels.finish()), false),
        ("points_say", number(|card| card.points_say), true),
        ("points_stay", number(|card| card.points_stay), true),
        ("points_spend", number(|card| card.points_spend), true),
        ("interactions", interactions, false),
    ]);
    Ok(Table::new(batch.map_err(|e| invalid(e.to_string()))?, title))
}
