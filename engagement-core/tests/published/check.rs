//! What the files share: the 1/10 sample of CDNOW, and comparisons that print what differs.

use engagement_core::model::{Fit, Parameters, PurchaseHistory, PurchaseModel};
use engagement_core::{PurchaseColumns, Purchases};

/// Checks a number to a share of its value.
#[track_caller]
pub(super) fn close(got: f64, want: f64, relative: f64) {
    assert!((got - want).abs() <= relative * want.abs(), "{got:.17} is not {want:.17}");
}

/// The exact value to 1e−13, and the published one to its own digits.
#[track_caller]
pub(super) fn check(got: f64, exact: f64, published: f64, digits: f64) {
    close(got, exact, 1e-13);
    assert!((got - published).abs() <= digits, "{got} {published}");
}

pub(super) fn history(x: u32, recency: f64, age: f64) -> PurchaseHistory {
    PurchaseHistory::new(x, recency, age).unwrap()
}

/// The rows of a table of numbers without its header.
pub(super) fn numbers(table: &str) -> impl Iterator<Item = Vec<f64>> {
    table.lines().skip(1).map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
}

/// The rows of the summary: frequency, recency, age, purchases in the 39 weeks after it, and mean value of the repeat purchases.
pub(super) fn summary() -> impl Iterator<Item = Vec<f64>> {
    numbers(include_str!("../data/cdnow_sample_summary.csv"))
}

/// The purchases of the summary with changed times, and those of the 39 weeks after it.
pub(super) fn sample(time: impl Fn(f64) -> f64) -> (Purchases, Vec<f64>) {
    let (mut frequency, mut recency, mut age, mut later) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in summary() {
        frequency.push(row[0] as u32);
        recency.push(time(row[1]));
        age.push(time(row[2]));
        later.push(row[3]);
    }
    (Purchases::from_columns(&PurchaseColumns::new(&frequency, &recency, &age)).unwrap(), later)
}

/// A time with two decimals, as the summary in lifetimes has them.
pub(super) fn rounded(time: f64) -> f64 {
    (time * 100.0).round() / 100.0
}

/// How near a fit has to come to that of a source: shares of the parameters and of the standard errors, and the gradient that may be
/// left.
pub(super) struct Nearness {
    pub(super) parameters: f64,
    pub(super) errors: f64,
    pub(super) gradient: f64,
}

/// The nearness where both sides are exact but for rounding, and standard errors have numeric derivatives.
pub(super) const SAME: Nearness = Nearness { parameters: 1e-7, errors: 1e-5, gradient: 1e-12 };
/// The nearness to what `make_fits.py` prints: Newton's method on the definition, in 40 digits.
pub(super) const ALL_DIGITS: Nearness = Nearness { parameters: 1e-8, errors: 1e-7, gradient: 1e-12 };

pub(super) fn check_fit<M: Parameters>(fit: &Fit<M>, parameters: &[f64], errors: &[f64], log_likelihood: f64, near: &Nearness) {
    assert!((fit.log_likelihood - log_likelihood).abs() < 1e-8, "{}", fit.log_likelihood);
    assert_eq!((parameters.len(), errors.len()), (M::PARAMETERS.len(), M::PARAMETERS.len()));
    for (got, want) in fit.model.values().iter().zip(parameters) {
        close(*got, *want, near.parameters);
    }
    for (got, want) in fit.standard_errors().unwrap().iter().zip(errors) {
        close(*got, *want, near.errors);
    }
    let convergence = &fit.convergence;
    assert!(convergence.gradient_norm < near.gradient && convergence.at_boundary.is_empty(), "{convergence:?}");
}

/// Parameters to three decimals and the log-likelihood to one, as the papers print them.
pub(super) fn printed<M: Parameters>(fit: &Fit<M>) -> String {
    let values: Vec<String> = fit.model.values().iter().map(|value| format!("{value:.3}")).collect();
    format!("{} {:.1}", values.join(" "), fit.log_likelihood)
}

/// Twelve customers with the predictions of the column names that begin with `prefix`, to their ten decimals.
pub(super) fn check_twelve_customers(model: &dyn PurchaseModel, prefix: &str) {
    let table = include_str!("../data/cdnow_12_customers.csv");
    let names: Vec<&str> = table.lines().next().unwrap().split(',').collect();
    let mut checked = 0;
    for cells in numbers(table) {
        let cell = |name: &str| names.iter().position(|other| *other == name).map(|index| cells[index]);
        let known = |name| cell(name).unwrap();
        let customer = history(known("frequency") as u32, known("recency"), known("T"));
        let mut near = |name: &str, got: f64| {
            if let Some(want) = cell(&format!("{prefix}_{name}")) {
                assert!((got - want).abs() <= 5.1e-11, "{name}: {got} {want}");
                checked += 1;
            }
        };
        near("cet1", model.expected_purchases(&customer, 1.0).unwrap());
        near("cet3", model.expected_purchases(&customer, 3.0).unwrap());
        near("cet6", model.expected_purchases(&customer, 6.0).unwrap());
        near("palive", model.probability_alive(&customer));
        near("P1_in1", model.probability_of_purchases(&customer, 1, 1.0).unwrap());
        near("P2_in2", model.probability_of_purchases(&customer, 2, 2.0).unwrap());
    }
    let columns = names.iter().filter(|name| name.starts_with(&format!("{prefix}_"))).count();
    assert_eq!((checked, columns >= 4), (12 * columns, true), "every column of {prefix}");
}

/// What a model says of the 39 weeks after the sample, in which there were 1,882 purchases: the sum, the mean absolute and the root
/// mean square error, mean P(alive), and the mean by frequency, 7 standing for 7 and more.
pub(super) fn check_holdout(model: &dyn PurchaseModel, totals: [f64; 4], by_frequency: [f64; 8]) {
    /// Customers of each frequency, and their mean number of purchases.
    const ACTUAL: [(f64, f64); 8] = [
        (1411.0, 0.236_711_552_090_715_82),
        (439.0, 0.697_038_724_373_576_3),
        (214.0, 1.392_523_364_485_981_4),
        (100.0, 1.56),
        (62.0, 2.532_258_064_516_129),
        (38.0, 2.947_368_421_052_631_4),
        (29.0, 3.862_068_965_517_241_5),
        (64.0, 6.359_375),
    ];
    let (purchases, later) = sample(|time| time);
    let mut groups = [(0.0, 0.0, 0.0); 8];
    let (mut absolute, mut square, mut alive) = (0.0, 0.0, 0.0);
    for (row, actual) in later.iter().enumerate() {
        let customer = purchases.history(row);
        let expected = model.expected_purchases(&customer, 39.0).unwrap();
        let group = &mut groups[customer.frequency().min(7) as usize];
        *group = (group.0 + 1.0, group.1 + actual, group.2 + expected);
        absolute += (expected - actual).abs();
        square += (expected - actual).powi(2);
        alive += model.probability_alive(&customer);
    }
    assert_eq!(later.iter().sum::<f64>(), 1882.0);
    let customers = later.len() as f64;
    let got = [groups.iter().map(|group| group.2).sum(), absolute / customers, (square / customers).sqrt(), alive / customers];
    got.into_iter().zip(totals).for_each(|(got, want)| close(got, want, 1e-12));
    for ((size, actual, expected), (want, want_expected)) in groups.into_iter().zip(ACTUAL.into_iter().zip(by_frequency)) {
        assert_eq!(size, want.0);
        close(actual / size, want.1, 1e-15);
        close(expected / size, want_expected, 1e-12);
    }
}
