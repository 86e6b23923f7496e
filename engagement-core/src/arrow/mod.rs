//! Arrow record batches in and out.
//!
//! [`resolve`] finds out which column is which field, [`push`] feeds batches into a [`Load`], [`scores_batch`],
//! [`purchases_batch`] and [`rejects_batch`] make tables of what came out. Nothing becomes null in silence: a value that cannot
//! be read makes its row a [`Reject`](crate::Reject), and a column whose type makes no sense for its field is an error before the
//! first row.
//!
//! | field | types |
//! |---|---|
//! | keys and texts | text of every kind, dictionaries of it, integers; floats and decimals if whole (floats below 2⁵³) |
//! | `at` | timestamps of every unit with or without zone, dates, text; what has no zone is read in the load's |
//! | `amount`, `cost`, `unit_price`, `quantity` | integers, decimals and text exactly; floats to the nearest millionth; NaN is missing |
//! | `rating`, `reach` | numbers and text; NaN is missing |
//!
//! ```
//! use std::sync::Arc;
//! use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
//! use engagement_core::arrow::{KindsReport, Mapping, push, resolve};
//! use engagement_core::{Ledger, LoadOptions};
//!
//! let batch = RecordBatch::try_from_iter([
//!     ("customer", Arc::new(Int64Array::from(vec![7, 7, 8])) as ArrayRef),
//!     ("date", Arc::new(StringArray::from(vec!["2026-03-01", "2026-03-09", "2026-03-02"])) as ArrayRef),
//!     ("amount", Arc::new(Float64Array::from(vec![19.9, -19.9, 5.0])) as ArrayRef),
//! ])
//! .unwrap();
//! let mut ledger = Ledger::new();
//! let mut load = ledger.load(LoadOptions::default())?;
//! let columns = resolve(batch.schema_ref(), &Mapping::new())?;
//! let mut kinds = KindsReport::default();
//! push(&mut load, &batch, &columns, &mut kinds)?;
//! load.finish()?;
//! // Without a column for it, the sign of the amount says what happened.
//! assert_eq!(ledger.kinds(), [("purchase", 2), ("refund", 1)]);
//! # Ok::<(), engagement_core::Error>(())
//! ```

mod amounts;
mod columns;
mod keys;
mod kinds;
mod mapping;
mod names;
mod output;
mod times;
mod values;

use arrow_array::{Array, ArrayRef, RecordBatch};

pub use columns::{Chosen, Columns, resolve};
pub use kinds::{KindOrigin, KindUse, KindsReport};
pub use mapping::{Mapping, Vocabulary};
pub use output::{count_column, customer_column, purchases_batch, rejects_batch, scores_batch};

use crate::error::Result;
use crate::ledger::{Batch, Field, KeyColumn, Load, TextColumn, Unreadable, Values};
use names::Part;
use values::{Faults, Numbers, Texts, flattened, presence};

/// Rows converted at a time, so that what is held besides the batch stays small.
pub(crate) const SLICE: usize = 65_536;

/// Feeds a batch into a load, in slices of 65,536 rows. `columns` are the batch's, from [`resolve`]; `kinds` counts the
/// names of kinds. Dates and times without zone are read in the load's zone.
///
/// # Errors
/// A batch of other columns, what [`Load::push`] refuses, and in a strict load the first row that cannot be read. After an error
/// the load can only be dropped.
pub fn push(load: &mut Load<'_>, batch: &RecordBatch, columns: &Columns, kinds: &mut KindsReport) -> Result<()> {
    push_with(load, batch, columns, kinds, Vec::new())
}

/// The same for rows of which the reader could not read some.
pub(crate) fn push_with(
    load: &mut Load<'_>,
    batch: &RecordBatch,
    columns: &Columns,
    kinds: &mut KindsReport,
    unreadable: Vec<Unreadable>,
) -> Result<()> {
    let result = columns.check(batch).and_then(|()| {
        let mut unreadable = unreadable.into_iter().peekable();
        for start in (0..batch.num_rows()).step_by(SLICE) {
            let rows = SLICE.min(batch.num_rows() - start);
            let mut faults = Vec::new();
            while let Some(mut fault) = unreadable.next_if(|fault| fault.row < start + rows) {
                fault.row -= start;
                faults.push(fault);
            }
            Slice { batch, columns, start, rows }.push(load, kinds, faults)?;
        }
        Ok(())
    });
    result.inspect_err(|_| load.fail())
}

/// Some rows of a batch.
struct Slice<'a> {
    batch: &'a RecordBatch,
    columns: &'a Columns,
    start: usize,
    rows: usize,
}

impl Slice<'_> {
    fn array(&self, part: Part) -> Option<ArrayRef> {
        self.columns.place(part).map(|place| self.batch.column(place).slice(self.start, self.rows))
    }

    /// The array of a part, no dictionary.
    fn flat(&self, field: Field) -> Result<Option<ArrayRef>> {
        self.array(Part::Field(field)).map(|array| flattened(&array)).transpose()
    }

    fn texts(&self, part: Part, faults: &mut Faults) -> Result<Option<ArrayRef>> {
        self.array(part).map(|array| keys::texts(&array, part, self.columns.column(part), faults)).transpose()
    }

    fn keys(&self, field: Field, faults: &mut Faults) -> Result<Option<Keys>> {
        let part = Part::Field(field);
        let Some(array) = self.array(part) else { return Ok(None) };
        let array = keys::keys(&array, part, self.columns.column(part), faults)?;
        let valid = presence(array.nulls());
        Ok(Some(Keys { array, valid }))
    }

    fn millionths(&self, field: Field, faults: &mut Faults) -> Result<Option<Numbers<'static, i64>>> {
        let column = self.columns.column(Part::Field(field));
        self.flat(field)?.map(|array| amounts::millionths(&array, field, column, faults)).transpose()
    }

    fn amount(&self, faults: &mut Faults) -> Result<Option<Numbers<'static, i64>>> {
        let (quantity, price) = (self.millionths(Field::Quantity, faults)?, self.millionths(Field::UnitPrice, faults)?);
        match (quantity, price) {
            (Some(quantity), Some(price)) => Ok(Some(amounts::product(&quantity, &price, self.rows, faults))),
            _ => self.millionths(Field::Amount, faults),
        }
    }

    fn push(&self, load: &mut Load<'_>, kinds: &mut KindsReport, unreadable: Vec<Unreadable>) -> Result<()> {
        let zone = load.zone().clone();
        let mut faults = Faults::new(unreadable);
        let name = |field| self.columns.column(Part::Field(field));

        let customer = self.keys(Field::Customer, &mut faults)?;
        let at = self.flat(Field::At)?;
        let at = at.as_ref().map(|array| times::times(array, &zone, name(Field::At), &mut faults)).transpose()?;
        let (Some(customer), Some(at)) = (customer, at) else { return Ok(()) };
        let amount = self.amount(&mut faults)?;
        let kind = self.texts(Part::Field(Field::Kind), &mut faults)?;
        let kind = kind.as_ref().map(|array| Texts::of(array));
        let kind = self.columns.kinds().column(kind.as_ref(), amount.as_ref(), self.rows, kinds);
        let cost = self.millionths(Field::Cost, &mut faults)?;
        let rating = self.flat(Field::Rating)?;
        let rating = rating.as_ref().map(|a| amounts::numbers(a, Field::Rating, name(Field::Rating), &mut faults)).transpose()?;
        let reach = self.flat(Field::Reach)?;
        let reach = reach.as_ref().map(|a| amounts::numbers(a, Field::Reach, name(Field::Reach), &mut faults)).transpose()?;
        let other = self.keys(Field::Other, &mut faults)?;
        let mut id = self.texts(Part::Field(Field::Id), &mut faults)?;
        if let (Some(source), Some(bare)) = (self.texts(Part::Source, &mut faults)?, &id) {
            id = Some(keys::joined(&source, bare)?);
        }
        let mut text = |field| self.texts(Part::Field(field), &mut faults);
        let arrays = [
            id,
            text(Field::Order)?,
            text(Field::Item)?,
            text(Field::Channel)?,
            text(Field::Unit)?,
            text(Field::Campaign)?,
            text(Field::Arm)?,
            text(Field::Currency)?,
        ];
        let texts = arrays.each_ref().map(|array| array.as_ref().map(|array| Texts::of(array)));
        let [id, order, item, channel, unit, campaign, arm, currency] = texts.each_ref().map(|t| t.as_ref().map(Texts::view));

        let (customer_texts, other_texts) = (customer.texts(), other.as_ref().and_then(Keys::texts));
        let kind_values = kind.values();
        let unreadable = faults.finish();
        load.push(&Batch {
            customer: customer.view(customer_texts.as_ref()),
            at: at.view(),
            kind: TextColumn::Dictionary { codes: &kind.codes, values: &kind_values },
            amount: amount.as_ref().map(Numbers::view),
            cost: cost.as_ref().map(Numbers::view),
            rating: rating.as_ref().map(Numbers::view),
            reach: reach.as_ref().map(Numbers::view),
            other: other.as_ref().map(|keys| keys.view(other_texts.as_ref())),
            order,
            item,
            channel,
            unit,
            campaign,
            arm,
            id,
            currency,
            unreadable: &unreadable,
        })
    }
}

/// Converted keys.
struct Keys {
    array: ArrayRef,
    valid: Option<Vec<u8>>,
}

impl Keys {
    fn integers(&self) -> Option<&arrow_array::Int64Array> {
        self.array.as_any().downcast_ref()
    }

    fn texts(&self) -> Option<Texts<'_>> {
        self.integers().is_none().then(|| Texts::of(&self.array))
    }

    fn view<'a>(&'a self, texts: Option<&'a Texts<'_>>) -> KeyColumn<'a> {
        match (self.integers(), texts) {
            (Some(integers), _) => KeyColumn::Int(Values { values: integers.values(), valid: self.valid.as_deref() }),
            (None, Some(texts)) => KeyColumn::Text(texts.view()),
            (None, None) => KeyColumn::Text(TextColumn::Constant("")),
        }
    }
}
