//! A model with covariates that is chosen at run time, and the plain model that it is of one customer.

use serde::{Deserialize, Serialize};

use super::any::Model;
use super::covariates::{Covariates, WithCovariates};
use super::fit::{Estimated, Fit, FitOptions};
use super::{BgNbd, GammaGamma, MbgNbd, Parameters, ParetoNbd};
use crate::error::{Error, ErrorKind, Result};
use crate::purchases::Purchases;

/// What a model with covariates is of one customer: a model of repeat buying or of spend, with all its predictions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CustomerModel {
    /// How the customer buys again and stops.
    Purchases(Model),
    /// What the customer's purchases are worth.
    Spend(GammaGamma),
}

impl CustomerModel {
    /// The name of the model, with covariates and without.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            CustomerModel::Purchases(model) => model.name(),
            CustomerModel::Spend(_) => GammaGamma::NAME,
        }
    }

    /// The model of repeat buying.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: it is one of spend.
    pub fn purchases(&self) -> Result<&Model> {
        match self {
            CustomerModel::Purchases(model) => Ok(model),
            CustomerModel::Spend(_) => refused(format!("{} is a model of spend, not of purchases", self.name())),
        }
    }

    /// The model of spend.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: it is one of purchases.
    pub fn spend(&self) -> Result<&GammaGamma> {
        match self {
            CustomerModel::Spend(model) => Ok(model),
            CustomerModel::Purchases(_) => refused(format!("{} is a model of purchases, not of spend", self.name())),
        }
    }

    /// The log-likelihood of the customer of a row: of the purchases, or of what they were worth.
    ///
    /// # Panics
    /// If there is no such row.
    ///
    /// # Example
    /// ```
    /// use engagement_core::model::{BgNbd, CustomerModel, PurchaseModel};
    /// use engagement_core::{TimeUnit, simulate};
    ///
    /// let model = BgNbd::new(0.5, 4.4, 0.8, 2.4)?;
    /// let drawn = simulate::purchases(&model, &[52.0; 3], None, TimeUnit::Week, 3, 0)?;
    /// assert_eq!(CustomerModel::from(model).log_likelihood(&drawn, 2), model.log_likelihood(&drawn.history(2)));
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    #[must_use]
    pub fn log_likelihood(&self, purchases: &Purchases, row: usize) -> f64 {
        match self {
            CustomerModel::Purchases(model) => model.log_likelihood(&purchases.history(row)),
            CustomerModel::Spend(model) => model.log_likelihood(&purchases.spend(row)),
        }
    }
}

fn refused<T>(message: String) -> Result<T> {
    Err(Error::new(ErrorKind::InvalidArgument, message))
}

impl<M: Into<Model>> From<M> for CustomerModel {
    fn from(model: M) -> CustomerModel {
        CustomerModel::Purchases(model.into())
    }
}

impl From<GammaGamma> for CustomerModel {
    fn from(model: GammaGamma) -> CustomerModel {
        CustomerModel::Spend(model)
    }
}

macro_rules! any {
    ($($model:ident = $name:literal),+ $(,)?) => {
        /// Any of the models that take covariates, with its coefficients: what a program chooses while it runs.
        ///
        /// In a file it is the name of the model, its parameters where all covariates are 0, and the names and the coefficients of
        /// the covariates.
        ///
        /// ```
        /// use engagement_core::model::{CovariateModel, CustomerModel, GammaGamma, WithCovariates};
        ///
        /// let spend = WithCovariates::new(GammaGamma::new(6.25, 3.74, 15.44)?, &["online"], vec![0.2])?;
        /// let model = CovariateModel::GammaGamma(spend);
        /// assert_eq!((model.name(), model.covariates()), ("gamma-gamma", &["online".to_owned()][..]));
        /// let CustomerModel::Spend(online) = model.of(&[1.0])? else { panic!("a model of spend") };
        /// assert_eq!(online.v(), 15.44 * 0.2_f64.exp());
        ///
        /// let text = concat!(
        ///     r#"{"model":"gamma-gamma","base":{"p":6.25,"q":3.74,"v":15.44},"#,
        ///     r#""covariates":["online"],"coefficients":[0.2]}"#,
        /// );
        /// assert_eq!(model.to_json()?, text);
        /// assert_eq!(CovariateModel::from_json(text)?, model);
        /// # Ok::<(), engagement_core::Error>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "model")]
        pub enum CovariateModel {
            $(
                #[doc = concat!("[`", stringify!($model), "`] with covariates.")]
                #[serde(rename = $name)]
                $model(WithCovariates<$model>),
            )+
        }

        /// The same work on whichever model it is.
        macro_rules! on {
            ($any:expr, $with:ident => $work:expr) => {
                match $any {
                    $(CovariateModel::$model($with) => $work,)+
                }
            };
        }

        $(impl From<WithCovariates<$model>> for CovariateModel {
            fn from(model: WithCovariates<$model>) -> CovariateModel {
                CovariateModel::$model(model)
            }
        })+

        impl CovariateModel {
            /// The names of the models that take covariates.
            pub const NAMES: [&'static str; [$($name),+].len()] = [$($name),+];

            /// The name of the model without covariates.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(CovariateModel::$model(_) => $model::NAME,)+
                }
            }

            /// The model of maximum likelihood, by the name of the model without covariates. `covariates` has a row for each row of
            /// the purchases.
            ///
            /// # Errors
            /// [`ErrorKind::InvalidArgument`]: no model of this name takes covariates. As [`WithCovariates::fit`], too.
            ///
            /// # Example
            /// ```
            /// use engagement_core::model::{CovariateModel, Covariates, Estimated, FitOptions, MbgNbd};
            /// use engagement_core::{TimeUnit, simulate};
            ///
            /// let truth = MbgNbd::new(0.525, 6.183, 0.891, 1.614)?;
            /// let drawn = simulate::purchases(&truth, &[40.0; 500], None, TimeUnit::Week, 3, 0)?;
            /// let known = Covariates::new(&["online"], (0..500).map(|row| f64::from(row % 2)).collect())?;
            /// let fit = CovariateModel::fit("mbg-nbd", &drawn, &known, &FitOptions::default())?;
            /// assert_eq!(fit.model.names()[4..], ["alpha: online", "a: online", "b: online"]);
            /// # Ok::<(), engagement_core::Error>(())
            /// ```
            pub fn fit(
                name: &str,
                purchases: &Purchases,
                covariates: &Covariates,
                options: &FitOptions,
            ) -> Result<Fit<CovariateModel>> {
                match name {
                    $($name => Ok(WithCovariates::<$model>::fit(purchases, covariates, options)?.map(CovariateModel::$model)),)+
                    _ => refused(format!("model: \"{name}\" takes no covariates; {} do", CovariateModel::NAMES.join(", "))),
                }
            }
        }
    };
}

any! {
    ParetoNbd = "pareto-nbd",
    BgNbd = "bg-nbd",
    MbgNbd = "mbg-nbd",
    GammaGamma = "gamma-gamma",
}

impl CovariateModel {
    /// The names of the covariates, in order.
    #[must_use]
    pub fn covariates(&self) -> &[String] {
        on!(self, model => model.covariates())
    }

    /// The coefficients: for each parameter that depends on covariates, in the model's order, one for each covariate.
    #[must_use]
    pub fn coefficients(&self) -> &[f64] {
        on!(self, model => model.coefficients())
    }

    /// The model of customers whose covariates are all 0.
    #[must_use]
    pub fn base(&self) -> CustomerModel {
        on!(self, model => (*model.base()).into())
    }

    /// The model of a customer with these covariates.
    ///
    /// # Errors
    /// As [`WithCovariates::of`].
    pub fn of(&self, covariates: &[f64]) -> Result<CustomerModel> {
        Ok(on!(self, model => model.of(covariates)?.into()))
    }

    /// The model as JSON: its name, parameters, covariates and coefficients, no data.
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
    pub fn from_json(text: &str) -> Result<CovariateModel> {
        serde_json::from_str(text).map_err(|e| Error::new(ErrorKind::InvalidArgument, format!("model: {e}")))
    }
}

impl Estimated for CovariateModel {
    fn names(&self) -> Vec<String> {
        on!(self, model => model.names())
    }

    fn estimates(&self) -> Vec<f64> {
        on!(self, model => model.estimates())
    }

    fn with_estimates(&self, values: &[f64]) -> Result<CovariateModel> {
        Ok(on!(self, model => model.with_estimates(values)?.into()))
    }

    fn is_positive(&self, index: usize) -> bool {
        on!(self, model => model.is_positive(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Covariate;

    #[test]
    fn a_file_says_what_the_model_is_called() {
        let names = [ParetoNbd::NAME, BgNbd::NAME, MbgNbd::NAME, GammaGamma::NAME];
        assert_eq!(CovariateModel::NAMES, names);
    }

    /// A plain model, its coefficients of two covariates, and everything the two forms say.
    fn round_trip<M: Covariate + Copy + Into<CustomerModel>>(plain: M)
    where
        CovariateModel: From<WithCovariates<M>>,
    {
        let coefficients = (0..M::SCALED.len() * 2).map(|i| 0.1 - 0.07 * i as f64).collect();
        let with = WithCovariates::new(plain, &["online", "age"], coefficients).unwrap();
        let model = CovariateModel::from(with.clone());
        let json = model.to_json().unwrap();
        assert_eq!(CovariateModel::from_json(&json).unwrap(), model, "{json}");
        assert_eq!((model.name(), model.base().name()), (M::NAME, M::NAME));
        assert_eq!((model.covariates(), model.coefficients()), (with.covariates(), with.coefficients()));
        assert_ne!(model.base().purchases().is_ok(), model.base().spend().is_ok());
        assert_eq!(with.coefficients(), &with.estimates()[M::PARAMETERS.len()..]);
        assert_eq!(model.base(), plain.into());
        assert_eq!(model.of(&[1.0, 30.0]).unwrap(), with.of(&[1.0, 30.0]).unwrap().into());
        assert_eq!((model.names(), model.estimates()), (with.names(), with.estimates()));
        assert_eq!(model.with_estimates(&with.estimates()).unwrap(), model);
        assert_eq!((model.is_positive(0), model.is_positive(with.names().len() - 1)), (true, false));
        // A document is checked as the constructor checks.
        for (from, to, said) in [
            ("[\"online\",\"age\"]", "[\"online\",\"online\"]", "names: online is there twice"),
            ("[\"online\",\"age\"]", "[]", "names: there are no covariates"),
            ("\"coefficients\":[", "\"coefficients\":[0.5,", "coefficients: "),
            ("\"base\":{", "\"base\":{\"x\":1,", "unknown field `x`"),
            ("\"covariates\"", "\"x\":1,\"covariates\"", "unknown field `x`"),
            (M::NAME, "nbd", "unknown variant `nbd`"),
        ] {
            let error = CovariateModel::from_json(&json.replacen(from, to, 1)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.to_string().contains(said), "{}: {error}", M::NAME);
        }
    }

    #[test]
    fn every_model_is_read_as_it_was_written() {
        round_trip(ParetoNbd::new(0.553, 10.578, 0.606, 11.669).unwrap());
        round_trip(BgNbd::new(0.243, 4.414, 0.793, 2.426).unwrap());
        round_trip(MbgNbd::new(0.525, 6.183, 0.891, 1.614).unwrap());
        round_trip(GammaGamma::new(6.25, 3.74, 15.44).unwrap());
    }
}
