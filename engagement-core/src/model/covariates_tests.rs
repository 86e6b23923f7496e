use super::*;
use crate::ledger::Values;
use crate::math::Random;
use crate::model::{FitOptions, PurchaseModel, likelihood_ratio_test};
use crate::purchases::PurchaseColumns;

/// Customers of whom half are online and spend e^.3 as much; a second covariate that does nothing.
fn customers(unit: f64) -> (Purchases, Covariates) {
    let truth = WithCovariates::new(GammaGamma::new(6.25, 3.74, 15.44).unwrap(), &["online", "age"], vec![0.3, 0.0]).unwrap();
    let mut random = Random::new(2, 0);
    let (mut frequency, mut value, mut known) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..3_000 {
        let covariates = [f64::from(row % 2), 20.0 + random.below(50) as f64];
        let count = random.below(4) as u32;
        let spent: f64 = truth.of(&covariates).unwrap().simulate(&mut random, count).iter().sum();
        frequency.push(count);
        value.push(if count == 0 { 0.0 } else { spent / f64::from(count) });
        known.extend([covariates[0], covariates[1] * unit]);
    }
    let times: Vec<f64> = frequency.iter().map(|&count| f64::from(count)).collect();
    let ages = vec![10.0; times.len()];
    let columns = PurchaseColumns::new(&frequency, &times, &ages).value(Values::new(&value)).paid(&frequency);
    (Purchases::from_columns(&columns).unwrap(), Covariates::new(&["online", "age"], known).unwrap())
}

/// The coefficients are found within four standard errors; the one that does something is seen by the likelihood ratio.
#[test]
fn coefficients_are_recovered() {
    let (purchases, covariates) = customers(1.0);
    let options = FitOptions::default();
    let fit = WithCovariates::<GammaGamma>::fit(&purchases, &covariates, &options).unwrap();
    assert_eq!(fit.model.names(), ["p", "q", "v", "v: online", "v: age"]);
    let errors = fit.standard_errors().unwrap();
    for ((got, want), error) in fit.model.estimates().into_iter().zip([6.25, 3.74, 15.44, 0.3, 0.0]).zip(&errors) {
        assert!((got - want).abs() < 4.0 * error, "{got} {want} {error}");
    }
    assert!(errors[3] < 0.05 && fit.convergence.gradient_norm < 1e-9, "{fit:?}");
    let plain = GammaGamma::fit(&purchases, &options).unwrap();
    let test = likelihood_ratio_test(&plain, &fit).unwrap();
    assert!(test.degrees_of_freedom == 2 && test.p_value < 1e-6, "{test:?}");
    assert!(likelihood_ratio_test(&fit, &plain).is_err());
    let interval = fit.confidence_intervals(0.95).unwrap()[4];
    assert!(interval.low < 0.0 && interval.high > 0.0, "{interval:?}");
}

/// In other units a coefficient changes by the unit and nothing else does.
#[test]
fn units_do_not_matter() {
    let fit = |unit: f64| {
        let (purchases, covariates) = customers(unit);
        WithCovariates::<GammaGamma>::fit(&purchases, &covariates, &FitOptions::default()).unwrap()
    };
    let (one, thousand) = (fit(1.0), fit(1e6));
    assert!((one.log_likelihood - thousand.log_likelihood).abs() < 1e-7);
    let (a, b) = (one.model.coefficient("v", "age").unwrap(), thousand.model.coefficient("v", "age").unwrap());
    assert!((a - b * 1e6).abs() < 1e-6 * a.abs(), "{a} {b}");
    let (a, b) = (one.standard_errors().unwrap()[4], thousand.standard_errors().unwrap()[4]);
    assert!((a - b * 1e6).abs() < 1e-5 * a, "{a} {b}");
    assert_eq!(one.model.coefficient("v", "height"), None);
}

/// The gradient over groups of equal covariates, small and large, is a central difference.
#[test]
fn gradient_is_a_central_difference() {
    let (purchases, covariates) = customers(0.01);
    let spends = purchases.spends().into_iter().enumerate().filter(|(_, spend)| spend.count() > 0);
    let groups = Groups::new(spends.map(|(row, spend)| (row, Paid::of(&spend), spend.count())).collect(), &covariates);
    let model = WithCovariates::new(GammaGamma::new(5.0, 3.0, 17.0).unwrap(), &["online", "age"], vec![0.1, -0.2]).unwrap();
    let mut gradient = [0.0; 5];
    let value = groups.log_likelihood(&model, 1, &mut gradient);
    let mut again = [0.0; 5];
    assert_eq!((value, gradient), (groups.log_likelihood(&model, 2, &mut again), again));
    for (index, slope) in gradient.into_iter().enumerate() {
        let at = |h: f64| {
            let mut moved = model.estimates();
            moved[index] = if index < 3 { moved[index] * exp(h) } else { moved[index] + h };
            groups.log_likelihood(&model.with_estimates(&moved).unwrap(), 1, &mut [0.0; 5])
        };
        let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!((slope - difference).abs() <= 1e-6 * slope.abs().max(1.0), "{index}: {slope} {difference}");
    }
}

/// A heavy penalty holds the coefficients at 0.
#[test]
fn penalty_shrinks_coefficients() {
    let (purchases, covariates) = customers(1.0);
    let fit = |penalty| {
        let options = FitOptions::default().coefficient_penalty(penalty);
        WithCovariates::<GammaGamma>::fit(&purchases, &covariates, &options).unwrap().model.coefficient("v", "online").unwrap()
    };
    let (none, some, much) = (fit(0.0), fit(0.1), fit(1e4));
    assert!(none > some && some > much && much > 0.0 && much < 1e-3, "{none} {some} {much}");
}

#[test]
fn mismatches_are_named() {
    let (purchases, _) = customers(1.0);
    let covariates = Covariates::new(&["a"], vec![1.0, 2.0]).unwrap();
    let error = WithCovariates::<GammaGamma>::fit(&purchases, &covariates, &FitOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "covariates: 2 rows, but there are 3000 customers");
    let base = GammaGamma::new(1.0, 2.0, 3.0).unwrap();
    let message = |names: &[&str], coefficients| WithCovariates::new(base, names, coefficients).unwrap_err().to_string();
    assert_eq!(message(&["a", "a"], vec![0.0; 2]), "names: a is there twice");
    assert_eq!(message(&["a"], vec![0.0; 2]), "coefficients: 2 given, but gamma-gamma has 1");
    assert_eq!(message(&["a"], vec![f64::INFINITY]), "v: a: inf is not a finite number");
    let model = WithCovariates::new(base, &["a"], vec![1.0]).unwrap();
    assert_eq!(model.of(&[1e4]).unwrap_err().to_string(), "v: inf is not a positive finite number");
    assert_eq!(model.of(&[]).unwrap_err().to_string(), "covariates: 0 given, but the model has 1");
}

/// Customers with a covariate of whom half buy e^.5 times as fast, by each model of purchase times.
#[test]
fn purchase_times_depend_on_covariates() {
    fn check<M: Covariate + PurchaseModel>(base: M, fit: impl Fn(&Purchases) -> Result<Fit<M>>) {
        let coefficients = vec![0.0; M::SCALED.len() - 1];
        let truth = WithCovariates::new(base, &["online"], [vec![0.5], coefficients].concat()).unwrap();
        let (mut frequency, mut recency, mut age, mut known) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut times = Vec::new();
        for row in 0..2_000_u64 {
            let (online, observed) = ((row % 2) as f64, 30.0 + (row % 12) as f64);
            truth.of(&[online]).unwrap().simulate(&mut Random::new(5, row), observed, &mut times);
            frequency.push(times.len() as u32);
            recency.push(times.last().copied().unwrap_or(0.0));
            age.push(observed);
            known.push(online);
        }
        let purchases = Purchases::from_columns(&PurchaseColumns::new(&frequency, &recency, &age)).unwrap();
        let covariates = Covariates::new(&["online"], known).unwrap();
        let larger = WithCovariates::<M>::fit(&purchases, &covariates, &FitOptions::default()).unwrap();
        assert!(larger.convergence.gradient_norm < 1e-9, "{larger:?}");
        if let Some(errors) = larger.standard_errors() {
            for ((got, want), error) in larger.model.estimates().into_iter().zip(truth.estimates()).zip(errors) {
                assert!((got - want).abs() < 4.0 * error, "{got} {want} {error}: {larger:?}");
            }
        }
        let test = likelihood_ratio_test(&fit(&purchases).unwrap(), &larger).unwrap();
        assert!(test.degrees_of_freedom == M::SCALED.len() as u32 && test.p_value < 1e-5, "{test:?}");
    }
    check(MbgNbd::new(0.525, 6.183, 0.891, 1.614).unwrap(), |data| MbgNbd::fit(data, &FitOptions::default()));
    check(BgNbd::new(0.8, 4.414, 0.793, 2.426).unwrap(), |data| BgNbd::fit(data, &FitOptions::default()));
    check(ParetoNbd::new(0.553, 10.578, 0.606, 11.669).unwrap(), |data| ParetoNbd::fit(data, &FitOptions::default()));
}
