//! The mean of any smooth function under a beta distribution.

use super::beta::ln_beta_power;
use super::quadrature::{FLAT, Tail, cumulant, first_step, trapezoid};
use super::{exp, ln, ln_1p, sqrt};

/// A point of the unit interval, near either end without loss.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BetaPoint {
    /// The point.
    pub(crate) p: f64,
    /// ln p.
    pub(crate) ln_p: f64,
    /// ln(1 − p).
    pub(crate) ln_q: f64,
}

impl BetaPoint {
    fn at(logit: f64) -> BetaPoint {
        // The nearer end first: ln_1p of a small number.
        let small = exp(-logit.abs());
        let near = -ln_1p(small);
        let far = near - logit.abs();
        if logit < 0.0 {
            BetaPoint { p: small / (1.0 + small), ln_p: far, ln_q: near }
        } else {
            BetaPoint { p: 1.0 / (1.0 + small), ln_p: near, ln_q: far }
        }
    }
}

/// The mean of f(p) for p ~ Beta(a, b), a, b > 0.
///
/// f is positive, smooth, constant below p = e^−90, and nowhere steeper than a small power of p or 1 − p; a steeper factor
/// belongs in the weight, as in [`mean_power`](super::mean_power).
pub(crate) fn beta_expectation(a: f64, b: f64, f: impl Fn(BetaPoint) -> f64) -> f64 {
    let n = a + b;
    let (p, q) = (a / n, b / n);
    let middle = ln(a / b);
    let step = (1.0 / sqrt(a * q)).min(0.5).max(first_step(0.0, n + 2.0));
    let far = ln(n.max(1.0));
    let left = Tail { rate: a, flat: (90.0 + far + middle).max(1.0) };
    let right = Tail { rate: b, flat: (60.0 + far - middle).max(1.0) };
    let sum = if n < FLAT {
        let top = a * ln(p) + b * ln(q);
        trapezoid(step, left, right, |v| {
            let point = BetaPoint::at(middle + v);
            exp(a * point.ln_p + b * point.ln_q - top) * f(point)
        })
    } else {
        trapezoid(step, left, right, |v| exp(-n * cumulant(p, q, v)) * f(BetaPoint::at(middle + v)))
    };
    sum * exp(ln_beta_power(a, b, p, q))
}

#[cfg(test)]
#[path = "expectation_tests.rs"]
mod tests;
