//! Elementary functions with the same bits on every platform, and the small differences that lose digits when written out.

/// ln x.
#[inline]
pub(crate) fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// eˣ.
#[inline]
pub(crate) fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// ln(1 + x).
#[inline]
pub(crate) fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// eˣ − 1.
#[inline]
pub(crate) fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// xʸ.
#[inline]
pub(crate) fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// √x.
#[inline]
pub(crate) fn sqrt(x: f64) -> f64 {
    libm::sqrt(x)
}

/// ln(eᵃ + eᵇ), without overflow.
#[inline]
pub(crate) fn log_sum_exp(a: f64, b: f64) -> f64 {
    let (high, low) = if a >= b { (a, b) } else { (b, a) };
    if low == f64::NEG_INFINITY || high == f64::INFINITY { high } else { high + ln_1p(exp(low - high)) }
}

/// x − ln(1 + x), relative to its own value: about x²/2 for small x.
pub(crate) fn minus_ln_1p(x: f64) -> f64 {
    /// 1/3, 1/5, ..., 1/29.
    const ODD: [f64; 14] = inverses::<14>(3, 2);
    if !(-0.4..=0.7).contains(&x) {
        return x - ln_1p(x);
    }
    // ln(1 + x) = 2 artanh r with r = x/(2 + x), and x − 2r = x r.
    let r = x / (2.0 + x);
    let r2 = r * r;
    let terms = if r2 < 0.003 { 6 } else { ODD.len() };
    let series = ODD[..terms].iter().rev().fold(0.0, |sum, c| sum * r2 + c);
    r * (x - 2.0 * r2 * series)
}

/// r − 1 − ln r for r > 0, relative to its own value, where `off` is r − 1 with all its digits.
#[inline]
pub(crate) fn deviance(ratio: f64, off: f64) -> f64 {
    if off < -0.4 { off - ln(ratio) } else { minus_ln_1p(off) }
}

/// eˣ − 1 − x, relative to its own value: about x²/2 for small x.
pub(crate) fn exp_m1_minus(x: f64) -> f64 {
    /// 1/3, 1/4, ..., 1/16.
    const WHOLE: [f64; 14] = inverses::<14>(3, 1);
    if x.abs() > 0.5 {
        return exp_m1(x) - x;
    }
    let terms = if x.abs() < 0.02 { 6 } else { WHOLE.len() };
    let series = WHOLE[..terms].iter().rev().fold(1.0, |sum, c| 1.0 + x * c * sum);
    0.5 * x * x * series
}

/// 1/first, 1/(first + step), ...
const fn inverses<const N: usize>(first: u32, step: u32) -> [f64; N] {
    let mut inverses = [0.0; N];
    let mut k = 0;
    while k < N {
        inverses[k] = 1.0 / (first + step * k as u32) as f64;
        k += 1;
    }
    inverses
}

#[cfg(test)]
#[path = "elementary_tests.rs"]
mod tests;
