//! `Bootstrap`: models refitted to data drawn from a fitted one.

use engagement_core as core;
use engagement_core::model::{self, Estimated, FitOptions, Model};
use engagement_core::{Progress, simulate};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::fit::by_python;
use crate::errors::OrRaise;
use crate::work::interruptible;

/// A fitted model and the models refitted to customers drawn from it.
#[pyclass(module = "engagement", frozen)]
#[derive(Debug)]
pub(crate) struct Bootstrap {
    drawn: model::Bootstrap<Model>,
}

/// Draws customers of the same ages and refits, as the first fit was made.
pub(super) fn bootstrap(
    py: Python<'_>,
    fit: &model::Fit<Model>,
    purchases: &core::Purchases,
    options: &FitOptions,
    (replicates, seed, threads): (u32, u64, usize),
) -> PyResult<Bootstrap> {
    // Replicates run side by side, so each of them is the work of one thread.
    let options = options.clone().threads(1);
    let progress = Progress::new();
    let simulate = |model: &Model, seed| {
        progress.step(0)?;
        simulate::purchases(&**model, purchases.age(), None, purchases.unit(), seed, 1)
    };
    let drawn = interruptible(py, &progress, None, || {
        model::bootstrap(fit, replicates, seed, threads, simulate, |drawn| refit(&fit.model, drawn, &options))
    })?;
    Ok(Bootstrap { drawn: drawn.or_raise()? })
}

/// The fit of the same kind, with the same regularity of buying.
fn refit(model: &Model, drawn: &core::Purchases, options: &FitOptions) -> core::Result<model::Fit<Model>> {
    Ok(match model {
        Model::Nbd(_) => model::Nbd::fit(drawn, options)?.map(Model::from),
        Model::ParetoNbd(_) => model::ParetoNbd::fit(drawn, options)?.map(Model::from),
        Model::BgNbd(_) => model::BgNbd::fit(drawn, options)?.map(Model::from),
        Model::MbgNbd(_) => model::MbgNbd::fit(drawn, options)?.map(Model::from),
        Model::BgCnbdK(model) => model::BgCnbdK::fit(drawn, Some(model.k()), options)?.map(Model::from),
        Model::MbgCnbdK(model) => model::MbgCnbdK::fit(drawn, Some(model.k()), options)?.map(Model::from),
    })
}

#[pymethods]
impl Bootstrap {
    /// The refitted models, in the order of their seeds.
    #[getter]
    fn refits<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.drawn.refits().iter().map(|&model| super::bind(py, model)).collect()
    }

    /// Refits that failed and were left out.
    #[getter]
    fn failed(&self) -> u32 {
        self.drawn.failed()
    }

    /// The interval of anything a model says, as `(estimate, low, high)`: `f` takes a model and gives a number.
    #[pyo3(signature = (f, *, level=0.95))]
    fn interval(&self, py: Python<'_>, f: &Bound<'_, PyAny>, level: f64) -> PyResult<(f64, f64, f64)> {
        by_python(f, |f| self.drawn.interval_of(level, |&model| f(super::bind(py, model))))
    }

    /// The interval of each parameter.
    #[pyo3(signature = (level=0.95))]
    fn confidence_intervals<'py>(&self, py: Python<'py>, level: f64) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        let names = self.drawn.refits().first().map(Estimated::names).unwrap_or_default();
        for (name, interval) in names.iter().zip(self.drawn.confidence_intervals(level).or_raise()?) {
            dict.set_item(name, (interval.low, interval.high))?;
        }
        Ok(dict)
    }

    fn __repr__(&self) -> String {
        format!("Bootstrap({} refits, {} failed)", self.drawn.refits().len(), self.drawn.failed())
    }
}
