//! When predictions are made.

use super::ValidateOptions;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Ledger;
use crate::model::{level, parameters::positive};
use crate::time::Timestamp;

/// Origins that are chosen where none is given.
const ORIGINS: usize = 3;
/// Microseconds of a day.
const DAY: f64 = 86_400e6;

/// Each origin with the end of its horizon, ascending.
pub(super) fn of(ledger: &Ledger, options: &ValidateOptions<'_>) -> Result<Vec<(Timestamp, Timestamp)>> {
    let horizon = positive("horizon", options.horizon)? * options.unit.days() * DAY;
    level(options.level)?;
    if options.replicates < 20 {
        return invalid(format!("replicates: {} are too few for an interval; give at least 20", options.replicates));
    }
    let (Some(earliest), Some(latest)) = (ledger.earliest(), ledger.latest()) else {
        return invalid("the ledger is empty: there is nothing to predict".to_owned());
    };
    let end = end_of_day(ledger, latest)?;
    let after = |at: Timestamp| Timestamp::from_micros(at.micros().saturating_add(horizon as i64));
    if options.origins.is_empty() {
        let back = |times: usize| end.micros() as f64 - times as f64 * horizon;
        // Before the first origin there must be a horizon's worth of purchases to fit to.
        let ours = (1..=ORIGINS).rev().map(back).filter(|at| *at - horizon >= earliest.micros() as f64);
        let ours: Vec<_> =
            ours.map(|at| Timestamp::from_micros(at as i64).and_then(|at| Ok((at, after(at)?)))).collect::<Result<_>>()?;
        if ours.is_empty() {
            let message = format!(
                "horizon: {} is more than half of the log, {earliest} to {latest}; give a shorter one, or origins",
                options.horizon
            );
            return invalid(message);
        }
        return Ok(ours);
    }
    for pair in options.origins.windows(2) {
        if pair[0] >= pair[1] {
            return invalid(format!("origins: {} comes after {}; they must ascend", pair[0], pair[1]));
        }
    }
    options
        .origins
        .iter()
        .map(|&at| {
            let until = after(at)?;
            if until > end {
                return invalid(format!("origins: the horizon of {at} ends on {until}, but the log ends on {latest}"));
            }
            Ok((at, until))
        })
        .collect()
}

/// The last microsecond of the day, so that the last day of the log is a whole one.
fn end_of_day(ledger: &Ledger, at: Timestamp) -> Result<Timestamp> {
    let (year, month, day) = ledger.zone().date(at);
    ledger.zone().end_of_day(year, month, day)
}

fn invalid<T>(message: String) -> Result<T> {
    Err(Error::new(ErrorKind::InvalidArgument, message))
}
