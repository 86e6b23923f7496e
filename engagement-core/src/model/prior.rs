//! What is known of a parameter before the data.

use super::parameters::positive;
use crate::error::{Error, ErrorKind, Result};
use crate::math::{exp, ln, ln_gamma};

const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_8;
const HALF_LN_TWO_OVER_PI: f64 = -0.225_791_352_644_727_43;

/// The distribution of a positive parameter before the data: with it a fit finds the maximum a posteriori.
///
/// ```
/// use engagement_core::model::Prior;
///
/// let prior = Prior::Gamma { shape: 2.0, rate: 1.0 };
/// assert!((prior.ln_density(1.5)? - (1.5_f64.ln() - 1.5)).abs() < 1e-15);
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Prior {
    /// Gamma with mean `shape / rate`.
    Gamma {
        /// Shape.
        shape: f64,
        /// Rate, the inverse of the scale.
        rate: f64,
    },
    /// The logarithm is normal.
    LogNormal {
        /// Mean of the logarithm.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// The magnitude of a normal variable of mean 0.
    HalfNormal {
        /// Standard deviation of the normal variable.
        sigma: f64,
    },
    /// Weibull.
    Weibull {
        /// Shape.
        shape: f64,
        /// Scale.
        scale: f64,
    },
}

impl Prior {
    /// The logarithm of the density at a value of the parameter.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument): the value or a number of the prior is outside its domain.
    pub fn ln_density(&self, value: f64) -> Result<f64> {
        self.check()?;
        Ok(self.ln_density_of_ln(ln(positive("value", value)?), false).0)
    }

    /// Checks the numbers of the prior.
    pub(crate) fn check(&self) -> Result<()> {
        match *self {
            Prior::Gamma { shape, rate } => positive("shape", shape).and(positive("rate", rate)),
            Prior::LogNormal { mu, sigma } if mu.is_finite() => positive("sigma", sigma),
            Prior::LogNormal { mu, .. } => {
                Err(Error::new(ErrorKind::InvalidArgument, format!("mu: {mu} is not a finite number")))
            }
            Prior::HalfNormal { sigma } => positive("sigma", sigma),
            Prior::Weibull { shape, scale } => positive("shape", shape).and(positive("scale", scale)),
        }
        .map(drop)
    }

    /// The log-density at exp(`u`) and its first and second derivative by `u`; of the logarithm itself where `jacobian` is wanted, which
    /// sampling in logarithms needs and a maximum a posteriori must not have.
    pub(crate) fn ln_density_of_ln(&self, u: f64, jacobian: bool) -> (f64, f64, f64) {
        let (density, slope, second) = match *self {
            Prior::Gamma { shape, rate } => {
                let x = rate * exp(u);
                (shape * ln(rate) - ln_gamma(shape) + (shape - 1.0) * u - x, shape - 1.0 - x, -x)
            }
            Prior::LogNormal { mu, sigma } => {
                let z = (u - mu) / sigma;
                (-u - ln(sigma) - HALF_LN_TWO_PI - 0.5 * z * z, -1.0 - z / sigma, -1.0 / (sigma * sigma))
            }
            Prior::HalfNormal { sigma } => {
                let z = exp(u) / sigma;
                (HALF_LN_TWO_OVER_PI - ln(sigma) - 0.5 * z * z, -z * z, -2.0 * z * z)
            }
            Prior::Weibull { shape, scale } => {
                let z = u - ln(scale);
                let x = exp(shape * z);
                (ln(shape) - ln(scale) + (shape - 1.0) * z - x, shape - 1.0 - shape * x, -shape * shape * x)
            }
        };
        if jacobian { (density + u, slope + 1.0, second) } else { (density, slope, second) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIORS: [Prior; 4] = [
        Prior::Gamma { shape: 2.5, rate: 0.7 },
        Prior::LogNormal { mu: 0.3, sigma: 0.8 },
        Prior::HalfNormal { sigma: 3.0 },
        Prior::Weibull { shape: 1.7, scale: 2.2 },
    ];

    /// Every density integrates to one, in the parameter and, with the Jacobian, in its logarithm.
    #[test]
    fn densities_integrate_to_one() {
        for prior in PRIORS {
            let mass: f64 = (0..40_000).map(|i| exp(prior.ln_density_of_ln(-20.0 + 0.001 * f64::from(i), true).0) * 0.001).sum();
            assert!((mass - 1.0).abs() < 1e-9, "{prior:?}: {mass}");
            let u = 0.4;
            assert_eq!(prior.ln_density_of_ln(u, true).0, prior.ln_density_of_ln(u, false).0 + u);
        }
    }

    #[test]
    fn slopes_are_central_differences() {
        for (prior, jacobian) in PRIORS.into_iter().flat_map(|prior| [(prior, false), (prior, true)]) {
            for u in [-2.0, 0.0, 0.9] {
                let h = 1e-5;
                let difference =
                    (prior.ln_density_of_ln(u + h, jacobian).0 - prior.ln_density_of_ln(u - h, jacobian).0) / (2.0 * h);
                let (_, slope, second) = prior.ln_density_of_ln(u, jacobian);
                assert!((slope - difference).abs() < 1e-8 * slope.abs().max(1.0), "{prior:?} at {u}: {slope} {difference}");
                let difference =
                    (prior.ln_density_of_ln(u + h, jacobian).1 - prior.ln_density_of_ln(u - h, jacobian).1) / (2.0 * h);
                assert!((second - difference).abs() < 1e-8 * second.abs().max(1.0), "{prior:?} at {u}: {second} {difference}");
            }
        }
    }

    #[test]
    fn domains_are_named() {
        let error = Prior::Weibull { shape: 1.0, scale: 0.0 }.ln_density(1.0).unwrap_err();
        assert_eq!(error.to_string(), "scale: 0 is not a positive finite number");
        let error = Prior::LogNormal { mu: f64::NAN, sigma: 1.0 }.ln_density(1.0).unwrap_err();
        assert_eq!(error.to_string(), "mu: NaN is not a finite number");
        assert!(PRIORS[0].ln_density(-1.0).is_err());
    }
}
