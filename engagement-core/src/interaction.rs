//! What happened between a customer and the business.

use std::borrow::Cow;
use std::fmt;

use crate::money::Money;
use crate::time::Timestamp;

/// A customer's key: a 64-bit integer or a text.
///
/// Text that is the canonical decimal form of an integer is that integer; leading zeros make it text.
///
/// ```
/// use engagement_core::Key;
///
/// assert_eq!(Key::from("42"), Key::Int(42));
/// assert_eq!(Key::from("00042"), Key::Text("00042"));
/// assert!(Key::Int(99) < Key::from("1a"), "integers come before text");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key<'a> {
    /// An integer key.
    Int(i64),
    /// Any other key, compared byte by byte.
    Text(&'a str),
}

impl<'a> Key<'a> {
    /// The same key with canonical decimal text as the integer it is.
    #[must_use]
    pub fn canonical(self) -> Key<'a> {
        match self {
            Key::Text(text) => Key::from(text),
            Key::Int(_) => self,
        }
    }
}

impl<'a> From<&'a str> for Key<'a> {
    fn from(text: &'a str) -> Key<'a> {
        canonical_integer(text.as_bytes()).map_or(Key::Text(text), Key::Int)
    }
}

impl From<i64> for Key<'_> {
    fn from(key: i64) -> Self {
        Key::Int(key)
    }
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Int(key) => key.fmt(f),
            Key::Text(key) => f.write_str(key),
        }
    }
}

fn canonical_integer(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let canonical = match digits {
        [b'0'] => digits.len() == text.len(),
        [b'1'..=b'9', rest @ ..] => rest.len() < 19 && rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if !canonical {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// One event between a customer (or prospect) and the business.
///
/// Only customer, time and kind are required; the rest is what applies.
///
/// ```
/// use engagement_core::{Interaction, Ledger};
///
/// let mut ledger = Ledger::new();
/// ledger.append(&Interaction {
///     amount: Some("19.90".parse()?),
///     order: Some("A-1"),
///     ..Interaction::new("ann", "2026-03-01T10:00:00Z".parse()?, "purchase")
/// })?;
/// assert_eq!(ledger.len(), 1);
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interaction<'a> {
    /// Whose interaction it is.
    pub customer: Key<'a>,
    /// When it happened.
    pub at: Timestamp,
    /// What happened: one of [`KINDS`] in any case, or a name of your own.
    pub kind: &'a str,
    /// Money that moved, in the ledger's currency; a refund's is stored ≤ 0 whichever sign arrives.
    pub amount: Option<Money>,
    /// A rating or survey answer, on whatever scale the rulebook maps.
    pub rating: Option<f64>,
    /// How many people it reached, ≥ 0.
    pub reach: Option<f64>,
    /// The other customer involved, such as the referrer.
    pub other: Option<Key<'a>>,
    /// The order or invoice it belongs to.
    pub order: Option<&'a str>,
    /// The product, question or page.
    pub item: Option<&'a str>,
    /// The channel, online or offline.
    pub channel: Option<&'a str>,
    /// The business unit: store, branch, team.
    pub unit: Option<&'a str>,
    /// The campaign or programme.
    pub campaign: Option<&'a str>,
    /// The programme arm the customer was assigned to.
    pub arm: Option<&'a str>,
    /// What it cost the business.
    pub cost: Option<Money>,
    /// The identity within the customer; sending it again is a duplicate.
    pub id: Option<&'a str>,
}

impl<'a> Interaction<'a> {
    /// An interaction with nothing but the three required fields.
    #[must_use]
    pub fn new(customer: impl Into<Key<'a>>, at: Timestamp, kind: &'a str) -> Interaction<'a> {
        Interaction {
            customer: customer.into(),
            at,
            kind,
            amount: None,
            rating: None,
            reach: None,
            other: None,
            order: None,
            item: None,
            channel: None,
            unit: None,
            campaign: None,
            arm: None,
            cost: None,
            id: None,
        }
    }
}

/// The standard kinds. Their names match in any case, with `-` and space read as `_`; every other name is kept verbatim.
pub const KINDS: [&str; 18] = [
    "purchase",
    "refund",
    "subscription",
    "renewal",
    "cancellation",
    "visit",
    "intent",
    "review",
    "survey",
    "mention",
    "share",
    "invitation",
    "referral",
    "feedback",
    "complaint",
    "community",
    "contact",
    "assignment",
];

/// The name a kind is kept under: the standard name it matches, else the name itself.
///
/// ```
/// use engagement_core::canonical_kind;
///
/// assert_eq!(canonical_kind("Purchase"), "purchase");
/// assert_eq!(canonical_kind("Loyalty Scan"), "Loyalty Scan");
/// ```
#[must_use]
pub fn canonical_kind(name: &str) -> Cow<'_, str> {
    let matches = |standard: &&&str| {
        standard.len() == name.len()
            && standard
                .bytes()
                .zip(name.bytes())
                .all(|(s, n)| s == if matches!(n, b'-' | b' ') { b'_' } else { n.to_ascii_lowercase() })
    };
    KINDS.iter().find(matches).map_or(Cow::Borrowed(name), |standard| Cow::Borrowed(*standard))
}
