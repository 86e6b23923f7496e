//! What the Pareto/NBD model expects of a customer.
//!
//! A customer who is alive is a new customer of another Pareto/NBD model: the rates of one with x purchases in T time units are
//! gamma(r+x, α+T) and gamma(s, β+T), independent. So every prediction is the probability of being alive times what a new
//! customer of that model would do.

use super::ParetoNbd;
use super::dropout::Dropout;
use super::integral::{LogConcave, ln_integral};
use super::series;
use crate::error::{Error, ErrorKind, Result};
use crate::math::{NegativeBinomial, Random, exp, exp_m1, ln, ln_1p, sqrt};
use crate::model::geometric::{check_discount, finite_time};
use crate::model::likelihood::RowLikelihood;
use crate::model::parameters::time;
use crate::model::{PurchaseHistory, PurchaseModel};
use crate::simulate::MOST_PURCHASES;

impl ParetoNbd {
    /// The model of a customer who is known to be alive.
    fn of_alive(&self, customer: &PurchaseHistory) -> ParetoNbd {
        ParetoNbd {
            r: self.r + f64::from(customer.frequency()),
            alpha: self.alpha + customer.age(),
            s: self.s,
            beta: self.beta + customer.age(),
        }
    }

    /// The probability that a new customer has not left after `t`.
    fn stays(&self, t: f64) -> f64 {
        exp(-self.s * ln_1p(t / self.beta))
    }

    /// `∫₀ᵗ e^(−δu) (1+u/β)^−s du`: how long a new customer stays within `t`, discounted.
    fn discounted_time(&self, t: f64, delta: f64) -> f64 {
        let tenure = Tenure { rate: delta * self.beta, power: 1.0 - self.s };
        let longest = ln_1p(t / self.beta);
        let mode = if tenure.power > tenure.rate { ln(tenure.power / tenure.rate).min(longest) } else { 0.0 };
        self.beta * exp(ln_integral(&tenure, 0.0, mode, longest, |_, ()| ()))
    }

    /// `∫₀ᵗ P(n purchases within u) dP(dropout ≤ u)` of a new customer, for n ≥ 1.
    fn buys_and_leaves(&self, n: u64, t: f64) -> f64 {
        let ParetoNbd { r, alpha, s, beta } = *self;
        let count = n as f64;
        // The density over ln u peaks at the root of a quadratic.
        let (a, b, c) = (r + s, count * alpha + (1.0 - r) * beta - s * alpha, (count + 1.0) * alpha * beta);
        let root = sqrt(b * b + 4.0 * a * c);
        let peak = if b >= 0.0 { (b + root) / (2.0 * a) } else { 2.0 * c / (root - b) };
        let u = peak.min(t);
        let last = LastPurchases {
            n: count,
            r,
            s,
            bought: u / (alpha + u),
            not: alpha / (alpha + u),
            gone: u / (beta + u),
            active: beta / (beta + u),
        };
        let ln_width = ln_integral(&last, f64::NEG_INFINITY, 0.0, ln(t / u), |_, ()| ());
        s * exp(NegativeBinomial::new(r, alpha, u).ln_pmf(n) - s * ln_1p(u / beta) + ln(u / (beta + u)) + ln_width)
    }
}

/// Staying, discounted, over d = ln(1 + u/β).
struct Tenure {
    /// δβ.
    rate: f64,
    /// 1 − s.
    power: f64,
}

impl LogConcave for Tenure {
    type Point = ();

    fn at(&self, d: f64) -> (f64, ()) {
        (self.power * d - self.rate * exp_m1(d), ())
    }

    fn slope(&self, d: f64) -> f64 {
        self.power - self.rate * exp(d)
    }
}

/// Buying n times and leaving at u, over d = ln(u/peak).
struct LastPurchases {
    n: f64,
    r: f64,
    s: f64,
    /// u/(α+u), α/(α+u), u/(β+u) and β/(β+u) at the peak.
    bought: f64,
    not: f64,
    gone: f64,
    active: f64,
}

/// `ln(part eᵈ + rest)`, and that less d, for parts of 1: each from the difference to 1 that keeps its digits.
fn grown(part: f64, rest: f64, d: f64) -> (f64, f64) {
    let (up, down) = (part * exp_m1(d), rest * exp_m1(-d));
    let grown = if d > 700.0 || d < 0.0 && part > 0.5 { d + ln_1p(down) } else { ln_1p(up) };
    let less = if d >= 0.0 && rest > 0.5 { grown - d } else { ln_1p(down) };
    (grown, less)
}

impl LogConcave for LastPurchases {
    type Point = ();

    fn at(&self, d: f64) -> (f64, ()) {
        let ((bought, bought_over), (gone, _)) = (grown(self.bought, self.not, d), grown(self.gone, self.active, d));
        (d - self.n * bought_over - self.r * bought - (self.s + 1.0) * gone, ())
    }

    fn slope(&self, d: f64) -> f64 {
        // u/(α+u), α/(α+u) and u/(β+u) at d.
        let (up, down) = (exp(d), exp(-d));
        let bought = 1.0 / (1.0 + self.not / self.bought * down);
        let not = 1.0 / (1.0 + self.bought / self.not * up);
        let gone = 1.0 / (1.0 + self.active / self.gone * down);
        1.0 + self.n * not - self.r * bought - (self.s + 1.0) * gone
    }
}

impl PurchaseModel for ParetoNbd {
    fn log_likelihood(&self, customer: &PurchaseHistory) -> f64 {
        self.row(&self.table(0), customer, &mut [])
    }

    /// # Formula
    /// ```text
    /// (α+T)^−(r+x) (β+T)^−s / [(α+T)^−(r+x) (β+T)^−s + s ∫_{t_x}^T (α+τ)^−(r+x) (β+τ)^−(s+1) dτ]
    /// ```
    fn probability_alive(&self, customer: &PurchaseHistory) -> f64 {
        series::alive(self, customer).unwrap_or_else(|| Dropout::new(self, customer).alive)
    }

    /// # Formula
    /// ```text
    /// ((β+T)/(β+T+t))^s
    /// ```
    fn probability_stays(&self, customer: &PurchaseHistory, later: f64) -> Result<f64> {
        Ok(self.of_alive(customer).stays(time("later", later)?))
    }

    /// # Formula
    /// ```text
    /// (r+x)(β+T)/((α+T)(s−1)) [1 − ((β+T)/(β+T+t))^(s−1)]
    /// (r+x)(β+T)/(α+T) ln((β+T+t)/(β+T))                      for s = 1
    /// ```
    fn expected_purchases_if_alive(&self, customer: &PurchaseHistory, t: f64) -> Result<f64> {
        let t = time("t", t)?;
        let ParetoNbd { r, alpha, s, beta } = self.of_alive(customer);
        if t.is_infinite() && s <= 1.0 {
            let message = format!("t: the mean number of purchases in infinite time is infinite for s = {s}, at most 1");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let longer = ln_1p(t / beta);
        let time = if s == 1.0 { longer } else { -exp_m1((1.0 - s) * longer) / (s - 1.0) };
        Ok(r / alpha * beta * time)
    }

    /// # Formula
    /// ```text
    /// P(alive) [((β+T)/(β+T+t))^s NB(n; t) + ∫₀ᵗ s (β+T)^s (β+T+u)^−(s+1) NB(n; u) du] + [n = 0] (1 − P(alive))
    /// NB(n; u) = Γ(r+x+n)/(Γ(r+x) n!) ((α+T)/(α+T+u))^(r+x) (u/(α+T+u))^n
    /// ```
    fn probability_of_purchases(&self, customer: &PurchaseHistory, n: u64, t: f64) -> Result<f64> {
        let t = finite_time("t", t)?;
        let Dropout { alive, gone, .. } = Dropout::new(self, customer);
        let model = self.of_alive(customer);
        if n == 0 {
            let nothing = PurchaseHistory::new(0, 0.0, t)?;
            return Ok(gone + alive * exp(model.log_likelihood(&nothing)));
        }
        if t == 0.0 {
            return Ok(0.0);
        }
        let stays = model.stays(t) * NegativeBinomial::new(model.r, model.alpha, t).pmf(n);
        let probability = alive * (stays + model.buys_and_leaves(n, t));
        if probability.is_finite() {
            // Rounding may take it past the certain event by its last bit.
            return Ok(probability.min(1.0));
        }
        Err(Error::new(
            ErrorKind::Overflow,
            format!("n: the probability of {n} purchases within {t} is beyond what a double can work out"),
        ))
    }

    /// # Formula
    /// ```text
    /// (r+x)/(α+T) ∫₀ᵗ e^(−δu) ((β+T)/(β+T+u))^s du
    /// ```
    fn discounted_purchases_if_alive(&self, customer: &PurchaseHistory, t: f64, delta: f64) -> Result<f64> {
        check_discount(t, delta)?;
        if t == 0.0 || delta == 0.0 {
            return self.expected_purchases_if_alive(customer, t);
        }
        let model = self.of_alive(customer);
        let purchases = model.r / model.alpha * model.discounted_time(t, delta);
        if purchases.is_finite() {
            return Ok(purchases);
        }
        Err(Error::new(ErrorKind::Overflow, format!("delta: {delta} is too small a rate to discount {t} time units by")))
    }

    fn simulate(&self, random: &mut Random, t: f64, times: &mut Vec<f64>) {
        times.clear();
        // A small shape gives rates far below the smallest double: their logarithms are kept.
        let ln_rate = random.ln_gamma_variate(self.r) - ln(self.alpha);
        let ln_dropout = random.ln_gamma_variate(self.s) - ln(self.beta);
        let end = t.min(random.exponential() * exp(-ln_dropout));
        let gap = exp(-ln_rate);
        let mut at = gap * random.exponential();
        while at <= end && times.len() < MOST_PURCHASES {
            times.push(at);
            at += gap * random.exponential();
        }
    }
}
