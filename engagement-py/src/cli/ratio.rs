//! `engagement ratio`.

use std::io::Write;

use engagement_core::{By, ErrorKind};
use serde_json::json;

use super::arguments::Ratio;
use super::log::Log;
use super::show;
use super::trouble::Trouble;
use crate::table::text_table;

/// More groups than anybody reads at once.
const SHOWN: usize = 200;

pub(super) fn run(arguments: &Ratio, out: &mut dyn Write) -> Result<(), Trouble> {
    let Some(by) = &arguments.by else { return of_all(arguments, out) };
    let mut reading = arguments.reading.clone();
    // Any other column of the log is read as the unit, which is what a ratio by it means.
    let column = if matches!(by.as_str(), "unit" | "channel" | "campaign") {
        by.as_str()
    } else {
        if reading.columns.iter().any(|(ours, _)| ours == "unit") {
            return Err(Trouble::Usage(format!(
                "--by {by} reads that column as the unit, and so does --column unit=…: give one of them"
            )));
        }
        reading.columns.push(("unit".to_owned(), by.clone()));
        "unit"
    };
    let log = Log::open(&arguments.logs, &reading)?;
    let scoring = log.scoring(&arguments.scoring)?;
    let group: By = column.parse()?;
    let groups = scoring.watch(|options| scoring.rules.ratio_by(&log.ledger, scoring.as_of, &group, options))?;
    if arguments.json {
        writeln!(out, "{}", json!({ "as_of": scoring.as_of, "by": by, "groups": groups, "notes": scoring.rulebook.notes() }))?;
        return Ok(());
    }
    show::heading(out, &format!("Engagement ratio by {by} as of {}", scoring.when(&log)))?;
    let table = crate::ratio::batch(&groups, by)
        .map_err(|e| engagement_core::Error::new(ErrorKind::InvalidArgument, format!("--by {by}: {e}")))?;
    writeln!(out, "{}", text_table(&table, SHOWN))?;
    writeln!(out, "\na customer belongs to the {by} of their latest interaction that has one")?;
    scoring.announce(out)?;
    Ok(())
}

fn of_all(arguments: &Ratio, out: &mut dyn Write) -> Result<(), Trouble> {
    let log = Log::open(&arguments.logs, &arguments.reading)?;
    let scoring = log.scoring(&arguments.scoring)?;
    let scores = scoring.watch(|options| scoring.rules.score_all(&log.ledger, scoring.as_of, options))?;
    let (levels, ratio) = (scores.levels(), scores.ratio());
    if arguments.json {
        writeln!(
            out,
            "{}",
            json!({ "as_of": scoring.as_of, "levels": levels, "ratio": ratio, "notes": scoring.rulebook.notes() })
        )?;
        return Ok(());
    }
    show::heading(out, &format!("Engagement ratio as of {}", scoring.when(&log)))?;
    writeln!(out, "{}\n", ratio.sentence())?;
    show::levels(out, &levels)?;
    scoring.announce(out)?;
    Ok(())
}
