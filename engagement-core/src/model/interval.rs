//! Intervals: quantiles of counts and of the normal distribution.

use crate::error::{Error, ErrorKind, Result};
use crate::math::{Sum, exp, ln, ln_1p};

/// Probabilities of single counts that an interval adds up before it gives up.
const MOST: u64 = 10_000_000;

/// An estimate between the ends of its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The scale on which an estimate is taken to be normal, so that its interval stays inside its domain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Positive numbers: the logarithm is normal.
    #[default]
    Log,
    /// Probabilities: the log-odds are normal.
    Logit,
    /// Any numbers.
    Identity,
}

impl Scale {
    /// The number on the scale, and the derivative of the scale there.
    pub(crate) fn of(self, value: f64) -> (f64, f64) {
        match self {
            Scale::Log => (ln(value), 1.0 / value),
            Scale::Logit => (ln(value) - ln_1p(-value), 1.0 / (value * (1.0 - value))),
            Scale::Identity => (value, 1.0),
        }
    }

    /// Back from the scale.
    pub(crate) fn back(self, value: f64) -> f64 {
        match self {
            Scale::Log => exp(value),
            Scale::Logit if value < 0.0 => {
                let odds = exp(value);
                odds / (1.0 + odds)
            }
            Scale::Logit => 1.0 / (1.0 + exp(-value)),
            Scale::Identity => value,
        }
    }

    /// Whether the number is an end of the domain, which what is estimated comes close to and may be rounded to.
    pub(crate) fn ends_at(self, value: f64) -> bool {
        match self {
            Scale::Log => value == 0.0,
            Scale::Logit => value == 0.0 || value == 1.0,
            Scale::Identity => false,
        }
    }

    /// The domain in words.
    pub(crate) const fn domain(self) -> &'static str {
        match self {
            Scale::Log => "a positive finite number",
            Scale::Logit => "between 0 and 1",
            Scale::Identity => "a finite number",
        }
    }
}

/// Checks a confidence level.
pub(crate) fn level(level: f64) -> Result<f64> {
    if level > 0.0 && level < 1.0 {
        return Ok(level);
    }
    Err(Error::new(ErrorKind::InvalidArgument, format!("level: {level} is not between 0 and 1")))
}

/// From the quantile (1 − level)/2 to the quantile (1 + level)/2 of a count, by adding up the probabilities of 0, 1, 2, …
pub(crate) fn prediction_interval(mut pmf: impl FnMut(u64) -> Result<f64>, level: f64) -> Result<(u64, u64)> {
    let tail = 0.5 * (1.0 - self::level(level)?);
    let mut sum = Sum::default();
    let mut low = None;
    for n in 0..MOST {
        let probability = pmf(n)?;
        sum.add(probability);
        let below = sum.value();
        if low.is_none() && below >= tail {
            low = Some(n);
        }
        // Past the bulk, the rest is too small to be added: rounding alone keeps the sum below the level.
        let spent = below > 0.5 && probability * (n as f64 + 1.0) < f64::EPSILON * tail;
        if let Some(low) = low
            && (below >= 1.0 - tail || spent)
        {
            return Ok((low, n));
        }
    }
    Err(Error::new(ErrorKind::Overflow, format!("level: the interval of level {level} reaches beyond {MOST} purchases")))
}

/// The normal quantile with the upper tail probability `q`, 0 < q < 1, to 16 digits.
///
/// Wichura (1988), algorithm AS 241 (PPND16), doi:10.2307/2347330.
pub(crate) fn normal_upper_quantile(q: f64) -> f64 {
    let ratio = |x: f64, numerator: &[f64; 8], denominator: &[f64; 7]| {
        let top = numerator.iter().rev().fold(0.0, |sum, c| sum * x + c);
        let bottom = denominator.iter().rev().fold(0.0, |sum, c| sum * x + c) * x + 1.0;
        top / bottom
    };
    let centre = 0.5 - q;
    if centre.abs() <= 0.425 {
        return centre * ratio(0.180_625 - centre * centre, &CENTRE.0, &CENTRE.1);
    }
    let tail = if centre > 0.0 { q } else { 1.0 - q };
    let r = (-ln(tail)).sqrt();
    let size = if r <= 5.0 { ratio(r - 1.6, &NEAR.0, &NEAR.1) } else { ratio(r - 5.0, &FAR.0, &FAR.1) };
    if centre > 0.0 { size } else { -size }
}

type Rational = ([f64; 8], [f64; 7]);

const CENTRE: Rational = (
    [
        3.387_132_872_796_366_5,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_3e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ],
    [
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_659_7e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_854e3,
    ],
);
const NEAR: Rational = (
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
);
const FAR: Rational = (
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        2.965_605_718_285_048_7e-1,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        5.998_322_065_558_88e-1,
        1.369_298_809_227_358e-1,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
);

#[cfg(test)]
#[path = "interval_tests.rs"]
mod tests;
