//! The edge every call passes: panics caught, handles looked up and locked, errors kept in the handle.

use std::panic::AssertUnwindSafe;

use engagement_core::{Error, ErrorKind, Progress, Result};

use crate::handle::{Object, Table};
use crate::out::{Out, count};
use crate::quiet;

/// A call without a handle.
pub(crate) fn call(body: impl FnOnce() -> Result<()>) -> i32 {
    match quiet::catch(AssertUnwindSafe(body)) {
        Ok(result) => status(&result),
        Err(_) => ErrorKind::Panic.code(),
    }
}

/// A call that reads what a handle stands for; several can run at a time.
pub(crate) fn read<T, H>(table: &'static Table<T>, handle: *mut H, body: impl FnOnce(&T) -> Result<()>) -> i32 {
    enter(table, handle, |object| body(&*object.read()?))
}

/// A call that changes what a handle stands for; it runs alone.
pub(crate) fn write<T, H>(table: &'static Table<T>, handle: *mut H, body: impl FnOnce(&mut T) -> Result<()>) -> i32 {
    enter(table, handle, |object| body(&mut *object.write()?))
}

/// A call that changes what a handle stands for by what it reads first, before the handle is locked.
pub(crate) fn write_read<T, H, R>(
    table: &'static Table<T>,
    handle: *mut H,
    read: impl FnOnce() -> Result<R>,
    body: impl FnOnce(&mut T, R) -> Result<()>,
) -> i32 {
    enter(table, handle, |object| {
        let found = read()?;
        body(&mut *object.write()?, found)
    })
}

/// A call that reads what a handle stands for beside what it reads first, before the handle is locked: what another handle of the
/// same type stands for, or the same one.
pub(crate) fn read_both<T, H, R>(
    table: &'static Table<T>,
    handle: *mut H,
    first: impl FnOnce() -> Result<R>,
    body: impl FnOnce(&T, R) -> Result<()>,
) -> i32 {
    enter(table, handle, |object| {
        let found = first()?;
        body(&*object.read()?, found)
    })
}

/// A long call that changes what a handle stands for: it reports progress, and can be cancelled. A cancel that comes before
/// it stops it at once, so that no cancel is lost to a race.
pub(crate) fn work<T, H>(table: &'static Table<T>, handle: *mut H, body: impl FnOnce(&mut T, &Progress) -> Result<()>) -> i32 {
    enter(table, handle, |object| {
        let mut value = object.write()?;
        let result = if object.progress.is_cancelled() { Err(cancelled()) } else { body(&mut value, &object.progress) };
        object.progress.reset();
        result
    })
}

/// A call that takes no lock and so never waits.
fn watch<T, H>(table: &'static Table<T>, handle: *mut H, body: impl FnOnce(&Progress) -> Result<()>) -> i32 {
    call(|| {
        let object = table.find(handle.addr())?;
        object.usable()?;
        body(&object.progress)
    })
}

/// Tells how far the work under way is.
pub(crate) fn progress<T, H>(table: &'static Table<T>, handle: *mut H, done: *mut i64, total: *mut i64) -> i32 {
    watch(table, handle, |progress| {
        let (done, total) = (Out::required(done, "done")?, Out::required(total, "total")?);
        done.write(count(progress.done()));
        total.write(count(progress.total()));
        Ok(())
    })
}

/// Stops the work under way, or the next.
pub(crate) fn cancel<T, H>(table: &'static Table<T>, handle: *mut H) -> i32 {
    watch(table, handle, |progress| {
        progress.cancel();
        Ok(())
    })
}

/// Makes an object and writes its handle.
pub(crate) fn new<T, H>(table: &'static Table<T>, out: *mut *mut H, make: impl FnOnce() -> T) -> i32 {
    call(|| {
        let out = Out::required(out, "handle")?;
        out.write(std::ptr::without_provenance_mut(table.insert(make())?));
        Ok(())
    })
}

/// Frees a handle; null is none. A call under way in another thread ends as it would have.
pub(crate) fn free<T, H>(table: &'static Table<T>, handle: *mut H) -> i32 {
    if handle.is_null() {
        return 0;
    }
    call(|| table.remove(handle.addr()).map(drop))
}

/// The text of the last error of a handle, which stays readable when the handle is poisoned.
pub(crate) fn last_error<T, H>(table: &'static Table<T>, handle: *mut H) -> Result<String> {
    table.find(handle.addr()).map(|object| object.last_error())
}

/// What a cancelled call answers.
pub(crate) fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled, "cancelled")
}

fn enter<T, H>(table: &'static Table<T>, handle: *mut H, body: impl FnOnce(&Object<T>) -> Result<()>) -> i32 {
    let object = match table.find(handle.addr()) {
        Ok(object) => object,
        Err(error) => return error.kind().code(),
    };
    let caught = quiet::catch(AssertUnwindSafe(|| {
        object.clear_error();
        object.usable()?;
        body(&object)
    }));
    let result = caught.unwrap_or_else(|panic| {
        object.poison();
        Err(Error::new(ErrorKind::Panic, format!("internal error, please report it: {panic}. The handle can only be freed now")))
    });
    if let Err(error) = &result {
        object.set_error(error.to_string());
    }
    // The last user of a handle that was freed meanwhile drops the object: here, where a panic is still caught.
    let dropped = quiet::catch(AssertUnwindSafe(|| drop(object)));
    if dropped.is_err() { ErrorKind::Panic.code() } else { status(&result) }
}

fn status(result: &Result<()>) -> i32 {
    match result {
        Ok(()) => 0,
        Err(error) => error.kind().code(),
    }
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
