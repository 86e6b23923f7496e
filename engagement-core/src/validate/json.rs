//! A validation as a document.

use serde_json::{Value, json};

use super::{Group, Measure, Origin, Outcome, Validation};
use crate::model::Interval;

impl Validation {
    /// All of it as JSON: the candidates, every origin with every measure of every candidate and its interval, and the chosen one. A
    /// number that is not finite is null.
    ///
    /// ```text
    /// {"candidates": [name, …], "chosen": name or null, "origins": [{"at", "until", "customers", "purchases", "stacked": [share, …],
    ///   "outcomes": [{"candidate", "measures": {name: {"estimate", "low", "high"}, …}, "less_the_first": {…}, "bic", "expected",
    ///     "deciles": [{"label", "customers", "expected", "actual", "low", "high"}, …], "by_frequency": […], "failure"}, …]}, …]}
    /// ```
    ///
    /// # Example
    /// ```
    /// use engagement_core::validate::Validation;
    ///
    /// let nothing = Validation { candidates: Vec::new(), origins: Vec::new(), chosen: None };
    /// assert_eq!(nothing.to_json(), r#"{"candidates":[],"chosen":null,"origins":[]}"#);
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        let origin = |origin: &Origin| {
            let outcomes: Vec<Value> = self.candidates.iter().zip(&origin.outcomes).map(outcome).collect();
            json!({
                "at": origin.at,
                "until": origin.until,
                "customers": origin.customers,
                "purchases": origin.purchases,
                "outcomes": outcomes,
                "stacked": origin.stacked,
            })
        };
        let document = json!({
            "candidates": self.candidates,
            "origins": self.origins.iter().map(origin).collect::<Vec<_>>(),
            "chosen": self.chosen.and_then(|at| self.candidates.get(at)),
        });
        document.to_string()
    }
}

fn outcome((name, outcome): (&String, &Outcome)) -> Value {
    json!({
        "candidate": name,
        "measures": measures(&outcome.measures),
        "less_the_first": measures(&outcome.differences),
        "bic": outcome.bic,
        "expected": outcome.expected,
        "deciles": outcome.deciles.iter().map(group).collect::<Vec<_>>(),
        "by_frequency": outcome.by_frequency.iter().map(group).collect::<Vec<_>>(),
        "failure": outcome.failure,
    })
}

fn measures(measures: &[(Measure, Interval)]) -> Value {
    let one = |(measure, Interval { estimate, low, high }): &(Measure, Interval)| {
        (measure.as_str().to_owned(), json!({ "estimate": estimate, "low": low, "high": high }))
    };
    measures.iter().map(one).collect()
}

fn group(Group { label, customers, expected, actual: Interval { estimate, low, high } }: &Group) -> Value {
    json!({ "label": label, "customers": customers, "expected": expected, "actual": estimate, "low": low, "high": high })
}
