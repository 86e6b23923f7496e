//! A model of repeat buying that is chosen at run time, as a file names it, with parameters and before there are any.

use std::ops::Deref;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::fit::{Estimated, Fit, FitOptions};
#[cfg(feature = "posterior")]
use super::posterior::{Posterior, PosteriorOptions};
use super::{BgCnbdK, BgNbd, MbgCnbdK, MbgNbd, Nbd, Parameters, ParetoNbd, PurchaseModel};
use crate::error::{Error, ErrorKind, Result};
use crate::purchases::Purchases;
use crate::stay::PurchaseRate;

macro_rules! any {
    ($($(#[$about:meta])* $model:ident = $name:literal, fitted by ($($k:expr, $again:expr, $with:literal)?)),+ $(,)?) => {
        /// Any of the models of repeat buying, with its parameters: what a rulebook holds and what a program chooses while it runs.
        ///
        /// It answers whatever a [`PurchaseModel`] answers. In a file it is a table of the model's name and of the parameters by
        /// the letters of the paper; a letter the model does not have is refused.
        ///
        /// ```
        /// use engagement_core::model::{MbgNbd, Model, PurchaseHistory, PurchaseModel};
        ///
        /// let model: Model = MbgNbd::new(0.525, 6.183, 0.891, 1.614)?.into();
        /// assert_eq!(model.name(), "mbg-nbd");
        /// let customer = PurchaseHistory::new(2, 30.43, 38.86)?;
        /// assert!(model.probability_alive(&customer) < 1.0);
        ///
        /// let text = r#"{"model":"mbg-nbd","r":0.525,"alpha":6.183,"a":0.891,"b":1.614}"#;
        /// assert_eq!(serde_json::to_string(&model).unwrap(), text);
        /// assert_eq!(serde_json::from_str::<Model>(text).unwrap(), model);
        /// # Ok::<(), engagement_core::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "model")]
        pub enum Model {
            $($(#[$about])* #[serde(rename = $name)] $model($model),)+
        }

        impl Model {
            /// The model's name in files and on the command line.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Model::$model(_) => $model::NAME,)+
                }
            }

            /// Fits a model of the same kind, with the same `k` where it has one, to other customers: what a bootstrap does with those
            /// drawn from it.
            ///
            /// # Errors
            /// As the model's own `fit`.
            ///
            /// # Example
            /// ```
            /// use engagement_core::model::{FitOptions, Model, Nbd};
            /// use engagement_core::{TimeUnit, simulate};
            ///
            /// let model: Model = Nbd::new(0.8, 10.0)?.into();
            /// let drawn = simulate::purchases(&*model, &[40.0; 500], None, TimeUnit::Week, 3, 0)?;
            /// assert_eq!(model.refit(&drawn, &FitOptions::default())?.model.name(), "nbd");
            /// # Ok::<(), engagement_core::Error>(())
            /// ```
            pub fn refit(&self, purchases: &Purchases, options: &FitOptions) -> Result<Fit<Model>> {
                Ok(match self {
                    $(Model::$model(_model) => $model::fit(purchases, $($again(_model),)? options)?.map(Model::from),)+
                })
            }

            /// The names of the fitted parameters and their values, in the paper's order.
            #[must_use]
            pub fn parameters(&self) -> Vec<(&'static str, f64)> {
                match self {
                    $(Model::$model(model) => $model::PARAMETERS.iter().copied().zip(model.values()).collect(),)+
                }
            }
        }

        impl Deref for Model {
            type Target = dyn PurchaseModel;

            fn deref(&self) -> &Self::Target {
                match self {
                    $(Model::$model(model) => model,)+
                }
            }
        }

        impl Estimated for Model {
            fn names(&self) -> Vec<String> {
                self.parameters().into_iter().map(|(name, _)| name.to_owned()).collect()
            }

            fn estimates(&self) -> Vec<f64> {
                self.parameters().into_iter().map(|(_, value)| value).collect()
            }

            fn with_estimates(&self, values: &[f64]) -> Result<Model> {
                Ok(match self {
                    $(Model::$model(model) => model.with_values(values)?.into(),)+
                })
            }

            fn is_positive(&self, _: usize) -> bool {
                true
            }
        }

        $(impl From<$model> for Model {
            fn from(model: $model) -> Model {
                Model::$model(model)
            }
        })+

        /// A model of repeat buying that is still to be fitted.
        ///
        /// ```
        /// use engagement_core::model::ModelKind;
        ///
        /// assert_eq!("mbg-nbd".parse::<ModelKind>()?, ModelKind::MbgNbd);
        /// assert_eq!(ModelKind::ALL.len(), 6);
        /// # Ok::<(), engagement_core::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ModelKind {
            $(#[doc = concat!("[`", stringify!($model), "`]" $(, $with)?, ".")] $model,)+
        }

        impl ModelKind {
            /// All of them.
            pub const ALL: [ModelKind; [$($name),+].len()] = [$(ModelKind::$model),+];

            /// The model's name in files and on the command line.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(ModelKind::$model => $model::NAME,)+
                }
            }

            /// Fits the model to customers.
            ///
            /// # Errors
            /// [`ErrorKind::FitFailed`] with the best point, as the model's own `fit`.
            ///
            /// # Example
            /// ```
            /// use engagement_core::model::{FitOptions, ModelKind, Nbd};
            /// use engagement_core::{TimeUnit, simulate};
            ///
            /// let drawn = simulate::purchases(&Nbd::new(0.8, 10.0)?, &[40.0; 500], None, TimeUnit::Week, 3, 0)?;
            /// let fit = ModelKind::Nbd.fit(&drawn, &FitOptions::default())?;
            /// assert_eq!(fit.model.name(), "nbd");
            /// # Ok::<(), engagement_core::Error>(())
            /// ```
            pub fn fit(self, purchases: &Purchases, options: &FitOptions) -> Result<Fit<Model>> {
                Ok(match self {
                    $(ModelKind::$model => $model::fit(purchases, $($k,)? options)?.map(Model::from),)+
                })
            }

            /// Draws from the posterior of the model's parameters; those with a `k` take that of the best fit.
            ///
            /// # Errors
            /// As the model's own `posterior`.
            #[cfg(feature = "posterior")]
            pub fn posterior(self, purchases: &Purchases, options: &PosteriorOptions<'_>) -> Result<Posterior<Model>> {
                Ok(match self {
                    $(ModelKind::$model => $model::posterior(purchases, $($k,)? options)?.map(Model::from),)+
                })
            }
        }

        #[cfg(test)]
        mod tests {
            use super::*;

            #[test]
            fn a_file_says_what_the_model_is_called() {
                $(assert_eq!($model::NAME, $name);)+
            }
        }
    };
}

any! {
    /// Customers who never leave.
    Nbd = "nbd", fitted by (),
    /// Customers who may leave at any time.
    ParetoNbd = "pareto-nbd", fitted by (),
    /// Customers who may leave after a repeat purchase.
    BgNbd = "bg-nbd", fitted by (),
    /// Customers who may leave after any purchase.
    MbgNbd = "mbg-nbd", fitted by (),
    /// [`BgNbd`](Model::BgNbd) with more regular buying.
    BgCnbdK = "bg-cnbd-k", fitted by (None, |model: &BgCnbdK| Some(model.k()), " with the k of the highest likelihood"),
    /// [`MbgNbd`](Model::MbgNbd) with more regular buying.
    MbgCnbdK = "mbg-cnbd-k", fitted by (None, |model: &MbgCnbdK| Some(model.k()), " with the k of the highest likelihood"),
}

impl Model {
    /// The regularity of buying, of a model that has one.
    #[must_use]
    pub const fn k(&self) -> Option<u32> {
        match self {
            Model::BgCnbdK(model) => Some(model.k()),
            Model::MbgCnbdK(model) => Some(model.k()),
            _ => None,
        }
    }

    /// How purchase rates differ between customers, of a model whose customers buy at random times; `None` for those that buy more
    /// regularly.
    ///
    /// ```
    /// use engagement_core::model::{BgCnbdK, MbgNbd, Model};
    ///
    /// let rate = Model::from(MbgNbd::new(0.525, 6.183, 0.891, 1.614)?).purchase_rate().unwrap();
    /// assert_eq!((rate.r, rate.alpha), (0.525, 6.183));
    /// assert_eq!(Model::from(BgCnbdK::new(2, 0.525, 6.183, 0.891, 1.614)?).purchase_rate(), None);
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    #[must_use]
    pub const fn purchase_rate(&self) -> Option<PurchaseRate> {
        let (r, alpha) = match self {
            Model::Nbd(model) => (model.r(), model.alpha()),
            Model::ParetoNbd(model) => (model.r(), model.alpha()),
            Model::BgNbd(model) => (model.r(), model.alpha()),
            Model::MbgNbd(model) => (model.r(), model.alpha()),
            Model::BgCnbdK(_) | Model::MbgCnbdK(_) => return None,
        };
        Some(PurchaseRate { r, alpha })
    }

    /// The model as JSON: its name and its parameters, no data.
    ///
    /// # Errors
    /// None that the types allow; the result is there for the writer's sake.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| Error::new(ErrorKind::InvalidArgument, e.to_string()))
    }

    /// The model that JSON says.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] naming what is unknown, missing or outside its domain.
    ///
    /// # Example
    /// ```
    /// use engagement_core::model::{Model, Nbd};
    ///
    /// let model = Model::from_json(r#"{"model":"nbd","r":0.385,"alpha":12.072}"#)?;
    /// assert_eq!(model, Nbd::new(0.385, 12.072)?.into());
    /// assert_eq!(Model::from_json(&model.to_json()?)?, model);
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Model> {
        serde_json::from_str(text).map_err(|e| Error::new(ErrorKind::InvalidArgument, format!("model: {e}")))
    }
}

impl FromStr for ModelKind {
    type Err = Error;

    fn from_str(name: &str) -> Result<ModelKind> {
        ModelKind::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or_else(|| {
            let names = ModelKind::ALL.map(ModelKind::as_str).join(", ");
            Error::new(ErrorKind::InvalidArgument, format!("model: \"{name}\" is none of {names}"))
        })
    }
}
