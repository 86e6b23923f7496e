//! Scores a log with a rulebook, or fits the models to it, and prints every number as its bits, to be compared with other languages.
//!
//! ```text
//! same_bits LOG.tsv RULEBOOK.toml AS_OF_US
//! same_bits models LOG.tsv UNTIL_US
//! ```
//!
//! The log has a line an interaction and 15 fields a line, an empty one missing: customer, `at_us`, kind, `amount_micros`, rating,
//! reach, other, order, item, channel, unit, campaign, arm, `cost_micros`, id. A line a customer comes out; of models, lines of three
//! sorts, separated by tabs:
//!
//! ```text
//! purchases    KEY  frequency  paid  recency  age  value  first_value  log_gaps
//! model        NAME  k  log_likelihood  aic  bic  and of every parameter its value and its standard error
//! NAME         KEY  probability_alive  expected_purchases  probability_of_purchases  discounted_purchases
//! gamma-gamma  KEY  expected_value
//! ```
//!
//! Times are in weeks, purchases counted by the day; the predictions are for 39 weeks, of 2 purchases, and without end at the
//! continuous discount rate of 0.0027 a week. A missing number is "-".

use std::error::Error;
use std::io::{StdoutLock, Write};

use engagement_core::model::{Estimated, Fit, FitOptions, GammaGamma, ModelKind, Parameters, Prediction};
use engagement_core::{
    Batch, KeyColumn, Ledger, LoadOptions, Nullable, PurchaseOptions, Purchases, Rulebook, ScoreOptions, TextColumn, Timestamp,
    Values,
};

/// How far the predictions look, in weeks.
const WEEKS: f64 = 39.0;
/// The number of purchases whose probability is told.
const PURCHASES: u64 = 2;
/// The continuous discount rate a week.
const DELTA: f64 = 0.0027;

type Out = std::io::BufWriter<StdoutLock<'static>>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, first, second, at] = arguments.as_slice() else {
        return Err("same_bits LOG.tsv RULEBOOK.toml AS_OF_US, or: same_bits models LOG.tsv UNTIL_US".into());
    };
    let at = Timestamp::from_micros(at.parse()?)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if first == "models" { models(&load(second)?, at, &mut out) } else { scores(&load(first)?, second, at, &mut out) }
}

/// A number as its bits.
fn bits(number: f64) -> String {
    format!("{:016x}", number.to_bits())
}

/// A number that may be missing.
fn known(number: Option<f64>) -> String {
    number.map_or_else(|| "-".to_owned(), bits)
}

fn load(path: &str) -> Result<Ledger, Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
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

    Ok(ledger)
}

fn scores(ledger: &Ledger, rulebook: &str, as_of: Timestamp, out: &mut Out) -> Result<(), Box<dyn Error>> {
    let rules = Rulebook::from_toml(&std::fs::read_to_string(rulebook)?)?.compile()?;
    let scores = rules.score_all(ledger, as_of, &ScoreOptions::default())?;
    let columns: [&Nullable; 7] = [
        &scores.engagement,
        &scores.say,
        &scores.stay,
        &scores.spend,
        &scores.points_say,
        &scores.points_stay,
        &scores.points_spend,
    ];
    for row in 0..scores.len() {
        let columns = columns.map(|column| known(column.get(row))).join("\t");
        let (coverage, level) = (bits(scores.coverage[row]), scores.level[row] as u8);
        writeln!(out, "{}\t{columns}\t{coverage}\t{level}", scores.customer(row))?;
    }
    Ok(())
}

fn models(ledger: &Ledger, until: Timestamp, out: &mut Out) -> Result<(), Box<dyn Error>> {
    let purchases = ledger.purchases(&PurchaseOptions::until(until))?;
    for (row, &log_gaps) in purchases.log_gaps().unwrap_or_default().iter().enumerate() {
        let (frequency, paid) = (purchases.frequency()[row], purchases.paid()[row]);
        let numbers = [
            bits(purchases.recency()[row]),
            bits(purchases.age()[row]),
            known(purchases.value().get(row)),
            known(purchases.first_value().get(row)),
            bits(log_gaps),
        ];
        writeln!(out, "purchases\t{}\t{frequency}\t{paid}\t{}", purchases.customer(row), numbers.join("\t"))?;
    }
    let options = FitOptions::default();
    for kind in ModelKind::ALL {
        let fit = kind.fit(&purchases, &options)?;
        let model = fit.model;
        evidence(kind.as_str(), model.k(), &fit, out)?;
        let columns = [
            Prediction::ProbabilityAlive { later: 0.0 }.of_all(&*model, &purchases, 0)?,
            Prediction::ExpectedPurchases { t: WEEKS }.of_all(&*model, &purchases, 0)?,
            Prediction::ProbabilityOfPurchases { n: PURCHASES, t: WEEKS }.of_all(&*model, &purchases, 0)?,
            Prediction::DiscountedPurchases { t: f64::INFINITY, delta: DELTA }.of_all(&*model, &purchases, 0)?,
        ];
        predictions(kind.as_str(), &purchases, &columns, out)?;
    }
    let fit = GammaGamma::fit(&purchases, &options)?;
    evidence(GammaGamma::NAME, None, &fit, out)?;
    let expected = purchases.spends().iter().map(|spend| fit.model.expected_value(spend)).collect::<Result<_, _>>()?;
    predictions(GammaGamma::NAME, &purchases, &[expected], out)
}

fn evidence<M: Estimated>(name: &str, k: Option<u32>, fit: &Fit<M>, out: &mut Out) -> Result<(), Box<dyn Error>> {
    let k = k.map_or_else(|| "-".to_owned(), |k| k.to_string());
    write!(out, "model\t{name}\t{k}\t{}\t{}\t{}", bits(fit.log_likelihood), bits(fit.aic()), bits(fit.bic()))?;
    let errors = fit.standard_errors();
    for (at, value) in fit.model.estimates().into_iter().enumerate() {
        write!(out, "\t{}\t{}", bits(value), known(errors.as_ref().map(|errors| errors[at])))?;
    }
    writeln!(out)?;
    Ok(())
}

fn predictions(name: &str, purchases: &Purchases, columns: &[Vec<f64>], out: &mut Out) -> Result<(), Box<dyn Error>> {
    for row in 0..purchases.len() {
        let numbers: Vec<String> = columns.iter().map(|column| bits(column[row])).collect();
        writeln!(out, "{name}\t{}\t{}", purchases.customer(row), numbers.join("\t"))?;
    }
    Ok(())
}
