//! The page: the headline first, then what it rests on.

use std::fmt::Write;

use crate::level::{AVERAGE_RATIO, EngagementRatio, Level, RatioInterval, WORLD_CLASS_RATIO};

use super::chart::{self, SHOWN};
use super::findings::{Distribution, Findings};
use super::months::MonthEnd;
use super::{groups, log, people, timeline, words};

/// No request and no script, whatever a text from a log may look like.
const POLICY: &str = "default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;";

/// The whole document.
pub(super) fn write(findings: &Findings<'_>) -> String {
    let title = words::escape_up_to(findings.options.title, 200);
    let mut out = String::with_capacity(64 * 1024);
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"/>\n\
         <meta name=\"generator\" content=\"engagement {}\"/>\n<title>{title}</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n",
        env!("CARGO_PKG_VERSION"),
        include_str!("style.css")
    );
    let customers = findings.levels.customers() > 0;
    let written = |wanted: bool, section: fn(&Findings<'_>) -> String| if wanted { section(findings) } else { String::new() };
    let mut sections = vec![
        ("levels", "Levels", written(customers, levels)),
        ("scores", "Scores", written(customers, scores)),
        ("months", "Month by month", written(customers, months)),
        ("groups", "Where it differs", written(customers, groups::section)),
        ("people", "Customers by name", written(customers, people::section)),
        ("rules", "What counts", log::rulebook(findings)),
        ("log", "The log", log::account(findings)),
    ];
    sections.retain(|(_, _, section)| !section.is_empty());
    out.push_str(&header(findings, &title));
    out.push_str("\n<nav aria-label=\"Sections\">");
    for (id, name, _) in &sections {
        let _ = write!(out, "<a href=\"#{id}\">{name}</a> ");
    }
    out.push_str("</nav>\n");
    for (id, _, section) in &sections {
        let _ = writeln!(out, "<section id=\"{id}\">{section}</section>");
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn header(findings: &Findings<'_>, title: &str) -> String {
    let zone = findings.ledger.zone();
    let mut out = format!("<header><h1>{title}</h1><p class=\"quiet\">As of {}", zone.format_date(findings.as_of));
    if let (Some(first), Some(last)) = (findings.ledger.earliest(), findings.ledger.latest()) {
        let _ = write!(out, ", from a log of {} to {}", zone.format_date(first), zone.format_date(last));
    }
    let _ = write!(out, "</p><p class=\"lede\">{}</p>", lede(findings));
    let ratio = findings.levels.ratio();
    if findings.levels.customers() > 0 {
        let _ = write!(out, "<p>{}</p>", verdict(&ratio, findings.negative));
        if ratio.ratio.is_some() || ratio.low.is_some() {
            let _ = write!(
                out,
                "<figure>{}<figcaption>Fully engaged customers for each actively disengaged one, on a logarithmic scale; {}. Both \
                 benchmarks were published for levels found by customer surveys; the levels here come from what customers did, so the benchmarks are for orientation only.</figcaption></figure>",
                chart::ratio_scale(&ratio),
                if ratio.interval == RatioInterval::OneSided {
                    "the bar is where it may lie"
                } else {
                    "the bar is the 95\u{a0}% interval"
                }
            );
        }
    }
    out.push_str("</header>");
    out
}

fn lede(findings: &Findings<'_>) -> String {
    let levels = &findings.levels;
    let all = levels.customers();
    let prospects = words::counted(levels.prospects, "prospect", "prospects");
    match (all, levels.prospects) {
        (0, 0) => return "No interaction lies at or before this moment, so there is nobody to judge.".to_owned(),
        (0, _) => return format!("No customers yet: {prospects} who never bought, subscribed or renewed."),
        _ => {}
    }
    let part = |n: u64, level: Level| match n {
        0 => format!("nobody is {level}"),
        n => format!("<b>{} ({})</b> {} {level}", words::count(n), words::share(n, all), if n == 1 { "is" } else { "are" }),
    };
    format!(
        "Of {}, {} and {}.",
        words::counted(all, "customer", "customers"),
        part(levels.fully_engaged, Level::FullyEngaged),
        part(levels.actively_disengaged, Level::ActivelyDisengaged)
    )
}

/// The ratio in words, and where it stands between the benchmarks.
fn verdict(ratio: &EngagementRatio, negative: bool) -> String {
    let signal = if negative {
        "What counts against the business in this log is outweighed, for every customer, by what counts for it."
    } else {
        "This log holds no negative signal: no complaint, refund, cancellation or bad rating. Silence is not the same as content, so \
         the ratio cannot be measured, only bounded."
    };
    match (ratio.ratio, ratio.low, ratio.high) {
        (Some(middle), Some(low), Some(high)) if middle > 0.0 => format!(
            "That is <b>{} fully engaged for each actively disengaged one</b> (95\u{a0}% interval {} to {}), {}.",
            words::ratio(middle),
            words::ratio(low),
            words::ratio(high),
            standing(low, high)
        ),
        (Some(_), _, Some(high)) => format!(
            "Nobody is fully engaged, so the ratio is 0\u{a0}:\u{a0}1, and with 97.5\u{a0}% confidence at most {}\u{a0}:\u{a0}1.",
            words::ratio(high)
        ),
        (None, Some(low), _) => format!(
            "Nobody is actively disengaged: with 97.5\u{a0}% confidence the ratio is <b>at least {}\u{a0}:\u{a0}1</b> as far as this log can tell. {signal}",
            words::ratio(low)
        ),
        _ => format!("Nobody is at either end, so there is no ratio of the two. {}", if negative { "" } else { signal })
            .trim_end()
            .to_owned(),
    }
}

fn standing(low: f64, high: f64) -> &'static str {
    let below = |bound: f64| high < bound;
    let above = |bound: f64| low > bound;
    match () {
        () if above(WORLD_CLASS_RATIO) => "above even the ratio published for world-class organisations, 8\u{a0}:\u{a0}1",
        () if above(AVERAGE_RATIO) && below(WORLD_CLASS_RATIO) => {
            "above the published average of 0.8\u{a0}:\u{a0}1 and below world class, 8\u{a0}:\u{a0}1"
        }
        () if above(AVERAGE_RATIO) => {
            "above the published average of 0.8\u{a0}:\u{a0}1 and within reach of world class, 8\u{a0}:\u{a0}1"
        }
        () if below(AVERAGE_RATIO) => "below the published average of 0.8\u{a0}:\u{a0}1",
        () if below(WORLD_CLASS_RATIO) => "which cannot be told apart from the published average of 0.8\u{a0}:\u{a0}1",
        () => {
            "too wide an interval to compare with the published average of 0.8\u{a0}:\u{a0}1 or with world class, 8\u{a0}:\u{a0}1"
        }
    }
}

fn levels(findings: &Findings<'_>) -> String {
    let levels = &findings.levels;
    let all = levels.customers();
    let mut out = String::from("<h2>Customers by level</h2>");
    let _ = write!(out, "<figure>{}</figure>", chart::level_bar(levels));
    out.push_str("<div class=\"scroll\" role=\"region\" aria-label=\"Customers by level\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">Level</th><th scope=\"col\" class=\"n\">Customers</th><th scope=\"col\" class=\"n\">Share</th>");
    if let Some((at, _)) = findings.before {
        let date = findings.ledger.zone().format_date(at);
        let _ = write!(
            out,
            "<th scope=\"col\" class=\"n\">On <span class=\"day\">{date}</span></th><th scope=\"col\" class=\"n wide\">Share then</th><th scope=\"col\" class=\"n\">Change</th>"
        );
    }
    out.push_str("</tr></thead><tbody>");
    let mut row = |name: String, now: u64, of: Option<u64>, before: Option<(u64, u64)>| {
        let _ = write!(out, "<tr><th scope=\"row\">{name}</th><td class=\"n\">{}</td>", words::count(now));
        let share = |n: u64, of: Option<u64>| of.map_or_else(String::new, |of| words::percent(n, of));
        let _ = write!(out, "<td class=\"n\">{}</td>", share(now, of));
        if let Some((then, all)) = before {
            let _ = write!(
                out,
                "<td class=\"n\">{}</td><td class=\"n wide\">{}</td><td class=\"n\">{}</td>",
                words::count(then),
                share(then, of.map(|_| all)),
                change(now, then)
            );
        }
        out.push_str("</tr>");
    };
    for level in SHOWN.into_iter().filter(|&level| level != Level::Unknown || levels.unknown > 0) {
        let before = findings.before.map(|(_, before)| (before.at(level), before.customers()));
        let name = if level == Level::Unknown { "unknown: no evidence".to_owned() } else { level.to_string() };
        let name = format!("<span class=\"key bg-{}\" aria-hidden=\"true\"></span>{name}", chart::class(level));
        row(name, levels.at(level), Some(all), before);
    }
    row("all customers".to_owned(), all, Some(all), findings.before.map(|(_, before)| (before.customers(), before.customers())));
    if levels.prospects > 0 || findings.before.is_some_and(|(_, before)| before.prospects > 0) {
        row("prospects".to_owned(), levels.prospects, None, findings.before.map(|(_, before)| (before.prospects, 0)));
    }
    out.push_str("</tbody></table></div>");
    if levels.prospects > 0 {
        out.push_str(
            "<p class=\"quiet\">Prospects never bought, subscribed or renewed; they are counted apart and are in no level.</p>",
        );
    }
    out
}

fn change(now: u64, then: u64) -> String {
    match now.cmp(&then) {
        std::cmp::Ordering::Less => format!("−{}", words::count(then - now)),
        std::cmp::Ordering::Equal => "0".to_owned(),
        std::cmp::Ordering::Greater => format!("+{}", words::count(now - then)),
    }
}

fn scores(findings: &Findings<'_>) -> String {
    let top = findings.distributions.iter().map(|distribution| distribution.histogram.peak()).fold(0.0, f64::max);
    let panels: String = findings.distributions.iter().map(|distribution| panel(distribution, findings, top)).collect();
    format!(
        "<h2>How the scores are spread</h2><p>Each bar is a tenth of the scale, its height the share of those who have \
         the score, on one scale for all. A customer of whom a way knows nothing has no score there, which is not the same as 0.</p>\
         <div class=\"four\">{panels}</div>"
    )
}

fn panel(distribution: &Distribution, findings: &Findings<'_>, top: f64) -> String {
    let histogram = &distribution.histogram;
    let (n, all) = (histogram.n, histogram.n + histogram.without);
    let scale = findings.rulebook.levels;
    let (name, what, classes, marks) = match distribution.way {
        None => {
            let classes: Vec<&str> = SHOWN.into_iter().map(chart::class).collect();
            ("Engagement", "all three, coloured by level", classes, vec![scale.fully_engaged, scale.engaged])
        }
        Some(way) => (log::way_name(way), what(way), vec!["way", "against"], Vec::new()),
    };
    let mut out = format!("<div><h3>{name}</h3><p class=\"quiet\">{what}</p>");
    match distribution.median {
        None => {
            let _ = write!(
                out,
                "<p>The log shows nothing of it: none of {} has a score.</p></div>",
                words::counted(all, "customer", "customers")
            );
            return out;
        }
        Some(median) => {
            let _ = write!(out, "<figure>{}</figure>", histogram.svg(name, &classes, top, &marks));
            let _ = write!(
                out,
                "<div class=\"evidence\" aria-hidden=\"true\"><span style=\"width:{:.1}%\"></span></div><p>{} of {} have a score; the middle one is {}.",
                100.0 * n as f64 / all.max(1) as f64,
                words::count(n),
                words::count(all),
                words::score(Some(median))
            );
        }
    }
    if histogram.negative() > 0 {
        let _ = write!(out, " {} below 0.", words::count(histogram.negative()));
    }
    let _ = match histogram.without {
        0 => write!(out, "</p></div>"),
        n => write!(out, " <span class=\"quiet\">{} without evidence.</span></p></div>", words::count(n)),
    };
    out
}

fn what(way: crate::rulebook::Way) -> &'static str {
    match way {
        crate::rulebook::Way::Say => "what they tell others, and us",
        crate::rulebook::Way::Stay => "that they keep coming back",
        crate::rulebook::Way::Spend => "the money they leave with us",
    }
}

fn months(findings: &Findings<'_>) -> String {
    let months = &findings.months;
    if months.len() < 2 {
        return String::new();
    }
    let mut out = String::from("<h2>Month by month</h2><p>");
    out.push_str(&since(months));
    out.push_str(
        "Every month is scored with the same rules by what was known at its end; the last one ends at the as-of. Customers show little \
         in the first months of a log, so its early ratios say little.",
    );
    if months.len() < findings.options.months && !reaches_back(findings) {
        out.push_str(" The log is very large, so only its last months are looked at.");
    }
    out.push_str("</p><div class=\"two timeline\"><div><figure><figcaption>");
    for level in SHOWN.into_iter().filter(|&level| months.iter().any(|month| month.levels.at(level) > 0)) {
        let _ = write!(out, "<span class=\"level-key\">{}</span> ", chart::key(level));
    }
    let _ = write!(out, "<br/>Share of customers at each level, in %</figcaption>{}</figure>", timeline::levels(months));
    let _ = write!(
        out,
        "<figure><figcaption>Fully engaged for each actively disengaged, logarithmic, with its 95\u{a0}% interval. An arrow is a bound: \
         one of the two counts is 0.</figcaption>{}</figure></div>",
        timeline::ratios(months)
    );
    out.push_str(
        "<div class=\"scroll\" role=\"region\" aria-label=\"Levels and ratio by month\" tabindex=\"0\"><table class=\"months\"><thead><tr><th scope=\"col\">Month</th>\
         <th scope=\"col\" class=\"n\">Customers</th><th scope=\"col\" class=\"n\">Fully engaged</th><th scope=\"col\" class=\"n\">Actively disengaged</th>\
         <th scope=\"col\" class=\"n\">Ratio</th><th scope=\"col\" class=\"n\">95\u{a0}% interval</th></tr></thead><tbody>",
    );
    for month in months.iter().rev() {
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td>{}</tr>",
            words::escape(&month.month),
            words::count(month.levels.customers()),
            ratio_cells(&month.ratio)
        );
    }
    out.push_str("</tbody></table></div></div>");
    out
}

/// The ratio now beside that of a year ago, or else of the first month in which both ends had enough people.
fn since(months: &[MonthEnd]) -> String {
    let enough = |month: &&MonthEnd| month.ratio.interval == RatioInterval::LogNormal;
    let Some((now, past)) = months.split_last() else { return String::new() };
    let year = past.len().checked_sub(12).and_then(|at| past.get(at)).filter(enough);
    let (Some(then), true) = (year.or_else(|| past.iter().find(enough)), enough(&now)) else { return String::new() };
    let ago = if year.is_some() { "A year ago, at" } else { "At" };
    let (then, now, month) = (then.ratio.ratio.unwrap_or(0.0), now.ratio.ratio.unwrap_or(0.0), &then.month);
    format!(
        "{ago} the end of {month}, the ratio was {}\u{a0}:\u{a0}1; now it is {}\u{a0}:\u{a0}1. ",
        words::ratio(then),
        words::ratio(now)
    )
}

/// Whether the first month shown is the log's first.
fn reaches_back(findings: &Findings<'_>) -> bool {
    let zone = findings.ledger.zone();
    let month = |at| {
        let (year, month, _) = zone.date(at);
        (year, month)
    };
    findings.months.first().map(|first| month(first.as_of)) == findings.ledger.earliest().map(month)
}

/// Both counts, the ratio and its interval.
pub(super) fn ratio_cells(ratio: &EngagementRatio) -> String {
    let number = words::ratio;
    let (middle, interval) = match (ratio.ratio, ratio.low, ratio.high) {
        (Some(middle), Some(low), Some(high)) if middle > 0.0 => (number(middle), format!("{} – {}", number(low), number(high))),
        (Some(middle), _, Some(high)) => (number(middle), format!("at most {}", number(high))),
        (None, Some(low), _) => ("–".to_owned(), format!("at least {}", number(low))),
        _ => ("–".to_owned(), "–".to_owned()),
    };
    format!(
        "<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{middle}</td><td class=\"n\">{interval}</td>",
        words::count(ratio.fully_engaged),
        words::count(ratio.actively_disengaged)
    )
}
