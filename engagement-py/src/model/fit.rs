//! `Fit`: a model with the evidence that it can be trusted.

use std::cell::RefCell;

use engagement_core::model::{
    self, BetaDiscreteWeibull, BgBb, Estimated, FitOptions, GammaGamma, Interval, Model, Parameters as _, Scale,
    ShiftedBetaGeometric,
};
use engagement_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::{Map, Value, json};

use super::bootstrap::{Bootstrap, bootstrap};
use super::covariates::{Covaried, WithCovariates};
use super::{bind, of, opportunities, renewals, spend};
use crate::convert;
use crate::errors::{OrRaise, invalid};
use crate::purchases::Purchases;

/// The options of a fit, from Python's arguments.
pub(crate) fn options(
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
    Covariates(model::Fit<Covaried>),
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
            Fitted::Covariates($fit) => $work,
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
    options: FitOptions,
}

/// A fitted model as the object of its class.
trait Bind {
    fn bind<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>>;
}

impl Bind for Model {
    fn bind<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        bind(py, *self)
    }
}

impl Bind for Covaried {
    fn bind<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(Bound::new(py, WithCovariates { model: self.clone() })?.into_any())
    }
}

macro_rules! bind_as {
    ($($module:ident::$class:ident),+) => {
        $(impl Bind for $class {
            fn bind<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                Ok(Bound::new(py, $module::$class { model: *self })?.into_any())
            }
        })+
    };
}

bind_as!(spend::GammaGamma, opportunities::BgBb, renewals::ShiftedBetaGeometric, renewals::BetaDiscreteWeibull);

/// Work of the core that calls a Python function of a model: what the function raises is raised.
pub(super) fn by_python<'py>(
    f: &Bound<'py, PyAny>,
    work: impl FnOnce(&dyn Fn(PyResult<Bound<'py, PyAny>>) -> Result<f64>) -> Result<Interval>,
) -> PyResult<(f64, f64, f64)> {
    let raised = RefCell::new(None);
    let call = |model: PyResult<Bound<'py, PyAny>>| {
        let number = model.and_then(|model| f.call1((model,))?.extract::<f64>());
        number.map_err(|failure| {
            raised.replace(Some(failure));
            Error::new(ErrorKind::Cancelled, "the function of the model failed")
        })
    };
    let interval = work(&call);
    if let Some(failure) = raised.take() {
        return Err(failure);
    }
    let Interval { estimate, low, high } = interval.or_raise()?;
    Ok((estimate, low, high))
}

/// A fit as JSON, the same from Python as from the command line.
pub(crate) fn json<M: Estimated>(name: &str, k: Option<u32>, fit: &model::Fit<M>) -> Value {
    let names = fit.model.names();
    let by_name = |values: &[f64]| -> Map<String, Value> { names.iter().cloned().zip(values.iter().map(|v| json!(v))).collect() };
    let mut parameters = by_name(&fit.model.estimates());
    if let Some(k) = k {
        parameters.insert("k".to_owned(), json!(k));
    }
    json!({
        "model": name,
        "parameters": parameters,
        "log_likelihood": fit.log_likelihood,
        "standard_errors": fit.standard_errors().as_deref().map(by_name),
        "customers": fit.customers,
        "aic": fit.aic(),
        "bic": fit.bic(),
        "convergence": {
            "gradient_norm": fit.convergence.gradient_norm,
            "iterations": fit.convergence.iterations,
            "evaluations": fit.convergence.evaluations,
            "starts": fit.convergence.starts,
            "at_boundary": fit.convergence.at_boundary,
        },
    })
}

/// Whether a model fits better than a special case of it by more than chance.
#[pyclass(module = "engagement", frozen)]
#[derive(Debug)]
pub(crate) struct LikelihoodRatio {
    test: model::LikelihoodRatio,
}

/// Tests a model against a special case of it, both fitted to the same customers without priors and penalty.
#[pyfunction]
pub(crate) fn likelihood_ratio_test(restricted: &Fit, full: &Fit) -> PyResult<LikelihoodRatio> {
    let test = on!(&restricted.fitted, smaller => on!(&full.fitted, larger => model::likelihood_ratio_test(smaller, larger)));
    Ok(LikelihoodRatio { test: test.or_raise()? })
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

impl Fit {
    pub(crate) fn new(fitted: Fitted, options: FitOptions) -> Fit {
        Fit { fitted, options }
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
        on!(&self.fitted, fit => fit.model.bind(py))
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

    /// The confidence interval of anything the model says, by the delta method, as `(estimate, low, high)`: `f` takes a model and
    /// gives a number, which is taken to be normal on the scale: "log" for positive numbers, "logit" for probabilities, "identity".
    #[pyo3(signature = (f, *, level=0.95, scale="log"))]
    fn interval(&self, py: Python<'_>, f: &Bound<'_, PyAny>, level: f64, scale: &str) -> PyResult<(f64, f64, f64)> {
        let scale = match scale {
            "log" => Scale::Log,
            "logit" => Scale::Logit,
            "identity" => Scale::Identity,
            other => return Err(invalid(format!("scale is {other:?}: \"log\", \"logit\" or \"identity\" is expected"))),
        };
        by_python(f, |f| on!(&self.fitted, fit => fit.interval_of(level, scale, |model| f(model.bind(py)))))
    }

    /// Refits to customers drawn from the model, with the ages of `purchases`, for intervals that take nothing to be normal.
    #[pyo3(signature = (purchases, *, replicates=200, seed, threads=0))]
    fn bootstrap(
        &self,
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        replicates: u32,
        seed: u64,
        threads: i64,
    ) -> PyResult<Bootstrap> {
        let Fitted::Purchases(fit) = &self.fitted else {
            return Err(invalid("bootstrap: only models of purchases without covariates draw customers to refit to"));
        };
        bootstrap(py, fit, of(purchases), &self.options, (replicates, seed, convert::count("threads", threads)?))
    }

    /// The fit as JSON: what `engagement fit --json` prints.
    fn to_json(&self) -> String {
        let value = match &self.fitted {
            Fitted::Purchases(fit) => json(fit.model.name(), fit.model.k(), fit),
            Fitted::Covariates(fit) => json(WithCovariates { model: fit.model.clone() }.name(), None, fit),
            Fitted::Spend(fit) => json(GammaGamma::NAME, None, fit),
            Fitted::Opportunities(fit) => json(BgBb::NAME, None, fit),
            Fitted::Geometric(fit) => json(ShiftedBetaGeometric::NAME, None, fit),
            Fitted::Weibull(fit) => json(BetaDiscreteWeibull::NAME, None, fit),
        };
        value.to_string()
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
