//! The arguments of every command.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  engagement demo                                score two bundled logs, with reports
  engagement check log.csv                       can it be read, and what is in it?
  engagement score log.csv -o scores.parquet     score every customer
  engagement explain log.csv 4711                why does customer 4711 score this?
  engagement ratio log.csv --by unit             the engagement ratio of each branch
  engagement report log.csv -o report.html       one page for the boss
  engagement rules log.csv -o rules.toml         a rulebook calibrated on this log
  engagement fit log.csv --model mbg-nbd         how customers buy again and stop
  engagement choose log.csv --horizon 13         which model predicts this log best?

A log is CSV (plain or gzipped) or Parquet with one interaction a row: a customer,
a time, and what is known of the rest. Usual column names are recognised; say the
others with --column customer_id=CustomerNo.";

/// What each customer is worth to a business: say, stay and spend from one interaction log.
#[derive(Debug, Parser)]
#[command(name = "engagement", version, after_help = EXAMPLES, arg_required_else_help = true, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Score every customer of a log
    Score(Score),
    /// Say why a customer scores what they score
    Explain(Explain),
    /// Fully engaged customers for each actively disengaged one
    Ratio(Ratio),
    /// Read a log and account for every row of it
    Check(Check),
    /// Write a report, one HTML page that needs no network
    Report(Report),
    /// Print the standard rulebook, or one calibrated on a log
    Rules(Rules),
    /// Fit a model of repeat buying or of spend
    Fit(Fit),
    /// Rank models by what they predict of the end of the log
    Choose(Choose),
    /// Measure what models and rulebooks predict, side by side
    Validate(Validate),
    /// Score two bundled logs, show what comes out, and write the files
    Demo(Demo),
}

/// How a log is read.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Reading {
    /// Which column is which.
    #[arg(
        long = "column",
        value_name = "OURS=THEIRS",
        value_parser = pair,
        help = "Which column is which: ours=theirs, e.g. customer_id=CustomerNo; repeatable"
    )]
    pub(super) columns: Vec<(String, String)>,
    /// The kind of rows that do not say one, e.g. purchase
    #[arg(long, value_name = "KIND")]
    pub(super) kind: Option<String>,
    /// Which kind a name of the log is: theirs=ours, e.g. "Loyalty Scan=visit"; repeatable
    #[arg(long = "kind-name", value_name = "THEIRS=OURS", value_parser = pair)]
    pub(super) kinds: Vec<(String, String)>,
    /// Whose kind names the log uses: segment, ga4, snowplow, schema.org or cloudevents
    #[arg(long, value_name = "NAME")]
    pub(super) vocabulary: Option<String>,
    /// The time zone of dates and times without one, e.g. Europe/Berlin [default: UTC]
    #[arg(long, value_name = "ZONE")]
    pub(super) zone: Option<String>,
    /// The currency of the amounts, e.g. EUR
    #[arg(long, value_name = "CODE")]
    pub(super) currency: Option<String>,
    /// Record the good rows and count the bad ones, instead of stopping at them
    #[arg(long)]
    pub(super) lenient: bool,
}

/// How customers are scored.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Scoring {
    /// A rulebook, TOML or JSON [default: one calibrated on the log]
    #[arg(long, value_name = "FILE")]
    pub(super) rules: Option<PathBuf>,
    /// The moment of measurement, e.g. 2026-06-30 (the end of that day) [default: the latest interaction]
    #[arg(long, value_name = "TIME")]
    pub(super) as_of: Option<String>,
    /// Threads to use; 0 is all
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) threads: usize,
}

#[derive(Args, Debug)]
pub(super) struct Score {
    /// The log: CSV, CSV.gz or Parquet files
    #[arg(required = true, value_name = "LOG")]
    pub(super) logs: Vec<PathBuf>,
    /// Write the scores to a file ending in .parquet, .csv or .arrow; - is CSV to standard output
    #[arg(short, long, value_name = "OUT")]
    pub(super) output: Option<PathBuf>,
    /// Add one column per rule
    #[arg(long)]
    pub(super) contributions: bool,
    /// Print the summary as one JSON object
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) scoring: Scoring,
    #[command(flatten)]
    pub(super) reading: Reading,
}

#[derive(Args, Debug)]
pub(super) struct Explain {
    /// The log: CSV, CSV.gz or Parquet files
    #[arg(required = true, value_name = "LOG")]
    pub(super) logs: Vec<PathBuf>,
    /// The customer
    #[arg(required = true)]
    pub(super) customer: String,
    /// Print the explanation as one JSON object
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) scoring: Scoring,
    #[command(flatten)]
    pub(super) reading: Reading,
}

#[derive(Args, Debug)]
pub(super) struct Ratio {
    /// The log: CSV, CSV.gz or Parquet files
    #[arg(required = true, value_name = "LOG")]
    pub(super) logs: Vec<PathBuf>,
    /// One ratio per unit, channel, campaign, or value of another column of the log
    #[arg(long, value_name = "COLUMN")]
    pub(super) by: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) scoring: Scoring,
    #[command(flatten)]
    pub(super) reading: Reading,
}

#[derive(Args, Debug)]
pub(super) struct Check {
    /// The log: CSV, CSV.gz or Parquet files
    #[arg(required = true, value_name = "LOG")]
    pub(super) logs: Vec<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) reading: Reading,
}

#[derive(Args, Debug)]
pub(super) struct Report {
    /// The log: CSV, CSV.gz or Parquet files
    #[arg(required = true, value_name = "LOG")]
    pub(super) logs: Vec<PathBuf>,
    /// The page to write
    #[arg(short, long, value_name = "OUT", default_value = "report.html")]
    pub(super) output: PathBuf,
    /// The heading of the page [default: the name of the log]
    #[arg(long)]
    pub(super) title: Option<String>,
    #[command(flatten)]
    pub(super) scoring: Scoring,
    #[command(flatten)]
    pub(super) reading: Reading,
}

#[derive(Args, Debug)]
pub(super) struct Rules {
    /// A log to calibrate on; without one the standard rulebook is printed
    #[arg(value_name = "LOG")]
    pub(super) logs: Vec<PathBuf>,
    /// Check this rulebook and print it as it is understood
    #[arg(long, value_name = "FILE", conflicts_with = "logs")]
    pub(super) rules: Option<PathBuf>,
    /// The moment of calibration [default: the latest interaction]
    #[arg(long, value_name = "TIME", requires = "logs")]
    pub(super) as_of: Option<String>,
    /// Write to a file (JSON where it ends in .json) instead of printing
    #[arg(short, long, value_name = "OUT")]
    pub(super) output: Option<PathBuf>,
    /// Print JSON instead of TOML
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) reading: Reading,
}

/// How purchases are summarised.
#[derive(Args, Clone, Debug)]
pub(super) struct Summarising {
    /// The end of the observation, e.g. 2026-06-30 (the end of that day) [default: the latest interaction]
    #[arg(long, value_name = "TIME")]
    pub(super) until: Option<String>,
    /// The unit of the model's time: day, week or month
    #[arg(long, value_name = "UNIT", default_value = "week")]
    pub(super) unit: String,
    /// The period in which several purchases count as one: day, week or month
    #[arg(long, value_name = "UNIT", default_value = "day")]
    pub(super) grain: String,
    /// Leave out customers who bought before this time
    #[arg(long, value_name = "TIME")]
    pub(super) acquired_from: Option<String>,
    /// Threads to use; 0 is all
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) threads: usize,
}

#[derive(Args, Debug)]
pub(super) struct Fit {
    /// The log: CSV, CSV.gz or Parquet files
    #[arg(required = true, value_name = "LOG")]
    pub(super) logs: Vec<PathBuf>,
    /// nbd, pareto-nbd, bg-nbd, mbg-nbd, bg-cnbd-k, mbg-cnbd-k or gamma-gamma
    #[arg(long, value_name = "NAME", default_value = "mbg-nbd")]
    pub(super) model: String,
    /// Weight of the sum of squared parameters
    #[arg(long, value_name = "WEIGHT", default_value_t = 0.0)]
    pub(super) penalty: f64,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
    /// Write a rulebook with this model, and with a spend model where the log has money, to a file
    #[arg(short, long, value_name = "OUT")]
    pub(super) output: Option<PathBuf>,
    /// The rulebook that the model is added to [default: one calibrated on the log]
    #[arg(long, value_name = "FILE", requires = "output")]
    pub(super) rules: Option<PathBuf>,
    /// How far that rulebook forecasts, in units
    #[arg(long, value_name = "UNITS", default_value_t = 52.0, requires = "output")]
    pub(super) horizon: f64,
    /// The annual discount rate of its values
    #[arg(long, value_name = "RATE", default_value_t = 0.1, requires = "output")]
    pub(super) discount_rate: f64,
    /// The share of an amount that is margin
    #[arg(long, value_name = "SHARE", default_value_t = 1.0, requires = "output")]
    pub(super) margin: f64,
    #[command(flatten)]
    pub(super) summarising: Summarising,
    #[command(flatten)]
    pub(super) reading: Reading,
}

/// What predicts, when and how far.
#[derive(Args, Debug)]
pub(super) struct Judging {
    /// The log: CSV, CSV.gz or Parquet files
    #[arg(required = true, value_name = "LOG")]
    pub(super) logs: Vec<PathBuf>,
    /// How far ahead is predicted, in units
    #[arg(long, value_name = "UNITS")]
    pub(super) horizon: f64,
    /// The unit of the models' time: day, week or month
    #[arg(long, value_name = "UNIT", default_value = "week")]
    pub(super) unit: String,
    /// A model; repeatable [default: all but nbd]
    #[arg(long = "model", value_name = "NAME")]
    pub(super) models: Vec<String>,
    /// A rulebook, whose engagement orders the customers; repeatable
    #[arg(long, value_name = "FILE")]
    pub(super) rules: Vec<PathBuf>,
    /// When predictions are made (the end of that day); repeatable [default: up to three, a horizon apart]
    #[arg(long = "origin", value_name = "TIME")]
    pub(super) origins: Vec<String>,
    /// Leave out customers who bought before this time
    #[arg(long, value_name = "TIME")]
    pub(super) acquired_from: Option<String>,
    /// The seed of the bootstrap behind the intervals
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) seed: u64,
    /// Threads to use; 0 is all
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) threads: usize,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) reading: Reading,
}

#[derive(Args, Debug)]
pub(super) struct Choose {
    #[command(flatten)]
    pub(super) judging: Judging,
}

#[derive(Args, Debug)]
pub(super) struct Validate {
    #[command(flatten)]
    pub(super) judging: Judging,
}

#[derive(Args, Debug)]
pub(super) struct Demo {
    /// Where the files go
    #[arg(long, value_name = "DIR", default_value = "demo")]
    pub(super) out: PathBuf,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((ours, theirs)) if !ours.trim().is_empty() && !theirs.is_empty() => Ok((ours.trim().to_owned(), theirs.to_owned())),
        _ => Err("two names with = between them are expected".to_owned()),
    }
}
