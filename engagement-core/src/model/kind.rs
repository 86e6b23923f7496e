//! Which model, before there are parameters.

use std::str::FromStr;

use super::any::Model;
use super::fit::{Estimated, Fit, FitOptions};
use super::parameters::Parameters;
use super::{BgCnbdK, BgNbd, MbgCnbdK, MbgNbd, Nbd, ParetoNbd};
use crate::error::{Error, ErrorKind, Result};
use crate::purchases::Purchases;

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
    /// [`Nbd`].
    Nbd,
    /// [`ParetoNbd`].
    ParetoNbd,
    /// [`BgNbd`].
    BgNbd,
    /// [`MbgNbd`].
    MbgNbd,
    /// [`BgCnbdK`] with the k of the highest likelihood.
    BgCnbdK,
    /// [`MbgCnbdK`] with the k of the highest likelihood.
    MbgCnbdK,
}

impl ModelKind {
    /// All of them.
    pub const ALL: [ModelKind; 6] =
        [ModelKind::Nbd, ModelKind::ParetoNbd, ModelKind::BgNbd, ModelKind::MbgNbd, ModelKind::BgCnbdK, ModelKind::MbgCnbdK];

    /// The model's name in files and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ModelKind::Nbd => Nbd::NAME,
            ModelKind::ParetoNbd => ParetoNbd::NAME,
            ModelKind::BgNbd => BgNbd::NAME,
            ModelKind::MbgNbd => MbgNbd::NAME,
            ModelKind::BgCnbdK => BgCnbdK::NAME,
            ModelKind::MbgCnbdK => MbgCnbdK::NAME,
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
            ModelKind::Nbd => Nbd::fit(purchases, options)?.map(Model::from),
            ModelKind::ParetoNbd => ParetoNbd::fit(purchases, options)?.map(Model::from),
            ModelKind::BgNbd => BgNbd::fit(purchases, options)?.map(Model::from),
            ModelKind::MbgNbd => MbgNbd::fit(purchases, options)?.map(Model::from),
            ModelKind::BgCnbdK => BgCnbdK::fit(purchases, None, options)?.map(Model::from),
            ModelKind::MbgCnbdK => MbgCnbdK::fit(purchases, None, options)?.map(Model::from),
        })
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

impl Estimated for Model {
    fn names(&self) -> Vec<String> {
        self.parameters().into_iter().map(|(name, _)| name.to_owned()).collect()
    }

    fn estimates(&self) -> Vec<f64> {
        self.parameters().into_iter().map(|(_, value)| value).collect()
    }

    fn with_estimates(&self, values: &[f64]) -> Result<Model> {
        Ok(match self {
            Model::Nbd(model) => model.with_values(values)?.into(),
            Model::ParetoNbd(model) => model.with_values(values)?.into(),
            Model::BgNbd(model) => model.with_values(values)?.into(),
            Model::MbgNbd(model) => model.with_values(values)?.into(),
            Model::BgCnbdK(model) => model.with_values(values)?.into(),
            Model::MbgCnbdK(model) => model.with_values(values)?.into(),
        })
    }

    fn is_positive(&self, _: usize) -> bool {
        true
    }
}
