//! Rows put together.

use std::sync::OnceLock;

use super::{Purchases, TimeUnit};
use crate::error::Result;
use crate::money::Money;
use crate::score::{Keys, Nullable};

impl Purchases {
    /// No rows yet.
    pub(super) fn new(unit: TimeUnit) -> Purchases {
        Purchases {
            keys: Keys::default(),
            frequency: Vec::new(),
            recency: Vec::new(),
            age: Vec::new(),
            value: Nullable::default(),
            paid: Vec::new(),
            first_value: Nullable::default(),
            log_gaps: None,
            holdout: None,
            unit,
            prospects: 0,
            earlier: 0,
            excess_refunds: Money::ZERO,
            distinct: OnceLock::new(),
        }
    }

    /// Makes room for so many rows.
    pub(super) fn reserve(&mut self, rows: usize) -> Result<()> {
        self.frequency.try_reserve_exact(rows)?;
        self.recency.try_reserve_exact(rows)?;
        self.age.try_reserve_exact(rows)?;
        reserve(&mut self.value, rows)?;
        self.paid.try_reserve_exact(rows)?;
        reserve(&mut self.first_value, rows)?;
        if let Some(log_gaps) = &mut self.log_gaps {
            log_gaps.try_reserve_exact(rows)?;
        }
        if let Some(holdout) = &mut self.holdout {
            holdout.frequency.try_reserve_exact(rows)?;
            reserve(&mut holdout.value, rows)?;
            holdout.paid.try_reserve_exact(rows)?;
        }
        Ok(())
    }

    /// Appends all rows of another table, without their keys.
    pub(super) fn append(&mut self, other: &Purchases) {
        self.frequency.extend_from_slice(&other.frequency);
        self.recency.extend_from_slice(&other.recency);
        self.age.extend_from_slice(&other.age);
        append(&mut self.value, &other.value);
        self.paid.extend_from_slice(&other.paid);
        append(&mut self.first_value, &other.first_value);
        if let (Some(to), Some(from)) = (&mut self.log_gaps, &other.log_gaps) {
            to.extend_from_slice(from);
        }
        if let (Some(to), Some(from)) = (&mut self.holdout, &other.holdout) {
            to.frequency.extend_from_slice(&from.frequency);
            append(&mut to.value, &from.value);
            to.paid.extend_from_slice(&from.paid);
        }
    }

    /// Appends one row of another table, without its key.
    pub(super) fn copy(&mut self, other: &Purchases, row: usize) {
        self.frequency.push(other.frequency[row]);
        self.recency.push(other.recency[row]);
        self.age.push(other.age[row]);
        self.value.push(other.value.get(row));
        self.paid.push(other.paid[row]);
        self.first_value.push(other.first_value.get(row));
        if let (Some(to), Some(from)) = (&mut self.log_gaps, &other.log_gaps) {
            to.push(from[row]);
        }
        if let (Some(to), Some(from)) = (&mut self.holdout, &other.holdout) {
            to.frequency.push(from.frequency[row]);
            to.value.push(from.value.get(row));
            to.paid.push(from.paid[row]);
        }
    }
}

fn reserve(column: &mut Nullable, rows: usize) -> Result<()> {
    column.values.try_reserve_exact(rows)?;
    column.valid.try_reserve_exact(rows)?;
    Ok(())
}

fn append(column: &mut Nullable, other: &Nullable) {
    column.values.extend_from_slice(&other.values);
    column.valid.extend_from_slice(&other.valid);
}
