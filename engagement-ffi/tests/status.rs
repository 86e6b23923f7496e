//! Every status code, pinned: to its number, to the kind of error of the core, and to a call that answers it.

mod common;

use std::ptr::{null, null_mut};

use common::*;
use engagement::*;
use engagement_core::ErrorKind;

#[test]
fn codes_are_the_kinds_of_the_core() {
    let codes = [
        (ENG_INVALID_ARGUMENT, -1, ErrorKind::InvalidArgument),
        (ENG_INVALID_HANDLE, -2, ErrorKind::InvalidHandle),
        (ENG_INVALID_UTF8, -3, ErrorKind::InvalidUtf8),
        (ENG_INVALID_TIME, -4, ErrorKind::InvalidTime),
        (ENG_INVALID_MONEY, -5, ErrorKind::InvalidMoney),
        (ENG_MISSING_FIELD, -6, ErrorKind::MissingField),
        (ENG_CURRENCY_MISMATCH, -7, ErrorKind::CurrencyMismatch),
        (ENG_ID_CONFLICT, -8, ErrorKind::IdConflict),
        (ENG_UNKNOWN_CUSTOMER, -9, ErrorKind::UnknownCustomer),
        (ENG_INVALID_RULEBOOK, -10, ErrorKind::InvalidRulebook),
        (ENG_UNSUPPORTED_VERSION, -11, ErrorKind::UnsupportedVersion),
        (ENG_OVERFLOW, -12, ErrorKind::Overflow),
        (ENG_NO_MEMORY, -13, ErrorKind::NoMemory),
        (ENG_BUFFER_TOO_SMALL, -14, ErrorKind::BufferTooSmall),
        (ENG_CANCELLED, -15, ErrorKind::Cancelled),
        (ENG_FORKED, -16, ErrorKind::Forked),
        (ENG_POISONED, -17, ErrorKind::Poisoned),
        (ENG_PANIC, -18, ErrorKind::Panic),
        (ENG_FIT_FAILED, -19, ErrorKind::FitFailed),
        (ENG_CORRUPT_DATA, -20, ErrorKind::CorruptData),
    ];
    assert_eq!(ENG_OK, 0);
    assert_eq!(codes.map(|code| code.2), ErrorKind::ALL);
    let mut texts = Vec::new();
    for (code, number, kind) in codes {
        assert_eq!((code, kind.code()), (number, number));
        let said = text(|buffer, capacity, needed| unsafe { eng_status_text(code, buffer, capacity, needed) });
        assert_eq!(said, kind.describe());
        assert!(!texts.contains(&said), "two codes say \"{said}\"");
        texts.push(said);
    }
    assert_eq!(text(|buffer, capacity, needed| unsafe { eng_status_text(ENG_OK, buffer, capacity, needed) }), "ok");
    for none in [1, -21, i32::MIN, i32::MAX] {
        assert_eq!(unsafe { eng_status_text(none, null_mut(), 0, null_mut()) }, ENG_INVALID_ARGUMENT);
    }
}

/// The codes a caller can meet, each from a call that earns it. (Fork, poison, panic, cancel and fits have tests of their own; no
/// function reads stored data yet.)
#[test]
fn calls_answer_with_the_right_code() {
    let ledger = sample();
    let before = fingerprint(ledger);
    assert_eq!(append(ledger, b"ann", AT, b"\xff"), ENG_INVALID_UTF8);
    assert_eq!(append(ledger, b"ann", i64::MAX, b"visit"), ENG_INVALID_TIME);
    assert_eq!(append_amount(ledger, b"ann", AT, b"purchase", Some(-1)), ENG_INVALID_MONEY);
    assert_eq!(append_amount(ledger, b"ann", AT, b"purchase", Some(i64::MIN)), ENG_INVALID_MONEY);
    assert_eq!(append(ledger, b"", AT, b"visit"), ENG_MISSING_FIELD);
    assert_eq!(unsafe { eng_ledger_set_currency(ledger, c"euro".as_ptr(), -1) }, ENG_INVALID_ARGUMENT);
    assert_eq!(unsafe { eng_ledger_set_lenient(ledger, 2) }, ENG_INVALID_ARGUMENT);
    assert_eq!(unsafe { eng_ledger_set_memory_budget(ledger, -1) }, ENG_INVALID_ARGUMENT);
    assert_eq!(unsafe { eng_ledger_set_zone(ledger, c"Mars/Olympus".as_ptr(), -1) }, ENG_INVALID_ARGUMENT);
    assert_eq!(fingerprint(ledger), before);

    assert_eq!(unsafe { eng_ledger_set_currency(ledger, c"EUR".as_ptr(), -1) }, ENG_OK);
    assert_eq!(unsafe { eng_ledger_set_currency(ledger, c"EUR".as_ptr(), -1) }, ENG_OK);
    assert_eq!(unsafe { eng_ledger_set_currency(ledger, c"USD".as_ptr(), -1) }, ENG_CURRENCY_MISMATCH);
    assert!(ledger_error(ledger).contains("EUR"), "{}", ledger_error(ledger));

    let (card, rulebook) = (new_card(), standard());
    let score =
        |rulebook, customer: &std::ffi::CStr| unsafe { eng_scorecard_score(card, ledger, rulebook, customer.as_ptr(), -1, AT) };
    assert_eq!(score(rulebook, c"nobody"), ENG_UNKNOWN_CUSTOMER);
    let said = text(|buffer, capacity, needed| unsafe { eng_scorecard_error(card, buffer, capacity, needed) });
    assert!(said.contains("nobody"), "{said}");
    assert_eq!(score(null_mut(), c"ann"), ENG_INVALID_HANDLE);
    let mut empty = null_mut();
    unsafe {
        assert_eq!(eng_rulebook_new(&raw mut empty), ENG_OK);
        assert_eq!(score(empty, c"ann"), ENG_INVALID_RULEBOOK);
        assert_eq!(eng_rulebook_from_toml(empty, c"version = 1\nname = \"x\"\nnonsense = 3".as_ptr(), -1), ENG_INVALID_RULEBOOK);
        let said = text(|buffer, capacity, needed| eng_rulebook_error(empty, buffer, capacity, needed));
        assert!(said.contains("nonsense"), "{said}");
        let newer = text(|buffer, capacity, needed| eng_rulebook_toml(rulebook, buffer, capacity, needed))
            .replace("version = 1", "version = 999");
        assert_eq!(eng_rulebook_from_toml(empty, newer.as_ptr().cast(), newer.len() as i64), ENG_UNSUPPORTED_VERSION);
        assert_eq!(eng_rulebook_from_json(empty, c"{".as_ptr(), -1), ENG_INVALID_RULEBOOK);
        assert_eq!(eng_rulebook_toml(empty, null_mut(), 0, null_mut()), ENG_INVALID_RULEBOOK);
        let mut count = 77;
        assert_eq!(eng_scorecard_contribution_count(card, &raw mut count), ENG_MISSING_FIELD, "nothing was scored yet");
        assert_eq!(count, 77, "an output of a failed call");
        assert_eq!(eng_scorecard_explanation(card, null_mut(), 0, null_mut()), ENG_MISSING_FIELD);
        assert_eq!(eng_parse_money(c"1.2345678".as_ptr(), -1, &raw mut count), ENG_INVALID_MONEY);
        assert_eq!(eng_parse_money(c"".as_ptr(), -1, &raw mut count), ENG_MISSING_FIELD);
        assert_eq!(eng_parse_time(c"yesterday".as_ptr(), -1, null(), 0, &raw mut count), ENG_INVALID_TIME);
        assert_eq!(eng_parse_time(c"2026-01-01".as_ptr(), -1, c"Nowhere".as_ptr(), -1, &raw mut count), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_format_time(i64::MIN, null_mut(), 0, null_mut()), ENG_INVALID_TIME);
        assert_eq!(eng_format_money(i64::MIN, null_mut(), 0, null_mut()), ENG_INVALID_MONEY);
        assert_eq!(count, 77, "an output of a failed call");
        for handle in [empty, rulebook] {
            assert_eq!(eng_rulebook_free(handle), ENG_OK);
        }
        assert_eq!(eng_scorecard_free(card), ENG_OK);
        assert_eq!(eng_ledger_free(ledger), ENG_OK);
    }
}

#[test]
fn an_id_that_is_taken_is_a_conflict_and_a_sum_that_does_not_fit_an_overflow() {
    let (ledger, batch) = (sample(), new_batch());
    unsafe {
        assert_eq!(eng_batch_text(batch, ENG_FIELD_CUSTOMER, c"ann".as_ptr(), -1), ENG_OK);
        assert_eq!(eng_batch_int64(batch, ENG_FIELD_AT, AT), ENG_OK);
        assert_eq!(eng_batch_text(batch, ENG_FIELD_KIND, c"purchase".as_ptr(), -1), ENG_OK);
        assert_eq!(eng_batch_int64(batch, ENG_FIELD_AMOUNT, 1), ENG_OK);
        assert_eq!(eng_batch_text(batch, ENG_FIELD_ID, c"till-1".as_ptr(), -1), ENG_OK);
        let mut outcome = 9;
        assert_eq!(eng_ledger_append_row(ledger, batch, &raw mut outcome), ENG_OK);
        assert_eq!(outcome, ENG_RECORDED);
        assert_eq!(eng_ledger_append_row(ledger, batch, &raw mut outcome), ENG_OK);
        assert_eq!(outcome, ENG_DUPLICATE);
        let before = fingerprint(ledger);
        assert_eq!(eng_batch_int64(batch, ENG_FIELD_AMOUNT, 2), ENG_OK);
        outcome = 9;
        assert_eq!(eng_ledger_append_row(ledger, batch, &raw mut outcome), ENG_ID_CONFLICT);
        assert_eq!(eng_ledger_load(ledger, batch, 1, &raw mut outcome), ENG_ID_CONFLICT);
        assert_eq!(outcome, 9, "an output of a failed call");
        assert_eq!(fingerprint(ledger), before);

        assert_eq!(eng_batch_text(batch, ENG_FIELD_ID, null(), 0), ENG_OK);
        assert_eq!(eng_batch_text(batch, ENG_FIELD_ORDER, c"A-1".as_ptr(), -1), ENG_OK);
        assert_eq!(eng_batch_int64(batch, ENG_FIELD_AMOUNT, i64::MAX), ENG_OK);
        assert_eq!(eng_ledger_load(ledger, batch, 2, null_mut()), ENG_OVERFLOW);
        assert_eq!(fingerprint(ledger), before);

        assert_eq!(eng_ledger_set_currency(ledger, c"EUR".as_ptr(), -1), ENG_OK);
        assert_eq!(eng_batch_text(batch, ENG_FIELD_CURRENCY, c"USD".as_ptr(), -1), ENG_OK);
        assert_eq!(eng_ledger_append_row(ledger, batch, null_mut()), ENG_CURRENCY_MISMATCH);
        assert_eq!(eng_ledger_load(ledger, batch, 1, null_mut()), ENG_CURRENCY_MISMATCH);
        assert_eq!(fingerprint(ledger), before);
        assert_eq!((eng_batch_free(batch), eng_ledger_free(ledger)), (ENG_OK, ENG_OK));
    }
}

#[test]
fn a_buffer_that_is_too_small_says_how_much_it_takes() {
    let mut needed = 0;
    let mut buffer = [7u8; 8];
    let status = unsafe { eng_format_money(1_234_567_890, buffer.as_mut_ptr().cast(), 5, &raw mut needed) };
    assert_eq!((status, needed), (ENG_BUFFER_TOO_SMALL, 11));
    assert_eq!(&buffer, b"1234\0\x07\x07\x07", "cut, terminated, and nothing beyond");
    let status = unsafe { eng_format_money(1_234_567_890, buffer.as_mut_ptr().cast(), 0, &raw mut needed) };
    assert_eq!((status, needed, buffer[0]), (ENG_BUFFER_TOO_SMALL, 11, b'1'));
    assert_eq!(unsafe { eng_format_money(1, null_mut(), 3, null_mut()) }, ENG_INVALID_ARGUMENT);
    assert_eq!(unsafe { eng_format_money(1, buffer.as_mut_ptr().cast(), -1, null_mut()) }, ENG_INVALID_ARGUMENT);

    // Never in the middle of a character.
    let ledger = new_ledger();
    assert_eq!(append(ledger, "Zoë".as_bytes(), AT, "äöü".as_bytes()), ENG_OK);
    let mut buffer = [7u8; 6];
    let status = unsafe { eng_ledger_kind(ledger, 0, null_mut(), buffer.as_mut_ptr().cast(), 4, &raw mut needed) };
    assert_eq!((status, needed, &buffer[..3]), (ENG_BUFFER_TOO_SMALL, 7, "ä\0".as_bytes()));
    assert_eq!(unsafe { eng_ledger_free(ledger) }, ENG_OK);
}

#[test]
fn a_budget_that_is_used_up_is_no_memory() {
    let (ledger, batch) = (sample(), new_batch());
    let keys: Vec<i64> = (0..200_000).collect();
    unsafe {
        assert_eq!(eng_ledger_set_memory_budget(ledger, 1 << 20), ENG_OK);
        let before = fingerprint(ledger);
        assert_eq!(eng_batch_int64_column(batch, ENG_FIELD_CUSTOMER, keys.as_ptr(), 0, null()), ENG_OK);
        assert_eq!(eng_batch_int64(batch, ENG_FIELD_AT, AT), ENG_OK);
        assert_eq!(eng_batch_text(batch, ENG_FIELD_KIND, c"visit".as_ptr(), -1), ENG_OK);
        assert_eq!(eng_ledger_load(ledger, batch, 200_000, null_mut()), ENG_NO_MEMORY);
        assert!(ledger_error(ledger).contains("1048576"), "{}", ledger_error(ledger));
        assert_eq!(fingerprint(ledger), before);
        assert_eq!(eng_ledger_set_memory_budget(ledger, 0), ENG_OK);
        assert_eq!(eng_ledger_load(ledger, batch, 200_000, null_mut()), ENG_OK);
        let mut bytes = 0;
        assert_eq!(eng_ledger_heap_size(ledger, &raw mut bytes), ENG_OK);
        assert!(bytes > 1 << 20, "{bytes}");
        assert_eq!((eng_batch_free(batch), eng_ledger_free(ledger)), (ENG_OK, ENG_OK));
    }
}
