//! `Posterior`: models drawn from the posterior of a model's parameters.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use engagement_core::Progress;
use engagement_core::model::{self, Model, ModelKind, PosteriorOptions};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::fit::{Bind as _, Options, by_python};
use super::of;
use crate::column::Column;
use crate::convert;
use crate::errors::{OrRaise, invalid};
use crate::purchases::Purchases;
use crate::table::Table;
use crate::work::interruptible;

/// The posterior of any model.
#[derive(Debug)]
enum Sampled {
    Purchases(model::Posterior<Model>),
    Spend(model::Posterior<model::GammaGamma>),
}

/// The same work on whichever posterior it is.
macro_rules! on {
    ($sampled:expr, $posterior:ident => $work:expr) => {
        match $sampled {
            Sampled::Purchases($posterior) => $work,
            Sampled::Spend($posterior) => $work,
        }
    };
}

/// Models drawn from the posterior of a model's parameters, with the evidence that the draws can be trusted.
#[pyclass(module = "engagement", frozen)]
#[derive(Debug)]
pub(crate) struct Posterior {
    sampled: Sampled,
}

/// Draws from the posterior of a model: `model` is its name, as "mbg-nbd" or "gamma-gamma".
///
/// A parameter without a prior in `priors` has a weak one: its logarithm is normal with standard deviation 1.5 around a typical size.
#[pyfunction]
#[pyo3(signature = (model, purchases, *, chains=4, tune=1000, draws=1000, seed=0, priors=None, threads=0))]
#[expect(clippy::too_many_arguments, reason = "Python's keyword arguments")]
pub(crate) fn posterior(
    py: Python<'_>,
    model: &str,
    purchases: &Bound<'_, Purchases>,
    chains: u32,
    tune: u32,
    draws: u32,
    seed: u64,
    priors: Option<&Bound<'_, PyDict>>,
    threads: i64,
) -> PyResult<Posterior> {
    let priors = Options::new(0.0, priors, None, 0)?.priors;
    let progress = Progress::new();
    let threads = convert::count("threads", threads)?;
    let options = PosteriorOptions { chains, tune, draws, seed, priors, threads, progress: Some(&progress) };
    let purchases = of(purchases);
    let sampled = if model == "gamma-gamma" {
        interruptible(py, &progress, None, || model::GammaGamma::posterior(purchases, &options))?.map(Sampled::Spend)
    } else {
        let kind: ModelKind = model.parse().or_raise()?;
        interruptible(py, &progress, None, || kind.posterior(purchases, &options))?.map(Sampled::Purchases)
    };
    Ok(Posterior { sampled: sampled.or_raise()? })
}

#[pymethods]
impl Posterior {
    /// The draws of each parameter, chain after chain.
    #[getter]
    fn draws<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        on!(&self.sampled, posterior => for parameter in posterior.parameters() {
            dict.set_item(&parameter.name, Column::from(posterior.draws(&parameter.name).or_raise()?))?;
        });
        Ok(dict)
    }

    /// The models drawn, chain after chain: every one, or one of each `every`.
    #[pyo3(signature = (every=1))]
    fn models<'py>(&self, py: Python<'py>, every: usize) -> PyResult<Vec<Bound<'py, PyAny>>> {
        if every == 0 {
            return Err(invalid("every: 0 is not at least 1"));
        }
        on!(&self.sampled, posterior => posterior.models().iter().step_by(every).map(|&model| model.bind(py)).collect())
    }

    /// A row for each parameter: mean, standard deviation, credible interval, R-hat, effective sizes in the middle and in the tails.
    #[pyo3(signature = (level=0.95))]
    fn summary(&self, level: f64) -> PyResult<Table> {
        let parameters = on!(&self.sampled, posterior => posterior.parameters());
        let intervals = on!(&self.sampled, posterior => posterior.credible_intervals(level)).or_raise()?;
        let of = |number: fn(&model::ParameterPosterior) -> f64| numbers(parameters.iter().map(number));
        let names: ArrayRef = Arc::new(StringArray::from_iter_values(parameters.iter().map(|parameter| &parameter.name)));
        let columns = [
            ("parameter", names),
            ("mean", of(|parameter| parameter.mean)),
            ("standard_deviation", of(|parameter| parameter.standard_deviation)),
            ("low", numbers(intervals.iter().map(|interval| interval.low))),
            ("high", numbers(intervals.iter().map(|interval| interval.high))),
            ("r_hat", of(|parameter| parameter.r_hat)),
            ("bulk_size", of(|parameter| parameter.bulk_size)),
            ("tail_size", of(|parameter| parameter.tail_size)),
        ];
        let batch = RecordBatch::try_from_iter(columns).map_err(|e| invalid(e.to_string()))?;
        let draws = on!(&self.sampled, posterior => posterior.models().len());
        let title = format!("Posterior of {draws} draws in {} chains, credible intervals of {level}", self.chains());
        Ok(Table { notes: self.warnings(), ..Table::new(batch, title) })
    }

    /// The credible interval of anything a model says, as `(estimate, low, high)`: `f` takes a model and gives a number.
    #[pyo3(signature = (f, *, level=0.95))]
    fn interval(&self, py: Python<'_>, f: &Bound<'_, PyAny>, level: f64) -> PyResult<(f64, f64, f64)> {
        by_python(f, |f| on!(&self.sampled, posterior => posterior.credible_interval_of(level, |&model| f(model.bind(py)))))
    }

    /// The credible interval of each parameter.
    #[pyo3(signature = (level=0.95))]
    fn credible_intervals<'py>(&self, py: Python<'py>, level: f64) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        let (parameters, intervals) =
            on!(&self.sampled, posterior => (posterior.parameters(), posterior.credible_intervals(level)));
        for (parameter, interval) in parameters.iter().zip(intervals.or_raise()?) {
            dict.set_item(&parameter.name, (interval.low, interval.high))?;
        }
        Ok(dict)
    }

    /// Chains.
    #[getter]
    fn chains(&self) -> u32 {
        on!(&self.sampled, posterior => posterior.chains())
    }

    /// Draws at which the sampler's path went astray.
    #[getter]
    fn divergences(&self) -> u32 {
        on!(&self.sampled, posterior => posterior.divergences())
    }

    /// What speaks against trusting the draws, a sentence each.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        on!(&self.sampled, posterior => posterior.warnings())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(Bound::new(py, self.summary(0.95)?)?.repr()?.to_string())
    }
}

fn numbers(values: impl Iterator<Item = f64>) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(values))
}
