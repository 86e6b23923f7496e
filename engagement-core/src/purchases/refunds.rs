//! One customer's purchases, and what refunds leave of them.

use std::ops::Range;

use crate::error::Result;
use crate::ledger::{Columns, Cursors, NO_MONEY, NONE, PURCHASE, REFUND, Text};
use crate::time::Calendar;

use super::TimeUnit;

/// A purchase with what refunds have left of it.
#[derive(Clone, Copy)]
struct Purchase {
    period: i64,
    order: u32,
    amount: i64,
    net: i64,
}

/// A row of the ledger.
pub(super) type Row<'l> = (&'l Columns, usize);

/// One customer's rows up to a moment, in their order.
pub(super) struct Rows<'c, 'l> {
    cursors: &'c mut Cursors<'l>,
    /// The rows, where they are one slice: most customers' are.
    slice: Option<(&'l Columns, Range<usize>)>,
}

impl<'c, 'l> Rows<'c, 'l> {
    pub(super) fn until(cursors: &'c mut Cursors<'l>, until: i64) -> Rows<'c, 'l> {
        cursors.cut(until);
        let slice = cursors.slice();
        Rows { cursors, slice }
    }
}

impl<'l> Iterator for Rows<'_, 'l> {
    type Item = Row<'l>;

    #[inline]
    fn next(&mut self) -> Option<Row<'l>> {
        match &mut self.slice {
            Some((columns, rows)) => rows.next().map(|row| (*columns, row)),
            None => self.cursors.next(),
        }
    }
}

/// The purchases of one customer after another.
#[derive(Default)]
pub(super) struct Bought {
    purchases: Vec<Purchase>,
    /// Whether periods do not descend: some zones' clocks have gone back over midnight.
    in_order: bool,
    /// The same by period, where they are not.
    sorted: Vec<Purchase>,
    /// The first purchase or refund: whoever returns something has bought it before.
    pub(super) since: Option<i64>,
    /// What is left of refunds without a purchase to take them off.
    pub(super) excess: i128,
}

impl Bought {
    /// Begins another customer.
    pub(super) fn clear(&mut self) {
        self.purchases.clear();
        self.in_order = true;
        self.since = None;
        self.excess = 0;
    }

    /// Takes the row `next` and those after it, up to a moment; returns the first row after that.
    #[inline]
    pub(super) fn read<'l>(
        &mut self,
        mut next: Option<Row<'l>>,
        rows: &mut Rows<'_, 'l>,
        until: i64,
        grain: TimeUnit,
        calendar: &mut Calendar,
    ) -> Result<Option<Row<'l>>> {
        while let Some((columns, row)) = next {
            let at = columns.at[row];
            if at > until {
                break;
            }
            let kind = columns.kind[row];
            if kind == PURCHASE || kind == REFUND {
                let amount = columns.amount.get(row).copied().filter(|&amount| amount != NO_MONEY).unwrap_or(0);
                let order = columns.text(Text::Order, row);
                self.since.get_or_insert(at);
                if kind == PURCHASE {
                    self.purchase(Purchase { period: period(calendar, grain, at), order, amount, net: amount })?;
                } else {
                    self.refund(order, -amount);
                }
            }
            next = rows.next();
        }
        Ok(next)
    }

    #[inline]
    fn purchase(&mut self, purchase: Purchase) -> Result<()> {
        self.in_order &= self.purchases.last().is_none_or(|last| last.period <= purchase.period);
        self.purchases.try_reserve(1)?;
        self.purchases.push(purchase);
        Ok(())
    }

    /// Takes a refund off its order, or else off the latest purchases, newest first.
    fn refund(&mut self, order: u32, mut left: i64) {
        let of_order = order != NONE && self.purchases.iter().any(|purchase| purchase.order == order);
        for purchase in self.purchases.iter_mut().rev().filter(|purchase| !of_order || purchase.order == order) {
            let taken = left.min(purchase.net);
            purchase.net -= taken;
            left -= taken;
            if left == 0 {
                break;
            }
        }
        self.excess += i128::from(left);
    }

    /// Calls `period` with number and net spend of every purchase period, in their order, and returns the last period with a
    /// purchase at all.
    #[inline]
    pub(super) fn periods(&mut self, mut period: impl FnMut(i64, i128)) -> Result<Option<i64>> {
        let mut purchases = &self.purchases;
        if !self.in_order {
            self.sorted.clear();
            self.sorted.try_reserve(purchases.len())?;
            self.sorted.extend_from_slice(purchases);
            self.sorted.sort_by_key(|purchase| purchase.period);
            purchases = &self.sorted;
        }
        let mut rest = purchases.iter();
        let mut next = rest.next();
        while let Some(first) = next {
            // Amounts are not negative: their bits are 0 if all of them are.
            let (mut amounts, mut net) = (first.amount, i128::from(first.net));
            next = rest.next();
            while let Some(purchase) = next.filter(|purchase| purchase.period == first.period) {
                amounts |= purchase.amount;
                net += i128::from(purchase.net);
                next = rest.next();
            }
            if amounts == 0 || net > 0 {
                period(first.period, net);
            }
        }
        Ok(purchases.last().map(|purchase| purchase.period))
    }
}

/// The number of the period a moment lies in.
#[inline]
pub(super) fn period(calendar: &mut Calendar, grain: TimeUnit, at: i64) -> i64 {
    match grain {
        TimeUnit::Day => calendar.day(at),
        TimeUnit::Week => calendar.week(at),
        TimeUnit::Month => calendar.month(at),
    }
}
