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
fn probabilities_in_turn_are_the_probabilities_and_sum_to_one() {
    for (shape, scale, t) in [(0.2426, 4.4136, 39.0), (60.0, 1.0, 1.5), (1e6, 1e6, 365.0), (1000.0, 1.0, 3.0)] {
        let counts = NegativeBinomial::new(shape, scale, t);
        let mut sum = 0.0;
        for (n, p) in counts.probabilities().enumerate().take(6000) {
            let permitted = 2e-15 * ln(p).abs().max(200.0);
            assert!(
                p < 1e-300 || (p - counts.pmf(n as u64)).abs() <= permitted * p,
                "{shape} {scale} {t} {n}: {p:e} and {:e}",
                counts.pmf(n as u64)
            );
            sum += p;
        }
        assert!((sum - 1.0).abs() < 1e-12, "{shape} {scale} {t}: {sum}");
    }
}

#[test]
fn no_time_is_no_purchase() {
    let counts = NegativeBinomial::new(0.5, 2.0, 0.0);
    assert_eq!((counts.pmf(0), counts.pmf(1), counts.upper(0), counts.upper(1)), (1.0, 0.0, 1.0, 0.0));
}
