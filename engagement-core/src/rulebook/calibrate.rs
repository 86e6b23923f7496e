//! The standard rules, scaled to a log.

use serde::{Deserialize, Serialize};

use super::{Rulebook, Way};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Ledger;
use crate::score::ScoreOptions;
use crate::time::Timestamp;

/// With fewer customers than this the standard half score is kept.
const ENOUGH: usize = 100;

/// How a rulebook was scaled to a log, kept in the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// The as-of of the log it was scaled to.
    pub as_of: Timestamp,
    /// Customers in it.
    pub customers: u64,
    /// What could not be scaled, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Rulebook {
    /// The standard rules scaled to a log: the half score of a way becomes the lower median of |points| among the customers
    /// with points, so that a typical customer scores ±50; a way the log never shows gets weight 0. What is found is written
    /// into the document, and scores stay comparable from then on.
    ///
    /// With fewer than 100 customers with points a way keeps its standard half score, and a note says so.
    ///
    /// ```
    /// use engagement_core::{Interaction, Ledger, Rulebook};
    ///
    /// let mut ledger = Ledger::new();
    /// ledger.append(&Interaction::new("ann", "2026-03-01T10:00:00Z".parse()?, "visit"))?;
    /// let rulebook = Rulebook::calibrated(&ledger, ledger.latest().unwrap())?;
    /// assert_eq!(rulebook.say.unwrap().weight, 0.0);
    /// assert_eq!(rulebook.notes()[0], "say: the log shows nothing of it, so its weight is 0");
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] if no interaction lies at or before `as_of`.
    pub fn calibrated(ledger: &Ledger, as_of: Timestamp) -> Result<Rulebook> {
        let mut rulebook = Rulebook::standard();
        let scores = rulebook.compile()?.score_all(ledger, as_of, &ScoreOptions::default())?;
        if scores.is_empty() {
            return Err(Error::new(ErrorKind::InvalidArgument, format!("no interaction at or before {as_of} to calibrate on")));
        }
        let mut notes = Vec::new();
        for way in Way::ALL {
            let points = scores.points(way);
            let name = way.as_str();
            let Some(scale) = rulebook.way_mut(way).as_mut() else { continue };
            if points.valid.iter().all(|&valid| valid == 0) {
                scale.weight = 0.0;
                notes.push(format!("{name}: the log shows nothing of it, so its weight is 0"));
                continue;
            }
            let mut sizes: Vec<f64> = points.iter().flatten().map(f64::abs).filter(|&size| size > 0.0).collect();
            if sizes.len() < ENOUGH {
                notes.push(format!(
                    "{name}: only {} customers have points, fewer than {ENOUGH}, so the standard half score of {} is kept",
                    sizes.len(),
                    scale.half_score
                ));
                continue;
            }
            let middle = (sizes.len() - 1) / 2;
            scale.half_score = *sizes.select_nth_unstable_by(middle, f64::total_cmp).1;
        }
        "calibrated".clone_into(&mut rulebook.name);
        rulebook.zone = Some(ledger.zone().clone());
        rulebook.currency = ledger.currency();
        rulebook.calibration = Some(Calibration { as_of, customers: scores.len() as u64, notes });
        Ok(rulebook)
    }
}
