//! Small vectors and symmetric matrices: eigenvalues by Jacobi rotations, and the update of an inverse Hessian.

/// A symmetric matrix by its eigenvalues, ascending, and the unit eigenvectors that belong to them.
#[derive(Clone, Debug)]
pub(crate) struct Eigen {
    pub(crate) values: Vec<f64>,
    pub(crate) vectors: Vec<Vec<f64>>,
}

impl Eigen {
    /// Decomposes the symmetric matrix whose rows are given; only the mean of the two triangles counts.
    ///
    /// Jacobi's rotations keep the small eigenvalues of a graded matrix, and a model has only a few parameters.
    pub(crate) fn new(rows: &[Vec<f64>]) -> Eigen {
        let n = rows.len();
        let mut a: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| 0.5 * (rows[i][j] + rows[j][i])).collect()).collect();
        let mut v: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
        for _ in 0..64 {
            let mut rotated = false;
            for p in 0..n {
                for q in p + 1..n {
                    let off = a[p][q];
                    if off == 0.0 || off.abs() <= f64::EPSILON * 1e-3 * (a[p][p].abs() * a[q][q].abs()).sqrt() {
                        continue;
                    }
                    rotated = true;
                    let theta = (a[q][q] - a[p][p]) / (2.0 * off);
                    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                    let c = 1.0 / (t * t + 1.0).sqrt();
                    let s = t * c;
                    for row in &mut a {
                        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                    }
                    let (head, tail) = a.split_at_mut(q);
                    for (x, y) in head[p].iter_mut().zip(&mut tail[0]) {
                        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
                    }
                    (a[p][q], a[q][p]) = (0.0, 0.0);
                    for row in &mut v {
                        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                    }
                }
            }
            if !rotated {
                break;
            }
        }
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&i, &j| a[i][i].total_cmp(&a[j][j]));
        Eigen {
            values: order.iter().map(|&k| a[k][k]).collect(),
            vectors: order.iter().map(|&k| v.iter().map(|row| row[k]).collect()).collect(),
        }
    }

    /// The matrix with the same eigenvectors and the function's values of the eigenvalues.
    pub(crate) fn map(&self, f: impl Fn(f64) -> f64) -> Vec<Vec<f64>> {
        let n = self.values.len();
        let mut rows = vec![vec![0.0; n]; n];
        for (&value, vector) in self.values.iter().zip(&self.vectors) {
            let value = f(value);
            for (row, &x) in rows.iter_mut().zip(vector) {
                for (cell, &y) in row.iter_mut().zip(vector) {
                    *cell += value * x * y;
                }
            }
        }
        rows
    }
}

/// The inner product.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// The matrix times the vector.
pub(crate) fn times(rows: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
    rows.iter().map(|row| dot(row, vector)).collect()
}

/// The largest magnitude.
pub(crate) fn largest(vector: &[f64]) -> f64 {
    vector.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()))
}

/// The identity matrix.
pub(crate) fn identity(n: usize) -> Vec<Vec<f64>> {
    (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect()
}

/// The largest magnitude of the difference.
pub(crate) fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |most: f64, (x, y)| most.max((x - y).abs()))
}

/// The inverse with every eigenvalue made positive and not too small, so that it points downhill.
pub(crate) fn positive_inverse(matrix: &Eigen) -> Vec<Vec<f64>> {
    let most = largest(&matrix.values);
    let least = (1e-6 * most).max(1e-12);
    matrix.map(|value| 1.0 / value.abs().max(least))
}

/// The BFGS update of the inverse Hessian; left alone where the curvature along the step is not positive.
pub(crate) fn update(metric: &mut [Vec<f64>], s: &[f64], y: &[f64]) {
    let curvature = dot(s, y);
    if curvature.is_nan() || curvature <= 1e-14 * dot(s, s).sqrt() * dot(y, y).sqrt() {
        return;
    }
    let hy = times(metric, y);
    let scale = (1.0 + dot(y, &hy) / curvature) / curvature;
    for (i, row) in metric.iter_mut().enumerate() {
        for (j, cell) in row.iter_mut().enumerate() {
            *cell += scale * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / curvature;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A matrix of known eigenvalues: 1, 10⁻⁶ and 10⁶ along the columns of a rotation.
    #[test]
    fn eigenvalues_of_every_size_are_found() {
        let vectors = [[2.0, 2.0, 1.0], [-2.0, 1.0, 2.0], [1.0, -2.0, 2.0]].map(|row| row.map(|x| x / 3.0));
        let values = [1e-6, 1.0, 1e6];
        let cell = |i: usize, j: usize| (0..3).map(|k| values[k] * vectors[k][i] * vectors[k][j]).sum::<f64>();
        let rows: Vec<Vec<f64>> = (0..3).map(|i| (0..3).map(|j| cell(i, j)).collect()).collect();
        let eigen = Eigen::new(&rows);
        // The cells themselves are only right to 10⁶ roundings.
        for (got, want) in eigen.values.iter().zip(values) {
            assert!((got - want).abs() <= 1e-15 * want + 2e-10, "{got} {want}");
        }
        for (got, want) in eigen.map(|value| value).iter().zip(&rows) {
            assert!(distance(got, want) <= 1e-9, "{got:?} {want:?}");
        }
    }

    /// An update makes the metric map the change of the gradient to the step that made it.
    #[test]
    fn update_meets_the_secant() {
        let mut metric = identity(3);
        let (s, y) = ([0.1, -0.4, 0.2], [0.5, -0.3, 0.1]);
        update(&mut metric, &s, &y);
        assert!(distance(&times(&metric, &y), &s) < 1e-15);
        let before = metric.clone();
        update(&mut metric, &s, &[-0.5, 0.3, -0.1]);
        assert_eq!(metric, before, "curvature along the step is negative");
    }
}
