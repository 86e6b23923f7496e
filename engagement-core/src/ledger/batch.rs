//! Borrowed columns on their way into a ledger.

use super::reconciliation::{Field, Reason};
use crate::error::{Error, ErrorKind, Result};

/// Numbers, and which of them are present.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a, T> {
    /// The numbers.
    pub values: &'a [T],
    /// 1 where a number is present, 0 where it is missing; without it all are present.
    pub valid: Option<&'a [u8]>,
}

impl<'a, T: Copy> Values<'a, T> {
    /// Numbers that are all present.
    #[must_use]
    pub fn new(values: &'a [T]) -> Values<'a, T> {
        Values { values, valid: None }
    }

    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<T> {
        match self.valid {
            Some(valid) if valid[row] == 0 => None,
            _ => Some(self.values[row]),
        }
    }

    fn check(&self, field: Field, rows: usize) -> Result<()> {
        same_length(field, self.values.len(), rows)?;
        self.valid.map_or(Ok(()), |valid| same_length(field, valid.len(), rows))
    }
}

/// Text, a value per row or one for all. Empty text is missing text.
#[derive(Clone, Copy, Debug)]
pub enum TextColumn<'a> {
    /// The same text in every row.
    Constant(&'a str),
    /// A text per row.
    Plain(&'a [Option<&'a str>]),
    /// A code per row into a list of texts.
    Dictionary {
        /// Positions in `values`; `u32::MAX` is a missing text.
        codes: &'a [u32],
        /// The texts.
        values: &'a [&'a str],
    },
}

impl TextColumn<'_> {
    fn check(&self, field: Field, rows: usize) -> Result<()> {
        match self {
            TextColumn::Constant(_) => Ok(()),
            TextColumn::Plain(values) => same_length(field, values.len(), rows),
            TextColumn::Dictionary { codes, values } => {
                same_length(field, codes.len(), rows)?;
                match codes.iter().find(|&&code| code != u32::MAX && code as usize >= values.len()) {
                    None => Ok(()),
                    Some(code) => Err(Error::new(
                        ErrorKind::InvalidArgument,
                        format!("column {}: code {code}, but the dictionary has {} values", field.as_str(), values.len()),
                    )),
                }
            }
        }
    }
}

/// Customer keys, a value per row.
#[derive(Clone, Copy, Debug)]
pub enum KeyColumn<'a> {
    /// Integer keys.
    Int(Values<'a, i64>),
    /// Text keys; canonical decimal text is the integer it names.
    Text(TextColumn<'a>),
}

impl KeyColumn<'_> {
    fn check(&self, field: Field, rows: usize) -> Result<()> {
        match self {
            KeyColumn::Int(values) => values.check(field, rows),
            KeyColumn::Text(texts) => texts.check(field, rows),
        }
    }
}

/// A row of a batch that its reader could not convert; the batch holds anything at all in its place.
#[derive(Clone, Debug)]
pub struct Unreadable {
    /// The row's position in the batch, from 0.
    pub row: usize,
    /// The field that is wrong.
    pub field: Field,
    /// What is wrong with it.
    pub reason: Reason,
    /// The value.
    pub value: String,
}

/// Interactions as borrowed columns of equal length.
///
/// ```
/// use engagement_core::{Batch, KeyColumn, Ledger, LoadOptions, TextColumn, Values};
///
/// let at = [1_772_000_000_000_000, 1_772_100_000_000_000];
/// let batch = Batch {
///     amount: Some(Values::new(&[19_900_000, 5_000_000])),
///     ..Batch::new(KeyColumn::Int(Values::new(&[7, 8])), Values::new(&at), TextColumn::Constant("purchase"))
/// };
/// let mut ledger = Ledger::new();
/// let mut load = ledger.load(LoadOptions::default())?;
/// load.push(&batch)?;
/// assert_eq!(load.finish()?.reconciliation.recorded, 2);
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Whose interactions they are.
    pub customer: KeyColumn<'a>,
    /// When they happened, in microseconds since 1970 UTC.
    pub at: Values<'a, i64>,
    /// What happened.
    pub kind: TextColumn<'a>,
    /// Money that moved, in millionths.
    pub amount: Option<Values<'a, i64>>,
    /// What they cost the business, in millionths.
    pub cost: Option<Values<'a, i64>>,
    /// Ratings; NaN is missing.
    pub rating: Option<Values<'a, f64>>,
    /// How many people they reached; NaN is missing.
    pub reach: Option<Values<'a, f64>>,
    /// The other customers.
    pub other: Option<KeyColumn<'a>>,
    /// Orders.
    pub order: Option<TextColumn<'a>>,
    /// Items.
    pub item: Option<TextColumn<'a>>,
    /// Channels.
    pub channel: Option<TextColumn<'a>>,
    /// Units.
    pub unit: Option<TextColumn<'a>>,
    /// Campaigns.
    pub campaign: Option<TextColumn<'a>>,
    /// Programme arms.
    pub arm: Option<TextColumn<'a>>,
    /// Identities.
    pub id: Option<TextColumn<'a>>,
    /// Currencies of the amounts, where rows carry them.
    pub currency: Option<TextColumn<'a>>,
    /// Rows the reader could not convert, ascending; they are rejected.
    pub unreadable: &'a [Unreadable],
}

impl<'a> Batch<'a> {
    /// A batch of the three required columns.
    #[must_use]
    pub fn new(customer: KeyColumn<'a>, at: Values<'a, i64>, kind: TextColumn<'a>) -> Batch<'a> {
        Batch {
            customer,
            at,
            kind,
            amount: None,
            cost: None,
            rating: None,
            reach: None,
            other: None,
            order: None,
            item: None,
            channel: None,
            unit: None,
            campaign: None,
            arm: None,
            id: None,
            currency: None,
            unreadable: &[],
        }
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.at.values.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text columns in the order of [`Text`](super::columns::Text).
    pub(crate) fn texts(&self) -> [(Field, Option<TextColumn<'a>>); 7] {
        [
            (Field::Id, self.id),
            (Field::Order, self.order),
            (Field::Item, self.item),
            (Field::Channel, self.channel),
            (Field::Unit, self.unit),
            (Field::Campaign, self.campaign),
            (Field::Arm, self.arm),
        ]
    }

    pub(crate) fn check(&self) -> Result<()> {
        let rows = self.len();
        self.customer.check(Field::Customer, rows)?;
        self.at.check(Field::At, rows)?;
        self.kind.check(Field::Kind, rows)?;
        self.amount.map_or(Ok(()), |c| c.check(Field::Amount, rows))?;
        self.cost.map_or(Ok(()), |c| c.check(Field::Cost, rows))?;
        self.rating.map_or(Ok(()), |c| c.check(Field::Rating, rows))?;
        self.reach.map_or(Ok(()), |c| c.check(Field::Reach, rows))?;
        self.other.map_or(Ok(()), |c| c.check(Field::Other, rows))?;
        self.currency.map_or(Ok(()), |c| c.check(Field::Currency, rows))?;
        for (field, column) in self.texts() {
            column.map_or(Ok(()), |c| c.check(field, rows))?;
        }
        match self.unreadable.iter().find(|u| u.row >= rows) {
            None => Ok(()),
            Some(u) => Err(Error::new(ErrorKind::InvalidArgument, format!("unreadable row {} of a batch of {rows} rows", u.row))),
        }
    }
}

fn same_length(field: Field, len: usize, rows: usize) -> Result<()> {
    if len == rows {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::InvalidArgument,
        format!("column {} has {len} values, but the batch has {rows} rows", field.as_str()),
    ))
}
