//! What a customer will do, given the history.

use super::MOST_PHASES;
use super::erlang::mean_given_chance;
use crate::math::{
    BetaPoint, NegativeBinomial, beta_expectation, exp, exp_m1, ln, ln_1p, ln_beta_ratio, ln_gamma, ln_rising, mean_power, pow,
    sqrt,
};

/// Counts summed between two looks at what is left.
const STRIDE: usize = 4;
/// What may be left of a sum.
const ROUNDING: f64 = 1e-14;
/// 1/1, 1/2, 1/3, ….
const INVERSES: [f64; 128] = {
    let mut inverses = [0.0; 128];
    let mut i = 0;
    while i < inverses.len() {
        inverses[i] = 1.0 / (i as f64 + 1.0);
        i += 1;
    }
    inverses
};

/// The most phases counted one by one before a quadrature over the chance of leaving takes over.
const MOST_COUNTS: f64 = 2500.0;
/// The largest e^x that the counts may start from has this exponent.
const SMALLEST_START: f64 = 690.0;
/// The quadrature resolves the chance of leaving down to about e^−90. Beyond this many expected purchases the means follow the
/// power law of the smallest chances.
const FAR: f64 = 1e21;
/// Chances of leaving below it are told from 0 no more.
const SMALLEST_CHANCE: f64 = 1e-290;

/// A customer who still buys at the end of the observation: what a prediction needs of the parameters and the history.
///
/// The rate is λ ~ gamma(`shape` + j, `scale`), where j is the number of phases of the next gap already over, and the chance of
/// leaving is p ~ beta(`a`, `kept`).
#[derive(Clone, Copy, Debug)]
pub(in crate::model) struct Ahead {
    pub(super) shape: f64,
    pub(super) scale: f64,
    /// The time since the last purchase over `scale`.
    pub(super) wait: f64,
    pub(super) a: f64,
    /// The second parameter of p.
    pub(super) kept: f64,
    /// Phases of a gap.
    pub(super) k: u32,
    /// The probabilities of j.
    pub(super) phases: [f64; MOST_PHASES as usize],
}

/// What is averaged over the number n of purchases that a customer who cannot leave would make.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Of {
    /// The probability of staying through all n.
    Staying,
    /// The mean number made before leaving.
    Made,
}

impl Ahead {
    /// The probability of still buying after `t` more time units.
    pub(super) fn stays(&self, t: f64) -> f64 {
        if t == f64::INFINITY { 0.0 } else { self.mean(Of::Staying, t).min(1.0) }
    }

    /// The mean number of purchases in the next `t` time units; infinite where it is.
    pub(super) fn purchases(&self, t: f64) -> f64 {
        if t == f64::INFINITY {
            let c = self.a + self.kept;
            return if self.a > 1.0 { (c - 1.0) / (self.a - 1.0) } else { f64::INFINITY };
        }
        self.mean(Of::Made, t)
    }

    /// The probability of exactly `n` purchases in the next `t` time units.
    ///
    /// Either the n-th purchase is the last of the time, or it is the last for good: two positive terms.
    pub(super) fn probability(&self, n: u64, t: f64) -> f64 {
        let c = self.a + self.kept;
        let staying = self.staying(n);
        let leaving = if n == 0 { 0.0 } else { self.staying(n - 1) * (self.a / (c + (n - 1) as f64)) };
        let k = u64::from(self.k);
        let mut sum = 0.0;
        for (j, phase) in self.phases() {
            let counts = NegativeBinomial::new(self.shape + j as f64, self.scale, t);
            let from = (k.saturating_mul(n)).saturating_sub(j);
            let until = k.saturating_mul(n.saturating_add(1)).saturating_sub(j);
            let exactly: f64 = (from..until).map(|i| counts.pmf(i)).sum();
            let more = if n == 0 { 0.0 } else { leaving * counts.upper(from) };
            sum += phase * (staying * exactly + more);
        }
        sum
    }

    /// The probability of staying through `n` purchases: B(a, kept + n)/B(a, kept).
    fn staying(&self, n: u64) -> f64 {
        let c = self.a + self.kept;
        if n <= 4096 {
            return (0..n).map(|i| i as f64).fold(1.0, |staying, i| staying * ((self.kept + i) / (c + i)));
        }
        exp(ln_beta_ratio(self.a, self.kept, 0.0, n as f64))
    }

    /// The phases of the gap and their probabilities.
    fn phases(&self) -> impl Iterator<Item = (u64, f64)> + '_ {
        (0..u64::from(self.k)).zip(self.phases.iter().copied())
    }

    /// The mean over everything unknown.
    fn mean(&self, of: Of, t: f64) -> f64 {
        let u = t / self.scale;
        if u == 0.0 {
            return if of == Of::Made { 0.0 } else { 1.0 };
        }
        self.by_counts(of, u).unwrap_or_else(|| self.by_chances(of, u))
    }

    /// Sums over the number of phases, if there are few enough of them: every term is positive.
    ///
    /// ```text
    /// mean = Σ_j P(j) Σ_i P(N_j = i) g(⌊(i + j)/k⌋),   N_j ~ NegBin(shape + j, scale/(scale + t))
    /// staying: g(n) = B(a, kept + n)/B(a, kept),   made: g(n) = Σ_{m<n} B(a, kept + m)/B(a, kept)
    /// ```
    pub(super) fn by_counts(&self, of: Of, u: f64) -> Option<f64> {
        let ln_up = ln_1p(u);
        let largest = self.shape + f64::from(self.k - 1);
        let mean = largest * u;
        if largest * ln_up > SMALLEST_START || mean + 9.0 * sqrt(mean * (1.0 + u)) + 40.0 * (1.0 + u) > MOST_COUNTS {
            return None;
        }
        let q = u / (1.0 + u);
        let mut sum = 0.0;
        for (j, phase) in self.phases() {
            let shape = self.shape + j as f64;
            let to_go = self.k - j as u32;
            let none = exp(-shape * ln_up);
            sum += phase
                * match of {
                    Of::Staying => none + self.count::<false>(shape, q, to_go, none),
                    Of::Made => self.count::<true>(shape, q, to_go, none),
                };
        }
        Some(sum)
    }

    /// The inner sum over i ≥ 1, from P(N = 0) = `none`; `to_go` phases are left of the first gap.
    fn count<const MADE: bool>(&self, shape: f64, q: f64, to_go: u32, none: f64) -> f64 {
        let c = self.a + self.kept;
        let (mut made, mut staying) = (0.0, 1.0);
        let (mut n, mut i) = (0.0, 0.0);
        let mut to_go = to_go;
        let mut probability = none;
        let mut sum = 0.0;
        for block in 0.. {
            let mut term = 0.0;
            for at in 0..STRIDE {
                let inverse = INVERSES.get(block * STRIDE + at).copied().unwrap_or_else(|| 1.0 / (i + 1.0));
                probability *= (shape + i) * q * inverse;
                i += 1.0;
                to_go -= 1;
                if to_go == 0 {
                    to_go = self.k;
                    made += staying;
                    staying *= (self.kept + n) / (c + n);
                    n += 1.0;
                }
                term = probability * if MADE { made } else { staying };
                sum += term;
            }
            // The ratio of the probabilities tends to q from either side, and the mean made grows by at most 1/n.
            let ratio = ((shape + i) / (i + 1.0)).max(1.0) * q;
            let falling = ratio * if MADE { 1.0 + 1.0 / n } else { 1.0 };
            if term * falling <= ROUNDING * (1.0 - falling) * sum || probability == 0.0 {
                break;
            }
        }
        sum
    }

    /// The same mean as an integral over the chance of leaving, for very many phases.
    pub(super) fn by_chances(&self, of: Of, u: f64) -> f64 {
        let c = self.a + self.kept;
        if self.k == 1 && of == Of::Staying {
            return mean_power(self.shape, self.a, self.kept, u.min(f64::MAX.sqrt()));
        }
        if self.k == 1 && self.a > 1.0 {
            let missed = mean_power(self.shape, self.a - 1.0, self.kept, u.min(f64::MAX.sqrt()));
            // Where nearly all is missed, the difference has lost its digits.
            if missed < 0.9999 {
                return (c - 1.0) / (self.a - 1.0) * (1.0 - missed);
            }
        }
        let near = u.min(FAR / self.shape);
        let mean = beta_expectation(self.a, self.kept, |chance| self.given_chance(of, near, chance));
        if near == u {
            return mean;
        }
        // Only chances of leaving below those resolved still matter, where the density is p^(a−1)/B(a, kept).
        match of {
            Of::Staying => mean * pow(near / u, self.a.min(self.shape)),
            Of::Made if self.shape > self.a - 1.0 => mean + self.far(near, u),
            Of::Made => mean,
        }
    }

    /// What the mean number made grows by from `near` to `u` where only the smallest chances of leaving matter.
    fn far(&self, near: f64, u: f64) -> f64 {
        let power = 1.0 - self.a;
        let further = ln(u / near);
        // ((u/near)^power − 1)/power, which is a logarithm where the power is 0.
        let grown = if power == 0.0 { further } else { exp_m1(power * further) / power };
        let constant = power * ln(near / f64::from(self.k)) + ln_rising(self.kept, self.a);
        let each = |(j, phase): (u64, f64)| {
            let shape = self.shape + j as f64;
            phase * exp(constant + ln_gamma(shape + power) - ln_gamma(shape))
        };
        grown * self.phases().map(each).sum::<f64>()
    }

    /// The mean given the chance of leaving.
    fn given_chance(&self, of: Of, u: f64, chance: BetaPoint) -> f64 {
        let p = chance.p.max(SMALLEST_CHANCE);
        if self.k == 1 {
            return -exp_m1(-self.shape * ln_1p(p * u)) / p;
        }
        let ln_stay = chance.ln_q.min(-SMALLEST_CHANCE);
        mean_given_chance(of, self.shape, u, &self.phases[..self.k as usize], p, ln_stay)
    }
}
