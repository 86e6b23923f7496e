//! Scores: all customers, as columns.

use std::ffi::c_char;
use std::sync::Arc;

use engagement_core::{Error, ErrorKind, Result, ScoreOptions, Scores, Timestamp};

use crate::arguments::{self, flag};
use crate::forecast;
use crate::guard;
use crate::handle::Table;
use crate::keys;
use crate::ledger::{LEDGERS, eng_ledger};
use crate::out::{Out, OutColumn, complete, count, index, nullable, range};
use crate::ratio::{Levels, Ratio};
use crate::rulebook::{RULEBOOKS, eng_rulebook, rules};
use crate::score::{
    ENG_COLUMN_COVERAGE, ENG_COLUMN_ENGAGEMENT, ENG_COLUMN_FIRST_AT, ENG_COLUMN_INTERACTIONS, ENG_COLUMN_LAST_AT,
    ENG_COLUMN_LEVEL, ENG_COLUMN_POINTS_SAY, ENG_COLUMN_POINTS_SPEND, ENG_COLUMN_POINTS_STAY, ENG_COLUMN_PROSPECT,
    ENG_COLUMN_SAY, ENG_COLUMN_SPEND, ENG_COLUMN_STAY, level_number, no_column,
};
use crate::text::write_text;

/// The scores of all customers. See `eng_scores_new`.
#[derive(Debug)]
#[expect(non_camel_case_types, reason = "the name in C")]
pub struct eng_scores_tag {
    _private: [u8; 0],
}

/// A handle: the scores of all customers. See `eng_scores_new`.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type eng_scores = *mut eng_scores_tag;

pub(crate) static SCORES: Table<Sheet> = Table::new(5);

/// The settings of a scoring, and its result.
#[derive(Default)]
pub(crate) struct Sheet {
    threads: usize,
    contributions: bool,
    /// Shared with a bridge to other scores for as long as it is made.
    scores: Option<Arc<Scores>>,
}

impl Sheet {
    pub(crate) fn scores(&self) -> Result<&Scores> {
        self.shared().map(Arc::as_ref)
    }

    /// The same, to be kept beyond the lock.
    pub(crate) fn shared(&self) -> Result<&Arc<Scores>> {
        self.scores.as_ref().ok_or_else(|| Error::new(ErrorKind::MissingField, "nothing has been scored into this handle"))
    }
}

/// Makes an empty result.
///
/// Since 0.1; any thread; free with `eng_scores_free`. Errors: `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_new(scores: *mut eng_scores) -> i32 {
    guard::new(&SCORES, scores, Sheet::default)
}

/// Frees a result. Null is ignored.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_HANDLE`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_free(scores: eng_scores) -> i32 {
    guard::free(&SCORES, scores)
}

/// Gives the text of the last error of this handle; empty if its last call succeeded.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_HANDLE`, `ENG_BUFFER_TOO_SMALL`,
/// `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_error(scores: eng_scores, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::call(|| unsafe { write_text(&guard::last_error(&SCORES, scores)?, buffer, capacity, needed) })
}

/// Sets on how many threads to score; 0, the default, takes one a processor. The threads live inside the call; the result is the same
/// to the last bit whatever their number.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for a number that is not 0 to 1024, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_set_threads(scores: eng_scores, threads: i32) -> i32 {
    guard::write(&SCORES, scores, |sheet| {
        sheet.threads = arguments::threads(threads)?;
        Ok(())
    })
}

/// Says whether to keep the points of every rule (1) or not (0, the default): see `eng_scores_rule_column`.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for another number, `ENG_INVALID_HANDLE`, `ENG_FORKED`,
/// `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_set_contributions(scores: eng_scores, contributions: i32) -> i32 {
    guard::write(&SCORES, scores, |sheet| {
        sheet.contributions = flag(contributions, "contributions")?;
        Ok(())
    })
}

/// Scores all customers of a ledger as of a time, in microseconds since 1970 UTC: no later interaction is seen, and customers whose
/// first one is later are not listed. The rows of the result are in key order: integers ascending, then text by bytes. On an error
/// the result keeps what it had.
///
/// Since 0.1; any thread, one at a time for a result; another thread may ask `eng_scores_progress` or `eng_scores_cancel`. Errors:
/// `ENG_CANCELLED`, `ENG_INVALID_TIME`, `ENG_INVALID_RULEBOOK` for an empty rulebook, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_score(
    scores: eng_scores,
    ledger: eng_ledger,
    rulebook: eng_rulebook,
    as_of_us: i64,
) -> i32 {
    guard::work(&SCORES, scores, |sheet, progress| {
        let as_of = Timestamp::from_micros(as_of_us)?;
        let options = ScoreOptions { threads: sheet.threads, contributions: sheet.contributions, progress: Some(progress) };
        sheet.scores = Some(Arc::new(RULEBOOKS.with(rulebook.addr(), |compiled| {
            let rules = &rules(compiled)?.rules;
            LEDGERS.with(ledger.addr(), |book| rules.score_all(&book.ledger, as_of, &options))
        })?));
        Ok(())
    })
}

/// Tells how many customers of how many the scoring under way in another thread has scored; 0 of 0 if none is.
///
/// Since 0.1; any thread; never waits. Errors: `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_progress(scores: eng_scores, done: *mut i64, total: *mut i64) -> i32 {
    guard::progress(&SCORES, scores, done, total)
}

/// Cancels the scoring under way in another thread, or, if none is, the next one: it returns `ENG_CANCELLED`.
///
/// Since 0.1; any thread; never waits. Errors: `ENG_INVALID_HANDLE`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_cancel(scores: eng_scores) -> i32 {
    guard::cancel(&SCORES, scores)
}

/// Counts the rows, and the interactions that lie after the as-of and were not seen.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_count(scores: eng_scores, rows: *mut i64, later: *mut i64) -> i32 {
    guard::read(&SCORES, scores, |sheet| {
        let (rows, later) = (Out::required(rows, "rows")?, Out::required(later, "later")?);
        let scores = sheet.scores()?;
        rows.write(count(scores.len()));
        later.write(count(scores.later));
        Ok(())
    })
}

/// Gives the customer's key of one row.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_MISSING_FIELD` while the result is empty,
/// `ENG_INVALID_ARGUMENT` for a row that does not exist, `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_key(
    scores: eng_scores,
    row: i64,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::read(&SCORES, scores, |sheet| unsafe { keys::key(sheet.scores()?, row, buffer, capacity, needed) })
}

/// Gives the width of the longest key in bytes, for `eng_scores_key_column`.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_key_width(scores: eng_scores, width: *mut i64) -> i32 {
    guard::read(&SCORES, scores, |sheet| keys::width(sheet.scores()?, width))
}

/// Gives the keys of rows as text of a fixed width, padded by spaces, without NULs: `count · width` bytes. If a key is wider, nothing is
/// written.
///
/// Since 0.1; any thread. Errors: `ENG_BUFFER_TOO_SMALL` if the width is too small, `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` while the
/// result is empty, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_key_column(
    scores: eng_scores,
    offset: i64,
    count: i64,
    width: i64,
    keys: *mut c_char,
) -> i32 {
    guard::read(&SCORES, scores, |sheet| keys::column(sheet.scores()?, (offset, count), width, keys))
}

/// Gives the keys of rows that are integers; where a key is text, its validity byte is 0, and so is the key.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_int64_key_column(
    scores: eng_scores,
    offset: i64,
    count: i64,
    keys: *mut i64,
    valid: *mut c_char,
) -> i32 {
    guard::read(&SCORES, scores, |sheet| keys::int64_column(sheet.scores()?, (offset, count), keys, valid))
}

/// Gives rows of one of the double columns, `ENG_COLUMN_ENGAGEMENT` to `ENG_COLUMN_COVERAGE` and `ENG_COLUMN_PROBABILITY_ALIVE` to
/// `ENG_COLUMN_EXPECTED_ORDER_VALUE`. A missing value is 0, and so is its validity byte; else the byte is 1. The validity may be left
/// out by a null pointer.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` while the result is empty and for the forecast of a
/// rulebook that has none, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_double_column(
    scores: eng_scores,
    column: i32,
    offset: i64,
    count: i64,
    values: *mut f64,
    valid: *mut c_char,
) -> i32 {
    guard::read(&SCORES, scores, |sheet| {
        let scores = sheet.scores()?;
        let rows = range(offset, count, scores.len())?;
        let column = match column {
            ENG_COLUMN_ENGAGEMENT => &scores.engagement,
            ENG_COLUMN_SAY => &scores.say,
            ENG_COLUMN_STAY => &scores.stay,
            ENG_COLUMN_SPEND => &scores.spend,
            ENG_COLUMN_POINTS_SAY => &scores.points_say,
            ENG_COLUMN_POINTS_STAY => &scores.points_stay,
            ENG_COLUMN_POINTS_SPEND => &scores.points_spend,
            ENG_COLUMN_COVERAGE => return complete(&scores.coverage, rows, values, valid),
            _ => forecast::numbers(scores, column)?,
        };
        nullable(column, rows, values, valid)
    })
}

/// Gives rows of one of the int64 columns, `ENG_COLUMN_LEVEL` to `ENG_COLUMN_LAST_AT`. None of them is ever missing.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_int64_column(
    scores: eng_scores,
    column: i32,
    offset: i64,
    count: i64,
    values: *mut i64,
) -> i32 {
    guard::read(&SCORES, scores, |sheet| {
        let scores = sheet.scores()?;
        let rows = range(offset, count, scores.len())?;
        let values = OutColumn::required(values, rows.len(), "values")?;
        match column {
            ENG_COLUMN_LEVEL => values.write(scores.level[rows].iter().map(|level| i64::from(level_number(*level)))),
            ENG_COLUMN_PROSPECT => values.write(scores.prospect[rows].iter().map(|prospect| i64::from(*prospect))),
            ENG_COLUMN_INTERACTIONS => values.write(scores.interactions[rows].iter().map(|number| crate::out::count(*number))),
            ENG_COLUMN_FIRST_AT => values.write(scores.first_at[rows].iter().copied()),
            ENG_COLUMN_LAST_AT => values.write(scores.last_at[rows].iter().copied()),
            _ => return Err(no_column(column, "integers")),
        }
        Ok(())
    })
}

/// Gives the levels of rows, as `ENG_LEVEL_...`.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_level_column(scores: eng_scores, offset: i64, count: i64, levels: *mut i32) -> i32 {
    guard::read(&SCORES, scores, |sheet| {
        let scores = sheet.scores()?;
        let rows = range(offset, count, scores.len())?;
        let levels = OutColumn::required(levels, rows.len(), "levels")?;
        levels.write(scores.level[rows].iter().map(|level| level_number(*level)));
        Ok(())
    })
}

/// Gives rows of the points that one rule gave, by its index in the rulebook; asked for by `eng_scores_set_contributions`.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for a rule or row that does not exist, or if contributions were not asked for,
/// `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_rule_column(
    scores: eng_scores,
    rule: i64,
    offset: i64,
    count: i64,
    values: *mut f64,
    valid: *mut c_char,
) -> i32 {
    guard::read(&SCORES, scores, |sheet| {
        let scores = sheet.scores()?;
        let rows = range(offset, count, scores.len())?;
        let rule = index(rule, scores.contributions.len(), "the column of rule")?;
        nullable(&scores.contributions[rule].1, rows, values, valid)
    })
}

/// Counts the customers by level; prospects, who have bought nothing yet, are counted apart.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_levels(
    scores: eng_scores,
    fully_engaged: *mut i64,
    engaged: *mut i64,
    not_engaged: *mut i64,
    actively_disengaged: *mut i64,
    unknown: *mut i64,
    prospects: *mut i64,
) -> i32 {
    guard::read(&SCORES, scores, |sheet| {
        let levels = Levels::new([fully_engaged, engaged, not_engaged, actively_disengaged, unknown, prospects])?;
        levels.write(&sheet.scores()?.levels());
        Ok(())
    })
}

/// Gives the engagement ratio, fully engaged to actively disengaged, with its 95 % interval. What cannot be said is not there: its value is
/// 0, and its bit in `present` is not set; the bits are 1 ratio, 2 low, 4 high.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_ratio(
    scores: eng_scores,
    ratio: *mut f64,
    low: *mut f64,
    high: *mut f64,
    present: *mut i32,
) -> i32 {
    guard::read(&SCORES, scores, |sheet| {
        let out = Ratio::new([ratio, low, high], present)?;
        out.write(&sheet.scores()?.ratio());
        Ok(())
    })
}
