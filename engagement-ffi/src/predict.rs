//! Predictions of a model: of one customer, or of rows of purchases.

use engagement_core::model::{CovariateModel, CustomerModel, GammaGamma, Prediction, PurchaseHistory, Spend};
use engagement_core::{Error, ErrorKind, Result};

use crate::arguments::counted;
use crate::guard;
use crate::held::{Slot, Sort};
use crate::model::{MODELS, eng_model};
use crate::out::{Out, OutColumn, count, range};
use crate::purchases::{PURCHASES, Summary, eng_purchases};

/// Frequency, recency and age as a caller says them.
type Customer = (i64, f64, f64);

/// A customer, checked.
fn history((frequency, recency, age): Customer) -> Result<PurchaseHistory> {
    PurchaseHistory::new(counted(frequency, "frequency")?, recency, age)
}

/// Exactly so many purchases to come.
fn purchases_to_come(n: i64, t: f64) -> Result<Prediction> {
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

/// Computes rows of a column, all of them before one is written.
fn rows_of(
    model: eng_model,
    purchases: eng_purchases,
    (offset, count): (i64, i64),
    values: *mut f64,
    compute: impl FnOnce(&Slot, &Summary, std::ops::Range<usize>) -> Result<Vec<f64>>,
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        PURCHASES.with(purchases.addr(), |summary| {
            let rows = range(offset, count, summary.purchases()?.len())?;
            let values = OutColumn::required(values, rows.len(), "values")?;
            values.write(compute(slot, summary, rows)?.into_iter());
            Ok(())
        })
    })
}

/// Predicts of rows of purchases; where all are asked for, on several threads.
fn column(model: eng_model, purchases: eng_purchases, rows: (i64, i64), values: *mut f64, prediction: Result<Prediction>) -> i32 {
    rows_of(model, purchases, rows, values, |slot, summary, rows| {
        let (purchases, prediction) = (summary.purchases()?, prediction?);
        if let Sort::Covariates(model) = slot.held()?.sort() {
            return of_customers(model, summary, rows, CustomerModel::purchases, |model, row| {
                prediction.of(&**model, &purchases.history(row))
            });
        }
        let model = slot.purchases()?;
        if rows.len() == purchases.len() {
            return prediction.of_all(&**model, purchases, slot.options.threads);
        }
        collected(rows, |row| prediction.of(&**model, &purchases.history(row)))
    })
}

/// A number for each of some rows, by the model that a model with covariates is of the customer of that row; `sort` refuses one
/// that says nothing of it.
fn of_customers<M>(
    model: &CovariateModel,
    summary: &Summary,
    rows: std::ops::Range<usize>,
    sort: impl Fn(&CustomerModel) -> Result<&M>,
    number: impl Fn(&M, usize) -> Result<f64>,
) -> Result<Vec<f64>> {
    sort(&model.base())?;
    let columns = summary.covariate_columns(model.covariates())?;
    collected(rows, |row| {
        let covariates: Vec<f64> = columns.iter().map(|column| column[row]).collect();
        let own = model.of(&covariates);
        own.and_then(|own| number(sort(&own)?, row)).map_err(|error| error.at(format_args!("row {row}")))
    })
}

/// A number for each of some rows.
fn collected(rows: std::ops::Range<usize>, number: impl Fn(usize) -> Result<f64>) -> Result<Vec<f64>> {
    let mut numbers = Vec::new();
    numbers.try_reserve_exact(rows.len())?;
    for row in rows {
        numbers.push(number(row)?);
    }
    Ok(numbers)
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

/// Gives the mean value of the purchases of a customer who paid for `paid` of them, `mean` on average, in currency units; 0 and 0 for
/// a customer of whose spend nothing is known. The model is `gamma-gamma`.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` where the mean is infinite, for a model of purchases, and as
/// `eng_model_probability_alive`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_expected_value(model: eng_model, paid: i64, mean: f64, value: *mut f64) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let value = Out::required(value, "value")?;
        value.write(slot.spend()?.expected_value(&Spend::new(counted(paid, "paid")?, mean)?)?);
        Ok(())
    })
}

/// Gives `eng_model_expected_value` of rows of purchases. A model with covariates takes those of each row by their names.
///
/// Since 0.1; any thread. Errors: as `eng_model_expected_value`, and `ENG_MISSING_FIELD` while the purchases are empty, and where they lack
/// a covariate of the model, which the text names.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_expected_value_column(
    model: eng_model,
    purchases: eng_purchases,
    offset: i64,
    count: i64,
    values: *mut f64,
) -> i32 {
    rows_of(model, purchases, (offset, count), values, |slot, summary, rows| {
        let purchases = summary.purchases()?;
        let worth = |model: &GammaGamma, row: usize| {
            let spend = purchases.value().get(row).map(|value| Spend::new(purchases.paid()[row], value)).transpose()?;
            model.expected_value(&spend.unwrap_or(Spend::unknown()))
        };
        match slot.held()?.sort() {
            Sort::Covariates(model) => of_customers(model, summary, rows, CustomerModel::spend, worth),
            _ => {
                let model = slot.spend()?;
                collected(rows, |row| worth(model, row))
            }
        }
    })
}
