//! Logs as files: Arrow IPC, Parquet, CSV, tab-separated text.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, DictionaryArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow_csv::WriterBuilder;
use arrow_ipc::writer::FileWriter;
use arrow_schema::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::every_feature::{COLUMNS, Row};
use crate::log::{Generator, Log, Numbers, Texts};

/// Rows of one record batch, and of one row group.
pub const CHUNK: usize = 1 << 20;

/// How to write a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Arrow IPC file, uncompressed: the bytes of the file are the bytes in memory.
    Arrow,
    /// Parquet with Snappy and dictionaries, the defaults of most writers.
    Parquet,
    /// Comma-separated text with a header, times in RFC 3339.
    Csv,
}

/// The log as the record batch that a data frame would hold: amounts are floats, texts are dictionaries.
///
/// # Panics
/// If columns differ in length; those of a generated log do not.
#[must_use]
pub fn record_batch(log: &Log) -> RecordBatch {
    let money = |numbers: &Numbers| -> ArrayRef {
        let present = |(&value, &valid): (&i64, &u8)| (valid == 1).then_some(value as f64 / 1e6);
        Arc::new(Float64Array::from_iter(numbers.values.iter().zip(&numbers.valid).map(present)))
    };
    let numbers =
        |values: &[f64]| -> ArrayRef { Arc::new(Float64Array::from_iter(values.iter().map(|&v| (!v.is_nan()).then_some(v)))) };
    let texts = |texts: &Texts| -> ArrayRef {
        let codes = Int32Array::from_iter(texts.codes.iter().map(|&code| i32::try_from(code).ok()));
        let values = StringArray::from_iter_values(&texts.values);
        Arc::new(DictionaryArray::<Int32Type>::try_new(codes, Arc::new(values)).expect("codes are in the dictionary"))
    };
    let at = TimestampMicrosecondArray::from(log.at.clone()).with_timezone("UTC");
    let mut columns: Vec<(&str, ArrayRef, bool)> =
        vec![("customer_id", Arc::new(Int64Array::from(log.customer.clone())), false), ("at", Arc::new(at), false)];
    if let Some(details) = &log.details {
        let other = details.other.values.iter().zip(&details.other.valid).map(|(&v, &ok)| (ok == 1).then_some(v));
        columns.extend([
            ("kind", texts(&details.kind), false),
            ("amount", money(&log.amount), true),
            ("rating", numbers(&details.rating), true),
            ("reach", numbers(&details.reach), true),
            ("other", Arc::new(Int64Array::from_iter(other)) as ArrayRef, true),
            ("item", texts(&details.item), true),
            ("channel", texts(&details.channel), true),
            ("unit", texts(&details.unit), true),
            ("campaign", texts(&details.campaign), true),
            ("cost", money(&details.cost), true),
        ]);
        if let Some(ids) = &details.id {
            columns.push(("id", Arc::new(StringArray::from_iter_values(ids)), false));
        }
    } else {
        let amount = log.amount.values.iter().map(|&value| value as f64 / 1e6);
        columns.push(("amount", Arc::new(Float64Array::from_iter_values(amount)), false));
    }
    RecordBatch::try_from_iter_with_nullable(columns).expect("columns have one length")
}

/// Writes a log to `path`, a chunk at a time; returns its number of rows.
///
/// # Errors
/// Whatever the file system or the writer says.
pub fn write(generator: &mut Generator, path: &Path, format: Format) -> Result<u64, Box<dyn Error>> {
    let file = BufWriter::new(File::create(path)?);
    let mut rows = 0;
    let first = record_batch(&generator.chunk(CHUNK).ok_or("the generator is at its end")?);
    let schema = first.schema();
    let batches = std::iter::once(first).chain(std::iter::from_fn(|| generator.chunk(CHUNK).as_ref().map(record_batch)));
    let batches = batches.inspect(|batch| rows += batch.num_rows() as u64);
    match format {
        Format::Arrow => {
            let mut writer = FileWriter::try_new(file, &schema)?;
            for batch in batches {
                writer.write(&batch)?;
            }
            writer.finish()?;
        }
        Format::Parquet => {
            let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
            let mut writer = ArrowWriter::try_new(file, schema, Some(properties))?;
            for batch in batches {
                writer.write(&batch)?;
            }
            writer.close()?;
        }
        Format::Csv => {
            let mut writer = WriterBuilder::new().with_header(true).build(file);
            for batch in batches {
                writer.write(&with_offset(&batch)?)?;
            }
        }
    }
    Ok(rows)
}

/// The batch with its times in the zone +00:00, which is UTC without a database of zones.
fn with_offset(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let names = batch.schema();
    let names = names.fields().iter().map(|field| field.name().as_str());
    let columns = batch.columns().iter().map(|column| match column.as_any().downcast_ref::<TimestampMicrosecondArray>() {
        Some(times) => Arc::new(times.clone().with_timezone("+00:00")) as ArrayRef,
        None => Arc::clone(column),
    });
    RecordBatch::try_from_iter(names.zip(columns))
}

/// Writes rows as tab-separated text with a header line.
///
/// # Errors
/// Whatever the file system says.
pub fn write_tsv(rows: &[Row], out: impl Write) -> std::io::Result<()> {
    let mut out = BufWriter::new(out);
    writeln!(out, "{}", COLUMNS.join("\t"))?;
    let mut line = String::new();
    for row in rows {
        line.clear();
        row.write_tsv(&mut line);
        line.push('\n');
        out.write_all(line.as_bytes())?;
    }
    out.flush()
}
