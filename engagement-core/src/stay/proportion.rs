//! A share of customers and its interval.

use serde::Serialize;

use super::Z;
use crate::math::sqrt;

/// A share with Wilson's 95 % confidence interval.
///
/// # Formula
/// ```text
/// p = hits/n,   interval = (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n),   z = 1.959964
/// ```
///
/// # Example
/// ```
/// use engagement_core::stay::Proportion;
///
/// let eight_of_ten = Proportion::new(8, 10).unwrap();
/// assert_eq!(eight_of_ten.share, 0.8);
/// assert!((eight_of_ten.low - 0.490_162_471_5).abs() < 5e-11);
/// assert!((eight_of_ten.high - 0.943_317_848_5).abs() < 5e-11);
/// assert_eq!(Proportion::new(0, 0), None);
/// ```
///
/// # References
/// Wilson (1927), doi:10.1080/01621459.1927.10502953.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Proportion {
    /// Those who did.
    pub hits: u64,
    /// Those who could have.
    pub n: u64,
    /// The share, 0..1.
    pub share: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Proportion {
    /// The share of `hits` among `n`; `None` unless `hits ≤ n` and `n > 0`.
    #[must_use]
    pub fn new(hits: u64, n: u64) -> Option<Proportion> {
        if n == 0 || hits > n {
            return None;
        }
        let (low, high) = wilson(hits as f64, n as f64);
        Some(Proportion { hits, n, share: hits as f64 / n as f64, low, high })
    }
}

/// The interval of a share, 0 ≤ hits ≤ n and n > 0.
pub(crate) fn wilson(hits: f64, n: f64) -> (f64, f64) {
    let share = hits / n;
    let whole = 1.0 + Z * Z / n;
    let middle = (share + Z * Z / (2.0 * n)) / whole;
    let spread = Z * sqrt(share * (1.0 - share) / n + Z * Z / (4.0 * n * n)) / whole;
    // At the ends of the scale the formula is exact, its rounding is not.
    let low = if hits == 0.0 { 0.0 } else { (middle - spread).max(0.0) };
    let high = if hits == n { 1.0 } else { (middle + spread).min(1.0) };
    (low, high)
}
