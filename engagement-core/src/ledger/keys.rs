//! The customers of rows on their way into the ledger.

use super::customers::Customers;
use super::stage::Faults;
use crate::error::{Error, ErrorKind, Result};
use crate::interaction::Key;

/// The customers of staged rows: integers as they come, until one of the keys is a text.
#[derive(Debug)]
pub(crate) enum Keys {
    /// Keys that get their codes once they are sorted.
    Integers(Vec<i64>),
    /// Codes.
    Codes(Vec<u32>),
}

impl Default for Keys {
    fn default() -> Keys {
        Keys::Integers(Vec::new())
    }
}

impl Keys {
    /// The codes, for customers that have them already; keys so far get theirs.
    pub(crate) fn codes(&mut self, customers: &mut Customers) -> Result<&mut Vec<u32>> {
        if let Keys::Integers(keys) = self {
            let mut codes = Vec::new();
            codes.try_reserve(keys.len())?;
            for &key in keys.iter() {
                codes.push(customers.intern(Key::Int(key))?);
            }
            *self = Keys::Codes(codes);
        }
        match self {
            Keys::Codes(codes) => Ok(codes),
            Keys::Integers(_) => Err(Error::new(ErrorKind::InvalidArgument, "keys without codes")),
        }
    }

    pub(crate) fn remove(&mut self, from: usize, faults: &Faults) {
        match self {
            Keys::Integers(keys) => remove(keys, from, faults),
            Keys::Codes(codes) => remove(codes, from, faults),
        }
    }

    pub(crate) fn heap_size(&self) -> usize {
        match self {
            Keys::Integers(keys) => keys.capacity() * 8,
            Keys::Codes(codes) => codes.capacity() * 4,
        }
    }
}

/// Takes the faulty ones out of the rows from `from` on.
pub(crate) fn remove<T: Copy>(column: &mut Vec<T>, from: usize, faults: &Faults) {
    if column.is_empty() {
        return;
    }
    let mut faults = faults.keys().map(|row| from + row).peekable();
    let mut kept = from;
    for row in from..column.len() {
        if faults.next_if_eq(&row).is_none() {
            column[kept] = column[row];
            kept += 1;
        }
    }
    column.truncate(kept);
}
