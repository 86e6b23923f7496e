//! Purchases: frequency, recency, age and value, what the models are fitted to.

use std::ffi::c_char;

use engagement_core::{
    Error, ErrorKind, Nullable, PurchaseColumns, PurchaseOptions, Purchases, Result, TimeUnit, Timestamp, Values, Zone,
};

use crate::guard;
use crate::handle::Table;
use crate::ledger::{LEDGERS, eng_ledger};
use crate::memory::{Memory, memory};
use crate::out::{Out, OutColumn, count, index, range};
use crate::text::{self, write_text};

/// A day.
pub const ENG_UNIT_DAY: i32 = 0;
/// Seven days; as a grain, a civil week from Monday.
pub const ENG_UNIT_WEEK: i32 = 1;
/// 30.4375 days; as a grain, a calendar month.
pub const ENG_UNIT_MONTH: i32 = 2;

/// Column of `eng_purchases_int64_column`: repeat purchases.
pub const ENG_PURCHASES_FREQUENCY: i32 = 0;
/// Column of `eng_purchases_int64_column`: repeat purchases with net spend.
pub const ENG_PURCHASES_PAID: i32 = 1;
/// Column of `eng_purchases_int64_column`: purchases in the holdout.
pub const ENG_PURCHASES_HOLDOUT_FREQUENCY: i32 = 2;
/// Column of `eng_purchases_double_column`: from the first purchase to the last, in units.
pub const ENG_PURCHASES_RECENCY: i32 = 10;
/// Column of `eng_purchases_double_column`: from the first purchase to the end, in units.
pub const ENG_PURCHASES_AGE: i32 = 11;
/// Column of `eng_purchases_double_column`: mean net spend of the repeat purchases, in currency units.
pub const ENG_PURCHASES_VALUE: i32 = 12;
/// Column of `eng_purchases_double_column`: net spend of the first purchase, in currency units.
pub const ENG_PURCHASES_FIRST_VALUE: i32 = 13;
/// Column of `eng_purchases_double_column`: mean net spend of the purchases in the holdout, in currency units.
pub const ENG_PURCHASES_HOLDOUT_VALUE: i32 = 14;

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
#[derive(Default)]
pub(crate) struct Summary {
    unit: TimeUnit,
    grain: Option<TimeUnit>,
    zone: Option<Zone>,
    holdout: Option<Timestamp>,
    acquired_from: Option<Timestamp>,
    purchases: Option<Purchases>,
}

impl Summary {
    pub(crate) fn purchases(&self) -> Result<&Purchases> {
        self.purchases.as_ref().ok_or_else(|| Error::new(ErrorKind::MissingField, "nothing has been summarised into this handle"))
    }
}

fn unit(value: i32, name: &str) -> Result<TimeUnit> {
    match value {
        ENG_UNIT_DAY => Ok(TimeUnit::Day),
        ENG_UNIT_WEEK => Ok(TimeUnit::Week),
        ENG_UNIT_MONTH => Ok(TimeUnit::Month),
        _ => Err(Error::new(ErrorKind::InvalidArgument, format!("{name}: {value} is not a unit of time"))),
    }
}

/// Makes an empty summary of purchases: in weeks, counted by the day.
///
/// Since 0.1; any thread; free with `eng_purchases_free`. Errors: `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_new(purchases: *mut eng_purchases) -> i32 {
    guard::new(&PURCHASES, purchases, Summary::default)
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
        (summary.unit, summary.grain) = (time_unit, Some(grain));
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
            grain: summary.grain.unwrap_or(TimeUnit::Day),
            zone: summary.zone.clone(),
            holdout: summary.holdout,
            acquired_from: summary.acquired_from,
            ..PurchaseOptions::until(Timestamp::from_micros(until_us)?)
        };
        summary.purchases = Some(LEDGERS.with(ledger.addr(), |book| book.ledger.purchases(&options))?);
        Ok(())
    })
}

/// Takes purchases that were summarised elsewhere: arrays of `rows` numbers. Times are in the unit that was set. `value`, mean spend
/// of the repeat purchases, may be null; a NaN or 0 in it is missing. The customers are called 0, 1, 2 … On an error the
/// handle keeps what it had.
///
/// Since 0.1; any thread, one at a time; the arrays are copied. Errors: `ENG_INVALID_ARGUMENT` naming the row, the column and
/// the value, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_purchases_from_columns(
    purchases: eng_purchases,
    rows: i64,
    frequency: *const i64,
    recency: *const f64,
    age: *const f64,
    value: *const f64,
) -> i32 {
    guard::write(&PURCHASES, purchases, |summary| {
        let rows = usize::try_from(rows).ok().filter(|rows| *rows <= u32::MAX as usize);
        let rows = rows.ok_or_else(|| Error::new(ErrorKind::InvalidArgument, "rows: not 0 to 4294967295"))?;
        let whole = |(row, x): (usize, i64)| {
            u32::try_from(x).map_err(|_| {
                Error::new(ErrorKind::InvalidArgument, format!("frequency, row {row}: {x} is not 0 to {}", u32::MAX))
            })
        };
        // SAFETY: the caller's promise: arrays of `rows` numbers.
        let (frequency, recency, age) =
            unsafe { (copy(frequency, rows, "frequency")?, copy(recency, rows, "recency")?, copy(age, rows, "age")?) };
        let frequency = frequency.into_iter().enumerate().map(whole).collect::<Result<Vec<u32>>>()?;
        // SAFETY: as above.
        let value = if value.is_null() { None } else { Some(unsafe { copy(value, rows, "value")? }) };
        summary.purchases = Some(Purchases::from_columns(&PurchaseColumns {
            value: value.as_deref().map(Values::new),
            unit: summary.unit,
            ..PurchaseColumns::new(&frequency, &recency, &age)
        })?);
        Ok(())
    })
}

/// Copies an array of the caller, at any alignment.
///
/// # Safety
/// It holds `rows` numbers.
unsafe fn copy<T: Copy>(first: *const T, rows: usize, name: &str) -> Result<Vec<T>> {
    let mut values = Vec::new();
    if rows > 0 {
        let from: Memory = memory(first, 0, size_of::<T>(), name)?;
        values.try_reserve_exact(rows)?;
        for row in 0..rows {
            // SAFETY: the caller's promise.
            values.push(unsafe { from.value::<T>(row)? });
        }
    }
    Ok(values)
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
    guard::read(&PURCHASES, purchases, |summary| {
        let purchases = summary.purchases()?;
        let key = purchases.customer(index(row, purchases.len(), "row")?).to_string();
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(&key, buffer, capacity, needed) }
    })
}

/// Gives rows of one of the int64 columns, `ENG_PURCHASES_FREQUENCY` to `ENG_PURCHASES_HOLDOUT_FREQUENCY`.
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
            _ => return Err(Error::new(ErrorKind::InvalidArgument, format!("{column} is not a column of integers"))),
        };
        values.write(numbers[rows].iter().map(|&number| i64::from(number)));
        Ok(())
    })
}

/// Gives rows of one of the double columns, `ENG_PURCHASES_RECENCY` to `ENG_PURCHASES_HOLDOUT_VALUE`. A missing value is 0, and so is its
/// validity byte; else the byte is 1. The validity may be left out by a null pointer.
///
/// Since 0.1; any thread. Errors: as `eng_purchases_int64_column`.
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
        let values = OutColumn::required(values, rows.len(), "values")?;
        let valid = OutColumn::optional(valid);
        let all = |numbers: &[f64]| {
            values.write(numbers[rows.clone()].iter().copied());
            valid.write(rows.clone().map(|_| 1));
        };
        let some = |numbers: &Nullable| {
            values.write(numbers.values[rows.clone()].iter().copied());
            valid.write(numbers.valid[rows.clone()].iter().map(|byte| *byte as c_char));
        };
        match column {
            ENG_PURCHASES_RECENCY => all(purchases.recency()),
            ENG_PURCHASES_AGE => all(purchases.age()),
            ENG_PURCHASES_VALUE => some(purchases.value()),
            ENG_PURCHASES_FIRST_VALUE => some(purchases.first_value()),
            ENG_PURCHASES_HOLDOUT_VALUE => some(&purchases.holdout().ok_or_else(no_holdout)?.value),
            _ => return Err(Error::new(ErrorKind::InvalidArgument, format!("{column} is not a column of doubles"))),
        }
        Ok(())
    })
}

fn no_holdout() -> Error {
    Error::new(ErrorKind::MissingField, "the summary has no holdout: set one before summarising")
}
