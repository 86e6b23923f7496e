use super::*;
use crate::math::oracle::{Worst, rows};

#[test]
fn agrees_with_the_high_precision_table_in_both_tails() {
    let mut worst = Worst::of("gamma_inc");
    for [a, x, lower, upper] in rows(include_str!("../../tests/oracle/gamma_inc.csv")) {
        let got = gamma_inc(a, x);
        worst.see(got.0, lower, lower, &[a, x, 0.0]);
        worst.see(got.1, upper, upper, &[a, x, 1.0]);
    }
    worst.check();
}

#[test]
fn ends_are_exact() {
    assert_eq!(gamma_inc(2.0, 0.0), (0.0, 1.0));
    assert_eq!(gamma_inc(2.0, f64::INFINITY), (1.0, 0.0));
}
