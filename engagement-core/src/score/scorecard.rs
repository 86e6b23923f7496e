//! One customer's scores, and what they are made of.

use serde::Serialize;

use super::tally::{Bound, Tally};
use crate::ledger::History;
use crate::level::Level;
use crate::rulebook::{Rules, Way};
use crate::time::Timestamp;
use crate::value::{CustomerForecast, EngagementValue, Outlook};

/// The scores of one customer at one moment.
///
/// A way without evidence has no score and no points: that is not the same as 0.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scorecard {
    /// The customer's key as text.
    pub customer: String,
    /// The moment of measurement.
    pub as_of: Timestamp,
    /// The level of engagement.
    pub level: Level,
    /// The weighted mean of the three scores, −100..100; absent without any evidence.
    pub engagement: Option<f64>,
    /// The Say score, −100..100.
    pub say: Option<f64>,
    /// The Stay score, −100..100.
    pub stay: Option<f64>,
    /// The Spend score, −100..100.
    pub spend: Option<f64>,
    /// The points behind the Say score: exactly the sum of its contributions.
    pub points_say: Option<f64>,
    /// The points behind the Stay score.
    pub points_stay: Option<f64>,
    /// The points behind the Spend score.
    pub points_spend: Option<f64>,
    /// How much of the weight had evidence, 0..1.
    pub coverage: f64,
    /// Whether the customer never bought, subscribed or renewed.
    pub prospect: bool,
    /// Interactions at or before the as-of.
    pub interactions: u64,
    /// Interactions after it, which were not looked at.
    pub later: u64,
    /// Interactions that lack the rating or amount a rule needs, or whose rating is off its scale.
    pub unmatched: u64,
    /// The first interaction; absent for a customer who has none by the as-of.
    pub first_at: Option<Timestamp>,
    /// The latest interaction.
    pub last_at: Option<Timestamp>,
    /// The rules that matched, in the order of the rulebook.
    pub contributions: Vec<Contribution>,
    /// What the customer will do, where the rulebook has a forecast; absent for a prospect.
    pub forecast: Option<CustomerForecast>,
    /// What the customer is worth by way, where the rulebook has a forecast in money; absent for a prospect who has referred nobody.
    pub value: Option<EngagementValue>,
}

/// What one rule gave a customer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contribution {
    /// The name of the rule.
    pub rule: String,
    /// The way it counts towards.
    pub way: Way,
    /// Its points, a multiple of 2⁻²⁰.
    pub points: f64,
    /// Interactions that counted.
    pub interactions: u64,
    /// The latest of them.
    pub latest: Timestamp,
    /// Whether the points were cut at ±2²⁶.
    pub saturated: bool,
}

impl Scorecard {
    /// The score of a way.
    #[must_use]
    pub fn score(&self, way: Way) -> Option<f64> {
        match way {
            Way::Say => self.say,
            Way::Stay => self.stay,
            Way::Spend => self.spend,
        }
    }

    /// The points of a way.
    #[must_use]
    pub fn points(&self, way: Way) -> Option<f64> {
        match way {
            Way::Say => self.points_say,
            Way::Stay => self.points_stay,
            Way::Spend => self.points_spend,
        }
    }

    /// The scorecard as a JSON object; missing scores are `null`.
    ///
    /// # Errors
    /// None that the types allow; the result is there for the writer's sake.
    pub fn to_json(&self) -> crate::Result<String> {
        serde_json::to_string(self).map_err(|e| crate::Error::new(crate::ErrorKind::InvalidArgument, e.to_string()))
    }

    /// The scorecard of a history that was taken in whole.
    pub(crate) fn new(tally: &Tally<'_>, history: &History<'_>) -> crate::Result<Scorecard> {
        let Bound { rules, ledger, .. } = *tally.bound;
        let (forecast, value) = match (&rules.forecast, tally.interactions > 0) {
            (Some(forecast), true) => {
                Outlook::new(forecast, ledger, rules.purchase_options(history.as_of))?.of(history.customer)?
            }
            _ => (None, None),
        };
        let index = Index::new(tally);
        let [say, stay, spend] = index.scores;
        let [points_say, points_stay, points_spend] = index.points;
        let contributions = rules.rules.iter().zip(&tally.parts).filter(|(_, part)| part.count > 0).map(|(rule, part)| {
            let (points, saturated) = part.contribution();
            Contribution {
                rule: rule.name.clone(),
                way: rule.way,
                points,
                interactions: part.count,
                latest: Timestamp::from_checked(part.latest),
                saturated,
            }
        });
        let any = tally.interactions > 0;
        Ok(Scorecard {
            customer: ledger.customers.get(history.customer).to_string(),
            as_of: history.as_of,
            level: index.level,
            engagement: index.engagement,
            say,
            stay,
            spend,
            points_say,
            points_stay,
            points_spend,
            coverage: index.coverage,
            prospect: tally.prospect,
            interactions: tally.interactions,
            later: history.later(),
            unmatched: tally.unmatched,
            first_at: any.then(|| Timestamp::from_checked(tally.first_at)),
            last_at: any.then(|| Timestamp::from_checked(tally.last_at)),
            contributions: contributions.collect(),
            forecast,
            value,
        })
    }
}

/// The numbers of a scorecard without its words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Index {
    pub(crate) points: [Option<f64>; 3],
    pub(crate) scores: [Option<f64>; 3],
    pub(crate) engagement: Option<f64>,
    pub(crate) level: Level,
    pub(crate) coverage: f64,
}

impl Index {
    #[inline]
    pub(crate) fn new(tally: &Tally<'_>) -> Index {
        Index::of_points(tally.bound.rules, tally.points())
    }

    /// Scores, engagement and level from the points of the three ways.
    ///
    /// ```text
    /// score = 100·sign(p)·(1 − 2^(−|p|/half_score)),   engagement = Σ weight·score ÷ Σ weight
    /// ```
    #[inline]
    pub(crate) fn of_points(rules: &Rules, points: [Option<f64>; 3]) -> Index {
        let mut scores = [None; 3];
        let (mut weighted, mut covered) = (0.0, 0.0);
        for way in 0..3 {
            let Some(points) = points[way] else { continue };
            let scale = rules.ways[way];
            let size = 100.0 * (1.0 - libm::exp2(-(points.abs() / scale.half_score)));
            let score = if points < 0.0 { -size } else { size };
            scores[way] = Some(score);
            weighted += scale.weight * score;
            covered += scale.weight;
        }
        let evidence = points.iter().any(Option::is_some) && rules.weight > 0.0;
        let engagement = evidence.then(|| weighted / rules.weight);
        let coverage = if rules.weight > 0.0 { covered / rules.weight } else { 0.0 };
        Index { points, scores, engagement, level: rules.levels.level(engagement), coverage }
    }
}
