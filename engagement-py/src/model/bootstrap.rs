//! `Bootstrap`: models refitted to data drawn from a fitted one.

use engagement_core as core;
use engagement_core::Progress;
use engagement_core::model::{self, CovariateModel, Estimated as _, FitOptions};
use engagement_core::simulate::again;
use pyo3::PyClass;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::any::AnyModel;
use super::fit::{by_python, ends, number};
use super::opportunities::Opportunities;
use super::renewals::Renewals;
use super::{bounds, covariates};
use crate::errors::{OrRaise, invalid, wrong_type};
use crate::pickle::{self, Pickled, item};
use crate::purchases::Purchases;
use crate::work::interruptible;

/// A fitted model and the models refitted to customers drawn from it.
#[pyclass(module = "engagement", frozen)]
#[derive(Debug)]
pub(crate) struct Bootstrap {
    drawn: model::Bootstrap<AnyModel>,
}

/// The replicates of a fit.
struct Replicates<'a> {
    fit: &'a model::Fit<AnyModel>,
    replicates: u32,
    seed: u64,
    threads: usize,
}

/// Draws customers who are watched as those of the data were, and refits as the first fit was made.
pub(super) fn bootstrap(
    py: Python<'_>,
    (fit, options): (&model::Fit<AnyModel>, &FitOptions),
    data: &Bound<'_, PyAny>,
    columns: Option<&Bound<'_, PyDict>>,
    (replicates, seed, threads): (u32, u64, usize),
) -> PyResult<Bootstrap> {
    let run = Replicates { fit, replicates, seed, threads };
    // Replicates run side by side, so each of them is the work of one thread.
    let options = &options.clone().threads(1);
    if columns.is_some() && !matches!(fit.model, AnyModel::Covariates(_)) {
        return Err(invalid("covariates: the fit is one without covariates"));
    }
    match &fit.model {
        AnyModel::Purchases(model) => {
            let bought = &expect::<Purchases>(data)?.purchases;
            run.draw(py, |seed| again::purchases(&**model, bought, seed), |drawn| model.refit(drawn, options))
        }
        AnyModel::Covariates(model) => {
            let bought = &expect::<Purchases>(data)?.purchases;
            let columns = columns.ok_or_else(|| invalid("covariates: the fit has covariates, so the columns are needed"))?;
            let columns = covariates::of_rows(model, columns, bought.len())?;
            let draw = |seed| again::with_covariates(model, bought, &columns, seed);
            run.draw(py, draw, |drawn| CovariateModel::fit(model.name(), drawn, &columns, options))
        }
        AnyModel::Spend(model) => {
            let bought = &expect::<Purchases>(data)?.purchases;
            run.draw(py, |seed| again::spend(model, bought, seed), |drawn| model::GammaGamma::fit(drawn, options))
        }
        AnyModel::Opportunities(model) => {
            let taken = &expect::<Opportunities>(data)?.counted;
            run.draw(py, |seed| again::opportunities(model, taken, seed), |drawn| model::BgBb::fit(drawn, options))
        }
        AnyModel::Geometric(model) => {
            let cohort = &expect::<Renewals>(data)?.renewals;
            run.draw(py, |seed| again::renewals(model, cohort, seed), |drawn| model::ShiftedBetaGeometric::fit(drawn, options))
        }
        AnyModel::Weibull(model) => {
            let cohort = &expect::<Renewals>(data)?.renewals;
            run.draw(py, |seed| again::renewals(model, cohort, seed), |drawn| model::BetaDiscreteWeibull::fit(drawn, options))
        }
    }
}

impl Replicates<'_> {
    fn draw<D, M: Into<AnyModel>>(
        &self,
        py: Python<'_>,
        draw: impl Fn(u64) -> core::Result<D> + Sync + Send,
        refit: impl Fn(&D) -> core::Result<model::Fit<M>> + Sync + Send,
    ) -> PyResult<Bootstrap> {
        let progress = Progress::new();
        let simulate = |_: &AnyModel, seed| {
            progress.step(0)?;
            draw(seed)
        };
        let refit = |drawn: &D| Ok(refit(drawn)?.map(Into::into));
        let &Replicates { fit, replicates, seed, threads } = self;
        let drawn = interruptible(py, &progress, None, || model::bootstrap(fit, replicates, seed, threads, simulate, refit))?;
        Ok(Bootstrap { drawn: drawn.or_raise()? })
    }
}

/// The data of the class that the model was fitted to.
fn expect<'a, T: PyClass<Frozen = pyo3::pyclass::boolean_struct::True> + Sync>(data: &'a Bound<'_, PyAny>) -> PyResult<&'a T> {
    let data = data.cast::<T>().map_err(|_| wrong_type(&format!("data: engagement.{} is expected", T::NAME), data))?;
    Ok(data.get())
}

#[pymethods]
impl Bootstrap {
    /// The refitted models, in the order of their seeds.
    #[getter]
    fn refits<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.drawn.refits().iter().map(|model| model.bind(py)).collect()
    }

    /// Refits that failed and were left out.
    #[getter]
    fn failed(&self) -> u32 {
        self.drawn.failed()
    }

    /// The interval of anything a model says, as `(estimate, low, high)`: `f` takes a model and gives a number.
    #[pyo3(signature = (f, *, level=0.95))]
    fn interval(&self, py: Python<'_>, f: &Bound<'_, PyAny>, level: f64) -> PyResult<(f64, f64, f64)> {
        by_python(f, number, |f| self.drawn.interval_of(level, |model| f(model.bind(py)))).map(ends)
    }

    /// The interval of each parameter.
    #[pyo3(signature = (level=0.95))]
    fn confidence_intervals<'py>(&self, py: Python<'py>, level: f64) -> PyResult<Bound<'py, PyDict>> {
        let names = self.drawn.refits().first().map(AnyModel::names).unwrap_or_default();
        bounds(py, names, self.drawn.confidence_intervals(level).or_raise()?)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Pickled<'py>> {
        let (py, drawn) = (slf.py(), &slf.get().drawn);
        let state = PyDict::new(py);
        state.set_item("model", drawn.model().bind(py)?)?;
        state.set_item("refits", pickle::bytes(py, &AnyModel::column(drawn.refits())))?;
        state.set_item("failed", drawn.failed())?;
        Ok((slf.get_type().getattr("_restore")?, (state,)))
    }

    /// The bootstrap that `__reduce__` says.
    #[staticmethod]
    fn _restore(state: &Bound<'_, PyDict>) -> PyResult<Bootstrap> {
        let model = AnyModel::of(&item(state, "model")?)?;
        let refits = model.all(&pickle::column::<f64>(&item(state, "refits")?.extract::<Vec<u8>>()?)?).or_raise()?;
        Ok(Bootstrap { drawn: model::Bootstrap::from_refits(model, refits, item(state, "failed")?.extract()?).or_raise()? })
    }

    fn __repr__(&self) -> String {
        format!("Bootstrap({} refits, {} failed)", self.drawn.refits().len(), self.drawn.failed())
    }
}
