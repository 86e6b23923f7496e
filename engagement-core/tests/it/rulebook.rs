//! Rulebooks: what is refused, and in which words; limits, occurrences and fading by hand.

use engagement_core::stay::StageOptions;
use engagement_core::{ErrorKind, Interaction, Key, Ledger, Money, Rulebook, TimeUnit, Timestamp};

const HEAD: &str = "version = 1\nname = \"t\"\n[say]\nhalf_score = 10\nweight = 1\n[levels]\nfully_engaged = 60\nengaged = 30\nnot_engaged = 0\n";

fn refused(text: &str) -> (ErrorKind, String) {
    let error = Rulebook::from_toml(text).expect_err(text);
    (error.kind(), error.to_string())
}

#[track_caller]
fn refuses(rule: &str, words: &[&str]) {
    let (kind, message) = refused(&format!("{HEAD}[[rule]]\nname = \"r\"\nway = \"say\"\nkind = \"review\"\n{rule}"));
    assert_eq!(kind, ErrorKind::InvalidRulebook);
    for word in words {
        assert!(message.contains(word), "{message}");
    }
}

#[test]
fn errors_name_path_value_and_domain() {
    refuses("", &["rule[0].points", "that gives anything"]);
    refuses("points = inf", &["rule[0].points", "inf", "±1000000"]);
    refuses("points = nan", &["rule[0].points", "NaN"]);
    refuses("points = 1e7", &["rule[0].points", "10000000"]);
    refuses("points = 1\nhalf_life = \"90\"", &["rule[0].half_life", "\"90\"", "whole number of hours, days or weeks"]);
    refuses("points = 1\nhalf_life = \"0d\"", &["rule[0].half_life", "\"0d\""]);
    refuses("points = 1\nhalf_life = \"-3d\"", &["rule[0].half_life", "\"-3d\""]);
    refuses("points = 1\nhalf_life = \"99999999999999999999d\"", &["rule[0].half_life"]);
    refuses("rating = { worst = 1, neutral = 1, best = 5 }", &["rule[0].rating", "neutral = 1", "strictly between"]);
    refuses("points = 1\nlimit = { per = \"day\" }", &["rule[0].limit", "either a count or points"]);
    refuses("points = 1\nlimit = { count = 1, points = 2, per = \"day\" }", &["rule[0].limit", "either a count or points"]);
    refuses("points = 1\nlimit = { count = 0, per = \"day\" }", &["rule[0].limit.count", "at least 1"]);
    refuses("points = 1\nlimit = { count = 1, per = \"year\" }", &["rule[0].limit.per", "year", "`day`"]);
    refuses("points = 1\nwhen = { amount = { min = 5, max = 1 } }", &["rule[0].when.amount", "min = 5, max = 1", "min ≤ max"]);
    refuses("points = 1\nwhen = { amount = {} }", &["rule[0].when.amount", "at least one end"]);
    refuses("points = 1\npionts = 2", &["rule[0]", "pionts"]);
    refuses("points = 1\noccurrence = \"second\"", &["rule[0].occurrence", "second"]);
    refuses("points = \"many\"", &["rule[0].points", "many"]);
    refuses(
        "points = 1\n[[rule]]\nname = \"r\"\nway = \"say\"\nkind = \"share\"\npoints = 1",
        &["rule[1].name", "\"r\"", "unique"],
    );
    refuses("points = 1\n[[rule]]\nname = \"s\"\nway = \"stay\"\nkind = \"visit\"\npoints = 1", &["stay: missing"]);
    refuses("points = 1\n[[rule]]\nname = \"s\"\nway = \"save\"\nkind = \"visit\"\npoints = 1", &["rule[1].way", "save"]);
}

#[test]
fn documents_are_checked_as_a_whole() {
    assert_eq!(refused(&HEAD.replace("version = 1", "version = 2")).0, ErrorKind::UnsupportedVersion);
    assert!(refused(&HEAD.replace("version = 1", "version = 2")).1.contains("2 is newer than 1"));
    assert!(refused(&HEAD.replace("version = 1\n", "")).1.contains("version: missing"));
    assert!(refused(&HEAD.replace("version = 1", "version = 0")).1.contains("0 is not a version"));
    assert!(refused(&HEAD.replace("engaged = 30", "engaged = 70")).1.contains("does not descend"));
    assert!(refused(&HEAD.replace("half_score = 10", "half_score = 0")).1.contains("say.half_score: 0"));
    assert!(refused(&HEAD.replace("weight = 1", "weight = -1")).1.contains("say.weight: -1"));
    assert!(refused(&format!("zone = \"Mars/Olympus\"\n{HEAD}")).1.contains("Mars/Olympus"));
    assert!(refused(&format!("colour = \"red\"\n{HEAD}")).1.contains("colour"));
    assert!(refused("no toml at all [").1.contains("rulebook"));
    assert!(refused(&" ".repeat(1 << 21)).1.contains("bytes"));
    let many: String =
        (0..65).map(|n| format!("[[rule]]\nname = \"{n}\"\nway = \"say\"\nkind = \"share\"\npoints = 1\n")).collect();
    assert!(refused(&format!("{HEAD}{many}")).1.contains("at most 64"));
    let error = Rulebook::from_json("{\"version\": 1, \"name\": 7}").unwrap_err();
    assert!(error.to_string().contains("name") && error.kind() == ErrorKind::InvalidRulebook, "{error}");
    let deep = "[".repeat(100_000);
    assert_eq!(Rulebook::from_json(&deep).unwrap_err().kind(), ErrorKind::InvalidRulebook);
    assert_eq!(Rulebook::from_toml(&format!("a = {deep}")).unwrap_err().kind(), ErrorKind::InvalidRulebook);
}

#[test]
fn the_standard_rulebook_knows_every_kind_that_says_something() {
    let book = Rulebook::standard();
    assert_eq!(Rulebook::from_toml(&book.to_toml().unwrap()).unwrap(), book);
    for kind in engagement_core::KINDS {
        let named = book.rules.iter().any(|rule| rule.kind == kind);
        // What the business does to its customers says nothing of them.
        assert_eq!(named, !["contact", "assignment"].contains(&kind), "{kind}");
    }
}

#[test]
fn stages_are_refused_by_section_and_value() {
    let stages = |text: &str| refused(&format!("{HEAD}[stages]\n{text}")).1;
    assert_eq!(
        stages("unit = \"day\"\nnew_within = -1"),
        "rulebook, stages.new_within: -1 is not a number of time units of at least 0"
    );
    assert_eq!(
        stages("unit = \"day\"\nnew_within = 1\nlapsed = 0.2"),
        "rulebook, stages.at_risk, lapsed: 0.2 and 0.2 do not descend strictly between 1 and 0"
    );
    assert_eq!(
        stages("unit = \"day\"\nnew_within = 1\ntypical_gap = 0"),
        "rulebook, stages.typical_gap: 0 is not a number above 0"
    );
    assert!(stages("unit = \"year\"\nnew_within = 1").starts_with("rulebook, stages.unit: unknown variant `year`"));
    assert!(stages("new_within = 1").contains("missing field `unit`"));
    assert!(stages("unit = \"day\"\nnew_within = 1\nrate = 2").contains("rate"));
    let error = Rulebook::from_toml(HEAD).unwrap().compile().unwrap().stage_options(TimeUnit::Week).unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::InvalidRulebook, "rulebook, stages: missing; give it unit and new_within")
    );
}

/// Times in days are a seventh of that in weeks, the rate of a model in months becomes one in weeks, and a model whose customers do
/// not buy at random times gives none.
#[test]
fn stages_by_the_section_and_the_forecast() {
    let section = "[stages]\nunit = \"day\"\nnew_within = 28\nat_risk = 0.3\ntypical_gap = 10.5\n";
    let options = |forecast: &str| {
        let book = Rulebook::from_toml(&format!("{HEAD}{section}{forecast}")).unwrap();
        assert_eq!(Rulebook::from_toml(&book.to_toml().unwrap()).unwrap(), book);
        assert_eq!(Rulebook::from_json(&book.to_json().unwrap()).unwrap(), book);
        book.compile().unwrap().stage_options(TimeUnit::Week).unwrap()
    };
    let own = StageOptions { at_risk: 0.3, ..StageOptions::new(4.0).typical_gap(1.5) };
    assert_eq!(options(""), own);
    let forecast =
        |unit: &str, model: &str| format!("[forecast]\nunit = \"{unit}\"\nhorizon = 12\n[forecast.purchases]\nmodel = {model}\n");
    assert_eq!(options(&forecast("week", "\"nbd\"\nr = 0.385\nalpha = 12.072")), own.rate(0.385, 12.072));
    for model in ["pareto-nbd\"\nr = 0.5\nalpha = 2\ns = 1\nbeta = 1", "bg-nbd\"\nr = 0.5\nalpha = 2\na = 1\nb = 1"] {
        assert_eq!(options(&forecast("month", &format!("\"{model}"))), own.rate(0.5, 2.0 * (30.4375 / 7.0)));
    }
    assert_eq!(options(&forecast("day", "\"mbg-nbd\"\nr = 0.5\nalpha = 14\na = 1\nb = 1")), own.rate(0.5, 14.0 * (1.0 / 7.0)));
    assert_eq!(options(&forecast("week", "\"mbg-cnbd-k\"\nk = 2\nr = 0.5\nalpha = 2\na = 1\nb = 1")), own);
}

/// Points of one rule over a log of (day of January 2026, amount, rating).
fn points(rule: &str, rows: &[(&str, Option<i64>, Option<f64>)], as_of: &str) -> (Option<f64>, u64) {
    let book = Rulebook::from_toml(&format!("{HEAD}[[rule]]\nname = \"r\"\nway = \"say\"\nkind = \"review\"\n{rule}")).unwrap();
    let mut ledger = Ledger::new();
    for (at, amount, rating) in rows {
        let at = ledger.zone().parse(at).unwrap();
        let amount = amount.and_then(|units| Money::from_micros(units * 1_000_000));
        ledger.append(&Interaction { amount, rating: *rating, ..Interaction::new("ann", at, "review") }).unwrap();
    }
    let as_of: Timestamp = ledger.zone().parse(as_of).unwrap();
    let card = book.compile().unwrap().score(&ledger, Key::from("ann"), as_of).unwrap();
    (card.points_say, card.unmatched)
}

#[test]
fn arithmetic_by_hand() {
    let three = [("2026-01-01", None, None), ("2026-01-01 12:00", None, None), ("2026-01-03", None, None)];
    assert_eq!(points("points = 4", &three, "2026-02-01").0, Some(12.0));
    // Half after one half-life, a quarter after two.
    assert_eq!(points("points = 4\nhalf_life = \"2d\"", &[three[0], three[2]], "2026-01-05").0, Some(1.0 + 2.0));
    assert_eq!(points("points = 4\noccurrence = \"first\"", &three, "2026-02-01").0, Some(4.0));
    assert_eq!(points("points = 4\noccurrence = \"repeat\"", &three, "2026-02-01").0, Some(8.0));
    assert_eq!(points("points = 4\noccurrence = \"repeat\"", &three[..1], "2026-02-01").0, None);
    assert_eq!(points("points = 4\nlimit = { count = 1, per = \"day\" }", &three, "2026-02-01").0, Some(8.0));
    assert_eq!(points("points = 4\nlimit = { points = 5, per = \"day\" }", &three, "2026-02-01").0, Some(9.0));
    assert_eq!(points("points = -4\nlimit = { points = 5, per = \"ever\" }", &three, "2026-02-01").0, Some(-5.0));
    // A limit takes the earliest before anything fades: 4 of 12:00 on the first is cut, not the younger 4 of the third.
    assert_eq!(
        points("points = 4\nhalf_life = \"2d\"\nlimit = { count = 2, per = \"week\" }", &three, "2026-01-05").0,
        Some(rounded(4.0 * 0.25 + 4.0 * 2.0_f64.powf(-1.75)))
    );
    // 2026-01-04 is a Sunday, so a week begins on the fifth.
    let weekend = [("2026-01-04 23:59", None, None), ("2026-01-05 00:00", None, None)];
    assert_eq!(points("points = 4\nlimit = { count = 1, per = \"week\" }", &weekend, "2026-02-01").0, Some(8.0));
    assert_eq!(points("points = 4\nlimit = { count = 1, per = \"month\" }", &weekend, "2026-02-01").0, Some(4.0));
    let rated = [
        ("2026-01-01", None, Some(5.0)),
        ("2026-01-02", None, Some(2.0)),
        ("2026-01-03", None, Some(6.0)),
        ("2026-01-04", None, None),
    ];
    let scale = "points = 10\nrating = { worst = 1, neutral = 3, best = 5 }";
    assert_eq!(points(scale, &rated, "2026-02-01"), (Some(10.0 - 5.0), 2), "off the scale and missing are counted as unmatched");
    assert_eq!(
        points("rating = { worst = 6, neutral = 3.5, best = 1 }", &[("2026-01-01", None, Some(1.0))], "2026-02-01").0,
        Some(1.0)
    );
    let paid = [("2026-01-01", Some(30), None), ("2026-01-02", None, None)];
    assert_eq!(points("per_amount = 0.5", &paid, "2026-02-01"), (Some(15.0), 1));
    assert_eq!(points("points = 2\nper_amount = 0.5", &paid, "2026-02-01"), (Some(17.0), 1));
    assert_eq!(points("points = 2\nwhen = { amount = { min = 30 } }", &paid, "2026-02-01"), (Some(2.0), 1));
    assert_eq!(points("points = 2\nwhen = { amount = { min = 30.000001 } }", &paid, "2026-02-01"), (None, 1));
    assert_eq!(points("points = 0", &three, "2026-02-01").0, Some(0.0), "a match is evidence at 0 points, too");
}

fn rounded(points: f64) -> f64 {
    (points * 1_048_576.0).round_ties_even() / 1_048_576.0
}

#[test]
fn contributions_saturate_with_a_flag() {
    let book =
        Rulebook::from_toml(&format!("{HEAD}[[rule]]\nname = \"r\"\nway = \"say\"\nkind = \"review\"\nper_amount = 1000000"))
            .unwrap();
    let mut ledger = Ledger::new();
    let at = "2026-01-01T00:00:00Z".parse().unwrap();
    ledger.append(&Interaction { amount: Money::from_micros(i64::MAX), ..Interaction::new(1, at, "review") }).unwrap();
    let card = book.compile().unwrap().score(&ledger, Key::Int(1), at).unwrap();
    assert_eq!((card.points_say, card.contributions[0].saturated), (Some(67_108_864.0), true));
    assert_eq!(card.say, Some(100.0));
}

#[test]
fn a_second_currency_is_an_error() {
    let mut book = Rulebook::standard();
    book.currency = Some("EUR".parse().unwrap());
    let mut ledger = Ledger::new();
    ledger.set_currency("USD".parse().unwrap()).unwrap();
    ledger.append(&Interaction::new(1, "2026-01-01T00:00:00Z".parse().unwrap(), "visit")).unwrap();
    let error = book.compile().unwrap().score(&ledger, Key::Int(1), Timestamp::MAX).unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::CurrencyMismatch, "the rulebook counts in EUR, the ledger is in USD")
    );
}

#[test]
fn calibration_sets_the_typical_customer_to_fifty() {
    let mut ledger = Ledger::new();
    let at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    for customer in 1..=101_i64 {
        let amount = Money::from_micros(customer * 1_000_000);
        ledger.append(&Interaction { amount, ..Interaction::new(customer, at, "purchase") }).unwrap();
    }
    let book = Rulebook::calibrated(&ledger, at).unwrap();
    assert_eq!(book.spend.unwrap().half_score, 51.0);
    assert_eq!((book.say.unwrap().weight, book.stay.unwrap().weight), (0.0, 0.0));
    assert_eq!(book.notes().len(), 2);
    let middle = book.compile().unwrap().score(&ledger, Key::Int(51), at).unwrap();
    assert_eq!((middle.spend, middle.engagement, middle.coverage), (Some(50.0), Some(50.0), 1.0));
    assert_eq!(Rulebook::from_toml(&book.to_toml().unwrap()).unwrap(), book);
    assert!(Rulebook::calibrated(&Ledger::new(), at).is_err());
}
