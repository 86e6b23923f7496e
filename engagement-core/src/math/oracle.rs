//! Tables of high-precision values, and the table of permitted errors.

/// Relative errors permitted to each function. A line may only get smaller.
const PERMITTED: &str = include_str!("../../tests/oracle/permitted.csv");

/// The numbers of a table of `tests/oracle`, a row at a time.
pub(crate) fn rows<const N: usize>(table: &str) -> impl Iterator<Item = [f64; N]> {
    table.lines().skip(1).map(|line| {
        let mut cells = line.split(',').map(|cell| cell.parse().unwrap());
        let row = std::array::from_fn(|_| cells.next().unwrap());
        assert!(cells.next().is_none(), "{line}");
        row
    })
}

/// The error permitted to a function.
pub(crate) fn permitted(function: &str) -> f64 {
    let line = PERMITTED.lines().find(|line| line.split(',').next() == Some(function));
    line.unwrap_or_else(|| panic!("{function} is not in permitted.csv")).rsplit(',').next().unwrap().parse().unwrap()
}

/// The worst error of a function over its table.
#[derive(Debug)]
pub(crate) struct Worst {
    function: &'static str,
    error: f64,
    at: String,
}

impl Worst {
    /// No error seen so far.
    pub(crate) fn of(function: &'static str) -> Worst {
        Worst { function, error: 0.0, at: String::from("no row") }
    }

    /// Compares one value, relative to `scale`.
    pub(crate) fn see(&mut self, got: f64, want: f64, scale: f64, at: &[f64]) {
        let error = if got == want { 0.0 } else { (got - want).abs() / scale.abs() };
        if error > self.error || error.is_nan() {
            *self = Worst { function: self.function, error, at: format!("{at:?}: {got:e}, not {want:e}") };
        }
    }

    /// Fails if the worst error is above the permitted one.
    pub(crate) fn check(&self) {
        println!("{:<20} {:.1e} at {}", self.function, self.error, self.at);
        let permitted = permitted(self.function);
        assert!(
            self.error <= permitted,
            "{}: {:e} is above the permitted {permitted:e}, at {}",
            self.function,
            self.error,
            self.at
        );
    }
}
