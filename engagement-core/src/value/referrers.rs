//! Who brought whom: one referrer a customer, and why a referral does not count.

use serde::Serialize;

use crate::error::Result;
use crate::ledger::{Ledger, NONE, PURCHASE, REFERRAL};
use crate::time::Timestamp;

/// What became of the referrals at or before an as-of: every one is counted once.
///
/// A referral is an interaction of the newcomer that names the referrer as `other`. The first of a customer's that breaks no rule of
/// the customer's own history is the one that can count; it does unless it closed a circle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReferralCounts {
    /// Referrals that count: their referrers get credit for what the customers are worth.
    pub counted: u64,
    /// Referrals that would count, of customers who have not bought yet.
    pub open: u64,
    /// Referrals by somebody who has no interaction of their own by then, so that nobody gets the credit.
    pub unknown_referrer: u64,
    /// Referrals that name nobody.
    pub no_referrer: u64,
    /// Referrals of customers by themselves.
    pub self_referral: u64,
    /// Referrals after the customer's first purchase.
    pub after_purchase: u64,
    /// Referrals longer before the first purchase than the window.
    pub outside_window: u64,
    /// Referrals of customers who were already referred.
    pub second: u64,
    /// Referrals that closed a circle of customers who referred each other: the latest of it.
    pub circle: u64,
}

impl ReferralCounts {
    /// The referrals that break a rule.
    #[must_use]
    pub const fn violations(&self) -> u64 {
        self.no_referrer + self.self_referral + self.after_purchase + self.outside_window + self.second + self.circle
    }

    /// All referrals.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.counted + self.open + self.unknown_referrer + self.violations()
    }
}

/// The referrals of a ledger at or before an as-of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Referrers<'l> {
    ledger: &'l Ledger,
    as_of: i64,
    /// The longest time between a referral and the first purchase, in microseconds.
    window: Option<i64>,
}

/// The referral of a customer that counts, unless it closes a circle.
#[derive(Clone, Copy, Debug)]
struct Claim {
    referrer: u32,
    at: i64,
    /// Whether the customer has bought since.
    bought: bool,
}

/// Whom credit comes from and goes to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ties {
    /// Who referred the customer.
    pub(crate) referrer: Option<u32>,
    /// Whom the customer referred, ascending.
    pub(crate) referred: Vec<u32>,
}

impl<'l> Referrers<'l> {
    pub(crate) fn new(ledger: &'l Ledger, as_of: Timestamp, window: Option<i64>) -> Referrers<'l> {
        Referrers { ledger, as_of: as_of.micros(), window }
    }

    /// The ties of one customer.
    pub(crate) fn of(&self, customer: u32) -> Result<Ties> {
        if !self.ledger.has_referrals() || !self.is_known(customer) {
            return Ok(Ties::default());
        }
        let own = self.claim(customer, &mut ReferralCounts::default());
        // Every circle with a referral by this customer goes through this customer.
        let closing = own.and_then(|own| self.closing(customer, own));
        let counts = |referred: u32, claim: &Claim| claim.bought && closing != Some(referred);
        let own = own.filter(|own| counts(customer, own) && self.is_known(own.referrer));
        let mut referred = self.ledger.referred_by(customer)?;
        referred.retain(|&referred| {
            let claim = self.claim(referred, &mut ReferralCounts::default());
            claim.is_some_and(|claim| claim.referrer == customer && counts(referred, &claim))
        });
        Ok(Ties { referrer: own.map(|own| own.referrer), referred })
    }

    /// All pairs of a customer and the referrer, by the customer, and what became of every referral.
    pub(crate) fn all(&self) -> Result<(Vec<(u32, u32)>, ReferralCounts)> {
        let mut counts = ReferralCounts::default();
        let customers = self.ledger.referred()?;
        let mut claims = Vec::new();
        claims.try_reserve_exact(customers.len())?;
        claims.extend(customers.iter().map(|&customer| self.claim(customer, &mut counts)));
        counts.circle = self.open_circles(&customers, &mut claims)?;
        let mut pairs = Vec::new();
        for (&customer, claim) in customers.iter().zip(&claims) {
            let Some(claim) = claim else { continue };
            if !self.is_known(claim.referrer) {
                counts.unknown_referrer += 1;
            } else if !claim.bought {
                counts.open += 1;
            } else {
                counts.counted += 1;
                pairs.try_reserve(1)?;
                pairs.push((customer, claim.referrer));
            }
        }
        Ok((pairs, counts))
    }

    /// Whether the customer has an interaction at or before the as-of.
    fn is_known(&self, customer: u32) -> bool {
        self.ledger.cursors(customer).cut(self.as_of).0 > 0
    }

    /// The first referral of a customer that breaks no rule that the customer's own history can tell; counts the others.
    fn claim(&self, customer: u32, counts: &mut ReferralCounts) -> Option<Claim> {
        let mut cursors = self.ledger.cursors(customer);
        cursors.cut(self.as_of);
        let mut rows = cursors.clone();
        let first_purchase = std::iter::from_fn(|| rows.next())
            .find(|(columns, row)| columns.kind[*row] == PURCHASE)
            .map(|(columns, row)| columns.at[row]);
        let mut claim = None;
        while let Some((columns, row)) = cursors.next() {
            if columns.kind[row] != REFERRAL {
                continue;
            }
            let at = columns.at[row];
            let referrer = columns.other.get(row).copied().unwrap_or(NONE);
            let broken = if referrer == NONE {
                &mut counts.no_referrer
            } else if referrer == customer {
                &mut counts.self_referral
            } else if first_purchase.is_some_and(|first| at > first) {
                &mut counts.after_purchase
            } else if self.window.zip(first_purchase).is_some_and(|(window, first)| first - at > window) {
                &mut counts.outside_window
            } else if claim.is_some() {
                &mut counts.second
            } else {
                claim = Some(Claim { referrer, at, bought: first_purchase.is_some() });
                continue;
            };
            *broken += 1;
        }
        claim
    }

    /// Of the circle a customer is on, the customer whose referral closed it.
    fn closing(&self, customer: u32, own: Claim) -> Option<u32> {
        let mut latest = (customer, own.at);
        // The way up may run into a circle further on: a mark moved ever more seldom meets it again (Brent's method).
        let (mut mark, mut steps, mut until) = (customer, 0_u64, 1_u64);
        let mut next = own.referrer;
        while next != customer {
            if next == mark {
                return None;
            }
            steps += 1;
            if steps == until {
                (mark, until) = (next, until * 2);
            }
            let claim = self.claim(next, &mut ReferralCounts::default())?;
            latest = self.later(latest, (next, claim.at));
            next = claim.referrer;
        }
        Some(latest.0)
    }

    /// Takes the latest referral out of every circle; returns how many there were.
    fn open_circles(&self, customers: &[u32], claims: &mut [Option<Claim>]) -> Result<u64> {
        let place = |claim: &Option<Claim>| claim.and_then(|claim| customers.binary_search(&claim.referrer).ok());
        let mut circles = 0;
        // Per customer: the walk that came by, from 1.
        let mut seen = Vec::new();
        seen.try_reserve_exact(customers.len())?;
        seen.resize(customers.len(), 0_usize);
        for walk in 1..=customers.len() {
            let mut at = Some(walk - 1);
            while let Some(place_now) = at.filter(|&at| seen[at] == 0) {
                seen[place_now] = walk;
                at = place(&claims[place_now]);
            }
            let Some(start) = at.filter(|&at| seen[at] == walk) else { continue };
            circles += 1;
            let mut closing = start;
            let mut on = start;
            while let (Some(claim), Some(last)) = (claims[on], claims[closing]) {
                if self.later((customers[closing], last.at), (customers[on], claim.at)).0 == customers[on] {
                    closing = on;
                }
                match place(&claims[on]) {
                    Some(next) if next != start => on = next,
                    _ => break,
                }
            }
            claims[closing] = None;
        }
        Ok(circles)
    }

    /// The later of two customers' referrals; at the same moment that of the customer with the greater key.
    fn later(&self, a: (u32, i64), b: (u32, i64)) -> (u32, i64) {
        let place = |(customer, at): (u32, i64)| (at, self.ledger.customers.get(customer));
        if place(b) > place(a) { b } else { a }
    }
}
