//! Equal histories as one, so that a model looks at each only once.

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use super::Purchases;
use super::radix::sort;
use crate::error::Result;
use crate::model::PurchaseHistory;
use crate::score::in_chunks;

/// Histories computed together, by one thread.
const CHUNK: usize = 64;

/// The histories that differ, and how many customers have each: CDNOW's 23,570 customers have 8,685.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distinct {
    /// The histories, by frequency, recency and age.
    pub histories: Vec<PurchaseHistory>,
    /// How many rows have it.
    pub weights: Vec<f64>,
    /// The position in `histories` of every row's.
    pub row_of: Vec<u32>,
}

/// Times that differ, per row and beyond some, from which on telling them apart by their codes takes longer than it spares.
const MANY_TIMES: (usize, usize) = (16, 1024);

/// A row on its way to its place.
#[derive(Clone, Copy, Default)]
struct Row<Times> {
    /// Recency and age: their codes, then their ranks; or their bits, which are in the order of numbers that are not negative.
    times: Times,
    frequency: u32,
    row: u32,
}

impl Distinct {
    /// # Errors
    /// [`ErrorKind::NoMemory`](crate::ErrorKind::NoMemory).
    pub(super) fn of(purchases: &Purchases) -> Result<Distinct> {
        match by_ranks(purchases)? {
            Some(rows) => Distinct::merged(purchases, &rows),
            None => Distinct::merged(purchases, &by_bits(purchases)?),
        }
    }

    /// Equal neighbours as one.
    fn merged<Times: PartialEq>(purchases: &Purchases, rows: &[Row<Times>]) -> Result<Distinct> {
        let same = |a: &Row<Times>, b: &Row<Times>| a.frequency == b.frequency && a.times == b.times;
        let count = rows.chunk_by(same).count();
        let (mut histories, mut weights) = (room(count)?, room(count)?);
        let mut row_of = filled(0, rows.len())?;
        for equal in rows.chunk_by(same) {
            for row in equal {
                row_of[row.row as usize] = histories.len() as u32;
            }
            histories.push(purchases.history(equal[0].row as usize));
            weights.push(equal.len() as f64);
        }
        Ok(Distinct { histories, weights, row_of })
    }

    /// A result for every row, computed once for every history, whose position is given too.
    pub(crate) fn map<T: Copy + Send>(
        &self,
        threads: usize,
        result: impl Fn(usize, &PurchaseHistory) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        spread(&each(&self.histories, threads, result)?, &self.row_of)
    }
}

/// Histories whose customers do the same while they still buy, as one: those of equal frequency and age. A population has far fewer
/// of them than of histories.
#[derive(Clone, Debug)]
pub(super) struct Alike {
    /// One of each, last seen at the end.
    histories: Vec<PurchaseHistory>,
    /// The position in `histories` of every distinct history's.
    of: Vec<u32>,
}

impl Alike {
    pub(super) fn of(distinct: &Distinct) -> Result<Alike> {
        let mut known: HashMap<(u32, u64), u32, RandomState> = HashMap::default();
        let mut alike = Alike { histories: Vec::new(), of: room(distinct.histories.len())? };
        for history in &distinct.histories {
            known.try_reserve(1)?;
            let at = match known.entry((history.frequency(), history.age().to_bits())) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(place) => {
                    alike.histories.try_reserve(1)?;
                    alike.histories.push(history.just_seen());
                    *place.insert(alike.histories.len() as u32 - 1)
                }
            };
            alike.of.push(at);
        }
        Ok(alike)
    }

    /// A result for every distinct history, computed once for those that are alike.
    pub(super) fn map<T: Copy + Send>(
        &self,
        threads: usize,
        result: impl Fn(&PurchaseHistory) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        spread(&each(&self.histories, threads, |_, history| result(history))?, &self.of)
    }
}

/// A result for each history, and its position.
pub(super) fn each<T: Copy + Send>(
    histories: &[PurchaseHistory],
    threads: usize,
    result: impl Fn(usize, &PurchaseHistory) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let chunks = in_chunks(histories.len().div_ceil(CHUNK), threads, |chunk| {
        let from = chunk * CHUNK;
        let own = &histories[from..histories.len().min(from + CHUNK)];
        (from..).zip(own).map(|(at, history)| result(at, history)).collect::<Result<Vec<T>>>()
    })?;
    let mut all = room(histories.len())?;
    chunks.iter().for_each(|chunk| all.extend_from_slice(chunk));
    Ok(all)
}

/// The results at some positions.
fn spread<T: Copy>(results: &[T], positions: &[u32]) -> Result<Vec<T>> {
    let mut all = room(positions.len())?;
    all.extend(positions.iter().map(|&at| results[at as usize]));
    Ok(all)
}

/// The rows in order, by the ranks of their times; none where many times differ.
fn by_ranks(purchases: &Purchases) -> Result<Option<Vec<Row<u64>>>> {
    let most = MANY_TIMES.1 + purchases.len() / MANY_TIMES.0;
    let (mut recency, mut age) = (Numbers::default(), Numbers::default());
    let mut rows = room(purchases.len())?;
    let times = purchases.recency.iter().zip(&purchases.age);
    for ((row, &frequency), (&t_x, &t)) in (0..).zip(&purchases.frequency).zip(times) {
        rows.push(Row { times: (recency.code(t_x)? << 32) | age.code(t)?, frequency, row });
        if recency.values.len().max(age.values.len()) > most {
            return Ok(None);
        }
    }
    let bits = age.values.len().checked_ilog2().map_or(0, |log| log + 1);
    let (recency, age) = (recency.ranks()?, age.ranks()?);
    for row in &mut rows {
        row.times = (recency[(row.times >> 32) as usize] << bits) | age[row.times as u32 as usize];
    }
    let mut other = filled(Row::default(), rows.len())?;
    sort(&mut rows, &mut other, |row| row.times);
    sort(&mut rows, &mut other, |row| u64::from(row.frequency));
    Ok(Some(rows))
}

/// The rows in order, by the bits of their times.
fn by_bits(purchases: &Purchases) -> Result<Vec<Row<u128>>> {
    let mut rows = room(purchases.len())?;
    let times = purchases.recency.iter().zip(&purchases.age);
    rows.extend((0..).zip(&purchases.frequency).zip(times).map(|((row, &frequency), (t_x, t))| Row {
        times: (u128::from(t_x.to_bits()) << 64) | u128::from(t.to_bits()),
        frequency,
        row,
    }));
    rows.sort_unstable_by(|a, b| a.frequency.cmp(&b.frequency).then(a.times.cmp(&b.times)));
    Ok(rows)
}

/// Numbers that differ, with a code each. Times differ little: they are days of some years.
#[derive(Default)]
struct Numbers {
    codes: HashMap<u64, u32, RandomState>,
    values: Vec<f64>,
}

impl Numbers {
    fn code(&mut self, number: f64) -> Result<u64> {
        let Numbers { codes, values } = self;
        codes.try_reserve(1)?;
        let code = match codes.entry(number.to_bits()) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                values.try_reserve(1)?;
                values.push(number);
                *place.insert(values.len() as u32 - 1)
            }
        };
        Ok(u64::from(code))
    }

    /// The place of every code's number in their order.
    fn ranks(self) -> Result<Vec<u64>> {
        let mut order: Vec<(f64, usize)> = room(self.values.len())?;
        order.extend(self.values.into_iter().zip(0..));
        order.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut ranks = filled(0, order.len())?;
        order.iter().zip(0..).for_each(|(&(_, code), rank)| ranks[code] = rank);
        Ok(ranks)
    }
}

/// An empty vector with room for `length`.
fn room<T>(length: usize) -> Result<Vec<T>> {
    let mut vector = Vec::new();
    vector.try_reserve_exact(length)?;
    Ok(vector)
}

/// `length` times the same.
fn filled<T: Clone>(value: T, length: usize) -> Result<Vec<T>> {
    let mut vector = room(length)?;
    vector.resize(length, value);
    Ok(vector)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Random;
    use crate::purchases::PurchaseColumns;

    /// Both orders are one: by frequency, recency and age, whether times repeat or hardly do.
    #[test]
    fn equal_histories_are_found_in_either_way() {
        let mut random = Random::new(1, 0);
        for (times, ranked) in [(50, true), (1 << 40, false)] {
            let mut columns: (Vec<u32>, Vec<f64>, Vec<f64>) = Default::default();
            for _ in 0..5_000 {
                let (frequency, age) = (random.below(3) as u32, random.below(times) as f64);
                columns.0.push(frequency);
                columns.1.push(if frequency == 0 { 0.0 } else { random.below(age as u64 + 1) as f64 });
                columns.2.push(age);
            }
            let purchases = Purchases::from_columns(&PurchaseColumns::new(&columns.0, &columns.1, &columns.2)).unwrap();
            assert_eq!(by_ranks(&purchases).unwrap().is_some(), ranked);
            let distinct = purchases.distinct().unwrap();
            let key = |history: &PurchaseHistory| (history.frequency(), history.recency() as u64, history.age() as u64);
            assert!(distinct.histories.is_sorted_by(|a, b| key(a) < key(b)));
            assert!((0..5_000).all(|row| distinct.histories[distinct.row_of[row] as usize] == purchases.history(row)));
            assert_eq!(distinct.weights.iter().sum::<f64>(), 5_000.0);
        }
    }
}
