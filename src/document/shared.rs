//! A piece of a page's text that shares the memory of the whole.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// A piece of a longer text, read as `&str`. It has no memory of its own: all pieces of a page share
/// its text, which stays as long as one of them does.
///
/// # Examples
/// ```
/// use cleancopy::document::SharedText;
/// let text = SharedText::from("Ferry returns".to_owned());
/// assert!(text.starts_with("Ferry"));
/// ```
#[derive(Clone)]
pub struct SharedText {
    all: Arc<String>,
    from: u32,
    to: u32,
}

impl SharedText {
    /// The piece between two places, which are ends of characters.
    pub(super) fn of(all: &Arc<String>, (from, to): (u32, u32)) -> Self {
        let all = Arc::clone(all);
        Self { all, from, to }
    }
}

impl From<String> for SharedText {
    /// All of a text of less than 4 GB.
    fn from(text: String) -> Self {
        let to = text.len() as u32;
        Self::of(&Arc::new(text), (0, to))
    }
}

impl Deref for SharedText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.all[self.from as usize..self.to as usize]
    }
}

impl PartialEq for SharedText {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for SharedText {}

impl fmt::Debug for SharedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for SharedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl Serialize for SharedText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}
