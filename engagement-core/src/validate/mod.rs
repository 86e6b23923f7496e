//! Does it predict? Models and rulebooks side by side, on what came after they had to say it.

mod json;
mod measure;
mod origins;

pub use measure::{Group, Measure};

use crate::error::{Error, ErrorKind, Result};
use crate::interaction::Key;
use crate::ledger::Ledger;
use crate::math::{Random, ln};
use crate::model::{FitOptions, Interval, ModelKind, Prediction, quantile};
use crate::progress::Progress;
use crate::purchases::{PurchaseOptions, Purchases, TimeUnit};
use crate::rulebook::Rules;
use crate::score::{ScoreOptions, in_chunks};
use crate::time::Timestamp;
use measure::{Counts, Holdout, Measures, Part, Predicted, stack};

/// The frequency from which customers are one row of the table by frequency.
const MOST_FREQUENT: u32 = 7;

/// What is validated.
#[derive(Clone, Debug)]
pub enum Candidate {
    /// A model, fitted anew at every origin to what was known then.
    Model(ModelKind),
    /// Rules, whose engagement orders the customers.
    Rules {
        /// What they are called.
        name: String,
        /// The rules.
        rules: Box<Rules>,
    },
}

/// Where, how far and how finely it is validated.
#[derive(Clone, Debug)]
pub struct ValidateOptions<'p> {
    /// How far ahead is predicted, in units.
    pub horizon: f64,
    /// The unit of the models' time.
    pub unit: TimeUnit,
    /// When the predictions are made, ascending; where it is empty, up to three origins a horizon apart, the last one a horizon
    /// before the latest interaction.
    pub origins: Vec<Timestamp>,
    /// Leaves out customers first seen before.
    pub acquired_from: Option<Timestamp>,
    /// The level of every interval.
    pub level: f64,
    /// Bootstrap samples of the customers behind every interval.
    pub replicates: u32,
    /// Of the bootstrap.
    pub seed: u64,
    /// Threads, which live as long as the call; 0 takes as many as the machine has.
    pub threads: usize,
    /// To watch and to cancel: a step for every candidate and every sample at each origin.
    pub progress: Option<&'p Progress>,
}

impl ValidateOptions<'_> {
    /// A horizon in weeks; 95 % intervals from 400 samples.
    #[must_use]
    pub fn horizon(horizon: f64) -> Self {
        ValidateOptions {
            horizon,
            unit: TimeUnit::Week,
            origins: Vec::new(),
            acquired_from: None,
            level: 0.95,
            replicates: 400,
            seed: 1,
            threads: 0,
            progress: None,
        }
    }

    /// Counts steps as done.
    fn step(&self, steps: u64) -> Result<()> {
        self.progress.map_or(Ok(()), |progress| progress.step(steps))
    }
}

/// All candidates at all origins.
#[derive(Clone, Debug, PartialEq)]
pub struct Validation {
    /// The names of the candidates, in the order in which they were given.
    pub candidates: Vec<String>,
    /// What came of the predictions made at each origin.
    pub origins: Vec<Origin>,
    /// The model with the best mean log score over all origins but the last, which is left to judge the choice; over the only one
    /// where there is no other. `None` where no model could be scored at all of them.
    pub chosen: Option<usize>,
}

/// The predictions of one origin beside what came.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// When the predictions were made.
    pub at: Timestamp,
    /// The end of what they were about.
    pub until: Timestamp,
    /// The customers with a purchase by then.
    pub customers: u64,
    /// What these purchased between the two.
    pub purchases: u64,
    /// How each candidate did, in their order.
    pub outcomes: Vec<Outcome>,
    /// The shares of the mixture of models that would have done best here, in the order of the candidates; rules have none.
    pub stacked: Vec<f64>,
}

/// How one candidate did at one origin.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Every measure that applies, with its bootstrap interval.
    pub measures: Vec<(Measure, Interval)>,
    /// The same, less that of the first candidate, from the same samples of customers.
    pub differences: Vec<(Measure, Interval)>,
    /// The Bayesian information criterion of the fit: comparable among models of the same data.
    pub bic: Option<f64>,
    /// The expected number of purchases of all customers together.
    pub expected: Option<f64>,
    /// Tenths of customers by prediction: calibration.
    pub deciles: Vec<Group>,
    /// Customers by frequency; the last group holds all higher ones.
    pub by_frequency: Vec<Group>,
    /// Why there is nothing here: the fit failed.
    pub failure: Option<String>,
}

impl Outcome {
    /// A measure with its interval, if it applies.
    #[must_use]
    pub fn measure(&self, measure: Measure) -> Option<Interval> {
        self.measures.iter().find(|(of, _)| *of == measure).map(|(_, interval)| *interval)
    }
}

impl Ledger {
    /// Makes every candidate predict the purchases after each origin from what was known at it, and measures what came.
    ///
    /// Nothing after an origin is seen by what is fitted there. Intervals come from resampling customers; all candidates see the
    /// same samples, so that the interval of a difference is that of a paired comparison.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] naming an option outside its domain, or a log too short for the horizon;
    /// [`ErrorKind::Cancelled`] through the progress.
    ///
    /// # Example
    /// ```
    /// use engagement_core::model::{MbgNbd, ModelKind};
    /// use engagement_core::simulate::Simulation;
    /// use engagement_core::validate::{Candidate, Measure, ValidateOptions};
    /// use engagement_core::{TimeUnit, Zone};
    ///
    /// let truth = MbgNbd::new(0.525, 6.183, 0.891, 1.614)?;
    /// let day = |text| Zone::utc().parse(text);
    /// let arrivals = (day("2025-01-01")?, day("2025-04-01")?);
    /// let ledger = Simulation::new(&truth, TimeUnit::Week, 1000, arrivals, day("2026-01-01")?).ledger(5)?;
    /// let candidates = [Candidate::Model(ModelKind::MbgNbd), Candidate::Model(ModelKind::Nbd)];
    /// let validation = ledger.validate(&candidates, &ValidateOptions::horizon(13.0))?;
    /// assert_eq!(validation.chosen, Some(0));
    /// let last = validation.origins.last().unwrap();
    /// // The model that nobody ever leaves expects too much.
    /// assert!(last.outcomes[1].measure(Measure::Bias).unwrap().low > 0.0);
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    pub fn validate(&self, candidates: &[Candidate], options: &ValidateOptions<'_>) -> Result<Validation> {
        let origins = origins::of(self, options)?;
        if let Some(progress) = options.progress {
            progress.begin(origins.len() as u64 * (candidates.len() as u64 + u64::from(options.replicates)));
        }
        let origins =
            origins.iter().map(|&(at, until)| self.origin(candidates, options, at, until)).collect::<Result<Vec<_>>>()?;
        let chosen = choose(&origins, candidates.len());
        Ok(Validation { candidates: candidates.iter().map(name).collect(), origins, chosen })
    }

    fn origin(&self, candidates: &[Candidate], options: &ValidateOptions<'_>, at: Timestamp, until: Timestamp) -> Result<Origin> {
        options.step(0)?;
        let purchases = self.purchases(&PurchaseOptions {
            unit: options.unit,
            holdout: Some(until),
            acquired_from: options.acquired_from,
            threads: options.threads,
            ..PurchaseOptions::until(at)
        })?;
        let Some(holdout) = purchases.holdout() else {
            return Err(Error::new(ErrorKind::InvalidArgument, format!("origins: {at} has nothing after it")));
        };
        let actual: Vec<f64> = holdout.frequency.iter().map(|&count| f64::from(count)).collect();
        let predict = |candidate: &Candidate| {
            let predicted = match candidate {
                Candidate::Model(kind) => by_model(*kind, &purchases, &holdout.frequency, holdout.length, options),
                Candidate::Rules { rules, .. } => by_rules(rules, self, &purchases, at, options).map(|ranked| (ranked, None)),
            };
            // What was cancelled has not failed.
            options.step(1)?;
            Ok(predicted)
        };
        let predictions = candidates.iter().map(predict).collect::<Result<Vec<Result<(Predicted, Option<f64>)>>>>()?;
        let outcomes = outcomes(&predictions, &purchases, &actual, options)?;
        let scores: Vec<Option<&[f64]>> =
            predictions.iter().map(|p| Some(p.as_ref().ok()?.0.counts.as_ref()?.ln_probability.as_slice())).collect();
        let mut shares = stack(&scores.iter().copied().flatten().collect::<Vec<_>>(), || options.step(0))?.into_iter();
        let stacked = scores.iter().map(|scores| scores.and_then(|_| shares.next()).unwrap_or(0.0)).collect();
        let purchased = holdout.frequency.iter().map(|&count| u64::from(count)).sum();
        Ok(Origin { at, until, customers: purchases.len() as u64, purchases: purchased, outcomes, stacked })
    }
}

fn name(candidate: &Candidate) -> String {
    match candidate {
        Candidate::Model(kind) => kind.as_str().to_owned(),
        Candidate::Rules { name, .. } => name.clone(),
    }
}

/// What a model fitted to the purchases says of the time after them, and its information criterion.
fn by_model(
    kind: ModelKind,
    purchases: &Purchases,
    came: &[u32],
    horizon: f64,
    options: &ValidateOptions<'_>,
) -> Result<(Predicted, Option<f64>)> {
    let fit = kind.fit(purchases, &FitOptions::default().threads(options.threads))?;
    let model = &fit.model;
    let expected = Prediction::ExpectedPurchases { t: horizon }.of_all(&**model, purchases, options.threads)?;
    let distinct = purchases.distinct()?;
    let rows = || distinct.row_of.iter().copied().zip(came.iter().copied());
    // The same history with the same outcome is asked for once.
    let mut asked: Vec<(u32, u32)> = rows().collect();
    asked.sort_unstable();
    asked.dedup();
    let answers = in_chunks(asked.len().div_ceil(256), options.threads, |chunk| {
        options.step(0)?;
        let asked = asked.iter().skip(chunk * 256).take(256);
        asked
            .map(|&(of, n)| {
                let probability = model.probability_of_purchases(&distinct.histories[of as usize], u64::from(n), horizon)?;
                Ok(ln(probability.max(f64::MIN_POSITIVE)))
            })
            .collect::<Result<Vec<f64>>>()
    })?
    .concat();
    let intervals = purchases.map(options.threads, |customer| {
        options.step(0)?;
        model.prediction_interval(customer, horizon, options.level)
    })?;
    let answer = |key: (u32, u32)| asked.binary_search(&key).map_or(f64::NEG_INFINITY, |at| answers[at]);
    let covered = |(&(low, high), &n): (&(u64, u64), &u32)| (low..=high).contains(&u64::from(n));
    let counts = Counts {
        expected: expected.clone(),
        ln_probability: rows().map(answer).collect(),
        covered: intervals.iter().zip(came).map(covered).collect(),
    };
    Ok((Predicted { rank: expected, counts: Some(counts) }, Some(fit.bic())))
}

/// The engagement of every customer with a purchase; those without any evidence come last.
fn by_rules(
    rules: &Rules,
    ledger: &Ledger,
    purchases: &Purchases,
    at: Timestamp,
    options: &ValidateOptions<'_>,
) -> Result<Predicted> {
    let scores = rules.score_all(ledger, at, &ScoreOptions { threads: options.threads, ..ScoreOptions::default() })?;
    let engagement =
        |customer: Key<'_>| scores.row(customer).and_then(|row| scores.engagement.get(row)).unwrap_or(f64::NEG_INFINITY);
    let rank = (0..purchases.len()).map(|row| engagement(purchases.customer(row))).collect();
    Ok(Predicted { rank, counts: None })
}

fn outcomes(
    predictions: &[Result<(Predicted, Option<f64>)>],
    purchases: &Purchases,
    actual: &[f64],
    options: &ValidateOptions<'_>,
) -> Result<Vec<Outcome>> {
    let holdouts: Vec<Option<Holdout<'_>>> = predictions
        .iter()
        .map(|prediction| prediction.as_ref().ok().map(|(predicted, _)| Holdout::new(predicted, actual)).transpose())
        .collect::<Result<_>>()?;
    let by_frequency = by_frequency(purchases);
    // Of each candidate that predicts numbers: the tenths, then the frequencies.
    let parts_of = |holdout: &Option<Holdout<'_>>| {
        let deciles = holdout.as_ref().map_or_else(Vec::new, Holdout::deciles);
        if deciles.is_empty() { deciles } else { deciles.into_iter().chain(by_frequency.iter().cloned()).collect() }
    };
    let parts: Vec<Vec<Part>> = holdouts.iter().map(parts_of).collect();
    let measured = |weights: &[f64]| -> Sample {
        let measures = holdouts.iter().map(|of| of.as_ref().map_or(Measures::default(), |of| of.measure(weights))).collect();
        let means = |parts: &Vec<Part>| parts.iter().map(|part| part.mean(actual, weights)).collect();
        Sample { measures, actual: parts.iter().map(means).collect() }
    };
    let all = vec![1.0; actual.len()];
    let estimates = measured(&all);
    let samples = in_chunks(options.replicates as usize, options.threads, |replicate| {
        options.step(1)?;
        let mut random = Random::new(options.seed, replicate as u64);
        let mut weights = vec![0.0; actual.len()];
        for _ in 0..actual.len() {
            weights[random.below(actual.len() as u64) as usize] += 1.0;
        }
        Ok(measured(&weights))
    })?;
    let interval = |of: &dyn Fn(&Sample) -> Option<f64>| -> Option<Interval> {
        let estimate = of(&estimates)?;
        let mut sample: Vec<f64> = samples.iter().filter_map(of).collect();
        sample.sort_unstable_by(f64::total_cmp);
        let tail = 0.5 * (1.0 - options.level);
        let end = |share| (!sample.is_empty()).then(|| quantile(&sample, share));
        Some(Interval { estimate, low: end(tail)?, high: end(1.0 - tail)? })
    };
    let outcome = |(index, prediction): (usize, &Result<(Predicted, Option<f64>)>)| {
        let each = |of: &dyn Fn(&Sample, usize) -> Option<f64>| -> Vec<(Measure, Interval)> {
            let each = Measure::ALL.into_iter().enumerate();
            each.filter_map(|(at, measure)| Some((measure, interval(&|sample| of(sample, at))?))).collect()
        };
        let less_the_first = |sample: &Sample, at: usize| Some(sample.measures[index][at]? - sample.measures[0][at]?);
        let counts = prediction.as_ref().ok().and_then(|(predicted, _)| predicted.counts.as_ref());
        let group = |(at, part): (usize, &Part)| {
            let actual = interval(&|sample| sample.actual[index][at])?;
            let expected = part.mean(&counts?.expected, &all)?;
            Some(Group { label: part.label, customers: part.rows.len() as u64, expected, actual })
        };
        let groups = || parts[index].iter().enumerate();
        let tenths = parts[index].len().saturating_sub(by_frequency.len());
        Outcome {
            measures: each(&|sample, at| sample.measures[index][at]),
            differences: if index == 0 { Vec::new() } else { each(&less_the_first) },
            bic: prediction.as_ref().ok().and_then(|(_, bic)| *bic),
            expected: counts.map(|counts| counts.expected.iter().sum()),
            deciles: groups().take(tenths).filter_map(group).collect(),
            by_frequency: groups().skip(tenths).filter_map(group).collect(),
            failure: prediction.as_ref().err().map(ToString::to_string),
        }
    };
    Ok(predictions.iter().enumerate().map(outcome).collect())
}

/// What all candidates come to for one sample of the customers.
struct Sample {
    /// Per candidate.
    measures: Vec<Measures>,
    /// Per candidate and group: the mean number of purchases that came.
    actual: Vec<Vec<Option<f64>>>,
}

/// Customers by frequency, those with many purchases together.
fn by_frequency(purchases: &Purchases) -> Vec<Part> {
    let mut parts: Vec<Part> = (0..=MOST_FREQUENT).map(|label| Part { label, rows: Vec::new() }).collect();
    for (row, frequency) in purchases.frequency().iter().enumerate() {
        parts[(*frequency).min(MOST_FREQUENT) as usize].rows.push(row as u32);
    }
    parts.retain(|part| !part.rows.is_empty());
    parts
}

/// The candidate with the best mean log score over all origins but the last.
fn choose(origins: &[Origin], candidates: usize) -> Option<usize> {
    let choosing = if origins.len() > 1 { &origins[..origins.len() - 1] } else { origins };
    let score = |candidate: usize| -> Option<f64> {
        let scores = choosing.iter().map(|origin| {
            let score = origin.outcomes[candidate].measure(Measure::LogScore)?.estimate;
            Some(score * origin.customers as f64)
        });
        scores.sum()
    };
    let scored = (0..candidates).filter_map(|candidate| Some((candidate, score(candidate)?)));
    // The first of equals: the order of the candidates decides, not chance.
    scored.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(candidate, _)| candidate)
}
