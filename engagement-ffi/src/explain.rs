//! Explanations: why a customer scores as they do, in sentences and as data.

use std::ffi::c_char;

use engagement_core::{Error, ErrorKind, Explanation, Key, Result, Timestamp};

use crate::guard;
use crate::ledger::{LEDGERS, eng_ledger};
use crate::load::json;
use crate::out::Out;
use crate::rulebook::{RULEBOOKS, eng_rulebook, rules};
use crate::score::{Card, SCORECARDS, eng_scorecard, level_number};
use crate::text::{self, write_text};

fn explanation(card: &Card) -> Result<&Explanation> {
    match card {
        Card::Explained(explanation) => Ok(explanation),
        _ => Err(Error::new(ErrorKind::MissingField, "no customer has been explained into this scorecard")),
    }
}

/// Scores one customer as `eng_scorecard_score` does, and says why.
///
/// Since 0.1; any thread, one at a time for a scorecard. Errors: as `eng_scorecard_score`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scorecard_explain(
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
        *card = Card::Explained(Box::new(RULEBOOKS.with(rulebook.addr(), |compiled| {
            let rules = &rules(compiled)?.rules;
            LEDGERS.with(ledger.addr(), |book| rules.explain(&book.ledger, Key::from(customer), as_of))
        })?));
        Ok(())
    })
}

/// Gives the explanation in plain sentences for the people at the counter, one a line.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_MISSING_FIELD` if no customer has been explained,
/// `ENG_BUFFER_TOO_SMALL`, `ENG_INVALID_ARGUMENT`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scorecard_explanation(
    scorecard: eng_scorecard,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    guard::read(&SCORECARDS, scorecard, |card| {
        let sentences = explanation(card)?.sentences.join("\n");
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(&sentences, buffer, capacity, needed) }
    })
}

/// Gives the explanation as JSON: scorecard, reasons, sentences.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: as `eng_scorecard_explanation`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scorecard_explanation_json(
    scorecard: eng_scorecard,
    buffer: *mut c_char,
    capacity: i64,
    needed: *mut i64,
) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::read(&SCORECARDS, scorecard, |card| unsafe { write_text(&json(explanation(card)?)?, buffer, capacity, needed) })
}

/// Gives the first time at which the level is lower if nothing happens, in microseconds since 1970 UTC, and that level. If it does not
/// fall within five years, `present` is 0 and so are the others.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` if no customer has been explained, `ENG_INVALID_ARGUMENT` for a null output,
/// `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scorecard_falls(
    scorecard: eng_scorecard,
    at_us: *mut i64,
    level: *mut i32,
    present: *mut i32,
) -> i32 {
    guard::read(&SCORECARDS, scorecard, |card| {
        let (at, level) = (Out::required(at_us, "at_us")?, Out::required(level, "level")?);
        let present = Out::required(present, "present")?;
        let explanation = explanation(card)?;
        let falls = explanation.falls_at.zip(explanation.falls_to);
        at.write(falls.map_or(0, |(at, _)| at.micros()));
        level.write(falls.map_or(0, |(_, to)| level_number(to)));
        present.write(i32::from(falls.is_some()));
        Ok(())
    })
}
