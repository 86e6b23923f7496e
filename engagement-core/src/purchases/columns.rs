//! From columns that were made elsewhere to rows.

use super::rows::Row;
use super::{Purchases, TimeUnit};
use crate::error::{Error, ErrorKind, Result};
use crate::interaction::Key;
use crate::ledger::{KeyColumn, TextColumn, Values};
use crate::model::PurchaseHistory;

/// Frequency, recency and age as borrowed columns of equal length, and what else is known.
#[derive(Clone, Copy, Debug)]
pub struct PurchaseColumns<'a> {
    /// Repeat purchases.
    pub frequency: &'a [u32],
    /// From the first purchase to the last, in units.
    pub recency: &'a [f64],
    /// From the first purchase to the end, in units.
    pub age: &'a [f64],
    /// Mean spend of the repeat purchases, in currency units. NaN is missing, and so is 0, which other libraries write where
    /// nothing was spent.
    pub value: Option<Values<'a, f64>>,
    /// Repeat purchases with spend: those the value is the mean of. Without it they are all of those who have a value.
    pub paid: Option<&'a [u32]>,
    /// The sum of the logarithms of the times between purchases, in units.
    pub log_gaps: Option<&'a [f64]>,
    /// The customers; without them, rows have their number, from 0.
    pub customers: Option<KeyColumn<'a>>,
    /// The unit of the times.
    pub unit: TimeUnit,
}

impl<'a> PurchaseColumns<'a> {
    /// The three columns every model needs, in weeks.
    #[must_use]
    pub fn new(frequency: &'a [u32], recency: &'a [f64], age: &'a [f64]) -> PurchaseColumns<'a> {
        PurchaseColumns {
            frequency,
            recency,
            age,
            value: None,
            paid: None,
            log_gaps: None,
            customers: None,
            unit: TimeUnit::default(),
        }
    }

    /// Sets [`value`](PurchaseColumns::value).
    #[must_use]
    pub fn value(self, value: Values<'a, f64>) -> PurchaseColumns<'a> {
        PurchaseColumns { value: Some(value), ..self }
    }

    /// Sets [`paid`](PurchaseColumns::paid).
    #[must_use]
    pub fn paid(self, paid: &'a [u32]) -> PurchaseColumns<'a> {
        PurchaseColumns { paid: Some(paid), ..self }
    }

    /// Sets [`log_gaps`](PurchaseColumns::log_gaps).
    #[must_use]
    pub fn log_gaps(self, log_gaps: &'a [f64]) -> PurchaseColumns<'a> {
        PurchaseColumns { log_gaps: Some(log_gaps), ..self }
    }

    /// Sets [`customers`](PurchaseColumns::customers).
    #[must_use]
    pub fn customers(self, customers: KeyColumn<'a>) -> PurchaseColumns<'a> {
        PurchaseColumns { customers: Some(customers), ..self }
    }

    /// Sets [`unit`](PurchaseColumns::unit).
    #[must_use]
    pub fn unit(self, unit: TimeUnit) -> PurchaseColumns<'a> {
        PurchaseColumns { unit, ..self }
    }

    /// Refuses columns of other lengths.
    fn check_lengths(&self) -> Result<()> {
        let rows = self.frequency.len();
        if u32::try_from(rows).is_err() {
            return Err(Error::new(ErrorKind::Overflow, format!("frequency: {rows} rows are more than 4,294,967,295")));
        }
        let customers = self.customers.map(|keys| match keys {
            KeyColumn::Int(values) => lengths(&values),
            KeyColumn::Text(TextColumn::Constant(_)) => (rows, rows),
            KeyColumn::Text(TextColumn::Plain(texts)) => (texts.len(), rows),
            KeyColumn::Text(TextColumn::Dictionary { codes, .. }) => (codes.len(), rows),
        });
        let same = |len: usize| (len, len);
        for (name, (len, valid)) in [
            ("recency", same(self.recency.len())),
            ("age", same(self.age.len())),
            ("value", self.value.as_ref().map_or(same(rows), lengths)),
            ("paid", same(self.paid.map_or(rows, <[u32]>::len))),
            ("log_gaps", same(self.log_gaps.map_or(rows, <[f64]>::len))),
            ("customers", customers.unwrap_or(same(rows))),
        ] {
            for len in [len, valid] {
                if len != rows {
                    return Err(invalid(format!("{name}: {len} values, but frequency has {rows}")));
                }
            }
        }
        Ok(())
    }

    /// The value and the purchases with spend of a row.
    fn spend(&self, row: usize) -> Result<(Option<f64>, u32)> {
        let frequency = self.frequency[row];
        let value = self.value.and_then(|value| value.get(row)).filter(|value| !value.is_nan());
        if let Some(value) = value.filter(|&value| !(value >= 0.0 && value.is_finite())) {
            return Err(invalid(format!("value: {value} is not a finite number of at least 0")));
        }
        let value = value.filter(|&value| value > 0.0);
        if let Some(value) = value.filter(|_| frequency == 0) {
            return Err(invalid(format!("value: {value} is the mean spend of repeat purchases, but frequency is 0")));
        }
        let all = if value.is_some() { frequency } else { 0 };
        let paid = self.paid.map_or(all, |paid| paid[row]);
        if paid > frequency {
            return Err(invalid(format!("paid: {paid} is more than frequency, {frequency}")));
        }
        match value {
            Some(value) if paid == 0 => Err(invalid(format!("paid: 0 purchases with spend, but value is {value}"))),
            None if paid > 0 => Err(invalid(format!("paid: {paid} purchases with spend, but value is missing or 0"))),
            _ => Ok((value, paid)),
        }
    }

    fn log_gap(&self, row: usize) -> Result<f64> {
        let Some(log_gaps) = self.log_gaps else { return Ok(0.0) };
        let sum = log_gaps[row];
        if !sum.is_finite() {
            return Err(invalid(format!("log_gaps: {sum} is not a finite number")));
        }
        if self.frequency[row] == 0 && sum != 0.0 {
            return Err(invalid(format!("log_gaps: {sum} is not 0, but frequency is")));
        }
        Ok(sum)
    }

    /// A row and its key.
    fn row(&self, at: usize) -> Result<(Row, Key<'a>)> {
        let history = PurchaseHistory::new(self.frequency[at], self.recency[at], self.age[at])?;
        let (value, paid) = self.spend(at)?;
        let row = Row {
            frequency: history.frequency(),
            recency: history.recency(),
            age: history.age(),
            value,
            paid,
            first_value: None,
            log_gaps: self.log_gap(at)?,
        };
        let key = self.key(at).ok_or_else(|| invalid("customers: the key is missing".to_owned()))?;
        Ok((row, key))
    }

    /// The key of a row; `None` if it is missing or empty.
    fn key(&self, row: usize) -> Option<Key<'a>> {
        let text = match self.customers {
            None => return i64::try_from(row).ok().map(Key::Int),
            Some(KeyColumn::Int(values)) => return values.get(row).map(Key::Int),
            Some(KeyColumn::Text(TextColumn::Constant(text))) => Some(text),
            Some(KeyColumn::Text(TextColumn::Plain(texts))) => texts[row],
            Some(KeyColumn::Text(TextColumn::Dictionary { codes, values })) => values.get(codes[row] as usize).copied(),
        };
        text.filter(|text| !text.is_empty()).map(Key::Text)
    }
}

impl Purchases {
    /// The rows of a table that was made elsewhere, in its order.
    ///
    /// [`first_value`](Purchases::first_value) and the holdout are not known of such a table.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] naming the row, counted from 0, the column and the value: columns of other lengths, times
    /// that are negative or not numbers, a recency greater than the age or of somebody who did not buy again, a negative value,
    /// a value of somebody who did not buy again, a missing customer.
    ///
    /// # Example
    /// ```
    /// use engagement_core::{PurchaseColumns, Purchases, Values};
    ///
    /// let value = [22.35, 0.0];
    /// let columns = PurchaseColumns::new(&[2, 0], &[30.43, 0.0], &[38.86, 38.86]).value(Values::new(&value));
    /// let purchases = Purchases::from_columns(&columns)?;
    /// assert_eq!((purchases.value().get(0), purchases.value().get(1)), (Some(22.35), None));
    ///
    /// let wrong = PurchaseColumns { recency: &[30.43, 1.0], ..columns };
    /// let error = Purchases::from_columns(&wrong).unwrap_err();
    /// assert_eq!(error.to_string(), "row 1: recency: 1 is not 0, but the customer's frequency is");
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    pub fn from_columns(columns: &PurchaseColumns<'_>) -> Result<Purchases> {
        columns.check_lengths()?;
        let rows = columns.frequency.len();
        let mut all = Purchases::blank(columns.unit, rows, columns.log_gaps.is_some(), None)?;
        let mut integers = true;
        for mut slice in all.slices(rows.max(1)) {
            for at in 0..rows {
                let (row, key) = columns.row(at).map_err(|error| error.at(format_args!("row {at}")))?;
                slice.set(at, &row);
                integers &= matches!(key.canonical(), Key::Int(_));
            }
        }
        // Keys are kept as integers only if all of them are: a table of keys holds its integers before its texts.
        for key in (0..rows).filter_map(|row| columns.key(row)) {
            all.keys.push(if integers { key.canonical() } else { key });
        }
        Ok(all)
    }
}

fn lengths<T>(values: &Values<'_, T>) -> (usize, usize) {
    (values.values.len(), values.valid.map_or(values.values.len(), <[u8]>::len))
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}
