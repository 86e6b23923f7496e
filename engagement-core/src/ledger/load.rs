//! A load: one call over all its batches and sources, all of it or nothing.

use std::sync::Arc;

use super::batch::Batch;
use super::columns::{Columns, NO_MONEY, Names, Row, Text};
use super::dictionary::NONE;
use super::reconciliation::{Field, Outcome, Reason, Reconciliation, Reject};
use super::run::Run;
use super::stage::Staged;
use super::{Ledger, MAX_RUNS};
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
    customers: usize,
    kinds: usize,
    texts: [usize; Text::COUNT],
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
struct Origin {
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
    ledger: &'l mut Ledger,
    options: LoadOptions,
    zone: Zone,
    marks: Marks,
    currency: Option<Currency>,
    pub(super) customer: Vec<u32>,
    pub(super) columns: Columns,
    origins: Vec<Origin>,
    sources: Vec<Arc<str>>,
    row: u64,
    rejects: Vec<Reject>,
    outcomes: Vec<i32>,
    reconciliation: Reconciliation,
    failed: bool,
    committed: bool,
}

impl<'l> Load<'l> {
    pub(super) fn new(ledger: &'l mut Ledger, options: LoadOptions) -> Result<Load<'l>> {
        match (ledger.currency, options.currency) {
            (Some(has), Some(given)) if has != given => {
                return Err(Error::new(
                    ErrorKind::CurrencyMismatch,
                    format!("the ledger is in {has}, the load in {given}"),
                ));
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
            customer: Vec::new(),
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
        let mut staged = Staged::new(self.ledger, batch, &mut self.currency)?;
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
        let before = self.columns.len();
        self.origins.try_reserve(staged.faults.len() + 1)?;
        self.origins.push(origin(before, 0, &self.sources));
        if !staged.faults.is_empty() {
            let faults = std::mem::take(&mut staged.faults);
            let mut keep: Vec<u32> = Vec::new();
            keep.try_reserve_exact(rows - faults.len())?;
            self.rejects.try_reserve(faults.len())?;
            let mut next = 0;
            for (row, (field, reason, value)) in faults {
                keep.extend(next as u32..row as u32);
                next = row + 1;
                self.origins.push(origin(before + keep.len(), next, &self.sources));
                let at = origin(0, row, &self.sources);
                self.refuse(at, field, reason, value);
            }
            keep.extend(next as u32..rows as u32);
            staged.columns = staged.columns.gather(&keep)?;
            staged.customer = keep.iter().map(|&row| staged.customer[row as usize]).collect();
            self.strict_so_far()?;
        }
        self.customer.try_reserve(staged.customer.len())?;
        self.columns.append(&staged.columns)?;
        self.customer.extend_from_slice(&staged.customer);
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
        self.customer.try_reserve(1)?;
        self.customer.push(customer);
        self.columns.push(row)
    }

    fn within_budget(&self) -> Result<()> {
        let Some(budget) = self.ledger.memory_budget else { return Ok(()) };
        // The staged rows exist twice while they become a run.
        let staged = self.columns.heap_size() + self.customer.capacity() * 4;
        let needed = self.ledger.heap_size() + 2 * staged;
        if needed <= budget {
            return Ok(());
        }
        Err(Error::new(ErrorKind::NoMemory, format!("the load needs {needed} bytes, the budget is {budget}")))
    }

    fn strict_so_far(&mut self) -> Result<()> {
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

    fn refuse(&mut self, at: Origin, field: Field, reason: Reason, value: String) {
        self.reconciliation.reject(reason);
        if self.options.outcomes {
            self.outcomes[at.overall as usize] = reason.kind().code();
        }
        let source = Arc::clone(&self.sources[at.source as usize]);
        self.rejects.push(Reject { source, row: at.row, field, reason, value });
    }

    fn origin(&self, staged: u32) -> Origin {
        let at = self.origins.partition_point(|origin| origin.staged <= staged);
        let mut origin = self.origins[at - 1];
        let past = u64::from(staged - origin.staged);
        origin.overall += past;
        origin.row += past;
        origin
    }

    fn outcome(&mut self, staged: u32, outcome: Outcome) {
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

    fn conflict(&mut self, staged: u32, id: u32) {
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

    /// Sorts, settles identities and folds, and hands the run to the ledger.
    pub(super) fn commit(&mut self, identify: bool) -> Result<()> {
        if let Some(moved) = self.ledger.customers.sort_from(self.marks.customers)? {
            let mark = self.marks.customers as u32;
            let new_code = |code: &mut u32| {
                if *code != NONE && *code >= mark {
                    *code = moved[(*code - mark) as usize];
                }
            };
            self.customer.iter_mut().for_each(new_code);
            self.columns.other.iter_mut().for_each(new_code);
        }
        let mut grouped = Grouped::new(&self.customer, self.ledger.customers.len())?;
        self.customer = Vec::new();
        grouped.sort(&mut self.columns, self.ledger.names())?;
        let used = |column: Text| !self.columns.text[column as usize].is_empty();
        if identify && (used(Text::Id) || used(Text::Order)) {
            grouped = self.settle(&grouped)?;
            self.strict_so_far()?;
        }
        let mut columns = std::mem::take(&mut self.columns).gather(&grouped.rows)?;
        columns.drop_absent();
        let has_money = !columns.amount.is_empty() || !columns.cost.is_empty();
        let recorded = columns.len() as u64;
        let span = columns.at.iter().fold(None, |span, &at| Some(span.map_or((at, at), |(a, b): (i64, i64)| (a.min(at), b.max(at)))));
        let run = grouped.into_run(columns)?;
        self.reconciliation.recorded = recorded;
        self.ledger.add_run(run)?;
        if let Some(zone) = self.options.zone.take().filter(|_| self.ledger.span.is_none()) {
            self.ledger.zone = zone;
        }
        if self.currency.is_some() {
            self.ledger.currency = self.currency;
        }
        self.ledger.has_money |= has_money;
        self.ledger.widen(span);
        self.ledger.totals.add(&self.reconciliation);
        self.committed = true;
        Ok(())
    }

    /// Drops duplicates and conflicts and folds the lines of orders.
    fn settle(&mut self, grouped: &Grouped) -> Result<Grouped> {
        let mut settled = Grouped::default();
        settled.rows.try_reserve(grouped.rows.len())?;
        let lines = self.columns.len() as u32;
        let mut folds: Vec<u32> = Vec::new();
        let mut kept: Vec<u32> = Vec::new();
        for (customer, rows) in grouped.groups() {
            kept.clear();
            kept.extend_from_slice(rows);
            self.drop_repeated_ids(&mut kept);
            self.fold_orders(&mut kept, &mut folds)?;
            let line_of = |row: u32| if row < lines { row } else { folds[(row - lines) as usize] };
            self.drop_recorded_ids(customer, &mut kept, line_of);
            settled.push(customer, &kept)?;
        }
        settled.close()?;
        Ok(settled)
    }

    /// Of several rows with one id the first in the total order stays.
    fn drop_repeated_ids(&mut self, rows: &mut Vec<u32>) {
        let mut ids: Vec<(u32, usize)> = Vec::new();
        for (at, &row) in rows.iter().enumerate() {
            let id = self.columns.text(Text::Id, row as usize);
            if id != NONE {
                ids.push((id, at));
            }
        }
        ids.sort_unstable();
        if ids.windows(2).all(|pair| pair[0].0 != pair[1].0) {
            return;
        }
        let mut gone = vec![false; rows.len()];
        for same in ids.chunk_by(|a, b| a.0 == b.0) {
            let first = self.columns.get(rows[same[0].1] as usize);
            for &(id, at) in &same[1..] {
                gone[at] = true;
                if self.columns.get(rows[at] as usize).same_content(&first) {
                    self.outcome(rows[at], Outcome::Duplicate);
                } else {
                    self.conflict(rows[at], id);
                }
            }
        }
        let mut at = 0;
        rows.retain(|_| {
            at += 1;
            !gone[at - 1]
        });
    }

    /// Lines of one order and kind become one row, appended to the columns; `folds` names the first line of each.
    fn fold_orders(&mut self, rows: &mut Vec<u32>, folds: &mut Vec<u32>) -> Result<()> {
        let mut lines: Vec<(u32, u32, usize)> = Vec::new();
        for (at, &row) in rows.iter().enumerate() {
            let order = self.columns.text(Text::Order, row as usize);
            if order != NONE {
                lines.push((order, self.columns.kind[row as usize], at));
            }
        }
        lines.sort_unstable();
        if lines.windows(2).all(|pair| (pair[0].0, pair[0].1) != (pair[1].0, pair[1].1)) {
            return Ok(());
        }
        let mut gone = vec![false; rows.len()];
        for same in lines.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|same| same.len() > 1) {
            let members: Vec<u32> = same.iter().map(|&(_, _, at)| rows[at]).collect();
            same.iter().for_each(|&(_, _, at)| gone[at] = true);
            match self.fold(&members) {
                Some(row) => {
                    rows.push(self.columns.len() as u32);
                    gone.push(false);
                    self.columns.push(&row)?;
                    folds.try_reserve(1)?;
                    folds.push(members[0]);
                    members[1..].iter().for_each(|&line| self.outcome(line, Outcome::Folded));
                }
                None => {
                    let order = self.ledger.texts[Text::Order as usize].get(same[0].0).chars().take(80).collect::<String>();
                    for &line in &members {
                        let at = self.origin(line);
                        self.refuse(at, Field::Order, Reason::Overflow, order.clone());
                    }
                }
            }
        }
        let mut at = 0;
        rows.retain(|_| {
            at += 1;
            !gone[at - 1]
        });
        let (columns, names) = (&self.columns, self.ledger.names());
        rows.sort_unstable_by(|&a, &b| names.compare(&columns.get(a as usize), &columns.get(b as usize)));
        Ok(())
    }

    /// One row from the lines of an order; `None` if a sum does not fit.
    fn fold(&self, lines: &[u32]) -> Option<Row> {
        let ids = &self.ledger.texts[Text::Id as usize];
        let mut all = lines.iter().map(|&line| self.columns.get(line as usize));
        let mut folded = all.next()?;
        let (mut amount, mut cost) = (Sum::of(folded.amount), Sum::of(folded.cost));
        for line in all {
            amount.add(line.amount);
            cost.add(line.cost);
            folded.at = folded.at.min(line.at);
            if folded.rating.to_bits() != line.rating.to_bits() {
                folded.rating = f64::NAN;
            }
            if folded.reach.to_bits() != line.reach.to_bits() {
                folded.reach = f64::NAN;
            }
            if folded.other != line.other {
                folded.other = NONE;
            }
            for column in 0..Text::COUNT {
                let (has, given) = (folded.text[column], line.text[column]);
                if column == Text::Id as usize {
                    let smaller = match (ids.text(has), ids.text(given)) {
                        (Some(has), Some(given)) => given < has,
                        (None, Some(_)) => true,
                        _ => false,
                    };
                    folded.text[column] = if smaller { given } else { has };
                } else if has != given {
                    folded.text[column] = NONE;
                }
            }
        }
        folded.amount = amount.total()?;
        folded.cost = cost.total()?;
        Some(folded)
    }

    /// Rows whose id the ledger has already are duplicates or conflicts.
    fn drop_recorded_ids(&mut self, customer: u32, rows: &mut Vec<u32>, line_of: impl Fn(u32) -> u32) {
        let known = self.marks.texts[Text::Id as usize] as u32;
        if (customer as usize) >= self.marks.customers
            || !rows.iter().any(|&row| self.columns.text(Text::Id, row as usize) < known)
        {
            return;
        }
        let mut recorded: Vec<(u32, Row)> = Vec::new();
        let mut cursors = self.ledger.cursors(customer);
        while let Some((columns, row)) = cursors.next() {
            let row = columns.get(row);
            if row.text[Text::Id as usize] != NONE {
                recorded.push((row.text[Text::Id as usize], row));
            }
        }
        recorded.sort_unstable_by_key(|entry| entry.0);
        let mut settled = Vec::new();
        rows.retain(|&row| {
            let new = self.columns.get(row as usize);
            let id = new.text[Text::Id as usize];
            let Ok(at) = recorded.binary_search_by_key(&id, |entry| entry.0) else { return true };
            settled.push((line_of(row), id, recorded[at].1.same_content(&new)));
            false
        });
        for (line, id, same) in settled {
            if same {
                self.outcome(line, Outcome::Duplicate);
            } else {
                self.conflict(line, id);
            }
        }
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

/// An exact sum of amounts, absent while all of them are.
struct Sum {
    total: i128,
    any: bool,
}

impl Sum {
    fn of(micros: i64) -> Sum {
        let mut sum = Sum { total: 0, any: false };
        sum.add(micros);
        sum
    }

    fn add(&mut self, micros: i64) {
        if micros != NO_MONEY {
            self.total += i128::from(micros);
            self.any = true;
        }
    }

    fn total(&self) -> Option<i64> {
        if !self.any {
            return Some(NO_MONEY);
        }
        i64::try_from(self.total).ok().filter(|&micros| micros != NO_MONEY)
    }
}

/// Staged rows in groups, a group a customer, customers ascending.
#[derive(Debug, Default)]
struct Grouped {
    rows: Vec<u32>,
    /// The customers with rows; empty if `starts` has an entry for every code.
    customers: Vec<u32>,
    starts: Vec<u32>,
}

impl Grouped {
    fn new(customer: &[u32], codes: usize) -> Result<Grouped> {
        let mut rows: Vec<u32> = Vec::new();
        rows.try_reserve_exact(customer.len())?;
        if customer.len() < codes / 8 {
            rows.extend(0..customer.len() as u32);
            rows.sort_by_key(|&row| customer[row as usize]);
            let mut grouped = Grouped::default();
            grouped.rows.try_reserve_exact(rows.len())?;
            for group in rows.chunk_by(|&a, &b| customer[a as usize] == customer[b as usize]) {
                grouped.push(customer[group[0] as usize], group)?;
            }
            grouped.close()?;
            return Ok(grouped);
        }
        let mut starts: Vec<u32> = Vec::new();
        starts.try_reserve_exact(codes + 2)?;
        starts.resize(codes + 2, 0);
        // Counted two places on, so that filling leaves the starts in their own places.
        for &customer in customer {
            starts[customer as usize + 2] += 1;
        }
        for code in 2..starts.len() {
            starts[code] += starts[code - 1];
        }
        rows.resize(customer.len(), 0);
        for (row, &customer) in customer.iter().enumerate() {
            let place = &mut starts[customer as usize + 1];
            rows[*place as usize] = row as u32;
            *place += 1;
        }
        starts.truncate(codes + 1);
        Ok(Grouped { rows, customers: Vec::new(), starts })
    }

    fn push(&mut self, customer: u32, rows: &[u32]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        self.customers.try_reserve(1)?;
        self.starts.try_reserve(1)?;
        self.rows.try_reserve(rows.len())?;
        self.customers.push(customer);
        self.starts.push(self.rows.len() as u32);
        self.rows.extend_from_slice(rows);
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        self.starts.try_reserve(1)?;
        self.starts.push(self.rows.len() as u32);
        Ok(())
    }

    fn groups(&self) -> impl Iterator<Item = (u32, &[u32])> {
        self.starts.windows(2).enumerate().filter(|(_, pair)| pair[0] < pair[1]).map(|(at, pair)| {
            let customer = self.customers.get(at).copied().unwrap_or(at as u32);
            (customer, &self.rows[pair[0] as usize..pair[1] as usize])
        })
    }

    /// Puts the rows of every customer into the total order.
    fn sort(&mut self, columns: &mut Columns, names: Names<'_>) -> Result<()> {
        let at = &columns.at;
        let starts = &self.starts;
        for pair in starts.windows(2) {
            let rows = &mut self.rows[pair[0] as usize..pair[1] as usize];
            if rows.windows(2).any(|pair| at[pair[0] as usize] >= at[pair[1] as usize]) {
                rows.sort_unstable_by(|&a, &b| {
                    at[a as usize]
                        .cmp(&at[b as usize])
                        .then_with(|| names.compare(&columns.get(a as usize), &columns.get(b as usize)))
                });
            }
        }
        Ok(())
    }

    fn into_run(mut self, columns: Columns) -> Result<Run> {
        self.rows = Vec::new();
        if self.customers.is_empty() && !self.starts.is_empty() {
            return Ok(Run::dense(self.starts, columns));
        }
        self.starts.pop();
        Run::new(self.customers, self.starts, columns)
    }
}

impl Ledger {
    /// Makes a run visible and merges runs of similar size.
    pub(super) fn add_run(&mut self, run: Run) -> Result<()> {
        if run.len() == 0 {
            return Ok(());
        }
        self.runs.try_reserve(1)?;
        self.known.try_reserve(self.customers.len().saturating_sub(self.known.len()))?;
        if self.runs.len() >= MAX_RUNS {
            return Err(Error::new(ErrorKind::NoMemory, "memory was refused for merging runs"));
        }
        self.known.resize(self.customers.len().max(self.known.len()), false);
        for customer in run.customers() {
            let known = &mut self.known[customer as usize];
            self.known_count += u64::from(!*known);
            *known = true;
        }
        self.runs.push(run);
        // A merge that memory is refused for is put off: its runs stay as they are.
        while let Some(from) = self.next_merge() {
            let Ok(merged) = Run::merge(&self.runs[from..], self.names()) else { break };
            self.runs.truncate(from);
            self.runs.push(merged);
        }
        Ok(())
    }

    /// The first of the last runs to merge: sizes descend, and at most three runs lie within a factor of four.
    fn next_merge(&self) -> Option<usize> {
        let n = self.runs.len();
        let size = |back: usize| self.runs[n - back].len();
        if n >= 2 && size(2) < size(1) {
            Some(n - 2)
        } else if n >= 4 && size(4) <= 4 * size(1) {
            Some(n - 4)
        } else {
            None
        }
    }
}
