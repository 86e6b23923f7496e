//! Frames in: anything that hands over Arrow data, sliced so that Ctrl-C and progress work.

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::ArrowError;
use engagement_core::ErrorKind;
use pyo3::exceptions::{PyImportError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PyList, PyString, PyTuple};
use pyo3_arrow::input::AnyRecordBatch;

use crate::errors::{error, wrong_type};

/// Rows between two looks at signals; frames come as one batch however long they are.
const SLICE: usize = 65_536;

/// The batches of one frame.
pub(crate) type Reader = Box<dyn RecordBatchReader + Send>;

/// The frames of one load: one, or as many as an iterator gives.
pub(crate) enum Frames<'py> {
    One(Option<Bound<'py, PyAny>>),
    Many(Bound<'py, PyIterator>),
}

impl<'py> Frames<'py> {
    pub(crate) fn new(frame: &Bound<'py, PyAny>) -> PyResult<Frames<'py>> {
        if is_arrow(frame)? {
            return Ok(Frames::One(Some(frame.clone())));
        }
        // A lazy frame is run batch by batch and never held as a whole.
        if frame.hasattr("collect_batches")? {
            return Ok(Frames::One(Some(frame.call_method0("collect_batches")?)));
        }
        if frame.is_instance_of::<PyString>() || frame.hasattr("__fspath__")? {
            return Err(PyTypeError::new_err("a frame is expected, not a path: use Ledger.read(path)"));
        }
        if frame.is_instance_of::<PyDict>() {
            return Err(wrong_type(
                "a frame is expected (polars, pandas, pyarrow, duckdb, …); make one of the columns with pyarrow.table(…)",
                frame,
            ));
        }
        if frame.is_instance_of::<PyList>() || frame.is_instance_of::<PyTuple>() || frame.hasattr("__next__")? {
            return Ok(Frames::Many(frame.try_iter()?));
        }
        Err(not_a_frame(frame))
    }

    /// The next frame's batches, and its number of rows where it says so without work.
    pub(crate) fn next(&mut self) -> PyResult<Option<(Reader, Option<u64>)>> {
        let frame = match self {
            Frames::One(frame) => frame.take(),
            Frames::Many(frames) => frames.next().transpose()?,
        };
        frame.map(|frame| Ok((reader(&frame)?, rows(&frame)))).transpose()
    }
}

fn is_arrow(frame: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(frame.hasattr("__arrow_c_stream__")? || frame.hasattr("__arrow_c_array__")?)
}

fn not_a_frame(frame: &Bound<'_, PyAny>) -> PyErr {
    wrong_type("a frame with __arrow_c_stream__ is expected (polars, pandas with pyarrow, pyarrow, duckdb, …)", frame)
}

fn reader(frame: &Bound<'_, PyAny>) -> PyResult<Reader> {
    if !is_arrow(frame)? {
        return Err(not_a_frame(frame));
    }
    frame.extract::<AnyRecordBatch>().and_then(AnyRecordBatch::into_reader).map_err(|failure| {
        if failure.is_instance_of::<PyImportError>(frame.py()) {
            PyImportError::new_err("pandas needs pyarrow to hand over a DataFrame: pip install 'engagement[pandas]'")
        } else {
            failure
        }
    })
}

/// The rows of a frame that knows them without running a query.
fn rows(frame: &Bound<'_, PyAny>) -> Option<u64> {
    for attribute in ["height", "num_rows"] {
        if let Ok(rows) = frame.getattr(attribute).and_then(|rows| rows.extract()) {
            return Some(rows);
        }
    }
    let module: String = frame.get_type().module().ok()?.extract().ok()?;
    if module.starts_with("pandas") { frame.len().ok().map(|rows| rows as u64) } else { None }
}

/// The next batch, taken without the GIL.
pub(crate) fn next_batch(py: Python<'_>, reader: &mut Reader) -> PyResult<Option<RecordBatch>> {
    py.detach(|| reader.next()).transpose().map_err(|failure| {
        // An interrupted query says so as an error of its own; the interrupt itself is what the caller should see.
        if let Err(interrupt) = py.check_signals() {
            return interrupt;
        }
        match failure {
            ArrowError::ExternalError(inner) => match inner.downcast::<PyErr>() {
                Ok(raised) => *raised,
                Err(other) => error(ErrorKind::CorruptData, format!("the frame cannot be read: {other}")),
            },
            other => error(ErrorKind::CorruptData, format!("the frame cannot be read: {other}")),
        }
    })
}

/// A batch in slices of at most 65,536 rows, without copying.
pub(crate) fn slices(batch: &RecordBatch) -> impl Iterator<Item = RecordBatch> + '_ {
    (0..batch.num_rows()).step_by(SLICE).map(|from| batch.slice(from, SLICE.min(batch.num_rows() - from)))
}
