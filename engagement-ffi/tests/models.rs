//! Fits and predictions through C are those of the core, to the last bit.

mod common;

use std::ptr::{null, null_mut};

use common::cdnow::*;
use common::*;
use engagement::*;
use engagement_core::model::{Estimated, Fit, FitOptions, GammaGamma, Model, ModelKind, PurchaseHistory};
use engagement_core::{PurchaseColumns, Purchases};

/// What a fit through C says is what the core's fit says.
fn same_fit<M: Estimated>(model: eng_model, want: &Fit<M>, k: Option<u32>) {
    unsafe {
        let (mut ll, mut customers, mut aic, mut bic) = (9.0, 9.0, 9.0, 9.0);
        assert_eq!(eng_model_evidence(model, &raw mut ll, &raw mut customers, &raw mut aic, &raw mut bic), ENG_OK);
        assert_eq!(bits(&[ll, customers, aic, bic]), bits(&[want.log_likelihood, want.customers, want.aic(), want.bic()]));
        let mut count = 0;
        assert_eq!(eng_model_parameter_count(model, &raw mut count), ENG_OK);
        let (names, values, errors) = (want.model.names(), want.model.estimates(), want.standard_errors());
        assert_eq!(count as usize, names.len());
        for (at, name) in names.iter().enumerate() {
            let said = text(|buffer, capacity, needed| eng_model_parameter_name(model, at as i64, buffer, capacity, needed));
            assert_eq!(&said, name);
            let (mut value, mut error, mut present) = (9.0, 9.0, 9);
            assert_eq!(eng_model_parameter(model, at as i64, &raw mut value, &raw mut error, &raw mut present), ENG_OK);
            assert_eq!(value.to_bits(), values[at].to_bits(), "{name}");
            assert_eq!((present == 1).then_some(error), errors.as_ref().map(|errors| errors[at]), "{name}");
        }
        let (mut got, mut present) = (9, 9);
        assert_eq!(eng_model_k(model, &raw mut got, &raw mut present), ENG_OK);
        assert_eq!((present == 1).then_some(got), k.map(i64::from));
    }
}

/// What a model of purchases predicts through C of every customer, whole and in parts, is what the core predicts.
fn same_predictions(model: eng_model, want: &Model, purchases: eng_purchases, of: &Purchases) {
    let rows = of.len();
    let core = |predict: &(dyn Fn(&PurchaseHistory) -> engagement_core::Result<f64> + Sync)| bits(&of.map(1, predict).unwrap());
    let whole = |get: &dyn Fn(i64, i64, *mut f64) -> i32| {
        let mut values = vec![f64::NAN; rows];
        assert_eq!(get(0, rows as i64, values.as_mut_ptr()), ENG_OK, "{}", model_error(model));
        assert_eq!(bits(&values), in_parts(rows, get));
        bits(&values)
    };
    unsafe {
        let alive = whole(&|offset, count, to| eng_model_probability_alive_column(model, purchases, 0.0, offset, count, to));
        assert_eq!(alive, core(&|customer| Ok(want.probability_alive(customer))));
        let later = whole(&|offset, count, to| eng_model_probability_alive_column(model, purchases, 10.0, offset, count, to));
        assert_eq!(later, core(&|customer| want.probability_alive_at(customer, 10.0)));
        let expected =
            whole(&|offset, count, to| eng_model_expected_purchases_column(model, purchases, WEEKS, offset, count, to));
        assert_eq!(expected, core(&|customer| want.expected_purchases(customer, WEEKS)));
        let two =
            whole(&|offset, count, to| eng_model_probability_of_purchases_column(model, purchases, 2, WEEKS, offset, count, to));
        assert_eq!(two, core(&|customer| want.probability_of_purchases(customer, 2, WEEKS)));
        let (ever, delta) = (f64::INFINITY, DELTA);
        let worth =
            whole(&|offset, count, to| eng_model_discounted_purchases_column(model, purchases, ever, delta, offset, count, to));
        assert_eq!(worth, core(&|customer| want.discounted_purchases(customer, ever, delta)));

        for row in [0, 3, 77, rows - 1] {
            let customer = of.history(row);
            let (x, t_x, age) = (i64::from(customer.frequency()), customer.recency(), customer.age());
            let one = |get: &dyn Fn(*mut f64) -> i32| {
                let mut value = f64::NAN;
                assert_eq!(get(&raw mut value), ENG_OK, "{}", model_error(model));
                value.to_bits()
            };
            assert_eq!(one(&|to| eng_model_probability_alive(model, x, t_x, age, 0.0, to)), alive[row]);
            assert_eq!(one(&|to| eng_model_probability_alive(model, x, t_x, age, 10.0, to)), later[row]);
            assert_eq!(one(&|to| eng_model_expected_purchases(model, x, t_x, age, WEEKS, to)), expected[row]);
            assert_eq!(one(&|to| eng_model_probability_of_purchases(model, x, t_x, age, 2, WEEKS, to)), two[row]);
            assert_eq!(one(&|to| eng_model_discounted_purchases(model, x, t_x, age, ever, delta, to)), worth[row]);
            let (mut low, mut high) = (-9, -9);
            assert_eq!(eng_model_prediction_interval(model, x, t_x, age, WEEKS, 0.9, &raw mut low, &raw mut high), ENG_OK);
            let bounds = want.prediction_interval(&customer, WEEKS, 0.9).unwrap();
            assert_eq!((low as u64, high as u64), bounds);
        }
    }
}

#[test]
fn fits_and_predictions_are_those_of_the_core() {
    let (core, ledger) = cdnow();
    let (of, purchases) = summary(&core, ledger);
    let model = new_model();
    for (kind, threads) in ModelKind::ALL.into_iter().zip([0, 1, 2, 3, 0, 1]) {
        assert_eq!(unsafe { eng_model_set_threads(model, threads) }, ENG_OK);
        assert_eq!(fit(model, kind.as_str(), purchases), ENG_OK, "{kind:?}: {}", model_error(model));
        let want = kind.fit(&of, &FitOptions::default()).unwrap();
        assert_eq!(text(|buffer, capacity, needed| unsafe { eng_model_name(model, buffer, capacity, needed) }), kind.as_str());
        assert_eq!(text(|buffer, capacity, needed| unsafe { eng_model_notes(model, buffer, capacity, needed) }), "");
        same_fit(model, &want, want.model.k());
        same_predictions(model, &want.model, purchases, &of);
        // Maximum likelihood by other programs: the same customers, days as 1/7 weeks.
        let published = match kind {
            ModelKind::Nbd => Some(-9_763.657_614_672_615),
            ModelKind::ParetoNbd => Some(-9_594.976_178_939_542),
            ModelKind::BgNbd => Some(-9_582.429_206_673_933),
            ModelKind::MbgNbd => Some(-9_582.135_715_553_75),
            ModelKind::BgCnbdK | ModelKind::MbgCnbdK => None,
        };
        assert!(published.is_none_or(|published: f64| (published - want.log_likelihood).abs() < 1e-6), "{kind:?}");
        let json = json_of(model);
        assert_eq!(json, want.model.to_json().unwrap());
        let copy = loaded(&json);
        assert_eq!(json_of(copy), json);
        same_predictions(copy, &want.model, purchases, &of);
        let mut out = [9.0; 4];
        let [a, b, c, d] = out.each_mut().map(std::ptr::from_mut);
        unsafe {
            assert_eq!(eng_model_evidence(copy, a, b, c, d), ENG_MISSING_FIELD, "it was not fitted here");
            assert_eq!(eng_model_notes(copy, null_mut(), 0, null_mut()), ENG_MISSING_FIELD);
            assert_eq!(out, [9.0; 4]);
            assert_eq!(eng_model_free(copy), ENG_OK);
        }
    }
    assert_eq!(unsafe { (eng_model_free(model), eng_purchases_free(purchases), eng_ledger_free(ledger)) }, (0, 0, 0));
}

#[test]
fn spend_is_that_of_the_core() {
    let (core, ledger) = cdnow();
    let (of, purchases) = summary(&core, ledger);
    let (model, rows) = (new_model(), of.len());
    assert_eq!(fit(model, "gamma-gamma", purchases), ENG_OK, "{}", model_error(model));
    let want = GammaGamma::fit(&of, &FitOptions::default()).unwrap();
    same_fit(model, &want, None);
    // Fader & Hardie (2013), <http://www.brucehardie.com/notes/025/>.
    let published: Vec<String> = want.model.estimates().iter().map(|value| format!("{value:.2}")).collect();
    assert_eq!(published, ["6.25", "3.74", "15.44"]);
    assert!((want.log_likelihood + 4_055.917_694_801_872_6).abs() < 1e-6);
    let spends = of.spends();
    let expected: Vec<f64> = spends.iter().map(|spend| want.model.expected_value(spend).unwrap()).collect();
    unsafe {
        let get = |offset, count, to| eng_model_expected_value_column(model, purchases, offset, count, to);
        assert_eq!(in_parts(rows, get), bits(&expected));
        let mut value = 9.0;
        for (row, spend) in spends.iter().enumerate().step_by(97) {
            assert_eq!(eng_model_expected_value(model, i64::from(spend.count()), spend.mean(), &raw mut value), ENG_OK);
            assert_eq!(value.to_bits(), expected[row].to_bits());
        }
        assert_eq!(eng_model_expected_value(model, 0, 0.0, &raw mut value), ENG_OK);
        assert_eq!(value, want.model.population_mean().unwrap(), "of a customer of whom nothing is known");
        let json = json_of(model);
        assert!(json.starts_with(r#"{"model":"gamma-gamma","p":6.2"#), "{json}");
        let copy = loaded(&json);
        assert_eq!(json_of(copy), json);
        assert_eq!(text(|buffer, capacity, needed| eng_model_name(copy, buffer, capacity, needed)), "gamma-gamma");

        value = 9.0;
        for (paid, mean) in [(-1, 5.0), (1 << 32, 5.0), (2, -5.0), (2, f64::NAN), (2, f64::INFINITY), (2, 0.0), (0, 5.0)] {
            assert_eq!(eng_model_expected_value(copy, paid, mean, &raw mut value), ENG_INVALID_ARGUMENT, "{paid} {mean}");
        }
        // Where the mean over all customers is infinite, it is not said.
        assert_eq!(from_json(copy, r#"{"model":"gamma-gamma","p":2,"q":0.5,"v":3}"#), ENG_OK);
        assert_eq!(eng_model_expected_value(copy, 0, 0.0, &raw mut value), ENG_INVALID_ARGUMENT);
        assert!(model_error(copy).contains("q: 0.5 is not above 1"), "{}", model_error(copy));
        let mut values = vec![9.0; rows];
        assert_eq!(eng_model_expected_value_column(copy, purchases, 0, rows as i64, values.as_mut_ptr()), ENG_INVALID_ARGUMENT);
        assert!(values.iter().all(|value| *value == 9.0), "outputs of a failed call");
        assert_eq!(value, 9.0);
        assert_eq!((eng_model_free(copy), eng_model_free(model)), (ENG_OK, ENG_OK));
        assert_eq!((eng_purchases_free(purchases), eng_ledger_free(ledger)), (ENG_OK, ENG_OK));
    }
}

/// Spend that grows with frequency is fitted, and said.
#[test]
fn notes_say_what_to_know_before_trusting_a_fit() {
    let (purchases, model) = (new_purchases(), new_model());
    let frequency: Vec<i64> = (0..200).map(|row| row % 8 + 1).collect();
    let age = vec![52.0; 200];
    let value: Vec<f64> = frequency.iter().enumerate().map(|(row, x)| 5.0 * *x as f64 + (row % 13) as f64).collect();
    let (x, t, m) = (frequency.as_ptr(), age.as_ptr(), value.as_ptr());
    unsafe {
        assert_eq!(eng_purchases_from_columns(purchases, 200, x, t, t, m, null(), null()), ENG_OK);
        assert_eq!(fit(model, "gamma-gamma", purchases), ENG_OK, "{}", model_error(model));
        let notes = text(|buffer, capacity, needed| eng_model_notes(model, buffer, capacity, needed));
        assert!(notes.starts_with("customers who buy more often spend more per purchase"), "{notes}");
        assert_eq!((eng_model_free(model), eng_purchases_free(purchases)), (ENG_OK, ENG_OK));
    }
}

#[test]
fn a_fit_that_fails_says_why_and_keeps_the_model() {
    let (purchases, model) = (new_purchases(), loaded(r#"{"model":"nbd","r":0.385,"alpha":12.072}"#));
    let before = json_of(model);
    assert_eq!(fit(model, "mbg-nbd", purchases), ENG_MISSING_FIELD, "nothing is summarised");
    let (none, zero, age) = ([0i64; 4], [0.0; 4], [39.0, 38.0, 20.0, 1.0]);
    unsafe {
        assert_eq!(
            eng_purchases_from_columns(purchases, 4, none.as_ptr(), zero.as_ptr(), age.as_ptr(), null(), null(), null()),
            ENG_OK
        );
    }
    let same = Purchases::from_columns(&PurchaseColumns::new(&[0; 4], &zero, &age)).unwrap();
    for kind in ModelKind::ALL {
        assert_eq!(fit(model, kind.as_str(), purchases), ENG_FIT_FAILED, "{kind:?}");
        let why = kind.fit(&same, &FitOptions::default()).unwrap_err().to_string();
        assert_eq!(model_error(model), why, "{kind:?}");
        assert!(why.starts_with("nobody bought "), "{why}");
    }
    assert_eq!(fit(model, "gamma-gamma", purchases), ENG_FIT_FAILED);
    assert_eq!(model_error(model), GammaGamma::fit(&same, &FitOptions::default()).unwrap_err().to_string());
    // Regular buying is not in frequency, recency and age alone.
    let (some, recency) = ([2i64, 0, 3, 1], [30.0, 0.0, 12.0, 0.5]);
    unsafe {
        let (x, t, n) = (some.as_ptr(), recency.as_ptr(), age.as_ptr());
        assert_eq!(eng_purchases_from_columns(purchases, 4, x, t, n, null(), null(), null()), ENG_OK);
    }
    for name in ["bg-cnbd-k", "mbg-cnbd-k"] {
        assert_eq!(fit(model, name, purchases), ENG_INVALID_ARGUMENT, "{name}");
        assert!(model_error(model).starts_with("log_gaps: "), "{}", model_error(model));
    }
    for (name, status) in [("bgnbd", ENG_INVALID_ARGUMENT), ("", ENG_MISSING_FIELD), ("a\0b", ENG_INVALID_UTF8), ("MBG-NBD", -1)]
    {
        assert_eq!(fit(model, name, purchases), status, "{name:?}");
    }
    assert_eq!(fit(model, "gama-gama", purchases), ENG_INVALID_ARGUMENT);
    assert!(model_error(model).ends_with("mbg-nbd, bg-cnbd-k, mbg-cnbd-k, gamma-gamma"), "{}", model_error(model));
    assert_eq!(unsafe { eng_model_fit(model, null(), 0, purchases) }, ENG_MISSING_FIELD);
    assert_eq!(fit(model, "nbd", null_mut()), ENG_INVALID_HANDLE);
    assert_eq!(json_of(model), before);
    assert_eq!(unsafe { (eng_model_free(model), eng_purchases_free(purchases)) }, (ENG_OK, ENG_OK));
}

#[test]
fn documents_that_are_no_model() {
    let model = loaded(r#"{"model":"mbg-cnbd-k","k":3,"r":0.5,"alpha":2.0,"a":0.3,"b":0.6}"#);
    let before = json_of(model);
    for (json, said) in [
        ("", "model: "),
        ("[", "model: "),
        ("{}", "model"),
        (r#"{"model":"nbd"}"#, "`r`"),
        (r#"{"model":"nbd","r":0.3,"alpha":0}"#, "alpha: 0 is not a positive finite number"),
        (r#"{"model":"nbd","r":1e999,"alpha":1}"#, "model: "),
        (r#"{"model":"nbd","r":-1,"alpha":1}"#, "r: -1 is not a positive finite number"),
        (r#"{"model":"nbd","r":1,"alpha":1,"beta":1}"#, "beta"),
        (r#"{"model":"bg-cnbd-k","k":13,"r":1,"alpha":1,"a":1,"b":1}"#, "k: 13 is not in 1..=12"),
        (r#"{"model":"bg-cnbd-k","k":-1,"r":1,"alpha":1,"a":1,"b":1}"#, "model: "),
        (r#"{"model":"gamma-gamma","p":0,"q":1,"v":1}"#, "p: 0 is not a positive finite number"),
        (r#"{"model":"gamma-gamma","p":1,"q":1}"#, "`v`"),
        (r#"{"model":"alchemy","p":1}"#, "alchemy"),
        (&"[".repeat(100_000), "model: "),
    ] {
        assert_eq!(from_json(model, json), ENG_INVALID_ARGUMENT, "{json:.40}");
        assert!(model_error(model).contains(said), "{}", model_error(model));
        assert_eq!(json_of(model), before);
    }
    unsafe {
        assert_eq!(eng_model_from_json(model, null(), 0), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_model_from_json(model, c"{".as_ptr(), (1 << 24) + 1), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_model_from_json(model, c"\xff".as_ptr(), -1), ENG_INVALID_UTF8);
        assert_eq!(eng_model_free(model), ENG_OK);
    }
}

/// Wrong numbers, wrong sorts, wrong rows, null outputs, empty handles: a status, and nothing written.
#[test]
fn predictions_that_cannot_be() {
    let (core, ledger) = cdnow();
    let (of, purchases) = summary(&core, ledger);
    let (buying, spending, empty) = (
        loaded(r#"{"model":"mbg-nbd","r":0.525,"alpha":6.183,"a":0.891,"b":1.614}"#),
        loaded(r#"{"model":"gamma-gamma","p":6.25,"q":3.74,"v":15.44}"#),
        new_model(),
    );
    let (mut doubles, mut longs) = ([9.0; 8], [9i64; 8]);
    let (d, l, rows) = (doubles.as_mut_ptr(), longs.as_mut_ptr(), of.len() as i64);
    unsafe {
        let ask = |model, (x, t_x, age): (i64, f64, f64), n, t, delta, level| {
            [
                eng_model_probability_alive(model, x, t_x, age, t, d),
                eng_model_expected_purchases(model, x, t_x, age, t, d),
                eng_model_probability_of_purchases(model, x, t_x, age, n, t, d),
                eng_model_discounted_purchases(model, x, t_x, age, t, delta, d),
                eng_model_prediction_interval(model, x, t_x, age, t, level, l, l.add(1)),
            ]
        };
        let good = (2, 30.43, 38.86);
        for customer in [
            (-1, 0.0, 1.0),
            (1 << 32, 1.0, 1.0),
            (i64::MAX, 1.0, 1.0),
            (2, 40.0, 38.86),
            (2, -1.0, 38.86),
            (0, 1.0, 38.86),
            (2, f64::NAN, 38.86),
            (2, 30.0, f64::NAN),
            (2, 30.0, f64::INFINITY),
            (2, f64::INFINITY, f64::INFINITY),
            (2, 0.0, -1.0),
        ] {
            assert_eq!(ask(buying, customer, 2, WEEKS, DELTA, 0.9), [ENG_INVALID_ARGUMENT; 5], "{customer:?}");
            assert!(!model_error(buying).is_empty());
        }
        for t in [-1.0, f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(ask(buying, good, 2, t, DELTA, 0.9), [ENG_INVALID_ARGUMENT; 5], "{t}");
            let refused = [
                eng_model_probability_alive_column(buying, purchases, t, 0, rows, d),
                eng_model_expected_purchases_column(buying, purchases, t, 0, rows, d),
                eng_model_probability_of_purchases_column(buying, purchases, 2, t, 0, rows, d),
                eng_model_discounted_purchases_column(buying, purchases, t, DELTA, 0, rows, d),
                eng_model_expected_purchases_column(buying, purchases, t, 0, 1, d),
            ];
            assert_eq!(refused, [ENG_INVALID_ARGUMENT; 5], "{t}");
        }
        for n in [-1, i64::MIN] {
            assert_eq!(ask(buying, good, n, 10.0, DELTA, 0.9)[2], ENG_INVALID_ARGUMENT);
            assert_eq!(eng_model_probability_of_purchases_column(buying, purchases, n, 10.0, 0, rows, d), ENG_INVALID_ARGUMENT);
            doubles = [9.0; 8];
            longs = [9; 8];
        }
        for delta in [-0.1, f64::NAN, f64::INFINITY] {
            assert_eq!(eng_model_discounted_purchases(buying, 2, 30.43, 38.86, 10.0, delta, d), ENG_INVALID_ARGUMENT, "{delta}");
        }
        assert_eq!(eng_model_discounted_purchases(buying, 2, 30.43, 38.86, f64::INFINITY, 0.0, d), ENG_INVALID_ARGUMENT);
        for level in [0.0, 1.0, -1.0, 2.0, f64::NAN] {
            let status = eng_model_prediction_interval(buying, 2, 30.43, 38.86, 10.0, level, l, l);
            assert_eq!(status, ENG_INVALID_ARGUMENT, "{level}");
        }

        assert_eq!(ask(spending, good, 2, WEEKS, DELTA, 0.9), [ENG_INVALID_ARGUMENT; 5]);
        assert!(model_error(spending).contains("gamma-gamma is a model of spend"), "{}", model_error(spending));
        assert_eq!(eng_model_expected_purchases_column(spending, purchases, WEEKS, 0, rows, d), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_model_expected_value(buying, 2, 22.35, d), ENG_INVALID_ARGUMENT);
        assert!(model_error(buying).contains("mbg-nbd is a model of purchases"), "{}", model_error(buying));
        assert_eq!(eng_model_expected_value_column(buying, purchases, 0, rows, d), ENG_INVALID_ARGUMENT);

        assert_eq!(ask(empty, good, 2, WEEKS, DELTA, 0.9), [ENG_MISSING_FIELD; 5]);
        let unfilled = new_purchases();
        let refused = [
            eng_model_expected_value(empty, 2, 22.35, d),
            eng_model_json(empty, null_mut(), 0, null_mut()),
            eng_model_name(empty, null_mut(), 0, null_mut()),
            eng_model_parameter_count(empty, l),
            eng_model_parameter(empty, 0, d, d, l.cast()),
            eng_model_k(empty, l, l.cast()),
            eng_model_evidence(empty, d, d, d, d),
            eng_model_expected_purchases_column(buying, unfilled, WEEKS, 0, 0, d),
            eng_model_expected_value_column(spending, unfilled, 0, 0, d),
            eng_purchases_count(unfilled, l, l, l),
            eng_purchases_key(unfilled, 0, null_mut(), 0, null_mut()),
            eng_purchases_double_column(unfilled, ENG_PURCHASES_AGE, 0, 0, d, null_mut()),
        ];
        assert_eq!(refused, [ENG_MISSING_FIELD; 12]);

        for (offset, count) in [(0, rows + 1), (rows, 1), (-1, 1), (0, -1), (i64::MAX, 1), (1, i64::MAX), (i64::MIN, i64::MIN)] {
            let refused = [
                eng_model_probability_alive_column(buying, purchases, 0.0, offset, count, d),
                eng_model_expected_value_column(spending, purchases, offset, count, d),
                eng_purchases_double_column(purchases, ENG_PURCHASES_AGE, offset, count, d, null_mut()),
                eng_purchases_int64_column(purchases, ENG_PURCHASES_FREQUENCY, offset, count, l),
                eng_purchases_key_column(purchases, offset, count, 8, d.cast()),
                eng_purchases_int64_key_column(purchases, offset, count, l, null_mut()),
            ];
            assert_eq!(refused, [ENG_INVALID_ARGUMENT; 6], "{offset} + {count}");
        }
        for column in [0, -1, 11, i32::MAX, i32::MIN] {
            assert_eq!(eng_purchases_double_column(purchases, column, 0, 1, d, null_mut()), ENG_INVALID_ARGUMENT, "{column}");
            assert_eq!(eng_purchases_int64_column(purchases, column, 0, 1, l), ENG_INVALID_ARGUMENT, "{column}");
        }
        assert_eq!(eng_purchases_double_column(purchases, ENG_PURCHASES_PAID, 0, 1, d, null_mut()), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_purchases_int64_column(purchases, ENG_PURCHASES_AGE, 0, 1, l), ENG_INVALID_ARGUMENT);
        let (no, none) = (null_mut::<f64>(), null_mut::<i64>());
        let refused = [
            eng_model_probability_alive(buying, 2, 30.43, 38.86, 0.0, no),
            eng_model_prediction_interval(buying, 2, 30.43, 38.86, 10.0, 0.9, l, none),
            eng_model_probability_alive_column(buying, purchases, 0.0, 0, rows, no),
            eng_model_expected_value(spending, 2, 22.35, no),
            eng_model_expected_value_column(spending, purchases, 0, 1, no),
            eng_model_parameter(buying, 0, d, no, l.cast()),
            eng_model_parameter(buying, 4, d, d, l.cast()),
            eng_model_parameter(buying, -1, d, d, l.cast()),
            eng_model_parameter_name(buying, i64::MAX, null_mut(), 0, null_mut()),
            eng_model_parameter_count(buying, none),
            eng_model_k(buying, none, l.cast()),
            eng_model_evidence(buying, d, d, d, no),
            eng_model_set_threads(buying, 1025),
            eng_purchases_count(purchases, l, none, l),
            eng_purchases_holdout_length(purchases, no),
            eng_purchases_key_width(purchases, none),
            eng_model_new(null_mut()),
            eng_purchases_new(null_mut()),
        ];
        assert_eq!(refused, [ENG_INVALID_ARGUMENT; 18]);
        assert_eq!(eng_model_probability_alive_column(buying, purchases, 0.0, rows, 0, no), ENG_OK, "no rows need no memory");
        assert_eq!((doubles, longs), ([9.0; 8], [9; 8]), "outputs of failed calls");
        for handle in [buying, spending, empty] {
            assert_eq!(eng_model_free(handle), ENG_OK);
        }
        for handle in [purchases, unfilled] {
            assert_eq!(eng_purchases_free(handle), ENG_OK);
        }
        assert_eq!(eng_ledger_free(ledger), ENG_OK);
    }
}

/// Numbers as large as the types hold are answered, in time, by a number or by a status, never by a NaN.
#[test]
fn numbers_at_the_ends() {
    let mut wrong = Vec::new();
    for json in [
        r#"{"model":"nbd","r":0.385,"alpha":12.072}"#,
        r#"{"model":"pareto-nbd","r":0.553,"alpha":10.578,"s":0.606,"beta":11.669}"#,
        r#"{"model":"bg-nbd","r":0.243,"alpha":4.414,"a":0.793,"b":2.426}"#,
        r#"{"model":"mbg-nbd","r":0.525,"alpha":6.183,"a":0.891,"b":1.614}"#,
        r#"{"model":"bg-cnbd-k","k":3,"r":0.5,"alpha":2.0,"a":0.3,"b":0.6}"#,
        r#"{"model":"mbg-cnbd-k","k":12,"r":0.5,"alpha":2.0,"a":0.3,"b":0.6}"#,
    ] {
        let model = loaded(json);
        for (x, t_x, age) in [
            (0, 0.0, 0.0),
            (0, -0.0, 1e12),
            (1, f64::MIN_POSITIVE, f64::MIN_POSITIVE),
            (i64::from(u32::MAX), 1e6, 1e6),
            (i64::from(u32::MAX), 0.0, 1e12),
            (3, 1e12, 1e12),
        ] {
            for (n, t) in [(0, 0.0), (i64::MAX, 1.0), (i64::MAX, 1e12), (1, 5e-324), (0, 1e12), (2, f64::INFINITY)] {
                let mut values = [0.0; 4];
                let [a, b, c, d] = values.each_mut().map(std::ptr::from_mut);
                let statuses = unsafe {
                    [
                        eng_model_probability_alive(model, x, t_x, age, t, a),
                        eng_model_expected_purchases(model, x, t_x, age, t, b),
                        eng_model_probability_of_purchases(model, x, t_x, age, n, t, c),
                        eng_model_discounted_purchases(model, x, t_x, age, t, 1e-3, d),
                    ]
                };
                let answered = statuses.iter().all(|status| [ENG_OK, ENG_INVALID_ARGUMENT, ENG_OVERFLOW].contains(status));
                if !answered || values.iter().any(|value| value.is_nan() || *value < 0.0) || values[0] > 1.0 || values[2] > 1.0 {
                    wrong.push(format!("{json} x={x} t_x={t_x} T={age} n={n} t={t}: {statuses:?} {values:?}"));
                }
            }
        }
        let (mut low, mut high) = (0, 0);
        let status = unsafe { eng_model_prediction_interval(model, 3, 30.0, 39.0, 52.0, 0.999, &raw mut low, &raw mut high) };
        assert!(status == ENG_OK && low <= high, "{json}: {status}");
        assert_eq!(unsafe { eng_model_free(model) }, ENG_OK);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
