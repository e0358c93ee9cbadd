//! The kinds of nodes that reading tells apart.

macro_rules! tags {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// What a node is: an element of one of the tags that matter here, or something else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum Tag {
            /// The document node.
            Document,
            /// A text node.
            Text,
            /// A comment, doctype or processing instruction.
            Invisible,
            /// An element whose tag is not listed here.
            Other,
            $(#[doc = concat!("`<", $text, ">`")] $name),*
        }

        impl Tag {
            /// The tag of an element's name in lower case.
            pub fn named(name: &str) -> Self {
                match name {
                    $($text => Self::$name,)*
                    _ => Self::Other,
                }
            }

            /// The name as in HTML; `#text`, `#document`, `#other` for what is no known element.
            pub fn as_str(self) -> &'static str {
                match self {
                    Self::Document => "#document",
                    Self::Text => "#text",
                    Self::Invisible => "#comment",
                    Self::Other => "#other",
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

tags! {
    A = "a", Abbr = "abbr", Address = "address", AmpImg = "amp-img", Article = "article",
    Aside = "aside", Audio = "audio", B = "b", Blockquote = "blockquote", Body = "body", Br = "br",
    Button = "button", Canvas = "canvas", Caption = "caption", Center = "center", Cite = "cite",
    Code = "code", Col = "col", Dd = "dd", Del = "del", Details = "details", Dialog = "dialog",
    Dir = "dir", Div = "div", Dl = "dl", Dt = "dt", Em = "em", Embed = "embed",
    Fieldset = "fieldset", Figcaption = "figcaption", Figure = "figure", Font = "font",
    Footer = "footer", Form = "form", Frameset = "frameset", H1 = "h1", H2 = "h2", H3 = "h3",
    H4 = "h4", H5 = "h5", H6 = "h6", Head = "head", Header = "header", Hgroup = "hgroup",
    Hr = "hr", Html = "html", I = "i", Iframe = "iframe", Img = "img", Input = "input", Ins = "ins",
    Label = "label", Legend = "legend", Li = "li", Link = "link", Main = "main", Map = "map",
    Mark = "mark", Math = "math", Menu = "menu", Meta = "meta", Nav = "nav", Noscript = "noscript",
    Object = "object", Ol = "ol", Optgroup = "optgroup", Option = "option", P = "p",
    Picture = "picture", Pre = "pre", Q = "q", Rp = "rp", Rt = "rt", S = "s", Script = "script", Section = "section",
    Select = "select", Small = "small", Source = "source", Span = "span", Strong = "strong",
    Style = "style", Sub = "sub", Summary = "summary", Sup = "sup", Svg = "svg", Table = "table",
    Tbody = "tbody", Td = "td", Template = "template", Textarea = "textarea", Tfoot = "tfoot",
    Th = "th", Thead = "thead", Time = "time", Title = "title", Tr = "tr", Track = "track",
    U = "u", Ul = "ul", Video = "video", Wbr = "wbr",
}

impl Tag {
    /// Whether it starts a new line of text: block boxes of the rendering rules (WHATWG HTML,
    /// section 15.3), table parts and list parts among them.
    pub fn is_block(self) -> bool {
        use Tag::{
            Address, Article, Aside, Audio, Blockquote, Body, Caption, Center, Dd, Details, Dialog,
            Dir, Div, Dl, Document, Dt, Fieldset, Figcaption, Figure, Footer, Form, Frameset, H1,
            H2, H3, H4, H5, H6, Head, Header, Hgroup, Hr, Html, Iframe, Legend, Li, Main, Menu,
            Nav, Ol, Optgroup, Option, P, Pre, Section, Summary, Table, Tbody, Td, Tfoot, Th,
            Thead, Title, Tr, Ul, Video,
        };
        matches!(
            self,
            Address
                | Article
                | Aside
                | Audio
                | Blockquote
                | Body
                | Caption
                | Center
                | Dd
                | Details
                | Dialog
                | Dir
                | Div
                | Dl
                | Document
                | Dt
                | Fieldset
                | Figcaption
                | Figure
                | Footer
                | Form
                | Frameset
                | H1
                | H2
                | H3
                | H4
                | H5
                | H6
                | Head
                | Header
                | Hgroup
                | Hr
                | Html
                | Iframe
                | Legend
                | Li
                | Main
                | Menu
                | Nav
                | Ol
                | Optgroup
                | Option
                | P
                | Pre
                | Section
                | Summary
                | Table
                | Tbody
                | Td
                | Tfoot
                | Th
                | Thead
                | Title
                | Tr
                | Ul
                | Video
        )
    }

    /// Whether its content is never text to a reader: scripts, styles, form controls' values,
    /// embedded documents, and the pronunciation above a word (ruby).
    pub fn is_opaque(self) -> bool {
        matches!(
            self,
            Self::Script
                | Self::Style
                | Self::Template
                | Self::Svg
                | Self::Math
                | Self::Canvas
                | Self::Object
                | Self::Embed
                | Self::Iframe
                | Self::Select
                | Self::Textarea
                | Self::Noscript
                | Self::Title
                | Self::Audio
                | Self::Video
                | Self::Map
                | Self::Rp
                | Self::Rt
        )
    }

    /// Whether it is a cell of a table.
    pub fn is_cell(self) -> bool {
        matches!(self, Self::Td | Self::Th)
    }

    /// The level of a heading element, 1 to 6.
    pub fn heading_level(self) -> Option<u8> {
        match self {
            Self::H1 => Some(1),
            Self::H2 => Some(2),
            Self::H3 => Some(3),
            Self::H4 => Some(4),
            Self::H5 => Some(5),
            Self::H6 => Some(6),
            _ => None,
        }
    }
}
