//! How a posterior is sampled, and what is known of the parameters before the data.

use crate::error::{Error, ErrorKind, Result};
use crate::math::ln;
use crate::model::prior::Prior;
use crate::progress::Progress;

/// The standard deviation of the logarithm of a parameter that no prior was given of.
const SPREAD: f64 = 1.5;
/// The parameters that have the unit of the data: a time, or money.
const WITH_UNIT: [&str; 3] = ["alpha", "beta", "v"];
/// The fewest draws of a chain whose halves can be compared.
pub(super) const FEWEST: u32 = 4;

/// How a posterior is sampled.
///
/// # Priors
/// A flat prior on the logarithms is improper, and so would the posterior be wherever the data leaves a parameter unbounded. So
/// every parameter has a prior. Where none is given, its logarithm is normal with standard deviation 1.5 around that of a typical
/// size: the mean age of the customers for α and β, the mean value of a purchase for v, and 1 for the others. Nineteen of
/// twenty parameters are then within a factor of 19 of that size. Several priors of the same parameter multiply.
///
/// ```
/// use engagement_core::model::{PosteriorOptions, Prior};
///
/// let options = PosteriorOptions::default().chains(2).draws(500).seed(7).prior("r", Prior::Weibull { shape: 2.0, scale: 1.0 });
/// assert_eq!((options.chains, options.tune, options.draws, options.seed), (2, 1000, 500, 7));
/// ```
#[derive(Clone, Debug)]
pub struct PosteriorOptions<'p> {
    /// Chains, each from a start of its own. 4 by default.
    pub chains: u32,
    /// Steps of a chain in which the sampler adapts itself, and which do not count as draws. 1000 by default.
    pub tune: u32,
    /// Draws of a chain. 1000 by default.
    pub draws: u32,
    /// Seed of the random numbers. 0 by default.
    pub seed: u64,
    /// Priors of parameters by name.
    pub priors: Vec<(String, Prior)>,
    /// Threads, which live as long as the call; 0 takes as many as the machine has. The draws are the same with any number.
    pub threads: usize,
    /// To watch and to cancel: the steps of all chains.
    pub progress: Option<&'p Progress>,
}

impl Default for PosteriorOptions<'_> {
    fn default() -> Self {
        PosteriorOptions { chains: 4, tune: 1000, draws: 1000, seed: 0, priors: Vec::new(), threads: 0, progress: None }
    }
}

impl<'p> PosteriorOptions<'p> {
    /// Sets the number of chains.
    #[must_use]
    pub fn chains(mut self, chains: u32) -> Self {
        self.chains = chains;
        self
    }

    /// Sets the steps of a chain before its draws.
    #[must_use]
    pub fn tune(mut self, tune: u32) -> Self {
        self.tune = tune;
        self
    }

    /// Sets the draws of a chain.
    #[must_use]
    pub fn draws(mut self, draws: u32) -> Self {
        self.draws = draws;
        self
    }

    /// Sets the seed of the random numbers.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Adds the prior of a parameter.
    #[must_use]
    pub fn prior(mut self, parameter: &str, prior: Prior) -> Self {
        self.priors.push((parameter.to_owned(), prior));
        self
    }

    /// Sets the number of threads.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Sets what watches and cancels.
    #[must_use]
    pub fn progress(mut self, progress: Option<&'p Progress>) -> Self {
        self.progress = progress;
        self
    }

    /// Checks the sizes.
    pub(super) fn check(&self) -> Result<()> {
        for (name, value, least) in [("chains", self.chains, 1), ("draws", self.draws, FEWEST)] {
            if value < least {
                return Err(Error::new(ErrorKind::InvalidArgument, format!("{name}: {value} is not at least {least}")));
            }
        }
        Ok(())
    }

    /// The steps of a chain.
    pub(super) fn steps(&self) -> u64 {
        u64::from(self.tune) + u64::from(self.draws)
    }

    /// The priors with those of the parameters that none was given of; `scale` is the size that goes with the data's unit.
    pub(super) fn complete_priors(&self, parameters: &[&str], scale: f64) -> Vec<(String, Prior)> {
        let missing = parameters.iter().filter(|&&name| self.priors.iter().all(|(known, _)| known != name));
        let weak = |&name: &&str| {
            let size = if WITH_UNIT.contains(&name) { scale } else { 1.0 };
            (name.to_owned(), Prior::LogNormal { mu: ln(size), sigma: SPREAD })
        };
        self.priors.iter().cloned().chain(missing.map(weak)).collect()
    }
}
