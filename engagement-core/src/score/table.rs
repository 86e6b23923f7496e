//! All customers' scores as columns.

use super::scorecard::Index;
use super::tally::Tally;
use crate::interaction::Key;
use crate::ledger::Ledger;
use crate::level::{EngagementRatio, Level, LevelCounts};
use crate::money::Money;
use crate::rulebook::Way;
use crate::time::Timestamp;
use crate::value::Forecasts;

/// Numbers of which some are missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nullable<T = f64> {
    /// The numbers; 0 where one is missing.
    pub values: Vec<T>,
    /// 1 where a number is present, 0 where it is missing.
    pub valid: Vec<u8>,
}

impl<T: Copy + Default> Nullable<T> {
    /// The number in a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<T> {
        (self.valid[row] != 0).then(|| self.values[row])
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Option<T>> + '_ {
        self.values.iter().zip(&self.valid).map(|(&value, &valid)| (valid != 0).then_some(value))
    }

    pub(crate) fn push(&mut self, value: Option<T>) {
        self.values.push(value.unwrap_or_default());
        self.valid.push(u8::from(value.is_some()));
    }
}

impl Nullable<i64> {
    /// The amount in a row of a column of millionths.
    #[must_use]
    pub fn money(&self, row: usize) -> Option<Money> {
        self.get(row).and_then(Money::from_micros)
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
    /// What the customers will do and what they are worth, where the rulebook has a forecast.
    pub forecasts: Option<Forecasts>,
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

    /// A table of so many rows in which nothing is told yet.
    pub(crate) fn new(as_of: Timestamp, rows: usize, rules: Option<Vec<String>>) -> crate::Result<Scores> {
        let nullable = || -> crate::Result<Nullable> { Ok(Nullable { values: filled(rows, 0.0)?, valid: filled(rows, 0)? }) };
        Ok(Scores {
            as_of,
            later: 0,
            unmatched: 0,
            keys: Keys::default(),
            engagement: nullable()?,
            say: nullable()?,
            stay: nullable()?,
            spend: nullable()?,
            level: filled(rows, Level::Unknown)?,
            points_say: nullable()?,
            points_stay: nullable()?,
            points_spend: nullable()?,
            coverage: filled(rows, 0.0)?,
            prospect: filled(rows, false)?,
            interactions: filled(rows, 0)?,
            first_at: filled(rows, 0)?,
            last_at: filled(rows, 0)?,
            contributions: rules
                .unwrap_or_default()
                .into_iter()
                .map(|name| Ok((name, nullable()?)))
                .collect::<crate::Result<_>>()?,
            forecasts: None,
        })
    }

    /// The table cut into slices of so many rows, which several threads can fill.
    pub(crate) fn slices(&mut self, rows: usize) -> Vec<Slice<'_>> {
        let slices = self.level.len().div_ceil(rows);
        let all = [&mut self.engagement, &mut self.say, &mut self.stay, &mut self.spend];
        let points = [&mut self.points_say, &mut self.points_stay, &mut self.points_spend];
        let nullables = all.into_iter().chain(points).chain(self.contributions.iter_mut().map(|(_, column)| column));
        let mut columns: Vec<Vec<_>> = (0..slices).map(|_| Vec::new()).collect();
        for nullable in nullables {
            let cut = nullable.values.chunks_mut(rows).zip(nullable.valid.chunks_mut(rows));
            columns.iter_mut().zip(cut).for_each(|(slice, column)| slice.push(column));
        }
        let levels = self.level.chunks_mut(rows).zip(self.prospect.chunks_mut(rows)).zip(self.coverage.chunks_mut(rows));
        let times = self.first_at.chunks_mut(rows).zip(self.last_at.chunks_mut(rows)).zip(self.interactions.chunks_mut(rows));
        let both = columns.into_iter().zip(levels).zip(times);
        both.map(|((nullables, ((level, prospect), coverage)), ((first_at, last_at), interactions))| Slice {
            nullables,
            level,
            prospect,
            coverage,
            first_at,
            last_at,
            interactions,
        })
        .collect()
    }

    /// Keeps these rows, in this order.
    pub(crate) fn gather(&mut self, rows: &[u32]) -> crate::Result<()> {
        let all = [&mut self.engagement, &mut self.say, &mut self.stay, &mut self.spend];
        let points = [&mut self.points_say, &mut self.points_stay, &mut self.points_spend];
        for nullable in all.into_iter().chain(points).chain(self.contributions.iter_mut().map(|(_, column)| column)) {
            gather(&mut nullable.values, rows)?;
            gather(&mut nullable.valid, rows)?;
        }
        gather(&mut self.level, rows)?;
        gather(&mut self.coverage, rows)?;
        gather(&mut self.prospect, rows)?;
        gather(&mut self.interactions, rows)?;
        gather(&mut self.first_at, rows)?;
        gather(&mut self.last_at, rows)
    }

    /// Says whose rows they are.
    pub(crate) fn name(&mut self, ledger: &Ledger, codes: impl ExactSizeIterator<Item = u32>) -> crate::Result<()> {
        self.keys.integers.try_reserve_exact(codes.len())?;
        codes.for_each(|code| self.keys.push(ledger.customers.get(code)));
        Ok(())
    }
}

pub(crate) fn filled<T: Copy>(rows: usize, value: T) -> crate::Result<Vec<T>> {
    let mut column = Vec::new();
    column.try_reserve_exact(rows)?;
    column.resize(rows, value);
    Ok(column)
}

pub(crate) fn gather<T: Copy>(column: &mut Vec<T>, rows: &[u32]) -> crate::Result<()> {
    let mut kept = Vec::new();
    kept.try_reserve_exact(rows.len())?;
    kept.extend(rows.iter().map(|&row| column[row as usize]));
    *column = kept;
    Ok(())
}

/// Some rows of the table.
#[derive(Debug)]
pub(crate) struct Slice<'s> {
    /// Engagement, three scores, three sums of points, and the contributions.
    nullables: Vec<(&'s mut [f64], &'s mut [u8])>,
    level: &'s mut [Level],
    prospect: &'s mut [bool],
    coverage: &'s mut [f64],
    first_at: &'s mut [i64],
    last_at: &'s mut [i64],
    interactions: &'s mut [u64],
}

impl Slice<'_> {
    /// Writes a row.
    pub(crate) fn set(&mut self, row: usize, tally: &Tally<'_>) {
        let Index { points: [p, q, r], scores: [say, stay, spend], engagement, level, coverage } = Index::new(tally);
        let ways = [engagement, say, stay, spend, p, q, r].into_iter();
        let contributions = tally.parts.iter().map(|part| (part.count > 0).then(|| part.contribution().0));
        for ((values, valid), number) in self.nullables.iter_mut().zip(ways.chain(contributions)) {
            values[row] = number.unwrap_or(0.0);
            valid[row] = u8::from(number.is_some());
        }
        self.level[row] = level;
        self.coverage[row] = coverage;
        self.prospect[row] = tally.prospect;
        self.interactions[row] = tally.interactions;
        self.first_at[row] = tally.first_at;
        self.last_at[row] = tally.last_at;
    }
}
