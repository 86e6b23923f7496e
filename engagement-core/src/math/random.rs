//! Random numbers that are the same on every platform.
//!
//! The samplers are written here, over this crate's own logarithm and exponential, because those of the platform's library differ
//! in the last bits from one system to the next: the same seed has to give the same customers everywhere.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::{exp, ln};

/// A stream of random numbers. The same seed and stream give the same numbers, on every platform and in every version.
///
/// # References
/// `ChaCha8`: Bernstein (2008), <https://cr.yp.to/chacha/chacha-20080128.pdf>.
#[derive(Clone, Debug)]
pub struct Random {
    bits: ChaCha8Rng,
}

impl Random {
    /// The stream `stream` of a seed: streams of one seed are independent of each other, so that every customer can have one.
    #[must_use]
    pub fn new(seed: u64, stream: u64) -> Random {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut bits = ChaCha8Rng::from_seed(key);
        bits.set_stream(stream);
        Random { bits }
    }

    /// Uniform on (0, 1), both ends left out: the middles of 2⁵² equal parts.
    pub(crate) fn uniform(&mut self) -> f64 {
        ((self.bits.next_u64() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// A whole number from 0 to `n` − 1, all equally likely; 0 if `n` is 0.
    ///
    /// Lemire (2019), doi:10.1145/3230636.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        loop {
            let product = u128::from(self.bits.next_u64()) * u128::from(n);
            let low = product as u64;
            // The first 2⁶⁴ mod n products of each number are one too many.
            if low >= n || low >= n.wrapping_neg() % n.max(1) {
                return (product >> 64) as u64;
            }
        }
    }

    /// Exponential with mean 1.
    pub(crate) fn exponential(&mut self) -> f64 {
        -ln(self.uniform())
    }

    /// Normal with mean 0 and variance 1.
    ///
    /// Marsaglia & Bray (1964), doi:10.1137/1006063.
    pub(crate) fn normal(&mut self) -> f64 {
        loop {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let s = u * u + v * v;
            if s < 1.0 && s > 0.0 {
                return u * (-2.0 * ln(s) / s).sqrt();
            }
        }
    }

    /// The logarithm of a gamma variate with a positive finite shape and scale 1, which tells those of tiny shapes apart that are
    /// all 0 otherwise.
    pub(crate) fn ln_gamma_variate(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let above = ln(self.gamma_from_1(shape + 1.0));
            above - self.exponential() / shape
        } else {
            ln(self.gamma_from_1(shape))
        }
    }

    /// Gamma with a shape of at least 1.
    ///
    /// Marsaglia & Tsang (2000), doi:10.1145/358407.358414.
    fn gamma_from_1(&mut self, shape: f64) -> f64 {
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let root = 1.0 + c * x;
            if root <= 0.0 {
                continue;
            }
            let v = root * root * root;
            if ln(self.uniform()) < 0.5 * x * x + d * (1.0 - v + ln(v)) {
                return d * v;
            }
        }
    }

    /// Beta with two positive finite shapes; 0 and 1 are possible where they round there.
    pub(crate) fn beta(&mut self, a: f64, b: f64) -> f64 {
        let odds = self.ln_gamma_variate(b) - self.ln_gamma_variate(a);
        if odds.is_nan() {
            // Both are 0 beyond the logarithm's range: all that is left is which of the two is smaller.
            return f64::from(u8::from(self.uniform() * (a + b) < a));
        }
        1.0 / (1.0 + exp(odds))
    }
}

#[cfg(test)]
#[path = "random_tests.rs"]
mod tests;
