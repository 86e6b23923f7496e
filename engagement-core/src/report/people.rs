//! The customers to know by name.

use std::fmt::Write;

use crate::score::Scorecard;
use crate::time::Timestamp;

use super::chart::{class, score_bar};
use super::findings::{DAYS_AHEAD, Findings};
use super::movement::Standing;
use super::words;

/// The three lists: falling, about to fall, top; what asks for action comes first.
pub(super) fn section(findings: &Findings<'_>) -> String {
    let mut out = String::from("<h2>Customers to know by name</h2>");
    falling(findings, &mut out);
    about_to_fall(findings, &mut out);
    let best = list(&findings.top, findings);
    let all = findings.levels.customers();
    match findings.top.len() {
        0 => out.push_str("<h3>Most engaged</h3><p>No customer can be judged yet.</p>"),
        n => {
            let _ = write!(
                out,
                "<h3>Most engaged</h3><p>The first {n} of {}, and what carries them most.</p>{best}",
                words::count(all)
            );
        }
    }
    out
}

fn falling(findings: &Findings<'_>, out: &mut String) {
    let days = findings.options.days.max(1);
    let _ = write!(out, "<h3>Falling</h3>");
    let (fell, levels) = findings.fallen;
    if findings.before.is_none() {
        let _ = write!(out, "<p>Nobody was known {days} days before the as-of, so nobody can have fallen since.</p>");
        return;
    }
    if fell == 0 {
        let _ = write!(out, "<p>No customer lost engagement in the last {days} days.</p>");
        return;
    }
    let _ = write!(
        out,
        "<p>{} lost engagement in the last {days} days, {} of them a level or more. Most do so because nothing new happened and the \
         old fades. Here are the {} who lost most levels, then most engagement.</p>{}",
        words::counted(fell, "customer", "customers"),
        words::count(levels),
        findings.falling.len(),
        list(&findings.falling, findings)
    );
}

fn about_to_fall(findings: &Findings<'_>, out: &mut String) {
    let about = &findings.about_to_fall;
    out.push_str("<h3>Fully engaged, but not for long</h3>");
    if about.fully_engaged == 0 {
        out.push_str("<p>Nobody is fully engaged.</p>");
        return;
    }
    let among = if about.looked_at < about.fully_engaged {
        format!(
            "Of the {} least engaged among the {} fully engaged customers",
            words::count(about.looked_at),
            words::count(about.fully_engaged)
        )
    } else {
        format!("Of {}", words::counted(about.fully_engaged, "fully engaged customer", "fully engaged customers"))
    };
    let verb = if about.found == 1 { "falls" } else { "fall" };
    let _ = write!(
        out,
        "<p>{among}, {} {verb} to a lower level within {DAYS_AHEAD} days if nothing happens.",
        words::count(about.found)
    );
    if about.found > about.customers.len() as u64 && !about.customers.is_empty() {
        let _ = write!(out, " The first {} to fall:", about.customers.len());
    }
    let _ = write!(out, "</p>{}", list(&about.customers, findings));
}

fn list(people: &[Standing], findings: &Findings<'_>) -> String {
    if people.is_empty() {
        return String::new();
    }
    let items: String = people.iter().map(|standing| item(standing, findings)).collect();
    format!("<ol class=\"people\">{items}</ol>")
}

fn item(standing: &Standing, findings: &Findings<'_>) -> String {
    let card = standing.scorecard();
    let mut out = format!("<li><div class=\"who\"><strong>{}</strong><p class=\"moved\">", words::name(&card.customer));
    if let Some(before) = &standing.before {
        let _ = write!(out, "{} <span class=\"arrow\">→</span> ", level(before));
    }
    let _ = write!(out, "{}</p>", level(card));
    if let Some(at) = card.last_at {
        let _ = write!(out, "<p class=\"quiet\">last seen {}</p>", date(findings, at));
    }
    out.push_str("</div><dl class=\"ways\">");
    for (name, score) in [("Say", card.say), ("Stay", card.stay), ("Spend", card.spend)] {
        let _ = write!(out, "<div><dt>{name}</dt><dd>{}{}</dd></div>", words::score(score), score_bar(score));
    }
    out.push_str("</dl><ul class=\"why\">");
    for sentence in reasons(standing) {
        let _ = write!(out, "<li>{}</li>", words::sentence(sentence));
    }
    out.push_str("</ul></li>");
    out
}

/// The sentences without the first, which says what the numbers beside them say.
fn reasons(standing: &Standing) -> impl Iterator<Item = &str> {
    standing.sentences.iter().skip(1).map(String::as_str)
}

fn level(card: &Scorecard) -> String {
    let class = class(card.level);
    format!("<span class=\"level line-{class}\">{} {}</span>", card.level, words::score(card.engagement))
}

fn date(findings: &Findings<'_>, at: Timestamp) -> String {
    findings.ledger.zone().format_date(at)
}
