//! Tags and text of the plain kind, cut in stretches.
//!
//! Nearly all of a page is text, tags whose attributes are quoted, comments and scripts. Those need
//! no state machine: the next `<`, the next quote and the next `-->` are looked for, many bytes at a
//! time. At the first thing that is not of the plain kind (a tag that the page breaks off, a rare
//! character reference, a script that writes another one) the rest of the page is left to html5gum, from
//! that place on and in the state that it would have there; so nothing is decided twice.

use html5ever::tokenizer::TagKind;
use html5gum::{Emitter as _, State};
use memchr::{memchr, memmem};

use super::references::{Place, resolve};
use super::tokens::{Sink, Tokens};

/// Cuts a page without carriage returns and NULs as far as it is plain. Returns from where on it is
/// not, and the state there.
pub(super) fn cut<S: Sink>(page: &str, tokens: &mut Tokens<'_, S>) -> (usize, State) {
    let mut cutter = Cutter { page, tokens };
    let (mut at, mut state) = (0, State::Data);
    loop {
        let step = match state {
            State::Data => cutter.data(at),
            State::RcData | State::RawText | State::ScriptData => cutter.raw(at, state),
            _ => None,
        };
        match step {
            Some(step) => (at, state) = step,
            None => return (at, state),
        }
    }
}

/// Where to go on, and in which state; `None` where things are not plain.
type Step = Option<(usize, State)>;

struct Cutter<'p, 't, 's, S> {
    page: &'p str,
    tokens: &'t mut Tokens<'s, S>,
}

fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\n' | b'\t' | b'\x0c')
}

/// What stands behind a word, whatever its case, at the beginning of a text.
fn after<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(word.len())?;
    head.eq_ignore_ascii_case(word).then_some(rest)
}

impl<S: Sink> Cutter<'_, '_, '_, S> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.page.as_bytes().get(at).copied()
    }

    /// The first place from `at` on whose byte `ends` says yes to.
    fn until(&self, at: usize, ends: impl Fn(u8) -> bool) -> Option<usize> {
        let found = self.page.as_bytes()[at..].iter().position(|&b| ends(b));
        found.map(|found| at + found)
    }

    /// Text up to the next tag or comment, and that.
    fn data(&mut self, at: usize) -> Step {
        if at == self.page.len() {
            return None;
        }
        let end = memchr(b'<', &self.page.as_bytes()[at..]).map_or(self.page.len(), |end| at + end);
        if end > at {
            // A reference may reach to a `<` only if it is whole before it.
            self.text(at, end)?;
            return Some((end, State::Data));
        }
        match self.byte(at + 1)? {
            b'/' => self.end_tag(at + 2),
            b'!' => self.declaration(at),
            b if b.is_ascii_alphabetic() => self.start_tag(at + 1),
            b'?' => {
                let end = at + memchr(b'>', &self.page.as_bytes()[at..])?;
                self.tokens.emit_current_comment();
                Some((end + 1, State::Data))
            }
            _ => {
                self.tokens.text.push('<');
                Some((at + 1, State::Data))
            }
        }
    }

    /// Adds text with its references resolved; all of it or nothing.
    fn text(&mut self, from: usize, to: usize) -> Option<()> {
        let kept = self.tokens.text.len();
        let resolved = resolve(&self.page[from..to], Place::Text, &mut self.tokens.text);
        if resolved.is_none() {
            self.tokens.text.truncate(kept);
        }
        resolved
    }

    fn declaration(&mut self, at: usize) -> Step {
        let inside = at + 4;
        if self.page[at..].starts_with("<!--") {
            let rest = &self.page.as_bytes()[inside..];
            if rest.starts_with(b">") || rest.starts_with(b"->") {
                return None;
            }
            let length = memmem::find_iter(rest, b"--").find_map(|dashes| {
                match &rest[dashes + 2..] {
                    [b'>', ..] => Some(dashes + 3),
                    // The last two of more dashes end it, too.
                    [b'!' | b'-', b'>', ..] => Some(dashes + 4),
                    [b'-', b'!', b'>', ..] => Some(dashes + 5),
                    _ => None,
                }
            })?;
            self.tokens.emit_current_comment();
            return Some((inside + length, State::Data));
        }
        let end = at + memchr(b'>', &self.page.as_bytes()[at..])?;
        let declaration = &self.page[at + 2..end];
        if after(declaration, "doctype").is_some() {
            self.doctype(declaration)?;
        } else if declaration.starts_with("[CDATA[") {
            return None;
        } else {
            self.tokens.emit_current_comment();
        }
        Some((end + 1, State::Data))
    }

    /// Hands on a declaration of the forms `doctype html`, `doctype html public "…"` and
    /// `doctype html public "…" "…"`.
    fn doctype(&mut self, declaration: &str) -> Option<()> {
        let rest = after(declaration, "doctype ")?;
        let mut rest = after(rest.trim_ascii_start(), "html")?;
        let mut ids = [None, None];
        if !rest.is_empty() {
            rest = after(rest, " ")?.trim_ascii();
        }
        if !rest.is_empty() {
            rest = after(rest, "public ")?;
            for id in &mut ids {
                rest = rest.trim_ascii_start();
                if !rest.is_empty() {
                    let (inside, behind) = rest.strip_prefix('"')?.split_once('"')?;
                    (*id, rest) = (Some(inside), behind);
                }
            }
        }
        if !rest.trim_ascii().is_empty() {
            return None;
        }
        self.tokens.init_doctype();
        self.tokens.push_doctype_name(b"html");
        if let Some(id) = ids[0] {
            self.tokens.set_doctype_public_identifier(id.as_bytes());
        }
        if let Some(id) = ids[1] {
            self.tokens.set_doctype_system_identifier(id.as_bytes());
        }
        self.tokens.emit_current_doctype();
        Some(())
    }

    fn start_tag(&mut self, from: usize) -> Step {
        let mut at = self.until(from, |b| is_space(b) || b == b'/' || b == b'>')?;
        // The text so far goes before the values of the tag's attributes.
        self.tokens.send_text();
        self.tokens.begin(TagKind::StartTag, &self.page[from..at]);
        loop {
            at = self.until(at, |b| !is_space(b))?;
            match self.byte(at)? {
                b'>' => break,
                b'/' if self.byte(at + 1)? == b'>' => {
                    self.tokens.set_self_closing();
                    at += 1;
                    break;
                }
                b'/' => at += 1,
                b'=' => return None,
                _ => at = self.attribute(at)?,
            }
        }
        let state = self.tokens.emit_current_tag();
        Some((at + 1, state.unwrap_or(State::Data)))
    }

    /// Takes one attribute; returns where it ends.
    fn attribute(&mut self, from: usize) -> Option<usize> {
        let end = self.until(from, |b| is_space(b) || matches!(b, b'/' | b'>' | b'='))?;
        let name = &self.page[from..end];
        let mut at = self.until(end, |b| !is_space(b))?;
        if self.byte(at)? != b'=' {
            self.tokens.push_attr(name, "")?;
            return Some(at);
        }
        at = self.until(at + 1, |b| !is_space(b))?;
        let (value, end) = match self.byte(at)? {
            b'>' => ("", at),
            quote @ (b'"' | b'\'') => {
                let end = at + 1 + memchr(quote, &self.page.as_bytes()[at + 1..])?;
                (&self.page[at + 1..end], end + 1)
            }
            _ => {
                let end = self.until(at, |b| is_space(b) || b == b'>')?;
                (&self.page[at..end], end)
            }
        };
        if memchr(b'&', value.as_bytes()).is_none() {
            self.tokens.push_attr(name, value)?;
            return Some(end);
        }
        let mut resolved = String::new();
        let known = resolve(value, Place::Value, &mut resolved);
        let pushed = known.and_then(|()| self.tokens.push_attr(name, &resolved));
        pushed.map(|()| end)
    }

    fn end_tag(&mut self, from: usize) -> Step {
        let (end, at) = self.plain_end(from)?;
        self.tokens.begin(TagKind::EndTag, &self.page[from..end]);
        let state = self.tokens.emit_current_tag();
        Some((at + 1, state.unwrap_or(State::Data)))
    }

    /// Where the name of a plain end tag ends, and where its `>` stands.
    fn plain_end(&self, from: usize) -> Option<(usize, usize)> {
        let starts = self.byte(from)?.is_ascii_alphabetic();
        let end = self.until(from, |b| is_space(b) || b == b'/' || b == b'>')?;
        let at = self.until(end, |b| !is_space(b))?;
        (starts && self.byte(at)? == b'>').then_some((end, at))
    }

    /// What stands in an element whose content is no markup, and the element's end tag.
    fn raw(&mut self, from: usize, state: State) -> Step {
        let (mut at, mut is_escaped) = (from, false);
        loop {
            at += memchr(b'<', &self.page.as_bytes()[at..])?;
            let behind = &self.page.as_bytes()[at + 1..];
            if state == State::ScriptData {
                is_escaped |= behind.starts_with(b"!--");
                // From here on `</script>` may end no more than that one.
                let again = behind
                    .get(..6)
                    .is_some_and(|b| b.eq_ignore_ascii_case(b"script"));
                if is_escaped && again {
                    return None;
                }
            }
            if behind.first() == Some(&b'/') && self.ends(at + 2) {
                break;
            }
            at += 1;
        }
        self.plain_end(at + 2)?;
        if state == State::RcData {
            self.text(from, at)?;
        } else {
            self.tokens.send_raw(&self.page[from..at]);
        }
        self.end_tag(at + 2)
    }

    /// Whether the name at a place is that of the element whose content is being read.
    fn ends(&self, at: usize) -> bool {
        let name = &self.tokens.last_start_tag;
        let bytes = self.page.as_bytes();
        let there = bytes.get(at..at + name.len());
        there.is_some_and(|there| there.eq_ignore_ascii_case(name))
            && bytes
                .get(at + name.len())
                .is_some_and(|&b| is_space(b) || b == b'/' || b == b'>')
    }
}
