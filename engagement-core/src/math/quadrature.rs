//! The trapezoidal rule on the whole line.
//!
//! An integral against a beta or gamma density becomes, over the logit or the logarithm of its variable, one of an analytic
//! function that falls off exponentially on both sides. For such functions the plain trapezoidal rule converges exponentially:
//! halving the step doubles the digits. Unlike double-exponential rules it needs no change of variable that a narrow peak, or a
//! plateau with an edge far from the middle, would defeat.
//!
//! # References
//! Trefethen and Weideman (2014), doi:10.1137/130932132.

use super::{exp, exp_m1, exp_m1_minus, ln, ln_1p, log_sum_exp, minus_ln_1p, sqrt};

/// How an integrand ends on one side: it tends to e^(−rate·distance) times a constant, from which it is away by a factor of about
/// 1 + e^(flat − 40 − distance).
#[derive(Clone, Copy, Debug)]
pub(super) struct Tail {
    pub(super) rate: f64,
    pub(super) flat: f64,
}

/// Below this size of its exponents an integrand loses nothing when the logarithms of its factors are added up.
pub(super) const FLAT: f64 = 30.0;

/// The step is halved until two sums differ by less: the digits have doubled since.
const CLOSE: f64 = 1e-8;
/// What is left of a sum when it ends.
const NEGLIGIBLE: f64 = 4e-18;
/// More terms than any sum needs: the end of one whose terms are infinite.
const MOST: u32 = 1 << 18;

/// The step at which the trapezoidal rule is within about [`CLOSE`] for an integrand that grows by no more than a factor of
/// (cos θ)^−whole · (cos θ/2)^−half when its path moves θ off the real line.
///
/// The error of the step h is that factor times 2e^(−2πθ/h), whatever θ: the best of a few angles is taken.
pub(super) fn first_step(whole: f64, half: f64) -> f64 {
    /// θ and −ln cos θ.
    const SHARP: [(f64, f64); 4] = [(0.3, 0.045_692), (0.65, 0.228_051), (1.0, 0.615_627), (1.4, 1.772_151)];
    /// θ and −ln cos(θ/2).
    const WIDE: [(f64, f64); 6] =
        [(0.3, 0.011_293), (0.7, 0.062_543), (1.2, 0.191_966), (1.8, 0.475_443), (2.4, 1.015_124), (2.9, 2.116_083)];
    let digits = -ln(0.5 * CLOSE);
    let by = |best: f64, (angle, growth): (f64, f64)| best.max(angle / (digits + growth));
    let best = if whole > 0.0 {
        // −ln cos(θ/2) is at most a quarter of −ln cos θ.
        SHARP.iter().fold(0.0, |best, &(angle, growth)| by(best, (angle, growth * (whole + 0.25 * half))))
    } else {
        WIDE.iter().fold(0.0, |best, &(angle, growth)| by(best, (angle, growth * half)))
    };
    std::f64::consts::TAU * best
}

/// ∫ f(v) dv over the line, for positive f with one mode, near 0; `step` is the first step tried.
///
/// A tail that falls too slowly to be summed ends as a geometric series.
pub(super) fn trapezoid(step: f64, left: Tail, right: Tail, f: impl Fn(f64) -> f64) -> f64 {
    let both = |start: f64, step: f64| side(start, step, right, &f) + side(start, step, left, |v| f(-v));
    // An edge of a long plateau is a small part of the whole and has to be as smooth as the rest.
    let close = CLOSE * sqrt(left.rate.min(right.rate).min(1.0));
    let mut step = step;
    let mut total = step * (f(0.0) + both(step, step));
    for _ in 0..8 {
        let finer = 0.5 * (total + step * both(0.5 * step, step));
        let change = (finer - total).abs();
        total = finer;
        step *= 0.5;
        if change <= close * finer {
            break;
        }
    }
    total
}

/// Σ f(start + k step) over k ≥ 0.
fn side(start: f64, step: f64, tail: Tail, f: impl Fn(f64) -> f64) -> f64 {
    let (mut v, mut sum, mut previous) = (start, 0.0, 0.0);
    // e^(flat − 40 − v), held at e^600 while larger.
    let mut away = exp((tail.flat - 40.0 - start).min(600.0));
    let nearer = exp(-step);
    // All terms after one, over it.
    let beyond = 1.0 / exp_m1(tail.rate * step);
    for _ in 0..MOST {
        let value = f(v);
        sum += value;
        if value == 0.0 || value.is_nan() {
            break;
        }
        let rest = value * beyond;
        if (value + rest) * away <= NEGLIGIBLE * (sum + rest) {
            return sum + rest;
        }
        // The rest is less than a geometric series, for a logarithm that bends down.
        if value * value <= NEGLIGIBLE * sum * (previous - value) {
            break;
        }
        previous = value;
        v += step;
        if v > tail.flat - 640.0 {
            away *= nearer;
        }
    }
    sum
}

/// ln(q + p eᵛ) − p v for p + q = 1: zero or more, about p q v²/2 for small v.
pub(super) fn cumulant(p: f64, q: f64, v: f64) -> f64 {
    let (p, v) = if p <= q { (p, v) } else { (q, -v) };
    if v.abs() <= 1.0 {
        p * exp_m1_minus(v) - minus_ln_1p(p * exp_m1(v))
    } else if v < 700.0 {
        ln_1p(p * exp_m1(v)) - p * v
    } else {
        log_sum_exp(0.0, ln(p) + v) - p * v
    }
}

#[cfg(test)]
#[path = "quadrature_tests.rs"]
mod tests;
