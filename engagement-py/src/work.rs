//! Long work without the GIL that reports progress and stops at Ctrl-C.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Builder, Thread};
use std::time::Duration;

use engagement_core::{ErrorKind, Progress};
use pyo3::prelude::*;

use crate::errors::error;

/// How often signals are checked and progress is told.
const TICK: Duration = Duration::from_millis(25);

/// Does `work` on a thread of its own, scoped to this call, while this thread answers signals and calls `told(done, total)`.
/// Ctrl-C or an exception from `told` cancels `progress` and is raised once the work has stopped.
pub(crate) fn interruptible<R: Send>(
    py: Python<'_>,
    progress: &Progress,
    told: Option<&Bound<'_, PyAny>>,
    work: impl FnOnce() -> R + Send,
) -> PyResult<R> {
    let finished = Finished { done: AtomicBool::new(false), waiting: thread::current() };
    thread::scope(|scope| {
        let worker = Builder::new().name("engagement".to_owned()).spawn_scoped(scope, || {
            let _tells = Tells(&finished);
            work()
        });
        let worker = worker.map_err(|e| error(ErrorKind::NoMemory, format!("cannot start a thread: {e}")))?;
        let mut stopped = Ok(());
        let mut last = None;
        while !finished.done.load(Ordering::Acquire) {
            py.detach(|| thread::park_timeout(TICK));
            if stopped.is_ok() {
                stopped = py.check_signals().and_then(|()| tell(told, (progress.done(), progress.total()), &mut last));
                if stopped.is_err() {
                    progress.cancel();
                }
            }
        }
        let result = py.detach(|| worker.join());
        stopped?;
        let result = result.map_err(|panic| error(ErrorKind::Panic, format!("internal error: {}", said(panic.as_ref()))))?;
        tell(told, (progress.done(), progress.total()), &mut last)?;
        Ok(result)
    })
}

fn tell(told: Option<&Bound<'_, PyAny>>, now: (u64, u64), last: &mut Option<(u64, u64)>) -> PyResult<()> {
    if let Some(told) = told.filter(|_| now.1 > 0 && *last != Some(now)) {
        *last = Some(now);
        told.call1(now)?;
    }
    Ok(())
}

/// The message of a panic.
fn said(panic: &(dyn std::any::Any + Send)) -> &str {
    panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic")
}

struct Finished {
    done: AtomicBool,
    waiting: Thread,
}

/// Wakes the waiting thread when it goes, also when the work panics.
struct Tells<'a>(&'a Finished);

impl Drop for Tells<'_> {
    fn drop(&mut self) {
        self.0.done.store(true, Ordering::Release);
        self.0.waiting.unpark();
    }
}
