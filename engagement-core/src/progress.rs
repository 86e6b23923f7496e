//! Watching and cancelling long work from another thread.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::error::{Error, ErrorKind, Result};

/// How far a call is, and whether it should stop; takes no lock.
///
/// ```
/// use engagement_core::{ErrorKind, Interaction, Ledger, Progress, Rulebook, ScoreOptions};
///
/// let mut ledger = Ledger::new();
/// ledger.append(&Interaction::new("ann", "2026-03-01T10:00:00Z".parse()?, "visit"))?;
/// let progress = Progress::new();
/// progress.cancel();
/// let options = ScoreOptions { progress: Some(&progress), ..ScoreOptions::default() };
/// let error = Rulebook::standard().compile()?.score_all(&ledger, ledger.latest().unwrap(), &options).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Cancelled);
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
    cancelled: AtomicBool,
}

impl Progress {
    /// Nothing done of nothing.
    #[must_use]
    pub const fn new() -> Progress {
        Progress { done: AtomicU64::new(0), total: AtomicU64::new(0), cancelled: AtomicBool::new(false) }
    }

    /// Steps done.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Steps in all; 0 while unknown.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Asks the call to stop; it returns [`ErrorKind::Cancelled`].
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Starts anew, for another call.
    pub fn reset(&self) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(0, Ordering::Relaxed);
        self.cancelled.store(false, Ordering::Relaxed);
    }

    /// Says how many steps the work has; for those who do work of their own around the library's.
    pub fn begin(&self, total: u64) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// Counts steps as done.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`] once it was cancelled.
    pub fn step(&self, steps: u64) -> Result<()> {
        self.done.fetch_add(steps, Ordering::Relaxed);
        if self.is_cancelled() { Err(Error::new(ErrorKind::Cancelled, "cancelled")) } else { Ok(()) }
    }
}
