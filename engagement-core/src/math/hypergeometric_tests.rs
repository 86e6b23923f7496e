use super::*;
use crate::math::oracle::{Worst, rows};

#[test]
fn agree_with_the_high_precision_tables() {
    let mut worst = Worst::of("mean_power");
    for [a, b, d, y, want] in rows(include_str!("../../tests/oracle/mean_power.csv")) {
        worst.see(mean_power(a, b, d, y), want, want, &[a, b, d, y]);
    }
    worst.check();
    let mut worst = Worst::of("ln_f21_1");
    for [b, c, one_minus_z, want] in rows(include_str!("../../tests/oracle/f21_1.csv")) {
        worst.see(ln_f21_1(b, c, 1.0 - one_minus_z, one_minus_z), want, want.max(1.0), &[b, c, one_minus_z]);
    }
    worst.check();
}

#[test]
fn closed_forms_hold() {
    for w in [0.999, 0.6, 0.3, 0.05, 1e-3, 1e-9] {
        let z: f64 = 1.0 - w;
        // F(1, 1; 2; z) = −ln(1 − z)/z, F(1, b; b; z) = 1/(1 − z), F(a, b; b; −y) → (1 + y)^−a.
        assert!((f21_1(1.0, 2.0, z, w) * z / -ln(w) - 1.0).abs() < 1e-14, "{w}");
        assert!((f21_1(3.7, 3.7, z, w) * w - 1.0).abs() < 1e-13, "{w}");
        assert!((mean_power(2.0, 1.0, 1.0, z / w) / w - 1.0).abs() < 1e-14, "{w}");
    }
    assert_eq!(f21_1(2.0, 3.0, 0.0, 1.0), 1.0);
    assert_eq!((mean_power(2.0, 1.0, 2.0, 0.0), mean_power(2.0, 1.0, 2.0, f64::INFINITY)), (1.0, 0.0));
}

#[test]
fn a_mean_of_a_power_is_between_0_and_1_everywhere() {
    let sizes = [1e-6, 1e-3, 0.5, 1.0, 3.0, 1e3, 1e6];
    for a in sizes {
        for b in sizes {
            for d in sizes {
                let mut last = 1.0;
                for y in [1e-300, 1e-12, 1e-3, 1.0, 14.9, 15.1, 1e6, 1e12, 1e300] {
                    let mean = mean_power(a, b, d, y);
                    assert!((0.0..=1.0).contains(&mean) && mean <= last * (1.0 + 1e-12), "{a} {b} {d} {y}: {mean} after {last}");
                    last = mean;
                }
            }
        }
    }
    assert!(mean_power(f64::NAN, 1.0, 1.0, 1.0).is_nan());
}
