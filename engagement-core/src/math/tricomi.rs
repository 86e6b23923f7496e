//! Tricomi's confluent hypergeometric function.

use super::elementary::deviance;
use super::gamma::{HALF_LN_TAU, stirling};
use super::quadrature::{Tail, cumulant, first_step, trapezoid};
use super::{exp, exp_m1, exp_m1_minus, ln, ln_1p, minus_ln_1p, sqrt};

/// ln U(a, b, z) for a > 0, real b and z > 0.
///
/// ```text
/// U(a, b, z) = ∫₀^∞ e^(−zt) t^(a−1) (1 + t)^(−k) dt / Γ(a),   k = a + 1 − b
/// ```
/// Over ln t the logarithm of the integrand has one maximum, where z t + k p = a with p = t/(1 + t). From there, v away, it has
/// fallen by z t (eᵛ − 1 − v) + k κ(p, v), κ as in [`cumulant`], both of one sign unless k < 0; then a and k take the place of z t.
pub(crate) fn ln_tricomi(a: f64, b: f64, z: f64) -> f64 {
    let k = (1.0 - b) + a;
    // z t² + (z − a + k) t − a = 0
    let m = (b - 1.0) - z;
    let root = libm::hypot(m, 2.0 * sqrt(z * a));
    let t = if m >= 0.0 { (m + root) / (2.0 * z) } else { 2.0 * a / (root - m) };
    let (p, q) = (t / (1.0 + t), 1.0 / (1.0 + t));
    let zt = z * t;
    let fall = |v: f64| {
        if k >= 0.0 {
            zt * exp_m1_minus(v) + k * cumulant(p, q, v)
        } else {
            // px − ln(1 + px) with x = eᵛ − 1, which for p near 1 would lose q.
            let rest = if p < 0.5 { minus_ln_1p(p * exp_m1(v)) } else { p * exp_m1_minus(v) - cumulant(p, q, v) };
            a * exp_m1_minus(v) - k * rest
        }
    };
    let step = (1.0 / sqrt(zt + k * p * q)).min(0.25).max(first_step(a + (-k).max(0.0), k.max(0.0)));
    let left = Tail { rate: a, flat: (40.0 + ln(z.max(k.abs()).max(1.0)) + ln(t)).max(1.0) };
    let right = Tail { rate: 1.0, flat: f64::INFINITY };
    let sum = trapezoid(step, left, right, |v| exp(-fall(v)));
    // ln of tᵃ e^(−zt)/Γ(a) by Stirling's formula, the large terms taken together.
    let ratio = zt / a;
    let power = if ratio > 0.6 { -a * ln(z) - a * deviance(ratio, ratio - 1.0) } else { a * (ln(t / a) + (1.0 - ratio)) };
    ln(sum) + 0.5 * ln(a) - HALF_LN_TAU - stirling(a) + power - k * ln_1p(t)
}

#[cfg(test)]
#[path = "tricomi_tests.rs"]
mod tests;
