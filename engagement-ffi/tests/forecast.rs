//! Fitted models in a rulebook: what scorecards and tables then say through C is what the core says, to the last millionth.

mod common;

use std::ffi::{CStr, c_char};
use std::ptr::null_mut;

use common::cdnow::*;
use common::*;
use engagement::*;
use engagement_core::{Ledger, Money, Timestamp};

/// Fitted here, put into a rulebook, saved, loaded: the same models, and a scorecard and a table that say what the core says.
#[test]
fn forecasts_through_a_rulebook() {
    let (core, ledger) = cdnow();
    let (_, purchases) = summary(&core, ledger);
    let (buying, spending, copy) = (new_model(), new_model(), new_model());
    let (rulebook, reloaded) = (standard(), standard());
    let as_of = end_of("1997-09-30");
    unsafe {
        assert_eq!(fit(buying, "mbg-nbd", purchases), ENG_OK);
        assert_eq!(fit(spending, "gamma-gamma", purchases), ENG_OK);
        assert_eq!(eng_model_from_rulebook(copy, rulebook, ENG_MODEL_PURCHASES), ENG_MISSING_FIELD, "no forecast yet");
        let set = |buying, spending, horizon, rate, margin| {
            eng_rulebook_set_forecast(rulebook, buying, spending, ENG_UNIT_WEEK, ENG_UNIT_DAY, horizon, rate, margin)
        };
        let toml = |rulebook| text(|buffer, capacity, needed| eng_rulebook_toml(rulebook, buffer, capacity, needed));
        let said = || text(|buffer, capacity, needed| eng_rulebook_error(rulebook, buffer, capacity, needed));
        let before = toml(rulebook);
        for (horizon, rate, margin, wrong) in [
            (0.0, 0.1, 0.3, "horizon: 0"),
            (-1.0, 0.1, 0.3, "horizon: -1"),
            (f64::NAN, 0.1, 0.3, "horizon: NaN"),
            (f64::INFINITY, 0.0, 0.3, "discount_rate: 0"),
            (39.0, -0.1, 0.3, "discount_rate: -0.1"),
            (39.0, f64::NAN, 0.3, "discount_rate: NaN"),
            (39.0, 0.1, 0.0, "margin: 0"),
            (39.0, 0.1, 1.5, "margin: 1.5"),
        ] {
            assert_eq!(set(buying, spending, horizon, rate, margin), ENG_INVALID_RULEBOOK, "{wrong}");
            assert!(said().contains(wrong), "{}", said());
        }
        assert_eq!(set(spending, null_mut(), 39.0, 0.1, 0.3), ENG_INVALID_ARGUMENT);
        assert_eq!(set(buying, buying, 39.0, 0.1, 0.3), ENG_INVALID_ARGUMENT);
        assert_eq!(set(copy, spending, 39.0, 0.1, 0.3), ENG_MISSING_FIELD);
        assert_eq!(set(null_mut(), spending, 39.0, 0.1, 0.3), ENG_INVALID_HANDLE);
        let grains = [(0, ENG_UNIT_DAY), (ENG_UNIT_WEEK, 9)];
        for (unit, grain) in grains {
            let status = eng_rulebook_set_forecast(rulebook, buying, spending, unit, grain, 39.0, 0.1, 0.3);
            assert_eq!(status, ENG_INVALID_ARGUMENT);
        }
        assert_eq!(toml(rulebook), before, "what was refused has changed nothing");

        // Without money, and then with it.
        assert_eq!(set(buying, null_mut(), 39.0, 0.1, 1.0), ENG_OK, "{}", said());
        assert_eq!(eng_model_from_rulebook(copy, rulebook, ENG_MODEL_SPEND), ENG_MISSING_FIELD);
        assert!(model_error(copy).contains("model of spend"), "{}", model_error(copy));
        same_table(&core, ledger, rulebook, as_of);
        assert_eq!(set(buying, spending, f64::INFINITY, 0.15, 0.3), ENG_OK, "{}", said());
        same_table(&core, ledger, rulebook, as_of);
        assert_eq!(set(buying, spending, 39.0, 0.15, 0.3), ENG_OK, "{}", said());
        let document = toml(rulebook);
        assert!(document.contains("[forecast]"), "{document}");
        assert_eq!(eng_rulebook_from_toml(reloaded, document.as_ptr().cast(), document.len() as i64), ENG_OK);
        assert_eq!(toml(reloaded), document);
        same_table(&core, ledger, reloaded, as_of);
        for (sort, fitted) in [(ENG_MODEL_PURCHASES, buying), (ENG_MODEL_SPEND, spending)] {
            assert_eq!(eng_model_from_rulebook(copy, reloaded, sort), ENG_OK);
            assert_eq!(json_of(copy), json_of(fitted));
        }
        for sort in [0, 3, -1, i32::MIN] {
            assert_eq!(eng_model_from_rulebook(copy, reloaded, sort), ENG_INVALID_ARGUMENT);
        }
        let mut empty = null_mut();
        assert_eq!(eng_rulebook_new(&raw mut empty), ENG_OK);
        assert_eq!(eng_model_from_rulebook(copy, empty, ENG_MODEL_SPEND), ENG_INVALID_RULEBOOK);
        let status = eng_rulebook_set_forecast(empty, buying, spending, ENG_UNIT_WEEK, ENG_UNIT_DAY, 39.0, 0.1, 0.3);
        assert_eq!(status, ENG_INVALID_RULEBOOK);
        assert_eq!(json_of(copy), json_of(spending));
        for handle in [rulebook, reloaded, empty] {
            assert_eq!(eng_rulebook_free(handle), ENG_OK);
        }
        for handle in [buying, spending, copy] {
            assert_eq!(eng_model_free(handle), ENG_OK);
        }
        assert_eq!((eng_purchases_free(purchases), eng_ledger_free(ledger)), (ENG_OK, ENG_OK));
    }
}

const DOUBLES: [i32; 4] = [
    ENG_COLUMN_PROBABILITY_ALIVE,
    ENG_COLUMN_EXPECTED_PURCHASES,
    ENG_COLUMN_DISCOUNTED_PURCHASES,
    ENG_COLUMN_EXPECTED_ORDER_VALUE,
];
const AMOUNTS: [i32; 4] = [ENG_COLUMN_LIFETIME_VALUE, ENG_COLUMN_VALUE_SAY, ENG_COLUMN_VALUE_STAY, ENG_COLUMN_VALUE_SPEND];

/// The forecasts of all customers through C are those of the core, and so are some customers' scorecards.
fn same_table(core: &Ledger, ledger: eng_ledger, rulebook: eng_rulebook, as_of: Timestamp) {
    let document = text(|buffer, capacity, needed| unsafe { eng_rulebook_toml(rulebook, buffer, capacity, needed) });
    let rules = engagement_core::Rulebook::from_toml(&document).unwrap().compile().unwrap();
    let want = rules.score_all(core, as_of, &engagement_core::ScoreOptions::default()).unwrap();
    let forecasts = want.forecasts.as_ref().unwrap();
    let (scores, rows) = (new_scores(), want.len());
    unsafe {
        assert_eq!(eng_scores_score(scores, ledger, rulebook, as_of.micros()), ENG_OK);
        let doubles = [
            &forecasts.probability_alive,
            &forecasts.expected_purchases,
            &forecasts.discounted_purchases,
            &forecasts.expected_order_value,
        ];
        for (column, want) in DOUBLES.into_iter().zip(doubles) {
            let (mut values, mut valid) = (vec![f64::NAN; rows], vec![9 as c_char; rows]);
            let to = (values.as_mut_ptr(), valid.as_mut_ptr());
            assert_eq!(eng_scores_double_column(scores, column, 0, rows as i64, to.0, to.1), ENG_OK);
            assert_eq!(bits(&values), bits(&want.values), "column {column}");
            assert!(valid.iter().zip(&want.valid).all(|(got, want)| *got == *want as c_char), "column {column}");
        }
        let amounts = [&forecasts.lifetime_value, &forecasts.value_say, &forecasts.value_stay, &forecasts.value_spend];
        for (column, want) in AMOUNTS.into_iter().zip(amounts) {
            let (mut values, mut valid) = (vec![-9; rows], vec![9 as c_char; rows]);
            for (from, until) in [(0, 700), (700, rows)] {
                let to = (values[from..].as_mut_ptr(), valid[from..].as_mut_ptr());
                assert_eq!(eng_scores_money_column(scores, column, from as i64, (until - from) as i64, to.0, to.1), ENG_OK);
            }
            assert_eq!(values, want.values, "column {column}");
            assert!(valid.iter().zip(&want.valid).all(|(got, want)| *got == *want as c_char), "column {column}");
        }
        let mut total = [-9; 5];
        let [a, b, c, d, e] = total.each_mut().map(std::ptr::from_mut);
        let status = eng_scores_value(scores, a, b, c, d, e);
        match want.value().unwrap() {
            Some(want) => {
                let money = [want.lifetime_value, want.say, want.stay, want.spend].map(Money::micros);
                assert_eq!((status, total[0] as u64, &total[1..]), (ENG_OK, want.customers, &money[..]));
                assert_eq!(total[2] + total[3] + total[4], total[1], "to the last millionth");
            }
            None => assert_eq!((status, total), (ENG_MISSING_FIELD, [-9; 5])),
        }
        for customer in ["1", "4", "1111", "1500"] {
            same_card(core, ledger, rulebook, &rules, as_of, customer);
        }
        assert_eq!(eng_scores_free(scores), ENG_OK);
    }
}

fn same_card(
    core: &Ledger,
    ledger: eng_ledger,
    rulebook: eng_rulebook,
    rules: &engagement_core::Rules,
    as_of: Timestamp,
    customer: &str,
) {
    let want = rules.score(core, customer.into(), as_of).unwrap();
    let (card, forecast) = (new_card(), want.forecast.as_ref());
    unsafe {
        let (key, len) = (customer.as_ptr().cast(), customer.len() as i64);
        assert_eq!(eng_scorecard_score(card, ledger, rulebook, key, len, as_of.micros()), ENG_OK);
        let (mut n, mut m, mut present) = ([9.0; 3], [9i64; 4], 999);
        let ([a, b, c], [d, e, f, g]) = (n.each_mut().map(std::ptr::from_mut), m.each_mut().map(std::ptr::from_mut));
        assert_eq!(eng_scorecard_forecast(card, a, b, c, d, e, f, g, &raw mut present), ENG_OK);
        let known = |bit: i32| present & (1 << bit) != 0;
        let got = [0, 1, 2].map(|at| known(at as i32).then_some(n[at]));
        let doubles = [
            forecast.map(|forecast| forecast.probability_alive),
            forecast.and_then(|forecast| forecast.expected_purchases),
            forecast.and_then(|forecast| forecast.expected_order_value),
        ];
        assert_eq!(got, doubles, "{customer}");
        let got = [0, 1, 2, 3].map(|at| known(at as i32 + 3).then_some(m[at]));
        let value = want.value;
        let amounts = [
            forecast.and_then(|forecast| forecast.lifetime_value),
            value.map(|value| value.say),
            value.map(|value| value.stay),
            value.map(|value| value.spend),
        ];
        assert_eq!(got, amounts.map(|amount| amount.map(Money::micros)), "{customer}");
        for (at, column) in AMOUNTS.into_iter().enumerate() {
            let (mut amount, mut there) = (9, 9);
            assert_eq!(eng_scorecard_int64(card, column, &raw mut amount, &raw mut there), ENG_OK);
            assert_eq!((there == 1).then_some(amount), got[at], "{customer}, column {column}");
        }
        let discounted = forecast.map(|forecast| forecast.discounted_purchases);
        for (column, want) in DOUBLES.into_iter().zip([doubles[0], doubles[1], discounted, doubles[2]]) {
            let (mut number, mut there) = (9.0, 9);
            assert_eq!(eng_scorecard_double(card, column, &raw mut number, &raw mut there), ENG_OK);
            assert_eq!((there == 1).then_some(number), want, "{customer}, column {column}");
        }
        assert_eq!(text(|buffer, capacity, needed| eng_scorecard_json(card, buffer, capacity, needed)), want.to_json().unwrap());
        assert_eq!(eng_scorecard_free(card), ENG_OK);
    }
}

/// The log of a shop with a prospect who refers: value by way without a forecast of its own.
#[test]
fn a_prospect_and_a_rulebook_without_a_forecast() {
    let (ledger, card, scores) = (new_ledger(), new_card(), new_scores());
    let mut core = Ledger::new();
    let mut append = |customer: &str, at: i64, kind: &str, amount: Option<i64>, other: Option<&str>| unsafe {
        let batch = new_batch();
        assert_eq!(eng_batch_text(batch, ENG_FIELD_CUSTOMER, customer.as_ptr().cast(), customer.len() as i64), ENG_OK);
        assert_eq!(eng_batch_text(batch, ENG_FIELD_KIND, kind.as_ptr().cast(), kind.len() as i64), ENG_OK);
        assert_eq!(eng_batch_int64(batch, ENG_FIELD_AT, at), ENG_OK);
        if let Some(amount) = amount {
            assert_eq!(eng_batch_int64(batch, ENG_FIELD_AMOUNT, amount), ENG_OK);
        }
        if let Some(other) = other {
            assert_eq!(eng_batch_text(batch, ENG_FIELD_OTHER, other.as_ptr().cast(), other.len() as i64), ENG_OK);
        }
        assert_eq!(eng_ledger_append_row(ledger, batch, null_mut()), ENG_OK, "{}", ledger_error(ledger));
        assert_eq!(eng_batch_free(batch), ENG_OK);
        core.append(&engagement_core::Interaction {
            amount: amount.and_then(Money::from_micros),
            other: other.map(Into::into),
            ..engagement_core::Interaction::new(customer, Timestamp::from_micros(at).unwrap(), kind)
        })
        .unwrap();
    };
    const DAY: i64 = 86_400_000_000;
    append("pro", AT, "visit", None, None);
    append("eve", AT, "visit", None, None);
    append("ann", AT + 1, "referral", None, Some("pro"));
    append("ann", AT + DAY, "purchase", Some(20_000_000), None);
    append("ann", AT + 30 * DAY, "purchase", Some(30_000_000), None);
    let as_of = Timestamp::from_micros(AT + 60 * DAY).unwrap();
    let (mut n, mut m, mut present) = ([9.0; 3], [9i64; 4], 999);
    let ([a, b, c], [d, e, f, g]) = (n.each_mut().map(std::ptr::from_mut), m.each_mut().map(std::ptr::from_mut));
    unsafe {
        assert_eq!(eng_scorecard_forecast(card, a, b, c, d, e, f, g, &raw mut present), ENG_MISSING_FIELD, "nothing scored");
        let (rulebook, buying, spending) = (
            standard(),
            loaded(r#"{"model":"mbg-nbd","r":0.525,"alpha":6.183,"a":0.891,"b":1.614}"#),
            loaded(r#"{"model":"gamma-gamma","p":6.25,"q":3.74,"v":15.44}"#),
        );
        // Without a forecast: nothing of it is there, and a table has no such column.
        let score = |customer: &CStr| eng_scorecard_score(card, ledger, rulebook, customer.as_ptr(), -1, as_of.micros());
        assert_eq!(score(c"ann"), ENG_OK);
        assert_eq!(eng_scorecard_forecast(card, a, b, c, d, e, f, g, &raw mut present), ENG_OK);
        assert_eq!((n, m, present), ([0.0; 3], [0; 4], 0));
        assert_eq!(eng_scores_score(scores, ledger, rulebook, as_of.micros()), ENG_OK);
        for column in DOUBLES {
            assert_eq!(eng_scores_double_column(scores, column, 0, 1, a, null_mut()), ENG_MISSING_FIELD);
        }
        for column in AMOUNTS {
            assert_eq!(eng_scores_money_column(scores, column, 0, 1, d, null_mut()), ENG_MISSING_FIELD);
        }
        assert_eq!(eng_scores_value(scores, d, d, d, d, d), ENG_MISSING_FIELD);
        let said = text(|buffer, capacity, needed| eng_scores_error(scores, buffer, capacity, needed));
        assert!(said.contains("no forecast"), "{said}");

        let status = eng_rulebook_set_forecast(rulebook, buying, spending, ENG_UNIT_WEEK, ENG_UNIT_DAY, 39.0, 0.1, 0.3);
        assert_eq!(status, ENG_OK);
        let rules = text(|buffer, capacity, needed| eng_rulebook_toml(rulebook, buffer, capacity, needed));
        let rules = engagement_core::Rulebook::from_toml(&rules).unwrap().compile().unwrap();
        for (customer, bits) in [(c"ann", 0b111_1111), (c"pro", 0b111_0000), (c"eve", 0)] {
            assert_eq!(score(customer), ENG_OK);
            assert_eq!(eng_scorecard_forecast(card, a, b, c, d, e, f, g, &raw mut present), ENG_OK);
            assert_eq!(present, bits, "{customer:?}");
            same_card(&core, ledger, rulebook, &rules, as_of, customer.to_str().unwrap());
        }
        assert_eq!(score(c"pro"), ENG_OK);
        assert_eq!(eng_scorecard_forecast(card, a, b, c, d, e, f, g, &raw mut present), ENG_OK);
        assert!(m[1] > 0 && (m[0], m[2], m[3]) == (0, 0, 0), "the credit for ann: {m:?}");
        let kept = (n, m, present);
        assert_eq!(eng_scorecard_forecast(card, a, b, c, d, e, f, null_mut(), &raw mut present), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_scorecard_forecast(card, a, b, c, d, e, f, g, null_mut()), ENG_INVALID_ARGUMENT);
        assert_eq!(score(c"nobody"), ENG_UNKNOWN_CUSTOMER);
        assert_eq!((n, m, present), kept, "outputs of failed calls");
        assert_eq!((eng_scorecard_free(card), eng_scores_free(scores), eng_rulebook_free(rulebook)), (ENG_OK, ENG_OK, ENG_OK));
        assert_eq!((eng_model_free(buying), eng_model_free(spending), eng_ledger_free(ledger)), (ENG_OK, ENG_OK, ENG_OK));
    }
}
