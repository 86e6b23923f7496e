//! What holds for all parameters and histories of the domain.

use super::ahead::Of;
use super::*;
use crate::math::Random;
use crate::model::likelihood::{Terms, check_curvature};
use crate::model::{BgCnbdK, BgNbd, MbgCnbdK, MbgNbd, Nbd, Parameters, ParetoNbd, PurchaseModel};
use proptest::prelude::*;

fn log_uniform(low: f64, high: f64) -> impl Strategy<Value = f64> {
    (low..high).prop_map(|exponent| crate::math::pow(10.0, exponent))
}

fn families(reach: f64, most: u32) -> impl Strategy<Value = Geometric> {
    let p = || log_uniform(-reach, reach);
    (p(), p(), p(), p(), prop_oneof![Just(1), 1..=most], any::<bool>()).prop_map(|(r, alpha, a, b, k, first)| Geometric {
        r,
        alpha,
        a,
        b,
        k,
        first,
    })
}

fn customers(largest: f64) -> impl Strategy<Value = PurchaseHistory> {
    let frequency = prop_oneof![Just(0), 1..5_u32, log_uniform(0.0, largest).prop_map(|x| x as u32)];
    let age = prop_oneof![1 => Just(0.0), 9 => log_uniform(-6.0, largest)];
    let since = prop_oneof![Just(0.0), Just(1.0), 0.0..1.0, log_uniform(-12.0, 0.0)];
    (frequency, age, since).prop_map(|(x, age, since)| {
        let recency = if x == 0 { 0.0 } else { age - age * since };
        PurchaseHistory::new(x, recency, age).unwrap()
    })
}

fn times() -> impl Strategy<Value = f64> {
    prop_oneof![1 => Just(0.0), 8 => log_uniform(-9.0, 7.0), 1 => log_uniform(7.0, 300.0)]
}

/// `low` ≤ `high` but for the digits that the goal leaves open.
fn ordered(low: f64, high: f64) -> bool {
    low <= high * (1.0 + 1e-9) + 1e-290
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn likelihood_is_finite_and_its_gradient_right(family in families(6.0, 12), customer in customers(6.0)) {
        let mut gradient = [f64::NAN; 4];
        let value = family.row(&family.table(0), &customer, &mut gradient);
        prop_assert!(value.is_finite() && gradient.iter().all(|slope| slope.is_finite()), "{value} {gradient:?}");
        let table = family.table(customer.frequency().min(1000));
        let mut other = [f64::NAN; 4];
        let tabled = family.row(&table, &customer, &mut other);
        let size = 1.0 + f64::from(customer.frequency()) * f64::from(family.k) * 20.0 + family.r * 30.0 + family.a + family.b;
        prop_assert!((tabled - value).abs() <= 1e-14 * size, "{tabled} {value}");
    }

    #[test]
    fn gradient_agrees_with_central_differences(family in families(1.5, 6), customer in customers(2.0)) {
        let mut gradient = [0.0; 4];
        let value = family.row(&family.table(0), &customer, &mut gradient);
        let step = 1e-5;
        for (i, slope) in gradient.into_iter().enumerate() {
            let at = |sign: f64| {
                let mut moved = family;
                let parameter = [&mut moved.r, &mut moved.alpha, &mut moved.a, &mut moved.b].into_iter().nth(i).unwrap();
                *parameter *= exp(sign * step);
                moved.row(&moved.table(0), &customer, &mut [])
            };
            let difference = (at(1.0) - at(-1.0)) / (2.0 * step);
            // Rounding of the values, and the third derivative, which no term's size exceeds much.
            let size = 1.0 + value.abs() + f64::from(customer.frequency()) * 30.0 + family.r * 8.0;
            prop_assert!((slope - difference).abs() <= 1e-9 * size * size, "{i}: {slope} {difference}");
        }
    }

    #[test]
    fn curvature_agrees_with_differences_of_the_gradient(family in families(1.5, 1), customer in customers(2.0)) {
        let Geometric { r, alpha, a, b, first, .. } = family;
        let size = 1.0 + f64::from(customer.frequency()) * 30.0 + r * 8.0 + a + b;
        if first {
            check_curvature(&MbgNbd::new(r, alpha, a, b).unwrap(), &customer, 1000, 1e-9 * size);
        } else {
            check_curvature(&BgNbd::new(r, alpha, a, b).unwrap(), &customer, 1000, 1e-9 * size);
        }
    }

    #[test]
    fn curvature_is_finite(family in families(6.0, 1), customer in customers(6.0)) {
        for largest in [0, customer.frequency().min(1000)] {
            let mut block = Block::<1>::new();
            family.curved(largest).unwrap().rows(&[customer], &mut block);
            prop_assert!(block.slopes.iter().all(|[second]| second.is_finite()), "{block:?}");
        }
    }

    #[test]
    fn predictions_stay_in_their_bounds(family in families(6.0, 12), customer in customers(6.0), near in times(), far in times()) {
        let (ahead, Standing { alive, gone }) = (family.ahead(&customer), family.standing(&customer));
        let (near, far) = (near.min(far), near.max(far));
        prop_assert!((0.0..=1.0).contains(&alive) && (0.0..=1.0).contains(&gone));
        prop_assert!((alive + gone - 1.0).abs() < 1e-15);
        prop_assert_eq!(ahead.stays(0.0), 1.0);
        prop_assert_eq!(ahead.purchases(0.0), 0.0);
        let (soon, later) = (ahead.stays(near), ahead.stays(far));
        prop_assert!(0.0 <= later && ordered(later, soon) && soon <= 1.0, "{later} {soon}");
        let (few, more) = (ahead.purchases(near), ahead.purchases(far));
        prop_assert!(0.0 <= few && ordered(few, more) && more < f64::INFINITY, "{few} {more}");
        prop_assert!(ordered(more, ahead.purchases(f64::INFINITY)));
        if family.k == 1 {
            prop_assert!(ordered(more, ahead.shape * (far / ahead.scale)));
        }
        for n in [0, 1, 7, 5000] {
            let probability = family.probability_of_purchases(&customer, n, near).unwrap();
            prop_assert!((0.0..=1.0).contains(&probability), "{n}: {probability}");
        }
    }

    #[test]
    fn both_ways_to_average_agree(family in families(2.0, 12), customer in customers(1.5), u in log_uniform(0.5, 1.7)) {
        let ahead = family.ahead(&customer);
        prop_assume!(ahead.shape < 200.0);
        for of in [Of::Made, Of::Staying] {
            if let Some(counted) = ahead.by_counts(of, u) {
                let integrated = ahead.by_chances(of, u);
                prop_assert!((counted - integrated).abs() <= 1e-10 * counted, "{of:?}: {counted} {integrated}");
            }
        }
    }

    #[test]
    fn probabilities_of_counts_sum_to_1_and_to_the_mean(family in families(0.8, 12), customer in customers(1.3), t in log_uniform(-1.0, 1.0)) {
        let ahead = family.ahead(&customer);
        prop_assume!(ahead.shape * t / ahead.scale < 200.0 && t / ahead.scale < 5.0);
        let (mut sum, mut mean) = (0.0, 0.0);
        for n in 0..2000 {
            let probability = ahead.probability(n, t);
            sum += probability;
            mean += probability * n as f64;
            if sum > 0.5 && probability * (n as f64) < 1e-16 * mean {
                break;
            }
        }
        prop_assert!((sum - 1.0).abs() < 1e-12, "{sum}");
        prop_assert!((mean - ahead.purchases(t)).abs() <= 1e-11 * mean, "{mean} {}", ahead.purchases(t));
    }

    #[test]
    fn discounting_takes_less_than_all_and_leaves_more_than_the_last(
        family in families(6.0, 3), customer in customers(6.0), t in log_uniform(-6.0, 6.0), delta in log_uniform(-9.0, 3.0)
    ) {
        let ahead = family.ahead(&customer);
        let (all, worth) = (ahead.purchases(t), ahead.discounted(t, delta));
        prop_assert!(ordered(worth, all) && ordered(exp(-delta * t) * all, worth), "{worth} of {all}");
        let ever = ahead.discounted(f64::INFINITY, delta);
        prop_assert!(ordered(worth, ever) && ever < f64::INFINITY, "{worth} of {ever}");
    }
}

#[test]
fn one_phase_is_the_plain_model() {
    let (r, alpha, a, b) = (0.525, 6.183, 0.891, 1.614);
    let plain: [Box<dyn PurchaseModel>; 2] =
        [Box::new(BgNbd::new(r, alpha, a, b).unwrap()), Box::new(MbgNbd::new(r, alpha, a, b).unwrap())];
    let phased: [Box<dyn PurchaseModel>; 2] =
        [Box::new(BgCnbdK::new(1, r, alpha, a, b).unwrap()), Box::new(MbgCnbdK::new(1, r, alpha, a, b).unwrap())];
    for (plain, phased) in plain.iter().zip(&phased) {
        for (x, recency, age) in [(0, 0.0, 38.86), (2, 30.43, 38.86), (29, 38.0, 38.86)] {
            let customer = PurchaseHistory::new(x, recency, age).unwrap();
            let answers = |model: &dyn PurchaseModel| {
                [
                    model.log_likelihood(&customer),
                    model.probability_alive(&customer),
                    model.probability_alive_at(&customer, 39.0).unwrap(),
                    model.expected_purchases(&customer, 39.0).unwrap(),
                    model.probability_of_purchases(&customer, 2, 39.0).unwrap(),
                    model.discounted_purchases(&customer, 52.0, 0.003).unwrap(),
                ]
            };
            assert_eq!(answers(plain.as_ref()), answers(phased.as_ref()));
        }
    }
}

/// Where next to nobody stays, all purchases to come are the first one, whatever the horizon; and it is known without summing
/// over a horizon that is 10¹⁵ times as long.
#[test]
fn few_purchases_to_come_are_soon_discounted() {
    let (large, small) = (1e6, 1e-6);
    let customer = PurchaseHistory::newcomer();
    let start = std::time::Instant::now();
    for (t, delta) in [(52.0, 0.01), (1e6, 1e-7), (1e9, 1e-12)] {
        let model = BgNbd::new(large, small, large, small).unwrap();
        let got = model.discounted_purchases(&customer, t, delta).unwrap();
        // E = 1 + b/(a − 1), and the first purchase comes after α/(r − 1).
        let want = (1.0 + small / (large - 1.0)) * (1.0 - delta * small / (large - 1.0));
        assert!((got / want - 1.0).abs() < 1e-12, "{t}: {got} {want}");
    }
    // It took minutes.
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

/// A customer who buys for ever, or faster than a number can tell, has the first purchases alone.
#[test]
fn endless_purchases_end() {
    let models: [Box<dyn PurchaseModel>; 3] = [
        Box::new(BgNbd::new(2.0, 1e-6, 1e-9, 1e9).unwrap()),
        Box::new(Nbd::new(2.0, 1e-6).unwrap()),
        Box::new(ParetoNbd::new(2.0, 1e-6, 1.0, 1e30).unwrap()),
    ];
    let mut times = Vec::new();
    for (t, model) in [1e9, f64::INFINITY].into_iter().flat_map(|t| models.iter().map(move |model| (t, model))) {
        model.simulate(&mut Random::new(1, 0), t, &mut times);
        assert_eq!(times.len(), crate::simulate::MOST_PURCHASES);
    }
}

#[test]
fn arguments_outside_their_domain_are_refused() {
    let model = BgCnbdK::new(2, 0.5, 2.0, 0.9, 1.6).unwrap();
    let customer = PurchaseHistory::newcomer();
    let message = |result: crate::Result<f64>| result.unwrap_err().to_string();
    let infinite = "t: the mean number of purchases in infinite time is infinite for a = 0.9, at most 1";
    assert_eq!(message(model.expected_purchases(&customer, f64::INFINITY)), infinite);
    assert_eq!(message(model.expected_purchases(&customer, -1.0)), "t: -1 is not a number of time units of at least 0");
    assert_eq!(
        message(model.probability_alive_at(&customer, f64::NAN)),
        "later: NaN is not a number of time units of at least 0"
    );
    let endless = model.probability_of_purchases(&customer, 1, f64::INFINITY);
    assert_eq!(message(endless), "t: inf is not a finite number of time units");
    let free = model.discounted_purchases(&customer, f64::INFINITY, 0.0);
    assert_eq!(message(free), "delta: 0 is not a positive rate, which an infinite horizon needs");
    assert_eq!(message(model.discounted_purchases(&customer, 1.0, -0.1)), "delta: -0.1 is not a finite rate of at least 0");
    assert_eq!(BgCnbdK::new(13, 0.5, 2.0, 0.9, 1.6).unwrap_err().to_string(), "k: 13 is not in 1..=12");
    assert_eq!(MbgCnbdK::new(2, 0.5, 2.0, -0.9, 1.6).unwrap_err().to_string(), "a: -0.9 is not a positive finite number");
    assert_eq!(model.with_values(&[1.0]).unwrap_err().to_string(), "1 values for the parameters r, alpha, a, b of bg-cnbd-k");
    assert_eq!(model.with_values(&[1.0, 2.0, 3.0, 4.0]).unwrap(), BgCnbdK::new(2, 1.0, 2.0, 3.0, 4.0).unwrap());
}

#[test]
fn documents_are_read_back_and_checked() {
    let model = MbgCnbdK::new(2, 0.5, 2.0, 0.9, 1.6).unwrap();
    let text = serde_json::to_string(&model).unwrap();
    assert_eq!(text, r#"{"k":2,"r":0.5,"alpha":2.0,"a":0.9,"b":1.6}"#);
    assert_eq!(serde_json::from_str::<MbgCnbdK>(&text).unwrap(), model);
    assert!(
        serde_json::from_str::<MbgCnbdK>(&text.replace("2,", "0,")).unwrap_err().to_string().starts_with("k: 0 is not in 1..=12")
    );
}

#[test]
fn simulated_customers_buy_as_often_as_expected() {
    let draws = 20_000;
    for (k, first) in [(1, false), (1, true), (3, false), (2, true)] {
        let family = Geometric { r: 1.2, alpha: 4.0, a: 0.8, b: 2.4, k, first };
        let newcomer = PurchaseHistory::newcomer();
        let probability = |n| family.probability_of_purchases(&newcomer, n, 30.0).unwrap();
        let mut counts = [0.0; 4];
        let (mut total, mut times) = (0.0, Vec::new());
        for stream in 0..draws {
            family.simulate(&mut crate::math::Random::new(7, stream), 30.0, &mut times);
            assert!(times.is_sorted() && times.iter().all(|time| (0.0..=30.0).contains(time)));
            total += times.len() as f64;
            if let Some(count) = counts.get_mut(times.len()) {
                *count += 1.0;
            }
        }
        let draws = draws as f64;
        // Five standard errors; the variance of the count from its own distribution.
        let mean = family.standing(&newcomer).alive * family.ahead(&newcomer).purchases(30.0);
        let square: f64 = (0..400).map(|n| probability(n) * (n * n) as f64).sum();
        let error = ((square - mean * mean) / draws).sqrt();
        assert!((total / draws - mean).abs() < 5.0 * error, "{k} {first}: {} {mean} ± {error}", total / draws);
        for (n, count) in (0..).zip(counts) {
            let p = probability(n);
            let error = (p * (1.0 - p) / draws).sqrt();
            assert!((count / draws - p).abs() < 5.0 * error, "{k} {first} {n}: {} {p} ± {error}", count / draws);
        }
    }
}
