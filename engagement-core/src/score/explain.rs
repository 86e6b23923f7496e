//! Why a score is what it is, for people at the counter.

use serde::Serialize;

use super::scorecard::{Index, Scorecard};
use super::tally::{Bound, Part, Tally, contribution, fading};
use crate::error::{Error, ErrorKind, Result};
use crate::interaction::Key;
use crate::ledger::{Cursors, Ledger};
use crate::level::Level;
use crate::rulebook::{Rules, Way};
use crate::time::{Timestamp, Zone};

const DAY: i64 = 86_400_000_000;
/// Five years of daily steps.
const DAYS: i64 = 1826;

/// A scorecard with its reasons.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// What is explained.
    pub scorecard: Scorecard,
    /// The rules that matched, the one whose interactions change engagement most first.
    pub reasons: Vec<ReasonWhy>,
    /// The first moment, to the microsecond, at which the level is lower if nothing happens; absent if that is not within
    /// five years.
    pub falls_at: Option<Timestamp>,
    /// The level then.
    pub falls_to: Option<Level>,
    /// All of it in plain sentences.
    pub sentences: Vec<String>,
}

/// What one rule's interactions do for a customer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReasonWhy {
    /// The name of the rule.
    pub rule: String,
    /// The way it counts towards.
    pub way: Way,
    /// Its points.
    pub points: f64,
    /// |points| as a share of the sum of all rules' |points|; 0 where all are 0.
    pub share: f64,
    /// Interactions that counted.
    pub interactions: u64,
    /// The latest of them.
    pub latest: Timestamp,
    /// Engagement if these interactions had never happened, for any rule; absent if nothing would be left to judge by.
    pub engagement_without: Option<f64>,
    /// The level in that case.
    pub level_without: Level,
    /// Where these interactions stand in the customer's history, from 0.
    #[serde(skip)]
    pub positions: Vec<u64>,
}

impl Explanation {
    /// The explanation as a JSON object; missing numbers are `null`.
    ///
    /// # Errors
    /// None that the types allow; the result is there for the writer's sake.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| Error::new(ErrorKind::InvalidArgument, e.to_string()))
    }
}

impl Rules {
    /// Explains the score of one customer: which rules gave points, from how many interactions, what engagement would be
    /// without them, and when the level falls if nothing happens.
    ///
    /// ```
    /// use engagement_core::{Interaction, Key, Ledger, Rulebook};
    ///
    /// let mut ledger = Ledger::new();
    /// for day in ["2026-01-05", "2026-02-03", "2026-03-01"] {
    ///     let at = ledger.zone().parse(day)?;
    ///     ledger.append(&Interaction { amount: Some("400".parse()?), ..Interaction::new("ann", at, "purchase") })?;
    /// }
    /// let rules = Rulebook::standard().compile()?;
    /// let why = rules.explain(&ledger, Key::from("ann"), ledger.zone().parse_as_of("2026-03-31")?)?;
    /// assert_eq!(why.sentences[0], "ann is engaged: engagement 45.2 (say unknown, stay 39.1, spend 96.5).");
    /// assert_eq!(
    ///     why.sentences[1],
    ///     "Spend: +963.4 points for money spent, from 3 interactions, the latest on 2026-03-01; without them engagement would be unknown."
    /// );
    /// assert_eq!(why.sentences.last().unwrap(), "If nothing happens, the level falls to not engaged on 2026-10-11.");
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`score`](Rules::score).
    pub fn explain(&self, ledger: &Ledger, customer: Key<'_>, as_of: Timestamp) -> Result<Explanation> {
        let bound = Bound::new(self, ledger)?;
        let history = ledger.history(customer, as_of)?;
        let mut tally = Tally::new(&bound, as_of);
        // Per interaction, the rules it counted for.
        let mut counted = Vec::new();
        let mut cursors = history.cursors.clone();
        while let Some((columns, row)) = cursors.next() {
            counted.push(tally.row(columns, row));
        }
        let scorecard = Scorecard::new(&tally, &history)?;
        let mut reasons = reasons(&bound, &tally, &history.cursors, &counted);
        let change = |reason: &ReasonWhy| (scorecard.engagement.unwrap_or(0.0) - reason.engagement_without.unwrap_or(0.0)).abs();
        reasons.sort_by(|a, b| change(b).total_cmp(&change(a)).then_with(|| b.points.abs().total_cmp(&a.points.abs())));
        let fall = next_fall(self, &tally.parts, scorecard.level, as_of);
        let zone = self.zone.as_ref().unwrap_or_else(|| ledger.zone());
        let sentences = sentences(&scorecard, &reasons, fall, zone);
        Ok(Explanation {
            scorecard,
            reasons,
            falls_at: fall.map(|(at, _)| at),
            falls_to: fall.map(|(_, level)| level),
            sentences,
        })
    }
}

fn reasons(bound: &Bound<'_>, tally: &Tally<'_>, history: &Cursors<'_>, counted: &[u64]) -> Vec<ReasonWhy> {
    let whole: f64 = tally.parts.iter().map(|part| part.contribution().0.abs()).sum();
    let rules = bound.rules.rules.iter().zip(&tally.parts).enumerate();
    rules
        .filter(|(_, (_, part))| part.count > 0)
        .map(|(at, (rule, part))| {
            let without = index_without(tally, history, counted, 1 << at);
            let points = part.contribution().0;
            ReasonWhy {
                rule: rule.name.clone(),
                way: rule.way,
                points,
                share: if whole > 0.0 { points.abs() / whole } else { 0.0 },
                interactions: part.count,
                latest: Timestamp::from_checked(part.latest),
                engagement_without: without.engagement,
                level_without: without.level,
                positions: (0..counted.len() as u64).filter(|&i| counted[i as usize] & (1 << at) != 0).collect(),
            }
        })
        .collect()
}

/// The scores of the same history without the interactions that counted for a rule.
fn index_without(tally: &Tally<'_>, history: &Cursors<'_>, counted: &[u64], rule: u64) -> Index {
    let mut again = tally.afresh();
    let mut cursors = history.clone();
    let mut at = 0;
    while let Some((columns, row)) = cursors.next() {
        if counted[at] & rule == 0 {
            again.row(columns, row);
        }
        at += 1;
    }
    Index::new(&again)
}

/// The first moment at which the level is lower if nothing happens, and that level.
///
/// Every sum fades by its own half-life, so a moment costs one term a rule. Points of both signs may make engagement rise and
/// fall again: a daily grid finds the first day, bisection the moment within it.
fn next_fall(rules: &Rules, parts: &[Part], level: Level, as_of: Timestamp) -> Option<(Timestamp, Level)> {
    let level_after = |age: i64| {
        let mut points = [None; 3];
        for (rule, part) in rules.rules.iter().zip(parts).filter(|(_, part)| part.count > 0) {
            *points[rule.way as usize].get_or_insert(0.0) += contribution(part.sum * fading(age, rule.half_life)).0;
        }
        Index::of_points(rules, points).level
    };
    if matches!(level, Level::Unknown | Level::ActivelyDisengaged) {
        return None;
    }
    let day = (1..=DAYS).find(|&day| level_after(day * DAY) < level)?;
    let (mut before, mut after) = ((day - 1) * DAY, day * DAY);
    while after - before > 1 {
        let middle = before.midpoint(after);
        if level_after(middle) < level {
            after = middle;
        } else {
            before = middle;
        }
    }
    Some((as_of.plus(after), level_after(after)))
}

fn sentences(card: &Scorecard, reasons: &[ReasonWhy], fall: Option<(Timestamp, Level)>, zone: &Zone) -> Vec<String> {
    let shown = |score: Option<f64>| score.map_or_else(|| "unknown".to_owned(), |score| format!("{score:.1}"));
    let ways = format!("say {}, stay {}, spend {}", shown(card.say), shown(card.stay), shown(card.spend));
    let who = if card.prospect { format!("{}, with no purchase so far,", card.customer) } else { card.customer.clone() };
    let mut sentences = Vec::with_capacity(reasons.len() + 2);
    sentences.push(match card.engagement {
        Some(engagement) => format!("{who} is {}: engagement {engagement:.1} ({ways}).", card.level),
        None => format!("{who} cannot be judged: no rule of the rulebook matches any of {} interactions.", card.interactions),
    });
    for reason in reasons {
        let mut way = reason.way.as_str().to_owned();
        way[..1].make_ascii_uppercase();
        let (from, them) = match reason.interactions {
            1 => (format!("one interaction on {}", zone.format_date(reason.latest)), "it"),
            n => (format!("{n} interactions, the latest on {}", zone.format_date(reason.latest)), "them"),
        };
        sentences.push(format!(
            "{way}: {:+.1} points for {}, from {from}; without {them} engagement would be {}.",
            reason.points,
            reason.rule,
            shown(reason.engagement_without)
        ));
    }
    if let Some((at, level)) = fall {
        sentences.push(format!("If nothing happens, the level falls to {level} on {}.", zone.format_date(at)));
    } else if matches!(card.level, Level::Engaged | Level::FullyEngaged) {
        sentences.push("If nothing happens, the level does not fall within five years.".to_owned());
    }
    sentences
}
