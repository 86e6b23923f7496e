//! What the user says of a table: which column is which field, and which name is which kind.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Result};

/// What the user says of a table before it is read. Whatever is not said is recognised by name.
///
/// ```
/// use engagement_core::arrow::{Mapping, Vocabulary};
///
/// let mapping = Mapping::new()
///     .column("at", "invoice_date")
///     .column("customer_id", "CustomerNo")
///     .vocabulary(Vocabulary::Segment)
///     .kind_name("Loyalty Scan", "visit");
/// assert_eq!(mapping.columns[0], ("at".to_owned(), "invoice_date".to_owned()));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Our field and their column. An empty column leaves the field out.
    pub columns: Vec<(String, String)>,
    /// The kind of rows that name none.
    pub kind: Option<String>,
    /// Whose names of kinds the table uses.
    pub vocabulary: Vocabulary,
    /// Their name of a kind, verbatim, and ours. These come before the vocabulary.
    pub kinds: Vec<(String, String)>,
}

impl Mapping {
    /// A mapping that says nothing.
    #[must_use]
    pub fn new() -> Mapping {
        Mapping::default()
    }

    /// Says that a field is read from a column, or with an empty column that it is left out.
    #[must_use]
    pub fn column(mut self, field: impl Into<String>, column: impl Into<String>) -> Mapping {
        self.columns.push((field.into(), column.into()));
        self
    }

    /// Sets the kind of rows that name none.
    #[must_use]
    pub fn kind(mut self, kind: impl Into<String>) -> Mapping {
        self.kind = Some(kind.into());
        self
    }

    /// Sets whose names of kinds the table uses.
    #[must_use]
    pub fn vocabulary(mut self, vocabulary: Vocabulary) -> Mapping {
        self.vocabulary = vocabulary;
        self
    }

    /// Says which kind a name of theirs is.
    #[must_use]
    pub fn kind_name(mut self, theirs: impl Into<String>, kind: impl Into<String>) -> Mapping {
        self.kinds.push((theirs.into(), kind.into()));
        self
    }
}

/// Whose names of kinds a table uses. Some names mean different things to different tools, so one vocabulary is chosen; within it,
/// and after it, the standard names hold as well.
///
/// ```
/// use engagement_core::arrow::Vocabulary;
///
/// assert_eq!("GA4".parse::<Vocabulary>()?, Vocabulary::Ga4);
/// assert_eq!(Vocabulary::Segment.kind("Order Completed"), Some("purchase"));
/// assert_eq!(Vocabulary::SchemaOrg.kind("https://schema.org/ReviewAction"), Some("review"));
/// assert_eq!(Vocabulary::CloudEvents.kind("com.example.shop.refund.v2"), Some("refund"));
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Vocabulary {
    /// Only the standard names.
    #[default]
    Standard,
    /// Twilio Segment's e-commerce and lifecycle events. `Signed Up` is a subscription, invited or not.
    Segment,
    /// Google Analytics 4's recommended events.
    Ga4,
    /// Snowplow's e-commerce actions.
    Snowplow,
    /// schema.org actions and `ActivityStreams` 2.0 activities, bare or as addresses. `Join` and `JoinAction` mean joining a
    /// community; where they mean subscribing or accepting an invitation, say so with [`Mapping::kind_name`].
    SchemaOrg,
    /// `CloudEvents`: the last word of the event type, before a version such as `v1`, is a standard name. The
    /// attributes `source` and `id` together are the id, and `subject` is the customer.
    CloudEvents,
}

impl Vocabulary {
    /// Every vocabulary.
    pub const ALL: [Vocabulary; 6] = [
        Vocabulary::Standard,
        Vocabulary::Segment,
        Vocabulary::Ga4,
        Vocabulary::Snowplow,
        Vocabulary::SchemaOrg,
        Vocabulary::CloudEvents,
    ];

    /// The name, in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Vocabulary::Standard => "standard",
            Vocabulary::Segment => "segment",
            Vocabulary::Ga4 => "ga4",
            Vocabulary::Snowplow => "snowplow",
            Vocabulary::SchemaOrg => "schema.org",
            Vocabulary::CloudEvents => "cloudevents",
        }
    }
}

impl fmt::Display for Vocabulary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Vocabulary {
    type Err = Error;

    /// Reads a name in any case; `activitystreams` is another name of `schema.org`.
    fn from_str(name: &str) -> Result<Vocabulary> {
        let wanted: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        let same = |known: &str| known.chars().filter(char::is_ascii_alphanumeric).eq(wanted.chars());
        if matches!(wanted.as_str(), "activitystreams" | "as2") {
            return Ok(Vocabulary::SchemaOrg);
        }
        Vocabulary::ALL.into_iter().find(|vocabulary| same(vocabulary.as_str())).ok_or_else(|| {
            let known = Vocabulary::ALL.map(Vocabulary::as_str).join(", ");
            Error::new(ErrorKind::InvalidArgument, format!("unknown vocabulary \"{name}\": {known} are known"))
        })
    }
}
