//! Knows how many forks lie between this process and the one that loaded the library.
//!
//! A handle remembers the number it was made under. A handler of the system counts forks, because asking for the process
//! id is a system call, and would cost more than all the rest of a guarded call.

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use engagement_core::{Error, ErrorKind, Result};

static FORKS: AtomicU32 = AtomicU32::new(0);

/// How many forks deep this process is.
pub(crate) fn depth() -> u32 {
    FORKS.load(Ordering::Relaxed)
}

/// Has forks counted from now on. Called before the first handle is made.
pub(crate) fn watch() -> Result<()> {
    // No `Once`: a process forked while another thread is inside one would wait for ever.
    static WATCHING: AtomicU8 = AtomicU8::new(0);
    if WATCHING.load(Ordering::Acquire) == 0 && WATCHING.swap(1, Ordering::AcqRel) == 0 && !register() {
        WATCHING.store(0, Ordering::Release);
        return Err(Error::new(ErrorKind::NoMemory, "memory was refused for the fork handler"));
    }
    Ok(())
}

#[cfg(unix)]
fn register() -> bool {
    type Handler = Option<extern "C" fn()>;
    unsafe extern "C" {
        fn pthread_atfork(prepare: Handler, parent: Handler, child: Handler) -> std::ffi::c_int;
    }
    extern "C" fn in_child() {
        FORKS.fetch_add(1, Ordering::Relaxed);
    }
    // SAFETY: POSIX; the handler only adds to an atomic, which a handler in a forked child may do.
    unsafe { pthread_atfork(None, None, Some(in_child)) == 0 }
}

#[cfg(not(unix))]
fn register() -> bool {
    true
}
