//! The full posterior: against integrals, against another sampler, and against the curvature of the likelihood.

use engagement_core::model::{
    BgCnbdK, BgNbd, FitOptions, GammaGamma, ModelKind, Nbd, Parameters, ParetoNbd, Posterior, PosteriorOptions, Prior,
    PurchaseModel,
};
use engagement_core::{ErrorKind, Progress, PurchaseColumns, Purchases, TimeUnit, Values, simulate};

/// The first customers of the 1/10 sample of CDNOW, in weeks, with the mean value of their repeat purchases.
fn cdnow(customers: usize) -> Purchases {
    let rows: Vec<Vec<f64>> = include_str!("../data/cdnow_sample_summary.csv")
        .lines()
        .skip(1)
        .take(customers)
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect();
    let column = |index: usize| rows.iter().map(|row| row[index]).collect::<Vec<f64>>();
    let frequency: Vec<u32> = rows.iter().map(|row| row[0] as u32).collect();
    let (recency, age, value) = (column(1), column(2), column(4));
    let columns = PurchaseColumns::new(&frequency, &recency, &age);
    Purchases::from_columns(&PurchaseColumns { value: Some(Values::new(&value)), ..columns }).unwrap()
}

/// Checks each mean and standard deviation within `errors` Monte-Carlo standard errors.
fn check<M>(posterior: &Posterior<M>, want: &[(f64, f64)], errors: f64) {
    for (got, &(mean, deviation)) in posterior.parameters().iter().zip(want) {
        let size = got.bulk_size.min(got.tail_size);
        assert!((got.mean - mean).abs() < errors * deviation / size.sqrt(), "{got:?}, not {mean}");
        assert!((got.standard_deviation / deviation - 1.0).abs() < errors / size.sqrt(), "{got:?}, not {deviation}");
    }
}

/// NBD with informative priors and few customers: the posterior is far from normal, and the two-dimensional integrals over a grid of
/// the logarithms are its moments to five digits.
#[test]
fn moments_are_those_of_the_integral() {
    let purchases = cdnow(60);
    let (shape, scale) = (Prior::Gamma { shape: 2.0, rate: 3.0 }, Prior::LogNormal { mu: 2.0, sigma: 0.7 });
    let (mut mass, mut sums) = (0.0, [0.0; 4]);
    let distinct = purchases.distinct().unwrap();
    let top = -300.0;
    for (i, j) in (0..150).flat_map(|i| (0..150).map(move |j| (i, j))) {
        let (r, alpha) = ((-3.0 + 0.03 * f64::from(i)).exp(), (0.5 + 0.03 * f64::from(j)).exp());
        let model = Nbd::new(r, alpha).unwrap();
        let rows = distinct.histories.iter().zip(&distinct.weights);
        let likelihood: f64 = rows.map(|(row, weight)| weight * model.log_likelihood(row)).sum();
        let ln_density = likelihood + shape.ln_density(r).unwrap() + scale.ln_density(alpha).unwrap() + (r * alpha).ln();
        let density = (ln_density - top).exp();
        mass += density;
        for (sum, part) in sums.iter_mut().zip([r, r * r, alpha, alpha * alpha]) {
            *sum += density * part;
        }
    }
    let moments = |index: usize| {
        let mean = sums[index] / mass;
        (mean, (sums[index + 1] / mass - mean * mean).sqrt())
    };
    let options = PosteriorOptions::default().draws(2000).seed(1).prior("r", shape).prior("alpha", scale);
    let posterior = Nbd::posterior(&purchases, &options).unwrap();
    assert_eq!(posterior.warnings(), Vec::<String>::new());
    check(&posterior, &[moments(0), moments(2)], 4.0);
    // Not what a fit with the same priors says.
    let fit = Nbd::fit(&purchases, &FitOptions::default().prior("r", shape).prior("alpha", scale)).unwrap();
    assert!((moments(0).0 / fit.model.r() - 1.0).abs() > 0.05, "{:?} {}", moments(0), fit.model.r());
}

/// BG/NBD on CDNOW against pymc-marketing 0.19.2 with nutpie 0.16.8, 2 × (1000 + 1000) steps, seed 1: means, their Monte-Carlo
/// errors, and standard deviations.
#[test]
fn bg_nbd_agrees_with_another_sampler() {
    let theirs: [(f64, f64, f64); 4] = [
        (0.245_790, 0.000_377, 0.012_447),
        (4.525_611, 0.011_321, 0.380_081),
        (0.961_814, 0.012_445, 0.265_423),
        (3.149_003, 0.052_507, 1.094_079),
    ];
    let options = PosteriorOptions::default().chains(2).tune(300).seed(1);
    let wide = Prior::HalfNormal { sigma: 10.0 };
    let weibull = |scale| Prior::Weibull { shape: 2.0, scale };
    let options = options.prior("r", weibull(1.0)).prior("alpha", weibull(10.0)).prior("a", wide).prior("b", wide);
    let posterior = BgNbd::posterior(&cdnow(2357), &options).unwrap();
    assert_eq!(posterior.warnings(), Vec::<String>::new());
    for (got, (mean, error, deviation)) in posterior.parameters().iter().zip(theirs) {
        let own = got.standard_deviation / got.bulk_size.sqrt();
        assert!((got.mean - mean).abs() < 3.0 * (error * error + own * own).sqrt(), "{got:?}, not {mean}");
        // Their draws are worth 460 to 1,100 independent ones.
        assert!((got.standard_deviation / deviation - 1.0).abs() < 0.2, "{got:?}, not {deviation}");
        assert!(got.r_hat < 1.01);
    }
}

/// Where much is known and the priors are weak, the posterior is what the curvature foresees.
#[test]
fn much_data_makes_the_curvature() {
    let purchases = cdnow(2357);
    let options = PosteriorOptions::default().chains(2).tune(300).seed(2);
    let (fit, posterior) = (Nbd::fit(&purchases, &FitOptions::default()).unwrap(), Nbd::posterior(&purchases, &options).unwrap());
    close(&posterior, &fit.model.values(), &fit.standard_errors().unwrap(), 0.15);
    let fit = GammaGamma::fit(&purchases, &FitOptions::default()).unwrap();
    let posterior = GammaGamma::posterior(&purchases, &options).unwrap();
    close(&posterior, &fit.model.values(), &fit.standard_errors().unwrap(), 0.25);

    fn close<M>(posterior: &Posterior<M>, estimates: &[f64], errors: &[f64], within: f64) {
        assert_eq!(posterior.warnings(), Vec::<String>::new());
        for (got, (estimate, error)) in posterior.parameters().iter().zip(estimates.iter().zip(errors)) {
            assert!((got.mean - estimate).abs() < within * error, "{got:?}, not {estimate}");
            assert!((got.standard_deviation / error - 1.0).abs() < within, "{got:?}, not {error}");
        }
    }
}

/// The seed decides, not the threads.
#[test]
fn draws_are_those_of_the_seed() {
    let purchases = cdnow(100);
    let draw = |seed, threads| {
        let options = PosteriorOptions::default().chains(3).tune(50).draws(20).seed(seed).threads(threads);
        BgNbd::posterior(&purchases, &options).unwrap()
    };
    let one = draw(7, 1);
    assert_eq!(one, draw(7, 3));
    assert_ne!(one, draw(8, 1));
    assert_eq!((one.models().len(), one.chains()), (60, 3));
    let r = one.draws("r").unwrap();
    assert_eq!(r, one.models().iter().map(BgNbd::r).collect::<Vec<f64>>());
    assert_ne!(r[..20], r[20..40]);
}

/// Every model recovers what simulated its data, and the ones with phases keep theirs.
#[test]
fn every_kind_recovers_its_parameters() {
    let options = PosteriorOptions::default().chains(2).tune(200).draws(200).seed(3);
    let models: [Box<dyn PurchaseModel>; 4] = [
        Box::new(Nbd::new(0.8, 5.0).unwrap()),
        Box::new(ParetoNbd::new(0.8, 5.0, 0.7, 12.0).unwrap()),
        Box::new(BgNbd::new(0.8, 5.0, 0.6, 2.0).unwrap()),
        Box::new(engagement_core::model::MbgNbd::new(0.8, 5.0, 0.6, 2.0).unwrap()),
    ];
    let truths: [&[f64]; 4] = [&[0.8, 5.0][..], &[0.8, 5.0, 0.7, 12.0], &[0.8, 5.0, 0.6, 2.0], &[0.8, 5.0, 0.6, 2.0]];
    for ((model, truth), kind) in models.iter().zip(truths).zip(ModelKind::ALL) {
        let data = simulate::purchases(&**model, &[40.0; 500], None, TimeUnit::Week, 5, 0).unwrap();
        let posterior = kind.posterior(&data, &options).unwrap();
        for (got, &want) in posterior.parameters().iter().zip(truth) {
            assert!((got.mean.ln() - want.ln()).abs() < 3.5 * got.standard_deviation / got.mean, "{kind:?}: {got:?}, not {want}");
        }
        assert!(posterior.models().iter().all(|model| model.name() == kind.as_str()));
    }
    let data =
        simulate::purchases(&BgCnbdK::new(3, 0.8, 2.0, 0.6, 2.0).unwrap(), &[40.0; 500], None, TimeUnit::Week, 5, 0).unwrap();
    let posterior = BgCnbdK::posterior(&data, Some(3), &options).unwrap();
    assert!(posterior.models().iter().all(|model| model.k() == 3));
    let r = &posterior.parameters()[0];
    assert!((r.mean - 0.8).abs() < 3.5 * r.standard_deviation, "{r:?}");
}

/// The estimate is the mean of the draws, the ends are their quantiles, and a wider level has a wider interval.
#[test]
fn intervals_are_quantiles() {
    let purchases = cdnow(200);
    let posterior = Nbd::posterior(&purchases, &PosteriorOptions::default().chains(1).tune(200).draws(101).seed(4)).unwrap();
    let mut r = posterior.draws("r").unwrap();
    let half = &posterior.credible_intervals(0.5).unwrap()[0];
    assert!((half.estimate - r.iter().sum::<f64>() / 101.0).abs() < 1e-12);
    r.sort_by(f64::total_cmp);
    assert_eq!((half.low, half.high), (r[25], r[75]));
    let most = posterior.credible_interval_of(0.98, |model| Ok(model.r())).unwrap();
    assert_eq!((most.low, most.high), (r[1], r[99]));
    assert_eq!(posterior.credible_interval_of(0.5, |_| Ok(f64::NAN)).unwrap_err().to_string(), "f: NaN is not a number");
    assert!(posterior.credible_intervals(1.0).is_err());
    // 101 draws of one chain are too few.
    let warnings = posterior.warnings();
    assert!(warnings.iter().any(|warning| warning.starts_with("r: the draws are worth ")), "{warnings:?}");
}

/// Every step is counted, and a cancelled call stops.
#[test]
fn progress_counts_and_cancels() {
    let (purchases, progress) = (cdnow(50), Progress::new());
    let options = PosteriorOptions::default().chains(2).tune(30).draws(20).progress(Some(&progress));
    Nbd::posterior(&purchases, &options).unwrap();
    assert_eq!((progress.done(), progress.total()), (100, 100));
    progress.cancel();
    assert_eq!(Nbd::posterior(&purchases, &options).unwrap_err().kind(), ErrorKind::Cancelled);
}

#[test]
fn what_cannot_be_sampled_is_refused() {
    let purchases = cdnow(100);
    let refused = |options: &PosteriorOptions<'_>, message: &str| {
        let error = Nbd::posterior(&purchases, options).unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::InvalidArgument, message));
    };
    let options = PosteriorOptions::default();
    refused(&options.clone().chains(0), "chains: 0 is not at least 1");
    refused(&options.clone().draws(3), "draws: 3 is not at least 4");
    let half = Prior::HalfNormal { sigma: 1.0 };
    refused(&options.clone().prior("beta", half), "prior: beta is not a parameter; the parameters are r, alpha");
    let flat = Prior::HalfNormal { sigma: f64::INFINITY };
    refused(&options.clone().prior("r", flat), "prior of r: sigma: inf is not a positive finite number");
    let nobody = Purchases::from_columns(&PurchaseColumns::new(&[0, 0], &[0.0, 0.0], &[4.0, 5.0])).unwrap();
    assert_eq!(BgNbd::posterior(&nobody, &options).unwrap_err().kind(), ErrorKind::FitFailed);
    let none = Purchases::from_columns(&PurchaseColumns::new(&[], &[], &[])).unwrap();
    assert!(BgNbd::posterior(&none, &options).is_err());
    assert!(GammaGamma::posterior(&none, &options).is_err());
    // Without tuning the draws are poor, but there are some.
    let untuned = Nbd::posterior(&purchases, &options.chains(1).tune(0).draws(4)).unwrap();
    assert_eq!(untuned.models().len(), 4);
    assert!(!untuned.warnings().is_empty());
    assert!(untuned.draws("s").unwrap_err().to_string().ends_with("the parameters are r, alpha"));
}
