//! From the columns of a batch to checked codes.

use std::collections::BTreeMap;

use super::batch::{Batch, KeyColumn, TextColumn, Values};
use super::columns::{Columns, NO_MONEY, Text};
use super::dictionary::{Dictionary, NONE};
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

/// A checked batch: codes for every row; rows with a fault hold anything.
#[derive(Debug, Default)]
pub(crate) struct Staged {
    pub(crate) customer: Vec<u32>,
    pub(crate) columns: Columns,
    pub(crate) faults: Faults,
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

fn filled<T: Copy>(rows: usize, value: T) -> Result<Vec<T>> {
    let mut column = Vec::new();
    column.try_reserve_exact(rows)?;
    column.resize(rows, value);
    Ok(column)
}

impl Staged {
    fn fault(&mut self, row: usize, field: Field, reason: Reason, value: impl FnOnce() -> String) {
        self.faults.entry(row).or_insert_with(|| (field, reason, shown(&value())));
    }

    /// Checks and codes a batch. `currency` is the one the amounts must have, learned from the rows if not declared.
    pub(crate) fn new(ledger: &mut Ledger, batch: &Batch<'_>, currency: &mut Option<Currency>) -> Result<Staged> {
        batch.check()?;
        let rows = batch.len();
        let mut staged = Staged::default();
        for u in batch.unreadable {
            staged.fault(u.row, u.field, u.reason, || u.value.clone());
        }
        staged.keys_present(&batch.customer, rows);
        staged.times(batch.at)?;
        staged.columns.kind = filled(rows, NONE)?;
        let mut codes = std::mem::take(&mut staged.columns.kind);
        staged.texts(&mut codes, Field::Kind, batch.kind, |name| intern_kind(&mut ledger.kinds, name))?;
        for (row, code) in codes.iter().enumerate() {
            if *code == NONE {
                staged.fault(row, Field::Kind, Reason::MissingKind, String::new);
            }
        }
        staged.columns.kind = codes;
        if let Some(amount) = batch.amount {
            staged.columns.amount = staged.money(amount, Field::Amount)?;
        }
        if let Some(cost) = batch.cost {
            staged.columns.cost = staged.money(cost, Field::Cost)?;
        }
        if let Some(rating) = batch.rating {
            staged.columns.rating = staged.numbers(rating, Field::Rating)?;
        }
        if let Some(reach) = batch.reach {
            staged.columns.reach = staged.numbers(reach, Field::Reach)?;
        }
        if let Some(column) = batch.currency {
            staged.currencies(column, rows, currency)?;
        }
        if let Some(other) = batch.other {
            let mut codes = filled(rows, NONE)?;
            staged.keys(&mut codes, Field::Other, other, ledger)?;
            staged.columns.other = codes;
        }
        for (at, (field, column)) in batch.texts().into_iter().enumerate() {
            if let Some(column) = column {
                let mut codes = filled(rows, NONE)?;
                staged.texts(&mut codes, field, column, |text| ledger.texts[at].intern(text))?;
                staged.columns.text[at] = codes;
            }
        }
        // Customers come last, so that a refused row leaves no customer behind.
        let mut codes = filled(rows, NONE)?;
        staged.keys(&mut codes, Field::Customer, batch.customer, ledger)?;
        staged.customer = codes;
        staged.columns.drop_absent();
        Ok(staged)
    }

    fn keys_present(&mut self, column: &KeyColumn<'_>, rows: usize) {
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
        for row in (0..rows).filter(|&row| missing(row)) {
            self.fault(row, Field::Customer, Reason::MissingCustomer, String::new);
        }
    }

    fn times(&mut self, at: Values<'_, i64>) -> Result<()> {
        let mut column = Vec::new();
        column.try_reserve_exact(at.values.len())?;
        column.extend_from_slice(at.values);
        if let Some(valid) = at.valid {
            for (row, _) in valid.iter().enumerate().filter(|(_, v)| **v == 0) {
                self.fault(row, Field::At, Reason::MissingTime, String::new);
            }
        }
        let (low, high) = (Timestamp::MIN.micros(), Timestamp::MAX.micros());
        if column.iter().any(|&at| at < low || at > high) {
            for (row, &at) in column.iter().enumerate().filter(|(_, at)| **at < low || **at > high) {
                self.fault(row, Field::At, Reason::InvalidTime, || at.to_string());
            }
        }
        self.columns.at = column;
        Ok(())
    }

    fn money(&mut self, values: Values<'_, i64>, field: Field) -> Result<Vec<i64>> {
        let mut column = filled(values.values.len(), NO_MONEY)?;
        for (row, kept) in column.iter_mut().enumerate() {
            let Some(micros) = values.get(row) else { continue };
            let kind = if field == Field::Amount { self.columns.kind[row] } else { NONE };
            match check_amount(micros, kind) {
                Ok(micros) => *kept = micros,
                Err(reason) => self.fault(row, field, reason, || {
                    crate::Money::from_micros(micros).map_or_else(|| micros.to_string(), |money| money.to_string())
                }),
            }
        }
        Ok(column)
    }

    fn numbers(&mut self, values: Values<'_, f64>, field: Field) -> Result<Vec<f64>> {
        let mut column = filled(values.values.len(), f64::NAN)?;
        for (row, kept) in column.iter_mut().enumerate() {
            let Some(value) = values.get(row) else { continue };
            match check_number(value, field) {
                Ok(value) => *kept = value,
                Err(reason) => self.fault(row, field, reason, || value.to_string()),
            }
        }
        Ok(column)
    }

    fn currencies(&mut self, column: TextColumn<'_>, rows: usize, expected: &mut Option<Currency>) -> Result<()> {
        let declared = *expected;
        for row in 0..rows {
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
                _ => self.fault(row, Field::Currency, Reason::OtherCurrency, || name.to_owned()),
            }
        }
        Ok(())
    }

    /// Codes text; a row that has a fault is left out.
    fn texts(
        &mut self,
        codes: &mut [u32],
        field: Field,
        column: TextColumn<'_>,
        mut intern: impl FnMut(&str) -> Result<u32>,
    ) -> Result<()> {
        match column {
            TextColumn::Constant("") => {}
            TextColumn::Constant(text) => match check_text(text) {
                Ok(()) => codes.fill(intern(text)?),
                Err(reason) => (0..codes.len()).for_each(|row| self.fault(row, field, reason, || text.to_owned())),
            },
            TextColumn::Plain(texts) => {
                for (row, code) in codes.iter_mut().enumerate() {
                    let Some(text) = texts[row].filter(|text| !text.is_empty()) else { continue };
                    if self.faults.contains_key(&row) {
                        continue;
                    }
                    match check_text(text) {
                        Ok(()) => *code = intern(text)?,
                        Err(reason) => self.fault(row, field, reason, || text.to_owned()),
                    }
                }
            }
            TextColumn::Dictionary { codes: positions, values } => {
                let mut known = filled(values.len(), NONE)?;
                for (row, code) in codes.iter_mut().enumerate() {
                    let position = positions[row] as usize;
                    let Some(&text) = values.get(position).filter(|text| !text.is_empty()) else { continue };
                    if !self.faults.is_empty() && self.faults.contains_key(&row) {
                        continue;
                    }
                    if known[position] == NONE {
                        match check_text(text) {
                            Ok(()) => known[position] = intern(text)?,
                            Err(reason) => self.fault(row, field, reason, || text.to_owned()),
                        }
                    }
                    *code = known[position];
                }
            }
        }
        Ok(())
    }

    fn keys(&mut self, codes: &mut [u32], field: Field, column: KeyColumn<'_>, ledger: &mut Ledger) -> Result<()> {
        let customers = &mut ledger.customers;
        match column {
            KeyColumn::Text(texts) => self.texts(codes, field, texts, |text| customers.intern(Key::from(text))),
            KeyColumn::Int(values) => {
                let mut last = None;
                for (row, code) in codes.iter_mut().enumerate() {
                    if !self.faults.is_empty() && self.faults.contains_key(&row) {
                        continue;
                    }
                    let Some(key) = values.get(row) else { continue };
                    *code = match last {
                        Some((same, code)) if same == key => code,
                        _ => customers.intern(Key::Int(key))?,
                    };
                    last = Some((key, *code));
                }
                Ok(())
            }
        }
    }
}

const _: () = assert!(Text::COUNT == 7);
