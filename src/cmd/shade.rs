//! A page as HTML again, every block shaded by what was decided about it.
//!
//! The output is rebuilt from the parsed tree with a short list of elements and without any of the
//! page's attributes: no script runs, nothing is loaded, and text that the page hides shows too,
//! shaded as dropped. It is for looking at decisions, not at the page's design.

use std::fmt::Write as _;

use cleancopy::Extraction;
use cleancopy::document::{Document, NodeIx, Tag};
use cleancopy::extract::{Because, BlockDecision, Verdict};

use super::owners::{Owned, is_never_shown, owners};
use super::reason::in_words;
use super::select::Wanted;

const HEAD: &str = r#"<!DOCTYPE html>
<html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>Why: cleancopy explain</title>
<style>
body { font: 16px/1.5 Georgia, serif; max-width: 60em; margin: 0 auto; padding: 0 1em 4em; color: #222; }
.legend { position: sticky; top: 0; background: #fff; border-bottom: 1px solid #999; padding: .6em 0; margin-bottom: 1em; font: 14px/1.9 system-ui, sans-serif; }
.legend > span { margin-right: .7em; white-space: nowrap; }
.k, .r, .s, .x, .f { padding: .08em .25em; border-radius: .2em; box-decoration-break: clone; -webkit-box-decoration-break: clone; cursor: help; }
.k { background: #cdeccd; }
.r { background: #f6cfc9; color: #6a2b22; }
.s { background: #ececec; color: #6b6b6b; }
.x { background: #fbe6b3; }
.f { background: #cfe0f7; }
.picture { color: #999; font: 13px system-ui, sans-serif; }
.w { display: inline-block; margin-left: .6em; white-space: nowrap; color: #888; font: 12px system-ui, sans-serif; }
.fields { font: 14px/1.4 system-ui, sans-serif; margin-top: 3em; border-top: 1px solid #999; }
.fields dt { font-weight: bold; margin-top: .7em; }
.fields .lost { color: #777; }
.fields small { color: #777; }
table { border-collapse: collapse; } td, th { border: 1px solid #ddd; padding: .2em .4em; vertical-align: top; }
</style></head><body>
"#;

/// The page with every block in the colour of its decision and the reason as its tooltip; where
/// only some are wanted, the others' text stays without colour.
pub(crate) fn shade(doc: &Document, found: &Extraction, wanted: Option<&Wanted>) -> String {
    let blocks = &found.report.blocks;
    let is_wanted = |number| wanted.is_none_or(|w| w.has(number));
    let mut painter = Painter {
        doc,
        blocks,
        owners: owners(doc, blocks),
        out: HEAD.to_owned(),
    };
    painter.owners.retain(|owned| is_wanted(owned.block));
    let shown = blocks.iter().enumerate().filter(|(n, _)| is_wanted(*n));
    painter.legend(found.report.verdict, shown.map(|(_, block)| block));
    painter.node(NodeIx::ROOT);
    if wanted.is_none() {
        painter.fields(found);
    }
    painter.out.push_str("</body></html>\n");
    painter.out
}

struct Painter<'a> {
    doc: &'a Document,
    blocks: &'a [BlockDecision],
    /// The text nodes that get a colour, in document order.
    owners: Vec<Owned>,
    out: String,
}

impl<'a> Painter<'a> {
    fn legend(&mut self, verdict: Verdict, blocks: impl Iterator<Item = &'a BlockDecision>) {
        let classes: Vec<_> = blocks.map(class_of).collect();
        let _ = write!(self.out, "<div class=legend><b>{}</b>. ", verdict.as_str());
        for (class, what) in [
            ("k", "kept"),
            ("x", "kept or dropped by a repair"),
            ("f", "another field"),
            ("r", "dropped by a rule"),
            ("s", "dropped by score"),
        ] {
            let count = classes.iter().filter(|c| **c == class).count();
            let _ = write!(
                self.out,
                "<span><span class={class}>{what}</span> {count}</span>"
            );
        }
        self.out
            .push_str("<br>Rest the pointer on a text to see why.</div>\n");
    }

    /// Nesting is capped by the parser, so this recursion is too.
    fn node(&mut self, node: NodeIx) {
        let doc = self.doc;
        let tag = doc.tag(node);
        if let Some(text) = doc.text(node) {
            self.text(node, text);
        } else if matches!(tag, Tag::Img | Tag::AmpImg) {
            let alt = doc.attr(node, "alt").unwrap_or_default();
            let label = format!("[picture: {}]", escape(alt)).replace(": ]", "]");
            let _ = write!(self.out, "<span class=picture>{label}</span>");
        } else if matches!(tag, Tag::Br | Tag::Hr | Tag::Wbr) {
            let _ = write!(self.out, "<{}>", tag.as_str());
        } else if !is_never_shown(tag) {
            let shown = shown_as(tag);
            if let Some(name) = shown {
                let _ = write!(self.out, "<{name}>");
            }
            for child in doc.children(node) {
                self.node(child);
            }
            if let Some(name) = shown {
                let _ = writeln!(self.out, "</{name}>");
            }
        }
    }

    fn text(&mut self, node: NodeIx, raw: &str) {
        let owned = self.owners.binary_search_by_key(&node, |owned| owned.node);
        let Ok(&Owned { block, ends, .. }) = owned.map(|at| &self.owners[at]) else {
            self.out.push_str(&escape(raw));
            return;
        };
        let block = &self.blocks[block];
        let verdict = if block.kept { "kept" } else { "dropped" };
        let why = format!(
            "{verdict}: {}\n{}",
            in_words(&block.because).join("\n"),
            block.path
        );
        let _ = write!(
            self.out,
            "<span class={} title=\"{}\">{}</span>",
            class_of(block),
            escape(&why),
            escape(raw)
        );
        // What the model kept needs no word; every other decision is told where its text ends.
        if ends && !(block.kept && matches!(block.because, Because::Score { .. })) {
            let reason = match &block.because {
                Because::Score { value, .. } => format!("score {value:.2}"),
                other => escape(&other.to_string()),
            };
            let _ = write!(self.out, "<small class=w>{reason}</small>");
        }
    }

    fn fields(&mut self, found: &Extraction) {
        self.out.push_str("<div class=fields><dl>\n");
        for field in &found.report.fields {
            let _ = writeln!(self.out, "<dt>{}</dt>", escape(field.field));
            for candidate in &field.candidates {
                let class = if candidate.chosen { "won" } else { "lost" };
                let _ = writeln!(
                    self.out,
                    "<dd class={class}>{} <small>{} {}</small></dd>",
                    escape(&candidate.value),
                    escape(&candidate.source),
                    escape(&candidate.why)
                );
            }
        }
        self.out.push_str("</dl></div>\n");
    }
}

fn class_of(block: &BlockDecision) -> &'static str {
    match (&block.because, block.kept) {
        (Because::Repair { .. }, _) => "x",
        (_, true) => "k",
        (Because::Field(_), _) => "f",
        (Because::Rule(_), _) => "r",
        _ => "s",
    }
}

/// The element that stands for one of the page; `None` shows only what is inside.
fn shown_as(tag: Tag) -> Option<&'static str> {
    match tag {
        Tag::Document | Tag::Html | Tag::Body | Tag::Frameset => None,
        Tag::Form
        | Tag::Dialog
        | Tag::Details
        | Tag::Fieldset
        | Tag::Legend
        | Tag::Summary
        | Tag::Center
        | Tag::Dir
        | Tag::Menu
        | Tag::Optgroup
        | Tag::Option => Some("div"),
        Tag::A => Some("u"),
        tag if tag.is_block() => Some(tag.as_str()),
        Tag::B
        | Tag::Strong
        | Tag::I
        | Tag::Em
        | Tag::Small
        | Tag::Sub
        | Tag::Sup
        | Tag::S
        | Tag::Q
        | Tag::Cite
        | Tag::Code => Some(tag.as_str()),
        _ => Some("span"),
    }
}

/// Text as HTML text or attribute value.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use cleancopy::{Options, RawPage, read};

    fn shaded(html: &str) -> String {
        let page = RawPage::from_text(html);
        let found = read(&page, &Options::default());
        shade(&Document::parse(html), &found, None)
    }

    #[test]
    fn nothing_of_the_page_runs_or_loads() {
        let out = shaded(
            "<p onclick=evil()>one &lt;b&gt;<script>evil()</script><img src=//evil alt='\"x'>\
             <a href='javascript:evil()'>two</a><iframe src=//evil></iframe>",
        );
        assert!(!out.contains("evil"), "{out}");
        assert!(out.contains("&lt;b&gt;") && out.contains("[picture: &quot;x]"));
    }

    #[test]
    fn every_block_has_its_reason_also_where_one_element_holds_several() {
        let out = shaded("<div>first <i>piece</i><br><br>second piece<br><br>third</div>");
        assert_eq!(out.matches("title=\"dropped: ").count(), 4, "{out}");
    }
}
