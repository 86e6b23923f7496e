//! What every model of repeat buying says of customers.

use engagement_core::model::{Estimated, Model, Prediction};
use engagement_core::simulate;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::purchase_models::bind;
use super::{constructor, named, number_or_column, of, same_length, whole};
use crate::column::{Column, Numbers};
use crate::convert;
use crate::errors::OrRaise;
use crate::purchases::{self, Purchases};

/// A model of how customers buy again and stop buying, in continuous time.
#[pyclass(module = "engagement", subclass, frozen)]
#[derive(Debug)]
pub(crate) struct PurchaseModel {
    pub(crate) model: Model,
}

impl PurchaseModel {
    /// A prediction for every customer, at one time or at one of each.
    fn each(
        &self,
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        (name, t): (&str, &Bound<'_, PyAny>),
        at: impl Fn(f64) -> Prediction + Sync,
    ) -> PyResult<Column> {
        let t = Numbers::new(name, t)?;
        let purchases = of(purchases);
        py.detach(|| {
            if t.single {
                return at(t.values[0]).of_all(&*self.model, purchases, 0);
            }
            same_length(name, t.values.len(), purchases.len())?;
            let one = |(row, &t): (usize, &f64)| {
                at(t).of(&*self.model, &purchases.history(row)).map_err(|e| e.at(format_args!("{name}, row {row}")))
            };
            t.values.iter().enumerate().map(one).collect()
        })
        .map(Column::from)
        .or_raise()
    }
}

#[pymethods]
impl PurchaseModel {
    /// The model's name in files and on the command line.
    #[getter]
    fn name(&self) -> &'static str {
        self.model.name()
    }

    /// The parameters by the paper's letters.
    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        named(py, self.model.names(), self.model.estimates())
    }

    /// The log-likelihood of each customer.
    fn log_likelihood(&self, py: Python<'_>, purchases: &Bound<'_, Purchases>) -> PyResult<Column> {
        let purchases = of(purchases);
        let values = py.detach(|| purchases.map(0, |customer| Ok(self.model.log_likelihood(customer)))).or_raise()?;
        Ok(Column::from(values))
    }

    /// The probability that each customer still buys, now or some time units later.
    #[pyo3(signature = (purchases, later=None))]
    fn probability_alive(
        &self,
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        later: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Column> {
        let Some(later) = later else {
            let purchases = of(purchases);
            let now = Prediction::ProbabilityAlive { later: 0.0 };
            return py.detach(|| now.of_all(&*self.model, purchases, 0)).map(Column::from).or_raise();
        };
        self.each(py, purchases, ("later", later), |later| Prediction::ProbabilityAlive { later })
    }

    /// The mean number of purchases of each customer within the next `t` time units.
    fn expected_purchases(&self, py: Python<'_>, purchases: &Bound<'_, Purchases>, t: &Bound<'_, PyAny>) -> PyResult<Column> {
        self.each(py, purchases, ("t", t), |t| Prediction::ExpectedPurchases { t })
    }

    /// The mean number of repeat purchases of a new customer within the first `t` time units.
    fn expected_purchases_new<'py>(&self, py: Python<'py>, t: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        number_or_column(py, [("t", t)], |[t]| self.model.expected_purchases_new(t))
    }

    /// The probability that each customer purchases exactly `n` times within the next `t` time units.
    fn probability_of_purchases(
        &self,
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        n: u64,
        t: &Bound<'_, PyAny>,
    ) -> PyResult<Column> {
        self.each(py, purchases, ("t", t), |t| Prediction::ProbabilityOfPurchases { n, t })
    }

    /// The probability that a new customer makes exactly `n` repeat purchases within the first `t` time units; both may be columns.
    fn probability_of_purchases_new<'py>(
        &self,
        py: Python<'py>,
        n: &Bound<'py, PyAny>,
        t: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        number_or_column(py, [("n", n), ("t", t)], |[n, t]| self.model.probability_of_purchases_new(whole("n", n)?, t))
    }

    /// The discounted number of purchases of each customer within the next `t` time units, for ever by default, at the continuous
    /// rate `delta` per time unit.
    #[pyo3(signature = (purchases, *, delta, t=f64::INFINITY))]
    fn discounted_purchases(&self, py: Python<'_>, purchases: &Bound<'_, Purchases>, delta: f64, t: f64) -> PyResult<Column> {
        let purchases = of(purchases);
        let prediction = Prediction::DiscountedPurchases { t, delta };
        let values = py.detach(|| prediction.of_all(&*self.model, purchases, 0)).or_raise()?;
        Ok(Column::from(values))
    }

    /// The interval that holds each customer's number of purchases within the next `t` time units with the probability `level`.
    #[pyo3(signature = (purchases, t, level=0.95))]
    fn prediction_interval(
        &self,
        py: Python<'_>,
        purchases: &Bound<'_, Purchases>,
        t: f64,
        level: f64,
    ) -> PyResult<(Column, Column)> {
        let purchases = of(purchases);
        let bounds = py.detach(|| purchases.map(0, |customer| self.model.prediction_interval(customer, t, level))).or_raise()?;
        let column = |of: fn(&(u64, u64)) -> u64| -> Vec<u64> { bounds.iter().map(of).collect() };
        Ok((Column::from(column(|bounds| bounds.0)), Column::from(column(|bounds| bounds.1))))
    }

    /// Draws customers from the model: `ages` is how long each has been a customer, a number for all of them or a column.
    #[pyo3(signature = (customers, ages, *, seed, unit="week", threads=0))]
    fn simulate<'py>(
        &self,
        py: Python<'py>,
        customers: usize,
        ages: &Bound<'py, PyAny>,
        seed: u64,
        unit: &str,
        threads: i64,
    ) -> PyResult<Bound<'py, Purchases>> {
        let threads = convert::count("threads", threads)?;
        let unit = purchases::unit(unit)?;
        let mut ages = Numbers::new("ages", ages)?;
        if ages.single {
            ages.values.resize(customers, ages.values[0]);
        }
        same_length("ages", ages.values.len(), customers).or_raise()?;
        let drawn = py.detach(|| simulate::purchases(&*self.model, &ages.values, None, unit, seed, threads)).or_raise()?;
        purchases::bind(py, drawn)
    }

    /// The model as JSON: its name and its parameters, no data.
    fn to_json(&self) -> PyResult<String> {
        self.model.to_json().or_raise()
    }

    /// The model from the JSON that `to_json` writes.
    #[staticmethod]
    fn from_json<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
        bind(py, Model::from_json(text).or_raise()?)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<PurchaseModel>().is_ok_and(|other| other.get().model == self.model)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let model = &slf.get().model;
        let class = slf.get_type().name()?.to_string();
        let call = constructor(&class, model.names(), model.estimates());
        Ok(match model.k() {
            Some(k) => call.replacen('(', &format!("(k={k}, "), 1),
            None => call,
        })
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((py.get_type::<PurchaseModel>().getattr("from_json")?, (self.to_json()?,)))
    }
}
