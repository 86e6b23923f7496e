//! What models of contracts and of fixed opportunities say.

use engagement_core::model::{BgBb, OpportunityHistory, RenewalModel};
use engagement_core::{Error, ErrorKind, Result};

use crate::arguments::{counted, opportunities};
use crate::guard;
use crate::model::{MODELS, eng_model};
use crate::out::{Out, count};

/// What a model says, unless its parameters are so far out of scale that a double cannot work it out.
pub(crate) fn told(value: f64) -> Result<f64> {
    if value.is_nan() {
        return Err(Error::new(ErrorKind::Overflow, "the answer is beyond what a double can work out with these parameters"));
    }
    Ok(value)
}

/// A number that a model of contracts gives.
pub(crate) fn contract(model: eng_model, value: *mut f64, say: impl FnOnce(&dyn RenewalModel) -> Result<f64>) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let value = Out::required(value, "value")?;
        value.write(told(say(slot.contracts()?)?)?);
        Ok(())
    })
}

/// Gives the probability that a contract that was renewed `renewed` times is renewed the next `t` times too; a new one was renewed 0
/// times.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` naming the value and its domain, and for a model of something else,
/// `ENG_OVERFLOW` for what a double cannot work out, `ENG_MISSING_FIELD` while the model is empty, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_survival(model: eng_model, renewed: i64, t: i64, probability: *mut f64) -> i32 {
    contract(model, probability, |model| Ok(model.survival_after(counted(renewed, "renewed")?, counted(t, "t")?)))
}

/// Gives the share of the contracts that come to the renewal occasion `t`, from 1, and are renewed at it.
///
/// Since 0.1; any thread. Errors: as `eng_model_survival`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_retention_rate(model: eng_model, t: i64, rate: *mut f64) -> i32 {
    contract(model, rate, |model| model.retention_rate(counted(t, "t")?))
}

/// Gives the probability that a new contract is lost at the renewal occasion `t`, from 1.
///
/// Since 0.1; any thread. Errors: as `eng_model_survival`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_probability_of_loss(model: eng_model, t: i64, probability: *mut f64) -> i32 {
    contract(model, probability, |model| model.probability_of_loss(counted(t, "t")?))
}

/// Gives the mean number of renewals at the next `t` occasions of a contract that was renewed `renewed` times: its expected lifetime, in
/// periods, as far as `t` reaches.
///
/// Since 0.1; any thread. Errors: as `eng_model_survival`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_expected_renewals(model: eng_model, renewed: i64, t: i64, renewals: *mut f64) -> i32 {
    contract(model, renewals, |model| Ok(model.expected_renewals(counted(renewed, "renewed")?, counted(t, "t")?)))
}

/// Gives the discounted number of all later renewals of a contract that was renewed `renewed` times and comes to the next occasion, which is
/// not discounted itself; `rate` is the discount rate by period, above 0. Times what a period is worth it is the residual value of the
/// customer.
///
/// Since 0.1; any thread. Errors: as `eng_model_survival`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_discounted_renewals(
    model: eng_model,
    renewed: i64,
    rate: f64,
    renewals: *mut f64,
) -> i32 {
    contract(model, renewals, |model| model.discounted_renewals(counted(renewed, "renewed")?, rate))
}

/// The next opportunities as a caller says them: -1 for all.
pub(crate) fn next(n: i64) -> Result<Option<u32>> {
    if n == -1 { Ok(None) } else { opportunities(n, "n").map(Some) }
}

/// Frequency, recency and opportunities as a caller says them.
type Customer = (i64, i64, i64);

fn history((frequency, recency, chances): Customer) -> Result<OpportunityHistory> {
    let (frequency, recency) = (counted(frequency, "frequency")?, counted(recency, "recency")?);
    OpportunityHistory::new(frequency, recency, opportunities(chances, "opportunities")?)
}

/// A number that the model of opportunities gives of a customer.
pub(crate) fn chance(
    model: eng_model,
    customer: Customer,
    value: *mut f64,
    say: impl FnOnce(&BgBb, &OpportunityHistory) -> Result<f64>,
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let value = Out::required(value, "value")?;
        value.write(told(say(slot.opportunities()?, &history(customer)?)?)?);
        Ok(())
    })
}

/// Gives the probability that a customer who took `frequency` of so many opportunities to buy, the last of them at the one numbered
/// `recency` (0 for none), is active at the opportunity numbered `later` from now: the next one is 1, the last one 0. The model is `bg-bb`;
/// no number of opportunities is above 10000.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` naming the value and its domain, and for another model, `ENG_OVERFLOW` for what
/// a double cannot work out, `ENG_MISSING_FIELD` while the model is empty, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_opportunity_alive(
    model: eng_model,
    frequency: i64,
    recency: i64,
    chances: i64,
    later: i64,
    probability: *mut f64,
) -> i32 {
    chance(model, (frequency, recency, chances), probability, |model, customer| {
        Ok(model.probability_alive_at(customer, opportunities(later, "later")?))
    })
}

/// Gives the mean number of purchases of a customer at the next `n` opportunities; the customer is as in `eng_model_opportunity_alive`.
///
/// Since 0.1; any thread. Errors: as `eng_model_opportunity_alive`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_opportunity_expected(
    model: eng_model,
    frequency: i64,
    recency: i64,
    chances: i64,
    n: i64,
    purchases: *mut f64,
) -> i32 {
    chance(model, (frequency, recency, chances), purchases, |model, customer| {
        Ok(model.expected_purchases(customer, opportunities(n, "n")?))
    })
}

/// Gives the probability that a customer purchases exactly `k` times at the next `n` opportunities; the customer is as in
/// `eng_model_opportunity_alive`.
///
/// Since 0.1; any thread. Errors: as `eng_model_opportunity_alive`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_opportunity_probability(
    model: eng_model,
    frequency: i64,
    recency: i64,
    chances: i64,
    k: i64,
    n: i64,
    probability: *mut f64,
) -> i32 {
    chance(model, (frequency, recency, chances), probability, |model, customer| {
        Ok(model.probability_of_purchases(customer, opportunities(k, "k")?, opportunities(n, "n")?))
    })
}

/// Gives the discounted number of purchases of a customer at the next `n` opportunities, or at all of them where `n` is -1; `rate` is the
/// discount rate from one opportunity to the next, above 0. The customer is as in `eng_model_opportunity_alive`.
///
/// Since 0.1; any thread. Errors: as `eng_model_opportunity_alive`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_opportunity_discounted(
    model: eng_model,
    frequency: i64,
    recency: i64,
    chances: i64,
    n: i64,
    rate: f64,
    purchases: *mut f64,
) -> i32 {
    chance(model, (frequency, recency, chances), purchases, |model, customer| {
        model.discounted_purchases(customer, next(n)?, rate)
    })
}

/// Gives the bounds that hold a customer's number of purchases at the next `n` opportunities with the probability `level`; the customer is
/// as in `eng_model_opportunity_alive`.
///
/// Since 0.1; any thread. Errors: as `eng_model_opportunity_alive`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_opportunity_interval(
    model: eng_model,
    frequency: i64,
    recency: i64,
    chances: i64,
    n: i64,
    level: f64,
    low: *mut i64,
    high: *mut i64,
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let (low, high) = (Out::required(low, "low")?, Out::required(high, "high")?);
        let customer = history((frequency, recency, chances))?;
        let bounds = slot.opportunities()?.prediction_interval(&customer, opportunities(n, "n")?, level)?;
        low.write(count(bounds.0));
        high.write(count(bounds.1));
        Ok(())
    })
}
