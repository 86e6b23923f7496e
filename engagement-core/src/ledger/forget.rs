//! Erasure: a customer leaves the ledger without a trace.

use super::columns::Text;
use super::dictionary::NONE;
use super::{Ledger, LoadOptions};
use crate::error::Result;
use crate::interaction::Key;

impl Ledger {
    /// Removes customers: their interactions, keys, ids and attributes, their key as `other` in the interactions of others
    /// (which stay, without it), and every text nobody else uses. Returns the number of interactions removed; keys the
    /// ledger does not know are passed over.
    ///
    /// One call rewrites the whole ledger, however many keys it gets.
    ///
    /// ```
    /// use engagement_core::{Interaction, Key, Ledger};
    ///
    /// let mut ledger = Ledger::new();
    /// let at = "2026-03-01T10:00:00Z".parse()?;
    /// ledger.append(&Interaction::new("ann", at, "visit"))?;
    /// ledger.append(&Interaction { other: Some(Key::from("ann")), ..Interaction::new("bob", at, "referral") })?;
    /// assert_eq!(ledger.forget(&[Key::from("ann")])?, 1);
    /// assert_eq!(ledger.history(Key::from("bob"), at)?.next().unwrap().other, None);
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Memory refused; the ledger is then as it was.
    pub fn forget(&mut self, keys: &[Key<'_>]) -> Result<u64> {
        let mut gone = vec![false; self.customers.len()];
        let found: Vec<u32> = keys.iter().filter_map(|key| self.customers.find(key.canonical())).collect();
        if found.is_empty() {
            return Ok(0);
        }
        found.iter().for_each(|&code| gone[code as usize] = true);
        let mut fresh = Ledger::new();
        let mut load = fresh.load(LoadOptions::default())?;
        let mut keys = vec![NONE; self.customers.len()];
        let mut kinds = vec![NONE; self.kinds.len()];
        let mut texts: [Vec<u32>; Text::COUNT] = std::array::from_fn(|column| vec![NONE; self.texts[column].len()]);
        for code in self.codes_in_order().filter(|&code| !gone[code as usize]) {
            let customer = load.key(self.customers.get(code))?;
            keys[code as usize] = customer;
            let mut cursors = self.cursors(code);
            while let Some((columns, row)) = cursors.next() {
                let mut row = columns.get(row);
                if row.other != NONE {
                    if gone[row.other as usize] {
                        row.other = NONE;
                    } else {
                        if keys[row.other as usize] == NONE {
                            keys[row.other as usize] = load.key(self.customers.get(row.other))?;
                        }
                        row.other = keys[row.other as usize];
                    }
                }
                let kind = &mut kinds[row.kind as usize];
                if *kind == NONE {
                    *kind = load.kind(self.kinds.get(row.kind))?;
                }
                row.kind = *kind;
                for (column, (code, codes)) in row.text.iter_mut().zip(&mut texts).enumerate() {
                    if *code != NONE {
                        let new = &mut codes[*code as usize];
                        if *new == NONE {
                            *new = load.text(column, self.texts[column].get(*code))?;
                        }
                        *code = *new;
                    }
                }
                load.row(customer, &row)?;
            }
        }
        load.commit(false)?;
        drop(load);
        let removed = self.len() - fresh.len();
        fresh.attributes = self.attributes.without(&found, &self.customers, &mut fresh.customers)?;
        fresh.zone = self.zone.clone();
        fresh.currency = self.currency;
        fresh.memory_budget = self.memory_budget;
        fresh.totals = self.totals.clone();
        *self = fresh;
        Ok(removed)
    }
}
