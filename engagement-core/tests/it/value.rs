//! Forecast and value by way: one customer and all, held against the definition over a plain list.

use crate::common::naive::{self, NaiveKey};
use crate::common::{Plain, load};
use engagement_core::model::{BgCnbdK, BgNbd, GammaGamma, MbgCnbdK, MbgNbd, Model, Nbd, ParetoNbd, PurchaseHistory, Spend};
use engagement_core::value::{CustomerForecast, EngagementValue, Forecast, ReferralCounts, ValueBridge};
use engagement_core::{
    ErrorKind, Interaction, Key, Ledger, LoadOptions, Money, PurchaseOptions, Rulebook, Rules, ScoreOptions, Scores, TimeUnit,
    Timestamp,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).unwrap()
}

fn forecast() -> Forecast {
    Forecast {
        discount_rate: 0.1,
        margin: 0.3,
        spend: Some(GammaGamma::new(6.25, 3.74, 15.44).unwrap()),
        ..Forecast::new(BgNbd::new(0.243, 4.414, 0.793, 2.426).unwrap(), TimeUnit::Day, 26.0)
    }
}

fn rules(forecast: &Forecast) -> Rules {
    Rulebook { forecast: Some(forecast.clone()), ..Rulebook::standard() }.compile().unwrap()
}

/// 2026-03-28 12:00 UTC and half hours after it.
fn moment(step: i64) -> i64 {
    1_774_699_200_000_000 + step * 1_800_000_000
}

const PEOPLE: [&str; 7] = ["1", "2", "-7", "007", "ann", "bob", "9223372036854775808"];

/// Logs of few people who refer each other a lot, circles among it, and a stranger who only ever refers.
fn log() -> impl Strategy<Value = Vec<Plain>> {
    let kind = proptest::sample::select(&["purchase", "purchase", "refund", "Referral", "referral", "visit"][..]);
    let person = || proptest::sample::select(&PEOPLE[..]);
    let other = option::weighted(0.85, prop_oneof![6 => person(), 1 => Just("zoe")]);
    let row = (person(), 0..60_i64, kind, option::weighted(0.9, 0..90_000_000_i64), other, any::<bool>());
    vec(row, 0..50).prop_map(|rows| {
        let plain = |(customer, step, kind, amount, other, named): (&str, i64, &str, Option<i64>, Option<&str>, bool)| {
            let mut row = Plain {
                customer: customer.to_owned(),
                at: moment(step),
                kind: kind.to_owned(),
                amount,
                rating: None,
                reach: None,
                other: other.filter(|_| kind.eq_ignore_ascii_case("referral")).map(str::to_owned),
                order: None,
                item: None,
                channel: None,
                unit: None,
                campaign: None,
                arm: None,
                cost: None,
                id: None,
            };
            // A name of the content, so that ids never conflict.
            row.id = named.then(|| format!("{:?}", naive::kept(&row)));
            row
        };
        rows.into_iter().map(plain).collect()
    })
}

type Card = (Option<CustomerForecast>, Option<EngagementValue>);

/// Forecast and value of every customer, and the counts of referrals, by the definition.
fn by_definition(rows: &[Plain], ledger: &Ledger, book: &Forecast, as_of: i64) -> (BTreeMap<NaiveKey, Card>, ReferralCounts) {
    let mut cards: BTreeMap<NaiveKey, Card> = BTreeMap::new();
    let mut histories = naive::histories(rows);
    for history in histories.values_mut() {
        history.retain(|row| row.at <= as_of);
    }
    histories.retain(|_, history| !history.is_empty());
    let purchases = ledger.purchases(&PurchaseOptions::until(at(as_of)).unit(book.unit)).unwrap();
    let spends = purchases.spends();
    for key in histories.keys() {
        let row = (0..purchases.len()).find(|&row| naive::key(&purchases.customer(row).to_string()) == *key);
        let own = row.map(|row| book.of(&purchases.history(row), &spends[row]).unwrap());
        let value =
            own.and_then(|own| own.stay.zip(own.spend)).map(|(stay, spend)| EngagementValue { say: Money::ZERO, stay, spend });
        cards.insert(key.clone(), (own, value));
    }
    let mut counts = ReferralCounts::default();
    let mut claims = Vec::new();
    for (key, history) in &histories {
        let first = history.iter().find(|row| row.kind == "purchase").map(|row| row.at);
        let mut found = false;
        for row in history.iter().filter(|row| row.kind == "referral") {
            let window = book.referral_window.map(|days| (days * 86_400e6) as i64);
            match &row.other {
                None => counts.no_referrer += 1,
                Some(other) if naive::key(other) == *key => counts.self_referral += 1,
                Some(_) if first.is_some_and(|first| row.at > first) => counts.after_purchase += 1,
                Some(_) if first.zip(window).is_some_and(|(first, window)| first - row.at > window) => counts.outside_window += 1,
                Some(_) if found => counts.second += 1,
                Some(other) => {
                    found = true;
                    claims.push((row.at, key.clone(), naive::key(other)));
                }
            }
        }
    }
    // In the order of time, a referral that would close a circle is left out.
    claims.sort();
    let mut referrer_of: BTreeMap<NaiveKey, NaiveKey> = BTreeMap::new();
    for (_, referred, referrer) in claims {
        let mut up = Some(&referrer);
        while let Some(above) = up.filter(|above| **above != referred) {
            up = referrer_of.get(above);
        }
        if up.is_some() {
            counts.circle += 1;
        } else {
            referrer_of.insert(referred, referrer);
        }
    }
    for (referred, referrer) in referrer_of {
        let bought = histories[&referred].iter().any(|row| row.kind == "purchase");
        if !histories.contains_key(&referrer) {
            counts.unknown_referrer += 1;
        } else if !bought {
            counts.open += 1;
        } else {
            counts.counted += 1;
            let Some(lifetime_value) = cards[&referred].0.and_then(|own| own.lifetime_value) else { continue };
            let credit = (book.referral_share * lifetime_value.micros() as f64).round_ties_even() as i64;
            for (who, credit) in [(&referred, -credit), (&referrer, credit)] {
                let value = cards.get_mut(who).unwrap().1.get_or_insert_default();
                value.say = Money::from_micros(value.say.micros() + credit).unwrap();
            }
        }
    }
    (cards, counts)
}

/// The row of a table as the scorecard says it.
fn row_of(scores: &Scores, row: usize) -> Card {
    let all = scores.forecasts.as_ref().unwrap();
    let own = all.probability_alive.get(row).map(|probability_alive| CustomerForecast {
        probability_alive,
        expected_purchases: all.expected_purchases.get(row),
        discounted_purchases: all.discounted_purchases.get(row).unwrap(),
        expected_order_value: all.expected_order_value.get(row),
        lifetime_value: all.lifetime_value.money(row),
        stay: own(all.value_stay.money(row), all.lifetime_value.money(row)),
        spend: own(all.value_spend.money(row), all.lifetime_value.money(row)),
    });
    let value = all.value_say.money(row).map(|say| EngagementValue {
        say,
        stay: all.value_stay.money(row).unwrap(),
        spend: all.value_spend.money(row).unwrap(),
    });
    (own, value)
}

/// An amount of one who has a lifetime value.
fn own(amount: Option<Money>, lifetime_value: Option<Money>) -> Option<Money> {
    amount.filter(|_| lifetime_value.is_some())
}

/// In pieces, loads and single rows by turns.
fn in_pieces(rows: &[Plain], cuts: &[(usize, bool)]) -> Ledger {
    let mut ledger = Ledger::new();
    let mut rest = rows;
    for &(cut, single) in cuts.iter().chain(&[(usize::MAX, true)]) {
        let (now, later) = rest.split_at(cut.min(rest.len()));
        rest = later;
        if single {
            now.iter().for_each(|row| {
                ledger.append(&row.borrow()).unwrap();
            });
        } else {
            load(&mut ledger, now, &[7], LoadOptions::default()).unwrap();
        }
    }
    ledger
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn one_equals_all_equals_the_definition(
        (rows, mixed) in log().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        cuts in vec((0..30_usize, any::<bool>()), 0..6), step in -5..70_i64, share in 0..5_u8, window in option::of(0..4_u8),
        money in proptest::bool::weighted(0.9),
    ) {
        let book = Forecast {
            referral_share: f64::from(share) / 4.0,
            referral_window: window.map(|steps| 0.02 + f64::from(steps) * 0.1),
            spend: forecast().spend.filter(|_| money),
            ..forecast()
        };
        let (rules, as_of) = (rules(&book), moment(step));
        let whole = in_pieces(&rows, &[(usize::MAX, false)]);
        let (cards, counts) = by_definition(&rows, &whole, &book, as_of);
        let options = |threads| ScoreOptions { threads, ..ScoreOptions::default() };
        for (ledger, threads) in [(&whole, 1), (&in_pieces(&mixed, &cuts), 3)] {
            let scores = rules.score_all(ledger, at(as_of), &options(threads)).unwrap();
            prop_assert_eq!(scores.len(), cards.len());
            for (row, (key, card)) in cards.iter().enumerate() {
                prop_assert_eq!(&naive::key(&scores.customer(row).to_string()), key);
                prop_assert_eq!(&row_of(&scores, row), card, "{:?}", key);
                let one = rules.score(ledger, scores.customer(row), at(as_of)).unwrap();
                prop_assert_eq!(&(one.forecast, one.value), card, "{:?}", key);
            }
            let all = scores.forecasts.as_ref().unwrap();
            prop_assert_eq!(all.referrals, counts);
            let referrals = naive::histories(&rows);
            let referrals = referrals.values().flatten().filter(|row| row.kind == "referral" && row.at <= as_of).count();
            prop_assert_eq!(counts.total(), referrals as u64);
            let value = scores.value().unwrap();
            prop_assert_eq!(value.is_some(), money);
            if let Some(value) = value {
                let lifetime: i64 = cards.values().filter_map(|(own, _)| Some(own.as_ref()?.lifetime_value?.micros())).sum();
                let ways = value.say.micros() + value.stay.micros() + value.spend.micros();
                prop_assert_eq!((value.lifetime_value.micros(), ways, value.say), (lifetime, lifetime, Money::ZERO));
                let by_level = scores.value_by_level().unwrap();
                prop_assert_eq!(by_level.iter().map(|(_, level)| level.customers).sum::<u64>(), value.customers);
                prop_assert_eq!(by_level.iter().map(|(_, level)| level.stay.micros()).sum::<i64>(), value.stay.micros());
            }
        }
    }

    #[test]
    fn the_bridge_adds_up(rows in log(), step in 0..70_i64, later in 0..40_i64, share in 0..3_u8, margin in 1..5_u8) {
        let ledger = in_pieces(&rows, &[(usize::MAX, false)]);
        let first = Forecast { referral_share: f64::from(share) / 2.0, ..forecast() };
        let second = Forecast { margin: f64::from(margin) / 5.0, horizon: Some(40.0), ..first.clone() };
        let scores = |book: &Forecast, step| rules(book).score_all(&ledger, at(moment(step)), &ScoreOptions::default()).unwrap();
        let (before, after) = (scores(&first, step), scores(&second, step + later));
        let bridge = ValueBridge::between(&before, &after).unwrap();
        let total = |scores: &Scores| scores.value().unwrap().unwrap().lifetime_value;
        prop_assert_eq!((bridge.before, bridge.after), (total(&before), total(&after)));
        let lines = [bridge.acquired, bridge.lost, bridge.stay, bridge.spend, bridge.say, bridge.margin];
        prop_assert_eq!(lines.iter().map(|line| line.micros()).sum::<i64>(), bridge.after.micros() - bridge.before.micros());
        // Backwards every line but acquired and lost, which change places, has the other sign.
        let back = ValueBridge::between(&after, &before).unwrap();
        let negated = |money: Money| Money::from_micros(-money.micros()).unwrap();
        prop_assert_eq!((back.acquired, back.lost), (negated(bridge.lost), negated(bridge.acquired)));
        prop_assert_eq!([back.stay, back.spend, back.say, back.margin], [bridge.stay, bridge.spend, bridge.say, bridge.margin].map(negated));
        // What is left to spend is the change of the order value at the mean number of purchases, but for the rounding.
        let (a, b) = (before.forecasts.as_ref().unwrap(), after.forecasts.as_ref().unwrap());
        let mut spend = 0.0;
        for row in 0..before.len() {
            let Some(there) = after.row(before.customer(row)) else { continue };
            let side = |all: &engagement_core::value::Forecasts, row| all.discounted_purchases.get(row).zip(all.expected_order_value.get(row));
            let (Some((n, m)), Some((later_n, later_m))) = (side(a, row), side(b, there)) else { continue };
            spend += (later_m - m) * (n + later_n) / 2.0 * (a.margin + b.margin) / 2.0;
        }
        prop_assert!((spend - bridge.spend.to_f64()).abs() < 1e-5, "{spend} {}", bridge.spend);
        let nothing = ValueBridge::between(&before, &before).unwrap();
        prop_assert_eq!(nothing, ValueBridge { before: bridge.before, after: bridge.before, ..ValueBridge::default() });
    }
}

#[test]
fn many_rows_in_runs_and_tail() {
    // Chains of ten, each referred by the one before; every row comes by itself, so that runs and a tail hold them.
    let mut ledger = Ledger::new();
    let (customers, book) = (3_000, forecast());
    for step in 0..3 {
        for customer in 0..customers {
            let moment = at(moment(step * 20 + customer % 7));
            let row = match step {
                0 => Interaction { other: Some(Key::from(customer - 1)), ..Interaction::new(customer, moment, "referral") },
                _ => Interaction {
                    amount: Money::from_micros(customer * 10_000),
                    ..Interaction::new(customer, moment, "purchase")
                },
            };
            if step > 0 || customer % 10 != 0 {
                ledger.append(&row).unwrap();
            }
        }
    }
    let as_of = at(moment(100));
    let rules = rules(&book);
    let scores = rules.score_all(&ledger, as_of, &ScoreOptions::default()).unwrap();
    let all = scores.forecasts.as_ref().unwrap();
    assert_eq!(all.referrals, ReferralCounts { counted: 2_700, ..ReferralCounts::default() });
    for row in 0..scores.len() {
        let lifetime = |row: usize| all.lifetime_value.get(row).unwrap();
        let received = if row % 10 == 9 { 0 } else { lifetime(row + 1) };
        let given = if row % 10 == 0 { 0 } else { lifetime(row) };
        assert_eq!(all.value_say.get(row), Some(received - given));
        let one = rules.score(&ledger, scores.customer(row), as_of).unwrap();
        assert_eq!((one.forecast, one.value), row_of(&scores, row));
    }
    // Erasing the tops of the chains takes their credit away, and nothing else.
    let tops: Vec<Key<'_>> = (0..customers).step_by(10).map(Key::from).collect();
    ledger.forget(&tops).unwrap();
    let scores = rules.score_all(&ledger, as_of, &ScoreOptions::default()).unwrap();
    let counts = scores.forecasts.as_ref().unwrap().referrals;
    assert_eq!(counts, ReferralCounts { counted: 2_400, no_referrer: 300, ..ReferralCounts::default() });
    assert_eq!(scores.value().unwrap().unwrap().say, Money::ZERO);
}

#[test]
fn long_circles_are_opened_once() {
    // A circle of 60, of which the referral of customer 17 came last, and a chain of 40 that hangs on it.
    let mut ledger = Ledger::new();
    let referrer = |customer: i64| if customer < 60 { (customer + 1) % 60 } else { customer - 1 };
    for customer in 0..100 {
        let step = if customer == 17 { 5 } else { customer % 5 };
        let other = Some(Key::from(referrer(customer)));
        ledger.append(&Interaction { other, ..Interaction::new(customer, at(moment(step)), "referral") }).unwrap();
        let amount = Money::from_micros(5_000_000);
        ledger.append(&Interaction { amount, ..Interaction::new(customer, at(moment(20)), "purchase") }).unwrap();
    }
    let (rules, as_of) = (rules(&forecast()), at(moment(200)));
    let scores = rules.score_all(&ledger, as_of, &ScoreOptions::default()).unwrap();
    let all = scores.forecasts.as_ref().unwrap();
    assert_eq!(all.referrals, ReferralCounts { counted: 99, circle: 1, ..ReferralCounts::default() });
    // Everybody is worth the same, gives it to the referrer and has it of the referred: but for 17 and 18, and the ends of the chain.
    let each = all.lifetime_value.get(0).unwrap();
    for row in 0..scores.len() {
        let say = match row {
            17 | 59 => each,
            18 | 99 => -each,
            _ => 0,
        };
        assert_eq!(all.value_say.get(row), Some(say), "{row}");
        assert_eq!(rules.score(&ledger, scores.customer(row), as_of).unwrap().value, row_of(&scores, row).1);
    }
}

#[test]
fn a_forecast_says_what_its_model_says() {
    let models: [Model; 6] = [
        Nbd::new(0.385, 12.072).unwrap().into(),
        ParetoNbd::new(0.553, 10.578, 0.606, 11.669).unwrap().into(),
        BgNbd::new(0.243, 4.414, 0.793, 2.426).unwrap().into(),
        MbgNbd::new(0.525, 6.183, 0.891, 1.614).unwrap().into(),
        BgCnbdK::new(3, 0.5, 2.0, 0.3, 0.6).unwrap().into(),
        MbgCnbdK::new(2, 0.5, 2.0, 0.3, 0.6).unwrap().into(),
    ];
    for model in models {
        let forecast = Forecast { discount_rate: 0.15, ..Forecast::new(model, TimeUnit::Week, 52.0) };
        let delta = libm::log1p(0.15) * 7.0 / 365.25;
        for (x, t_x, age) in
            [(0, 0.0, 0.0), (0, 0.0, 38.86), (1, 3.0, 38.86), (7, 12.5, 40.0), (7, 39.0, 40.0), (40, 10.0, 300.0)]
        {
            let customer = PurchaseHistory::new(x, t_x, age).unwrap();
            let said = forecast.of(&customer, &Spend::unknown()).unwrap();
            let expected = model.expected_purchases(&customer, 52.0).unwrap();
            let discounted = model.discounted_purchases(&customer, 52.0, delta).unwrap();
            assert_eq!(said.probability_alive, model.probability_alive(&customer));
            // By parts: e^(−δt) E(t) + δ ∫ e^(−δs) E(s) ds, by Simpson's rule.
            let kept = |s: f64| libm::exp(-delta * s) * model.expected_purchases(&customer, s).unwrap();
            let simpson = |panel: i32| {
                let (from, to) = (f64::from(panel) * 0.26, f64::from(panel + 1) * 0.26);
                (kept(from) + 4.0 * kept((from + to) / 2.0) + kept(to)) * 0.26 / 6.0
            };
            let by_parts = kept(52.0) + delta * (0..200).map(simpson).sum::<f64>();
            assert!((discounted - by_parts).abs() <= 1e-9 * by_parts, "{model:?} {customer:?} {discounted} {by_parts}");
            assert_eq!(
                (said.expected_purchases, said.discounted_purchases),
                (Some(expected), discounted),
                "{model:?} {customer:?}"
            );
        }
    }
}

#[test]
fn published_expectations() {
    // MBG/NBD on the CDNOW sample: Batislam, Denizel & Filiztekin (2007), doi:10.1016/j.ijresmar.2006.12.005; the expectation was
    // worked out to 15 digits from these parameters.
    let model = MbgNbd::new(0.5248432, 6.1830853, 0.8913594, 1.6140022).unwrap();
    let customer = PurchaseHistory::new(2, 30.43, 38.86).unwrap();
    let plain = Forecast::new(model, TimeUnit::Week, 39.0).of(&customer, &Spend::unknown()).unwrap();
    assert!((plain.expected_purchases.unwrap() - 1.26266923354031).abs() < 1e-7);
    assert_eq!(plain.discounted_purchases, plain.expected_purchases.unwrap());
    assert_eq!((plain.expected_order_value, plain.lifetime_value), (None, None));
    // Gamma-Gamma on the same: Fader & Hardie, "The Gamma-Gamma model of monetary value" (2013), section 4.
    let spend =
        Forecast { spend: Some(GammaGamma::new(6.25, 3.74, 15.44).unwrap()), ..Forecast::new(model, TimeUnit::Week, 39.0) };
    let spend = spend.of(&customer, &Spend::new(2, 22.35).unwrap()).unwrap();
    assert_eq!(format!("{:.2}", spend.expected_order_value.unwrap()), "24.66");
}

#[test]
fn discounting_and_rounding_by_hand() {
    // Customers who never leave: N = rate · (1 − e^(−δt))/δ with δ = ln 1.1 ÷ 365.25 a day.
    let nbd = Nbd::new(2.0, 10.0).unwrap();
    let customer = PurchaseHistory::new(3, 20.0, 30.0).unwrap();
    let rate: f64 = 5.0 / 40.0;
    let delta: f64 = 1.1_f64.ln() / 365.25;
    let spend = GammaGamma::new(2.0, 3.0, 10.0).unwrap();
    let book = Forecast { discount_rate: 0.1, margin: 0.25, spend: Some(spend), ..Forecast::new(nbd, TimeUnit::Day, 365.25) };
    let year = book.of(&customer, &Spend::new(3, 20.0).unwrap()).unwrap();
    let discounted = rate * (1.0 - 1.0 / 1.1) / delta;
    assert!((year.discounted_purchases / discounted - 1.0).abs() < 1e-13);
    assert_eq!(year.expected_purchases, Some(rate * 365.25));
    // E[M] = 2 (10 + 3·20) / (6 + 3 − 1) = 17.5, and the mean is 2·10/(3 − 1) = 10.
    assert_eq!(year.expected_order_value, Some(17.5));
    let micros = |amount: f64| (amount * 1e6).round() as i64;
    assert_eq!(year.lifetime_value.unwrap().micros(), micros(discounted * 17.5 * 0.25));
    assert_eq!(year.stay.unwrap().micros(), micros(discounted * 10.0 * 0.25));
    assert_eq!(year.stay.unwrap().micros() + year.spend.unwrap().micros(), year.lifetime_value.unwrap().micros());
    // Without end, the same ten per cent a year; months and weeks of the same rate agree.
    let forever = Forecast { horizon: None, ..book.clone() }.of(&customer, &Spend::new(3, 20.0).unwrap()).unwrap();
    assert!((forever.discounted_purchases / (rate / delta) - 1.0).abs() < 1e-13);
    assert_eq!(forever.expected_purchases, None);
    let week = Nbd::new(2.0, 10.0 / 7.0).unwrap();
    let weeks = Forecast { unit: TimeUnit::Week, horizon: Some(365.25 / 7.0), purchases: week.into(), ..book.clone() };
    let same = weeks.of(&PurchaseHistory::new(3, 20.0 / 7.0, 30.0 / 7.0).unwrap(), &Spend::new(3, 20.0).unwrap()).unwrap();
    assert!((same.discounted_purchases / discounted - 1.0).abs() < 1e-13);
    // A base value of one's own moves money between the ways, not the sum.
    let moved = Forecast { base_value: Some(12.0), ..book }.of(&customer, &Spend::new(3, 20.0).unwrap()).unwrap();
    assert_eq!(moved.lifetime_value, year.lifetime_value);
    assert_eq!(moved.stay.unwrap().micros(), micros(discounted * 12.0 * 0.25));
}

#[test]
fn a_model_without_a_mean_needs_a_base_value() {
    let heavy = Forecast { spend: Some(GammaGamma::new(1.5, 0.8, 10.0).unwrap()), ..forecast() };
    let customer = PurchaseHistory::new(1, 10.0, 30.0).unwrap();
    let error = heavy.of(&customer, &Spend::new(1, 20.0).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().starts_with("base_value: missing") && error.to_string().contains("0.8"), "{error}");
    let given = Forecast { base_value: Some(33.0), ..heavy };
    assert_eq!(given.of(&customer, &Spend::unknown()).unwrap().expected_order_value, Some(33.0));
    // 1.5·(10 + 20)/(1.5 + 0.8 − 1)
    assert!(
        (given.of(&customer, &Spend::new(1, 20.0).unwrap()).unwrap().expected_order_value.unwrap() - 45.0 / 1.3).abs() < 1e-12
    );
}

#[test]
fn amounts_that_do_not_fit_are_said() {
    let rich = Forecast { spend: Some(GammaGamma::new(6.0, 4.0, 1e15).unwrap()), ..forecast() };
    let error = rich.of(&PurchaseHistory::newcomer(), &Spend::unknown()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Overflow);
    assert!(error.to_string().starts_with("lifetime value: "), "{error}");
    let mut ledger = Ledger::new();
    ledger.append(&Interaction::new("ann", at(moment(0)), "purchase")).unwrap();
    for error in [
        rules(&rich).score(&ledger, Key::from("ann"), at(moment(9))).unwrap_err(),
        rules(&rich).score_all(&ledger, at(moment(9)), &ScoreOptions::default()).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Overflow);
        assert!(error.to_string().starts_with("customer \"ann\": lifetime value: "), "{error}");
    }
}

#[cfg(feature = "arrow")]
#[test]
fn tables_carry_exact_amounts() {
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Decimal128Type, Float64Type};
    let mut ledger = Ledger::new();
    for (customer, kind) in [("ann", "purchase"), ("bob", "visit")] {
        ledger.append(&Interaction::new(customer, at(moment(0)), kind)).unwrap();
    }
    let table = |book: Rulebook| {
        let scores = book.compile().unwrap().score_all(&ledger, at(moment(300)), &ScoreOptions::default()).unwrap();
        (engagement_core::arrow::scores_batch(&scores).unwrap(), scores)
    };
    let (batch, scores) = table(Rulebook { forecast: Some(forecast()), ..Rulebook::standard() });
    let all = scores.forecasts.unwrap();
    assert_eq!(batch.num_columns(), 14 + 8);
    let lifetime_value = batch.column_by_name("lifetime_value").unwrap();
    assert_eq!(lifetime_value.data_type().to_string(), "Decimal128(19, 6)");
    let lifetime_value = lifetime_value.as_primitive::<Decimal128Type>();
    assert_eq!((lifetime_value.value(0), lifetime_value.is_null(1)), (i128::from(all.lifetime_value.values[0]), true));
    let alive = batch.column_by_name("probability_alive").unwrap().as_primitive::<Float64Type>();
    assert_eq!((alive.value(0).to_bits(), alive.is_null(1)), (all.probability_alive.values[0].to_bits(), true));
    let (batch, _) = table(Rulebook { forecast: Some(Forecast { spend: None, ..forecast() }), ..Rulebook::standard() });
    assert_eq!(batch.num_columns(), 14 + 3);
}

const HEAD: &str = "version = 1\nname = \"t\"\n[levels]\nfully_engaged = 60\nengaged = 30\nnot_engaged = 0\n";
const FORECAST: &str = "[forecast]\nunit = \"week\"\nhorizon = 52\ndiscount_rate = 0.1\nmargin = 0.4\n\
     [forecast.purchases]\nmodel = \"mbg-nbd\"\nr = 0.525\nalpha = 6.183\na = 0.891\nb = 1.614\n\
     [forecast.spend]\np = 6.25\nq = 3.74\nv = 15.44\n";

#[test]
fn documents_say_what_is_wrong_with_a_forecast() {
    let book = Rulebook::from_toml(&format!("{HEAD}{FORECAST}")).unwrap();
    let forecast = book.forecast.clone().unwrap();
    assert_eq!(
        (forecast.unit, forecast.horizon, forecast.margin, forecast.referral_share),
        (TimeUnit::Week, Some(52.0), 0.4, 1.0)
    );
    assert_eq!(forecast.purchases, MbgNbd::new(0.525, 6.183, 0.891, 1.614).unwrap().into());
    assert_eq!(Rulebook::from_toml(&book.to_toml().unwrap()).unwrap(), book);
    assert_eq!(Rulebook::from_json(&book.to_json().unwrap()).unwrap(), book);
    let endless = Rulebook { forecast: Some(Forecast { horizon: None, grain: TimeUnit::Week, ..forecast }), ..book };
    assert_eq!(Rulebook::from_json(&endless.to_json().unwrap()).unwrap(), endless);
    let refused = [
        ("horizon = 52", "horizon = 0", &["forecast.horizon: 0 is not a positive finite number"][..]),
        ("horizon = 52", "horizon = inf", &["forecast.horizon: inf is not a positive finite number"]),
        (
            "horizon = 52\ndiscount_rate = 0.1",
            "",
            &["forecast.discount_rate: 0 is not above 0, which a forecast without a horizon needs"],
        ),
        ("discount_rate = 0.1", "discount_rate = -0.1", &["forecast.discount_rate: -0.1 is not between 0 and 1000"]),
        ("discount_rate = 0.1", "discount_rate = nan", &["forecast.discount_rate: NaN"]),
        ("margin = 0.4", "margin = 40", &["forecast.margin: 40 is not above 0 and at most 1"]),
        ("margin = 0.4", "margin = 0", &["forecast.margin: 0 is not"]),
        ("margin = 0.4", "base_value = -1", &["forecast.base_value: -1 is not a positive finite number"]),
        ("margin = 0.4", "referral_share = 1.1", &["forecast.referral_share: 1.1 is not between 0 and 1"]),
        ("margin = 0.4", "referral_window = 0", &["forecast.referral_window: 0 is not a positive finite number"]),
        ("margin = 0.4", "margins = 0.4", &["forecast", "unknown field `margins`"]),
        ("unit = \"week\"", "", &["forecast", "missing field `unit`"]),
        ("unit = \"week\"", "unit = \"year\"", &["forecast.unit", "year", "`day`"]),
        ("model = \"mbg-nbd\"", "", &["forecast.purchases", "missing field `model`"]),
        ("model = \"mbg-nbd\"", "model = \"mbg\"", &["forecast.purchases", "unknown variant `mbg`", "`mbg-nbd`"]),
        ("a = 0.891", "a = 0", &["forecast.purchases", "a: 0 is not a positive finite number"]),
        ("a = 0.891", "", &["forecast.purchases", "missing field `a`"]),
        ("a = 0.891", "a = 0.891\nc = 1", &["forecast.purchases", "unknown field `c`"]),
        ("q = 3.74", "q = -1", &["forecast.spend", "q: -1 is not a positive finite number"]),
        ("q = 3.74", "q = 0.9", &["forecast.base_value: missing", "0.9"]),
        ("[forecast.spend]\np = 6.25\nq = 3.74\nv = 15.44", "", &[]),
    ];
    for (part, instead, words) in refused {
        assert!(FORECAST.contains(part), "{part}");
        let read = Rulebook::from_toml(&format!("{HEAD}{}", FORECAST.replace(part, instead)));
        if words.is_empty() {
            assert!(read.unwrap().forecast.unwrap().spend.is_none());
            continue;
        }
        let error = read.expect_err(instead);
        assert_eq!(error.kind(), ErrorKind::InvalidRulebook, "{error}");
        for word in words {
            assert!(error.to_string().starts_with("rulebook, ") && error.to_string().contains(word), "{error}");
        }
    }
    let without_spend = FORECAST.replace("[forecast.spend]\np = 6.25\nq = 3.74\nv = 15.44", "").replace("margin", "base_value");
    let error = Rulebook::from_toml(&format!("{HEAD}{without_spend}")).unwrap_err();
    assert!(error.to_string().contains("forecast.base_value: 0.4 has no meaning without a model of spend"), "{error}");
}

#[test]
fn scorecards_carry_the_forecast() {
    let mut ledger = Ledger::new();
    let day = |text: &str| ledger_day(text);
    let rows = [
        ("bob", "2026-01-01", "referral", None, Some("ann")),
        ("bob", "2026-01-02", "purchase", Some("20"), None),
        ("ann", "2025-11-03", "purchase", Some("30"), None),
        ("ann", "2025-12-01", "purchase", Some("45.50"), None),
        ("cy", "2026-01-05", "visit", None, None),
    ];
    for (customer, date, kind, amount, other) in rows {
        let amount = amount.map(|amount: &str| amount.parse().unwrap());
        ledger
            .append(&Interaction { amount, other: other.map(Key::from), ..Interaction::new(customer, day(date), kind) })
            .unwrap();
    }
    let rules = Rulebook::from_toml(&format!("{HEAD}{FORECAST}")).unwrap().compile().unwrap();
    let as_of = ledger.zone().parse_as_of("2026-01-31").unwrap();
    let card = |customer: &str| rules.score(&ledger, Key::from(customer), as_of).unwrap();
    let (ann, bob, cy) = (card("ann"), card("bob"), card("cy"));
    assert!(cy.prospect && cy.forecast.is_none() && cy.value.is_none());
    let bobs = bob.forecast.unwrap().lifetime_value.unwrap();
    assert_eq!(ann.value.unwrap().say, bobs);
    assert_eq!(bob.value.unwrap().total().unwrap(), Money::ZERO);
    assert_eq!(
        ann.value.unwrap().total().unwrap().micros(),
        ann.forecast.unwrap().lifetime_value.unwrap().micros() + bobs.micros()
    );
    let json: serde_json::Value = serde_json::from_str(&ann.to_json().unwrap()).unwrap();
    assert_eq!(json["value"]["say"], bobs.to_string().as_str());
    assert!(json["forecast"]["probability_alive"].as_f64().unwrap() < 1.0);
    assert_eq!(rules.explain(&ledger, Key::from("ann"), as_of).unwrap().scorecard, ann);
    assert_eq!(rules.score_history(&ledger, Key::from("ann"), &[as_of]).unwrap(), [ann]);
    // Before anything was known of her she has neither.
    let early = rules.score(&ledger, Key::from("ann"), day("2025-11-01")).unwrap();
    assert!(early.forecast.is_none() && early.value.is_none());
    let none = Rulebook::standard().compile().unwrap().score(&ledger, Key::from("ann"), as_of).unwrap();
    assert!(none.forecast.is_none() && none.value.is_none());
}

fn ledger_day(text: &str) -> Timestamp {
    Ledger::new().zone().parse(text).unwrap()
}
