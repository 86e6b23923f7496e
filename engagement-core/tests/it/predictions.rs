//! Predictions of columns: those of every row, to the last bit.

use engagement_core::model::{BgCnbdK, BgNbd, MbgCnbdK, MbgNbd, Nbd, ParetoNbd, Prediction, PurchaseHistory, PurchaseModel};
use engagement_core::{ErrorKind, PurchaseColumns, Purchases};
use proptest::collection::vec;
use proptest::prelude::*;

fn models() -> [Box<dyn PurchaseModel>; 7] {
    [
        Box::new(Nbd::new(0.385, 12.072).unwrap()),
        Box::new(ParetoNbd::new(0.553, 10.578, 0.606, 11.669).unwrap()),
        Box::new(BgNbd::new(0.243, 4.414, 0.793, 2.426).unwrap()),
        Box::new(MbgNbd::new(0.525, 6.183, 0.891, 1.614).unwrap()),
        Box::new(BgCnbdK::new(3, 0.5, 2.0, 0.3, 0.6).unwrap()),
        Box::new(MbgCnbdK::new(2, 0.5, 2.0, 0.3, 0.6).unwrap()),
        Box::new(MbgCnbdK::new(1, 0.525, 6.183, 0.891, 1.614).unwrap()),
    ]
}

const QUESTIONS: [Prediction; 6] = [
    Prediction::ProbabilityAlive { later: 0.0 },
    Prediction::ProbabilityAlive { later: 13.0 },
    Prediction::ExpectedPurchases { t: 39.0 },
    Prediction::ProbabilityOfPurchases { n: 2, t: 39.0 },
    Prediction::DiscountedPurchases { t: 52.0, delta: 0.0027 },
    Prediction::DiscountedPurchases { t: f64::INFINITY, delta: 0.0027 },
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Many customers share frequency and age but not recency, whole histories, or nothing.
    #[test]
    fn columns_are_their_rows(rows in vec((0..3_u32, 0..30_u32, 0..3_u32, 0..2_u32), 0..50)) {
        let frequency: Vec<u32> = rows.iter().map(|row| if row.3 == 0 { row.0 } else { row.0 * 400 }).collect();
        let recency: Vec<f64> = rows.iter().zip(&frequency).map(|(row, &x)| if x == 0 { 0.0 } else { f64::from(row.1) / 7.0 }).collect();
        let age: Vec<f64> = rows.iter().map(|row| f64::from(30 + row.2) / 7.0).collect();
        let purchases = Purchases::from_columns(&PurchaseColumns::new(&frequency, &recency, &age)).unwrap();
        for model in models() {
            for question in QUESTIONS {
                let one = |row| question.of(&*model, &purchases.history(row)).unwrap().to_bits();
                let want: Vec<u64> = (0..purchases.len()).map(one).collect();
                for threads in [1, 3] {
                    let all = question.of_all(&*model, &purchases, threads).unwrap();
                    prop_assert_eq!(all.into_iter().map(f64::to_bits).collect::<Vec<_>>(), want.clone(), "{:?} {:?}", model, question);
                }
            }
        }
    }
}

/// What a model says of a customer who still buys does not depend on when the last purchase was, where it says so, and does where
/// it does not.
#[test]
fn recency_is_forgotten_or_not() {
    let at = |recency| PurchaseHistory::new(5, recency, 40.0).unwrap();
    for model in models() {
        let said = |recency| {
            let customer = at(recency);
            [
                model.probability_stays(&customer, 13.0).unwrap(),
                model.expected_purchases_if_alive(&customer, 39.0).unwrap(),
                model.discounted_purchases_if_alive(&customer, 52.0, 0.0027).unwrap(),
            ]
        };
        let alike = said(10.0).iter().zip(said(39.0)).all(|(a, b)| a.to_bits() == b.to_bits());
        assert_eq!(alike, model.forgets_recency(), "{model:?}");
    }
}

#[test]
fn columns_refuse_what_rows_refuse() {
    let purchases = Purchases::from_columns(&PurchaseColumns::new(&[2], &[30.0], &[39.0])).unwrap();
    let refused = [
        (Prediction::ProbabilityAlive { later: -1.0 }, "later: -1 is not a number of time units of at least 0"),
        (Prediction::ExpectedPurchases { t: f64::NAN }, "t: NaN is not a number of time units of at least 0"),
        (Prediction::DiscountedPurchases { t: 1.0, delta: -0.1 }, "delta: -0.1 is not a finite rate of at least 0"),
        (Prediction::ProbabilityOfPurchases { n: 1, t: f64::INFINITY }, "t: inf is not a finite number of time units"),
    ];
    for model in models() {
        for (question, message) in refused {
            let error = question.of_all(&*model, &purchases, 1).unwrap_err();
            assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::InvalidArgument, message), "{model:?}");
        }
    }
}
