//! How far models can be trusted, through C as in the core, to the last bit: log-likelihoods, intervals of what is predicted, draws,
//! and refits to them.

mod common;

use std::ffi::c_char;
use std::ptr::{null, null_mut};

use common::cdnow::*;
use common::*;
use engagement::*;
use engagement_core::model::{
    BetaDiscreteWeibull, BgBb, Bootstrap, Contract, Estimated, Fit, FitOptions, GammaGamma, Interval, MbgNbd, Model, ModelKind,
    Opportunities, OpportunityHistory, Prediction, PurchaseHistory, PurchaseModel, RenewalModel, Renewals, Scale,
    ShiftedBetaGeometric, Spend, bootstrap,
};
use engagement_core::simulate::{self, again};

/// Fader & Hardie (2007), doi:10.1002/dir.20074, table 1: the high-end customers.
const HIGH_END: [i64; 8] = [1000, 869, 743, 653, 593, 551, 517, 491];
const SBG: &str = r#"{"model":"shifted-beta-geometric","alpha":0.668,"beta":3.806}"#;
const BDW: &str = r#"{"model":"beta-discrete-weibull","alpha":0.668,"beta":3.806,"c":1.4}"#;
const BG_BB: &str = r#"{"model":"bg-bb","alpha":1.204,"beta":0.75,"gamma":0.657,"delta":2.783}"#;

fn said(model: eng_model, status: i32) {
    assert_eq!(status, ENG_OK, "{}", model_error(model));
}

/// Two columns of doubles read by `get` in two parts.
fn ends_in_parts(model: eng_model, rows: usize, get: impl Fn(i64, i64, *mut f64, *mut f64) -> i32) -> (Vec<u64>, Vec<u64>) {
    let (mut low, mut high) = (vec![f64::NAN; rows], vec![f64::NAN; rows]);
    for (from, until) in [(0, rows / 3), (rows / 3, rows)] {
        let (l, h) = (low[from..].as_mut_ptr(), high[from..].as_mut_ptr());
        said(model, get(from as i64, (until - from) as i64, l, h));
    }
    (bits(&low), bits(&high))
}

fn ends(intervals: &[Interval]) -> (Vec<u64>, Vec<u64>) {
    let end = |of: fn(&Interval) -> f64| bits(&intervals.iter().map(of).collect::<Vec<_>>());
    (end(|interval| interval.low), end(|interval| interval.high))
}

#[test]
fn likelihoods_are_those_of_the_core() {
    let (core, ledger) = cdnow();
    let (of, purchases) = summary(&core, ledger);
    let mut value = f64::NAN;
    let v = &raw mut value;
    unsafe {
        for json in [
            r#"{"model":"mbg-nbd","r":0.525,"alpha":6.183,"a":0.891,"b":1.614}"#,
            r#"{"model":"pareto-nbd","r":0.553,"alpha":10.578,"s":0.606,"beta":11.669}"#,
            r#"{"model":"bg-cnbd-k","k":2,"r":0.525,"alpha":6.183,"a":0.891,"b":1.614}"#,
        ] {
            let (model, want) = (loaded(json), Model::from_json(json).unwrap());
            let all: Vec<f64> = (0..of.len()).map(|row| want.log_likelihood(&of.history(row))).collect();
            let got = in_parts(of.len(), |from, count, to| eng_model_log_likelihood_column(model, purchases, from, count, to));
            assert_eq!(got, bits(&all), "{json}");
            for (x, t_x, t) in [(0u32, 0.0, 0.0), (0, 0.0, 38.9), (2, 30.43, 38.86), (29, 37.7, 38.0)] {
                said(model, eng_model_log_likelihood(model, x.into(), t_x, t, v));
                let customer = PurchaseHistory::new(x, t_x, t).unwrap();
                assert_eq!(v.read().to_bits(), want.log_likelihood(&customer).to_bits());
            }
            assert_eq!(eng_model_free(model), ENG_OK);
        }
        // The fit's is the sum: each customer's is right.
        let (spending, want) = (new_model(), GammaGamma::fit(&of, &FitOptions::default()).unwrap());
        assert_eq!(fit(spending, "gamma-gamma", purchases), ENG_OK);
        let mut each = vec![f64::NAN; of.len()];
        said(spending, eng_model_log_likelihood_column(spending, purchases, 0, of.len() as i64, each.as_mut_ptr()));
        assert_eq!(bits(&each), bits(&of.spends().iter().map(|spend| want.model.log_likelihood(spend)).collect::<Vec<_>>()));
        let sum: f64 = each.iter().sum();
        assert!((sum / want.log_likelihood - 1.0).abs() < 1e-12, "{sum} is not {}", want.log_likelihood);
        for (paid, mean) in [(0, 0.0), (1, 0.01), (7, 31.5)] {
            said(spending, eng_model_spend_log_likelihood(spending, paid, mean, v));
            let spend = Spend::new(paid as u32, mean).unwrap();
            assert_eq!(v.read().to_bits(), want.model.log_likelihood(&spend).to_bits());
        }
        // What is no number, no customer or no such model.
        v.write(9.0);
        let buying = loaded(r#"{"model":"nbd","r":0.385,"alpha":12.072}"#);
        let (contracts, empty) = (loaded(SBG), new_model());
        let refused = [
            eng_model_log_likelihood(buying, -1, 0.0, 1.0, v),
            eng_model_log_likelihood(buying, 1, 2.0, 1.0, v),
            eng_model_log_likelihood(buying, 1, f64::NAN, 1.0, v),
            eng_model_log_likelihood(buying, 1, 1.0, 1.0, null_mut()),
            eng_model_log_likelihood(spending, 1, 1.0, 1.0, v),
            eng_model_spend_log_likelihood(spending, -1, 1.0, v),
            eng_model_spend_log_likelihood(spending, 1, f64::NAN, v),
            eng_model_spend_log_likelihood(spending, 1, 1.0, null_mut()),
            eng_model_spend_log_likelihood(buying, 1, 1.0, v),
            eng_model_log_likelihood_column(contracts, purchases, 0, 1, v),
            eng_model_log_likelihood_column(buying, purchases, -1, 1, v),
            eng_model_log_likelihood_column(buying, purchases, 0, of.len() as i64 + 1, v),
            eng_model_log_likelihood_column(buying, purchases, 0, 1, null_mut()),
        ];
        assert_eq!(refused, [ENG_INVALID_ARGUMENT; 13]);
        let missing = [
            eng_model_log_likelihood(empty, 0, 0.0, 1.0, v),
            eng_model_spend_log_likelihood(empty, 0, 0.0, v),
            eng_model_log_likelihood_column(empty, purchases, 0, 1, v),
        ];
        assert_eq!(missing, [ENG_MISSING_FIELD; 3]);
        assert_eq!(value, 9.0, "outputs of failed calls");
        for model in [spending, buying, contracts, empty] {
            assert_eq!(eng_model_free(model), ENG_OK);
        }
        assert_eq!((eng_purchases_free(purchases), eng_ledger_free(ledger)), (ENG_OK, ENG_OK));
    }
}

#[test]
fn likelihoods_of_contracts_and_opportunities_are_those_of_the_core() {
    let constant = ShiftedBetaGeometric::new(0.668, 3.806).unwrap();
    let changing = BetaDiscreteWeibull::new(0.668, 3.806, 1.4).unwrap();
    let models: [(&str, &dyn RenewalModel); 2] = [(SBG, &constant), (BDW, &changing)];
    let (renewed, active) = ([0i64, 0, 7, 7, 4_294_967_295], [0 as c_char, 1, 0, -3, 1]);
    let (mut value, mut column) = (f64::NAN, [f64::NAN; 6]);
    let (v, to, k, a) = (&raw mut value, column.as_mut_ptr(), renewed.as_ptr(), active.as_ptr());
    unsafe {
        for (json, want) in models {
            let model = loaded(json);
            said(model, eng_model_contract_log_likelihood_column(model, 5, k, a, to));
            for (row, (&renewals, &active)) in renewed.iter().zip(&active).enumerate() {
                let wanted = want.log_likelihood(&Contract { renewals: renewals as u32, active: active != 0 }).to_bits();
                said(model, eng_model_contract_log_likelihood(model, renewals, i32::from(active != 0), v));
                assert_eq!((v.read().to_bits(), to.add(row).read().to_bits()), (wanted, wanted), "{json} {renewals} {active}");
            }
            assert!(to.add(5).read().is_nan(), "no more than the rows");
            assert_eq!(eng_model_contract_log_likelihood_column(model, 0, null(), null(), null_mut()), ENG_OK);
            assert_eq!(eng_model_free(model), ENG_OK);
        }
        let (model, want) = (loaded(BG_BB), BgBb::new(1.204, 0.75, 0.657, 2.783).unwrap());
        let (x, t_x, n) = ([0i64, 1, 4, 4, 0], [0i64, 6, 5, 5, 0], [6i64, 6, 6, 6, 0]);
        said(model, eng_model_opportunity_log_likelihood_column(model, 5, x.as_ptr(), t_x.as_ptr(), n.as_ptr(), to));
        for row in 0..5 {
            let donor = OpportunityHistory::new(x[row] as u32, t_x[row] as u32, n[row] as u32).unwrap();
            said(model, eng_model_opportunity_log_likelihood(model, x[row], t_x[row], n[row], v));
            let wanted = want.log_likelihood(&donor).to_bits();
            assert_eq!((v.read().to_bits(), to.add(row).read().to_bits()), (wanted, wanted), "{donor:?}");
        }

        (value, column) = (9.0, [9.0; 6]);
        let contracts = loaded(SBG);
        let x = x.as_ptr();
        let refused = [
            eng_model_contract_log_likelihood(contracts, -1, 0, v),
            eng_model_contract_log_likelihood(contracts, 0, 2, v),
            eng_model_contract_log_likelihood(contracts, 0, 1, null_mut()),
            eng_model_contract_log_likelihood(model, 0, 1, v),
            eng_model_contract_log_likelihood_column(contracts, 2, [0i64, -1].as_ptr(), a, to),
            eng_model_contract_log_likelihood_column(contracts, -1, k, a, to),
            eng_model_contract_log_likelihood_column(contracts, 2, k, null(), to),
            eng_model_contract_log_likelihood_column(contracts, 2, k, a, null_mut()),
            eng_model_opportunity_log_likelihood(model, 2, 1, 6, v),
            eng_model_opportunity_log_likelihood(model, 1, 1, 10_001, v),
            eng_model_opportunity_log_likelihood(contracts, 1, 1, 1, v),
            eng_model_opportunity_log_likelihood_column(model, 2, x, null(), x, to),
            eng_model_opportunity_log_likelihood_column(model, 1 << 32, x, x, x, to),
        ];
        assert_eq!(refused, [ENG_INVALID_ARGUMENT; 13]);
        assert_eq!((value, column), (9.0, [9.0; 6]), "outputs of failed calls");
        assert_eq!((eng_model_free(model), eng_model_free(contracts)), (ENG_OK, ENG_OK));
    }
}

/// Confidence intervals of predictions, and prediction intervals, of every customer.
#[test]
fn intervals_of_predictions_are_those_of_the_core() {
    let (core, ledger) = cdnow();
    let (of, purchases) = summary(&core, ledger);
    let (model, rows) = (new_model(), of.len());
    assert_eq!(fit(model, "mbg-nbd", purchases), ENG_OK);
    let want = MbgNbd::fit(&of, &FitOptions::default()).unwrap();
    let of_core =
        |scale, prediction: Prediction| ends(&want.intervals_of(0.9, scale, |model| prediction.of_all(model, &of, 1)).unwrap());
    unsafe {
        let got = ends_in_parts(model, rows, |from, count, low, high| {
            eng_model_probability_alive_interval_column(model, purchases, 0.0, 0.9, from, count, low, high)
        });
        assert_eq!(got, of_core(Scale::Logit, Prediction::ProbabilityAlive { later: 0.0 }));
        let got = ends_in_parts(model, rows, |from, count, low, high| {
            eng_model_expected_purchases_interval_column(model, purchases, WEEKS, 0.9, from, count, low, high)
        });
        assert_eq!(got, of_core(Scale::Log, Prediction::ExpectedPurchases { t: WEEKS }));
        let got = ends_in_parts(model, rows, |from, count, low, high| {
            eng_model_probability_of_purchases_interval_column(model, purchases, 2, WEEKS, 0.9, from, count, low, high)
        });
        assert_eq!(got, of_core(Scale::Logit, Prediction::ProbabilityOfPurchases { n: 2, t: WEEKS }));
        let ever = f64::INFINITY;
        let got = ends_in_parts(model, rows, |from, count, low, high| {
            eng_model_discounted_purchases_interval_column(model, purchases, ever, DELTA, 0.9, from, count, low, high)
        });
        assert_eq!(got, of_core(Scale::Log, Prediction::DiscountedPurchases { t: ever, delta: DELTA }));

        // Of all at once, where columns run on several threads.
        let (mut low, mut high) = (vec![f64::NAN; rows], vec![f64::NAN; rows]);
        let (l, h) = (low.as_mut_ptr(), high.as_mut_ptr());
        let all = rows as i64;
        said(model, eng_model_expected_purchases_interval_column(model, purchases, WEEKS, 0.9, 0, all, l, h));
        assert_eq!((bits(&low), bits(&high)), of_core(Scale::Log, Prediction::ExpectedPurchases { t: WEEKS }));

        for (from, count) in [(0i64, rows), (5, 300)] {
            let (mut low, mut high) = (vec![-9i64; count], vec![-9i64; count]);
            let (l, h) = (low.as_mut_ptr(), high.as_mut_ptr());
            let rows = count as i64;
            said(model, eng_model_prediction_interval_column(model, purchases, WEEKS, 0.9, from, rows, l, h));
            for (row, (&low, &high)) in low.iter().zip(&high).enumerate() {
                let customer = of.history(from as usize + row);
                assert_eq!((low as u64, high as u64), want.model.prediction_interval(&customer, WEEKS, 0.9).unwrap());
            }
        }

        // Of spend: how well the mean is known, and where a customer's own may lie.
        let (spending, spends) = (new_model(), GammaGamma::fit(&of, &FitOptions::default()).unwrap());
        assert_eq!(fit(spending, "gamma-gamma", purchases), ENG_OK);
        let got = ends_in_parts(spending, rows, |from, count, low, high| {
            eng_model_expected_value_interval_column(spending, purchases, 0.9, from, count, low, high)
        });
        let each = |model: &GammaGamma| of.spends().iter().map(|spend| model.expected_value(spend)).collect();
        assert_eq!(got, ends(&spends.intervals_of(0.9, Scale::Log, each).unwrap()));
        let got = ends_in_parts(spending, rows, |from, count, low, high| {
            eng_model_value_interval_column(spending, purchases, 0.9, from, count, low, high)
        });
        let own: Vec<Interval> = of.spends().iter().map(|spend| spends.model.value_interval(spend, 0.9).unwrap()).collect();
        assert_eq!(got, ends(&own));
        let (mut low, mut high) = (f64::NAN, f64::NAN);
        said(spending, eng_model_value_interval(spending, 7, 31.5, 0.9, &raw mut low, &raw mut high));
        let wanted = spends.model.value_interval(&Spend::new(7, 31.5).unwrap(), 0.9).unwrap();
        assert_eq!((low.to_bits(), high.to_bits()), (wanted.low.to_bits(), wanted.high.to_bits()));

        let (mut customers, mut pearson, mut spearman, mut present) = (9i64, 9.0, 9.0, 9);
        let to = (&raw mut customers, &raw mut pearson, &raw mut spearman, &raw mut present);
        assert_eq!(eng_purchases_independence(purchases, to.0, to.1, to.2, to.3), ENG_OK);
        let known = GammaGamma::independence(&of);
        assert_eq!(
            (customers as u64, Some(pearson), Some(spearman), present),
            (known.customers, known.pearson, known.spearman, 3)
        );
        // Equal spend has no correlation with anything.
        let even = new_purchases();
        let (x, t) = ([1i64, 2], [1.0f64, 2.0]);
        assert_eq!(
            eng_purchases_from_columns(even, 2, x.as_ptr(), t.as_ptr(), t.as_ptr(), [5.0; 2].as_ptr(), null(), null()),
            ENG_OK
        );
        assert_eq!(eng_purchases_independence(even, to.0, to.1, to.2, to.3), ENG_OK);
        assert_eq!((customers, pearson, spearman, present), (2, 0.0, 0.0, 0));
        for model in [model, spending] {
            assert_eq!(eng_model_free(model), ENG_OK);
        }
        for purchases in [purchases, even] {
            assert_eq!(eng_purchases_free(purchases), ENG_OK);
        }
        assert_eq!(eng_ledger_free(ledger), ENG_OK);
    }
}

#[test]
fn intervals_that_cannot_be() {
    let (frequency, recency, age) = ([0i64, 2, 1, 4], [0.0, 9.0, 2.0, 30.0], [20.0, 10.0, 31.0, 31.0]);
    let value = [f64::NAN, 20.0, 10.0, 14.0];
    let purchases = new_purchases();
    let (mut doubles, mut longs) = ([9.0; 8], [9i64; 8]);
    let (d, l) = (doubles.as_mut_ptr(), longs.as_mut_ptr());
    unsafe {
        let (x, t_x, t, m) = (frequency.as_ptr(), recency.as_ptr(), age.as_ptr(), value.as_ptr());
        assert_eq!(
            eng_purchases_from_columns(purchases, 4, x, t_x, t, m, null(), null()),
            ENG_OK,
            "{}",
            purchases_error(purchases)
        );
        let intervals = |model, purchases, level, (from, count), low: *mut f64| {
            [
                eng_model_probability_alive_interval_column(model, purchases, 0.0, level, from, count, low, d),
                eng_model_expected_purchases_interval_column(model, purchases, 5.0, level, from, count, low, d),
                eng_model_probability_of_purchases_interval_column(model, purchases, 1, 5.0, level, from, count, low, d),
                eng_model_discounted_purchases_interval_column(model, purchases, 5.0, DELTA, level, from, count, low, d),
                eng_model_expected_value_interval_column(model, purchases, level, from, count, low, d),
            ]
        };
        let (buying, spending) = (
            loaded(r#"{"model":"nbd","r":0.385,"alpha":12.072}"#),
            loaded(r#"{"model":"gamma-gamma","p":6.25,"q":3.74,"v":15.44}"#),
        );
        let (empty, unfilled) = (new_model(), new_purchases());
        for model in [buying, spending, empty] {
            assert_eq!(intervals(model, purchases, 0.9, (0, 4), d), [ENG_MISSING_FIELD; 5], "not fitted here");
        }
        assert_eq!(model_error(buying), "the model was not fitted here");
        assert_eq!(fit(buying, "nbd", purchases), ENG_OK, "{}", model_error(buying));
        let some = intervals(buying, purchases, 0.9, (0, 4), d);
        assert_eq!(some, [ENG_OK, ENG_OK, ENG_OK, ENG_OK, ENG_INVALID_ARGUMENT]);
        assert_eq!(model_error(buying), "nbd is a model of purchases, not of spend");
        // Who never stops buying is alive.
        said(buying, eng_model_probability_alive_interval_column(buying, purchases, 0.0, 0.9, 0, 4, d, d.add(4)));
        assert_eq!(doubles, [1.0; 8]);
        doubles = [9.0; 8];
        for level in [0.0, 1.0, -1.0, f64::NAN] {
            assert_eq!(intervals(buying, purchases, level, (0, 4), d), [ENG_INVALID_ARGUMENT; 5], "{level}");
            let others = [
                eng_model_prediction_interval_column(buying, purchases, 5.0, level, 0, 4, l, l),
                eng_model_value_interval_column(spending, purchases, level, 0, 4, d, d),
                eng_model_value_interval(spending, 1, 5.0, level, d, d),
            ];
            assert_eq!(others, [ENG_INVALID_ARGUMENT; 3], "{level}");
        }
        for part in [(-1, 1), (0, 5), (4, 1), (0, -1), (i64::MAX, i64::MAX)] {
            assert_eq!(intervals(buying, purchases, 0.9, part, d), [ENG_INVALID_ARGUMENT; 5], "{part:?}");
        }
        assert_eq!(intervals(buying, purchases, 0.9, (0, 4), null_mut()), [ENG_INVALID_ARGUMENT; 5]);
        assert_eq!(intervals(buying, unfilled, 0.9, (0, 0), d), [ENG_MISSING_FIELD; 5]);
        assert_eq!(intervals(buying, null_mut(), 0.9, (0, 0), d), [ENG_INVALID_HANDLE; 5]);
        let refused = [
            eng_model_probability_of_purchases_interval_column(buying, purchases, -1, 5.0, 0.9, 0, 4, d, d),
            eng_model_expected_purchases_interval_column(buying, purchases, f64::NAN, 0.9, 0, 4, d, d),
            eng_model_discounted_purchases_interval_column(buying, purchases, 5.0, f64::NAN, 0.9, 0, 4, d, d),
            eng_model_prediction_interval_column(buying, purchases, -5.0, 0.9, 0, 4, l, l),
            eng_model_prediction_interval_column(spending, purchases, 5.0, 0.9, 0, 4, l, l),
            eng_model_prediction_interval_column(buying, purchases, 5.0, 0.9, 0, 4, null_mut(), l),
            eng_model_prediction_interval_column(buying, purchases, 5.0, 0.9, 0, 4, l, null_mut()),
            eng_model_value_interval_column(buying, purchases, 0.9, 0, 4, d, d),
            eng_model_value_interval(spending, 1, f64::INFINITY, 0.9, d, d),
            eng_model_value_interval(spending, -1, 5.0, 0.9, d, d),
            eng_model_value_interval(buying, 1, 5.0, 0.9, d, d),
            eng_purchases_independence(purchases, null_mut(), d, d, l.cast()),
        ];
        assert_eq!(refused, [ENG_INVALID_ARGUMENT; 12]);
        assert_eq!(eng_purchases_independence(unfilled, l, d, d, l.cast()), ENG_MISSING_FIELD);
        assert_eq!((doubles, longs), ([9.0; 8], [9; 8]), "outputs of failed calls");
        for model in [buying, spending, empty] {
            assert_eq!(eng_model_free(model), ENG_OK);
        }
        assert_eq!((eng_purchases_free(purchases), eng_purchases_free(unfilled)), (ENG_OK, ENG_OK));
    }
}

#[test]
fn drawn_contracts_and_opportunities_are_those_of_the_core() {
    let constant = ShiftedBetaGeometric::new(0.668, 3.806).unwrap();
    let changing = BetaDiscreteWeibull::new(0.668, 3.806, 1.4).unwrap();
    let models: [(&str, &dyn RenewalModel); 2] = [(SBG, &constant), (BDW, &changing)];
    let (mut first, mut second, mut active) = (vec![-9i64; 501], vec![-9i64; 501], vec![9 as c_char; 501]);
    let (f, s, a) = (first.as_mut_ptr(), second.as_mut_ptr(), active.as_mut_ptr());
    unsafe {
        for (json, want) in models {
            for (occasions, seed) in [(7u32, 4i64), (0, 1), (u32::MAX, -1)] {
                let model = loaded(json);
                said(model, eng_model_simulate_contracts(model, 500, occasions.into(), seed, f, a));
                let drawn = simulate::contracts(want, 500, occasions, seed.cast_unsigned()).unwrap();
                for (row, contract) in drawn.iter().enumerate() {
                    let got = (f.add(row).read(), a.add(row).read());
                    assert_eq!(got, (contract.renewals.into(), contract.active.into()), "{json} {row}");
                }
                assert_eq!(eng_model_free(model), ENG_OK);
            }
        }
        let (model, contracts) = (loaded(BG_BB), loaded(SBG));
        said(model, eng_model_simulate_opportunities(model, 500, 6, 4, f, s));
        let drawn = simulate::opportunities(&BgBb::new(1.204, 0.75, 0.657, 2.783).unwrap(), 500, 6, 4).unwrap();
        for (row, donor) in drawn.iter().enumerate() {
            assert_eq!((f.add(row).read(), s.add(row).read()), (donor.frequency().into(), donor.recency().into()), "{row}");
        }
        assert_eq!((f.add(500).read(), s.add(500).read(), a.add(500).read()), (-9, -9, 9), "no more than the rows");
        assert_eq!(eng_model_simulate_opportunities(model, 0, 6, 4, null_mut(), null_mut()), ENG_OK);

        // What was drawn can be fitted to.
        let fitted = new_model();
        said(fitted, eng_model_fit_opportunities(fitted, 500, f, s, [6i64; 500].as_ptr(), null()));
        let before = json_of(fitted);
        f.write(9);
        s.write(9);
        a.write(9);
        let refused = [
            eng_model_simulate_contracts(contracts, -1, 7, 1, f, a),
            eng_model_simulate_contracts(contracts, 1 << 32, 7, 1, f, a),
            eng_model_simulate_contracts(contracts, 1, -1, 1, f, a),
            eng_model_simulate_contracts(contracts, 1, 1 << 32, 1, f, a),
            eng_model_simulate_contracts(contracts, 1, 7, 1, null_mut(), a),
            eng_model_simulate_contracts(contracts, 1, 7, 1, f, null_mut()),
            eng_model_simulate_contracts(model, 1, 7, 1, f, a),
            eng_model_simulate_opportunities(model, -1, 6, 1, f, s),
            eng_model_simulate_opportunities(model, 1, 10_001, 1, f, s),
            eng_model_simulate_opportunities(model, 1, -1, 1, f, s),
            eng_model_simulate_opportunities(model, 1, 6, 1, null_mut(), s),
            eng_model_simulate_opportunities(model, 1, 6, 1, f, null_mut()),
            eng_model_simulate_opportunities(contracts, 1, 6, 1, f, s),
        ];
        assert_eq!(refused, [ENG_INVALID_ARGUMENT; 13]);
        assert_eq!((f.read(), s.read(), a.read()), (9, 9, 9), "outputs of failed calls");
        assert_eq!(json_of(fitted), before);
        for model in [model, contracts, fitted] {
            assert_eq!(eng_model_free(model), ENG_OK);
        }
    }
}

/// Refits through C and in the core: how many, the intervals of the parameters, and each of the models.
fn same_refits<M: Estimated>(model: eng_model, purchases: eng_purchases, want: &Bootstrap<M>) {
    let (mut some, mut none) = (9i64, 9i64);
    unsafe {
        said(model, eng_model_bootstrap(model, purchases, 40, 3, &raw mut some, &raw mut none));
        assert_eq!((some as usize, none), (want.refits().len(), i64::from(want.failed())));
        for (parameter, interval) in want.confidence_intervals(0.9).unwrap().iter().enumerate() {
            let (mut low, mut high) = (9.0, 9.0);
            said(model, eng_model_bootstrap_interval(model, parameter as i64, 0.9, &raw mut low, &raw mut high));
            assert_eq!(bits(&[low, high]), bits(&[interval.low, interval.high]));
        }
        let one = new_model();
        for (number, refit) in want.refits().iter().enumerate() {
            said(one, eng_model_from_refit(one, model, number as i64));
            let values: Vec<f64> = (0..refit.estimates().len() as i64)
                .map(|parameter| {
                    let (mut value, mut error, mut present) = (9.0, 9.0, 9);
                    let to = (&raw mut value, &raw mut error, &raw mut present);
                    assert_eq!(eng_model_parameter(one, parameter, to.0, to.1, to.2), ENG_OK);
                    assert_eq!((error, present), (0.0, 0), "a refit is no fit");
                    value
                })
                .collect();
            assert_eq!(bits(&values), bits(&refit.estimates()), "{number}");
        }
        let before = json_of(one);
        for number in [-1, some, i64::MAX, i64::MIN] {
            assert_eq!(eng_model_from_refit(one, model, number), ENG_INVALID_ARGUMENT, "{number}");
        }
        assert_eq!(eng_model_from_refit(one, one, 0), ENG_MISSING_FIELD, "not fitted here");
        assert_eq!(eng_model_from_refit(one, null_mut(), 0), ENG_INVALID_HANDLE);
        assert_eq!(json_of(one), before);
        // A handle may take one of its own.
        let last = json_of(one);
        said(model, eng_model_from_refit(model, model, some - 1));
        assert_eq!(json_of(model), last);
        assert_eq!(eng_model_from_refit(model, model, 0), ENG_MISSING_FIELD, "its fit is gone");
        assert_eq!(eng_model_free(one), ENG_OK);
    }
}

fn again_and_again<M: Estimated, D>(
    fit: &Fit<M>,
    draw: impl Fn(&M, u64) -> engagement_core::Result<D> + Sync,
    refit: impl Fn(&D) -> engagement_core::Result<Fit<M>> + Sync,
) -> Bootstrap<M> {
    bootstrap(fit, 40, 3, 1, draw, refit).unwrap()
}

#[test]
fn refits_of_contracts_and_opportunities_are_those_of_the_core() {
    let (model, options) = (new_model(), FitOptions::default());
    let cohort = Renewals::from_cohort(&HIGH_END.map(i64::cast_unsigned)).unwrap();
    let fit_cohort = |name: &str, lengths: &[i64], numbers: &[i64]| unsafe {
        let (text, len) = (name.as_ptr().cast(), name.len() as i64);
        eng_model_fit_cohorts(model, text, len, lengths.len() as i64, lengths.as_ptr(), numbers.as_ptr())
    };
    let boot = |purchases| unsafe {
        let (mut some, mut none) = (9i64, 9i64);
        let status = eng_model_bootstrap(model, purchases, 40, 3, &raw mut some, &raw mut none);
        assert_eq!((some, none), (9, 9), "outputs of failed calls");
        status
    };
    unsafe {
        said(model, fit_cohort("shifted-beta-geometric", &[8], &HIGH_END));
        assert_eq!(eng_model_from_refit(model, model, 0), ENG_MISSING_FIELD, "before a bootstrap");
        assert_eq!(model_error(model), "the model has no refits: bootstrap it");
        let purchases = new_purchases();
        assert_eq!(boot(purchases), ENG_INVALID_ARGUMENT);
        assert_eq!(model_error(model), "shifted-beta-geometric is a model of contracts, not of purchases or spend");
        let fit = ShiftedBetaGeometric::fit(&cohort, &options).unwrap();
        let draw = |model: &ShiftedBetaGeometric, seed| again::renewals(model, &cohort, seed);
        same_refits(model, null_mut(), &again_and_again(&fit, draw, |drawn| ShiftedBetaGeometric::fit(drawn, &options)));

        said(model, fit_cohort("beta-discrete-weibull", &[8], &HIGH_END));
        let fit = BetaDiscreteWeibull::fit(&cohort, &options).unwrap();
        let draw = |model: &BetaDiscreteWeibull, seed| again::renewals(model, &cohort, seed);
        same_refits(model, null_mut(), &again_and_again(&fit, draw, |drawn| BetaDiscreteWeibull::fit(drawn, &options)));

        // Nothing tells for how long those lost would have been watched.
        let both: Vec<i64> = HIGH_END.iter().chain(&[1000, 631, 468]).copied().collect();
        said(model, fit_cohort("shifted-beta-geometric", &[8, 3], &both));
        assert_eq!(boot(null_mut()), ENG_INVALID_ARGUMENT);
        assert!(model_error(model).contains("did not begin together"), "{}", model_error(model));

        let (x, t_x, n, customers) = ([6i64, 4, 1, 0], [6i64, 5, 2, 0], [6i64; 4], [120i64, 130, 150, 350]);
        let data = Opportunities::from_columns(&[6, 4, 1, 0], &[6, 5, 2, 0], &[6; 4], Some(&[120, 130, 150, 350])).unwrap();
        said(model, eng_model_fit_opportunities(model, 4, x.as_ptr(), t_x.as_ptr(), n.as_ptr(), customers.as_ptr()));
        assert_eq!(boot(purchases), ENG_INVALID_ARGUMENT);
        let fit = BgBb::fit(&data, &options).unwrap();
        let draw = |model: &BgBb, seed| again::opportunities(model, &data, seed);
        same_refits(model, null_mut(), &again_and_again(&fit, draw, |drawn| BgBb::fit(drawn, &options)));

        // The same of purchases, which are in their handle.
        let core = simulate::purchases(
            &MbgNbd::new(0.525, 6.183, 0.891, 1.614).unwrap(),
            &[39.0; 400],
            None,
            engagement_core::TimeUnit::Week,
            7,
            1,
        )
        .unwrap();
        let buying = loaded(r#"{"model":"mbg-nbd","r":0.525,"alpha":6.183,"a":0.891,"b":1.614}"#);
        assert_eq!(eng_purchases_simulate(purchases, buying, null_mut(), 400, [39.0; 400].as_ptr(), 7), ENG_OK);
        assert_eq!(common::cdnow::fit(model, "nbd", purchases), ENG_OK);
        assert_eq!(boot(null_mut()), ENG_INVALID_HANDLE);
        let fit = ModelKind::Nbd.fit(&core, &options).unwrap();
        let draw = |model: &Model, seed| again::purchases(&**model, &core, seed);
        same_refits(model, purchases, &again_and_again(&fit, draw, |drawn| ModelKind::Nbd.fit(drawn, &options)));
        assert_eq!((eng_model_free(model), eng_model_free(buying), eng_purchases_free(purchases)), (ENG_OK, ENG_OK, ENG_OK));
    }
}
