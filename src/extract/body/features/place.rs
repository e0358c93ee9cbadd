//! Where a block stands: on the way through the page, from the headline, and on which page.

use crate::document::Tag;
use crate::extract::article::BlockKind;
use crate::extract::body::features::{Maker, Row, flag, log};

/// What is counted while walking the blocks in order.
#[derive(Default)]
pub(super) struct Place {
    prose: f32,
    h1: f32,
    headings: f32,
}

impl Maker<'_> {
    pub(super) fn place(&self, row: &mut Row, i: usize, place: &mut Place) {
        let (t, o) = (self.terrain, &self.terrain.own[i]);
        row.at_block = i as f32 / self.blocks.len() as f32;
        row.at_prose = place.prose / t.prose.max(1.0);
        row.from_headline = t
            .headline
            .map_or(-99.0, |h| (i as f32 - h as f32).clamp(-50.0, 200.0));
        row.h1_before = place.h1;
        row.headings_since_prose = place.headings;
        row.prose_since_headline = match t.headline {
            Some(h) if i >= h => log(place.prose - self.prose_before(h)),
            Some(_) => -1.0,
            None => -2.0,
        };
        place.prose += o.prose;
        place.h1 += flag(self.doc.tag(self.blocks.at(i).node) == Tag::H1);
        place.headings = if o.prose > 0.0 {
            0.0
        } else {
            place.headings + flag(self.blocks.at(i).kind == BlockKind::Heading)
        };
    }

    fn prose_before(&self, i: usize) -> f32 {
        self.terrain.before(self.blocks.at(i).span().start)
    }

    pub(super) fn page(&self, row: &mut Row) {
        let t = self.terrain;
        row.page_prose = log(t.prose);
        row.page_words = log(t.words);
        row.page_prose_blocks = log(t.prose_blocks);
        row.page_most_share = t.in_most / t.words.max(1.0);
        row.page_articles = t.articles.min(50.0);
        row.page_stated = log(self.stated.body.len() as f32);
        row.page_best_share = t.direct.get(&t.best).copied().unwrap_or(0.0) / t.prose.max(1.0);
        row.page_headline = flag(t.headline.is_some());
        row.page_says_news = flag(self.says.news);
        row.page_says_post = flag(self.says.post);
        row.page_says_dated = flag(self.says.dated);
        row.page_says_section = flag(self.says.section);
        row.page_says_amp = flag(self.says.amp);
        row.page_says_media = flag(self.says.media);
    }
}
