//! How long each customer has stayed, and whether the end was seen.

use super::kaplan_meier::KaplanMeier;
use super::rows::{chunks_of_customers, in_key_order};
use crate::error::{Error, ErrorKind, Result};
use crate::interaction::{KINDS, Key};
use crate::ledger::{Ledger, MAX_RUNS};
use crate::purchases::{TimeUnit, visit_purchase_days};
use crate::score::Keys;
use crate::time::Timestamp;

/// The codes of the standard kinds that begin, keep and end a contract.
const SUBSCRIPTION: u32 = 2;
const RENEWAL: u32 = 3;
const CANCELLATION: u32 = 4;

const _: () = {
    assert!(matches!(KINDS[SUBSCRIPTION as usize].as_bytes(), b"subscription"));
    assert!(matches!(KINDS[RENEWAL as usize].as_bytes(), b"renewal"));
    assert!(matches!(KINDS[CANCELLATION as usize].as_bytes(), b"cancellation"));
};

/// What ends a customer's stay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TenureEnd {
    /// With a contract: the first cancellation after the first subscription or renewal. What comes after it, such as another
    /// subscription, is not looked at.
    Cancellation,
    /// Without a contract: a silence as long as the stated gap. A customer whose last purchase is at least that long ago lapsed
    /// the gap after it; a customer who came back after a longer silence did not lapse in it.
    Silence {
        /// The gap, in units.
        gap: f64,
    },
}

/// How tenures are told.
#[derive(Clone, Copy, Debug)]
pub struct TenureOptions {
    /// The end of the observation, inclusive; those who stay are censored at it.
    pub as_of: Timestamp,
    /// What ends a stay.
    pub end: TenureEnd,
    /// The unit of durations and gap.
    pub unit: TimeUnit,
    /// Customers who began before it are left out and counted: of those who began before the log does, only the ones who stayed
    /// are in it.
    pub acquired_from: Option<Timestamp>,
    /// Threads, which live as long as the call; 0 takes as many as the machine has.
    pub threads: usize,
}

impl TenureOptions {
    /// Tenures up to a moment, in weeks.
    #[must_use]
    pub fn new(as_of: Timestamp, end: TenureEnd) -> TenureOptions {
        TenureOptions { as_of, end, unit: TimeUnit::default(), acquired_from: None, threads: 0 }
    }

    /// The same in another unit, which is the gap's too.
    #[must_use]
    pub fn unit(mut self, unit: TimeUnit) -> TenureOptions {
        self.unit = unit;
        self
    }

    /// The same without the customers acquired before a moment.
    #[must_use]
    pub fn acquired_from(mut self, from: Timestamp) -> TenureOptions {
        self.acquired_from = Some(from);
        self
    }
}

/// How long each customer stayed, from civil day to civil day, in key order.
///
/// # Formula
/// ```text
/// contract:     from the first subscription or renewal to the first cancellation after it, else to the as-of (censored)
/// no contract:  from the first purchase to the last + gap if that is by the as-of, else to the as-of (censored)
/// ```
///
/// # Example
/// ```
/// use engagement_core::stay::{TenureEnd, TenureOptions};
/// use engagement_core::{Interaction, Ledger, TimeUnit};
///
/// let mut ledger = Ledger::new();
/// for (customer, day, kind) in [
///     ("ann", "2026-01-01", "subscription"),
///     ("ann", "2026-01-31", "cancellation"),
///     ("bob", "2026-02-01", "subscription"),
/// ] {
///     let at = ledger.zone().parse(day)?;
///     ledger.append(&Interaction::new(customer, at, kind))?;
/// }
/// let as_of = ledger.zone().parse_as_of("2026-03-03")?;
/// let tenures = ledger.tenures(&TenureOptions::new(as_of, TenureEnd::Cancellation).unit(TimeUnit::Day))?;
/// assert_eq!(tenures.duration, [30.0, 30.0]);
/// assert_eq!(tenures.observed, [true, false]);
/// assert_eq!(tenures.kaplan_meier()?.survival, [0.5]);
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Tenures {
    keys: Keys,
    /// How long the customer stayed, in units.
    pub duration: Vec<f64>,
    /// Whether the end was seen; otherwise the customer was still there at the as-of.
    pub observed: Vec<bool>,
    /// Customers with interactions by the as-of of whom none begins a stay.
    pub without: u64,
    /// Customers left out because they began too early.
    pub earlier: u64,
}

impl Tenures {
    /// The number of customers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.duration.len()
    }

    /// Whether there is no customer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.duration.is_empty()
    }

    /// The customer of a row.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn customer(&self, row: usize) -> Key<'_> {
        self.keys.get(row)
    }

    /// The survival curve, with log-log intervals.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] if there is no customer.
    pub fn kaplan_meier(&self) -> Result<KaplanMeier> {
        KaplanMeier::new(&self.duration, &self.observed)
    }
}

/// One customer's stay.
struct Stay {
    customer: u32,
    /// In units.
    duration: f64,
    observed: bool,
}

#[derive(Default)]
struct Chunk {
    rows: Vec<Stay>,
    without: u64,
    earlier: u64,
}

/// What is the same for all stays.
struct Window {
    /// In microseconds.
    from: Option<i64>,
    /// The civil day of the as-of.
    end: i64,
    /// The length of a unit in days.
    unit: f64,
}

impl Ledger {
    /// How long each customer stayed.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for a gap that is not a number above 0; memory refused.
    pub fn tenures(&self, options: &TenureOptions) -> Result<Tenures> {
        if let TenureEnd::Silence { gap } = options.end
            && !(gap > 0.0 && gap.is_finite())
        {
            return Err(Error::new(ErrorKind::InvalidArgument, format!("gap: {gap} is not a number above 0")));
        }
        let window = Window {
            from: options.acquired_from.map(Timestamp::micros),
            end: self.zone().calendar().day(options.as_of.micros()),
            unit: options.unit.days(),
        };
        let done = chunks_of_customers(self, options.threads, |codes| match options.end {
            TenureEnd::Cancellation => contracts(self, codes, options.as_of, &window),
            TenureEnd::Silence { gap } => silences(self, codes, options.as_of, &window, gap),
        })?;
        let rows = done.iter().map(|chunk| chunk.rows.len()).sum();
        let mut all = Tenures {
            keys: Keys::default(),
            duration: Vec::new(),
            observed: Vec::new(),
            without: done.iter().map(|chunk| chunk.without).sum(),
            earlier: done.iter().map(|chunk| chunk.earlier).sum(),
        };
        all.duration.try_reserve_exact(rows)?;
        all.observed.try_reserve_exact(rows)?;
        let chunks: Vec<&[Stay]> = done.iter().map(|chunk| chunk.rows.as_slice()).collect();
        in_key_order(
            self,
            &chunks,
            |stay| stay.customer,
            |stay| {
                all.keys.push(self.customers.get(stay.customer));
                all.duration.push(stay.duration);
                all.observed.push(stay.observed);
            },
        );
        Ok(all)
    }
}

impl Chunk {
    /// Adds a stay that began on a civil day and ended so many days later, if it did.
    fn add(&mut self, customer: u32, began: i64, ended_after: Option<f64>, window: &Window) -> Result<()> {
        // Where a clock goes back over midnight, a stay can begin in the day after the day of a later end.
        let days = ended_after.unwrap_or((window.end - began) as f64).max(0.0);
        self.rows.try_reserve(1)?;
        self.rows.push(Stay { customer, duration: days / window.unit, observed: ended_after.is_some() });
        Ok(())
    }
}

fn contracts(ledger: &Ledger, codes: std::ops::Range<u32>, as_of: Timestamp, window: &Window) -> Result<Chunk> {
    let mut chunk = Chunk::default();
    let mut calendar = ledger.zone().calendar();
    let mut hints = [0; MAX_RUNS];
    for customer in codes {
        let mut cursors = ledger.cursors_near(customer, &mut hints);
        if cursors.cut(as_of.micros()).0 == 0 {
            continue;
        }
        let (mut began, mut ended) = (None, None);
        while let Some((columns, row)) = cursors.next() {
            match columns.kind[row] {
                // Of the same moment either may be read first: a cancellation then ends what begins with it.
                CANCELLATION => ended = Some(columns.at[row]),
                SUBSCRIPTION | RENEWAL if began.is_none() => {
                    began = Some(columns.at[row]);
                    ended = ended.filter(|&ended| ended == columns.at[row]);
                }
                _ => {}
            }
            if began.is_some() && ended.is_some() {
                break;
            }
        }
        let Some(began) = began else {
            chunk.without += 1;
            continue;
        };
        if window.from.is_some_and(|from| began < from) {
            chunk.earlier += 1;
            continue;
        }
        let began = calendar.day(began);
        chunk.add(customer, began, ended.map(|at| (calendar.day(at) - began) as f64), window)?;
    }
    Ok(chunk)
}

fn silences(ledger: &Ledger, codes: std::ops::Range<u32>, as_of: Timestamp, window: &Window, gap: f64) -> Result<Chunk> {
    let mut chunk = Chunk::default();
    let gap = gap * window.unit;
    visit_purchase_days(ledger, codes, as_of, |bought| {
        let (Some(first), Some(last)) = (bought.days.first(), bought.days.last()) else {
            chunk.without += 1;
            return Ok(());
        };
        if window.from.is_some_and(|from| bought.since.is_some_and(|since| since < from)) {
            chunk.earlier += 1;
            return Ok(());
        }
        let lapsed = (window.end - last.day) as f64 >= gap;
        chunk.add(bought.customer, first.day, lapsed.then(|| (last.day - first.day) as f64 + gap), window)
    })?;
    Ok(chunk)
}
