//! Cohorts, tenures and stages.

use engagement_core::stay::{
    CohortPeriod, KaplanMeier, Proportion, Retention, RetentionOptions, Stage, StageOptions, Stages, TenureEnd, TenureOptions,
    silence_probability, stage_of,
};
use engagement_core::{ErrorKind, Interaction, Key, Ledger, Money, PurchaseOptions, TimeUnit, Timestamp, Zone};
use proptest::collection::vec;
use proptest::prelude::*;

/// A ledger in Berlin of customer, time, kind, amount in cents.
fn ledger<'a>(rows: impl IntoIterator<Item = (&'a str, &'a str, &'a str, i64)>) -> Ledger {
    let mut ledger = Ledger::new();
    ledger.set_zone(Zone::new("Europe/Berlin").unwrap());
    for (customer, at, kind, cents) in rows {
        let at = ledger.zone().parse(at).unwrap();
        let amount = Money::from_micros(cents * 10_000);
        ledger.append(&Interaction { amount, ..Interaction::new(customer, at, kind) }).unwrap();
    }
    ledger
}

fn end_of(ledger: &Ledger, day: &str) -> Timestamp {
    ledger.zone().parse_as_of(day).unwrap()
}

fn cdnow() -> Ledger {
    let mut ledger = Ledger::new();
    for line in include_str!("../data/cdnow_sample.csv").lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let at = ledger.zone().parse(cells[2]).unwrap();
        let amount = Some(cells[4].parse().unwrap());
        ledger.append(&Interaction { amount, ..Interaction::new(cells[1], at, "purchase") }).unwrap();
    }
    ledger
}

/// Half past midnight in Berlin is another day, week and month than in UTC.
#[test]
fn cohorts_are_of_the_ledgers_zone() {
    let ledger = ledger([("ann", "2026-06-01 00:30", "purchase", 100), ("bob", "2026-05-31 23:30", "purchase", 100)]);
    let as_of = end_of(&ledger, "2026-06-30");
    let starts = |period| -> Vec<String> {
        let table = ledger.retention(&RetentionOptions::new(as_of).period(period)).unwrap();
        table.cohorts.into_iter().map(|cohort| cohort.start).collect()
    };
    assert_eq!(starts(CohortPeriod::Month), ["2026-05-01", "2026-06-01"]);
    assert_eq!(starts(CohortPeriod::Week), ["2026-05-25", "2026-06-01"]);
    assert_eq!(starts(CohortPeriod::Day), ["2026-05-31", "2026-06-01"]);
    assert_eq!(starts(CohortPeriod::Days(7)), starts(CohortPeriod::Week));
}

/// The last microsecond of a month finishes it; the one before does not.
#[test]
fn unfinished_periods_are_blank() {
    let ledger = ledger([("ann", "2026-01-10", "purchase", 100), ("bob", "2026-03-31", "purchase", 100)]);
    let end = end_of(&ledger, "2026-03-31");
    let over = ledger.retention(&RetentionOptions::new(end)).unwrap();
    assert_eq!(over.cohorts[0].active, [1, 0, 0]);
    assert_eq!(over.cohorts[1].active, [1]);
    let before = Timestamp::from_micros(end.micros() - 1).unwrap();
    let table = ledger.retention(&RetentionOptions::new(before)).unwrap();
    assert_eq!(table.cohorts[0].active, [1, 0]);
    assert_eq!((table.cohorts[1].customers, table.cohorts[1].cell(0)), (1, None));
}

/// A first purchase that is refunded whole was none: the customer belongs to the month of the second, and has not repeated.
#[test]
fn refunds_move_the_cohort() {
    let rows = [
        ("ann", "2026-01-10", "purchase", 1000),
        ("ann", "2026-02-10", "purchase", 3000),
        ("ann", "2026-02-20", "purchase", 500),
        ("bob", "2026-02-01", "visit", 0),
    ];
    let mut ledger = ledger(rows);
    let as_of = end_of(&ledger, "2026-03-31");
    let before = ledger.retention(&RetentionOptions::new(as_of)).unwrap();
    assert_eq!((before.cohorts[0].start.as_str(), &before.cohorts[0].repeated[..]), ("2026-01-01", &[0, 1, 1][..]));
    assert_eq!(before.prospects, 1);
    let at = ledger.zone().parse("2026-01-20").unwrap();
    ledger.append(&Interaction { amount: Some("10".parse().unwrap()), ..Interaction::new("ann", at, "refund") }).unwrap();
    let at = ledger.zone().parse("2026-03-01").unwrap();
    ledger.append(&Interaction { amount: Some("5".parse().unwrap()), ..Interaction::new("ann", at, "refund") }).unwrap();
    let after = ledger.retention(&RetentionOptions::new(as_of)).unwrap();
    assert_eq!(after.cohorts.len(), 1);
    let february = &after.cohorts[0];
    assert_eq!((february.start.as_str(), &february.active[..], &february.repeated[..]), ("2026-02-01", &[1, 0][..], &[0, 0][..]));
    assert_eq!(february.spend, ["30".parse().unwrap(), Money::ZERO]);
}

#[test]
fn customers_of_an_earlier_business_are_left_out() {
    let ledger = ledger([("ann", "2026-01-10", "purchase", 100), ("bob", "2026-02-01 00:00", "purchase", 100)]);
    let as_of = end_of(&ledger, "2026-03-31");
    let from = ledger.zone().parse("2026-02-01").unwrap();
    let table = ledger.retention(&RetentionOptions::new(as_of).acquired_from(from)).unwrap();
    assert_eq!((table.cohorts.len(), table.cohorts[0].customers, table.earlier), (1, 1, 1));
    let silence = TenureOptions::new(as_of, TenureEnd::Silence { gap: 1.0 }).acquired_from(from);
    let tenures = ledger.tenures(&silence).unwrap();
    assert_eq!((tenures.len(), tenures.earlier, tenures.customer(0)), (1, 1, Key::from("bob")));
}

#[test]
fn periods_outside_their_domain_are_refused() {
    let far = ledger([("ann", "0001-01-02", "purchase", 100), ("bob", "9998-12-31", "purchase", 100)]);
    let refused = |period| far.retention(&RetentionOptions::new(Timestamp::MAX).period(period)).unwrap_err();
    let error = refused(CohortPeriod::Days(0));
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(error.to_string(), "period: 0 days is not a length between 1 and 1000000 days");
    assert_eq!(refused(CohortPeriod::Days(1_000_001)).kind(), ErrorKind::InvalidArgument);
    let table = far.retention(&RetentionOptions::new(Timestamp::MAX)).unwrap();
    assert_eq!(table.cohorts[0].active.len(), 9_999 * 12, "the last moment is already the next year in Berlin");
    let long = far.retention(&RetentionOptions::new(Timestamp::MAX).period(CohortPeriod::Days(1_000_000))).unwrap();
    assert_eq!(long.cohorts[0].start, "0001-01-01", "a calendar begins with the year 1");
    let days: Vec<(String, String)> = (2..=28).map(|day| (format!("c{day}"), format!("0001-01-{day:02}"))).collect();
    let many = ledger(days.iter().map(|(customer, day)| (customer.as_str(), day.as_str(), "purchase", 100)));
    let options = RetentionOptions::new(Timestamp::MAX).period(CohortPeriod::Day);
    let error = many.retention(&options).unwrap_err().to_string();
    assert_eq!(error, "period: Day is so short for this log that the table has more than 30000000 cells");
}

/// 946 of the 2,357 customers bought again by 30 September 1997: Fader, Hardie & Lee (2005), doi:10.1509/jmkr.2005.42.4.415. All
/// came in the first quarter, and all that is left is what `purchases` says.
#[test]
fn cdnow_cohorts() {
    let ledger = cdnow();
    let as_of = end_of(&ledger, "1997-09-30");
    let purchases = ledger.purchases(&PurchaseOptions::until(as_of)).unwrap();
    assert_eq!(purchases.frequency().iter().filter(|&&x| x > 0).count(), 946);
    for period in [CohortPeriod::Day, CohortPeriod::Month] {
        let table = ledger.retention(&RetentionOptions::new(as_of).period(period)).unwrap();
        assert_eq!(table.cohorts.iter().map(|cohort| cohort.customers).sum::<u64>(), 2357);
        let repeated: u64 = table.cohorts.iter().filter_map(|cohort| cohort.repeated.last()).sum();
        assert_eq!(repeated, 946);
        assert!(table.cohorts.iter().all(|cohort| cohort.active[0] == cohort.customers));
    }
    let months = ledger.retention(&RetentionOptions::new(as_of)).unwrap();
    let shape: Vec<(&str, usize)> = months.cohorts.iter().map(|cohort| (cohort.start.as_str(), cohort.active.len())).collect();
    assert_eq!(shape, [("1997-01-01", 9), ("1997-02-01", 8), ("1997-03-01", 7)]);
}

/// Adjusted by nothing: Wilson (1927), doi:10.1080/01621459.1927.10502953.
#[test]
fn wilson_intervals() {
    let close = |got: f64, want: f64| assert!((got - want).abs() <= 5e-11, "{got} is not {want}");
    let none = Proportion::new(0, 10).unwrap();
    assert_eq!(none.low, 0.0);
    close(none.high, 0.277_532_799_9);
    let eight = Proportion::new(8, 10).unwrap();
    close(eight.low, 0.490_162_471_5);
    close(eight.high, 0.943_317_848_5);
    assert_eq!(Proportion::new(10, 10).unwrap().high, 1.0);
    assert_eq!(Proportion::new(11, 10), None);
}

/// Number of the period, customers, active, repeated and spend of a cohort.
type Row = (i64, u64, Vec<u64>, Vec<u64>, Vec<i64>);

/// What the table says of a log of purchases only, worked out the long way.
fn naive(days: &[(u8, i64)], as_of: i64, length: i64) -> Vec<Row> {
    let period = |day: i64| (day + 3).div_euclid(length);
    let customers: Vec<Vec<i64>> = (0..=u8::MAX)
        .map(|customer| {
            let mut own: Vec<i64> = days.iter().filter(|row| row.0 == customer && row.1 <= as_of).map(|row| row.1).collect();
            own.sort_unstable();
            own
        })
        .filter(|own| !own.is_empty())
        .collect();
    let mut starts: Vec<i64> = customers.iter().map(|own| period(own[0])).collect();
    starts.sort_unstable();
    starts.dedup();
    let unfinished = period(as_of + 1);
    starts
        .into_iter()
        .map(|start| {
            let cohort: Vec<&Vec<i64>> = customers.iter().filter(|own| period(own[0]) == start).collect();
            let count = |at: i64, test: &dyn Fn(&Vec<i64>, i64) -> bool| cohort.iter().filter(|own| test(own, at)).count() as u64;
            let active = |own: &Vec<i64>, at: i64| own.iter().any(|&day| period(day) == at);
            let repeated = |own: &Vec<i64>, at: i64| own.iter().any(|&day| day > own[0] && period(day) <= at);
            let spent = |at: i64| cohort.iter().flat_map(|own| own.iter()).filter(|&&day| period(day) == at).count() as i64;
            (
                start,
                cohort.len() as u64,
                (start..unfinished).map(|at| count(at, &active)).collect(),
                (start..unfinished).map(|at| count(at, &repeated)).collect(),
                (start..unfinished).map(spent).collect(),
            )
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The table equals its definition, whatever the order of the rows and the number of threads.
    #[test]
    fn cohort_tables_equal_their_definition(days in vec((0..40_u8, 20_000..20_120_i64), 1..200), end in 20_000..20_130_i64, length in 1..40_u32) {
        let fill = |rows: &mut dyn Iterator<Item = &(u8, i64)>| {
            let mut ledger = Ledger::new();
            for &(customer, day) in rows {
                let at = Timestamp::from_micros(day * 86_400_000_000 + 7).unwrap();
                let amount = Some("1".parse().unwrap());
                ledger.append(&Interaction { amount, ..Interaction::new(i64::from(customer), at, "purchase") }).unwrap();
            }
            ledger
        };
        let as_of = Timestamp::from_micros((end + 1) * 86_400_000_000 - 1).unwrap();
        let options = RetentionOptions::new(as_of).period(CohortPeriod::Days(length));
        let table = fill(&mut days.iter()).retention(&options).unwrap();
        let want = naive(&days, end, i64::from(length));
        prop_assert_eq!(table.cohorts.len(), want.len());
        for (cohort, (_, customers, active, repeated, spend)) in table.cohorts.iter().zip(want) {
            let spent: Vec<i64> = cohort.spend.iter().map(|money| money.micros() / 1_000_000).collect();
            prop_assert_eq!((cohort.customers, &cohort.active, &cohort.repeated, &spent), (customers, &active, &repeated, &spend));
        }
        let again = fill(&mut days.iter().rev()).retention(&RetentionOptions { threads: 1, ..options }).unwrap();
        prop_assert_eq!(table, again);
    }

    /// Without censoring the estimate is the share that lasts longer, with the standard error of a share.
    #[test]
    fn complete_lives_are_counted(durations in vec(0..30_u8, 1..80)) {
        let durations: Vec<f64> = durations.into_iter().map(f64::from).collect();
        let curve = KaplanMeier::new(&durations, &vec![true; durations.len()]).unwrap();
        let n = durations.len() as f64;
        for (row, &time) in curve.time.iter().enumerate() {
            let share = durations.iter().filter(|&&duration| duration > time).count() as f64 / n;
            prop_assert_eq!(curve.survival[row], share);
            if share > 0.0 {
                let error = curve.standard_error.get(row).unwrap();
                prop_assert!((error - (share * (1.0 - share) / n).sqrt()).abs() < 1e-14);
                prop_assert!(curve.low.get(row).unwrap() < share && share < curve.high.get(row).unwrap());
            }
        }
        let mut sorted = durations.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        prop_assert_eq!(curve.median().time, Some(sorted[sorted.len().div_ceil(2) - 1]));
    }

    /// Stages follow the silence: the longer it is, the later the stage.
    #[test]
    fn stages_follow_the_silence(x in 1..20_u32, t_x in 0.5..50.0_f64, silence in 0.0..100.0_f64, more in 0.0..100.0_f64, model: bool) {
        let options = if model { StageOptions::new(4.0).rate(0.5, 6.0) } else { StageOptions::new(4.0) };
        let stage = |silence: f64| stage_of(x, t_x, t_x + silence, &options).unwrap();
        prop_assert!(stage(silence) <= stage(silence + more));
        let q = silence_probability(x, t_x, t_x + silence, &options).unwrap();
        // Of a silence of 745 mean gaps nothing is left in a double.
        prop_assert!((0.0..=1.0).contains(&q) && (q > 0.0 || f64::from(x) * silence > 700.0 * t_x));
    }
}

/// Contracts: the first spell counts, however it goes on; a cancellation of something that began before the log is no end.
#[test]
fn tenures_of_contracts() {
    let ledger = ledger([
        ("ann", "2026-01-01", "subscription", 0),
        ("ann", "2026-01-15", "renewal", 0),
        ("ann", "2026-01-31", "cancellation", 0),
        ("ann", "2026-02-10", "subscription", 0),
        ("bob", "2026-01-05", "cancellation", 0),
        ("bob", "2026-01-11", "renewal", 0),
        ("cid", "2026-01-11", "subscription", 0),
        ("cid", "2026-01-11", "cancellation", 0),
        ("dan", "2026-01-11", "purchase", 100),
        ("eve", "2026-01-20", "subscription", 0),
        ("eve", "2026-03-20", "cancellation", 0),
    ]);
    let as_of = end_of(&ledger, "2026-02-20");
    let tenures = ledger.tenures(&TenureOptions::new(as_of, TenureEnd::Cancellation).unit(TimeUnit::Day)).unwrap();
    let keys: Vec<String> = (0..tenures.len()).map(|row| tenures.customer(row).to_string()).collect();
    assert_eq!(keys, ["ann", "bob", "cid", "eve"]);
    assert_eq!(tenures.duration, [30.0, 40.0, 0.0, 31.0], "eve has not cancelled yet");
    assert_eq!(tenures.observed, [true, false, true, false]);
    assert_eq!(tenures.without, 1);
    let curve = tenures.kaplan_meier().unwrap();
    assert_eq!((curve.time, curve.survival), (vec![0.0, 30.0, 31.0, 40.0], vec![0.75, 0.5, 0.5, 0.5]));
}

/// Without a contract: the last purchase and the gap, to the day.
#[test]
fn tenures_without_a_contract() {
    let ledger = cdnow();
    let as_of = end_of(&ledger, "1997-09-30");
    let purchases = ledger.purchases(&PurchaseOptions::until(as_of)).unwrap();
    let gap = 13.0;
    let tenures = ledger.tenures(&TenureOptions::new(as_of, TenureEnd::Silence { gap })).unwrap();
    assert_eq!(tenures.len(), purchases.len());
    for row in 0..tenures.len() {
        let (t_x, age) = (purchases.recency()[row], purchases.age()[row]);
        let lapsed = ((age - t_x) * 7.0).round() >= gap * 7.0;
        assert_eq!(tenures.customer(row), purchases.customer(row));
        assert_eq!(tenures.observed[row], lapsed, "{}", tenures.customer(row));
        let want = if lapsed { t_x + gap } else { age };
        assert!((tenures.duration[row] - want).abs() < 1e-12);
    }
    let error = ledger.tenures(&TenureOptions::new(as_of, TenureEnd::Silence { gap: 0.0 })).unwrap_err();
    assert_eq!(error.to_string(), "gap: 0 is not a number above 0");
}

#[test]
fn durations_outside_their_domain_are_refused() {
    let refused = |durations: &[f64], observed: &[bool]| KaplanMeier::new(durations, observed).unwrap_err().to_string();
    assert_eq!(refused(&[], &[]), "durations: none is given, at least one is needed");
    assert_eq!(refused(&[1.0], &[true, true]), "observed: 2 values for 1 durations");
    assert_eq!(refused(&[1.0, -1.0], &[true; 2]), "durations, row 1: -1 is not a number of at least 0");
    assert_eq!(refused(&[f64::NAN], &[true]), "durations, row 0: NaN is not a number of at least 0");
    assert_eq!(refused(&[f64::INFINITY], &[true]), "durations, row 0: inf is not a number of at least 0");
}

/// Survival is known up to the last duration, and beyond it only if nobody is left.
#[test]
fn survival_between_the_steps() {
    let curve = KaplanMeier::new(&[2.0, 4.0, 6.0], &[true, true, false]).unwrap();
    let third = 1.0 / 3.0;
    let got = [-1.0, 0.0, 1.9, 2.0, 5.0, 6.0, 6.1, f64::NAN].map(|time| curve.survival_at(time));
    assert_eq!(got, [None, Some(1.0), Some(1.0), Some(2.0 / 3.0), Some(third), Some(third), None, None]);
    let complete = KaplanMeier::new(&[2.0, 4.0], &[true, true]).unwrap();
    assert_eq!(complete.survival_at(9.0), Some(0.0));
}

/// Against the own rhythm the thresholds .20 and .05 are ln 5 and ln 20 mean gaps, whatever the gap.
#[test]
fn thresholds_of_the_own_rhythm() {
    let options = StageOptions::new(4.0);
    for gap in [0.1, 1.0, 30.0] {
        let stage = |gaps: f64| stage_of(5, 5.0 * gap, (5.0 + gaps) * gap, &options).unwrap();
        assert_eq!([1.609, 1.610, 2.995, 2.996].map(stage), [Stage::Active, Stage::AtRisk, Stage::AtRisk, Stage::Lapsed]);
    }
}

/// The model's formula; for rates known almost exactly it is the own rhythm's.
#[test]
fn silences_under_a_model() {
    let options = StageOptions::new(4.0).rate(0.525, 6.183);
    let want = ((6.183 + 30.43_f64) / (6.183 + 38.86)).powf(0.525 + 2.0);
    assert!((silence_probability(2, 30.43, 38.86, &options).unwrap() - want).abs() < 1e-14);
    let known = StageOptions::new(4.0).rate(1e12, 2e12);
    let own = silence_probability(4, 8.0, 14.0, &StageOptions::new(4.0)).unwrap();
    assert!((silence_probability(4, 8.0, 14.0, &known).unwrap() - own).abs() < 1e-10);
}

#[test]
fn one_time_buyers() {
    let options = StageOptions::new(4.0);
    assert_eq!(stage_of(0, 0.0, 4.0, &options).unwrap(), Stage::New);
    let error = stage_of(0, 0.0, 4.1, &options).unwrap_err();
    assert!(error.to_string().starts_with("typical_gap: missing"), "{error}");
    assert_eq!(stage_of(0, 0.0, 9.0, &options.typical_gap(5.0)).unwrap(), Stage::AtRisk);
    // The lower median of 1, 2 and 9 weeks, and of nobody's.
    let stages = Stages::new(&[0, 1, 1, 2], &[0.0, 9.0, 1.0, 4.0], &[4.1, 9.0, 1.0, 4.0], &options).unwrap();
    assert_eq!((stages.typical_gap, stages.stage[0]), (Some(2.0), Stage::AtRisk));
    assert_eq!((stages.counts.active, stages.counts.customers()), (3, 4));
    assert_eq!(Stages::new(&[0], &[0.0], &[5.0], &options).unwrap().typical_gap, Some(4.0));
    assert_eq!(Stages::new(&[0], &[0.0], &[5.0], &options.rate(1.0, 1.0)).unwrap().typical_gap, None);
    assert_eq!(Stages::new(&[0], &[0.0], &[5.0], &StageOptions::new(0.0)).unwrap().stage, [Stage::Lapsed]);
    assert_eq!(Stages::new(&[], &[], &[], &options).unwrap().counts.customers(), 0);
}

#[test]
fn stages_outside_their_domain_are_refused() {
    let options = StageOptions::new(4.0);
    let refused = |options: StageOptions| stage_of(1, 1.0, 2.0, &options).unwrap_err().to_string();
    assert_eq!(refused(StageOptions::new(-1.0)), "new_within: -1 is not a number of time units of at least 0");
    assert_eq!(refused(options.rate(0.0, 1.0)), "r: 0 is not a number above 0");
    assert_eq!(refused(options.rate(1.0, f64::NAN)), "alpha: NaN is not a number above 0");
    assert_eq!(refused(options.typical_gap(f64::INFINITY)), "typical_gap: inf is not a number above 0");
    let equal = StageOptions { lapsed: 0.2, ..options };
    assert_eq!(refused(equal), "at_risk, lapsed: 0.2 and 0.2 do not descend strictly between 1 and 0");
    let error = Stages::new(&[1, 1], &[1.0, 3.0], &[2.0, 2.0], &options).unwrap_err();
    assert!(error.to_string().starts_with("row 1: recency: 3"), "{error}");
    assert_eq!(Stages::new(&[1], &[], &[2.0], &options).unwrap_err().to_string(), "recency: 0 values for 1 frequencies");
    // All purchases on one moment are no rhythm, and still no reason to fail.
    assert_eq!(stage_of(2, 0.0, 0.0, &options).unwrap(), Stage::Active);
    assert_eq!(stage_of(2, 0.0, 1.0, &options).unwrap(), Stage::Lapsed);
}

/// The options as a table of a document: only `new_within` has to be said.
#[test]
fn stage_options_are_a_document() {
    let options: StageOptions = toml::from_str("new_within = 4").unwrap();
    assert_eq!(options, StageOptions::new(4.0));
    let full = StageOptions { at_risk: 0.3, ..options.rate(0.5, 6.0) };
    assert_eq!(toml::from_str::<StageOptions>(&toml::to_string(&full).unwrap()).unwrap(), full);
    assert!(toml::from_str::<StageOptions>("new_within = 4\nalpha = 1").is_err());
    assert_eq!(serde_json::to_string(&Stage::AtRisk).unwrap(), "\"at_risk\"");
    assert_eq!(Stage::ALL.map(|stage| stage as u8), [0, 1, 2, 3, 4]);
}

/// Several chunks of customers with text keys that arrive out of order: keys come sorted, numbers do not depend on threads.
#[test]
fn many_customers_in_any_order() {
    let mut ledger = Ledger::new();
    for number in 0..20_000_i64 {
        let key = format!("c{:05}", (number * 7_919) % 20_000);
        let at = Timestamp::from_micros((20_000 + number % 90) * 86_400_000_000).unwrap();
        let amount = Some("2".parse().unwrap());
        ledger.append(&Interaction { amount, ..Interaction::new(key.as_str(), at, "purchase") }).unwrap();
    }
    let as_of = Timestamp::from_micros(20_200 * 86_400_000_000).unwrap();
    let options = TenureOptions::new(as_of, TenureEnd::Silence { gap: 20.0 });
    let tenures = ledger.tenures(&options).unwrap();
    let one = ledger.tenures(&TenureOptions { threads: 1, ..options }).unwrap();
    assert_eq!((&tenures.duration, &tenures.observed), (&one.duration, &one.observed));
    assert!((1..tenures.len()).all(|row| tenures.customer(row - 1) < tenures.customer(row)));
    let retention = RetentionOptions::new(as_of);
    let tables: [Retention; 2] = [1, 3].map(|threads| ledger.retention(&RetentionOptions { threads, ..retention }).unwrap());
    assert_eq!(tables[0], tables[1]);
    assert_eq!(tables[0].cohorts.iter().map(|cohort| cohort.customers).sum::<u64>(), 20_000);
}
