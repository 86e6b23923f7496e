//! Tables out: scores and rejected rows.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, StringBuilder};
use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, DictionaryArray, Float64Array, Int8Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
    UInt64Array,
};
use arrow_buffer::NullBuffer;
use arrow_schema::{ArrowError, Field, Schema};

use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Reject;
use crate::level::Level;
use crate::score::{Nullable, Scores};

/// The score table: a row per customer in key order.
///
/// | column | type | |
/// |---|---|---|
/// | `customer` | `Int64` if every key is an integer, else `Utf8` | |
/// | `engagement`, `say`, `stay`, `spend` | `Float64` | null without evidence |
/// | `level` | `Dictionary(Int8, Utf8)` | `fully engaged` … `unknown` |
/// | `points_say`, `points_stay`, `points_spend` | `Float64` | null without evidence |
/// | `coverage` | `Float64` | |
/// | `prospect` | `Boolean` | |
/// | `interactions` | `UInt64` | |
/// | `first_at`, `last_at` | `Timestamp(µs, UTC)` | |
/// | one per rule | `Float64` | only if contributions were asked for; null where the rule matched nothing |
///
/// A rule's column has the rule's name, with `rule_` before it where that is the name of another column.
///
/// # Errors
/// [`ErrorKind::Overflow`] if the keys' text exceeds 2 GiB.
///
/// ```
/// use engagement_core::{Interaction, Ledger, Rulebook, ScoreOptions, arrow::scores_batch};
///
/// let mut ledger = Ledger::new();
/// let at = "2026-03-01T10:00:00Z".parse()?;
/// ledger.append(&Interaction { amount: Some("19.90".parse()?), ..Interaction::new("ann", at, "purchase") })?;
/// let scores = Rulebook::standard().compile()?.score_all(&ledger, at, &ScoreOptions::default())?;
/// let table = scores_batch(&scores)?;
/// assert_eq!((table.num_rows(), table.num_columns()), (1, 14));
/// assert_eq!(table.schema().field(5).name(), "level");
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn scores_batch(scores: &Scores) -> Result<RecordBatch> {
    let mut fields: Vec<Field> = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    let mut add = |name: &str, column: ArrayRef, nullable: bool| {
        fields.push(Field::new(name, column.data_type().clone(), nullable));
        columns.push(column);
    };
    add("customer", customers(scores)?, false);
    add("engagement", numbers(&scores.engagement), true);
    add("say", numbers(&scores.say), true);
    add("stay", numbers(&scores.stay), true);
    add("spend", numbers(&scores.spend), true);
    add("level", levels(&scores.level)?, false);
    add("points_say", numbers(&scores.points_say), true);
    add("points_stay", numbers(&scores.points_stay), true);
    add("points_spend", numbers(&scores.points_spend), true);
    add("coverage", Arc::new(Float64Array::from(scores.coverage.clone())), false);
    let mut prospect = BooleanBuilder::with_capacity(scores.len());
    prospect.append_slice(&scores.prospect);
    add("prospect", Arc::new(prospect.finish()), false);
    add("interactions", Arc::new(UInt64Array::from(scores.interactions.clone())), false);
    add("first_at", times(&scores.first_at), false);
    add("last_at", times(&scores.last_at), false);
    for (rule, points) in &scores.contributions {
        let name = if COLUMNS.contains(&rule.as_str()) { format!("rule_{rule}") } else { rule.clone() };
        add(&name, numbers(points), true);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(|error| failed(&error))
}

const COLUMNS: [&str; 14] = [
    "customer",
    "engagement",
    "say",
    "stay",
    "spend",
    "level",
    "points_say",
    "points_stay",
    "points_spend",
    "coverage",
    "prospect",
    "interactions",
    "first_at",
    "last_at",
];

/// Rejected rows as a table: `source` (null where none was named), `row`, `field`, `reason`, `value` (null where there is none).
///
/// # Errors
/// [`ErrorKind::Overflow`] if a column's text exceeds 2 GiB.
///
/// ```
/// use engagement_core::{Batch, KeyColumn, Ledger, LoadOptions, TextColumn, Values, arrow::rejects_batch};
///
/// let mut ledger = Ledger::new();
/// let mut load = ledger.load(LoadOptions::default().lenient(true))?;
/// load.push(&Batch::new(KeyColumn::Int(Values::new(&[7])), Values::new(&[i64::MAX]), TextColumn::Constant("visit")))?;
/// let table = rejects_batch(&load.finish()?.rejects)?;
/// assert_eq!(table.num_rows(), 1);
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn rejects_batch(rejects: &[Reject]) -> Result<RecordBatch> {
    let some = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
    let nullable = |text: &dyn Fn(&Reject) -> Option<String>| -> Result<ArrayRef> {
        let texts: Vec<Option<String>> = rejects.iter().map(text).collect();
        within(texts.iter().flatten().map(String::len).sum())?;
        Ok(Arc::new(StringArray::from(texts)))
    };
    let columns: Vec<(&str, ArrayRef, bool)> = vec![
        ("source", nullable(&|reject| some(&reject.source))?, true),
        ("row", Arc::new(UInt64Array::from_iter_values(rejects.iter().map(|reject| reject.row))), false),
        ("field", nullable(&|reject| some(reject.field.as_str()))?, false),
        ("reason", nullable(&|reject| some(reject.reason.as_str()))?, false),
        ("value", nullable(&|reject| some(&reject.value))?, true),
    ];
    let fields: Vec<Field> =
        columns.iter().map(|(name, column, null)| Field::new(*name, column.data_type().clone(), *null)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|(_, column, _)| column).collect())
        .map_err(|error| failed(&error))
}

/// Text arrays count their bytes in `i32`.
fn within(bytes: usize) -> Result<()> {
    if i32::try_from(bytes).is_ok() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Overflow, "a column of more than 2 GiB of text does not fit one batch"))
}

fn failed(error: &ArrowError) -> Error {
    Error::new(ErrorKind::InvalidArgument, format!("the table cannot be made: {error}"))
}

fn customers(scores: &Scores) -> Result<ArrayRef> {
    if let Some(keys) = scores.integer_keys().filter(|keys| !keys.is_empty()) {
        return Ok(Arc::new(Int64Array::from(keys.to_vec())));
    }
    let mut keys = StringBuilder::with_capacity(scores.len(), scores.len() * 12);
    let mut bytes = 0;
    for row in 0..scores.len() {
        match scores.customer(row) {
            crate::Key::Text(key) => {
                bytes += key.len();
                within(bytes)?;
                keys.append_value(key);
            }
            key @ crate::Key::Int(_) => {
                bytes += 20;
                within(bytes)?;
                keys.append_value(key.to_string());
            }
        }
    }
    Ok(Arc::new(keys.finish()))
}

fn numbers(column: &Nullable) -> ArrayRef {
    let nulls = NullBuffer::from_iter(column.valid.iter().map(|&valid| valid != 0));
    Arc::new(Float64Array::new(column.values.clone().into(), Some(nulls).filter(|nulls| nulls.null_count() > 0)))
}

fn times(micros: &[i64]) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from(micros.to_vec()).with_timezone("UTC"))
}

fn levels(levels: &[Level]) -> Result<ArrayRef> {
    let codes = Int8Array::from_iter_values(levels.iter().map(|&level| {
        Level::ALL.iter().position(|&known| known == level).and_then(|at| i8::try_from(at).ok()).unwrap_or_default()
    }));
    let names = StringArray::from_iter_values(Level::ALL.map(Level::as_str));
    Ok(Arc::new(DictionaryArray::<Int8Type>::try_new(codes, Arc::new(names)).map_err(|error| failed(&error))?))
}
