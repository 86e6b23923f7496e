//! How far a fit can be trusted.

use std::ffi::c_char;

use engagement_core::Result;
use engagement_core::model::{Estimated, Interval, likelihood_ratio_test};

use crate::guard;
use crate::held::Fitted;
use crate::model::{MODELS, eng_model};
use crate::out::{Out, index};
use crate::text::write_text;

/// Gives the evidence of a fit made here: the log-likelihood, how many customers it was fitted to, and the criteria of Akaike and of
/// Schwarz, of which the smaller is the better between models of the same purchases.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` for a model that was not fitted here, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_evidence(
    model: eng_model,
    log_likelihood: *mut f64,
    customers: *mut f64,
    aic: *mut f64,
    bic: *mut f64,
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let outputs = [
            Out::required(log_likelihood, "log_likelihood")?,
            Out::required(customers, "customers")?,
            Out::required(aic, "aic")?,
            Out::required(bic, "bic")?,
        ];
        let fit = &slot.evidence()?.fit;
        let values = [fit.log_likelihood, fit.customers, fit.aic(), fit.bic()];
        outputs.iter().zip(values).for_each(|(output, value)| output.write(value));
        Ok(())
    })
}

/// Gives what there is to know before trusting a fit made here, a sentence a line, and nothing where all is well: parameters that the data
/// does not bound, or spend that is not independent of frequency.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_MISSING_FIELD` for a model that was not fitted here,
/// `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_notes(model: eng_model, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let notes = slot.evidence()?.notes.join("\n");
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(&notes, buffer, capacity, needed) }
    })
}

/// Tells how the search for the parameters of a fit made here ended: the largest derivative of what was maximised, by the logarithm
/// of a parameter and per customer, parameters at a boundary left out; its steps and its evaluations over all starts; and the starts.
///
/// Since 0.1; any thread. Errors: as `eng_model_evidence`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_convergence(
    model: eng_model,
    gradient_norm: *mut f64,
    iterations: *mut i64,
    evaluations: *mut i64,
    starts: *mut i64,
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let gradient_norm = Out::required(gradient_norm, "gradient_norm")?;
        let outputs = [
            Out::required(iterations, "iterations")?,
            Out::required(evaluations, "evaluations")?,
            Out::required(starts, "starts")?,
        ];
        let found = &slot.evidence()?.fit.convergence;
        gradient_norm.write(found.gradient_norm);
        let values = [found.iterations, found.evaluations, found.starts];
        outputs.iter().zip(values).for_each(|(output, value)| output.write(i64::from(value)));
        Ok(())
    })
}

/// Says whether the parameter at an index, from 0, ran off to 0 or infinity in a fit made here (1), because the data does not bound it, or
/// not (0).
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for an index that does not exist, and as `eng_model_evidence`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_at_boundary(model: eng_model, parameter: i64, at_boundary: *mut i32) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let at_boundary = Out::required(at_boundary, "at_boundary")?;
        let fit = &slot.evidence()?.fit;
        let names = fit.model.names();
        let name = &names[index(parameter, names.len(), "parameter")?];
        at_boundary.write(i32::from(fit.convergence.at_boundary.contains(name)));
        Ok(())
    })
}

/// Gives the covariance of the parameters at two indices, from 0, of a fit made here. `present` says whether there is one (1) or not (0,
/// and it is 0): there is none where a parameter is at a boundary.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for an index that does not exist, and as `eng_model_evidence`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_covariance(
    model: eng_model,
    parameter: i64,
    other: i64,
    covariance: *mut f64,
    present: *mut i32,
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let (covariance, present) = (Out::required(covariance, "covariance")?, Out::required(present, "present")?);
        let fit = &slot.evidence()?.fit;
        let parameters = fit.model.names().len();
        let at = (index(parameter, parameters, "parameter")?, index(other, parameters, "other")?);
        let found = fit.covariance.as_ref().and_then(|all| all.get(at.0, at.1));
        covariance.write(found.unwrap_or(0.0));
        present.write(i32::from(found.is_some()));
        Ok(())
    })
}

/// Gives the confidence interval, of a level such as 0.95, of the parameter at an index, from 0, of a fit made here: normal on the
/// logarithm, as a coefficient of a covariate is itself, from the curvature of what was maximised.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for a level that is not between 0 and 1, an index that does not exist, and where
/// a parameter is at a boundary, and as `eng_model_evidence`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_interval(
    model: eng_model,
    parameter: i64,
    level: f64,
    low: *mut f64,
    high: *mut f64,
) -> i32 {
    interval(model, parameter, (low, high), |fitted| fitted.fit.confidence_intervals(level))
}

/// Writes the ends of the interval of one parameter.
pub(crate) fn interval(
    model: eng_model,
    parameter: i64,
    (low, high): (*mut f64, *mut f64),
    of: impl FnOnce(&Fitted) -> Result<Vec<Interval>>,
) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let (low, high) = (Out::required(low, "low")?, Out::required(high, "high")?);
        let fitted = slot.evidence()?;
        let at = index(parameter, fitted.fit.model.names().len(), "parameter")?;
        let interval = of(fitted)?[at];
        low.write(interval.low);
        high.write(interval.high);
        Ok(())
    })
}

/// Tests a model against one of which it is an extension, such as `beta-discrete-weibull` against `shifted-beta-geometric`, or a model with
/// covariates against the same without, both fitted here to the same customers without priors and penalty: twice the difference of the
/// log-likelihoods, how many parameters more the larger model has, and the probability of such a statistic where the smaller model is true.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for models that are not nested so, or other customers, and as
/// `eng_model_evidence` for either.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_likelihood_ratio(
    model: eng_model,
    smaller: eng_model,
    statistic: *mut f64,
    degrees_of_freedom: *mut i64,
    p_value: *mut f64,
) -> i32 {
    let read = || MODELS.with(smaller.addr(), |slot| Ok(slot.evidence()?.fit.clone()));
    guard::read_both(&MODELS, model, read, |slot, smaller| {
        let (statistic, p_value) = (Out::required(statistic, "statistic")?, Out::required(p_value, "p_value")?);
        let degrees_of_freedom = Out::required(degrees_of_freedom, "degrees_of_freedom")?;
        let test = likelihood_ratio_test(&smaller, &slot.evidence()?.fit)?;
        statistic.write(test.statistic);
        degrees_of_freedom.write(i64::from(test.degrees_of_freedom));
        p_value.write(test.p_value);
        Ok(())
    })
}
