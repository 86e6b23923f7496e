//! Random numbers that are the same on every platform and in every year: a golden number in a test must not depend
//! on the version of a crate.

/// One step of `splitmix64`, as a function: a well-mixed 64-bit hash of `value`.
#[must_use]
pub fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The generator `xoshiro256++`, seeded through `splitmix64`.
///
/// # References
/// Blackman and Vigna (2021), *Scrambled linear pseudorandom number generators*, doi:10.1145/3460772.
#[derive(Debug, Clone)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// A generator whose stream depends on `seed` alone.
    #[must_use]
    pub fn new(seed: u64) -> Random {
        let step = 0x9e37_79b9_7f4a_7c15_u64;
        Random { state: [0, 1, 2, 3].map(|i: u64| mix(seed.wrapping_add(i.wrapping_mul(step)))) }
    }

    /// A generator in a given state, of which at least one word is not 0.
    #[must_use]
    pub fn with_state(state: [u64; 4]) -> Random {
        Random { state }
    }

    /// 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        let [s0, s1, s2, s3] = &mut self.state;
        let result = s0.wrapping_add(*s3).rotate_left(23).wrapping_add(*s0);
        let t = *s1 << 17;
        *s2 ^= *s0;
        *s3 ^= *s1;
        *s1 ^= *s2;
        *s0 ^= *s3;
        *s2 ^= t;
        *s3 = s3.rotate_left(45);
        result
    }

    /// A whole number in `0..bound`; the bias is below `bound` ÷ 2⁶⁴.
    #[inline]
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// A number in [0, 1), a multiple of 2⁻⁵³.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// True once in `one_in` calls, on average.
    #[inline]
    pub fn once_in(&mut self, one_in: u64) -> bool {
        self.below(one_in) == 0
    }

    /// One of `values`.
    ///
    /// # Panics
    /// If there is none.
    pub fn pick<'a, T>(&mut self, values: &'a [T]) -> &'a T {
        &values[self.below(values.len() as u64) as usize]
    }
}
