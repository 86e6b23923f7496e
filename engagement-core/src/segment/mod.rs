//! Segments of customers by recency, frequency and monetary value.
//!
//! * [`Rfm::new`]: scores and segments from three columns.
//! * [`Ledger::rfm`](crate::Ledger::rfm): the same from the log, refunds taken off.
//! * [`standard_segments`]: the table of segments, to be used or replaced.

mod customers;
mod rfm;
mod scores;
mod table;

pub use customers::RfmTable;
pub use rfm::{Rfm, RfmOptions};
pub use scores::RfmScores;
pub use table::{OTHERS, SegmentCount, SegmentRule, standard_segments};
