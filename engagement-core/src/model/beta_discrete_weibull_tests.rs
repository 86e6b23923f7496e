use super::*;
use crate::model::{Parameters, ShiftedBetaGeometric};

fn close(got: f64, want: f64, relative: f64) {
    assert!((got - want).abs() <= relative * want.abs(), "{got:e} is not {want:e}");
}

#[test]
fn gradient_is_a_central_difference() {
    for values in [[0.668, 3.806, 1.0], [0.02, 5.0, 0.4], [8.0, 0.3, 2.5]] {
        let model = BetaDiscreteWeibull::new(values[0], values[1], values[2]).unwrap();
        for renewals in [0, 1, 7, 90] {
            for active in [false, true] {
                let contract = Contract { renewals, active };
                let mut gradient = [0.0; 3];
                let value = model.row(&(), &contract, &mut gradient);
                for (index, slope) in gradient.into_iter().enumerate() {
                    let h = 1e-5;
                    let at = |by: f64| {
                        let mut moved = values;
                        moved[index] *= exp(by);
                        model.with_values(&moved).unwrap().log_likelihood(&contract)
                    };
                    let difference = (at(h) - at(-h)) / (2.0 * h);
                    let noise = 1e-8 * value.abs().max(1.0);
                    assert!(
                        (slope - difference).abs() <= 1e-7 * slope.abs() + noise,
                        "{model:?} {contract:?} {index}: {slope} {difference}"
                    );
                }
            }
        }
    }
}

/// With c = 1 every answer is the shifted beta-geometric's, the sums far beyond the single terms included.
#[test]
fn at_one_it_is_the_shifted_beta_geometric() {
    for (alpha, beta) in [(0.668, 3.806), (1.4, 20.0), (0.067, 0.267)] {
        let model = BetaDiscreteWeibull::new(alpha, beta, 1.0).unwrap();
        let simple = ShiftedBetaGeometric::new(alpha, beta).unwrap();
        for renewed in [0, 3, 40] {
            for active in [false, true] {
                let contract = Contract { renewals: renewed, active };
                close(model.log_likelihood(&contract), simple.log_likelihood(&contract), 1e-12);
            }
            close(model.survival_after(renewed, 9), simple.survival_after(renewed, 9), 1e-13);
            close(model.retention_rate(renewed + 1).unwrap(), simple.retention_rate(renewed + 1).unwrap(), 1e-13);
            close(model.probability_of_loss(renewed + 1).unwrap(), simple.probability_of_loss(renewed + 1).unwrap(), 1e-12);
            for t in [1, 40, 4_096, 5_000, 3_000_000_000] {
                close(model.expected_renewals(renewed, t), simple.expected_renewals(renewed, t), 1e-11);
            }
            for rate in [1e-6, 1e-3, 0.1, 3.0] {
                close(
                    model.discounted_renewals(renewed, rate).unwrap(),
                    simple.discounted_renewals(renewed, rate).unwrap(),
                    1e-11,
                );
            }
        }
    }
}

/// The sum does not jump where single terms give way to the integral.
#[test]
fn sums_join() {
    for (alpha, beta, c) in [(0.5, 2.0, 0.3), (0.2, 1e6, 1.6), (3.0, 1e9, 2.2)] {
        let model = BetaDiscreteWeibull::new(alpha, beta, c).unwrap();
        let terms: f64 = (1..=12_000).map(|k| model.survival_after(2, k)).sum();
        close(model.expected_renewals(2, 12_000), terms, 1e-12);
    }
}

/// A larger c makes each customer's rate of loss rise: the regular cohort of Fader & Hardie (2007) has c above 1.
#[test]
fn regular_cohort() {
    let cohort = Renewals::from_cohort(&[1000, 631, 468, 382, 326, 289, 262, 241]).unwrap();
    let fit = BetaDiscreteWeibull::fit(&cohort, &FitOptions::default()).unwrap();
    let simple = ShiftedBetaGeometric::fit(&cohort, &FitOptions::default()).unwrap();
    assert!(fit.log_likelihood >= simple.log_likelihood);
    assert!(fit.convergence.gradient_norm < 1e-9 && fit.convergence.at_boundary.is_empty());
    assert_eq!(fit.parameters, 3);
}

/// Every answer is a number in its range, whatever the parameters.
#[test]
fn extremes_stay_in_range() {
    let mut random = Random::new(9, 0);
    for _ in 0..300 {
        let mut draw = || exp(27.6 * random.uniform() - 13.8);
        let (alpha, beta, c, rate) = (draw(), draw(), draw(), draw());
        let model = BetaDiscreteWeibull::new(alpha, beta, c).unwrap();
        let t = random.below(1_000_000) as u32 + 1;
        let renewed = random.below(1_000_000) as u32;
        for probability in [
            model.survival(t),
            model.survival_after(renewed, t),
            model.retention_rate(t).unwrap(),
            model.probability_of_loss(t).unwrap(),
        ] {
            assert!((0.0..=1.0).contains(&probability), "{model:?} {renewed} {t}: {probability}");
        }
        let expected = model.expected_renewals(renewed, t);
        assert!((0.0..=f64::from(t) * (1.0 + 1e-9)).contains(&expected), "{model:?} {renewed} {t}: {expected}");
        let discounted = model.discounted_renewals(renewed, rate).unwrap();
        assert!((0.0..=(1.0 + rate) / rate * (1.0 + 1e-9)).contains(&discounted), "{model:?} {renewed} {rate}: {discounted}");
        let contract = model.simulate(&mut random, t);
        assert!(contract.renewals <= t);
        let mut gradient = [0.0; 3];
        let value = model.row(&(), &contract, &mut gradient);
        assert!(value <= 0.0 && gradient.iter().all(|slope| !slope.is_nan()), "{model:?} {contract:?}: {value} {gradient:?}");
    }
}
