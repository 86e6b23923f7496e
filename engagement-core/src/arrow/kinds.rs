//! From their names of kinds to ours, and the account of it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::mapping::{Mapping, Vocabulary};
use super::names::plain;
use super::values::{Numbers, Texts};
use crate::interaction::{KINDS, canonical_kind};

/// How many different names a report lists; the rows of further ones are counted together.
const LISTED: usize = 10_000;

const SEGMENT: &[(&str, &str)] = &[
    ("ordercompleted", "purchase"),
    ("orderrefunded", "refund"),
    ("ordercancelled", "refund"),
    ("trialstarted", "subscription"),
    ("signedup", "subscription"),
    ("accountdeleted", "cancellation"),
    ("trialended", "cancellation"),
    ("signedin", "visit"),
    ("productviewed", "visit"),
    ("page", "visit"),
    ("productadded", "intent"),
    ("checkoutstarted", "intent"),
    ("productreviewed", "review"),
    ("productshared", "share"),
    ("cartshared", "share"),
    ("invitesent", "invitation"),
    ("accountaddeduser", "community"),
    ("promotionviewed", "contact"),
    ("emaildelivered", "contact"),
    ("experimentviewed", "assignment"),
];

const GA4: &[(&str, &str)] = &[
    ("signup", "subscription"),
    ("login", "visit"),
    ("viewitem", "visit"),
    ("pageview", "visit"),
    ("addtocart", "intent"),
    ("begincheckout", "intent"),
    ("joingroup", "community"),
    ("viewpromotion", "contact"),
];

const SNOWPLOW: &[(&str, &str)] = &[
    ("transaction", "purchase"),
    ("productview", "visit"),
    ("pageview", "visit"),
    ("addtocart", "intent"),
    ("checkoutstep", "intent"),
    ("promoview", "contact"),
];

const SCHEMA_ORG: &[(&str, &str)] = &[
    ("buyaction", "purchase"),
    ("undo", "refund"),
    ("subscribeaction", "subscription"),
    ("leaveaction", "cancellation"),
    ("leave", "cancellation"),
    ("viewaction", "visit"),
    ("view", "visit"),
    ("wantaction", "intent"),
    ("reviewaction", "review"),
    ("question", "survey"),
    ("shareaction", "share"),
    ("announce", "share"),
    ("like", "mention"),
    ("dislike", "mention"),
    ("inviteaction", "invitation"),
    ("invite", "invitation"),
    ("accept", "referral"),
    ("commentaction", "feedback"),
    ("disagreeaction", "complaint"),
    ("flag", "complaint"),
    ("joinaction", "community"),
    ("join", "community"),
    ("communicateaction", "contact"),
];

impl Vocabulary {
    /// The kind a name means in this vocabulary, if the vocabulary has it. The names of [`KINDS`] are not in it; they hold in
    /// every table.
    #[must_use]
    pub fn kind(self, name: &str) -> Option<&'static str> {
        let find = |table: &[(&str, &'static str)], name: &str| {
            let name = plain(name);
            table.iter().find(|(theirs, _)| *theirs == name).map(|(_, ours)| *ours)
        };
        match self {
            Vocabulary::Standard => None,
            Vocabulary::Segment => find(SEGMENT, name),
            Vocabulary::Ga4 => find(GA4, name),
            Vocabulary::Snowplow => find(SNOWPLOW, name),
            Vocabulary::SchemaOrg => find(SCHEMA_ORG, name.rsplit(['/', '#', ':']).next().unwrap_or(name)),
            Vocabulary::CloudEvents => {
                let version =
                    |word: &&str| word.len() > 1 && word.starts_with('v') && word[1..].bytes().all(|b| b.is_ascii_digit());
                let word = name.rsplit('.').find(|word| !version(word))?;
                let kind = canonical_kind(word);
                KINDS.iter().find(|standard| **standard == kind && name.contains('.')).copied()
            }
        }
    }
}

/// Why a name became the kind it became.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KindOrigin {
    /// It is a standard name.
    Standard,
    /// The vocabulary says so.
    Vocabulary,
    /// The mapping says so.
    Mapping,
    /// It is a name of the user's own, kept as it is; it scores nothing until a rule names it.
    Custom,
    /// The rows named no kind and took the one that was given.
    Given,
    /// The rows named no kind: an amount of 0 or more is a purchase, one below 0 a refund.
    Sign,
}

/// A name of a kind in a table: what it became, and in how many rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KindUse {
    /// Their name; `None` where rows named no kind.
    pub name: Option<String>,
    /// Our name.
    pub kind: String,
    /// Why.
    pub origin: KindOrigin,
    /// The rows, including such as are refused for another reason.
    pub rows: u64,
}

/// Which names of kinds a table holds, what they became, and how many of each.
///
/// ```
/// use engagement_core::arrow::KindsReport;
///
/// let report = KindsReport::default();
/// assert_eq!(report.kinds().count(), 0);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindsReport {
    uses: BTreeMap<(Option<String>, String), (KindOrigin, u64)>,
    unlisted: u64,
}

impl KindsReport {
    /// The names in order, rows without a name first; at most 10,000 of them.
    pub fn kinds(&self) -> impl Iterator<Item = KindUse> + '_ {
        self.uses.iter().map(|((name, kind), &(origin, rows))| KindUse { name: name.clone(), kind: kind.clone(), origin, rows })
    }

    /// Rows with a name that no longer found a place in the list.
    #[must_use]
    pub fn unlisted(&self) -> u64 {
        self.unlisted
    }

    pub(crate) fn count(&mut self, name: Option<&str>, kind: &str, origin: KindOrigin, rows: u64) {
        if rows == 0 {
            return;
        }
        let key = (name.map(str::to_owned), kind.to_owned());
        if let Some(entry) = self.uses.get_mut(&key) {
            entry.1 += rows;
        } else if self.uses.len() < LISTED {
            self.uses.insert(key, (origin, rows));
        } else {
            self.unlisted += rows;
        }
    }
}

impl Serialize for KindsReport {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.kinds())
    }
}

/// Their names of kinds to ours, as a mapping says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kinds {
    pub(crate) given: Option<String>,
    own: HashMap<String, String>,
    vocabulary: Vocabulary,
}

impl Kinds {
    pub(crate) fn new(mapping: &Mapping) -> Kinds {
        let own = mapping.kinds.iter().map(|(theirs, ours)| (theirs.clone(), canonical_kind(ours).into_owned())).collect();
        let given = mapping.kind.as_deref().filter(|kind| !kind.is_empty()).map(|kind| canonical_kind(kind).into_owned());
        Kinds { given, own, vocabulary: mapping.vocabulary }
    }

    /// Our name for theirs.
    pub(crate) fn of<'a>(&'a self, name: &'a str) -> (Cow<'a, str>, KindOrigin) {
        if let Some(kind) = self.own.get(name) {
            return (kind.as_str().into(), KindOrigin::Mapping);
        }
        if let Some(kind) = self.vocabulary.kind(name) {
            return (kind.into(), KindOrigin::Vocabulary);
        }
        let kind = canonical_kind(name);
        let origin = if KINDS.contains(&kind.as_ref()) { KindOrigin::Standard } else { KindOrigin::Custom };
        (kind, origin)
    }
}

/// The kinds of some rows.
#[derive(Debug, Default)]
pub(crate) struct KindColumn {
    pub(crate) codes: Vec<u32>,
    names: Vec<String>,
}

impl KindColumn {
    pub(crate) fn values(&self) -> Vec<&str> {
        self.names.iter().map(String::as_str).collect()
    }
}

impl Kinds {
    /// The kinds of rows: what they name, else the given kind, else without a column of names what the sign of the amount says.
    pub(crate) fn column(
        &self,
        texts: Option<&Texts<'_>>,
        amount: Option<&Numbers<'_, i64>>,
        rows: usize,
        report: &mut KindsReport,
    ) -> KindColumn {
        let mut column = match texts {
            None => KindColumn { codes: vec![u32::MAX; rows], names: Vec::new() },
            Some(Texts::Dictionary { codes, values }) => self.named(codes.clone(), values, report),
            Some(Texts::Plain(texts)) => {
                let (codes, values) = dictionary(texts);
                self.named(codes, &values, report)
            }
        };
        if let Some(given) = &self.given {
            let code = column.names.len() as u32;
            column.names.push(given.clone());
            let mut filled = 0;
            for missing in column.codes.iter_mut().filter(|code| **code == u32::MAX) {
                *missing = code;
                filled += 1;
            }
            report.count(None, given, KindOrigin::Given, filled);
        } else if let (None, Some(amount)) = (texts, amount) {
            column.names = vec!["purchase".to_owned(), "refund".to_owned()];
            let mut counts = [0; 2];
            for (row, code) in column.codes.iter_mut().enumerate() {
                if let Some(amount) = amount.get(row) {
                    *code = u32::from(amount < 0);
                    counts[*code as usize] += 1;
                }
            }
            report.count(None, "purchase", KindOrigin::Sign, counts[0]);
            report.count(None, "refund", KindOrigin::Sign, counts[1]);
        }
        column
    }

    fn named(&self, mut codes: Vec<u32>, values: &[&str], report: &mut KindsReport) -> KindColumn {
        let mut counts = vec![0_u64; values.len()];
        for code in &mut codes {
            match values.get(*code as usize) {
                Some(&"") | None => *code = u32::MAX,
                Some(_) => counts[*code as usize] += 1,
            }
        }
        let names = values.iter().zip(counts).map(|(name, rows)| {
            let (kind, origin) = self.of(name);
            report.count(Some(name), &kind, origin, rows);
            kind.into_owned()
        });
        KindColumn { names: names.collect(), codes }
    }
}

/// Texts as codes into the distinct ones.
fn dictionary<'a>(texts: &[Option<&'a str>]) -> (Vec<u32>, Vec<&'a str>) {
    let mut known: HashMap<&str, u32> = HashMap::new();
    let mut values: Vec<&str> = Vec::new();
    let mut last = ("", u32::MAX);
    let mut code = |text: &Option<&'a str>| match *text {
        None | Some("") => u32::MAX,
        Some(text) if text == last.0 => last.1,
        Some(text) => {
            let code = *known.entry(text).or_insert_with(|| {
                values.push(text);
                values.len() as u32 - 1
            });
            last = (text, code);
            code
        }
    };
    let codes = texts.iter().map(&mut code).collect();
    (codes, values)
}
