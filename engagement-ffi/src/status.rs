//! Status codes, and what this library says of itself: version, ABI, time-zone data.

use std::ffi::c_char;

use engagement_core::{Error, ErrorKind};

use crate::guard;
use crate::out::Out;
use crate::text::write_text;

/// The call did what it says.
pub const ENG_OK: i32 = 0;
/// An argument is outside its domain: a null pointer, a negative or absurd length, an unknown number.
pub const ENG_INVALID_ARGUMENT: i32 = -1;
/// The handle is null, stale, of another type, or not one of ours.
pub const ENG_INVALID_HANDLE: i32 = -2;
/// Text is not UTF-8, or holds a NUL.
pub const ENG_INVALID_UTF8: i32 = -3;
/// A time cannot be read or lies outside the years 1 to 9999.
pub const ENG_INVALID_TIME: i32 = -4;
/// An amount cannot be read, or not exactly.
pub const ENG_INVALID_MONEY: i32 = -5;
/// A required field is missing or empty.
pub const ENG_MISSING_FIELD: i32 = -6;
/// A second currency met a ledger that has one.
pub const ENG_CURRENCY_MISMATCH: i32 = -7;
/// The id is taken by an interaction of the same customer with other content.
pub const ENG_ID_CONFLICT: i32 = -8;
/// The ledger does not know this customer.
pub const ENG_UNKNOWN_CUSTOMER: i32 = -9;
/// A rulebook cannot be read, breaks a rule of its own, or the handle is still empty.
pub const ENG_INVALID_RULEBOOK: i32 = -10;
/// The document needs a newer version of this library.
pub const ENG_UNSUPPORTED_VERSION: i32 = -11;
/// A number does not fit its type.
pub const ENG_OVERFLOW: i32 = -12;
/// Memory was refused, or the memory budget is used up. Nothing has changed.
pub const ENG_NO_MEMORY: i32 = -13;
/// The caller's buffer is too small; the needed size has been written.
pub const ENG_BUFFER_TOO_SMALL: i32 = -14;
/// Another thread cancelled the call. Nothing has changed.
pub const ENG_CANCELLED: i32 = -15;
/// A forked child asked a handle of its parent for more than reading.
pub const ENG_FORKED: i32 = -16;
/// An earlier `ENG_PANIC` left the handle unusable: free it.
pub const ENG_POISONED: i32 = -17;
/// A bug of this library, caught at its edge. The handle is poisoned.
pub const ENG_PANIC: i32 = -18;
/// A fit did not converge.
pub const ENG_FIT_FAILED: i32 = -19;
/// Stored data is damaged, or not of its format.
pub const ENG_CORRUPT_DATA: i32 = -20;

/// The version of the binary interface: the number in the name `libengagement.so.1`. Functions are only ever added to it.
pub const ENG_ABI_VERSION: i32 = 1;

/// Gives the version of the binary interface the library was built with. A program compares it with the
/// `ENG_ABI_VERSION` it was compiled with.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for a null output.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_abi_version(version: *mut i32) -> i32 {
    guard::call(|| {
        let version = Out::required(version, "version")?;
        version.write(ENG_ABI_VERSION);
        Ok(())
    })
}

/// Gives the version of the library as text, such as `0.1.0`.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_version(buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::call(|| unsafe { write_text(env!("CARGO_PKG_VERSION"), buffer, capacity, needed) })
}

/// Gives the version of the compiled-in time-zone data, such as `2026b`.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_zone_data_version(buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::call(|| unsafe { write_text(engagement_core::zone_data_version(), buffer, capacity, needed) })
}

/// Says what a status code means, in a few words: `the ledger does not know this customer`. What went wrong in one
/// call, and where, is the text of the handle: `eng_ledger_error` and its like.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_ARGUMENT` for a number that is no
/// status, `ENG_BUFFER_TOO_SMALL`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_status_text(status: i32, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    guard::call(|| {
        let text = match ErrorKind::ALL.iter().find(|kind| kind.code() == status) {
            Some(kind) => kind.describe(),
            None if status == ENG_OK => "ok",
            None => return Err(Error::new(ErrorKind::InvalidArgument, format!("{status} is not a status"))),
        };
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(text, buffer, capacity, needed) }
    })
}
