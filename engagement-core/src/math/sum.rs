//! A sum that keeps the digits its terms lose.

/// Compensated sum (Neumaier): the error stays near one rounding, whatever the number and order of the terms.
///
/// # References
/// Neumaier (1974), doi:10.1002/zamm.19740540106.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sum {
    total: f64,
    lost: f64,
}

impl Sum {
    /// Adds one term.
    #[inline]
    pub(crate) fn add(&mut self, term: f64) {
        let total = self.total + term;
        self.lost += if self.total.abs() >= term.abs() { (self.total - total) + term } else { (term - total) + self.total };
        self.total = total;
    }

    /// Adds the terms of another sum.
    #[inline]
    pub(crate) fn merge(&mut self, other: Sum) {
        self.add(other.total);
        self.lost += other.lost;
    }

    /// The sum. An infinite or undefined total carries no correction.
    #[inline]
    pub(crate) fn value(&self) -> f64 {
        if self.total.is_finite() { self.total + self.lost } else { self.total }
    }
}

#[cfg(test)]
#[path = "sum_tests.rs"]
mod tests;
