//! `engagement demo`: two logs from nothing to a report.

use std::io::Write;
use std::path::Path;

use engagement_core as core;

use super::arguments::{Demo, Reading, Scoring};
use super::log::Log;
use super::trouble::Trouble;
use super::{people, report, shop, show};
use crate::output;
use crate::score::thousands;

pub(super) fn run(arguments: &Demo, cdnow: &Path, out: &mut dyn Write) -> Result<(), Trouble> {
    let folder = &arguments.out;
    std::fs::create_dir_all(folder).map_err(|error| Trouble::io(folder, &error))?;
    show::heading(out, "1. CDNOW, an online music shop, 1997 and 1998")?;
    writeln!(out, "69,659 purchases of 23,570 customers (Fader & Hardie 2001): purchases and nothing else.\n")?;
    one(cdnow, "cdnow", "CDNOW", folder, out)?;

    writeln!(out)?;
    show::heading(out, "2. A made-up bicycle shop with two branches and a web shop")?;
    writeln!(out, "Purchases, refunds, visits, reviews, surveys, complaints, referrals, a service plan, mailings.\n")?;
    let log = folder.join("shop.csv");
    output::write_text(&shop::csv(), &log).map_err(|failure| Trouble::written(&log, failure))?;
    one(&log, "shop", "The bicycle shop", folder, out)?;

    writeln!(out, "\nTry next:")?;
    writeln!(out, "  engagement explain {} 'Ada Adler'", log.display())?;
    writeln!(out, "  engagement ratio {} --by unit", log.display())?;
    writeln!(out, "  engagement check your-log.csv")?;
    Ok(())
}

/// Reads, scores, shows and writes one log.
fn one(path: &Path, name: &str, title: &str, folder: &Path, out: &mut dyn Write) -> Result<(), Trouble> {
    let log = Log::open(&[path.to_owned()], &Reading::default())?;
    show::reconciliation(out, &log.loaded.reconciliation)?;
    let kinds = log.ledger.kinds().iter().map(|(kind, count)| format!("{} {kind}", thousands(*count))).collect::<Vec<_>>();
    writeln!(out, "{}", kinds.join(" · "))?;

    let scoring = log.scoring(&Scoring::default())?;
    let scores = scoring.watch(|options| scoring.rules.score_all(&log.ledger, scoring.as_of, options))?;
    let levels = scores.levels();
    writeln!(out, "\n{} customers as of {}\n", thousands(scores.len() as u64), scoring.when(&log))?;
    show::levels(out, &levels)?;
    writeln!(out, "\nEngagement ratio, fully engaged to actively disengaged: {}", scores.ratio().sentence())?;
    if levels.actively_disengaged == 0 {
        writeln!(
            out,
            "This log has no negative signal, no complaint, refund or cancellation, so there is a lower bound and no ratio."
        )?;
    }
    writeln!(out)?;
    people::sheet(out, &log, &scoring, &scores, 5)?;
    writeln!(out)?;
    for note in scoring.rulebook.notes() {
        writeln!(out, "{note}")?;
    }

    let batch = core::arrow::scores_batch(&scores)?;
    let table = folder.join(format!("{name}-scores.parquet"));
    output::write(&batch, &table).map_err(|failure| Trouble::written(&table, failure))?;
    let rules = folder.join(format!("{name}-rules.toml"));
    output::write_text(&scoring.rulebook.to_toml()?, &rules).map_err(|failure| Trouble::written(&rules, failure))?;
    let sources = [path.file_name().unwrap_or_default().to_string_lossy().into_owned()];
    let page = folder.join(format!("{name}-report.html"));
    output::write_text(&report::page(&log, &scoring, title, &sources, "engagement demo")?, &page)
        .map_err(|failure| Trouble::written(&page, failure))?;
    writeln!(out, "wrote {}, {}, {}", table.display(), rules.display(), page.display())?;
    Ok(())
}
