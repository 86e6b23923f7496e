//! The codes of integer keys: one look at memory finds one.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use super::dictionary::NONE;
use crate::error::{Error, ErrorKind, Result};

/// Keys beside their codes in slots, a key in the first free slot from its own on. Key and code lie together because what a search
/// costs is the memory it waits for; the hasher is seeded, so that no choice of keys crowds the slots.
#[derive(Clone, Debug, Default)]
pub(super) struct Integers {
    /// A power of two of them; the code of a free one is [`NONE`].
    slots: Vec<(i64, u32)>,
    len: usize,
    hasher: RandomState,
}

impl Integers {
    #[inline]
    fn home(&self, key: i64) -> usize {
        self.hasher.hash_one(key) as usize & (self.slots.len() - 1)
    }

    /// The slot of a key, or the free one where it would go; there always is a free one.
    #[inline]
    fn slot(&self, key: i64) -> usize {
        let last = self.slots.len() - 1;
        let mut at = self.home(key);
        loop {
            let (has, code) = self.slots[at & last];
            if code == NONE || has == key {
                return at & last;
            }
            at += 1;
        }
    }

    #[inline]
    pub(super) fn find(&self, key: i64) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let code = self.slots[self.slot(key)].1;
        (code != NONE).then_some(code)
    }

    /// Makes room for so many more keys, so that at most seven of ten slots are taken.
    pub(super) fn reserve(&mut self, more: usize) -> Result<()> {
        let needed = (self.len + more) * 10 / 7 + 1;
        if needed <= self.slots.len() {
            return Ok(());
        }
        let size = needed.checked_next_power_of_two().ok_or_else(|| Error::new(ErrorKind::NoMemory, "more keys than memory"))?;
        let mut slots = Vec::new();
        slots.try_reserve_exact(size)?;
        slots.resize(size, (0, NONE));
        for (key, code) in std::mem::replace(&mut self.slots, slots) {
            if code != NONE {
                let slot = self.slot(key);
                self.slots[slot] = (key, code);
            }
        }
        Ok(())
    }

    /// Sets the code of a key, for which there must be room.
    #[inline]
    pub(super) fn set(&mut self, key: i64, code: u32) {
        let slot = self.slot(key);
        self.len += usize::from(self.slots[slot].1 == NONE);
        self.slots[slot] = (key, code);
    }

    /// Takes a key out and closes the gap, so that no search ends at it too early.
    pub(super) fn remove(&mut self, key: i64) {
        if self.find(key).is_none() {
            return;
        }
        let last = self.slots.len() - 1;
        let mut gap = self.slot(key);
        let mut at = gap;
        loop {
            at = (at + 1) & last;
            let (other, code) = self.slots[at];
            if code == NONE {
                break;
            }
            // A key moves into the gap unless its own slot lies behind it.
            if at.wrapping_sub(self.home(other)) & last >= at.wrapping_sub(gap) & last {
                self.slots[gap] = (other, code);
                gap = at;
            }
        }
        self.slots[gap] = (0, NONE);
        self.len -= 1;
    }

    pub(super) fn heap_size(&self) -> usize {
        self.slots.capacity() * size_of::<(i64, u32)>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn it_is_a_map() {
        let (mut fast, mut plain) = (Integers::default(), HashMap::new());
        let mut state = 1_u64;
        for step in 0..50_000_u32 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let key = (state >> 33) as i64 % 3_000 - 1_500;
            assert_eq!(fast.find(key), plain.get(&key).copied());
            if step % 3 == 0 {
                fast.remove(key);
                plain.remove(&key);
            } else {
                fast.reserve(1).unwrap();
                fast.set(key, step);
                plain.insert(key, step);
            }
            assert_eq!(fast.len, plain.len());
        }
        for key in -1_600..1_600 {
            assert_eq!(fast.find(key), plain.get(&key).copied());
        }
    }
}
