//! Yes or no at fixed opportunities, and the model of it.

use engagement_core::Progress;
use engagement_core::model::{self, Estimated as _, OpportunityHistory};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use super::fit::{self, Fit};
use super::{count, each_once, number_or_column};
use crate::column::{Column, Numbers};
use crate::errors::{OrRaise, invalid};
use crate::score::thousands;
use crate::work::interruptible;

/// Customers by how often they took their opportunities to buy, and when last, a row each.
#[pyclass(module = "engagement", frozen, eq)]
#[derive(Debug, PartialEq)]
pub(crate) struct Opportunities {
    rows: Vec<OpportunityHistory>,
    pub(super) counted: model::Opportunities,
}

impl Opportunities {
    /// A count of each row.
    fn each(&self, count: impl Fn(&OpportunityHistory) -> u32) -> Column {
        Column::from(self.rows.iter().map(count).collect::<Vec<u32>>().as_slice())
    }
}

#[pymethods]
impl Opportunities {
    /// Opportunities taken, the number of the last one taken, opportunities in all, and how many customers each row stands for.
    #[new]
    #[pyo3(signature = (frequency, recency, opportunities, customers=None))]
    fn new(
        frequency: &Bound<'_, PyAny>,
        recency: &Bound<'_, PyAny>,
        opportunities: &Bound<'_, PyAny>,
        customers: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Opportunities> {
        let frequency = Numbers::counts("frequency", frequency)?;
        let recency = Numbers::counts("recency", recency)?;
        let mut opportunities = Numbers::counts("opportunities", opportunities)?;
        if let [same] = opportunities[..] {
            opportunities.resize(frequency.len(), same);
        }
        let customers = customers.map(|customers| Numbers::counts("customers", customers)).transpose()?;
        let customers: Option<Vec<u64>> = customers.map(|customers| customers.into_iter().map(u64::from).collect());
        let counted =
            model::Opportunities::from_columns(&frequency, &recency, &opportunities, customers.as_deref()).or_raise()?;
        let rows = frequency.iter().zip(&recency).zip(&opportunities);
        let rows = rows.map(|((&x, &t_x), &n)| OpportunityHistory::new(x, t_x, n)).collect::<engagement_core::Result<_>>();
        Ok(Opportunities { rows: rows.or_raise()?, counted })
    }

    fn __len__(&self) -> usize {
        self.rows.len()
    }

    /// All customers.
    #[getter]
    fn customers(&self) -> u64 {
        self.counted.customers()
    }

    /// Opportunities taken, of each row.
    #[getter]
    fn frequency(&self) -> Column {
        self.each(OpportunityHistory::frequency)
    }

    /// The number of the last opportunity taken, 0 for none.
    #[getter]
    fn recency(&self) -> Column {
        self.each(OpportunityHistory::recency)
    }

    /// Opportunities in all.
    #[getter]
    fn opportunities(&self) -> Column {
        self.each(OpportunityHistory::opportunities)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Counted<'py>> {
        let Opportunities { rows, counted } = slf.get();
        let rows = rows.iter().map(|row| (row.frequency(), row.recency(), row.opportunities())).collect();
        let counts = counted.histories();
        let counts = counts.map(|(row, customers)| (row.frequency(), row.recency(), row.opportunities(), customers)).collect();
        Ok((slf.get_type().getattr("_from_rows")?, (rows, counts)))
    }

    /// The rows and the customers of each that `__reduce__` says.
    #[staticmethod]
    fn _from_rows(rows: Vec<(u32, u32, u32)>, counts: Vec<(u32, u32, u32, u64)>) -> PyResult<Opportunities> {
        let row = |&(x, t_x, n): &(u32, u32, u32)| OpportunityHistory::new(x, t_x, n);
        let rows = rows.iter().map(row).collect::<engagement_core::Result<_>>().or_raise()?;
        let mut counted = model::Opportunities::default();
        for (x, t_x, n, customers) in counts {
            counted.add(OpportunityHistory::new(x, t_x, n).or_raise()?, customers);
        }
        Ok(Opportunities { rows, counted })
    }

    fn __repr__(&self) -> String {
        format!("Opportunities({} rows, {} customers)", self.rows.len(), thousands(self.counted.customers()))
    }
}

/// What `Opportunities` are pickled as.
type Counted<'py> = (Bound<'py, PyAny>, (Vec<(u32, u32, u32)>, Vec<(u32, u32, u32, u64)>));

/// Customers who buy or not at each opportunity, until they leave: the BG/BB model (Fader, Hardie & Shang 2010).
#[pyclass(module = "engagement", frozen, eq)]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BgBb {
    pub(super) model: model::BgBb,
}

impl BgBb {
    fn each(
        &self,
        py: Python<'_>,
        opportunities: &Bound<'_, Opportunities>,
        predict: impl Fn(&OpportunityHistory) -> engagement_core::Result<f64> + Send,
    ) -> PyResult<Column> {
        let rows = opportunities.get().rows.iter().copied();
        py.detach(|| each_once(rows, predict)).map(Column::from).or_raise()
    }
}

#[pymethods]
impl BgBb {
    /// The model with these parameters.
    #[new]
    fn new(alpha: f64, beta: f64, gamma: f64, delta: f64) -> PyResult<BgBb> {
        Ok(BgBb { model: model::BgBb::new(alpha, beta, gamma, delta).or_raise()? })
    }

    /// The model of maximum likelihood, with the evidence that the fit can be trusted.
    #[staticmethod]
    #[pyo3(signature = (opportunities, *, penalty=0.0, priors=None, start=None))]
    fn fit(
        py: Python<'_>,
        opportunities: &Bound<'_, Opportunities>,
        penalty: f64,
        priors: Option<&Bound<'_, PyDict>>,
        start: Option<Vec<f64>>,
    ) -> PyResult<Fit> {
        let options = fit::options(penalty, priors, start, 0)?;
        let counted = &opportunities.get().counted;
        Ok(Fit::new(py.detach(|| model::BgBb::fit(counted, &options)).or_raise()?, options))
    }

    #[getter]
    fn alpha(&self) -> f64 {
        self.model.alpha()
    }

    #[getter]
    fn beta(&self) -> f64 {
        self.model.beta()
    }

    #[getter]
    fn gamma(&self) -> f64 {
        self.model.gamma()
    }

    #[getter]
    fn delta(&self) -> f64 {
        self.model.delta()
    }

    /// The parameters by the paper's letters.
    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        super::named(py, self.model.names(), self.model.estimates())
    }

    /// The log-likelihood of each row.
    fn log_likelihood(&self, py: Python<'_>, opportunities: &Bound<'_, Opportunities>) -> PyResult<Column> {
        self.each(py, opportunities, |customer| Ok(self.model.log_likelihood(customer)))
    }

    /// The probability that a customer of each row still takes opportunities, now or so many opportunities later.
    #[pyo3(signature = (opportunities, later=0))]
    fn probability_alive(&self, py: Python<'_>, opportunities: &Bound<'_, Opportunities>, later: u32) -> PyResult<Column> {
        self.each(py, opportunities, |customer| Ok(self.model.probability_alive_at(customer, later)))
    }

    /// The mean number of the next `n` opportunities that a customer of each row takes.
    fn expected_purchases(&self, py: Python<'_>, opportunities: &Bound<'_, Opportunities>, n: u32) -> PyResult<Column> {
        self.each(py, opportunities, |customer| Ok(self.model.expected_purchases(customer, n)))
    }

    /// The mean number of the first `n` opportunities that a new customer takes.
    fn expected_purchases_new<'py>(&self, py: Python<'py>, n: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        number_or_column(py, [("n", n)], |[n]| Ok(self.model.expected_purchases_new(count("n", n)?)))
    }

    /// The probability that a customer of each row takes exactly `k` of the next `n` opportunities.
    fn probability_of_purchases(
        &self,
        py: Python<'_>,
        opportunities: &Bound<'_, Opportunities>,
        k: u32,
        n: u32,
    ) -> PyResult<Column> {
        self.each(py, opportunities, |customer| Ok(self.model.probability_of_purchases(customer, k, n)))
    }

    /// The probability that a new customer takes exactly `k` of the first `n` opportunities.
    fn probability_of_purchases_new<'py>(&self, py: Python<'py>, k: &Bound<'py, PyAny>, n: u32) -> PyResult<Bound<'py, PyAny>> {
        number_or_column(py, [("k", k)], |[k]| Ok(self.model.probability_of_purchases_new(count("k", k)?, n)))
    }

    /// The discounted number of the next `n` opportunities, all of them by default, that a customer of each row takes; `rate` is the
    /// discount rate per opportunity.
    #[pyo3(signature = (opportunities, *, rate, n=None))]
    fn discounted_purchases(
        &self,
        py: Python<'_>,
        opportunities: &Bound<'_, Opportunities>,
        rate: f64,
        n: Option<u32>,
    ) -> PyResult<Column> {
        self.each(py, opportunities, |customer| self.model.discounted_purchases(customer, n, rate))
    }

    /// The interval that holds, with the probability `level`, how many of the next `n` opportunities, at most 10,000, a customer of
    /// each row takes.
    #[pyo3(signature = (opportunities, n, level=0.95))]
    fn prediction_interval(
        &self,
        py: Python<'_>,
        opportunities: &Bound<'_, Opportunities>,
        n: u32,
        level: f64,
    ) -> PyResult<(Column, Column)> {
        let rows = opportunities.get().rows.iter().copied();
        let progress = Progress::new();
        let bounds = |customer: &OpportunityHistory| {
            progress.step(1)?;
            self.model.prediction_interval(customer, n, level)
        };
        let bounds = interruptible(py, &progress, None, || each_once(rows, bounds))?.or_raise()?;
        let (low, high): (Vec<u64>, Vec<u64>) = bounds.into_iter().unzip();
        Ok((Column::from(low), Column::from(high)))
    }

    /// Draws customers of the model, and what they do with their first `opportunities`.
    #[pyo3(signature = (customers, opportunities, *, seed))]
    fn simulate(&self, customers: u64, opportunities: u32, seed: u64) -> PyResult<Opportunities> {
        let rows = engagement_core::simulate::opportunities(&self.model, customers, opportunities, seed).or_raise()?;
        let mut counted = model::Opportunities::default();
        rows.iter().for_each(|row| counted.add(*row, 1));
        if rows.is_empty() {
            return Err(invalid("customers: 0 is no customer to draw"));
        }
        Ok(Opportunities { rows, counted })
    }

    fn __repr__(&self) -> String {
        super::constructor("BgBb", self.model.names(), self.model.estimates())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
        super::reduce(slf.as_any(), &slf.get().model)
    }
}
