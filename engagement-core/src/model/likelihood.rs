//! The log-likelihood of many customers as one sum with its gradient.

use super::fit::{Fit, FitOptions};
use super::maximise::Problem;
use super::parameters::Parameters;
use crate::error::Result;
use crate::math::Sum;
use crate::score::in_chunks;

/// Rows summed together, by one thread: fixed, so that the sum is the same on any number of threads.
const CHUNK: usize = 4096;
/// Rows from which starting threads pays.
const PARALLEL: usize = 16_384;
/// Distinct rows from which a fit begins with a part of them.
const MANY: usize = 20_000;
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
}

/// Distinct rows and how many customers each stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weighted<'a, Row> {
    pub(crate) rows: &'a [Row],
    pub(crate) weights: &'a [f64],
    /// The largest frequency in the rows.
    pub(crate) largest: u32,
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
            let mut sums = [Sum::default(); MOST + 1];
            let mut slopes = [0.0; MOST];
            let span = chunk * CHUNK..self.rows.len().min((chunk + 1) * CHUNK);
            for (row, &weight) in self.rows[span.clone()].iter().zip(&self.weights[span]) {
                sums[MOST].add(weight * model.row(&table, row, &mut slopes[..n]));
                for (sum, slope) in sums[..n].iter_mut().zip(&slopes) {
                    sum.add(weight * slope);
                }
            }
            Ok(sums)
        });
        let Ok(sums) = sums else { return f64::NAN };
        let mut total = [Sum::default(); MOST + 1];
        for chunk in &sums {
            total.iter_mut().zip(chunk).for_each(|(total, sum)| total.merge(*sum));
        }
        gradient.iter_mut().zip(&total).for_each(|(slope, sum)| *slope = sum.value());
        total[MOST].value()
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
