//! Who was referred by whom: the referral rows of a run or of the tail, to be found by the referrer.

use super::Ledger;
use super::columns::Columns;
use super::dictionary::NONE;
use super::run::Walk;
use crate::error::Result;

/// The code of the kind by which a newcomer names the one who brought them.
pub(crate) const REFERRAL: u32 = 12;

const _: () = assert!(matches!(crate::interaction::KINDS[REFERRAL as usize].as_bytes(), b"referral"));

/// A referrer, [`NONE`] where a row names nobody, and the customer whose row it is.
pub(super) type Pair = (u32, u32);

/// The pairs of sorted columns, ascending, each once.
pub(super) fn pairs(columns: &Columns, mut walk: Walk<'_>) -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for (row, _) in columns.kind.iter().enumerate().filter(|(_, kind)| **kind == REFERRAL) {
        while walk.rows.1 as usize <= row {
            walk.next();
        }
        pairs.try_reserve(1)?;
        pairs.push((columns.other.get(row).copied().unwrap_or(NONE), walk.customer));
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs.shrink_to_fit();
    Ok(pairs)
}

impl Ledger {
    /// Whether any customer has a referral.
    pub(crate) fn has_referrals(&self) -> bool {
        !self.tail.referrals.is_empty() || self.runs.iter().any(|run| !run.referrals.is_empty())
    }

    /// The customers with a referral that names `referrer`, ascending.
    pub(crate) fn referred_by(&self, referrer: u32) -> Result<Vec<u32>> {
        self.referred_of(
            |pairs| {
                let from = pairs.partition_point(|&(by, _)| by < referrer);
                let until = from + pairs[from..].partition_point(|&(by, _)| by == referrer);
                &pairs[from..until]
            },
            |by| by == referrer,
        )
    }

    /// The customers with a referral, ascending.
    pub(crate) fn referred(&self) -> Result<Vec<u32>> {
        self.referred_of(|pairs| pairs, |_| true)
    }

    fn referred_of(&self, within: impl Fn(&[Pair]) -> &[Pair], wanted: impl Fn(u32) -> bool) -> Result<Vec<u32>> {
        let mut found = Vec::new();
        for run in &self.runs {
            let pairs = within(&run.referrals);
            found.try_reserve(pairs.len())?;
            found.extend(pairs.iter().map(|&(_, customer)| customer));
        }
        // The tail has few rows, in the order of arrival.
        let tail = self.tail.referrals.iter().filter(|(by, _)| wanted(*by));
        found.try_reserve(self.tail.referrals.len())?;
        found.extend(tail.map(|&(_, customer)| customer));
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}
