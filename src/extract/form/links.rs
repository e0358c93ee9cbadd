//! Addresses in elements: absolute, and of schemes that run nothing.

use url::Url;

use crate::document::{Document, NodeIx, Tag};

/// What a page's addresses are resolved against (WHATWG HTML, section 4.2.3, and the page's own
/// address).
#[derive(Debug)]
pub(super) struct Base(Option<Url>);

impl Base {
    /// The base of a page: its first `<base href>`, resolved against its address.
    pub(super) fn of(doc: &Document, page: Option<&Url>) -> Self {
        let head = doc.all(Tag::Head).next().unwrap_or(NodeIx::ROOT);
        let href = doc
            .within(head)
            .filter(|&n| doc.tag(n) == Tag::Other && doc.name(n) == Some("base"))
            .find_map(|n| doc.attr(n, "href"));
        let stated = href.and_then(|href| join(page, href));
        Self(stated.filter(is_web).or_else(|| page.cloned()))
    }

    /// Where a link leads, if that is the web or a mailbox.
    pub(super) fn link(&self, href: &str) -> Option<String> {
        let url = join(self.0.as_ref(), href)?;
        (is_web(&url) || url.scheme() == "mailto").then(|| url.into())
    }

    /// Where a picture is, if that is the web.
    pub(super) fn picture(&self, src: &str) -> Option<String> {
        join(self.0.as_ref(), src).filter(is_web).map(Into::into)
    }
}

/// An absolute address as it may be written out again: nothing but the web and mailboxes.
pub(super) fn safe(url: &str) -> Option<Url> {
    Url::parse(url)
        .ok()
        .filter(|url| is_web(url) || url.scheme() == "mailto")
}

/// The same for a picture: nothing but the web.
pub(super) fn safe_picture(url: &str) -> Option<Url> {
    Url::parse(url).ok().filter(is_web)
}

fn join(base: Option<&Url>, href: &str) -> Option<Url> {
    match base {
        Some(base) => base.join(href.trim()).ok(),
        None => Url::parse(href.trim()).ok(),
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}
