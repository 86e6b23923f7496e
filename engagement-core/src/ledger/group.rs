//! Rows by key: a sort of which every step stays in cache.
//!
//! Keys are cut at a sample's quantiles into ranges small enough for the cache, and rows move to their range first (one place in
//! memory per range is written at a time), then to their group within it. Nothing is hashed, so no choice of keys is slow, and
//! keys come out in order.

use crate::error::Result;

/// Rows of one range of keys: their keys take 256 kB.
const RANGE: usize = 1 << 15;
/// The most ranges: more places written at a time than the processor translates addresses for would be slow.
const RANGES: usize = 1 << 10;
/// Keys looked at per range to find where to cut.
const SAMPLE: usize = 16;
/// The most bits of a key one pass sorts by.
const DIGIT: u32 = 11;

/// Rows in groups, a group a key, keys ascending, the rows of a group in the order of arrival.
#[derive(Debug, Default)]
pub(super) struct Groups<K> {
    /// Per row of arrival, its place when rows are put together by range; empty where that changes nothing.
    pub(super) places: Vec<u32>,
    /// The rows by group, as places.
    pub(super) rows: Vec<u32>,
    /// The key of each group.
    pub(super) keys: Vec<K>,
    /// Where in `rows` each group begins, and where the last one ends.
    pub(super) starts: Vec<u32>,
    /// Memory of the length of all rows, for whoever moves columns next.
    pub(super) spare: Vec<K>,
}

impl<K: Copy + Ord + Into<i64>> Groups<K> {
    pub(super) fn new(keys: Vec<K>) -> Result<Groups<K>> {
        let mut groups = Groups { places: Vec::new(), rows: Vec::new(), keys: Vec::new(), starts: Vec::new(), spare: Vec::new() };
        let (keys, ends) = groups.by_range(keys)?;
        groups.rows.try_reserve_exact(keys.len())?;
        let mut sort = Sort::default();
        let mut from = 0;
        for until in ends {
            groups.sort_range(&mut sort, &keys, from..until)?;
            from = until;
        }
        groups.starts.try_reserve(1)?;
        groups.starts.push(groups.rows.len() as u32);
        groups.spare = keys;
        Ok(groups)
    }

    /// Puts the keys together by range; returns them and where each range ends.
    fn by_range(&mut self, keys: Vec<K>) -> Result<(Vec<K>, Vec<usize>)> {
        let cuts = cuts(&keys)?;
        if cuts.is_empty() {
            let rows = keys.len();
            return Ok((keys, vec![rows]));
        }
        let mut ends = vec![0_usize; cuts.len() + 1];
        self.places.try_reserve_exact(keys.len())?;
        self.places.extend(keys.iter().map(|&key| {
            let range = range_of(&cuts, key);
            ends[range] += 1;
            range as u32
        }));
        let mut next = 0;
        for end in &mut ends {
            next += std::mem::replace(end, next);
        }
        let mut moved = Vec::new();
        moved.try_reserve_exact(keys.len())?;
        moved.resize(keys.len(), keys[0]);
        for (&key, place) in keys.iter().zip(&mut self.places) {
            let next = &mut ends[*place as usize];
            *place = *next as u32;
            moved[*next] = key;
            *next += 1;
        }
        Ok((moved, ends))
    }

    /// Sorts the rows of one range by key and appends its groups.
    fn sort_range(&mut self, sort: &mut Sort, keys: &[K], range: std::ops::Range<usize>) -> Result<()> {
        let base = range.start as u32;
        let keys = &keys[range];
        let Some(&first) = keys.first() else { return Ok(()) };
        let (low, high) = keys.iter().fold((first, first), |(low, high), &key| (low.min(key), high.max(key)));
        let low: i64 = low.into();
        let above = |key: K| key.into().wrapping_sub(low) as u64;
        let bits = 64 - above(high).leading_zeros();
        // Enough of the leading bits that most keys differ in them; the few that do not are put right afterwards.
        let sorted_by = bits.min((usize::BITS - keys.len().leading_zeros() + 3).min(2 * DIGIT));
        let shift = bits - sorted_by;
        sort.by_bits(keys.iter().map(|&key| (above(key) >> shift) as u32), sorted_by)?;
        let mut at = 0;
        while shift > 0 && at < sort.sorted.len() {
            let digit = sort.sorted[at].0;
            let len = sort.sorted[at..].iter().take_while(|entry| entry.0 == digit).count();
            let same = &mut sort.sorted[at..at + len];
            if same.windows(2).any(|pair| keys[pair[0].1 as usize] != keys[pair[1].1 as usize]) {
                same.sort_unstable_by_key(|&(_, row)| (keys[row as usize], row));
            }
            at += len;
        }
        let mut last = None;
        for &(_, row) in &sort.sorted {
            let key = keys[row as usize];
            if last != Some(key) {
                if self.keys.len() == self.keys.capacity() {
                    self.keys.try_reserve(1)?;
                    self.starts.try_reserve(self.keys.capacity() + 1 - self.starts.len())?;
                }
                self.keys.push(key);
                self.starts.push(self.rows.len() as u32);
                last = Some(key);
            }
            self.rows.push(base + row);
        }
        Ok(())
    }
}

/// The first keys of all ranges but the first, so many that their number is one less than a power of two; empty if one range
/// is enough.
fn cuts<K: Copy + Ord>(keys: &[K]) -> Result<Vec<K>> {
    let ranges = keys.len().div_ceil(RANGE).next_power_of_two().min(RANGES);
    let mut sample = Vec::new();
    if ranges < 2 {
        return Ok(sample);
    }
    sample.try_reserve_exact(ranges * SAMPLE)?;
    // Any rows will do, as long as no pattern in the arrival is met with one of its own.
    let mut state = 1_u64;
    sample.extend((0..ranges * SAMPLE).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        keys[((u128::from(state) * keys.len() as u128) >> 64) as usize]
    }));
    sample.sort_unstable();
    Ok(sample.into_iter().skip(SAMPLE).step_by(SAMPLE).collect())
}

/// How many cuts lie at or below a key, found without a branch to guess.
#[inline]
fn range_of<K: Copy + Ord>(cuts: &[K], key: K) -> usize {
    let mut step = cuts.len().div_ceil(2);
    let mut at = 0;
    while step > 0 {
        at = std::hint::select_unpredictable(cuts[at + step - 1] <= key, at + step, at);
        step /= 2;
    }
    at
}

/// A radix sort of row numbers by numbers of a few bits, with its memory.
#[derive(Debug, Default)]
struct Sort {
    /// What was sorted by, and the row.
    sorted: Vec<(u32, u32)>,
    other: Vec<(u32, u32)>,
    counts: Vec<u32>,
}

impl Sort {
    /// Sorts the rows by their numbers of so many bits, equal ones staying in order.
    fn by_bits(&mut self, numbers: impl ExactSizeIterator<Item = u32> + Clone, bits: u32) -> Result<()> {
        let len = numbers.len();
        self.sorted.clear();
        self.sorted.try_reserve_exact(len)?;
        self.sorted.resize(len, (0, 0));
        let low = if bits <= DIGIT { bits } else { bits.div_ceil(2) };
        let mask = (1 << low) - 1;
        let count = |counts: &mut Vec<u32>, numbers: &mut dyn Iterator<Item = u32>, digits: usize| -> Result<()> {
            counts.clear();
            counts.try_reserve(digits)?;
            counts.resize(digits, 0);
            numbers.for_each(|digit| counts[digit as usize] += 1);
            let mut next = 0;
            for count in counts {
                next += std::mem::replace(count, next);
            }
            Ok(())
        };
        count(&mut self.counts, &mut numbers.clone().map(|number| number & mask), 1 << low)?;
        for (row, number) in numbers.enumerate() {
            let next = &mut self.counts[(number & mask) as usize];
            self.sorted[*next as usize] = (number, row as u32);
            *next += 1;
        }
        if low == bits {
            return Ok(());
        }
        self.other.clear();
        self.other.try_reserve_exact(len)?;
        self.other.resize(len, (0, 0));
        count(&mut self.counts, &mut self.sorted.iter().map(|entry| entry.0 >> low), 1 << (bits - low))?;
        for &(number, row) in &self.sorted {
            let next = &mut self.counts[(number >> low) as usize];
            self.other[*next as usize] = (number, row);
            *next += 1;
        }
        std::mem::swap(&mut self.sorted, &mut self.other);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(keys: &[i64]) {
        let groups = Groups::new(keys.to_vec()).unwrap();
        let mut arrival: Vec<u32> = vec![0; keys.len()];
        for row in 0..keys.len() {
            arrival[groups.places.get(row).map_or(row, |&place| place as usize)] = row as u32;
        }
        let mut expected: Vec<u32> = (0..keys.len() as u32).collect();
        expected.sort_by_key(|&row| keys[row as usize]);
        let rows: Vec<u32> = groups.rows.iter().map(|&row| arrival[row as usize]).collect();
        assert_eq!(rows, expected);
        let mut distinct = keys.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(groups.keys, distinct);
        assert_eq!(groups.starts.len(), distinct.len() + 1);
        for (group, &key) in groups.keys.iter().enumerate() {
            let range = groups.starts[group] as usize..groups.starts[group + 1] as usize;
            assert!(!range.is_empty() && rows[range].iter().all(|&row| keys[row as usize] == key));
        }
    }

    #[test]
    fn rows_come_by_key_in_the_order_of_arrival() {
        let random = |len: usize, of: fn(u64) -> i64| {
            let mut state = 7_u64;
            (0..len)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    of(state >> 16)
                })
                .collect::<Vec<i64>>()
        };
        check(&[]);
        check(&[i64::MAX, i64::MIN, 0, i64::MAX, i64::MIN, -1]);
        check(&[5; 100_000]);
        check(&random(3_000, |n| n as i64));
        check(&random(200_000, |n| (n % 7_000) as i64 * 7 - 20_000));
        check(&random(200_000, |n| (n as i64) << 20));
        // Near the ends, and crowded in the leading bits.
        check(&random(100_000, |n| if n % 2 == 0 { i64::MIN + (n % 999) as i64 } else { i64::MAX - (n % 777) as i64 }));
        check(&random(40_000, |n| if n % 1000 == 0 { i64::MAX } else { (n % 12_345) as i64 }));
        // One key has most of the rows.
        check(&random(150_000, |n| if n % 10 == 0 { (n % 5_000) as i64 } else { 1234 }));
    }
}
