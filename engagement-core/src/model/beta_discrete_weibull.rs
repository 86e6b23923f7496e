//! The beta-discrete-Weibull model of contracts.

use super::fit::{Fit, FitOptions};
use super::likelihood::{RowLikelihood, Weighted};
use super::parameters::{parameters, positive};
use super::renewal_model::{RenewalModel, lost_at, occasion};
use super::renewals::{Contract, Renewals};
use super::shifted_beta_geometric;
use crate::error::Result;
use crate::math::{Random, Sum, digamma, digamma_rise, exp, exp_m1, ln, ln_1p, ln_beta, ln_beta_ratio, ln_gamma, pow};

parameters! {
    /// Contracts whose probability of renewal differs between customers and changes with each customer's time:
    /// beta-discrete-Weibull.
    ///
    /// With c = 1 it is the [`ShiftedBetaGeometric`](super::ShiftedBetaGeometric); a c above 1 lets each customer's rate of loss
    /// rise with time, one below 1 lets it fall.
    ///
    /// # Formula
    /// ```text
    /// S(t) = B(α, β + t^c)/B(α, β)
    /// ```
    ///
    /// # Example
    /// The regular cohort of Fader & Hardie (2007) loses customers faster at first than the shifted beta-geometric can.
    /// ```
    /// use engagement_core::model::{BetaDiscreteWeibull, FitOptions, RenewalModel, Renewals, ShiftedBetaGeometric};
    ///
    /// let cohort = Renewals::from_cohort(&[1000, 631, 468, 382, 326, 289, 262, 241])?;
    /// let fit = BetaDiscreteWeibull::fit(&cohort, &FitOptions::default())?;
    /// let simpler = ShiftedBetaGeometric::fit(&cohort, &FitOptions::default())?;
    /// assert!(fit.log_likelihood > simpler.log_likelihood);
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    ///
    /// # References
    /// Fader, Hardie, Liu, Davin & Steenburgh (2018), doi:10.1016/j.intmar.2018.01.002.
    BetaDiscreteWeibull = "beta-discrete-weibull" {
        /// First shape of the rate of loss.
        alpha,
        /// Second shape of the rate of loss.
        beta,
        /// Power of time.
        c,
    }
}

/// Occasions whose terms are added one by one; beyond them the sum is an integral.
const SINGLE: u32 = 4096;
/// The logarithm from which a power of time is told by its logarithm alone.
const HUGE: f64 = 600.0;

impl BetaDiscreteWeibull {
    /// The model of maximum likelihood.
    ///
    /// # Errors
    /// [`ErrorKind::FitFailed`](crate::ErrorKind::FitFailed): nobody was lost, nobody came to a third occasion, or the fit did not
    /// converge.
    pub fn fit(renewals: &Renewals, options: &FitOptions) -> Result<Fit<BetaDiscreteWeibull>> {
        let (rows, weights) = renewals.rows(3)?;
        let largest = rows.iter().map(|contract| contract.renewals.saturating_add(1)).max().unwrap_or(0);
        let data = Weighted { rows: &rows, weights: &weights, largest };
        let mut starts = shifted_beta_geometric::starts(renewals);
        starts.iter_mut().for_each(|start| start.push(1.0));
        starts.push(vec![0.5, 0.5, 1.5]);
        data.fit(&BetaDiscreteWeibull { alpha: 1.0, beta: 1.0, c: 1.0 }, &starts, 0.0, options)
    }

    /// ln S(to) − ln S(from) and its derivatives by ln α, ln β and ln c.
    fn ratio(&self, from: f64, to: f64) -> (f64, [f64; 3]) {
        let BetaDiscreteWeibull { alpha, beta, c } = *self;
        let ln_to = c * ln(to);
        if c * ln(from) >= HUGE {
            let value = -alpha * c * ln_1p((to - from) / from);
            return (value, [value, 0.0, value]);
        }
        let reached = pow(from, c);
        let at = beta + reached;
        let by_from = digamma_rise(at, alpha);
        // d(t^c)/d ln c, which is 0 at t = 0 too.
        let warp = |t: f64, power: f64| if t > 0.0 { c * power * ln(t) } else { 0.0 };
        if ln_to >= HUGE {
            // B(α, y) is Γ(α)/y^α.
            let value = ln_gamma(alpha) - alpha * ln_to - ln_beta(alpha, at);
            let by_alpha = alpha * (digamma(alpha + at) - ln_to);
            return (value, [by_alpha, beta * by_from, by_from * warp(from, reached) - alpha * ln_to]);
        }
        let rise = if from > 0.0 { reached * exp_m1(c * ln_1p((to - from) / from)) } else { pow(to, c) };
        let value = ln_beta_ratio(alpha, at, 0.0, rise);
        let by_alpha = -digamma_rise(alpha + at, rise);
        let by_to = -digamma_rise(at + rise, alpha);
        let by_c = by_from * warp(from, reached) + by_to * warp(to, reached + rise);
        (value, [alpha * by_alpha, beta * (by_from + by_to), by_c])
    }

    /// d ln S(t)/dt.
    fn slope(&self, t: f64) -> f64 {
        if self.c * ln(t) >= HUGE {
            return -self.alpha * self.c / t;
        }
        -self.c * pow(t, self.c - 1.0) * digamma_rise(self.beta + pow(t, self.c), self.alpha)
    }

    /// Σ over k = 1..=`t` of S(renewed + k)/S(renewed)·e^(−δ(k − 1)); `t` may be infinite where δ is not 0.
    fn sum(&self, renewed: u32, t: f64, delta: f64) -> f64 {
        let from = f64::from(renewed);
        let term = |k: f64| exp(self.ratio(from, from + k).0 - delta * (k - 1.0));
        let mut sum = Sum::default();
        for k in 1..=SINGLE {
            let k = f64::from(k);
            if k > t {
                return sum.value();
            }
            let last = term(k);
            sum.add(last);
            // The terms fall: those left are at most as many of this size.
            let left = if delta > 0.0 { (1.0 / delta).min(t) } else { t };
            if last * left <= 1e-17 * sum.value() {
                return sum.value();
            }
        }
        // Euler and Maclaurin from the middle between two terms.
        let (start, end) = (f64::from(SINGLE) + 0.5, t + 0.5);
        let fall = |k: f64| term(k) * (self.slope(from + k) - delta);
        let mut at = start;
        while at < end {
            let next = (2.0 * at).min(end);
            let part = integral(&term, at, next, gauss(&term, at, next), 1e-14 * sum.value(), 40);
            sum.add(part);
            at = next;
            if part <= 1e-17 * sum.value() {
                break;
            }
        }
        sum.value() + (fall(start) - if end.is_finite() { fall(end) } else { 0.0 }) / 24.0
    }
}

/// The integral over an interval, halved until both halves agree with the whole.
fn integral(f: &impl Fn(f64) -> f64, from: f64, to: f64, whole: f64, enough: f64, depth: u32) -> f64 {
    let middle = 0.5 * (from + to);
    let (left, right) = (gauss(f, from, middle), gauss(f, middle, to));
    let apart = (left + right - whole).abs();
    // What is no number does not become one by halving.
    if depth == 0 || apart.is_nan() || apart <= enough.max(1e-14 * whole) {
        return left + right;
    }
    integral(f, from, middle, left, 0.5 * enough, depth - 1) + integral(f, middle, to, right, 0.5 * enough, depth - 1)
}

/// Gauss and Legendre's rule with 10 points.
fn gauss(f: &impl Fn(f64) -> f64, from: f64, to: f64) -> f64 {
    const POINTS: [(f64, f64); 5] = [
        (0.148_874_338_981_631_2, 0.295_524_224_714_752_87),
        (0.433_395_394_129_247_2, 0.269_266_719_309_996_35),
        (0.679_409_568_299_024_4, 0.219_086_362_515_982_04),
        (0.865_063_366_688_984_5, 0.149_451_349_150_580_6),
        (0.973_906_528_517_171_7, 0.066_671_344_308_688_14),
    ];
    let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
    POINTS.iter().map(|(x, weight)| weight * half * (f(middle - half * x) + f(middle + half * x))).sum()
}

impl RowLikelihood<Contract> for BetaDiscreteWeibull {
    type Table = ();

    fn table(&self, _: u32) {}

    fn row(&self, (): &(), contract: &Contract, gradient: &mut [f64]) -> f64 {
        let t = f64::from(contract.renewals);
        let (mut value, mut slopes) = if t > 0.0 { self.ratio(0.0, t) } else { (0.0, [0.0; 3]) };
        if !contract.active {
            let (retained, steps) = self.ratio(t, t + 1.0);
            value += ln(-exp_m1(retained));
            // d ln(1 − e^ρ) = −dρ/(e^−ρ − 1).
            let odds = 1.0 / exp_m1(-retained);
            if odds > 0.0 {
                slopes.iter_mut().zip(steps).for_each(|(slope, step)| *slope -= odds * step);
            }
        }
        gradient.iter_mut().zip(slopes).for_each(|(out, slope)| *out = slope);
        value
    }
}

impl RenewalModel for BetaDiscreteWeibull {
    fn log_likelihood(&self, contract: &Contract) -> f64 {
        self.row(&(), contract, &mut [])
    }

    fn survival_after(&self, renewed: u32, t: u32) -> f64 {
        if t == 0 { 1.0 } else { exp(self.ratio(f64::from(renewed), f64::from(renewed) + f64::from(t)).0) }
    }

    fn probability_of_loss(&self, t: u32) -> Result<f64> {
        let before = occasion(t)? - 1;
        Ok(self.survival(before) * -exp_m1(self.ratio(f64::from(before), f64::from(t)).0))
    }

    fn expected_renewals(&self, renewed: u32, t: u32) -> f64 {
        self.sum(renewed, f64::from(t), 0.0)
    }

    fn discounted_renewals(&self, renewed: u32, rate: f64) -> Result<f64> {
        Ok(self.sum(renewed, f64::INFINITY, ln_1p(positive("rate", rate)?)))
    }

    fn simulate(&self, random: &mut Random, occasions: u32) -> Contract {
        let odds = exp(random.ln_gamma_variate(self.alpha) - random.ln_gamma_variate(self.beta));
        lost_at(pow(random.exponential() / ln_1p(odds), 1.0 / self.c), occasions)
    }
}

#[cfg(test)]
#[path = "beta_discrete_weibull_tests.rs"]
mod tests;
