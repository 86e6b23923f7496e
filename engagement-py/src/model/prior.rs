//! `Prior`: what is known of a parameter before the data.

use engagement_core::model;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::errors::invalid;

/// What is known of a positive parameter before the data.
#[pyclass(module = "engagement", frozen, eq)]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Prior {
    pub(super) prior: model::Prior,
}

/// The priors of an argument.
pub(super) fn by_name(priors: Option<&Bound<'_, PyDict>>) -> PyResult<Vec<(String, model::Prior)>> {
    let read = |(name, prior): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
        let name: String = name.extract()?;
        let prior = prior.cast::<Prior>().map_err(|_| invalid(format!("priors, {name}: an engagement.Prior is expected")))?;
        Ok((name, prior.get().prior))
    };
    priors.into_iter().flatten().map(read).collect()
}

impl Prior {
    /// The call that makes it.
    fn call(&self) -> (&'static str, Vec<(&'static str, f64)>) {
        match self.prior {
            model::Prior::Gamma { shape, rate } => ("gamma", vec![("shape", shape), ("rate", rate)]),
            model::Prior::LogNormal { mu, sigma } => ("log_normal", vec![("mu", mu), ("sigma", sigma)]),
            model::Prior::HalfNormal { sigma } => ("half_normal", vec![("sigma", sigma)]),
            model::Prior::Weibull { shape, scale } => ("weibull", vec![("shape", shape), ("scale", scale)]),
        }
    }
}

#[pymethods]
impl Prior {
    /// Gamma with the mean `shape / rate`.
    #[staticmethod]
    fn gamma(shape: f64, rate: f64) -> Prior {
        Prior { prior: model::Prior::Gamma { shape, rate } }
    }

    /// The logarithm is normal.
    #[staticmethod]
    fn log_normal(mu: f64, sigma: f64) -> Prior {
        Prior { prior: model::Prior::LogNormal { mu, sigma } }
    }

    /// The magnitude of a normal variable of mean 0.
    #[staticmethod]
    fn half_normal(sigma: f64) -> Prior {
        Prior { prior: model::Prior::HalfNormal { sigma } }
    }

    /// Weibull.
    #[staticmethod]
    fn weibull(shape: f64, scale: f64) -> Prior {
        Prior { prior: model::Prior::Weibull { shape, scale } }
    }

    fn __repr__(&self) -> String {
        let (family, numbers) = self.call();
        let named: Vec<String> = numbers.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("Prior.{family}({})", named.join(", "))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let (family, numbers) = slf.get().call();
        let values = numbers.into_iter().map(|(_, value)| value);
        Ok((slf.get_type().getattr(family)?, PyTuple::new(slf.py(), values.collect::<Vec<f64>>())?))
    }
}
