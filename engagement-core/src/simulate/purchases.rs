//! The summaries of customers drawn from a model.

use super::{CHUNK, draw_times};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Values;
use crate::math::{Random, ln};
use crate::model::{GammaGamma, PurchaseModel};
use crate::purchases::{PurchaseColumns, Purchases, TimeUnit};
use crate::score::in_chunks;

/// Draws a customer of each age from a model, and what they spend where a spend model is given.
///
/// Ages are in `unit`, the time unit of the model. Purchases happen at any moment: a purchase period is one purchase.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`] naming the row of an age that is not a number of time units of at least 0, or in which a customer
/// makes a million purchases.
///
/// # Example
/// ```
/// use engagement_core::model::{FitOptions, MbgNbd, Parameters};
/// use engagement_core::{TimeUnit, simulate};
///
/// let truth = MbgNbd::new(0.525, 6.183, 0.891, 1.614)?;
/// let drawn = simulate::purchases(&truth, &[38.86; 5000], None, TimeUnit::Week, 7, 0)?;
/// let fit = MbgNbd::fit(&drawn, &FitOptions::default())?;
/// for (interval, truth) in fit.confidence_intervals(0.999)?.iter().zip(truth.values()) {
///     assert!(interval.low < truth && truth < interval.high);
/// }
/// # Ok::<(), engagement_core::Error>(())
/// ```
pub fn purchases(
    model: &dyn PurchaseModel,
    ages: &[f64],
    spend: Option<&GammaGamma>,
    unit: TimeUnit,
    seed: u64,
    threads: usize,
) -> Result<Purchases> {
    if let Some(row) = ages.iter().position(|age| !(*age >= 0.0 && age.is_finite())) {
        let message = format!("ages, row {row}: {} is not a number of time units of at least 0", ages[row]);
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    drawn(ages, spend, unit, seed, threads, |row, random, times| {
        draw_times(model, random, ages[row], format_args!("ages, row {row}"), times)
    })
}

/// Draws a customer of each age by what draws the purchases of a row.
pub(super) fn drawn(
    ages: &[f64],
    spend: Option<&GammaGamma>,
    unit: TimeUnit,
    seed: u64,
    threads: usize,
    draw: impl Fn(usize, &mut Random, &mut Vec<f64>) -> Result<()> + Sync,
) -> Result<Purchases> {
    let drawn = in_chunks(ages.len().div_ceil(CHUNK), threads, |chunk| {
        let from = chunk * CHUNK;
        let mut rows = Rows::default();
        let mut times = Vec::new();
        for row in from..ages.len().min(from + CHUNK) {
            let mut random = Random::new(seed, row as u64);
            draw(row, &mut random, &mut times)?;
            rows.push(&times, spend.map(|spend| spend.simulate(&mut random, times.len() as u32)));
        }
        Ok(rows)
    })?;
    let mut rows = Rows::default();
    drawn.into_iter().for_each(|chunk| rows.append(chunk));
    Purchases::from_columns(&PurchaseColumns {
        value: spend.map(|_| Values::new(rows.value.as_slice())),
        log_gaps: Some(&rows.log_gaps),
        unit,
        ..PurchaseColumns::new(&rows.frequency, &rows.recency, ages)
    })
}

/// Columns of drawn customers; a missing value is NaN.
#[derive(Default)]
struct Rows {
    frequency: Vec<u32>,
    recency: Vec<f64>,
    log_gaps: Vec<f64>,
    value: Vec<f64>,
}

impl Rows {
    fn push(&mut self, times: &[f64], spent: Option<Vec<f64>>) {
        self.frequency.push(u32::try_from(times.len()).unwrap_or(u32::MAX));
        self.recency.push(times.last().copied().unwrap_or(0.0));
        let mut before = 0.0;
        self.log_gaps.push(times.iter().map(|&time| ln(time - std::mem::replace(&mut before, time))).sum());
        let mean = spent.filter(|spent| !spent.is_empty()).map(|spent| spent.iter().sum::<f64>() / spent.len() as f64);
        self.value.push(mean.unwrap_or(f64::NAN));
    }

    fn append(&mut self, mut other: Rows) {
        self.frequency.append(&mut other.frequency);
        self.recency.append(&mut other.recency);
        self.log_gaps.append(&mut other.log_gaps);
        self.value.append(&mut other.value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Nbd;

    /// Purchases without end are refused, by the row that has them.
    #[test]
    fn too_many_purchases_name_their_row() {
        let model = Nbd::new(2.0, 1e-6).unwrap();
        let error = purchases(&model, &[1e-9, 1e9], None, TimeUnit::Week, 1, 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        let message = "ages, row 1: in 1000000000 time units a customer makes 1048576 purchases, more than are drawn";
        assert_eq!(error.to_string(), message);
    }
}
