//! What customers spend per purchase.

use engagement_core as core;
use engagement_core::model::{self, Estimated as _, Parameters as _, Spend};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use super::covariates;
use super::fit::{self, Fit};
use super::of;
use super::posterior::{self, Posterior};
use crate::column::Column;
use crate::errors::OrRaise;
use crate::purchases::Purchases;

/// Money spent per purchase: the gamma-gamma model (Fader, Hardie & Lee 2005).
#[pyclass(module = "engagement", frozen, eq)]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GammaGamma {
    pub(crate) model: model::GammaGamma,
}

/// What there is to say of what each customer spent.
fn each<T>(purchases: &core::Purchases, say: impl Fn(&Spend) -> core::Result<T>) -> core::Result<Vec<T>> {
    let at = |row| say(&purchases.spend(row)).map_err(|e| e.at(format_args!("row {row}")));
    (0..purchases.len()).map(at).collect()
}

#[pymethods]
impl GammaGamma {
    /// The model with these parameters.
    #[new]
    fn new(p: f64, q: f64, v: f64) -> PyResult<GammaGamma> {
        Ok(GammaGamma { model: model::GammaGamma::new(p, q, v).or_raise()? })
    }

    /// The model of maximum likelihood, with the evidence that the fit can be trusted.
    #[staticmethod]
    #[pyo3(signature = (purchases, *, penalty=0.0, priors=None, start=None, threads=0))]
    fn fit(
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        penalty: f64,
        priors: Option<&Bound<'_, PyDict>>,
        start: Option<Vec<f64>>,
        threads: i64,
    ) -> PyResult<Fit> {
        let options = fit::options(penalty, priors, start, threads)?;
        let purchases = of(purchases);
        Ok(Fit::new(py.detach(|| model::GammaGamma::fit(purchases, &options)).or_raise()?, options))
    }

    /// The model of maximum likelihood with covariates: columns by name, a row for each customer.
    #[staticmethod]
    #[pyo3(signature = (purchases, covariates, *, penalty=0.0, coefficient_penalty=0.0, priors=None, threads=0))]
    fn fit_with_covariates(
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        covariates: &Bound<'_, PyDict>,
        penalty: f64,
        coefficient_penalty: f64,
        priors: Option<&Bound<'_, PyDict>>,
        threads: i64,
    ) -> PyResult<Fit> {
        let options = fit::options(penalty, priors, None, threads)?.coefficient_penalty(coefficient_penalty);
        covariates::fit(py, model::GammaGamma::NAME, purchases, covariates, options)
    }

    /// Draws from the posterior of the parameters, of customers with paid repeat purchases.
    #[staticmethod]
    #[pyo3(signature = (purchases, *, chains=4, tune=1000, draws=1000, seed=0, priors=None, threads=0, progress=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn posterior(
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        chains: i64,
        tune: i64,
        draws: i64,
        seed: u64,
        priors: Option<&Bound<'_, PyDict>>,
        threads: i64,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Posterior> {
        let options = posterior::options([chains, tune, draws], seed, priors, threads)?;
        let purchases = of(purchases);
        posterior::sample(py, options, progress, |options| model::GammaGamma::posterior(purchases, options))
    }

    /// Whether spend per purchase is independent of the number of purchases, as the model takes for granted.
    #[staticmethod]
    fn independence(py: Python<'_>, purchases: &Bound<'_, Purchases>) -> Independence {
        let purchases = of(purchases);
        Independence { found: py.detach(|| model::GammaGamma::independence(purchases)) }
    }

    #[getter]
    fn p(&self) -> f64 {
        self.model.p()
    }

    #[getter]
    fn q(&self) -> f64 {
        self.model.q()
    }

    #[getter]
    fn v(&self) -> f64 {
        self.model.v()
    }

    /// The parameters by the paper's letters.
    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        super::named(py, self.model.names(), self.model.estimates())
    }

    /// The mean value of a purchase over all customers, which q must be above 1 for.
    #[getter]
    fn mean_value(&self) -> PyResult<f64> {
        self.model.population_mean().or_raise()
    }

    /// The mean value of each customer's purchases, given what the customer spent.
    fn expected_value(&self, py: Python<'_>, purchases: &Bound<'_, Purchases>) -> PyResult<Column> {
        let purchases = of(purchases);
        py.detach(|| each(purchases, |spend| self.model.expected_value(spend))).map(Column::from).or_raise()
    }

    /// The interval that holds the mean value of each customer's purchases with the probability `level`, given what the customer
    /// spent; a bound may be infinite.
    #[pyo3(signature = (purchases, level=0.95))]
    fn value_interval(&self, py: Python<'_>, purchases: &Bound<'_, Purchases>, level: f64) -> PyResult<(Column, Column)> {
        let purchases = of(purchases);
        let intervals = py.detach(|| self.model.value_intervals(&purchases.spends(), level)).or_raise()?;
        let (low, high): (Vec<f64>, Vec<f64>) = intervals.iter().map(|interval| (interval.low, interval.high)).unzip();
        Ok((Column::from(low), Column::from(high)))
    }

    /// The log-likelihood of what each customer spent.
    fn log_likelihood(&self, py: Python<'_>, purchases: &Bound<'_, Purchases>) -> PyResult<Column> {
        let purchases = of(purchases);
        py.detach(|| each(purchases, |spend| Ok(self.model.log_likelihood(spend)))).map(Column::from).or_raise()
    }

    fn __repr__(&self) -> String {
        super::constructor("GammaGamma", self.model.names(), self.model.estimates())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
        super::reduce(slf.as_any(), &slf.get().model)
    }
}

/// Whether spend per purchase is independent of the number of purchases.
#[pyclass(module = "engagement", frozen, eq)]
#[derive(Debug, PartialEq)]
pub(crate) struct Independence {
    found: model::Independence,
}

#[pymethods]
impl Independence {
    /// Customers compared.
    #[getter]
    fn customers(&self) -> u64 {
        self.found.customers
    }

    /// Pearson's correlation; `None` where one of the two does not vary.
    #[getter]
    fn pearson(&self) -> Option<f64> {
        self.found.pearson
    }

    /// Spearman's correlation, of the ranks.
    #[getter]
    fn spearman(&self) -> Option<f64> {
        self.found.spearman
    }

    /// What to know before using the model, where a correlation is .3 or more in size.
    #[getter]
    fn warning(&self) -> Option<String> {
        self.found.warning.clone()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Compared)> {
        let model::Independence { customers, pearson, spearman, warning } = slf.get().found.clone();
        Ok((slf.get_type().getattr("_restore")?, (customers, pearson, spearman, warning)))
    }

    /// What `__reduce__` says.
    #[staticmethod]
    fn _restore(customers: u64, pearson: Option<f64>, spearman: Option<f64>, warning: Option<String>) -> Independence {
        Independence { found: model::Independence { customers, pearson, spearman, warning } }
    }

    fn __repr__(&self) -> String {
        let show = |r: Option<f64>| r.map_or_else(|| "none".to_owned(), |r| format!("{r:.3}"));
        format!(
            "Independence(customers={}, pearson={}, spearman={}, warning={})",
            self.found.customers,
            show(self.found.pearson),
            show(self.found.spearman),
            self.found.warning.as_deref().unwrap_or("none")
        )
    }
}

/// What `Independence` is pickled as.
type Compared = (u64, Option<f64>, Option<f64>, Option<String>);
