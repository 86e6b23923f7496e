//! How far a fit can be trusted in what it predicts: confidence intervals of predictions, by the delta method.

use engagement_core::Result;
use engagement_core::model::{GammaGamma, Prediction, Scale};

use crate::held::{Slot, Sort};
use crate::model::eng_model;
use crate::predict::{bounds_of, predicted, purchases_to_come};
use crate::purchases::eng_purchases;
use crate::spend;

/// The ends of the confidence intervals of a column that a fit says, normal on a scale.
fn ends(slot: &Slot, level: f64, scale: Scale, column: impl Fn(&Sort) -> Result<Vec<f64>>) -> Result<Vec<(f64, f64)>> {
    let found = slot.evidence()?.fit.intervals_of(level, scale, column)?;
    Ok(found.into_iter().map(|interval| (interval.low, interval.high)).collect())
}

/// Writes those of a prediction of rows of purchases.
fn of_prediction(
    model: eng_model,
    purchases: eng_purchases,
    part: (i64, i64),
    (level, scale): (f64, Scale),
    bounds: (*mut f64, *mut f64),
    prediction: Result<Prediction>,
) -> i32 {
    bounds_of(model, purchases, part, bounds, |slot, summary, rows| {
        let prediction = prediction?;
        ends(slot, level, scale, |sort| predicted(sort, slot.options.threads, summary, rows.clone(), prediction))
    })
}

/// Gives the confidence intervals, of a level such as 0.95, of `eng_model_probability_alive_column`, of a model that was fitted here: by the delta method,
/// normal on the log-odds. Where the probability itself is 0 or 1, both ends are it. They tell how
/// well the parameters are known; how many purchases a customer may make is told by `eng_model_prediction_interval_column`.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive_column`, `ENG_MISSING_FIELD` for a model that was not fitted here, and
/// `ENG_INVALID_ARGUMENT` for a level that is not between 0 and 1, and where a parameter is at a boundary.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_probability_alive_interval_column(
    model: eng_model,
    purchases: eng_purchases,
    later: f64,
    level: f64,
    offset: i64,
    count: i64,
    low: *mut f64,
    high: *mut f64,
) -> i32 {
    of_prediction(
        model,
        purchases,
        (offset, count),
        (level, Scale::Logit),
        (low, high),
        Ok(Prediction::ProbabilityAlive { later }),
    )
}

/// Gives the confidence intervals, of a level such as 0.95, of `eng_model_expected_purchases_column`, of a model that was fitted here: by the delta method,
/// normal on the logarithm.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive_interval_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_expected_purchases_interval_column(
    model: eng_model,
    purchases: eng_purchases,
    t: f64,
    level: f64,
    offset: i64,
    count: i64,
    low: *mut f64,
    high: *mut f64,
) -> i32 {
    of_prediction(model, purchases, (offset, count), (level, Scale::Log), (low, high), Ok(Prediction::ExpectedPurchases { t }))
}

/// Gives the confidence intervals, of a level such as 0.95, of `eng_model_probability_of_purchases_column`, of a model that was fitted here: by the delta method,
/// normal on the log-odds.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive_interval_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_probability_of_purchases_interval_column(
    model: eng_model,
    purchases: eng_purchases,
    n: i64,
    t: f64,
    level: f64,
    offset: i64,
    count: i64,
    low: *mut f64,
    high: *mut f64,
) -> i32 {
    of_prediction(model, purchases, (offset, count), (level, Scale::Logit), (low, high), purchases_to_come(n, t))
}

/// Gives the confidence intervals, of a level such as 0.95, of `eng_model_discounted_purchases_column`, of a model that was fitted here: by the delta method,
/// normal on the logarithm.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive_interval_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_discounted_purchases_interval_column(
    model: eng_model,
    purchases: eng_purchases,
    t: f64,
    delta: f64,
    level: f64,
    offset: i64,
    count: i64,
    low: *mut f64,
    high: *mut f64,
) -> i32 {
    of_prediction(
        model,
        purchases,
        (offset, count),
        (level, Scale::Log),
        (low, high),
        Ok(Prediction::DiscountedPurchases { t, delta }),
    )
}

/// Gives the confidence intervals, of a level such as 0.95, of `eng_model_expected_value_column`, of a model of spend that was fitted here:
/// by the delta method, normal on the logarithm. They tell how well the parameters are known; what a customer's purchases may be worth on
/// average is told by `eng_model_value_interval_column`.
///
/// Since 0.1; any thread. Errors: as `eng_model_expected_value_column`, `ENG_MISSING_FIELD` for a model that was not fitted here, and
/// `ENG_INVALID_ARGUMENT` for a level that is not between 0 and 1, and where a parameter is at a boundary.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_expected_value_interval_column(
    model: eng_model,
    purchases: eng_purchases,
    level: f64,
    offset: i64,
    count: i64,
    low: *mut f64,
    high: *mut f64,
) -> i32 {
    bounds_of(model, purchases, (offset, count), (low, high), |slot, summary, rows| {
        ends(slot, level, Scale::Log, |sort| spend::of_rows(sort, summary, rows.clone(), GammaGamma::expected_value))
    })
}
