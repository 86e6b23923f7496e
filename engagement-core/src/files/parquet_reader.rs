//! Parquet into a load: only the columns that are read, a slice at a time.

use std::sync::Arc;

use arrow_schema::{DataType, Field as Column, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::file::reader::ChunkReader;

use super::ReadReport;
use crate::arrow::{Columns, Mapping, SLICE, push, resolve};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Load;

/// Reads a Parquet file: the columns that are mapped or recognised, 65,536 rows at a time. `on_slice` is told the rows read so far
/// after every slice; its error stops the load.
///
/// # Errors
/// [`ErrorKind::CorruptData`] if it is no Parquet file or a damaged one; what [`resolve`] refuses; in a strict load the first bad row.
/// After an error the load can only be dropped.
///
/// ```no_run
/// use engagement_core::arrow::Mapping;
/// use engagement_core::files::{ReadReport, read_parquet};
/// use engagement_core::{Ledger, LoadOptions};
///
/// let file = std::fs::File::open("log.parquet").unwrap();
/// let mut ledger = Ledger::new();
/// let mut load = ledger.load(LoadOptions::default())?;
/// load.source("log.parquet");
/// read_parquet(&mut load, file, &Mapping::new(), &mut ReadReport::default(), &mut |_rows| Ok(()))?;
/// println!("{}", load.finish()?.reconciliation);
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn read_parquet<R: ChunkReader + 'static>(
    load: &mut Load<'_>,
    reader: R,
    mapping: &Mapping,
    report: &mut ReadReport,
    on_slice: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<()> {
    read(load, reader, mapping, report, on_slice).inspect_err(|_| load.fail())
}

fn read<R: ChunkReader + 'static>(
    load: &mut Load<'_>,
    reader: R,
    mapping: &Mapping,
    report: &mut ReadReport,
    on_slice: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<()> {
    let metadata = ArrowReaderMetadata::load(&reader, ArrowReaderOptions::new()).map_err(|error| damaged(&error))?;
    let columns = resolve(metadata.schema(), mapping)?;
    report.note(&columns);
    let metadata = with_dictionaries(metadata, &columns);
    let mask = ProjectionMask::roots(metadata.parquet_schema(), columns.positions());
    let batches = ParquetRecordBatchReaderBuilder::new_with_metadata(reader, metadata)
        .with_projection(mask)
        .with_batch_size(SLICE)
        .build()
        .map_err(|error| damaged(&error))?;
    let columns = columns.projected();
    let mut rows = 0;
    for batch in batches {
        let batch = batch.map_err(|error| damaged(&error).at(format_args!("after row {rows}")))?;
        push(load, &batch, &columns, &mut report.kinds)?;
        rows += batch.num_rows() as u64;
        on_slice(rows)?;
    }
    Ok(())
}

/// Texts that repeat are read as the dictionaries they are stored as.
fn with_dictionaries(metadata: ArrowReaderMetadata, columns: &Columns) -> ArrowReaderMetadata {
    const REPEAT: [&str; 6] = ["kind", "channel", "unit", "campaign", "arm", "currency"];
    let repeats = |name: &str| columns.chosen().iter().any(|c| c.column == name && REPEAT.contains(&c.field));
    let fields = metadata.schema().fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View if repeats(field.name()) => {
            let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            Arc::new(Column::new(field.name(), dictionary, field.is_nullable()))
        }
        _ => Arc::clone(field),
    });
    let schema: SchemaRef = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let options = ArrowReaderOptions::new().with_schema(schema);
    ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options).unwrap_or(metadata)
}

fn damaged(error: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::CorruptData, format!("cannot be read as Parquet: {error}"))
}
