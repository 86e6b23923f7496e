//! Options of fits, their evidence, and the models of contracts and opportunities: through C as in the core, to the last bit.

mod common;

use std::ffi::c_char;
use std::ptr::{null, null_mut};

use common::cdnow::*;
use common::*;
use engagement::*;
use engagement_core::model::{
    BetaDiscreteWeibull, BgBb, BgCnbdK, Estimated, Fit, FitOptions, GammaGamma, MbgCnbdK, MbgNbd, Model, ModelKind, Nbd,
    Opportunities, OpportunityHistory, Prior, RenewalModel, Renewals, ShiftedBetaGeometric, bootstrap, likelihood_ratio_test,
};
use engagement_core::simulate::{Reviews, Simulation};
use engagement_core::{Purchases, TimeUnit, simulate};

/// The cohorts of Fader & Hardie (2007), doi:10.1002/dir.20074.
const HIGH_END: [i64; 8] = [1000, 869, 743, 653, 593, 551, 517, 491];
const REGULAR: [i64; 8] = [1000, 631, 468, 382, 326, 289, 262, 241];

fn cohorts(model: eng_model, name: &str, lengths: &[i64], numbers: &[i64]) -> i32 {
    let (text, len) = (name.as_ptr().cast(), name.len() as i64);
    unsafe { eng_model_fit_cohorts(model, text, len, lengths.len() as i64, lengths.as_ptr(), numbers.as_ptr()) }
}

fn prior(model: eng_model, parameter: &str, kind: i32, first: f64, second: f64) -> i32 {
    unsafe { eng_model_set_prior(model, parameter.as_ptr().cast(), parameter.len() as i64, kind, first, second) }
}

fn renewals(cohort: &[i64]) -> Renewals {
    Renewals::from_cohort(&cohort.iter().map(|&customers| customers as u64).collect::<Vec<_>>()).unwrap()
}

fn values(model: eng_model) -> Vec<f64> {
    let (mut count, mut all) = (0, Vec::new());
    assert_eq!(unsafe { eng_model_parameter_count(model, &raw mut count) }, ENG_OK, "{}", model_error(model));
    for at in 0..count {
        let (mut value, mut error, mut present) = (9.0, 9.0, 9);
        let status = unsafe { eng_model_parameter(model, at, &raw mut value, &raw mut error, &raw mut present) };
        assert_eq!(status, ENG_OK);
        all.push(value);
    }
    all
}

/// Everything C says of a fit is what the core's fit says.
fn same_evidence<M: Estimated>(model: eng_model, want: &Fit<M>) {
    assert_eq!(bits(&values(model)), bits(&want.model.estimates()));
    let (mut doubles, mut longs, mut present) = ([9.0; 4], [9i64; 3], 9);
    let ([a, b, c, d], [i, j, k]) = (doubles.each_mut().map(std::ptr::from_mut), longs.each_mut().map(std::ptr::from_mut));
    unsafe {
        assert_eq!(eng_model_evidence(model, a, b, c, d), ENG_OK);
        assert_eq!(bits(&doubles), bits(&[want.log_likelihood, want.customers, want.aic(), want.bic()]));
        assert_eq!(eng_model_convergence(model, a, i, j, k), ENG_OK);
        let search = &want.convergence;
        assert_eq!(doubles[0].to_bits(), search.gradient_norm.to_bits());
        assert_eq!(longs, [search.iterations, search.evaluations, search.starts].map(i64::from));
        let names = want.model.names();
        for (at, name) in names.iter().enumerate() {
            let mut boundary = 9;
            assert_eq!(eng_model_at_boundary(model, at as i64, &raw mut boundary), ENG_OK);
            assert_eq!(boundary == 1, search.at_boundary.contains(name), "{name}");
            for other in 0..names.len() {
                assert_eq!(eng_model_covariance(model, at as i64, other as i64, a, &raw mut present), ENG_OK);
                let covariance = want.covariance.as_ref().and_then(|all| all.get(at, other));
                assert_eq!((present == 1).then_some(doubles[0]), covariance);
            }
            let before = doubles;
            match want.confidence_intervals(0.9) {
                Ok(intervals) => {
                    assert_eq!(eng_model_interval(model, at as i64, 0.9, a, b), ENG_OK);
                    assert_eq!(bits(&doubles[..2]), bits(&[intervals[at].low, intervals[at].high]));
                }
                Err(error) => {
                    assert_eq!(eng_model_interval(model, at as i64, 0.9, a, b), ENG_INVALID_ARGUMENT);
                    assert_eq!((model_error(model), doubles), (error.to_string(), before));
                }
            }
        }
    }
}

#[test]
fn options_reach_the_fit() {
    let (core, ledger) = cdnow();
    let (of, purchases) = summary(&core, ledger);
    let model = new_model();
    let fitted = |options: &FitOptions| {
        assert_eq!(fit(model, "mbg-nbd", purchases), ENG_OK, "{}", model_error(model));
        let want = MbgNbd::fit(&of, options).unwrap();
        same_evidence(model, &want);
        want.model
    };
    let plain = fitted(&FitOptions::default());
    unsafe {
        assert_eq!(eng_model_set_penalty(model, 0.01), ENG_OK);
        let penalised = fitted(&FitOptions::default().penalty(0.01));
        assert_ne!(penalised, plain);
        assert_eq!(eng_model_set_penalty(model, 0.0), ENG_OK);
        for (kind, first, second, want) in [
            (ENG_PRIOR_GAMMA, 2.0, 40.0, Prior::Gamma { shape: 2.0, rate: 40.0 }),
            (ENG_PRIOR_LOG_NORMAL, 0.3, 0.05, Prior::LogNormal { mu: 0.3, sigma: 0.05 }),
            (ENG_PRIOR_HALF_NORMAL, 0.02, f64::NAN, Prior::HalfNormal { sigma: 0.02 }),
            (ENG_PRIOR_WEIBULL, 30.0, 1.0, Prior::Weibull { shape: 30.0, scale: 1.0 }),
        ] {
            assert_eq!(prior(model, "r", kind, first, second), ENG_OK, "in place of the one before");
            assert_ne!(fitted(&FitOptions::default().prior("r", want)), plain, "{want:?}");
        }
        assert_eq!(prior(model, "r", ENG_PRIOR_NONE, f64::NAN, f64::NAN), ENG_OK);
        let start = [1.0, 10.0, 1.0, 2.0];
        assert_eq!(eng_model_set_start(model, 4, start.as_ptr()), ENG_OK);
        fitted(&FitOptions::default().start(&start));
        assert_eq!(eng_model_set_max_iterations(model, 1), ENG_OK);
        let before = json_of(model);
        assert_eq!(fit(model, "mbg-nbd", purchases), ENG_FIT_FAILED);
        let why = MbgNbd::fit(&of, &FitOptions::default().start(&start).max_iterations(1)).unwrap_err().to_string();
        assert_eq!((model_error(model), json_of(model)), (why, before));
        assert_eq!(eng_model_set_max_iterations(model, 500), ENG_OK);
        assert_eq!(fit(model, "nbd", purchases), ENG_INVALID_ARGUMENT, "four starts for two parameters");
        assert_eq!(eng_model_set_start(model, 0, null()), ENG_OK);
        assert_eq!(prior(model, "q", ENG_PRIOR_GAMMA, 1.0, 1.0), ENG_OK);
        assert_eq!(fit(model, "mbg-nbd", purchases), ENG_INVALID_ARGUMENT);
        assert!(model_error(model).contains("the parameters are r, alpha, a, b"), "{}", model_error(model));
        assert_eq!(prior(model, "q", ENG_PRIOR_NONE, 0.0, 0.0), ENG_OK);
        assert_eq!(fitted(&FitOptions::default()), plain);

        // What cannot be an option is refused at once, and changes none.
        for penalty in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(eng_model_set_penalty(model, penalty), ENG_INVALID_ARGUMENT, "{penalty}");
        }
        for (kind, first, second) in [
            (ENG_PRIOR_GAMMA, 0.0, 1.0),
            (ENG_PRIOR_GAMMA, 1.0, f64::NAN),
            (ENG_PRIOR_LOG_NORMAL, f64::INFINITY, 1.0),
            (ENG_PRIOR_LOG_NORMAL, 0.0, -1.0),
            (ENG_PRIOR_HALF_NORMAL, -1.0, 1.0),
            (ENG_PRIOR_WEIBULL, 1.0, f64::INFINITY),
            (5, 1.0, 1.0),
            (-1, 1.0, 1.0),
        ] {
            assert_eq!(prior(model, "r", kind, first, second), ENG_INVALID_ARGUMENT, "{kind} {first} {second}");
        }
        assert_eq!(prior(model, "", ENG_PRIOR_GAMMA, 1.0, 1.0), ENG_MISSING_FIELD);
        assert_eq!(prior(model, "a\0", ENG_PRIOR_GAMMA, 1.0, 1.0), ENG_INVALID_UTF8);
        assert_eq!(eng_model_set_prior(model, null(), 3, ENG_PRIOR_NONE, 0.0, 0.0), ENG_INVALID_ARGUMENT);
        for count in [-1, i64::MIN, 1025, i64::MAX] {
            assert_eq!(eng_model_set_start(model, count, start.as_ptr()), ENG_INVALID_ARGUMENT, "{count}");
        }
        assert_eq!(eng_model_set_start(model, 4, null()), ENG_INVALID_ARGUMENT);
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(eng_model_set_start(model, 2, [1.0, bad].as_ptr()), ENG_INVALID_ARGUMENT, "{bad}");
        }
        // Only a fit knows what is a parameter, and above 0, and what a coefficient of any sign.
        for bad in [0.0, -1.0] {
            assert_eq!(eng_model_set_start(model, 4, [1.0, bad, 1.0, 2.0].as_ptr()), ENG_OK);
            assert_eq!(fit(model, "mbg-nbd", purchases), ENG_INVALID_ARGUMENT, "{bad}");
            assert!(model_error(model).contains("alpha: "), "{}", model_error(model));
        }
        assert_eq!(eng_model_set_start(model, 0, null()), ENG_OK);
        for most in [-1, i64::MIN, 1 << 32] {
            assert_eq!(eng_model_set_max_iterations(model, most), ENG_INVALID_ARGUMENT, "{most}");
        }
        assert_eq!(fitted(&FitOptions::default()), plain);
        assert_eq!((eng_model_free(model), eng_purchases_free(purchases), eng_ledger_free(ledger)), (0, 0, 0));
    }
}

#[test]
fn phases_are_those_that_were_set() {
    let (core, ledger) = cdnow();
    let (of, purchases) = summary(&core, ledger);
    let (model, options) = (new_model(), FitOptions::default());
    let k_of = |model| {
        let (mut k, mut present) = (9, 9);
        assert_eq!(unsafe { eng_model_k(model, &raw mut k, &raw mut present) }, ENG_OK);
        (k, present)
    };
    unsafe {
        for k in [3u32, 1] {
            assert_eq!(eng_model_set_k(model, i64::from(k)), ENG_OK);
            assert_eq!(fit(model, "bg-cnbd-k", purchases), ENG_OK, "{}", model_error(model));
            same_evidence(model, &BgCnbdK::fit(&of, Some(k), &options).unwrap());
            assert_eq!(k_of(model), (i64::from(k), 1));
            assert_eq!(fit(model, "mbg-cnbd-k", purchases), ENG_OK, "{}", model_error(model));
            same_evidence(model, &MbgCnbdK::fit(&of, Some(k), &options).unwrap());
        }
        let before = json_of(model);
        for k in [-1, 13, i64::MIN, i64::MAX] {
            assert_eq!(eng_model_set_k(model, k), ENG_INVALID_ARGUMENT, "{k}");
        }
        assert_eq!(model_error(model), format!("k: {} is not 0 to 12", i64::MAX));
        for name in ["nbd", "pareto-nbd", "bg-nbd", "mbg-nbd", "gamma-gamma"] {
            assert_eq!(fit(model, name, purchases), ENG_INVALID_ARGUMENT, "{name}");
            assert_eq!(model_error(model), format!("k: 1 is set, and only bg-cnbd-k and mbg-cnbd-k have one, not {name}"));
        }
        assert_eq!(cohorts(model, "shifted-beta-geometric", &[8], &HIGH_END), ENG_INVALID_ARGUMENT);
        assert_eq!(json_of(model), before);
        assert_eq!(eng_model_set_k(model, 0), ENG_OK);
        assert_eq!(fit(model, "mbg-cnbd-k", purchases), ENG_OK);
        same_evidence(model, &MbgCnbdK::fit(&of, None, &options).unwrap());
        assert_eq!((eng_model_free(model), eng_purchases_free(purchases), eng_ledger_free(ledger)), (0, 0, 0));
    }
}

#[test]
fn contracts_are_those_of_the_core() {
    let model = new_model();
    let (text, len) = (c"shifted-beta-geometric".as_ptr(), -1);
    assert_eq!(cohorts(model, "shifted-beta-geometric", &[8], &HIGH_END), ENG_OK, "{}", model_error(model));
    let want = ShiftedBetaGeometric::fit(&renewals(&HIGH_END), &FitOptions::default()).unwrap();
    same_evidence(model, &want);
    // Fader & Hardie (2007), table 1.
    assert_eq!(values(model).iter().map(|value| format!("{value:.3}")).collect::<Vec<_>>(), ["0.668", "3.806"]);
    same_contracts(model, &want.model);

    // The same customers one by one.
    let (mut renewed, mut active) = (Vec::new(), Vec::new());
    for (at, pair) in HIGH_END.windows(2).enumerate() {
        renewed.extend((pair[1]..pair[0]).map(|_| at as i64));
    }
    active.resize(renewed.len(), 0 as c_char);
    renewed.resize(1000, 7);
    active.resize(1000, 2 as c_char);
    unsafe {
        let fit = |rows, renewed: &[i64], active: &[c_char]| {
            eng_model_fit_contracts(model, text, len, rows, renewed.as_ptr(), active.as_ptr())
        };
        assert_eq!(fit(1000, &renewed, &active), ENG_OK);
        same_evidence(model, &want);

        // Two cohorts of different age.
        let both: Vec<i64> = HIGH_END.iter().chain(&REGULAR[..5]).copied().collect();
        let together = renewals(&HIGH_END).with(&renewals(&REGULAR[..5]));
        assert_eq!(cohorts(model, "beta-discrete-weibull", &[8, 5], &both), ENG_OK, "{}", model_error(model));
        let want = BetaDiscreteWeibull::fit(&together, &FitOptions::default()).unwrap();
        same_evidence(model, &want);
        same_contracts(model, &want.model);
        let json = json_of(model);
        assert!(json.starts_with(r#"{"model":"beta-discrete-weibull","alpha":"#), "{json}");
        let copy = loaded(&json);
        assert_eq!(json_of(copy), json);
        same_contracts(copy, &want.model);
        let mut statistic = [9.0; 2];
        let (s, mut df) = (statistic.as_mut_ptr(), 9);
        assert_eq!(eng_model_likelihood_ratio(model, copy, s, &raw mut df, s.add(1)), ENG_MISSING_FIELD, "not fitted here");
        assert_eq!(cohorts(copy, "shifted-beta-geometric", &[8, 5], &both), ENG_OK);
        assert_eq!(eng_model_likelihood_ratio(model, copy, s, &raw mut df, s.add(1)), ENG_OK);
        let smaller = ShiftedBetaGeometric::fit(&together, &FitOptions::default()).unwrap();
        let test = likelihood_ratio_test(&smaller, &want).unwrap();
        assert_eq!((bits(&statistic), df), (bits(&[test.statistic, test.p_value]), 1));
        assert_eq!(eng_model_likelihood_ratio(copy, model, s, &raw mut df, s.add(1)), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_model_likelihood_ratio(model, model, s, &raw mut df, s.add(1)), ENG_INVALID_ARGUMENT, "one and the same");
        assert_eq!(eng_model_likelihood_ratio(model, copy, s, null_mut(), s.add(1)), ENG_INVALID_ARGUMENT);
        assert_eq!((bits(&statistic), df), (bits(&[test.statistic, test.p_value]), 1), "outputs of failed calls");

        // What is no data.
        let before = json_of(model);
        for (lengths, numbers) in [
            (&[8i64][..], &[10i64, 11, 9, 8, 7, 6, 5, 4][..]),
            (&[0], &[]),
            (&[-1], &[]),
            (&[2], &[5, -1]),
            (&[1 << 32], &[]),
            (&[i64::from(u32::MAX), 1], &[]),
        ] {
            assert_eq!(
                cohorts(model, "beta-discrete-weibull", lengths, numbers),
                ENG_INVALID_ARGUMENT,
                "{lengths:?} {numbers:?}"
            );
        }
        for (numbers, why) in [(&[5i64, 5, 5][..], "nobody was lost"), (&[5, 4, 3], "nobody came to renewal occasion 3")] {
            assert_eq!(cohorts(model, "beta-discrete-weibull", &[numbers.len() as i64], numbers), ENG_FIT_FAILED);
            assert!(model_error(model).starts_with(why), "{}", model_error(model));
        }
        assert_eq!(cohorts(model, "beta-discrete-weibull", &[], &[]), ENG_FIT_FAILED, "nobody");
        assert_eq!(cohorts(model, "mbg-nbd", &[8], &HIGH_END), ENG_INVALID_ARGUMENT);
        assert!(model_error(model).contains("shifted-beta-geometric, beta-discrete-weibull"), "{}", model_error(model));
        assert_eq!(cohorts(model, "", &[8], &HIGH_END), ENG_MISSING_FIELD);
        assert_eq!(eng_model_fit_cohorts(model, text, len, 1, null(), HIGH_END.as_ptr()), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_model_fit_cohorts(model, text, len, 1, [8i64].as_ptr(), null()), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_model_fit_cohorts(model, text, len, -1, [8i64].as_ptr(), HIGH_END.as_ptr()), ENG_INVALID_ARGUMENT);
        for rows in [-1, i64::MIN, 1 << 32] {
            assert_eq!(fit(rows, &renewed, &active), ENG_INVALID_ARGUMENT, "{rows}");
        }
        assert_eq!(fit(0, &renewed, &active), ENG_FIT_FAILED);
        assert_eq!(eng_model_fit_contracts(model, text, len, 3, null(), active.as_ptr()), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_model_fit_contracts(model, text, len, 3, renewed.as_ptr(), null()), ENG_INVALID_ARGUMENT);
        assert_eq!(fit(2, &[1, -1], &active), ENG_INVALID_ARGUMENT);
        assert!(model_error(model).contains("row 1"), "{}", model_error(model));
        assert_eq!(json_of(model), before);
        assert_eq!((eng_model_free(model), eng_model_free(copy)), (ENG_OK, ENG_OK));
    }
}

/// What a model of contracts says through C is what it says in the core; what it cannot say is refused.
fn same_contracts(model: eng_model, want: &dyn RenewalModel) {
    let mut value = f64::NAN;
    let v = &raw mut value;
    let say = |status: i32| {
        assert_eq!(status, ENG_OK, "{}", model_error(model));
        unsafe { v.read() }.to_bits()
    };
    unsafe {
        for t in [1u32, 2, 7, 12, 500] {
            let at = i64::from(t);
            assert_eq!(say(eng_model_survival(model, 0, at, v)), want.survival(t).to_bits());
            assert_eq!(say(eng_model_survival(model, 3, at, v)), want.survival_after(3, t).to_bits());
            assert_eq!(say(eng_model_retention_rate(model, at, v)), want.retention_rate(t).unwrap().to_bits());
            assert_eq!(say(eng_model_probability_of_loss(model, at, v)), want.probability_of_loss(t).unwrap().to_bits());
            assert_eq!(say(eng_model_expected_renewals(model, 3, at, v)), want.expected_renewals(3, t).to_bits());
        }
        for renewed in [0u32, 4] {
            let got = say(eng_model_discounted_renewals(model, i64::from(renewed), 0.1, v));
            assert_eq!(got, want.discounted_renewals(renewed, 0.1).unwrap().to_bits());
        }
        value = 9.0;
        for bad in [-1, i64::MIN, 1 << 32] {
            let refused = [
                eng_model_survival(model, bad, 1, v),
                eng_model_survival(model, 1, bad, v),
                eng_model_retention_rate(model, bad, v),
                eng_model_probability_of_loss(model, bad, v),
                eng_model_expected_renewals(model, bad, 1, v),
                eng_model_expected_renewals(model, 1, bad, v),
                eng_model_discounted_renewals(model, bad, 0.1, v),
            ];
            assert_eq!(refused, [ENG_INVALID_ARGUMENT; 7], "{bad}");
        }
        for rate in [0.0, -0.1, f64::NAN, f64::INFINITY] {
            assert_eq!(eng_model_discounted_renewals(model, 0, rate, v), ENG_INVALID_ARGUMENT, "{rate}");
        }
        let refused = [
            eng_model_retention_rate(model, 0, v),
            eng_model_probability_of_loss(model, 0, v),
            eng_model_survival(model, 0, 1, null_mut()),
            eng_model_probability_alive(model, 0, 0.0, 1.0, 0.0, v),
            eng_model_expected_value(model, 0, 0.0, v),
            eng_model_opportunity_alive(model, 0, 0, 1, 0, v),
        ];
        assert_eq!(refused, [ENG_INVALID_ARGUMENT; 6]);
        assert!(model_error(model).ends_with("is a model of contracts, not of opportunities"), "{}", model_error(model));
        // The largest numbers that are counts.
        for (renewed, t) in [(0, u32::MAX), (u32::MAX, 1), (u32::MAX, u32::MAX)] {
            let got = say(eng_model_survival(model, i64::from(renewed), i64::from(t), v));
            assert_eq!(got, want.survival_after(renewed, t).to_bits());
            assert!((0.0..=1.0).contains(&value));
        }
    }
}

/// The donors of table 1 of Fader, Hardie & Shang (2010), doi:10.1287/mksc.1100.0580, by frequency, recency and number.
const DONORS: [(i64, i64, i64); 22] = [
    (6, 6, 1203),
    (5, 6, 728),
    (4, 6, 512),
    (3, 6, 357),
    (2, 6, 234),
    (1, 6, 129),
    (5, 5, 335),
    (4, 5, 284),
    (3, 5, 225),
    (2, 5, 173),
    (1, 5, 119),
    (4, 4, 240),
    (3, 4, 181),
    (2, 4, 155),
    (1, 4, 78),
    (3, 3, 322),
    (2, 3, 255),
    (1, 3, 129),
    (2, 2, 613),
    (1, 2, 277),
    (1, 1, 1091),
    (0, 0, 3464),
];

#[test]
fn opportunities_are_those_of_the_core() {
    let model = new_model();
    let column = |of: fn(&(i64, i64, i64)) -> i64| DONORS.iter().map(of).collect::<Vec<i64>>();
    let (x, t_x, customers) = (column(|row| row.0), column(|row| row.1), column(|row| row.2));
    let n = vec![6i64; 22];
    let whole = |column: &[i64]| column.iter().map(|&value| value as u32).collect::<Vec<u32>>();
    let sizes: Vec<u64> = customers.iter().map(|&size| size as u64).collect();
    let data = Opportunities::from_columns(&whole(&x), &whole(&t_x), &whole(&n), Some(&sizes)).unwrap();
    unsafe {
        let fit = |rows, x: &[i64], n: &[i64]| {
            eng_model_fit_opportunities(model, rows, x.as_ptr(), t_x.as_ptr(), n.as_ptr(), customers.as_ptr())
        };
        assert_eq!(fit(22, &x, &n), ENG_OK, "{}", model_error(model));
        let want = BgBb::fit(&data, &FitOptions::default()).unwrap();
        same_evidence(model, &want);
        let published = values(model).iter().map(|value| format!("{value:.3}")).collect::<Vec<_>>();
        assert_eq!(published, ["1.204", "0.750", "0.657", "2.783"]);
        let want = want.model;
        let json = json_of(model);
        assert!(json.starts_with(r#"{"model":"bg-bb","alpha":1.2"#), "{json}");
        assert_eq!(json_of(loaded(&json)), json);

        let mut value = f64::NAN;
        let v = &raw mut value;
        let say = |status: i32| {
            assert_eq!(status, ENG_OK, "{}", model_error(model));
            v.read().to_bits()
        };
        for (x, t_x) in [(0u32, 0u32), (1, 6), (4, 5), (6, 6)] {
            let donor = OpportunityHistory::new(x, t_x, 6).unwrap();
            let (x, t_x) = (i64::from(x), i64::from(t_x));
            assert_eq!(say(eng_model_opportunity_alive(model, x, t_x, 6, 0, v)), want.probability_alive(&donor).to_bits());
            assert_eq!(say(eng_model_opportunity_alive(model, x, t_x, 6, 1, v)), want.probability_alive_at(&donor, 1).to_bits());
            assert_eq!(say(eng_model_opportunity_expected(model, x, t_x, 6, 5, v)), want.expected_purchases(&donor, 5).to_bits());
            let three = want.probability_of_purchases(&donor, 3, 5).to_bits();
            assert_eq!(say(eng_model_opportunity_probability(model, x, t_x, 6, 3, 5, v)), three);
            for (n, of) in [(-1, None), (5, Some(5)), (0, Some(0))] {
                let discounted = want.discounted_purchases(&donor, of, 0.1).unwrap().to_bits();
                assert_eq!(say(eng_model_opportunity_discounted(model, x, t_x, 6, n, 0.1, v)), discounted);
            }
            let (mut low, mut high) = (-9, -9);
            assert_eq!(eng_model_opportunity_interval(model, x, t_x, 6, 5, 0.9, &raw mut low, &raw mut high), ENG_OK);
            assert_eq!((low as u64, high as u64), want.prediction_interval(&donor, 5, 0.9).unwrap());
        }

        v.write(9.0);
        let (mut low, mut high) = (9i64, 9i64);
        let mut ask = |(x, t_x, n): (i64, i64, i64), ahead| {
            [
                eng_model_opportunity_alive(model, x, t_x, n, ahead, v),
                eng_model_opportunity_expected(model, x, t_x, n, ahead, v),
                eng_model_opportunity_probability(model, x, t_x, n, 1, ahead, v),
                eng_model_opportunity_discounted(model, x, t_x, n, ahead, 0.1, v),
                eng_model_opportunity_interval(model, x, t_x, n, ahead, 0.9, &raw mut low, &raw mut high),
            ]
        };
        for donor in [(-1, 0, 6), (2, 1, 6), (0, 1, 6), (1, 7, 6), (1, 1, 10_001), (1, 1, -1), (1, 1 << 32, 6), (i64::MAX, 6, 6)]
        {
            assert_eq!(ask(donor, 2), [ENG_INVALID_ARGUMENT; 5], "{donor:?}");
        }
        for ahead in [-2, 10_001, i64::MAX, i64::MIN] {
            assert_eq!(ask((1, 1, 6), ahead), [ENG_INVALID_ARGUMENT; 5], "{ahead}");
        }
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(eng_model_opportunity_discounted(model, 1, 1, 6, 5, rate, v), ENG_INVALID_ARGUMENT, "{rate}");
        }
        for level in [0.0, 1.0, f64::NAN] {
            let status = eng_model_opportunity_interval(model, 1, 1, 6, 5, level, &raw mut low, &raw mut high);
            assert_eq!(status, ENG_INVALID_ARGUMENT, "{level}");
        }
        assert_eq!(eng_model_survival(model, 0, 1, v), ENG_INVALID_ARGUMENT);
        assert_eq!(model_error(model), "bg-bb is a model of opportunities, not of contracts");
        assert_eq!((value, low, high), (9.0, 9, 9), "outputs of failed calls");

        for rows in [-1, i64::MIN, 1 << 32] {
            assert_eq!(fit(rows, &x, &n), ENG_INVALID_ARGUMENT, "{rows}");
        }
        let bad = [7i64; 22];
        assert_eq!(fit(22, &bad, &n), ENG_INVALID_ARGUMENT);
        assert!(model_error(model).contains("row 0"), "{}", model_error(model));
        assert_eq!(fit(22, &x, &[10_001; 22]), ENG_INVALID_ARGUMENT);
        assert_eq!(fit(0, &x, &n), ENG_FIT_FAILED, "nobody");
        assert_eq!(eng_model_fit_opportunities(model, 22, null(), t_x.as_ptr(), n.as_ptr(), null()), ENG_INVALID_ARGUMENT);
        assert_eq!(json_of(model), json, "of failed calls");
        assert_eq!(eng_model_fit_opportunities(model, 22, x.as_ptr(), t_x.as_ptr(), n.as_ptr(), null()), ENG_OK, "one each");
        assert_eq!(eng_model_free(model), ENG_OK);
    }
}

#[test]
fn drawn_customers_and_refits_are_those_of_the_core() {
    let model = loaded(r#"{"model":"mbg-nbd","r":0.525,"alpha":6.183,"a":0.891,"b":1.614}"#);
    let spend = loaded(r#"{"model":"gamma-gamma","p":6.25,"q":3.74,"v":15.44}"#);
    let purchases = new_purchases();
    let ages: Vec<f64> = (0..400).map(|row| 20.0 + f64::from(row % 40)).collect();
    let truth = MbgNbd::new(0.525, 6.183, 0.891, 1.614).unwrap();
    let want = simulate::purchases(&truth, &ages, None, TimeUnit::Week, 7, 1).unwrap();
    let draw =
        |rows, ages: &[f64], seed| unsafe { eng_purchases_simulate(purchases, model, null_mut(), rows, ages.as_ptr(), seed) };
    assert_eq!(draw(400, &ages, 7), ENG_OK, "{}", purchases_error(purchases));
    assert_eq!(columns(purchases), of_core(&want));
    unsafe {
        assert_eq!(eng_purchases_simulate(purchases, model, spend, 400, ages.as_ptr(), -1), ENG_OK);
        let spends = engagement_core::model::GammaGamma::new(6.25, 3.74, 15.44).unwrap();
        let paid = simulate::purchases(&truth, &ages, Some(&spends), TimeUnit::Week, u64::MAX, 1).unwrap();
        let (mut mean, mut valid) = (vec![9.0; 400], vec![9 as c_char; 400]);
        let to = (mean.as_mut_ptr(), valid.as_mut_ptr());
        assert_eq!(eng_purchases_double_column(purchases, ENG_PURCHASES_VALUE, 0, 400, to.0, to.1), ENG_OK);
        assert_eq!(bits(&mean), bits(&paid.value().values));
        assert_eq!(columns(purchases), of_core(&paid));

        let before = columns(purchases);
        for rows in [-1, i64::MIN, 1 << 32] {
            assert_eq!(draw(rows, &ages, 1), ENG_INVALID_ARGUMENT, "{rows}");
        }
        for age in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(draw(2, &[1.0, age], 1), ENG_INVALID_ARGUMENT, "{age}");
            assert!(purchases_error(purchases).contains("row 1"), "{}", purchases_error(purchases));
        }
        assert_eq!(eng_purchases_simulate(purchases, model, spend, 4, null(), 1), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_purchases_simulate(purchases, spend, null_mut(), 4, ages.as_ptr(), 1), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_purchases_simulate(purchases, model, model, 4, ages.as_ptr(), 1), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_purchases_simulate(purchases, null_mut(), null_mut(), 4, ages.as_ptr(), 1), ENG_INVALID_HANDLE);
        // More purchases than any memory holds.
        assert_eq!(from_json(spend, r#"{"model":"nbd","r":1e9,"alpha":1e-9}"#), ENG_OK);
        assert_eq!(eng_purchases_simulate(purchases, spend, null_mut(), 4, ages.as_ptr(), 1), ENG_INVALID_ARGUMENT);
        assert_eq!(columns(purchases), before, "of failed calls");
    }

    // Refits, of a model with a k of its own and of one without.
    assert_eq!(draw(400, &ages, 7), ENG_OK);
    let options = FitOptions::default();
    let core = ModelKind::Nbd.fit(&want, &options).unwrap();
    refits("nbd", model, purchases, &core, &want, |data| Ok(Nbd::fit(data, &options)?.map(Model::from)));
    let core = ModelKind::MbgCnbdK.fit(&want, &options).unwrap();
    let k = core.model.k();
    refits("mbg-cnbd-k", model, purchases, &core, &want, |data| Ok(MbgCnbdK::fit(data, k, &options)?.map(Model::from)));
    unsafe {
        let (mut some, mut none) = (9i64, 9i64);
        let mut boot =
            |model, purchases, replicates| eng_model_bootstrap(model, purchases, replicates, 1, &raw mut some, &raw mut none);
        for replicates in [0, -1, 100_001, i64::MAX, i64::MIN] {
            assert_eq!(boot(model, purchases, replicates), ENG_INVALID_ARGUMENT, "{replicates}");
        }
        assert_eq!(boot(model, purchases, 10), ENG_FIT_FAILED, "fewer than 20");
        assert_eq!(boot(model, null_mut(), 30), ENG_INVALID_HANDLE);
        let (mut low, mut high) = (9.0, 9.0);
        assert_eq!(eng_model_bootstrap_interval(model, 0, 0.9, &raw mut low, &raw mut high), ENG_OK, "the one before");
        let kept = (low, high);
        for (parameter, level) in [(0, 1.0), (0, f64::NAN), (4, 0.9), (-1, 0.9)] {
            let status = eng_model_bootstrap_interval(model, parameter, level, &raw mut low, &raw mut high);
            assert_eq!(status, ENG_INVALID_ARGUMENT, "{parameter} {level}");
        }
        assert_eq!((low, high), kept);
        assert_eq!(from_json(model, r#"{"model":"nbd","r":0.385,"alpha":12.072}"#), ENG_OK);
        assert_eq!(boot(model, purchases, 30), ENG_MISSING_FIELD, "not fitted here");
        assert_eq!(eng_model_bootstrap_interval(model, 0, 0.9, &raw mut low, &raw mut high), ENG_MISSING_FIELD);
        assert_eq!(cohorts(model, "shifted-beta-geometric", &[8], &HIGH_END), ENG_OK);
        assert_eq!(boot(model, purchases, 30), ENG_INVALID_ARGUMENT, "contracts");
        assert_eq!(eng_model_bootstrap_interval(model, 0, 0.9, &raw mut low, &raw mut high), ENG_MISSING_FIELD, "no refits");
        assert_eq!((some, none), (9, 9), "outputs of failed calls");
        assert_eq!((eng_model_free(model), eng_model_free(spend), eng_purchases_free(purchases)), (ENG_OK, ENG_OK, ENG_OK));
    }
}

/// Bootstraps a model fitted through C, and compares with the core.
fn refits(
    name: &str,
    model: eng_model,
    purchases: eng_purchases,
    core: &Fit<Model>,
    data: &Purchases,
    refit: impl Fn(&Purchases) -> engagement_core::Result<Fit<Model>> + Sync,
) {
    let simulate = |model: &Model, seed| simulate::purchases(&**model, data.age(), None, TimeUnit::Week, seed, 1);
    let want = bootstrap(core, 24, 5, 1, simulate, refit).unwrap();
    assert_eq!(fit(model, name, purchases), ENG_OK, "{}", model_error(model));
    let (mut some, mut none) = (9, 9);
    unsafe {
        assert_eq!(eng_model_bootstrap(model, purchases, 24, 5, &raw mut some, &raw mut none), ENG_OK, "{}", model_error(model));
        assert_eq!((some, none), (want.refits().len() as i64, i64::from(want.failed())));
        for (at, interval) in want.confidence_intervals(0.8).unwrap().iter().enumerate() {
            let (mut low, mut high) = (9.0, 9.0);
            assert_eq!(eng_model_bootstrap_interval(model, at as i64, 0.8, &raw mut low, &raw mut high), ENG_OK);
            assert_eq!(bits(&[low, high]), bits(&[interval.low, interval.high]), "{name}");
        }
    }
}

fn columns(purchases: eng_purchases) -> (Vec<i64>, Vec<u64>, Vec<u64>) {
    let (mut rows, mut other) = (0, 0);
    unsafe {
        assert_eq!(eng_purchases_count(purchases, &raw mut rows, &raw mut other, &raw mut other), ENG_OK);
        let (mut x, mut t, mut gaps) = (vec![9; rows as usize], vec![9.0; rows as usize], vec![9.0; rows as usize]);
        assert_eq!(eng_purchases_int64_column(purchases, ENG_PURCHASES_FREQUENCY, 0, rows, x.as_mut_ptr()), ENG_OK);
        let get = |column, to: &mut Vec<f64>| {
            assert_eq!(eng_purchases_double_column(purchases, column, 0, rows, to.as_mut_ptr(), null_mut()), ENG_OK);
        };
        get(ENG_PURCHASES_RECENCY, &mut t);
        get(ENG_PURCHASES_LOG_GAPS, &mut gaps);
        (x, bits(&t), bits(&gaps))
    }
}

fn of_core(of: &Purchases) -> (Vec<i64>, Vec<u64>, Vec<u64>) {
    let frequency = of.frequency().iter().map(|&x| i64::from(x)).collect();
    (frequency, bits(of.recency()), bits(of.log_gaps().unwrap()))
}

/// Evidence of what was not fitted here, indices that do not exist, outputs that are null.
#[test]
fn evidence_that_cannot_be() {
    let (model, empty) = (loaded(r#"{"model":"nbd","r":0.385,"alpha":12.072}"#), new_model());
    let (mut doubles, mut longs, mut ints) = ([9.0; 2], [9i64; 3], [9; 2]);
    let (d, l, i) = (doubles.as_mut_ptr(), longs.as_mut_ptr(), ints.as_mut_ptr());
    unsafe {
        for model in [model, empty] {
            let missing = [
                eng_model_convergence(model, d, l, l, l),
                eng_model_at_boundary(model, 0, i),
                eng_model_covariance(model, 0, 0, d, i),
                eng_model_interval(model, 0, 0.9, d, d),
                eng_model_bootstrap_interval(model, 0, 0.9, d, d),
                eng_model_likelihood_ratio(model, model, d, l, d),
            ];
            assert_eq!(missing, [ENG_MISSING_FIELD; 6]);
        }
        let empties = [
            eng_model_survival(empty, 0, 1, d),
            eng_model_opportunity_alive(empty, 0, 0, 1, 0, d),
            eng_model_opportunity_interval(empty, 0, 0, 1, 1, 0.9, l, l),
        ];
        assert_eq!(empties, [ENG_MISSING_FIELD; 3]);
        assert_eq!(cohorts(model, "shifted-beta-geometric", &[8], &HIGH_END), ENG_OK);
        for parameter in [-1, 2, i64::MAX, i64::MIN] {
            let refused = [
                eng_model_at_boundary(model, parameter, i),
                eng_model_covariance(model, parameter, 0, d, i),
                eng_model_covariance(model, 0, parameter, d, i),
                eng_model_interval(model, parameter, 0.9, d, d),
            ];
            assert_eq!(refused, [ENG_INVALID_ARGUMENT; 4], "{parameter}");
        }
        for level in [0.0, 1.0, -1.0, f64::NAN] {
            assert_eq!(eng_model_interval(model, 0, level, d, d), ENG_INVALID_ARGUMENT, "{level}");
        }
        let refused = [
            eng_model_convergence(model, null_mut(), l, l, l),
            eng_model_convergence(model, d, l, l, null_mut()),
            eng_model_at_boundary(model, 0, null_mut()),
            eng_model_covariance(model, 0, 0, null_mut(), i),
            eng_model_covariance(model, 0, 0, d, null_mut()),
            eng_model_interval(model, 0, 0.9, d, null_mut()),
        ];
        assert_eq!(refused, [ENG_INVALID_ARGUMENT; 6]);
        // Parameters so far out of scale that a double cannot work out the answer: never a NaN.
        let far = loaded(r#"{"model":"beta-discrete-weibull","alpha":1e-308,"beta":1e308,"c":1e-308}"#);
        assert_eq!(eng_model_survival(far, 3, 1, d), ENG_OVERFLOW);
        assert!(model_error(far).contains("beyond what a double can work out"), "{}", model_error(far));
        assert_eq!(eng_model_free(far), ENG_OK);
        assert_eq!((doubles, longs, ints), ([9.0; 2], [9; 3], [9; 2]), "outputs of failed calls");
        assert_eq!((eng_model_free(model), eng_model_free(empty)), (ENG_OK, ENG_OK));
    }
}

#[test]
fn drawn_logs_are_those_of_the_core() {
    let model = loaded(r#"{"model":"mbg-nbd","r":0.525,"alpha":6.183,"a":0.891,"b":1.614}"#);
    let spend = loaded(r#"{"model":"gamma-gamma","p":6.25,"q":3.74,"v":15.44}"#);
    let (truth, spends) = (MbgNbd::new(0.525, 6.183, 0.891, 1.614).unwrap(), GammaGamma::new(6.25, 3.74, 15.44).unwrap());
    let (from, to, until) = (end_of("1997-01-01"), end_of("1997-03-31"), end_of("1997-09-30"));
    let log = Simulation {
        spend: Some(spends),
        reviews: Some(Reviews { share: 0.2, contentment: (4.0, 2.0) }),
        referred: 0.3,
        ..Simulation::new(&truth, TimeUnit::Week, 500, (from, to), until)
    };
    let core = log.ledger(7).unwrap();
    let ledger = new_ledger();
    let draw = |model, spend, customers, times: [i64; 3], unit, shares: [f64; 4]| unsafe {
        let ([from, to, until], [share, a, b, referred]) = (times, shares);
        eng_ledger_simulate(ledger, model, spend, customers, from, to, until, unit, share, a, b, referred, 7)
    };
    let times = [from, to, until].map(engagement_core::Timestamp::micros);
    let shares = [0.2, 4.0, 2.0, 0.3];

    // Refused, and nothing is recorded.
    for (customers, times, unit, shares) in [
        (-1, times, ENG_UNIT_WEEK, shares),
        (1 << 32, times, ENG_UNIT_WEEK, shares),
        (500, [times[1], times[0], times[2]], ENG_UNIT_WEEK, shares),
        (500, [times[0], times[2], times[1]], ENG_UNIT_WEEK, shares),
        (500, times, 9, shares),
        (500, times, ENG_UNIT_WEEK, [1.1, 4.0, 2.0, 0.3]),
        (500, times, ENG_UNIT_WEEK, [f64::NAN, 4.0, 2.0, 0.3]),
        (500, times, ENG_UNIT_WEEK, [0.2, 0.0, 2.0, 0.3]),
        (500, times, ENG_UNIT_WEEK, [0.2, 4.0, f64::INFINITY, 0.3]),
        (500, times, ENG_UNIT_WEEK, [0.2, 4.0, 2.0, -0.3]),
    ] {
        assert_eq!(draw(model, spend, customers, times, unit, shares), ENG_INVALID_ARGUMENT, "{customers} {times:?} {shares:?}");
        assert!(!ledger_error(ledger).is_empty());
    }
    assert_eq!(draw(model, spend, 500, [i64::MIN, 0, 0], ENG_UNIT_WEEK, shares), ENG_INVALID_TIME);
    assert_eq!(draw(spend, null_mut(), 500, times, ENG_UNIT_WEEK, shares), ENG_INVALID_ARGUMENT);
    assert_eq!(draw(null_mut(), null_mut(), 500, times, ENG_UNIT_WEEK, shares), ENG_INVALID_HANDLE);
    let empty = new_ledger();
    assert_eq!(fingerprint(ledger), fingerprint(empty), "of failed calls");
    assert_eq!(unsafe { eng_ledger_free(empty) }, ENG_OK);

    assert_eq!(draw(model, spend, 500, times, ENG_UNIT_WEEK, shares), ENG_OK, "{}", ledger_error(ledger));
    let (want, purchases) = summary(&core, ledger);
    assert_eq!(columns(purchases), of_core(&want));
    assert_eq!((want.len(), want.paid().iter().any(|&paid| paid > 0)), (500, true));
    unsafe {
        let (mut interactions, mut customers) = (9, 9);
        assert_eq!(eng_ledger_counts(ledger, &raw mut interactions, &raw mut customers), ENG_OK);
        assert_eq!((interactions as u64, customers), (core.len(), 500));
        // Without spend and reviews the shapes are not looked at.
        assert_eq!(
            draw(model, null_mut(), 3, times, ENG_UNIT_WEEK, [0.0, f64::NAN, -1.0, 0.0]),
            ENG_OK,
            "{}",
            ledger_error(ledger)
        );
        assert_eq!((eng_purchases_free(purchases), eng_ledger_free(ledger)), (ENG_OK, ENG_OK));
        assert_eq!((eng_model_free(model), eng_model_free(spend)), (ENG_OK, ENG_OK));
    }
}
