//! One customer's interactions as a table; columns that are empty throughout are left out.

use std::sync::Arc;

use arrow_array::builder::{Decimal128Builder, Float64Builder, StringBuilder, TimestampMicrosecondBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use engagement_core::{History, Interaction, Money};
use pyo3::prelude::*;

use crate::errors::invalid;

type OfText = for<'a> fn(&Interaction<'a>) -> Option<&'a str>;
type OfNumber = fn(&Interaction<'_>) -> Option<f64>;
type OfMoney = fn(&Interaction<'_>) -> Option<Money>;

const TEXTS: [(&str, OfText); 7] = [
    ("order", |i| i.order),
    ("item", |i| i.item),
    ("channel", |i| i.channel),
    ("unit", |i| i.unit),
    ("campaign", |i| i.campaign),
    ("arm", |i| i.arm),
    ("id", |i| i.id),
];

/// The table of a history.
pub(crate) fn batch(history: History<'_>) -> PyResult<RecordBatch> {
    let rows: Vec<Interaction<'_>> = history.collect();
    let mut columns: Vec<(&str, ArrayRef)> = Vec::new();
    let mut at = TimestampMicrosecondBuilder::new().with_timezone("UTC");
    rows.iter().for_each(|row| at.append_value(row.at.micros()));
    columns.push(("at", Arc::new(at.finish())));
    let mut kinds = StringBuilder::new();
    rows.iter().for_each(|row| kinds.append_value(row.kind));
    columns.push(("kind", Arc::new(kinds.finish())));
    let monies: [(&str, OfMoney); 2] = [("amount", |i| i.amount), ("cost", |i| i.cost)];
    let numbers: [(&str, OfNumber); 2] = [("rating", |i| i.rating), ("reach", |i| i.reach)];
    for (name, of) in monies {
        let mut values = Decimal128Builder::new().with_precision_and_scale(19, 6).map_err(|e| invalid(e.to_string()))?;
        rows.iter().for_each(|row| values.append_option(of(row).map(|money| i128::from(money.micros()))));
        columns.push((name, Arc::new(values.finish())));
    }
    for (name, of) in numbers {
        let mut values = Float64Builder::new();
        rows.iter().for_each(|row| values.append_option(of(row)));
        columns.push((name, Arc::new(values.finish())));
    }
    let mut others = StringBuilder::new();
    rows.iter().for_each(|row| others.append_option(row.other.map(|other| other.to_string())));
    columns.push(("other", Arc::new(others.finish())));
    for (name, of) in TEXTS {
        let mut values = StringBuilder::new();
        rows.iter().for_each(|row| values.append_option(of(row)));
        columns.push((name, Arc::new(values.finish())));
    }
    let used = columns.into_iter().filter(|(name, column)| matches!(*name, "at" | "kind") || column.null_count() < column.len());
    RecordBatch::try_from_iter_with_nullable(used.map(|(name, column)| (name, column, true))).map_err(|e| invalid(e.to_string()))
}
