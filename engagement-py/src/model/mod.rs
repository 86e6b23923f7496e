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

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

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

/// A number where every argument is one, else a column, with each single number in all of its rows.
fn number_or_column<'py, const N: usize>(
    py: Python<'py>,
    arguments: [(&str, &Bound<'py, PyAny>); N],
    predict: impl Fn([f64; N]) -> core::Result<f64> + Sync,
) -> PyResult<Bound<'py, PyAny>> {
    let read = |(name, value)| Ok((name, Numbers::new(name, value)?));
    let read = arguments.into_iter().map(read).collect::<PyResult<Vec<(&str, Numbers)>>>()?;
    let row = |row: usize| std::array::from_fn(|at| read[at].1.values[if read[at].1.single { 0 } else { row }]);
    let mut columns = read.iter().filter(|(_, numbers)| !numbers.single).map(|(name, numbers)| (name, numbers.values.len()));
    let Some((_, rows)) = columns.next() else {
        return Ok(predict(row(0)).or_raise()?.into_pyobject(py)?.into_any());
    };
    columns.try_for_each(|(name, length)| same_length(name, length, rows)).or_raise()?;
    let bits = (0..rows).map(|at| row(at).map(f64::to_bits));
    let values = py.detach(|| each_once(bits, |bits| predict(bits.map(f64::from_bits)))).or_raise()?;
    Ok(Bound::new(py, Column::from(values))?.into_any())
}

/// What there is to say of every row, worked out once for equal ones.
fn each_once<R: Copy + Eq + Hash, T: Copy>(
    rows: impl Iterator<Item = R>,
    say: impl Fn(&R) -> core::Result<T>,
) -> core::Result<Vec<T>> {
    let mut known = HashMap::new();
    let said = |(at, row)| match known.entry(row) {
        Entry::Occupied(said) => Ok(*said.get()),
        Entry::Vacant(new) => say(&row).map(|said| *new.insert(said)).map_err(|e| e.at(format_args!("row {at}"))),
    };
    rows.enumerate().map(said).collect()
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
