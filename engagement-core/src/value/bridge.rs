//! From the value of all customers at one date to that at another, by what changed it.

use std::cmp::Ordering;

use serde::Serialize;

use super::{Forecasts, fitting, nearest};
use crate::error::{Error, ErrorKind, Result};
use crate::money::Money;
use crate::score::Scores;

/// Why all customers together are worth more, or less, at the second date than at the first. The lines add up exactly.
///
/// The two tables may come from the same rulebook or from two; a change of horizon, discount or fitted model shows in stay and
/// spend, a change of the margin in its own line.
///
/// # Formula
/// For a customer with a forecast at both dates, with N discounted purchases, m expected order value and g margin:
/// ```text
/// margin = round(Δg · mean(N·m))
/// stay   = round(ΔN · mean(m) · mean(g))
/// spend  = Δ(lifetime value) − margin − stay      = Δm · mean(N) · mean(g), but for the rounding
/// say    = Δsay
/// ```
/// A mean is that of the two dates. Whoever has a forecast at the second date only is *acquired*, at the first only *lost*, with
/// the whole change of say + stay + spend. A prospect at both dates counts in say.
///
/// # Example
/// ```
/// use engagement_core::model::{GammaGamma, MbgNbd};
/// use engagement_core::value::{Forecast, ValueBridge};
/// use engagement_core::{Interaction, Ledger, Rulebook, ScoreOptions, TimeUnit};
///
/// let mut ledger = Ledger::new();
/// for (customer, day, amount) in
///     [("ann", "2026-01-05", "40"), ("ann", "2026-02-02", "55"), ("ann", "2026-03-02", "50"), ("bob", "2026-03-09", "20")]
/// {
///     let at = ledger.zone().parse(day)?;
///     ledger.append(&Interaction { amount: Some(amount.parse()?), ..Interaction::new(customer, at, "purchase") })?;
/// }
/// let forecast = Forecast {
///     spend: Some(GammaGamma::new(6.25, 3.74, 15.44)?),
///     ..Forecast::new(MbgNbd::new(0.525, 6.183, 0.891, 1.614)?, TimeUnit::Week, 52.0)
/// };
/// let rules = Rulebook { forecast: Some(forecast), ..Rulebook::standard() }.compile()?;
/// let options = ScoreOptions::default();
/// let before = rules.score_all(&ledger, ledger.zone().parse_as_of("2026-02-28")?, &options)?;
/// let after = rules.score_all(&ledger, ledger.zone().parse_as_of("2026-03-31")?, &options)?;
/// let bridge = ValueBridge::between(&before, &after)?;
/// assert!(bridge.acquired.micros() > 0 && bridge.lost.micros() == 0);
/// let lines = [bridge.acquired, bridge.lost, bridge.stay, bridge.spend, bridge.say, bridge.margin];
/// let change: i64 = lines.iter().map(|line| line.micros()).sum();
/// assert_eq!(bridge.before.micros() + change, bridge.after.micros());
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ValueBridge {
    /// What all customers were worth at the first date.
    pub before: Money,
    /// By customers who have a forecast at the second date only.
    pub acquired: Money,
    /// By customers who have a forecast at the first date only.
    pub lost: Money,
    /// By purchases to come: more of them, or fewer.
    pub stay: Money,
    /// By the value of an order.
    pub spend: Money,
    /// By credit for referrals of those who are no new customers: with what new customers owe for theirs, it adds up to 0.
    pub say: Money,
    /// By the margin.
    pub margin: Money,
    /// What all customers are worth at the second date.
    pub after: Money,
}

/// One customer's lines, in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Lines {
    before: i128,
    acquired: i128,
    lost: i128,
    stay: i128,
    spend: i128,
    say: i128,
    margin: i128,
    after: i128,
}

/// One customer's row at one date.
#[derive(Clone, Copy, Debug, Default)]
struct Side {
    /// Discounted purchases and order value, of one with a forecast.
    purchases: Option<(f64, f64)>,
    lifetime_value: i128,
    say: i128,
    margin: f64,
}

impl ValueBridge {
    /// The bridge from one table to another, both with forecasts in money.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] if a table has no forecast in money; [`ErrorKind::Overflow`] if a sum does not fit.
    pub fn between(before: &Scores, after: &Scores) -> Result<ValueBridge> {
        let (first, second) = (in_money(before, "before")?, in_money(after, "after")?);
        let mut lines = Lines::default();
        let (mut a, mut b) = (0, 0);
        // Both tables are in key order.
        while a < before.len() || b < after.len() {
            let order = match (a < before.len(), b < after.len()) {
                (true, true) => before.customer(a).cmp(&after.customer(b)),
                (true, false) => Ordering::Less,
                _ => Ordering::Greater,
            };
            let was = if order.is_le() { Side::of(first, a) } else { Side::default() };
            let is = if order.is_ge() { Side::of(second, b) } else { Side::default() };
            lines.add(&was, &is)?;
            a += usize::from(order.is_le());
            b += usize::from(order.is_ge());
        }
        Ok(ValueBridge {
            before: fitting(lines.before, "value before")?,
            acquired: fitting(lines.acquired, "acquired")?,
            lost: fitting(lines.lost, "lost")?,
            stay: fitting(lines.stay, "stay")?,
            spend: fitting(lines.spend, "spend")?,
            say: fitting(lines.say, "say")?,
            margin: fitting(lines.margin, "margin")?,
            after: fitting(lines.after, "value after")?,
        })
    }
}

fn in_money<'s>(scores: &'s Scores, which: &str) -> Result<&'s Forecasts> {
    scores.forecasts.as_ref().filter(|forecasts| forecasts.in_money).ok_or_else(|| {
        let message = format!("{which}: a table of scores without a forecast in money; its rulebook needs [forecast.spend]");
        Error::new(ErrorKind::InvalidArgument, message)
    })
}

impl Side {
    fn of(forecasts: &Forecasts, row: usize) -> Side {
        let amount = |micros: Option<i64>| i128::from(micros.unwrap_or(0));
        Side {
            purchases: forecasts.discounted_purchases.get(row).zip(forecasts.expected_order_value.get(row)),
            lifetime_value: amount(forecasts.lifetime_value.get(row)),
            say: amount(forecasts.value_say.get(row)),
            margin: forecasts.margin,
        }
    }

    fn total(&self) -> i128 {
        self.lifetime_value + self.say
    }
}

impl Lines {
    /// Adds a customer, whose lines add up to the change of the customer's value.
    fn add(&mut self, was: &Side, is: &Side) -> Result<()> {
        self.before += was.total();
        self.after += is.total();
        match (was.purchases, is.purchases) {
            (None, Some(_)) => self.acquired += is.total() - was.total(),
            (Some(_), None) => self.lost += is.total() - was.total(),
            (None, None) => self.say += is.say - was.say,
            (Some((n, m)), Some((later_n, later_m))) => {
                let mean = |a: f64, b: f64| 0.5 * (a + b);
                let micros = |amount, what| Ok::<_, Error>(i128::from(nearest(amount, what)?.micros()));
                let by_margin = micros((is.margin - was.margin) * mean(n * m, later_n * later_m), "margin")?;
                let by_stay = micros((later_n - n) * mean(m, later_m) * mean(was.margin, is.margin), "stay")?;
                self.margin += by_margin;
                self.stay += by_stay;
                self.spend += is.lifetime_value - was.lifetime_value - by_margin - by_stay;
                self.say += is.say - was.say;
            }
        }
        Ok(())
    }
}
