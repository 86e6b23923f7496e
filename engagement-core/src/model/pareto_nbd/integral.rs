//! Integrals of log-concave functions: one peak, tails that fall at least exponentially.

use crate::math::{exp, ln};

/// The integrand is left out where it is below e⁻⁴⁰ of its peak.
const NEGLIGIBLE: f64 = -40.0;
/// The widest panel. The integrands here are smooth on the scale of 1: their variable is the logarithm of a time.
const WIDTH: f64 = 3.0;
/// The most that the logarithm of the integrand changes within a panel, on average.
const CHANGE: f64 = 13.0;
/// A distance within which most integrands fall that far.
const FAR: f64 = 64.0;
/// A fall from which halving the distance comes nearer to where the integrand matters no more than Newton's steps do.
const FAR_DOWN: f64 = -1e6;
/// Gauss–Legendre rule of 20 points on −1..1: its positive points and their weights.
const RULE: [(f64, f64); 10] = [
    (0.07652652113349734, 0.15275338713072584),
    (0.22778585114164507, 0.14917298647260374),
    (0.37370608871541955, 0.14209610931838204),
    (0.5108670019508271, 0.13168863844917664),
    (0.636053680726515, 0.11819453196151841),
    (0.7463319064601508, 0.10193011981724044),
    (0.8391169718222188, 0.08327674157670475),
    (0.912234428251326, 0.06267204833410907),
    (0.9639719272779138, 0.04060142980038694),
    (0.9931285991850949, 0.017614007139152118),
];

/// The logarithm of a function of one variable whose slope never rises.
pub(super) trait LogConcave {
    /// What a point of the curve says besides its height.
    type Point;

    /// The height at `d` and what else is known there.
    fn at(&self, d: f64) -> (f64, Self::Point);

    /// The slope at `d`.
    fn slope(&self, d: f64) -> f64;
}

/// `ln ∫ e^height` from `low` to `high`; `visit` is given every point with its weight, up to a common factor.
///
/// Gauss–Legendre rules side by side, over the part where the integrand matters. `mode` is where the height is greatest, the
/// ends included; the ends may be infinite.
pub(super) fn ln_integral<C: LogConcave>(curve: &C, low: f64, mode: f64, high: f64, mut visit: impl FnMut(f64, C::Point)) -> f64 {
    let top = curve.at(mode).0;
    let (left, fall_left) = reach(curve, mode, top, -1.0, mode - low);
    let (right, fall_right) = reach(curve, mode, top, 1.0, high - mode);
    let width = left + right;
    let panels = (width / WIDTH).max(-(fall_left + fall_right) / CHANGE).ceil().max(1.0);
    let half = 0.5 * width / panels;
    let mut sum = 0.0;
    for panel in 0..panels as u32 {
        let middle = mode - left + half * (2.0 * f64::from(panel) + 1.0);
        for (x, weight) in RULE {
            for d in [middle - half * x, middle + half * x] {
                let (height, point) = curve.at(d);
                let mass = weight * exp(height - top);
                sum += mass;
                visit(mass, point);
            }
        }
    }
    top + ln(half * sum)
}

/// How far from the mode the integrand matters on one side, at most `limit`, and the height there above that of the mode.
fn reach<C: LogConcave>(curve: &C, mode: f64, top: f64, side: f64, limit: f64) -> (f64, f64) {
    if limit <= 0.0 {
        return (0.0, 0.0);
    }
    // A curve lies below its tangents, so that one that falls at the mode already is known to be short.
    let slope = side * curve.slope(mode);
    let mut distance = if slope < 0.0 { limit.min(NEGLIGIBLE / slope) } else { limit };
    if distance > FAR {
        distance = FAR;
        while distance < limit && curve.at(mode + side * distance).0 - top > NEGLIGIBLE {
            distance *= 2.0;
        }
        distance = distance.min(limit);
    }
    let mut fall = curve.at(mode + side * distance).0 - top;
    // Far down a curve that falls exponentially Newton's steps are short, and of an infinite fall there are none.
    let (mut inside, mut steps) = (0.0, 0);
    while fall < FAR_DOWN && steps < 200 {
        let middle = 0.5 * (inside + distance);
        let fall_there = curve.at(mode + side * middle).0 - top;
        if fall_there > NEGLIGIBLE {
            inside = middle;
        } else {
            (distance, fall) = (middle, fall_there);
        }
        steps += 1;
    }
    // Newton's steps from outside never step over the point they look for.
    for _ in 0..100 {
        let slope = side * curve.slope(mode + side * distance);
        if fall > NEGLIGIBLE - 4.0 || slope >= 0.0 {
            break;
        }
        distance -= (fall - NEGLIGIBLE) / slope;
        fall = curve.at(mode + side * distance).0 - top;
    }
    (distance, fall)
}
