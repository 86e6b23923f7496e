//! Remission times in weeks under 6-mercaptopurine and placebo: Freireich et al. (1963), doi:10.1182/blood.V21.6.699.699, as
//! printed by Gehan (1965), doi:10.1093/biomet/52.1-2.203. Survival of the treated is printed in Kleinbaum & Klein (2012),
//! doi:10.1007/978-1-4419-6646-9, chapter 2; standard errors and intervals were worked out from Greenwood's and the log-log formula
//! apart from this library, in another language.

use engagement_core::stay::{KaplanMeier, SurvivalInterval};

const TREATED: [(u8, bool); 21] = [
    (6, true),
    (6, true),
    (6, true),
    (6, false),
    (7, true),
    (9, false),
    (10, true),
    (10, false),
    (11, false),
    (13, true),
    (16, true),
    (17, false),
    (19, false),
    (20, false),
    (22, true),
    (23, true),
    (25, false),
    (32, false),
    (32, false),
    (34, false),
    (35, false),
];

const PLACEBO: [u8; 21] = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23];

fn treated(interval: SurvivalInterval) -> KaplanMeier {
    let (durations, observed): (Vec<f64>, Vec<bool>) = TREATED.iter().map(|&(weeks, end)| (f64::from(weeks), end)).unzip();
    KaplanMeier::with_interval(&durations, &observed, interval).unwrap()
}

fn placebo() -> KaplanMeier {
    KaplanMeier::new(&PLACEBO.map(f64::from), &[true; 21]).unwrap()
}

/// A row of a printed table: time, at risk, events, survival, standard error, low, high; half a unit of the last digit is allowed.
fn assert_rows(curve: &KaplanMeier, rows: &[(f64, u64, u64, [f64; 4])], half_units: [f64; 4]) {
    let events: Vec<usize> = (0..curve.time.len()).filter(|&row| curve.events[row] > 0 && curve.survival[row] > 0.0).collect();
    assert_eq!(events.len(), rows.len());
    for (&row, &(time, at_risk, events, want)) in events.iter().zip(rows) {
        assert_eq!((curve.time[row], curve.at_risk[row], curve.events[row]), (time, at_risk, events));
        let got = [
            curve.survival[row],
            curve.standard_error.get(row).unwrap(),
            curve.low.get(row).unwrap(),
            curve.high.get(row).unwrap(),
        ];
        for ((got, want), half) in got.iter().zip(want).zip(half_units) {
            assert!((got - want).abs() <= half, "week {time}: {got} is not {want}");
        }
    }
}

#[test]
fn treated_patients() {
    let rows = [
        (6.0, 21, 3, [0.8571, 0.0764, 0.6197, 0.9516]),
        (7.0, 17, 1, [0.8067, 0.0869, 0.5631, 0.9228]),
        (10.0, 15, 1, [0.7529, 0.0963, 0.5032, 0.8894]),
        (13.0, 12, 1, [0.6902, 0.1068, 0.4316, 0.8491]),
        (16.0, 11, 1, [0.6275, 0.1141, 0.3675, 0.8049]),
        (22.0, 7, 1, [0.5378, 0.1282, 0.2678, 0.7468]),
        (23.0, 6, 1, [0.4482, 0.1346, 0.1881, 0.6801]),
    ];
    let curve = treated(SurvivalInterval::LogLog);
    assert_rows(&curve, &rows, [5e-5 + 1e-9; 4]);
    let median = curve.median();
    assert_eq!((median.time, median.low, median.high), (Some(23.0), Some(13.0), None));
    assert_eq!(curve.censored.iter().sum::<u64>(), 12);
}

#[test]
fn patients_under_placebo() {
    let rows = [
        (1.0, 21, 2, [0.9048, 0.0641, 0.67005, 0.975]),
        (2.0, 19, 2, [0.8095, 0.0857, 0.56891, 0.924]),
        (3.0, 17, 1, [0.7619, 0.0929, 0.51939, 0.893]),
        (4.0, 16, 2, [0.6667, 0.1029, 0.42535, 0.825]),
        (5.0, 14, 2, [0.5714, 0.1080, 0.33798, 0.749]),
        (8.0, 12, 4, [0.3810, 0.1060, 0.18307, 0.578]),
        (11.0, 8, 2, [0.2857, 0.0986, 0.11656, 0.482]),
        (12.0, 6, 2, [0.1905, 0.0857, 0.05948, 0.377]),
        (15.0, 4, 1, [0.1429, 0.0764, 0.03566, 0.321]),
        (17.0, 3, 1, [0.0952, 0.0641, 0.01626, 0.261]),
        (22.0, 2, 1, [0.0476, 0.0465, 0.00332, 0.197]),
    ];
    let curve = placebo();
    assert_rows(&curve, &rows, [5e-5, 5e-5, 5e-6, 5e-4]);
    assert_eq!(curve.median().time, Some(8.0));
    // After the last relapse nobody is left: survival is 0, and Greenwood's formula says nothing.
    let last = curve.time.len() - 1;
    assert_eq!((curve.survival[last], curve.standard_error.get(last), curve.low.get(last)), (0.0, None, None));
}

/// S ± z·se, from the same survival and standard error.
#[test]
fn plain_intervals() {
    let curve = treated(SurvivalInterval::Plain);
    let want = [(0.7075, 1.0), (0.6363, 0.9771), (0.5641, 0.9418)];
    let events = (0..curve.time.len()).filter(|&row| curve.events[row] > 0);
    for (row, (low, high)) in events.zip(want) {
        assert!((curve.low.get(row).unwrap() - low).abs() <= 5e-5, "{row}");
        assert!((curve.high.get(row).unwrap() - high).abs() <= 5e-5, "{row}");
    }
}
