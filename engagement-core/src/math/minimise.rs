//! Minimisation of a smooth function of a few variables: BFGS, then Newton.
//!
//! The quasi-Newton steps follow Nocedal & Wright (2006), "Numerical Optimization", doi:10.1007/978-0-387-40065-5, chapters 3 and 6,
//! with three departures: the first metric is a Hessian instead of the identity, by forward differences of the gradient where it
//! is not known, which spares more evaluations than it costs for a few variables; the variables live in a box; and the last steps
//! are Newton's, so that the gradient ends at rounding level and the Hessian that the covariance needs is there.

use super::symmetric::{Eigen, distance, dot, identity, largest, positive_inverse, times, update};

/// A function of a point that also writes its gradient; a value that is not finite marks a point outside the domain.
pub(crate) type Objective<'a> = &'a dyn Fn(&[f64], &mut [f64]) -> f64;

/// The second derivatives at a place; `None` where differences of the gradient have to serve.
pub(crate) type Curvature<'a> = &'a dyn Fn(&Place) -> Option<Vec<Vec<f64>>>;

/// The step of the central differences of the gradient: the cube root of its relative noise.
const CENTRAL: f64 = 3e-5;
/// The step of the forward differences that start the search.
const FORWARD: f64 = 1e-4;
/// Sufficient decrease and curvature of the strong Wolfe conditions.
const DECREASE: f64 = 1e-4;
const CURVATURE: f64 = 0.9;
/// The longest step of one variable: a factor of 20 where the variable is a logarithm.
const LONGEST: f64 = 3.0;
/// How far a variable may go from its start: a factor of 10⁸.
const REACH: f64 = 18.420_680_743_952_367;
/// What counts as the end of the range.
const EDGE: f64 = 1e-9;
/// A standard error beyond which a variable may be running off to infinity: a factor of 20,000 where it is a logarithm.
const UNBOUNDED_ERROR: f64 = 10.0;
/// Half the squared number of standard errors that no longer matters: what a total log-likelihood may still gain.
const NEGLIGIBLE: f64 = 1e-6;
/// How far a Hessian by differences, which costs many evaluations, still leads to the minimum; and how far none has changed.
const NEAR: f64 = 1e-3;
const ALIKE: f64 = 1e-6;
/// A step, and a gradient, that are not worth an evaluation.
const SETTLED: f64 = 1e-12;
/// Descents after which a search gives up.
const DESCENTS: u32 = 5;
/// Steps that together must gain something.
const PATIENCE: usize = 10;

/// How to search.
#[derive(Clone, Copy)]
pub(crate) struct Search<'a> {
    pub(crate) objective: Objective<'a>,
    pub(crate) curvature: Curvature<'a>,
    /// How many observations the function is a mean over: turns curvature into standard errors.
    pub(crate) weight: f64,
    pub(crate) max_iterations: u32,
}

/// A point, the function's value and its gradient there.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) point: Vec<f64>,
    pub(crate) value: f64,
    pub(crate) gradient: Vec<f64>,
}

/// Where a search ended.
#[derive(Clone, Debug)]
pub(crate) struct Minimum {
    pub(crate) place: Place,
    pub(crate) hessian: Eigen,
    /// The variables along which the function falls or stays level as far as it was followed.
    pub(crate) unbounded: Vec<bool>,
    pub(crate) converged: bool,
    /// Largest |gradient| over the variables that are not unbounded.
    pub(crate) gradient: f64,
}

/// The effort of a search over all its starts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Effort {
    pub(crate) iterations: u32,
    pub(crate) evaluations: u32,
    pub(crate) starts: u32,
}

struct Walk<'a> {
    search: Search<'a>,
    low: Vec<f64>,
    high: Vec<f64>,
    effort: Effort,
    /// Whether the last Hessian is none by differences.
    exact: bool,
}

impl Search<'_> {
    /// The best minimum found from the starts, or `None` where no start is in the domain.
    ///
    /// The best start is followed to the end. The others are followed in the metric found there until they are seen to run into the
    /// same minimum or into a worse one. `metric` is the inverse Hessian near the starts, where it is known.
    pub(crate) fn minimise(&self, starts: &[Vec<f64>], metric: Option<&[Vec<f64>]>) -> (Option<Minimum>, Effort) {
        let mut walk = Walk { search: *self, low: Vec::new(), high: Vec::new(), effort: Effort::default(), exact: false };
        let mut places: Vec<Place> = starts.iter().filter_map(|start| walk.at(start.clone())).collect();
        walk.effort.starts = places.len() as u32;
        places.sort_by(|a, b| a.value.total_cmp(&b.value));
        let mut best: Option<Minimum> = None;
        for place in places {
            let Some(known) = &best else {
                best = Some(walk.follow(place, metric));
                continue;
            };
            if let Some(found) = walk.explore(place, known)
                && (found.place.value < known.place.value || !known.converged && found.converged)
            {
                best = Some(found);
            }
        }
        (best, walk.effort)
    }
}

impl Walk<'_> {
    fn at(&mut self, point: Vec<f64>) -> Option<Place> {
        let mut gradient = vec![0.0; point.len()];
        self.effort.evaluations += 1;
        let value = (self.search.objective)(&point, &mut gradient);
        (value.is_finite() && gradient.iter().all(|g| g.is_finite())).then_some(Place { point, value, gradient })
    }

    /// The direction without the variables that it would take out of their range, or that are at its end and stay there.
    fn inward(&self, place: &Place, mut direction: Vec<f64>) -> Vec<f64> {
        for (i, step) in direction.iter_mut().enumerate() {
            if self.blocked(place, i) || self.outward(place, i, *step) {
                *step = 0.0;
            }
        }
        direction
    }

    /// How far the direction can be followed before a variable comes to the end of its range.
    fn room(&self, place: &Place, direction: &[f64]) -> f64 {
        let mut room = f64::INFINITY;
        for (i, &step) in direction.iter().enumerate().filter(|(_, step)| **step != 0.0) {
            let end = if step > 0.0 { self.high[i] } else { self.low[i] };
            room = room.min((end - place.point[i]) / step);
        }
        room
    }

    fn moved(&mut self, from: &Place, direction: &[f64], length: f64) -> Option<Place> {
        let point =
            (0..from.point.len()).map(|i| (from.point[i] + length * direction[i]).clamp(self.low[i], self.high[i])).collect();
        self.at(point)
    }

    /// Whether a step would take a variable at the end of its range, but for rounding, out of it.
    fn outward(&self, place: &Place, i: usize, step: f64) -> bool {
        place.point[i] <= self.low[i] + EDGE && step < 0.0 || place.point[i] >= self.high[i] - EDGE && step > 0.0
    }

    /// A variable at the end of its range with the function falling beyond it.
    fn blocked(&self, place: &Place, i: usize) -> bool {
        self.outward(place, i, -place.gradient[i])
    }

    /// The gradient without the variables at the end of their range.
    fn free_gradient(&self, place: &Place) -> Vec<f64> {
        (0..place.gradient.len()).map(|i| if self.blocked(place, i) { 0.0 } else { place.gradient[i] }).collect()
    }

    /// From a start to the end.
    fn follow(&mut self, start: Place, metric: Option<&[Vec<f64>]>) -> Minimum {
        self.low = start.point.iter().map(|x| x - REACH).collect();
        self.high = start.point.iter().map(|x| x + REACH).collect();
        let metric = match (metric, self.exact(&start)) {
            // Near the minimum Newton's steps are the shortest way, where a Hessian costs no more than a step.
            (Some(_), Some(hessian)) => return self.finish(start, Some(hessian)),
            (Some(metric), None) => metric.to_vec(),
            (None, Some(hessian)) => positive_inverse(&hessian),
            (None, None) => positive_inverse(&self.differences(&start, false)),
        };
        let (place, _) = self.descend(start, metric, |_, _| false);
        self.finish(place, None)
    }

    /// Newton's steps at the end of a descent, and further descents for as long as they find a flat direction that leads down.
    /// `hessian` is that of the place, where it is known already.
    fn finish(&mut self, mut place: Place, mut hessian: Option<Eigen>) -> Minimum {
        for _ in 0..DESCENTS {
            let known = hessian.take().unwrap_or_else(|| self.hessian(&place, true));
            match self.polish(place, known) {
                Ok(minimum) => return minimum,
                Err(lower) => {
                    let metric = positive_inverse(&self.hessian(&lower, true));
                    place = self.descend(lower, metric, |_, _| false).0;
                }
            }
        }
        let hessian = self.hessian(&place, true);
        let gradient = largest(&place.gradient);
        Minimum { unbounded: vec![false; place.point.len()], place, hessian, converged: false, gradient }
    }

    /// From another start, for as long as it may lead to a better minimum than the known one.
    fn explore(&mut self, start: Place, known: &Minimum) -> Option<Minimum> {
        self.low = start.point.iter().map(|x| x - REACH).collect();
        self.high = start.point.iter().map(|x| x + REACH).collect();
        let hessian = known.hessian.map(|value| value);
        let slack = NEGLIGIBLE / self.search.weight;
        let given_up = |place: &Place, fall: f64| {
            let above = place.value - known.place.value;
            if above < -slack {
                return false;
            }
            // The known minimum's own bowl: height and slopes are those that its Hessian foresees.
            let away: Vec<f64> = place.point.iter().zip(&known.place.point).map(|(x, y)| x - y).collect();
            let slopes = times(&hessian, &away);
            let bowl = 0.5 * dot(&away, &slopes);
            let same = (above - bowl).abs() <= 0.3 * bowl + slack
                && distance(&slopes, &place.gradient) <= 0.3 * largest(&slopes) + slack;
            same || fall < 0.05 * above
        };
        let metric = if known.unbounded.contains(&true) {
            positive_inverse(&self.hessian(&start, false))
        } else {
            positive_inverse(&known.hessian)
        };
        if known.converged && given_up(&start, f64::INFINITY) {
            return None;
        }
        let (place, stopped) = self.descend(start, metric, |place, fall| known.converged && given_up(place, fall));
        (!stopped && (!known.converged || place.value < known.place.value - slack)).then(|| self.finish(place, None))
    }

    /// BFGS from a place until the gradient is small, nothing more is gained, or `stop` says so of a place and the fall of the
    /// function that the metric foresees from it.
    fn descend(&mut self, mut place: Place, mut metric: Vec<Vec<f64>>, stop: impl Fn(&Place, f64) -> bool) -> (Place, bool) {
        let n = place.point.len();
        let mut fresh = false;
        let mut values = Vec::new();
        for step in 0..self.search.max_iterations as usize {
            values.push(place.value);
            if step >= PATIENCE && values[step - PATIENCE] - place.value <= 1e-3 * NEGLIGIBLE / self.search.weight {
                break;
            }
            let gradient = self.free_gradient(&place);
            let mut direction = self.inward(&place, times(&metric, &gradient).iter().map(|x| -x).collect());
            let mut slope = dot(&direction, &gradient);
            if slope >= 0.0 {
                direction = gradient.iter().map(|x| -x).collect();
                slope = -dot(&gradient, &gradient);
                metric = identity(n);
            }
            // Far below one standard error: what remains is Newton's.
            if -slope * self.search.weight <= 1e-12 || largest(&gradient) <= 1e-11 {
                break;
            }
            let longest = largest(&direction);
            if longest > LONGEST {
                direction.iter_mut().for_each(|x| *x *= LONGEST / longest);
                slope *= LONGEST / longest;
            }
            self.effort.iterations += 1;
            let Some(next) = self.line(&place, &direction, slope) else {
                if fresh {
                    break;
                }
                // The metric has gone astray: take a new one from the function itself, once.
                metric = positive_inverse(&self.hessian(&place, true));
                fresh = true;
                continue;
            };
            fresh = false;
            let s: Vec<f64> = next.point.iter().zip(&place.point).map(|(x, y)| x - y).collect();
            let y: Vec<f64> = next.gradient.iter().zip(&place.gradient).map(|(x, y)| x - y).collect();
            update(&mut metric, &s, &y);
            place = next;
            let gradient = self.free_gradient(&place);
            if stop(&place, 0.5 * dot(&gradient, &times(&metric, &gradient))) {
                return (place, true);
            }
        }
        (place, false)
    }

    /// A step along the direction that meets the strong Wolfe conditions, or at least falls.
    fn line(&mut self, from: &Place, direction: &[f64], slope: f64) -> Option<Place> {
        let noise = 8.0 * f64::EPSILON * from.value.abs();
        let mut low = (0.0, from.value, slope);
        let mut high: Option<(f64, f64, f64)> = None;
        let mut best: Option<Place> = None;
        let room = self.room(from, direction);
        let mut length = room.min(1.0);
        for _ in 0..30 {
            let trial = self.moved(from, direction, length);
            let (value, rise) = match &trial {
                Some(trial) => (trial.value, dot(&trial.gradient, direction)),
                None => (f64::INFINITY, f64::INFINITY),
            };
            let falls = value <= from.value + DECREASE * length * slope + noise && value <= low.1 + noise;
            if !falls {
                high = Some((length, value, rise));
            } else {
                best = trial;
                if rise.abs() <= CURVATURE * slope.abs() {
                    return best;
                }
                let towards = high.map_or(1.0, |high| high.0 - low.0);
                if rise * towards >= 0.0 {
                    high = Some(low);
                }
                low = (length, value, rise);
            }
            length = match high {
                None if length >= room => return best,
                None => (4.0 * length).min(room),
                Some(high) if (high.0 - low.0).abs() <= 1e-10 * high.0.max(low.0) => return best,
                Some(high) => cubic(low, high),
            };
        }
        best
    }

    /// Newton's steps until the gradient is at rounding level; or a lower place far away, along a direction that looked flat.
    fn polish(&mut self, mut place: Place, mut hessian: Eigen) -> Result<Minimum, Place> {
        let n = place.point.len();
        let flat = (1.0 / (UNBOUNDED_ERROR * UNBOUNDED_ERROR * self.search.weight)).max(1e-9);
        let mut origin = place.point.clone();
        // A Hessian that costs little is taken anew as soon as the covariance would need it to be.
        let stale = if self.exact { ALIKE } else { NEAR };
        let mut unbounded = vec![false; n];
        let mut level = vec![false; n];
        for round in 0..self.search.max_iterations.min(60) {
            if round > 0 && distance(&origin, &place.point) > stale {
                hessian = self.hessian(&place, true);
                origin.clone_from(&place.point);
            }
            unbounded.iter_mut().enumerate().for_each(|(i, unbounded)| *unbounded |= self.blocked(&place, i));
            // A direction so flat that its standard error is out of all bounds: see how far it goes.
            for (k, level) in level.iter_mut().enumerate().filter(|(k, level)| !**level && hessian.values[*k] < flat) {
                let vector = &hessian.vectors[k];
                if let Some(beyond) = self.beyond(&place, vector) {
                    if beyond.value < place.value - NEGLIGIBLE / self.search.weight {
                        return Err(beyond);
                    }
                    *level = true;
                    let most = largest(vector);
                    unbounded.iter_mut().zip(vector).for_each(|(unbounded, x)| *unbounded |= x.abs() > 0.1 * most);
                    if beyond.value < place.value {
                        place = beyond;
                    }
                }
            }
            let gradient = self.free_gradient(&place);
            let mut step = vec![0.0; n];
            for ((&curvature, vector), level) in hessian.values.iter().zip(&hessian.vectors).zip(&level) {
                if curvature < flat && *level {
                    continue;
                }
                let along = dot(vector, &gradient) / curvature.abs().max(flat);
                step.iter_mut().zip(vector).for_each(|(step, x)| *step -= along * x);
            }
            let longest = largest(&step);
            if longest > LONGEST {
                step.iter_mut().for_each(|x| *x *= LONGEST / longest);
            }
            let Some(next) = self.newton(&place, &step) else { break };
            self.effort.iterations += 1;
            place = next;
        }
        if distance(&origin, &place.point) > ALIKE {
            hessian = self.hessian(&place, true);
        }
        let rest: Vec<f64> = (0..n).map(|i| if unbounded[i] { 0.0 } else { place.gradient[i] }).collect();
        let decrement = dot(&rest, &times(&positive_inverse(&hessian), &rest)) * self.search.weight;
        let bowl = unbounded.contains(&true) || hessian.values.first().is_some_and(|&value| value > 0.0);
        let gradient = largest(&rest);
        let small = gradient <= 1e-9 || decrement <= 1e-10 || unbounded.contains(&true) && gradient <= 1e-5;
        Ok(Minimum { place, hessian, unbounded, converged: bowl && small, gradient })
    }

    /// The place after a Newton step, shortened until it lowers the gradient or the value; `None` where rounding leaves nothing.
    fn newton(&mut self, place: &Place, step: &[f64]) -> Option<Place> {
        let before = largest(&self.free_gradient(place));
        // A mean near 0 may be one of large values: its rounding is not told by its size.
        let noise = 16.0 * f64::EPSILON * place.value.abs() + 0.1 * NEGLIGIBLE / self.search.weight;
        let longest = largest(step);
        if before <= 1e-15 || longest <= 1e-15 || before <= SETTLED && longest <= SETTLED {
            return None;
        }
        let mut length = 1.0;
        for _ in 0..12 {
            if let Some(next) = self.moved(place, step, length) {
                let after = largest(&self.free_gradient(&next));
                if after <= 0.5 * before && next.value <= place.value + noise || next.value < place.value - noise {
                    return Some(next);
                }
                if before <= 1e-10 {
                    return None;
                }
            }
            length *= 0.25;
        }
        None
    }

    /// A place far out along a flat direction where the function is no higher, if there is one.
    fn beyond(&mut self, place: &Place, vector: &[f64]) -> Option<Place> {
        let downhill = if dot(vector, &place.gradient) > 0.0 { -1.0 } else { 1.0 };
        let slack = NEGLIGIBLE / self.search.weight;
        let length = 0.5 * REACH / largest(vector);
        for length in [downhill * length, -downhill * length] {
            if let Some(far) = self.moved(place, vector, length)
                && far.value <= place.value + slack
            {
                return Some(far);
            }
        }
        None
    }

    /// The Hessian: as it is where it is known, else by differences.
    fn hessian(&mut self, place: &Place, central: bool) -> Eigen {
        self.exact(place).unwrap_or_else(|| self.differences(place, central))
    }

    /// The Hessian, where it is known.
    fn exact(&mut self, place: &Place) -> Option<Eigen> {
        let rows = (self.search.curvature)(place).filter(|rows| rows.iter().flatten().all(|cell| cell.is_finite()));
        self.exact = rows.is_some();
        Some(Eigen::new(&rows?))
    }

    /// The Hessian by differences of the gradient: central ones, or forward ones at half the cost.
    fn differences(&mut self, place: &Place, central: bool) -> Eigen {
        let n = place.point.len();
        let mut rows = identity(n);
        let h = if central { CENTRAL } else { FORWARD };
        for i in 0..n {
            let mut shifted = |by: f64| {
                let mut point = place.point.clone();
                point[i] += by;
                let by = point[i] - place.point[i];
                self.at(point).map(|there| (by, there.gradient))
            };
            let up = shifted(h);
            let down = if central || up.is_none() { shifted(-h) } else { None };
            let here = (0.0, place.gradient.clone());
            let (from, to) = match (down, up) {
                (Some(down), Some(up)) => (down, up),
                (None, Some(up)) => (here, up),
                (Some(down), None) => (down, here),
                (None, None) => continue,
            };
            rows[i] = from.1.iter().zip(&to.1).map(|(from_g, to_g)| (to_g - from_g) / (to.0 - from.0)).collect();
        }
        Eigen::new(&rows)
    }
}

/// The minimum of the cubic through two points with slopes, kept away from both ends.
fn cubic(low: (f64, f64, f64), high: (f64, f64, f64)) -> f64 {
    let width = high.0 - low.0;
    if !(high.1.is_finite() && high.2.is_finite()) {
        return low.0 + 0.2 * width;
    }
    let d1 = low.2 + high.2 - 3.0 * (low.1 - high.1) / (low.0 - high.0);
    let under = d1 * d1 - low.2 * high.2;
    let share = if under < 0.0 {
        0.5
    } else {
        let d2 = width.signum() * under.sqrt();
        1.0 - (high.2 + d2 - d1) / (high.2 - low.2 + 2.0 * d2)
    };
    let share = if share.is_finite() { share.clamp(0.1, 0.9) } else { 0.5 };
    low.0 + share * width
}

#[cfg(test)]
#[path = "minimise_tests.rs"]
mod tests;
