//! The fields of many interactions, a vector each, and the total order over them.

use std::cmp::Ordering;

use super::customers::Customers;
use super::dictionary::{Dictionary, NONE};
use super::keys::remove;
use super::stage::Faults;
use crate::error::Result;

/// The amount of no amount.
pub(crate) const NO_MONEY: i64 = i64::MIN;

/// A text field that is a dictionary code, by its place in the order of comparison: the id comes first among all fields but
/// the time; item and arm, at 2 and 6, are never asked for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    Id = 0,
    Order = 1,
    Channel = 3,
    Unit = 4,
    Campaign = 5,
}

impl Text {
    pub(crate) const COUNT: usize = 7;
}

/// One interaction without its customer, in codes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) at: i64,
    pub(crate) kind: u32,
    pub(crate) other: u32,
    pub(crate) amount: i64,
    pub(crate) cost: i64,
    pub(crate) rating: f64,
    pub(crate) reach: f64,
    pub(crate) text: [u32; Text::COUNT],
}

impl Row {
    /// Same content: every field but the id.
    pub(crate) fn same_content(&self, other: &Row) -> bool {
        self.at == other.at
            && self.kind == other.kind
            && self.other == other.other
            && self.amount == other.amount
            && self.cost == other.cost
            && self.rating.to_bits() == other.rating.to_bits()
            && self.reach.to_bits() == other.reach.to_bits()
            && self.text[1..] == other.text[1..]
    }
}

/// Columns of equal length; an optional one is empty until a value appears in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    pub(crate) at: Vec<i64>,
    pub(crate) kind: Vec<u32>,
    pub(crate) amount: Vec<i64>,
    pub(crate) cost: Vec<i64>,
    pub(crate) rating: Vec<f64>,
    pub(crate) reach: Vec<f64>,
    pub(crate) other: Vec<u32>,
    pub(crate) text: [Vec<u32>; Text::COUNT],
}

fn put<T: Copy>(column: &mut Vec<T>, len: usize, value: T, present: bool, missing: T) -> Result<()> {
    if column.is_empty() {
        if !present {
            return Ok(());
        }
        column.try_reserve(len + 1)?;
        column.resize(len, missing);
    } else {
        column.try_reserve(1)?;
    }
    column.push(value);
    Ok(())
}

fn take<T: Copy>(column: &[T], row: usize, missing: T) -> T {
    column.get(row).copied().unwrap_or(missing)
}

impl Columns {
    pub(crate) fn len(&self) -> usize {
        self.at.len()
    }

    #[inline]
    pub(crate) fn get(&self, row: usize) -> Row {
        Row {
            at: self.at[row],
            kind: self.kind[row],
            other: take(&self.other, row, NONE),
            amount: take(&self.amount, row, NO_MONEY),
            cost: take(&self.cost, row, NO_MONEY),
            rating: take(&self.rating, row, f64::NAN),
            reach: take(&self.reach, row, f64::NAN),
            text: std::array::from_fn(|column| take(&self.text[column], row, NONE)),
        }
    }

    pub(crate) fn text(&self, column: Text, row: usize) -> u32 {
        take(&self.text[column as usize], row, NONE)
    }

    /// Appends a row. A refused allocation leaves the columns as they were, after [`truncate`](Columns::truncate).
    pub(crate) fn push(&mut self, row: &Row) -> Result<()> {
        let len = self.len();
        self.at.try_reserve(1)?;
        self.kind.try_reserve(1)?;
        put(&mut self.amount, len, row.amount, row.amount != NO_MONEY, NO_MONEY)?;
        put(&mut self.cost, len, row.cost, row.cost != NO_MONEY, NO_MONEY)?;
        put(&mut self.rating, len, row.rating, !row.rating.is_nan(), f64::NAN)?;
        put(&mut self.reach, len, row.reach, !row.reach.is_nan(), f64::NAN)?;
        put(&mut self.other, len, row.other, row.other != NONE, NONE)?;
        for (column, code) in self.text.iter_mut().zip(row.text) {
            put(column, len, code, code != NONE, NONE)?;
        }
        self.at.push(row.at);
        self.kind.push(row.kind);
        Ok(())
    }

    /// Lengthens the columns that hold fewer values than there are times.
    pub(crate) fn pad(&mut self) -> Result<()> {
        let len = self.len();
        fn longer<T: Copy>(column: &mut Vec<T>, len: usize, missing: T) -> Result<()> {
            if !column.is_empty() && column.len() < len {
                column.try_reserve(len - column.len())?;
                column.resize(len, missing);
            }
            Ok(())
        }
        for money in [&mut self.amount, &mut self.cost] {
            longer(money, len, NO_MONEY)?;
        }
        for number in [&mut self.rating, &mut self.reach] {
            longer(number, len, f64::NAN)?;
        }
        for code in std::iter::once(&mut self.other).chain(&mut self.text) {
            longer(code, len, NONE)?;
        }
        Ok(())
    }

    /// Takes the faulty ones out of the rows from `from` on.
    pub(crate) fn remove(&mut self, from: usize, faults: &Faults) {
        for number in [&mut self.rating, &mut self.reach] {
            remove(number, from, faults);
        }
        for integer in [&mut self.at, &mut self.amount, &mut self.cost] {
            remove(integer, from, faults);
        }
        for code in [&mut self.kind, &mut self.other].into_iter().chain(&mut self.text) {
            remove(code, from, faults);
        }
    }

    /// Drops the optional columns in which no value is left.
    pub(crate) fn drop_absent(&mut self) {
        for money in [&mut self.amount, &mut self.cost] {
            if money.iter().all(|&m| m == NO_MONEY) {
                *money = Vec::new();
            }
        }
        for number in [&mut self.rating, &mut self.reach] {
            if number.iter().all(|n| n.is_nan()) {
                *number = Vec::new();
            }
        }
        for code in std::iter::once(&mut self.other).chain(&mut self.text) {
            if code.iter().all(|&c| c == NONE) {
                *code = Vec::new();
            }
        }
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.at.truncate(len);
        self.kind.truncate(len);
        for money in [&mut self.amount, &mut self.cost] {
            money.truncate(len);
        }
        for number in [&mut self.rating, &mut self.reach] {
            number.truncate(len);
        }
        for code in std::iter::once(&mut self.other).chain(&mut self.text) {
            code.truncate(len);
        }
    }

    pub(crate) fn heap_size(&self) -> usize {
        self.at.capacity() * 8
            + (self.kind.capacity() + self.other.capacity()) * 4
            + (self.amount.capacity() + self.cost.capacity() + self.rating.capacity() + self.reach.capacity()) * 8
            + self.text.iter().map(|column| column.capacity() * 4).sum::<usize>()
    }
}

/// What the total order needs to compare codes by what they stand for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names<'a> {
    pub(crate) customers: &'a Customers,
    pub(crate) kinds: &'a Dictionary,
    pub(crate) texts: &'a [Dictionary; Text::COUNT],
}

impl Names<'_> {
    /// The total order within one customer.
    pub(crate) fn compare(&self, a: &Row, b: &Row) -> Ordering {
        let text = |column: usize| {
            let (a, b) = (a.text[column], b.text[column]);
            if a == b { Ordering::Equal } else { self.texts[column].text(a).cmp(&self.texts[column].text(b)) }
        };
        let number = |a: f64, b: f64| match (a.is_nan(), b.is_nan()) {
            (false, false) => a.total_cmp(&b),
            (a, b) => b.cmp(&a),
        };
        a.at.cmp(&b.at)
            .then_with(|| text(Text::Id as usize))
            .then_with(|| if a.kind == b.kind { Ordering::Equal } else { self.kinds.get(a.kind).cmp(self.kinds.get(b.kind)) })
            .then_with(|| a.amount.cmp(&b.amount))
            .then_with(|| number(a.rating, b.rating))
            .then_with(|| number(a.reach, b.reach))
            .then_with(|| self.customers.key(a.other).cmp(&self.customers.key(b.other)))
            .then_with(|| (1..Text::COUNT).map(text).find(|order| order.is_ne()).unwrap_or(Ordering::Equal))
            .then_with(|| a.cost.cmp(&b.cost))
    }
}
