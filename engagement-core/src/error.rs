//! One error type; its kinds are the status codes of the C library.

use crate::ledger::Reject;

/// What went wrong, as a class a program can act on. The discriminants never change: they are the status
/// codes of the C library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(i32)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument is outside its domain.
    InvalidArgument = -1,
    /// A handle is stale, foreign or of another type (C only).
    InvalidHandle = -2,
    /// Text is not UTF-8.
    InvalidUtf8 = -3,
    /// A time cannot be read or lies outside the years 1 to 9999.
    InvalidTime = -4,
    /// An amount cannot be read, or not exactly.
    InvalidMoney = -5,
    /// A required field is missing or empty.
    MissingField = -6,
    /// A second currency met a ledger that has one.
    CurrencyMismatch = -7,
    /// The same customer and id with other content.
    IdConflict = -8,
    /// The ledger does not know this customer.
    UnknownCustomer = -9,
    /// A rulebook cannot be read or breaks a rule of its own.
    InvalidRulebook = -10,
    /// A document of a newer version than this library reads.
    UnsupportedVersion = -11,
    /// A number does not fit its type.
    Overflow = -12,
    /// Memory was refused, or the memory budget is used up.
    NoMemory = -13,
    /// The caller's buffer is too small (C only).
    BufferTooSmall = -14,
    /// The caller cancelled the work.
    Cancelled = -15,
    /// A forked child used a handle of its parent (C only).
    Forked = -16,
    /// An earlier panic left the handle unusable (C only).
    Poisoned = -17,
    /// A bug of this library, caught at its edge (C only).
    Panic = -18,
    /// A fit did not converge.
    FitFailed = -19,
    /// Stored data is damaged, or a file is not of its format.
    CorruptData = -20,
}

impl ErrorKind {
    /// Every kind, in the order of the codes.
    pub const ALL: [ErrorKind; 20] = [
        ErrorKind::InvalidArgument,
        ErrorKind::InvalidHandle,
        ErrorKind::InvalidUtf8,
        ErrorKind::InvalidTime,
        ErrorKind::InvalidMoney,
        ErrorKind::MissingField,
        ErrorKind::CurrencyMismatch,
        ErrorKind::IdConflict,
        ErrorKind::UnknownCustomer,
        ErrorKind::InvalidRulebook,
        ErrorKind::UnsupportedVersion,
        ErrorKind::Overflow,
        ErrorKind::NoMemory,
        ErrorKind::BufferTooSmall,
        ErrorKind::Cancelled,
        ErrorKind::Forked,
        ErrorKind::Poisoned,
        ErrorKind::Panic,
        ErrorKind::FitFailed,
        ErrorKind::CorruptData,
    ];

    /// The status code of the C library, −1 to −20.
    ///
    /// ```
    /// assert_eq!(engagement_core::ErrorKind::NoMemory.code(), -13);
    /// ```
    #[must_use]
    pub const fn code(self) -> i32 {
        self as i32
    }

    /// The name of the kind, as written in Rust.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ErrorKind::InvalidArgument => "InvalidArgument",
            ErrorKind::InvalidHandle => "InvalidHandle",
            ErrorKind::InvalidUtf8 => "InvalidUtf8",
            ErrorKind::InvalidTime => "InvalidTime",
            ErrorKind::InvalidMoney => "InvalidMoney",
            ErrorKind::MissingField => "MissingField",
            ErrorKind::CurrencyMismatch => "CurrencyMismatch",
            ErrorKind::IdConflict => "IdConflict",
            ErrorKind::UnknownCustomer => "UnknownCustomer",
            ErrorKind::InvalidRulebook => "InvalidRulebook",
            ErrorKind::UnsupportedVersion => "UnsupportedVersion",
            ErrorKind::Overflow => "Overflow",
            ErrorKind::NoMemory => "NoMemory",
            ErrorKind::BufferTooSmall => "BufferTooSmall",
            ErrorKind::Cancelled => "Cancelled",
            ErrorKind::Forked => "Forked",
            ErrorKind::Poisoned => "Poisoned",
            ErrorKind::Panic => "Panic",
            ErrorKind::FitFailed => "FitFailed",
            ErrorKind::CorruptData => "CorruptData",
        }
    }

    /// The kind in a few words, for people.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            ErrorKind::InvalidArgument => "an argument is outside its domain",
            ErrorKind::InvalidHandle => "the handle is not one of ours, or was freed",
            ErrorKind::InvalidUtf8 => "text is not UTF-8",
            ErrorKind::InvalidTime => "a time cannot be read or is out of range",
            ErrorKind::InvalidMoney => "an amount cannot be read exactly",
            ErrorKind::MissingField => "a required field is missing",
            ErrorKind::CurrencyMismatch => "the ledger has another currency",
            ErrorKind::IdConflict => "the id is taken by an interaction with other content",
            ErrorKind::UnknownCustomer => "the ledger does not know this customer",
            ErrorKind::InvalidRulebook => "the rulebook is not valid",
            ErrorKind::UnsupportedVersion => "the document needs a newer version of this library",
            ErrorKind::Overflow => "a number does not fit",
            ErrorKind::NoMemory => "memory was refused or the memory budget is used up",
            ErrorKind::BufferTooSmall => "the buffer is too small",
            ErrorKind::Cancelled => "cancelled",
            ErrorKind::Forked => "the handle belongs to the parent process",
            ErrorKind::Poisoned => "an earlier failure left the handle unusable",
            ErrorKind::Panic => "internal error",
            ErrorKind::FitFailed => "the fit did not converge",
            ErrorKind::CorruptData => "the data is damaged or not of its format",
        }
    }
}

/// Why a call failed: a [kind](Error::kind) for programs and a message for people that says where and what.
///
/// ```
/// use engagement_core::{ErrorKind, Money};
///
/// let error = "12.3456789".parse::<Money>().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::InvalidMoney);
/// assert_eq!(error.to_string(), "\"12.3456789\" is not an amount: more than six decimals");
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", .0.message)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    rejects: Vec<Reject>,
    best_point: Vec<(String, f64)>,
}

/// The result of everything here that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Makes an error of a kind with a message that says where and what.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error(Box::new(Inner { kind, message: message.into(), rejects: Vec::new(), best_point: Vec::new() }))
    }

    pub(crate) fn with_rejects(mut self, rejects: Vec<Reject>) -> Error {
        self.0.rejects = rejects;
        self
    }

    pub(crate) fn with_best_point(mut self, best_point: Vec<(String, f64)>) -> Error {
        self.0.best_point = best_point;
        self
    }

    /// The class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The rows that made a strict load fail, first ones first; empty for other failures.
    #[must_use]
    pub fn rejects(&self) -> &[Reject] {
        &self.0.rejects
    }

    /// The best parameters, by name, that a fit had found when it failed; empty for other failures.
    #[must_use]
    pub fn best_point(&self) -> &[(String, f64)] {
        &self.0.best_point
    }

    /// The same failure, said of a place: `where: what`.
    #[must_use]
    pub fn at(mut self, place: impl std::fmt::Display) -> Error {
        self.0.message = format!("{place}: {}", self.0.message);
        self
    }
}

impl From<std::collections::TryReserveError> for Error {
    fn from(error: std::collections::TryReserveError) -> Error {
        Error::new(ErrorKind::NoMemory, format!("memory was refused: {error}"))
    }
}

impl From<hashbrown::TryReserveError> for Error {
    fn from(_: hashbrown::TryReserveError) -> Error {
        Error::new(ErrorKind::NoMemory, "memory was refused for a dictionary")
    }
}
