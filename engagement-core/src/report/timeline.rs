//! Charts over months: levels as shares, and the ratio with its interval.

use std::fmt::Write;

use crate::level::{AVERAGE_RATIO, WORLD_CLASS_RATIO};

use super::chart::{LogAxis, SHOWN, class, ratio_range, svg};
use super::months::MonthEnd;
use super::words;

/// Left and right end of the months, in percent of the width; the numbers of the axis stand left of them.
const LEFT: f64 = 9.0;
const RIGHT: f64 = 98.0;
/// Most months named below a chart, so that their names have room on a telephone.
const NAMED: usize = 5;

fn x(at: usize, months: usize) -> f64 {
    LEFT + (RIGHT - LEFT) * at as f64 / (months.max(2) - 1) as f64
}

/// A box whose inside stretches from 0 to 1000 across and in pixels down.
fn stretched(height: f64, inside: &str) -> String {
    format!(
        "<svg x=\"0\" y=\"0\" width=\"100%\" height=\"{height}\" viewBox=\"0 0 1000 {height}\" preserveAspectRatio=\"none\">{inside}</svg>"
    )
}

/// The months below a chart, the last one always.
fn month_names(months: &[MonthEnd], y: f64) -> String {
    let every = (months.len() - 1).div_ceil(NAMED - 1).max(1);
    let mut out = String::new();
    for (at, month) in months.iter().enumerate().filter(|(at, _)| (months.len() - 1 - at).is_multiple_of(every)) {
        let anchor = if at + 1 == months.len() { "end" } else { "middle" };
        let place = if at + 1 == months.len() { 100.0 } else { x(at, months.len()) };
        let _ = write!(out, "<text class=\"small {anchor}\" x=\"{place:.2}%\" y=\"{y}\">{}</text>", words::escape(&month.month));
    }
    out
}

/// The shares of the levels, stacked, month by month; for two months or more.
pub(super) fn levels(months: &[MonthEnd]) -> String {
    const TOP: f64 = 6.0;
    const HEIGHT: f64 = 150.0;
    let mut paths = String::new();
    let mut below = vec![0_u64; months.len()];
    // From the bottom up, the best last: what is good stands on top of what is not.
    for level in SHOWN.into_iter().rev() {
        let y = |n: u64, month: &MonthEnd| TOP + HEIGHT * (1.0 - n as f64 / month.levels.customers().max(1) as f64);
        let edge = |counts: &[u64], order: &mut dyn Iterator<Item = usize>| {
            order
                .map(|at| format!("{:.1} {:.1}", 10.0 * x(at, months.len()), y(counts[at], &months[at])))
                .collect::<Vec<_>>()
                .join("L")
        };
        let above: Vec<u64> = below.iter().zip(months).map(|(below, month)| below + month.levels.at(level)).collect();
        if above != below {
            let (up, down) = (edge(&above, &mut (0..months.len())), edge(&below, &mut (0..months.len()).rev()));
            let _ = write!(paths, "<path class=\"fill-{} edge\" d=\"M{up}L{down}Z\"/>", class(level));
        }
        below = above;
    }
    let mut inside = stretched(TOP + HEIGHT, &paths);
    for (share, text) in [(0.0, "0"), (0.5, "50"), (1.0, "100")] {
        let y = TOP + HEIGHT * (1.0 - share);
        let _ = write!(inside, "<line class=\"grid\" x1=\"{LEFT}%\" x2=\"{RIGHT}%\" y1=\"{y}\" y2=\"{y}\"/>");
        let _ = write!(inside, "<text class=\"small\" x=\"0\" y=\"{}\">{text}</text>", y + 4.0);
    }
    inside.push_str(&month_names(months, TOP + HEIGHT + 20.0));
    svg((TOP + HEIGHT + 26.0) as u32, "Shares of the levels at the end of every month; the numbers are in the table", &inside)
}

/// The ratio at the month ends on a logarithmic scale with its interval; for two months or more.
pub(super) fn ratios(months: &[MonthEnd]) -> String {
    const TOP: f64 = 8.0;
    const FOOT: f64 = 220.0;
    let axis = LogAxis::new(ratio_range(months.iter().map(|month| &month.ratio)), (FOOT, TOP));
    let (mut inside, mut labels) = (String::new(), String::new());
    for tick in axis.ticks() {
        let y = axis.at(tick);
        let _ = write!(inside, "<line class=\"grid\" x1=\"{LEFT}%\" x2=\"{RIGHT}%\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>");
        let _ = write!(inside, "<text class=\"small\" x=\"0\" y=\"{:.1}\">{}</text>", y + 4.0, words::plain(tick));
    }
    for (benchmark, name) in [(AVERAGE_RATIO, "average 0.8"), (WORLD_CLASS_RATIO, "world class 8")] {
        let y = axis.at(benchmark);
        let _ = write!(inside, "<line class=\"benchmark\" x1=\"{LEFT}%\" x2=\"{RIGHT}%\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>");
        let _ = write!(labels, "<text class=\"small end halo\" x=\"{RIGHT}%\" y=\"{:.1}\">{name}</text>", y - 5.0);
    }
    let mut paths = String::new();
    let mut marks = String::new();
    // Months with a ratio of their own are joined; a bound or a gap breaks the line.
    for stretch in months.iter().enumerate().collect::<Vec<_>>().chunk_by(|a, b| drawn(a.1) == drawn(b.1)) {
        if drawn(stretch[0].1) {
            let point =
                |at: usize, value: Option<f64>| format!("{:.1} {:.1}", 10.0 * x(at, months.len()), axis.at(value.unwrap_or(1.0)));
            let join = |points: Vec<String>| points.join("L");
            let line = join(stretch.iter().map(|(at, m)| point(*at, m.ratio.ratio)).collect());
            let upper = join(stretch.iter().map(|(at, m)| point(*at, m.ratio.high)).collect());
            let lower = join(stretch.iter().rev().map(|(at, m)| point(*at, m.ratio.low)).collect());
            let _ = write!(paths, "<path class=\"band\" d=\"M{upper}L{lower}Z\"/><path class=\"line\" d=\"M{line}\"/>");
        }
        for (at, month) in stretch {
            marks.push_str(&mark(month, x(*at, months.len()), &axis, stretch.len() == 1));
        }
    }
    inside.push_str(&stretched(FOOT, &paths));
    inside.push_str(&marks);
    inside.push_str(&labels);
    inside.push_str(&month_names(months, FOOT + 20.0));
    svg((FOOT + 26.0) as u32, "Engagement ratio at the end of every month; the numbers are in the table", &inside)
}

fn drawn(month: &MonthEnd) -> bool {
    month.ratio.ratio.is_some_and(|ratio| ratio > 0.0)
}

/// A dot for a ratio, an arrow upwards from a lower bound, downwards from an upper one.
fn mark(month: &MonthEnd, x: f64, axis: &LogAxis, alone: bool) -> String {
    let title = format!("<title>{}: {}</title>", words::escape(&month.month), words::escape(&month.ratio.sentence()));
    let arrow = |bound: f64, tip: i32| {
        let y = axis.at(bound);
        format!(
            "<svg class=\"mark\" x=\"{x:.2}%\" y=\"{y:.1}\" width=\"1\" height=\"1\" overflow=\"visible\">\
             <path class=\"bound\" d=\"M-5 0H5M0 0V{}M-3.5 {}L0 {}L3.5 {}\">{title}</path></svg>",
            tip * 16,
            tip * 11,
            tip * 16,
            tip * 11
        )
    };
    match (month.ratio.ratio, month.ratio.low, month.ratio.high) {
        (Some(ratio), low, high) if ratio > 0.0 => {
            let y = axis.at(ratio);
            let whisker = match (alone, low, high) {
                (true, Some(low), Some(high)) => {
                    let (low, high) = (axis.at(low), axis.at(high));
                    format!("<line class=\"bound\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"{high:.1}\" y2=\"{low:.1}\"/>")
                }
                _ => String::new(),
            };
            format!("{whisker}<circle class=\"dot\" cx=\"{x:.2}%\" cy=\"{y:.1}\" r=\"3.5\">{title}</circle>")
        }
        (Some(_), _, Some(high)) => arrow(high, 1),
        (None, Some(low), _) => arrow(low, -1),
        _ => String::new(),
    }
}
