//! A log that uses everything a log may have, for tests that hold several languages to the same bits.

use std::fmt::Write;

use engagement_core::{Interaction, Key, Money, Result, Timestamp};

use crate::log::{END, START};
use crate::random::Random;

/// One interaction that owns its texts. Absent is `None`; an absent number in the text form is an empty field.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// An integer in decimal, or any other text.
    pub customer: String,
    /// Microseconds in UTC.
    pub at: i64,
    /// A standard kind, in various spellings, or one of our own.
    pub kind: String,
    /// Millionths of a currency unit.
    pub amount: Option<i64>,
    /// Any scale; now and then off it.
    pub rating: Option<f64>,
    /// How many were reached.
    pub reach: Option<f64>,
    /// The other customer.
    pub other: Option<String>,
    /// Lines of one order fold into one interaction.
    pub order: Option<String>,
    /// What it was about.
    pub item: Option<String>,
    /// Where it happened.
    pub channel: Option<String>,
    /// Which business unit it concerns.
    pub unit: Option<String>,
    /// What prompted it.
    pub campaign: Option<String>,
    /// The arm of a programme.
    pub arm: Option<String>,
    /// Millionths of a currency unit.
    pub cost: Option<i64>,
    /// Unique for its customer; repeated by duplicates.
    pub id: Option<String>,
}

/// The columns of the text form, in order.
pub const COLUMNS: [&str; 15] = [
    "customer",
    "at_us",
    "kind",
    "amount_micros",
    "rating",
    "reach",
    "other",
    "order",
    "item",
    "channel",
    "unit",
    "campaign",
    "arm",
    "cost_micros",
    "id",
];

const KINDS: [&str; 24] = [
    "purchase",
    "purchase",
    "purchase",
    "Purchase",
    "refund",
    "visit",
    "visit",
    "intent",
    "review",
    "review",
    "survey",
    "survey",
    "complaint",
    "referral",
    "mention",
    "share",
    "renewal",
    "subscription",
    "cancellation",
    "feedback",
    "community",
    "contact",
    "assignment",
    "tasting evening",
];

impl Row {
    /// The row as the core takes it.
    ///
    /// # Errors
    /// If the core refuses a value; it refuses none of a generated row.
    pub fn interaction(&self) -> Result<Interaction<'_>> {
        let at = Timestamp::from_micros(self.at)?;
        let mut interaction = Interaction::new(Key::from(self.customer.as_str()), at, &self.kind);
        interaction.amount = self.amount.and_then(Money::from_micros);
        interaction.rating = self.rating;
        interaction.reach = self.reach;
        interaction.other = self.other.as_deref().map(Key::from);
        interaction.order = self.order.as_deref();
        interaction.item = self.item.as_deref();
        interaction.channel = self.channel.as_deref();
        interaction.unit = self.unit.as_deref();
        interaction.campaign = self.campaign.as_deref();
        interaction.arm = self.arm.as_deref();
        interaction.cost = self.cost.and_then(Money::from_micros);
        interaction.id = self.id.as_deref();
        Ok(interaction)
    }

    /// The row as one line of tab-separated text, without its end. Numbers read back to the same bits.
    pub fn write_tsv(&self, line: &mut String) {
        let texts = [&self.other, &self.order, &self.item, &self.channel, &self.unit, &self.campaign, &self.arm];
        write!(line, "{}\t{}\t{}", self.customer, self.at, self.kind).expect("a String takes all");
        field(line, self.amount.as_ref());
        field(line, self.rating.as_ref());
        field(line, self.reach.as_ref());
        for text in texts {
            field(line, text.as_ref());
        }
        field(line, self.cost.as_ref());
        field(line, self.id.as_ref());
    }
}

fn field<T: std::fmt::Display>(line: &mut String, value: Option<&T>) {
    line.push('\t');
    if let Some(value) = value {
        write!(line, "{value}").expect("a String takes all");
    }
}

/// `n` rows in random order that a strict load takes whole: every kind and field, integer and text keys, ties in
/// time, orders of several lines, rows with ids of which some come twice, rows before 1970 and in the last instant.
#[must_use]
pub fn mixed_every_feature(n: usize, seed: u64) -> Vec<Row> {
    let mut random = Random::new(seed);
    let customers = (n as u64 / 25).max(3);
    let mut rows: Vec<Row> = Vec::with_capacity(n);
    let mut serial = 0_u64;
    while rows.len() < n {
        serial += 1;
        match random.below(40) {
            0 => order(&mut rows, n, customers, serial, &mut random),
            1 if rows.iter().rev().take(50).any(|row| row.id.is_some()) => {
                let again = rows.iter().rev().take(50).find(|row| row.id.is_some()).cloned();
                rows.extend(again);
            }
            _ => rows.push(row(customers, serial, &mut random)),
        }
    }
    for i in (1..rows.len()).rev() {
        rows.swap(i, random.below(i as u64 + 1) as usize);
    }
    rows
}

/// Two to five lines of one order: the same customer and kind, different items and amounts.
fn order(rows: &mut Vec<Row>, n: usize, customers: u64, serial: u64, random: &mut Random) {
    let mut line = row(customers, serial, random);
    line.kind = "purchase".to_owned();
    line.order = Some(format!("A{serial}"));
    (line.other, line.arm, line.rating) = (None, None, None);
    let lines = (2 + random.below(4) as usize).min(n - rows.len());
    for k in 0..lines {
        line.item = Some(format!("sku-{}", random.below(500)));
        line.amount = (!random.once_in(9)).then(|| random.below(90_000) as i64 * 1_000);
        line.at += random.below(3) as i64;
        line.id = line.id.is_some().then(|| format!("{serial}-{k}"));
        rows.push(line.clone());
    }
}

fn customer(customers: u64, random: &mut Random) -> String {
    // A squared uniform: the first customers act far more often than the last.
    let index = (random.unit() * random.unit() * customers as f64) as u64;
    match index % 8 {
        0..=3 => (1000 + index).to_string(),
        4 => format!("-{}", index + 1),
        5 => format!("C{index:06}"),
        6 => format!("{index:07}"),
        _ => format!("Zoë & Søn {index}"),
    }
}

fn row(customers: u64, serial: u64, random: &mut Random) -> Row {
    let span = (END - START) as u64;
    let mut row = Row {
        customer: customer(customers, random),
        at: match random.below(200) {
            0 => -1 - random.below(1 << 40) as i64,
            1 => END - 1,
            2..=30 => START + (random.below(span) / 86_400_000_000 * 86_400_000_000) as i64,
            _ => START + random.below(span) as i64,
        },
        kind: (*random.pick(&KINDS)).to_owned(),
        ..Row::default()
    };
    let cents = |random: &mut Random, most: u64| random.below(most) as i64 * 10_000;
    match row.kind.as_str() {
        "purchase" | "Purchase" => {
            row.amount = match random.below(50) {
                0 => None,
                1 => Some(0),
                2 => Some(random.below(1 << 40) as i64),
                _ => Some(cents(random, 20_000)),
            };
        }
        // Either sign: a refund is stored as at most 0.
        "refund" => row.amount = Some(cents(random, 9_000) * if random.once_in(2) { 1 } else { -1 }),
        "renewal" | "subscription" => row.amount = Some(9_990_000),
        "review" => row.rating = Some(*random.pick(&[1.0, 2.0, 2.5, 3.0, 3.7, 4.0, 5.0, 5.0, 5.0, 6.0])),
        "survey" => row.rating = Some(random.below(11) as f64),
        "feedback" | "community" => row.rating = random.once_in(3).then(|| 1.0 + 4.0 * random.unit()),
        "mention" | "share" => {
            row.reach = (!random.once_in(5)).then(|| *random.pick(&[0.0, 0.5, 1.0, 7.0, 250.0, 1e4, 1.25e6]));
            row.rating = random.once_in(2).then(|| 1.0 + random.below(9) as f64 / 2.0);
        }
        "referral" => row.other = Some(customer(customers, random)),
        "contact" => row.cost = Some(cents(random, 300)),
        "assignment" => row.arm = Some((*random.pick(&["control", "treated"])).to_owned()),
        _ => {}
    }
    let mut some = |one_in: u64, text: &dyn Fn(u64) -> String| {
        let value = random.bits() >> 8;
        value.is_multiple_of(one_in).then(|| text((value >> 16) % 97))
    };
    row.item = some(4, &|v| ["nps", "csat", "product", "the blue one"][v as usize % 4].to_owned());
    row.channel = some(2, &|v| ["web", "store", "app", "phone"][v as usize % 4].to_owned());
    row.unit = some(3, &|v| format!("store {:02}", v % 12));
    row.campaign = some(5, &|v| format!("campaign {}", v % 7));
    row.id = some(3, &|_| format!("i-{serial:x}"));
    row
}
