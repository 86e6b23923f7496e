//! Purchases to come, each worth less the later it comes.

use super::ahead::Ahead;
use crate::math::{exp, exp_m1, exp_m1_minus, exp_of_block, ln, ln_1p, ln_1p_of_block, ln_gamma, mean_power, sqrt};

/// Discounted beyond e^−40, a horizon is none.
const FORGOTTEN: f64 = 40.0;
/// Up to this shape and this horizon, in units of the scale, the density of purchases is summed as a series.
const BROAD: f64 = 60.0;
const NEAR: f64 = 8.0;
/// Terms of a series between two looks at what is left.
const STRIDE: usize = 4;
/// Shapes from here on have their weights normalised by their own sum, where the closed form loses digits.
const CONCENTRATED: f64 = 30.0;
/// The share of the purchases to come that is all of them.
const ALL: f64 = 1.0 - 1e-15;
/// What a tail of the quadrature may still hold.
const NEGLIGIBLE: f64 = 1e-12;

impl Ahead {
    /// ∫₀ᵗ e^(−δs) dE(s) for finite t and δ ≥ 0, or infinite t and δ > 0.
    pub(super) fn discounted(&self, t: f64, delta: f64) -> f64 {
        if delta == 0.0 {
            return self.purchases(t);
        }
        if delta * t > FORGOTTEN { self.forever(delta) } else { self.until(t, delta) }
    }

    /// A finite horizon, by Gauss's rule on panels.
    ///
    /// The rate of purchases to come is a mixture of e^(−s·rate) over rates, so that the rule is exact to the last digits on every
    /// panel that is not long compared with its distance from 0, and on the first if it is short compared with the fastest rate.
    fn until(&self, t: f64, delta: f64) -> f64 {
        let (horizon, discount) = (t / self.scale, delta * self.scale);
        let by_density = self.k == 1 && self.shape <= BROAD && horizon <= NEAR;
        let shortest = 5.0 / (4.0 + self.shape);
        let ever = self.purchases(f64::INFINITY);
        let (mut integral, mut from) = (0.0, 0.0);
        while from < horizon {
            let to = horizon.min(2.0 * from + shortest).min(from + 4.0 / discount);
            if to <= from {
                break;
            }
            let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
            let points = POINTS.map(|(x, _)| middle + half * x);
            let values = if by_density {
                self.densities(discount, &points)
            } else {
                points.map(|u| exp(-discount * u) * self.purchases(u * self.scale))
            };
            integral += half * values.iter().zip(&POINTS).map(|(value, (_, weight))| weight * value).sum::<f64>();
            from = to;
            // Once nothing more is to come but in the last digit, the rest of the integral is that of the discount.
            if !by_density && values[11] >= ALL * ever * exp(-discount * points[11]) {
                integral += ever * exp(-discount * from) * -exp_m1(-discount * (horizon - from)) / discount;
                break;
            }
        }
        if by_density {
            return self.shape * integral;
        }
        // By parts, both of them positive: e^(−δt) E(t) + δ ∫₀ᵗ e^(−δs) E(s) ds.
        exp(-delta * t) * self.purchases(t) + discount * integral
    }

    /// The discounted density of purchases at some times in units of the scale, ascending, over the shape.
    ///
    /// ```text
    /// e^(−νu) F(shape + 1, a; c; −u) = e^(−νu) (1 + u)^(−shape−1) Σ_n (shape+1)_n (kept)_n/((c)_n n!) (u/(1+u))^n
    /// ```
    fn densities(&self, discount: f64, times: &[f64; 12]) -> [f64; 12] {
        let (shape, c) = (self.shape + 1.0, self.a + self.kept);
        let ratios = times.map(|u| u / (1.0 + u));
        let ln_up = ln_1p_of_block(times);
        let mut exponents = *times;
        exponents.iter_mut().zip(&ln_up).for_each(|(u, ln_up)| *u = -shape * ln_up - discount * *u);
        let mut terms = exp_of_block(&exponents);
        let mut sums = terms;
        let mut coefficient = 1.0;
        for block in 0.. {
            for at in 0..STRIDE {
                let n = (block * STRIDE + at) as f64;
                coefficient *= (shape + n) / (1.0 + n) * ((self.kept + n) / (c + n));
                for ((term, sum), ratio) in terms.iter_mut().zip(&mut sums).zip(&ratios) {
                    *term *= ratio;
                    *sum += coefficient * *term;
                }
            }
            // The last time's sum is the slowest.
            let n = (block * STRIDE + STRIDE) as f64;
            let falling = ((shape + n) / (1.0 + n)).max(1.0) * ratios[11];
            if coefficient * terms[11] * falling <= 1e-14 * (1.0 - falling) * sums[11] {
                break;
            }
        }
        sums
    }

    /// An infinite horizon, as a mean over the rate.
    ///
    /// # Formula
    /// With g = λ·scale, ν = δ·scale, y = g/(g + ν), and j phases of the first gap over:
    /// ```text
    /// E_λ[Σ_{n≥1} B(a, kept + n − 1)/B(a, kept) y^(kn−j)] = E_g[y^(k−j) F(1, kept; a + kept; yᵏ)]
    ///     F(1, kept; c; yᵏ) = F(1, a; c; −w)/(1 − yᵏ),   w = yᵏ/(1 − yᵏ)
    /// ```
    /// Over ln g the integrand is analytic in a strip of the plane and falls off exponentially: the trapezoidal rule gains digits
    /// in proportion to its points.
    fn forever(&self, delta: f64) -> f64 {
        let discount = (delta * self.scale).clamp(1e-290, 1e290);
        let shape = self.shape;
        let concentrated = shape >= CONCENTRATED;
        let (middle, ln_constant) =
            if concentrated { (ln(shape), 0.0) } else { (ln(shape + 1.0), -ln_gamma(1.0 + shape) + ln(shape)) };
        let step = 1.0 / sqrt(9.0 + 1.5 * (shape + f64::from(self.k)));
        let mut fraction = Fraction::new(self.a, self.kept);
        let mut sums = (0.0, 0.0);
        for direction in [1.0, -1.0] {
            let factor = exp(direction * step);
            let (mut v, mut g) = (0.0, exp(middle));
            if direction < 0.0 {
                (v, g) = (-step, g * factor);
            }
            let mut previous = f64::INFINITY;
            loop {
                let weight =
                    if concentrated { exp(-shape * exp_m1_minus(v)) } else { exp(shape * (middle + v) - g + ln_constant) };
                let (stays, mean) = self.given_rate(g, discount, NEGLIGIBLE * sums.0 / weight, &mut fraction);
                let term = weight * mean;
                sums.0 += term;
                sums.1 += weight * stays;
                if term <= previous && term <= NEGLIGIBLE * sums.0 {
                    break;
                }
                previous = term;
                v += direction * step;
                g *= factor;
            }
        }
        if concentrated { sums.0 / sums.1 } else { step * sums.0 }
    }

    /// The weight of a rate relative to that in the first phase, and that times the discounted purchases.
    /// `slack` is the error that does not matter.
    fn given_rate(&self, g: f64, discount: f64, slack: f64, fraction: &mut Fraction) -> (f64, f64) {
        if self.k == 1 {
            let w = g / discount;
            return (1.0, w * fraction.at(w, slack / w));
        }
        let ln_y = -ln_1p(discount / g);
        let wanting = -exp_m1(f64::from(self.k) * ln_y);
        let value = fraction.at((1.0 - wanting) / wanting, 0.0) / wanting;
        let wait = self.wait * g;
        let (mut term, mut weight, mut mean) = (self.phases[0], 0.0, 0.0);
        for j in 0..self.k {
            weight += term;
            mean += term * exp(ln_y * f64::from(self.k - j));
            term *= wait / (f64::from(j) + 1.0);
        }
        (weight, mean * value)
    }
}

/// Steps of the continued fraction that are taken before another method is.
const DEEPEST: usize = 256;

/// F(1, a; c; −w) for many w ≥ 0, c = a + d, by the continued fraction of Stieltjes, whose coefficients are positive.
struct Fraction {
    a: f64,
    d: f64,
    coefficients: [f64; DEEPEST],
    known: usize,
}

impl Fraction {
    fn new(a: f64, d: f64) -> Fraction {
        Fraction { a, d, coefficients: [0.0; DEEPEST], known: 0 }
    }

    /// The next coefficients, up to `until`.
    fn extend(&mut self, until: usize) {
        let (a, d) = (self.a, self.d);
        let c = a + d;
        for n in self.known..until {
            let m = (n / 2) as f64;
            self.coefficients[n] = match n {
                0 => a / c,
                _ if n % 2 == 0 => (a + m) / (c + 2.0 * m) * ((c + (m - 1.0)) / (c + (2.0 * m - 1.0))),
                _ => (m + 1.0) / (c + 2.0 * m) * ((d + m) / (c + (2.0 * m + 1.0))),
            };
        }
        self.known = self.known.max(until);
    }

    /// F(1, a; c; −w), with an error of `slack` at most.
    fn at(&mut self, w: f64, slack: f64) -> f64 {
        /// Steps between two looks at the progress.
        const STRIDE: usize = 8;
        if w < 400.0 {
            let (mut before, mut now) = ((0.0, 1.0), (1.0, 1.0));
            for block in 0..DEEPEST / STRIDE {
                let span = block * STRIDE..(block + 1) * STRIDE;
                if self.known < span.end {
                    self.extend(span.end);
                }
                for e in &self.coefficients[span] {
                    let ew = e * w;
                    let next = (now.0 + ew * before.0, now.1 + ew * before.1);
                    before = now;
                    now = next;
                }
                // Two convergents in turn enclose the value.
                let (high, low) = (now.0 * before.1, before.0 * now.1);
                if (high - low).abs() <= (1e-13 * low).max(slack * (now.1 * before.1)) {
                    return now.0 / now.1;
                }
                if now.1 > 1e100 {
                    let shrink = 1.0 / now.1;
                    before = (before.0 * shrink, before.1 * shrink);
                    now = (now.0 * shrink, 1.0);
                }
            }
        }
        mean_power(1.0, self.a, self.d, w)
    }
}

/// Gauss's rule of 12 points on −1 to 1: points and weights.
const POINTS: [(f64, f64); 12] = [
    (-0.981_560_634_246_719_2, 0.047_175_336_386_511_83),
    (-0.904_117_256_370_474_9, 0.106_939_325_995_318_43),
    (-0.769_902_674_194_304_7, 0.160_078_328_543_346_22),
    (-0.587_317_954_286_617_5, 0.203_167_426_723_065_92),
    (-0.367_831_498_998_180_2, 0.233_492_536_538_354_8),
    (-0.125_233_408_511_468_9, 0.249_147_045_813_402_77),
    (0.125_233_408_511_468_9, 0.249_147_045_813_402_77),
    (0.367_831_498_998_180_2, 0.233_492_536_538_354_8),
    (0.587_317_954_286_617_5, 0.203_167_426_723_065_92),
    (0.769_902_674_194_304_7, 0.160_078_328_543_346_22),
    (0.904_117_256_370_474_9, 0.106_939_325_995_318_43),
    (0.981_560_634_246_719_2, 0.047_175_336_386_511_83),
];
