//! What each customer is worth to a business, from one interaction log: say, stay and spend.
#![forbid(unsafe_code)]

mod error;
mod interaction;
mod ledger;
mod money;
mod time;

pub use error::{Error, ErrorKind, Result};
pub use interaction::{Interaction, KINDS, Key, canonical_kind};
pub use ledger::{
    Batch, Field, History, KeyColumn, Ledger, Load, LoadOptions, Loaded, Outcome, Reason, Reconciliation, Reject, TextColumn,
    Unreadable, Values,
};
pub use money::{Currency, Money};
pub use time::{Timestamp, Zone, zone_data_version};

#[cfg(feature = "arrow")]
pub mod arrow;
#[cfg(feature = "files")]
pub mod files;
#[cfg(feature = "report")]
pub mod report;
