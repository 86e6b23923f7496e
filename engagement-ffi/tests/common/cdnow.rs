//! CDNOW through C and in the core, and short names for the calls of its tests.

use std::ptr::{null, null_mut};

use engagement::*;
use engagement_core::{
    Batch, KeyColumn, Ledger, LoadOptions, Money, PurchaseOptions, Purchases, TextColumn, Timestamp, Values, Zone,
};

use super::{ledger_error, new_batch, new_ledger, new_model, new_purchases, text};

pub(crate) const WEEKS: f64 = 39.0;
/// A discount of about 15 % by year, a week.
pub(crate) const DELTA: f64 = 0.0027;

pub(crate) fn end_of(day: &str) -> Timestamp {
    Zone::utc().parse_as_of(day).unwrap()
}

/// CDNOW, the 1/10 sample, in the core and through C.
pub(crate) fn cdnow() -> (Ledger, eng_ledger) {
    let (mut customers, mut at, mut amounts) = (Vec::new(), Vec::new(), Vec::new());
    for line in include_str!("../../../engagement-core/tests/data/cdnow_sample.csv").lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        customers.push(cells[1].parse::<i64>().unwrap());
        at.push(Zone::utc().parse(cells[2]).unwrap().micros());
        amounts.push(cells[4].parse::<Money>().unwrap().micros());
    }
    let (mut core, ledger, batch) = (Ledger::new(), new_ledger(), new_batch());
    let mut load = core.load(LoadOptions::default()).unwrap();
    load.push(&Batch {
        amount: Some(Values::new(&amounts)),
        ..Batch::new(KeyColumn::Int(Values::new(&customers)), Values::new(&at), TextColumn::Constant("purchase"))
    })
    .unwrap();
    load.finish().unwrap();
    unsafe {
        assert_eq!(eng_batch_int64_column(batch, ENG_FIELD_CUSTOMER, customers.as_ptr(), 0, null()), ENG_OK);
        assert_eq!(eng_batch_int64_column(batch, ENG_FIELD_AT, at.as_ptr(), 0, null()), ENG_OK);
        assert_eq!(eng_batch_int64_column(batch, ENG_FIELD_AMOUNT, amounts.as_ptr(), 0, null()), ENG_OK);
        assert_eq!(eng_batch_text(batch, ENG_FIELD_KIND, c"purchase".as_ptr(), -1), ENG_OK);
        assert_eq!(eng_ledger_load(ledger, batch, at.len() as i64, null_mut()), ENG_OK, "{}", ledger_error(ledger));
        assert_eq!(eng_batch_free(batch), ENG_OK);
    }
    (core, ledger)
}

/// Its summary until the end of September 1997, with a holdout of 39 weeks.
pub(crate) fn summary(core: &Ledger, ledger: eng_ledger) -> (Purchases, eng_purchases) {
    let (until, holdout) = (end_of("1997-09-30"), end_of("1998-06-30"));
    let purchases = new_purchases();
    unsafe {
        assert_eq!(eng_purchases_set_holdout(purchases, holdout.micros()), ENG_OK);
        assert_eq!(eng_purchases_summarise(purchases, ledger, until.micros()), ENG_OK, "{}", purchases_error(purchases));
    }
    (core.purchases(&PurchaseOptions::until(until).holdout(holdout)).unwrap(), purchases)
}

pub(crate) fn purchases_error(purchases: eng_purchases) -> String {
    text(|buffer, capacity, needed| unsafe { eng_purchases_error(purchases, buffer, capacity, needed) })
}

pub(crate) fn model_error(model: eng_model) -> String {
    text(|buffer, capacity, needed| unsafe { eng_model_error(model, buffer, capacity, needed) })
}

pub(crate) fn json_of(model: eng_model) -> String {
    text(|buffer, capacity, needed| unsafe { eng_model_json(model, buffer, capacity, needed) })
}

pub(crate) fn from_json(model: eng_model, json: &str) -> i32 {
    unsafe { eng_model_from_json(model, json.as_ptr().cast(), json.len() as i64) }
}

pub(crate) fn loaded(json: &str) -> eng_model {
    let model = new_model();
    assert_eq!(from_json(model, json), ENG_OK, "{}", model_error(model));
    model
}

pub(crate) fn fit(model: eng_model, name: &str, purchases: eng_purchases) -> i32 {
    unsafe { eng_model_fit(model, name.as_ptr().cast(), name.len() as i64, purchases) }
}

/// A column of doubles read by `get` in two parts, with what marks rows that were not written.
pub(crate) fn in_parts(rows: usize, get: impl Fn(i64, i64, *mut f64) -> i32) -> Vec<u64> {
    let mut values = vec![f64::NAN; rows];
    for (from, until) in [(0, 700), (700, rows)] {
        assert_eq!(get(from as i64, (until - from) as i64, values[from..].as_mut_ptr()), ENG_OK);
    }
    bits(&values)
}

pub(crate) fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}
