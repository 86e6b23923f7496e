//! `Purchases`: frequency, recency, age and value, from a ledger or from columns the user already has.

use engagement_core as core;
use engagement_core::{Holdout, Key, KeyColumn, Money, PurchaseColumns, TextColumn, TimeUnit, Values};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::column::{Column, Numbers};
use crate::convert::{self, OwnedKey};
use crate::errors::{OrRaise, invalid, wrong_type};
use crate::model::PurchaseModel;
use crate::pickle::{self, Pickled, item};
use crate::rulebook::Rulebook;
use crate::score::thousands;
use crate::stay;
use crate::table::Table;

/// Frequency, recency, age and value of customers, a row each.
#[pyclass(module = "engagement", extends = Table, frozen)]
#[derive(Debug)]
pub(crate) struct Purchases {
    pub(crate) purchases: core::Purchases,
}

impl Purchases {
    fn init(purchases: core::Purchases) -> PyResult<PyClassInitializer<Purchases>> {
        let batch = core::arrow::purchases_batch(&purchases).or_raise()?;
        let title = format!("Purchases of {} customers, times in {}s", thousands(purchases.len() as u64), purchases.unit());
        let apart = [
            (purchases.prospects(), "prospects, who have not bought yet, are left out"),
            (purchases.earlier(), "customers who bought before `acquired_from` are left out"),
        ];
        let notes = apart.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{} {what}", thousands(*count)));
        let table = Table { notes: notes.collect(), ..Table::new(batch, title) };
        Ok(PyClassInitializer::from(table).add_subclass(Purchases { purchases }))
    }
}

/// The core's purchases as a Python object.
pub(crate) fn bind(py: Python<'_>, purchases: core::Purchases) -> PyResult<Bound<'_, Purchases>> {
    Bound::new(py, Purchases::init(purchases)?)
}

/// The keys of an argument: integers where all of them are.
enum Customers {
    Int(Vec<i64>),
    Text(Vec<String>),
}

impl Customers {
    fn new(keys: &Bound<'_, PyAny>) -> PyResult<Customers> {
        let keys = if keys.hasattr("to_list")? { keys.call_method0("to_list")? } else { keys.clone() };
        let keys: Vec<OwnedKey> = keys
            .try_iter()
            .map_err(|_| wrong_type("customers: a column of keys is expected", &keys))?
            .map(|key| key?.extract())
            .collect::<PyResult<_>>()?;
        let integers = keys.iter().map(|key| if let OwnedKey::Int(key) = key { Some(*key) } else { None });
        Ok(match integers.collect() {
            Some(keys) => Customers::Int(keys),
            None => Customers::Text(keys.iter().map(|key| key.key().to_string()).collect()),
        })
    }

    fn texts(&self) -> Vec<Option<&str>> {
        match self {
            Customers::Int(_) => Vec::new(),
            Customers::Text(keys) => keys.iter().map(|key| Some(key.as_str())).collect(),
        }
    }

    fn column<'a>(&'a self, texts: &'a [Option<&'a str>]) -> KeyColumn<'a> {
        match self {
            Customers::Int(keys) => KeyColumn::Int(Values::new(keys)),
            Customers::Text(_) => KeyColumn::Text(TextColumn::Plain(texts)),
        }
    }
}

#[pymethods]
impl Purchases {
    /// Purchases from columns that were made elsewhere; single numbers make one customer.
    #[new]
    #[pyo3(signature = (frequency, recency, age, value=None, *, paid=None, log_gaps=None, customers=None, unit="week"))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        frequency: &Bound<'_, PyAny>,
        recency: &Bound<'_, PyAny>,
        age: &Bound<'_, PyAny>,
        value: Option<&Bound<'_, PyAny>>,
        paid: Option<&Bound<'_, PyAny>>,
        log_gaps: Option<&Bound<'_, PyAny>>,
        customers: Option<&Bound<'_, PyAny>>,
        unit: &str,
    ) -> PyResult<PyClassInitializer<Purchases>> {
        let numbers = |name, column: Option<&Bound<'_, PyAny>>| column.map(|column| Numbers::new(name, column)).transpose();
        let frequency = Numbers::counts("frequency", frequency)?;
        let (recency, age) = (Numbers::new("recency", recency)?, Numbers::new("age", age)?);
        let (value, log_gaps) = (numbers("value", value)?, numbers("log_gaps", log_gaps)?);
        let paid = paid.map(|paid| Numbers::counts("paid", paid)).transpose()?;
        let customers = customers.map(Customers::new).transpose()?;
        let texts = customers.as_ref().map_or(Vec::new(), Customers::texts);
        let columns = PurchaseColumns {
            value: value.as_ref().map(|value| Values::new(value.values.as_slice())),
            paid: paid.as_deref(),
            log_gaps: log_gaps.as_ref().map(|gaps| gaps.values.as_slice()),
            customers: customers.as_ref().map(|customers| customers.column(&texts)),
            unit: self::unit(unit)?,
            ..PurchaseColumns::new(&frequency, &recency.values, &age.values)
        };
        Purchases::init(core::Purchases::from_columns(&columns).or_raise()?)
    }

    /// The stage of every customer: new, active, at risk or lapsed, by how improbable the silence is of one who still buys. The
    /// rate is that of a model of purchases (its r and alpha); without one it is the customer's own rhythm.
    ///
    /// Customers with one purchase are new up to the age `new_within`, in units. The silence of the others is at risk from a
    /// probability of `at_risk` down, 0.20 if not given, and lapsed below `lapsed`, 0.05. A `rulebook` with a section `[stages]`
    /// says all three in their place, and the rate if it has a forecast.
    #[pyo3(signature = (new_within=None, *, model=None, at_risk=None, lapsed=None, rulebook=None))]
    fn stages(
        &self,
        new_within: Option<f64>,
        model: Option<&Bound<'_, PurchaseModel>>,
        at_risk: Option<f64>,
        lapsed: Option<f64>,
        rulebook: Option<&Bound<'_, Rulebook>>,
    ) -> PyResult<Table> {
        let rate = |model: &Bound<'_, PurchaseModel>| {
            let model = &model.get().model;
            let regular =
                || invalid(format!("model: {} has no rate of single purchases; leave it out, or give another", model.name()));
            model.purchase_rate().ok_or_else(regular)
        };
        let rate = model.map(rate).transpose()?;
        let rulebook = rulebook.map(Bound::get);
        let options = stay::stage_options(self.purchases.unit(), rulebook, new_within, (at_risk, lapsed), rate)?;
        stay::stages(&self.purchases, &options)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Pickled<'py>> {
        let (py, all) = (slf.py(), &slf.get().purchases);
        let keys = || (0..all.len()).map(|row| all.customer(row));
        let integers: Option<Vec<i64>> = keys().map(|key| if let Key::Int(key) = key { Some(key) } else { None }).collect();
        let state = PyDict::new(py);
        match integers {
            Some(keys) => state.set_item("customers", pickle::bytes(py, &keys))?,
            None => state.set_item("customers", keys().map(|key| key.to_string()).collect::<Vec<String>>())?,
        }
        state.set_item("unit", all.unit().as_str())?;
        state.set_item("frequency", pickle::bytes(py, all.frequency()))?;
        state.set_item("recency", pickle::bytes(py, all.recency()))?;
        state.set_item("age", pickle::bytes(py, all.age()))?;
        state.set_item("value", pickle::nullable(py, all.value()))?;
        state.set_item("first_value", pickle::nullable(py, all.first_value()))?;
        state.set_item("paid", pickle::bytes(py, all.paid()))?;
        state.set_item("log_gaps", all.log_gaps().map(|gaps| pickle::bytes(py, gaps)))?;
        let holdout = all.holdout().map(|Holdout { length, frequency, value, paid }| {
            (*length, pickle::bytes(py, frequency), pickle::nullable(py, value), pickle::bytes(py, paid))
        });
        state.set_item("holdout", holdout)?;
        state.set_item("left_out", (all.prospects(), all.earlier(), all.excess_refunds().micros()))?;
        Ok((slf.get_type().getattr("_restore")?, (state,)))
    }

    /// The purchases that `__reduce__` says.
    #[staticmethod]
    fn _restore<'py>(py: Python<'py>, state: &Bound<'py, PyDict>) -> PyResult<Bound<'py, Purchases>> {
        let column = |name| item(state, name)?.extract::<Vec<u8>>();
        let customers: Bound<'_, PyAny> = item(state, "customers")?;
        let customers = match customers.cast::<PyBytes>() {
            Ok(keys) => Customers::Int(pickle::column(keys.as_bytes())?),
            Err(_) => Customers::Text(customers.extract()?),
        };
        let texts = customers.texts();
        let frequency: Vec<u32> = pickle::column(&column("frequency")?)?;
        let (recency, age): (Vec<f64>, Vec<f64>) = (pickle::column(&column("recency")?)?, pickle::column(&column("age")?)?);
        let (value, paid): (Vec<f64>, Vec<u32>) = (pickle::column(&column("value")?)?, pickle::column(&column("paid")?)?);
        let log_gaps: Option<Vec<u8>> = item(state, "log_gaps")?.extract()?;
        let log_gaps: Option<Vec<f64>> = log_gaps.map(|gaps| pickle::column(&gaps)).transpose()?;
        let columns = PurchaseColumns {
            value: Some(Values::new(&value)),
            paid: Some(&paid),
            log_gaps: log_gaps.as_deref(),
            customers: Some(customers.column(&texts)),
            unit: self::unit(&item(state, "unit")?.extract::<String>()?)?,
            ..PurchaseColumns::new(&frequency, &recency, &age)
        };
        let (prospects, earlier, excess): (u64, u64, i64) = item(state, "left_out")?.extract()?;
        let excess = Money::from_micros(excess).ok_or_else(|| invalid("the pickle's refunds are no amount"))?;
        let mut all = core::Purchases::from_columns(&columns)
            .or_raise()?
            .with_left_out(prospects, earlier, excess)
            .with_first_value(pickle::nullable_column(&column("first_value")?)?)
            .or_raise()?;
        let holdout = item(state, "holdout")?;
        if !holdout.is_none() {
            let (length, frequency, value, paid): (f64, Vec<u8>, Vec<u8>, Vec<u8>) = holdout.extract()?;
            let (frequency, paid) = (pickle::column(&frequency)?, pickle::column(&paid)?);
            let holdout = Holdout { length, frequency, value: pickle::nullable_column(&value)?, paid };
            all = all.with_holdout(holdout).or_raise()?;
        }
        bind(py, all)
    }

    /// Repeat purchases.
    #[getter]
    fn frequency(&self) -> Column {
        Column::from(self.purchases.frequency())
    }

    /// From the first purchase to the last, in units.
    #[getter]
    fn recency(&self) -> Column {
        Column::from(self.purchases.recency())
    }

    /// From the first purchase to the end, in units.
    #[getter]
    fn age(&self) -> Column {
        Column::from(self.purchases.age())
    }

    /// Mean net spend of the repeat purchases, in currency units; missing without one.
    #[getter]
    fn value(&self) -> Column {
        Column::from(self.purchases.value())
    }

    /// Net spend of the first purchase, in currency units; missing where it was free or is not known.
    #[getter]
    fn first_value(&self) -> Column {
        Column::from(self.purchases.first_value())
    }

    /// Repeat purchases with net spend: those the value is the mean of.
    #[getter]
    fn paid(&self) -> Column {
        Column::from(self.purchases.paid())
    }

    /// The sum of the logarithms of the times between purchases, in units; `None` if the columns had none.
    #[getter]
    fn log_gaps(&self) -> Option<Column> {
        self.purchases.log_gaps().map(Column::from)
    }

    /// Purchases in the holdout; `None` without one.
    #[getter]
    fn holdout_frequency(&self) -> Option<Column> {
        self.purchases.holdout().map(|holdout| Column::from(holdout.frequency.as_slice()))
    }

    /// Mean net spend of the purchases in the holdout; `None` without one.
    #[getter]
    fn holdout_value(&self) -> Option<Column> {
        self.purchases.holdout().map(|holdout| Column::from(&holdout.value))
    }

    /// The length of the holdout, in units; `None` without one.
    #[getter]
    fn holdout_length(&self) -> Option<f64> {
        self.purchases.holdout().map(|holdout| holdout.length)
    }

    /// The unit of all times: "day", "week" or "month".
    #[getter(unit)]
    fn unit_name(&self) -> &'static str {
        self.purchases.unit().as_str()
    }

    /// Customers with interactions but no purchase; they have no row.
    #[getter]
    fn prospects(&self) -> u64 {
        self.purchases.prospects()
    }

    /// Customers left out because they bought before `acquired_from`.
    #[getter]
    fn earlier(&self) -> u64 {
        self.purchases.earlier()
    }

    /// Refunds for which there was no purchase to take them off.
    #[getter]
    fn excess_refunds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::money_to_python(py, self.purchases.excess_refunds())
    }
}

/// A time unit by its name.
pub(crate) fn unit(name: &str) -> PyResult<TimeUnit> {
    name.parse().or_raise()
}
