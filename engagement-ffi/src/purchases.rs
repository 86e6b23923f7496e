//! Purchases: frequency, recency, age and value, what the models are fitted to.

use std::ffi::c_char;

use engagement_core::model::Covariates;
use engagement_core::{Error, ErrorKind, PurchaseColumns, PurchaseOptions, Purchases, Result, TimeUnit, Timestamp, Values, Zone};

use crate::arguments::{self, counted, unit};
use crate::columns::{counts, numbers};
use crate::guard;
use crate::handle::Table;
use crate::keys;
use crate::ledger::{LEDGERS, eng_ledger};
use crate::out::{Out, OutColumn, complete, count, nullable, range};
use crate::score::no_column;
use crate::text::{self, write_text};

/// A day.
pub const ENG_UNIT_DAY: i32 = 1;
/// Seven days; as a grain, a civil week from Monday.
pub const ENG_UNIT_WEEK: i32 = 2;
/// 30.4375 days; as a grain, a calendar month.
pub const ENG_UNIT_MONTH: i32 = 3;

/// Repeat purchases: int64.
pub const ENG_PURCHASES_FREQUENCY: i32 = 1;
/// Repeat purchases with net spend: int64.
pub const ENG_PURCHASES_PAID: i32 = 2;
/// Purchases in the holdout: int64.
pub const ENG_PURCHASES_HOLDOUT_FREQUENCY: i32 = 3;
/// Purchases in the holdout with net spend: int64.
pub const ENG_PURCHASES_HOLDOUT_PAID: i32 = 4;
/// From the first purchase to the last, in units: double.
pub const ENG_PURCHASES_RECENCY: i32 = 5;
/// From the first purchase to the end, in units: double.
pub const ENG_PURCHASES_AGE: i32 = 6;
/// Mean net spend of the repeat purchases with any, in currency units: double, missing without one.
pub const ENG_PURCHASES_VALUE: i32 = 7;
/// Net spend of the first purchase, in currency units: double, missing where it was free, or is not known.
pub const ENG_PURCHASES_FIRST_VALUE: i32 = 8;
/// The sum of the logarithms of the times between purchases, in units: double.
pub const ENG_PURCHASES_LOG_GAPS: i32 = 9;
/// Mean net spend of the purchases in the holdout with any, in currency units: double, missing without one.
pub const ENG_PURCHASES_HOLDOUT_VALUE: i32 = 10;

/// The purchases of customers, summarised. See `eng_purchases_new`.
#[derive(Debug)]
#[expect(non_camel_case_types, reason = "the name in C")]
pub struct eng_purchases_tag {
    _private: [u8; 0],
}

/// A handle: the purchases of customers, summarised. See `eng_purchases_new`.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type eng_purchases = *mut eng_purchases_tag;

pub(crate) static PURCHASES: Table<Summary> = Table::new(7);

/// The settings of a summary, and the summary.
pub(crate) struct Summary {
    pub(crate) unit: TimeUnit,
    grain: TimeUnit,
    zone: Option<Zone>,
    holdout: Option<Timestamp>,
    acquired_from: Option<Timestamp>,
    pub(crate) threads: usize,
    purchases: Option<Purchases>,
    /// Columns of numbers by name, a row for each of the purchases.
    covariates: Vec<(String, Vec<f64>)>,
}

impl Summary {
    fn new() -> Summary {
        Summary {
            unit: TimeUnit::Week,
            grain: TimeUnit::Day,
            zone: None,
            holdout: None,
            acquired_from: None,
            threads: 0,
            purchases: None,
            covariates: Vec::new(),
        }
    }

    pub(crate) fn purchases(&self) -> Result<&Purchases> {
        self.purchases.as_ref().ok_or_else(|| Error::new(ErrorKind::MissingField, "nothing has been summarised into this handle"))
    }

    /// Takes a summary, with all that it would otherwise make on first use: what a fork cuts short would never be made.
    pub(crate) fn keep(&mut self, purchases: Purchases) -> Result<()> {
        purchases.distinct()?;
        self.purchases = Some(purchases);
        // They belong to the rows there were.
        self.covariates.clear();
        Ok(())
    }

    /// Takes a covariate, in place of the one of this name.
    pub(crate) fn set_covariate(&mut self, name: &str, values: Vec<f64>) -> Result<()> {
        if let Some((_, column)) = self.covariates.iter_mut().find(|(known, _)| known == name) {
            *column = values;
            return Ok(());
        }
        self.covariates.try_reserve(1)?;
        self.covariates.push((name.to_owned(), values));
        Ok(())
    }

    /// The columns of the covariates of these names, in their order.
    pub(crate) fn covariate_columns(&self, names: &[String]) -> Result<Vec<&[f64]>> {
        let column = |name: &String| {
            let found = self.covariates.iter().find(|(known, _)| known == name);
            found.map(|(_, values)| &values[..]).ok_or_else(|| {
                let message = format!("the purchases have no covariate {name}: eng_purchases_set_covariate sets it");
                Error::new(ErrorKind::MissingField, message)
            })
        };
        names.iter().map(column).collect()
    }

    /// The covariates of these names, a row for each of the purchases.
    pub(crate) fn covariates(&self, names: &[String]) -> Result<Covariates> {
        let columns = self.covariate_columns(names)?;
        let rows = self.purchases()?.len();
        let mut values = Vec::new();
        values.try_reserve_exact(rows * columns.len())?;
        (0..rows).for_each(|row| values.extend(columns.iter().map(|column| column[row])));
        Covariates::new(&names.iter().map(String::as_str).collect::<Vec<_>>(), values)
    }
}

fn no_holdout() -> Error {
    Error::new(ErrorKind::MissingField, "the summary has no holdout: set one before summarising")
}

/// Makes an empty summary of purchases: in weeks, counted by the day.
///
/// Since 0.1; any thread; free with `eng_purchases_free`. Errors: `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_new(purchases: *mut eng_purchases) -> i32 {
    guard::new(&PURCHASES, purchases, Summary::new)
}

/// Frees a summary. Null is ignored.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_HANDLE`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_free(purchases: eng_purchases) -> i32 {
    guard::free(&PURCHASES, purchases)
}

/// Gives the text of the last error of this handle; empty if its last call succeeded.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_HANDLE`, `ENG_BUFFER_TOO_SMALL`,
/// `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_error(
    purchases: eng_purchases,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::call(|| unsafe { write_text(&guard::last_error(&PURCHASES, purchases)?, buffer, capacity, needed) })
}

/// Sets the unit of times, `ENG_UNIT_WEEK` by default, and the grain, within which several purchases count as one, `ENG_UNIT_DAY` by
/// default. They hold for what is summarised from then on.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_set_units(purchases: eng_purchases, time_unit: i32, grain: i32) -> i32 {
    guard::write(&PURCHASES, purchases, |summary| {
        let (time_unit, grain) = (unit(time_unit, "time_unit")?, unit(grain, "grain")?);
        (summary.unit, summary.grain) = (time_unit, grain);
        Ok(())
    })
}

/// Sets the zone whose calendar cuts the grains; without it, or for a null pointer, it is the ledger's.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for an unknown zone, `ENG_INVALID_UTF8`, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_set_zone(purchases: eng_purchases, zone: *const c_char, zone_len: i64) -> i32 {
    guard::write(&PURCHASES, purchases, |summary| {
        // SAFETY: the caller's promise for a text in.
        summary.zone = unsafe { text::optional(zone, zone_len, "zone")? }.map(Zone::new).transpose()?;
        Ok(())
    })
}

/// Sets the end of the holdout, inclusive, in microseconds since 1970 UTC: what is bought after the end and up to it is counted apart.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_TIME`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_set_holdout(purchases: eng_purchases, holdout_us: i64) -> i32 {
    guard::write(&PURCHASES, purchases, |summary| {
        summary.holdout = Some(Timestamp::from_micros(holdout_us)?);
        Ok(())
    })
}

/// Leaves out customers who bought before a time, in microseconds since 1970 UTC.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_TIME`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_set_acquired_from(purchases: eng_purchases, acquired_from_us: i64) -> i32 {
    guard::write(&PURCHASES, purchases, |summary| {
        summary.acquired_from = Some(Timestamp::from_micros(acquired_from_us)?);
        Ok(())
    })
}

/// Sets on how many threads to summarise; 0, the default, takes one a processor. The threads live inside the call; the result is the same
/// to the last bit whatever their number.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for a number that is not 0 to 1024, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_set_threads(purchases: eng_purchases, threads: i32) -> i32 {
    guard::write(&PURCHASES, purchases, |summary| {
        summary.threads = arguments::threads(threads)?;
        Ok(())
    })
}

/// Summarises the purchases of a ledger up to a time, in microseconds since 1970 UTC. Rows are in key order. On an error the handle keeps
/// what it had.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_TIME`, `ENG_INVALID_ARGUMENT` for a holdout before the end,
/// `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_summarise(purchases: eng_purchases, ledger: eng_ledger, until_us: i64) -> i32 {
    guard::write(&PURCHASES, purchases, |summary| {
        let options = PurchaseOptions {
            unit: summary.unit,
            grain: summary.grain,
            zone: summary.zone.clone(),
            holdout: summary.holdout,
            acquired_from: summary.acquired_from,
            threads: summary.threads,
            until: Timestamp::from_micros(until_us)?,
        };
        summary.keep(LEDGERS.with(ledger.addr(), |book| book.ledger.purchases(&options))?)
    })
}

/// Takes purchases that were summarised elsewhere: arrays of `rows` numbers. Times are in the unit that was set. The last three may be
/// null: `value`, mean spend of the repeat purchases, in which a NaN or 0 is missing; `paid`, how many of them had any, else all of those
/// with a value; `log_gaps`, the sum of the logarithms of the times between purchases, which `bg-cnbd-k` and `mbg-cnbd-k` are fitted to.
/// The customers are called 0, 1, 2 and so on. On an error the handle keeps what it had.
///
/// Since 0.1; any thread, one at a time; the arrays are copied. Errors: `ENG_INVALID_ARGUMENT` naming the row, from 0, the column and
/// the value, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_from_columns(
    purchases: eng_purchases,
    rows: i64,
    frequency: *const i64,
    recency: *const f64,
    age: *const f64,
    value: *const f64,
    paid: *const i64,
    log_gaps: *const f64,
) -> i32 {
    guard::write(&PURCHASES, purchases, |summary| {
        let rows = counted(rows, "rows")? as usize;
        // SAFETY: the caller's promise: arrays of `rows` numbers.
        let columns = unsafe {
            Columns {
                frequency: counts(frequency, rows, "frequency")?,
                recency: numbers(recency, rows, "recency")?,
                age: numbers(age, rows, "age")?,
                value: if value.is_null() { None } else { Some(numbers(value, rows, "value")?) },
                paid: if paid.is_null() { None } else { Some(counts(paid, rows, "paid")?) },
                log_gaps: if log_gaps.is_null() { None } else { Some(numbers(log_gaps, rows, "log_gaps")?) },
            }
        };
        let made = Purchases::from_columns(&PurchaseColumns {
            value: columns.value.as_deref().map(Values::new),
            paid: columns.paid.as_deref(),
            log_gaps: columns.log_gaps.as_deref(),
            unit: summary.unit,
            ..PurchaseColumns::new(&columns.frequency, &columns.recency, &columns.age)
        })?;
        summary.keep(made)
    })
}

/// Copies of the caller's arrays.
struct Columns {
    frequency: Vec<u32>,
    recency: Vec<f64>,
    age: Vec<f64>,
    value: Option<Vec<f64>>,
    paid: Option<Vec<u32>>,
    log_gaps: Option<Vec<f64>>,
}

/// Counts the rows, the prospects, who have not bought yet, and the customers left out by `eng_purchases_set_acquired_from`.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the summary is empty, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_count(
    purchases: eng_purchases,
    rows: *mut i64,
    prospects: *mut i64,
    earlier: *mut i64,
) -> i32 {
    guard::read(&PURCHASES, purchases, |summary| {
        let outputs = [Out::required(rows, "rows")?, Out::required(prospects, "prospects")?, Out::required(earlier, "earlier")?];
        let purchases = summary.purchases()?;
        let counts = [count(purchases.len()), count(purchases.prospects()), count(purchases.earlier())];
        outputs.iter().zip(counts).for_each(|(output, value)| output.write(value));
        Ok(())
    })
}

/// Gives the length of the holdout, in units: how far ahead to predict what its columns say.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the summary is empty or has no holdout, `ENG_INVALID_ARGUMENT` for a null
/// output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_holdout_length(purchases: eng_purchases, length: *mut f64) -> i32 {
    guard::read(&PURCHASES, purchases, |summary| {
        let length = Out::required(length, "length")?;
        length.write(summary.purchases()?.holdout().ok_or_else(no_holdout)?.length);
        Ok(())
    })
}

/// Gives the customer's key of one row.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_MISSING_FIELD` while the summary is empty,
/// `ENG_INVALID_ARGUMENT` for a row that does not exist, `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_key(
    purchases: eng_purchases,
    row: i64,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::read(&PURCHASES, purchases, |summary| unsafe { keys::key(summary.purchases()?, row, buffer, capacity, needed) })
}

/// Gives the width of the longest key in bytes, for `eng_purchases_key_column`.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the summary is empty, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_key_width(purchases: eng_purchases, width: *mut i64) -> i32 {
    guard::read(&PURCHASES, purchases, |summary| keys::width(summary.purchases()?, width))
}

/// Gives the keys of rows as text of a fixed width, as `eng_scores_key_column` does.
///
/// Since 0.1; any thread. Errors: `ENG_BUFFER_TOO_SMALL` if the width is too small, `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` while the
/// summary is empty, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_key_column(
    purchases: eng_purchases,
    offset: i64,
    count: i64,
    width: i64,
    keys: *mut c_char,
) -> i32 {
    guard::read(&PURCHASES, purchases, |summary| keys::column(summary.purchases()?, (offset, count), width, keys))
}

/// Gives the keys of rows that are integers; where a key is text, its validity byte is 0, and so is the key.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` while the summary is empty, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_int64_key_column(
    purchases: eng_purchases,
    offset: i64,
    count: i64,
    keys: *mut i64,
    valid: *mut c_char,
) -> i32 {
    guard::read(&PURCHASES, purchases, |summary| keys::int64_column(summary.purchases()?, (offset, count), keys, valid))
}

/// Gives rows of one of the int64 columns, `ENG_PURCHASES_FREQUENCY` to `ENG_PURCHASES_HOLDOUT_PAID`. None of them is ever missing.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` while the summary is empty or has no holdout,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_int64_column(
    purchases: eng_purchases,
    column: i32,
    offset: i64,
    count: i64,
    values: *mut i64,
) -> i32 {
    guard::read(&PURCHASES, purchases, |summary| {
        let purchases = summary.purchases()?;
        let rows = range(offset, count, purchases.len())?;
        let values = OutColumn::required(values, rows.len(), "values")?;
        let numbers = match column {
            ENG_PURCHASES_FREQUENCY => purchases.frequency(),
            ENG_PURCHASES_PAID => purchases.paid(),
            ENG_PURCHASES_HOLDOUT_FREQUENCY => &purchases.holdout().ok_or_else(no_holdout)?.frequency,
            ENG_PURCHASES_HOLDOUT_PAID => &purchases.holdout().ok_or_else(no_holdout)?.paid,
            _ => return Err(no_column(column, "integers")),
        };
        values.write(numbers[rows].iter().map(|&number| i64::from(number)));
        Ok(())
    })
}

/// Gives rows of one of the double columns, `ENG_PURCHASES_RECENCY` to `ENG_PURCHASES_HOLDOUT_VALUE`. A missing value is 0, and so is its
/// validity byte; else the byte is 1. The validity may be left out by a null pointer.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` while the summary is empty, has no holdout, or was given no
/// `log_gaps`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_double_column(
    purchases: eng_purchases,
    column: i32,
    offset: i64,
    count: i64,
    values: *mut f64,
    valid: *mut c_char,
) -> i32 {
    guard::read(&PURCHASES, purchases, |summary| {
        let purchases = summary.purchases()?;
        let rows = range(offset, count, purchases.len())?;
        match column {
            ENG_PURCHASES_RECENCY => complete(purchases.recency(), rows, values, valid),
            ENG_PURCHASES_AGE => complete(purchases.age(), rows, values, valid),
            ENG_PURCHASES_VALUE => nullable(purchases.value(), rows, values, valid),
            ENG_PURCHASES_FIRST_VALUE => nullable(purchases.first_value(), rows, values, valid),
            ENG_PURCHASES_LOG_GAPS => {
                let log_gaps = purchases.log_gaps();
                let missing = || Error::new(ErrorKind::MissingField, "the summary was given no log_gaps");
                complete(log_gaps.ok_or_else(missing)?, rows, values, valid)
            }
            ENG_PURCHASES_HOLDOUT_VALUE => nullable(&purchases.holdout().ok_or_else(no_holdout)?.value, rows, values, valid),
            _ => Err(no_column(column, "doubles")),
        }
    })
}
