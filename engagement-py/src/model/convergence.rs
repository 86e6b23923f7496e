//! `Convergence`: how the optimiser stopped.

use engagement_core::model;
use pyo3::prelude::*;

/// How the optimiser stopped.
#[pyclass(module = "engagement", frozen, eq)]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Convergence {
    pub(super) convergence: model::Convergence,
}

#[pymethods]
impl Convergence {
    /// The largest |derivative| of what was maximised, by the logarithm of a parameter and per customer.
    #[getter]
    fn gradient_norm(&self) -> f64 {
        self.convergence.gradient_norm
    }

    /// Steps, over all starts.
    #[getter]
    fn iterations(&self) -> u32 {
        self.convergence.iterations
    }

    /// Evaluations of the log-likelihood and its gradient, over all starts.
    #[getter]
    fn evaluations(&self) -> u32 {
        self.convergence.evaluations
    }

    /// Starts tried.
    #[getter]
    fn starts(&self) -> u32 {
        self.convergence.starts
    }

    /// The parameters that run off to 0 or infinity: the data does not bound them.
    #[getter]
    fn at_boundary(&self) -> Vec<String> {
        self.convergence.at_boundary.clone()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Stopped)> {
        Ok((slf.get_type().getattr("_restore")?, slf.get().stopped()))
    }

    /// What `__reduce__` says.
    #[staticmethod]
    fn _restore(gradient_norm: f64, iterations: u32, evaluations: u32, starts: u32, at_boundary: Vec<String>) -> Convergence {
        let convergence = model::Convergence { gradient_norm, iterations, evaluations, starts, at_boundary };
        Convergence { convergence }
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.convergence)
    }
}

/// The numbers of it.
type Stopped = (f64, u32, u32, u32, Vec<String>);

impl Convergence {
    fn stopped(&self) -> Stopped {
        let model::Convergence { gradient_norm, iterations, evaluations, starts, at_boundary } = self.convergence.clone();
        (gradient_norm, iterations, evaluations, starts, at_boundary)
    }
}
