//! Outputs: checked before the work, written after it, so that a failed call leaves them as they were.

use std::ffi::c_char;
use std::ops::Range;

use engagement_core::{Error, ErrorKind, Nullable, Result};

/// Where a caller wants one value. Never assumed to be aligned: records of other languages are packed.
#[derive(Clone, Copy)]
pub(crate) struct Out<T>(*mut T);

impl<T: Copy> Out<T> {
    /// An output the caller must give.
    pub(crate) fn required(pointer: *mut T, name: &str) -> Result<Out<T>> {
        if pointer.is_null() {
            return Err(Error::new(ErrorKind::InvalidArgument, format!("{name}: null pointer")));
        }
        Ok(Out(pointer))
    }

    /// An output the caller may leave out.
    pub(crate) fn optional(pointer: *mut T) -> Out<T> {
        Out(pointer)
    }

    /// Writes the value, if the caller wants it.
    pub(crate) fn write(self, value: T) {
        if !self.0.is_null() {
            // SAFETY: the contract of every entry point: an output that is not null can be written.
            unsafe { self.0.write_unaligned(value) }
        }
    }
}

/// Where a caller wants `count` values.
pub(crate) struct OutColumn<T>(*mut T);

impl<T: Copy> OutColumn<T> {
    /// A column of outputs the caller must give, unless it asks for no row.
    pub(crate) fn required(pointer: *mut T, count: usize, name: &str) -> Result<OutColumn<T>> {
        if pointer.is_null() && count > 0 {
            return Err(Error::new(ErrorKind::InvalidArgument, format!("{name}: null pointer")));
        }
        Ok(OutColumn(pointer))
    }

    /// A column of outputs the caller may leave out.
    pub(crate) fn optional(pointer: *mut T) -> OutColumn<T> {
        OutColumn(pointer)
    }

    /// Writes the values, one after the other, if the caller wants them.
    pub(crate) fn write(&self, values: impl Iterator<Item = T>) {
        if self.0.is_null() {
            return;
        }
        for (row, value) in values.enumerate() {
            // SAFETY: the contract of every entry point: a column holds the `count` values the caller asked for, and
            // every iterator passed here yields exactly the rows of the checked range.
            unsafe { self.0.add(row).write_unaligned(value) }
        }
    }
}

/// Writes values, 0 for one that is missing, and gives the bits of those that are there, the lowest for the first.
pub(crate) fn present<T: Copy + Default, const N: usize>(outputs: &[Out<T>; N], values: [Option<T>; N]) -> i32 {
    outputs.iter().zip(values).enumerate().fold(0, |bits, (place, (output, value))| {
        output.write(value.unwrap_or_default());
        bits | i32::from(value.is_some()) << place
    })
}

/// Writes rows of a column in which values can be missing, and which are there, if the caller wants to know.
pub(crate) fn nullable<T: Copy>(column: &Nullable<T>, rows: Range<usize>, values: *mut T, valid: *mut c_char) -> Result<()> {
    let values = OutColumn::required(values, rows.len(), "values")?;
    values.write(column.values[rows.clone()].iter().copied());
    OutColumn::optional(valid).write(column.valid[rows].iter().map(|byte| *byte as c_char));
    Ok(())
}

/// Writes rows of a column in which nothing is missing.
pub(crate) fn complete<T: Copy>(column: &[T], rows: Range<usize>, values: *mut T, valid: *mut c_char) -> Result<()> {
    let values = OutColumn::required(values, rows.len(), "values")?;
    values.write(column[rows.clone()].iter().copied());
    OutColumn::optional(valid).write(rows.map(|_| 1));
    Ok(())
}

/// The rows `offset .. offset + count` of a result with `rows` rows.
pub(crate) fn range(offset: i64, count: i64, rows: usize) -> Result<Range<usize>> {
    let outside =
        || Error::new(ErrorKind::InvalidArgument, format!("rows {offset} + {count} lie outside the {rows} rows of the result"));
    let start = usize::try_from(offset).map_err(|_| outside())?;
    let count = usize::try_from(count).map_err(|_| outside())?;
    let end = start.checked_add(count).filter(|end| *end <= rows).ok_or_else(outside)?;
    Ok(start..end)
}

/// The row `index` of a result with `rows` rows.
pub(crate) fn index(index: i64, rows: usize, what: &str) -> Result<usize> {
    usize::try_from(index)
        .ok()
        .filter(|index| *index < rows)
        .ok_or_else(|| Error::new(ErrorKind::InvalidArgument, format!("{what} {index} does not exist: there are {rows}")))
}

/// An error with the row it belongs to.
pub(crate) fn of_row(row: usize) -> impl FnOnce(Error) -> Error {
    move |error| error.at(format_args!("row {row}"))
}

/// A count as C wants it.
pub(crate) fn count(value: impl TryInto<i64>) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}
