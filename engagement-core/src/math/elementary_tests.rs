use super::*;
use crate::math::oracle::{Worst, rows};

#[test]
fn small_differences_agree_with_the_high_precision_table() {
    let [mut log, mut power] = [Worst::of("minus_ln_1p"), Worst::of("exp_m1_minus")];
    for [x, minus_ln_1p_x, exp_m1_minus_x] in rows(include_str!("../../tests/oracle/elementary.csv")) {
        log.see(minus_ln_1p(x), minus_ln_1p_x, minus_ln_1p_x, &[x]);
        power.see(exp_m1_minus(x), exp_m1_minus_x, exp_m1_minus_x, &[x]);
    }
    log.check();
    power.check();
}

#[test]
fn log_sum_exp_neither_overflows_nor_forgets_an_infinity() {
    let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
    assert!((log_sum_exp(0.0, 0.0) - std::f64::consts::LN_2).abs() < 1e-16);
    assert_eq!(log_sum_exp(1e4, -1e4), 1e4);
    assert_eq!((log_sum_exp(low, 3.0), log_sum_exp(3.0, low), log_sum_exp(low, low)), (3.0, 3.0, low));
    assert_eq!((log_sum_exp(high, 3.0), log_sum_exp(high, high)), (high, high));
}
