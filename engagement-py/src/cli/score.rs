//! `engagement score`.

use std::io::Write;
use std::path::Path;

use engagement_core as core;
use serde_json::json;

use super::arguments::Score;
use super::log::Log;
use super::show;
use super::trouble::Trouble;
use crate::output::{self, Format};
use crate::score::{narrow, thousands};
use crate::table::text_table;

/// Customers that are shown where no file is asked for.
const SHOWN: usize = 20;

pub(super) fn run(arguments: &Score, out: &mut dyn Write) -> Result<(), Trouble> {
    let to_stdout = arguments.output.as_deref() == Some(Path::new("-"));
    if let Some(path) = arguments.output.as_deref().filter(|_| !to_stdout) {
        // A name that cannot be written is better said before an hour of scoring than after it.
        Format::of(path).map_err(|failure| Trouble::written(path, failure))?;
    }
    let log = Log::open(&arguments.logs, &arguments.reading)?;
    let scoring = log.scoring(&arguments.scoring)?;
    let scores = scoring.watch(|options| {
        let options = core::ScoreOptions { contributions: arguments.contributions, ..*options };
        scoring.rules.score_all(&log.ledger, scoring.as_of, &options)
    })?;
    let batch = core::arrow::scores_batch(&scores)?;
    if to_stdout {
        let mut bytes = Vec::new();
        output::encode(&batch, Format::Csv, &mut bytes)
            .map_err(|failure| Trouble::written(Path::new("standard output"), failure))?;
        out.write_all(&bytes)?;
        return Ok(());
    }
    if let Some(path) = &arguments.output {
        output::write(&batch, path).map_err(|failure| Trouble::written(path, failure))?;
    }
    let (levels, ratio) = (scores.levels(), scores.ratio());
    if arguments.json {
        let object = json!({
            "as_of": scores.as_of,
            "customers": scores.len(),
            "levels": levels,
            "ratio": ratio,
            "later": scores.later,
            "unmatched": scores.unmatched,
            "reconciliation": log.loaded.reconciliation,
            "rulebook": scoring.rulebook.name,
            "notes": scoring.rulebook.notes(),
            "output": arguments.output,
        });
        writeln!(out, "{object}")?;
        return Ok(());
    }
    show::reconciliation(out, &log.loaded.reconciliation)?;
    writeln!(out)?;
    show::heading(out, &format!("{} customers as of {}", thousands(scores.len() as u64), scoring.when(&log)))?;
    if arguments.output.is_none() {
        writeln!(out, "{}\n", text_table(&batch.project(&narrow(&batch)).unwrap_or(batch), SHOWN))?;
    }
    show::levels(out, &levels)?;
    writeln!(out, "\nengagement ratio: {}", ratio.sentence())?;
    for (count, what) in [
        (scores.later, "later than that, which do not count"),
        (scores.unmatched, "without the rating or amount that their rule needs"),
    ] {
        if count > 0 {
            writeln!(out, "{} interactions {what}", thousands(count))?;
        }
    }
    scoring.announce(out)?;
    match &arguments.output {
        Some(path) => writeln!(out, "wrote {}", path.display())?,
        None => writeln!(out, "-o scores.parquet (or .csv, .arrow) writes them all")?,
    }
    Ok(())
}
