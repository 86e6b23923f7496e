//! `Fit`: a model with the evidence that it can be trusted.

use std::cell::RefCell;

use engagement_core::model::{self, Estimated, FitOptions, Interval, Scale};
use engagement_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use serde_json::{Map, Value, json};

use super::any::AnyModel;
use super::bootstrap::{self, Bootstrap};
use super::convergence::Convergence;
use super::prior::{self, Prior};
use super::{bounds, named};
use crate::column::{Column, Numbers};
use crate::convert;
use crate::errors::{OrRaise, invalid};
use crate::pickle::{Pickled, item};

/// The options of a fit, from Python's arguments.
pub(crate) fn options(
    penalty: f64,
    priors: Option<&Bound<'_, PyDict>>,
    start: Option<Vec<f64>>,
    threads: i64,
) -> PyResult<FitOptions> {
    let options = FitOptions { penalty, start, priors: prior::by_name(priors)?, ..FitOptions::default() };
    Ok(options.threads(convert::count("threads", threads)?))
}

/// A model at the estimate, with the evidence that it can be trusted.
#[pyclass(module = "engagement", frozen)]
#[derive(Debug)]
pub(crate) struct Fit {
    pub(super) fit: model::Fit<AnyModel>,
    options: FitOptions,
}

/// Work of the core that calls a Python function of a model, whose answer is read by `read`: what either raises is raised.
pub(super) fn by_python<'py, N, T>(
    f: &Bound<'py, PyAny>,
    read: impl Fn(Bound<'py, PyAny>) -> PyResult<N>,
    work: impl FnOnce(&dyn Fn(PyResult<Bound<'py, PyAny>>) -> Result<N>) -> Result<T>,
) -> PyResult<T> {
    let raised = RefCell::new(None);
    let call = |model: PyResult<Bound<'py, PyAny>>| {
        let answer = model.and_then(|model| read(f.call1((model,))?));
        answer.map_err(|failure| {
            raised.replace(Some(failure));
            Error::new(ErrorKind::Cancelled, "the function of the model failed")
        })
    };
    let found = work(&call);
    if let Some(failure) = raised.take() {
        return Err(failure);
    }
    found.or_raise()
}

/// A number that a Python function gives.
pub(super) fn number(answer: Bound<'_, PyAny>) -> PyResult<f64> {
    answer.extract()
}

/// The estimate and the ends of an interval.
pub(super) fn ends(interval: Interval) -> (f64, f64, f64) {
    (interval.estimate, interval.low, interval.high)
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

impl Fit {
    pub(super) fn new<M: Into<AnyModel>>(fit: model::Fit<M>, options: FitOptions) -> Fit {
        Fit { fit: fit.map(Into::into), options }
    }
}

#[pymethods]
impl Fit {
    /// The model.
    #[getter]
    fn model<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.fit.model.bind(py)
    }

    /// The log-likelihood of all customers; penalty and priors are not part of it.
    #[getter]
    fn log_likelihood(&self) -> f64 {
        self.fit.log_likelihood
    }

    /// The customers fitted to.
    #[getter]
    fn customers(&self) -> f64 {
        self.fit.customers
    }

    /// Akaike's information criterion: smaller is better.
    #[getter]
    fn aic(&self) -> f64 {
        self.fit.aic()
    }

    /// The Bayesian information criterion: smaller is better.
    #[getter]
    fn bic(&self) -> f64 {
        self.fit.bic()
    }

    /// The standard error of each parameter; `None` where a parameter is at a boundary.
    #[getter]
    fn standard_errors<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        self.fit.standard_errors().map(|errors| named(py, self.fit.model.names(), errors)).transpose()
    }

    /// The covariance of the parameters, in their order; `None` where a parameter is at a boundary.
    #[getter]
    fn covariance(&self) -> Option<Vec<Vec<f64>>> {
        self.fit.covariance.as_ref().map(|covariance| covariance.rows().to_vec())
    }

    /// The confidence interval of each parameter.
    #[pyo3(signature = (level=0.95))]
    fn confidence_intervals<'py>(&self, py: Python<'py>, level: f64) -> PyResult<Bound<'py, PyDict>> {
        bounds(py, self.fit.model.names(), self.fit.confidence_intervals(level).or_raise()?)
    }

    /// The confidence interval of anything the model says, by the delta method, as `(estimate, low, high)`: `f` takes a model and
    /// gives a number, or a column for three columns. Each number is taken to be normal on the scale: "log" for positive numbers,
    /// "logit" for probabilities, "identity".
    #[pyo3(signature = (f, *, level=0.95, scale="log"))]
    fn interval<'py>(&self, py: Python<'py>, f: &Bound<'py, PyAny>, level: f64, scale: &str) -> PyResult<Bound<'py, PyTuple>> {
        let scale = match scale {
            "log" => Scale::Log,
            "logit" => Scale::Logit,
            "identity" => Scale::Identity,
            other => return Err(invalid(format!("scale is {other:?}: \"log\", \"logit\" or \"identity\" is expected"))),
        };
        if Numbers::new("f", &f.call1((self.fit.model.bind(py)?,))?)?.single {
            let interval = by_python(f, number, |f| self.fit.interval_of(level, scale, |model| f(model.bind(py))))?;
            return ends(interval).into_pyobject(py);
        }
        let column = |answer| Ok(Numbers::new("f", &answer)?.values);
        let all = by_python(f, column, |f| self.fit.intervals_of(level, scale, |model| f(model.bind(py))))?;
        let column = |of: fn(&Interval) -> f64| Column::from(all.iter().map(of).collect::<Vec<_>>());
        (column(|all| all.estimate), column(|all| all.low), column(|all| all.high)).into_pyobject(py)
    }

    /// Refits to customers drawn from the model, who are watched as those of the data were, for intervals that take nothing to be
    /// normal. `data` is what was fitted to, and `covariates` the columns of a fit with covariates.
    #[pyo3(signature = (data, covariates=None, *, replicates=200, seed, threads=0))]
    fn bootstrap(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        covariates: Option<&Bound<'_, PyDict>>,
        replicates: u32,
        seed: u64,
        threads: i64,
    ) -> PyResult<Bootstrap> {
        let size = (replicates, seed, convert::count("threads", threads)?);
        bootstrap::bootstrap(py, (&self.fit, &self.options), data, covariates, size)
    }

    /// The fit as JSON: what `engagement fit --json` prints.
    fn to_json(&self) -> String {
        json(self.fit.model.name(), self.fit.model.k(), &self.fit).to_string()
    }

    /// How the optimiser stopped.
    #[getter(convergence)]
    fn how_it_stopped(&self) -> Convergence {
        Convergence { convergence: self.fit.convergence.clone() }
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Pickled<'py>> {
        let (py, Fit { fit, options }) = (slf.py(), slf.get());
        let state = PyDict::new(py);
        state.set_item("model", fit.model.bind(py)?)?;
        state.set_item("log_likelihood", fit.log_likelihood)?;
        state.set_item("customers", fit.customers)?;
        state.set_item("parameters", fit.parameters)?;
        state.set_item("covariance", slf.get().covariance())?;
        state.set_item("convergence", slf.get().how_it_stopped())?;
        state.set_item("penalties", (options.penalty, options.coefficient_penalty))?;
        let priors = options.priors.iter().map(|(name, prior)| Ok((name, Bound::new(py, Prior { prior: *prior })?)));
        state.set_item("priors", priors.collect::<PyResult<Vec<_>>>()?)?;
        state.set_item("start", options.start.clone())?;
        Ok((slf.get_type().getattr("_restore")?, (state,)))
    }

    /// The fit that `__reduce__` says.
    #[staticmethod]
    fn _restore(state: &Bound<'_, PyDict>) -> PyResult<Fit> {
        let (penalty, coefficient_penalty) = item(state, "penalties")?.extract()?;
        let priors: Vec<(String, Bound<'_, Prior>)> = item(state, "priors")?.extract()?;
        let priors = priors.into_iter().map(|(name, prior)| (name, prior.get().prior)).collect();
        let start = item(state, "start")?.extract()?;
        let covariance: Option<Vec<Vec<f64>>> = item(state, "covariance")?.extract()?;
        let fit = model::Fit {
            model: AnyModel::of(&item(state, "model")?)?,
            log_likelihood: item(state, "log_likelihood")?.extract()?,
            customers: item(state, "customers")?.extract()?,
            parameters: item(state, "parameters")?.extract()?,
            covariance: covariance.map(model::Covariance::new).transpose().or_raise()?,
            convergence: item(state, "convergence")?.extract::<Bound<'_, Convergence>>()?.get().convergence.clone(),
        };
        Ok(Fit::new(fit, FitOptions { penalty, coefficient_penalty, priors, start, ..FitOptions::default() }))
    }

    fn __repr__(&self) -> String {
        let (model, errors) = (&self.fit.model, self.fit.standard_errors());
        let mut text = format!("Fit to {} customers, log-likelihood {:.4}", self.fit.customers, self.fit.log_likelihood);
        for (index, (name, estimate)) in model.names().iter().zip(model.estimates()).enumerate() {
            text.push_str(&format!("\n{name:>8} {estimate:12.6}"));
            if let Some(error) = errors.as_ref().and_then(|errors| errors.get(index)) {
                text.push_str(&format!(" ± {error:.6}"));
            }
        }
        let at_boundary = &self.fit.convergence.at_boundary;
        if !at_boundary.is_empty() {
            text.push_str(&format!("\nat a boundary: {}", at_boundary.join(", ")));
        }
        text
    }
}
