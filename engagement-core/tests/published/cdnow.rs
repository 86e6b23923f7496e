//! CDNOW: Fader & Hardie (2001), doi:10.1287/inte.31.3s.94.9683; the summary as in Fader, Hardie & Lee (2005),
//! doi:10.1287/mksc.1040.0098.

use engagement_core::{Batch, KeyColumn, Ledger, LoadOptions, Money, PurchaseOptions, TextColumn, Values};

fn ledger(lines: impl Iterator<Item = (i64, String, String)>) -> Ledger {
    let (mut customers, mut times, mut amounts) = (Vec::new(), Vec::new(), Vec::new());
    let mut ledger = Ledger::new();
    for (customer, date, amount) in lines {
        customers.push(customer);
        times.push(ledger.zone().parse(&date).unwrap().micros());
        amounts.push(amount.parse::<Money>().unwrap().micros());
    }
    let mut load = ledger.load(LoadOptions::default()).unwrap();
    load.push(&Batch {
        amount: Some(Values::new(&amounts)),
        ..Batch::new(KeyColumn::Int(Values::new(&customers)), Values::new(&times), TextColumn::Constant("purchase"))
    })
    .unwrap();
    load.finish().unwrap();
    ledger
}

/// Every customer of the 1/10 sample, to the last digit of the committed summary.
#[test]
fn sample_summary_is_reproduced_exactly() {
    let sample = include_str!("../data/cdnow_sample.csv").lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[1].parse().unwrap(), cells[2].to_owned(), cells[4].to_owned())
    });
    let ledger = ledger(sample);
    let until = ledger.zone().parse_as_of("1997-09-30").unwrap();
    let purchases = ledger.purchases(&PurchaseOptions::until(until)).unwrap();
    let summary = include_str!("../data/cdnow_sample_summary.csv").lines().skip(1);
    let mut rows = 0;
    for (row, line) in summary.enumerate() {
        let want: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        let got = (f64::from(purchases.frequency[row]), purchases.recency[row], purchases.age[row]);
        assert_eq!(got, (want[0], want[1], want[2]), "customer {}", purchases.customer(row));
        // The summary holds means of cents in double precision; ours is one rounding of the exact mean.
        let value = purchases.value.get(row).unwrap_or(0.0);
        assert!((value - want[4]).abs() <= 1e-12 * want[4].max(1.0), "customer {}: {value} {}", purchases.customer(row), want[4]);
        rows += 1;
    }
    assert_eq!((rows, purchases.len(), purchases.prospects), (2357, 2357, 0));
}
