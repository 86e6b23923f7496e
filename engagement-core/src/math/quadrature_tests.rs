use super::*;
use crate::math::{exp, ln_gamma};

#[test]
fn integrates_the_gamma_function_to_the_last_digits() {
    // ∫ e^(xu − eᵘ) du = Γ(x), with its peak at u = ln x.
    for x in [1e-6, 0.1, 1.0, 7.5, 160.0] {
        let left = Tail { rate: x, flat: (40.0 + ln(x)).max(1.0) };
        let right = Tail { rate: 1.0, flat: f64::INFINITY };
        let middle = ln(x);
        let sum = trapezoid((1.0 / x.sqrt()).min(0.5), left, right, |v| exp(x * (v - exp_m1(v))));
        let got = ln(sum) + x * middle - x;
        assert!((got - ln_gamma(x)).abs() < 1e-14 * ln_gamma(x).abs().max(5.0), "{x}: {got} and {}", ln_gamma(x));
    }
}

#[test]
fn the_cumulant_is_symmetric_and_keeps_its_digits() {
    for (p, v) in [(0.3, 1e-8), (0.3, 0.5), (1e-9, 20.0), (0.4, -3.0), (1e-300, 650.0)] {
        assert_eq!(cumulant(p, 1.0 - p, v), cumulant(1.0 - p, p, -v));
    }
    assert!((cumulant(0.25, 0.75, 1e-8) / (0.25 * 0.75 * 0.5e-16) - 1.0).abs() < 1e-8);
    assert!((cumulant(1e-300, 1.0, 699.999_999) - cumulant(1e-300, 1.0, 700.000_001) + 2e-6).abs() < 1e-9);
}
