//! The purchase summary of the buy-till-you-die models: frequency, recency, age and value of every customer.

use crate::error::Result;
use crate::interaction::Key;
use crate::ledger::{Columns, Cursors, Ledger, MAX_RUNS, NO_MONEY, NONE, PURCHASE, REFUND, Text};
use crate::money::Money;
use crate::score::{Keys, Nullable, in_chunks};
use crate::time::{Calendar, Timestamp};

/// Customers summarised together, by one thread.
const CHUNK: u32 = 8192;

/// The unit in which recency and age are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeUnit {
    /// A day.
    Day,
    /// Seven days.
    #[default]
    Week,
    /// 30.4375 days.
    Month,
}

impl TimeUnit {
    /// Its length in days.
    #[must_use]
    pub const fn days(self) -> f64 {
        match self {
            TimeUnit::Day => 1.0,
            TimeUnit::Week => 7.0,
            TimeUnit::Month => 30.4375,
        }
    }
}

/// How purchases are summarised.
#[derive(Clone, Copy, Debug)]
pub struct PurchaseOptions {
    /// The end of the observation, inclusive; what happens later is not seen.
    pub until: Timestamp,
    /// The unit of recency and age.
    pub unit: TimeUnit,
    /// Threads, which live as long as the call; 0 takes as many as the machine has.
    pub threads: usize,
}

impl PurchaseOptions {
    /// Everything up to a moment, told in weeks.
    #[must_use]
    pub fn until(until: Timestamp) -> PurchaseOptions {
        PurchaseOptions { until, unit: TimeUnit::default(), threads: 0 }
    }
}

/// Frequency, recency, age and value of all customers with a purchase, in key order.
///
/// A purchase period is a civil day of the ledger's zone with at least one purchase. Refunds are taken off the purchases of their
/// order, or else off the customer's latest earlier purchases, newest first; a day whose amount was positive and is refunded whole
/// is no purchase period.
///
/// # Formula
/// ```text
/// frequency x   = purchase periods − 1
/// recency   t_x = last period − first period          in units
/// age       T   = day of the end − first period        in units
/// value     m   = mean net spend of the repeat periods with any; missing without one
/// ```
///
/// # Example
/// ```
/// use engagement_core::{Interaction, Ledger, PurchaseOptions};
///
/// let mut ledger = Ledger::new();
/// for (day, amount) in [("2026-01-01", "10"), ("2026-01-15", "20"), ("2026-01-15", "4"), ("2026-01-29", "30")] {
///     let at = ledger.zone().parse(day)?;
///     ledger.append(&Interaction { amount: Some(amount.parse()?), ..Interaction::new("ann", at, "purchase") })?;
/// }
/// let purchases = ledger.purchases(&PurchaseOptions::until(ledger.zone().parse_as_of("2026-02-05")?))?;
/// assert_eq!((purchases.frequency[0], purchases.recency[0], purchases.age[0]), (2, 4.0, 5.0));
/// assert_eq!(purchases.value.get(0), Some(27.0));
/// # Ok::<(), engagement_core::Error>(())
/// ```
///
/// # References
/// Fader, Hardie & Lee (2005), doi:10.1287/mksc.1040.0098; Fader, Hardie & Lee (2005), doi:10.1509/jmkr.2005.42.4.415.
#[derive(Clone, Debug)]
pub struct Purchases {
    keys: Keys,
    /// Repeat purchase periods.
    #[doc(alias = "x")]
    pub frequency: Vec<u32>,
    /// From the first purchase period to the last, in units.
    #[doc(alias = "t_x")]
    pub recency: Vec<f64>,
    /// From the first purchase period to the end, in units.
    #[doc(alias = "T")]
    pub age: Vec<f64>,
    /// Mean net spend of the repeat purchase periods with any, in currency units.
    #[doc(alias = "m_x")]
    pub value: Nullable,
    /// Customers with interactions by the end but no purchase period.
    pub prospects: u64,
    /// Refunds for which there was no purchase to take them off.
    pub excess_refunds: Money,
}

impl Purchases {
    /// The number of customers with a purchase.
    #[must_use]
    pub fn len(&self) -> usize {
        self.frequency.len()
    }

    /// Whether nobody purchased.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.frequency.is_empty()
    }

    /// The customer of a row.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn customer(&self, row: usize) -> Key<'_> {
        self.keys.get(row)
    }
}

impl Ledger {
    /// Summarises the purchases of every customer.
    ///
    /// # Errors
    /// Memory refused.
    pub fn purchases(&self, options: &PurchaseOptions) -> Result<Purchases> {
        let codes = self.code_count() as u32;
        let end = self.zone().calendar().day(options.until.micros());
        let done = in_chunks(codes.div_ceil(CHUNK) as usize, options.threads, |chunk| {
            let from = chunk as u32 * CHUNK;
            Chunk::summarise(self, from..codes.min(from + CHUNK), options, end)
        })?;
        let rows = done.iter().map(|chunk| chunk.rows.len()).sum();
        let mut all = Purchases {
            keys: Keys::default(),
            frequency: Vec::new(),
            recency: Vec::new(),
            age: Vec::new(),
            value: Nullable::default(),
            prospects: done.iter().map(|chunk| chunk.prospects).sum(),
            excess_refunds: Money::ZERO,
        };
        all.frequency.try_reserve_exact(rows)?;
        all.recency.try_reserve_exact(rows)?;
        all.age.try_reserve_exact(rows)?;
        all.value.values.try_reserve_exact(rows)?;
        all.value.valid.try_reserve_exact(rows)?;
        let excess: i128 = done.iter().map(|chunk| chunk.excess).sum();
        all.excess_refunds = Money::from_micros(i64::try_from(excess).unwrap_or(i64::MAX)).unwrap_or_default();
        let mut push = |row: &Summary| {
            all.keys.push(self.customers.get(row.customer));
            all.frequency.push(row.frequency);
            all.recency.push(row.recency);
            all.age.push(row.age);
            all.value.push(row.value);
        };
        match self.customers.order() {
            None => done.iter().flat_map(|chunk| &chunk.rows).for_each(push),
            Some(order) => {
                for &code in order {
                    let Some(chunk) = done.get((code / CHUNK) as usize) else { continue };
                    if let Ok(at) = chunk.rows.binary_search_by_key(&code, |row| row.customer) {
                        push(&chunk.rows[at]);
                    }
                }
            }
        }
        Ok(all)
    }
}

/// One customer's summary.
struct Summary {
    customer: u32,
    frequency: u32,
    recency: f64,
    age: f64,
    value: Option<f64>,
}

/// Summaries of customers with neighbouring codes.
struct Chunk {
    rows: Vec<Summary>,
    prospects: u64,
    excess: i128,
}

/// A purchase with what refunds have left of it.
struct Purchase {
    day: i64,
    order: u32,
    amount: i64,
    net: i64,
}

impl Chunk {
    fn summarise(ledger: &Ledger, codes: std::ops::Range<u32>, options: &PurchaseOptions, end: i64) -> Result<Chunk> {
        let mut chunk = Chunk { rows: Vec::new(), prospects: 0, excess: 0 };
        chunk.rows.try_reserve_exact(codes.len())?;
        let mut purchases = Vec::new();
        let mut calendar = ledger.zone().calendar();
        let mut hints = [0; MAX_RUNS];
        for customer in codes {
            let mut cursors = ledger.cursors_near(customer, &mut hints);
            if cursors.cut(options.until.micros()).0 == 0 {
                continue;
            }
            chunk.excess += net_purchases(&mut cursors, &mut calendar, &mut purchases)?;
            match summary(customer, &purchases, end, options.unit.days()) {
                Some(row) => chunk.rows.push(row),
                None => chunk.prospects += 1,
            }
        }
        Ok(chunk)
    }
}

/// Fills `purchases` from a history and takes the refunds off; returns what is left of the refunds.
fn net_purchases(cursors: &mut Cursors<'_>, calendar: &mut Calendar, purchases: &mut Vec<Purchase>) -> Result<i128> {
    purchases.clear();
    let mut excess = 0;
    while let Some((columns, row)) = cursors.next() {
        let Columns { at, kind, amount, .. } = columns;
        let amount = amount.get(row).copied().filter(|&amount| amount != NO_MONEY).unwrap_or(0);
        if kind[row] == PURCHASE {
            purchases.try_reserve(1)?;
            let order = columns.text(Text::Order, row);
            purchases.push(Purchase { day: calendar.day(at[row]), order, amount, net: amount });
        } else if kind[row] == REFUND {
            let order = columns.text(Text::Order, row);
            let of_order = order != NONE && purchases.iter().any(|purchase| purchase.order == order);
            let mut left = -amount;
            for purchase in purchases.iter_mut().rev().filter(|purchase| !of_order || purchase.order == order) {
                let taken = left.min(purchase.net);
                purchase.net -= taken;
                left -= taken;
                if left == 0 {
                    break;
                }
            }
            excess += i128::from(left);
        }
    }
    Ok(excess)
}

/// Folds purchases into periods; `None` if no period is left.
fn summary(customer: u32, purchases: &[Purchase], end: i64, unit: f64) -> Option<Summary> {
    let (mut first, mut last) = (None, 0);
    let (mut periods, mut spent, mut spending) = (0_u32, 0_i128, 0_u32);
    for period in purchases.chunk_by(|a, b| a.day == b.day) {
        let amount: i128 = period.iter().map(|purchase| i128::from(purchase.amount)).sum();
        let net: i128 = period.iter().map(|purchase| i128::from(purchase.net)).sum();
        if amount > 0 && net <= 0 {
            continue;
        }
        periods += 1;
        last = period[0].day;
        if first.is_none() {
            first = Some(last);
        } else if net > 0 {
            spent += net;
            spending += 1;
        }
    }
    let first = first?;
    Some(Summary {
        customer,
        frequency: periods - 1,
        recency: (last - first) as f64 / unit,
        age: (end - first) as f64 / unit,
        value: (spending > 0).then(|| spent as f64 / 1e6 / f64::from(spending)),
    })
}
