//! What models of contracts and of opportunities say of many customers: columns.

use std::collections::HashMap;

use engagement_core::Result;
use engagement_core::model::{BgBb, OpportunityHistory, RenewalModel};

use crate::arguments::{counted, opportunities};
use crate::columns::counts;
use crate::contract::{next, told};
use crate::guard;
use crate::model::{MODELS, eng_model};
use crate::out::{OutColumn, count, of_row};

/// A number that a model of contracts gives of each of some things; all of them before one is written.
pub(crate) fn each<T>(
    model: eng_model,
    rows: i64,
    read: impl FnOnce(usize) -> Result<Vec<T>>,
    values: *mut f64,
    say: impl Fn(&dyn RenewalModel, T) -> Result<f64>,
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let rows = counted(rows, "rows")? as usize;
        let values = OutColumn::required(values, rows, "values")?;
        let model = slot.contracts()?;
        let mut things = read(rows)?.into_iter().enumerate();
        let mut found = Vec::new();
        found.try_reserve_exact(rows)?;
        things.try_for_each(|(row, of)| say(model, of).and_then(told).map(|value| found.push(value)).map_err(of_row(row)))?;
        values.write(found.into_iter());
        Ok(())
    })
}

/// A number of each of some counts.
fn contracts(
    model: eng_model,
    rows: i64,
    (name, of): (&str, *const i64),
    values: *mut f64,
    say: impl Fn(&dyn RenewalModel, u32) -> Result<f64>,
) -> i32 {
    // SAFETY: the caller's promise: an array of `rows` numbers.
    each(model, rows, |rows| unsafe { counts(of, rows, name) }, values, say)
}

/// Gives `eng_model_survival` of many contracts: an array of `rows` numbers, how often each was renewed.
///
/// Since 0.1; any thread; the array is copied. Errors: as `eng_model_survival`, naming the row, from 0, and `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_survival_column(
    model: eng_model,
    rows: i64,
    renewed: *const i64,
    t: i64,
    values: *mut f64,
) -> i32 {
    contracts(model, rows, ("renewed", renewed), values, |model, renewed| Ok(model.survival_after(renewed, counted(t, "t")?)))
}

/// Gives `eng_model_retention_rate` of many renewal occasions: an array of `rows` numbers, each from 1.
///
/// Since 0.1; any thread; the array is copied. Errors: as `eng_model_survival_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_retention_rate_column(
    model: eng_model,
    rows: i64,
    t: *const i64,
    values: *mut f64,
) -> i32 {
    contracts(model, rows, ("t", t), values, |model, t| model.retention_rate(t))
}

/// Gives `eng_model_probability_of_loss` of many renewal occasions: an array of `rows` numbers, each from 1.
///
/// Since 0.1; any thread; the array is copied. Errors: as `eng_model_survival_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_probability_of_loss_column(
    model: eng_model,
    rows: i64,
    t: *const i64,
    values: *mut f64,
) -> i32 {
    contracts(model, rows, ("t", t), values, |model, t| model.probability_of_loss(t))
}

/// Gives `eng_model_expected_renewals` of many contracts: an array of `rows` numbers, how often each was renewed.
///
/// Since 0.1; any thread; the array is copied. Errors: as `eng_model_survival_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_expected_renewals_column(
    model: eng_model,
    rows: i64,
    renewed: *const i64,
    t: i64,
    values: *mut f64,
) -> i32 {
    contracts(model, rows, ("renewed", renewed), values, |model, renewed| Ok(model.expected_renewals(renewed, counted(t, "t")?)))
}

/// Gives `eng_model_discounted_renewals` of many contracts: an array of `rows` numbers, how often each was renewed.
///
/// Since 0.1; any thread; the array is copied. Errors: as `eng_model_survival_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_discounted_renewals_column(
    model: eng_model,
    rows: i64,
    renewed: *const i64,
    rate: f64,
    values: *mut f64,
) -> i32 {
    contracts(model, rows, ("renewed", renewed), values, |model, renewed| model.discounted_renewals(renewed, rate))
}

/// Frequency, recency and opportunities of many customers.
type Customers = (*const i64, *const i64, *const i64);

/// What the model of opportunities gives of many customers, once of those with equal numbers; all of it before a row is written.
fn chances<T: Copy>(
    model: eng_model,
    rows: i64,
    (frequency, recency, chances): Customers,
    room: impl FnOnce(usize) -> Result<()>,
    say: impl Fn(&BgBb, &OpportunityHistory) -> Result<T>,
    write: impl FnOnce(Vec<T>),
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let rows = counted(rows, "rows")? as usize;
        room(rows)?;
        let model = slot.opportunities()?;
        // SAFETY: the caller's promise: arrays of `rows` numbers.
        let (frequency, recency, chances) = unsafe {
            (counts(frequency, rows, "frequency")?, counts(recency, rows, "recency")?, counts(chances, rows, "opportunities")?)
        };
        let (mut known, mut found) = (HashMap::new(), Vec::new());
        found.try_reserve_exact(rows)?;
        for (row, customer) in frequency.into_iter().zip(recency).zip(chances).enumerate() {
            let ((frequency, recency), chances) = customer;
            if let Some(&value) = known.get(&customer) {
                found.push(value);
                continue;
            }
            let value = opportunities(i64::from(chances), "opportunities")
                .and_then(|chances| OpportunityHistory::new(frequency, recency, chances))
                .and_then(|history| say(model, &history))
                .map_err(of_row(row))?;
            known.try_reserve(1)?;
            known.insert(customer, value);
            found.push(value);
        }
        write(found);
        Ok(())
    })
}

/// A number of many customers.
pub(crate) fn chance_column(
    model: eng_model,
    rows: i64,
    customers: Customers,
    values: *mut f64,
    say: impl Fn(&BgBb, &OpportunityHistory) -> Result<f64>,
) -> i32 {
    let say = |model: &BgBb, customer: &OpportunityHistory| say(model, customer).and_then(told);
    let room = |rows| OutColumn::required(values, rows, "values").map(drop);
    chances(model, rows, customers, room, say, |found| OutColumn::optional(values).write(found.into_iter()))
}

/// Gives `eng_model_opportunity_alive` of many customers: arrays of `rows` numbers.
///
/// Since 0.1; any thread; the arrays are copied. Errors: as `eng_model_opportunity_alive`, naming the row, from 0, and `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_opportunity_alive_column(
    model: eng_model,
    rows: i64,
    frequency: *const i64,
    recency: *const i64,
    chances: *const i64,
    later: i64,
    values: *mut f64,
) -> i32 {
    chance_column(model, rows, (frequency, recency, chances), values, |model, customer| {
        Ok(model.probability_alive_at(customer, opportunities(later, "later")?))
    })
}

/// Gives `eng_model_opportunity_expected` of many customers: arrays of `rows` numbers.
///
/// Since 0.1; any thread; the arrays are copied. Errors: as `eng_model_opportunity_alive_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_opportunity_expected_column(
    model: eng_model,
    rows: i64,
    frequency: *const i64,
    recency: *const i64,
    chances: *const i64,
    n: i64,
    values: *mut f64,
) -> i32 {
    chance_column(model, rows, (frequency, recency, chances), values, |model, customer| {
        Ok(model.expected_purchases(customer, opportunities(n, "n")?))
    })
}

/// Gives `eng_model_opportunity_probability` of many customers: arrays of `rows` numbers.
///
/// Since 0.1; any thread; the arrays are copied. Errors: as `eng_model_opportunity_alive_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_opportunity_probability_column(
    model: eng_model,
    rows: i64,
    frequency: *const i64,
    recency: *const i64,
    chances: *const i64,
    k: i64,
    n: i64,
    values: *mut f64,
) -> i32 {
    chance_column(model, rows, (frequency, recency, chances), values, |model, customer| {
        Ok(model.probability_of_purchases(customer, opportunities(k, "k")?, opportunities(n, "n")?))
    })
}

/// Gives `eng_model_opportunity_discounted` of many customers: arrays of `rows` numbers.
///
/// Since 0.1; any thread; the arrays are copied. Errors: as `eng_model_opportunity_alive_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_opportunity_discounted_column(
    model: eng_model,
    rows: i64,
    frequency: *const i64,
    recency: *const i64,
    chances: *const i64,
    n: i64,
    rate: f64,
    values: *mut f64,
) -> i32 {
    chance_column(model, rows, (frequency, recency, chances), values, |model, customer| {
        model.discounted_purchases(customer, next(n)?, rate)
    })
}

/// Gives `eng_model_opportunity_interval` of many customers: arrays of `rows` numbers.
///
/// Since 0.1; any thread; the arrays are copied. Errors: as `eng_model_opportunity_alive_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_opportunity_interval_column(
    model: eng_model,
    rows: i64,
    frequency: *const i64,
    recency: *const i64,
    chances: *const i64,
    n: i64,
    level: f64,
    low: *mut i64,
    high: *mut i64,
) -> i32 {
    let room = |rows| OutColumn::required(low, rows, "low").and(OutColumn::required(high, rows, "high")).map(drop);
    let say = |model: &BgBb, customer: &OpportunityHistory| model.prediction_interval(customer, opportunities(n, "n")?, level);
    self::chances(model, rows, (frequency, recency, chances), room, say, |found: Vec<(u64, u64)>| {
        OutColumn::optional(low).write(found.iter().map(|bounds| count(bounds.0)));
        OutColumn::optional(high).write(found.iter().map(|bounds| count(bounds.1)));
    })
}
