//! The likelihood by power series: what a fit evaluates, where the two scales are alike.

use super::ParetoNbd;
use crate::math::{Rising, exp, ln, ln_1p, ln_1p_of_block};
use crate::model::PurchaseHistory;

/// Relative size of the terms left out.
const NEGLIGIBLE: f64 = 1e-16;
/// The largest argument of the series: beyond it they take longer than the integral.
const LARGEST: f64 = 0.6;
/// The largest r + s: the derivative of F by its argument loses as many digits as this has.
const LARGEST_SHAPE: f64 = 1e3;
/// The most frequencies with coefficients of their own.
const ROWS: usize = 64;
/// Arguments are told apart by this many steps when the number of terms is looked up.
const STEPS: f64 = 64.0;

/// What all customers share at these parameters.
///
/// # Formula
/// ```text
/// bracket = [s a(t_x) φ₁(t_x) + (r+x) a(T) φ₂(T)]/w,   w = r + s + x,   a(t) = (α+t)^−(r+x) (β+t)^−s
/// α ≥ β:  φ₁ = F(1, r+x; w+1; z),         φ₂ = (1−z) F(1, r+x+1; w+1; z)
/// α < β:  φ₁ = (1−z) F(1, s+1; w+1; z),   φ₂ = F(1, s; w+1; z),   z = |α−β|/(max(α, β)+t)
/// ```
/// All terms are positive. The coefficients depend on x alone, so that a customer costs six short polynomials.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// ln and digamma of Γ(r + x)/Γ(r).
    pub(super) rising: Rising,
    ln_alpha: f64,
    by_alpha: f64,
    by_beta: f64,
    /// Terms enough for an argument of i/64.
    terms: Vec<usize>,
    /// Coefficients of one frequency.
    length: usize,
    /// `length` coefficients for each frequency: of (F−1)/z for φ₁ and its derivatives by the parameter in F's numerator and by
    /// the other one of r and s, then the same of φ₂.
    coefficients: Vec<[f64; 6]>,
}

impl Table {
    /// For frequencies up to `largest`; 0 makes a table without series.
    pub(super) fn new(model: &ParetoNbd, largest: u32) -> Table {
        let ParetoNbd { r, alpha, s, beta } = *model;
        let largest = largest as usize;
        let mut table = Table {
            rising: Rising::new(r, largest),
            ln_alpha: ln(alpha),
            by_alpha: 1.0 / alpha,
            by_beta: 1.0 / beta,
            terms: Vec::new(),
            length: 0,
            coefficients: Vec::new(),
        };
        let z = ((alpha - beta).abs() / alpha.max(beta)).min(LARGEST);
        if largest == 0 || r + s > LARGEST_SHAPE {
            return table;
        }
        for step in 1..=(z * STEPS).floor() as u32 + 1 {
            table.terms.push((ln(NEGLIGIBLE) / ln(f64::from(step) / STEPS)).ceil() as usize);
        }
        table.length = table.terms.last().copied().unwrap_or(0);
        let rows = ROWS.min(largest + 1);
        table.coefficients.reserve_exact(rows * table.length);
        for x in 0..rows {
            let shape = r + x as f64;
            let c = shape + s + 1.0;
            let (mut first, mut second) = if alpha >= beta {
                (Coefficients::new(shape, s + 1.0), Coefficients::new(shape + 1.0, s))
            } else {
                (Coefficients::new(s + 1.0, shape), Coefficients::new(s, shape + 1.0))
            };
            for k in 0..table.length {
                let below = 1.0 / (c + k as f64);
                let ([a, b, d], [e, f, g]) = (first.next(k as f64, below), second.next(k as f64, below));
                table.coefficients.push([a, b, d, e, f, g]);
            }
        }
        table
    }

    /// The log-likelihood without its Γ factor, and its derivatives by the logarithms of the parameters, those of the Γ factor
    /// left out; nothing where the series would be long.
    pub(super) fn row(&self, model: &ParetoNbd, customer: &PurchaseHistory, gradient: &mut [f64; 4]) -> Option<f64> {
        let ParetoNbd { r, alpha, s, beta } = *model;
        let alpha_later = alpha >= beta;
        let (min, max) = if alpha_later { (beta, alpha) } else { (alpha, beta) };
        let times = [customer.recency(), customer.age()];
        let by_min = [1.0 / (min + times[0]), 1.0 / (min + times[1])];
        let by_max = [1.0 / (max + times[0]), 1.0 / (max + times[1])];
        let z = [(max - min) * by_max[0], (max - min) * by_max[1]];
        let terms = *self.terms.get((z[0] * STEPS) as usize)?;
        let start = customer.frequency() as usize * self.length;
        let sums = horner(self.coefficients.get(start..start + self.length)?.get(..terms)?, z);

        let x = f64::from(customer.frequency());
        let shape = r + x;
        let w = shape + s;
        let (by_w, by_shape) = (1.0 / w, 1.0 / shape);
        let b = if alpha_later { [shape, shape + 1.0] } else { [s + 1.0, s] };
        let [t_x, age] = times;
        let ln_up = ln_1p_of_block(&[t_x * self.by_alpha, t_x * self.by_beta, age * self.by_alpha, age * self.by_beta]);
        let logs = [[ln_up[0], ln_up[1]], [ln_up[2], ln_up[3]]];
        let (mut weights, mut slopes) = ([s, shape], [[0.0; 4]; 2]);
        for i in 0..2 {
            let (t, z) = (times[i], z[i]);
            let [e, own, other] = sums[i];
            let f = 1.0 + z * e;
            // z F′ (1−z) = w (1−F) + b z F.
            let mut by_z = b[i] * f - w * e;
            weights[i] *= f;
            if (i == 0) != alpha_later {
                by_z -= f;
                weights[i] *= 1.0 - z;
            }
            let by_f = 1.0 / f;
            let by_z = by_z * by_f;
            let (larger, smaller) = (by_z * max * by_max[i], -by_z * min * by_min[i]);
            let (own, other) = (z * own * by_f, z * other * by_f);
            let ((by_r, by_s), (by_alpha, by_beta), [over_alpha, over_beta]) = if alpha_later {
                ((own, other), (larger, smaller), [by_max[i], by_min[i]])
            } else {
                ((other, own), (smaller, larger), [by_min[i], by_max[i]])
            };
            slopes[i] = [
                r * (by_r - logs[i][0] - by_w + if i == 1 { by_shape } else { 0.0 }),
                (r * t - x * alpha) * over_alpha + by_alpha,
                s * (by_s - logs[i][1] - by_w) + if i == 0 { 1.0 } else { 0.0 },
                s * t * over_beta + by_beta,
            ];
        }
        // a(T)/a(t_x), at most 1.
        let fallen = exp(-shape * (logs[1][0] - logs[0][0]) - s * (logs[1][1] - logs[0][1]));
        let (first, second) = (weights[0], weights[1] * fallen);
        let total = first + second;
        let (first, second) = (first / total, second / total);
        for (i, slope) in gradient.iter_mut().enumerate() {
            *slope = first * slopes[0][i] + second * slopes[1][i];
        }
        Some(ln(total * by_w) - shape * logs[0][0] - x * self.ln_alpha - s * logs[0][1])
    }
}

/// The probability of being alive, from the same two terms; nothing where the series would be long.
pub(super) fn alive(model: &ParetoNbd, customer: &PurchaseHistory) -> Option<f64> {
    let ParetoNbd { r, alpha, s, beta } = *model;
    let (recency, age) = (customer.recency(), customer.age());
    let alpha_later = alpha >= beta;
    let (min, max) = if alpha_later { (beta, alpha) } else { (alpha, beta) };
    let (shape, since) = (r + f64::from(customer.frequency()), age - recency);
    let (z, w) = ([recency, age].map(|t| (max - min) / (max + t)), shape + s);
    let c = w + 1.0;
    if z[0] > LARGEST {
        return None;
    }
    if since == 0.0 {
        return Some(1.0);
    }
    let (first, second) = if alpha_later {
        (f21_1(shape, c, z[0]), (1.0 - z[1]) * f21_1(shape + 1.0, c, z[1]))
    } else {
        ((1.0 - z[0]) * f21_1(s + 1.0, c, z[0]), f21_1(s, c, z[1]))
    };
    let fallen = exp(-shape * ln_1p(since / (alpha + recency)) - s * ln_1p(since / (beta + recency)));
    Some((w * fallen / (s * first + shape * second * fallen)).min(1.0))
}

/// F(1, b; c; z) for b < c and z at most [`LARGEST`].
fn f21_1(b: f64, c: f64, z: f64) -> f64 {
    let (mut term, mut sum, mut k) = (1.0, 1.0, 0.0);
    while term > NEGLIGIBLE {
        term *= z * ((b + k) / (c + k));
        sum += term;
        k += 1.0;
    }
    sum
}

/// Three polynomials at one argument, and three at another.
fn horner(coefficients: &[[f64; 6]], z: [f64; 2]) -> [[f64; 3]; 2] {
    let z = [z[0], z[0], z[0], z[1], z[1], z[1]];
    let mut sums = [0.0; 6];
    for row in coefficients.iter().rev() {
        for i in 0..6 {
            sums[i] = sums[i] * z[i] + row[i];
        }
    }
    let [a, b, c, d, e, f] = sums;
    [[a, b, c], [d, e, f]]
}

/// (b)ₖ/(c)ₖ for k = 1, 2, ... with its derivatives by b, where c = b + a constant, and by that constant.
struct Coefficients {
    b: f64,
    /// c − b.
    more: f64,
    value: f64,
    by_numerator: f64,
    by_other: f64,
}

impl Coefficients {
    fn new(b: f64, more: f64) -> Coefficients {
        Coefficients { b, more, value: 1.0, by_numerator: 0.0, by_other: 0.0 }
    }

    /// `below` is 1/(c + k).
    fn next(&mut self, k: f64, below: f64) -> [f64; 3] {
        let over = self.b + k;
        self.value *= over * below;
        self.by_numerator += self.more * below / over;
        self.by_other -= below;
        [self.value, self.value * self.by_numerator, self.value * self.by_other]
    }
}
