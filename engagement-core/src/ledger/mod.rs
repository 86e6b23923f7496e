//! The ledger: every interaction, once, grouped by customer and ordered by time.

mod attributes;
mod batch;
mod columns;
mod commit;
mod customers;
mod dictionary;
mod forget;
mod group;
mod grouped;
mod history;
mod integers;
mod keys;
mod load;
mod merge;
mod reconciliation;
mod referred;
mod run;
mod settle;
mod shuffle;
mod stage;
mod tail;

pub use batch::{Batch, KeyColumn, TextColumn, Unreadable, Values};
pub(crate) use columns::{Columns, NO_MONEY, Text};
pub(crate) use dictionary::NONE;
pub(crate) use history::Cursors;
pub use history::History;
pub use load::{Load, LoadOptions, Loaded};
pub use reconciliation::{Field, Outcome, Reason, Reconciliation, Reject};
pub(crate) use referred::REFERRAL;

use crate::error::{Error, ErrorKind, Result};
use crate::interaction::{Interaction, KINDS, Key};
use crate::money::Currency;
use crate::time::{Timestamp, Zone};
use attributes::Attributes;
use columns::{Names, Row};
use customers::Customers;
use dictionary::Dictionary;
use run::Run;
use tail::{TAIL, Tail};

/// The codes of the two kinds whose amounts have a sign of their own.
pub(crate) const PURCHASE: u32 = 0;
pub(crate) const REFUND: u32 = 1;

/// More runs than the merging of similar sizes ever leaves.
pub(crate) const MAX_RUNS: usize = 63;

/// Every interaction once, grouped by customer and ordered by time.
///
/// It takes rows one by one ([`append`](Ledger::append)) or in batches ([`load`](Ledger::load)), in any order and with
/// repetitions; what it then holds, and every result, is the same.
///
/// ```
/// use engagement_core::{Interaction, Ledger, Outcome};
///
/// let mut ledger = Ledger::new();
/// let sale = Interaction { id: Some("till-7-000123"), ..Interaction::new(42, "2026-03-01T10:00:00Z".parse()?, "purchase") };
/// assert_eq!(ledger.append(&sale)?, Outcome::Recorded);
/// assert_eq!(ledger.append(&sale)?, Outcome::Duplicate);
/// assert_eq!(ledger.len(), 1);
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ledger {
    pub(crate) customers: Customers,
    pub(crate) kinds: Dictionary,
    pub(crate) texts: [Dictionary; Text::COUNT],
    runs: Vec<Run>,
    tail: Tail,
    attributes: Attributes,
    /// Per customer code: has it an interaction of its own?
    known: Vec<bool>,
    known_count: u64,
    zone: Zone,
    currency: Option<Currency>,
    has_money: bool,
    span: Option<(i64, i64)>,
    memory_budget: Option<usize>,
    totals: Reconciliation,
}

impl Default for Ledger {
    fn default() -> Ledger {
        Ledger::new()
    }
}

impl Ledger {
    /// An empty ledger in UTC, without a currency.
    #[must_use]
    pub fn new() -> Ledger {
        let mut kinds = Dictionary::default();
        for kind in KINDS {
            // A dictionary of eighteen short words is no allocation that needs a reply.
            let _ = kinds.intern(kind);
        }
        Ledger {
            customers: Customers::default(),
            kinds,
            texts: Default::default(),
            runs: Vec::new(),
            tail: Tail::default(),
            attributes: Attributes::default(),
            known: Vec::new(),
            known_count: 0,
            zone: Zone::utc(),
            currency: None,
            has_money: false,
            span: None,
            memory_budget: None,
            totals: Reconciliation::default(),
        }
    }

    /// Records one interaction.
    ///
    /// Usually some hundred nanoseconds. Every 4,096th call merges runs of similar size, which in the worst case copies the
    /// whole ledger once: about 30 ns an interaction it holds.
    ///
    /// # Errors
    /// A bad field, an id conflict, memory refused. The ledger is then as it was.
    pub fn append(&mut self, interaction: &Interaction<'_>) -> Result<Outcome> {
        let marks = self.marks();
        let outcome = self.record(interaction);
        match outcome {
            Ok(Outcome::Recorded) => self.totals.recorded += 1,
            Ok(Outcome::Duplicate) => self.totals.duplicates += 1,
            Ok(Outcome::Folded) => self.totals.folded += 1,
            Err(error) => {
                self.cut_back(&marks);
                return Err(error);
            }
        }
        self.totals.rows += 1;
        outcome
    }

    fn record(&mut self, interaction: &Interaction<'_>) -> Result<Outcome> {
        let key = self.checked_key(interaction.customer, Field::Customer)?;
        if interaction.kind.is_empty() {
            return Err(bad(Field::Kind, Reason::MissingKind, ""));
        }
        if self.len() + 1 >= u64::from(NONE) {
            return Err(Error::new(ErrorKind::Overflow, "a ledger holds at most 4,294,967,294 interactions"));
        }
        let kind = checked_text(interaction.kind, Field::Kind).and_then(|name| stage::intern_kind(&mut self.kinds, name))?;
        let amount = match interaction.amount {
            None => NO_MONEY,
            Some(money) => {
                stage::check_amount(money.micros(), kind).map_err(|reason| bad(Field::Amount, reason, &money.to_string()))?
            }
        };
        let number = |value: Option<f64>, field| match value {
            None => Ok(f64::NAN),
            Some(value) => stage::check_number(value, field).map_err(|reason| bad(field, reason, &value.to_string())),
        };
        let rating = number(interaction.rating, Field::Rating)?;
        let reach = number(interaction.reach, Field::Reach)?;
        let other = match interaction.other {
            None => NONE,
            Some(other) => {
                let other = self.checked_key(other, Field::Other)?;
                self.customers.intern(other)?
            }
        };
        let mut text = [NONE; Text::COUNT];
        let given = [
            (Field::Id, interaction.id),
            (Field::Order, interaction.order),
            (Field::Item, interaction.item),
            (Field::Channel, interaction.channel),
            (Field::Unit, interaction.unit),
            (Field::Campaign, interaction.campaign),
            (Field::Arm, interaction.arm),
        ];
        let ids = self.texts[Text::Id as usize].len() as u32;
        for ((code, dictionary), (field, value)) in text.iter_mut().zip(&mut self.texts).zip(given) {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                *code = dictionary.intern(checked_text(value, field)?)?;
            }
        }
        let cost = interaction.cost.map_or(NO_MONEY, crate::Money::micros);
        let row = Row { at: interaction.at.micros(), kind, other, amount, cost, rating, reach, text };
        let customer = self.customers.intern(key)?;
        let id = text[Text::Id as usize];
        if id < ids
            && let Some(recorded) = self.with_id(customer, id)
        {
            if recorded.same_content(&row) {
                return Ok(Outcome::Duplicate);
            }
            return Err(bad(Field::Id, Reason::IdConflict, interaction.id.unwrap_or_default()));
        }
        if self.tail.len() >= TAIL {
            self.settle_tail()?;
        }
        self.known.try_reserve(self.customers.len().saturating_sub(self.known.len()))?;
        let names = Names { customers: &self.customers, kinds: &self.kinds, texts: &self.texts };
        self.tail.push(customer, &row, names)?;
        if self.known.len() < self.customers.len() {
            self.known.resize(self.customers.len(), false);
        }
        // Mostly all are known, which spares a look into memory that is seldom in cache.
        if self.known_count < self.known.len() as u64 {
            let known = &mut self.known[customer as usize];
            self.known_count += u64::from(!*known);
            *known = true;
        }
        self.has_money |= amount != NO_MONEY || cost != NO_MONEY;
        self.widen(Some((row.at, row.at)));
        Ok(Outcome::Recorded)
    }

    fn checked_key<'k>(&self, key: Key<'k>, field: Field) -> Result<Key<'k>> {
        match key.canonical() {
            Key::Text("") => Err(bad(field, Reason::MissingCustomer, "")),
            Key::Text(text) => checked_text(text, field).map(Key::Text),
            key @ Key::Int(_) => Ok(key),
        }
    }

    /// The recorded row of an id, found in the customer's own history.
    fn with_id(&self, customer: u32, id: u32) -> Option<Row> {
        let row_of = |columns: &Columns, rows: std::ops::Range<usize>| {
            let ids = columns.text[Text::Id as usize].get(rows.clone())?;
            ids.iter().position(|&code| code == id).map(|at| columns.get(rows.start + at))
        };
        for run in &self.runs {
            let (start, end) = run.rows(customer, &mut 0);
            if let Some(row) = row_of(&run.columns, start as usize..end as usize) {
                return Some(row);
            }
        }
        let mut at = self.tail.head(customer);
        while at != NONE {
            if self.tail.columns.text(Text::Id, at as usize) == id {
                return Some(self.tail.columns.get(at as usize));
            }
            at = self.tail.next[at as usize];
        }
        None
    }

    /// Turns the tail into a run.
    fn settle_tail(&mut self) -> Result<()> {
        self.within_budget()?;
        let run = self.tail.to_run()?;
        self.add_run_of_known(run)?;
        self.tail.clear();
        Ok(())
    }

    fn within_budget(&self) -> Result<()> {
        match self.memory_budget {
            Some(budget) if self.heap_size() > budget => Err(Error::new(
                ErrorKind::NoMemory,
                format!("the ledger holds {} bytes, the budget is {budget}", self.heap_size()),
            )),
            _ => Ok(()),
        }
    }

    fn widen(&mut self, span: Option<(i64, i64)>) {
        self.span = match (self.span, span) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (has, given) => has.or(given),
        };
    }

    /// Begins a load of batches.
    ///
    /// # Errors
    /// [`ErrorKind::CurrencyMismatch`] if the ledger has another currency.
    pub fn load(&mut self, options: LoadOptions) -> Result<Load<'_>> {
        Load::new(self, options)
    }

    /// One customer's interactions at or before `as_of`.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownCustomer`] if the ledger has no interaction of this customer at any time.
    pub fn history(&self, customer: Key<'_>, as_of: Timestamp) -> Result<History<'_>> {
        let code = self.code(customer)?;
        Ok(History::new(self, code, self.cursors(code), as_of))
    }

    pub(crate) fn code(&self, customer: Key<'_>) -> Result<u32> {
        self.customers
            .find(customer.canonical())
            .filter(|&code| self.known.get(code as usize).copied().unwrap_or(false))
            .ok_or_else(|| Error::new(ErrorKind::UnknownCustomer, format!("no interaction of customer \"{customer}\"")))
    }

    #[inline]
    pub(crate) fn cursors(&self, customer: u32) -> Cursors<'_> {
        self.cursors_near(customer, &mut [0; MAX_RUNS])
    }

    /// The parts of a customer's rows; `hints` speeds up calls with ascending customers.
    #[inline]
    pub(crate) fn cursors_near(&self, customer: u32, hints: &mut [usize; MAX_RUNS]) -> Cursors<'_> {
        let mut cursors = Cursors::new(self.names());
        for (run, hint) in self.runs.iter().zip(hints) {
            cursors.add_rows(&run.columns, run.rows(customer, hint));
        }
        cursors.add_chain(&self.tail.columns, &self.tail.next, self.tail.head(customer));
        cursors
    }

    pub(crate) fn names(&self) -> Names<'_> {
        Names { customers: &self.customers, kinds: &self.kinds, texts: &self.texts }
    }

    /// The customers with at least one interaction, in key order: integers ascending, then text.
    pub fn customers(&self) -> impl Iterator<Item = Key<'_>> {
        self.codes_in_order().map(|code| self.customers.get(code))
    }

    pub(crate) fn codes_in_order(&self) -> impl Iterator<Item = u32> + '_ {
        let order = self.customers.order();
        (0..self.known.len() as u32)
            .map(move |at| order.map_or(at, |order| order[at as usize]))
            .filter(|&code| self.known[code as usize])
    }

    /// One past the highest customer code with an interaction.
    pub(crate) fn code_count(&self) -> usize {
        self.known.len()
    }

    /// How many customers have at least one interaction.
    #[must_use]
    pub fn customer_count(&self) -> u64 {
        self.known_count
    }

    /// How many interactions it holds.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.runs.iter().map(Run::len).sum::<usize>() as u64 + self.tail.len() as u64
    }

    /// Whether it holds no interaction.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The time of the earliest interaction.
    #[must_use]
    pub fn earliest(&self) -> Option<Timestamp> {
        self.span.map(|(first, _)| Timestamp::from_checked(first))
    }

    /// The time of the latest interaction.
    #[must_use]
    pub fn latest(&self) -> Option<Timestamp> {
        self.span.map(|(_, last)| Timestamp::from_checked(last))
    }

    /// The zone whose days and naive times are meant.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Sets the zone. Recorded times do not move.
    pub fn set_zone(&mut self, zone: Zone) {
        self.zone = zone;
    }

    /// The currency of all amounts, if one was named.
    #[must_use]
    pub fn currency(&self) -> Option<Currency> {
        self.currency
    }

    /// Names the currency of all amounts.
    ///
    /// # Errors
    /// [`ErrorKind::CurrencyMismatch`] if it has another one already.
    pub fn set_currency(&mut self, currency: Currency) -> Result<()> {
        match self.currency {
            Some(has) if has != currency => {
                Err(Error::new(ErrorKind::CurrencyMismatch, format!("the ledger is in {has}, not in {currency}")))
            }
            _ => {
                self.currency = Some(currency);
                Ok(())
            }
        }
    }

    /// Every kind that occurs, with the number of interactions, most frequent first.
    #[must_use]
    pub fn kinds(&self) -> Vec<(&str, u64)> {
        let mut counts = vec![0_u64; self.kinds.len()];
        for columns in self.runs.iter().map(|run| &run.columns).chain([&self.tail.columns]) {
            columns.kind.iter().for_each(|&kind| counts[kind as usize] += 1);
        }
        let mut kinds: Vec<(&str, u64)> =
            counts.iter().enumerate().filter(|(_, n)| **n > 0).map(|(kind, &n)| (self.kinds.get(kind as u32), n)).collect();
        kinds.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        kinds
    }

    /// The account of every row ever read into it.
    #[must_use]
    pub fn totals(&self) -> &Reconciliation {
        &self.totals
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn heap_size(&self) -> usize {
        self.customers.heap_size()
            + self.kinds.heap_size()
            + self.texts.iter().map(Dictionary::heap_size).sum::<usize>()
            + self.runs.iter().map(Run::heap_size).sum::<usize>()
            + self.tail.heap_size()
            + self.attributes.heap_size()
            + self.known.capacity()
    }

    /// Sets the most bytes it may hold; over it, loads and appends fail with [`ErrorKind::NoMemory`] and change nothing.
    pub fn set_memory_budget(&mut self, bytes: Option<usize>) {
        self.memory_budget = bytes;
    }
}

fn checked_text(text: &str, field: Field) -> Result<&str> {
    match stage::check_text(text) {
        Ok(()) => Ok(text),
        Err(reason) => Err(bad(field, reason, text)),
    }
}

fn bad(field: Field, reason: Reason, value: &str) -> Error {
    let value: String = value.chars().take(80).collect();
    let shown = if value.is_empty() { String::new() } else { format!(" \"{value}\"") };
    Error::new(reason.kind(), format!("{}{shown}: {}", field.as_str(), reason.describe()))
}
