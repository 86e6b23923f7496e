//! BG/CNBD-k and MBG/CNBD-k: Platzer & Reutterer (2016), doi:10.1287/mksc.2015.0963, and Reutterer, Platzer & Schröder (2021),
//! doi:10.1016/j.ijresmar.2020.09.002. Digits beyond the published ones are of the definition, at 30 digits.

use super::check::{check, history};
use engagement_core::model::{BgCnbdK, FitOptions, MbgCnbdK, PurchaseModel};
use engagement_core::{ErrorKind, PurchaseColumns, Purchases};

/// The tests of the R package `BTYDplus` (src/slice-sampling.cpp).
#[test]
fn btyd_plus() {
    let (bg, mbg) = (BgCnbdK::new(3, 0.5, 2.0, 0.3, 0.6).unwrap(), MbgCnbdK::new(3, 0.5, 2.0, 0.3, 0.6).unwrap());
    // Σ ln Δt of the customer is 3.
    let log_likelihood = bg.log_likelihood(&history(3, 12.0, 14.0)) + 2.0 * 3.0;
    check(log_likelihood, -10.424998988293895, -10.425, 5e-5);
    check(bg.probability_of_purchases_new(2, 10.0).unwrap(), 0.056685908808229458, 0.05669, 5e-6);
    check(mbg.probability_of_purchases_new(2, 10.0).unwrap(), 0.045475413882985749, 0.04548, 5e-6);
}

/// Sums of ln Δt are part of the likelihood, and needed for it.
#[test]
fn fits_hold_the_gaps() {
    let (frequency, recency, age) = ([2, 0, 5, 1, 9, 3], [9.5, 0.0, 31.0, 4.0, 36.0, 30.0], [38.0, 36.0, 35.0, 38.0, 37.0, 33.0]);
    let log_gaps = [3.1, 0.0, 9.0, 1.4, 12.4, 6.9];
    let columns = PurchaseColumns::new(&frequency, &recency, &age);
    let purchases = Purchases::from_columns(&columns.log_gaps(&log_gaps)).unwrap();
    let options = FitOptions::default().penalty(0.01);
    let fit = MbgCnbdK::fit(&purchases, Some(3), &options).unwrap();
    let rows: f64 = (0..6).map(|row| fit.model.log_likelihood(&purchases.history(row))).sum();
    let gaps: f64 = log_gaps.iter().sum();
    assert!((fit.log_likelihood - (rows + 2.0 * gaps)).abs() < 1e-11, "{} {rows}", fit.log_likelihood);
    assert_eq!((fit.model.k(), fit.parameters), (3, 4));

    let best = MbgCnbdK::fit(&purchases, None, &options).unwrap();
    assert!(best.log_likelihood >= fit.log_likelihood);
    assert_eq!(best.parameters, 5);

    let without = Purchases::from_columns(&PurchaseColumns::new(&frequency, &recency, &age)).unwrap();
    assert_eq!(MbgCnbdK::fit(&without, Some(1), &options).unwrap().model.k(), 1);
    let error = MbgCnbdK::fit(&without, Some(2), &options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    let message = "log_gaps: not known, but the likelihood of gaps of k = 2 phases needs the sums of ln Δt";
    assert_eq!(error.to_string(), message);
}
