//! Covariates: models that take them, through C as in the core, to the last bit.

mod common;

use std::ptr::{null, null_mut};

use common::cdnow::*;
use common::*;
use engagement::*;
use engagement_core::model::{
    BgNbd, Bootstrap, Covariate, CovariateModel, Covariates, CustomerModel, Estimated, Fit, FitOptions, GammaGamma, MbgNbd,
    ParetoNbd, PurchaseModel, Scale, WithCovariates, bootstrap, likelihood_ratio_test,
};
use engagement_core::simulate::{Random, again};
use engagement_core::{PurchaseColumns, Purchases, Values};

const ROWS: usize = 1500;

/// Customers of whom half are online, who buy and spend more, and who are of any age, which does nothing: in the core and through C.
fn customers() -> (Purchases, Covariates, eng_purchases) {
    let buying = WithCovariates::new(MbgNbd::new(0.525, 6.183, 0.891, 1.614).unwrap(), &["online"], vec![0.4, 0.0, 0.0]).unwrap();
    let spending = WithCovariates::new(GammaGamma::new(6.25, 3.74, 15.44).unwrap(), &["online"], vec![0.3]).unwrap();
    let (mut frequency, mut recency, mut age, mut value) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut online, mut years, mut times) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..ROWS {
        let mut random = Random::new(5, row as u64);
        online.push((row % 2) as f64);
        years.push(20.0 + (row * 7 % 50) as f64);
        age.push(20.0 + (row % 20) as f64);
        let of = &online[row..];
        buying.of(of).unwrap().simulate(&mut random, age[row], &mut times);
        let spent: f64 = spending.of(of).unwrap().simulate(&mut random, times.len() as u32).iter().sum();
        frequency.push(times.len() as u32);
        recency.push(times.last().copied().unwrap_or(0.0));
        value.push(if times.is_empty() { 0.0 } else { spent / times.len() as f64 });
    }
    let columns = PurchaseColumns::new(&frequency, &recency, &age).value(Values::new(&value)).paid(&frequency);
    let core = Purchases::from_columns(&columns).unwrap();
    let both = (0..ROWS).flat_map(|row| [online[row], years[row]]).collect();
    let long: Vec<i64> = frequency.iter().map(|&x| i64::from(x)).collect();
    let purchases = new_purchases();
    unsafe {
        let (x, t, n, m) = (long.as_ptr(), recency.as_ptr(), age.as_ptr(), value.as_ptr());
        assert_eq!(eng_purchases_from_columns(purchases, ROWS as i64, x, t, n, m, x, null()), ENG_OK);
    }
    // In another order than the models take them.
    assert_eq!(column(purchases, "years", &years), ENG_OK);
    assert_eq!(column(purchases, "online", &vec![0.5; ROWS]), ENG_OK);
    assert_eq!(column(purchases, "online", &online), ENG_OK, "in place of the one before");
    (core, Covariates::new(&["online", "years"], both).unwrap(), purchases)
}

fn column(purchases: eng_purchases, name: &str, values: &[f64]) -> i32 {
    let (text, len) = (name.as_ptr().cast(), name.len() as i64);
    unsafe { eng_purchases_set_covariate(purchases, text, len, values.len() as i64, values.as_ptr()) }
}

fn add(model: eng_model, name: &str) -> i32 {
    unsafe { eng_model_add_covariate(model, name.as_ptr().cast(), name.len() as i64) }
}

fn with_both() -> eng_model {
    let model = new_model();
    assert_eq!((add(model, "online"), add(model, "years")), (ENG_OK, ENG_OK));
    model
}

fn of_customer(model: eng_model, with: eng_model, values: &[f64]) -> i32 {
    unsafe { eng_model_of_customer(model, with, values.len() as i64, values.as_ptr()) }
}

/// Names, values, standard errors, covariance, intervals and criteria are those of the core.
fn same_fit<M: Covariate>(model: eng_model, want: &Fit<WithCovariates<M>>)
where
    CovariateModel: From<WithCovariates<M>>,
{
    let (names, values) = (want.model.names(), want.model.estimates());
    let errors = want.standard_errors();
    let (mut count, mut doubles, mut present) = (0, [9.0; 4], 9);
    let [a, b, c, d] = doubles.each_mut().map(std::ptr::from_mut);
    unsafe {
        assert_eq!(eng_model_parameter_count(model, &raw mut count), ENG_OK);
        assert_eq!(count as usize, names.len());
        for (at, name) in names.iter().enumerate() {
            let i = at as i64;
            let got = text(|buffer, capacity, needed| eng_model_parameter_name(model, i, buffer, capacity, needed));
            assert_eq!(&got, name);
            assert_eq!(eng_model_parameter(model, i, a, b, &raw mut present), ENG_OK);
            assert_eq!((present == 1).then_some(doubles[1]), errors.as_ref().map(|errors| errors[at]), "{name}");
            assert_eq!(doubles[0].to_bits(), values[at].to_bits(), "{name}");
            if let Ok(intervals) = want.confidence_intervals(0.9) {
                assert_eq!(eng_model_interval(model, i, 0.9, a, b), ENG_OK);
                assert_eq!(bits(&doubles[..2]), bits(&[intervals[at].low, intervals[at].high]), "{name}");
            }
            assert_eq!(eng_model_covariance(model, i, 0, a, &raw mut present), ENG_OK);
            let covariance = want.covariance.as_ref().and_then(|all| all.get(at, 0));
            assert_eq!((present == 1).then_some(doubles[0]), covariance, "{name}");
        }
        assert_eq!(eng_model_evidence(model, a, b, c, d), ENG_OK);
        assert_eq!(bits(&doubles), bits(&[want.log_likelihood, want.customers, want.aic(), want.bic()]));
        assert_eq!(eng_model_covariate_count(model, &raw mut count), ENG_OK);
        let names = (0..count).map(|i| text(|buffer, capacity, needed| eng_model_covariate(model, i, buffer, capacity, needed)));
        assert_eq!(names.collect::<Vec<_>>(), want.model.covariates());
    }
    assert_eq!(json_of(model), CovariateModel::from(want.model.clone()).to_json().unwrap());
}

/// What the plain models of customers say is what the columns say, by a model that was saved and loaded too.
fn same_predictions(model: eng_model, purchases: eng_purchases, core: &Purchases, covariates: &Covariates) {
    let want = CovariateModel::from_json(&json_of(model)).unwrap();
    let copy = loaded(&json_of(model));
    let own = |row: usize| want.of(covariates.row(row).unwrap()).unwrap();
    let all = |number: &dyn Fn(usize) -> f64| bits(&(0..ROWS).map(number).collect::<Vec<_>>());
    let plain = new_model();
    for model in [model, copy] {
        let alone = |row: usize| {
            assert_eq!(of_customer(plain, model, covariates.row(row).unwrap()), ENG_OK, "{}", model_error(plain));
            plain
        };
        let mut value = 9.0;
        let v = &raw mut value;
        unsafe {
            assert_eq!(
                in_parts(ROWS, |from, count, to| eng_model_log_likelihood_column(model, purchases, from, count, to)),
                all(&|row| own(row).log_likelihood(core, row))
            );
            if let CustomerModel::Spend(_) = want.base() {
                let spends = core.spends();
                let worth = all(&|row| {
                    let CustomerModel::Spend(model) = own(row) else { unreachable!() };
                    model.expected_value(&spends[row]).unwrap()
                });
                assert_eq!(
                    in_parts(ROWS, |from, count, to| eng_model_expected_value_column(model, purchases, from, count, to)),
                    worth
                );
                for row in [0, 1, 777] {
                    let paid = i64::from(spends[row].count());
                    assert_eq!(eng_model_expected_value(alone(row), paid, spends[row].mean(), v), ENG_OK);
                    assert_eq!(v.read().to_bits(), worth[row]);
                }
                assert_eq!(eng_model_expected_value(model, 2, 22.35, v), ENG_INVALID_ARGUMENT);
                let (mut low, mut high) = ([9.0; 3], [9.0; 3]);
                let (l, h) = (low.as_mut_ptr(), high.as_mut_ptr());
                assert_eq!(eng_model_value_interval_column(model, purchases, 0.9, 7, 3, l, h), ENG_OK);
                for (row, spend) in spends.iter().enumerate().skip(7).take(3) {
                    let interval = own(row).spend().unwrap().value_interval(spend, 0.9).unwrap();
                    let got = (l.add(row - 7).read(), h.add(row - 7).read());
                    assert_eq!(got, (interval.low, interval.high), "{row}");
                }
                continue;
            }
            let buying = |row| {
                let CustomerModel::Purchases(model) = own(row) else { unreachable!() };
                model
            };
            let alive = all(&|row| buying(row).probability_alive_at(&core.history(row), 3.0).unwrap());
            let expected = all(&|row| buying(row).expected_purchases(&core.history(row), WEEKS).unwrap());
            let two = all(&|row| buying(row).probability_of_purchases(&core.history(row), 2, WEEKS).unwrap());
            let discounted = all(&|row| buying(row).discounted_purchases(&core.history(row), WEEKS, DELTA).unwrap());
            let column = |get: &dyn Fn(i64, i64, *mut f64) -> i32| in_parts(ROWS, get);
            assert_eq!(column(&|o, c, to| eng_model_probability_alive_column(model, purchases, 3.0, o, c, to)), alive);
            assert_eq!(column(&|o, c, to| eng_model_expected_purchases_column(model, purchases, WEEKS, o, c, to)), expected);
            let of_two = |o, c, to| eng_model_probability_of_purchases_column(model, purchases, 2, WEEKS, o, c, to);
            assert_eq!(column(&of_two), two);
            let of_all = |o, c, to| eng_model_discounted_purchases_column(model, purchases, WEEKS, DELTA, o, c, to);
            assert_eq!(column(&of_all), discounted);
            let (mut low, mut high) = ([-9i64; 3], [-9i64; 3]);
            let (l, h) = (low.as_mut_ptr(), high.as_mut_ptr());
            assert_eq!(eng_model_prediction_interval_column(model, purchases, WEEKS, 0.9, 7, 3, l, h), ENG_OK);
            for row in 7..10 {
                let bounds = buying(row).prediction_interval(&core.history(row), WEEKS, 0.9).unwrap();
                assert_eq!((l.add(row - 7).read() as u64, h.add(row - 7).read() as u64), bounds, "{row}");
            }
            for row in [0, 1, 777] {
                let history = core.history(row);
                let (x, t_x, age) = (i64::from(history.frequency()), history.recency(), history.age());
                assert_eq!(eng_model_expected_purchases(alone(row), x, t_x, age, WEEKS, v), ENG_OK);
                assert_eq!(v.read().to_bits(), expected[row]);
                assert_eq!(json_of(plain), buying(row).to_json().unwrap());
            }
        }
    }
    unsafe { assert_eq!((eng_model_free(plain), eng_model_free(copy)), (ENG_OK, ENG_OK)) };
}

/// How sure a fit with covariates is of what it predicts of a few customers.
fn same_intervals(
    model: eng_model,
    purchases: eng_purchases,
    want: &Fit<CovariateModel>,
    core: &Purchases,
    covariates: &Covariates,
) {
    let of = |model: &CovariateModel, row: usize| model.of(covariates.row(row).unwrap());
    let (mut low, mut high) = ([9.0; 3], [9.0; 3]);
    let (l, h) = (low.as_mut_ptr(), high.as_mut_ptr());
    let spending = matches!(want.model.base(), CustomerModel::Spend(_));
    unsafe {
        let status = if spending {
            eng_model_expected_value_interval_column(model, purchases, 0.9, 7, 3, l, h)
        } else {
            eng_model_expected_purchases_interval_column(model, purchases, WEEKS, 0.9, 7, 3, l, h)
        };
        assert_eq!(status, ENG_OK, "{}", model_error(model));
        let refused = if spending {
            eng_model_expected_purchases_interval_column(model, purchases, WEEKS, 0.9, 7, 3, l, h)
        } else {
            eng_model_expected_value_interval_column(model, purchases, 0.9, 7, 3, l, h)
        };
        assert_eq!(refused, ENG_INVALID_ARGUMENT);
    }
    for row in 7..10 {
        let interval = want.interval_of(0.9, Scale::Log, |model| match of(model, row)? {
            CustomerModel::Purchases(own) => own.expected_purchases(&core.history(row), WEEKS),
            CustomerModel::Spend(own) => own.expected_value(&core.spend(row)),
        });
        let interval = interval.unwrap();
        assert_eq!((low[row - 7], high[row - 7]), (interval.low, interval.high), "{row}");
    }
}

#[test]
fn fits_and_predictions_are_those_of_the_core() {
    let (core, covariates, purchases) = customers();
    let options = FitOptions::default();
    macro_rules! same {
        ($($model:ident = $name:literal),+) => {$({
            let model = with_both();
            assert_eq!(fit(model, $name, purchases), ENG_OK, "{}", model_error(model));
            let want = WithCovariates::<$model>::fit(&core, &covariates, &options).unwrap();
            same_fit(model, &want);
            same_predictions(model, purchases, &core, &covariates);
            // Against the model without.
            let smaller = new_model();
            assert_eq!(fit(smaller, $name, purchases), ENG_OK);
            let (mut statistic, mut p, mut more) = (9.0, 9.0, 9);
            let test = likelihood_ratio_test(&$model::fit(&core, &options).unwrap(), &want).unwrap();
            same_intervals(model, purchases, &want.map(CovariateModel::from), &core, &covariates);
            unsafe {
                let status = eng_model_likelihood_ratio(model, smaller, &raw mut statistic, &raw mut more, &raw mut p);
                assert_eq!(status, ENG_OK, "{}", model_error(model));
                assert_eq!(bits(&[statistic, p]), bits(&[test.statistic, test.p_value]));
                assert_eq!(more, i64::from(test.degrees_of_freedom));
                assert_eq!((eng_model_free(model), eng_model_free(smaller)), (ENG_OK, ENG_OK));
            }
        })+};
    }
    same!(ParetoNbd = "pareto-nbd", BgNbd = "bg-nbd", MbgNbd = "mbg-nbd", GammaGamma = "gamma-gamma");
    assert_eq!(unsafe { eng_purchases_free(purchases) }, ENG_OK);
}

#[test]
fn options_reach_the_fit() {
    let (core, covariates, purchases) = customers();
    let model = with_both();
    let fitted = |options: &FitOptions| {
        assert_eq!(fit(model, "gamma-gamma", purchases), ENG_OK, "{}", model_error(model));
        let want = WithCovariates::<GammaGamma>::fit(&core, &covariates, options).unwrap();
        same_fit(model, &want);
        want.model
    };
    let plain = fitted(&FitOptions::default());
    unsafe {
        assert_eq!(eng_model_set_coefficient_penalty(model, 0.1), ENG_OK);
        assert_ne!(fitted(&FitOptions::default().coefficient_penalty(0.1)), plain);
        for penalty in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(eng_model_set_coefficient_penalty(model, penalty), ENG_INVALID_ARGUMENT, "{penalty}");
        }
        assert_eq!(eng_model_set_coefficient_penalty(model, 0.0), ENG_OK);
        // A start has a number for every coefficient, of any sign.
        let start = [5.0, 4.0, 15.0, -0.1, 0.0];
        assert_eq!(eng_model_set_start(model, 5, start.as_ptr()), ENG_OK);
        fitted(&FitOptions::default().start(&start));
        assert_eq!(eng_model_set_start(model, 5, [5.0, 4.0, -15.0, -0.1, 0.0].as_ptr()), ENG_OK);
        assert_eq!(fit(model, "gamma-gamma", purchases), ENG_INVALID_ARGUMENT);
        assert!(model_error(model).contains("v: -15 is not a positive finite number"), "{}", model_error(model));
        assert_eq!(eng_model_set_start(model, 0, null()), ENG_OK);
        assert_eq!(fitted(&FitOptions::default()), plain);
        // Fitted without, it is the plain model again.
        assert_eq!(eng_model_clear_covariates(model), ENG_OK);
        assert_eq!(fit(model, "gamma-gamma", purchases), ENG_OK);
        let mut count = 9;
        assert_eq!(eng_model_covariate_count(model, &raw mut count), ENG_OK);
        assert_eq!((count, json_of(model).contains("covariates")), (0, false));
        assert_eq!((eng_model_free(model), eng_purchases_free(purchases)), (ENG_OK, ENG_OK));
    }
}

#[test]
fn covariates_that_cannot_be() {
    let (_, _, purchases) = customers();
    let model = with_both();
    let (mut value, mut number) = (9.0, 9i64);
    let (v, n) = (&raw mut value, &raw mut number);
    unsafe {
        // Columns: another number of rows, what is no number, no name, no memory, nothing summarised.
        let numbers = vec![0.0; ROWS];
        for rows in [-1, 0, ROWS as i64 - 1, ROWS as i64 + 1, i64::MAX, i64::MIN] {
            let status = eng_purchases_set_covariate(purchases, c"x".as_ptr(), -1, rows, numbers.as_ptr());
            assert_eq!(status, ENG_INVALID_ARGUMENT, "{rows}");
            assert_eq!(purchases_error(purchases), format!("rows: {rows}, but there are {ROWS} customers"));
        }
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut numbers = numbers.clone();
            numbers[7] = bad;
            assert_eq!(column(purchases, "online", &numbers), ENG_INVALID_ARGUMENT);
            assert_eq!(purchases_error(purchases), format!("row 7: online: {bad} is not a finite number"));
        }
        assert_eq!(eng_purchases_set_covariate(purchases, c"x".as_ptr(), -1, ROWS as i64, null()), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_purchases_set_covariate(purchases, null(), 0, ROWS as i64, numbers.as_ptr()), ENG_MISSING_FIELD);
        assert_eq!(eng_purchases_set_covariate(purchases, null(), 3, ROWS as i64, numbers.as_ptr()), ENG_INVALID_ARGUMENT);
        assert_eq!((column(purchases, "", &numbers), column(purchases, "a\0", &numbers)), (ENG_MISSING_FIELD, ENG_INVALID_UTF8));
        let empty = new_purchases();
        assert_eq!(column(empty, "online", &[]), ENG_MISSING_FIELD);

        // Names of a model.
        assert_eq!(add(model, "online"), ENG_INVALID_ARGUMENT);
        assert_eq!(model_error(model), "name: online is there already");
        assert_eq!((add(model, ""), add(model, "a\0")), (ENG_MISSING_FIELD, ENG_INVALID_UTF8));
        assert_eq!(eng_model_add_covariate(model, c"x".as_ptr(), i64::MIN), ENG_INVALID_ARGUMENT);
        let many = new_model();
        assert!((0..256).all(|i| add(many, &i.to_string()) == ENG_OK));
        assert_eq!(add(many, "256"), ENG_INVALID_ARGUMENT);

        // Models without, of every sort.
        for name in ["nbd", "bg-cnbd-k", "mbg-cnbd-k", "alchemy"] {
            assert_eq!(fit(model, name, purchases), ENG_INVALID_ARGUMENT, "{name}");
            let said = format!("model: \"{name}\" takes no covariates; pareto-nbd, bg-nbd, mbg-nbd, gamma-gamma do");
            assert_eq!(model_error(model), said);
        }
        let (ones, byte) = ([1i64; 2], [1 as std::ffi::c_char; 2]);
        let contracts = c"shifted-beta-geometric".as_ptr();
        let refused = [
            eng_model_fit_contracts(model, contracts, -1, 2, ones.as_ptr(), byte.as_ptr()),
            eng_model_fit_cohorts(model, contracts, -1, 1, ones.as_ptr(), ones.as_ptr()),
            eng_model_fit_opportunities(model, 2, ones.as_ptr(), ones.as_ptr(), ones.as_ptr(), null()),
        ];
        assert_eq!(refused, [ENG_INVALID_ARGUMENT; 3]);
        assert_eq!(model_error(model), "bg-bb takes no covariates, and online, years are set");

        // A column that is not there is named, by fits and by predictions.
        assert_eq!(fit(model, "gamma-gamma", purchases), ENG_OK);
        let (json, rows) = (json_of(model), ROWS as i64);
        assert_eq!(add(model, "height"), ENG_OK);
        let said = "the purchases have no covariate height: eng_purchases_set_covariate sets it";
        assert_eq!((fit(model, "gamma-gamma", purchases), model_error(model).as_str()), (ENG_MISSING_FIELD, said));
        assert_eq!(json_of(model), json, "of a failed fit");
        let other = loaded(&json.replace("years", "height"));
        let mut worth = vec![9.0; ROWS];
        assert_eq!(eng_model_expected_value_column(other, purchases, 0, rows, worth.as_mut_ptr()), ENG_MISSING_FIELD);
        assert_eq!(model_error(other), said);
        assert_eq!(eng_model_expected_purchases_column(model, purchases, 1.0, 0, rows, worth.as_mut_ptr()), ENG_INVALID_ARGUMENT);
        assert_eq!(model_error(model), "gamma-gamma is a model of spend, not of purchases");
        let buying = with_both();
        assert_eq!(fit(buying, "mbg-nbd", purchases), ENG_OK, "{}", model_error(buying));
        assert_eq!(eng_model_expected_value_column(buying, purchases, 0, 0, null_mut()), ENG_INVALID_ARGUMENT, "of no row");
        assert_eq!(model_error(buying), "mbg-nbd is a model of purchases, not of spend");
        // A model that no double can hold, of the last row: nothing is written.
        let mut far = vec![0.0; ROWS];
        far[ROWS - 1] = 1e9;
        assert_eq!(column(purchases, "years", &far), ENG_OK);
        let steep =
            loaded(r#"{"model":"gamma-gamma","base":{"p":6.0,"q":3.0,"v":15.0},"covariates":["years"],"coefficients":[1.0]}"#);
        assert_eq!(eng_model_expected_value_column(steep, purchases, 0, rows, worth.as_mut_ptr()), ENG_INVALID_ARGUMENT);
        assert!(model_error(steep).starts_with("row 1499: v: "), "{}", model_error(steep));
        assert!(worth.iter().all(|value| *value == 9.0), "outputs of failed calls");

        // What is asked of one customer is refused, with what to call.
        let asked = [
            eng_model_expected_value(model, 2, 22.35, v),
            eng_model_probability_alive(model, 2, 30.0, 39.0, 0.0, v),
            eng_model_prediction_interval(model, 2, 30.0, 39.0, 1.0, 0.9, n, n),
            eng_model_survival(model, 0, 1, v),
            eng_model_opportunity_alive(model, 0, 0, 1, 0, v),
            eng_purchases_simulate(purchases, model, null_mut(), 1, [1.0].as_ptr(), 1),
        ];
        assert_eq!(asked, [ENG_INVALID_ARGUMENT; 6]);
        let said = "gamma-gamma has covariates (online, years): eng_model_of_customer gives the model of a customer, which can be asked this";
        assert_eq!((eng_model_expected_value(model, 2, 22.35, v), model_error(model).as_str()), (ENG_INVALID_ARGUMENT, said));
        assert_eq!(purchases_error(purchases), said);

        // The model of a customer: another number of values, from a model without, into itself.
        let plain = loaded(r#"{"model":"nbd","r":0.385,"alpha":12.072}"#);
        for values in [&[][..], &[1.0], &[1.0, 2.0, 3.0], &[f64::NAN, 1.0], &[f64::INFINITY, 1.0], &[1e9, -1e9]] {
            assert_eq!(of_customer(plain, model, values), ENG_INVALID_ARGUMENT, "{values:?}");
        }
        assert_eq!(of_customer(plain, model, &[1.0]), ENG_INVALID_ARGUMENT);
        assert_eq!(model_error(plain), "covariates: 1 given, but the model has 2");
        for count in [-1, i64::MIN, i64::MAX, 1025] {
            assert_eq!(eng_model_of_customer(plain, model, count, far.as_ptr()), ENG_INVALID_ARGUMENT, "{count}");
        }
        assert_eq!(eng_model_of_customer(plain, model, 2, null()), ENG_INVALID_ARGUMENT);
        assert_eq!((of_customer(plain, plain, &[1.0]), model_error(plain).as_str()), (-1, "nbd has no covariates"));
        assert_eq!(of_customer(plain, many, &[1.0]), ENG_MISSING_FIELD, "empty");
        assert_eq!(of_customer(plain, null_mut(), &[1.0]), ENG_INVALID_HANDLE);
        assert_eq!(json_of(plain), r#"{"model":"nbd","r":0.385,"alpha":12.072}"#);
        let CustomerModel::Spend(want) = CovariateModel::from_json(&json).unwrap().of(&[1.0, 40.0]).unwrap() else {
            unreachable!()
        };
        assert_eq!(of_customer(model, model, &[1.0, 40.0]), ENG_OK, "itself");
        assert_eq!(eng_model_expected_value(model, 2, 22.35, v), ENG_OK);
        let spend = engagement_core::model::Spend::new(2, 22.35).unwrap();
        assert_eq!(value.to_bits(), want.expected_value(&spend).unwrap().to_bits());

        // Outputs and indices.
        for covariate in [-1, 2, i64::MAX] {
            assert_eq!(eng_model_covariate(other, covariate, null_mut(), 0, n), ENG_INVALID_ARGUMENT, "{covariate}");
        }
        assert_eq!(eng_model_covariate_count(other, null_mut()), ENG_INVALID_ARGUMENT);
        assert_eq!(eng_model_covariate_count(many, n), ENG_MISSING_FIELD);
        assert_eq!(eng_model_covariate(many, 0, null_mut(), 0, n), ENG_MISSING_FIELD);
        assert_eq!(number, 9, "outputs of failed calls");
        for text in [
            r#"{"model":"gamma-gamma","base":{"p":6.0,"q":3.0,"v":15.0},"covariates":[],"coefficients":[]}"#,
            r#"{"model":"gamma-gamma","base":{"p":6.0,"q":3.0,"v":15.0},"covariates":["a"],"coefficients":[]}"#,
            r#"{"model":"gamma-gamma","base":{"p":0.0,"q":3.0,"v":15.0},"covariates":["a"],"coefficients":[1.0]}"#,
            r#"{"model":"nbd","base":{"r":1.0,"alpha":3.0},"covariates":["a"],"coefficients":[1.0,1.0]}"#,
            r#"{"model":"gamma-gamma","p":6.0,"q":3.0,"v":15.0,"covariates":["a"],"coefficients":[1.0]}"#,
        ] {
            assert_eq!(from_json(other, text), ENG_INVALID_ARGUMENT, "{text}");
        }
        // Covariates that say nothing, the same thing twice, or too much: a status, or numbers.
        for (one, two) in [(0.0, 0.0), (1.0, 1.0), (1e300, -1e300), (5e-324, f64::MAX)] {
            let (both, strange) = (with_both(), |at: f64| (0..ROWS).map(|row| at * ((row % 3) as f64 / 3.0)).collect::<Vec<_>>());
            assert_eq!((column(purchases, "online", &strange(one)), column(purchases, "years", &strange(two))), (ENG_OK, ENG_OK));
            for name in ["mbg-nbd", "pareto-nbd", "gamma-gamma"] {
                let status = fit(both, name, purchases);
                assert!([ENG_OK, ENG_FIT_FAILED, ENG_INVALID_ARGUMENT].contains(&status), "{name} {one} {two}: {status}");
                let (mut number, mut estimate, mut error, mut present) = (0, 9.0, 9.0, 9);
                if status == ENG_OK {
                    assert_eq!(eng_model_parameter_count(both, &raw mut number), ENG_OK);
                }
                for at in 0..number {
                    let status = eng_model_parameter(both, at, &raw mut estimate, &raw mut error, &raw mut present);
                    assert_eq!(status, ENG_OK);
                    assert!(estimate.is_finite() && !error.is_nan(), "{name} {one} {two}: {at} {estimate} {error}");
                }
            }
            assert_eq!(eng_model_free(both), ENG_OK);
        }
        // Nobody has no covariates to lack.
        assert_eq!(eng_purchases_from_columns(empty, 0, null(), null(), null(), null(), null(), null()), ENG_OK);
        assert_eq!((column(empty, "years", &[]), column(empty, "online", &[]), column(empty, "height", &[])), (0, 0, 0));
        for name in ["mbg-nbd", "gamma-gamma"] {
            assert_eq!(fit(model, name, empty), ENG_FIT_FAILED, "{name}");
        }
        assert_eq!(eng_model_expected_value_column(steep, empty, 0, 0, null_mut()), ENG_OK);
        // What is summarised anew has no covariates.
        assert_eq!(eng_purchases_simulate(purchases, plain, null_mut(), 3, [1.0, 2.0, 3.0].as_ptr(), 1), ENG_OK);
        assert_eq!(eng_model_expected_value_column(steep, purchases, 0, 3, v), ENG_MISSING_FIELD);
        for model in [model, many, other, steep, plain, buying] {
            assert_eq!(eng_model_free(model), ENG_OK);
        }
        assert_eq!((eng_purchases_free(purchases), eng_purchases_free(empty)), (ENG_OK, ENG_OK));
    }
}

/// Refits of models with covariates, and of spend, are those of the core.
#[test]
fn refits_are_those_of_the_core() {
    let (core, covariates, purchases) = customers();
    let options = FitOptions::default();
    for name in ["mbg-nbd", "gamma-gamma"] {
        let model = with_both();
        assert_eq!(fit(model, name, purchases), ENG_OK, "{}", model_error(model));
        let want = CovariateModel::fit(name, &core, &covariates, &options).unwrap();
        let draw = |model: &CovariateModel, seed| again::with_covariates(model, &core, &covariates, seed);
        let want = bootstrap(&want, 24, 5, 1, draw, |drawn| CovariateModel::fit(name, drawn, &covariates, &options)).unwrap();
        same_refits(model, purchases, &want);
        unsafe { assert_eq!(eng_model_free(model), ENG_OK) };
    }
    let model = new_model();
    assert_eq!(fit(model, "gamma-gamma", purchases), ENG_OK, "{}", model_error(model));
    let want = GammaGamma::fit(&core, &options).unwrap();
    let draw = |model: &GammaGamma, seed| again::spend(model, &core, seed);
    same_refits(model, purchases, &bootstrap(&want, 24, 5, 1, draw, |drawn| GammaGamma::fit(drawn, &options)).unwrap());

    // The covariates have to be there still; a cancel that comes too early is not lost.
    let covaried = with_both();
    assert_eq!(fit(covaried, "bg-nbd", purchases), ENG_OK, "{}", model_error(covaried));
    let bare = new_purchases();
    let (mut refits, mut failed, mut steps) = (9i64, 9i64, [9i64; 2]);
    unsafe {
        let mut boot = |model, of| eng_model_bootstrap(model, of, 24, 5, &raw mut refits, &raw mut failed);
        assert_eq!(
            eng_purchases_from_columns(bare, 2, [1, 0].as_ptr(), [3.0, 0.0].as_ptr(), [9.0; 2].as_ptr(), null(), null(), null()),
            ENG_OK
        );
        assert_eq!(boot(covaried, bare), ENG_MISSING_FIELD);
        assert!(model_error(covaried).contains("online"), "{}", model_error(covaried));
        assert_eq!(eng_model_cancel(model), ENG_OK);
        assert_eq!(boot(model, purchases), ENG_CANCELLED);
        assert_eq!(boot(model, purchases), ENG_OK, "{}", model_error(model));
        assert_eq!(eng_model_progress(model, &raw mut steps[0], &raw mut steps[1]), ENG_OK);
        assert_eq!(steps, [0; 2], "none is under way");

        // So many refits that they end only by the cancel; those of before stay.
        let address = model.addr();
        let watcher = std::thread::spawn(move || {
            let model: eng_model = std::ptr::without_provenance_mut(address);
            let (mut done, mut total) = (0, 0);
            while done == 0 {
                std::thread::yield_now();
                assert_eq!(eng_model_progress(model, &raw mut done, &raw mut total), ENG_OK);
            }
            assert_eq!(eng_model_cancel(model), ENG_OK);
            total
        });
        assert_eq!(eng_model_bootstrap(model, purchases, 100_000, 5, &raw mut steps[0], &raw mut steps[1]), ENG_CANCELLED);
        assert_eq!(watcher.join().unwrap(), 100_000);
        let (mut low, mut high) = (9.0, 9.0);
        assert_eq!(eng_model_bootstrap_interval(model, 0, 0.8, &raw mut low, &raw mut high), ENG_OK);
        for handle in [purchases, bare] {
            assert_eq!(eng_purchases_free(handle), ENG_OK);
        }
        assert_eq!((eng_model_free(model), eng_model_free(covaried)), (ENG_OK, ENG_OK));
    }
}

fn same_refits<M: Estimated>(model: eng_model, purchases: eng_purchases, want: &Bootstrap<M>) {
    let (mut some, mut none) = (9, 9);
    unsafe {
        assert_eq!(eng_model_bootstrap(model, purchases, 24, 5, &raw mut some, &raw mut none), ENG_OK, "{}", model_error(model));
        assert_eq!((some, none), (want.refits().len() as i64, i64::from(want.failed())));
        for (at, interval) in want.confidence_intervals(0.8).unwrap().iter().enumerate() {
            let (mut low, mut high) = (9.0, 9.0);
            assert_eq!(eng_model_bootstrap_interval(model, at as i64, 0.8, &raw mut low, &raw mut high), ENG_OK);
            assert_eq!(bits(&[low, high]), bits(&[interval.low, interval.high]), "{at}");
        }
    }
}
