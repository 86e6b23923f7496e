//! How results look in a terminal.

use std::io::{self, Write};

use engagement_core::{LevelCounts, Reconciliation};

use crate::score::{levels_of, thousands};
use crate::table::plain;

/// The longest bar, in characters.
const BAR: f64 = 32.0;

/// The levels with counts, shares and bars.
pub(super) fn levels(out: &mut dyn Write, levels: &LevelCounts) -> io::Result<()> {
    let all = levels.customers().max(1) as f64;
    let rows = levels_of(levels)
        .iter()
        .map(|(name, count)| {
            let share = *count as f64 / all;
            vec![(*name).to_owned(), thousands(*count), format!("{:.1} %", 100.0 * share), bar(share)]
        })
        .collect();
    let header = ["level", "customers", "share", ""].map(str::to_owned);
    writeln!(out, "{}", plain(&header, &[false, true, true, false], rows))?;
    if levels.prospects > 0 {
        writeln!(out, " and {} prospects, who have not bought yet: they are in no level", thousands(levels.prospects))?;
    }
    Ok(())
}

/// `▇▇▇▇▍`
fn bar(share: f64) -> String {
    let eighths = (share * BAR * 8.0).round() as usize;
    let part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    format!("{}{part}", "█".repeat(eighths / 8))
}

/// The account of the rows, in one line, and the reasons in others.
pub(super) fn reconciliation(out: &mut dyn Write, account: &Reconciliation) -> io::Result<()> {
    writeln!(
        out,
        "{} rows read = {} recorded + {} duplicates + {} folded into their order + {} rejected",
        thousands(account.rows),
        thousands(account.recorded),
        thousands(account.duplicates),
        thousands(account.folded),
        thousands(account.rejected)
    )?;
    for (reason, count) in &account.reasons {
        writeln!(out, "  {:>12} rejected: {}", thousands(*count), reason.describe())?;
    }
    Ok(())
}

/// A score to one decimal, or a dash where there is none.
pub(super) fn score(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.1}"))
}

/// A heading, underlined.
pub(super) fn heading(out: &mut dyn Write, text: &str) -> io::Result<()> {
    writeln!(out, "{text}\n{}", "─".repeat(text.chars().count()))
}
