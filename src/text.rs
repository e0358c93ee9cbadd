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
        } else if is_alphanumeric(c) {
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

/// What parts the facts of a line: "News | 4 May · By Ada Quill".
pub(crate) const BARS: [char; 3] = ['|', '•', '·'];

/// Whether a character belongs to a script that is written without spaces between words.
pub fn is_dense(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{f00}'..='\u{fff}' | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}' | '\u{3005}' | '\u{3007}' | '\u{3040}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9d}' | '\u{20000}'..='\u{3134f}')
}

/// Whether a character is a syllable of the Korean script: words of it are written with spaces between.
pub fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}')
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
    let (mut gap, mut rest) = (false, text);
    while let Some(c) = rest.chars().next() {
        let plain = plain_stretch(rest);
        let (piece, behind) = rest.split_at(plain.max(c.len_utf8()));
        rest = behind;
        if plain == 0 && is_space(c) {
            gap = !out.is_empty();
        } else if plain > 0 || !is_invisible(c) {
            if std::mem::take(&mut gap) {
                out.push(' ');
            }
            out.push_str(piece);
        }
    }
    out
}

/// How many bytes a text begins with that are visible ASCII characters, and spaces of which each stands
/// between two of those: most text is such stretches, which are taken whole.
pub(crate) fn plain_stretch(text: &str) -> usize {
    let is_seen = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_graphic);
    let mut at = 0;
    while is_seen(at) {
        at += 1;
        if text.as_bytes().get(at) == Some(&b' ') && is_seen(at + 1) {
            at += 1;
        }
    }
    at
}

/// Text for comparing: white space folded, lower case, quotes and dashes of all kinds made one.
///
/// # Examples
/// ```
/// use cleancopy::text::fold;
/// assert_eq!(fold("“Rain” – today"), fold("\"rain\"  - Today"));
/// ```
pub fn fold(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let (mut gap, mut at) = (false, 0);
    while let Some(&byte) = text.as_bytes().get(at) {
        let plain = FOLDED.get(usize::from(byte)).copied().unwrap_or_default();
        if plain != 0 {
            if std::mem::take(&mut gap) {
                out.push(b' ');
            }
            out.push(plain);
            at += 1;
            continue;
        }
        let Some(c) = text[at..].chars().next() else {
            break;
        };
        at += c.len_utf8();
        if is_space(c) {
            gap = !out.is_empty();
            continue;
        }
        if is_invisible(c) {
            continue;
        }
        if std::mem::take(&mut gap) {
            out.push(b' ');
        }
        match c {
            '‘' | '’' | '‚' | '‛' | '′' | '´' | 'ʼ' | 'ʻ' => out.push(b'\''),
            '“' | '”' | '„' | '‟' | '″' | '«' | '»' | '〝' | '〞' => out.push(b'"'),
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => out.push(b'-'),
            c => {
                for lower in c.to_lowercase() {
                    out.extend_from_slice(lower.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
        }
    }
    // Only whole characters were put in.
    String::from_utf8(out).unwrap_or_default()
}

/// What [`fold`] makes of each ASCII character that is seen; 0 for the others.
const FOLDED: [u8; 128] = {
    let mut folded = [0; 128];
    let mut at = 0;
    while at < folded.len() {
        if (at as u8).is_ascii_graphic() {
            folded[at] = (at as u8).to_ascii_lowercase();
        }
        at += 1;
    }
    folded[b'`' as usize] = b'\'';
    folded
};

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
        if word.is_ascii() {
            let lower = word.bytes().map(|byte| byte.to_ascii_lowercase());
            return lower.fold(FNV_START, fnv);
        }
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
    let mut at = 0;
    std::iter::from_fn(move || {
        // Most characters are of ASCII: those are looked up without decoding.
        let plain = |at: usize| {
            let byte = *text.as_bytes().get(at)?;
            let kind = ASCII.get(usize::from(byte))?;
            Some(u32::from(*kind) & INSIDE != 0)
        };
        let start = loop {
            match plain(at) {
                Some(true) => break at,
                Some(false) => at += 1,
                None => {
                    let c = text[at..].chars().next()?;
                    if is_alphanumeric(c) {
                        break at;
                    }
                    at += c.len_utf8();
                }
            }
        };
        loop {
            match plain(at) {
                Some(true) => at += 1,
                Some(false) => break,
                None => match text[at..].chars().next() {
                    Some(c) if is_dense(c) => {
                        if at == start {
                            at += c.len_utf8();
                        }
                        break;
                    }
                    Some(c) if is_alphanumeric(c) => at += c.len_utf8(),
                    _ => break,
                },
            }
        }
        Some(&text[start..at])
    })
}

/// [`char::is_alphanumeric`], quicker for the letters and marks that most news are written with.
fn is_alphanumeric(c: char) -> bool {
    match c {
        'À'..='ɏ' => !matches!(c, '×' | '÷'),
        'ά'..='ώ' | 'Ѐ'..='ҁ' | 'Ҋ'..='ԯ' | 'א'..='ת' | 'ؠ'..='ي' | 'Ḁ'..='ỿ' | '가'..='힣' => {
            true
        }
        '\u{2010}'..='\u{2027}' => false,
        c => c.is_alphanumeric(),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_way_tells_letters_as_the_standard_library_does() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_alphanumeric(c), c.is_alphanumeric(), "{c:?}");
        }
    }

    #[test]
    fn words_of_mixed_scripts_are_cut_between_dense_characters_alone() {
        let text = "  abcé北京x9 ßeta—3½ Ωμέγα’s ที่ K2北 ";
        let pieces: Vec<&str> = pieces(text).collect();
        let expected = [
            "abcé",
            "北",
            "京",
            "x9",
            "ßeta",
            "3½",
            "Ωμέγα",
            "s",
            "ท",
            "ี",
            "K2",
            "北",
        ];
        assert_eq!(pieces, expected);
    }
}
