//! An Arrow table that shows itself well and that polars, pandas, pyarrow and duckdb take without copying.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StructArray, types};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{ArrowError, DataType, Field};
use comfy_table::{CellAlignment, ContentArrangement};
use pyo3::exceptions::{PyImportError, PyKeyError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList};
use pyo3_arrow::ffi::{ArrayIterator, to_schema_pycapsule, to_stream_pycapsule};

use crate::errors::invalid;
use crate::output;

/// Rows that a `repr` shows before it cuts out the middle.
const SHOWN: usize = 10;

/// An Arrow table.
#[pyclass(module = "engagement", subclass, frozen)]
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) batch: RecordBatch,
    /// The line above the table.
    pub(crate) title: String,
    /// The lines below it.
    pub(crate) notes: Vec<String>,
    /// The columns that a terminal has room for; all of them where it is empty.
    pub(crate) narrow: Vec<usize>,
}

impl Table {
    pub(crate) fn new(batch: RecordBatch, title: impl Into<String>) -> Table {
        Table { batch, title: title.into(), notes: Vec::new(), narrow: Vec::new() }
    }
}

#[pymethods]
impl Table {
    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    fn __bool__(&self) -> bool {
        self.batch.num_rows() > 0
    }

    /// The names of the columns.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.batch.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Rows and columns.
    #[getter]
    fn shape(&self) -> (usize, usize) {
        (self.batch.num_rows(), self.batch.num_columns())
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.batch.schema().as_ref())?)
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let field = Arc::new(Field::new_struct("", self.batch.schema().fields().clone(), false));
        let rows: ArrayRef = Arc::new(StructArray::from(self.batch.clone()));
        let reader = ArrayIterator::new(std::iter::once(Ok::<_, ArrowError>(rows)), field);
        Ok(to_stream_pycapsule(py, Box::new(reader), requested_schema)?)
    }

    /// The values of one column, as Python objects.
    fn __getitem__<'py>(&self, py: Python<'py>, column: &str) -> PyResult<Bound<'py, PyList>> {
        let Some(values) = self.batch.column_by_name(column) else {
            let names = self.columns().join(", ");
            return Err(PyKeyError::new_err(format!("no column {column:?}; there are {names}")));
        };
        let values = (0..values.len()).map(|row| value(py, values, row)).collect::<PyResult<Vec<_>>>()?;
        PyList::new(py, values)
    }

    /// The rows as dictionaries, for those who need no frame.
    fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let rows = (0..self.batch.num_rows()).map(|row| self.row(py, row)).collect::<PyResult<Vec<_>>>()?;
        PyList::new(py, rows)
    }

    /// A polars `DataFrame`.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        library(slf.py(), "polars", "polars")?.call_method1("DataFrame", (slf,))
    }

    /// A pyarrow Table.
    fn to_pyarrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        library(slf.py(), "pyarrow", "pyarrow")?.call_method1("table", (slf,))
    }

    /// A pandas `DataFrame`. Needs pandas and pyarrow: `pip install 'engagement[pandas]'`.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        library(slf.py(), "pandas", "engagement[pandas]")?;
        library(slf.py(), "pyarrow", "engagement[pandas]")?.call_method1("table", (slf,))?.call_method0("to_pandas")
    }

    /// Writes the table to a file; its name ends in .parquet, .csv or .arrow.
    fn write(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        py.detach(|| output::write(&self.batch, &path)).map_err(|failure| failure.raise(&path))
    }

    fn __repr__(&self) -> String {
        let narrow = if self.narrow.is_empty() { None } else { self.batch.project(&self.narrow).ok() };
        let mut text = format!("{}\n{}", self.title, text_table(narrow.as_ref().unwrap_or(&self.batch), SHOWN));
        for note in &self.notes {
            text.push('\n');
            text.push_str(note);
        }
        text
    }

    fn _repr_html_(&self) -> String {
        let mut html = format!("<div><p><strong>{}</strong></p>{}", escape(&self.title), html_table(&self.batch, SHOWN));
        for note in &self.notes {
            html.push_str(&format!("<p>{}</p>", escape(note)));
        }
        html + "</div>"
    }
}

impl Table {
    pub(crate) fn row<'py>(&self, py: Python<'py>, row: usize) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (field, column) in self.batch.schema().fields().iter().zip(self.batch.columns()) {
            dict.set_item(field.name(), value(py, column, row)?)?;
        }
        Ok(dict)
    }
}

fn library<'py>(py: Python<'py>, module: &str, install: &str) -> PyResult<Bound<'py, PyModule>> {
    py.import(module).map_err(|failure| {
        if failure.is_instance_of::<PyImportError>(py) {
            PyImportError::new_err(format!("this needs {module}, which is not installed: pip install '{install}'"))
        } else {
            failure
        }
    })
}

/// One cell as a Python object: text, int, float, bool, aware datetime or `None`.
pub(crate) fn value<'py>(py: Python<'py>, column: &ArrayRef, row: usize) -> PyResult<Bound<'py, PyAny>> {
    if column.is_null(row) {
        return Ok(py.None().into_bound(py));
    }
    Ok(match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(row).into_pyobject(py)?.into_any(),
        DataType::LargeUtf8 => column.as_string::<i64>().value(row).into_pyobject(py)?.into_any(),
        DataType::Utf8View => column.as_string_view().value(row).into_pyobject(py)?.into_any(),
        DataType::Boolean => column.as_boolean().value(row).into_pyobject(py)?.to_owned().into_any(),
        DataType::Int64 => column.as_primitive::<types::Int64Type>().value(row).into_pyobject(py)?.into_any(),
        DataType::Float64 => column.as_primitive::<types::Float64Type>().value(row).into_pyobject(py)?.into_any(),
        DataType::Dictionary(_, _) => {
            let dictionary = column.as_any_dictionary();
            let code = dictionary.normalized_keys()[row];
            return value(py, dictionary.values(), code);
        }
        DataType::Timestamp(arrow_schema::TimeUnit::Microsecond, _) => {
            let micros = column.as_primitive::<types::TimestampMicrosecondType>().value(row);
            let at = engagement_core::Timestamp::from_micros(micros).map_err(|e| crate::errors::raise(&e))?;
            return crate::convert::to_datetime(py, at);
        }
        DataType::Decimal128(_, _) => {
            let text = column.as_primitive::<types::Decimal128Type>().value_as_string(row);
            return py.import("decimal")?.getattr("Decimal")?.call1((text,));
        }
        other => return Err(invalid(format!("a column of type {other} has no Python form"))),
    })
}

/// The cells of the rows to show as text, each column with its alignment; the middle is cut out where there are more.
struct Cells {
    header: Vec<String>,
    right: Vec<bool>,
    rows: Vec<Vec<String>>,
}

fn cells(batch: &RecordBatch, shown: usize) -> Cells {
    let schema = batch.schema();
    let options = FormatOptions::default()
        .with_null("")
        .with_timestamp_tz_format(Some("%Y-%m-%d %H:%M:%S"))
        .with_timestamp_format(Some("%Y-%m-%d %H:%M:%S"));
    let formatters: Vec<_> = batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options).ok()).collect();
    let cell = |column: usize, row: usize| {
        let array = batch.column(column);
        if array.is_null(row) {
            return "–".to_owned();
        }
        match array.data_type() {
            DataType::Decimal128(_, _) => decimal(&array.as_primitive::<types::Decimal128Type>().value_as_string(row)),
            DataType::Float64 => format!("{:.2}", array.as_primitive::<types::Float64Type>().value(row)),
            _ => formatters[column].as_ref().map_or_else(String::new, |f| f.value(row).to_string()),
        }
    };
    let columns = 0..batch.num_columns();
    let (head, tail) = if batch.num_rows() <= shown { (batch.num_rows(), 0) } else { (shown / 2, shown / 2) };
    let mut rows: Vec<Vec<String>> = (0..head).map(|row| columns.clone().map(|column| cell(column, row)).collect()).collect();
    if tail > 0 {
        rows.push(columns.clone().map(|_| "…".to_owned()).collect());
        rows.extend(
            (batch.num_rows() - tail..batch.num_rows()).map(|row| columns.clone().map(|column| cell(column, row)).collect()),
        );
    }
    let right = schema.fields().iter().map(|field| field.data_type().is_numeric()).collect();
    Cells { header: schema.fields().iter().map(|field| field.name().clone()).collect(), right, rows }
}

/// `33.800000` as `33.80`; what is finer than a hundredth stays.
fn decimal(text: &str) -> String {
    let Some((whole, fraction)) = text.split_once('.') else { return text.to_owned() };
    let fraction = fraction.trim_end_matches('0');
    format!("{whole}.{fraction:0<2}")
}

/// The table as text, as the terminal shows it.
pub(crate) fn text_table(batch: &RecordBatch, shown: usize) -> String {
    let cells = cells(batch, shown);
    plain(&cells.header, &cells.right, cells.rows)
}

/// Rows of text under a header, with numbers to the right.
pub(crate) fn plain(header: &[String], right: &[bool], rows: Vec<Vec<String>>) -> String {
    let mut table = comfy_table::Table::new();
    table.load_preset("     ──            ").set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header);
    for row in rows {
        table.add_row(row);
    }
    for (column, right) in table.column_iter_mut().zip(right) {
        column.set_padding((1, 1));
        column.set_cell_alignment(if *right { CellAlignment::Right } else { CellAlignment::Left });
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn html_table(batch: &RecordBatch, shown: usize) -> String {
    let cells = cells(batch, shown);
    let align = |column: usize| if cells.right[column] { "text-align:right" } else { "text-align:left" };
    let mut html = String::from("<table><thead><tr>");
    for (column, name) in cells.header.iter().enumerate() {
        html.push_str(&format!("<th style=\"{}\">{}</th>", align(column), escape(name)));
    }
    html.push_str("</tr></thead><tbody>");
    for row in &cells.rows {
        html.push_str("<tr>");
        for (column, cell) in row.iter().enumerate() {
            html.push_str(&format!("<td style=\"{}\">{}</td>", align(column), escape(cell)));
        }
        html.push_str("</tr>");
    }
    html + "</tbody></table>"
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
