//! Validation: nothing after an origin is seen, intervals are reproducible, and what is measured is what it says.

use engagement_core::model::{MbgNbd, ModelKind, Nbd};
use engagement_core::simulate::Simulation;
use engagement_core::validate::{Candidate, Measure, Outcome, ValidateOptions, Validation};
use engagement_core::{ErrorKind, Interaction, Ledger, Progress, PurchaseOptions, Rulebook, TimeUnit, Timestamp, Zone};

fn day(text: &str) -> Timestamp {
    Zone::utc().parse(text).unwrap()
}

fn log(customers: u32, seed: u64) -> Ledger {
    let truth = MbgNbd::new(0.525, 6.183, 0.891, 1.614).unwrap();
    let arrivals = (day("2025-01-01"), day("2025-04-01"));
    Simulation::new(&truth, TimeUnit::Week, customers, arrivals, day("2026-01-01")).ledger(seed).unwrap()
}

fn models(kinds: &[ModelKind]) -> Vec<Candidate> {
    kinds.iter().map(|&kind| Candidate::Model(kind)).collect()
}

fn options(horizon: f64) -> ValidateOptions<'static> {
    ValidateOptions { replicates: 60, ..ValidateOptions::horizon(horizon) }
}

fn validate(ledger: &Ledger, candidates: &[Candidate], options: &ValidateOptions<'_>) -> Validation {
    ledger.validate(candidates, options).unwrap()
}

/// A purchase after the end of a horizon changes nothing, however many there are.
#[test]
fn the_future_is_invisible() {
    let mut ledger = log(400, 3);
    let origin = ValidateOptions { origins: vec![day("2025-06-01")], ..options(13.0) };
    let before = validate(&ledger, &models(&[ModelKind::MbgNbd]), &origin);
    for customer in 0..400 {
        ledger.append(&Interaction::new(i64::from(customer), day("2025-12-01"), "purchase")).unwrap();
    }
    assert_eq!(validate(&ledger, &models(&[ModelKind::MbgNbd]), &origin), before);
}

/// The same seed gives the same intervals on any number of threads; another seed gives others around the same estimates.
#[test]
fn seeds_and_threads() {
    let ledger = log(400, 3);
    let candidates = models(&[ModelKind::MbgNbd, ModelKind::Nbd]);
    let one = validate(&ledger, &candidates, &ValidateOptions { threads: 1, ..options(13.0) });
    assert_eq!(validate(&ledger, &candidates, &ValidateOptions { threads: 3, ..options(13.0) }), one);
    let other = validate(&ledger, &candidates, &ValidateOptions { seed: 2, ..options(13.0) });
    let score = |validation: &Validation| validation.origins[0].outcomes[0].measure(Measure::LogScore).unwrap();
    assert_eq!(score(&other).estimate, score(&one).estimate);
    assert_ne!(score(&other).low, score(&one).low);
}

/// The model that made the log predicts it: intervals cover, the bias is small, and the model that nobody leaves loses.
#[test]
fn the_true_model_wins() {
    let ledger = log(4000, 8);
    let validation = validate(&ledger, &models(&[ModelKind::Nbd, ModelKind::MbgNbd]), &options(13.0));
    assert_eq!((validation.origins.len(), validation.chosen), (3, Some(1)));
    let last = validation.origins.last().unwrap();
    let truth = &last.outcomes[1];
    assert!(truth.measure(Measure::Coverage).unwrap().high >= 0.95);
    let bias = truth.measure(Measure::Bias).unwrap();
    assert!(bias.low < 0.0 && bias.high > 0.0, "{bias:?}");
    // Better than the first candidate by more than chance.
    let (_, better) = truth.differences.iter().find(|(measure, _)| *measure == Measure::LogScore).unwrap();
    assert!(better.low > 0.0, "{better:?}");
    assert!(last.stacked[1] > 0.9 && (last.stacked.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert_eq!(truth.deciles.iter().map(|group| group.customers).sum::<u64>(), last.customers);
    assert_eq!(truth.by_frequency.iter().map(|group| group.customers).sum::<u64>(), last.customers);
    // What the true model expects of a group lies in the interval of what came, in nineteen of twenty; what the other does, seldom.
    let outside = |outcome: &Outcome| {
        let groups = outcome.deciles.iter().chain(&outcome.by_frequency);
        groups.filter(|group| !(group.actual.low..=group.actual.high).contains(&group.expected)).count()
    };
    assert!(truth.deciles.len() == 10 && truth.by_frequency.len() == 8);
    assert!(outside(truth) <= 3 && outside(&last.outcomes[0]) >= 9, "{truth:?}");
}

/// The interval of a mean from samples of the customers is that of the normal distribution where there are many of them.
#[test]
fn intervals_of_groups() {
    let ledger = log(2000, 5);
    let options = ValidateOptions { replicates: 400, origins: vec![day("2025-10-01")], ..options(13.0) };
    let origin = &validate(&ledger, &models(&[ModelKind::Nbd]), &options).origins[0];
    let purchases = ledger.purchases(&PurchaseOptions {
        unit: TimeUnit::Week,
        holdout: Some(origin.until),
        ..PurchaseOptions::until(origin.at)
    });
    let purchases = purchases.unwrap();
    let came: Vec<f64> = purchases
        .frequency()
        .iter()
        .zip(&purchases.holdout().unwrap().frequency)
        .filter(|(frequency, _)| **frequency == 0)
        .map(|(_, &count)| f64::from(count))
        .collect();
    let n = came.len() as f64;
    let mean = came.iter().sum::<f64>() / n;
    let error = (came.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / n).sqrt() / n.sqrt();
    let actual = origin.outcomes[0].by_frequency[0].actual;
    assert!((actual.estimate - mean).abs() < 1e-12 && n > 500.0);
    let width = (actual.high - actual.low) / (2.0 * 1.96 * error);
    assert!((width - 1.0).abs() < 0.15, "{actual:?} {mean} ± {error}");
}

/// Rules order customers and predict no number, so they are measured by their order alone.
#[test]
fn rules_beside_models() {
    let ledger = log(1000, 4);
    let rules = Box::new(Rulebook::standard().compile().unwrap());
    let mut candidates = models(&[ModelKind::MbgNbd]);
    candidates.push(Candidate::Rules { name: "standard".to_owned(), rules });
    let validation = validate(&ledger, &candidates, &options(13.0));
    let rules = &validation.origins[0].outcomes[1];
    let measured: Vec<Measure> = rules.measures.iter().map(|(measure, _)| *measure).collect();
    assert_eq!(measured, [Measure::RankCorrelation, Measure::Auc, Measure::Lift]);
    assert!(rules.measure(Measure::Auc).unwrap().low > 0.5);
    assert_eq!((validation.candidates[1].as_str(), rules.bic, validation.origins[0].stacked[1]), ("standard", None, 0.0));
}

/// A model that cannot be fitted is reported where it stands, and the others are measured.
#[test]
fn a_failed_fit_is_said() {
    let once = Nbd::new(1e-3, 1e3).unwrap();
    let arrivals = (day("2025-01-01"), day("2025-01-08"));
    let ledger = Simulation::new(&once, TimeUnit::Week, 30, arrivals, day("2026-01-01")).ledger(1).unwrap();
    let origin = ValidateOptions { origins: vec![day("2025-03-01")], ..options(4.0) };
    // The log ends with the last purchase, so one is recorded after the horizon.
    let mut ledger = ledger;
    ledger.append(&Interaction::new(0, day("2025-12-31"), "purchase")).unwrap();
    let rules = Box::new(Rulebook::standard().compile().unwrap());
    let candidates = [Candidate::Model(ModelKind::MbgNbd), Candidate::Rules { name: "rules".to_owned(), rules }];
    let validation = validate(&ledger, &candidates, &origin);
    let outcomes = &validation.origins[0].outcomes;
    assert!(outcomes[0].failure.as_ref().unwrap().contains("nobody"), "{:?}", outcomes[0].failure);
    assert!(outcomes[0].measures.is_empty());
    assert_eq!((outcomes[1].failure.as_ref(), validation.chosen), (None, None));
}

/// Candidates and samples are counted at every origin; a cancelled call stops, and is not a fit that failed.
#[test]
fn progress_counts_and_cancels() {
    let (ledger, progress) = (log(400, 3), Progress::new());
    let rules = Rulebook::standard().compile().unwrap();
    let mut candidates = models(&[ModelKind::MbgNbd, ModelKind::Nbd]);
    candidates.push(Candidate::Rules { name: "standard".to_owned(), rules: Box::new(rules) });
    let watched = ValidateOptions { progress: Some(&progress), ..options(13.0) };
    let validation = validate(&ledger, &candidates, &watched);
    assert_eq!(validation, validate(&ledger, &candidates, &options(13.0)));
    let steps = validation.origins.len() as u64 * (3 + 60);
    assert_eq!((progress.done(), progress.total()), (steps, steps));
    // From another thread, while the samples are drawn.
    let many = ValidateOptions { replicates: 10_000_000, threads: 1, ..watched.clone() };
    let stopped = std::thread::scope(|scope| {
        scope.spawn(|| {
            while progress.total() == steps || progress.done() < 10 {
                std::thread::yield_now();
            }
            progress.cancel();
        });
        ledger.validate(&candidates, &many).unwrap_err()
    });
    assert_eq!(stopped.kind(), ErrorKind::Cancelled);
    assert!((10..progress.total()).contains(&progress.done()));
    // One that was cancelled before it began.
    assert_eq!(ledger.validate(&candidates, &watched).unwrap_err().kind(), ErrorKind::Cancelled);
}

#[test]
fn what_cannot_be_is_refused() {
    let ledger = log(50, 1);
    let candidates = models(&[ModelKind::MbgNbd]);
    let refused = |options: ValidateOptions<'_>| {
        let error = ledger.validate(&candidates, &options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        error.to_string()
    };
    assert_eq!(refused(options(0.0)), "horizon: 0 is not a positive finite number");
    assert_eq!(refused(ValidateOptions { level: 1.0, ..options(4.0) }), "level: 1 is not between 0 and 1");
    assert!(refused(ValidateOptions { replicates: 3, ..options(4.0) }).starts_with("replicates: 3 are too few"));
    assert!(refused(options(40.0)).contains("more than half of the log"));
    let twice = vec![day("2025-06-01"), day("2025-06-01")];
    assert!(refused(ValidateOptions { origins: twice, ..options(4.0) }).contains("they must ascend"));
    let late = ValidateOptions { origins: vec![day("2025-12-25")], ..options(4.0) };
    assert!(refused(late).contains("but the log ends on"));
    assert!(Ledger::new().validate(&candidates, &options(4.0)).unwrap_err().to_string().contains("the ledger is empty"));
}

/// What a model gave next to no probability costs it much, but the mean log score stays a number.
#[test]
fn the_improbable_has_a_score() {
    let truth = Nbd::new(0.5, 300.0).unwrap();
    let arrivals = (day("2020-01-01"), day("2020-02-01"));
    let mut ledger = Simulation::new(&truth, TimeUnit::Week, 3000, arrivals, day("2020-08-01")).ledger(1).unwrap();
    // Every day for three years, of somebody who had bought once in half a year.
    let first = day("2020-01-15").micros();
    let every_day = (200..1250).map(|days| first + days * 86_400_000_000);
    for at in std::iter::once(first).chain(every_day) {
        ledger.append(&Interaction::new("eve", Timestamp::from_micros(at).unwrap(), "purchase")).unwrap();
    }
    let options = ValidateOptions { origins: vec![day("2020-08-01")], ..options(145.0) };
    let validation = validate(&ledger, &models(&[ModelKind::Nbd]), &options);
    let score = validation.origins[0].outcomes[0].measure(Measure::LogScore).unwrap();
    assert!(score.low.is_finite() && score.low < score.estimate && score.estimate < score.high, "{score:?}");
    assert_eq!(validation.chosen, Some(0));
}
