//! What the page rests on: the rulebook in words, and the account of the log.

use std::fmt::Write;

use crate::rulebook::{Rule, Way};
use crate::time::zone_data_version;

use super::findings::Findings;
use super::words;

/// Most kinds a table lists.
const MOST_KINDS: usize = 40;
/// Most sources named.
const MOST_SOURCES: usize = 50;

/// The rulebook in words.
pub(super) fn rulebook(findings: &Findings<'_>) -> String {
    let book = findings.rulebook;
    let mut out = String::from("<h2>What counts, and how much</h2><p>");
    let _ = write!(
        out,
        "Rulebook “{}”. The points of a way become a score between −100 and 100; engagement is their weighted mean, and a way without \
         evidence counts 0 in it. Fully engaged from {}, engaged from {}, not engaged from {}, actively disengaged below.",
        words::escape_up_to(&book.name, 200),
        words::plain(book.levels.fully_engaged),
        words::plain(book.levels.engaged),
        words::plain(book.levels.not_engaged)
    );
    out.push_str("</p>");
    if let Some(calibration) = &book.calibration {
        let except = if calibration.notes.is_empty() { "." } else { ", except for this:" };
        let _ = write!(
            out,
            "<p>It was calibrated on {} known on {}: a typical one of those a way knows something of scores 50 there{except}</p>",
            words::counted(calibration.customers, "customer or prospect", "customers and prospects"),
            findings.ledger.zone().format_date(calibration.as_of)
        );
        let notes: String = calibration.notes.iter().map(|note| format!("<li>{}</li>", words::escape(note))).collect();
        if !notes.is_empty() {
            let _ = write!(out, "<ul class=\"notes\">{notes}</ul>");
        }
    }
    out.push_str("<div class=\"scroll\" role=\"region\" aria-label=\"Rules\" tabindex=\"0\"><table class=\"rules\"><thead><tr><th scope=\"col\">Rule</th><th scope=\"col\">What it does</th>");
    if findings.totals.is_some() {
        out.push_str(
            "<th scope=\"col\" class=\"n\">People it counts for</th><th scope=\"col\" class=\"n\">Their points now</th>",
        );
    }
    out.push_str("</tr></thead>");
    let columns = if findings.totals.is_some() { 4 } else { 2 };
    for way in Way::ALL {
        let Some(scale) = book.way(way) else { continue };
        let rules: Vec<(usize, &Rule)> = book.rules.iter().enumerate().filter(|(_, rule)| rule.way == way).collect();
        if rules.is_empty() {
            continue;
        }
        let weight = if scale.weight == 0.0 {
            "weight 0: left out of engagement".to_owned()
        } else {
            format!("weight {}", words::plain(scale.weight))
        };
        let _ = write!(
            out,
            "<tbody><tr><th colspan=\"{columns}\" scope=\"rowgroup\" class=\"group\">{} <span class=\"quiet\">{} points score 50; {weight}</span></th></tr>",
            way_name(way),
            words::plain((scale.half_score * 100.0).round() / 100.0)
        );
        for (at, rule) in rules {
            let name = words::escape_up_to(&rule.name, 200);
            let _ = write!(out, "<tr><th scope=\"row\">{name}</th><td>{}</td>", words::escape(&words::rule(rule, book)));
            if let Some((matched, points)) = findings.totals.as_ref().and_then(|totals| totals.get(at)) {
                let _ = match matched {
                    0 => write!(out, "<td class=\"n quiet\">nobody</td><td class=\"n quiet\">–</td>"),
                    _ => write!(out, "<td class=\"n\">{}</td><td class=\"n\">{}</td>", words::count(*matched), total(*points)),
                };
            }
            out.push_str("</tr>");
        }
        out.push_str("</tbody>");
    }
    out.push_str("</table></div>");
    out
}

/// Sums of points are of every size; whole points say enough once there are many.
fn total(points: f64) -> String {
    if points.abs() < 100.0 {
        return words::score(Some(points));
    }
    let sign = if points < 0.0 { "−" } else { "" };
    format!("{sign}{}", words::count(points.abs().round() as u64))
}

/// The name of a way, as a heading.
pub(super) fn way_name(way: Way) -> &'static str {
    match way {
        Way::Say => "Say",
        Way::Stay => "Stay",
        Way::Spend => "Spend",
    }
}

/// The account of the log.
pub(super) fn account(findings: &Findings<'_>) -> String {
    let mut out = String::from("<h2>The log, and every row of it</h2><div class=\"two\"><div>");
    reconciliation(findings, &mut out);
    out.push_str("</div><div>");
    facts(findings, &mut out);
    out.push_str("</div></div>");
    kinds(findings, &mut out);
    out
}

fn reconciliation(findings: &Findings<'_>, out: &mut String) {
    let rows = findings.options.reconciliation.unwrap_or_else(|| findings.ledger.totals());
    out.push_str("<table class=\"sum\"><caption>What became of the rows</caption><tbody>");
    let parts = [
        ("recorded as interactions", rows.recorded),
        ("duplicates, dropped", rows.duplicates),
        ("folded into another row of their order", rows.folded),
        ("rejected", rows.rejected),
    ];
    for (at, (what, n)) in parts.into_iter().enumerate() {
        let sign = if at == 0 { "" } else { "+ " };
        let _ = write!(out, "<tr><td class=\"n\">{sign}{}</td><th scope=\"row\">{what}</th></tr>", words::count(n));
    }
    for (reason, n) in &rows.reasons {
        let what = words::escape(reason.describe());
        let _ = write!(
            out,
            "<tr class=\"part\"><td class=\"n\">{}</td><th scope=\"row\">of them: {what}</th></tr>",
            words::count(*n)
        );
    }
    let _ = write!(
        out,
        "</tbody><tfoot><tr><td class=\"n\">= {}</td><th scope=\"row\">rows read</th></tr></tfoot></table>",
        words::count(rows.rows)
    );
    if !rows.balances() {
        out.push_str("<p class=\"warning\">These numbers do not add up. Please report it: that should be impossible.</p>");
    }
}

fn facts(findings: &Findings<'_>, out: &mut String) {
    let ledger = findings.ledger;
    let zone = ledger.zone();
    out.push_str("<dl class=\"facts\">");
    let mut fact = |name: &str, value: String| {
        let _ = write!(out, "<div><dt>{name}</dt><dd>{value}</dd></div>");
    };
    let sources = findings.options.sources;
    if !sources.is_empty() {
        let mut named: Vec<String> = sources.iter().take(MOST_SOURCES).map(|source| words::escape_up_to(source, 200)).collect();
        if sources.len() > MOST_SOURCES {
            named.push(format!("{} more", sources.len() - MOST_SOURCES));
        }
        fact(if sources.len() == 1 { "Source" } else { "Sources" }, named.join("<br/>"));
    }
    fact("As of", format!("{} ({})", zone.format(findings.as_of), words::escape(zone.name())));
    if let (Some(first), Some(last)) = (ledger.earliest(), ledger.latest()) {
        fact("Span of the log", format!("{} to {}", zone.format_date(first), zone.format_date(last)));
    }
    fact("Interactions", words::count(ledger.len()));
    if findings.later > 0 {
        fact("Later than the as-of", format!("{}, not looked at", words::count(findings.later)));
    }
    if findings.unmatched > 0 {
        fact(
            "Without what a rule needs",
            format!("{} (a rating or an amount is missing or off the scale)", words::count(findings.unmatched)),
        );
    }
    fact("Time zone", words::escape(zone.name()));
    if let Some(own) = findings.rulebook.zone.as_ref().filter(|own| *own != zone) {
        fact("Time zone of the rulebook", words::escape(own.name()));
    }
    fact("Currency", ledger.currency().map_or_else(|| "not named".to_owned(), |currency| currency.to_string()));
    if !findings.options.command.is_empty() {
        fact("Command", format!("<code>{}</code>", words::escape(findings.options.command)));
    }
    fact("Made with", format!("engagement {}, time zones {}", env!("CARGO_PKG_VERSION"), words::escape(zone_data_version())));
    out.push_str("</dl>");
}

fn kinds(findings: &Findings<'_>, out: &mut String) {
    let counted = |kind: &str| {
        let names: Vec<String> = findings
            .rulebook
            .rules
            .iter()
            .filter(|rule| crate::canonical_kind(&rule.kind) == kind)
            .map(|rule| words::escape_up_to(&rule.name, 200))
            .collect();
        match (names.is_empty(), kind) {
            (false, _) => names.join(", "),
            (true, "contact" | "assignment") => "no rule: done by the business, not by the customer".to_owned(),
            (true, _) => "no rule names it: it scores nothing".to_owned(),
        }
    };
    let given = findings.options.kinds;
    let (head, mut rows): (&str, Vec<(u64, String)>) = if given.is_empty() {
        let rows = findings.ledger.kinds().into_iter().map(|(kind, n)| (n, cells(&[words::name(kind), counted(kind)], n)));
        (
            "<th scope=\"col\">Kind</th><th scope=\"col\">Counted by</th><th scope=\"col\" class=\"n\">Interactions</th>",
            rows.collect(),
        )
    } else {
        let rows = given.iter().map(|reading| {
            let theirs = reading.name.map_or_else(|| "<em>no name</em>".to_owned(), words::name);
            (reading.rows, cells(&[theirs, words::name(reading.kind), counted(reading.kind)], reading.rows))
        });
        (
            "<th scope=\"col\">Name in the log</th><th scope=\"col\">Kind</th><th scope=\"col\">Counted by</th><th scope=\"col\" class=\"n\">Rows</th>",
            rows.collect(),
        )
    };
    if rows.is_empty() {
        return;
    }
    rows.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
    let further = rows.split_off(rows.len().min(MOST_KINDS));
    let body: String = rows.into_iter().map(|(_, cells)| cells).collect();
    let _ = write!(
        out,
        "<div class=\"scroll\" role=\"region\" aria-label=\"Kinds of interactions\" tabindex=\"0\"><table class=\"rules\"><caption>Kinds of interactions</caption>\
         <thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    );
    if !further.is_empty() {
        let n: u64 = further.iter().map(|(n, _)| n).sum();
        let _ = write!(out, "<p>{} further kinds with {} rows are not listed.</p>", further.len(), words::count(n));
    }
}

fn cells(texts: &[String], n: u64) -> String {
    let mut out = String::from("<tr>");
    for (at, text) in texts.iter().enumerate() {
        let _ = if at == 0 { write!(out, "<th scope=\"row\">{text}</th>") } else { write!(out, "<td>{text}</td>") };
    }
    let _ = write!(out, "<td class=\"n\">{}</td></tr>", words::count(n));
    out
}
