//! Record batches in: every type a column may have, every value it may not; and tables out.

use std::sync::Arc;

use arrow_array::builder::{Decimal256Builder, StringDictionaryBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int8Type, Int32Type, Int64Type, UInt8Type, UInt64Type};
use arrow_array::*;
use arrow_buffer::i256;
use arrow_schema::DataType;
use engagement_core::arrow::{
    KindOrigin, KindsReport, Mapping, Vocabulary, purchases_batch, push, rejects_batch, resolve, scores_batch,
};
use engagement_core::{
    ErrorKind, Interaction, Key, Ledger, LoadOptions, Loaded, PurchaseOptions, Reason, Rulebook, ScoreOptions, Timestamp, Zone,
};

const AT: i64 = 1_772_000_000_000_000;

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}

fn load(batch: &RecordBatch, mapping: &Mapping, zone: &str) -> (Ledger, Loaded, KindsReport) {
    let mut ledger = Ledger::new();
    let mut load = ledger.load(LoadOptions::default().lenient(true).zone(Some(Zone::new(zone).unwrap()))).unwrap();
    let columns = resolve(batch.schema_ref(), mapping).unwrap();
    let mut kinds = KindsReport::default();
    push(&mut load, batch, &columns, &mut kinds).unwrap();
    let loaded = load.finish().unwrap();
    assert!(loaded.reconciliation.balances(), "{}", loaded.reconciliation);
    (ledger, loaded, kinds)
}

fn all(ledger: &Ledger) -> Vec<Interaction<'_>> {
    let customers: Vec<Key<'_>> = ledger.customers().collect();
    customers.into_iter().flat_map(|key| ledger.history(key, Timestamp::MAX).unwrap().collect::<Vec<_>>()).collect()
}

fn times(rows: usize) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from(vec![AT; rows]).with_timezone("UTC"))
}

/// The keys that a column of customers becomes, and the reasons of what is refused.
fn keys(array: ArrayRef) -> (Vec<String>, Vec<(u64, Reason, String)>) {
    let rows = array.len();
    let (ledger, loaded, _) = load(&batch(vec![("customer", array), ("at", times(rows))]), &Mapping::new().kind("visit"), "UTC");
    let rejects = loaded.rejects.into_iter().map(|r| (r.row, r.reason, r.value)).collect();
    (ledger.customers().map(|key| key.to_string()).collect(), rejects)
}

#[test]
fn keys_of_every_type() {
    let int = |array: ArrayRef| {
        let (keys, rejects) = keys(array);
        assert_eq!(keys, ["1", "7"]);
        assert_eq!(rejects, [(2, Reason::MissingCustomer, String::new())]);
    };
    int(Arc::new(Int8Array::from(vec![Some(7), None, Some(1)])));
    int(Arc::new(Int16Array::from(vec![Some(7), None, Some(1)])));
    int(Arc::new(Int32Array::from(vec![Some(7), None, Some(1)])));
    int(Arc::new(Int64Array::from(vec![Some(7), None, Some(1)])));
    int(Arc::new(UInt8Array::from(vec![Some(7), None, Some(1)])));
    int(Arc::new(UInt16Array::from(vec![Some(7), None, Some(1)])));
    int(Arc::new(UInt32Array::from(vec![Some(7), None, Some(1)])));
    int(Arc::new(UInt64Array::from(vec![Some(7), None, Some(1)])));
    int(Arc::new(Float32Array::from(vec![Some(7.0), None, Some(1.0)])));
    int(Arc::new(Float64Array::from(vec![Some(7.0), Some(f64::NAN), Some(1.0)])));
    int(Arc::new(StringArray::from(vec![Some("7"), None, Some("1")])));
    int(Arc::new(LargeStringArray::from(vec![Some("7"), Some(""), Some("1")])));
    int(Arc::new(StringViewArray::from(vec![Some("7"), None, Some("1")])));
    int(Arc::new(BinaryArray::from(vec![Some(b"7".as_slice()), None, Some(b"1")])));
    int(Arc::new(Decimal128Array::from(vec![Some(700), None, Some(100)]).with_precision_and_scale(10, 2).unwrap()));
    int(Arc::new(Decimal64Array::from(vec![Some(7), None, Some(1)]).with_precision_and_scale(10, 0).unwrap()));
    let codes = UInt8Array::from(vec![Some(1), None, Some(0)]);
    int(Arc::new(DictionaryArray::<UInt8Type>::new(codes.clone(), Arc::new(StringArray::from(vec!["1", "7"])))));
    int(Arc::new(DictionaryArray::<UInt8Type>::new(codes.clone(), Arc::new(StringViewArray::from(vec!["1", "7"])))));
    int(Arc::new(DictionaryArray::<UInt8Type>::new(codes, Arc::new(Int64Array::from(vec![1, 7])))));
    // A null among the values of a dictionary is as missing as a null key.
    let values = LargeStringArray::from(vec![Some("1"), None, Some("7")]);
    let codes = UInt64Array::from(vec![2, 1, 0]);
    int(Arc::new(DictionaryArray::<UInt64Type>::new(codes, Arc::new(values))));
}

#[test]
fn hostile_keys_are_refused_by_row_or_kept_exactly() {
    let (kept, rejects) = keys(Arc::new(Float64Array::from(vec![1.5, 9_007_199_254_740_992.0, f64::INFINITY, -0.0, 3.0])));
    assert_eq!(kept, ["0", "3"]);
    assert_eq!(rejects.iter().map(|r| (r.0, r.1)).collect::<Vec<_>>(), [1, 2, 3].map(|row| (row, Reason::InvalidKey)));
    let (kept, _) = keys(Arc::new(UInt64Array::from(vec![u64::MAX, 5])));
    assert_eq!(kept, ["5", "18446744073709551615"]);
    let (kept, rejects) = keys(Arc::new(Decimal128Array::from(vec![150, 200]).with_precision_and_scale(9, 2).unwrap()));
    assert_eq!((kept.as_slice(), rejects[0].2.as_str()), (["2".to_owned()].as_slice(), "150e-2"));
    let (kept, rejects) = keys(Arc::new(BinaryArray::from(vec![b"ok".as_slice(), b"\xff\xfe"])));
    assert_eq!((kept, rejects[0].1), (vec!["ok".to_owned()], Reason::InvalidText));
    // Zeros in front make a text of it.
    let (kept, _) = keys(Arc::new(StringArray::from(vec!["00042", "42", "-0", "naïve"])));
    assert_eq!(kept, ["42", "-0", "00042", "naïve"]);
    let (kept, rejects) = keys(Arc::new(NullArray::new(2)));
    assert_eq!((kept.len(), rejects.len()), (0, 2));
}

/// The times that a column becomes, in RFC 3339.
fn at(array: ArrayRef, zone: &str) -> (Vec<String>, Vec<(Reason, String)>) {
    let customers = Int64Array::from_iter_values(0..array.len() as i64);
    let table = batch(vec![("customer", Arc::new(customers)), ("date", array)]);
    let (ledger, loaded, _) = load(&table, &Mapping::new().kind("visit"), zone);
    let rejects = loaded.rejects.into_iter().map(|r| (r.reason, r.value)).collect();
    (all(&ledger).iter().map(|i| i.at.to_string()).collect(), rejects)
}

#[test]
fn times_of_every_type() {
    let noon = "2026-02-25T12:00:00Z";
    let s = 1_772_020_800;
    let one = |array: ArrayRef, zone: &str, wanted: &str| assert_eq!(at(array, zone).0, [wanted], "{zone}");
    for tz in ["UTC", "+00:00", "America/New_York"] {
        one(Arc::new(TimestampSecondArray::from(vec![s]).with_timezone(tz)), "Europe/Berlin", noon);
        one(Arc::new(TimestampMillisecondArray::from(vec![s * 1000]).with_timezone(tz)), "Europe/Berlin", noon);
        one(Arc::new(TimestampMicrosecondArray::from(vec![s * 1_000_000]).with_timezone(tz)), "Europe/Berlin", noon);
        one(Arc::new(TimestampNanosecondArray::from(vec![s * 1_000_000_000]).with_timezone(tz)), "Europe/Berlin", noon);
    }
    let eleven = "2026-02-25T11:00:00Z";
    one(Arc::new(TimestampSecondArray::from(vec![s])), "Europe/Berlin", eleven);
    one(Arc::new(TimestampMillisecondArray::from(vec![s * 1000])), "Europe/Berlin", eleven);
    one(Arc::new(TimestampMicrosecondArray::from(vec![s * 1_000_000])), "Europe/Berlin", eleven);
    one(Arc::new(TimestampNanosecondArray::from(vec![s * 1_000_000_000])), "Europe/Berlin", eleven);
    one(Arc::new(TimestampMicrosecondArray::from(vec![s * 1_000_000])), "UTC", noon);
    one(Arc::new(Date32Array::from(vec![20_509])), "Europe/Berlin", "2026-02-24T23:00:00Z");
    one(Arc::new(Date32Array::from(vec![20_509])), "UTC", "2026-02-25T00:00:00Z");
    one(Arc::new(Date64Array::from(vec![20_509 * 86_400_000])), "+02:00", "2026-02-24T22:00:00Z");
    one(Arc::new(StringArray::from(vec![" 2026-02-25 13:00 "])), "Europe/Berlin", noon);
    one(Arc::new(StringViewArray::from(vec!["2026-02-25T13:00:00+01:00"])), "Asia/Tokyo", noon);
    one(Arc::new(LargeStringArray::from(vec!["2026-02-25"])), "UTC", "2026-02-25T00:00:00Z");
    let dictionary: DictionaryArray<Int32Type> = ["2026-02-25T12:00:00Z"].into_iter().collect();
    one(Arc::new(dictionary), "UTC", noon);
    // Nanoseconds before 1970 are cut towards the past.
    one(Arc::new(TimestampNanosecondArray::from(vec![-1]).with_timezone("UTC")), "UTC", "1969-12-31T23:59:59.999999Z");
}

#[test]
fn times_that_are_none_are_refused_by_row() {
    let (kept, rejects) =
        at(Arc::new(StringArray::from(vec![Some("soon"), None, Some(""), Some("2026-02-30"), Some("2026-02-25")])), "UTC");
    assert_eq!(kept.len(), 1);
    let wanted = [
        (Reason::InvalidTime, "soon"),
        (Reason::MissingTime, ""),
        (Reason::MissingTime, ""),
        (Reason::InvalidTime, "2026-02-30"),
    ];
    assert_eq!(rejects, wanted.map(|(reason, value)| (reason, value.to_owned())));
    let (_, rejects) = at(Arc::new(TimestampSecondArray::from(vec![Some(i64::MAX), None, Some(i64::MIN)])), "Europe/Berlin");
    assert_eq!(rejects[0], (Reason::InvalidTime, i64::MAX.to_string()));
    assert_eq!(rejects.iter().map(|r| r.0).collect::<Vec<_>>(), [Reason::InvalidTime, Reason::MissingTime, Reason::InvalidTime]);
    let (_, rejects) = at(Arc::new(Date32Array::from(vec![i32::MAX, i32::MIN])), "UTC");
    assert_eq!(rejects.iter().map(|r| r.0).collect::<Vec<_>>(), [Reason::InvalidTime; 2]);
    let (_, rejects) = at(Arc::new(TimestampMicrosecondArray::from(vec![i64::MIN]).with_timezone("UTC")), "UTC");
    assert_eq!(rejects[0], (Reason::InvalidTime, i64::MIN.to_string()));
    let (_, rejects) = at(Arc::new(NullArray::new(1)), "UTC");
    assert_eq!(rejects[0].0, Reason::MissingTime);
}

/// What a column of amounts becomes, in text, `-` where it is missing; and what is refused.
fn amounts(array: ArrayRef) -> (Vec<String>, Vec<(Reason, String)>) {
    let customers = Int64Array::from_iter_values(0..array.len() as i64);
    let table = batch(vec![("customer", Arc::new(customers)), ("at", times(array.len())), ("amount", array)]);
    let (ledger, loaded, _) = load(&table, &Mapping::new().kind("visit"), "UTC");
    let rejects = loaded.rejects.into_iter().map(|r| (r.reason, r.value)).collect();
    (all(&ledger).iter().map(|i| i.amount.map_or("-".to_owned(), |a| a.to_string())).collect(), rejects)
}

#[test]
fn amounts_of_every_type() {
    let all = |array: ArrayRef, wanted: &[&str]| {
        let kind = array.data_type().clone();
        let (kept, rejects) = amounts(array);
        assert_eq!(
            (kept.as_slice(), rejects.len()),
            (wanted.iter().map(ToString::to_string).collect::<Vec<_>>().as_slice(), 0),
            "{kind}"
        );
    };
    all(Arc::new(Float64Array::from(vec![Some(19.99), None, Some(f64::NAN), Some(-0.1)])), &["19.99", "-", "-", "-0.1"]);
    all(Arc::new(Float32Array::from(vec![19.99, f32::NAN])), &["19.99", "-"]);
    all(Arc::new(Int8Array::from(vec![Some(-5), None])), &["-5", "-"]);
    all(Arc::new(UInt32Array::from(vec![5])), &["5"]);
    all(Arc::new(Int64Array::from(vec![9_223_372_036_854])), &["9223372036854"]);
    all(Arc::new(Decimal128Array::from(vec![Some(1999), None]).with_precision_and_scale(10, 2).unwrap()), &["19.99", "-"]);
    all(Arc::new(Decimal128Array::from(vec![12_500_000_000]).with_precision_and_scale(38, 9).unwrap()), &["12.5"]);
    all(Arc::new(Decimal32Array::from(vec![-1999]).with_precision_and_scale(9, 2).unwrap()), &["-19.99"]);
    all(Arc::new(Decimal64Array::from(vec![19]).with_precision_and_scale(9, -2).unwrap()), &["1900"]);
    let mut wide = Decimal256Builder::new().with_precision_and_scale(76, 40).unwrap();
    wide.append_value(i256::from_i128(125).wrapping_mul(i256::from_i128(10).wrapping_pow(38)));
    wide.append_null();
    all(Arc::new(wide.finish()), &["1.25", "-"]);
    all(
        Arc::new(StringArray::from(vec![Some(" 12.50 "), Some(""), Some("NaN"), None, Some("-3")])),
        &["12.5", "-", "-", "-", "-3"],
    );
    all(Arc::new(StringViewArray::from(vec!["0.000001"])), &["0.000001"]);
    let dictionary: DictionaryArray<Int32Type> = [Some("2.5"), None, Some("2.5")].into_iter().collect();
    all(Arc::new(dictionary), &["2.5", "-", "2.5"]);
    all(Arc::new(NullArray::new(1)), &["-"]);
}

#[test]
fn amounts_that_are_not_exact_are_refused_by_row() {
    let refused = |array: ArrayRef, wanted: &[&str]| {
        let (_, rejects) = amounts(array);
        assert_eq!(rejects, wanted.iter().map(|value| (Reason::InvalidAmount, (*value).to_owned())).collect::<Vec<_>>());
    };
    refused(
        Arc::new(Float64Array::from(vec![f64::INFINITY, 1e13, f64::MAX])),
        &["inf", "10000000000000", &f64::MAX.to_string()[..80]],
    );
    refused(Arc::new(Int64Array::from(vec![i64::MAX, i64::MIN])), &["9223372036854775807", "-9223372036854775808"]);
    refused(Arc::new(UInt64Array::from(vec![u64::MAX])), &["18446744073709551615"]);
    refused(Arc::new(Decimal128Array::from(vec![1]).with_precision_and_scale(10, 7).unwrap()), &["1e-7"]);
    refused(
        Arc::new(StringArray::from(vec!["1,50", "1e3", "0.0000001", "£5", "1 000"])),
        &["1,50", "1e3", "0.0000001", "£5", "1 000"],
    );
}

#[test]
fn quantity_times_price_is_exact() {
    let product = |quantity: ArrayRef, price: ArrayRef| {
        let customers = Int64Array::from_iter_values(0..price.len() as i64);
        let table = batch(vec![
            ("customer", Arc::new(customers)),
            ("at", times(price.len())),
            ("Quantity", quantity),
            ("UnitPrice", price),
        ]);
        let (ledger, loaded, kinds) = load(&table, &Mapping::new(), "UTC");
        let rows = all(&ledger).iter().map(|i| format!("{} {}", i.kind, i.amount.unwrap())).collect::<Vec<_>>();
        let rejects = loaded.rejects.iter().map(|r| format!("{} {} {}", r.row, r.reason.as_str(), r.value)).collect::<Vec<_>>();
        assert!(kinds.kinds().all(|kind| kind.origin == KindOrigin::Sign && kind.name.is_none()));
        (rows, rejects)
    };
    let (rows, rejects) = product(
        Arc::new(Int32Array::from(vec![Some(6), Some(-2), Some(3), None])),
        Arc::new(Float64Array::from(vec![2.55, 3.39, 0.0, 1.0])),
    );
    assert_eq!(rows, ["purchase 15.3", "refund -6.78", "purchase 0"]);
    assert_eq!(rejects, ["4 missing_kind "]);
    let (rows, rejects) = product(
        Arc::new(Float64Array::from(vec![2.0, 0.352, 0.5, 4e12])),
        Arc::new(StringArray::from(vec!["1.25", "2.99", "0.000001", "4000000"])),
    );
    assert_eq!(rows, ["purchase 2.5", "purchase 1.05248"]);
    assert_eq!(rejects, ["3 invalid_amount 0.5 × 0.000001", "4 invalid_amount 4000000000000 × 4000000"]);
    let (rows, _) = product(
        Arc::new(Decimal128Array::from(vec![1500]).with_precision_and_scale(9, 3).unwrap()),
        Arc::new(Decimal128Array::from(vec![-299]).with_precision_and_scale(9, 2).unwrap()),
    );
    assert_eq!(rows, ["refund -4.485"]);
}

#[test]
fn ratings_and_reaches_of_every_type() {
    let table = batch(vec![
        ("customer", Arc::new(Int64Array::from(vec![1, 2, 3, 4, 5])) as ArrayRef),
        ("at", times(5)),
        ("stars", Arc::new(StringArray::from(vec![Some("4.5"), Some("nan"), Some("five"), None, Some("inf")]))),
        ("reach", Arc::new(Float64Array::from(vec![Some(f64::NAN), Some(-1.0), Some(3.0), None, Some(2.0)]))),
    ]);
    let (ledger, loaded, _) = load(&table, &Mapping::new().kind("review"), "UTC");
    let rows: Vec<_> = all(&ledger).iter().map(|i| (i.rating, i.reach)).collect();
    assert_eq!(rows, [(Some(4.5), None), (None, None)]);
    let rejects: Vec<_> = loaded.rejects.iter().map(|r| (r.row, r.reason, r.value.as_str())).collect();
    assert_eq!(rejects, [(2, Reason::InvalidReach, "-1"), (3, Reason::InvalidRating, "five"), (5, Reason::InvalidRating, "inf")]);
    for stars in [
        Arc::new(Int8Array::from(vec![4])) as ArrayRef,
        Arc::new(UInt64Array::from(vec![4])),
        Arc::new(Float32Array::from(vec![4.0])),
        Arc::new(Decimal128Array::from(vec![400]).with_precision_and_scale(9, 2).unwrap()),
        Arc::new(BinaryArray::from(vec![b"4".as_slice()])),
    ] {
        let table =
            batch(vec![("customer", Arc::new(Int64Array::from(vec![1])) as ArrayRef), ("at", times(1)), ("rating", stars)]);
        assert_eq!(all(&load(&table, &Mapping::new().kind("review"), "UTC").0)[0].rating, Some(4.0));
    }
}

#[test]
fn every_text_field_arrives() {
    let mut channel = StringDictionaryBuilder::<Int8Type>::new();
    channel.append_value("web");
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("user_id", Arc::new(StringArray::from(vec!["ann"]))),
        ("timestamp", times(1)),
        ("event_name", Arc::new(StringViewArray::from(vec!["Referral"]))),
        ("referrer", Arc::new(Int32Array::from(vec![12]))),
        ("order_id", Arc::new(Int64Array::from(vec![536_365]))),
        ("sku", Arc::new(Float64Array::from(vec![85_123.0]))),
        ("channel", Arc::new(channel.finish())),
        ("store", Arc::new(UInt8Array::from(vec![3]))),
        ("campaign", Arc::new(LargeStringArray::from(vec!["spring"]))),
        ("variant", Arc::new(StringArray::from(vec!["B"]))),
        ("cost", Arc::new(Float64Array::from(vec![0.25]))),
        ("event_id", Arc::new(StringArray::from(vec!["e-1"]))),
        ("currency", Arc::new(StringArray::from(vec!["EUR"]))),
        ("colour", Arc::new(StringArray::from(vec!["red"]))),
    ];
    let table = batch(columns);
    let (ledger, _, kinds) = load(&table, &Mapping::new(), "UTC");
    let i = all(&ledger)[0];
    assert_eq!(
        (i.customer, i.kind, i.other, i.cost.unwrap().to_string()),
        (Key::from("ann"), "referral", Some(Key::Int(12)), "0.25".to_owned())
    );
    assert_eq!(
        [i.order, i.item, i.channel, i.unit, i.campaign, i.arm, i.id].map(Option::unwrap),
        ["536365", "85123", "web", "3", "spring", "B", "e-1"]
    );
    assert_eq!(ledger.currency().unwrap().as_str(), "EUR");
    assert_eq!(
        kinds.kinds().map(|k| (k.name.unwrap(), k.origin)).collect::<Vec<_>>(),
        [("Referral".to_owned(), KindOrigin::Standard)]
    );
    assert_eq!(resolve(table.schema_ref(), &Mapping::new()).unwrap().unused(), ["colour"]);
}

#[test]
fn slices_with_offsets_and_long_batches_are_the_same_rows() {
    let rows = 150_000_i64;
    let mut kind = StringDictionaryBuilder::<Int32Type>::new();
    (0..rows).for_each(|row| kind.append_option(["visit", "purchase"].get(row as usize % 3)));
    let some = |row: i64| (row % 7 != 0).then_some(row);
    let table = batch(vec![
        ("customer", Arc::new((0..rows).map(|row| (row % 11 != 0).then_some(row % 1000)).collect::<Int64Array>()) as ArrayRef),
        ("at", Arc::new((0..rows).map(|row| (row % 13 != 0).then_some(AT + row)).collect::<TimestampMicrosecondArray>())),
        ("kind", Arc::new(kind.finish())),
        ("amount", Arc::new((0..rows).map(|row| some(row).map(|row| row as f64 / 100.0)).collect::<Float64Array>())),
        ("item", Arc::new((0..rows).map(|row| some(row).map(|row| format!("i{}", row % 50))).collect::<StringArray>())),
    ]);
    let (whole, loaded, _) = load(&table, &Mapping::new(), "UTC");
    assert_eq!(loaded.reconciliation.rows, rows as u64);
    assert_eq!(
        loaded.rejects.iter().filter(|r| r.row > 131_072).count(),
        loaded.rejects.iter().filter(|r| r.row > 131_072 && r.row <= 150_000).count()
    );

    let mut pieces = Ledger::new();
    let mut load = pieces.load(LoadOptions::default().lenient(true)).unwrap();
    let columns = resolve(table.schema_ref(), &Mapping::new()).unwrap();
    let (mut start, mut kinds) = (0, KindsReport::default());
    for len in [1, 7, 64, 65_536, 3, 999].into_iter().cycle() {
        let len = len.min(table.num_rows() - start);
        push(&mut load, &table.slice(start, len), &columns, &mut kinds).unwrap();
        start += len;
        if start == table.num_rows() {
            break;
        }
    }
    let again = load.finish().unwrap();
    assert_eq!((again.reconciliation, again.rejects), (loaded.reconciliation, loaded.rejects));
    assert_eq!(all(&pieces), all(&whole));
}

#[test]
fn vocabularies_map_and_report() {
    let names = ["Order Completed", "order completed", "Signed In", "PURCHASE", "Loyalty Scan", "Tasting", "", "Tasting"];
    let table = batch(vec![
        ("userId", Arc::new(StringArray::from(vec!["u"; 8])) as ArrayRef),
        ("timestamp", Arc::new(TimestampMicrosecondArray::from_iter_values((0..8).map(|row| AT + row)))),
        ("event", Arc::new(StringArray::from(names.to_vec()))),
    ]);
    let mapping = Mapping::new().vocabulary(Vocabulary::Segment).kind_name("Loyalty Scan", "Visit");
    let (ledger, loaded, kinds) = load(&table, &mapping, "UTC");
    assert_eq!(loaded.rejects[0].reason, Reason::MissingKind);
    let found: Vec<String> = all(&ledger).iter().map(|i| i.kind.to_owned()).collect();
    assert_eq!(found, ["purchase", "purchase", "visit", "purchase", "visit", "Tasting", "Tasting"]);
    let report: Vec<_> = kinds.kinds().map(|k| (k.name.unwrap(), k.kind, k.origin, k.rows)).collect();
    let wanted = [
        ("Loyalty Scan", "visit", KindOrigin::Mapping, 1),
        ("Order Completed", "purchase", KindOrigin::Vocabulary, 1),
        ("PURCHASE", "purchase", KindOrigin::Standard, 1),
        ("Signed In", "visit", KindOrigin::Vocabulary, 1),
        ("Tasting", "Tasting", KindOrigin::Custom, 2),
        ("order completed", "purchase", KindOrigin::Vocabulary, 1),
    ];
    assert_eq!(report, wanted.map(|(name, kind, origin, rows)| (name.to_owned(), kind.to_owned(), origin, rows)));
    // Given a kind, rows without one take it; the same names as a dictionary give the same.
    let dictionary: DictionaryArray<Int32Type> = names.into_iter().collect();
    let mut columns = table.columns().to_vec();
    columns[2] = Arc::new(dictionary);
    let table = batch(["userId", "timestamp", "event"].into_iter().zip(columns).collect());
    let (ledger, loaded, kinds) = load(&table, &mapping.kind("contact"), "UTC");
    assert_eq!((loaded.reconciliation.rejected, all(&ledger)[6].kind), (0, "contact"));
    assert!(kinds.kinds().any(|k| k.name.is_none() && k.kind == "contact" && k.origin == KindOrigin::Given && k.rows == 1));
}

#[test]
fn cloud_events_are_identified_by_source_and_id() {
    let text = |texts: &[&str]| Arc::new(StringArray::from(texts.to_vec())) as ArrayRef;
    let table = batch(vec![
        ("subject", text(&["ann", "ann", "ann"])),
        ("time", text(&["2026-03-01T10:00:00Z"; 3])),
        ("type", text(&["org.shop.visit.v1"; 3])),
        ("source", text(&["/web", "/app", "/web"])),
        ("id", text(&["1", "1", "1"])),
    ]);
    let (ledger, loaded, _) = load(&table, &Mapping::new().vocabulary(Vocabulary::CloudEvents), "UTC");
    assert_eq!((loaded.reconciliation.recorded, loaded.reconciliation.duplicates), (2, 1));
    assert_eq!(
        all(&ledger).iter().map(|i| (i.id.unwrap(), i.kind)).collect::<Vec<_>>(),
        [("/app 1", "visit"), ("/web 1", "visit")]
    );
}

fn refusal(columns: Vec<(&str, ArrayRef)>, mapping: &Mapping) -> (ErrorKind, String) {
    let error = resolve(batch(columns).schema_ref(), mapping).unwrap_err();
    (error.kind(), error.to_string())
}

#[test]
fn what_is_missing_is_said_with_what_is_there() {
    let int = || Arc::new(Int64Array::from(vec![1])) as ArrayRef;
    assert_eq!(
        refusal(vec![("custmer_id", int()), ("date", times(1)), ("value", int())], &Mapping::new()),
        (
            ErrorKind::MissingField,
            "no column was recognised as customer_id (the customer), did you mean \"custmer_id\"?; the columns are custmer_id, date, value; \
             say which it is: customer_id=<column>"
                .to_owned()
        )
    );
    let (kind, message) =
        refusal(vec![("customer", int()), ("invoice_date", times(1))], &Mapping::new().column("at", "invoice_dat"));
    assert_eq!(kind, ErrorKind::InvalidArgument);
    assert_eq!(
        message,
        "there is no column \"invoice_dat\", did you mean \"invoice_date\"?; the columns are customer, invoice_date"
    );
    let (_, message) = refusal(vec![("customer", int()), ("at", times(1))], &Mapping::new().column("prise", "x"));
    assert!(message.starts_with("there is no field \"prise\""), "{message}");
    let (_, message) = refusal(vec![("customer", int()), ("at", times(1))], &Mapping::new().column("ordr", "x"));
    assert!(
        message.starts_with("there is no field \"ordr\", did you mean \"order\"?; the fields are customer_id, at"),
        "{message}"
    );
    let (_, message) = refusal(vec![("customer", int()), ("at", times(1))], &Mapping::new());
    assert!(message.starts_with("nothing says what happened"), "{message}");
    let flags = Arc::new(BooleanArray::from(vec![true])) as ArrayRef;
    let (_, message) = refusal(vec![("customer", int()), ("at", times(1)), ("value", flags)], &Mapping::new());
    assert!(
        message.starts_with("column \"value\" is Boolean, from which amount cannot be read: a number or text is expected"),
        "{message}"
    );
    let (_, message) = refusal(vec![("customer", int()), ("at", int()), ("value", int())], &Mapping::new());
    assert!(
        message.starts_with("column \"at\" is Int64, from which at cannot be read: a timestamp, a date or text"),
        "{message}"
    );
    let (_, message) = refusal(
        vec![("customer", int()), ("at", times(1)), ("value", int()), ("qty", int()), ("price", int())],
        &Mapping::new().column("amount", "value").column("quantity", "qty"),
    );
    assert!(message.contains("both mapped"), "{message}");
}

#[test]
fn the_surest_name_wins_and_the_mapping_wins_over_it() {
    let int = || Arc::new(Int64Array::from(vec![1])) as ArrayRef;
    let columns = || {
        vec![
            ("user", int()),
            ("CustomerID", int()),
            ("date", times(1)),
            ("at", times(1)),
            ("price", int()),
            ("qty", int()),
            ("total", int()),
        ]
    };
    let chosen = |mapping: &Mapping| -> Vec<String> {
        let resolved = resolve(batch(columns()).schema_ref(), mapping).unwrap();
        resolved.chosen().iter().map(|c| format!("{}={}{}", c.field, c.column, if c.said { "!" } else { "" })).collect()
    };
    assert_eq!(chosen(&Mapping::new()), ["customer_id=CustomerID", "at=at", "amount=total"]);
    let resolved = resolve(batch(columns()).schema_ref(), &Mapping::new()).unwrap();
    assert_eq!(
        (&resolved.chosen()[0].passed_over, &resolved.chosen()[1].passed_over),
        (&vec!["user".to_owned()], &vec!["date".to_owned()])
    );
    let mapping = Mapping::new().column("customer", "USER").column("quantity", "qty").column("at", "date");
    assert_eq!(chosen(&mapping), ["customer_id=user!", "at=date!", "quantity=qty!", "unit_price=price"]);
    let mapping = Mapping::new().column("amount", "").kind("visit");
    assert_eq!(chosen(&mapping), ["customer_id=CustomerID", "at=at"]);
}

#[test]
fn a_load_that_failed_midway_cannot_be_finished() {
    let good = batch(vec![
        ("customer", Arc::new(Int64Array::from(vec![1])) as ArrayRef),
        ("at", times(1)),
        ("amount", Arc::new(Int64Array::from(vec![1]))),
    ]);
    let other = batch(vec![
        ("at", times(1)),
        ("customer", Arc::new(Int64Array::from(vec![1]))),
        ("amount", Arc::new(Int64Array::from(vec![1]))),
    ]);
    let mut ledger = Ledger::new();
    let mut load = ledger.load(LoadOptions::default().lenient(true)).unwrap();
    let columns = resolve(good.schema_ref(), &Mapping::new()).unwrap();
    push(&mut load, &good, &columns, &mut KindsReport::default()).unwrap();
    let error = push(&mut load, &other, &columns, &mut KindsReport::default()).unwrap_err();
    assert!(error.to_string().contains("is not where it was"), "{error}");
    assert!(load.finish().is_err());
    assert!(ledger.is_empty());
}

#[test]
fn scores_and_rejects_come_out_as_tables() {
    let mut ledger = Ledger::new();
    let at = Timestamp::from_micros(AT).unwrap();
    for (customer, kind, rating) in [("2", "purchase", None), ("10", "review", Some(1.0)), ("2", "contact", None)] {
        let amount = (kind == "purchase").then(|| "19.90".parse().unwrap());
        ledger.append(&Interaction { amount, rating, ..Interaction::new(customer, at, kind) }).unwrap();
    }
    let rules = Rulebook::standard().compile().unwrap();
    let options = ScoreOptions { contributions: true, ..ScoreOptions::default() };
    let scores = rules.score_all(&ledger, at, &options).unwrap();
    let table = scores_batch(&scores).unwrap();
    assert_eq!(table.num_columns(), 14 + scores.contributions.len());
    assert_eq!(table.column_by_name("customer").unwrap().as_primitive::<types::Int64Type>().values(), &[2, 10]);
    let spend = table.column_by_name("spend").unwrap().as_primitive::<types::Float64Type>();
    assert_eq!((spend.is_valid(0), spend.is_null(1)), (true, true));
    assert_eq!(spend.value(0).to_bits(), scores.spend.get(0).unwrap().to_bits());
    let level = table.column_by_name("level").unwrap().as_dictionary::<Int8Type>();
    assert_eq!(level.values().as_string::<i32>().value(level.key(1).unwrap()), scores.level[1].as_str());
    assert_eq!(table.column_by_name("last_at").unwrap().data_type().to_string(), "Timestamp(µs, \"UTC\")");
    ledger.append(&Interaction::new("zoe", at, "visit")).unwrap();
    let table = scores_batch(&rules.score_all(&ledger, at, &ScoreOptions::default()).unwrap()).unwrap();
    assert_eq!(table.column(0).as_string::<i32>().iter().flatten().collect::<Vec<_>>(), ["2", "10", "zoe"]);
    assert_eq!(
        *scores_batch(&rules.score_all(&Ledger::new(), at, &options).unwrap()).unwrap().column(0).data_type(),
        DataType::Utf8
    );

    let (_, loaded, _) = load(
        &batch(vec![
            ("customer", Arc::new(Int64Array::from(vec![None, Some(1)])) as ArrayRef),
            ("at", times(2)),
            ("amount", Arc::new(StringArray::from(vec!["1", "x"]))),
        ]),
        &Mapping::new(),
        "UTC",
    );
    let table = rejects_batch(&loaded.rejects).unwrap();
    let text = |name: &str| {
        table.column_by_name(name).unwrap().as_string::<i32>().iter().map(|t| t.map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(text("reason"), [Some("missing_customer".to_owned()), Some("invalid_amount".to_owned())]);
    assert_eq!((text("value"), text("source")), (vec![None, Some("x".to_owned())], vec![None, None]));
}

/// A summary of a log has all columns, in this order; what is missing is null.
#[test]
fn purchases_come_out_as_a_table() {
    let mut ledger = Ledger::new();
    for (customer, day, amount) in
        [("zoe", "2026-01-01", "0"), ("zoe", "2026-01-08", "5"), ("7", "2026-01-08", "9"), ("zoe", "2026-01-22", "6")]
    {
        let at = ledger.zone().parse(day).unwrap();
        ledger
            .append(&Interaction { amount: Some(amount.parse().unwrap()), ..Interaction::new(customer, at, "purchase") })
            .unwrap();
    }
    let end = |day| ledger.zone().parse_as_of(day).unwrap();
    let purchases = ledger.purchases(&PurchaseOptions::until(end("2026-01-15")).holdout(end("2026-01-22"))).unwrap();
    let table = purchases_batch(&purchases).unwrap();
    let lines: Vec<String> = (0..table.num_columns())
        .map(|at| {
            let column = table.column(at);
            let cell = |row| {
                let number = column.as_primitive_opt::<Float64Type>().map(|column| format!("{:.1}", column.value(row)));
                let count = column.as_primitive_opt::<Int64Type>().map(|column| column.value(row).to_string());
                let text = column.as_string_opt::<i32>().map(|column| column.value(row).to_owned());
                if column.is_null(row) { "null".to_owned() } else { number.or(count).or(text).unwrap() }
            };
            let cells: Vec<String> = (0..column.len()).map(cell).collect();
            format!("{} {}", table.schema().field(at).name(), cells.join(" "))
        })
        .collect();
    assert_eq!(
        lines,
        [
            "customer 7 zoe",
            "frequency 0 1",
            "recency 0.0 1.0",
            "age 1.0 2.0",
            "value null 5.0",
            "first_value 9.0 null",
            "paid 0 1",
            "log_gaps 0.0 0.0",
            "holdout_frequency 0 1",
            "holdout_value null 6.0",
            "holdout_paid 0 1",
        ]
    );
}
