//! From a ledger to rows.

use std::ops::Range;

use super::refunds::{Bought, Rows, period};
use super::{Holdout, PurchaseOptions, Purchases};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Ledger, MAX_RUNS};
use crate::math::ln;
use crate::money::Money;
use crate::score::{Nullable, in_chunks};
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
    /// [`ErrorKind::InvalidArgument`] unless the holdout ends in a later period than the observation; memory refused.
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
        let done = in_chunks(codes.div_ceil(CHUNK) as usize, options.threads, |chunk| {
            let from = chunk as u32 * CHUNK;
            Chunk::summarise(&measure, from..codes.min(from + CHUNK))
        })?;
        let mut all = measure.rows(done.iter().map(|chunk| chunk.customers.len()).sum())?;
        match self.customers.order() {
            None => {
                for chunk in &done {
                    all.append(&chunk.rows);
                    chunk.customers.iter().for_each(|&code| all.keys.push(self.customers.get(code)));
                }
            }
            Some(order) => {
                for &code in order {
                    let Some(chunk) = done.get((code / CHUNK) as usize) else { continue };
                    if let Ok(at) = chunk.customers.binary_search(&code) {
                        all.keys.push(self.customers.get(code));
                        all.copy(&chunk.rows, at);
                    }
                }
            }
        }
        all.prospects = done.iter().map(|chunk| chunk.rows.prospects).sum();
        all.earlier = done.iter().map(|chunk| chunk.rows.earlier).sum();
        let excess: i128 = done.iter().map(|chunk| chunk.excess).sum();
        all.excess_refunds = Money::from_micros(i64::try_from(excess).unwrap_or(i64::MAX)).unwrap_or_default();
        Ok(all)
    }

    /// The row of one customer, who may have none.
    pub(crate) fn purchases_of(&self, customer: u32, options: &PurchaseOptions) -> Result<Option<Purchases>> {
        let chunk = Chunk::summarise(&Measure::new(self, options)?, customer..customer + 1)?;
        Ok((!chunk.rows.is_empty()).then_some(chunk.rows))
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
            measure.holdout = Some(length);
        }
        Ok(measure)
    }

    fn calendar(&self) -> Calendar {
        self.options.zone.as_ref().unwrap_or(self.ledger.zone()).calendar()
    }

    /// Periods as units of time.
    fn units(&self, periods: i64) -> f64 {
        periods as f64 * self.options.grain.days() / self.options.unit.days()
    }

    fn ln_gap(&self, periods: i64) -> f64 {
        usize::try_from(periods).ok().and_then(|at| self.logs.get(at).copied()).unwrap_or_else(|| ln(self.units(periods)))
    }

    /// A table with room for so many rows.
    fn rows(&self, rows: usize) -> Result<Purchases> {
        let mut table = Purchases::new(self.options.unit);
        table.log_gaps = Some(Vec::new());
        table.holdout = self.holdout.map(|length| Holdout {
            length: self.units(length),
            frequency: Vec::new(),
            value: Nullable::default(),
            paid: Vec::new(),
        });
        table.reserve(rows)?;
        Ok(table)
    }
}

/// Rows of customers with neighbouring codes.
struct Chunk {
    customers: Vec<u32>,
    rows: Purchases,
    excess: i128,
}

impl Chunk {
    fn summarise(measure: &Measure<'_>, codes: Range<u32>) -> Result<Chunk> {
        let PurchaseOptions { until, grain, holdout, acquired_from, .. } = *measure.options;
        let until = until.micros();
        let last = holdout.map_or(until, Timestamp::micros);
        let mut chunk = Chunk { customers: Vec::new(), rows: measure.rows(codes.len())?, excess: 0 };
        chunk.customers.try_reserve_exact(codes.len())?;
        let mut bought = Bought::default();
        let mut calendar = measure.calendar();
        let mut hints = [0; MAX_RUNS];
        for customer in codes {
            let mut cursors = measure.ledger.cursors_near(customer, &mut hints);
            let mut rows = Rows::until(&mut cursors, last);
            let first = rows.next();
            if first.is_none_or(|(columns, row)| columns.at[row] > until) {
                continue;
            }
            bought.clear();
            let after = bought.read(first, &mut rows, until, grain, &mut calendar)?;
            if acquired_from.is_some_and(|from| bought.since.is_some_and(|since| since < from.micros())) {
                chunk.rows.earlier += 1;
                continue;
            }
            chunk.excess += bought.excess;
            let Some(end) = chunk.rows.push_calibration(measure, &mut bought)? else {
                chunk.rows.prospects += 1;
                continue;
            };
            chunk.customers.push(customer);
            if let Some(holdout) = &mut chunk.rows.holdout {
                bought.read(after, &mut rows, last, grain, &mut calendar)?;
                holdout.push(end, &mut bought)?;
            }
        }
        Ok(chunk)
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

impl Purchases {
    /// Adds the row of a customer and returns the period in which the observation ends, or adds nothing and returns none if no
    /// purchase period is left.
    fn push_calibration(&mut self, measure: &Measure<'_>, bought: &mut Bought) -> Result<Option<i64>> {
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
        self.frequency.push(frequency);
        self.recency.push(measure.units(last - first));
        self.age.push(measure.units(end - first));
        self.value.push(spend.mean());
        self.paid.push(spend.paid);
        self.first_value.push(first_spend.mean());
        self.log_gaps.iter_mut().for_each(|column| column.push(log_gaps));
        Ok(Some(end))
    }
}

impl Holdout {
    /// Adds the row of a customer: the periods after the one in which the observation ends.
    fn push(&mut self, end: i64, bought: &mut Bought) -> Result<()> {
        let (mut frequency, mut spend) = (0, Spend::default());
        bought.periods(|period, net| {
            if period > end {
                frequency += 1;
                spend.add(net);
            }
        })?;
        self.frequency.push(frequency);
        self.value.push(spend.mean());
        self.paid.push(spend.paid);
        Ok(())
    }
}
