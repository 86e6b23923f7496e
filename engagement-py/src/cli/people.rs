//! The customers that a person wants to see: the most engaged, and those who fall.

use std::io::Write;

use engagement_core::report::{Standing, falling, top_of};

use super::log::{Log, Scored};
use super::show;
use super::trouble::Trouble;

/// How far back a fall is looked for, in days.
const DAYS: u32 = 90;
/// Sentences that are shown of each customer.
const REASONS: usize = 2;

/// The most engaged customers and those who fell most, with reasons.
pub(super) fn sheet(
    out: &mut dyn Write,
    log: &Log,
    scored: &Scored,
    scores: &engagement_core::Scores,
    n: usize,
) -> Result<(), Trouble> {
    writeln!(out, "Most engaged:")?;
    list(out, &top_of(&log.ledger, &scored.rules, scores, n)?)?;
    writeln!(out, "\nFalling, compared with {DAYS} days before:")?;
    list(out, &falling(&log.ledger, &scored.rules, scored.as_of, DAYS, n)?)
}

fn list(out: &mut dyn Write, people: &[Standing]) -> Result<(), Trouble> {
    if people.is_empty() {
        writeln!(out, "  nobody")?;
    }
    for person in people {
        let card = person.scorecard();
        let before = person.before.as_ref().map_or_else(String::new, |before| format!("{} → ", show::score(before.engagement)));
        writeln!(
            out,
            "  {:<16} {:>13}  {:<19}  say {:>6}  stay {:>6}  spend {:>6}",
            card.customer,
            format!("{before}{}", show::score(card.engagement)),
            card.level,
            show::score(card.say),
            show::score(card.stay),
            show::score(card.spend),
        )?;
        // The first sentence says what the line above says.
        for sentence in person.sentences.iter().skip(1).take(REASONS) {
            writeln!(out, "      {sentence}")?;
        }
    }
    Ok(())
}
