//! What became of every row that was read.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::error::ErrorKind;

/// What became of one good row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Outcome {
    /// It is in the ledger.
    Recorded = 0,
    /// The ledger, or an earlier row of the load, had it already.
    Duplicate = 1,
    /// It became part of another row of the same order.
    Folded = 2,
}

/// Why a row was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// No customer.
    MissingCustomer,
    /// No time.
    MissingTime,
    /// No kind.
    MissingKind,
    /// A customer key that is neither an exact integer nor a text.
    InvalidKey,
    /// A time that cannot be read or lies outside the years 1 to 9999.
    InvalidTime,
    /// An amount or cost that cannot be read exactly.
    InvalidAmount,
    /// A rating that is no number.
    InvalidRating,
    /// A reach that is no number or below 0.
    InvalidReach,
    /// A text that is not UTF-8 or longer than 65,535 bytes.
    InvalidText,
    /// A purchase with a negative amount, which should be a refund.
    NegativePurchase,
    /// An amount in another currency than the ledger's.
    OtherCurrency,
    /// The id is taken by an interaction with other content.
    IdConflict,
    /// The sum of the order's lines does not fit.
    Overflow,
    /// A row of a file that does not have the columns of its header.
    MalformedRow,
}

impl Reason {
    /// The reason in snake case, as in reports and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Reason::MissingCustomer => "missing_customer",
            Reason::MissingTime => "missing_time",
            Reason::MissingKind => "missing_kind",
            Reason::InvalidKey => "invalid_key",
            Reason::InvalidTime => "invalid_time",
            Reason::InvalidAmount => "invalid_amount",
            Reason::InvalidRating => "invalid_rating",
            Reason::InvalidReach => "invalid_reach",
            Reason::InvalidText => "invalid_text",
            Reason::NegativePurchase => "negative_purchase",
            Reason::OtherCurrency => "other_currency",
            Reason::IdConflict => "id_conflict",
            Reason::Overflow => "overflow",
            Reason::MalformedRow => "malformed_row",
        }
    }

    /// The reason in words.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Reason::MissingCustomer => "no customer",
            Reason::MissingTime => "no time",
            Reason::MissingKind => "no kind",
            Reason::InvalidKey => "not a customer key",
            Reason::InvalidTime => "not a time between the years 1 and 9999",
            Reason::InvalidAmount => "not an exact amount with at most six decimals",
            Reason::InvalidRating => "not a number",
            Reason::InvalidReach => "not a number of at least 0",
            Reason::InvalidText => "not UTF-8, or longer than 65,535 bytes",
            Reason::NegativePurchase => "a purchase cannot be negative; a refund is meant",
            Reason::OtherCurrency => "another currency than the ledger's",
            Reason::IdConflict => "the id is taken by an interaction with other content",
            Reason::Overflow => "the order's lines add up to more than fits",
            Reason::MalformedRow => "not a row of the header's columns",
        }
    }

    /// The kind of error it is when it stops a call.
    #[must_use]
    pub const fn kind(self) -> ErrorKind {
        match self {
            Reason::MissingCustomer | Reason::MissingTime | Reason::MissingKind => ErrorKind::MissingField,
            Reason::InvalidKey | Reason::InvalidRating | Reason::InvalidReach => ErrorKind::InvalidArgument,
            Reason::InvalidTime => ErrorKind::InvalidTime,
            Reason::InvalidAmount | Reason::NegativePurchase => ErrorKind::InvalidMoney,
            Reason::InvalidText => ErrorKind::InvalidUtf8,
            Reason::OtherCurrency => ErrorKind::CurrencyMismatch,
            Reason::IdConflict => ErrorKind::IdConflict,
            Reason::Overflow => ErrorKind::Overflow,
            Reason::MalformedRow => ErrorKind::CorruptData,
        }
    }
}

/// A field of an interaction, to say where something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Field {
    /// The customer.
    Customer,
    /// The time.
    At,
    /// The kind.
    Kind,
    /// The amount.
    Amount,
    /// The rating.
    Rating,
    /// The reach.
    Reach,
    /// The other customer.
    Other,
    /// The order.
    Order,
    /// The item.
    Item,
    /// The channel.
    Channel,
    /// The unit.
    Unit,
    /// The campaign.
    Campaign,
    /// The programme arm.
    Arm,
    /// The cost.
    Cost,
    /// The id.
    Id,
    /// The currency of the amount.
    Currency,
    /// The quantity that multiplies the unit price.
    Quantity,
    /// The price of one.
    UnitPrice,
    /// The row as a whole.
    Row,
}

impl Field {
    /// The field's name, which is also its column's standard name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Field::Customer => "customer_id",
            Field::At => "at",
            Field::Kind => "kind",
            Field::Amount => "amount",
            Field::Rating => "rating",
            Field::Reach => "reach",
            Field::Other => "other",
            Field::Order => "order",
            Field::Item => "item",
            Field::Channel => "channel",
            Field::Unit => "unit",
            Field::Campaign => "campaign",
            Field::Arm => "arm",
            Field::Cost => "cost",
            Field::Id => "id",
            Field::Currency => "currency",
            Field::Quantity => "quantity",
            Field::UnitPrice => "unit_price",
            Field::Row => "row",
        }
    }
}

/// A row that was refused: where it stood, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The source it was read from, as named to [`Load::source`](super::Load::source); empty without one.
    pub source: Arc<str>,
    /// Its number in that source, from 1.
    pub row: u64,
    /// The field that is wrong.
    pub field: Field,
    /// What is wrong with it.
    pub reason: Reason,
    /// The value, cut to 80 characters; empty where there is none.
    pub value: String,
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.source.is_empty() {
            write!(f, "{}, ", self.source)?;
        }
        write!(f, "row {}", self.row)?;
        if self.field == Field::Row {
            return write!(f, ": {}", if self.value.is_empty() { self.reason.describe() } else { &self.value });
        }
        write!(f, ", {}", self.field.as_str())?;
        if !self.value.is_empty() {
            write!(f, " \"{}\"", self.value)?;
        }
        write!(f, ": {}", self.reason.describe())
    }
}

/// The account of a load: `rows = recorded + duplicates + folded + rejected`, always.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    /// Rows read.
    pub rows: u64,
    /// Interactions that entered the ledger.
    pub recorded: u64,
    /// Rows that were there already.
    pub duplicates: u64,
    /// Rows that became part of another row of the same order.
    pub folded: u64,
    /// Rows refused.
    pub rejected: u64,
    /// Rows refused, by reason.
    pub reasons: BTreeMap<Reason, u64>,
}

impl Reconciliation {
    pub(crate) fn reject(&mut self, reason: Reason) {
        self.rejected += 1;
        *self.reasons.entry(reason).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Reconciliation) {
        self.rows += other.rows;
        self.recorded += other.recorded;
        self.duplicates += other.duplicates;
        self.folded += other.folded;
        self.rejected += other.rejected;
        for (reason, count) in &other.reasons {
            *self.reasons.entry(*reason).or_default() += count;
        }
    }

    /// Whether every row read is accounted for.
    #[must_use]
    pub fn balances(&self) -> bool {
        self.rows == self.recorded + self.duplicates + self.folded + self.rejected
            && self.rejected == self.reasons.values().sum::<u64>()
    }
}

impl fmt::Display for Reconciliation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} rows read = {} recorded + {} duplicates + {} folded + {} rejected",
            self.rows, self.recorded, self.duplicates, self.folded, self.rejected
        )?;
        for (at, (reason, count)) in self.reasons.iter().enumerate() {
            let before = if at == 0 { " (" } else { ", " };
            write!(f, "{before}{}: {count}", reason.as_str())?;
        }
        if self.reasons.is_empty() { Ok(()) } else { f.write_str(")") }
    }
}
