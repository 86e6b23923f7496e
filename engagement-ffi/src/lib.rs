//! The C library of engagement: `libengagement`, `engagement.h`.
//!
//! Every function converts its arguments, makes one call of the core, and converts the answer. What C programs may rely on is said in
//! `include/engagement.h`, which is generated from these files by `ENGAGEMENT_BLESS=1 cargo test -p engagement-ffi --test header`.
//!
//! | file | concept |
//! |---|---|
//! | `status` | status codes, versions |
//! | `handle` | tables of handles: tokens that are looked up, never followed |
//! | `guard`, `quiet`, `fork` | what every call passes: locks, panics, errors, forks |
//! | `arguments`, `text`, `out`, `keys`, `convert` | choices and text in, outputs, customers' keys, times and amounts as text |
//! | `batch`, `memory`, `rows` | memory of the caller bound to fields, and read |
//! | `ledger`, `load` | ledgers, and rows into them |
//! | `rulebook` | rulebooks |
//! | `purchases`, `model`, `predict` | purchases summarised, the models fitted to them, and what those predict |
//! | `score`, `explain`, `scores`, `ratio` | one customer, why, all customers, groups |
//! | `forecast` | what customers will do and are worth, one and all |
//!
//! # Safety
//! All functions share one contract. A pointer that is not null points to what its type and the length beside it say; text in lives
//! until the call returns, memory bound to a batch until it is unbound. Handles need no care: any bits will do.

#![expect(clippy::missing_safety_doc, reason = "one contract for all functions, above and at the head of engagement.h")]

#[cfg(panic = "abort")]
compile_error!("a C library must answer panics, not abort its host: build with panic = \"unwind\"");

mod arguments;
pub mod batch;
pub mod convert;
pub mod explain;
pub mod forecast;
mod fork;
mod guard;
mod handle;
mod keys;
pub mod ledger;
pub mod load;
mod memory;
pub mod model;
mod out;
pub mod predict;
pub mod purchases;
mod quiet;
pub mod ratio;
mod rows;
pub mod rulebook;
pub mod score;
pub mod scores;
pub mod status;
mod text;

pub use batch::*;
pub use convert::*;
pub use explain::*;
pub use forecast::*;
pub use ledger::*;
pub use load::*;
pub use model::*;
pub use predict::*;
pub use purchases::*;
pub use ratio::*;
pub use rulebook::*;
pub use score::*;
pub use scores::*;
pub use status::*;
