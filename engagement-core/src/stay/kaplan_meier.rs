//! How long things last, from lives of which some are not over.

use serde::Serialize;

use super::Z;
use crate::error::{Error, ErrorKind, Result};
use crate::math::{exp, ln, pow, sqrt};
use crate::score::Nullable;

/// How the interval of a survival probability is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SurvivalInterval {
    /// Normal on ln(−ln S), which stays within 0 and 1.
    #[default]
    LogLog,
    /// Normal on S itself, cut at 0 and 1.
    Plain,
}

/// The product-limit estimate of survival, with Greenwood's standard error and a 95 % confidence interval.
///
/// Every column has a row for every different duration, ascending. Who is censored at a time was at risk at it. Before the first
/// event nothing is known of the error, and when nobody is left neither: there the interval is missing.
///
/// # Formula
/// ```text
/// S(t) = Π_{tᵢ ≤ t} (nᵢ − dᵢ)/nᵢ            nᵢ at risk, dᵢ events at tᵢ
/// G    = Σ_{tᵢ ≤ t} dᵢ/(nᵢ(nᵢ − dᵢ)),       standard error = S·√G
/// log-log: S^exp(±z·√G/ln S),   plain: S ± z·S·√G,   z = 1.959964
/// ```
///
/// # Example
/// The remission times, in weeks, under 6-mercaptopurine: half of the patients were still well after 23 weeks.
/// ```
/// use engagement_core::stay::KaplanMeier;
///
/// let relapse = [6, 6, 6, 7, 10, 13, 16, 22, 23].map(|weeks| (f64::from(weeks), true));
/// let still_well = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map(|weeks| (f64::from(weeks), false));
/// let (durations, observed): (Vec<f64>, Vec<bool>) = relapse.into_iter().chain(still_well).unzip();
/// let curve = KaplanMeier::new(&durations, &observed)?;
/// assert_eq!(curve.median().time, Some(23.0));
/// assert!((curve.survival_at(10.0).unwrap() - 0.7529).abs() < 5e-5);
/// # Ok::<(), engagement_core::Error>(())
/// ```
///
/// # References
/// Kaplan & Meier (1958), doi:10.1080/01621459.1958.10501452; Greenwood (1926), The natural duration of cancer, Reports on Public
/// Health and Medical Subjects 33; Kalbfleisch & Prentice (2002), doi:10.1002/9781118032985; the data: Freireich et al. (1963),
/// doi:10.1182/blood.V21.6.699.699.
#[derive(Clone, Debug, PartialEq)]
pub struct KaplanMeier {
    /// The different durations, in the unit of the input.
    pub time: Vec<f64>,
    /// Those whose duration is at least the time.
    pub at_risk: Vec<u64>,
    /// Those for whom it ended at the time.
    pub events: Vec<u64>,
    /// Those of whom nothing is known after the time.
    pub censored: Vec<u64>,
    /// The probability to last longer than the time.
    pub survival: Vec<f64>,
    /// Its standard error; missing when nobody is left.
    pub standard_error: Nullable,
    /// The lower end of its interval.
    pub low: Nullable,
    /// The upper end of its interval.
    pub high: Nullable,
    /// How the interval was made.
    pub interval: SurvivalInterval,
}

/// The time by which half of all lives have ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MedianTime {
    /// The first time at which survival is at most a half; missing where it never is.
    pub time: Option<f64>,
    /// The first time at which the lower end of the interval is at most a half.
    pub low: Option<f64>,
    /// The first time at which the upper end of the interval is at most a half; missing where it is unbounded.
    pub high: Option<f64>,
}

impl KaplanMeier {
    /// The estimate from durations and whether their end was observed, with log-log intervals.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for no duration, columns of different length, or a duration that is not a number of at
    /// least 0.
    pub fn new(durations: &[f64], observed: &[bool]) -> Result<KaplanMeier> {
        KaplanMeier::with_interval(durations, observed, SurvivalInterval::default())
    }

    /// The estimate with a stated interval.
    ///
    /// ```
    /// use engagement_core::stay::{KaplanMeier, SurvivalInterval};
    ///
    /// let curve = KaplanMeier::with_interval(&[1.0, 2.0, 3.0, 4.0], &[true; 4], SurvivalInterval::Plain)?;
    /// assert_eq!(curve.survival, [0.75, 0.5, 0.25, 0.0]);
    /// assert_eq!(curve.standard_error.get(1), Some(0.25));
    /// # Ok::<(), engagement_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](KaplanMeier::new).
    pub fn with_interval(durations: &[f64], observed: &[bool], interval: SurvivalInterval) -> Result<KaplanMeier> {
        let lives = sorted(durations, observed)?;
        let mut curve = KaplanMeier {
            time: Vec::new(),
            at_risk: Vec::new(),
            events: Vec::new(),
            censored: Vec::new(),
            survival: Vec::new(),
            standard_error: Nullable::default(),
            low: Nullable::default(),
            high: Nullable::default(),
            interval,
        };
        let mut at_risk = lives.len() as u64;
        let mut greenwood = 0.0;
        // Between two censorings the factors cancel: one quotient is exact where their product is not.
        let (mut before, mut began) = (1.0, at_risk);
        for same in lives.chunk_by(|a, b| a.0 == b.0) {
            let events = same.iter().filter(|life| life.1).count() as u64;
            let censored = same.len() as u64 - events;
            let (n, left) = (at_risk as f64, (at_risk - events) as f64);
            let survival = before * (left / began as f64);
            if events > 0 {
                greenwood += events as f64 / (n * left);
            }
            curve.time.push(same[0].0);
            curve.at_risk.push(at_risk);
            curve.events.push(events);
            curve.censored.push(censored);
            curve.push(survival, greenwood);
            at_risk -= events + censored;
            if censored > 0 {
                (before, began) = (survival, at_risk);
            }
        }
        Ok(curve)
    }

    /// Adds a survival with what follows from it.
    fn push(&mut self, survival: f64, greenwood: f64) {
        self.survival.push(survival);
        let error = (survival > 0.0).then(|| survival * sqrt(greenwood));
        self.standard_error.push(error);
        let ends = error.filter(|&error| error > 0.0).map(|error| match self.interval {
            SurvivalInterval::Plain => ((survival - Z * error).max(0.0), (survival + Z * error).min(1.0)),
            SurvivalInterval::LogLog => {
                let spread = Z * sqrt(greenwood) / -ln(survival);
                (pow(survival, exp(spread)), pow(survival, exp(-spread)))
            }
        });
        self.low.push(ends.map(|ends| ends.0));
        self.high.push(ends.map(|ends| ends.1));
    }

    /// The probability to last longer than `time`; `None` before 0 and where the data does not reach: after the last duration,
    /// unless that one ended.
    #[must_use]
    pub fn survival_at(&self, time: f64) -> Option<f64> {
        let reached = self.time.partition_point(|&known| known <= time);
        if reached == 0 {
            return (time >= 0.0).then_some(1.0);
        }
        let survival = self.survival.get(reached - 1).copied()?;
        let known = reached < self.time.len() || survival == 0.0 || self.time.last() == Some(&time);
        known.then_some(survival)
    }

    /// The median, with the interval of Brookmeyer and Crowley.
    ///
    /// # References
    /// Brookmeyer & Crowley (1982), doi:10.2307/2530286.
    #[must_use]
    pub fn median(&self) -> MedianTime {
        // A product of quotients that should be a half may be a few roundings above it.
        let half = |value: Option<f64>| value.is_some_and(|value| value <= 0.5 + 1e-12);
        let first = |at: Option<usize>| at.and_then(|at| self.time.get(at)).copied();
        MedianTime {
            time: first(self.survival.iter().position(|&survival| half(Some(survival)))),
            low: first(self.low.iter().position(half)),
            high: first(self.high.iter().position(half)),
        }
    }
}

/// Durations with their ends, checked and ascending.
fn sorted(durations: &[f64], observed: &[bool]) -> Result<Vec<(f64, bool)>> {
    let invalid = |message: String| Err(Error::new(ErrorKind::InvalidArgument, message));
    if durations.len() != observed.len() {
        return invalid(format!("observed: {} values for {} durations", observed.len(), durations.len()));
    }
    if durations.is_empty() {
        return invalid("durations: none is given, at least one is needed".to_owned());
    }
    if let Some(row) = durations.iter().position(|duration| !(*duration >= 0.0 && duration.is_finite())) {
        return invalid(format!("durations, row {row}: {} is not a number of at least 0", durations[row]));
    }
    let mut lives = Vec::new();
    lives.try_reserve_exact(durations.len())?;
    // Adding 0 turns −0 into 0.
    lives.extend(durations.iter().zip(observed).map(|(&duration, &observed)| (duration + 0.0, observed)));
    lives.sort_unstable_by(|a: &(f64, bool), b| a.0.total_cmp(&b.0));
    Ok(lives)
}
