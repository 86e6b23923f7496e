//! Numbers that stand for a choice, and numbers that do not fit.

use engagement_core::{Error, ErrorKind, Result, TimeUnit};

use crate::purchases::{ENG_UNIT_DAY, ENG_UNIT_MONTH, ENG_UNIT_WEEK};

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

/// A yes or no that a caller says by 1 or 0.
pub(crate) fn flag(value: i32, name: &str) -> Result<bool> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(invalid(format!("{name}: {value} is neither 0 nor 1"))),
    }
}

/// A number of threads; 0 takes one a processor.
pub(crate) fn threads(value: i32) -> Result<usize> {
    let threads = usize::try_from(value).ok().filter(|threads| *threads <= 1024);
    threads.ok_or_else(|| invalid(format!("{value} threads are not 0 to 1024")))
}

/// A unit of time.
pub(crate) fn unit(value: i32, name: &str) -> Result<TimeUnit> {
    match value {
        ENG_UNIT_DAY => Ok(TimeUnit::Day),
        ENG_UNIT_WEEK => Ok(TimeUnit::Week),
        ENG_UNIT_MONTH => Ok(TimeUnit::Month),
        _ => Err(invalid(format!("{name}: {value} is not a unit of time"))),
    }
}

/// A count as the core has it.
pub(crate) fn counted(value: i64, name: &str) -> Result<u32> {
    u32::try_from(value).map_err(|_| invalid(format!("{name}: {value} is not 0 to {}", u32::MAX)))
}

/// A number of customers as the core has it.
pub(crate) fn size(value: i64, name: &str) -> Result<u64> {
    u64::try_from(value).map_err(|_| invalid(format!("{name}: {value} is not 0 or more")))
}

/// A seed of random numbers: any number is one.
pub(crate) fn seed(value: i64) -> u64 {
    value.cast_unsigned()
}

/// The most opportunities of one customer, 27 years of days: predictions take a step for each, an interval as many times as many.
const MOST_OPPORTUNITIES: u32 = 10_000;

/// A number of opportunities to buy.
pub(crate) fn opportunities(value: i64, name: &str) -> Result<u32> {
    within(value, name, 0..=MOST_OPPORTUNITIES)
}

/// The most estimates of a model: parameters, and coefficients of covariates.
const MOST_ESTIMATES: usize = 1024;

/// A number of parameters and coefficients.
pub(crate) fn estimates(value: i64) -> Result<usize> {
    let found = usize::try_from(value).ok().filter(|count| *count <= MOST_ESTIMATES);
    found.ok_or_else(|| invalid(format!("count: {value} is not 0 to {MOST_ESTIMATES}")))
}

/// The weight of a penalty.
pub(crate) fn penalty(value: f64) -> Result<f64> {
    if value >= 0.0 && value.is_finite() {
        return Ok(value);
    }
    Err(invalid(format!("penalty: {value} is not a finite number of at least 0")))
}

/// A whole number within bounds.
pub(crate) fn within(value: i64, name: &str, bounds: std::ops::RangeInclusive<u32>) -> Result<u32> {
    let found = u32::try_from(value).ok().filter(|number| bounds.contains(number));
    found.ok_or_else(|| invalid(format!("{name}: {value} is not {} to {}", bounds.start(), bounds.end())))
}

/// The phases of a gap between purchases; 0 leaves them to be chosen.
pub(crate) fn phases(k: i64) -> Result<Option<u32>> {
    Ok(Some(within(k, "k", 0..=12)?).filter(|k| *k > 0))
}

/// How often something is done again with other random numbers.
pub(crate) fn replicates(value: i64) -> Result<u32> {
    within(value, "replicates", 1..=100_000)
}
