//! Small symmetric matrices: eigenvalues by Jacobi rotations.

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
                    for k in 0..n {
                        (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]);
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
