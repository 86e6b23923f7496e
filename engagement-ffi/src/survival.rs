//! Survival curves: how long customers stay, those who have not left included.

use std::ffi::c_char;

use engagement_core::stay::{KaplanMeier, SurvivalInterval, TenureEnd, TenureOptions};
use engagement_core::{Error, ErrorKind, Result, TimeUnit, Timestamp};

use crate::arguments::{self, counted, flag, unit};
use crate::columns::{flags, numbers};
use crate::guard;
use crate::handle::Table;
use crate::ledger::{LEDGERS, eng_ledger};
use crate::out::{self, Out, OutColumn, complete, count, nullable, range};
use crate::score::no_column;
use crate::text::write_text;

/// The different durations, ascending: double.
pub const ENG_SURVIVAL_TIME: i32 = 1;
/// The probability to last longer than the time: double.
pub const ENG_SURVIVAL_PROBABILITY: i32 = 2;
/// Its standard error: double, missing when nobody is left.
pub const ENG_SURVIVAL_STANDARD_ERROR: i32 = 3;
/// The lower end of its 95 % interval: double, missing before the first end and when nobody is left.
pub const ENG_SURVIVAL_LOW: i32 = 4;
/// The upper end of its 95 % interval: double, missing before the first end and when nobody is left.
pub const ENG_SURVIVAL_HIGH: i32 = 5;
/// Those whose duration is at least the time: int64.
pub const ENG_SURVIVAL_AT_RISK: i32 = 6;
/// Those for whom it ended at the time: int64.
pub const ENG_SURVIVAL_EVENTS: i32 = 7;
/// Those of whom nothing is known after the time: int64.
pub const ENG_SURVIVAL_CENSORED: i32 = 8;

/// A survival curve. See `eng_survival_new`.
#[derive(Debug)]
#[expect(non_camel_case_types, reason = "the name in C")]
pub struct eng_survival_tag {
    _private: [u8; 0],
}

/// A handle: a survival curve. See `eng_survival_new`.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type eng_survival = *mut eng_survival_tag;

static SURVIVAL: Table<Curve> = Table::new(12);

/// How a curve is made, and the curve.
#[derive(Default)]
struct Curve {
    interval: SurvivalInterval,
    unit: TimeUnit,
    acquired_from: Option<Timestamp>,
    threads: usize,
    made: Option<Made>,
}

/// A curve, and the customers of the ledger that are not in it.
struct Made {
    curve: KaplanMeier,
    without: u64,
    earlier: u64,
}

impl Curve {
    fn made(&self) -> Result<&Made> {
        self.made.as_ref().ok_or_else(|| Error::new(ErrorKind::MissingField, "no curve has been made in this handle"))
    }

    /// Makes the curve of a ledger's customers.
    fn measure(&mut self, ledger: eng_ledger, as_of_us: i64, end: TenureEnd) -> Result<()> {
        let options = TenureOptions {
            unit: self.unit,
            acquired_from: self.acquired_from,
            threads: self.threads,
            ..TenureOptions::new(Timestamp::from_micros(as_of_us)?, end)
        };
        let tenures = LEDGERS.with(ledger.addr(), |book| book.ledger.tenures(&options))?;
        let curve = KaplanMeier::with_interval(&tenures.duration, &tenures.observed, self.interval)?;
        self.made = Some(Made { curve, without: tenures.without, earlier: tenures.earlier });
        Ok(())
    }
}

/// Makes an empty curve.
///
/// Since 0.1; any thread; free with `eng_survival_free`. Errors: `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_survival_new(survival: *mut eng_survival) -> i32 {
    guard::new(&SURVIVAL, survival, Curve::default)
}

/// Frees a curve. Null is ignored.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_HANDLE`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_survival_free(survival: eng_survival) -> i32 {
    guard::free(&SURVIVAL, survival)
}

/// Gives the text of the last error of this handle; empty if its last call succeeded.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_HANDLE`, `ENG_BUFFER_TOO_SMALL`,
/// `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_survival_error(
    survival: eng_survival,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::call(|| unsafe { write_text(&guard::last_error(&SURVIVAL, survival)?, buffer, capacity, needed) })
}

/// Says how intervals are made: normal on ln(-ln S) (0, the default), or on the probability itself, cut at 0 and 1 (1).
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for another number, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_survival_set_plain(survival: eng_survival, plain: i32) -> i32 {
    guard::write(&SURVIVAL, survival, |curve| {
        let plain = flag(plain, "plain")?;
        curve.interval = if plain { SurvivalInterval::Plain } else { SurvivalInterval::LogLog };
        Ok(())
    })
}

/// Sets the unit of the durations of a ledger's customers, and of the gap of a silence: `ENG_UNIT_WEEK` by default.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_survival_set_unit(survival: eng_survival, time_unit: i32) -> i32 {
    guard::write(&SURVIVAL, survival, |curve| {
        curve.unit = unit(time_unit, "time_unit")?;
        Ok(())
    })
}

/// Leaves out, and counts, customers of a ledger who began before a time, in microseconds since 1970 UTC.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_TIME`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_survival_set_acquired_from(survival: eng_survival, acquired_from_us: i64) -> i32 {
    guard::write(&SURVIVAL, survival, |curve| {
        curve.acquired_from = Some(Timestamp::from_micros(acquired_from_us)?);
        Ok(())
    })
}

/// Sets on how many threads to go over a ledger; 0, the default, takes one a processor. The threads live inside the call; the result is the
/// same to the last bit whatever their number.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for a number that is not 0 to 1024, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_survival_set_threads(survival: eng_survival, threads: i32) -> i32 {
    guard::write(&SURVIVAL, survival, |curve| {
        curve.threads = arguments::threads(threads)?;
        Ok(())
    })
}

/// Makes the curve of durations: an array of `rows` numbers, and one of bytes that say whether the end was seen (not 0) or not (0). On an
/// error the handle keeps what it had.
///
/// Since 0.1; any thread, one at a time; the arrays are not kept. Errors: `ENG_INVALID_ARGUMENT` for no rows, and naming the row, from 0,
/// and the value, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_survival_from_columns(
    survival: eng_survival,
    rows: i64,
    durations: *const f64,
    observed: *const c_char,
) -> i32 {
    guard::write(&SURVIVAL, survival, |curve| {
        let rows = counted(rows, "rows")? as usize;
        // SAFETY: the caller's promise: arrays of `rows` numbers and bytes.
        let (durations, observed) = unsafe { (numbers(durations, rows, "durations")?, flags(observed, rows, "observed")?) };
        let made = KaplanMeier::with_interval(&durations, &observed, curve.interval)?;
        curve.made = Some(Made { curve: made, without: 0, earlier: 0 });
        Ok(())
    })
}

/// Makes the curve of a ledger's contracts as of a time, in microseconds since 1970 UTC: from the first subscription or renewal to the first
/// cancellation after it. On an error the handle keeps what it had.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_TIME`, `ENG_INVALID_ARGUMENT` for a ledger in which nobody began,
/// `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_survival_of_contracts(survival: eng_survival, ledger: eng_ledger, as_of_us: i64) -> i32 {
    guard::write(&SURVIVAL, survival, |curve| curve.measure(ledger, as_of_us, TenureEnd::Cancellation))
}

/// Makes the curve of a ledger's customers without a contract as of a time, in microseconds since 1970 UTC: from the first purchase to
/// the last, and the gap after it; whose last purchase is less than the gap ago has not left. On an error the handle keeps what it had.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_TIME`, `ENG_INVALID_ARGUMENT` for a gap that is not a finite number above 0
/// and a ledger in which nobody bought, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_survival_of_silence(
    survival: eng_survival,
    ledger: eng_ledger,
    as_of_us: i64,
    gap: f64,
) -> i32 {
    guard::write(&SURVIVAL, survival, |curve| curve.measure(ledger, as_of_us, TenureEnd::Silence { gap }))
}

/// Counts the rows of the curve, one for every different duration; and the customers of the ledger who did not begin, and those left
/// out by `eng_survival_set_acquired_from`.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` before a curve was made, `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_survival_count(
    survival: eng_survival,
    rows: *mut i64,
    without: *mut i64,
    earlier: *mut i64,
) -> i32 {
    guard::read(&SURVIVAL, survival, |curve| {
        let outputs = [Out::required(rows, "rows")?, Out::required(without, "without")?, Out::required(earlier, "earlier")?];
        let made = curve.made()?;
        let counts = [count(made.curve.time.len()), count(made.without), count(made.earlier)];
        outputs.iter().zip(counts).for_each(|(output, value)| output.write(value));
        Ok(())
    })
}

/// Gives rows of one of the double columns, `ENG_SURVIVAL_TIME` to `ENG_SURVIVAL_HIGH`. A missing value is 0, and so is its validity byte;
/// else the byte is 1. The validity may be left out by a null pointer.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` before a curve was made, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_survival_double_column(
    survival: eng_survival,
    column: i32,
    offset: i64,
    count: i64,
    values: *mut f64,
    valid: *mut c_char,
) -> i32 {
    guard::read(&SURVIVAL, survival, |curve| {
        let curve = &curve.made()?.curve;
        let rows = range(offset, count, curve.time.len())?;
        match column {
            ENG_SURVIVAL_TIME => complete(&curve.time, rows, values, valid),
            ENG_SURVIVAL_PROBABILITY => complete(&curve.survival, rows, values, valid),
            ENG_SURVIVAL_STANDARD_ERROR => nullable(&curve.standard_error, rows, values, valid),
            ENG_SURVIVAL_LOW => nullable(&curve.low, rows, values, valid),
            ENG_SURVIVAL_HIGH => nullable(&curve.high, rows, values, valid),
            _ => Err(no_column(column, "doubles")),
        }
    })
}

/// Gives rows of one of the int64 columns, `ENG_SURVIVAL_AT_RISK` to `ENG_SURVIVAL_CENSORED`.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` before a curve was made, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_survival_int64_column(
    survival: eng_survival,
    column: i32,
    offset: i64,
    count: i64,
    values: *mut i64,
) -> i32 {
    guard::read(&SURVIVAL, survival, |curve| {
        let curve = &curve.made()?.curve;
        let rows = range(offset, count, curve.time.len())?;
        let values = OutColumn::required(values, rows.len(), "values")?;
        let numbers = match column {
            ENG_SURVIVAL_AT_RISK => &curve.at_risk,
            ENG_SURVIVAL_EVENTS => &curve.events,
            ENG_SURVIVAL_CENSORED => &curve.censored,
            _ => return Err(no_column(column, "integers")),
        };
        values.write(numbers[rows].iter().map(|number| out::count(*number)));
        Ok(())
    })
}

/// Gives the probability to last longer than a time. `present` says whether it is known (1) or not (0, and it is 0): it is not before 0
/// and where the data does not reach.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` before a curve was made, `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_survival_at(
    survival: eng_survival,
    time: f64,
    probability: *mut f64,
    present: *mut i32,
) -> i32 {
    guard::read(&SURVIVAL, survival, |curve| {
        let (probability, present) = (Out::required(probability, "probability")?, Out::required(present, "present")?);
        let known = curve.made()?.curve.survival_at(time);
        probability.write(known.unwrap_or(0.0));
        present.write(i32::from(known.is_some()));
        Ok(())
    })
}

/// Gives the time by which half of all have left, with its 95 % interval. What the data does not reach is not there: its value is 0, and
/// its bit in `present` is not set; the bits are 1 median, 2 low, 4 high.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` before a curve was made, `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_survival_median(
    survival: eng_survival,
    median: *mut f64,
    low: *mut f64,
    high: *mut f64,
    present: *mut i32,
) -> i32 {
    guard::read(&SURVIVAL, survival, |curve| {
        let outputs = [Out::required(median, "median")?, Out::required(low, "low")?, Out::required(high, "high")?];
        let present = Out::required(present, "present")?;
        let found = curve.made()?.curve.median();
        present.write(out::present(&outputs, [found.time, found.low, found.high]));
        Ok(())
    })
}
