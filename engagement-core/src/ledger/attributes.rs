//! What is known of customers, from when on.

use std::collections::BTreeMap;

use super::customers::Customers;
use super::{Field, Ledger, Reason, bad, checked_text};
use crate::error::Result;
use crate::interaction::Key;
use crate::time::Timestamp;

/// Values by name, customer and time from which they hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attributes {
    values: BTreeMap<String, BTreeMap<(u32, i64), String>>,
}

impl Attributes {
    /// The attributes without those of some customers, under the codes of another set of keys.
    pub(super) fn without(&self, gone: &[u32], keys: &Customers, fresh: &mut Customers) -> Result<Attributes> {
        let mut kept = Attributes::default();
        for (name, values) in &self.values {
            for (&(code, from), value) in values.iter().filter(|((code, _), _)| !gone.contains(code)) {
                let code = fresh.intern(keys.get(code))?;
                kept.values.entry(name.clone()).or_default().insert((code, from), value.clone());
            }
        }
        Ok(kept)
    }

    pub(super) fn heap_size(&self) -> usize {
        self.values.iter().map(|(name, values)| name.capacity() + values.values().map(|v| v.capacity() + 64).sum::<usize>()).sum()
    }
}

impl Ledger {
    /// Records what is known of a customer from a moment on, such as a segment or a community. A later value takes over;
    /// the same moment again replaces the value.
    ///
    /// ```
    /// use engagement_core::{Key, Ledger};
    ///
    /// let mut ledger = Ledger::new();
    /// ledger.set_attribute(Key::from("ann"), "segment", "family", "2026-01-01T00:00:00Z".parse()?)?;
    /// assert_eq!(ledger.attribute(Key::from("ann"), "segment", "2026-06-01T00:00:00Z".parse()?), Some("family"));
    /// assert_eq!(ledger.attribute(Key::from("ann"), "segment", "2025-06-01T00:00:00Z".parse()?), None);
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// An empty key or name, or a text that is too long.
    pub fn set_attribute(&mut self, customer: Key<'_>, name: &str, value: &str, from: Timestamp) -> Result<()> {
        let key = self.checked_key(customer, Field::Customer)?;
        if name.is_empty() {
            return Err(crate::Error::new(crate::ErrorKind::MissingField, "an attribute needs a name"));
        }
        checked_text(name, Field::Item).map_err(|_| bad(Field::Item, Reason::InvalidText, name))?;
        checked_text(value, Field::Item)?;
        let code = self.customers.intern(key)?;
        let values = self.attributes.values.entry(name.to_owned()).or_default();
        values.insert((code, from.micros()), value.to_owned());
        Ok(())
    }

    /// What was known of a customer at a moment: the latest value at or before it.
    #[must_use]
    pub fn attribute(&self, customer: Key<'_>, name: &str, as_of: Timestamp) -> Option<&str> {
        self.attribute_of(self.customers.find(customer.canonical())?, name, as_of)
    }

    pub(crate) fn attribute_of(&self, customer: u32, name: &str, as_of: Timestamp) -> Option<&str> {
        let values = self.attributes.values.get(name)?;
        values.range((customer, i64::MIN)..=(customer, as_of.micros())).next_back().map(|(_, value)| value.as_str())
    }

    /// The names of all attributes.
    pub fn attribute_names(&self) -> impl Iterator<Item = &str> {
        self.attributes.values.keys().map(String::as_str)
    }
}
