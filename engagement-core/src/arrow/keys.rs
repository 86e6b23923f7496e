//! Customer keys and texts, from whatever type holds them.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Float16Type, Float32Type, Float64Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, Int64Array, StringArray, new_null_array};
use arrow_schema::DataType;

use super::columns::unreadable;
use super::names::Part;
use super::values::{Faults, flattened, is_text, text_of_bytes};
use crate::error::Result;
use crate::ledger::{Field, Reason};

/// Floats from here on no longer tell every integer from its neighbour.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A dictionary larger than this and than its column is not worth keeping.
const SMALL: usize = 1024;

/// The keys of a column as an `Int64` array, a text array, or a dictionary of text.
///
/// Integers are keys as they are; those past `i64` become their decimal text. Floats and decimals must be whole; NaN is missing.
pub(crate) fn keys(array: &ArrayRef, part: Part, column: &str, faults: &mut Faults) -> Result<ArrayRef> {
    use DataType as D;
    let field = field_of(part);
    macro_rules! whole {
        ($t:ty) => {
            from_integers(array.as_primitive::<$t>().iter().map(|key| key.map(i64::from)))
        };
    }
    macro_rules! float {
        ($t:ty, $widen:expr) => {
            Arc::new(from_floats(array.as_primitive::<$t>().iter().map(|key| key.map($widen)), field, faults))
        };
    }
    Ok(match array.data_type() {
        D::Int64 | D::Utf8 | D::LargeUtf8 | D::Utf8View => Arc::clone(array),
        D::Null => new_null_array(&D::Int64, array.len()),
        D::Int8 => whole!(arrow_array::types::Int8Type),
        D::Int16 => whole!(arrow_array::types::Int16Type),
        D::Int32 => whole!(arrow_array::types::Int32Type),
        D::UInt8 => whole!(arrow_array::types::UInt8Type),
        D::UInt16 => whole!(arrow_array::types::UInt16Type),
        D::UInt32 => whole!(arrow_array::types::UInt32Type),
        D::UInt64 => from_wide(array.as_primitive::<UInt64Type>().iter().map(|key| key.map(i128::from))),
        D::Float16 => float!(Float16Type, f64::from),
        D::Float32 => float!(Float32Type, f64::from),
        D::Float64 => float!(Float64Type, |key| key),
        D::Decimal32(_, scale) => from_decimals::<Decimal32Type>(array, *scale, field, faults, |v| Some(v.into())),
        D::Decimal64(_, scale) => from_decimals::<Decimal64Type>(array, *scale, field, faults, |v| Some(v.into())),
        D::Decimal128(_, scale) => from_decimals::<Decimal128Type>(array, *scale, field, faults, Some),
        D::Decimal256(_, scale) => from_decimals::<Decimal256Type>(array, *scale, field, faults, arrow_buffer::i256::to_i128),
        D::Binary | D::LargeBinary | D::BinaryView => Arc::new(text_of_bytes(array, field, faults)),
        D::Dictionary(_, values) if is_text(values) && array.as_any_dictionary().values().len() <= array.len().max(SMALL) => {
            Arc::clone(array)
        }
        D::Dictionary(_, values) if !matches!(**values, D::Dictionary(..)) => keys(&flattened(array)?, part, column, faults)?,
        other => return Err(unreadable(part, column, other)),
    })
}

/// The texts of a column as a text array or a dictionary of text; numbers become their decimal text.
pub(crate) fn texts(array: &ArrayRef, part: Part, column: &str, faults: &mut Faults) -> Result<ArrayRef> {
    let array = keys(array, part, column, faults)?;
    match array.as_primitive_opt::<arrow_array::types::Int64Type>() {
        Some(integers) => Ok(Arc::new(decimal_text(integers.iter()))),
        None => Ok(array),
    }
}

/// `source id` for every row that has an id.
pub(crate) fn joined(source: &dyn Array, id: &dyn Array) -> Result<ArrayRef> {
    use super::values::each_text;
    let (source, id) = (flattened(&source.slice(0, source.len()))?, flattened(&id.slice(0, id.len()))?);
    let mut sources = Vec::with_capacity(id.len());
    each_text(source.as_ref(), |_, text| sources.push(text.filter(|text| !text.is_empty())));
    let mut texts: Vec<Option<String>> = Vec::with_capacity(id.len());
    each_text(id.as_ref(), |row, id| {
        let id = id.filter(|id| !id.is_empty());
        texts.push(id.map(|id| sources[row].map_or_else(|| id.to_owned(), |source| format!("{source} {id}"))));
    });
    Ok(Arc::new(StringArray::from(texts)))
}

fn field_of(part: Part) -> Field {
    match part {
        Part::Field(field) => field,
        Part::Source => Field::Id,
    }
}

/// Why a value that is no key is refused.
fn reason(field: Field) -> Reason {
    if matches!(field, Field::Customer | Field::Other) { Reason::InvalidKey } else { Reason::InvalidText }
}

fn from_integers(keys: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(keys.collect::<Int64Array>())
}

fn decimal_text<N: ToString>(numbers: impl Iterator<Item = Option<N>>) -> StringArray {
    numbers.map(|number| number.map(|number| number.to_string())).collect()
}

/// Integers where all fit, else the decimal text of all: the ledger takes the text of an integer for that integer.
fn from_wide(keys: impl Iterator<Item = Option<i128>> + Clone) -> ArrayRef {
    if keys.clone().flatten().all(|key| i64::try_from(key).is_ok()) {
        return from_integers(keys.map(|key| key.and_then(|key| i64::try_from(key).ok())));
    }
    Arc::new(decimal_text(keys))
}

fn from_floats(keys: impl Iterator<Item = Option<f64>>, field: Field, faults: &mut Faults) -> Int64Array {
    let mut whole = |(row, key): (usize, Option<f64>)| {
        let key = key.filter(|key| !key.is_nan())?;
        if key.trunc() == key && key.abs() < EXACT {
            return Some(key as i64);
        }
        faults.add(row, field, reason(field), key.to_string());
        None
    };
    keys.enumerate().map(&mut whole).collect()
}

fn from_decimals<P: ArrowPrimitiveType>(
    array: &dyn Array,
    scale: i8,
    field: Field,
    faults: &mut Faults,
    widen: impl Fn(P::Native) -> Option<i128>,
) -> ArrayRef
where
    P::Native: std::fmt::Display,
{
    let array = array.as_primitive::<P>();
    let power = 10_i128.checked_pow(u32::from(scale.unsigned_abs()));
    let whole = |value: P::Native| {
        let (value, power) = (widen(value)?, power?);
        if scale <= 0 { value.checked_mul(power) } else { (value % power == 0).then_some(value / power) }
    };
    let mut keys: Vec<Option<i128>> = Vec::with_capacity(array.len());
    for (row, value) in array.iter().enumerate() {
        let key = value.and_then(whole);
        if let (Some(value), None) = (value, key) {
            faults.add(row, field, reason(field), format!("{value}e{}", -i32::from(scale)));
        }
        keys.push(key);
    }
    from_wide(keys.into_iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_past_i64_become_text() {
        let array: ArrayRef = Arc::new(arrow_array::UInt64Array::from(vec![Some(7), Some(u64::MAX), None]));
        let keys = keys(&array, Part::Field(Field::Customer), "c", &mut Faults::default()).unwrap();
        let keys = keys.as_string::<i32>();
        assert_eq!(keys.iter().collect::<Vec<_>>(), [Some("7"), Some("18446744073709551615"), None]);
    }
}
