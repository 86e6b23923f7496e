//! The rulebook: a document that says what counts, how much, and for how long.

mod calibrate;
mod compile;
mod rule;
mod stages;

use serde::{Deserialize, Serialize};

pub use calibrate::Calibration;
pub use compile::Rules;
pub(crate) use compile::{Compiled, LimitBy};
pub use rule::{Between, HalfLife, Limit, Occurrence, Per, RatingScale, Rule, When};
pub use stages::StageScale;

use crate::error::{Error, ErrorKind, Result};
use crate::level::LevelScale;
use crate::money::Currency;
use crate::time::Zone;
use crate::value::Forecast;

/// The newest version of the document this library reads.
pub const RULEBOOK_VERSION: u32 = 1;

/// The longest document that is read, in bytes.
const LONGEST: usize = 1 << 20;

/// One of the only three ways in which a customer adds value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Saying good (or bad) things to others.
    Say,
    /// Staying: keeping to choose the business.
    Stay,
    /// Spending money, or more money.
    Spend,
}

impl Way {
    /// The three ways, in their order.
    pub const ALL: [Way; 3] = [Way::Say, Way::Stay, Way::Spend];

    /// `say`, `stay` or `spend`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Way::Say => "say",
            Way::Stay => "stay",
            Way::Spend => "spend",
        }
    }
}

/// How the points of a way become a score, and how much the score weighs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WayScale {
    /// The points that score 50.
    pub half_score: f64,
    /// The weight in engagement.
    pub weight: f64,
}

/// What counts, how much and for how long: the document that turns a history into a scorecard.
///
/// ```
/// use engagement_core::Rulebook;
///
/// let rulebook = Rulebook::from_toml(r#"
///     version = 1
///     name = "corner shop"
///
///     [stay]
///     half_score = 3
///     weight = 1
///
///     [levels]
///     fully_engaged = 60
///     engaged = 30
///     not_engaged = 0
///
///     [[rule]]
///     name = "repeat purchases"
///     way = "stay"
///     kind = "purchase"
///     occurrence = "repeat"
///     points = 1
///     half_life = "90d"
/// "#)?;
/// let rules = rulebook.compile()?;
/// assert_eq!(rules.names().collect::<Vec<_>>(), ["repeat purchases"]);
/// assert_eq!(Rulebook::from_json(&rulebook.to_json()?)?, rulebook);
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rulebook {
    /// The version of the document: 1.
    pub version: u32,
    /// What it is called.
    pub name: String,
    /// The zone of calendar limits; the ledger's if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
    /// The currency its `per_amount` and amount ranges are meant in; any if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The scale of Say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub say: Option<WayScale>,
    /// The scale of Stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stay: Option<WayScale>,
    /// The scale of Spend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spend: Option<WayScale>,
    /// From which engagement on a level is reached.
    pub levels: LevelScale,
    /// How it was fitted to a log, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// What customers will do and what that is worth, from fitted models; scores need none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast: Option<Forecast>,
    /// Where the stages of customers part; scores need none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<StageScale>,
    /// The rules, at most 64.
    #[serde(rename = "rule", default)]
    pub rules: Vec<Rule>,
}

impl Rulebook {
    /// The rulebook for those who have none: a rule for every standard kind that says something of a customer.
    ///
    /// ```
    /// let rulebook = engagement_core::Rulebook::standard();
    /// assert!(rulebook.rules.iter().any(|rule| rule.name == "repeat purchases"));
    /// rulebook.compile()?;
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// Never: the document is part of the library, and its tests read it.
    #[must_use]
    pub fn standard() -> Rulebook {
        match toml::from_str(include_str!("standard.toml")) {
            Ok(rulebook) => rulebook,
            Err(error) => unreachable!("the standard rulebook is read by the tests: {error}"),
        }
    }

    /// Reads a document in TOML.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRulebook`] naming the path and the value; [`ErrorKind::UnsupportedVersion`] for a newer document.
    pub fn from_toml(text: &str) -> Result<Rulebook> {
        check_length(text)?;
        let invalid = |e: &toml::de::Error| Error::new(ErrorKind::InvalidRulebook, format!("rulebook: {}", said(text, e)));
        let table: toml::Table = text.parse().map_err(|e| invalid(&e))?;
        check_version(table.get("version").and_then(toml::Value::as_integer))?;
        let document = toml::Deserializer::parse(text).map_err(|e| invalid(&e))?;
        let rulebook: Rulebook = serde_path_to_error::deserialize(document).map_err(|e| {
            let path = e.path().to_string();
            Error::new(ErrorKind::InvalidRulebook, format!("rulebook, {path}: {}", said(text, e.inner())))
        })?;
        rulebook.validate()?;
        Ok(rulebook)
    }

    /// Reads a document in JSON.
    ///
    /// # Errors
    /// As [`from_toml`](Rulebook::from_toml).
    pub fn from_json(text: &str) -> Result<Rulebook> {
        check_length(text)?;
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|e| Error::new(ErrorKind::InvalidRulebook, format!("rulebook: {e}")))?;
        check_version(value.get("version").and_then(serde_json::Value::as_i64))?;
        let document = &mut serde_json::Deserializer::from_str(text);
        let rulebook: Rulebook = serde_path_to_error::deserialize(document).map_err(|e| {
            let path = e.path().to_string();
            Error::new(ErrorKind::InvalidRulebook, format!("rulebook, {path}: {}", e.into_inner()))
        })?;
        rulebook.validate()?;
        Ok(rulebook)
    }

    /// Writes the document in TOML.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRulebook`] if it is not valid.
    pub fn to_toml(&self) -> Result<String> {
        self.validate()?;
        toml::to_string_pretty(self).map_err(|e| Error::new(ErrorKind::InvalidRulebook, format!("rulebook: {e}")))
    }

    /// Writes the document in JSON.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRulebook`] if it is not valid.
    pub fn to_json(&self) -> Result<String> {
        self.validate()?;
        serde_json::to_string_pretty(self).map_err(|e| Error::new(ErrorKind::InvalidRulebook, format!("rulebook: {e}")))
    }

    /// The scale of a way.
    #[must_use]
    pub fn way(&self, way: Way) -> Option<WayScale> {
        match way {
            Way::Say => self.say,
            Way::Stay => self.stay,
            Way::Spend => self.spend,
        }
    }

    pub(crate) fn way_mut(&mut self, way: Way) -> &mut Option<WayScale> {
        match way {
            Way::Say => &mut self.say,
            Way::Stay => &mut self.stay,
            Way::Spend => &mut self.spend,
        }
    }

    /// What the calibration could not do, in sentences; empty for a rulebook that was not calibrated.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        self.calibration.as_ref().map_or(&[], |calibration| &calibration.notes)
    }
}

/// What a TOML error says, and in which line.
fn said(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    match before {
        Some(before) => format!("{} (line {})", error.message(), before.matches('\n').count() + 1),
        None => error.message().to_owned(),
    }
}

fn check_length(text: &str) -> Result<()> {
    if text.len() <= LONGEST {
        return Ok(());
    }
    Err(Error::new(ErrorKind::InvalidRulebook, format!("rulebook: {} bytes, more than {LONGEST}", text.len())))
}

fn check_version(version: Option<i64>) -> Result<()> {
    match version {
        None => Err(Error::new(ErrorKind::InvalidRulebook, "rulebook, version: missing; write version = 1")),
        Some(version) if version == i64::from(RULEBOOK_VERSION) => Ok(()),
        Some(version) if version > i64::from(RULEBOOK_VERSION) => Err(Error::new(
            ErrorKind::UnsupportedVersion,
            format!("rulebook, version: {version} is newer than {RULEBOOK_VERSION}, the newest this library reads; update it"),
        )),
        Some(version) => Err(Error::new(
            ErrorKind::InvalidRulebook,
            format!("rulebook, version: {version} is not a version; write version = 1"),
        )),
    }
}
