//! Recency, frequency and monetary value of customers, scored and segmented.

use super::scores::{Better, RfmScores};
use super::table::{Lookup, OTHERS, SegmentCount, SegmentRule, standard_segments};
use crate::error::{Error, ErrorKind, Result};

/// How customers are scored and segmented.
#[derive(Clone, Debug, PartialEq)]
pub struct RfmOptions {
    /// The number of scores of each measure, 2 to 10.
    pub bins: u8,
    /// Own cuts of recency, in days, one fewer than scores, in any order; quantiles if absent.
    pub recency_cuts: Option<Vec<f64>>,
    /// Own cuts of frequency, in purchases.
    pub frequency_cuts: Option<Vec<f64>>,
    /// Own cuts of monetary value, in currency units.
    pub monetary_cuts: Option<Vec<f64>>,
    /// The segments; of several that name the same scores, the first. Whom none names is in [`OTHERS`].
    pub segments: Vec<SegmentRule>,
    /// Threads that go over a ledger, which live as long as the call; 0 takes as many as the machine has.
    pub threads: usize,
}

impl Default for RfmOptions {
    /// Scores from 1 to 5 by quantiles, and the [`standard_segments`].
    fn default() -> RfmOptions {
        RfmOptions {
            bins: 5,
            recency_cuts: None,
            frequency_cuts: None,
            monetary_cuts: None,
            segments: standard_segments(),
            threads: 0,
        }
    }
}

impl RfmOptions {
    /// The same with another number of scores and the segments that fit it.
    #[must_use]
    pub fn bins(mut self, bins: u8, segments: Vec<SegmentRule>) -> RfmOptions {
        self.bins = bins;
        self.segments = segments;
        self
    }

    /// The same with other segments.
    #[must_use]
    pub fn segments(mut self, segments: Vec<SegmentRule>) -> RfmOptions {
        self.segments = segments;
        self
    }

    /// The same with the cuts of an earlier result, so that the two compare.
    #[must_use]
    pub fn cuts_of(mut self, earlier: &Rfm) -> RfmOptions {
        self.recency_cuts = Some(earlier.recency.cuts.clone());
        self.frequency_cuts = Some(earlier.frequency.cuts.clone());
        self.monetary_cuts = Some(earlier.monetary.cuts.clone());
        self
    }
}

/// Scores of recency, frequency and monetary value, and the segments they make, row by row.
///
/// # Example
/// ```
/// use engagement_core::segment::{Rfm, RfmOptions};
///
/// let days_since_last = [3.0, 200.0, 40.0, 8.0, 90.0];
/// let purchases = [12, 1, 1, 1, 1];
/// let spend = [900.0, 20.0, 35.0, 20.0, 60.0];
/// let rfm = Rfm::new(&days_since_last, &purchases, &spend, &RfmOptions::default())?;
/// assert_eq!(rfm.recency.score, [5, 1, 3, 4, 2]);
/// assert_eq!(rfm.frequency.score, [5, 1, 1, 1, 1], "equal values are not split");
/// assert_eq!(rfm.monetary.score, [5, 1, 3, 1, 4]);
/// assert_eq!((0..5).map(|row| rfm.segment_name(row)).collect::<Vec<_>>(), [
///     "champions",
///     "lost",
///     "about to sleep",
///     "promising",
///     "hibernating"
/// ]);
/// assert_eq!(rfm.notes[0], "frequency: equal values are not split, so the scores from 1 to 5 have 4, 0, 0, 0, 1 customers");
/// # Ok::<(), engagement_core::Error>(())
/// ```
///
/// # References
/// Bult & Wansbeek (1995), doi:10.1287/mksc.14.4.378; Fader, Hardie & Lee (2005), doi:10.1509/jmkr.2005.42.4.415.
#[derive(Clone, Debug, PartialEq)]
pub struct Rfm {
    /// Scores of the days since the last purchase: the fewer, the higher.
    pub recency: RfmScores,
    /// Scores of the number of purchases.
    pub frequency: RfmScores,
    /// Scores of the money spent.
    pub monetary: RfmScores,
    /// The segment of each row, as a position in `segments`.
    pub segment: Vec<u8>,
    /// The segments with their customers, in the order of the rules; [`OTHERS`] last.
    pub segments: Vec<SegmentCount>,
    /// What a reader of the scores should know, in sentences.
    pub notes: Vec<String>,
}

impl Rfm {
    /// Scores customers by days since their last purchase, number of purchases and money spent; keys stay outside.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for columns of different length, a value outside its domain, or options that do not fit
    /// each other; memory refused.
    pub fn new(days_since_last: &[f64], purchases: &[u32], spend: &[f64], options: &RfmOptions) -> Result<Rfm> {
        let rows = days_since_last.len();
        let bins = options.bins;
        if !(2..=10).contains(&bins) {
            return Err(Error::new(ErrorKind::InvalidArgument, format!("bins: {bins} is not in 2..=10")));
        }
        check(days_since_last, purchases, spend)?;
        let lookup = Lookup::new(&options.segments, bins)?;
        let own = [&options.recency_cuts, &options.frequency_cuts, &options.monetary_cuts].map(|cuts| cuts.as_deref());
        let recency = RfmScores::new("recency", days_since_last.iter().copied(), Better::Low, bins, own[0])?;
        let frequency = RfmScores::new("frequency", purchases.iter().map(|&n| f64::from(n)), Better::High, bins, own[1])?;
        let monetary = RfmScores::new("monetary", spend.iter().copied(), Better::High, bins, own[2])?;
        let mut segments: Vec<SegmentCount> =
            options.segments.iter().map(|rule| SegmentCount { name: rule.name.clone(), customers: 0 }).collect();
        segments.push(SegmentCount { name: OTHERS.to_owned(), customers: 0 });
        let mut segment = Vec::new();
        segment.try_reserve_exact(rows)?;
        for ((&r, &f), &m) in recency.score.iter().zip(&frequency.score).zip(&monetary.score) {
            let at = lookup.segment([r, f, m]);
            segments[usize::from(at)].customers += 1;
            segment.push(at);
        }
        let measures = [("recency", &recency), ("frequency", &frequency), ("monetary", &monetary)];
        let uneven = measures.into_iter().zip(own).filter(|((_, scores), own)| own.is_none() && scores.uneven());
        let notes = uneven.map(|((name, scores), _)| {
            let counts: Vec<String> = scores.counts.iter().map(u64::to_string).collect();
            format!("{name}: equal values are not split, so the scores from 1 to {bins} have {} customers", counts.join(", "))
        });
        Ok(Rfm { notes: notes.collect(), recency, frequency, monetary, segment, segments })
    }

    /// The number of customers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.segment.len()
    }

    /// Whether there is no customer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.segment.is_empty()
    }

    /// The name of a row's segment.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn segment_name(&self, row: usize) -> &str {
        &self.segments[usize::from(self.segment[row])].name
    }
}

fn check(days_since_last: &[f64], purchases: &[u32], spend: &[f64]) -> Result<()> {
    let invalid = |message: String| Err(Error::new(ErrorKind::InvalidArgument, message));
    for (name, len) in [("purchases", purchases.len()), ("spend", spend.len())] {
        if len != days_since_last.len() {
            return invalid(format!("{name}: {len} values for {} customers", days_since_last.len()));
        }
    }
    if let Some(row) = days_since_last.iter().position(|days| !(*days >= 0.0 && days.is_finite())) {
        return invalid(format!("days since last, row {row}: {} is not a number of at least 0", days_since_last[row]));
    }
    if let Some(row) = purchases.iter().position(|&count| count == 0) {
        return invalid(format!("purchases, row {row}: 0 is not at least 1; prospects have no scores"));
    }
    if let Some(row) = spend.iter().position(|spend| !spend.is_finite()) {
        return invalid(format!("spend, row {row}: {} is not a finite number", spend[row]));
    }
    Ok(())
}
