//! Purchases through C are those of the core, to the last bit.

mod common;

use std::ffi::c_char;
use std::ptr::{null, null_mut};

use common::cdnow::*;
use common::*;
use engagement::*;
use engagement_core::{PurchaseColumns, PurchaseOptions, Purchases, TimeUnit, Values, Zone};

#[test]
fn purchases_are_those_of_the_core() {
    let (core, ledger) = cdnow();
    let (want, purchases) = summary(&core, ledger);
    let held = want.holdout().unwrap();
    let rows = want.len();
    assert_eq!(rows, 2357);
    unsafe {
        let (mut count, mut prospects, mut earlier, mut length) = (9, 9, 9, 9.0);
        assert_eq!(eng_purchases_count(purchases, &raw mut count, &raw mut prospects, &raw mut earlier), ENG_OK);
        assert_eq!((count as usize, prospects, earlier), (rows, 0, 0));
        assert_eq!(eng_purchases_holdout_length(purchases, &raw mut length), ENG_OK);
        assert_eq!(length, WEEKS);

        for (column, numbers) in [
            (ENG_PURCHASES_FREQUENCY, want.frequency()),
            (ENG_PURCHASES_PAID, want.paid()),
            (ENG_PURCHASES_HOLDOUT_FREQUENCY, &held.frequency),
            (ENG_PURCHASES_HOLDOUT_PAID, &held.paid),
        ] {
            let mut values = vec![-9; rows];
            assert_eq!(eng_purchases_int64_column(purchases, column, 0, rows as i64, values.as_mut_ptr()), ENG_OK);
            assert!(values.iter().zip(numbers).all(|(got, want)| *got == i64::from(*want)), "column {column}");
        }
        for (column, numbers) in [
            (ENG_PURCHASES_RECENCY, want.recency()),
            (ENG_PURCHASES_AGE, want.age()),
            (ENG_PURCHASES_LOG_GAPS, want.log_gaps().unwrap()),
        ] {
            let got = in_parts(rows, |offset, count, values| {
                eng_purchases_double_column(purchases, column, offset, count, values, null_mut())
            });
            assert_eq!(got, bits(numbers), "column {column}");
        }
        for (column, numbers) in [
            (ENG_PURCHASES_VALUE, want.value()),
            (ENG_PURCHASES_FIRST_VALUE, want.first_value()),
            (ENG_PURCHASES_HOLDOUT_VALUE, &held.value),
        ] {
            let (mut values, mut valid) = (vec![f64::NAN; rows], vec![9 as c_char; rows]);
            let (to, known) = (values.as_mut_ptr(), valid.as_mut_ptr());
            assert_eq!(eng_purchases_double_column(purchases, column, 0, rows as i64, to, known), ENG_OK);
            assert_eq!(bits(&values), bits(&numbers.values), "column {column}");
            assert!(valid.iter().zip(&numbers.valid).all(|(got, want)| *got == *want as c_char), "column {column}");
            assert!(numbers.valid.contains(&1) && numbers.valid.contains(&0), "column {column}");
        }

        let (mut width, mut integers, mut valid) = (0, vec![-9; rows], vec![9 as c_char; rows]);
        assert_eq!(eng_purchases_key_width(purchases, &raw mut width), ENG_OK);
        let mut keys = vec![0u8; rows * width as usize];
        assert_eq!(eng_purchases_key_column(purchases, 0, rows as i64, width, keys.as_mut_ptr().cast()), ENG_OK);
        let to = (integers.as_mut_ptr(), valid.as_mut_ptr());
        assert_eq!(eng_purchases_int64_key_column(purchases, 0, rows as i64, to.0, to.1), ENG_OK);
        for row in [0, 1, 1000, rows - 1] {
            let key = want.customer(row).to_string();
            assert_eq!(text(|buffer, capacity, needed| eng_purchases_key(purchases, row as i64, buffer, capacity, needed)), key);
            let padded = std::str::from_utf8(&keys[row * width as usize..(row + 1) * width as usize]).unwrap();
            assert_eq!((padded.trim_end(), integers[row].to_string(), valid[row]), (&*key, key.clone(), 1));
        }
        assert_eq!((eng_purchases_free(purchases), eng_ledger_free(ledger)), (ENG_OK, ENG_OK));
    }
}

#[test]
fn settings_reach_the_summary() {
    let (core, ledger) = cdnow();
    let until = end_of("1997-09-30");
    let from = end_of("1997-01-31");
    let want = core
        .purchases(
            &PurchaseOptions::until(until)
                .unit(TimeUnit::Day)
                .grain(TimeUnit::Month)
                .zone(Zone::new("America/New_York").unwrap())
                .acquired_from(from),
        )
        .unwrap();
    let purchases = new_purchases();
    unsafe {
        assert_eq!(eng_purchases_set_units(purchases, ENG_UNIT_DAY, ENG_UNIT_MONTH), ENG_OK);
        assert_eq!(eng_purchases_set_zone(purchases, c"America/New_York".as_ptr(), -1), ENG_OK);
        assert_eq!(eng_purchases_set_acquired_from(purchases, from.micros()), ENG_OK);
        assert_eq!(eng_purchases_set_threads(purchases, 3), ENG_OK);
        for wrong in [0, 4, -1, i32::MAX] {
            assert_eq!(eng_purchases_set_units(purchases, wrong, ENG_UNIT_DAY), ENG_INVALID_ARGUMENT);
            assert_eq!(eng_purchases_set_units(purchases, ENG_UNIT_DAY, wrong), ENG_INVALID_ARGUMENT);
        }
        assert_eq!(eng_purchases_set_zone(purchases, c"Mars/Olympus".as_ptr(), -1), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_purchases_set_threads(purchases, -1), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_purchases_set_threads(purchases, 1025), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_purchases_set_acquired_from(purchases, i64::MIN), ENG_INVALID_TIME);
        assert_eq!(eng_purchases_set_holdout(purchases, i64::MAX), ENG_INVALID_TIME);
        // What was refused has changed nothing.
        assert_eq!(eng_purchases_summarise(purchases, ledger, until.micros()), ENG_OK);
        let (mut rows, mut prospects, mut earlier) = (0, 0, 0);
        assert_eq!(eng_purchases_count(purchases, &raw mut rows, &raw mut prospects, &raw mut earlier), ENG_OK);
        assert_eq!((rows as usize, prospects as u64, earlier as u64), (want.len(), want.prospects(), want.earlier()));
        assert!(earlier > 500 && rows > 500);
        let got = in_parts(want.len(), |offset, count, values| {
            eng_purchases_double_column(purchases, ENG_PURCHASES_AGE, offset, count, values, null_mut())
        });
        assert_eq!(got, bits(want.age()));

        // A summary that fails leaves the one before, and so does a null zone, which is the ledger's.
        assert_eq!(eng_purchases_set_holdout(purchases, until.micros()), ENG_OK);
        assert_eq!(eng_purchases_summarise(purchases, ledger, until.micros()), ENG_INVALID_ARGUMENT);
        assert!(purchases_error(purchases).contains("holdout"), "{}", purchases_error(purchases));
        assert_eq!(eng_purchases_summarise(purchases, ledger, i64::MIN), ENG_INVALID_TIME);
        assert_eq!(eng_purchases_summarise(purchases, null_mut(), until.micros()), ENG_INVALID_HANDLE);
        assert_eq!(eng_purchases_set_zone(purchases, null(), 0), ENG_OK);
        let mut again = 0;
        assert_eq!(eng_purchases_count(purchases, &raw mut again, &raw mut prospects, &raw mut earlier), ENG_OK);
        assert_eq!(again, rows);
        assert_eq!((eng_purchases_free(purchases), eng_ledger_free(ledger)), (ENG_OK, ENG_OK));
    }
}

#[test]
fn a_table_made_elsewhere_is_read_or_refused_whole() {
    let purchases = new_purchases();
    let (frequency, recency, age) = ([2i64, 0, 5], [30.5, 0.0, 12.0], [39.0, 30.0, 12.0]);
    let (value, paid, log_gaps) = ([22.35, f64::NAN, 7.0], [1i64, 0, 5], [2.5, 0.0, 1.25]);
    let (x, t, n) = (frequency.as_ptr(), recency.as_ptr(), age.as_ptr());
    unsafe {
        let nothing = null();
        assert_eq!(eng_purchases_from_columns(purchases, 3, x, t, n, value.as_ptr(), paid.as_ptr(), log_gaps.as_ptr()), ENG_OK);
        let whole =
            PurchaseColumns::new(&[2, 0, 5], &recency, &age).value(Values::new(&value)).paid(&[1, 0, 5]).log_gaps(&log_gaps);
        let want = Purchases::from_columns(&whole).unwrap();
        let read = |column| {
            let mut values = [9.0; 3];
            assert_eq!(eng_purchases_double_column(purchases, column, 0, 3, values.as_mut_ptr(), null_mut()), ENG_OK);
            values
        };
        assert_eq!((read(ENG_PURCHASES_RECENCY), read(ENG_PURCHASES_AGE)), (recency, age));
        assert_eq!(read(ENG_PURCHASES_VALUE)[..], want.value().values);
        assert_eq!(read(ENG_PURCHASES_LOG_GAPS), log_gaps);
        assert_eq!(text(|buffer, capacity, needed| eng_purchases_key(purchases, 2, buffer, capacity, needed)), "2");

        let bad = |rows, x: &[i64], t: &[f64], n: &[f64], m: &[f64]| {
            let status =
                eng_purchases_from_columns(purchases, rows, x.as_ptr(), t.as_ptr(), n.as_ptr(), m.as_ptr(), null(), null());
            assert_eq!(status, ENG_INVALID_ARGUMENT);
            purchases_error(purchases)
        };
        for (x, said) in [(-1, "row 1: frequency: -1"), (1 << 32, "row 1: frequency: 4294967296"), (i64::MIN, "row 1: frequency")]
        {
            let error = bad(3, &[2, x, 5], &recency, &age, &value);
            assert!(error.contains(said), "{error}");
        }
        for wrong in [f64::NAN, f64::INFINITY, -1.0, 30.5] {
            let error = bad(3, &frequency, &[30.5, wrong, 12.0], &age, &value);
            assert!(error.starts_with("row 1: recency: "), "{error}");
        }
        for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0] {
            let error = bad(3, &frequency, &recency, &[39.0, wrong, 12.0], &value);
            assert!(error.starts_with("row 1: age: "), "{error}");
            if !wrong.is_nan() {
                let error = bad(3, &frequency, &recency, &age, &[22.35, 0.0, wrong]);
                assert!(error.starts_with("row 2: value: "), "{error}");
            }
        }
        for rows in [-1, i64::MIN, i64::MAX, 1 << 32] {
            assert!(bad(rows, &frequency, &recency, &age, &value).starts_with("rows: "));
        }
        for (x, t, n) in [(nothing, t, n), (x, null(), n), (x, t, null())] {
            assert_eq!(eng_purchases_from_columns(purchases, 3, x, t, n, null(), null(), null()), ENG_INVALID_ARGUMENT);
            assert!(purchases_error(purchases).contains("null pointer"));
        }
        assert_eq!(read(ENG_PURCHASES_AGE), age, "what was refused has changed nothing");

        // Misaligned, as in a packed record.
        let mut packed = [0u8; 33];
        for (row, number) in age.iter().enumerate() {
            packed[1 + row * 8..9 + row * 8].copy_from_slice(&number.to_ne_bytes());
        }
        let askew = packed.as_ptr().add(1).cast();
        assert_eq!(eng_purchases_from_columns(purchases, 3, x, t, askew, null(), null(), null()), ENG_OK);
        assert_eq!(read(ENG_PURCHASES_AGE), age);
        let mut values = [9.0; 3];
        let to = values.as_mut_ptr();
        assert_eq!(eng_purchases_double_column(purchases, ENG_PURCHASES_LOG_GAPS, 0, 3, to, null_mut()), ENG_MISSING_FIELD);
        assert_eq!(eng_purchases_double_column(purchases, ENG_PURCHASES_HOLDOUT_VALUE, 0, 3, to, null_mut()), ENG_MISSING_FIELD);
        assert_eq!(eng_purchases_int64_column(purchases, ENG_PURCHASES_HOLDOUT_FREQUENCY, 0, 3, to.cast()), ENG_MISSING_FIELD);
        assert_eq!(eng_purchases_holdout_length(purchases, to), ENG_MISSING_FIELD);
        assert_eq!(values, [9.0; 3]);
        // No rows need no memory.
        assert_eq!(eng_purchases_from_columns(purchases, 0, null(), null(), null(), null(), null(), null()), ENG_OK);
        let mut rows = 9;
        assert_eq!(eng_purchases_count(purchases, &raw mut rows, to.cast(), to.cast()), ENG_OK);
        assert_eq!(rows, 0);
        assert_eq!(eng_purchases_free(purchases), ENG_OK);
    }
}
