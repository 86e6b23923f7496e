//! From a history to scores: one customer, all customers, many moments.

mod explain;
mod group;
mod scorecard;
mod table;
mod tally;

pub use explain::{Explanation, ReasonWhy};
pub use group::{By, GroupRatio};
pub use scorecard::{Contribution, Scorecard};
pub(crate) use table::{Keys, filled, gather};
pub use table::{Nullable, Scores};

use std::sync::{Mutex, PoisonError};

use crate::error::Result;
use crate::interaction::Key;
use crate::ledger::{History, Ledger, MAX_RUNS};
use crate::progress::Progress;
use crate::purchases::PurchaseOptions;
use crate::rulebook::Rules;
use crate::time::Timestamp;
use crate::value::Forecasts;
use table::Slice;
use tally::{Bound, Tally};

/// Customers scored together, by one thread.
const CHUNK: u32 = 4096;

/// How all customers are scored. Nothing here changes a number.
#[derive(Clone, Copy, Debug, Default)]
pub struct ScoreOptions<'p> {
    /// Threads, which live as long as the call; 0 takes as many as the machine has. Without the feature `parallel` it is
    /// always one.
    pub threads: usize,
    /// Whether to return one column per rule.
    pub contributions: bool,
    /// To watch and to cancel.
    pub progress: Option<&'p Progress>,
}

impl Rules {
    /// Scores one customer.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownCustomer`](crate::ErrorKind::UnknownCustomer), or a currency that is not the rulebook's.
    pub fn score(&self, ledger: &Ledger, customer: Key<'_>, as_of: Timestamp) -> Result<Scorecard> {
        let bound = Bound::new(self, ledger)?;
        card(&bound, ledger.history(customer, as_of)?)
    }

    /// Scores one customer at many moments; each scorecard is what [`score`](Rules::score) gives for its moment.
    ///
    /// # Errors
    /// As [`score`](Rules::score).
    pub fn score_history(&self, ledger: &Ledger, customer: Key<'_>, as_of: &[Timestamp]) -> Result<Vec<Scorecard>> {
        let bound = Bound::new(self, ledger)?;
        as_of.iter().map(|&as_of| card(&bound, ledger.history(customer, as_of)?)).collect()
    }

    /// Scores all customers with an interaction at or before `as_of`.
    ///
    /// # Errors
    /// A currency that is not the rulebook's, memory refused, or
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) through the progress.
    pub fn score_all(&self, ledger: &Ledger, as_of: Timestamp, options: &ScoreOptions<'_>) -> Result<Scores> {
        let bound = Bound::new(self, ledger)?;
        let codes = ledger.code_count() as u32;
        if let Some(progress) = options.progress {
            progress.begin(u64::from(codes));
        }
        let names = options.contributions.then(|| self.names().map(str::to_owned).collect());
        let mut scores = Scores::new(as_of, codes as usize, names)?;
        let slices: Vec<Mutex<Slice<'_>>> = scores.slices(CHUNK as usize).into_iter().map(Mutex::new).collect();
        let done = in_chunks(slices.len(), options.threads, |chunk| {
            let from = chunk as u32 * CHUNK;
            let until = codes.min(from + CHUNK);
            if let Some(progress) = options.progress {
                progress.step(u64::from(until - from))?;
            }
            let mut slice = slices[chunk].lock().unwrap_or_else(PoisonError::into_inner);
            Chunk::score(&bound, from..until, as_of, &mut slice)
        })?;
        drop(slices);
        let order = ledger.customers.order();
        let mut rows: Vec<u32> = Vec::new();
        if order.is_none() && done.iter().all(|chunk| chunk.without.is_empty()) {
            scores.name(ledger, 0..codes)?;
            if self.forecast.is_some() {
                rows.try_reserve_exact(codes as usize)?;
                rows.extend(0..codes);
            }
        } else {
            let scored = |code: &u32| {
                let chunk = done.get((code / CHUNK) as usize);
                *code < codes && chunk.is_some_and(|chunk| chunk.without.binary_search(code).is_err())
            };
            rows.try_reserve_exact(codes as usize)?;
            match order {
                None => rows.extend((0..codes).filter(scored)),
                Some(order) => rows.extend(order.iter().copied().filter(scored)),
            }
            scores.gather(&rows)?;
            scores.name(ledger, rows.iter().copied())?;
        }
        scores.later = done.iter().map(|chunk| chunk.later).sum();
        scores.unmatched = done.iter().map(|chunk| chunk.unmatched).sum();
        if let Some(forecast) = &self.forecast {
            let purchases = self.purchase_options(as_of).threads(options.threads);
            scores.forecasts = Some(Forecasts::new(forecast, ledger, &purchases, options.progress, &rows)?);
        }
        Ok(scores)
    }

    /// How the purchases that a forecast is made of are summarised.
    fn purchase_options(&self, as_of: Timestamp) -> PurchaseOptions {
        let options = PurchaseOptions { zone: self.zone.clone(), ..PurchaseOptions::until(as_of) };
        self.forecast.iter().fold(options, |options, forecast| options.unit(forecast.unit).grain(forecast.grain))
    }
}

fn card(bound: &Bound<'_>, mut history: History<'_>) -> Result<Scorecard> {
    let mut tally = Tally::new(bound, history.as_of);
    tally.all(&mut history.cursors);
    Scorecard::new(&tally, &history)
}

/// Customers of neighbouring codes after they were scored.
struct Chunk {
    /// Those without an interaction by the as-of, whose rows say nothing.
    without: Vec<u32>,
    later: u64,
    unmatched: u64,
}

impl Chunk {
    fn score(bound: &Bound<'_>, codes: std::ops::Range<u32>, as_of: Timestamp, slice: &mut Slice<'_>) -> Result<Chunk> {
        let mut chunk = Chunk { without: Vec::new(), later: 0, unmatched: 0 };
        let mut tally = Tally::new(bound, as_of);
        let mut hints = [0; MAX_RUNS];
        for (row, code) in codes.enumerate() {
            let mut cursors = bound.ledger.cursors_near(code, &mut hints);
            let (within, later) = cursors.cut(as_of.micros());
            chunk.later += later;
            if within == 0 {
                chunk.without.try_reserve(1)?;
                chunk.without.push(code);
                continue;
            }
            tally.clear();
            tally.all(&mut cursors);
            chunk.unmatched += tally.unmatched;
            slice.set(row, &tally);
        }
        Ok(chunk)
    }
}

/// Runs the chunks on threads that live as long as the call; the answers come in the order of the chunks.
pub(crate) fn in_chunks<T: Send>(chunks: usize, threads: usize, work: impl Fn(usize) -> Result<T> + Sync) -> Result<Vec<T>> {
    let threads = threads_for(chunks, threads);
    if threads <= 1 {
        return (0..chunks).map(work).collect();
    }
    let next = std::sync::atomic::AtomicUsize::new(0);
    let run = || -> Result<Vec<(usize, T)>> {
        let mut done = Vec::new();
        loop {
            let chunk = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if chunk >= chunks {
                return Ok(done);
            }
            done.push((chunk, work(chunk)?));
        }
    };
    let mut all: Vec<(usize, T)> = std::thread::scope(|scope| {
        // A machine that gives no further thread still has this one.
        let thread = || std::thread::Builder::new().name("engagement".to_owned());
        let helpers: Vec<_> = (1..threads).filter_map(|_| thread().spawn_scoped(scope, run).ok()).collect();
        let mut all = run();
        for helper in helpers {
            let theirs = helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            all = all.and_then(|mut all| {
                all.extend(theirs?);
                Ok(all)
            });
        }
        all
    })?;
    all.sort_unstable_by_key(|(chunk, _)| *chunk);
    Ok(all.into_iter().map(|(_, done)| done).collect())
}

fn threads_for(chunks: usize, threads: usize) -> usize {
    if cfg!(not(feature = "parallel")) {
        return 1;
    }
    let wanted = match threads {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        threads => threads.min(256),
    };
    wanted.min(chunks)
}
