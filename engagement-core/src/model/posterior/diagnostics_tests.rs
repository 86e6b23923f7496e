use super::*;
use crate::math::oracle::rows;

const CHAINS: &str = include_str!("../../../tests/oracle/chains.csv");
const DIAGNOSTICS: &str = include_str!("../../../tests/oracle/chains_diagnostics.csv");

/// R-hat and effective sizes as arviz computes them, to the digits that the two orders of summation leave.
#[test]
fn agree_with_another_implementation() {
    let values: Vec<[f64; 3]> = rows(CHAINS).collect();
    let mut cases = 0;
    for [case, draws, r_hat, bulk, tail] in rows::<5>(DIAGNOSTICS) {
        let of_case: Vec<f64> = values.iter().filter(|row| row[0] == case).map(|row| row[2]).collect();
        let got = Diagnostics::of(&of_case, draws as usize);
        for (got, want) in [(got.r_hat, r_hat), (got.bulk, bulk), (got.tail, tail)] {
            // Of one chain, arviz has no R-hat.
            assert!((got / want - 1.0).abs() < 1e-12 || want.is_nan(), "case {case}: {got}, not {want}");
        }
        cases += 1;
    }
    assert_eq!(cases, 9);
}

/// Two chains of 1, 2, 3, 4 and 3, 4, 5, 6 that are not split: means 2.5 and 4.5, variance 5/3 within, so (5/3 · 3/4 + 2)/(5/3).
#[test]
fn r_hat_by_hand() {
    assert!((r_hat(&[1.0, 2.0, 3.0, 4.0, 3.0, 4.0, 5.0, 6.0], 4) - 1.95_f64.sqrt()).abs() < 1e-15);
}

/// The scores of three values are the normal quantiles of 5/26, 1/2 and 21/26.
#[test]
fn scores_by_hand() {
    let scores = normal_scores(&[5.0, -2.0, 9.0]);
    assert!(scores[0].abs() < 1e-16);
    assert!((scores[1] + 0.869_423_773_288_890_6).abs() < 1e-14, "{scores:?}");
    assert!((scores[2] - 0.869_423_773_288_890_6).abs() < 1e-14, "{scores:?}");
}

#[test]
fn chains_that_do_not_move_are_worth_nothing() {
    let stuck = Diagnostics::of(&[1.0; 40], 20);
    assert_eq!((stuck.r_hat, stuck.bulk, stuck.tail), (f64::INFINITY, 0.0, 0.0));
}
