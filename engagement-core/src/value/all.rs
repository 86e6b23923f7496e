//! The forecasts of all customers, as columns beside their scores.

use super::forecast::{CustomerForecast, Forecast};
use super::referrers::{ReferralCounts, Referrers};
use super::{credit, fitting};
use crate::error::Result;
use crate::interaction::Key;
use crate::ledger::Ledger;
use crate::money::Money;
use crate::progress::Progress;
use crate::purchases::PurchaseOptions;
use crate::score::Nullable;

/// What a rulebook's forecast says of all customers, a row each: the rows of [`Scores`](crate::Scores).
///
/// Prospects have no forecast: their rows are missing, but for the value by way of one who referred customers. Amounts are in
/// millionths. [`Scores::value`](crate::Scores::value) adds them up.
#[derive(Clone, Debug)]
pub struct Forecasts {
    /// The probability that the customer still buys.
    pub probability_alive: Nullable,
    /// The mean number of purchases within the horizon; missing for a horizon without end.
    pub expected_purchases: Nullable,
    /// The same, each purchase discounted to the as-of.
    pub discounted_purchases: Nullable,
    /// The mean value of an order, before costs, in currency units; missing without a model of spend, as all amounts are.
    pub expected_order_value: Nullable,
    /// What the purchases within the horizon are worth at the as-of: the sum of stay and spend.
    pub lifetime_value: Nullable<i64>,
    /// Credit for referred customers less credit given to the referrer.
    pub value_say: Nullable<i64>,
    /// Coming back.
    pub value_stay: Nullable<i64>,
    /// Spending more than the base value, negative for less.
    pub value_spend: Nullable<i64>,
    /// What became of the referrals.
    pub referrals: ReferralCounts,
    /// What is left of an order's value after its costs, as a share of it.
    pub margin: f64,
    /// Whether there is a model of spend, and so any amount.
    pub in_money: bool,
}

impl Forecasts {
    /// The forecasts of the customers with these codes and keys, which are in key order.
    pub(crate) fn new(
        forecast: &Forecast,
        ledger: &Ledger,
        options: &PurchaseOptions,
        progress: Option<&Progress>,
        codes: &[u32],
    ) -> Result<Forecasts> {
        let purchases = ledger.purchases(options)?;
        let terms = forecast.terms()?;
        let if_alive = purchases.if_alive(&*forecast.purchases, options.threads, |customer| {
            // Customers were counted when they were scored; here the call can only be stopped.
            progress.map_or(Ok(()), |progress| progress.step(0))?;
            forecast.if_alive(&terms, customer)
        })?;
        let alive = purchases.map(options.threads, |customer| Ok(forecast.purchases.probability_alive(customer)))?;
        let (spent, row_of) = (purchases.spends(), &purchases.distinct()?.row_of);
        let mut all = Forecasts::empty(forecast, codes.len())?;
        let mut row = 0;
        for &code in codes {
            let customer = ledger.customers.get(code);
            let own = match row < purchases.len() && purchases.customer(row) == customer {
                true => {
                    let own = forecast.valued(&terms, alive[row], if_alive[row_of[row] as usize], &spent[row]);
                    row += 1;
                    Some(own.map_err(|error| of_customer(error, customer))?)
                }
                false => None,
            };
            all.push(own);
        }
        let referrers = Referrers::new(ledger, options.until, forecast.window());
        let (pairs, counts) = referrers.all()?;
        all.referrals = counts;
        if all.in_money && !pairs.is_empty() {
            all.say(forecast.referral_share, &pairs, codes, ledger)?;
        }
        Ok(all)
    }

    fn empty(forecast: &Forecast, rows: usize) -> Result<Forecasts> {
        fn column<T>(rows: usize) -> Result<Nullable<T>> {
            let mut column = Nullable { values: Vec::new(), valid: Vec::new() };
            column.values.try_reserve_exact(rows)?;
            column.valid.try_reserve_exact(rows)?;
            Ok(column)
        }
        Ok(Forecasts {
            probability_alive: column(rows)?,
            expected_purchases: column(rows)?,
            discounted_purchases: column(rows)?,
            expected_order_value: column(rows)?,
            lifetime_value: column(rows)?,
            value_say: column(rows)?,
            value_stay: column(rows)?,
            value_spend: column(rows)?,
            referrals: ReferralCounts::default(),
            margin: forecast.margin,
            in_money: forecast.spend.is_some(),
        })
    }

    /// Adds a customer, whose referrals are not known yet.
    fn push(&mut self, own: Option<CustomerForecast>) {
        let micros = |amount: Option<Money>| amount.map(Money::micros);
        self.probability_alive.push(own.map(|own| own.probability_alive));
        self.expected_purchases.push(own.and_then(|own| own.expected_purchases));
        self.discounted_purchases.push(own.map(|own| own.discounted_purchases));
        self.expected_order_value.push(own.and_then(|own| own.expected_order_value));
        let lifetime_value = micros(own.and_then(|own| own.lifetime_value));
        self.lifetime_value.push(lifetime_value);
        self.value_say.push(lifetime_value.map(|_| 0));
        self.value_stay.push(micros(own.and_then(|own| own.stay)));
        self.value_spend.push(micros(own.and_then(|own| own.spend)));
    }

    /// Moves the credit from the referred to their referrers.
    fn say(&mut self, share: f64, pairs: &[(u32, u32)], codes: &[u32], ledger: &Ledger) -> Result<()> {
        let mut row_of: Vec<u32> = Vec::new();
        row_of.try_reserve_exact(ledger.code_count())?;
        row_of.resize(ledger.code_count(), u32::MAX);
        for (&code, row) in codes.iter().zip(0..) {
            row_of[code as usize] = row;
        }
        let mut say: Vec<i128> = Vec::new();
        say.try_reserve_exact(codes.len())?;
        say.resize(codes.len(), 0);
        for &(referred, referrer) in pairs {
            // Both have an interaction by the as-of, so both have a row.
            let (from, to) = (row_of[referred as usize] as usize, row_of[referrer as usize] as usize);
            let Some(lifetime_value) = self.lifetime_value.money(from) else { continue };
            let credit = i128::from(credit(share, lifetime_value));
            say[from] -= credit;
            say[to] += credit;
            for column in [&mut self.value_say, &mut self.value_stay, &mut self.value_spend] {
                column.valid[to] = 1;
            }
        }
        for (row, say) in say.into_iter().enumerate() {
            let say = fitting(say, "say").map_err(|error| of_customer(error, ledger.customers.get(codes[row])))?;
            self.value_say.values[row] = say.micros();
        }
        Ok(())
    }
}

/// Says of whom.
pub(super) fn of_customer(error: crate::Error, customer: Key<'_>) -> crate::Error {
    error.at(format_args!("customer \"{customer}\""))
}
