//! Intervals by refitting to simulated data: the parametric bootstrap.

use super::fit::{Estimated, Fit};
use super::interval::{Interval, level};
use crate::error::{Error, ErrorKind, Result};
use crate::score::in_chunks;

/// Refits fewer than these make no interval.
const FEWEST: usize = 20;

/// A fitted model and the models refitted to data simulated from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Bootstrap<M> {
    model: M,
    refits: Vec<M>,
    failed: u32,
}

/// Refits a model to data simulated from it, `replicates` times.
///
/// `simulate` makes the data of one replicate from the model and a seed of its own; `refit` fits to them. A refit that fails is
/// counted and left out. The answer depends on `seed` and not on the number of threads; 0 threads takes as many as the machine has.
///
/// # Example
/// ```
/// use engagement_core::model::{FitOptions, RenewalModel, Renewals, ShiftedBetaGeometric, bootstrap};
/// use engagement_core::simulate;
///
/// let fit = ShiftedBetaGeometric::fit(&Renewals::from_cohort(&[1000, 869, 743, 653, 593])?, &FitOptions::default())?;
/// let simulate = |model: &ShiftedBetaGeometric, seed| simulate::renewals(model, 1000, 4, seed);
/// let refits = bootstrap(&fit, 50, 1, 0, simulate, |data| ShiftedBetaGeometric::fit(data, &FitOptions::default()))?;
/// let share = refits.interval_of(0.9, |model| Ok(model.survival(12)))?;
/// assert!(share.low < share.estimate && share.estimate < share.high);
/// # Ok::<(), engagement_core::Error>(())
/// ```
///
/// # Errors
/// What `simulate` fails with; [`ErrorKind::FitFailed`] where fewer than 20 refits succeed.
///
/// # References
/// Efron & Tibshirani (1993), "An Introduction to the Bootstrap", doi:10.1007/978-1-4899-4541-9, chapters 6 and 13.
pub fn bootstrap<M: Estimated, D>(
    fit: &Fit<M>,
    replicates: u32,
    seed: u64,
    threads: usize,
    simulate: impl Fn(&M, u64) -> Result<D> + Sync,
    refit: impl Fn(&D) -> Result<Fit<M>> + Sync,
) -> Result<Bootstrap<M>> {
    let refits = in_chunks(replicates as usize, threads, |replicate| {
        let data = simulate(&fit.model, mixed(seed, replicate as u64))?;
        Ok(refit(&data).ok().map(|fit| fit.model))
    })?;
    let refits: Vec<M> = refits.into_iter().flatten().collect();
    let failed = replicates - refits.len() as u32;
    Bootstrap::from_refits(fit.model.clone(), refits, failed)
}

impl<M: Estimated> Bootstrap<M> {
    /// The bootstrap of models refitted before, such as a program stored.
    ///
    /// # Errors
    /// [`ErrorKind::FitFailed`]: fewer than 20 refits.
    pub fn from_refits(model: M, refits: Vec<M>, failed: u32) -> Result<Bootstrap<M>> {
        if refits.len() < FEWEST {
            let message = format!(
                "{} of {} refits succeeded, and an interval needs {FEWEST}; ask for more replicates",
                refits.len(),
                refits.len() + failed as usize
            );
            return Err(Error::new(ErrorKind::FitFailed, message));
        }
        Ok(Bootstrap { model, refits, failed })
    }

    /// The fitted model.
    #[must_use]
    pub fn model(&self) -> &M {
        &self.model
    }

    /// The refitted models, in the order of their seeds.
    #[must_use]
    pub fn refits(&self) -> &[M] {
        &self.refits
    }

    /// Refits that failed and were left out.
    #[must_use]
    pub fn failed(&self) -> u32 {
        self.failed
    }

    /// Intervals of the estimates, in their order.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: `level` is not between 0 and 1.
    pub fn confidence_intervals(&self, level: f64) -> Result<Vec<Interval>> {
        let of = |index: usize| self.interval_of(level, |model| Ok(model.estimates()[index]));
        (0..self.model.estimates().len()).map(of).collect()
    }

    /// The interval of anything the model says: the quantiles of what the refitted models say.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: `level` is not between 0 and 1; and what `f` fails with.
    pub fn interval_of(&self, level: f64, f: impl Fn(&M) -> Result<f64>) -> Result<Interval> {
        let tail = 0.5 * (1.0 - self::level(level)?);
        let mut values = self.refits.iter().map(&f).collect::<Result<Vec<f64>>>()?;
        values.sort_by(f64::total_cmp);
        Ok(Interval { estimate: f(&self.model)?, low: quantile(&values, tail), high: quantile(&values, 1.0 - tail) })
    }
}

/// The quantile of sorted values, linear between the two nearest: Hyndman & Fan (1996), doi:10.2307/2684934, definition 7.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = share * (sorted.len() - 1) as f64;
    let below = sorted[at as usize];
    let above = sorted[(at as usize + 1).min(sorted.len() - 1)];
    let part = at - at.floor();
    // Either may be infinite, and their weighted sum then no number.
    if part > 0.0 && above > below && below.is_finite() { below + part * (above - below) } else { below }
}

/// A seed for each replicate, far apart: the finaliser of `SplitMix64`, Steele, Lea & Flood (2014), doi:10.1145/2660193.2660195.
fn mixed(seed: u64, replicate: u64) -> u64 {
    let mut z = seed.wrapping_add((replicate + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Random;
    use crate::model::{FitOptions, RenewalModel, Renewals, ShiftedBetaGeometric};

    fn cohort(model: &ShiftedBetaGeometric, seed: u64) -> Result<Renewals> {
        let mut random = Random::new(seed, 0);
        let (renewals, active): (Vec<u32>, Vec<bool>) =
            (0..1000).map(|_| model.simulate(&mut random, 7)).map(|one| (one.renewals, one.active)).unzip();
        Renewals::from_customers(&renewals, &active)
    }

    fn refit(data: &Renewals) -> Result<Fit<ShiftedBetaGeometric>> {
        ShiftedBetaGeometric::fit(data, &FitOptions::default())
    }

    /// The same bits on any number of threads, other ones with another seed, and about the width that the curvature foresees.
    #[test]
    fn refits_agree_with_the_curvature() {
        let fit = refit(&Renewals::from_cohort(&[1000, 869, 743, 653, 593, 551, 517, 491]).unwrap()).unwrap();
        let run = |seed, threads| bootstrap(&fit, 200, seed, threads, cohort, refit).unwrap();
        let all = run(5, 1);
        assert_eq!(all, run(5, 2));
        assert_ne!(all, run(6, 2));
        assert_eq!((all.refits().len(), all.failed()), (200, 0));
        let by_curvature = fit.confidence_intervals(0.9).unwrap();
        for (got, want) in all.confidence_intervals(0.9).unwrap().iter().zip(by_curvature) {
            assert_eq!(got.estimate, want.estimate);
            let width = (got.high / got.low).ln() / (want.high / want.low).ln();
            assert!((0.75..1.35).contains(&width), "{got:?} {want:?}");
        }
    }

    #[test]
    fn failures_are_counted() {
        let fit = refit(&Renewals::from_cohort(&[1000, 869, 743, 653]).unwrap()).unwrap();
        let seldom = |data: &Renewals| {
            if data.lost(0).is_multiple_of(2) { refit(data) } else { Err(Error::new(ErrorKind::FitFailed, "no")) }
        };
        let some = bootstrap(&fit, 100, 1, 0, cohort, seldom).unwrap();
        assert_eq!(some.refits().len() + some.failed() as usize, 100);
        assert!(some.failed() > 20);
        let error = bootstrap(&fit, 10, 1, 0, cohort, refit).unwrap_err();
        assert_eq!(error.to_string(), "10 of 10 refits succeeded, and an interval needs 20; ask for more replicates");
    }

    #[test]
    fn quantiles_by_hand() {
        let values = [1.0, 2.0, 4.0, 8.0, f64::INFINITY];
        let quantiles = [0.0, 0.25, 0.375, 0.75, 1.0].map(|share| quantile(&values, share));
        assert_eq!(quantiles, [1.0, 2.0, 3.0, 8.0, f64::INFINITY]);
        assert_eq!(quantile(&[f64::NEG_INFINITY, 0.0], 0.5), f64::NEG_INFINITY);
    }
}
