//! Recency, frequency and monetary value.

use std::collections::BTreeSet;

use engagement_core::segment::{OTHERS, Rfm, RfmOptions, SegmentRule, standard_segments};
use engagement_core::{ErrorKind, Interaction, Ledger, PurchaseOptions, TimeUnit, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;

fn score(days: &[f64], purchases: &[u32], spend: &[f64]) -> Rfm {
    Rfm::new(days, purchases, spend, &RfmOptions::default()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// A score is 1 + the whole bins of customers that are worse; so equal values have equal scores.
    #[test]
    fn scores_count_who_is_worse(rows in vec((0..12_u8, 1..6_u32, -3..9_i8), 1..120), bins in 2..=10_u8) {
        let days: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
        let purchases: Vec<u32> = rows.iter().map(|row| row.1).collect();
        let spend: Vec<f64> = rows.iter().map(|row| f64::from(row.2) / 4.0).collect();
        let options = RfmOptions::default().bins(bins, Vec::new());
        let rfm = Rfm::new(&days, &purchases, &spend, &options).unwrap();
        let worse = |test: &dyn Fn(&(u8, u32, i8)) -> bool| {
            (1 + usize::from(bins) * rows.iter().filter(|row| test(row)).count() / rows.len()) as u8
        };
        for (at, row) in rows.iter().enumerate() {
            prop_assert_eq!(rfm.recency.score[at], worse(&|other| other.0 > row.0));
            prop_assert_eq!(rfm.frequency.score[at], worse(&|other| other.1 < row.1));
            prop_assert_eq!(rfm.monetary.score[at], worse(&|other| other.2 < row.2));
        }
        for scores in [&rfm.recency, &rfm.frequency, &rfm.monetary] {
            for (at, &count) in scores.counts.iter().enumerate() {
                prop_assert_eq!(count, scores.score.iter().filter(|&&score| usize::from(score) == at + 1).count() as u64);
            }
        }
        // The reported cuts give the same scores, and then there is nothing to note.
        let again = Rfm::new(&days, &purchases, &spend, &options.cuts_of(&rfm)).unwrap();
        prop_assert_eq!((&again.recency, &again.frequency, &again.monetary), (&rfm.recency, &rfm.frequency, &rfm.monetary));
        prop_assert!(again.notes.is_empty());
    }

    /// Every customer is in one segment.
    #[test]
    fn segments_add_up(rows in vec((0..400_u16, 1..30_u32, 0..1000_u16), 0..200)) {
        let days: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
        let purchases: Vec<u32> = rows.iter().map(|row| row.1).collect();
        let spend: Vec<f64> = rows.iter().map(|row| f64::from(row.2)).collect();
        let rfm = score(&days, &purchases, &spend);
        prop_assert_eq!(rfm.segments.iter().map(|segment| segment.customers).sum::<u64>(), rows.len() as u64);
        prop_assert_eq!(rfm.segments.last().unwrap().customers, 0);
        for row in 0..rfm.len() {
            let rule = &standard_segments()[usize::from(rfm.segment[row])];
            let within = |range: Option<[u8; 2]>, score: u8| range.is_none_or(|[low, high]| (low..=high).contains(&score));
            prop_assert!(within(rule.recency, rfm.recency.score[row]) && within(rule.frequency, rfm.frequency.score[row]));
            prop_assert_eq!(rfm.segment_name(row), &rule.name);
        }
    }
}

/// Distinct values fill the scores evenly, and there is nothing to note.
#[test]
fn even_scores() {
    let days: Vec<f64> = (0..100).map(f64::from).collect();
    let purchases: Vec<u32> = (1..=100).collect();
    let rfm = score(&days, &purchases, &days);
    assert_eq!(rfm.recency.counts, [20; 5]);
    assert_eq!(rfm.recency.cuts, [80.0, 60.0, 40.0, 20.0]);
    assert_eq!(rfm.frequency.cuts, [20.0, 40.0, 60.0, 80.0]);
    assert_eq!((rfm.recency.score[0], rfm.recency.score[19], rfm.recency.score[20]), (5, 5, 4));
    assert!(rfm.notes.is_empty());
}

/// Seven in ten bought once: they share the lowest score, and nobody is split off to fill the scores between.
#[test]
fn many_equal_values() {
    let purchases = [1, 1, 1, 1, 1, 1, 1, 2, 3, 4];
    let days: Vec<f64> = (0..10).map(f64::from).collect();
    let rfm = score(&days, &purchases, &[5.0; 10]);
    assert_eq!(rfm.frequency.score, [1, 1, 1, 1, 1, 1, 1, 4, 5, 5]);
    assert_eq!(rfm.frequency.cuts, [1.0, 1.0, 1.0, 2.0]);
    assert_eq!(rfm.monetary.score, [1; 10]);
    assert_eq!(
        rfm.notes,
        [
            "frequency: equal values are not split, so the scores from 1 to 5 have 7, 0, 0, 1, 2 customers",
            "monetary: equal values are not split, so the scores from 1 to 5 have 10, 0, 0, 0, 0 customers"
        ]
    );
}

#[test]
fn own_cuts_in_any_order() {
    let options = RfmOptions {
        recency_cuts: Some(vec![180.0, 30.0, 365.0, 90.0]),
        frequency_cuts: Some(vec![1.0, 2.0, 4.0, 8.0]),
        ..RfmOptions::default()
    };
    let days = [0.0, 29.0, 30.0, 31.0, 365.0, 366.0];
    let rfm = Rfm::new(&days, &[1, 2, 3, 4, 8, 9], &[1.0; 6], &options).unwrap();
    assert_eq!(rfm.recency.score, [5, 5, 4, 4, 1, 1]);
    assert_eq!(rfm.recency.cuts, [365.0, 180.0, 90.0, 30.0]);
    assert_eq!(rfm.frequency.score, [1, 2, 3, 3, 4, 5]);
}

/// The standard segments name every score of recency and frequency once, under eleven names.
#[test]
fn standard_segments_cover_each_score_once() {
    let rules = standard_segments();
    let names: BTreeSet<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!((rules.len(), names.len()), (11, 11));
    for r in 1..=5 {
        for f in 1..=5 {
            let within = |range: Option<[u8; 2]>, score: u8| range.is_some_and(|[low, high]| low <= score && score <= high);
            let naming = rules.iter().filter(|rule| within(rule.recency, r) && within(rule.frequency, f)).count();
            assert_eq!(naming, 1, "recency {r}, frequency {f}");
        }
    }
}

/// The first rule that matches names the segment; whom none names is among the others.
#[test]
fn own_segments() {
    let rules = vec![
        SegmentRule::new("big spenders").monetary(3, 3),
        SegmentRule::new("regulars").frequency(2, 3),
        SegmentRule::new("never").monetary(3, 3).recency(1, 3),
    ];
    let options = RfmOptions::default().bins(3, rules.clone());
    let rfm = Rfm::new(&[1.0, 2.0, 3.0], &[3, 2, 1], &[1.0, 2.0, 3.0], &options).unwrap();
    let names: Vec<&str> = (0..3).map(|row| rfm.segment_name(row)).collect();
    assert_eq!(names, ["regulars", "regulars", "big spenders"]);
    let counts: Vec<(&str, u64)> = rfm.segments.iter().map(|segment| (segment.name.as_str(), segment.customers)).collect();
    assert_eq!(counts, [("big spenders", 1), ("regulars", 2), ("never", 0), (OTHERS, 0)]);
    let others = Rfm::new(&[1.0], &[1], &[1.0], &RfmOptions::default().segments(Vec::new())).unwrap();
    assert_eq!(others.segment_name(0), OTHERS);
    let text = toml::to_string(&rules[0]).unwrap();
    assert_eq!(text, "name = \"big spenders\"\nmonetary = [3, 3]\n");
    assert_eq!(toml::from_str::<SegmentRule>(&text).unwrap(), rules[0]);
}

#[test]
fn values_outside_their_domain_are_refused() {
    let refused = |days: &[f64], purchases: &[u32], spend: &[f64], options: &RfmOptions| {
        let error = Rfm::new(days, purchases, spend, options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        error.to_string()
    };
    let standard = RfmOptions::default();
    assert_eq!(refused(&[1.0], &[], &[1.0], &standard), "purchases: 0 values for 1 customers");
    assert_eq!(refused(&[-1.0], &[1], &[1.0], &standard), "days since last, row 0: -1 is not a number of at least 0");
    assert_eq!(refused(&[f64::NAN], &[1], &[1.0], &standard), "days since last, row 0: NaN is not a number of at least 0");
    assert_eq!(refused(&[1.0], &[0], &[1.0], &standard), "purchases, row 0: 0 is not at least 1; prospects have no scores");
    assert_eq!(refused(&[1.0], &[1], &[f64::INFINITY], &standard), "spend, row 0: inf is not a finite number");
    for bins in [0, 1, 11, 255] {
        assert_eq!(
            refused(&[1.0], &[1], &[1.0], &RfmOptions { bins, ..standard.clone() }),
            format!("bins: {bins} is not in 2..=10")
        );
    }
    let four = RfmOptions { bins: 4, ..standard.clone() };
    assert_eq!(
        refused(&[1.0], &[1], &[1.0], &four),
        "segment \"champions\", recency: [5, 5] does not ascend within 1..=4; the standard segments are for 5 scores"
    );
    let cuts = RfmOptions { monetary_cuts: Some(vec![1.0]), ..standard.clone() };
    assert_eq!(refused(&[1.0], &[1], &[1.0], &cuts), "monetary cuts: 1 given, 5 scores need 4");
    let cuts = RfmOptions { monetary_cuts: Some(vec![f64::NAN; 4]), ..standard.clone() };
    assert_eq!(refused(&[1.0], &[1], &[1.0], &cuts), "monetary cuts: NaN is not a finite number");
    let many = standard.segments(vec![SegmentRule::new("x"); 251]);
    assert_eq!(refused(&[1.0], &[1], &[1.0], &many), "segments: 251 rules, more than 250");
}

/// The columns of the whole sample are those of `purchases`: doi:10.1287/inte.31.3s.94.9683.
#[test]
fn cdnow_columns() {
    let mut ledger = Ledger::new();
    for line in include_str!("../data/cdnow_sample.csv").lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let at = ledger.zone().parse(cells[2]).unwrap();
        let amount = Some(cells[4].parse().unwrap());
        ledger.append(&Interaction { amount, ..Interaction::new(cells[1], at, "purchase") }).unwrap();
    }
    let as_of = ledger.zone().parse_as_of("1997-09-30").unwrap();
    let table = ledger.rfm(as_of, &RfmOptions::default()).unwrap();
    let purchases = ledger.purchases(&PurchaseOptions::until(as_of).unit(TimeUnit::Day)).unwrap();
    assert_eq!((table.len(), table.prospects), (2357, 0));
    for row in 0..table.len() {
        assert_eq!(table.customer(row), purchases.customer(row));
        assert_eq!(table.purchases[row], purchases.frequency()[row] + 1);
        assert_eq!(table.days_since_last[row], purchases.age()[row] - purchases.recency()[row]);
    }
    let columns = Rfm::new(&table.days_since_last, &table.purchases, &table.spend, &RfmOptions::default()).unwrap();
    assert_eq!(columns, table.rfm);
    // 1,411 of 2,357 never came back: three scores in one.
    assert_eq!(table.rfm.frequency.counts[..2], [1411, 0]);
    let one = ledger.rfm(as_of, &RfmOptions { threads: 1, ..RfmOptions::default() }).unwrap();
    assert_eq!((one.rfm, one.spend), (table.rfm, table.spend));
}

/// Refunds are taken off; a purchase that is refunded whole is none, and a customer without another one is a prospect.
#[test]
fn refunds_are_taken_off() {
    let mut ledger = Ledger::new();
    for (customer, day, kind, amount) in [
        ("zoe", "2026-01-01", "purchase", "30"),
        ("zoe", "2026-01-11", "purchase", "20"),
        ("zoe", "2026-01-12", "refund", "-20"),
        ("zoe", "2026-01-13", "refund", "-5"),
        ("ann", "2026-01-05", "purchase", "8"),
        ("ann", "2026-01-06", "refund", "-8"),
        ("9", "2026-01-20", "purchase", "4"),
    ] {
        let at = ledger.zone().parse(day).unwrap();
        let amount = Some(amount.parse().unwrap());
        ledger.append(&Interaction { amount, ..Interaction::new(customer, at, kind) }).unwrap();
    }
    let table = ledger.rfm(ledger.zone().parse_as_of("2026-01-31").unwrap(), &RfmOptions::default()).unwrap();
    let keys: Vec<String> = (0..table.len()).map(|row| table.customer(row).to_string()).collect();
    assert_eq!((keys, table.prospects), (vec!["9".to_owned(), "zoe".to_owned()], 1));
    assert_eq!((table.days_since_last, table.purchases, table.spend), (vec![11.0, 30.0], vec![1, 1], vec![4.0, 25.0]));
    let nobody = ledger.rfm(Timestamp::MIN, &RfmOptions::default()).unwrap();
    assert!(nobody.is_empty() && nobody.rfm.recency.cuts.is_empty() && nobody.rfm.notes.is_empty());
}
