use super::*;
use crate::math::oracle::{Worst, rows};

/// Compares relative to the value, where the inputs themselves fix it: errors up to 4 × condition × 2⁻⁵³ do not count.
fn see(worst: &mut Worst, got: f64, want: f64, condition: f64, at: &[f64]) {
    assert!(got.is_finite(), "{at:?}: {got}");
    let unfixed = 2.0 * condition * f64::EPSILON * want.abs();
    let close = (got - want).abs() <= unfixed;
    worst.see(if close { want } else { got }, want, want.abs().max(1e-290), at);
}

fn point(row: &[f64]) -> (Geometric, PurchaseHistory) {
    let &[first, k, r, alpha, a, b, x, t_x, age, ..] = row else { panic!("{row:?}") };
    (Geometric { r, alpha, a, b, k: k as u32, first: first == 1.0 }, PurchaseHistory::new(x as u32, t_x, age).unwrap())
}

#[test]
fn likelihood_and_gradient_agree_with_the_high_precision_table() {
    let (mut value, mut slope, mut alive) =
        (Worst::of("geometric_ln_likelihood"), Worst::of("geometric_gradient"), Worst::of("geometric_alive"));
    for row in rows::<21>(include_str!("../../../tests/oracle/geometric_likelihood.csv")) {
        let (family, customer) = point(&row);
        for table in [family.table(0), family.table(customer.frequency().min(5000))] {
            let mut gradient = [0.0; 4];
            let got = family.row(&table, &customer, &mut gradient);
            value.see(got, row[9], row[10], &row);
            assert_eq!(family.row(&table, &customer, &mut []), got);
            for (i, slope_got) in gradient.into_iter().enumerate() {
                slope.see(slope_got, row[11 + 2 * i], row[12 + 2 * i], &row);
            }
        }
        see(&mut alive, family.standing(&customer).alive, row[19], row[20], &row);
    }
    value.check();
    slope.check();
    alive.check();
}

#[test]
fn purchases_to_come_agree_with_the_high_precision_table() {
    let (mut alive, mut purchases) = (Worst::of("geometric_alive_at"), Worst::of("geometric_purchases"));
    for row in rows::<14>(include_str!("../../../tests/oracle/geometric_to_come.csv")) {
        let (family, customer) = point(&row);
        let (ahead, standing) = (family.ahead(&customer), family.standing(&customer));
        see(&mut alive, standing.alive * ahead.stays(row[9]), row[10], row[11], &row);
        see(&mut purchases, standing.alive * ahead.purchases(row[9]), row[12], row[13], &row);
    }
    alive.check();
    purchases.check();
}

#[test]
fn probabilities_of_counts_agree_with_the_high_precision_table() {
    let mut worst = Worst::of("geometric_probability");
    for row in rows::<13>(include_str!("../../../tests/oracle/geometric_counts.csv")) {
        let (family, customer) = point(&row);
        let got = family.probability_of_purchases(&customer, row[10] as u64, row[9]).unwrap();
        see(&mut worst, got, row[11], row[12], &row);
    }
    worst.check();
}

#[test]
fn discounted_purchases_agree_with_the_high_precision_table() {
    let mut worst = Worst::of("geometric_discounted");
    for row in rows::<13>(include_str!("../../../tests/oracle/geometric_discounted.csv")) {
        let (family, customer) = point(&row);
        let got = family.standing(&customer).alive * family.ahead(&customer).discounted(row[9], row[10]);
        see(&mut worst, got, row[11], row[12], &row);
    }
    worst.check();
}
