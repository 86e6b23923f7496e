//! Converted columns, owned or borrowed, and what could not be converted.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowDictionaryKeyType, ByteArrayType};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, DictionaryArray, GenericByteArray, StringArray, downcast_integer};
use arrow_buffer::{ArrowNativeType, NullBuffer};
use arrow_schema::DataType;

use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Field, Reason, TextColumn, Unreadable, Values};

/// Rows that could not be converted.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Unreadable>);

impl Faults {
    pub(crate) fn new(faults: Vec<Unreadable>) -> Faults {
        Faults(faults)
    }

    #[cold]
    pub(crate) fn add(&mut self, row: usize, field: Field, reason: Reason, value: impl Into<String>) {
        self.0.push(Unreadable { row, field, reason, value: value.into() });
    }

    /// The first fault of every row, rows ascending.
    pub(crate) fn finish(mut self) -> Vec<Unreadable> {
        self.0.sort_by_key(|fault| fault.row);
        self.0.dedup_by_key(|fault| fault.row);
        self.0
    }
}

/// Numbers of a column, and which are present.
#[derive(Debug)]
pub(crate) struct Numbers<'a, T: Copy> {
    values: Cow<'a, [T]>,
    valid: Option<Vec<u8>>,
}

impl<'a, T: Copy> Numbers<'a, T> {
    /// An array as it stands.
    pub(crate) fn borrowed(values: &'a [T], nulls: Option<&NullBuffer>) -> Numbers<'a, T> {
        Numbers { values: Cow::Borrowed(values), valid: presence(nulls) }
    }

    pub(crate) fn owned(values: Vec<T>, nulls: Option<&NullBuffer>) -> Numbers<'a, T> {
        Numbers { values: Cow::Owned(values), valid: presence(nulls) }
    }

    /// Converts the values that are present; `None` of `convert` is a missing value.
    pub(crate) fn converted<P: ArrowPrimitiveType>(
        array: &dyn Array,
        filler: T,
        mut convert: impl FnMut(usize, P::Native) -> Option<T>,
    ) -> Numbers<'a, T> {
        let array = array.as_primitive::<P>();
        let mut numbers = Numbers::owned(Vec::with_capacity(array.len()), array.nulls());
        let mut values = Vec::with_capacity(array.len());
        for (row, &value) in array.values().iter().enumerate() {
            let present = numbers.valid.as_ref().is_none_or(|valid| valid[row] == 1);
            let value = if present { convert(row, value) } else { None };
            values.push(value.unwrap_or(filler));
            if present && value.is_none() {
                numbers.missing(row, array.len());
            }
        }
        numbers.values = Cow::Owned(values);
        numbers
    }

    pub(crate) fn missing(&mut self, row: usize, rows: usize) {
        self.valid.get_or_insert_with(|| vec![1; rows])[row] = 0;
    }

    pub(crate) fn fill(&mut self, values: Vec<T>) {
        self.values = Cow::Owned(values);
    }

    pub(crate) fn view(&self) -> Values<'_, T> {
        Values { values: &self.values, valid: self.valid.as_deref() }
    }

    pub(crate) fn get(&self, row: usize) -> Option<T> {
        self.view().get(row)
    }
}

/// A byte per row, 1 where it is present; none if all are.
pub(crate) fn presence(nulls: Option<&NullBuffer>) -> Option<Vec<u8>> {
    nulls.filter(|nulls| nulls.null_count() > 0).map(|nulls| nulls.iter().map(u8::from).collect())
}

pub(crate) fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// Calls for every row of a text array; a null is `None`.
pub(crate) fn each_text<'a>(array: &'a dyn Array, mut call: impl FnMut(usize, Option<&'a str>)) {
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().iter().enumerate().for_each(|(row, text)| call(row, text)),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().enumerate().for_each(|(row, text)| call(row, text)),
        DataType::Utf8View => array.as_string_view().iter().enumerate().for_each(|(row, text)| call(row, text)),
        _ => {}
    }
}

/// A dictionary array as a plain one.
pub(crate) fn flattened(array: &ArrayRef) -> Result<ArrayRef> {
    let Some(dictionary) = array.as_any_dictionary_opt() else { return Ok(ArrayRef::clone(array)) };
    arrow_select::take::take(dictionary.values(), dictionary.keys(), None)
        .map_err(|error| Error::new(ErrorKind::CorruptData, format!("a dictionary column cannot be read: {error}")))
}

/// An array of bytes as text; what is not UTF-8 is a fault.
pub(crate) fn text_of_bytes(array: &dyn Array, field: Field, faults: &mut Faults) -> StringArray {
    fn offsets<T: ByteArrayType<Native = [u8]>>(array: &GenericByteArray<T>) -> Vec<Option<&[u8]>> {
        array.iter().collect()
    }
    let bytes = match array.data_type() {
        DataType::Binary => offsets(array.as_binary::<i32>()),
        DataType::LargeBinary => offsets(array.as_binary::<i64>()),
        DataType::BinaryView => array.as_binary_view().iter().collect(),
        _ => vec![None; array.len()],
    };
    let text = |(row, bytes): (usize, Option<&'_ [u8]>)| {
        let bytes = bytes?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Some(text.to_owned()),
            Err(_) => {
                faults.add(row, field, Reason::InvalidText, String::from_utf8_lossy(bytes));
                None
            }
        }
    };
    bytes.into_iter().enumerate().map(text).collect()
}

/// Text of a column, borrowed from its array.
#[derive(Debug)]
pub(crate) enum Texts<'a> {
    Plain(Vec<Option<&'a str>>),
    Dictionary { codes: Vec<u32>, values: Vec<&'a str> },
}

impl<'a> Texts<'a> {
    /// Borrows from a text array or a dictionary of text.
    pub(crate) fn of(array: &'a dyn Array) -> Texts<'a> {
        if let Some(dictionary) = array.as_any_dictionary_opt() {
            let mut values = Vec::with_capacity(dictionary.values().len());
            // Empty text is missing text, as a null value is.
            each_text(dictionary.values().as_ref(), |_, text| values.push(text.unwrap_or("")));
            return Texts::Dictionary { codes: codes(array), values };
        }
        let mut texts = Vec::with_capacity(array.len());
        each_text(array, |_, text| texts.push(text));
        Texts::Plain(texts)
    }

    pub(crate) fn view(&self) -> TextColumn<'_> {
        match self {
            Texts::Plain(texts) => TextColumn::Plain(texts),
            Texts::Dictionary { codes, values } => TextColumn::Dictionary { codes, values },
        }
    }
}

/// The keys of a dictionary array; a null key is `u32::MAX`.
fn codes(array: &dyn Array) -> Vec<u32> {
    fn of<K: ArrowDictionaryKeyType>(array: &DictionaryArray<K>) -> Vec<u32> {
        let keys = array.keys();
        match keys.nulls().filter(|nulls| nulls.null_count() > 0) {
            None => keys.values().iter().map(|key| key.as_usize() as u32).collect(),
            Some(nulls) => {
                let code = |(key, present): (&K::Native, bool)| if present { key.as_usize() as u32 } else { u32::MAX };
                keys.values().iter().zip(nulls.iter()).map(code).collect()
            }
        }
    }
    macro_rules! keyed {
        ($t:ty) => {
            of(array.as_dictionary::<$t>())
        };
    }
    match array.data_type() {
        DataType::Dictionary(key, _) => downcast_integer! {
            **key => (keyed),
            _ => vec![u32::MAX; array.len()]
        },
        _ => vec![u32::MAX; array.len()],
    }
}
