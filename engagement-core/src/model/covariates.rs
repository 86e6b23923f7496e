//! Customers who differ in known ways: covariates that scale the parameters of a model.

use super::fit::{Estimated, Fit, FitOptions};
use super::gamma_gamma::{GammaGamma, Paid};
use super::likelihood::{RowLikelihood, Weighted};
use super::maximise::Problem;
use super::parameters::Parameters;
use super::{BgNbd, MbgNbd, ParetoNbd};
use crate::error::{Error, ErrorKind, Result};
use crate::math::{Sum, exp};
use crate::purchases::Purchases;
use crate::score::in_chunks;

/// Groups of equal covariates summed together, by one thread.
const CHUNK: usize = 256;
/// Groups from which starting threads pays.
const PARALLEL: usize = 4096;
/// Customers of equal covariates from which their model's tables pay.
const TABLE: usize = 8;

/// What is known of customers before they buy, such as a channel or an age: some numbers for each.
///
/// ```
/// use engagement_core::model::Covariates;
///
/// let covariates = Covariates::new(&["online", "age"], vec![1.0, 34.0, 0.0, 51.0])?;
/// assert_eq!(covariates.len(), 2);
/// assert_eq!(covariates.row(1), Some(&[0.0, 51.0][..]));
/// let error = Covariates::new(&["online", "age"], vec![1.0, f64::NAN]).unwrap_err();
/// assert_eq!(error.to_string(), "age: NaN in row 1 is not a finite number");
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Covariates {
    names: Vec<String>,
    values: Vec<f64>,
}

impl Covariates {
    /// Covariates of these names; `values` holds one customer after the other, in the order of the purchases.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: no name or the same one twice, values that do not make whole rows, or one that is not finite.
    pub fn new(names: &[&str], values: Vec<f64>) -> Result<Covariates> {
        let names = checked_names(names)?;
        if !values.len().is_multiple_of(names.len()) {
            return invalid(format!("values: {} numbers do not make whole rows of {}", values.len(), names.len()));
        }
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            let (row, name) = (at / names.len() + 1, &names[at % names.len()]);
            return invalid(format!("{name}: {} in row {row} is not a finite number", values[at]));
        }
        Ok(Covariates { names, values })
    }

    /// The customers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len() / self.names.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The names, in order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The covariates of a customer, or `None` where there is no such row.
    #[must_use]
    pub fn row(&self, row: usize) -> Option<&[f64]> {
        self.values.chunks_exact(self.names.len()).nth(row)
    }

    /// The typical size of each covariate, so that the search is not led by units.
    fn sizes(&self) -> Vec<f64> {
        let mut squares = vec![0.0; self.names.len()];
        for row in self.values.chunks_exact(self.names.len()) {
            squares.iter_mut().zip(row).for_each(|(square, value)| *square += value * value / self.len() as f64);
        }
        squares.iter().map(|square: &f64| if *square > 0.0 && square.is_finite() { square.sqrt() } else { 1.0 }).collect()
    }
}

fn checked_names(names: &[&str]) -> Result<Vec<String>> {
    if names.is_empty() {
        return invalid("names: there are no covariates".to_owned());
    }
    if let Some((_, twice)) = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
        return invalid(format!("names: {twice} is there twice"));
    }
    Ok(names.iter().map(|&name| name.to_owned()).collect())
}

fn invalid<T>(message: String) -> Result<T> {
    Err(Error::new(ErrorKind::InvalidArgument, message))
}

/// A model whose parameters may depend on covariates.
pub trait Covariate: Parameters {
    /// The parameters that covariates scale, by index, and the sign of the exponent.
    const SCALED: &'static [(usize, f64)];

    /// The fit of [`WithCovariates::fit`].
    #[doc(hidden)]
    fn fit_with(purchases: &Purchases, covariates: &Covariates, options: &FitOptions) -> Result<Fit<WithCovariates<Self>>>;
}

impl Covariate for GammaGamma {
    const SCALED: &'static [(usize, f64)] = &[(2, 1.0)];

    fn fit_with(purchases: &Purchases, covariates: &Covariates, options: &FitOptions) -> Result<Fit<WithCovariates<GammaGamma>>> {
        let spends = purchases.spends().into_iter().enumerate().filter(|(_, spend)| spend.count() > 0);
        let rows = spends.map(|(row, spend)| (row, Paid::of(&spend), spend.count())).collect();
        fit_rows(GammaGamma::fit(purchases, &options.plain())?.model, rows, covariates, options)
    }
}

/// Models of purchase times: every customer has a row.
macro_rules! covariates_of_times {
    ($($model:ident: $scaled:expr,)+) => {$(
        impl Covariate for $model {
            const SCALED: &'static [(usize, f64)] = $scaled;

            fn fit_with(purchases: &Purchases, covariates: &Covariates, options: &FitOptions) -> Result<Fit<WithCovariates<$model>>> {
                let rows = (0..purchases.len()).map(|row| (row, purchases.history(row), purchases.frequency()[row])).collect();
                fit_rows($model::fit(purchases, &options.plain())?.model, rows, covariates, options)
            }
        }
    )+};
}

// A scale goes down where its rate goes up.
covariates_of_times! {
    ParetoNbd: &[(1, -1.0), (3, -1.0)],
    BgNbd: &[(1, -1.0), (2, 1.0), (3, 1.0)],
    MbgNbd: &[(1, -1.0), (2, 1.0), (3, 1.0)],
}

/// The fit to the rows of purchases: position, row, and the frequency in it.
fn fit_rows<M: Covariate + RowLikelihood<Row>, Row: Copy + Sync>(
    plain: M,
    rows: Vec<(usize, Row, u32)>,
    covariates: &Covariates,
    options: &FitOptions,
) -> Result<Fit<WithCovariates<M>>> {
    let count = M::SCALED.len() * covariates.names.len();
    let template = WithCovariates { base: plain, covariates: covariates.names.clone(), coefficients: vec![0.0; count] };
    let groups = Groups::new(rows, covariates);
    let objective = |point: &[f64], gradient: &mut [f64]| {
        let split = point.len() - count;
        let values: Vec<f64> = point[..split].iter().map(|&ln| exp(ln)).chain(point[split..].iter().copied()).collect();
        template.with_estimates(&values).map_or(f64::NAN, |model| groups.log_likelihood(&model, options.threads, gradient))
    };
    let mut units = vec![1.0; template.base.values().len()];
    units.extend(covariates.sizes().iter().cycle().take(count));
    let problem = Problem { template: &template, objective: &objective, customers: groups.rows.len() as f64, units };
    problem.maximise(&[template.estimates()], None, options)
}

/// A model with parameters that depend on covariates: [`of`](WithCovariates::of) a customer's covariates it is the plain model, with
/// all its predictions.
///
/// # Formula
/// ```text
/// parameter of a customer = parameter · exp(± Σ coefficient · covariate)
/// ```
/// A positive coefficient means more: the scales α and β of purchasing and dropping out go down with it, so that the rates go up;
/// a and b of the beta distribution and v of the spend go up, each with coefficients of its own.
///
/// # Example
/// ```
/// use engagement_core::model::{GammaGamma, WithCovariates};
///
/// let base = GammaGamma::new(6.25, 3.74, 15.44)?;
/// let model = WithCovariates::new(base, &["online"], vec![0.2])?;
/// let (online, other) = (model.of(&[1.0])?.population_mean()?, model.of(&[0.0])?.population_mean()?);
/// assert!((online / other - 0.2_f64.exp()).abs() < 1e-12);
/// # Ok::<(), engagement_core::Error>(())
/// ```
///
/// # References
/// Fader & Hardie (2007), "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models",
/// <http://www.brucehardie.com/notes/019/>. There a and b share their coefficients; here each has its own, because a shared one runs
/// off to infinity where the two move apart.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Document<M>", bound(deserialize = "M: Covariate + serde::Deserialize<'de>"))]
pub struct WithCovariates<M> {
    base: M,
    covariates: Vec<String>,
    coefficients: Vec<f64>,
}

/// A model with covariates as a file holds it, not checked yet.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<M> {
    base: M,
    covariates: Vec<String>,
    coefficients: Vec<f64>,
}

impl<M: Covariate> TryFrom<Document<M>> for WithCovariates<M> {
    type Error = Error;

    fn try_from(Document { base, covariates, coefficients }: Document<M>) -> Result<WithCovariates<M>> {
        let names: Vec<&str> = covariates.iter().map(String::as_str).collect();
        WithCovariates::new(base, &names, coefficients)
    }
}

impl<M: Covariate> WithCovariates<M> {
    /// The model of customers whose covariates are all 0, and the coefficients: for each parameter that depends on covariates, in
    /// the model's order, one for each covariate.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: no name or the same one twice, another number of coefficients, or one that is not finite.
    pub fn new(base: M, covariates: &[&str], coefficients: Vec<f64>) -> Result<WithCovariates<M>> {
        let covariates = checked_names(covariates)?;
        let wanted = M::SCALED.len() * covariates.len();
        if coefficients.len() != wanted {
            return invalid(format!("coefficients: {} given, but {} has {wanted}", coefficients.len(), M::NAME));
        }
        let model = WithCovariates { base, covariates, coefficients };
        if let Some((name, value)) = model.coefficient_names().zip(&model.coefficients).find(|(_, value)| !value.is_finite()) {
            return invalid(format!("{name}: {value} is not a finite number"));
        }
        Ok(model)
    }

    /// The model of customers whose covariates are all 0.
    #[must_use]
    pub fn base(&self) -> &M {
        &self.base
    }

    /// The names of the covariates, in order.
    #[must_use]
    pub fn covariates(&self) -> &[String] {
        &self.covariates
    }

    /// The coefficients, in the order in which [`new`](WithCovariates::new) takes them.
    #[must_use]
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// The coefficient of a covariate in a parameter, or `None` where there is none.
    #[must_use]
    pub fn coefficient(&self, parameter: &str, covariate: &str) -> Option<f64> {
        let name = format!("{parameter}: {covariate}");
        self.coefficient_names().position(|known| known == name).map(|at| self.coefficients[at])
    }

    /// The model of a customer with these covariates.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: another number of covariates, or a parameter that leaves the range of numbers.
    pub fn of(&self, covariates: &[f64]) -> Result<M> {
        if covariates.len() != self.covariates.len() {
            return invalid(format!("covariates: {} given, but the model has {}", covariates.len(), self.covariates.len()));
        }
        let mut values = self.base.values();
        for ((index, sign), coefficients) in M::SCALED.iter().zip(self.coefficients.chunks_exact(covariates.len())) {
            let sum: f64 = coefficients.iter().zip(covariates).map(|(coefficient, covariate)| coefficient * covariate).sum();
            values[*index] *= exp(sign * sum);
        }
        self.base.with_values(&values)
    }

    /// The model of maximum likelihood. `covariates` has a row for each row of the purchases.
    ///
    /// A penalty keeps coefficients from running off where a covariate is rare: [`FitOptions::coefficient_penalty`].
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`]: the rows do not match. As the fit without covariates, too.
    pub fn fit(purchases: &Purchases, covariates: &Covariates, options: &FitOptions) -> Result<Fit<WithCovariates<M>>> {
        if covariates.len() != purchases.len() {
            return invalid(format!("covariates: {} rows, but there are {} customers", covariates.len(), purchases.len()));
        }
        M::fit_with(purchases, covariates, options)
    }

    fn coefficient_names(&self) -> impl Iterator<Item = String> + '_ {
        let of = |&(index, _): &'static (usize, f64)| {
            self.covariates.iter().map(move |covariate| format!("{}: {covariate}", M::PARAMETERS[index]))
        };
        M::SCALED.iter().flat_map(of)
    }
}

impl<M: Covariate> Estimated for WithCovariates<M> {
    fn names(&self) -> Vec<String> {
        M::PARAMETERS.iter().map(|&name| name.to_owned()).chain(self.coefficient_names()).collect()
    }

    fn estimates(&self) -> Vec<f64> {
        let mut values = self.base.values();
        values.extend(&self.coefficients);
        values
    }

    fn with_estimates(&self, values: &[f64]) -> Result<WithCovariates<M>> {
        let split = M::PARAMETERS.len();
        if values.len() != split + self.coefficients.len() {
            return invalid(format!("{} values for {} estimates", values.len(), split + self.coefficients.len()));
        }
        let names: Vec<&str> = self.covariates.iter().map(String::as_str).collect();
        WithCovariates::new(self.base.with_values(&values[..split])?, &names, values[split..].to_vec())
    }

    fn is_positive(&self, index: usize) -> bool {
        index < M::PARAMETERS.len()
    }
}

/// Rows by their covariates, so that customers with equal ones share a model.
struct Groups<Row> {
    rows: Vec<Row>,
    ones: Vec<f64>,
    /// Where a group begins in the rows, its covariates, and the largest frequency its tables need.
    groups: Vec<(usize, Vec<f64>, u32)>,
}

impl<Row: Copy + Sync> Groups<Row> {
    fn new(mut rows: Vec<(usize, Row, u32)>, covariates: &Covariates) -> Groups<Row> {
        let key = |row: usize| covariates.row(row).unwrap_or_default();
        let compare = |a: &[f64], b: &[f64]| {
            a.iter().zip(b).map(|(x, y)| x.total_cmp(y)).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        };
        rows.sort_by(|a, b| compare(key(a.0), key(b.0)));
        let mut groups = Vec::new();
        let mut from = 0;
        for equal in rows.chunk_by(|a, b| compare(key(a.0), key(b.0)).is_eq()) {
            let largest = if equal.len() < TABLE { 0 } else { equal.iter().map(|row| row.2).max().unwrap_or(0) };
            groups.push((from, key(equal[0].0).to_vec(), largest));
            from += equal.len();
        }
        Groups { ones: vec![1.0; rows.len()], rows: rows.into_iter().map(|(_, row, _)| row).collect(), groups }
    }

    fn log_likelihood<M: Covariate + RowLikelihood<Row>>(
        &self,
        model: &WithCovariates<M>,
        threads: usize,
        gradient: &mut [f64],
    ) -> f64 {
        let split = M::PARAMETERS.len();
        let width = model.covariates.len();
        let threads = if self.groups.len() < PARALLEL { 1 } else { threads };
        let chunks = in_chunks(self.groups.len().div_ceil(CHUNK), threads, |chunk| {
            let mut sums = vec![Sum::default(); gradient.len() + 1];
            let mut slopes = vec![0.0; split];
            for at in chunk * CHUNK..self.groups.len().min((chunk + 1) * CHUNK) {
                let (from, covariates, largest) = &self.groups[at];
                let until = self.groups.get(at + 1).map_or(self.rows.len(), |next| next.0);
                let data = Weighted { rows: &self.rows[*from..until], weights: &self.ones[*from..until], largest: *largest };
                let value = data.log_likelihood(&model.of(covariates)?, 1, &mut slopes);
                let (parameters, rest) = sums.split_at_mut(split);
                parameters.iter_mut().zip(&slopes).for_each(|(sum, &slope)| sum.add(slope));
                let (coefficients, total) = rest.split_at_mut(rest.len() - 1);
                for ((index, sign), sums) in M::SCALED.iter().zip(coefficients.chunks_exact_mut(width)) {
                    let slope = sign * slopes[*index];
                    sums.iter_mut().zip(covariates).for_each(|(sum, covariate)| sum.add(slope * covariate));
                }
                total[0].add(value);
            }
            Ok(sums)
        });
        let Ok(chunks) = chunks else { return f64::NAN };
        let mut sums = vec![Sum::default(); gradient.len() + 1];
        for chunk in chunks {
            sums.iter_mut().zip(chunk).for_each(|(sum, part)| sum.merge(part));
        }
        gradient.iter_mut().zip(&sums).for_each(|(slope, sum)| *slope = sum.value());
        sums.last().map_or(f64::NAN, Sum::value)
    }
}

#[cfg(test)]
#[path = "covariates_tests.rs"]
mod tests;
