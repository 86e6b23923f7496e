//! Purchases whose gaps have several phases, for a given chance of leaving after each.

use super::ahead::Of;
use crate::math::{NegativeBinomial, exp, exp_m1, ln, ln_1p};

/// Below this chance of staying, a purchase or two is all there is.
const RARELY: f64 = 1e-3;
/// Purchases counted then: the chance of staying through more is below 1e−24.
const FEW: u64 = 8;

/// The mean over the rate λ ~ gamma(`shape` + j, 1) and the number j of phases that are over, of which `phases` has the
/// probabilities, for a time of `u` and a chance of leaving 1 − e^`ln_stay` = `p`.
///
/// # Formula
/// With y = 1 − p, z = y^(1/k), ω = e^(2πi/k) and N ~ NegBin(shape + j, 1/(1 + u)), sums over every k-th count are means over the
/// k roots of y:
/// ```text
/// made    = Σ_n y^(n−1) P(N ≥ kn − j)  = z^(1+j−k)/k Σ_m ω^(m(1+j)) [1 − (1 + (1 − zω^m)u)^−(shape+j)]/(1 − zω^m)
/// staying = Σ_i P(N = i) y^⌊(i+j)/k⌋   = p z^(1+j−k)/k Σ_m ω^(m(1+j)) (1 + (1 − zω^m)u)^−(shape+j)/(1 − zω^m)
/// ```
/// The term m = 0 is positive and the others fade with the number of phases, which is large where this is used. For z near 0 the
/// left-hand sums have few terms.
pub(super) fn mean_given_chance(of: Of, shape: f64, u: f64, phases: &[f64], p: f64, ln_stay: f64) -> f64 {
    let y = exp(ln_stay);
    if y < RARELY {
        return by_few(of, shape, u, phases, y);
    }
    let k = phases.len() as f64;
    let ln_z = ln_stay / k;
    let z = exp(ln_z);
    let (mut sum, mut power_of_z) = (0.0, exp(ln_z * (1.0 - k)));
    // m = 0.
    let off = -exp_m1(ln_z);
    let ln_base = ln_1p(off * u);
    for (j, phase) in phases.iter().enumerate() {
        let exponent = -(shape + j as f64) * ln_base;
        sum += phase * power_of_z * if of == Of::Made { -exp_m1(exponent) } else { exp(exponent) } / off;
        power_of_z *= z;
    }
    // The others come in conjugate pairs; −1 is alone.
    for m in 1..=phases.len() / 2 {
        let (sine, cosine) = libm::sincos(std::f64::consts::TAU * m as f64 / k);
        let root = Complex(cosine, sine);
        let off = Complex(1.0 - z * cosine, -z * sine);
        let base = Complex(1.0 + off.0 * u, off.1 * u);
        let inverse = base.inverse();
        let mut power = base.power(-shape);
        let mut turn = root.times(off.inverse());
        let mut part = 0.0;
        let mut power_of_z = exp(ln_z * (1.0 - k));
        for phase in phases {
            let value = if of == Of::Made { Complex(1.0 - power.0, -power.1) } else { power };
            part += phase * power_of_z * value.times(turn).0;
            power = power.times(inverse);
            turn = turn.times(root);
            power_of_z *= z;
        }
        sum += if 2 * m == phases.len() { part } else { 2.0 * part };
    }
    if of == Of::Made { sum / k } else { sum / k * p }
}

/// The sums over purchases, where staying through more than a few has no probability.
fn by_few(of: Of, shape: f64, u: f64, phases: &[f64], y: f64) -> f64 {
    let k = phases.len() as u64;
    let mut sum = 0.0;
    for (j, phase) in (0..).zip(phases) {
        let counts = NegativeBinomial::new(shape + j as f64, 1.0, u);
        let exactly = |n: u64| ((k * n).saturating_sub(j)..k * (n + 1) - j).map(|i| counts.pmf(i)).sum::<f64>();
        sum += phase
            * match of {
                Of::Made => (1..FEW).rev().fold(0.0, |sum, n| sum * y + counts.upper(k * n - j)),
                Of::Staying => (0..FEW).rev().fold(0.0, |sum, n| sum * y + exactly(n)),
            };
    }
    sum
}

/// A complex number.
#[derive(Clone, Copy)]
struct Complex(f64, f64);

impl Complex {
    fn times(self, other: Complex) -> Complex {
        Complex(self.0 * other.0 - self.1 * other.1, self.0 * other.1 + self.1 * other.0)
    }

    fn inverse(self) -> Complex {
        let size = libm::hypot(self.0, self.1);
        Complex(self.0 / size / size, -self.1 / size / size)
    }

    /// The principal value of a real power.
    fn power(self, exponent: f64) -> Complex {
        let size = exp(exponent * ln(libm::hypot(self.0, self.1)));
        let (sine, cosine) = libm::sincos(exponent * libm::atan2(self.1, self.0));
        Complex(size * cosine, size * sine)
    }
}
