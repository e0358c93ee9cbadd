//! Times of day and offsets from UTC, as the press writes them.

use jiff::civil::Time;
use jiff::tz::Offset;

use super::Order;
use super::scan::{Scan, Stated, day};
use super::token::Kind;
use super::words::words;

/// A time of day found in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    pub(super) time: Time,
    pub(super) offset: Option<Offset>,
    /// The first token of it, and the one behind it.
    pub(super) first: usize,
    pub(super) next: usize,
}

/// Words between a day and its time.
const BETWEEN: &[&str] = &[
    "at",
    "um",
    "às",
    "as",
    "à",
    "alle",
    "ore",
    "kl",
    "klo",
    "o",
    "ob",
    "v",
    "om",
    "в",
    "у",
    "ora",
    "orele",
    "saat",
    "t",
    "godz",
    "klokka",
    "den",
    "a",
    "las",
    "στις",
    "uur",
    "lúc",
    "pukul",
    "bis",
    "od",
    "u",
    "h",
    "г",
    "g",
    "les",
    "ve",
    "и",
    "година",
    "الساعة",
    "saa",
];
const MARKS: &[char] = &[
    ',', '|', '-', '·', '•', '/', '(', '.', ':', '∣', '｜', '[', ')', '»', '›',
];

/// Names of zones with one meaning each, in minutes from UTC.
const ZONES: &[(&str, i32)] = &[
    ("acst", 570),
    ("adt", -180),
    ("aedt", 660),
    ("aest", 600),
    ("akst", -540),
    ("art", -180),
    ("ast", -240),
    ("awst", 480),
    ("brt", -180),
    ("bst", 60),
    ("cat", 120),
    ("cdt", -300),
    ("cest", 120),
    ("cet", 60),
    ("cst", -360),
    ("eat", 180),
    ("edt", -240),
    ("eest", 180),
    ("eet", 120),
    ("est", -300),
    ("gmt", 0),
    ("hkt", 480),
    ("hst", -600),
    ("ict", 420),
    ("ist", 330),
    ("jst", 540),
    ("kst", 540),
    ("mdt", -360),
    ("mesz", 120),
    ("mez", 60),
    ("msk", 180),
    ("mst", -420),
    ("ndt", -150),
    ("nst", -210),
    ("nzdt", 780),
    ("nzst", 720),
    ("pdt", -420),
    ("pht", 480),
    ("pkt", 300),
    ("pst", -480),
    ("sast", 120),
    ("sgt", 480),
    ("utc", 0),
    ("wat", 60),
    ("wib", 420),
    ("wit", 540),
    ("wita", 480),
    ("z", 0),
    ("мск", 180),
];

impl Clock {
    pub(super) fn of(hour: u64, minute: u64, second: u64) -> Option<Self> {
        let time = Time::new(
            i8::try_from(hour).ok()?,
            i8::try_from(minute).ok()?,
            i8::try_from(second.min(59)).ok()?,
            0,
        )
        .ok()?;
        Some(Self {
            time,
            offset: None,
            first: usize::MAX,
            next: 0,
        })
    }
}

impl Scan<'_> {
    /// `11/02 19:16`, where the language writes the year first: only the time behind them shows
    /// that the numbers are a month and a day.
    pub(super) fn month_and_day(&self, at: usize) -> Option<Stated> {
        let (month, first) = self.number(at)?;
        let (_, last) = self.divider(at + 1)?;
        let (date, second) = self.number(last)?;
        let ordered = words().order(self.reading.language) == Some(Order::Ymd);
        let short = first <= 2 && second <= 2 && !self.glued_before(at);
        let parted = matches!(self.tokens.get(last + 1)?.kind, Kind::Gap);
        let timed = self.clock(last + 2).is_some();
        (ordered && short && parted && timed).then(|| day(None, month, Some(date), last + 1))?
    }

    /// The time behind a day.
    pub(super) fn clock_after(&self, i: usize) -> Option<Clock> {
        for j in i..i + 8 {
            if let Some(clock) = self.clock(j) {
                return Some(clock);
            }
            match &self.tokens.get(j)?.kind {
                Kind::Gap => {}
                Kind::Mark(c) if MARKS.contains(c) || matches!(c, '日' | '年') => {}
                Kind::Word(w) if BETWEEN.contains(&&**w) => {}
                Kind::Word(w) if words().weekday(w, self.reading.language).is_some() => {}
                _ if self.cjk_weekday(j) => {}
                _ => return None,
            }
        }
        None
    }

    /// `水`, `(수)`: the weekday in brackets behind a day.
    fn cjk_weekday(&self, j: usize) -> bool {
        self.any_mark(
            j,
            &[
                '月', '火', '水', '木', '金', '土', '日', '월', '화', '수', '목', '금', '토', '일',
                '요', '星', '期', '周', '曜', '一', '二', '三', '四', '五', '六',
            ],
        )
    }

    /// The time before a day: `16:49 EST, 12 December`.
    pub(super) fn clock_before(&self, i: usize) -> Option<Clock> {
        for first in i.saturating_sub(14)..i {
            let Some(clock) = self.clock(first) else {
                continue;
            };
            let mut j = clock.next;
            while j < i {
                match &self.tokens[j].kind {
                    Kind::Gap => {}
                    Kind::Mark(c) if MARKS.contains(c) => {}
                    Kind::Word(w) if matches!(&**w, "on" | "am" | "del" | "de" | "uhr") => {}
                    Kind::Word(w) if words().weekday(w, self.reading.language).is_some() => {}
                    _ => break,
                }
                j += 1;
            }
            if j == i {
                return Some(clock);
            }
        }
        None
    }

    /// A time that begins at a token.
    pub(super) fn clock(&self, i: usize) -> Option<Clock> {
        let (half, start) = match self.half_before(i) {
            Some((half, next)) => (Some(half), next),
            None => (None, i),
        };
        let (hour, digits) = self.number(start)?;
        if digits > 2 || hour > 24 {
            return None;
        }
        let (minute, second, mut next) = self.minutes(start + 1, half.is_some())?;
        let half = match half {
            Some(half) => Some(half),
            None => self.half_after(next).map(|(half, after)| {
                next = after;
                half
            }),
        };
        let hour = match (half, hour) {
            (Some(true), 0..=11) => hour + 12,
            (Some(false), 12) | (None, 24) => 0,
            _ => hour,
        };
        let mut clock = Clock::of(hour, minute, second)?;
        let (offset, next) = self.zone(next).unwrap_or((None, next));
        (clock.offset, clock.first, clock.next) = (offset, i, next);
        Some(clock)
    }

    /// Minutes and seconds behind the hour, or a word that makes the hour one.
    fn minutes(&self, i: usize, marked: bool) -> Option<(u64, u64, usize)> {
        let gap = self.skip(i, &[], &[]);
        let divided = self.any_mark(i, &[':', '.'])
            || self.any_mark(gap, &['時', '时', '点', '點', '시'])
            || self.word(gap).is_some_and(|w| matches!(w, "h" | "g"));
        let after = if self.any_mark(i, &[':', '.']) {
            i + 1
        } else {
            self.skip(gap + 1, &[], &[])
        };
        if divided
            && let Some((minute, digits)) = self.number(after)
            && digits == 2
            && minute < 60
            && !(self.is_mark(i, '.')
                && self.is_mark(after + 1, '.')
                && self.number(after + 2).is_some())
        {
            let mut next = after + 1;
            let mut second = 0;
            if self.any_mark(next, &[':'])
                && let Some((s, 2)) = self.number(next + 1)
            {
                (second, next) = (s, next + 2);
                if self.any_mark(next, &['.', ',']) && self.number(next + 1).is_some() {
                    next += 2;
                }
            } else if self.any_mark(next, &['分', '분']) {
                next += 1;
            }
            let end = self.skip(next, &[], &[]);
            if self
                .word(end)
                .is_some_and(|w| matches!(w, "uhr" | "h" | "uur" | "hs" | "hrs"))
            {
                next = end + 1;
            }
            return Some((minute, second, next));
        }
        if divided && self.any_mark(gap, &['時', '时', '点', '點', '시']) {
            return Some((0, 0, gap + 1));
        }
        let worded = self
            .word(gap)
            .is_some_and(|w| matches!(w, "uhr" | "uur" | "h" | "часов"));
        if worded {
            return Some((0, 0, gap + 1));
        }
        (marked || self.half_after(i).is_some()).then_some((0, 0, i))
    }

    /// `午後`, `下午`, `오후` before an hour: whether it is the second half of the day.
    fn half_before(&self, i: usize) -> Option<(bool, usize)> {
        let rest = &self.text[self.tokens.get(i)?.from..];
        let halves = [
            ("午前", false),
            ("上午", false),
            ("오전", false),
            ("凌晨", false),
            ("早上", false),
            ("午後", true),
            ("下午", true),
            ("오후", true),
            ("晚上", true),
        ];
        let (_, half) = halves
            .into_iter()
            .find(|(name, _)| rest.starts_with(name))?;
        Some((half, self.skip(i + 2, &[], &[])))
    }

    /// `pm`, `a.m.`, `μ.μ.` behind a time: whether it is the second half of the day.
    fn half_after(&self, i: usize) -> Option<(bool, usize)> {
        let j = self.skip(i, &[], &[]);
        let word = self.word(j)?;
        match word {
            "am" | "πμ" | "ص" | "صباحا" => Some((false, j + 1)),
            "pm" | "μμ" | "م" | "مساء" => Some((true, j + 1)),
            "a" | "p" | "π" | "μ" => {
                let k = self.skip(j + 1, &['.'], &[]);
                matches!(self.word(k)?, "m" | "μ").then(|| {
                    let end = if self.is_mark(k + 1, '.') {
                        k + 2
                    } else {
                        k + 1
                    };
                    (matches!(word, "p" | "μ"), end)
                })
            }
            _ => None,
        }
    }

    /// An offset behind a time.
    fn zone(&self, i: usize) -> Option<(Option<Offset>, usize)> {
        let j = self.skip(i, &['('], &[]);
        if let Some(found) = self.signed(j, i == j) {
            return Some(found);
        }
        let name = self.word(j)?;
        let base = ZONES.iter().find(|(zone, _)| *zone == name)?.1;
        if matches!(name, "utc" | "gmt")
            && let Some(found) = self.signed(j + 1, true)
        {
            return Some(found);
        }
        // In Chinese and Indian pages these names mean other places than in American ones.
        let minutes = match (name, self.reading.language) {
            ("cst", Some("zh")) => 480,
            _ => base,
        };
        Some((Offset::from_seconds(minutes * 60).ok(), j + 1))
    }

    /// `+02:00`, `-0500`, `+2`.
    fn signed(&self, i: usize, glued: bool) -> Option<(Option<Offset>, usize)> {
        let sign = match self.tokens.get(i)?.kind {
            Kind::Mark('+') => 1,
            Kind::Mark('-') => -1,
            _ => return None,
        };
        let (n, digits) = self.number(i + 1)?;
        let (minutes, next) = match digits {
            4 => (n / 100 * 60 + n % 100, i + 2),
            1 | 2 => match (self.is_mark(i + 2, ':'), self.number(i + 3)) {
                (true, Some((m, 2))) => (n * 60 + m, i + 4),
                _ => (n * 60, i + 2),
            },
            _ => return None,
        };
        if minutes > 14 * 60 || (sign < 0 && !glued && digits != 4) {
            return None;
        }
        Some((Offset::from_seconds(sign * minutes as i32 * 60).ok(), next))
    }
}
