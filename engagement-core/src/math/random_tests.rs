//! The stream's published bits, and the samplers' moments.

use super::Random;
use crate::math::exp;

const DRAWS: u32 = 40_000;

/// The key stream of `ChaCha8` for a key of zeros, test case 1 of draft-strombergson-chacha-test-vectors-01:
/// `3e00ef2f895f40d6 7f5bb8e81f09a5a1 …`.
#[test]
fn the_bits_are_the_published_ones() {
    let mut random = Random::new(0, 0);
    for want in [0xd640_5f89_2fef_003e_u64, 0xa1a5_091f_e8b8_5b7f] {
        assert_eq!(random.uniform(), ((want >> 12) as f64 + 0.5) / 4_503_599_627_370_496.0);
    }
}

#[test]
fn seeds_and_streams_are_told_apart() {
    let first = |seed, stream| Random::new(seed, stream).uniform().to_bits();
    assert_eq!(first(7, 3), first(7, 3));
    assert_ne!(first(7, 3), first(7, 4));
    assert_ne!(first(7, 3), first(8, 3));
    assert_ne!(first(0, 1), first(1, 0));
}

/// Mean and variance within 4 standard errors; `excess` is the distribution's excess kurtosis.
fn moments(name: &str, mean: f64, variance: f64, excess: f64, mut draw: impl FnMut(&mut Random) -> f64) {
    let mut random = Random::new(20_250_101, 1);
    let draws: Vec<f64> = (0..DRAWS).map(|_| draw(&mut random)).collect();
    let n = f64::from(DRAWS);
    let got = draws.iter().sum::<f64>() / n;
    assert!((got - mean).abs() < 4.0 * (variance / n).sqrt(), "{name}: mean {got}, not {mean}");
    let spread = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
    let error = variance * ((excess + 2.0) / n).sqrt();
    assert!((spread - variance).abs() < 4.0 * error, "{name}: variance {spread}, not {variance}");
}

#[test]
fn moments_are_those_of_the_distributions() {
    moments("uniform", 0.5, 1.0 / 12.0, -1.2, Random::uniform);
    moments("exponential", 1.0, 1.0, 6.0, Random::exponential);
    moments("normal", 0.0, 1.0, 0.0, Random::normal);
    for shape in [0.05, 0.243, 1.0, 4.414, 1e6] {
        moments(&format!("gamma {shape}"), shape, shape, 6.0 / shape, |random| exp(random.ln_gamma_variate(shape)));
    }
    for (a, b) in [(0.793, 2.426), (0.1, 0.2), (30.0, 5.0)] {
        let s: f64 = a + b;
        let variance = a * b / (s * s * (s + 1.0));
        let cubic = (a - b) * (a - b) * (s + 1.0) - a * b * (s + 2.0);
        let excess = 6.0 * cubic / (a * b * (s + 2.0) * (s + 3.0));
        moments(&format!("beta {a} {b}"), a / s, variance, excess, |random| random.beta(a, b));
    }
    moments("below 10", 4.5, 8.25, -1.225, |random| random.below(10) as f64);
}

/// E ln G = ψ(shape), Var ln G = ψ′(shape): at 10⁻⁶ these are −1/shape − γ + O(shape) and 1/shape² + O(1).
#[test]
fn tiny_shapes_keep_their_logarithms() {
    let shape = 1e-6;
    moments("ln gamma 1e-6", -1e6 - 0.577_215_664_901_532_9, 1e12, 6.0, |random| random.ln_gamma_variate(shape));
    // Shapes whose variates all underflow still give a coin of the right weight.
    moments("beta 1e-310", 0.25, 0.1875, -2.0 / 3.0, |random| random.beta(1e-310, 3e-310));
}

#[test]
fn below_reaches_every_number() {
    let mut random = Random::new(3, 0);
    assert_eq!((random.below(0), random.below(1)), (0, 0));
    let mut seen = [0_u32; 6];
    (0..6000).for_each(|_| seen[random.below(6) as usize] += 1);
    assert!(seen.iter().all(|&count| (850..1150).contains(&count)), "{seen:?}");
    // Two thirds of 2⁶⁴: a generator without rejection would give every other number twice as often.
    let n = (1_u64 << 63) / 3 * 4;
    let low = (0..6000).filter(|_| random.below(n) < n / 2).count();
    assert!((2800..3200).contains(&low), "{low}");
}
