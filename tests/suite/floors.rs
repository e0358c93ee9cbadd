//! The house rules that a program can check, each as a function from sources to complaints.
//!
//! A check that cannot fail proves nothing, so each is also run on a small source that breaks it
//! ([`breaks`]).

mod breaks;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules in the order in which they may import one another: each knows only those before it.
const FLOORS: [&str; 16] = [
    "text", "date", "page", "outcome", "archive", "decode", "document", "discover", "rules",
    "clean", "extract", "read", "sink", "frontier", "fetch", "crawl",
];

/// Lines of code a file may have, comments, blank lines and inline tests not counted.
const FILE_LINES: usize = 400;
/// Lines an inline test module may have; a longer one moves to a `tests.rs` of its own.
const TEST_LINES: usize = 80;
/// Names the crate root may re-export.
const ROOT_NAMES: usize = 8;
/// Names that say nothing of what a module is for.
const EMPTY_NAMES: [&str; 7] = [
    "utils",
    "util",
    "common",
    "types",
    "constants",
    "helpers",
    "misc",
];

/// One file of the sources.
struct Source {
    /// Path below `src`, with `/`.
    path: String,
    /// The file as it stands.
    raw: String,
    /// The same lines with comments and the content of strings left out.
    code: String,
    /// `code` without its inline test module.
    body: String,
    /// Lines of the inline test module.
    test_lines: usize,
}

impl Source {
    fn new(path: &str, raw: &str) -> Self {
        let code = strip(raw);
        let (body, test_lines) = without_tests(&code);
        Self {
            path: path.to_owned(),
            raw: raw.to_owned(),
            code,
            body,
            test_lines,
        }
    }

    /// The floor the file stands on; `None` for the binary and `lib.rs`.
    fn floor(&self) -> Option<usize> {
        let top = self.path.split('/').next()?;
        let name = top.strip_suffix(".rs").unwrap_or(top);
        FLOORS.iter().position(|&f| f == name)
    }

    fn stem(&self) -> &str {
        let file = self.path.rsplit('/').next().unwrap_or_default();
        file.strip_suffix(".rs").unwrap_or(file)
    }

    fn is_module_head(&self) -> bool {
        matches!(self.stem(), "lib" | "main" | "mod")
    }

    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.body.lines().enumerate().map(|(i, line)| (i + 1, line))
    }
}

/// Blanks comments and the content of string and character literals, line breaks kept.
fn strip(raw: &str) -> String {
    let chars: Vec<char> = raw.chars().collect();
    let mut out = String::with_capacity(raw.len());
    let mut at = 0;
    while at < chars.len() {
        let end = token_end(&chars, at);
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(chars[at..end].iter().filter(|&&c| c == '\n'));
            at = end;
        }
    }
    out
}

/// The end of the comment or literal that opens at `at`; `at` itself if none does.
fn token_end(chars: &[char], at: usize) -> usize {
    let next = chars.get(at + 1).copied();
    match chars[at] {
        '/' if next == Some('/') => find(chars, at, &['\n']),
        '/' if next == Some('*') => block_comment_end(chars, at),
        'r' if matches!(next, Some('"' | '#')) && !is_word(chars, at) => {
            raw_string_end(chars, at).unwrap_or(at)
        }
        '"' => quoted_end(chars, at, '"'),
        '\'' if next == Some('\\') => quoted_end(chars, at, '\''),
        '\'' if chars.get(at + 2) == Some(&'\'') => at + 3,
        _ => at,
    }
}

/// Whether the character before `at` belongs to a name, so that an `r` is no prefix.
fn is_word(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_') && chars[at - 1] != 'b'
}

fn find(chars: &[char], from: usize, wanted: &[char]) -> usize {
    (from..chars.len())
        .find(|&i| chars[i..].starts_with(wanted))
        .unwrap_or(chars.len())
}

fn block_comment_end(chars: &[char], at: usize) -> usize {
    let (mut depth, mut i) = (0_usize, at);
    while i < chars.len() {
        match (chars[i], chars.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 2),
            ('*', Some('/')) => {
                (depth, i) = (depth - 1, i + 2);
                if depth == 0 {
                    return i;
                }
            }
            _ => i += 1,
        }
    }
    i
}

fn quoted_end(chars: &[char], at: usize, quote: char) -> usize {
    let mut i = at + 1;
    while i < chars.len() && chars[i] != quote {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    (i + 1).min(chars.len())
}

fn raw_string_end(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at + 1..].iter().take_while(|&&c| c == '#').count();
    let open = at + 1 + hashes;
    (chars.get(open) == Some(&'"')).then(|| {
        let mut close = vec!['"'];
        close.resize(hashes + 1, '#');
        (find(chars, open + 1, &close) + close.len()).min(chars.len())
    })
}

/// The code without what stands under `#[cfg(test)]`, and how many lines that was.
fn without_tests(code: &str) -> (String, usize) {
    const HEAD: &str = "#[cfg(test)]";
    let (mut out, mut rest, mut lines) = (String::new(), code, 0);
    while let Some(at) = rest.find(HEAD) {
        out.push_str(&rest[..at]);
        let item = &rest[at..];
        let mut depth = 0_usize;
        let end = item
            .char_indices()
            .find(|&(_, c)| {
                match c {
                    '{' => depth += 1,
                    '}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                depth == 0 && matches!(c, '}' | ';')
            })
            .map_or(item.len(), |(i, _)| i + 1);
        let blank = item[..end].matches('\n').count();
        lines = lines.max(blank + 1);
        out.push_str(&"\n".repeat(blank));
        rest = &item[end..];
    }
    out.push_str(rest);
    (out, lines)
}

/// Each `crate::x` of a floor names a module at or left of it.
fn imports(s: &Source) -> Vec<String> {
    let Some(own) = s.floor() else {
        return Vec::new();
    };
    let mut complaints = Vec::new();
    for (line, text) in s.lines() {
        for (at, path) in text.match_indices("crate::") {
            let rest = &text[at + path.len()..];
            let name: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            let verdict = match FLOORS.iter().position(|&f| f == name) {
                Some(floor) if floor <= own => continue,
                Some(_) => "stands right of it",
                None if name.is_empty() => "is a group: write one `use` a module",
                None => "is no module: name the module, not the root's re-export",
            };
            let own = FLOORS[own];
            complaints.push(format!(
                "{}:{line}: `{own}` imports `{name}`, which {verdict}",
                s.path
            ));
        }
    }
    complaints
}

/// `lib.rs` declares the modules in floor order and re-exports few names.
fn root(s: &Source) -> Vec<String> {
    if s.path != "lib.rs" {
        return Vec::new();
    }
    let mut complaints = Vec::new();
    let declared: Vec<&str> = s
        .body
        .lines()
        .filter_map(|l| l.trim().strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    let floors: Vec<Option<usize>> = declared
        .iter()
        .map(|d| FLOORS.iter().position(|f| f == d))
        .collect();
    if floors.contains(&None) || !floors.is_sorted() {
        complaints.push(format!(
            "lib.rs: {declared:?} is not in the order {FLOORS:?}"
        ));
    }
    let names: usize = s
        .body
        .split("pub use ")
        .skip(1)
        .filter_map(|item| item.split(';').next())
        .map(|item| {
            item.split(',')
                .filter(|n| !n.trim_matches([' ', '\n', '}']).is_empty())
                .count()
        })
        .sum();
    if names > ROOT_NAMES {
        complaints.push(format!(
            "lib.rs: {names} names re-exported, {ROOT_NAMES} allowed"
        ));
    }
    complaints
}

fn size(s: &Source) -> Vec<String> {
    let lines = s.body.lines().filter(|l| !l.trim().is_empty()).count();
    let mut complaints = Vec::new();
    if lines > FILE_LINES {
        complaints.push(format!(
            "{}: {lines} lines of code, {FILE_LINES} allowed",
            s.path
        ));
    }
    if s.test_lines > TEST_LINES {
        let found = s.test_lines;
        complaints.push(format!(
            "{}: {found} lines of inline tests, {TEST_LINES} allowed",
            s.path
        ));
    }
    complaints
}

/// Features switch whole modules: `cfg(feature` stands before a module or a re-export, in the
/// head of a folder, and nowhere else.
fn features(s: &Source) -> Vec<String> {
    let lines: Vec<&str> = s.body.lines().map(str::trim).collect();
    let mut complaints = Vec::new();
    for (i, line) in lines
        .iter()
        .enumerate()
        .filter(|(_, l)| l.contains("cfg(feature"))
    {
        let item = lines[i..]
            .iter()
            .find(|l| !l.is_empty() && !l.starts_with("#["));
        let switches_a_module = item.is_some_and(|l| {
            let rest = l.split_once("mod ").or_else(|| l.split_once("use "));
            rest.is_some_and(|(head, _)| head.is_empty() || head.starts_with("pub"))
        });
        if !s.is_module_head() || !(switches_a_module || line.starts_with("#![")) {
            complaints.push(format!("{}:{}: `cfg(feature` inside code", s.path, i + 1));
        }
    }
    complaints
}

fn paths(s: &Source) -> Vec<String> {
    let mut complaints = Vec::new();
    for (line, text) in s.lines() {
        if text.contains("super::super") {
            complaints.push(format!(
                "{}:{line}: `super::super`: start at `crate`",
                s.path
            ));
        }
        if text.contains("::*") {
            complaints.push(format!("{}:{line}: glob import", s.path));
        }
    }
    complaints
}

fn heads(s: &Source) -> Vec<String> {
    let mut complaints = Vec::new();
    if !s.raw.trim_start().starts_with("//!") {
        complaints.push(format!("{}: no module doc at the top", s.path));
    }
    for part in s.path.split('/').map(|p| p.trim_end_matches(".rs")) {
        if EMPTY_NAMES.contains(&part) {
            complaints.push(format!("{}: a module named `{part}` says nothing", s.path));
        }
    }
    if s.code.contains("#[ignore") {
        complaints.push(format!(
            "{}: `#[ignore]`: fix the test or delete it",
            s.path
        ));
    }
    complaints
}

type Check = fn(&Source) -> Vec<String>;
const CHECKS: [Check; 6] = [imports, root, size, features, paths, heads];

fn rust_files(dir: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(dir)
        .expect("a source folder")
        .map(|e| e.expect("a folder entry").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn sources(folder: &str) -> Vec<Source> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files = Vec::new();
    if top.is_dir() {
        rust_files(&top, &mut files);
    }
    files
        .iter()
        .map(|file| {
            let inner = file.strip_prefix(&top).expect("a file below its folder");
            let path = inner.to_string_lossy().replace('\\', "/");
            Source::new(&path, &fs::read_to_string(file).expect("a source file"))
        })
        .collect()
}

#[test]
fn the_sources_keep_the_house_rules() {
    let mut told = String::new();
    for source in sources("src") {
        for complaint in CHECKS.iter().flat_map(|check| check(&source)) {
            let _ = writeln!(told, "src/{complaint}");
        }
    }
    for folder in ["tests", "examples", "benches"] {
        for source in sources(folder) {
            for complaint in size(&source).into_iter().chain(heads(&source)) {
                let _ = writeln!(told, "{folder}/{complaint}");
            }
        }
    }
    assert!(told.is_empty(), "\n{told}");
}

/// What the checks say of a source, as one text.
fn told(path: &str, raw: &str) -> String {
    let source = Source::new(path, raw);
    CHECKS
        .iter()
        .flat_map(|check| check(&source))
        .collect::<Vec<_>>()
        .join("\n")
}
