//! Posteriors through C: the draws of the core, the models of draws, progress and cancel.

mod common;

use std::ptr::{null, null_mut};

use common::cdnow::*;
use common::*;
use engagement::*;
use engagement_core::model::{
    BgCnbdK, Estimated, GammaGamma, MbgCnbdK, MbgNbd, Model, ModelKind, Nbd, Posterior, PosteriorOptions, Prior, PurchaseModel,
    Spend,
};
use engagement_core::{Purchases, TimeUnit, simulate};

/// Customers drawn from a model, and what they spent: in the core and through C.
fn customers() -> (Purchases, eng_purchases) {
    let ages: Vec<f64> = (0..300).map(|row| 20.0 + f64::from(row % 40)).collect();
    let buying = loaded(r#"{"model":"mbg-nbd","r":0.525,"alpha":6.183,"a":0.891,"b":1.614}"#);
    let spending = loaded(r#"{"model":"gamma-gamma","p":6.25,"q":3.74,"v":15.44}"#);
    let purchases = new_purchases();
    unsafe {
        assert_eq!(eng_purchases_simulate(purchases, buying, spending, 300, ages.as_ptr(), 7), ENG_OK);
        assert_eq!((eng_model_free(buying), eng_model_free(spending)), (ENG_OK, ENG_OK));
    }
    let truth = (MbgNbd::new(0.525, 6.183, 0.891, 1.614).unwrap(), GammaGamma::new(6.25, 3.74, 15.44).unwrap());
    (simulate::purchases(&truth.0, &ages, Some(&truth.1), TimeUnit::Week, 7, 1).unwrap(), purchases)
}

fn error_of(posterior: eng_posterior) -> String {
    text(|buffer, capacity, needed| unsafe { eng_posterior_error(posterior, buffer, capacity, needed) })
}

fn sample(posterior: eng_posterior, name: &str, purchases: eng_purchases) -> i32 {
    unsafe { eng_posterior_sample(posterior, name.as_ptr().cast(), name.len() as i64, purchases) }
}

fn small() -> eng_posterior {
    let posterior = made(eng_posterior_new);
    unsafe {
        assert_eq!(eng_posterior_set_draws(posterior, 2, 100, 51), ENG_OK);
        assert_eq!(eng_posterior_set_seed(posterior, -7), ENG_OK);
    }
    posterior
}

fn options() -> PosteriorOptions<'static> {
    PosteriorOptions::default().chains(2).tune(100).draws(51).seed(-7_i64 as u64)
}

/// All that C says of the draws, and the models of some of them.
fn same<M: Estimated>(posterior: eng_posterior, want: &Posterior<M>, json: impl Fn(&M) -> String) {
    let mut counts = [9i64; 4];
    let [a, b, c, d] = counts.each_mut().map(std::ptr::from_mut);
    let model = new_model();
    unsafe {
        assert_eq!(eng_posterior_count(posterior, a, b, c, d), ENG_OK, "{}", error_of(posterior));
        let draws = want.models().len();
        let sizes = [want.parameters().len() as i64, i64::from(want.chains()), draws as i64, i64::from(want.divergences())];
        assert_eq!(counts, sizes);
        let intervals = want.credible_intervals(0.8).unwrap();
        for (at, parameter) in want.parameters().iter().enumerate() {
            let i = at as i64;
            let name = text(|buffer, capacity, needed| eng_posterior_parameter_name(posterior, i, buffer, capacity, needed));
            assert_eq!(name, parameter.name);
            let mut said = [9.0; 5];
            let [mean, deviation, r_hat, bulk, tail] = said.each_mut().map(std::ptr::from_mut);
            assert_eq!(eng_posterior_parameter(posterior, i, mean, deviation, r_hat, bulk, tail), ENG_OK);
            let core = [parameter.mean, parameter.standard_deviation, parameter.r_hat, parameter.bulk_size, parameter.tail_size];
            assert_eq!(bits(&said), bits(&core), "{name}");
            assert_eq!(eng_posterior_interval(posterior, i, 0.8, mean, deviation), ENG_OK);
            assert_eq!(bits(&said[..2]), bits(&[intervals[at].low, intervals[at].high]), "{name}");
            let mut column = vec![f64::NAN; draws];
            for (from, count) in [(0, 50), (50, draws - 50), (draws, 0)] {
                let to = column.as_mut_ptr().add(from);
                assert_eq!(eng_posterior_column(posterior, i, from as i64, count as i64, to), ENG_OK);
            }
            assert_eq!(bits(&column), bits(&want.draws(&name).unwrap()), "{name}");
        }
        let notes = text(|buffer, capacity, needed| eng_posterior_notes(posterior, buffer, capacity, needed));
        assert_eq!(notes, want.warnings().join("\n"));
        for draw in [0, 1, draws - 1] {
            assert_eq!(eng_model_from_posterior(model, posterior, draw as i64), ENG_OK, "{}", model_error(model));
            assert_eq!(json_of(model), json(&want.models()[draw]));
        }
        assert_eq!(eng_model_free(model), ENG_OK);
    }
}

#[test]
fn draws_are_those_of_the_core() {
    let (core, purchases) = customers();
    let posterior = small();
    let json = |model: &Model| model.to_json().unwrap();
    unsafe {
        for (kind, threads) in
            [(ModelKind::Nbd, &[1, 2, 0][..]), (ModelKind::MbgNbd, &[0]), (ModelKind::BgNbd, &[0]), (ModelKind::ParetoNbd, &[0])]
        {
            let want = kind.posterior(&core, &options()).unwrap();
            for &threads in threads {
                assert_eq!(eng_posterior_set_threads(posterior, threads), ENG_OK);
                assert_eq!(sample(posterior, kind.as_str(), purchases), ENG_OK, "{}", error_of(posterior));
                same(posterior, &want, json);
            }
        }
        assert_eq!(sample(posterior, "gamma-gamma", purchases), ENG_OK, "{}", error_of(posterior));
        let want = GammaGamma::posterior(&core, &options()).unwrap();
        let of = |model: &GammaGamma| format!(r#"{{"model":"gamma-gamma",{}"#, &serde_json::to_string(model).unwrap()[1..]);
        same(posterior, &want, of);

        // Priors, and another seed.
        let (p, gamma) = (c"p".as_ptr(), Prior::Gamma { shape: 40.0, rate: 5.0 });
        assert_eq!(eng_posterior_set_prior(posterior, p, -1, ENG_PRIOR_WEIBULL, 2.0, 5.0), ENG_OK);
        assert_eq!(eng_posterior_set_prior(posterior, p, 1, ENG_PRIOR_GAMMA, 40.0, 5.0), ENG_OK, "in place of the one before");
        assert_eq!(eng_posterior_set_seed(posterior, 3), ENG_OK);
        assert_eq!(sample(posterior, "gamma-gamma", purchases), ENG_OK, "{}", error_of(posterior));
        let other = GammaGamma::posterior(&core, &options().seed(3).prior("p", gamma)).unwrap();
        assert_ne!(other.models()[0], want.models()[0]);
        same(posterior, &other, of);

        // Anything a model says, by draw.
        let (model, mut value) = (new_model(), 9.0);
        for draw in [0, 50, 101] {
            assert_eq!(eng_model_from_posterior(model, posterior, draw), ENG_OK);
            assert_eq!(eng_model_expected_value(model, 2, 22.35, &raw mut value), ENG_OK);
            let want = other.models()[draw as usize].expected_value(&Spend::new(2, 22.35).unwrap()).unwrap();
            assert_eq!(value.to_bits(), want.to_bits());
            let mut present = 9;
            assert_eq!(eng_model_parameter(model, 0, &raw mut value, &raw mut value, &raw mut present), ENG_OK);
            assert_eq!(present, 0, "a draw has no standard error");
        }
        assert_eq!((eng_model_free(model), eng_posterior_free(posterior), eng_purchases_free(purchases)), (0, 0, 0));
    }
}

#[test]
fn regular_buying_is_drawn_at_its_k() {
    let (core, purchases) = customers();
    let posterior = small();
    let json = |model: &Model| model.to_json().unwrap();
    unsafe {
        assert_eq!(eng_posterior_set_k(posterior, 2), ENG_OK);
        assert_eq!(sample(posterior, "bg-cnbd-k", purchases), ENG_OK, "{}", error_of(posterior));
        same(posterior, &BgCnbdK::posterior(&core, Some(2), &options()).unwrap().map(Model::from), json);
        let (model, mut k, mut present) = (new_model(), 9, 9);
        assert_eq!(eng_model_from_posterior(model, posterior, 5), ENG_OK);
        assert_eq!(eng_model_k(model, &raw mut k, &raw mut present), ENG_OK);
        assert_eq!((k, present), (2, 1));
        assert_eq!(sample(posterior, "nbd", purchases), ENG_INVALID_ARGUMENT);
        assert_eq!(error_of(posterior), "k: 2 is set, and only bg-cnbd-k and mbg-cnbd-k have one, not nbd");
        assert_eq!(eng_posterior_set_k(posterior, 0), ENG_OK);
        assert_eq!(sample(posterior, "mbg-cnbd-k", purchases), ENG_OK, "{}", error_of(posterior));
        same(posterior, &MbgCnbdK::posterior(&core, None, &options()).unwrap().map(Model::from), json);
        assert_eq!((eng_model_free(model), eng_posterior_free(posterior), eng_purchases_free(purchases)), (0, 0, 0));
    }
}

/// A test of the numbers themselves: the parameters the customers were drawn from lie where they should, and the chains agree.
#[test]
fn what_customers_were_drawn_from_is_found() {
    let (model, purchases, posterior) =
        (loaded(r#"{"model":"nbd","r":0.8,"alpha":10.0}"#), new_purchases(), made(eng_posterior_new));
    let ages = vec![40.0; 400];
    unsafe {
        assert_eq!(eng_purchases_simulate(purchases, model, null_mut(), 400, ages.as_ptr(), 3), ENG_OK);
        assert_eq!(sample(posterior, "nbd", purchases), ENG_OK, "{}", error_of(posterior));
        assert_eq!(text(|buffer, capacity, needed| eng_posterior_notes(posterior, buffer, capacity, needed)), "");
        for (parameter, truth) in [(0, 0.8), (1, 10.0)] {
            let (mut low, mut high) = (9.0, 9.0);
            assert_eq!(eng_posterior_interval(posterior, parameter, 0.99, &raw mut low, &raw mut high), ENG_OK);
            assert!(low < truth && truth < high, "{low} {high}");
        }
        // The mean over draws of what a customer will do is what the core says of them.
        let (mut sum, mut one) = (0.0, 9.0);
        for draw in 0..4000 {
            assert_eq!(eng_model_from_posterior(model, posterior, draw), ENG_OK);
            assert_eq!(eng_model_expected_purchases(model, 3, 30.0, 40.0, 52.0, &raw mut one), ENG_OK);
            sum += one;
        }
        let data = simulate::purchases(&Nbd::new(0.8, 10.0).unwrap(), &ages, None, TimeUnit::Week, 3, 1).unwrap();
        let customer = engagement_core::model::PurchaseHistory::new(3, 30.0, 40.0).unwrap();
        let want = Nbd::posterior(&data, &PosteriorOptions::default())
            .unwrap()
            .credible_interval_of(0.9, |model| model.expected_purchases(&customer, 52.0))
            .unwrap();
        assert!((sum / 4000.0 - want.estimate).abs() < 1e-12 * want.estimate, "{sum} {want:?}");
        assert_eq!((eng_model_free(model), eng_posterior_free(posterior), eng_purchases_free(purchases)), (0, 0, 0));
    }
}

#[test]
fn posteriors_that_cannot_be() {
    let (_, purchases) = customers();
    let (posterior, model) = (small(), loaded(r#"{"model":"nbd","r":0.385,"alpha":12.072}"#));
    let (mut doubles, mut longs) = ([9.0; 2], [9i64; 4]);
    let (d, l) = (doubles.as_mut_ptr(), longs.as_mut_ptr());
    unsafe {
        // While there is nothing in it.
        let missing = [
            eng_posterior_count(posterior, l, l, l, l),
            eng_posterior_parameter_name(posterior, 0, null_mut(), 0, l),
            eng_posterior_parameter(posterior, 0, d, d, d, d, d),
            eng_posterior_interval(posterior, 0, 0.9, d, d),
            eng_posterior_column(posterior, 0, 0, 0, d),
            eng_posterior_notes(posterior, null_mut(), 0, l),
            eng_model_from_posterior(model, posterior, 0),
            eng_posterior_sample(posterior, c"nbd".as_ptr(), -1, new_purchases()),
            sample(posterior, "", purchases),
        ];
        assert_eq!(missing, [ENG_MISSING_FIELD; 9]);

        // Sizes.
        for (chains, warm_up, draws) in [
            (0, 10, 10),
            (1001, 10, 10),
            (-1, 10, 10),
            (i64::MIN, 10, 10),
            (1 << 32, 10, 10),
            (2, -1, 10),
            (2, 1_000_001, 10),
            (2, i64::MAX, 10),
            (2, 10, 3),
            (2, 10, 0),
            (2, 10, -4),
            (2, 10, 500_001),
            (1, 10, i64::MAX),
            (1000, 10, 1001),
        ] {
            let status = eng_posterior_set_draws(posterior, chains, warm_up, draws);
            assert_eq!(status, ENG_INVALID_ARGUMENT, "{chains} {warm_up} {draws}");
        }
        assert_eq!(error_of(posterior), "draws: 1001 of each of 1000 chains are more than 1000000");
        for (threads, k) in [(-1, -1), (1025, 13), (i32::MIN, i64::MIN)] {
            assert_eq!(eng_posterior_set_threads(posterior, threads), ENG_INVALID_ARGUMENT);
            assert_eq!(eng_posterior_set_k(posterior, k), ENG_INVALID_ARGUMENT);
        }
        assert_eq!(error_of(posterior), format!("k: {} is not 0 to 12", i64::MIN));
        let r = c"r".as_ptr();
        let priors = [
            eng_posterior_set_prior(posterior, r, -1, ENG_PRIOR_GAMMA, 0.0, 1.0),
            eng_posterior_set_prior(posterior, r, -1, ENG_PRIOR_LOG_NORMAL, f64::NAN, 1.0),
            eng_posterior_set_prior(posterior, r, -1, 5, 1.0, 1.0),
            eng_posterior_set_prior(posterior, r, -2, ENG_PRIOR_GAMMA, 1.0, 1.0),
        ];
        assert_eq!(priors, [ENG_INVALID_ARGUMENT; 4]);
        assert_eq!(eng_posterior_set_prior(posterior, null(), 0, ENG_PRIOR_NONE, 0.0, 0.0), ENG_MISSING_FIELD);

        // Models and data that have none.
        for name in ["alchemy", "shifted-beta-geometric", "bg-bb"] {
            assert_eq!(sample(posterior, name, purchases), ENG_INVALID_ARGUMENT, "{name}");
            assert!(error_of(posterior).ends_with("mbg-nbd, bg-cnbd-k, mbg-cnbd-k, gamma-gamma"), "{}", error_of(posterior));
        }
        assert_eq!(sample(posterior, "a\0", purchases), ENG_INVALID_UTF8);
        assert_eq!(sample(posterior, "nbd", null_mut()), ENG_INVALID_HANDLE);
        assert_eq!(eng_posterior_set_prior(posterior, c"q".as_ptr(), -1, ENG_PRIOR_GAMMA, 1.0, 1.0), ENG_OK);
        assert_eq!(sample(posterior, "nbd", purchases), ENG_INVALID_ARGUMENT);
        assert!(error_of(posterior).contains("the parameters are r, alpha"), "{}", error_of(posterior));
        assert_eq!(eng_posterior_set_prior(posterior, c"q".as_ptr(), -1, ENG_PRIOR_NONE, 0.0, 0.0), ENG_OK);
        let (zero, one, nobody) = ([0i64; 4], [1.0; 4], new_purchases());
        let never = [0.0; 4];
        let (x, t, n) = (zero.as_ptr(), never.as_ptr(), one.as_ptr());
        for rows in [0, 4] {
            assert_eq!(eng_purchases_from_columns(nobody, rows, x, t, n, null(), null(), null()), ENG_OK);
            assert_eq!(sample(posterior, "nbd", nobody), ENG_FIT_FAILED, "{rows}");
            assert_eq!(sample(posterior, "gamma-gamma", nobody), ENG_FIT_FAILED, "{rows}");
        }
        assert_eq!(eng_posterior_count(posterior, l, l, l, l), ENG_MISSING_FIELD);
        assert_eq!(json_of(model), r#"{"model":"nbd","r":0.385,"alpha":12.072}"#);

        // The least there is, and what a failure leaves.
        assert_eq!(eng_posterior_set_draws(posterior, 1, 0, 4), ENG_OK);
        assert_eq!(sample(posterior, "nbd", purchases), ENG_OK, "{}", error_of(posterior));
        assert_eq!(sample(posterior, "nbd", nobody), ENG_FIT_FAILED);
        let mut counts = [9i64; 4];
        let c = counts.as_mut_ptr();
        assert_eq!(eng_posterior_count(posterior, c, c.add(1), c.add(2), c.add(3)), ENG_OK, "those of before");
        assert_eq!(counts[..3], [2, 1, 4]);
        for at in [-1, 2, i64::MAX, i64::MIN] {
            let refused = [
                eng_posterior_parameter_name(posterior, at, null_mut(), 0, l),
                eng_posterior_parameter(posterior, at, d, d, d, d, d),
                eng_posterior_interval(posterior, at, 0.9, d, d),
                eng_posterior_column(posterior, at, 0, 1, d),
            ];
            assert_eq!(refused, [ENG_INVALID_ARGUMENT; 4], "{at}");
        }
        for (offset, count) in [(0, 5), (4, 1), (-1, 1), (0, -1), (i64::MAX, 1), (1, i64::MAX)] {
            assert_eq!(eng_posterior_column(posterior, 0, offset, count, d), ENG_INVALID_ARGUMENT, "{offset} + {count}");
        }
        for draw in [-1, 4, i64::MAX, i64::MIN] {
            assert_eq!(eng_model_from_posterior(model, posterior, draw), ENG_INVALID_ARGUMENT, "{draw}");
        }
        assert_eq!(model_error(model), format!("draw {} does not exist: there are 4", i64::MIN));
        for level in [0.0, 1.0, -1.0, f64::NAN] {
            assert_eq!(eng_posterior_interval(posterior, 0, level, d, d), ENG_INVALID_ARGUMENT, "{level}");
        }
        let refused = [
            eng_posterior_count(posterior, l, l, l, null_mut()),
            eng_posterior_parameter(posterior, 0, d, d, d, d, null_mut()),
            eng_posterior_parameter(posterior, 0, null_mut(), d, d, d, d),
            eng_posterior_interval(posterior, 0, 0.9, d, null_mut()),
            eng_posterior_column(posterior, 0, 0, 1, null_mut()),
            eng_posterior_progress(posterior, l, null_mut()),
            eng_posterior_new(null_mut()),
        ];
        assert_eq!(refused, [ENG_INVALID_ARGUMENT; 7]);
        assert_eq!((doubles, longs), ([9.0; 2], [9; 4]), "outputs of failed calls");
        for handle in [purchases, nobody] {
            assert_eq!(eng_purchases_free(handle), ENG_OK);
        }
        assert_eq!((eng_model_free(model), eng_posterior_free(posterior)), (ENG_OK, ENG_OK));
    }
}

#[test]
fn a_drawing_under_way_can_be_watched_and_cancelled() {
    let (_, purchases) = customers();
    let posterior = small();
    let mut steps = [9i64; 2];
    let (done, total) = (&raw mut steps[0], &raw mut steps[1]);
    unsafe {
        // A cancel that comes too early is not lost; it is used up by one call.
        assert_eq!(eng_posterior_cancel(posterior), ENG_OK);
        assert_eq!((sample(posterior, "nbd", purchases), error_of(posterior).as_str()), (ENG_CANCELLED, "cancelled"));
        assert_eq!(sample(posterior, "nbd", purchases), ENG_OK, "{}", error_of(posterior));
        assert_eq!(eng_posterior_progress(posterior, done, total), ENG_OK);
        assert_eq!(steps, [0; 2], "none is under way");
        let mut first = 9.0;
        assert_eq!(eng_posterior_column(posterior, 0, 0, 1, &raw mut first), ENG_OK);

        // So many steps that they end only by the cancel.
        assert_eq!(eng_posterior_set_draws(posterior, 2, 1_000_000, 500_000), ENG_OK);
        let address = posterior.addr();
        let watcher = std::thread::spawn(move || {
            let posterior: eng_posterior = std::ptr::without_provenance_mut(address);
            let (mut done, mut total) = (0, 0);
            while done == 0 {
                std::thread::yield_now();
                assert_eq!(eng_posterior_progress(posterior, &raw mut done, &raw mut total), ENG_OK);
            }
            assert_eq!(eng_posterior_cancel(posterior), ENG_OK);
            total
        });
        assert_eq!(sample(posterior, "nbd", purchases), ENG_CANCELLED);
        assert_eq!(watcher.join().unwrap(), 3_000_000);
        let mut again = 9.0;
        assert_eq!(eng_posterior_column(posterior, 0, 0, 1, &raw mut again), ENG_OK);
        assert_eq!(again.to_bits(), first.to_bits(), "the draws of before");
        assert_eq!((eng_posterior_free(posterior), eng_purchases_free(purchases)), (ENG_OK, ENG_OK));
    }
}
