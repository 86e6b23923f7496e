//! Customers and whole interaction logs drawn from models whose parameters are known.
//!
//! Every customer has a stream of random numbers of its own, so the same seed gives the same customers on every platform and with
//! any number of threads, and the first hundred customers of a thousand are the hundred.

pub mod again;
mod discrete;
mod log;
mod purchases;

use crate::error::{Error, ErrorKind, Result};
use crate::model::PurchaseModel;

pub use crate::math::Random;
pub use discrete::{contracts, opportunities, renewals};
pub use log::{Reviews, Simulation};
pub use purchases::purchases;

/// Customers drawn together, by one thread.
const CHUNK: usize = 4096;

/// The most purchases of one customer that a model draws, and the most opportunities: 1,048,576.
pub(crate) const MOST_PURCHASES: usize = 1 << 20;

/// Draws the purchases of a customer up to `t`, all of them. `name` is what `t` is called where it is refused.
fn draw_times(
    model: &dyn PurchaseModel,
    random: &mut Random,
    t: f64,
    name: impl std::fmt::Display,
    times: &mut Vec<f64>,
) -> Result<()> {
    model.simulate(random, t, times);
    if times.len() < MOST_PURCHASES {
        return Ok(());
    }
    let message = format!("{name}: in {t} time units a customer makes {MOST_PURCHASES} purchases, more than are drawn");
    Err(Error::new(ErrorKind::InvalidArgument, message))
}
