//! The forecast of one customer.

use super::all::of_customer;
use super::forecast::{CustomerForecast, Forecast, Terms};
use super::referrers::Referrers;
use super::{EngagementValue, credit, fitting};
use crate::error::Result;
use crate::ledger::Ledger;
use crate::money::Money;
use crate::purchases::PurchaseOptions;

/// A rulebook's forecast with one ledger and moment.
#[derive(Debug)]
pub(crate) struct Outlook<'a> {
    forecast: &'a Forecast,
    terms: Terms,
    ledger: &'a Ledger,
    options: PurchaseOptions,
}

impl<'a> Outlook<'a> {
    pub(crate) fn new(forecast: &'a Forecast, ledger: &'a Ledger, options: PurchaseOptions) -> Result<Outlook<'a>> {
        Ok(Outlook { forecast, terms: forecast.terms()?, ledger, options })
    }

    /// What a customer will do, and what the customer is worth.
    pub(crate) fn of(&self, customer: u32) -> Result<(Option<CustomerForecast>, Option<EngagementValue>)> {
        let own = self.own(customer)?;
        if self.forecast.spend.is_none() {
            return Ok((own, None));
        }
        let mut say = 0_i128;
        let mut has_credit = false;
        let ties = Referrers::new(self.ledger, self.options.until, self.forecast.window()).of(customer)?;
        for referred in ties.referred {
            if let Some(lifetime_value) = self.own(referred)?.and_then(|own| own.lifetime_value) {
                say += i128::from(self.credit(lifetime_value));
                has_credit = true;
            }
        }
        let mine = |amount: fn(&CustomerForecast) -> Option<Money>| own.as_ref().and_then(amount).unwrap_or_default();
        if ties.referrer.is_some() {
            say -= i128::from(self.credit(mine(|own| own.lifetime_value)));
        }
        if own.is_none() && !has_credit {
            return Ok((None, None));
        }
        let say = fitting(say, "say").map_err(|error| of_customer(error, self.ledger.customers.get(customer)))?;
        Ok((own, Some(EngagementValue { say, stay: mine(|own| own.stay), spend: mine(|own| own.spend) })))
    }

    fn credit(&self, lifetime_value: Money) -> i64 {
        credit(self.forecast.referral_share, lifetime_value)
    }

    /// What the customer's own purchases let expect.
    fn own(&self, customer: u32) -> Result<Option<CustomerForecast>> {
        let Some(row) = self.ledger.purchases_of(customer, &self.options)? else { return Ok(None) };
        let (history, spent) = (row.history(0), row.spend(0));
        let alive = self.forecast.purchases.probability_alive(&history);
        let own = self.forecast.valued(&self.terms, alive, self.forecast.if_alive(&self.terms, &history)?, &spent);
        own.map(Some).map_err(|error| of_customer(error, self.ledger.customers.get(customer)))
    }
}
