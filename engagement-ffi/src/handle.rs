//! Handles: tokens that are looked up, never followed.
//!
//! A token has the size of a pointer and is odd, so that no pointer to an object of the caller is ever taken for one. It holds
//! the type, the place in a table, and the generation of that place: a freed handle, a doubled free and a handle of
//! another type are answered by `ENG_INVALID_HANDLE`.
//!
//! A call may lock several objects, always in this order, so that no two calls wait for each other: results (scorecard,
//! scores, ratios, stages, rfm, retention, survival, validation, posterior), then model, then purchases, then rulebook,
//! then ledger, then batch; never two of one type: of two, the first is copied before the second is locked.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError};

use engagement_core::{Error, ErrorKind, Progress, Result};

use crate::fork;

// The bits of a token, from the lowest: 1 (always set), type, shard, slot, generation (all the rest).
const TYPE_BITS: u32 = 4;
const SHARD_BITS: u32 = 3;
const SLOT_BITS: u32 = if usize::BITS == 64 { 24 } else { 12 };
const SHARDS: usize = 1 << SHARD_BITS;
const SLOTS: usize = 1 << SLOT_BITS;
const GENERATION_SHIFT: u32 = 1 + TYPE_BITS + SHARD_BITS + SLOT_BITS;
const GENERATIONS: usize = usize::MAX >> GENERATION_SHIFT;

/// All the handles of one type.
pub(crate) struct Table<T> {
    kind: usize,
    next: AtomicUsize,
    shards: [RwLock<Shard<T>>; SHARDS],
}

struct Shard<T> {
    entries: Vec<Entry<T>>,
    free: Vec<usize>,
}

struct Entry<T> {
    generation: usize,
    object: Option<Arc<Object<T>>>,
}

/// What a handle stands for: a value behind a lock, and what can be asked of it without that lock.
pub(crate) struct Object<T> {
    /// How many forks deep the process was that made it.
    born: u32,
    poisoned: AtomicBool,
    has_error: AtomicBool,
    error: Mutex<String>,
    /// Of the call under way; polled, and cancelled, from other threads.
    pub(crate) progress: Progress,
    value: RwLock<T>,
}

impl<T> Table<T> {
    /// The table of the type with a number of its own, below 16.
    pub(crate) const fn new(kind: usize) -> Table<T> {
        assert!(kind < 1 << TYPE_BITS, "the type does not fit the token");
        Table {
            kind,
            next: AtomicUsize::new(0),
            shards: [const { RwLock::new(Shard { entries: Vec::new(), free: Vec::new() }) }; SHARDS],
        }
    }

    /// Keeps a value and returns the token it is found by.
    pub(crate) fn insert(&self, value: T) -> Result<usize> {
        fork::watch()?;
        let object = Arc::new(Object {
            born: fork::depth(),
            poisoned: AtomicBool::new(false),
            has_error: AtomicBool::new(false),
            error: Mutex::new(String::new()),
            progress: Progress::new(),
            value: RwLock::new(value),
        });
        let number = self.next.fetch_add(1, Ordering::Relaxed) % SHARDS;
        let mut shard = write(&self.shards[number])?;
        let slot = match shard.free.pop() {
            Some(slot) => slot,
            None => {
                let slot = shard.entries.len();
                if slot == SLOTS {
                    return Err(Error::new(ErrorKind::NoMemory, "too many handles: free some"));
                }
                shard.entries.try_reserve(1)?;
                // Room to free every handle: freeing never asks for memory.
                shard.free.try_reserve(slot + 1)?;
                // Where the loader put this table differs from copy to copy of the library, and so do their tokens.
                let generation = (std::ptr::from_ref(self).addr() >> 4) & GENERATIONS;
                shard.entries.push(Entry { generation, object: None });
                slot
            }
        };
        let entry = &mut shard.entries[slot];
        entry.object = Some(object);
        Ok(1 | self.kind << 1
            | number << (1 + TYPE_BITS)
            | slot << (1 + TYPE_BITS + SHARD_BITS)
            | entry.generation << GENERATION_SHIFT)
    }

    fn place(&self, token: usize) -> Option<(usize, usize, usize)> {
        let ours = token & 1 == 1 && (token >> 1) & ((1 << TYPE_BITS) - 1) == self.kind;
        let number = (token >> (1 + TYPE_BITS)) & (SHARDS - 1);
        let slot = (token >> (1 + TYPE_BITS + SHARD_BITS)) & (SLOTS - 1);
        ours.then_some((number, slot, token >> GENERATION_SHIFT))
    }

    /// The object a token stands for. It lives on while it is in use, even when another thread frees the handle.
    pub(crate) fn find(&self, token: usize) -> Result<Arc<Object<T>>> {
        let (number, slot, generation) = self.place(token).ok_or_else(invalid_handle)?;
        let shard = read(&self.shards[number])?;
        let entry = shard.entries.get(slot).filter(|entry| entry.generation == generation);
        entry.and_then(|entry| entry.object.clone()).ok_or_else(invalid_handle)
    }

    /// Forgets a token, and returns what it stood for.
    pub(crate) fn remove(&self, token: usize) -> Result<Arc<Object<T>>> {
        let (number, slot, generation) = self.place(token).ok_or_else(invalid_handle)?;
        let mut shard = write(&self.shards[number])?;
        let entry = shard.entries.get_mut(slot).filter(|entry| entry.generation == generation);
        let entry = entry.ok_or_else(invalid_handle)?;
        let object = entry.object.take().ok_or_else(invalid_handle)?;
        entry.generation = (generation + 1) & GENERATIONS;
        shard.free.push(slot);
        Ok(object)
    }

    /// Reads the value of another handle than the one a call belongs to.
    pub(crate) fn with<R>(&self, token: usize, body: impl FnOnce(&T) -> Result<R>) -> Result<R> {
        let object = self.find(token)?;
        object.usable()?;
        body(&*object.read()?)
    }
}

impl<T> Object<T> {
    fn of_parent(&self) -> bool {
        self.born != fork::depth()
    }

    /// Fails once a panic has poisoned the handle.
    pub(crate) fn usable(&self) -> Result<()> {
        if self.poisoned.load(Ordering::Acquire) {
            return Err(Error::new(ErrorKind::Poisoned, "an earlier internal error left this handle unusable: free it"));
        }
        Ok(())
    }

    /// Makes every later call but free fail.
    pub(crate) fn poison(&self) {
        self.poisoned.store(true, Ordering::Release);
    }

    /// Locks the value for reading: several threads can.
    pub(crate) fn read(&self) -> Result<RwLockReadGuard<'_, T>> {
        if self.of_parent() {
            // A thread that held the lock for a change does not exist in this process: waiting would never end.
            return match self.value.try_read() {
                Ok(value) => Ok(value),
                Err(TryLockError::Poisoned(error)) => Ok(error.into_inner()),
                Err(TryLockError::WouldBlock) => {
                    Err(forked("was being changed in the parent process when this process was forked"))
                }
            };
        }
        Ok(self.value.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Locks the value for a change: one thread can, and none in a forked child.
    pub(crate) fn write(&self) -> Result<RwLockWriteGuard<'_, T>> {
        if self.of_parent() {
            return Err(forked("belongs to the parent process; a forked child can read and free it"));
        }
        Ok(self.value.write().unwrap_or_else(PoisonError::into_inner))
    }

    fn error_text(&self) -> Option<MutexGuard<'_, String>> {
        if self.of_parent() {
            return match self.error.try_lock() {
                Ok(text) => Some(text),
                Err(TryLockError::Poisoned(error)) => Some(error.into_inner()),
                Err(TryLockError::WouldBlock) => None,
            };
        }
        Some(self.error.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Forgets the error of the call before.
    pub(crate) fn clear_error(&self) {
        if self.has_error.swap(false, Ordering::AcqRel)
            && let Some(mut text) = self.error_text()
        {
            text.clear();
        }
    }

    /// Keeps the text of an error until the next call.
    pub(crate) fn set_error(&self, message: String) {
        if let Some(mut text) = self.error_text() {
            *text = message;
            self.has_error.store(true, Ordering::Release);
        }
    }

    /// The text of the last error, empty if the last call succeeded.
    pub(crate) fn last_error(&self) -> String {
        self.error_text().map(|text| text.clone()).unwrap_or_default()
    }
}

fn invalid_handle() -> Error {
    Error::new(ErrorKind::InvalidHandle, "the handle is null, was freed, is of another type, or is not one of ours")
}

fn forked(what: &str) -> Error {
    Error::new(ErrorKind::Forked, format!("the handle {what}"))
}

/// Locks a shard. It is only ever held for a moment, unless a fork has stolen the thread that held it.
fn read<T>(shard: &RwLock<Shard<T>>) -> Result<RwLockReadGuard<'_, Shard<T>>> {
    if fork::depth() == 0 {
        return Ok(shard.read().unwrap_or_else(PoisonError::into_inner));
    }
    patiently(|| shard.try_read())
}

fn write<T>(shard: &RwLock<Shard<T>>) -> Result<RwLockWriteGuard<'_, Shard<T>>> {
    if fork::depth() == 0 {
        return Ok(shard.write().unwrap_or_else(PoisonError::into_inner));
    }
    patiently(|| shard.try_write())
}

fn patiently<G>(lock: impl Fn() -> std::result::Result<G, TryLockError<G>>) -> Result<G> {
    for _ in 0..1000 {
        match lock() {
            Ok(guard) => return Ok(guard),
            Err(TryLockError::Poisoned(error)) => return Ok(error.into_inner()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(std::time::Duration::from_millis(1)),
        }
    }
    Err(forked("table was being changed in the parent process when this process was forked"))
}

#[cfg(test)]
#[path = "handle_tests.rs"]
mod tests;
