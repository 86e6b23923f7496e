use super::*;
use crate::math::oracle::{Worst, rows};

#[test]
fn agrees_with_the_high_precision_table() {
    let mut worst = Worst::of("ln_tricomi");
    for [a, b, z, want] in rows(include_str!("../../tests/oracle/ln_tricomi.csv")) {
        worst.see(ln_tricomi(a, b, z), want, want.abs().max(1.0), &[a, b, z]);
    }
    worst.check();
}

#[test]
fn closed_forms_hold() {
    // U(a, a + 1, z) = z^−a, and U(a, b, z) = z^(1−b) U(a − b + 1, 2 − b, z).
    for z in [1e-12, 0.3, 7.0, 1e12] {
        for a in [1e-6, 0.6, 40.0, 1e6] {
            let want = -a * ln(z);
            assert!((ln_tricomi(a, a + 1.0, z) - want).abs() <= 1e-14 * want.abs().max(10.0), "{a} {z}");
        }
        let (left, right) = (ln_tricomi(2.5, 0.75, z), 0.25 * ln(z) + ln_tricomi(2.75, 1.25, z));
        assert!((left - right).abs() < 1e-13, "{z}: {left} and {right}");
    }
}
