//! Batches: which memory of the caller holds which field of the rows of a load.

use std::ffi::c_char;

use engagement_core::{Error, ErrorKind, Result};

use crate::guard;
use crate::handle::Table;
use crate::memory::{Memory, memory, validity};
use crate::text;

/// The customer's key: text or int64. Required.
pub const ENG_FIELD_CUSTOMER: i32 = 1;
/// When it happened: int64, microseconds since 1970 in UTC. Required.
pub const ENG_FIELD_AT: i32 = 2;
/// What happened, such as `purchase`: text. Required.
pub const ENG_FIELD_KIND: i32 = 3;
/// Money that moved: int64 millionths; or double, rounded to the nearest millionth.
pub const ENG_FIELD_AMOUNT: i32 = 4;
/// A rating or survey answer: double or int64.
pub const ENG_FIELD_RATING: i32 = 5;
/// How many people it reached: double or int64.
pub const ENG_FIELD_REACH: i32 = 6;
/// The key of the other customer involved, such as the referrer: text or int64.
pub const ENG_FIELD_OTHER: i32 = 7;
/// The order or invoice: text. Lines of one customer, order and kind within one load are one interaction.
pub const ENG_FIELD_ORDER: i32 = 8;
/// The product, question or page: text.
pub const ENG_FIELD_ITEM: i32 = 9;
/// The channel: text.
pub const ENG_FIELD_CHANNEL: i32 = 10;
/// The business unit: text.
pub const ENG_FIELD_UNIT: i32 = 11;
/// The campaign or programme: text.
pub const ENG_FIELD_CAMPAIGN: i32 = 12;
/// The programme arm: text.
pub const ENG_FIELD_ARM: i32 = 13;
/// What it cost the business: int64 millionths or double, as the amount.
pub const ENG_FIELD_COST: i32 = 14;
/// The identity of the interaction within its customer: text. A row sent again is a duplicate.
pub const ENG_FIELD_ID: i32 = 15;
/// The ISO 4217 code of the amount's currency, where rows carry one: text. Another one than the ledger's is refused.
pub const ENG_FIELD_CURRENCY: i32 = 16;

/// How many fields there are; field numbers are 1 to this.
pub(crate) const FIELDS: usize = 16;

/// Tells which memory holds which field of the rows that are loaded. See `eng_batch_new`.
#[derive(Debug)]
#[expect(non_camel_case_types, reason = "the name in C")]
pub struct eng_batch_tag {
    _private: [u8; 0],
}

/// A handle: tells which memory holds which field of the rows that are loaded. See `eng_batch_new`.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type eng_batch = *mut eng_batch_tag;

pub(crate) static BATCHES: Table<Batch> = Table::new(1);

/// Where the values of one field come from.
pub(crate) enum Binding {
    /// The same text in every row.
    Text(String),
    /// The same integer in every row.
    Int(i64),
    /// The same number in every row.
    Double(f64),
    /// One after the other in one buffer; row `i` is bytes `offsets[i] .. offsets[i + 1]`.
    Offsets { bytes: Memory, offsets: Memory, valid: Option<Memory> },
    /// Fields of a fixed width, padded by spaces or NULs.
    Fixed { bytes: Memory, width: usize, valid: Option<Memory> },
    /// NUL-terminated texts, null where missing.
    Strings(Memory),
    /// 64-bit integers.
    Ints { values: Memory, valid: Option<Memory> },
    /// 64-bit floats.
    Doubles { values: Memory, valid: Option<Memory> },
}

/// The bindings of all fields.
#[derive(Default)]
pub(crate) struct Batch {
    fields: [Option<Binding>; FIELDS],
}

impl Batch {
    /// What a field is bound to.
    pub(crate) fn get(&self, field: i32) -> Option<&Binding> {
        self.fields[field as usize - 1].as_ref()
    }

    fn bind(&mut self, field: i32, accepted: &[i32], what: &str, binding: Option<Binding>) -> Result<()> {
        let slot = usize::try_from(field).ok().and_then(|field| self.fields.get_mut(field.wrapping_sub(1)));
        let slot = slot.ok_or_else(|| Error::new(ErrorKind::InvalidArgument, format!("field {field} does not exist")))?;
        if !accepted.contains(&field) {
            return Err(Error::new(ErrorKind::InvalidArgument, format!("field {field} does not take {what}")));
        }
        *slot = binding;
        Ok(())
    }
}

const TEXTS: &[i32] = &[
    ENG_FIELD_CUSTOMER,
    ENG_FIELD_KIND,
    ENG_FIELD_OTHER,
    ENG_FIELD_ORDER,
    ENG_FIELD_ITEM,
    ENG_FIELD_CHANNEL,
    ENG_FIELD_UNIT,
    ENG_FIELD_CAMPAIGN,
    ENG_FIELD_ARM,
    ENG_FIELD_ID,
    ENG_FIELD_CURRENCY,
];
const INTS: &[i32] =
    &[ENG_FIELD_CUSTOMER, ENG_FIELD_AT, ENG_FIELD_AMOUNT, ENG_FIELD_RATING, ENG_FIELD_REACH, ENG_FIELD_OTHER, ENG_FIELD_COST];
const DOUBLES: &[i32] = &[ENG_FIELD_AMOUNT, ENG_FIELD_RATING, ENG_FIELD_REACH, ENG_FIELD_COST];

/// Makes an empty batch: a description of where the fields of rows are found. Bind each field to memory of yours, or to one
/// value for all rows; then `eng_ledger_load` reads as many rows as you say, and can do so block after block with new
/// contents in the same memory.
///
/// Columns are borrowed, never copied: the memory must stay in place while it is bound, and unchanged while a
/// load reads it. Single values and their texts are copied. Values may be misaligned. A stride of 0 means that a column is packed;
/// any other stride is the distance in bytes between rows, for the values and for the validity bytes alike: fields of a table
/// of records. A validity byte is 1 where the value is present; a null validity pointer means that all are.
///
/// Since 0.1; any thread; free with `eng_batch_free`. Errors: `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_batch_new(batch: *mut eng_batch) -> i32 {
    guard::new(&BATCHES, batch, Batch::default)
}

/// Frees a batch; the memory it was bound to stays yours. Null is ignored.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_HANDLE`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_batch_free(batch: eng_batch) -> i32 {
    guard::free(&BATCHES, batch)
}

/// Gives the text of the last error of this handle; empty if its last call succeeded.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_HANDLE`, `ENG_BUFFER_TOO_SMALL`,
/// `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_batch_error(batch: eng_batch, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::call(|| unsafe { text::write_text(&guard::last_error(&BATCHES, batch)?, buffer, capacity, needed) })
}

/// Unbinds every field.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_batch_clear(batch: eng_batch) -> i32 {
    guard::write(&BATCHES, batch, |batch| {
        *batch = Batch::default();
        Ok(())
    })
}

/// Gives a field the same text in every row, or, by a null pointer, unbinds it. The text is copied.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for a field that takes no text, `ENG_INVALID_UTF8`,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_batch_text(batch: eng_batch, field: i32, value: *const c_char, value_len: i64) -> i32 {
    guard::write(&BATCHES, batch, |batch| {
        // SAFETY: the caller's promise for a text in.
        let Some(value) = (unsafe { text::optional(value, value_len, "value")? }) else {
            let all: [i32; FIELDS] = std::array::from_fn(|field| field as i32 + 1);
            return batch.bind(field, &all, "a null pointer", None);
        };
        let mut copy = String::new();
        copy.try_reserve_exact(value.len())?;
        copy.push_str(value);
        batch.bind(field, TEXTS, "text", Some(Binding::Text(copy)))
    })
}

/// Gives a field the same integer in every row.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for a field that takes no integer, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_batch_int64(batch: eng_batch, field: i32, value: i64) -> i32 {
    guard::write(&BATCHES, batch, |batch| batch.bind(field, INTS, "an integer", Some(Binding::Int(value))))
}

/// Gives a field the same number in every row. NaN is a missing value.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for a field that takes no double, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_batch_double(batch: eng_batch, field: i32, value: f64) -> i32 {
    guard::write(&BATCHES, batch, |batch| batch.bind(field, DOUBLES, "a double", Some(Binding::Double(value))))
}

/// Binds a text field to one buffer in which the texts follow each other: row i is the bytes `offsets[i]` to `offsets[i + 1]`,
/// so there is one offset more than there are rows. An empty text is missing.
///
/// Since 0.1; any thread, one at a time; bytes, offsets and validity are borrowed: see `eng_batch_new`. Errors:
/// `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_batch_text_column(
    batch: eng_batch,
    field: i32,
    bytes: *const c_char,
    offsets: *const i64,
    valid: *const c_char,
) -> i32 {
    guard::write(&BATCHES, batch, |batch| {
        let bytes = memory(bytes, 0, 1, "bytes")?;
        let offsets = memory(offsets, 0, size_of::<i64>(), "offsets")?;
        batch.bind(field, TEXTS, "text", Some(Binding::Offsets { bytes, offsets, valid: validity(valid, 0) }))
    })
}

/// Binds a text field to a column of texts of a fixed width, padded at the end by spaces or NULs, which are not part of
/// the text. A field of nothing but padding is missing.
///
/// Since 0.1; any thread, one at a time; bytes and validity are borrowed, stride: see `eng_batch_new`. Errors:
/// `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_batch_fixed_column(
    batch: eng_batch,
    field: i32,
    bytes: *const c_char,
    width: i64,
    stride: i64,
    valid: *const c_char,
) -> i32 {
    guard::write(&BATCHES, batch, |batch| {
        let invalid =
            || Error::new(ErrorKind::InvalidArgument, format!("a width of {width} bytes is not 1 to {}", text::MAX_TEXT));
        let width = usize::try_from(width).ok().filter(|width| (1..=text::MAX_TEXT).contains(width)).ok_or_else(invalid)?;
        let bytes = memory(bytes, stride, width, "bytes")?;
        batch.bind(field, TEXTS, "text", Some(Binding::Fixed { bytes, width, valid: validity(valid, stride) }))
    })
}

/// Binds a text field to an array of pointers to NUL-terminated texts. A null pointer or an empty text is missing.
///
/// Since 0.1; any thread, one at a time; pointers and texts are borrowed: see `eng_batch_new`. Errors:
/// `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_batch_string_column(batch: eng_batch, field: i32, texts: *const *const c_char) -> i32 {
    guard::write(&BATCHES, batch, |batch| {
        let texts = memory(texts, 0, size_of::<*const c_char>(), "texts")?;
        batch.bind(field, TEXTS, "text", Some(Binding::Strings(texts)))
    })
}

/// Binds a field to a column of integers: keys, times, amounts in millionths, ratings.
///
/// Since 0.1; any thread, one at a time; values and validity are borrowed, stride: see `eng_batch_new`. Errors:
/// `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_batch_int64_column(
    batch: eng_batch,
    field: i32,
    values: *const i64,
    stride: i64,
    valid: *const c_char,
) -> i32 {
    guard::write(&BATCHES, batch, |batch| {
        let values = memory(values, stride, size_of::<i64>(), "values")?;
        batch.bind(field, INTS, "an integer", Some(Binding::Ints { values, valid: validity(valid, stride) }))
    })
}

/// Binds a field to a column of doubles. NaN is a missing value; an infinity makes the row a bad one.
///
/// Since 0.1; any thread, one at a time; values and validity are borrowed, stride: see `eng_batch_new`. Errors:
/// `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_batch_double_column(
    batch: eng_batch,
    field: i32,
    values: *const f64,
    stride: i64,
    valid: *const c_char,
) -> i32 {
    guard::write(&BATCHES, batch, |batch| {
        let values = memory(values, stride, size_of::<f64>(), "values")?;
        batch.bind(field, DOUBLES, "a double", Some(Binding::Doubles { values, valid: validity(valid, stride) }))
    })
}
