//! Generated logs and the measuring of them.
//!
//! * [`log`]: purchase logs and mixed logs of any size, chunk by chunk, as columns in the order of arrival.
//! * [`every_feature`]: a mixed log that uses every field and every oddity a log may have.
//! * [`write`](mod@write): the same as Arrow IPC, Parquet, CSV or tab-separated text.
//!
//! Everything is a function of the sizes and a seed: no clock, no system randomness, no platform's mathematics.

pub mod arguments;
pub mod customers;
pub mod every_feature;
pub mod log;
pub mod measure;
pub mod random;
pub mod write;
