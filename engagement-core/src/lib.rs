//! What each customer is worth to a business, and why, from one interaction log.
//!
//! A customer can add value in only three ways: **say** good things to others, **stay**, and **spend**. This crate turns a log of
//! interactions into a score for each, a level of engagement, and the reasons.
//!
//! ```
//! use engagement_core::{Interaction, Key, Ledger, Rulebook};
//!
//! let mut ledger = Ledger::new();
//! for (day, amount) in [("2026-01-05", "40"), ("2026-02-03", "55.50"), ("2026-03-01", "38")] {
//!     let at = ledger.zone().parse(day)?;
//!     ledger.append(&Interaction { amount: Some(amount.parse()?), ..Interaction::new("ann", at, "purchase") })?;
//! }
//! let rules = Rulebook::standard().compile()?;
//! let card = rules.score(&ledger, Key::from("ann"), ledger.zone().parse_as_of("2026-03-31")?)?;
//! assert_eq!(format!("{:.1} {:.1}", card.stay.unwrap(), card.spend.unwrap()), "39.1 31.0");
//! # Ok::<(), engagement_core::Error>(())
//! ```
//!
//! # Map
//! * [`Ledger`]: every interaction once; [`Ledger::append`] a row, [`Ledger::load`] batches, [`Ledger::history`] of a customer.
//! * [`Rulebook`]: what counts, how much, how long; [`Rulebook::compile`] makes [`Rules`].
//! * [`Rules::score`], [`Rules::score_all`], [`Rules::score_history`], [`Rules::explain`], [`Rules::ratio_by`].
//! * [`Ledger::purchases`]: frequency, recency, age and value, the summary of the buy-till-you-die models.
//! * [`EngagementRatio`]: fully engaged to actively disengaged, with its interval.
//!
//! # Features
//! * `parallel` (default): score all customers on several threads, which live as long as the call.
//! * `arrow`: record batches in and out. `files`: CSV and Parquet over readers. `report`: one HTML page.
//!
//! The crate opens no file, reads no clock, has no global state and no `unsafe`.
#![forbid(unsafe_code)]

mod error;
mod interaction;
mod ledger;
mod level;
mod math;
pub mod model;
mod money;
mod progress;
mod purchases;
pub mod rulebook;
mod score;
pub mod segment;
pub mod simulate;
pub mod stay;
mod time;
pub mod validate;
pub mod value;

pub use error::{Error, ErrorKind, Result};
pub use interaction::{Interaction, KINDS, Key, canonical_kind};
pub use ledger::{
    Batch, Field, History, KeyColumn, Ledger, Load, LoadOptions, Loaded, Outcome, Reason, Reconciliation, Reject, TextColumn,
    Unreadable, Values,
};
pub use level::{AVERAGE_RATIO, EngagementRatio, Level, LevelCounts, LevelScale, RatioInterval, WORLD_CLASS_RATIO};
pub use money::{Currency, Money};
pub use progress::Progress;
pub use purchases::{Distinct, Holdout, PurchaseColumns, PurchaseOptions, Purchases, TimeUnit};
pub use rulebook::{Rulebook, Rules, Way};
pub use score::{By, Contribution, Explanation, GroupRatio, Nullable, ReasonWhy, ScoreOptions, Scorecard, Scores};
pub use time::{Timestamp, Zone, zone_data_version};

#[cfg(feature = "arrow")]
pub mod arrow;
#[cfg(feature = "files")]
pub mod files;
#[cfg(feature = "report")]
pub mod report;

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
