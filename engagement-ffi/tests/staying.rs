//! Stages, segments, the cohort table and survival curves: through C as in the core, to the last bit.

mod common;

use std::ffi::{CStr, c_char};
use std::ptr::{null, null_mut};

use common::cdnow::*;
use common::*;
use engagement::*;
use engagement_core::segment::{Rfm, RfmOptions, SegmentRule};
use engagement_core::stay::{
    CohortPeriod, KaplanMeier, RetentionOptions, Stage, StageOptions, Stages, SurvivalInterval, TenureEnd, TenureOptions,
    silence_probability, stage_of,
};
use engagement_core::{Interaction, Key, Ledger, Money, Nullable, Timestamp};

const NAN: f64 = f64::NAN;

fn stages_error(stages: eng_stages) -> String {
    text(|buffer, capacity, needed| unsafe { eng_stages_error(stages, buffer, capacity, needed) })
}

/// What C says of told stages is what the core says.
fn same_stages(stages: eng_stages, want: &Stages) {
    let (mut counts, rows) = ([9i64; 6], want.stage.len());
    let [a, b, c, d, e, f] = counts.each_mut().map(std::ptr::from_mut);
    let (mut gap, mut present) = (9.0, 9);
    unsafe {
        assert_eq!(eng_stages_count(stages, a, b, c, d, e, f), ENG_OK, "{}", stages_error(stages));
        let core = want.counts;
        let told = [rows as u64, core.prospects, core.new, core.active, core.at_risk, core.lapsed];
        assert_eq!(counts.map(|count| count as u64), told);
        let mut values = vec![9; rows];
        for (from, until) in [(0, rows / 3), (rows / 3, rows)] {
            let to = values[from..].as_mut_ptr();
            assert_eq!(eng_stages_column(stages, from as i64, (until - from) as i64, to), ENG_OK);
        }
        assert!(values.iter().zip(&want.stage).all(|(got, want)| *got == *want as i32));
        assert_eq!(eng_stages_typical_gap(stages, &raw mut gap, &raw mut present), ENG_OK);
        assert_eq!((present == 1).then_some(gap), want.typical_gap);
    }
}

#[test]
fn stages_are_those_of_the_core() {
    for stage in Stage::ALL {
        let name = text(|buffer, capacity, needed| unsafe { eng_stage_text(stage as i32, buffer, capacity, needed) });
        assert_eq!(name, stage.as_str());
    }
    let constants = [ENG_STAGE_PROSPECT, ENG_STAGE_NEW, ENG_STAGE_ACTIVE, ENG_STAGE_AT_RISK, ENG_STAGE_LAPSED];
    assert_eq!(constants, Stage::ALL.map(|stage| stage as i32));
    let (core, ledger) = cdnow();
    let (of, purchases) = summary(&core, ledger);
    let stages: eng_stages = made(eng_stages_new);
    let (mut stage, mut q) = (9, 9.0);
    unsafe {
        assert_eq!(eng_stage_text(5, null_mut(), 0, null_mut()), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_stages_tell(stages, purchases), ENG_MISSING_FIELD);
        assert!(stages_error(stages).starts_with("new_within"), "{}", stages_error(stages));
        assert_eq!(eng_stages_column(stages, 0, 0, null_mut()), ENG_MISSING_FIELD, "nothing told");
        assert_eq!(eng_stages_set_rate(stages, 0.525, 6.183), ENG_OK, "in any order");
        assert_eq!(eng_stages_set_new_within(stages, 4.0), ENG_OK);
        let rated = StageOptions::new(4.0).rate(0.525, 6.183);
        assert_eq!(eng_stages_tell(stages, purchases), ENG_OK, "{}", stages_error(stages));
        same_stages(stages, &of.stages(&rated).unwrap());
        // The published model and customers of the core's own example.
        for (x, t_x, age, want) in [
            (0, 0.0, 3.0, ENG_STAGE_NEW),
            (2, 30.43, 38.86, ENG_STAGE_ACTIVE),
            (6, 20.0, 30.0, ENG_STAGE_AT_RISK),
            (6, 10.0, 30.0, ENG_STAGE_LAPSED),
        ] {
            assert_eq!(eng_stages_stage(stages, x, t_x, age, &raw mut stage), ENG_OK);
            assert_eq!(stage, want);
            assert_eq!(eng_stages_silence(stages, x, t_x, age, &raw mut q), ENG_OK);
            assert_eq!(q.to_bits(), silence_probability(x as u32, t_x, age, &rated).unwrap().to_bits());
        }

        assert_eq!(eng_stages_set_rate(stages, 0.0, 0.0), ENG_OK);
        assert_eq!(eng_stages_set_thresholds(stages, 0.3, 0.01), ENG_OK);
        let own = StageOptions { at_risk: 0.3, lapsed: 0.01, ..StageOptions::new(4.0) };
        assert_eq!(eng_stages_tell(stages, purchases), ENG_OK);
        same_stages(stages, &of.stages(&own).unwrap());
        let frequency: Vec<i64> = of.frequency().iter().map(|&x| i64::from(x)).collect();
        let (x, t_x, age, rows) = (frequency.as_ptr(), of.recency().as_ptr(), of.age().as_ptr(), of.len() as i64);
        assert_eq!(eng_stages_set_typical_gap(stages, 9.0), ENG_OK);
        assert_eq!(eng_stages_from_columns(stages, rows, x, t_x, age), ENG_OK, "{}", stages_error(stages));
        let told = Stages::new(of.frequency(), of.recency(), of.age(), &own.typical_gap(9.0)).unwrap();
        same_stages(stages, &told);
        assert_eq!(eng_stages_stage(stages, 0, 0.0, 30.0, &raw mut stage), ENG_OK);
        assert_eq!(stage, stage_of(0, 0.0, 30.0, &own.typical_gap(9.0)).unwrap() as i32);

        // Refused, and nothing changed.
        (stage, q) = (9, 9.0);
        for (x, t_x, age) in [(-1, 0.0, 1.0), (1 << 32, 0.0, 1.0), (2, NAN, 9.0), (2, 3.0, NAN), (2, 10.0, 9.0), (0, 1.0, 9.0)] {
            let refused =
                [eng_stages_stage(stages, x, t_x, age, &raw mut stage), eng_stages_silence(stages, x, t_x, age, &raw mut q)];
            assert_eq!(refused, [ENG_INVALID_ARGUMENT; 2], "{x} {t_x} {age}");
        }
        for number in [-1.0, NAN, f64::INFINITY] {
            let refused = [
                eng_stages_set_new_within(stages, number),
                eng_stages_set_thresholds(stages, number, 0.01),
                eng_stages_set_thresholds(stages, 0.3, number),
                eng_stages_set_rate(stages, number, 1.0),
                eng_stages_set_rate(stages, 1.0, number),
                eng_stages_set_rate(stages, 0.0, 1.0),
                eng_stages_set_typical_gap(stages, number),
            ];
            assert_eq!(refused, [ENG_INVALID_ARGUMENT; 7], "{number}");
        }
        let bad = [1.0, NAN];
        assert_eq!(eng_stages_from_columns(stages, 2, [1i64, 1].as_ptr(), bad.as_ptr(), age), ENG_INVALID_ARGUMENT);
        assert!(stages_error(stages).contains("row 1"), "{}", stages_error(stages));
        for rows in [-1, i64::MIN, 1 << 32] {
            assert_eq!(eng_stages_from_columns(stages, rows, x, t_x, age), ENG_INVALID_ARGUMENT, "{rows}");
        }
        assert_eq!(eng_stages_from_columns(stages, 2, null(), t_x, age), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_stages_tell(stages, null_mut()), ENG_INVALID_HANDLE);
        for (offset, count) in [(0, rows + 1), (rows, 1), (-1, 1), (0, -1), (i64::MAX, i64::MAX)] {
            assert_eq!(eng_stages_column(stages, offset, count, &raw mut stage), ENG_INVALID_ARGUMENT, "{offset} {count}");
        }
        assert_eq!(eng_stages_column(stages, 0, 1, null_mut()), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_stages_stage(stages, 0, 0.0, 1.0, null_mut()), ENG_INVALID_ARGUMENT);
        assert_eq!((stage, q), (9, 9.0), "outputs of failed calls");
        same_stages(stages, &told);
        assert_eq!(eng_stages_from_columns(stages, 0, null(), null(), null()), ENG_OK, "no rows need no memory");
        assert_eq!((eng_stages_free(stages), eng_purchases_free(purchases), eng_ledger_free(ledger)), (ENG_OK, ENG_OK, ENG_OK));
    }
}

/// The stages of a rulebook, with and without the rates of its model, in another unit than its own.
#[test]
fn stages_by_a_rulebook() {
    const RULES: &str = r#"
version = 1
name = "stages"
levels = { fully_engaged = 60, engaged = 30, not_engaged = 0 }
stages = { unit = "day", new_within = 28, at_risk = 0.3, typical_gap = 60 }
"#;
    const FORECAST: &str = r#"
[forecast]
unit = "week"
horizon = 39.0
[forecast.purchases]
model = "mbg-nbd"
r = 0.525
alpha = 6.183
a = 0.891
b = 1.614
"#;
    let (core, ledger) = cdnow();
    let (of, purchases) = summary(&core, ledger);
    let (stages, rulebook): (eng_stages, eng_rulebook) = (made(eng_stages_new), made(eng_rulebook_new));
    unsafe {
        assert_eq!(eng_stages_from_rulebook(stages, rulebook, ENG_UNIT_WEEK), ENG_INVALID_RULEBOOK, "empty");
        for toml in [RULES.to_owned(), format!("{RULES}{FORECAST}")] {
            assert_eq!(eng_rulebook_from_toml(rulebook, toml.as_ptr().cast(), toml.len() as i64), ENG_OK);
            assert_eq!(eng_stages_from_rulebook(stages, rulebook, ENG_UNIT_WEEK), ENG_OK, "{}", stages_error(stages));
            assert_eq!(eng_stages_tell(stages, purchases), ENG_OK, "{}", stages_error(stages));
            let rules = engagement_core::Rulebook::from_toml(&toml).unwrap().compile().unwrap();
            same_stages(stages, &of.stages(&rules.stage_options(of.unit()).unwrap()).unwrap());
        }
        assert_eq!(eng_stages_from_rulebook(stages, rulebook, 0), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_stages_from_rulebook(stages, null_mut(), ENG_UNIT_WEEK), ENG_INVALID_HANDLE);
        assert_eq!(eng_rulebook_standard(rulebook), ENG_OK);
        assert_eq!(eng_stages_from_rulebook(stages, rulebook, ENG_UNIT_WEEK), ENG_INVALID_RULEBOOK, "it has none");
        assert_eq!((eng_stages_free(stages), eng_rulebook_free(rulebook)), (ENG_OK, ENG_OK));
        assert_eq!((eng_purchases_free(purchases), eng_ledger_free(ledger)), (ENG_OK, ENG_OK));
    }
}

fn rfm_error(rfm: eng_rfm) -> String {
    text(|buffer, capacity, needed| unsafe { eng_rfm_error(rfm, buffer, capacity, needed) })
}

/// What C says of scored customers is what the core says.
fn same_rfm(rfm: eng_rfm, want: &Rfm, made_from: [&[f64]; 3]) {
    let (mut rows, mut prospects, mut segments) = (9, 9, 9);
    unsafe {
        assert_eq!(eng_rfm_count(rfm, &raw mut rows, &raw mut prospects), ENG_OK, "{}", rfm_error(rfm));
        assert_eq!(rows as usize, want.len());
        let measures = [&want.recency, &want.frequency, &want.monetary];
        for ((measure, scores), from) in (ENG_RFM_RECENCY..).zip(measures).zip(made_from) {
            let (mut values, mut numbers, mut cuts) = (vec![9; want.len()], vec![9.0; want.len()], 9);
            assert_eq!(eng_rfm_score_column(rfm, measure, 0, rows, values.as_mut_ptr()), ENG_OK);
            assert!(values.iter().zip(&scores.score).all(|(got, want)| *got == i32::from(*want)));
            assert_eq!(eng_rfm_double_column(rfm, measure, 0, rows, numbers.as_mut_ptr()), ENG_OK);
            assert_eq!(bits(&numbers), bits(from));
            assert_eq!(eng_rfm_cut_count(rfm, measure, &raw mut cuts), ENG_OK);
            let mut found = vec![9.0; cuts as usize];
            assert_eq!(eng_rfm_cuts(rfm, measure, 0, cuts, found.as_mut_ptr()), ENG_OK);
            assert_eq!(bits(&found), bits(&scores.cuts));
        }
        assert_eq!(eng_rfm_segment_count(rfm, &raw mut segments), ENG_OK);
        assert_eq!(segments as usize, want.segments.len());
        for (at, segment) in want.segments.iter().enumerate() {
            let mut customers = 9;
            let name =
                text(|buffer, capacity, needed| eng_rfm_segment(rfm, at as i64, &raw mut customers, buffer, capacity, needed));
            assert_eq!((name, customers as u64), (segment.name.clone(), segment.customers));
        }
        let mut of = vec![9; want.len()];
        assert_eq!(eng_rfm_segment_column(rfm, 0, rows, of.as_mut_ptr()), ENG_OK);
        assert!(of.iter().zip(&want.segment).all(|(got, want)| *got == i32::from(*want)));
        let notes = text(|buffer, capacity, needed| eng_rfm_notes(rfm, buffer, capacity, needed));
        assert_eq!(notes, want.notes.join("\n"));
    }
}

#[test]
fn segments_are_those_of_the_core() {
    let (core, ledger) = cdnow();
    let rfm: eng_rfm = made(eng_rfm_new);
    let as_of = end_of("1998-06-30");
    unsafe {
        assert_eq!(eng_rfm_notes(rfm, null_mut(), 0, null_mut()), ENG_MISSING_FIELD, "nothing scored");
        assert_eq!(eng_rfm_set_threads(rfm, 2), ENG_OK);
        assert_eq!(eng_rfm_score(rfm, ledger, as_of.micros()), ENG_OK, "{}", rfm_error(rfm));
        let want = core.rfm(as_of, &RfmOptions::default()).unwrap();
        let purchases: Vec<f64> = want.purchases.iter().map(|&n| f64::from(n)).collect();
        same_rfm(rfm, &want.rfm, [&want.days_since_last, &purchases, &want.spend]);
        let (mut width, rows) = (9, want.len() as i64);
        let (mut keys, mut valid) = (vec![9i64; want.len()], vec![9 as c_char; want.len()]);
        assert_eq!(eng_rfm_int64_key_column(rfm, 0, rows, keys.as_mut_ptr(), valid.as_mut_ptr()), ENG_OK);
        assert!((0..want.len()).all(|row| want.customer(row) == Key::Int(keys[row]) && valid[row] == 1));
        assert_eq!(eng_rfm_key_width(rfm, &raw mut width), ENG_OK);
        let mut texts = vec![9 as c_char; 2 * width as usize];
        assert_eq!(eng_rfm_key_column(rfm, 1, 2, width, texts.as_mut_ptr()), ENG_OK);
        let one = text(|buffer, capacity, needed| eng_rfm_key(rfm, 1, buffer, capacity, needed));
        assert_eq!(one, want.customer(1).to_string());
        assert!(texts.iter().zip(one.bytes()).all(|(got, want)| *got as u8 == want));

        // Own scores, cuts and segments, and columns.
        let segments = r#"[{"name":"best","monetary":[3,3]},{"name":"rest","recency":[1,2]}]"#;
        assert_eq!(eng_rfm_set_bins(rfm, 3), ENG_OK);
        assert_eq!(eng_rfm_score(rfm, ledger, as_of.micros()), ENG_INVALID_ARGUMENT, "the standard segments are for 5 scores");
        assert_eq!(eng_rfm_set_segments(rfm, segments.as_ptr().cast(), segments.len() as i64), ENG_OK);
        assert_eq!(eng_rfm_set_cuts(rfm, ENG_RFM_MONETARY, 2, [100.0, 20.0].as_ptr()), ENG_OK);
        let rules = vec![SegmentRule::new("best").monetary(3, 3), SegmentRule::new("rest").recency(1, 2)];
        let options = RfmOptions { monetary_cuts: Some(vec![100.0, 20.0]), ..RfmOptions::default().bins(3, rules) };
        let counts: Vec<i64> = want.purchases.iter().map(|&n| i64::from(n)).collect();
        let (days, spend) = (want.days_since_last.as_ptr(), want.spend.as_ptr());
        assert_eq!(eng_rfm_from_columns(rfm, rows, days, counts.as_ptr(), spend), ENG_OK, "{}", rfm_error(rfm));
        let own = Rfm::new(&want.days_since_last, &want.purchases, &want.spend, &options).unwrap();
        same_rfm(rfm, &own, [&want.days_since_last, &purchases, &want.spend]);
        assert_eq!(text(|buffer, capacity, needed| eng_rfm_key(rfm, 7, buffer, capacity, needed)), "7");

        // Refused, and nothing changed.
        for bins in [1, 11, 0, -1, 256 + 5, i32::MIN] {
            assert_eq!(eng_rfm_set_bins(rfm, bins), ENG_INVALID_ARGUMENT, "{bins}");
        }
        for (measure, count) in [(0, 2), (4, 2), (-1, 2), (1, -1), (1, 10), (1, i64::MAX)] {
            assert_eq!(eng_rfm_set_cuts(rfm, measure, count, [1.0; 2].as_ptr()), ENG_INVALID_ARGUMENT, "{measure} {count}");
        }
        assert_eq!(eng_rfm_set_cuts(rfm, ENG_RFM_RECENCY, 2, [1.0, NAN].as_ptr()), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_rfm_set_cuts(rfm, ENG_RFM_RECENCY, 2, null()), ENG_INVALID_ARGUMENT);
        for json in [c"", c"{}", c"[1]", c"[{\"name\":\"a\",\"recency\":[1]}]", c"[{\"nam\":\"a\"}]", c"[{\"name\":1}]"] {
            assert_eq!(eng_rfm_set_segments(rfm, json.as_ptr(), -1), ENG_INVALID_ARGUMENT, "{json:?}");
        }
        assert_eq!(eng_rfm_set_segments(rfm, c"\xff".as_ptr(), -1), ENG_INVALID_UTF8);
        let few = |days: f64, count: i64, spend: f64| {
            eng_rfm_from_columns(rfm, 2, [1.0, days].as_ptr(), [1, count].as_ptr(), [1.0, spend].as_ptr())
        };
        for (days, count, spend) in [(-1.0, 1, 1.0), (NAN, 1, 1.0), (1.0, 0, 1.0), (1.0, -1, 1.0), (1.0, 1, NAN)] {
            assert_eq!(few(days, count, spend), ENG_INVALID_ARGUMENT, "{days} {count} {spend}");
            assert!(rfm_error(rfm).contains("row 1"), "{}", rfm_error(rfm));
        }
        for rows in [-1, i64::MIN, 1 << 32] {
            assert_eq!(eng_rfm_from_columns(rfm, rows, days, counts.as_ptr(), spend), ENG_INVALID_ARGUMENT, "{rows}");
        }
        assert_eq!(eng_rfm_from_columns(rfm, 2, null(), counts.as_ptr(), spend), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_rfm_score(rfm, ledger, i64::MAX), ENG_INVALID_TIME);
        assert_eq!(eng_rfm_score(rfm, null_mut(), as_of.micros()), ENG_INVALID_HANDLE);
        let (mut number, mut int) = (9.0, 9);
        let (d, i) = (&raw mut number, &raw mut int);
        for (offset, count) in [(0, rows + 1), (-1, 1), (0, -1), (i64::MAX, 1)] {
            let refused = [
                eng_rfm_score_column(rfm, 1, offset, count, i),
                eng_rfm_segment_column(rfm, offset, count, i),
                eng_rfm_double_column(rfm, 1, offset, count, d),
                eng_rfm_cuts(rfm, 1, offset, count, d),
            ];
            assert_eq!(refused, [ENG_INVALID_ARGUMENT; 4], "{offset} {count}");
        }
        for measure in [0, 4, i32::MIN] {
            let refused = [eng_rfm_score_column(rfm, measure, 0, 1, i), eng_rfm_double_column(rfm, measure, 0, 1, d)];
            assert_eq!(refused, [ENG_INVALID_ARGUMENT; 2], "{measure}");
            assert_eq!(eng_rfm_cuts(rfm, measure, 0, 1, d), ENG_INVALID_ARGUMENT);
        }
        assert_eq!(eng_rfm_segment(rfm, 3, &raw mut width, null_mut(), 0, null_mut()), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_rfm_score_column(rfm, 1, 0, 1, null_mut()), ENG_INVALID_ARGUMENT);
        assert_eq!((number, int), (9.0, 9), "outputs of failed calls");
        same_rfm(rfm, &own, [&want.days_since_last, &purchases, &want.spend]);
        assert_eq!((eng_rfm_free(rfm), eng_ledger_free(ledger)), (ENG_OK, ENG_OK));
    }
}

fn retention_error(retention: eng_retention) -> String {
    text(|buffer, capacity, needed| unsafe { eng_retention_error(retention, buffer, capacity, needed) })
}

#[test]
fn the_cohort_table_is_that_of_the_core() {
    let (core, ledger) = cdnow();
    let retention: eng_retention = made(eng_retention_new);
    let (as_of, from) = (end_of("1998-06-15"), end_of("1997-01-20"));
    let (mut cohorts, mut prospects, mut earlier) = (9, 9, 9);
    let mut period = CohortPeriod::Month;
    for step in 0..4 {
        let mut options = RetentionOptions::new(as_of);
        unsafe {
            match step {
                0 => assert_eq!(eng_retention_set_threads(retention, 2), ENG_OK),
                1 => {
                    assert_eq!(eng_retention_set_period(retention, ENG_UNIT_WEEK), ENG_OK);
                    period = CohortPeriod::Week;
                }
                2 => {
                    assert_eq!(eng_retention_set_days(retention, 28), ENG_OK);
                    period = CohortPeriod::Days(28);
                }
                _ => {
                    assert_eq!(eng_retention_set_acquired_from(retention, from.micros()), ENG_OK);
                    options = options.acquired_from(from);
                }
            }
            let want = core.retention(&options.period(period)).unwrap();
            assert_eq!(eng_retention_measure(retention, ledger, as_of.micros()), ENG_OK, "{}", retention_error(retention));
            let status = eng_retention_count(retention, &raw mut cohorts, &raw mut prospects, &raw mut earlier);
            assert_eq!((status, cohorts as usize), (ENG_OK, want.cohorts.len()));
            assert_eq!((prospects as u64, earlier as u64), (want.prospects, want.earlier));
            for (number, cohort) in want.cohorts.iter().enumerate() {
                let (mut customers, mut periods, at) = (9, 9, number as i64);
                let start = text(|buffer, capacity, needed| {
                    eng_retention_cohort(retention, at, &raw mut customers, &raw mut periods, buffer, capacity, needed)
                });
                assert_eq!((&start, customers as u64, periods as usize), (&cohort.start, cohort.customers, cohort.active.len()));
                let column = |column| {
                    let mut values = vec![-9; cohort.active.len()];
                    assert_eq!(eng_retention_column(retention, at, column, 0, periods, values.as_mut_ptr()), ENG_OK);
                    values
                };
                let whole = |values: &[u64]| values.iter().map(|&value| value as i64).collect::<Vec<_>>();
                assert_eq!(column(ENG_RETENTION_ACTIVE), whole(&cohort.active));
                assert_eq!(column(ENG_RETENTION_REPEATED), whole(&cohort.repeated));
                assert_eq!(column(ENG_RETENTION_SPEND), cohort.spend.iter().map(|money| money.micros()).collect::<Vec<_>>());
                for after in 0..cohort.active.len() {
                    let cell = cohort.cell(after).unwrap();
                    for (column, want) in [(ENG_RETENTION_ACTIVE, cell.retention), (ENG_RETENTION_REPEATED, cell.repeat)] {
                        let mut share = [9.0; 3];
                        let [a, b, c] = share.each_mut().map(std::ptr::from_mut);
                        assert_eq!(eng_retention_share(retention, at, column, after as i64, a, b, c), ENG_OK);
                        assert_eq!(bits(&share), bits(&[want.share, want.low, want.high]));
                    }
                }
            }
        }
    }
    let (mut share, mut value) = ([9.0; 3], 9);
    let ([a, b, c], v) = (share.each_mut().map(std::ptr::from_mut), &raw mut value);
    unsafe {
        for cohort in [-1, cohorts, i64::MAX] {
            assert_eq!(eng_retention_column(retention, cohort, ENG_RETENTION_ACTIVE, 0, 1, v), ENG_INVALID_ARGUMENT);
            assert_eq!(eng_retention_share(retention, cohort, ENG_RETENTION_ACTIVE, 0, a, b, c), ENG_INVALID_ARGUMENT);
            let status = eng_retention_cohort(retention, cohort, v, v, null_mut(), 0, null_mut());
            assert_eq!(status, ENG_INVALID_ARGUMENT, "{cohort}");
        }
        for column in [0, 4, i32::MIN] {
            assert_eq!(eng_retention_column(retention, 0, column, 0, 1, v), ENG_INVALID_ARGUMENT, "{column}");
            assert_eq!(eng_retention_share(retention, 0, column, 0, a, b, c), ENG_INVALID_ARGUMENT, "{column}");
        }
        assert_eq!(eng_retention_share(retention, 0, ENG_RETENTION_SPEND, 0, a, b, c), ENG_INVALID_ARGUMENT);
        for period in [-1, 1000, i64::MAX, i64::MIN] {
            assert_eq!(eng_retention_column(retention, 0, 1, period, 1, v), ENG_INVALID_ARGUMENT, "{period}");
            assert_eq!(eng_retention_share(retention, 0, 1, period, a, b, c), ENG_INVALID_ARGUMENT, "{period}");
        }
        assert_eq!(eng_retention_column(retention, 0, 1, 0, 1, null_mut()), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_retention_share(retention, 0, 1, 0, a, b, null_mut()), ENG_INVALID_ARGUMENT);
        for period in [0, 4, -1] {
            assert_eq!(eng_retention_set_period(retention, period), ENG_INVALID_ARGUMENT, "{period}");
        }
        for days in [0, -1, 1_000_001, 1 << 32, i64::MIN] {
            assert_eq!(eng_retention_set_days(retention, days), ENG_INVALID_ARGUMENT, "{days}");
        }
        assert_eq!(eng_retention_measure(retention, ledger, i64::MIN), ENG_INVALID_TIME);
        assert_eq!(eng_retention_set_acquired_from(retention, i64::MAX), ENG_INVALID_TIME);
        assert_eq!(eng_retention_measure(retention, null_mut(), as_of.micros()), ENG_INVALID_HANDLE);
        assert_eq!((share, value), ([9.0; 3], 9), "outputs of failed calls");
        let before = cohorts;
        assert_eq!(eng_retention_count(retention, &raw mut cohorts, &raw mut prospects, &raw mut earlier), ENG_OK);
        assert_eq!(cohorts, before, "the table of before");
        assert_eq!((eng_retention_free(retention), eng_ledger_free(ledger)), (ENG_OK, ENG_OK));
        let empty: eng_retention = made(eng_retention_new);
        assert_eq!(eng_retention_count(empty, &raw mut cohorts, v, v), ENG_MISSING_FIELD);
        assert_eq!(eng_retention_free(empty), ENG_OK);
    }
}

fn survival_error(survival: eng_survival) -> String {
    text(|buffer, capacity, needed| unsafe { eng_survival_error(survival, buffer, capacity, needed) })
}

/// What C says of a curve is what the core says.
fn same_curve(survival: eng_survival, want: &KaplanMeier, left_out: (u64, u64)) {
    let (mut rows, mut without, mut earlier) = (9, 9, 9);
    unsafe {
        let status = eng_survival_count(survival, &raw mut rows, &raw mut without, &raw mut earlier);
        assert_eq!(status, ENG_OK, "{}", survival_error(survival));
        assert_eq!((rows as usize, without as u64, earlier as u64), (want.time.len(), left_out.0, left_out.1));
        let doubles = |column, values: &[f64], there: Option<&[u8]>| {
            let (mut got, mut valid) = (vec![9.0; values.len()], vec![9 as c_char; values.len()]);
            let to = (got.as_mut_ptr(), valid.as_mut_ptr());
            assert_eq!(eng_survival_double_column(survival, column, 0, rows, to.0, to.1), ENG_OK);
            assert_eq!(bits(&got), bits(values), "column {column}");
            assert!((0..got.len()).all(|row| valid[row] as u8 == there.map_or(1, |there| there[row])));
        };
        doubles(ENG_SURVIVAL_TIME, &want.time, None);
        doubles(ENG_SURVIVAL_PROBABILITY, &want.survival, None);
        let nullable = |column, of: &Nullable<f64>| doubles(column, &of.values, Some(&of.valid));
        nullable(ENG_SURVIVAL_STANDARD_ERROR, &want.standard_error);
        nullable(ENG_SURVIVAL_LOW, &want.low);
        nullable(ENG_SURVIVAL_HIGH, &want.high);
        for (column, of) in
            [(ENG_SURVIVAL_AT_RISK, &want.at_risk), (ENG_SURVIVAL_EVENTS, &want.events), (ENG_SURVIVAL_CENSORED, &want.censored)]
        {
            let mut got = vec![9i64; of.len()];
            assert_eq!(eng_survival_int64_column(survival, column, 0, rows, got.as_mut_ptr()), ENG_OK);
            assert!(got.iter().zip(of).all(|(got, want)| *got as u64 == *want), "column {column}");
        }
        for time in [-1.0, 0.0, 10.0, 34.5, 1e9, f64::NAN] {
            let (mut probability, mut present) = (9.0, 9);
            assert_eq!(eng_survival_at(survival, time, &raw mut probability, &raw mut present), ENG_OK);
            assert_eq!((present == 1).then_some(probability), want.survival_at(time), "{time}");
        }
        let (mut ends, mut present) = ([9.0; 3], 9);
        let [a, b, c] = ends.each_mut().map(std::ptr::from_mut);
        assert_eq!(eng_survival_median(survival, a, b, c, &raw mut present), ENG_OK);
        let median = want.median();
        let got = [0, 1, 2].map(|at| (present & 1 << at != 0).then_some(ends[at]));
        assert_eq!(got, [median.time, median.low, median.high]);
    }
}

#[test]
fn survival_is_that_of_the_core() {
    // Freireich et al. (1963), doi:10.1182/blood.V21.6.699.699: relapse under 6-mercaptopurine, in weeks.
    let relapse = [6, 6, 6, 7, 10, 13, 16, 22, 23].map(|weeks| (f64::from(weeks), 1 as c_char));
    let well = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map(|weeks| (f64::from(weeks), 0 as c_char));
    let (durations, observed): (Vec<f64>, Vec<c_char>) = relapse.into_iter().chain(well).unzip();
    let flags: Vec<bool> = observed.iter().map(|byte| *byte != 0).collect();
    let survival: eng_survival = made(eng_survival_new);
    let from =
        |rows, durations: &[f64]| unsafe { eng_survival_from_columns(survival, rows, durations.as_ptr(), observed.as_ptr()) };
    unsafe {
        let (mut double, mut int) = (9.0, 9);
        let (d, i) = (&raw mut double, &raw mut int);
        assert_eq!(eng_survival_median(survival, d, d, d, i), ENG_MISSING_FIELD, "no curve yet");
        assert_eq!(from(21, &durations), ENG_OK, "{}", survival_error(survival));
        let want = KaplanMeier::new(&durations, &flags).unwrap();
        assert_eq!(want.median().time, Some(23.0));
        same_curve(survival, &want, (0, 0));
        assert_eq!(eng_survival_set_plain(survival, 1), ENG_OK);
        assert_eq!(from(21, &durations), ENG_OK);
        let plain = KaplanMeier::with_interval(&durations, &flags, SurvivalInterval::Plain).unwrap();
        same_curve(survival, &plain, (0, 0));

        for rows in [0, -1, i64::MIN, 1 << 32] {
            assert_eq!(from(rows, &durations), ENG_INVALID_ARGUMENT, "{rows}");
        }
        for bad in [-1.0, NAN, f64::INFINITY] {
            assert_eq!(from(2, &[1.0, bad]), ENG_INVALID_ARGUMENT);
            assert!(survival_error(survival).contains("row 1"), "{}", survival_error(survival));
        }
        assert_eq!(eng_survival_from_columns(survival, 2, null(), observed.as_ptr()), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_survival_from_columns(survival, 2, durations.as_ptr(), null()), ENG_INVALID_ARGUMENT);
        for plain in [-1, 2, i32::MIN] {
            assert_eq!(eng_survival_set_plain(survival, plain), ENG_INVALID_ARGUMENT);
            assert_eq!(eng_survival_set_unit(survival, plain.wrapping_sub(2)), ENG_INVALID_ARGUMENT);
        }
        for (offset, count) in [(0, 18), (-1, 1), (0, -1), (i64::MAX, 1)] {
            assert_eq!(eng_survival_double_column(survival, 1, offset, count, d, null_mut()), ENG_INVALID_ARGUMENT);
            let mut number = 9;
            assert_eq!(eng_survival_int64_column(survival, 6, offset, count, &raw mut number), ENG_INVALID_ARGUMENT);
        }
        for column in [0, 6, 9, i32::MIN] {
            assert_eq!(eng_survival_double_column(survival, column, 0, 1, d, null_mut()), ENG_INVALID_ARGUMENT, "{column}");
        }
        assert_eq!(eng_survival_at(survival, 1.0, d, null_mut()), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_survival_median(survival, d, d, null_mut(), i), ENG_INVALID_ARGUMENT);
        assert_eq!((double, int), (9.0, 9), "outputs of failed calls");
        same_curve(survival, &plain, (0, 0));

        // Of a log without contracts, and of one with.
        let (core, ledger) = cdnow();
        let (as_of, began) = (end_of("1998-06-30"), end_of("1997-01-15"));
        assert_eq!(eng_survival_set_plain(survival, 0), ENG_OK);
        assert_eq!(eng_survival_set_unit(survival, ENG_UNIT_MONTH), ENG_OK);
        assert_eq!(eng_survival_set_acquired_from(survival, began.micros()), ENG_OK);
        assert_eq!(eng_survival_set_threads(survival, 2), ENG_OK);
        assert_eq!(eng_survival_of_silence(survival, ledger, as_of.micros(), 6.0), ENG_OK, "{}", survival_error(survival));
        let options = TenureOptions::new(as_of, TenureEnd::Silence { gap: 6.0 });
        let options = options.unit(engagement_core::TimeUnit::Month).acquired_from(began);
        let tenures = core.tenures(&options).unwrap();
        assert!(tenures.earlier > 0);
        let silent = tenures.kaplan_meier().unwrap();
        same_curve(survival, &silent, (tenures.without, tenures.earlier));
        for gap in [0.0, -1.0, NAN, f64::INFINITY] {
            assert_eq!(eng_survival_of_silence(survival, ledger, as_of.micros(), gap), ENG_INVALID_ARGUMENT, "{gap}");
        }
        assert_eq!(eng_survival_of_contracts(survival, ledger, as_of.micros()), ENG_INVALID_ARGUMENT, "nobody has one");
        assert_eq!(eng_survival_of_contracts(survival, ledger, i64::MAX), ENG_INVALID_TIME);
        assert_eq!(eng_survival_of_silence(survival, null_mut(), as_of.micros(), 6.0), ENG_INVALID_HANDLE);
        same_curve(survival, &silent, (tenures.without, tenures.earlier));
        assert_eq!(eng_ledger_free(ledger), ENG_OK);

        let (core, ledger) = contracts();
        let as_of = Timestamp::from_micros(AT + 400 * DAY).unwrap();
        assert_eq!(eng_survival_set_acquired_from(survival, AT), ENG_OK);
        assert_eq!(eng_survival_of_contracts(survival, ledger, as_of.micros()), ENG_OK, "{}", survival_error(survival));
        let options = TenureOptions::new(as_of, TenureEnd::Cancellation).unit(engagement_core::TimeUnit::Month);
        let tenures = core.tenures(&options.acquired_from(Timestamp::from_micros(AT).unwrap())).unwrap();
        same_curve(survival, &tenures.kaplan_meier().unwrap(), (tenures.without, tenures.earlier));
        assert_eq!((eng_survival_free(survival), eng_ledger_free(ledger)), (ENG_OK, ENG_OK));
    }
}

const DAY: i64 = 86_400_000_000;

/// A log of contracts, some of them cancelled, and of a visitor, in the core and through C.
fn contracts() -> (Ledger, eng_ledger) {
    let (mut core, ledger) = (Ledger::new(), new_ledger());
    let mut append = |customer: &str, at: i64, kind: &CStr| {
        let kind = kind.to_str().unwrap();
        assert_eq!(common::append(ledger, customer.as_bytes(), at, kind.as_bytes()), ENG_OK);
        let at = Timestamp::from_micros(at).unwrap();
        core.append(&Interaction { amount: None::<Money>, ..Interaction::new(customer, at, kind) }).unwrap();
    };
    for n in 0..60 {
        let customer = format!("c{n}");
        append(&customer, AT + n * DAY, c"subscription");
        if n % 3 == 0 {
            append(&customer, AT + n * DAY + (n * 37 % 200 + 1) * DAY, c"cancellation");
        }
    }
    append("guest", AT, c"visit");
    (core, ledger)
}
