//! Scorecards: one customer, scored, with the contributions that add up to the score.

use std::ffi::c_char;

use engagement_core::{Error, ErrorKind, Explanation, Key, Level, Result, Scorecard, Timestamp, Way};

use crate::forecast;
use crate::guard;
use crate::handle::Table;
use crate::ledger::{LEDGERS, eng_ledger};
use crate::load::json;
use crate::out::{self, Out, count, index};
use crate::rulebook::{RULEBOOKS, eng_rulebook, rules};
use crate::text::{self, write_text};

/// Engagement, −100 to 100: double, missing without any evidence.
pub const ENG_COLUMN_ENGAGEMENT: i32 = 1;
/// The Say score, −100 to 100: double, missing without evidence.
pub const ENG_COLUMN_SAY: i32 = 2;
/// The Stay score, −100 to 100: double, missing without evidence.
pub const ENG_COLUMN_STAY: i32 = 3;
/// The Spend score, −100 to 100: double, missing without evidence.
pub const ENG_COLUMN_SPEND: i32 = 4;
/// The points of Say: double, missing without evidence.
pub const ENG_COLUMN_POINTS_SAY: i32 = 5;
/// The points of Stay: double, missing without evidence.
pub const ENG_COLUMN_POINTS_STAY: i32 = 6;
/// The points of Spend: double, missing without evidence.
pub const ENG_COLUMN_POINTS_SPEND: i32 = 7;
/// How much of the weight of the three ways had evidence, 0 to 1: double.
pub const ENG_COLUMN_COVERAGE: i32 = 8;
/// The level: int64, one of `ENG_LEVEL_...`.
pub const ENG_COLUMN_LEVEL: i32 = 9;
/// 1 for a prospect, who has bought nothing yet; else 0: int64.
pub const ENG_COLUMN_PROSPECT: i32 = 10;
/// How many interactions were seen: int64.
pub const ENG_COLUMN_INTERACTIONS: i32 = 11;
/// When the first was: int64, microseconds since 1970 UTC.
pub const ENG_COLUMN_FIRST_AT: i32 = 12;
/// When the latest was: int64, microseconds since 1970 UTC.
pub const ENG_COLUMN_LAST_AT: i32 = 13;
/// How many interactions lie after the as-of and were not seen: int64, of a scorecard only.
pub const ENG_COLUMN_LATER: i32 = 14;
/// How many interactions lacked what the rule for them needs: int64, of a scorecard only.
pub const ENG_COLUMN_UNMATCHED: i32 = 15;
/// No evidence, so no level.
pub const ENG_LEVEL_UNKNOWN: i32 = 0;
/// Actively disengaged.
pub const ENG_LEVEL_ACTIVELY_DISENGAGED: i32 = 1;
/// Not engaged.
pub const ENG_LEVEL_NOT_ENGAGED: i32 = 2;
/// Engaged.
pub const ENG_LEVEL_ENGAGED: i32 = 3;
/// Fully engaged.
pub const ENG_LEVEL_FULLY_ENGAGED: i32 = 4;

/// Say: says good (or bad) things to others.
pub const ENG_WAY_SAY: i32 = 1;
/// Stay: keeps choosing the business.
pub const ENG_WAY_STAY: i32 = 2;
/// Spend: spends money, or more money.
pub const ENG_WAY_SPEND: i32 = 3;

/// One customer's scores. See `eng_scorecard_new`.
#[derive(Debug)]
#[expect(non_camel_case_types, reason = "the name in C")]
pub struct eng_scorecard_tag {
    _private: [u8; 0],
}

/// A handle: one customer's scores. See `eng_scorecard_new`.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type eng_scorecard = *mut eng_scorecard_tag;

pub(crate) static SCORECARDS: Table<Card> = Table::new(4);

/// What a scorecard handle holds.
#[derive(Default)]
pub(crate) enum Card {
    #[default]
    Empty,
    Scored(Box<Scorecard>),
    Explained(Box<Explanation>),
}

impl Card {
    pub(crate) fn scorecard(&self) -> Result<&Scorecard> {
        match self {
            Card::Empty => Err(Error::new(ErrorKind::MissingField, "the scorecard is empty: score a customer into it")),
            Card::Scored(card) => Ok(card),
            Card::Explained(explanation) => Ok(&explanation.scorecard),
        }
    }
}

/// The number of a level.
pub(crate) fn level_number(level: Level) -> i32 {
    match level {
        Level::FullyEngaged => ENG_LEVEL_FULLY_ENGAGED,
        Level::Engaged => ENG_LEVEL_ENGAGED,
        Level::NotEngaged => ENG_LEVEL_NOT_ENGAGED,
        Level::ActivelyDisengaged => ENG_LEVEL_ACTIVELY_DISENGAGED,
        Level::Unknown => ENG_LEVEL_UNKNOWN,
    }
}

fn way_number(way: Way) -> i32 {
    match way {
        Way::Say => ENG_WAY_SAY,
        Way::Stay => ENG_WAY_STAY,
        Way::Spend => ENG_WAY_SPEND,
    }
}

/// What an unknown column number is answered.
pub(crate) fn no_column(column: i32, of: &str) -> Error {
    Error::new(ErrorKind::InvalidArgument, format!("column {column} is not a column of {of}"))
}

/// Gives the name of a level, such as `fully engaged`.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_ARGUMENT` for a number that is no level,
/// `ENG_BUFFER_TOO_SMALL`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_level_text(level: i32, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    guard::call(|| {
        let found = Level::ALL.into_iter().find(|known| level_number(*known) == level);
        let known = found.ok_or_else(|| Error::new(ErrorKind::InvalidArgument, format!("{level} is not a level")))?;
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(known.as_str(), buffer, capacity, needed) }
    })
}

/// Makes an empty scorecard. It can be used again for any number of customers, one after the other.
///
/// Since 0.1; any thread; free with `eng_scorecard_free`. Errors: `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scorecard_new(scorecard: *mut eng_scorecard) -> i32 {
    guard::new(&SCORECARDS, scorecard, Card::default)
}

/// Frees a scorecard. Null is ignored.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_HANDLE`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scorecard_free(scorecard: eng_scorecard) -> i32 {
    guard::free(&SCORECARDS, scorecard)
}

/// Gives the text of the last error of this handle; empty if its last call succeeded.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_HANDLE`, `ENG_BUFFER_TOO_SMALL`,
/// `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scorecard_error(
    scorecard: eng_scorecard,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::call(|| unsafe { write_text(&guard::last_error(&SCORECARDS, scorecard)?, buffer, capacity, needed) })
}

/// Scores one customer as of a time, in microseconds since 1970 UTC: no later interaction is seen. On an error the scorecard keeps
/// what it had.
///
/// Since 0.1; any thread, one at a time for a scorecard; threads with scorecards of their own score one ledger in parallel. Errors:
/// `ENG_UNKNOWN_CUSTOMER`, `ENG_MISSING_FIELD`, `ENG_INVALID_TIME`, `ENG_INVALID_RULEBOOK` for an empty rulebook, `ENG_INVALID_UTF8`,
/// `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scorecard_score(
    scorecard: eng_scorecard,
    ledger: eng_ledger,
    rulebook: eng_rulebook,
    customer: *const c_char,
    customer_len: i64,
    as_of_us: i64,
) -> i32 {
    guard::write(&SCORECARDS, scorecard, |card| {
        // SAFETY: the caller's promise for a text in.
        let customer = unsafe { text::required(customer, customer_len, "customer")? };
        let as_of = Timestamp::from_micros(as_of_us)?;
        *card = Card::Scored(Box::new(RULEBOOKS.with(rulebook.addr(), |compiled| {
            let rules = &rules(compiled)?.rules;
            LEDGERS.with(ledger.addr(), |book| rules.score(&book.ledger, Key::from(customer), as_of))
        })?));
        Ok(())
    })
}

/// Gives the four scores, which of them there are, and the level. A score without evidence is not there: its value is 0, and its
/// bit in `present` is not set; the bits are 1 engagement, 2 Say, 4 Stay, 8 Spend.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the scorecard is empty, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scorecard_scores(
    scorecard: eng_scorecard,
    engagement: *mut f64,
    say: *mut f64,
    stay: *mut f64,
    spend: *mut f64,
    present: *mut i32,
    level: *mut i32,
) -> i32 {
    guard::read(&SCORECARDS, scorecard, |card| {
        let card = card.scorecard()?;
        let outputs = [
            Out::required(engagement, "engagement")?,
            Out::required(say, "say")?,
            Out::required(stay, "stay")?,
            Out::required(spend, "spend")?,
        ];
        let (present, level) = (Out::required(present, "present")?, Out::required(level, "level")?);
        present.write(out::present(&outputs, [card.engagement, card.say, card.stay, card.spend]));
        level.write(level_number(card.level));
        Ok(())
    })
}

/// Gives one of the double columns, `ENG_COLUMN_ENGAGEMENT` to `ENG_COLUMN_COVERAGE` and `ENG_COLUMN_PROBABILITY_ALIVE` to
/// `ENG_COLUMN_EXPECTED_ORDER_VALUE`, and whether it is there (1) or missing (0, with the value 0). Without a forecast in the rulebook
/// the latter are missing.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the scorecard is empty, `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scorecard_double(
    scorecard: eng_scorecard,
    column: i32,
    value: *mut f64,
    present: *mut i32,
) -> i32 {
    guard::read(&SCORECARDS, scorecard, |card| {
        let card = card.scorecard()?;
        let (value, present) = (Out::required(value, "value")?, Out::required(present, "present")?);
        let found = match column {
            ENG_COLUMN_ENGAGEMENT => card.engagement,
            ENG_COLUMN_SAY => card.say,
            ENG_COLUMN_STAY => card.stay,
            ENG_COLUMN_SPEND => card.spend,
            ENG_COLUMN_POINTS_SAY => card.points_say,
            ENG_COLUMN_POINTS_STAY => card.points_stay,
            ENG_COLUMN_POINTS_SPEND => card.points_spend,
            ENG_COLUMN_COVERAGE => Some(card.coverage),
            _ => forecast::number(card, column)?,
        };
        value.write(found.unwrap_or(0.0));
        present.write(i32::from(found.is_some()));
        Ok(())
    })
}

/// Gives one of the int64 columns, `ENG_COLUMN_LEVEL` to `ENG_COLUMN_UNMATCHED` and `ENG_COLUMN_LIFETIME_VALUE` to
/// `ENG_COLUMN_VALUE_SPEND`, and whether it is there (1) or missing (0, with the value 0). Without a forecast in the rulebook the latter
/// are missing.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the scorecard is empty, `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`,
/// `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scorecard_int64(
    scorecard: eng_scorecard,
    column: i32,
    value: *mut i64,
    present: *mut i32,
) -> i32 {
    guard::read(&SCORECARDS, scorecard, |card| {
        let card = card.scorecard()?;
        let (value, present) = (Out::required(value, "value")?, Out::required(present, "present")?);
        let found = match column {
            ENG_COLUMN_LEVEL => Some(i64::from(level_number(card.level))),
            ENG_COLUMN_PROSPECT => Some(i64::from(card.prospect)),
            ENG_COLUMN_INTERACTIONS => Some(count(card.interactions)),
            ENG_COLUMN_FIRST_AT => card.first_at.map(Timestamp::micros),
            ENG_COLUMN_LAST_AT => card.last_at.map(Timestamp::micros),
            ENG_COLUMN_LATER => Some(count(card.later)),
            ENG_COLUMN_UNMATCHED => Some(count(card.unmatched)),
            _ => forecast::amount(card, column)?,
        };
        value.write(found.unwrap_or(0));
        present.write(i32::from(found.is_some()));
        Ok(())
    })
}

/// Counts the contributions: the rules that gave points.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` while the scorecard is empty, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scorecard_contribution_count(scorecard: eng_scorecard, contributions: *mut i64) -> i32 {
    guard::read(&SCORECARDS, scorecard, |card| {
        let contributions = Out::required(contributions, "contributions")?;
        contributions.write(count(card.scorecard()?.contributions.len()));
        Ok(())
    })
}

/// Gives a contribution by its index, from 0: its way, one of `ENG_WAY_...`; its points, which over a way add up exactly to the points
/// of that way; from how many interactions; and the name of the rule. Numbers may be left out by null pointers.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_MISSING_FIELD` while the scorecard is empty,
/// `ENG_INVALID_ARGUMENT` for an index that does not exist, `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scorecard_contribution(
    scorecard: eng_scorecard,
    contribution: i64,
    way: *mut i32,
    points: *mut f64,
    interactions: *mut i64,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    guard::read(&SCORECARDS, scorecard, |card| {
        let contributions = &card.scorecard()?.contributions;
        let contribution = &contributions[index(contribution, contributions.len(), "contribution")?];
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(&contribution.rule, buffer, capacity, needed)? };
        Out::optional(way).write(way_number(contribution.way));
        Out::optional(points).write(contribution.points);
        Out::optional(interactions).write(count(contribution.interactions));
        Ok(())
    })
}

/// Gives the whole scorecard as JSON, contributions included.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_MISSING_FIELD` while the scorecard is empty,
/// `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scorecard_json(
    scorecard: eng_scorecard,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::read(&SCORECARDS, scorecard, |card| unsafe { write_text(&json(card.scorecard()?)?, buffer, capacity, needed) })
}
