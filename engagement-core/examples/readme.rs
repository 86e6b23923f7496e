//! Why a customer scores what they score.

use engagement_core::{Interaction, Key, Ledger, Rulebook};

fn main() -> engagement_core::Result<()> {
    let mut ledger = Ledger::new();
    for (day, amount) in [("2026-01-05", "40.00"), ("2026-02-03", "55.50"), ("2026-03-01", "38.00")] {
        let at = ledger.zone().parse(day)?;
        ledger.append(&Interaction { amount: Some(amount.parse()?), ..Interaction::new("ann", at, "purchase") })?;
    }
    let at = ledger.zone().parse("2026-03-02")?;
    ledger.append(&Interaction { rating: Some(5.0), ..Interaction::new("ann", at, "review") })?;
    let as_of = ledger.zone().parse_as_of("2026-03-31")?;
    let why = Rulebook::standard().compile()?.explain(&ledger, Key::from("ann"), as_of)?;
    println!("{}", why.sentences.join("\n"));
    Ok(())
}
