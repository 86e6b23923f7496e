//! The second derivatives of the log-likelihood for gaps of one phase.

use super::Geometric;
use crate::math::Falling;
use crate::model::history::PurchaseHistory;
use crate::model::likelihood::{Block, Terms};

/// A model of the family with k = 1, and what its rows share.
pub(in crate::model) struct Curved {
    family: Geometric,
    shape: Falling,
    kept: Falling,
    all: Falling,
}

impl Geometric {
    /// The tables for frequencies up to `largest`; `None` for gaps of several phases.
    pub(in crate::model) fn curved(&self, largest: u32) -> Option<Curved> {
        let largest = largest as usize;
        let chances = if largest == 0 { 0 } else { largest + 1 };
        (self.k == 1).then(|| Curved {
            family: *self,
            shape: Falling::new(self.r, largest),
            kept: Falling::new(self.b, chances),
            all: Falling::new(self.a + self.b, chances),
        })
    }
}

/// ln L = … + ln(1 + l), where l is how likely the customer has left, relative to staying. With P = l/(1 + l), the second
/// derivatives of the last term are P (ln l)'' + P(1 − P) (ln l)' (ln l)'.
impl Terms<PurchaseHistory> for Curved {
    fn rows<const N: usize>(&self, customers: &[PurchaseHistory; N], block: &mut Block<N>) {
        let Geometric { r, alpha, a, b, first, .. } = self.family;
        let endings = self.family.endings(customers, |_, _| {});
        let [rr, r_alpha, alpha_alpha, ra, alpha_a, aa, rb, alpha_b, ab, bb] = &mut block.slopes;
        for (i, customer) in customers.iter().enumerate() {
            let frequency = customer.frequency() as usize;
            let chances = frequency + usize::from(first);
            rr[i] = self.shape.trigamma(frequency);
            ab[i] = self.all.trigamma(chances);
            bb[i] = self.kept.trigamma(chances);
        }
        for (i, customer) in customers.iter().enumerate() {
            let (shape, longer) = (endings.shape[i], endings.longer[i]);
            let stays = 1.0 / (1.0 + endings.left[i]);
            let left = if endings.left[i] < f64::INFINITY { endings.left[i] * stays } else { 1.0 };
            let either = left * stays;
            // α/(α + T), the longer wait over α + T, and α/(α + t_x).
            let whole = alpha + customer.age();
            let scale = alpha / whole;
            let wait = longer * scale;
            let since = scale * (1.0 + longer);
            let (by_r, by_alpha, by_b) = (r * endings.ln_longer[i], -shape * wait, -b * endings.odds[i]);
            rr[i] = either * by_r * by_r - r * r * rr[i];
            r_alpha[i] = r * (customer.age() / whole) - left * r * wait + either * by_r * by_alpha;
            alpha_alpha[i] = shape * scale * scale - r + left * shape * wait * (since + scale) + either * by_alpha * by_alpha;
            ra[i] = either * by_r;
            alpha_a[i] = either * by_alpha;
            aa[i] = a * a * ab[i] - left * left;
            rb[i] = either * by_r * by_b;
            alpha_b[i] = either * by_alpha * by_b;
            bb[i] = b * b * (ab[i] - bb[i]) + (left + either) * by_b * by_b;
            ab[i] = a * b * ab[i] + either * by_b;
        }
    }
}
