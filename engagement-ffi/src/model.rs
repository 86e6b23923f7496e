//! Models: how customers buy again and stop, and what they spend. Fitted here, read from a document, or taken from a rulebook.

use std::ffi::c_char;

use engagement_core::model::{
    Estimated as _, Fit, FitOptions, GammaGamma, Model, ModelKind, Parameters as _, PurchaseHistory, Spend,
};
use engagement_core::{Error, ErrorKind, Purchases, Result};

use crate::guard;
use crate::handle::Table;
use crate::out::{Out, OutColumn, count, index, range};
use crate::purchases::{PURCHASES, eng_purchases};
use crate::rulebook::{RULEBOOKS, eng_rulebook, rules};
use crate::text::{self, write_text};

/// A model with its parameters. See `eng_model_new`.
#[derive(Debug)]
#[expect(non_camel_case_types, reason = "the name in C")]
pub struct eng_model_tag {
    _private: [u8; 0],
}

/// A handle: a model with its parameters. See `eng_model_new`.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type eng_model = *mut eng_model_tag;

pub(crate) static MODELS: Table<Option<Held>> = Table::new(8);

/// A model of one of the two sorts.
#[derive(Clone, Copy)]
enum Sort {
    Purchases(Model),
    Spend(GammaGamma),
}

/// What is known of a fit made here.
struct Evidence {
    log_likelihood: f64,
    customers: f64,
    standard_errors: Option<Vec<f64>>,
}

/// A model, and its fit if it was fitted here.
pub(crate) struct Held {
    sort: Sort,
    evidence: Option<Evidence>,
}

impl Held {
    fn of(sort: Sort) -> Held {
        Held { sort, evidence: None }
    }

    fn fitted<M>(fit: &Fit<M>, sort: Sort, standard_errors: Option<Vec<f64>>) -> Held {
        let evidence = Evidence { log_likelihood: fit.log_likelihood, customers: fit.customers, standard_errors };
        Held { sort, evidence: Some(evidence) }
    }

    fn name(&self) -> &'static str {
        match &self.sort {
            Sort::Purchases(model) => model.name(),
            Sort::Spend(_) => GammaGamma::NAME,
        }
    }

    fn parameters(&self) -> Vec<(String, f64)> {
        match &self.sort {
            Sort::Purchases(model) => model.names().into_iter().zip(model.estimates()).collect(),
            Sort::Spend(model) => model.names().into_iter().zip(model.estimates()).collect(),
        }
    }
}

fn held(model: &Option<Held>) -> Result<&Held> {
    model.as_ref().ok_or_else(|| Error::new(ErrorKind::MissingField, "the model is empty: fit it or load one into it"))
}

fn purchase_model(model: &Option<Held>) -> Result<&Model> {
    match &held(model)?.sort {
        Sort::Purchases(model) => Ok(model),
        Sort::Spend(_) => Err(Error::new(ErrorKind::InvalidArgument, "gamma-gamma is a model of spend, which answers eng_model_expected_value alone")),
    }
}

fn spend_model(model: &Option<Held>) -> Result<&GammaGamma> {
    let held = held(model)?;
    match &held.sort {
        Sort::Spend(model) => Ok(model),
        Sort::Purchases(_) => {
            Err(Error::new(ErrorKind::InvalidArgument, format!("{} is a model of purchases: what they are worth is said by gamma-gamma", held.name())))
        }
    }
}

/// A customer from the numbers of a call.
fn customer(frequency: i64, recency: f64, age: f64) -> Result<PurchaseHistory> {
    let outside = |_| Error::new(ErrorKind::InvalidArgument, format!("frequency: {frequency} is not 0 to {}", u32::MAX));
    PurchaseHistory::new(u32::try_from(frequency).map_err(outside)?, recency, age)
}

/// Makes an empty model.
///
/// Since 0.1; any thread; free with `eng_model_free`. Errors: `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_new(model: *mut eng_model) -> i32 {
    guard::new(&MODELS, model, || None)
}

/// Frees a model. Null is ignored.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_HANDLE`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_free(model: eng_model) -> i32 {
    guard::free(&MODELS, model)
}

/// Gives the text of the last error of this handle; empty if its last call succeeded.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_HANDLE`, `ENG_BUFFER_TOO_SMALL`,
/// `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_error(model: eng_model, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::call(|| unsafe { write_text(&guard::last_error(&MODELS, model)?, buffer, capacity, needed) })
}

/// Fits a model, by its name, to purchases: `nbd`, `pareto-nbd`, `bg-nbd`, `mbg-nbd`, `bg-cnbd-k`, `mbg-cnbd-k`, or `gamma-gamma` to what they
/// were worth. `mbg-nbd` is the one to begin with. On an error the handle keeps the model it had; the text of a failed fit has the best point
/// and says what to try.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_FIT_FAILED`, `ENG_INVALID_ARGUMENT` for an unknown name, `ENG_MISSING_FIELD` for
/// empty purchases, `ENG_INVALID_UTF8`, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_fit(
    model: eng_model,
    name: *const c_char,
    name_len: i64,
    purchases: eng_purchases,
) -> i32 {
    guard::write(&MODELS, model, |model| {
        // SAFETY: the caller's promise for a text in.
        let name = unsafe { text::required(name, name_len, "name")? };
        let options = FitOptions::default();
        let fitted = |purchases: &Purchases| -> Result<Held> {
            if name == GammaGamma::NAME {
                let fit = GammaGamma::fit(purchases, &options)?;
                return Ok(Held::fitted(&fit, Sort::Spend(fit.model), fit.standard_errors()));
            }
            let fit = name.parse::<ModelKind>()?.fit(purchases, &options)?;
            Ok(Held::fitted(&fit, Sort::Purchases(fit.model), fit.standard_errors()))
        };
        *model = Some(PURCHASES.with(purchases.addr(), |summary| fitted(summary.purchases()?))?);
        Ok(())
    })
}

/// Loads a model from JSON: its name and its parameters, as `eng_model_json` gives them.
///
/// Since 0.1; any thread, one at a time; the text is copied. Errors: `ENG_INVALID_ARGUMENT` naming the value and its domain,
/// `ENG_INVALID_UTF8`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_from_json(model: eng_model, json: *const c_char, json_len: i64) -> i32 {
    guard::write(&MODELS, model, |model| {
        // SAFETY: the caller's promise for a text in.
        let json = unsafe { text::document(json, json_len, "json")? };
        *model = Some(Held::of(Sort::Purchases(Model::from_json(json)?)));
        Ok(())
    })
}

/// Takes the model of purchases of a rulebook's forecast.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_MISSING_FIELD` for a rulebook without a forecast, `ENG_INVALID_RULEBOOK` for an
/// empty one, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_from_rulebook(model: eng_model, rulebook: eng_rulebook) -> i32 {
    guard::write(&MODELS, model, |model| {
        let forecast = RULEBOOKS.with(rulebook.addr(), |compiled| Ok(rules(compiled)?.book.forecast.clone()))?;
        let forecast = forecast.ok_or_else(|| Error::new(ErrorKind::MissingField, "the rulebook has no forecast"))?;
        *model = Some(Held::of(Sort::Purchases(forecast.purchases)));
        Ok(())
    })
}

/// Gives a model of purchases as JSON: its name and its parameters, no data.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_MISSING_FIELD` while the handle is empty,
/// `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_json(model: eng_model, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    guard::read(&MODELS, model, |model| {
        let json = purchase_model(model)?.to_json()?;
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(&json, buffer, capacity, needed) }
    })
}

/// Gives the name of the model, such as `mbg-nbd`.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: as `eng_model_json`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_name(model: eng_model, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::read(&MODELS, model, |model| unsafe { write_text(held(model)?.name(), buffer, capacity, needed) })
}

/// Counts the parameters.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the handle is empty, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_parameter_count(model: eng_model, parameters: *mut i64) -> i32 {
    guard::read(&MODELS, model, |model| {
        let parameters = Out::required(parameters, "parameters")?;
        parameters.write(count(held(model)?.parameters().len()));
        Ok(())
    })
}

/// Gives the letter of the parameter at an index, from 0: the letters of the paper, in its order.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_ARGUMENT` for an index that does not exist, and
/// as `eng_model_json`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_parameter_name(
    model: eng_model,
    parameter: i64,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    guard::read(&MODELS, model, |model| {
        let parameters = held(model)?.parameters();
        let name = &parameters[index(parameter, parameters.len(), "parameter")?].0;
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(name, buffer, capacity, needed) }
    })
}

/// Gives the value of the parameter at an index, from 0, and its standard error. `present` says whether there is one (1) or not (0, and
/// the error is 0): there is none for a model that was not fitted here, and at a boundary.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for an index that does not exist or a null output, `ENG_MISSING_FIELD` while the
/// handle is empty, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_parameter(
    model: eng_model,
    parameter: i64,
    value: *mut f64,
    standard_error: *mut f64,
    present: *mut i32,
) -> i32 {
    guard::read(&MODELS, model, |model| {
        let (value, present) = (Out::required(value, "value")?, Out::required(present, "present")?);
        let standard_error = Out::required(standard_error, "standard_error")?;
        let held = held(model)?;
        let parameters = held.parameters();
        let at = index(parameter, parameters.len(), "parameter")?;
        let errors = held.evidence.as_ref().and_then(|evidence| evidence.standard_errors.as_deref());
        let error = errors.and_then(|errors| errors.get(at).copied());
        value.write(parameters[at].1);
        standard_error.write(error.unwrap_or(0.0));
        present.write(i32::from(error.is_some()));
        Ok(())
    })
}

/// Gives the log-likelihood of a fit made here, and how many customers it was fitted to.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` for a model that was not fitted here, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_log_likelihood(model: eng_model, log_likelihood: *mut f64, customers: *mut f64) -> i32 {
    guard::read(&MODELS, model, |model| {
        let log_likelihood = Out::required(log_likelihood, "log_likelihood")?;
        let customers = Out::required(customers, "customers")?;
        let evidence = held(model)?.evidence.as_ref();
        let evidence = evidence.ok_or_else(|| Error::new(ErrorKind::MissingField, "the model was not fitted here"))?;
        log_likelihood.write(evidence.log_likelihood);
        customers.write(evidence.customers);
        Ok(())
    })
}

/// What is predicted: a number of one customer.
type Predict<'a> = &'a (dyn Fn(&Model, &PurchaseHistory) -> Result<f64> + Sync);

/// Predicts of one customer.
fn one(model: eng_model, (frequency, recency, age): (i64, f64, f64), out: *mut f64, predict: Predict<'_>) -> i32 {
    guard::read(&MODELS, model, |model| {
        let out = Out::required(out, "value")?;
        out.write(predict(purchase_model(model)?, &customer(frequency, recency, age)?)?);
        Ok(())
    })
}

/// Predicts of rows of purchases: once of those with equal numbers.
fn column(
    model: eng_model,
    purchases: eng_purchases,
    (offset, rows): (i64, i64),
    values: *mut f64,
    predict: Predict<'_>,
) -> i32 {
    guard::read(&MODELS, model, |model| {
        let model = purchase_model(model)?;
        PURCHASES.with(purchases.addr(), |summary| {
            let purchases = summary.purchases()?;
            let rows = range(offset, rows, purchases.len())?;
            let values = OutColumn::required(values, rows.len(), "values")?;
            if rows.len() == purchases.len() {
                let predicted = purchases.map(0, |customer| predict(model, customer))?;
                values.write(predicted.into_iter());
            } else {
                let predicted = rows.map(|row| predict(model, &purchases.history(row))).collect::<Result<Vec<f64>>>()?;
                values.write(predicted.into_iter());
            }
            Ok(())
        })
    })
}

/// Gives the probability that a customer with `frequency` repeat purchases, the last of them `recency` units after the first purchase,
/// which was `age` units ago, still buys `later` units from now, if nothing more is seen; 0 is now.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` naming the value and its domain, `ENG_MISSING_FIELD` while the model is empty,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_probability_alive(
    model: eng_model,
    frequency: i64,
    recency: f64,
    age: f64,
    later: f64,
    probability: *mut f64,
) -> i32 {
    one(model, (frequency, recency, age), probability, &|model, customer| model.probability_alive_at(customer, later))
}

/// Gives the mean number of purchases of a customer within the next `t` units; the customer is as in `eng_model_probability_alive`.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_expected_purchases(
    model: eng_model,
    frequency: i64,
    recency: f64,
    age: f64,
    t: f64,
    purchases: *mut f64,
) -> i32 {
    one(model, (frequency, recency, age), purchases, &|model, customer| model.expected_purchases(customer, t))
}

/// Gives the probability that a customer purchases exactly `n` times within the next `t` units; the customer is as in
/// `eng_model_probability_alive`.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_probability_of_purchases(
    model: eng_model,
    frequency: i64,
    recency: f64,
    age: f64,
    n: i64,
    t: f64,
    probability: *mut f64,
) -> i32 {
    one(model, (frequency, recency, age), probability, &|model, customer| {
        let negative = |_| Error::new(ErrorKind::InvalidArgument, format!("n: {n} is not a number of purchases"));
        model.probability_of_purchases(customer, u64::try_from(n).map_err(negative)?, t)
    })
}

/// Gives the discounted number of purchases of a customer within the next `t` units, which may be infinite, at the continuous rate
/// `delta` per unit: ln(1 + annual rate) divided by the units of a year. The customer is as in `eng_model_probability_alive`.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_discounted_purchases(
    model: eng_model,
    frequency: i64,
    recency: f64,
    age: f64,
    t: f64,
    delta: f64,
    purchases: *mut f64,
) -> i32 {
    one(model, (frequency, recency, age), purchases, &|model, customer| model.discounted_purchases(customer, t, delta))
}

/// Gives the bounds that hold a customer's number of purchases within the next `t` units with the probability `level`; the customer is
/// as in `eng_model_probability_alive`.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_prediction_interval(
    model: eng_model,
    frequency: i64,
    recency: f64,
    age: f64,
    t: f64,
    level: f64,
    low: *mut i64,
    high: *mut i64,
) -> i32 {
    guard::read(&MODELS, model, |model| {
        let (low, high) = (Out::required(low, "low")?, Out::required(high, "high")?);
        let bounds = purchase_model(model)?.prediction_interval(&customer(frequency, recency, age)?, t, level)?;
        low.write(count(bounds.0));
        high.write(count(bounds.1));
        Ok(())
    })
}

/// Gives `eng_model_probability_alive` of rows of purchases.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive`, and `ENG_MISSING_FIELD` while the purchases are empty.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_probability_alive_column(
    model: eng_model,
    purchases: eng_purchases,
    later: f64,
    offset: i64,
    count: i64,
    values: *mut f64,
) -> i32 {
    column(model, purchases, (offset, count), values, &|model, customer| model.probability_alive_at(customer, later))
}

/// Gives `eng_model_expected_purchases` of rows of purchases.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_expected_purchases_column(
    model: eng_model,
    purchases: eng_purchases,
    t: f64,
    offset: i64,
    count: i64,
    values: *mut f64,
) -> i32 {
    column(model, purchases, (offset, count), values, &|model, customer| model.expected_purchases(customer, t))
}

/// Gives `eng_model_discounted_purchases` of rows of purchases.
///
/// Since 0.1; any thread. Errors: as `eng_model_probability_alive_column`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_discounted_purchases_column(
    model: eng_model,
    purchases: eng_purchases,
    t: f64,
    delta: f64,
    offset: i64,
    count: i64,
    values: *mut f64,
) -> i32 {
    column(model, purchases, (offset, count), values, &|model, customer| model.discounted_purchases(customer, t, delta))
}

/// Gives the mean value of the purchases of a customer who paid for `paid` of them, `mean` on average, in currency units; 0 and 0 for
/// a customer of whose spend nothing is known. The model is `gamma-gamma`.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` where the mean is infinite, for a model of purchases, and as
/// `eng_model_probability_alive`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_expected_value(model: eng_model, paid: i64, mean: f64, value: *mut f64) -> i32 {
    guard::read(&MODELS, model, |model| {
        let value = Out::required(value, "value")?;
        let outside = |_| Error::new(ErrorKind::InvalidArgument, format!("paid: {paid} is not 0 to {}", u32::MAX));
        value.write(spend_model(model)?.expected_value(&Spend::new(u32::try_from(paid).map_err(outside)?, mean)?)?);
        Ok(())
    })
}

/// Gives `eng_model_expected_value` of rows of purchases.
///
/// Since 0.1; any thread. Errors: as `eng_model_expected_value`, and `ENG_MISSING_FIELD` while the purchases are empty.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_expected_value_column(
    model: eng_model,
    purchases: eng_purchases,
    offset: i64,
    count: i64,
    values: *mut f64,
) -> i32 {
    guard::read(&MODELS, model, |model| {
        let model = spend_model(model)?;
        PURCHASES.with(purchases.addr(), |summary| {
            let purchases = summary.purchases()?;
            let rows = range(offset, count, purchases.len())?;
            let values = OutColumn::required(values, rows.len(), "values")?;
            let spends = purchases.spends();
            let expected = spends[rows].iter().map(|spend| model.expected_value(spend)).collect::<Result<Vec<f64>>>()?;
            values.write(expected.into_iter());
            Ok(())
        })
    })
}
