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
        let z = quantile(level)?;
        let errors = self.covariance()?.standard_errors();
        let interval = |(index, (estimate, error)): (usize, (f64, f64))| {
            let scale = if self.model.is_positive(index) { Scale::Log } else { Scale::Identity };
            around(scale, estimate, error, z)
        };
        self.model.estimates().into_iter().zip(errors).enumerate().map(interval).collect()
    }

    /// The confidence interval of anything the model says, by the delta method: `f` of the estimate is taken to be normal on the
    /// scale. At an end of the scale, 0 or the probability 1, the interval is that number alone.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: `level` is not between 0 and 1, a parameter is at a boundary, or the value of `f` has no
    /// place on the scale; and what `f` fails with.
    pub fn interval_of(&self, level: f64, scale: Scale, f: impl Fn(&M) -> Result<f64>) -> Result<Interval> {
        let z = quantile(level)?;
        let found = self.delta(|model| Ok([f(model)?]))?;
        around(scale, found.estimates[0], found.error(0), z)
    }

    /// [`interval_of`](Fit::interval_of) each number of a column that the model says, such as one for every customer.
    ///
    /// # Errors
    /// As [`interval_of`](Fit::interval_of), naming the row; and a column that is longer or shorter for other parameters.
    ///
    /// # Example
    /// ```
    /// use engagement_core::model::{BgNbd, FitOptions, Prediction, Scale};
    /// use engagement_core::{TimeUnit, simulate};
    ///
    /// let truth = BgNbd::new(0.25, 4.4, 0.8, 2.4)?;
    /// let drawn = simulate::purchases(&truth, &[39.0; 2000], None, TimeUnit::Week, 3, 0)?;
    /// let fit = BgNbd::fit(&drawn, &FitOptions::default())?;
    /// let in_a_year = Prediction::ExpectedPurchases { t: 52.0 };
    /// let intervals = fit.intervals_of(0.95, Scale::Log, |model| in_a_year.of_all(model, &drawn, 0))?;
    /// assert!(intervals.iter().all(|year| year.low < year.estimate && year.estimate < year.high));
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    pub fn intervals_of(&self, level: f64, scale: Scale, f: impl Fn(&M) -> Result<Vec<f64>>) -> Result<Vec<Interval>> {
        let z = quantile(level)?;
        let found = self.delta(f)?;
        let mut intervals = Vec::new();
        intervals.try_reserve_exact(found.estimates.len())?;
        for (row, &estimate) in found.estimates.iter().enumerate() {
            let interval = around(scale, estimate, found.error(row), z);
            intervals.push(interval.map_err(|error| error.at(format_args!("row {row}")))?);
        }
        Ok(intervals)
    }

    /// The numbers of a column at the estimate, and their variances to first order.
    fn delta<C: AsRef<[f64]>>(&self, f: impl Fn(&M) -> Result<C>) -> Result<Delta<C>> {
        let covariance = self.covariance()?;
        let parameters = self.model.estimates();
        let estimates = f(&self.model)?;
        let rows = estimates.as_ref().len();
        let mut slopes = Vec::with_capacity(parameters.len());
        for (index, &value) in parameters.iter().enumerate() {
            // The step on the scale on which the estimate itself is normal.
            let (up, down) = if self.model.is_positive(index) {
                (value * exp(STEP), value * exp(-STEP))
            } else {
                (value + STEP, value - STEP)
            };
            let at = |value: f64| {
                let mut moved = parameters.clone();
                moved[index] = value;
                let column = f(&self.model.with_estimates(&moved)?)?;
                match column.as_ref().len() {
                    same if same == rows => Ok(column),
                    other => invalid(format!("f: {other} numbers, but {rows} at the estimate")),
                }
            };
            let (above, below) = (at(up)?, at(down)?);
            let mut slope = Vec::new();
            slope.try_reserve_exact(rows)?;
            slope.extend(above.as_ref().iter().zip(below.as_ref()).map(|(above, below)| (above - below) / (up - down)));
            slopes.push(slope);
        }
        let mut variances = Vec::new();
        variances.try_reserve_exact(rows)?;
        variances.extend((0..rows).map(|row| {
            let mut variance = 0.0;
            for (cells, a) in covariance.rows.iter().zip(&slopes) {
                for (cell, b) in cells.iter().zip(&slopes) {
                    variance += a[row] * cell * b[row];
                }
            }
            variance
        }));
        Ok(Delta { estimates, variances })
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

/// A column at the estimate.
struct Delta<C> {
    estimates: C,
    variances: Vec<f64>,
}

impl<C> Delta<C> {
    /// The standard error of a row; a variance is below 0 by rounding alone.
    fn error(&self, row: usize) -> f64 {
        let variance = self.variances[row];
        if variance < 0.0 { 0.0 } else { variance.sqrt() }
    }
}

/// How many standard errors a level is.
fn quantile(level: f64) -> Result<f64> {
    Ok(normal_upper_quantile(0.5 * (1.0 - self::level(level)?)))
}

/// The interval that is normal on the scale, from the standard error off it.
fn around(scale: Scale, estimate: f64, error: f64, z: f64) -> Result<Interval> {
    if scale.ends_at(estimate) {
        return Ok(Interval { estimate, low: estimate, high: estimate });
    }
    let (middle, slope) = scale.of(estimate);
    if !middle.is_finite() {
        return invalid(format!("f: {estimate} is not {}", scale.domain()));
    }
    if !error.is_finite() {
        return invalid(format!("f: {estimate} has no finite derivative by the parameters"));
    }
    let half = z * error * slope;
    Ok(Interval { estimate, low: scale.back(middle - half), high: scale.back(middle + half) })
}

fn invalid<T>(message: String) -> Result<T> {
    Err(Error::new(ErrorKind::InvalidArgument, message))
}

#[cfg(test)]
#[path = "fit_tests.rs"]
mod tests;
