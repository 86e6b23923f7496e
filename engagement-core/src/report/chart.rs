//! Charts as inline SVG. Across, everything is in percent of the width; down, in pixels: so a chart fits every window and its
//! letters keep their size. What must be a path is drawn in a box that stretches.

use std::fmt::Write;

use crate::level::{AVERAGE_RATIO, EngagementRatio, Level, LevelCounts, WORLD_CLASS_RATIO};

use super::words;

/// Levels as they are shown, the best first.
pub(super) const SHOWN: [Level; 5] =
    [Level::FullyEngaged, Level::Engaged, Level::NotEngaged, Level::ActivelyDisengaged, Level::Unknown];

/// The style class of a level.
pub(super) fn class(level: Level) -> &'static str {
    match level {
        Level::FullyEngaged => "fully",
        Level::Engaged => "engaged",
        Level::NotEngaged => "not",
        Level::ActivelyDisengaged => "against",
        Level::Unknown => "unknown",
    }
}

/// A level with its colour, for legends and tables.
pub(super) fn key(level: Level) -> String {
    format!("<span class=\"key bg-{}\" aria-hidden=\"true\"></span>{level}", class(level))
}

/// An SVG of a height that is as wide as its place, read out as `label`.
pub(super) fn svg(height: u32, label: &str, inside: &str) -> String {
    let label = words::escape(label);
    format!("<svg class=\"chart\" width=\"100%\" height=\"{height}\" role=\"img\" aria-label=\"{label}\">{inside}</svg>")
}

/// A logarithmic axis in percent of a width or in pixels of a height.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogAxis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl LogAxis {
    /// From `low` at `from` to `high` at `to`.
    pub(super) fn new((low, high): (f64, f64), (from, to): (f64, f64)) -> LogAxis {
        LogAxis { low: libm::log10(low), high: libm::log10(high), from, to }
    }

    /// The place of a ratio; the ends of the axis hold what lies beyond.
    pub(super) fn at(&self, ratio: f64) -> f64 {
        let share = (libm::log10(ratio.max(1e-300)) - self.low) / (self.high - self.low);
        self.from + share.clamp(0.0, 1.0) * (self.to - self.from)
    }

    /// Round ratios within the axis: 1, 2, 5 where there is room, else powers of ten.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let steps: &[f64] = if self.high - self.low <= 2.1 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let (first, last) = (self.low.floor() as i32, self.high.ceil() as i32);
        let every = ((last - first) / 8).max(1);
        (first..=last)
            .filter(|power| power.rem_euclid(every) == 0)
            .flat_map(|power| steps.iter().map(move |step| step * libm::pow(10.0, f64::from(power))))
            .filter(|tick| (self.low - 1e-9..=self.high + 1e-9).contains(&libm::log10(*tick)))
            .collect()
    }
}

/// A range of ratios that holds the benchmarks and every ratio, with a little room; intervals may reach beyond.
pub(super) fn ratio_range<'a>(ratios: impl Iterator<Item = &'a EngagementRatio>) -> (f64, f64) {
    let (mut low, mut high) = (AVERAGE_RATIO, WORLD_CLASS_RATIO);
    for ratio in ratios {
        let ends = match (ratio.ratio, ratio.low, ratio.high) {
            (Some(middle), low, high) if middle > 0.0 => {
                [low.unwrap_or(middle).max(middle / 4.0), high.unwrap_or(middle).min(middle * 4.0)]
            }
            (Some(_), _, Some(high)) => [high; 2],
            (None, Some(low), _) => [low; 2],
            _ => continue,
        };
        low = ends[0].min(low);
        high = ends[1].max(high);
    }
    (low.max(1e-9) / 1.6, high.min(1e12) * 1.6)
}

/// One bar of all customers, cut by level.
pub(super) fn level_bar(levels: &LevelCounts) -> String {
    let whole = levels.customers().max(1) as f64;
    let (mut x, mut inside, mut label) = (0.0, String::new(), String::from("Customers by level: "));
    for level in SHOWN.into_iter().filter(|&level| levels.at(level) > 0) {
        let n = levels.at(level);
        let width = 100.0 * n as f64 / whole;
        let class = class(level);
        let shown = words::share(n, levels.customers());
        let _ = write!(inside, "<rect class=\"fill-{class} edge\" x=\"{x:.3}%\" y=\"0\" width=\"{width:.3}%\" height=\"52\"/>");
        if width >= 10.0 {
            let middle = x + width / 2.0;
            let _ = write!(inside, "<text class=\"on-{class} strong middle\" x=\"{middle:.3}%\" y=\"31\">{shown}</text>");
        }
        let _ = write!(label, "{level} {} ({shown}); ", words::count(n));
        x += width;
    }
    svg(52, label.trim_end_matches("; "), &inside)
}

/// The ratio with its interval on one line with the two benchmarks.
pub(super) fn ratio_scale(ratio: &EngagementRatio) -> String {
    let (low, high) = ratio_range(std::iter::once(ratio));
    let axis = LogAxis::new((low.min(0.08), high.max(80.0)), (2.0, 98.0));
    let mut inside = String::from("<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"46\" y2=\"46\"/>");
    for tick in axis.ticks() {
        let x = axis.at(tick);
        let _ = write!(inside, "<line class=\"axis\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"42\" y2=\"50\"/>");
        let _ = write!(inside, "<text class=\"small middle\" x=\"{x:.2}%\" y=\"66\">{}</text>", words::plain(tick));
    }
    for (benchmark, name, anchor, dx) in
        [(AVERAGE_RATIO, "average 0.8", "end", 4), (WORLD_CLASS_RATIO, "world class 8", "start", -4)]
    {
        let x = axis.at(benchmark);
        let _ = write!(
            inside,
            "<line class=\"benchmark\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"18\" y2=\"50\"/>\
             <text class=\"small {anchor}\" x=\"{x:.2}%\" dx=\"{dx}\" y=\"13\">{name}</text>"
        );
    }
    let _ = write!(inside, "{}", interval(ratio, &axis, 46.0, 9.0));
    if let Some(at) = ratio.ratio.or(ratio.low) {
        let x = axis.at(at);
        let anchor = if x < 12.0 {
            "start"
        } else if x > 88.0 {
            "end"
        } else {
            "middle"
        };
        let shown = if ratio.ratio.is_some() { words::ratio(at) } else { format!("≥ {}", words::ratio(at)) };
        let _ = write!(inside, "<text class=\"strong halo {anchor}\" x=\"{x:.2}%\" y=\"34\">{shown}\u{a0}:\u{a0}1</text>");
    }
    svg(72, &format!("Engagement ratio: {}", ratio.sentence()), &inside)
}

/// The interval and the dot of a ratio at a height; a bound from one side is an arrow that points where the ratio may be.
pub(super) fn interval(ratio: &EngagementRatio, axis: &LogAxis, y: f64, thick: f64) -> String {
    let mut marks = String::new();
    let mut bar = |from: f64, to: f64| {
        let (x, width, top) = (axis.at(from), axis.at(to) - axis.at(from), y - thick / 2.0);
        let _ = write!(
            marks,
            "<rect class=\"interval\" x=\"{x:.2}%\" y=\"{top}\" width=\"{:.2}%\" height=\"{thick}\" rx=\"2\"/>",
            width.max(0.3)
        );
    };
    let arrow = |x: f64, towards: f64| {
        // A nested SVG moves the triangle to a place in percent.
        let (tip, base) = (towards * 8.0, y - 7.0);
        format!(
            "<svg class=\"mark\" x=\"{x:.2}%\" y=\"{base}\" width=\"1\" height=\"14\" overflow=\"visible\">\
             <path class=\"dot\" d=\"M{tip} 7L0 0V14Z\"/></svg>"
        )
    };
    match (ratio.ratio, ratio.low, ratio.high) {
        (Some(middle), Some(low), Some(high)) if middle > 0.0 => {
            bar(low, high);
            let x = axis.at(middle);
            let _ = write!(marks, "<circle class=\"dot\" cx=\"{x:.2}%\" cy=\"{y}\" r=\"{:.1}\"/>", thick * 0.62);
        }
        (Some(_), _, Some(high)) => {
            bar(1e-300, high);
            marks.push_str(&arrow(axis.at(high), -1.0));
        }
        (None, Some(low), _) => {
            bar(low, f64::INFINITY);
            marks.push_str(&arrow(axis.at(low), 1.0));
        }
        _ => {}
    }
    marks
}

/// How many scores fell into each tenth from −100 to 100, cut by class.
#[derive(Clone, Debug, Default)]
pub(super) struct Histogram {
    bins: [[u64; 5]; 20],
    /// Scores counted.
    pub(super) n: u64,
    /// Customers without a score.
    pub(super) without: u64,
}

impl Histogram {
    /// Counts a score in one of five classes.
    pub(super) fn add(&mut self, score: Option<f64>, class: usize) {
        match score {
            None => self.without += 1,
            Some(score) => {
                let bin = ((score + 100.0) / 10.0).floor().clamp(0.0, 19.0) as usize;
                self.bins[bin][class] += 1;
                self.n += 1;
            }
        }
    }

    /// The largest share of a bin.
    pub(super) fn peak(&self) -> f64 {
        let most = self.bins.iter().map(|bin| bin.iter().sum::<u64>()).max().unwrap_or(0);
        most as f64 / self.n.max(1) as f64
    }

    /// Scores below 0.
    pub(super) fn negative(&self) -> u64 {
        self.bins[..10].iter().flatten().sum()
    }

    /// Bars whose full height is the share `top`; `classes` are the style classes of the cuts from the bottom up.
    pub(super) fn svg(&self, name: &str, classes: &[&str], top: f64, marks: &[f64]) -> String {
        const HEIGHT: f64 = 104.0;
        let mut inside = String::new();
        for (at, bin) in self.bins.iter().enumerate() {
            let (x, mut y) = (at as f64 * 5.0 + 0.25, 8.0 + HEIGHT);
            for (&n, class) in bin.iter().zip(classes).filter(|(n, _)| **n > 0) {
                let height = (HEIGHT * n as f64 / self.n.max(1) as f64 / top.max(1e-9)).max(0.8);
                y -= height;
                let _ = write!(
                    inside,
                    "<rect class=\"fill-{class}\" x=\"{x}%\" y=\"{y:.1}\" width=\"4.5%\" height=\"{height:.1}\">\
                     <title>{} to {}: {}</title></rect>",
                    at as i64 * 10 - 100,
                    at as i64 * 10 - 90,
                    words::counted(n, "customer", "customers")
                );
            }
        }
        let foot = 8.0 + HEIGHT;
        let _ = write!(inside, "<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"{foot}\" y2=\"{foot}\"/>");
        let _ = write!(inside, "<line class=\"axis\" x1=\"50%\" x2=\"50%\" y1=\"8\" y2=\"{}\"/>", foot + 4.0);
        for mark in marks {
            let x = 50.0 + mark / 2.0;
            let _ = write!(inside, "<line class=\"benchmark\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"0\" y2=\"{foot}\"/>");
        }
        for (x, text, anchor) in [(0, "−100", "start"), (50, "0", "middle"), (100, "100", "end")] {
            let _ = write!(inside, "<text class=\"small {anchor}\" x=\"{x}%\" y=\"{}\">{text}</text>", foot + 17.0);
        }
        let of = words::counted(self.n, "customer", "customers");
        svg(
            132,
            &format!("{name}: distribution of {of} over scores from −100 to 100, {} below 0", words::count(self.negative())),
            &inside,
        )
    }
}

/// A score as a small bar left or right of zero; decoration beside the number.
pub(super) fn score_bar(score: Option<f64>) -> String {
    let mut inside = String::from("<line class=\"axis\" x1=\"50%\" x2=\"50%\" y1=\"0\" y2=\"8\"/>");
    if let Some(score) = score {
        let (x, class) = if score < 0.0 { (50.0 + score / 2.0, "against") } else { (50.0, "way") };
        let width = (score.abs() / 2.0).max(0.5);
        let _ = write!(inside, "<rect class=\"fill-{class}\" x=\"{x:.1}%\" y=\"1\" width=\"{width:.1}%\" height=\"6\"/>");
    }
    format!("<svg class=\"bar\" width=\"100%\" height=\"8\" aria-hidden=\"true\">{inside}</svg>")
}
