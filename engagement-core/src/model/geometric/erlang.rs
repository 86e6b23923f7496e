//! Purchases whose gaps have several phases, for a given chance of leaving after each.

use crate::math::{NegativeBinomial, exp, exp_m1, ln_1p};

/// Below this chance of staying, a purchase or two is all there is.
const RARELY: f64 = 1e-3;
/// Purchases counted then: the chance of staying through more is below 1e−24.
const FEW: u64 = 8;

/// Gaps of k phases and a chance of leaving after each.
///
/// # Formula
/// With y = 1 − p, z = y^(1/k), ω = e^(2πi/k), u = t/scale and N ~ NegBin(shape, scale/(scale + t)), sums over every k-th count are
/// means over the k roots of y:
/// ```text
/// made    = Σ_n y^(n−1) P(N ≥ kn − j)    = z^(1+j−k)/k Σ_m ω^(m(1+j)) [1 − (1 + (1 − zω^m)u)^−shape]/(1 − zω^m)
/// staying = Σ_i P(N = i) y^⌊(i+j)/k⌋     = p z^(1+j−k)/k Σ_m ω^(m(1+j)) (1 + (1 − zω^m)u)^−shape/(1 − zω^m)
/// ```
/// The term m = 0 is positive and the others fade with the number of phases, which is large where this is used. For z near 0 the
/// left-hand sums have few terms.
pub(super) struct Erlang {
    pub(super) k: u32,
    /// The chance of leaving.
    pub(super) p: f64,
    /// ln(1 − p).
    pub(super) ln_stay: f64,
}

impl Erlang {
    /// The mean number of purchases made, with `j` phases of the first gap over.
    pub(super) fn made(&self, shape: f64, u: f64, j: u32) -> f64 {
        let y = exp(self.ln_stay);
        if y < RARELY {
            let counts = NegativeBinomial::new(shape, 1.0, u);
            let k = u64::from(self.k);
            return (1..FEW).rev().fold(0.0, |sum, n| sum * y + counts.upper(k * n - u64::from(j)));
        }
        self.roots(j, |off, real, imaginary| {
            if off == 0 {
                return -exp_m1(-shape * ln_1p(real * u)) / real;
            }
            // (1 − w^−shape)/d for w = 1 + d u, d = real + i imaginary.
            let (re, im) = power(shape, 1.0 + real * u, imaginary * u);
            turned(self.k, off, j, 1.0 - re, -im, real, imaginary)
        })
    }

    /// The probability of staying through all purchases, with `j` phases of the first gap over.
    pub(super) fn staying(&self, shape: f64, u: f64, j: u32) -> f64 {
        let y = exp(self.ln_stay);
        if y < RARELY {
            let counts = NegativeBinomial::new(shape, 1.0, u);
            let k = u64::from(self.k);
            let exactly = |n: u64| ((k * n).saturating_sub(u64::from(j))..k * (n + 1) - u64::from(j)).map(|i| counts.pmf(i)).sum::<f64>();
            return (0..FEW).rev().fold(0.0, |sum, n| sum * y + exactly(n));
        }
        self.p
            * self.roots(j, |off, real, imaginary| {
                if off == 0 {
                    return exp(-shape * ln_1p(real * u)) / real;
                }
                let (re, im) = power(shape, 1.0 + real * u, imaginary * u);
                turned(self.k, off, j, re, im, real, imaginary)
            })
    }

    /// The sum over the roots of a `term` that is told the root's number and 1 − zω^m.
    fn roots(&self, j: u32, term: impl Fn(u32, f64, f64) -> f64) -> f64 {
        let (k, ln_z) = (f64::from(self.k), self.ln_stay / f64::from(self.k));
        let z = exp(ln_z);
        let mut sum = term(0, -exp_m1(ln_z), 0.0);
        // Roots come in conjugate pairs; −1 is alone.
        for m in 1..=self.k / 2 {
            let (sine, cosine) = libm::sincos(std::f64::consts::TAU * f64::from(m) / k);
            let both = if 2 * m == self.k { 1.0 } else { 2.0 };
            sum += both * term(m, 1.0 - z * cosine, -z * sine);
        }
        exp(ln_z * (f64::from(j) + 1.0 - k)) / k * sum
    }
}

/// (real + i imaginary)^−shape.
fn power(shape: f64, real: f64, imaginary: f64) -> (f64, f64) {
    let size = exp(-shape * crate::math::ln(libm::hypot(real, imaginary)));
    let (sine, cosine) = libm::sincos(-shape * libm::atan2(imaginary, real));
    (size * cosine, size * sine)
}

/// The real part of ω^(m(1+j)) (re + i im)/(real + i imaginary).
fn turned(k: u32, m: u32, j: u32, re: f64, im: f64, real: f64, imaginary: f64) -> f64 {
    let square = real * real + imaginary * imaginary;
    let (over_re, over_im) = ((re * real + im * imaginary) / square, (im * real - re * imaginary) / square);
    let (sine, cosine) = libm::sincos(std::f64::consts::TAU * f64::from(m * (1 + j) % k) / f64::from(k));
    over_re * cosine - over_im * sine
}
