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
    /// ln((α + T)/(α + t_x)).
    ln_wait: f64,
    /// (T − t_x)/(α + T).
    wait: f64,
    /// The odds of leaving after the last purchase, before its silence is seen; 0 without a chance to leave.
    odds: f64,
    /// Left after the last purchase; 0 where it overflows.
    left: f64,
    /// Stays, in a phase after the first.
    later: f64,
}

impl Ending {
    /// Whether [`left`](Ending::left) is too large to be held.
    fn overflows(&self) -> bool {
        self.shape * self.ln_wait > OVERFLOW
    }

    /// ln of left + stays.
    fn ln_total(&self) -> f64 {
        if self.odds > 0.0 && self.overflows() {
            return ln(self.odds) + self.shape * self.ln_wait;
        }
        ln_1p(self.left + self.later)
    }

    /// The probabilities (left, stays).
    fn probabilities(&self) -> (f64, f64) {
        let stays = 1.0 + self.later;
        if self.odds > 0.0 && self.overflows() {
            return (1.0, exp(ln(stays / self.odds) - self.shape * self.ln_wait));
        }
        let total = stays + self.left;
        (self.left / total, stays / total)
    }
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
        let scale = alpha + customer.age();
        let ln_age = ln_1p(customer.age() / alpha);
        let ending = self.ending(customer, |_, _| {});
        let value = table.shape.ln(n) - r * ln_age - phases * (table.ln_alpha + ln_age) + table.kept.ln(chances)
            - table.all.ln(chances)
            - x * table.ln_gamma_k
            + ending.ln_total();
        let [by_r, by_alpha, by_a, by_b, ..] = gradient else { return value };
        let (left, stays) = ending.probabilities();
        // The phases after the first: how their terms move with r and with α.
        let (mut rises, mut counts) = (0.0, 0.0);
        if self.k > 1 {
            let (mut rise, mut sums) = (0.0, (0.0, 0.0));
            self.ending(customer, |j, term| {
                rise += 1.0 / (ending.shape + (j - 1.0));
                sums.0 += term * rise;
                sums.1 += term * j;
            });
            let share = stays / (1.0 + ending.later);
            (rises, counts) = (sums.0 * share, sums.1 * share);
        }
        *by_r = r * (table.shape.digamma(n) - ln_age + left * ending.ln_wait + rises);
        *by_alpha = (r * customer.age() - phases * alpha) / scale
            - left * ending.shape * ending.wait * (alpha / (alpha + customer.recency()))
            - counts * (alpha / scale);
        let gone = table.all.digamma(chances);
        *by_a = left - a * gone;
        *by_b = b * (table.kept.digamma(chances) - gone - left * ending.odds / a);
        value
    }

    /// How the history can have ended; `visit` is told the terms of the phases after the first, j = 1, 2, ….
    fn ending(&self, customer: &PurchaseHistory, mut visit: impl FnMut(f64, f64)) -> Ending {
        let (x, d) = (f64::from(customer.frequency()), f64::from(u8::from(self.first)));
        let shape = self.r + x * f64::from(self.k);
        let silence = customer.age() - customer.recency();
        let wait = silence / (self.alpha + customer.age());
        let mut ending = Ending { shape, ln_wait: 0.0, wait, odds: 0.0, left: 0.0, later: 0.0 };
        if x > 0.0 || self.first {
            ending.ln_wait = ln_1p(silence / (self.alpha + customer.recency()));
            ending.odds = self.a / (self.b + (x - 1.0 + d));
            if !ending.overflows() {
                ending.left = ending.odds * exp(shape * ending.ln_wait);
            }
        }
        let mut term = 1.0;
        for j in 1..self.k {
            let j = f64::from(j);
            term *= (shape + (j - 1.0)) / j * wait;
            visit(j, term);
            ending.later += term;
        }
        ending
    }

    /// What is known of the customer at the end of the observation.
    pub(super) fn ahead(&self, customer: &PurchaseHistory) -> Ahead {
        let mut phases = [0.0; MOST_PHASES as usize];
        phases[0] = 1.0;
        let ending = self.ending(customer, |j, term| phases[j as usize] = term);
        let (gone, alive) = ending.probabilities();
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
