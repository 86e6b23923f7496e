//! The cohort table: who came when, and how many of them came back in every later period.

use std::ffi::c_char;

use engagement_core::stay::{Cohort, CohortPeriod, Proportion, Retention, RetentionOptions};
use engagement_core::{Error, ErrorKind, Money, Result, TimeUnit, Timestamp};

use crate::arguments::{self, counted, unit};
use crate::guard;
use crate::handle::Table;
use crate::ledger::{LEDGERS, eng_ledger};
use crate::out::{Out, OutColumn, count, index, range};
use crate::score::no_column;
use crate::text::write_text;

/// Those with a purchase in the period: int64.
pub const ENG_RETENTION_ACTIVE: i32 = 1;
/// Those with a second purchase day by the end of the period: int64.
pub const ENG_RETENTION_REPEATED: i32 = 2;
/// What the cohort spent in the period, refunds taken off, in millionths: int64.
pub const ENG_RETENTION_SPEND: i32 = 3;

/// The cohort table. See `eng_retention_new`.
#[derive(Debug)]
#[expect(non_camel_case_types, reason = "the name in C")]
pub struct eng_retention_tag {
    _private: [u8; 0],
}

/// A handle: the cohort table. See `eng_retention_new`.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type eng_retention = *mut eng_retention_tag;

static RETENTION: Table<Book> = Table::new(11);

/// How the table is made, and the table.
struct Book {
    period: CohortPeriod,
    acquired_from: Option<Timestamp>,
    threads: usize,
    table: Option<Retention>,
}

impl Book {
    fn new() -> Book {
        Book { period: CohortPeriod::default(), acquired_from: None, threads: 0, table: None }
    }

    fn table(&self) -> Result<&Retention> {
        self.table.as_ref().ok_or_else(|| Error::new(ErrorKind::MissingField, "nothing has been measured into this handle"))
    }

    fn cohort(&self, cohort: i64) -> Result<&Cohort> {
        let cohorts = &self.table()?.cohorts;
        Ok(&cohorts[index(cohort, cohorts.len(), "cohort")?])
    }
}

/// Makes an empty cohort table, by months.
///
/// Since 0.1; any thread; free with `eng_retention_free`. Errors: `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_retention_new(retention: *mut eng_retention) -> i32 {
    guard::new(&RETENTION, retention, Book::new)
}

/// Frees a cohort table. Null is ignored.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_HANDLE`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_retention_free(retention: eng_retention) -> i32 {
    guard::free(&RETENTION, retention)
}

/// Gives the text of the last error of this handle; empty if its last call succeeded.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_HANDLE`, `ENG_BUFFER_TOO_SMALL`,
/// `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_retention_error(
    retention: eng_retention,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::call(|| unsafe { write_text(&guard::last_error(&RETENTION, retention)?, buffer, capacity, needed) })
}

/// Sets the calendar period of cohorts and columns: `ENG_UNIT_DAY`, `ENG_UNIT_WEEK` or, as by default, `ENG_UNIT_MONTH`.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_retention_set_period(retention: eng_retention, period: i32) -> i32 {
    guard::write(&RETENTION, retention, |book| {
        book.period = match unit(period, "period")? {
            TimeUnit::Day => CohortPeriod::Day,
            TimeUnit::Week => CohortPeriod::Week,
            TimeUnit::Month => CohortPeriod::Month,
        };
        Ok(())
    })
}

/// Sets a period of so many civil days, counted from a Monday.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for a number that is not 1 to 1000000, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_retention_set_days(retention: eng_retention, days: i64) -> i32 {
    guard::write(&RETENTION, retention, |book| {
        let days = counted(days, "days").ok().filter(|days| (1..=1_000_000).contains(days));
        let outside = || Error::new(ErrorKind::InvalidArgument, "days: not 1 to 1000000");
        book.period = CohortPeriod::Days(days.ok_or_else(outside)?);
        Ok(())
    })
}

/// Leaves out, and counts, customers who bought before a time, in microseconds since 1970 UTC.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_TIME`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_retention_set_acquired_from(retention: eng_retention, acquired_from_us: i64) -> i32 {
    guard::write(&RETENTION, retention, |book| {
        book.acquired_from = Some(Timestamp::from_micros(acquired_from_us)?);
        Ok(())
    })
}

/// Sets on how many threads to measure; 0, the default, takes one a processor. The threads live inside the call; the result is the same
/// to the last bit whatever their number.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for a number that is not 0 to 1024, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_retention_set_threads(retention: eng_retention, threads: i32) -> i32 {
    guard::write(&RETENTION, retention, |book| {
        book.threads = arguments::threads(threads)?;
        Ok(())
    })
}

/// Makes the cohort table of a ledger as of a time, in microseconds since 1970 UTC. On an error the handle keeps what it had.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_TIME`, `ENG_INVALID_ARGUMENT` for a period so short that the table has more
/// than 30 million cells, `ENG_OVERFLOW` if a sum of money does not fit, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_retention_measure(retention: eng_retention, ledger: eng_ledger, as_of_us: i64) -> i32 {
    guard::write(&RETENTION, retention, |book| {
        let options = RetentionOptions {
            period: book.period,
            acquired_from: book.acquired_from,
            threads: book.threads,
            ..RetentionOptions::new(Timestamp::from_micros(as_of_us)?)
        };
        book.table = Some(LEDGERS.with(ledger.addr(), |book| book.ledger.retention(&options))?);
        Ok(())
    })
}

/// Counts the cohorts, the customers without a purchase, and those left out by `eng_retention_set_acquired_from`.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the table is empty, `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_retention_count(
    retention: eng_retention,
    cohorts: *mut i64,
    prospects: *mut i64,
    earlier: *mut i64,
) -> i32 {
    guard::read(&RETENTION, retention, |book| {
        let outputs =
            [Out::required(cohorts, "cohorts")?, Out::required(prospects, "prospects")?, Out::required(earlier, "earlier")?];
        let table = book.table()?;
        let counts = [count(table.cohorts.len()), count(table.prospects), count(table.earlier)];
        outputs.iter().zip(counts).for_each(|(output, value)| output.write(value));
        Ok(())
    })
}

/// Gives the first civil day of the cohort at an index, from 0, such as `2026-03-01`; how many customers it has; and how many periods, its
/// own among them, are over by the as-of. The numbers may be left out by null pointers.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_ARGUMENT` for an index that does not exist,
/// `ENG_MISSING_FIELD` while the table is empty, `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_retention_cohort(
    retention: eng_retention,
    cohort: i64,
    customers: *mut i64,
    periods: *mut i64,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    guard::read(&RETENTION, retention, |book| {
        let found = book.cohort(cohort)?;
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(&found.start, buffer, capacity, needed)? };
        Out::optional(customers).write(count(found.customers));
        Out::optional(periods).write(count(found.active.len()));
        Ok(())
    })
}

/// Gives periods of a cohort, 0 its own, of one of the columns `ENG_RETENTION_ACTIVE` to `ENG_RETENTION_SPEND`.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for a cohort, column or period that does not exist, or is not over, and a null
/// output, `ENG_MISSING_FIELD` while the table is empty, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_retention_column(
    retention: eng_retention,
    cohort: i64,
    column: i32,
    offset: i64,
    count: i64,
    values: *mut i64,
) -> i32 {
    guard::read(&RETENTION, retention, |book| {
        let cohort = book.cohort(cohort)?;
        let periods = range(offset, count, cohort.active.len())?;
        let values = OutColumn::required(values, periods.len(), "values")?;
        match column {
            ENG_RETENTION_ACTIVE => values.write(cohort.active[periods].iter().map(|number| crate::out::count(*number))),
            ENG_RETENTION_REPEATED => values.write(cohort.repeated[periods].iter().map(|number| crate::out::count(*number))),
            ENG_RETENTION_SPEND => values.write(cohort.spend[periods].iter().copied().map(Money::micros)),
            _ => return Err(no_column(column, "the cohort table")),
        }
        Ok(())
    })
}

/// Gives the share of a cohort that `ENG_RETENTION_ACTIVE` or `ENG_RETENTION_REPEATED` counts in one period, 0 its own, with its 95 %
/// interval.
///
/// Since 0.1; any thread. Errors: as `eng_retention_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_retention_share(
    retention: eng_retention,
    cohort: i64,
    column: i32,
    period: i64,
    share: *mut f64,
    low: *mut f64,
    high: *mut f64,
) -> i32 {
    guard::read(&RETENTION, retention, |book| {
        let outputs = [Out::required(share, "share")?, Out::required(low, "low")?, Out::required(high, "high")?];
        let cohort = book.cohort(cohort)?;
        let missing = || Error::new(ErrorKind::InvalidArgument, format!("period {period} does not exist, or is not over"));
        let cell = usize::try_from(period).ok().and_then(|period| cohort.cell(period)).ok_or_else(missing)?;
        let Proportion { share, low, high, .. } = match column {
            ENG_RETENTION_ACTIVE => cell.retention,
            ENG_RETENTION_REPEATED => cell.repeat,
            _ => return Err(no_column(column, "shares")),
        };
        outputs.iter().zip([share, low, high]).for_each(|(output, value)| output.write(value));
        Ok(())
    })
}
