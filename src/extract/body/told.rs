//! What a block says, for telling whether another says it again.

use crate::text;

/// Words that a shortened quotation has at least: fewer can stand in order anywhere.
const WORDS: usize = 8;

/// A block's text as it is compared.
#[derive(Debug)]
pub(super) struct Told(String);

impl Told {
    pub(super) fn of(text: &str) -> Self {
        let folded = text::fold(text);
        Self(
            folded
                .trim_matches(|c: char| !c.is_alphanumeric())
                .to_owned(),
        )
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        let parts = self.0.split(|c: char| !c.is_alphanumeric());
        parts.filter(|word| !word.is_empty())
    }

    /// Whether a quotation stands in the text: word for word, or shortened. Whoever sets a sentence
    /// apart leaves out what is between its halves.
    pub(super) fn says(&self, quote: &Self) -> bool {
        self.0.contains(&quote.0) || self.holds_in_order(quote)
    }

    /// Whether all words of a quotation follow one another, with at most half as many others between
    /// them.
    fn holds_in_order(&self, quote: &Self) -> bool {
        let wanted: Vec<&str> = quote.words().collect();
        let Some(first) = wanted.first().filter(|_| wanted.len() >= WORDS) else {
            return false;
        };
        let own: Vec<&str> = self.words().collect();
        let room = wanted.len() + wanted.len() / 2;
        let from = |at: usize| {
            let mut left = wanted.iter().peekable();
            for word in own[at..].iter().take(room) {
                left.next_if(|&&next| next == *word);
            }
            left.next().is_none()
        };
        (0..own.len()).any(|at| own[at] == *first && from(at))
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
