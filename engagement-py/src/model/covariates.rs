//! Customers who differ in known ways: a model whose parameters depend on covariates.

use engagement_core as core;
use engagement_core::model::{self, Estimated, FitOptions, Model};
use engagement_core::simulate::again;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::any::AnyModel;
use super::fit::Fit;
use super::purchase_model::PurchaseModel;
use super::spend::GammaGamma;
use super::{named, of};
use crate::column::{Column, Numbers};
use crate::errors::{OrRaise, invalid};
use crate::purchases::Purchases;

/// A model with covariates of any of the kinds that have them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Covaried {
    ParetoNbd(model::WithCovariates<model::ParetoNbd>),
    BgNbd(model::WithCovariates<model::BgNbd>),
    MbgNbd(model::WithCovariates<model::MbgNbd>),
    GammaGamma(model::WithCovariates<model::GammaGamma>),
}

/// The model of one customer.
pub(super) enum Plain {
    Purchases(Model),
    Spend(model::GammaGamma),
}

/// The same work on whichever model it is.
macro_rules! on {
    ($covaried:expr, $model:ident => $work:expr) => {
        match $covaried {
            Covaried::ParetoNbd($model) => $work,
            Covaried::BgNbd($model) => $work,
            Covaried::MbgNbd($model) => $work,
            Covaried::GammaGamma($model) => $work,
        }
    };
}

impl Covaried {
    /// What the customer with these covariates is, a row of them.
    fn of(&self, covariates: &[f64]) -> core::Result<Plain> {
        Ok(match self {
            Covaried::ParetoNbd(model) => Plain::Purchases(model.of(covariates)?.into()),
            Covaried::BgNbd(model) => Plain::Purchases(model.of(covariates)?.into()),
            Covaried::MbgNbd(model) => Plain::Purchases(model.of(covariates)?.into()),
            Covaried::GammaGamma(model) => Plain::Spend(model.of(covariates)?),
        })
    }

    pub(super) fn base(&self) -> Plain {
        match self {
            Covaried::ParetoNbd(model) => Plain::Purchases((*model.base()).into()),
            Covaried::BgNbd(model) => Plain::Purchases((*model.base()).into()),
            Covaried::MbgNbd(model) => Plain::Purchases((*model.base()).into()),
            Covaried::GammaGamma(model) => Plain::Spend(*model.base()),
        }
    }

    /// The same customers again, each drawn from the customer's own model; or the same purchases with other spend.
    pub(super) fn draw(&self, bought: &core::Purchases, columns: &model::Covariates, seed: u64) -> core::Result<core::Purchases> {
        match self {
            Covaried::ParetoNbd(model) => again::purchases_with_covariates(model, bought, columns, seed),
            Covaried::BgNbd(model) => again::purchases_with_covariates(model, bought, columns, seed),
            Covaried::MbgNbd(model) => again::purchases_with_covariates(model, bought, columns, seed),
            Covaried::GammaGamma(model) => again::spend_with_covariates(model, bought, columns, seed),
        }
    }

    /// The fit of the same kind.
    pub(super) fn refit(
        &self,
        drawn: &core::Purchases,
        columns: &model::Covariates,
        options: &FitOptions,
    ) -> core::Result<model::Fit<Covaried>> {
        Ok(match self {
            Covaried::ParetoNbd(_) => model::WithCovariates::fit(drawn, columns, options)?.map(Covaried::ParetoNbd),
            Covaried::BgNbd(_) => model::WithCovariates::fit(drawn, columns, options)?.map(Covaried::BgNbd),
            Covaried::MbgNbd(_) => model::WithCovariates::fit(drawn, columns, options)?.map(Covaried::MbgNbd),
            Covaried::GammaGamma(_) => model::WithCovariates::fit(drawn, columns, options)?.map(Covaried::GammaGamma),
        })
    }

    /// The names of the covariates.
    fn covariates(&self) -> &[String] {
        on!(self, model => model.covariates())
    }

    /// The coefficients, in the order of their names, which are the last.
    fn coefficients(&self) -> &[f64] {
        on!(self, model => model.coefficients())
    }
}

impl Estimated for Covaried {
    fn names(&self) -> Vec<String> {
        on!(self, model => model.names())
    }

    fn estimates(&self) -> Vec<f64> {
        on!(self, model => model.estimates())
    }

    fn with_estimates(&self, values: &[f64]) -> core::Result<Covaried> {
        Ok(match self {
            Covaried::ParetoNbd(model) => Covaried::ParetoNbd(model.with_estimates(values)?),
            Covaried::BgNbd(model) => Covaried::BgNbd(model.with_estimates(values)?),
            Covaried::MbgNbd(model) => Covaried::MbgNbd(model.with_estimates(values)?),
            Covaried::GammaGamma(model) => Covaried::GammaGamma(model.with_estimates(values)?),
        })
    }

    fn is_positive(&self, index: usize) -> bool {
        on!(self, model => model.is_positive(index))
    }
}

impl Plain {
    fn bind(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        match self {
            Plain::Purchases(model) => AnyModel::from(model).bind(py),
            Plain::Spend(model) => AnyModel::from(model).bind(py),
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Plain::Purchases(model) => model.name(),
            Plain::Spend(_) => <model::GammaGamma as model::Parameters>::NAME,
        }
    }
}

/// The columns of a dictionary, in the order of its keys or in that of the given names.
fn covariates(columns: &Bound<'_, PyDict>, wanted: Option<&[String]>) -> PyResult<model::Covariates> {
    let mut names: Vec<String> = columns.keys().iter().map(|name| name.extract()).collect::<PyResult<_>>()?;
    if let Some(wanted) = wanted {
        let sorted = |names: &[String]| {
            let mut names = names.to_vec();
            names.sort();
            names
        };
        if sorted(&names) != sorted(wanted) {
            return Err(invalid(format!("covariates: {} are given, and {} are expected", list(&names), list(wanted))));
        }
        names = wanted.to_vec();
    }
    let mut read = Vec::with_capacity(names.len());
    for name in &names {
        let column = columns.get_item(name)?.ok_or_else(|| invalid(format!("covariates: {name} is missing")))?;
        read.push(Numbers::new(name, &column)?.values);
    }
    let rows = read.first().map_or(0, Vec::len);
    if let Some((name, column)) = names.iter().zip(&read).find(|(_, column)| column.len() != rows) {
        return Err(invalid(format!("{name}: {} values, but {} has {rows}", column.len(), names[0])));
    }
    let values = (0..rows).flat_map(|row| read.iter().map(move |column| column[row])).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    model::Covariates::new(&names, values).or_raise()
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// The covariates of a model from a dictionary, a row for each customer.
pub(super) fn of_rows(model: &Covaried, columns: &Bound<'_, PyDict>, customers: usize) -> PyResult<model::Covariates> {
    let covariates = covariates(columns, Some(model.covariates()))?;
    super::same_length("covariates", covariates.len(), customers).or_raise()?;
    Ok(covariates)
}

/// The fit of a model with covariates.
pub(super) fn fit<M: model::Covariate>(
    py: Python<'_>,
    purchases: &Bound<'_, Purchases>,
    columns: &Bound<'_, PyDict>,
    options: FitOptions,
    form: impl FnOnce(model::WithCovariates<M>) -> Covaried,
) -> PyResult<Fit>
where
    model::WithCovariates<M>: Send,
{
    let purchases = of(purchases);
    let covariates = covariates(columns, None)?;
    let fitted = py.detach(|| model::WithCovariates::<M>::fit(purchases, &covariates, &options)).or_raise()?;
    Ok(Fit::new(fitted.map(form), options))
}

/// A model with parameters that depend on covariates: `of` a customer's covariates it is the plain model.
#[pyclass(module = "engagement", frozen, eq)]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WithCovariates {
    pub(super) model: Covaried,
}

impl WithCovariates {
    /// A prediction for every customer from the customer's own model.
    fn each(
        &self,
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        columns: &Bound<'_, PyDict>,
        predict: impl Fn(&Plain, &core::Purchases, usize) -> core::Result<f64> + Send + Sync,
    ) -> PyResult<Column> {
        let purchases = of(purchases);
        let covariates = of_rows(&self.model, columns, purchases.len())?;
        let at = |row| {
            let own = self.model.of(covariates.row(row).unwrap_or_default())?;
            predict(&own, purchases, row).map_err(|e| e.at(format_args!("row {row}")))
        };
        let values: Vec<f64> = py.detach(|| (0..purchases.len()).map(at).collect::<core::Result<_>>()).or_raise()?;
        Ok(Column::from(values))
    }
}

fn buys(own: &Plain) -> core::Result<&Model> {
    match own {
        Plain::Purchases(model) => Ok(model),
        Plain::Spend(_) => Err(core::Error::new(core::ErrorKind::InvalidArgument, "a model of spend says nothing of purchases")),
    }
}

fn not_of_spend(model: &Model) -> core::Error {
    let message = format!("{} says nothing of spend; fit GammaGamma", model.name());
    core::Error::new(core::ErrorKind::InvalidArgument, message)
}

#[pymethods]
impl WithCovariates {
    /// A model of customers whose covariates are all 0, the names of the covariates, and for each parameter that depends on them,
    /// in the model's order, a coefficient for each covariate.
    #[new]
    fn new(base: &Bound<'_, PyAny>, covariates: Vec<String>, coefficients: Vec<f64>) -> PyResult<WithCovariates> {
        let names: Vec<&str> = covariates.iter().map(String::as_str).collect();
        let refused = || invalid("base: a ParetoNbd, BgNbd, MbgNbd or GammaGamma is expected");
        let model = if let Ok(base) = base.cast::<GammaGamma>() {
            model::WithCovariates::new(base.get().model, &names, coefficients).map(Covaried::GammaGamma)
        } else {
            match base.cast::<PurchaseModel>().map_err(|_| refused())?.get().model {
                Model::ParetoNbd(base) => model::WithCovariates::new(base, &names, coefficients).map(Covaried::ParetoNbd),
                Model::BgNbd(base) => model::WithCovariates::new(base, &names, coefficients).map(Covaried::BgNbd),
                Model::MbgNbd(base) => model::WithCovariates::new(base, &names, coefficients).map(Covaried::MbgNbd),
                _ => return Err(refused()),
            }
        };
        Ok(WithCovariates { model: model.or_raise()? })
    }

    /// The name of the model without covariates.
    #[getter]
    fn name(&self) -> &'static str {
        self.model.base().name()
    }

    /// The model of customers whose covariates are all 0.
    #[getter]
    fn base<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.model.base().bind(py)
    }

    /// The names of the covariates.
    #[getter]
    fn covariates(&self) -> Vec<String> {
        self.model.covariates().to_vec()
    }

    /// The coefficients by parameter and covariate, as in `"alpha: online"`; above 0 means more of what the parameter stands for:
    /// more purchases, more dropping out, more spend.
    #[getter]
    fn coefficients<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let values = self.model.coefficients();
        let mut names = self.model.names();
        named(py, names.split_off(names.len() - values.len()), values.to_vec())
    }

    /// The parameters of the base and the coefficients.
    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        named(py, self.model.names(), self.model.estimates())
    }

    /// The plain model of a customer with these covariates.
    fn of<'py>(&self, py: Python<'py>, covariates: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        let row = self::covariates(covariates, Some(self.model.covariates()))?;
        self.model.of(row.row(0).unwrap_or_default()).or_raise()?.bind(py)
    }

    /// The probability that each customer still buys.
    fn probability_alive(
        &self,
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        covariates: &Bound<'_, PyDict>,
    ) -> PyResult<Column> {
        self.each(py, purchases, covariates, |own, purchases, row| Ok(buys(own)?.probability_alive(&purchases.history(row))))
    }

    /// The mean number of purchases of each customer within the next `t` time units.
    fn expected_purchases(
        &self,
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        covariates: &Bound<'_, PyDict>,
        t: f64,
    ) -> PyResult<Column> {
        self.each(py, purchases, covariates, |own, purchases, row| buys(own)?.expected_purchases(&purchases.history(row), t))
    }

    /// The mean value of each customer's purchases, of a model of spend.
    fn expected_value(
        &self,
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        covariates: &Bound<'_, PyDict>,
    ) -> PyResult<Column> {
        let spends = of(purchases).spends();
        self.each(py, purchases, covariates, |own, _, row| match own {
            Plain::Spend(model) => model.expected_value(&spends[row]),
            Plain::Purchases(model) => Err(not_of_spend(model)),
        })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("WithCovariates({}, {})", self.base(py)?.repr()?, self.coefficients(py)?.repr()?))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        let model = &slf.get().model;
        Ok((slf.get_type(), (slf.get().base(slf.py())?, model.covariates().to_vec(), model.coefficients().to_vec())))
    }
}

type Reduced<'py> = (Bound<'py, pyo3::types::PyType>, (Bound<'py, PyAny>, Vec<String>, Vec<f64>));
