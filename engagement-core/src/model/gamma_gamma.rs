//! The gamma-gamma model of spend per purchase.

use std::collections::HashMap;

use super::fit::{Fit, FitOptions};
use super::interval::{self, Interval};
use super::likelihood::{Block, RowLikelihood, Terms, Weighted};
use super::parameters::parameters;
use super::spend::{Independence, Spend};
use crate::error::{Error, ErrorKind, Result};
use crate::math::{
    Random, digamma_rise, exp, gamma_inc, ln, ln_1p_of_block, ln_beta, ln_gamma, ln_of_block, trigamma, trigamma_fall,
};
use crate::purchases::Purchases;
use crate::purchases::radix::sort;

parameters! {
    /// Money spent per purchase: gamma-gamma.
    ///
    /// Every purchase of a customer is gamma with shape p and rate ν, and ν ~ Gamma(q, rate v) over customers. What a customer
    /// spends per purchase is taken to be independent of how often; [`GammaGamma::independence`] checks that.
    ///
    /// # Formula
    /// ```text
    /// ln L = −ln B(px, q) − ln m − q ln(1 + xm/v) − px ln(1 + v/(xm))      x paid purchases of m on average
    /// E[M | x, m] = p(v + xm)/(px + q − 1)                                 x = 0: pv/(q − 1)
    /// ```
    ///
    /// # Example
    /// CDNOW, a customer with two repeat purchases of 22.35 on average.
    /// ```
    /// use engagement_core::model::{GammaGamma, Spend};
    ///
    /// let model = GammaGamma::new(6.25, 3.74, 15.44)?;
    /// assert_eq!(format!("{:.2}", model.expected_value(&Spend::new(2, 22.35)?)?), "24.66");
    /// assert_eq!(format!("{:.2}", model.population_mean()?), "35.22");
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    ///
    /// # References
    /// Fader, Hardie & Lee (2005), doi:10.1509/jmkr.2005.42.4.415; Fader & Hardie (2013),
    /// <http://www.brucehardie.com/notes/025/>.
    GammaGamma = "gamma-gamma" {
        /// Shape of a purchase's value.
        p,
        /// Shape of the rate's distribution over customers.
        q,
        /// Rate of the rate's distribution over customers, in currency units.
        v,
    }
}

impl GammaGamma {
    /// The model of maximum likelihood for customers with paid repeat purchases.
    ///
    /// # Errors
    /// As [`fit_spends`](GammaGamma::fit_spends).
    pub fn fit(purchases: &Purchases, options: &FitOptions) -> Result<Fit<GammaGamma>> {
        GammaGamma::fit_spends(&purchases.spends(), options)
    }

    /// The model of maximum likelihood for what customers spent; those of whom nothing is known do not count.
    ///
    /// # Errors
    /// [`ErrorKind::FitFailed`]: fewer than two customers paid for anything, all spend the same, or the fit did not converge.
    pub fn fit_spends(spends: &[Spend], options: &FitOptions) -> Result<Fit<GammaGamma>> {
        let failed = |message: &str| Err(Error::new(ErrorKind::FitFailed, message));
        let mut rows: Vec<Spend> = spends.iter().filter(|spend| spend.count() > 0).copied().collect();
        if rows.len() < 2 {
            return failed("fewer than two customers have repeat purchases with a value: there is no spread to fit");
        }
        let mut other = rows.clone();
        sort_spends(&mut rows, &mut other);
        let mut weights: Vec<f64> = Vec::with_capacity(rows.len());
        weights.extend(rows.chunk_by(|a, b| a == b).map(|equal| equal.len() as f64));
        rows.dedup();
        if rows.iter().all(|spend| spend.mean() == rows[0].mean()) {
            return failed("all customers have the same mean value: there is no spread to fit");
        }
        let largest = rows.last().map_or(0, Spend::count);
        let (mean, spread) = moments(&rows, &weights);
        if spread < LEAST_SPREAD {
            return failed("the customers' mean values differ by less than 0.1 %: there is no spread to fit");
        }
        let starts = starts(&rows, &weights, mean, spread);
        let rows = Paid::of_all(&rows);
        let data = Weighted { rows: &rows, weights: &weights, largest };
        data.fit(&GammaGamma { p: 1.0, q: 1.0, v: 1.0 }, &starts, 0.0, options)
    }

    /// Whether spend per purchase is independent of the number of purchases, which the model takes for granted.
    #[must_use]
    pub fn independence(purchases: &Purchases) -> Independence {
        Independence::of(&purchases.spends())
    }

    /// The mean value of a purchase over all customers, pv/(q − 1).
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: q is not above 1, so that the mean is infinite.
    pub fn population_mean(&self) -> Result<f64> {
        if self.q > 1.0 {
            return Ok(self.p * (self.v / (self.q - 1.0)));
        }
        let message = format!(
            "q: {} is not above 1, so the mean over all customers is infinite; use the mean of the observed repeat values",
            self.q
        );
        Err(Error::new(ErrorKind::InvalidArgument, message))
    }

    /// The mean value of a customer's purchases, given what the customer spent.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: px + q is not above 1, so that the mean is infinite.
    #[doc(alias = "conditional_expected_average_profit")]
    pub fn expected_value(&self, spend: &Spend) -> Result<f64> {
        if spend.count() == 0 {
            return self.population_mean();
        }
        let x = f64::from(spend.count());
        let shape = self.p * x + self.q;
        if shape > 1.0 {
            return Ok((self.v + x * spend.mean()) * (self.p / (shape - 1.0)));
        }
        let message = format!("count: px + q = {shape} is not above 1, so the customer's mean value is infinite");
        Err(Error::new(ErrorKind::InvalidArgument, message))
    }

    /// The mean value of a customer's purchases between the bounds that hold it with the probability `level`, cut equally at both
    /// ends; a bound may be infinite.
    ///
    /// # Formula
    /// ```text
    /// p/ν with ν ~ Gamma(px + q, rate v + xm)
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: `level` is not between 0 and 1, or the mean is infinite.
    pub fn value_interval(&self, spend: &Spend, level: f64) -> Result<Interval> {
        let tail = 0.5 * (1.0 - interval::level(level)?);
        Ok(self.between(spend, self.expected_value(spend)?, self.ln_quantiles(spend.count(), tail)))
    }

    /// [`value_interval`](GammaGamma::value_interval) of each customer. Most of the work depends on nothing but how many purchases
    /// were paid for, and is done once for all who paid for as many.
    ///
    /// # Errors
    /// As [`value_interval`](GammaGamma::value_interval), naming the row, and memory refused.
    ///
    /// # Example
    /// ```
    /// use engagement_core::model::{GammaGamma, Spend};
    ///
    /// let model = GammaGamma::new(6.25, 3.74, 15.44)?;
    /// let spends = [Spend::new(2, 22.35)?, Spend::new(2, 30.0)?, Spend::unknown()];
    /// let intervals = model.value_intervals(&spends, 0.95)?;
    /// assert_eq!(intervals[1], model.value_interval(&spends[1], 0.95)?);
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    pub fn value_intervals(&self, spends: &[Spend], level: f64) -> Result<Vec<Interval>> {
        let tail = 0.5 * (1.0 - interval::level(level)?);
        let (mut known, mut all) = (HashMap::new(), Vec::new());
        all.try_reserve_exact(spends.len())?;
        for (row, spend) in spends.iter().enumerate() {
            let estimate = self.expected_value(spend).map_err(|error| error.at(format_args!("row {row}")))?;
            known.try_reserve(1)?;
            let quantiles = known.entry(spend.count()).or_insert_with(|| self.ln_quantiles(spend.count(), tail));
            all.push(self.between(spend, estimate, *quantiles));
        }
        Ok(all)
    }

    /// The logarithms of the quantiles of Gamma(px + q, 1) that cut off the same share below and above.
    fn ln_quantiles(&self, count: u32, tail: f64) -> (f64, f64) {
        let shape = self.p * f64::from(count) + self.q;
        (ln_gamma_quantile(shape, tail, true), ln_gamma_quantile(shape, tail, false))
    }

    /// The interval that the quantiles of the rate make: the higher the rate, the lower the value.
    fn between(&self, spend: &Spend, estimate: f64, (least, most): (f64, f64)) -> Interval {
        let ln_scale = ln(self.p) + ln(self.v + f64::from(spend.count()) * spend.mean());
        Interval { estimate, low: exp(ln_scale - most), high: exp(ln_scale - least) }
    }

    /// The logarithm of the likelihood of what a customer spent; 0 where nothing is known.
    #[must_use]
    pub fn log_likelihood(&self, spend: &Spend) -> f64 {
        if spend.count() == 0 { 0.0 } else { self.row(&self.table(0), &Paid::of(spend), &mut []) }
    }

    /// Draws what a new customer spends at each of `count` purchases.
    #[must_use]
    pub fn simulate(&self, random: &mut Random, count: u32) -> Vec<f64> {
        let ln_rate = random.ln_gamma_variate(self.q) - ln(self.v);
        (0..count).map(|_| exp(random.ln_gamma_variate(self.p) - ln_rate)).collect()
    }
}

/// The logarithm of the value that a gamma variate with scale 1 stays below, or above, with the probability `tail`.
fn ln_gamma_quantile(shape: f64, tail: f64, below: bool) -> f64 {
    if shape > 1e7 {
        // Wilson & Hilferty (1931), doi:10.1073/pnas.17.12.684, off by less than shape^−1.5.
        let z = interval::normal_upper_quantile(tail);
        let root = 1.0 - 1.0 / (9.0 * shape) + (if below { -z } else { z }) / (3.0 * shape.sqrt());
        return ln(shape) + 3.0 * ln(root);
    }
    // Where the lower tail is x^a/Γ(a + 1) to the last digit.
    let small = (ln(if below { tail } else { 1.0 - tail }) + ln_gamma(shape + 1.0)) / shape;
    if small < -40.0 {
        return small;
    }
    let (mut low, mut high) = (-41.0, ln(shape + 1.0) + 8.0);
    for _ in 0..64 {
        let middle = 0.5 * (low + high);
        let (lower, upper) = gamma_inc(shape, exp(middle));
        let beyond = if below { lower > tail } else { upper < tail };
        if beyond { high = middle } else { low = middle }
    }
    0.5 * (low + high)
}

/// The squared coefficient of variation of the mean values below which p and q run off to infinity.
const LEAST_SPREAD: f64 = 1e-6;

/// Sorts by count and mean; `other` is as long as `rows`. Positive numbers have the order of their bits, of which the leading ones
/// tell nearly all rows apart: they are about 2 digits of the sort, and all bits about 6.
fn sort_spends(rows: &mut Vec<Spend>, other: &mut Vec<Spend>) {
    let leading = |spend: &Spend| spend.mean().to_bits() >> 34;
    sort(rows, other, leading);
    sort(rows, other, |spend| u64::from(spend.count()));
    for alike in rows.chunk_by_mut(|a, b| leading(a) == leading(b) && a.count() == b.count()).filter(|alike| alike.len() > 1) {
        alike.sort_unstable_by_key(|spend| spend.mean().to_bits());
    }
}

/// The mean of f over all customers.
fn mean_of(rows: &[Spend], weights: &[f64], f: impl Fn(&Spend) -> f64) -> f64 {
    let share = 1.0 / weights.iter().sum::<f64>();
    rows.iter().zip(weights).map(|(row, weight)| weight * share * f(row)).sum()
}

/// The mean of the mean values, and the square of their coefficient of variation.
fn moments(rows: &[Spend], weights: &[f64]) -> (f64, f64) {
    let mean = mean_of(rows, weights, Spend::mean);
    let square = |off: f64| off * off;
    (mean, mean_of(rows, weights, |row| square(row.mean() / mean - 1.0)))
}

/// Parameters whose moments are those of the data, for several shares of the spread between and within customers.
fn starts(rows: &[Spend], weights: &[f64], mean: f64, spread: f64) -> Vec<Vec<f64>> {
    let spread = spread.clamp(1e-3, 50.0);
    let inverse = mean_of(rows, weights, |row| 1.0 / f64::from(row.count()));
    let start = |between: f64| {
        let q = 2.0 + 1.0 / (between * spread);
        let p = inverse * (q - 1.0) / ((q - 2.0) * (1.0 - between) * spread);
        vec![p, q, mean * (q - 1.0) / p]
    };
    vec![start(0.5), start(0.1), start(0.9)]
}

/// What a customer spent, as the likelihood takes it: with the one logarithm that no parameter changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paid {
    count: u32,
    spent: f64,
    ln_spent: f64,
}

impl Paid {
    pub(crate) fn of(spend: &Spend) -> Paid {
        let spent = f64::from(spend.count()) * spend.mean();
        Paid { count: spend.count(), spent, ln_spent: ln(spent) }
    }

    /// The same of many customers.
    pub(crate) fn of_all(spends: &[Spend]) -> Vec<Paid> {
        let (blocks, rest) = spends.as_chunks::<32>();
        let mut rows = Vec::with_capacity(spends.len());
        for block in blocks {
            let spent = block.map(|spend| f64::from(spend.count()) * spend.mean());
            let logs = ln_of_block(&spent).into_iter().zip(spent);
            rows.extend(block.iter().zip(logs).map(|(spend, (ln_spent, spent))| Paid { count: spend.count(), spent, ln_spent }));
        }
        rows.extend(rest.iter().map(Paid::of));
        rows
    }
}

/// The largest count of a table.
const LONGEST: u32 = 256;

/// What rows share.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    ln_v: f64,
    counts: Vec<OfCount>,
}

/// What rows with the same count share.
#[derive(Clone, Copy, Debug)]
struct OfCount {
    /// ln x − ln B(px, q).
    value: f64,
    by_p: f64,
    by_q: f64,
}

impl GammaGamma {
    fn of_count(&self, count: u32) -> OfCount {
        let x = f64::from(count);
        let px = self.p * x;
        OfCount { value: ln(x) - ln_beta(px, self.q), by_p: x * digamma_rise(px, self.q), by_q: digamma_rise(self.q, px) }
    }
}

impl RowLikelihood<Paid> for GammaGamma {
    type Table = Shared;

    fn table(&self, largest: u32) -> Shared {
        Shared { ln_v: ln(self.v), counts: (1..=largest.min(LONGEST)).map(|count| self.of_count(count)).collect() }
    }

    fn row(&self, table: &Shared, paid: &Paid, gradient: &mut [f64]) -> f64 {
        let mut block = Block::<1>::new();
        self.rows(table, &[*paid], &mut block);
        block.only(gradient)
    }

    fn rows<const N: usize>(&self, table: &Shared, rows: &[Paid; N], block: &mut Block<N>) {
        let GammaGamma { p, q, v } = *self;
        // The smaller one of v and what was spent, over the larger one.
        let mut ratios = [0.0; N];
        for (ratio, paid) in ratios.iter_mut().zip(rows) {
            let (small, large) = if paid.spent < v { (paid.spent, v) } else { (v, paid.spent) };
            *ratio = small / large;
        }
        let logs = ln_1p_of_block(&ratios);
        let [by_p, by_q, by_v, ..] = &mut block.slopes;
        for (i, paid) in rows.iter().enumerate() {
            let shared = table.counts.get(paid.count as usize - 1).copied().unwrap_or_else(|| self.of_count(paid.count));
            (block.values[i], by_p[i], by_q[i]) = (shared.value, shared.by_p, shared.by_q);
        }
        for (i, paid) in rows.iter().enumerate() {
            let (x, ratio, log) = (f64::from(paid.count), ratios[i], logs[i]);
            let large = 1.0 / (1.0 + ratio);
            // ln(1 + xm/v) and ln(1 + v/(xm)) are a logarithm apart that is known: the smaller one keeps its digits.
            let apart = paid.ln_spent - table.ln_v;
            let less = paid.spent < v;
            let (far, near) = if less { (log, log - apart) } else { (log + apart, log) };
            let (spent, rate) = if less { (ratio * large, large) } else { (large, ratio * large) };
            let px = p * x;
            block.values[i] = block.values[i] - paid.ln_spent - q * far - px * near;
            by_p[i] = p * (by_p[i] - x * near);
            by_q[i] = q * (by_q[i] - far);
            by_v[i] = q * spent - px * rate;
        }
    }

    fn curved(&self, largest: u32) -> Option<impl Terms<Paid>> {
        Some(Curved { model: *self, counts: (1..=largest.min(LONGEST)).map(|count| Curved::of_count(self, count)).collect() })
    }
}

/// The second derivatives at the parameters of a model.
struct Curved {
    model: GammaGamma,
    /// p² ∂²/∂p², pq ∂²/∂p∂q and q² ∂²/∂q² by count: they are the same for all rows with it.
    counts: Vec<[f64; 3]>,
}

impl Curved {
    fn of_count(model: &GammaGamma, count: u32) -> [f64; 3] {
        let GammaGamma { p, q, .. } = *model;
        let px = p * f64::from(count);
        [-px * px * trigamma_fall(px, q), px * q * trigamma(px + q), -q * q * trigamma_fall(q, px)]
    }
}

impl Terms<Paid> for Curved {
    fn rows<const N: usize>(&self, rows: &[Paid; N], block: &mut Block<N>) {
        let GammaGamma { p, q, v } = self.model;
        let [by_pp, by_pq, by_qq, by_pv, by_qv, by_vv, ..] = &mut block.slopes;
        for (i, paid) in rows.iter().enumerate() {
            let of_count = self.counts.get(paid.count as usize - 1).copied();
            [by_pp[i], by_pq[i], by_qq[i]] = of_count.unwrap_or_else(|| Curved::of_count(&self.model, paid.count));
        }
        for (i, paid) in rows.iter().enumerate() {
            let (px, whole) = (p * f64::from(paid.count), v + paid.spent);
            let (rate, spent) = (v / whole, paid.spent / whole);
            by_pv[i] = -px * rate;
            by_qv[i] = q * spent;
            by_vv[i] = px * rate * rate - q * spent * (1.0 + rate);
        }
    }
}

#[cfg(test)]
#[path = "gamma_gamma_tests.rs"]
mod tests;
