//! The promises of `docs/DESIGN.md`, each under the name it has there.

use crate::common::{Plain, bits, content, load, naive, random};
use engagement_core::{ErrorKind, Key, Ledger, Level, LoadOptions, Rulebook, Rules, ScoreOptions, Timestamp, Zone};
use proptest::collection::vec;
use proptest::prelude::*;

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).unwrap()
}

/// Moments inside and outside the random logs.
fn as_of() -> impl Strategy<Value = i64> {
    (-10..260_i64).prop_map(|step| 1_774_699_200_000_000 + step * 1_800_000_000)
}

fn all(rules: &Rules, ledger: &Ledger, as_of: i64, threads: usize) -> Vec<String> {
    bits(&rules.score_all(ledger, at(as_of), &ScoreOptions { threads, contributions: true, progress: None }).unwrap())
}

fn loaded(rows: &[Plain], sizes: &[usize]) -> Ledger {
    let mut ledger = Ledger::new();
    let done = load(&mut ledger, rows, sizes, LoadOptions::default()).unwrap();
    assert!(done.reconciliation.balances(), "{}", done.reconciliation);
    assert_eq!(done.reconciliation.rejected, 0);
    ledger
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn fast_equals_naive(rows in random::log(60), book in random::rulebook(), as_of in as_of(), sizes in vec(1..20_usize, 1..5)) {
        let ledger = loaded(&rows, &sizes);
        let rules = book.compile().unwrap();
        let zone = book.zone.clone().unwrap_or_default();
        let scores = rules.score_all(&ledger, at(as_of), &ScoreOptions { contributions: true, ..ScoreOptions::default() }).unwrap();
        let mut row = 0;
        for (key, history) in naive::histories(&rows) {
            if history[0].at > as_of {
                continue;
            }
            let expected = naive::score(&book, &history, as_of, &zone);
            let shown = match &key {
                naive::NaiveKey::Int(number) => number.to_string(),
                naive::NaiveKey::Text(text) => text.clone(),
            };
            prop_assert_eq!(scores.customer(row).to_string(), shown);
            let bit = |number: Option<f64>| number.map(f64::to_bits);
            prop_assert_eq!(bit(scores.engagement.get(row)), bit(expected.engagement));
            let ways = [scores.say.get(row), scores.stay.get(row), scores.spend.get(row)];
            prop_assert_eq!(ways.map(bit), expected.scores.map(bit));
            let points = [scores.points_say.get(row), scores.points_stay.get(row), scores.points_spend.get(row)];
            prop_assert_eq!(points.map(bit), expected.points.map(bit));
            for ((name, column), given) in scores.contributions.iter().zip(&expected.contributions) {
                prop_assert_eq!(bit(column.get(row)), bit(*given), "{}", name);
            }
            prop_assert_eq!(scores.level[row], expected.level);
            prop_assert_eq!(scores.interactions[row], history.iter().filter(|i| i.at <= as_of).count() as u64);
            row += 1;
        }
        prop_assert_eq!(row, scores.len());
    }

    #[test]
    fn any_order_same_content(
        (rows, mixed) in random::log(60).prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        book in random::rulebook(), as_of in as_of(), a in vec(1..30_usize, 1..4), b in vec(1..30_usize, 1..4),
    ) {
        let (one, other) = (loaded(&rows, &a), loaded(&mixed, &b));
        prop_assert_eq!(content(&one), content(&other));
        prop_assert_eq!(one.totals(), other.totals());
        let rules = book.compile().unwrap();
        prop_assert_eq!(all(&rules, &one, as_of, 1), all(&rules, &other, as_of, 3));
    }

    #[test]
    fn any_split_same_content(
        (rows, mixed) in random::log_without_orders(80).prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        cuts in vec((0..40_usize, any::<bool>()), 0..8), book in random::rulebook(), as_of in as_of(),
    ) {
        let whole = loaded(&rows, &[1000]);
        let mut pieces = Ledger::new();
        let mut rest = &mixed[..];
        for (cut, single) in cuts.into_iter().chain([(usize::MAX, true)]) {
            let (now, later) = rest.split_at(cut.min(rest.len()));
            rest = later;
            if single {
                now.iter().for_each(|row| { pieces.append(&row.borrow()).unwrap(); });
            } else {
                load(&mut pieces, now, &[7], LoadOptions::default()).unwrap();
            }
        }
        prop_assert_eq!(content(&whole), content(&pieces));
        prop_assert_eq!(whole.totals(), pieces.totals());
        prop_assert_eq!(whole.customer_count(), pieces.customer_count());
        let rules = book.compile().unwrap();
        prop_assert_eq!(all(&rules, &whole, as_of, 1), all(&rules, &pieces, as_of, 2));
    }

    #[test]
    fn duplicates_and_conflicts(rows in random::log_without_orders(40), extra in 1..90_000_000_i64) {
        let mut ledger = loaded(&rows, &[1000]);
        let before = content(&ledger);
        let named: Vec<Plain> = rows.iter().filter(|row| row.id.is_some()).cloned().collect();
        let again = load(&mut ledger, &named, &[9], LoadOptions::default()).unwrap().reconciliation;
        prop_assert_eq!((again.recorded, again.duplicates), (0, named.len() as u64));
        let changed: Vec<Plain> = named.iter().map(|row| Plain { cost: Some(row.cost.unwrap_or(0) + extra), ..row.clone() }).collect();
        let lenient = load(&mut ledger, &changed, &[9], LoadOptions::default().lenient(true)).unwrap();
        prop_assert!(lenient.reconciliation.balances());
        prop_assert_eq!((lenient.reconciliation.recorded, lenient.rejects.len()), (0, lenient.reconciliation.rejected as usize));
        for row in &changed {
            prop_assert_eq!(ledger.append(&row.borrow()).unwrap_err().kind(), ErrorKind::IdConflict);
        }
        if !changed.is_empty() {
            prop_assert_eq!(load(&mut ledger, &changed, &[9], LoadOptions::default()).unwrap_err().kind(), ErrorKind::IdConflict);
        }
        prop_assert_eq!(content(&ledger), before);
    }

    #[test]
    fn every_load_reconciles(mut rows in random::log(60), faults in vec((0..200_usize, 0..6_u8), 0..30), again in any::<bool>()) {
        for (at, fault) in faults {
            let Some(row) = rows.get_mut(at) else { continue };
            match fault {
                0 => row.customer.clear(),
                1 => row.at = i64::MAX - at as i64,
                2 => row.kind.clear(),
                3 => row.amount = Some(-1),
                4 => row.rating = Some(f64::INFINITY),
                _ => row.amount = Some(i64::MAX),
            }
        }
        let mut ledger = Ledger::new();
        let options = || LoadOptions::default().lenient(true).outcomes(true);
        let mut done = vec![load(&mut ledger, &rows, &[11], options()).unwrap()];
        if again {
            done.push(load(&mut ledger, &rows, &[13], options()).unwrap());
        }
        let mut recorded = 0;
        for done in done {
            let account = &done.reconciliation;
            prop_assert!(account.balances(), "{}", account);
            prop_assert_eq!(account.rows, rows.len() as u64);
            prop_assert_eq!(account.rejected, done.rejects.len() as u64);
            let outcomes = done.outcomes.unwrap();
            let count = |wanted: fn(i32) -> bool| outcomes.iter().filter(|&&o| wanted(o)).count() as u64;
            prop_assert_eq!(count(|o| o == 0), account.recorded);
            prop_assert_eq!(count(|o| o == 1), account.duplicates);
            prop_assert_eq!(count(|o| o == 2), account.folded);
            for reject in &done.rejects {
                prop_assert_eq!(outcomes[reject.row as usize - 1], reject.reason.kind().code());
            }
            recorded += account.recorded;
        }
        prop_assert_eq!(ledger.len(), recorded);
        prop_assert_eq!(content(&ledger).len() as u64, recorded);
    }

    #[test]
    fn a_failed_load_changes_nothing(rows in random::log(40), more in random::log(40), fault in 0..4_u8, place in any::<prop::sample::Index>()) {
        let mut ledger = loaded(&rows, &[5]);
        let (before, totals, customers) = (content(&ledger), ledger.totals().clone(), ledger.customer_count());
        let mut bad = more.clone();
        bad.iter_mut().for_each(|row| row.customer.push_str("-new"));
        bad.push(random_bad(fault));
        let last = bad.len() - 1;
        bad.swap(place.index(last + 1), last);
        let error = load(&mut ledger, &bad, &[7], LoadOptions::default()).unwrap_err();
        prop_assert!(!error.rejects().is_empty());
        prop_assert_eq!(content(&ledger), before.clone());
        prop_assert_eq!((ledger.totals(), ledger.customer_count()), (&totals, customers));
        // Dropped half-way.
        let mut dropped = ledger.load(LoadOptions::default()).unwrap();
        let keys = [Some("someone new")];
        dropped.push(&engagement_core::Batch::new(
            engagement_core::KeyColumn::Text(engagement_core::TextColumn::Plain(&keys)),
            engagement_core::Values::new(&[0]),
            engagement_core::TextColumn::Constant("a new kind"),
        )).unwrap();
        drop(dropped);
        prop_assert_eq!(content(&ledger), before);
        // And it still takes what is good.
        let later = load(&mut ledger, &more, &[7], LoadOptions::default()).unwrap();
        prop_assert!(later.reconciliation.balances());
    }

    #[test]
    fn contributions_sum_exactly(rows in random::log(60), book in random::rulebook(), as_of in as_of()) {
        let ledger = loaded(&rows, &[1000]);
        let rules = book.compile().unwrap();
        for customer in ledger.customers() {
            let card = rules.score(&ledger, customer, at(as_of)).unwrap();
            for way in engagement_core::Way::ALL {
                let given = || card.contributions.iter().filter(|c| c.way == way).map(|c| c.points);
                let forwards = given().reduce(|a, b| a + b);
                let backwards = given().rev().reduce(|a, b| a + b);
                prop_assert_eq!(forwards.map(f64::to_bits), card.points(way).map(f64::to_bits));
                prop_assert_eq!(backwards.map(f64::to_bits), card.points(way).map(f64::to_bits));
            }
        }
    }

    #[test]
    fn more_good_never_hurts(
        rows in random::log_without_orders(40), mut book in random::rulebook(), as_of in as_of(), good in random::interaction(), more in 1..9_000_000_i64,
    ) {
        for rule in &mut book.rules {
            rule.limit = None;
            rule.occurrence = Default::default();
            rule.when = Default::default();
            rule.rating = None;
            rule.points = rule.points.map(f64::abs).or(Some(1.0));
            rule.per_amount = rule.per_amount.map(f64::abs);
        }
        // Refunds have negative amounts, so they are no good news.
        book.rules.retain(|rule| rule.kind != "refund");
        let good = Plain { amount: Some(good.amount.unwrap_or(0)), ..good };
        prop_assume!(good.kind != "refund");
        let rules = book.compile().unwrap();
        let engagement = |rows: &[Plain]| {
            let ledger = loaded(rows, &[1000]);
            rules.score(&ledger, Key::from(good.customer.as_str()), at(as_of)).map_or(None, |card| card.engagement)
        };
        let added: Vec<Plain> = rows.iter().cloned().chain([good.clone()]).collect();
        let raised: Vec<Plain> = rows.iter().cloned().chain([Plain { amount: good.amount.map(|a| a + more), ..good.clone() }]).collect();
        let (before, with, higher) = (engagement(&rows), engagement(&added), engagement(&raised));
        prop_assert!(before.unwrap_or(f64::NEG_INFINITY) <= with.unwrap_or(f64::NEG_INFINITY), "{before:?} {with:?}");
        prop_assert!(with.unwrap_or(f64::NEG_INFINITY) <= higher.unwrap_or(f64::NEG_INFINITY), "{with:?} {higher:?}");
    }

    #[test]
    fn the_future_is_invisible(rows in random::log_without_orders(60), book in random::rulebook(), as_of in as_of()) {
        let past: Vec<Plain> = rows.iter().filter(|row| row.at <= as_of).cloned().collect();
        let (whole, past) = (loaded(&rows, &[1000]), loaded(&past, &[1000]));
        let rules = book.compile().unwrap();
        prop_assert_eq!(all(&rules, &whole, as_of, 1), all(&rules, &past, as_of, 1));
        let scores = rules.score_all(&whole, at(as_of), &ScoreOptions::default()).unwrap();
        prop_assert_eq!(scores.later, whole.len() - past.len());
    }

    #[test]
    fn history_equals_separate_calls(rows in random::log(60), book in random::rulebook(), moments in vec(as_of(), 0..6)) {
        let ledger = loaded(&rows, &[1000]);
        let rules = book.compile().unwrap();
        let moments: Vec<Timestamp> = moments.into_iter().map(at).collect();
        for customer in ledger.customers() {
            let together = rules.score_history(&ledger, customer, &moments).unwrap();
            for (card, &moment) in together.iter().zip(&moments) {
                prop_assert_eq!(card, &rules.score(&ledger, customer, moment).unwrap());
            }
        }
    }

    #[test]
    fn one_equals_all(rows in random::log(60), book in random::rulebook(), as_of in as_of()) {
        let ledger = loaded(&rows, &[6]);
        let rules = book.compile().unwrap();
        let scores = rules.score_all(&ledger, at(as_of), &ScoreOptions::default()).unwrap();
        for row in 0..scores.len() {
            let card = rules.score(&ledger, scores.customer(row), at(as_of)).unwrap();
            prop_assert_eq!(card.engagement.map(f64::to_bits), scores.engagement.get(row).map(f64::to_bits));
            prop_assert_eq!((card.level, card.prospect, card.interactions), (scores.level[row], scores.prospect[row], scores.interactions[row]));
            prop_assert_eq!(scores.row(scores.customer(row)), Some(row));
        }
        prop_assert_eq!(scores.levels().customers() + scores.levels().prospects, scores.len() as u64);
    }

    #[test]
    fn sentences_are_true(rows in random::log_without_orders(50), book in random::rulebook(), as_of in as_of()) {
        // Every reason says what engagement would be without the interactions it names: take them out and score again.
        let ledger = loaded(&rows, &[1000]);
        let rules = book.compile().unwrap();
        for customer in ledger.customers() {
            let why = rules.explain(&ledger, customer, at(as_of)).unwrap();
            let history: Vec<_> = ledger.history(customer, at(as_of)).unwrap().collect();
            for reason in &why.reasons {
                prop_assert_eq!(reason.positions.len() as u64, reason.interactions);
                let named = |i: usize| reason.positions.contains(&(i as u64));
                prop_assert_eq!(history.iter().enumerate().filter(|(i, _)| named(*i)).map(|(_, row)| row.at).max(), Some(reason.latest));
                let mut without = Ledger::new();
                for (_, row) in history.iter().enumerate().filter(|(i, _)| !named(*i)) {
                    without.append(row).unwrap();
                }
                let card = rules.score(&without, customer, at(as_of)).ok();
                let engagement = card.as_ref().and_then(|card| card.engagement);
                prop_assert_eq!(engagement.map(f64::to_bits), reason.engagement_without.map(f64::to_bits));
                prop_assert_eq!(card.map_or(Level::Unknown, |card| card.level), reason.level_without);
            }
            let shares: f64 = why.reasons.iter().map(|reason| reason.share).sum();
            prop_assert!(shares == 0.0 || (shares - 1.0).abs() < 1e-12);
            check_fall(&rules, &history, customer, &why)?;
        }
    }

    #[test]
    fn forgotten_customers_leave_no_trace(rows in random::log_without_orders(60), keys in vec(proptest::sample::select(&["1", "ann", "007", "zoe", "nobody"][..]), 1..4)) {
        let mut ledger = loaded(&rows, &[4]);
        let kept: Vec<Plain> = rows
            .iter()
            .filter(|row| !keys.contains(&row.customer.as_str()))
            .map(|row| Plain { other: row.other.clone().filter(|other| !keys.contains(&other.as_str())), ..row.clone() })
            .collect();
        let gone: Vec<Key<'_>> = keys.iter().map(|&key| Key::from(key)).collect();
        let before = ledger.len();
        let removed = ledger.forget(&gone).unwrap();
        // Ids are names of contents, so a row that lost its `other` keeps the id it had.
        let expected = {
            let mut fresh = Ledger::new();
            load(&mut fresh, &kept, &[1000], LoadOptions::default()).unwrap();
            fresh
        };
        prop_assert_eq!(content(&ledger), content(&expected));
        prop_assert_eq!(removed, before - ledger.len());
        prop_assert_eq!(ledger.kinds(), expected.kinds());
        for key in gone {
            prop_assert_eq!(ledger.history(key, Timestamp::MAX).unwrap_err().kind(), ErrorKind::UnknownCustomer);
        }
    }

    #[test]
    fn rulebooks_round_trip(book in random::rulebook()) {
        let toml = book.to_toml().unwrap();
        prop_assert_eq!(&Rulebook::from_toml(&toml).unwrap(), &book);
        prop_assert_eq!(&Rulebook::from_json(&book.to_json().unwrap()).unwrap(), &book);
    }
}

fn random_bad(fault: u8) -> Plain {
    let good = Plain {
        customer: "x".to_owned(),
        at: 0,
        kind: "purchase".to_owned(),
        amount: None,
        rating: None,
        reach: None,
        other: None,
        order: None,
        item: None,
        channel: None,
        unit: None,
        campaign: None,
        arm: None,
        cost: None,
        id: None,
    };
    match fault {
        0 => Plain { customer: String::new(), ..good },
        1 => Plain { at: i64::MIN, ..good },
        2 => Plain { amount: Some(-5), ..good },
        _ => Plain { reach: Some(-1.0), ..good },
    }
}

/// The level is the same just before the fall and lower just after it, scored anew.
fn check_fall(
    rules: &Rules,
    history: &[engagement_core::Interaction<'_>],
    customer: Key<'_>,
    why: &engagement_core::Explanation,
) -> Result<(), TestCaseError> {
    let mut past = Ledger::new();
    history.iter().for_each(|row| {
        past.append(row).unwrap();
    });
    let level = |moment: i64| rules.score(&past, customer, at(moment)).unwrap().level;
    let now = why.scorecard.level;
    match why.falls_at {
        Some(falls) => {
            prop_assert_eq!(level(falls.micros() + 1_000), why.falls_to.unwrap());
            prop_assert!(why.falls_to.unwrap() < now);
            prop_assert!(level(falls.micros() - 1_000) >= now, "{falls}");
        }
        None if !history.is_empty() && now > Level::ActivelyDisengaged => {
            for day in [1, 30, 365, 1826] {
                prop_assert!(level(why.scorecard.as_of.micros() + day * 86_400_000_000) >= now);
            }
        }
        None => {}
    }
    Ok(())
}

#[test]
fn threads_do_not_matter() {
    // More customers than one chunk holds, so that several threads have work.
    let row = |n: i64| Plain {
        customer: (n * 7919 % 9000).to_string(),
        at: 1_700_000_000_000_000 + n * 7_919 % 20_011 * 61_000_000,
        amount: Some(n * 37_003 % 90_000_000),
        ..random_bad(9)
    };
    let rows: Vec<Plain> = (0..20_000).map(|n| Plain { reach: None, ..row(n) }).collect();
    let mut ledger = Ledger::new();
    rows.iter().for_each(|row| {
        ledger.append(&row.borrow()).unwrap();
    });
    // Appended rows have been through the tail and several merges; loaded ones through one sort.
    assert_eq!(content(&ledger), content(&loaded(&rows, &[6000])));
    let rules = Rulebook::standard().compile().unwrap();
    let moment = ledger.latest().unwrap().micros();
    let one = all(&rules, &ledger, moment, 1);
    assert_eq!(one.len(), 9000);
    for threads in [2, 3, 8] {
        assert_eq!(one, all(&rules, &ledger, moment, threads));
    }
}

#[test]
fn keys_are_canonical() {
    for (text, key) in
        [("42", Key::Int(42)), ("-7", Key::Int(-7)), ("0", Key::Int(0)), ("9223372036854775807", Key::Int(i64::MAX))]
    {
        assert_eq!(Key::from(text), key);
    }
    for text in ["042", "+7", "-0", "00", "", " 1", "1.0", "9223372036854775808", "-9223372036854775809", "١"] {
        assert_eq!(Key::from(text), Key::Text(text));
    }
    assert_eq!(Key::from("-9223372036854775808"), Key::Int(i64::MIN));
}

proptest! {
    #[test]
    fn money_text_round_trips(micros in any::<i64>()) {
        if let Some(money) = engagement_core::Money::from_micros(micros) {
            prop_assert_eq!(money.to_string().parse::<engagement_core::Money>().unwrap(), money);
        }
    }

    #[test]
    fn money_from_f64_is_nearest(value in prop_oneof![any::<f64>(), -1e7..1e7_f64, -9.2e12..9.2e12_f64, (-2_000_000..2_000_000_i64).prop_map(|n| n as f64 / 2e6)]) {
        let Ok(Some(money)) = engagement_core::Money::from_f64(value) else {
            prop_assert!(value.is_nan() || value.abs() > 9.2e12);
            return Ok(());
        };
        // 128-bit integers hold value·2^k exactly for the sizes at hand, so the distance to both neighbours is exact.
        let implicit = u64::from(value.abs() >= f64::MIN_POSITIVE) << 52;
        let mantissa = i128::from((value.to_bits() & ((1 << 52) - 1)) | implicit);
        let exponent = ((value.to_bits() >> 52) & 0x7ff) as i32 - 1075;
        prop_assume!(exponent >= -95);
        let sign = if value < 0.0 { -1 } else { 1 };
        let scaled = sign * mantissa * 1_000_000;
        let distance = |micros: i64| if exponent >= 0 { (scaled << exponent) - i128::from(micros) } else { scaled - (i128::from(micros) << -exponent) }.abs();
        let mine = distance(money.micros());
        for other in [money.micros() - 1, money.micros() + 1] {
            prop_assert!(mine < distance(other) || (mine == distance(other) && money.micros() % 2 == 0), "{value} {}", money.micros());
        }
    }

    #[test]
    fn a_days_end_is_the_last_microsecond(day in -200_000..200_000_i64, zone in proptest::sample::select(&["UTC", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kathmandu", "-09:30"][..])) {
        let zone = Zone::new(zone).unwrap();
        let date = jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(day);
        // Some days never happened in some zones (Apia skipped one): they end as they would have begun.
        let end = zone.end_of_day(date.year(), date.month(), date.day()).unwrap();
        let (next, last) = (zone.date(at(end.micros() + 1)), zone.date(end));
        prop_assert!(last <= (date.year(), date.month(), date.day()));
        prop_assert!(next > (date.year(), date.month(), date.day()));
    }
}

#[test]
fn folding_is_exact() {
    let line = |at: i64, amount: i64, item: &str, id: Option<&str>| Plain {
        customer: "ann".to_owned(),
        at,
        kind: "purchase".to_owned(),
        amount: Some(amount),
        order: Some("A".to_owned()),
        item: Some(item.to_owned()),
        channel: Some("web".to_owned()),
        id: id.map(str::to_owned),
        ..random_bad(9)
    };
    let line = |at, amount, item, id| Plain { reach: None, ..line(at, amount, item, id) };
    let mut ledger = Ledger::new();
    let rows =
        [line(5, 1, "tea", Some("b")), line(3, 10, "mug", Some("a")), line(4, 100, "tea", None), line(3, 10, "mug", Some("a"))];
    let done = load(&mut ledger, &rows, &[2], LoadOptions::default()).unwrap();
    assert_eq!(done.reconciliation.to_string(), "4 rows read = 1 recorded + 1 duplicates + 2 folded + 0 rejected");
    let one = ledger.history(Key::from("ann"), Timestamp::MAX).unwrap().next().unwrap();
    assert_eq!(
        (one.at.micros(), one.amount.unwrap().micros(), one.item, one.channel, one.id),
        (3, 111, None, Some("web"), Some("a"))
    );
    // The same order again is the same interaction again.
    let again = load(&mut ledger, &rows, &[4], LoadOptions::default()).unwrap();
    assert_eq!(again.reconciliation.to_string(), "4 rows read = 0 recorded + 2 duplicates + 2 folded + 0 rejected");
    // A sum that does not fit takes all its lines out, and nothing else.
    let huge = [line(1, i64::MAX, "x", None), line(2, 1, "y", None), Plain { order: None, ..line(9, 7, "z", None) }];
    let done = load(&mut Ledger::new(), &huge, &[3], LoadOptions::default().lenient(true)).unwrap();
    assert_eq!(done.reconciliation.to_string(), "3 rows read = 1 recorded + 0 duplicates + 0 folded + 2 rejected (overflow: 2)");
}
