//! Customers drawn from the models of contracts and of fixed opportunities.

use super::MOST_PURCHASES;
use crate::error::{Error, ErrorKind, Result};
use crate::math::Random;
use crate::model::{BgBb, Contract, OpportunityHistory, RenewalModel, Renewals};

/// Draws contracts from a model, as they stand after `occasions` renewal occasions.
///
/// How long a contract lasts is drawn at once, so that many occasions take no longer than few.
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
    let mut renewals = Renewals::default();
    contracts(model, customers, occasions, seed)?.into_iter().for_each(|contract| renewals.add(contract, 1));
    Ok(renewals)
}

/// The same contracts one by one, each as it stands after `occasions` renewal occasions.
///
/// # Errors
/// [`ErrorKind::NoMemory`].
///
/// # Example
/// ```
/// use engagement_core::model::ShiftedBetaGeometric;
/// use engagement_core::simulate;
///
/// let model = ShiftedBetaGeometric::new(0.668, 3.806)?;
/// let contracts = simulate::contracts(&model, 1000, 7, 4)?;
/// let still_there = contracts.iter().filter(|contract| contract.active).count() as u64;
/// assert_eq!(still_there, simulate::renewals(&model, 1000, 7, 4)?.active(7));
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn contracts(model: &dyn RenewalModel, customers: u64, occasions: u32, seed: u64) -> Result<Vec<Contract>> {
    let mut contracts = Vec::new();
    contracts.try_reserve_exact(rows(customers)?)?;
    contracts.extend((0..customers).map(|customer| model.simulate(&mut Random::new(seed, customer), occasions)));
    Ok(contracts)
}

/// Draws customers from a model, and what they do with their first `opportunities`.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`]: more than 1,048,576 opportunities; [`ErrorKind::NoMemory`].
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
    if opportunities as usize > MOST_PURCHASES {
        let message =
            format!("opportunities: {opportunities} is not in 0..={MOST_PURCHASES}, those that are drawn of a customer");
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BetaDiscreteWeibull, FitOptions, ShiftedBetaGeometric};

    /// All the occasions there can be are as quickly drawn as a few, and fitted to.
    #[test]
    fn renewals_of_the_longest_time() {
        let sbg = ShiftedBetaGeometric::new(0.5, 2.0).unwrap();
        let drawn = renewals(&sbg, 2000, u32::MAX, 3).unwrap();
        assert_eq!(drawn.customers(), 2000);
        // Those lost within the first four occasions are the same as where only four are drawn.
        let few = renewals(&sbg, 2000, 4, 3).unwrap();
        (0..4).for_each(|renewed| assert_eq!(drawn.lost(renewed), few.lost(renewed)));
        // S(n) is about Γ(α + β)/Γ(β)·n^−α: of the 2000, hardly one is there after 4 billion occasions.
        assert!(drawn.active(u32::MAX) <= 1, "{drawn:?}");
        let fit = ShiftedBetaGeometric::fit(&drawn, &FitOptions::default()).unwrap();
        assert!((fit.model.alpha() - 0.5).abs() < 4.0 * fit.standard_errors().unwrap()[0]);
        let bdw = BetaDiscreteWeibull::new(0.2, 2.0, 0.3).unwrap();
        let drawn = renewals(&bdw, 2000, u32::MAX, 3).unwrap();
        assert!(drawn.active(u32::MAX) > 0);
        assert!(ShiftedBetaGeometric::fit(&drawn, &FitOptions::default()).is_ok());
        assert!(BetaDiscreteWeibull::fit(&drawn, &FitOptions::default()).is_ok());
    }

    /// Opportunities without end are refused; the most there may be are drawn.
    #[test]
    fn opportunities_have_a_bound() {
        let model = BgBb::new(1.0, 1.0, 1.0, 1e9).unwrap();
        let error = opportunities(&model, 1, u32::MAX, 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        let message = "opportunities: 4294967295 is not in 0..=1048576, those that are drawn of a customer";
        assert_eq!(error.to_string(), message);
        let most = MOST_PURCHASES as u32;
        let longest = opportunities(&model, 2, most, 1).unwrap();
        assert!(longest.iter().any(|customer| customer.recency() > most / 2));
        assert!(opportunities(&model, 1, most + 1, 1).is_err());
        // The model itself stops there.
        let (mut all, mut most_of_all) = (Vec::new(), Vec::new());
        model.simulate(&mut Random::new(1, 0), u32::MAX, &mut all);
        model.simulate(&mut Random::new(1, 0), most, &mut most_of_all);
        assert_eq!(all, most_of_all);
    }
}
