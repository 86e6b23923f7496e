//! NBD: customers who never leave.

use super::fit::{Fit, FitOptions};
use super::geometric::{check_discount, finite_time};
use super::history::PurchaseHistory;
use super::likelihood::{RowLikelihood, Weighted};
use super::parameters::{parameters, time};
use super::purchase_model::PurchaseModel;
use crate::error::{Error, ErrorKind, Result};
use crate::math::{NegativeBinomial, Random, Rising, exp, exp_m1, ln, ln_1p};
use crate::purchases::Purchases;
use crate::simulate::MOST_PURCHASES;

parameters! {
    /// The negative binomial model: customers buy at rates that vary by a gamma distribution, and never leave.
    ///
    /// The yardstick for the models in which they do.
    ///
    /// # Formula
    /// ```text
    /// ln L = ln[Γ(r+x)/Γ(r)] − r ln(1+T/α) − x ln(α+T)
    /// P(alive) = 1,   E(t) = t (r+x)/(α+T),   purchases in t ~ NegBin(r+x, (α+T)/(α+T+t))
    /// ```
    /// The likelihood is that of the purchases at their times, which makes it comparable with the other models; that of their
    /// number alone has the factor Tˣ/x! more.
    ///
    /// # Example
    /// ```
    /// use engagement_core::model::{Nbd, PurchaseHistory, PurchaseModel};
    ///
    /// let model = Nbd::new(0.385, 12.072)?;
    /// let customer = PurchaseHistory::new(2, 30.43, 38.86)?;
    /// assert_eq!(format!("{:.3}", model.expected_purchases(&customer, 39.0)?), "1.826");
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    ///
    /// # References
    /// Ehrenberg (1959), doi:10.2307/2985810.
    Nbd = "nbd" {
        /// Shape of the gamma distribution of the purchase rate.
        r,
        /// Scale of the gamma distribution of the purchase rate, in time units: the mean rate is r/α.
        alpha,
    }
}

/// What the rows of a likelihood share.
#[derive(Debug)]
pub(crate) struct Table {
    shape: Rising,
    ln_alpha: f64,
}

impl RowLikelihood<PurchaseHistory> for Nbd {
    type Table = Table;

    fn table(&self, largest: u32) -> Table {
        Table { shape: Rising::new(self.r, largest as usize), ln_alpha: ln(self.alpha) }
    }

    fn row(&self, table: &Table, row: &PurchaseHistory, gradient: &mut [f64]) -> f64 {
        let (n, x) = (row.frequency() as usize, f64::from(row.frequency()));
        let ln_age = ln_1p(row.age() / self.alpha);
        if let [by_r, by_alpha, ..] = gradient {
            *by_r = self.r * (table.shape.digamma(n) - ln_age);
            *by_alpha = (self.r * row.age() - x * self.alpha) / (self.alpha + row.age());
        }
        table.shape.ln(n) - self.r * ln_age - x * (table.ln_alpha + ln_age)
    }
}

impl Nbd {
    /// The model of maximum likelihood.
    ///
    /// # Errors
    /// [`ErrorKind::FitFailed`]: the data holds too little, or the search did not converge.
    pub fn fit(purchases: &Purchases, options: &FitOptions) -> Result<Fit<Nbd>> {
        let (data, rate) = Weighted::of(purchases)?;
        let starts = [0.4, 2.0].map(|r| vec![r, r / rate]);
        data.fit(&Nbd { r: 1.0, alpha: 1.0 }, &starts, 0.0, options)
    }

    /// The mean number of purchases per time unit.
    fn rate(&self, customer: &PurchaseHistory) -> f64 {
        (self.r + f64::from(customer.frequency())) / (self.alpha + customer.age())
    }
}

impl PurchaseModel for Nbd {
    fn log_likelihood(&self, customer: &PurchaseHistory) -> f64 {
        self.row(&self.table(0), customer, &mut [])
    }

    fn probability_alive(&self, _: &PurchaseHistory) -> f64 {
        1.0
    }

    fn probability_stays(&self, _: &PurchaseHistory, later: f64) -> Result<f64> {
        time("later", later)?;
        Ok(1.0)
    }

    fn expected_purchases_if_alive(&self, customer: &PurchaseHistory, t: f64) -> Result<f64> {
        if time("t", t)? == f64::INFINITY {
            let message = "t: the mean number of purchases in infinite time is infinite for customers who never leave";
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        Ok(t * self.rate(customer))
    }

    fn probability_of_purchases(&self, customer: &PurchaseHistory, n: u64, t: f64) -> Result<f64> {
        let shape = self.r + f64::from(customer.frequency());
        Ok(NegativeBinomial::new(shape, self.alpha + customer.age(), finite_time("t", t)?).pmf(n))
    }

    fn discounted_purchases_if_alive(&self, customer: &PurchaseHistory, t: f64, delta: f64) -> Result<f64> {
        check_discount(t, delta)?;
        // (1 − e^(−δt))/δ, the worth of a unit of time each.
        let time = if delta == 0.0 { t } else { -exp_m1(-delta * t) / delta };
        Ok(self.rate(customer) * time)
    }

    fn simulate(&self, random: &mut Random, t: f64, times: &mut Vec<f64>) {
        times.clear();
        let rate = exp(random.ln_gamma_variate(self.r)) / self.alpha;
        let mut now = random.exponential() / rate;
        while now <= t && now < f64::INFINITY && times.len() < MOST_PURCHASES {
            times.push(now);
            now += random.exponential() / rate;
        }
    }
}

#[cfg(test)]
#[path = "nbd_tests.rs"]
mod tests;
