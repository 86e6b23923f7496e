//! The cohort table.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use serde::Serialize;

use super::cohort::{Cohort, CohortPeriod, Periods};
use super::rows::chunks_of_customers;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Ledger;
use crate::money::Money;
use crate::purchases::{PurchaseDay, visit_purchase_days};
use crate::time::Timestamp;

/// The most cells a table may have.
const MOST_CELLS: usize = 30_000_000;

/// How customers are put into cohorts.
#[derive(Clone, Copy, Debug)]
pub struct RetentionOptions {
    /// The end of the observation, inclusive.
    pub as_of: Timestamp,
    /// The calendar period of cohorts and columns; a month unless said otherwise.
    pub period: CohortPeriod,
    /// Customers seen buying before it are left out and counted: in a log cut out of a running business the first purchase seen
    /// is not their first.
    pub acquired_from: Option<Timestamp>,
    /// Threads, which live as long as the call; 0 takes as many as the machine has.
    pub threads: usize,
}

impl RetentionOptions {
    /// Months, up to a moment.
    #[must_use]
    pub fn new(as_of: Timestamp) -> RetentionOptions {
        RetentionOptions { as_of, period: CohortPeriod::default(), acquired_from: None, threads: 0 }
    }

    /// The same with another period.
    #[must_use]
    pub fn period(mut self, period: CohortPeriod) -> RetentionOptions {
        self.period = period;
        self
    }

    /// The same without the customers acquired before a moment.
    #[must_use]
    pub fn acquired_from(mut self, from: Timestamp) -> RetentionOptions {
        self.acquired_from = Some(from);
        self
    }
}

/// The cohort table: who came when, and how many of them came back in every later period.
///
/// Purchases are those of [`Ledger::purchases`]: civil days of the ledger's zone, with the refunds by the as-of taken off.
/// A period that is not over by the as-of is blank: it has no number, not even 0.
///
/// # Example
/// ```
/// use engagement_core::stay::RetentionOptions;
/// use engagement_core::{Interaction, Ledger};
///
/// let mut ledger = Ledger::new();
/// for (customer, day) in [("ann", "2026-01-05"), ("ann", "2026-03-01"), ("bob", "2026-01-20"), ("cid", "2026-02-02")] {
///     let at = ledger.zone().parse(day)?;
///     ledger.append(&Interaction { amount: Some("10".parse()?), ..Interaction::new(customer, at, "purchase") })?;
/// }
/// let table = ledger.retention(&RetentionOptions::new(ledger.zone().parse_as_of("2026-04-15")?))?;
/// let january = &table.cohorts[0];
/// assert_eq!((january.start.as_str(), january.customers), ("2026-01-01", 2));
/// assert_eq!(january.active, [2, 0, 1]);
/// assert_eq!(january.cell(2).unwrap().repeat.share, 0.5);
/// assert_eq!(january.cell(3), None, "April is not over");
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Retention {
    /// The end of the observation.
    pub as_of: Timestamp,
    /// The calendar period.
    pub period: CohortPeriod,
    /// The cohorts with customers, the earliest first.
    pub cohorts: Vec<Cohort>,
    /// Customers with interactions but no purchase by the as-of.
    pub prospects: u64,
    /// Customers left out because they were acquired too early.
    pub earlier: u64,
}

/// What the customers of a cohort did in one period.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    active: u64,
    /// Those whose second purchase day is in this period.
    repeated: u64,
    spend: i128,
}

/// A cohort, by the periods since its own, as far as there was a purchase and they are over.
#[derive(Debug, Default)]
struct Row {
    customers: u64,
    cells: Vec<Cell>,
}

/// What is known of some customers.
#[derive(Debug, Default)]
struct Part {
    /// By the number of the period.
    cohorts: HashMap<i64, Row, RandomState>,
    cells: usize,
    prospects: u64,
    earlier: u64,
}

impl Ledger {
    /// Makes the cohort table.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a period of no days, or one so short that the table has more than 30 million cells;
    /// [`ErrorKind::Overflow`] if a sum of money does not fit; memory refused.
    pub fn retention(&self, options: &RetentionOptions) -> Result<Retention> {
        options.period.check()?;
        // A period is over if the next moment belongs to another one.
        let next = self.zone().calendar().day(options.as_of.plus(1).micros());
        let unfinished = Periods::new(options.period).of(next);
        // Sums of integers are the same in any order, so that threads may add to whichever part is free.
        let parts: Mutex<Vec<Part>> = Mutex::default();
        chunks_of_customers(self, options.threads, |codes| {
            let mut part = locked(&parts).pop().unwrap_or_default();
            part.add_customers(self, codes, options, unfinished)?;
            locked(&parts).push(part);
            Ok(())
        })?;
        let mut all = Part::default();
        for part in parts.into_inner().unwrap_or_else(PoisonError::into_inner) {
            all.add(part, options.period)?;
        }
        let mut rows: Vec<(i64, Row)> = all.cohorts.into_iter().collect();
        rows.sort_unstable_by_key(|row| row.0);
        let finished = |cohort: i64| usize::try_from(unfinished - cohort).unwrap_or(0);
        check_cells(rows.iter().map(|row| finished(row.0)).sum(), options.period)?;
        let periods = Periods::new(options.period);
        Ok(Retention {
            as_of: options.as_of,
            period: options.period,
            cohorts: rows.iter().map(|(at, row)| cohort(periods.start(*at), row, finished(*at))).collect::<Result<_>>()?,
            prospects: all.prospects,
            earlier: all.earlier,
        })
    }
}

fn check_cells(cells: usize, period: CohortPeriod) -> Result<()> {
    if cells <= MOST_CELLS {
        return Ok(());
    }
    let message = format!("period: {period:?} is so short for this log that the table has more than {MOST_CELLS} cells");
    Err(Error::new(ErrorKind::InvalidArgument, message))
}

fn locked(parts: &Mutex<Vec<Part>>) -> MutexGuard<'_, Vec<Part>> {
    parts.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Part {
    fn add_customers(&mut self, ledger: &Ledger, codes: Range<u32>, options: &RetentionOptions, unfinished: i64) -> Result<()> {
        let mut periods = Periods::new(options.period);
        let from = options.acquired_from.map(Timestamp::micros);
        visit_purchase_days(ledger, codes, options.as_of, |bought| {
            if from.is_some_and(|from| bought.since.is_some_and(|since| since < from)) {
                self.earlier += 1;
            } else if let Some(first) = bought.days.first() {
                self.add_customer(periods.of(first.day), bought.days, &mut periods, unfinished)?;
            } else {
                self.prospects += 1;
            }
            Ok(())
        })
    }

    fn add_customer(&mut self, cohort: i64, days: &[PurchaseDay], periods: &mut Periods, unfinished: i64) -> Result<()> {
        self.cohorts.try_reserve(1)?;
        let row = self.cohorts.entry(cohort).or_default();
        row.customers += 1;
        let mut last = None;
        for (number, day) in days.iter().enumerate() {
            let period = periods.of(day.day);
            if period >= unfinished {
                break;
            }
            let after = (period - cohort) as usize;
            if row.cells.len() <= after {
                self.cells += row.lengthen(after + 1)?;
                check_cells(self.cells, periods.period())?;
            }
            let cell = &mut row.cells[after];
            cell.active += u64::from(last != Some(after));
            cell.repeated += u64::from(number == 1);
            cell.spend += day.net;
            last = Some(after);
        }
        Ok(())
    }

    fn add(&mut self, other: Part, period: CohortPeriod) -> Result<()> {
        self.prospects += other.prospects;
        self.earlier += other.earlier;
        self.cohorts.try_reserve(other.cohorts.len())?;
        for (cohort, theirs) in other.cohorts {
            let row = self.cohorts.entry(cohort).or_default();
            row.customers += theirs.customers;
            self.cells += row.lengthen(theirs.cells.len())?;
            check_cells(self.cells, period)?;
            for (cell, their) in row.cells.iter_mut().zip(theirs.cells) {
                cell.active += their.active;
                cell.repeated += their.repeated;
                cell.spend += their.spend;
            }
        }
        Ok(())
    }
}

impl Row {
    /// Makes it at least so long and returns by how many cells it grew.
    fn lengthen(&mut self, len: usize) -> Result<usize> {
        let more = len.saturating_sub(self.cells.len());
        self.cells.try_reserve(more)?;
        self.cells.resize(self.cells.len() + more, Cell::default());
        Ok(more)
    }
}

fn cohort(start: String, row: &Row, finished: usize) -> Result<Cohort> {
    let mut cohort = Cohort {
        start,
        customers: row.customers,
        active: filled(finished, 0)?,
        repeated: filled(finished, 0)?,
        spend: filled(finished, Money::ZERO)?,
    };
    for (after, cell) in row.cells.iter().enumerate() {
        cohort.active[after] = cell.active;
        cohort.repeated[after] = cell.repeated;
        cohort.spend[after] = i64::try_from(cell.spend).ok().and_then(Money::from_micros).ok_or_else(|| {
            Error::new(ErrorKind::Overflow, format!("spend: the sum of the cohort of {} does not fit", cohort.start))
        })?;
    }
    let mut so_far = 0;
    for repeated in &mut cohort.repeated {
        so_far += *repeated;
        *repeated = so_far;
    }
    Ok(cohort)
}

fn filled<T: Copy>(len: usize, value: T) -> Result<Vec<T>> {
    let mut column = Vec::new();
    column.try_reserve_exact(len)?;
    column.resize(len, value);
    Ok(column)
}
