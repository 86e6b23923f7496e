//! Contracts that were renewed or lost, and the models of them.

use engagement_core::model::{self, Contract, Estimated as _, RenewalModel};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyTuple, PyType};

use super::fit::{self, Fit};
use super::{count, number_or_column};
use crate::column::{Column, Numbers, flag, flags};
use crate::errors::OrRaise;
use crate::score::thousands;

/// Customers by how often their contract was renewed and whether it still runs.
#[pyclass(module = "engagement", frozen, eq)]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Renewals {
    pub(super) renewals: model::Renewals,
}

impl Renewals {
    /// A number of each distinct contract and its customers.
    fn each<T>(&self, number: impl Fn((Contract, u64)) -> T) -> Vec<T> {
        self.renewals.contracts().map(number).collect()
    }
}

#[pymethods]
impl Renewals {
    /// Customers one by one: how often each renewed, and whether the contract still runs.
    #[new]
    fn new(renewals: &Bound<'_, PyAny>, active: &Bound<'_, PyAny>) -> PyResult<Renewals> {
        let renewals = Numbers::counts("renewals", renewals)?;
        let active = flags("active", active)?;
        Ok(Renewals { renewals: model::Renewals::from_customers(&renewals, &active).or_raise()? })
    }

    /// A cohort that began together: the customers at the start, and those still there after each renewal.
    #[staticmethod]
    fn from_cohort(still_there: Vec<u64>) -> PyResult<Renewals> {
        Ok(Renewals { renewals: model::Renewals::from_cohort(&still_there).or_raise()? })
    }

    /// The customers of both.
    fn __add__(&self, others: &Renewals) -> Renewals {
        Renewals { renewals: self.renewals.clone().with(&others.renewals) }
    }

    /// All customers.
    #[getter]
    fn customers(&self) -> u64 {
        self.renewals.customers()
    }

    /// How often each distinct contract was renewed, in ascending order, those lost first.
    #[getter]
    fn renewals(&self) -> Column {
        Column::from(self.each(|(contract, _)| contract.renewals).as_slice())
    }

    /// Whether each distinct contract still runs.
    #[getter]
    fn active(&self) -> Column {
        Column::from(self.each(|(contract, _)| contract.active))
    }

    /// How many customers have each distinct contract.
    #[getter]
    fn counts(&self) -> Column {
        Column::from(self.each(|(_, customers)| customers))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Counted<'py>> {
        let contracts = slf.get().each(|(contract, customers)| (contract.renewals, contract.active, customers));
        Ok((slf.get_type().getattr("_from_counts")?, (contracts,)))
    }

    /// The contracts that `__reduce__` counts: renewals, whether they run, and how many there are.
    #[staticmethod]
    fn _from_counts(contracts: Vec<(u32, bool, u64)>) -> Renewals {
        let mut renewals = model::Renewals::default();
        for (times, active, customers) in contracts {
            renewals.add(Contract { renewals: times, active }, customers);
        }
        Renewals { renewals }
    }

    fn __repr__(&self) -> String {
        format!("Renewals({} customers)", thousands(self.renewals.customers()))
    }
}

/// What `Renewals` are pickled as.
type Counted<'py> = (Bound<'py, PyAny>, (Vec<(u32, bool, u64)>,));

/// How often new customers have renewed: what `renewed` is where nothing is said.
fn never() -> Py<PyAny> {
    Python::attach(|py| PyInt::new(py, 0).into_any().unbind())
}

/// The class of a contractual model.
macro_rules! class {
    ($(#[$doc:meta])* $class:ident { $($letter:ident),+ }) => {
        $(#[$doc])*
        #[pyclass(module = "engagement", frozen, eq)]
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) struct $class {
            pub(super) model: model::$class,
        }

        #[pymethods]
        impl $class {
            /// The model with these parameters.
            #[new]
            fn new($($letter: f64),+) -> PyResult<$class> {
                Ok($class { model: model::$class::new($($letter),+).or_raise()? })
            }

            /// The model of maximum likelihood, with the evidence that the fit can be trusted.
            #[staticmethod]
            #[pyo3(signature = (renewals, *, penalty=0.0, priors=None, start=None))]
            fn fit(
                py: Python<'_>,
                renewals: &Bound<'_, Renewals>,
                penalty: f64,
                priors: Option<&Bound<'_, PyDict>>,
                start: Option<Vec<f64>>,
            ) -> PyResult<Fit> {
                let options = fit::options(penalty, priors, start, 0)?;
                let renewals = &renewals.get().renewals;
                Ok(Fit::new(py.detach(|| model::$class::fit(renewals, &options)).or_raise()?, options))
            }

            $(
                #[getter]
                fn $letter(&self) -> f64 {
                    self.model.$letter()
                }
            )+

            /// The parameters by the paper's letters.
            #[getter]
            fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
                super::named(py, self.model.names(), self.model.estimates())
            }

            /// The log-likelihood of a contract that was renewed `renewed` times and is `active`, or was lost at the occasion after;
            /// both may be columns.
            fn log_likelihood<'py>(
                &self,
                py: Python<'py>,
                renewed: &Bound<'py, PyAny>,
                active: &Bound<'py, PyAny>,
            ) -> PyResult<Bound<'py, PyAny>> {
                number_or_column(py, [("renewed", renewed), ("active", active)], |[renewed, active]| {
                    let active = flag(active).map_err(|e| e.at("active"))?;
                    Ok(self.model.log_likelihood(&Contract { renewals: count("renewed", renewed)?, active }))
                })
            }

            /// The probability that a customer who has renewed `renewed` times renews the next `t` times too; both may be columns.
            #[pyo3(signature = (t, *, renewed=never()), text_signature = "($self, t, *, renewed=0)")]
            fn survival<'py>(
                &self,
                py: Python<'py>,
                t: &Bound<'py, PyAny>,
                renewed: Py<PyAny>,
            ) -> PyResult<Bound<'py, PyAny>> {
                number_or_column(py, [("t", t), ("renewed", &renewed.into_bound(py))], |[t, renewed]| {
                    Ok(self.model.survival_after(count("renewed", renewed)?, count("t", t)?))
                })
            }

            /// The probability that a new customer is lost at occasion `t`, from 1.
            fn probability_of_loss<'py>(&self, py: Python<'py>, t: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                number_or_column(py, [("t", t)], |[t]| self.model.probability_of_loss(count("t", t)?))
            }

            /// The share of those who come to occasion `t`, from 1, that renews.
            fn retention_rate<'py>(&self, py: Python<'py>, t: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                number_or_column(py, [("t", t)], |[t]| self.model.retention_rate(count("t", t)?))
            }

            /// The mean number of renewals at the next `t` occasions of a customer who has renewed `renewed` times; both may be
            /// columns.
            #[pyo3(signature = (t, *, renewed=never()), text_signature = "($self, t, *, renewed=0)")]
            fn expected_renewals<'py>(
                &self,
                py: Python<'py>,
                t: &Bound<'py, PyAny>,
                renewed: Py<PyAny>,
            ) -> PyResult<Bound<'py, PyAny>> {
                number_or_column(py, [("t", t), ("renewed", &renewed.into_bound(py))], |[t, renewed]| {
                    Ok(self.model.expected_renewals(count("renewed", renewed)?, count("t", t)?))
                })
            }

            /// The discounted number of all later renewals of a customer who has renewed `renewed` times, a number or a column;
            /// `rate` is the discount rate per period.
            #[pyo3(signature = (*, rate, renewed=never()), text_signature = "($self, *, rate, renewed=0)")]
            fn discounted_renewals<'py>(
                &self,
                py: Python<'py>,
                rate: f64,
                renewed: Py<PyAny>,
            ) -> PyResult<Bound<'py, PyAny>> {
                number_or_column(py, [("renewed", &renewed.into_bound(py))], |[renewed]| {
                    self.model.discounted_renewals(count("renewed", renewed)?, rate)
                })
            }

            /// Draws customers and their contracts as they stand after so many occasions.
            #[pyo3(signature = (customers, occasions, *, seed))]
            fn simulate(&self, customers: u64, occasions: u32, seed: u64) -> PyResult<Renewals> {
                Ok(Renewals { renewals: engagement_core::simulate::renewals(&self.model, customers, occasions, seed).or_raise()? })
            }

            fn __repr__(&self) -> String {
                super::constructor(stringify!($class), self.model.names(), self.model.estimates())
            }

            fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
                super::reduce(slf.as_any(), &slf.get().model)
            }
        }
    };
}

class! {
    /// Contracts lost with a chance that differs between customers and stays with each: the shifted beta-geometric model (Fader &
    /// Hardie 2007).
    ShiftedBetaGeometric { alpha, beta }
}
class! {
    /// The shifted beta-geometric model with a chance of loss that rises or falls with time: the beta-discrete-Weibull model (Fader,
    /// Hardie, Liu, Davin & Steenburgh 2018).
    BetaDiscreteWeibull { alpha, beta, c }
}
