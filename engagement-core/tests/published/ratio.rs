//! The engagement ratio: intervals of the ratio of two counts.

use engagement_core::{EngagementRatio, RatioInterval};

/// Absolute difference within half a unit of the last digit the source prints.
fn close(got: Option<f64>, want: f64) {
    assert!((got.unwrap() - want).abs() <= 5e-4, "{got:?} is not {want}");
}

/// exp(ln(a/b) ± z·√(1/a + 1/b)), Katz et al. (1978), doi:10.2307/2530610, worked for two organisations of the published
/// average (19 % to 23 % of 1,000) and world-class (48 % to 6 % of 1,000) shares.
#[test]
fn interval_of_the_ratio() {
    let average = EngagementRatio::new(190, 230);
    close(average.ratio, 0.826);
    close(average.low, 0.682);
    close(average.high, 1.001);
    let world_class = EngagementRatio::new(480, 60);
    close(world_class.ratio, 8.0);
    close(world_class.low, 6.117);
    close(world_class.high, 10.463);
    assert_eq!(average.interval, RatioInterval::LogNormal);
}

/// With nobody on one side the bound is that of Clopper and Pearson (1934), doi:10.1093/biomet/26.4.404: for a of a the share is at
/// least 0.025^(1/a).
#[test]
fn nobody_on_one_side() {
    let good = EngagementRatio::new(10, 0);
    let share = 0.025_f64.powf(0.1);
    assert!((good.low.unwrap() - share / (1.0 - share)).abs() < 1e-12);
    assert_eq!((good.ratio, good.high), (None, None));
    let bad = EngagementRatio::new(0, 10);
    assert!((bad.high.unwrap() * good.low.unwrap() - 1.0).abs() < 1e-12);
    assert_eq!(bad.ratio, Some(0.0));
    assert_eq!(EngagementRatio::new(0, 0).interval, RatioInterval::NoData);
}

/// The ends of Wilson's interval are the shares p with |p̂ − p| = z·√(p(1 − p)/n): Wilson (1927),
/// doi:10.1080/01621459.1927.10502953; z is the 97.5 % quantile of the normal distribution.
#[test]
fn few_on_one_side() {
    for (a, b) in [(1, 9), (4, 300), (250, 2), (3, 3)] {
        let few = EngagementRatio::new(a, b);
        assert_eq!(few.interval, RatioInterval::Wilson);
        let (n, share) = ((a + b) as f64, a as f64 / (a + b) as f64);
        for end in [few.low.unwrap(), few.high.unwrap()].map(|odds| odds / (1.0 + odds)) {
            let spread = 1.959_963_984_540_054 * (end * (1.0 - end) / n).sqrt();
            assert!(((share - end).abs() - spread).abs() < 1e-13, "{few:?}");
        }
        assert!(few.low < few.ratio && few.ratio < few.high);
    }
}
