use super::*;
use crate::math::exp;

fn minimise(objective: Objective<'_>, starts: &[Vec<f64>]) -> (Minimum, Effort) {
    let (found, effort) = Search { objective, curvature: &|_| None, weight: 1e3, max_iterations: 500 }.minimise(starts, None);
    (found.unwrap(), effort)
}

/// Rosenbrock's valley in any number of variables: every gradient it can find is 0 only at one.
fn rosenbrock(point: &[f64], gradient: &mut [f64]) -> f64 {
    gradient.fill(0.0);
    let mut value = 0.0;
    for i in 0..point.len() - 1 {
        let (off, rest) = (point[i + 1] - point[i] * point[i], 1.0 - point[i]);
        value += 100.0 * off * off + rest * rest;
        gradient[i] += -400.0 * point[i] * off - 2.0 * rest;
        gradient[i + 1] += 200.0 * off;
    }
    value
}

#[test]
fn valley_is_followed_to_its_end() {
    for n in [2, 4, 8] {
        let (found, effort) = minimise(&rosenbrock, &[vec![-1.2; n]]);
        // In eight variables the valley has a second minimum near −1.
        assert!(found.converged && found.gradient <= 1e-12, "{found:?}");
        assert!(n == 8 || found.place.point.iter().all(|x| (x - 1.0).abs() < 1e-12), "{found:?}");
        assert!(effort.evaluations < 60 * n as u32, "{effort:?}");
    }
}

/// The curvature at (1, 1) is that of [[802, −400], [−400, 200]]: 501 ± √250601 by hand.
#[test]
fn curvature_is_exact() {
    let (found, _) = minimise(&rosenbrock, &[vec![0.5, 0.5]]);
    let root = 250_601_f64.sqrt();
    for (got, want) in found.hessian.values.iter().zip([501.0 - root, 501.0 + root]) {
        assert!((got - want).abs() < 1e-6 * want, "{got} {want}");
    }
}

/// Where the Hessian is known it is that of the minimum, or of a place nearer to it than matters; and near the minimum a few of
/// Newton's steps are all.
#[test]
fn known_curvature_is_taken() {
    let curvature = |place: &Place| {
        let (x, y) = (place.point[0], place.point[1]);
        let mixed = -400.0 * x;
        Some(vec![vec![1200.0 * x * x - 400.0 * y + 2.0, mixed], vec![mixed, 200.0]])
    };
    let search = Search { objective: &rosenbrock, curvature: &curvature, weight: 1e3, max_iterations: 500 };
    let root = 250_601_f64.sqrt();
    let near: &[Vec<f64>] = &[vec![0.5, 1.0], vec![1.0, 2.0]];
    for (start, metric, most) in [([-1.2, 1.0], None, 60), ([1.01, 1.03], Some(near), 8)] {
        let (found, effort) = search.minimise(&[start.to_vec()], metric);
        let found = found.unwrap();
        assert!(found.converged && found.place.point.iter().all(|x| (x - 1.0).abs() < 1e-12), "{found:?}");
        assert!(effort.evaluations <= most, "{effort:?}");
        for (got, want) in found.hessian.values.iter().zip([501.0 - root, 501.0 + root]) {
            assert!((got - want).abs() < 1e-7 * want, "{got} {want}");
        }
    }
}

/// Σ (2ⁱ·(x − i))²-like bowls that differ in curvature by 10⁶ take few evaluations.
#[test]
fn bad_scaling_costs_little() {
    let bowl = |point: &[f64], gradient: &mut [f64]| {
        let mut value = 3.0;
        for (i, (x, slope)) in point.iter().zip(gradient.iter_mut()).enumerate() {
            let curvature = [1e-3, 1.0, 1e3][i];
            let off = x - i as f64;
            value += 0.5 * curvature * off * off;
            *slope = curvature * off;
        }
        value
    };
    let (found, effort) = minimise(&bowl, &[vec![2.0, -2.0, 0.0]]);
    assert!(found.converged && effort.evaluations <= 20, "{effort:?}");
    assert!(found.place.point.iter().enumerate().all(|(i, x)| (x - i as f64).abs() < 1e-9), "{found:?}");
}

/// A function that levels off at infinity ends as unbounded there and is minimal in the rest.
#[test]
fn levelling_off_is_unbounded() {
    let tail = |point: &[f64], gradient: &mut [f64]| {
        let (fall, off) = (exp(-point[0]), point[1] - 0.3);
        gradient.copy_from_slice(&[-fall, off]);
        fall + 0.5 * off * off
    };
    let (found, effort) = minimise(&tail, &[vec![0.0, 2.0]]);
    assert!(found.converged && found.unbounded == [true, false], "{found:?}");
    assert!((found.place.point[1] - 0.3).abs() < 1e-9);
    assert!(effort.evaluations < 80, "{effort:?}");
}

/// A function that falls without end stops at the end of the range.
#[test]
fn falling_without_end_is_unbounded() {
    let slope = |point: &[f64], gradient: &mut [f64]| {
        let off = point[1] + 1.0;
        gradient.copy_from_slice(&[0.2, off]);
        0.2 * point[0] + 0.5 * off * off
    };
    let (found, effort) = minimise(&slope, &[vec![0.0, 0.0]]);
    assert!(found.converged && found.unbounded == [true, false], "{found:?}");
    assert!((found.place.point[0] + REACH).abs() < 1e-9 && (found.place.point[1] + 1.0).abs() < 1e-9, "{found:?}");
    assert!(effort.evaluations < 80, "{effort:?}");
}

/// Where the function is not a number, the search turns back.
#[test]
fn edges_of_the_domain_are_kept() {
    let barrier = |point: &[f64], gradient: &mut [f64]| {
        gradient[0] = 1.0 - 1.0 / point[0];
        if point[0] > 0.0 { point[0] - crate::math::ln(point[0]) } else { f64::NAN }
    };
    for start in [1e-4, 15.0] {
        let (found, _) = minimise(&barrier, &[vec![start]]);
        assert!(found.converged && (found.place.point[0] - 1.0).abs() < 1e-9, "{found:?}");
    }
    assert!(
        Search { objective: &barrier, curvature: &|_| None, weight: 1.0, max_iterations: 9 }
            .minimise(&[vec![-1.0]], None)
            .0
            .is_none()
    );
}

/// Of two minima the lower one is found from any order of the starts, and equal starts cost one evaluation.
#[test]
fn the_best_minimum_wins() {
    // Minima near −1 and 1, the one near 1 lower; a start near −1 may begin lower than one near 1.
    let double = |point: &[f64], gradient: &mut [f64]| {
        let x = point[0];
        gradient[0] = 4.0 * x * (x * x - 1.0) - 0.1;
        (x * x - 1.0) * (x * x - 1.0) - 0.1 * x
    };
    for starts in [[vec![-1.1], vec![1.4]], [vec![1.4], vec![-1.1]]] {
        let (found, effort) = minimise(&double, &starts);
        assert!(found.place.point[0] > 0.9 && found.converged, "{found:?}");
        assert_eq!(effort.starts, 2);
    }
    let (_, once) = minimise(&double, &[vec![-1.1]]);
    let (_, twice) = minimise(&double, &[vec![-1.1], vec![-1.1]]);
    assert!(twice.evaluations <= once.evaluations + 4, "{once:?} {twice:?}");
}

/// Too few steps end unconverged, at the best place seen.
#[test]
fn giving_up_is_said() {
    let start = vec![-1.2, 1.0, 4.0];
    let (found, effort) = Search { objective: &rosenbrock, curvature: &|_| None, weight: 1.0, max_iterations: 2 }
        .minimise(std::slice::from_ref(&start), None);
    let found = found.unwrap();
    assert!(!found.converged && found.place.value < rosenbrock(&start, &mut [0.0; 3]), "{found:?}");
    assert!(effort.iterations <= 4, "{effort:?}");
}
