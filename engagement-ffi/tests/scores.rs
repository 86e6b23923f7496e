//! Results through C are the results of the core, to the last bit.

mod common;

use std::ffi::c_char;
use std::ptr::{null, null_mut};

use common::*;
use engagement::*;
use engagement_core::{Interaction, Key, Ledger, Money, Rulebook, ScoreOptions, Scores, Timestamp, Way};

const DAY: i64 = 86_400_000_000;
const KINDS: [&str; 8] = ["purchase", "refund", "visit", "review", "complaint", "mention", "renewal", "cancellation"];

/// The same log in the core and through C: integer keys and text keys, every kind in turn.
fn both() -> (Ledger, eng_ledger) {
    let (mut core, ledger, batch) = (Ledger::new(), new_ledger(), new_batch());
    for n in 0..600i64 {
        let key = if n % 3 == 0 { format!("{}", n % 50 - 5) } else { format!("c{}", n % 37) };
        let kind = KINDS[(n * 7 % 8) as usize];
        let (at, amount) = (AT + n * DAY / 9, (n * 1_234_567) % 90_000_000);
        let (rating, reach) = ((n % 6) as f64, (n % 11) as f64);
        core.append(&Interaction {
            amount: Money::from_micros(amount),
            rating: Some(rating),
            reach: Some(reach),
            unit: Some(if n % 2 == 0 { "north" } else { "south" }),
            ..Interaction::new(key.as_str(), Timestamp::from_micros(at).unwrap(), kind)
        })
        .unwrap();
        let unit = if n % 2 == 0 { c"north" } else { c"south" };
        unsafe {
            assert_eq!(eng_batch_text(batch, ENG_FIELD_CUSTOMER, key.as_ptr().cast(), key.len() as i64), ENG_OK);
            assert_eq!(eng_batch_int64(batch, ENG_FIELD_AT, at), ENG_OK);
            assert_eq!(eng_batch_text(batch, ENG_FIELD_KIND, kind.as_ptr().cast(), kind.len() as i64), ENG_OK);
            assert_eq!(eng_batch_int64(batch, ENG_FIELD_AMOUNT, amount), ENG_OK);
            assert_eq!(eng_batch_double(batch, ENG_FIELD_RATING, rating), ENG_OK);
            assert_eq!(eng_batch_double(batch, ENG_FIELD_REACH, reach), ENG_OK);
            assert_eq!(eng_batch_text(batch, ENG_FIELD_UNIT, unit.as_ptr(), -1), ENG_OK);
            assert_eq!(eng_ledger_append_row(ledger, batch, null_mut()), ENG_OK, "{}", ledger_error(ledger));
        }
    }
    assert_eq!(unsafe { eng_batch_free(batch) }, ENG_OK);
    (core, ledger)
}

fn score_core(core: &Ledger, as_of: i64, contributions: bool) -> Scores {
    let options = ScoreOptions { contributions, ..ScoreOptions::default() };
    Rulebook::standard().compile().unwrap().score_all(core, Timestamp::from_micros(as_of).unwrap(), &options).unwrap()
}

#[test]
fn columns_are_those_of_the_core() {
    let (core, ledger) = both();
    let (rulebook, scores) = (standard(), new_scores());
    let as_of = AT + 50 * DAY;
    let expected = score_core(&core, as_of, true);
    unsafe {
        let mut number = 5;
        assert_eq!(eng_scores_count(scores, &raw mut number, &raw mut number), ENG_MISSING_FIELD, "nothing scored yet");
        assert_eq!(eng_scores_set_contributions(scores, 1), ENG_OK);
        assert_eq!(eng_scores_set_threads(scores, 3), ENG_OK);
        assert_eq!(eng_scores_score(scores, ledger, rulebook, as_of), ENG_OK);
        let (mut rows, mut later, mut width) = (0, 0, 0);
        assert_eq!(eng_scores_count(scores, &raw mut rows, &raw mut later), ENG_OK);
        assert_eq!((rows as usize, later as u64), (expected.len(), expected.later));
        assert!(later > 0 && rows > 50);

        // In two parts, as a caller with a small buffer reads them.
        let parts = [(0, 20), (20, rows - 20)];
        let doubles = [
            (ENG_COLUMN_ENGAGEMENT, Some(&expected.engagement)),
            (ENG_COLUMN_SAY, Some(&expected.say)),
            (ENG_COLUMN_STAY, Some(&expected.stay)),
            (ENG_COLUMN_SPEND, Some(&expected.spend)),
            (ENG_COLUMN_POINTS_SAY, Some(&expected.points_say)),
            (ENG_COLUMN_POINTS_STAY, Some(&expected.points_stay)),
            (ENG_COLUMN_POINTS_SPEND, Some(&expected.points_spend)),
            (ENG_COLUMN_COVERAGE, None),
        ];
        let mut missing = 0;
        for (column, nullable) in doubles {
            let (mut values, mut valid) = (vec![f64::NAN; rows as usize], vec![9 as c_char; rows as usize]);
            for (offset, count) in parts {
                let (values, valid) = (values.as_mut_ptr().add(offset as usize), valid.as_mut_ptr().add(offset as usize));
                assert_eq!(eng_scores_double_column(scores, column, offset, count, values, valid), ENG_OK);
            }
            for row in 0..rows as usize {
                let want = nullable.map_or(Some(expected.coverage[row]), |nullable| nullable.get(row));
                assert_eq!(valid[row], c_char::from(want.is_some()), "column {column}, row {row}");
                assert_eq!(values[row].to_bits(), want.unwrap_or(0.0).to_bits(), "column {column}, row {row}");
                missing += usize::from(want.is_none());
            }
        }
        assert!(missing > 0, "the log has customers without evidence for a way");

        let integers: [(i32, Vec<i64>); 5] = [
            (ENG_COLUMN_LEVEL, expected.level.iter().map(|level| *level as i64).collect()),
            (ENG_COLUMN_PROSPECT, expected.prospect.iter().map(|prospect| i64::from(*prospect)).collect()),
            (ENG_COLUMN_INTERACTIONS, expected.interactions.iter().map(|count| *count as i64).collect()),
            (ENG_COLUMN_FIRST_AT, expected.first_at.clone()),
            (ENG_COLUMN_LAST_AT, expected.last_at.clone()),
        ];
        for (column, want) in integers {
            let mut values = vec![-9; rows as usize];
            assert_eq!(eng_scores_int64_column(scores, column, 0, rows, values.as_mut_ptr()), ENG_OK);
            assert_eq!(values, want, "column {column}");
        }
        let mut levels = vec![-9; rows as usize];
        assert_eq!(eng_scores_level_column(scores, 0, rows, levels.as_mut_ptr()), ENG_OK);
        assert_eq!(levels, expected.level.iter().map(|level| *level as i32).collect::<Vec<i32>>());

        // Keys: one by one, of fixed width, and as integers.
        assert_eq!(eng_scores_key_width(scores, &raw mut width), ENG_OK);
        let mut keys = vec![0u8; (rows * width) as usize];
        assert_eq!(eng_scores_key_column(scores, 0, rows, width, keys.as_mut_ptr().cast()), ENG_OK);
        let (mut integers, mut valid) = (vec![-9i64; rows as usize], vec![9 as c_char; rows as usize]);
        assert_eq!(eng_scores_int64_key_column(scores, 0, rows, integers.as_mut_ptr(), valid.as_mut_ptr()), ENG_OK);
        for row in 0..rows as usize {
            let want = expected.customer(row);
            let one = text(|buffer, capacity, needed| eng_scores_key(scores, row as i64, buffer, capacity, needed));
            assert_eq!(one, want.to_string());
            assert_eq!(std::str::from_utf8(&keys[row * width as usize..(row + 1) * width as usize]).unwrap().trim_end(), one);
            let integer = if let Key::Int(key) = want { Some(key) } else { None };
            assert_eq!((integers[row], valid[row]), (integer.unwrap_or(0), c_char::from(integer.is_some())));
        }
        keys.fill(b'#');
        assert_eq!(eng_scores_key_column(scores, 0, rows, width - 1, keys.as_mut_ptr().cast()), ENG_BUFFER_TOO_SMALL);
        assert!(keys.iter().all(|byte| *byte == b'#'), "nothing is written when a key does not fit");

        // The points of each rule.
        let mut rules = 0;
        assert_eq!(eng_rulebook_rule_count(rulebook, &raw mut rules), ENG_OK);
        assert_eq!(rules as usize, expected.contributions.len());
        for (rule, (name, nullable)) in expected.contributions.iter().enumerate() {
            let said = text(|buffer, capacity, needed| eng_rulebook_rule_name(rulebook, rule as i64, buffer, capacity, needed));
            assert_eq!(&said, name);
            let (mut values, mut valid) = (vec![f64::NAN; rows as usize], vec![9 as c_char; rows as usize]);
            assert_eq!(eng_scores_rule_column(scores, rule as i64, 0, rows, values.as_mut_ptr(), valid.as_mut_ptr()), ENG_OK);
            for row in 0..rows as usize {
                assert_eq!((valid[row] == 1).then_some(values[row]), nullable.get(row), "{name}, row {row}");
            }
        }

        let mut counts = [0i64; 6];
        let [a, b, c, d, e, f] = counts.each_mut().map(std::ptr::from_mut);
        assert_eq!(eng_scores_levels(scores, a, b, c, d, e, f), ENG_OK);
        let levels = expected.levels();
        let want = [
            levels.fully_engaged,
            levels.engaged,
            levels.not_engaged,
            levels.actively_disengaged,
            levels.unknown,
            levels.prospects,
        ];
        assert_eq!(counts.map(|count| count as u64), want);
        let (mut ratio, mut low, mut high, mut present) = (9.0, 9.0, 9.0, 99);
        assert_eq!(eng_scores_ratio(scores, &raw mut ratio, &raw mut low, &raw mut high, &raw mut present), ENG_OK);
        let want = expected.ratio();
        let bit = |bit: i32, value: f64| (present & bit != 0).then_some(value);
        assert_eq!((bit(1, ratio), bit(2, low), bit(4, high)), (want.ratio, want.low, want.high));

        assert_eq!(eng_scores_free(scores), ENG_OK);
        assert_eq!(eng_rulebook_free(rulebook), ENG_OK);
        assert_eq!(eng_ledger_free(ledger), ENG_OK);
    }
}

#[test]
fn a_scorecard_is_that_of_the_core_and_adds_up() {
    let (core, ledger) = both();
    let (rulebook, card) = (standard(), new_card());
    let as_of = AT + 60 * DAY;
    let rules = Rulebook::standard().compile().unwrap();
    for customer in ["c1", "7", "-2", "c36"] {
        let want = rules.score(&core, Key::from(customer), Timestamp::from_micros(as_of).unwrap()).unwrap();
        unsafe {
            let pointer: *const c_char = customer.as_ptr().cast();
            assert_eq!(eng_scorecard_score(card, ledger, rulebook, pointer, customer.len() as i64, as_of), ENG_OK);
            let (mut engagement, mut say, mut stay, mut spend, mut present, mut level) = (9.0, 9.0, 9.0, 9.0, 99, 99);
            let out = (&raw mut engagement, &raw mut say, &raw mut stay, &raw mut spend, &raw mut present, &raw mut level);
            assert_eq!(eng_scorecard_scores(card, out.0, out.1, out.2, out.3, out.4, out.5), ENG_OK);
            let got =
                [(1, engagement), (2, say), (4, stay), (8, spend)].map(|(bit, value)| (present & bit != 0).then_some(value));
            assert_eq!(got, [want.engagement, want.say, want.stay, want.spend]);
            assert_eq!(level, want.level as i32);

            let double = |column| {
                let (mut value, mut present) = (9.0, 9);
                assert_eq!(eng_scorecard_double(card, column, &raw mut value, &raw mut present), ENG_OK);
                (present == 1).then_some(value)
            };
            let points = [ENG_COLUMN_POINTS_SAY, ENG_COLUMN_POINTS_STAY, ENG_COLUMN_POINTS_SPEND].map(double);
            assert_eq!(points, [want.points_say, want.points_stay, want.points_spend]);
            assert_eq!(double(ENG_COLUMN_COVERAGE), Some(want.coverage));
            assert_eq!(double(ENG_COLUMN_SAY), want.say);
            let int = |column| {
                let (mut value, mut present) = (9, 9);
                assert_eq!(eng_scorecard_int64(card, column, &raw mut value, &raw mut present), ENG_OK);
                (present == 1).then_some(value)
            };
            assert_eq!(int(ENG_COLUMN_LEVEL), Some(want.level as i64));
            assert_eq!(int(ENG_COLUMN_PROSPECT), Some(i64::from(want.prospect)));
            assert_eq!(int(ENG_COLUMN_INTERACTIONS), Some(want.interactions as i64));
            assert_eq!(int(ENG_COLUMN_LATER), Some(want.later as i64));
            assert_eq!(int(ENG_COLUMN_UNMATCHED), Some(want.unmatched as i64));
            assert_eq!(int(ENG_COLUMN_FIRST_AT), want.first_at.map(Timestamp::micros));
            assert_eq!(int(ENG_COLUMN_LAST_AT), want.last_at.map(Timestamp::micros));
            let mut value = 9;
            assert_eq!(eng_scorecard_int64(card, ENG_COLUMN_SAY, &raw mut value, &raw mut present), ENG_INVALID_ARGUMENT);

            let mut count = 0;
            assert_eq!(eng_scorecard_contribution_count(card, &raw mut count), ENG_OK);
            assert_eq!(count as usize, want.contributions.len());
            let mut sums = [0.0; 3];
            for (at, contribution) in want.contributions.iter().enumerate() {
                let (mut way, mut points, mut interactions) = (0, 0.0, 0);
                let out = (&raw mut way, &raw mut points, &raw mut interactions);
                let rule = text(|b, capacity, needed| {
                    eng_scorecard_contribution(card, at as i64, out.0, out.1, out.2, b, capacity, needed)
                });
                assert_eq!(
                    (&rule, points, interactions as u64),
                    (&contribution.rule, contribution.points, contribution.interactions)
                );
                let ways = [ENG_WAY_SAY, ENG_WAY_STAY, ENG_WAY_SPEND];
                assert_eq!(Way::ALL[ways.iter().position(|known| *known == way).unwrap()], contribution.way);
                sums[way as usize - 1] += points;
            }
            for (sum, points) in sums.iter().zip(points) {
                assert_eq!(*sum, points.unwrap_or(0.0), "contributions add up exactly");
            }
            let json = text(|buffer, capacity, needed| eng_scorecard_json(card, buffer, capacity, needed));
            assert_eq!(json, serde_json::to_string(&want).unwrap());

            let explained = rules.explain(&core, Key::from(customer), Timestamp::from_micros(as_of).unwrap()).unwrap();
            assert_eq!(eng_scorecard_explanation(card, null_mut(), 0, null_mut()), ENG_MISSING_FIELD, "scored, not explained");
            assert_eq!(eng_scorecard_explain(card, ledger, rulebook, pointer, customer.len() as i64, as_of), ENG_OK);
            let said = text(|buffer, capacity, needed| eng_scorecard_explanation(card, buffer, capacity, needed));
            assert_eq!(said, explained.sentences.join("\n"));
            assert!(!said.is_empty());
            let json = text(|buffer, capacity, needed| eng_scorecard_explanation_json(card, buffer, capacity, needed));
            assert_eq!(json, serde_json::to_string(&explained).unwrap());
            let (mut at, mut level, mut present) = (9, 9, 9);
            assert_eq!(eng_scorecard_falls(card, &raw mut at, &raw mut level, &raw mut present), ENG_OK);
            let falls = explained.falls_at.zip(explained.falls_to).map(|(at, to)| (at.micros(), to as i32));
            assert_eq!((present == 1).then_some((at, level)), falls);
            assert_eq!(double(ENG_COLUMN_ENGAGEMENT), want.engagement, "an explanation is a scorecard too");
        }
    }
    unsafe {
        assert_eq!(eng_scorecard_free(card), ENG_OK);
        assert_eq!(eng_rulebook_free(rulebook), ENG_OK);
        assert_eq!(eng_ledger_free(ledger), ENG_OK);
    }
}

#[test]
fn ratios_by_group_and_attribute() {
    let (core, ledger) = both();
    let (rulebook, as_of) = (standard(), AT + 60 * DAY);
    let mut ratios = null_mut();
    unsafe {
        assert_eq!(eng_ratios_new(&raw mut ratios), ENG_OK);
        let mut groups = 9;
        assert_eq!(eng_ratios_count(ratios, &raw mut groups), ENG_OK);
        assert_eq!(groups, 0);
        let measure = |by, name: &std::ffi::CStr| eng_ratios_measure(ratios, ledger, rulebook, as_of, by, name.as_ptr(), -1);
        assert_eq!(eng_ratios_measure(ratios, ledger, rulebook, as_of, ENG_BY_ALL, null(), 0), ENG_OK);
        assert_eq!(eng_ratios_count(ratios, &raw mut groups), ENG_OK);
        assert_eq!(groups, 1);
        let counts = |group| {
            let mut counts = [-1i64; 6];
            let [a, b, c, d, e, f] = counts.each_mut().map(std::ptr::from_mut);
            assert_eq!(eng_ratios_levels(ratios, group, a, b, c, d, e, f), ENG_OK);
            counts
        };
        let expected = score_core(&core, as_of, false);
        let levels = expected.levels();
        let want = [
            levels.fully_engaged,
            levels.engaged,
            levels.not_engaged,
            levels.actively_disengaged,
            levels.unknown,
            levels.prospects,
        ];
        assert_eq!(counts(0).map(|count| count as u64), want);
        let name = |group| text(|buffer, capacity, needed| eng_ratios_group(ratios, group, buffer, capacity, needed));
        assert_eq!(name(0), "all");
        let sentence = text(|buffer, capacity, needed| eng_ratios_sentence(ratios, 0, buffer, capacity, needed));
        assert_eq!(sentence, expected.ratio().sentence());

        assert_eq!(measure(ENG_BY_UNIT, c""), ENG_OK);
        assert_eq!(eng_ratios_count(ratios, &raw mut groups), ENG_OK);
        let names: Vec<String> = (0..groups).map(name).collect();
        assert!(names.contains(&"north".to_owned()) && names.contains(&"south".to_owned()), "{names:?}");

        assert_eq!(measure(ENG_BY_ATTRIBUTE, c""), ENG_MISSING_FIELD);
        assert_eq!(measure(5, c""), ENG_INVALID_ARGUMENT);
        assert_eq!((0..groups).map(name).collect::<Vec<String>>(), names, "a failed call keeps what the handle had");
        let set = |customer: &std::ffi::CStr| {
            let (name, value) = (c"segment".as_ptr(), c"trade".as_ptr());
            eng_ledger_set_attribute(ledger, customer.as_ptr(), -1, name, -1, value, -1, AT - DAY)
        };
        assert_eq!((set(c"c1"), set(c"c2"), set(c"")), (ENG_OK, ENG_OK, ENG_MISSING_FIELD));
        assert_eq!(measure(ENG_BY_ATTRIBUTE, c"segment"), ENG_OK);
        assert_eq!(eng_ratios_count(ratios, &raw mut groups), ENG_OK);
        let names: Vec<String> = (0..groups).map(name).collect();
        assert!(names.contains(&"trade".to_owned()) && names.contains(&"none".to_owned()), "{names:?}");
        let (mut ratio, mut low, mut high, mut present) = (9.0, 9.0, 9.0, 99);
        assert_eq!(
            eng_ratios_ratio(ratios, groups, &raw mut ratio, &raw mut low, &raw mut high, &raw mut present),
            ENG_INVALID_ARGUMENT
        );
        assert_eq!((ratio, present), (9.0, 99), "outputs of a failed call");
        assert_eq!(eng_ratios_ratio(ratios, 0, &raw mut ratio, &raw mut low, &raw mut high, &raw mut present), ENG_OK);
        assert!((0..8).contains(&present));

        assert_eq!(eng_ratios_cancel(ratios), ENG_OK);
        assert_eq!(measure(ENG_BY_CHANNEL, c""), ENG_CANCELLED);
        assert_eq!(measure(ENG_BY_CHANNEL, c""), ENG_OK);
        assert_eq!(measure(ENG_BY_CAMPAIGN, c""), ENG_OK);
        assert_eq!(eng_ratios_free(ratios), ENG_OK);
        assert_eq!(eng_rulebook_free(rulebook), ENG_OK);
        assert_eq!(eng_ledger_free(ledger), ENG_OK);
    }
}

#[test]
fn rulebooks_travel_as_documents() {
    let (_, ledger) = both();
    let (rulebook, mut copy) = (standard(), null_mut());
    unsafe {
        assert_eq!(eng_rulebook_new(&raw mut copy), ENG_OK);
        let toml = |rulebook| text(|buffer, capacity, needed| eng_rulebook_toml(rulebook, buffer, capacity, needed));
        let json = |rulebook| text(|buffer, capacity, needed| eng_rulebook_json(rulebook, buffer, capacity, needed));
        let document = toml(rulebook);
        assert_eq!(document, Rulebook::standard().to_toml().unwrap());
        assert_eq!(eng_rulebook_from_toml(copy, document.as_ptr().cast(), document.len() as i64), ENG_OK);
        assert_eq!(toml(copy), document);
        let document = json(rulebook);
        assert_eq!(eng_rulebook_from_json(copy, document.as_ptr().cast(), document.len() as i64), ENG_OK);
        assert_eq!(json(copy), document);
        assert_eq!(eng_rulebook_calibrated(copy, ledger, AT + 60 * DAY), ENG_OK);
        assert_ne!(json(copy), document);
        let notes = text(|buffer, capacity, needed| eng_rulebook_notes(copy, buffer, capacity, needed));
        assert!(!notes.is_empty(), "fewer than 100 customers: it says so");
        // A document that is refused leaves the rulebook that was there.
        let before = json(copy);
        assert_eq!(eng_rulebook_from_toml(copy, c"[".as_ptr(), -1), ENG_INVALID_RULEBOOK);
        assert_eq!(json(copy), before);
        assert_eq!((eng_rulebook_free(copy), eng_rulebook_free(rulebook), eng_ledger_free(ledger)), (ENG_OK, ENG_OK, ENG_OK));
    }
}

#[test]
fn times_and_amounts_as_text() {
    let parse = |time: &std::ffi::CStr, zone: &std::ffi::CStr| {
        let mut micros = 0;
        assert_eq!(unsafe { eng_parse_time(time.as_ptr(), -1, zone.as_ptr(), -1, &raw mut micros) }, ENG_OK);
        micros
    };
    assert_eq!(parse(c"2011-12-09T12:50:00Z", c""), 1_323_435_000_000_000);
    assert_eq!(parse(c"2011-12-09 13:50", c"Europe/Berlin"), 1_323_435_000_000_000);
    let mut micros = 0;
    assert_eq!(unsafe { eng_parse_as_of(c"2011-12-09".as_ptr(), -1, null(), 0, &raw mut micros) }, ENG_OK);
    assert_eq!(
        text(|buffer, capacity, needed| unsafe { eng_format_time(micros, buffer, capacity, needed) }),
        "2011-12-09T23:59:59.999999Z"
    );
    assert_eq!(unsafe { eng_parse_money(c"-12.50xyz".as_ptr(), 6, &raw mut micros) }, ENG_OK);
    assert_eq!(micros, -12_500_000);
    assert_eq!(text(|buffer, capacity, needed| unsafe { eng_format_money(micros, buffer, capacity, needed) }), "-12.5");
    let version = text(|buffer, capacity, needed| unsafe { eng_version(buffer, capacity, needed) });
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
    let zones = text(|buffer, capacity, needed| unsafe { eng_zone_data_version(buffer, capacity, needed) });
    assert_eq!(zones, engagement_core::zone_data_version());
    let mut abi = 0;
    assert_eq!(unsafe { eng_abi_version(&raw mut abi) }, ENG_OK);
    assert_eq!(abi, ENG_ABI_VERSION);
}
