//! One row recorded into a ledger of a million customers: by anybody, by the same few, with an id, at the very end of a
//! full tail.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use engagement_benches::customers::Customers;
use engagement_benches::log::{END, purchases};
use engagement_benches::random::Random;
use engagement_core::{Interaction, Key, Ledger, LoadOptions, Money, Timestamp};

const ROWS: u64 = 5_000_000;
const CUSTOMERS: u64 = 1_000_000;
/// Rows recorded a measurement: several times the tail, so that its emptying and the merges are in the figure.
const MANY: usize = 50_000;

fn ledger() -> Ledger {
    let mut ledger = Ledger::new();
    let mut load = ledger.load(LoadOptions::default()).expect("an empty ledger takes a load");
    let mut generator = purchases(ROWS, CUSTOMERS, 1);
    while let Some(chunk) = generator.chunk(1 << 20) {
        chunk.with_batch(false, |batch| load.push(batch)).expect("a generated log has no bad row");
    }
    load.finish().expect("a generated log has no conflict");
    ledger
}

fn rows(count: usize, customers: u64, ids: &[String]) -> Vec<Interaction<'_>> {
    let everybody = Customers::new(CUSTOMERS, ROWS, 1);
    let mut random = Random::new(9);
    (0..count)
        .map(|i| {
            let at = Timestamp::from_micros(END + i as i64 * 1_000).expect("within the years");
            let mut row = Interaction::new(Key::Int(everybody.key(random.below(customers))), at, "purchase");
            row.amount = Money::from_micros(19_900_000);
            row.id = ids.get(i).map(String::as_str);
            row
        })
        .collect()
}

fn append(criterion: &mut Criterion) {
    let ledger = ledger();
    let ids: Vec<String> = (0..MANY).map(|i| format!("order-{i}")).collect();
    let mut group = criterion.benchmark_group("append");
    group.throughput(Throughput::Elements(MANY as u64)).sample_size(10);
    for (name, customers, ids) in
        [("any of 1M customers", CUSTOMERS, [].as_slice()), ("100 customers", 100, &[]), ("with an id", CUSTOMERS, &ids)]
    {
        let rows = rows(MANY, customers, ids);
        group.bench_function(name, |bencher| {
            bencher.iter_batched_ref(
                || ledger.clone(),
                |ledger| {
                    for row in &rows {
                        black_box(ledger.append(row).expect("a good row"));
                    }
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, append);
criterion_main!(benches);
