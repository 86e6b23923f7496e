//! BG/NBD: customers may leave after each repeat purchase.

use super::geometric::{Geometric, answers};
use super::parameters::parameters;

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
    const fn family(&self) -> Geometric {
        let BgNbd { r, alpha, a, b } = *self;
        Geometric { r, alpha, a, b, k: 1, first: false }
    }
}

answers!(BgNbd);
