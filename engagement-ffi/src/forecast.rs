//! Forecasts: what a customer will do and is worth, said by a rulebook with fitted models.

use std::ffi::c_char;

use engagement_core::value::{Forecast, Forecasts};
use engagement_core::{Error, ErrorKind, Money, Nullable, Result, Scorecard, Scores};

use crate::arguments::unit;
use crate::guard;
use crate::model::{MODELS, eng_model};
use crate::out::{self, Out, count, nullable, range};
use crate::rulebook::{Compiled, RULEBOOKS, eng_rulebook, rules};
use crate::score::{SCORECARDS, eng_scorecard, no_column};
use crate::scores::{SCORES, eng_scores};

/// The probability that the customer still buys: double, missing for a prospect.
pub const ENG_COLUMN_PROBABILITY_ALIVE: i32 = 16;
/// The mean number of purchases within the horizon: double, missing for a prospect and for a horizon without end.
pub const ENG_COLUMN_EXPECTED_PURCHASES: i32 = 17;
/// The same, each purchase discounted to the as-of: double, missing for a prospect.
pub const ENG_COLUMN_DISCOUNTED_PURCHASES: i32 = 18;
/// The mean value of an order before costs, in currency units: double, missing for a prospect and without a model of spend.
pub const ENG_COLUMN_EXPECTED_ORDER_VALUE: i32 = 19;
/// What the purchases within the horizon are worth at the as-of: int64, millionths, missing as the order value is.
pub const ENG_COLUMN_LIFETIME_VALUE: i32 = 20;
/// The part of the value that is Say, credit for referred customers less credit given to the referrer: int64, millionths, missing
/// without a model of spend and for a prospect who has referred nobody.
pub const ENG_COLUMN_VALUE_SAY: i32 = 21;
/// The part of the value that is Stay, coming back: int64, millionths, missing as that of Say is.
pub const ENG_COLUMN_VALUE_STAY: i32 = 22;
/// The part of the value that is Spend, spending more than the base value: int64, millionths, missing as that of Say is.
pub const ENG_COLUMN_VALUE_SPEND: i32 = 23;

/// A double of a scorecard's forecast.
pub(crate) fn number(card: &Scorecard, column: i32) -> Result<Option<f64>> {
    let forecast = card.forecast.as_ref();
    Ok(match column {
        ENG_COLUMN_PROBABILITY_ALIVE => forecast.map(|forecast| forecast.probability_alive),
        ENG_COLUMN_EXPECTED_PURCHASES => forecast.and_then(|forecast| forecast.expected_purchases),
        ENG_COLUMN_DISCOUNTED_PURCHASES => forecast.map(|forecast| forecast.discounted_purchases),
        ENG_COLUMN_EXPECTED_ORDER_VALUE => forecast.and_then(|forecast| forecast.expected_order_value),
        _ => return Err(no_column(column, "doubles")),
    })
}

/// An amount of a scorecard's forecast, in millionths.
pub(crate) fn amount(card: &Scorecard, column: i32) -> Result<Option<i64>> {
    let amount = match column {
        ENG_COLUMN_LIFETIME_VALUE => card.forecast.as_ref().and_then(|forecast| forecast.lifetime_value),
        ENG_COLUMN_VALUE_SAY => card.value.map(|value| value.say),
        ENG_COLUMN_VALUE_STAY => card.value.map(|value| value.stay),
        ENG_COLUMN_VALUE_SPEND => card.value.map(|value| value.spend),
        _ => return Err(no_column(column, "integers")),
    };
    Ok(amount.map(Money::micros))
}

/// A column of doubles of the forecasts of all customers.
pub(crate) fn numbers(scores: &Scores, column: i32) -> Result<&Nullable> {
    match column {
        ENG_COLUMN_PROBABILITY_ALIVE => Ok(&forecasts(scores)?.probability_alive),
        ENG_COLUMN_EXPECTED_PURCHASES => Ok(&forecasts(scores)?.expected_purchases),
        ENG_COLUMN_DISCOUNTED_PURCHASES => Ok(&forecasts(scores)?.discounted_purchases),
        ENG_COLUMN_EXPECTED_ORDER_VALUE => Ok(&forecasts(scores)?.expected_order_value),
        _ => Err(no_column(column, "doubles")),
    }
}

fn forecasts(scores: &Scores) -> Result<&Forecasts> {
    scores.forecasts.as_ref().ok_or_else(|| Error::new(ErrorKind::MissingField, "the rulebook of these scores has no forecast"))
}

/// Gives a loaded rulebook a forecast, in place of any it had: fitted models, and how far they look. The handle `spend` may be null, and
/// then there is no money in the forecast. `time_unit` and `grain` are those of the purchases the models were fitted to; `horizon` is in
/// units, and infinite for a forecast without end, which needs a discount rate; `discount_rate` is by year, 0.1 for a tenth; `margin` is
/// what is left of an order's value after its costs, above 0 and at most 1. What else a forecast has, a document says.
///
/// Since 0.1; any thread, one at a time; the models are copied. Errors: `ENG_INVALID_ARGUMENT`, `ENG_INVALID_RULEBOOK` while the handle
/// is empty and for what a forecast cannot be, `ENG_MISSING_FIELD` for an empty model, `ENG_INVALID_HANDLE`, `ENG_FORKED`,
/// `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rulebook_set_forecast(
    rulebook: eng_rulebook,
    purchases: eng_model,
    spend: eng_model,
    time_unit: i32,
    grain: i32,
    horizon: f64,
    discount_rate: f64,
    margin: f64,
) -> i32 {
    // Models come before rulebooks in the order of locks.
    let read = || {
        let purchases = MODELS.with(purchases.addr(), |slot| slot.purchases().copied())?;
        let spend = if spend.is_null() { None } else { Some(MODELS.with(spend.addr(), |slot| slot.spend().copied())?) };
        Ok(Forecast {
            grain: unit(grain, "grain")?,
            horizon: (horizon != f64::INFINITY).then_some(horizon),
            discount_rate,
            margin,
            spend,
            ..Forecast::new(purchases, unit(time_unit, "time_unit")?, horizon)
        })
    };
    guard::write_read(&RULEBOOKS, rulebook, read, |compiled, forecast| {
        let mut book = rules(compiled)?.book.clone();
        book.forecast = Some(forecast);
        let rules = book.compile()?;
        *compiled = Some(Compiled { book, rules });
        Ok(())
    })
}

/// Gives the forecast of the rulebook for the customer: the probability that the customer still buys, the mean number of purchases
/// within the horizon, the mean value of an order in currency units, what those purchases are worth, and the value by way; amounts are
/// in millionths. What the forecast does not say is not there: its value is 0, and its bit in `present` is not set; the bits are 1, 2, 4
/// and so on to 64, in the order of the outputs. A prospect, or a rulebook without a forecast, has none; a forecast without a model of
/// spend has the first two; and a prospect who has referred customers has the value by way alone.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the scorecard is empty, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scorecard_forecast(
    scorecard: eng_scorecard,
    probability_alive: *mut f64,
    expected_purchases: *mut f64,
    expected_order_value: *mut f64,
    lifetime_value_micros: *mut i64,
    say_micros: *mut i64,
    stay_micros: *mut i64,
    spend_micros: *mut i64,
    present: *mut i32,
) -> i32 {
    guard::read(&SCORECARDS, scorecard, |card| {
        let card = card.scorecard()?;
        let numbers = [
            Out::required(probability_alive, "probability_alive")?,
            Out::required(expected_purchases, "expected_purchases")?,
            Out::required(expected_order_value, "expected_order_value")?,
        ];
        let amounts = [
            Out::required(lifetime_value_micros, "lifetime_value_micros")?,
            Out::required(say_micros, "say_micros")?,
            Out::required(stay_micros, "stay_micros")?,
            Out::required(spend_micros, "spend_micros")?,
        ];
        let present = Out::required(present, "present")?;
        let known = [ENG_COLUMN_PROBABILITY_ALIVE, ENG_COLUMN_EXPECTED_PURCHASES, ENG_COLUMN_EXPECTED_ORDER_VALUE];
        let [alive, expected, order] = known.map(|column| number(card, column));
        let worth = [ENG_COLUMN_LIFETIME_VALUE, ENG_COLUMN_VALUE_SAY, ENG_COLUMN_VALUE_STAY, ENG_COLUMN_VALUE_SPEND];
        let [lifetime, say, stay, spend] = worth.map(|column| amount(card, column));
        let bits = out::present(&numbers, [alive?, expected?, order?]);
        present.write(bits | out::present(&amounts, [lifetime?, say?, stay?, spend?]) << numbers.len());
        Ok(())
    })
}

/// Gives rows of one of the columns of amounts, `ENG_COLUMN_LIFETIME_VALUE` to `ENG_COLUMN_VALUE_SPEND`, in millionths. A missing amount is
/// 0, and so is its validity byte; else the byte is 1. The validity may be left out by a null pointer.
///
/// Since 0.1; any thread. Errors: as `eng_scores_double_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_money_column(
    scores: eng_scores,
    column: i32,
    offset: i64,
    count: i64,
    micros: *mut i64,
    valid: *mut c_char,
) -> i32 {
    guard::read(&SCORES, scores, |sheet| {
        let scores = sheet.scores()?;
        let rows = range(offset, count, scores.len())?;
        let column = match column {
            ENG_COLUMN_LIFETIME_VALUE => &forecasts(scores)?.lifetime_value,
            ENG_COLUMN_VALUE_SAY => &forecasts(scores)?.value_say,
            ENG_COLUMN_VALUE_STAY => &forecasts(scores)?.value_stay,
            ENG_COLUMN_VALUE_SPEND => &forecasts(scores)?.value_spend,
            _ => return Err(no_column(column, "amounts")),
        };
        nullable(column, rows, micros, valid)
    })
}

/// Gives what all customers are worth together, in millionths: how many have a forecast, what their purchases are worth, and the same by way.
/// Say, Stay and Spend add up to the lifetime value exactly.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the result is empty and for a rulebook without a forecast in money,
/// `ENG_OVERFLOW` if a sum does not fit, `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_value(
    scores: eng_scores,
    customers: *mut i64,
    lifetime_value_micros: *mut i64,
    say_micros: *mut i64,
    stay_micros: *mut i64,
    spend_micros: *mut i64,
) -> i32 {
    guard::read(&SCORES, scores, |sheet| {
        let outputs = [
            Out::required(customers, "customers")?,
            Out::required(lifetime_value_micros, "lifetime_value_micros")?,
            Out::required(say_micros, "say_micros")?,
            Out::required(stay_micros, "stay_micros")?,
            Out::required(spend_micros, "spend_micros")?,
        ];
        let total = sheet.scores()?.value()?.ok_or_else(|| {
            Error::new(ErrorKind::MissingField, "the rulebook of these scores has no forecast in money: give it a model of spend")
        })?;
        let amounts = [total.lifetime_value, total.say, total.stay, total.spend].map(Money::micros);
        outputs.iter().zip([count(total.customers)].into_iter().chain(amounts)).for_each(|(output, value)| output.write(value));
        Ok(())
    })
}
