//! The customers' keys of a result: one as text, or rows of them as text of a fixed width or as integers.

use std::ffi::c_char;

use engagement_core::{Error, ErrorKind, Key, Purchases, Result, Scores};

use crate::out::{Out, OutColumn, count, index, range};
use crate::text::write_text;

/// A result with a customer a row.
pub(crate) trait Keyed {
    /// How many rows there are.
    fn rows(&self) -> usize;

    /// The customer of a row that exists.
    fn key(&self, row: usize) -> Key<'_>;
}

impl Keyed for Scores {
    fn rows(&self) -> usize {
        self.len()
    }

    fn key(&self, row: usize) -> Key<'_> {
        self.customer(row)
    }
}

impl Keyed for Purchases {
    fn rows(&self) -> usize {
        self.len()
    }

    fn key(&self, row: usize) -> Key<'_> {
        self.customer(row)
    }
}

/// Writes the key of one row.
///
/// # Safety
/// A buffer that is not null has `capacity` bytes.
pub(crate) unsafe fn key(of: &impl Keyed, row: i64, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> Result<()> {
    let key = of.key(index(row, of.rows(), "row")?).to_string();
    // SAFETY: the caller's promise.
    unsafe { write_text(&key, buffer, capacity, needed) }
}

/// Writes the width of the longest key.
pub(crate) fn width(of: &impl Keyed, width: *mut i64) -> Result<()> {
    let width = Out::required(width, "width")?;
    width.write(count((0..of.rows()).map(|row| Digits::new(of.key(row)).as_bytes().len()).max().unwrap_or(0)));
    Ok(())
}

/// Writes the keys of rows, each padded by spaces to the width.
pub(crate) fn column(of: &impl Keyed, (offset, count): (i64, i64), width: i64, keys: *mut c_char) -> Result<()> {
    let rows = range(offset, count, of.rows())?;
    let column = OutColumn::required(keys, rows.len(), "keys")?;
    let invalid = || Error::new(ErrorKind::InvalidArgument, format!("{count} keys of {width} bytes"));
    let width = usize::try_from(width).map_err(|_| invalid())?;
    rows.len().checked_mul(width).filter(|size| *size <= isize::MAX as usize).ok_or_else(invalid)?;
    for row in rows.clone() {
        let size = Digits::new(of.key(row)).as_bytes().len();
        if size > width {
            let message = format!("row {row} has a key of {size} bytes, the width is {width}");
            return Err(Error::new(ErrorKind::BufferTooSmall, message));
        }
    }
    column.write(rows.flat_map(|row| {
        let key = Digits::new(of.key(row));
        (0..width).map(move |at| key.as_bytes().get(at).copied().unwrap_or(b' ') as c_char)
    }));
    Ok(())
}

/// Writes the keys of rows that are integers, and which are.
pub(crate) fn int64_column(of: &impl Keyed, (offset, count): (i64, i64), keys: *mut i64, valid: *mut c_char) -> Result<()> {
    let rows = range(offset, count, of.rows())?;
    let keys = OutColumn::required(keys, rows.len(), "keys")?;
    let integer = |row| match of.key(row) {
        Key::Int(key) => Some(key),
        Key::Text(_) => None,
    };
    keys.write(rows.clone().map(|row| integer(row).unwrap_or(0)));
    OutColumn::optional(valid).write(rows.map(|row| c_char::from(integer(row).is_some())));
    Ok(())
}

/// A key as text, without memory of its own.
#[derive(Clone, Copy)]
struct Digits<'a> {
    text: Option<&'a str>,
    digits: [u8; 20],
    length: usize,
}

impl<'a> Digits<'a> {
    fn new(key: Key<'a>) -> Digits<'a> {
        let mut digits = Digits { text: None, digits: [0; 20], length: 0 };
        match key {
            Key::Text(text) => digits.text = Some(text),
            Key::Int(key) => {
                use std::io::Write;
                let mut rest = &mut digits.digits[..];
                // An i64 has at most 20 characters.
                let _ = write!(rest, "{key}");
                digits.length = 20 - rest.len();
            }
        }
        digits
    }

    fn as_bytes(&self) -> &[u8] {
        self.text.map_or(&self.digits[..self.length], str::as_bytes)
    }
}
