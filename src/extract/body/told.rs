//! What a block says, for telling whether another says it again.

use crate::text;

/// Words that a shortened quotation has at least: fewer can stand in order anywhere.
const WORDS: usize = 8;

/// A block's text as it is compared.
#[derive(Debug)]
pub(super) struct Told {
    text: String,
    /// Its words as [`text::hashes`] tells them.
    words: Vec<u64>,
}

impl Told {
    pub(super) fn of(said: &str) -> Self {
        let folded = text::fold(said);
        let text = folded.trim_matches(|c: char| !c.is_alphanumeric());
        Self {
            words: text::hashes(text).collect(),
            text: text.to_owned(),
        }
    }

    /// Whether a quotation stands in the text: word for word, or shortened. Whoever sets a sentence
    /// apart leaves out what is between its halves.
    pub(super) fn says(&self, quote: &Self) -> bool {
        self.text.contains(&quote.text) || self.holds_in_order(quote)
    }

    /// Whether all words of a quotation follow one another, with at most half as many others between
    /// them.
    fn holds_in_order(&self, quote: &Self) -> bool {
        let wanted = &quote.words;
        let Some(first) = wanted.first().filter(|_| wanted.len() >= WORDS) else {
            return false;
        };
        let room = wanted.len() + wanted.len() / 2;
        let from = |at: usize| {
            let mut left = wanted.iter().peekable();
            for word in self.words[at..].iter().take(room) {
                left.next_if(|&next| next == word);
            }
            left.next().is_none()
        };
        (0..self.words.len()).any(|at| self.words[at] == *first && from(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortened_sentence_is_said_again() {
        let told = Told::of(
            "She nods. \"We will rebuild the old ferry, as we promised in spring, before the first \
             ice comes,\" she says.",
        );
        let says = |quote: &str| told.says(&Told::of(quote));
        assert!(says(
            "“We will rebuild the old ferry before the first ice comes”"
        ));
        assert!(says("before the first ice"));
        assert!(!says(
            "We will sell the old ferry before the first ice comes"
        ));
        assert!(!says("we rebuild the ferry"));
    }
}
