//! Numbers in from whatever holds them, and columns of numbers out, without a copy where the other side allows it.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array};
use arrow_schema::{DataType, Field};
use engagement_core::arrow::count_column;
use engagement_core::{Error, ErrorKind, Nullable};
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyAttributeError, PyImportError, PyIndexError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyFloat, PyInt, PyList, PyTuple};
use pyo3_arrow::ffi::to_array_pycapsules;
use pyo3_arrow::input::AnyArray;

use crate::errors::{OrRaise, invalid, wrong_type};
use crate::pickle::{self, Pickled, item};
use crate::table;

/// A column of numbers, or of yes and no. numpy, polars, pyarrow and pandas take numbers without copying; a missing one is NaN to
/// numpy.
#[pyclass(module = "engagement", frozen, sequence)]
#[derive(Debug)]
pub(crate) struct Column {
    array: ArrayRef,
}

impl From<Vec<f64>> for Column {
    fn from(values: Vec<f64>) -> Column {
        Column { array: Arc::new(Float64Array::from(values)) }
    }
}

impl From<&[f64]> for Column {
    fn from(values: &[f64]) -> Column {
        Column::from(values.to_vec())
    }
}

impl From<&[u32]> for Column {
    fn from(values: &[u32]) -> Column {
        Column { array: count_column(values) }
    }
}

impl From<Vec<u64>> for Column {
    fn from(values: Vec<u64>) -> Column {
        Column { array: count_column(&values) }
    }
}

impl From<Vec<bool>> for Column {
    fn from(values: Vec<bool>) -> Column {
        Column { array: Arc::new(BooleanArray::from(values)) }
    }
}

impl From<&Nullable> for Column {
    fn from(values: &Nullable) -> Column {
        // numpy knows no null: NaN stands in the place of a missing number, under the null that Arrow sees.
        let numbers: Vec<f64> = values.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
        let valid: Vec<bool> = values.valid.iter().map(|&valid| valid != 0).collect();
        let valid = valid.contains(&false).then(|| valid.into());
        Column { array: Arc::new(Float64Array::new(numbers.into(), valid)) }
    }
}

#[pymethods]
impl Column {
    fn __len__(&self) -> usize {
        self.array.len()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, at: isize) -> PyResult<Bound<'py, PyAny>> {
        let row = if at < 0 { at + self.array.len() as isize } else { at };
        match usize::try_from(row) {
            Ok(row) if row < self.array.len() => table::value(py, &self.array, row),
            _ => Err(PyIndexError::new_err(format!("no row {at} in a column of {}", self.array.len()))),
        }
    }

    /// The numbers as Python objects; `None` where one is missing.
    fn to_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let values = (0..self.array.len()).map(|row| table::value(py, &self.array, row)).collect::<PyResult<Vec<_>>>()?;
        PyList::new(py, values)
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.to_list(py)?.try_iter()?.into_any())
    }

    /// What numpy needs to look at the numbers where they are; yes and no, which are bits, have no such thing.
    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (start, kind) = match self.array.data_type() {
            DataType::Int64 => (self.array.as_primitive::<Int64Type>().values().as_ptr() as usize, "<i8"),
            DataType::Boolean => {
                return Err(PyAttributeError::new_err("a column of yes and no is bits, which numpy cannot look at"));
            }
            _ => (self.array.as_primitive::<Float64Type>().values().as_ptr() as usize, "<f8"),
        };
        let interface = PyDict::new(py);
        interface.set_item("version", 3)?;
        interface.set_item("shape", (self.array.len(),))?;
        interface.set_item("typestr", kind)?;
        interface.set_item("data", (start, true))?;
        Ok(interface)
    }

    /// A numpy array of the numbers.
    #[pyo3(signature = (dtype=None, copy=None))]
    fn __array__<'py>(
        slf: &Bound<'py, Self>,
        dtype: Option<&Bound<'py, PyAny>>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, column) = (slf.py(), slf.get());
        let numpy = py.import("numpy")?;
        let array = if *column.array.data_type() == DataType::Boolean {
            numpy.getattr("array")?.call1((column.to_list(py)?, "bool"))?
        } else {
            // numpy keeps the object it reads from alive, and this one keeps the column.
            let view = py.import("types")?.getattr("SimpleNamespace")?.call0()?;
            view.setattr("column", slf)?;
            view.setattr("__array_interface__", column.__array_interface__(py)?)?;
            numpy.getattr("asarray")?.call1((view,))?
        };
        let array = match dtype {
            Some(dtype) => array.call_method1("astype", (dtype,))?,
            None => array,
        };
        if copy == Some(true) { array.call_method0("copy") } else { Ok(array) }
    }

    /// A numpy array of the numbers.
    fn to_numpy<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Column::__array__(slf, None, None)
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let field = Arc::new(Field::new("", self.array.data_type().clone(), true));
        Ok(to_array_pycapsules(py, field, &self.array, requested_schema)?)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Pickled<'py>> {
        let (py, array) = (slf.py(), &slf.get().array);
        let numbers = match array.data_type() {
            DataType::Int64 => pickle::bytes(py, array.as_primitive::<Int64Type>().values()),
            DataType::Boolean => pickle::bytes(py, &array.as_boolean().values().iter().map(u8::from).collect::<Vec<u8>>()),
            _ => pickle::bytes(py, array.as_primitive::<Float64Type>().values()),
        };
        let state = PyDict::new(py);
        state.set_item("type", array.data_type().to_string())?;
        state.set_item("numbers", numbers)?;
        let valid = array.nulls().map(|nulls| nulls.iter().collect::<Vec<bool>>());
        state.set_item("valid", valid)?;
        Ok((slf.get_type().getattr("_restore")?, (state,)))
    }

    /// The column that `__reduce__` says.
    #[staticmethod]
    fn _restore(state: &Bound<'_, PyDict>) -> PyResult<Column> {
        let numbers: Vec<u8> = item(state, "numbers")?.extract()?;
        let valid: Option<Vec<bool>> = item(state, "valid")?.extract()?;
        let array: ArrayRef = match item(state, "type")?.extract::<String>()?.as_str() {
            "Int64" => Arc::new(Int64Array::from(pickle::column::<i64>(&numbers)?)),
            "Boolean" => Arc::new(numbers.iter().map(|&flag| Some(flag != 0)).collect::<BooleanArray>()),
            _ => {
                let numbers = pickle::column::<f64>(&numbers)?;
                let array = Float64Array::try_new(numbers.into(), valid.map(Into::into));
                Arc::new(array.map_err(|e| invalid(e.to_string()))?)
            }
        };
        Ok(Column { array })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        const SHOWN: usize = 8;
        let text = |row| -> PyResult<String> { Ok(table::value(py, &self.array, row)?.repr()?.to_string()) };
        let mut shown = (0..self.array.len().min(SHOWN)).map(text).collect::<PyResult<Vec<_>>>()?;
        if self.array.len() > SHOWN {
            shown.push(format!("… {} in all", self.array.len()));
        }
        Ok(format!("Column([{}])", shown.join(", ")))
    }
}

/// Numbers that came in: one, or a column of them. A missing one is NaN.
pub(crate) struct Numbers {
    pub(crate) values: Vec<f64>,
    pub(crate) single: bool,
}

impl Numbers {
    /// The numbers of an argument: a number, or a column of numpy, pandas, polars, pyarrow or Python.
    pub(crate) fn new(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Numbers> {
        if value.is_instance_of::<PyFloat>() || value.is_instance_of::<PyInt>() || is_scalar(value)? {
            return Ok(Numbers { values: vec![value.extract().map_err(|_| unreadable(name, value))?], single: true });
        }
        if value.hasattr("__arrow_c_array__")? || value.hasattr("__arrow_c_stream__")? {
            match arrow(value) {
                Err(failure) if failure.is_instance_of::<PyImportError>(value.py()) => {}
                read => {
                    return read?.map(|values| Numbers { values, single: false }).ok_or_else(|| unreadable(name, value));
                }
            }
        }
        if value.hasattr("__array__")? {
            return Ok(Numbers { values: numpy(name, value)?, single: false });
        }
        let values: Vec<Option<f64>> = value.extract().map_err(|_| unreadable(name, value))?;
        Ok(Numbers { values: values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect(), single: false })
    }

    /// Counts: whole numbers from 0 to 2³² − 1.
    pub(crate) fn counts(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<u32>> {
        let count = |(row, &value): (usize, &f64)| {
            if value >= 0.0 && value <= f64::from(u32::MAX) && value.fract() == 0.0 {
                return Ok(value as u32);
            }
            Err(invalid(format!("{name}, row {row}: {value} is not a whole number from 0 to {}", u32::MAX)))
        };
        Numbers::new(name, value)?.values.iter().enumerate().map(count).collect()
    }
}

/// A column of yes and no, of any of the forms that numbers come in.
pub(crate) fn flags(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<bool>> {
    if let Ok(flags) = value.extract::<Vec<bool>>() {
        return Ok(flags);
    }
    let flag = |(row, &value): (usize, &f64)| flag(value).map_err(|e| e.at(format_args!("{name}, row {row}")));
    Numbers::new(name, value)?.values.iter().enumerate().map(flag).collect::<engagement_core::Result<_>>().or_raise()
}

/// Yes or no.
pub(crate) fn flag(value: f64) -> engagement_core::Result<bool> {
    match value {
        0.0 => Ok(false),
        1.0 => Ok(true),
        other => Err(Error::new(ErrorKind::InvalidArgument, format!("{other} is neither 0 nor 1"))),
    }
}

/// A zero-dimensional array, or a scalar of numpy.
fn is_scalar(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(value.hasattr("ndim")? && value.getattr("ndim")?.extract::<usize>().is_ok_and(|dimensions| dimensions == 0))
}

fn unreadable(name: &str, value: &Bound<'_, PyAny>) -> PyErr {
    wrong_type(&format!("{name}: a number or a column of numbers is expected"), value)
}

/// The numbers of an Arrow array or stream; `None` if they are no numbers.
fn arrow(value: &Bound<'_, PyAny>) -> PyResult<Option<Vec<f64>>> {
    let mut values = Vec::new();
    for chunk in value.extract::<AnyArray>()?.into_reader()? {
        let chunk = chunk.map_err(|e| invalid(e.to_string()))?;
        if !(chunk.data_type().is_numeric() || matches!(chunk.data_type(), DataType::Null | DataType::Boolean)) {
            return Ok(None);
        }
        let chunk = arrow_cast::cast(&chunk, &DataType::Float64).map_err(|e| invalid(e.to_string()))?;
        values.extend(chunk.as_primitive::<Float64Type>().iter().map(|value| value.unwrap_or(f64::NAN)));
    }
    Ok(Some(values))
}

/// The numbers of anything that numpy can look at. A mask is never ignored: what it hides is missing.
fn numpy(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<f64>> {
    let py = value.py();
    let numpy = py.import("numpy")?;
    let keywords = PyDict::new(py);
    keywords.set_item("dtype", "float64")?;
    let masked = numpy.getattr("ma")?.getattr("isMaskedArray")?.call1((value,))?.is_truthy()?;
    let read = || -> PyResult<Bound<'_, PyAny>> {
        let plain = if masked {
            value.call_method("astype", ("float64",), None)?.call_method1("filled", (f64::NAN,))?
        } else {
            value.clone()
        };
        numpy.getattr("ascontiguousarray")?.call((plain,), Some(&keywords))
    };
    let array = read().map_err(|_| unreadable(name, value))?;
    if array.getattr("ndim")?.extract::<usize>()? != 1 {
        return Err(invalid(format!("{name}: a column has one dimension, not {}", array.getattr("ndim")?)));
    }
    PyBuffer::<f64>::get(&array)?.to_vec(py)
}
