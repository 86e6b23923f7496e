//! `engagement report`.

use std::io::Write;
use std::path::PathBuf;

use engagement_core::report::{KindReading, ReportOptions, html};

use super::arguments::Report;
use super::log::{Log, Scored};
use super::trouble::Trouble;
use crate::output;

pub(super) fn run(arguments: &Report, command: &str, out: &mut dyn Write) -> Result<(), Trouble> {
    let log = Log::open(&arguments.logs, &arguments.reading)?;
    let scored = log.scoring(&arguments.scoring)?;
    let title = arguments.title.clone().unwrap_or_else(|| names(&arguments.logs).join(", "));
    let page = page(&log, &scored, &title, &names(&arguments.logs), command)?;
    output::write_text(&page, &arguments.output).map_err(|failure| Trouble::written(&arguments.output, failure))?;
    scored.announce(out)?;
    writeln!(out, "wrote {}", arguments.output.display())?;
    Ok(())
}

/// The names of files without their folders.
fn names(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()).collect()
}

/// The page of a log.
pub(super) fn page(log: &Log, scored: &Scored, title: &str, sources: &[String], command: &str) -> Result<String, Trouble> {
    let uses: Vec<_> = log.report.kinds.kinds().collect();
    let kinds: Vec<_> =
        uses.iter().map(|one| KindReading { name: one.name.as_deref(), kind: &one.kind, rows: one.rows }).collect();
    let options = ReportOptions::default().title(title).sources(sources).command(command).kinds(&kinds);
    let options = options.reconciliation(Some(&log.loaded.reconciliation));
    scored.watch(|score| {
        html(&log.ledger, &scored.rulebook, scored.as_of, &options.threads(score.threads).progress(score.progress))
    })
}
