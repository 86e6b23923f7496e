//! Pareto/NBD: Schmittlein, Morrison & Colombo (1987), doi:10.1287/mnsc.33.1.1, on CDNOW as in Fader, Hardie & Lee (2005),
//! doi:10.1287/mksc.1040.0098. Digits beyond the published ones are of the definition, by quadrature at 30 digits.

use super::check::{Nearness, check, check_fit, check_holdout, check_twelve_customers, close, history, printed, rounded, sample};
use engagement_core::model::{FitOptions, Parameters, ParetoNbd, PurchaseModel};

/// The fit to the CDNOW sample, with times as whole days over 7.
const EXACT: [f64; 4] = [0.5532770470154295, 10.577683464847075, 0.6062399878897592, 11.668735246616821];

/// The source stopped a little before the maximum.
const NEAR: Nearness = Nearness { parameters: 2e-6, errors: 1e-4, gradient: 1e-10 };

fn model([r, alpha, s, beta]: [f64; 4]) -> ParetoNbd {
    ParetoNbd::new(r, alpha, s, beta).unwrap()
}

/// The R package BTYD, vignette "Buy 'Til You Die", pages 9 and 10, prints values of parameters with more digits than it shows:
/// the published values are met to about 1e−4 of their own.
#[test]
fn btyd_vignette() {
    let model = model([0.55339714, 10.58019854, 0.6060625, 11.65622367]);
    check(model.expected_purchases_new(52.0).unwrap(), 1.4731126772806148, 1.473434, 4e-4);
    let best = history(26, 216.0 / 7.0, 31.0);
    check(model.expected_purchases(&best, 52.0).unwrap(), 25.454183241487763, 25.45647, 3e-3);
    check(model.probability_alive(&best), 0.99787340820143457, 0.997874, 1e-6);
    check(model.expected_purchases(&history(15, 20.0, 39.0), 52.0).unwrap(), 0.14418779649130618, 0.1442396, 6e-5);
    check(model.expected_purchases(&history(25, 20.0, 39.0), 52.0).unwrap(), 0.0030917895930407259, 0.00309267, 1e-6);
}

/// The tests of lifetimes 0.11.3, which cite BTYD.
#[test]
fn lifetimes() {
    let rounded = model([0.55, 10.56, 0.61, 11.64]);
    let published = [
        (2.0, 0.099160884230133772, 0.09916088),
        (4.0, 0.1897992992460652, 0.1897993),
        (6.0, 0.27361273683060572, 0.27361274),
        (8.0, 0.35181024364148827, 0.35181024),
    ];
    for (t, exact, published) in published {
        check(rounded.expected_purchases_new(t).unwrap(), exact, published, 5e-9);
    }
    let frequent = history(133, 200.0, 200.0);
    let got = model([0.55, 10.58, 0.61, 11.67]).expected_purchases(&frequent, 10.0).unwrap();
    check(got, 6.2528722475744973, 6.252872247574811, 1e-12);
    let alive = model([0.5534, 10.5802, 0.6061, 11.6562]).probability_alive(&history(26, 30.86, 31.0));
    check(alive, 0.99791776655190671, 0.9979, 5e-5);
    check(rounded.probability_of_purchases_new(0, 39.0).unwrap(), 0.59593806959792014, 0.5959380695979201, 1e-15);
}

/// The tests of pymc-marketing 1.3.0, whose log-likelihoods are those of lifetimes.
#[test]
fn pymc_marketing() {
    let means = model([0.5534, 10.5802, 0.6061, 11.6562]);
    check(means.expected_purchases_new(1.0).unwrap(), 0.05100453400231704, 0.05100453400231695, 1e-15);
    check(means.expected_purchases_new(6.0).unwrap(), 0.27505063742926043, 0.2750506374292604, 1e-15);
    let one = history(1, 1.5, 12.0);
    check(model([0.55, 10.58, 0.61, 11.67]).log_likelihood(&one), -4.0069486621891074, -4.00694866, 5e-9);
    check(model([0.45, 10.58, 0.71, 11.67]).log_likelihood(&one), -4.1359331632557315, -4.13593316, 5e-9);
    check(model([0.55, 11.67, 0.61, 10.58]).log_likelihood(&history(4, 5.3, 10.0)), -10.729325894937874, -10.72932589, 5e-9);
}

/// Discounted residual transactions with the parameters of Fader, Hardie & Lee (2005), doi:10.1509/jmkr.2005.42.4.415, for the
/// example of BTYD; no printed value.
#[test]
fn discounted_expected_residual_transactions() {
    let got = model([0.5629966, 12.559037, 0.4081095, 10.5148048])
        .discounted_purchases(&history(7, 35.0, 77.86), f64::INFINITY, 0.0027)
        .unwrap();
    close(got, 1.8641833280713296, 1e-12);
}

/// Twelve customers of the sample, with the parameters of lifetimes' and pymc-marketing's tests: expected purchases, P(alive) and
/// probabilities of counts to the ten decimals of the file.
#[test]
fn twelve_customers() {
    check_twelve_customers(&model([0.5534, 10.5802, 0.6061, 11.6562]), "pnbd");
}

/// The fit and its standard errors; published: .553, 10.578, .606, 11.669 and −9595.0.
#[test]
fn cdnow_fit() {
    let fit = ParetoNbd::fit(&sample(|time| time).0, &FitOptions::default()).unwrap();
    let errors = [0.04762795458518478, 0.8427226783068604, 0.18728146569572254, 6.211120820498066];
    check_fit(&fit, &EXACT, &errors, -9594.976178939542, &NEAR);
    assert_eq!(printed(&fit), "0.553 10.578 0.606 11.669 -9595.0");
}

/// The same from times rounded to two decimals, as the summary in lifetimes has them.
#[test]
fn cdnow_fit_of_rounded_times() {
    let fit = ParetoNbd::fit(&sample(rounded).0, &FitOptions::default()).unwrap();
    let parameters = [0.5532755087414873, 10.577612239395803, 0.6062135685087346, 11.667911231661792];
    let errors = [0.04762878259512182, 0.8427241339527326, 0.18727967910133395, 6.211035763777329];
    check_fit(&fit, &parameters, &errors, -9594.973929826865, &NEAR);
}

/// Another time unit is another scale of α and β and nothing else.
#[test]
fn time_unit_does_not_matter() {
    let weeks = ParetoNbd::fit(&sample(|time| time).0, &FitOptions::default()).unwrap();
    let days = ParetoNbd::fit(&sample(|time| time * 7.0).0, &FitOptions::default()).unwrap();
    for ((week, day), scale) in weeks.model.values().iter().zip(days.model.values()).zip([1.0, 7.0, 1.0, 7.0]) {
        close(day, week * scale, 1e-7);
    }
    let purchases = 2457.0;
    assert!((weeks.log_likelihood - purchases * 7.0_f64.ln() - days.log_likelihood).abs() < 1e-6);
}

/// The 39 weeks after: 1,882 purchases, of which the model expects 1,665.5.
#[test]
fn cdnow_holdout() {
    let totals = [1665.5131078803943, 0.7545233834732302, 1.6028479995419047, 0.4462771519764572];
    let by_frequency = [
        0.13844689705789975,
        0.5994706737207058,
        1.1958367191029073,
        1.7138433664570647,
        2.398308199944379,
        2.907207712896002,
        3.8185593138060105,
        6.403067097618838,
    ];
    check_holdout(&model(EXACT), totals, by_frequency);
}
