//! What models fitted to the 39 weeks of the CDNOW 1/10 sample say of the 39 weeks after them: the comparison of Fader, Hardie &
//! Lee (2005), doi:10.1287/mksc.1040.0098, worked to more digits at the maximum of the likelihood.

use engagement_core::model::ModelKind;
use engagement_core::validate::{Candidate, Measure, Origin, ValidateOptions};
use engagement_core::{Batch, KeyColumn, Ledger, LoadOptions, TextColumn, Values};

fn sample() -> Ledger {
    let mut ledger = Ledger::new();
    let rows: Vec<(i64, i64)> = include_str!("../data/cdnow_sample.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[1].parse().unwrap(), ledger.zone().parse(cells[2]).unwrap().micros())
        })
        .collect();
    let (customers, times): (Vec<i64>, Vec<i64>) = rows.into_iter().unzip();
    let mut load = ledger.load(LoadOptions::default()).unwrap();
    load.push(&Batch::new(KeyColumn::Int(Values::new(&customers)), Values::new(&times), TextColumn::Constant("purchase")))
        .unwrap();
    load.finish().unwrap();
    ledger
}

fn origin(kinds: &[ModelKind]) -> Origin {
    let ledger = sample();
    let candidates: Vec<Candidate> = kinds.iter().map(|&kind| Candidate::Model(kind)).collect();
    let at = ledger.zone().parse_as_of("1997-09-30").unwrap();
    let options = ValidateOptions { origins: vec![at], replicates: 40, ..ValidateOptions::horizon(39.0) };
    ledger.validate(&candidates, &options).unwrap().origins.remove(0)
}

/// Totals, errors and log scores; the digits are those of the source, which prints the log scores to one decimal.
#[test]
fn holdout_of_the_sample() {
    let origin = origin(&[ModelKind::BgNbd, ModelKind::MbgNbd, ModelKind::ParetoNbd, ModelKind::Nbd]);
    assert_eq!((origin.customers, origin.purchases), (2357, 1882));
    let want = [
        (1_653.408_697_515_955, 0.785_454_236_575_222_3, Some(1.607_982_010_741_639_4), Some(-2320.4)),
        (1_576.728_301_827_510_7, 0.764_778_949_326_944, Some(1.607_182_657_438_757_8), Some(-2314.8)),
        (1_665.513_107_880_394_3, 0.754_523_383_473_230_2, Some(1.602_847_999_541_904_7), Some(-2326.8)),
        (2_929.820_292_180_05, 1.041_020_327_222_936_1, None, None),
    ];
    for (outcome, (expected, mae, rmse, log_score)) in origin.outcomes.iter().zip(want) {
        let estimate = |measure| outcome.measure(measure).unwrap().estimate;
        let close = |got: f64, want: f64| assert!((got - want).abs() <= 1e-6 * want, "{got} is not {want}");
        close(outcome.expected.unwrap(), expected);
        close(estimate(Measure::Mae), mae);
        if let Some(rmse) = rmse {
            close(estimate(Measure::Rmse), rmse);
        }
        if let Some(log_score) = log_score {
            let total = estimate(Measure::LogScore) * 2357.0;
            assert!((total - log_score).abs() <= 0.05, "{total} is not {log_score}");
        }
        let bias = estimate(Measure::Bias);
        assert!((bias - (expected / 1882.0 - 1.0)).abs() < 1e-6);
    }
}

/// Mean purchases by frequency, actual and expected, 7 standing for 7 and more.
#[test]
fn holdout_by_frequency() {
    let origin = origin(&[ModelKind::BgNbd]);
    let want = [
        (1411, 0.236_711_552_090_715_82, 0.225_087_326_125_083_53),
        (439, 0.697_038_724_373_576_3, 0.523_131_173_438_369_8),
        (214, 1.392_523_364_485_981_4, 1.044_134_121_466_011_8),
        (100, 1.56, 1.520_279_512_417_471_2),
        (62, 2.532_258_064_516_129, 2.163_865_798_394_98),
        (38, 2.947_368_421_052_631_4, 2.653_845_883_648_388_2),
        (29, 3.862_068_965_517_241_5, 3.504_042_296_826_423),
        (64, 6.359_375, 6.157_190_504_553_911),
    ];
    let groups = &origin.outcomes[0].by_frequency;
    assert_eq!(groups.len(), want.len());
    for (frequency, (group, (customers, actual, expected))) in groups.iter().zip(want).enumerate() {
        assert_eq!((group.label as usize, group.customers), (frequency, customers));
        assert!((group.actual.estimate - actual).abs() < 1e-12);
        assert!(group.actual.low < actual && actual < group.actual.high);
        assert!((group.expected - expected).abs() < 1e-6 * expected, "{} is not {expected}", group.expected);
    }
}
