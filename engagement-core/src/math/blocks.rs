//! Elementary functions of a block of numbers: the bits of the functions of one number, in a fraction of the time.
//!
//! The steps are those of the `libm` crate (FreeBSD's `e_log.c`, `s_log1p.c` and `e_exp.c`) with choices in place of branches, so
//! that a compiler can take several numbers at once. Whether the bits are the same is tested, and nothing but speed depends on it.

use super::{exp, ln, ln_1p};

const LN2_HIGH: f64 = 0.693_147_180_369_123_8;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// Added to a whole number that is not negative, it leaves the number in the lowest bits.
const TWO_52: f64 = 4_503_599_627_370_496.0;
/// The bits below the exponent.
const FRACTION: u64 = (1 << 52) - 1;
/// √½, to the upper half of its bits.
const ROOT_HALF: u64 = 0x3fe6_a09e << 32;
const ONE: u64 = 0x3ff0_0000 << 32;

/// The largest number whose logarithm is taken along with others.
const LARGEST: f64 = 1e300;
/// The largest exponent of either sign.
const LARGEST_EXPONENT: f64 = 700.0;

/// About 2/3, 2/5, ..., 2/15: the series of ln((1 + s)/(1 − s)).
const LOGS: [f64; 7] = [
    0.666_666_666_666_673_5,
    0.399_999_999_994_094_2,
    0.285_714_287_436_623_9,
    0.222_221_984_321_497_84,
    0.181_835_721_616_180_5,
    0.153_138_376_992_093_73,
    0.147_981_986_051_165_86,
];

fn within<const N: usize>(numbers: &[f64; N], least: f64, most: f64) -> bool {
    numbers.iter().fold(true, |within, &x| within & (x >= least) & (x <= most))
}

/// 2^k (1 + f) has the bits `bits`, with 1 + f from √½ to √2.
#[inline]
fn scaled(bits: u64) -> (f64, f64) {
    let bits = bits + (ONE - ROOT_HALF);
    let k = f64::from_bits((bits >> 52) | TWO_52.to_bits()) - (TWO_52 + 1023.0);
    (k, f64::from_bits((bits & FRACTION) + ROOT_HALF) - 1.0)
}

/// ln(2^k (1 + f)) + c for a small c.
#[inline]
fn ln_of_scaled(k: f64, f: f64, c: f64) -> f64 {
    let half_square = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w * (LOGS[1] + w * (LOGS[3] + w * LOGS[5]));
    let odd = z * (LOGS[0] + w * (LOGS[2] + w * (LOGS[4] + w * LOGS[6])));
    s * (half_square + (odd + even)) + (k * LN2_LOW + c) - half_square + f + k * LN2_HIGH
}

/// ln x of every number; they are taken together where all are positive, and none is subnormal or enormous.
#[inline]
pub(crate) fn ln_of_block<const N: usize>(numbers: &[f64; N]) -> [f64; N] {
    if !within(numbers, f64::MIN_POSITIVE, LARGEST) {
        return numbers.map(ln);
    }
    let mut logs = [0.0; N];
    for (log, x) in logs.iter_mut().zip(numbers) {
        let (k, f) = scaled(x.to_bits());
        *log = ln_of_scaled(k, f, 0.0);
    }
    logs
}

/// ln(1 + x) of every number; they are taken together where none is negative or enormous.
#[inline]
pub(crate) fn ln_1p_of_block<const N: usize>(numbers: &[f64; N]) -> [f64; N] {
    /// Below √2 − 1 a number needs no scaling.
    const SMALL: f64 = f64::from_bits(0x3fda_827a << 32);
    if !within(numbers, 0.0, LARGEST) {
        return numbers.map(ln_1p);
    }
    let mut logs = [0.0; N];
    for (log, &x) in logs.iter_mut().zip(numbers) {
        // 1 + x = 2^k (1 + f), and c corrects for the rounding of the sum.
        let up = 1.0 + x;
        let (k, f) = scaled(up.to_bits());
        let lost = if k >= 2.0 { 1.0 - (up - x) } else { x - (up - 1.0) };
        let c = if k < 54.0 { lost / up } else { 0.0 };
        let (k, c, f) = if x < SMALL { (0.0, 0.0, x) } else { (k, c, f) };
        *log = ln_of_scaled(k, f, c);
    }
    logs
}

/// eˣ of every number; they are taken together where none is enormous.
#[inline]
pub(crate) fn exp_of_block<const N: usize>(numbers: &[f64; N]) -> [f64; N] {
    const PARTS: [f64; 5] = [
        0.166_666_666_666_666_02,
        -0.002_777_777_777_701_559_3,
        6.613_756_321_437_934e-5,
        -1.653_390_220_546_525_2e-6,
        4.138_136_797_057_238_5e-8,
    ];
    /// 2⁻²⁸, ½ ln 2 and 1½ ln 2, as far as their bits are looked at.
    const TINY: f64 = f64::from_bits(0x3e30_0001 << 32);
    const SMALL: f64 = f64::from_bits(0x3fd6_2e43 << 32);
    const MEDIUM: f64 = f64::from_bits(0x3ff0_a2b2 << 32);
    if !within(numbers, -LARGEST_EXPONENT, LARGEST_EXPONENT) {
        return numbers.map(exp);
    }
    let mut powers = [0.0; N];
    for (power, &x) in powers.iter_mut().zip(numbers) {
        // x = k ln 2 + r.
        let size = x.abs();
        let near = std::f64::consts::LOG2_E * size + 0.5;
        let whole = (near + TWO_52) - TWO_52;
        let whole = if whole > near { whole - 1.0 } else { whole };
        let k = if size >= MEDIUM { whole } else { 1.0 };
        let k = if size >= SMALL { k } else { 0.0 }.copysign(x);
        let (high, low) = (x - k * LN2_HIGH, k * LN2_LOW);
        let r = high - low;
        let square = r * r;
        let c = r - square * (PARTS[0] + square * (PARTS[1] + square * (PARTS[2] + square * (PARTS[3] + square * PARTS[4]))));
        let y = 1.0 + (r * c / (2.0 - c) - low + high);
        // The lowest bits of the sum are those of k, and the shift leaves no others.
        let scaled = f64::from_bits(y.to_bits().wrapping_add((k + 1.5 * TWO_52).to_bits() << 52));
        *power = if size < TINY { 1.0 + x } else { scaled };
    }
    powers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Random;

    /// Numbers of all sizes, those at which the steps change, and their neighbours.
    fn numbers(largest: f64, edges: &[u64]) -> Vec<f64> {
        let mut random = Random::new(1, 0);
        let mut numbers = vec![0.0, f64::MIN_POSITIVE, 5e-324, 1.0, largest];
        for high in edges {
            let edge = (high << 32) as i64;
            numbers.extend((-3..=3).map(|off| f64::from_bits((edge + off) as u64)));
        }
        let ln_largest = libm::log(largest);
        for _ in 0..200_000 {
            numbers.push(largest * random.uniform());
            numbers.push(libm::exp(ln_largest - 60.0 * random.uniform()).min(largest));
            numbers.push(libm::exp(4.0 - 45.0 * random.uniform()));
            numbers.push(4.0 * random.uniform());
        }
        numbers
    }

    #[test]
    fn bits_are_those_of_one_number() {
        for block in numbers(LARGEST, &[0x3fda_827a, 0x3ca0_0000, 0x3ff0_0000, 0x3fe6_a09e]).as_chunks::<8>().0 {
            assert_eq!(ln_1p_of_block(block).map(f64::to_bits), block.map(|x| ln_1p(x).to_bits()), "{block:?}");
        }
        for block in numbers(LARGEST, &[0x3ff0_0000, 0x3fe6_a09e, 0x3ff6_a09e]).as_chunks::<8>().0 {
            let block = &block.map(|x| if x < f64::MIN_POSITIVE { 2.0 } else { x });
            assert_eq!(ln_of_block(block).map(f64::to_bits), block.map(|x| ln(x).to_bits()), "{block:?}");
        }
        for block in numbers(LARGEST_EXPONENT, &[0x3e30_0001, 0x3fd6_2e43, 0x3ff0_a2b2]).as_chunks::<8>().0 {
            for block in [*block, block.map(|x| -x)] {
                assert_eq!(exp_of_block(&block).map(f64::to_bits), block.map(|x| exp(x).to_bits()), "{block:?}");
            }
        }
        // One that the blocks do not take has its neighbours taken one by one.
        let far = [1.0, f64::INFINITY, 1e305, -0.5];
        assert_eq!(ln_1p_of_block(&far), far.map(ln_1p));
        let far = [1.0, f64::INFINITY, 5e-324, 0.5];
        assert_eq!(ln_of_block(&far), far.map(ln));
        let far = [1.0, -3.0, 709.0, -720.0, f64::NEG_INFINITY];
        assert_eq!(exp_of_block(&far), far.map(exp));
    }
}
