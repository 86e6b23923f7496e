//! A model of any kind, and Python's object of it.

use engagement_core::Result;
use engagement_core::model::{
    BetaDiscreteWeibull, BgBb, CovariateModel, Estimated, GammaGamma, Model, Parameters as _, ShiftedBetaGeometric,
};
use pyo3::prelude::*;

use super::covariates;
use super::purchase_model::PurchaseModel;
use super::{opportunities, purchase_models, renewals, spend};
use crate::errors::wrong_type;

/// A model of any of the kinds that are fitted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum AnyModel {
    Purchases(Model),
    Covariates(CovariateModel),
    Spend(GammaGamma),
    Opportunities(BgBb),
    Geometric(ShiftedBetaGeometric),
    Weibull(BetaDiscreteWeibull),
}

/// The same work on whichever model it is.
macro_rules! on {
    ($any:expr, $model:ident => $work:expr) => {
        match $any {
            AnyModel::Purchases($model) => $work,
            AnyModel::Covariates($model) => $work,
            AnyModel::Spend($model) => $work,
            AnyModel::Opportunities($model) => $work,
            AnyModel::Geometric($model) => $work,
            AnyModel::Weibull($model) => $work,
        }
    };
}

macro_rules! from {
    ($($variant:ident($model:ty)),+) => {
        $(impl From<$model> for AnyModel {
            fn from(model: $model) -> AnyModel {
                AnyModel::$variant(model)
            }
        })+
    };
}
from!(
    Purchases(Model),
    Covariates(CovariateModel),
    Spend(GammaGamma),
    Opportunities(BgBb),
    Geometric(ShiftedBetaGeometric),
    Weibull(BetaDiscreteWeibull)
);

impl AnyModel {
    /// The name in files and on the command line; that of the base where there are covariates.
    pub(super) fn name(&self) -> &'static str {
        match self {
            AnyModel::Purchases(model) => model.name(),
            AnyModel::Covariates(model) => model.name(),
            AnyModel::Spend(_) => GammaGamma::NAME,
            AnyModel::Opportunities(_) => BgBb::NAME,
            AnyModel::Geometric(_) => ShiftedBetaGeometric::NAME,
            AnyModel::Weibull(_) => BetaDiscreteWeibull::NAME,
        }
    }

    /// The regularity of buying, of a model that has one.
    pub(super) fn k(&self) -> Option<u32> {
        if let AnyModel::Purchases(model) = self { model.k() } else { None }
    }

    /// The model of an object of one of the classes.
    pub(super) fn of(object: &Bound<'_, PyAny>) -> PyResult<AnyModel> {
        Ok(if let Ok(model) = object.cast::<PurchaseModel>() {
            model.get().model.into()
        } else if let Ok(model) = object.cast::<covariates::WithCovariates>() {
            model.get().model.clone().into()
        } else if let Ok(model) = object.cast::<spend::GammaGamma>() {
            model.get().model.into()
        } else if let Ok(model) = object.cast::<opportunities::BgBb>() {
            model.get().model.into()
        } else if let Ok(model) = object.cast::<renewals::ShiftedBetaGeometric>() {
            model.get().model.into()
        } else {
            let refused = || wrong_type("a model is expected", object);
            object.cast::<renewals::BetaDiscreteWeibull>().map_err(|_| refused())?.get().model.into()
        })
    }

    /// The estimates of models of one kind as a column.
    pub(super) fn column(models: &[AnyModel]) -> Vec<f64> {
        models.iter().flat_map(Estimated::estimates).collect()
    }

    /// The models of this kind that such a column says.
    pub(super) fn all(&self, column: &[f64]) -> Result<Vec<AnyModel>> {
        column.chunks(self.estimates().len().max(1)).map(|values| self.with_estimates(values)).collect()
    }

    /// The model as the object of its class.
    pub(super) fn bind<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(match self {
            AnyModel::Purchases(model) => purchase_models::bind(py, *model)?,
            AnyModel::Covariates(model) => Bound::new(py, covariates::WithCovariates { model: model.clone() })?.into_any(),
            AnyModel::Spend(model) => Bound::new(py, spend::GammaGamma { model: *model })?.into_any(),
            AnyModel::Opportunities(model) => Bound::new(py, opportunities::BgBb { model: *model })?.into_any(),
            AnyModel::Geometric(model) => Bound::new(py, renewals::ShiftedBetaGeometric { model: *model })?.into_any(),
            AnyModel::Weibull(model) => Bound::new(py, renewals::BetaDiscreteWeibull { model: *model })?.into_any(),
        })
    }
}

impl Estimated for AnyModel {
    fn names(&self) -> Vec<String> {
        on!(self, model => model.names())
    }

    fn estimates(&self) -> Vec<f64> {
        on!(self, model => model.estimates())
    }

    fn with_estimates(&self, values: &[f64]) -> Result<AnyModel> {
        on!(self, model => model.with_estimates(values).map(AnyModel::from))
    }

    fn is_positive(&self, index: usize) -> bool {
        on!(self, model => model.is_positive(index))
    }
}
