//! Draws from a log-density by the No-U-Turn sampler of the crate nuts-rs.

use std::collections::HashMap;

use nuts_rs::{Chain, CpuLogpFunc, CpuMath, CpuMathError, DiagNutsSettings, HasDims, LogpError, Settings};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::PosteriorOptions;
use crate::error::{Error, ErrorKind, Result};
use crate::math::Random;
use crate::math::minimise::Minimum;

/// The widest standard deviation of a logarithm that the curvature at the mode is believed.
const WIDEST: f64 = 3.0;

/// A log-density in the coordinates in which it is about normal with mean 0 and variance 1: those of the curvature at its mode.
///
/// In them a step of the sampler can be as long as the density is wide in every direction, so that a draw takes few evaluations.
/// The mode is no more than a scale: the draws are those of the density, whatever the coordinates.
pub(super) struct Target<'a> {
    /// Returns the log-density and writes its gradient; not finite outside the domain.
    ln_density: &'a (dyn Fn(&[f64], &mut [f64]) -> f64 + Sync),
    mode: Vec<f64>,
    /// What a step of 1 along each coordinate is.
    axes: Vec<Vec<f64>>,
}

/// The draws of a chain and the steps after tuning that went astray.
pub(super) struct Drawn {
    pub(super) draws: Vec<Vec<f64>>,
    pub(super) divergences: u32,
}

impl<'a> Target<'a> {
    /// The log-density around a mode that was found as the minimum of −log-density ÷ `weight`.
    pub(super) fn new(ln_density: &'a (dyn Fn(&[f64], &mut [f64]) -> f64 + Sync), mode: &Minimum, weight: f64) -> Target<'a> {
        let axis = |(&curvature, direction): (&f64, &Vec<f64>)| {
            let width = 1.0 / (curvature * weight).sqrt();
            // A curvature that is not positive has no width.
            let width = if width < WIDEST { width } else { WIDEST };
            direction.iter().map(|part| part * width).collect()
        };
        let axes = mode.hessian.values.iter().zip(&mode.hessian.vectors).map(axis).collect();
        Target { ln_density, mode: mode.place.point.clone(), axes }
    }

    fn dimensions(&self) -> usize {
        self.mode.len()
    }

    /// The point of a position in the coordinates.
    fn point(&self, position: &[f64]) -> Vec<f64> {
        let mut point = self.mode.clone();
        for (along, axis) in position.iter().zip(&self.axes) {
            point.iter_mut().zip(axis).for_each(|(x, part)| *x += along * part);
        }
        point
    }

    /// The log-density at a position, with its gradient by the position.
    fn at(&self, position: &[f64], gradient: &mut [f64]) -> Option<f64> {
        let mut slopes = vec![0.0; self.dimensions()];
        let value = (self.ln_density)(&self.point(position), &mut slopes);
        for (slope, axis) in gradient.iter_mut().zip(&self.axes) {
            *slope = axis.iter().zip(&slopes).map(|(part, slope)| part * slope).sum();
        }
        (value.is_finite() && gradient.iter().all(|slope| slope.is_finite())).then_some(value)
    }

    /// Somewhere around the mode, farther out than most of the density.
    fn start(&self, random: &mut Random) -> Vec<f64> {
        let mut gradient = vec![0.0; self.dimensions()];
        let mut spread = 2.0;
        for _ in 0..8 {
            let start: Vec<f64> = (0..self.dimensions()).map(|_| spread * random.normal()).collect();
            if self.at(&start, &mut gradient).is_some() {
                return start;
            }
            spread *= 0.5;
        }
        vec![0.0; self.dimensions()]
    }

    /// Draws a chain. The same seed and chain give the same draws.
    pub(super) fn draw(&self, chain: u64, options: &PosteriorOptions<'_>) -> Result<Drawn> {
        let failed = |error: &dyn std::fmt::Display| {
            Error::new(ErrorKind::FitFailed, format!("chain {chain}: the sampler stopped: {error}"))
        };
        let (tune, draws) = (u64::from(options.tune), u64::from(options.draws));
        let mut settings = DiagNutsSettings { num_tune: tune, num_draws: draws, ..DiagNutsSettings::default() };
        settings.adapt_options.step_size_settings.initial_step = 1.0;
        let mut bits = ChaCha8Rng::seed_from_u64(options.seed);
        bits.set_stream(chain);
        let mut sampler = settings.new_chain(chain, CpuMath::new(self), &mut bits).map_err(|error| failed(&error))?;
        sampler.set_position(&self.start(&mut Random::new(options.seed, chain))).map_err(|error| failed(&error))?;
        let mut drawn = Drawn { draws: Vec::new(), divergences: 0 };
        drawn.draws.try_reserve_exact(options.draws as usize)?;
        for step in 0..options.steps() {
            let (position, how) = sampler.draw().map_err(|error| failed(&error))?;
            if step >= tune {
                drawn.draws.push(self.point(&position));
                drawn.divergences += u32::from(how.diverging);
            }
            if let Some(progress) = options.progress {
                progress.step(1)?;
            }
        }
        Ok(drawn)
    }
}

/// The position is outside the domain: the sampler turns back.
#[derive(Debug, thiserror::Error)]
#[error("the log-density is not finite")]
pub(super) struct Outside;

impl LogpError for Outside {
    fn is_recoverable(&self) -> bool {
        true
    }
}

impl HasDims for &Target<'_> {
    fn dim_sizes(&self) -> HashMap<String, u64> {
        HashMap::new()
    }
}

impl CpuLogpFunc for &Target<'_> {
    type LogpError = Outside;
    type FlowParameters = ();
    type ExpandedVector = ();

    fn dim(&self) -> usize {
        self.dimensions()
    }

    fn logp(&mut self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Outside> {
        self.at(position, gradient).ok_or(Outside)
    }

    fn expand_vector<R: nuts_rs::rand::Rng + ?Sized>(&mut self, _: &mut R, _: &[f64]) -> Result<(), CpuMathError> {
        Ok(())
    }
}
