//! Maximum likelihood for the family.

use crate::error::{Error, ErrorKind, Result};
use crate::math::Sum;
use crate::model::fit::{Fit, FitOptions};
use crate::model::history::PurchaseHistory;
use crate::model::likelihood::{RowLikelihood, Weighted};
use crate::purchases::Purchases;

/// Where the search for the parameters begins: r, a, b, and how many times the mean rate of all customers the rate of those who
/// have not left is. Much leaving after the first purchases, and hardly any.
const STARTS: [[f64; 4]; 2] = [[0.5, 0.8, 2.0, 2.0], [1.5, 0.4, 4.0, 1.2]];

/// Fits a model of the family with gaps of `k` phases to `purchases`.
pub(in crate::model) fn fit<M: RowLikelihood<PurchaseHistory>>(
    template: &M,
    k: u32,
    purchases: &Purchases,
    options: &FitOptions,
) -> Result<Fit<M>> {
    let (data, rate) = Weighted::of(purchases)?;
    let gaps = match purchases.log_gaps() {
        _ if k == 1 => 0.0,
        Some(gaps) => f64::from(k - 1) * sum_of(gaps),
        None => {
            let message = format!("log_gaps: not known, but the likelihood of gaps of k = {k} phases needs the sums of ln Δt");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
    };
    let starts = STARTS.map(|[r, a, b, faster]| vec![r, r / (rate * f64::from(k) * faster), a, b]);
    data.fit(template, &starts, gaps, options)
}

fn sum_of(numbers: &[f64]) -> f64 {
    let mut sum = Sum::default();
    numbers.iter().for_each(|&number| sum.add(number));
    sum.value()
}

/// The fit of the highest log-likelihood among those for 1 to 12 phases that converge; choosing costs a parameter.
pub(in crate::model) fn best<M>(mut fit: impl FnMut(u32) -> Result<Fit<M>>) -> Result<Fit<M>> {
    let mut best = fit(1)?;
    for k in 2..=super::MOST_PHASES {
        match fit(k) {
            Ok(next) if next.log_likelihood > best.log_likelihood => best = next,
            Err(error) if error.kind() != ErrorKind::FitFailed => return Err(error),
            _ => {}
        }
    }
    best.parameters += 1;
    Ok(best)
}
