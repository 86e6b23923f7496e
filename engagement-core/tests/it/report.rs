//! The page of `report::html`: that it says what the scores say, adds up, is well-formed, safe, small, and always the same.

use engagement_core::report::{self, KindReading, ReportOptions};
use engagement_core::{
    Batch, Interaction, Key, KeyColumn, Ledger, Level, LoadOptions, Rulebook, ScoreOptions, TextColumn, Timestamp, Values,
};

const DAY: i64 = 86_400_000_000;

/// A small generator, so that the log is the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

fn at(day: i64) -> Timestamp {
    // 2025-01-01, ten in the morning.
    Timestamp::from_micros((20_089 + day) * DAY + 36_000_000_000).unwrap()
}

/// A made-up shop: 18 months, reviews, complaints, refunds, visits, two units, three channels, prospects.
fn shop(customers: u64) -> Ledger {
    let mut random = Random(7);
    let mut ledger = Ledger::new();
    ledger.set_currency("EUR".parse().unwrap()).unwrap();
    for customer in 0..customers {
        let name = format!("customer {customer:04}");
        let unit = Some(if random.chance(60) { "north" } else { "south" });
        let channel = Some(["store", "web", "phone"][random.below(3) as usize]);
        let (joined, temper) = (random.below(400) as i64, random.below(100));
        let until = if random.chance(30) { joined + random.below(200) as i64 } else { 545 };
        let gap = 15 + random.below(90);
        let mut say = |day: i64, kind: &str, amount: Option<i64>, rating: Option<f64>| {
            if day <= 545 {
                let amount = amount.and_then(|cents| engagement_core::Money::from_micros(cents * 10_000));
                let row = Interaction { amount, rating, unit, channel, ..Interaction::new(name.as_str(), at(day), kind) };
                ledger.append(&row).unwrap();
            }
        };
        let mut day = joined;
        while day < until {
            if random.chance(30) {
                say(day - 1, "visit", None, None);
            }
            if temper >= 8 {
                let cents = 500 + random.below(12_000) as i64;
                say(day, "purchase", Some(cents), None);
                if random.chance(20) {
                    let stars = if temper < 25 { 1.0 } else { 3.0 + random.below(3) as f64 };
                    say(day + 3, "review", None, Some(stars));
                }
                if temper < 25 && random.chance(50) {
                    say(day + 5, "complaint", None, None);
                    say(day + 6, "refund", Some(-cents), None);
                }
                if temper > 85 && random.chance(25) {
                    say(day + 8, "invitation", None, None);
                }
            }
            day += (gap / 2 + random.below(gap)) as i64;
        }
    }
    ledger
}

fn as_of(ledger: &Ledger) -> Timestamp {
    ledger.latest().unwrap()
}

fn page(ledger: &Ledger) -> String {
    let rulebook = Rulebook::calibrated(ledger, as_of(ledger)).unwrap();
    report::html(ledger, &rulebook, as_of(ledger), &ReportOptions::default()).unwrap()
}

/// Every element that is opened is closed in its turn, every attribute is quoted, and nothing but markup holds `<` or `&`.
fn check_well_formed(page: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut ids: Vec<&str> = Vec::new();
    let mut rest = page.strip_prefix("<!DOCTYPE html>").expect("a doctype");
    while let Some(start) = rest.find('<') {
        check_text(&rest[..start]);
        let end = start + rest[start..].find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "closes {name}");
            continue;
        }
        let (name, attributes) = tag.trim_end_matches('/').split_once(' ').unwrap_or((tag.trim_end_matches('/'), ""));
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric()), "an element name: {name}");
        let mut left = attributes.trim();
        while !left.is_empty() {
            let (attribute, value) = left.split_once("=\"").unwrap_or_else(|| panic!("an attribute with a quoted value: {tag}"));
            assert!(attribute.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "an attribute name: {attribute} in {tag}");
            assert!(!attribute.starts_with("on"), "no handler: {tag}");
            let (value, after) = value.split_once('"').expect("the value ends");
            check_text(value);
            if attribute == "id" {
                assert!(!ids.contains(&value), "one {value}");
                ids.push(value);
            }
            left = after.trim_start();
        }
        if !tag.ends_with('/') {
            open.push(name);
            assert_ne!(name, "script");
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    for anchor in page.split("href=\"#").skip(1) {
        let target = anchor.split('"').next().unwrap();
        assert!(ids.contains(&target), "a link to {target}");
    }
}

fn check_text(text: &str) {
    for (at, _) in text.match_indices('&') {
        let entity = &text[at..];
        assert!(["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"].iter().any(|known| entity.starts_with(known)), "{entity:.20}");
    }
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "no control characters");
}

/// The text without tags and with the entities back.
fn text(page: &str) -> String {
    let body = page.split_once("<body>").unwrap().1;
    let mut out = String::new();
    let mut inside = false;
    for c in body.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
        .replace('\u{a0}', " ")
}

#[test]
fn says_what_the_scores_say() {
    let ledger = shop(800);
    let as_of = as_of(&ledger);
    let rulebook = Rulebook::calibrated(&ledger, as_of).unwrap();
    let rules = rulebook.compile().unwrap();
    let scores = rules.score_all(&ledger, as_of, &ScoreOptions::default()).unwrap();
    let (levels, ratio) = (scores.levels(), scores.ratio());
    assert!(
        ratio.fully_engaged > 5 && ratio.actively_disengaged > 5 && levels.prospects > 0,
        "a log with everything: {levels:?}"
    );
    let page = report::html(&ledger, &rulebook, as_of, &ReportOptions::default()).unwrap();
    check_well_formed(&page);
    let text = text(&page);
    assert!(text.contains(&format!("Of {} customers, {} (", levels.customers(), levels.fully_engaged)), "{text:.600}");
    let (middle, low, high) = (ratio.ratio.unwrap(), ratio.low.unwrap(), ratio.high.unwrap());
    assert!(
        text.contains(&format!(
            "{middle:.2} fully engaged for each actively disengaged one (95 % interval {low:.2} to {high:.2})"
        ))
    );
    assert!(text.contains("published average of 0.8 : 1") && text.contains("for levels found by customer surveys"));
    for level in [Level::FullyEngaged, Level::Engaged, Level::NotEngaged, Level::ActivelyDisengaged] {
        assert!(page.contains(&format!("</span>{level}</th><td class=\"n\">{}</td>", levels.at(level))), "{level}");
    }
    // Everybody is in every distribution: with a score or counted beside it.
    for (nullable, name) in [(&scores.say, "Say"), (&scores.stay, "Stay"), (&scores.spend, "Spend")] {
        let scored = (0..scores.len()).filter(|&row| !scores.prospect[row] && nullable.get(row).is_some()).count() as u64;
        assert!(text.contains(&format!("{scored} of {} have a score", levels.customers())), "{name}");
        assert!(
            scored == levels.customers() || text.contains(&format!("{} without evidence", levels.customers() - scored)),
            "{name}"
        );
    }
    // Names and reasons of the lists are those of the data behind them.
    for standing in
        report::top(&ledger, &rules, as_of, 10).unwrap().iter().chain(&report::falling(&ledger, &rules, as_of, 90, 10).unwrap())
    {
        assert!(text.contains(&standing.scorecard().customer));
        assert!(standing.sentences[1..].iter().all(|sentence| text.contains(sentence)), "{standing:?}");
    }
    let north = rules.ratio_by(&ledger, as_of, &engagement_core::By::Unit, &ScoreOptions::default()).unwrap().swap_remove(0);
    let row = format!(
        "<bdi>north</bdi></th><td class=\"n\">{}</td><td class=\"n\">{}</td>",
        north.levels.customers(),
        north.ratio.fully_engaged
    );
    assert!(page.contains(&row));
    for rule in &rulebook.rules {
        assert!(text.contains(&rule.name), "{}", rule.name);
    }
}

#[test]
fn months_are_scored_as_separate_calls_would() {
    let ledger = shop(200);
    let rules = Rulebook::standard().compile().unwrap();
    let as_of = ledger.zone().parse_as_of("2026-06-15").unwrap();
    let months = report::ratio_by_month(&ledger, &rules, as_of, 24, &ScoreOptions::default()).unwrap();
    assert_eq!(months.len(), 18);
    assert_eq!((months[0].month.as_str(), months[17].month.as_str()), ("2025-01", "2026-06"));
    assert_eq!(months[17].as_of, as_of);
    assert_eq!(months[13].as_of, ledger.zone().parse_as_of("2026-02-28").unwrap());
    for month in &months {
        let scores = rules.score_all(&ledger, month.as_of, &ScoreOptions::default()).unwrap();
        assert_eq!((month.levels, month.ratio), (scores.levels(), scores.ratio()), "{}", month.month);
    }
    assert_eq!(report::ratio_by_month(&ledger, &rules, as_of, 3, &ScoreOptions::default()).unwrap(), months[15..]);
    // The end of a day that is the end of a month is that month's, once.
    let end = ledger.zone().parse_as_of("2026-05-31").unwrap();
    let months = report::ratio_by_month(&ledger, &rules, end, 2, &ScoreOptions::default()).unwrap();
    assert_eq!(months.iter().map(|month| month.month.as_str()).collect::<Vec<_>>(), ["2026-04", "2026-05"]);
}

#[test]
fn falling_lists_who_lost_most_and_why() {
    let ledger = shop(400);
    let rules = Rulebook::calibrated(&ledger, as_of(&ledger)).unwrap().compile().unwrap();
    let now = as_of(&ledger);
    let then = Timestamp::from_micros(now.micros() - 90 * DAY).unwrap();
    let all = report::falling(&ledger, &rules, now, 90, usize::MAX).unwrap();
    assert_eq!(report::falling(&ledger, &rules, now, 90, 7).unwrap(), all[..7]);
    let order: Vec<(i32, f64)> = all
        .iter()
        .map(|standing| {
            let before = standing.before.as_ref().unwrap();
            assert_eq!(before.as_of, then);
            assert_eq!(*before, rules.score(&ledger, Key::from(before.customer.as_str()), then).unwrap());
            assert!(!standing.scorecard().prospect && standing.lost().unwrap() > 0.0);
            let levels = (before.level as i32 - standing.scorecard().level as i32).max(0);
            (levels, standing.lost().unwrap())
        })
        .collect();
    assert!(order.windows(2).all(|pair| pair[0] >= pair[1]), "{order:?}");
    // Whoever is not listed did not lose engagement.
    let scores = rules.score_all(&ledger, now, &ScoreOptions::default()).unwrap();
    let before = rules.score_all(&ledger, then, &ScoreOptions::default()).unwrap();
    let listed: Vec<&str> = all.iter().map(|standing| standing.scorecard().customer.as_str()).collect();
    for row in (0..scores.len()).filter(|&row| !scores.prospect[row]) {
        let key = scores.customer(row);
        let Some(was) = before.row(key).and_then(|row| before.engagement.get(row)) else { continue };
        let lost = was - scores.engagement.get(row).unwrap() >= 0.05;
        assert_eq!(lost, listed.contains(&key.to_string().as_str()), "{key}");
    }
    // A sentence about a rule holds the points the scorecards give it.
    for standing in &all {
        let (before, card) = (standing.before.as_ref().unwrap(), standing.scorecard());
        for sentence in &standing.sentences[1..] {
            let rule = card.contributions.iter().find(|c| sentence.to_lowercase().contains(&format!("{} ", c.rule))).unwrap();
            let was = before.contributions.iter().find(|c| c.rule == rule.rule).map_or(0.0, |c| c.points);
            let said = [format!("from {was:.1} to {:.1} points", rule.points), format!("took {:.1} points", was - rule.points)];
            assert!(said.iter().any(|said| sentence.contains(said)), "{sentence}: {said:?}");
        }
    }
}

#[test]
fn about_to_fall_is_what_explain_says() {
    let ledger = shop(400);
    let now = as_of(&ledger);
    let rules = Rulebook::calibrated(&ledger, now).unwrap().compile().unwrap();
    let about = report::about_to_fall(&ledger, &rules, now, 30, 1000).unwrap();
    let until = Timestamp::from_micros(now.micros() + 30 * DAY).unwrap();
    let scores = rules.score_all(&ledger, now, &ScoreOptions::default()).unwrap();
    let fully = (0..scores.len()).filter(|&row| scores.level[row] == Level::FullyEngaged && !scores.prospect[row]);
    let expected: Vec<String> = fully
        .filter(|&row| rules.explain(&ledger, scores.customer(row), now).unwrap().falls_at.is_some_and(|at| at <= until))
        .map(|row| scores.customer(row).to_string())
        .collect();
    let mut found: Vec<String> = about.customers.iter().map(|standing| standing.scorecard().customer.clone()).collect();
    found.sort();
    assert_eq!(found, expected);
    assert!(!found.is_empty() && about.found == found.len() as u64 && about.looked_at == about.fully_engaged);
    assert!(about.customers.windows(2).all(|pair| pair[0].explanation.falls_at <= pair[1].explanation.falls_at));
}

#[test]
fn hostile_names_stay_text() {
    let mut ledger = Ledger::new();
    let hostile = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</style></title></svg><h1>hi",
        "a & b &lt; c",
        "\u{202e}drow\u{0}\u{7}\u{1b}[31m\u{fffe}",
        "--><!-- <![CDATA[ ]]>",
    ];
    for (n, name) in hostile.iter().enumerate() {
        for day in 0..3 {
            let row = Interaction {
                amount: Some(format!("{}", 100 * (n + 1)).parse().unwrap()),
                unit: Some(name),
                channel: Some(hostile[(n + 1) % hostile.len()]),
                ..Interaction::new(*name, at(day * 40), "purchase")
            };
            ledger.append(&row).unwrap();
            ledger.append(&Interaction::new(*name, at(day * 40 + 1), name)).unwrap();
        }
        ledger.append(&Interaction { rating: Some(1.0), ..Interaction::new(*name, at(85), "review") }).unwrap();
        ledger.set_attribute(Key::from(*name), name, name, at(0)).unwrap();
    }
    let mut rulebook = Rulebook::standard();
    rulebook.name = hostile[0].to_owned();
    rulebook.rules[0].name = hostile[1].to_owned();
    rulebook.rules[8].when.unit = Some(hostile[3].to_owned());
    rulebook.rules[9].kind = hostile[2].to_owned();
    let sources = hostile.map(str::to_owned);
    let kinds = hostile.map(|name| KindReading { name: Some(name), kind: name, rows: 3 });
    let options = ReportOptions::default().title(hostile[0]).command(hostile[1]).sources(&sources);
    for options in [options, options.kinds(&kinds)] {
        let page = report::html(&ledger, &rulebook, at(90), &options).unwrap();
        check_well_formed(&page);
        let lower = page.to_lowercase();
        assert!(!lower.contains("<script") && !lower.contains("<img") && !page.contains('\u{1b}') && !page.contains('\u{0}'));
        assert!(text(&page).contains("<script>alert(1)</script>"), "it is shown, as text");
        assert!(!page.contains("http://") && !page.contains("https://") && !lower.contains("url("), "nothing to fetch");
    }
}

#[test]
fn same_content_same_bytes() {
    let ledger = shop(300);
    let (first, second) = (page(&ledger), page(&shop(300)));
    assert_eq!(first, second);
    let rulebook = Rulebook::calibrated(&ledger, as_of(&ledger)).unwrap();
    let threads = |threads| report::html(&ledger, &rulebook, as_of(&ledger), &ReportOptions::default().threads(threads)).unwrap();
    assert_eq!(threads(1), threads(4));
}

#[test]
fn an_empty_ledger_has_a_page() {
    let page = report::html(&Ledger::new(), &Rulebook::standard(), at(0), &ReportOptions::default()).unwrap();
    check_well_formed(&page);
    assert!(text(&page).contains("there is nobody to judge"));
    // So has a moment before everything.
    let page = report::html(&shop(20), &Rulebook::standard(), at(-1000), &ReportOptions::default()).unwrap();
    check_well_formed(&page);
    assert!(text(&page).contains("there is nobody to judge") && text(&page).contains("not looked at"));
}

#[test]
fn one_customer_has_a_page() {
    let mut ledger = Ledger::new();
    ledger.append(&Interaction { amount: Some("40".parse().unwrap()), ..Interaction::new(7, at(0), "purchase") }).unwrap();
    let page = report::html(&ledger, &Rulebook::standard(), at(0), &ReportOptions::default()).unwrap();
    check_well_formed(&page);
    assert!(text(&page).contains("Of 1 customer, nobody is fully engaged and nobody is actively disengaged."));
    assert!(text(&page).contains("there is no ratio of the two"));
    // Unhappy from the first day on.
    ledger.append(&Interaction::new(7, at(1), "complaint")).unwrap();
    let page = report::html(&ledger, &Rulebook::standard(), at(40), &ReportOptions::default().days(1)).unwrap();
    check_well_formed(&page);
    assert!(text(&page).contains("Of 1 customer, nobody is fully engaged and 1 (100 %) is actively disengaged."));
    // Only a prospect.
    let mut ledger = Ledger::new();
    ledger.append(&Interaction::new("guest", at(0), "visit")).unwrap();
    let page = report::html(&ledger, &Rulebook::standard(), at(0), &ReportOptions::default()).unwrap();
    check_well_formed(&page);
    assert!(text(&page).contains("No customers yet: 1 prospect who never bought"));
}

#[test]
fn a_log_without_negative_signal_says_so_with_the_bound() {
    let mut ledger = Ledger::new();
    for customer in 0..300_i64 {
        for day in [0, 30, 60] {
            let amount = Some(format!("{}", 10 + customer).parse().unwrap());
            ledger.append(&Interaction { amount, ..Interaction::new(customer, at(day), "purchase") }).unwrap();
        }
    }
    let page = page(&ledger);
    check_well_formed(&page);
    let rules = Rulebook::calibrated(&ledger, at(60)).unwrap().compile().unwrap();
    let ratio = rules.score_all(&ledger, at(60), &ScoreOptions::default()).unwrap().ratio();
    assert!(ratio.fully_engaged > 0 && ratio.actively_disengaged == 0);
    let text = text(&page);
    assert!(text.contains("This log holds no negative signal"));
    assert!(text.contains(&format!("at least {:.2} : 1 as far as this log can tell", ratio.low.unwrap())), "{ratio:?}");
    assert!(text.contains("The log shows nothing of it: none of 300 customers has a score."), "nothing is said, which is not 0");
    assert!(text.contains("its weight is 0"), "the calibration's note is there");
    // With one complaint that is outweighed it no longer says so.
    ledger.append(&Interaction::new(299, at(30), "complaint")).unwrap();
    assert!(!self::text(&self::page(&ledger)).contains("no negative signal"));
}

#[test]
fn a_log_without_money_has_a_page() {
    let mut ledger = Ledger::new();
    for customer in 0..120_i64 {
        ledger.append(&Interaction::new(customer, at(customer % 50), "subscription")).unwrap();
        let rating = Some((customer % 5 + 1) as f64);
        ledger.append(&Interaction { rating, ..Interaction::new(customer, at(60), "review") }).unwrap();
    }
    let page = page(&ledger);
    check_well_formed(&page);
    assert!(text(&page).contains("Currencynot named") && text(&page).contains("spend: the log shows nothing of it"));
}

#[test]
fn every_row_is_accounted_for() {
    let mut ledger = Ledger::new();
    let mut load = ledger.load(LoadOptions::default().lenient(true)).unwrap();
    let customers = [Some("ann"), Some("ann"), Some("bob"), None, Some("cy"), Some("ann")];
    let times = [at(0).micros(), at(0).micros(), at(1).micros(), at(2).micros(), at(3).micros(), at(0).micros()];
    let amounts = [1_000_000, 2_000_000, 5_000_000, 5_000_000, -5_000_000, 1_000_000];
    let orders = [Some("A-1"), Some("A-1"), None, None, None, None];
    let ids = [Some("1"), Some("2"), None, None, None, Some("1")];
    let batch = Batch {
        amount: Some(Values::new(&amounts)),
        order: Some(TextColumn::Plain(&orders)),
        id: Some(TextColumn::Plain(&ids)),
        ..Batch::new(KeyColumn::Text(TextColumn::Plain(&customers)), Values::new(&times), TextColumn::Constant("purchase"))
    };
    load.push(&batch).unwrap();
    let rows = load.finish().unwrap().reconciliation;
    let page =
        report::html(&ledger, &Rulebook::standard(), at(10), &ReportOptions::default().reconciliation(Some(&rows))).unwrap();
    check_well_formed(&page);
    let text = text(&page);
    let expected = [
        format!("{}recorded as interactions", rows.recorded),
        format!("+ {}duplicates", rows.duplicates),
        format!("+ {}folded", rows.folded),
        format!("+ {}rejected", rows.rejected),
        "1of them: no customer".to_owned(),
        "1of them: a purchase cannot be negative; a refund is meant".to_owned(),
        "= 6rows read".to_owned(),
    ];
    for line in expected {
        assert!(text.contains(&line), "{line}");
    }
    assert!(rows.balances() && !text.contains("do not add up"));
    assert!(text.contains(&format!(
        "engagement {}, time zones {}",
        env!("CARGO_PKG_VERSION"),
        engagement_core::zone_data_version()
    )));
}

#[test]
fn the_page_does_not_grow_with_the_log() {
    // Long names in every place that shows one: keys, units, channels, kinds, attributes, sources.
    let mut ledger = Ledger::new();
    for n in 0..3000_i64 {
        let name = format!("{n}{}", "\u{1F600}<&\"'>".repeat(1000));
        let row = Interaction {
            amount: Some("50".parse().unwrap()),
            unit: Some(&name),
            channel: Some(&name),
            ..Interaction::new(name.as_str(), at(n % 500), "purchase")
        };
        ledger.append(&row).unwrap();
        if n < 300 {
            ledger.append(&Interaction::new(name.as_str(), at(500), &name)).unwrap();
        }
    }
    let sources: Vec<String> = (0..1000).map(|n| format!("{n}{}", "x".repeat(5000))).collect();
    let options = ReportOptions::default().sources(&sources).customers(usize::MAX);
    let page = report::html(&ledger, &Rulebook::standard(), at(500), &options).unwrap();
    check_well_formed(&page);
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    let small = self::page(&shop(2000)).len();
    assert!(small < 150_000, "{small} bytes");
}

#[test]
fn bad_arguments_are_refused() {
    let rules = Rulebook::standard().compile().unwrap();
    let error = report::falling(&shop(5), &rules, at(100), 0, 10).unwrap_err();
    assert_eq!(error.kind(), engagement_core::ErrorKind::InvalidArgument);
    let mut rulebook = Rulebook::standard();
    rulebook.levels.engaged = 90.0;
    let error = report::html(&shop(5), &rulebook, at(100), &ReportOptions::default()).unwrap_err();
    assert_eq!(error.kind(), engagement_core::ErrorKind::InvalidRulebook);
}
