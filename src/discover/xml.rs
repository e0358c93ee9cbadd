//! A walk over XML that may be broken: elements are told as they close, with their text.
//!
//! quick-xml reads; where it gives up, the walk goes on at the next element the caller names. End
//! tags that match nothing and bare ampersands are passed over, entities other than XML's own stay
//! as they are written (nothing is expanded), and what the end of the input cuts short is not told:
//! half an address is none.

use std::ops::ControlFlow;

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// Deeper elements are not told.
const MAX_DEPTH: usize = 64;
/// Bytes of an element's text that are kept.
const MAX_TEXT: usize = 16 * 1024;
/// After so many places that are not XML the walk ends.
const MAX_BREAKS: usize = 64;

/// An element as it opens or closes.
pub(super) struct Element<'a> {
    /// Its name, without prefix, in lower case.
    pub(super) name: &'a str,
    /// The name of the element around it, or nothing.
    pub(super) parent: &'a str,
    /// Its text so far, that of elements inside it left out.
    pub(super) text: &'a str,
    /// Its attributes, while it opens.
    tag: Option<&'a BytesStart<'a>>,
}

impl Element<'_> {
    /// The value of an attribute of an element that opens.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.tag?.html_attributes();
        attributes.with_checks(false);
        let found = attributes
            .flatten()
            .find(|a| a.key.local_name().as_ref().eq_ignore_ascii_case(name))?;
        Some(unescaped(&found.value))
    }
}

/// Something that listens to a walk; it may break it off.
pub(super) trait Listener {
    /// An element opens.
    fn open(&mut self, element: &Element<'_>) -> ControlFlow<()>;
    /// An element closes.
    fn close(&mut self, element: &Element<'_>) -> ControlFlow<()>;
}

/// Walks over a text; returns whether all of it was well formed enough to be read in one go.
///
/// After a place that is no XML the walk goes on at the next of `restarts`, such as `<url`.
pub(super) fn walk(text: &str, restarts: &[&str], listener: &mut impl Listener) -> bool {
    let mut rest = text;
    let mut whole = true;
    for _ in 0..MAX_BREAKS {
        let Some(at) = stretch(rest, listener) else {
            return whole;
        };
        whole = false;
        let mut from = at.max(1).min(rest.len());
        while !rest.is_char_boundary(from) {
            from += 1;
        }
        let next = restarts.iter().filter_map(|mark| rest[from..].find(mark));
        let Some(next) = next.min() else {
            return whole;
        };
        rest = &rest[from + next..];
    }
    whole
}

/// Walks up to the first place that is no XML and returns it; `None` at the end of the text, or
/// when the listener broke off.
fn stretch(text: &str, listener: &mut impl Listener) -> Option<usize> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut open = Open::default();
    loop {
        let Ok(event) = reader.read_event() else {
            let at = usize::try_from(reader.error_position());
            return Some(at.unwrap_or(usize::MAX));
        };
        let step = match event {
            Event::Start(tag) => open.push(&tag, listener),
            Event::Empty(tag) => {
                let step = open.push(&tag, listener);
                if step.is_continue() {
                    open.pop(&local(tag.local_name().as_ref()), listener)
                } else {
                    step
                }
            }
            Event::End(tag) => open.pop(&local(tag.local_name().as_ref()), listener),
            Event::Text(text) => open.add(&text),
            Event::CData(data) => open.add(&data),
            Event::GeneralRef(entity) => open.add(&resolved(&entity)),
            Event::Eof => return None,
            _ => ControlFlow::Continue(()),
        };
        if step.is_break() {
            return None;
        }
    }
}

fn local(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// The elements that are open, each with its name and text.
#[derive(Default)]
struct Open {
    stack: Vec<(String, String)>,
}

impl Open {
    fn push(&mut self, tag: &BytesStart<'_>, listener: &mut impl Listener) -> ControlFlow<()> {
        if self.stack.len() >= MAX_DEPTH {
            return ControlFlow::Continue(());
        }
        let name = local(tag.local_name().as_ref());
        let element = Element {
            name: &name,
            parent: self.stack.last().map_or("", |(name, _)| name),
            text: "",
            tag: Some(tag),
        };
        listener.open(&element)?;
        self.stack.push((name, String::new()));
        ControlFlow::Continue(())
    }

    /// Closes the innermost element of this name, and those inside it that were left open.
    fn pop(&mut self, name: &str, listener: &mut impl Listener) -> ControlFlow<()> {
        let Some(place) = self.stack.iter().rposition(|(open, _)| open == name) else {
            return ControlFlow::Continue(());
        };
        while self.stack.len() > place {
            let Some((name, text)) = self.stack.pop() else {
                break;
            };
            let element = Element {
                name: &name,
                parent: self.stack.last().map_or("", |(name, _)| name),
                text: &text,
                tag: None,
            };
            listener.close(&element)?;
        }
        ControlFlow::Continue(())
    }

    fn add(&mut self, piece: &str) -> ControlFlow<()> {
        if let Some((_, text)) = self.stack.last_mut()
            && text.len() + piece.len() <= MAX_TEXT
        {
            text.push_str(piece);
        }
        ControlFlow::Continue(())
    }
}

/// What an entity stands for, or the entity as it is written.
fn resolved(entity: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        return c.to_string();
    }
    match resolve_xml_entity(entity) {
        Some(text) => text.to_owned(),
        None => format!("&{};", &**entity),
    }
}

/// An attribute's value, with what cannot be resolved left as it is written.
fn unescaped(value: &str) -> String {
    quick_xml::escape::unescape(value).map_or_else(|_| value.to_owned(), Into::into)
}
