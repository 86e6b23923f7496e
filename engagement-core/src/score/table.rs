//! All customers' scores as columns.

use super::scorecard::Index;
use super::tally::Tally;
use crate::interaction::Key;
use crate::ledger::Ledger;
use crate::level::{EngagementRatio, Level, LevelCounts};
use crate::rulebook::Way;
use crate::time::Timestamp;

/// Numbers of which some are missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nullable {
    /// The numbers; 0 where one is missing.
    pub values: Vec<f64>,
    /// 1 where a number is present, 0 where it is missing.
    pub valid: Vec<u8>,
}

impl Nullable {
    /// The number in a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<f64> {
        (self.valid[row] != 0).then(|| self.values[row])
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Option<f64>> + '_ {
        self.values.iter().zip(&self.valid).map(|(&value, &valid)| (valid != 0).then_some(value))
    }

    pub(crate) fn push(&mut self, value: Option<f64>) {
        self.values.push(value.unwrap_or(0.0));
        self.valid.push(u8::from(value.is_some()));
    }
}

/// The scores of all customers with an interaction at or before the as-of, in key order: integers ascending, then text.
///
/// ```
/// use engagement_core::{Interaction, Ledger, Rulebook, ScoreOptions};
///
/// let mut ledger = Ledger::new();
/// let at = "2026-03-01T10:00:00Z".parse()?;
/// for customer in ["zoe", "9", "ann", "10"] {
///     ledger.append(&Interaction { amount: Some("5".parse()?), ..Interaction::new(customer, at, "purchase") })?;
/// }
/// let scores = Rulebook::standard().compile()?.score_all(&ledger, at, &ScoreOptions::default())?;
/// let keys: Vec<String> = (0..scores.len()).map(|row| scores.customer(row).to_string()).collect();
/// assert_eq!(keys, ["9", "10", "ann", "zoe"]);
/// assert_eq!(scores.say.get(0), None);
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Scores {
    /// The moment of measurement.
    pub as_of: Timestamp,
    /// Interactions after it, which were not looked at.
    pub later: u64,
    /// Interactions that lack the rating or amount a rule needs, or whose rating is off its scale.
    pub unmatched: u64,
    pub(crate) keys: Keys,
    /// The weighted mean of the three scores, −100..100.
    pub engagement: Nullable,
    /// The Say score, −100..100.
    pub say: Nullable,
    /// The Stay score, −100..100.
    pub stay: Nullable,
    /// The Spend score, −100..100.
    pub spend: Nullable,
    /// The level of engagement.
    pub level: Vec<Level>,
    /// The points behind Say.
    pub points_say: Nullable,
    /// The points behind Stay.
    pub points_stay: Nullable,
    /// The points behind Spend.
    pub points_spend: Nullable,
    /// How much of the weight had evidence, 0..1.
    pub coverage: Vec<f64>,
    /// Whether the customer never bought, subscribed or renewed.
    pub prospect: Vec<bool>,
    /// Interactions at or before the as-of.
    pub interactions: Vec<u64>,
    /// The first interaction, in microseconds since 1970 UTC.
    pub first_at: Vec<i64>,
    /// The latest interaction, in microseconds since 1970 UTC.
    pub last_at: Vec<i64>,
    /// One column per rule with its points, in the order of the rulebook; only if asked for.
    pub contributions: Vec<(String, Nullable)>,
}

/// Keys that outlive their ledger: integers, and positions in one text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    integers: Vec<i64>,
    text: String,
    ends: Vec<usize>,
}

impl Keys {
    pub(crate) fn push(&mut self, key: Key<'_>) {
        match key {
            Key::Int(key) => self.integers.push(key),
            Key::Text(key) => {
                self.text.push_str(key);
                self.ends.push(self.text.len());
            }
        }
    }

    pub(crate) fn get(&self, row: usize) -> Key<'_> {
        // Integers come first in key order.
        match row.checked_sub(self.integers.len()) {
            None => Key::Int(self.integers[row]),
            Some(0) => Key::Text(&self.text[..self.ends[0]]),
            Some(at) => Key::Text(&self.text[self.ends[at - 1]..self.ends[at]]),
        }
    }
}

impl Scores {
    /// The number of customers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.level.len()
    }

    /// Whether there is no customer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.level.is_empty()
    }

    /// The customer of a row.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn customer(&self, row: usize) -> Key<'_> {
        self.keys.get(row)
    }

    /// Whether every key is an integer.
    #[must_use]
    pub fn integer_keys(&self) -> Option<&[i64]> {
        (self.keys.integers.len() == self.len()).then_some(&self.keys.integers)
    }

    /// The row of a customer, by search.
    #[must_use]
    pub fn row(&self, customer: Key<'_>) -> Option<usize> {
        let wanted = customer.canonical();
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.customer(middle) < wanted {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low < self.len() && self.customer(low) == wanted).then_some(low)
    }

    /// The scores of a way.
    #[must_use]
    pub fn score(&self, way: Way) -> &Nullable {
        match way {
            Way::Say => &self.say,
            Way::Stay => &self.stay,
            Way::Spend => &self.spend,
        }
    }

    /// The points of a way.
    #[must_use]
    pub fn points(&self, way: Way) -> &Nullable {
        match way {
            Way::Say => &self.points_say,
            Way::Stay => &self.points_stay,
            Way::Spend => &self.points_spend,
        }
    }

    /// Customers by level.
    #[must_use]
    pub fn levels(&self) -> LevelCounts {
        let mut counts = LevelCounts::default();
        for (&level, &prospect) in self.level.iter().zip(&self.prospect) {
            counts.count(level, prospect);
        }
        counts
    }

    /// Fully engaged : actively disengaged, prospects left out.
    #[must_use]
    pub fn ratio(&self) -> EngagementRatio {
        self.levels().ratio()
    }

    pub(crate) fn new(as_of: Timestamp, rows: usize, rules: Option<Vec<String>>) -> crate::Result<Scores> {
        let nullable = || -> crate::Result<Nullable> { Ok(Nullable { values: room(rows)?, valid: room(rows)? }) };
        Ok(Scores {
            as_of,
            later: 0,
            unmatched: 0,
            keys: Keys { integers: room(rows)?, ..Keys::default() },
            engagement: nullable()?,
            say: nullable()?,
            stay: nullable()?,
            spend: nullable()?,
            level: room(rows)?,
            points_say: nullable()?,
            points_stay: nullable()?,
            points_spend: nullable()?,
            coverage: room(rows)?,
            prospect: room(rows)?,
            interactions: room(rows)?,
            first_at: room(rows)?,
            last_at: room(rows)?,
            contributions: rules.unwrap_or_default().into_iter().map(|name| Ok((name, nullable()?))).collect::<crate::Result<_>>()?,
        })
    }

    /// Appends the row of a customer.
    pub(crate) fn push(&mut self, ledger: &Ledger, row: &ScoredRow, parts: &[Option<f64>]) {
        self.keys.push(ledger.customers.get(row.customer));
        let Index { points, scores, engagement, level, coverage } = row.index;
        self.engagement.push(engagement);
        self.say.push(scores[0]);
        self.stay.push(scores[1]);
        self.spend.push(scores[2]);
        self.level.push(level);
        self.points_say.push(points[0]);
        self.points_stay.push(points[1]);
        self.points_spend.push(points[2]);
        self.coverage.push(coverage);
        self.prospect.push(row.prospect);
        self.interactions.push(row.interactions);
        self.first_at.push(row.first_at);
        self.last_at.push(row.last_at);
        for ((_, column), &part) in self.contributions.iter_mut().zip(parts) {
            column.push(part);
        }
    }
}

fn room<T>(rows: usize) -> crate::Result<Vec<T>> {
    let mut column = Vec::new();
    column.try_reserve_exact(rows)?;
    Ok(column)
}

/// One row of the table on its way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScoredRow {
    pub(crate) customer: u32,
    index: Index,
    prospect: bool,
    interactions: u64,
    first_at: i64,
    last_at: i64,
}

impl ScoredRow {
    pub(crate) fn new(customer: u32, tally: &Tally<'_>) -> ScoredRow {
        ScoredRow {
            customer,
            index: Index::new(tally),
            prospect: tally.prospect,
            interactions: tally.interactions,
            first_at: tally.first_at,
            last_at: tally.last_at,
        }
    }
}
