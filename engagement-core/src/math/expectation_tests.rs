use super::*;
use crate::math::oracle::{Worst, rows};
use crate::math::{exp_m1, ln_1p};

#[test]
fn agrees_with_the_high_precision_table() {
    let mut worst = Worst::of("beta_expectation");
    for [a, b, m, y, want] in rows(include_str!("../../tests/oracle/beta_expectation.csv")) {
        let got = beta_expectation(a, b, |at| -exp_m1(-m * ln_1p(at.p * y)) / at.p);
        worst.see(got, want, want, &[a, b, m, y]);
    }
    worst.check();
}

#[test]
fn moments_of_the_beta_distribution() {
    for (a, b) in [(1e-6, 1.0), (5.0, 1e-6), (0.8, 2.4), (1e6, 3.0), (1e6, 1e6)] {
        let near = |got: f64, want: f64| assert!((got / want - 1.0).abs() < 1e-14, "{a} {b}: {got:e}, not {want:e}");
        near(beta_expectation(a, b, |_| 1.0), 1.0);
        near(beta_expectation(a, b, |at| 1.0 + at.p), 1.0 + a / (a + b));
        if a.min(b) > 0.1 {
            near(beta_expectation(a, b, |at| exp(at.ln_q)), b / (a + b));
            near(beta_expectation(a, b, |at| exp(at.ln_p + at.ln_q)), a / (a + b) * (b / (a + b + 1.0)));
        }
    }
}
