//! CSV and Parquet over readers. No path is opened here: the caller hands over what it has opened.
//!
//! [`read_csv`] and [`read_parquet`] feed one file into a [`Load`](crate::Load) and account for it in a [`ReadReport`]. They find
//! the columns as [`arrow::resolve`](crate::arrow::resolve) does. [`write_csv`], [`write_parquet`] and [`write_arrow`] write tables.
//!
//! ```
//! use engagement_core::arrow::Mapping;
//! use engagement_core::files::{ReadReport, read_csv};
//! use engagement_core::{Ledger, LoadOptions};
//!
//! let text = "Customer ID;Order Date;Total\n\
//!             00017;2026-03-01;19.90\n\
//!             00018;2026-03-02 10:30;oops\n";
//! let mut ledger = Ledger::new();
//! let mut load = ledger.load(LoadOptions::default().lenient(true))?;
//! load.source("march.csv");
//! let mut report = ReadReport::default();
//! read_csv(&mut load, text.as_bytes(), &Mapping::new(), &mut report, &mut |_rows| Ok(()))?;
//! let loaded = load.finish()?;
//! assert_eq!(loaded.reconciliation.to_string(),
//!     "2 rows read = 1 recorded + 0 duplicates + 0 folded + 1 rejected (invalid_amount: 1)");
//! assert_eq!(loaded.rejects[0].to_string(),
//!     "march.csv, row 2, amount \"oops\": not an exact amount with at most six decimals");
//! assert_eq!(report.columns[2].column, "Total");
//! # Ok::<(), engagement_core::Error>(())
//! ```

mod csv_reader;
mod input;
mod parquet_reader;
mod write;

use serde::Serialize;

pub use csv_reader::read_csv;
pub use parquet_reader::read_parquet;
pub use write::{write_arrow, write_csv, write_parquet};

use crate::arrow::{Chosen, Columns, KindsReport};

/// What was read from files and how, over all files read with it.
///
/// ```
/// use engagement_core::files::ReadReport;
///
/// let report = ReadReport::default();
/// assert_eq!(serde_json::to_string(&report).unwrap(), r#"{"columns":[],"unused":[],"kinds":[]}"#);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReadReport {
    /// The fields and their columns; a field that two files hold in different columns is there twice.
    pub columns: Vec<Chosen>,
    /// Columns that were not read.
    pub unused: Vec<String>,
    /// The names of kinds, what they became, and how many of each.
    pub kinds: KindsReport,
}

impl ReadReport {
    /// Adds the columns of a table, for batches that come from elsewhere than a file.
    pub fn note(&mut self, columns: &Columns) {
        for chosen in columns.chosen() {
            if !self.columns.contains(chosen) {
                self.columns.push(chosen.clone());
            }
        }
        for name in columns.unused() {
            if !self.unused.contains(name) {
                self.unused.push(name.clone());
            }
        }
    }
}
