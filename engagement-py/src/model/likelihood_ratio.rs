//! The likelihood-ratio test of two fits.

use engagement_core::model;
use pyo3::prelude::*;

use super::fit::Fit;
use crate::errors::OrRaise;

/// Whether a model fits better than a special case of it by more than chance.
#[pyclass(module = "engagement", frozen, eq)]
#[derive(Debug, PartialEq)]
pub(crate) struct LikelihoodRatio {
    test: model::LikelihoodRatio,
}

/// Tests a model against a special case of it, both fitted to the same customers without priors and penalty.
#[pyfunction]
pub(crate) fn likelihood_ratio_test(restricted: &Fit, full: &Fit) -> PyResult<LikelihoodRatio> {
    Ok(LikelihoodRatio { test: model::likelihood_ratio_test(&restricted.fit, &full.fit).or_raise()? })
}

#[pymethods]
impl LikelihoodRatio {
    /// Twice the difference of the log-likelihoods.
    #[getter]
    fn statistic(&self) -> f64 {
        self.test.statistic
    }

    /// How many parameters more the full model has.
    #[getter]
    fn degrees_of_freedom(&self) -> u32 {
        self.test.degrees_of_freedom
    }

    /// The probability of a statistic of at least this size where the restricted model is true.
    #[getter]
    fn p_value(&self) -> f64 {
        self.test.p_value
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (f64, u32, f64))> {
        let model::LikelihoodRatio { statistic, degrees_of_freedom, p_value } = slf.get().test;
        Ok((slf.get_type().getattr("_restore")?, (statistic, degrees_of_freedom, p_value)))
    }

    /// What `__reduce__` says.
    #[staticmethod]
    fn _restore(statistic: f64, degrees_of_freedom: u32, p_value: f64) -> LikelihoodRatio {
        LikelihoodRatio { test: model::LikelihoodRatio { statistic, degrees_of_freedom, p_value } }
    }

    fn __repr__(&self) -> String {
        let model::LikelihoodRatio { statistic, degrees_of_freedom, p_value } = self.test;
        format!("LikelihoodRatio(statistic={statistic:.4}, degrees_of_freedom={degrees_of_freedom}, p_value={p_value:.6})")
    }
}
