//! The log that the clients in C, C++ and COBOL score and forecast, scored by the core itself: what this prints, they print.
//!
//! `cargo run -p engagement-ffi --example rust_client`

use engagement_core::{Interaction, Key, Ledger, Money, Result, Rulebook, ScoreOptions, Zone};

/// Customer, time in UTC, kind, amount, rating.
type Row = (&'static str, &'static str, &'static str, Option<&'static str>, Option<f64>);

const LOG: [Row; 12] = [
    ("C0001", "2026-01-05 10:00", "purchase", Some("49.90"), None),
    ("C0001", "2026-02-11 15:30", "purchase", Some("120.00"), None),
    ("C0001", "2026-02-20 09:00", "review", None, Some(5.0)),
    ("C0001", "2026-03-01 12:00", "purchase", Some("35.50"), None),
    ("C0002", "2026-01-20 11:15", "purchase", Some("19.99"), None),
    ("C0002", "2026-02-02 16:45", "refund", Some("19.99"), None),
    ("C0002", "2026-02-03 08:30", "complaint", None, None),
    ("C0003", "2026-02-15 18:00", "visit", None, None),
    ("C0003", "2026-02-28 18:20", "visit", None, None),
    ("C0004", "2025-06-30 13:00", "purchase", Some("250.00"), None),
    ("C0004", "2025-07-04 10:10", "survey", None, Some(9.0)),
    ("C0004", "2026-03-05 14:40", "purchase", Some("80.00"), None),
];

/// A rulebook with models that were fitted elsewhere.
const RULES: &str = r#"
version = 1
name = "shop"
spend = { half_score = 200, weight = 1 }
levels = { fully_engaged = 60, engaged = 30, not_engaged = 0 }

[forecast]
unit = "week"
horizon = 39.0
discount_rate = 0.1
margin = 0.3

[forecast.purchases]
model = "mbg-nbd"
r = 0.525
alpha = 6.183
a = 0.891
b = 1.614

[forecast.spend]
p = 6.25
q = 3.74
v = 15.44

[[rule]]
name = "purchases"
way = "spend"
kind = "purchase"
per_amount = 1.0
half_life = "180d"
"#;

fn main() -> Result<()> {
    let zone = Zone::utc();
    let mut ledger = Ledger::new();
    for (customer, at, kind, amount, rating) in LOG {
        ledger.append(&Interaction {
            amount: amount.map(str::parse).transpose()?,
            rating,
            ..Interaction::new(Key::from(customer), zone.parse(at)?, kind)
        })?;
    }
    let totals = ledger.totals();
    println!(
        "{} rows = {} recorded + {} duplicates + {} folded + {} rejected",
        totals.rows, totals.recorded, totals.duplicates, totals.folded, totals.rejected
    );

    let as_of = zone.parse_as_of("2026-03-31")?;
    let rules = Rulebook::standard().compile()?;
    println!("as of {as_of}");
    println!("customer engagement        say       stay      spend level");
    let scores = rules.score_all(&ledger, as_of, &ScoreOptions::default())?;
    for row in 0..scores.len() {
        let score = |value: Option<f64>| value.map_or_else(|| format!("{:>10}", "-"), |value| format!("{value:10.4}"));
        println!(
            "{:<8} {} {} {} {} {}",
            scores.customer(row).to_string(),
            score(scores.engagement.get(row)),
            score(scores.say.get(row)),
            score(scores.stay.get(row)),
            score(scores.spend.get(row)),
            scores.level[row].as_str()
        );
    }
    let levels = scores.levels();
    println!(
        "{} fully engaged, {} engaged, {} not engaged, {} actively disengaged, {} unknown, {} prospects",
        levels.fully_engaged, levels.engaged, levels.not_engaged, levels.actively_disengaged, levels.unknown, levels.prospects
    );

    println!("why C0001 scores so:");
    for contribution in rules.score(&ledger, Key::from("C0001"), as_of)?.contributions {
        println!("{:<24} {:10.4}", contribution.rule, contribution.points);
    }

    let card = Rulebook::from_toml(RULES)?.compile()?.score(&ledger, Key::from("C0001"), as_of)?;
    println!("the next 39 weeks of C0001:");
    let number = |name: &str, value: Option<f64>| println!("{name:<24} {:10.4}", value.unwrap_or(f64::NAN));
    let amount = |name: &str, value: Option<Money>| println!("{name:<24} {}", value.unwrap_or_default());
    let forecast = card.forecast.as_ref();
    number("probability alive", forecast.map(|forecast| forecast.probability_alive));
    number("expected purchases", forecast.and_then(|forecast| forecast.expected_purchases));
    number("expected order value", forecast.and_then(|forecast| forecast.expected_order_value));
    amount("lifetime value", forecast.and_then(|forecast| forecast.lifetime_value));
    amount("of it stay", card.value.map(|value| value.stay));
    amount("of it spend", card.value.map(|value| value.spend));
    Ok(())
}
