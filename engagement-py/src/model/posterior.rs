//! `Posterior`: models drawn from the posterior of a model's parameters.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, StringArray};
use engagement_core::model::{self, ParameterPosterior, PosteriorOptions};
use engagement_core::{Progress, Result};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::any::AnyModel;
use super::fit::{by_python, ends, number};
use super::{bounds, named, prior};
use crate::column::Column;
use crate::convert;
use crate::errors::{OrRaise, invalid};
use crate::pickle::{self, Pickled, item};
use crate::stay::table;
use crate::table::Table;
use crate::work::interruptible;

/// Models drawn from the posterior of a model's parameters, with the evidence that the draws can be trusted.
///
/// >>> import engagement
/// >>> purchases = engagement.Nbd(r=0.8, alpha=10.0).simulate(400, 40.0, seed=3)
/// >>> posterior = engagement.Nbd.posterior(purchases, chains=2, seed=1)
/// >>> posterior.warnings
/// []
/// >>> low, high = posterior.credible_intervals(0.99)["r"]
/// >>> low < 0.8 < high
/// True
/// >>> in_a_year, low, high = posterior.interval(lambda model: model.expected_purchases_new(52))
/// >>> low < in_a_year < high
/// True
#[pyclass(module = "engagement", frozen)]
#[derive(Debug)]
pub(crate) struct Posterior {
    drawn: model::Posterior<AnyModel>,
}

/// How to sample, from Python's arguments.
pub(super) fn options(
    [chains, tune, draws]: [i64; 3],
    seed: u64,
    priors: Option<&Bound<'_, PyDict>>,
    threads: i64,
) -> PyResult<PosteriorOptions<'static>> {
    let count = |name, value| {
        let most = u32::MAX;
        u32::try_from(value).map_err(|_| invalid(format!("{name} is {value}: a whole number from 0 to {most} is expected")))
    };
    Ok(PosteriorOptions {
        chains: count("chains", chains)?,
        tune: count("tune", tune)?,
        draws: count("draws", draws)?,
        seed,
        priors: prior::by_name(priors)?,
        threads: convert::count("threads", threads)?,
        progress: None,
    })
}

/// Samples while signals are answered.
pub(super) fn sample<M: Into<AnyModel> + Send>(
    py: Python<'_>,
    options: PosteriorOptions<'static>,
    told: Option<&Bound<'_, PyAny>>,
    draw: impl FnOnce(&PosteriorOptions<'_>) -> Result<model::Posterior<M>> + Send,
) -> PyResult<Posterior> {
    let progress = Progress::new();
    let drawn = interruptible(py, &progress, told, || draw(&options.progress(Some(&progress))))?.or_raise()?;
    Ok(Posterior { drawn: drawn.map(Into::into) })
}

impl Posterior {
    fn names(&self) -> Vec<String> {
        self.drawn.parameters().iter().map(|parameter| parameter.name.clone()).collect()
    }

    /// A figure of each parameter by name.
    fn each<'py>(&self, py: Python<'py>, figure: impl Fn(&ParameterPosterior) -> f64) -> PyResult<Bound<'py, PyDict>> {
        named(py, self.names(), self.drawn.parameters().iter().map(figure).collect())
    }

    fn per_chain(&self) -> usize {
        self.drawn.models().len() / self.drawn.chains() as usize
    }
}

#[pymethods]
impl Posterior {
    /// The name of the model.
    #[getter]
    fn name(&self) -> &'static str {
        self.drawn.models().first().map_or("", AnyModel::name)
    }

    /// Chains.
    #[getter]
    fn chains(&self) -> u32 {
        self.drawn.chains()
    }

    /// The draws of all chains.
    fn __len__(&self) -> usize {
        self.drawn.models().len()
    }

    /// Draws at which the sampler went astray; where there are any, parts of the posterior may be left out.
    #[getter]
    fn divergences(&self) -> u32 {
        self.drawn.divergences()
    }

    /// What speaks against trusting the draws, a sentence each: R-hat above 1.01, draws worth fewer than 400 independent ones,
    /// divergences.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.drawn.warnings()
    }

    /// The drawn models, chain after chain.
    #[getter]
    fn models<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.drawn.models().iter().map(|model| model.bind(py)).collect()
    }

    /// The draws of a parameter, of one chain, counted from 0, or chain after chain.
    #[pyo3(signature = (parameter, chain=None))]
    fn draws(&self, parameter: &str, chain: Option<i64>) -> PyResult<Column> {
        let draws = self.drawn.draws(parameter).or_raise()?;
        let Some(chain) = chain else { return Ok(Column::from(draws)) };
        let of_chain = usize::try_from(chain).ok().and_then(|chain| draws.chunks_exact(self.per_chain()).nth(chain));
        let last = self.drawn.chains() - 1;
        of_chain.map(Column::from).ok_or_else(|| invalid(format!("chain is {chain}: a chain from 0 to {last} is expected")))
    }

    /// The draws as a numpy array of chains by draws for each parameter, as `arviz.from_dict` takes them.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for name in self.names() {
            let draws = Bound::new(py, self.draws(&name, None)?)?;
            let array = draws.call_method0("to_numpy")?.call_method1("reshape", (self.chains(), self.per_chain()))?;
            dict.set_item(name, array)?;
        }
        Ok(dict)
    }

    /// The mean of each parameter.
    #[getter]
    fn mean<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.each(py, |parameter| parameter.mean)
    }

    /// The standard deviation of each parameter.
    #[getter]
    fn sd<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.each(py, |parameter| parameter.standard_deviation)
    }

    /// Rank-normalised split R-hat of each parameter: 1 where the chains agree.
    #[getter]
    fn r_hat<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.each(py, |parameter| parameter.r_hat)
    }

    /// The independent draws that know the middle of each parameter's distribution as well.
    #[getter]
    fn ess_bulk<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.each(py, |parameter| parameter.bulk_size)
    }

    /// The independent draws that know the 5 % and 95 % quantiles of each parameter as well.
    #[getter]
    fn ess_tail<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.each(py, |parameter| parameter.tail_size)
    }

    /// The quantiles of each parameter that cut off the same share at both ends.
    #[pyo3(signature = (level=0.95))]
    fn credible_intervals<'py>(&self, py: Python<'py>, level: f64) -> PyResult<Bound<'py, PyDict>> {
        bounds(py, self.names(), self.drawn.credible_intervals(level).or_raise()?)
    }

    /// The credible interval of anything a model says, as `(mean, low, high)`: `f` takes a model and gives a number.
    #[pyo3(signature = (f, *, level=0.95))]
    fn interval(&self, py: Python<'_>, f: &Bound<'_, PyAny>, level: f64) -> PyResult<(f64, f64, f64)> {
        by_python(f, number, |f| self.drawn.credible_interval_of(level, |model| f(model.bind(py)))).map(ends)
    }

    /// All that is said of the parameters, a row each.
    #[pyo3(signature = (level=0.95))]
    fn summary(&self, level: f64) -> PyResult<Table> {
        let parameters = self.drawn.parameters();
        let intervals = self.drawn.credible_intervals(level).or_raise()?;
        let names: StringArray = parameters.iter().map(|parameter| Some(parameter.name.as_str())).collect();
        let figure =
            |of: fn(&ParameterPosterior) -> f64| -> ArrayRef { Arc::new(parameters.iter().map(of).collect::<Float64Array>()) };
        let end = |of: fn(&model::Interval) -> f64| -> ArrayRef { Arc::new(intervals.iter().map(of).collect::<Float64Array>()) };
        let columns: [(&str, ArrayRef); 8] = [
            ("parameter", Arc::new(names)),
            ("mean", figure(|parameter| parameter.mean)),
            ("sd", figure(|parameter| parameter.standard_deviation)),
            ("low", end(|interval| interval.low)),
            ("high", end(|interval| interval.high)),
            ("r_hat", figure(|parameter| parameter.r_hat)),
            ("ess_bulk", figure(|parameter| parameter.bulk_size)),
            ("ess_tail", figure(|parameter| parameter.tail_size)),
        ];
        table(columns, self.title())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Pickled<'py>> {
        let (py, drawn) = (slf.py(), &slf.get().drawn);
        let state = PyDict::new(py);
        state.set_item("model", drawn.models().first().map(|model| model.bind(py)).transpose()?)?;
        state.set_item("models", pickle::bytes(py, &AnyModel::column(drawn.models())))?;
        state.set_item("chains", drawn.chains())?;
        state.set_item("divergences", drawn.divergences())?;
        Ok((slf.get_type().getattr("_restore")?, (state,)))
    }

    /// The posterior that `__reduce__` says.
    #[staticmethod]
    fn _restore(state: &Bound<'_, PyDict>) -> PyResult<Posterior> {
        let model = AnyModel::of(&item(state, "model")?)?;
        let models = model.all(&pickle::column::<f64>(&item(state, "models")?.extract::<Vec<u8>>()?)?).or_raise()?;
        let drawn =
            model::Posterior::from_models(models, item(state, "chains")?.extract()?, item(state, "divergences")?.extract()?);
        Ok(Posterior { drawn: drawn.or_raise()? })
    }

    fn __repr__(&self) -> String {
        let mut text = self.title();
        for ParameterPosterior { name, mean, standard_deviation, r_hat, bulk_size, .. } in self.drawn.parameters() {
            let row =
                format!("{name:>8} {mean:12.6} ± {standard_deviation:.6}, R-hat {r_hat:.3}, {bulk_size:.0} independent draws");
            text.push('\n');
            text.push_str(&row);
        }
        for warning in self.drawn.warnings() {
            text.push('\n');
            text.push_str(&warning);
        }
        text
    }
}

impl Posterior {
    fn title(&self) -> String {
        format!("Posterior of {}, {} chains of {} draws", self.name(), self.chains(), self.per_chain())
    }
}
