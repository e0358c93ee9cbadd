//! The words of all blocks, hashed once: several steps compare texts by them.

use crate::extract::body::blocks::Blocks;
use crate::text;

/// The hashed words of a page's blocks, one block behind the other.
#[derive(Debug)]
pub(crate) struct Words {
    hashes: Vec<u64>,
    /// Where each block's words end.
    ends: Vec<u32>,
}

impl Words {
    pub(crate) fn of(blocks: &Blocks) -> Self {
        // A word and what parts it from the next has some six bytes.
        let text: usize = blocks.iter().map(|block| block.text().len()).sum();
        let mut words = Self {
            hashes: Vec::with_capacity(text / 6),
            ends: Vec::with_capacity(blocks.len()),
        };
        for block in blocks.iter() {
            words.hashes.extend(text::hashes(block.text()));
            words.ends.push(words.hashes.len() as u32);
        }
        words.hashes.shrink_to_fit();
        words
    }

    /// The words of one block.
    pub(crate) fn get(&self, block: usize) -> &[u64] {
        let from = block.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.hashes[from as usize..self.ends[block] as usize]
    }
}

/// Hashes of all runs of three words; one hash for a shorter text.
pub(crate) fn runs(words: &[u64]) -> impl Iterator<Item = u64> + '_ {
    words.windows(words.len().clamp(1, 3)).map(together)
}

/// One hash for some words in their order.
pub(crate) fn together(words: &[u64]) -> u64 {
    words.iter().fold(text::FNV_START, |hash, word| {
        let mixed = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ mixed >> 32
    })
}
