//! Identities and orders within a load: duplicates and conflicts leave, the lines of an order become one interaction.

use super::columns::{NO_MONEY, Row, Text};
use super::dictionary::NONE;
use super::grouped::Grouped;
use super::load::Load;
use super::reconciliation::{Field, Outcome, Reason};
use crate::error::Result;

impl Load<'_> {
    /// Drops duplicates and conflicts and folds the lines of orders.
    pub(super) fn settle(&mut self, grouped: &Grouped) -> Result<Grouped> {
        let mut settled = Grouped::default();
        settled.rows.try_reserve(grouped.rows.len())?;
        let lines = self.columns.len() as u32;
        let mut folds: Vec<u32> = Vec::new();
        let mut kept: Vec<u32> = Vec::new();
        for (customer, rows) in grouped.groups() {
            kept.clear();
            kept.extend_from_slice(rows);
            self.drop_repeated_ids(&mut kept);
            self.fold_orders(&mut kept, &mut folds)?;
            let line_of = |row: u32| if row < lines { row } else { folds[(row - lines) as usize] };
            self.drop_recorded_ids(customer, &mut kept, line_of);
            settled.push(customer, &kept)?;
        }
        settled.close()?;
        Ok(settled)
    }

    /// Of several rows with one id the first in the total order stays.
    fn drop_repeated_ids(&mut self, rows: &mut Vec<u32>) {
        let mut ids: Vec<(u32, usize)> = Vec::new();
        for (at, &row) in rows.iter().enumerate() {
            let id = self.columns.text(Text::Id, row as usize);
            if id != NONE {
                ids.push((id, at));
            }
        }
        ids.sort_unstable();
        if ids.windows(2).all(|pair| pair[0].0 != pair[1].0) {
            return;
        }
        let mut gone = vec![false; rows.len()];
        for same in ids.chunk_by(|a, b| a.0 == b.0) {
            let first = self.columns.get(rows[same[0].1] as usize);
            for &(id, at) in &same[1..] {
                gone[at] = true;
                if self.columns.get(rows[at] as usize).same_content(&first) {
                    self.outcome(rows[at], Outcome::Duplicate);
                } else {
                    self.conflict(rows[at], id);
                }
            }
        }
        let mut at = 0;
        rows.retain(|_| {
            at += 1;
            !gone[at - 1]
        });
    }

    /// Lines of one order and kind become one row, appended to the columns; `folds` names the first line of each.
    fn fold_orders(&mut self, rows: &mut Vec<u32>, folds: &mut Vec<u32>) -> Result<()> {
        let mut lines: Vec<(u32, u32, usize)> = Vec::new();
        for (at, &row) in rows.iter().enumerate() {
            let order = self.columns.text(Text::Order, row as usize);
            if order != NONE {
                lines.push((order, self.columns.kind[row as usize], at));
            }
        }
        lines.sort_unstable();
        if lines.windows(2).all(|pair| (pair[0].0, pair[0].1) != (pair[1].0, pair[1].1)) {
            return Ok(());
        }
        let mut gone = vec![false; rows.len()];
        for same in lines.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|same| same.len() > 1) {
            let members: Vec<u32> = same.iter().map(|&(_, _, at)| rows[at]).collect();
            same.iter().for_each(|&(_, _, at)| gone[at] = true);
            match self.fold(&members) {
                Some(row) => {
                    rows.push(self.columns.len() as u32);
                    gone.push(false);
                    self.columns.push(&row)?;
                    folds.try_reserve(1)?;
                    folds.push(members[0]);
                    members[1..].iter().for_each(|&line| self.outcome(line, Outcome::Folded));
                }
                None => {
                    let order = self.ledger.texts[Text::Order as usize].get(same[0].0).chars().take(80).collect::<String>();
                    for &line in &members {
                        let at = self.origin(line);
                        self.refuse(at, Field::Order, Reason::Overflow, order.clone());
                    }
                }
            }
        }
        let mut at = 0;
        rows.retain(|_| {
            at += 1;
            !gone[at - 1]
        });
        let (columns, names) = (&self.columns, self.ledger.names());
        rows.sort_unstable_by(|&a, &b| names.compare(&columns.get(a as usize), &columns.get(b as usize)));
        Ok(())
    }

    /// One row from the lines of an order; `None` if a sum does not fit.
    fn fold(&self, lines: &[u32]) -> Option<Row> {
        let ids = &self.ledger.texts[Text::Id as usize];
        let mut all = lines.iter().map(|&line| self.columns.get(line as usize));
        let mut folded = all.next()?;
        let (mut amount, mut cost) = (Sum::of(folded.amount), Sum::of(folded.cost));
        for line in all {
            amount.add(line.amount);
            cost.add(line.cost);
            folded.at = folded.at.min(line.at);
            if folded.rating.to_bits() != line.rating.to_bits() {
                folded.rating = f64::NAN;
            }
            if folded.reach.to_bits() != line.reach.to_bits() {
                folded.reach = f64::NAN;
            }
            if folded.other != line.other {
                folded.other = NONE;
            }
            for column in 0..Text::COUNT {
                let (has, given) = (folded.text[column], line.text[column]);
                if column == Text::Id as usize {
                    let smaller = match (ids.text(has), ids.text(given)) {
                        (Some(has), Some(given)) => given < has,
                        (None, Some(_)) => true,
                        _ => false,
                    };
                    folded.text[column] = if smaller { given } else { has };
                } else if has != given {
                    folded.text[column] = NONE;
                }
            }
        }
        folded.amount = amount.total()?;
        folded.cost = cost.total()?;
        Some(folded)
    }

    /// Rows whose id the ledger has already are duplicates or conflicts.
    fn drop_recorded_ids(&mut self, customer: u32, rows: &mut Vec<u32>, line_of: impl Fn(u32) -> u32) {
        let known = self.marks.texts[Text::Id as usize] as u32;
        if (customer as usize) >= self.marks.customers
            || !rows.iter().any(|&row| self.columns.text(Text::Id, row as usize) < known)
        {
            return;
        }
        let mut recorded: Vec<(u32, Row)> = Vec::new();
        let mut cursors = self.ledger.cursors(customer);
        while let Some((columns, row)) = cursors.next() {
            let row = columns.get(row);
            if row.text[Text::Id as usize] != NONE {
                recorded.push((row.text[Text::Id as usize], row));
            }
        }
        recorded.sort_unstable_by_key(|entry| entry.0);
        let mut settled = Vec::new();
        rows.retain(|&row| {
            let new = self.columns.get(row as usize);
            let id = new.text[Text::Id as usize];
            let Ok(at) = recorded.binary_search_by_key(&id, |entry| entry.0) else { return true };
            settled.push((line_of(row), id, recorded[at].1.same_content(&new)));
            false
        });
        for (line, id, same) in settled {
            if same {
                self.outcome(line, Outcome::Duplicate);
            } else {
                self.conflict(line, id);
            }
        }
    }
}

/// An exact sum of amounts, absent while all of them are.
struct Sum {
    total: i128,
    any: bool,
}

impl Sum {
    fn of(micros: i64) -> Sum {
        let mut sum = Sum { total: 0, any: false };
        sum.add(micros);
        sum
    }

    fn add(&mut self, micros: i64) {
        if micros != NO_MONEY {
            self.total += i128::from(micros);
            self.any = true;
        }
    }

    fn total(&self) -> Option<i64> {
        if !self.any {
            return Some(NO_MONEY);
        }
        i64::try_from(self.total).ok().filter(|&micros| micros != NO_MONEY)
    }
}
