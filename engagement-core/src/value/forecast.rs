//! What a customer will buy over a horizon, and what that is worth.

use serde::{Deserialize, Serialize};

use super::{fitting, nearest};
use crate::error::{Error, ErrorKind, Result};
use crate::math::ln_1p;
use crate::model::{GammaGamma, Model, PurchaseHistory, Spend};
use crate::money::Money;
use crate::purchases::TimeUnit;

/// The days of a mean year.
const YEAR: f64 = 365.25;
/// Microseconds of a day.
const DAY: f64 = 86_400_000_000.0;

/// How far a forecast looks, at which discount, and with which fitted models: the section `[forecast]` of a rulebook.
///
/// ```
/// use engagement_core::TimeUnit;
/// use engagement_core::model::{GammaGamma, MbgNbd, PurchaseHistory, Spend};
/// use engagement_core::value::Forecast;
///
/// let forecast = Forecast {
///     spend: Some(GammaGamma::new(6.25, 3.74, 15.44)?),
///     ..Forecast::new(MbgNbd::new(0.5248432, 6.1830853, 0.8913594, 1.6140022)?, TimeUnit::Week, 39.0)
/// };
/// let customer = forecast.of(&PurchaseHistory::new(2, 30.43, 38.86)?, &Spend::new(2, 22.35)?)?;
/// assert_eq!(format!("{:.4}", customer.expected_purchases.unwrap()), "1.2627");
/// assert_eq!(format!("{:.2}", customer.expected_order_value.unwrap()), "24.66");
/// assert_eq!(customer.lifetime_value.unwrap().to_string(), "31.142113");
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forecast {
    /// The unit of the times of the model of purchases, which is that of the purchases it was fitted to.
    pub unit: TimeUnit,
    /// The period in which several purchases count as one, as in the purchases it was fitted to: a day if absent.
    #[serde(default = "day", skip_serializing_if = "is_day")]
    pub grain: TimeUnit,
    /// How far it looks, in units; without end if absent, which needs a discount rate above 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<f64>,
    /// The annual discount rate: 0.1 takes a tenth off money that comes in a year, roughly. At least 0.
    #[serde(default)]
    pub discount_rate: f64,
    /// What is left of an order's value after its costs, as a share of it: above 0 and at most 1.
    #[serde(default = "whole")]
    pub margin: f64,
    /// The order value of the customer whose spending is nothing special, in currency units before costs: what separates Stay
    /// from Spend in money. The mean `p·v ÷ (q − 1)` of the model of spend if absent, which needs q > 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_value: Option<f64>,
    /// The share of a referred customer's lifetime value that is put down to the referrer, 0 to 1: the probability that the customer
    /// would not have come otherwise.
    #[serde(default = "whole")]
    pub referral_share: f64,
    /// The longest time between a referral and the customer's first purchase, in units; any time if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral_window: Option<f64>,
    /// The fitted model of purchases.
    pub purchases: Model,
    /// The fitted model of spend; without it there is no money in the forecast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spend: Option<GammaGamma>,
}

const fn day() -> TimeUnit {
    TimeUnit::Day
}

fn is_day(grain: &TimeUnit) -> bool {
    *grain == TimeUnit::Day
}

const fn whole() -> f64 {
    1.0
}

/// What a model expects of one customer.
///
/// # Formula
/// ```text
/// N = discounted purchases      m = expected order value      m̄ = base value
/// lifetime value = round(N · m · margin)
/// stay           = round(N · m̄ · margin)      spend = lifetime value − stay
/// ```
/// Amounts are exact millionths, so that stay and spend add up to the lifetime value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CustomerForecast {
    /// The probability that the customer still buys.
    pub probability_alive: f64,
    /// The mean number of purchases within the horizon; absent for a horizon without end.
    pub expected_purchases: Option<f64>,
    /// The same, each purchase discounted to today.
    pub discounted_purchases: f64,
    /// The mean value of an order, before costs, in currency units; absent without a model of spend.
    pub expected_order_value: Option<f64>,
    /// What the purchases within the horizon are worth today.
    pub lifetime_value: Option<Money>,
    /// The part of it that comes of coming back: the purchases at the base value.
    pub stay: Option<Money>,
    /// The part that comes of spending more than the base value, negative for one who spends less.
    pub spend: Option<Money>,
}

/// What a forecast works out once for all customers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    horizon: f64,
    /// The continuous discount rate per unit.
    delta: f64,
    base_value: f64,
}

/// What a customer who still buys will do, by the model of purchases.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IfAlive {
    expected: Option<f64>,
    discounted: f64,
}

impl Forecast {
    /// A forecast of purchases over `horizon` units, undiscounted and without money.
    pub fn new(purchases: impl Into<Model>, unit: TimeUnit, horizon: f64) -> Forecast {
        Forecast {
            unit,
            grain: TimeUnit::Day,
            horizon: Some(horizon),
            discount_rate: 0.0,
            margin: 1.0,
            base_value: None,
            referral_share: 1.0,
            referral_window: None,
            purchases: purchases.into(),
            spend: None,
        }
    }

    /// What the models expect of a customer who has bought again like this and spent that on it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] naming a field of the forecast, its value and its domain; [`ErrorKind::Overflow`] if an amount
    /// does not fit.
    pub fn of(&self, customer: &PurchaseHistory, spent: &Spend) -> Result<CustomerForecast> {
        let terms = self.terms()?;
        self.valued(&terms, self.purchases.probability_alive(customer), self.if_alive(&terms, customer)?, spent)
    }

    /// Checks everything a type cannot say.
    pub(crate) fn terms(&self) -> Result<Terms> {
        let within = |field: &str, value: f64, within: bool, domain: &str| match within {
            true => Ok(value),
            false => Err(Error::new(ErrorKind::InvalidArgument, format!("{field}: {value} is not {domain}"))),
        };
        let above_0 =
            |field: &str, value: f64| within(field, value, value > 0.0 && value.is_finite(), "a positive finite number");
        let rate = self.discount_rate;
        within("discount_rate", rate, (0.0..=1e3).contains(&rate), "between 0 and 1000")?;
        within("margin", self.margin, self.margin > 0.0 && self.margin <= 1.0, "above 0 and at most 1")?;
        within("referral_share", self.referral_share, (0.0..=1.0).contains(&self.referral_share), "between 0 and 1")?;
        self.referral_window.map_or(Ok(0.0), |window| above_0("referral_window", window))?;
        let horizon = match self.horizon {
            Some(horizon) => above_0("horizon", horizon)?,
            None => {
                within("discount_rate", rate, rate > 0.0, "above 0, which a forecast without a horizon needs")?;
                f64::INFINITY
            }
        };
        let base_value = match (self.base_value, &self.spend) {
            (Some(base_value), None) => {
                return Err(Error::new(
                    ErrorKind::InvalidArgument,
                    format!("base_value: {base_value} has no meaning without a model of spend"),
                ));
            }
            (Some(base_value), Some(_)) => above_0("base_value", base_value)?,
            (None, Some(spend)) => spend.population_mean().map_err(|error| {
                Error::new(error.kind(), format!("base_value: missing, and the model of spend has none: {error}"))
            })?,
            (None, None) => 0.0,
        };
        Ok(Terms { horizon, delta: ln_1p(rate) * self.unit.days() / YEAR, base_value })
    }

    /// The longest time between a referral and the first purchase, in microseconds.
    pub(crate) fn window(&self) -> Option<i64> {
        self.referral_window.map(|window| (window * self.unit.days() * DAY) as i64)
    }

    /// What a customer of a history will do if still buying.
    pub(crate) fn if_alive(&self, terms: &Terms, customer: &PurchaseHistory) -> Result<IfAlive> {
        let Terms { horizon, delta, .. } = *terms;
        let expected = match horizon.is_finite() {
            true => Some(self.purchases.expected_purchases_if_alive(customer, horizon)?),
            false => None,
        };
        let discounted = match expected {
            Some(expected) if delta == 0.0 => expected,
            _ => self.purchases.discounted_purchases_if_alive(customer, horizon, delta)?,
        };
        Ok(IfAlive { expected, discounted })
    }

    /// What a customer will do, and what that is worth.
    pub(crate) fn valued(
        &self,
        terms: &Terms,
        probability_alive: f64,
        if_alive: IfAlive,
        spent: &Spend,
    ) -> Result<CustomerForecast> {
        let discounted = probability_alive * if_alive.discounted;
        let mut forecast = CustomerForecast {
            probability_alive,
            expected_purchases: if_alive.expected.map(|expected| probability_alive * expected),
            discounted_purchases: discounted,
            expected_order_value: None,
            lifetime_value: None,
            stay: None,
            spend: None,
        };
        if let Some(spend) = &self.spend {
            // All that can fail is that the model has no mean, and then nothing else is known of what the customer spends.
            let order = spend.expected_value(spent).unwrap_or(terms.base_value);
            let lifetime = nearest(discounted * order * self.margin, "lifetime value")?;
            let stay = nearest(discounted * terms.base_value * self.margin, "stay")?;
            forecast.expected_order_value = Some(order);
            forecast.lifetime_value = Some(lifetime);
            forecast.stay = Some(stay);
            forecast.spend = Some(fitting(i128::from(lifetime.micros()) - i128::from(stay.micros()), "spend")?);
        }
        Ok(forecast)
    }
}
