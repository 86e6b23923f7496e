//! Sorting many rows by a whole number, in a time that grows with their number alone.

/// Values of a digit: as many as a cache has room to write to at once.
const DIGITS: usize = 2048;

/// Sorts by a key and leaves the order of equal ones, digit by digit from the lowest; `other` is as long as `rows`.
pub(crate) fn sort<Row: Copy>(rows: &mut Vec<Row>, other: &mut Vec<Row>, key: impl Fn(&Row) -> u64) {
    let (lowest, highest) = rows.iter().map(&key).fold((u64::MAX, 0), |(low, high), key| (low.min(key), high.max(key)));
    let mut shift = 0;
    // Keys differ by no more than this: bits above need no digit.
    while shift < u64::BITS && highest.saturating_sub(lowest) >> shift > 0 {
        let digit = |row: &Row| ((key(row) - lowest) >> shift) as usize % DIGITS;
        let mut starts = [0_usize; DIGITS];
        rows.iter().for_each(|row| starts[digit(row)] += 1);
        let mut start = 0;
        for place in &mut starts {
            start += std::mem::replace(place, start);
        }
        for row in rows.iter() {
            let place = &mut starts[digit(row)];
            other[*place] = *row;
            *place += 1;
        }
        std::mem::swap(rows, other);
        shift += DIGITS.ilog2();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Random;

    /// The order is that of a stable sort, whatever the keys have in common.
    #[test]
    fn sorts_like_a_stable_sort() {
        let mut random = Random::new(1, 0);
        for (lowest, range) in [(0, 5), (7, 1), (1 << 62, 3_000), (0, u64::MAX), (u64::MAX - 40_000, 40_000)] {
            let mut rows: Vec<(u64, u32)> = (0..3_000).map(|row| (lowest + random.below(range), row)).collect();
            let mut sorted = rows.clone();
            sorted.sort_by_key(|row| row.0);
            let mut other = rows.clone();
            sort(&mut rows, &mut other, |row| row.0);
            assert_eq!(rows, sorted);
        }
        let mut none: Vec<u64> = Vec::new();
        sort(&mut none, &mut Vec::new(), |key| *key);
        assert!(none.is_empty());
    }
}
