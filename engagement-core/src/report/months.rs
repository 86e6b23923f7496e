//! Levels and ratio at the ends of past months.

use serde::Serialize;

use crate::error::Result;
use crate::ledger::Ledger;
use crate::level::{EngagementRatio, LevelCounts};
use crate::rulebook::Rules;
use crate::score::ScoreOptions;
use crate::time::{Timestamp, Zone};

/// Interactions looked at for all months together; a larger ledger gets fewer months.
const BUDGET: u64 = 400_000_000;
/// The fewest months looked at, however large the ledger.
const FEWEST: u64 = 4;

/// Levels and ratio of all customers at the end of a month.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MonthEnd {
    /// The month, `2026-03`.
    pub month: String,
    /// The moment of measurement: the end of the month, or the as-of within the last one.
    pub as_of: Timestamp,
    /// Customers by level.
    pub levels: LevelCounts,
    /// Their ratio.
    pub ratio: EngagementRatio,
}

/// Levels and ratio at the month ends of the ledger's zone, earliest first: the as-of itself and the month ends before it, at most
/// `months` of them, from the first interaction on.
///
/// Every month is scored with the same rules, by what was known then. A ledger of more than 400 million interactions divided by
/// `months` gets fewer months, but at least four.
///
/// ```
/// use engagement_core::{Interaction, Ledger, Rulebook, ScoreOptions, report};
///
/// let mut ledger = Ledger::new();
/// for day in ["2026-01-05", "2026-02-03", "2026-03-01"] {
///     let at = ledger.zone().parse(day)?;
///     ledger.append(&Interaction { amount: Some("400".parse()?), ..Interaction::new("ann", at, "purchase") })?;
/// }
/// let rules = Rulebook::standard().compile()?;
/// let as_of = ledger.zone().parse_as_of("2026-03-15")?;
/// let ends = report::ratio_by_month(&ledger, &rules, as_of, 24, &ScoreOptions::default())?;
/// let months: Vec<&str> = ends.iter().map(|end| end.month.as_str()).collect();
/// assert_eq!(months, ["2026-01", "2026-02", "2026-03"]);
/// # Ok::<(), engagement_core::Error>(())
/// ```
///
/// # Errors
/// As [`Rules::score_all`].
pub fn ratio_by_month(
    ledger: &Ledger,
    rules: &Rules,
    as_of: Timestamp,
    months: usize,
    options: &ScoreOptions<'_>,
) -> Result<Vec<MonthEnd>> {
    let moments = month_ends(ledger, as_of, months)?;
    moments.into_iter().map(|(month, at)| measured(month, at, rules.score_all(ledger, at, options)?.levels())).collect()
}

fn measured(month: String, as_of: Timestamp, levels: LevelCounts) -> Result<MonthEnd> {
    Ok(MonthEnd { month, as_of, levels, ratio: levels.ratio() })
}

/// As [`ratio_by_month`] where the levels at the as-of itself are known already.
pub(super) fn ratio_by_month_until(
    ledger: &Ledger,
    rules: &Rules,
    (as_of, now): (Timestamp, LevelCounts),
    months: usize,
    options: &ScoreOptions<'_>,
) -> Result<Vec<MonthEnd>> {
    let level_counts =
        |at| if at == as_of { Ok(now) } else { rules.score_all(ledger, at, options).map(|scores| scores.levels()) };
    let moments = month_ends(ledger, as_of, months)?;
    moments.into_iter().map(|(month, at)| measured(month, at, level_counts(at)?)).collect()
}

/// The month ends up to the as-of, which stands for the end of its own month.
fn month_ends(ledger: &Ledger, as_of: Timestamp, months: usize) -> Result<Vec<(String, Timestamp)>> {
    let Some(earliest) = ledger.earliest().filter(|earliest| *earliest <= as_of) else { return Ok(Vec::new()) };
    let affordable = (BUDGET / ledger.len().max(1)).max(FEWEST);
    let zone = ledger.zone();
    let (mut year, mut month, _) = zone.date(as_of);
    let mut moments = Vec::new();
    let mut at = as_of;
    while at >= earliest && moments.len() < months && (moments.len() as u64) < affordable {
        moments.push((format!("{year:04}-{month:02}"), at));
        (year, month) = if month == 1 { (year - 1, 12) } else { (year, month - 1) };
        if year < 1 {
            break;
        }
        at = end_of_month(zone, year, month)?;
    }
    moments.reverse();
    Ok(moments)
}

fn end_of_month(zone: &Zone, year: i16, month: i8) -> Result<Timestamp> {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    zone.end_of_day(year, month, days)
}
