use proptest::prelude::*;

use super::*;
use crate::ErrorKind;
use crate::math::oracle::{Worst, rows};
use crate::math::{Random, digamma_rise, exp, ln, ln_1p, ln_rising};
use crate::model::{FitOptions, Parameters, PurchaseModel};
use crate::purchases::{PurchaseColumns, Purchases};

const TABLE: &str = include_str!("../../../tests/oracle/pareto_nbd.csv");
const COUNTS: &str = include_str!("../../../tests/oracle/pareto_nbd_counts.csv");

/// CDNOW, the 1/10 sample.
fn cdnow() -> ParetoNbd {
    ParetoNbd::new(0.5532770470154295, 10.577683464847075, 0.6062399878897592, 11.668735246616821).unwrap()
}

fn history(x: f64, recency: f64, age: f64) -> PurchaseHistory {
    PurchaseHistory::new(x as u32, recency, age).unwrap()
}

/// What the likelihood and its derivatives add up, without the signs: the measure of their error.
fn sizes(model: &ParetoNbd, customer: &PurchaseHistory) -> [f64; 5] {
    let ParetoNbd { r, alpha, s, beta } = *model;
    let (x, age) = (f64::from(customer.frequency()), customer.age());
    [
        ln_rising(r, x).abs() + (r + x) * ln_1p(age / alpha) + x * ln(alpha).abs() + s * ln_1p(age / beta) + 1.0,
        r * (digamma_rise(r, x) + ln_1p(age / alpha)) + r / (r + x),
        (r * age + x * alpha) / (alpha + age) + r / (r + s + x),
        s * ln_1p(age / beta) + 1.0,
        s * age / (beta + age) + 1.0,
    ]
}

/// Likelihood, gradient and predictions against quadrature at 50 digits.
#[test]
fn oracle() {
    let mut worst = ["log_likelihood", "gradient", "alive", "alive_at", "expected_purchases", "discounted_purchases"]
        .map(|what| Worst::of(format!("pareto_nbd_{what}").leak()));
    for row in rows::<20>(TABLE) {
        let [r, alpha, s, beta, x, recency, age, later, t, horizon, delta, values @ ..] = row;
        let (model, customer) = (ParetoNbd::new(r, alpha, s, beta).unwrap(), history(x, recency, age));
        let sizes = sizes(&model, &customer);
        let mut gradient = [0.0; 4];
        for table in [model.table(0), model.table(64)] {
            worst[0].see(model.row(&table, &customer, &mut gradient), values[0], sizes[0], &row[..7]);
            for i in 0..4 {
                worst[1].see(gradient[i], values[1 + i], sizes[1 + i] + values[1 + i].abs(), &row[..7]);
            }
        }
        let got = [
            model.probability_alive(&customer),
            model.probability_alive_at(&customer, later).unwrap(),
            model.expected_purchases(&customer, t).unwrap(),
            model.discounted_purchases(&customer, horizon, delta).unwrap(),
        ];
        for ((worst, got), want) in worst[2..].iter_mut().zip(got).zip(&values[5..]) {
            worst.see(got, *want, want.max(1e-290), &row[..11]);
        }
    }
    worst.iter().for_each(Worst::check);
}

/// Probabilities of counts against quadrature at 50 digits.
#[test]
fn oracle_of_counts() {
    let mut worst = Worst::of("pareto_nbd_probability_of_purchases");
    for row in rows::<7>(COUNTS) {
        let [r, alpha, s, beta, t, n, want] = row;
        let got = ParetoNbd::new(r, alpha, s, beta).unwrap().probability_of_purchases_new(n as u64, t).unwrap();
        worst.see(got, want, want, &row);
    }
    worst.check();
}

/// The power series of a fit and the integral are the same likelihood, up to the largest argument of the series.
#[test]
fn series_and_integral_agree() {
    for (alpha, beta) in [(10.0, 11.0), (11.0, 10.0), (10.0, 10.0), (10.0, 24.0), (24.0, 10.0), (1.0, 1.00001)] {
        for (r, s) in [(0.5, 0.6), (20.0, 1e-3), (1e-3, 20.0), (300.0, 500.0)] {
            let model = ParetoNbd::new(r, alpha, s, beta).unwrap();
            for (x, recency, age) in [(0.0, 0.0, 39.0), (1.0, 0.0, 39.0), (4.0, 30.0, 39.0), (63.0, 10.0, 39.0), (2.0, 5.0, 5.0)]
            {
                let customer = history(x, recency, age);
                let (mut series, mut integral) = ([0.0; 4], [0.0; 4]);
                let by_series = model.row(&model.table(63), &customer, &mut series);
                let by_integral = model.row(&model.table(0), &customer, &mut integral);
                let sizes = sizes(&model, &customer);
                assert!((by_series - by_integral).abs() <= 1e-14 * sizes[0], "{model:?} {customer:?}: {by_series} {by_integral}");
                for i in 0..4 {
                    assert!(
                        (series[i] - integral[i]).abs() <= 1e-13 * (sizes[i + 1] + 1.0),
                        "{model:?} {customer:?}: {series:?} {integral:?}"
                    );
                }
                let alive = Dropout::new(&model, &customer).alive;
                assert!((model.probability_alive(&customer) - alive).abs() <= 1e-12 * alive, "{model:?} {customer:?}");
            }
        }
    }
}

/// The probabilities of all counts add up to 1, and their mean is the expected number of purchases.
#[test]
fn counts_add_up() {
    for customer in [PurchaseHistory::newcomer(), history(2.0, 30.43, 38.86), history(0.0, 0.0, 38.86)] {
        let (mut total, mut mean) = (0.0, 0.0);
        for n in 0..400 {
            let probability = cdnow().probability_of_purchases(&customer, n, 39.0).unwrap();
            total += probability;
            mean += n as f64 * probability;
        }
        assert!((total - 1.0).abs() < 1e-13, "{total}");
        let expected = cdnow().expected_purchases(&customer, 39.0).unwrap();
        assert!((mean / expected - 1.0).abs() < 1e-12, "{mean} {expected}");
    }
}

/// Without a discount the discounted purchases are the expected ones, and s = 1 is the limit of its neighbours.
#[test]
fn limits() {
    let customer = history(2.0, 30.43, 38.86);
    let expected = cdnow().expected_purchases(&customer, 39.0).unwrap();
    assert_eq!(cdnow().discounted_purchases(&customer, 39.0, 0.0).unwrap(), expected);
    assert!((cdnow().discounted_purchases(&customer, 39.0, 1e-14).unwrap() / expected - 1.0).abs() < 1e-12);
    let at = |s: f64| ParetoNbd::new(0.55, 10.6, s, 11.7).unwrap().expected_purchases(&customer, 39.0).unwrap();
    assert!((at(1.0 + 1e-12) / at(1.0) - 1.0).abs() < 1e-11);
    assert!((at(1.0 - 1e-12) / at(1.0) - 1.0).abs() < 1e-11);
    let ends = ParetoNbd::new(0.55, 10.6, 3.0, 11.7).unwrap();
    let (endless, long) =
        (ends.expected_purchases(&customer, f64::INFINITY).unwrap(), ends.expected_purchases(&customer, 1e12).unwrap());
    assert!((endless / long - 1.0).abs() < 1e-12);
    assert_eq!(ends.probability_alive_at(&customer, f64::INFINITY).unwrap(), 0.0);
}

#[test]
fn what_has_no_answer_is_refused() {
    let (model, new) = (cdnow(), PurchaseHistory::newcomer());
    let message = |result: crate::Result<f64>| result.unwrap_err().to_string();
    let endless = model.expected_purchases(&new, f64::INFINITY);
    assert!(message(endless).starts_with("t: the mean number of purchases in infinite time is infinite for s = 0.606"));
    assert_eq!(message(model.expected_purchases(&new, -1.0)), "t: -1 is not a number of time units of at least 0");
    assert!(message(model.probability_of_purchases(&new, 1, f64::INFINITY)).starts_with("t: inf is not a finite"));
    assert!(message(model.probability_alive_at(&new, f64::NAN)).starts_with("later: NaN"));
    assert!(message(model.discounted_purchases(&new, 39.0, -0.1)).starts_with("delta: -0.1"));
    assert!(message(model.discounted_purchases(&new, f64::INFINITY, 0.0)).starts_with("delta: 0"));
    assert_eq!(ParetoNbd::new(0.5, 10.0, 0.0, 11.0).unwrap_err().to_string(), "s: 0 is not a positive finite number");
}

/// Simulated customers buy as the model says: the mean, and the share who never buy again, within 4 standard errors.
#[test]
fn simulated_customers_follow_the_model() {
    let model = cdnow();
    let (mut random, mut times) = (Random::new(3, 0), Vec::new());
    let (mut sum, mut squares, mut none, customers) = (0.0, 0.0, 0.0, 40_000.0);
    for _ in 0..customers as u32 {
        model.simulate(&mut random, 39.0, &mut times);
        assert!(times.is_sorted() && times.iter().all(|&time| time > 0.0 && time <= 39.0));
        let count = times.len() as f64;
        sum += count;
        squares += count * count;
        none += f64::from(u8::from(times.is_empty()));
    }
    let mean: f64 = sum / customers;
    let error = ((squares / customers - mean * mean) / customers).sqrt();
    assert!((mean - model.expected_purchases_new(39.0).unwrap()).abs() < 4.0 * error, "{mean} ± {error}");
    let silent = model.probability_of_purchases_new(0, 39.0).unwrap();
    assert!((none / customers - silent).abs() < 4.0 * (silent * (1.0 - silent) / customers).sqrt(), "{none}");
}

/// Many histories, all different, are fitted by way of a part of them, and a fit finds the parameters of simulated customers.
#[test]
fn parameters_of_simulated_customers_are_found() {
    let (mut random, mut times) = (Random::new(4, 0), Vec::new());
    let (mut frequency, mut recency, mut age) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..12_000 {
        let end = 30.0 + 30.0 * random.uniform();
        cdnow().simulate(&mut random, end, &mut times);
        frequency.push(times.len() as u32);
        recency.push(times.last().copied().unwrap_or(0.0));
        age.push(end);
    }
    let purchases = Purchases::from_columns(&PurchaseColumns::new(&frequency, &recency, &age)).unwrap();
    let fit = ParetoNbd::fit(&purchases, &FitOptions::default().threads(1)).unwrap();
    assert_eq!(fit.convergence.starts, 1);
    let errors = fit.standard_errors().unwrap();
    for ((got, want), error) in fit.model.values().iter().zip(cdnow().values()).zip(errors) {
        assert!((got - want).abs() < 4.0 * error, "{:?}", fit.model);
    }
}

#[test]
fn data_without_an_answer_gets_a_sentence() {
    let fit = |frequency: &[u32], recency: &[f64], age: &[f64]| {
        let purchases = Purchases::from_columns(&PurchaseColumns::new(frequency, recency, age)).unwrap();
        ParetoNbd::fit(&purchases, &FitOptions::default()).unwrap_err()
    };
    let error = fit(&[0, 0], &[0.0, 0.0], &[20.0, 30.0]);
    assert_eq!((error.kind(), error.to_string().starts_with("nobody bought a second time")), (ErrorKind::FitFailed, true));
    assert!(fit(&[3, 3], &[9.0, 9.0], &[20.0, 20.0]).to_string().starts_with("all customers have the same"));
    assert!(fit(&[], &[], &[]).to_string().starts_with("fewer than two customers"));
}

fn close(got: f64, want: f64, relative: f64) {
    assert!((got - want).abs() <= relative * want.abs(), "{got:e} is not {want:e}");
}

/// Where customers leave long before they would buy: P(n) = (r)ₙ/n! E[(u/α)ⁿ] but for a share of u/α, u the time of dropout.
#[test]
fn purchases_before_an_early_dropout_have_a_probability() {
    let (alpha, s, beta) = (1e6, 1e6, 1e-6);
    for r in [0.1, 0.5, 0.999, 1.0, 2.0] {
        let got = ParetoNbd::new(r, alpha, s, beta).unwrap().probability_of_purchases_new(2, 1e6).unwrap();
        let ratio = beta / alpha;
        close(got, r * (r + 1.0) * ratio * ratio / ((s - 1.0) * (s - 2.0)), 1e-12);
    }
}

/// An infinite horizon with hardly any discount: `P(alive) (r+x)/(α+T) (β+T) e^z E_s(z)`, z = δ(β+T), by mpmath.
#[test]
fn hardly_discounted_purchases_are_numbers() {
    let customer = history(2.0, 30.43, 38.86);
    for (s, delta, want) in [
        (0.3, 1e-300, 2.025_453_217_127_396_3e209),
        (0.61, 1e-300, 1.115_909_965_763_751e117),
        (0.61, 1e-30, 559_279_828_712.430_6),
        (1.0, 1e-300, 1_421.366_957_926_597_6),
        (1.5, 1e-300, 3.702_572_020_978_687_7),
    ] {
        let model = ParetoNbd::new(0.55, 10.58, s, 11.67).unwrap();
        close(model.discounted_purchases(&customer, f64::INFINITY, delta).unwrap(), want, 1e-12);
    }
}

proptest! {
    /// Wherever the parameters and the history lie, probabilities are probabilities and nothing is undefined.
    #[test]
    fn answers_are_always_defined(
        logs in proptest::array::uniform4(-13.8..13.8_f64),
        (x, recency, age) in (1_u32..1_000_000, 0.0..1.0_f64, -13.8..13.8_f64),
        (t, n, delta) in (-13.8..13.8_f64, 0_u64..2000, -13.8..3.0_f64),
    ) {
        let [r, alpha, s, beta] = logs.map(exp);
        let (model, age, t, delta) = (ParetoNbd::new(r, alpha, s, beta).unwrap(), exp(age), exp(t), exp(delta));
        for customer in [history(f64::from(x), recency * age, age), history(f64::from(1 + x % 60), age, age), history(0.0, 0.0, age)] {
            let mut gradient = [f64::NAN; 4];
            for table in [model.table(0), model.table(customer.frequency().min(70))] {
                prop_assert!(model.row(&table, &customer, &mut gradient).is_finite());
                prop_assert!(gradient.iter().all(|slope| slope.is_finite()), "{:?}", gradient);
            }
            let alive = model.probability_alive(&customer);
            prop_assert!((0.0..=1.0).contains(&alive));
            prop_assert!((0.0..=alive).contains(&model.probability_alive_at(&customer, t).unwrap()));
            let probability = model.probability_of_purchases(&customer, n, t).unwrap();
            prop_assert!((0.0..=1.0 + 1e-12).contains(&probability), "{}", probability);
            let expected = model.expected_purchases(&customer, t).unwrap();
            let discounted = model.discounted_purchases(&customer, t, delta).unwrap();
            prop_assert!(expected.is_finite() && (0.0..=expected * (1.0 + 1e-9)).contains(&discounted), "{} {}", expected, discounted);
            prop_assert!(model.discounted_purchases(&customer, f64::INFINITY, delta).unwrap().is_finite());
        }
    }
}
