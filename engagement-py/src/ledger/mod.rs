//! `Ledger`: interactions in, scores and explanations out.

mod access;
mod load;
mod scoring;
mod simulate;
mod summary;
mod trial;

use std::path::PathBuf;

use engagement_core as core;
use engagement_core::files::ReadReport;
use engagement_core::simulate::{Reviews, Simulation};
use engagement_core::{ErrorKind, Timestamp};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::convert::{self, OwnedKey};
use crate::errors::{OrRaise, error, wrong_type};
use crate::explain::{Explanation, Scorecard};
use crate::model::{GammaGamma, PurchaseModel};
use crate::purchases::{self, Purchases};
use crate::reconciliation::Reconciliation;
use crate::rulebook::Rulebook;
use crate::score::{self, Scores};
use crate::segment::Rfm;
use crate::shared::Shared;
use crate::table::Table;
use crate::validate::Validation;
use load::How;
use summary::Summary;
use trial::Trial;

/// Every interaction, once.
#[pyclass(module = "engagement", frozen)]
#[derive(Debug)]
pub(crate) struct Ledger {
    inner: Shared<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) ledger: core::Ledger,
    rejects: Vec<core::Reject>,
    report: ReadReport,
}

#[pymethods]
impl Ledger {
    /// A ledger, empty or with a first frame in it.
    #[new]
    #[pyo3(signature = (frame=None, *, columns=None, zone=None, currency=None, lenient=false, kind=None, kinds=None, vocabulary=None, progress=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        py: Python<'_>,
        frame: Option<&Bound<'_, PyAny>>,
        columns: Option<&Bound<'_, PyDict>>,
        zone: Option<&Bound<'_, PyAny>>,
        currency: Option<&str>,
        lenient: bool,
        kind: Option<&str>,
        kinds: Option<&Bound<'_, PyDict>>,
        vocabulary: Option<&str>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Ledger> {
        let how = How::new(columns, zone, currency, lenient, kind, kinds, vocabulary)?;
        let ledger = Ledger::empty(&how.options)?;
        if let Some(frame) = frame {
            ledger.take_in(py, frame, &how, "", progress)?;
        }
        Ok(ledger)
    }

    /// Reads files into a new ledger: CSV, plain or gzipped, and Parquet, told apart by what is in them.
    #[staticmethod]
    #[pyo3(signature = (paths, *, columns=None, zone=None, currency=None, lenient=false, kind=None, kinds=None, vocabulary=None, progress=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn read(
        py: Python<'_>,
        paths: &Bound<'_, PyAny>,
        columns: Option<&Bound<'_, PyDict>>,
        zone: Option<&Bound<'_, PyAny>>,
        currency: Option<&str>,
        lenient: bool,
        kind: Option<&str>,
        kinds: Option<&Bound<'_, PyDict>>,
        vocabulary: Option<&str>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Ledger> {
        let how = How::new(columns, zone, currency, lenient, kind, kinds, vocabulary)?;
        let paths = match paths.extract::<PathBuf>() {
            Ok(path) => vec![path],
            Err(_) => paths.extract::<Vec<PathBuf>>().map_err(|_| wrong_type("a path or a list of paths is expected", paths))?,
        };
        let ledger = Ledger::empty(&how.options)?;
        ledger.take_files(py, &paths, &how, progress)?;
        Ok(ledger)
    }

    /// Draws a log into a new ledger: customers 0, 1, 2 and so on, who come evenly within `arrivals` and buy as the model says, until
    /// the end of `until`. With a model of spend purchases have amounts; `review_share` of them are reviewed, by customers whose
    /// contentment is beta distributed; the share `referred` of the customers comes because an earlier one referred them.
    #[staticmethod]
    #[pyo3(signature = (model, customers, *, arrivals, until, seed, spend=None, unit="week", review_share=0.0, contentment=(4.0, 2.0), referred=0.0, zone=None, threads=0))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn simulate(
        py: Python<'_>,
        model: &Bound<'_, PurchaseModel>,
        customers: u32,
        arrivals: (Bound<'_, PyAny>, Bound<'_, PyAny>),
        until: &Bound<'_, PyAny>,
        seed: u64,
        spend: Option<&Bound<'_, GammaGamma>>,
        unit: &str,
        review_share: f64,
        contentment: (f64, f64),
        referred: f64,
        zone: Option<&Bound<'_, PyAny>>,
        threads: i64,
    ) -> PyResult<Ledger> {
        let ledger = Ledger::empty(&How::new(None, zone, None, false, None, None, None)?.options)?;
        let zone = ledger.zone(py)?;
        let log = Simulation {
            spend: spend.map(|spend| spend.get().model),
            reviews: (review_share != 0.0).then_some(Reviews { share: review_share, contentment }),
            referred,
            threads: convert::count("threads", threads)?,
            ..Simulation::new(
                &*model.get().model,
                purchases::unit(unit)?,
                customers,
                (convert::moment(&zone, &arrivals.0)?, convert::as_of(&zone, &arrivals.1)?),
                convert::as_of(&zone, until)?,
            )
        };
        ledger.draw(py, &log, seed)?;
        Ok(ledger)
    }

    /// Records a frame, or an iterator of frames, in one load: all of it or nothing.
    #[pyo3(signature = (frame, *, columns=None, zone=None, currency=None, lenient=false, kind=None, kinds=None, vocabulary=None, source="", progress=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn append(
        &self,
        py: Python<'_>,
        frame: &Bound<'_, PyAny>,
        columns: Option<&Bound<'_, PyDict>>,
        zone: Option<&Bound<'_, PyAny>>,
        currency: Option<&str>,
        lenient: bool,
        kind: Option<&str>,
        kinds: Option<&Bound<'_, PyDict>>,
        vocabulary: Option<&str>,
        source: &str,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Reconciliation> {
        let how = How::new(columns, zone, currency, lenient, kind, kinds, vocabulary)?;
        self.take_in(py, frame, &how, source, progress)
    }

    /// Records one interaction; says "recorded", "duplicate" or "folded".
    #[pyo3(signature = (customer, at, kind, *, amount=None, rating=None, reach=None, other=None, order=None, item=None, channel=None, unit=None, campaign=None, arm=None, cost=None, id=None))]
    #[expect(clippy::too_many_arguments, reason = "the fields of an interaction")]
    fn record(
        &self,
        py: Python<'_>,
        customer: OwnedKey,
        at: &Bound<'_, PyAny>,
        kind: &str,
        amount: Option<&Bound<'_, PyAny>>,
        rating: Option<f64>,
        reach: Option<f64>,
        other: Option<OwnedKey>,
        order: Option<&str>,
        item: Option<&str>,
        channel: Option<&str>,
        unit: Option<&str>,
        campaign: Option<&str>,
        arm: Option<&str>,
        cost: Option<&Bound<'_, PyAny>>,
        id: Option<&str>,
    ) -> PyResult<&'static str> {
        let interaction = core::Interaction {
            amount: amount.map(convert::money).transpose()?.flatten(),
            rating,
            reach,
            other: other.as_ref().map(OwnedKey::key),
            order,
            item,
            channel,
            unit,
            campaign,
            arm,
            cost: cost.map(convert::money).transpose()?.flatten(),
            id,
            ..core::Interaction::new(customer.key(), convert::moment(&self.zone(py)?, at)?, kind)
        };
        let outcome = self.inner.write(py)?.ledger.append(&interaction).or_raise()?;
        Ok(match outcome {
            core::Outcome::Recorded => "recorded",
            core::Outcome::Duplicate => "duplicate",
            core::Outcome::Folded => "folded",
        })
    }

    /// Says what is known of a customer from a time on: `set_attribute("ann", "segment", "business", since="2026-01-01")`.
    #[pyo3(signature = (customer, name, value, *, since=None))]
    fn set_attribute(
        &self,
        py: Python<'_>,
        customer: OwnedKey,
        name: &str,
        value: &str,
        since: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let zone = self.zone(py)?;
        let since = since.map_or(Ok(Timestamp::MIN), |since| convert::moment(&zone, since))?;
        self.inner.write(py)?.ledger.set_attribute(customer.key(), name, value, since).or_raise()
    }

    /// Erases customers: their interactions, their keys, and their keys as `other` in the interactions of others.
    fn forget(&self, py: Python<'_>, customers: Vec<OwnedKey>) -> PyResult<u64> {
        let mut inner = self.inner.write(py)?;
        let Inner { ledger, .. } = &mut *inner;
        py.detach(|| ledger.forget(&customers.iter().map(OwnedKey::key).collect::<Vec<_>>())).or_raise()
    }

    /// Scores every customer.
    #[pyo3(signature = (rulebook=None, *, as_of=None, threads=0, contributions=false, progress=None))]
    fn score<'py>(
        &self,
        py: Python<'py>,
        rulebook: Option<&Bound<'py, Rulebook>>,
        as_of: Option<&Bound<'py, PyAny>>,
        threads: i64,
        contributions: bool,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Scores>> {
        self.score_table(py, rulebook, as_of, threads, contributions, progress)
    }

    /// Scores one customer.
    #[pyo3(signature = (customer, rulebook=None, *, as_of=None))]
    fn score_one(
        &self,
        py: Python<'_>,
        customer: OwnedKey,
        rulebook: Option<&Bound<'_, Rulebook>>,
        as_of: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Scorecard> {
        let as_of = self.as_of(py, as_of)?;
        let rulebook = self.rulebook(py, rulebook, as_of)?;
        let rules = &rulebook.get().rules;
        self.look(py, |ledger| rules.score(ledger, customer.key(), as_of)).map(Scorecard::from)
    }

    /// Scores one customer at many times; the same bits as scoring at each.
    #[pyo3(signature = (customer, times, rulebook=None))]
    fn score_history(
        &self,
        py: Python<'_>,
        customer: OwnedKey,
        times: &Bound<'_, PyAny>,
        rulebook: Option<&Bound<'_, Rulebook>>,
    ) -> PyResult<Table> {
        let zone = self.zone(py)?;
        let times = times.try_iter()?.map(|time| convert::as_of(&zone, &time?)).collect::<PyResult<Vec<_>>>()?;
        let rulebook = self.rulebook(py, rulebook, self.as_of(py, None)?)?;
        let rules = &rulebook.get().rules;
        let cards = self.look(py, |ledger| rules.score_history(ledger, customer.key(), &times))?;
        score::history(&cards, &format!("Scores of {} over time", customer.key()))
    }

    /// Why a customer scores what they score, in plain sentences and as data.
    #[pyo3(signature = (customer, rulebook=None, *, as_of=None))]
    fn explain(
        &self,
        py: Python<'_>,
        customer: OwnedKey,
        rulebook: Option<&Bound<'_, Rulebook>>,
        as_of: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Explanation> {
        let as_of = self.as_of(py, as_of)?;
        let rulebook = self.rulebook(py, rulebook, as_of)?;
        let rules = &rulebook.get().rules;
        self.look(py, |ledger| rules.explain(ledger, customer.key(), as_of)).map(Explanation::from)
    }

    /// Fully engaged customers for each actively disengaged one: of all, or of each unit, channel, campaign or attribute.
    #[pyo3(signature = (rulebook=None, *, by=None, as_of=None, threads=0, progress=None))]
    fn engagement_ratio<'py>(
        &self,
        py: Python<'py>,
        rulebook: Option<&Bound<'py, Rulebook>>,
        by: Option<&str>,
        as_of: Option<&Bound<'py, PyAny>>,
        threads: i64,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.ratio(py, rulebook, by, as_of, threads, progress)
    }

    /// A report for the people who run the business: one HTML page, as text, that needs no network and no other file.
    #[pyo3(signature = (rulebook=None, *, as_of=None, title="Customer engagement", threads=0, progress=None))]
    fn report(
        &self,
        py: Python<'_>,
        rulebook: Option<&Bound<'_, Rulebook>>,
        as_of: Option<&Bound<'_, PyAny>>,
        title: &str,
        threads: i64,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        self.page(py, rulebook, as_of, title, threads, progress)
    }

    /// Frequency, recency, age and value of every customer with a purchase: what the models are fitted to.
    #[pyo3(signature = (until=None, *, unit="week", grain="day", zone=None, holdout=None, acquired_from=None, threads=0))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn purchases<'py>(
        &self,
        py: Python<'py>,
        until: Option<&Bound<'py, PyAny>>,
        unit: &str,
        grain: &str,
        zone: Option<&Bound<'py, PyAny>>,
        holdout: Option<&Bound<'py, PyAny>>,
        acquired_from: Option<&Bound<'py, PyAny>>,
        threads: i64,
    ) -> PyResult<Bound<'py, Purchases>> {
        self.summarise(py, until, Summary { unit, grain, zone, holdout, acquired_from, threads })
    }

    /// The cohort table: who first bought when, and how many of them came back in each later period.
    #[pyo3(signature = (as_of=None, *, period="month", acquired_from=None))]
    fn retention(
        &self,
        py: Python<'_>,
        as_of: Option<&Bound<'_, PyAny>>,
        period: &str,
        acquired_from: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Table> {
        self.cohort_table(py, as_of, period, acquired_from)
    }

    /// How long each customer was one, and whether the end was seen: a cancellation, or a silence of more than `gap` units.
    #[pyo3(signature = (*, gap=None, as_of=None, unit="week", acquired_from=None))]
    fn tenures(
        &self,
        py: Python<'_>,
        gap: Option<f64>,
        as_of: Option<&Bound<'_, PyAny>>,
        unit: &str,
        acquired_from: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Table> {
        self.tenure_table(py, gap, as_of, unit, acquired_from)
    }

    /// Scores of recency, frequency and money from 1 to 5, and named segments; the cuts are quantiles, or given.
    #[pyo3(signature = (as_of=None, *, recency_cuts=None, frequency_cuts=None, monetary_cuts=None))]
    fn rfm<'py>(
        &self,
        py: Python<'py>,
        as_of: Option<&Bound<'py, PyAny>>,
        recency_cuts: Option<Vec<f64>>,
        frequency_cuts: Option<Vec<f64>>,
        monetary_cuts: Option<Vec<f64>>,
    ) -> PyResult<Bound<'py, Rfm>> {
        crate::segment::rfm(py, self, as_of, [recency_cuts, frequency_cuts, monetary_cuts])
    }

    /// What models, and rulebooks by name, predict from the past of this ledger about its later part, side by side.
    #[pyo3(signature = (models=None, *, rulebooks=None, horizon, unit="week", origins=None, acquired_from=None, level=0.95, replicates=400, seed=1, threads=0))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn validate<'py>(
        &self,
        py: Python<'py>,
        models: Option<Vec<String>>,
        rulebooks: Option<&Bound<'py, PyDict>>,
        horizon: f64,
        unit: &str,
        origins: Option<Vec<Bound<'py, PyAny>>>,
        acquired_from: Option<&Bound<'py, PyAny>>,
        level: f64,
        replicates: u32,
        seed: u64,
        threads: i64,
    ) -> PyResult<Bound<'py, Validation>> {
        let candidates = crate::validate::candidates(models, rulebooks)?;
        let origins = origins.unwrap_or_default();
        self.predicted(py, &candidates, Trial { horizon, unit, origins, acquired_from, level, replicates, seed, threads })
    }

    /// What a customer did, up to an as-of, in time order.
    #[pyo3(signature = (customer, *, as_of=None))]
    fn history(&self, py: Python<'_>, customer: OwnedKey, as_of: Option<&Bound<'_, PyAny>>) -> PyResult<Table> {
        let as_of = self.as_of(py, as_of)?;
        let batch = self.look(py, |ledger| Ok(crate::history::batch(ledger.history(customer.key(), as_of)?)))?;
        Ok(Table::new(batch?, format!("Interactions of {} up to {as_of}", customer.key())))
    }

    /// The keys of the customers, integers first, then text.
    fn customers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let inner = self.inner.read(py)?;
        let keys = inner.ledger.customers().map(|key| convert::key_to_python(py, key)).collect::<PyResult<Vec<_>>>()?;
        PyList::new(py, keys)
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(self.inner.read(py)?.ledger.len() as usize)
    }

    fn __bool__(&self, py: Python<'_>) -> PyResult<bool> {
        Ok(!self.inner.read(py)?.ledger.is_empty())
    }

    fn __contains__(&self, py: Python<'_>, customer: OwnedKey) -> PyResult<bool> {
        match self.look(py, |ledger| ledger.history(customer.key(), Timestamp::MAX).map(|_| ())) {
            Ok(()) => Ok(true),
            Err(failure) if failure.is_instance_of::<pyo3::exceptions::PyKeyError>(py) => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// The number of customers.
    #[getter]
    fn customer_count(&self, py: Python<'_>) -> PyResult<u64> {
        Ok(self.inner.read(py)?.ledger.customer_count())
    }

    /// The time of the first interaction.
    #[getter]
    fn earliest<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let at = self.inner.read(py)?.ledger.earliest();
        at.map(|at| convert::to_datetime(py, at)).transpose()
    }

    /// The time of the latest interaction, which is the default as-of.
    #[getter]
    fn latest<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let at = self.inner.read(py)?.ledger.latest();
        at.map(|at| convert::to_datetime(py, at)).transpose()
    }

    /// The zone of dates and naive times.
    #[getter(zone)]
    fn zone_name(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.zone(py)?.name().to_owned())
    }

    /// The currency of the amounts, where one was given.
    #[getter]
    fn currency(&self, py: Python<'_>) -> PyResult<Option<String>> {
        Ok(self.inner.read(py)?.ledger.currency().map(|currency| currency.as_str().to_owned()))
    }

    /// The kinds of interaction and how many there are of each.
    #[getter]
    fn kinds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let inner = self.inner.read(py)?;
        let kinds = PyDict::new(py);
        for (kind, count) in inner.ledger.kinds() {
            kinds.set_item(kind, count)?;
        }
        Ok(kinds)
    }

    /// The account of everything ever loaded: rows = recorded + duplicates + folded + rejected.
    #[getter]
    fn reconciliation(&self, py: Python<'_>) -> PyResult<Reconciliation> {
        Ok(Reconciliation::from(self.inner.read(py)?.ledger.totals()))
    }

    /// The rows that lenient loads refused, and why; the first 100,000 of them.
    #[getter]
    fn rejects(&self, py: Python<'_>) -> PyResult<Table> {
        let inner = self.inner.read(py)?;
        let title = format!("{} rejected rows", inner.rejects.len());
        Ok(Table::new(core::arrow::rejects_batch(&inner.rejects).or_raise()?, title))
    }

    /// How the latest load read its columns and its names of kinds, and which columns it left unread.
    #[getter]
    fn mapping<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let text =
            serde_json::to_string(&self.inner.read(py)?.report).map_err(|e| error(ErrorKind::InvalidArgument, e.to_string()))?;
        py.import("json")?.call_method1("loads", (text,))
    }

    /// Bytes of memory the interactions take.
    #[getter]
    fn heap_size(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(self.inner.read(py)?.ledger.heap_size())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let inner = self.inner.read(py)?;
        let ledger = &inner.ledger;
        let span = match (ledger.earliest(), ledger.latest()) {
            (Some(first), Some(last)) => format!(", {} to {}", ledger.zone().format_date(first), ledger.zone().format_date(last)),
            _ => String::new(),
        };
        let currency = ledger.currency().map_or_else(String::new, |currency| format!(", {}", currency.as_str()));
        Ok(format!(
            "Ledger({} interactions, {} customers{span}, zone {}{currency})",
            ledger.len(),
            ledger.customer_count(),
            ledger.zone().name()
        ))
    }
}
