//! The models: classes that are their parameters, with arrays in and columns out.

mod any;
mod bootstrap;
mod convergence;
mod covariates;
mod fit;
mod likelihood_ratio;
mod opportunities;
mod posterior;
mod prior;
mod purchase_model;
mod purchase_models;
mod renewals;
mod spend;

pub(crate) use bootstrap::Bootstrap;
pub(crate) use convergence::Convergence;
pub(crate) use covariates::WithCovariates;
pub(crate) use fit::{Fit, json};
pub(crate) use likelihood_ratio::{LikelihoodRatio, likelihood_ratio_test};
pub(crate) use opportunities::{BgBb, Opportunities};
pub(crate) use posterior::Posterior;
pub(crate) use prior::Prior;
pub(crate) use purchase_model::PurchaseModel;
pub(crate) use purchase_models::{BgCnbdK, BgNbd, MbgCnbdK, MbgNbd, Nbd, ParetoNbd};
pub(crate) use renewals::{BetaDiscreteWeibull, Renewals, ShiftedBetaGeometric};
pub(crate) use spend::{GammaGamma, Independence};

use engagement_core as core;
use engagement_core::model::{Estimated, Interval};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::column::{Column, Numbers};
use crate::errors::OrRaise;
use crate::purchases::Purchases;

/// Purchases of customers, in the one form that every method takes.
fn of<'a>(purchases: &'a Bound<'_, Purchases>) -> &'a core::Purchases {
    &purchases.get().purchases
}

fn same_length(name: &str, got: usize, want: usize) -> core::Result<()> {
    if got == want {
        return Ok(());
    }
    let message = format!("{name}: {got} values for {want} customers; one number, or one of each customer, is expected");
    Err(core::Error::new(core::ErrorKind::InvalidArgument, message))
}

/// A number where one came in, else a column.
fn number_or_column<'py>(
    py: Python<'py>,
    name: &str,
    numbers: &Numbers,
    predict: impl Fn(f64) -> core::Result<f64> + Sync,
) -> PyResult<Bound<'py, PyAny>> {
    if numbers.single {
        return Ok(predict(numbers.values[0]).or_raise()?.into_pyobject(py)?.into_any());
    }
    let at = |(row, &value): (usize, &f64)| predict(value).map_err(|e| e.at(format_args!("{name}, row {row}")));
    let values: Vec<f64> = numbers.values.iter().enumerate().map(at).collect::<core::Result<_>>().or_raise()?;
    Ok(Bound::new(py, Column::from(values))?.into_any())
}

/// Parameters by name.
fn named(py: Python<'_>, names: Vec<String>, values: Vec<f64>) -> PyResult<Bound<'_, PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in names.into_iter().zip(values) {
        dict.set_item(name, value)?;
    }
    Ok(dict)
}

/// The ends of intervals by name.
fn bounds(py: Python<'_>, names: Vec<String>, intervals: Vec<Interval>) -> PyResult<Bound<'_, PyDict>> {
    let dict = PyDict::new(py);
    for (name, interval) in names.into_iter().zip(intervals) {
        dict.set_item(name, (interval.low, interval.high))?;
    }
    Ok(dict)
}

/// How a model that is made of its parameters alone is pickled.
fn reduce<'py>(slf: &Bound<'py, PyAny>, model: &impl Estimated) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
    Ok((slf.get_type(), PyTuple::new(slf.py(), model.estimates())?))
}

/// The call that makes a model.
fn constructor(class: &str, names: Vec<String>, values: Vec<f64>) -> String {
    let named: Vec<String> = names.iter().zip(values).map(|(name, value)| format!("{name}={value}")).collect();
    format!("{class}({})", named.join(", "))
}

/// A whole number of purchases.
fn whole(name: &str, value: f64) -> core::Result<u64> {
    if (0.0..1e15).contains(&value) && value.fract() == 0.0 {
        return Ok(value as u64);
    }
    Err(core::Error::new(core::ErrorKind::InvalidArgument, format!("{name}: {value} is not a whole number of at least 0")))
}

/// The same where the core counts in 32 bits.
fn count(name: &str, value: f64) -> core::Result<u32> {
    whole(name, value)?
        .try_into()
        .map_err(|_| core::Error::new(core::ErrorKind::InvalidArgument, format!("{name}: {value} is more than {}", u32::MAX)))
}
