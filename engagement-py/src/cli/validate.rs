//! `engagement validate` and `engagement choose`.

use std::io::Write;
use std::path::Path;

use engagement_core::model::{Interval, ModelKind};
use engagement_core::validate::{Candidate, Group, Measure, Origin, ValidateOptions, Validation};
use engagement_core::{Rulebook, TimeUnit};

use super::arguments::{Choose, Judging, Validate};
use super::log::{Log, read_rulebook};
use super::show;
use super::trouble::Trouble;
use crate::score::thousands;
use crate::table::plain;

pub(super) fn validate(arguments: &Validate, out: &mut dyn Write) -> Result<(), Trouble> {
    let (log, validation, horizon) = judge(&arguments.judging)?;
    if arguments.judging.json {
        writeln!(out, "{}", validation.to_json())?;
        return Ok(());
    }
    for origin in &validation.origins {
        heading(out, &log, origin, &horizon)?;
        table(out, &validation, origin)?;
        for (name, outcome) in validation.candidates.iter().zip(&origin.outcomes) {
            groups(out, &format!("{name} by tenths of its prediction"), "tenth", &outcome.deciles)?;
            groups(out, &format!("{name} by frequency (7 is 7 or more)"), "frequency", &outcome.by_frequency)?;
        }
        stacked(out, &validation, origin)?;
        writeln!(out)?;
    }
    chosen(out, &validation)
}

pub(super) fn choose(arguments: &Choose, out: &mut dyn Write) -> Result<(), Trouble> {
    let (log, validation, horizon) = judge(&arguments.judging)?;
    if arguments.judging.json {
        writeln!(out, "{}", validation.to_json())?;
        return Ok(());
    }
    for origin in &validation.origins {
        heading(out, &log, origin, &horizon)?;
        let mut ranked: Vec<usize> = (0..validation.candidates.len()).collect();
        let score = |at: usize| origin.outcomes[at].measure(Measure::LogScore).map_or(f64::NEG_INFINITY, |score| score.estimate);
        ranked.sort_by(|&a, &b| score(b).total_cmp(&score(a)));
        let rows = ranked.iter().map(|&at| {
            let outcome = &origin.outcomes[at];
            vec![
                validation.candidates[at].clone(),
                cell(outcome.measure(Measure::LogScore), 5),
                outcome.bic.map_or_else(dash, |bic| format!("{bic:.1}")),
                cell(outcome.measure(Measure::Bias), 3),
                outcome.failure.clone().unwrap_or_default(),
            ]
        });
        let header = ["model", "mean log score (95 % interval)", "BIC of the fit", "bias", ""].map(str::to_owned);
        writeln!(out, "{}\n", plain(&header, &[false, true, true, true, false], rows.collect()))?;
    }
    chosen(out, &validation)
}

fn judge(arguments: &Judging) -> Result<(Log, Validation, String), Trouble> {
    let log = Log::open(&arguments.logs, &arguments.reading)?;
    let usage = |e: engagement_core::Error| Trouble::Usage(format!("--{e}"));
    let kinds = if arguments.models.is_empty() {
        // Customers who never leave are no rival; everybody else is.
        ModelKind::ALL.into_iter().filter(|kind| *kind != ModelKind::Nbd).collect()
    } else {
        arguments.models.iter().map(|name| name.parse()).collect::<Result<Vec<ModelKind>, _>>().map_err(usage)?
    };
    let mut candidates: Vec<Candidate> = kinds.into_iter().map(Candidate::Model).collect();
    for path in &arguments.rules {
        let rulebook = read_rulebook(path)?;
        candidates.push(Candidate::Rules { name: name(&rulebook, path), rules: Box::new(rulebook.compile()?) });
    }
    let unit: TimeUnit = arguments.unit.parse().map_err(usage)?;
    let zone = log.ledger.zone();
    let origins = arguments.origins.iter().map(|text| zone.parse_as_of(text)).collect::<Result<_, _>>();
    let from = arguments.acquired_from.as_ref().map(|text| zone.parse(text)).transpose();
    let options = ValidateOptions {
        unit,
        origins: origins.map_err(|e| Trouble::Usage(format!("--origin: {e}")))?,
        acquired_from: from.map_err(|e| Trouble::Usage(format!("--acquired-from: {e}")))?,
        seed: arguments.seed,
        threads: arguments.threads,
        ..ValidateOptions::horizon(arguments.horizon)
    };
    let validation = log.ledger.validate(&candidates, &options)?;
    Ok((log, validation, format!("{} {unit}s", arguments.horizon)))
}

/// What a rulebook is called: its own name, or its file's where it has none.
fn name(rulebook: &Rulebook, path: &Path) -> String {
    if rulebook.name.is_empty() { path.display().to_string() } else { rulebook.name.clone() }
}

fn heading(out: &mut dyn Write, log: &Log, origin: &Origin, horizon: &str) -> Result<(), Trouble> {
    let day = log.ledger.zone().format_date(origin.at);
    show::heading(out, &format!("Predicted at the end of {day} for {horizon}"))?;
    let (customers, purchases) = (thousands(origin.customers), thousands(origin.purchases));
    writeln!(out, "{customers} customers, who then made {purchases} purchases\n")?;
    Ok(())
}

fn table(out: &mut dyn Write, validation: &Validation, origin: &Origin) -> Result<(), Trouble> {
    let outcomes = || origin.outcomes.iter();
    let expected = outcomes().map(|outcome| outcome.expected.map_or_else(dash, |expected| format!("{expected:.1}")));
    let mut rows = vec![std::iter::once("expected".to_owned()).chain(expected).collect::<Vec<_>>()];
    for measure in Measure::ALL {
        let cells = outcomes().map(|outcome| cell(outcome.measure(measure), 4));
        rows.push(std::iter::once(measure.as_str().to_owned()).chain(cells).collect());
    }
    let header: Vec<String> = std::iter::once(String::new()).chain(validation.candidates.iter().cloned()).collect();
    let right: Vec<bool> = (0..header.len()).map(|column| column > 0).collect();
    writeln!(out, "{}", plain(&header, &right, rows))?;
    for (name, outcome) in validation.candidates.iter().zip(&origin.outcomes) {
        if let Some(failure) = &outcome.failure {
            writeln!(out, "{name}: {failure}")?;
        }
        let better = |(measure, difference): &(Measure, Interval)| (*measure == Measure::LogScore).then_some(*difference);
        if let Some(difference) = outcome.differences.iter().find_map(better) {
            let first = &validation.candidates[0];
            writeln!(out, "{name} less {first}, mean log score: {}", cell(Some(difference), 5))?;
        }
    }
    Ok(())
}

fn groups(out: &mut dyn Write, title: &str, label: &str, groups: &[Group]) -> Result<(), Trouble> {
    if groups.is_empty() {
        return Ok(());
    }
    let row = |group: &Group| {
        vec![group.label.to_string(), thousands(group.customers), format!("{:.4}", group.expected), cell(Some(group.actual), 4)]
    };
    let header = [label, "customers", "expected", "actual (95 % interval)"].map(str::to_owned);
    writeln!(out, "\n{title}\n{}", plain(&header, &[true; 4], groups.iter().map(row).collect()))?;
    Ok(())
}

fn stacked(out: &mut dyn Write, validation: &Validation, origin: &Origin) -> Result<(), Trouble> {
    let shares: Vec<String> = validation
        .candidates
        .iter()
        .zip(&origin.stacked)
        .filter(|(_, share)| **share >= 0.0005)
        .map(|(name, share)| format!("{:.1} % {name}", 100.0 * share))
        .collect();
    if shares.len() > 1 {
        writeln!(out, "\nthe mixture that predicts best here: {}", shares.join(", "))?;
    }
    Ok(())
}

fn chosen(out: &mut dyn Write, validation: &Validation) -> Result<(), Trouble> {
    let Some(name) = validation.chosen.and_then(|at| validation.candidates.get(at)) else {
        writeln!(out, "no model could be scored at every origin")?;
        return Ok(());
    };
    let why = if validation.origins.len() > 1 {
        "best mean log score over all origins but the last, which is left to judge the choice"
    } else {
        "best mean log score; with one origin, nothing is left to judge the choice"
    };
    writeln!(out, "chosen: {name} ({why})")?;
    Ok(())
}

/// `0.123 (0.100 to 0.150)`
fn cell(interval: Option<Interval>, digits: usize) -> String {
    interval.map_or_else(dash, |i| format!("{:.digits$} ({:.digits$} to {:.digits$})", i.estimate, i.low, i.high))
}

fn dash() -> String {
    "–".to_owned()
}
