//! `engagement check`.

use std::collections::BTreeMap;
use std::io::Write;

use engagement_core::arrow::KindOrigin;
use serde_json::json;

use super::arguments::{Check, Reading};
use super::log::Log;
use super::show;
use super::trouble::Trouble;
use crate::score::thousands;
use crate::table::plain;

/// Rejected rows that are shown.
const SHOWN: usize = 10;

pub(super) fn run(arguments: &Check, out: &mut dyn Write) -> Result<(), Trouble> {
    // Everything that is wrong is wanted here, not the first bad rows only.
    let log = Log::open(&arguments.logs, &Reading { lenient: true, ..arguments.reading.clone() })?;
    if arguments.json {
        writeln!(out, "{}", object(&log))?;
    } else {
        sheet(&log, out)?;
    }
    let rejected = log.loaded.reconciliation.rejected;
    if rejected > 0 && !arguments.reading.lenient { Err(Trouble::Rejected(rejected)) } else { Ok(()) }
}

fn object(log: &Log) -> serde_json::Value {
    let account = &log.loaded.reconciliation;
    let columns: BTreeMap<&str, &str> = log.report.columns.iter().map(|chosen| (chosen.field, chosen.column.as_str())).collect();
    json!({
        "rows": account.rows,
        "recorded": account.recorded,
        "duplicates": account.duplicates,
        "folded": account.folded,
        "rejected": account.rejected,
        "reasons": account.reasons,
        "customers": log.ledger.customer_count(),
        "interactions": log.ledger.len(),
        "first_at": log.ledger.earliest(),
        "last_at": log.ledger.latest(),
        "zone": log.ledger.zone().name(),
        "columns": columns,
        "unused_columns": log.report.unused,
        "kinds": log.report.kinds,
    })
}

fn sheet(log: &Log, out: &mut dyn Write) -> Result<(), Trouble> {
    let ledger = &log.ledger;
    show::reconciliation(out, &log.loaded.reconciliation)?;
    writeln!(out, "{} interactions of {} customers", thousands(ledger.len()), thousands(ledger.customer_count()))?;
    if let (Some(first), Some(last)) = (ledger.earliest(), ledger.latest()) {
        writeln!(out, "{} to {} ({})", ledger.zone().format(first), ledger.zone().format(last), ledger.zone().name())?;
    }
    writeln!(out)?;
    let rows = log.report.columns.iter().map(|chosen| {
        let also = if chosen.passed_over.is_empty() {
            String::new()
        } else {
            format!("could also be {}", chosen.passed_over.join(", "))
        };
        vec![chosen.field.to_owned(), chosen.column.clone(), also]
    });
    writeln!(out, "{}", plain(&["field", "column", ""].map(str::to_owned), &[false, false, false], rows.collect()))?;
    if !log.report.unused.is_empty() {
        writeln!(out, " not read: {}", log.report.unused.join(", "))?;
    }
    writeln!(out)?;
    let rows = log.report.kinds.kinds().map(|kind| {
        let how = match kind.origin {
            KindOrigin::Standard => "",
            KindOrigin::Vocabulary => "by the vocabulary",
            KindOrigin::Mapping => "as you said",
            KindOrigin::Given => "the kind that was given",
            KindOrigin::Sign => "by the sign of the amount",
            _ => "unknown: kept, but no standard rule names it",
        };
        vec![kind.name.unwrap_or_else(|| "–".to_owned()), kind.kind, thousands(kind.rows), how.to_owned()]
    });
    writeln!(
        out,
        "{}",
        plain(&["kind in the log", "read as", "rows", ""].map(str::to_owned), &[false, false, true, false], rows.collect())
    )?;
    if log.report.kinds.unlisted() > 0 {
        writeln!(out, " and further kinds in {} rows", thousands(log.report.kinds.unlisted()))?;
    }
    if !log.loaded.rejects.is_empty() {
        writeln!(out, "\nrejected, for example:")?;
        for reject in log.loaded.rejects.iter().take(SHOWN) {
            writeln!(out, "  {reject}")?;
        }
    }
    Ok(())
}
