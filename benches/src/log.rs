//! Logs as columns, chunk by chunk, in the order in which a business would have written them.

use engagement_core::{Batch, KeyColumn, TextColumn, Values};

use crate::customers::Customers;
use crate::random::{Random, mix};

/// 2024-01-01T00:00:00Z in microseconds: no interaction is earlier.
pub const START: i64 = 1_704_067_200_000_000;
/// 2026-01-01T00:00:00Z in microseconds: every interaction is earlier. The as-of of all benches.
pub const END: i64 = 1_767_225_600_000_000;

/// The kinds of a mixed log and how many of a thousand rows each has.
pub const KINDS: [(&str, u32); 17] = [
    ("visit", 380),
    ("purchase", 270),
    ("contact", 110),
    ("review", 45),
    ("survey", 40),
    ("intent", 40),
    ("mention", 25),
    ("renewal", 20),
    ("complaint", 18),
    ("refund", 15),
    ("feedback", 10),
    ("community", 7),
    ("referral", 6),
    ("subscription", 5),
    ("share", 4),
    ("cancellation", 3),
    ("invitation", 2),
];

const CHANNELS: [&str; 5] = ["web", "store", "app", "phone", "email"];
const CAMPAIGNS: [&str; 8] = ["spring", "summer", "autumn", "winter", "welcome", "win-back", "birthday", "newsletter"];
const ITEMS: [&str; 4] = ["nps", "csat", "product", "service"];
const UNITS: u32 = 40;

/// Numbers that may be absent.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    /// One a row; 0 where absent.
    pub values: Vec<i64>,
    /// One a row; 1 where present.
    pub valid: Vec<u8>,
}

impl Numbers {
    fn push(&mut self, value: Option<i64>) {
        self.values.push(value.unwrap_or(0));
        self.valid.push(u8::from(value.is_some()));
    }

    fn view(&self) -> Values<'_, i64> {
        Values { values: &self.values, valid: Some(&self.valid) }
    }
}

/// Texts as codes into a dictionary that is the same for every chunk of every log.
#[derive(Debug, Clone)]
pub struct Texts {
    /// One a row; `u32::MAX` where absent.
    pub codes: Vec<u32>,
    /// The dictionary.
    pub values: Vec<String>,
}

/// A code that stands for no text.
pub const ABSENT: u32 = u32::MAX;

impl Texts {
    fn new<S: ToString>(values: impl IntoIterator<Item = S>) -> Texts {
        Texts { codes: Vec::new(), values: values.into_iter().map(|v| v.to_string()).collect() }
    }
}

/// What else a row of a mixed log has. Absent measurements are NaN.
#[derive(Debug, Clone)]
pub struct Details {
    /// What happened.
    pub kind: Texts,
    /// Ratings: 1..5 of reviews and mentions, 0..10 of survey answers.
    pub rating: Vec<f64>,
    /// How many people a mention or share reached.
    pub reach: Vec<f64>,
    /// The referrer of a referral.
    pub other: Numbers,
    /// What was asked or reviewed.
    pub item: Texts,
    /// Where it happened.
    pub channel: Texts,
    /// Which store it concerns.
    pub unit: Texts,
    /// What prompted it.
    pub campaign: Texts,
    /// What a contact cost, in millionths.
    pub cost: Numbers,
    /// Unique texts, if the log was asked to have them.
    pub id: Option<Vec<String>>,
}

/// Some rows of a log, as columns of one length.
#[derive(Debug, Clone)]
pub struct Log {
    /// Customer keys.
    pub customer: Vec<i64>,
    /// Microseconds in UTC, ascending.
    pub at: Vec<i64>,
    /// Millionths of a currency unit, whole cents.
    pub amount: Numbers,
    /// The other columns; a purchase log has none.
    pub details: Option<Details>,
}

impl Log {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.at.len()
    }

    /// Hands the columns to `work` as a batch of the core; only those that points come from, if `needed`.
    pub fn with_batch<R>(&self, needed: bool, work: impl FnOnce(&Batch<'_>) -> R) -> R {
        fn values(texts: &Texts) -> Vec<&str> {
            texts.values.iter().map(String::as_str).collect()
        }
        fn dictionary<'a>(texts: &'a Texts, values: &'a [&'a str]) -> TextColumn<'a> {
            TextColumn::Dictionary { codes: &texts.codes, values }
        }
        let customer = KeyColumn::Int(Values { values: &self.customer, valid: None });
        let at = Values { values: &self.at, valid: None };
        let Some(details) = &self.details else {
            let mut batch = Batch::new(customer, at, TextColumn::Constant("purchase"));
            batch.amount = Some(Values { values: &self.amount.values, valid: None });
            return work(&batch);
        };
        let kinds = values(&details.kind);
        let mut batch = Batch::new(customer, at, dictionary(&details.kind, &kinds));
        batch.amount = Some(self.amount.view());
        batch.rating = Some(Values { values: &details.rating, valid: None });
        batch.reach = Some(Values { values: &details.reach, valid: None });
        if needed {
            return work(&batch);
        }
        batch.other = Some(KeyColumn::Int(details.other.view()));
        batch.cost = Some(details.cost.view());
        let (items, channels) = (values(&details.item), values(&details.channel));
        let (units, campaigns) = (values(&details.unit), values(&details.campaign));
        batch.item = Some(dictionary(&details.item, &items));
        batch.channel = Some(dictionary(&details.channel, &channels));
        batch.unit = Some(dictionary(&details.unit, &units));
        batch.campaign = Some(dictionary(&details.campaign, &campaigns));
        let ids: Option<Vec<Option<&str>>> = details.id.as_ref().map(|ids| ids.iter().map(|id| Some(id.as_str())).collect());
        batch.id = ids.as_deref().map(TextColumn::Plain);
        work(&batch)
    }
}

/// Which log to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogKind {
    /// Customer, time and amount.
    Purchases,
    /// Every standard kind of interaction but `assignment`, with its fields.
    Mixed,
    /// The same with an id in every row.
    MixedWithIds,
}

/// Writes a log piece by piece: 100 million rows never have to be in memory at once.
#[derive(Debug)]
pub struct Generator {
    kind: LogKind,
    rows: u64,
    row: u64,
    arrived: u64,
    customers: Customers,
    random: Random,
    kinds: Vec<u8>,
}

/// A generator of `rows` purchases by exactly `customers` customers over two years, in time order.
///
/// # Panics
/// If there are no customers, or more than rows.
#[must_use]
pub fn purchases(rows: u64, customers: u64, seed: u64) -> Generator {
    Generator::new(LogKind::Purchases, rows, customers, seed)
}

/// A generator of `rows` interactions of many kinds by exactly `customers` customers over two years, in time order.
///
/// # Panics
/// If there are no customers, or more than rows.
#[must_use]
pub fn mixed(rows: u64, customers: u64, seed: u64) -> Generator {
    Generator::new(LogKind::Mixed, rows, customers, seed)
}

impl Generator {
    /// A generator that starts at the first row.
    ///
    /// # Panics
    /// If there are no customers, or more than rows.
    #[must_use]
    pub fn new(kind: LogKind, rows: u64, customers: u64, seed: u64) -> Generator {
        let thousand = KINDS.iter().enumerate().flat_map(|(code, &(_, share))| vec![code as u8; share as usize]);
        Generator {
            kind,
            rows,
            row: 0,
            arrived: 0,
            customers: Customers::new(customers, rows, seed),
            random: Random::new(seed),
            kinds: thousand.collect(),
        }
    }

    /// The next `limit` rows, or fewer at the end; `None` after it.
    pub fn chunk(&mut self, limit: usize) -> Option<Log> {
        if self.row == self.rows {
            return None;
        }
        let count = (self.rows - self.row).min(limit as u64) as usize;
        let mut log = Log {
            customer: Vec::with_capacity(count),
            at: Vec::with_capacity(count),
            amount: Numbers { values: Vec::with_capacity(count), valid: Vec::with_capacity(count) },
            details: (self.kind != LogKind::Purchases).then(|| empty_details(self.kind == LogKind::MixedWithIds)),
        };
        for _ in 0..count {
            self.write(&mut log);
        }
        Some(log)
    }

    /// All rows at once.
    #[must_use]
    pub fn all(mut self) -> Log {
        let rows = self.rows as usize;
        self.chunk(rows).expect("a log has a customer, so a row")
    }

    fn write(&mut self, log: &mut Log) {
        let random = &mut self.random;
        let (row, rows) = (self.row, self.rows);
        // Each row has its own slice of the two years, so times ascend however they fall inside.
        let span = (END - START) as u64;
        let from = (u128::from(span) * u128::from(row) / u128::from(rows)) as u64;
        let to = (u128::from(span) * u128::from(row + 1) / u128::from(rows)) as u64;
        log.at.push(START + (from + random.below((to - from).max(1))) as i64);

        let due = self.customers.arrived(row + 1, rows);
        let index = if self.arrived < due || self.arrived == 0 {
            self.arrived += 1;
            self.arrived - 1
        } else {
            let now = ((row << 32) / rows) as u32;
            self.customers.next(random, self.arrived, now)
        };
        self.row += 1;
        log.customer.push(self.customers.key(index));
        let bits = random.bits();
        // The sum of two uniforms: half to one and a half times the mean, mostly.
        let spend = (self.customers.spend(index) * ((bits & 0xffff) + ((bits >> 16) & 0xffff))) >> 16;
        let spend = spend.max(1) as i64 * 10_000;
        let Some(details) = &mut log.details else {
            log.amount.push(Some(spend));
            return;
        };
        let code = self.kinds[random.below(1000) as usize];
        details.kind.codes.push(u32::from(code));
        let mut fields = Fields::default();
        fields.fill(KINDS[code as usize].0, spend, bits >> 32, random);
        if fields.referred {
            let referrer = random.below(self.arrived);
            fields.other = (referrer != index).then(|| self.customers.key(referrer));
        }
        log.amount.push(fields.amount);
        details.push(&fields, row);
    }
}

/// The fields of one row of a mixed log.
struct Fields {
    amount: Option<i64>,
    rating: f64,
    reach: f64,
    referred: bool,
    other: Option<i64>,
    item: u32,
    channel: u32,
    unit: u32,
    campaign: u32,
    cost: Option<i64>,
}

impl Default for Fields {
    fn default() -> Fields {
        Fields {
            amount: None,
            rating: f64::NAN,
            reach: f64::NAN,
            referred: false,
            other: None,
            item: ABSENT,
            channel: ABSENT,
            unit: ABSENT,
            campaign: ABSENT,
            cost: None,
        }
    }
}

impl Fields {
    /// What an interaction of `kind` has; `bits` are 32 random bits.
    fn fill(&mut self, kind: &str, spend: i64, bits: u64, random: &mut Random) {
        let (channel, unit) = ((bits & 0xff) as u32, ((bits >> 8) & 0xfff) as u32 % UNITS);
        let campaign = ((bits >> 20) & 0x7) as u32;
        let rating = [5, 5, 5, 5, 4, 4, 5, 4, 3, 4, 3, 2, 1, 1, 5, 1][(bits >> 28) as usize];
        match kind {
            "purchase" => {
                (self.amount, self.channel) = (Some(spend), channel % 4);
                self.unit = if self.channel == 1 { unit } else { ABSENT };
                self.campaign = if (bits >> 23) & 7 == 0 { campaign } else { ABSENT };
            }
            "refund" => {
                (self.amount, self.channel) = (Some(-spend), channel % 4);
                self.unit = if self.channel == 1 { unit } else { ABSENT };
            }
            "subscription" | "renewal" => (self.amount, self.channel) = (Some(9_990_000), 0),
            "visit" | "intent" => {
                self.channel = channel % 3;
                self.unit = if self.channel == 1 { unit } else { ABSENT };
            }
            "review" => (self.rating, self.item, self.channel) = (f64::from(rating), 2, 0),
            "survey" => {
                let answer = [10, 9, 8, 9, 10, 7, 8, 10, 9, 6, 5, 8, 10, 3, 0, 7][(bits >> 28) as usize];
                (self.rating, self.item, self.channel) = (f64::from(answer), 0, 4);
                self.unit = unit;
            }
            "mention" => {
                self.reach = (1_u64 << (bits & 0xf)) as f64 + ((bits >> 4) & 0xff) as f64;
                self.rating = if (bits >> 20) & 1 == 0 { f64::from(rating) } else { f64::NAN };
            }
            "share" => self.reach = (bits & 0x3ff) as f64,
            "complaint" => (self.channel, self.unit) = (channel % 5, unit),
            "referral" => self.referred = true,
            "contact" => {
                self.campaign = campaign;
                self.channel = 4;
                self.cost = Some(20_000 + random.below(80) as i64 * 10_000);
            }
            _ => {}
        }
    }
}

impl Details {
    fn push(&mut self, fields: &Fields, row: u64) {
        self.rating.push(fields.rating);
        self.reach.push(fields.reach);
        self.other.push(fields.other);
        self.item.codes.push(fields.item);
        self.channel.codes.push(fields.channel);
        self.unit.codes.push(fields.unit);
        self.campaign.codes.push(fields.campaign);
        self.cost.push(fields.cost);
        if let Some(ids) = &mut self.id {
            ids.push(format!("{:08x}-{row:x}", mix(row) as u32));
        }
    }
}

fn empty_details(ids: bool) -> Details {
    Details {
        kind: Texts::new(KINDS.map(|(name, _)| name)),
        rating: Vec::new(),
        reach: Vec::new(),
        other: Numbers::default(),
        item: Texts::new(ITEMS),
        channel: Texts::new(CHANNELS),
        unit: Texts::new((1..=UNITS).map(|n| format!("store-{n:02}"))),
        campaign: Texts::new(CAMPAIGNS),
        cost: Numbers::default(),
        id: ids.then(Vec::new),
    }
}
