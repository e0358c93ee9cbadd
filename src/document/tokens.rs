//! Tags and text for the tree builder, cut by html5gum.
//!
//! The tokenizer of html5ever takes a page character by character, which is most of what parsing
//! costs. The one of html5gum follows the same rules (WHATWG HTML, "Tokenization") and takes
//! stretches; what it finds is put into the tokens that html5ever's tree builder reads. Comments come
//! without their content and end tags without attributes, because nothing looks at them.

use std::borrow::Cow;
use std::convert::Infallible;
use std::mem::{swap, take};

use foldhash::{HashMap, HashSet};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Doctype, Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::{Attribute, LocalName, QualName, ns};
use html5gum::{Emitter, Error, State, Tokenizer};
use memchr::memchr;

use super::plain;

/// From how many attributes on a tag's are looked up by their hash.
const MANY: usize = 16;

/// What tokens go to. The tree builder looks at few attributes and copies all of them, so most are
/// handed on past it.
pub(super) trait Sink: TokenSink {
    /// Keeps an attribute for the tag that is being read, unless it has one of that name; false if
    /// there is no more room.
    fn keep(&self, name: &LocalName, value: &str) -> bool;

    /// Ends the attributes of a tag; what stands for them with the tree builder.
    fn kept(&self) -> Vec<Attribute>;

    /// Drops the attributes of a tag that was not read to its end.
    fn forget(&self);

    /// Keeps the content of an element that holds no markup; what stands for it with the tree builder.
    /// `None` if there is no more room.
    fn keep_raw(&self, text: &str) -> Option<StrTendril>;
}

/// Whether the tree builder looks at the attributes of a tag, or compares them with those of others.
fn is_looked_at(tag: &[u8]) -> bool {
    matches!(
        tag,
        b"html"
            | b"body"
            | b"input"
            | b"template"
            | b"svg"
            | b"math"
            | b"font"
            | b"b"
            | b"big"
            | b"code"
            | b"em"
            | b"i"
            | b"nobr"
            | b"s"
            | b"small"
            | b"strike"
            | b"strong"
            | b"tt"
            | b"u"
    )
}

/// Takes a page apart and hands the pieces to `sink`.
pub(super) fn feed(text: &str, sink: &impl Sink) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = if memchr(b'\r', text.as_bytes()).is_some() {
        Cow::Owned(with_line_feeds(text))
    } else {
        Cow::Borrowed(text)
    };
    let mut tokens = Tokens::new(sink);
    let (at, state) = if memchr(0, text.as_bytes()).is_some() {
        (0, State::Data)
    } else {
        plain::cut(&text, &mut tokens)
    };
    let mut rest = Tokenizer::new_with_emitter(&text[at..], tokens);
    rest.set_state(state);
    let Ok(()) = rest.finish();
}

/// Text whose lines all end in a line feed alone.
fn with_line_feeds(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut lines = text.split('\r');
    out.push_str(lines.next().unwrap_or_default());
    for line in lines {
        out.push('\n');
        out.push_str(line.strip_prefix('\n').unwrap_or(line));
    }
    out
}

/// What is being cut.
pub(super) struct Tokens<'a, S> {
    sink: &'a S,
    /// Text that was not handed on yet.
    pub(super) text: String,
    /// What html5gum adds to it; a character may come in pieces.
    bytes: Vec<u8>,
    kind: TagKind,
    tag: Vec<u8>,
    self_closing: bool,
    attrs: Vec<Attribute>,
    /// Whether attributes go past the tree builder, and not to `attrs`.
    past: bool,
    /// Names of `attrs`, once there are many.
    seen: HashSet<LocalName>,
    /// Whether an attribute is being read: this one.
    in_attr: bool,
    attr_name: Vec<u8>,
    attr_value: Vec<u8>,
    pub(super) last_start_tag: Vec<u8>,
    doctype: Doctype,
    /// Names of tags and attributes of this page: looking them up here is cheaper than in the table
    /// of all names.
    names: HashMap<Vec<u8>, LocalName>,
    /// Of these, the last ones by their [`place_of`]: most names are found here without a hash.
    recent: [Option<LocalName>; PLACES],
}

const PLACES: usize = 128;

/// Where a name stands among the last ones, by its length and three of its bytes.
fn place_of(name: &[u8]) -> usize {
    let byte = |at: usize| name.get(at).copied().map_or(0, usize::from);
    let last = byte(name.len().saturating_sub(1));
    (name.len() * 17 + byte(0) * 5 + byte(name.len() / 2) * 3 + last) % PLACES
}

/// Bytes of the page as text again.
fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    // Pieces are cut between characters, so nothing is lossy; checking first is much faster.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

fn tendril(bytes: &[u8]) -> StrTendril {
    StrTendril::from_slice(&text_of(bytes))
}

impl<'a, S: Sink> Tokens<'a, S> {
    fn new(sink: &'a S) -> Self {
        Self {
            sink,
            text: String::new(),
            bytes: Vec::new(),
            kind: TagKind::StartTag,
            tag: Vec::new(),
            self_closing: false,
            attrs: Vec::new(),
            past: false,
            seen: HashSet::default(),
            in_attr: false,
            attr_name: Vec::new(),
            attr_value: Vec::new(),
            last_start_tag: Vec::new(),
            doctype: Doctype::default(),
            names: HashMap::default(),
            recent: std::array::from_fn(|_| None),
        }
    }

    fn name(&mut self, name: &[u8]) -> LocalName {
        let place = place_of(name);
        if let Some(known) = &self.recent[place]
            && known.as_bytes() == name
        {
            return known.clone();
        }
        let local = self.looked_up(name);
        self.recent[place] = Some(local.clone());
        local
    }

    fn looked_up(&mut self, name: &[u8]) -> LocalName {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        let new = LocalName::from(&*text_of(name));
        self.names.insert(name.to_owned(), new.clone());
        new
    }

    /// Hands a token on, and says in which state the text behind it is to be read.
    fn send(&self, token: Token) -> Option<State> {
        match self.sink.process_token(token, 1) {
            TokenSinkResult::Plaintext => Some(State::PlainText),
            TokenSinkResult::RawData(RawKind::Rcdata) => Some(State::RcData),
            TokenSinkResult::RawData(RawKind::Rawtext) => Some(State::RawText),
            TokenSinkResult::RawData(_) => Some(State::ScriptData),
            // Scripts and encoding declarations ask for things that are not done here.
            _ => None,
        }
    }

    pub(super) fn send_text(&mut self) {
        if !self.bytes.is_empty() {
            self.text.push_str(&text_of(&self.bytes));
            self.bytes.clear();
        }
        let mut text = take(&mut self.text);
        let mut rest = text.as_str();
        while !rest.is_empty() {
            // Hardly any page has one.
            let end = memchr(0, rest.as_bytes());
            let (part, behind) = rest.split_at(end.unwrap_or(rest.len()));
            if !part.is_empty() {
                self.send(Token::CharacterTokens(StrTendril::from_slice(part)));
            }
            rest = behind;
            if end.is_some() {
                self.send(Token::NullCharacterToken);
                rest = &behind[1..];
            }
        }
        // Its memory serves the next text.
        text.clear();
        self.text = text;
    }

    /// Hands on the content of an element whose content is no markup and has no references: the tree
    /// builder does not look at it, and scripts are most of many a page.
    pub(super) fn send_raw(&mut self, text: &str) {
        self.send_text();
        if text.is_empty() {
            return;
        }
        match self.sink.keep_raw(text) {
            Some(stands) => {
                self.send(Token::CharacterTokens(stands));
            }
            None => self.text.push_str(text),
        }
    }

    fn end_attr(&mut self) {
        if !take(&mut self.in_attr) || self.kind == TagKind::EndTag {
            return;
        }
        let (name, value) = (take(&mut self.attr_name), take(&mut self.attr_value));
        let local = self.name(&name);
        self.push(local, &text_of(&value));
        (self.attr_name, self.attr_value) = (name, value);
    }

    /// Adds an attribute to the tag, unless it has one of that name; the name is as written. `None` if
    /// there are too many.
    pub(super) fn push_attr(&mut self, name: &str, value: &str) -> Option<()> {
        let local = if name.bytes().any(|b| b.is_ascii_uppercase()) {
            self.name(name.to_ascii_lowercase().as_bytes())
        } else {
            self.name(name.as_bytes())
        };
        if self.past {
            return self.sink.keep(&local, value).then_some(());
        }
        self.push(local, value);
        Some(())
    }

    fn push(&mut self, local: LocalName, value: &str) {
        if self.attrs.len() == MANY {
            self.seen = self.attrs.iter().map(|a| a.name.local.clone()).collect();
        }
        let again = if self.attrs.len() < MANY {
            self.attrs.iter().any(|a| a.name.local == local)
        } else {
            !self.seen.insert(local.clone())
        };
        if !again {
            self.attrs.push(Attribute {
                name: QualName::new(None, ns!(), local),
                value: StrTendril::from_slice(value),
            });
        }
    }

    /// Begins a tag; the name is as written.
    pub(super) fn begin(&mut self, kind: TagKind, name: &str) {
        self.init_tag(kind);
        self.tag.extend_from_slice(name.as_bytes());
        self.tag.make_ascii_lowercase();
        // The names of foreign elements' attributes are changed by the tree builder.
        self.past = kind == TagKind::StartTag
            && !is_looked_at(&self.tag)
            && !self.adjusted_current_node_present_but_not_in_html_namespace();
    }

    fn init_tag(&mut self, kind: TagKind) {
        self.kind = kind;
        if take(&mut self.past) {
            self.sink.forget();
        }
        self.tag.clear();
        self.attrs.clear();
        self.in_attr = false;
        self.self_closing = false;
    }
}

impl<S: Sink> Emitter for Tokens<'_, S> {
    type Token = Infallible;

    fn set_last_start_tag(&mut self, name: Option<&[u8]>) {
        name.unwrap_or_default()
            .clone_into(&mut self.last_start_tag);
    }

    fn emit_eof(&mut self) {
        self.send_text();
        self.send(Token::EOFToken);
        self.sink.end();
    }

    fn emit_error(&mut self, _: Error) {}

    #[inline]
    fn should_emit_errors(&mut self) -> bool {
        false
    }

    #[inline]
    fn pop_token(&mut self) -> Option<Infallible> {
        None
    }

    #[inline]
    fn emit_string(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
    }

    fn init_start_tag(&mut self) {
        self.init_tag(TagKind::StartTag);
    }

    fn init_end_tag(&mut self) {
        self.init_tag(TagKind::EndTag);
    }

    fn init_comment(&mut self) {}

    fn emit_current_tag(&mut self) -> Option<State> {
        self.end_attr();
        self.send_text();
        let tag = take(&mut self.tag);
        let name = self.name(&tag);
        self.tag = tag;
        if self.kind == TagKind::StartTag {
            swap(&mut self.last_start_tag, &mut self.tag);
        }
        let attrs = if take(&mut self.past) {
            self.sink.kept()
        } else {
            take(&mut self.attrs)
        };
        self.send(Token::TagToken(Tag {
            kind: self.kind,
            name,
            self_closing: self.self_closing,
            attrs,
            had_duplicate_attributes: false,
        }))
    }

    fn emit_current_comment(&mut self) {
        self.send_text();
        self.send(Token::CommentToken(StrTendril::new()));
    }

    fn emit_current_doctype(&mut self) {
        self.send_text();
        let doctype = take(&mut self.doctype);
        self.send(Token::DoctypeToken(doctype));
    }

    fn set_self_closing(&mut self) {
        self.self_closing = true;
    }

    fn set_force_quirks(&mut self) {
        self.doctype.force_quirks = true;
    }

    #[inline]
    fn push_tag_name(&mut self, name: &[u8]) {
        self.tag.extend_from_slice(name);
    }

    fn push_comment(&mut self, _: &[u8]) {}

    fn init_doctype(&mut self) {
        self.doctype = Doctype::default();
    }

    fn push_doctype_name(&mut self, name: &[u8]) {
        let known = self.doctype.name.get_or_insert_default();
        known.push_tendril(&tendril(name));
    }

    fn init_attribute(&mut self) {
        self.end_attr();
        self.in_attr = true;
        self.attr_name.clear();
        self.attr_value.clear();
    }

    #[inline]
    fn push_attribute_name(&mut self, name: &[u8]) {
        self.attr_name.extend_from_slice(name);
    }

    #[inline]
    fn push_attribute_value(&mut self, value: &[u8]) {
        self.attr_value.extend_from_slice(value);
    }

    fn set_doctype_public_identifier(&mut self, id: &[u8]) {
        self.doctype.public_id = Some(tendril(id));
    }

    fn set_doctype_system_identifier(&mut self, id: &[u8]) {
        self.doctype.system_id = Some(tendril(id));
    }

    fn push_doctype_public_identifier(&mut self, id: &[u8]) {
        let known = self.doctype.public_id.get_or_insert_default();
        known.push_tendril(&tendril(id));
    }

    fn push_doctype_system_identifier(&mut self, id: &[u8]) {
        let known = self.doctype.system_id.get_or_insert_default();
        known.push_tendril(&tendril(id));
    }

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.kind == TagKind::EndTag
            && !self.last_start_tag.is_empty()
            && self.last_start_tag == self.tag
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&mut self) -> bool {
        self.sink
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}
