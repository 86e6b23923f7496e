//! Our side of the comparison: one piece of work, once, and what it cost as JSON.
//!
//! ```text
//! ours --work load|summary|score|contributions --source memory|parquet|csv --log FILE-WITHOUT-SUFFIX
//!      [--columns needed|all] [--rulebook FILE] [--threads N] [--out RESULT.arrow]
//! ours --work load|summary|score|contributions --source generated --kind purchases|mixed --rows N --customers C [--seed S] …
//! ```
//!
//! `work` is what the peers' figure holds: loading and scoring of a log that is in memory as Arrow; with a file, reading
//! it as well. A generated log is handed over chunk by chunk as it is made, and the making is not counted.

use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, UInt32Array};
use arrow_ipc::reader::FileReader;
use engagement_benches::arguments::Arguments;
use engagement_benches::log::{END, Generator, LogKind};
use engagement_benches::measure::{Cost, Stopwatch, peak_memory};
use engagement_benches::write::CHUNK;
use engagement_core::arrow::{KindsReport, Mapping, push, resolve, scores_batch};
use engagement_core::files::{ReadReport, read_csv, read_parquet, write_arrow};
use engagement_core::{Key, Ledger, Load, LoadOptions, PurchaseOptions, Purchases, Rulebook, ScoreOptions, Timestamp};
use serde_json::json;

/// What the comparison's rulebook does not look at; the peers do not read these columns either.
const UNUSED: [&str; 7] = ["other", "item", "channel", "unit", "campaign", "cost", "id"];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read(&[
        "work",
        "source",
        "log",
        "columns",
        "rulebook",
        "threads",
        "out",
        "kind",
        "rows",
        "customers",
        "seed",
    ])?;
    let work = arguments.text("work").ok_or("--work is needed")?;
    if !["load", "summary", "score", "contributions"].contains(&work) {
        return Err(format!("--work {work} is none of load, summary, score, contributions").into());
    }
    let rules = match arguments.text("rulebook") {
        Some(path) => Rulebook::from_toml(&std::fs::read_to_string(path)?)?,
        None => Rulebook::standard(),
    };
    let rules = rules.compile()?;

    let mut ledger = Ledger::new();
    let (load_cost, rows) = load(&mut ledger, &arguments)?;
    let mut report = json!({
        "load": load_cost.json(),
        "rows": rows,
        "recorded": ledger.len(),
        "customers": ledger.customer_count(),
        "heap": ledger.heap_size(),
    });
    let mut cost = load_cost;
    if work != "load" {
        let threads = arguments.get("threads", 0)?;
        let as_of = Timestamp::from_micros(END)?;
        let stopwatch = Stopwatch::start();
        let table = if work == "summary" {
            let purchases = ledger.purchases(&PurchaseOptions::until(as_of).threads(threads))?;
            summary_batch(&purchases)?
        } else {
            let options = ScoreOptions { threads, contributions: work == "contributions", ..ScoreOptions::default() };
            scores_batch(&rules.score_all(&ledger, as_of, &options)?)?
        };
        let work_cost = stopwatch.read();
        report[if work == "summary" { "summary" } else { "score" }] = work_cost.json();
        report["result_rows"] = table.num_rows().into();
        cost += work_cost;
        if let Some(path) = arguments.text("out") {
            write_arrow(&table, File::create(path)?)?;
        }
    }
    report["work"] = cost.json();
    report["peak"] = peak_memory().into();
    println!("{report}");
    Ok(())
}

/// The summary as a table, under the names of the literature.
fn summary_batch(purchases: &Purchases) -> Result<RecordBatch, Box<dyn Error>> {
    let keys: Result<Int64Array, String> = (0..purchases.len())
        .map(|row| match purchases.customer(row) {
            Key::Int(key) => Ok(Some(key)),
            Key::Text(key) => Err(format!("customer {key}: generated logs have integer keys")),
        })
        .collect();
    let columns: [(&str, ArrayRef); 5] = [
        ("customer_id", Arc::new(keys?)),
        ("x", Arc::new(UInt32Array::from(purchases.frequency().to_vec()))),
        ("t_x", Arc::new(Float64Array::from(purchases.recency().to_vec()))),
        ("T", Arc::new(Float64Array::from(purchases.age().to_vec()))),
        ("m", Arc::new(purchases.value().iter().collect::<Float64Array>())),
    ];
    Ok(RecordBatch::try_from_iter(columns)?)
}

/// Loads the log; returns what that cost and its number of rows.
fn load(ledger: &mut Ledger, arguments: &Arguments) -> Result<(Cost, u64), Box<dyn Error>> {
    let source = arguments.text("source").ok_or("--source is needed")?;
    if source == "generated" {
        return load_generated(ledger, arguments);
    }
    let log = arguments.text("log").ok_or("--log is needed")?;
    let mut mapping = Mapping::new();
    if arguments.text("columns").unwrap_or("needed") == "needed" {
        mapping = UNUSED.iter().fold(mapping, |mapping, field| mapping.column(*field, ""));
    }
    let mut report = ReadReport::default();
    match source {
        "memory" => {
            let batches = read_arrow(&format!("{log}.arrow"))?;
            let stopwatch = Stopwatch::start();
            let mut load = ledger.load(LoadOptions::default())?;
            let columns = resolve(batches[0].schema_ref(), &mapping)?;
            for batch in &batches {
                push(&mut load, batch, &columns, &mut KindsReport::default())?;
            }
            finish(load, stopwatch)
        }
        "parquet" => {
            let file = File::open(format!("{log}.parquet"))?;
            let stopwatch = Stopwatch::start();
            let mut load = ledger.load(LoadOptions::default())?;
            read_parquet(&mut load, file, &mapping, &mut report, &mut |_| Ok(()))?;
            finish(load, stopwatch)
        }
        "csv" => {
            let file = File::open(format!("{log}.csv"))?;
            let stopwatch = Stopwatch::start();
            let mut load = ledger.load(LoadOptions::default())?;
            read_csv(&mut load, file, &mapping, &mut report, &mut |_| Ok(()))?;
            finish(load, stopwatch)
        }
        other => Err(format!("--source {other} is none of memory, parquet, csv, generated").into()),
    }
}

fn finish(load: Load<'_>, stopwatch: Stopwatch) -> Result<(Cost, u64), Box<dyn Error>> {
    let rows = load.finish()?.reconciliation.rows;
    Ok((stopwatch.read(), rows))
}

fn load_generated(ledger: &mut Ledger, arguments: &Arguments) -> Result<(Cost, u64), Box<dyn Error>> {
    let kind = match arguments.text("kind").unwrap_or("mixed") {
        "purchases" => LogKind::Purchases,
        "mixed" => LogKind::Mixed,
        other => return Err(format!("--kind {other} is neither purchases nor mixed").into()),
    };
    let rows: u64 = arguments.get("rows", 1_000_000)?;
    let customers = arguments.get("customers", (rows / 10).max(1))?;
    let needed = arguments.text("columns").unwrap_or("needed") == "needed";
    let mut generator = Generator::new(kind, rows, customers, arguments.get("seed", 1)?);
    let mut cost = Cost::default();
    let mut load = ledger.load(LoadOptions::default())?;
    while let Some(chunk) = generator.chunk(CHUNK) {
        chunk.with_batch(needed, |batch| -> Result<(), Box<dyn Error>> {
            let stopwatch = Stopwatch::start();
            load.push(batch)?;
            cost += stopwatch.read();
            Ok(())
        })?;
    }
    drop(generator);
    let (finished, rows) = finish(load, Stopwatch::start())?;
    cost += finished;
    Ok((cost, rows))
}

fn read_arrow(path: &str) -> Result<Vec<RecordBatch>, Box<dyn Error>> {
    let batches: Result<Vec<RecordBatch>, _> = FileReader::try_new(BufReader::new(File::open(path)?), None)?.collect();
    Ok(batches?)
}
