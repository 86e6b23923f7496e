//! The gamma-gamma model: Fader, Hardie & Lee (2005), doi:10.1509/jmkr.2005.42.4.415, and Fader & Hardie (2013),
//! <http://www.brucehardie.com/notes/025/>.

use super::check::{close, summary};
use engagement_core::model::{FitOptions, GammaGamma, Independence, Parameters, Spend};

/// What the customers of the CDNOW 1/10 sample spent at repeat purchases until 1997-09-30.
fn cdnow() -> Vec<Spend> {
    let spend = |row: Vec<f64>| {
        if row[0] > 0.0 && row[4] > 0.0 { Spend::new(row[0] as u32, row[4]).unwrap() } else { Spend::unknown() }
    };
    summary().map(spend).collect()
}

/// Maximum likelihood of the 946 repeat customers by Newton's method in 40 digits, `make_fits.py`. Fader & Hardie (2013) print 6.25, 3.74, 15.44.
#[test]
fn cdnow_fit() {
    let spends = cdnow();
    let fit = GammaGamma::fit_spends(&spends, &FitOptions::default()).unwrap();
    assert_eq!(fit.customers, 946.0);
    assert!((fit.log_likelihood - -4_055.917_694_801_872_6).abs() <= 1e-9, "{}", fit.log_likelihood);
    assert!(fit.convergence.gradient_norm <= 1e-10 && fit.convergence.at_boundary.is_empty());
    for (got, want) in fit.model.values().into_iter().zip([6.249_572_271_323_756, 3.744_224_667_132_024_3, 15.443_520_962_589_24])
    {
        close(got, want, 1e-10);
    }
    let errors = [1.190_055_335_963_853_7, 0.290_133_065_276_185_15, 4.159_422_751_967_724];
    for (got, want) in fit.standard_errors().unwrap().into_iter().zip(errors) {
        close(got, want, 1e-7);
    }
}

/// The same with every mean rounded to cents, halves upwards, as in the summary that the Python package lifetimes 0.11.3 carries.
fn cdnow_in_cents() -> Vec<Spend> {
    let round = |spend: Spend| {
        // Far less than a third of a cent, and more than a mean of cents is off in its last bits.
        let cents = (spend.mean() * 100.0 + 1e-6).round();
        if spend.count() == 0 { spend } else { Spend::new(spend.count(), cents / 100.0).unwrap() }
    };
    cdnow().into_iter().map(round).collect()
}

#[test]
fn cdnow_fit_in_cents() {
    let fit = GammaGamma::fit_spends(&cdnow_in_cents(), &FitOptions::default()).unwrap();
    assert!((fit.log_likelihood - -4_055.923_243_502_862).abs() <= 1e-6, "{}", fit.log_likelihood);
    for (got, want) in fit.model.values().into_iter().zip([6.248_802_489_709_097, 3.744_588_453_287_469, 15.447_748_009_463_716])
    {
        close(got, want, 1e-10);
    }
    let errors = [1.189_687_037_657_996_4, 0.290_165_615_135_170_86, 4.159_993_878_325_115];
    for (got, want) in fit.standard_errors().unwrap().into_iter().zip(errors) {
        close(got, want, 1e-7);
    }
}

/// E[M | x, m], Fader & Hardie (2013) as in the tests of the Python package lifetimes 0.11.3, which hold 24.65 and 35.17 (worked
/// from rounded parameters, so within .05); to 17 digits by exact arithmetic.
#[test]
fn expected_values() {
    let model = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
    for (spend, exact, printed) in
        [(Spend::new(2, 22.35).unwrap(), 24.663_713_910_761_155, 24.65), (Spend::unknown(), 35.218_978_102_189_78, 35.17)]
    {
        let got = model.expected_value(&spend).unwrap();
        close(got, exact, 1e-15);
        assert!((got - printed).abs() <= 0.05);
    }
    assert_eq!(model.expected_value(&Spend::unknown()).unwrap(), model.population_mean().unwrap());
}

/// The correlation of frequency and spend that the documentation of lifetimes 0.11.3 prints for CDNOW: 0.113884.
#[test]
fn cdnow_spend_is_independent() {
    let check = Independence::of(&cdnow_in_cents());
    assert_eq!((check.customers, check.warning), (946, None));
    assert!((check.pearson.unwrap() - 0.113_884).abs() <= 5e-7, "{:?}", check.pearson);
}
