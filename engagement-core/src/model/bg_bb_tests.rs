use proptest::prelude::*;

use super::*;
use crate::math::oracle::{Worst, rows};
use crate::math::{digamma_rise, ln_rising};
use crate::model::Parameters;

const TABLE: &str = include_str!("../../tests/oracle/bg_bb.csv");

fn history(x: u32, recency: u32, n: u32) -> OpportunityHistory {
    OpportunityHistory::new(x, recency, n).unwrap()
}

/// Donations of Fader, Hardie & Shang (2010).
fn donations() -> BgBb {
    BgBb::new(1.2035224, 0.7497164, 0.6567182, 2.7834422).unwrap()
}

/// Likelihood, gradient and predictions against sums of beta functions at 50 digits.
#[test]
fn oracle() {
    let names = [
        "log_likelihood",
        "gradient",
        "alive",
        "alive_at",
        "expected_purchases",
        "probability_of_purchases",
        "discounted_purchases",
    ];
    let mut worst = names.map(|what| Worst::of(format!("bg_bb_{what}").leak()));
    for row in rows::<21>(TABLE) {
        let [alpha, beta, gamma, delta, x, recency, n, later, k, rate, values @ ..] = row;
        let model = BgBb::new(alpha, beta, gamma, delta).unwrap();
        let (customer, later) = (history(x as u32, recency as u32, n as u32), later as u32);
        // What the likelihood and its derivatives add up, without the signs: the measure of their error.
        let size = [(alpha, x), (beta, n - x), (alpha + beta, n), (delta, n), (gamma + delta, n + 1.0)];
        let size = size.map(|(a, more)| ln_rising(a, more).abs()).iter().sum::<f64>() + ln(gamma).abs();
        let mut gradient = [0.0; 4];
        for table in [model.table(0), model.table(n as u32 + 1)] {
            worst[0].see(model.row(&table, &customer, &mut gradient), values[0], size, &row[..7]);
            let whole = [alpha + beta, alpha + beta, gamma + delta, gamma + delta];
            for (i, (own, whole)) in row[..4].iter().zip(whole).enumerate() {
                let scale = own * (digamma_rise(*own, n) + digamma_rise(whole, n + 1.0)) + f64::from(u8::from(i == 2));
                worst[1].see(gradient[i], values[1 + i], scale, &row[..7]);
            }
        }
        let got = [
            model.probability_alive(&customer),
            model.probability_alive_at(&customer, later),
            model.expected_purchases(&customer, later),
            model.probability_of_purchases(&customer, k as u32, later),
            model.discounted_purchases(&customer, None, rate).unwrap(),
            model.discounted_purchases(&customer, Some(later), rate).unwrap(),
        ];
        for (i, (got, want)) in got.into_iter().zip(&values[5..]).enumerate() {
            worst[2 + i.min(4)].see(got, *want, want.max(1e-290), &row[..10]);
        }
    }
    worst.iter().for_each(Worst::check);
}

/// All orders of buying and not are all that can happen: their probabilities add up to 1, to the probabilities of counts and to
/// the mean.
#[test]
fn histories_add_up() {
    for model in [donations(), BgBb::new(0.3, 2.0, 1.0, 0.5).unwrap()] {
        let n = 9;
        let mut counts = [0.0; 10];
        for bits in 0..1_u32 << n {
            let recency = 32 - bits.leading_zeros();
            counts[bits.count_ones() as usize] += exp(model.log_likelihood(&history(bits.count_ones(), recency, n)));
        }
        let total: f64 = counts.iter().sum();
        let mean: f64 = counts.iter().zip(0..).map(|(probability, k)| probability * f64::from(k)).sum();
        assert!((total - 1.0).abs() < 1e-13, "{total}");
        assert!((mean / model.expected_purchases_new(n) - 1.0).abs() < 1e-13, "{mean}");
        for (probability, k) in counts.into_iter().zip(0..) {
            assert!((probability / model.probability_of_purchases_new(k, n) - 1.0).abs() < 1e-13, "{k}: {probability}");
        }
        assert_eq!(model.probability_of_purchases_new(10, n), 0.0);
    }
}

/// The same for a customer with a history: what happens next, given what happened, is a quotient of likelihoods.
#[test]
fn futures_add_up() {
    let (past, ahead) = (history(3, 4, 6), 5);
    let before = donations().log_likelihood(&past);
    let mut counts = [0.0; 6];
    for bits in 0..1_u32 << ahead {
        let recency = if bits == 0 { 4 } else { 6 + 32 - bits.leading_zeros() };
        let whole = history(3 + bits.count_ones(), recency, 6 + ahead);
        counts[bits.count_ones() as usize] += exp(donations().log_likelihood(&whole) - before);
    }
    let mean: f64 = counts.iter().zip(0..).map(|(probability, k)| probability * f64::from(k)).sum();
    assert!((mean / donations().expected_purchases(&past, ahead) - 1.0).abs() < 1e-13, "{mean}");
    for (probability, k) in counts.into_iter().zip(0..) {
        assert!((probability / donations().probability_of_purchases(&past, k, ahead) - 1.0).abs() < 1e-13, "{k}: {probability}");
    }
    assert_eq!(donations().prediction_interval(&past, ahead, 0.999).unwrap(), (0, 5));
    assert!(donations().prediction_interval(&past, ahead, 1.0).is_err());
    let longest = donations().prediction_interval(&past, 10_000, 0.9).unwrap();
    assert!(longest.0 == 0 && (1..=10_000).contains(&longest.1), "{longest:?}");
    let error = donations().prediction_interval(&past, 10_001, 0.9).unwrap_err();
    assert_eq!(error.to_string(), "n: 10001 is not in 0..=10000, the opportunities over which an interval is worked out");
}

/// Simulated customers buy as the model says: mean and share of none within 4 standard errors, and a fit finds the parameters.
#[test]
fn simulated_customers_follow_the_model() {
    let (mut random, mut taken, mut all) = (Random::new(5, 0), Vec::new(), Opportunities::default());
    let (mut sum, mut none, customers) = (0.0, 0.0, 40_000.0);
    for _ in 0..customers as u32 {
        donations().simulate(&mut random, 8, &mut taken);
        assert!(taken.is_sorted() && taken.iter().all(|at| (1..=8).contains(at)));
        sum += taken.len() as f64;
        none += f64::from(u8::from(taken.is_empty()));
        all.add(history(taken.len() as u32, taken.last().copied().unwrap_or(0), 8), 1);
    }
    let (mean, silent) = (donations().expected_purchases_new(8), donations().probability_of_purchases_new(0, 8));
    let square: f64 = (0..=8).map(|k| donations().probability_of_purchases_new(k, 8) * f64::from(k * k)).sum();
    assert!((sum / customers - mean).abs() < 4.0 * ((square - mean * mean) / customers).sqrt(), "{sum}");
    assert!((none / customers - silent).abs() < 4.0 * (silent * (1.0 - silent) / customers).sqrt(), "{none}");
    let fit = BgBb::fit(&all, &FitOptions::default()).unwrap();
    for ((got, want), error) in fit.model.values().iter().zip(donations().values()).zip(fit.standard_errors().unwrap()) {
        assert!((got - want).abs() < 4.0 * error, "{:?}", fit.model);
    }
}

#[test]
fn data_without_an_answer_gets_a_sentence() {
    let message = |rows: &[(u32, u32, u32)]| {
        let mut all = Opportunities::default();
        rows.iter().for_each(|&(x, recency, n)| all.add(history(x, recency, n), 1));
        BgBb::fit(&all, &FitOptions::default()).unwrap_err().to_string()
    };
    assert_eq!(message(&[]), "there are no customers to fit to");
    assert!(message(&[(0, 0, 1), (1, 1, 1)]).starts_with("nobody had a second opportunity"));
    assert!(message(&[(0, 0, 6), (0, 0, 5)]).starts_with("nobody took an opportunity"));
    assert!(message(&[(6, 6, 6), (5, 5, 5)]).starts_with("everybody took every opportunity"));
    let rate = donations().discounted_purchases(&OpportunityHistory::newcomer(), None, 0.0).unwrap_err();
    assert_eq!(rate.to_string(), "rate: 0 is not a positive finite number");
}

proptest! {
    /// Wherever the parameters and the history lie, probabilities are probabilities and nothing is undefined.
    #[test]
    fn answers_are_always_defined(
        logs in proptest::array::uniform4(-13.8..13.8_f64),
        (n, recency, x) in (0_u32..3000, 0.0..1.0_f64, 0.0..1.0_f64),
        (ahead, k, rate) in (0_u32..300, 0_u32..300, -13.8..3.0_f64),
    ) {
        let [alpha, beta, gamma, delta] = logs.map(exp);
        let model = BgBb::new(alpha, beta, gamma, delta).unwrap();
        let recency = (recency * f64::from(n)) as u32;
        let x = if recency == 0 { 0 } else { 1 + (x * f64::from(recency - 1)) as u32 };
        let customer = history(x, recency, n);
        let mut gradient = [f64::NAN; 4];
        for table in [model.table(0), model.table(n + 1)] {
            prop_assert!(model.row(&table, &customer, &mut gradient).is_finite());
            prop_assert!(gradient.iter().all(|slope| slope.is_finite()), "{:?}", gradient);
        }
        let alive = model.probability_alive(&customer);
        prop_assert!((0.0..=1.0).contains(&alive));
        prop_assert!((0.0..=alive).contains(&model.probability_alive_at(&customer, ahead)));
        let probability = model.probability_of_purchases(&customer, k, ahead);
        prop_assert!((0.0..=1.0 + 1e-12).contains(&probability), "{}", probability);
        let expected = model.expected_purchases(&customer, ahead);
        let discounted = model.discounted_purchases(&customer, Some(ahead), exp(rate)).unwrap();
        prop_assert!((0.0..=f64::from(ahead) * (1.0 + 1e-12)).contains(&expected), "{}", expected);
        prop_assert!((0.0..=expected * (1.0 + 1e-9) + 1e-290).contains(&discounted), "{} {}", expected, discounted);
        let endless = model.discounted_purchases(&customer, None, exp(rate)).unwrap();
        prop_assert!((discounted * (1.0 - 1e-9)..f64::INFINITY).contains(&(endless + 1e-290)), "{} {}", endless, discounted);
    }
}
