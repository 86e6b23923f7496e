//! The customer-base models: how customers buy again, when they stop, and what they spend.
//!
//! A model is its parameters: there is no model without them, and fitting returns one inside the evidence that it can be trusted
//! ([`Fit`]). [`MbgNbd`] is the one to begin with.
//!
//! | model | for |
//! |---|---|
//! | [`Nbd`] | customers who never leave |
//! | [`ParetoNbd`] | customers who may leave at any time |
//! | [`BgNbd`] | customers who may leave after a repeat purchase |
//! | [`MbgNbd`] | customers who may leave after any purchase, the first one included |
//! | [`BgCnbdK`], [`MbgCnbdK`] | the same two with more regular buying |
//! | [`BgBb`] | yes or no at fixed opportunities |
//! | [`ShiftedBetaGeometric`], [`BetaDiscreteWeibull`] | contracts, renewed or not |
//! | [`GammaGamma`] | money spent per purchase |

mod any;
mod any_covariates;
mod beta_discrete_weibull;
mod bg_bb;
mod bg_cnbd_k;
mod bg_nbd;
mod bootstrap;
mod covariates;
mod fit;
mod fit_options;
mod gamma_gamma;
mod geometric;
mod history;
mod interval;
mod likelihood;
mod likelihood_ratio;
mod maximise;
mod mbg_cnbd_k;
mod mbg_nbd;
mod nbd;
mod opportunities;
pub(crate) mod parameters;
mod pareto_nbd;
#[cfg(feature = "posterior")]
mod posterior;
mod prediction;
mod prior;
mod purchase_model;
mod renewal_model;
mod renewals;
mod shifted_beta_geometric;
mod spend;

pub use any::{Model, ModelKind};
pub use any_covariates::{CovariateModel, CustomerModel};
pub use beta_discrete_weibull::BetaDiscreteWeibull;
pub use bg_bb::BgBb;
pub use bg_cnbd_k::BgCnbdK;
pub use bg_nbd::BgNbd;
pub(crate) use bootstrap::quantile;
pub use bootstrap::{Bootstrap, bootstrap};
pub use covariates::{Covariate, Covariates, WithCovariates};
pub use fit::{Convergence, Covariance, Estimated, Fit, FitOptions};
pub use gamma_gamma::GammaGamma;
pub use history::PurchaseHistory;
pub(crate) use interval::level;
pub use interval::{Interval, Scale};
pub use likelihood_ratio::{LikelihoodRatio, likelihood_ratio_test};
pub use mbg_cnbd_k::MbgCnbdK;
pub use mbg_nbd::MbgNbd;
pub use nbd::Nbd;
pub use opportunities::{Opportunities, OpportunityHistory};
pub use parameters::Parameters;
pub use pareto_nbd::ParetoNbd;
#[cfg(feature = "posterior")]
pub use posterior::{ParameterPosterior, Posterior, PosteriorOptions};
pub use prediction::Prediction;
pub use prior::Prior;
pub use purchase_model::PurchaseModel;
pub use renewal_model::RenewalModel;
pub use renewals::{Contract, Renewals};
pub use shifted_beta_geometric::ShiftedBetaGeometric;
pub use spend::{Independence, Spend};
