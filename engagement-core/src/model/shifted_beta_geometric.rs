//! The shifted beta-geometric model of contracts.

use super::fit::{Fit, FitOptions};
use super::likelihood::{RowLikelihood, Weighted};
use super::parameters::{parameters, positive};
use super::renewal_model::{RenewalModel, lost_at, occasion};
use super::renewals::{Contract, Renewals};
use crate::error::Result;
use crate::math::{Random, Sum, digamma_rise, exp, exp_m1, f21_1, ln, ln_1p, ln_beta_ratio};

parameters! {
    /// Contracts renewed with a probability that differs between customers and stays the same for each: shifted beta-geometric.
    ///
    /// Each customer is lost at every occasion with the same probability θ ~ Beta(alpha, beta). The retention rate of a cohort
    /// rises, because those likely to leave do so first.
    ///
    /// # Formula
    /// ```text
    /// S(t) = B(α, β + t)/B(α, β)      r(t) = (β + t − 1)/(α + β + t − 1)
    /// DERL = r(n)·F(1, β + n; α + β + n; 1/(1 + d)),   n = renewed + 1
    /// ```
    ///
    /// # Example
    /// The high-end cohort of Fader & Hardie (2007), seven renewals: alpha = .668, beta = 3.806.
    /// ```
    /// use engagement_core::model::{FitOptions, RenewalModel, Renewals, ShiftedBetaGeometric};
    ///
    /// let cohort = Renewals::from_cohort(&[1000, 869, 743, 653, 593, 551, 517, 491])?;
    /// let fit = ShiftedBetaGeometric::fit(&cohort, &FitOptions::default())?;
    /// assert_eq!(format!("{:.3} {:.3}", fit.model.alpha(), fit.model.beta()), "0.668 3.806");
    /// assert_eq!(format!("{:.1}%", 100.0 * fit.model.survival(12)), "37.8%");
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    ///
    /// # References
    /// Fader & Hardie (2007), doi:10.1002/dir.20074; Fader & Hardie (2010), doi:10.1287/mksc.1080.0482.
    ShiftedBetaGeometric = "shifted-beta-geometric" {
        /// First shape of the probability of loss.
        alpha,
        /// Second shape of the probability of loss.
        beta,
    }
}

impl ShiftedBetaGeometric {
    /// The model of maximum likelihood.
    ///
    /// # Errors
    /// [`ErrorKind::FitFailed`](crate::ErrorKind::FitFailed): nobody was lost, nobody came to a second occasion, or the fit did not
    /// converge.
    pub fn fit(renewals: &Renewals, options: &FitOptions) -> Result<Fit<ShiftedBetaGeometric>> {
        let (rows, weights) = renewals.rows(2)?;
        let largest = rows.iter().map(|contract| contract.renewals.saturating_add(1)).max().unwrap_or(0);
        let data = Weighted { rows: &rows, weights: &weights, largest };
        data.fit(&ShiftedBetaGeometric { alpha: 1.0, beta: 1.0 }, &starts(renewals), 0.0, options)
    }
}

/// Shapes whose first two rates of loss are those of the data, and the uniform distribution.
pub(crate) fn starts(renewals: &Renewals) -> Vec<Vec<f64>> {
    let hazards = renewals.hazards(2);
    let first = hazards.first().map_or(0.5, |share| share.clamp(1e-3, 0.999));
    let second = hazards.get(1).map_or(first, |share| share.clamp(1e-3, 0.999));
    let total = if first > 1.01 * second { (second / (first - second)).clamp(0.1, 100.0) } else { 100.0 };
    vec![vec![first * total, (1.0 - first) * total], vec![1.0, 1.0]]
}

/// ln S(t) and its derivatives by α and β.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Survival {
    ln: f64,
    by_alpha: f64,
    by_beta: f64,
}

impl ShiftedBetaGeometric {
    fn ln_survival(&self, t: u32) -> Survival {
        let (t, total) = (f64::from(t), self.alpha + self.beta);
        let by_alpha = -digamma_rise(total, t);
        let ln = ln_beta_ratio(self.alpha, self.beta, 0.0, t);
        Survival { ln, by_alpha, by_beta: by_alpha + digamma_rise(self.beta, t) }
    }
}

impl RowLikelihood<Contract> for ShiftedBetaGeometric {
    /// ln S of the first times.
    type Table = Vec<Survival>;

    fn table(&self, largest: u32) -> Vec<Survival> {
        const LONGEST: u32 = 4096;
        // Sums of terms of one sign: the difference of two logarithms of gamma functions would lose the small answers.
        let (mut value, mut by_alpha, mut by_beta) = (Sum::default(), Sum::default(), Sum::default());
        let mut table = vec![Survival::default()];
        for t in 0..largest.min(LONGEST) {
            let stay = self.beta + f64::from(t);
            let total = self.alpha + stay;
            value.add(-ln_1p(self.alpha / stay));
            by_alpha.add(-1.0 / total);
            by_beta.add(self.alpha / (stay * total));
            table.push(Survival { ln: value.value(), by_alpha: by_alpha.value(), by_beta: by_beta.value() });
        }
        table
    }

    fn row(&self, table: &Vec<Survival>, contract: &Contract, gradient: &mut [f64]) -> f64 {
        let t = contract.renewals;
        let mut survival = table.get(t as usize).copied().unwrap_or_else(|| self.ln_survival(t));
        if !contract.active {
            let at = self.alpha + self.beta + f64::from(t);
            survival.ln += ln(self.alpha) - ln(at);
            survival.by_alpha += (self.beta + f64::from(t)) / (self.alpha * at);
            survival.by_beta -= 1.0 / at;
        }
        if let [alpha, beta] = gradient {
            *alpha = self.alpha * survival.by_alpha;
            *beta = self.beta * survival.by_beta;
        }
        survival.ln
    }
}

impl RenewalModel for ShiftedBetaGeometric {
    fn log_likelihood(&self, contract: &Contract) -> f64 {
        self.row(&self.table(0), contract, &mut [])
    }

    fn survival_after(&self, renewed: u32, t: u32) -> f64 {
        exp(ln_beta_ratio(self.alpha, self.beta + f64::from(renewed), 0.0, f64::from(t)))
    }

    fn probability_of_loss(&self, t: u32) -> Result<f64> {
        let before = occasion(t)? - 1;
        Ok(self.alpha / (self.alpha + self.beta + f64::from(before)) * self.survival(before))
    }

    fn retention_rate(&self, t: u32) -> Result<f64> {
        let stay = self.beta + f64::from(occasion(t)? - 1);
        Ok(stay / (self.alpha + stay))
    }

    fn expected_renewals(&self, renewed: u32, t: u32) -> f64 {
        let (beta, t) = (self.beta + f64::from(renewed), f64::from(t));
        // The sum of the survival telescopes: β(e^L − 1)/(1 − α) with L = ln of a ratio of beta functions, which changes sign at
        // α = 1, where the limit is a difference of ψ.
        if self.alpha > 1.0 {
            beta * -exp_m1(ln_beta_ratio(self.alpha - 1.0, beta + 1.0, 0.0, t)) / (self.alpha - 1.0)
        } else if self.alpha < 1.0 {
            beta * exp_m1(-ln_beta_ratio(1.0 - self.alpha, self.alpha + beta, 0.0, t)) / (1.0 - self.alpha)
        } else {
            beta * digamma_rise(beta + 1.0, t)
        }
    }

    fn discounted_renewals(&self, renewed: u32, rate: f64) -> Result<f64> {
        let rate = positive("rate", rate)?;
        let stay = self.beta + f64::from(renewed);
        let total = self.alpha + stay;
        Ok(stay / total * f21_1(stay + 1.0, total + 1.0, 1.0 / (1.0 + rate), rate / (1.0 + rate)))
    }

    fn simulate(&self, random: &mut Random, occasions: u32) -> Contract {
        let odds = exp(random.ln_gamma_variate(self.alpha) - random.ln_gamma_variate(self.beta));
        lost_at(random.exponential() / ln_1p(odds), occasions)
    }
}

#[cfg(test)]
#[path = "shifted_beta_geometric_tests.rs"]
mod tests;
