//! What models of spend say: of one customer, or of rows of purchases.

use std::ops::Range;

use engagement_core::Result;
use engagement_core::model::{GammaGamma, Spend};

use crate::arguments::counted;
use crate::guard;
use crate::held::{Sort, Special};
use crate::model::{MODELS, eng_model};
use crate::out::{self, Out, count, of_row};
use crate::predict::{bounds_of, collected, numbers_of, of_customers};
use crate::purchases::{PURCHASES, Summary, eng_purchases};

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
    numbers_of(model, purchases, (offset, count), values, |slot, summary, rows| {
        of_rows(slot.held()?.sort(), summary, rows, GammaGamma::expected_value)
    })
}

/// What a model says of the spend of rows of purchases.
pub(crate) fn of_rows<T>(
    sort: &Sort,
    summary: &Summary,
    rows: Range<usize>,
    say: impl Fn(&GammaGamma, &Spend) -> Result<T>,
) -> Result<Vec<T>> {
    let purchases = summary.purchases()?;
    match sort {
        Sort::Covariates(model) => {
            model.base().spend()?;
            of_customers(model, summary, rows, |own, row| say(own.spend()?, &purchases.spend(row)))
        }
        Sort::Special(Special::Spend(model)) => collected(rows, |row| say(model, &purchases.spend(row)).map_err(of_row(row))),
        sort => Err(sort.refused("spend")),
    }
}

/// Gives the bounds that hold the mean value of the purchases of a customer with the probability `level`, cut equally at both ends, given
/// what the customer spent; the customer is as in `eng_model_expected_value`.
///
/// Since 0.1; any thread. Errors: as `eng_model_expected_value`, and `ENG_INVALID_ARGUMENT` for a level that is not between 0 and 1.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_value_interval(
    model: eng_model,
    paid: i64,
    mean: f64,
    level: f64,
    low: *mut f64,
    high: *mut f64,
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let (low, high) = (Out::required(low, "low")?, Out::required(high, "high")?);
        let interval = slot.spend()?.value_interval(&Spend::new(counted(paid, "paid")?, mean)?, level)?;
        low.write(interval.low);
        high.write(interval.high);
        Ok(())
    })
}

/// Gives `eng_model_value_interval` of rows of purchases. A model with covariates takes those of each row by their names.
///
/// Since 0.1; any thread. Errors: as `eng_model_expected_value_column`, and `ENG_INVALID_ARGUMENT` for a level that is not between 0 and 1.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_value_interval_column(
    model: eng_model,
    purchases: eng_purchases,
    level: f64,
    offset: i64,
    count: i64,
    low: *mut f64,
    high: *mut f64,
) -> i32 {
    bounds_of(model, purchases, (offset, count), (low, high), |slot, summary, rows| {
        let intervals = match slot.held()?.sort() {
            Sort::Special(Special::Spend(model)) => {
                let purchases = summary.purchases()?;
                let spends = collected(rows, |row| Ok(purchases.spend(row)))?;
                model.value_intervals(&spends, level)?
            }
            sort => of_rows(sort, summary, rows, |model, spend| model.value_interval(spend, level))?,
        };
        Ok(intervals.into_iter().map(|interval| (interval.low, interval.high)).collect())
    })
}

/// Tells whether spend by purchase depends on the number of purchases, which `gamma-gamma` takes it not to: the customers compared, who paid
/// for at least one repeat purchase, and the correlations of Pearson and of Spearman. A correlation that there is none of, because one of
/// the two does not vary, is 0, and its bit in `present` is not set; the bits are 1 and 2.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the purchases are empty, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_independence(
    purchases: eng_purchases,
    customers: *mut i64,
    pearson: *mut f64,
    spearman: *mut f64,
    present: *mut i32,
) -> i32 {
    guard::read(&PURCHASES, purchases, |summary| {
        let (customers, present) = (Out::required(customers, "customers")?, Out::required(present, "present")?);
        let correlations = [Out::required(pearson, "pearson")?, Out::required(spearman, "spearman")?];
        let found = GammaGamma::independence(summary.purchases()?);
        customers.write(count(found.customers));
        present.write(out::present(&correlations, [found.pearson, found.spearman]));
        Ok(())
    })
}
