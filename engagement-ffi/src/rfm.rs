//! Recency, frequency and monetary value: customers scored by each, and the segments the scores make.

use std::ffi::c_char;

use engagement_core::segment::{Rfm, RfmOptions, RfmScores, RfmTable, SegmentRule};
use engagement_core::{Error, ErrorKind, Key, Result, Timestamp};

use crate::arguments::{self, counted};
use crate::columns::{counts, numbers};
use crate::guard;
use crate::handle::Table;
use crate::keys::{self, Keyed};
use crate::ledger::{LEDGERS, eng_ledger};
use crate::out::{Out, OutColumn, count, index, range};
use crate::text::{self, write_text};

/// Days since the last purchase: the fewer, the higher the score.
pub const ENG_RFM_RECENCY: i32 = 1;
/// Number of purchases.
pub const ENG_RFM_FREQUENCY: i32 = 2;
/// Money spent, in currency units.
pub const ENG_RFM_MONETARY: i32 = 3;

/// Customers scored by recency, frequency and monetary value. See `eng_rfm_new`.
#[derive(Debug)]
#[expect(non_camel_case_types, reason = "the name in C")]
pub struct eng_rfm_tag {
    _private: [u8; 0],
}

/// A handle: customers scored by recency, frequency and monetary value. See `eng_rfm_new`.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type eng_rfm = *mut eng_rfm_tag;

static RFM: Table<Ranking> = Table::new(10);

/// How customers are scored, and the scored customers.
#[derive(Default)]
struct Ranking {
    options: RfmOptions,
    result: Option<Ranked>,
}

/// Scored customers: of a ledger, or of columns.
enum Ranked {
    Ledger(Box<RfmTable>),
    Columns { days: Vec<f64>, purchases: Vec<u32>, spend: Vec<f64>, rfm: Box<Rfm> },
}

impl Ranking {
    fn result(&self) -> Result<&Ranked> {
        self.result.as_ref().ok_or_else(|| Error::new(ErrorKind::MissingField, "nothing has been scored into this handle"))
    }

    fn rfm(&self) -> Result<&Rfm> {
        self.result().map(Ranked::rfm)
    }

    fn scores(&self, measure: i32) -> Result<&RfmScores> {
        let rfm = self.rfm()?;
        match measure {
            ENG_RFM_RECENCY => Ok(&rfm.recency),
            ENG_RFM_FREQUENCY => Ok(&rfm.frequency),
            ENG_RFM_MONETARY => Ok(&rfm.monetary),
            _ => Err(no_measure(measure)),
        }
    }
}

impl Ranked {
    fn rfm(&self) -> &Rfm {
        match self {
            Ranked::Ledger(table) => &table.rfm,
            Ranked::Columns { rfm, .. } => rfm,
        }
    }

    /// What the scores were made from.
    fn columns(&self) -> (&[f64], &[u32], &[f64]) {
        match self {
            Ranked::Ledger(table) => (&table.days_since_last, &table.purchases, &table.spend),
            Ranked::Columns { days, purchases, spend, .. } => (days, purchases, spend),
        }
    }
}

impl Keyed for Ranked {
    fn rows(&self) -> usize {
        self.rfm().len()
    }

    fn key(&self, row: usize) -> Key<'_> {
        match self {
            Ranked::Ledger(table) => table.customer(row),
            Ranked::Columns { .. } => Key::Int(count(row)),
        }
    }
}

fn no_measure(measure: i32) -> Error {
    Error::new(ErrorKind::InvalidArgument, format!("{measure} is not a measure of ENG_RFM_..."))
}

/// Makes an empty result.
///
/// Since 0.1; any thread; free with `eng_rfm_free`. Errors: `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_new(rfm: *mut eng_rfm) -> i32 {
    guard::new(&RFM, rfm, Ranking::default)
}

/// Frees a result. Null is ignored.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_HANDLE`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_free(rfm: eng_rfm) -> i32 {
    guard::free(&RFM, rfm)
}

/// Gives the text of the last error of this handle; empty if its last call succeeded.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_HANDLE`, `ENG_BUFFER_TOO_SMALL`,
/// `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_error(rfm: eng_rfm, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::call(|| unsafe { write_text(&guard::last_error(&RFM, rfm)?, buffer, capacity, needed) })
}

/// Sets the number of scores of each measure, 2 to 10; 5 by default. The standard segments are for 5: with another number set others.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_set_bins(rfm: eng_rfm, bins: i32) -> i32 {
    guard::write(&RFM, rfm, |ranking| {
        let bins = u8::try_from(bins).ok().filter(|bins| (2..=10).contains(bins));
        let outside = || Error::new(ErrorKind::InvalidArgument, "bins: not 2 to 10");
        ranking.options.bins = bins.ok_or_else(outside)?;
        Ok(())
    })
}

/// Sets own cuts of a measure, `ENG_RFM_RECENCY` to `ENG_RFM_MONETARY`, one fewer than scores, in any order; for a count of 0 quantiles
/// cut, as by default. With the cuts of an earlier result two results compare.
///
/// Since 0.1; any thread, one at a time; the array is copied. Errors: `ENG_INVALID_ARGUMENT` for another measure, a count that is not 0
/// to 9, a null pointer and what is not finite, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`. That there are as many cuts as the scores need is seen when customers are scored.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_set_cuts(rfm: eng_rfm, measure: i32, count: i64, cuts: *const f64) -> i32 {
    guard::write(&RFM, rfm, |ranking| {
        let invalid = |message: String| Error::new(ErrorKind::InvalidArgument, message);
        let own = match measure {
            ENG_RFM_RECENCY => &mut ranking.options.recency_cuts,
            ENG_RFM_FREQUENCY => &mut ranking.options.frequency_cuts,
            ENG_RFM_MONETARY => &mut ranking.options.monetary_cuts,
            _ => return Err(no_measure(measure)),
        };
        let count = usize::try_from(count).ok().filter(|count| *count <= 9);
        let count = count.ok_or_else(|| invalid("count: not 0 to 9 cuts".to_owned()))?;
        // SAFETY: the caller's promise: an array of `count` numbers.
        let cuts = unsafe { numbers(cuts, count, "cuts")? };
        if let Some(cut) = cuts.iter().find(|cut| !cut.is_finite()) {
            return Err(invalid(format!("cuts: {cut} is not a finite number")));
        }
        *own = (count > 0).then_some(cuts);
        Ok(())
    })
}

/// Sets the segments by a JSON list; of several that name the same scores the first counts, and whom none names is in `others`. A segment is
/// an object of its name and of the lowest and highest score of each measure that it looks at:
/// `[{"name": "champions", "recency": [5, 5], "frequency": [4, 5]}, ...]`. Without, there are the eleven in common use.
///
/// Since 0.1; any thread, one at a time; the text is copied. Errors: `ENG_INVALID_ARGUMENT` for what is no such list, `ENG_INVALID_UTF8`,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`. That the scores of a segment exist is seen when customers are scored.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_set_segments(rfm: eng_rfm, json: *const c_char, json_len: i64) -> i32 {
    guard::write(&RFM, rfm, |ranking| {
        // SAFETY: the caller's promise for a text in.
        let rules: std::result::Result<Vec<SegmentRule>, _> =
            serde_json::from_str(unsafe { text::document(json, json_len, "json")? });
        ranking.options.segments = rules.map_err(|error| Error::new(ErrorKind::InvalidArgument, format!("segments: {error}")))?;
        Ok(())
    })
}

/// Sets on how many threads to go over a ledger; 0, the default, takes one a processor. The threads live inside the call; the result is the
/// same to the last bit whatever their number.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for a number that is not 0 to 1024, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_set_threads(rfm: eng_rfm, threads: i32) -> i32 {
    guard::write(&RFM, rfm, |ranking| {
        ranking.options.threads = arguments::threads(threads)?;
        Ok(())
    })
}

/// Scores the customers of a ledger with a purchase, as of a time, in microseconds since 1970 UTC. Rows are in key order. On an error the
/// handle keeps what it had.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_TIME`, `ENG_INVALID_ARGUMENT` for options that do not fit each other,
/// `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_score(rfm: eng_rfm, ledger: eng_ledger, as_of_us: i64) -> i32 {
    guard::write(&RFM, rfm, |ranking| {
        let as_of = Timestamp::from_micros(as_of_us)?;
        let table = LEDGERS.with(ledger.addr(), |book| book.ledger.rfm(as_of, &ranking.options))?;
        ranking.result = Some(Ranked::Ledger(Box::new(table)));
        Ok(())
    })
}

/// Scores customers that were summarised elsewhere: arrays of `rows` numbers, days since the last purchase, purchases, and money spent in
/// currency units. The customers are called 0, 1, 2 and so on. On an error the handle keeps what it had.
///
/// Since 0.1; any thread, one at a time; the arrays are copied. Errors: `ENG_INVALID_ARGUMENT` naming the row, from 0, the column and the
/// value, and for options that do not fit each other, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_from_columns(
    rfm: eng_rfm,
    rows: i64,
    days_since_last: *const f64,
    purchases: *const i64,
    spend: *const f64,
) -> i32 {
    guard::write(&RFM, rfm, |ranking| {
        let rows = counted(rows, "rows")? as usize;
        // SAFETY: the caller's promise: arrays of `rows` numbers.
        let (days, purchases, spend) = unsafe {
            (
                numbers(days_since_last, rows, "days_since_last")?,
                counts(purchases, rows, "purchases")?,
                numbers(spend, rows, "spend")?,
            )
        };
        let rfm = Box::new(Rfm::new(&days, &purchases, &spend, &ranking.options)?);
        ranking.result = Some(Ranked::Columns { days, purchases, spend, rfm });
        Ok(())
    })
}

/// Counts the rows, and the customers of a ledger without a purchase, who have none.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_count(rfm: eng_rfm, rows: *mut i64, prospects: *mut i64) -> i32 {
    guard::read(&RFM, rfm, |ranking| {
        let (rows, prospects) = (Out::required(rows, "rows")?, Out::required(prospects, "prospects")?);
        let result = ranking.result()?;
        rows.write(count(result.rows()));
        prospects.write(match result {
            Ranked::Ledger(table) => count(table.prospects),
            Ranked::Columns { .. } => 0,
        });
        Ok(())
    })
}

/// Gives the customer's key of one row.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_MISSING_FIELD` while the result is empty,
/// `ENG_INVALID_ARGUMENT` for a row that does not exist, `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_key(rfm: eng_rfm, row: i64, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::read(&RFM, rfm, |ranking| unsafe { keys::key(ranking.result()?, row, buffer, capacity, needed) })
}

/// Gives the width of the longest key in bytes, for `eng_rfm_key_column`.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_key_width(rfm: eng_rfm, width: *mut i64) -> i32 {
    guard::read(&RFM, rfm, |ranking| keys::width(ranking.result()?, width))
}

/// Gives the keys of rows as text of a fixed width, as `eng_scores_key_column` does.
///
/// Since 0.1; any thread. Errors: `ENG_BUFFER_TOO_SMALL` if the width is too small, `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` while the
/// result is empty, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_key_column(rfm: eng_rfm, offset: i64, count: i64, width: i64, keys: *mut c_char) -> i32 {
    guard::read(&RFM, rfm, |ranking| keys::column(ranking.result()?, (offset, count), width, keys))
}

/// Gives the keys of rows that are integers; where a key is text, its validity byte is 0, and so is the key.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_int64_key_column(
    rfm: eng_rfm,
    offset: i64,
    count: i64,
    keys: *mut i64,
    valid: *mut c_char,
) -> i32 {
    guard::read(&RFM, rfm, |ranking| keys::int64_column(ranking.result()?, (offset, count), keys, valid))
}

/// Gives rows of what a measure was made from, `ENG_RFM_RECENCY` to `ENG_RFM_MONETARY`.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_double_column(
    rfm: eng_rfm,
    measure: i32,
    offset: i64,
    count: i64,
    values: *mut f64,
) -> i32 {
    guard::read(&RFM, rfm, |ranking| {
        let result = ranking.result()?;
        let rows = range(offset, count, result.rows())?;
        let values = OutColumn::required(values, rows.len(), "values")?;
        let (days, purchases, spend) = result.columns();
        match measure {
            ENG_RFM_RECENCY => values.write(days[rows].iter().copied()),
            ENG_RFM_FREQUENCY => values.write(purchases[rows].iter().map(|&number| f64::from(number))),
            ENG_RFM_MONETARY => values.write(spend[rows].iter().copied()),
            _ => return Err(no_measure(measure)),
        }
        Ok(())
    })
}

/// Gives rows of the scores of a measure, `ENG_RFM_RECENCY` to `ENG_RFM_MONETARY`: 1 is the worst.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_score_column(rfm: eng_rfm, measure: i32, offset: i64, count: i64, scores: *mut i32) -> i32 {
    guard::read(&RFM, rfm, |ranking| {
        let found = &ranking.scores(measure)?.score;
        let rows = range(offset, count, found.len())?;
        let scores = OutColumn::required(scores, rows.len(), "scores")?;
        scores.write(found[rows].iter().map(|&score| i32::from(score)));
        Ok(())
    })
}

/// Gives the segments of rows, each by its index for `eng_rfm_segment`.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_segment_column(rfm: eng_rfm, offset: i64, count: i64, segments: *mut i32) -> i32 {
    guard::read(&RFM, rfm, |ranking| {
        let found = &ranking.rfm()?.segment;
        let rows = range(offset, count, found.len())?;
        let segments = OutColumn::required(segments, rows.len(), "segments")?;
        segments.write(found[rows].iter().map(|&segment| i32::from(segment)));
        Ok(())
    })
}

/// Counts the segments: those of the list, and `others`, the last.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_segment_count(rfm: eng_rfm, segments: *mut i64) -> i32 {
    guard::read(&RFM, rfm, |ranking| {
        let segments = Out::required(segments, "segments")?;
        segments.write(count(ranking.rfm()?.segments.len()));
        Ok(())
    })
}

/// Gives the name of the segment at an index, from 0, and how many customers it has; the number may be left out by a null pointer.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_ARGUMENT` for an index that does not exist,
/// `ENG_MISSING_FIELD` while the result is empty, `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_segment(
    rfm: eng_rfm,
    segment: i64,
    customers: *mut i64,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    guard::read(&RFM, rfm, |ranking| {
        let segments = &ranking.rfm()?.segments;
        let found = &segments[index(segment, segments.len(), "segment")?];
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(&found.name, buffer, capacity, needed)? };
        Out::optional(customers).write(count(found.customers));
        Ok(())
    })
}

/// Counts the cuts of a measure: one fewer than scores, and none without customers.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_cut_count(rfm: eng_rfm, measure: i32, cuts: *mut i64) -> i32 {
    guard::read(&RFM, rfm, |ranking| {
        let cuts = Out::required(cuts, "cuts")?;
        cuts.write(count(ranking.scores(measure)?.cuts.len()));
        Ok(())
    })
}

/// Gives cuts of a measure, from the worst on: a better value than the cut has the higher score. Cuts of recency descend, the others ascend.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` while the result is empty, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_cuts(rfm: eng_rfm, measure: i32, offset: i64, count: i64, cuts: *mut f64) -> i32 {
    guard::read(&RFM, rfm, |ranking| {
        let found = &ranking.scores(measure)?.cuts;
        let rows = range(offset, count, found.len())?;
        let cuts = OutColumn::required(cuts, rows.len(), "cuts")?;
        cuts.write(found[rows].iter().copied());
        Ok(())
    })
}

/// Gives what a reader of the scores should know, a sentence a line, and nothing where all is well.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_MISSING_FIELD` while the result is empty,
/// `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_rfm_notes(rfm: eng_rfm, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    guard::read(&RFM, rfm, |ranking| {
        let notes = ranking.rfm()?.notes.join("\n");
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(&notes, buffer, capacity, needed) }
    })
}
