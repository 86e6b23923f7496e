//! Bootstraps: models refitted to customers drawn from a fitted one.

use engagement_core::model::{
    BetaDiscreteWeibull, BgBb, Bootstrap, CovariateModel, Fit, FitOptions, GammaGamma, Renewals, ShiftedBetaGeometric, bootstrap,
};
use engagement_core::simulate::again;
use engagement_core::{Error, ErrorKind, Progress, Result};

use crate::arguments::{replicates, seed};
use crate::evidence::interval;
use crate::guard;
use crate::held::{Counts, Fitted, Held, Sort, Special};
use crate::model::{MODELS, eng_model};
use crate::out::{Out, count, index};
use crate::purchases::{PURCHASES, eng_purchases};

/// Refits a model that was fitted here to `replicates` sets of customers drawn from it, who are watched as those of the data were: the same
/// ages, paid purchases, opportunities or renewal occasions. Gives how many refits succeeded, and how many failed and are left out. The
/// same seed gives the same answer on any number of threads. `purchases` are those that the model was fitted to, with its covariates;
/// null for models of opportunities and of contracts, which keep what they were fitted to.
///
/// Since 0.1; any thread, one at a time; another thread may ask `eng_model_progress` or `eng_model_cancel`. Errors: `ENG_FIT_FAILED` where
/// fewer than 20 refits succeed, `ENG_INVALID_ARGUMENT` for purchases where the model takes none, for replicates that are not 1 to 100000,
/// for a null output, for a customer who makes a million purchases, and for contracts that did not begin together, `ENG_MISSING_FIELD` for empty
/// purchases, a covariate that they lack and a model that was not fitted here, `ENG_CANCELLED`, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, also for
/// purchases that are null where the model needs them, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_bootstrap(
    model: eng_model,
    purchases: eng_purchases,
    replicates_wanted: i64,
    random_seed: i64,
    refits: *mut i64,
    failed: *mut i64,
) -> i32 {
    guard::work(&MODELS, model, |slot, progress| {
        let (refits, failed) = (Out::required(refits, "refits")?, Out::required(failed, "failed")?);
        let (replicates, threads) = (replicates(replicates_wanted)?, slot.options.threads);
        let fitted = slot.evidence_mut()?;
        progress.begin(replicates.into());
        let run = Replicates {
            fit: &fitted.fit,
            // Replicates run side by side, so each of them is the work of one thread.
            options: fitted.options.clone().threads(1),
            replicates,
            seed: seed(random_seed),
            threads,
            progress,
        };
        let done = run.of(&fitted.counts, purchases)?;
        refits.write(count(done.refits().len()));
        failed.write(i64::from(done.failed()));
        fitted.bootstrap = Some(done);
        Ok(())
    })
}

/// The replicates of a fit.
struct Replicates<'a> {
    fit: &'a Fit<Sort>,
    options: FitOptions,
    replicates: u32,
    seed: u64,
    threads: usize,
    progress: &'a Progress,
}

impl Replicates<'_> {
    /// Draws and refits; `sort` says what a refitted model is.
    fn draw<D, M>(
        &self,
        draw: impl Fn(u64) -> Result<D> + Sync,
        refit: impl Fn(&D) -> Result<Fit<M>> + Sync,
        sort: impl Fn(M) -> Sort + Sync,
    ) -> Result<Bootstrap<Sort>> {
        let draw = |_: &Sort, seed| {
            self.progress.step(1)?;
            draw(seed)
        };
        bootstrap(self.fit, self.replicates, self.seed, self.threads, draw, |drawn| Ok(refit(drawn)?.map(&sort)))
    }

    fn of(&self, counts: &Counts, purchases: eng_purchases) -> Result<Bootstrap<Sort>> {
        let options = &self.options;
        match &self.fit.model {
            Sort::Purchases(model) => PURCHASES.with(purchases.addr(), |summary| {
                let data = summary.purchases()?;
                let draw = |seed| again::purchases(&**model, data, seed);
                self.draw(draw, |drawn| model.refit(drawn, options), Sort::Purchases)
            }),
            Sort::Covariates(model) => PURCHASES.with(purchases.addr(), |summary| {
                let (data, covariates) = (summary.purchases()?, &summary.covariates(model.covariates())?);
                let draw = |seed| again::with_covariates(model, data, covariates, seed);
                self.draw(draw, |drawn| CovariateModel::fit(model.name(), drawn, covariates, options), Sort::Covariates)
            }),
            Sort::Special(Special::Spend(model)) => PURCHASES.with(purchases.addr(), |summary| {
                let data = summary.purchases()?;
                let draw = |seed| again::spend(model, data, seed);
                self.draw(draw, |drawn| GammaGamma::fit(drawn, options), |model| Sort::Special(Special::Spend(model)))
            }),
            sort if !purchases.is_null() => Err(sort.not_of_purchases()),
            Sort::Special(Special::Opportunities(model)) => {
                let draw = |seed| again::opportunities(model, &counts.opportunities, seed);
                self.draw(draw, |drawn| BgBb::fit(drawn, options), |model| Sort::Special(Special::Opportunities(model)))
            }
            Sort::Special(Special::Constant(model)) => {
                let draw = |seed| again::renewals(model, &counts.renewals, seed);
                let refit = |drawn: &Renewals| ShiftedBetaGeometric::fit(drawn, options);
                self.draw(draw, refit, |model| Sort::Special(Special::Constant(model)))
            }
            Sort::Special(Special::Changing(model)) => {
                let draw = |seed| again::renewals(model, &counts.renewals, seed);
                let refit = |drawn: &Renewals| BetaDiscreteWeibull::fit(drawn, options);
                self.draw(draw, refit, |model| Sort::Special(Special::Changing(model)))
            }
        }
    }
}

/// The refits of a bootstrap.
fn refits(fitted: &Fitted) -> Result<&Bootstrap<Sort>> {
    let missing = || Error::new(ErrorKind::MissingField, "the model has no refits: bootstrap it");
    fitted.bootstrap.as_ref().ok_or_else(missing)
}

/// Tells how many of how many replicates a bootstrap under way in another thread has drawn; 0 of 0 if none is.
///
/// Since 0.1; any thread; never waits. Errors: `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_progress(model: eng_model, done: *mut i64, total: *mut i64) -> i32 {
    guard::progress(&MODELS, model, done, total)
}

/// Cancels the bootstrap under way in another thread, or, if none is, the next one: it returns `ENG_CANCELLED`, the handle keeps what it had.
///
/// Since 0.1; any thread; never waits. Errors: `ENG_INVALID_HANDLE`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_cancel(model: eng_model) -> i32 {
    guard::cancel(&MODELS, model)
}

/// Gives the interval, of a level such as 0.95, that holds the middle of the refits of `eng_model_bootstrap`: of the parameter at an index,
/// from 0.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` before a bootstrap, `ENG_INVALID_ARGUMENT` for a level that is not between 0 and 1 and
/// an index that does not exist, and as `eng_model_evidence`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_bootstrap_interval(
    model: eng_model,
    parameter: i64,
    level: f64,
    low: *mut f64,
    high: *mut f64,
) -> i32 {
    interval(model, parameter, (low, high), |fitted| refits(fitted)?.confidence_intervals(level))
}

/// Takes a refitted model of the bootstrap of `fitted`, by its number from 0, so that anything can be asked of it: the middle of the answers
/// of all refits is an interval of the answer. On an error the handle keeps the model it had. The two handles may be the same, whose
/// fit and refits are then gone.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_MISSING_FIELD` before a bootstrap and for a model that was not fitted here,
/// `ENG_INVALID_ARGUMENT` for a number that does not exist, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_model_from_refit(model: eng_model, fitted: eng_model, refit: i64) -> i32 {
    let read = || {
        MODELS.with(fitted.addr(), |slot| {
            let models = refits(slot.evidence()?)?.refits();
            Ok(models[index(refit, models.len(), "refit")?].clone())
        })
    };
    guard::write_read(&MODELS, model, read, |slot, refitted| {
        slot.held = Some(Held::Loaded(refitted));
        Ok(())
    })
}
