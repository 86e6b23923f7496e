//! Models: how customers buy again and stop, and what they spend. Fitted here, read from a document, or taken from a rulebook.

use std::ffi::c_char;

use engagement_core::model::{Estimated, Fit, FitOptions, GammaGamma, Model, ModelKind, Parameters as _};
use engagement_core::{Error, ErrorKind, Purchases, Result};
use serde::{Deserialize, Serialize};

use crate::arguments;
use crate::guard;
use crate::handle::Table;
use crate::load::json;
use crate::out::{Out, count, index};
use crate::purchases::{PURCHASES, eng_purchases};
use crate::rulebook::{RULEBOOKS, eng_rulebook, rules};
use crate::text::{self, write_text};

/// A model of purchases: how customers buy again and stop.
pub const ENG_MODEL_PURCHASES: i32 = 1;
/// A model of spend: what a purchase is worth.
pub const ENG_MODEL_SPEND: i32 = 2;

/// A model with its parameters. See `eng_model_new`.
#[derive(Debug)]
#[expect(non_camel_case_types, reason = "the name in C")]
pub struct eng_model_tag {
    _private: [u8; 0],
}

/// A handle: a model with its parameters. See `eng_model_new`.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type eng_model = *mut eng_model_tag;

pub(crate) static MODELS: Table<Slot> = Table::new(8);

/// What a model handle holds.
#[derive(Default)]
pub(crate) struct Slot {
    pub(crate) threads: usize,
    held: Option<Held>,
}

/// A model of one of the two sorts.
#[derive(Clone, Copy)]
enum Sort {
    Purchases(Model),
    Spend(GammaGamma),
}

/// A model, and its fit if it was fitted here.
struct Held {
    sort: Sort,
    evidence: Option<Evidence>,
}

/// What is known of a fit.
struct Evidence {
    log_likelihood: f64,
    customers: f64,
    aic: f64,
    bic: f64,
    standard_errors: Option<Vec<f64>>,
    notes: Vec<String>,
}

/// How a file names a model of spend.
#[derive(Serialize, Deserialize)]
#[serde(tag = "model")]
enum Spending {
    #[serde(rename = "gamma-gamma")]
    GammaGamma(GammaGamma),
}

/// The name in a file.
#[derive(Deserialize)]
struct Named {
    model: String,
}

impl Held {
    fn fitted<M: Estimated>(fit: Fit<M>, sort: impl FnOnce(M) -> Sort, notes: Option<String>) -> Held {
        let boundary = fit.convergence.at_boundary.join(", ");
        let boundary =
            (!boundary.is_empty()).then(|| format!("{boundary}: not bounded by the data, so that nothing has a standard error"));
        let evidence = Evidence {
            log_likelihood: fit.log_likelihood,
            customers: fit.customers,
            aic: fit.aic(),
            bic: fit.bic(),
            standard_errors: fit.standard_errors(),
            notes: notes.into_iter().chain(boundary).collect(),
        };
        Held { sort: sort(fit.model), evidence: Some(evidence) }
    }

    fn fit(name: &str, purchases: &Purchases, options: &FitOptions) -> Result<Held> {
        if name == GammaGamma::NAME {
            let fit = GammaGamma::fit(purchases, options)?;
            return Ok(Held::fitted(fit, Sort::Spend, GammaGamma::independence(purchases).warning));
        }
        let kind: ModelKind =
            name.parse().map_err(|error: Error| Error::new(error.kind(), format!("{error}, {}", GammaGamma::NAME)))?;
        Ok(Held::fitted(kind.fit(purchases, options)?, Sort::Purchases, None))
    }

    fn from_json(text: &str) -> Result<Held> {
        let of_spend = serde_json::from_str(text).is_ok_and(|named: Named| named.model == GammaGamma::NAME);
        let sort = if of_spend {
            let Spending::GammaGamma(model) =
                serde_json::from_str(text).map_err(|error| Error::new(ErrorKind::InvalidArgument, format!("model: {error}")))?;
            Sort::Spend(model)
        } else {
            Sort::Purchases(Model::from_json(text)?)
        };
        Ok(Held { sort, evidence: None })
    }

    fn json(&self) -> Result<String> {
        match self.sort {
            Sort::Purchases(model) => model.to_json(),
            Sort::Spend(model) => json(&Spending::GammaGamma(model)),
        }
    }

    fn name(&self) -> &'static str {
        match &self.sort {
            Sort::Purchases(model) => model.name(),
            Sort::Spend(_) => GammaGamma::NAME,
        }
    }

    fn parameters(&self) -> Vec<(String, f64)> {
        let (names, values) = match &self.sort {
            Sort::Purchases(model) => (model.names(), model.estimates()),
            Sort::Spend(model) => (model.names(), model.estimates()),
        };
        names.into_iter().zip(values).collect()
    }

    fn evidence(&self) -> Result<&Evidence> {
        self.evidence.as_ref().ok_or_else(|| Error::new(ErrorKind::MissingField, "the model was not fitted here"))
    }
}

impl Slot {
    fn held(&self) -> Result<&Held> {
        self.held.as_ref().ok_or_else(|| Error::new(ErrorKind::MissingField, "the model is empty: fit it or load one into it"))
    }

    /// The model of purchases.
    pub(crate) fn purchases(&self) -> Result<&Model> {
        match &self.held()?.sort {
            Sort::Purchases(model) => Ok(model),
            Sort::Spend(_) => Err(wrong_sort("gamma-gamma is a model of spend, not of purchases")),
        }
    }

    /// The model of spend.
    pub(crate) fn spend(&self) -> Result<&GammaGamma> {
        let held = self.held()?;
        match &held.sort {
            Sort::Spend(model) => Ok(model),
            Sort::Purchases(_) => Err(wrong_sort(&format!("{} is a model of purchases, not of spend", held.name()))),
        }
    }
}

fn wrong_sort(message: &str) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

/// Makes an empty model.
///
/// Since 0.1; any thread; free with `eng_model_free`. Errors: `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_new(model: *mut eng_model) -> i32 {
    guard::new(&MODELS, model, Slot::default)
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

/// Sets on how many threads to fit and to predict columns; 0, the default, takes one a processor. The threads live inside the call; the
/// result is the same to the last bit whatever their number.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for a number that is not 0 to 1024, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_set_threads(model: eng_model, threads: i32) -> i32 {
    guard::write(&MODELS, model, |slot| {
        slot.threads = arguments::threads(threads)?;
        Ok(())
    })
}

/// Fits a model, by its name, to purchases: `nbd`, `pareto-nbd`, `bg-nbd`, `mbg-nbd`, `bg-cnbd-k`, `mbg-cnbd-k`, or `gamma-gamma` to what
/// they were worth. `mbg-nbd` is the one to begin with. On an error the handle keeps the model it had; the text of a fit that did not
/// converge has the best point and says what to try.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_FIT_FAILED`, also for purchases that no model can be fitted to,
/// `ENG_INVALID_ARGUMENT` for an unknown name and for purchases without the `log_gaps` a model needs, `ENG_MISSING_FIELD` for empty
/// purchases, `ENG_INVALID_UTF8`, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_fit(
    model: eng_model,
    name: *const c_char,
    name_len: i64,
    purchases: eng_purchases,
) -> i32 {
    guard::write(&MODELS, model, |slot| {
        // SAFETY: the caller's promise for a text in.
        let name = unsafe { text::required(name, name_len, "name")? };
        let options = FitOptions::default().threads(slot.threads);
        slot.held = Some(PURCHASES.with(purchases.addr(), |summary| Held::fit(name, summary.purchases()?, &options))?);
        Ok(())
    })
}

/// Loads a model from JSON: its name and its parameters, as `eng_model_json` gives them. On an error the handle keeps the model it had.
///
/// Since 0.1; any thread, one at a time; the text is copied, and has at most 16 MiB. Errors: `ENG_INVALID_ARGUMENT` naming the value and its
/// domain, `ENG_INVALID_UTF8`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_from_json(model: eng_model, json: *const c_char, json_len: i64) -> i32 {
    guard::write(&MODELS, model, |slot| {
        // SAFETY: the caller's promise for a text in.
        slot.held = Some(Held::from_json(unsafe { text::document(json, json_len, "json")? })?);
        Ok(())
    })
}

/// Takes a model of a rulebook's forecast: that of purchases, `ENG_MODEL_PURCHASES`, or that of spend, `ENG_MODEL_SPEND`. On an error the
/// handle keeps the model it had.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_MISSING_FIELD` for a rulebook without a forecast, or without a model of spend,
/// `ENG_INVALID_ARGUMENT` for another sort, `ENG_INVALID_RULEBOOK` for an empty rulebook, `ENG_INVALID_HANDLE`, `ENG_FORKED`,
/// `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_from_rulebook(model: eng_model, rulebook: eng_rulebook, sort: i32) -> i32 {
    guard::write(&MODELS, model, |slot| {
        let missing = |what: &str| Error::new(ErrorKind::MissingField, format!("the rulebook has no {what}"));
        let sort = RULEBOOKS.with(rulebook.addr(), |compiled| {
            let forecast = rules(compiled)?.book.forecast.as_ref().ok_or_else(|| missing("forecast"));
            match sort {
                ENG_MODEL_PURCHASES => Ok(Sort::Purchases(forecast?.purchases)),
                ENG_MODEL_SPEND => Ok(Sort::Spend(forecast?.spend.ok_or_else(|| missing("model of spend"))?)),
                _ => Err(wrong_sort(&format!("sort: {sort} is neither ENG_MODEL_PURCHASES nor ENG_MODEL_SPEND"))),
            }
        })?;
        slot.held = Some(Held { sort, evidence: None });
        Ok(())
    })
}

/// Gives the model as JSON: its name and its parameters, no data.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_MISSING_FIELD` while the handle is empty,
/// `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_json(model: eng_model, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::read(&MODELS, model, |slot| unsafe { write_text(&slot.held()?.json()?, buffer, capacity, needed) })
}

/// Gives the name of the model, such as `mbg-nbd`.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: as `eng_model_json`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_name(model: eng_model, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::read(&MODELS, model, |slot| unsafe { write_text(slot.held()?.name(), buffer, capacity, needed) })
}

/// Counts the parameters.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the handle is empty, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_parameter_count(model: eng_model, parameters: *mut i64) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let parameters = Out::required(parameters, "parameters")?;
        parameters.write(count(slot.held()?.parameters().len()));
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
    guard::read(&MODELS, model, |slot| {
        let parameters = slot.held()?.parameters();
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
    guard::read(&MODELS, model, |slot| {
        let (value, present) = (Out::required(value, "value")?, Out::required(present, "present")?);
        let standard_error = Out::required(standard_error, "standard_error")?;
        let held = slot.held()?;
        let parameters = held.parameters();
        let at = index(parameter, parameters.len(), "parameter")?;
        let errors = held.evidence.as_ref().and_then(|evidence| evidence.standard_errors.as_ref());
        let error = errors.and_then(|errors| errors.get(at).copied());
        value.write(parameters[at].1);
        standard_error.write(error.unwrap_or(0.0));
        present.write(i32::from(error.is_some()));
        Ok(())
    })
}

/// Gives k, the regularity of buying, of `bg-cnbd-k` and `mbg-cnbd-k`: whole, and no parameter among the others. `present` says whether the
/// model has one (1) or not (0, and k is 0).
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the handle is empty, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_k(model: eng_model, k: *mut i64, present: *mut i32) -> i32 {
    guard::read(&MODELS, model, |slot| {
        let (k, present) = (Out::required(k, "k")?, Out::required(present, "present")?);
        let found = match &slot.held()?.sort {
            Sort::Purchases(model) => model.k(),
            Sort::Spend(_) => None,
        };
        k.write(found.map_or(0, i64::from));
        present.write(i32::from(found.is_some()));
        Ok(())
    })
}

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
        let evidence = slot.held()?.evidence()?;
        let values = [evidence.log_likelihood, evidence.customers, evidence.aic, evidence.bic];
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
        let notes = slot.held()?.evidence()?.notes.join("\n");
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(&notes, buffer, capacity, needed) }
    })
}
