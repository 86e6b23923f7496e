//! How well predictions of one holdout did, for the customers as they are and for bootstrap samples of them.

use crate::error::{Error, ErrorKind, Result};
use crate::math::{exp, ln};
use crate::model::Interval;

/// What somebody predicted for every customer, and what came.
///
/// A rulebook orders customers and predicts no number: it gives `rank` alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Predicted {
    /// What customers are ordered by, higher first.
    pub(crate) rank: Vec<f64>,
    /// What a model says of each customer's number of purchases.
    pub(crate) counts: Option<Counts>,
}

/// The prediction of counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    /// The mean.
    pub(crate) expected: Vec<f64>,
    /// The logarithm of the probability of the number that came.
    pub(crate) ln_probability: Vec<f64>,
    /// Whether the number that came lies within the prediction interval.
    pub(crate) covered: Vec<bool>,
}

/// The measures of one holdout, in the order of [`Measure::ALL`].
pub(crate) type Measures = [Option<f64>; Measure::ALL.len()];

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Mean logarithm of the probability that was given to what came; higher is better. A probability below 2.2e−308, which a
    /// double cannot tell from 0, counts as that.
    LogScore,
    /// (expected − actual) ÷ actual, in total.
    Bias,
    /// Root of the mean squared error.
    Rmse,
    /// Mean absolute error. It rewards forecasts that are too low, because most customers buy nothing: to compare with the
    /// literature only.
    Mae,
    /// Share of customers inside their prediction interval.
    Coverage,
    /// Spearman's rank correlation of prediction and number of purchases, ties at their middle rank.
    RankCorrelation,
    /// The probability that a customer who came back was ranked above one who did not.
    Auc,
    /// Purchases of the best-ranked tenth ÷ a tenth of all purchases.
    Lift,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Measure; 8] = [
        Measure::LogScore,
        Measure::Bias,
        Measure::Rmse,
        Measure::Mae,
        Measure::Coverage,
        Measure::RankCorrelation,
        Measure::Auc,
        Measure::Lift,
    ];

    /// Its name as a column.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Measure::LogScore => "log_score",
            Measure::Bias => "bias",
            Measure::Rmse => "rmse",
            Measure::Mae => "mae",
            Measure::Coverage => "coverage",
            Measure::RankCorrelation => "rank_correlation",
            Measure::Auc => "auc",
            Measure::Lift => "lift",
        }
    }
}

/// Customers in the order of some number, with where equal ones end: sorted once, walked for every bootstrap sample.
struct Order {
    rows: Vec<u32>,
    /// From where to where in `rows` each group of equal numbers reaches.
    groups: Vec<(u32, u32)>,
}

impl Order {
    fn ascending(values: &[f64]) -> Order {
        let mut rows: Vec<u32> = (0..values.len() as u32).collect();
        rows.sort_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]));
        let same = |a: &u32, b: &u32| values[*a as usize] == values[*b as usize];
        let mut end = 0;
        let span = |group: &[u32]| {
            let from = end;
            end += group.len() as u32;
            (from, end)
        };
        let groups = rows.chunk_by(same).map(span).collect();
        Order { rows, groups }
    }

    /// The groups of equal numbers, from the lowest.
    fn groups(&self) -> impl DoubleEndedIterator<Item = &[u32]> {
        self.groups.iter().map(|&(from, end)| &self.rows[from as usize..end as usize])
    }
}

/// One prediction beside what came, ready to be measured under any weights.
pub(crate) struct Holdout<'a> {
    predicted: &'a Predicted,
    actual: &'a [f64],
    by_rank: Order,
    by_actual: Order,
}

impl<'a> Holdout<'a> {
    /// # Errors
    /// A number of the prediction is missing, of another length or not a number.
    pub(crate) fn new(predicted: &'a Predicted, actual: &'a [f64]) -> Result<Holdout<'a>> {
        let invalid = |message: String| Error::new(ErrorKind::InvalidArgument, message);
        if predicted.rank.len() != actual.len() {
            return Err(invalid(format!("{} predictions for {} customers", predicted.rank.len(), actual.len())));
        }
        if let Some(row) = predicted.rank.iter().position(|rank| rank.is_nan()) {
            return Err(invalid(format!("prediction, row {row}: not a number")));
        }
        let (by_rank, by_actual) = (Order::ascending(&predicted.rank), Order::ascending(actual));
        Ok(Holdout { predicted, actual, by_rank, by_actual })
    }

    /// The measures where each customer counts as often as its weight says.
    pub(crate) fn measure(&self, weights: &[f64]) -> Measures {
        let mut measures = [None; Measure::ALL.len()];
        if let Some(counts) = &self.predicted.counts {
            measures[..5].copy_from_slice(&self.of_counts(counts, weights));
        }
        measures[5] = self.rank_correlation(weights);
        measures[6] = self.auc(weights);
        measures[7] = self.lift(weights);
        measures
    }

    fn of_counts(&self, counts: &Counts, weights: &[f64]) -> [Option<f64>; 5] {
        let (mut n, mut expected, mut actual) = (0.0, 0.0, 0.0);
        let (mut score, mut square, mut size, mut covered) = (0.0, 0.0, 0.0, 0.0);
        for (row, &weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            let error = counts.expected[row] - self.actual[row];
            n += weight;
            expected += weight * counts.expected[row];
            actual += weight * self.actual[row];
            score += weight * counts.ln_probability[row];
            square += weight * error * error;
            size += weight * error.abs();
            covered += weight * f64::from(u8::from(counts.covered[row]));
        }
        let mean = |sum: f64| (n > 0.0).then(|| sum / n);
        [
            mean(score),
            (actual > 0.0).then(|| (expected - actual) / actual),
            mean(square).map(f64::sqrt),
            mean(size),
            mean(covered),
        ]
    }

    /// Pearson's correlation of the middle ranks.
    fn rank_correlation(&self, weights: &[f64]) -> Option<f64> {
        let (x, y) = (self.ranks(&self.by_rank, weights), self.ranks(&self.by_actual, weights));
        let n: f64 = weights.iter().sum();
        let middle = 0.5 * (n + 1.0);
        let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
        for ((x, y), weight) in x.iter().zip(&y).zip(weights) {
            let (x, y) = (x - middle, y - middle);
            xx += weight * x * x;
            yy += weight * y * y;
            xy += weight * x * y;
        }
        (xx > 0.0 && yy > 0.0).then(|| xy / (xx.sqrt() * yy.sqrt()))
    }

    fn ranks(&self, order: &Order, weights: &[f64]) -> Vec<f64> {
        let mut ranks = vec![0.0; weights.len()];
        let mut below = 0.0;
        for group in order.groups() {
            let here: f64 = group.iter().map(|&row| weights[row as usize]).sum();
            let rank = below + 0.5 * (here + 1.0);
            group.iter().for_each(|&row| ranks[row as usize] = rank);
            below += here;
        }
        ranks
    }

    fn auc(&self, weights: &[f64]) -> Option<f64> {
        let (mut below, mut won, mut returned) = (0.0, 0.0, 0.0);
        for group in self.by_rank.groups() {
            let (mut back, mut gone) = (0.0, 0.0);
            for &row in group {
                let part = if self.actual[row as usize] > 0.0 { &mut back } else { &mut gone };
                *part += weights[row as usize];
            }
            won += back * (below + 0.5 * gone);
            returned += back;
            below += gone;
        }
        (returned > 0.0 && below > 0.0).then(|| won / (returned * below))
    }

    /// The tenth may end inside a group of equally ranked customers: each of them then counts in part.
    fn lift(&self, weights: &[f64]) -> Option<f64> {
        let n: f64 = weights.iter().sum();
        let all: f64 = weights.iter().zip(self.actual).map(|(weight, actual)| weight * actual).sum();
        let (mut room, mut bought) = (0.1 * n, 0.0);
        for group in self.by_rank.groups().rev() {
            let here: f64 = group.iter().map(|&row| weights[row as usize]).sum();
            let theirs: f64 = group.iter().map(|&row| weights[row as usize] * self.actual[row as usize]).sum();
            if here <= room {
                bought += theirs;
                room -= here;
            } else {
                bought += theirs * (room / here);
                break;
            }
        }
        (all > 0.0).then(|| bought / (0.1 * all))
    }

    /// Tenths of customers by their prediction, from the lowest; none where no number was predicted.
    pub(crate) fn deciles(&self) -> Vec<Part> {
        if self.predicted.counts.is_none() {
            return Vec::new();
        }
        let n = self.by_rank.rows.len();
        let tenth = |tenth: usize| self.by_rank.rows[n * tenth / 10..n * (tenth + 1) / 10].to_vec();
        (0..10).map(|at| Part { label: at as u32 + 1, rows: tenth(at) }).filter(|part| !part.rows.is_empty()).collect()
    }
}

/// Customers seen together: what was expected of them and what came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group {
    /// The tenth, from 1 for the lowest predictions; or the frequency.
    pub label: u32,
    /// The customers in it.
    pub customers: u64,
    /// Mean number of purchases expected.
    pub expected: f64,
    /// Mean number of purchases that came, with its bootstrap interval: a model is off where what it expected lies outside.
    pub actual: Interval,
}

/// The rows of a group.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) label: u32,
    pub(crate) rows: Vec<u32>,
}

impl Part {
    /// The mean over the customers of the group, each as often as its weight says; none where no weight is.
    pub(crate) fn mean(&self, values: &[f64], weights: &[f64]) -> Option<f64> {
        let (mut sum, mut n) = (0.0, 0.0);
        for &row in &self.rows {
            sum += weights[row as usize] * values[row as usize];
            n += weights[row as usize];
        }
        (n > 0.0).then(|| sum / n)
    }
}

/// The shares of a mixture of models that give the highest mean log score, found by expectation maximisation.
///
/// ```text
/// max over w of mean ln Σ w_k p_k,   w_k ≥ 0, Σ w_k = 1
/// ```
///
/// Yao, Vehtari, Simpson & Gelman (2018), doi:10.1214/17-BA1091.
///
/// # Errors
/// What `step` fails with, which is asked at every one of the steps.
pub(crate) fn stack(ln_probabilities: &[&[f64]], step: impl Fn() -> Result<()>) -> Result<Vec<f64>> {
    let models = ln_probabilities.len();
    let rows = ln_probabilities.first().map_or(0, |first| first.len());
    let mut shares = vec![1.0 / models as f64; models];
    if models < 2 || rows == 0 {
        return Ok(shares);
    }
    // Relative to the best model of each row, so that nothing underflows that matters.
    let relative: Vec<f64> = (0..rows)
        .flat_map(|row| {
            let best = ln_probabilities.iter().map(|of| of[row]).fold(f64::NEG_INFINITY, f64::max);
            ln_probabilities.iter().map(move |of| exp(of[row] - best))
        })
        .collect();
    let mut before = f64::NEG_INFINITY;
    for _ in 0..10_000 {
        step()?;
        let mut next = vec![0.0; models];
        let mut score = 0.0;
        for row in relative.chunks_exact(models) {
            let mixed: f64 = row.iter().zip(&shares).map(|(p, share)| p * share).sum();
            score += ln(mixed);
            row.iter().zip(&shares).zip(&mut next).for_each(|((p, share), next)| *next += p * share / mixed);
        }
        shares = next.iter().map(|share| share / rows as f64).collect();
        if score - before <= 1e-12 * score.abs().max(1.0) {
            break;
        }
        before = score;
    }
    Ok(shares)
}
