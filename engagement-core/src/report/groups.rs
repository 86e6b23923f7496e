//! The ratio of groups of customers, side by side.

use std::fmt::Write;

use crate::level::{AVERAGE_RATIO, EngagementRatio, WORLD_CLASS_RATIO};
use crate::score::{By, GroupRatio};

use super::chart::{self, LogAxis};
use super::findings::{Findings, Grouping};
use super::{page, words};

/// One table for each way the customers are divided; nothing where they are not.
pub(super) fn section(findings: &Findings<'_>) -> String {
    if findings.groups.is_empty() {
        return String::new();
    }
    let tables: String = findings.groups.iter().map(grouping).collect();
    format!(
        "<h2>Where it differs</h2><p>A customer belongs to the group of the latest interaction that names one. Groups \
         whose intervals overlap widely may not differ at all.</p>{tables}"
    )
}

fn grouping(grouping: &Grouping) -> String {
    let name = match &grouping.by {
        By::Unit => "unit".to_owned(),
        By::Channel => "channel".to_owned(),
        By::Campaign => "campaign".to_owned(),
        By::Attribute(name) => words::name(name),
    };
    let range = chart::ratio_range(grouping.groups.iter().map(|group| &group.ratio));
    let axis = LogAxis::new(range, (1.0, 99.0));
    let mut out = format!(
        "<h3>By {name}</h3><div class=\"scroll\" role=\"region\" aria-label=\"Ratio by group\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">Group</th>\
         <th scope=\"col\" class=\"n\">Customers</th><th scope=\"col\" class=\"n\">Fully engaged</th><th scope=\"col\" class=\"n\">Actively disengaged</th>\
         <th scope=\"col\" class=\"n\">Ratio</th><th scope=\"col\" class=\"n\">95\u{a0}% interval</th><th scope=\"col\" class=\"plot\">{}</th></tr></thead><tbody>",
        axis_head(&axis)
    );
    for GroupRatio { group, levels, ratio } in &grouping.groups {
        let shown = if group == "none" { "<em>none</em>".to_owned() } else { words::name(group) };
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{shown}</th><td class=\"n\">{}</td>{}<td class=\"plot\">{}</td></tr>",
            words::count(levels.customers()),
            page::ratio_cells(ratio),
            forest(ratio, &axis)
        );
    }
    out.push_str("</tbody></table></div>");
    if grouping.left_out.0 > 0 {
        let _ = write!(
            out,
            "<p class=\"quiet\">{} with {} are smaller and not shown.</p>",
            words::counted(grouping.left_out.0, "further group", "further groups"),
            words::counted(grouping.left_out.1, "customer", "customers")
        );
    }
    out
}

/// The numbers above a column of intervals.
fn axis_head(axis: &LogAxis) -> String {
    let mut ticks = String::new();
    let all = axis.ticks();
    let every = all.len().div_ceil(5).max(1);
    for tick in all.iter().step_by(every) {
        let _ =
            write!(ticks, "<text class=\"small middle\" x=\"{:.2}%\" y=\"13\">{}</text>", axis.at(*tick), words::plain(*tick));
    }
    chart::svg(16, "Scale of the ratios", &ticks)
}

fn forest(ratio: &EngagementRatio, axis: &LogAxis) -> String {
    let mut inside = String::new();
    for benchmark in [AVERAGE_RATIO, WORLD_CLASS_RATIO] {
        let x = axis.at(benchmark);
        let _ = write!(inside, "<line class=\"benchmark\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"0\" y2=\"24\"/>");
    }
    inside.push_str(&chart::interval(ratio, axis, 12.0, 7.0));
    chart::svg(24, &ratio.sentence(), &inside)
}
