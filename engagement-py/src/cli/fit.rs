//! `engagement fit`.

use std::io::Write;

use engagement_core::model::{Estimated, Fit as Fitted, FitOptions, GammaGamma, Model, ModelKind, Parameters as _};
use engagement_core::value::Forecast;
use engagement_core::{Purchases, Rulebook};

use super::arguments::{Fit, Summarising};
use super::log::{Log, read_rulebook};
use super::show;
use super::trouble::Trouble;
use crate::score::thousands;
use crate::table::plain;
use crate::{model, output};

pub(super) fn run(arguments: &Fit, out: &mut dyn Write) -> Result<(), Trouble> {
    let log = Log::open(&arguments.logs, &arguments.reading)?;
    let purchases = purchases(&log, &arguments.summarising)?;
    let options = FitOptions::default().penalty(arguments.penalty).threads(arguments.summarising.threads);
    if arguments.model == GammaGamma::NAME {
        if arguments.output.is_some() {
            return Err(Trouble::Usage(
                "--output writes a model of purchases with the spend model beside it: give --model mbg-nbd".to_owned(),
            ));
        }
        let fit = GammaGamma::fit(&purchases, &options)?;
        return tell(GammaGamma::NAME, None, &fit, arguments, out);
    }
    let kind: ModelKind = arguments.model.parse().map_err(|e: engagement_core::Error| Trouble::Usage(format!("--{e}")))?;
    let fit = kind.fit(&purchases, &options)?;
    tell(kind.as_str(), fit.model.k(), &fit, arguments, out)?;
    if let Some(path) = &arguments.output {
        let rulebook = with_forecast(arguments, &log, &purchases, fit.model, &options)?;
        let json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let text = if json { rulebook.to_json() } else { rulebook.to_toml() }?;
        output::write_text(&text, path).map_err(|failure| Trouble::written(path, failure))?;
        if !arguments.json {
            writeln!(out, "wrote {}, a rulebook with this forecast: engagement score LOG --rules {0}", path.display())?;
        }
    }
    Ok(())
}

/// The purchases that the arguments ask for.
pub(super) fn purchases(log: &Log, how: &Summarising) -> Result<Purchases, Trouble> {
    Ok(log.ledger.purchases(&how.options(log)?)?)
}

/// The given rulebook, or one calibrated on the log, with the fitted model in it, and with a spend model where the log has money.
fn with_forecast(
    arguments: &Fit,
    log: &Log,
    purchases: &Purchases,
    model: Model,
    options: &FitOptions,
) -> Result<Rulebook, Trouble> {
    let mut rulebook = match &arguments.rules {
        Some(path) => read_rulebook(path)?,
        None => Rulebook::calibrated(&log.ledger, log.as_of(arguments.summarising.until.as_deref())?)?,
    };
    let spend = if purchases.spends().iter().any(|spend| spend.count() > 0) {
        Some(GammaGamma::fit(purchases, options)?.model)
    } else {
        None
    };
    let forecast = Forecast::new(model, purchases.unit(), arguments.horizon);
    rulebook.forecast = Some(Forecast { spend, discount_rate: arguments.discount_rate, margin: arguments.margin, ..forecast });
    Ok(rulebook)
}

fn tell<M: Estimated>(name: &str, k: Option<u32>, fit: &Fitted<M>, arguments: &Fit, out: &mut dyn Write) -> Result<(), Trouble> {
    let names = fit.model.names();
    let (values, errors) = (fit.model.estimates(), fit.standard_errors());
    if arguments.json {
        writeln!(out, "{}", model::json(name, k, fit))?;
        return Ok(());
    }
    let regular = k.map_or_else(String::new, |k| format!(", k = {k}"));
    show::heading(out, &format!("{name}{regular}, fitted to {} customers", thousands(fit.customers as u64)))?;
    let intervals = fit.confidence_intervals(0.95).ok();
    let row = |index: usize| {
        let or_dash = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.6}"));
        let interval = intervals.as_ref().and_then(|all| all.get(index));
        vec![
            names[index].clone(),
            format!("{:.6}", values[index]),
            or_dash(errors.as_ref().and_then(|errors| errors.get(index).copied())),
            interval.map_or_else(|| "–".to_owned(), |i| format!("{:.4} to {:.4}", i.low, i.high)),
        ]
    };
    let header = ["parameter", "estimate", "standard error", "95 % confidence interval"].map(str::to_owned);
    writeln!(out, "{}", plain(&header, &[false, true, true, true], (0..names.len()).map(row).collect()))?;
    writeln!(out, "\nlog-likelihood {:.4}, AIC {:.2}, BIC {:.2}", fit.log_likelihood, fit.aic(), fit.bic())?;
    for name in &fit.convergence.at_boundary {
        writeln!(out, "{name} is at a boundary: the data does not bound it, so there are no standard errors")?;
    }
    Ok(())
}
