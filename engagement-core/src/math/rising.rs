//! Differences of ln Γ, ψ and ψ′, without the cancellation of the two values: what a count adds to a likelihood.

use super::gamma::{LARGE, STIRLING, STIRLING_DIGAMMA, STIRLING_TRIGAMMA};
use super::{Sum, ln, ln_1p, ln_gamma, minus_ln_1p};

/// Up to here a whole step in ln Γ is one product.
const SHORT: f64 = 8.0;
/// Up to here a whole step in ψ is a sum.
const SHORT_SUM: f64 = 16.0;

/// ln Γ(a + x) − ln Γ(a) for a > 0 and x ≥ 0, relative to its own value for small and large a and x.
///
/// Whole x to 8: ln Π(a + i). Then for a from 10: Stirling's formula, in which every difference is written out. Below: a is
/// moved up by Γ(a + 1) = a Γ(a) if x < 1, else the two values are far enough apart.
pub(crate) fn ln_rising(a: f64, x: f64) -> f64 {
    if x <= SHORT && x == x.trunc() && a < 1e30 {
        return ln(product(a, x));
    }
    if a >= LARGE {
        return ln_rising_of_large(a, x);
    }
    if x >= 1.0 {
        return ln_gamma(a + x) - ln_gamma(a);
    }
    let (mut at, mut more) = (a, 0.0);
    while at < LARGE {
        // (1 + more)(1 + x/at) − 1
        let step = x / at;
        more += step + more * step;
        at += 1.0;
    }
    ln_rising_of_large(at, x) - ln_1p(more)
}

/// a (a + 1) ⋯ (a + n − 1).
fn product(a: f64, n: f64) -> f64 {
    let (mut product, mut i) = (1.0, 0.0);
    while i < n {
        product *= a + i;
        i += 1.0;
    }
    product
}

fn ln_rising_of_large(a: f64, x: f64) -> f64 {
    let ratio = x / a;
    let rest = minus_ln_1p(ratio);
    let powers = Powers::new(a, x);
    x * ln(a + x) - (a * rest + 0.5 * (ratio - rest) + powers.odd(&STIRLING))
}

/// ψ(a + x) − ψ(a) for a > 0 and x ≥ 0: zero or more, a sum of terms of one sign.
pub(crate) fn digamma_rise(a: f64, x: f64) -> f64 {
    let mut sum = 0.0;
    if x <= SHORT_SUM && x == x.trunc() {
        let mut i = 0.0;
        while i < x {
            sum += 1.0 / (a + i);
            i += 1.0;
        }
        return sum;
    }
    let mut at = a;
    while at < LARGE {
        sum += x / (at * (at + x));
        at += 1.0;
    }
    let powers = Powers::new(at, x);
    sum + ln_1p(x / at) + powers.difference * 0.5 + powers.even(&STIRLING_DIGAMMA)
}

/// ψ′(a) − ψ′(a + x) for a > 0 and x ≥ 0: zero or more, a sum of terms of one sign.
pub(crate) fn trigamma_fall(a: f64, x: f64) -> f64 {
    let mut sum = 0.0;
    if x <= SHORT_SUM && x == x.trunc() {
        let mut i = 0.0;
        while i < x {
            sum += 1.0 / ((a + i) * (a + i));
            i += 1.0;
        }
        return sum;
    }
    let mut at = a;
    while at < LARGE {
        // 1/at² − 1/(at + x)², with quotients of at most about 1 where at is small.
        let end = at + x;
        sum += x / end * ((at + end) / end) / (at * at);
        at += 1.0;
    }
    let powers = Powers::new(at, x);
    let (u, v) = (powers.u, powers.v);
    let rest = powers.sum(u * u + u * v + v * v, v * v * v, &STIRLING_TRIGAMMA);
    sum + powers.difference * (1.0 + 0.5 * (u + v) + rest)
}

/// v = 1/a, u = 1/(a + x) and the differences vⁿ − uⁿ = (v − u) Sₙ, where Sₙ = Σᵢ uⁱ v^(n−1−i) has positive terms only.
struct Powers {
    u: f64,
    v: f64,
    /// v − u.
    difference: f64,
}

impl Powers {
    fn new(a: f64, x: f64) -> Powers {
        let (u, v) = (1.0 / (a + x), 1.0 / a);
        Powers { u, v, difference: x * u * v }
    }

    /// Σ cₖ (v^(2k−1) − u^(2k−1)).
    fn odd(&self, coefficients: &[f64]) -> f64 {
        self.difference * self.sum(1.0, self.v, coefficients)
    }

    /// Σ cₖ (v^2k − u^2k).
    fn even(&self, coefficients: &[f64]) -> f64 {
        self.difference * self.sum(self.u + self.v, self.v * self.v, coefficients)
    }

    /// Σ cₖ Sₙ over every second n, from Sₙ and vⁿ, by Sₙ₊₂ = u² Sₙ + (u + v) vⁿ.
    fn sum(&self, first: f64, power: f64, coefficients: &[f64]) -> f64 {
        let (u2, v2, both) = (self.u * self.u, self.v * self.v, self.u + self.v);
        let (mut s, mut power, mut sum) = (first, power, 0.0);
        for c in coefficients {
            sum += c * s;
            s = u2 * s + both * power;
            power *= v2;
        }
        sum
    }
}

/// ln Γ(a + n) − ln Γ(a) and ψ(a + n) − ψ(a) for every whole n up to a largest, made once per evaluation of a likelihood.
#[derive(Clone, Debug)]
pub(crate) struct Rising {
    a: f64,
    ln: Vec<f64>,
    digamma: Vec<f64>,
}

impl Rising {
    /// No table is longer: beyond it the functions answer.
    const LONGEST: usize = 4096;

    /// The table of `a` for n = 0 to `max_x`, at most 4,096.
    pub(crate) fn new(a: f64, max_x: usize) -> Rising {
        let size = max_x.min(Rising::LONGEST);
        let mut rising = Rising { a, ln: Vec::with_capacity(size + 1), digamma: Vec::with_capacity(size + 1) };
        let (mut logs, mut inverses) = (Sum::default(), Sum::default());
        rising.ln.push(0.0);
        rising.digamma.push(0.0);
        for n in 0..size {
            let at = a + n as f64;
            logs.add(ln(at));
            inverses.add(1.0 / at);
            rising.ln.push(logs.value());
            rising.digamma.push(inverses.value());
        }
        rising
    }

    /// ln Γ(a + n) − ln Γ(a).
    #[inline]
    pub(crate) fn ln(&self, n: usize) -> f64 {
        self.ln.get(n).copied().unwrap_or_else(|| ln_rising(self.a, n as f64))
    }

    /// ψ(a + n) − ψ(a).
    #[inline]
    pub(crate) fn digamma(&self, n: usize) -> f64 {
        self.digamma.get(n).copied().unwrap_or_else(|| digamma_rise(self.a, n as f64))
    }
}

/// ψ′(a) − ψ′(a + n) for every whole n up to a largest.
#[derive(Clone, Debug)]
pub(crate) struct Falling {
    a: f64,
    trigamma: Vec<f64>,
}

impl Falling {
    /// The table of `a` for n = 0 to `max_x`, at most 4,096.
    pub(crate) fn new(a: f64, max_x: usize) -> Falling {
        let size = max_x.min(Rising::LONGEST);
        let mut falling = Falling { a, trigamma: Vec::with_capacity(size + 1) };
        let mut squares = Sum::default();
        falling.trigamma.push(0.0);
        for n in 0..size {
            let at = a + n as f64;
            squares.add(1.0 / (at * at));
            falling.trigamma.push(squares.value());
        }
        falling
    }

    /// ψ′(a) − ψ′(a + n).
    #[inline]
    pub(crate) fn trigamma(&self, n: usize) -> f64 {
        self.trigamma.get(n).copied().unwrap_or_else(|| trigamma_fall(self.a, n as f64))
    }
}

#[cfg(test)]
#[path = "rising_tests.rs"]
mod tests;
