//! Why: every decision that led to an article, or to none.

use serde::Serialize;

use crate::decode::Foreign;
use crate::document::SharedText;
use crate::extract::article::BlockKind;
use crate::rules::RuleId;

/// All decisions taken on one page.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Why there is an article, or which kind of page it is instead.
    pub verdict: Verdict,
    /// Every block of visible text in document order, kept or dropped.
    pub blocks: Vec<BlockDecision>,
    /// Every field with all its candidates.
    pub fields: Vec<FieldDecision>,
}

/// Whether the page holds an article, and the reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// The page holds an article.
    Article,
    /// The page has no visible text at all.
    #[default]
    Empty,
    /// There is text, but none of it reads like a story.
    NoStory,
    /// The page lists other pages: a section front, a search result, an archive.
    Listing,
    /// The page says that something went wrong or cannot be found.
    ErrorPage,
    /// The page asks for consent, a log-in or a proof of being human.
    Wall,
    /// The bytes are no HTML. In JSON it has the name of what they are (`pdf`, `feed`).
    #[serde(untagged)]
    NotHtml(Foreign),
}

impl Verdict {
    /// The reason in words, for records and people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Empty => "the page has no visible text",
            Self::NoStory => "no text on the page reads like a story",
            Self::Listing => "the page lists other pages",
            Self::ErrorPage => "the page reports an error",
            Self::Wall => "the page asks for consent, a log-in or a proof of being human",
            Self::NotHtml(foreign) => foreign.as_str(),
        }
    }
}

/// What was decided about one block, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BlockDecision {
    /// Where the block stands in the document, readable in a browser's inspector; empty without
    /// `Options::explain`, because making it costs as much as judging the block.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub path: Box<str>,
    /// Number of the block's element in document order, see `NodeIx`.
    pub node: u32,
    /// What kind of block it is, or would be.
    pub kind: BlockKind,
    /// The block's text; all blocks of a page share its memory.
    pub text: SharedText,
    /// Whether it is part of the article's body.
    pub kept: bool,
    /// The reason.
    pub because: Because,
}

/// A reason.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Because {
    /// A rule marked it; `docs/rules.md` says what the rule is for, and so does its entry in
    /// [`Rules::entries`](crate::rules::Rules::entries).
    Rule(RuleId),
    /// The model weighed it.
    Score {
        /// Probability of being article text, 0 to 1.
        value: f32,
        /// The inputs that moved it most, with what each added in log-odds: up to three that speak
        /// for what the score says, the strongest first, then the one that speaks most against it.
        /// [`input_in_words`](super::input_in_words) says what they are. Only with
        /// `Options::explain`.
        parts: Box<[(&'static str, f32)]>,
    },
    /// A structural repair overruled the model: its name, and the score it overruled.
    Repair {
        /// What the repair saw.
        what: &'static str,
        /// Probability of being article text, 0 to 1.
        value: f32,
    },
    /// Another field has it: the block is the headline, the byline, the printed date.
    Field(&'static str),
    /// The caller asked for a body without it; the option is named.
    Option(&'static str),
}

/// What was decided about one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldDecision {
    /// The field's name as in the article.
    pub field: &'static str,
    /// Its candidates, the chosen one first.
    pub candidates: Vec<CandidateNote>,
}

/// One candidate for a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CandidateNote {
    /// The value, as text.
    pub value: String,
    /// Where it was found (`json-ld headline`, `meta og:title`, `h1`).
    pub source: String,
    /// Whether it was chosen.
    pub chosen: bool,
    /// What spoke for or against it.
    pub why: String,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Display for Because {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rule(rule) => write!(f, "rule {rule}"),
            Self::Score { value, parts } => {
                write!(f, "score {value:.2}")?;
                for (name, weight) in parts {
                    write!(f, " {name} {weight:+.2}")?;
                }
                Ok(())
            }
            Self::Repair { what, value } => write!(f, "repair {what} (score {value:.2})"),
            Self::Field(name) => write!(f, "field {name}"),
            Self::Option(name) => write!(f, "option {name}"),
        }
    }
}
