//! What a customer spends per purchase, and whether that depends on how often.

use crate::error::{Error, ErrorKind, Result};
use crate::math::Sum;
use crate::purchases::Purchases;

/// The size of a correlation from which spend and frequency do not count as independent.
const DEPENDENT: f64 = 0.3;

/// What one customer spent: the number of paid purchases and their mean value.
///
/// ```
/// use engagement_core::model::Spend;
///
/// let customer = Spend::new(2, 22.35)?;
/// assert_eq!((customer.count(), customer.mean()), (2, 22.35));
/// assert_eq!(Spend::new(2, -1.0).unwrap_err().to_string(), "mean: -1 is not a positive finite number");
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spend {
    count: u32,
    mean: f64,
}

impl Spend {
    /// A customer who paid for `count` purchases, `mean` on average.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] unless the mean is positive and finite, or 0 where nothing was paid for.
    pub fn new(count: u32, mean: f64) -> Result<Spend> {
        let message = match count {
            0 if mean == 0.0 => return Ok(Spend::unknown()),
            0 => format!("mean: {mean} is not 0, but the customer's count is"),
            _ if mean > 0.0 && mean.is_finite() => return Ok(Spend { count, mean }),
            _ => format!("mean: {mean} is not a positive finite number"),
        };
        Err(Error::new(ErrorKind::InvalidArgument, message))
    }

    /// A customer of whose spend nothing is known.
    #[must_use]
    pub const fn unknown() -> Spend {
        Spend { count: 0, mean: 0.0 }
    }

    /// Paid purchases.
    #[doc(alias = "x")]
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Their mean value, in currency units.
    #[doc(alias = "m_x")]
    #[must_use]
    pub const fn mean(&self) -> f64 {
        self.mean
    }
}

impl Purchases {
    /// What each customer spent at repeat purchases, row by row; unknown without a paid one.
    #[must_use]
    pub fn spends(&self) -> Vec<Spend> {
        (0..self.len()).map(|row| self.spend(row)).collect()
    }

    /// What the customer of a row spent at repeat purchases; unknown without a paid one.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn spend(&self, row: usize) -> Spend {
        let known = self.value().get(row).and_then(|mean| Spend::new(self.paid()[row], mean).ok());
        known.unwrap_or(Spend::unknown())
    }
}

/// Whether spend per purchase is independent of the number of purchases, as models of spend take for granted.
#[derive(Clone, Debug, PartialEq)]
pub struct Independence {
    /// Customers compared.
    pub customers: u64,
    /// Pearson's correlation of the number of paid purchases with their mean value; `None` where one of them does not vary.
    pub pearson: Option<f64>,
    /// Spearman's correlation, of the ranks: a few big spenders do not move it.
    pub spearman: Option<f64>,
    /// What to know before using the model, where a correlation is .3 or more in size.
    pub warning: Option<String>,
}

impl Independence {
    /// Compares the number of paid purchases with their mean value over customers who paid for any.
    #[must_use]
    pub fn of(spends: &[Spend]) -> Independence {
        let known: Vec<&Spend> = spends.iter().filter(|spend| spend.count > 0).collect();
        let counts: Vec<f64> = known.iter().map(|spend| f64::from(spend.count)).collect();
        let means: Vec<f64> = known.iter().map(|spend| spend.mean).collect();
        let pearson = correlation(&counts, &means);
        let spearman = correlation(&ranks(&counts), &ranks(&means));
        let largest =
            [pearson, spearman].into_iter().flatten().fold(0.0, |most: f64, r| if r.abs() > most.abs() { r } else { most });
        let warning = (largest.abs() >= DEPENDENT).then(|| {
            let more = if largest > 0.0 { "more" } else { "less" };
            format!(
                "customers who buy more often spend {more} per purchase (correlation {largest:.2}): the spend model takes the two as \
                 independent, so its values of frequent buyers are off; fit it to segments of similar frequency"
            )
        });
        Independence { customers: known.len() as u64, pearson, spearman, warning }
    }
}

/// Pearson's correlation; `None` where a column does not vary.
fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let mean = |column: &[f64]| {
        let mut sum = Sum::default();
        column.iter().for_each(|&value| sum.add(value));
        sum.value() / column.len() as f64
    };
    let (a_mean, b_mean) = (mean(a), mean(b));
    // Scaled by the largest deviation, so that no square overflows.
    let scale = |column: &[f64], mean: f64| column.iter().fold(0.0, |most: f64, value| most.max((value - mean).abs()));
    let (a_scale, b_scale) = (scale(a, a_mean), scale(b, b_mean));
    if !(a_scale > 1e-12 * a_mean.abs() && b_scale > 1e-12 * b_mean.abs()) {
        return None;
    }
    let (mut aa, mut ab, mut bb) = (Sum::default(), Sum::default(), Sum::default());
    for (x, y) in a.iter().zip(b) {
        let (x, y) = ((x - a_mean) / a_scale, (y - b_mean) / b_scale);
        aa.add(x * x);
        ab.add(x * y);
        bb.add(y * y);
    }
    Some((ab.value() / (aa.value().sqrt() * bb.value().sqrt())).clamp(-1.0, 1.0))
}

/// The ranks of the values; equal values share the mean of theirs.
pub(crate) fn ranks(column: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..column.len()).collect();
    order.sort_by(|&i, &j| column[i].total_cmp(&column[j]));
    let mut ranks = vec![0.0; column.len()];
    let mut from = 0;
    for tied in order.chunk_by(|&i, &j| column[i] == column[j]) {
        let rank = from as f64 + 0.5 * (tied.len() as f64 - 1.0);
        tied.iter().for_each(|&row| ranks[row] = rank);
        from += tied.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spends(pairs: &[(u32, f64)]) -> Vec<Spend> {
        pairs.iter().map(|&(count, mean)| Spend::new(count, mean).unwrap()).collect()
    }

    /// By hand: deviations of the counts −1, 0, 1 and of the means −4, 2, 2.
    #[test]
    fn correlations_by_hand() {
        let check = Independence::of(&spends(&[(1, 10.0), (2, 16.0), (3, 16.0), (0, 0.0)]));
        assert_eq!(check.customers, 3);
        assert!((check.pearson.unwrap() - 6.0 / 48.0_f64.sqrt()).abs() < 1e-15);
        // Ranks 0, 1, 2 and 0, 1.5, 1.5.
        assert!((check.spearman.unwrap() - 1.5 / 3.0_f64.sqrt()).abs() < 1e-15);
        assert!(check.warning.unwrap().starts_with("customers who buy more often spend more per purchase (correlation 0.87)"));
    }

    #[test]
    fn nothing_to_compare() {
        for pairs in [&[][..], &[(3, 5.0)], &[(2, 5.0), (2, 9.0)], &[(1, 5.0), (2, 5.0)]] {
            let check = Independence::of(&spends(pairs));
            assert_eq!((check.pearson, check.spearman, check.warning), (None, None, None), "{pairs:?}");
        }
    }

    #[test]
    fn huge_values_do_not_overflow() {
        let check = Independence::of(&spends(&[(1, 1e300), (2, 3e300), (3, 2e300)]));
        assert!((check.pearson.unwrap() - 0.5).abs() < 1e-15);
    }
}
