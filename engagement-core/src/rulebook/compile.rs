//! A rulebook checked whole, in the form the scoring uses.

use super::{Between, Occurrence, Per, RatingScale, Rule, Rulebook, StageScale, Way, WayScale};
use crate::error::{Error, ErrorKind, Result};
use crate::interaction::{KINDS, canonical_kind};
use crate::level::LevelScale;
use crate::money::{Currency, Money};
use crate::time::Zone;
use crate::value::Forecast;

/// The most rules a rulebook holds: their contributions then add up without rounding.
pub(crate) const MOST_RULES: usize = 64;

/// A rulebook that was checked and compiled; it scores any ledger.
///
/// ```
/// use engagement_core::{Interaction, Key, Ledger, Rulebook};
///
/// let mut ledger = Ledger::new();
/// for day in ["2026-01-05", "2026-02-03", "2026-03-01"] {
///     let at = ledger.zone().parse(day)?;
///     ledger.append(&Interaction { amount: Some("40".parse()?), ..Interaction::new("ann", at, "purchase") })?;
/// }
/// let rules = Rulebook::standard().compile()?;
/// let card = rules.score(&ledger, Key::from("ann"), ledger.zone().parse_as_of("2026-03-31")?)?;
/// assert_eq!(card.level.as_str(), "not engaged");
/// assert!(card.stay.unwrap() > 39.0 && card.say.is_none());
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Rules {
    pub(crate) rules: Vec<Compiled>,
    pub(crate) ways: [WayScale; 3],
    /// Weight over the ways that have rules.
    pub(crate) weight: f64,
    pub(crate) levels: LevelScale,
    pub(crate) zone: Option<Zone>,
    pub(crate) currency: Option<Currency>,
    pub(crate) forecast: Option<Forecast>,
    pub(crate) stages: Option<StageScale>,
}

/// A rule ready to be applied.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    pub(crate) name: String,
    pub(crate) way: Way,
    pub(crate) kind: String,
    /// Every ledger knows a standard kind by its place among the standard kinds.
    pub(crate) kind_code: Option<u32>,
    pub(crate) occurrence: Occurrence,
    pub(crate) channel: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) campaign: Option<String>,
    /// Amounts that match, in millionths; a range or `per_amount` needs an amount.
    pub(crate) amount: Option<(i64, i64)>,
    pub(crate) rating_within: Option<(f64, f64)>,
    pub(crate) reach_within: Option<(f64, f64)>,
    pub(crate) points: f64,
    pub(crate) per_amount: f64,
    pub(crate) rating: Option<RatingScale>,
    pub(crate) reach: bool,
    /// In microseconds; 0 never fades.
    pub(crate) half_life: f64,
    pub(crate) limit: Option<(LimitBy, Per)>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum LimitBy {
    Count(f64),
    Points(f64),
}

impl Rules {
    /// The names of the rules, in the order of the rulebook.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.name.as_str())
    }

    /// The scale from engagement to levels.
    #[must_use]
    pub fn levels(&self) -> LevelScale {
        self.levels
    }

    /// What the rulebook says of the future, if it does.
    #[must_use]
    pub fn forecast(&self) -> Option<&Forecast> {
        self.forecast.as_ref()
    }

    /// The kinds that some rule names.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.kind.as_str())
    }
}

fn invalid(path: &str, value: impl std::fmt::Display, domain: &str) -> Error {
    Error::new(ErrorKind::InvalidRulebook, format!("rulebook, {path}: {value} is not {domain}"))
}

fn finite(path: &str, value: f64, limit: f64) -> Result<f64> {
    if value.abs() <= limit { Ok(value) } else { Err(invalid(path, value, &format!("a number within ±{limit}"))) }
}

fn range(path: &str, between: Option<Between>) -> Result<Option<(f64, f64)>> {
    let Some(between) = between else { return Ok(None) };
    let (min, max) = (between.min.unwrap_or(f64::NEG_INFINITY), between.max.unwrap_or(f64::INFINITY));
    if min.is_nan() || max.is_nan() || min > max || (between.min.is_none() && between.max.is_none()) {
        return Err(invalid(path, format!("{{ min = {min}, max = {max} }}"), "a range with min ≤ max and at least one end"));
    }
    Ok(Some((min, max)))
}

impl Rulebook {
    /// Checks everything a type cannot say.
    pub(crate) fn validate(&self) -> Result<()> {
        self.compile().map(|_| ())
    }

    /// Checks the rulebook and makes it ready to score.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRulebook`] naming the path, the value and what is allowed there.
    pub fn compile(&self) -> Result<Rules> {
        super::check_version(Some(i64::from(self.version)))?;
        if self.rules.len() > MOST_RULES {
            return Err(invalid("rule", format!("{} rules", self.rules.len()), "at most 64 rules"));
        }
        let mut has_rules = [false; 3];
        let mut rules = Vec::with_capacity(self.rules.len());
        for (at, rule) in self.rules.iter().enumerate() {
            has_rules[rule.way as usize] = true;
            if self.rules[..at].iter().any(|other| other.name == rule.name) {
                return Err(invalid(&format!("rule[{at}].name"), format!("\"{}\"", rule.name), "unique"));
            }
            rules.push(compile(&format!("rule[{at}]"), rule)?);
        }
        let mut ways = [WayScale { half_score: 1.0, weight: 0.0 }; 3];
        let mut weight = 0.0;
        for way in Way::ALL {
            let name = way.as_str();
            match self.way(way) {
                None if has_rules[way as usize] => {
                    return Err(Error::new(
                        ErrorKind::InvalidRulebook,
                        format!("rulebook, {name}: missing, but there are rules of this way; give it half_score and weight"),
                    ));
                }
                None => {}
                Some(scale) => {
                    if !(scale.half_score > 0.0 && scale.half_score <= 1e12) {
                        return Err(invalid(&format!("{name}.half_score"), scale.half_score, "above 0 and at most 1e12"));
                    }
                    if !(0.0..=1e6).contains(&scale.weight) {
                        return Err(invalid(&format!("{name}.weight"), scale.weight, "between 0 and 1e6"));
                    }
                    ways[way as usize] = scale;
                    if has_rules[way as usize] {
                        weight += scale.weight;
                    }
                }
            }
        }
        self.levels.check().map_err(|message| Error::new(ErrorKind::InvalidRulebook, format!("rulebook, levels: {message}")))?;
        if let Some(forecast) = &self.forecast {
            let invalid = |error| Error::new(ErrorKind::InvalidRulebook, format!("rulebook, forecast.{error}"));
            forecast.terms().map_err(invalid)?;
        }
        if let Some(stages) = &self.stages {
            let invalid = |error| Error::new(ErrorKind::InvalidRulebook, format!("rulebook, stages.{error}"));
            stages.options(stages.unit).check().map_err(invalid)?;
        }
        Ok(Rules {
            rules,
            ways,
            weight,
            levels: self.levels,
            zone: self.zone.clone(),
            currency: self.currency,
            forecast: self.forecast.clone(),
            stages: self.stages,
        })
    }
}

fn compile(path: &str, rule: &Rule) -> Result<Compiled> {
    let at = |field: &str| format!("{path}.{field}");
    if rule.name.is_empty() || rule.name.len() > 200 {
        return Err(invalid(&at("name"), format!("\"{}\"", rule.name), "a name of 1 to 200 bytes"));
    }
    if rule.kind.is_empty() {
        return Err(invalid(&at("kind"), "\"\"", "a kind"));
    }
    let points = match (rule.points, rule.per_amount, rule.rating) {
        (Some(points), _, _) => finite(&at("points"), points, 1e6)?,
        (None, Some(_), _) => 0.0,
        (None, None, Some(_)) => 1.0,
        (None, None, None) => {
            return Err(invalid(&at("points"), "a rule without points, per_amount and rating", "a rule that gives anything"));
        }
    };
    let per_amount = finite(&at("per_amount"), rule.per_amount.unwrap_or(0.0), 1e6)?;
    if let Some(scale) = rule.rating {
        let RatingScale { worst, neutral, best } = scale;
        let ordered = (worst < neutral && neutral < best) || (worst > neutral && neutral > best);
        if !ordered || [worst, neutral, best].iter().any(|n| n.abs() > 1e9) {
            return Err(invalid(
                &at("rating"),
                format!("{{ worst = {worst}, neutral = {neutral}, best = {best} }}"),
                "a scale on which neutral lies strictly between worst and best",
            ));
        }
    }
    let when = &rule.when;
    let amount = match range(&at("when.amount"), when.amount)? {
        None if rule.per_amount.is_some() => Some((i64::MIN + 1, i64::MAX)),
        None => None,
        Some((min, max)) => {
            let micros = |value: f64, open: i64| match value.is_infinite() {
                true => Ok(open),
                false => Money::from_f64(value).map(|money| money.map_or(open, Money::micros)),
            };
            let domain = |_| invalid(&at("when.amount"), format!("{{ min = {min}, max = {max} }}"), "a range of amounts");
            Some((micros(min, i64::MIN + 1).map_err(domain)?, micros(max, i64::MAX).map_err(domain)?))
        }
    };
    let limit = match rule.limit {
        None => None,
        Some(limit) => {
            let by = match (limit.count, limit.points) {
                (Some(count), None) if count > 0 => LimitBy::Count(f64::from(count)),
                (None, Some(points)) if points > 0.0 && points <= 1e9 => LimitBy::Points(points),
                (Some(0), None) => return Err(invalid(&at("limit.count"), 0, "at least 1")),
                (None, Some(points)) => return Err(invalid(&at("limit.points"), points, "above 0 and at most 1e9")),
                _ => return Err(invalid(&at("limit"), "this", "either a count or points")),
            };
            Some((by, limit.per))
        }
    };
    let kind = canonical_kind(&rule.kind).into_owned();
    Ok(Compiled {
        name: rule.name.clone(),
        way: rule.way,
        kind_code: KINDS.iter().position(|standard| *standard == kind).map(|place| place as u32),
        kind,
        occurrence: rule.occurrence,
        channel: when.channel.clone(),
        unit: when.unit.clone(),
        campaign: when.campaign.clone(),
        amount,
        rating_within: range(&at("when.rating"), when.rating)?,
        reach_within: range(&at("when.reach"), when.reach)?,
        points,
        per_amount,
        rating: rule.rating,
        reach: rule.reach,
        half_life: rule.half_life.map_or(0.0, |half_life| half_life.micros() as f64),
        limit,
    })
}
