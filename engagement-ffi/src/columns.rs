//! Arrays of the caller, copied.

use std::ffi::c_char;

use engagement_core::{Result, Timestamp};

use crate::arguments::{counted, size};
use crate::memory::memory;

/// Copies an array of counts.
///
/// # Safety
/// It holds `rows` numbers.
pub(crate) unsafe fn counts(first: *const i64, rows: usize, name: &str) -> Result<Vec<u32>> {
    let of_row = |row, value| counted(value, name).map_err(|error| error.at(format_args!("row {row}")));
    // SAFETY: the caller's promise.
    unsafe { copied(first, rows, name, of_row) }
}

/// Copies an array of numbers.
///
/// # Safety
/// It holds `rows` numbers.
pub(crate) unsafe fn numbers(first: *const f64, rows: usize, name: &str) -> Result<Vec<f64>> {
    // SAFETY: the caller's promise.
    unsafe { copied(first, rows, name, |_, value| Ok(value)) }
}

/// Copies an array, at any alignment.
///
/// # Safety
/// It holds `rows` numbers.
unsafe fn copied<T: Copy, U>(
    first: *const T,
    rows: usize,
    name: &str,
    convert: impl Fn(usize, T) -> Result<U>,
) -> Result<Vec<U>> {
    let mut values = Vec::new();
    if rows > 0 {
        let from = memory(first, 0, size_of::<T>(), name)?;
        values.try_reserve_exact(rows)?;
        for row in 0..rows {
            // SAFETY: the caller's promise.
            values.push(convert(row, unsafe { from.value::<T>(row)? })?);
        }
    }
    Ok(values)
}

/// Copies an array of bytes that say yes or no; 0 is the only one that says no.
///
/// # Safety
/// It holds `rows` bytes.
pub(crate) unsafe fn flags(first: *const c_char, rows: usize, name: &str) -> Result<Vec<bool>> {
    // SAFETY: the caller's promise.
    unsafe { copied(first, rows, name, |_, byte| Ok(byte != 0)) }
}

/// Copies an array of numbers of customers.
///
/// # Safety
/// It holds `rows` numbers.
pub(crate) unsafe fn sizes(first: *const i64, rows: usize, name: &str) -> Result<Vec<u64>> {
    let of_row = |row, value| size(value, name).map_err(|error| error.at(format_args!("row {row}")));
    // SAFETY: the caller's promise.
    unsafe { copied(first, rows, name, of_row) }
}

/// Copies an array of times, in microseconds since 1970 UTC.
///
/// # Safety
/// It holds `rows` numbers.
pub(crate) unsafe fn times(first: *const i64, rows: usize, name: &str) -> Result<Vec<Timestamp>> {
    let of_row = |row, micros| Timestamp::from_micros(micros).map_err(|error| error.at(format_args!("{name}, row {row}")));
    // SAFETY: the caller's promise.
    unsafe { copied(first, rows, name, of_row) }
}
