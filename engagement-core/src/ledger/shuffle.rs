//! Moving the rows of columns, one column at a time, so that only one is in memory twice.

use super::columns::Columns;
use crate::error::Result;

/// Memory that a column moves into; what it leaves is there for the next.
#[derive(Debug, Default)]
pub(super) struct Spare {
    pub(super) integers: Vec<i64>,
    pub(super) numbers: Vec<f64>,
    pub(super) codes: Vec<u32>,
}

impl Columns {
    /// Moves every row to its place.
    pub(super) fn scatter(&mut self, places: &[u32], spare: &mut Spare) -> Result<()> {
        if places.is_empty() {
            return Ok(());
        }
        for integers in [&mut self.at, &mut self.amount, &mut self.cost] {
            scatter(integers, places, &mut spare.integers)?;
        }
        for numbers in [&mut self.rating, &mut self.reach] {
            scatter(numbers, places, &mut spare.numbers)?;
        }
        for codes in [&mut self.kind, &mut self.other].into_iter().chain(&mut self.text) {
            scatter(codes, places, &mut spare.codes)?;
        }
        Ok(())
    }

    /// These rows in this order.
    pub(super) fn gather(mut self, rows: &[u32], spare: &mut Spare) -> Result<Columns> {
        for integers in [&mut self.at, &mut self.amount, &mut self.cost] {
            gather(integers, rows, &mut spare.integers)?;
        }
        for numbers in [&mut self.rating, &mut self.reach] {
            gather(numbers, rows, &mut spare.numbers)?;
        }
        for codes in [&mut self.kind, &mut self.other].into_iter().chain(&mut self.text) {
            gather(codes, rows, &mut spare.codes)?;
        }
        Ok(self)
    }
}

/// Whether all rows of a column hold the same value, so that moving them changes nothing.
fn uniform<T: PartialEq>(column: &[T]) -> bool {
    column.first().is_none_or(|first| column.iter().all(|value| value == first))
}

fn scatter<T: Copy + PartialEq>(column: &mut Vec<T>, places: &[u32], spare: &mut Vec<T>) -> Result<()> {
    if uniform(column) {
        return Ok(());
    }
    if spare.len() < column.len() {
        spare.try_reserve_exact(column.len() - spare.len())?;
        spare.resize(column.len(), column[0]);
    }
    spare.truncate(column.len());
    for (&value, &place) in column.iter().zip(places) {
        spare[place as usize] = value;
    }
    std::mem::swap(column, spare);
    Ok(())
}

fn gather<T: Copy + PartialEq>(column: &mut Vec<T>, rows: &[u32], spare: &mut Vec<T>) -> Result<()> {
    if column.is_empty() {
        return Ok(());
    }
    if uniform(column) && rows.len() <= column.len() {
        column.truncate(rows.len());
    } else {
        spare.clear();
        spare.try_reserve_exact(rows.len())?;
        spare.extend(rows.iter().map(|&row| column[row as usize]));
        std::mem::swap(column, spare);
    }
    // Columns grow by doubling while they are staged.
    if column.capacity() > column.len() + column.len() / 8 {
        column.shrink_to_fit();
    }
    Ok(())
}
