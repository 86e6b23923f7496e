//! Python values to the core's and back: keys, times, money.

use engagement_core::{Currency, ErrorKind, Key, Money, Timestamp, Zone};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};

use crate::errors::{OrRaise, error, invalid, wrong_type};

/// A customer key that owns its text.
#[derive(Clone, Debug)]
pub(crate) enum OwnedKey {
    Int(i64),
    Text(String),
}

impl OwnedKey {
    pub(crate) fn key(&self) -> Key<'_> {
        match self {
            OwnedKey::Int(key) => Key::Int(*key),
            OwnedKey::Text(key) => Key::from(key.as_str()),
        }
    }
}

impl<'py> FromPyObject<'_, 'py> for OwnedKey {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<OwnedKey> {
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(OwnedKey::Text(text.to_str()?.to_owned()));
        }
        if !value.is_instance_of::<PyBool>() {
            match value.extract::<i64>() {
                Ok(key) => return Ok(OwnedKey::Int(key)),
                Err(failure) if failure.is_instance_of::<PyOverflowError>(value.py()) => {
                    return Err(invalid(format!("the customer key {} does not fit in 64 bits; pass it as text", &*value)));
                }
                Err(_) => {}
            }
        }
        Err(wrong_type("a customer key is an int or a str", &value))
    }
}

/// A key as Python shows it: an int where it is one.
pub(crate) fn key_to_python<'py>(py: Python<'py>, key: Key<'_>) -> PyResult<Bound<'py, PyAny>> {
    Ok(match key {
        Key::Int(key) => key.into_pyobject(py)?.into_any(),
        Key::Text(key) => PyString::new(py, key).into_any(),
    })
}

/// A key that came back as text from the core, as Python shows it.
pub(crate) fn key_text_to_python<'py>(py: Python<'py>, key: &str) -> PyResult<Bound<'py, PyAny>> {
    key_to_python(py, Key::from(key))
}

/// A moment from `str`, `datetime`, `date` or `numpy.datetime64`; naive ones are in `zone`.
pub(crate) fn moment(zone: &Zone, value: &Bound<'_, PyAny>) -> PyResult<Timestamp> {
    zone.parse(&time_text(value)?).or_raise()
}

/// The same for an as-of, where a bare date is the end of that day.
pub(crate) fn as_of(zone: &Zone, value: &Bound<'_, PyAny>) -> PyResult<Timestamp> {
    zone.parse_as_of(&time_text(value)?).or_raise()
}

fn time_text(value: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(text.to_str()?.to_owned());
    }
    let py = value.py();
    let datetime = py.import("datetime")?;
    if value.is_instance(&datetime.getattr("datetime")?)? {
        // A missing time of pandas has no zone, and no utcoffset to ask for.
        let aware = !value.getattr("tzinfo")?.is_none() && !value.call_method0("utcoffset")?.is_none();
        let value = if aware {
            value.call_method1("astimezone", (datetime.getattr("timezone")?.getattr("utc")?,))?
        } else {
            value.clone()
        };
        return value.call_method0("isoformat")?.extract();
    }
    if value.is_instance(&datetime.getattr("date")?)? {
        return value.call_method0("isoformat")?.extract();
    }
    if value.get_type().fully_qualified_name()?.to_str()? == "numpy.datetime64" {
        return value.str()?.extract();
    }
    Err(wrong_type("a time is a datetime, a date or ISO 8601 text", value))
}

/// A moment as an aware `datetime` in UTC.
pub(crate) fn to_datetime<'py>(py: Python<'py>, at: Timestamp) -> PyResult<Bound<'py, PyAny>> {
    py.import("datetime")?.getattr("datetime")?.call_method1("fromisoformat", (at.to_string(),))
}

/// Money from `int`, `float`, `Decimal` or text; NaN is missing.
pub(crate) fn money(value: &Bound<'_, PyAny>) -> PyResult<Option<Money>> {
    if value.is_instance_of::<PyBool>() {
        return Err(wrong_type("an amount is a number, a Decimal or text", value));
    }
    if value.is_instance_of::<PyFloat>() {
        return Money::from_f64(value.extract()?).or_raise();
    }
    let decimal = value.py().import("decimal")?.getattr("Decimal")?;
    if value.is_instance_of::<PyInt>() || value.is_instance_of::<PyString>() {
        return value.str()?.to_str()?.parse().map(Some).or_raise();
    }
    if value.is_instance(&decimal)? {
        if value.call_method0("is_nan")?.extract()? {
            return Ok(None);
        }
        let text: String = value.call_method1("__format__", ("f",))?.extract()?;
        return text.parse().map(Some).or_raise();
    }
    if let Ok(whole) = value.extract::<i64>() {
        return whole.to_string().parse().map(Some).or_raise();
    }
    match value.extract::<f64>() {
        Ok(float) => Money::from_f64(float).or_raise(),
        Err(_) => Err(wrong_type("an amount is a number, a Decimal or text", value)),
    }
}

/// Money as a `Decimal`.
pub(crate) fn money_to_python(py: Python<'_>, money: Money) -> PyResult<Bound<'_, PyAny>> {
    py.import("decimal")?.getattr("Decimal")?.call1((money.to_string(),))
}

/// A time zone by its name, or a `zoneinfo.ZoneInfo`.
pub(crate) fn zone(value: &Bound<'_, PyAny>) -> PyResult<Zone> {
    if let Ok(name) = value.cast::<PyString>() {
        return Zone::new(name.to_str()?).or_raise();
    }
    if let Ok(name) = value.getattr("key").and_then(|key| key.extract::<String>()) {
        return Zone::new(&name).or_raise();
    }
    let utc = value.py().import("datetime")?.getattr("timezone")?.getattr("utc")?;
    if value.eq(utc)? {
        return Ok(Zone::utc());
    }
    Err(wrong_type("a zone is a name such as 'Europe/Berlin' or a zoneinfo.ZoneInfo", value))
}

/// A currency by its ISO 4217 code.
pub(crate) fn currency(code: &str) -> PyResult<Currency> {
    code.parse().or_raise()
}

/// The whole number of an argument that must not be negative.
pub(crate) fn count(name: &str, value: i64) -> PyResult<usize> {
    usize::try_from(value).map_err(|_| error(ErrorKind::InvalidArgument, format!("{name} is {value}: 0 or more is expected")))
}
