//! The same customers again: watched as those of the data were, they do what a model draws. A parametric
//! [`bootstrap`](crate::model::bootstrap()) refits to them.
//!
//! The replicates of a bootstrap run side by side, so each of these draws is the work of one thread.
//!
//! ```
//! use engagement_core::model::{FitOptions, ShiftedBetaGeometric, Renewals, bootstrap};
//! use engagement_core::simulate::again;
//!
//! let (data, options) = (Renewals::from_cohort(&[1000, 869, 743, 653, 593])?, FitOptions::default());
//! let fit = ShiftedBetaGeometric::fit(&data, &options)?;
//! let draw = |model: &ShiftedBetaGeometric, seed| again::renewals(model, &data, seed);
//! let refits = bootstrap(&fit, 50, 1, 0, draw, |drawn| ShiftedBetaGeometric::fit(drawn, &options))?;
//! assert!(refits.confidence_intervals(0.9)?.iter().all(|interval| interval.low < interval.high));
//! # Ok::<(), engagement_core::Error>(())
//! ```

use std::collections::BTreeMap;

use super::purchases::drawn;
use super::{MOST_PURCHASES, draw_times};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Values;
use crate::math::Random;
use crate::model::{
    BgBb, Contract, CovariateModel, Covariates, GammaGamma, Opportunities, PurchaseModel, RenewalModel, Renewals,
};
use crate::purchases::{PurchaseColumns, Purchases};

/// Draws customers of the same ages from a model of purchases; only the ages and the time unit of `data` are kept.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`] naming the row in which a customer makes 1,048,576 purchases.
///
/// # Example
/// ```
/// use engagement_core::model::Nbd;
/// use engagement_core::simulate::{self, again};
/// use engagement_core::TimeUnit;
///
/// let data = simulate::purchases(&Nbd::new(0.8, 10.0)?, &[40.0, 52.0], None, TimeUnit::Week, 3, 0)?;
/// let drawn = again::purchases(&Nbd::new(0.7, 9.0)?, &data, 1)?;
/// assert_eq!(drawn.age(), [40.0, 52.0]);
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn purchases(model: &dyn PurchaseModel, data: &Purchases, seed: u64) -> Result<Purchases> {
    super::purchases(model, data.age(), None, data.unit(), seed, 1)
}

/// Draws another spend for each purchase that was paid for; the purchases themselves are kept.
///
/// # Formula
/// ```text
/// mean value of a customer = Σ z_i ÷ n,   i = 1 … n paid purchases
/// ```
///
/// # Errors
/// [`ErrorKind::InvalidArgument`] naming the row in which a customer paid for 1,048,576 purchases or more.
///
/// # Example
/// ```
/// use engagement_core::model::{BgNbd, GammaGamma};
/// use engagement_core::simulate::{self, again};
/// use engagement_core::TimeUnit;
///
/// let (buys, spends) = (BgNbd::new(0.5, 4.4, 0.8, 2.4)?, GammaGamma::new(6.25, 3.74, 15.44)?);
/// let data = simulate::purchases(&buys, &[52.0; 30], Some(&spends), TimeUnit::Week, 3, 0)?;
/// let drawn = again::spend(&spends, &data, 1)?;
/// assert_eq!((drawn.frequency(), drawn.paid()), (data.frequency(), data.paid()));
/// assert_ne!(drawn.spends(), data.spends());
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn spend(model: &GammaGamma, data: &Purchases, seed: u64) -> Result<Purchases> {
    spent(data, seed, |_| Ok(*model))
}

/// Draws each customer from the model that the customer's covariates, a row of them, make: [`purchases`], or [`spend`] from a model
/// of spend.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`]: another number of covariates or of rows; naming the row, covariates that lead a parameter out of
/// the range of numbers; and as those.
///
/// # Example
/// ```
/// use engagement_core::model::{BgNbd, Covariates, WithCovariates};
/// use engagement_core::simulate::{self, again};
/// use engagement_core::TimeUnit;
///
/// let base = BgNbd::new(0.5, 4.4, 0.8, 2.4)?;
/// let data = simulate::purchases(&base, &[52.0; 3], None, TimeUnit::Week, 3, 0)?;
/// let model = WithCovariates::new(base, &["online"], vec![0.4, -0.1, 0.2])?;
/// let covariates = Covariates::new(&["online"], vec![0.0, 1.0, 0.0])?;
/// let drawn = again::with_covariates(&model.into(), &data, &covariates, 1)?;
/// // Whose covariates are 0 draws from the base.
/// assert_eq!(drawn.history(2), again::purchases(&base, &data, 1)?.history(2));
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn with_covariates(model: &CovariateModel, data: &Purchases, covariates: &Covariates, seed: u64) -> Result<Purchases> {
    covariates.check_rows(data)?;
    let own = |row| model.of(covariates.row(row).unwrap_or_default()).map_err(|error| error.at(format_args!("row {row}")));
    if let CovariateModel::GammaGamma(_) = model {
        return spent(data, seed, |row| own(row)?.spend().copied());
    }
    drawn(data.age(), None, data.unit(), seed, 1, |row, random, times| {
        draw_times(&**own(row)?.purchases()?, random, data.age()[row], format_args!("ages, row {row}"), times)
    })
}

/// Draws as many customers at each number of opportunities.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`]: a customer had more than 1,048,576 opportunities; [`ErrorKind::NoMemory`].
///
/// # Example
/// ```
/// use engagement_core::model::{BgBb, Opportunities};
/// use engagement_core::simulate::again;
///
/// let data = Opportunities::from_columns(&[4, 0, 3], &[6, 0, 3], &[6, 6, 4], Some(&[10, 20, 30]))?;
/// let drawn = again::opportunities(&BgBb::new(1.204, 0.750, 0.657, 2.783)?, &data, 1)?;
/// let at = |n| drawn.histories().filter(|(donor, _)| donor.opportunities() == n).map(|(_, donors)| donors).sum::<u64>();
/// assert_eq!((at(6), at(4), drawn.customers()), (30, 30, 60));
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn opportunities(model: &BgBb, data: &Opportunities, seed: u64) -> Result<Opportunities> {
    let mut customers = BTreeMap::<u32, u64>::new();
    for (history, count) in data.histories() {
        let all = customers.entry(history.opportunities()).or_default();
        *all = all.saturating_add(count);
    }
    let mut drawn = Opportunities::default();
    for (n, customers) in customers {
        // A seed of its own for each number of opportunities.
        let histories = super::opportunities(model, customers, n, seed.wrapping_add(u64::from(n)))?;
        histories.into_iter().for_each(|history| drawn.add(history, 1));
    }
    Ok(drawn)
}

/// Draws as many contracts, for as many occasions as the cohort has been watched for.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`]: the contracts did not begin together; [`ErrorKind::NoMemory`].
///
/// # Example
/// ```
/// use engagement_core::model::{Renewals, ShiftedBetaGeometric};
/// use engagement_core::simulate::again;
///
/// let data = Renewals::from_cohort(&[1000, 869, 743])?;
/// let drawn = again::renewals(&ShiftedBetaGeometric::new(0.668, 3.806)?, &data, 1)?;
/// assert_eq!(drawn.lost(0) + drawn.lost(1) + drawn.active(2), 1000);
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn renewals(model: &dyn RenewalModel, data: &Renewals, seed: u64) -> Result<Renewals> {
    let watched = |contract: &Contract| contract.renewals.saturating_add(u32::from(!contract.active));
    let occasions = data.contracts().map(|(contract, _)| watched(&contract)).max().unwrap_or(0);
    if data.contracts().any(|(contract, _)| contract.active && contract.renewals < occasions) {
        let message = "data: the contracts did not begin together, so nothing tells for how long those that were lost would have been watched";
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    super::renewals(model, data.customers(), occasions, seed)
}

/// The same purchases with the spend of the model of each row.
fn spent(data: &Purchases, seed: u64, of: impl Fn(usize) -> Result<GammaGamma>) -> Result<Purchases> {
    let mut value = Vec::new();
    value.try_reserve_exact(data.len())?;
    for (row, &count) in data.paid().iter().enumerate() {
        if count as usize >= MOST_PURCHASES {
            let message = format!("paid, row {row}: {count} purchases are not in 0..{MOST_PURCHASES}, those that are drawn");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let spent = of(row)?.simulate(&mut Random::new(seed, row as u64), count);
        value.push(if count > 0 { spent.iter().sum::<f64>() / f64::from(count) } else { f64::NAN });
    }
    Purchases::from_columns(&PurchaseColumns {
        value: Some(Values::new(&value)),
        paid: Some(data.paid()),
        unit: data.unit(),
        ..PurchaseColumns::new(data.frequency(), data.recency(), data.age())
    })
}

#[cfg(test)]
#[path = "again_tests.rs"]
mod tests;
