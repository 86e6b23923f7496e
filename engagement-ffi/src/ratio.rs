//! Engagement ratios: fully engaged to actively disengaged, overall and by group.

use std::ffi::c_char;

use engagement_core::{By, EngagementRatio, Error, ErrorKind, GroupRatio, LevelCounts, Result, ScoreOptions, Timestamp};

use crate::guard;
use crate::handle::Table;
use crate::ledger::{LEDGERS, eng_ledger};
use crate::out::{Out, count, index, present};
use crate::rulebook::{RULEBOOKS, eng_rulebook, rules};
use crate::text::{self, write_text};

/// One group of all customers.
pub const ENG_BY_ALL: i32 = 0;
/// A group for each business unit.
pub const ENG_BY_UNIT: i32 = 1;
/// A group for each channel.
pub const ENG_BY_CHANNEL: i32 = 2;
/// A group for each campaign.
pub const ENG_BY_CAMPAIGN: i32 = 3;
/// A group for each value of an attribute of the customers.
pub const ENG_BY_ATTRIBUTE: i32 = 4;

/// Engagement ratios by group. See `eng_ratios_new`.
#[derive(Debug)]
#[expect(non_camel_case_types, reason = "the name in C")]
pub struct eng_ratios_tag {
    _private: [u8; 0],
}

/// A handle: engagement ratios by group. See `eng_ratios_new`.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type eng_ratios = *mut eng_ratios_tag;

pub(crate) static RATIOS: Table<Vec<GroupRatio>> = Table::new(6);

/// Outputs for counts by level.
pub(crate) struct Levels([Out<i64>; 6]);

impl Levels {
    pub(crate) fn new(outputs: [*mut i64; 6]) -> Result<Levels> {
        let [a, b, c, d, e, f] = outputs;
        Ok(Levels([
            Out::required(a, "fully_engaged")?,
            Out::required(b, "engaged")?,
            Out::required(c, "not_engaged")?,
            Out::required(d, "actively_disengaged")?,
            Out::required(e, "unknown")?,
            Out::required(f, "prospects")?,
        ]))
    }

    pub(crate) fn write(&self, of: &LevelCounts) {
        let values = [of.fully_engaged, of.engaged, of.not_engaged, of.actively_disengaged, of.unknown, of.prospects];
        self.0.iter().zip(values).for_each(|(output, value)| output.write(count(value)));
    }
}

/// Outputs for a ratio and its interval.
pub(crate) struct Ratio([Out<f64>; 3], Out<i32>);

impl Ratio {
    pub(crate) fn new(outputs: [*mut f64; 3], present: *mut i32) -> Result<Ratio> {
        let [ratio, low, high] = outputs;
        let outputs = [Out::required(ratio, "ratio")?, Out::required(low, "low")?, Out::required(high, "high")?];
        Ok(Ratio(outputs, Out::required(present, "present")?))
    }

    pub(crate) fn write(&self, of: &EngagementRatio) {
        self.1.write(present(&self.0, [of.ratio, of.low, of.high]));
    }
}

/// Makes an empty list of ratios.
///
/// Since 0.1; any thread; free with `eng_ratios_free`. Errors: `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ratios_new(ratios: *mut eng_ratios) -> i32 {
    guard::new(&RATIOS, ratios, Vec::new)
}

/// Frees a list of ratios. Null is ignored.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_HANDLE`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ratios_free(ratios: eng_ratios) -> i32 {
    guard::free(&RATIOS, ratios)
}

/// Gives the text of the last error of this handle; empty if its last call succeeded.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_HANDLE`, `ENG_BUFFER_TOO_SMALL`,
/// `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ratios_error(ratios: eng_ratios, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::call(|| unsafe { write_text(&guard::last_error(&RATIOS, ratios)?, buffer, capacity, needed) })
}

/// Measures the engagement ratio as of a time, in microseconds since 1970 UTC, by groups: `ENG_BY_ALL`, `ENG_BY_UNIT`, `ENG_BY_CHANNEL`,
/// `ENG_BY_CAMPAIGN` or `ENG_BY_ATTRIBUTE`; the last needs the name of the attribute, the others none (null). Customers without a
/// group are the group `none`. On an error the list keeps what it had.
///
/// Since 0.1; any thread, one at a time for a list; another thread may ask `eng_ratios_progress` or `eng_ratios_cancel`. Errors:
/// `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD`, `ENG_INVALID_TIME`, `ENG_INVALID_RULEBOOK` for an empty rulebook, `ENG_INVALID_UTF8`,
/// `ENG_CANCELLED`, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ratios_measure(
    ratios: eng_ratios,
    ledger: eng_ledger,
    rulebook: eng_rulebook,
    as_of_us: i64,
    by: i32,
    attribute: *const c_char,
    attribute_len: i64,
) -> i32 {
    guard::work(&RATIOS, ratios, |groups, progress| {
        let by = match by {
            ENG_BY_ALL => None,
            ENG_BY_UNIT => Some(By::Unit),
            ENG_BY_CHANNEL => Some(By::Channel),
            ENG_BY_CAMPAIGN => Some(By::Campaign),
            // SAFETY: the caller's promise for a text in.
            ENG_BY_ATTRIBUTE => Some(By::Attribute(unsafe { text::required(attribute, attribute_len, "attribute")? }.to_owned())),
            _ => return Err(Error::new(ErrorKind::InvalidArgument, format!("{by} is not a way to group"))),
        };
        let as_of = Timestamp::from_micros(as_of_us)?;
        let options = ScoreOptions { progress: Some(progress), ..ScoreOptions::default() };
        *groups = RULEBOOKS.with(rulebook.addr(), |compiled| {
            let rules = &rules(compiled)?.rules;
            LEDGERS.with(ledger.addr(), |book| match &by {
                Some(by) => rules.ratio_by(&book.ledger, as_of, by, &options),
                None => {
                    let scores = rules.score_all(&book.ledger, as_of, &options)?;
                    Ok(vec![GroupRatio { group: "all".to_owned(), levels: scores.levels(), ratio: scores.ratio() }])
                }
            })
        })?;
        Ok(())
    })
}

/// Tells how many customers of how many the measurement under way in another thread has scored; 0 of 0 if none is.
///
/// Since 0.1; any thread; never waits. Errors: `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ratios_progress(ratios: eng_ratios, done: *mut i64, total: *mut i64) -> i32 {
    guard::progress(&RATIOS, ratios, done, total)
}

/// Cancels the measurement under way in another thread, or, if none is, the next one: it returns `ENG_CANCELLED`.
///
/// Since 0.1; any thread; never waits. Errors: `ENG_INVALID_HANDLE`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ratios_cancel(ratios: eng_ratios) -> i32 {
    guard::cancel(&RATIOS, ratios)
}

/// Counts the groups; 0 before the first measurement.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ratios_count(ratios: eng_ratios, groups: *mut i64) -> i32 {
    guard::read(&RATIOS, ratios, |list| {
        let groups = Out::required(groups, "groups")?;
        groups.write(count(list.len()));
        Ok(())
    })
}

/// Gives the name of the group at an index, from 0.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_ARGUMENT` for an index that does not exist,
/// `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ratios_group(
    ratios: eng_ratios,
    group: i64,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    guard::read(&RATIOS, ratios, |list| {
        let name = &list[index(group, list.len(), "group")?].group;
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(name, buffer, capacity, needed) }
    })
}

/// Counts the customers of a group by level; prospects, who have bought nothing yet, are counted apart.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for an index that does not exist or a null output, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ratios_levels(
    ratios: eng_ratios,
    group: i64,
    fully_engaged: *mut i64,
    engaged: *mut i64,
    not_engaged: *mut i64,
    actively_disengaged: *mut i64,
    unknown: *mut i64,
    prospects: *mut i64,
) -> i32 {
    guard::read(&RATIOS, ratios, |list| {
        let levels = Levels::new([fully_engaged, engaged, not_engaged, actively_disengaged, unknown, prospects])?;
        levels.write(&list[index(group, list.len(), "group")?].levels);
        Ok(())
    })
}

/// Gives the engagement ratio of a group with its 95 % interval; `present` is as of `eng_scores_ratio`.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for an index that does not exist or a null output, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ratios_ratio(
    ratios: eng_ratios,
    group: i64,
    ratio: *mut f64,
    low: *mut f64,
    high: *mut f64,
    present: *mut i32,
) -> i32 {
    guard::read(&RATIOS, ratios, |list| {
        let out = Ratio::new([ratio, low, high], present)?;
        out.write(&list[index(group, list.len(), "group")?].ratio);
        Ok(())
    })
}

/// Says the engagement ratio of a group in a sentence, with its interval and what bounds it.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: as `eng_ratios_group`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_ratios_sentence(
    ratios: eng_ratios,
    group: i64,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    guard::read(&RATIOS, ratios, |list| {
        let sentence = list[index(group, list.len(), "group")?].ratio.sentence();
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(&sentence, buffer, capacity, needed) }
    })
}
