//! Tables to CSV, Parquet and Arrow.

use std::fmt::Write as _;
use std::io::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int8Type, Int64Type, TimestampMicrosecondType, UInt64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::error::{Error, ErrorKind, Result};
use crate::time::Timestamp;

fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::CorruptData, format!("cannot be written: {error}"))
}

/// Writes a table as Parquet, compressed with zstd.
///
/// # Errors
/// [`ErrorKind::CorruptData`] if the writer fails.
///
/// ```
/// use engagement_core::{arrow::rejects_batch, files::write_parquet};
///
/// let mut bytes = Vec::new();
/// write_parquet(&rejects_batch(&[])?, &mut bytes)?;
/// assert!(bytes.starts_with(b"PAR1"));
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn write_parquet(batch: &RecordBatch, to: impl Write + Send) -> Result<()> {
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut writer = ArrowWriter::try_new(to, batch.schema(), Some(properties)).map_err(|error| failed(&error))?;
    writer.write(batch).map_err(|error| failed(&error))?;
    writer.close().map(drop).map_err(|error| failed(&error))
}

/// Writes a table as an Arrow IPC file.
///
/// # Errors
/// [`ErrorKind::CorruptData`] if the writer fails.
///
/// ```
/// use engagement_core::{arrow::rejects_batch, files::write_arrow};
///
/// let mut bytes = Vec::new();
/// write_arrow(&rejects_batch(&[])?, &mut bytes)?;
/// assert!(bytes.starts_with(b"ARROW1"));
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn write_arrow(batch: &RecordBatch, to: impl Write) -> Result<()> {
    let mut writer = arrow_ipc::writer::FileWriter::try_new_buffered(to, batch.schema_ref()).map_err(|error| failed(&error))?;
    writer.write(batch).map_err(|error| failed(&error))?;
    writer.finish().map_err(|error| failed(&error))
}

/// Writes a table of [`scores_batch`](crate::arrow::scores_batch) or [`rejects_batch`](crate::arrow::rejects_batch) as CSV with a header:
/// numbers in the shortest form that reads back the same, times in RFC 3339, nothing for null.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`] for a column of a type those tables do not have, [`ErrorKind::CorruptData`] if the writer fails.
///
/// ```
/// use engagement_core::{arrow::rejects_batch, files::write_csv};
///
/// let mut text = Vec::new();
/// write_csv(&rejects_batch(&[])?, &mut text)?;
/// assert_eq!(text, b"source,row,field,reason,value\n");
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn write_csv(batch: &RecordBatch, to: impl Write) -> Result<()> {
    let schema = batch.schema_ref();
    let cells = schema.fields().iter().zip(batch.columns()).map(|(field, column)| cell(field.name(), column.as_ref()));
    let mut cells: Vec<Cell<'_>> = cells.collect::<Result<_>>()?;
    let mut writer = csv::Writer::from_writer(to);
    writer.write_record(schema.fields().iter().map(|field| field.name())).map_err(|error| failed(&error))?;
    let mut text = String::new();
    for row in 0..batch.num_rows() {
        for (write, column) in cells.iter_mut().zip(batch.columns()) {
            text.clear();
            if column.is_valid(row) {
                write(row, &mut text);
            }
            writer.write_field(&text).map_err(|error| failed(&error))?;
        }
        writer.write_record(None::<&[u8]>).map_err(|error| failed(&error))?;
    }
    writer.flush().map_err(|error| failed(&error))
}

/// Writes the value of a row to a text.
type Cell<'a> = Box<dyn FnMut(usize, &mut String) + 'a>;

fn cell<'a>(name: &str, column: &'a dyn Array) -> Result<Cell<'a>> {
    // Writing to a text cannot fail.
    macro_rules! shown {
        ($array:expr, $show:expr) => {{
            let (array, show) = ($array, $show);
            Box::new(move |row, text| {
                let _ = write!(text, "{}", show(array.value(row)));
            })
        }};
    }
    Ok(match column.data_type() {
        DataType::Int64 => shown!(column.as_primitive::<Int64Type>(), |value| value),
        DataType::UInt64 => shown!(column.as_primitive::<UInt64Type>(), |value| value),
        DataType::Float64 => shown!(column.as_primitive::<Float64Type>(), |value| value),
        DataType::Boolean => shown!(column.as_boolean(), |value| value),
        DataType::Utf8 => shown!(column.as_string::<i32>(), |value| value),
        DataType::Timestamp(TimeUnit::Microsecond, Some(_)) => {
            let array = column.as_primitive::<TimestampMicrosecondType>();
            Box::new(move |row, text| {
                let at = Timestamp::from_micros(array.value(row));
                let _ = at.map(|at| write!(text, "{at}"));
            })
        }
        DataType::Dictionary(key, values) if **key == DataType::Int8 && **values == DataType::Utf8 => {
            let array = column.as_dictionary::<Int8Type>();
            let values = array.values().as_string::<i32>();
            Box::new(move |row, text| text.push_str(array.key(row).map_or("", |key| values.value(key))))
        }
        other => {
            return Err(Error::new(ErrorKind::InvalidArgument, format!("column \"{name}\": {other} is not written as CSV")));
        }
    })
}
