//! One customer of 20 interactions scored and explained; a hundred thousand customers scored.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engagement_benches::log::{END, Log, mixed};
use engagement_core::{Key, Ledger, LoadOptions, Rulebook, ScoreOptions, Timestamp};

const ROWS: u64 = 1_000_000;
const CUSTOMERS: u64 = 100_000;

fn ledger(log: &Log) -> Ledger {
    let mut ledger = Ledger::new();
    let mut load = ledger.load(LoadOptions::default()).expect("an empty ledger takes a load");
    log.with_batch(false, |batch| load.push(batch)).expect("a generated log has no bad row");
    load.finish().expect("a generated log has no conflict");
    ledger
}

fn score(criterion: &mut Criterion) {
    let as_of = Timestamp::from_micros(END).expect("within the years");
    let log = mixed(ROWS, CUSTOMERS, 1).all();
    let ledger = ledger(&log);
    let comparison = Rulebook::from_toml(include_str!("../peers/rulebook.toml")).expect("a valid rulebook");
    // 1,000 customers of 20 interactions each, so that the memory they lie in is as cold as a service finds it.
    let of_twenty: Vec<Key<'_>> =
        ledger.customers().filter(|&key| ledger.history(key, as_of).is_ok_and(|h| h.len() == 20)).take(1_000).collect();
    assert!(!of_twenty.is_empty(), "a customer with 20 interactions");

    for (name, rulebook) in [("comparison", comparison), ("standard", Rulebook::standard())] {
        let rules = rulebook.compile().expect("a valid rulebook");
        let mut group = criterion.benchmark_group(format!("score, {name} rulebook"));
        let mut next = 0;
        let mut any = || {
            next = (next + 1) % of_twenty.len();
            of_twenty[next]
        };
        group.bench_function("one of 20 interactions, any", |bencher| {
            bencher.iter(|| rules.score(&ledger, black_box(any()), as_of));
        });
        group.bench_function("one of 20 interactions, the same", |bencher| {
            bencher.iter(|| rules.score(&ledger, black_box(of_twenty[0]), as_of));
        });
        group.bench_function("explain one", |bencher| {
            bencher.iter(|| rules.explain(&ledger, black_box(any()), as_of));
        });
        group.sample_size(10).throughput(Throughput::Elements(ROWS));
        for (name, threads, contributions) in
            [("all, 1 thread", 1, false), ("all, all threads", 0, false), ("all, with contributions", 0, true)]
        {
            let options = ScoreOptions { threads, contributions, ..ScoreOptions::default() };
            group.bench_function(name, |bencher| bencher.iter(|| rules.score_all(&ledger, as_of, &options)));
        }
        group.finish();
    }
}

criterion_group!(benches, score);
criterion_main!(benches);
