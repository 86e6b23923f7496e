//! Customers and logs drawn from a model.

use std::ffi::c_char;

use engagement_core::model::{GammaGamma, Model};
use engagement_core::simulate::{Reviews, Simulation};
use engagement_core::{Error, ErrorKind, Result, Timestamp, simulate};

use crate::arguments::{self, counted, seed, unit};
use crate::columns::numbers;
use crate::guard;
use crate::ledger::{LEDGERS, eng_ledger};
use crate::model::{MODELS, eng_model};
use crate::out::OutColumn;
use crate::purchases::{PURCHASES, eng_purchases};

/// Draws a log into the ledger, beside what it holds: customers 0, 1, 2 and so on, who come evenly from one time to another, in microseconds
/// since 1970 UTC, and buy as the model says, in `time_unit`, until a third. Purchases have amounts where the handle `spend` is not
/// null. The share `review_share` of them is reviewed, by customers whose contentment is beta distributed with the shapes
/// `contentment_a` and `contentment_b`, which are not looked at where the share is 0; and the share `referred` of the customers comes
/// because an earlier one referred them. The same seed gives the same log on any machine. On an error nothing is recorded.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` naming the value and its domain, for a model of something else, and
/// for a customer who makes a million purchases, `ENG_INVALID_TIME`, `ENG_MISSING_FIELD` for an empty model, `ENG_NO_MEMORY`,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_simulate(
    ledger: eng_ledger,
    model: eng_model,
    spend: eng_model,
    customers: i64,
    from_us: i64,
    to_us: i64,
    until_us: i64,
    time_unit: i32,
    review_share: f64,
    contentment_a: f64,
    contentment_b: f64,
    referred: f64,
    random_seed: i64,
) -> i32 {
    guard::write_read(&LEDGERS, ledger, models(model, spend), |book, (buying, spend)| {
        let arrivals = (Timestamp::from_micros(from_us)?, Timestamp::from_micros(to_us)?);
        let until = Timestamp::from_micros(until_us)?;
        let log = Simulation {
            spend,
            reviews: (review_share != 0.0)
                .then_some(Reviews { share: review_share, contentment: (contentment_a, contentment_b) }),
            referred,
            ..Simulation::new(&*buying, unit(time_unit, "time_unit")?, counted(customers, "customers")?, arrivals, until)
        };
        let loaded = log.load(&mut book.ledger, seed(random_seed))?;
        book.last = loaded.reconciliation;
        book.rejects = loaded.rejects;
        Ok(())
    })
}

/// The models of purchases and of spend of two handles, the second of which may be null. Models come before ledgers and purchases in
/// the order of locks.
fn models(model: eng_model, spend: eng_model) -> impl FnOnce() -> Result<(Model, Option<GammaGamma>)> {
    move || {
        let buying = MODELS.with(model.addr(), |slot| slot.purchases().copied())?;
        let spend = if spend.is_null() { None } else { Some(MODELS.with(spend.addr(), |slot| slot.spend().copied())?) };
        Ok((buying, spend))
    }
}

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
    guard::write_read(&PURCHASES, purchases, models(model, spend), |summary, (buying, spend)| {
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

/// Draws contracts from a model of them, as they stand after so many renewal occasions: arrays of `rows` that `eng_model_fit_contracts`
/// takes, how often each was renewed, and a byte that says whether it still runs (1) or was lost (0). The same seed gives the same contracts
/// on any machine.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for rows and occasions that are not 0 to 4294967295, null arrays, and a model
/// of something else, `ENG_MISSING_FIELD` for an empty model, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_simulate_contracts(
    model: eng_model,
    rows: i64,
    occasions: i64,
    random_seed: i64,
    renewed: *mut i64,
    active: *mut c_char,
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let rows = counted(rows, "rows")?;
        let renewed = OutColumn::required(renewed, rows as usize, "renewed")?;
        let active = OutColumn::required(active, rows as usize, "active")?;
        let occasions = counted(occasions, "occasions")?;
        let drawn = simulate::contracts(slot.contracts()?, rows.into(), occasions, seed(random_seed))?;
        renewed.write(drawn.iter().map(|contract| contract.renewals.into()));
        active.write(drawn.iter().map(|contract| contract.active.into()));
        Ok(())
    })
}

/// Draws customers from `bg-bb`, and what they do with their first opportunities, at most 10000: arrays of `rows` that
/// `eng_model_fit_opportunities` takes, how many opportunities were taken, and the number of the last one taken (0 for none). The same seed
/// gives the same customers on any machine.
///
/// Since 0.1; any thread. Errors: as `eng_model_simulate_contracts`, and `ENG_INVALID_ARGUMENT` for more opportunities.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_simulate_opportunities(
    model: eng_model,
    rows: i64,
    chances: i64,
    random_seed: i64,
    frequency: *mut i64,
    recency: *mut i64,
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let rows = counted(rows, "rows")?;
        let frequency = OutColumn::required(frequency, rows as usize, "frequency")?;
        let recency = OutColumn::required(recency, rows as usize, "recency")?;
        let chances = arguments::opportunities(chances, "opportunities")?;
        let drawn = simulate::opportunities(slot.opportunities()?, rows.into(), chances, seed(random_seed))?;
        frequency.write(drawn.iter().map(|customer| customer.frequency().into()));
        recency.write(drawn.iter().map(|customer| customer.recency().into()));
        Ok(())
    })
}
