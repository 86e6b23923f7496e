//! Posteriors: models drawn from what priors and purchases say of the parameters.

use std::ffi::c_char;

use engagement_core::model::{Estimated as _, Posterior, PosteriorOptions};
use engagement_core::{Error, ErrorKind, Result};

use crate::arguments::{self, within};
use crate::fit::replace_prior;
use crate::guard;
use crate::handle::Table;
use crate::held::{self, Held, Sort};
use crate::model::{MODELS, eng_model};
use crate::out::{Out, OutColumn, count, index, range};
use crate::purchases::{PURCHASES, eng_purchases};
use crate::text::{self, write_text};

/// The draws of all chains together, each of which is kept as a model.
const MOST_DRAWS: u32 = 1_000_000;

/// Models drawn from a posterior. See `eng_posterior_new`.
#[derive(Debug)]
#[expect(non_camel_case_types, reason = "the name in C")]
pub struct eng_posterior_tag {
    _private: [u8; 0],
}

/// A handle: models drawn from a posterior. See `eng_posterior_new`.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type eng_posterior = *mut eng_posterior_tag;

static POSTERIORS: Table<Sampling> = Table::new(14);

/// How a posterior is sampled, and its draws.
#[derive(Default)]
struct Sampling {
    options: PosteriorOptions<'static>,
    /// Phases of a gap; chosen from the data without.
    k: Option<u32>,
    drawn: Option<Posterior<Sort>>,
}

impl Sampling {
    fn drawn(&self) -> Result<&Posterior<Sort>> {
        self.drawn.as_ref().ok_or_else(|| Error::new(ErrorKind::MissingField, "nothing has been drawn into this handle"))
    }
}

fn set(posterior: eng_posterior, change: impl FnOnce(&mut Sampling) -> Result<()>) -> i32 {
    guard::write(&POSTERIORS, posterior, change)
}

/// Makes an empty posterior: 4 chains of 1000 draws each, after a warm-up of 1000 steps.
///
/// Since 0.1; any thread; free with `eng_posterior_free`. Errors: `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_posterior_new(posterior: *mut eng_posterior) -> i32 {
    guard::new(&POSTERIORS, posterior, Sampling::default)
}

/// Frees a posterior. Null is ignored.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_HANDLE`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_posterior_free(posterior: eng_posterior) -> i32 {
    guard::free(&POSTERIORS, posterior)
}

/// Gives the text of the last error of this handle; empty if its last call succeeded.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_HANDLE`, `ENG_BUFFER_TOO_SMALL`,
/// `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_posterior_error(
    posterior: eng_posterior,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::call(|| unsafe { write_text(&guard::last_error(&POSTERIORS, posterior)?, buffer, capacity, needed) })
}

/// Sets how much is drawn from then on: chains, each from a start of its own, 4 by default; the steps of a chain in which the sampler
/// adapts itself, and which do not count, 1000 by default; and the draws of a chain after that, 1000 by default.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for chains that are not 1 to 1000, a warm-up that is not 0 to
/// 1000000, draws that are not 4 to 1000000, and for more than 1000000 draws of all chains together, `ENG_INVALID_HANDLE`, `ENG_FORKED`,
/// `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_posterior_set_draws(posterior: eng_posterior, chains: i64, warm_up: i64, draws: i64) -> i32 {
    set(posterior, |sampling| {
        let chains = within(chains, "chains", 1..=1000)?;
        let tune = within(warm_up, "warm_up", 0..=1_000_000)?;
        let draws = within(draws, "draws", 4..=MOST_DRAWS)?;
        if u64::from(chains) * u64::from(draws) > u64::from(MOST_DRAWS) {
            let message = format!("draws: {draws} of each of {chains} chains are more than {MOST_DRAWS}");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        (sampling.options.chains, sampling.options.tune, sampling.options.draws) = (chains, tune, draws);
        Ok(())
    })
}

/// Sets the seed of the random numbers, 0 by default. The same seed gives the same draws on any number of threads, on the same kind of
/// machine: sums in the sampler depend on the processor's vector instructions, as nothing else in this library does.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_posterior_set_seed(posterior: eng_posterior, random_seed: i64) -> i32 {
    set(posterior, |sampling| {
        sampling.options.seed = arguments::seed(random_seed);
        Ok(())
    })
}

/// Sets on how many threads to draw; 0, the default, takes one a processor. The threads live inside the call, a chain on each.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for a number that is not 0 to 1024, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_posterior_set_threads(posterior: eng_posterior, threads: i32) -> i32 {
    set(posterior, |sampling| {
        sampling.options.threads = arguments::threads(threads)?;
        Ok(())
    })
}

/// Sets k, the phases of a gap between purchases, of `bg-cnbd-k` and `mbg-cnbd-k`; 0, the default, takes that of the likeliest parameters.
/// It is not drawn. No other model has one.
///
/// Since 0.1; any thread, one at a time. Errors: as `eng_model_set_k`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_posterior_set_k(posterior: eng_posterior, k: i64) -> i32 {
    set(posterior, |sampling| {
        sampling.k = arguments::phases(k)?;
        Ok(())
    })
}

/// Sets the prior of a parameter as `eng_model_set_prior` does. Every parameter has one: where none is set, its logarithm is normal with the
/// standard deviation 1.5 around that of a typical size, which is the mean age of the customers for alpha and beta, the mean value of
/// a purchase for v, and 1 for the others.
///
/// Since 0.1; any thread, one at a time; the text is copied. Errors: as `eng_model_set_prior`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_posterior_set_prior(
    posterior: eng_posterior,
    parameter: *const c_char,
    parameter_len: i64,
    prior: i32,
    first: f64,
    second: f64,
) -> i32 {
    set(posterior, |sampling| {
        // SAFETY: the caller's promise for a text in.
        let parameter = unsafe { text::required(parameter, parameter_len, "parameter")? };
        replace_prior(&mut sampling.options.priors, parameter, prior, (first, second))
    })
}

/// Draws models from the posterior of a model's parameters, by its name: `nbd`, `pareto-nbd`, `bg-nbd`, `mbg-nbd`, `bg-cnbd-k`,
/// `mbg-cnbd-k`, or `gamma-gamma` from what the purchases were worth. Chains start around the most likely parameters. On an error the handle
/// keeps the draws it had.
///
/// Since 0.1; any thread, one at a time; it reports its progress and can be cancelled. Errors: `ENG_FIT_FAILED` where the most
/// likely parameters cannot be found, also for purchases that no model can be fitted to, and where the sampler stopped, `ENG_INVALID_ARGUMENT`
/// for an unknown name, for purchases without the `log_gaps` a model needs, and for priors that do not fit it, `ENG_MISSING_FIELD` for empty
/// purchases and without a name, `ENG_CANCELLED`, `ENG_INVALID_UTF8`, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_posterior_sample(
    posterior: eng_posterior,
    name: *const c_char,
    name_len: i64,
    purchases: eng_purchases,
) -> i32 {
    guard::work(&POSTERIORS, posterior, |sampling, progress| {
        // SAFETY: the caller's promise for a text in.
        let name = unsafe { text::required(name, name_len, "name")? };
        let options = sampling.options.clone().progress(Some(progress));
        let drawn =
            PURCHASES.with(purchases.addr(), |summary| held::posterior(name, summary.purchases()?, sampling.k, &options))?;
        sampling.drawn = Some(drawn);
        Ok(())
    })
}

/// Tells how far a drawing under way in another thread is: steps done, of how many; both are 0 when none is. Never waits.
///
/// Since 0.1; any thread, also while another one draws. Errors: `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`,
/// `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_posterior_progress(posterior: eng_posterior, done: *mut i64, total: *mut i64) -> i32 {
    guard::progress(&POSTERIORS, posterior, done, total)
}

/// Stops the drawing under way in another thread, or the next one if none is: it returns `ENG_CANCELLED`, the handle keeps the draws it
/// had. Never waits.
///
/// Since 0.1; any thread, also while another one draws. Errors: `ENG_INVALID_HANDLE`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_posterior_cancel(posterior: eng_posterior) -> i32 {
    guard::cancel(&POSTERIORS, posterior)
}

/// Counts the parameters, the chains, the draws of all chains together, and those of them at which the sampler went astray: where there are
/// any, parts of the posterior may be left out.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the posterior is empty, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_posterior_count(
    posterior: eng_posterior,
    parameters: *mut i64,
    chains: *mut i64,
    draws: *mut i64,
    divergences: *mut i64,
) -> i32 {
    guard::read(&POSTERIORS, posterior, |sampling| {
        let outputs = [
            Out::required(parameters, "parameters")?,
            Out::required(chains, "chains")?,
            Out::required(draws, "draws")?,
            Out::required(divergences, "divergences")?,
        ];
        let drawn = sampling.drawn()?;
        let counts = [
            count(drawn.parameters().len()),
            i64::from(drawn.chains()),
            count(drawn.models().len()),
            i64::from(drawn.divergences()),
        ];
        outputs.iter().zip(counts).for_each(|(output, value)| output.write(value));
        Ok(())
    })
}

/// Gives the letter of the parameter at an index, from 0, as `eng_model_parameter_name` does.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_ARGUMENT` for an index that does not exist,
/// `ENG_MISSING_FIELD` while the posterior is empty, `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_posterior_parameter_name(
    posterior: eng_posterior,
    parameter: i64,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    guard::read(&POSTERIORS, posterior, |sampling| {
        let parameters = sampling.drawn()?.parameters();
        let name = &parameters[index(parameter, parameters.len(), "parameter")?].name;
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(name, buffer, capacity, needed) }
    })
}

/// Gives what the draws say of the parameter at an index, from 0: their mean and standard deviation; R-hat, which is 1 where the chains
/// agree, and infinite where none of them moves; and how many independent draws would know the middle of the distribution as well, and its 5 %
/// and 95 % quantiles.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for an index that does not exist or a null output, `ENG_MISSING_FIELD` while the
/// posterior is empty, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_posterior_parameter(
    posterior: eng_posterior,
    parameter: i64,
    mean: *mut f64,
    standard_deviation: *mut f64,
    r_hat: *mut f64,
    bulk_size: *mut f64,
    tail_size: *mut f64,
) -> i32 {
    guard::read(&POSTERIORS, posterior, |sampling| {
        let outputs = [
            Out::required(mean, "mean")?,
            Out::required(standard_deviation, "standard_deviation")?,
            Out::required(r_hat, "r_hat")?,
            Out::required(bulk_size, "bulk_size")?,
            Out::required(tail_size, "tail_size")?,
        ];
        let parameters = sampling.drawn()?.parameters();
        let found = &parameters[index(parameter, parameters.len(), "parameter")?];
        let values = [found.mean, found.standard_deviation, found.r_hat, found.bulk_size, found.tail_size];
        outputs.iter().zip(values).for_each(|(output, value)| output.write(value));
        Ok(())
    })
}

/// Gives the credible interval, of a level such as 0.95, of the parameter at an index, from 0: the quantiles of the draws that cut off the
/// same share at both ends.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for a level that is not between 0 and 1, and as `eng_posterior_parameter`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_posterior_interval(
    posterior: eng_posterior,
    parameter: i64,
    level: f64,
    low: *mut f64,
    high: *mut f64,
) -> i32 {
    guard::read(&POSTERIORS, posterior, |sampling| {
        let (low, high) = (Out::required(low, "low")?, Out::required(high, "high")?);
        let drawn = sampling.drawn()?;
        let at = index(parameter, drawn.parameters().len(), "parameter")?;
        let interval = drawn.credible_interval_of(level, |model| Ok(model.estimates()[at]))?;
        low.write(interval.low);
        high.write(interval.high);
        Ok(())
    })
}

/// Gives draws of the parameter at an index, from 0: chain after chain, all of them of the same number of draws.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for an index and for draws that do not exist, and for a null output,
/// `ENG_MISSING_FIELD` while the posterior is empty, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_posterior_column(
    posterior: eng_posterior,
    parameter: i64,
    offset: i64,
    count: i64,
    values: *mut f64,
) -> i32 {
    guard::read(&POSTERIORS, posterior, |sampling| {
        let drawn = sampling.drawn()?;
        let at = index(parameter, drawn.parameters().len(), "parameter")?;
        let draws = range(offset, count, drawn.models().len())?;
        let values = OutColumn::required(values, draws.len(), "values")?;
        values.write(drawn.models()[draws].iter().map(|model| model.estimates()[at]));
        Ok(())
    })
}

/// Gives what speaks against trusting the draws, a sentence a line, and nothing where all is well: an R-hat above 1.01, draws worth fewer
/// than 400 independent ones, draws that went astray.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_MISSING_FIELD` while the posterior is empty,
/// `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_posterior_notes(
    posterior: eng_posterior,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    guard::read(&POSTERIORS, posterior, |sampling| {
        let notes = sampling.drawn()?.warnings().join("\n");
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(&notes, buffer, capacity, needed) }
    })
}

/// Takes the model of one draw of a posterior, from 0, chain after chain: to ask it what it predicts. On an error the handle keeps the
/// model it had.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for a draw that does not exist, `ENG_MISSING_FIELD` for an empty
/// posterior, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_from_posterior(model: eng_model, posterior: eng_posterior, draw: i64) -> i32 {
    // Results come before models in the order of locks.
    let read = || {
        POSTERIORS.with(posterior.addr(), |sampling| {
            let models = sampling.drawn()?.models();
            Ok(models[index(draw, models.len(), "draw")?].clone())
        })
    };
    guard::write_read(&MODELS, model, read, |slot, drawn| {
        slot.held = Some(Held::Loaded(drawn));
        Ok(())
    })
}
