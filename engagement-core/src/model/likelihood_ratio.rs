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
    if statistic < -1e-6 {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FitOptions, Renewals, ShiftedBetaGeometric};

    /// The 5 % points of chi-square with 1, 2 and 5 degrees of freedom: Abramowitz & Stegun (1964), table 26.8.
    #[test]
    fn p_values_are_those_of_chi_square() {
        let cohort = Renewals::from_cohort(&[1000, 869, 743, 653]).unwrap();
        let smaller = ShiftedBetaGeometric::fit(&cohort, &FitOptions::default()).unwrap();
        for (more, point) in [(1, 3.841_46), (2, 5.991_46), (5, 11.070_5)] {
            let mut larger = smaller.clone();
            larger.parameters += more;
            larger.log_likelihood += 0.5 * point;
            let test = likelihood_ratio_test(&smaller, &larger).unwrap();
            assert_eq!(test.degrees_of_freedom, more);
            assert!((test.p_value - 0.05).abs() < 2e-7, "{test:?}");
        }
    }

    #[test]
    fn what_is_not_nested_is_refused() {
        let cohort = Renewals::from_cohort(&[1000, 869, 743, 653]).unwrap();
        let smaller = ShiftedBetaGeometric::fit(&cohort, &FitOptions::default()).unwrap();
        let message = |larger: &Fit<ShiftedBetaGeometric>| likelihood_ratio_test(&smaller, larger).unwrap_err().to_string();
        assert!(message(&smaller).starts_with("larger: 2 parameters are not more"));
        assert!(message(&Fit { parameters: 3, customers: 5.0, ..smaller.clone() }).starts_with("larger: fitted to 5 customers"));
        assert!(message(&Fit { parameters: 3, log_likelihood: -2e3, ..smaller.clone() }).contains("are not nested"));
    }
}
