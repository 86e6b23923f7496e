//! The purchase summary against its definition, written out over a plain list.

use std::collections::BTreeMap;

use crate::common::Plain;
use engagement_core::model::PurchaseHistory;
use engagement_core::{Interaction, Key, Ledger, LoadOptions, Money, PurchaseOptions, Purchases, TimeUnit, Timestamp, Zone};
use jiff::tz::TimeZone;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

const GRAINS: [TimeUnit; 3] = [TimeUnit::Day, TimeUnit::Week, TimeUnit::Month];

/// Zones with a clock that stays, one that changes at night, one that went back over midnight (Saint John's until 2010), one that
/// skipped a day (Apia, 30 December 2011).
const ZONES: [&str; 4] = ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia"];

/// What the definition says of one customer.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    frequency: u32,
    recency: f64,
    age: f64,
    value: Option<f64>,
    paid: u32,
    first_value: Option<f64>,
    log_gaps: f64,
    holdout: Option<(u32, Option<f64>, u32)>,
}

/// The civil period of a moment, by the calendar of jiff.
fn period(zone: &str, grain: TimeUnit, at: i64) -> i64 {
    let zone = TimeZone::get(zone).unwrap();
    let date = zone.to_datetime(jiff::Timestamp::from_microsecond(at).unwrap()).date();
    let day = (date - jiff::civil::date(1970, 1, 1)).get_days();
    match grain {
        TimeUnit::Day => i64::from(day),
        // 1969-12-29 was a Monday.
        TimeUnit::Week => i64::from(day + 3).div_euclid(7),
        TimeUnit::Month => i64::from(date.year()) * 12 + i64::from(date.month()),
    }
}

/// Net spend of every purchase period up to a moment, and what is left of the refunds.
fn periods(rows: &[Plain], zone: &str, grain: TimeUnit, until: i64) -> (BTreeMap<i64, i64>, i64) {
    struct Bought<'a> {
        at: i64,
        order: Option<&'a str>,
        amount: i64,
        net: i64,
    }
    let mut bought: Vec<Bought<'_>> = Vec::new();
    let mut excess = 0;
    for row in rows.iter().filter(|row| row.at <= until) {
        let (order, amount) = (row.order.as_deref(), row.amount.unwrap_or(0));
        match row.kind.as_str() {
            "purchase" => bought.push(Bought { at: row.at, order, amount, net: amount }),
            "refund" => {
                let known = order.is_some() && bought.iter().any(|purchase| purchase.order == order);
                let mut left = amount.abs();
                for purchase in bought.iter_mut().rev().filter(|purchase| !known || purchase.order == order) {
                    let taken = left.min(purchase.net);
                    purchase.net -= taken;
                    left -= taken;
                }
                excess += left;
            }
            _ => {}
        }
    }
    let mut all: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for purchase in &bought {
        let (amount, net) = all.entry(period(zone, grain, purchase.at)).or_default();
        *amount += purchase.amount;
        *net += purchase.net;
    }
    let kept = all.into_iter().filter(|(_, (amount, net))| *amount == 0 || *net > 0);
    (kept.map(|(period, (_, net))| (period, net)).collect(), excess)
}

fn mean(spend: &[i64]) -> (Option<f64>, u32) {
    let paid = spend.iter().filter(|&&net| net > 0).count() as u32;
    let total: i64 = spend.iter().sum();
    ((paid > 0).then(|| total as f64 / 1e6 / f64::from(paid)), paid)
}

/// One customer's row: `Err(true)` if left out as an earlier customer, `Err(false)` if a prospect.
fn row(rows: &[Plain], options: &PurchaseOptions, zone: &str) -> (Result<Row, bool>, i64) {
    let until = options.until.micros();
    let bought = rows.iter().find(|row| row.kind == "purchase" || row.kind == "refund");
    if options.acquired_from.is_some_and(|from| bought.is_some_and(|row| row.at <= until && row.at < from.micros())) {
        return (Err(true), 0);
    }
    let units = |periods: i64| periods as f64 * options.grain.days() / options.unit.days();
    let (kept, excess) = periods(rows, zone, options.grain, until);
    let Some((&first, &first_net)) = kept.first_key_value() else { return (Err(false), excess) };
    let numbers: Vec<i64> = kept.keys().copied().collect();
    let spend: Vec<i64> = kept.values().skip(1).copied().collect();
    let (value, paid) = mean(&spend);
    // A clock that goes back over midnight leaves purchases in the day after the day of the end.
    let seen = rows.iter().filter(|row| row.kind == "purchase" && row.at <= until).map(|row| period(zone, options.grain, row.at));
    let end = seen.fold(period(zone, options.grain, until), i64::max);
    let holdout = options.holdout.map(|holdout| {
        let (kept, _) = periods(rows, zone, options.grain, holdout.micros());
        let later: Vec<i64> = kept.range(end + 1..).map(|(_, &net)| net).collect();
        let (value, paid) = mean(&later);
        (later.len() as u32, value, paid)
    });
    let row = Row {
        frequency: numbers.len() as u32 - 1,
        recency: units(numbers[numbers.len() - 1] - first),
        age: units(end - first),
        value,
        paid,
        first_value: (first_net > 0).then(|| first_net as f64 / 1e6),
        log_gaps: numbers.windows(2).map(|pair| libm::log(units(pair[1] - pair[0]))).sum(),
        holdout,
    };
    (Ok(row), excess)
}

fn got(purchases: &Purchases, row: usize) -> Row {
    Row {
        frequency: purchases.frequency()[row],
        recency: purchases.recency()[row],
        age: purchases.age()[row],
        value: purchases.value().get(row),
        paid: purchases.paid()[row],
        first_value: purchases.first_value().get(row),
        log_gaps: purchases.log_gaps().unwrap()[row],
        holdout: purchases.holdout().map(|all| (all.frequency[row], all.value.get(row), all.paid[row])),
    }
}

/// Moments of 2010 and 2011, many of them around changes of the clock.
fn moment() -> impl Strategy<Value = i64> {
    let start = jiff::civil::date(2010, 1, 1).to_zoned(TimeZone::UTC).unwrap().timestamp().as_microsecond();
    let day = 86_400_000_000;
    prop_oneof![
        3 => (0..730 * 48_i64).prop_map(move |step| start + step * 1_800_000_000 + 15_000_000),
        // From 02:00 UTC of 7 November 2010 by the half minute: at 02:31, Saint John's went back from 00:01 to 23:01.
        2 => (0..180_i64).prop_map(move |step| start + 310 * day + 7_200_000_000 + step * 30_000_000),
        1 => (0..8 * 48_i64).prop_map(move |step| start + 725 * day + step * 1_800_000_000),
    ]
}

fn log() -> impl Strategy<Value = Vec<Plain>> {
    let kind = proptest::sample::select(&["purchase", "purchase", "purchase", "refund", "visit"][..]);
    let amount = option::weighted(0.9, prop_oneof![Just(0_i64), (0..5_i64).prop_map(|n| n * 2_500_000), 0..30_000_000_i64]);
    let order = option::weighted(0.4, proptest::sample::select(&["o1", "o2", "o3"][..]));
    let customer = proptest::sample::select(&["1", "2", "10", "ann", "bob"][..]);
    vec((customer, moment(), kind, amount, order), 0..60).prop_map(|rows| {
        let plain = |(customer, at, kind, amount, order)| {
            let interaction = Interaction { order, ..Interaction::new(customer, Timestamp::from_micros(at).unwrap(), kind) };
            Plain { amount, ..plain(&interaction) }
        };
        rows.into_iter().map(plain).collect()
    })
}

fn plain(interaction: &Interaction<'_>) -> Plain {
    Plain {
        customer: interaction.customer.to_string(),
        at: interaction.at.micros(),
        kind: interaction.kind.to_owned(),
        amount: interaction.amount.map(Money::micros),
        rating: None,
        reach: None,
        other: None,
        order: interaction.order.map(str::to_owned),
        item: None,
        channel: None,
        unit: None,
        campaign: None,
        arm: None,
        cost: None,
        id: None,
    }
}

/// A ledger with rows in several runs and in the tail.
fn ledger(rows: &[Plain], zone: &str) -> Ledger {
    let mut ledger = Ledger::new();
    ledger.set_zone(Zone::new(zone).unwrap());
    let (loaded, appended) = rows.split_at(rows.len() / 2);
    crate::common::load(&mut ledger, loaded, &[7, 20], LoadOptions::default()).unwrap();
    for row in appended {
        ledger.append(&row.borrow()).unwrap();
    }
    ledger
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_summary_is_its_definition(
        log in log(),
        (until, later, from) in (moment(), option::of(moment()), option::weighted(0.3, moment())),
        (grain, unit) in (proptest::sample::select(&GRAINS[..]), proptest::sample::select(&GRAINS[..])),
        (zone, other) in (proptest::sample::select(&ZONES[..]), option::weighted(0.3, proptest::sample::select(&ZONES[..]))),
    ) {
        let at = |micros| Timestamp::from_micros(micros).unwrap();
        let mut options = PurchaseOptions::until(at(until)).grain(grain).unit(unit).threads(1);
        options.zone = other.map(|zone| Zone::new(zone).unwrap());
        options.acquired_from = from.map(at);
        options.holdout = later.map(at);
        let ledger = ledger(&log, zone);
        let zone = other.unwrap_or(zone);
        let summary = ledger.purchases(&options);
        // A clock that goes back over midnight has earlier moments in a later day.
        if later.is_some_and(|later| later <= until || period(zone, grain, later) <= period(zone, grain, until)) {
            prop_assert!(summary.unwrap_err().to_string().starts_with("holdout: "));
            return Ok(());
        }
        let summary = summary.unwrap();
        let (mut prospects, mut earlier, mut excess, mut at) = (0, 0, 0, 0);
        for customer in ledger.customers() {
            let rows: Vec<Plain> = ledger.history(customer, Timestamp::MAX).unwrap().map(|row| plain(&row)).collect();
            if rows.iter().all(|row| row.at > until) {
                continue;
            }
            let (row, left) = row(&rows, &options, zone);
            excess += left;
            match row {
                Ok(row) => {
                    prop_assert_eq!(summary.customer(at), customer);
                    prop_assert_eq!(got(&summary, at), row, "customer {}", customer);
                    at += 1;
                }
                Err(true) => earlier += 1,
                Err(false) => prospects += 1,
            }
        }
        prop_assert_eq!(summary.len(), at);
        prop_assert_eq!((summary.prospects(), summary.earlier()), (prospects, earlier));
        prop_assert_eq!(summary.excess_refunds().micros(), excess);
        if let (Some(later), Some(holdout)) = (later, summary.holdout()) {
            let periods = period(zone, grain, later) - period(zone, grain, until);
            prop_assert_eq!(holdout.length, periods as f64 * grain.days() / unit.days());
        }
    }

    /// Equal histories are one, sorted, each row knows its own, and `map` is the function of every row, with any threads.
    #[test]
    fn distinct_histories_stand_for_all_rows(
        rows in vec((prop_oneof![4 => 0..4_u32, 1 => any::<u32>()], 0..5_u32, 0..5_u32, any::<bool>()), 0..700),
    ) {
        let frequency: Vec<u32> = rows.iter().map(|row| row.0).collect();
        let recency: Vec<f64> = rows.iter().map(|row| if row.0 == 0 { 0.0 } else { f64::from(row.1) / 7.0 }).collect();
        let age: Vec<f64> = rows.iter().zip(&recency)
            .map(|(row, recency)| recency + if row.3 { f64::from(row.2) / 7.0 } else { 1e6 * f64::from(row.2) })
            .collect();
        let columns = engagement_core::PurchaseColumns::new(&frequency, &recency, &age);
        let purchases = Purchases::from_columns(&columns).unwrap();
        let distinct = purchases.distinct().unwrap();
        let key = |history: &PurchaseHistory| (history.frequency(), history.recency().to_bits(), history.age().to_bits());
        let mut want: BTreeMap<_, f64> = BTreeMap::new();
        (0..rows.len()).for_each(|row| *want.entry(key(&purchases.history(row))).or_default() += 1.0);
        prop_assert_eq!(distinct.histories.iter().map(key).collect::<Vec<_>>(), want.keys().copied().collect::<Vec<_>>());
        prop_assert_eq!(&distinct.weights, &want.values().copied().collect::<Vec<_>>());
        for (row, &at) in distinct.row_of.iter().enumerate() {
            prop_assert_eq!(distinct.histories[at as usize], purchases.history(row));
        }
        let number = |history: &PurchaseHistory| Ok(f64::from(history.frequency()) + history.recency() - 3.0 * history.age());
        let direct: Vec<f64> = (0..rows.len()).map(|row| number(&purchases.history(row)).unwrap()).collect();
        for threads in [1, 2, 5] {
            prop_assert_eq!(&purchases.map(threads, number).unwrap(), &direct);
        }
    }
}

fn bought(zone: &str, rows: &[(&str, &str, &str, Option<&str>)]) -> Ledger {
    let mut ledger = Ledger::new();
    ledger.set_zone(Zone::new(zone).unwrap());
    for &(kind, at, amount, order) in rows {
        let at = ledger.zone().parse(at).unwrap();
        let amount = Some(amount.parse().unwrap());
        ledger.append(&Interaction { amount, order, ..Interaction::new("ann", at, kind) }).unwrap();
    }
    ledger
}

fn until(ledger: &Ledger, day: &str) -> PurchaseOptions {
    PurchaseOptions::until(ledger.zone().parse_as_of(day).unwrap())
}

/// The first purchase in the last period has age 0; a later one is a prospect's, or nobody's.
#[test]
fn age_is_told_from_the_end() {
    let ledger = bought("UTC", &[("visit", "2026-01-01", "0", None), ("purchase", "2026-01-05 23:59:59", "3", None)]);
    let end = ledger.purchases(&until(&ledger, "2026-01-05")).unwrap();
    assert_eq!((end.len(), end.age()[0], end.frequency()[0], end.prospects()), (1, 0.0, 0, 0));
    let before = ledger.purchases(&until(&ledger, "2026-01-04")).unwrap();
    assert_eq!((before.len(), before.prospects()), (0, 1));
    let long_before = ledger.purchases(&until(&ledger, "2025-12-31")).unwrap();
    assert_eq!((long_before.len(), long_before.prospects()), (0, 0));
}

/// A refund in the holdout takes nothing off what was known at the end, and a period is counted on one side only.
#[test]
fn the_holdout_is_measured_apart() {
    let ledger = bought(
        "UTC",
        &[
            ("purchase", "2026-01-05", "10", Some("a")),
            ("purchase", "2026-01-12", "20", Some("b")),
            ("purchase", "2026-01-16", "40", Some("c")),
            ("purchase", "2026-01-20", "80", Some("d")),
            ("refund", "2026-01-21", "20", Some("b")),
            ("purchase", "2026-01-27", "7", Some("e")),
            ("refund", "2026-01-28", "7", Some("e")),
        ],
    );
    let end = until(&ledger, "2026-01-14").grain(TimeUnit::Week).holdout(ledger.zone().parse_as_of("2026-02-01").unwrap());
    let summary = ledger.purchases(&end).unwrap();
    assert_eq!((summary.frequency()[0], summary.value().get(0)), (1, Some(20.0)));
    // The 16th lies in the week of the end, the 27th's purchase went back: the 20th is left.
    let holdout = summary.holdout().unwrap();
    assert_eq!((holdout.length, holdout.frequency[0], holdout.value.get(0), holdout.paid[0]), (2.0, 1, Some(80.0), 1));
    let same_week =
        ledger.purchases(&until(&ledger, "2026-01-14").grain(TimeUnit::Week).holdout("2026-01-18T23:00:00Z".parse().unwrap()));
    assert_eq!(
        same_week.unwrap_err().to_string(),
        "holdout: 2026-01-18T23:00:00Z does not lie in a later week than the end of the observation, 2026-01-14T23:59:59.999999Z"
    );
}

/// In Saint John's, a purchase at 00:00:30 of 7 November 2010 could be followed by one at 23:30 of the 6th.
#[test]
fn a_clock_that_goes_back_over_midnight_makes_no_negative_time() {
    let rows = [
        ("purchase", "2010-11-05T12:00:00Z", "1", None),
        ("purchase", "2010-11-07T02:30:30Z", "2", None),
        ("purchase", "2010-11-07T03:00:00Z", "4", None),
        ("purchase", "2010-11-07T04:00:00Z", "8", None),
    ];
    let ledger = bought("America/St_Johns", &rows);
    let days = |until: &str| PurchaseOptions::until(until.parse().unwrap()).unit(TimeUnit::Day);
    let all = ledger.purchases(&days("2010-11-07T12:00:00Z")).unwrap();
    assert_eq!((all.frequency()[0], all.recency()[0], all.value().get(0)), (2, 2.0, Some(7.0)));
    // The end, too, can lie in the day before.
    let early = ledger.purchases(&days("2010-11-07T02:45:00Z")).unwrap();
    assert_eq!((early.frequency()[0], early.recency()[0], early.age()[0]), (1, 2.0, 2.0));
}

#[test]
fn columns_are_refused_by_row_column_and_value() {
    use engagement_core::{KeyColumn, PurchaseColumns, TextColumn, Values};
    let (frequency, recency, age) = ([2, 0], [30.0, 0.0], [39.0, 30.0]);
    let good = PurchaseColumns::new(&frequency, &recency, &age);
    let refused = |columns: PurchaseColumns<'_>| Purchases::from_columns(&columns).unwrap_err().to_string();
    assert_eq!(refused(PurchaseColumns { age: &[39.0], ..good }), "age: 1 values, but frequency has 2");
    assert_eq!(
        refused(PurchaseColumns { age: &[39.0, f64::NAN], ..good }),
        "row 1: age: NaN is not a number of time units of at least 0"
    );
    assert_eq!(
        refused(PurchaseColumns { recency: &[40.0, 0.0], ..good }),
        "row 0: recency: 40 is not in 0..=39, the customer's age"
    );
    assert_eq!(
        refused(PurchaseColumns { recency: &[30.0, 1.0], ..good }),
        "row 1: recency: 1 is not 0, but the customer's frequency is"
    );
    assert_eq!(refused(good.value(Values::new(&[-1.0, 0.0]))), "row 0: value: -1 is not a finite number of at least 0");
    assert_eq!(refused(good.value(Values::new(&[f64::INFINITY, 0.0]))), "row 0: value: inf is not a finite number of at least 0");
    assert_eq!(
        refused(good.value(Values::new(&[5.0, 6.0]))),
        "row 1: value: 6 is the mean spend of repeat purchases, but frequency is 0"
    );
    let value = good.value(Values::new(&[5.0, 0.0]));
    assert_eq!(refused(value.paid(&[3, 0])), "row 0: paid: 3 is more than frequency, 2");
    assert_eq!(refused(value.paid(&[0, 0])), "row 0: paid: 0 purchases with spend, but value is 5");
    assert_eq!(refused(good.paid(&[1, 0])), "row 0: paid: 1 purchases with spend, but value is missing or 0");
    assert_eq!(refused(good.log_gaps(&[f64::NEG_INFINITY, 0.0])), "row 0: log_gaps: -inf is not a finite number");
    assert_eq!(refused(good.log_gaps(&[1.0, 1.0])), "row 1: log_gaps: 1 is not 0, but frequency is");
    let customers = [Some("ann"), None];
    let named = good.customers(KeyColumn::Text(TextColumn::Plain(&customers)));
    assert_eq!(refused(named), "row 1: customers: the key is missing");
    let short = Values { values: &[1.0, 2.0], valid: Some(&[1][..]) };
    assert_eq!(refused(good.value(short)), "value: 1 values, but frequency has 2");
}

#[test]
fn columns_keep_their_rows_and_keys() {
    use engagement_core::{KeyColumn, PurchaseColumns, TextColumn, Values};
    let customers = [Some("zoe"), Some("7"), Some("ann")];
    let columns = PurchaseColumns::new(&[1, 3, 0], &[2.0, 0.0, -0.0], &[5.0, 0.0, 9.0])
        .value(Values { values: &[8.0, 9.0, 0.0], valid: Some(&[1, 0, 1]) })
        .log_gaps(&[0.5, -3.0, 0.0])
        .unit(TimeUnit::Month)
        .customers(KeyColumn::Text(TextColumn::Plain(&customers)));
    let purchases = Purchases::from_columns(&columns).unwrap();
    let keys: Vec<Key<'_>> = (0..3).map(|row| purchases.customer(row)).collect();
    assert_eq!(keys, [Key::from("zoe"), Key::Int(7), Key::from("ann")]);
    // Somebody who bought again may have paid nothing, or nothing that is known.
    assert_eq!((purchases.value().get(1), purchases.paid()), (None, &[1, 0, 0][..]));
    assert_eq!((purchases.unit(), purchases.log_gaps()), (TimeUnit::Month, Some(&[0.5, -3.0, 0.0][..])));
    assert_eq!(purchases.history(2), PurchaseHistory::new(0, 0.0, 9.0).unwrap());
    assert_eq!(purchases.recency()[2].to_bits(), 0);
    let numbered = PurchaseColumns { customers: None, ..columns };
    assert_eq!(Purchases::from_columns(&numbered).unwrap().customer(2), Key::Int(2));
    assert!(Purchases::from_columns(&PurchaseColumns::new(&[], &[], &[])).unwrap().distinct().unwrap().histories.is_empty());
}
