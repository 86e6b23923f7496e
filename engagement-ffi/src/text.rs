//! Text across the edge: pointer and length in, the caller's buffer out.

use std::ffi::c_char;

use engagement_core::{Error, ErrorKind, Result};

use crate::out::Out;

/// The longest text of a field or key, in bytes. Longer ones are a wrong length more often than a text.
pub(crate) const MAX_TEXT: usize = 1 << 20;

/// The longest document, in bytes.
pub(crate) const MAX_DOCUMENT: usize = 1 << 24;

fn invalid(name: &str, what: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::InvalidArgument, format!("{name}: {what}"))
}

/// The bytes a caller means by a pointer and a length, −1 for NUL-terminated; `None` for a null pointer.
///
/// # Safety
/// A pointer that is not null points to `length` bytes, or to a NUL-terminated text, which live as long as `'a`.
pub(crate) unsafe fn bytes<'a>(pointer: *const c_char, length: i64, name: &str, longest: usize) -> Result<Option<&'a [u8]>> {
    if pointer.is_null() {
        return match length {
            -1 | 0 => Ok(None),
            _ => Err(invalid(name, format!("null pointer with the length {length}"))),
        };
    }
    let length = match length {
        // SAFETY: the caller's promise; the scan ends at the NUL, and never looks past the longest text.
        -1 => (0..=longest).find(|&at| unsafe { *pointer.add(at) } == 0),
        _ => usize::try_from(length).ok(),
    };
    match length {
        // SAFETY: the caller's promise.
        Some(length) if length <= longest => Ok(Some(unsafe { std::slice::from_raw_parts(pointer.cast(), length) })),
        _ => Err(invalid(name, format!("the length is not -1 or 0 to {longest}"))),
    }
}

/// UTF-8 without NUL: what C can hand back.
pub(crate) fn checked<'a>(bytes: &'a [u8], name: &str) -> Result<&'a str> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Error::new(ErrorKind::InvalidUtf8, format!("{name}: not UTF-8 at byte {}", error.valid_up_to())))?;
    match text.bytes().position(|byte| byte == 0) {
        Some(at) => Err(Error::new(ErrorKind::InvalidUtf8, format!("{name}: NUL at byte {at}"))),
        None => Ok(text),
    }
}

/// A text the caller may leave out: `None` for a null pointer.
///
/// # Safety
/// As for every text in: a pointer that is not null points to `length` bytes, or to a NUL-terminated text.
pub(crate) unsafe fn optional<'a>(pointer: *const c_char, length: i64, name: &str) -> Result<Option<&'a str>> {
    // SAFETY: the caller's promise.
    unsafe { bytes(pointer, length, name, MAX_TEXT)? }.map(|bytes| checked(bytes, name)).transpose()
}

/// A text the caller must give; it may not be empty.
///
/// # Safety
/// As for every text in: a pointer that is not null points to `length` bytes, or to a NUL-terminated text.
pub(crate) unsafe fn required<'a>(pointer: *const c_char, length: i64, name: &str) -> Result<&'a str> {
    // SAFETY: the caller's promise.
    match unsafe { optional(pointer, length, name)? } {
        Some(text) if !text.is_empty() => Ok(text),
        _ => Err(Error::new(ErrorKind::MissingField, format!("{name}: missing"))),
    }
}

/// A document such as a rulebook.
///
/// # Safety
/// As for every text in: a pointer that is not null points to `length` bytes, or to a NUL-terminated text.
pub(crate) unsafe fn document<'a>(pointer: *const c_char, length: i64, name: &str) -> Result<&'a str> {
    // SAFETY: the caller's promise.
    let bytes = unsafe { bytes(pointer, length, name, MAX_DOCUMENT)? };
    checked(bytes.ok_or_else(|| invalid(name, "null pointer"))?, name)
}

/// Writes a text into the caller's buffer, NUL-terminated, and the size that holds all of it.
///
/// A null buffer of capacity 0 asks for the size only. A buffer that is too small gets what fits, cut between two
/// characters: a cut error message is better than none.
///
/// # Safety
/// A buffer that is not null has `capacity` bytes.
pub(crate) unsafe fn write_text(text: &str, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> Result<()> {
    let capacity = usize::try_from(capacity).map_err(|_| invalid("capacity", format!("{capacity} is negative")))?;
    if buffer.is_null() && capacity > 0 {
        return Err(invalid("buffer", "null pointer"));
    }
    let size = text.len() + 1;
    Out::optional(needed).write(i64::try_from(size).unwrap_or(i64::MAX));
    if buffer.is_null() {
        return Ok(());
    }
    if capacity > 0 {
        let fits = text.floor_char_boundary(capacity - 1);
        // SAFETY: `fits` ≤ capacity − 1 and ≤ the length of the text, so both copies stay inside their memory.
        unsafe {
            std::ptr::copy_nonoverlapping(text.as_ptr().cast(), buffer, fits);
            *buffer.add(fits) = 0;
        }
    }
    if capacity < size {
        return Err(Error::new(ErrorKind::BufferTooSmall, format!("the text needs a buffer of {size} bytes, not {capacity}")));
    }
    Ok(())
}
