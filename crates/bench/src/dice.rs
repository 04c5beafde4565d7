//! Repeatable chance: the same seed always deals the same people and the same words.

/// A small generator (SplitMix64; Steele, Lea, Flood 2014): repeatable, quick, and never for secrets.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice for one purpose (`salt`) and one thing (`number`): any thing can be dealt again without those before it.
    pub fn new(salt: u64, number: u64) -> Self {
        let mut dice = Self(salt.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number.rotate_left(17));
        dice.next();
        dice
    }

    /// Sixty-four even bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    /// A number from `low` up to and with `high`.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// From 0 up to 1.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// One of many, evenly.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// One of many, the n-th about 1/n as often as the first: as names and words are spread (Zipf).
    pub fn common<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let rank = (of.len() as f64 + 1.0).powf(self.share()) as usize;
        &of[rank.clamp(1, of.len()) - 1]
    }
}
