//! Staying: who comes back, for how long, and who has gone quiet.
//!
//! * [`Ledger::retention`](crate::Ledger::retention): the cohort table, customers by the period of their first purchase.
//! * [`Ledger::tenures`](crate::Ledger::tenures) and [`KaplanMeier`]: how long customers stay, the unfinished ones included.
//! * [`stage_of`] and [`Purchases::stages`](crate::Purchases::stages): new, active, at risk or lapsed.

mod cohort;
mod kaplan_meier;
mod proportion;
mod retention;
mod rows;
mod stage;
mod stages;
mod tenure;

pub use cohort::{Cohort, CohortCell, CohortPeriod};
pub use kaplan_meier::{KaplanMeier, MedianTime, SurvivalInterval};
pub use proportion::Proportion;
pub(crate) use proportion::wilson;
pub use retention::{Retention, RetentionOptions};
pub(crate) use rows::{chunks_of_customers, in_key_order};
pub use stage::{PurchaseRate, Stage, StageOptions, silence_probability, stage_of};
pub(crate) use stage::{at_risk, lapsed};
pub use stages::{StageCounts, Stages};
pub use tenure::{TenureEnd, TenureOptions, Tenures};

/// The standard normal quantile of a 95 % interval.
pub(crate) const Z: f64 = 1.959_963_984_540_054;
