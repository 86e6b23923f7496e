//! One class a model of repeat buying: its parameters, and how it is fitted.

use engagement_core::model::{self, Model, Parameters as _};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::covariates;
use super::fit::{self, Fit};
use super::of;
use super::posterior::{self, Posterior};
use super::purchase_model::PurchaseModel;
use crate::errors::OrRaise;
use crate::purchases::Purchases;

/// The class of a model: parameters in, a fit out. A model of regular buying has the whole number `k` before its parameters, and
/// one that takes covariates is made a model with them.
macro_rules! class {
    ($(#[$doc:meta])* $class:ident $(($k:ident))? { $($letter:ident),+ } $(with $covariates:ident)?) => {
        $(#[$doc])*
        #[pyclass(module = "engagement", extends = PurchaseModel, frozen)]
        #[derive(Debug)]
        pub(crate) struct $class {
            model: model::$class,
        }

        impl $class {
            fn init(model: model::$class) -> PyClassInitializer<$class> {
                PyClassInitializer::from(PurchaseModel { model: Model::from(model) }).add_subclass($class { model })
            }
        }

        #[pymethods]
        impl $class {
            /// The model with these parameters.
            #[new]
            fn new($($k: u32,)? $($letter: f64),+) -> PyResult<PyClassInitializer<$class>> {
                Ok($class::init(model::$class::new($($k,)? $($letter),+).or_raise()?))
            }

            /// The model of maximum likelihood, with the evidence that the fit can be trusted.
            #[staticmethod]
            #[pyo3(signature = (purchases, *, $($k=None,)? penalty=0.0, priors=None, start=None, threads=0))]
            fn fit(
                py: Python<'_>,
                purchases: &Bound<'_, Purchases>,
                $($k: Option<u32>,)?
                penalty: f64,
                priors: Option<&Bound<'_, PyDict>>,
                start: Option<Vec<f64>>,
                threads: i64,
            ) -> PyResult<Fit> {
                let options = fit::options(penalty, priors, start, threads)?;
                let purchases = of(purchases);
                let fitted = py.detach(|| model::$class::fit(purchases, $($k,)? &options)).or_raise()?;
                Ok(Fit::new(fitted.map(Model::from), options))
            }

            /// Draws from the posterior of the parameters.
            #[staticmethod]
            #[pyo3(signature = (purchases, *, $($k=None,)? chains=4, tune=1000, draws=1000, seed=0, priors=None, threads=0, progress=None))]
            #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
            fn posterior(
                py: Python<'_>,
                purchases: &Bound<'_, Purchases>,
                $($k: Option<u32>,)?
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
                posterior::sample(py, options, progress, |options| {
                    Ok(model::$class::posterior(purchases, $($k,)? options)?.map(Model::from))
                })
            }

            $(
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
                    $covariates::fit(py, model::$class::NAME, purchases, covariates, options)
                }
            )?

            $(
                /// The purchases after which a gap counts once: 1 is buying at random, more is buying more regularly.
                #[getter]
                fn $k(&self) -> u32 {
                    self.model.$k()
                }
            )?

            $(
                #[getter]
                fn $letter(&self) -> f64 {
                    self.model.$letter()
                }
            )+
        }
    };
}

class! {
    /// Customers who never leave: purchases at random, at rates that differ (Ehrenberg 1959).
    Nbd { r, alpha }
}
class! {
    /// Customers who may leave at any time: the Pareto/NBD (Schmittlein, Morrison & Colombo 1987).
    ParetoNbd { r, alpha, s, beta } with covariates
}
class! {
    /// Customers who may leave after a repeat purchase: the BG/NBD (Fader, Hardie & Lee 2005).
    BgNbd { r, alpha, a, b } with covariates
}
class! {
    /// Customers who may leave after any purchase, the first included: the MBG/NBD (Batislam, Denizel & Filiztekin 2007).
    MbgNbd { r, alpha, a, b } with covariates
}
class! {
    /// The BG/NBD with regular buying: the BG/CNBD-k (Platzer & Reutterer 2016).
    BgCnbdK (k) { r, alpha, a, b }
}
class! {
    /// The MBG/NBD with regular buying: the MBG/CNBD-k (Platzer & Reutterer 2016).
    MbgCnbdK (k) { r, alpha, a, b }
}

/// A model as an object of its class.
pub(crate) fn bind(py: Python<'_>, model: Model) -> PyResult<Bound<'_, PyAny>> {
    Ok(match model {
        Model::Nbd(model) => Bound::new(py, Nbd::init(model))?.into_any(),
        Model::ParetoNbd(model) => Bound::new(py, ParetoNbd::init(model))?.into_any(),
        Model::BgNbd(model) => Bound::new(py, BgNbd::init(model))?.into_any(),
        Model::MbgNbd(model) => Bound::new(py, MbgNbd::init(model))?.into_any(),
        Model::BgCnbdK(model) => Bound::new(py, BgCnbdK::init(model))?.into_any(),
        Model::MbgCnbdK(model) => Bound::new(py, MbgCnbdK::init(model))?.into_any(),
    })
}
