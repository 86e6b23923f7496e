//! The definition, spelled out over a plain list: what the fast path must equal bit for bit.
#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part")]

pub mod naive;
pub mod random;

use engagement_core::{Interaction, Key, Ledger, LoadOptions, Loaded, Money, Result, Timestamp};

/// An interaction that owns its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Plain {
    pub customer: String,
    pub at: i64,
    pub kind: String,
    pub amount: Option<i64>,
    pub rating: Option<f64>,
    pub reach: Option<f64>,
    pub other: Option<String>,
    pub order: Option<String>,
    pub item: Option<String>,
    pub channel: Option<String>,
    pub unit: Option<String>,
    pub campaign: Option<String>,
    pub arm: Option<String>,
    pub cost: Option<i64>,
    pub id: Option<String>,
}

impl Plain {
    pub fn borrow(&self) -> Interaction<'_> {
        Interaction {
            amount: self.amount.and_then(Money::from_micros),
            rating: self.rating,
            reach: self.reach,
            other: self.other.as_deref().map(Key::from),
            order: self.order.as_deref(),
            item: self.item.as_deref(),
            channel: self.channel.as_deref(),
            unit: self.unit.as_deref(),
            campaign: self.campaign.as_deref(),
            arm: self.arm.as_deref(),
            cost: self.cost.and_then(Money::from_micros),
            id: self.id.as_deref(),
            ..Interaction::new(self.customer.as_str(), Timestamp::from_micros(self.at).unwrap(), &self.kind)
        }
    }
}

/// Loads rows in batches of the given sizes (the last size repeats).
pub fn load(ledger: &mut Ledger, rows: &[Plain], sizes: &[usize], options: LoadOptions) -> Result<Loaded> {
    use engagement_core::{Batch, KeyColumn, TextColumn, Values};
    let mut load = ledger.load(options)?;
    let mut rest = rows;
    let mut sizes = sizes.iter().copied().chain(std::iter::repeat(sizes.last().copied().unwrap_or(usize::MAX)));
    while !rest.is_empty() {
        let (now, later) = rest.split_at(sizes.next().unwrap().clamp(1, rest.len()));
        rest = later;
        fn texts<'a>(rows: &'a [Plain], field: impl Fn(&'a Plain) -> Option<&'a String>) -> Vec<Option<&'a str>> {
            rows.iter().map(|row| field(row).map(String::as_str)).collect()
        }
        let customer = texts(now, |row| Some(&row.customer));
        let at: Vec<i64> = now.iter().map(|row| row.at).collect();
        let kind = texts(now, |row| Some(&row.kind));
        let money = |field: fn(&Plain) -> Option<i64>| -> (Vec<i64>, Vec<u8>) {
            now.iter().map(|row| (field(row).unwrap_or(77), u8::from(field(row).is_some()))).unzip()
        };
        let (amount, amount_valid) = money(|row| row.amount);
        let (cost, cost_valid) = money(|row| row.cost);
        let rating: Vec<f64> = now.iter().map(|row| row.rating.unwrap_or(f64::NAN)).collect();
        let reach: Vec<f64> = now.iter().map(|row| row.reach.unwrap_or(f64::NAN)).collect();
        let other = texts(now, |row| row.other.as_ref());
        let order = texts(now, |row| row.order.as_ref());
        let item = texts(now, |row| row.item.as_ref());
        let channel = texts(now, |row| row.channel.as_ref());
        let unit = texts(now, |row| row.unit.as_ref());
        let campaign = texts(now, |row| row.campaign.as_ref());
        let arm = texts(now, |row| row.arm.as_ref());
        let id = texts(now, |row| row.id.as_ref());
        load.push(&Batch {
            amount: Some(Values { values: &amount, valid: Some(&amount_valid) }),
            cost: Some(Values { values: &cost, valid: Some(&cost_valid) }),
            rating: Some(Values::new(&rating)),
            reach: Some(Values::new(&reach)),
            other: Some(KeyColumn::Text(TextColumn::Plain(&other))),
            order: Some(TextColumn::Plain(&order)),
            item: Some(TextColumn::Plain(&item)),
            channel: Some(TextColumn::Plain(&channel)),
            unit: Some(TextColumn::Plain(&unit)),
            campaign: Some(TextColumn::Plain(&campaign)),
            arm: Some(TextColumn::Plain(&arm)),
            id: Some(TextColumn::Plain(&id)),
            ..Batch::new(KeyColumn::Text(TextColumn::Plain(&customer)), Values::new(&at), TextColumn::Plain(&kind))
        })?;
    }
    load.finish()
}

/// Everything a ledger holds, as text in its own order.
pub fn content(ledger: &Ledger) -> Vec<String> {
    let mut lines = Vec::new();
    for customer in ledger.customers() {
        for interaction in ledger.history(customer, Timestamp::MAX).unwrap() {
            lines.push(format!("{interaction:?}"));
        }
    }
    lines
}

/// All numbers of a score table as bits, with their customers.
pub fn bits(scores: &engagement_core::Scores) -> Vec<String> {
    (0..scores.len())
        .map(|row| {
            let columns = [
                &scores.engagement,
                &scores.say,
                &scores.stay,
                &scores.spend,
                &scores.points_say,
                &scores.points_stay,
                &scores.points_spend,
            ];
            let numbers = columns.map(|column| column.get(row).map(f64::to_bits));
            let rules: Vec<_> = scores.contributions.iter().map(|(_, column)| column.get(row).map(f64::to_bits)).collect();
            format!(
                "{:?} {numbers:?} {rules:?} {:?} {:x} {} {} {} {}",
                scores.customer(row),
                scores.level[row],
                scores.coverage[row].to_bits(),
                scores.prospect[row],
                scores.interactions[row],
                scores.first_at[row],
                scores.last_at[row]
            )
        })
        .collect()
}
