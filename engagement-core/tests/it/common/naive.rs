//! The naive scorer: the definition of `docs/DESIGN.md`, read aloud. Nothing here is shared with the fast path but `libm`.

use std::collections::{BTreeMap, HashMap};

use engagement_core::rulebook::{Occurrence, Per, Rule, Rulebook};
use engagement_core::{Level, Timestamp, Way, Zone};

use super::Plain;

/// A customer key in key order: integers, then text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NaiveKey {
    Int(i64),
    Text(String),
}

pub fn key(text: &str) -> NaiveKey {
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text => NaiveKey::Int(number),
        _ => NaiveKey::Text(text.to_owned()),
    }
}

/// What is kept of an interaction: the standard kind name, the sign of a refund.
pub fn kept(row: &Plain) -> Plain {
    let mut row = row.clone();
    let name = row.kind.to_lowercase().replace(['-', ' '], "_");
    if engagement_core::KINDS.contains(&name.as_str()) {
        row.kind = name;
    }
    if row.kind == "refund" {
        row.amount = row.amount.map(|amount| -amount.abs());
    }
    row
}

type Order<'a> = (
    i64,
    Option<&'a String>,
    &'a str,
    Option<i64>,
    Option<u64>,
    Option<u64>,
    Option<NaiveKey>,
    [Option<&'a String>; 6],
    Option<i64>,
);

fn place(row: &Plain) -> Order<'_> {
    // The numbers of the tests are not negative, so their bits are in the order of their values.
    let number = |n: Option<f64>| n.map(f64::to_bits);
    let texts = [&row.order, &row.item, &row.channel, &row.unit, &row.campaign, &row.arm].map(Option::as_ref);
    (
        row.at,
        row.id.as_ref(),
        &row.kind,
        row.amount,
        number(row.rating),
        number(row.reach),
        row.other.as_deref().map(key),
        texts,
        row.cost,
    )
}

/// The interactions of a load without conflicts, deduplicated, folded, per customer in the total order.
pub fn histories(rows: &[Plain]) -> BTreeMap<NaiveKey, Vec<Plain>> {
    let mut all: BTreeMap<NaiveKey, Vec<Plain>> = BTreeMap::new();
    for row in rows {
        all.entry(key(&row.customer)).or_default().push(kept(row));
    }
    for history in all.values_mut() {
        history.sort_by(|a, b| place(a).cmp(&place(b)));
        history.dedup_by(|a, b| a.id.is_some() && a.id == b.id);
        let mut folded: Vec<Plain> = Vec::new();
        for row in history.drain(..) {
            let same = |f: &&mut Plain| row.order.is_some() && f.order == row.order && f.kind == row.kind;
            match folded.iter_mut().find(same) {
                None => folded.push(row),
                Some(into) => fold(into, row),
            }
        }
        folded.sort_by(|a, b| place(a).cmp(&place(b)));
        *history = folded;
    }
    all
}

fn fold(into: &mut Plain, row: Plain) {
    fn keep<T: PartialEq>(into: &mut Option<T>, row: &Option<T>) {
        if *into != *row {
            *into = None;
        }
    }
    let sum = |a: Option<i64>, b: Option<i64>| a.map(|a| a + b.unwrap_or(0)).or(b);
    into.at = into.at.min(row.at);
    into.amount = sum(into.amount, row.amount);
    into.cost = sum(into.cost, row.cost);
    into.id = match (into.id.take(), row.id) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    keep(&mut into.rating, &row.rating);
    keep(&mut into.reach, &row.reach);
    keep(&mut into.other, &row.other);
    keep(&mut into.item, &row.item);
    keep(&mut into.channel, &row.channel);
    keep(&mut into.unit, &row.unit);
    keep(&mut into.campaign, &row.campaign);
    keep(&mut into.arm, &row.arm);
}

#[derive(Clone, Debug, PartialEq)]
pub struct NaiveCard {
    pub engagement: Option<f64>,
    pub scores: [Option<f64>; 3],
    pub points: [Option<f64>; 3],
    pub contributions: Vec<Option<f64>>,
    pub level: Level,
}

/// The scorecard of one history.
pub fn score(book: &Rulebook, history: &[Plain], as_of: i64, zone: &Zone) -> NaiveCard {
    let seen: Vec<&Plain> = history.iter().filter(|row| row.at <= as_of).collect();
    let contributions: Vec<Option<f64>> = book.rules.iter().map(|rule| contribution(rule, &seen, as_of, zone)).collect();
    let mut points = [None; 3];
    for (rule, given) in book.rules.iter().zip(&contributions) {
        if let Some(given) = given {
            *points[rule.way as usize].get_or_insert(0.0) += given;
        }
    }
    let (mut scores, mut weighted, mut weight) = ([None; 3], 0.0, 0.0);
    for way in Way::ALL {
        let Some(scale) = book.way(way) else { continue };
        if book.rules.iter().any(|rule| rule.way == way) {
            weight += scale.weight;
        }
        scores[way as usize] = points[way as usize].map(|p: f64| {
            let size = 100.0 * (1.0 - libm::exp2(-(p.abs() / scale.half_score)));
            if p < 0.0 { -size } else { size }
        });
        if let Some(score) = scores[way as usize] {
            weighted += scale.weight * score;
        }
    }
    let engagement = (weight > 0.0 && points.iter().any(Option::is_some)).then(|| weighted / weight);
    NaiveCard { engagement, scores, points, contributions, level: book.levels.level(engagement) }
}

fn contribution(rule: &Rule, history: &[&Plain], as_of: i64, zone: &Zone) -> Option<f64> {
    let mut used: HashMap<String, f64> = HashMap::new();
    let (mut sum, mut any) = (0.0, false);
    for (nth, row) in history.iter().filter(|row| row.kind == rule.kind).enumerate() {
        let wanted = match rule.occurrence {
            Occurrence::Any => true,
            Occurrence::First => nth == 0,
            Occurrence::Repeat => nth > 0,
        };
        let Some(raw) = raw(rule, row).filter(|_| wanted) else { continue };
        let mut kept = raw;
        if let Some(limit) = rule.limit {
            let used = used.entry(period(limit.per, row.at, zone)).or_insert(0.0);
            if let Some(count) = limit.count {
                *used += 1.0;
                if *used > f64::from(count) {
                    continue;
                }
            } else {
                let left = limit.points.unwrap() - *used;
                if left <= 0.0 {
                    continue;
                }
                *used += raw.abs();
                if raw.abs() > left {
                    kept = left.copysign(raw);
                }
            }
        }
        any = true;
        let age = (as_of - row.at) as f64;
        sum += rule.half_life.map_or(kept, |half_life| kept * libm::exp2(-(age / half_life.micros() as f64)));
    }
    let step = 2.0_f64.powi(-20);
    any.then(|| ((sum / step).round_ties_even() * step + 0.0).clamp(-(2.0_f64.powi(26)), 2.0_f64.powi(26)))
}

fn raw(rule: &Rule, row: &Plain) -> Option<f64> {
    let text = |wanted: &Option<String>, has: &Option<String>| wanted.is_none() || wanted == has;
    let when = &rule.when;
    if !text(&when.channel, &row.channel) || !text(&when.unit, &row.unit) || !text(&when.campaign, &row.campaign) {
        return None;
    }
    let within = |value: f64, range: engagement_core::rulebook::Between| {
        value >= range.min.unwrap_or(f64::NEG_INFINITY) && value <= range.max.unwrap_or(f64::INFINITY)
    };
    let amount = row.amount.map(|micros| micros as f64 / 1e6);
    if let Some(range) = when.amount {
        amount.filter(|&amount| within(amount, range))?;
    }
    if let Some(range) = when.rating {
        row.rating.filter(|&rating| within(rating, range))?;
    }
    if let Some(range) = when.reach {
        row.reach.filter(|&reach| within(reach, range))?;
    }
    let per_amount = match rule.per_amount {
        None => 0.0,
        Some(per_amount) => per_amount * amount?,
    };
    let points = rule.points.unwrap_or(if rule.per_amount.is_some() { 0.0 } else { 1.0 });
    let rated = match rule.rating {
        None => points,
        Some(scale) => {
            let rating = row.rating?;
            let (low, high) = (scale.worst.min(scale.best), scale.worst.max(scale.best));
            if rating < low || rating > high {
                return None;
            }
            let towards = |end: f64| (rating - scale.neutral) / (end - scale.neutral);
            points * if towards(scale.best) >= 0.0 { towards(scale.best) } else { -towards(scale.worst) }
        }
    };
    let reach = match row.reach {
        Some(reach) if rule.reach => libm::log2(1.0 + reach),
        _ => 1.0,
    };
    Some((rated + per_amount) * reach)
}

/// A name for the calendar period a moment lies in.
fn period(per: Per, at: i64, zone: &Zone) -> String {
    let (year, month, day) = zone.date(Timestamp::from_micros(at).unwrap());
    match per {
        Per::Ever => String::new(),
        Per::Month => format!("{year}-{month}"),
        Per::Day => format!("{year}-{month}-{day}"),
        Per::Week => {
            let date = jiff::civil::date(year, month, day);
            let monday = date.checked_sub(jiff::Span::new().days(date.weekday().to_monday_zero_offset())).unwrap();
            monday.to_string()
        }
    }
}
