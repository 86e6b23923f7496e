//! Customers who differ in known ways: a model whose parameters depend on covariates.

use engagement_core as core;
use engagement_core::model::{self, CovariateModel, CustomerModel, Estimated, FitOptions, Model, Prediction};
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

/// The object of the model of one customer.
fn bind(model: CustomerModel, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    match model {
        CustomerModel::Purchases(model) => AnyModel::from(model).bind(py),
        CustomerModel::Spend(model) => AnyModel::from(model).bind(py),
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
pub(super) fn of_rows(model: &CovariateModel, columns: &Bound<'_, PyDict>, customers: usize) -> PyResult<model::Covariates> {
    let covariates = covariates(columns, Some(model.covariates()))?;
    super::same_length("covariates", covariates.len(), customers).or_raise()?;
    Ok(covariates)
}

/// The fit of a model with covariates, by the name of the model without.
pub(super) fn fit(
    py: Python<'_>,
    name: &str,
    purchases: &Bound<'_, Purchases>,
    columns: &Bound<'_, PyDict>,
    options: FitOptions,
) -> PyResult<Fit> {
    let purchases = of(purchases);
    let covariates = covariates(columns, None)?;
    Ok(Fit::new(py.detach(|| CovariateModel::fit(name, purchases, &covariates, &options)).or_raise()?, options))
}

/// A model with parameters that depend on covariates: `of` a customer's covariates it is the plain model.
#[pyclass(module = "engagement", frozen, eq)]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WithCovariates {
    pub(super) model: CovariateModel,
}

impl WithCovariates {
    /// A number for every customer from the customer's own model.
    fn each(
        &self,
        py: Python<'_>,
        purchases: &core::Purchases,
        columns: &Bound<'_, PyDict>,
        number: impl Fn(&CustomerModel, usize) -> core::Result<f64> + Send + Sync,
    ) -> PyResult<Column> {
        let covariates = of_rows(&self.model, columns, purchases.len())?;
        let at = |row| {
            let own = self.model.of(covariates.row(row).unwrap_or_default());
            own.and_then(|own| number(&own, row)).map_err(|e| e.at(format_args!("row {row}")))
        };
        let values: Vec<f64> = py.detach(|| (0..purchases.len()).map(at).collect::<core::Result<_>>()).or_raise()?;
        Ok(Column::from(values))
    }

    fn predict(
        &self,
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        columns: &Bound<'_, PyDict>,
        prediction: Prediction,
    ) -> PyResult<Column> {
        let purchases = of(purchases);
        self.each(py, purchases, columns, |own, row| prediction.of(&**own.purchases()?, &purchases.history(row)))
    }
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
            model::WithCovariates::new(base.get().model, &names, coefficients).map(CovariateModel::from)
        } else {
            match base.cast::<PurchaseModel>().map_err(|_| refused())?.get().model {
                Model::ParetoNbd(base) => model::WithCovariates::new(base, &names, coefficients).map(CovariateModel::from),
                Model::BgNbd(base) => model::WithCovariates::new(base, &names, coefficients).map(CovariateModel::from),
                Model::MbgNbd(base) => model::WithCovariates::new(base, &names, coefficients).map(CovariateModel::from),
                _ => return Err(refused()),
            }
        };
        Ok(WithCovariates { model: model.or_raise()? })
    }

    /// The name of the model without covariates.
    #[getter]
    fn name(&self) -> &'static str {
        self.model.name()
    }

    /// The model of customers whose covariates are all 0.
    #[getter]
    fn base<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        bind(self.model.base(), py)
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
        bind(self.model.of(row.row(0).unwrap_or_default()).or_raise()?, py)
    }

    /// The log-likelihood of each customer: of the purchases, or of what they were worth.
    fn log_likelihood(
        &self,
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        covariates: &Bound<'_, PyDict>,
    ) -> PyResult<Column> {
        let purchases = of(purchases);
        self.each(py, purchases, covariates, |own, row| Ok(own.log_likelihood(purchases, row)))
    }

    /// The probability that each customer still buys, now or some time units later.
    #[pyo3(signature = (purchases, covariates, later=0.0))]
    fn probability_alive(
        &self,
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        covariates: &Bound<'_, PyDict>,
        later: f64,
    ) -> PyResult<Column> {
        self.predict(py, purchases, covariates, Prediction::ProbabilityAlive { later })
    }

    /// The mean number of purchases of each customer within the next `t` time units.
    fn expected_purchases(
        &self,
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        covariates: &Bound<'_, PyDict>,
        t: f64,
    ) -> PyResult<Column> {
        self.predict(py, purchases, covariates, Prediction::ExpectedPurchases { t })
    }

    /// The probability that each customer purchases exactly `n` times within the next `t` time units.
    fn probability_of_purchases(
        &self,
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        covariates: &Bound<'_, PyDict>,
        n: u64,
        t: f64,
    ) -> PyResult<Column> {
        self.predict(py, purchases, covariates, Prediction::ProbabilityOfPurchases { n, t })
    }

    /// The discounted number of purchases of each customer within the next `t` time units, for ever by default, at the continuous
    /// rate `delta` per time unit.
    #[pyo3(signature = (purchases, covariates, *, delta, t=f64::INFINITY))]
    fn discounted_purchases(
        &self,
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        covariates: &Bound<'_, PyDict>,
        delta: f64,
        t: f64,
    ) -> PyResult<Column> {
        self.predict(py, purchases, covariates, Prediction::DiscountedPurchases { t, delta })
    }

    /// The mean value of each customer's purchases, of a model of spend.
    fn expected_value(
        &self,
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        covariates: &Bound<'_, PyDict>,
    ) -> PyResult<Column> {
        let purchases = of(purchases);
        self.each(py, purchases, covariates, |own, row| own.spend()?.expected_value(&purchases.spend(row)))
    }

    /// The model as JSON: its name, parameters, covariates and coefficients, no data.
    fn to_json(&self) -> PyResult<String> {
        self.model.to_json().or_raise()
    }

    /// The model from the JSON that `to_json` writes.
    #[staticmethod]
    fn from_json(text: &str) -> PyResult<WithCovariates> {
        Ok(WithCovariates { model: CovariateModel::from_json(text).or_raise()? })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("WithCovariates({}, {})", self.base(py)?.repr()?, self.coefficients(py)?.repr()?))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((slf.get_type().getattr("from_json")?, (slf.get().to_json()?,)))
    }
}
