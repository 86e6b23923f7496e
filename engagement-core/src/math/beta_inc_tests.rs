use super::*;
use crate::math::oracle::{Worst, rows};

#[test]
fn agrees_with_the_high_precision_table_in_both_tails() {
    let mut worst = Worst::of("beta_inc");
    for [a, b, x, lower, upper] in rows(include_str!("../../tests/oracle/beta_inc.csv")) {
        let got = beta_inc_of_pair(a, b, x, 1.0 - x);
        worst.see(got.0, lower, lower, &[a, b, x, 0.0]);
        worst.see(got.1, upper, upper, &[a, b, x, 1.0]);
    }
    worst.check();
}

#[test]
fn ends_are_exact() {
    assert_eq!(beta_inc_of_pair(2.0, 3.0, 0.0, 1.0), (0.0, 1.0));
    assert_eq!(beta_inc_of_pair(2.0, 3.0, 1.0, 0.0), (1.0, 0.0));
}
