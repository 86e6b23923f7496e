//! Scores of one measure: quantile bins that never split equal values.

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};

/// Which values are the good ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Better {
    High,
    Low,
}

/// The scores of one measure, with the cuts that part them.
///
/// # Formula
/// ```text
/// score = 1 + number of cuts that the value is better than
/// cut i = the i/bins quantile, counted from the worst: the first value that, with all worse ones, makes up that share
/// ```
/// So equal values have equal scores, and score s is better than at least (s − 1)/bins of the customers. Equal values take the
/// lowest of the scores that their places span, which may leave scores empty.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RfmScores {
    /// The score of each row, 1 the worst.
    pub score: Vec<u8>,
    /// What parts each score from the next, from the worst on: a better value than the cut has the higher score. Cuts of recency
    /// descend, the others ascend. Given as own cuts they part other customers at the same values.
    pub cuts: Vec<f64>,
    /// How many customers have each score, from 1 on.
    pub counts: Vec<u64>,
}

impl RfmScores {
    pub(super) fn new(
        name: &str,
        values: impl ExactSizeIterator<Item = f64>,
        better: Better,
        bins: u8,
        own: Option<&[f64]>,
    ) -> Result<RfmScores> {
        // Lower days are the better ones: with the sign turned, higher always is. Adding 0 turns −0 into 0.
        let sign = |value: f64| if better == Better::Low { 0.0 - value } else { value + 0.0 };
        let mut signed = Vec::new();
        signed.try_reserve_exact(values.len())?;
        signed.extend(values.map(sign));
        let cuts = match own {
            Some(own) => own_cuts(name, own, bins, sign)?,
            None => quantiles(&signed, bins)?,
        };
        let mut scores = RfmScores { score: Vec::new(), cuts: Vec::new(), counts: vec![0; usize::from(bins)] };
        scores.score.try_reserve_exact(signed.len())?;
        for &value in &signed {
            let score = cuts.partition_point(|&cut| cut < value);
            scores.counts[score] += 1;
            scores.score.push(score as u8 + 1);
        }
        scores.cuts = cuts.into_iter().map(sign).collect();
        Ok(scores)
    }

    /// Whether equal values made the scores more uneven than the number of customers does.
    pub(super) fn uneven(&self) -> bool {
        let (n, bins) = (self.score.len() as u64, self.counts.len() as u64);
        self.counts.iter().any(|&count| count < n / bins || count > n.div_ceil(bins))
    }
}

fn own_cuts(name: &str, own: &[f64], bins: u8, sign: impl Fn(f64) -> f64) -> Result<Vec<f64>> {
    let invalid = |message: String| Err(Error::new(ErrorKind::InvalidArgument, message));
    if own.len() + 1 != usize::from(bins) {
        return invalid(format!("{name} cuts: {} given, {bins} scores need {}", own.len(), bins - 1));
    }
    if let Some(cut) = own.iter().find(|cut| !cut.is_finite()) {
        return invalid(format!("{name} cuts: {cut} is not a finite number"));
    }
    let mut cuts: Vec<f64> = own.iter().map(|&cut| sign(cut)).collect();
    cuts.sort_unstable_by(f64::total_cmp);
    Ok(cuts)
}

fn quantiles(values: &[f64], bins: u8) -> Result<Vec<f64>> {
    let mut sorted: Vec<f64> = Vec::new();
    sorted.try_reserve_exact(values.len())?;
    sorted.extend_from_slice(values);
    sorted.sort_unstable_by(f64::total_cmp);
    let place = |i: usize| (i * values.len()).div_ceil(usize::from(bins));
    Ok((1..usize::from(bins)).filter_map(|i| sorted.get(place(i).saturating_sub(1)).copied()).collect())
}
