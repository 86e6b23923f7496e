//! `engagement rules`.

use std::io::Write;

use engagement_core::Rulebook;

use super::arguments::Rules;
use super::log::{Log, read_rulebook};
use super::trouble::Trouble;
use crate::output;

pub(super) fn run(arguments: &Rules, out: &mut dyn Write) -> Result<(), Trouble> {
    let rulebook = match &arguments.rules {
        Some(path) => read_rulebook(path)?,
        None if arguments.logs.is_empty() => Rulebook::standard(),
        None => {
            let log = Log::open(&arguments.logs, &arguments.reading)?;
            Rulebook::calibrated(&log.ledger, log.as_of(arguments.as_of.as_deref())?)?
        }
    };
    rulebook.compile()?;
    let ending = |path: &std::path::PathBuf| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let json = arguments.json || arguments.output.as_ref().is_some_and(ending);
    let text = if json { rulebook.to_json()? } else { rulebook.to_toml()? };
    match &arguments.output {
        Some(path) => {
            output::write_text(&text, path).map_err(|failure| Trouble::written(path, failure))?;
            for note in rulebook.notes() {
                writeln!(out, "{note}")?;
            }
            writeln!(out, "wrote {}", path.display())?;
        }
        None => writeln!(out, "{}", text.trim_end())?,
    }
    Ok(())
}
