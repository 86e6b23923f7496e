//! From data and priors to draws.

use super::nuts::{Drawn, Target};
use super::{Posterior, PosteriorOptions};
use crate::error::{Error, ErrorKind, Result};
use crate::math::minimise::Search;
use crate::math::{exp, ln};
use crate::model::fit::{Fit, FitOptions};
use crate::model::likelihood::{RowLikelihood, Weighted};
use crate::score::in_chunks;

/// Draws from the posterior of a model. `scale` is the size of parameters with the data's unit where no prior is given, and `fit`
/// finds the maximum a posteriori, from which the search for the mode of the logarithms sets out.
pub(super) fn sample<M: RowLikelihood<Row>, Row: Copy + Sync>(
    data: &Weighted<'_, Row>,
    scale: f64,
    options: &PosteriorOptions<'_>,
    fit: impl FnOnce(&FitOptions) -> Result<Fit<M>>,
) -> Result<Posterior<M>> {
    options.check()?;
    let priors = options.complete_priors(M::PARAMETERS, scale);
    let fitted = fit(&FitOptions { priors: priors.clone(), threads: options.threads, ..FitOptions::default() })?.model;
    let index = |name: &str| M::PARAMETERS.iter().position(|known| *known == name);
    let priors: Vec<_> = priors.iter().filter_map(|(name, prior)| Some((index(name)?, prior))).collect();
    let model_at = |point: &[f64]| fitted.with_values(&point.iter().map(|&u| exp(u)).collect::<Vec<f64>>());

    // Chains share the threads among them; one alone has them all.
    let threads = if options.chains == 1 { options.threads } else { 1 };
    let ln_density = |point: &[f64], gradient: &mut [f64]| {
        let Ok(model) = model_at(point) else { return f64::NAN };
        let mut value = data.log_likelihood(&model, threads, gradient);
        for &(index, prior) in &priors {
            let (density, slope, _) = prior.ln_density_of_ln(point[index], true);
            value += density;
            gradient[index] += slope;
        }
        value
    };
    let customers = data.customers();
    let loss = |point: &[f64], gradient: &mut [f64]| {
        let value = ln_density(point, gradient);
        gradient.iter_mut().for_each(|slope| *slope /= -customers);
        -value / customers
    };
    let search = Search {
        objective: &loss,
        curvature: &|_| None,
        weight: customers,
        max_iterations: FitOptions::default().max_iterations,
    };
    let start: Vec<f64> = fitted.values().into_iter().map(ln).collect();
    let (Some(mode), _) = search.minimise(&[start], None) else {
        let message = "the posterior is not finite at its maximum: look for a prior far out of the data's scale";
        return Err(Error::new(ErrorKind::FitFailed, message));
    };

    let target = Target::new(&ln_density, &mode, customers);
    if let Some(progress) = options.progress {
        progress.begin(u64::from(options.chains) * options.steps());
    }
    let drawn = in_chunks(options.chains as usize, options.threads, |chain| target.draw(chain as u64, options))?;
    let mut models = Vec::new();
    models.try_reserve_exact(drawn.iter().map(|chain| chain.draws.len()).sum())?;
    for point in drawn.iter().flat_map(|chain| &chain.draws) {
        models.push(model_at(point)?);
    }
    Ok(Posterior::new(models, options.chains, drawn.iter().map(|Drawn { divergences, .. }| divergences).sum()))
}
