//! BG/NBD: Fader, Hardie & Lee (2005), doi:10.1287/mksc.1040.0098, on CDNOW. Digits beyond the published ones are of the
//! definition, by quadrature at 30 digits.

use super::check::{
    ALL_DIGITS, check, check_fit, check_holdout, check_twelve_customers, close, history, printed, rounded, sample,
};
use engagement_core::model::{BgNbd, FitOptions, Parameters, PurchaseModel};

/// The fit to the CDNOW sample, with times as whole days over 7.
const EXACT: [f64; 4] = [0.24259452243839594, 4.413602019315685, 0.7929220186335394, 2.425906782183164];

fn model([r, alpha, a, b]: [f64; 4]) -> BgNbd {
    BgNbd::new(r, alpha, a, b).unwrap()
}

/// The authors' spreadsheet (<http://www.brucehardie.com/notes/004/>), as asserted by lifetimes 0.11.3.
#[test]
fn spreadsheet() {
    let model = model([0.2425945, 4.413602, 0.792922, 2.4259068]);
    let customer = history(2, 30.43, 38.86);
    check(model.expected_purchases(&customer, 39.0).unwrap(), 1.2259068409256087, 1.226, 1e-4);
    for (t, exact, published) in
        [(0.1429, 0.0078159997137270332, 0.0078), (3.0, 0.15063082642656381, 0.1506), (32.0, 1.0437319681166619, 1.0437)]
    {
        check(model.expected_purchases_new(t).unwrap(), exact, published, 5e-5);
    }
}

/// The spreadsheet's log-likelihoods, as asserted by pymc-marketing 1.3.0 for rounded parameters and times, which move them by 1e−3;
/// at the fit and with whole days over 7 they are met to their four decimals.
#[test]
fn log_likelihoods() {
    let (rounded, exact) = (model([0.243, 4.414, 0.793, 2.426]), model(EXACT));
    let customers = [
        (2, 30.43, 213.0, -9.4586063070662712, -9.4596),
        (0, 0.0, 0.0, -0.55471327643815845, -0.5538),
        (1, 5.0, 35.0, -4.8639230837540602, -4.8651),
        (5, 24.43, 171.0, -17.358102359716296, -17.3593),
        (1, 4.86, 34.0, -4.8511242886844354, -4.852),
    ];
    for (x, recency, days, value, published) in customers {
        check(rounded.log_likelihood(&history(x, recency, 38.86)), value, published, 1.2e-3);
        let printed = exact.log_likelihood(&history(x, days / 7.0, 272.0 / 7.0));
        assert!((printed - published).abs() < 5e-5, "{printed} {published}");
    }
    // Where the direct form overflows.
    let frequent = model([0.25, 4.0, 0.8, 2.5]).log_likelihood(&history(200, 38.0, 40.0));
    check(frequent, 100.79569309270645, 100.7957, 5e-5);
}

/// The R package BTYD: its manual's probabilities of n purchases, and pages 22 and 23 of the vignette "Buy 'Til You Die".
#[test]
fn btyd() {
    let rounded = model([0.243, 4.414, 0.793, 2.426]);
    let probabilities = [
        (2.0, 10, 1.0786896403691474e-7, 1.07869e-7, 5e-13),
        (30.0, 11, 0.0019995214474788756, 0.0019995214, 5e-11),
        (30.0, 13, 0.0011633150066561455, 0.001163315, 5e-11),
        (30.0, 15, 0.00070236376588740392, 0.0007023638, 5e-11),
        (30.0, 17, 0.00043619128089769911, 0.0004361913, 5e-11),
        (30.0, 19, 0.0002769612648401069, 0.0002769613, 5e-11),
    ];
    for (t, n, exact, published, digits) in probabilities {
        check(rounded.probability_of_purchases_new(n, t).unwrap(), exact, published, digits);
    }
    let model = model([0.2425967, 4.413659, 0.7929869, 2.426164]);
    check(model.expected_purchases_new(52.0).unwrap(), 1.4440041565401613, 1.444004, 5e-7);
    let best = history(26, 216.0 / 7.0, 31.0);
    check(model.expected_purchases(&best, 52.0).unwrap(), 25.756585890676148, 25.75659, 5e-6);
    check(model.probability_alive(&best), 0.96885226014501393, 0.9688523, 5e-8);
    check(model.expected_purchases(&history(15, 20.0, 39.0), 52.0).unwrap(), 0.04283391189713231, 0.04283391, 5e-9);
    check(model.expected_purchases(&history(25, 20.0, 39.0), 52.0).unwrap(), 0.00035836851879085636, 0.0003583685, 5e-11);
}

/// The tests of pymc-marketing 1.3.0.
#[test]
fn pymc_marketing() {
    let got = model([0.243, 4.414, 0.793, 2.426]).expected_purchases_new(3.0).unwrap();
    check(got, 0.15086523089304668, 0.15086523089304896, 3e-15);
}

/// Twelve customers, ten decimals.
#[test]
fn twelve_customers() {
    check_twelve_customers(&model([0.243, 4.414, 0.793, 2.426]), "bgnbd");
}

/// The paper's fit and its standard errors.
#[test]
fn cdnow_fit() {
    let fit = BgNbd::fit(&sample(|time| time).0, &FitOptions::default()).unwrap();
    let errors = [0.012557378067872244, 0.37822405985380597, 0.1857338213721818, 0.7054142597948337];
    check_fit(&fit, &EXACT, &errors, -9582.429206673933, &ALL_DIGITS);
    assert_eq!(printed(&fit), "0.243 4.414 0.793 2.426 -9582.4");
}

/// The same from times rounded to two decimals.
#[test]
fn cdnow_fit_of_rounded_times() {
    let fit = BgNbd::fit(&sample(rounded).0, &FitOptions::default()).unwrap();
    let parameters = [0.242592907213816, 4.413531561601035, 0.7928861483959643, 2.4257534378374657];
    let errors = [0.012557319583759944, 0.37822141552658983, 0.18571914309592719, 0.705345755103569];
    check_fit(&fit, &parameters, &errors, -9582.42556056736, &ALL_DIGITS);
}

/// 1,653.4 purchases expected; there were 1,882.
#[test]
fn cdnow_holdout() {
    let totals = [1653.408697515955, 0.7854542365752223, 1.6079820107416394, 0.8134398264897595];
    let by_frequency = [
        0.22508732612508353,
        0.5231311734383698,
        1.0441341214660118,
        1.5202795124174722,
        2.16386579839498,
        2.6538458836483882,
        3.504042296826423,
        6.157190504553911,
    ];
    check_holdout(&model(EXACT), totals, by_frequency);
}

/// Another time unit is another scale of α and nothing else.
#[test]
fn time_unit_does_not_matter() {
    let weeks = BgNbd::fit(&sample(|time| time).0, &FitOptions::default()).unwrap();
    let days = BgNbd::fit(&sample(|time| time * 7.0).0, &FitOptions::default()).unwrap();
    for ((week, day), scale) in weeks.model.values().iter().zip(days.model.values()).zip([1.0, 7.0, 1.0, 1.0]) {
        close(day, week * scale, 1e-7);
    }
    let purchases = 2457.0;
    assert!((weeks.log_likelihood - purchases * 7.0_f64.ln() - days.log_likelihood).abs() < 1e-8);
}
