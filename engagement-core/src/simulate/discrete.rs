//! Customers drawn from the models of contracts and of fixed opportunities.

use crate::error::{Error, ErrorKind, Result};
use crate::math::Random;
use crate::model::{BgBb, OpportunityHistory, RenewalModel, Renewals};

/// Draws contracts from a model, as they stand after `occasions` renewal occasions.
///
/// # Errors
/// [`ErrorKind::NoMemory`].
///
/// # Example
/// ```
/// use engagement_core::model::{FitOptions, ShiftedBetaGeometric};
/// use engagement_core::simulate;
///
/// let drawn = simulate::renewals(&ShiftedBetaGeometric::new(0.668, 3.806)?, 20_000, 7, 4)?;
/// let fit = ShiftedBetaGeometric::fit(&drawn, &FitOptions::default())?;
/// assert!((fit.model.alpha() - 0.668).abs() < 4.0 * fit.standard_errors().unwrap()[0]);
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn renewals(model: &dyn RenewalModel, customers: u64, occasions: u32, seed: u64) -> Result<Renewals> {
    let mut renewals = Vec::new();
    let mut active = Vec::new();
    let size = rows(customers)?;
    renewals.try_reserve_exact(size)?;
    active.try_reserve_exact(size)?;
    for customer in 0..customers {
        let contract = model.simulate(&mut Random::new(seed, customer), occasions);
        renewals.push(contract.renewals);
        active.push(contract.active);
    }
    Renewals::from_customers(&renewals, &active)
}

/// Draws customers from a model, and what they do with their first `opportunities`.
///
/// # Errors
/// [`ErrorKind::NoMemory`].
///
/// # Example
/// ```
/// use engagement_core::model::BgBb;
/// use engagement_core::simulate;
///
/// let donors = simulate::opportunities(&BgBb::new(1.204, 0.750, 0.657, 2.783)?, 1000, 6, 4)?;
/// assert!(donors.iter().all(|donor| donor.opportunities() == 6));
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn opportunities(model: &BgBb, customers: u64, opportunities: u32, seed: u64) -> Result<Vec<OpportunityHistory>> {
    let mut drawn = Vec::new();
    drawn.try_reserve_exact(rows(customers)?)?;
    let mut taken = Vec::new();
    for customer in 0..customers {
        model.simulate(&mut Random::new(seed, customer), opportunities, &mut taken);
        drawn.push(OpportunityHistory::new(taken.len() as u32, taken.last().copied().unwrap_or(0), opportunities)?);
    }
    Ok(drawn)
}

fn rows(customers: u64) -> Result<usize> {
    usize::try_from(customers)
        .map_err(|_| Error::new(ErrorKind::NoMemory, format!("customers: {customers} do not fit in memory")))
}
