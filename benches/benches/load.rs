//! A batch of a million rows of 100,000 customers becomes a ledger.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engagement_benches::log::{Generator, Log, LogKind};
use engagement_core::{Ledger, LoadOptions};

const ROWS: u64 = 1_000_000;
const CUSTOMERS: u64 = 100_000;

fn load(log: &Log, needed: bool) -> Ledger {
    let mut ledger = Ledger::new();
    let mut load = ledger.load(LoadOptions::default()).expect("an empty ledger takes a load");
    log.with_batch(needed, |batch| load.push(batch)).expect("a generated log has no bad row");
    load.finish().expect("a generated log has no conflict");
    ledger
}

fn loads(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load 1M rows");
    group.throughput(Throughput::Elements(ROWS)).sample_size(10);
    for (name, kind, needed) in [
        ("purchases", LogKind::Purchases, true),
        ("mixed, scored columns", LogKind::Mixed, true),
        ("mixed, all columns", LogKind::Mixed, false),
        ("mixed, with ids", LogKind::MixedWithIds, false),
    ] {
        let log = Generator::new(kind, ROWS, CUSTOMERS, 1).all();
        group.bench_function(name, |bencher| bencher.iter(|| load(&log, needed)));
    }
    group.finish();
}

criterion_group!(benches, loads);
criterion_main!(benches);
