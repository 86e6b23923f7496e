use super::*;
use crate::model::{BgNbd, Nbd, ParetoNbd, ShiftedBetaGeometric, WithCovariates};
use crate::purchases::TimeUnit;
use crate::simulate;

fn customers() -> Purchases {
    let spend = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
    let ages: Vec<f64> = (0..200).map(|row| 20.0 + 0.2 * f64::from(row)).collect();
    simulate::purchases(&base(), &ages, Some(&spend), TimeUnit::Day, 9, 1).unwrap()
}

fn base() -> ParetoNbd {
    ParetoNbd::new(0.9, 9.0, 1.2, 11.0).unwrap()
}

fn odd(rows: u32) -> Covariates {
    Covariates::new(&["odd"], (0..rows).map(|row| f64::from(row % 2)).collect()).unwrap()
}

fn message<T: std::fmt::Debug>(result: Result<T>) -> String {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    error.to_string()
}

/// Ages and unit are kept, the purchases are those of the model and not of the data, and the seed decides them.
#[test]
fn purchases_of_the_same_ages() {
    let data = customers();
    let drawn = purchases(&base(), &data, 1).unwrap();
    assert_eq!((drawn.age(), drawn.unit()), (data.age(), TimeUnit::Day));
    assert_eq!(drawn.recency(), purchases(&base(), &data, 1).unwrap().recency());
    assert_ne!(drawn.recency(), purchases(&base(), &data, 2).unwrap().recency());
    assert_eq!(drawn.paid(), [0; 200]);
}

/// Each row is drawn by its own model: by the base where the covariates are 0, and with the same stream of numbers elsewhere.
#[test]
fn each_row_has_its_own_model() {
    let data = customers();
    let model = WithCovariates::new(base(), &["odd"], vec![0.7, -0.3]).unwrap();
    let drawn = with_covariates(&model.clone().into(), &data, &odd(200), 4).unwrap();
    let others = [purchases(&base(), &data, 4).unwrap(), purchases(&model.of(&[1.0]).unwrap(), &data, 4).unwrap()];
    (0..200).for_each(|row| assert_eq!(drawn.history(row), others[row % 2].history(row)));
    assert_ne!(others[0].frequency(), others[1].frequency());
    let spends = WithCovariates::new(GammaGamma::new(6.25, 3.74, 15.44).unwrap(), &["odd"], vec![0.2]).unwrap();
    let drawn = with_covariates(&spends.clone().into(), &data, &odd(200), 4).unwrap().spends();
    let others = [0.0, 1.0].map(|odd| spend(&spends.of(&[odd]).unwrap(), &data, 4).unwrap().spends());
    (0..200).for_each(|row| assert_eq!(drawn[row], others[row % 2][row]));
}

#[test]
fn covariates_that_cannot_be_are_refused_by_their_row() {
    let data = customers();
    let model = WithCovariates::new(base(), &["odd"], vec![1.0, 1.0]).unwrap();
    assert_eq!(
        message(with_covariates(&model.clone().into(), &data, &odd(7), 1)),
        "covariates: 7 rows, but there are 200 customers"
    );
    let two = Covariates::new(&["a", "b"], vec![0.0; 400]).unwrap();
    assert_eq!(
        message(with_covariates(&model.clone().into(), &data, &two, 1)),
        "row 0: covariates: 2 given, but the model has 1"
    );
    let far = |value: f64| Covariates::new(&["odd"], (0..200).map(|row| if row == 3 { value } else { 0.0 }).collect()).unwrap();
    assert!(message(with_covariates(&model.clone().into(), &data, &far(1e5), 1)).starts_with("row 3: alpha: 0 is not"));
    let many = WithCovariates::new(base(), &["odd"], vec![1.0, -1.0]).unwrap();
    let cut = message(with_covariates(&many.clone().into(), &data, &far(40.0), 1));
    assert_eq!(cut, "ages, row 3: in 20.6 time units a customer makes 1048576 purchases, more than are drawn");
    let spends = WithCovariates::new(GammaGamma::new(6.25, 3.74, 15.44).unwrap(), &["odd"], vec![1.0]).unwrap();
    assert_eq!(
        message(with_covariates(&spends.clone().into(), &data, &odd(7), 1)),
        "covariates: 7 rows, but there are 200 customers"
    );
    assert!(message(with_covariates(&spends.clone().into(), &data, &far(1e5), 1)).starts_with("row 3: v: inf is not"));
}

/// Whoever paid for nothing still has not, and the mean is that of the purchases that the model draws.
#[test]
fn spend_of_the_same_purchases() {
    let data = customers();
    let model = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
    let drawn = spend(&model, &data, 8).unwrap();
    assert_eq!((drawn.frequency(), drawn.recency(), drawn.paid()), (data.frequency(), data.recency(), data.paid()));
    assert!(data.paid().contains(&0));
    for (row, (spent, &count)) in drawn.spends().iter().zip(data.paid()).enumerate() {
        let each = model.simulate(&mut Random::new(8, row as u64), count);
        let mean = if count == 0 { 0.0 } else { each.iter().sum::<f64>() / f64::from(count) };
        assert_eq!((spent.count(), spent.mean()), (count, mean));
    }
}

#[test]
fn too_many_purchases_name_their_row() {
    let columns = PurchaseColumns::new(&[1, 1 << 20], &[1.0, 2.0], &[2.0, 1e9]);
    let data = Purchases::from_columns(&columns.value(Values::new(&[3.0, 3.0]))).unwrap();
    let refused = message(spend(&GammaGamma::new(6.25, 3.74, 15.44).unwrap(), &data, 1));
    assert_eq!(refused, "paid, row 1: 1048576 purchases are not in 0..1048576, those that are drawn");
    let refused = message(purchases(&Nbd::new(2.0, 1e-3).unwrap(), &data, 1));
    assert_eq!(refused, "ages, row 1: in 1000000000 time units a customer makes 1048576 purchases, more than are drawn");
    let covariates = Covariates::new(&["odd"], vec![0.0, 0.0]).unwrap();
    let often = WithCovariates::new(BgNbd::new(2.0, 1e-3, 1e-6, 1e6).unwrap(), &["odd"], vec![0.0; 3]).unwrap();
    assert_eq!(message(with_covariates(&often.into(), &data, &covariates, 1)), refused);
}

/// Each number of opportunities keeps its customers, and they are drawn apart.
#[test]
fn opportunities_of_the_same_customers() {
    let model = BgBb::new(1.204, 0.750, 0.657, 2.783).unwrap();
    let data = Opportunities::from_columns(&[4, 0, 5], &[6, 0, 5], &[6, 6, 5], Some(&[10, 20, 300])).unwrap();
    let drawn = opportunities(&model, &data, u64::MAX).unwrap();
    let mut want = Opportunities::default();
    for (n, customers, seed) in [(5, 300, 4), (6, 30, 5)] {
        let histories = simulate::opportunities(&model, customers, n, seed).unwrap();
        histories.into_iter().for_each(|history| want.add(history, 1));
    }
    assert_eq!(drawn, want);
    let endless = Opportunities::from_columns(&[1], &[1], &[u32::MAX], None).unwrap();
    assert!(message(opportunities(&model, &endless, 1)).starts_with("opportunities: 4294967295 is not in 0..=1048576"));
}

#[test]
fn contracts_that_began_together() {
    let model = ShiftedBetaGeometric::new(0.668, 3.806).unwrap();
    let want = |occasions| simulate::renewals(&model, 1000, occasions, 1).unwrap();
    let cohort = Renewals::from_cohort(&[1000, 869, 743]).unwrap();
    assert_eq!(renewals(&model, &cohort, 1).unwrap(), want(2));
    // All of them lost: the last of them at the occasion after the last renewal.
    assert_eq!(renewals(&model, &Renewals::from_cohort(&[1000, 869, 0]).unwrap(), 1).unwrap(), want(2));
    let later = cohort.with(&Renewals::from_cohort(&[10, 5]).unwrap());
    assert!(message(renewals(&model, &later, 1)).starts_with("data: the contracts did not begin together"));
    let mut longest = Renewals::default();
    longest.add(Contract { renewals: u32::MAX, active: false }, 1000);
    assert_eq!(renewals(&model, &longest, 1).unwrap(), want(u32::MAX));
    assert_eq!(renewals(&model, &Renewals::default(), 1).unwrap(), Renewals::default());
}
