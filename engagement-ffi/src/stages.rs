//! Stages: whether a customer is new, active, at risk or lapsed; one, and all.

use std::ffi::c_char;

use engagement_core::stay::{PurchaseRate, Stage, StageOptions, Stages, silence_probability, stage_of};
use engagement_core::{Error, ErrorKind, Result};

use crate::arguments::{counted, unit};
use crate::columns::{counts, numbers};
use crate::guard;
use crate::handle::Table;
use crate::out::{Out, OutColumn, count, range};
use crate::purchases::{PURCHASES, eng_purchases};
use crate::rulebook::{RULEBOOKS, eng_rulebook, rules};
use crate::text::write_text;

/// Never bought.
pub const ENG_STAGE_PROSPECT: i32 = 0;
/// Bought once, not long ago.
pub const ENG_STAGE_NEW: i32 = 1;
/// Buys; the silence is nothing unusual.
pub const ENG_STAGE_ACTIVE: i32 = 2;
/// Silent for unusually long.
pub const ENG_STAGE_AT_RISK: i32 = 3;
/// Silent for so long that hardly anybody who still buys would be.
pub const ENG_STAGE_LAPSED: i32 = 4;

/// Where the stages of customers part, and the customers' stages. See `eng_stages_new`.
#[derive(Debug)]
#[expect(non_camel_case_types, reason = "the name in C")]
pub struct eng_stages_tag {
    _private: [u8; 0],
}

/// A handle: where the stages of customers part, and the customers' stages. See `eng_stages_new`.
#[expect(non_camel_case_types, reason = "the name in C")]
pub type eng_stages = *mut eng_stages_tag;

static STAGES: Table<Board> = Table::new(9);

/// Where the stages part, and customers told apart.
#[derive(Default)]
struct Board {
    /// Everything but `new_within`, which has no standard.
    options: Option<StageOptions>,
    new_within: Option<f64>,
    stages: Option<Stages>,
}

impl Board {
    /// The options for everything but `new_within`.
    fn unfinished(&self) -> StageOptions {
        self.options.unwrap_or(StageOptions::new(0.0))
    }

    /// Changes the options, unless the core refuses them then.
    fn change(&mut self, change: impl FnOnce(&mut StageOptions)) -> Result<()> {
        let mut options = self.unfinished();
        change(&mut options);
        options.check()?;
        self.options = Some(options);
        Ok(())
    }

    fn options(&self) -> Result<StageOptions> {
        let missing = || Error::new(ErrorKind::MissingField, "new_within: say first for how long a customer is new");
        Ok(StageOptions { new_within: self.new_within.ok_or_else(missing)?, ..self.unfinished() })
    }

    fn stages(&self) -> Result<&Stages> {
        self.stages.as_ref().ok_or_else(|| Error::new(ErrorKind::MissingField, "no stages have been told into this handle"))
    }
}

/// The number of a stage.
fn stage_number(stage: Stage) -> i32 {
    stage as i32
}

/// Gives the name of a stage, such as `at risk`.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_ARGUMENT` for a number that is no stage,
/// `ENG_BUFFER_TOO_SMALL`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_stage_text(stage: i32, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    guard::call(|| {
        let found = Stage::ALL.into_iter().find(|known| stage_number(*known) == stage);
        let known = found.ok_or_else(|| Error::new(ErrorKind::InvalidArgument, format!("{stage} is not a stage")))?;
        // SAFETY: the caller passes a buffer of `capacity` bytes.
        unsafe { write_text(known.as_str(), buffer, capacity, needed) }
    })
}

/// Makes an empty list of stages.
///
/// Since 0.1; any thread; free with `eng_stages_free`. Errors: `ENG_INVALID_ARGUMENT`, `ENG_NO_MEMORY`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_stages_new(stages: *mut eng_stages) -> i32 {
    guard::new(&STAGES, stages, Board::default)
}

/// Frees a list of stages. Null is ignored.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_HANDLE`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_stages_free(stages: eng_stages) -> i32 {
    guard::free(&STAGES, stages)
}

/// Gives the text of the last error of this handle; empty if its last call succeeded.
///
/// Since 0.1; any thread; text rules: see the head of this file. Errors: `ENG_INVALID_HANDLE`, `ENG_BUFFER_TOO_SMALL`,
/// `ENG_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_stages_error(stages: eng_stages, buffer: *mut c_char, capacity: i64, needed: *mut i64) -> i32 {
    // SAFETY: the caller passes a buffer of `capacity` bytes.
    guard::call(|| unsafe { write_text(&guard::last_error(&STAGES, stages)?, buffer, capacity, needed) })
}

/// Sets the age, in the unit of the purchases, up to which a customer who has bought once is new. It has no standard: set it first.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for what is not a finite number of at least 0, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_stages_set_new_within(stages: eng_stages, new_within: f64) -> i32 {
    guard::write(&STAGES, stages, |board| {
        StageOptions { new_within, ..board.unfinished() }.check()?;
        board.new_within = Some(new_within);
        Ok(())
    })
}

/// Sets the probabilities of a silence as long as the customer's at which the stages part: at risk up to the first, 0.2 by default,
/// lapsed below the second, 0.05 by default.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` unless they descend strictly between 1 and 0, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_stages_set_thresholds(stages: eng_stages, at_risk: f64, lapsed: f64) -> i32 {
    guard::write(&STAGES, stages, |board| board.change(|options| (options.at_risk, options.lapsed) = (at_risk, lapsed)))
}

/// Sets the purchase rates against which a silence is held: the parameters r and alpha of a fitted `nbd`, `pareto-nbd`, `bg-nbd` or
/// `mbg-nbd`. Two zeros take them away: without rates, as by default, a customer is held against the own rhythm.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for what is not a finite number above 0, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_stages_set_rate(stages: eng_stages, r: f64, alpha: f64) -> i32 {
    guard::write(&STAGES, stages, |board| {
        let rate = if r == 0.0 && alpha == 0.0 { None } else { Some(PurchaseRate { r, alpha }) };
        board.change(|options| options.rate = rate)
    })
}

/// Sets the gap between purchases against which customers are held who have bought only once, where no rates are set; 0, the default,
/// takes the lower median of the mean gaps of those who came back.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_INVALID_ARGUMENT` for a negative number and one that is not finite, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_stages_set_typical_gap(stages: eng_stages, gap: f64) -> i32 {
    guard::write(&STAGES, stages, |board| board.change(|options| options.typical_gap = (gap != 0.0).then_some(gap)))
}

/// Sets all of this from a rulebook with a section `[stages]`, for customers whose times are in `time_unit`: the rates are those of its
/// forecast's model where that is `nbd`, `pareto-nbd`, `bg-nbd` or `mbg-nbd`.
///
/// Since 0.1; any thread, one at a time; the options are copied. Errors: `ENG_INVALID_RULEBOOK` for a rulebook that is empty or has no
/// `[stages]`, `ENG_INVALID_ARGUMENT` for another unit, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_stages_from_rulebook(stages: eng_stages, rulebook: eng_rulebook, time_unit: i32) -> i32 {
    guard::write(&STAGES, stages, |board| {
        let unit = unit(time_unit, "time_unit")?;
        let options = RULEBOOKS.with(rulebook.addr(), |compiled| rules(compiled)?.rules.stage_options(unit))?;
        (board.new_within, board.options) = (Some(options.new_within), Some(options));
        Ok(())
    })
}

/// Tells the stages of the rows of purchases, and counts their prospects too. On an error the handle keeps what it had.
///
/// Since 0.1; any thread, one at a time. Errors: `ENG_MISSING_FIELD` while the purchases are empty and before
/// `eng_stages_set_new_within`, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_stages_tell(stages: eng_stages, purchases: eng_purchases) -> i32 {
    guard::write(&STAGES, stages, |board| {
        let options = board.options()?;
        board.stages = Some(PURCHASES.with(purchases.addr(), |summary| summary.purchases()?.stages(&options))?);
        Ok(())
    })
}

/// Tells the stages of customers that were summarised elsewhere: arrays of `rows` numbers, repeat purchases, the time of the last since
/// the first, and the time since the first. On an error the handle keeps what it had.
///
/// Since 0.1; any thread, one at a time; the arrays are not kept. Errors: `ENG_INVALID_ARGUMENT` naming the row, from 0, the column and
/// the value, `ENG_MISSING_FIELD` before `eng_stages_set_new_within`, `ENG_NO_MEMORY`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_stages_from_columns(
    stages: eng_stages,
    rows: i64,
    frequency: *const i64,
    recency: *const f64,
    age: *const f64,
) -> i32 {
    guard::write(&STAGES, stages, |board| {
        let rows = counted(rows, "rows")? as usize;
        // SAFETY: the caller's promise: arrays of `rows` numbers.
        let (frequency, recency, age) =
            unsafe { (counts(frequency, rows, "frequency")?, numbers(recency, rows, "recency")?, numbers(age, rows, "age")?) };
        board.stages = Some(Stages::new(&frequency, &recency, &age, &board.options()?)?);
        Ok(())
    })
}

/// Tells the stage of one customer with `frequency` repeat purchases, the last of them `recency` units after the first purchase, which was
/// `age` units ago: `ENG_STAGE_NEW` to `ENG_STAGE_LAPSED`. Without rates, one who has bought only once needs a typical gap that was
/// set.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT` naming the value and its domain, `ENG_MISSING_FIELD` before
/// `eng_stages_set_new_within`, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_stages_stage(
    stages: eng_stages,
    frequency: i64,
    recency: f64,
    age: f64,
    stage: *mut i32,
) -> i32 {
    guard::read(&STAGES, stages, |board| {
        let stage = Out::required(stage, "stage")?;
        stage.write(stage_number(stage_of(counted(frequency, "frequency")?, recency, age, &board.options()?)?));
        Ok(())
    })
}

/// Gives the probability of a silence at least as long as the customer's, if they still buy as before; the customer is as in
/// `eng_stages_stage`.
///
/// Since 0.1; any thread. Errors: as `eng_stages_stage`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_stages_silence(
    stages: eng_stages,
    frequency: i64,
    recency: f64,
    age: f64,
    probability: *mut f64,
) -> i32 {
    guard::read(&STAGES, stages, |board| {
        let probability = Out::required(probability, "probability")?;
        probability.write(silence_probability(counted(frequency, "frequency")?, recency, age, &board.options()?)?);
        Ok(())
    })
}

/// Counts the rows, and the customers by stage; prospects have no row.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` before stages were told, `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_stages_count(
    stages: eng_stages,
    rows: *mut i64,
    prospects: *mut i64,
    fresh: *mut i64,
    active: *mut i64,
    at_risk: *mut i64,
    lapsed: *mut i64,
) -> i32 {
    guard::read(&STAGES, stages, |board| {
        let outputs = [
            Out::required(rows, "rows")?,
            Out::required(prospects, "prospects")?,
            Out::required(fresh, "fresh")?,
            Out::required(active, "active")?,
            Out::required(at_risk, "at_risk")?,
            Out::required(lapsed, "lapsed")?,
        ];
        let told = board.stages()?;
        let counts = Stage::ALL.map(|stage| count(told.counts.at(stage)));
        let values = [count(told.stage.len())].into_iter().chain(counts);
        outputs.iter().zip(values).for_each(|(output, value)| output.write(value));
        Ok(())
    })
}

/// Gives the stages of rows, as `ENG_STAGE_...`; the rows are those of the purchases, or of the columns.
///
/// Since 0.1; any thread. Errors: `ENG_INVALID_ARGUMENT`, `ENG_MISSING_FIELD` before stages were told, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_stages_column(stages: eng_stages, offset: i64, count: i64, values: *mut i32) -> i32 {
    guard::read(&STAGES, stages, |board| {
        let told = &board.stages()?.stage;
        let rows = range(offset, count, told.len())?;
        let values = OutColumn::required(values, rows.len(), "values")?;
        values.write(told[rows].iter().map(|stage| stage_number(*stage)));
        Ok(())
    })
}

/// Gives the gap against which customers were held who have bought only once. `present` says whether there is one (1) or not (0, and the
/// gap is 0): there is none where rates were set.
///
/// Since 0.1; any thread. Errors: `ENG_MISSING_FIELD` before stages were told, `ENG_INVALID_ARGUMENT` for a null output, `ENG_INVALID_HANDLE`, `ENG_FORKED`, `ENG_POISONED`.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn eng_stages_typical_gap(stages: eng_stages, gap: *mut f64, present: *mut i32) -> i32 {
    guard::read(&STAGES, stages, |board| {
        let (gap, present) = (Out::required(gap, "gap")?, Out::required(present, "present")?);
        let found = board.stages()?.typical_gap;
        gap.write(found.unwrap_or(0.0));
        present.write(i32::from(found.is_some()));
        Ok(())
    })
}
