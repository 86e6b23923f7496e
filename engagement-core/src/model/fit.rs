//! A fitted model and the evidence that the fit can be trusted.

pub use super::fit_options::FitOptions;
use super::interval::{Interval, Scale, level, normal_upper_quantile};
use super::parameters::Parameters;
use crate::error::{Error, ErrorKind, Result};
use crate::math::{exp, ln};

/// What a fit estimates: positive parameters and, with covariates, coefficients of any sign.
pub trait Estimated: Clone + std::fmt::Debug + Send + Sync {
    /// The names, in order.
    fn names(&self) -> Vec<String>;

    /// The values, in that order.
    fn estimates(&self) -> Vec<f64>;

    /// The same with other values.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] naming the value that is outside its domain.
    fn with_estimates(&self, values: &[f64]) -> Result<Self>;

    /// Whether the estimate of this index is a positive parameter; a coefficient is not.
    fn is_positive(&self, index: usize) -> bool;
}

impl<M: Parameters> Estimated for M {
    fn names(&self) -> Vec<String> {
        M::PARAMETERS.iter().map(|&name| name.to_owned()).collect()
    }

    fn estimates(&self) -> Vec<f64> {
        self.values()
    }

    fn with_estimates(&self, values: &[f64]) -> Result<M> {
        self.with_values(values)
    }

    fn is_positive(&self, _: usize) -> bool {
        true
    }
}

/// How the optimiser stopped.
#[derive(Clone, Debug, PartialEq)]
pub struct Convergence {
    /// The largest |derivative| of what was maximised, by the logarithm of a parameter and per customer; parameters at a boundary
    /// do not count.
    pub gradient_norm: f64,
    /// Steps, over all starts.
    pub iterations: u32,
    /// Evaluations of the log-likelihood and its gradient, over all starts.
    pub evaluations: u32,
    /// Starts tried.
    pub starts: u32,
    /// The parameters that run off to 0 or infinity: the data does not bound them.
    pub at_boundary: Vec<String>,
}

/// The covariance of estimates, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Covariance {
    pub(crate) rows: Vec<Vec<f64>>,
}

impl Covariance {
    /// The covariance of these rows, such as a program stored.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: the rows are not as long as they are many, or a number is not finite.
    ///
    /// # Example
    /// ```
    /// use engagement_core::model::Covariance;
    ///
    /// let covariance = Covariance::new(vec![vec![4.0, 1.0], vec![1.0, 9.0]])?;
    /// assert_eq!(covariance.standard_errors(), [2.0, 3.0]);
    /// assert!(Covariance::new(vec![vec![4.0, 1.0]]).is_err());
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    pub fn new(rows: Vec<Vec<f64>>) -> Result<Covariance> {
        if let Some(row) = rows.iter().find(|row| row.len() != rows.len()) {
            return invalid(format!("covariance: a row of {} numbers, but there are {} rows", row.len(), rows.len()));
        }
        if let Some(number) = rows.iter().flatten().find(|number| !number.is_finite()) {
            return invalid(format!("covariance: {number} is not a finite number"));
        }
        Ok(Covariance { rows })
    }

    /// The covariance of two estimates, or `None` where there are not that many.
    #[must_use]
    pub fn get(&self, i: usize, j: usize) -> Option<f64> {
        self.rows.get(i)?.get(j).copied()
    }

    /// The correlation of two estimates, or `None` where there are not that many.
    #[must_use]
    pub fn correlation(&self, i: usize, j: usize) -> Option<f64> {
        Some(self.get(i, j)? / (self.get(i, i)?.sqrt() * self.get(j, j)?.sqrt()))
    }

    /// The square roots of the variances.
    #[must_use]
    pub fn standard_errors(&self) -> Vec<f64> {
        self.rows.iter().enumerate().map(|(i, row)| row[i].sqrt()).collect()
    }

    /// All of it, a row for each estimate.
    #[must_use]
    pub fn rows(&self) -> &[Vec<f64>] {
        &self.rows
    }
}

/// A fitted model and the evidence that the fit can be trusted.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit<M> {
    /// The model at the estimate.
    pub model: M,
    /// Log-likelihood there, summed over customers; penalty and priors are not part of it.
    pub log_likelihood: f64,
    /// The customers fitted to.
    pub customers: f64,
    /// The numbers that the data chose, which AIC and BIC charge for.
    pub parameters: u32,
    /// Covariance of the estimates, from the curvature of what was maximised; `None` at a boundary.
    pub covariance: Option<Covariance>,
    /// How the optimiser stopped.
    pub convergence: Convergence,
}

impl<M> Fit<M> {
    /// The same evidence for the same model in another form.
    #[must_use]
    pub fn map<N>(self, form: impl FnOnce(M) -> N) -> Fit<N> {
        let Fit { model, log_likelihood, customers, parameters, covariance, convergence } = self;
        Fit { model: form(model), log_likelihood, customers, parameters, covariance, convergence }
    }
}

impl<M: Estimated> Fit<M> {
    /// Akaike's information criterion, `2k − 2 ln L`: smaller is better.
    #[must_use]
    pub fn aic(&self) -> f64 {
        2.0 * f64::from(self.parameters) - 2.0 * self.log_likelihood
    }

    /// The Bayesian information criterion, `k ln n − 2 ln L` with n customers: smaller is better.
    ///
    /// # References
    /// Schwarz (1978), doi:10.1214/aos/1176344136.
    #[must_use]
    pub fn bic(&self) -> f64 {
        f64::from(self.parameters) * ln(self.customers) - 2.0 * self.log_likelihood
    }

    /// Standard errors of the estimates, in their order; `None` at a boundary.
    #[must_use]
    pub fn standard_errors(&self) -> Option<Vec<f64>> {
        self.covariance.as_ref().map(Covariance::standard_errors)
    }

    /// Confidence intervals of the estimates, in their order: normal on the logarithm for parameters, as they are for coefficients.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: `level` is not between 0 and 1, or a parameter is at a boundary.
    pub fn confidence_intervals(&self, level: f64) -> Result<Vec<Interval>> {
        let z = normal_upper_quantile(0.5 * (1.0 - self::level(level)?));
        let errors = self.covariance()?.standard_errors();
        let interval = |(index, (estimate, error)): (usize, (f64, f64))| {
            let scale = if self.model.is_positive(index) { Scale::Log } else { Scale::Identity };
            around(scale, estimate, error, z)
        };
        Ok(self.model.estimates().into_iter().zip(errors).enumerate().map(interval).collect())
    }

    /// The confidence interval of anything the model says, by the delta method: `f` of the estimate is taken to be normal on the
    /// scale.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: `level` is not between 0 and 1, a parameter is at a boundary, or the value of `f` has no
    /// place on the scale; and what `f` fails with.
    pub fn interval_of(&self, level: f64, scale: Scale, f: impl Fn(&M) -> Result<f64>) -> Result<Interval> {
        let z = normal_upper_quantile(0.5 * (1.0 - self::level(level)?));
        let covariance = self.covariance()?;
        let estimates = self.model.estimates();
        let estimate = f(&self.model)?;
        if !scale.of(estimate).0.is_finite() {
            return invalid(format!("f: {estimate} is not {}", scale.domain()));
        }
        let mut slopes = Vec::with_capacity(estimates.len());
        for (index, &value) in estimates.iter().enumerate() {
            // The step on the scale on which the estimate itself is normal.
            let (up, down) = if self.model.is_positive(index) {
                (value * exp(STEP), value * exp(-STEP))
            } else {
                (value + STEP, value - STEP)
            };
            let at = |value: f64| {
                let mut moved = estimates.clone();
                moved[index] = value;
                f(&self.model.with_estimates(&moved)?)
            };
            slopes.push((at(up)? - at(down)?) / (up - down));
        }
        let mut variance = 0.0;
        for (row, a) in covariance.rows.iter().zip(&slopes) {
            for (cell, b) in row.iter().zip(&slopes) {
                variance += a * cell * b;
            }
        }
        Ok(around(scale, estimate, variance.max(0.0).sqrt(), z))
    }

    fn covariance(&self) -> Result<&Covariance> {
        self.covariance.as_ref().ok_or_else(|| {
            let at = self.convergence.at_boundary.join(", ");
            let message =
                format!("{at}: no interval, because the estimate is at a boundary; a prior or a penalty would bound it");
            Error::new(ErrorKind::InvalidArgument, message)
        })
    }
}

/// The relative step of the derivatives of the delta method.
const STEP: f64 = 1e-5;

/// The interval that is normal on the scale, from the standard error off it.
fn around(scale: Scale, estimate: f64, error: f64, z: f64) -> Interval {
    let (middle, slope) = scale.of(estimate);
    let half = z * error * slope;
    Interval { estimate, low: scale.back(middle - half), high: scale.back(middle + half) }
}

fn invalid<T>(message: String) -> Result<T> {
    Err(Error::new(ErrorKind::InvalidArgument, message))
}

#[cfg(test)]
#[path = "fit_tests.rs"]
mod tests;
