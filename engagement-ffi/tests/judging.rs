//! The bridge between two values, and validation: through C as in the core, to the last digit.

mod common;

use std::ptr::{null, null_mut};

use common::cdnow::*;
use common::*;
use engagement::*;
use engagement_core::model::ModelKind;
use engagement_core::validate::{Candidate, ValidateOptions};
use engagement_core::value::ValueBridge;
use engagement_core::{Rulebook, ScoreOptions, Timestamp};

/// A rulebook with a forecast in money.
fn forecasting(margin: f64) -> eng_rulebook {
    let (rulebook, buying, spending) = (
        standard(),
        loaded(r#"{"model":"mbg-nbd","r":0.525,"alpha":6.183,"a":0.891,"b":1.614}"#),
        loaded(r#"{"model":"gamma-gamma","p":6.25,"q":3.74,"v":15.44}"#),
    );
    unsafe {
        let status = eng_rulebook_set_forecast(rulebook, buying, spending, ENG_UNIT_WEEK, ENG_UNIT_DAY, 39.0, 0.1, margin);
        assert_eq!(status, ENG_OK);
        assert_eq!((eng_model_free(buying), eng_model_free(spending)), (ENG_OK, ENG_OK));
    }
    rulebook
}

fn scored(ledger: eng_ledger, rulebook: eng_rulebook, as_of: Timestamp) -> eng_scores {
    let scores = new_scores();
    assert_eq!(unsafe { eng_scores_score(scores, ledger, rulebook, as_of.micros()) }, ENG_OK);
    scores
}

fn bridge(scores: eng_scores, before: eng_scores, lines: &mut [i64; 8]) -> i32 {
    let [a, b, c, d, e, f, g, h] = lines.each_mut().map(std::ptr::from_mut);
    unsafe { eng_scores_bridge(scores, before, a, b, c, d, e, f, g, h) }
}

#[test]
fn the_bridge_is_that_of_the_core() {
    let (core, ledger) = cdnow();
    let (first, second) = (end_of("1997-03-10"), end_of("1998-06-30"));
    let (cheap, dear) = (forecasting(0.3), forecasting(0.4));
    let core_scores = |rulebook, as_of| {
        let toml = text(|buffer, capacity, needed| unsafe { eng_rulebook_toml(rulebook, buffer, capacity, needed) });
        let rules = Rulebook::from_toml(&toml).unwrap().compile().unwrap();
        rules.score_all(&core, as_of, &ScoreOptions::default()).unwrap()
    };
    let want = ValueBridge::between(&core_scores(cheap, first), &core_scores(dear, second)).unwrap();
    let (before, after) = (scored(ledger, cheap, first), scored(ledger, dear, second));
    let mut lines = [9; 8];
    assert_eq!(bridge(after, before, &mut lines), ENG_OK);
    let told = [want.before, want.acquired, want.lost, want.stay, want.spend, want.say, want.margin, want.after];
    assert_eq!(lines, told.map(engagement_core::Money::micros));
    assert!(lines[1] > 0 && lines[6] > 0, "{lines:?}");
    assert_eq!(lines[..7].iter().sum::<i64>(), lines[7], "to the last millionth");

    // From and to the same: nothing but what it is worth.
    let mut same = [9; 8];
    assert_eq!(bridge(after, after, &mut same), ENG_OK);
    assert_eq!(same, [lines[7], 0, 0, 0, 0, 0, 0, lines[7]]);

    // Both ways at a time, while others score into both: no call waits for ever.
    std::thread::scope(|threads| {
        for (one, other) in [(before.addr(), after.addr()), (after.addr(), before.addr())] {
            let (ledger, rulebook) = (ledger.addr(), dear.addr());
            threads.spawn(move || {
                for _ in 0..20 {
                    let mut lines = [9; 8];
                    let (scores, before) = (std::ptr::without_provenance_mut(one), std::ptr::without_provenance_mut(other));
                    assert_eq!(bridge(scores, before, &mut lines), ENG_OK);
                    assert_eq!(lines[..7].iter().sum::<i64>(), lines[7]);
                }
            });
            threads.spawn(move || {
                let (scores, ledger, rulebook) = (
                    std::ptr::without_provenance_mut(one),
                    std::ptr::without_provenance_mut(ledger),
                    std::ptr::without_provenance_mut(rulebook),
                );
                for _ in 0..3 {
                    assert_eq!(unsafe { eng_scores_score(scores, ledger, rulebook, second.micros()) }, ENG_OK);
                }
            });
        }
    });

    let (empty, plain) = (new_scores(), standard());
    let pointless = scored(ledger, plain, second);
    let mut kept = [9; 8];
    assert_eq!(bridge(after, empty, &mut kept), ENG_MISSING_FIELD);
    assert_eq!(bridge(empty, after, &mut kept), ENG_MISSING_FIELD);
    assert_eq!(bridge(after, pointless, &mut kept), ENG_INVALID_ARGUMENT);
    assert_eq!(bridge(pointless, after, &mut kept), ENG_INVALID_ARGUMENT);
    let why = text(|buffer, capacity, needed| unsafe { eng_scores_error(pointless, buffer, capacity, needed) });
    assert!(why.starts_with("after: a table of scores without a forecast in money"), "{why}");
    assert_eq!(bridge(after, null_mut(), &mut kept), ENG_INVALID_HANDLE);
    let one = &raw mut kept[0];
    unsafe {
        let refused = [
            eng_scores_bridge(after, before, null_mut(), one, one, one, one, one, one, one),
            eng_scores_bridge(after, before, one, one, one, one, one, one, one, null_mut()),
        ];
        assert_eq!(refused, [ENG_INVALID_ARGUMENT; 2]);
        assert_eq!(kept, [9; 8], "outputs of failed calls");
        for scores in [before, after, empty, pointless] {
            assert_eq!(eng_scores_free(scores), ENG_OK);
        }
        for rulebook in [cheap, dear, plain] {
            assert_eq!(eng_rulebook_free(rulebook), ENG_OK);
        }
        assert_eq!(eng_ledger_free(ledger), ENG_OK);
    }
}

fn validation_error(validation: eng_validation) -> String {
    text(|buffer, capacity, needed| unsafe { eng_validation_error(validation, buffer, capacity, needed) })
}

fn document(validation: eng_validation) -> String {
    text(|buffer, capacity, needed| unsafe { eng_validation_json(validation, buffer, capacity, needed) })
}

#[test]
fn validation_is_that_of_the_core() {
    let (core, ledger) = cdnow();
    let (validation, rulebook): (eng_validation, _) = (made(eng_validation_new), standard());
    let add = |name: &str| unsafe { eng_validation_add_model(validation, name.as_ptr().cast(), name.len() as i64) };
    let origins = [end_of("1997-09-30"), end_of("1998-02-28")];
    let micros = origins.map(Timestamp::micros);
    let (mut chosen, mut present) = (9, 9);
    unsafe {
        assert_eq!(eng_validation_validate(validation, ledger, 13.0, ENG_UNIT_WEEK), ENG_MISSING_FIELD, "no candidate");
        assert_eq!(eng_validation_json(validation, null_mut(), 0, null_mut()), ENG_MISSING_FIELD);
        assert_eq!(eng_validation_chosen(validation, &raw mut chosen, &raw mut present), ENG_MISSING_FIELD);
        assert_eq!((add("nbd"), eng_validation_clear(validation)), (ENG_OK, ENG_OK));
        assert_eq!((add("mbg-nbd"), add("nbd")), (ENG_OK, ENG_OK));
        assert_eq!(eng_validation_add_rulebook(validation, c"rules".as_ptr(), -1, rulebook), ENG_OK);
        assert_eq!(eng_validation_set_origins(validation, 2, micros.as_ptr()), ENG_OK);
        assert_eq!(eng_validation_set_acquired_from(validation, end_of("1997-01-05").micros()), ENG_OK);
        assert_eq!(eng_validation_set_intervals(validation, 0.8, 20, 3), ENG_OK);
        assert_eq!(eng_validation_set_threads(validation, 2), ENG_OK);
        assert_eq!(eng_validation_validate(validation, ledger, 13.0, ENG_UNIT_WEEK), ENG_OK, "{}", validation_error(validation));
        let candidates = [
            Candidate::Model(ModelKind::MbgNbd),
            Candidate::Model(ModelKind::Nbd),
            Candidate::Rules { name: "rules".to_owned(), rules: Box::new(Rulebook::standard().compile().unwrap()) },
        ];
        let options = ValidateOptions {
            origins: origins.to_vec(),
            acquired_from: Some(end_of("1997-01-05")),
            level: 0.8,
            replicates: 20,
            seed: 3,
            ..ValidateOptions::horizon(13.0)
        };
        let want = core.validate(&candidates, &options).unwrap();
        assert_eq!(eng_validation_chosen(validation, &raw mut chosen, &raw mut present), ENG_OK);
        assert_eq!((present == 1).then_some(chosen as usize), want.chosen);
        let got = document(validation);
        assert_eq!(got, want.to_json());
        assert!(got.contains(r#""candidate":"rules""#) && got.contains(r#""chosen":"mbg-nbd""#), "{got:.200}");

        // Refused, and nothing changed.
        assert_eq!((add("nbdd"), add(""), add("a\0")), (ENG_INVALID_ARGUMENT, ENG_MISSING_FIELD, ENG_INVALID_UTF8));
        assert_eq!(eng_validation_add_model(validation, c"nbd".as_ptr(), -2), ENG_INVALID_ARGUMENT);
        let nobody: eng_rulebook = made(eng_rulebook_new);
        assert_eq!(eng_validation_add_rulebook(validation, c"none".as_ptr(), -1, nobody), ENG_INVALID_RULEBOOK);
        assert_eq!(eng_validation_add_rulebook(validation, c"none".as_ptr(), -1, null_mut()), ENG_INVALID_HANDLE);
        assert_eq!(eng_validation_add_rulebook(validation, null(), 0, rulebook), ENG_MISSING_FIELD);
        for count in [-1, i64::MIN, 1 << 32] {
            assert_eq!(eng_validation_set_origins(validation, count, micros.as_ptr()), ENG_INVALID_ARGUMENT, "{count}");
        }
        assert_eq!(eng_validation_set_origins(validation, 2, null()), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_validation_set_origins(validation, 2, [0, i64::MAX].as_ptr()), ENG_INVALID_TIME);
        assert_eq!(eng_validation_set_acquired_from(validation, i64::MIN), ENG_INVALID_TIME);
        for (level, samples) in [(0.0, 20), (1.0, 20), (f64::NAN, 20), (0.9, 19), (0.9, -1), (0.9, 100_001), (0.9, i64::MAX)] {
            let status = eng_validation_set_intervals(validation, level, samples, 1);
            assert_eq!(status, ENG_INVALID_ARGUMENT, "{level} {samples}");
        }
        for horizon in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
            assert_ne!(eng_validation_validate(validation, ledger, horizon, ENG_UNIT_WEEK), ENG_OK, "{horizon}");
            assert!(!validation_error(validation).is_empty());
        }
        assert_eq!(eng_validation_validate(validation, ledger, 13.0, 0), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_validation_validate(validation, null_mut(), 13.0, ENG_UNIT_WEEK), ENG_INVALID_HANDLE);
        let log = new_ledger();
        assert_eq!(eng_validation_validate(validation, log, 13.0, ENG_UNIT_WEEK), ENG_INVALID_ARGUMENT, "an empty ledger");
        assert_eq!(eng_validation_chosen(validation, null_mut(), &raw mut present), ENG_INVALID_ARGUMENT);
        // Cancelled before it begins, and under way.
        assert_eq!(eng_validation_cancel(validation), ENG_OK);
        assert_eq!(eng_validation_validate(validation, ledger, 13.0, ENG_UNIT_WEEK), ENG_CANCELLED);
        assert_eq!(eng_validation_set_intervals(validation, 0.8, 100_000, 3), ENG_OK);
        let address = validation.addr();
        let watcher = std::thread::spawn(move || {
            let validation: eng_validation = std::ptr::without_provenance_mut(address);
            let (mut done, mut total) = (0, 0);
            while done == 0 {
                std::thread::yield_now();
                assert_eq!(eng_validation_progress(validation, &raw mut done, &raw mut total), ENG_OK);
            }
            assert_eq!(eng_validation_cancel(validation), ENG_OK);
            total
        });
        assert_eq!(eng_validation_validate(validation, ledger, 13.0, ENG_UNIT_WEEK), ENG_CANCELLED);
        assert_eq!(watcher.join().unwrap(), 2 * (3 + 100_000), "origins, times candidates and samples");
        assert_eq!(document(validation), got, "what it had");
        assert_eq!(eng_validation_set_origins(validation, 0, null()), ENG_OK);
        assert_eq!((eng_validation_free(validation), eng_rulebook_free(rulebook)), (ENG_OK, ENG_OK));
        assert_eq!((eng_rulebook_free(nobody), eng_ledger_free(log), eng_ledger_free(ledger)), (ENG_OK, ENG_OK, ENG_OK));
    }
}
