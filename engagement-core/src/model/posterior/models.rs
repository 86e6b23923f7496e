//! The models whose posterior can be sampled.

use super::sample::sample;
use super::{Posterior, PosteriorOptions};
use crate::error::Result;
use crate::model::fit::{Fit, FitOptions};
use crate::model::gamma_gamma::Paid;
use crate::model::likelihood::{RowLikelihood, Weighted};
use crate::model::{BgCnbdK, BgNbd, GammaGamma, MbgCnbdK, MbgNbd, Nbd, ParetoNbd, PurchaseHistory, Spend};
use crate::purchases::Purchases;

/// The posterior of a model of repeat buying.
fn of_histories<M: RowLikelihood<PurchaseHistory>>(
    purchases: &Purchases,
    options: &PosteriorOptions<'_>,
    fit: impl FnOnce(&FitOptions) -> Result<Fit<M>>,
) -> Result<Posterior<M>> {
    let (data, _) = Weighted::of(purchases)?;
    let ages: f64 = data.rows.iter().zip(data.weights).map(|(row, weight)| weight * row.age()).sum();
    sample(&data, ages / data.customers(), options, fit)
}

macro_rules! posterior {
    ($($model:ident),+) => {
        $(impl $model {
            /// Draws from the posterior of the parameters.
            ///
            /// # Errors
            /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument): an option is outside its domain;
            /// [`ErrorKind::FitFailed`](crate::ErrorKind::FitFailed): the maximum a posteriori, from which the chains start, cannot
            /// be found, or the sampler stopped; [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) through the progress.
            pub fn posterior(purchases: &Purchases, options: &PosteriorOptions<'_>) -> Result<Posterior<$model>> {
                of_histories(purchases, options, |fit| $model::fit(purchases, fit))
            }
        })+
    };
}
posterior!(Nbd, ParetoNbd, BgNbd, MbgNbd);

macro_rules! phased_posterior {
    ($($model:ident),+) => {
        $(impl $model {
            /// Draws from the posterior of the parameters at a fixed `k`; without one, at that of the best fit with these priors.
            ///
            /// # Errors
            /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument): an option is outside its domain;
            /// [`ErrorKind::FitFailed`](crate::ErrorKind::FitFailed): the maximum a posteriori, from which the chains start, cannot
            /// be found, or the sampler stopped; [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) through the progress.
            pub fn posterior(purchases: &Purchases, k: Option<u32>, options: &PosteriorOptions<'_>) -> Result<Posterior<$model>> {
                of_histories(purchases, options, |fit| $model::fit(purchases, k, fit))
            }
        })+
    };
}
phased_posterior!(BgCnbdK, MbgCnbdK);

impl GammaGamma {
    /// Draws from the posterior of the parameters, of customers with paid repeat purchases.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument): an option is outside its domain;
    /// [`ErrorKind::FitFailed`](crate::ErrorKind::FitFailed): the maximum a posteriori, from which the chains start, cannot be
    /// found, or the sampler stopped; [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) through the progress.
    pub fn posterior(purchases: &Purchases, options: &PosteriorOptions<'_>) -> Result<Posterior<GammaGamma>> {
        let spends: Vec<Spend> = purchases.spends().into_iter().filter(|spend| spend.count() > 0).collect();
        let rows = Paid::of_all(&spends);
        let weights = vec![1.0; rows.len()];
        let largest = spends.iter().map(Spend::count).max().unwrap_or(0);
        let data = Weighted { rows: &rows, weights: &weights, largest };
        let mean = spends.iter().map(|spend| spend.mean() / spends.len() as f64).sum();
        sample(&data, mean, options, |fit| GammaGamma::fit_spends(&spends, fit))
    }
}
