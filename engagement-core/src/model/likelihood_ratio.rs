//! The likelihood-ratio test of two nested models.

use super::fit::{Estimated, Fit};
use crate::error::{Error, ErrorKind, Result};
use crate::math::gamma_inc;

/// Whether a larger model fits better than a part of it by more than chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LikelihoodRatio {
    /// Twice the difference of the log-likelihoods.
    pub statistic: f64,
    /// How many parameters more the larger model has.
    pub degrees_of_freedom: u32,
    /// The probability of a statistic of at least this size where the smaller model is true: chi-square.
    pub p_value: f64,
}

/// Tests a model against one of which it is a special case, both fitted to the same customers without priors and penalty.
///
/// # Example
/// ```
/// use engagement_core::model::{BetaDiscreteWeibull, FitOptions, Renewals, ShiftedBetaGeometric, likelihood_ratio_test};
///
/// let cohort = Renewals::from_cohort(&[1000, 869, 743, 653, 593, 551, 517, 491])?;
/// let options = FitOptions::default();
/// let smaller = ShiftedBetaGeometric::fit(&cohort, &options)?;
/// let test = likelihood_ratio_test(&smaller, &BetaDiscreteWeibull::fit(&cohort, &options)?)?;
/// assert_eq!(test.degrees_of_freedom, 1);
/// assert!(test.p_value < 0.05);
/// # Ok::<(), engagement_core::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::InvalidArgument`]: the second model has no more parameters, other customers, or a lower likelihood.
///
/// # References
/// Wilks (1938), doi:10.1214/aoms/1177732360.
pub fn likelihood_ratio_test<S: Estimated, L: Estimated>(smaller: &Fit<S>, larger: &Fit<L>) -> Result<LikelihoodRatio> {
    let invalid = |message: String| Err(Error::new(ErrorKind::InvalidArgument, message));
    let degrees_of_freedom = larger.parameters.saturating_sub(smaller.parameters);
    if degrees_of_freedom == 0 {
        return invalid(format!(
            "larger: {} parameters are not more than the smaller model's {}",
            larger.parameters, smaller.parameters
        ));
    }
    if smaller.customers != larger.customers {
        return invalid(format!("larger: fitted to {} customers, the smaller model to {}", larger.customers, smaller.customers));
    }
    let statistic = 2.0 * (larger.log_likelihood - smaller.log_likelihood);
    // A part cannot fit better than the whole, but for the last digits of the optimum.
    if !(statistic >= -1e-6) {
        let message = format!(
            "larger: its log-likelihood {} is below the smaller model's {}, so the models are not nested or a fit stopped early",
            larger.log_likelihood, smaller.log_likelihood
        );
        return invalid(message);
    }
    let statistic = statistic.max(0.0);
    let (_, p_value) = gamma_inc(0.5 * f64::from(degrees_of_freedom), 0.5 * statistic);
    Ok(LikelihoodRatio { statistic, degrees_of_freedom, p_value })
}
