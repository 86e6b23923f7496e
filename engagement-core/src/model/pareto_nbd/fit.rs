//! Fitting the Pareto/NBD model.

use super::ParetoNbd;
use crate::error::Result;
use crate::model::fit::{Fit, FitOptions};
use crate::model::likelihood::Weighted;
use crate::purchases::Purchases;

/// Where the search for the parameters begins: r, s, how many times the mean rate of all customers the rate of those who have not
/// left is, and β over α.
const STARTS: [[f64; 4]; 3] = [[0.6, 0.6, 2.0, 1.0], [1.5, 0.3, 1.2, 2.0], [0.4, 1.2, 4.0, 1.5]];

impl ParetoNbd {
    /// The model of maximum likelihood.
    ///
    /// # Errors
    /// [`ErrorKind::FitFailed`](crate::ErrorKind::FitFailed): the data holds too little, or the search did not converge.
    pub fn fit(purchases: &Purchases, options: &FitOptions) -> Result<Fit<ParetoNbd>> {
        let (data, rate) = Weighted::of(purchases)?;
        let starts = STARTS.map(|[r, s, faster, longer]| {
            let alpha = r / (rate * faster);
            vec![r, alpha, s, alpha * longer]
        });
        data.fit(&ParetoNbd { r: 1.0, alpha: 1.0, s: 1.0, beta: 1.0 }, &starts, 0.0, options)
    }
}
