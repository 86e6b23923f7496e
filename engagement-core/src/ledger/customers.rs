//! Customer keys: integers and texts outside, dense codes inside.

use std::sync::OnceLock;

use super::dictionary::{Dictionary, NONE};
use super::integers::Integers;
use crate::error::{Error, ErrorKind, Result};
use crate::interaction::Key;

/// Keys by code and codes by key.
#[derive(Clone, Debug)]
pub(crate) struct Customers {
    integers: Integers,
    texts: Dictionary,
    /// Per code: the integer, or the position among the texts.
    values: Vec<i64>,
    /// Per code: is it a text? Empty while no key is.
    is_text: Vec<bool>,
    /// Per text: its code.
    text_codes: Vec<u32>,
    /// Whether codes ascend with keys.
    ascending: bool,
    /// Codes in key order, where codes do not ascend; worked out when asked for.
    order: OnceLock<Vec<u32>>,
}

impl Default for Customers {
    fn default() -> Customers {
        Customers {
            integers: Integers::default(),
            texts: Dictionary::default(),
            values: Vec::new(),
            is_text: Vec::new(),
            text_codes: Vec::new(),
            ascending: true,
            order: OnceLock::new(),
        }
    }
}

impl Customers {
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn get(&self, code: u32) -> Key<'_> {
        let value = self.values[code as usize];
        if self.is_text.get(code as usize).copied().unwrap_or(false) {
            Key::Text(self.texts.get(value as u32))
        } else {
            Key::Int(value)
        }
    }

    pub(crate) fn key(&self, code: u32) -> Option<Key<'_>> {
        (code != NONE).then(|| self.get(code))
    }

    /// The code of a canonical key.
    pub(crate) fn find(&self, key: Key<'_>) -> Option<u32> {
        match key {
            Key::Int(value) => self.integers.find(value),
            Key::Text(text) => self.texts.find(text).map(|at| self.text_codes[at as usize]),
        }
    }

    /// The code of a canonical key, a new one if need be.
    #[inline]
    pub(crate) fn intern(&mut self, key: Key<'_>) -> Result<u32> {
        match key {
            Key::Int(value) => {
                if let Some(code) = self.find(key) {
                    return Ok(code);
                }
                let code = self.next(key)?;
                self.integers.reserve(1)?;
                self.integers.set(value, code);
                self.values.push(value);
                if !self.is_text.is_empty() {
                    self.is_text.push(false);
                }
                Ok(code)
            }
            Key::Text(text) => {
                if let Some(at) = self.texts.find(text) {
                    return Ok(self.text_codes[at as usize]);
                }
                let code = self.next(key)?;
                self.is_text.try_reserve(self.values.len() + 1 - self.is_text.len())?;
                self.text_codes.try_reserve(1)?;
                let at = self.texts.intern(text)?;
                self.is_text.resize(self.values.len(), false);
                self.is_text.push(true);
                self.text_codes.push(code);
                self.values.push(i64::from(at));
                Ok(code)
            }
        }
    }

    /// The codes of different integers that ascend; `None` where those are 0, 1, 2 …
    pub(crate) fn intern_sorted(&mut self, keys: Vec<i64>) -> Result<Option<Vec<u32>>> {
        if self.values.is_empty() {
            if keys.len() >= NONE as usize {
                return Err(Error::new(ErrorKind::Overflow, "more than 4,294,967,295 customers"));
            }
            self.integers.reserve(keys.len())?;
            for (&key, code) in keys.iter().zip(0..) {
                self.integers.set(key, code);
            }
            self.values = keys;
            self.values.shrink_to_fit();
            self.order = OnceLock::new();
            return Ok(None);
        }
        let mut codes = Vec::new();
        codes.try_reserve_exact(keys.len())?;
        for key in keys {
            codes.push(self.intern(Key::Int(key))?);
        }
        Ok(Some(codes))
    }

    /// Makes room for one more key and says which code it gets.
    fn next(&mut self, key: Key<'_>) -> Result<u32> {
        if self.values.len() >= NONE as usize {
            return Err(Error::new(ErrorKind::Overflow, "more than 4,294,967,295 customers"));
        }
        self.values.try_reserve(1)?;
        if let Some(last) = self.values.len().checked_sub(1) {
            self.ascending = self.ascending && self.get(last as u32) < key;
        }
        self.order = OnceLock::new();
        Ok(self.values.len() as u32)
    }

    /// Forgets every key from `len` on.
    pub(crate) fn truncate(&mut self, len: usize) {
        if len == self.values.len() {
            return;
        }
        let mut texts = self.texts.len();
        for code in len..self.values.len() {
            let value = self.values[code];
            if self.is_text.get(code).copied().unwrap_or(false) {
                texts = texts.min(value as usize);
            } else {
                self.integers.remove(value);
            }
        }
        self.texts.truncate(texts);
        self.text_codes.truncate(texts);
        self.values.truncate(len);
        self.is_text.truncate(len);
        self.order = OnceLock::new();
        self.ascending = (1..len as u32).all(|code| self.get(code - 1) < self.get(code));
    }

    /// Gives the keys from `mark` on codes in key order; the new code of `mark + i` is at position `i` of the answer,
    /// which is `None` where nothing moved.
    pub(crate) fn sort_from(&mut self, mark: usize) -> Result<Option<Vec<u32>>> {
        let fresh = self.values.len() - mark;
        if (mark + 1..self.values.len()).all(|code| self.get(code as u32 - 1) < self.get(code as u32)) {
            return Ok(None);
        }
        let mut order: Vec<u32> = Vec::new();
        order.try_reserve_exact(fresh)?;
        order.extend(mark as u32..self.values.len() as u32);
        if self.is_text.is_empty() {
            order.sort_unstable_by_key(|&code| self.values[code as usize]);
        } else {
            order.sort_unstable_by(|&a, &b| self.get(a).cmp(&self.get(b)));
        }
        let values: Vec<i64> = order.iter().map(|&code| self.values[code as usize]).collect();
        let is_text: Vec<bool> =
            if self.is_text.is_empty() { Vec::new() } else { order.iter().map(|&code| self.is_text[code as usize]).collect() };
        self.values[mark..].copy_from_slice(&values);
        if !is_text.is_empty() {
            self.is_text[mark..].copy_from_slice(&is_text);
        }
        let mut moved = vec![0; fresh];
        for (at, &old) in order.iter().enumerate() {
            let code = (mark + at) as u32;
            moved[old as usize - mark] = code;
            if is_text.get(at).copied().unwrap_or(false) {
                self.text_codes[values[at] as usize] = code;
            } else {
                self.integers.set(values[at], code);
            }
        }
        self.ascending = mark == 0;
        self.order = OnceLock::new();
        Ok(Some(moved))
    }

    /// Codes in key order; `None` where that is the order of the codes themselves.
    pub(crate) fn order(&self) -> Option<&[u32]> {
        if self.ascending {
            return None;
        }
        Some(self.order.get_or_init(|| {
            let mut order: Vec<u32> = (0..self.values.len() as u32).collect();
            order.sort_unstable_by(|&a, &b| self.get(a).cmp(&self.get(b)));
            order
        }))
    }

    pub(crate) fn heap_size(&self) -> usize {
        self.integers.heap_size()
            + self.texts.heap_size()
            + self.values.capacity() * 8
            + self.is_text.capacity()
            + self.text_codes.capacity() * 4
            + self.order.get().map_or(0, |order| order.capacity() * 4)
    }
}
