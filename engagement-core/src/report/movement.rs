//! The customers to know by name: the best, those who fell, those about to fall; each with the reasons in plain sentences.

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Ledger;
use crate::level::Level;
use crate::rulebook::{Rules, Way};
use crate::score::{Contribution, Explanation, ScoreOptions, Scorecard, Scores, in_chunks};
use crate::time::{Timestamp, Zone};

const DAY: i64 = 86_400_000_000;
/// Fully engaged customers whose next fall is looked for; finding one walks through days.
const MOST_EXPLAINED: usize = 2000;
/// A change of engagement below this is not worth a sentence.
const WORTH_SAYING: f64 = 0.05;

/// Where a customer stands, and where they stood.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// The score now, its reasons, and the date of the next fall.
    pub explanation: Explanation,
    /// The score at an earlier moment, where one was asked for.
    pub before: Option<Scorecard>,
    /// What to tell people: first who it is and what became of them, then why.
    pub sentences: Vec<String>,
}

impl Standing {
    /// The score now.
    #[must_use]
    pub fn scorecard(&self) -> &Scorecard {
        &self.explanation.scorecard
    }

    /// Engagement lost since the earlier moment.
    #[must_use]
    pub fn lost(&self) -> Option<f64> {
        Some(self.before.as_ref()?.engagement? - self.scorecard().engagement?)
    }
}

/// The `n` most engaged customers, prospects left out, and what makes them so. Equal ones come in key order.
///
/// ```
/// use engagement_core::{Interaction, Ledger, Rulebook, report};
///
/// let mut ledger = Ledger::new();
/// let at = ledger.zone().parse("2026-03-01")?;
/// for (customer, amount) in [("ann", "40"), ("bob", "400")] {
///     ledger.append(&Interaction { amount: Some(amount.parse()?), ..Interaction::new(customer, at, "purchase") })?;
/// }
/// let best = report::top(&ledger, &Rulebook::standard().compile()?, at, 1)?;
/// assert_eq!(best[0].scorecard().customer, "bob");
/// assert!(best[0].sentences[1].contains("money spent"));
/// # Ok::<(), engagement_core::Error>(())
/// ```
///
/// # Errors
/// As [`Rules::score_all`].
pub fn top(ledger: &Ledger, rules: &Rules, as_of: Timestamp, n: usize) -> Result<Vec<Standing>> {
    top_of(ledger, rules, &rules.score_all(ledger, as_of, &ScoreOptions::default())?, n)
}

/// As [`top`], from scores that `rules` gave `ledger`.
///
/// # Errors
/// As [`Rules::explain`].
pub fn top_of(ledger: &Ledger, rules: &Rules, scores: &Scores, n: usize) -> Result<Vec<Standing>> {
    let engagement = |row: usize| scores.engagement.get(row).filter(|_| !scores.prospect[row]);
    let mut best: Vec<(usize, f64)> = (0..scores.len()).filter_map(|row| Some((row, engagement(row)?))).collect();
    let order = |a: &(usize, f64), b: &(usize, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    first(&mut best, n, order);
    best.into_iter()
        .map(|(row, _)| {
            let explanation = rules.explain(ledger, scores.customer(row), scores.as_of)?;
            // Who it is, and what carries them most.
            let good = explanation.reasons.iter().enumerate().filter(|(_, reason)| reason.points > 0.0).take(3);
            let sentences = std::iter::once(0).chain(good.map(|(at, _)| at + 1));
            let sentences = sentences.filter_map(|at| explanation.sentences.get(at).cloned()).collect();
            Ok(Standing { explanation, before: None, sentences })
        })
        .collect()
}

/// The `n` customers who fell most within the last `days` days: those who lost most levels first, then those who lost most
/// engagement. Only customers who lost engagement are listed; prospects are not.
///
/// ```
/// use engagement_core::{Interaction, Ledger, Rulebook, report};
///
/// let mut ledger = Ledger::new();
/// let zone = ledger.zone().clone();
/// let sale = Interaction { amount: Some("300".parse()?), ..Interaction::new("ann", zone.parse("2026-01-05")?, "purchase") };
/// ledger.append(&sale)?;
/// ledger.append(&Interaction::new("ann", zone.parse("2026-03-20")?, "complaint"))?;
/// let fell = report::falling(&ledger, &Rulebook::standard().compile()?, zone.parse_as_of("2026-03-31")?, 30, 10)?;
/// assert!(fell[0].sentences[0].starts_with("ann was "));
/// assert!(fell[0].sentences[1].starts_with("Since then complaints took "));
/// assert!(fell[0].sentences[1].ends_with(" points: one interaction, on 2026-03-20."));
/// # Ok::<(), engagement_core::Error>(())
/// ```
///
/// # Errors
/// As [`Rules::score_all`]; [`ErrorKind::InvalidArgument`] for 0 days.
pub fn falling(ledger: &Ledger, rules: &Rules, as_of: Timestamp, days: u32, n: usize) -> Result<Vec<Standing>> {
    if days == 0 {
        return Err(Error::new(ErrorKind::InvalidArgument, "days: 0 is not a number of days to look back"));
    }
    let options = ScoreOptions::default();
    let before = rules.score_all(ledger, days_before(as_of, days), &options)?;
    let now = rules.score_all(ledger, as_of, &options)?;
    falling_between(ledger, rules, &before, &now, n)
}

/// As [`falling`], from the scores that `rules` gave `ledger` at two moments.
///
/// # Errors
/// As [`Rules::explain`].
pub fn falling_between(ledger: &Ledger, rules: &Rules, before: &Scores, now: &Scores, n: usize) -> Result<Vec<Standing>> {
    let zone = zone_of(ledger, rules);
    let mut fallen = fallen(before, now);
    first(&mut fallen, n, Fall::worse_first);
    fallen
        .into_iter()
        .map(|fall| {
            let key = now.customer(fall.row);
            let explanation = rules.explain(ledger, key, now.as_of)?;
            let then = rules.score(ledger, key, before.as_of)?;
            let sentences = what_happened(rules, &then, &explanation.scorecard, zone);
            Ok(Standing { explanation, before: Some(then), sentences })
        })
        .collect()
}

/// Fully engaged customers about to fall.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AboutToFall {
    /// The first of them, the soonest first.
    pub customers: Vec<Standing>,
    /// How many there are.
    pub found: u64,
    /// How many fully engaged customers were looked at, the least engaged first; others are too far from the edge to be first.
    pub looked_at: u64,
    /// How many fully engaged customers there are.
    pub fully_engaged: u64,
}

/// The fully engaged customers whose level falls within `days` days if nothing happens, the soonest first, at most `n` listed.
///
/// The date of a fall is searched day by day, so only the 2,000 least engaged among them are looked at.
///
/// # Errors
/// As [`Rules::score_all`].
pub fn about_to_fall(ledger: &Ledger, rules: &Rules, as_of: Timestamp, days: u32, n: usize) -> Result<AboutToFall> {
    about_to_fall_of(ledger, rules, &rules.score_all(ledger, as_of, &ScoreOptions::default())?, days, n, 0)
}

pub(super) fn about_to_fall_of(
    ledger: &Ledger,
    rules: &Rules,
    scores: &Scores,
    days: u32,
    n: usize,
    threads: usize,
) -> Result<AboutToFall> {
    let fully = |row: &usize| scores.level[*row] == Level::FullyEngaged && !scores.prospect[*row];
    let engagement = |row: usize| Some((row, scores.engagement.get(row)?));
    let mut near: Vec<(usize, f64)> = (0..scores.len()).filter(fully).filter_map(engagement).collect();
    let fully_engaged = near.len() as u64;
    first(&mut near, MOST_EXPLAINED, |a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    let until = scores.as_of.plus(i64::from(days) * DAY);
    let explained = in_chunks(near.len(), threads, |at| {
        let row = near[at].0;
        let explanation = rules.explain(ledger, scores.customer(row), scores.as_of)?;
        Ok(explanation.falls_at.filter(|at| *at <= until).map(|at| (at, row, explanation)))
    })?;
    let mut found: Vec<(Timestamp, usize, Explanation)> = explained.into_iter().flatten().collect();
    found.sort_by_key(|(at, row, _)| (*at, *row));
    let mut about = AboutToFall { customers: Vec::new(), found: found.len() as u64, looked_at: near.len() as u64, fully_engaged };
    about.customers = found.into_iter().take(n).map(|(_, _, explanation)| standing_about_to_fall(explanation)).collect();
    Ok(about)
}

/// Who it is, when they fall, and what holds them up.
fn standing_about_to_fall(explanation: Explanation) -> Standing {
    let mut sentences: Vec<String> = explanation.sentences.first().cloned().into_iter().collect();
    sentences.extend(explanation.sentences.last().cloned());
    let good = explanation.reasons.iter().position(|reason| reason.points > 0.0);
    sentences.extend(good.and_then(|at| explanation.sentences.get(at + 1).cloned()));
    Standing { explanation, before: None, sentences }
}

/// The moment `days` times 24 hours earlier.
pub(super) fn days_before(as_of: Timestamp, days: u32) -> Timestamp {
    as_of.plus(-i64::from(days) * DAY)
}

pub(super) fn zone_of<'a>(ledger: &'a Ledger, rules: &'a Rules) -> &'a Zone {
    rules.zone.as_ref().unwrap_or_else(|| ledger.zone())
}

/// Leaves the first `n` in order.
fn first<T>(items: &mut Vec<T>, n: usize, order: impl Fn(&T, &T) -> std::cmp::Ordering) {
    if n > 0 && n < items.len() {
        items.select_nth_unstable_by(n - 1, &order);
    }
    items.truncate(n);
    items.sort_unstable_by(&order);
}

struct Fall {
    row: usize,
    levels: u8,
    engagement: f64,
}

impl Fall {
    fn worse_first(a: &Fall, b: &Fall) -> std::cmp::Ordering {
        b.levels.cmp(&a.levels).then(b.engagement.total_cmp(&a.engagement)).then(a.row.cmp(&b.row))
    }
}

/// Every customer who lost engagement. Both tables are in key order, so one walk along both finds everybody's two rows.
fn fallen(before: &Scores, now: &Scores) -> Vec<Fall> {
    let mut fallen = Vec::new();
    let mut old = 0;
    for row in 0..now.len() {
        let key = now.customer(row);
        while old < before.len() && before.customer(old) < key {
            old += 1;
        }
        if old == before.len() {
            break;
        }
        if before.customer(old) != key || now.prospect[row] {
            continue;
        }
        let (Some(was), Some(is)) = (before.engagement.get(old), now.engagement.get(row)) else { continue };
        if was - is >= WORTH_SAYING {
            let levels = (before.level[old] as u8).saturating_sub(now.level[row] as u8);
            fallen.push(Fall { row, levels, engagement: was - is });
        }
    }
    fallen
}

/// How many fell, and how many of them by a level.
pub(super) fn count_fallen(before: &Scores, now: &Scores) -> (u64, u64) {
    let fallen = fallen(before, now);
    (fallen.len() as u64, fallen.iter().filter(|fall| fall.levels > 0).count() as u64)
}

/// What became of a customer between two moments, and the rules that account for most of the loss.
fn what_happened(rules: &Rules, then: &Scorecard, now: &Scorecard, zone: &Zone) -> Vec<String> {
    let shown = |card: &Scorecard| card.engagement.map_or_else(String::new, |engagement| format!(" ({engagement:.1})"));
    let mut sentences = vec![format!(
        "{} was {}{} on {} and is {}{} now.",
        now.customer,
        then.level,
        shown(then),
        zone.format_date(then.as_of),
        now.level,
        shown(now)
    )];
    let mut losses: Vec<(f64, &Contribution, Option<&Contribution>)> = now
        .contributions
        .iter()
        .map(|is| {
            let was = then.contributions.iter().find(|was| was.rule == is.rule);
            let lost = was.map_or(0.0, |was| was.points) - is.points;
            (engagement_lost(rules, now, is.way, lost), is, was)
        })
        .filter(|(lost, _, _)| *lost >= WORTH_SAYING)
        .collect();
    losses.sort_by(|a, b| b.0.total_cmp(&a.0));
    sentences.extend(losses.iter().take(2).map(|(_, is, was)| loss(is, *was, zone)));
    sentences
}

/// The engagement a customer would have more if a way still had the points it lost.
fn engagement_lost(rules: &Rules, now: &Scorecard, way: Way, lost: f64) -> f64 {
    let scale = rules.ways[way as usize];
    let score = |points: f64| {
        let size = 100.0 * (1.0 - libm::exp2(-(points.abs() / scale.half_score)));
        if points < 0.0 { -size } else { size }
    };
    let points = now.points(way).unwrap_or(0.0);
    if rules.weight > 0.0 { scale.weight * (score(points + lost) - score(points)) / rules.weight } else { 0.0 }
}

fn loss(is: &Contribution, was: Option<&Contribution>, zone: &Zone) -> String {
    let new = is.interactions - was.map_or(0, |was| was.interactions).min(is.interactions);
    let latest = zone.format_date(is.latest);
    let from = match new {
        1 => format!("one interaction, on {latest}"),
        new => format!("{new} interactions, the latest on {latest}"),
    };
    let before = was.map_or(0.0, |was| was.points);
    if new > 0 && is.points < 0.0 {
        return format!("Since then {} took {:.1} points: {from}.", is.rule, before - is.points);
    }
    // A new bad rating and a new good one both leave less than before, so the sentence only says what happened.
    let rule = capital(&is.rule);
    match new {
        0 => format!("{rule} faded from {before:.1} to {:.1} points; the latest was on {latest}.", is.points),
        _ => format!("{rule} went from {before:.1} to {:.1} points with {from}.", is.points),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
