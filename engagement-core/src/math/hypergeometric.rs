//! Gauss's hypergeometric function where it is the mean of a power under a beta distribution, or a sum of positive terms.
//!
//! No form holds everywhere. The short series are taken where they are short, a continued fraction or an incomplete beta function
//! for a = 1, and the integral, which always holds, elsewhere.

use super::beta::ln_beta_power;
use super::beta_inc::{beta_inc_of_pair, fraction};
use super::quadrature::{FLAT, Tail, cumulant, first_step, trapezoid};
use super::{exp, exp_m1, exp_m1_minus, ln, ln_1p, log_sum_exp, minus_ln_1p, sqrt};

/// Beyond this y the series converge too slowly.
const LONG: f64 = 15.0;
/// A power of at most this logarithm keeps its digits.
const STEEP: f64 = 50.0;
/// No series goes on for longer.
const MOST: f64 = 400.0;

/// F(1, b; c; z) for b, c > 0 and 0 ≤ z < 1, with `one_minus_z` as the caller knows it.
#[inline]
pub(crate) fn f21_1(b: f64, c: f64, z: f64, one_minus_z: f64) -> f64 {
    exp(ln_f21_1(b, c, z, one_minus_z))
}

/// ln F(1, b; c; z) for b, c > 0 and 0 ≤ z < 1; F itself is at most 1/(1 − z) if b ≤ c, but may overflow otherwise.
///
/// c − b ≥ 1: (1 − z) F is the mean of 1/(1 + p y) for y = z/(1 − z) under Beta(c − b, b). Otherwise F is an incomplete beta
/// function over its power, both with positive arguments.
fn ln_f21_1(b: f64, c: f64, z: f64, one_minus_z: f64) -> f64 {
    if z <= 0.0 {
        return 0.0;
    }
    if c - b >= 1.0 {
        let y = z / one_minus_z;
        return by_series(1.0, c - b, b, y).map_or_else(|| ln_mean_power(1.0, c - b, b, y), ln) - ln(one_minus_z);
    }
    if c <= 1.5 {
        // F(1, b; c; z) = 1 + (b/c) z F(1, b + 1; c + 1; z)
        return log_sum_exp(0.0, ln(b / c * z) + ln_f21_1(b + 1.0, c + 1.0, z, one_minus_z));
    }
    let (p, q) = (c - 1.0, b - c + 1.0);
    if z * (b + 2.0) <= c {
        return ln(fraction(p, q, z, one_minus_z));
    }
    ln(p) + ln(beta_inc_of_pair(p, q, z, one_minus_z).0) - ln_beta_power(p, q, z, one_minus_z)
}

/// The mean of (1 + p y)^−a for p ~ Beta(b, d), a, b, d > 0 and y ≥ 0: F(a, b; b + d; −y), in (0, 1].
pub(crate) fn mean_power(a: f64, b: f64, d: f64, y: f64) -> f64 {
    if y <= 0.0 {
        return 1.0;
    }
    if y == f64::INFINITY {
        return 0.0;
    }
    let mean = by_series(a, b, d, y).unwrap_or_else(|| exp(ln_mean_power(a, b, d, y)));
    if mean > 1.0 { 1.0 } else { mean }
}

/// [`mean_power`] where a series of positive terms, or nearly so, is short: Euler's or Pfaff's.
///
/// ```text
/// F(a, b; c; −y) = (1 + y)^−b F(c − a, b; c; z) = (1 + y)^−a F(a, d; c; z),   c = b + d, z = y/(1 + y)
/// ```
fn by_series(a: f64, b: f64, d: f64, y: f64) -> Option<f64> {
    if a == 1.0 && y > 3.0 {
        return stieltjes(b, d, y);
    }
    if y > LONG {
        return None;
    }
    let (c, z, ln_up) = (b + d, y / (1.0 + y), ln_1p(y));
    let short = d + (b - a);
    // The terms of the first fall faster if b < a. Their sign changes at most once if c − a > −1.
    if short > -1.0 && (b <= a || a * ln_up > STEEP) && b * ln_up < STEEP {
        let sum = gauss(short, b, c, z)?;
        return (sum > 0.1).then(|| exp(-b * ln_up) * sum);
    }
    if a * ln_up < STEEP { Some(exp(-a * ln_up) * gauss(a, d, c, z)?) } else { None }
}

/// F(1, b; b + d; −y) by Gauss's continued fraction, which has positive coefficients, if y is not too large for it.
fn stieltjes(b: f64, d: f64, y: f64) -> Option<f64> {
    /// Coefficients between two looks at the progress, in pairs.
    const STRIDE: u32 = 4;
    if y > 2000.0 {
        return None;
    }
    let c = b + d;
    // Numerators and denominators of two successive convergents, of which only the ratios count.
    let (mut before, mut now) = ((0.0, 1.0), (1.0, 1.0));
    let (mut m, mut last) = (0.0, 1.0);
    while m < MOST {
        for _ in 0..STRIDE {
            let double = c + 2.0 * m;
            let first = (b + m) / double * y * if m == 0.0 { 1.0 } else { (c + (m - 1.0)) / (double - 1.0) };
            before = (now.0 + first * before.0, now.1 + first * before.1);
            let second = (m + 1.0) / double * y * ((d + m) / (double + 1.0));
            now = (before.0 + second * now.0, before.1 + second * now.1);
            m += 1.0;
        }
        let scale = 1.0 / now.1;
        let value = now.0 * scale;
        if (value - last).abs() <= 2e-16 * value {
            return Some(value);
        }
        last = value;
        before = (before.0 * scale, before.1 * scale);
        now = (value, 1.0);
    }
    None
}

/// F(a, b; c; z) by its series, if that ends soon.
fn gauss(a: f64, b: f64, c: f64, z: f64) -> Option<f64> {
    let (mut term, mut sum, mut n) = (1.0, 1.0, 0.0);
    while n < MOST {
        let ratio = (a + n) * (b + n) / ((c + n) * (1.0 + n)) * z;
        term *= ratio;
        sum += term;
        n += 1.0;
        // The ratio tends to z from either side.
        if term.abs() <= 1e-17 * sum * (1.0 - ratio.max(z)) {
            return Some(sum);
        }
    }
    None
}

/// ln of [`mean_power`] by quadrature, for y > 0.
///
/// Over the logit of p the integrand is p^b (1 − p)^d (1 + p y)^−a. With t = p/(1 − p), r = (1 + y)t/(1 + (1 + y)t) and c = b + d
/// its logarithm has its one maximum where (c − a) p + a r = b, and from there, v logits away, it has fallen by
/// (c − a) κ(p, v) + a κ(r, v), with κ the cumulant function of a Bernoulli variable.
fn ln_mean_power(a: f64, b: f64, d: f64, y: f64) -> f64 {
    let (c, up) = (b + d, 1.0 + y);
    let k = b * up - d - a * y;
    let root = libm::hypot(k, 2.0 * sqrt(up) * sqrt(d) * sqrt(b));
    let t = if k >= 0.0 { (k + root) / (2.0 * up) / d } else { 2.0 * b / (root - k) };
    let (p, q) = (t / (1.0 + t), 1.0 / (1.0 + t));
    let (r, s) = (1.0 / (1.0 + 1.0 / (up * t)), 1.0 / (1.0 + up * t));
    // r − p
    let apart = y * p * s;
    let fall = |v: f64| {
        if c.max(a) < FLAT {
            let small = exp(-v.abs());
            if v < 0.0 {
                (c - a) * ln(q + p * small) + a * ln(s + r * small) - b * v
            } else {
                (c - a) * ln(p + q * small) + a * ln(r + s * small) + d * v
            }
        } else if c >= a {
            (c - a) * cumulant(p, q, v) + a * cumulant(r, s, v)
        } else {
            c * cumulant(p, q, v) + a * cumulant_difference((p, q), (r, s), apart, v)
        }
    };
    let curvature = if c >= a { (c - a) * p * q + a * r * s } else { c * p * q + a * apart * (s - p) };
    let step = (1.0 / sqrt(curvature)).min(0.5).max(first_step(0.0, c.max(a)));
    let left = Tail { rate: b, flat: (40.0 + ln(c.max(a * up).max(1.0)) + ln(t)).max(1.0) };
    let right = Tail { rate: d, flat: (40.0 + ln(c.max(a).max(1.0)) - ln(t)).max(1.0) };
    let sum = trapezoid(step, left, right, |v| exp(-fall(v)));
    ln(sum) + ln_beta_power(b, d, p, q) - a * ln_1p(p * y)
}

/// κ(r, v) − κ(p, v), where both are nearly the same: `apart` is r − p.
fn cumulant_difference((p, q): (f64, f64), (r, s): (f64, f64), apart: f64, v: f64) -> f64 {
    let x = exp_m1(v);
    let grown = 1.0 + p * x;
    let w = apart * x / grown;
    if w.abs() > 0.5 {
        return ln((s + r * exp(v)) / (q + p * exp(v))) - apart * v;
    }
    if v.abs() > 1.0 {
        return ln_1p(w) - apart * v;
    }
    apart * (exp_m1_minus(v) - p * x * v) / grown - minus_ln_1p(w)
}

#[cfg(test)]
#[path = "hypergeometric_tests.rs"]
mod tests;
