//! From the bound memory of a caller to the columns of the core, a chunk of rows at a time.

use std::borrow::Cow;
use std::ffi::c_char;
use std::ops::Range;

use engagement_core::{
    Batch as CoreBatch, Error, ErrorKind, Field, Interaction, Key, KeyColumn, Load, Money, Progress, Reason, Result, TextColumn,
    Timestamp, Unreadable, Values,
};

use crate::batch::{
    Batch, Binding, ENG_FIELD_AMOUNT, ENG_FIELD_ARM, ENG_FIELD_AT, ENG_FIELD_CAMPAIGN, ENG_FIELD_CHANNEL, ENG_FIELD_COST,
    ENG_FIELD_CURRENCY, ENG_FIELD_CUSTOMER, ENG_FIELD_ID, ENG_FIELD_ITEM, ENG_FIELD_KIND, ENG_FIELD_ORDER, ENG_FIELD_OTHER,
    ENG_FIELD_RATING, ENG_FIELD_REACH, ENG_FIELD_UNIT,
};
use crate::memory::{Memory, present, trimmed};
use crate::text;

/// Rows that are converted at a time: what a conversion needs beside the load itself stays small.
const CHUNK: usize = 65_536;

/// The most rows of one call. More are a wrong argument more often than a load.
pub(crate) const MOST_ROWS: usize = i32::MAX as usize;

/// Loads rows, reporting progress and minding a cancel after each chunk.
pub(crate) fn push(load: &mut Load<'_>, batch: &Batch, rows: usize, progress: &Progress) -> Result<()> {
    progress.begin(rows as u64);
    for start in (0..rows).step_by(CHUNK) {
        let chunk = Chunk::new(batch, start..rows.min(start + CHUNK))?;
        load.push(&chunk.columns())?;
        progress.step(chunk.at.values.len() as u64)?;
    }
    Ok(())
}

/// The customer keys of the rows, for a call that needs nothing else of them.
pub(crate) fn customers(batch: &Batch, rows: usize) -> Result<Vec<Key<'_>>> {
    let mut reader = Reader { batch, rows: 0..rows, unreadable: Vec::new() };
    let keys = reader.keys(ENG_FIELD_CUSTOMER, Field::Customer)?.ok_or_else(|| unbound("customer"))?;
    if let Some(bad) = reader.unreadable.first() {
        return Err(refused(bad));
    }
    let mut customers = Vec::new();
    customers.try_reserve_exact(rows)?;
    for row in 0..rows {
        customers
            .push(keys.get(row).ok_or_else(|| Error::new(ErrorKind::MissingField, format!("row {}: no customer", row + 1)))?);
    }
    Ok(customers)
}

enum Texts<'a> {
    Constant(&'a str),
    Plain(Vec<Option<&'a str>>),
}

impl<'a> Texts<'a> {
    fn column(&self) -> TextColumn<'_> {
        match self {
            Texts::Constant(text) => TextColumn::Constant(text),
            Texts::Plain(texts) => TextColumn::Plain(texts),
        }
    }

    fn get(&self, row: usize) -> Option<&'a str> {
        match self {
            Texts::Constant(text) => Some(*text),
            Texts::Plain(texts) => texts[row],
        }
        .filter(|text| !text.is_empty())
    }
}

struct Numbers<T> {
    values: Vec<T>,
    valid: Option<Vec<u8>>,
}

impl<T: Copy> Numbers<T> {
    fn column(&self) -> Values<'_, T> {
        Values { values: &self.values, valid: self.valid.as_deref() }
    }

    fn get(&self, row: usize) -> Option<T> {
        match &self.valid {
            Some(valid) if valid[row] == 0 => None,
            _ => Some(self.values[row]),
        }
    }
}

enum Keys<'a> {
    Int(Numbers<i64>),
    Text(Texts<'a>),
}

impl<'a> Keys<'a> {
    fn column(&self) -> KeyColumn<'_> {
        match self {
            Keys::Int(values) => KeyColumn::Int(values.column()),
            Keys::Text(texts) => KeyColumn::Text(texts.column()),
        }
    }

    fn get(&self, row: usize) -> Option<Key<'a>> {
        match self {
            Keys::Int(values) => values.get(row).map(Key::Int),
            Keys::Text(texts) => texts.get(row).map(Key::from),
        }
    }
}

/// Rows of a batch, converted.
pub(crate) struct Chunk<'a> {
    customer: Keys<'a>,
    at: Numbers<i64>,
    kind: Texts<'a>,
    amount: Option<Numbers<i64>>,
    cost: Option<Numbers<i64>>,
    rating: Option<Numbers<f64>>,
    reach: Option<Numbers<f64>>,
    other: Option<Keys<'a>>,
    order: Option<Texts<'a>>,
    item: Option<Texts<'a>>,
    channel: Option<Texts<'a>>,
    unit: Option<Texts<'a>>,
    campaign: Option<Texts<'a>>,
    arm: Option<Texts<'a>>,
    id: Option<Texts<'a>>,
    currency: Option<Texts<'a>>,
    unreadable: Vec<Unreadable>,
}

impl<'a> Chunk<'a> {
    /// Converts rows of a batch. What cannot be converted is listed, for the core to refuse.
    pub(crate) fn new(batch: &'a Batch, rows: Range<usize>) -> Result<Chunk<'a>> {
        let mut reader = Reader { batch, rows, unreadable: Vec::new() };
        let mut chunk = Chunk {
            customer: reader.keys(ENG_FIELD_CUSTOMER, Field::Customer)?.ok_or_else(|| unbound("customer"))?,
            at: reader.ints(ENG_FIELD_AT)?.ok_or_else(|| unbound("at"))?,
            kind: reader.texts(ENG_FIELD_KIND, Field::Kind)?.ok_or_else(|| unbound("kind"))?,
            amount: reader.money(ENG_FIELD_AMOUNT, Field::Amount)?,
            rating: reader.doubles(ENG_FIELD_RATING)?,
            reach: reader.doubles(ENG_FIELD_REACH)?,
            other: reader.keys(ENG_FIELD_OTHER, Field::Other)?,
            order: reader.texts(ENG_FIELD_ORDER, Field::Order)?,
            item: reader.texts(ENG_FIELD_ITEM, Field::Item)?,
            channel: reader.texts(ENG_FIELD_CHANNEL, Field::Channel)?,
            unit: reader.texts(ENG_FIELD_UNIT, Field::Unit)?,
            campaign: reader.texts(ENG_FIELD_CAMPAIGN, Field::Campaign)?,
            arm: reader.texts(ENG_FIELD_ARM, Field::Arm)?,
            cost: reader.money(ENG_FIELD_COST, Field::Cost)?,
            id: reader.texts(ENG_FIELD_ID, Field::Id)?,
            currency: reader.texts(ENG_FIELD_CURRENCY, Field::Currency)?,
            unreadable: Vec::new(),
        };
        // A row is refused once, for its first field; the sort is stable.
        reader.unreadable.sort_by_key(|bad| bad.row);
        reader.unreadable.dedup_by_key(|bad| bad.row);
        chunk.unreadable = reader.unreadable;
        Ok(chunk)
    }

    /// The columns for a load.
    pub(crate) fn columns(&self) -> CoreBatch<'_> {
        CoreBatch {
            amount: self.amount.as_ref().map(Numbers::column),
            cost: self.cost.as_ref().map(Numbers::column),
            rating: self.rating.as_ref().map(Numbers::column),
            reach: self.reach.as_ref().map(Numbers::column),
            other: self.other.as_ref().map(Keys::column),
            order: self.order.as_ref().map(Texts::column),
            item: self.item.as_ref().map(Texts::column),
            channel: self.channel.as_ref().map(Texts::column),
            unit: self.unit.as_ref().map(Texts::column),
            campaign: self.campaign.as_ref().map(Texts::column),
            arm: self.arm.as_ref().map(Texts::column),
            id: self.id.as_ref().map(Texts::column),
            currency: self.currency.as_ref().map(Texts::column),
            unreadable: &self.unreadable,
            ..CoreBatch::new(self.customer.column(), self.at.column(), self.kind.column())
        }
    }

    /// The first row, for an append.
    pub(crate) fn interaction(&self) -> Result<Interaction<'_>> {
        if let Some(bad) = self.unreadable.first() {
            return Err(refused(bad));
        }
        let text = |column: &Option<Texts<'a>>| column.as_ref().and_then(|texts| texts.get(0));
        let number = |column: &Option<Numbers<f64>>| column.as_ref().and_then(|numbers| numbers.get(0));
        let at = Timestamp::from_micros(self.at.get(0).ok_or_else(|| missing("at"))?)?;
        Ok(Interaction {
            amount: self.amount.as_ref().and_then(|amount| amount.get(0)).map(money).transpose()?,
            rating: number(&self.rating),
            reach: number(&self.reach),
            other: self.other.as_ref().and_then(|keys| keys.get(0)),
            order: text(&self.order),
            item: text(&self.item),
            channel: text(&self.channel),
            unit: text(&self.unit),
            campaign: text(&self.campaign),
            arm: text(&self.arm),
            cost: self.cost.as_ref().and_then(|cost| cost.get(0)).map(money).transpose()?,
            id: text(&self.id),
            ..Interaction::new(
                self.customer.get(0).ok_or_else(|| missing("customer"))?,
                at,
                self.kind.get(0).ok_or_else(|| missing("kind"))?,
            )
        })
    }

    /// The currency of the first row.
    pub(crate) fn currency(&self) -> Option<&'a str> {
        self.currency.as_ref().and_then(|texts| texts.get(0))
    }
}

/// An amount that came as an integer.
pub(crate) fn money(micros: i64) -> Result<Money> {
    Money::from_micros(micros)
        .ok_or_else(|| Error::new(ErrorKind::InvalidMoney, format!("{micros} millionths are not an amount")))
}

fn missing(name: &str) -> Error {
    Error::new(ErrorKind::MissingField, format!("{name}: missing"))
}

fn unbound(name: &str) -> Error {
    Error::new(ErrorKind::MissingField, format!("{name}: not bound to a column or a value"))
}

fn refused(bad: &Unreadable) -> Error {
    let message = format!("row {}, {} \"{}\": {}", bad.row + 1, bad.field.as_str(), bad.value, bad.reason.describe());
    Error::new(bad.reason.kind(), message)
}

struct Reader<'a> {
    batch: &'a Batch,
    rows: Range<usize>,
    unreadable: Vec<Unreadable>,
}

impl<'a> Reader<'a> {
    fn refuse(&mut self, row: usize, field: Field, reason: Reason, value: &str) {
        self.unreadable.push(Unreadable { row, field, reason, value: value.chars().take(80).collect() });
    }

    fn keys(&mut self, number: i32, field: Field) -> Result<Option<Keys<'a>>> {
        Ok(match self.batch.get(number) {
            Some(Binding::Int(_) | Binding::Ints { .. }) => self.ints(number)?.map(Keys::Int),
            _ => self.texts(number, field)?.map(Keys::Text),
        })
    }

    fn texts(&mut self, number: i32, field: Field) -> Result<Option<Texts<'a>>> {
        let Some(binding) = self.batch.get(number) else { return Ok(None) };
        if let Binding::Text(text) = binding {
            return Ok(Some(Texts::Constant(text)));
        }
        let mut texts = Vec::new();
        texts.try_reserve_exact(self.rows.len())?;
        for row in self.rows.clone() {
            let bytes = match binding {
                Binding::Offsets { bytes, offsets, valid } => {
                    // SAFETY: the caller bound one offset more than there are rows.
                    let (start, end) = unsafe { (offsets.value::<i64>(row)?, offsets.value::<i64>(row + 1)?) };
                    let (Ok(start), Ok(end)) = (usize::try_from(start), usize::try_from(end)) else {
                        return Err(bad_offsets(field, row));
                    };
                    let length = end.checked_sub(start).ok_or_else(|| bad_offsets(field, row))?;
                    // SAFETY: the caller bound the bytes that the offsets name; the length is checked before it is used.
                    unsafe { present(valid, row)?.then(|| bytes.slice(start, length)) }
                }
                // SAFETY: the caller bound a field of this width in every row.
                Binding::Fixed { bytes, width, valid } => unsafe {
                    present(valid, row)?.then(|| bytes.offset(row).and_then(|start| bytes.slice(start, *width)).map(trimmed))
                },
                // SAFETY: the caller bound a pointer per row, null or to a NUL-terminated text.
                Binding::Strings(pointers) => unsafe {
                    text::bytes(pointers.value::<*const c_char>(row)?, -1, field.as_str(), text::MAX_TEXT).transpose()
                },
                _ => None,
            };
            let text = match bytes {
                None => None,
                Some(Ok(bytes)) => match text::checked(bytes, field.as_str()) {
                    Ok(text) => Some(text),
                    Err(_) => {
                        let shown: Cow<'_, str> = String::from_utf8_lossy(&bytes[..bytes.len().min(320)]);
                        self.refuse(row - self.rows.start, field, Reason::InvalidText, &shown);
                        None
                    }
                },
                Some(Err(_)) => {
                    self.refuse(row - self.rows.start, field, Reason::InvalidText, "");
                    None
                }
            };
            texts.push(text);
        }
        Ok(Some(Texts::Plain(texts)))
    }

    fn numbers<T: Copy>(&self, values: Memory, valid: &Option<Memory>) -> Result<Numbers<T>> {
        let mut numbers = Numbers { values: Vec::new(), valid: None };
        numbers.values.try_reserve_exact(self.rows.len())?;
        for row in self.rows.clone() {
            // SAFETY: the caller bound a value of this type in every row.
            numbers.values.push(unsafe { values.value(row)? });
        }
        if valid.is_some() {
            let mut bytes = Vec::new();
            bytes.try_reserve_exact(self.rows.len())?;
            for row in self.rows.clone() {
                // SAFETY: the caller bound a validity byte in every row.
                bytes.push(u8::from(unsafe { present(valid, row)? }));
            }
            numbers.valid = Some(bytes);
        }
        Ok(numbers)
    }

    fn same<T: Copy>(&self, value: T) -> Result<Numbers<T>> {
        let mut values = Vec::new();
        values.try_reserve_exact(self.rows.len())?;
        values.resize(self.rows.len(), value);
        Ok(Numbers { values, valid: None })
    }

    fn ints(&self, number: i32) -> Result<Option<Numbers<i64>>> {
        match self.batch.get(number) {
            Some(Binding::Int(value)) => self.same(*value).map(Some),
            Some(Binding::Ints { values, valid }) => self.numbers(*values, valid).map(Some),
            _ => Ok(None),
        }
    }

    fn doubles(&self, number: i32) -> Result<Option<Numbers<f64>>> {
        match self.batch.get(number) {
            Some(Binding::Double(value)) => self.same(*value).map(Some),
            Some(Binding::Doubles { values, valid }) => self.numbers(*values, valid).map(Some),
            _ => {
                let Some(ints) = self.ints(number)? else { return Ok(None) };
                let mut values = Vec::new();
                values.try_reserve_exact(ints.values.len())?;
                values.extend(ints.values.iter().map(|value| *value as f64));
                Ok(Some(Numbers { values, valid: ints.valid }))
            }
        }
    }

    fn money(&mut self, number: i32, field: Field) -> Result<Option<Numbers<i64>>> {
        if !matches!(self.batch.get(number), Some(Binding::Double(_) | Binding::Doubles { .. })) {
            return self.ints(number);
        }
        let Some(doubles) = self.doubles(number)? else { return Ok(None) };
        let mut amounts = self.same(0i64)?;
        let mut valid = self.same(0u8)?.values;
        for (row, (amount, valid)) in amounts.values.iter_mut().zip(&mut valid).enumerate() {
            match doubles.get(row).map_or(Ok(None), Money::from_f64) {
                Ok(Some(money)) => (*amount, *valid) = (money.micros(), 1),
                Ok(None) => {}
                Err(_) => self.refuse(row, field, Reason::InvalidAmount, &doubles.values[row].to_string()),
            }
        }
        amounts.valid = Some(valid);
        Ok(Some(amounts))
    }
}

fn bad_offsets(field: Field, row: usize) -> Error {
    Error::new(ErrorKind::InvalidArgument, format!("{}: the offsets of row {} are negative or decrease", field.as_str(), row + 1))
}
