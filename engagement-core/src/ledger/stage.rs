//! From the columns of a batch to checked codes.

use std::collections::BTreeMap;

use super::batch::{Batch, KeyColumn, TextColumn, Values};
use super::columns::{Columns, NO_MONEY, Text};
use super::customers::Customers;
use super::dictionary::{Dictionary, NONE};
use super::keys::Keys;
use super::reconciliation::{Field, Reason};
use super::{Ledger, PURCHASE, REFUND};
use crate::error::{Error, ErrorKind, Result};
use crate::interaction::{Key, canonical_kind};
use crate::money::Currency;
use crate::time::Timestamp;

/// The longest text a field may hold, in bytes.
pub(crate) const LONGEST_TEXT: usize = 65_535;

/// What is wrong with a row: its first fault.
pub(crate) type Faults = BTreeMap<usize, (Field, Reason, String)>;

/// A batch on its way to the end of the staged rows; rows with a fault hold anything.
#[derive(Debug)]
struct Stage<'s> {
    ledger: &'s mut Ledger,
    columns: &'s mut Columns,
    /// Staged rows before those of the batch.
    before: usize,
    checked: Checked,
}

/// The rows of a batch, and what was found wrong with them.
#[derive(Debug)]
struct Checked {
    rows: usize,
    faults: Faults,
}

/// Says why a text cannot be kept.
pub(crate) fn check_text(text: &str) -> std::result::Result<(), Reason> {
    if text.len() > LONGEST_TEXT { Err(Reason::InvalidText) } else { Ok(()) }
}

/// A rating or reach as it is kept: NaN is missing, −0 is 0.
pub(crate) fn check_number(value: f64, field: Field) -> std::result::Result<f64, Reason> {
    match field {
        _ if value.is_nan() => Ok(f64::NAN),
        Field::Reach if value < 0.0 || value.is_infinite() => Err(Reason::InvalidReach),
        _ if value.is_infinite() => Err(Reason::InvalidRating),
        _ => Ok(value + 0.0),
    }
}

/// An amount as it is kept for its kind.
pub(crate) fn check_amount(micros: i64, kind: u32) -> std::result::Result<i64, Reason> {
    match kind {
        _ if micros == i64::MIN => Err(Reason::InvalidAmount),
        PURCHASE if micros < 0 => Err(Reason::NegativePurchase),
        REFUND => Ok(-micros.abs()),
        _ => Ok(micros),
    }
}

pub(crate) fn intern_kind(kinds: &mut Dictionary, name: &str) -> Result<u32> {
    match kinds.find(name) {
        Some(code) => Ok(code),
        None => kinds.intern(&canonical_kind(name)),
    }
}

fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

/// Appends what is missing up to a length.
fn pad<T: Copy>(column: &mut Vec<T>, len: usize, missing: T) -> Result<()> {
    column.try_reserve(len.saturating_sub(column.len()))?;
    column.resize(len.max(column.len()), missing);
    Ok(())
}

/// Checks a batch and appends its rows in codes, the faulty ones, too; says which those are. `currency` is the one the amounts
/// must have, learned from the rows if not declared. After an error the columns hold anything.
pub(crate) fn stage(
    ledger: &mut Ledger,
    columns: &mut Columns,
    keys: &mut Keys,
    batch: &Batch<'_>,
    currency: &mut Option<Currency>,
) -> Result<Faults> {
    batch.check()?;
    let checked = Checked { rows: batch.len(), faults: Faults::default() };
    let mut stage = Stage { before: columns.len(), checked, ledger, columns };
    for u in batch.unreadable {
        stage.checked.fault(u.row, u.field, u.reason, || u.value.clone());
    }
    stage.keys_present(&batch.customer);
    stage.times(batch.at)?;
    stage.kinds(batch.kind)?;
    if let Some(amount) = batch.amount {
        stage.money(amount, Field::Amount)?;
    }
    if let Some(cost) = batch.cost {
        stage.money(cost, Field::Cost)?;
    }
    if let Some(rating) = batch.rating {
        stage.numbers(rating, Field::Rating)?;
    }
    if let Some(reach) = batch.reach {
        stage.numbers(reach, Field::Reach)?;
    }
    if let Some(column) = batch.currency {
        stage.currencies(column, currency)?;
    }
    if let Some(other) = batch.other {
        let mut codes = Vec::new();
        stage.checked.keys(&mut codes, Field::Other, other, &mut stage.ledger.customers)?;
        optional(&mut stage.columns.other, stage.before, &codes)?;
    }
    for (at, (field, column)) in batch.texts().into_iter().enumerate() {
        if let Some(column) = column {
            let mut codes = Vec::new();
            let dictionary = &mut stage.ledger.texts[at];
            stage.checked.texts(&mut codes, field, column, |text| dictionary.intern(text))?;
            optional(&mut stage.columns.text[at], stage.before, &codes)?;
        }
    }
    // Customers come last, so that a refused row leaves no customer behind.
    stage.customers(keys, batch.customer)?;
    stage.columns.pad()?;
    Ok(stage.checked.faults)
}

/// Appends codes to a column that is absent until one of them is not [`NONE`].
fn optional(column: &mut Vec<u32>, before: usize, codes: &[u32]) -> Result<()> {
    if column.is_empty() && codes.iter().all(|&code| code == NONE) {
        return Ok(());
    }
    pad(column, before, NONE)?;
    column.try_reserve(codes.len())?;
    column.extend_from_slice(codes);
    Ok(())
}

impl Stage<'_> {
    fn keys_present(&mut self, column: &KeyColumn<'_>) {
        let empty = |text: Option<&str>| text.is_none_or(str::is_empty);
        let missing: Box<dyn Fn(usize) -> bool> = match *column {
            KeyColumn::Int(Values { valid: None, .. }) => return,
            KeyColumn::Int(values) => Box::new(move |row| values.get(row).is_none()),
            KeyColumn::Text(TextColumn::Constant(text)) => Box::new(move |_| text.is_empty()),
            KeyColumn::Text(TextColumn::Plain(texts)) => Box::new(move |row| empty(texts[row])),
            KeyColumn::Text(TextColumn::Dictionary { codes, values }) => {
                Box::new(move |row| codes[row] == u32::MAX || values[codes[row] as usize].is_empty())
            }
        };
        for row in (0..self.checked.rows).filter(|&row| missing(row)) {
            self.checked.fault(row, Field::Customer, Reason::MissingCustomer, String::new);
        }
    }

    fn times(&mut self, at: Values<'_, i64>) -> Result<()> {
        if let Some(valid) = at.valid {
            for (row, _) in valid.iter().enumerate().filter(|(_, v)| **v == 0) {
                self.checked.fault(row, Field::At, Reason::MissingTime, String::new);
            }
        }
        let (low, high) = (Timestamp::MIN.micros(), Timestamp::MAX.micros());
        // Without a way out of the loop, so that several are compared at once.
        if at.values.iter().fold(false, |bad, &at| bad | (at < low) | (at > high)) {
            for (row, &at) in at.values.iter().enumerate().filter(|(_, at)| **at < low || **at > high) {
                self.checked.fault(row, Field::At, Reason::InvalidTime, || at.to_string());
            }
        }
        self.columns.at.try_reserve(at.values.len())?;
        self.columns.at.extend_from_slice(at.values);
        Ok(())
    }

    fn kinds(&mut self, column: TextColumn<'_>) -> Result<()> {
        let kinds = &mut self.ledger.kinds;
        self.checked.texts(&mut self.columns.kind, Field::Kind, column, |name| intern_kind(kinds, name))?;
        for (row, _) in self.columns.kind[self.before..].iter().enumerate().filter(|(_, code)| **code == NONE) {
            self.checked.fault(row, Field::Kind, Reason::MissingKind, String::new);
        }
        Ok(())
    }

    fn money(&mut self, values: Values<'_, i64>, field: Field) -> Result<()> {
        let absent = |valid: &[u8]| valid.iter().all(|&v| v == 0);
        let column = if field == Field::Amount { &mut self.columns.amount } else { &mut self.columns.cost };
        if column.is_empty() && values.valid.is_some_and(absent) {
            return Ok(());
        }
        let mut column = std::mem::take(column);
        pad(&mut column, self.before, NO_MONEY)?;
        column.try_reserve(self.checked.rows)?;
        let kinds = &self.columns.kind[self.before..];
        let negative = values.values.iter().fold(0, |all, micros| all | micros) < 0;
        let refunds = || kinds.iter().fold(false, |any, &kind| any | (kind == REFUND));
        if values.valid.is_none() && !negative && (field == Field::Cost || !refunds()) {
            column.extend_from_slice(values.values);
        } else {
            let mut faulty = Vec::new();
            column.extend((0..self.checked.rows).map(|row| {
                let Some(micros) = values.get(row) else { return NO_MONEY };
                let kind = if field == Field::Amount { kinds[row] } else { NONE };
                check_amount(micros, kind).unwrap_or_else(|reason| {
                    faulty.push((row, reason, micros));
                    NO_MONEY
                })
            }));
            for (row, reason, micros) in faulty {
                self.checked.fault(row, field, reason, || {
                    crate::Money::from_micros(micros).map_or_else(|| micros.to_string(), |money| money.to_string())
                });
            }
        }
        *(if field == Field::Amount { &mut self.columns.amount } else { &mut self.columns.cost }) = column;
        Ok(())
    }

    fn numbers(&mut self, values: Values<'_, f64>, field: Field) -> Result<()> {
        let column = if field == Field::Rating { &mut self.columns.rating } else { &mut self.columns.reach };
        if column.is_empty() && (0..self.checked.rows).all(|row| values.get(row).is_none_or(f64::is_nan)) {
            return Ok(());
        }
        let mut column = std::mem::take(column);
        pad(&mut column, self.before, f64::NAN)?;
        column.try_reserve(self.checked.rows)?;
        let mut faulty = Vec::new();
        column.extend((0..self.checked.rows).map(|row| {
            let Some(value) = values.get(row) else { return f64::NAN };
            check_number(value, field).unwrap_or_else(|reason| {
                faulty.push((row, reason, value));
                f64::NAN
            })
        }));
        for (row, reason, value) in faulty {
            self.checked.fault(row, field, reason, || value.to_string());
        }
        *(if field == Field::Rating { &mut self.columns.rating } else { &mut self.columns.reach }) = column;
        Ok(())
    }

    fn currencies(&mut self, column: TextColumn<'_>, expected: &mut Option<Currency>) -> Result<()> {
        let declared = *expected;
        for row in 0..self.checked.rows {
            let name = match column {
                TextColumn::Constant(name) => Some(name),
                TextColumn::Plain(names) => names[row],
                TextColumn::Dictionary { codes, values } => (codes[row] != u32::MAX).then(|| values[codes[row] as usize]),
            };
            let Some(name) = name.filter(|name| !name.is_empty()) else { continue };
            match (name.parse::<Currency>(), *expected) {
                (Ok(currency), Some(wanted)) if currency == wanted => {}
                (Ok(currency), None) => *expected = Some(currency),
                // Which of two undeclared currencies is meant must not depend on the order of the rows.
                (Ok(currency), Some(first)) if declared.is_none() => {
                    return Err(Error::new(
                        ErrorKind::CurrencyMismatch,
                        format!("the rows are in {first} and in {currency}: say which currency the ledger has"),
                    ));
                }
                _ => self.checked.fault(row, Field::Currency, Reason::OtherCurrency, || name.to_owned()),
            }
        }
        Ok(())
    }

    fn customers(&mut self, keys: &mut Keys, column: KeyColumn<'_>) -> Result<()> {
        if let (Keys::Integers(keys), KeyColumn::Int(values)) = (&mut *keys, column) {
            keys.try_reserve(values.values.len())?;
            keys.extend_from_slice(values.values);
            return Ok(());
        }
        let customers = &mut self.ledger.customers;
        self.checked.keys(keys.codes(customers)?, Field::Customer, column, customers)
    }
}

impl Checked {
    fn fault(&mut self, row: usize, field: Field, reason: Reason, value: impl FnOnce() -> String) {
        self.faults.entry(row).or_insert_with(|| (field, reason, shown(&value())));
    }

    /// Appends the codes of texts; a row that has a fault is left out.
    fn texts(
        &mut self,
        codes: &mut Vec<u32>,
        field: Field,
        column: TextColumn<'_>,
        mut intern: impl FnMut(&str) -> Result<u32>,
    ) -> Result<()> {
        let from = codes.len();
        codes.try_reserve(self.rows)?;
        match column {
            TextColumn::Constant(text) => {
                let code = match check_text(text) {
                    _ if text.is_empty() => NONE,
                    Ok(()) => intern(text)?,
                    Err(reason) => {
                        (0..self.rows).for_each(|row| self.fault(row, field, reason, || text.to_owned()));
                        NONE
                    }
                };
                codes.resize(from + self.rows, code);
            }
            TextColumn::Plain(texts) => {
                for (row, text) in texts.iter().enumerate() {
                    let text = text.filter(|text| !text.is_empty() && !self.faults.contains_key(&row));
                    codes.push(match text.map(|text| (text, check_text(text))) {
                        None => NONE,
                        Some((text, Ok(()))) => intern(text)?,
                        Some((text, Err(reason))) => {
                            self.fault(row, field, reason, || text.to_owned());
                            NONE
                        }
                    });
                }
            }
            TextColumn::Dictionary { codes: positions, values } => {
                let mut known = Vec::new();
                pad(&mut known, values.len(), NONE)?;
                for (row, &position) in positions.iter().enumerate() {
                    let mut code = known.get(position as usize).copied().unwrap_or(NONE);
                    if code == NONE
                        && let Some(&text) = values.get(position as usize).filter(|text| !text.is_empty())
                        && !self.faults.contains_key(&row)
                    {
                        match check_text(text) {
                            Ok(()) => code = intern(text)?,
                            Err(reason) => self.fault(row, field, reason, || text.to_owned()),
                        }
                        known[position as usize] = code;
                    }
                    codes.push(code);
                }
            }
        }
        Ok(())
    }

    /// Appends the codes of customers; a row that has a fault is left out.
    fn keys(&mut self, codes: &mut Vec<u32>, field: Field, column: KeyColumn<'_>, customers: &mut Customers) -> Result<()> {
        match column {
            KeyColumn::Text(texts) => self.texts(codes, field, texts, |text| customers.intern(Key::from(text))),
            KeyColumn::Int(values) => self.integers(codes, values, customers),
        }
    }

    fn integers(&self, codes: &mut Vec<u32>, values: Values<'_, i64>, customers: &mut Customers) -> Result<()> {
        codes.try_reserve(self.rows)?;
        let mut last = None;
        for row in 0..self.rows {
            let key = values.get(row).filter(|_| self.faults.is_empty() || !self.faults.contains_key(&row));
            codes.push(match (key, last) {
                (None, _) => NONE,
                (Some(key), Some((same, code))) if same == key => code,
                (Some(key), _) => {
                    let code = customers.intern(Key::Int(key))?;
                    last = Some((key, code));
                    code
                }
            });
        }
        Ok(())
    }
}

const _: () = assert!(Text::COUNT == 7);
