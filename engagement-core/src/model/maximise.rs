//! The search for the estimates that maximise a log-likelihood.

use super::fit::{Convergence, Covariance, Estimated, Fit};
use super::fit_options::FitOptions;
use super::prior::Prior;
use crate::error::{Error, ErrorKind, Result};
use crate::math::minimise::{Minimum, Place, Search};
use crate::math::{exp, ln};

/// The second derivatives at a point; `None` where differences of the gradient have to serve.
pub(crate) type Second<'a> = &'a dyn Fn(&[f64]) -> Option<Vec<Vec<f64>>>;

/// A log-likelihood to maximise.
///
/// The search takes logarithms of parameters, so a change of the time unit only shifts those of parameters with a time in them, and
/// the data needs no rescaling where the starts follow its scale.
pub(crate) struct Problem<'a, M> {
    /// Anything of the kind to be found.
    pub(crate) template: &'a M,
    /// Takes the logarithms of the parameters (coefficients as they are), returns the log-likelihood of all customers and writes its
    /// gradient by what it took.
    pub(crate) objective: &'a (dyn Fn(&[f64], &mut [f64]) -> f64 + Sync),
    /// Takes the logarithms of the parameters, returns the second derivatives θᵢ θⱼ ∂²/∂θᵢ∂θⱼ of the log-likelihood; never with
    /// coefficients.
    pub(crate) curvature: Second<'a>,
    pub(crate) customers: f64,
    /// The size of what each coefficient is multiplied by, and 1 for parameters: the search takes each times its unit.
    pub(crate) units: Vec<f64>,
}

/// What is added to the log-likelihood per customer.
struct Extra<'a> {
    priors: Vec<(usize, Prior)>,
    options: &'a FitOptions,
    positive: &'a [bool],
    customers: f64,
}

impl Extra<'_> {
    /// Its value, with its gradient added to one.
    fn add(&self, point: &[f64], gradient: &mut [f64]) -> f64 {
        let mut value = 0.0;
        for (index, prior) in &self.priors {
            let (density, slope, _) = prior.ln_density_of_ln(point[*index], false);
            value += density / self.customers;
            gradient[*index] += slope / self.customers;
        }
        for ((&u, slope), positive) in point.iter().zip(gradient).zip(self.positive) {
            if !positive {
                value -= self.options.coefficient_penalty * u * u;
                *slope -= 2.0 * self.options.coefficient_penalty * u;
            } else if self.options.penalty > 0.0 {
                let square = exp(2.0 * u);
                value -= self.options.penalty * square;
                *slope -= 2.0 * self.options.penalty * square;
            }
        }
        value
    }

    /// Its second derivative by each parameter's logarithm, less the first.
    fn curvature(&self, point: &[f64]) -> Vec<f64> {
        let penalty = self.options.penalty;
        let mut curvature: Vec<f64> =
            point.iter().map(|u| if penalty > 0.0 { -2.0 * penalty * exp(2.0 * u) } else { 0.0 }).collect();
        for (index, prior) in &self.priors {
            let (_, slope, second) = prior.ln_density_of_ln(point[*index], false);
            curvature[*index] += (second - slope) / self.customers;
        }
        curvature
    }
}

impl<M: Estimated> Problem<'_, M> {
    /// Finds the estimates from starts that are estimates; `metric` is the inverse Hessian per customer near them, where it is known.
    pub(crate) fn maximise(&self, starts: &[Vec<f64>], metric: Option<&[Vec<f64>]>, options: &FitOptions) -> Result<Fit<M>> {
        let names = self.template.names();
        let positive: Vec<bool> = (0..names.len()).map(|index| self.template.is_positive(index)).collect();
        options.check()?;
        let priors = options.ordered_priors(&names)?;
        if let Some((index, _)) = priors.iter().find(|(index, _)| !positive[*index]) {
            let message = format!("prior: {} is a coefficient; a prior is of a parameter", names[*index]);
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let extra = Extra { priors, options, positive: &positive, customers: self.customers };
        let starts: Vec<Vec<f64>> = match &options.start {
            Some(start) => {
                self.template.with_estimates(start).map_err(|error| error.at("start"))?;
                vec![self.inside(start, &positive)]
            }
            None => starts.iter().map(|start| self.inside(start, &positive)).collect(),
        };
        let loss = |point: &[f64], gradient: &mut [f64]| {
            let point = self.natural(point);
            let mut value = (self.objective)(&point, gradient) / self.customers;
            gradient.iter_mut().for_each(|slope| *slope /= self.customers);
            value += extra.add(&point, gradient);
            gradient.iter_mut().zip(&self.units).for_each(|(slope, unit)| *slope /= -unit);
            -value
        };
        let curvature = |place: &Place| {
            let mut rows = (self.curvature)(&place.point)?;
            rows.iter_mut().flatten().for_each(|cell| *cell /= -self.customers);
            let more = extra.curvature(&place.point);
            for (i, (slope, more)) in place.gradient.iter().zip(more).enumerate() {
                rows[i][i] += slope - more;
            }
            Some(rows)
        };
        let search =
            Search { objective: &loss, curvature: &curvature, weight: self.customers, max_iterations: options.max_iterations };
        let (found, effort) = search.minimise(&starts, metric);
        let Some(found) = found else {
            let message =
                "the log-likelihood is not finite at any start: look for a value far out of scale in the data, or give a start";
            return Err(Error::new(ErrorKind::FitFailed, message));
        };
        let natural = self.natural(&found.place.point);
        let values: Vec<f64> = natural.iter().zip(&positive).map(|(&x, &log)| if log { exp(x) } else { x }).collect();
        let named = || names.iter().cloned().zip(values.iter().copied());
        let model = match self.template.with_estimates(&values) {
            Ok(model) if found.converged => model,
            _ => {
                let message = format!(
                    "the fit did not converge in {} steps: the gradient is still {:.1e} per customer at {}; \
                     try another start, a prior or a small penalty, or a model with fewer parameters",
                    effort.iterations,
                    found.gradient,
                    named().map(|(name, value)| format!("{name} = {value:.6}")).collect::<Vec<_>>().join(", "),
                );
                return Err(Error::new(ErrorKind::FitFailed, message).with_best_point(named().collect()));
            }
        };
        let log_likelihood = -(found.place.value + extra.add(&natural, &mut vec![0.0; natural.len()])) * self.customers;
        let at_boundary = names.iter().zip(&found.unbounded).filter(|(_, at)| **at).map(|(name, _)| name.clone()).collect();
        Ok(Fit {
            model,
            log_likelihood,
            customers: self.customers,
            parameters: values.len() as u32,
            covariance: self.covariance(&found, &values, &positive),
            convergence: Convergence {
                gradient_norm: found.gradient,
                iterations: effort.iterations,
                evaluations: effort.evaluations,
                starts: effort.starts,
                at_boundary,
            },
        })
    }

    /// What the search takes.
    fn inside(&self, estimates: &[f64], positive: &[bool]) -> Vec<f64> {
        let one = |((&value, unit), &log): ((&f64, &f64), &bool)| if log { ln(value) } else { value * unit };
        estimates.iter().zip(&self.units).zip(positive).map(one).collect()
    }

    /// What the objective takes.
    fn natural(&self, point: &[f64]) -> Vec<f64> {
        point.iter().zip(&self.units).map(|(x, unit)| x / unit).collect()
    }

    /// The inverse of the curvature, taken from what was searched to the estimates: at a maximum the gradient adds nothing to it.
    fn covariance(&self, found: &Minimum, values: &[f64], positive: &[bool]) -> Option<Covariance> {
        if found.unbounded.contains(&true) {
            return None;
        }
        let by_search = |((&value, unit), &log): ((&f64, &f64), &bool)| if log { value } else { 1.0 / unit };
        let scale: Vec<f64> = values.iter().zip(&self.units).zip(positive).map(by_search).collect();
        let mut rows = found.hessian.map(|curvature| 1.0 / (curvature * self.customers));
        for (row, a) in rows.iter_mut().zip(&scale) {
            row.iter_mut().zip(&scale).for_each(|(cell, b)| *cell *= a * b);
        }
        Some(Covariance { rows })
    }
}
