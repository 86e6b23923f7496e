//! How a model is fitted.

use super::prior::Prior;
use crate::error::{Error, ErrorKind, Result};

/// How a model is fitted.
///
/// ```
/// use engagement_core::model::{FitOptions, Prior};
///
/// let options = FitOptions::default().penalty(0.01).prior("r", Prior::Gamma { shape: 2.0, rate: 4.0 }).threads(1);
/// assert_eq!(options.penalty, 0.01);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FitOptions {
    /// Weight of the sum of squared parameters: the fit maximises `log-likelihood ÷ customers − penalty · Σθ²`. 0 by default.
    pub penalty: f64,
    /// Weight of the sum of squared coefficients of covariates, subtracted in the same way. 0 by default.
    pub coefficient_penalty: f64,
    /// Priors of parameters by name: with them the fit maximises `log-likelihood + Σ log-density`.
    pub priors: Vec<(String, Prior)>,
    /// Threads, which live as long as the call; 0 takes as many as the machine has. The answer has the same bits with any number.
    pub threads: usize,
    /// Steps of the optimiser, over which it gives up. 500 by default.
    pub max_iterations: u32,
    /// Parameter values from which to search instead of those the data suggests.
    pub start: Option<Vec<f64>>,
}

impl Default for FitOptions {
    fn default() -> FitOptions {
        FitOptions { penalty: 0.0, coefficient_penalty: 0.0, priors: Vec::new(), threads: 0, max_iterations: 500, start: None }
    }
}

impl FitOptions {
    /// Sets the weight of the sum of squared parameters.
    #[must_use]
    pub fn penalty(mut self, penalty: f64) -> FitOptions {
        self.penalty = penalty;
        self
    }

    /// Sets the weight of the sum of squared coefficients of covariates.
    #[must_use]
    pub fn coefficient_penalty(mut self, penalty: f64) -> FitOptions {
        self.coefficient_penalty = penalty;
        self
    }

    /// Adds the prior of a parameter.
    #[must_use]
    pub fn prior(mut self, parameter: &str, prior: Prior) -> FitOptions {
        self.priors.push((parameter.to_owned(), prior));
        self
    }

    /// Sets the number of threads.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> FitOptions {
        self.threads = threads;
        self
    }

    /// Sets the number of steps over which the optimiser gives up.
    #[must_use]
    pub fn max_iterations(mut self, max_iterations: u32) -> FitOptions {
        self.max_iterations = max_iterations;
        self
    }

    /// Sets the parameter values from which to search.
    #[must_use]
    pub fn start(mut self, start: &[f64]) -> FitOptions {
        self.start = Some(start.to_vec());
        self
    }

    /// The same for the model without covariates, from which the search with them starts.
    pub(crate) fn plain(&self) -> FitOptions {
        FitOptions { start: None, ..self.clone() }
    }

    /// Checks the penalties.
    pub(crate) fn check(&self) -> Result<()> {
        for (name, penalty) in [("penalty", self.penalty), ("coefficient_penalty", self.coefficient_penalty)] {
            if !(penalty >= 0.0 && penalty.is_finite()) {
                let message = format!("{name}: {penalty} is not a finite number of at least 0");
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
        }
        Ok(())
    }

    /// The priors in the order of the parameters, all checked.
    pub(crate) fn ordered_priors(&self, names: &[String]) -> Result<Vec<(usize, Prior)>> {
        let find = |(name, prior): &(String, Prior)| {
            prior.check().map_err(|error| error.at(format_args!("prior of {name}")))?;
            match names.iter().position(|known| known == name) {
                Some(index) => Ok((index, *prior)),
                None => Err(Error::new(
                    ErrorKind::InvalidArgument,
                    format!("prior: {name} is not a parameter; the parameters are {}", names.join(", ")),
                )),
            }
        };
        self.priors.iter().map(find).collect()
    }
}
