//! Columns of what models of contracts and of opportunities say: what they say one by one, to the last bit.

mod common;

use std::ptr::{null, null_mut};

use common::cdnow::*;
use common::*;
use engagement::*;
use engagement_core::model::{BetaDiscreteWeibull, BgBb, OpportunityHistory, RenewalModel, ShiftedBetaGeometric};

/// What a column call gives: as many numbers as there are rows, with what marks those that were not written.
fn got(rows: usize, get: impl Fn(i64, *mut f64) -> i32) -> Vec<u64> {
    let mut values = vec![f64::NAN; rows + 1];
    assert_eq!(get(rows as i64, values.as_mut_ptr()), ENG_OK);
    assert!(values.pop().unwrap().is_nan(), "no more than the rows");
    bits(&values)
}

fn all<T: Copy>(of: &[T], say: impl Fn(u32) -> f64) -> Vec<u64>
where
    u32: TryFrom<T>,
{
    bits(&of.iter().map(|&of| say(u32::try_from(of).unwrap_or_else(|_| unreachable!()))).collect::<Vec<_>>())
}

#[test]
fn contracts_are_those_of_the_core() {
    let constant = ShiftedBetaGeometric::new(0.668, 3.806).unwrap();
    let changing = BetaDiscreteWeibull::new(0.668, 3.806, 1.4).unwrap();
    let models: [(&str, &dyn RenewalModel); 2] = [
        (r#"{"model":"shifted-beta-geometric","alpha":0.668,"beta":3.806}"#, &constant),
        (r#"{"model":"beta-discrete-weibull","alpha":0.668,"beta":3.806,"c":1.4}"#, &changing),
    ];
    let (renewed, occasions) = ([0i64, 3, 3, 7, 0, 4_294_967_295], [1i64, 2, 7, 1, 500]);
    let (k, t) = (renewed.as_ptr(), occasions.as_ptr());
    // Long discounted sums of many renewals take their time: fewer.
    let few = &renewed[..5];
    for (json, want) in models {
        let model = loaded(json);
        unsafe {
            let survival = got(6, |rows, to| eng_model_survival_column(model, rows, k, 5, to));
            assert_eq!(survival, all(&renewed, |renewed| want.survival_after(renewed, 5)));
            let expected = got(6, |rows, to| eng_model_expected_renewals_column(model, rows, k, 5, to));
            assert_eq!(expected, all(&renewed, |renewed| want.expected_renewals(renewed, 5)));
            let discounted = got(5, |rows, to| eng_model_discounted_renewals_column(model, rows, k, 0.1, to));
            assert_eq!(discounted, all(few, |renewed| want.discounted_renewals(renewed, 0.1).unwrap()));
            let rate = got(5, |rows, to| eng_model_retention_rate_column(model, rows, t, to));
            assert_eq!(rate, all(&occasions, |t| want.retention_rate(t).unwrap()));
            let loss = got(5, |rows, to| eng_model_probability_of_loss_column(model, rows, t, to));
            assert_eq!(loss, all(&occasions, |t| want.probability_of_loss(t).unwrap()));
            assert_eq!(eng_model_survival_column(model, 0, null(), 5, null_mut()), ENG_OK, "no rows need no memory");
            assert_eq!(eng_model_free(model), ENG_OK);
        }
    }
}

#[test]
fn opportunities_are_those_of_the_core() {
    let model = loaded(r#"{"model":"bg-bb","alpha":1.204,"beta":0.75,"gamma":0.657,"delta":2.783}"#);
    let want = BgBb::new(1.204, 0.75, 0.657, 2.783).unwrap();
    // Equal rows are worked out once.
    let donors = [(0, 0, 6), (1, 6, 6), (4, 5, 6), (6, 6, 6), (4, 5, 6), (4, 5, 7), (0, 0, 0), (1, 6, 6)];
    let column = |of: fn(&(u32, u32, u32)) -> u32| donors.iter().map(|donor| i64::from(of(donor))).collect::<Vec<i64>>();
    let (x, t_x, n) = (column(|donor| donor.0), column(|donor| donor.1), column(|donor| donor.2));
    let (x, t_x, n) = (x.as_ptr(), t_x.as_ptr(), n.as_ptr());
    let of = |row: usize| OpportunityHistory::new(donors[row].0, donors[row].1, donors[row].2).unwrap();
    let all = |say: &dyn Fn(&OpportunityHistory) -> f64| bits(&(0..8).map(|row| say(&of(row))).collect::<Vec<_>>());
    unsafe {
        for later in [0, 1] {
            let alive = got(8, |rows, to| eng_model_opportunity_alive_column(model, rows, x, t_x, n, i64::from(later), to));
            assert_eq!(alive, all(&|donor| want.probability_alive_at(donor, later)));
        }
        let expected = got(8, |rows, to| eng_model_opportunity_expected_column(model, rows, x, t_x, n, 5, to));
        assert_eq!(expected, all(&|donor| want.expected_purchases(donor, 5)));
        let three = got(8, |rows, to| eng_model_opportunity_probability_column(model, rows, x, t_x, n, 3, 5, to));
        assert_eq!(three, all(&|donor| want.probability_of_purchases(donor, 3, 5)));
        for (ahead, of) in [(-1, None), (5, Some(5)), (0, Some(0))] {
            let got = got(8, |rows, to| eng_model_opportunity_discounted_column(model, rows, x, t_x, n, ahead, 0.1, to));
            assert_eq!(got, all(&|donor| want.discounted_purchases(donor, of, 0.1).unwrap()));
        }
        let (mut low, mut high) = ([-9i64; 9], [-9i64; 9]);
        let (l, h) = (low.as_mut_ptr(), high.as_mut_ptr());
        assert_eq!(eng_model_opportunity_interval_column(model, 8, x, t_x, n, 5, 0.9, l, h), ENG_OK);
        for (row, (&low, &high)) in low.iter().zip(&high).take(8).enumerate() {
            assert_eq!((low as u64, high as u64), want.prediction_interval(&of(row), 5, 0.9).unwrap());
        }
        assert_eq!((low[8], high[8]), (-9, -9));
        assert_eq!(eng_model_opportunity_alive_column(model, 0, null(), null(), null(), 0, null_mut()), ENG_OK);
        assert_eq!(eng_model_free(model), ENG_OK);
    }
}

/// Wrong numbers, rows, sorts and pointers: a status that names the row, and nothing written.
#[test]
fn columns_that_cannot_be() {
    let contracts = loaded(r#"{"model":"beta-discrete-weibull","alpha":0.668,"beta":3.806,"c":1.4}"#);
    let chances = loaded(r#"{"model":"bg-bb","alpha":1.204,"beta":0.75,"gamma":0.657,"delta":2.783}"#);
    let (empty, ones, six) = (new_model(), [1i64; 3], [6i64; 3]);
    let (mut doubles, mut longs) = ([9.0; 4], [9i64; 4]);
    let (d, l, one, n) = (doubles.as_mut_ptr(), longs.as_mut_ptr(), ones.as_ptr(), six.as_ptr());
    unsafe {
        let renewals = |model, rows, of, t, rate, to| {
            [
                eng_model_survival_column(model, rows, of, t, to),
                eng_model_expected_renewals_column(model, rows, of, t, to),
                eng_model_discounted_renewals_column(model, rows, of, rate, to),
                eng_model_retention_rate_column(model, rows, of, to),
                eng_model_probability_of_loss_column(model, rows, of, to),
            ]
        };
        let donors = |model, rows, (x, t_x, n), ahead, (low, high), to| {
            [
                eng_model_opportunity_alive_column(model, rows, x, t_x, n, ahead, to),
                eng_model_opportunity_expected_column(model, rows, x, t_x, n, ahead, to),
                eng_model_opportunity_probability_column(model, rows, x, t_x, n, 1, ahead, to),
                eng_model_opportunity_discounted_column(model, rows, x, t_x, n, ahead, 0.1, to),
                eng_model_opportunity_interval_column(model, rows, x, t_x, n, ahead, 0.9, low, high),
            ]
        };
        assert_eq!(renewals(empty, 3, one, 1, 0.1, d), [ENG_MISSING_FIELD; 5]);
        assert_eq!(donors(empty, 3, (one, one, n), 1, (l, l), d), [ENG_MISSING_FIELD; 5]);
        assert_eq!(renewals(chances, 3, one, 1, 0.1, d), [ENG_INVALID_ARGUMENT; 5]);
        assert_eq!(donors(contracts, 3, (one, one, n), 1, (l, l), d), [ENG_INVALID_ARGUMENT; 5]);
        for rows in [-1, i64::MIN, 1 << 32, i64::MAX] {
            assert_eq!(renewals(contracts, rows, one, 1, 0.1, d), [ENG_INVALID_ARGUMENT; 5], "{rows}");
            assert_eq!(donors(chances, rows, (one, one, n), 1, (l, l), d), [ENG_INVALID_ARGUMENT; 5], "{rows}");
        }
        for bad in [-1, i64::MIN, 1 << 32] {
            assert_eq!(renewals(contracts, 3, [1, 1, bad].as_ptr(), 1, 0.1, d), [ENG_INVALID_ARGUMENT; 5], "{bad}");
            assert!(model_error(contracts).starts_with("row 2: t: "), "{}", model_error(contracts));
            let said = [
                eng_model_survival_column(contracts, 3, one, bad, d),
                eng_model_expected_renewals_column(contracts, 3, one, bad, d),
            ];
            assert_eq!(said, [ENG_INVALID_ARGUMENT; 2], "{bad}");
        }
        // The first occasion is 1.
        assert_eq!(eng_model_retention_rate_column(contracts, 3, [1, 0, 1].as_ptr(), d), ENG_INVALID_ARGUMENT);
        assert_eq!(model_error(contracts), "row 1: t: 0 is not an occasion; the first one is 1");
        assert_eq!(eng_model_probability_of_loss_column(contracts, 3, [1, 0, 1].as_ptr(), d), ENG_INVALID_ARGUMENT);
        for rate in [0.0, -0.1, f64::NAN, f64::INFINITY] {
            assert_eq!(eng_model_discounted_renewals_column(contracts, 3, one, rate, d), ENG_INVALID_ARGUMENT, "{rate}");
            let status = eng_model_opportunity_discounted_column(chances, 3, one, one, n, 5, rate, d);
            assert_eq!(status, ENG_INVALID_ARGUMENT, "{rate}");
        }
        let far = loaded(r#"{"model":"beta-discrete-weibull","alpha":1e-308,"beta":1e308,"c":1e-308}"#);
        assert_eq!(eng_model_survival_column(far, 3, [3i64; 3].as_ptr(), 1, d), ENG_OVERFLOW);
        assert!(model_error(far).starts_with("row 0: the answer is beyond"), "{}", model_error(far));

        let good = (one, one, n);
        for (x, t_x, of) in [([1, 1, -1], [1; 3], [6; 3]), ([1; 3], [1, 1, 7], [6; 3]), ([1; 3], [1; 3], [6, 6, 10_001])] {
            let refused = donors(chances, 3, (x.as_ptr(), t_x.as_ptr(), of.as_ptr()), 2, (l, l), d);
            assert_eq!(refused, [ENG_INVALID_ARGUMENT; 5], "{x:?} {t_x:?} {of:?}");
            assert!(model_error(chances).starts_with("row 2: "), "{}", model_error(chances));
        }
        for ahead in [-2, 10_001, i64::MAX, i64::MIN] {
            assert_eq!(donors(chances, 3, good, ahead, (l, l), d), [ENG_INVALID_ARGUMENT; 5], "{ahead}");
        }
        for level in [0.0, 1.0, f64::NAN] {
            let status = eng_model_opportunity_interval_column(chances, 3, one, one, n, 5, level, l, l);
            assert_eq!(status, ENG_INVALID_ARGUMENT, "{level}");
        }
        assert_eq!(renewals(contracts, 3, null(), 1, 0.1, d), [ENG_INVALID_ARGUMENT; 5]);
        assert_eq!(renewals(contracts, 3, one, 1, 0.1, null_mut()), [ENG_INVALID_ARGUMENT; 5]);
        for arrays in [(null(), one, n), (one, null(), n), (one, one, null())] {
            assert_eq!(donors(chances, 3, arrays, 1, (l, l), d), [ENG_INVALID_ARGUMENT; 5]);
        }
        assert_eq!(donors(chances, 3, good, 1, (l, null_mut()), null_mut()), [ENG_INVALID_ARGUMENT; 5]);
        assert_eq!(donors(chances, 3, good, 1, (null_mut(), l), null_mut()), [ENG_INVALID_ARGUMENT; 5]);
        assert_eq!((doubles, longs), ([9.0; 4], [9; 4]), "outputs of failed calls");
        for model in [contracts, chances, empty, far] {
            assert_eq!(eng_model_free(model), ENG_OK);
        }
    }
}
