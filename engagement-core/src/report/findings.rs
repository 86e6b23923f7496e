//! Everything the page tells, found before a word is written.

use crate::error::Result;
use crate::ledger::Ledger;
use crate::level::LevelCounts;
use crate::rulebook::{Rulebook, Rules, Way};
use crate::score::{By, GroupRatio, Nullable, ScoreOptions, Scores};
use crate::time::Timestamp;

use super::ReportOptions;
use super::chart::{Histogram, SHOWN};
use super::months::{MonthEnd, ratio_by_month_until};
use super::movement::{AboutToFall, Standing, about_to_fall_of, count_fallen, days_before, falling_between, top_of};

/// Most customers a list names.
const MOST_LISTED: usize = 100;
/// Most groups a table shows; with more the largest are shown.
const MOST_GROUPS: usize = 20;
/// A grouping with more values than this is a name rather than a group.
const TOO_MANY_GROUPS: usize = 2000;
/// Most attributes that get a table.
const MOST_ATTRIBUTES: usize = 4;
/// Cells of the table of contributions that are afforded; beyond, totals by rule are left out.
const MOST_CELLS: u64 = 64_000_000;
/// Days ahead in which fully engaged customers may fall.
pub(super) const DAYS_AHEAD: u32 = 30;

/// What the page tells.
#[derive(Debug)]
pub(super) struct Findings<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) rulebook: &'a Rulebook,
    pub(super) options: &'a ReportOptions<'a>,
    pub(super) as_of: Timestamp,
    pub(super) levels: LevelCounts,
    /// The moment compared with, and the levels then; absent if nobody was known by then.
    pub(super) before: Option<(Timestamp, LevelCounts)>,
    /// Interactions later than the as-of, and such as lack what a rule needs.
    pub(super) later: u64,
    pub(super) unmatched: u64,
    /// Whether anything in the log counts against a customer.
    pub(super) negative: bool,
    /// Engagement, then the three ways.
    pub(super) distributions: Vec<Distribution>,
    pub(super) months: Vec<MonthEnd>,
    pub(super) groups: Vec<Grouping>,
    pub(super) top: Vec<Standing>,
    pub(super) falling: Vec<Standing>,
    /// How many lost engagement, and how many of them a level.
    pub(super) fallen: (u64, u64),
    pub(super) about_to_fall: AboutToFall,
    /// Per rule of the rulebook: customers it matched, and their points; absent where that would be too large a table.
    pub(super) totals: Option<Vec<(u64, f64)>>,
}

/// The distribution of a score over the customers.
#[derive(Debug)]
pub(super) struct Distribution {
    /// The way; absent for engagement.
    pub(super) way: Option<Way>,
    pub(super) histogram: Histogram,
    /// The lower median of the scores.
    pub(super) median: Option<f64>,
}

/// The ratios of the groups of one attribute of customers.
#[derive(Debug)]
pub(super) struct Grouping {
    pub(super) by: By,
    /// The largest groups, in the order of their names.
    pub(super) groups: Vec<GroupRatio>,
    /// Further groups, and the customers in them.
    pub(super) left_out: (u64, u64),
}

impl<'a> Findings<'a> {
    pub(super) fn new(
        ledger: &'a Ledger,
        rulebook: &'a Rulebook,
        rules: &Rules,
        as_of: Timestamp,
        options: &'a ReportOptions<'a>,
    ) -> Result<Findings<'a>> {
        let plain = ScoreOptions { threads: options.threads, contributions: false, progress: options.progress };
        let contributions = ledger.customer_count().saturating_mul(rulebook.rules.len() as u64) <= MOST_CELLS;
        let mut now = rules.score_all(ledger, as_of, &ScoreOptions { contributions, ..plain })?;
        let totals = contributions.then(|| now.contributions.iter().map(|(_, points)| total(points)).collect());
        let below_zero = |points: &Nullable| points.values.iter().any(|&points| points < 0.0);
        let negative = now.contributions.iter().any(|(_, points)| below_zero(points))
            || Way::ALL.iter().any(|&way| below_zero(now.points(way)));
        now.contributions = Vec::new();

        let levels = now.levels();
        let at = days_before(as_of, options.days.max(1));
        let before = rules.score_all(ledger, at, &plain)?;
        let n = options.customers.min(MOST_LISTED);
        let falling = falling_between(ledger, rules, &before, &now, n)?;
        let fallen = count_fallen(&before, &now);
        let before = (!before.is_empty()).then(|| (at, before.levels()));
        Ok(Findings {
            ledger,
            rulebook,
            options,
            as_of,
            levels,
            before,
            later: now.later,
            unmatched: now.unmatched,
            negative,
            distributions: distributions(&now, rulebook),
            groups: groups(ledger, &now),
            top: top_of(ledger, rules, &now, n)?,
            falling,
            fallen,
            about_to_fall: about_to_fall_of(ledger, rules, &now, DAYS_AHEAD, n, options.threads)?,
            totals,
            months: {
                // The large table is no longer needed, and every month makes another one.
                drop(now);
                ratio_by_month_until(ledger, rules, (as_of, levels), options.months, &plain)?
            },
        })
    }
}

fn total(points: &Nullable) -> (u64, f64) {
    points.iter().flatten().fold((0, 0.0), |(n, sum), points| (n + 1, sum + points))
}

/// Engagement, cut by level, and the ways that have rules; prospects are left out, as from the levels.
fn distributions(now: &Scores, rulebook: &Rulebook) -> Vec<Distribution> {
    let has_rules = |way: &Way| rulebook.rules.iter().any(|rule| rule.way == *way);
    let ways = Way::ALL.into_iter().filter(has_rules).map(Some);
    std::iter::once(None)
        .chain(ways)
        .map(|way| {
            let scores = way.map_or(&now.engagement, |way| now.score(way));
            let mut histogram = Histogram::default();
            let mut values = Vec::new();
            for (row, score) in scores.iter().enumerate().filter(|(row, _)| !now.prospect[*row]) {
                let class = match way {
                    None => SHOWN.iter().position(|&level| level == now.level[row]).unwrap_or(0),
                    Some(_) => usize::from(score.is_some_and(|score| score < 0.0)),
                };
                histogram.add(score, class);
                values.extend(score);
            }
            let middle = values.len().saturating_sub(1) / 2;
            let median = (!values.is_empty()).then(|| *values.select_nth_unstable_by(middle, f64::total_cmp).1);
            Distribution { way, histogram, median }
        })
        .collect()
}

/// Units, channels, and the first attributes that divide the customers into groups.
fn groups(ledger: &Ledger, now: &Scores) -> Vec<Grouping> {
    let mut attributes: Vec<&str> = ledger.attribute_names().collect();
    attributes.sort_unstable();
    let attributes = attributes.into_iter().take(MOST_ATTRIBUTES).map(|name| By::Attribute(name.to_owned()));
    let mut groupings = Vec::new();
    for by in [By::Unit, By::Channel].into_iter().chain(attributes) {
        let mut groups = now.ratio_by(ledger, &by);
        groups.retain(|group| group.levels.customers() > 0);
        let named = groups.iter().filter(|group| group.group != "none").count();
        if named == 0 || groups.len() < 2 || groups.len() > TOO_MANY_GROUPS {
            continue;
        }
        let mut sizes: Vec<u64> = groups.iter().map(|group| group.levels.customers()).collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        let least = sizes.get(MOST_GROUPS - 1).copied().unwrap_or(0);
        let (mut shown, mut left_out) = (Vec::new(), (0, 0));
        for group in groups {
            if group.levels.customers() >= least && shown.len() < MOST_GROUPS {
                shown.push(group);
            } else {
                left_out = (left_out.0 + 1, left_out.1 + group.levels.customers());
            }
        }
        groupings.push(Grouping { by, groups: shown, left_out });
    }
    groupings
}
