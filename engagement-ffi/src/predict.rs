//! Predictions of a model: of one customer, or of rows of purchases.

use std::ops::Range;

use engagement_core::model::{CovariateModel, CustomerModel, Model, Prediction, PurchaseHistory};
use engagement_core::{Error, ErrorKind, Result};

use crate::arguments::counted;
use crate::guard;
use crate::held::{Slot, Sort};
use crate::model::{MODELS, eng_model};
use crate::out::{self, Out, OutColumn, count, of_row, range};
use crate::purchases::{PURCHASES, Summary, eng_purchases};

/// Frequency, recency and age as a caller says them.
type Customer = (i64, f64, f64);

/// A customer, checked.
pub(crate) fn history((frequency, recency, age): Customer) -> Result<PurchaseHistory> {
    PurchaseHistory::new(counted(frequency, "frequency")?, recency, age)
}

/// Exactly so many purchases to come.
pub(crate) fn purchases_to_come(n: i64, t: f64) -> Result<Prediction> {
    let n =
        u64::try_from(n).map_err(|_| Error::new(ErrorKind::InvalidArgument, format!("n: {n} is not a number of purchases")))?;
    Ok(Prediction::ProbabilityOfPurchases { n, t })
}

/// Predicts of one customer.
fn one(model: eng_model, customer: Customer, value: *mut f64, prediction: Result<Prediction>) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let value = Out::required(value, "value")?;
        value.write(prediction?.of(&**slot.purchases()?, &history(customer)?)?);
        Ok(())
    })
}

/// Computes something for each of some rows, all of it before a row is written.
fn rows<T>(
    model: eng_model,
    purchases: eng_purchases,
    (offset, count): (i64, i64),
    room: impl FnOnce(usize) -> Result<()>,
    compute: impl FnOnce(&Slot, &Summary, Range<usize>) -> Result<Vec<T>>,
    write: impl FnOnce(Vec<T>),
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        PURCHASES.with(purchases.addr(), |summary| {
            let rows = range(offset, count, summary.purchases()?.len())?;
            room(rows.len())?;
            write(compute(slot, summary, rows)?);
            Ok(())
        })
    })
}

/// Rows of a column.
pub(crate) fn numbers_of(
    model: eng_model,
    purchases: eng_purchases,
    part: (i64, i64),
    values: *mut f64,
    compute: impl FnOnce(&Slot, &Summary, Range<usize>) -> Result<Vec<f64>>,
) -> i32 {
    let room = |rows| OutColumn::required(values, rows, "values").map(drop);
    rows(model, purchases, part, room, compute, |found| OutColumn::optional(values).write(found.into_iter()))
}

/// Rows of two columns, the ends of intervals.
pub(crate) fn bounds_of<T: Copy>(
    model: eng_model,
    purchases: eng_purchases,
    part: (i64, i64),
    (low, high): (*mut T, *mut T),
    compute: impl FnOnce(&Slot, &Summary, Range<usize>) -> Result<Vec<(T, T)>>,
) -> i32 {
    let room = |rows| OutColumn::required(low, rows, "low").and(OutColumn::required(high, rows, "high")).map(drop);
    rows(model, purchases, part, room, compute, |found| {
        OutColumn::optional(low).write(found.iter().map(|bounds| bounds.0));
        OutColumn::optional(high).write(found.iter().map(|bounds| bounds.1));
    })
}

/// Predicts of rows of purchases.
fn column(model: eng_model, purchases: eng_purchases, part: (i64, i64), values: *mut f64, prediction: Result<Prediction>) -> i32 {
    numbers_of(model, purchases, part, values, |slot, summary, rows| {
        predicted(slot.held()?.sort(), slot.options.threads, summary, rows, prediction?)
    })
}

/// What a model predicts of rows of purchases; where all are asked for, on several threads.
pub(crate) fn predicted(
    sort: &Sort,
    threads: usize,
    summary: &Summary,
    rows: Range<usize>,
    prediction: Prediction,
) -> Result<Vec<f64>> {
    let purchases = summary.purchases()?;
    match sort {
        Sort::Covariates(model) => {
            model.base().purchases()?;
            of_customers(model, summary, rows, |own, row| prediction.of(&**own.purchases()?, &purchases.history(row)))
        }
        Sort::Purchases(model) if rows.len() == purchases.len() => prediction.of_all(&**model, purchases, threads),
        Sort::Purchases(model) => collected(rows, |row| prediction.of(&**model, &purchases.history(row))),
        Sort::Special(_) => Err(sort.refused("purchases")),
    }
}

/// Something for each of some rows, by the model that a model with covariates is of the customer of that row.
pub(crate) fn of_customers<T>(
    model: &CovariateModel,
    summary: &Summary,
    rows: Range<usize>,
    say: impl Fn(&CustomerModel, usize) -> Result<T>,
) -> Result<Vec<T>> {
    let columns = summary.covariate_columns(model.covariates())?;
    collected(rows, |row| {
        let covariates: Vec<f64> = columns.iter().map(|column| column[row]).collect();
        model.of(&covariates).and_then(|own| say(&own, row)).map_err(of_row(row))
    })
}

/// Something for each of some rows.
pub(crate) fn collected<T>(rows: Range<usize>, say: impl Fn(usize) -> Result<T>) -> Result<Vec<T>> {
    let mut all = Vec::new();
    all.try_reserve_exact(rows.len())?;
    for row in rows {
        all.push(say(row)?);
    }
    Ok(all)
}

/// Gives the probability that a customer with `frequency` repeat purchases, the last of them `recency` units after the first purchase,
/// which was `age` units ago, still buys `later` units from now, if nothing more is seen; 0 is now. Of a model with covariates
/// `eng_model_of_customer` gives the one to ask.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` naming the value and its domain, and for a model with covariates or of something
/// else, `ENG_MISSING_FIELD` while the model is empty,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_probability_alive(
    model: eng_model,
    frequency: i64,
    recency: f64,
    age: f64,
    later: f64,
    probability: *mut f64,
) -> i32 {
    one(model, (frequency, recency, age), probability, Ok(Prediction::ProbabilityAlive { later }))
}

/// Gives the mean number of purchases of a customer within the next `t` units; the customer is as in `eng_model_probability_alive`.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_expected_purchases(
    model: eng_model,
    frequency: i64,
    recency: f64,
    age: f64,
    t: f64,
    purchases: *mut f64,
) -> i32 {
    one(model, (frequency, recency, age), purchases, Ok(Prediction::ExpectedPurchases { t }))
}

/// Gives the probability that a customer purchases exactly `n` times within the next `t` units; the customer is as in
/// `eng_model_probability_alive`.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_probability_of_purchases(
    model: eng_model,
    frequency: i64,
    recency: f64,
    age: f64,
    n: i64,
    t: f64,
    probability: *mut f64,
) -> i32 {
    one(model, (frequency, recency, age), probability, purchases_to_come(n, t))
}

/// Gives the discounted number of purchases of a customer within the next `t` units, which may be infinite, at the continuous rate
/// `delta` per unit: ln(1 + annual rate) divided by the units of a year. The customer is as in `eng_model_probability_alive`.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_discounted_purchases(
    model: eng_model,
    frequency: i64,
    recency: f64,
    age: f64,
    t: f64,
    delta: f64,
    purchases: *mut f64,
) -> i32 {
    one(model, (frequency, recency, age), purchases, Ok(Prediction::DiscountedPurchases { t, delta }))
}

/// Gives the bounds that hold a customer's number of purchases within the next `t` units with the probability `level`; the customer is
/// as in `eng_model_probability_alive`.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_prediction_interval(
    model: eng_model,
    frequency: i64,
    recency: f64,
    age: f64,
    t: f64,
    level: f64,
    low: *mut i64,
    high: *mut i64,
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let (low, high) = (Out::required(low, "low")?, Out::required(high, "high")?);
        let bounds = slot.purchases()?.prediction_interval(&history((frequency, recency, age))?, t, level)?;
        low.write(count(bounds.0));
        high.write(count(bounds.1));
        Ok(())
    })
}

/// Gives `eng_model_probability_alive` of rows of purchases. A model with covariates takes those of each row by their names.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive`, and `ENG_MISSING_FIELD` while the purchases are empty, and where they
/// lack a covariate of the model, which the text names.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_probability_alive_column(
    model: eng_model,
    purchases: eng_purchases,
    later: f64,
    offset: i64,
    count: i64,
    values: *mut f64,
) -> i32 {
    column(model, purchases, (offset, count), values, Ok(Prediction::ProbabilityAlive { later }))
}

/// Gives `eng_model_expected_purchases` of rows of purchases.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_expected_purchases_column(
    model: eng_model,
    purchases: eng_purchases,
    t: f64,
    offset: i64,
    count: i64,
    values: *mut f64,
) -> i32 {
    column(model, purchases, (offset, count), values, Ok(Prediction::ExpectedPurchases { t }))
}

/// Gives `eng_model_probability_of_purchases` of rows of purchases.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_probability_of_purchases_column(
    model: eng_model,
    purchases: eng_purchases,
    n: i64,
    t: f64,
    offset: i64,
    count: i64,
    values: *mut f64,
) -> i32 {
    column(model, purchases, (offset, count), values, purchases_to_come(n, t))
}

/// Gives `eng_model_discounted_purchases` of rows of purchases.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_discounted_purchases_column(
    model: eng_model,
    purchases: eng_purchases,
    t: f64,
    delta: f64,
    offset: i64,
    count: i64,
    values: *mut f64,
) -> i32 {
    column(model, purchases, (offset, count), values, Ok(Prediction::DiscountedPurchases { t, delta }))
}

/// Gives `eng_model_prediction_interval` of rows of purchases.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_prediction_interval_column(
    model: eng_model,
    purchases: eng_purchases,
    t: f64,
    level: f64,
    offset: i64,
    count: i64,
    low: *mut i64,
    high: *mut i64,
) -> i32 {
    bounds_of(model, purchases, (offset, count), (low, high), |slot, summary, rows| {
        let purchases = summary.purchases()?;
        let bounds = |model: &Model, customer: &PurchaseHistory| {
            let (low, high) = model.prediction_interval(customer, t, level)?;
            Ok((out::count(low), out::count(high)))
        };
        match slot.held()?.sort() {
            Sort::Covariates(model) => {
                model.base().purchases()?;
                of_customers(model, summary, rows, |own, row| bounds(own.purchases()?, &purchases.history(row)))
            }
            Sort::Purchases(model) if rows.len() == purchases.len() => {
                purchases.map(slot.options.threads, |customer| bounds(model, customer))
            }
            Sort::Purchases(model) => collected(rows, |row| bounds(model, &purchases.history(row))),
            sort => Err(sort.refused("purchases")),
        }
    })
}
