//! A fingerprint of a text that stays near when the text is changed a little.
//!
//! Charikar's similarity estimate (M. Charikar, "Similarity estimation techniques from rounding
//! algorithms", STOC 2002), used on web pages by G. Manku, A. Jain and A. Das Sarma ("Detecting
//! near-duplicates for web crawling", WWW 2007): every shingle of words votes with its hash on each
//! of 64 bits, and the majority of the votes is the fingerprint. The more shingles two texts share,
//! the fewer bits differ.
//!
//! The hash is FNV-1a with a finalizer, written out here, so that fingerprints kept today compare
//! with those made by a later version.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text;

/// Words of a shingle of the fingerprint: short ones, so that it moves little.
const SHINGLE: usize = 2;
/// Words of a shingle of the sketch: longer ones, so that form letters with other names in them
/// share few.
const SKETCH_SHINGLE: usize = 3;
/// Bins of a sketch.
const BINS: usize = 32;
/// Texts of fewer words have no fingerprint: too little of it would be their own.
const MIN_WORDS: usize = 40;

/// The fingerprint of a text; in records sixteen hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Simhash(pub u64);

impl Simhash {
    /// The fingerprint of a text; `None` for one that is too short to have one.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::sink::Simhash;
    /// let text = "The night ferry came back to the harbour on Monday after eleven weeks in the \
    ///     yard, with a new engine, a fresh coat of paint and a captain who had missed her. A small \
    ///     crowd met her on the quay, and the mayor spoke about the winter that was now over.";
    /// let one = Simhash::of(text).expect("long enough");
    /// let other = Simhash::of(&text.to_uppercase().replace(',', " –")).expect("long enough");
    /// assert_eq!(one.distance(other), 0);
    /// assert_eq!(Simhash::of("Too short to tell."), None);
    /// ```
    pub fn of(text: &str) -> Option<Self> {
        let words = hashed(text);
        if words.len() < MIN_WORDS {
            return None;
        }
        let (mut votes, mut all) = (Votes::default(), 0);
        for hash in shingles(&words, SHINGLE) {
            votes.add(hash);
            all += 1;
        }
        let bits = votes.counted().into_iter().enumerate();
        let bits = bits.filter(|(_, ones)| ones * 2 > all);
        Some(Self(bits.fold(0, |hash, (bit, _)| hash | 1 << bit)))
    }

    /// How many bits differ, 0 to 64.
    pub fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }
}

/// How many hashes have each bit set. Eight counters of a byte lie in one number, so that one addition
/// counts eight bits; they are emptied before any of them can overflow.
#[derive(Default)]
struct Votes {
    /// The counters of the bits that leave the same rest when divided by 8.
    packed: [u64; 8],
    since: u8,
    counts: Vec<u32>,
}

impl Votes {
    fn add(&mut self, hash: u64) {
        for (rest, eight) in self.packed.iter_mut().enumerate() {
            *eight += hash >> rest & 0x0101_0101_0101_0101;
        }
        self.since += 1;
        if self.since == u8::MAX {
            self.empty();
        }
    }

    fn empty(&mut self) {
        self.counts.resize(64, 0);
        for (rest, eight) in self.packed.iter_mut().enumerate() {
            for (at, count) in std::mem::take(eight).to_le_bytes().into_iter().enumerate() {
                self.counts[at * 8 + rest] += u32::from(count);
            }
        }
        self.since = 0;
    }

    /// The counts from the lowest bit to the highest.
    fn counted(mut self) -> Vec<u32> {
        self.empty();
        self.counts
    }
}

/// A sample of a text's shingles, by which the share of shingles that two texts have in common is
/// estimated: of the hashes that fall into a bin, the least (P. Li, A. Owen and C.-H. Zhang, "One
/// permutation hashing", NIPS 2012).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sketch([u32; BINS]);

impl Sketch {
    pub(super) fn of(text: &str) -> Self {
        let mut bins = [u32::MAX; BINS];
        for hash in shingles(&hashed(text), SKETCH_SHINGLE) {
            let bin = &mut bins[(hash % BINS as u64) as usize];
            *bin = (*bin).min((hash >> 32) as u32);
        }
        Self(bins)
    }

    /// The share of shingles in common, estimated to a tenth or so, 0 to 1.
    pub(super) fn in_common(&self, other: &Self) -> f32 {
        let pairs = || self.0.iter().zip(&other.0);
        let filled = pairs().filter(|(a, b)| **a != u32::MAX || **b != u32::MAX);
        let equal = pairs().filter(|(a, b)| a == b && **a != u32::MAX).count();
        equal as f32 / filled.count().max(1) as f32
    }
}

/// The words of a text, in lower case, as hashes.
fn hashed(text: &str) -> Vec<u64> {
    let hash = |word: &str| {
        if word.is_ascii() {
            hash_of(word.bytes().map(|byte| byte.to_ascii_lowercase()))
        } else {
            fnv(word.to_lowercase().as_bytes())
        }
    };
    text::pieces(text).map(hash).collect()
}

/// A hash for each row of so many words.
fn shingles(words: &[u64], length: usize) -> impl Iterator<Item = u64> {
    let rows = words.windows(length);
    rows.map(|row| row.iter().fold(0, |hash, word| mix(hash ^ word)))
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo; RFC 9923).
pub(super) fn fnv(bytes: &[u8]) -> u64 {
    hash_of(bytes.iter().copied())
}

fn hash_of(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, text::fnv)
}

/// Spreads every bit over all 64 (the finalizer of `SplitMix64`), since FNV's high bits of short
/// words hardly differ.
fn mix(hash: u64) -> u64 {
    let hash = (hash.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ (hash >> 30))
        .wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

impl fmt::Display for Simhash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl From<Simhash> for String {
    fn from(hash: Simhash) -> Self {
        hash.to_string()
    }
}

/// The text is not sixteen hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a fingerprint of sixteen hexadecimal digits")]
pub struct NotASimhash;

impl FromStr for Simhash {
    type Err = NotASimhash;

    fn from_str(text: &str) -> Result<Self, NotASimhash> {
        let whole = text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let value = whole.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        value.map(Self).ok_or(NotASimhash)
    }
}

impl TryFrom<String> for Simhash {
    type Error = NotASimhash;

    fn try_from(text: String) -> Result<Self, NotASimhash> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn votes_are_counted_bit_by_bit() {
        let hashes: Vec<u64> = (1..=1_000).map(mix).chain([u64::MAX; 300]).collect();
        let mut votes = Votes::default();
        for &hash in &hashes {
            votes.add(hash);
        }
        let slowly = |bit: u32| hashes.iter().map(|hash| (hash >> bit & 1) as u32).sum();
        assert_eq!(votes.counted(), (0..64).map(slowly).collect::<Vec<u32>>());
    }

    #[test]
    fn words_are_hashed_as_they_always_were() {
        let text = "The Night Ferry, GRÜSSE aus Köln İ ẞ, 北京 2026 K2: Ångström's ΟΔΟΣ end";
        let slowly: Vec<u64> = text::words(text).map(|word| fnv(word.as_bytes())).collect();
        assert_eq!(hashed(text), slowly);
        assert_eq!(fnv(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
