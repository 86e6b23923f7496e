//! Which scores make which segment.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// The segment of those whom no rule names.
pub const OTHERS: &str = "others";

/// The most rules of a table.
const MOST: usize = 250;

/// A segment: its name, and from which lowest to which highest score it reaches, both included; absent is any score.
///
/// ```
/// use engagement_core::segment::SegmentRule;
///
/// let rule = SegmentRule::new("big spenders").monetary(5, 5);
/// assert_eq!((rule.recency, rule.monetary), (None, Some([5, 5])));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentRule {
    /// What it is called.
    pub name: String,
    /// Scores of recency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recency: Option<[u8; 2]>,
    /// Scores of frequency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<[u8; 2]>,
    /// Scores of monetary value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monetary: Option<[u8; 2]>,
}

impl SegmentRule {
    /// A segment of all scores.
    #[must_use]
    pub fn new(name: impl Into<String>) -> SegmentRule {
        SegmentRule { name: name.into(), recency: None, frequency: None, monetary: None }
    }

    /// The same, of these scores of recency only.
    #[must_use]
    pub fn recency(mut self, lowest: u8, highest: u8) -> SegmentRule {
        self.recency = Some([lowest, highest]);
        self
    }

    /// The same, of these scores of frequency only.
    #[must_use]
    pub fn frequency(mut self, lowest: u8, highest: u8) -> SegmentRule {
        self.frequency = Some([lowest, highest]);
        self
    }

    /// The same, of these scores of monetary value only.
    #[must_use]
    pub fn monetary(mut self, lowest: u8, highest: u8) -> SegmentRule {
        self.monetary = Some([lowest, highest]);
        self
    }

    fn ranges(&self) -> [(&'static str, Option<[u8; 2]>); 3] {
        [("recency", self.recency), ("frequency", self.frequency), ("monetary", self.monetary)]
    }

    fn check(&self, bins: u8) -> Result<()> {
        for (measure, range) in self.ranges() {
            if let Some([lowest, highest]) = range
                && !(1 <= lowest && lowest <= highest && highest <= bins)
            {
                return Err(Error::new(
                    ErrorKind::InvalidArgument,
                    format!(
                        "segment \"{}\", {measure}: [{lowest}, {highest}] does not ascend within 1..={bins}; the standard segments are for 5 scores",
                        self.name
                    ),
                ));
            }
        }
        Ok(())
    }

    fn names(&self, scores: [u8; 3]) -> bool {
        let within = |(range, score): (Option<[u8; 2]>, u8)| range.is_none_or(|[low, high]| (low..=high).contains(&score));
        self.ranges().map(|(_, range)| range).into_iter().zip(scores).all(within)
    }
}

/// How many customers are in a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SegmentCount {
    /// What it is called.
    pub name: String,
    /// Its customers.
    pub customers: u64,
}

/// The eleven segments in common use, for scores from 1 to 5. They cover every score of recency and frequency, each one once;
/// monetary value parts none of them.
///
/// | segment | recency | frequency |
/// |---|---|---|
/// | champions | 5 | 4–5 |
/// | loyal customers | 3–4 | 4–5 |
/// | potential loyalists | 4–5 | 2–3 |
/// | new customers | 5 | 1 |
/// | promising | 4 | 1 |
/// | needing attention | 3 | 3 |
/// | about to sleep | 3 | 1–2 |
/// | at risk | 1–2 | 3–4 |
/// | cannot lose them | 1–2 | 5 |
/// | hibernating | 2 | 1–2 |
/// | lost | 1 | 1–2 |
///
/// The names are the field's; where one segment ends and the next begins differs from source to source.
///
/// ```
/// assert_eq!(engagement_core::segment::standard_segments()[0].name, "champions");
/// ```
#[must_use]
pub fn standard_segments() -> Vec<SegmentRule> {
    [
        ("champions", [5, 5], [4, 5]),
        ("loyal customers", [3, 4], [4, 5]),
        ("potential loyalists", [4, 5], [2, 3]),
        ("new customers", [5, 5], [1, 1]),
        ("promising", [4, 4], [1, 1]),
        ("needing attention", [3, 3], [3, 3]),
        ("about to sleep", [3, 3], [1, 2]),
        ("at risk", [1, 2], [3, 4]),
        ("cannot lose them", [1, 2], [5, 5]),
        ("hibernating", [2, 2], [1, 2]),
        ("lost", [1, 1], [1, 2]),
    ]
    .into_iter()
    .map(|(name, [r1, r2], [f1, f2])| SegmentRule::new(name).recency(r1, r2).frequency(f1, f2))
    .collect()
}

/// The number of the first rule that names each combination of scores; one past the rules where none does.
pub(super) struct Lookup {
    bins: usize,
    segments: Vec<u8>,
}

impl Lookup {
    pub(super) fn new(rules: &[SegmentRule], bins: u8) -> Result<Lookup> {
        if rules.len() > MOST {
            return Err(Error::new(ErrorKind::InvalidArgument, format!("segments: {} rules, more than {MOST}", rules.len())));
        }
        rules.iter().try_for_each(|rule| rule.check(bins))?;
        let mut segments = Vec::new();
        for r in 1..=bins {
            for f in 1..=bins {
                for m in 1..=bins {
                    let first = rules.iter().position(|rule| rule.names([r, f, m])).unwrap_or(rules.len());
                    segments.push(first as u8);
                }
            }
        }
        Ok(Lookup { bins: usize::from(bins), segments })
    }

    pub(super) fn segment(&self, scores: [u8; 3]) -> u8 {
        let at = scores.into_iter().fold(0, |at, score| at * self.bins + usize::from(score) - 1);
        self.segments[at]
    }
}
