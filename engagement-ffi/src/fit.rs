//! Fits: how a model is fitted, and to what.

use std::ffi::c_char;

use engagement_core::model::{BgBb, FitOptions, Opportunities, Parameters, Prior, Renewals};
use engagement_core::{Error, ErrorKind, Result};

use crate::arguments::{self, counted, estimates, opportunities, penalty, phases};
use crate::columns::{counts, flags, numbers, sizes};
use crate::guard;
use crate::held::Held;
use crate::model::{MODELS, eng_model};
use crate::purchases::{PURCHASES, eng_purchases};
use crate::text;

/// No prior.
pub const ENG_PRIOR_NONE: i32 = 0;
/// Gamma; its numbers are shape and rate.
pub const ENG_PRIOR_GAMMA: i32 = 1;
/// Log-normal; its numbers are mean and standard deviation of the logarithm.
pub const ENG_PRIOR_LOG_NORMAL: i32 = 2;
/// Half-normal; its first number is the standard deviation of the whole normal distribution, the second is not looked at.
pub const ENG_PRIOR_HALF_NORMAL: i32 = 3;
/// Weibull; its numbers are shape and scale.
pub const ENG_PRIOR_WEIBULL: i32 = 4;

pub(crate) fn set(model: eng_model, change: impl FnOnce(&mut FitOptions) -> Result<()>) -> i32 {
    guard::write(&MODELS, model, |slot| change(&mut slot.options))
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

/// Sets on how many threads to fit and to predict columns; 0, the default, takes one a processor. The threads live inside the call; the
/// result is the same to the last bit whatever their number.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for a number that is not 0 to 1024, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_set_threads(model: eng_model, threads: i32) -> i32 {
    set(model, |options| {
        options.threads = arguments::threads(threads)?;
        Ok(())
    })
}

/// Sets the weight of the sum of squared parameters: the next fit maximises log-likelihood / customers - penalty * sum. 0 by default.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for what is not a finite number of at least 0,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_set_penalty(model: eng_model, penalty: f64) -> i32 {
    set(model, |options| {
        options.penalty = self::penalty(penalty)?;
        Ok(())
    })
}

/// Sets the prior of a parameter, by its letter, for the fits from then on, in place of the one it had: `ENG_PRIOR_GAMMA` to
/// `ENG_PRIOR_WEIBULL` with their numbers, or `ENG_PRIOR_NONE`. With priors a fit maximises log-likelihood + sum of log-densities. Whether
/// a model has the parameter is seen when it is fitted.
///
/// Since 0.1; any thread, one at a time; the text is copied. Errors: `ENG_INVALID_ARGUMENT` for another prior, and naming the number
/// outside its domain, `ENG_MISSING_FIELD`, `ENG_INVALID_UTF8`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_set_prior(
    model: eng_model,
    parameter: *const c_char,
    parameter_len: i64,
    prior: i32,
    first: f64,
    second: f64,
) -> i32 {
    set(model, |options| {
        // SAFETY: the caller's promise for a text in.
        let parameter = unsafe { text::required(parameter, parameter_len, "parameter")? };
        replace_prior(&mut options.priors, parameter, prior, (first, second))
    })
}

/// Puts a prior, as a caller says it, in place of the one of this parameter.
pub(crate) fn replace_prior(
    priors: &mut Vec<(String, Prior)>,
    parameter: &str,
    prior: i32,
    (first, second): (f64, f64),
) -> Result<()> {
    let prior = match prior {
        ENG_PRIOR_NONE => None,
        ENG_PRIOR_GAMMA => Some(Prior::Gamma { shape: first, rate: second }),
        ENG_PRIOR_LOG_NORMAL => Some(Prior::LogNormal { mu: first, sigma: second }),
        ENG_PRIOR_HALF_NORMAL => Some(Prior::HalfNormal { sigma: first }),
        ENG_PRIOR_WEIBULL => Some(Prior::Weibull { shape: first, scale: second }),
        _ => return Err(invalid(format!("prior: {prior} is not a prior"))),
    };
    // Asked for its density anywhere, a prior checks its numbers.
    prior.map(|prior| prior.ln_density(1.0)).transpose().map_err(|error| error.at(format_args!("prior of {parameter}")))?;
    priors.retain(|(name, _)| name != parameter);
    priors.extend(prior.map(|prior| (parameter.to_owned(), prior)));
    Ok(())
}

/// Sets the values of the parameters, in their order, and of the coefficients if there are covariates, from which the fits from then on
/// search; for a count of 0 from those the data suggests, as by default. Whether a model has as many, and parameters above 0, is seen
/// when it is fitted.
///
/// Since 0.1; any thread, one at a time; the array is copied. Errors: `ENG_INVALID_ARGUMENT` for a count that is not 0 to 1024, a null
/// pointer or what is not a finite number, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_set_start(model: eng_model, count: i64, values: *const f64) -> i32 {
    set(model, |options| {
        let count = estimates(count)?;
        // SAFETY: the caller's promise: an array of `count` numbers.
        let start = unsafe { numbers(values, count, "values")? };
        if let Some(value) = start.iter().find(|value| !value.is_finite()) {
            return Err(invalid(format!("start: {value} is not a finite number")));
        }
        options.start = (count > 0).then_some(start);
        Ok(())
    })
}

/// Sets k, the phases of a gap between purchases, with which `bg-cnbd-k` and `mbg-cnbd-k` are fitted from then on; 0, the default, chooses
/// the one from 1 to 12 that makes the purchases likeliest. No other model has one.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for what is not 0 to 12, `ENG_INVALID_HANDLE`, `ENG_FORKED`,
/// `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_set_k(model: eng_model, k: i64) -> i32 {
    guard::write(&MODELS, model, |slot| {
        slot.k = phases(k)?;
        Ok(())
    })
}

/// Sets the number of steps over which a fit gives up; 500 by default.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for what is not 0 to 4294967295, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_set_max_iterations(model: eng_model, max_iterations: i64) -> i32 {
    set(model, |options| {
        options.max_iterations = counted(max_iterations, "max_iterations")?;
        Ok(())
    })
}

/// Fits a model, by its name, to purchases: `nbd`, `pareto-nbd`, `bg-nbd`, `mbg-nbd`, `bg-cnbd-k`, `mbg-cnbd-k`, or `gamma-gamma` to what
/// they were worth, by the options and the covariates set. `mbg-nbd` is the one to begin with. On an error the handle keeps the model it had; the text of a fit that did not
/// converge has the best point and says what to try.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_FIT_FAILED`, also for purchases that no model can be fitted to,
/// `ENG_INVALID_ARGUMENT` for an unknown name, for purchases without the `log_gaps` a model needs, and for options and covariates that do
/// not fit it, `ENG_MISSING_FIELD` for empty purchases, and for those without a covariate that was set, which the text names, `ENG_INVALID_UTF8`, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_fit(
    model: eng_model,
    name: *const c_char,
    name_len: i64,
    purchases: eng_purchases,
) -> i32 {
    guard::write(&MODELS, model, |slot| {
        // SAFETY: the caller's promise for a text in.
        let name = unsafe { text::required(name, name_len, "name")? };
        slot.held = Some(PURCHASES.with(purchases.addr(), |summary| Held::fit(name, summary, slot))?);
        Ok(())
    })
}

/// Fits `bg-bb` to what customers did with fixed opportunities to buy: arrays of `rows` numbers, how many opportunities were taken, the
/// number of the last one taken (0 for none), how many there were (at most 10000), and how many customers a row stands for; the last may
/// be null, and then a row is one customer. On an error the handle keeps the model it had.
///
/// Since 0.1; any thread, one at a time; the arrays are copied. Errors: `ENG_FIT_FAILED`, also for data that the model cannot be fitted to,
/// `ENG_INVALID_ARGUMENT` naming the row, from 0, the column and the value, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`,
/// `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_fit_opportunities(
    model: eng_model,
    rows: i64,
    frequency: *const i64,
    recency: *const i64,
    chances: *const i64,
    customers: *const i64,
) -> i32 {
    guard::write(&MODELS, model, |slot| {
        let rows = counted(rows, "rows")? as usize;
        // SAFETY: the caller's promise: arrays of `rows` numbers.
        let (frequency, recency, chances, customers) = unsafe {
            (
                counts(frequency, rows, "frequency")?,
                counts(recency, rows, "recency")?,
                counts(chances, rows, "opportunities")?,
                if customers.is_null() { None } else { Some(sizes(customers, rows, "customers")?) },
            )
        };
        slot.only_plain(BgBb::NAME)?;
        chances.iter().try_for_each(|&chances| opportunities(i64::from(chances), "opportunities").map(drop))?;
        let data = Opportunities::from_columns(&frequency, &recency, &chances, customers.as_deref())?;
        slot.held = Some(Held::fit_opportunities(data, &slot.options)?);
        Ok(())
    })
}

/// Fits a model of contracts, `shifted-beta-geometric` or `beta-discrete-weibull`, to customers one by one: arrays of `rows`, how often
/// each contract was renewed, and a byte that says whether it still runs (not 0) or was lost at the occasion after that (0). On an error
/// the handle keeps the model it had.
///
/// Since 0.1; any thread, one at a time; the arrays are copied. Errors: `ENG_FIT_FAILED`, also for data that the model cannot be fitted to,
/// `ENG_INVALID_ARGUMENT` for an unknown name, and naming the row, from 0, the column and the value, `ENG_MISSING_FIELD` without a name,
/// `ENG_INVALID_UTF8`, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_fit_contracts(
    model: eng_model,
    name: *const c_char,
    name_len: i64,
    rows: i64,
    renewals: *const i64,
    active: *const c_char,
) -> i32 {
    guard::write(&MODELS, model, |slot| {
        // SAFETY: the caller's promise for a text in.
        let name = unsafe { text::required(name, name_len, "name")? };
        slot.only_plain(name)?;
        let rows = counted(rows, "rows")? as usize;
        // SAFETY: the caller's promise: arrays of `rows` numbers and bytes.
        let (renewals, active) = unsafe { (counts(renewals, rows, "renewals")?, flags(active, rows, "active")?) };
        slot.held = Some(Held::fit_renewals(name, Renewals::from_customers(&renewals, &active)?, &slot.options)?);
        Ok(())
    })
}

/// Fits a model of contracts, as `eng_model_fit_contracts` does, to cohorts of customers who began together: of each cohort how many
/// numbers it has, and those numbers, one cohort after the other: the customers at the start, and those still there after each renewal.
/// On an error the handle keeps the model it had.
///
/// Since 0.1; any thread, one at a time; the arrays are copied. Errors: as `eng_model_fit_contracts`, and `ENG_INVALID_ARGUMENT` for more
/// customers than before.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_fit_cohorts(
    model: eng_model,
    name: *const c_char,
    name_len: i64,
    cohorts: i64,
    lengths: *const i64,
    still_there: *const i64,
) -> i32 {
    guard::write(&MODELS, model, |slot| {
        // SAFETY: the caller's promise for a text in.
        let name = unsafe { text::required(name, name_len, "name")? };
        slot.only_plain(name)?;
        // SAFETY: the caller's promise: an array of `cohorts` numbers.
        let lengths = unsafe { counts(lengths, counted(cohorts, "cohorts")? as usize, "lengths")? };
        let total = lengths.iter().try_fold(0_u32, |total, length| total.checked_add(*length));
        let total = total.ok_or_else(|| invalid(format!("lengths: they add up to more than {}", u32::MAX)))? as usize;
        // SAFETY: the caller's promise: an array of as many numbers as the lengths add up to.
        let still_there = unsafe { sizes(still_there, total, "still_there")? };
        let (mut renewals, mut from) = (Renewals::default(), 0);
        for (number, length) in lengths.iter().enumerate() {
            let cohort = &still_there[from..from + *length as usize];
            from += cohort.len();
            let cohort = Renewals::from_cohort(cohort).map_err(|error| error.at(format_args!("cohort {number}")))?;
            renewals = renewals.with(&cohort);
        }
        slot.held = Some(Held::fit_renewals(name, renewals, &slot.options)?);
        Ok(())
    })
}
