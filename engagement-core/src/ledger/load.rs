//! A load: one call over all its batches and sources, all of it or nothing.

use std::sync::Arc;

use super::Ledger;
use super::batch::Batch;
use super::columns::{Columns, Row, Text};
use super::dictionary::NONE;
use super::keys::Keys;
use super::reconciliation::{Field, Outcome, Reason, Reconciliation, Reject};
use super::stage::stage;
use crate::error::{Error, ErrorKind, Result};
use crate::money::Currency;
use crate::time::Zone;

/// How many bad rows a failed strict load names.
const NAMED: usize = 10;

/// How a load treats what it reads.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// Record the good rows and return the bad ones, instead of refusing the whole load at the first bad row.
    pub lenient: bool,
    /// The currency of the amounts; must be the ledger's if it has one.
    pub currency: Option<Currency>,
    /// The zone of dates and naive times; becomes the ledger's if it is empty.
    pub zone: Option<Zone>,
    /// Return what became of every row.
    pub outcomes: bool,
}

impl LoadOptions {
    /// Sets [`lenient`](LoadOptions::lenient).
    #[must_use]
    pub fn lenient(mut self, lenient: bool) -> LoadOptions {
        self.lenient = lenient;
        self
    }

    /// Sets [`currency`](LoadOptions::currency).
    #[must_use]
    pub fn currency(mut self, currency: Option<Currency>) -> LoadOptions {
        self.currency = currency;
        self
    }

    /// Sets [`zone`](LoadOptions::zone).
    #[must_use]
    pub fn zone(mut self, zone: Option<Zone>) -> LoadOptions {
        self.zone = zone;
        self
    }

    /// Sets [`outcomes`](LoadOptions::outcomes).
    #[must_use]
    pub fn outcomes(mut self, outcomes: bool) -> LoadOptions {
        self.outcomes = outcomes;
        self
    }
}

/// What a load did.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The account of its rows.
    pub reconciliation: Reconciliation,
    /// The refused rows of a lenient load.
    pub rejects: Vec<Reject>,
    /// What became of every row, in the order of arrival: an [`Outcome`] as its number, or the
    /// [code](ErrorKind::code) of the error. Only if asked for.
    pub outcomes: Option<Vec<i32>>,
}

/// Lengths to which dictionaries are cut back when a load fails.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Marks {
    pub(super) customers: usize,
    kinds: usize,
    pub(super) texts: [usize; Text::COUNT],
}

impl Ledger {
    pub(crate) fn marks(&self) -> Marks {
        Marks {
            customers: self.customers.len(),
            kinds: self.kinds.len(),
            texts: std::array::from_fn(|column| self.texts[column].len()),
        }
    }

    pub(crate) fn cut_back(&mut self, marks: &Marks) {
        self.customers.truncate(marks.customers);
        self.kinds.truncate(marks.kinds);
        for (dictionary, len) in self.texts.iter_mut().zip(marks.texts) {
            dictionary.truncate(len);
        }
    }
}

/// From a staged row on, where rows come from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    staged: u32,
    overall: u64,
    source: u32,
    row: u64,
}

/// A load in progress. Nothing is visible in the ledger until [`finish`](Load::finish); a load that is dropped before has
/// never happened.
///
/// ```
/// use engagement_core::{Batch, KeyColumn, Ledger, LoadOptions, TextColumn, Values};
///
/// let mut ledger = Ledger::new();
/// let mut load = ledger.load(LoadOptions::default().lenient(true))?;
/// load.source("march.csv");
/// load.push(&Batch::new(
///     KeyColumn::Text(TextColumn::Plain(&[Some("ann"), None])),
///     Values::new(&[1_772_000_000_000_000, 1_772_000_000_000_000]),
///     TextColumn::Constant("visit"),
/// ))?;
/// let loaded = load.finish()?;
/// assert_eq!(loaded.rejects[0].to_string(), "march.csv, row 2, customer_id: no customer");
/// assert!(loaded.reconciliation.balances());
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Load<'l> {
    pub(super) ledger: &'l mut Ledger,
    pub(super) options: LoadOptions,
    zone: Zone,
    pub(super) marks: Marks,
    pub(super) currency: Option<Currency>,
    pub(super) customer: Keys,
    pub(super) columns: Columns,
    origins: Vec<Origin>,
    sources: Vec<Arc<str>>,
    row: u64,
    rejects: Vec<Reject>,
    outcomes: Vec<i32>,
    pub(super) reconciliation: Reconciliation,
    failed: bool,
    pub(super) committed: bool,
}

impl<'l> Load<'l> {
    pub(super) fn new(ledger: &'l mut Ledger, options: LoadOptions) -> Result<Load<'l>> {
        match (ledger.currency, options.currency) {
            (Some(has), Some(given)) if has != given => {
                return Err(Error::new(ErrorKind::CurrencyMismatch, format!("the ledger is in {has}, the load in {given}")));
            }
            (None, Some(given)) if ledger.has_money => {
                return Err(Error::new(
                    ErrorKind::CurrencyMismatch,
                    format!("the ledger holds amounts without a currency, the load is in {given}"),
                ));
            }
            _ => {}
        }
        let marks = ledger.marks();
        let zone = options.zone.clone().unwrap_or_else(|| ledger.zone.clone());
        let currency = options.currency.or(ledger.currency);
        Ok(Load {
            ledger,
            options,
            zone,
            marks,
            currency,
            customer: Keys::default(),
            columns: Columns::default(),
            origins: Vec::new(),
            sources: vec![Arc::from("")],
            row: 0,
            rejects: Vec::new(),
            outcomes: Vec::new(),
            reconciliation: Reconciliation::default(),
            failed: false,
            committed: false,
        })
    }

    /// Names the source of the batches that follow; row numbers start again at 1.
    pub fn source(&mut self, name: &str) {
        self.sources.push(Arc::from(name));
        self.row = 0;
    }

    /// The zone in which dates and naive times of this load are read.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Rows read so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.reconciliation.rows
    }

    /// Makes sure that a load of which a part could not be read is never finished.
    #[cfg(feature = "arrow")]
    pub(crate) fn fail(&mut self) {
        self.failed = true;
    }

    /// Reads a batch.
    ///
    /// # Errors
    /// Columns of unequal length; a bad row in a strict load; memory refused; more rows than a ledger holds. After an
    /// error the load can only be dropped.
    pub fn push(&mut self, batch: &Batch<'_>) -> Result<()> {
        let result = self.stage(batch);
        self.failed |= result.is_err();
        result
    }

    fn stage(&mut self, batch: &Batch<'_>) -> Result<()> {
        let rows = batch.len();
        let held = self.ledger.len() + self.columns.len() as u64 + rows as u64;
        if held >= u64::from(NONE) {
            return Err(Error::new(ErrorKind::Overflow, "a ledger holds at most 4,294,967,294 interactions"));
        }
        let before = self.columns.len();
        let faults = stage(self.ledger, &mut self.columns, &mut self.customer, batch, &mut self.currency)?;
        let (first_row, overall) = (self.row, self.reconciliation.rows);
        self.row += rows as u64;
        self.reconciliation.rows += rows as u64;
        if self.options.outcomes {
            self.outcomes.try_reserve(rows)?;
            self.outcomes.resize(overall as usize + rows, Outcome::Recorded as i32);
        }
        let origin = |staged: usize, row: usize, sources: &[Arc<str>]| Origin {
            staged: staged as u32,
            overall: overall + row as u64,
            source: sources.len() as u32 - 1,
            row: first_row + row as u64 + 1,
        };
        self.origins.try_reserve(faults.len() + 1)?;
        self.origins.push(origin(before, 0, &self.sources));
        if !faults.is_empty() {
            self.columns.remove(before, &faults);
            self.customer.remove(before, &faults);
            self.rejects.try_reserve(faults.len())?;
            for (refused, (row, (field, reason, value))) in faults.into_iter().enumerate() {
                self.origins.push(origin(before + row - refused, row + 1, &self.sources));
                let at = origin(0, row, &self.sources);
                self.refuse(at, field, reason, value);
            }
            self.strict_so_far()?;
        }
        self.within_budget()
    }

    /// Interns a key, for rows that come from another ledger.
    pub(super) fn key(&mut self, key: crate::Key<'_>) -> Result<u32> {
        self.ledger.customers.intern(key)
    }

    pub(super) fn kind(&mut self, name: &str) -> Result<u32> {
        self.ledger.kinds.intern(name)
    }

    pub(super) fn text(&mut self, column: usize, text: &str) -> Result<u32> {
        self.ledger.texts[column].intern(text)
    }

    /// Stages a row that needs no check.
    pub(super) fn row(&mut self, customer: u32, row: &Row) -> Result<()> {
        let codes = self.customer.codes(&mut self.ledger.customers)?;
        codes.try_reserve(1)?;
        codes.push(customer);
        self.columns.push(row)
    }

    fn within_budget(&self) -> Result<()> {
        let Some(budget) = self.ledger.memory_budget else { return Ok(()) };
        // While the staged rows become a run, there are two permutations of them, and one column exists twice.
        let staged = self.columns.heap_size() + self.customer.heap_size() + 16 * self.columns.len();
        let needed = self.ledger.heap_size() + staged;
        if needed <= budget {
            return Ok(());
        }
        Err(Error::new(ErrorKind::NoMemory, format!("the load needs {needed} bytes, the budget is {budget}")))
    }

    pub(super) fn strict_so_far(&mut self) -> Result<()> {
        if self.options.lenient || self.rejects.is_empty() {
            return Ok(());
        }
        let first = self.rejects.first().map(ToString::to_string).unwrap_or_default();
        let kind = self.rejects[0].reason.kind();
        let count = self.rejects.len();
        let more = if count > 1 { format!(" (and {} more bad rows so far)", count - 1) } else { String::new() };
        self.rejects.truncate(NAMED);
        Err(Error::new(kind, format!("{first}{more}; nothing was recorded")).with_rejects(std::mem::take(&mut self.rejects)))
    }

    pub(super) fn refuse(&mut self, at: Origin, field: Field, reason: Reason, value: String) {
        self.reconciliation.reject(reason);
        if self.options.outcomes {
            self.outcomes[at.overall as usize] = reason.kind().code();
        }
        let source = Arc::clone(&self.sources[at.source as usize]);
        self.rejects.push(Reject { source, row: at.row, field, reason, value });
    }

    pub(super) fn origin(&self, staged: u32) -> Origin {
        let at = self.origins.partition_point(|origin| origin.staged <= staged);
        let mut origin = self.origins[at - 1];
        let past = u64::from(staged - origin.staged);
        origin.overall += past;
        origin.row += past;
        origin
    }

    pub(super) fn outcome(&mut self, staged: u32, outcome: Outcome) {
        match outcome {
            Outcome::Recorded => {}
            Outcome::Duplicate => self.reconciliation.duplicates += 1,
            Outcome::Folded => self.reconciliation.folded += 1,
        }
        if self.options.outcomes && outcome != Outcome::Recorded {
            let overall = self.origin(staged).overall;
            self.outcomes[overall as usize] = outcome as i32;
        }
    }

    pub(super) fn conflict(&mut self, staged: u32, id: u32) {
        let at = self.origin(staged);
        let value = self.ledger.texts[Text::Id as usize].get(id).chars().take(80).collect();
        self.refuse(at, Field::Id, Reason::IdConflict, value);
    }

    /// Records everything.
    ///
    /// # Errors
    /// A conflict of ids in a strict load; memory refused. The ledger is then as it was.
    pub fn finish(mut self) -> Result<Loaded> {
        if self.failed {
            return Err(Error::new(ErrorKind::InvalidArgument, "the load failed before and cannot be finished"));
        }
        self.commit(true)?;
        Ok(Loaded {
            reconciliation: std::mem::take(&mut self.reconciliation),
            rejects: std::mem::take(&mut self.rejects),
            outcomes: self.options.outcomes.then(|| std::mem::take(&mut self.outcomes)),
        })
    }
}

impl Drop for Load<'_> {
    fn drop(&mut self) {
        if !self.committed {
            let marks = self.marks;
            self.ledger.cut_back(&marks);
        }
    }
}
