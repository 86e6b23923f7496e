use super::*;
use crate::math::oracle::{Worst, rows};

#[test]
fn agrees_with_the_high_precision_table() {
    let [mut mass, mut tail] = [Worst::of("negative_binomial_ln_pmf"), Worst::of("negative_binomial_upper")];
    for [shape, scale, t, n, ln_pmf, upper] in rows(include_str!("../../tests/oracle/negative_binomial.csv")) {
        let counts = NegativeBinomial::new(shape, scale, t);
        mass.see(counts.ln_pmf(n as u64), ln_pmf, ln_pmf.abs().max(1.0), &[shape, scale, t, n]);
        tail.see(counts.upper(n as u64), upper, upper, &[shape, scale, t, n]);
    }
    mass.check();
    tail.check();
}

#[test]
fn no_time_is_no_purchase() {
    let counts = NegativeBinomial::new(0.5, 2.0, 0.0);
    assert_eq!((counts.pmf(0), counts.pmf(1), counts.upper(0), counts.upper(1)), (1.0, 0.0, 1.0, 0.0));
}
