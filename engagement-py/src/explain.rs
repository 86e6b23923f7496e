//! `Scorecard` and `Explanation`.

use engagement_core as core;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::convert::{key_text_to_python, money_to_python, to_datetime};
use crate::errors::OrRaise;
use crate::table::escape;

/// One customer's scores.
#[pyclass(module = "engagement", frozen)]
#[derive(Debug)]
pub(crate) struct Scorecard {
    card: core::Scorecard,
}

impl From<core::Scorecard> for Scorecard {
    fn from(card: core::Scorecard) -> Scorecard {
        Scorecard { card }
    }
}

/// What one rule gave a customer.
#[pyclass(module = "engagement", frozen)]
#[derive(Debug)]
pub(crate) struct Contribution {
    contribution: core::Contribution,
}

#[pymethods]
impl Contribution {
    /// The name of the rule.
    #[getter]
    fn rule(&self) -> &str {
        &self.contribution.rule
    }

    /// "say", "stay" or "spend".
    #[getter]
    fn way(&self) -> &'static str {
        self.contribution.way.as_str()
    }

    /// The points it gave; the contributions of a way sum to its points exactly.
    #[getter]
    fn points(&self) -> f64 {
        self.contribution.points
    }

    /// How many interactions matched.
    #[getter]
    fn interactions(&self) -> u64 {
        self.contribution.interactions
    }

    /// When the latest of them was.
    #[getter]
    fn latest<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_datetime(py, self.contribution.latest)
    }

    /// Whether the points reached the largest number that is kept.
    #[getter]
    fn saturated(&self) -> bool {
        self.contribution.saturated
    }

    fn __repr__(&self) -> String {
        format!(
            "Contribution({:?}, way={:?}, points={:.3}, interactions={})",
            self.rule(),
            self.way(),
            self.points(),
            self.interactions()
        )
    }
}

#[pymethods]
impl Scorecard {
    /// The customer's key.
    #[getter]
    fn customer<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        key_text_to_python(py, &self.card.customer)
    }

    /// The moment of measurement.
    #[getter]
    fn as_of<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_datetime(py, self.card.as_of)
    }

    /// The weighted mean of the three scores; `None` without any evidence.
    #[getter]
    fn engagement(&self) -> Option<f64> {
        self.card.engagement
    }

    /// What they tell others, -100 to 100; `None` without evidence.
    #[getter]
    fn say(&self) -> Option<f64> {
        self.card.say
    }

    /// Whether they keep choosing the business, -100 to 100; `None` without evidence.
    #[getter]
    fn stay(&self) -> Option<f64> {
        self.card.stay
    }

    /// What they spend, -100 to 100; `None` without evidence.
    #[getter]
    fn spend(&self) -> Option<f64> {
        self.card.spend
    }

    /// The points behind `say`.
    #[getter]
    fn points_say(&self) -> Option<f64> {
        self.card.points_say
    }

    /// The points behind `stay`.
    #[getter]
    fn points_stay(&self) -> Option<f64> {
        self.card.points_stay
    }

    /// The points behind `spend`.
    #[getter]
    fn points_spend(&self) -> Option<f64> {
        self.card.points_spend
    }

    /// "fully engaged", "engaged", "not engaged", "actively disengaged" or "unknown".
    #[getter]
    fn level(&self) -> &'static str {
        self.card.level.as_str()
    }

    /// The share of the ways, by weight, that had evidence.
    #[getter]
    fn coverage(&self) -> f64 {
        self.card.coverage
    }

    /// Whether the customer has not bought, subscribed or renewed yet.
    #[getter]
    fn prospect(&self) -> bool {
        self.card.prospect
    }

    /// Interactions at or before the as-of.
    #[getter]
    fn interactions(&self) -> u64 {
        self.card.interactions
    }

    /// Interactions after the as-of, which do not count.
    #[getter]
    fn later(&self) -> u64 {
        self.card.later
    }

    /// Interactions that lack the rating or amount a rule needs.
    #[getter]
    fn unmatched(&self) -> u64 {
        self.card.unmatched
    }

    /// When the first interaction was.
    #[getter]
    fn first_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.card.first_at.map(|at| to_datetime(py, at)).transpose()
    }

    /// When the latest interaction was.
    #[getter]
    fn last_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.card.last_at.map(|at| to_datetime(py, at)).transpose()
    }

    /// What each rule gave; the points of a way are their exact sum.
    #[getter]
    fn contributions(&self) -> Vec<Contribution> {
        self.card.contributions.iter().map(|contribution| Contribution { contribution: contribution.clone() }).collect()
    }

    /// What the customer will do, where the rulebook has a forecast; `None` for a prospect. Amounts are `Decimal`.
    #[getter]
    fn forecast<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(forecast) = &self.card.forecast else { return Ok(None) };
        let dict = PyDict::new(py);
        dict.set_item("probability_alive", forecast.probability_alive)?;
        dict.set_item("expected_purchases", forecast.expected_purchases)?;
        dict.set_item("discounted_purchases", forecast.discounted_purchases)?;
        dict.set_item("expected_order_value", forecast.expected_order_value)?;
        for (name, amount) in [("lifetime_value", forecast.lifetime_value), ("stay", forecast.stay), ("spend", forecast.spend)] {
            dict.set_item(name, amount.map(|amount| money_to_python(py, amount)).transpose()?)?;
        }
        Ok(Some(dict))
    }

    /// What the customer is worth by way: `say`, `stay`, `spend` and their `total`, as `Decimal`; `None` without a forecast in
    /// money, and for a prospect who has referred nobody.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(value) = &self.card.value else { return Ok(None) };
        let total = value.total().or_raise()?;
        amounts(py, [("say", value.say), ("stay", value.stay), ("spend", value.spend), ("total", total)]).map(Some)
    }

    /// The scorecard as JSON text, the same in every language.
    fn to_json(&self) -> PyResult<String> {
        self.card.to_json().or_raise()
    }

    /// The scorecard as plain dictionaries and lists.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("json")?.call_method1("loads", (self.to_json()?,))
    }

    fn __repr__(&self) -> String {
        let number = |value: Option<f64>| value.map_or_else(|| "None".to_owned(), |value| format!("{value:.1}"));
        format!(
            "Scorecard({}, engagement={}, say={}, stay={}, spend={}, level={:?})",
            self.card.customer,
            number(self.card.engagement),
            number(self.card.say),
            number(self.card.stay),
            number(self.card.spend),
            self.level()
        )
    }
}

/// Amounts by name, as `Decimal`.
pub(crate) fn amounts<'py>(
    py: Python<'py>,
    named: impl IntoIterator<Item = (&'static str, core::Money)>,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, amount) in named {
        dict.set_item(name, money_to_python(py, amount)?)?;
    }
    Ok(dict)
}

/// Why a customer scores what they score.
#[pyclass(module = "engagement", frozen)]
#[derive(Debug)]
pub(crate) struct Explanation {
    explanation: core::Explanation,
}

impl From<core::Explanation> for Explanation {
    fn from(explanation: core::Explanation) -> Explanation {
        Explanation { explanation }
    }
}

#[pymethods]
impl Explanation {
    /// The customer's key.
    #[getter]
    fn customer<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        key_text_to_python(py, &self.explanation.scorecard.customer)
    }

    /// The scores that are explained.
    #[getter]
    fn scorecard(&self) -> Scorecard {
        Scorecard::from(self.explanation.scorecard.clone())
    }

    /// Plain sentences for the people at the counter.
    #[getter]
    fn sentences(&self) -> Vec<String> {
        self.explanation.sentences.clone()
    }

    /// The first moment at which the level is lower if nothing happens; `None`: not within five years.
    #[getter]
    fn falls_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.explanation.falls_at.map(|at| to_datetime(py, at)).transpose()
    }

    /// The level it falls to.
    #[getter]
    fn falls_to(&self) -> Option<&'static str> {
        self.explanation.falls_to.map(core::Level::as_str)
    }

    /// The rules that gave points, each as a dictionary: rule, way, points, share, interactions, latest, …
    #[getter]
    fn reasons<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.to_dict(py)?.cast_into::<PyDict>()?.get_item("reasons")?.unwrap_or_else(|| py.None().into_bound(py)))
    }

    /// The explanation as JSON text, the same in every language.
    fn to_json(&self) -> PyResult<String> {
        self.explanation.to_json().or_raise()
    }

    /// The explanation as plain dictionaries and lists.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("json")?.call_method1("loads", (self.to_json()?,))
    }

    fn __str__(&self) -> String {
        self.explanation.sentences.join("\n")
    }

    fn __repr__(&self) -> String {
        format!("Explanation of {}:\n{}", self.explanation.scorecard.customer, self.__str__())
    }

    fn _repr_html_(&self) -> String {
        let items: String = self.explanation.sentences.iter().map(|sentence| format!("<li>{}</li>", escape(sentence))).collect();
        format!("<div><p><strong>{}</strong></p><ul>{items}</ul></div>", escape(&self.explanation.scorecard.customer))
    }
}
