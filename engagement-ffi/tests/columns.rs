//! Three ways in, one meaning: rows, columns of every shape, and blocks of them give the same ledger and the same statuses.

mod common;

use std::ffi::{CString, c_char};
use std::ptr::{null, null_mut};

use common::*;
use engagement::*;

/// Customer, minutes after `AT`, kind, amount, rating, order, id; `None` and "" are missing.
type Row = (&'static str, i64, &'static str, Option<i64>, Option<f64>, &'static str, &'static str);

const ROWS: [Row; 9] = [
    ("ann", 0, "purchase", Some(10_000_000), None, "A-1", ""),
    ("ann", 1, "purchase", Some(5_000_000), None, "A-1", ""),
    ("bob", 2, "review", None, Some(5.0), "", "r1"),
    ("bob", 2, "review", None, Some(5.0), "", "r1"),
    ("42", 3, "refund", Some(3_000_000), None, "", ""),
    ("", 4, "visit", None, None, "", ""),
    ("eve", 5, "", None, None, "", ""),
    ("eve", 6, "purchase", Some(-1), None, "", ""),
    ("eve", 7, "purchase", Some(0), Some(4.5), "", "p1"),
];
const STATUSES: [i32; 9] = [
    ENG_RECORDED,
    ENG_FOLDED,
    ENG_RECORDED,
    ENG_DUPLICATE,
    ENG_RECORDED,
    ENG_MISSING_FIELD,
    ENG_MISSING_FIELD,
    ENG_INVALID_MONEY,
    ENG_RECORDED,
];
/// A field of text, and how a row has it.
type TextField = (i32, fn(&Row) -> &'static str);

const TEXTS: [TextField; 4] = [
    (ENG_FIELD_CUSTOMER, |row| row.0),
    (ENG_FIELD_KIND, |row| row.2),
    (ENG_FIELD_ORDER, |row| row.5),
    (ENG_FIELD_ID, |row| row.6),
];

fn lenient() -> eng_ledger {
    let ledger = new_ledger();
    assert_eq!(unsafe { eng_ledger_set_lenient(ledger, 1) }, ENG_OK);
    ledger
}

fn load(batch: eng_batch, rows: usize) -> (Vec<i32>, String) {
    let ledger = lenient();
    let mut statuses = vec![99; rows + 1];
    assert_eq!(unsafe { eng_ledger_load(ledger, batch, rows as i64, statuses.as_mut_ptr()) }, ENG_OK, "{}", ledger_error(ledger));
    assert_eq!(statuses.pop(), Some(99), "nothing is written beyond the last row");
    let print = fingerprint(ledger);
    unsafe {
        let (mut rows_read, mut recorded, mut duplicates, mut folded, mut rejected) = (0, 0, 0, 0, 0);
        let outputs = (&raw mut rows_read, &raw mut recorded, &raw mut duplicates, &raw mut folded, &raw mut rejected);
        assert_eq!(eng_ledger_loaded(ledger, outputs.0, outputs.1, outputs.2, outputs.3, outputs.4), ENG_OK);
        assert_eq!((rows_read, recorded + duplicates + folded + rejected), (rows as i64, rows as i64));
        let counted = |status: i32| statuses.iter().filter(|found| **found == status).count() as i64;
        assert_eq!((recorded, duplicates, folded), (counted(ENG_RECORDED), counted(ENG_DUPLICATE), counted(ENG_FOLDED)));
        let mut rejects = 0;
        assert_eq!(eng_ledger_reject_count(ledger, &raw mut rejects), ENG_OK);
        assert_eq!(rejects, rejected);
        for reject in 0..rejects {
            let (mut row, mut status) = (0, 0);
            let outputs = (&raw mut row, &raw mut status);
            let said = text(|buffer, capacity, needed| {
                eng_ledger_reject(ledger, reject, outputs.0, outputs.1, buffer, capacity, needed)
            });
            assert_eq!(statuses[row as usize - 1], status, "{said}");
            assert!(said.starts_with(&format!("row {row}, ")), "{said}");
        }
        assert_eq!(eng_ledger_free(ledger), ENG_OK);
    }
    (statuses, print)
}

/// The numbers, in memory that batches borrow.
struct Numbers {
    at: Vec<i64>,
    amount: Vec<i64>,
    has_amount: Vec<c_char>,
    rating: Vec<f64>,
}

fn numbers() -> Numbers {
    Numbers {
        at: ROWS.iter().map(|row| AT + row.1 * 60_000_000).collect(),
        amount: ROWS.iter().map(|row| row.3.unwrap_or(777)).collect(),
        has_amount: ROWS.iter().map(|row| c_char::from(row.3.is_some())).collect(),
        rating: ROWS.iter().map(|row| row.4.unwrap_or(f64::NAN)).collect(),
    }
}

fn bind(batch: eng_batch, numbers: &Numbers) {
    unsafe {
        assert_eq!(eng_batch_int64_column(batch, ENG_FIELD_AT, numbers.at.as_ptr(), 0, null()), ENG_OK);
        assert_eq!(
            eng_batch_int64_column(batch, ENG_FIELD_AMOUNT, numbers.amount.as_ptr(), 0, numbers.has_amount.as_ptr()),
            ENG_OK
        );
        assert_eq!(eng_batch_double_column(batch, ENG_FIELD_RATING, numbers.rating.as_ptr(), 0, null()), ENG_OK);
    }
}

/// The log through offsets: what the other shapes are compared with.
fn with_offsets() -> (Vec<i32>, String) {
    let (batch, numbers) = (new_batch(), numbers());
    bind(batch, &numbers);
    let columns: Vec<(i32, String, Vec<i64>)> = TEXTS
        .iter()
        .map(|(field, get)| {
            let (mut bytes, mut offsets) = (String::from("!"), vec![1]);
            for row in &ROWS {
                bytes += get(row);
                offsets.push(bytes.len() as i64);
            }
            (*field, bytes, offsets)
        })
        .collect();
    for (field, bytes, offsets) in &columns {
        assert_eq!(unsafe { eng_batch_text_column(batch, *field, bytes.as_ptr().cast(), offsets.as_ptr(), null()) }, ENG_OK);
    }
    let loaded = load(batch, ROWS.len());
    assert_eq!(unsafe { eng_batch_free(batch) }, ENG_OK);
    loaded
}

#[test]
fn offsets_give_every_row_its_status() {
    let (statuses, print) = with_offsets();
    assert_eq!(statuses, STATUSES);
    assert!(print.contains("\"recorded\":4"), "{print}");
}

#[test]
fn fixed_width_is_the_same_with_spaces_and_with_nuls() {
    let expected = with_offsets();
    for padding in [b' ', 0] {
        let (batch, numbers) = (new_batch(), numbers());
        bind(batch, &numbers);
        let columns: Vec<(i32, Vec<u8>)> = TEXTS
            .iter()
            .map(|(field, get)| {
                let padded = |row| {
                    let mut bytes = get(row).as_bytes().to_vec();
                    bytes.resize(10, padding);
                    bytes
                };
                (*field, ROWS.iter().flat_map(padded).collect())
            })
            .collect();
        for (field, bytes) in &columns {
            assert_eq!(unsafe { eng_batch_fixed_column(batch, *field, bytes.as_ptr().cast(), 10, 0, null()) }, ENG_OK);
        }
        assert_eq!(load(batch, ROWS.len()), expected);
        assert_eq!(unsafe { eng_batch_free(batch) }, ENG_OK);
    }
}

#[test]
fn pointers_to_strings_are_the_same() {
    let (batch, numbers) = (new_batch(), numbers());
    bind(batch, &numbers);
    let texts: Vec<Vec<CString>> =
        TEXTS.iter().map(|(_, get)| ROWS.iter().map(|row| CString::new(get(row)).unwrap()).collect()).collect();
    let pointers: Vec<Vec<*const c_char>> = texts
        .iter()
        .map(|column| column.iter().map(|text| if text.is_empty() { null() } else { text.as_ptr() }).collect())
        .collect();
    for ((field, _), column) in TEXTS.iter().zip(&pointers) {
        assert_eq!(unsafe { eng_batch_string_column(batch, *field, column.as_ptr()) }, ENG_OK);
    }
    assert_eq!(load(batch, ROWS.len()), with_offsets());
    assert_eq!(unsafe { eng_batch_free(batch) }, ENG_OK);
}

/// A table of packed records, as COBOL has them: every number misaligned, one stride for all.
#[test]
fn records_at_odd_addresses_are_the_same() {
    const RECORD: usize = 10 + 10 + 10 + 10 + 8 + 8 + 1 + 8 + 4;
    let mut table = vec![b'?'];
    for row in &ROWS {
        let start = table.len();
        for (_, get) in TEXTS {
            table.extend_from_slice(format!("{:<10}", get(row)).as_bytes());
        }
        table.extend_from_slice(&(AT + row.1 * 60_000_000).to_ne_bytes());
        table.extend_from_slice(&row.3.unwrap_or(0).to_ne_bytes());
        table.push(u8::from(row.3.is_some()));
        table.extend_from_slice(&row.4.unwrap_or(f64::NAN).to_ne_bytes());
        table.extend_from_slice(b"\0\0\0\0");
        assert_eq!(table.len() - start, RECORD);
    }
    let batch = new_batch();
    let (first, stride) = (table[1..].as_ptr(), RECORD as i64);
    unsafe {
        for (place, (field, _)) in TEXTS.iter().enumerate() {
            assert_eq!(eng_batch_fixed_column(batch, *field, first.add(place * 10).cast(), 10, stride, null()), ENG_OK);
        }
        assert_eq!(eng_batch_int64_column(batch, ENG_FIELD_AT, first.add(40).cast(), stride, null()), ENG_OK);
        assert_eq!(eng_batch_int64_column(batch, ENG_FIELD_AMOUNT, first.add(48).cast(), stride, first.add(56).cast()), ENG_OK);
        assert_eq!(eng_batch_double_column(batch, ENG_FIELD_RATING, first.add(57).cast(), stride, null()), ENG_OK);
    }
    assert_eq!(load(batch, ROWS.len()), with_offsets());
    assert_eq!(unsafe { eng_batch_free(batch) }, ENG_OK);
}

/// Row by row there is nothing to fold: each row of an order is an interaction. So the log without its orders is compared.
#[test]
fn row_by_row_is_the_same() {
    let by_columns = {
        let (batch, numbers) = (new_batch(), numbers());
        bind(batch, &numbers);
        let texts: Vec<Vec<CString>> =
            TEXTS.iter().map(|(_, get)| ROWS.iter().map(|row| CString::new(get(row)).unwrap()).collect()).collect();
        let pointers: Vec<Vec<*const c_char>> =
            texts.iter().map(|column| column.iter().map(|text| text.as_ptr()).collect()).collect();
        for ((field, _), column) in TEXTS.iter().zip(&pointers).filter(|((field, _), _)| *field != ENG_FIELD_ORDER) {
            assert_eq!(unsafe { eng_batch_string_column(batch, *field, column.as_ptr()) }, ENG_OK);
        }
        let loaded = load(batch, ROWS.len());
        assert_eq!(unsafe { eng_batch_free(batch) }, ENG_OK);
        loaded
    };

    let (ledger, batch) = (new_ledger(), new_batch());
    let mut statuses = Vec::new();
    for row in &ROWS {
        let mut outcome = 99;
        unsafe {
            assert_eq!(eng_batch_clear(batch), ENG_OK);
            for (field, get) in TEXTS.iter().filter(|(field, _)| *field != ENG_FIELD_ORDER) {
                let value = get(row);
                assert_eq!(eng_batch_text(batch, *field, value.as_ptr().cast(), value.len() as i64), ENG_OK);
            }
            assert_eq!(eng_batch_int64(batch, ENG_FIELD_AT, AT + row.1 * 60_000_000), ENG_OK);
            if let Some(amount) = row.3 {
                assert_eq!(eng_batch_int64(batch, ENG_FIELD_AMOUNT, amount), ENG_OK);
            }
            assert_eq!(eng_batch_double(batch, ENG_FIELD_RATING, row.4.unwrap_or(f64::NAN)), ENG_OK);
            let status = eng_ledger_append_row(ledger, batch, &raw mut outcome);
            assert!(status != ENG_OK || outcome != 99);
            statuses.push(if status == ENG_OK { outcome } else { status });
        }
    }
    assert_eq!(statuses, by_columns.0);
    // The accounts differ in the rows that were refused one by one; the scores do not.
    let scores = |print: &str| print.split_once("}}").unwrap().1.to_owned();
    assert_eq!(scores(&fingerprint(ledger)), scores(&by_columns.1));
    assert_eq!(unsafe { (eng_batch_free(batch), eng_ledger_free(ledger)) }, (ENG_OK, ENG_OK));
}

/// More rows than are converted at a time; amounts as doubles, ratings as integers, keys as integers.
#[test]
fn long_columns_and_other_types_of_numbers() {
    const MANY: usize = 150_000;
    let keys: Vec<i64> = (0..MANY as i64).map(|row| row % 1000).collect();
    let at: Vec<i64> = (0..MANY as i64).map(|row| AT + row).collect();
    let cents: Vec<f64> = (0..MANY).map(|row| (row % 977) as f64 / 100.0).collect();
    let ratings: Vec<i64> = (0..MANY as i64).map(|row| row % 5 + 1).collect();
    let (ledger, twin, batch) = (new_ledger(), new_ledger(), new_batch());
    unsafe {
        assert_eq!(eng_batch_int64_column(batch, ENG_FIELD_CUSTOMER, keys.as_ptr(), 0, null()), ENG_OK);
        assert_eq!(eng_batch_int64_column(batch, ENG_FIELD_AT, at.as_ptr(), 0, null()), ENG_OK);
        assert_eq!(eng_batch_text(batch, ENG_FIELD_KIND, c"purchase".as_ptr(), -1), ENG_OK);
        assert_eq!(eng_batch_double_column(batch, ENG_FIELD_AMOUNT, cents.as_ptr(), 0, null()), ENG_OK);
        assert_eq!(eng_batch_int64_column(batch, ENG_FIELD_RATING, ratings.as_ptr(), 0, null()), ENG_OK);
        let mut statuses = vec![99; MANY];
        assert_eq!(eng_ledger_load(ledger, batch, MANY as i64, statuses.as_mut_ptr()), ENG_OK);
        assert!(statuses.iter().all(|status| *status == ENG_RECORDED));

        // The same numbers in the types the ledger keeps.
        let micros: Vec<i64> = (0..MANY as i64).map(|row| row % 977 * 10_000).collect();
        let stars: Vec<f64> = ratings.iter().map(|rating| *rating as f64).collect();
        assert_eq!(eng_batch_int64_column(batch, ENG_FIELD_AMOUNT, micros.as_ptr(), 0, null()), ENG_OK);
        assert_eq!(eng_batch_double_column(batch, ENG_FIELD_RATING, stars.as_ptr(), 0, null()), ENG_OK);
        assert_eq!(eng_ledger_load(twin, batch, MANY as i64, null_mut()), ENG_OK);
        let rulebook = standard();
        let column = |ledger| {
            let scores = new_scores();
            assert_eq!(eng_scores_score(scores, ledger, rulebook, AT + MANY as i64), ENG_OK);
            let mut values = vec![f64::NAN; 1000];
            let (values_at, rows) = (values.as_mut_ptr(), values.len() as i64);
            assert_eq!(eng_scores_double_column(scores, ENG_COLUMN_ENGAGEMENT, 0, rows, values_at, null_mut()), ENG_OK);
            assert_eq!(eng_scores_free(scores), ENG_OK);
            values.into_iter().map(f64::to_bits).collect::<Vec<u64>>()
        };
        assert_eq!(column(ledger), column(twin));
        assert_eq!(eng_rulebook_free(rulebook), ENG_OK);
        assert_eq!((eng_batch_free(batch), eng_ledger_free(ledger), eng_ledger_free(twin)), (ENG_OK, ENG_OK, ENG_OK));
    }
}
