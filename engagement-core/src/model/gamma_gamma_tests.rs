use super::*;
use crate::model::Parameters;
use crate::model::likelihood::check_curvature;

fn close(got: f64, want: f64, relative: f64) {
    assert!((got - want).abs() <= relative * want.abs(), "{got:e} is not {want:e}");
}

#[test]
fn gradient_is_a_central_difference() {
    for values in [[6.25, 3.74, 15.44], [0.01, 40.0, 1e-3], [300.0, 0.2, 5e4]] {
        for (count, mean) in [(1, 3.0), (7, 22.35), (900, 1e4)] {
            let spend = Spend::new(count, mean).unwrap();
            let model = GammaGamma::new(values[0], values[1], values[2]).unwrap();
            let mut gradient = [0.0; 3];
            let value = model.row(&model.table(20), &Paid::of(&spend), &mut gradient);
            close(value, model.log_likelihood(&spend), 1e-13);
            for (index, slope) in gradient.into_iter().enumerate() {
                let h = 1e-5;
                let at = |by: f64| {
                    let mut moved = values;
                    moved[index] *= exp(by);
                    model.with_values(&moved).unwrap().log_likelihood(&spend)
                };
                let difference = (at(h) - at(-h)) / (2.0 * h);
                let noise = 1e-9 * values[0].max(1.0) * f64::from(count);
                assert!(
                    (slope - difference).abs() <= 1e-8 * slope.abs() + noise,
                    "{values:?} {count} {index}: {slope} {difference}"
                );
            }
        }
    }
}

#[test]
fn curvature_is_a_difference_of_the_gradient() {
    for values in [[6.25, 3.74, 15.44], [0.01, 40.0, 1e-3], [300.0, 0.2, 5e4], [1e-6, 1e-6, 1e6], [1e5, 1e6, 1e3]] {
        let model = GammaGamma::new(values[0], values[1], values[2]).unwrap();
        for (count, mean) in [(1, 3.0), (7, 22.35), (300, 0.02), (900, 1e4)] {
            let paid = Paid::of(&Spend::new(count, mean).unwrap());
            // The gradient's rounding, over the step.
            let logs = (paid.ln_spent - ln(values[2])).abs() + 1.0;
            let size = 1.0 + (values[0] * f64::from(count) + values[1]) * logs;
            check_curvature(&model, &paid, 256, 1e-12 * size);
        }
    }
}

/// Every spend has the logarithm that it has alone, wherever it stands.
#[test]
fn many_are_as_one() {
    let spends: Vec<Spend> = (1..80).map(|i| Spend::new(i, 0.1 * f64::from(i * i)).unwrap()).collect();
    for (paid, spend) in Paid::of_all(&spends).iter().zip(&spends) {
        let alone = Paid::of(spend);
        assert_eq!((paid.count, paid.spent, paid.ln_spent), (alone.count, alone.spent, alone.ln_spent));
    }
}

/// The density of a mean of x values integrates to one.
#[test]
fn density_integrates_to_one() {
    let model = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
    for count in [1, 5] {
        let density = |u: f64| exp(model.log_likelihood(&Spend::new(count, exp(u)).unwrap()) + u);
        let mass: f64 = (0..60_000).map(|i| density(-20.0 + 0.001 * f64::from(i)) * 0.001).sum();
        close(mass, 1.0, 1e-9);
    }
}

/// Between the prior and what was seen: the posterior mean of p/ν by summation over its quantiles.
#[test]
fn quantiles_have_the_mean() {
    let model = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
    let spend = Spend::new(2, 22.35).unwrap();
    let middle = |level: f64| {
        let interval = model.value_interval(&spend, level).unwrap();
        0.5 * (interval.low + interval.high)
    };
    let n = 4_000;
    let mean: f64 = (0..n).map(|i| middle((f64::from(i) + 0.5) / f64::from(n)) / f64::from(n)).sum();
    close(mean, model.expected_value(&spend).unwrap(), 1e-4);
}

/// Leading bits and then the rest, or all at once: the same order, of cents and of means that differ in their last bit.
#[test]
fn sorted_by_leading_bits_is_sorted() {
    let mut random = Random::new(8, 0);
    let mut draw = |scale: f64| {
        let mean = scale * (random.below(4_000) + 1) as f64;
        let last = f64::from_bits(mean.to_bits() + random.below(3));
        Spend::new(random.below(5) as u32 + 1, last).unwrap()
    };
    let mut rows: Vec<Spend> = (0..30_000).map(|row| draw([0.01, 1e-9, 1e12][row % 3])).collect();
    let mut want = rows.clone();
    want.sort_by_key(|spend| (spend.count(), spend.mean().to_bits()));
    assert!(want.chunk_by(|a, b| a == b).count() < 30_000);
    let mut other = rows.clone();
    sort_spends(&mut rows, &mut other);
    assert_eq!(rows, want);
}

/// Many intervals are each of them to the last bit.
#[test]
fn intervals_of_many_are_those_of_each() {
    let model = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
    let spends = [(2, 22.35), (1, 5.0), (2, 80.0), (7, 0.01), (2, 22.35)].map(|(count, mean)| Spend::new(count, mean).unwrap());
    let all = model.value_intervals(&spends, 0.9).unwrap();
    for (interval, spend) in all.iter().zip(&spends) {
        assert_eq!(*interval, model.value_interval(spend, 0.9).unwrap());
    }
    assert_eq!(all.len(), 5);
    let unbounded = GammaGamma::new(1.0, 0.9, 1.0).unwrap();
    let error = unbounded.value_intervals(&[spends[0], Spend::unknown()], 0.9).unwrap_err();
    assert!(error.to_string().starts_with("row 1: q: 0.9 is not above 1"), "{error}");
    assert!(model.value_intervals(&spends, 1.0).is_err());
}

#[test]
fn infinite_means_are_refused() {
    let model = GammaGamma::new(0.2, 0.5, 10.0).unwrap();
    let message = "q: 0.5 is not above 1, so the mean over all customers is infinite; use the mean of the observed repeat values";
    assert_eq!(model.population_mean().unwrap_err().to_string(), message);
    assert_eq!(model.expected_value(&Spend::unknown()).unwrap_err().to_string(), message);
    assert!(model.expected_value(&Spend::new(2, 5.0).unwrap()).unwrap_err().to_string().starts_with("count: px + q = 0.9"));
    close(model.expected_value(&Spend::new(5, 8.0).unwrap()).unwrap(), 0.2 * 50.0 / 0.5, 1e-14);
}

#[test]
fn degenerate_data_is_named() {
    let fit = |pairs: &[(u32, f64)]| {
        let spends: Vec<Spend> = pairs.iter().map(|&(count, mean)| Spend::new(count, mean).unwrap()).collect();
        GammaGamma::fit_spends(&spends, &FitOptions::default()).unwrap_err()
    };
    assert!(fit(&[(3, 5.0), (0, 0.0)]).to_string().starts_with("fewer than two customers have repeat purchases"));
    assert!(fit(&[(3, 5.0), (1, 5.0)]).to_string().starts_with("all customers have the same mean value"));
    assert_eq!(fit(&[]).kind(), ErrorKind::FitFailed);
}

/// Every answer is a number in its range, whatever the parameters.
#[test]
fn extremes_stay_in_range() {
    let mut random = Random::new(3, 0);
    for _ in 0..2_000 {
        let mut draw = || exp(27.6 * random.uniform() - 13.8);
        let model = GammaGamma::new(draw(), draw(), draw()).unwrap();
        let mean = draw();
        let spend = Spend::new(random.below(1_000_000) as u32 + 1, mean).unwrap();
        let mut gradient = [0.0; 3];
        let value = model.row(&model.table(0), &Paid::of(&spend), &mut gradient);
        assert!(value.is_finite() && gradient.iter().all(|slope| slope.is_finite()), "{model:?} {spend:?}: {value} {gradient:?}");
        if let Ok(interval) = model.value_interval(&spend, 0.9) {
            assert!(interval.estimate > 0.0 && interval.estimate.is_finite(), "{model:?} {spend:?}: {interval:?}");
            assert!(interval.low > 0.0 && interval.low < interval.high, "{model:?} {spend:?}: {interval:?}");
        }
        assert!(model.simulate(&mut random, 3).iter().all(|value| *value >= 0.0));
    }
}

/// The parameters that the data was drawn with lie within four standard errors, whatever the currency.
#[test]
fn parameters_are_recovered() {
    for unit in [1.0, 1e6] {
        let truth = GammaGamma::new(6.25, 3.74, 15.44 * unit).unwrap();
        let mut random = Random::new(11, 0);
        let mut spends = Vec::new();
        for _ in 0..4_000 {
            let count = 1 + random.below(6) as u32;
            let values = truth.simulate(&mut random, count);
            spends.push(Spend::new(count, values.iter().sum::<f64>() / f64::from(count)).unwrap());
        }
        let fit = GammaGamma::fit_spends(&spends, &FitOptions::default()).unwrap();
        for ((got, want), error) in fit.model.values().into_iter().zip(truth.values()).zip(fit.standard_errors().unwrap()) {
            assert!((got - want).abs() < 4.0 * error, "{got} {want} {error}");
        }
    }
}

/// Customers who nearly all spend the same leave p and q unbounded: that is said at once, however many they are.
#[test]
fn hardly_any_spread_is_none() {
    let mut random = Random::new(5, 0);
    let spends: Vec<Spend> = (0..20_000).map(|i| Spend::new(1 + i % 5, 10.0 + 1e-3 * random.uniform()).unwrap()).collect();
    let error = GammaGamma::fit_spends(&spends, &FitOptions::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::FitFailed);
    assert_eq!(error.to_string(), "the customers' mean values differ by less than 0.1 %: there is no spread to fit");
}

/// A mean log-likelihood near 0 is one of large values: their rounding does not keep a fit from its maximum.
#[test]
fn little_spread_is_fitted() {
    let mut random = Random::new(5, 0);
    let spends: Vec<Spend> = (0..3000).map(|i| Spend::new(1 + i % 5, 10.0 + 3.0 * random.uniform()).unwrap()).collect();
    let fit = GammaGamma::fit_spends(&spends, &FitOptions::default()).unwrap();
    assert!(fit.convergence.gradient_norm < 1e-9, "{:?}", fit.convergence);
}
