//! Covariates: columns that say how customers differ, models that take them, and the model of one customer.

use std::ffi::c_char;

use engagement_core::{Error, ErrorKind, Result};

use crate::arguments::{estimates, penalty};
use crate::columns::numbers;
use crate::fit::set;
use crate::guard;
use crate::held::Held;
use crate::model::{MODELS, eng_model};
use crate::out::{Out, count, index};
use crate::purchases::{PURCHASES, eng_purchases};
use crate::text::{self, write_text};

fn invalid<T>(message: String) -> Result<T> {
    Err(Error::new(ErrorKind::InvalidArgument, message))
}

/// Sets a covariate of the purchases, such as a channel or an age, by its name: an array of `rows` numbers, as many as there are
/// customers, in the order of the rows. It takes the place of the one of this name. What is summarised anew has none.
///
/// Since 0.1; any thread, one at a time; the text and the array are copied. Errors: `ENG_INVALID_ARGUMENT` for another number of rows, a null
/// pointer, and naming the row, from 0, of what is not a finite number, `ENG_MISSING_FIELD` without a name and while the summary is
/// empty, `ENG_INVALID_UTF8`, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_set_covariate(
    purchases: eng_purchases,
    name: *const c_char,
    name_len: i64,
    rows: i64,
    values: *const f64,
) -> i32 {
    guard::write(&PURCHASES, purchases, |summary| {
        // SAFETY: the caller's promise for a text in.
        let name = unsafe { text::required(name, name_len, "name")? };
        let customers = summary.purchases()?.len();
        if usize::try_from(rows).ok() != Some(customers) {
            return invalid(format!("rows: {rows}, but there are {customers} customers"));
        }
        // SAFETY: the caller's promise: an array of `rows` numbers.
        let values = unsafe { numbers(values, customers, "values")? };
        if let Some((row, value)) = values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
            return invalid(format!("row {row}: {name}: {value} is not a finite number"));
        }
        summary.set_covariate(name, values)
    })
}

/// Adds a covariate, by its name, to those that the fits from then on are made with. It scales every parameter that can depend on one, with
/// a coefficient for each: alpha and beta of `pareto-nbd`, alpha, a and b of `bg-nbd` and `mbg-nbd`, v of `gamma-gamma`. A coefficient
/// above 0 means more of what the parameter stands for: more purchases, more dropping out, more spend. No other model takes any.
///
/// Since 0.1; any thread, one at a time; the text is copied. Errors: `ENG_INVALID_ARGUMENT` for a name that is there already, and for more
/// than 256 of them, `ENG_MISSING_FIELD` without a name, `ENG_INVALID_UTF8`, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`,
/// `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_add_covariate(model: eng_model, name: *const c_char, name_len: i64) -> i32 {
    guard::write(&MODELS, model, |slot| {
        // SAFETY: the caller's promise for a text in.
        let name = unsafe { text::required(name, name_len, "name")? };
        if slot.covariates.iter().any(|known| known == name) {
            return invalid(format!("name: {name} is there already"));
        }
        if slot.covariates.len() == MOST_COVARIATES {
            return invalid(format!("name: a model takes no more than {MOST_COVARIATES} covariates"));
        }
        slot.covariates.try_reserve(1)?;
        slot.covariates.push(name.to_owned());
        Ok(())
    })
}

/// The most covariates of a model, whose fit takes time and memory for the square of their number.
const MOST_COVARIATES: usize = 256;

/// Takes away the covariates of the fits from then on. A model that was fitted with them keeps them.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_clear_covariates(model: eng_model) -> i32 {
    guard::write(&MODELS, model, |slot| {
        slot.covariates.clear();
        Ok(())
    })
}

/// Sets the weight of the sum of squared coefficients of covariates, which is subtracted as the penalty of the parameters is: it keeps
/// coefficients from running off where a covariate is rare. 0 by default.
///
/// Since 0.1; any thread, one at a time. Errors: as `eng_model_set_penalty`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_set_coefficient_penalty(model: eng_model, penalty: f64) -> i32 {
    set(model, |options| {
        options.coefficient_penalty = self::penalty(penalty)?;
        Ok(())
    })
}

/// Counts the covariates of the model; 0 for one without.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the handle is empty, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_covariate_count(model: eng_model, covariates: *mut i64) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let covariates = Out::required(covariates, "covariates")?;
        covariates.write(count(slot.held()?.covariates().len()));
        Ok(())
    })
}

/// Gives the name of the covariate at an index, from 0, in the order in which `eng_model_of_customer` takes them.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_ARGUMENT` for an index that does not exist, and
/// as `eng_model_json`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_covariate(
    model: eng_model,
    covariate: i64,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let names = slot.held()?.covariates();
        let name = &names[index(covariate, names.len(), "covariate")?];
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(name, buffer, capacity, needed) }
    })
}

/// Takes the plain model of one customer from a model with covariates, `with`: `count` values, one for each covariate of that model, in
/// its order. Then everything can be asked of it that can be asked of a model without covariates. On an error the handle keeps the model it
/// had. The two handles may be the same.
///
/// Since 0.1; any thread, one at a time; the array is copied. Errors: `ENG_INVALID_ARGUMENT` for a model without covariates, another
/// number of values, a null pointer, and where a parameter leaves the range of numbers, `ENG_MISSING_FIELD` for an empty model,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_of_customer(model: eng_model, with: eng_model, count: i64, values: *const f64) -> i32 {
    let read = || MODELS.with(with.addr(), |slot| slot.covariate_model().cloned());
    guard::write_read(&MODELS, model, read, |slot, with| {
        // SAFETY: the caller's promise: an array of `count` numbers.
        let values = unsafe { numbers(values, estimates(count)?, "values")? };
        slot.held = Some(Held::Loaded(with.of(&values)?.into()));
        Ok(())
    })
}
