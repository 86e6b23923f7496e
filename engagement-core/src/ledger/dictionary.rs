//! Text kept once: an append-only dictionary with dense codes.

use std::hash::BuildHasher;

use foldhash::quality::RandomState;
use hashbrown::HashTable;

use crate::error::{Error, ErrorKind, Result};

/// The code of no text.
pub(crate) const NONE: u32 = u32::MAX;

/// Distinct texts by code, and codes by text. The hasher is seeded, because the texts come from strangers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dictionary {
    bytes: String,
    ends: Vec<u64>,
    table: HashTable<u32>,
    hasher: RandomState,
}

impl Dictionary {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, code: u32) -> &str {
        let code = code as usize;
        let start = if code == 0 { 0 } else { self.ends[code - 1] as usize };
        &self.bytes[start..self.ends[code] as usize]
    }

    /// The text of a code that may be [`NONE`].
    pub(crate) fn text(&self, code: u32) -> Option<&str> {
        (code != NONE).then(|| self.get(code))
    }

    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        self.table.find(self.hasher.hash_one(text), |&code| self.get(code) == text).copied()
    }

    pub(crate) fn intern(&mut self, text: &str) -> Result<u32> {
        let hash = self.hasher.hash_one(text);
        if let Some(&code) = self.table.find(hash, |&code| self.get(code) == text) {
            return Ok(code);
        }
        if self.ends.len() >= NONE as usize {
            return Err(Error::new(ErrorKind::Overflow, "more than 4,294,967,295 distinct texts in one column"));
        }
        let code = self.ends.len() as u32;
        self.bytes.try_reserve(text.len())?;
        self.ends.try_reserve(1)?;
        let Dictionary { bytes, ends, table, hasher } = self;
        let hash_of = |&code: &u32| {
            let start = if code == 0 { 0 } else { ends[code as usize - 1] as usize };
            hasher.hash_one(&bytes[start..ends[code as usize] as usize])
        };
        table.try_reserve(1, hash_of)?;
        bytes.push_str(text);
        ends.push(bytes.len() as u64);
        table.insert_unique(hash, code, |&code| {
            let start = if code == 0 { 0 } else { ends[code as usize - 1] as usize };
            hasher.hash_one(&bytes[start..ends[code as usize] as usize])
        });
        Ok(code)
    }

    /// Forgets every text from `len` on.
    pub(crate) fn truncate(&mut self, len: usize) {
        for code in len..self.ends.len() {
            let hash = self.hasher.hash_one(self.get(code as u32));
            if let Ok(entry) = self.table.find_entry(hash, |&c| c as usize == code) {
                entry.remove();
            }
        }
        self.ends.truncate(len);
        self.bytes.truncate(self.ends.last().copied().unwrap_or(0) as usize);
    }

    pub(crate) fn heap_size(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 8 + self.table.allocation_size()
    }
}
