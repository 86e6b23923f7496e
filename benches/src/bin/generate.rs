//! Writes a generated log to a file.
//!
//! ```text
//! generate --kind purchases|mixed|mixed-with-ids --rows N --customers C [--seed S] [--format arrow|parquet|csv] --out FILE
//! generate --kind every-feature --rows N [--seed S] --out FILE.tsv
//! ```

use std::error::Error;
use std::fs::File;
use std::path::Path;

use engagement_benches::arguments::Arguments;
use engagement_benches::every_feature::mixed_every_feature;
use engagement_benches::log::{Generator, LogKind};
use engagement_benches::write::{Format, write, write_tsv};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read(&["kind", "rows", "customers", "seed", "format", "out"])?;
    let rows: u64 = arguments.get("rows", 1_000_000)?;
    let customers: u64 = arguments.get("customers", (rows / 10).max(1))?;
    let seed: u64 = arguments.get("seed", 1)?;
    let out = Path::new(arguments.text("out").ok_or("--out FILE is needed")?);
    let kind = match arguments.text("kind").unwrap_or("mixed") {
        "purchases" => LogKind::Purchases,
        "mixed" => LogKind::Mixed,
        "mixed-with-ids" => LogKind::MixedWithIds,
        "every-feature" => {
            write_tsv(&mixed_every_feature(rows as usize, seed), File::create(out)?)?;
            return Ok(());
        }
        other => return Err(format!("--kind {other} is none of purchases, mixed, mixed-with-ids, every-feature").into()),
    };
    let format = match arguments.text("format").unwrap_or("arrow") {
        "arrow" => Format::Arrow,
        "parquet" => Format::Parquet,
        "csv" => Format::Csv,
        other => return Err(format!("--format {other} is none of arrow, parquet, csv").into()),
    };
    if customers == 0 || customers > rows {
        return Err(format!("--customers {customers} of --rows {rows}: at least one row each").into());
    }
    let written = write(&mut Generator::new(kind, rows, customers, seed), out, format)?;
    println!("{written} rows, {customers} customers: {}", out.display());
    Ok(())
}
