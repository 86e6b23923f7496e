//! Tables out: scores, purchases and rejected rows.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, StringBuilder};
use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, Decimal128Array, DictionaryArray, Float64Array, Int8Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow_buffer::NullBuffer;
use arrow_schema::{ArrowError, Field, Schema};

use crate::error::{Error, ErrorKind, Result};
use crate::interaction::Key;
use crate::ledger::Reject;
use crate::level::Level;
use crate::purchases::Purchases;
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
/// | `interactions` | `Int64` | |
/// | `first_at`, `last_at` | `Timestamp(µs, UTC)` | |
/// | `probability_alive`, `expected_purchases`, `discounted_purchases` | `Float64` | only with a forecast; null for prospects |
/// | `expected_order_value` | `Float64` | only with a forecast in money; null for prospects |
/// | `lifetime_value`, `value_say`, `value_stay`, `value_spend` | `Decimal128(19, 6)` | the same; exact sums |
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
    add("customer", customers(scores.integer_keys().map(<[i64]>::to_vec), scores.len(), |row| scores.customer(row))?, false);
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
    add("interactions", count_column(&scores.interactions), false);
    add("first_at", times(&scores.first_at), false);
    add("last_at", times(&scores.last_at), false);
    if let Some(all) = &scores.forecasts {
        add("probability_alive", numbers(&all.probability_alive), true);
        add("expected_purchases", numbers(&all.expected_purchases), true);
        add("discounted_purchases", numbers(&all.discounted_purchases), true);
        if all.in_money {
            add("expected_order_value", numbers(&all.expected_order_value), true);
            add("lifetime_value", amounts(&all.lifetime_value)?, true);
            add("value_say", amounts(&all.value_say)?, true);
            add("value_stay", amounts(&all.value_stay)?, true);
            add("value_spend", amounts(&all.value_spend)?, true);
        }
    }
    for (rule, points) in &scores.contributions {
        let taken = fields.iter().any(|field| field.name() == rule);
        let name = if taken { format!("rule_{rule}") } else { rule.clone() };
        let column = numbers(points);
        fields.push(Field::new(name, column.data_type().clone(), true));
        columns.push(column);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(|error| failed(&error))
}

/// The purchase summary as a table: a row per customer.
///
/// | column | type | |
/// |---|---|---|
/// | `customer` | `Int64` if every key is an integer, else `Utf8` | |
/// | `frequency` | `Int64` | repeat purchase periods |
/// | `recency`, `age` | `Float64` | in units |
/// | `value` | `Float64` | mean net spend of the repeat periods with any; null without one |
/// | `first_value` | `Float64` | net spend of the first period; null where it was free or is not known |
/// | `paid` | `Int64` | repeat periods with net spend |
/// | `log_gaps` | `Float64` | only if it is known |
/// | `holdout_frequency`, `holdout_paid` | `Int64` | only with a holdout |
/// | `holdout_value` | `Float64` | only with a holdout; null without a period with net spend |
///
/// # Errors
/// [`ErrorKind::Overflow`] if the keys' text exceeds 2 GiB.
///
/// ```
/// use engagement_core::{PurchaseColumns, Purchases, arrow::purchases_batch};
///
/// let purchases = Purchases::from_columns(&PurchaseColumns::new(&[2, 0], &[30.0, 0.0], &[39.0, 30.0]))?;
/// let table = purchases_batch(&purchases)?;
/// assert_eq!((table.num_rows(), table.num_columns()), (2, 7));
/// assert_eq!(table.schema().field(1).name(), "frequency");
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn purchases_batch(purchases: &Purchases) -> Result<RecordBatch> {
    let floats = |column: &[f64]| -> ArrayRef { Arc::new(Float64Array::from(column.to_vec())) };
    let mut columns = vec![
        ("customer", customer_column(purchases.len(), |row| purchases.customer(row))?, false),
        ("frequency", count_column(purchases.frequency()), false),
        ("recency", floats(purchases.recency()), false),
        ("age", floats(purchases.age()), false),
        ("value", numbers(purchases.value()), true),
        ("first_value", numbers(purchases.first_value()), true),
        ("paid", count_column(purchases.paid()), false),
    ];
    if let Some(log_gaps) = purchases.log_gaps() {
        columns.push(("log_gaps", floats(log_gaps), false));
    }
    if let Some(holdout) = purchases.holdout() {
        columns.push(("holdout_frequency", count_column(&holdout.frequency), false));
        columns.push(("holdout_value", numbers(&holdout.value), true));
        columns.push(("holdout_paid", count_column(&holdout.paid), false));
    }
    table(columns)
}

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
    table(vec![
        ("source", nullable(&|reject| some(&reject.source))?, true),
        ("row", count_column(&rejects.iter().map(|reject| reject.row).collect::<Vec<_>>()), false),
        ("field", nullable(&|reject| some(reject.field.as_str()))?, false),
        ("reason", nullable(&|reject| some(reject.reason.as_str()))?, false),
        ("value", nullable(&|reject| some(&reject.value))?, true),
    ])
}

/// A table of named columns, which may have nulls or not.
fn table(columns: Vec<(&str, ArrayRef, bool)>) -> Result<RecordBatch> {
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

/// Counts as a column: `Int64`, signed, because differences are taken of them, and an unsigned one below 0 is huge.
///
/// ```
/// use engagement_core::arrow::count_column;
///
/// assert_eq!(count_column(&[2_u32, 0, 7]).data_type().to_string(), "Int64");
/// ```
pub fn count_column<T: Copy + TryInto<i64>>(counts: &[T]) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(counts.iter().map(|&count| count.try_into().unwrap_or(i64::MAX))))
}

/// The customers of rows as a column: `Int64` if every key is an integer, else `Utf8`.
///
/// # Errors
/// [`ErrorKind::Overflow`] if the keys' text exceeds 2 GiB.
///
/// ```
/// use engagement_core::Key;
/// use engagement_core::arrow::customer_column;
///
/// let keys = [Key::Int(7), Key::Text("ann")];
/// assert_eq!(customer_column(1, |row| keys[row])?.data_type().to_string(), "Int64");
/// assert_eq!(customer_column(2, |row| keys[row])?.data_type().to_string(), "Utf8");
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn customer_column<'k>(rows: usize, key: impl Fn(usize) -> Key<'k>) -> Result<ArrayRef> {
    let integer = |row| match key(row) {
        Key::Int(key) => Some(key),
        Key::Text(_) => None,
    };
    customers((0..rows).map(integer).collect(), rows, key)
}

fn customers<'k>(integers: Option<Vec<i64>>, rows: usize, key: impl Fn(usize) -> Key<'k>) -> Result<ArrayRef> {
    if let Some(keys) = integers.filter(|keys| !keys.is_empty()) {
        return Ok(Arc::new(Int64Array::from(keys)));
    }
    let mut keys = StringBuilder::with_capacity(rows, rows * 12);
    let mut bytes = 0;
    for row in 0..rows {
        match key(row) {
            Key::Text(key) => {
                bytes += key.len();
                within(bytes)?;
                keys.append_value(key);
            }
            key @ Key::Int(_) => {
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

fn amounts(column: &Nullable<i64>) -> Result<ArrayRef> {
    let micros = column.iter().map(|micros| micros.map(i128::from));
    let amounts = Decimal128Array::from_iter(micros).with_precision_and_scale(19, 6);
    Ok(Arc::new(amounts.map_err(|error| failed(&error))?))
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
