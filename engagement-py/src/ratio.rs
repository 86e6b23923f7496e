//! `EngagementRatio`, and ratios by group.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use engagement_core as core;
use engagement_core::arrow::count_column;
use pyo3::prelude::*;

use crate::errors::invalid;
use crate::table::Table;

/// Fully engaged customers for each actively disengaged one, with a 95 % interval.
#[pyclass(module = "engagement", frozen, get_all)]
#[derive(Debug)]
pub(crate) struct EngagementRatio {
    /// How many are fully engaged.
    fully_engaged: u64,
    /// How many are actively disengaged.
    actively_disengaged: u64,
    /// Their ratio; `None` where nobody is actively disengaged.
    ratio: Option<f64>,
    /// The lower end of the 95 % interval.
    low: Option<f64>,
    /// The upper end; `None` where it is unbounded.
    high: Option<f64>,
    /// The ratio in words.
    sentence: String,
}

impl From<&core::EngagementRatio> for EngagementRatio {
    fn from(ratio: &core::EngagementRatio) -> EngagementRatio {
        EngagementRatio {
            fully_engaged: ratio.fully_engaged,
            actively_disengaged: ratio.actively_disengaged,
            ratio: ratio.ratio,
            low: ratio.low,
            high: ratio.high,
            sentence: ratio.sentence(),
        }
    }
}

#[pymethods]
impl EngagementRatio {
    fn __repr__(&self) -> String {
        let number = |value: Option<f64>| value.map_or_else(|| "None".to_owned(), |value| format!("{value:.3}"));
        format!(
            "EngagementRatio({}, low={}, high={}, fully_engaged={}, actively_disengaged={})",
            number(self.ratio),
            number(self.low),
            number(self.high),
            self.fully_engaged,
            self.actively_disengaged
        )
    }

    fn __str__(&self) -> String {
        self.sentence.clone()
    }
}

/// Ratios by group as a table.
pub(crate) fn batch(groups: &[core::GroupRatio], by: &str) -> Result<RecordBatch, ArrowError> {
    let names: ArrayRef = Arc::new(StringArray::from_iter_values(groups.iter().map(|group| group.group.as_str())));
    let count =
        |of: fn(&core::LevelCounts) -> u64| count_column(&groups.iter().map(|group| of(&group.levels)).collect::<Vec<_>>());
    let number = |of: fn(&core::EngagementRatio) -> Option<f64>| -> ArrayRef {
        Arc::new(groups.iter().map(|group| of(&group.ratio)).collect::<Float64Array>())
    };
    RecordBatch::try_from_iter_with_nullable([
        (by, names, false),
        ("fully_engaged", count(|levels| levels.fully_engaged), false),
        ("engaged", count(|levels| levels.engaged), false),
        ("not_engaged", count(|levels| levels.not_engaged), false),
        ("actively_disengaged", count(|levels| levels.actively_disengaged), false),
        ("unknown", count(|levels| levels.unknown), false),
        ("prospects", count(|levels| levels.prospects), false),
        ("ratio", number(|ratio| ratio.ratio), true),
        ("low", number(|ratio| ratio.low), true),
        ("high", number(|ratio| ratio.high), true),
    ])
}

/// The same for Python.
pub(crate) fn table(groups: &[core::GroupRatio], by: &str, as_of: core::Timestamp) -> PyResult<Table> {
    Ok(Table::new(batch(groups, by).map_err(|e| invalid(e.to_string()))?, format!("Engagement ratio by {by} as of {as_of}")))
}
