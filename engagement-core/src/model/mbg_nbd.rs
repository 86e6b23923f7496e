//! MBG/NBD: customers may leave after any purchase, the first one included.

use super::fit::{Fit, FitOptions};
use super::geometric::{self, Geometric, answers};
use super::parameters::parameters;
use crate::error::Result;
use crate::purchases::Purchases;

parameters! {
    /// The modified beta-geometric/negative binomial model: a customer may leave after any purchase, the first one included.
    ///
    /// As [`BgNbd`](super::BgNbd), with one more chance to leave: P(alive) of one-time buyers falls with their age, as it should.
    ///
    /// # Formula
    /// ```text
    /// ln L = ln[Γ(r+x)/Γ(r)] − r ln(1+T/α) − x ln(α+T) + ln[B(a,b+x+1)/B(a,b)] + ln(1 + o),
    /// P(alive) = 1/(1 + o),   o = a/(b+x) · ((α+T)/(α+t_x))^(r+x)
    /// E(t) = P(alive) · mean over p ~ beta(a, b+x+1) of [1 − (1 + p t/(α+T))^−(r+x)]/p
    /// ```
    /// A new customer is alive with the probability b/(a+b), and all answers about new customers count those who left at once.
    ///
    /// # Example
    /// ```
    /// use engagement_core::model::{MbgNbd, PurchaseHistory, PurchaseModel};
    ///
    /// // The estimates for CDNOW; lifetimes and others assert the 1.226 of BG/NBD here, which is not this model's.
    /// let model = MbgNbd::new(0.525, 6.183, 0.891, 1.614)?;
    /// let customer = PurchaseHistory::new(2, 30.43, 38.86)?;
    /// assert_eq!(format!("{:.6}", model.expected_purchases(&customer, 39.0)?), "1.262961");
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    ///
    /// # References
    /// Batislam, Denizel & Filiztekin (2007), doi:10.1016/j.ijresmar.2006.12.005.
    MbgNbd = "mbg-nbd" {
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

impl MbgNbd {
    /// The model of maximum likelihood.
    ///
    /// # Errors
    /// [`ErrorKind::FitFailed`](crate::ErrorKind::FitFailed): the data holds too little, or the search did not converge.
    ///
    /// # Example
    /// CDNOW, customers who bought first in early 1997, in weeks, as published.
    /// ```
    /// use engagement_core::model::{FitOptions, MbgNbd};
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
    /// let fit = MbgNbd::fit(&purchases, &FitOptions::default())?;
    /// let model = &fit.model;
    /// let estimates = format!("{:.3} {:.3} {:.3} {:.3}", model.r(), model.alpha(), model.a(), model.b());
    /// assert_eq!(estimates, "0.525 6.183 0.891 1.614");
    /// assert_eq!(format!("{:.1}", fit.log_likelihood), "-9582.1");
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    pub fn fit(purchases: &Purchases, options: &FitOptions) -> Result<Fit<MbgNbd>> {
        geometric::fit(&MbgNbd { r: 1.0, alpha: 1.0, a: 1.0, b: 1.0 }, 1, purchases, options)
    }

    const fn family(&self) -> Geometric {
        let MbgNbd { r, alpha, a, b } = *self;
        Geometric { r, alpha, a, b, k: 1, first: true }
    }
}

answers!(MbgNbd);
