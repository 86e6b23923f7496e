use super::*;
use crate::math::oracle::{Worst, rows};

#[test]
fn agree_with_the_high_precision_tables() {
    let mut worst = Worst::of("ln_beta");
    for [a, b, want] in rows(include_str!("../../tests/oracle/ln_beta.csv")) {
        // ln B crosses 0 where one argument is below 1.
        worst.see(ln_beta(a, b), want, want.abs().max(1.0), &[a, b]);
        assert_eq!(ln_beta(a, b).to_bits(), ln_beta(b, a).to_bits());
    }
    worst.check();
    let mut worst = Worst::of("ln_beta_ratio");
    for [a, b, da, db, want] in rows(include_str!("../../tests/oracle/ln_beta_ratio.csv")) {
        worst.see(ln_beta_ratio(a, b, da, db), want, want, &[a, b, da, db]);
    }
    worst.check();
}

#[test]
fn a_ratio_is_the_difference_where_that_has_digits() {
    let (a, b, da, db) = (0.79, 2.43, 3.0, 5.0);
    let want = ln_beta(a + da, b + db) - ln_beta(a, b);
    assert!((ln_beta_ratio(a, b, da, db) - want).abs() < 1e-14);
}
