//! Whole interaction logs drawn from known models.

use super::{CHUNK, draw_times};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Batch, KeyColumn, Ledger, LoadOptions, Loaded, TextColumn, Values};
use crate::math::Random;
use crate::model::{GammaGamma, PurchaseModel};
use crate::money::Money;
use crate::purchases::TimeUnit;
use crate::score::in_chunks;
use crate::time::Timestamp;

/// Microseconds of a day.
const DAY: f64 = 86_400e6;

/// The stream of random numbers that no customer has: it draws when customers come.
const ARRIVALS: u64 = u64::MAX;

/// Reviews that customers write after purchases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reviews {
    /// The probability that a purchase is reviewed.
    pub share: f64,
    /// The shapes of the beta distribution of how content a customer is: their ratings are `1 + Binomial(4, contentment)`.
    pub contentment: (f64, f64),
}

/// A log to draw: who comes when, buys how, spends what, and says it to whom.
///
/// ```
/// use engagement_core::model::{GammaGamma, MbgNbd};
/// use engagement_core::simulate::{Reviews, Simulation};
/// use engagement_core::{PurchaseOptions, TimeUnit};
///
/// let model = MbgNbd::new(0.525, 6.183, 0.891, 1.614)?;
/// let zone = engagement_core::Zone::utc();
/// let simulation = Simulation {
///     spend: Some(GammaGamma::new(6.25, 3.74, 15.44)?),
///     reviews: Some(Reviews { share: 0.2, contentment: (4.0, 2.0) }),
///     referred: 0.3,
///     ..Simulation::new(&model, TimeUnit::Week, 1000, (zone.parse("2025-01-01")?, zone.parse("2025-04-01")?), zone.parse("2026-01-01")?)
/// };
/// let ledger = simulation.ledger(1)?;
/// let purchases = ledger.purchases(&PurchaseOptions::until(simulation.until))?;
/// assert_eq!(purchases.len(), 1000);
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Simulation<'a> {
    /// How customers buy again and stop.
    pub model: &'a dyn PurchaseModel,
    /// The time unit of that model.
    pub unit: TimeUnit,
    /// What a purchase is worth; without it purchases have no amount.
    pub spend: Option<GammaGamma>,
    /// How many customers come.
    pub customers: u32,
    /// From when to when they come, evenly.
    pub arrivals: (Timestamp, Timestamp),
    /// The end of the log.
    pub until: Timestamp,
    /// Reviews; none without it.
    pub reviews: Option<Reviews>,
    /// The share of customers who come because an earlier customer referred them.
    pub referred: f64,
    /// Threads, which live as long as the call; 0 takes as many as the machine has.
    pub threads: usize,
}

impl<'a> Simulation<'a> {
    /// Purchases alone, without amounts.
    #[must_use]
    pub fn new(
        model: &'a dyn PurchaseModel,
        unit: TimeUnit,
        customers: u32,
        arrivals: (Timestamp, Timestamp),
        until: Timestamp,
    ) -> Simulation<'a> {
        Simulation { model, unit, spend: None, customers, arrivals, until, reviews: None, referred: 0.0, threads: 0 }
    }

    /// Draws the log into a ledger; the customers are called 0, 1, 2 … in the order in which they come.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] naming what is outside its domain; [`ErrorKind::NoMemory`].
    pub fn ledger(&self, seed: u64) -> Result<Ledger> {
        let mut ledger = Ledger::new();
        self.load(&mut ledger, seed)?;
        Ok(ledger)
    }

    /// Draws the log into a ledger that is there, with its settings and beside what it holds; on an error it is as before.
    ///
    /// # Errors
    /// As [`ledger`](Simulation::ledger), and those of a load.
    pub fn load(&self, ledger: &mut Ledger, seed: u64) -> Result<Loaded> {
        self.check()?;
        let arrivals = self.draw_arrivals(seed)?;
        let drawn = in_chunks(arrivals.len().div_ceil(CHUNK), self.threads, |chunk| {
            let mut rows = Rows::default();
            let mut times = Vec::new();
            for (customer, &at) in arrivals.iter().enumerate().skip(chunk * CHUNK).take(CHUNK) {
                self.draw(&mut Random::new(seed, customer as u64), customer as i64, at, &mut times, &mut rows)?;
            }
            Ok(rows)
        })?;
        let mut load = ledger.load(LoadOptions::default())?;
        for rows in &drawn {
            load.push(&rows.batch())?;
        }
        load.finish()
    }

    fn check(&self) -> Result<()> {
        let invalid = |message: String| Err(Error::new(ErrorKind::InvalidArgument, message));
        let (first, last) = self.arrivals;
        if first > last || last > self.until {
            return invalid(format!("arrivals: {first} to {last} is not a span before {}, the end of the log", self.until));
        }
        if !(0.0..=1.0).contains(&self.referred) {
            return invalid(format!("referred: {} is not a share from 0 to 1", self.referred));
        }
        if let Some(Reviews { share, contentment: (a, b) }) = self.reviews {
            if !(0.0..=1.0).contains(&share) {
                return invalid(format!("reviews, share: {share} is not a share from 0 to 1"));
            }
            crate::model::parameters::positive("reviews, contentment", a)?;
            crate::model::parameters::positive("reviews, contentment", b)?;
        }
        Ok(())
    }

    /// The first purchase of everybody, in order.
    fn draw_arrivals(&self, seed: u64) -> Result<Vec<i64>> {
        let mut random = Random::new(seed, ARRIVALS);
        let (first, last) = (self.arrivals.0.micros(), self.arrivals.1.micros());
        let span = last.abs_diff(first).saturating_add(1);
        let mut arrivals = Vec::new();
        arrivals.try_reserve_exact(self.customers as usize)?;
        arrivals.extend((0..self.customers).map(|_| first.saturating_add_unsigned(random.below(span))));
        arrivals.sort_unstable();
        Ok(arrivals)
    }

    fn draw(&self, random: &mut Random, customer: i64, first: i64, times: &mut Vec<f64>, rows: &mut Rows) -> Result<()> {
        let scale = self.unit.days() * DAY;
        draw_times(self.model, random, (self.until.micros() - first) as f64 / scale, "until", times)?;
        let spent = self.spend.map(|spend| spend.simulate(random, times.len() as u32 + 1));
        let content = self.reviews.map(|reviews| (reviews.share, random.beta(reviews.contentment.0, reviews.contentment.1)));
        if random.uniform() < self.referred && customer > 0 {
            let referrer = random.below(customer as u64) as i64;
            rows.push(&Row { other: Some(referrer), ..Row::new(customer, first, REFERRAL) });
        }
        for (n, after) in std::iter::once(0.0).chain(times.iter().copied()).enumerate() {
            // The last microsecond of the log is the latest that rounding may reach.
            let at = first.saturating_add((after * scale) as i64).min(self.until.micros());
            let amount = spent.as_ref().and_then(|spent| Money::from_f64(spent[n]).ok().flatten());
            rows.push(&Row { amount, ..Row::new(customer, at, PURCHASE) });
            if let Some((share, content)) = content
                && random.uniform() < share
            {
                let stars = (0..4).filter(|_| random.uniform() < content).count();
                rows.push(&Row { rating: Some(1.0 + stars as f64), ..Row::new(customer, at, REVIEW) });
            }
        }
        Ok(())
    }
}

const KINDS: [&str; 3] = ["purchase", "review", "referral"];
const PURCHASE: u32 = 0;
const REVIEW: u32 = 1;
const REFERRAL: u32 = 2;

/// One drawn interaction.
struct Row {
    customer: i64,
    at: i64,
    kind: u32,
    amount: Option<Money>,
    rating: Option<f64>,
    other: Option<i64>,
}

impl Row {
    fn new(customer: i64, at: i64, kind: u32) -> Row {
        Row { customer, at, kind, amount: None, rating: None, other: None }
    }
}

/// Drawn interactions as columns.
#[derive(Default)]
struct Rows {
    customer: Vec<i64>,
    at: Vec<i64>,
    kind: Vec<u32>,
    amount: Vec<i64>,
    has_amount: Vec<u8>,
    rating: Vec<f64>,
    other: Vec<i64>,
    has_other: Vec<u8>,
}

impl Rows {
    fn push(&mut self, row: &Row) {
        self.customer.push(row.customer);
        self.at.push(row.at);
        self.kind.push(row.kind);
        self.amount.push(row.amount.map_or(0, Money::micros));
        self.has_amount.push(u8::from(row.amount.is_some()));
        self.rating.push(row.rating.unwrap_or(f64::NAN));
        self.other.push(row.other.unwrap_or(0));
        self.has_other.push(u8::from(row.other.is_some()));
    }

    fn batch(&self) -> Batch<'_> {
        // A column that is empty throughout is left out.
        Batch {
            amount: self.has_amount.contains(&1).then_some(Values { values: &self.amount, valid: Some(&self.has_amount) }),
            rating: self.rating.iter().any(|rating| !rating.is_nan()).then(|| Values::new(&self.rating)),
            other: self
                .has_other
                .contains(&1)
                .then_some(KeyColumn::Int(Values { values: &self.other, valid: Some(&self.has_other) })),
            ..Batch::new(
                KeyColumn::Int(Values::new(&self.customer)),
                Values::new(&self.at),
                TextColumn::Dictionary { codes: &self.kind, values: &KINDS },
            )
        }
    }
}
