//! Times to microseconds UTC, from timestamps, dates and text.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType};
use arrow_schema::{DataType, TimeUnit};

use super::columns::unreadable;
use super::names::Part;
use super::values::{Faults, Numbers, each_text, text_of_bytes};
use crate::error::Result;
use crate::ledger::{Field, Reason};
use crate::time::{Timestamp, Zone};

const DAY: i64 = 86_400_000_000;

/// The times of a column. Dates and naive times are read in the zone; what is finer than a microsecond is cut towards the past.
/// The array is no dictionary.
pub(crate) fn times<'a>(array: &'a ArrayRef, zone: &Zone, column: &str, faults: &mut Faults) -> Result<Numbers<'a, i64>> {
    use DataType as D;
    Ok(match array.data_type() {
        D::Timestamp(TimeUnit::Microsecond, tz) if tz.is_some() || *zone == Zone::utc() => {
            let array = array.as_primitive::<TimestampMicrosecondType>();
            Numbers::borrowed(array.values(), array.nulls())
        }
        D::Timestamp(TimeUnit::Microsecond, _) => clock::<TimestampMicrosecondType>(array, true, zone, faults, Some),
        D::Timestamp(TimeUnit::Second, tz) => {
            clock::<TimestampSecondType>(array, tz.is_none(), zone, faults, |s| s.checked_mul(1_000_000))
        }
        D::Timestamp(TimeUnit::Millisecond, tz) => {
            clock::<TimestampMillisecondType>(array, tz.is_none(), zone, faults, |ms| ms.checked_mul(1000))
        }
        D::Timestamp(TimeUnit::Nanosecond, tz) => {
            clock::<TimestampNanosecondType>(array, tz.is_none(), zone, faults, |ns| Some(ns.div_euclid(1000)))
        }
        D::Date32 => clock::<Date32Type>(array, true, zone, faults, |day| i64::from(day).checked_mul(DAY)),
        D::Date64 => clock::<Date64Type>(array, true, zone, faults, |ms| ms.checked_mul(1000)),
        D::Utf8 | D::LargeUtf8 | D::Utf8View => written(array, zone, faults),
        D::Binary | D::LargeBinary | D::BinaryView => {
            let texts = text_of_bytes(array, Field::At, faults);
            written(&texts, zone, faults)
        }
        D::Null => Numbers::owned(vec![0; array.len()], Some(&arrow_buffer::NullBuffer::new_null(array.len()))),
        other => return Err(unreadable(Part::Field(Field::At), column, other)),
    })
}

/// Converts a clock's count to microseconds, and where it is naive from the zone to UTC.
fn clock<'a, P: ArrowPrimitiveType>(
    array: &dyn Array,
    naive: bool,
    zone: &Zone,
    faults: &mut Faults,
    micros: impl Fn(P::Native) -> Option<i64>,
) -> Numbers<'a, i64> {
    let in_zone = naive && *zone != Zone::utc();
    let mut last: Option<(i64, i64)> = None;
    Numbers::converted::<P>(array, 0, |row, value| {
        let at = match micros(value) {
            Some(clock) if in_zone => match last {
                Some((same, at)) if same == clock => Some(at),
                _ => zone.from_naive_micros(clock).ok().map(|at| {
                    last = Some((clock, at.micros()));
                    at.micros()
                }),
            },
            micros => micros.filter(|&micros| Timestamp::from_micros(micros).is_ok()),
        };
        if at.is_none() {
            faults.add(row, Field::At, Reason::InvalidTime, format!("{value:?}"));
        }
        at
    })
}

fn written<'a>(array: &dyn Array, zone: &Zone, faults: &mut Faults) -> Numbers<'a, i64> {
    let mut numbers = Numbers::owned(Vec::new(), None);
    let mut values: Vec<i64> = Vec::with_capacity(array.len());
    // The lines of an order have one time.
    let mut last: Option<(&str, i64)> = None;
    each_text(array, |row, text| {
        let text = text.map_or("", str::trim);
        let at = match last {
            _ if text.is_empty() => None,
            Some((same, at)) if same == text => Some(at),
            _ => match zone.parse(text) {
                Ok(at) => {
                    last = Some((text, at.micros()));
                    Some(at.micros())
                }
                Err(_) => {
                    faults.add(row, Field::At, Reason::InvalidTime, text);
                    None
                }
            },
        };
        values.push(at.unwrap_or(0));
        if at.is_none() {
            numbers.missing(row, array.len());
        }
    });
    numbers.fill(values);
    numbers
}
