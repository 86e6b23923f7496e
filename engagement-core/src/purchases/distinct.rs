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
    /// The codes of recency and age, and then their ranks.
    times: u64,
    frequency: u32,
    row: u32,
}

impl Distinct {
    pub(super) fn of(purchases: &Purchases) -> Distinct {
        let (mut recency, mut age) = (Numbers::default(), Numbers::default());
        let times = purchases.recency.iter().zip(&purchases.age);
        let rows = times.zip(&purchases.frequency).zip(0..).map(|(((&t_x, &t), &frequency), row)| Row {
            times: (recency.code(t_x) << 32) | age.code(t),
            frequency,
            row,
        });
        let mut rows: Vec<Row> = rows.collect();
        let (recency, recency_ranks) = recency.ranked();
        let (age, age_ranks) = age.ranked();
        let bits = age.len().checked_ilog2().map_or(0, |log| log + 1);
        for row in &mut rows {
            let (t_x, t) = ((row.times >> 32) as usize, row.times as u32 as usize);
            row.times = (recency_ranks[t_x] << bits) | age_ranks[t];
        }
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
            let recency = recency[(first.times >> bits) as usize];
            let age = age[(first.times & !(u64::MAX << bits)) as usize];
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

/// Numbers that differ, with a code each. Times differ little: they are days of some years.
#[derive(Default)]
struct Numbers {
    codes: HashMap<u64, u32, RandomState>,
    values: Vec<f64>,
}

impl Numbers {
    fn code(&mut self, number: f64) -> u64 {
        let Numbers { codes, values } = self;
        let code = codes.entry(number.to_bits()).or_insert_with(|| {
            values.push(number);
            values.len() as u32 - 1
        });
        u64::from(*code)
    }

    /// The numbers in their order, and the place of every code's.
    fn ranked(self) -> (Vec<f64>, Vec<u64>) {
        let mut order: Vec<(f64, usize)> = self.values.into_iter().zip(0..).collect();
        order.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut ranks = vec![0; order.len()];
        order.iter().zip(0..).for_each(|(&(_, code), rank)| ranks[code] = rank);
        (order.into_iter().map(|(number, _)| number).collect(), ranks)
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
