//! The model's inputs: named numbers of one block, its neighbours, its ancestors and its page.
//!
//! Names are the contract with the trained model: a model that names other inputs is refused. To
//! add one: a name here, a line where it is computed, and train anew (`tools/train`).

mod ancestors;
mod look;
mod neighbours;
mod own;
mod place;

use std::sync::LazyLock;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use ancestors::Around;
use own::Stated;
use place::Place;

use crate::document::{Document, Measures};
use crate::extract::body::blocks::Blocks;
use crate::extract::body::names::Names;
use crate::extract::body::terrain::Terrain;
use crate::extract::body::words::{Words, runs};
use crate::extract::body::{Hints, Says, Scene};

macro_rules! features {
    ($($name:ident),* $(,)?) => {
        /// The inputs of one block.
        #[derive(Debug, Clone, Default)]
        struct Row { $($name: f32),* }

        /// The names of the inputs, in the order of `Row::values`.
        pub const FEATURES: &[&str] = &[$(stringify!($name)),*];

        impl Row {
            /// The inputs as numbers.
            fn values(&self) -> Values {
                [$(self.$name),*]
            }
        }
    };
}

features! {
    // The block itself.
    words, letters_a_word, link_share, links, commas_a_word, ends_sentence, sentence_marks,
    capitals, digits, bold_share, title_overlap, repeats, in_link, has_time, starts_upper,
    ends_colon, has_bar, has_copyright, has_at, line_breaks, stated, described,
    // Its markup.
    image_just_before, image_in_parent, image_in_grandparent, is_question, digits_start,
    contained, starts_like_others, colon_1, question_1, digits_1, digits1, external_links,
    is_p, is_heading, heading_level, is_item, is_quote, is_cell, is_caption, is_pre, is_div, depth,
    // Its place.
    at_block, at_prose, from_headline, prose_since_headline, h1_before, headings_since_prose,
    // Its neighbours.
    words_1, words_2, words1, words2, link_1, link_2, link1, link2, ends_1, ends1, prose_1, prose1,
    same_parent_1, same_parent1, same_family_1, same_family1, heading_1, heading1, gap_1, gap1,
    near_prose, near_links, near_words, to_prose_1, to_prose1, prose_ahead, prose_behind,
    // What its neighbours' kinds and parents hold.
    kind_prose_1, kind_prose_2, kind_prose1, kind_prose2, direct_1, direct1, next_text_kind,
    next_text_words, next_text_link, last_text_kind, last_text_link, next_text_same_parent,
    prose_left_in_parent, prose_left_in_best, prose_left_in_up2, place_in_up2,
    // The list or table around it.
    list_items, list_words, list_links, list_after_colon, list_share,
    // Its look, against the page's dominant kind of paragraph.
    kind_rank, same_tag_as_main, same_class_as_main, same_depth_as_main, class_words, italic_share,
    link_first, link_last, bold_first, label_words, small_text,
    // The blocks of its kind.
    family_count, family_prose, family_words, family_links,
    // Its ancestors.
    share_0, share_1, share_2, share_3, share_4, links_1up, links_2up, links_3up, blocks_1up,
    blocks_2up, reading_1up, reading_2up, reading_3up, direct_share, words_1up, words_2up,
    siblings, index_of_type,
    in_article, in_main, in_aside, in_nav, in_footer, in_header, in_form, in_figure, in_table,
    in_list, in_quote, in_section, in_button, in_details,
    in_best, in_half, in_most, up_to_best, up_to_half, up_to_most, article_share, article_number,
    name_story, name_lead, name_comment, name_share, name_related, name_promo, name_ad,
    name_furniture, name_byline, name_date, name_caption, name_title, name_tags, name_quote,
    name_box, name_hidden, own_names, parent_names_bad,
    // Its page.
    page_prose, page_words, page_prose_blocks, page_most_share, page_articles, page_stated,
    page_best_share, page_headline,
    // What its metadata say that it is.
    page_says_news, page_says_post, page_says_dated, page_says_section, page_says_amp, page_says_media,
}

/// What an input of the model is, in words: "how much of it is link text".
///
/// # Examples
/// ```
/// use cleancopy::extract::input_in_words;
/// assert_eq!(input_in_words("link_share"), Some("how much of it is link text"));
/// assert_eq!(input_in_words("moon"), None);
/// ```
pub fn input_in_words(name: &str) -> Option<&'static str> {
    static WORDS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
        toml::from_str(include_str!("inputs.toml")).expect("the table is tested to parse")
    });
    WORDS.get(name).map(String::as_str)
}

/// The inputs of one block as numbers, in the order of [`FEATURES`].
pub(crate) type Values = [f32; FEATURES.len()];

/// Stands for "no such ancestor" in the distances.
const FAR: f32 = 30.0;

/// The inputs of every block of a page, one block after another: a page of many blocks never has
/// them all at once.
pub(crate) fn rows<'a>(
    scene: &Scene<'a>,
    (blocks, words): (&'a Blocks<'a>, &'a Words),
    terrain: &'a Terrain,
    hints: &'a Hints,
) -> impl Iterator<Item = Values> + 'a {
    let stated = Stated::of(hints);
    let mut starts = HashMap::new();
    let (mut once, mut again) = (HashSet::new(), HashSet::new());
    for (i, measured) in terrain.own.iter().enumerate() {
        let words = words.get(i);
        *starts.entry(own::start_of(words)).or_insert(0.0) += 1.0;
        if measured.words >= own::TELLING_WORDS {
            for run in runs(words) {
                if !once.insert(run) {
                    again.insert(run);
                }
            }
        }
    }
    drop(once);
    let mut maker = Maker {
        doc: scene.doc,
        blocks,
        terrain,
        stated,
        measures: scene.measures,
        words,
        starts,
        again,
        host: &hints.host,
        says: hints.says,
        names: Names::default(),
        around: Vec::new(),
        digits: [0.0; 3],
    };
    maker.digits[2] = maker.digits(0);
    let mut place = Place::default();
    let mut page = Row::default();
    maker.page(&mut page);
    (0..blocks.len()).map(move |i| {
        let mut row = page.clone();
        maker.own(&mut row, i);
        maker.images(&mut row, i);
        maker.likeness(&mut row, i);
        maker.markup(&mut row, i);
        maker.place(&mut row, i, &mut place);
        maker.neighbours(&mut row, i);
        maker.family(&mut row, i);
        maker.kinds(&mut row, i);
        maker.list(&mut row, i);
        maker.look(&mut row, i);
        maker.ancestors(&mut row, i);
        row.values()
    })
}

struct Maker<'a> {
    doc: &'a Document,
    blocks: &'a Blocks<'a>,
    words: &'a Words,
    terrain: &'a Terrain,
    stated: Stated,
    measures: &'a Measures,
    /// How many blocks start with the same words.
    starts: HashMap<u64, f32>,
    /// The runs of three words that occur more than once.
    again: HashSet<u64>,
    host: &'a str,
    says: Says,
    names: Names<'a>,
    /// The elements around the block at hand, outermost first.
    around: Vec<Around>,
    /// The share of digits in the block before the one at hand, in it and in the one behind it.
    digits: [f32; 3],
}

fn flag(value: bool) -> f32 {
    f32::from(u8::from(value))
}

fn log(value: f32) -> f32 {
    /// Most inputs are small counts.
    static LOGS: LazyLock<[f32; 256]> =
        LazyLock::new(|| std::array::from_fn(|count| (count as f32).ln_1p()));
    let value = value.max(0.0);
    let count = value as usize;
    match LOGS.get(count) {
        Some(&known) if (count as f32).to_bits() == value.to_bits() => known,
        _ => value.ln_1p(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_input_has_its_words_and_no_other_has() {
        let table: HashMap<String, String> = toml::from_str(include_str!("inputs.toml")).unwrap();
        assert!(FEATURES.iter().all(|name| input_in_words(name).is_some()));
        assert_eq!(table.len(), FEATURES.len());
    }
}
