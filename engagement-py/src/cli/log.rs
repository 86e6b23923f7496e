//! What every command begins with: a log read into a ledger, a rulebook, an as-of.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use engagement_core::files::ReadReport;
use engagement_core::{
    Currency, Ledger, LoadOptions, Loaded, Progress, PurchaseOptions, Rulebook, Rules, ScoreOptions, Timestamp, Zone,
};
use indicatif::{ProgressBar, ProgressStyle};

use super::arguments::{Reading, Scoring, Summarising};
use super::trouble::Trouble;
use crate::files::{self, Failed};

/// A log in a ledger, and what became of its rows.
pub(super) struct Log {
    pub(super) ledger: Ledger,
    pub(super) loaded: Loaded,
    pub(super) report: ReadReport,
}

impl Log {
    /// Reads the files of a command.
    pub(super) fn open(paths: &[PathBuf], reading: &Reading) -> Result<Log, Trouble> {
        let mapping = files::mapping(&reading.columns, reading.kind.as_deref(), reading.vocabulary.as_deref(), &reading.kinds)
            .map_err(|error| Trouble::Usage(error.to_string()))?;
        let zone = match &reading.zone {
            Some(name) => Zone::new(name).map_err(|error| Trouble::Usage(error.to_string()))?,
            None => Zone::utc(),
        };
        let currency: Option<Currency> = match &reading.currency {
            Some(code) => Some(code.parse().map_err(|error: engagement_core::Error| Trouble::Usage(error.to_string()))?),
            None => None,
        };
        let options = LoadOptions { lenient: reading.lenient, currency, zone: Some(zone.clone()), ..LoadOptions::default() };
        let mut ledger = Ledger::new();
        ledger.set_zone(zone);
        let bar = bar("{spinner} {msg}");
        let loaded = files::load(&mut ledger, paths, options, &mapping, &mut |rows| {
            bar.set_message(format!("reading: {} rows", crate::score::thousands(rows)));
            bar.tick();
            Ok(())
        });
        bar.finish_and_clear();
        match loaded {
            Ok((loaded, report)) => Ok(Log { ledger, loaded, report }),
            Err(Failed::File(path, error)) => Err(Trouble::io(&path, &error)),
            Err(Failed::Core(error)) => Err(Trouble::Data(error)),
        }
    }

    /// The moment an argument names, or the latest interaction.
    pub(super) fn as_of(&self, text: Option<&str>) -> Result<Timestamp, Trouble> {
        match text {
            Some(text) => self.ledger.zone().parse_as_of(text).map_err(|error| Trouble::Usage(format!("--as-of: {error}"))),
            None => self.ledger.latest().ok_or_else(|| {
                let nothing = engagement_core::Error::new(
                    engagement_core::ErrorKind::MissingField,
                    "the log has no interaction that can be scored",
                );
                Trouble::Data(nothing)
            }),
        }
    }

    /// The rulebook and the moment of a command.
    pub(super) fn scoring(&self, scoring: &Scoring) -> Result<Scored, Trouble> {
        let as_of = self.as_of(scoring.as_of.as_deref())?;
        let rulebook = match &scoring.rules {
            Some(path) => read_rulebook(path)?,
            None => Rulebook::calibrated(&self.ledger, as_of)?,
        };
        let rules = rulebook.compile()?;
        Ok(Scored {
            rulebook,
            rules,
            as_of,
            threads: scoring.threads,
            calibrated: scoring.rules.is_none(),
            latest: scoring.as_of.is_none(),
        })
    }
}

impl Summarising {
    /// The options of the summary of a log.
    pub(super) fn options(&self, log: &Log) -> Result<PurchaseOptions, Trouble> {
        let usage = |flag: &str, e: engagement_core::Error| Trouble::Usage(format!("--{flag}: {e}"));
        let zone = log.ledger.zone();
        let until = match &self.until {
            Some(text) => zone.parse_as_of(text).map_err(|e| usage("until", e))?,
            None => log.as_of(None)?,
        };
        let acquired_from = self.acquired_from.as_ref().map(|text| zone.parse(text)).transpose();
        Ok(PurchaseOptions {
            unit: self.unit.parse().map_err(|e| usage("unit", e))?,
            grain: self.grain.parse().map_err(|e| usage("grain", e))?,
            acquired_from: acquired_from.map_err(|e| usage("acquired-from", e))?,
            threads: self.threads,
            ..PurchaseOptions::until(until)
        })
    }
}

/// A rulebook from a file.
pub(super) fn read_rulebook(path: &Path) -> Result<Rulebook, Trouble> {
    let text = std::fs::read_to_string(path).map_err(|error| Trouble::io(path, &error))?;
    Ok(crate::rulebook::parse(&text).map_err(|error| error.at(path.display()))?)
}

/// How the customers of a command are scored.
pub(super) struct Scored {
    pub(super) rulebook: Rulebook,
    pub(super) rules: Rules,
    pub(super) as_of: Timestamp,
    threads: usize,
    calibrated: bool,
    latest: bool,
}

impl Scored {
    /// The moment of measurement in the zone of the log.
    pub(super) fn when(&self, log: &Log) -> String {
        let why = if self.latest { ", the latest interaction" } else { "" };
        format!("{} {}{why}", log.ledger.zone().format(self.as_of), log.ledger.zone().name())
    }

    /// Says which rulebook was used, where nobody chose one.
    pub(super) fn announce(&self, out: &mut dyn Write) -> Result<(), Trouble> {
        for note in self.rulebook.notes() {
            writeln!(out, "{note}")?;
        }
        if self.calibrated {
            writeln!(
                out,
                "scored with a rulebook calibrated on this log; so that scores stay comparable, keep it and give it from now on:"
            )?;
            writeln!(out, "  engagement rules LOG -o rules.toml, then --rules rules.toml")?;
        }
        Ok(())
    }

    /// Does long work under a progress bar.
    pub(super) fn watch<R: Send>(
        &self,
        work: impl FnOnce(&ScoreOptions<'_>) -> engagement_core::Result<R> + Send,
    ) -> Result<R, Trouble> {
        let progress = Progress::new();
        let bar = bar("scoring {bar:32} {percent} %");
        let done = AtomicBool::new(false);
        let result = std::thread::scope(|scope| {
            let watcher = scope.spawn(|| {
                while !done.load(Ordering::Acquire) {
                    std::thread::park_timeout(Duration::from_millis(100));
                    if progress.total() > 0 {
                        bar.set_length(progress.total());
                        bar.set_position(progress.done());
                    }
                }
            });
            let result = work(&ScoreOptions { threads: self.threads, contributions: false, progress: Some(&progress) });
            done.store(true, Ordering::Release);
            watcher.thread().unpark();
            result
        });
        bar.finish_and_clear();
        Ok(result?)
    }
}

/// A bar on standard error; where that is no terminal it shows nothing.
fn bar(template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::no_length().with_style(style)
}
