//! Negative binomial distribution: purchases in a time under a gamma-distributed rate.

use super::beta::ln_beta_power;
use super::beta_inc::beta_inc_of_pair;
use super::{exp, ln, ln_1p};

/// Purchases in a time `t` when the rate is gamma(shape, scale).
///
/// ```text
/// P(N = n) = Γ(s + n)/(Γ(s) n!) · (scale/(scale + t))^s · (t/(scale + t))^n
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct NegativeBinomial {
    shape: f64,
    /// scale/(scale + t).
    p: f64,
    /// t/(scale + t).
    q: f64,
    /// ln P(N = 0).
    ln_none: f64,
}

impl NegativeBinomial {
    /// `shape`, `scale` > 0, `t` ≥ 0.
    pub(crate) fn new(shape: f64, scale: f64, t: f64) -> NegativeBinomial {
        let total = scale + t;
        NegativeBinomial { shape, p: scale / total, q: t / total, ln_none: -shape * ln_1p(t / scale) }
    }

    /// ln P(N = n).
    pub(crate) fn ln_pmf(&self, n: u64) -> f64 {
        if n == 0 {
            return self.ln_none;
        }
        if self.q == 0.0 {
            return f64::NEG_INFINITY;
        }
        let n = n as f64;
        ln_beta_power(self.shape, n, self.p, self.q) - ln(n)
    }

    /// P(N = n).
    pub(crate) fn pmf(&self, n: u64) -> f64 {
        exp(self.ln_pmf(n))
    }

    /// P(N ≥ n).
    pub(crate) fn upper(&self, n: u64) -> f64 {
        if n == 0 { 1.0 } else { beta_inc_of_pair(n as f64, self.shape, self.q, self.p).0 }
    }
}

#[cfg(test)]
#[path = "negative_binomial_tests.rs"]
mod tests;
