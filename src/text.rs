//! Words and white space: pure functions on text, for any language.
//!
//! Scripts written without spaces (Han, kana, Thai, Lao, Khmer, Burmese, Tibetan) are counted by
//! characters: two of them weigh as much as one word.

/// What a piece of text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Letters and digits.
    pub letters: u32,
    /// Words; two characters of a script without spaces count as one.
    pub words: u32,
    /// Commas in any script.
    pub commas: u32,
}

const INSIDE: u32 = 1;
const COMMA: u32 = 2;
const JOINER: u32 = 4;

/// What each ASCII character is to [`count`].
const ASCII: [u8; 128] = {
    let mut kinds = [0; 128];
    let mut at = 0;
    while at < kinds.len() {
        if (at as u8).is_ascii_alphanumeric() {
            kinds[at] = INSIDE as u8;
        }
        at += 1;
    }
    kinds[b',' as usize] = COMMA as u8;
    kinds[b'\'' as usize] = JOINER as u8;
    kinds
};

/// Counts letters, words and commas in one walk.
///
/// # Examples
/// ```
/// let counts = cleancopy::text::count("Rain, wind and 北京时间");
/// assert_eq!((counts.words, counts.commas), (5, 1));
/// ```
pub fn count(text: &str) -> Counts {
    let mut counts = Counts::default();
    let (mut in_word, mut dense, mut at) = (0, 0, 0);
    while let Some(&byte) = text.as_bytes().get(at) {
        if let Some(kind) = ASCII.get(usize::from(byte)) {
            let kind = u32::from(*kind);
            let inside = kind & INSIDE;
            counts.letters += inside;
            counts.words += inside & !in_word;
            counts.commas += (kind / COMMA) & 1;
            in_word = inside | (in_word & (kind / JOINER));
            at += 1;
            continue;
        }
        let Some(c) = text[at..].chars().next() else {
            break;
        };
        at += c.len_utf8();
        if is_dense(c) {
            counts.letters += 1;
            dense += 1;
            in_word = 0;
        } else if c.is_alphanumeric() {
            counts.letters += 1;
            counts.words += 1 - in_word;
            in_word = 1;
        } else {
            counts.commas += u32::from(matches!(c, '，' | '、' | '،' | '﹐'));
            in_word &= u32::from(matches!(c, '’' | '\u{ad}' | '\u{200c}' | '\u{200d}'));
        }
    }
    counts.words += u32::div_ceil(dense, 2);
    counts
}

/// Whether a character belongs to a script that is written without spaces between words.
pub fn is_dense(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{f00}'..='\u{fff}' | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}' | '\u{3005}' | '\u{3007}' | '\u{3040}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9d}' | '\u{20000}'..='\u{3134f}')
}

/// Whether a character shows as white space: Unicode white space, no-break spaces and the
/// space-like format characters.
pub fn is_space(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{3164}' | '\u{ffa0}'
        )
}

/// Whether a character has no width and no meaning in running text: soft hyphen, zero-width
/// space, byte order mark, directional marks and other controls.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fffc}')
        || (c.is_control() && !c.is_whitespace())
}

/// Text with every run of white space as one space, none at the ends, and invisible characters
/// left out.
///
/// # Examples
/// ```
/// assert_eq!(cleancopy::text::fold_space("  a\u{a0}\n b\u{ad}c "), "a bc");
/// ```
pub fn fold_space(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_ascii_graphic() {
            if std::mem::take(&mut gap) {
                out.push(' ');
            }
            out.push(c);
        } else if is_space(c) {
            gap = !out.is_empty();
        } else if !is_invisible(c) {
            if std::mem::take(&mut gap) {
                out.push(' ');
            }
            out.push(c);
        }
    }
    out
}

/// Text for comparing: white space folded, lower case, quotes and dashes of all kinds made one.
///
/// # Examples
/// ```
/// use cleancopy::text::fold;
/// assert_eq!(fold("“Rain” – today"), fold("\"rain\"  - Today"));
/// ```
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            if std::mem::take(&mut gap) {
                out.push(' ');
            }
            out.push(c.to_ascii_lowercase());
            continue;
        }
        if is_space(c) {
            gap = !out.is_empty();
            continue;
        }
        if is_invisible(c) {
            continue;
        }
        if std::mem::take(&mut gap) {
            out.push(' ');
        }
        if c.is_ascii() {
            out.push(if c == '`' {
                '\''
            } else {
                c.to_ascii_lowercase()
            });
            continue;
        }
        match c {
            '‘' | '’' | '‚' | '‛' | '′' | '´' | 'ʼ' | 'ʻ' => out.push('\''),
            '“' | '”' | '„' | '‟' | '″' | '«' | '»' | '〝' | '〞' => out.push('"'),
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => out.push('-'),
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// A lower-case letter without its Greek accent: capitals are printed without them.
///
/// # Examples
/// ```
/// assert_eq!(cleancopy::text::without_accent('ή'), 'η');
/// ```
pub fn without_accent(c: char) -> char {
    match c {
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' => 'ω',
        c => c,
    }
}

/// The words of [`words`] as hashes (FNV-1a over their lower-case UTF-8), for comparing texts without
/// a string for each word.
///
/// # Examples
/// ```
/// use cleancopy::text::hashes;
/// assert!(hashes("RAIN, wind").eq(hashes("Rain - Wind!")));
/// ```
pub fn hashes(text: &str) -> impl Iterator<Item = u64> + '_ {
    pieces(text).map(|word| {
        let mut hash = FNV_START;
        for c in word.chars() {
            if c.is_ascii() {
                hash = fnv(hash, c.to_ascii_lowercase() as u8);
            } else {
                for lower in c.to_lowercase() {
                    let mut bytes = [0; 4];
                    hash = lower.encode_utf8(&mut bytes).bytes().fold(hash, fnv);
                }
            }
        }
        hash
    })
}

/// Where an FNV-1a hash of 64 bits begins (Fowler, Noll, Vo).
pub(crate) const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// One step of FNV-1a.
pub(crate) fn fnv(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
}

/// The words of a text in lower case; each character of a script without spaces is a word.
///
/// # Examples
/// ```
/// let words: Vec<String> = cleancopy::text::words("Grüße, 北京!").collect();
/// assert_eq!(words, ["grüße", "北", "京"]);
/// ```
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    pieces(text).map(str::to_lowercase)
}

/// The words of a text as they stand.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(char::is_alphanumeric)?;
        let tail = &rest[start..];
        // Most words are of ASCII letters alone: those are passed over without decoding.
        let plain = tail.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let end = match tail[plain..].chars().next() {
            None => tail.len(),
            Some(c) if c.is_ascii() => plain,
            Some(c) if plain == 0 && is_dense(c) => c.len_utf8(),
            Some(_) => tail[plain..]
                .find(|c: char| !c.is_alphanumeric() || is_dense(c))
                .map_or(tail.len(), |end| plain + end),
        };
        rest = &tail[end..];
        Some(&tail[..end])
    })
}

/// Whether a text ends like a sentence, in any script, closing quotes and brackets passed over.
///
/// # Examples
/// ```
/// use cleancopy::text::ends_sentence;
/// assert!(ends_sentence("He said: “No.”"));
/// assert!(ends_sentence("会议结束。"));
/// assert!(!ends_sentence("More from Sport"));
/// ```
pub fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(|c: char| {
        is_space(c)
            || matches!(
                c,
                '"' | '\'' | '”' | '’' | '»' | '«' | '“' | ')' | ']' | '」' | '』' | '）'
            )
    })
    .ends_with([
        '.', '!', '?', '…', '。', '！', '？', '।', '؟', '।', ';', '۔', '։', '።',
    ])
}
