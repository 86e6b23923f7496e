//! What `examples/c/models.c` prints, by the Rust library: `tests/clients.sh` compares the two.

use engagement_core::model::{
    BetaDiscreteWeibull, Covariates, Estimated, Fit, FitOptions, MbgNbd, Nbd, Parameters, PosteriorOptions, Prior,
    PurchaseHistory, PurchaseModel, RenewalModel, Renewals, Scale, ShiftedBetaGeometric, WithCovariates, bootstrap,
    likelihood_ratio_test,
};
use engagement_core::simulate::again;
use engagement_core::stay::{Stage, StageOptions, silence_probability, stage_of};
use engagement_core::{PurchaseColumns, Purchases, Result, TimeUnit, simulate};

fn main() -> Result<()> {
    contracts()?;
    stages_of_drawn()?;
    covariates()?;
    posterior()
}

/// The parameters with their 90 % intervals.
fn print_model<M: Estimated>(name: &str, fit: &Fit<M>) -> Result<()> {
    println!("{name}");
    for ((letter, value), interval) in fit.model.names().iter().zip(fit.model.estimates()).zip(fit.confidence_intervals(0.9)?) {
        println!("{letter:<8} {value:10.4} {:10.4} to {:10.4}", interval.low, interval.high);
    }
    Ok(())
}

fn contracts() -> Result<()> {
    let cohort = Renewals::from_cohort(&[1000, 631, 468, 382, 326, 289, 262, 241])?;
    let smaller = ShiftedBetaGeometric::fit(&cohort, &FitOptions::default())?;
    let larger = BetaDiscreteWeibull::fit(&cohort, &FitOptions::default())?;
    print_model(ShiftedBetaGeometric::NAME, &smaller)?;
    print_model(BetaDiscreteWeibull::NAME, &larger)?;
    let test = likelihood_ratio_test(&smaller, &larger)?;
    println!("likelihood ratio {:.4}, {} more, p = {:.6}", test.statistic, test.degrees_of_freedom, test.p_value);

    let model = larger.model;
    let (survival, rate) = (model.survival(12), model.retention_rate(12)?);
    println!("after 12 renewals {survival:.4} are left, and {rate:.4} of them came through the last");
    let (expected, residual) = (model.expected_renewals(4, 12), model.discounted_renewals(4, 0.1)?);
    println!("of one renewed 4 times {expected:.4} more of 12, worth {residual:.4} periods");
    let [new, once, seven] = [0, 1, 7].map(|renewed| model.discounted_renewals(renewed, 0.1));
    println!("those renewed 0, 1 and 7 times are worth {:.4}, {:.4} and {:.4}", new?, once?, seven?);

    let draw = |model: &BetaDiscreteWeibull, seed| again::renewals(model, &cohort, seed);
    let refits = bootstrap(&larger, 100, 7, 0, draw, |drawn| BetaDiscreteWeibull::fit(drawn, &FitOptions::default()))?;
    let mut share: Vec<f64> = refits.refits().iter().map(|model| model.survival(12)).collect();
    share.sort_by(f64::total_cmp);
    let (low, high) = (share[share.len() / 20], share[share.len() - 1 - share.len() / 20]);
    println!("by {} refits {low:.4} to {high:.4} are left after 12 renewals", share.len());
    Ok(())
}

fn stages_of_drawn() -> Result<()> {
    let ages: Vec<f64> = (0..1000).map(|row| f64::from(1 + row % 39)).collect();
    let truth = MbgNbd::new(0.525, 6.183, 0.891, 1.614)?;
    let purchases = simulate::purchases(&truth, &ages, None, TimeUnit::Week, 7, 0)?;
    let options = FitOptions::default().prior("r", Prior::Gamma { shape: 2.0, rate: 4.0 }).penalty(0.0001).threads(1);
    let fit = MbgNbd::fit(&purchases, &options)?;
    print_model(MbgNbd::NAME, &fit)?;
    let customer = purchases.history(38);
    let interval = fit.interval_of(0.9, Scale::Log, |model| model.expected_purchases(&customer, 39.0))?;
    let (likely, low, high) = (fit.model.log_likelihood(&customer), interval.low, interval.high);
    println!("customer 38, of log-likelihood {likely:.4}, buys {low:.4} to {high:.4} times in 39 weeks on average");

    let options = StageOptions::new(4.0).rate(fit.model.r(), fit.model.alpha());
    let stages = purchases.stages(&options)?;
    for stage in Stage::ALL {
        println!("{stage:<10} {:5}", stages.counts.at(stage));
    }
    for (customer, stage) in stages.stage.iter().take(5).enumerate() {
        println!("customer {customer} is {stage}");
    }
    let (stage, silence) = (stage_of(6, 10.0, 30.0, &options)?, silence_probability(6, 10.0, 30.0, &options)?);
    println!("silent for 20 weeks after 7 purchases in 10: {stage}, for a silence of probability {silence:.6}");
    Ok(())
}

fn covariates() -> Result<()> {
    let ages: Vec<f64> = (0..1000).map(|row| f64::from(20 + row % 20)).collect();
    let online: Vec<f64> = (0..1000).map(|row| f64::from(row / 500)).collect();
    let (mut frequency, mut recency) = (Vec::new(), Vec::new());
    for (alpha, ages) in [8.0, 4.0].into_iter().zip(ages.chunks(500)) {
        let drawn = simulate::purchases(&MbgNbd::new(0.525, alpha, 0.891, 1.614)?, ages, None, TimeUnit::Week, 7, 0)?;
        frequency.extend_from_slice(drawn.frequency());
        recency.extend_from_slice(drawn.recency());
    }
    let purchases = Purchases::from_columns(&PurchaseColumns::new(&frequency, &recency, &ages))?;
    let known = Covariates::new(&["online"], online)?;
    let fit = WithCovariates::<MbgNbd>::fit(&purchases, &known, &FitOptions::default())?;
    print_model(MbgNbd::NAME, &fit)?;
    let plain = [fit.model.of(&[0.0])?, fit.model.of(&[1.0])?];
    let customer = PurchaseHistory::new(2, 20.0, 30.0)?;
    for (kind, model) in plain.iter().enumerate() {
        let expected = model.expected_purchases(&customer, 52.0)?;
        println!("online {kind}: {expected:.4} purchases in a year of one who bought twice more");
    }
    let mut sums = [0.0; 2];
    for row in 0..purchases.len() {
        sums[row / 500] += plain[row / 500].expected_purchases(&purchases.history(row), 52.0)?;
    }
    println!("in a year {:.4} purchases of those online, {:.4} of the others", sums[1], sums[0]);
    Ok(())
}

fn posterior() -> Result<()> {
    let purchases = simulate::purchases(&Nbd::new(0.8, 10.0)?, &[40.0; 400], None, TimeUnit::Week, 3, 0)?;
    let options = PosteriorOptions::default().chains(2).tune(500).draws(500).seed(1);
    let drawn = Nbd::posterior(&purchases, &options.prior("r", Prior::Gamma { shape: 2.0, rate: 2.0 }))?;
    println!("{} draws of {} chains, {} astray", drawn.models().len(), drawn.chains(), drawn.divergences());
    for (parameter, interval) in drawn.parameters().iter().zip(drawn.credible_intervals(0.9)?) {
        println!(
            "{:<8} {:10.4} +- {:.4}, {:.4} to {:.4}, R-hat {:.3}, {:.0} and {:.0} independent",
            parameter.name,
            parameter.mean,
            parameter.standard_deviation,
            interval.low,
            interval.high,
            parameter.r_hat,
            parameter.bulk_size,
            parameter.tail_size
        );
    }
    let customer = PurchaseHistory::new(3, 30.0, 40.0)?;
    let mut sum = 0.0;
    for model in drawn.models() {
        sum += model.expected_purchases(&customer, 52.0)?;
    }
    println!(
        "in a year {:.4} purchases of one who bought 3 times more; the first r drawn is {:.4}",
        sum / drawn.models().len() as f64,
        drawn.models()[0].r()
    );
    Ok(())
}
