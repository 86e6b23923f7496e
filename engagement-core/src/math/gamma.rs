//! Gamma function: its logarithm and the logarithm's derivatives.

use super::ln;

/// From here on the asymptotic series below hold to the last bit.
pub(super) const LARGE: f64 = 10.0;

/// B₂ₖ/(2k(2k − 1)) for k = 1, 2, ...: what Stirling's series has before x^−(2k−1).
pub(super) const STIRLING: [f64; 9] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360_360.0,
    1.0 / 156.0,
    -3617.0 / 122_400.0,
    43867.0 / 244_188.0,
];

/// The same for ψ: B₂ₖ/(2k), before −x^−2k.
pub(super) const STIRLING_DIGAMMA: [f64; 9] = {
    let mut series = STIRLING;
    let mut k = 0;
    while k < 9 {
        series[k] *= (2 * k + 1) as f64;
        k += 1;
    }
    series
};

/// The same for ψ′: B₂ₖ, before x^−(2k+1).
pub(super) const STIRLING_TRIGAMMA: [f64; 9] = {
    let mut series = STIRLING_DIGAMMA;
    let mut k = 0;
    while k < 9 {
        series[k] *= (2 * k + 2) as f64;
        k += 1;
    }
    series
};

/// ½ ln 2π.
pub(super) const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;

/// The positive zero of ψ, in two parts.
const ROOT: f64 = 1.461_632_144_968_362_2;
const ROOT_LOW: f64 = 9.549_995_429_965_698e-17;
/// Taylor's series of ψ about its zero: (−1)^(k+1) ζ(k + 1, zero).
const NEAR_ROOT: [f64; 22] = [
    0.967_672_245_447_621_2,
    -0.442_763_168_983_592_1,
    0.258_499_760_955_651,
    -0.163_942_705_442_406_53,
    0.107_824_050_691_262_37,
    -0.072_199_561_256_454_71,
    0.048_804_288_164_143_11,
    -0.033_161_126_474_847_36,
    0.022_597_648_232_218_105,
    -0.015_424_765_904_948_96,
    0.010_538_791_616_612_175,
    -0.007_204_534_386_356_868,
    0.004_926_781_395_729_853,
    -0.003_369_801_655_439_328,
    0.002_305_126_326_734_928,
    -0.001_576_936_771_430_197_3,
    0.001_078_825_201_916_296_6,
    -0.000_738_070_938_996_006,
    0.000_504_953_265_834_602,
    -0.000_345_468_025_106_307_7,
    0.000_236_356_015_640_270_53,
    -0.000_161_706_220_919_748_03,
];

/// c₀ + c₁ x + c₂ x² + ...
#[inline]
pub(super) fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

/// ln Γ(x) for x > 0.
#[inline]
pub(crate) fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// ln Γ(x) − (x − ½) ln x + x − ½ ln 2π for x > 0: what Stirling's formula leaves.
pub(super) fn stirling(x: f64) -> f64 {
    if x < LARGE {
        return ln_gamma(x) - (x - 0.5) * ln(x) + x - HALF_LN_TAU;
    }
    let v = 1.0 / x;
    v * polynomial(&STIRLING, v * v)
}

/// ψ(x) = d ln Γ(x)/dx for x > 0.
///
/// Taylor's series about the zero, where the terms of every other form cancel; elsewhere ψ(x) = ψ(x + 1) − 1/x up to where the
/// asymptotic series holds.
pub(crate) fn digamma(x: f64) -> f64 {
    let off = (x - ROOT) - ROOT_LOW;
    if off.abs() < 0.25 {
        return off * polynomial(&NEAR_ROOT, off);
    }
    let (mut x, mut below) = (x, 0.0);
    while x < LARGE {
        below += 1.0 / x;
        x += 1.0;
    }
    let v = 1.0 / x;
    let v2 = v * v;
    ln(x) - 0.5 * v - v2 * polynomial(&STIRLING_DIGAMMA, v2) - below
}

/// ψ′(x), the second derivative of ln Γ(x), for x > 0: a sum of positive terms.
///
/// ψ′(x) = ψ′(x + 1) + 1/x² up to where the asymptotic series holds.
pub(crate) fn trigamma(x: f64) -> f64 {
    let (mut x, mut below) = (x, 0.0);
    while x < LARGE {
        below += 1.0 / (x * x);
        x += 1.0;
    }
    let v = 1.0 / x;
    let v2 = v * v;
    below + v * (1.0 + 0.5 * v + v2 * polynomial(&STIRLING_TRIGAMMA, v2))
}

#[cfg(test)]
#[path = "gamma_tests.rs"]
mod tests;
