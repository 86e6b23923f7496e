//! The BG/BB model: yes or no at fixed opportunities.

use super::fit::{Fit, FitOptions};
use super::interval::prediction_interval;
use super::likelihood::{RowLikelihood, Weighted};
use super::opportunities::{Opportunities, OpportunityHistory};
use super::parameters::{parameters, positive};
use super::renewal_model::RenewalModel;
use super::shifted_beta_geometric::ShiftedBetaGeometric;
use crate::error::{Error, ErrorKind, Result};
use crate::math::{Random, Rising, exp, ln, ln_beta_ratio};
use crate::simulate::MOST_PURCHASES;

parameters! {
    /// The beta-geometric/beta-Bernoulli model: at each opportunity an active customer buys or not, and may leave before the next.
    ///
    /// # Formula
    /// ```text
    /// buys at an opportunity while active with probability p ~ Beta(α, β)
    /// leaves before an opportunity with probability θ ~ Beta(γ, δ), independent of p
    /// L = B(α+x, β+n−x)/B(α, β) · B(γ, δ+n)/B(γ, δ)
    ///   + Σ_{i=0}^{n−t_x−1} B(α+x, β+t_x−x+i)/B(α, β) · B(γ+1, δ+t_x+i)/B(γ, δ)
    /// ```
    /// Each term of the sum is the one before times a fraction, so that likelihood, gradient and predictions take one pass over
    /// the opportunities since the last purchase and no beta function.
    ///
    /// # Example
    /// The donors of Fader, Hardie & Shang (2010) who gave in each of the first six years: 93 of 100 are still active in the seventh.
    /// ```
    /// use engagement_core::model::{BgBb, OpportunityHistory};
    ///
    /// let model = BgBb::new(1.204, 0.750, 0.657, 2.783)?;
    /// let donor = OpportunityHistory::new(6, 6, 6)?;
    /// assert_eq!(format!("{:.2}", model.probability_alive_at(&donor, 1)), "0.93");
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    ///
    /// # References
    /// Fader, Hardie & Shang (2010), doi:10.1287/mksc.1100.0580.
    BgBb = "bg-bb" {
        /// First shape of the probability of buying.
        alpha,
        /// Second shape of the probability of buying.
        beta,
        /// First shape of the probability of leaving.
        gamma,
        /// Second shape of the probability of leaving.
        delta,
    }
}

/// The most opportunities over which every number of purchases is looked at, 27 years of days.
const MOST_COUNTED: u32 = 10_000;

/// A sum that outgrows this is scaled down by it.
const LARGE: f64 = 1e200;

/// What all customers share at these parameters.
#[derive(Debug)]
pub(crate) struct Table {
    alpha: Rising,
    beta: Rising,
    bought: Rising,
    delta: Rising,
    left: Rising,
}

/// When the customer left, given the history: relative to leaving at the first opportunity after the last purchase.
struct Dropout {
    /// ln of the sum of the weights.
    ln_total: f64,
    /// The probability of being active still.
    alive: f64,
    /// The probability of having left.
    gone: f64,
    /// Over the opportunities t before which the customer left, n for one alive: how much ψ(α+β+t), ψ(β+t−x), ψ(γ+δ+t+1)
    /// (ψ(γ+δ+n) for one alive) and ψ(δ+t) are above their values at `t_x`, on average.
    rises: [f64; 4],
}

impl BgBb {
    /// The model of maximum likelihood.
    ///
    /// # Errors
    /// [`ErrorKind::FitFailed`](crate::ErrorKind::FitFailed): nobody bought, everybody bought every time, nobody had a second
    /// opportunity, or the fit did not converge.
    pub fn fit(opportunities: &Opportunities, options: &FitOptions) -> Result<Fit<BgBb>> {
        let failed = |message: &str| Err(Error::new(ErrorKind::FitFailed, message));
        let (rows, weights): (Vec<_>, Vec<_>) = opportunities.histories().map(|(history, count)| (history, count as f64)).unzip();
        let Some(largest) = rows.iter().map(OpportunityHistory::opportunities).max() else {
            return failed("there are no customers to fit to");
        };
        if largest < 2 {
            return failed("nobody had a second opportunity: the model needs several to tell leaving from not buying");
        }
        if rows.iter().all(|row| row.frequency() == 0) {
            return failed("nobody took an opportunity, so the rate of buying is not bounded below; observe for longer");
        }
        if rows.iter().all(|row| row.frequency() == row.opportunities()) {
            return failed("everybody took every opportunity, so nobody is seen to leave; observe for longer");
        }
        let starts = [[1.0, 1.0, 0.5, 2.0], [0.5, 1.0, 1.0, 10.0], [2.0, 2.0, 0.2, 0.4]].map(Vec::from);
        let data = Weighted { rows: &rows, weights: &weights, largest: largest.saturating_add(1) };
        data.fit(&BgBb { alpha: 1.0, beta: 1.0, gamma: 1.0, delta: 1.0 }, &starts, 0.0, options)
    }

    /// The logarithm of the likelihood of a customer's purchases in their order.
    #[must_use]
    pub fn log_likelihood(&self, customer: &OpportunityHistory) -> f64 {
        self.row(&self.table(0), customer, &mut [])
    }

    /// The probability that the customer was still active at the last opportunity.
    #[must_use]
    pub fn probability_alive(&self, customer: &OpportunityHistory) -> f64 {
        self.dropout(customer).alive
    }

    /// The probability that the customer is active at the opportunity numbered `later` from now: the next one is 1.
    #[must_use]
    pub fn probability_alive_at(&self, customer: &OpportunityHistory, later: u32) -> f64 {
        self.probability_alive(customer) * self.of_alive(customer).leaving().survival(later)
    }

    /// The mean number of purchases at the next `n` opportunities, given the customer's history.
    ///
    /// # Formula
    /// ```text
    /// P(alive) (α+x)/(α+β+n) Σ_{i=1}^{n*} B(γ, δ+n+i)/B(γ, δ+n)
    /// ```
    #[must_use]
    pub fn expected_purchases(&self, customer: &OpportunityHistory, n: u32) -> f64 {
        let model = self.of_alive(customer);
        self.probability_alive(customer) * model.alpha / (model.alpha + model.beta) * model.leaving().expected_renewals(0, n)
    }

    /// The mean number of purchases of a new customer at the first `n` opportunities.
    #[must_use]
    pub fn expected_purchases_new(&self, n: u32) -> f64 {
        self.expected_purchases(&OpportunityHistory::newcomer(), n)
    }

    /// The probability of exactly `k` purchases at the next `n` opportunities, given the customer's history.
    #[must_use]
    pub fn probability_of_purchases(&self, customer: &OpportunityHistory, k: u32, n: u32) -> f64 {
        self.counts(customer, n)(k)
    }

    /// The probability of each number of purchases at the next `n` opportunities.
    fn counts(&self, customer: &OpportunityHistory, n: u32) -> impl Fn(u32) -> f64 {
        let Dropout { alive, gone, .. } = self.dropout(customer);
        let model = self.of_alive(customer);
        move |k| alive * model.probability_of_purchases_new(k, n) + if k == 0 { gone } else { 0.0 }
    }

    /// The probability that a new customer makes exactly `k` purchases at the first `n` opportunities. Takes a step for each of
    /// them from `k` on.
    ///
    /// # Formula
    /// ```text
    /// C(n, k) B(α+k, β+n−k)/B(α, β) B(γ, δ+n)/B(γ, δ) + Σ_{i=k}^{n−1} C(i, k) B(α+k, β+i−k)/B(α, β) B(γ+1, δ+i)/B(γ, δ)
    /// ```
    #[must_use]
    pub fn probability_of_purchases_new(&self, k: u32, n: u32) -> f64 {
        if k > n {
            return 0.0;
        }
        let BgBb { alpha, beta, gamma, delta } = *self;
        let k = f64::from(k);
        // Bought k times in a row, and then left.
        let mut ln_scale = ln_beta_ratio(alpha, beta, k, 0.0) + ln_beta_ratio(gamma, delta, 1.0, k);
        let (mut term, mut sum, mut i) = (1.0, 0.0, k);
        while i < f64::from(n) {
            sum += term;
            term *= (i + 1.0) / (i + 1.0 - k) * (beta + i - k) / (alpha + beta + i) * (delta + i) / (gamma + delta + 1.0 + i);
            if sum > LARGE {
                (term, sum, ln_scale) = (term / LARGE, sum / LARGE, ln_scale + ln(LARGE));
            }
            i += 1.0;
        }
        let stays = term * ((gamma + delta + i) / gamma);
        exp(ln_scale + ln(sum + stays))
    }

    /// The number of purchases expected at the next `n` opportunities, or at all of them where `n` is `None`, each divided by
    /// (1 + `rate`) to the number of opportunities until then.
    ///
    /// # Formula
    /// ```text
    /// P(alive) (α+x)/(α+β+n) Σ_{i≥1} (1+rate)^−i B(γ, δ+n+i)/B(γ, δ+n)
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument): `rate` is not a positive finite number.
    #[doc(alias = "DERT")]
    pub fn discounted_purchases(&self, customer: &OpportunityHistory, n: Option<u32>, rate: f64) -> Result<f64> {
        let rate = positive("rate", rate)?;
        let model = self.of_alive(customer);
        let buys = self.probability_alive(customer) * model.alpha / (model.alpha + model.beta);
        let Some(n) = n else {
            return Ok(buys / (1.0 + rate) * model.leaving().discounted_renewals(0, rate)?);
        };
        let (mut term, mut sum, discount) = (1.0, 0.0, 1.0 / (1.0 + rate));
        for i in 0..n {
            let i = f64::from(i);
            term *= discount * (model.delta + i) / (model.gamma + model.delta + i);
            sum += term;
            // What is left is less than a geometric series.
            if term < 1e-18 * sum * rate {
                break;
            }
        }
        Ok(buys * sum)
    }

    /// The smallest interval from a quantile to a quantile that holds the number of purchases at the next `n` opportunities with at
    /// least the probability `level`, cut equally at both ends: a prediction interval of a count.
    ///
    /// Every possible number takes steps for all opportunities, so the time grows with their square.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument): `level` is not between 0 and 1, or `n` is above 10,000.
    pub fn prediction_interval(&self, customer: &OpportunityHistory, n: u32, level: f64) -> Result<(u64, u64)> {
        if n > MOST_COUNTED {
            let message = format!("n: {n} is not in 0..={MOST_COUNTED}, the opportunities over which an interval is worked out");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let counts = self.counts(customer, n);
        prediction_interval(|k| Ok(u32::try_from(k).map_or(0.0, &counts)), level)
    }

    /// Draws a new customer and the numbers of the opportunities taken, of the first `n`, into `taken`; at most of the first
    /// 1,048,576.
    pub fn simulate(&self, random: &mut Random, n: u32, taken: &mut Vec<u32>) {
        taken.clear();
        let buys = random.beta(self.alpha, self.beta);
        let active = self.leaving().simulate(random, n.min(MOST_PURCHASES as u32)).renewals;
        taken.extend((1..=active).filter(|_| random.uniform() < buys));
    }

    /// The model of a customer who is known to be active.
    fn of_alive(&self, customer: &OpportunityHistory) -> BgBb {
        let (x, n) = (f64::from(customer.frequency()), f64::from(customer.opportunities()));
        BgBb { alpha: self.alpha + x, beta: self.beta + (n - x), gamma: self.gamma, delta: self.delta + n }
    }

    /// How long a new customer stays: a shifted beta-geometric distribution.
    const fn leaving(&self) -> ShiftedBetaGeometric {
        ShiftedBetaGeometric { alpha: self.gamma, beta: self.delta }
    }

    fn dropout(&self, customer: &OpportunityHistory) -> Dropout {
        let BgBb { alpha, beta, gamma, delta } = *self;
        let (x, recency) = (f64::from(customer.frequency()), f64::from(customer.recency()));
        let (mut term, mut total) = (1.0, 0.0);
        let (mut risen, mut sums) = ([0.0; 4], [0.0; 4]);
        let mut t = recency;
        while t < f64::from(customer.opportunities()) {
            total += term;
            sums.iter_mut().zip(risen).for_each(|(sum, rise)| *sum += term * rise);
            let (all, not, left, stays) = (alpha + beta + t, beta + (t - x), gamma + delta + 1.0 + t, delta + t);
            term *= not / all * (stays / left);
            risen.iter_mut().zip([all, not, left, stays]).for_each(|(rise, at)| *rise += 1.0 / at);
            t += 1.0;
        }
        // The weight of leaving before opportunity n + 1 is γ/(γ+δ+n) of that of being alive at n.
        let last = gamma + delta + t;
        let alive = term * (last / gamma);
        let gone = total;
        total += alive;
        risen[2] -= 1.0 / last;
        let rises = std::array::from_fn(|i| (sums[i] + alive * risen[i]) / total);
        Dropout { ln_total: ln(total), alive: alive / total, gone: gone / total, rises }
    }
}

impl RowLikelihood<OpportunityHistory> for BgBb {
    type Table = Table;

    fn table(&self, largest: u32) -> Table {
        let rising = |a: f64| Rising::new(a, largest as usize);
        let BgBb { alpha, beta, gamma, delta } = *self;
        Table {
            alpha: rising(alpha),
            beta: rising(beta),
            bought: rising(alpha + beta),
            delta: rising(delta),
            left: rising(gamma + delta),
        }
    }

    fn row(&self, table: &Table, customer: &OpportunityHistory, gradient: &mut [f64]) -> f64 {
        let (x, recency) = (customer.frequency() as usize, customer.recency() as usize);
        let Dropout { ln_total, gone, rises: [all, not, left, stays], .. } = self.dropout(customer);
        if let [by_alpha, by_beta, by_gamma, by_delta] = gradient {
            let bought = table.bought.digamma(recency) + all;
            let left = table.left.digamma(recency + 1) + left;
            *by_alpha = self.alpha * (table.alpha.digamma(x) - bought);
            *by_beta = self.beta * (table.beta.digamma(recency - x) + not - bought);
            *by_gamma = gone - self.gamma * left;
            *by_delta = self.delta * (table.delta.digamma(recency) + stays - left);
        }
        table.alpha.ln(x) + table.beta.ln(recency - x) - table.bought.ln(recency) + ln(self.gamma) + table.delta.ln(recency)
            - table.left.ln(recency + 1)
            + ln_total
    }
}

#[cfg(test)]
#[path = "bg_bb_tests.rs"]
mod tests;
