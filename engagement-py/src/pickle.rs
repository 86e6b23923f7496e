//! Columns of numbers as bytes, little-endian, and what is pickled by name.

use engagement_core::Nullable;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::errors::invalid;

/// Numbers that have a form in bytes.
pub(crate) trait Number: Copy {
    type Bytes: AsRef<[u8]> + for<'a> TryFrom<&'a [u8]>;
    fn to_bytes(self) -> Self::Bytes;
    fn from_bytes(bytes: Self::Bytes) -> Self;
}

macro_rules! number {
    ($($number:ty),+) => {
        $(impl Number for $number {
            type Bytes = [u8; size_of::<$number>()];

            fn to_bytes(self) -> Self::Bytes {
                self.to_le_bytes()
            }

            fn from_bytes(bytes: Self::Bytes) -> Self {
                <$number>::from_le_bytes(bytes)
            }
        })+
    };
}
number!(f64, i64, u8, u32);

/// A column as bytes.
pub(crate) fn bytes<'py, T: Number>(py: Python<'py>, column: &[T]) -> Bound<'py, PyBytes> {
    let mut bytes = Vec::with_capacity(size_of_val(column));
    column.iter().for_each(|number| bytes.extend_from_slice(number.to_bytes().as_ref()));
    PyBytes::new(py, &bytes)
}

/// The column of bytes.
pub(crate) fn column<T: Number>(bytes: &[u8]) -> PyResult<Vec<T>> {
    let chunks = bytes.chunks(size_of::<T>());
    let read = |chunk| T::Bytes::try_from(chunk).map(T::from_bytes).map_err(|_| invalid("the pickle was cut off"));
    chunks.map(read).collect()
}

/// A column of which some numbers are missing, as bytes: NaN is missing.
pub(crate) fn nullable<'py>(py: Python<'py>, column: &Nullable) -> Bound<'py, PyBytes> {
    bytes(py, &column.iter().map(|number| number.unwrap_or(f64::NAN)).collect::<Vec<f64>>())
}

/// The column of which some numbers are missing.
pub(crate) fn nullable_column(bytes: &[u8]) -> PyResult<Nullable> {
    let numbers: Vec<f64> = column(bytes)?;
    let valid = numbers.iter().map(|number| u8::from(!number.is_nan())).collect();
    Ok(Nullable { values: numbers.into_iter().map(|number| if number.is_nan() { 0.0 } else { number }).collect(), valid })
}

/// What a pickle says under a name.
pub(crate) fn item<'py>(state: &Bound<'py, PyDict>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    state.get_item(name)?.ok_or_else(|| invalid(format!("the pickle has no {name}")))
}

/// What `__reduce__` returns: a function, and the state it takes.
pub(crate) type Pickled<'py> = (Bound<'py, PyAny>, (Bound<'py, PyDict>,));
