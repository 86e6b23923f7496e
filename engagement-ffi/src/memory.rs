//! Memory of the caller that a batch is bound to, read at any alignment.

use std::ffi::c_char;

use engagement_core::{Error, ErrorKind, Result};

use crate::text;

/// Memory of the caller: row `i` starts `i · stride` bytes after the first.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    first: *const u8,
    stride: usize,
}

// SAFETY: the caller promises (see `eng_batch_new`) that bound memory may be read by the thread that loads from it.
unsafe impl Send for Memory {}
// SAFETY: as above; it is only ever read.
unsafe impl Sync for Memory {}

/// The memory of a column: rows a stride apart, or packed for a stride of 0.
pub(crate) fn memory<T>(pointer: *const T, stride: i64, size: usize, name: &str) -> Result<Memory> {
    if pointer.is_null() {
        return Err(Error::new(ErrorKind::InvalidArgument, format!("{name}: null pointer")));
    }
    let stride = match stride {
        0 => size,
        _ => usize::try_from(stride).ok().filter(|stride| (size..=text::MAX_TEXT).contains(stride)).ok_or_else(|| {
            Error::new(ErrorKind::InvalidArgument, format!("a stride of {stride} bytes is not 0 or {size} to {}", text::MAX_TEXT))
        })?,
    };
    Ok(Memory { first: pointer.cast(), stride })
}

/// The memory of validity bytes, which follow the stride of their column.
pub(crate) fn validity(valid: *const c_char, stride: i64) -> Option<Memory> {
    let stride = usize::try_from(stride).ok().filter(|stride| *stride > 0).unwrap_or(1);
    (!valid.is_null()).then_some(Memory { first: valid.cast(), stride })
}

/// A text of a fixed width without its padding.
pub(crate) fn trimmed(bytes: &[u8]) -> &[u8] {
    let length = bytes.iter().rposition(|byte| !matches!(byte, b' ' | 0)).map_or(0, |last| last + 1);
    &bytes[..length]
}

/// Whether a row has a value; 0 is the only byte that says no.
///
/// # Safety
/// Bound validity has a byte in this row.
pub(crate) unsafe fn present(valid: &Option<Memory>, row: usize) -> Result<bool> {
    match valid {
        // SAFETY: the caller's promise.
        Some(valid) => unsafe { valid.value::<u8>(row) }.map(|byte| byte != 0),
        None => Ok(true),
    }
}

impl Memory {
    /// Where a row starts.
    pub(crate) fn offset(self, row: usize) -> Result<usize> {
        row.checked_mul(self.stride)
            .filter(|offset| *offset <= isize::MAX as usize)
            .ok_or_else(|| Error::new(ErrorKind::InvalidArgument, format!("row {} lies outside the memory", row + 1)))
    }

    /// The value of a row.
    ///
    /// # Safety
    /// The memory has a `T` in this row, at any alignment.
    pub(crate) unsafe fn value<T: Copy>(self, row: usize) -> Result<T> {
        let offset = self.offset(row)?;
        // SAFETY: the caller's promise.
        Ok(unsafe { self.first.add(offset).cast::<T>().read_unaligned() })
    }

    /// Bytes from a start on.
    ///
    /// # Safety
    /// The memory has these bytes if there are at most `MAX_TEXT`, and they live as long as the binding.
    pub(crate) unsafe fn slice<'a>(self, start: usize, length: usize) -> Result<&'a [u8]> {
        if length > text::MAX_TEXT || start > isize::MAX as usize {
            return Err(Error::new(ErrorKind::InvalidUtf8, "a text too long to be one"));
        }
        // SAFETY: the caller's promise.
        Ok(unsafe { std::slice::from_raw_parts(self.first.add(start), length) })
    }
}
