//! Clean copy from news pages.
//!
//! One call reads a page: bytes in, an [`Article`] and a [`Report`] of every decision out. It has
//! no error, no clock and no network; bad HTML gives what can be had from it.
//!
//! ```
//! use cleancopy::{Options, RawPage, read};
//!
//! let html = "<title>Ferry returns | The Harbour Post</title>\
//!     <article><h1>Ferry returns to the harbour</h1>\
//!     <p>The night ferry came back on Monday after eleven weeks in the yard, with a new engine \
//!     and a fresh coat of paint, and was met by a small crowd on the quay.</p>\
//!     <p><a href='/related'>Also Read: How the ferry was lost</a></p>\
//!     <p>Tickets go on sale this week, the operator said, and the first crossing for passengers \
//!     is planned for Thursday morning, weather permitting.</p></article>";
//! let found = read(&RawPage::from_text(html), &Options::default());
//! let article = found.article.expect("the page holds an article");
//! assert_eq!(article.headline.as_deref(), Some("Ferry returns to the harbour"));
//! assert!(!article.text.contains("Also Read"));
//! ```
//!
//! The modules stand in the order in which they may import one another: each knows only those
//! above it.

pub mod text;

pub mod date;

pub mod page;

pub mod outcome;

pub mod archive;

pub mod decode;

pub mod document;

#[cfg(feature = "crawl")]
pub mod discover;

pub mod rules;

pub mod clean;

pub mod extract;

pub mod read;

pub mod sink;

#[cfg(feature = "crawl")]
pub mod frontier;

#[cfg(feature = "crawl")]
pub mod fetch;

#[cfg(feature = "crawl")]
pub mod crawl;

pub use extract::{Article, Extraction, Report};
pub use page::RawPage;
pub use read::{Options, read};
pub use sink::{Record, Sink};
