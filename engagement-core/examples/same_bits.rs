//! Scores a log with a rulebook and prints every number as its bits, to be compared with other languages.
//!
//! ```text
//! same_bits LOG.tsv RULEBOOK.toml AS_OF_US
//! ```
//!
//! The log has a line an interaction and 15 fields a line, an empty one missing: customer, `at_us`, kind, `amount_micros`, rating,
//! reach, other, order, item, channel, unit, campaign, arm, `cost_micros`, id. A line a customer comes out.

use std::error::Error;
use std::io::Write;

use engagement_core::{Batch, KeyColumn, Ledger, LoadOptions, Nullable, Rulebook, ScoreOptions, TextColumn, Timestamp, Values};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, log, rulebook, as_of] = arguments.as_slice() else { return Err("same_bits LOG.tsv RULEBOOK.toml AS_OF_US".into()) };
    let text = std::fs::read_to_string(log)?;
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();

    let texts =
        |field: usize| -> Vec<Option<&str>> { rows.iter().map(|row| Some(row[field]).filter(|cell| !cell.is_empty())).collect() };
    let floats = |field: usize| -> Result<Vec<f64>, Box<dyn Error>> {
        rows.iter().map(|row| if row[field].is_empty() { Ok(f64::NAN) } else { Ok(row[field].parse()?) }).collect()
    };
    let integers = |field: usize| -> Result<(Vec<i64>, Vec<u8>), Box<dyn Error>> {
        let number = |cell: &str| if cell.is_empty() { Ok(0) } else { cell.parse() };
        let values = rows.iter().map(|row| number(row[field])).collect::<Result<_, _>>()?;
        Ok((values, rows.iter().map(|row| u8::from(!row[field].is_empty())).collect()))
    };
    let (customer, at, kind) = (texts(0), integers(1)?.0, texts(2));
    let (amount, cost) = (integers(3)?, integers(13)?);
    let (rating, reach) = (floats(4)?, floats(5)?);
    let [other, order, item, channel, unit, campaign, arm, id] = [6, 7, 8, 9, 10, 11, 12, 14].map(texts);

    let mut ledger = Ledger::new();
    let mut load = ledger.load(LoadOptions::default())?;
    load.push(&Batch {
        amount: Some(Values { values: &amount.0, valid: Some(&amount.1) }),
        cost: Some(Values { values: &cost.0, valid: Some(&cost.1) }),
        rating: Some(Values::new(&rating)),
        reach: Some(Values::new(&reach)),
        other: Some(KeyColumn::Text(TextColumn::Plain(&other))),
        order: Some(TextColumn::Plain(&order)),
        item: Some(TextColumn::Plain(&item)),
        channel: Some(TextColumn::Plain(&channel)),
        unit: Some(TextColumn::Plain(&unit)),
        campaign: Some(TextColumn::Plain(&campaign)),
        arm: Some(TextColumn::Plain(&arm)),
        id: Some(TextColumn::Plain(&id)),
        ..Batch::new(KeyColumn::Text(TextColumn::Plain(&customer)), Values::new(&at), TextColumn::Plain(&kind))
    })?;
    load.finish()?;

    let rules = Rulebook::from_toml(&std::fs::read_to_string(rulebook)?)?.compile()?;
    let scores = rules.score_all(&ledger, Timestamp::from_micros(as_of.parse()?)?, &ScoreOptions::default())?;
    let bits =
        |column: &Nullable, row| column.get(row).map_or_else(|| "-".to_owned(), |number| format!("{:016x}", number.to_bits()));
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for row in 0..scores.len() {
        let columns = [
            &scores.engagement,
            &scores.say,
            &scores.stay,
            &scores.spend,
            &scores.points_say,
            &scores.points_stay,
            &scores.points_spend,
        ];
        let columns = columns.map(|column| bits(column, row)).join("\t");
        let (coverage, level) = (scores.coverage[row].to_bits(), scores.level[row] as u8);
        writeln!(out, "{}\t{columns}\t{coverage:016x}\t{level}", scores.customer(row))?;
    }
    Ok(())
}
