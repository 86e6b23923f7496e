//! One customer's interactions up to an as-of: a merge of a few slices.

use super::Ledger;
use super::columns::{Columns, Names, Row};
use super::dictionary::NONE;
use crate::interaction::Interaction;
use crate::money::Money;
use crate::time::Timestamp;

/// A place in a slice of a run, or in a chain of the tail.
#[derive(Clone, Copy, Debug)]
struct Cursor<'l> {
    columns: &'l Columns,
    /// The links of a chain; a slice has none.
    next: Option<&'l [u32]>,
    row: u32,
    /// One past the last row of a slice.
    end: u32,
}

/// Parts that need no memory of their own; most customers have no more.
const NEAR: usize = 4;

/// Several sorted parts of one customer's rows, read in the total order.
#[derive(Clone, Debug)]
pub(crate) struct Cursors<'l> {
    names: Names<'l>,
    near: [Option<Cursor<'l>>; NEAR],
    far: Vec<Option<Cursor<'l>>>,
    len: usize,
}

impl<'l> Cursors<'l> {
    #[inline]
    pub(crate) fn new(names: Names<'l>) -> Cursors<'l> {
        Cursors { names, near: [None; NEAR], far: Vec::new(), len: 0 }
    }

    #[inline]
    pub(crate) fn add_rows(&mut self, columns: &'l Columns, (row, end): (u32, u32)) {
        if row < end {
            self.add(Cursor { columns, next: None, row, end });
        }
    }

    #[inline]
    pub(crate) fn add_chain(&mut self, columns: &'l Columns, next: &'l [u32], head: u32) {
        if head != NONE {
            self.add(Cursor { columns, next: Some(next), row: head, end: NONE });
        }
    }

    #[inline]
    fn add(&mut self, part: Cursor<'l>) {
        if self.len == NEAR + self.far.len() {
            self.far.push(None);
        }
        self.set(self.len, Some(part));
        self.len += 1;
    }

    #[inline]
    fn part(&mut self, at: usize) -> &mut Option<Cursor<'l>> {
        if at < NEAR { &mut self.near[at] } else { &mut self.far[at - NEAR] }
    }

    #[inline]
    fn set(&mut self, at: usize, part: Option<Cursor<'l>>) {
        *self.part(at) = part;
    }

    /// The rows, where they are one slice.
    #[inline]
    pub(crate) fn slice(&self) -> Option<(&'l Columns, std::ops::Range<usize>)> {
        match self.near[0] {
            Some(Cursor { columns, next: None, row, end }) if self.len == 1 => Some((columns, row as usize..end as usize)),
            _ => None,
        }
    }

    /// Cuts every part to the rows at or before `as_of`; returns how many rows stay and how many went.
    #[inline]
    pub(crate) fn cut(&mut self, as_of: i64) -> (u64, u64) {
        let (mut stay, mut gone) = (0, 0);
        let mut kept = 0;
        for at in 0..self.len {
            let Some(mut part) = *self.part(at) else { continue };
            let before = stay;
            match part.next {
                None => {
                    let times = &part.columns.at[part.row as usize..part.end as usize];
                    let within = if times.last().is_some_and(|&last| last <= as_of) {
                        times.len()
                    } else {
                        times.partition_point(|&at| at <= as_of)
                    };
                    gone += (times.len() - within) as u64;
                    stay += within as u64;
                    part.end = part.row + within as u32;
                }
                Some(next) => {
                    let mut row = part.row;
                    part.end = NONE;
                    while row != NONE {
                        if part.columns.at[row as usize] <= as_of {
                            stay += 1;
                        } else {
                            gone += 1;
                            if part.end == NONE {
                                part.end = row;
                            }
                        }
                        row = next[row as usize];
                    }
                }
            }
            if stay > before {
                self.set(kept, Some(part));
                kept += 1;
            }
        }
        self.len = kept;
        (stay, gone)
    }

    /// The next row in the total order.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<(&'l Columns, usize)> {
        let first = match self.len {
            0 => return None,
            1 => 0,
            _ => self.first(),
        };
        let part = self.part(first).as_mut()?;
        let row = part.row;
        part.row = match part.next {
            None => row + 1,
            Some(next) => next[row as usize],
        };
        let columns = part.columns;
        if part.row == part.end {
            self.len -= 1;
            let last = *self.part(self.len);
            self.set(first, last);
        }
        Some((columns, row as usize))
    }

    fn first(&self) -> usize {
        let mut best: Option<(usize, &Cursor<'l>)> = None;
        for (at, part) in self.near.iter().chain(&self.far).take(self.len).flatten().enumerate() {
            let earlier = match best {
                None => true,
                Some((_, first)) => {
                    let (a, b) = (part.columns.at[part.row as usize], first.columns.at[first.row as usize]);
                    a < b || (a == b && self.names.compare(&part.row_now(), &first.row_now()).is_lt())
                }
            };
            if earlier {
                best = Some((at, part));
            }
        }
        best.map_or(0, |(at, _)| at)
    }
}

impl Cursor<'_> {
    fn row_now(&self) -> Row {
        self.columns.get(self.row as usize)
    }
}

/// One customer's interactions at or before an as-of, in the total order.
///
/// ```
/// use engagement_core::{Interaction, Key, Ledger};
///
/// let mut ledger = Ledger::new();
/// for day in ["2026-03-02", "2026-03-01", "2026-04-01"] {
///     let at = ledger.zone().parse(day)?;
///     ledger.append(&Interaction::new("ann", at, "visit"))?;
/// }
/// let march = ledger.zone().parse_as_of("2026-03-31")?;
/// let history = ledger.history(Key::from("ann"), march)?;
/// assert_eq!((history.len(), history.later()), (2, 1));
/// assert_eq!(history.map(|i| i.at.to_string()).next().unwrap(), "2026-03-01T00:00:00Z");
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct History<'l> {
    pub(crate) ledger: &'l Ledger,
    pub(crate) customer: u32,
    pub(crate) cursors: Cursors<'l>,
    pub(crate) as_of: Timestamp,
    len: u64,
    later: u64,
}

impl<'l> History<'l> {
    #[inline]
    pub(crate) fn new(ledger: &'l Ledger, customer: u32, mut cursors: Cursors<'l>, as_of: Timestamp) -> History<'l> {
        let (len, later) = cursors.cut(as_of.micros());
        History { ledger, customer, cursors, as_of, len, later }
    }

    /// How many interactions it holds.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the customer has no interaction at or before the as-of.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many interactions of the customer are later than the as-of.
    #[must_use]
    pub fn later(&self) -> u64 {
        self.later
    }

    /// The as-of.
    #[must_use]
    pub fn as_of(&self) -> Timestamp {
        self.as_of
    }
}

impl<'l> Iterator for History<'l> {
    type Item = Interaction<'l>;

    fn next(&mut self) -> Option<Interaction<'l>> {
        let (columns, row) = self.cursors.next()?;
        Some(self.ledger.interaction(self.customer, &columns.get(row)))
    }
}

impl Ledger {
    pub(crate) fn interaction(&self, customer: u32, row: &Row) -> Interaction<'_> {
        let number = |value: f64| (!value.is_nan()).then_some(value);
        let [id, order, item, channel, unit, campaign, arm] =
            std::array::from_fn(|column| self.texts[column].text(row.text[column]));
        Interaction {
            customer: self.customers.get(customer),
            at: Timestamp::from_checked(row.at),
            kind: self.kinds.get(row.kind),
            amount: Money::from_micros(row.amount),
            rating: number(row.rating),
            reach: number(row.reach),
            other: self.customers.key(row.other),
            order,
            item,
            channel,
            unit,
            campaign,
            arm,
            cost: Money::from_micros(row.cost),
            id,
        }
    }
}
