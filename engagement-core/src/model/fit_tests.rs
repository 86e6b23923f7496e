use super::*;
use crate::math::Random;
use crate::model::gamma_gamma::Paid;
use crate::model::likelihood::Weighted;
use crate::model::maximise::Problem;
use crate::model::{GammaGamma, Prior, RenewalModel as _, Renewals, ShiftedBetaGeometric, Spend};

const HIGH_END: [u64; 8] = [1000, 869, 743, 653, 593, 551, 517, 491];

fn cohort(options: &FitOptions) -> Result<Fit<ShiftedBetaGeometric>> {
    ShiftedBetaGeometric::fit(&Renewals::from_cohort(&HIGH_END).unwrap(), options)
}

fn close(got: f64, want: f64, relative: f64) {
    assert!((got - want).abs() <= relative * want.abs(), "{got:e} is not {want:e}");
}

#[test]
fn criteria_charge_for_parameters() {
    let fit = cohort(&FitOptions::default()).unwrap();
    close(fit.aic(), 4.0 + 2.0 * 1_611.158_147_391_157_9, 1e-13);
    close(fit.bic(), 2.0 * 1000_f64.ln() + 2.0 * 1_611.158_147_391_157_9, 1e-13);
}

/// The interval of a parameter is exp(ln θ ± 1.96·se/θ), and the delta method agrees where it is asked for the parameter itself.
#[test]
fn intervals_agree() {
    let fit = cohort(&FitOptions::default()).unwrap();
    let all = fit.confidence_intervals(0.95).unwrap();
    let errors = fit.standard_errors().unwrap();
    let z = 1.959_963_984_540_054;
    close(all[0].low, 0.668_088_351_110_426_3 * (-z * errors[0] / 0.668_088_351_110_426_3).exp(), 1e-9);
    let same = fit.interval_of(0.95, Scale::Log, |model| Ok(model.alpha())).unwrap();
    close(same.low, all[0].low, 1e-9);
    close(same.high, all[0].high, 1e-9);
    // The mean rate of loss α/(α + β), its variance by hand.
    let (a, b) = (fit.model.alpha(), fit.model.beta());
    let covariance = fit.covariance.as_ref().unwrap();
    let slopes = [b / ((a + b) * (a + b)), -a / ((a + b) * (a + b))];
    let mut variance = 0.0;
    for i in 0..2 {
        for j in 0..2 {
            variance += slopes[i] * slopes[j] * covariance.get(i, j).unwrap();
        }
    }
    let mean = fit.interval_of(0.95, Scale::Identity, |model| Ok(model.alpha() / (model.alpha() + model.beta()))).unwrap();
    close(mean.high - mean.estimate, z * variance.sqrt(), 1e-7);
    close(covariance.correlation(0, 1).unwrap(), covariance.get(1, 0).unwrap() / (errors[0] * errors[1]), 1e-12);
    assert!(fit.interval_of(0.95, Scale::Logit, |_| Ok(1.5)).unwrap_err().to_string().contains("1.5 is not between 0 and 1"));
    assert!(fit.confidence_intervals(1.0).is_err());
    // A column is its numbers, to the last bit; an end of the scale is known.
    let survival = |model: &ShiftedBetaGeometric, t: u32| model.survival(t);
    let column = fit.intervals_of(0.9, Scale::Logit, |model| Ok([0, 1, 7].map(|t| survival(model, t)).to_vec())).unwrap();
    assert_eq!((column[0].low, column[0].estimate, column[0].high), (1.0, 1.0, 1.0));
    for (row, t) in [0, 1, 7].into_iter().enumerate() {
        assert_eq!(column[row], fit.interval_of(0.9, Scale::Logit, |model| Ok(survival(model, t))).unwrap());
    }
    assert!(column[2].low < column[2].estimate && column[2].high < column[1].low);
    let zero = fit.interval_of(0.9, Scale::Log, |_| Ok(0.0)).unwrap();
    assert_eq!((zero.low, zero.high), (0.0, 0.0));
    let error = |column: &dyn Fn(&ShiftedBetaGeometric) -> Vec<f64>| {
        fit.intervals_of(0.9, Scale::Logit, |model| Ok(column(model))).unwrap_err().to_string()
    };
    assert_eq!(error(&|_| vec![0.5, f64::NAN]), "row 1: f: NaN is not between 0 and 1");
    assert_eq!(error(&|_| vec![0.5, 0.5, -0.1]), "row 2: f: -0.1 is not between 0 and 1");
    let alpha = fit.model.alpha();
    let steep = |model: &ShiftedBetaGeometric| vec![if model.alpha() == alpha { 0.5 } else { f64::INFINITY }];
    assert_eq!(error(&steep), "row 0: f: 0.5 has no finite derivative by the parameters");
    assert_eq!(error(&|model| vec![0.5; if model.alpha() == alpha { 3 } else { 2 }]), "f: 2 numbers, but 3 at the estimate");
    assert!(fit.intervals_of(0.9, Scale::Logit, |_| Ok(vec![])).unwrap().is_empty());
}

/// At the maximum a posteriori the slopes of log-likelihood and log-density cancel; the reported log-likelihood is without the prior.
#[test]
fn priors_pull() {
    let free = cohort(&FitOptions::default()).unwrap();
    let prior = Prior::LogNormal { mu: 0.0, sigma: 0.05 };
    let bound = cohort(&FitOptions::default().prior("beta", prior)).unwrap();
    assert!(bound.model.beta() < free.model.beta() && bound.log_likelihood < free.log_likelihood);
    let renewals = Renewals::from_cohort(&HIGH_END).unwrap();
    let total = |a: f64, b: f64| {
        use crate::model::RenewalModel;
        let model = ShiftedBetaGeometric::new(a, b).unwrap();
        renewals.contracts().map(|(contract, n)| n as f64 * model.log_likelihood(&contract)).sum::<f64>()
    };
    let (a, b) = (bound.model.alpha(), bound.model.beta());
    close(bound.log_likelihood, total(a, b), 1e-13);
    let h = 1e-5;
    let slope = (total(a, b * exp(h)) - total(a, b * exp(-h))) / (2.0 * h) + prior.ln_density_of_ln(ln(b), false).1;
    assert!(slope.abs() < 1e-5, "{slope}");
    let error = cohort(&FitOptions::default().prior("gamma", prior)).unwrap_err();
    assert_eq!(error.to_string(), "prior: gamma is not a parameter; the parameters are alpha, beta");
    let error = cohort(&FitOptions::default().prior("beta", Prior::HalfNormal { sigma: -1.0 })).unwrap_err();
    assert_eq!(error.to_string(), "prior of beta: sigma: -1 is not a positive finite number");
}

/// A penalty bounds what the data does not: a constant rate of loss has no finite estimate without one.
#[test]
fn penalty_bounds() {
    let renewals = Renewals::from_cohort(&[100_000, 80_000, 64_000, 51_200]).unwrap();
    let free = ShiftedBetaGeometric::fit(&renewals, &FitOptions::default()).unwrap();
    assert_eq!(free.convergence.at_boundary, ["alpha", "beta"]);
    let bound = ShiftedBetaGeometric::fit(&renewals, &FitOptions::default().penalty(1e-8)).unwrap();
    assert!(bound.convergence.at_boundary.is_empty() && bound.covariance.is_some(), "{bound:?}");
    let shrunk = cohort(&FitOptions::default().penalty(0.01)).unwrap();
    assert!(shrunk.model.beta() < cohort(&FitOptions::default()).unwrap().model.beta());
    let error = cohort(&FitOptions::default().penalty(-1.0)).unwrap_err();
    assert_eq!(error.to_string(), "penalty: -1 is not a finite number of at least 0");
}

/// A fit that is not allowed enough steps is an error with the best point, not an answer.
#[test]
fn not_converging_is_an_error() {
    let error = cohort(&FitOptions::default().max_iterations(1).start(&[20.0, 0.1])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::FitFailed);
    let names: Vec<&str> = error.best_point().iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["alpha", "beta"]);
    assert!(error.best_point().iter().all(|(_, value)| value.is_finite()));
    assert!(error.to_string().contains("try another start, a prior or a small penalty"), "{error}");
    let error = cohort(&FitOptions::default().start(&[1.0, -1.0])).unwrap_err();
    assert_eq!(error.to_string(), "start: beta: -1 is not a positive finite number");
}

/// The optimum does not depend on where the search starts, within a factor of 10⁴ of it.
#[test]
fn starts_do_not_matter() {
    let usual = cohort(&FitOptions::default()).unwrap();
    for start in [[1e-3, 1e-3], [1e3, 1e3], [1e-3, 1e3], [1e3, 1e-3], [50.0, 50.0]] {
        let fit = cohort(&FitOptions::default().start(&start)).unwrap();
        close(fit.model.alpha(), usual.model.alpha(), 1e-8);
        close(fit.model.beta(), usual.model.beta(), 1e-8);
    }
}

/// The same bits on any number of threads; and where so many rows differ that the fit begins with a part of them, the same optimum
/// as without.
#[test]
fn threads_and_parts_do_not_matter() {
    let truth = GammaGamma::new(2.0, 3.0, 20.0).unwrap();
    let mut random = Random::new(4, 0);
    let spends: Vec<Spend> = (0..25_000).map(|_| Spend::new(1, truth.simulate(&mut random, 1)[0]).unwrap()).collect();
    // One purchase each tells little of p: the prior does.
    let options = FitOptions::default().prior("p", Prior::LogNormal { mu: 0.7, sigma: 0.1 });
    let fit = |options: FitOptions| GammaGamma::fit_spends(&spends, &options).unwrap();
    let one = fit(options.clone().threads(1));
    assert_eq!(one, fit(options.clone().threads(3)));
    assert!(one.convergence.evaluations < 20, "{:?}", one.convergence);
    let whole = fit(options.start(&[1.0, 2.0, 10.0]));
    for (got, want) in one.model.values().into_iter().zip(whole.model.values()) {
        close(got, want, 1e-8);
    }
}

/// A covariance with a prior and a penalty is that of differences of the gradient.
#[test]
fn priors_and_penalties_have_their_curvature() {
    let truth = GammaGamma::new(2.0, 3.0, 20.0).unwrap();
    let mut random = Random::new(6, 0);
    let spends: Vec<Spend> = (0..2_000).map(|i| Spend::new(1 + i % 4, truth.simulate(&mut random, 1)[0]).unwrap()).collect();
    let priors = [Prior::LogNormal { mu: 0.7, sigma: 0.05 }, Prior::Gamma { shape: 30.0, rate: 10.0 }];
    let options = FitOptions::default().prior("p", priors[0]).prior("q", priors[1]).penalty(1e-5);
    let (rows, weights) = (Paid::of_all(&spends), vec![1.0; spends.len()]);
    let data = Weighted { rows: &rows, weights: &weights, largest: 4 };
    let objective = |ln_values: &[f64], gradient: &mut [f64]| {
        let values: Vec<f64> = ln_values.iter().map(|&ln| exp(ln)).collect();
        data.log_likelihood(&truth.with_values(&values).unwrap(), 1, gradient)
    };
    let problem =
        Problem { template: &truth, objective: &objective, curvature: &|_| None, customers: 2_000.0, units: vec![1.0; 3] };
    let starts = [truth.values()];
    let differences = problem.maximise(&starts, None, &options).unwrap();
    let fit = data.fit(&truth, &starts, 0.0, &options).unwrap();
    for (got, want) in fit.standard_errors().unwrap().into_iter().zip(differences.standard_errors().unwrap()) {
        close(got, want, 1e-7);
    }
}
