//! Logs large enough for the paths that small ones never take: many key ranges, many runs, merges of all sizes.

use crate::common::{Plain, bits, content, load};
use engagement_core::{Ledger, LoadOptions, Rulebook, ScoreOptions, Timestamp};

/// Keys as they come: dense integers, integers all over the range, and text among them.
fn key(n: u64, sparse: bool, text: bool) -> String {
    let integer = if sparse { n.wrapping_mul(0x9e37_79b9_7f4a_7c15).cast_signed() } else { n.cast_signed() * 7 - 5000 };
    if text && n.is_multiple_of(3) { format!("{integer:+}") } else { integer.to_string() }
}

fn log(rows: usize, sparse: bool, text: bool) -> Vec<Plain> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let kinds = ["purchase", "visit", "review", "complaint", "mention", "a kind of our own"];
    (0..rows)
        .map(|n| {
            let kind = kinds[random(6) as usize];
            Plain {
                customer: key(random(8_000), sparse, text),
                at: 1_600_000_000_000_000 + random(100_000).cast_signed() * 1_000_000_000,
                kind: kind.to_owned(),
                amount: (kind == "purchase").then(|| random(9_000).cast_signed() * 10_000),
                rating: (kind == "review").then(|| (random(5) + 1) as f64),
                reach: None,
                other: random(10).eq(&0).then(|| key(random(8_000), sparse, text)),
                order: None,
                item: None,
                channel: random(4).eq(&0).then(|| "web".to_owned()),
                unit: None,
                campaign: None,
                arm: None,
                cost: None,
                id: n.is_multiple_of(3).then(|| format!("id{n}")),
            }
        })
        .collect()
}

#[test]
fn one_load_or_many_give_the_same_bytes() {
    for (sparse, text) in [(false, false), (true, false), (true, true)] {
        let rows = log(90_000, sparse, text);
        let mut one = Ledger::new();
        load(&mut one, &rows, &[65_536], LoadOptions::default()).unwrap();
        let mut many = Ledger::new();
        for (at, piece) in rows.chunks(13_000).enumerate() {
            if at == 2 {
                piece.iter().for_each(|row| {
                    many.append(&row.borrow()).unwrap();
                });
            } else {
                load(&mut many, piece, &[4_000], LoadOptions::default()).unwrap();
            }
        }
        // And every row with an id once more: all of them are duplicates.
        let again: Vec<Plain> = rows.iter().filter(|row| row.id.is_some()).cloned().collect();
        assert_eq!(load(&mut many, &again, &[9_999], LoadOptions::default()).unwrap().reconciliation.duplicates, 30_000);
        assert_eq!((one.len(), one.customer_count(), one.kinds()), (many.len(), many.customer_count(), many.kinds()));
        assert_eq!(content(&one), content(&many));
        let mut given: Vec<_> = rows.iter().map(|row| (row.customer.as_str(), row.at, row.kind.as_str(), row.amount)).collect();
        given.sort_unstable();
        let keys: Vec<_> = one.customers().map(|key| (key, key.to_string())).collect();
        let mut held = Vec::new();
        for (key, name) in &keys {
            for row in one.history(*key, Timestamp::MAX).unwrap() {
                held.push((name.as_str(), row.at.micros(), row.kind, row.amount.map(engagement_core::Money::micros)));
            }
        }
        held.sort_unstable();
        assert_eq!(given, held);
        let rules = Rulebook::standard().compile().unwrap();
        let as_of = Timestamp::from_micros(1_660_000_000_000_000).unwrap();
        let scored = |ledger: &Ledger, threads| {
            bits(&rules.score_all(ledger, as_of, &ScoreOptions { threads, contributions: true, progress: None }).unwrap())
        };
        assert_eq!(scored(&one, 1), scored(&many, 2));
        // Erasure rewrites all of it.
        let gone: Vec<_> = keys.iter().step_by(5).map(|(key, _)| *key).collect();
        let (mut left, mut also_left) = (one.clone(), many.clone());
        assert_eq!(left.forget(&gone).unwrap(), also_left.forget(&gone).unwrap());
        assert_eq!(content(&left), content(&also_left));
        assert_eq!(left.customer_count(), one.customer_count() - gone.len() as u64);
    }
}
