//! The Pareto/NBD model: customers may leave at any time.

mod dropout;
mod fit;
mod integral;
mod predictions;
mod series;

use super::PurchaseHistory;
use super::likelihood::RowLikelihood;
use super::parameters::parameters;
use dropout::Dropout;

parameters! {
    /// The Pareto/NBD model: while active, a customer buys at random at an own rate, and leaves unseen at a random time.
    ///
    /// # Formula
    /// ```text
    /// purchases | rate λ      Poisson with rate λ until the dropout
    /// dropout   | rate μ      exponential with rate μ
    /// λ ~ gamma(shape r, rate α),  μ ~ gamma(shape s, rate β),  independent
    /// L = Γ(r+x) α^r β^s/Γ(r) · [(α+T)^−(r+x) (β+T)^−s + s ∫_{t_x}^T (α+τ)^−(r+x) (β+τ)^−(s+1) dτ]
    /// ```
    /// The papers write the integral as a difference of two hypergeometric functions, which cancels and overflows. Here it stays
    /// what it is, an integral of a positive function over the time of dropout, and where α and β are alike a fit sums power
    /// series of positive terms instead.
    ///
    /// # Example
    /// ```
    /// use engagement_core::model::{ParetoNbd, PurchaseHistory, PurchaseModel};
    ///
    /// let model = ParetoNbd::new(0.55, 10.58, 0.61, 11.67)?;
    /// let customer = PurchaseHistory::new(133, 200.0, 200.0)?;
    /// let expected = model.expected_purchases(&customer, 10.0)?;
    /// assert!((expected / 6.252872247574811 - 1.0).abs() < 1e-12);
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    ///
    /// # References
    /// Schmittlein, Morrison & Colombo (1987), doi:10.1287/mnsc.33.1.1; Fader, Hardie & Lee (2005), doi:10.1509/jmkr.2005.42.4.415.
    ParetoNbd = "pareto-nbd" {
        /// Shape of the purchase rates: the smaller, the more customers differ.
        r,
        /// Rate parameter of the purchase rates, in time units.
        alpha,
        /// Shape of the dropout rates.
        s,
        /// Rate parameter of the dropout rates, in time units.
        beta,
    }
}

impl RowLikelihood<PurchaseHistory> for ParetoNbd {
    type Table = series::Table;

    fn table(&self, largest: u32) -> series::Table {
        series::Table::new(self, largest)
    }

    fn row(&self, table: &series::Table, customer: &PurchaseHistory, gradient: &mut [f64]) -> f64 {
        let ParetoNbd { r, s, .. } = *self;
        let frequency = customer.frequency() as usize;
        let x = f64::from(customer.frequency());
        let mut slopes = [0.0; 4];
        let ln_rest = table.row(self, customer, &mut slopes).unwrap_or_else(|| {
            let Dropout { ln_rest, gone, by_alpha, by_beta, .. } = Dropout::new(self, customer);
            slopes = [
                -r * by_alpha.log,
                r * by_alpha.elapsed - x * by_alpha.left,
                gone - s * by_beta.log,
                s * by_beta.elapsed - by_beta.left_gone,
            ];
            ln_rest
        });
        slopes[0] += r * table.rising.digamma(frequency);
        gradient.iter_mut().zip(slopes).for_each(|(out, slope)| *out = slope);
        table.rising.ln(frequency) + ln_rest
    }
}

#[cfg(test)]
#[path = "pareto_nbd_tests.rs"]
mod tests;
