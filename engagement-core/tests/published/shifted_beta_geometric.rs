//! The shifted beta-geometric model: Fader & Hardie (2007), doi:10.1002/dir.20074, and (2010), doi:10.1287/mksc.1080.0482.

use super::check::close;
use engagement_core::model::{FitOptions, Parameters, RenewalModel, Renewals, ShiftedBetaGeometric};

/// Of 1,000 high-end customers, those still there after each renewal: Fader & Hardie (2007), table 1.
const HIGH_END: [u64; 13] = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394];

/// Maximum likelihood of the high-end cohort after 4, 7 and 12 renewals: α, β, log-likelihood and standard errors with the gradient
/// below 1e−7. Fader & Hardie (2007) print .668 and 3.806, −1611.2 for 7.
#[test]
fn high_end_cohort() {
    let wanted = [
        (
            4,
            [1.280_976_383_732_330_5, 7.790_384_118_240_417],
            -1_225.134_907_041_610_6,
            [0.553_469_116_166_881_1, 3.808_730_428_957_483],
        ),
        (
            7,
            [0.668_088_351_110_426_3, 3.806_094_964_094_001],
            -1_611.158_147_391_157_9,
            [0.103_734_945_036_848_3, 0.785_531_833_722_252_9],
        ),
        (
            12,
            [0.596_111_200_454_102_9, 3.326_968_740_446_511_6],
            -2_010.858_419_565_087_4,
            [0.062_943_670_004_783_97, 0.515_029_027_652_983_9],
        ),
    ];
    for (renewals, parameters, log_likelihood, errors) in wanted {
        let cohort = Renewals::from_cohort(&HIGH_END[..=renewals]).unwrap();
        let fit = ShiftedBetaGeometric::fit(&cohort, &FitOptions::default()).unwrap();
        assert!((fit.log_likelihood - log_likelihood).abs() <= 1e-9, "{}", fit.log_likelihood);
        assert!(fit.convergence.gradient_norm <= 1e-10 && fit.convergence.at_boundary.is_empty());
        for (got, want) in fit.model.values().into_iter().zip(parameters) {
            close(got, want, 1e-6);
        }
        for (got, want) in fit.standard_errors().unwrap().into_iter().zip(errors) {
            close(got, want, 1e-5);
        }
    }
}

/// P(T = t) of the uniform mixture: Fader & Hardie (2007), appendix B, figure B1.
#[test]
fn probability_of_loss() {
    let model = ShiftedBetaGeometric::new(1.0, 1.0).unwrap();
    for (t, exact, printed) in [
        (1, 0.5, 0.5),
        (3, 0.083_333_333_333_333_33, 0.083),
        (5, 0.033_333_333_333_333_33, 0.033),
        (7, 0.017_857_142_857_142_856, 0.018),
    ] {
        let got = model.probability_of_loss(t).unwrap();
        close(got, exact, 1e-14);
        assert!((got - printed).abs() <= 5e-4);
    }
}

/// Discounted expected residual lifetime in contract period n, at 10 %: Fader & Hardie (2010), table 3, to 30 digits by quadrature.
/// A customer in period n has renewed n − 1 times.
#[test]
fn discounted_residual_lifetime() {
    for (alpha, beta, period, exact, printed) in [
        (3.8, 15.2, 1, 3.309_818_421_025_37, 3.31),
        (3.8, 15.2, 3, 3.586_543_656_544_286, 3.59),
        (3.8, 15.2, 5, 3.842_134_024_026_919, 3.84),
        (0.067, 0.267, 2, 9.455_299_431_995_531, 9.46),
        (0.067, 0.267, 4, 10.056_167_014_087_509, 10.06),
    ] {
        let model = ShiftedBetaGeometric::new(alpha, beta).unwrap();
        let got = model.discounted_renewals(period - 1, 0.1).unwrap();
        close(got, exact, 1e-13);
        assert!((got - printed).abs() <= 5e-3);
    }
}
