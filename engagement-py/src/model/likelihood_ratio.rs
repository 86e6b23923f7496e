//! The likelihood-ratio test of two fits.

use engagement_core::model;
use pyo3::prelude::*;

use super::fit::Fit;
use crate::errors::OrRaise;

/// Whether a model fits better than a special case of it by more than chance.
#[pyclass(module = "engagement", frozen)]
#[derive(Debug)]
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

    fn __repr__(&self) -> String {
        let model::LikelihoodRatio { statistic, degrees_of_freedom, p_value } = self.test;
        format!("LikelihoodRatio(statistic={statistic:.4}, degrees_of_freedom={degrees_of_freedom}, p_value={p_value:.6})")
    }
}
