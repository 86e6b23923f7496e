//! A value that several Python threads may use: many readers or one writer, and never a silent deadlock.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError};
use std::time::Duration;

use engagement_core::ErrorKind;
use pyo3::prelude::*;

use crate::errors::error;

/// A read-write lock that waits without the GIL, answers Ctrl-C while it waits, refuses to wait for its own thread, and knows
/// when a fork has copied it while another thread held it.
#[derive(Debug)]
pub(crate) struct Shared<T> {
    lock: RwLock<T>,
    writer: AtomicUsize,
    process: AtomicU32,
    stale: AtomicBool,
}

/// Exclusive access; ends when dropped.
pub(crate) struct Writing<'a, T> {
    guard: RwLockWriteGuard<'a, T>,
    writer: &'a AtomicUsize,
}

impl<T> Shared<T> {
    pub(crate) fn new(value: T) -> Shared<T> {
        Shared {
            lock: RwLock::new(value),
            writer: AtomicUsize::new(0),
            process: AtomicU32::new(std::process::id()),
            stale: AtomicBool::new(false),
        }
    }

    /// Waits for shared access.
    pub(crate) fn read(&self, py: Python<'_>) -> PyResult<RwLockReadGuard<'_, T>> {
        self.wait(py, || self.lock.try_read())
    }

    /// Waits for exclusive access.
    pub(crate) fn write(&self, py: Python<'_>) -> PyResult<Writing<'_, T>> {
        let guard = self.wait(py, || self.lock.try_write())?;
        self.writer.store(this_thread(), Ordering::Release);
        Ok(Writing { guard, writer: &self.writer })
    }

    /// Shared access for a worker thread, which has no GIL and may block. Call [`Shared::check`] before starting the worker.
    pub(crate) fn read_in_worker(&self) -> engagement_core::Result<RwLockReadGuard<'_, T>> {
        self.lock.read().map_err(|_| engagement_core::Error::new(ErrorKind::Poisoned, BROKEN))
    }

    /// Refuses what could only wait for ever.
    pub(crate) fn check(&self) -> PyResult<()> {
        let process = std::process::id();
        if self.process.swap(process, Ordering::AcqRel) != process
            && matches!(self.lock.try_write(), Err(TryLockError::WouldBlock))
        {
            self.stale.store(true, Ordering::Release);
        }
        if self.stale.load(Ordering::Acquire) {
            return Err(error(
                ErrorKind::Forked,
                "this process was forked while another thread was using the ledger: load it again in the child, or fork when it is idle",
            ));
        }
        if self.writer.load(Ordering::Acquire) == this_thread() {
            return Err(error(
                ErrorKind::InvalidArgument,
                "the ledger is being loaded: it cannot be used from within its own load, as from a progress callback",
            ));
        }
        Ok(())
    }

    fn wait<G>(&self, py: Python<'_>, mut attempt: impl FnMut() -> Result<G, TryLockError<G>>) -> PyResult<G> {
        self.check()?;
        loop {
            match attempt() {
                Ok(guard) => return Ok(guard),
                Err(TryLockError::Poisoned(_)) => return Err(error(ErrorKind::Poisoned, BROKEN)),
                Err(TryLockError::WouldBlock) => {
                    py.detach(|| std::thread::sleep(Duration::from_millis(1)));
                    py.check_signals()?;
                }
            }
        }
    }
}

const BROKEN: &str = "an earlier internal error left this ledger unusable; load it again";

impl<T> Deref for Writing<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for Writing<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

impl<T> Drop for Writing<'_, T> {
    fn drop(&mut self) {
        self.writer.store(0, Ordering::Release);
    }
}

/// A number that is this thread's own while it lives; never 0.
fn this_thread() -> usize {
    thread_local!(static MARK: Cell<u8> = const { Cell::new(0) });
    MARK.with(|mark| std::ptr::from_ref(mark) as usize)
}
