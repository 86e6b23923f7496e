//! Numbers and rules as people read them, and text that is safe in a page.

use crate::interaction::{KINDS, canonical_kind};
use crate::rulebook::{Limit, Occurrence, Per, Rule, Rulebook, When};

/// The longest text from a log that is shown, in characters.
const LONGEST: usize = 80;

/// Text from outside as it may stand in a page: markup escaped, control characters replaced, at most `longest` characters.
pub(super) fn escape_up_to(text: &str, longest: usize) -> String {
    let mut out = String::with_capacity(text.len().min(4 * longest) + 8);
    for (at, c) in text.chars().enumerate() {
        if at == longest {
            out.push('…');
            break;
        }
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // HTML allows neither controls nor noncharacters, and a line break in a name helps nobody.
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c as u32, 0xFDD0..=0xFDEF) || c as u32 & 0xFFFE == 0xFFFE => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

/// A sentence or another text of bounded length, escaped.
pub(super) fn escape(text: &str) -> String {
    escape_up_to(text, 4000)
}

/// A name from the log: cut to a bearable length, escaped, and kept from turning the text around it.
pub(super) fn name(text: &str) -> String {
    format!("<bdi>{}</bdi>", escape_up_to(text, LONGEST))
}

/// 1234567 as `1,234,567`.
pub(super) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// An escaped sentence whose dates are kept on one line.
pub(super) fn sentence(text: &str) -> String {
    let text = escape(text);
    let mut out = String::with_capacity(text.len() + 48);
    let mut rest = text.as_str();
    while let Some(at) = rest.as_bytes().windows(10).position(is_date) {
        let (before, date) = rest.split_at(at);
        let (date, after) = date.split_at(10);
        out.push_str(before);
        out.push_str("<span class=\"day\">");
        out.push_str(date);
        out.push_str("</span>");
        rest = after;
    }
    out.push_str(rest);
    out
}

/// `2026-03-31`; all of it is ASCII, so it may be cut out of any text.
fn is_date(text: &[u8]) -> bool {
    text.iter().enumerate().all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() })
}

/// A count with its noun: `1 customer`, `2 customers`.
pub(super) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// A share in percent with one decimal, for tables; a share that is not 0 is never shown as 0.
pub(super) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let share = 100.0 * part as f64 / whole as f64;
    if part > 0 && share < 0.05 { "<\u{a0}0.1\u{a0}%".to_owned() } else { format!("{share:.1}\u{a0}%") }
}

/// A share in running text: whole percents where they say enough.
pub(super) fn share(part: u64, whole: u64) -> String {
    let share = 100.0 * part as f64 / whole.max(1) as f64;
    if (9.95..90.05).contains(&share) || part == 0 || part == whole { format!("{share:.0}\u{a0}%") } else { percent(part, whole) }
}

/// A ratio with about three digits.
pub(super) fn ratio(value: f64) -> String {
    if value >= 1e6 {
        format!("{value:.1e}")
    } else if value >= 100.0 {
        count(value.round() as u64)
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

/// A score, or a dash where there is none.
pub(super) fn score(value: Option<f64>) -> String {
    // Minus zero is zero to everybody.
    value.map_or_else(|| "–".to_owned(), |value| format!("{:.1}", value + 0.0).replace("-0.0", "0.0").replace('-', "−"))
}

/// A number as a person writes it: no more decimals than it has, at most six.
pub(super) fn plain(value: f64) -> String {
    if value.fract() == 0.0 && (1000.0..1e12).contains(&value) {
        return count(value as u64);
    }
    let text = if value.abs() >= 1e9 { format!("{value:e}") } else { format!("{value:.6}") };
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    text.replace('-', "−")
}

/// What a rule does, in sentences.
pub(super) fn rule(rule: &Rule, rulebook: &Rulebook) -> String {
    let mut text = which(rule);
    text.push(' ');
    text.push_str(&gives(rule, rulebook));
    text.push('.');
    match rule.half_life {
        Some(half_life) => {
            let days = half_life.micros() as f64 / 86_400e6;
            let unit = if days == 1.0 { "day" } else { "days" };
            text.push_str(&format!(" It counts half after {} {unit}.", plain(days)));
        }
        None => text.push_str(" It never fades."),
    }
    if let Some(limit) = rule.limit {
        text.push_str(&limited(limit));
    }
    text
}

fn which(rule: &Rule) -> String {
    let which = match rule.occurrence {
        Occurrence::Any => "Every",
        Occurrence::First => "A customer’s first",
        Occurrence::Repeat => "After the first, every",
    };
    let mut text = format!("{which} {}", noun_of(&rule.kind));
    let When { channel, unit, campaign, amount, rating, reach } = &rule.when;
    for (field, value) in [("channel", channel), ("unit", unit), ("campaign", campaign)] {
        if let Some(value) = value {
            text.push_str(&format!(" with {field} “{value}”"));
        }
    }
    for (field, range) in [("amount", amount), ("rating", rating), ("reach", reach)] {
        let Some(range) = range else { continue };
        let range = match (range.min, range.max) {
            (Some(min), Some(max)) => format!("between {} and {}", plain(min), plain(max)),
            (Some(min), None) => format!("of at least {}", plain(min)),
            (None, Some(max)) => format!("of at most {}", plain(max)),
            (None, None) => continue,
        };
        text.push_str(&format!(" with a {field} {range}"));
    }
    text
}

/// What one interaction of a kind is called.
fn noun_of(kind: &str) -> String {
    match &*canonical_kind(kind) {
        "community" => "part taken in the community".to_owned(),
        "feedback" => "piece of feedback".to_owned(),
        "intent" => "sign of intent".to_owned(),
        "survey" => "survey answer".to_owned(),
        standard if KINDS.contains(&standard) => standard.to_owned(),
        own => format!("“{own}”"),
    }
}

fn gives(rule: &Rule, rulebook: &Rulebook) -> String {
    let points = rule.points.unwrap_or(if rule.per_amount.is_some() { 0.0 } else { 1.0 });
    let mut parts = Vec::new();
    if points != 0.0 || rule.per_amount.is_none() {
        parts.push(match rule.rating {
            None if points < 0.0 => format!("takes {}", noun(-points)),
            None => format!("gives {}", noun(points)),
            Some(scale) => format!(
                "gives {} by its rating ({} gives {}, {} nothing, {} gives {})",
                if points < 0.0 { "points against it" } else { "points" },
                plain(scale.best),
                plain(points),
                plain(scale.neutral),
                plain(scale.worst),
                plain(-points),
            ),
        });
    }
    if let Some(per) = rule.per_amount {
        let unit = rulebook.currency.map_or_else(|| "currency unit".to_owned(), |currency| currency.to_string());
        // Refunds have a negative amount: what counts with it is taken away.
        let takes = (rule.kind == "refund") == (per > 0.0);
        parts.push(format!("{} {} per {unit}", if takes { "takes" } else { "gives" }, noun(per.abs())));
    }
    let mut text = parts.join(" and ");
    if rule.reach {
        text.push_str(", times log₂(1 + people reached)");
    }
    text
}

fn noun(points: f64) -> String {
    format!("{} {}", plain(points), if points == 1.0 { "point" } else { "points" })
}

fn limited(limit: Limit) -> String {
    let period = match limit.per {
        Per::Day => "a day",
        Per::Week => "a week",
        Per::Month => "a month",
        Per::Ever => "ever",
    };
    match (limit.count, limit.points) {
        (Some(1), _) => format!(" Only one counts {period}."),
        (Some(n), _) => format!(" At most {n} count {period}."),
        (None, Some(points)) => format!(" At most {} {period}.", noun(points)),
        (None, None) => String::new(),
    }
}
