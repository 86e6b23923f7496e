//! Drawn customers: reproducible, like the model that drew them, and its parameters come back.

use engagement_core::model::{
    BgBb, BgCnbdK, BgNbd, Estimated, Fit, FitOptions, GammaGamma, MbgCnbdK, MbgNbd, Model, Nbd, Opportunities, ParetoNbd,
    PurchaseModel,
};
use engagement_core::simulate::{self, Reviews, Simulation};
use engagement_core::{ErrorKind, PurchaseOptions, Purchases, TimeUnit, Timestamp, Zone};

fn day(text: &str) -> Timestamp {
    Zone::utc().parse(text).unwrap()
}

fn drawn(model: &dyn PurchaseModel, customers: usize) -> Purchases {
    simulate::purchases(model, &vec![52.0; customers], None, TimeUnit::Week, 11, 0).unwrap()
}

/// Every parameter lies within four standard errors: with a fixed seed that is a fact, and with another seed it fails once in
/// thousands of times.
fn recovered<M: Estimated>(truth: &M, fit: &Fit<M>) {
    let errors = fit.standard_errors().unwrap();
    for ((name, got), (want, error)) in
        fit.model.names().iter().zip(fit.model.estimates()).zip(truth.estimates().into_iter().zip(errors))
    {
        assert!((got - want).abs() < 4.0 * error, "{name}: {got} ± {error} is not {want}");
    }
}

#[test]
fn parameters_come_back() {
    let options = FitOptions::default();
    let nbd = Nbd::new(0.6, 8.0).unwrap();
    recovered(&nbd, &Nbd::fit(&drawn(&nbd, 6000), &options).unwrap());
    let pareto = ParetoNbd::new(0.55, 10.58, 0.61, 11.67).unwrap();
    recovered(&pareto, &ParetoNbd::fit(&drawn(&pareto, 6000), &options).unwrap());
    let bg = BgNbd::new(0.5, 4.4, 0.8, 2.4).unwrap();
    recovered(&bg, &BgNbd::fit(&drawn(&bg, 6000), &options).unwrap());
    let mbg = MbgNbd::new(0.525, 6.183, 0.891, 1.614).unwrap();
    recovered(&mbg, &MbgNbd::fit(&drawn(&mbg, 6000), &options).unwrap());
}

/// The regularity comes back too, and a wrong one has a lower likelihood.
#[test]
fn regularity_comes_back() {
    let options = FitOptions::default();
    let bg = BgCnbdK::new(3, 0.9, 2.0, 0.6, 2.0).unwrap();
    let purchases = drawn(&bg, 3000);
    let fit = BgCnbdK::fit(&purchases, None, &options).unwrap();
    assert_eq!(fit.model.k(), 3);
    recovered(&bg, &fit);
    assert!(BgCnbdK::fit(&purchases, Some(2), &options).unwrap().log_likelihood < fit.log_likelihood);
    let mbg = MbgCnbdK::new(2, 0.9, 2.0, 0.6, 2.0).unwrap();
    let fit = MbgCnbdK::fit(&drawn(&mbg, 3000), None, &options).unwrap();
    assert_eq!(fit.model.k(), 2);
    recovered(&mbg, &fit);
}

#[test]
fn spend_and_opportunities_come_back() {
    let options = FitOptions::default();
    let mbg = MbgNbd::new(2.0, 6.0, 0.3, 3.0).unwrap();
    let spend = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
    let purchases = simulate::purchases(&mbg, &[52.0; 4000], Some(&spend), TimeUnit::Week, 5, 0).unwrap();
    recovered(&spend, &GammaGamma::fit(&purchases, &options).unwrap());
    let bgbb = BgBb::new(1.204, 0.750, 0.657, 2.783).unwrap();
    let mut donors = Opportunities::default();
    simulate::opportunities(&bgbb, 8000, 6, 9).unwrap().into_iter().for_each(|donor| donors.add(donor, 1));
    recovered(&bgbb, &BgBb::fit(&donors, &options).unwrap());
}

/// The mean number of purchases drawn is the one the model expects of a new customer.
#[test]
fn draws_have_the_models_mean() {
    let models: [Model; 6] = [
        Nbd::new(0.6, 8.0).unwrap().into(),
        ParetoNbd::new(0.9, 9.0, 1.2, 11.0).unwrap().into(),
        BgNbd::new(0.9, 4.4, 0.8, 2.4).unwrap().into(),
        MbgNbd::new(0.9, 4.4, 0.8, 2.4).unwrap().into(),
        BgCnbdK::new(3, 0.9, 1.5, 0.8, 2.4).unwrap().into(),
        MbgCnbdK::new(3, 0.9, 1.5, 0.8, 2.4).unwrap().into(),
    ];
    for model in models {
        let purchases = drawn(&*model, 20_000);
        let n = purchases.len() as f64;
        let mean = purchases.frequency().iter().map(|&x| f64::from(x)).sum::<f64>() / n;
        let square = purchases.frequency().iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / n;
        let error = ((square - mean * mean) / n).sqrt();
        let want = model.expected_purchases_new(52.0).unwrap();
        assert!((mean - want).abs() < 4.0 * error, "{}: {mean} ± {error} is not {want}", model.name());
    }
}

/// A seed gives the same customers on any number of threads, and a longer draw begins with the shorter one.
#[test]
fn seeds_and_threads() {
    let model = MbgNbd::new(0.525, 6.183, 0.891, 1.614).unwrap();
    let draw = |customers, seed, threads| {
        let ages = vec![39.0; customers];
        let drawn = simulate::purchases(&model, &ages, None, TimeUnit::Week, seed, threads).unwrap();
        (drawn.frequency().to_vec(), drawn.recency().iter().map(|t| t.to_bits()).collect::<Vec<_>>())
    };
    let (frequency, recency) = draw(9000, 1, 1);
    assert_eq!(draw(9000, 1, 3), (frequency.clone(), recency.clone()));
    assert_eq!(draw(100, 1, 0), (frequency[..100].to_vec(), recency[..100].to_vec()));
    assert_ne!(draw(9000, 2, 1).0, frequency);
}

/// A whole log: everybody comes within the span, referrers came before those they referred, ratings are on their scale, and the
/// ledger's own summary gives the model back.
#[test]
fn whole_logs() {
    let truth = MbgNbd::new(0.525, 6.183, 0.891, 1.614).unwrap();
    let arrivals = (day("2025-01-01"), day("2025-04-01"));
    let simulation = Simulation {
        spend: Some(GammaGamma::new(6.25, 3.74, 15.44).unwrap()),
        reviews: Some(Reviews { share: 0.3, contentment: (4.0, 2.0) }),
        referred: 0.4,
        ..Simulation::new(&truth, TimeUnit::Week, 3000, arrivals, day("2026-01-01"))
    };
    let ledger = simulation.ledger(6).unwrap();
    assert_eq!(ledger.customer_count(), 3000);
    assert!(ledger.latest().unwrap() <= simulation.until && ledger.earliest().unwrap() >= arrivals.0);
    let (mut referred, mut reviews) = (0, 0);
    for customer in 0..3000_i64 {
        let history = ledger.history(customer.into(), Timestamp::MAX).unwrap();
        for interaction in history {
            match interaction.kind {
                "referral" => {
                    let engagement_core::Key::Int(other) = interaction.other.unwrap() else { panic!("a text key") };
                    assert!(other < customer);
                    referred += 1;
                }
                "review" => {
                    assert!([1.0, 2.0, 3.0, 4.0, 5.0].contains(&interaction.rating.unwrap()));
                    reviews += 1;
                }
                kind => assert!(kind == "purchase" && interaction.amount.unwrap().micros() > 0),
            }
        }
    }
    assert!((1000..1400).contains(&referred), "{referred}");
    assert!(reviews > 500, "{reviews}");
    let purchases = ledger.purchases(&PurchaseOptions::until(simulation.until)).unwrap();
    let fit = MbgNbd::fit(&purchases, &FitOptions::default()).unwrap();
    for (interval, want) in fit.confidence_intervals(0.999).unwrap().iter().zip(truth.estimates()) {
        assert!(interval.low < want && want < interval.high, "{interval:?} has no {want}");
    }
    assert_eq!(simulation.ledger(6).unwrap().len(), ledger.len());
}

#[test]
fn what_cannot_be_is_refused() {
    let model = Nbd::new(1.0, 1.0).unwrap();
    let error = simulate::purchases(&model, &[3.0, f64::NAN], None, TimeUnit::Week, 1, 0).unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::InvalidArgument, "ages, row 1: NaN is not a number of time units of at least 0")
    );
    let simulation = Simulation::new(&model, TimeUnit::Week, 3, (day("2025-02-01"), day("2025-01-01")), day("2026-01-01"));
    assert!(simulation.ledger(1).unwrap_err().to_string().starts_with("arrivals: "));
    let arrivals = (day("2025-01-01"), day("2025-02-01"));
    let simulation = Simulation { referred: 1.5, ..Simulation::new(&model, TimeUnit::Week, 3, arrivals, day("2026-01-01")) };
    assert_eq!(simulation.ledger(1).unwrap_err().to_string(), "referred: 1.5 is not a share from 0 to 1");
}
