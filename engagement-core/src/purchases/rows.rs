//! Rows put together.

use std::sync::OnceLock;

use super::{Holdout, Purchases, TimeUnit};
use crate::error::Result;
use crate::money::Money;
use crate::score::{Keys, Nullable, filled, gather};

/// One customer's numbers.
pub(super) struct Row {
    pub(super) frequency: u32,
    pub(super) recency: f64,
    pub(super) age: f64,
    pub(super) value: Option<f64>,
    pub(super) paid: u32,
    pub(super) first_value: Option<f64>,
    pub(super) log_gaps: f64,
}

impl Purchases {
    /// A table of so many rows in which nothing is told yet; the holdout's length where there is one.
    pub(super) fn blank(unit: TimeUnit, rows: usize, log_gaps: bool, holdout_length: Option<f64>) -> Result<Purchases> {
        let nullable = || -> Result<Nullable> { Ok(Nullable { values: filled(rows, 0.0)?, valid: filled(rows, 0)? }) };
        let holdout = |length| -> Result<Holdout> {
            Ok(Holdout { length, frequency: filled(rows, 0)?, value: nullable()?, paid: filled(rows, 0)? })
        };
        Ok(Purchases {
            keys: Keys::default(),
            frequency: filled(rows, 0)?,
            recency: filled(rows, 0.0)?,
            age: filled(rows, 0.0)?,
            value: nullable()?,
            paid: filled(rows, 0)?,
            first_value: nullable()?,
            log_gaps: log_gaps.then(|| filled(rows, 0.0)).transpose()?,
            holdout: holdout_length.map(holdout).transpose()?,
            unit,
            prospects: 0,
            earlier: 0,
            excess_refunds: Money::ZERO,
            distinct: OnceLock::new(),
            alike: OnceLock::new(),
        })
    }

    /// The table cut into slices of so many rows, which several threads can fill.
    pub(super) fn slices(&mut self, rows: usize) -> Vec<Slice<'_>> {
        let (mut recency, mut age) = (self.recency.chunks_mut(rows), self.age.chunks_mut(rows));
        let (mut value, mut paid) = (cut(&mut self.value, rows), self.paid.chunks_mut(rows));
        let mut first_value = cut(&mut self.first_value, rows);
        let mut log_gaps = self.log_gaps.as_mut().map(|column| column.chunks_mut(rows));
        let mut holdout = self.holdout.as_mut().map(|holdout| {
            let counts = holdout.frequency.chunks_mut(rows).zip(holdout.paid.chunks_mut(rows));
            counts.zip(cut(&mut holdout.value, rows))
        });
        let slice = |frequency| Slice {
            frequency,
            recency: recency.next().unwrap_or_default(),
            age: age.next().unwrap_or_default(),
            value: value.next().unwrap_or_default(),
            paid: paid.next().unwrap_or_default(),
            first_value: first_value.next().unwrap_or_default(),
            log_gaps: log_gaps.as_mut().and_then(Iterator::next),
            holdout: holdout.as_mut().and_then(Iterator::next),
        };
        self.frequency.chunks_mut(rows).map(slice).collect()
    }

    /// Keeps these rows, in this order.
    pub(super) fn gather(&mut self, rows: &[u32]) -> Result<()> {
        let nullable = |column: &mut Nullable| {
            gather(&mut column.values, rows)?;
            gather(&mut column.valid, rows)
        };
        gather(&mut self.frequency, rows)?;
        gather(&mut self.recency, rows)?;
        gather(&mut self.age, rows)?;
        nullable(&mut self.value)?;
        gather(&mut self.paid, rows)?;
        nullable(&mut self.first_value)?;
        if let Some(log_gaps) = &mut self.log_gaps {
            gather(log_gaps, rows)?;
        }
        if let Some(holdout) = &mut self.holdout {
            gather(&mut holdout.frequency, rows)?;
            nullable(&mut holdout.value)?;
            gather(&mut holdout.paid, rows)?;
        }
        Ok(())
    }
}

/// Some rows of a column of which some are missing.
type Numbers<'s> = (&'s mut [f64], &'s mut [u8]);

/// Some rows of the holdout's frequency and paid.
type Counts<'s> = (&'s mut [u32], &'s mut [u32]);

/// Some rows of the table.
pub(super) struct Slice<'s> {
    frequency: &'s mut [u32],
    recency: &'s mut [f64],
    age: &'s mut [f64],
    value: Numbers<'s>,
    paid: &'s mut [u32],
    first_value: Numbers<'s>,
    log_gaps: Option<&'s mut [f64]>,
    holdout: Option<(Counts<'s>, Numbers<'s>)>,
}

impl Slice<'_> {
    /// Writes a row.
    pub(super) fn set(&mut self, at: usize, row: &Row) {
        self.frequency[at] = row.frequency;
        self.recency[at] = row.recency;
        self.age[at] = row.age;
        set(&mut self.value, at, row.value);
        self.paid[at] = row.paid;
        set(&mut self.first_value, at, row.first_value);
        if let Some(log_gaps) = &mut self.log_gaps {
            log_gaps[at] = row.log_gaps;
        }
    }

    /// Writes a row of the holdout.
    pub(super) fn set_holdout(&mut self, at: usize, frequency: u32, value: Option<f64>, paid: u32) {
        if let Some(((frequencies, paids), values)) = &mut self.holdout {
            frequencies[at] = frequency;
            paids[at] = paid;
            set(values, at, value);
        }
    }
}

fn cut(column: &mut Nullable, rows: usize) -> impl Iterator<Item = Numbers<'_>> {
    column.values.chunks_mut(rows).zip(column.valid.chunks_mut(rows))
}

fn set((values, valid): &mut Numbers<'_>, at: usize, value: Option<f64>) {
    values[at] = value.unwrap_or(0.0);
    valid[at] = u8::from(value.is_some());
}
