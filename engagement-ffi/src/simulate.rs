//! Customers drawn from a model.

use engagement_core::{Error, ErrorKind, simulate};

use crate::arguments::{counted, seed};
use crate::columns::numbers;
use crate::guard;
use crate::model::{MODELS, eng_model};
use crate::purchases::{PURCHASES, eng_purchases};

/// The most purchases of all drawn customers together, on average.
const MOST_DRAWN: f64 = 1e9;

/// Draws customers from a model of purchases, of `rows` ages in the unit that was set, and what they spend where the handle `spend` is not
/// null. The same seed gives the same customers on any number of threads and any machine. They are called 0, 1, 2 and so on. On an error
/// the handle keeps what it had.
///
/// Since 0.1; any thread, one at a time; the array is copied. Errors: `ENG_INVALID_ARGUMENT` naming the row, from 0, of an age that is
/// not a number of at least 0, for a model of something else, and for customers who purchase more than 1000000000 times together,
/// `ENG_MISSING_FIELD` for an empty model, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_simulate(
    purchases: eng_purchases,
    model: eng_model,
    spend: eng_model,
    rows: i64,
    ages: *const f64,
    random_seed: i64,
) -> i32 {
    // Models come before purchases in the order of locks.
    let read = || {
        let buying = MODELS.with(model.addr(), |slot| slot.purchases().copied())?;
        let spend = if spend.is_null() { None } else { Some(MODELS.with(spend.addr(), |slot| slot.spend().copied())?) };
        Ok((buying, spend))
    };
    guard::write_read(&PURCHASES, purchases, read, |summary, (buying, spend)| {
        let rows = counted(rows, "rows")? as usize;
        // SAFETY: the caller's promise: an array of `rows` numbers.
        let ages = unsafe { numbers(ages, rows, "ages")? };
        let oldest = ages.iter().copied().filter(|age| age.is_finite()).fold(0.0, f64::max);
        // The times of all purchases of a customer are drawn, and would not fit in memory.
        let expected = buying.expected_purchases_new(oldest)? * rows as f64;
        if expected.is_nan() || expected > MOST_DRAWN {
            let message = format!("ages: {rows} customers of up to {oldest} units purchase more than {MOST_DRAWN} times");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let seed = seed(random_seed);
        summary.keep(simulate::purchases(&*buying, &ages, spend.as_ref(), summary.unit, seed, summary.threads)?)
    })
}
