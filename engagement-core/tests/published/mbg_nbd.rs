//! MBG/NBD: Batislam, Denizel & Filiztekin (2007), doi:10.1016/j.ijresmar.2006.12.005, on CDNOW. Digits beyond the published ones
//! are of the definition, by quadrature at 30 digits.

use super::check::{ALL_DIGITS, check, check_fit, check_holdout, check_twelve_customers, history, printed, rounded, sample};
use engagement_core::model::{FitOptions, MbgNbd, PurchaseModel};

/// The fit to the CDNOW sample, with times as whole days over 7.
const EXACT: [f64; 4] = [0.5248431589982804, 6.183085278544633, 0.8913593909489058, 1.6140022409018677];

fn model([r, alpha, a, b]: [f64; 4]) -> MbgNbd {
    MbgNbd::new(r, alpha, a, b).unwrap()
}

/// The tests of pymc-marketing 1.3.0.
#[test]
fn pymc_marketing() {
    let cdnow = model([0.525, 6.183, 0.891, 1.614]);
    check(cdnow.expected_purchases_new(1.0).unwrap(), 0.053084795263701838, 0.053084795263698685, 4e-15);
    check(cdnow.expected_purchases_new(6.0).unwrap(), 0.28136022398302406, 0.28136022398301175, 2e-14);
    let log_likelihoods = [
        ([0.25, 4.0, 0.8, 2.5], history(0, 0.0, 40.0), -0.41792826204498037, -0.41792826),
        ([0.55, 10.58, 0.61, 11.67], history(1, 1.5, 12.0), -4.1103167267768566, -4.11031673),
        ([0.45, 10.58, 0.71, 11.67], history(1, 1.5, 12.0), -4.240328094340553, -4.24032809),
        ([0.55, 11.67, 0.61, 10.58], history(4, 5.3, 10.0), -10.720537379404018, -10.72053738),
    ];
    for (parameters, customer, exact, published) in log_likelihoods {
        check(model(parameters).log_likelihood(&customer), exact, published, 5e-9);
    }
}

/// The customer of the BG/NBD paper. The 1.226 that lifetimes asserts here within 0.05 is BG/NBD's.
#[test]
fn another_number_than_bg_nbd() {
    let customer = history(2, 30.43, 38.86);
    let got = model([0.525, 6.183, 0.891, 1.614]).expected_purchases(&customer, 39.0).unwrap();
    check(got, 1.2629606232673657, 1.263, 5e-4);
    // New customers who left at once count: lifetimes leaves them out.
    let new = model(EXACT).expected_purchases_new(39.0).unwrap();
    assert!((new - 1.18228).abs() < 5e-6, "{new}");
    let alive = model(EXACT).probability_alive(&history(0, 0.0, 0.0));
    assert!((alive - EXACT[3] / (EXACT[2] + EXACT[3])).abs() < 1e-15, "{alive}");
}

/// Twelve customers, ten decimals.
#[test]
fn twelve_customers() {
    check_twelve_customers(&model([0.525, 6.183, 0.891, 1.614]), "mbgnbd");
}

/// The fit and its standard errors.
#[test]
fn cdnow_fit() {
    let fit = MbgNbd::fit(&sample(|time| time).0, &FitOptions::default()).unwrap();
    let errors = [0.0832682065797707, 0.6956206425090193, 0.15478992777774275, 0.5374947982398051];
    check_fit(&fit, &EXACT, &errors, -9582.13571555375, &ALL_DIGITS);
    assert_eq!(printed(&fit), "0.525 6.183 0.891 1.614 -9582.1");
}

/// The same from times rounded to two decimals.
#[test]
fn cdnow_fit_of_rounded_times() {
    let fit = MbgNbd::fit(&sample(rounded).0, &FitOptions::default()).unwrap();
    let parameters = [0.5248379837277574, 6.182992020126608, 0.8913561551788871, 1.6139993342207148];
    let errors = [0.0832640646136006, 0.6955979328549245, 0.15478531140322163, 0.5374723605484089];
    check_fit(&fit, &parameters, &errors, -9582.132684899903, &ALL_DIGITS);
}

/// 1,576.7 purchases expected; there were 1,882.
#[test]
fn cdnow_holdout() {
    let totals = [1576.7283018275107, 0.764778949326944, 1.6071826574387578, 0.4487214130758501];
    let by_frequency = [
        0.18516121473421426,
        0.551358460030187,
        1.0489518378999698,
        1.4929325794565784,
        2.104308545560775,
        2.5635528900689257,
        3.3608207055149175,
        5.848508945636112,
    ];
    check_holdout(&model(EXACT), totals, by_frequency);
}
