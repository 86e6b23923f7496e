//! CSV and Parquet in, whatever their writer thought of; tables out.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, LargeStringArray, RecordBatch, StringArray, TimestampNanosecondArray};
use engagement_core::arrow::Mapping;
use engagement_core::files::{ReadReport, read_csv, read_parquet, write_arrow, write_csv, write_parquet};
use engagement_core::{
    Error, ErrorKind, Interaction, Key, Ledger, LoadOptions, Loaded, Reason, Rulebook, ScoreOptions, Timestamp,
};

fn csv(bytes: &[u8], mapping: &Mapping, lenient: bool) -> Result<(Ledger, Loaded, ReadReport), Error> {
    let mut ledger = Ledger::new();
    let mut report = ReadReport::default();
    let mut load = ledger.load(LoadOptions::default().lenient(lenient))?;
    load.source("log.csv");
    let read = read_csv(&mut load, bytes, mapping, &mut report, &mut |_| Ok(()));
    let loaded = load.finish();
    if let Err(error) = read {
        assert!(loaded.is_err() && ledger.is_empty(), "a failed read leaves nothing behind");
        return Err(error);
    }
    let loaded = loaded?;
    assert!(loaded.reconciliation.balances());
    Ok((ledger, loaded, report))
}

fn lenient(text: &[u8]) -> (Ledger, Loaded) {
    let (ledger, loaded, _) = csv(text, &Mapping::new(), true).unwrap();
    (ledger, loaded)
}

fn error(bytes: &[u8]) -> (ErrorKind, String) {
    let error = csv(bytes, &Mapping::new(), false).unwrap_err();
    (error.kind(), error.to_string())
}

fn items(ledger: &Ledger, customer: &str) -> Vec<String> {
    let history = ledger.history(Key::from(customer), Timestamp::MAX).unwrap();
    history.map(|i| format!("{} {}", i.item.unwrap_or("-"), i.amount.map_or("-".to_owned(), |a| a.to_string()))).collect()
}

const ROWS: &str = "customer,date,amount,item\n7,2026-03-01,1.5,a\n7,2026-03-02,-2,b\n00042,2026-03-03,3,c\n";

#[test]
fn delimiters_line_ends_marks_and_gzip_make_no_difference() {
    let wanted = ["a 1.5", "b -2"];
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&ROWS.as_bytes()[..30]).unwrap();
    let mut zipped = gzip.finish().unwrap();
    // A gzip file may be several, one after the other.
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&ROWS.as_bytes()[30..]).unwrap();
    zipped.extend(gzip.finish().unwrap());
    for bytes in [
        ROWS.as_bytes().to_vec(),
        ROWS.replace(',', ";").into_bytes(),
        ROWS.replace(',', "\t").into_bytes(),
        ROWS.replace(',', "|").into_bytes(),
        ROWS.replace('\n', "\r\n").into_bytes(),
        ROWS.replace('\n', "\r").into_bytes(),
        ROWS.replace('\n', "\n\n").into_bytes(),
        ROWS.trim_end().as_bytes().to_vec(),
        format!("\u{feff}{ROWS}").into_bytes(),
        format!("\u{feff}{}", ROWS.replace("customer", "\"customer\"")).into_bytes(),
        zipped,
    ] {
        let (ledger, loaded) = lenient(&bytes);
        assert_eq!(loaded.reconciliation.recorded, 3);
        assert_eq!(items(&ledger, "7"), wanted);
        assert_eq!(items(&ledger, "00042"), ["c 3"]);
    }
}

#[test]
fn quotes_hold_delimiters_quotes_and_line_ends() {
    let (ledger, _) = lenient(
        b"customer,date,amount,item\n1,2026-03-01,1,\"a,b\"\n1,2026-03-02,1,\"7\"\" tall\"\n1,2026-03-03,1,\"two\nlines\"\n",
    );
    assert_eq!(items(&ledger, "1"), ["a,b 1", "7\" tall 1", "two\nlines 1"]);
}

#[test]
fn ragged_rows_are_refused_by_number() {
    let text = b"customer,date,amount\n1,2026-03-01,1\n2,2026-03-01\n3,2026-03-01,1,1\n4,2026-03-01,4\n";
    let (ledger, loaded) = lenient(text);
    assert_eq!(ledger.customers().map(|k| k.to_string()).collect::<Vec<_>>(), ["1", "4"]);
    let rejects: Vec<_> = loaded.rejects.iter().map(|r| (r.row, r.value.as_str())).collect();
    assert_eq!(rejects, [(2, "2 fields where the header has 3"), (3, "4 fields where the header has 3")]);
    assert_eq!(
        error(text),
        (
            ErrorKind::CorruptData,
            "log.csv, row 2: 2 fields where the header has 3 (and 1 more bad rows so far); nothing was recorded".to_owned()
        )
    );
}

#[test]
fn fields_that_are_not_utf8_are_refused_by_row_where_they_are_read() {
    // Two halves of a character in neighbouring rows are text only together.
    let text = b"customer,date,amount,remark\n1\xc3,2026-03-01,1,ok\n\xa92,2026-03-01,1,ok\n3,2026-03-01,1,caf\xe9\nn\xc3\xa9e,2026-03-01,1,ok\n";
    let (ledger, loaded) = lenient(text);
    assert_eq!(ledger.customers().map(|k| k.to_string()).collect::<Vec<_>>(), ["3", "née"]);
    let rejects: Vec<_> = loaded.rejects.iter().map(|r| (r.row, r.reason, r.field.as_str())).collect();
    assert_eq!(rejects, [(1, Reason::InvalidText, "customer_id"), (2, Reason::InvalidText, "customer_id")]);
    assert_eq!(error(text).0, ErrorKind::InvalidUtf8);
}

#[test]
fn a_quote_left_open_is_noticed() {
    let (_, loaded) = lenient(b"customer,date,amount,remark\n1,2026-03-01,1,fine\n2,2026-03-01,1,\"open\n3,2026-03-01,1,gone\n");
    assert_eq!(loaded.reconciliation.recorded, 1);
    assert_eq!((loaded.rejects[0].row, loaded.rejects[0].value.as_str()), (2, "a quote is left open"));
    let mut endless = b"customer,date,amount,remark\n1,2026-03-01,1,\"".to_vec();
    endless.resize(20 << 20, b'\n');
    assert!(error(&endless).1.contains("is a quote left open?"), "{:?}", error(&endless));
}

#[test]
fn files_that_are_no_logs_are_refused_in_words() {
    assert_eq!(error(b""), (ErrorKind::CorruptData, "the file is empty: a header line is expected".to_owned()));
    assert!(error(b"PK\x03\x04....").1.contains("Excel"));
    assert!(error(b"PAR1....").1.contains("Parquet"));
    assert!(error(b"\xff\xfec\0u\0").1.contains("UTF-16"));
    assert!(error(b"caf\xe9,date\n1,2\n").1.contains("the header is not UTF-8"));
    assert!(error(b"\x1f\x8b\x08\0oops").1.contains("cannot be read"));
    let (kind, message) = error(b"a,b\n1,2\n");
    assert_eq!(kind, ErrorKind::MissingField);
    assert!(message.ends_with("the columns are a, b; say which it is: customer_id=<column>"), "{message}");
}

#[test]
fn a_header_alone_is_no_rows() {
    for text in ["customer,date,amount", "customer,date,amount\n", "customer,date,amount\n\n\n"] {
        assert_eq!(lenient(text.as_bytes()).1.reconciliation.rows, 0);
    }
}

#[test]
fn long_files_are_read_in_slices_with_true_row_numbers() {
    let mut text = String::from("customer,date,amount\n");
    for row in 1..=140_000 {
        let amount = if row % 70_000 == 0 { "x" } else { "1" };
        text.push_str(&format!("{},2026-03-01,{amount}\n", row % 100));
    }
    let (mut ledger, mut seen) = (Ledger::new(), Vec::new());
    let mut load = ledger.load(LoadOptions::default().lenient(true)).unwrap();
    let mut report = ReadReport::default();
    read_csv(&mut load, text.as_bytes(), &Mapping::new(), &mut report, &mut |rows| {
        seen.push(rows);
        Ok(())
    })
    .unwrap();
    let loaded = load.finish().unwrap();
    assert_eq!(seen, [65_536, 131_072, 140_000]);
    assert_eq!(loaded.rejects.iter().map(|r| r.row).collect::<Vec<_>>(), [70_000, 140_000]);

    let mut load = ledger.load(LoadOptions::default()).unwrap();
    let stop = |_| Err(Error::new(ErrorKind::Cancelled, "stopped"));
    let cancelled = read_csv(&mut load, text.as_bytes(), &Mapping::new(), &mut report, &mut { stop }).unwrap_err();
    assert_eq!(cancelled.kind(), ErrorKind::Cancelled);
    assert!(load.finish().is_err());
    assert_eq!(ledger.len(), 139_998);
}

fn retail() -> Mapping {
    Mapping::new()
        .column("at", "invoice_date")
        .column("order", "invoice")
        .column("quantity", "quantity")
        .column("unit_price", "price")
}

/// The rows are invented; their columns and their faults are those of the Online Retail log (UCI).
#[test]
fn a_retail_log_reconciles() {
    let (ledger, loaded, report) = csv(include_bytes!("../data/retail_excerpt.csv"), &retail(), true).unwrap();
    assert_eq!(
        loaded.reconciliation.to_string(),
        "7 rows read = 4 recorded + 0 duplicates + 1 folded + 2 rejected (missing_customer: 2)"
    );
    let rows: Vec<_> = ["10001", "10002"]
        .iter()
        .flat_map(|c| {
            ledger
                .history(Key::from(*c), Timestamp::MAX)
                .unwrap()
                .map(|i| (i.kind, i.order, i.amount.unwrap().to_string()))
                .collect::<Vec<_>>()
        })
        .collect();
    let wanted = [
        ("purchase", "700001", "22.08"),
        ("refund", "C700003", "-2.55"),
        ("purchase", "700004", "0"),
        ("purchase", "700006", "3.33333"),
    ];
    assert_eq!(rows, wanted.map(|(kind, order, amount)| (kind, Some(order), amount.to_owned())));
    let chosen: Vec<_> = report.columns.iter().map(|c| (c.field, c.column.as_str())).collect();
    assert_eq!(
        chosen,
        [
            ("customer_id", "customer_id"),
            ("at", "invoice_date"),
            ("quantity", "quantity"),
            ("unit_price", "price"),
            ("order", "invoice"),
            ("item", "stock_code")
        ]
    );
    assert_eq!(report.unused, ["description", "country"]);
    // All of it would have been recognised by name.
    let (by_name, _, _) = csv(include_bytes!("../data/retail_excerpt.csv"), &Mapping::new(), true).unwrap();
    assert_eq!(by_name.len(), ledger.len());
}

fn written(name: &str, write: impl FnOnce(File)) -> File {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    write(File::create(&path).unwrap());
    File::open(path).unwrap()
}

#[test]
fn parquet_gives_what_csv_gives() {
    let (by_csv, _, _) = csv(ROWS.as_bytes(), &Mapping::new(), false).unwrap();
    let day = |n: i64| 1_772_323_200_000_000_000 + n * 86_400_000_000_000;
    let table = RecordBatch::try_from_iter([
        ("remark", Arc::new(StringArray::from(vec!["x"; 3])) as ArrayRef),
        ("Customer", Arc::new(LargeStringArray::from(vec!["7", "7", "00042"]))),
        ("date", Arc::new(TimestampNanosecondArray::from(vec![day(0), day(1), day(2)]))),
        ("channel", Arc::new(LargeStringArray::from(vec!["web", "shop", "web"]))),
        ("amount", Arc::new(Float64Array::from(vec![1.5, -2.0, 3.0]))),
        ("item", Arc::new(StringArray::from(vec!["a", "b", "c"]))),
    ])
    .unwrap();
    let file = written("log.parquet", |file| write_parquet(&table, file).unwrap());
    let (mut ledger, mut report) = (Ledger::new(), ReadReport::default());
    let mut load = ledger.load(LoadOptions::default()).unwrap();
    read_parquet(&mut load, file, &Mapping::new(), &mut report, &mut |_| Ok(())).unwrap();
    assert_eq!(load.finish().unwrap().reconciliation.recorded, 3);
    for customer in ["7", "00042"] {
        assert_eq!(items(&ledger, customer), items(&by_csv, customer));
    }
    assert_eq!(ledger.history(Key::from("7"), Timestamp::MAX).unwrap().next().unwrap().channel, Some("web"));
    assert_eq!(report.unused, ["remark"]);
}

#[test]
fn what_is_no_parquet_is_said_to_be_none() {
    let file = written("not.parquet", |mut file| file.write_all(ROWS.as_bytes()).unwrap());
    let mut ledger = Ledger::new();
    let mut load = ledger.load(LoadOptions::default()).unwrap();
    let error = read_parquet(&mut load, file, &Mapping::new(), &mut ReadReport::default(), &mut |_| Ok(())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CorruptData);
    assert!(error.to_string().starts_with("cannot be read as Parquet"), "{error}");
}

#[test]
fn score_tables_are_written_in_three_formats() {
    let mut ledger = Ledger::new();
    let at = "2026-03-01T10:00:00Z".parse().unwrap();
    ledger.append(&Interaction { amount: Some("19.90".parse().unwrap()), ..Interaction::new("a,b", at, "purchase") }).unwrap();
    let scores = Rulebook::standard().compile().unwrap().score_all(&ledger, at, &ScoreOptions::default()).unwrap();
    let table = engagement_core::arrow::scores_batch(&scores).unwrap();
    let mut text = Vec::new();
    write_csv(&table, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let (header, row) = text.split_once('\n').unwrap();
    assert!(header.starts_with("customer,engagement,say,stay,spend,level,"), "{header}");
    assert!(row.starts_with("\"a,b\","), "{row}");
    assert!(row.ends_with("false,1,2026-03-01T10:00:00Z,2026-03-01T10:00:00Z\n"), "{row}");
    let (mut parquet, mut arrow) = (Vec::new(), Vec::new());
    write_parquet(&table, &mut parquet).unwrap();
    write_arrow(&table, &mut arrow).unwrap();
    assert!(parquet.ends_with(b"PAR1") && arrow.ends_with(b"ARROW1"));
    let keys = Int64Array::from(vec![1]);
    let other =
        RecordBatch::try_from_iter([("x", Arc::new(arrow_array::Int8Array::from(vec![1])) as ArrayRef), ("k", Arc::new(keys))])
            .unwrap();
    assert!(write_csv(&other, Vec::new()).unwrap_err().to_string().contains("column \"x\": Int8"));
}
