use super::*;
use crate::math::{digamma_rise, ln_rising};
use crate::math::oracle::{Worst, rows};

const TABLE: &str = include_str!("../../tests/oracle/bg_bb.csv");

fn history(x: u32, recency: u32, n: u32) -> OpportunityHistory {
    OpportunityHistory::new(x, recency, n).unwrap()
}

/// Likelihood, gradient and predictions against sums of beta functions at 50 digits.
#[test]
fn oracle() {
    let mut worst = ["log_likelihood", "gradient", "alive", "alive_later", "expected", "probability", "endless", "discounted"]
        .map(|what| Worst::of(format!("bg_bb_{what}").leak()));
    for row in rows::<21>(TABLE) {
        let [alpha, beta, gamma, delta, x, recency, n, later, k, rate, values @ ..] = row;
        let model = BgBb::new(alpha, beta, gamma, delta).unwrap();
        let (customer, later) = (history(x as u32, recency as u32, n as u32), later as u32);
        // What the likelihood adds up: the measure of its error and, times the parameters over theirs, of its derivatives.
        let size = [(alpha, x), (beta, n - x), (alpha + beta, n), (delta, n), (gamma + delta, n + 1.0)];
        let size = size.map(|(a, more)| ln_rising(a, more).abs()).iter().sum::<f64>() + ln(gamma).abs();
        let mut gradient = [0.0; 4];
        for table in [model.table(0), model.table(n as u32 + 1)] {
            worst[0].see(model.row(&table, &customer, &mut gradient), values[0], size, &row);
            let slopes = [(alpha, 0.0), (beta, 0.0), (gamma, 1.0), (delta, 0.0)];
            let rises = [alpha + beta, alpha + beta, gamma + delta, gamma + delta];
            for i in 0..4 {
                let (own, one) = slopes[i];
                let scale = own * (digamma_rise(own, n) + digamma_rise(rises[i], n + 1.0)) + one;
                worst[1].see(gradient[i], values[1 + i], scale, &[&row[..7], &[i as f64]].concat());
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
        for ((worst, got), want) in worst[2..].iter_mut().zip(got).zip(&values[5..]) {
            worst.see(got, *want, want.max(1e-290), &row[..10]);
        }
    }
    worst.iter().for_each(|w| println!("{w:?}"));
}
