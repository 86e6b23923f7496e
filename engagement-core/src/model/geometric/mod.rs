//! The family of models in which a customer may leave after a purchase: one implementation of all four.
//!
//! A customer has a rate λ ~ gamma(r, α) and a chance of leaving p ~ beta(a, b), independent of each other. Gaps between purchases
//! are sums of k exponentials of rate λ, "phases" here; k = 1 is the Poisson process. The customer may leave after each repeat
//! purchase (BG), or after the first purchase as well (MBG).
//!
//! Everything is written with positive terms only: the textbook forms subtract numbers of nearly the same size.

mod ahead;
mod discount;
mod erlang;
mod fitting;
mod models;
mod simulate;

pub(super) use ahead::Ahead;
pub(super) use fitting::{best, enough, fit};
pub(super) use models::{answers, check_phases, discount as check_discount, finite_time, phased};

use super::history::PurchaseHistory;
use crate::math::{Rising, exp, ln, ln_1p, ln_gamma};

/// The most phases of a gap.
pub(super) const MOST_PHASES: u32 = 12;
/// Beyond this exponent the term of leaving dwarfs the others, and e to it is near the largest number.
const OVERFLOW: f64 = 600.0;

/// A model of the family at its parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Geometric {
    pub(super) r: f64,
    pub(super) alpha: f64,
    pub(super) a: f64,
    pub(super) b: f64,
    /// Phases of a gap.
    pub(super) k: u32,
    /// Whether the customer may leave after the first purchase too.
    pub(super) first: bool,
}

/// What the rows of a likelihood share.
#[derive(Debug)]
pub(crate) struct Table {
    shape: Rising,
    kept: Rising,
    all: Rising,
    ln_alpha: f64,
    ln_gamma_k: f64,
}

/// How a history can have ended, relative to its likelihood if the customer stays and the next gap is in its first phase.
struct Ending {
    /// The shape of λ: r + kx.
    shape: f64,
    /// The time since the last purchase over α + T.
    wait: f64,
    /// The time since the last purchase over `α + t_x`, and ln(1 + that).
    longer: f64,
    ln_longer: f64,
    /// The odds of leaving after the last purchase, before its silence is seen, over a; 0 without a chance to leave.
    odds: f64,
    /// Left after the last purchase; infinite where it overflows.
    left: f64,
    /// Stays, in a phase after the first.
    later: f64,
}

impl Geometric {
    /// The tables for frequencies up to `largest`.
    pub(super) fn table(&self, largest: u32) -> Table {
        let largest = largest as usize;
        let (longest, chances) = if largest == 0 { (0, 0) } else { (largest.saturating_mul(self.k as usize), largest + 1) };
        Table {
            shape: Rising::new(self.r, longest),
            kept: Rising::new(self.b, chances),
            all: Rising::new(self.a + self.b, chances),
            ln_alpha: ln(self.alpha),
            ln_gamma_k: ln_gamma(f64::from(self.k)),
        }
    }

    /// The log-likelihood of a customer, without the part of the gaps that no parameter but k changes: (k − 1) Σ ln Δt. Its
    /// derivatives by ln r, ln α, ln a, ln b are written into `gradient`, unless that is shorter.
    pub(super) fn row(&self, table: &Table, customer: &PurchaseHistory, gradient: &mut [f64]) -> f64 {
        let Geometric { r, alpha, a, b, .. } = *self;
        let x = f64::from(customer.frequency());
        let phases = x * f64::from(self.k);
        let n = (customer.frequency() as usize).saturating_mul(self.k as usize);
        // Chances to leave that were seen to be passed, and one more.
        let chances = customer.frequency() as usize + usize::from(self.first);
        let ln_age = ln_1p(customer.age() / alpha);
        let ending = self.ending(customer, |_, _| {});
        let ln_ending = if ending.left < f64::INFINITY { ln_1p(ending.left + ending.later) } else { self.ln_left(&ending) };
        let value = table.shape.ln(n) - r * ln_age - phases * (table.ln_alpha + ln_age) + table.kept.ln(chances)
            - table.all.ln(chances)
            - x * table.ln_gamma_k
            + ln_ending;
        let [by_r, by_alpha, by_a, by_b, ..] = gradient else { return value };
        let left = if ending.left < f64::INFINITY { ending.left / (1.0 + ending.later + ending.left) } else { 1.0 };
        // How the terms of the phases after the first move with r, and how many phases there are.
        let (mut rises, mut counts) = (0.0, 0.0);
        if self.k > 1 {
            let mut rise = 0.0;
            self.ending(customer, |j, term| {
                rise += 1.0 / (ending.shape + (j - 1.0));
                rises += term * rise;
                counts += term * j;
            });
            let share = (1.0 - left) / (1.0 + ending.later);
            (rises, counts) = (rises * share, counts * share);
        }
        *by_r = r * (table.shape.digamma(n) - ln_age + left * ending.ln_longer + rises);
        // α/(α + t_x) · (T − t_x)/(α + T) = α/(α + T) · (T − t_x)/(α + t_x).
        let waited = left * ending.shape * ending.longer + counts;
        *by_alpha = (r * customer.age() - alpha * (phases + waited)) / (alpha + customer.age());
        let gone = table.all.digamma(chances);
        *by_a = left - a * gone;
        *by_b = b * (table.kept.digamma(chances) - gone - left * ending.odds);
        value
    }

    /// ln of [`left`](Ending::left) where it overflows: all else is too little to be seen beside it.
    fn ln_left(&self, ending: &Ending) -> f64 {
        ln(self.a * ending.odds) + ending.shape * ending.ln_longer
    }

    /// How the history can have ended; `visit` is told the terms of the phases after the first, j = 1, 2, ….
    #[inline]
    fn ending(&self, customer: &PurchaseHistory, mut visit: impl FnMut(f64, f64)) -> Ending {
        let x = f64::from(customer.frequency());
        let shape = self.r + x * f64::from(self.k);
        let silence = customer.age() - customer.recency();
        let mut ending = Ending { shape, wait: 0.0, longer: 0.0, ln_longer: 0.0, odds: 0.0, left: 0.0, later: 0.0 };
        if x > 0.0 || self.first {
            ending.longer = silence / (self.alpha + customer.recency());
            ending.ln_longer = ln_1p(ending.longer);
            ending.odds = 1.0 / (self.b + if self.first { x } else { x - 1.0 });
            let exponent = shape * ending.ln_longer;
            ending.left = if exponent <= OVERFLOW { self.a * ending.odds * exp(exponent) } else { f64::INFINITY };
        }
        if self.k > 1 {
            ending.wait = silence / (self.alpha + customer.age());
            let mut term = 1.0;
            for j in 1..self.k {
                let j = f64::from(j);
                term *= (shape + (j - 1.0)) / j * ending.wait;
                visit(j, term);
                ending.later += term;
            }
        }
        ending
    }

    /// What is known of the customer at the end of the observation.
    pub(super) fn ahead(&self, customer: &PurchaseHistory) -> Ahead {
        let mut phases = [0.0; MOST_PHASES as usize];
        phases[0] = 1.0;
        let ending = self.ending(customer, |j, term| phases[j as usize] = term);
        let stays = 1.0 + ending.later;
        let (gone, alive) = if ending.left < f64::INFINITY {
            let total = stays + ending.left;
            (ending.left / total, stays / total)
        } else {
            (1.0, exp(ln(stays) - self.ln_left(&ending)))
        };
        phases.iter_mut().for_each(|phase| *phase /= 1.0 + ending.later);
        Ahead {
            alive,
            gone,
            shape: ending.shape,
            scale: self.alpha + customer.age(),
            wait: ending.wait,
            a: self.a,
            kept: self.b + f64::from(customer.frequency()) + f64::from(u8::from(self.first)),
            k: self.k,
            phases,
        }
    }
}

#[cfg(test)]
mod oracle_tests;
#[cfg(test)]
mod property_tests;
