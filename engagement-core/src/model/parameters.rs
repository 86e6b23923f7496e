//! A model is its parameters, and a parameter's domain is checked once.

use crate::error::{Error, ErrorKind, Result};

/// What every model of this module is: named parameters, all of them positive and finite.
///
/// ```
/// use engagement_core::model::{MbgNbd, Parameters};
///
/// let model = MbgNbd::new(0.525, 6.183, 0.891, 1.614)?;
/// assert_eq!(MbgNbd::NAME, "mbg-nbd");
/// assert_eq!(MbgNbd::PARAMETERS, ["r", "alpha", "a", "b"]);
/// assert_eq!(model.values(), [0.525, 6.183, 0.891, 1.614]);
/// assert_eq!(MbgNbd::new(0.525, 6.183, 0.0, 1.614).unwrap_err().to_string(), "a: 0 is not a positive finite number");
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub trait Parameters: Clone + std::fmt::Debug + PartialEq + Send + Sync {
    /// The model's name in files and on the command line.
    const NAME: &'static str;
    /// The names of the fitted parameters: the letters of the paper, in its order.
    const PARAMETERS: &'static [&'static str];

    /// The values of the fitted parameters, in that order.
    fn values(&self) -> Vec<f64>;

    /// The same model with other values of the fitted parameters; what is not fitted stays.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] naming the parameter, its value and its domain.
    fn with_values(&self, values: &[f64]) -> Result<Self>;
}

/// Checks that a parameter is positive and finite.
pub(crate) fn positive(name: &str, value: f64) -> Result<f64> {
    if value > 0.0 && value.is_finite() {
        return Ok(value);
    }
    Err(Error::new(ErrorKind::InvalidArgument, format!("{name}: {value} is not a positive finite number")))
}

/// Checks a number of time units, from 0 to infinity.
pub(crate) fn time(name: &str, value: f64) -> Result<f64> {
    if value >= 0.0 {
        return Ok(value);
    }
    Err(Error::new(ErrorKind::InvalidArgument, format!("{name}: {value} is not a number of time units of at least 0")))
}

/// Declares a model: a struct of positive parameters with a checked constructor, getters, serde and [`Parameters`].
macro_rules! parameters {
    ($(#[$doc:meta])* $model:ident = $name:literal { $($(#[$about:meta])* $letter:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "document::Document")]
        pub struct $model {
            $(pub(crate) $letter: f64,)+
        }

        impl $model {
            /// The model with these parameters.
            ///
            /// # Errors
            /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) naming the parameter that is not a positive
            /// finite number.
            pub fn new($($letter: f64),+) -> crate::error::Result<$model> {
                $(let $letter = crate::model::parameters::positive(stringify!($letter), $letter)?;)+
                Ok($model { $($letter),+ })
            }

            $(
                $(#[$about])*
                #[must_use]
                pub const fn $letter(&self) -> f64 {
                    self.$letter
                }
            )+
        }

        impl crate::model::Parameters for $model {
            const NAME: &'static str = $name;
            const PARAMETERS: &'static [&'static str] = &[$(stringify!($letter)),+];

            fn values(&self) -> Vec<f64> {
                vec![$(self.$letter),+]
            }

            fn with_values(&self, values: &[f64]) -> crate::error::Result<$model> {
                let &[$($letter),+] = values else {
                    return Err(crate::error::Error::new(
                        crate::error::ErrorKind::InvalidArgument,
                        format!("{} values for the parameters {} of {}", values.len(), Self::PARAMETERS.join(", "), Self::NAME),
                    ));
                };
                $model::new($($letter),+)
            }
        }

        mod document {
            /// The parameters as a file holds them, not checked yet.
            #[derive(serde::Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(super) struct Document {
                $($letter: f64,)+
            }

            impl TryFrom<Document> for super::$model {
                type Error = crate::error::Error;

                fn try_from(document: Document) -> crate::error::Result<super::$model> {
                    super::$model::new($(document.$letter),+)
                }
            }
        }
    };
}
pub(crate) use parameters;
