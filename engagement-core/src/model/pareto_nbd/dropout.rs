//! When a customer left, given the purchases: a density over the time of dropout, and a point mass for those who stay.

use super::ParetoNbd;
use super::integral::{LogConcave, ln_integral};
use crate::math::{exp, exp_m1, ln, ln_1p};
use crate::model::PurchaseHistory;

/// What the likelihood, its gradient and the probability of being alive need of the posterior of the dropout time τ.
///
/// With R = r + x, a customer who is alive has the weight `(α+T)^−R (β+T)^−s`, and one who left at τ between `t_x` and T has the
/// density `s (α+τ)^−R (β+τ)^−(s+1)`. Everything is one integral of positive terms. Its variable is the logarithm of m + τ,
/// m = min(α, β), in which the density is log-concave whatever the parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dropout {
    /// ln L − ln Γ(r + x) + ln Γ(r).
    pub(super) ln_rest: f64,
    /// The probability that the customer has not left.
    pub(super) alive: f64,
    /// The probability that the customer has left.
    pub(super) gone: f64,
    pub(super) by_alpha: Mean,
    pub(super) by_beta: Mean,
}

/// Means over the posterior of τ, which is T for a customer who is alive; c is α or β.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mean {
    /// ln(1 + τ/c).
    pub(super) log: f64,
    /// τ/(c + τ).
    pub(super) elapsed: f64,
    /// c/(c + τ).
    pub(super) left: f64,
    /// c/(c + τ), where only customers who left count.
    pub(super) left_gone: f64,
}

/// The density of τ over `d = ln((m+τ)/(m+t_x))`.
struct Density {
    /// The density is e^(−k d) (M+τ)^−b, M = max(α, β).
    k: f64,
    b: f64,
    /// `m + t_x` and `M + t_x`.
    near: f64,
    far: f64,
}

impl LogConcave for Density {
    /// d and `ln((M+τ)/(M+t_x))`.
    type Point = (f64, f64);

    fn at(&self, d: f64) -> (f64, (f64, f64)) {
        let far = ln_1p(self.near * exp_m1(d) / self.far);
        (-self.k * d - self.b * far, (d, far))
    }

    fn slope(&self, d: f64) -> f64 {
        let grown = self.near * exp(d);
        -self.k - self.b * grown / (self.far - self.near + grown)
    }
}

impl Density {
    /// Where the density is greatest, for d ≥ 0.
    fn mode(&self) -> f64 {
        if self.k >= 0.0 {
            return 0.0;
        }
        // The slope is 0 where (m+τ)/(M+τ) = −k/b.
        let grown = (self.far - self.near) * -self.k / (self.b + self.k);
        if grown > self.near { ln(grown / self.near) } else { 0.0 }
    }
}

impl Dropout {
    pub(super) fn new(model: &ParetoNbd, customer: &PurchaseHistory) -> Dropout {
        let ParetoNbd { r, alpha, s, beta } = *model;
        let (x, recency, age) = (f64::from(customer.frequency()), customer.recency(), customer.age());
        let since = age - recency;
        let alpha_later = alpha >= beta;
        let (min, max) = if alpha_later { (beta, alpha) } else { (alpha, beta) };
        let (k, b) = if alpha_later { (s, r + x) } else { (r + x - 1.0, s + 1.0) };
        let density = Density { k, b, near: min + recency, far: max + recency };
        let longest = ln_1p(since / density.near);
        let (mut near, mut far, mut mass) = (Mean::default(), Mean::default(), 0.0);
        let (near_before, far_before) = (ln_1p(recency / min), ln_1p(recency / max));
        let mut ln_gone = f64::NEG_INFINITY;
        if since > 0.0 {
            let ln_density = ln_integral(&density, 0.0, density.mode().min(longest), longest, |weight, (d, up)| {
                let tau = recency + density.near * exp_m1(d);
                mass += weight;
                near.add(weight, near_before + d, tau, min);
                far.add(weight, far_before + up, tau, max);
            });
            // s (m+t_x)/(β+t_x), and the integral.
            ln_gone = ln(s) + ln_density + if alpha_later { 0.0 } else { ln((alpha + recency) / (beta + recency)) };
        }
        // Like the integral, relative to the weight of being alive at t_x.
        let ln_alive = -(r + x) * ln_1p(since / (alpha + recency)) - s * ln_1p(since / (beta + recency));
        let (stays, odds) = (ln_alive >= ln_gone, exp(-(ln_alive - ln_gone).abs()));
        let (likely, unlikely) = (1.0 / (1.0 + odds), odds / (1.0 + odds));
        let (alive, gone) = if stays { (likely, unlikely) } else { (unlikely, likely) };
        let (time, ln_weight) = if stays { (age, 0.0) } else { (recency, ln_gone) };
        let ln_rest = ln_weight + ln_1p(odds) - r * ln_1p(time / alpha) - x * ln(alpha + time) - s * ln_1p(time / beta);
        let mean = |side: Mean, c: f64| side.complete(if mass > 0.0 { gone / mass } else { 0.0 }, alive, age, c);
        let (near, far) = (mean(near, min), mean(far, max));
        let (by_alpha, by_beta) = if alpha_later { (far, near) } else { (near, far) };
        Dropout { ln_rest, alive, gone, by_alpha, by_beta }
    }
}

impl Mean {
    fn add(&mut self, weight: f64, log: f64, tau: f64, c: f64) {
        let inverse = 1.0 / (c + tau);
        self.log += weight * log;
        self.elapsed += weight * tau * inverse;
        self.left_gone += weight * c * inverse;
    }

    /// From sums over those who left to means over all.
    fn complete(self, scale: f64, alive: f64, age: f64, c: f64) -> Mean {
        let left_gone = scale * self.left_gone;
        Mean {
            log: scale * self.log + alive * ln_1p(age / c),
            elapsed: scale * self.elapsed + alive * age / (c + age),
            left: left_gone + alive * c / (c + age),
            left_gone,
        }
    }
}
