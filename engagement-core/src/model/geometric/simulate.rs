//! New customers drawn from the family.

use super::Geometric;
use crate::math::{Random, exp};
use crate::simulate::MOST_PURCHASES;

impl Geometric {
    /// Draws a customer and the times of the repeat purchases up to `t` into `times`, at most the first [`MOST_PURCHASES`].
    pub(in crate::model) fn simulate(&self, random: &mut Random, t: f64, times: &mut Vec<f64>) {
        times.clear();
        let rate = exp(random.ln_gamma_variate(self.r)) / self.alpha;
        let p = random.beta(self.a, self.b);
        if self.first && random.uniform() < p {
            return;
        }
        let mut now = 0.0;
        while times.len() < MOST_PURCHASES {
            now += (0..self.k).map(|_| random.exponential()).sum::<f64>() / rate;
            if !(now <= t && now < f64::INFINITY) {
                return;
            }
            times.push(now);
            if random.uniform() < p {
                return;
            }
        }
    }
}
