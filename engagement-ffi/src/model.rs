//! Models: how customers buy again and stop, and what they spend. Fitted here, read from a document, or taken from a rulebook.

use std::ffi::c_char;

use engagement_core::{Error, ErrorKind};

use crate::guard;
use crate::handle::Table;
use crate::held::{Held, Slot, Sort, Special, wrong_sort};
use crate::out::{Out, count, index};
use crate::rulebook::{RULEBOOKS, eng_rulebook, rules};
use crate::text::{self, write_text};

/// A model of purchases: how customers buy again and stop.
pub const ENG_MODEL_PURCHASES: i32 = 1;
/// A model of spend: what a purchase is worth.
pub const ENG_MODEL_SPEND: i32 = 2;

/// A model with its parameters. See `eng_model_new`.
#[derive(Debug)]
#[expect(non_camel_case_types, reason = "the name in C")]
pub struct eng_model_tag {
    _private: [u8; 0],
}

/// A handle: a model with its parameters. See `eng_model_new`.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type eng_model = *mut eng_model_tag;

pub(crate) static MODELS: Table<Slot> = Table::new(8);

/// Makes an empty model.
///
/// Since 0.1; any thread; free with `eng_model_free`. Errors: `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_new(model: *mut eng_model) -> i32 {
    guard::new(&MODELS, model, Slot::default)
}

/// Frees a model. Null is ignored.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_HANDLE`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_free(model: eng_model) -> i32 {
    guard::free(&MODELS, model)
}

/// Gives the text of the last error of this handle; empty if its last call succeeded.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_HANDLE`, `ENG_BUFFER_TOO_SMALL`,
/// `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_error(model: eng_model, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::call(|| unsafe { write_text(&guard::last_error(&MODELS, model)?, buffer, capacity, needed) })
}

/// Loads a model from JSON: its name and its parameters, with its covariates and their coefficients if it has any, as `eng_model_json`
/// gives them. On an error the handle keeps the model it had.
///
/// Since 0.1; any thread, one at a time; the text is copied, and has at most 16 MiB. Errors: `ENG_INVALID_ARGUMENT` naming the value and its
/// domain, `ENG_INVALID_UTF8`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_from_json(model: eng_model, json: *const c_char, json_len: i64) -> i32 {
    guard::write(&MODELS, model, |slot| {
        // SAFETY: the caller's promise for a text in.
        slot.held = Some(Held::from_json(unsafe { text::document(json, json_len, "json")? })?);
        Ok(())
    })
}

/// Takes a model of a rulebook's forecast: that of purchases, `ENG_MODEL_PURCHASES`, or that of spend, `ENG_MODEL_SPEND`. On an error the
/// handle keeps the model it had.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_MISSING_FIELD` for a rulebook without a forecast, or without a model of spend,
/// `ENG_INVALID_ARGUMENT` for another sort, `ENG_INVALID_RULEBOOK` for an empty rulebook, `ENG_INVALID_HANDLE`, `ENG_FORKED`,
/// `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_from_rulebook(model: eng_model, rulebook: eng_rulebook, sort: i32) -> i32 {
    guard::write(&MODELS, model, |slot| {
        let missing = |what: &str| Error::new(ErrorKind::MissingField, format!("the rulebook has no {what}"));
        let sort = RULEBOOKS.with(rulebook.addr(), |compiled| {
            let forecast = rules(compiled)?.book.forecast.as_ref().ok_or_else(|| missing("forecast"));
            match sort {
                ENG_MODEL_PURCHASES => Ok(Sort::Purchases(forecast?.purchases)),
                ENG_MODEL_SPEND => Ok(Sort::Special(Special::Spend(forecast?.spend.ok_or_else(|| missing("model of spend"))?))),
                _ => Err(wrong_sort(format!("sort: {sort} is neither ENG_MODEL_PURCHASES nor ENG_MODEL_SPEND"))),
            }
        })?;
        slot.held = Some(Held::Loaded(sort));
        Ok(())
    })
}

/// Gives the model as JSON: its name and its parameters, with its covariates and their coefficients if it has any, no data.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_MISSING_FIELD` while the handle is empty,
/// `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_json(model: eng_model, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::read(&MODELS, model, |slot| unsafe { write_text(&slot.held()?.json()?, buffer, capacity, needed) })
}

/// Gives the name of the model, such as `mbg-nbd`, with covariates or without.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: as `eng_model_json`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_name(model: eng_model, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::read(&MODELS, model, |slot| unsafe { write_text(slot.held()?.name(), buffer, capacity, needed) })
}

/// Counts the parameters.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the handle is empty, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_parameter_count(model: eng_model, parameters: *mut i64) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let parameters = Out::required(parameters, "parameters")?;
        parameters.write(count(slot.held()?.parameters().len()));
        Ok(())
    })
}

/// Gives the letter of the parameter at an index, from 0: the letters of the paper, in its order. Coefficients of covariates come after
/// them, by parameter and covariate, such as `alpha: online`.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_ARGUMENT` for an index that does not exist, and
/// as `eng_model_json`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_parameter_name(
    model: eng_model,
    parameter: i64,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let parameters = slot.held()?.parameters();
        let name = &parameters[index(parameter, parameters.len(), "parameter")?].0;
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(name, buffer, capacity, needed) }
    })
}

/// Gives the value of the parameter at an index, from 0, and its standard error. `present` says whether there is one (1) or not (0, and
/// the error is 0): there is none for a model that was not fitted here, and at a boundary.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for an index that does not exist or a null output, `ENG_MISSING_FIELD` while the
/// handle is empty, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_parameter(
    model: eng_model,
    parameter: i64,
    value: *mut f64,
    standard_error: *mut f64,
    present: *mut i32,
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let (value, present) = (Out::required(value, "value")?, Out::required(present, "present")?);
        let standard_error = Out::required(standard_error, "standard_error")?;
        let held = slot.held()?;
        let parameters = held.parameters();
        let at = index(parameter, parameters.len(), "parameter")?;
        let errors = held.evidence().ok().and_then(|fitted| fitted.fit.standard_errors());
        let error = errors.and_then(|errors| errors.get(at).copied());
        value.write(parameters[at].1);
        standard_error.write(error.unwrap_or(0.0));
        present.write(i32::from(error.is_some()));
        Ok(())
    })
}

/// Gives k, the regularity of buying, of `bg-cnbd-k` and `mbg-cnbd-k`: whole, and no parameter among the others. `present` says whether the
/// model has one (1) or not (0, and k is 0).
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the handle is empty, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_k(model: eng_model, k: *mut i64, present: *mut i32) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let (k, present) = (Out::required(k, "k")?, Out::required(present, "present")?);
        let found = if let Sort::Purchases(model) = slot.held()?.sort() { model.k() } else { None };
        k.write(found.map_or(0, i64::from));
        present.write(i32::from(found.is_some()));
        Ok(())
    })
}
