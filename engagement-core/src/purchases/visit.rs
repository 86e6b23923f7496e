//! Each customer's purchase days, for what looks at more than a summary.

use std::ops::Range;

use super::TimeUnit;
use super::refunds::{Bought, Rows};
use crate::error::Result;
use crate::ledger::{Ledger, MAX_RUNS};
use crate::time::Timestamp;

/// A civil day with a purchase that was not refunded whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PurchaseDay {
    /// Days since 1970-01-01 in the ledger's zone.
    pub(crate) day: i64,
    /// What refunds have left of its purchases, in millionths.
    pub(crate) net: i128,
}

/// A customer with an interaction by the end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PurchaseDays<'a> {
    /// The customer's code.
    pub(crate) customer: u32,
    /// The first purchase or refund.
    pub(crate) since: Option<i64>,
    /// In their order; none of a prospect.
    pub(crate) days: &'a [PurchaseDay],
}

/// Shows the purchase days of every customer of a range of codes who has an interaction by `until`.
pub(crate) fn visit_purchase_days(
    ledger: &Ledger,
    codes: Range<u32>,
    until: Timestamp,
    mut visit: impl FnMut(PurchaseDays<'_>) -> Result<()>,
) -> Result<()> {
    let mut bought = Bought::default();
    let mut days = Vec::new();
    let mut calendar = ledger.zone().calendar();
    let mut hints = [0; MAX_RUNS];
    for customer in codes {
        let mut cursors = ledger.cursors_near(customer, &mut hints);
        let (within, _) = cursors.cut(until.micros());
        if within == 0 {
            continue;
        }
        bought.clear();
        let mut rows = Rows::until(&mut cursors, until.micros());
        let first = rows.next();
        bought.read(first, &mut rows, until.micros(), TimeUnit::Day, &mut calendar)?;
        days.clear();
        days.try_reserve(usize::try_from(within).unwrap_or(usize::MAX))?;
        bought.periods(|day, net| days.push(PurchaseDay { day, net }))?;
        visit(PurchaseDays { customer, since: bought.since, days: &days })?;
    }
    Ok(())
}
