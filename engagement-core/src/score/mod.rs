//! From a history to scores: one customer, all customers, many moments.

mod explain;
mod group;
mod scorecard;
mod table;
mod tally;

pub use explain::{Explanation, ReasonWhy};
pub use group::{By, GroupRatio};
pub use scorecard::{Contribution, Scorecard};
pub(crate) use table::Keys;
pub use table::{Nullable, Scores};

use crate::error::Result;
use crate::interaction::Key;
use crate::ledger::{History, Ledger, MAX_RUNS};
use crate::progress::Progress;
use crate::rulebook::Rules;
use crate::time::Timestamp;
use table::ScoredRow;
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
        Ok(card(&bound, ledger.history(customer, as_of)?))
    }

    /// Scores one customer at many moments; each scorecard is what [`score`](Rules::score) gives for its moment.
    ///
    /// # Errors
    /// As [`score`](Rules::score).
    pub fn score_history(&self, ledger: &Ledger, customer: Key<'_>, as_of: &[Timestamp]) -> Result<Vec<Scorecard>> {
        let bound = Bound::new(self, ledger)?;
        as_of.iter().map(|&as_of| Ok(card(&bound, ledger.history(customer, as_of)?))).collect()
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
        let chunks = codes.div_ceil(CHUNK) as usize;
        let done = in_chunks(chunks, options.threads, |chunk| {
            let from = chunk as u32 * CHUNK;
            let until = codes.min(from + CHUNK);
            if let Some(progress) = options.progress {
                progress.step(u64::from(until - from))?;
            }
            Chunk::score(&bound, from..until, as_of, options.contributions)
        })?;
        let rows = done.iter().map(|chunk| chunk.rows.len()).sum();
        let names = options.contributions.then(|| self.names().map(str::to_owned).collect());
        let mut scores = Scores::new(as_of, rows, names)?;
        let rules = if options.contributions { self.rules.len() } else { 0 };
        let mut push = |chunk: &Chunk, at: usize| scores.push(ledger, &chunk.rows[at], &chunk.parts[at * rules..(at + 1) * rules]);
        match ledger.customers.order() {
            None => done.iter().for_each(|chunk| (0..chunk.rows.len()).for_each(|at| push(chunk, at))),
            Some(order) => {
                for &code in order {
                    let Some(chunk) = done.get((code / CHUNK) as usize) else { continue };
                    if let Ok(at) = chunk.rows.binary_search_by_key(&code, |row| row.customer) {
                        push(chunk, at);
                    }
                }
            }
        }
        scores.later = done.iter().map(|chunk| chunk.later).sum();
        scores.unmatched = done.iter().map(|chunk| chunk.unmatched).sum();
        Ok(scores)
    }
}

fn card(bound: &Bound<'_>, mut history: History<'_>) -> Scorecard {
    let mut tally = Tally::new(bound, history.as_of);
    tally.all(&mut history.cursors);
    Scorecard::new(&tally, bound.ledger.customers.get(history.customer).to_string(), history.as_of, history.later())
}

/// Scored customers of neighbouring codes.
struct Chunk {
    rows: Vec<ScoredRow>,
    /// Per row and rule: the contribution, if asked for.
    parts: Vec<Option<f64>>,
    later: u64,
    unmatched: u64,
}

impl Chunk {
    fn score(bound: &Bound<'_>, codes: std::ops::Range<u32>, as_of: Timestamp, contributions: bool) -> Result<Chunk> {
        let mut chunk = Chunk { rows: Vec::new(), parts: Vec::new(), later: 0, unmatched: 0 };
        chunk.rows.try_reserve_exact(codes.len())?;
        let mut tally = Tally::new(bound, as_of);
        let mut hints = [0; MAX_RUNS];
        for code in codes {
            let mut cursors = bound.ledger.cursors_near(code, &mut hints);
            let (within, later) = cursors.cut(as_of.micros());
            chunk.later += later;
            if within == 0 {
                continue;
            }
            tally.clear();
            tally.all(&mut cursors);
            chunk.unmatched += tally.unmatched;
            chunk.rows.push(ScoredRow::new(code, &tally));
            if contributions {
                chunk.parts.try_reserve(tally.parts.len())?;
                chunk.parts.extend(tally.parts.iter().map(|part| (part.count > 0).then(|| part.contribution().0)));
            }
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
