//! BG/NBD: customers may leave after each repeat purchase.

use super::fit::{Fit, FitOptions};
use super::geometric::{self, Geometric, answers};
use super::parameters::parameters;
use crate::error::Result;
use crate::purchases::Purchases;

parameters! {
    /// The beta-geometric/negative binomial model: a customer may leave after each repeat purchase.
    ///
    /// Purchases of a customer who stays are a Poisson process whose rate varies between customers by a gamma distribution; after
    /// each repeat purchase the customer leaves for good with a chance that varies by a beta distribution. A customer who never
    /// bought again cannot have left, so P(alive) of all one-time buyers is 1; [`MbgNbd`](super::MbgNbd) has no such property.
    ///
    /// # Formula
    /// ```text
    /// ln L = ln[Γ(r+x)/Γ(r)] − r ln(1+T/α) − x ln(α+T) + ln[B(a,b+x)/B(a,b)] + ln(1 + o),
    /// P(alive) = 1/(1 + o),   o = [x>0] a/(b+x−1) · ((α+T)/(α+t_x))^(r+x)
    /// E(t) = P(alive) · mean over p ~ beta(a, b+x) of [1 − (1 + p t/(α+T))^−(r+x)]/p
    /// ```
    /// Everything is a sum or an integral of positive terms. The paper writes the mean with Gauss's hypergeometric function, whose
    /// terms cancel where customers are much alike.
    ///
    /// # Example
    /// ```
    /// use engagement_core::model::{BgNbd, PurchaseHistory, PurchaseModel};
    ///
    /// // The paper's estimates for CDNOW, and its customer who bought twice more, last in week 30.43 of 38.86.
    /// let model = BgNbd::new(0.243, 4.414, 0.793, 2.426)?;
    /// let customer = PurchaseHistory::new(2, 30.43, 38.86)?;
    /// assert_eq!(format!("{:.3}", model.expected_purchases(&customer, 39.0)?), "1.226");
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    ///
    /// # References
    /// Fader, Hardie & Lee (2005), doi:10.1287/mksc.1040.0098.
    BgNbd = "bg-nbd" {
        /// Shape of the gamma distribution of the purchase rate.
        r,
        /// Scale of the gamma distribution of the purchase rate, in time units: the mean rate is r/α.
        alpha,
        /// First parameter of the beta distribution of the chance of leaving, whose mean is a/(a + b).
        a,
        /// Second parameter of the beta distribution of the chance of leaving.
        b,
    }
}

impl BgNbd {
    /// The model of maximum likelihood.
    ///
    /// # Errors
    /// [`ErrorKind::FitFailed`](crate::ErrorKind::FitFailed): the data holds too little, or the search did not converge.
    ///
    /// # Example
    /// CDNOW, customers who bought first in early 1997, in weeks, as published.
    /// ```
    /// use engagement_core::model::{FitOptions, BgNbd};
    /// use engagement_core::{PurchaseColumns, Purchases};
    ///
    /// let (mut frequency, mut recency, mut age) = (Vec::new(), Vec::new(), Vec::new());
    /// let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/cdnow_sample_summary.csv");
    /// for line in std::fs::read_to_string(sample).unwrap().lines().skip(1) {
    ///     let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
    ///     frequency.push(cells[0] as u32);
    ///     recency.push(cells[1]);
    ///     age.push(cells[2]);
    /// }
    /// let purchases = Purchases::from_columns(&PurchaseColumns::new(&frequency, &recency, &age))?;
    /// let fit = BgNbd::fit(&purchases, &FitOptions::default())?;
    /// let model = &fit.model;
    /// let estimates = format!("{:.3} {:.3} {:.3} {:.3}", model.r(), model.alpha(), model.a(), model.b());
    /// assert_eq!(estimates, "0.243 4.414 0.793 2.426");
    /// assert_eq!(format!("{:.1}", fit.log_likelihood), "-9582.4");
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    pub fn fit(purchases: &Purchases, options: &FitOptions) -> Result<Fit<BgNbd>> {
        geometric::fit(&BgNbd { r: 1.0, alpha: 1.0, a: 1.0, b: 1.0 }, 1, purchases, options)
    }

    const fn family(&self) -> Geometric {
        let BgNbd { r, alpha, a, b } = *self;
        Geometric { r, alpha, a, b, k: 1, first: false }
    }
}

answers!(BgNbd);
