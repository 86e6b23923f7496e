//! What the tests of the binary interface share.
#![allow(dead_code, reason = "each test uses a part of it")]

pub(crate) mod cdnow;

use std::ffi::c_char;
use std::ptr::null_mut;

use engagement::*;

pub(crate) const AT: i64 = 1_772_000_000_000_000;

/// The text a function gives, read as a careful caller does: ask for the size, then for the text.
pub(crate) fn text(mut get: impl FnMut(*mut c_char, i64, *mut i64) -> i32) -> String {
    let mut needed = 0;
    assert_eq!(get(null_mut(), 0, &raw mut needed), ENG_OK);
    let mut buffer = vec![1u8; needed as usize];
    assert_eq!(get(buffer.as_mut_ptr().cast(), needed, null_mut()), ENG_OK);
    assert_eq!(buffer.pop(), Some(0), "NUL-terminated, and the needed size counts the NUL");
    String::from_utf8(buffer).unwrap()
}

pub(crate) fn ledger_error(ledger: eng_ledger) -> String {
    text(|buffer, capacity, needed| unsafe { eng_ledger_error(ledger, buffer, capacity, needed) })
}

pub(crate) fn new_ledger() -> eng_ledger {
    let mut ledger = null_mut();
    assert_eq!(unsafe { eng_ledger_new(&raw mut ledger) }, ENG_OK);
    ledger
}

pub(crate) fn new_batch() -> eng_batch {
    let mut batch = null_mut();
    assert_eq!(unsafe { eng_batch_new(&raw mut batch) }, ENG_OK);
    batch
}

pub(crate) fn standard() -> eng_rulebook {
    let mut rulebook = null_mut();
    assert_eq!(unsafe { eng_rulebook_new(&raw mut rulebook) }, ENG_OK);
    assert_eq!(unsafe { eng_rulebook_standard(rulebook) }, ENG_OK);
    rulebook
}

pub(crate) fn new_card() -> eng_scorecard {
    let mut card = null_mut();
    assert_eq!(unsafe { eng_scorecard_new(&raw mut card) }, ENG_OK);
    card
}

pub(crate) fn new_scores() -> eng_scores {
    let mut scores = null_mut();
    assert_eq!(unsafe { eng_scores_new(&raw mut scores) }, ENG_OK);
    scores
}

pub(crate) fn new_purchases() -> eng_purchases {
    let mut purchases = null_mut();
    assert_eq!(unsafe { eng_purchases_new(&raw mut purchases) }, ENG_OK);
    purchases
}

pub(crate) fn new_model() -> eng_model {
    let mut model = null_mut();
    assert_eq!(unsafe { eng_model_new(&raw mut model) }, ENG_OK);
    model
}

/// A new handle of a type that only some tests use.
pub(crate) fn made<T>(new: unsafe extern "system" fn(*mut *mut T) -> i32) -> *mut T {
    let mut handle = null_mut();
    assert_eq!(unsafe { new(&raw mut handle) }, ENG_OK);
    handle
}

/// Appends an interaction without an amount.
pub(crate) fn append(ledger: eng_ledger, customer: &[u8], at: i64, kind: &[u8]) -> i32 {
    append_amount(ledger, customer, at, kind, None)
}

pub(crate) fn append_amount(ledger: eng_ledger, customer: &[u8], at: i64, kind: &[u8], amount: Option<i64>) -> i32 {
    let amount = amount.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    let (customer_len, kind_len) = (customer.len() as i64, kind.len() as i64);
    unsafe {
        eng_ledger_append(ledger, customer.as_ptr().cast(), customer_len, at, kind.as_ptr().cast(), kind_len, amount, null_mut())
    }
}

/// A ledger with a little of everything, and a batch that binds nothing.
pub(crate) fn sample() -> eng_ledger {
    let ledger = new_ledger();
    for (day, customer) in ["ann", "bob", "7", "ann", "bob", "eve", "ann"].iter().enumerate() {
        let at = AT + day as i64 * 86_400_000_000;
        assert_eq!(append_amount(ledger, customer.as_bytes(), at, b"purchase", Some(25_000_000)), ENG_OK);
    }
    assert_eq!(append(ledger, b"eve", AT + 1, b"complaint"), ENG_OK);
    ledger
}

/// All that can be seen of a ledger: a failed call must not change it.
pub(crate) fn fingerprint(ledger: eng_ledger) -> String {
    let (mut interactions, mut customers, mut kinds) = (0, 0, 0);
    assert_eq!(unsafe { eng_ledger_counts(ledger, &raw mut interactions, &raw mut customers) }, ENG_OK);
    assert_eq!(unsafe { eng_ledger_kind_count(ledger, &raw mut kinds) }, ENG_OK);
    let mut print = format!("{interactions} {customers} {kinds}\n");
    print += &text(|buffer, capacity, needed| unsafe { eng_ledger_account_json(ledger, 1, buffer, capacity, needed) });
    let (rulebook, card) = (standard(), new_card());
    for customer in ["ann", "bob", "7", "eve"] {
        let pointer: *const c_char = customer.as_ptr().cast();
        let status =
            unsafe { eng_scorecard_score(card, ledger, rulebook, pointer, customer.len() as i64, AT + 40 * 86_400_000_000) };
        assert!(status == ENG_OK || status == ENG_UNKNOWN_CUSTOMER);
        if status == ENG_OK {
            print += &text(|buffer, capacity, needed| unsafe { eng_scorecard_json(card, buffer, capacity, needed) });
        }
    }
    unsafe {
        eng_scorecard_free(card);
        eng_rulebook_free(rulebook);
    }
    print
}
