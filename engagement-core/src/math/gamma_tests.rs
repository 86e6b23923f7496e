use super::*;
use crate::math::oracle::{Worst, rows};

#[test]
fn agree_with_the_high_precision_table() {
    let [mut gamma, mut first, mut second] = ["ln_gamma", "digamma", "trigamma"].map(Worst::of);
    for [x, ln_gamma_x, digamma_x, trigamma_x] in rows(include_str!("../../tests/oracle/gamma.csv")) {
        gamma.see(ln_gamma(x), ln_gamma_x, ln_gamma_x, &[x]);
        first.see(digamma(x), digamma_x, digamma_x, &[x]);
        second.see(trigamma(x), trigamma_x, trigamma_x, &[x]);
    }
    gamma.check();
    first.check();
    second.check();
}

#[test]
fn stirling_is_what_the_formula_leaves_on_both_sides_of_the_switch() {
    for x in [9.999_999, 10.0, 10.000_001] {
        let left = ln_gamma(x) - ((x - 0.5) * ln(x) - x + HALF_LN_TAU);
        assert!((stirling(x) - left).abs() < 5e-15, "{x}: {} and {left}", stirling(x));
    }
}
