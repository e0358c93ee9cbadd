//! Fields: every one is chosen the same way, from candidates with their sources.
//!
//! 1. [`Facts::gather`] walks the document once and collects where facts may stand.
//! 2. Each field's file makes candidates of them: a value, its source, its node, its weight.
//! 3. [`choose`] ranks the candidates of a field: weight, and agreement between sources. The
//!    losers go into the report with the chosen one.
//!
//! No field is invented: without a candidate it stays absent.

mod author_boxes;
mod byline;
mod class_words;
mod companies;
mod credit;
mod dated_lines;
mod dateline;
mod element_names;
mod gather;
mod headline;
mod image;
mod json;
mod json_ld;
mod kind;
mod language;
mod links;
mod marked_bylines;
mod meta;
mod modified;
mod name_forms;
mod name_words;
mod names;
mod order;
mod printed;
mod published;
mod section;
mod seen;
mod shown;
mod signed_lines;
mod signs;
mod site;
mod standfirst;
mod state;
mod stated_authors;
mod tags;
mod title;

use std::fmt;
use std::rc::Rc;

use crate::clean::Scene;
use crate::date::{Moment, Reading};
use crate::document::NodeIx;
use crate::extract::Context;
use crate::extract::article::Article;
use crate::extract::body::{Body, Reason};
use crate::extract::report::{Because, CandidateNote, FieldDecision};
use gather::Found;
use json_ld::Story;

pub(crate) use dateline::behind_label;
pub use dateline::lead;
pub(crate) use headline::{Headline, headline};
pub(crate) use image::caption;

/// Where a candidate was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A JSON-LD script, with the property.
    JsonLd(&'static str),
    /// A meta element, with its name.
    Meta(&'static str),
    /// A link element, with its relation.
    Link(&'static str),
    /// Microdata or a microformat, with the property.
    Microdata(&'static str),
    /// Visible text, with what marked it.
    Visible(&'static str),
    /// What a script would render: its state, with the key.
    State(&'static str),
    /// The page's address.
    Url,
    /// The text itself was weighed.
    Detected,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::JsonLd(name) => write!(f, "json-ld {name}"),
            Self::Meta(name) => write!(f, "meta {name}"),
            Self::Link(name) => write!(f, "link {name}"),
            Self::Microdata(name) => write!(f, "microdata {name}"),
            Self::Visible(name) => write!(f, "visible {name}"),
            Self::State(name) => write!(f, "script state {name}"),
            Self::Url => f.write_str("url"),
            Self::Detected => f.write_str("detected"),
        }
    }
}

impl Source {
    /// Sources of one family come from one hand: they confirm nothing for one another.
    fn family(self) -> u8 {
        match self {
            Self::JsonLd(_) => 1,
            Self::Meta(_) | Self::Link(_) => 2,
            Self::Microdata(_) | Self::Visible(_) => 4,
            Self::Url => 8,
            Self::Detected => 16,
            Self::State(_) => 32,
        }
    }
}

/// A value that a field may take.
#[derive(Debug, Clone)]
pub(crate) struct Candidate<T> {
    pub(crate) value: T,
    pub(crate) source: Source,
    pub(crate) node: Option<NodeIx>,
    /// How far its source, place and form can be trusted.
    weight: f32,
    /// What moved the weight.
    why: &'static str,
}

impl<T> Candidate<T> {
    fn new(value: T, source: Source, weight: f32) -> Self {
        Self {
            value,
            source,
            node: None,
            weight,
            why: "",
        }
    }

    fn at(self, node: NodeIx) -> Self {
        Self {
            node: Some(node),
            ..self
        }
    }

    fn because(self, why: &'static str) -> Self {
        Self { why, ..self }
    }
}

/// Candidates of one field that are weighed at most.
const CANDIDATES: usize = 60;

/// The one ranking: the candidate with the greatest weight, to which each other family of
/// sources that agrees adds `bonus`. Ties go to the first. All candidates are noted.
fn choose<T: Clone>(
    field: &'static str,
    mut candidates: Vec<Candidate<T>>,
    rule: &Agreement<'_, T>,
    notes: &mut Vec<FieldDecision>,
) -> Option<Candidate<T>> {
    candidates.truncate(CANDIDATES);
    let keys: Vec<String> = candidates.iter().map(|c| (rule.key)(&c.value)).collect();
    let scores: Vec<f32> = candidates
        .iter()
        .zip(&keys)
        .map(|(c, key)| {
            let mut families = 0_u8;
            for (other, other_key) in candidates.iter().zip(&keys) {
                if other.weight >= rule.least && other_key == key {
                    families |= other.source.family();
                }
            }
            let others = families & !c.source.family();
            c.weight + rule.bonus * others.count_ones() as f32
        })
        .collect();
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    let best = *order.first()?;
    notes.push(FieldDecision {
        field,
        candidates: order
            .iter()
            .map(|&i| CandidateNote {
                value: (rule.show)(&candidates[i].value),
                source: candidates[i].source.to_string(),
                chosen: i == best,
                why: format!("{:.1} {}", scores[i], candidates[i].why)
                    .trim_end()
                    .to_owned(),
            })
            .collect(),
    });
    Some(candidates.swap_remove(best))
}

/// When two candidates agree, which is when their keys are equal, and what that is worth.
struct Agreement<'r, T> {
    /// A candidate that weighs less is no witness for others.
    least: f32,
    key: &'r dyn Fn(&T) -> String,
    bonus: f32,
    show: &'r dyn Fn(&T) -> String,
}

/// Chooses among texts: they agree when they are equal up to case, quotes and white space.
fn choose_text(
    field: &'static str,
    candidates: Vec<Candidate<String>>,
    notes: &mut Vec<FieldDecision>,
) -> Option<Candidate<String>> {
    let rule = Agreement {
        least: 0.0,
        key: &|text: &String| crate::text::fold(text),
        bonus: 0.3,
        show: &Clone::clone,
    };
    choose(field, candidates, &rule, notes)
}

/// What the page states outside its visible text.
pub(crate) struct Facts<'a> {
    scene: &'a Scene<'a>,
    context: &'a Context<'a>,
    found: Found,
    /// Names that the site goes by, their letters and digits alone, each once.
    sites: Vec<String>,
    /// The stated language, a primary tag.
    stated_language: Option<String>,
}

impl<'a> Facts<'a> {
    pub(crate) fn gather(scene: &'a Scene<'a>, context: &'a Context<'a>) -> Self {
        let mut facts = Self {
            scene,
            context,
            found: gather::gather(scene.doc),
            sites: Vec::new(),
            stated_language: None,
        };
        facts.stated_language = language::stated(&facts);
        facts.sites = site::names(&facts);
        facts
    }

    /// Whether a text is a name of the site.
    fn is_site(&self, text: &str) -> bool {
        // No name of a site is as long as this.
        text.len() <= 400 && self.sites.contains(&title::letters(text))
    }

    /// The object of the scripts that stands for this page's story.
    fn story(&self) -> Option<&Story> {
        self.found.stated.stories.first()
    }

    /// How dates of this page are read.
    fn reading(&self) -> Reading<'_> {
        Reading {
            language: self.stated_language.as_deref(),
            fetched_at: self.context.fetched_at,
            ..Reading::default()
        }
    }

    /// An address of the page made absolute.
    fn absolute(&self, href: &str) -> Option<String> {
        let href = href.trim();
        let base = self.context.url;
        let url = match base {
            Some(base) => base.join(href),
            None => url::Url::parse(href),
        };
        url.ok()
            .filter(|u| matches!(u.scheme(), "http" | "https"))
            .map(String::from)
    }
}

/// Chooses every other field.
pub(crate) fn fill(
    facts: &Facts<'_>,
    headline: Headline,
    body: &mut Body,
    article: &mut Article,
    notes: &mut Vec<FieldDecision>,
) {
    notes.push(headline.note());
    article.language = language::language(facts, body, notes);
    let (standfirst, above) = take_standfirst(facts, &headline, body, notes);
    article.standfirst = standfirst;
    fill_beside(facts, headline, body, article, notes);
    if !facts.context.without_standfirst {
        for (at, because) in above {
            body.blocks[at].kept = true;
            body.blocks[at].because = because;
        }
    }
}

/// Chooses the fields that stand beside the text, or in it below the standfirst.
fn fill_beside(
    facts: &Facts<'_>,
    headline: Headline,
    body: &Body,
    article: &mut Article,
    notes: &mut Vec<FieldDecision>,
) {
    let place = Place::of(&headline, body);
    let reading = Reading {
        language: article.language.as_deref(),
        ..facts.reading()
    };
    let view = View {
        facts,
        body,
        place: &place,
        reading,
        headline: headline.text(),
    };
    article.site_name = site::name(facts, notes);
    let published = published::published(&view, notes);
    article.published = published.moment;
    article.published_is_change = published.is_change;
    article.modified = modified::modified(&view, published.moment, published.changes, notes);
    if published.is_change {
        // One change, perhaps stated with its time in one place and without it in another.
        let day = published.moment.map(Moment::day);
        let same = article.modified.filter(|m| Some(m.day()) == day);
        article.published = same.or(published.moment);
        article.modified = article.modified.or(published.moment);
    }
    article.dateline = dateline::dateline(&view, (article.published, article.modified), notes);
    article.authors = byline::authors(&view, notes);
    article.section = section::section(&view, notes);
    article.tags = tags::tags(&view, notes);
    article.image = image::image(&view, notes);
    article.kind = kind::kind(facts, notes);
    article.free = kind::free(&view, notes);
    article.credit = credit::credit(&view, notes);
    links::links(facts, article, notes);
    article.headline = headline.into_text();
}

/// Chooses the standfirst, and takes it out of the body where it stands above it: what else is
/// looked for at the head of the story then finds the first paragraph. Gives the blocks that were
/// taken, with their reasons.
fn take_standfirst(
    facts: &Facts<'_>,
    headline: &Headline,
    body: &mut Body,
    notes: &mut Vec<FieldDecision>,
) -> (Option<String>, Vec<(usize, Reason)>) {
    let place = Place::of(headline, body);
    let view = View {
        facts,
        body,
        place: &place,
        reading: facts.reading(),
        headline: headline.text(),
    };
    let found = standfirst::standfirst(&view, notes);
    let is_kept = |i: &usize| body.blocks[*i].kept;
    let mut rest = (0..body.blocks.len()).filter(|i| !found.above.contains(i));
    if !rest.any(|i| is_kept(&i)) {
        return (found.text, Vec::new());
    }
    let above: Vec<usize> = found.above.filter(is_kept).collect();
    let taken = above.into_iter().map(|at| {
        let judged = &mut body.blocks[at];
        judged.kept = false;
        let because = judged
            .because
            .replace(Rc::new(Because::Field("standfirst")));
        (at, because)
    });
    (found.text, taken.collect())
}

/// What fields that stand in the text look at.
struct View<'a> {
    facts: &'a Facts<'a>,
    body: &'a Body<'a>,
    place: &'a Place,
    reading: Reading<'a>,
    headline: Option<&'a str>,
}

/// Where the story stands among the blocks.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Number of the headline's block.
    headline: Option<usize>,
    /// Number of the first kept paragraph, and of the last.
    first: usize,
    last: usize,
    /// Number of the last kept block of any length.
    end: usize,
}

/// How far behind the story a line about it may stand, in blocks.
const BEHIND: usize = 6;

impl Place {
    fn of(headline: &Headline, body: &Body) -> Self {
        let blocks = &body.blocks;
        let node = headline.node().map(NodeIx::index);
        let at = node.map(|n| blocks.partition_point(|j| j.block.span().end <= n));
        let at = at.filter(|&i| i < blocks.len());
        let after = at.unwrap_or(0);
        let kept = |i: &usize| blocks[*i].kept && blocks[*i].block.text().len() > 60;
        let first = (after..blocks.len())
            .find(kept)
            .or_else(|| (0..blocks.len()).find(kept))
            .unwrap_or(blocks.len());
        let last = (0..blocks.len()).rev().find(kept).unwrap_or(first);
        let end = blocks.iter().rposition(|j| j.kept).unwrap_or(last);
        Self {
            headline: at,
            first,
            last,
            end,
        }
    }

    /// Whether a block stands right behind the story's last paragraph, or what else is kept.
    fn is_behind(&self, block: usize) -> bool {
        [self.last, self.end]
            .iter()
            .any(|&last| (last..=last + BEHIND).contains(&block))
    }

    /// How far a block stands from the head of the story: 0 between headline and first paragraph,
    /// growing with every block outside.
    fn distance(&self, block: usize) -> usize {
        let (from, to) = match self.headline {
            Some(h) if h <= self.first => (h, self.first),
            _ => (self.first, self.first),
        };
        if block < from {
            from - block
        } else {
            block.saturating_sub(to)
        }
    }
}

impl Place {
    /// Whether a block stands between the headline and the first paragraph, or right above the
    /// headline.
    fn is_head(&self, block: usize) -> bool {
        match self.headline {
            Some(head) if head <= self.first => {
                (head.saturating_sub(2)..self.first.max(head + 1)).contains(&block)
            }
            _ => (self.first.saturating_sub(4)..self.first).contains(&block),
        }
    }
}

impl View<'_> {
    /// The number of the block that a node stands in, or the next one.
    fn block_of(&self, node: NodeIx) -> usize {
        let at = node.index();
        self.body
            .blocks
            .partition_point(|j| j.block.span().end <= at)
    }

    /// Distance of a node from the head of the story.
    fn distance(&self, node: NodeIx) -> usize {
        self.place.distance(self.block_of(node))
    }

    /// Whether a node is hidden from readers.
    fn hidden(&self, node: NodeIx) -> bool {
        let doc = self.facts.scene.doc;
        let end = doc.subtree(node).end;
        let block = self.body.blocks.get(self.block_of(node));
        block.is_none_or(|j| j.block.span().start >= end)
    }
}
