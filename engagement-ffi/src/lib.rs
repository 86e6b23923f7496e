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
//! | `arguments`, `columns`, `text` | choices, arrays and text in |
//! | `out`, `keys`, `convert` | outputs, customers' keys, times and amounts as text |
//! | `batch`, `memory`, `rows` | memory of the caller bound to fields, and read |
//! | `ledger`, `load` | ledgers, and rows into them |
//! | `rulebook` | rulebooks |
//! | `purchases`, `simulate` | purchases, summarised or drawn from a model |
//! | `model`, `held` | models, and what a handle of one holds |
//! | `fit`, `evidence`, `intervals`, `bootstrap` | how models are fitted, and how far a fit can be trusted |
//! | `covariates` | customers who differ in known ways |
//! | `posterior` | models drawn from a posterior |
//! | `predict`, `spend`, `contract`, `contract_columns` | what models of purchases, of spend, and of contracts and opportunities say |
//! | `likelihood` | how likely they make what a customer did |
//! | `score`, `explain`, `scores`, `ratio` | one customer, why, all customers, groups |
//! | `forecast`, `bridge` | what customers will do and are worth, one and all, and why that changed |
//! | `stages`, `retention`, `survival` | who is new, active, at risk or lapsed, who comes back, and for how long |
//! | `rfm` | scores and segments by recency, frequency and monetary value |
//! | `validation` | what models and rulebooks predict, beside what came |
//!
//! # Safety
//! All functions share one contract. A pointer that is not null points to what its type and the length beside it say; text in lives
//! until the call returns, memory bound to a batch until it is unbound. Handles need no care: any bits will do.

#![expect(clippy::missing_safety_doc, reason = "one contract for all functions, above and at the head of engagement.h")]

#[cfg(panic = "abort")]
compile_error!("a C library must answer panics, not abort its host: build with panic = \"unwind\"");

mod arguments;
pub mod batch;
pub mod bootstrap;
pub mod bridge;
mod columns;
pub mod contract;
pub mod contract_columns;
pub mod convert;
pub mod covariates;
pub mod evidence;
pub mod explain;
pub mod fit;
pub mod forecast;
mod fork;
mod guard;
mod handle;
mod held;
pub mod intervals;
mod keys;
pub mod ledger;
pub mod likelihood;
pub mod load;
mod memory;
pub mod model;
mod out;
pub mod posterior;
pub mod predict;
pub mod purchases;
mod quiet;
pub mod ratio;
pub mod retention;
pub mod rfm;
mod rows;
pub mod rulebook;
pub mod score;
pub mod scores;
pub mod simulate;
pub mod spend;
pub mod stages;
pub mod status;
pub mod survival;
mod text;
pub mod validation;

pub use batch::*;
pub use bootstrap::*;
pub use bridge::*;
pub use contract::*;
pub use contract_columns::*;
pub use convert::*;
pub use covariates::*;
pub use evidence::*;
pub use explain::*;
pub use fit::*;
pub use forecast::*;
pub use intervals::*;
pub use ledger::*;
pub use likelihood::*;
pub use load::*;
pub use model::*;
pub use posterior::*;
pub use predict::*;
pub use purchases::*;
pub use ratio::*;
pub use retention::*;
pub use rfm::*;
pub use rulebook::*;
pub use score::*;
pub use scores::*;
pub use simulate::*;
pub use spend::*;
pub use stages::*;
pub use status::*;
pub use survival::*;
pub use validation::*;
