//! From a ledger to rows.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::refunds::{Bought, Rows, period};
use super::rows::{Row, Slice};
use super::{PurchaseOptions, Purchases};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Ledger, MAX_RUNS};
use crate::math::ln;
use crate::money::Money;
use crate::score::in_chunks;
use crate::time::{Calendar, Timestamp};

/// Customers summarised together, by one thread.
const CHUNK: u32 = 8192;

/// Gaps whose logarithms are looked up: most are shorter than three years.
const GAPS: i64 = 1024;

impl Ledger {
    /// Summarises the purchases of every customer who bought by the end of the observation.
    ///
    /// Only interactions at or before the end of what is measured are seen, refunds among them: `until` for the rows, `holdout`
    /// for the holdout. The first purchase is at age 0 if it lies in the period in which the observation ends; those who buy for
    /// the first time after the end have no row.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] unless the holdout ends after the observation, in a later period; memory refused.
    ///
    /// # Example
    /// ```
    /// use engagement_core::{Interaction, Ledger, PurchaseOptions, TimeUnit};
    ///
    /// let mut ledger = Ledger::new();
    /// for day in ["2026-01-05", "2026-01-07", "2026-01-12", "2026-02-02"] {
    ///     let at = ledger.zone().parse(day)?;
    ///     ledger.append(&Interaction { amount: Some("8".parse()?), ..Interaction::new("ann", at, "purchase") })?;
    /// }
    /// let options = PurchaseOptions::until(ledger.zone().parse_as_of("2026-01-25")?)
    ///     .grain(TimeUnit::Week)
    ///     .holdout(ledger.zone().parse_as_of("2026-02-08")?);
    /// let purchases = ledger.purchases(&options)?;
    /// assert_eq!((purchases.frequency()[0], purchases.recency()[0], purchases.age()[0]), (1, 1.0, 2.0));
    /// let holdout = purchases.holdout().unwrap();
    /// assert_eq!((holdout.length, holdout.frequency[0], holdout.value.get(0)), (2.0, 1, Some(8.0)));
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    pub fn purchases(&self, options: &PurchaseOptions) -> Result<Purchases> {
        let codes = self.code_count() as u32;
        let mut measure = Measure::new(self, options)?;
        measure.logs = (0..GAPS).map(|periods| ln(measure.units(periods))).collect();
        let mut all = measure.blank(codes as usize)?;
        let slices: Vec<Mutex<Slice<'_>>> = all.slices(CHUNK as usize).into_iter().map(Mutex::new).collect();
        let done = in_chunks(slices.len(), options.threads, |chunk| {
            let from = chunk as u32 * CHUNK;
            let mut slice = slices[chunk].lock().unwrap_or_else(PoisonError::into_inner);
            Chunk::summarise(&measure, from..codes.min(from + CHUNK), &mut slice)
        })?;
        drop(slices);
        let has_row = |code: &u32| {
            let chunk = done.get((code / CHUNK) as usize);
            chunk.is_some_and(|chunk| *code < codes && chunk.without.binary_search(code).is_err())
        };
        let order = self.customers.order();
        let mut rows: Vec<u32> = Vec::new();
        rows.try_reserve_exact(codes as usize)?;
        match order {
            None => rows.extend((0..codes).filter(has_row)),
            Some(order) => rows.extend(order.iter().copied().filter(has_row)),
        }
        if order.is_some() || rows.len() < codes as usize {
            all.gather(&rows)?;
        }
        rows.iter().for_each(|&code| all.keys.push(self.customers.get(code)));
        all.prospects = done.iter().map(|chunk| chunk.prospects).sum();
        all.earlier = done.iter().map(|chunk| chunk.earlier).sum();
        let excess: i128 = done.iter().map(|chunk| chunk.excess).sum();
        all.excess_refunds = Money::from_micros(i64::try_from(excess).unwrap_or(i64::MAX)).unwrap_or_default();
        Ok(all)
    }

    /// The row of one customer, who may have none.
    pub(crate) fn purchases_of(&self, customer: u32, options: &PurchaseOptions) -> Result<Option<Purchases>> {
        let measure = Measure::new(self, options)?;
        let mut row = measure.blank(1)?;
        let mut has_row = false;
        for mut slice in row.slices(1) {
            has_row = Chunk::summarise(&measure, customer..customer + 1, &mut slice)?.without.is_empty();
        }
        Ok(has_row.then_some(row))
    }
}

/// What is the same for all customers.
struct Measure<'a> {
    ledger: &'a Ledger,
    options: &'a PurchaseOptions,
    /// The period in which the observation ends.
    end: i64,
    /// The length of the holdout in periods, if there is one.
    holdout: Option<i64>,
    /// ln of the first numbers of periods, in units; for one customer there are none.
    logs: Vec<f64>,
}

impl<'a> Measure<'a> {
    fn new(ledger: &'a Ledger, options: &'a PurchaseOptions) -> Result<Measure<'a>> {
        let mut measure = Measure { ledger, options, end: 0, holdout: None, logs: Vec::new() };
        let mut calendar = measure.calendar();
        measure.end = period(&mut calendar, options.grain, options.until.micros());
        if let Some(holdout) = options.holdout {
            let length = period(&mut calendar, options.grain, holdout.micros()) - measure.end;
            if length <= 0 {
                let message = format!(
                    "holdout: {holdout} does not lie in a later {} than the end of the observation, {}",
                    options.grain, options.until
                );
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
            // Where a clock goes back over midnight, an earlier moment can lie in a later day.
            if holdout <= options.until {
                let message = format!("holdout: {holdout} is not after the end of the observation, {}", options.until);
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
            measure.holdout = Some(length);
        }
        Ok(measure)
    }

    fn calendar(&self) -> Calendar {
        self.options.zone.as_ref().unwrap_or(self.ledger.zone()).calendar()
    }

    /// A table of so many rows in which nothing is told yet.
    fn blank(&self, rows: usize) -> Result<Purchases> {
        Purchases::blank(self.options.unit, rows, true, self.holdout.map(|length| self.units(length)))
    }

    /// Periods as units of time.
    fn units(&self, periods: i64) -> f64 {
        periods as f64 * self.options.grain.days() / self.options.unit.days()
    }

    fn ln_gap(&self, periods: i64) -> f64 {
        usize::try_from(periods).ok().and_then(|at| self.logs.get(at).copied()).unwrap_or_else(|| ln(self.units(periods)))
    }
}

/// Customers with neighbouring codes after they were summarised.
struct Chunk {
    /// Those without a row.
    without: Vec<u32>,
    prospects: u64,
    earlier: u64,
    excess: i128,
}

impl Chunk {
    fn summarise(measure: &Measure<'_>, codes: Range<u32>, slice: &mut Slice<'_>) -> Result<Chunk> {
        let PurchaseOptions { until, grain, holdout, acquired_from, .. } = *measure.options;
        let until = until.micros();
        let last = holdout.map_or(until, Timestamp::micros);
        let mut chunk = Chunk { without: Vec::new(), prospects: 0, earlier: 0, excess: 0 };
        let mut bought = Bought::default();
        let mut calendar = measure.calendar();
        let mut hints = [0; MAX_RUNS];
        for (at, customer) in codes.enumerate() {
            let mut cursors = measure.ledger.cursors_near(customer, &mut hints);
            let mut rows = Rows::until(&mut cursors, last);
            let first = rows.next();
            if first.is_none_or(|(columns, row)| columns.at[row] > until) {
                chunk.leave_out(customer)?;
                continue;
            }
            bought.clear();
            let after = bought.read(first, &mut rows, until, grain, &mut calendar)?;
            if acquired_from.is_some_and(|from| bought.since.is_some_and(|since| since < from.micros())) {
                chunk.earlier += 1;
                chunk.leave_out(customer)?;
                continue;
            }
            chunk.excess += bought.excess;
            let Some((row, end)) = calibration(measure, &mut bought)? else {
                chunk.prospects += 1;
                chunk.leave_out(customer)?;
                continue;
            };
            slice.set(at, &row);
            if holdout.is_some() {
                bought.read(after, &mut rows, last, grain, &mut calendar)?;
                let (mut frequency, mut spend) = (0, Spend::default());
                bought.periods(|period, net| {
                    if period > end {
                        frequency += 1;
                        spend.add(net);
                    }
                })?;
                slice.set_holdout(at, frequency, spend.mean(), spend.paid);
            }
        }
        Ok(chunk)
    }

    fn leave_out(&mut self, customer: u32) -> Result<()> {
        self.without.try_reserve(1)?;
        self.without.push(customer);
        Ok(())
    }
}

/// Periods with net spend, and their spend in millionths.
#[derive(Default)]
struct Spend {
    paid: u32,
    total: i128,
}

impl Spend {
    fn add(&mut self, net: i128) {
        if net > 0 {
            self.paid += 1;
            self.total += net;
        }
    }

    fn mean(&self) -> Option<f64> {
        (self.paid > 0).then(|| self.total as f64 / 1e6 / f64::from(self.paid))
    }
}

/// A customer's row, and the period in which the observation ends; none if no purchase period is left.
fn calibration(measure: &Measure<'_>, bought: &mut Bought) -> Result<Option<(Row, i64)>> {
    let (mut first, mut last, mut frequency, mut log_gaps) = (None, 0, 0, 0.0);
    let (mut first_spend, mut spend) = (Spend::default(), Spend::default());
    let latest = bought.periods(|period, net| {
        if first.is_none() {
            first = Some(period);
            first_spend.add(net);
        } else {
            frequency += 1;
            log_gaps += measure.ln_gap(period - last);
            spend.add(net);
        }
        last = period;
    })?;
    let Some(first) = first else { return Ok(None) };
    // Where a clock goes back over midnight, a purchase can lie in the day after the day of a later end.
    let end = latest.unwrap_or(last).max(measure.end);
    let row = Row {
        frequency,
        recency: measure.units(last - first),
        age: measure.units(end - first),
        value: spend.mean(),
        paid: spend.paid,
        first_value: first_spend.mean(),
        log_gaps,
    };
    Ok(Some((row, end)))
}
