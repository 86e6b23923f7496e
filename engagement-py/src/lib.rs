//! `engagement` for Python: conversions around the core, and the command line.
#![expect(clippy::needless_pass_by_value, reason = "Python's arguments arrive as values")]

mod cli;
mod column;
mod convert;
mod errors;
mod explain;
mod files;
mod frames;
mod history;
mod ledger;
mod model;
mod output;
mod pickle;
mod purchases;
mod ratio;
mod reconciliation;
mod rulebook;
mod score;
mod segment;
mod shared;
mod stay;
mod table;
mod validate;
mod work;

use pyo3::prelude::*;

/// The compiled half of the package; its names are public as `engagement.…`.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::column::Column;
    #[pymodule_export]
    use super::explain::{Contribution, Explanation, Scorecard};
    #[pymodule_export]
    use super::ledger::Ledger;
    #[pymodule_export]
    use super::model::{
        BetaDiscreteWeibull, BgBb, BgCnbdK, BgNbd, Bootstrap, Convergence, Fit, GammaGamma, Independence, LikelihoodRatio,
        MbgCnbdK, MbgNbd, Nbd, Opportunities, ParetoNbd, Posterior, Prior, PurchaseModel, Renewals, ShiftedBetaGeometric,
        WithCovariates, likelihood_ratio_test,
    };
    #[pymodule_export]
    use super::purchases::Purchases;
    #[pymodule_export]
    use super::ratio::EngagementRatio;
    #[pymodule_export]
    use super::reconciliation::Reconciliation;
    #[pymodule_export]
    use super::rulebook::Rulebook;
    #[pymodule_export]
    use super::score::Scores;
    #[pymodule_export]
    use super::segment::Rfm;
    #[pymodule_export]
    use super::stay::KaplanMeier;
    #[pymodule_export]
    use super::table::Table;
    #[pymodule_export]
    use super::validate::Validation;

    use super::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }

    /// The version of the time-zone data that is compiled in.
    #[pyfunction]
    fn zone_data_version() -> &'static str {
        engagement_core::zone_data_version()
    }

    /// Runs the command line and returns its exit code.
    #[pyfunction]
    fn _main(py: Python<'_>, arguments: Vec<String>, cdnow: std::path::PathBuf) -> PyResult<i32> {
        cli::main(py, arguments, cdnow)
    }
}
