//! Beta function: its logarithm, ratios and powers, without the cancellation between ln Γ's.

use super::elementary::deviance;
use super::gamma::{HALF_LN_TAU, LARGE, STIRLING, stirling};
use super::{ln, ln_1p, ln_gamma, ln_rising};

/// ln B(a, b) for a, b > 0.
///
/// Both arguments from 10: Stirling's formula with the large terms taken together. One: a difference of ln Γ that keeps its
/// digits. None: three values of ln Γ.
pub(crate) fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, large) = if a <= b { (a, b) } else { (b, a) };
    if small >= LARGE {
        let ratio = small / large;
        let left = stirling(small) + stirling(large) - stirling(small + large);
        (small - 0.5) * ln(ratio / (1.0 + ratio)) - large * ln_1p(ratio) - 0.5 * ln(large) + HALF_LN_TAU + left
    } else if large >= LARGE {
        ln_gamma(small) - ln_rising(large, small)
    } else {
        ln_gamma(small) + ln_gamma(large) - ln_gamma(small + large)
    }
}

/// ln B(a + da, b + db) − ln B(a, b) for a, b > 0 and da, db ≥ 0: zero or less.
///
/// One argument is moved after the other, and each move is a sum of terms of one sign.
pub(crate) fn ln_beta_ratio(a: f64, b: f64, da: f64, db: f64) -> f64 {
    -(second_rise(a, da, b) + second_rise(b, db, a + da))
}

/// ln Γ(a + u + v) − ln Γ(a + u) − ln Γ(a + v) + ln Γ(a) for a > 0 and u, v ≥ 0: zero or more.
fn second_rise(a: f64, u: f64, v: f64) -> f64 {
    if u == 0.0 || v == 0.0 {
        return 0.0;
    }
    // A step of a is a factor 1 + uv/(a(a + u + v)); more is the product of them less 1.
    let (steps, whole) = if u <= SHORT && u == u.trunc() { (u, true) } else { (LARGE - a, false) };
    let (mut at, mut i, mut more) = (a, 0.0, 0.0);
    while i < steps {
        let step = if whole { v / at } else { u * (v / (at * (at + u + v))) };
        more += step + more * step;
        at += 1.0;
        i += 1.0;
    }
    if whole { ln_1p(more) } else { ln_1p(more) + second_rise_of_large(at, u, v) }
}

/// Up to here a whole step is one product: Π (1 + v/(a + i)).
const SHORT: f64 = 8.0;

/// [`second_rise`] by Stirling's formula.
fn second_rise_of_large(a: f64, u: f64, v: f64) -> f64 {
    let (au, av, auv) = (a + u, a + v, a + u + v);
    // Second difference of (x − ½) ln x − x.
    let main = u * ln_1p(v / au) + v * ln_1p(u / av) - (a - 0.5) * ln_1p(u / auv * (v / a));
    // And of the series in s = 1/a, q = 1/(a + u), r = 1/(a + v), p = 1/(a + u + v). With Sₙ(x, y) = Σᵢ xⁱ y^(n−1−i), of positive
    // terms: sⁿ − qⁿ − rⁿ + pⁿ = (s − q)(Sₙ(s, q) − Sₙ(r, p)) + (s − q − r + p) Sₙ(r, p).
    let (s, q, r, p) = (1.0 / a, 1.0 / au, 1.0 / av, 1.0 / auv);
    let (sq, sr, qp) = (u * s * q, v * s * r, v * q * p);
    let first = (2.0 * a + u + v) * (u * q * p) * (v * s * r);
    let (mut sum_rp, mut sums, mut powers, mut power) = (1.0, 0.0, qp, p);
    let mut series = 0.0;
    let terms = if a > 60.0 { 5 } else { STIRLING.len() };
    for (k, c) in STIRLING[..terms].iter().enumerate() {
        for _ in 0..if k == 0 { 0 } else { 2 } {
            sums = s * sums + sr * sum_rp + powers;
            powers = q * powers + power * qp;
            sum_rp = r * sum_rp + power;
            power *= p;
        }
        series += c * (sq * sums + first * sum_rp);
    }
    main + series
}

/// ln(xᵃ yᵇ / B(a, b)) for a, b > 0 and y = 1 − x in (0, 1), without the cancellation of its large terms.
///
/// # References
/// Loader (2000), "Fast and accurate computation of binomial probabilities".
pub(super) fn ln_beta_power(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    let off = a * y - b * x;
    let away = a * deviance(x / (a / n), -off / a) + b * deviance(y / (b / n), off / b);
    let middle = 0.5 * (ln(a) + ln(b / n)) - HALF_LN_TAU;
    middle - away - (stirling(a) + stirling(b) - stirling(n))
}

#[cfg(test)]
#[path = "beta_tests.rs"]
mod tests;
