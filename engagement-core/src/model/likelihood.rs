//! The log-likelihood of many customers as one sum with its derivatives.

use std::convert::Infallible;

use super::fit::{Fit, FitOptions};
use super::history::PurchaseHistory;
use super::maximise::Problem;
use super::parameters::Parameters;
use crate::error::{Error, ErrorKind, Result};
use crate::math::Sum;
use crate::purchases::{Distinct, Purchases};
use crate::score::in_chunks;

/// Rows summed together, by one thread: fixed, so that the sum is the same on any number of threads.
const CHUNK: usize = 4096;
/// Rows worked out together, of which a compiler takes several at once.
const BLOCK: usize = 32;
/// Rows of a block added to sums of their own, which are added to each other: the order that a compiler can keep.
const LANES: usize = 4;
/// Rows from which starting threads pays.
const PARALLEL: usize = 16_384;
/// Distinct rows from which a fit begins with a part of them.
const MANY: usize = 10_000;
/// The size of that part.
const PART: usize = 2_500;
/// The most parameters of a model, and second derivatives of one that tells them.
const MOST: usize = 10;

/// A model whose log-likelihood is a sum over customers, with its gradient by the logarithms of the parameters.
pub(crate) trait RowLikelihood<Row>: Parameters {
    /// What all rows share at these parameters.
    type Table: Send + Sync;

    /// Builds it for rows whose frequency is at most `largest`; 0 where a model serves only one row.
    fn table(&self, largest: u32) -> Self::Table;

    /// The log-likelihood of a row; its derivatives by the logarithms of the parameters are written into `gradient`.
    fn row(&self, table: &Self::Table, row: &Row, gradient: &mut [f64]) -> f64;

    /// The same of several rows.
    fn rows<const N: usize>(&self, table: &Self::Table, rows: &[Row; N], block: &mut Block<N>) {
        let mut gradient = [0.0; MOST];
        let gradient = &mut gradient[..Self::PARAMETERS.len().min(MOST)];
        for (at, row) in rows.iter().enumerate() {
            block.values[at] = self.row(table, row, gradient);
            block.slopes.iter_mut().zip(&*gradient).for_each(|(slopes, slope)| slopes[at] = *slope);
        }
    }

    /// What tells the second derivatives of rows whose frequency is at most `largest`; `None` where differences of the gradient have
    /// to serve.
    fn curved(&self, _largest: u32) -> Option<impl Terms<Row>> {
        None::<Infallible>
    }
}

/// What is summed over rows.
pub(crate) trait Terms<Row>: Sync {
    /// Writes what the rows have.
    fn rows<const N: usize>(&self, rows: &[Row; N], block: &mut Block<N>);
}

/// Nothing.
impl<Row> Terms<Row> for Infallible {
    fn rows<const N: usize>(&self, _: &[Row; N], _: &mut Block<N>) {
        match *self {}
    }
}

/// The log-likelihood of rows at the parameters of a model.
struct At<'a, M, Table> {
    model: &'a M,
    table: &'a Table,
}

impl<Row, M: RowLikelihood<Row>> Terms<Row> for At<'_, M, M::Table> {
    fn rows<const N: usize>(&self, rows: &[Row; N], block: &mut Block<N>) {
        self.model.rows(self.table, rows, block);
    }
}

/// The log-likelihoods of several rows, or their second derivatives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block<const N: usize> {
    pub(crate) values: [f64; N],
    /// The derivatives by the logarithm of each parameter. Or the second derivatives θᵢ θⱼ ∂²/∂θᵢ∂θⱼ, each j ≤ i in turn: those by
    /// the logarithms, less the first derivative where i = j.
    pub(crate) slopes: [[f64; N]; MOST],
}

impl<const N: usize> Block<N> {
    pub(crate) const fn new() -> Block<N> {
        Block { values: [0.0; N], slopes: [[0.0; N]; MOST] }
    }
}

impl Block<1> {
    /// The log-likelihood of the one row; its derivatives are written into `gradient`, as many as that holds.
    pub(crate) fn only(&self, gradient: &mut [f64]) -> f64 {
        gradient.iter_mut().zip(&self.slopes).for_each(|(slope, [of_row])| *slope = *of_row);
        self.values[0]
    }
}

/// The sums of a log-likelihood and its derivatives.
#[derive(Default)]
struct Sums {
    value: Sum,
    slopes: [Sum; MOST],
}

impl Sums {
    /// Adds what rows have, times their weights; the first `n` derivatives.
    fn add<const N: usize>(&mut self, block: &Block<N>, weights: &[f64; N], n: usize) {
        let dot = |numbers: &[f64; N]| {
            let mut lanes = [0.0; LANES];
            for (numbers, weights) in numbers.chunks(LANES).zip(weights.chunks(LANES)) {
                lanes.iter_mut().zip(numbers.iter().zip(weights)).for_each(|(lane, (x, weight))| *lane += x * weight);
            }
            lanes.iter().sum::<f64>()
        };
        self.value.add(dot(&block.values));
        self.slopes[..n].iter_mut().zip(&block.slopes).for_each(|(sum, slopes)| sum.add(dot(slopes)));
    }
}

/// Distinct rows and how many customers each stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weighted<'a, Row> {
    pub(crate) rows: &'a [Row],
    pub(crate) weights: &'a [f64],
    /// The largest frequency in the rows.
    pub(crate) largest: u32,
}

impl<'a> Weighted<'a, PurchaseHistory> {
    /// The histories to fit a model of repeat buying to, and the purchases per customer and time unit.
    ///
    /// # Errors
    /// [`ErrorKind::FitFailed`]: there is nothing to learn from them. [`ErrorKind::NoMemory`].
    pub(crate) fn of(purchases: &'a Purchases) -> Result<(Weighted<'a, PurchaseHistory>, f64)> {
        let failed = |message: &str| Err(Error::new(ErrorKind::FitFailed, message));
        let Distinct { histories: rows, weights, .. } = purchases.distinct()?;
        let sum =
            |number: fn(&PurchaseHistory) -> f64| rows.iter().zip(weights).map(|(row, weight)| weight * number(row)).sum::<f64>();
        let (purchases, ages) = (sum(|row| f64::from(row.frequency())), sum(PurchaseHistory::age));
        if weights.iter().sum::<f64>() < 2.0 {
            return failed("fewer than two customers: there is no spread to fit");
        }
        if purchases == 0.0 {
            return failed("nobody bought a second time: nothing tells how often customers buy");
        }
        if ages == 0.0 {
            return failed("all customers bought for the first time at the end of the observation: nothing was observed since");
        }
        if rows.len() < 2 {
            return failed("all customers have the same history: there is no spread to fit");
        }
        let largest = rows.iter().map(PurchaseHistory::frequency).max().unwrap_or(0);
        Ok((Weighted { rows, weights, largest }, purchases / ages))
    }
}

impl<Row: Copy + Sync> Weighted<'_, Row> {
    /// The customers.
    pub(crate) fn customers(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// The log-likelihood of all rows; its gradient by the logarithms of the parameters is written into `gradient`.
    pub(crate) fn log_likelihood<M: RowLikelihood<Row>>(&self, model: &M, threads: usize, gradient: &mut [f64]) -> f64 {
        let table = model.table(self.largest);
        let Ok(sums) = self.sums(&At { model, table: &table }, gradient.len(), threads) else { return f64::NAN };
        gradient.iter_mut().zip(&sums.slopes).for_each(|(slope, sum)| *slope = sum.value());
        sums.value.value()
    }

    /// The sums of [`curved`](RowLikelihood::curved) over all rows, as a symmetric matrix, where the model tells them.
    fn curvature<M: RowLikelihood<Row>>(&self, model: &M, threads: usize) -> Option<Vec<Vec<f64>>> {
        let n = M::PARAMETERS.len();
        let sums = self.sums(&model.curved(self.largest)?, n * (n + 1) / 2, threads).ok()?;
        let cell = |i: usize, j: usize| sums.slopes[i.max(j) * (i.max(j) + 1) / 2 + i.min(j)].value();
        Some((0..n).map(|i| (0..n).map(|j| cell(i, j)).collect()).collect())
    }

    /// The sums over all rows, of the first `n` derivatives.
    fn sums(&self, terms: &impl Terms<Row>, n: usize, threads: usize) -> Result<Sums> {
        let threads = if self.rows.len() < PARALLEL { 1 } else { threads };
        let n = n.min(MOST);
        let chunks = in_chunks(self.rows.len().div_ceil(CHUNK), threads, |chunk| {
            let mut sums = Sums::default();
            let span = chunk * CHUNK..self.rows.len().min((chunk + 1) * CHUNK);
            let (blocks, rows) = self.rows[span.clone()].as_chunks::<BLOCK>();
            let (weights, weights_left) = self.weights[span].as_chunks::<BLOCK>();
            if !blocks.is_empty() {
                let mut block = Block::new();
                for (rows, weights) in blocks.iter().zip(weights) {
                    terms.rows(rows, &mut block);
                    sums.add(&block, weights, n);
                }
            }
            let mut one = Block::new();
            for (&row, &weight) in rows.iter().zip(weights_left) {
                terms.rows(&[row], &mut one);
                sums.add(&one, &[weight], n);
            }
            Ok(sums)
        })?;
        let mut total = Sums::default();
        for chunk in &chunks {
            total.value.merge(chunk.value);
            total.slopes.iter_mut().zip(&chunk.slopes).for_each(|(total, sum)| total.merge(*sum));
        }
        Ok(total)
    }

    /// The model of maximum likelihood. `starts` are parameter values; `constant` is the part of the log-likelihood that no
    /// parameter changes.
    pub(crate) fn fit<M: RowLikelihood<Row>>(
        &self,
        template: &M,
        starts: &[Vec<f64>],
        constant: f64,
        options: &FitOptions,
    ) -> Result<Fit<M>> {
        let model_at = |ln_values: &[f64]| {
            let mut values = [0.0; MOST];
            values.iter_mut().zip(ln_values).for_each(|(value, &ln)| *value = crate::math::exp(ln));
            template.with_values(&values[..ln_values.len().min(MOST)])
        };
        let objective = |ln_values: &[f64], gradient: &mut [f64]| match model_at(ln_values) {
            Ok(model) => self.log_likelihood(&model, options.threads, gradient) + constant,
            Err(_) => f64::NAN,
        };
        let curvature = |ln_values: &[f64]| self.curvature(&model_at(ln_values).ok()?, options.threads);
        let units = vec![1.0; M::PARAMETERS.len()];
        let problem = Problem { template, objective: &objective, curvature: &curvature, customers: self.customers(), units };
        if self.rows.len() >= MANY && options.start.is_none() {
            // Where many rows differ, an even part of them says nearly where the maximum is and how curved it is there.
            let every = self.rows.len() / PART;
            let pick = || (every / 2..self.rows.len()).step_by(every);
            let rows: Vec<Row> = pick().map(|at| self.rows[at]).collect();
            let weights: Vec<f64> = pick().map(|at| self.weights[at]).collect();
            let part = Weighted { rows: &rows, weights: &weights, largest: self.largest };
            if let Ok(near) = part.fit(template, starts, 0.0, options)
                && let Some(covariance) = &near.covariance
            {
                let values = near.model.values();
                let scaled = |(row, a): (&Vec<f64>, &f64)| -> Vec<f64> {
                    row.iter().zip(&values).map(|(cell, b)| cell / (a * b) * near.customers).collect()
                };
                let metric: Vec<Vec<f64>> = covariance.rows.iter().zip(&values).map(scaled).collect();
                return problem.maximise(std::slice::from_ref(&values), Some(&metric), options);
            }
        }
        problem.maximise(starts, None, options)
    }
}

/// Asserts that the second derivatives of a row are sixth-order differences of its gradient, within `tolerance`; with tables and
/// without.
#[cfg(test)]
pub(crate) fn check_curvature<M: RowLikelihood<Row>, Row: Copy + Sync + std::fmt::Debug>(
    model: &M,
    row: &Row,
    largest: u32,
    tolerance: f64,
) {
    let step = 2e-3;
    let n = M::PARAMETERS.len();
    let gradient = |by: f64, j: usize| {
        let mut values = model.values();
        values[j] *= crate::math::exp(by * step);
        let (model, mut gradient) = (model.with_values(&values).unwrap(), vec![0.0; n]);
        model.row(&model.table(0), row, &mut gradient);
        gradient
    };
    for largest in [0, largest] {
        let second = Weighted { rows: &[*row], weights: &[1.0], largest }.curvature(model, 1).unwrap();
        for j in 0..second.len() {
            let [near, middle, far] = [1.0, 2.0, 3.0].map(|by| (gradient(by, j), gradient(-by, j)));
            let slope = gradient(0.0, j)[j];
            for (i, row_of_second) in second.iter().enumerate() {
                let rise = |(up, down): &(Vec<f64>, Vec<f64>)| up[i] - down[i];
                let want = (45.0 * rise(&near) - 9.0 * rise(&middle) + rise(&far)) / (60.0 * step);
                let got = row_of_second[j] + if i == j { slope } else { 0.0 };
                assert!((got - want).abs() <= tolerance, "{model:?} {row:?} {i} {j}: {got} {want}");
            }
        }
    }
}
