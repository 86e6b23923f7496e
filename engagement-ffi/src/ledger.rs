//! Ledgers: made, set up, asked, and made to forget.

use std::ffi::c_char;

use engagement_core::{Error, ErrorKind, Key, Ledger, Reconciliation, Reject, Timestamp, Zone};

use crate::arguments::flag;
use crate::batch::{BATCHES, eng_batch};
use crate::guard;
use crate::handle::Table;
use crate::out::{Out, count, index};
use crate::rows::{self, MOST_ROWS};
use crate::text::{self, write_text};

/// Every interaction, once. See `eng_ledger_new`.
#[derive(Debug)]
#[expect(non_camel_case_types, reason = "the name in C")]
pub struct eng_ledger_tag {
    _private: [u8; 0],
}

/// A handle: every interaction, once. See `eng_ledger_new`.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type eng_ledger = *mut eng_ledger_tag;

pub(crate) static LEDGERS: Table<Book> = Table::new(2);

/// A ledger, and what its last load came to.
#[derive(Default)]
pub(crate) struct Book {
    pub(crate) ledger: Ledger,
    pub(crate) lenient: bool,
    pub(crate) last: Reconciliation,
    pub(crate) rejects: Vec<Reject>,
}

/// Makes an empty ledger: in UTC, without a currency, strict, without a memory budget.
///
/// Since 0.1; any thread; free with `eng_ledger_free`. Errors: `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_new(ledger: *mut eng_ledger) -> i32 {
    guard::new(&LEDGERS, ledger, Book::default)
}

/// Frees a ledger. Null is ignored; calls under way in other threads end as they would have.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_HANDLE`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_free(ledger: eng_ledger) -> i32 {
    guard::free(&LEDGERS, ledger)
}

/// Gives the text of the last error of this handle; empty if its last call succeeded. Threads that share a handle share
/// its last error.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_HANDLE`, `ENG_BUFFER_TOO_SMALL`,
/// `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_error(ledger: eng_ledger, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::call(|| unsafe { write_text(&guard::last_error(&LEDGERS, ledger)?, buffer, capacity, needed) })
}

/// Sets the currency of all amounts by its ISO 4217 code, such as `EUR`.
///
/// Since 0.1; any thread, one at a time; the text is copied. Errors: `ENG_CURRENCY_MISMATCH` if the ledger has another one,
/// `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_set_currency(ledger: eng_ledger, currency: *const c_char, currency_len: i64) -> i32 {
    guard::write(&LEDGERS, ledger, |book| {
        // SAFETY: the caller's promise for a text in.
        let currency = unsafe { text::required(currency, currency_len, "currency")? };
        book.ledger.set_currency(currency.parse()?)
    })
}

/// Sets the time zone of civil days by its name, such as `Europe/Berlin`, or a fixed offset such as `+02:00`.
///
/// Since 0.1; any thread, one at a time; the text is copied. Errors: `ENG_INVALID_ARGUMENT` for an unknown zone,
/// `ENG_MISSING_FIELD`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_set_zone(ledger: eng_ledger, zone: *const c_char, zone_len: i64) -> i32 {
    guard::write(&LEDGERS, ledger, |book| {
        // SAFETY: the caller's promise for a text in.
        let zone = unsafe { text::required(zone, zone_len, "zone")? };
        book.ledger.set_zone(Zone::new(zone)?);
        Ok(())
    })
}

/// Says what a load does with bad rows: 0, strict (the default), nothing is recorded if one row is bad; 1, lenient, good rows are
/// recorded and bad ones listed. `eng_ledger_reject` tells the bad rows either way.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for another number, `ENG_INVALID_HANDLE`, `ENG_FORKED`,
/// `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_set_lenient(ledger: eng_ledger, lenient: i32) -> i32 {
    guard::write(&LEDGERS, ledger, |book| {
        book.lenient = flag(lenient, "lenient")?;
        Ok(())
    })
}

/// Sets how many bytes the ledger may hold; 0 is no limit. A load that would need more fails with `ENG_NO_MEMORY` and changes
/// nothing.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for a negative number, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_set_memory_budget(ledger: eng_ledger, bytes: i64) -> i32 {
    guard::write(&LEDGERS, ledger, |book| {
        let bytes =
            u64::try_from(bytes).map_err(|_| Error::new(ErrorKind::InvalidArgument, format!("a budget of {bytes} bytes")))?;
        book.ledger.set_memory_budget((bytes > 0).then(|| usize::try_from(bytes).unwrap_or(usize::MAX)));
        Ok(())
    })
}

/// Sets an attribute of a customer, such as `segment` = `wholesale`, valid from a time on. Ratios can be asked by attribute.
///
/// Since 0.1; any thread, one at a time; the texts are copied. Errors: `ENG_MISSING_FIELD`, `ENG_INVALID_TIME`, `ENG_INVALID_UTF8`,
/// `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_set_attribute(
    ledger: eng_ledger,
    customer: *const c_char,
    customer_len: i64,
    name: *const c_char,
    name_len: i64,
    value: *const c_char,
    value_len: i64,
    from_us: i64,
) -> i32 {
    guard::write(&LEDGERS, ledger, |book| {
        // SAFETY: the caller's promise for a text in, for each of them.
        let (customer, name, value) = unsafe {
            (
                text::required(customer, customer_len, "customer")?,
                text::required(name, name_len, "name")?,
                text::required(value, value_len, "value")?,
            )
        };
        book.ledger.set_attribute(Key::from(customer), name, value, Timestamp::from_micros(from_us)?)
    })
}

/// Counts interactions and customers.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_counts(ledger: eng_ledger, interactions: *mut i64, customers: *mut i64) -> i32 {
    guard::read(&LEDGERS, ledger, |book| {
        let (interactions, customers) = (Out::required(interactions, "interactions")?, Out::required(customers, "customers")?);
        interactions.write(count(book.ledger.len()));
        customers.write(count(book.ledger.customer_count()));
        Ok(())
    })
}

/// Gives the times of the earliest and the latest interaction, in microseconds since 1970 UTC. An empty ledger has none:
/// `ENG_MISSING_FIELD`.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD`, `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`,
/// `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_span(ledger: eng_ledger, earliest_us: *mut i64, latest_us: *mut i64) -> i32 {
    guard::read(&LEDGERS, ledger, |book| {
        let (earliest, latest) = (Out::required(earliest_us, "earliest_us")?, Out::required(latest_us, "latest_us")?);
        let none = || Error::new(ErrorKind::MissingField, "the ledger is empty");
        let span = (book.ledger.earliest().ok_or_else(none)?, book.ledger.latest().ok_or_else(none)?);
        earliest.write(span.0.micros());
        latest.write(span.1.micros());
        Ok(())
    })
}

/// Gives the memory the ledger holds, in bytes.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_heap_size(ledger: eng_ledger, bytes: *mut i64) -> i32 {
    guard::read(&LEDGERS, ledger, |book| {
        let bytes = Out::required(bytes, "bytes")?;
        bytes.write(count(book.ledger.heap_size()));
        Ok(())
    })
}

/// Counts the kinds of interactions the ledger holds.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_kind_count(ledger: eng_ledger, kinds: *mut i64) -> i32 {
    guard::read(&LEDGERS, ledger, |book| {
        let kinds = Out::required(kinds, "kinds")?;
        kinds.write(count(book.ledger.kinds().len()));
        Ok(())
    })
}

/// Gives the name of the kind at an index, from 0, and how many interactions are of it.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_ARGUMENT`, `ENG_BUFFER_TOO_SMALL`,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_kind(
    ledger: eng_ledger,
    kind: i64,
    interactions: *mut i64,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    guard::read(&LEDGERS, ledger, |book| {
        let kinds = book.ledger.kinds();
        let (name, interactions_of) = &kinds[index(kind, kinds.len(), "kind")?];
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(name, buffer, capacity, needed)? };
        Out::optional(interactions).write(count(*interactions_of));
        Ok(())
    })
}

/// Removes a customer: interactions, key, attributes, and the key where others name it. The number of interactions removed may
/// be left out by a null pointer; 0 if the ledger does not know the customer.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_MISSING_FIELD` for an empty key, `ENG_INVALID_UTF8`, `ENG_INVALID_ARGUMENT`,
/// `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_forget(
    ledger: eng_ledger,
    customer: *const c_char,
    customer_len: i64,
    removed: *mut i64,
) -> i32 {
    guard::write(&LEDGERS, ledger, |book| {
        // SAFETY: the caller's promise for a text in.
        let customer = unsafe { text::required(customer, customer_len, "customer")? };
        let gone = book.ledger.forget(&[Key::from(customer)])?;
        book.rejects = Vec::new();
        Out::optional(removed).write(count(gone));
        Ok(())
    })
}

/// Removes the customers of the rows of a batch, all in one go; only `ENG_FIELD_CUSTOMER` needs to be bound.
///
/// Since 0.1; any thread, one at a time; the batch is read as by `eng_ledger_load`. Errors: as `eng_ledger_forget`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_forget_rows(ledger: eng_ledger, batch: eng_batch, rows: i64, removed: *mut i64) -> i32 {
    guard::write(&LEDGERS, ledger, |book| {
        let rows = row_count(rows)?;
        let gone = BATCHES.with(batch.addr(), |batch| book.ledger.forget(&rows::customers(batch, rows)?))?;
        book.rejects = Vec::new();
        Out::optional(removed).write(count(gone));
        Ok(())
    })
}

/// A number of rows a caller asks for.
pub(crate) fn row_count(rows: i64) -> engagement_core::Result<usize> {
    let invalid = || Error::new(ErrorKind::InvalidArgument, format!("{rows} rows are not 0 to {MOST_ROWS}"));
    usize::try_from(rows).ok().filter(|rows| *rows <= MOST_ROWS).ok_or_else(invalid)
}
