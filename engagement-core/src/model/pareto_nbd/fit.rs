//! Fitting the Pareto/NBD model.

use super::ParetoNbd;
use crate::error::{Error, ErrorKind, Result};
use crate::model::fit::{Fit, FitOptions};
use crate::model::likelihood::Weighted;
use crate::model::{Parameters, PurchaseHistory};
use crate::purchases::Purchases;

/// Distinct histories from which the starts are tried on a part of them first.
const MANY: usize = 10_000;
/// The size of that part.
const PART: usize = 2_500;

impl ParetoNbd {
    /// The model of maximum likelihood.
    ///
    /// Several starts, in the time scale of the data, which needs no rescaling. Where many histories differ, they are tried on an
    /// even part of them, and the best of them is where the fit to all customers begins.
    ///
    /// # Errors
    /// [`ErrorKind::FitFailed`]: nobody bought again, all customers are alike, or the fit did not converge.
    pub fn fit(purchases: &Purchases, options: &FitOptions) -> Result<Fit<ParetoNbd>> {
        let distinct = purchases.distinct();
        let (rows, weights) = (&distinct.histories, &distinct.weights);
        let mean = |of: fn(&PurchaseHistory) -> f64| rows.iter().zip(weights).map(|(row, weight)| of(row) * weight).sum::<f64>();
        let (bought, observed) = (mean(|row| f64::from(row.frequency())), mean(PurchaseHistory::age));
        let failed = |message: &str| Err(Error::new(ErrorKind::FitFailed, message));
        if bought == 0.0 {
            return failed("nobody bought again, so the rate of buying is not bounded below; observe for longer");
        }
        if rows.len() < 2 {
            return failed("all customers have the same frequency, recency and age: there is no spread to fit");
        }
        let age = observed / weights.iter().sum::<f64>();
        let template = ParetoNbd { r: 1.0, alpha: age, s: 1.0, beta: age };
        // While active, customers buy faster than all of them do on average.
        let start = |r: f64, faster: f64, s: f64, longer: f64| {
            let alpha = r * observed / (bought * faster);
            vec![r, alpha, s, alpha * longer]
        };
        let mut starts = vec![start(0.6, 2.0, 0.6, 1.0), start(1.5, 1.2, 0.3, 2.0), start(0.4, 4.0, 1.2, 1.5)];
        let largest = rows.iter().map(PurchaseHistory::frequency).max().unwrap_or(0);
        if rows.len() >= MANY && options.start.is_none() {
            let every = rows.len() / PART;
            let pick = |offset: usize| (offset..rows.len()).step_by(every);
            let part: Vec<PurchaseHistory> = pick(every / 2).map(|at| rows[at]).collect();
            let part_weights: Vec<f64> = pick(every / 2).map(|at| weights[at]).collect();
            let data = Weighted { rows: &part, weights: &part_weights, largest };
            if let Ok(found) = data.fit(&template, &starts, 0.0, options) {
                starts = vec![found.model.values()];
            }
        }
        Weighted { rows, weights, largest }.fit(&template, &starts, 0.0, options)
    }
}
