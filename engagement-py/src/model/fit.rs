//! `Fit`: a model with the evidence that it can be trusted.

use engagement_core::model::{
    self, BetaDiscreteWeibull, BgBb, Estimated, FitOptions, GammaGamma, Interval, Model, ShiftedBetaGeometric,
};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::{bind, spend, opportunities, renewals};
use crate::convert;
use crate::errors::{OrRaise, invalid};

/// The options of a fit, from Python's arguments.
pub(crate) struct Options;

impl Options {
    pub(crate) fn new(
        penalty: f64,
        priors: Option<&Bound<'_, PyDict>>,
        start: Option<Vec<f64>>,
        threads: i64,
    ) -> PyResult<FitOptions> {
        let mut options = FitOptions { penalty, start, ..FitOptions::default() }.threads(convert::count("threads", threads)?);
        for (name, prior) in priors.into_iter().flatten() {
            let name: String = name.extract()?;
            let prior: PyRef<'_, Prior> =
                prior.extract().map_err(|_| invalid(format!("priors, {name}: an engagement.Prior is expected")))?;
            options = options.prior(&name, prior.prior);
        }
        Ok(options)
    }
}

/// What is known of a positive parameter before the data.
#[pyclass(module = "engagement", frozen, eq)]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Prior {
    prior: model::Prior,
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
        format!("Prior({:?})", self.prior)
    }
}

/// A fit of any model.
#[derive(Debug)]
pub(crate) enum Fitted {
    Purchases(model::Fit<Model>),
    Spend(model::Fit<GammaGamma>),
    Opportunities(model::Fit<BgBb>),
    Geometric(model::Fit<ShiftedBetaGeometric>),
    Weibull(model::Fit<BetaDiscreteWeibull>),
}

/// The same work on whichever fit it is.
macro_rules! on {
    ($fitted:expr, $fit:ident => $work:expr) => {
        match $fitted {
            Fitted::Purchases($fit) => $work,
            Fitted::Spend($fit) => $work,
            Fitted::Opportunities($fit) => $work,
            Fitted::Geometric($fit) => $work,
            Fitted::Weibull($fit) => $work,
        }
    };
}

/// A model at the estimate, with the evidence that it can be trusted.
#[pyclass(module = "engagement", frozen)]
#[derive(Debug)]
pub(crate) struct Fit {
    fitted: Fitted,
}

impl Fit {
    pub(crate) fn new(fitted: Fitted) -> Fit {
        Fit { fitted }
    }

    fn names(&self) -> Vec<String> {
        on!(&self.fitted, fit => fit.model.names())
    }

    fn convergence(&self) -> &model::Convergence {
        on!(&self.fitted, fit => &fit.convergence)
    }

    fn covariances(&self) -> Option<&model::Covariance> {
        on!(&self.fitted, fit => fit.covariance.as_ref())
    }
}

#[pymethods]
impl Fit {
    /// The model.
    #[getter]
    fn model<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match &self.fitted {
            Fitted::Purchases(fit) => bind(py, fit.model.clone()),
            Fitted::Spend(fit) => Ok(Bound::new(py, spend::GammaGamma { model: fit.model })?.into_any()),
            Fitted::Opportunities(fit) => Ok(Bound::new(py, opportunities::BgBb { model: fit.model })?.into_any()),
            Fitted::Geometric(fit) => Ok(Bound::new(py, renewals::ShiftedBetaGeometric { model: fit.model })?.into_any()),
            Fitted::Weibull(fit) => Ok(Bound::new(py, renewals::BetaDiscreteWeibull { model: fit.model })?.into_any()),
        }
    }

    /// The log-likelihood of all customers; penalty and priors are not part of it.
    #[getter]
    fn log_likelihood(&self) -> f64 {
        on!(&self.fitted, fit => fit.log_likelihood)
    }

    /// The customers fitted to.
    #[getter]
    fn customers(&self) -> f64 {
        on!(&self.fitted, fit => fit.customers)
    }

    /// Akaike's information criterion: smaller is better.
    #[getter]
    fn aic(&self) -> f64 {
        on!(&self.fitted, fit => fit.aic())
    }

    /// The Bayesian information criterion: smaller is better.
    #[getter]
    fn bic(&self) -> f64 {
        on!(&self.fitted, fit => fit.bic())
    }

    /// The standard error of each parameter; `None` where a parameter is at a boundary.
    #[getter]
    fn standard_errors<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(errors) = on!(&self.fitted, fit => fit.standard_errors()) else { return Ok(None) };
        let dict = PyDict::new(py);
        for (name, error) in self.names().iter().zip(errors) {
            dict.set_item(name, error)?;
        }
        Ok(Some(dict))
    }

    /// The covariance of the parameters, in their order; `None` where a parameter is at a boundary.
    #[getter]
    fn covariance(&self) -> Option<Vec<Vec<f64>>> {
        self.covariances().map(|covariance| covariance.rows().to_vec())
    }

    /// The confidence interval of each parameter.
    #[pyo3(signature = (level=0.95))]
    fn confidence_intervals<'py>(&self, py: Python<'py>, level: f64) -> PyResult<Bound<'py, PyDict>> {
        let intervals: Vec<Interval> = on!(&self.fitted, fit => fit.confidence_intervals(level)).or_raise()?;
        let dict = PyDict::new(py);
        for (name, interval) in self.names().iter().zip(intervals) {
            dict.set_item(name, (interval.low, interval.high))?;
        }
        Ok(dict)
    }

    /// How the optimiser stopped.
    #[getter(convergence)]
    fn how_it_stopped(&self) -> Convergence {
        Convergence { convergence: self.convergence().clone() }
    }

    fn __repr__(&self) -> String {
        let estimates = on!(&self.fitted, fit => fit.model.estimates());
        let errors = on!(&self.fitted, fit => fit.standard_errors());
        let mut text = format!("Fit to {} customers, log-likelihood {:.4}", self.customers(), self.log_likelihood());
        for (index, (name, estimate)) in self.names().iter().zip(estimates).enumerate() {
            text.push_str(&format!("\n{name:>8} {estimate:12.6}"));
            if let Some(error) = errors.as_ref().and_then(|errors| errors.get(index)) {
                text.push_str(&format!(" ± {error:.6}"));
            }
        }
        if !self.convergence().at_boundary.is_empty() {
            text.push_str(&format!("\nat a boundary: {}", self.convergence().at_boundary.join(", ")));
        }
        text
    }
}

/// How the optimiser stopped.
#[pyclass(module = "engagement", frozen)]
#[derive(Debug)]
pub(crate) struct Convergence {
    convergence: model::Convergence,
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

    fn __repr__(&self) -> String {
        format!("{:?}", self.convergence)
    }
}
