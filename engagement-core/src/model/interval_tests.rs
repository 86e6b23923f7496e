use super::*;

/// Half the complementary error function brings every quantile back to its tail probability.
#[test]
fn normal_quantiles_are_inverse() {
    for q in [1e-300, 1e-100, 1e-20, 1e-9, 0.001, 0.025, 0.05, 0.074_9, 0.075_1, 0.3, 0.5, 0.7, 0.95, 0.999_9] {
        let z = normal_upper_quantile(q);
        let back = 0.5 * libm::erfc(z / std::f64::consts::SQRT_2);
        // An error of z by one rounding moves the tail by z² roundings.
        assert!((back - q).abs() <= 4.0 * f64::EPSILON * (1.0 + z * z) * q, "{q}: {z} {back}");
    }
    // Abramowitz & Stegun (1964), table 26.5.
    assert!((normal_upper_quantile(0.025) - 1.959_963_984_540_054).abs() < 1e-15);
    assert!((normal_upper_quantile(0.005) - 2.575_829_303_548_901).abs() < 2e-15);
}

fn poisson(mean: f64) -> impl FnMut(u64) -> Result<f64> {
    move |n| Ok(exp(n as f64 * ln(mean) - mean - crate::math::ln_gamma(n as f64 + 1.0)))
}

/// Quantiles of the Poisson distribution, from tables: .025 and .975 of mean 10 are 4 and 17.
#[test]
fn intervals_of_counts() {
    assert_eq!(prediction_interval(poisson(10.0), 0.95).unwrap(), (4, 17));
    assert_eq!(prediction_interval(poisson(0.01), 0.9).unwrap(), (0, 0));
    assert_eq!(prediction_interval(|n| Ok(f64::from(u8::from(n == 7))), 0.5).unwrap(), (7, 7));
    let (low, high) = prediction_interval(poisson(2e5), 0.99).unwrap();
    let z = 2.575_829 * 2e5_f64.sqrt();
    assert!((low as f64 - (2e5 - z)).abs() < 5.0 && (high as f64 - (2e5 + z)).abs() < 5.0, "{low} {high}");
}

/// A level so close to 1 that rounding never reaches it ends where nothing is left to add.
#[test]
fn intervals_end() {
    let (low, high) = prediction_interval(poisson(10.0), 1.0 - 1e-16).unwrap();
    assert!(low == 0 && (40..80).contains(&high), "{low} {high}");
    for level in [0.0, 1.0, -0.1, f64::NAN] {
        assert_eq!(prediction_interval(poisson(1.0), level).unwrap_err().kind(), ErrorKind::InvalidArgument);
    }
    let error = prediction_interval(|_| Ok(1e-9), 0.9).unwrap_err();
    assert_eq!(error.to_string(), "level: the interval of level 0.9 reaches beyond 10000000 purchases");
}

#[test]
fn scales_go_there_and_back() {
    for (scale, value) in [(Scale::Log, 3.7), (Scale::Logit, 1e-9), (Scale::Logit, 0.999), (Scale::Identity, -2.0)] {
        let (there, slope) = scale.of(value);
        assert!((scale.back(there) - value).abs() <= 1e-12 * value.abs());
        let h = 1e-6 * if scale == Scale::Logit { value * (1.0 - value) } else { value.abs() };
        let difference = (scale.of(value + h).0 - scale.of(value - h).0) / (2.0 * h);
        assert!((slope - difference).abs() <= 1e-6 * slope.abs());
    }
}
