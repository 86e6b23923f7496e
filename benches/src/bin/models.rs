//! Our side of the comparison of models: one piece of work, as often as asked, and what it cost as JSON.
//!
//! ```text
//! models --work draw --customers N --out FILE.csv [--seed S]
//! models --work bg-nbd|mbg-nbd|pareto-nbd|gamma-gamma|score|posterior-bg-nbd|posterior-pareto-nbd --data FILE.csv [--runs R] [--threads N]
//! ```
//!
//! A file has the columns `x`, `t_x`, `T`, `m` in weeks and currency units, m 0 where nothing was bought again. Reading it is not counted.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};

use engagement_benches::arguments::Arguments;
use engagement_benches::measure::Stopwatch;
use engagement_core::model::{
    BgNbd, Estimated, Fit, FitOptions, GammaGamma, MbgNbd, ModelKind, Parameters, ParetoNbd, Posterior, PosteriorOptions,
    Prediction, Prior, Spend,
};
use engagement_core::value::Forecast;
use engagement_core::{PurchaseColumns, Purchases, TimeUnit, Values, simulate};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read(&["work", "data", "runs", "threads", "customers", "seed", "out"])?;
    let work = arguments.text("work").ok_or("--work is needed")?;
    if work == "draw" {
        return draw(&arguments);
    }
    let columns = Columns::read(arguments.text("data").ok_or("--data is needed")?)?;
    let threads = arguments.get("threads", 0)?;
    let mut costs = Vec::new();
    let mut result = Value::Null;
    for _ in 0..arguments.get("runs", 1_u32)?.max(1) {
        // A user of ours has columns, as a user of a peer has: that they are checked, and equal customers found and merged, is part of
        // the work. Gamma-Gamma takes counts and means, here as at the peer.
        let watch = Stopwatch::start();
        result = match work {
            "score" => score(&columns.purchases()?, threads)?,
            "posterior-bg-nbd" => sampled(&BgNbd::posterior(&columns.purchases()?, &sampling::<BgNbd>(threads))?),
            "posterior-pareto-nbd" => sampled(&ParetoNbd::posterior(&columns.purchases()?, &sampling::<ParetoNbd>(threads))?),
            "gamma-gamma" => fitted(&GammaGamma::fit_spends(&columns.spends()?, &FitOptions::default().threads(threads))?),
            name => fitted(&name.parse::<ModelKind>()?.fit(&columns.purchases()?, &FitOptions::default().threads(threads))?),
        };
        costs.push(watch.read().cpu);
    }
    costs.sort_by(f64::total_cmp);
    println!("{}", json!({ "cpu": costs[costs.len() / 2], "result": result }));
    Ok(())
}

fn fitted<M: Estimated>(fit: &Fit<M>) -> Value {
    let parameters: serde_json::Map<String, Value> =
        fit.model.names().into_iter().zip(fit.model.estimates().into_iter().map(Value::from)).collect();
    json!({ "parameters": parameters, "log_likelihood": fit.log_likelihood })
}

/// Two chains of a thousand draws, with the priors that `models_work.py` gives the peer.
fn sampling<M: Parameters>(threads: usize) -> PosteriorOptions<'static> {
    let weibull = |scale| Prior::Weibull { shape: 2.0, scale };
    let wide = Prior::HalfNormal { sigma: 10.0 };
    let priors =
        [("r", weibull(1.0)), ("alpha", weibull(10.0)), ("s", weibull(1.0)), ("beta", weibull(10.0)), ("a", wide), ("b", wide)];
    let known = priors.into_iter().filter(|(name, _)| M::PARAMETERS.contains(name));
    known
        .fold(PosteriorOptions::default().chains(2).seed(1).threads(threads), |options, (name, prior)| options.prior(name, prior))
}

fn sampled<M>(posterior: &Posterior<M>) -> Value {
    let told = posterior.parameters().iter().map(|parameter| {
        let told = json!({
            "mean": parameter.mean, "standard_deviation": parameter.standard_deviation, "draws": parameter.bulk_size,
        });
        (parameter.name.clone(), told)
    });
    json!({ "parameters": told.collect::<serde_json::Map<_, _>>(), "divergences": posterior.divergences() })
}

/// P(alive), expected purchases of 39 weeks, expected order value and the value of 12 months, of every customer.
fn score(purchases: &Purchases, threads: usize) -> Result<Value, Box<dyn Error>> {
    let model = BgNbd::new(0.243, 4.414, 0.793, 2.426)?;
    let spend = GammaGamma::new(6.25, 3.74, 15.44)?;
    let mut costs = serde_json::Map::new();
    let watch = Stopwatch::start();
    // Sorting out equal customers is paid for once, by the first of the four.
    let alive = Prediction::ProbabilityAlive { later: 0.0 }.of_all(&model, purchases, threads)?;
    costs.insert("alive".to_owned(), watch.read().cpu.into());
    let watch = Stopwatch::start();
    let expected = Prediction::ExpectedPurchases { t: 39.0 }.of_all(&model, purchases, threads)?;
    costs.insert("expected".to_owned(), watch.read().cpu.into());
    let watch = Stopwatch::start();
    let value: Vec<f64> = purchases.spends().iter().map(|spent| spend.expected_value(spent)).collect::<Result<_, _>>()?;
    costs.insert("order_value".to_owned(), watch.read().cpu.into());
    let watch = Stopwatch::start();
    let forecast = Forecast { spend: Some(spend), discount_rate: 0.127, ..Forecast::new(model, TimeUnit::Week, 52.0) };
    let delta = libm::log1p(forecast.discount_rate) / (365.25 / 7.0);
    let purchased = Prediction::DiscountedPurchases { t: 52.0, delta }.of_all(&model, purchases, threads)?;
    let worth: f64 = purchased.iter().zip(&value).map(|(purchases, value)| purchases * value).sum();
    costs.insert("lifetime_value".to_owned(), watch.read().cpu.into());
    Ok(json!({
        "costs": costs,
        "alive": alive.iter().sum::<f64>(),
        "expected": expected.iter().sum::<f64>(),
        "order_value": value.iter().sum::<f64>(),
        "lifetime_value": worth,
        "distinct": purchases.distinct()?.histories.len(),
    }))
}

/// Customers as a shop has them: acquired over a quarter, watched for 26 to 39 weeks more, seen by the day.
fn draw(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let customers: usize = arguments.get("customers", 100_000)?;
    let seed = arguments.get("seed", 1_u64)?;
    let model = MbgNbd::new(0.525, 6.183, 0.891, 1.614)?;
    let spend = GammaGamma::new(6.25, 3.74, 15.44)?;
    // 182 to 272 days, all equally many.
    let ages: Vec<f64> = (0..customers).map(|customer| (182 + customer % 91) as f64 / 7.0).collect();
    let drawn = simulate::purchases(&model, &ages, Some(&spend), TimeUnit::Week, seed, 0)?;
    let mut out = BufWriter::new(File::create(arguments.text("out").ok_or("--out is needed")?)?);
    writeln!(out, "x,t_x,T,m")?;
    for (row, age) in ages.iter().enumerate() {
        let days = (drawn.recency()[row] * 7.0).ceil().min(age * 7.0);
        writeln!(out, "{},{},{age},{}", drawn.frequency()[row], days / 7.0, drawn.value().get(row).unwrap_or(0.0))?;
    }
    Ok(out.flush()?)
}

/// A file in memory.
struct Columns {
    frequency: Vec<u32>,
    recency: Vec<f64>,
    age: Vec<f64>,
    value: Vec<f64>,
}

impl Columns {
    fn read(path: &str) -> Result<Columns, Box<dyn Error>> {
        let mut columns = Columns { frequency: Vec::new(), recency: Vec::new(), age: Vec::new(), value: Vec::new() };
        for line in BufReader::new(File::open(path)?).lines().skip(1) {
            let line = line?;
            let mut cells = line.split(',');
            let mut next = || cells.next().ok_or_else(|| format!("{path}: {line:?} has fewer than four cells"));
            columns.frequency.push(next()?.parse::<f64>()? as u32);
            columns.recency.push(next()?.parse()?);
            columns.age.push(next()?.parse()?);
            columns.value.push(next()?.parse()?);
        }
        Ok(columns)
    }

    /// What was spent by those who paid for a repeat purchase.
    fn spends(&self) -> engagement_core::Result<Vec<Spend>> {
        let paid = self.frequency.iter().zip(&self.value).filter(|(count, value)| **count > 0 && **value > 0.0);
        paid.map(|(&count, &value)| Spend::new(count, value)).collect()
    }

    fn purchases(&self) -> engagement_core::Result<Purchases> {
        Purchases::from_columns(&PurchaseColumns {
            value: Some(Values::new(&self.value)),
            ..PurchaseColumns::new(&self.frequency, &self.recency, &self.age)
        })
    }
}
