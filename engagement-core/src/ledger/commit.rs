//! From staged rows to a run of the ledger.

use super::columns::Text;
use super::dictionary::NONE;
use super::group::Groups;
use super::grouped::Grouped;
use super::keys::Keys;
use super::load::Load;
use super::shuffle::Spare;
use crate::error::Result;

impl Load<'_> {
    /// Sorts, settles identities and folds, and hands the run to the ledger.
    pub(super) fn commit(&mut self, identify: bool) -> Result<()> {
        let (mut grouped, places, mut spare) = self.group()?;
        let used = |column: Text| !self.columns.text[column as usize].is_empty();
        if identify && (used(Text::Id) || used(Text::Order)) {
            // What becomes of a row is told by its arrival, so the rows stay where they are.
            grouped.undo(&places)?;
            grouped.sort(&self.columns, self.ledger.names());
            grouped = self.settle(&grouped)?;
            self.strict_so_far()?;
        } else {
            self.columns.scatter(&places, &mut spare)?;
            grouped.sort(&self.columns, self.ledger.names());
        }
        drop(places);
        let mut columns = std::mem::take(&mut self.columns).gather(&grouped.rows, &mut spare)?;
        drop(spare);
        columns.drop_absent();
        let has_money = !columns.amount.is_empty() || !columns.cost.is_empty();
        let recorded = columns.len() as u64;
        let span =
            columns.at.iter().fold(None, |span, &at| Some(span.map_or((at, at), |(a, b): (i64, i64)| (a.min(at), b.max(at)))));
        let run = grouped.into_run(columns)?;
        self.reconciliation.recorded = recorded;
        self.ledger.add_run(run)?;
        if let Some(zone) = self.options.zone.take().filter(|_| self.ledger.span.is_none()) {
            self.ledger.zone = zone;
        }
        if self.currency.is_some() {
            self.ledger.currency = self.currency;
        }
        self.ledger.has_money |= has_money;
        self.ledger.widen(span);
        self.ledger.totals.add(&self.reconciliation);
        self.committed = true;
        Ok(())
    }

    /// The staged rows by customer, in places; the place of each; and memory to move columns in.
    fn group(&mut self) -> Result<(Grouped, Vec<u32>, Spare)> {
        match std::mem::take(&mut self.customer) {
            Keys::Integers(keys) => {
                let groups = Groups::new(keys)?;
                let mut codes = self.ledger.customers.intern_sorted(groups.keys)?;
                let moved = self.sort_customers()?;
                moved.into_iter().for_each(|moved| codes.iter_mut().flatten().for_each(|code| moved.apply(code)));
                let spare = Spare { integers: groups.spare, ..Spare::default() };
                Ok((Grouped::new(groups.rows, groups.starts, codes)?, groups.places, spare))
            }
            Keys::Codes(mut codes) => {
                let moved = self.sort_customers()?;
                moved.into_iter().for_each(|moved| codes.iter_mut().for_each(|code| moved.apply(code)));
                let groups = Groups::new(codes)?;
                let spare = Spare { codes: groups.spare, ..Spare::default() };
                Ok((Grouped::new(groups.rows, groups.starts, Some(groups.keys))?, groups.places, spare))
            }
        }
    }

    /// Gives the new customers codes in key order.
    fn sort_customers(&mut self) -> Result<Option<Moved>> {
        let from = self.marks.customers;
        let moved = self.ledger.customers.sort_from(from)?.map(|codes| Moved { from: from as u32, codes });
        if let Some(moved) = &moved {
            self.columns.other.iter_mut().for_each(|code| moved.apply(code));
        }
        Ok(moved)
    }
}

/// New codes of the customers of this load.
struct Moved {
    from: u32,
    codes: Vec<u32>,
}

impl Moved {
    fn apply(&self, code: &mut u32) {
        if *code != NONE && *code >= self.from {
            *code = self.codes[(*code - self.from) as usize];
        }
    }
}
