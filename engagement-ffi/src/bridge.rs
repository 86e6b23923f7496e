//! Why all customers together are worth more, or less, than before.

use engagement_core::Money;
use engagement_core::value::ValueBridge;

use crate::guard;
use crate::out::Out;
use crate::scores::{SCORES, eng_scores};

/// Says why all customers together are worth more, or less, by these scores than by earlier ones, in millionths: what they were worth, by
/// customers who have a forecast now only, by those who had one then only, by the purchases to come, by the value of an order, by
/// credit for referrals, by the margin, and what they are worth. The first plus the six lines is the last, exactly.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` for scores of a rulebook without a forecast in money, and a null output,
/// `ENG_MISSING_FIELD` while either result is empty, `ENG_OVERFLOW` if a sum does not fit, `ENG_INVALID_HANDLE`, `ENG_FORKED`,
/// `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_scores_bridge(
    scores: eng_scores,
    before: eng_scores,
    before_micros: *mut i64,
    acquired_micros: *mut i64,
    lost_micros: *mut i64,
    stay_micros: *mut i64,
    spend_micros: *mut i64,
    say_micros: *mut i64,
    margin_micros: *mut i64,
    after_micros: *mut i64,
) -> i32 {
    let read = || SCORES.with(before.addr(), |sheet| sheet.shared().cloned());
    guard::read_both(&SCORES, scores, read, |sheet, before| {
        let outputs = [
            Out::required(before_micros, "before_micros")?,
            Out::required(acquired_micros, "acquired_micros")?,
            Out::required(lost_micros, "lost_micros")?,
            Out::required(stay_micros, "stay_micros")?,
            Out::required(spend_micros, "spend_micros")?,
            Out::required(say_micros, "say_micros")?,
            Out::required(margin_micros, "margin_micros")?,
            Out::required(after_micros, "after_micros")?,
        ];
        let bridge = ValueBridge::between(&before, sheet.scores()?)?;
        let ValueBridge { before, acquired, lost, stay, spend, say, margin, after } = bridge;
        let amounts = [before, acquired, lost, stay, spend, say, margin, after].map(Money::micros);
        outputs.iter().zip(amounts).for_each(|(output, value)| output.write(value));
        Ok(())
    })
}
