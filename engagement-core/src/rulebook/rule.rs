//! One rule: what it matches, what it gives, how that fades and where it stops.

use serde::{Deserialize, Serialize};

use super::Way;

/// Points for interactions of one kind, towards one way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What people call it; unique in the rulebook.
    pub name: String,
    /// The way its points count towards.
    pub way: Way,
    /// The kind of interaction it matches.
    pub kind: String,
    /// Which of the customer's interactions of that kind it matches.
    #[serde(default, skip_serializing_if = "Occurrence::is_any")]
    pub occurrence: Occurrence,
    /// Further conditions; all of them must hold.
    #[serde(default, skip_serializing_if = "When::is_empty")]
    pub when: When,
    /// Points per matching interaction; without it 0 where `per_amount` is given, else 1 where `rating` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<f64>,
    /// Points per currency unit of the amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_amount: Option<f64>,
    /// Maps the rating to −1..1, which multiplies `points`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<RatingScale>,
    /// Multiply by log2(1 + reach); an interaction without reach counts once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reach: bool,
    /// After this time an interaction counts half; without it for ever in full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_life: Option<HalfLife>,
    /// How much counts within a calendar period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
}

/// Which of the customer's interactions of a kind a rule matches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occurrence {
    /// All of them.
    #[default]
    Any,
    /// The first one.
    First,
    /// All but the first.
    Repeat,
}

impl Occurrence {
    fn is_any(&self) -> bool {
        *self == Occurrence::Any
    }
}

/// Conditions on the fields of an interaction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// The channel it came through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The unit it happened in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The campaign it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// The amount, in currency units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Between>,
    /// The rating.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Between>,
    /// The reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<Between>,
}

impl When {
    fn is_empty(&self) -> bool {
        *self == When::default()
    }
}

/// A closed range; a missing end is open.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Between {
    /// The least value that matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The greatest value that matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

/// A rating scale: `worst` counts −1, `neutral` 0, `best` 1, linear on each side. `worst` may be the greater number, as in
/// school grades.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatingScale {
    /// The rating that counts −1.
    pub worst: f64,
    /// The rating that counts 0.
    pub neutral: f64,
    /// The rating that counts 1.
    pub best: f64,
}

impl RatingScale {
    /// The rating on −1..1; `None` if it is off the scale.
    #[inline]
    pub(crate) fn place(&self, rating: f64) -> Option<f64> {
        let (low, high) = if self.worst < self.best { (self.worst, self.best) } else { (self.best, self.worst) };
        if !(low..=high).contains(&rating) {
            return None;
        }
        let good = (rating >= self.neutral) == (self.best > self.neutral);
        Some(if rating == self.neutral {
            0.0
        } else if good {
            (rating - self.neutral) / (self.best - self.neutral)
        } else {
            -((rating - self.neutral) / (self.worst - self.neutral))
        })
    }
}

/// How much of a rule counts within a calendar period: a number of interactions, or a sum of |points|.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The first interactions that count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// The sum of |points|, before fading, up to which they count; the last one in part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<f64>,
    /// The period.
    pub per: Per,
}

/// A calendar period of the rulebook's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// A civil day.
    Day,
    /// A week from Monday.
    Week,
    /// A civil month.
    Month,
    /// All time.
    Ever,
}

/// A half-life: a whole number of hours (`36h`), days of 86,400 seconds (`90d`) or weeks (`2w`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HalfLife(i64);

const UNITS: [(char, i64); 3] = [('w', 604_800_000_000), ('d', 86_400_000_000), ('h', 3_600_000_000)];

impl HalfLife {
    /// The half-life in microseconds.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }
}

impl std::str::FromStr for HalfLife {
    type Err = String;

    fn from_str(text: &str) -> Result<HalfLife, String> {
        let wrong =
            || format!("half-life \"{text}\" is not a whole number of hours, days or weeks such as \"90d\", at most 1000 years");
        let unit = UNITS.iter().find(|(letter, _)| text.ends_with(*letter)).ok_or_else(wrong)?;
        let number = &text[..text.len() - 1];
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let micros = number.parse::<i64>().ok().and_then(|n| n.checked_mul(unit.1)).ok_or_else(wrong)?;
        if micros <= 0 || micros > 365_250 * UNITS[1].1 {
            return Err(wrong());
        }
        Ok(HalfLife(micros))
    }
}

impl TryFrom<String> for HalfLife {
    type Error = String;
    fn try_from(text: String) -> Result<HalfLife, String> {
        text.parse()
    }
}

impl std::fmt::Display for HalfLife {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Days are what people write, weeks included; what is no whole number of them came as hours.
        let (letter, unit) = if self.0 % UNITS[1].1 == 0 { UNITS[1] } else { UNITS[2] };
        write!(f, "{}{letter}", self.0 / unit)
    }
}

impl From<HalfLife> for String {
    fn from(half_life: HalfLife) -> String {
        half_life.to_string()
    }
}
