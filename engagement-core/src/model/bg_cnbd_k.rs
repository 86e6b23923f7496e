//! BG/CNBD-k: regular buying, and customers may leave after each repeat purchase.

use super::geometric::phased;

phased! {
    /// The beta-geometric/condensed negative binomial model: [`BgNbd`](super::BgNbd) with gaps that are Erlang-k distributed.
    ///
    /// A gap between purchases is the sum of k exponential phases of the same rate, so that buying is the more regular the larger
    /// k is; k = 1 is BG/NBD itself.
    ///
    /// # Formula
    /// ```text
    /// ln L = (k−1) Σ ln Δt − x ln Γ(k) + ln[Γ(r+kx)/Γ(r)] − r ln(1+T/α) − kx ln(α+T) + ln[B(a,b+x)/B(a,b)] + ln(S₁ + S₂)
    /// S₁ = [x>0] a/(b+x−1) · ((α+T)/(α+t_x))^(r+kx)
    /// S₂ = Σ_{j<k} Γ(r+kx+j)/(Γ(r+kx) j!) · ((T−t_x)/(α+T))^j
    /// P(alive) = S₂/(S₁ + S₂)
    /// ```
    /// [`log_likelihood`](super::PurchaseModel::log_likelihood) of one customer leaves out (k−1) Σ ln Δt, which takes more than the
    /// history to know and which no parameter but k changes; a fit has it in its total.
    ///
    /// The mean number of purchases to come is exact. The sources approximate it.
    ///
    /// # Example
    /// ```
    /// use engagement_core::model::{BgCnbdK, PurchaseHistory, PurchaseModel};
    ///
    /// let model = BgCnbdK::new(3, 0.5, 2.0, 0.3, 0.6)?;
    /// assert_eq!(format!("{:.5}", model.probability_of_purchases_new(2, 10.0)?), "0.05669");
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    ///
    /// # References
    /// Platzer & Reutterer (2016), doi:10.1287/mksc.2015.0963; Reutterer, Platzer & Schröder (2021),
    /// doi:10.1016/j.ijresmar.2020.09.002.
    BgCnbdK = "bg-cnbd-k", first: false
}
