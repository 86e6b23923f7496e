//! Catches panics without a word on stderr.
//!
//! The panic hook is one for the process, or at least for every Rust library linked with this one. So ours is installed once,
//! keeps silent only about threads that are inside this library, and hands every other panic to the hook that was there before.

use std::any::Any;
use std::cell::Cell;
use std::panic::{PanicHookInfo, UnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};

/// The name of the threads the core starts within a call.
const WORKER: &str = "engagement";

/// Where a panic happened: a copy of fixed size, so that nothing has to be freed when the thread ends.
#[derive(Clone, Copy)]
struct Place {
    file: [u8; 80],
    length: usize,
    line: u32,
}

const NOWHERE: Place = Place { file: [0; 80], length: 0, line: 0 };

thread_local! {
    static INSIDE: Cell<u32> = const { Cell::new(0) };
    static PLACE: Cell<Place> = const { Cell::new(NOWHERE) };
}

/// Runs the body; a panic becomes its message.
pub(crate) fn catch<R>(body: impl FnOnce() -> R + UnwindSafe) -> Result<R, String> {
    install();
    INSIDE.set(INSIDE.get() + 1);
    let caught = std::panic::catch_unwind(body);
    let result = caught.map_err(|payload| {
        let message = describe(&*payload);
        // A payload may panic when it is dropped; what comes of that is not dropped again.
        if let Err(again) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(again);
        }
        message
    });
    INSIDE.set(INSIDE.get() - 1);
    result
}

fn describe(payload: &(dyn Any + Send)) -> String {
    let message = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let message = message.unwrap_or("panic");
    // Only a panic of this very thread has left its place.
    let place = PLACE.replace(NOWHERE);
    match String::from_utf8_lossy(&place.file[..place.length]) {
        file if file.is_empty() => message.to_owned(),
        file => format!("{message} ({file}:{})", place.line),
    }
}

fn install() {
    static INSTALLED: AtomicBool = AtomicBool::new(false);
    // A thread that is unwinding may not set a hook: the next call does.
    if INSTALLED.load(Ordering::Acquire) || std::thread::panicking() || INSTALLED.swap(true, Ordering::AcqRel) {
        return;
    }
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let worker = std::thread::current().name() == Some(WORKER);
        if worker || INSIDE.try_with(Cell::get).unwrap_or(0) > 0 {
            remember(info);
        } else {
            previous(info);
        }
    }));
}

fn remember(info: &PanicHookInfo<'_>) {
    let Some(location) = info.location() else { return };
    let file = location.file().as_bytes();
    // The end of a path says more than its start.
    let tail = &file[file.len().saturating_sub(80)..];
    let mut place = Place { length: tail.len(), line: location.line(), ..NOWHERE };
    place.file[..tail.len()].copy_from_slice(tail);
    let _ = PLACE.try_with(|cell| cell.set(place));
}
