//! Validation: models and rulebooks side by side, on what came after they had to say it.

use std::ffi::c_char;

use engagement_core::validate::{Candidate, ValidateOptions, Validation};
use engagement_core::{Error, ErrorKind, Result, Timestamp};

use crate::arguments::{self, counted, replicates, seed, unit};
use crate::columns::times;
use crate::guard;
use crate::handle::Table;
use crate::ledger::{LEDGERS, eng_ledger};
use crate::out::{Out, count};
use crate::rulebook::{RULEBOOKS, eng_rulebook, rules};
use crate::text::{self, write_text};

/// A validation. See `eng_validation_new`.
#[derive(Debug)]
#[expect(non_camel_case_types, reason = "the name in C")]
pub struct eng_validation_tag {
    _private: [u8; 0],
}

/// A handle: a validation. See `eng_validation_new`.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type eng_validation = *mut eng_validation_tag;

static VALIDATIONS: Table<Trial> = Table::new(13);

/// What is validated and how, and what came of it.
struct Trial {
    candidates: Vec<Candidate>,
    options: ValidateOptions<'static>,
    result: Option<Validation>,
}

impl Trial {
    fn new() -> Trial {
        Trial { candidates: Vec::new(), options: ValidateOptions::horizon(0.0), result: None }
    }

    fn result(&self) -> Result<&Validation> {
        self.result.as_ref().ok_or_else(|| Error::new(ErrorKind::MissingField, "nothing has been validated into this handle"))
    }

    fn add(&mut self, candidate: Candidate) -> Result<()> {
        self.candidates.try_reserve(1)?;
        self.candidates.push(candidate);
        Ok(())
    }
}

/// Makes a validation without candidates.
///
/// Since 0.1; any thread; free with `eng_validation_free`. Errors: `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_validation_new(validation: *mut eng_validation) -> i32 {
    guard::new(&VALIDATIONS, validation, Trial::new)
}

/// Frees a validation. Null is ignored.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_HANDLE`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_validation_free(validation: eng_validation) -> i32 {
    guard::free(&VALIDATIONS, validation)
}

/// Gives the text of the last error of this handle; empty if its last call succeeded.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_HANDLE`, `ENG_BUFFER_TOO_SMALL`,
/// `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_validation_error(
    validation: eng_validation,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::call(|| unsafe { write_text(&guard::last_error(&VALIDATIONS, validation)?, buffer, capacity, needed) })
}

/// Adds a model of purchases, by its name, such as `mbg-nbd`; it is fitted anew at every origin to what was known then. All others are
/// compared with the first that is added.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for an unknown name, `ENG_MISSING_FIELD`, `ENG_INVALID_UTF8`,
/// `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_validation_add_model(validation: eng_validation, name: *const c_char, name_len: i64) -> i32 {
    guard::write(&VALIDATIONS, validation, |trial| {
        // SAFETY: the caller's promise for a text in.
        let name = unsafe { text::required(name, name_len, "name")? };
        trial.add(Candidate::Model(name.parse()?))
    })
}

/// Adds a rulebook, whose engagement orders the customers, and what it is called.
///
/// Since 0.1; any thread, one at a time; the rulebook is copied. Errors: `ENG_INVALID_RULEBOOK` for an empty rulebook, `ENG_MISSING_FIELD`,
/// `ENG_INVALID_UTF8`, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_validation_add_rulebook(
    validation: eng_validation,
    name: *const c_char,
    name_len: i64,
    rulebook: eng_rulebook,
) -> i32 {
    guard::write(&VALIDATIONS, validation, |trial| {
        // SAFETY: the caller's promise for a text in.
        let name = unsafe { text::required(name, name_len, "name")? }.to_owned();
        let rules = RULEBOOKS.with(rulebook.addr(), |compiled| Ok(Box::new(rules(compiled)?.rules.clone())))?;
        trial.add(Candidate::Rules { name, rules })
    })
}

/// Takes away all candidates.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_validation_clear(validation: eng_validation) -> i32 {
    guard::write(&VALIDATIONS, validation, |trial| {
        trial.candidates.clear();
        Ok(())
    })
}

/// Sets when the predictions are made: ascending times in microseconds since 1970 UTC; for a count of 0, as by default, up to three, a
/// horizon apart, the last one a horizon before the latest interaction.
///
/// Since 0.1; any thread, one at a time; the array is copied. Errors: `ENG_INVALID_TIME`, `ENG_INVALID_ARGUMENT` for a negative count and a
/// null pointer, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_validation_set_origins(validation: eng_validation, count: i64, origins_us: *const i64) -> i32 {
    guard::write(&VALIDATIONS, validation, |trial| {
        // SAFETY: the caller's promise: an array of `count` numbers.
        trial.options.origins = unsafe { times(origins_us, counted(count, "count")? as usize, "origins")? };
        Ok(())
    })
}

/// Leaves out customers who bought before a time, in microseconds since 1970 UTC.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_TIME`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_validation_set_acquired_from(validation: eng_validation, acquired_from_us: i64) -> i32 {
    guard::write(&VALIDATIONS, validation, |trial| {
        trial.options.acquired_from = Some(Timestamp::from_micros(acquired_from_us)?);
        Ok(())
    })
}

/// Sets the level of every interval, 0.95 by default; and the samples of the customers behind it, 400 by default, and at least 20, with
/// their seed, 1 by default.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for a level that is not between 0 and 1 and a number of samples that
/// is not 20 to 100000, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_validation_set_intervals(
    validation: eng_validation,
    level: f64,
    samples: i64,
    random_seed: i64,
) -> i32 {
    guard::write(&VALIDATIONS, validation, |trial| {
        let invalid = |message: String| Err(Error::new(ErrorKind::InvalidArgument, message));
        if !(level > 0.0 && level < 1.0) {
            return invalid(format!("level: {level} is not between 0 and 1"));
        }
        let samples = replicates(samples)?;
        if samples < 20 {
            return invalid(format!("samples: {samples} are too few for an interval; give at least 20"));
        }
        let options = &mut trial.options;
        (options.level, options.replicates, options.seed) = (level, samples, seed(random_seed));
        Ok(())
    })
}

/// Sets on how many threads to work; 0, the default, takes one a processor. The threads live inside the call; the result is the same to
/// the last bit whatever their number.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for a number that is not 0 to 1024, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_validation_set_threads(validation: eng_validation, threads: i32) -> i32 {
    guard::write(&VALIDATIONS, validation, |trial| {
        trial.options.threads = arguments::threads(threads)?;
        Ok(())
    })
}

/// Makes every candidate predict the purchases of a ledger within a horizon after each origin, and measures what came. `time_unit` is the
/// unit of the horizon and of the models' time. On an error the handle keeps what it had.
///
/// Since 0.1; any thread, one at a time; another thread may ask `eng_validation_progress` or `eng_validation_cancel`. Errors:
/// `ENG_INVALID_ARGUMENT` naming the value and its domain, and for a log too short for the horizon, `ENG_MISSING_FIELD` without a candidate,
/// `ENG_CANCELLED`, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_validation_validate(
    validation: eng_validation,
    ledger: eng_ledger,
    horizon: f64,
    time_unit: i32,
) -> i32 {
    guard::work(&VALIDATIONS, validation, |trial, progress| {
        if trial.candidates.is_empty() {
            return Err(Error::new(ErrorKind::MissingField, "no candidate: add a model or a rulebook"));
        }
        let unit = unit(time_unit, "time_unit")?;
        let options = ValidateOptions { horizon, unit, progress: Some(progress), ..trial.options.clone() };
        trial.result = Some(LEDGERS.with(ledger.addr(), |book| book.ledger.validate(&trial.candidates, &options))?);
        Ok(())
    })
}

/// Tells how far the validation under way in another thread is: steps done, of how many; 0 of 0 if none is.
///
/// Since 0.1; any thread; never waits. Errors: `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_validation_progress(validation: eng_validation, done: *mut i64, total: *mut i64) -> i32 {
    guard::progress(&VALIDATIONS, validation, done, total)
}

/// Cancels the validation under way in another thread, or, if none is, the next one: it returns `ENG_CANCELLED`, the handle keeps what it
/// had.
///
/// Since 0.1; any thread; never waits. Errors: `ENG_INVALID_HANDLE`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_validation_cancel(validation: eng_validation) -> i32 {
    guard::cancel(&VALIDATIONS, validation)
}

/// Gives the index, from 0, of the model with the best mean log score over all origins but the last, which is left to judge the choice.
/// `present` says whether there is one (1) or not (0, and the index is 0): there is none where no model could be scored at all of them.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_validation_chosen(validation: eng_validation, candidate: *mut i64, present: *mut i32) -> i32 {
    guard::read(&VALIDATIONS, validation, |trial| {
        let (candidate, present) = (Out::required(candidate, "candidate")?, Out::required(present, "present")?);
        let chosen = trial.result()?.chosen;
        candidate.write(chosen.map_or(0, count));
        present.write(i32::from(chosen.is_some()));
        Ok(())
    })
}

/// Gives all of the result as JSON: the candidates, the origins with every measure of every candidate and its interval, and the chosen one;
/// the same as `engagement validate --json` prints. A number that is not finite is null.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_MISSING_FIELD` while the result is empty,
/// `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_validation_json(
    validation: eng_validation,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    guard::read(&VALIDATIONS, validation, |trial| {
        let json = trial.result()?.to_json();
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(&json, buffer, capacity, needed) }
    })
}
