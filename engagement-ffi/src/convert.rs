//! Times and amounts as text, for callers whose language has neither.

use std::ffi::c_char;

use engagement_core::{Money, Result, Timestamp, Zone};

use crate::guard;
use crate::out::Out;
use crate::rows::money;
use crate::text::{self, write_text};

/// The zone a caller names; UTC for a null pointer or an empty text.
///
/// # Safety
/// As for every text in.
unsafe fn zone(name: *const c_char, length: i64) -> Result<Zone> {
    // SAFETY: the caller's promise.
    match unsafe { text::optional(name, length, "zone")? } {
        Some(name) if !name.is_empty() => Zone::new(name),
        _ => Ok(Zone::utc()),
    }
}

/// Reads a time: `2011-12-09T12:50:00Z` and other offsets as they stand; `2011-12-09 12:50` and `2011-12-09`, the first moment of the day, in
/// the zone, which is UTC if null. The result is in microseconds since 1970 UTC.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_TIME`, `ENG_INVALID_ARGUMENT` for an unknown zone or a null output, `ENG_MISSING_FIELD`,
/// `ENG_INVALID_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_parse_time(
    time: *const c_char,
    time_len: i64,
    zone_name: *const c_char,
    zone_len: i64,
    micros: *mut i64,
) -> i32 {
    guard::call(|| {
        let micros = Out::required(micros, "micros")?;
        // SAFETY: the caller's promise for a text in, for both of them.
        let (time, zone) = unsafe { (text::required(time, time_len, "time")?, zone(zone_name, zone_len)?) };
        micros.write(zone.parse(time)?.micros());
        Ok(())
    })
}

/// Reads an as-of: as `eng_parse_time`, but a date without a time means the last microsecond of that day.
///
/// Since 0.1; any thread. Errors: as `eng_parse_time`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_parse_as_of(
    time: *const c_char,
    time_len: i64,
    zone_name: *const c_char,
    zone_len: i64,
    micros: *mut i64,
) -> i32 {
    guard::call(|| {
        let micros = Out::required(micros, "micros")?;
        // SAFETY: the caller's promise for a text in, for both of them.
        let (time, zone) = unsafe { (text::required(time, time_len, "time")?, zone(zone_name, zone_len)?) };
        micros.write(zone.parse_as_of(time)?.micros());
        Ok(())
    })
}

/// Writes a time as RFC 3339 in UTC, such as `2011-12-09T12:50:00Z`.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_TIME`, `ENG_BUFFER_TOO_SMALL`,
/// `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_format_time(micros: i64, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    guard::call(|| {
        let time = Timestamp::from_micros(micros)?.to_string();
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(&time, buffer, capacity, needed) }
    })
}

/// Reads an amount such as `-12.50`, exactly, into millionths.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_MONEY` if it is not an amount, has more than six decimals or does not fit,
/// `ENG_INVALID_ARGUMENT` for a null output, `ENG_MISSING_FIELD`, `ENG_INVALID_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_parse_money(amount: *const c_char, amount_len: i64, micros: *mut i64) -> i32 {
    guard::call(|| {
        let micros = Out::required(micros, "micros")?;
        // SAFETY: the caller's promise for a text in.
        let amount: Money = unsafe { text::required(amount, amount_len, "amount")? }.parse()?;
        micros.write(amount.micros());
        Ok(())
    })
}

/// Writes an amount in millionths as the shortest exact decimal, such as `12.5`.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_MONEY` for the one number that is no amount,
/// -9223372036854775808, `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_format_money(micros: i64, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    guard::call(|| {
        let amount = money(micros)?.to_string();
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(&amount, buffer, capacity, needed) }
    })
}
