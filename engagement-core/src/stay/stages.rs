//! The stages of all customers.

use serde::Serialize;

use super::stage::{Stage, StageOptions, stage};
use crate::error::{Error, ErrorKind, Result};
use crate::model::PurchaseHistory;
use crate::purchases::Purchases;

/// Customers by stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StageCounts {
    /// Those who never bought.
    pub prospects: u64,
    /// New customers.
    pub new: u64,
    /// Active customers.
    pub active: u64,
    /// Customers at risk.
    pub at_risk: u64,
    /// Lapsed customers.
    pub lapsed: u64,
}

impl StageCounts {
    fn count(&mut self, stage: Stage) {
        *match stage {
            Stage::Prospect => &mut self.prospects,
            Stage::New => &mut self.new,
            Stage::Active => &mut self.active,
            Stage::AtRisk => &mut self.at_risk,
            Stage::Lapsed => &mut self.lapsed,
        } += 1;
    }

    /// The number at a stage.
    #[must_use]
    pub fn at(&self, stage: Stage) -> u64 {
        match stage {
            Stage::Prospect => self.prospects,
            Stage::New => self.new,
            Stage::Active => self.active,
            Stage::AtRisk => self.at_risk,
            Stage::Lapsed => self.lapsed,
        }
    }

    /// Customers of every stage, without prospects.
    #[must_use]
    pub fn customers(&self) -> u64 {
        self.new + self.active + self.at_risk + self.lapsed
    }
}

/// The stages of customers who have bought, row by row, and how many there are of each.
///
/// Without a model, a customer who has bought only once is held against the typical gap: the one that is given, else the lower
/// median of the own mean gaps of those who came back, else, where nobody did, `new_within`.
///
/// # Example
/// ```
/// use engagement_core::stay::{Stage, StageOptions, Stages};
///
/// let stages = Stages::new(&[0, 4, 0, 2], &[0.0, 8.0, 0.0, 6.0], &[1.0, 9.0, 5.0, 30.0], &StageOptions::new(2.0))?;
/// assert_eq!(stages.stage, [Stage::New, Stage::Active, Stage::AtRisk, Stage::Lapsed]);
/// assert_eq!(stages.typical_gap, Some(2.0));
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Stages {
    /// The stage of each row.
    pub stage: Vec<Stage>,
    /// How many customers are at each.
    pub counts: StageCounts,
    /// The gap against which those were held who have bought only once; none where a model gives the rates.
    pub typical_gap: Option<f64>,
}

impl Stages {
    /// The stages of customers with these frequencies, recencies and ages.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for columns of different length or a value outside its domain, with its row.
    pub fn new(frequency: &[u32], recency: &[f64], age: &[f64], options: &StageOptions) -> Result<Stages> {
        options.check()?;
        for (name, len) in [("recency", recency.len()), ("age", age.len())] {
            if len != frequency.len() {
                return Err(Error::new(
                    ErrorKind::InvalidArgument,
                    format!("{name}: {len} values for {} frequencies", frequency.len()),
                ));
            }
        }
        let mut options = *options;
        if options.rate.is_none() && options.typical_gap.is_none() {
            options.typical_gap = Some(median_gap(frequency, recency)?.unwrap_or(options.new_within.max(f64::MIN_POSITIVE)));
        }
        let mut stages = Stages {
            stage: Vec::new(),
            counts: StageCounts::default(),
            typical_gap: options.typical_gap.filter(|_| options.rate.is_none()),
        };
        stages.stage.try_reserve_exact(frequency.len())?;
        for (row, ((&frequency, &recency), &age)) in frequency.iter().zip(recency).zip(age).enumerate() {
            let stage = PurchaseHistory::new(frequency, recency, age)
                .and_then(|customer| stage(&customer, &options))
                .map_err(|error| error.at(format_args!("row {row}")))?;
            stages.counts.count(stage);
            stages.stage.push(stage);
        }
        Ok(stages)
    }
}

/// The lower median of the mean gaps of those who came back; `None` if nobody did.
fn median_gap(frequency: &[u32], recency: &[f64]) -> Result<Option<f64>> {
    let mut gaps: Vec<f64> = Vec::new();
    gaps.try_reserve_exact(frequency.len())?;
    let own = |(&frequency, &recency): (&u32, &f64)| recency / f64::from(frequency);
    // A gap of 0 is no rhythm, and what is no number is refused where its row is judged.
    gaps.extend(frequency.iter().zip(recency).filter(|(x, _)| **x > 0).map(own).filter(|&gap| gap > 0.0 && gap.is_finite()));
    let Some(middle) = gaps.len().checked_sub(1).map(|last| last / 2) else { return Ok(None) };
    Ok(Some(*gaps.select_nth_unstable_by(middle, f64::total_cmp).1))
}

impl Purchases {
    /// The stage of every row; prospects are counted too.
    ///
    /// The options' times are in the unit of the purchases.
    ///
    /// ```
    /// use engagement_core::stay::{Stage, StageOptions};
    /// use engagement_core::{Interaction, Ledger, PurchaseOptions};
    ///
    /// let mut ledger = Ledger::new();
    /// for day in ["2026-01-01", "2026-01-08", "2026-01-15"] {
    ///     let at = ledger.zone().parse(day)?;
    ///     ledger.append(&Interaction { amount: Some("5".parse()?), ..Interaction::new("ann", at, "purchase") })?;
    /// }
    /// let purchases = ledger.purchases(&PurchaseOptions::until(ledger.zone().parse_as_of("2026-01-29")?))?;
    /// assert_eq!(purchases.stages(&StageOptions::new(4.0))?.stage, [Stage::AtRisk]);
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for an option outside its domain.
    pub fn stages(&self, options: &StageOptions) -> Result<Stages> {
        let mut stages = Stages::new(self.frequency(), self.recency(), self.age(), options)?;
        stages.counts.prospects = self.prospects();
        Ok(stages)
    }
}
