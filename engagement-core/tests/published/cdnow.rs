//! CDNOW: Fader & Hardie (2001), doi:10.1287/inte.31.3s.94.9683; the summary as in Fader, Hardie & Lee (2005),
//! doi:10.1287/mksc.1040.0098.

use std::io::Read;

use engagement_core::{Batch, KeyColumn, Ledger, LoadOptions, Money, PurchaseOptions, TextColumn, TimeUnit, Values};

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
    let purchases = ledger.purchases(&calibration_and_holdout(&ledger)).unwrap();
    let holdout = purchases.holdout().unwrap();
    let summary = include_str!("../data/cdnow_sample_summary.csv").lines().skip(1);
    let mut rows = 0;
    for (row, line) in summary.enumerate() {
        let want: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        let got = [
            f64::from(purchases.frequency()[row]),
            purchases.recency()[row],
            purchases.age()[row],
            f64::from(holdout.frequency[row]),
        ];
        assert_eq!(got[..], want[..4], "customer {}", purchases.customer(row));
        // The summary holds means of cents in double precision; ours is one rounding of the exact mean.
        let value = purchases.value().get(row).unwrap_or(0.0);
        assert!((value - want[4]).abs() <= 1e-12 * want[4].max(1.0), "customer {}: {value} {}", purchases.customer(row), want[4]);
        rows += 1;
    }
    assert_eq!((rows, purchases.len(), purchases.prospects()), (2357, 2357, 0));
}

/// All 23,570 customers: repeat purchase days in 39 weeks, in the 39 weeks after them, customers who did not come back, and
/// histories that differ.
#[test]
fn full_cohort_has_its_known_totals() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../engagement-py/python/engagement/data/cdnow.csv.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    let ledger = ledger(text.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[0].parse().unwrap(), cells[1].to_owned(), cells[3].to_owned())
    }));
    let purchases = ledger.purchases(&calibration_and_holdout(&ledger)).unwrap();
    let holdout = purchases.holdout().unwrap();
    assert_eq!((purchases.len(), holdout.length), (23_570, 39.0));
    assert_eq!(purchases.frequency().iter().sum::<u32>(), 24_337);
    assert_eq!(holdout.frequency.iter().sum::<u32>(), 19_684);
    assert_eq!(purchases.frequency().iter().filter(|&&x| x == 0).count(), 14_119);
    let distinct = purchases.distinct().unwrap();
    assert_eq!((distinct.histories.len(), distinct.weights.iter().sum::<f64>()), (8_685, 23_570.0));
}

/// Days counted, weeks told; calibration to 1997-09-30, holdout to 1998-06-30.
fn calibration_and_holdout(ledger: &Ledger) -> PurchaseOptions {
    let end = |day| ledger.zone().parse_as_of(day).unwrap();
    PurchaseOptions::until(end("1997-09-30")).grain(TimeUnit::Day).unit(TimeUnit::Week).holdout(end("1998-06-30"))
}
