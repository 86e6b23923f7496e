//! What a rulebook makes of a ledger: the score table, the engagement ratio, the report.

use engagement_core as core;
use engagement_core::report::{ReportOptions, html};
use pyo3::prelude::*;

use super::Ledger;
use crate::convert;
use crate::errors::OrRaise;
use crate::ratio::{self, EngagementRatio};
use crate::rulebook::Rulebook;
use crate::score::{self, Scores};

impl Ledger {
    /// The scores of every customer.
    pub(super) fn score_table<'py>(
        &self,
        py: Python<'py>,
        rulebook: Option<&Bound<'py, Rulebook>>,
        as_of: Option<&Bound<'py, PyAny>>,
        threads: i64,
        contributions: bool,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Scores>> {
        let threads = convert::count("threads", threads)?;
        let as_of = self.as_of(py, as_of)?;
        let rulebook = self.rulebook(py, rulebook, as_of)?;
        let rules = &rulebook.get().rules;
        let counter = core::Progress::new();
        let options = core::ScoreOptions { threads, contributions, progress: Some(&counter) };
        let (scores, zone) = self
            .work_with(py, &counter, progress, |ledger| Ok((rules.score_all(ledger, as_of, &options)?, ledger.zone().clone())))?;
        score::bind(py, scores, &zone, rulebook)
    }

    /// The engagement ratio of all customers, or a table of those of groups.
    pub(super) fn ratio<'py>(
        &self,
        py: Python<'py>,
        rulebook: Option<&Bound<'py, Rulebook>>,
        by: Option<&str>,
        as_of: Option<&Bound<'py, PyAny>>,
        threads: i64,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let threads = convert::count("threads", threads)?;
        let as_of = self.as_of(py, as_of)?;
        let rulebook = self.rulebook(py, rulebook, as_of)?;
        let rules = &rulebook.get().rules;
        let counter = core::Progress::new();
        let options = core::ScoreOptions { threads, contributions: false, progress: Some(&counter) };
        let Some(by) = by else {
            let scores = self.work_with(py, &counter, progress, |ledger| rules.score_all(ledger, as_of, &options))?;
            return Ok(Bound::new(py, EngagementRatio::from(&scores.ratio()))?.into_any());
        };
        let group: core::By = by.parse().or_raise()?;
        let groups = self.work_with(py, &counter, progress, |ledger| rules.ratio_by(ledger, as_of, &group, &options))?;
        Ok(Bound::new(py, ratio::table(&groups, by, as_of)?)?.into_any())
    }

    /// The report as HTML.
    pub(super) fn page(
        &self,
        py: Python<'_>,
        rulebook: Option<&Bound<'_, Rulebook>>,
        as_of: Option<&Bound<'_, PyAny>>,
        title: &str,
        threads: i64,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let threads = convert::count("threads", threads)?;
        let as_of = self.as_of(py, as_of)?;
        let rulebook = self.rulebook(py, rulebook, as_of)?;
        let document = &rulebook.get().document;
        let counter = core::Progress::new();
        let options = ReportOptions::default().title(title).threads(threads).progress(Some(&counter));
        self.work_with(py, &counter, progress, |ledger| html(ledger, document, as_of, &options))
    }
}
