//! What must survive: wrong handles, wrong pointers, wrong lengths, wrong numbers. Each is answered by a status, and changes nothing.

mod common;

use std::ffi::c_char;
use std::ptr::{null, null_mut, without_provenance_mut};

use common::*;
use engagement::*;

const DAY: i64 = 86_400_000_000;

/// Every function that takes a handle, called with `$handle` as its first one and good arguments otherwise.
macro_rules! calls {
    ($($group:ident($handle:ident: $kind:ty) { $($name:ident($($argument:expr),* $(,)?);)* })*) => {
        $(fn $group(address: usize) -> Vec<(&'static str, i32)> {
            let $handle: $kind = without_provenance_mut(address);
            let n = &raw mut *Box::leak(Box::new([0i64; 8]));
            let out = Out { long: n.cast(), int: n.cast(), double: n.cast(), text: n.cast() };
            let _ = &out;
            vec![$((stringify!($name), unsafe { $name($handle $(, wrap(&out, $argument))*) })),*]
        })*
    };
}

#[derive(Clone, Copy)]
struct Out {
    long: *mut i64,
    int: *mut i32,
    double: *mut f64,
    text: *mut c_char,
}

fn wrap<T>(out: &Out, argument: impl Fn(&Out) -> T) -> T {
    argument(out)
}

fn long(out: &Out) -> *mut i64 {
    out.long
}
fn int(out: &Out) -> *mut i32 {
    out.int
}
fn double(out: &Out) -> *mut f64 {
    out.double
}
fn chars(out: &Out) -> *mut c_char {
    out.text
}
fn eight(_: &Out) -> i64 {
    8
}
fn zero(_: &Out) -> i64 {
    0
}
fn at(_: &Out) -> i64 {
    AT
}
fn ann(_: &Out) -> *const c_char {
    c"ann".as_ptr()
}
fn nul(_: &Out) -> i64 {
    -1
}
fn no(_: &Out) -> i32 {
    0
}
fn number<const N: i32>(_: &Out) -> i32 {
    N
}
fn none<T>(_: &Out) -> *const T {
    null()
}
fn doubles(_: &Out) -> *const f64 {
    const DOUBLES: &[f64; 1] = &[0.0];
    DOUBLES.as_ptr()
}
fn longs(_: &Out) -> *const i64 {
    const LONGS: &[i64; 2] = &[0, 0];
    LONGS.as_ptr()
}
fn strings(_: &Out) -> *const *const c_char {
    longs(&Out { long: null_mut(), int: null_mut(), double: null_mut(), text: null_mut() }).cast()
}
fn chars_in(_: &Out) -> *const c_char {
    c"".as_ptr()
}
fn scores(_: &Out) -> eng_scores {
    null_mut()
}
fn batch(_: &Out) -> eng_batch {
    null_mut()
}
fn ledger(_: &Out) -> eng_ledger {
    null_mut()
}
fn rulebook(_: &Out) -> eng_rulebook {
    null_mut()
}
fn purchases(_: &Out) -> eng_purchases {
    null_mut()
}
fn model(_: &Out) -> eng_model {
    null_mut()
}
fn nothing(_: &Out) -> f64 {
    0.0
}
fn half(_: &Out) -> f64 {
    0.5
}
fn one(_: &Out) -> f64 {
    1.0
}

calls! {
    ledgers(h: eng_ledger) {
        eng_ledger_error(chars, eight, long);
        eng_ledger_set_currency(|_: &Out| c"EUR".as_ptr(), nul);
        eng_ledger_set_zone(|_: &Out| c"UTC".as_ptr(), nul);
        eng_ledger_set_lenient(no);
        eng_ledger_set_memory_budget(zero);
        eng_ledger_set_attribute(ann, nul, ann, nul, ann, nul, at);
        eng_ledger_counts(long, long);
        eng_ledger_span(long, long);
        eng_ledger_heap_size(long);
        eng_ledger_kind_count(long);
        eng_ledger_kind(zero, long, chars, eight, long);
        eng_ledger_forget(ann, nul, long);
        eng_ledger_forget_rows(batch, zero, long);
        eng_ledger_append(ann, nul, at, ann, nul, none::<i64>, int);
        eng_ledger_append_row(batch, int);
        eng_ledger_load(batch, zero, int);
        eng_ledger_loaded(long, long, long, long, long);
        eng_ledger_totals(long, long, long, long, long);
        eng_ledger_account_json(no, chars, eight, long);
        eng_ledger_reject_count(long);
        eng_ledger_reject(zero, long, int, chars, eight, long);
        eng_ledger_progress(long, long);
        eng_ledger_cancel();
        eng_ledger_simulate(model, model, zero, at, at, at, number::<2>, half, one, one, half, zero);
    }
    batches(h: eng_batch) {
        eng_batch_error(chars, eight, long);
        eng_batch_clear();
        eng_batch_text(number::<1>, ann, nul);
        eng_batch_int64(number::<1>, zero);
        eng_batch_double(number::<5>, |_: &Out| 1.0);
        eng_batch_text_column(number::<1>, ann, longs, none::<c_char>);
        eng_batch_fixed_column(number::<1>, ann, eight, zero, none::<c_char>);
        eng_batch_string_column(number::<1>, strings);
        eng_batch_int64_column(number::<1>, longs, zero, none::<c_char>);
        eng_batch_double_column(number::<5>, doubles, zero, none::<c_char>);
    }
    rulebooks(h: eng_rulebook) {
        eng_rulebook_error(chars, eight, long);
        eng_rulebook_standard();
        eng_rulebook_calibrated(ledger, at);
        eng_rulebook_from_toml(ann, nul);
        eng_rulebook_from_json(ann, nul);
        eng_rulebook_toml(chars, eight, long);
        eng_rulebook_json(chars, eight, long);
        eng_rulebook_notes(chars, eight, long);
        eng_rulebook_rule_count(long);
        eng_rulebook_rule_name(zero, chars, eight, long);
        eng_rulebook_set_forecast(model, model, number::<2>, number::<1>, one, one, one);
    }
    cards(h: eng_scorecard) {
        eng_scorecard_error(chars, eight, long);
        eng_scorecard_score(ledger, rulebook, ann, nul, at);
        eng_scorecard_explain(ledger, rulebook, ann, nul, at);
        eng_scorecard_scores(double, double, double, double, int, int);
        eng_scorecard_double(number::<1>, double, int);
        eng_scorecard_int64(number::<9>, long, int);
        eng_scorecard_contribution_count(long);
        eng_scorecard_contribution(zero, int, double, long, chars, eight, long);
        eng_scorecard_json(chars, eight, long);
        eng_scorecard_explanation(chars, eight, long);
        eng_scorecard_explanation_json(chars, eight, long);
        eng_scorecard_falls(long, int, int);
        eng_scorecard_forecast(double, double, double, long, long, long, long, int);
    }
    sheets(h: eng_scores) {
        eng_scores_error(chars, eight, long);
        eng_scores_set_threads(no);
        eng_scores_set_contributions(no);
        eng_scores_score(ledger, rulebook, at);
        eng_scores_progress(long, long);
        eng_scores_cancel();
        eng_scores_count(long, long);
        eng_scores_key(zero, chars, eight, long);
        eng_scores_key_width(long);
        eng_scores_key_column(zero, zero, zero, chars);
        eng_scores_int64_key_column(zero, zero, long, chars);
        eng_scores_double_column(number::<1>, zero, zero, double, chars);
        eng_scores_int64_column(number::<9>, zero, zero, long);
        eng_scores_level_column(zero, zero, int);
        eng_scores_rule_column(zero, zero, zero, double, chars);
        eng_scores_levels(long, long, long, long, long, long);
        eng_scores_ratio(double, double, double, int);
        eng_scores_money_column(number::<20>, zero, zero, long, chars);
        eng_scores_value(long, long, long, long, long);
        eng_scores_bridge(scores, long, long, long, long, long, long, long, long);
    }
    ratios(h: eng_ratios) {
        eng_ratios_error(chars, eight, long);
        eng_ratios_measure(ledger, rulebook, at, no, none::<c_char>, zero);
        eng_ratios_progress(long, long);
        eng_ratios_cancel();
        eng_ratios_count(long);
        eng_ratios_group(zero, chars, eight, long);
        eng_ratios_levels(zero, long, long, long, long, long, long);
        eng_ratios_ratio(zero, double, double, double, int);
        eng_ratios_sentence(zero, chars, eight, long);
    }
    summaries(h: eng_purchases) {
        eng_purchases_error(chars, eight, long);
        eng_purchases_set_units(number::<2>, number::<1>);
        eng_purchases_set_zone(|_: &Out| c"UTC".as_ptr(), nul);
        eng_purchases_set_holdout(at);
        eng_purchases_set_acquired_from(at);
        eng_purchases_set_threads(no);
        eng_purchases_summarise(ledger, at);
        eng_purchases_simulate(model, model, zero, doubles, zero);
        eng_purchases_from_columns(zero, longs, doubles, doubles, none::<f64>, none::<i64>, none::<f64>);
        eng_purchases_set_covariate(ann, nul, eight, doubles);
        eng_purchases_count(long, long, long);
        eng_purchases_holdout_length(double);
        eng_purchases_key(zero, chars, eight, long);
        eng_purchases_key_width(long);
        eng_purchases_key_column(zero, zero, zero, chars);
        eng_purchases_int64_key_column(zero, zero, long, chars);
        eng_purchases_int64_column(number::<1>, zero, zero, long);
        eng_purchases_double_column(number::<5>, zero, zero, double, chars);
        eng_purchases_independence(long, double, double, int);
    }
    models(h: eng_model) {
        eng_model_error(chars, eight, long);
        eng_model_set_threads(no);
        eng_model_fit(|_: &Out| c"nbd".as_ptr(), nul, purchases);
        eng_model_from_json(ann, nul);
        eng_model_from_rulebook(rulebook, number::<1>);
        eng_model_json(chars, eight, long);
        eng_model_name(chars, eight, long);
        eng_model_parameter_count(long);
        eng_model_parameter_name(zero, chars, eight, long);
        eng_model_parameter(zero, double, double, int);
        eng_model_k(long, int);
        eng_model_evidence(double, double, double, double);
        eng_model_notes(chars, eight, long);
        eng_model_probability_alive(zero, nothing, one, one, double);
        eng_model_expected_purchases(zero, nothing, one, one, double);
        eng_model_probability_of_purchases(zero, nothing, one, zero, one, double);
        eng_model_discounted_purchases(zero, nothing, one, one, one, double);
        eng_model_prediction_interval(zero, nothing, one, one, half, long, long);
        eng_model_probability_alive_column(purchases, one, zero, zero, double);
        eng_model_expected_purchases_column(purchases, one, zero, zero, double);
        eng_model_probability_of_purchases_column(purchases, zero, one, zero, zero, double);
        eng_model_discounted_purchases_column(purchases, one, one, zero, zero, double);
        eng_model_expected_value(zero, nothing, double);
        eng_model_expected_value_column(purchases, zero, zero, double);
        eng_model_set_penalty(half);
        eng_model_set_prior(ann, nul, number::<3>, one, one);
        eng_model_set_start(zero, doubles);
        eng_model_set_max_iterations(eight);
        eng_model_add_covariate(ann, nul);
        eng_model_clear_covariates();
        eng_model_set_coefficient_penalty(half);
        eng_model_covariate_count(long);
        eng_model_covariate(zero, chars, eight, long);
        eng_model_of_customer(model, zero, doubles);
        eng_model_set_k(zero);
        eng_model_from_posterior(|_: &Out| null_mut(), zero);
        eng_model_fit_opportunities(zero, longs, longs, longs, none::<i64>);
        eng_model_fit_contracts(ann, nul, zero, longs, chars_in);
        eng_model_fit_cohorts(ann, nul, zero, longs, longs);
        eng_model_convergence(double, long, long, long);
        eng_model_at_boundary(zero, int);
        eng_model_covariance(zero, zero, double, int);
        eng_model_interval(zero, half, double, double);
        eng_model_likelihood_ratio(model, double, long, double);
        eng_model_bootstrap(purchases, eight, zero, long, long);
        eng_model_bootstrap_interval(zero, half, double, double);
        eng_model_progress(long, long);
        eng_model_cancel();
        eng_model_survival(zero, zero, double);
        eng_model_retention_rate(eight, double);
        eng_model_probability_of_loss(eight, double);
        eng_model_expected_renewals(zero, eight, double);
        eng_model_discounted_renewals(zero, half, double);
        eng_model_opportunity_alive(zero, zero, eight, zero, double);
        eng_model_opportunity_expected(zero, zero, eight, zero, double);
        eng_model_opportunity_probability(zero, zero, eight, zero, zero, double);
        eng_model_opportunity_discounted(zero, zero, eight, zero, half, double);
        eng_model_opportunity_interval(zero, zero, eight, zero, half, long, long);
        eng_model_survival_column(zero, longs, zero, double);
        eng_model_retention_rate_column(zero, longs, double);
        eng_model_probability_of_loss_column(zero, longs, double);
        eng_model_expected_renewals_column(zero, longs, eight, double);
        eng_model_discounted_renewals_column(zero, longs, half, double);
        eng_model_opportunity_alive_column(zero, longs, longs, longs, zero, double);
        eng_model_opportunity_expected_column(zero, longs, longs, longs, zero, double);
        eng_model_opportunity_probability_column(zero, longs, longs, longs, zero, zero, double);
        eng_model_opportunity_discounted_column(zero, longs, longs, longs, zero, half, double);
        eng_model_opportunity_interval_column(zero, longs, longs, longs, zero, half, long, long);
        eng_model_log_likelihood(zero, nothing, one, double);
        eng_model_log_likelihood_column(purchases, zero, zero, double);
        eng_model_spend_log_likelihood(zero, nothing, double);
        eng_model_contract_log_likelihood(zero, number::<1>, double);
        eng_model_contract_log_likelihood_column(zero, longs, chars_in, double);
        eng_model_opportunity_log_likelihood(zero, zero, eight, double);
        eng_model_opportunity_log_likelihood_column(zero, longs, longs, longs, double);
        eng_model_prediction_interval_column(purchases, one, half, zero, zero, long, long);
        eng_model_value_interval(zero, nothing, half, double, double);
        eng_model_value_interval_column(purchases, half, zero, zero, double, double);
        eng_model_probability_alive_interval_column(purchases, nothing, half, zero, zero, double, double);
        eng_model_expected_purchases_interval_column(purchases, one, half, zero, zero, double, double);
        eng_model_probability_of_purchases_interval_column(purchases, zero, one, half, zero, zero, double, double);
        eng_model_discounted_purchases_interval_column(purchases, one, one, half, zero, zero, double, double);
        eng_model_expected_value_interval_column(purchases, half, zero, zero, double, double);
        eng_model_from_refit(model, zero);
        eng_model_simulate_contracts(zero, zero, zero, long, chars);
        eng_model_simulate_opportunities(zero, zero, zero, long, long);
    }
    draws(h: eng_posterior) {
        eng_posterior_error(chars, eight, long);
        eng_posterior_set_draws(eight, eight, eight);
        eng_posterior_set_seed(zero);
        eng_posterior_set_threads(no);
        eng_posterior_set_k(zero);
        eng_posterior_set_prior(ann, nul, number::<3>, one, one);
        eng_posterior_sample(|_: &Out| c"nbd".as_ptr(), nul, purchases);
        eng_posterior_progress(long, long);
        eng_posterior_cancel();
        eng_posterior_count(long, long, long, long);
        eng_posterior_parameter_name(zero, chars, eight, long);
        eng_posterior_parameter(zero, double, double, double, double, double);
        eng_posterior_interval(zero, half, double, double);
        eng_posterior_column(zero, zero, zero, double);
        eng_posterior_notes(chars, eight, long);
    }
    boards(h: eng_stages) {
        eng_stages_error(chars, eight, long);
        eng_stages_set_new_within(one);
        eng_stages_set_thresholds(half, |_: &Out| 0.1);
        eng_stages_set_rate(one, one);
        eng_stages_set_typical_gap(one);
        eng_stages_tell(purchases);
        eng_stages_from_rulebook(rulebook, number::<2>);
        eng_stages_from_columns(zero, longs, doubles, doubles);
        eng_stages_stage(zero, nothing, one, int);
        eng_stages_silence(zero, nothing, one, double);
        eng_stages_count(long, long, long, long, long, long);
        eng_stages_column(zero, zero, int);
        eng_stages_typical_gap(double, int);
    }
    rankings(h: eng_rfm) {
        eng_rfm_error(chars, eight, long);
        eng_rfm_set_bins(number::<5>);
        eng_rfm_set_cuts(number::<1>, zero, doubles);
        eng_rfm_set_segments(|_: &Out| c"[]".as_ptr(), nul);
        eng_rfm_set_threads(no);
        eng_rfm_score(ledger, at);
        eng_rfm_from_columns(zero, doubles, longs, doubles);
        eng_rfm_count(long, long);
        eng_rfm_key(zero, chars, eight, long);
        eng_rfm_key_width(long);
        eng_rfm_key_column(zero, zero, zero, chars);
        eng_rfm_int64_key_column(zero, zero, long, chars);
        eng_rfm_double_column(number::<1>, zero, zero, double);
        eng_rfm_score_column(number::<1>, zero, zero, int);
        eng_rfm_segment_column(zero, zero, int);
        eng_rfm_segment_count(long);
        eng_rfm_segment(zero, long, chars, eight, long);
        eng_rfm_cut_count(number::<1>, long);
        eng_rfm_cuts(number::<1>, zero, zero, double);
        eng_rfm_notes(chars, eight, long);
    }
    tables(h: eng_retention) {
        eng_retention_error(chars, eight, long);
        eng_retention_set_period(number::<2>);
        eng_retention_set_days(eight);
        eng_retention_set_acquired_from(at);
        eng_retention_set_threads(no);
        eng_retention_measure(ledger, at);
        eng_retention_count(long, long, long);
        eng_retention_cohort(zero, long, long, chars, eight, long);
        eng_retention_column(zero, number::<1>, zero, zero, long);
        eng_retention_share(zero, number::<1>, zero, double, double, double);
    }
    curves(h: eng_survival) {
        eng_survival_error(chars, eight, long);
        eng_survival_set_plain(no);
        eng_survival_set_unit(number::<2>);
        eng_survival_set_acquired_from(at);
        eng_survival_set_threads(no);
        eng_survival_from_columns(zero, doubles, chars_in);
        eng_survival_of_contracts(ledger, at);
        eng_survival_of_silence(ledger, at, one);
        eng_survival_count(long, long, long);
        eng_survival_double_column(number::<1>, zero, zero, double, chars);
        eng_survival_int64_column(number::<6>, zero, zero, long);
        eng_survival_at(one, double, int);
        eng_survival_median(double, double, double, int);
    }
    trials(h: eng_validation) {
        eng_validation_error(chars, eight, long);
        eng_validation_add_model(|_: &Out| c"nbd".as_ptr(), nul);
        eng_validation_add_rulebook(ann, nul, rulebook);
        eng_validation_clear();
        eng_validation_set_origins(zero, longs);
        eng_validation_set_acquired_from(at);
        eng_validation_set_intervals(half, |_: &Out| 20, zero);
        eng_validation_set_threads(no);
        eng_validation_validate(ledger, one, number::<2>);
        eng_validation_progress(long, long);
        eng_validation_cancel();
        eng_validation_chosen(long, int);
        eng_validation_json(chars, eight, long);
    }
}

/// A type of handle, and the calls on one.
type Group = (&'static str, fn(usize) -> Vec<(&'static str, i32)>);

const GROUPS: [Group; 14] = [
    ("ledger", ledgers),
    ("batch", batches),
    ("rulebook", rulebooks),
    ("scorecard", cards),
    ("scores", sheets),
    ("ratios", ratios),
    ("purchases", summaries),
    ("model", models),
    ("posterior", draws),
    ("stages", boards),
    ("rfm", rankings),
    ("retention", tables),
    ("survival", curves),
    ("validation", trials),
];

fn handle(kind: &str) -> usize {
    match kind {
        "ledger" => new_ledger().addr(),
        "batch" => new_batch().addr(),
        "rulebook" => standard().addr(),
        "scorecard" => new_card().addr(),
        "scores" => new_scores().addr(),
        "purchases" => new_purchases().addr(),
        "model" => new_model().addr(),
        "posterior" => made(eng_posterior_new).addr(),
        "stages" => made(eng_stages_new).addr(),
        "rfm" => made(eng_rfm_new).addr(),
        "retention" => made(eng_retention_new).addr(),
        "survival" => made(eng_survival_new).addr(),
        "validation" => made(eng_validation_new).addr(),
        _ => {
            let mut ratios = null_mut();
            assert_eq!(unsafe { eng_ratios_new(&raw mut ratios) }, ENG_OK);
            ratios.addr()
        }
    }
}

fn free(kind: &str, address: usize) -> i32 {
    unsafe {
        match kind {
            "ledger" => eng_ledger_free(without_provenance_mut(address)),
            "batch" => eng_batch_free(without_provenance_mut(address)),
            "rulebook" => eng_rulebook_free(without_provenance_mut(address)),
            "scorecard" => eng_scorecard_free(without_provenance_mut(address)),
            "scores" => eng_scores_free(without_provenance_mut(address)),
            "purchases" => eng_purchases_free(without_provenance_mut(address)),
            "model" => eng_model_free(without_provenance_mut(address)),
            "posterior" => eng_posterior_free(without_provenance_mut(address)),
            "stages" => eng_stages_free(without_provenance_mut(address)),
            "rfm" => eng_rfm_free(without_provenance_mut(address)),
            "retention" => eng_retention_free(without_provenance_mut(address)),
            "survival" => eng_survival_free(without_provenance_mut(address)),
            "validation" => eng_validation_free(without_provenance_mut(address)),
            _ => eng_ratios_free(without_provenance_mut(address)),
        }
    }
}

/// The list above is complete: every function of the header with a handle first is called by it, so none can forget to check.
#[test]
fn every_function_refuses_every_wrong_handle() {
    let header = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/include/engagement.h")).unwrap();
    for (kind, calls) in GROUPS {
        let in_header: Vec<&str> = header
            .split("ENG_API int32_t ENG_CALL ")
            .skip(1)
            .filter_map(|function| function.split_once('('))
            .filter(|(name, arguments)| arguments.starts_with(&format!("eng_{kind} {kind}")) && !name.ends_with("_free"))
            .map(|(name, _)| name)
            .collect();
        let called: Vec<&str> = calls(0).into_iter().map(|(name, _)| name).collect();
        for name in &in_header {
            assert!(called.contains(name), "{name} is not in the list of this test");
        }
        assert_eq!(called.len(), in_header.len(), "{kind}");

        let freed = handle(kind);
        assert_eq!(free(kind, freed), ENG_OK);
        let stack = [0u64; 4];
        let mut wrong =
            vec![0, 1, 2, usize::MAX, usize::MAX / 2, freed, stack.as_ptr().addr(), header.as_ptr().addr(), freed ^ 1, freed + 2];
        wrong.extend(GROUPS.iter().filter(|(other, _)| *other != kind).map(|(other, _)| handle(other)));
        for wrong in wrong {
            for (name, status) in calls(wrong) {
                assert_eq!(status, ENG_INVALID_HANDLE, "{name}({wrong:#x})");
            }
            let expected = if wrong == 0 { ENG_OK } else { ENG_INVALID_HANDLE };
            assert_eq!(free(kind, wrong), expected, "eng_{kind}_free({wrong:#x})");
        }
    }
}

/// Good handles: the same calls answer something else than an invalid handle, unless that handle is the second one.
#[test]
fn the_list_of_calls_reaches_good_handles() {
    for (kind, calls) in GROUPS {
        let good = handle(kind);
        let refused = calls(good).into_iter().filter(|(_, status)| *status == ENG_INVALID_HANDLE).map(|(name, _)| name);
        let takes_another = [
            "eng_ledger_forget_rows",
            "eng_ledger_append_row",
            "eng_ledger_load",
            "eng_rulebook_calibrated",
            "eng_rulebook_set_forecast",
            "eng_scorecard_score",
            "eng_scorecard_explain",
            "eng_scores_score",
            "eng_ratios_measure",
            "eng_purchases_summarise",
            "eng_model_fit",
            "eng_model_from_rulebook",
            "eng_model_probability_alive_column",
            "eng_model_expected_purchases_column",
            "eng_model_probability_of_purchases_column",
            "eng_model_discounted_purchases_column",
            "eng_model_expected_value_column",
            "eng_model_likelihood_ratio",
            "eng_model_of_customer",
            "eng_model_from_posterior",
            "eng_model_log_likelihood_column",
            "eng_model_prediction_interval_column",
            "eng_model_value_interval_column",
            "eng_model_probability_alive_interval_column",
            "eng_model_expected_purchases_interval_column",
            "eng_model_probability_of_purchases_interval_column",
            "eng_model_discounted_purchases_interval_column",
            "eng_model_expected_value_interval_column",
            "eng_model_from_refit",
            "eng_ledger_simulate",
            "eng_posterior_sample",
            "eng_scores_bridge",
            "eng_purchases_simulate",
            "eng_rfm_score",
            "eng_retention_measure",
            "eng_survival_of_contracts",
            "eng_survival_of_silence",
            "eng_stages_tell",
            "eng_stages_from_rulebook",
            "eng_validation_add_rulebook",
            "eng_validation_validate",
        ];
        for name in refused {
            assert!(takes_another.contains(&name), "{name}");
        }
        assert_eq!(free(kind, good), ENG_OK);
    }
}

#[test]
fn texts_of_the_wrong_length_or_content() {
    let ledger = sample();
    let before = fingerprint(ledger);
    let append = |customer: *const c_char, length: i64| unsafe {
        eng_ledger_append(ledger, customer, length, AT, c"visit".as_ptr(), -1, null(), null_mut())
    };
    let text = c"ann".as_ptr();
    for length in [-2, -1000, i64::MIN, i64::MAX, 1 << 62, (1 << 20) + 1] {
        assert_eq!(append(text, length), ENG_INVALID_ARGUMENT, "length {length}");
    }
    assert_eq!(append(null(), 3), ENG_INVALID_ARGUMENT);
    assert_eq!(append(null(), -1), ENG_MISSING_FIELD, "SQL's NULL is no customer");
    assert_eq!(append(null(), 0), ENG_MISSING_FIELD);
    assert_eq!(append(text, 0), ENG_MISSING_FIELD);
    assert_eq!(append(c"".as_ptr(), -1), ENG_MISSING_FIELD);
    for bad in [&b"a\0b"[..], b"\xff\xfe", b"\xc3", b"caf\xe9", b"\xed\xa0\x80", b"ann\0"] {
        assert_eq!(common::append(ledger, bad, AT, b"visit"), ENG_INVALID_UTF8, "{bad:?}");
        assert_eq!(common::append(ledger, b"ann", AT, bad), ENG_INVALID_UTF8, "{bad:?}");
        assert_ne!(ledger_error(ledger), "");
    }
    let huge = vec![b'x'; 2 << 20];
    assert_eq!(common::append(ledger, &huge[..65_536], AT, b"visit"), ENG_INVALID_UTF8, "longer than the ledger keeps");
    assert_eq!(common::append(ledger, &huge, AT, b"visit"), ENG_INVALID_ARGUMENT);
    // Not one byte beyond the longest text is looked at for a NUL.
    assert_eq!(append(huge.as_ptr().cast(), -1), ENG_INVALID_ARGUMENT);
    let mut big = null_mut();
    unsafe {
        assert_eq!(eng_rulebook_new(&raw mut big), ENG_OK);
        assert_eq!(eng_rulebook_from_toml(big, text, (1 << 24) + 1), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_rulebook_from_toml(big, null(), 0), ENG_INVALID_ARGUMENT);
        let nested = format!("{{\"a\":{}", "[".repeat(100_000));
        assert_eq!(eng_rulebook_from_json(big, nested.as_ptr().cast(), nested.len() as i64), ENG_INVALID_RULEBOOK);
        let nested = format!("a = {}", "[".repeat(100_000));
        assert_eq!(eng_rulebook_from_toml(big, nested.as_ptr().cast(), nested.len() as i64), ENG_INVALID_RULEBOOK);
        assert_eq!(eng_rulebook_free(big), ENG_OK);
    }
    assert_eq!(fingerprint(ledger), before);
    // The longest text that is kept comes back whole.
    assert_eq!(common::append(ledger, &huge[..65_535], AT, b"visit"), ENG_OK);
    let (scores, rulebook) = (new_scores(), standard());
    unsafe {
        assert_eq!(eng_scores_score(scores, ledger, rulebook, AT + 40 * DAY), ENG_OK);
        let mut width = 0;
        assert_eq!(eng_scores_key_width(scores, &raw mut width), ENG_OK);
        assert_eq!(width, 65_535);
        assert_eq!((eng_scores_free(scores), eng_rulebook_free(rulebook), eng_ledger_free(ledger)), (ENG_OK, ENG_OK, ENG_OK));
    }
}

#[test]
fn numbers_at_the_ends() {
    let (ledger, batch) = (sample(), new_batch());
    let before = fingerprint(ledger);
    unsafe {
        assert_eq!(eng_batch_text(batch, ENG_FIELD_CUSTOMER, c"ann".as_ptr(), -1), ENG_OK);
        assert_eq!(eng_batch_int64(batch, ENG_FIELD_AT, AT), ENG_OK);
        assert_eq!(eng_batch_text(batch, ENG_FIELD_KIND, c"review".as_ptr(), -1), ENG_OK);
        for (field, status) in [
            (ENG_FIELD_RATING, ENG_INVALID_ARGUMENT),
            (ENG_FIELD_REACH, ENG_INVALID_ARGUMENT),
            (ENG_FIELD_AMOUNT, ENG_INVALID_MONEY),
            (ENG_FIELD_COST, ENG_INVALID_MONEY),
        ] {
            for value in [
                f64::INFINITY,
                f64::NEG_INFINITY,
                if field == ENG_FIELD_RATING {
                    f64::INFINITY
                } else if field == ENG_FIELD_REACH {
                    -0.5
                } else {
                    1e300
                },
            ] {
                assert_eq!(eng_batch_double(batch, field, value), ENG_OK);
                assert_eq!(eng_ledger_append_row(ledger, batch, null_mut()), status, "field {field}: {value}");
                assert_eq!(eng_ledger_load(ledger, batch, 1, null_mut()), status, "field {field}: {value}");
            }
            assert_eq!(eng_batch_text(batch, field, null(), 0), ENG_OK);
        }
        for at in [i64::MIN, i64::MAX, -62_135_596_800_000_001, 253_402_300_800_000_000] {
            assert_eq!(eng_batch_int64(batch, ENG_FIELD_AT, at), ENG_OK);
            assert_eq!(eng_ledger_append_row(ledger, batch, null_mut()), ENG_INVALID_TIME, "{at}");
            assert_eq!(eng_ledger_load(ledger, batch, 1, null_mut()), ENG_INVALID_TIME, "{at}");
        }
        assert_eq!(fingerprint(ledger), before);

        // What is odd but allowed: NaN is missing, -0 is 0, the first and the last moment, the largest amounts, the future.
        for at in [-62_135_596_800_000_000, 253_402_300_799_999_999, AT] {
            assert_eq!(eng_batch_int64(batch, ENG_FIELD_AT, at), ENG_OK);
            for amount in [i64::MAX, i64::MIN + 1, 0] {
                assert_eq!(eng_batch_int64(batch, ENG_FIELD_AMOUNT, amount), ENG_OK);
                for rating in [f64::NAN, -0.0, f64::MIN_POSITIVE, 1e308] {
                    assert_eq!(eng_batch_double(batch, ENG_FIELD_RATING, rating), ENG_OK);
                    assert_eq!(eng_ledger_append_row(ledger, batch, null_mut()), ENG_OK, "{}", ledger_error(ledger));
                }
            }
        }
        let (scores, rulebook, card) = (new_scores(), standard(), new_card());
        for as_of in [i64::MIN, i64::MAX] {
            assert_eq!(eng_scores_score(scores, ledger, rulebook, as_of), ENG_INVALID_TIME);
            assert_eq!(eng_scorecard_score(card, ledger, rulebook, c"ann".as_ptr(), -1, as_of), ENG_INVALID_TIME);
            assert_eq!(eng_rulebook_calibrated(rulebook, ledger, as_of), ENG_INVALID_TIME);
        }
        for as_of in [-62_135_596_800_000_000, 253_402_300_799_999_999] {
            assert_eq!(eng_scores_score(scores, ledger, rulebook, as_of), ENG_OK);
            assert_eq!(eng_scorecard_explain(card, ledger, rulebook, c"ann".as_ptr(), -1, as_of), ENG_OK);
        }
        // Twelve purchases' worth of the largest amount saturate, and stay numbers.
        let (mut rows, mut later) = (0, 0);
        assert_eq!(eng_scores_count(scores, &raw mut rows, &raw mut later), ENG_OK);
        let mut values = vec![f64::NAN; rows as usize];
        assert_eq!(eng_scores_double_column(scores, ENG_COLUMN_ENGAGEMENT, 0, rows, values.as_mut_ptr(), null_mut()), ENG_OK);
        assert!(values.iter().all(|value| (-100.0..=100.0).contains(value)), "{values:?}");
        assert_eq!((eng_scores_free(scores), eng_rulebook_free(rulebook), eng_scorecard_free(card)), (ENG_OK, ENG_OK, ENG_OK));
        assert_eq!((eng_batch_free(batch), eng_ledger_free(ledger)), (ENG_OK, ENG_OK));
    }
}

#[test]
fn columns_that_are_not_what_they_claim() {
    let (ledger, batch) = (sample(), new_batch());
    let before = fingerprint(ledger);
    let (at, bytes) = ([AT; 4], *b"annbobeveliz");
    unsafe {
        assert_eq!(eng_batch_int64_column(batch, ENG_FIELD_AT, at.as_ptr(), 0, null()), ENG_OK);
        assert_eq!(eng_ledger_load(ledger, batch, 4, null_mut()), ENG_MISSING_FIELD, "no customer is bound");
        assert!(ledger_error(ledger).contains("customer"), "{}", ledger_error(ledger));
        assert_eq!(eng_batch_text(batch, ENG_FIELD_KIND, c"visit".as_ptr(), -1), ENG_OK);
        for offsets in [[0i64, 3, 2, 9, 12], [-1, 3, 6, 9, 12], [0, i64::MIN, 6, 9, 12], [6, 3, 6, 9, 12]] {
            assert_eq!(eng_batch_text_column(batch, ENG_FIELD_CUSTOMER, bytes.as_ptr().cast(), offsets.as_ptr(), null()), ENG_OK);
            assert_eq!(eng_ledger_load(ledger, batch, 4, null_mut()), ENG_INVALID_ARGUMENT, "{offsets:?}");
            assert!(ledger_error(ledger).contains("offsets of row"), "{}", ledger_error(ledger));
        }
        // A text that no memory holds is refused before it is looked at.
        let offsets = [0, 3, 6, 9, i64::MAX];
        assert_eq!(eng_batch_text_column(batch, ENG_FIELD_CUSTOMER, bytes.as_ptr().cast(), offsets.as_ptr(), null()), ENG_OK);
        assert_eq!(eng_ledger_load(ledger, batch, 4, null_mut()), ENG_INVALID_UTF8);

        for rows in [-1, i64::MIN, i64::MAX, 1 << 31, 1 << 62] {
            assert_eq!(eng_ledger_load(ledger, batch, rows, null_mut()), ENG_INVALID_ARGUMENT, "{rows} rows");
            assert_eq!(eng_ledger_forget_rows(ledger, batch, rows, null_mut()), ENG_INVALID_ARGUMENT, "{rows} rows");
        }
        assert_eq!(eng_ledger_load(ledger, batch, 0, null_mut()), ENG_OK, "no rows are no error");

        let (first, numbers) = (bytes.as_ptr().cast(), at.as_ptr());
        for stride in [-1, -8, 1, 7, i64::MAX, i64::MIN] {
            assert_eq!(
                eng_batch_int64_column(batch, ENG_FIELD_CUSTOMER, numbers, stride, null()),
                ENG_INVALID_ARGUMENT,
                "stride {stride}"
            );
            assert_eq!(eng_batch_double_column(batch, ENG_FIELD_RATING, numbers.cast(), stride, null()), ENG_INVALID_ARGUMENT);
            assert_eq!(eng_batch_fixed_column(batch, ENG_FIELD_CUSTOMER, first, 8, stride, null()), ENG_INVALID_ARGUMENT);
        }
        for width in [0, -1, i64::MAX, i64::MIN] {
            assert_eq!(
                eng_batch_fixed_column(batch, ENG_FIELD_CUSTOMER, first, width, 0, null()),
                ENG_INVALID_ARGUMENT,
                "width {width}"
            );
        }
        for field in [0, -1, 17, i32::MAX, i32::MIN] {
            assert_eq!(eng_batch_text(batch, field, c"x".as_ptr(), -1), ENG_INVALID_ARGUMENT);
            assert_eq!(eng_batch_text(batch, field, null(), 0), ENG_INVALID_ARGUMENT);
            assert_eq!(eng_batch_int64(batch, field, 1), ENG_INVALID_ARGUMENT);
            assert_eq!(eng_batch_double(batch, field, 1.0), ENG_INVALID_ARGUMENT);
            assert_eq!(eng_batch_string_column(batch, field, numbers.cast()), ENG_INVALID_ARGUMENT);
        }
        assert_eq!(eng_batch_text(batch, ENG_FIELD_AT, c"2026-01-01".as_ptr(), -1), ENG_INVALID_ARGUMENT, "no text for a time");
        assert_eq!(eng_batch_int64(batch, ENG_FIELD_KIND, 1), ENG_INVALID_ARGUMENT, "no integer for a kind");
        assert_eq!(eng_batch_double(batch, ENG_FIELD_AT, 1.0), ENG_INVALID_ARGUMENT, "no double for a time");
        let said = text(|buffer, capacity, needed| eng_batch_error(batch, buffer, capacity, needed));
        assert!(said.contains("double"), "{said}");
        for field in [ENG_FIELD_CUSTOMER, ENG_FIELD_KIND] {
            assert_eq!(eng_batch_text_column(batch, field, null(), numbers, null()), ENG_INVALID_ARGUMENT);
            assert_eq!(eng_batch_text_column(batch, field, first, null(), null()), ENG_INVALID_ARGUMENT);
            assert_eq!(eng_batch_fixed_column(batch, field, null(), 3, 0, null()), ENG_INVALID_ARGUMENT);
            assert_eq!(eng_batch_string_column(batch, field, null()), ENG_INVALID_ARGUMENT);
        }
        assert_eq!(eng_batch_int64_column(batch, ENG_FIELD_AT, null(), 0, null()), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_batch_double_column(batch, ENG_FIELD_RATING, null(), 0, null()), ENG_INVALID_ARGUMENT);

        // Bad UTF-8, a NUL inside, and a missing row: strict refuses all, lenient all but the good one.
        let fixed = *b"ann\xff    a\0b     liz     ";
        assert_eq!(eng_batch_fixed_column(batch, ENG_FIELD_CUSTOMER, fixed.as_ptr().cast(), 8, 0, null()), ENG_OK);
        let mut statuses = [99; 3];
        assert_eq!(eng_ledger_load(ledger, batch, 3, statuses.as_mut_ptr()), ENG_INVALID_UTF8);
        assert_eq!(statuses, [99; 3], "an output of a failed call");
        let mut rejects = 0;
        assert_eq!(eng_ledger_reject_count(ledger, &raw mut rejects), ENG_OK);
        assert_eq!(rejects, 2, "a strict load that failed names the bad rows");
        assert_eq!(fingerprint(ledger), before);
        assert_eq!(eng_ledger_set_lenient(ledger, 1), ENG_OK);
        let valid = [1 as c_char, 1, 0];
        assert_eq!(eng_batch_fixed_column(batch, ENG_FIELD_CUSTOMER, fixed.as_ptr().cast(), 8, 0, valid.as_ptr()), ENG_OK);
        assert_eq!(eng_ledger_load(ledger, batch, 3, statuses.as_mut_ptr()), ENG_OK);
        assert_eq!(statuses, [ENG_INVALID_UTF8, ENG_INVALID_UTF8, ENG_MISSING_FIELD]);
        assert_eq!((eng_batch_free(batch), eng_ledger_free(ledger)), (ENG_OK, ENG_OK));
    }
}

#[test]
fn ranges_beyond_the_result_and_outputs_that_are_null() {
    let (ledger, rulebook, scores, card) = (sample(), standard(), new_scores(), new_card());
    unsafe {
        assert_eq!(eng_scores_score(scores, ledger, rulebook, AT + 40 * DAY), ENG_OK);
        assert_eq!(eng_scorecard_score(card, ledger, rulebook, c"ann".as_ptr(), -1, AT + 40 * DAY), ENG_OK);
        let (mut rows, mut later) = (0, 0);
        assert_eq!(eng_scores_count(scores, &raw mut rows, &raw mut later), ENG_OK);
        assert_eq!(rows, 4);
        let (mut doubles, mut longs, mut ints, mut chars) = ([9.0; 8], [9i64; 8], [9; 8], [9 as c_char; 64]);
        let (d, l, i, c) = (doubles.as_mut_ptr(), longs.as_mut_ptr(), ints.as_mut_ptr(), chars.as_mut_ptr());
        for (offset, count) in [(0, 5), (4, 1), (5, 0), (-1, 1), (0, -1), (i64::MAX, 1), (1, i64::MAX), (i64::MIN, i64::MIN)] {
            let refused = [
                eng_scores_double_column(scores, ENG_COLUMN_SAY, offset, count, d, c),
                eng_scores_int64_column(scores, ENG_COLUMN_LEVEL, offset, count, l),
                eng_scores_level_column(scores, offset, count, i),
                eng_scores_key_column(scores, offset, count, 8, c),
                eng_scores_int64_key_column(scores, offset, count, l, c),
            ];
            assert_eq!(refused, [ENG_INVALID_ARGUMENT; 5], "{offset} + {count}");
        }
        assert_eq!(
            eng_scores_double_column(scores, ENG_COLUMN_SAY, 4, 0, null_mut(), null_mut()),
            ENG_OK,
            "no rows need no memory"
        );
        for column in [0, -1, 9, 20, 24, i32::MAX, i32::MIN] {
            assert_eq!(eng_scores_double_column(scores, column, 0, 4, d, c), ENG_INVALID_ARGUMENT, "column {column}");
        }
        for column in [0, 1, 14, 16, 20, i32::MIN] {
            assert_eq!(eng_scores_int64_column(scores, column, 0, 4, l), ENG_INVALID_ARGUMENT, "column {column}");
        }
        for column in [0, 9, 19, 24, i32::MIN] {
            assert_eq!(eng_scores_money_column(scores, column, 0, 4, l, c), ENG_INVALID_ARGUMENT, "column {column}");
        }
        for row in [-1, 4, i64::MAX, i64::MIN] {
            assert_eq!(eng_scores_key(scores, row, c, 64, null_mut()), ENG_INVALID_ARGUMENT);
            assert_eq!(eng_scores_rule_column(scores, row, 0, 1, d, c), ENG_INVALID_ARGUMENT);
            assert_eq!(
                eng_scorecard_contribution(card, row.saturating_mul(1000), i, d, l, c, 64, null_mut()),
                ENG_INVALID_ARGUMENT
            );
            assert_eq!(eng_rulebook_rule_name(rulebook, row.saturating_mul(1000), c, 64, null_mut()), ENG_INVALID_ARGUMENT);
            assert_eq!(eng_ledger_reject(ledger, row, l, i, c, 64, null_mut()), ENG_INVALID_ARGUMENT);
            assert_eq!(eng_ledger_kind(ledger, row, l, c, 64, null_mut()), ENG_INVALID_ARGUMENT);
        }
        for width in [-1, i64::MIN, i64::MAX] {
            assert_eq!(eng_scores_key_column(scores, 0, 4, width, c), ENG_INVALID_ARGUMENT, "width {width}");
        }
        let null: *mut i64 = null_mut();
        let refused = [
            eng_scores_double_column(scores, ENG_COLUMN_SAY, 0, 4, null.cast(), c),
            eng_scores_int64_column(scores, ENG_COLUMN_LEVEL, 0, 4, null),
            eng_scores_level_column(scores, 0, 4, null.cast()),
            eng_scores_key_column(scores, 0, 4, 8, null.cast()),
            eng_scores_int64_key_column(scores, 0, 4, null, c),
            eng_scores_count(scores, null, l),
            eng_scores_key_width(scores, null),
            eng_scores_levels(scores, l, l, l, l, l, null),
            eng_scores_ratio(scores, d, d, d, null.cast()),
            eng_scores_progress(scores, null, l),
            eng_scorecard_scores(card, d, d, d, d, i, null.cast()),
            eng_scorecard_double(card, ENG_COLUMN_SAY, null.cast(), i),
            eng_scorecard_int64(card, ENG_COLUMN_LEVEL, null, i),
            eng_scorecard_contribution_count(card, null),
            eng_ledger_counts(ledger, l, null),
            eng_ledger_span(ledger, null, l),
            eng_ledger_totals(ledger, l, l, l, l, null),
            eng_abi_version(null.cast()),
            eng_parse_money(c"1".as_ptr(), -1, null),
            eng_parse_time(c"2026-01-01".as_ptr(), -1, null.cast(), 0, null),
            eng_ledger_new(null.cast()),
            eng_scores_set_threads(scores, -1),
            eng_scores_set_threads(scores, 1025),
        ];
        assert_eq!(refused, [ENG_INVALID_ARGUMENT; 23]);
        assert_eq!((doubles, longs, ints), ([9.0; 8], [9; 8], [9; 8]), "outputs of failed calls");
        assert!(chars.iter().all(|byte| *byte == 9));
        let mut empty = [9i64; 2];
        let fresh = new_ledger();
        assert_eq!(eng_ledger_span(fresh, &raw mut empty[0], &raw mut empty[1]), ENG_MISSING_FIELD);
        assert_eq!(empty, [9; 2]);
        assert_eq!((eng_ledger_free(fresh), eng_ledger_free(ledger), eng_rulebook_free(rulebook)), (ENG_OK, ENG_OK, ENG_OK));
        assert_eq!((eng_scores_free(scores), eng_scorecard_free(card)), (ENG_OK, ENG_OK));
    }
}

/// Late, future and repeated rows; ids that want to collide; erasure.
#[test]
fn logs_as_they_come() {
    let (ledger, batch) = (new_ledger(), new_batch());
    let keys: Vec<String> = (0..20_000u64).map(|n| format!("{:016x}", n << 40)).collect();
    let (bytes, width) = (keys.concat(), 16);
    let at: Vec<i64> = (0..20_000i64).map(|n| AT + (n * 7919 % 400 - 200) * DAY).collect();
    unsafe {
        assert_eq!(eng_batch_fixed_column(batch, ENG_FIELD_CUSTOMER, bytes.as_ptr().cast(), width, 0, null()), ENG_OK);
        assert_eq!(eng_batch_fixed_column(batch, ENG_FIELD_ID, bytes.as_ptr().cast(), width, 0, null()), ENG_OK);
        assert_eq!(eng_batch_int64_column(batch, ENG_FIELD_AT, at.as_ptr(), 0, null()), ENG_OK);
        assert_eq!(eng_batch_text(batch, ENG_FIELD_KIND, c"purchase".as_ptr(), -1), ENG_OK);
        let mut statuses = vec![99; 20_000];
        for expected in [ENG_RECORDED, ENG_DUPLICATE] {
            assert_eq!(eng_ledger_load(ledger, batch, 20_000, statuses.as_mut_ptr()), ENG_OK);
            assert!(statuses.iter().all(|status| *status == expected));
        }
        let (scores, rulebook) = (new_scores(), standard());
        assert_eq!(eng_scores_score(scores, ledger, rulebook, AT), ENG_OK);
        let (mut rows, mut later) = (0, 0);
        assert_eq!(eng_scores_count(scores, &raw mut rows, &raw mut later), ENG_OK);
        assert_eq!(rows + later, 20_000, "one interaction each: seen, or later");
        assert!(rows > 0 && later > 0);

        let mut removed = 9;
        assert_eq!(eng_ledger_forget(ledger, c"nobody".as_ptr(), -1, &raw mut removed), ENG_OK);
        assert_eq!(removed, 0);
        assert_eq!(eng_ledger_forget_rows(ledger, batch, 5000, &raw mut removed), ENG_OK);
        assert_eq!(removed, 5000);
        assert_eq!(eng_ledger_forget(ledger, keys[7000].as_ptr().cast(), 16, null_mut()), ENG_OK);
        let (mut interactions, mut customers) = (0, 0);
        assert_eq!(eng_ledger_counts(ledger, &raw mut interactions, &raw mut customers), ENG_OK);
        assert_eq!((interactions, customers), (14_999, 14_999));
        assert_eq!(eng_ledger_load(ledger, batch, 20_000, statuses.as_mut_ptr()), ENG_OK);
        let again = statuses.iter().filter(|status| **status == ENG_RECORDED).count();
        assert_eq!(again, 5001, "what was forgotten and sent again is new");
        assert_eq!((eng_scores_free(scores), eng_rulebook_free(rulebook)), (ENG_OK, ENG_OK));
        assert_eq!((eng_batch_free(batch), eng_ledger_free(ledger)), (ENG_OK, ENG_OK));
    }
}
