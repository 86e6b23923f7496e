//! Loads: rows into a ledger, and the account of what became of them.

use std::ffi::c_char;

use engagement_core::{Currency, Error, ErrorKind, Interaction, Key, LoadOptions, Reconciliation, Result, Timestamp};

use crate::batch::{BATCHES, eng_batch};
use crate::guard;
use crate::ledger::{Book, LEDGERS, eng_ledger, row_count};
use crate::out::{Out, OutColumn, count, index};
use crate::rows::{self, Chunk};
use crate::text::{self, write_text};

/// The row is in the ledger.
pub const ENG_RECORDED: i32 = 0;
/// The ledger, or an earlier row of the load, had it already.
pub const ENG_DUPLICATE: i32 = 1;
/// It became part of another row of the same order.
pub const ENG_FOLDED: i32 = 2;

/// Records one interaction. The amount is in millionths of the currency unit; null where there is none. The outcome is
/// `ENG_RECORDED` or `ENG_DUPLICATE`, and may be left out by a null pointer. For the other fields see `eng_ledger_append_row`.
///
/// Since 0.1; any thread, one at a time; the texts are copied. Errors: `ENG_MISSING_FIELD`, `ENG_INVALID_TIME`, `ENG_INVALID_MONEY`,
/// `ENG_INVALID_UTF8`, `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_append(
    ledger: eng_ledger,
    customer: *const c_char,
    customer_len: i64,
    at_us: i64,
    kind: *const c_char,
    kind_len: i64,
    amount_micros: *const i64,
    outcome: *mut i32,
) -> i32 {
    guard::write(&LEDGERS, ledger, |book| {
        // SAFETY: the caller's promise for a text in, for both of them.
        let (customer, kind) =
            unsafe { (text::required(customer, customer_len, "customer")?, text::required(kind, kind_len, "kind")?) };
        // SAFETY: the caller passes null or an amount, at any alignment.
        let amount = (!amount_micros.is_null()).then(|| unsafe { amount_micros.read_unaligned() });
        append(
            book,
            outcome,
            &Interaction {
                amount: amount.map(rows::money).transpose()?,
                ..Interaction::new(Key::from(customer), Timestamp::from_micros(at_us)?, kind)
            },
        )
    })
}

/// Records one interaction, with all the fields a batch binds: its first row. The outcome is `ENG_RECORDED` or `ENG_DUPLICATE`, and
/// may be left out by a null pointer.
///
/// Since 0.1; any thread, one at a time. Errors: as `eng_ledger_append`, and `ENG_ID_CONFLICT`, `ENG_CURRENCY_MISMATCH`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_append_row(ledger: eng_ledger, batch: eng_batch, outcome: *mut i32) -> i32 {
    guard::write(&LEDGERS, ledger, |book| {
        BATCHES.with(batch.addr(), |batch| {
            let row = Chunk::new(batch, 0..1)?;
            let interaction = row.interaction()?;
            let Some(currency) = row.currency() else { return append(book, outcome, &interaction) };
            let currency: Currency = currency.parse()?;
            match book.ledger.currency() {
                Some(has) if has != currency => {
                    Err(Error::new(ErrorKind::CurrencyMismatch, format!("the ledger is in {has}, not in {currency}")))
                }
                _ => {
                    append(book, outcome, &interaction)?;
                    book.ledger.set_currency(currency)
                }
            }
        })
    })
}

fn append(book: &mut Book, outcome: *mut i32, interaction: &Interaction<'_>) -> Result<()> {
    let result = book.ledger.append(interaction)?;
    Out::optional(outcome).write(result as i32);
    Ok(())
}

/// Loads rows from the memory a batch is bound to: all of them or, if one is bad, none (strict), or the good ones (lenient: see
/// `eng_ledger_set_lenient`). An error or a cancel leaves the ledger as it was.
///
/// `statuses` has one number for each row: `ENG_RECORDED`, `ENG_DUPLICATE`, `ENG_FOLDED`, or the negative status that says why the
/// row was refused; it may be null, and is only written on success. The account is given by `eng_ledger_loaded`, the refused
/// rows by `eng_ledger_reject`, after a strict load that failed too.
///
/// Since 0.1; any thread, one at a time; another thread may ask `eng_ledger_progress` or `eng_ledger_cancel`. Errors: those of the first
/// bad row if strict (`ENG_MISSING_FIELD`, `ENG_INVALID_TIME`, `ENG_INVALID_MONEY`, `ENG_INVALID_UTF8`, `ENG_INVALID_ARGUMENT`,
/// `ENG_CURRENCY_MISMATCH`, `ENG_ID_CONFLICT`, `ENG_OVERFLOW`), `ENG_CANCELLED`, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`,
/// `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_load(ledger: eng_ledger, batch: eng_batch, rows: i64, statuses: *mut i32) -> i32 {
    guard::work(&LEDGERS, ledger, |book, progress| {
        let rows = row_count(rows)?;
        let options = LoadOptions { lenient: book.lenient, outcomes: !statuses.is_null(), ..LoadOptions::default() };
        let loaded = BATCHES.with(batch.addr(), |batch| {
            let mut load = book.ledger.load(options)?;
            rows::push(&mut load, batch, rows, progress)?;
            load.finish()
        });
        match loaded {
            Ok(loaded) => {
                book.last = loaded.reconciliation;
                book.rejects = loaded.rejects;
                OutColumn::optional(statuses).write(loaded.outcomes.unwrap_or_default().into_iter().take(rows));
                Ok(())
            }
            Err(error) => {
                book.last = Reconciliation::default();
                book.rejects = error.rejects().to_vec();
                Err(error)
            }
        }
    })
}

/// Gives the account of the last load: rows = recorded + duplicates + folded + rejected. After a load that failed all are 0.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_loaded(
    ledger: eng_ledger,
    rows: *mut i64,
    recorded: *mut i64,
    duplicates: *mut i64,
    folded: *mut i64,
    rejected: *mut i64,
) -> i32 {
    guard::read(&LEDGERS, ledger, |book| account(&book.last, [rows, recorded, duplicates, folded, rejected]))
}

/// Gives the account of everything that was ever appended and loaded: rows = recorded + duplicates + folded + rejected.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_totals(
    ledger: eng_ledger,
    rows: *mut i64,
    recorded: *mut i64,
    duplicates: *mut i64,
    folded: *mut i64,
    rejected: *mut i64,
) -> i32 {
    guard::read(&LEDGERS, ledger, |book| account(book.ledger.totals(), [rows, recorded, duplicates, folded, rejected]))
}

fn account(of: &Reconciliation, outputs: [*mut i64; 5]) -> Result<()> {
    let names = ["rows", "recorded", "duplicates", "folded", "rejected"];
    let values = [of.rows, of.recorded, of.duplicates, of.folded, of.rejected];
    for (output, name) in outputs.into_iter().zip(names) {
        Out::required(output, name)?;
    }
    for (output, value) in outputs.into_iter().zip(values) {
        Out::required(output, "")?.write(count(value));
    }
    Ok(())
}

/// Gives the account of the last load, or of everything ever loaded, as JSON, with the refused rows counted by reason:
/// `{"rows":3,"recorded":2,"duplicates":0,"folded":0,"rejected":1,"reasons":{"invalid_time":1}}`.
///
/// Since 0.1; any thread; text rules: see the head of this file. `everything`: 0 the last load, 1 all. Errors: `ENG_INVALID_ARGUMENT`,
/// `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_account_json(
    ledger: eng_ledger,
    everything: i32,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    guard::read(&LEDGERS, ledger, |book| {
        let of = if crate::arguments::flag(everything, "everything")? { book.ledger.totals() } else { &book.last };
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(&json(of)?, buffer, capacity, needed) }
    })
}

/// A document as JSON.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::new(ErrorKind::Overflow, error.to_string()))
}

/// Counts the refused rows the last load lists.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_reject_count(ledger: eng_ledger, rejects: *mut i64) -> i32 {
    guard::read(&LEDGERS, ledger, |book| {
        let rejects = Out::required(rejects, "rejects")?;
        rejects.write(count(book.rejects.len()));
        Ok(())
    })
}

/// Tells of a refused row of the last load: its number in the load, from 1; the status that says why; and a sentence, such as
/// `row 3, amount "-5": a purchase cannot be negative; a refund is meant`. The numbers may be left out by null pointers.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_ARGUMENT` for an index that does not exist,
/// `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_reject(
    ledger: eng_ledger,
    reject: i64,
    row: *mut i64,
    status: *mut i32,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    guard::read(&LEDGERS, ledger, |book| {
        let reject = &book.rejects[index(reject, book.rejects.len(), "reject")?];
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(&reject.to_string(), buffer, capacity, needed)? };
        Out::optional(row).write(count(reject.row));
        Out::optional(status).write(reject.reason.kind().code());
        Ok(())
    })
}

/// Tells how many rows of how many the load under way in another thread has read; 0 of 0 if none is.
///
/// Since 0.1; any thread; never waits. Errors: `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_progress(ledger: eng_ledger, done: *mut i64, total: *mut i64) -> i32 {
    guard::progress(&LEDGERS, ledger, done, total)
}

/// Cancels the load under way in another thread, or, if none is, the next one: it returns `ENG_CANCELLED`.
///
/// Since 0.1; any thread; never waits. Errors: `ENG_INVALID_HANDLE`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ledger_cancel(ledger: eng_ledger) -> i32 {
    guard::cancel(&LEDGERS, ledger)
}
