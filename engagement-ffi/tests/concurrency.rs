//! Threads that share handles, a cancel from another thread, and processes forked from a busy one.

mod common;

use std::ffi::c_char;
use std::ptr::{null, null_mut, without_provenance_mut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::*;
use engagement::*;

const DAY: i64 = 86_400_000_000;

/// Handles are numbers, and numbers cross threads.
#[derive(Clone, Copy)]
struct Number(usize);

impl Number {
    fn of<T>(handle: *mut T) -> Number {
        Number(handle.addr())
    }

    fn get<T>(self) -> *mut T {
        without_provenance_mut(self.0)
    }
}

#[test]
fn four_threads_on_one_ledger_lose_nothing() {
    let (ledger, rulebook) = (Number::of(new_ledger()), Number::of(standard()));
    assert_eq!(append(ledger.get(), b"ann", AT, b"visit"), ENG_OK);
    std::thread::scope(|scope| {
        for thread in 0..4i64 {
            scope.spawn(move || {
                let card = new_card();
                for n in 0..1500 {
                    let key = format!("{thread}-{n}");
                    assert_eq!(append_amount(ledger.get(), key.as_bytes(), AT + n, b"purchase", Some(n)), ENG_OK);
                    if n % 10 == 0 {
                        let status =
                            unsafe { eng_scorecard_score(card, ledger.get(), rulebook.get(), c"ann".as_ptr(), -1, AT + DAY) };
                        assert_eq!(status, ENG_OK);
                        // Errors of one thread must not upset another.
                        assert_eq!(append(ledger.get(), b"", AT, b"visit"), ENG_MISSING_FIELD);
                        let mut buffer = [0 as c_char; 64];
                        assert_ne!(
                            unsafe { eng_ledger_error(ledger.get(), buffer.as_mut_ptr(), 64, null_mut()) },
                            ENG_INVALID_HANDLE
                        );
                    }
                }
                assert_eq!(unsafe { eng_scorecard_free(card) }, ENG_OK);
            });
        }
    });
    let (mut interactions, mut customers) = (0, 0);
    assert_eq!(unsafe { eng_ledger_counts(ledger.get(), &raw mut interactions, &raw mut customers) }, ENG_OK);
    assert_eq!((interactions, customers), (6001, 6001));
    assert_eq!(unsafe { (eng_ledger_free(ledger.get()), eng_rulebook_free(rulebook.get())) }, (ENG_OK, ENG_OK));
}

#[test]
fn freeing_a_handle_that_others_use_is_safe() {
    for _ in 0..50 {
        let ledger = Number::of(sample());
        let rulebook = Number::of(standard());
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(move || {
                    let scores = new_scores();
                    let status = unsafe { eng_scores_score(scores, ledger.get(), rulebook.get(), AT + DAY) };
                    assert!(status == ENG_OK || status == ENG_INVALID_HANDLE, "{status}");
                    assert_eq!(unsafe { eng_scores_free(scores) }, ENG_OK);
                });
            }
            scope.spawn(move || {
                assert_eq!(unsafe { eng_ledger_free(ledger.get()) }, ENG_OK);
                assert_eq!(unsafe { eng_ledger_free(ledger.get()) }, ENG_INVALID_HANDLE);
            });
        });
        assert_eq!(unsafe { eng_rulebook_free(rulebook.get()) }, ENG_OK);
    }
}

/// A ledger whose scoring takes a while, and the memory its batch is bound to.
fn big(customers: i64) -> (eng_ledger, eng_batch, Vec<i64>) {
    let (ledger, batch) = (new_ledger(), new_batch());
    let keys: Vec<i64> = (0..customers * 5).map(|row| row % customers).collect();
    unsafe {
        assert_eq!(eng_batch_int64_column(batch, ENG_FIELD_CUSTOMER, keys.as_ptr(), 0, null()), ENG_OK);
        assert_eq!(eng_batch_int64(batch, ENG_FIELD_AT, AT), ENG_OK);
        assert_eq!(eng_batch_text(batch, ENG_FIELD_KIND, c"purchase".as_ptr(), -1), ENG_OK);
        assert_eq!(eng_batch_int64(batch, ENG_FIELD_AMOUNT, 1_000_000), ENG_OK);
    }
    (ledger, batch, keys)
}

#[test]
fn a_load_under_way_can_be_watched_and_cancelled() {
    let (ledger, batch, keys) = big(200_000);
    let rows = keys.len() as i64;
    // A cancel that comes too early is not lost; it is used up by one call.
    unsafe {
        assert_eq!(eng_ledger_cancel(ledger), ENG_OK);
        assert_eq!(eng_ledger_load(ledger, batch, rows, null_mut()), ENG_CANCELLED);
        assert!(ledger_error(ledger).contains("cancelled"));
    }
    let empty = fingerprint(ledger);
    let number = Number::of(ledger);
    let over = AtomicBool::new(false);
    let status = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let (mut done, mut total) = (0, 0);
            while !over.load(Ordering::SeqCst) {
                assert_eq!(unsafe { eng_ledger_progress(number.get(), &raw mut done, &raw mut total) }, ENG_OK);
                if done > 0 {
                    assert!(total == rows && done <= total);
                    assert_eq!(unsafe { eng_ledger_cancel(number.get()) }, ENG_OK);
                    return true;
                }
            }
            false
        });
        let status = unsafe { eng_ledger_load(ledger, batch, rows, null_mut()) };
        over.store(true, Ordering::SeqCst);
        assert!(watcher.join().unwrap(), "a load of {rows} rows reports progress");
        status
    });
    assert_eq!(status, ENG_CANCELLED);
    assert_eq!(fingerprint(ledger), empty, "a cancelled load has never happened");
    unsafe {
        // The cancel of the watcher stopped that load and no other.
        assert_eq!(eng_ledger_load(ledger, batch, rows, null_mut()), ENG_OK);
        let (mut done, mut total) = (9, 9);
        assert_eq!(eng_ledger_progress(ledger, &raw mut done, &raw mut total), ENG_OK);
        assert_eq!((done, total), (0, 0), "none is under way");
        assert_eq!((eng_batch_free(batch), eng_ledger_free(ledger)), (ENG_OK, ENG_OK));
    }
}

#[test]
fn a_scoring_under_way_can_be_watched_and_cancelled() {
    let (ledger, batch, keys) = big(150_000);
    let (rulebook, scores) = (standard(), new_scores());
    unsafe {
        assert_eq!(eng_ledger_load(ledger, batch, keys.len() as i64, null_mut()), ENG_OK);
        assert_eq!(eng_scores_set_threads(scores, 2), ENG_OK);
        assert_eq!(eng_scores_cancel(scores), ENG_OK);
        assert_eq!(eng_scores_score(scores, ledger, rulebook, AT), ENG_CANCELLED);
    }
    let number = Number::of(scores);
    let over = AtomicBool::new(false);
    let status = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let (mut done, mut total) = (0, 0);
            while !over.load(Ordering::SeqCst) {
                assert_eq!(unsafe { eng_scores_progress(number.get(), &raw mut done, &raw mut total) }, ENG_OK);
                if done > 0 {
                    assert!(done <= total && total >= 150_000);
                    assert_eq!(unsafe { eng_scores_cancel(number.get()) }, ENG_OK);
                    return true;
                }
            }
            false
        });
        let status = unsafe { eng_scores_score(scores, ledger, rulebook, AT) };
        over.store(true, Ordering::SeqCst);
        assert!(watcher.join().unwrap(), "a scoring of 150,000 customers reports progress");
        status
    });
    assert_eq!(status, ENG_CANCELLED);
    unsafe {
        let mut rows = 9;
        assert_eq!(eng_scores_count(scores, &raw mut rows, &raw mut rows), ENG_MISSING_FIELD, "nothing was scored");
        assert_eq!(eng_scores_score(scores, ledger, rulebook, AT), ENG_OK);
        assert_eq!((eng_scores_free(scores), eng_rulebook_free(rulebook)), (ENG_OK, ENG_OK));
        assert_eq!((eng_batch_free(batch), eng_ledger_free(ledger)), (ENG_OK, ENG_OK));
    }
}

/// One set of purchases fitted and predicted from by four threads, while a rulebook and its models are copied to and fro: nobody waits
/// for ever, and all get the same numbers.
#[test]
fn models_purchases_and_rulebooks_shared_by_threads() {
    let (ledger, rulebook, purchases) = (Number::of(sample()), Number::of(standard()), Number::of(new_purchases()));
    unsafe {
        assert_eq!(eng_purchases_set_units(purchases.get(), ENG_UNIT_DAY, ENG_UNIT_DAY), ENG_OK);
        assert_eq!(eng_purchases_summarise(purchases.get(), ledger.get(), AT + 40 * DAY), ENG_OK);
    }
    let models = [Number::of(new_model()), Number::of(new_model())];
    let fit = |model: Number| unsafe { eng_model_fit(model.get(), c"nbd".as_ptr(), -1, purchases.get()) };
    assert_eq!(models.map(fit), [ENG_OK; 2]);
    let column = |model: Number| {
        let mut values = [0.0; 4];
        let status =
            unsafe { eng_model_expected_purchases_column(model.get(), purchases.get(), 30.0, 0, 4, values.as_mut_ptr()) };
        assert_eq!(status, ENG_OK);
        values.map(f64::to_bits)
    };
    let want = column(models[0]);
    std::thread::scope(|scope| {
        for model in models {
            scope.spawn(move || {
                for _ in 0..200 {
                    assert_eq!(fit(model), ENG_OK);
                    assert_eq!(column(model), want);
                }
            });
            scope.spawn(move || unsafe {
                for _ in 0..200 {
                    let (unit, grain) = (ENG_UNIT_DAY, ENG_UNIT_DAY);
                    let status = eng_rulebook_set_forecast(rulebook.get(), model.get(), null_mut(), unit, grain, 30.0, 0.1, 1.0);
                    assert_eq!(status, ENG_OK);
                    assert_eq!(eng_model_from_rulebook(model.get(), rulebook.get(), ENG_MODEL_PURCHASES), ENG_OK);
                    assert_eq!(eng_purchases_summarise(purchases.get(), ledger.get(), AT + 40 * DAY), ENG_OK);
                }
            });
        }
    });
    unsafe {
        assert_eq!(models.map(|model| eng_model_free(model.get())), [ENG_OK; 2]);
        assert_eq!((eng_purchases_free(purchases.get()), eng_rulebook_free(rulebook.get())), (ENG_OK, ENG_OK));
        assert_eq!(eng_ledger_free(ledger.get()), ENG_OK);
    }
}

#[cfg(unix)]
mod forked {
    use super::*;

    unsafe extern "C" {
        fn fork() -> i32;
        fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
        fn _exit(status: i32) -> !;
        fn kill(pid: i32, signal: i32) -> i32;
    }

    /// Runs the body in a forked child; its answer is the number of the first check that failed, 0 for none. A child that hangs is
    /// ended, and has failed.
    pub(super) fn in_child(body: impl FnOnce() -> i32) -> i32 {
        // SAFETY: the child only runs the body, which allocates (the allocator of the system minds forks), and leaves by `_exit`.
        let pid = unsafe { fork() };
        assert!(pid >= 0, "fork");
        if pid == 0 {
            let answer = body();
            // SAFETY: ends the child without running what belongs to the parent.
            unsafe { _exit(answer) }
        }
        let began = Instant::now();
        loop {
            let mut status = 0;
            // SAFETY: the child of this process.
            if unsafe { waitpid(pid, &raw mut status, 1) } == pid {
                return if status & 0x7f == 0 { status >> 8 } else { 1000 + status };
            }
            if began.elapsed() > Duration::from_secs(60) {
                // SAFETY: the child of this process.
                unsafe { kill(pid, 9) };
                return 9999;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// The first check that fails, by its number.
#[cfg(unix)]
macro_rules! first_failure {
    ($($check:expr),* $(,)?) => {{
        let mut number = 0;
        $(
            number += 1;
            if !$check {
                return number;
            }
        )*
        let _ = number;
        0
    }};
}

#[cfg(unix)]
#[test]
fn a_forked_child_reads_and_frees_and_no_more() {
    let (ledger, rulebook, scores, card, batch) = (sample(), standard(), new_scores(), new_card(), new_batch());
    let as_of = AT + 40 * DAY;
    assert_eq!(unsafe { eng_scores_score(scores, ledger, rulebook, as_of) }, ENG_OK);
    let (purchases, model) = (new_purchases(), new_model());
    assert_eq!(unsafe { eng_purchases_summarise(purchases, ledger, as_of) }, ENG_OK);
    assert_eq!(unsafe { eng_model_from_json(model, c"{\"model\":\"nbd\",\"r\":0.4,\"alpha\":12}".as_ptr(), -1) }, ENG_OK);
    let before = fingerprint(ledger);
    let failed = forked::in_child(|| unsafe {
        let (mut a, mut b, mut value) = (0, 0, [0.0; 4]);
        first_failure![
            // Changes are refused, whatever they would change.
            append(ledger, b"ann", AT, b"visit") == ENG_FORKED,
            ledger_error(ledger).contains("parent"),
            eng_ledger_load(ledger, batch, 0, null_mut()) == ENG_FORKED,
            eng_ledger_append_row(ledger, batch, null_mut()) == ENG_FORKED,
            eng_ledger_set_lenient(ledger, 1) == ENG_FORKED,
            eng_ledger_set_zone(ledger, c"UTC".as_ptr(), -1) == ENG_FORKED,
            eng_ledger_forget(ledger, c"ann".as_ptr(), -1, null_mut()) == ENG_FORKED,
            eng_batch_int64(batch, ENG_FIELD_AT, AT) == ENG_FORKED,
            eng_rulebook_standard(rulebook) == ENG_FORKED,
            eng_scores_score(scores, ledger, rulebook, as_of) == ENG_FORKED,
            eng_scorecard_score(card, ledger, rulebook, c"ann".as_ptr(), -1, as_of) == ENG_FORKED,
            eng_purchases_summarise(purchases, ledger, as_of) == ENG_FORKED,
            eng_model_fit(model, c"nbd".as_ptr(), -1, purchases) == ENG_FORKED,
            eng_rulebook_set_forecast(rulebook, model, null_mut(), ENG_UNIT_WEEK, ENG_UNIT_DAY, 9.0, 0.0, 1.0) == ENG_FORKED,
            // Reads answer.
            eng_model_expected_purchases_column(model, purchases, 39.0, 0, 4, value.as_mut_ptr()) == ENG_OK,
            eng_ledger_counts(ledger, &raw mut a, &raw mut b) == ENG_OK,
            a == 8 && b == 4,
            eng_scores_double_column(scores, ENG_COLUMN_ENGAGEMENT, 0, 4, value.as_mut_ptr(), null_mut()) == ENG_OK,
            eng_rulebook_rule_count(rulebook, &raw mut a) == ENG_OK,
            // Handles of its own are as good as any, and read those of the parent.
            fingerprint(ledger) == before,
            {
                let own = sample();
                append(own, b"ann", AT + 5, b"visit") == ENG_OK && eng_ledger_free(own) == ENG_OK
            },
            {
                let own = new_model();
                eng_model_fit(own, c"nbd".as_ptr(), -1, purchases) == ENG_OK && eng_model_free(own) == ENG_OK
            },
            {
                let own = new_scores();
                eng_scores_score(own, ledger, rulebook, as_of) == ENG_OK && eng_scores_free(own) == ENG_OK
            },
            // A child of the child is another process again.
            forked::in_child(|| if append(ledger, b"ann", AT, b"visit") == ENG_FORKED { 0 } else { 1 }) == 0,
            // And freeing works, once.
            eng_ledger_free(ledger) == ENG_OK,
            eng_ledger_free(ledger) == ENG_INVALID_HANDLE,
            eng_batch_free(batch) == ENG_OK,
        ]
    });
    assert_eq!(failed, 0, "the number of the check that failed in the child");
    // The parent has noticed nothing.
    assert_eq!(fingerprint(ledger), before);
    assert_eq!(append(ledger, b"ann", AT + 9, b"visit"), ENG_OK);
    unsafe {
        assert_eq!((eng_ledger_free(ledger), eng_rulebook_free(rulebook), eng_scores_free(scores)), (ENG_OK, ENG_OK, ENG_OK));
        assert_eq!((eng_scorecard_free(card), eng_batch_free(batch)), (ENG_OK, ENG_OK));
        assert_eq!((eng_purchases_free(purchases), eng_model_free(model)), (ENG_OK, ENG_OK));
    }
}

/// Forked while other threads hold every lock there is: nothing hangs, whatever was held.
#[cfg(unix)]
#[test]
fn a_child_forked_amid_work_never_hangs() {
    let (ledger, batch, keys) = big(20_000);
    let rulebook = standard();
    let numbers = (Number::of(ledger), Number::of(batch), Number::of(rulebook));
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                let status = unsafe { eng_ledger_load(numbers.0.get(), numbers.1.get(), keys.len() as i64, null_mut()) };
                assert_eq!(status, ENG_OK);
                assert_eq!(unsafe { eng_ledger_free(new_ledger()) }, ENG_OK);
                assert_eq!(
                    unsafe { eng_ledger_forget_rows(numbers.0.get(), numbers.1.get(), keys.len() as i64, null_mut()) },
                    ENG_OK
                );
            }
        });
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                let scores = new_scores();
                assert_eq!(unsafe { eng_scores_score(scores, numbers.0.get(), numbers.2.get(), AT) }, ENG_OK);
                assert_eq!(unsafe { eng_scores_free(scores) }, ENG_OK);
            }
        });
        let mut answers = Vec::new();
        for _ in 0..40 {
            answers.push(forked::in_child(|| unsafe {
                let (mut a, mut b) = (0, 0);
                let read = eng_ledger_counts(numbers.0.get(), &raw mut a, &raw mut b);
                let free = eng_ledger_free(numbers.0.get());
                first_failure![
                    append(numbers.0.get(), b"ann", AT, b"visit") != ENG_OK,
                    read == ENG_OK || read == ENG_FORKED,
                    free == ENG_OK || free == ENG_FORKED,
                ]
            }));
            std::thread::sleep(Duration::from_millis(3));
        }
        over.store(true, Ordering::SeqCst);
        assert_eq!(answers, vec![0; 40]);
    });
    assert_eq!(
        unsafe { (eng_batch_free(batch), eng_ledger_free(ledger), eng_rulebook_free(rulebook)) },
        (ENG_OK, ENG_OK, ENG_OK)
    );
}
