//! The customers behind a generated log: who they are, when they come and go, how often they act.

use crate::random::{Random, mix};

/// Customers in order of arrival, with a gamma-distributed rate each.
///
/// Rates are gamma with shape ½, so that counts of interactions are spread like those of real shops: many customers
/// with a single purchase, a few with hundreds. Three in ten customers appear in the first tenth of the log, as in
/// one cut out of a running business, and the others evenly after it; close to half leave for good at some time.
#[derive(Debug, Clone)]
pub struct Customers {
    /// Walker's alias table over the rates: the chance, out of 2³², that a slot is itself, and who it is otherwise.
    chance: Vec<u32>,
    alias: Vec<u32>,
    /// When a customer leaves, as a share of the log out of 2³².
    leaves: Vec<u32>,
    early: u64,
    seed: u64,
}

const WHOLE: f64 = 4_294_967_296.0;

impl Customers {
    /// `count` customers of a log of `rows` rows.
    ///
    /// # Panics
    /// If there are none, more than rows, or 2³² and more.
    #[must_use]
    pub fn new(count: u64, rows: u64, seed: u64) -> Customers {
        assert!(count > 0 && count <= rows && count < u64::from(u32::MAX), "1 ≤ customers ≤ rows, < 2³²");
        let mut random = Random::new(mix(seed) ^ 0x0c05_70e3);
        // At most every second row of the first tenth brings somebody new.
        let early = (count * 3 / 10).min(rows / 20);
        let early = if count - early > rows / 2 { 0 } else { early };
        let rates: Vec<f64> = (0..count).map(|_| gamma_half(&mut random)).collect();
        let (chance, alias) = alias_table(&rates);
        let mut customers = Customers { chance, alias, leaves: Vec::new(), early, seed };
        customers.leaves = (0..count)
            .map(|i| {
                let start = customers.arrives(i);
                let stay = random.unit();
                if random.unit() < 0.45 { ((start + (1.0 - start) * stay) * WHOLE) as u32 } else { u32::MAX }
            })
            .collect();
        customers
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.chance.len() as u64
    }

    /// How many have appeared once `row` rows of `rows` are written; the whole number at the last row.
    #[must_use]
    pub fn arrived(&self, row: u64, rows: u64) -> u64 {
        let tenth = if self.early == 0 { 0 } else { rows / 10 };
        let wide = |a: u64, b: u64, c: u64| (u128::from(a) * u128::from(b) / u128::from(c.max(1))) as u64;
        if row < tenth {
            wide(self.early, row, tenth)
        } else {
            self.early + wide(self.count() - self.early, row - tenth, rows - tenth)
        }
    }

    /// When customer `index` arrives, as a share of the log.
    fn arrives(&self, index: u64) -> f64 {
        if index < self.early {
            0.1 * index as f64 / self.early as f64
        } else {
            let start = if self.early == 0 { 0.0 } else { 0.1 };
            start + (1.0 - start) * (index - self.early) as f64 / (self.count() - self.early).max(1) as f64
        }
    }

    /// Who acts next, out of the first `arrived`, at `now` (a share of the log out of 2³²).
    #[inline]
    pub fn next(&self, random: &mut Random, arrived: u64, now: u32) -> u64 {
        for _ in 0..64 {
            let slot = random.below(self.count()) as usize;
            let own = (random.bits() >> 32) as u32 <= self.chance[slot];
            let index = if own { slot as u64 } else { u64::from(self.alias[slot]) };
            if index < arrived && now <= self.leaves[index as usize] {
                return index;
            }
        }
        random.below(arrived)
    }

    /// The key of customer `index`: spread over 40 bits, so that neither order nor density can be made use of.
    #[inline]
    #[must_use]
    pub fn key(&self, index: u64) -> i64 {
        // An odd factor permutes the residues of a power of two: keys are distinct.
        ((index + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) & ((1 << 40) - 1)) as i64
    }

    /// What customer `index` spends at a time on average, in cents: 5 to 170 currency units, skewed.
    #[inline]
    #[must_use]
    pub fn spend(&self, index: u64) -> u64 {
        let bits = mix(self.seed ^ index);
        500 + (((bits & 0xffff) * (bits >> 48)) >> 18)
    }
}

/// A gamma variate with shape ½ and scale 1: half a squared standard normal.
fn gamma_half(random: &mut Random) -> f64 {
    let radius = -libm::log(1.0 - random.unit());
    let cosine = libm::cos(core::f64::consts::TAU * random.unit());
    radius * cosine * cosine + 1e-4
}

/// Vose's construction of the alias table.
fn alias_table(weights: &[f64]) -> (Vec<u32>, Vec<u32>) {
    let n = weights.len();
    let total: f64 = weights.iter().sum();
    let mut scaled: Vec<f64> = weights.iter().map(|w| w * n as f64 / total).collect();
    let (mut small, mut large): (Vec<u32>, Vec<u32>) = (0..n as u32).partition(|&i| scaled[i as usize] < 1.0);
    let mut chance = vec![u32::MAX; n];
    let mut alias: Vec<u32> = (0..n as u32).collect();
    while let (Some(&poor), Some(&rich)) = (small.last(), large.last()) {
        small.pop();
        chance[poor as usize] = (scaled[poor as usize] * WHOLE) as u32;
        alias[poor as usize] = rich;
        scaled[rich as usize] -= 1.0 - scaled[poor as usize];
        if scaled[rich as usize] < 1.0 {
            large.pop();
            small.push(rich);
        }
    }
    (chance, alias)
}
