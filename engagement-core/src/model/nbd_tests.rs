use super::*;
use crate::model::Parameters;

#[test]
fn gradient_agrees_with_central_differences() {
    for (r, alpha, x, age) in [(0.385, 12.07, 3, 38.86), (2.0, 0.5, 0, 7.0), (40.0, 900.0, 120, 365.0)] {
        let model = Nbd::new(r, alpha).unwrap();
        let customer = PurchaseHistory::new(x, if x == 0 { 0.0 } else { 0.5 * age }, age).unwrap();
        let mut gradient = [0.0; 2];
        let value = model.row(&model.table(x), &customer, &mut gradient);
        assert!((value - model.log_likelihood(&customer)).abs() <= 1e-14 * value.abs());
        for (i, slope) in gradient.into_iter().enumerate() {
            let step = 1e-5;
            let at = |sign: f64| {
                let mut values = model.values();
                values[i] *= exp(sign * step);
                model.with_values(&values).unwrap().log_likelihood(&customer)
            };
            let difference = (at(1.0) - at(-1.0)) / (2.0 * step);
            assert!((slope - difference).abs() < 1e-8 * (1.0 + value.abs()), "{i}: {slope} {difference}");
        }
    }
}

#[test]
fn arguments_outside_their_domain_are_refused() {
    let model = Nbd::new(0.4, 12.0).unwrap();
    let customer = PurchaseHistory::newcomer();
    let message = |result: Result<f64>| result.unwrap_err().to_string();
    let infinite = "t: the mean number of purchases in infinite time is infinite for customers who never leave";
    assert_eq!(message(model.expected_purchases(&customer, f64::INFINITY)), infinite);
    assert_eq!(message(model.expected_purchases(&customer, f64::NAN)), "t: NaN is not a number of time units of at least 0");
    assert_eq!(message(model.probability_alive_at(&customer, -1.0)), "later: -1 is not a number of time units of at least 0");
    let free = message(model.discounted_purchases(&customer, f64::INFINITY, 0.0));
    assert_eq!(free, "delta: 0 is not a positive rate, which an infinite horizon needs");
}

#[test]
fn simulated_customers_buy_as_often_as_expected() {
    let model = Nbd::new(0.7, 12.0).unwrap();
    let draws = 20_000;
    let (mut total, mut times) = (0.0, Vec::new());
    for stream in 0..draws {
        model.simulate(&mut Random::new(3, stream), 39.0, &mut times);
        assert!(times.is_sorted() && times.iter().all(|time| (0.0..=39.0).contains(time)));
        total += times.len() as f64;
    }
    let mean = model.expected_purchases_new(39.0).unwrap();
    // Five standard errors of a negative binomial mean.
    let error = (mean * (1.0 + 39.0 / 12.0) / draws as f64).sqrt();
    assert!((total / draws as f64 - mean).abs() < 5.0 * error, "{} {mean} ± {error}", total / draws as f64);
}
