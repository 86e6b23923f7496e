//! BG/BB: Fader, Hardie & Shang (2010), doi:10.1287/mksc.1100.0580. Digits beyond the published ones are of the definition, at 30
//! digits.

use super::check::close;
use engagement_core::model::{BgBb, FitOptions, Opportunities, OpportunityHistory, Parameters};

/// The fit to the donations, in full digits of the paper's spreadsheet.
const DONATIONS: [f64; 4] = [1.2035224, 0.7497164, 0.6567182, 2.7834422];

fn history(x: u32, recency: u32, n: u32) -> OpportunityHistory {
    OpportunityHistory::new(x, recency, n).unwrap()
}

fn model([alpha, beta, gamma, delta]: [f64; 4]) -> BgBb {
    BgBb::new(alpha, beta, gamma, delta).unwrap()
}

/// Log-likelihoods of single donors in Hardie's spreadsheet (brucehardie.com/notes/010), which has parameters of more digits than
/// the three used here: the published values are met to 6e−4.
#[test]
fn log_likelihoods() {
    let model = model([1.204, 0.75, 0.657, 2.783]);
    let published = [
        (6, 6, -2.1822484476182998, -2.18167018824),
        (4, 6, -5.3849365380992093, -5.3847333436),
        (2, 6, -5.6520162686592274, -5.65172964525),
        (5, 5, -3.7169993072900182, -3.71682127437),
        (3, 5, -5.6158947463614154, -5.61576884108),
        (1, 5, -4.7676226829218665, -4.76723821904),
        (3, 4, -5.0593079474111037, -5.05936147828),
        (1, 4, -4.5709904138068244, -4.57070931973),
        (2, 3, -4.5160666296037134, -4.51620272962),
        (2, 2, -3.0117879221619745, -3.01199924784),
        (1, 1, -2.288531685666258, -2.28882847451),
    ];
    for (x, recency, exact, published) in published {
        let got = model.log_likelihood(&history(x, recency, 6));
        close(got, exact, 1e-13);
        assert!((got - published).abs() < 6e-4, "{got} {published}");
    }
}

/// The tracking plot of the spreadsheet: mean donations of a new donor, four decimals.
#[test]
fn expected_purchases_of_a_new_donor() {
    let published = [
        (1, 0.49854268697692433, "0.4985"),
        (3, 1.2968737893617903, "1.2969"),
        (5, 1.9381374754107597, "1.9381"),
        (7, 2.4825812461930948, "2.4826"),
        (9, 2.960275927673407, "2.9603"),
        (11, 3.3886542219525889, "3.3887"),
    ];
    for (n, exact, published) in published {
        let got = model(DONATIONS).expected_purchases_new(n);
        close(got, exact, 1e-13);
        assert_eq!(format!("{got:.4}"), published);
    }
}

/// Donations in the next ten years of those who gave in none of the six: the R package BTYD, vignette, page 32.
#[test]
fn expected_purchases_of_a_lapsed_donor() {
    let got = model([1.203528, 0.749726, 0.6567808, 2.783796]).expected_purchases(&history(0, 0, 6), 10);
    close(got, 0.13021686783931776, 1e-13);
    assert_eq!(format!("{got:.7}"), "0.1302169");
}

/// The paper's table 6: active in the seventh year.
#[test]
fn probabilities_of_being_active() {
    let model = model(DONATIONS);
    for (x, exact, published) in [(0, 0.10813328008347999, "0.11"), (6, 0.93043357610745682, "0.93")] {
        let got = model.probability_alive_at(&history(x, x, 6), 1);
        close(got, exact, 1e-13);
        assert_eq!(format!("{got:.2}"), published);
    }
}

/// No printed value.
#[test]
fn discounted_expected_residual_transactions() {
    close(model(DONATIONS).discounted_purchases(&history(4, 5, 6), None, 0.1).unwrap(), 3.1970915000552291, 1e-13);
}

/// The 11,104 donors: 1.204, .750, .657, 2.783 and −33,225.58 in the paper's table 3.
#[test]
fn donations_fit() {
    let mut donors = Opportunities::default();
    for line in include_str!("../data/donations.csv").lines().skip(1) {
        let cells: Vec<u32> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        donors.add(history(cells[0], cells[1], cells[2]), u64::from(cells[3]));
    }
    assert_eq!((donors.customers(), donors.len()), (11_104, 22));
    let fit = BgBb::fit(&donors, &FitOptions::default()).unwrap();
    assert!((fit.log_likelihood - -33225.581274346994).abs() < 1e-6, "{}", fit.log_likelihood);
    let want = [1.203522350892991, 0.7497163579132191, 0.6567182090076207, 2.7834422363559117];
    let errors = [0.06939133544703642, 0.029447706283170363, 0.05100986824134446, 0.32081906701932184];
    for ((got, want), (error, want_error)) in
        fit.model.values().iter().zip(want).zip(fit.standard_errors().unwrap().iter().zip(errors))
    {
        assert!((got / want - 1.0).abs() < 1e-5, "{got} {want}");
        assert!((error / want_error - 1.0).abs() < 1e-4, "{error} {want_error}");
    }
    let printed: Vec<String> = fit.model.values().iter().map(|value| format!("{value:.3}")).collect();
    assert_eq!((printed.join(" "), format!("{:.2}", fit.log_likelihood)), ("1.204 0.750 0.657 2.783".into(), "-33225.58".into()));
    assert!(fit.convergence.gradient_norm < 1e-9 && fit.convergence.at_boundary.is_empty(), "{:?}", fit.convergence);
}
