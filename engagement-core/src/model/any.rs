//! A model of repeat buying that is chosen at run time, as a file names it.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::{BgCnbdK, BgNbd, MbgCnbdK, MbgNbd, Nbd, Parameters, ParetoNbd, PurchaseModel};

macro_rules! any {
    ($($(#[$about:meta])* $model:ident = $name:literal),+ $(,)?) => {
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

        $(impl From<$model> for Model {
            fn from(model: $model) -> Model {
                Model::$model(model)
            }
        })+

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
    Nbd = "nbd",
    /// Customers who may leave at any time.
    ParetoNbd = "pareto-nbd",
    /// Customers who may leave after a repeat purchase.
    BgNbd = "bg-nbd",
    /// Customers who may leave after any purchase.
    MbgNbd = "mbg-nbd",
    /// [`BgNbd`](Model::BgNbd) with more regular buying.
    BgCnbdK = "bg-cnbd-k",
    /// [`MbgNbd`](Model::MbgNbd) with more regular buying.
    MbgCnbdK = "mbg-cnbd-k",
}
