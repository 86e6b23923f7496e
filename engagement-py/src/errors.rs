//! The core's errors as Python exceptions.

use engagement_core::{Error, ErrorKind, Reject};
use pyo3::exceptions::{PyOSError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

/// The Python exception of a core error: the class of its kind, with `kind` and `rejects`.
pub(crate) fn raise(error: &Error) -> PyErr {
    Python::attach(|py| build(py, error).unwrap_or_else(|failure| failure))
}

fn build(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let module = py.import("engagement._errors")?;
    let by_kind = module.getattr("BY_KIND")?;
    let class = by_kind.cast::<PyDict>()?.get_item(error.kind().name())?;
    let class = class.map_or_else(|| module.getattr("InternalError"), Ok)?;
    let rejects = error.rejects().iter().map(|reject| named(py, reject)).collect::<PyResult<Vec<_>>>()?;
    let best_point = PyDict::new(py);
    for (name, value) in error.best_point() {
        best_point.set_item(name, value)?;
    }
    let arguments = (error.to_string(), error.kind().name(), PyTuple::new(py, rejects)?, best_point);
    Ok(PyErr::from_value(class.call1(arguments)?))
}

/// A reject as the named tuple `engagement.Reject`.
pub(crate) fn named<'py>(py: Python<'py>, reject: &Reject) -> PyResult<Bound<'py, PyAny>> {
    let class = py.import("engagement._errors")?.getattr("Reject")?;
    class.call1((&*reject.source, reject.row, reject.field.as_str(), reject.reason.as_str(), reject.value.as_str()))
}

/// An exception of a kind that the binding itself finds.
pub(crate) fn error(kind: ErrorKind, message: impl Into<String>) -> PyErr {
    raise(&Error::new(kind, message))
}

/// `InvalidArgumentError`.
pub(crate) fn invalid(message: impl Into<String>) -> PyErr {
    error(ErrorKind::InvalidArgument, message)
}

/// `TypeError` saying what was expected and what came.
pub(crate) fn wrong_type(what: &str, value: &Bound<'_, PyAny>) -> PyErr {
    let name = value.get_type().fully_qualified_name().map_or_else(|_| "something else".to_owned(), |name| name.to_string());
    PyTypeError::new_err(format!("{what}, not {name}"))
}

/// `FileNotFoundError`, `PermissionError`, … with the path, as `open()` raises them.
pub(crate) fn os_error(error: &std::io::Error, path: &std::path::Path) -> PyErr {
    match error.raw_os_error() {
        Some(code) => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or(&text).to_owned();
            PyOSError::new_err((code, text, path.display().to_string()))
        }
        None => PyOSError::new_err(format!("{}: {error}", path.display())),
    }
}

/// `Result` of the core to `PyResult`.
pub(crate) trait OrRaise<T> {
    fn or_raise(self) -> PyResult<T>;
}

impl<T> OrRaise<T> for engagement_core::Result<T> {
    fn or_raise(self) -> PyResult<T> {
        self.map_err(|error| raise(&error))
    }
}
