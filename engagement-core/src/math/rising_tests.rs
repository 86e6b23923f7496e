use super::*;
use crate::math::oracle::{Worst, permitted, rows};

#[test]
fn agree_with_the_high_precision_table() {
    let [mut rising, mut first, mut second] = ["ln_rising", "digamma_rise", "trigamma_fall"].map(Worst::of);
    for [a, x, ln_rise, digamma_x, trigamma_x] in rows(include_str!("../../tests/oracle/rising.csv")) {
        // Across its minimum at 1.46, ln Γ may come back to where it was: the difference has no digits of its own there.
        let crossing = if a < 1.5 { 0.3 * x.min(1.0) } else { 0.0 };
        rising.see(ln_rising(a, x), ln_rise, ln_rise.abs().max(crossing), &[a, x]);
        first.see(digamma_rise(a, x), digamma_x, digamma_x, &[a, x]);
        second.see(trigamma_fall(a, x), trigamma_x, trigamma_x, &[a, x]);
    }
    rising.check();
    first.check();
    second.check();
}

#[test]
fn the_tables_equal_the_functions_within_and_beyond_them() {
    for a in [1e-6, 0.2426, 4.4, 1e6] {
        let (table, falling) = (Rising::new(a, 10_000), Falling::new(a, 10_000));
        for n in [0, 1, 2, 100, 4095, 4096, 4097, 9999] {
            let (ln, digamma) = (ln_rising(a, n as f64), digamma_rise(a, n as f64));
            assert!((table.ln(n) - ln).abs() <= 2.0 * permitted("ln_rising") * ln.abs(), "{a} {n}: {} and {ln}", table.ln(n));
            assert!((table.digamma(n) - digamma).abs() <= 2.0 * permitted("digamma_rise") * digamma, "{a} {n}");
            let trigamma = trigamma_fall(a, n as f64);
            assert!((falling.trigamma(n) - trigamma).abs() <= 2.0 * permitted("trigamma_fall") * trigamma, "{a} {n}");
        }
    }
}

#[test]
fn a_rise_in_two_steps_is_the_rise_in_one() {
    for (a, x, y) in [(0.3, 0.7, 12.25), (9.5, 0.75, 40.5), (1e6, 0.5, 3.25)] {
        let (two, one) = (ln_rising(a, x) + ln_rising(a + x, y), ln_rising(a, x + y));
        assert!((two - one).abs() <= 4e-15 * one.abs().max(1.0), "{a} {x} {y}: {two} and {one}");
    }
}
