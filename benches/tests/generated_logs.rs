//! The generated logs stay the same, and are what they claim to be.

use std::collections::HashSet;

use engagement_benches::every_feature::mixed_every_feature;
use engagement_benches::log::{END, Generator, KINDS, Log, LogKind, START, mixed, purchases};
use engagement_benches::random::{Random, mix};
use engagement_benches::write::write_tsv;

fn checksum(bytes: impl IntoIterator<Item = u64>) -> u64 {
    bytes.into_iter().fold(0, |sum, value| mix(sum ^ value))
}

fn checksum_of(log: &Log) -> u64 {
    let mut values: Vec<u64> = Vec::new();
    values.extend(log.customer.iter().map(|&v| v as u64));
    values.extend(log.at.iter().map(|&v| v as u64));
    values.extend(log.amount.values.iter().map(|&v| v as u64));
    if let Some(details) = &log.details {
        values.extend(details.rating.iter().chain(&details.reach).map(|v| if v.is_nan() { 1 } else { v.to_bits() }));
        values.extend(details.other.values.iter().chain(&details.cost.values).map(|&v| v as u64));
        for texts in [&details.kind, &details.item, &details.channel, &details.unit, &details.campaign] {
            values.extend(texts.codes.iter().map(|&code| u64::from(code)));
        }
    }
    checksum(values)
}

#[test]
fn the_stream_is_xoshiro256_plus_plus_seeded_by_splitmix64() {
    // Vigna's splitmix64.c from the state 0.
    assert_eq!([mix(0), mix(0x9e37_79b9_7f4a_7c15)], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
    // Blackman and Vigna's xoshiro256plusplus.c from the state 1, 2, 3, 4; the vector that rand_xoshiro tests with.
    let mut random = Random::with_state([1, 2, 3, 4]);
    let first = [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205];
    assert_eq!(first.map(|_| random.bits()), first);
}

/// A change of any generated value changes what every bench measures: these sums change on purpose only.
#[test]
fn the_same_seed_gives_the_same_log() {
    let mut text = Vec::new();
    write_tsv(&mixed_every_feature(5_000, 7), &mut text).expect("memory takes all");
    let sums = [
        checksum_of(&purchases(20_000, 2_000, 7).all()),
        checksum_of(&mixed(20_000, 2_000, 7).all()),
        checksum(text.iter().map(|&byte| u64::from(byte))),
    ];
    assert_eq!(sums, [14_027_167_824_356_388_178, 7_871_662_805_086_702_268, 3_403_076_171_346_118_023]);
    assert_ne!(checksum_of(&purchases(20_000, 2_000, 8).all()), sums[0]);
}

#[test]
fn chunks_make_the_same_log_as_one_piece() {
    let whole = mixed(10_000, 900, 3).all();
    let mut generator = Generator::new(LogKind::Mixed, 10_000, 900, 3);
    let mut row = 0;
    while let Some(chunk) = generator.chunk(1_237) {
        assert_eq!(chunk.customer, whole.customer[row..row + chunk.rows()]);
        assert_eq!(chunk.at, whole.at[row..row + chunk.rows()]);
        assert_eq!(chunk.amount.values, whole.amount.values[row..row + chunk.rows()]);
        row += chunk.rows();
    }
    assert_eq!(row, whole.rows());
}

#[test]
fn a_log_has_the_asked_rows_and_customers_in_time_order() {
    for (rows, customers) in [(50_000, 5_000), (1_000, 1_000), (1_000, 999), (100, 51), (10_000, 1), (1, 1)] {
        let log = purchases(rows, customers, 11).all();
        assert_eq!(log.rows() as u64, rows);
        assert_eq!(log.customer.iter().collect::<HashSet<_>>().len() as u64, customers, "of {rows} rows");
        assert!(log.at.is_sorted() && log.at[0] >= START && log.at[log.rows() - 1] < END);
        assert!(log.amount.values.iter().all(|&v| v > 0 && v % 10_000 == 0 && v < 400_000_000));
    }
}

/// Heterogeneity: with one rate for all, counts of 10 on average would have the variance 10.
#[test]
fn counts_are_spread_like_those_of_real_shops() {
    let log = purchases(200_000, 20_000, 5).all();
    let mut counts = std::collections::HashMap::<i64, f64>::new();
    for &customer in &log.customer {
        *counts.entry(customer).or_default() += 1.0;
    }
    let variance = counts.values().map(|n| (n - 10.0) * (n - 10.0)).sum::<f64>() / 20_000.0;
    assert!(variance > 100.0, "{variance}");
    let single = counts.values().filter(|&&n| n == 1.0).count();
    assert!((3_000..12_000).contains(&single), "{single} of 20,000 with a single purchase");
}

#[test]
fn kinds_come_in_their_shares_with_their_fields() {
    assert_eq!(KINDS.iter().map(|(_, share)| share).sum::<u32>(), 1000);
    let log = mixed(100_000, 10_000, 2).all();
    let details = log.details.as_ref().expect("a mixed log");
    for (code, (kind, share)) in KINDS.iter().enumerate() {
        let rows: Vec<usize> = (0..log.rows()).filter(|&i| details.kind.codes[i] == code as u32).collect();
        let expected = 100.0 * f64::from(*share);
        assert!((rows.len() as f64 - expected).abs() < 6.0 * expected.sqrt(), "{kind}: {} rows", rows.len());
        for i in rows {
            let (amount, paid) = (log.amount.values[i], log.amount.valid[i] == 1);
            assert_eq!(paid, matches!(*kind, "purchase" | "refund" | "renewal" | "subscription"), "{kind}");
            assert!(!paid || (amount < 0) == (*kind == "refund"), "{kind} of {amount}");
            let scale = if *kind == "survey" { 0.0..=10.0 } else { 1.0..=5.0 };
            assert!(details.rating[i].is_nan() || scale.contains(&details.rating[i]));
            assert!(!matches!(*kind, "review" | "survey") || !details.rating[i].is_nan());
            assert!(details.reach[i].is_nan() || matches!(*kind, "mention" | "share") && details.reach[i] >= 0.0);
            assert!(details.other.valid[i] == 0 || details.other.values[i] != log.customer[i]);
        }
    }
}

#[test]
fn every_feature_is_there() {
    let rows = mixed_every_feature(20_000, 1);
    assert_eq!(rows.len(), 20_000);
    let share = |has: &dyn Fn(&engagement_benches::every_feature::Row) -> bool| rows.iter().filter(|r| has(r)).count();
    assert!(share(&|r| r.amount.is_some()) > 2_000);
    assert!(share(&|r| r.rating.is_some_and(|v| v == 6.0)) > 20, "ratings off the scale");
    assert!(share(&|r| r.reach.is_some()) > 500 && share(&|r| r.other.is_some()) > 200);
    assert!(share(&|r| r.order.is_some()) > 500 && share(&|r| r.arm.is_some()) > 200);
    assert!(share(&|r| r.cost.is_some()) > 200 && share(&|r| r.item.is_some()) > 2_000);
    assert!(share(&|r| r.customer.parse::<i64>().is_ok()) > 5_000 && share(&|r| r.customer.contains('ø')) > 500);
    assert!(share(&|r| r.at < 0) > 20 && share(&|r| r.at >= END - 1) > 20);
    let with_id: Vec<_> = rows.iter().filter(|r| r.id.is_some()).collect();
    let mut by_id = std::collections::HashMap::new();
    let mut duplicates = 0;
    for row in &with_id {
        if let Some(before) = by_id.insert((&row.customer, &row.id), row) {
            assert_eq!(before, row, "an id comes again with the same content only");
            duplicates += 1;
        }
    }
    assert!(duplicates > 50, "{duplicates} duplicates of {}", with_id.len());
}
