//! `engagement explain`.

use std::io::Write;

use engagement_core::{Key, Way};

use super::arguments::Explain;
use super::log::Log;
use super::show;
use super::trouble::Trouble;

pub(super) fn run(arguments: &Explain, out: &mut dyn Write) -> Result<(), Trouble> {
    let log = Log::open(&arguments.logs, &arguments.reading)?;
    let scoring = log.scoring(&arguments.scoring)?;
    let why = scoring.rules.explain(&log.ledger, Key::from(arguments.customer.as_str()), scoring.as_of)?;
    if arguments.json {
        writeln!(out, "{}", serde_json::json!(why))?;
        return Ok(());
    }
    let card = &why.scorecard;
    show::heading(
        out,
        &format!("{} as of {} {}", card.customer, log.ledger.zone().format(card.as_of), log.ledger.zone().name()),
    )?;
    for way in Way::ALL {
        let points = card.points(way).map_or_else(String::new, |points| format!("   {points:.1} points"));
        writeln!(out, "  {:<10} {:>6}{points}", way.as_str(), show::score(card.score(way)))?;
    }
    writeln!(out, "  {:<10} {:>6}   {}\n", "engagement", show::score(card.engagement), card.level)?;
    for sentence in &why.sentences {
        writeln!(out, "{sentence}")?;
    }
    scoring.announce(out)?;
    Ok(())
}
