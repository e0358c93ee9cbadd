//! Pages as their readers see them: without what they state for machines.

use std::sync::LazyLock;

use regex::bytes::Regex;

/// Scripts, whole, and metas but for those that name the charset.
static STATED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?is-u)<script\b.*?</script>|<meta\b[^>]*>").expect("the pattern is sound")
});

/// A page's bytes without scripts and metas.
pub(crate) fn visible(page: &[u8]) -> Vec<u8> {
    let charset = |tag: &[u8]| {
        let tag = tag.to_ascii_lowercase();
        tag.starts_with(b"<meta") && tag.windows(7).any(|part| part == b"charset")
    };
    let keep = |found: &regex::bytes::Captures<'_>| {
        if charset(&found[0]) {
            found[0].to_vec()
        } else {
            Vec::new()
        }
    };
    STATED.replace_all(page, keep).into_owned()
}
