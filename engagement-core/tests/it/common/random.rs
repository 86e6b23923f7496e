//! Random logs and rulebooks for the property tests.

use engagement_core::Rulebook;
use engagement_core::rulebook::{Between, Limit, Occurrence, Per, RatingScale, Rule, StageScale, WayScale, When};
use engagement_core::{LevelScale, TimeUnit, Way, Zone};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::Plain;

pub const KINDS: [&str; 9] =
    ["purchase", "Purchase", "refund", "visit", "review", "mention", "complaint", "Loyalty Scan", "renewal"];

fn text(choices: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::sample::select(choices).prop_map(str::to_owned)
}

fn maybe(choices: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    option::weighted(0.4, text(choices))
}

/// 2026-03-28 12:00 UTC and the days after it, on a grid coarse enough for ties, across a change of the clock.
fn time() -> impl Strategy<Value = i64> {
    (0..200_i64).prop_map(|step| 1_774_699_200_000_000 + step * 1_800_000_000)
}

/// An interaction without order and id.
pub fn interaction() -> impl Strategy<Value = Plain> {
    let customer = text(&["1", "2", "-7", "007", "ann", "bob", "9223372036854775808"]);
    let amount = option::weighted(0.7, 0..90_000_000_i64);
    let rating = option::weighted(0.5, (0..=11_u8).prop_map(f64::from));
    let reach = option::weighted(0.3, (0..5_u16).prop_map(|n| f64::from(n * n * n) * 12.5));
    let other = maybe(&["1", "ann", "zoe"]);
    let texts =
        (maybe(&["tea", "mug"]), maybe(&["web", "shop"]), maybe(&["north", "south"]), maybe(&["spring"]), maybe(&["a", "b"]));
    let cost = option::weighted(0.2, 0..5_000_000_i64);
    (customer, time(), text(&KINDS), amount, rating, reach, other, texts, cost).prop_map(
        |(customer, at, kind, amount, rating, reach, other, (item, channel, unit, campaign, arm), cost)| Plain {
            customer,
            at,
            kind,
            amount,
            rating,
            reach,
            other,
            order: None,
            item,
            channel,
            unit,
            campaign,
            arm,
            cost,
            id: None,
        },
    )
}

/// A log of single interactions: some repeated, some with an id, which is a name of the content, so that ids never conflict.
pub fn log_without_orders(len: usize) -> impl Strategy<Value = Vec<Plain>> {
    vec((interaction(), any::<bool>(), 1..3_usize), 0..len).prop_map(|rows| {
        let mut log = Vec::new();
        for (mut row, named, times) in rows {
            if named {
                row.id = Some(format!("{:?}", super::naive::kept(&row)));
            }
            log.extend(std::iter::repeat_n(row, if named { times } else { 1 }));
        }
        log
    })
}

/// The same with orders of several lines.
pub fn log(len: usize) -> impl Strategy<Value = Vec<Plain>> {
    (log_without_orders(len), vec(maybe(&["o1", "o2", "o3"]), len * 2)).prop_map(|(mut log, orders)| {
        let mut by_id = std::collections::HashMap::new();
        for (row, order) in log.iter_mut().zip(orders) {
            // Rows that repeat an id repeat its order, too.
            row.order =
                row.id.clone().map_or(order.clone(), |id| by_id.entry((row.customer.clone(), id)).or_insert(order).clone());
        }
        log
    })
}

fn between(max: u32) -> impl Strategy<Value = Option<Between>> {
    option::weighted(
        0.15,
        (0..max, option::of(0..max))
            .prop_map(|(min, more)| Between { min: Some(f64::from(min)), max: more.map(|more| f64::from(min + more)) }),
    )
}

pub fn rule() -> impl Strategy<Value = Rule> {
    let way = proptest::sample::select(&Way::ALL[..]);
    let occurrence = prop_oneof![3 => Just(Occurrence::Any), 1 => Just(Occurrence::First), 1 => Just(Occurrence::Repeat)];
    let when = (
        maybe(&["web", "shop", "mars"]),
        maybe(&["north"]),
        option::weighted(0.1, Just("spring".to_owned())),
        between(80),
        between(8),
        between(200),
    )
        .prop_map(|(channel, unit, campaign, amount, rating, reach)| When { channel, unit, campaign, amount, rating, reach });
    let points = option::weighted(0.7, (-400..400_i32).prop_map(|n| f64::from(n) / 16.3));
    let per_amount = option::weighted(0.4, (-3..4_i32).prop_map(|n| f64::from(n) * 0.37));
    let scale = prop_oneof![
        Just(RatingScale { worst: 1.0, neutral: 3.0, best: 5.0 }),
        Just(RatingScale { worst: 10.0, neutral: 6.5, best: 0.0 })
    ];
    let per = prop_oneof![Just(Per::Day), Just(Per::Week), Just(Per::Month), Just(Per::Ever)];
    let limit = option::weighted(
        0.4,
        (any::<bool>(), 1..4_u32, per).prop_map(|(count, n, per)| Limit {
            count: count.then_some(n),
            points: (!count).then_some(f64::from(n) * 7.3),
            per,
        }),
    );
    let half_life =
        option::weighted(0.7, proptest::sample::select(&["5h", "1d", "9d", "52w"][..]).prop_map(|text| text.parse().unwrap()));
    let kind = text(&["purchase", "refund", "visit", "review", "mention", "complaint", "Loyalty Scan", "never seen"]);
    (
        (way, kind, occurrence, prop_oneof![3 => Just(When::default()), 1 => when]),
        (points, per_amount, option::weighted(0.3, scale), any::<bool>()),
        half_life,
        limit,
    )
        .prop_map(|((way, kind, occurrence, when), (points, per_amount, rating, reach), half_life, limit)| Rule {
            name: String::new(),
            way,
            kind,
            occurrence,
            when,
            points: points.or((per_amount.is_none() && rating.is_none()).then_some(2.5)),
            per_amount,
            rating,
            reach,
            half_life,
            limit,
        })
}

pub fn rulebook() -> impl Strategy<Value = Rulebook> {
    let scale = (1..200_u16, 0..4_u8)
        .prop_map(|(half, weight)| Some(WayScale { half_score: f64::from(half) / 3.0, weight: f64::from(weight) / 1.7 }));
    let zone = prop_oneof![Just(None), Just(Some("Europe/Berlin")), Just(Some("Pacific/Apia")), Just(Some("-03:30"))];
    let stages = option::of((0..400_u16, any::<bool>()).prop_map(|(days, by_gap)| StageScale {
        at_risk: 0.3,
        typical_gap: by_gap.then_some(1.0 / 3.0),
        ..StageScale::new(TimeUnit::Day, f64::from(days))
    }));
    (vec(rule(), 0..12), [scale.clone(), scale.clone(), scale], zone, stages).prop_map(
        |(mut rules, [say, stay, spend], zone, stages)| {
            for (at, rule) in rules.iter_mut().enumerate() {
                rule.name = format!("rule {at}");
            }
            Rulebook {
                version: 1,
                name: "random".to_owned(),
                zone: zone.map(|name| Zone::new(name).unwrap()),
                currency: None,
                say,
                stay,
                spend,
                levels: LevelScale { fully_engaged: 60.0, engaged: 30.0, not_engaged: 0.0 },
                calibration: None,
                forecast: None,
                stages,
                rules,
            }
        },
    )
}
