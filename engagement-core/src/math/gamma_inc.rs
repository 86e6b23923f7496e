//! Regularized incomplete gamma function.

use super::elementary::deviance;
use super::gamma::{HALF_LN_TAU, stirling};
use super::{exp, exp_m1, ln, ln_rising};

/// Regularized incomplete gamma function, both tails: (P(a, x), Q(a, x)) for a > 0 and x ≥ 0.
pub(crate) fn gamma_inc(a: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x == f64::INFINITY {
        return (1.0, 0.0);
    }
    if a < 1.0 && x < 1.5 {
        let scale = a * ln(x) - ln_rising(1.0, a);
        let (mut term, mut series, mut n) = (1.0, 0.0, 1.0);
        while n < 60.0 {
            term *= -x / n;
            series += term / (a + n);
            n += 1.0;
        }
        return (exp(scale) * (1.0 + a * series), -(exp_m1(scale) + exp(scale) * a * series));
    }
    // x^a e^−x / Γ(a), by Loader's deviance.
    let density = exp(0.5 * ln(a) - HALF_LN_TAU - a * deviance(x / a, (x - a) / a) - stirling(a));
    if x < a + 1.0 {
        let (mut term, mut series, mut n) = (1.0, 1.0, 1.0);
        while n < 1e6 {
            term *= x / (a + n);
            let next = series + term;
            if next == series {
                break;
            }
            series = next;
            n += 1.0;
        }
        let lower = density / a * series;
        (lower, 1.0 - lower)
    } else {
        let mut b = x + 1.0 - a;
        let mut c = 1e300;
        let mut d = 1.0 / b;
        let mut value = d;
        let mut n = 1.0;
        while n < 1e6 {
            let step = -n * (n - a);
            b += 2.0;
            d = 1.0 / (step * d + b);
            c = b + step / c;
            value *= c * d;
            if (c * d - 1.0).abs() < 1e-16 {
                break;
            }
            n += 1.0;
        }
        let upper = density * value;
        (1.0 - upper, upper)
    }
}

#[cfg(test)]
#[path = "gamma_inc_tests.rs"]
mod tests;
