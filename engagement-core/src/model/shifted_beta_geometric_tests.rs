use super::*;

const HIGH_END: [u64; 13] = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394];

fn close(got: f64, want: f64, relative: f64) {
    assert!((got - want).abs() <= relative * want.abs(), "{got:e} is not {want:e}");
}

#[test]
fn gradient_is_a_central_difference() {
    for (alpha, beta) in [(0.668, 3.806), (1e-3, 50.0), (40.0, 0.02)] {
        for renewals in [0, 1, 7, 300] {
            for active in [false, true] {
                let contract = Contract { renewals, active };
                let value = |a: f64, b: f64| {
                    let model = ShiftedBetaGeometric::new(alpha * exp(a), beta * exp(b)).unwrap();
                    model.row(&model.table(400), &contract, &mut [])
                };
                let model = ShiftedBetaGeometric::new(alpha, beta).unwrap();
                let mut gradient = [0.0; 2];
                let with_table = model.row(&model.table(400), &contract, &mut gradient);
                close(with_table, model.log_likelihood(&contract), 1e-12);
                let h = 1e-5;
                let differences = [(value(h, 0.0) - value(-h, 0.0)) / (2.0 * h), (value(0.0, h) - value(0.0, -h)) / (2.0 * h)];
                for (slope, difference) in gradient.iter().zip(differences) {
                    let noise = 1e-10 * value(0.0, 0.0).abs().max(1.0);
                    assert!((slope - difference).abs() <= 1e-8 * slope.abs() + noise, "{contract:?}: {slope} {difference}");
                }
            }
        }
    }
}

/// The closed sums are the sums, on both sides of α = 1 and at it, and for a customer who has renewed before.
#[test]
fn sums_telescope() {
    for alpha in [1e-3, 0.3, 0.999_999, 1.0, 1.000_001, 1.7, 30.0] {
        for beta in [1e-3, 0.7, 12.0, 1e4] {
            let model = ShiftedBetaGeometric::new(alpha, beta).unwrap();
            for renewed in [0, 5] {
                let terms = |t: u32| (1..=t).map(|k| model.survival_after(renewed, k));
                close(model.expected_renewals(renewed, 40), terms(40).sum(), 1e-10);
                let discounted: f64 = terms(900).enumerate().map(|(k, term)| term * libm::pow(1.1, -(k as f64))).sum();
                close(model.discounted_renewals(renewed, 0.1).unwrap(), discounted, 1e-10);
            }
        }
    }
}

/// Losses and survivors make up everybody, and the retention rate is their ratio.
#[test]
fn probabilities_add_up() {
    let model = ShiftedBetaGeometric::new(0.668, 3.806).unwrap();
    let lost: f64 = (1..=60).map(|t| model.probability_of_loss(t).unwrap()).sum();
    close(lost + model.survival(60), 1.0, 1e-13);
    close(model.retention_rate(9).unwrap(), model.survival(9) / model.survival(8), 1e-13);
    assert_eq!(model.retention_rate(0).unwrap_err().to_string(), "t: 0 is not an occasion; the first one is 1");
    assert!(model.discounted_renewals(0, 0.0).is_err());
}

/// Every answer is a number in its range, whatever the parameters.
#[test]
fn extremes_stay_in_range() {
    let mut random = Random::new(7, 0);
    for _ in 0..2_000 {
        let mut draw = || exp(27.6 * random.uniform() - 13.8);
        let (alpha, beta, rate) = (draw(), draw(), draw());
        let model = ShiftedBetaGeometric::new(alpha, beta).unwrap();
        let t = random.below(1_000_000) as u32 + 1;
        let renewed = random.below(1_000_000) as u32;
        for probability in [model.survival(t), model.survival_after(renewed, t), model.retention_rate(t).unwrap()] {
            assert!((0.0..=1.0).contains(&probability), "{model:?} {t}: {probability}");
        }
        assert!((0.0..=1.0).contains(&model.probability_of_loss(t).unwrap()));
        let expected = model.expected_renewals(renewed, t);
        assert!((0.0..=f64::from(t) * (1.0 + 1e-9)).contains(&expected), "{model:?} {renewed} {t}: {expected}");
        let discounted = model.discounted_renewals(renewed, rate).unwrap();
        assert!((0.0..=(1.0 + rate) / rate * (1.0 + 1e-9)).contains(&discounted), "{model:?} {renewed} {rate}: {discounted}");
        let contract = model.simulate(&mut random, t);
        assert!(contract.renewals <= t && model.log_likelihood(&contract) <= 0.0);
    }
}

/// Simulated customers survive as the model says.
#[test]
fn simulation_survives_as_foreseen() {
    let model = ShiftedBetaGeometric::new(0.668, 3.806).unwrap();
    let mut random = Random::new(1, 0);
    let n = 40_000;
    let there = (0..n).filter(|_| model.simulate(&mut random, 12).active).count();
    let share = model.survival(12);
    let error = (share * (1.0 - share) / f64::from(n)).sqrt();
    assert!((there as f64 / f64::from(n) - share).abs() < 4.0 * error, "{there}");
}

/// A cohort that nobody leaves after the first occasion pushes α and β to 0 together.
#[test]
fn a_boundary_is_named() {
    let cohort = Renewals::from_cohort(&[1000, 600, 600, 600, 600]).unwrap();
    let fit = ShiftedBetaGeometric::fit(&cohort, &FitOptions::default()).unwrap();
    assert_eq!(fit.convergence.at_boundary, ["alpha", "beta"]);
    assert_eq!(fit.covariance, None);
    close(fit.model.alpha() / (fit.model.alpha() + fit.model.beta()), 0.4, 1e-4);
    let error = fit.confidence_intervals(0.95).unwrap_err();
    assert!(error.to_string().starts_with("alpha, beta: no interval"), "{error}");
}

/// A constant rate of loss leaves the spread between customers unbounded.
#[test]
fn no_spread_is_named() {
    let cohort = Renewals::from_cohort(&[100_000, 80_000, 64_000, 51_200, 40_960]).unwrap();
    let fit = ShiftedBetaGeometric::fit(&cohort, &FitOptions::default()).unwrap();
    assert_eq!(fit.convergence.at_boundary, ["alpha", "beta"]);
    close(fit.model.retention_rate(1).unwrap(), 0.8, 1e-6);
}

#[test]
fn few_evaluations() {
    for occasions in [5, 8, 13] {
        let fit =
            ShiftedBetaGeometric::fit(&Renewals::from_cohort(&HIGH_END[..occasions]).unwrap(), &FitOptions::default()).unwrap();
        assert!(fit.convergence.evaluations <= 40, "{:?}", fit.convergence);
    }
}
