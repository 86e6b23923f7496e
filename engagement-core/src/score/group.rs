//! The engagement ratio of groups of customers.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{ScoreOptions, Scores};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Ledger, NONE, Text};
use crate::level::{EngagementRatio, LevelCounts};
use crate::rulebook::Rules;
use crate::time::Timestamp;

/// What customers are grouped by: the latest value at or before the as-of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// The unit of the latest interaction that names one.
    Unit,
    /// The channel of the latest interaction that names one.
    Channel,
    /// The campaign of the latest interaction that names one.
    Campaign,
    /// An attribute, by name.
    Attribute(String),
}

impl std::str::FromStr for By {
    type Err = Error;
    /// `unit`, `channel`, `campaign`, or the name of an attribute.
    fn from_str(name: &str) -> Result<By> {
        match name {
            "" => {
                Err(Error::new(ErrorKind::InvalidArgument, "group by what? unit, channel, campaign or the name of an attribute"))
            }
            "unit" => Ok(By::Unit),
            "channel" => Ok(By::Channel),
            "campaign" => Ok(By::Campaign),
            name => Ok(By::Attribute(name.to_owned())),
        }
    }
}

/// Levels and ratio of one group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupRatio {
    /// The value they share; `none` for customers without one.
    pub group: String,
    /// Its customers by level.
    pub levels: LevelCounts,
    /// Its ratio.
    pub ratio: EngagementRatio,
}

impl Rules {
    /// The engagement ratio of every group, in the order of the groups' names, `none` last.
    ///
    /// ```
    /// use engagement_core::{By, Interaction, Ledger, Rulebook, ScoreOptions};
    ///
    /// let mut ledger = Ledger::new();
    /// let at = "2026-03-01T10:00:00Z".parse()?;
    /// for (customer, unit) in [("ann", Some("north")), ("bob", Some("south")), ("cy", None)] {
    ///     ledger.append(&Interaction { unit, amount: Some("9".parse()?), ..Interaction::new(customer, at, "purchase") })?;
    /// }
    /// let groups = Rulebook::standard().compile()?.ratio_by(&ledger, at, &By::Unit, &ScoreOptions::default())?;
    /// let names: Vec<&str> = groups.iter().map(|group| group.group.as_str()).collect();
    /// assert_eq!(names, ["north", "south", "none"]);
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`score_all`](Rules::score_all), and an attribute the ledger does not have.
    pub fn ratio_by(&self, ledger: &Ledger, as_of: Timestamp, by: &By, options: &ScoreOptions<'_>) -> Result<Vec<GroupRatio>> {
        if let By::Attribute(name) = by
            && !ledger.attribute_names().any(|known| known == name)
        {
            let known: Vec<&str> = ledger.attribute_names().collect();
            let have = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                format!(
                    "no attribute \"{name}\": unit, channel, campaign or an attribute is expected; attributes of the ledger: {have}"
                ),
            ));
        }
        let scores = self.score_all(ledger, as_of, options)?;
        Ok(scores.ratio_by(ledger, by))
    }
}

impl Scores {
    /// Levels and ratio of every group of these scores; `ledger` is the one they were made from.
    #[must_use]
    pub fn ratio_by(&self, ledger: &Ledger, by: &By) -> Vec<GroupRatio> {
        let mut groups: BTreeMap<Option<&str>, LevelCounts> = BTreeMap::new();
        for row in 0..self.len() {
            let code = ledger.customers.find(self.customer(row));
            let group = code.and_then(|code| group_of(ledger, code, self.as_of, by));
            groups.entry(group).or_default().count(self.level[row], self.prospect[row]);
        }
        // `None` sorts first in the map and is told last.
        let none = groups.remove(&None);
        groups
            .into_iter()
            .chain(none.map(|levels| (None, levels)))
            .map(|(group, levels)| GroupRatio { group: group.unwrap_or("none").to_owned(), levels, ratio: levels.ratio() })
            .collect()
    }
}

fn group_of<'l>(ledger: &'l Ledger, customer: u32, as_of: Timestamp, by: &By) -> Option<&'l str> {
    let column = match by {
        By::Unit => Text::Unit,
        By::Channel => Text::Channel,
        By::Campaign => Text::Campaign,
        By::Attribute(name) => return ledger.attribute_of(customer, name, as_of),
    };
    let mut cursors = ledger.cursors(customer);
    cursors.cut(as_of.micros());
    let mut latest = NONE;
    while let Some((columns, row)) = cursors.next() {
        let code = columns.text(column, row);
        if code != NONE {
            latest = code;
        }
    }
    ledger.texts[column as usize].text(latest)
}
