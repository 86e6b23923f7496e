//! NBD: Ehrenberg (1959), doi:10.2307/2985810, on CDNOW, with the likelihood of the purchases at their times.

use super::check::{SAME, check_fit, close, history, sample};
use engagement_core::model::{FitOptions, Nbd, PurchaseModel};
use engagement_core::{ErrorKind, PurchaseColumns, Purchases};

/// The fit to the CDNOW sample, with times as whole days over 7.
const EXACT: [f64; 2] = [0.38476613574820423, 12.072022843951723];

#[test]
fn cdnow_fit() {
    let fit = Nbd::fit(&sample(|time| time).0, &FitOptions::default()).unwrap();
    check_fit(&fit, &EXACT, &[0.020985373152505055, 0.8087231542603227], -9763.657614672615, &SAME);
}

/// 2,929.8 purchases expected in the 39 weeks after; there were 1,882.
#[test]
fn cdnow_holdout() {
    let model = Nbd::new(EXACT[0], EXACT[1]).unwrap();
    let (purchases, later) = sample(|time| time);
    let expected: Vec<f64> =
        (0..later.len()).map(|row| model.expected_purchases(&purchases.history(row), 39.0).unwrap()).collect();
    close(expected.iter().sum(), 2929.8202921800503, 1e-12);
    let absolute: f64 = expected.iter().zip(&later).map(|(expected, actual)| (expected - actual).abs()).sum();
    close(absolute / later.len() as f64, 1.0410203272229361, 1e-12);
}

/// Data that says too little is told from a search that failed.
#[test]
fn too_little_data() {
    let fit = |frequency: &[u32], recency: &[f64], age: &[f64]| {
        let purchases = Purchases::from_columns(&PurchaseColumns::new(frequency, recency, age)).unwrap();
        let error = Nbd::fit(&purchases, &FitOptions::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FitFailed);
        error.to_string()
    };
    assert_eq!(fit(&[2], &[3.0], &[5.0]), "fewer than two customers: there is no spread to fit");
    assert_eq!(fit(&[0, 0], &[0.0, 0.0], &[5.0, 7.0]), "nobody bought a second time: nothing tells how often customers buy");
    assert_eq!(fit(&[2, 2], &[3.0, 3.0], &[5.0, 5.0]), "all customers have the same history: there is no spread to fit");
}

/// Purchases to come are negative binomial with the mean of the rate times the time.
#[test]
fn probabilities_have_the_mean() {
    let model = Nbd::new(0.4, 12.0).unwrap();
    let customer = history(3, 20.0, 39.0);
    let probabilities: Vec<f64> = (0..400).map(|n| model.probability_of_purchases(&customer, n, 52.0).unwrap()).collect();
    let mean: f64 = probabilities.iter().zip(0..).map(|(probability, n)| probability * f64::from(n)).sum();
    assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-13);
    assert!((mean / model.expected_purchases(&customer, 52.0).unwrap() - 1.0).abs() < 1e-12);
    // E'(t) is constant: discounting multiplies by (1 − e^(−δt))/δ.
    let worth = model.discounted_purchases(&customer, f64::INFINITY, 0.002).unwrap();
    assert!((worth / (3.4 / 51.0 / 0.002) - 1.0).abs() < 1e-14, "{worth}");
}
