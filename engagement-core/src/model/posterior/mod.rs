//! The full posterior of a model's parameters.

mod diagnostics;
mod models;
mod nuts;
mod options;
mod sample;

pub use options::PosteriorOptions;

use super::bootstrap::quantile;
use super::fit::Estimated;
use super::interval::{Interval, level};
use crate::error::{Error, ErrorKind, Result};
use diagnostics::{Diagnostics, moments};

/// R-hat above which chains count as not agreed.
const AGREED: f64 = 1.01;
/// Independent draws below which intervals are too uncertain.
const ENOUGH: f64 = 400.0;

/// What the posterior says of one parameter, and how far the draws can be trusted in it.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterPosterior {
    /// The parameter.
    pub name: String,
    /// Mean of the draws.
    pub mean: f64,
    /// Standard deviation of the draws.
    pub standard_deviation: f64,
    /// Rank-normalised split R-hat, the larger of those of location and of spread: 1 where the chains agree.
    pub r_hat: f64,
    /// How many independent draws the middle of the distribution is known as well as from. Draws of opposite sides make it larger
    /// than their number.
    #[doc(alias = "ess_bulk")]
    pub bulk_size: f64,
    /// The same for the 5 % and 95 % quantiles, the smaller of the two.
    #[doc(alias = "ess_tail")]
    pub tail_size: f64,
}

/// Models drawn from the posterior of a model's parameters, with the evidence that the draws can be trusted.
///
/// The sampler is the No-U-Turn sampler of the crate nuts-rs on the logarithms of the parameters, with the analytic gradient of the
/// likelihood. Chains start around the mode, farther out than most of the posterior. The same options give the same draws on the
/// same kind of machine; sums in the sampler depend on the processor's vector instructions.
///
/// # Formula
/// ```text
/// posterior(θ) ∝ likelihood(θ) · Π prior(θᵢ),   drawn as ln θ with the density · Π θᵢ
/// ```
///
/// # Example
/// ```
/// use engagement_core::model::{Nbd, Parameters, PosteriorOptions, PurchaseModel};
/// use engagement_core::{TimeUnit, simulate};
///
/// let data = simulate::purchases(&Nbd::new(0.8, 10.0)?, &[40.0; 400], None, TimeUnit::Week, 3, 0)?;
/// let posterior = Nbd::posterior(&data, &PosteriorOptions::default().draws(500).seed(1))?;
/// assert!(posterior.warnings().is_empty());
/// let r = &posterior.parameters()[0];
/// assert!((r.mean - 0.8).abs() < 4.0 * r.standard_deviation);
///
/// // Anything a model says has an interval.
/// let in_a_year = posterior.credible_interval_of(0.9, |model| model.expected_purchases_new(52.0))?;
/// assert!(in_a_year.low < in_a_year.estimate && in_a_year.estimate < in_a_year.high);
/// # Ok::<(), engagement_core::Error>(())
/// ```
///
/// # References
/// Hoffman & Gelman (2014), "The No-U-Turn Sampler", <https://jmlr.org/papers/v15/hoffman14a.html>; R-hat and effective sizes:
/// Vehtari, Gelman, Simpson, Carpenter & Bürkner (2021), doi:10.1214/20-BA1221.
#[derive(Clone, Debug, PartialEq)]
pub struct Posterior<M> {
    models: Vec<M>,
    chains: u32,
    divergences: u32,
    parameters: Vec<ParameterPosterior>,
}

impl<M> Posterior<M> {
    /// The draws, chain after chain; all chains have the same number.
    #[must_use]
    pub fn models(&self) -> &[M] {
        &self.models
    }

    /// Chains.
    #[must_use]
    pub fn chains(&self) -> u32 {
        self.chains
    }

    /// Draws at which the sampler's path went astray; where there are any, the draws may leave out parts of the posterior.
    #[must_use]
    pub fn divergences(&self) -> u32 {
        self.divergences
    }

    /// What the posterior says of each parameter, in the model's order.
    #[must_use]
    pub fn parameters(&self) -> &[ParameterPosterior] {
        &self.parameters
    }

    /// What speaks against trusting the draws, a sentence each: R-hat above 1.01, draws worth fewer than 400 independent ones,
    /// divergences.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for ParameterPosterior { name, r_hat, bulk_size, tail_size, .. } in &self.parameters {
            if *r_hat > AGREED {
                warnings.push(format!(
                    "{name}: R-hat is {r_hat:.3}, above {AGREED}: chains or halves of them do not agree; tune and draw more"
                ));
            }
            let least = bulk_size.min(*tail_size);
            if least < ENOUGH {
                warnings.push(format!("{name}: the draws are worth {least:.0} independent ones, fewer than {ENOUGH}; draw more"));
            }
        }
        if self.divergences > 0 {
            let count = self.divergences;
            warnings.push(format!("{count} draws diverged: parts of the posterior may be left out; a narrower prior would help"));
        }
        warnings
    }

    /// The same draws of the same model in another form.
    #[must_use]
    pub fn map<N>(self, form: impl FnMut(M) -> N) -> Posterior<N> {
        let Posterior { models, chains, divergences, parameters } = self;
        Posterior { models: models.into_iter().map(form).collect(), chains, divergences, parameters }
    }

    /// The credible interval of anything the models say: the mean of what they say, between its quantiles that cut off the same
    /// share at both ends.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: `level` is not between 0 and 1, or a value of `f` is not a number; and what `f` fails with.
    pub fn credible_interval_of(&self, level: f64, f: impl Fn(&M) -> Result<f64>) -> Result<Interval> {
        let tail = 0.5 * (1.0 - self::level(level)?);
        let mut values = self.models.iter().map(f).collect::<Result<Vec<f64>>>()?;
        if values.iter().any(|value| value.is_nan()) {
            return Err(Error::new(ErrorKind::InvalidArgument, "f: NaN is not a number"));
        }
        values.sort_by(f64::total_cmp);
        let (low, high) = (quantile(&values, tail), quantile(&values, 1.0 - tail));
        Ok(Interval { estimate: moments(&values).0, low, high })
    }
}

impl<M: Estimated> Posterior<M> {
    /// The posterior that chains of the same number of draws make up. There is at least one chain.
    fn new(models: Vec<M>, chains: u32, divergences: u32) -> Posterior<M> {
        let mut posterior = Posterior { models, chains, divergences, parameters: Vec::new() };
        let draws = posterior.models.len() / chains as usize;
        let names = posterior.models.first().map_or(Vec::new(), Estimated::names);
        posterior.parameters = names
            .into_iter()
            .enumerate()
            .map(|(index, name)| {
                let values = posterior.values(index);
                let (mean, variance) = moments(&values);
                let Diagnostics { r_hat, bulk, tail } = Diagnostics::of(&values, draws);
                let standard_deviation = variance.sqrt();
                ParameterPosterior { name, mean, standard_deviation, r_hat, bulk_size: bulk, tail_size: tail }
            })
            .collect();
        posterior
    }

    /// The posterior of models drawn before, such as a program stored: chain after chain, all chains of the same number.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: the models do not make whole chains of at least 4 draws.
    ///
    /// # Example
    /// ```
    /// use engagement_core::model::{Nbd, Posterior};
    ///
    /// let models: Vec<Nbd> = (1..=8).map(|i| Nbd::new(f64::from(i), 10.0)).collect::<Result<_, _>>()?;
    /// let posterior = Posterior::from_models(models, 2, 0)?;
    /// assert_eq!((posterior.chains(), posterior.parameters()[0].mean), (2, 4.5));
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    pub fn from_models(models: Vec<M>, chains: u32, divergences: u32) -> Result<Posterior<M>> {
        let draws = models.len().checked_div(chains as usize).unwrap_or(0);
        if draws < options::FEWEST as usize || draws * chains as usize != models.len() {
            let least = options::FEWEST;
            let message = format!("chains: {} models do not make {chains} chains of at least {least} draws each", models.len());
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        Ok(Posterior::new(models, chains, divergences))
    }

    fn values(&self, index: usize) -> Vec<f64> {
        self.models.iter().map(|model| model.estimates()[index]).collect()
    }

    /// The draws of a parameter, chain after chain.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: the model has no such parameter.
    pub fn draws(&self, parameter: &str) -> Result<Vec<f64>> {
        let names = || self.parameters.iter().map(|known| known.name.as_str());
        match names().position(|name| name == parameter) {
            Some(index) => Ok(self.values(index)),
            None => {
                let names = names().collect::<Vec<_>>().join(", ");
                let message = format!("parameter: \"{parameter}\" is not a parameter; the parameters are {names}");
                Err(Error::new(ErrorKind::InvalidArgument, message))
            }
        }
    }

    /// Credible intervals of the parameters, in the model's order: posterior means between quantiles.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: `level` is not between 0 and 1.
    pub fn credible_intervals(&self, level: f64) -> Result<Vec<Interval>> {
        let of = |index: usize| self.credible_interval_of(level, |model| Ok(model.estimates()[index]));
        (0..self.parameters.len()).map(of).collect()
    }
}
