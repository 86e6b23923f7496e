//! Amounts, quantities and ratings.

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Float16Type, Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, downcast_integer};
use arrow_buffer::{NullBuffer, i256};
use arrow_schema::DataType;

use super::columns::unreadable;
use super::names::Part;
use super::values::{Faults, Numbers, each_text, text_of_bytes};
use crate::error::Result;
use crate::ledger::{Field, Reason};
use crate::money::Money;

const MICROS: i64 = 1_000_000;

/// A column as millionths: integers, decimals and text exactly, floats to the nearest millionth. NaN and empty text are missing.
/// The array is no dictionary.
pub(crate) fn millionths<'a>(array: &ArrayRef, field: Field, column: &str, faults: &mut Faults) -> Result<Numbers<'a, i64>> {
    use DataType as D;
    macro_rules! integer {
        ($t:ty) => {
            Numbers::converted::<$t>(array, 0, |row, value| {
                let micros = i64::try_from(value).ok().and_then(|value| value.checked_mul(MICROS));
                refused(micros, row, field, faults, || value.to_string())
            })
        };
    }
    Ok(downcast_integer! {
        array.data_type() => (integer),
        D::Float64 => floats::<Float64Type>(array, field, faults, |value| value),
        D::Float32 => floats::<Float32Type>(array, field, faults, f64::from),
        D::Float16 => floats::<Float16Type>(array, field, faults, f64::from),
        D::Decimal32(_, scale) => decimals::<Decimal32Type>(array, *scale, field, faults, |v| Some(v.into())),
        D::Decimal64(_, scale) => decimals::<Decimal64Type>(array, *scale, field, faults, |v| Some(v.into())),
        D::Decimal128(_, scale) => decimals::<Decimal128Type>(array, *scale, field, faults, Some),
        D::Decimal256(_, scale) => wide_decimals(array, *scale, field, faults),
        D::Utf8 | D::LargeUtf8 | D::Utf8View => written_money(array, field, faults),
        D::Binary | D::LargeBinary | D::BinaryView => written_money(&text_of_bytes(array, field, faults), field, faults),
        D::Null => Numbers::owned(vec![0; array.len()], Some(&NullBuffer::new_null(array.len()))),
        other => return Err(unreadable(Part::Field(field), column, other)),
    })
}

/// A value, or a fault where there is none.
#[inline]
fn refused<T>(value: Option<T>, row: usize, field: Field, faults: &mut Faults, shown: impl FnOnce() -> String) -> Option<T> {
    if value.is_none() {
        let reason = match field {
            Field::Rating => Reason::InvalidRating,
            Field::Reach => Reason::InvalidReach,
            _ => Reason::InvalidAmount,
        };
        faults.add(row, field, reason, shown());
    }
    value
}

fn floats<'a, P: ArrowPrimitiveType>(
    array: &dyn Array,
    field: Field,
    faults: &mut Faults,
    widen: impl Fn(P::Native) -> f64,
) -> Numbers<'a, i64> {
    Numbers::converted::<P>(array, 0, |row, value| {
        let value = widen(value);
        nearest(value).or_else(|| match Money::from_f64(value) {
            Ok(money) => money.map(Money::micros),
            Err(_) => refused(None, row, field, faults, || value.to_string()),
        })
    })
}

/// What [`Money::from_f64`] gives for all but huge values and what may be a tie.
#[inline]
fn nearest(value: f64) -> Option<i64> {
    // Adding and subtracting this rounds to an integer, ties to even, for sizes below 2⁵¹.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let scaled = value * 1e6;
    if scaled.abs() < 2_251_799_813_685_248.0 {
        let rounded = (scaled + ROUND) - ROUND;
        if (scaled - rounded).abs() < 0.5 {
            return Some(rounded as i64);
        }
    }
    None
}

fn decimals<'a, P: ArrowPrimitiveType>(
    array: &dyn Array,
    scale: i8,
    field: Field,
    faults: &mut Faults,
    widen: impl Fn(P::Native) -> Option<i128>,
) -> Numbers<'a, i64> {
    let factor = if (0..=6).contains(&scale) { 10_i64.pow(6 - u32::from(scale.unsigned_abs())) } else { 0 };
    Numbers::converted::<P>(array, 0, |row, value| {
        let value = widen(value)?;
        let quick = i64::try_from(value).ok().and_then(|value| value.checked_mul(factor)).filter(|_| factor > 0);
        let micros = quick.or_else(|| Money::from_decimal(value, scale).ok().map(Money::micros));
        refused(micros, row, field, faults, || format!("{value}e{}", -i32::from(scale)))
    })
}

fn wide_decimals<'a>(array: &dyn Array, scale: i8, field: Field, faults: &mut Faults) -> Numbers<'a, i64> {
    let past = i32::from(scale) - 6;
    let power = i256::from_i128(10).checked_pow(past.unsigned_abs());
    Numbers::converted::<Decimal256Type>(array, 0, |row, value| {
        let micros = match power {
            Some(power) if past > 0 => value.checked_div(power).filter(|micros| micros.wrapping_mul(power) == value),
            Some(power) => value.checked_mul(power),
            None => None,
        };
        let micros = micros.and_then(i256::to_i128).and_then(|micros| i64::try_from(micros).ok());
        refused(micros, row, field, faults, || format!("{value}e{}", -i32::from(scale)))
    })
}

/// Missing text, or text to be read: without blanks, and not NaN.
fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty() && !text.eq_ignore_ascii_case("nan"))
}

fn written<'a, T: Copy>(array: &dyn Array, filler: T, mut read: impl FnMut(usize, &str) -> Option<T>) -> Numbers<'a, T> {
    let mut numbers = Numbers::owned(Vec::new(), None);
    let mut values = Vec::with_capacity(array.len());
    each_text(array, |row, text| {
        let value = given(text).and_then(|text| read(row, text));
        values.push(value.unwrap_or(filler));
        if value.is_none() {
            numbers.missing(row, array.len());
        }
    });
    numbers.fill(values);
    numbers
}

fn written_money<'a>(array: &dyn Array, field: Field, faults: &mut Faults) -> Numbers<'a, i64> {
    written(array, 0, |row, text| refused(text.parse().ok().map(Money::micros), row, field, faults, || text.to_owned()))
}

/// Quantity × unit price, exactly; a product with more than six decimals is a fault. A missing factor makes it missing.
pub(crate) fn product<'a>(
    quantity: &Numbers<'_, i64>,
    price: &Numbers<'_, i64>,
    rows: usize,
    faults: &mut Faults,
) -> Numbers<'a, i64> {
    let mut amounts = Numbers::owned(Vec::new(), None);
    let mut values = Vec::with_capacity(rows);
    for row in 0..rows {
        let amount = quantity.get(row).zip(price.get(row)).and_then(|(quantity, price)| {
            refused(exact_product(quantity, price), row, Field::Amount, faults, || {
                let shown = |micros| Money::from_micros(micros).map_or_else(String::new, |money| money.to_string());
                format!("{} × {}", shown(quantity), shown(price))
            })
        });
        values.push(amount.unwrap_or(0));
        if amount.is_none() {
            amounts.missing(row, rows);
        }
    }
    amounts.fill(values);
    amounts
}

/// The product of two counts of millionths, in millionths.
#[inline]
fn exact_product(a: i64, b: i64) -> Option<i64> {
    if let Some(product) = a.checked_mul(b) {
        return (product % MICROS == 0).then_some(product / MICROS);
    }
    let (product, micros) = (i128::from(a) * i128::from(b), i128::from(MICROS));
    (product % micros == 0).then(|| i64::try_from(product / micros).ok())?.filter(|&micros| micros != i64::MIN)
}

/// A column of ratings or reaches; NaN and empty text are missing. The array is no dictionary.
#[expect(clippy::cast_lossless, reason = "one cast for integers of every width")]
pub(crate) fn numbers<'a>(array: &'a ArrayRef, field: Field, column: &str, faults: &mut Faults) -> Result<Numbers<'a, f64>> {
    use DataType as D;
    macro_rules! integer {
        ($t:ty) => {
            Numbers::converted::<$t>(array, f64::NAN, |_, value| Some(value as f64))
        };
    }
    fn decimals<'a, P: ArrowPrimitiveType>(array: &dyn Array, scale: i8, widen: impl Fn(P::Native) -> f64) -> Numbers<'a, f64> {
        let power = libm::pow(10.0, f64::from(scale));
        Numbers::converted::<P>(array, f64::NAN, |_, value| Some(widen(value) / power))
    }
    Ok(downcast_integer! {
        array.data_type() => (integer),
        D::Float64 => {
            let array = array.as_primitive::<Float64Type>();
            Numbers::borrowed(array.values(), array.nulls())
        },
        D::Float32 => Numbers::converted::<Float32Type>(array, f64::NAN, |_, value| Some(f64::from(value))),
        D::Float16 => Numbers::converted::<Float16Type>(array, f64::NAN, |_, value| Some(f64::from(value))),
        D::Decimal32(_, scale) => decimals::<Decimal32Type>(array, *scale, f64::from),
        D::Decimal64(_, scale) => decimals::<Decimal64Type>(array, *scale, |value| value as f64),
        D::Decimal128(_, scale) => decimals::<Decimal128Type>(array, *scale, |value| value as f64),
        D::Decimal256(_, scale) => decimals::<Decimal256Type>(array, *scale, |value| value.to_i128().map_or(f64::INFINITY, |v| v as f64)),
        D::Utf8 | D::LargeUtf8 | D::Utf8View => written_numbers(array, field, faults),
        D::Binary | D::LargeBinary | D::BinaryView => written_numbers(&text_of_bytes(array, field, faults), field, faults),
        D::Null => Numbers::owned(vec![f64::NAN; array.len()], None),
        other => return Err(unreadable(Part::Field(field), column, other)),
    })
}

fn written_numbers<'a>(array: &dyn Array, field: Field, faults: &mut Faults) -> Numbers<'a, f64> {
    written(array, f64::NAN, |row, text| refused(text.parse::<f64>().ok(), row, field, faults, || text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_quick_way_rounds_as_money_does(value in prop_oneof![any::<f64>(), -1e10..1e10, (-2e12..2e12).prop_map(|v: f64| (v * 1e3).round() / 1e3)]) {
            if let Some(micros) = nearest(value) {
                prop_assert_eq!(Some(micros), Money::from_f64(value).unwrap().map(Money::micros));
            }
        }

        #[test]
        fn products_are_exact(a in any::<i64>(), b in any::<i64>()) {
            let product = i128::from(a) * i128::from(b);
            let wanted = i64::try_from(product / 1_000_000).ok().filter(|&m| product % 1_000_000 == 0 && m != i64::MIN);
            prop_assert_eq!(exact_product(a, b), wanted);
        }
    }

    #[test]
    fn halves_are_left_to_money() {
        assert_eq!(nearest(0.000_000_5), None);
        assert_eq!(nearest(19.99), Some(19_990_000));
        assert_eq!(nearest(f64::NAN), None);
    }
}
