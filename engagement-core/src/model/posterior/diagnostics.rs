//! Whether chains have converged, and how many independent draws theirs are worth.

use crate::math::ln;
use crate::model::bootstrap::quantile;
use crate::model::interval::normal_upper_quantile;
use crate::model::spend::ranks;

/// What chains say of one quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Diagnostics {
    pub(super) r_hat: f64,
    pub(super) bulk: f64,
    pub(super) tail: f64,
}

impl Diagnostics {
    /// Of draws chain after chain, `draws` of each.
    ///
    /// Vehtari, Gelman, Simpson, Carpenter & Bürkner (2021), doi:10.1214/20-BA1221.
    pub(super) fn of(values: &[f64], draws: usize) -> Diagnostics {
        let half = draws / 2;
        let split = |values: &[f64]| halves(values, draws);
        let chains = split(values);
        let middle = quantile(&sorted(&chains), 0.5);
        let folded: Vec<f64> = chains.iter().map(|value| (value - middle).abs()).collect();
        let normal = normal_scores(&chains);
        let below = |share: f64| {
            let bound = quantile(&sorted(values), share);
            let indicators: Vec<f64> = values.iter().map(|&value| f64::from(u8::from(value <= bound))).collect();
            effective_size(&split(&indicators), half)
        };
        Diagnostics {
            r_hat: r_hat(&normal, half).max(r_hat(&normal_scores(&folded), half)),
            bulk: effective_size(&normal, half),
            tail: below(0.05).min(below(0.95)),
        }
    }
}

/// Each chain as two; the middle draw of an odd number is left out.
fn halves(values: &[f64], draws: usize) -> Vec<f64> {
    let half = draws / 2;
    values.chunks_exact(draws).flat_map(|chain| [&chain[..half], &chain[draws - half..]].concat()).collect()
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The normal quantiles of the ranks, which have a mean and a variance whatever the values have.
fn normal_scores(values: &[f64]) -> Vec<f64> {
    let scale = values.len() as f64 + 0.25;
    // Blom's (i − 3/8)/(n + 1/4) with ranks from 0.
    ranks(values).into_iter().map(|rank| -normal_upper_quantile((rank + 0.625) / scale)).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Mean and variance, the latter with n − 1.
pub(super) fn moments(values: &[f64]) -> (f64, f64) {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, squares / (values.len() as f64 - 1.0))
}

/// The variance within chains of a length, and the variance of all that both together estimate.
fn variances(values: &[f64], length: usize) -> (f64, f64) {
    let (means, variances): (Vec<f64>, Vec<f64>) = values.chunks_exact(length).map(moments).unzip();
    let within = mean(&variances);
    (within, within * (length as f64 - 1.0) / length as f64 + moments(&means).1)
}

/// The potential scale reduction of chains of a length: 1 where they agree, infinite where none of them moves.
fn r_hat(values: &[f64], length: usize) -> f64 {
    let (within, total) = variances(values, length);
    if within > 0.0 { (total / within).sqrt() } else { f64::INFINITY }
}

/// The number of independent draws whose mean is as certain as that of chains of a length; 0 where they do not move.
///
/// Autocorrelations are added up in pairs while those are positive, each pair no larger than the one before: Geyer (1992),
/// doi:10.1214/ss/1177011137.
fn effective_size(values: &[f64], length: usize) -> f64 {
    let (within, total) = variances(values, length);
    if !(within > 0.0 && total > 0.0) {
        return 0.0;
    }
    let size = values.len() as f64;
    let centred = |chain: &[f64]| {
        let mean = mean(chain);
        chain.iter().map(|value| value - mean).collect::<Vec<f64>>()
    };
    let chains: Vec<Vec<f64>> = values.chunks_exact(length).map(centred).collect();
    let correlation = |lag: usize| {
        let product = |chain: &Vec<f64>| chain.iter().zip(&chain[lag..]).map(|(a, b)| a * b).sum::<f64>();
        1.0 - (within - chains.iter().map(product).sum::<f64>() / size) / total
    };
    let (mut time, mut pair, mut lag) = (-1.0, f64::INFINITY, 0);
    loop {
        let even = if lag == 0 { 1.0 } else { correlation(lag) };
        let next = even + correlation(lag + 1);
        if next < 0.0 || lag + 5 > length {
            // The first lag that is not in a pair still counts.
            time += even.max(0.0);
            // Draws of opposite sides are worth more than their number n, but no more than n log₁₀ n.
            return size / time.max(ln(10.0) / ln(size));
        }
        pair = next.min(pair);
        time += 2.0 * pair;
        lag += 2;
    }
}

#[cfg(test)]
#[path = "diagnostics_tests.rs"]
mod tests;
