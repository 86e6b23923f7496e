//! The family of models in which a customer may leave after a purchase: one implementation of all four.
//!
//! A customer has a rate λ ~ gamma(r, α) and a chance of leaving p ~ beta(a, b), independent of each other. Gaps between purchases
//! are sums of k exponentials of rate λ, "phases" here; k = 1 is the Poisson process. The customer may leave after each repeat
//! purchase (BG), or after the first purchase as well (MBG).
//!
//! Everything is written with positive terms only: the textbook forms subtract numbers of nearly the same size.

mod ahead;
mod curvature;
mod discount;
mod erlang;
mod fitting;
mod models;
mod simulate;

use ahead::Ahead;
pub(super) use fitting::{best, fit};
pub(super) use models::{answers, check_phases, discount as check_discount, finite_time, phased};

use super::history::PurchaseHistory;
use super::likelihood::Block;
use crate::math::{Rising, exp, exp_of_block, ln, ln_1p_of_block, ln_gamma};

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

/// The probabilities that a customer still buys, and that one does not: each has its digits.
pub(super) struct Standing {
    pub(super) alive: f64,
    pub(super) gone: f64,
}

/// How histories can have ended, relative to their likelihoods if the customer stays and the next gap is in its first phase.
struct Endings<const N: usize> {
    /// The shape of λ: r + kx.
    shape: [f64; N],
    /// The time since the last purchase over α + T.
    wait: [f64; N],
    /// The time since the last purchase over `α + t_x`, and ln(1 + that).
    longer: [f64; N],
    ln_longer: [f64; N],
    /// The odds of leaving after the last purchase, before its silence is seen, over a; 0 without a chance to leave.
    odds: [f64; N],
    /// Left after the last purchase; infinite where it overflows.
    left: [f64; N],
    /// Stays, in a phase after the first.
    later: [f64; N],
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

    /// The log-likelihoods of customers, without the part of the gaps that no parameter but k changes: (k − 1) Σ ln Δt; and their
    /// derivatives by ln r, ln α, ln a, ln b.
    pub(super) fn rows<const N: usize>(&self, table: &Table, customers: &[PurchaseHistory; N], block: &mut Block<N>) {
        let Geometric { r, alpha, a, b, .. } = *self;
        let k = f64::from(self.k);
        let endings = self.endings(customers, |_, _| {});
        let mut numbers = [0.0; N];
        numbers.iter_mut().zip(customers).for_each(|(number, customer)| *number = customer.age() / alpha);
        let ln_age = ln_1p_of_block(&numbers);
        let both = endings.left.iter().zip(&endings.later);
        numbers.iter_mut().zip(both).for_each(|(number, (left, later))| *number = left + later);
        let ln_endings = ln_1p_of_block(&numbers);
        // How the terms of the phases after the first move with r, and how many phases there are.
        let (mut rises, mut counts) = ([0.0; N], [0.0; N]);
        // The probability of having left.
        let mut left = endings.left;
        for (left, later) in left.iter_mut().zip(&endings.later) {
            *left = if *left < f64::INFINITY { *left / (1.0 + later + *left) } else { 1.0 };
        }
        if self.k > 1 {
            let mut rise = [0.0; N];
            self.endings(customers, |j, terms| {
                for (i, term) in terms.iter().enumerate() {
                    rise[i] += 1.0 / (endings.shape[i] + (j - 1.0));
                    rises[i] += term * rise[i];
                    counts[i] += term * j;
                }
            });
            for (i, left) in left.iter().enumerate() {
                let share = (1.0 - left) / (1.0 + endings.later[i]);
                rises[i] *= share;
                counts[i] *= share;
            }
        }
        let [by_r, by_alpha, by_a, by_b, ..] = &mut block.slopes;
        for (i, customer) in customers.iter().enumerate() {
            let frequency = customer.frequency() as usize;
            let x = f64::from(customer.frequency());
            let n = frequency.saturating_mul(self.k as usize);
            // Chances to leave that were seen to be passed, and one more.
            let chances = frequency + usize::from(self.first);
            let ln_ending = if endings.left[i] < f64::INFINITY { ln_endings[i] } else { self.ln_left(&endings, i) };
            block.values[i] = table.shape.ln(n) - r * ln_age[i] - x * k * (table.ln_alpha + ln_age[i]) + table.kept.ln(chances)
                - table.all.ln(chances)
                - x * table.ln_gamma_k
                + ln_ending;
            by_r[i] = table.shape.digamma(n);
            by_a[i] = table.all.digamma(chances);
            by_b[i] = table.kept.digamma(chances);
        }
        for (i, customer) in customers.iter().enumerate() {
            let (left, age, x) = (left[i], customer.age(), f64::from(customer.frequency()));
            by_r[i] = r * (by_r[i] - ln_age[i] + left * endings.ln_longer[i] + rises[i]);
            // α/(α + t_x) · (T − t_x)/(α + T) = α/(α + T) · (T − t_x)/(α + t_x).
            let waited = left * endings.shape[i] * endings.longer[i] + counts[i];
            by_alpha[i] = (r * age - alpha * (x * k + waited)) / (alpha + age);
            by_b[i] = b * (by_b[i] - by_a[i] - left * endings.odds[i]);
            by_a[i] = left - a * by_a[i];
        }
    }

    /// [`rows`](Geometric::rows) of one customer; the derivatives are written into `gradient`, unless that is shorter.
    pub(super) fn row(&self, table: &Table, customer: &PurchaseHistory, gradient: &mut [f64]) -> f64 {
        let mut block = Block::<1>::new();
        self.rows(table, &[*customer], &mut block);
        block.only(gradient)
    }

    /// ln of [`left`](Endings::left) where it overflows: all else is too little to be seen beside it.
    fn ln_left<const N: usize>(&self, endings: &Endings<N>, i: usize) -> f64 {
        ln(self.a * endings.odds[i]) + endings.shape[i] * endings.ln_longer[i]
    }

    /// How the histories can have ended; `visit` is told the terms of the phases after the first, j = 1, 2, ….
    #[inline]
    fn endings<const N: usize>(&self, customers: &[PurchaseHistory; N], mut visit: impl FnMut(f64, &[f64; N])) -> Endings<N> {
        let none = [0.0; N];
        let mut endings = Endings { shape: none, wait: none, longer: none, ln_longer: none, odds: none, left: none, later: none };
        for (i, customer) in customers.iter().enumerate() {
            endings.shape[i] = self.r + f64::from(customer.frequency()) * f64::from(self.k);
        }
        if self.first || customers.iter().any(|customer| customer.frequency() > 0) {
            let mut exponents = none;
            for (i, customer) in customers.iter().enumerate() {
                let x = f64::from(customer.frequency());
                let may_leave = x > 0.0 || self.first;
                endings.longer[i] =
                    if may_leave { (customer.age() - customer.recency()) / (self.alpha + customer.recency()) } else { 0.0 };
                endings.odds[i] = if may_leave { 1.0 / (self.b + if self.first { x } else { x - 1.0 }) } else { 0.0 };
            }
            endings.ln_longer = ln_1p_of_block(&endings.longer);
            for (i, exponent) in exponents.iter_mut().enumerate() {
                // What overflows need not be worked out.
                *exponent = (endings.shape[i] * endings.ln_longer[i]).min(1.1 * OVERFLOW);
            }
            let powers = exp_of_block(&exponents);
            for (i, left) in endings.left.iter_mut().enumerate() {
                *left = if exponents[i] <= OVERFLOW { self.a * endings.odds[i] * powers[i] } else { f64::INFINITY };
            }
        }
        if self.k > 1 {
            let mut terms = [1.0; N];
            for (i, customer) in customers.iter().enumerate() {
                endings.wait[i] = (customer.age() - customer.recency()) / (self.alpha + customer.age());
            }
            for j in 1..self.k {
                let j = f64::from(j);
                for (i, term) in terms.iter_mut().enumerate() {
                    *term *= (endings.shape[i] + (j - 1.0)) / j * endings.wait[i];
                    endings.later[i] += *term;
                }
                visit(j, &terms);
            }
        }
        endings
    }

    /// Whether the customer still buys at the end of the observation.
    pub(super) fn standing(&self, customer: &PurchaseHistory) -> Standing {
        let endings = self.endings(&[*customer], |_, _| {});
        let Endings { left: [left], later: [later], .. } = endings;
        let stays = 1.0 + later;
        if left < f64::INFINITY {
            return Standing { alive: stays / (stays + left), gone: left / (stays + left) };
        }
        Standing { alive: exp(ln(stays) - self.ln_left(&endings, 0)), gone: 1.0 }
    }

    /// The customer at the end of the observation, if then still buying.
    pub(super) fn ahead(&self, customer: &PurchaseHistory) -> Ahead {
        let (x, age) = (f64::from(customer.frequency()), customer.age());
        let mut ahead = Ahead {
            shape: self.r + x * f64::from(self.k),
            scale: self.alpha + age,
            wait: 0.0,
            a: self.a,
            kept: self.b + x + f64::from(u8::from(self.first)),
            k: self.k,
            phases: [0.0; MOST_PHASES as usize],
        };
        ahead.phases[0] = 1.0;
        if self.k > 1 {
            let Endings { wait: [wait], later: [later], .. } =
                self.endings(&[*customer], |j, &[term]| ahead.phases[j as usize] = term);
            ahead.wait = wait;
            ahead.phases.iter_mut().for_each(|phase| *phase /= 1.0 + later);
        }
        ahead
    }
}

#[cfg(test)]
mod oracle_tests;
#[cfg(test)]
mod property_tests;
