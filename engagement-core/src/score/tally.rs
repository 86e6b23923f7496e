//! The one pass over a history that everything is made of.

use crate::error::{Error, ErrorKind, Result};
use crate::interaction::KINDS;
use crate::ledger::{Columns, Cursors, Ledger, NO_MONEY, NONE, PURCHASE, Text};
use crate::rulebook::{Compiled, LimitBy, Occurrence, Per, Rules};
use crate::time::{Calendar, Timestamp};

/// The standard kinds that make a prospect a customer, by code.
const CUSTOMER_KINDS: [u32; 3] = [PURCHASE, 2, 3];

const _: () = {
    assert!(matches!(KINDS[2].as_bytes(), b"subscription"));
    assert!(matches!(KINDS[3].as_bytes(), b"renewal"));
};

/// One contribution is a multiple of this many points.
const STEP: f64 = 1.0 / (1 << 20) as f64;
/// The most points one contribution is worth.
const MOST: f64 = (1 << 26) as f64;

/// Rules with the codes of one ledger.
#[derive(Debug)]
pub(crate) struct Bound<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) ledger: &'a Ledger,
    /// Per kind code: the rules that name it, as bits.
    by_kind: Vec<u64>,
    /// Per rule: codes of channel, unit and campaign; `NONE` where the rule asks for none.
    codes: Vec<[u32; 3]>,
    /// Rules that ask for a channel, unit or campaign.
    conditional: u64,
    /// Rules that ask for a first or a repeated interaction.
    ordinal: u64,
    calendar: Calendar,
}

/// The columns of a rule's text conditions.
const CONDITIONS: [Text; 3] = [Text::Channel, Text::Unit, Text::Campaign];

impl<'a> Bound<'a> {
    pub(crate) fn new(rules: &'a Rules, ledger: &'a Ledger) -> Result<Bound<'a>> {
        if let (Some(book), Some(has)) = (rules.currency, ledger.currency())
            && book != has
        {
            return Err(Error::new(
                ErrorKind::CurrencyMismatch,
                format!("the rulebook counts in {book}, the ledger is in {has}"),
            ));
        }
        let zone = rules.zone.as_ref().unwrap_or_else(|| ledger.zone());
        let mut bound = Bound {
            rules,
            ledger,
            by_kind: Vec::new(),
            codes: Vec::with_capacity(rules.rules.len()),
            conditional: 0,
            ordinal: 0,
            calendar: zone.calendar(),
        };
        for (at, rule) in rules.rules.iter().enumerate() {
            let wanted = [&rule.channel, &rule.unit, &rule.campaign];
            let codes = std::array::from_fn(|i| match wanted[i] {
                None => Some(NONE),
                Some(text) => ledger.texts[CONDITIONS[i] as usize].find(text),
            });
            let [Some(channel), Some(unit), Some(campaign)] = codes else {
                // The ledger has no such text, so the rule matches nothing in it.
                bound.codes.push([NONE; 3]);
                continue;
            };
            bound.codes.push([channel, unit, campaign]);
            if wanted.iter().any(|text| text.is_some()) {
                bound.conditional |= 1 << at;
            }
            let Some(kind) = rule.kind_code.or_else(|| ledger.kinds.find(&rule.kind)) else { continue };
            if bound.by_kind.len() <= kind as usize {
                bound.by_kind.resize(kind as usize + 1, 0);
            }
            bound.by_kind[kind as usize] |= 1 << at;
            if rule.occurrence != Occurrence::Any {
                bound.ordinal |= 1 << at;
            }
        }
        Ok(bound)
    }
}

/// What one rule has gathered.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Part {
    pub(crate) sum: f64,
    pub(crate) count: u64,
    pub(crate) latest: i64,
    /// Calendar periods in which the limit was used, and how much. Two, because a clock that is set back across midnight
    /// returns to the day before.
    periods: [(i64, f64); 2],
}

impl Part {
    const EMPTY: Part = Part { sum: 0.0, count: 0, latest: 0, periods: [(i64::MIN, 0.0); 2] };

    /// The contribution: the sum rounded once, and whether it was cut at the most points.
    pub(crate) fn contribution(&self) -> (f64, bool) {
        contribution(self.sum)
    }
}

/// A sum rounded half to even to the step of contributions, held within the most points.
pub(crate) fn contribution(sum: f64) -> (f64, bool) {
    if sum.abs() >= MOST {
        return (MOST.copysign(sum), sum.abs() > MOST);
    }
    // Adding 0 turns a rounded −0 into 0.
    ((sum / STEP).round_ties_even() * STEP + 0.0, false)
}

/// Whether a rule matches an interaction.
enum Match {
    /// It does, for so many points before limit and fading.
    Points(f64),
    /// It does not.
    Not,
    /// It would, but the rating or amount it needs is missing or off the scale.
    Lacks,
}

/// The fold over one history.
#[derive(Debug)]
pub(crate) struct Tally<'a> {
    pub(crate) bound: &'a Bound<'a>,
    calendar: Calendar,
    /// The moment to which interactions fade.
    measured_at: i64,
    pub(crate) parts: Vec<Part>,
    /// Rules whose parts are no longer empty, as bits.
    touched: u64,
    /// Kinds seen, as bits of the rules that name them and ask for first or repeat.
    seen: u64,
    pub(crate) interactions: u64,
    pub(crate) unmatched: u64,
    pub(crate) prospect: bool,
    pub(crate) first_at: i64,
    pub(crate) last_at: i64,
}

impl<'a> Tally<'a> {
    pub(crate) fn new(bound: &'a Bound<'a>, measured_at: Timestamp) -> Tally<'a> {
        Tally {
            bound,
            calendar: bound.calendar.clone(),
            measured_at: measured_at.micros(),
            parts: vec![Part::EMPTY; bound.rules.rules.len()],
            touched: 0,
            seen: 0,
            interactions: 0,
            unmatched: 0,
            prospect: true,
            first_at: 0,
            last_at: 0,
        }
    }

    /// An empty tally of the same rules and moment.
    pub(crate) fn afresh(&self) -> Tally<'a> {
        Tally::new(self.bound, Timestamp::from_checked(self.measured_at))
    }

    /// Makes ready for another customer.
    #[inline]
    pub(crate) fn clear(&mut self) {
        for at in bits(self.touched) {
            self.parts[at] = Part::EMPTY;
        }
        self.touched = 0;
        self.seen = 0;
        self.interactions = 0;
        self.unmatched = 0;
        self.prospect = true;
    }

    #[inline]
    pub(crate) fn all(&mut self, cursors: &mut Cursors<'_>) {
        if let Some((columns, rows)) = cursors.slice() {
            for row in rows {
                self.row(columns, row);
            }
            return;
        }
        while let Some((columns, row)) = cursors.next() {
            self.row(columns, row);
        }
    }

    /// Takes in one interaction; returns the rules it counted for, as bits.
    #[inline]
    pub(crate) fn row(&mut self, columns: &Columns, row: usize) -> u64 {
        let (at, kind) = (columns.at[row], columns.kind[row]);
        if self.interactions == 0 {
            self.first_at = at;
        }
        self.interactions += 1;
        self.last_at = at;
        self.prospect &= !CUSTOMER_KINDS.contains(&kind);
        let mut rest = self.bound.by_kind.get(kind as usize).copied().unwrap_or(0);
        let ordinal = rest & self.bound.ordinal;
        let first = self.seen & ordinal == 0;
        self.seen |= ordinal;
        let (mut counted, mut lacks) = (0, false);
        while rest != 0 {
            let at_rule = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            let rule = &self.bound.rules.rules[at_rule];
            match rule.occurrence {
                Occurrence::First if !first => continue,
                Occurrence::Repeat if first => continue,
                _ => {}
            }
            let raw = match self.raw(at_rule, rule, columns, row) {
                Match::Points(raw) => raw,
                Match::Not => continue,
                Match::Lacks => {
                    lacks = true;
                    continue;
                }
            };
            self.touched |= 1 << at_rule;
            let Some(kept) = self.limited(at_rule, rule, raw, at) else { continue };
            counted |= 1 << at_rule;
            let part = &mut self.parts[at_rule];
            part.count += 1;
            part.latest = at;
            part.sum += kept * fading(self.measured_at - at, rule.half_life);
        }
        self.unmatched += u64::from(lacks);
        counted
    }

    /// The points of a matching interaction before limit and fading.
    #[inline]
    fn raw(&self, at_rule: usize, rule: &Compiled, columns: &Columns, row: usize) -> Match {
        if self.bound.conditional & (1 << at_rule) != 0 {
            for (condition, code) in CONDITIONS.into_iter().zip(self.bound.codes[at_rule]) {
                if code != NONE && columns.text(condition, row) != code {
                    return Match::Not;
                }
            }
        }
        let amount = columns.amount.get(row).copied().unwrap_or(NO_MONEY);
        if let Some((min, max)) = rule.amount
            && !(min..=max).contains(&amount)
        {
            return if amount == NO_MONEY { Match::Lacks } else { Match::Not };
        }
        let mut points = rule.points;
        if rule.rating.is_some() || rule.rating_within.is_some() {
            let rating = columns.rating.get(row).copied().unwrap_or(f64::NAN);
            if let Some((min, max)) = rule.rating_within
                && !(min..=max).contains(&rating)
            {
                return if rating.is_nan() { Match::Lacks } else { Match::Not };
            }
            if let Some(scale) = &rule.rating {
                let Some(place) = scale.place(rating) else { return Match::Lacks };
                points *= place;
            }
        }
        let mut raw = points;
        if rule.per_amount != 0.0 {
            raw += rule.per_amount * (amount as f64 / 1e6);
        }
        if rule.reach || rule.reach_within.is_some() {
            let reach = columns.reach.get(row).copied().unwrap_or(f64::NAN);
            if let Some((min, max)) = rule.reach_within
                && !(min..=max).contains(&reach)
            {
                return Match::Not;
            }
            if rule.reach && !reach.is_nan() {
                raw *= libm::log2(1.0 + reach);
            }
        }
        Match::Points(raw)
    }

    /// What the rule's limit leaves of the points; `None` where nothing is left.
    #[inline]
    fn limited(&mut self, at_rule: usize, rule: &Compiled, raw: f64, at: i64) -> Option<f64> {
        let Some((by, per)) = rule.limit else { return Some(raw) };
        let period = match per {
            Per::Day => self.calendar.day(at),
            Per::Week => self.calendar.week(at),
            Per::Month => self.calendar.month(at),
            Per::Ever => 0,
        };
        let periods = &mut self.parts[at_rule].periods;
        if periods[0].0 != period {
            periods.swap(0, 1);
            if periods[0].0 != period {
                periods[0] = (period, 0.0);
            }
        }
        let used = &mut periods[0].1;
        match by {
            LimitBy::Count(count) => {
                *used += 1.0;
                (*used <= count).then_some(raw)
            }
            LimitBy::Points(points) => {
                let left = points - *used;
                if left <= 0.0 {
                    return None;
                }
                *used += raw.abs();
                Some(if raw.abs() > left { left.copysign(raw) } else { raw })
            }
        }
    }

    /// The contributions of each way added up; `None` where none of its rules matched. Exact, because contributions are
    /// multiples of one step. A rule's first match is never cut off whole, so a count is a match.
    #[inline]
    pub(crate) fn points(&self) -> [Option<f64>; 3] {
        let mut points = [None; 3];
        for at in bits(self.touched) {
            let part = &self.parts[at];
            if part.count > 0 {
                *points[self.bound.rules.rules[at].way as usize].get_or_insert(0.0) += part.contribution().0;
            }
        }
        points
    }
}

/// The positions of the bits that are set, ascending.
fn bits(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = (set != 0).then(|| set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(at)
    })
}

/// What is left of an interaction after `age` microseconds.
#[inline]
pub(crate) fn fading(age: i64, half_life: f64) -> f64 {
    if half_life == 0.0 { 1.0 } else { libm::exp2(-(age as f64 / half_life)) }
}
