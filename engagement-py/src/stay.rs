//! Staying: cohort tables, survival, stages.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, StringBuilder};
use arrow_array::{ArrayRef, Float64Array, RecordBatch};
use engagement_core::arrow::{count_column, customer_column};
use engagement_core::stay::{
    CohortPeriod, KaplanMeier as Survival, PurchaseRate, Retention, RetentionOptions, StageOptions, SurvivalInterval, TenureEnd,
    TenureOptions,
};
use engagement_core::{self as core, TimeUnit};
use pyo3::prelude::*;

use crate::column::Numbers;
use crate::convert;
use crate::errors::{OrRaise, invalid};
use crate::ledger::Ledger;
use crate::purchases;
use crate::rulebook::Rulebook;
use crate::score::thousands;
use crate::table::Table;

/// A table of named columns that may hold nulls.
pub(crate) fn table<'a>(columns: impl IntoIterator<Item = (&'a str, ArrayRef)>, title: String) -> PyResult<Table> {
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)));
    Ok(Table::new(batch.map_err(|e| invalid(e.to_string()))?, title))
}

impl Ledger {
    /// The cohort table, a row for each cohort and period that is over.
    pub(crate) fn cohort_table(
        &self,
        py: Python<'_>,
        as_of: Option<&Bound<'_, PyAny>>,
        period: &str,
        acquired_from: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Table> {
        let period = match period {
            "day" => CohortPeriod::Day,
            "week" => CohortPeriod::Week,
            "month" => CohortPeriod::Month,
            other => return Err(invalid(format!("period is {other:?}: \"day\", \"week\" or \"month\" is expected"))),
        };
        let zone = self.zone(py)?;
        let options = RetentionOptions {
            acquired_from: acquired_from.map(|from| convert::moment(&zone, from)).transpose()?,
            ..RetentionOptions::new(self.as_of(py, as_of)?).period(period)
        };
        retention(&self.work(py, |ledger| ledger.retention(&options))?)
    }

    /// How long each customer was one, and whether the end was seen.
    pub(crate) fn tenure_table(
        &self,
        py: Python<'_>,
        gap: Option<f64>,
        as_of: Option<&Bound<'_, PyAny>>,
        unit: &str,
        acquired_from: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Table> {
        let end = gap.map_or(TenureEnd::Cancellation, |gap| TenureEnd::Silence { gap });
        let zone = self.zone(py)?;
        let options = TenureOptions {
            acquired_from: acquired_from.map(|from| convert::moment(&zone, from)).transpose()?,
            ..TenureOptions::new(self.as_of(py, as_of)?, end).unit(purchases::unit(unit)?)
        };
        let tenures = self.work(py, |ledger| ledger.tenures(&options))?;
        let mut observed = BooleanBuilder::new();
        observed.append_slice(&tenures.observed);
        let columns: [(&str, ArrayRef); 3] = [
            ("customer", customer_column(tenures.len(), |row| tenures.customer(row)).or_raise()?),
            ("duration", Arc::new(Float64Array::from(tenures.duration.clone()))),
            ("observed", Arc::new(observed.finish())),
        ];
        let mut table = table(columns, format!("Tenures of {} customers, in {unit}s", thousands(tenures.len() as u64)))?;
        if tenures.without > 0 {
            table.notes.push(format!("{} customers without a beginning are left out", thousands(tenures.without)));
        }
        Ok(table)
    }
}

fn retention(retention: &Retention) -> PyResult<Table> {
    let mut cohort = StringBuilder::new();
    let (mut after, mut customers, mut active, mut repeated) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut numbers: [Float64Builder; 7] = Default::default();
    for row in &retention.cohorts {
        for period in 0.. {
            let Some(cell) = row.cell(period) else { break };
            cohort.append_value(&row.start);
            after.push(period as u64);
            customers.push(row.customers);
            active.push(cell.retention.hits);
            repeated.push(cell.repeat.hits);
            let shares = [cell.retention, cell.repeat].map(|share| [share.share, share.low, share.high]);
            let values = shares.into_iter().flatten().chain([cell.spend.to_f64()]);
            numbers.iter_mut().zip(values).for_each(|(column, value)| column.append_value(value));
        }
    }
    let names = ["retention", "retention_low", "retention_high", "repeat_rate", "repeat_low", "repeat_high", "spend"];
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("cohort", Arc::new(cohort.finish())),
        ("period", count_column(&after)),
        ("customers", count_column(&customers)),
        ("active", count_column(&active)),
        ("repeated", count_column(&repeated)),
    ];
    columns.extend(names.into_iter().zip(numbers.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef)));
    let mut table = table(columns, format!("Retention of {} cohorts as of {}", retention.cohorts.len(), retention.as_of))?;
    table.notes.push("periods that are not over have no row; intervals are Wilson's, 95 %".to_owned());
    Ok(table)
}

/// The Kaplan–Meier estimate of survival: how many are still there after how long.
#[pyclass(module = "engagement", extends = Table, frozen)]
#[derive(Debug)]
pub(crate) struct KaplanMeier {
    survival: Survival,
}

#[pymethods]
impl KaplanMeier {
    /// The estimate from how long each was there, and whether the end was seen; with a 95 % interval of Greenwood's error on the
    /// log-log scale, or on the plain one.
    #[new]
    #[pyo3(signature = (durations, observed, *, interval="log-log"))]
    fn new(
        durations: &Bound<'_, PyAny>,
        observed: &Bound<'_, PyAny>,
        interval: &str,
    ) -> PyResult<PyClassInitializer<KaplanMeier>> {
        let interval = match interval {
            "log-log" => SurvivalInterval::LogLog,
            "plain" => SurvivalInterval::Plain,
            other => return Err(invalid(format!("interval is {other:?}: \"log-log\" or \"plain\" is expected"))),
        };
        let durations = Numbers::new("durations", durations)?.values;
        let observed = crate::column::flags("observed", observed)?;
        let survival = Survival::with_interval(&durations, &observed, interval).or_raise()?;
        let number = |values: &core::Nullable| -> ArrayRef { Arc::new(values.iter().collect::<Float64Array>()) };
        let columns: [(&str, ArrayRef); 8] = [
            ("time", Arc::new(Float64Array::from(survival.time.clone()))),
            ("at_risk", count_column(&survival.at_risk)),
            ("events", count_column(&survival.events)),
            ("censored", count_column(&survival.censored)),
            ("survival", Arc::new(Float64Array::from(survival.survival.clone()))),
            ("standard_error", number(&survival.standard_error)),
            ("low", number(&survival.low)),
            ("high", number(&survival.high)),
        ];
        let table = table(columns, format!("Survival of {}", thousands(durations.len() as u64)))?;
        Ok(PyClassInitializer::from(table).add_subclass(KaplanMeier { survival }))
    }

    /// The time by which half are gone, with the ends of its 95 % interval; `None` where too few are.
    #[getter]
    fn median(&self) -> (Option<f64>, Option<f64>, Option<f64>) {
        let median = self.survival.median();
        (median.time, median.low, median.high)
    }

    /// The share still there after a time; `None` where nobody was watched for so long.
    fn survival_at(&self, time: f64) -> Option<f64> {
        self.survival.survival_at(time)
    }
}

/// What stages are told by: a rulebook's section, or thresholds; the rate of a model comes before that of a rulebook.
pub(crate) fn stage_options(
    unit: TimeUnit,
    rulebook: Option<&Rulebook>,
    new_within: Option<f64>,
    (at_risk, lapsed): (Option<f64>, Option<f64>),
    rate: Option<PurchaseRate>,
) -> PyResult<StageOptions> {
    let mut options = match (rulebook, new_within) {
        (Some(rulebook), None) if at_risk.is_none() && lapsed.is_none() => rulebook.rules.stage_options(unit).or_raise()?,
        (Some(_), _) => return Err(invalid("rulebook: it says new_within, at_risk and lapsed; give either it or them")),
        (None, Some(new_within)) => StageOptions::new(new_within),
        (None, None) => return Err(invalid("new_within: missing; give it, or a rulebook with a section [stages]")),
    };
    options.at_risk = at_risk.unwrap_or(options.at_risk);
    options.lapsed = lapsed.unwrap_or(options.lapsed);
    Ok(StageOptions { rate: rate.or(options.rate), ..options })
}

/// The stage of every customer of a summary.
pub(crate) fn stages(purchases: &core::Purchases, options: &StageOptions) -> PyResult<Table> {
    let stages = purchases.stages(options).or_raise()?;
    let mut names = StringBuilder::new();
    stages.stage.iter().for_each(|stage| names.append_value(stage.as_str()));
    let customers = customer_column(purchases.len(), |row| purchases.customer(row)).or_raise()?;
    let columns: [(&str, ArrayRef); 2] = [("customer", customers), ("stage", Arc::new(names.finish()))];
    let mut table = table(columns, format!("Stages of {} customers", thousands(purchases.len() as u64)))?;
    let counts = core::stay::Stage::ALL.map(|stage| format!("{} {}", thousands(stages.counts.at(stage)), stage.as_str()));
    table.notes.push(counts.join(" · "));
    if let Some(gap) = stages.typical_gap {
        table.notes.push(format!("one-time buyers are held against a gap of {gap:.2} {}s", purchases.unit()));
    }
    Ok(table)
}
