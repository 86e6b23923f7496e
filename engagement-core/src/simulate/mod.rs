//! Customers and whole interaction logs drawn from models whose parameters are known.
//!
//! Every customer has a stream of random numbers of its own, so the same seed gives the same customers on every platform and with
//! any number of threads, and the first hundred customers of a thousand are the hundred.

mod discrete;
mod log;
mod purchases;

pub use crate::math::Random;
pub use discrete::{opportunities, renewals};
pub use log::{Reviews, Simulation};
pub use purchases::purchases;

/// Customers drawn together, by one thread.
const CHUNK: usize = 4096;
