//! One page on the customers of a log, for the people who run the business.
//!
//! [`html`] writes a single file that needs no network, no script and no other file: it reads on a screen (light or dark, wide or
//! narrow), on paper, and aloud. The same ledger, rulebook, as-of and options give the same bytes.
//!
//! ```
//! use engagement_core::report::{self, ReportOptions};
//! use engagement_core::{Interaction, Ledger, Rulebook};
//!
//! let mut ledger = Ledger::new();
//! let at = ledger.zone().parse("2026-03-01")?;
//! ledger.append(&Interaction { amount: Some("400".parse()?), ..Interaction::new("ann", at, "purchase") })?;
//! let page = report::html(&ledger, &Rulebook::standard(), at, &ReportOptions::default().title("Corner shop"))?;
//! assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<h1>Corner shop</h1>"));
//! # Ok::<(), engagement_core::Error>(())
//! ```
//!
//! What it says is also there as data: [`top`], [`falling`], [`about_to_fall`], [`ratio_by_month`].

mod chart;
mod findings;
mod groups;
mod log;
mod months;
mod movement;
mod page;
mod people;
mod timeline;
mod words;

pub use months::{MonthEnd, ratio_by_month};
pub use movement::{AboutToFall, Standing, about_to_fall, falling, falling_between, top, top_of};

use crate::error::Result;
use crate::ledger::{Ledger, Reconciliation};
use crate::progress::Progress;
use crate::rulebook::Rulebook;
use crate::time::Timestamp;

/// What the page cannot know by itself, and how much it shows.
#[derive(Clone, Copy, Debug)]
pub struct ReportOptions<'a> {
    /// The heading.
    pub title: &'a str,
    /// The names of the files or systems the log came from.
    pub sources: &'a [String],
    /// The command that made the page; empty if none did.
    pub command: &'a str,
    /// The account of the rows; without it that of every row ever read into the ledger.
    pub reconciliation: Option<&'a Reconciliation>,
    /// How the log's names of kinds were read; without it the page lists the ledger's kinds.
    pub kinds: &'a [KindReading<'a>],
    /// How many customers each list names, at most 100.
    pub customers: usize,
    /// How many days back the comparison goes.
    pub days: u32,
    /// How many month ends are looked at, at most; a very large ledger gets fewer.
    pub months: usize,
    /// Threads, which live as long as the call; 0 takes as many as the machine has.
    pub threads: usize,
    /// To watch and to cancel; it starts anew with every pass over the customers.
    pub progress: Option<&'a Progress>,
}

/// How one name of a kind in the log was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindReading<'a> {
    /// The name in the log; `None` where rows named no kind.
    pub name: Option<&'a str>,
    /// The kind it became.
    pub kind: &'a str,
    /// Rows with it, refused ones included.
    pub rows: u64,
}

impl Default for ReportOptions<'_> {
    fn default() -> Self {
        ReportOptions {
            title: "Customer engagement",
            sources: &[],
            command: "",
            reconciliation: None,
            kinds: &[],
            customers: 10,
            days: 90,
            months: 24,
            threads: 0,
            progress: None,
        }
    }
}

impl<'a> ReportOptions<'a> {
    /// Sets the heading.
    #[must_use]
    pub fn title(mut self, title: &'a str) -> Self {
        self.title = title;
        self
    }

    /// Names the files or systems the log came from.
    #[must_use]
    pub fn sources(mut self, sources: &'a [String]) -> Self {
        self.sources = sources;
        self
    }

    /// Names the command that made the page.
    #[must_use]
    pub fn command(mut self, command: &'a str) -> Self {
        self.command = command;
        self
    }

    /// Gives the account of the rows.
    #[must_use]
    pub fn reconciliation(mut self, reconciliation: Option<&'a Reconciliation>) -> Self {
        self.reconciliation = reconciliation;
        self
    }

    /// Says how the log's names of kinds were read.
    #[must_use]
    pub fn kinds(mut self, kinds: &'a [KindReading<'a>]) -> Self {
        self.kinds = kinds;
        self
    }

    /// Sets how many customers each list names, at most 100.
    #[must_use]
    pub fn customers(mut self, customers: usize) -> Self {
        self.customers = customers;
        self
    }

    /// Sets how many days back the comparison goes, at least 1.
    #[must_use]
    pub fn days(mut self, days: u32) -> Self {
        self.days = days;
        self
    }

    /// Sets how many month ends are looked at, at most.
    #[must_use]
    pub fn months(mut self, months: usize) -> Self {
        self.months = months;
        self
    }

    /// Sets the number of threads; 0 takes as many as the machine has.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Lets another thread watch and cancel.
    #[must_use]
    pub fn progress(mut self, progress: Option<&'a Progress>) -> Self {
        self.progress = progress;
        self
    }
}

/// Writes the page: the headline, customers by level, their scores, the ratio month by month and by group, the customers to know
/// by name, the rulebook in words, and the account of the log.
///
/// All customers are scored once for each month end and twice more. Nothing on the page grows with the number of customers.
///
/// # Errors
/// An invalid rulebook, and what [`Rules::score_all`](crate::Rules::score_all) refuses.
pub fn html(ledger: &Ledger, rulebook: &Rulebook, as_of: Timestamp, options: &ReportOptions<'_>) -> Result<String> {
    let rules = rulebook.compile()?;
    let findings = findings::Findings::new(ledger, rulebook, &rules, as_of, options)?;
    Ok(page::write(&findings))
}
