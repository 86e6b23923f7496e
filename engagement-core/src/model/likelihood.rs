//! The log-likelihood of many customers as one sum with its gradient.

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
/// The most parameters of a model.
const MOST: usize = 8;

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
}

/// The log-likelihoods of several rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block<const N: usize> {
    pub(crate) values: [f64; N],
    /// The derivatives by the logarithm of each parameter.
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
        let n = gradient.len().min(MOST);
        let threads = if self.rows.len() < PARALLEL { 1 } else { threads };
        let sums = in_chunks(self.rows.len().div_ceil(CHUNK), threads, |chunk| {
            let mut sums = Sums::default();
            let span = chunk * CHUNK..self.rows.len().min((chunk + 1) * CHUNK);
            let (blocks, rows) = self.rows[span.clone()].as_chunks::<BLOCK>();
            let (weights, weights_left) = self.weights[span].as_chunks::<BLOCK>();
            if !blocks.is_empty() {
                let mut block = Block::new();
                for (rows, weights) in blocks.iter().zip(weights) {
                    model.rows(&table, rows, &mut block);
                    sums.add(&block, weights, n);
                }
            }
            let mut one = Block::new();
            for (&row, &weight) in rows.iter().zip(weights_left) {
                model.rows(&table, &[row], &mut one);
                sums.add(&one, &[weight], n);
            }
            Ok(sums)
        });
        let Ok(sums) = sums else { return f64::NAN };
        let mut total = Sums::default();
        for chunk in &sums {
            total.value.merge(chunk.value);
            total.slopes.iter_mut().zip(&chunk.slopes).for_each(|(total, sum)| total.merge(*sum));
        }
        gradient.iter_mut().zip(&total.slopes).for_each(|(slope, sum)| *slope = sum.value());
        total.value.value()
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
        let objective = |ln_values: &[f64], gradient: &mut [f64]| {
            let mut values = [0.0; MOST];
            values.iter_mut().zip(ln_values).for_each(|(value, &ln)| *value = crate::math::exp(ln));
            match template.with_values(&values[..ln_values.len().min(MOST)]) {
                Ok(model) => self.log_likelihood(&model, options.threads, gradient) + constant,
                Err(_) => f64::NAN,
            }
        };
        let units = vec![1.0; M::PARAMETERS.len()];
        let problem = Problem { template, objective: &objective, customers: self.customers(), units };
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
