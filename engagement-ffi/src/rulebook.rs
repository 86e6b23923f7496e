//! Rulebooks: what gives points, as a document.

use std::ffi::c_char;

use engagement_core::{Error, ErrorKind, Result, Rulebook, Rules, Timestamp};

use crate::guard;
use crate::handle::Table;
use crate::ledger::{LEDGERS, eng_ledger};
use crate::out::{Out, count, index};
use crate::text::{self, write_text};

/// What gives points, and how points become levels. See `eng_rulebook_new`.
#[derive(Debug)]
#[expect(non_camel_case_types, reason = "the name in C")]
pub struct eng_rulebook_tag {
    _private: [u8; 0],
}

/// A handle: what gives points, and how points become levels. See `eng_rulebook_new`.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type eng_rulebook = *mut eng_rulebook_tag;

pub(crate) static RULEBOOKS: Table<Option<Compiled>> = Table::new(3);

/// A rulebook, and the rules it compiles to.
pub(crate) struct Compiled {
    pub(crate) book: Rulebook,
    pub(crate) rules: Rules,
}

/// The rules of a handle, unless it is still empty.
pub(crate) fn rules(compiled: &Option<Compiled>) -> Result<&Compiled> {
    compiled.as_ref().ok_or_else(|| Error::new(ErrorKind::InvalidRulebook, "the rulebook is empty: load one into it"))
}

fn set(rulebook: eng_rulebook, read: impl FnOnce() -> Result<Rulebook>) -> i32 {
    guard::write(&RULEBOOKS, rulebook, |compiled| {
        let book = read()?;
        let rules = book.compile()?;
        *compiled = Some(Compiled { book, rules });
        Ok(())
    })
}

/// Makes an empty rulebook; load one into it before it is used.
///
/// Since 0.1; any thread; free with `eng_rulebook_free`. Errors: `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rulebook_new(rulebook: *mut eng_rulebook) -> i32 {
    guard::new(&RULEBOOKS, rulebook, || None)
}

/// Frees a rulebook. Null is ignored.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_HANDLE`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rulebook_free(rulebook: eng_rulebook) -> i32 {
    guard::free(&RULEBOOKS, rulebook)
}

/// Gives the text of the last error of this handle; empty if its last call succeeded.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_HANDLE`, `ENG_BUFFER_TOO_SMALL`,
/// `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rulebook_error(
    rulebook: eng_rulebook,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::call(|| unsafe { write_text(&guard::last_error(&RULEBOOKS, rulebook)?, buffer, capacity, needed) })
}

/// Loads the standard rulebook, which has a rule for every standard kind and needs no configuration.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rulebook_standard(rulebook: eng_rulebook) -> i32 {
    set(rulebook, || Ok(Rulebook::standard()))
}

/// Loads the standard rulebook fitted to a ledger as it stood at a time: half of its customers then score above 50, and ways
/// it never shows weigh nothing. Save it by `eng_rulebook_toml`, so that scores stay comparable from then on.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_TIME`, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rulebook_calibrated(rulebook: eng_rulebook, ledger: eng_ledger, as_of_us: i64) -> i32 {
    set(rulebook, || {
        let as_of = Timestamp::from_micros(as_of_us)?;
        LEDGERS.with(ledger.addr(), |book| Rulebook::calibrated(&book.ledger, as_of))
    })
}

/// Loads a rulebook from TOML. An error names the path in the document, the bad value, and what is allowed; the handle keeps
/// the rulebook it had.
///
/// Since 0.1; any thread, one at a time; the text is copied, and has at most 16 MiB. Errors: `ENG_INVALID_RULEBOOK`,
/// `ENG_UNSUPPORTED_VERSION`, `ENG_INVALID_UTF8`, `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rulebook_from_toml(rulebook: eng_rulebook, toml: *const c_char, toml_len: i64) -> i32 {
    // SAFETY: the caller's promise for a text in.
    set(rulebook, || Rulebook::from_toml(unsafe { text::document(toml, toml_len, "toml")? }))
}

/// Loads a rulebook from JSON; otherwise as `eng_rulebook_from_toml`.
///
/// Since 0.1; any thread, one at a time; the text is copied, and has at most 16 MiB. Errors: as `eng_rulebook_from_toml`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rulebook_from_json(rulebook: eng_rulebook, json: *const c_char, json_len: i64) -> i32 {
    // SAFETY: the caller's promise for a text in.
    set(rulebook, || Rulebook::from_json(unsafe { text::document(json, json_len, "json")? }))
}

/// Gives the rulebook as TOML, which every version of this library from this one on reads.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_RULEBOOK` while the handle is empty,
/// `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rulebook_toml(
    rulebook: eng_rulebook,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::read(&RULEBOOKS, rulebook, |compiled| unsafe {
        write_text(&rules(compiled)?.book.to_toml()?, buffer, capacity, needed)
    })
}

/// Gives the rulebook as JSON.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: as `eng_rulebook_toml`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rulebook_json(
    rulebook: eng_rulebook,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::read(&RULEBOOKS, rulebook, |compiled| unsafe {
        write_text(&rules(compiled)?.book.to_json()?, buffer, capacity, needed)
    })
}

/// Gives what a calibration had to say, a sentence a line: such as that there are too few customers to fit to.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: as `eng_rulebook_toml`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rulebook_notes(
    rulebook: eng_rulebook,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    guard::read(&RULEBOOKS, rulebook, |compiled| {
        let notes = rules(compiled)?.book.notes().join("\n");
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(&notes, buffer, capacity, needed) }
    })
}

/// Counts the rules.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_RULEBOOK` while the handle is empty, `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rulebook_rule_count(rulebook: eng_rulebook, count_out: *mut i64) -> i32 {
    guard::read(&RULEBOOKS, rulebook, |compiled| {
        let out = Out::required(count_out, "count_out")?;
        out.write(count(rules(compiled)?.rules.names().count()));
        Ok(())
    })
}

/// Gives the name of the rule at an index, from 0.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_ARGUMENT` for an index that does not exist, and
/// as `eng_rulebook_toml`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rulebook_rule_name(
    rulebook: eng_rulebook,
    rule: i64,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    guard::read(&RULEBOOKS, rulebook, |compiled| {
        let rules = &rules(compiled)?.rules;
        let rule = index(rule, rules.names().count(), "rule")?;
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(rules.names().nth(rule).unwrap_or_default(), buffer, capacity, needed) }
    })
}
