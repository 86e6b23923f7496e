//! Log-likelihoods: how likely a model makes what one customer did, or each of many.

use std::ffi::c_char;

use engagement_core::model::{Contract, CustomerModel, Spend};

use crate::arguments::{counted, flag};
use crate::columns::{counts, flags};
use crate::contract::{chance, contract};
use crate::contract_columns::{chance_column, each};
use crate::guard;
use crate::held::{Sort, Special};
use crate::model::{MODELS, eng_model};
use crate::out::Out;
use crate::predict::{collected, history, numbers_of, of_customers};
use crate::purchases::eng_purchases;

/// Gives the log-likelihood of the purchases of a customer with `frequency` repeat purchases, the last of them `recency` units after the
/// first purchase, which was `age` units ago: that of when each was made. `bg-cnbd-k` and `mbg-cnbd-k` leave out (k - 1) times the sum of
/// the logarithms of the gaps, `ENG_PURCHASES_LOG_GAPS`, which these three numbers do not tell.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_log_likelihood(
    model: eng_model,
    frequency: i64,
    recency: f64,
    age: f64,
    value: *mut f64,
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let value = Out::required(value, "value")?;
        value.write(slot.purchases()?.log_likelihood(&history((frequency, recency, age))?));
        Ok(())
    })
}

/// Gives the log-likelihood of what a customer spent who paid for `paid` purchases, `mean` on average, in currency units; 0 and 0, of whose
/// spend nothing is known, give 0. The model is `gamma-gamma`.
///
/// Since 0.1; any thread. Errors: as `eng_model_expected_value`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_spend_log_likelihood(model: eng_model, paid: i64, mean: f64, value: *mut f64) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let value = Out::required(value, "value")?;
        value.write(slot.spend()?.log_likelihood(&Spend::new(counted(paid, "paid")?, mean)?));
        Ok(())
    })
}

/// Gives the log-likelihood of rows of purchases: `eng_model_log_likelihood`, and `eng_model_spend_log_likelihood` of a model of spend. A model
/// with covariates takes those of each row by their names.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_log_likelihood_column(
    model: eng_model,
    purchases: eng_purchases,
    offset: i64,
    count: i64,
    values: *mut f64,
) -> i32 {
    numbers_of(model, purchases, (offset, count), values, |slot, summary, rows| {
        let purchases = summary.purchases()?;
        let plain: CustomerModel = match slot.held()?.sort() {
            Sort::Covariates(model) => {
                return of_customers(model, summary, rows, |own, row| Ok(own.log_likelihood(purchases, row)));
            }
            Sort::Purchases(model) => (*model).into(),
            Sort::Special(Special::Spend(model)) => (*model).into(),
            sort => return Err(sort.not_of_purchases()),
        };
        collected(rows, |row| Ok(plain.log_likelihood(purchases, row)))
    })
}

/// Gives the log-likelihood of a contract that was renewed `renewed` times and still runs (`active` is 1) or was lost at the occasion after
/// that (0).
///
/// Since 0.1; any thread. Errors: as `eng_model_survival`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_contract_log_likelihood(
    model: eng_model,
    renewed: i64,
    active: i32,
    value: *mut f64,
) -> i32 {
    contract(model, value, |model| {
        let contract = Contract { renewals: counted(renewed, "renewed")?, active: flag(active, "active")? };
        Ok(model.log_likelihood(&contract))
    })
}

/// Gives `eng_model_contract_log_likelihood` of many contracts: arrays of `rows`, how often each was renewed, and a byte that says whether it
/// still runs (not 0) or was lost (0).
///
/// Since 0.1; any thread; the arrays are copied. Errors: as `eng_model_survival_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_contract_log_likelihood_column(
    model: eng_model,
    rows: i64,
    renewed: *const i64,
    active: *const c_char,
    values: *mut f64,
) -> i32 {
    let read = |rows| {
        // SAFETY: the caller's promise: arrays of `rows` numbers and bytes.
        let (renewed, active) = unsafe { (counts(renewed, rows, "renewed")?, flags(active, rows, "active")?) };
        Ok(renewed.into_iter().zip(active).map(|(renewals, active)| Contract { renewals, active }).collect())
    };
    each(model, rows, read, values, |model, contract| Ok(model.log_likelihood(&contract)))
}

/// Gives the log-likelihood of what a customer did with so many opportunities to buy; the customer is as in `eng_model_opportunity_alive`.
///
/// Since 0.1; any thread. Errors: as `eng_model_opportunity_alive`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_opportunity_log_likelihood(
    model: eng_model,
    frequency: i64,
    recency: i64,
    chances: i64,
    value: *mut f64,
) -> i32 {
    chance(model, (frequency, recency, chances), value, |model, customer| Ok(model.log_likelihood(customer)))
}

/// Gives `eng_model_opportunity_log_likelihood` of many customers: arrays of `rows` numbers.
///
/// Since 0.1; any thread; the arrays are copied. Errors: as `eng_model_opportunity_alive_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_opportunity_log_likelihood_column(
    model: eng_model,
    rows: i64,
    frequency: *const i64,
    recency: *const i64,
    chances: *const i64,
    values: *mut f64,
) -> i32 {
    chance_column(model, rows, (frequency, recency, chances), values, |model, customer| Ok(model.log_likelihood(customer)))
}
