//! Regularized incomplete beta function.

use super::beta::ln_beta_power;
use super::{exp, exp_m1, ln, ln_rising};

/// No series and no fraction goes on for longer.
const MOST: f64 = 1e5;

/// Regularized incomplete beta function, both tails: (Iₓ(a, b), 1 − Iₓ(a, b)) for a, b > 0, 0 ≤ x ≤ 1 and y = 1 − x, which the
/// caller may know better than the subtraction does.
pub(crate) fn beta_inc_of_pair(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    if x * (a + b + 2.0) <= a + 1.0 {
        lower_first(a, b, x, y)
    } else {
        let (upper, lower) = lower_first(b, a, y, x);
        (lower, upper)
    }
}

/// Both tails where the lower one is at or below its middle.
fn lower_first(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if a < 1.0 {
        // The lower tail may be nearly all: the upper one comes from what is missing.
        let scale = a * ln(x) + (ln_rising(b, a) - ln_rising(1.0, a));
        let (mut term, mut series, mut n) = (1.0, 0.0, 1.0);
        loop {
            term *= (n - b) / n * x;
            let next = series + term / (a + n);
            if next == series || n > MOST {
                break;
            }
            series = next;
            n += 1.0;
        }
        let lower = exp(scale) * (1.0 + a * series);
        let upper = -(exp_m1(scale) + exp(scale) * a * series);
        return (lower, upper);
    }
    let lower = exp(ln_beta_power(a, b, x, y)) / a * fraction(a, b, x, y);
    (lower, 1.0 - lower)
}

/// F(a + b, 1; a + 1; x) for a, b > 0 and x = 1 − y up to about the mean a/(a + b), by a continued fraction whose terms are
/// positive as far as b.
///
/// # References
/// Didonato and Morris (1992), doi:10.1145/131766.131776, equation 9.
pub(super) fn fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let off = a * y - b * x;
    let mut value = a / (a + 1.0) * (off + 1.0);
    let (mut c, mut d) = (value, 0.0);
    let mut n = 1.0;
    while n < MOST {
        let at = a + 2.0 * n;
        let before = (b - n) * (n * x / (at - 1.0));
        let numerator = before * ((a + b + (n - 1.0)) * ((a + (n - 1.0)) * x / (at - 1.0)));
        let denominator = n + before + (a + n) * ((off + 1.0 + n * (1.0 + y)) / (at + 1.0));
        d = 1.0 / (denominator + numerator * d);
        c = denominator + numerator / c;
        let factor = c * d;
        value *= factor;
        if (factor - 1.0).abs() < 2e-16 {
            break;
        }
        n += 1.0;
    }
    a / value
}

#[cfg(test)]
#[path = "beta_inc_tests.rs"]
mod tests;
