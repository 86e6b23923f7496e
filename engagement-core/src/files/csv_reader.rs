//! CSV into a load. Nothing is guessed from values: every column is text until its field says what it is.

use std::io::Read;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow_buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field as Column, Schema, SchemaRef};
use csv::ByteRecord;

use super::ReadReport;
use super::input::{Input, delimiter, open, unreadable};
use crate::arrow::{Columns, Mapping, SLICE, push_with, resolve};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Field, Load, Reason, Unreadable};

/// Bytes after which a slice ends before it has all its rows.
const SLICE_BYTES: usize = 64 << 20;

/// Reads a CSV file with a header line: plain or gzip, UTF-8 with or without a byte-order mark, delimited by `,` `;` tab or `|`
/// (whichever the header line holds most of), any line ending, quotes doubled inside quotes. Blank lines are skipped.
///
/// A row with more or fewer fields than the header, and a field that is read and is not UTF-8, make the row a
/// [`Reject`](crate::Reject) like any other. Row numbers count data rows from 1. `on_slice` is told the rows read so far after every
/// 65,536 of them and at the end; its error stops the load.
///
/// # Errors
/// [`ErrorKind::CorruptData`] if the file is empty, is no text or breaks off; what [`resolve`] refuses; in a strict load the first bad
/// row. After an error the load can only be dropped.
///
/// ```
/// use engagement_core::arrow::Mapping;
/// use engagement_core::files::{ReadReport, read_csv};
/// use engagement_core::{Ledger, LoadOptions};
///
/// let text = "customer,day,event\n7,2026-03-01,visit\n7,2026-03-02,visit\n";
/// let mut ledger = Ledger::new();
/// let mut load = ledger.load(LoadOptions::default())?;
/// let mut seen = 0;
/// read_csv(&mut load, text.as_bytes(), &Mapping::new(), &mut ReadReport::default(), &mut |rows| {
///     seen = rows;
///     Ok(())
/// })?;
/// assert_eq!((seen, load.finish()?.reconciliation.recorded), (2, 2));
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn read_csv(
    load: &mut Load<'_>,
    reader: impl Read,
    mapping: &Mapping,
    report: &mut ReadReport,
    on_slice: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<()> {
    read(load, reader, mapping, report, on_slice).inspect_err(|_| load.fail())
}

fn read(
    load: &mut Load<'_>,
    reader: impl Read,
    mapping: &Mapping,
    report: &mut ReadReport,
    on_slice: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<()> {
    let Input { head, text, since, last } = open(reader)?;
    if head.is_empty() {
        return Err(Error::new(ErrorKind::CorruptData, "the file is empty: a header line is expected"));
    }
    let mut csv = csv::ReaderBuilder::new().delimiter(delimiter(&head)).flexible(true).buffer_capacity(1 << 17).from_reader(text);
    let schema = header(csv.byte_headers().map_err(failed)?)?;
    let columns = resolve(&schema, mapping)?;
    report.note(&columns);
    since.set(0);
    let mut slice = Slice::new(&schema, &columns);
    let (mut record, mut rows, mut ends_quoted) = (ByteRecord::new(), 0, false);
    while csv.read_byte_record(&mut record).map_err(|error| failed(error).at(format_args!("after row {rows}")))? {
        since.set(0);
        if slice.is_full() {
            slice.push(load, report)?;
            on_slice(rows)?;
        }
        rows += 1;
        slice.take(&record, schema.fields().len());
        ends_quoted = record.iter().next_back().is_some_and(|field| field.contains(&b'\n'));
    }
    // Only a quoted field holds a line break, so a file that ends with one ends in a quote.
    if ends_quoted && last.get() != b'"' {
        slice.refuse_last("a quote is left open");
    }
    slice.push(load, report)?;
    on_slice(rows)
}

/// The columns of a header line, all of them text.
fn header(record: &ByteRecord) -> Result<SchemaRef> {
    let mut fields = Vec::with_capacity(record.len());
    for (place, name) in record.iter().enumerate() {
        let name = std::str::from_utf8(name).map_err(|_| {
            let shown = String::from_utf8_lossy(name);
            Error::new(ErrorKind::InvalidUtf8, format!("the header is not UTF-8: column {} is \"{shown}\"", place + 1))
        })?;
        fields.push(Column::new(name.trim(), DataType::Utf8, true));
    }
    Ok(Arc::new(Schema::new(fields)))
}

fn failed(error: csv::Error) -> Error {
    let shown = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) => unreadable(&error),
        _ => Error::new(ErrorKind::CorruptData, format!("not CSV: {shown}")),
    }
}

/// Rows on their way into a load.
struct Slice {
    columns: Columns,
    schema: SchemaRef,
    /// The positions in a record of the columns that are read, and their bytes.
    parts: Vec<(usize, Bytes)>,
    rows: usize,
    unreadable: Vec<Unreadable>,
}

/// The fields of a column, one after the other.
#[derive(Default)]
struct Bytes {
    bytes: Vec<u8>,
    offsets: Vec<i32>,
}

impl Slice {
    fn new(schema: &Schema, columns: &Columns) -> Slice {
        let positions = columns.positions();
        let fields: Vec<Column> = positions.iter().map(|&position| schema.field(position).clone()).collect();
        Slice {
            columns: columns.projected(),
            schema: Arc::new(Schema::new(fields)),
            parts: positions.into_iter().map(|position| (position, Bytes::default())).collect(),
            rows: 0,
            unreadable: Vec::new(),
        }
    }

    fn take(&mut self, record: &ByteRecord, fields: usize) {
        let whole = record.len() == fields;
        for (position, part) in &mut self.parts {
            if whole {
                part.bytes.extend_from_slice(record.get(*position).unwrap_or_default());
            }
            // A slice ends long before its bytes leave the range of `i32`.
            part.offsets.push(part.bytes.len() as i32);
        }
        self.rows += 1;
        if !whole {
            self.refuse_last(&format!("{} fields where the header has {fields}", record.len()));
        }
    }

    fn refuse_last(&mut self, why: &str) {
        let Some(row) = self.rows.checked_sub(1) else { return };
        if self.unreadable.last().is_none_or(|fault| fault.row < row) {
            let value = why.to_owned();
            self.unreadable.push(Unreadable { row, field: Field::Row, reason: Reason::MalformedRow, value });
        }
    }

    fn is_full(&self) -> bool {
        self.rows >= SLICE || self.parts.iter().any(|(_, part)| part.bytes.len() >= SLICE_BYTES)
    }

    fn push(&mut self, load: &mut Load<'_>, report: &mut ReadReport) -> Result<()> {
        let (rows, mut unreadable) = (std::mem::take(&mut self.rows), std::mem::take(&mut self.unreadable));
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.parts.len());
        for (at, (_, part)) in self.parts.iter_mut().enumerate() {
            let capacity = (part.bytes.len(), part.offsets.len());
            let taken = std::mem::replace(part, Bytes::with_capacity(capacity));
            arrays.push(Arc::new(taken.into_text(self.columns.field_at(at), &mut unreadable)?));
        }
        unreadable.sort_by_key(|fault| fault.row);
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
            .map_err(|error| Error::new(ErrorKind::CorruptData, error.to_string()))?;
        push_with(load, &batch, &self.columns, &mut report.kinds, unreadable)
    }
}

impl Bytes {
    fn with_capacity((bytes, rows): (usize, usize)) -> Bytes {
        Bytes { bytes: Vec::with_capacity(bytes), offsets: Vec::with_capacity(rows) }
    }

    /// The column as text; a field that is not UTF-8 becomes a fault and empty.
    fn into_text(self, field: Field, unreadable: &mut Vec<Unreadable>) -> Result<StringArray> {
        let ends = self.offsets;
        let mut offsets = Vec::with_capacity(ends.len() + 1);
        offsets.push(0);
        offsets.extend_from_slice(&ends);
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        let bytes = Buffer::from_vec(self.bytes);
        if let Ok(text) = StringArray::try_new(offsets.clone(), bytes.clone(), None) {
            return Ok(text);
        }
        let mut texts: Vec<&str> = Vec::with_capacity(ends.len());
        for (row, span) in offsets.windows(2).enumerate() {
            let bytes = &bytes.as_slice()[span[0] as usize..span[1] as usize];
            texts.push(std::str::from_utf8(bytes).unwrap_or_else(|_| {
                let value = String::from_utf8_lossy(bytes).into_owned();
                unreadable.push(Unreadable { row, field, reason: Reason::InvalidText, value });
                ""
            }));
        }
        Ok(StringArray::from(texts))
    }
}
