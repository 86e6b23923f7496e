//! Equal histories as one, so that a model looks at each only once.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::{Purchases, history};
use crate::error::Result;
use crate::model::PurchaseHistory;
use crate::score::in_chunks;

/// Histories computed together, by one thread.
const CHUNK: usize = 256;

/// Values of a digit: as many as a cache has room to write to at once.
const DIGITS: usize = 2048;

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

/// A row on its way to its place.
#[derive(Clone, Copy, Default)]
struct Row {
    /// The ranks of recency and age.
    times: u64,
    frequency: u32,
    row: u32,
}

impl Distinct {
    pub(super) fn of(purchases: &Purchases) -> Distinct {
        let (recency, age) = (Ranks::of(&purchases.recency), Ranks::of(&purchases.age));
        let bits = age.values.len().checked_ilog2().map_or(0, |log| log + 1);
        let times = recency.of.iter().zip(&age.of).map(|(&recency, &age)| (u64::from(recency) << bits) | u64::from(age));
        let rows = times.zip(&purchases.frequency).zip(0..).map(|((times, &frequency), row)| Row { times, frequency, row });
        let mut rows: Vec<Row> = rows.collect();
        let mut room = vec![Row::default(); rows.len()];
        sort(&mut rows, &mut room, |row| row.times);
        sort(&mut rows, &mut room, |row| u64::from(row.frequency));
        drop(room);

        let same = |a: &Row, b: &Row| (a.frequency, a.times) == (b.frequency, b.times);
        let count = rows.chunk_by(same).count();
        let (mut histories, mut weights) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut row_of = vec![0; rows.len()];
        for equal in rows.chunk_by(same) {
            let first = equal[0];
            let recency = recency.values[(first.times >> bits) as usize];
            let age = age.values[(first.times & !(u64::MAX << bits)) as usize];
            for row in equal {
                row_of[row.row as usize] = histories.len() as u32;
            }
            histories.push(history(first.frequency, recency, age));
            weights.push(equal.len() as f64);
        }
        Distinct { histories, weights, row_of }
    }

    /// A number for every row, computed once for every history.
    pub(super) fn map(&self, threads: usize, number: impl Fn(&PurchaseHistory) -> Result<f64> + Sync) -> Result<Vec<f64>> {
        let numbers = in_chunks(self.histories.len().div_ceil(CHUNK), threads, |chunk| {
            let from = chunk * CHUNK;
            let until = self.histories.len().min(from + CHUNK);
            self.histories[from..until].iter().map(&number).collect::<Result<Vec<f64>>>()
        })?;
        let mut rows = Vec::new();
        rows.try_reserve_exact(self.row_of.len())?;
        rows.extend(self.row_of.iter().map(|&at| numbers[at as usize / CHUNK][at as usize % CHUNK]));
        Ok(rows)
    }
}

/// Numbers as their places among those that differ. Times differ little: they are days of some years.
struct Ranks {
    of: Vec<u32>,
    values: Vec<f64>,
}

impl Ranks {
    fn of(numbers: &[f64]) -> Ranks {
        let mut codes = HashMap::with_hasher(RandomState::default());
        let mut values = Vec::new();
        let mut code = |number: f64| {
            *codes.entry(number.to_bits()).or_insert_with(|| {
                values.push((number, values.len()));
                values.len() as u32 - 1
            })
        };
        let mut of: Vec<u32> = numbers.iter().map(|&number| code(number)).collect();
        values.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut ranks = vec![0; values.len()];
        values.iter().zip(0..).for_each(|(&(_, code), rank)| ranks[code] = rank);
        of.iter_mut().for_each(|code| *code = ranks[*code as usize]);
        Ranks { of, values: values.into_iter().map(|(number, _)| number).collect() }
    }
}

/// Sorts by a key and leaves the order of equal ones, digit by digit from the lowest; `room` is as long as `rows`.
fn sort(rows: &mut Vec<Row>, room: &mut Vec<Row>, key: impl Fn(&Row) -> u64) {
    let highest = rows.iter().map(&key).max().unwrap_or(0);
    let mut shift = 0;
    while shift < u64::BITS && highest >> shift > 0 {
        let digit = |row: &Row| (key(row) >> shift) as usize % DIGITS;
        let mut starts = [0_usize; DIGITS];
        rows.iter().for_each(|row| starts[digit(row)] += 1);
        let mut start = 0;
        for place in &mut starts {
            start += std::mem::replace(place, start);
        }
        for row in rows.iter() {
            let place = &mut starts[digit(row)];
            room[*place] = *row;
            *place += 1;
        }
        std::mem::swap(rows, room);
        shift += DIGITS.ilog2();
    }
}
