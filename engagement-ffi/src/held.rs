//! What a model handle holds: a model of one of the sorts, and its fit if it was fitted here.

use engagement_core::model::{
    BetaDiscreteWeibull, BgBb, BgCnbdK, Bootstrap, CovariateModel, CustomerModel, Estimated, Fit, FitOptions, GammaGamma,
    MbgCnbdK, Model, ModelKind, Opportunities, Parameters, Posterior, PosteriorOptions, RenewalModel, Renewals,
    ShiftedBetaGeometric,
};
use engagement_core::{Error, ErrorKind, Purchases, Result};
use serde::{Deserialize, Serialize};

use crate::load::json;
use crate::purchases::Summary;

/// What a model handle holds.
#[derive(Default)]
pub(crate) struct Slot {
    /// How the next fit is made.
    pub(crate) options: FitOptions,
    /// Phases of a gap of the next fit; chosen from the data without.
    pub(crate) k: Option<u32>,
    /// The names of the covariates of the next fit.
    pub(crate) covariates: Vec<String>,
    pub(crate) held: Option<Held>,
}

/// A model of one of the sorts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sort {
    Purchases(Model),
    Covariates(CovariateModel),
    Special(Special),
}

/// The models that a rulebook's `[forecast.purchases]` does not name.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "model")]
pub(crate) enum Special {
    #[serde(rename = "gamma-gamma")]
    Spend(GammaGamma),
    #[serde(rename = "bg-bb")]
    Opportunities(BgBb),
    #[serde(rename = "shifted-beta-geometric")]
    Constant(ShiftedBetaGeometric),
    #[serde(rename = "beta-discrete-weibull")]
    Changing(BetaDiscreteWeibull),
}

/// The names of the models that are `Special`.
const SPECIAL: [&str; 4] = [GammaGamma::NAME, BgBb::NAME, ShiftedBetaGeometric::NAME, BetaDiscreteWeibull::NAME];

/// A model, and its fit if it was fitted here.
pub(crate) enum Held {
    Loaded(Sort),
    Fitted(Box<Fitted>),
}

/// A fit, and what there is to know of it.
pub(crate) struct Fitted {
    pub(crate) fit: Fit<Sort>,
    /// How it was made.
    pub(crate) options: FitOptions,
    pub(crate) notes: Vec<String>,
    pub(crate) counts: Counts,
    pub(crate) bootstrap: Option<Bootstrap<Sort>>,
}

/// What was fitted to that has no handle of its own; empty where that was purchases.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) opportunities: Opportunities,
    pub(crate) renewals: Renewals,
}

/// What tells the models in files apart.
#[derive(Deserialize)]
struct Named {
    model: String,
    covariates: Option<serde::de::IgnoredAny>,
}

/// Calls the same of whichever model it is.
macro_rules! of_any {
    ($sort:expr, $model:ident => $call:expr) => {
        match $sort {
            Sort::Purchases($model) => $call,
            Sort::Covariates($model) => $call,
            Sort::Special(Special::Spend($model)) => $call,
            Sort::Special(Special::Opportunities($model)) => $call,
            Sort::Special(Special::Constant($model)) => $call,
            Sort::Special(Special::Changing($model)) => $call,
        }
    };
}

impl Estimated for Sort {
    fn names(&self) -> Vec<String> {
        of_any!(self, model => model.names())
    }

    fn estimates(&self) -> Vec<f64> {
        of_any!(self, model => model.estimates())
    }

    fn with_estimates(&self, values: &[f64]) -> Result<Sort> {
        Ok(match self {
            Sort::Purchases(model) => Sort::Purchases(model.with_estimates(values)?),
            Sort::Covariates(model) => Sort::Covariates(model.with_estimates(values)?),
            Sort::Special(Special::Spend(model)) => Sort::Special(Special::Spend(model.with_estimates(values)?)),
            Sort::Special(Special::Opportunities(model)) => Sort::Special(Special::Opportunities(model.with_estimates(values)?)),
            Sort::Special(Special::Constant(model)) => Sort::Special(Special::Constant(model.with_estimates(values)?)),
            Sort::Special(Special::Changing(model)) => Sort::Special(Special::Changing(model.with_estimates(values)?)),
        })
    }

    fn is_positive(&self, index: usize) -> bool {
        of_any!(self, model => model.is_positive(index))
    }
}

impl From<CustomerModel> for Sort {
    fn from(model: CustomerModel) -> Sort {
        match model {
            CustomerModel::Purchases(model) => Sort::Purchases(model),
            CustomerModel::Spend(model) => Sort::Special(Special::Spend(model)),
        }
    }
}

impl Sort {
    fn json(&self) -> Result<String> {
        match self {
            Sort::Purchases(model) => model.to_json(),
            Sort::Covariates(model) => model.to_json(),
            Sort::Special(model) => json(model),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Sort::Purchases(model) => model.name(),
            Sort::Covariates(model) => model.name(),
            Sort::Special(Special::Spend(_)) => GammaGamma::NAME,
            Sort::Special(Special::Opportunities(_)) => BgBb::NAME,
            Sort::Special(Special::Constant(_)) => ShiftedBetaGeometric::NAME,
            Sort::Special(Special::Changing(_)) => BetaDiscreteWeibull::NAME,
        }
    }

    /// What is answered where the model is of another sort than the one that is asked for.
    pub(crate) fn refused(&self, wanted: &str) -> Error {
        match self {
            Sort::Covariates(model) => wrong_sort(format!(
                "{} has covariates ({}): eng_model_of_customer gives the model of a customer, which can be asked this",
                model.name(),
                model.covariates().join(", ")
            )),
            sort => wrong_sort(format!("{} is a model of {}, not of {wanted}", sort.name(), sort.of())),
        }
    }

    pub(crate) fn not_of_purchases(&self) -> Error {
        wrong_sort(format!("{} is a model of {}, not of purchases or spend", self.name(), self.of()))
    }

    /// The sort in words.
    fn of(&self) -> &'static str {
        match self {
            Sort::Purchases(_) => "purchases",
            Sort::Covariates(_) => "customers with covariates",
            Sort::Special(Special::Spend(_)) => "spend",
            Sort::Special(Special::Opportunities(_)) => "opportunities",
            Sort::Special(Special::Constant(_) | Special::Changing(_)) => "contracts",
        }
    }
}

impl Held {
    fn fitted<M>(
        fit: Fit<M>,
        sort: impl FnOnce(M) -> Sort,
        options: &FitOptions,
        notes: impl IntoIterator<Item = String>,
        counts: Counts,
    ) -> Held {
        let boundary = fit.convergence.at_boundary.join(", ");
        let boundary =
            (!boundary.is_empty()).then(|| format!("{boundary}: not bounded by the data, so that nothing has a standard error"));
        let notes = notes.into_iter().chain(boundary).collect();
        Held::Fitted(Box::new(Fitted { fit: fit.map(sort), options: options.clone(), notes, counts, bootstrap: None }))
    }

    /// Fits a model of purchases or of spend, by the covariates of these names where there are any.
    pub(crate) fn fit(name: &str, summary: &Summary, slot: &Slot) -> Result<Held> {
        let Slot { options, covariates, k, .. } = slot;
        let purchases = summary.purchases()?;
        no_phases(name, *k)?;
        let dependence = || GammaGamma::independence(purchases).warning;
        if !covariates.is_empty() {
            let fit = CovariateModel::fit(name, purchases, &summary.covariates(covariates)?, options)?;
            let notes = if name == GammaGamma::NAME { dependence() } else { None };
            return Ok(Held::fitted(fit, Sort::Covariates, options, notes, Counts::default()));
        }
        if name == GammaGamma::NAME {
            let fit = GammaGamma::fit(purchases, options)?;
            return Ok(Held::fitted(fit, |model| Sort::Special(Special::Spend(model)), options, dependence(), Counts::default()));
        }
        let fit = match kind(name)? {
            ModelKind::BgCnbdK => BgCnbdK::fit(purchases, *k, options)?.map(Model::from),
            ModelKind::MbgCnbdK => MbgCnbdK::fit(purchases, *k, options)?.map(Model::from),
            kind => kind.fit(purchases, options)?,
        };
        Ok(Held::fitted(fit, Sort::Purchases, options, None, Counts::default()))
    }

    /// Fits the model of opportunities.
    pub(crate) fn fit_opportunities(opportunities: Opportunities, options: &FitOptions) -> Result<Held> {
        let fit = BgBb::fit(&opportunities, options)?;
        let sort = |model| Sort::Special(Special::Opportunities(model));
        Ok(Held::fitted(fit, sort, options, None, Counts { opportunities, ..Counts::default() }))
    }

    /// Fits a model of contracts.
    pub(crate) fn fit_renewals(name: &str, renewals: Renewals, options: &FitOptions) -> Result<Held> {
        let fit = match name {
            ShiftedBetaGeometric::NAME => ShiftedBetaGeometric::fit(&renewals, options)?.map(Special::Constant),
            BetaDiscreteWeibull::NAME => BetaDiscreteWeibull::fit(&renewals, options)?.map(Special::Changing),
            _ => {
                let known = [ShiftedBetaGeometric::NAME, BetaDiscreteWeibull::NAME].join(", ");
                return Err(wrong_sort(format!("model: \"{name}\" is none of {known}")));
            }
        };
        Ok(Held::fitted(fit, Sort::Special, options, None, Counts { renewals, ..Counts::default() }))
    }

    pub(crate) fn from_json(text: &str) -> Result<Held> {
        Ok(Held::Loaded(match serde_json::from_str::<Named>(text) {
            Ok(Named { covariates: Some(_), .. }) => Sort::Covariates(CovariateModel::from_json(text)?),
            Ok(Named { model, .. }) if SPECIAL.contains(&model.as_str()) => Sort::Special(
                serde_json::from_str(text).map_err(|error| Error::new(ErrorKind::InvalidArgument, format!("model: {error}")))?,
            ),
            _ => Sort::Purchases(Model::from_json(text)?),
        }))
    }

    pub(crate) fn sort(&self) -> &Sort {
        match self {
            Held::Loaded(sort) => sort,
            Held::Fitted(fitted) => &fitted.fit.model,
        }
    }

    pub(crate) fn json(&self) -> Result<String> {
        self.sort().json()
    }

    pub(crate) fn name(&self) -> &'static str {
        self.sort().name()
    }

    /// The names of the covariates; none of a model without.
    pub(crate) fn covariates(&self) -> &[String] {
        if let Sort::Covariates(model) = self.sort() { model.covariates() } else { &[] }
    }

    pub(crate) fn parameters(&self) -> Vec<(String, f64)> {
        self.sort().names().into_iter().zip(self.sort().estimates()).collect()
    }

    /// The fit of a model that was fitted here.
    pub(crate) fn evidence(&self) -> Result<&Fitted> {
        match self {
            Held::Fitted(fitted) => Ok(fitted),
            Held::Loaded(_) => Err(not_fitted()),
        }
    }

    /// The same, to add to it.
    pub(crate) fn evidence_mut(&mut self) -> Result<&mut Fitted> {
        match self {
            Held::Fitted(fitted) => Ok(fitted),
            Held::Loaded(_) => Err(not_fitted()),
        }
    }
}

impl Slot {
    pub(crate) fn held(&self) -> Result<&Held> {
        self.held.as_ref().ok_or_else(empty)
    }

    /// The fit of a model that was fitted here.
    pub(crate) fn evidence(&self) -> Result<&Fitted> {
        self.held()?.evidence()
    }

    /// The same, to add to it.
    pub(crate) fn evidence_mut(&mut self) -> Result<&mut Fitted> {
        self.held.as_mut().ok_or_else(empty)?.evidence_mut()
    }

    /// The model of purchases.
    pub(crate) fn purchases(&self) -> Result<&Model> {
        let held = self.held()?;
        match held.sort() {
            Sort::Purchases(model) => Ok(model),
            _ => Err(held.sort().refused("purchases")),
        }
    }

    /// The model with covariates.
    pub(crate) fn covariate_model(&self) -> Result<&CovariateModel> {
        let held = self.held()?;
        match held.sort() {
            Sort::Covariates(model) => Ok(model),
            _ => Err(wrong_sort(format!("{} has no covariates", held.name()))),
        }
    }

    /// Refuses what only models of purchases and of spend are fitted with, before a fit of another.
    pub(crate) fn only_plain(&self, name: &str) -> Result<()> {
        no_phases(name, self.k)?;
        if self.covariates.is_empty() {
            return Ok(());
        }
        Err(wrong_sort(format!("{name} takes no covariates, and {} are set", self.covariates.join(", "))))
    }

    /// The model of spend.
    pub(crate) fn spend(&self) -> Result<&GammaGamma> {
        let held = self.held()?;
        match held.sort() {
            Sort::Special(Special::Spend(model)) => Ok(model),
            _ => Err(held.sort().refused("spend")),
        }
    }

    /// The model of opportunities.
    pub(crate) fn opportunities(&self) -> Result<&BgBb> {
        let held = self.held()?;
        match held.sort() {
            Sort::Special(Special::Opportunities(model)) => Ok(model),
            _ => Err(held.sort().refused("opportunities")),
        }
    }

    /// The model of contracts.
    pub(crate) fn contracts(&self) -> Result<&dyn RenewalModel> {
        let held = self.held()?;
        match held.sort() {
            Sort::Special(Special::Constant(model)) => Ok(model),
            Sort::Special(Special::Changing(model)) => Ok(model),
            _ => Err(held.sort().refused("contracts")),
        }
    }
}

/// Refuses phases that were set, of a model that has none.
fn no_phases(name: &str, k: Option<u32>) -> Result<()> {
    match k {
        Some(k) if ![BgCnbdK::NAME, MbgCnbdK::NAME].contains(&name) => {
            Err(wrong_sort(format!("k: {k} is set, and only {} and {} have one, not {name}", BgCnbdK::NAME, MbgCnbdK::NAME)))
        }
        _ => Ok(()),
    }
}

/// The kind of a model of purchases, where a model of spend would have done as well.
fn kind(name: &str) -> Result<ModelKind> {
    name.parse().map_err(|error: Error| Error::new(error.kind(), format!("{error}, {}", GammaGamma::NAME)))
}

/// Draws from the posterior of a model of purchases or of spend.
pub(crate) fn posterior(
    name: &str,
    purchases: &Purchases,
    k: Option<u32>,
    options: &PosteriorOptions<'_>,
) -> Result<Posterior<Sort>> {
    no_phases(name, k)?;
    if name == GammaGamma::NAME {
        return Ok(GammaGamma::posterior(purchases, options)?.map(|model| Sort::Special(Special::Spend(model))));
    }
    Ok(match kind(name)? {
        ModelKind::BgCnbdK => BgCnbdK::posterior(purchases, k, options)?.map(|model| Sort::Purchases(model.into())),
        ModelKind::MbgCnbdK => MbgCnbdK::posterior(purchases, k, options)?.map(|model| Sort::Purchases(model.into())),
        kind => kind.posterior(purchases, options)?.map(Sort::Purchases),
    })
}

fn empty() -> Error {
    Error::new(ErrorKind::MissingField, "the model is empty: fit it or load one into it")
}

fn not_fitted() -> Error {
    Error::new(ErrorKind::MissingField, "the model was not fitted here")
}

pub(crate) fn wrong_sort(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}
