//! Finds a day in a text: named months and numbers.

use jiff::civil::Time;
use jiff::tz::Offset;

use super::calendar;
use super::clock::Clock;
use super::token::{Kind, Token, has_number, tokens};
use super::words::words;
use super::{Order, Reading};

/// A date as a text states it; what is not stated is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spotted {
    /// Where it begins in the text, in bytes.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// The year.
    pub year: Option<i16>,
    /// The month, 1 to 12.
    pub month: i8,
    /// The day of the month; absent in "January 2021".
    pub day: Option<i8>,
    /// The day of the week, 1 for Monday.
    pub weekday: Option<i8>,
    /// The time of day.
    pub time: Option<Time>,
    /// The offset from UTC.
    pub offset: Option<Offset>,
}

/// A day found at a token, and the number of the token behind it.
#[derive(Clone, Copy)]
pub(super) struct Stated {
    year: Option<i16>,
    month: i8,
    day: Option<i8>,
    next: usize,
    clock: Option<Clock>,
}

pub(super) struct Scan<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token<'a>>,
    pub(super) reading: &'a Reading<'a>,
}

/// The first date in a text; one with a year goes before one without.
pub(super) fn spot(text: &str, reading: &Reading<'_>) -> Option<Spotted> {
    if !has_number(text) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    Scan::new(text, &lower, reading).spot()
}

impl<'a> Scan<'a> {
    /// A text cut into tokens; `lower` is the same text with its ASCII letters in lower case.
    pub(super) fn new(text: &'a str, lower: &'a str, reading: &'a Reading<'a>) -> Self {
        let tokens = tokens(text, lower);
        Self {
            text,
            tokens,
            reading,
        }
    }
}

impl Scan<'_> {
    /// The first date; one with a year goes before one without.
    pub(super) fn spot(&self) -> Option<Spotted> {
        let mut second_best = None;
        let mut i = 0;
        while i < self.tokens.len() {
            let Some(day) = self.day_at(i) else {
                i += 1;
                continue;
            };
            let (next, whole) = (day.next, day.year.is_some() && day.day.is_some());
            let spotted = self.complete(i, day);
            if whole {
                return Some(spotted);
            }
            second_best.get_or_insert(spotted);
            i = next.max(i + 1);
        }
        second_best
    }

    /// The day that begins at a token.
    fn day_at(&self, i: usize) -> Option<Stated> {
        match &self.tokens[i].kind {
            Kind::Number(..) => self
                .cjk(i)
                .or_else(|| self.persian(i))
                .or_else(|| self.numeric(i))
                .or_else(|| self.compact(i))
                .or_else(|| self.year_first(i))
                .or_else(|| self.day_first(i))
                .or_else(|| self.month_and_day(i)),
            Kind::Word(_) => self.month_first(i),
            Kind::Mark(_) => self.era(i),
            Kind::Gap => None,
        }
    }

    /// `2024-04-24`, `24.04.24`, `4/24/2024`, `2024. 4. 24`, `24 | 04 | 2024`.
    fn numeric(&self, at: usize) -> Option<Stated> {
        let (first, first_digits) = self.number(at)?;
        let (mark, middle) = self.divider(at + 1)?;
        let (second, second_digits) = self.number(middle)?;
        let (other, end) = self.divider(middle + 1)?;
        let (third, third_digits) = self.number(end)?;
        if other != mark || second_digits > 2 || self.glued_before(at) {
            return None;
        }
        let short = first_digits <= 2 && matches!(third_digits, 2 | 4);
        let (year, month, date) = if first_digits == 4 && third_digits <= 2 {
            if second > 12 {
                (first, third, second)
            } else {
                (first, second, third)
            }
        } else if short {
            match self.order(first, second, mark) {
                Order::Mdy => (full_year(third, third_digits), first, second),
                Order::Ymd if third_digits == 2 && third <= 31 => {
                    (full_year(first, first_digits), second, third)
                }
                _ => (full_year(third, third_digits), second, first),
            }
        } else {
            return None;
        };
        day(Some(year), month, Some(date), end + 1)
    }

    /// `۲ تیر ۱۳۹۹`, and in Persian `۱۳۹۹/۰۴/۰۲`.
    fn persian(&self, i: usize) -> Option<Stated> {
        let (first, digits) = self.number(i)?;
        let (year, month, date, next) = if digits <= 2 {
            let at = self.skip(i + 1, &[], &["ماه"]);
            let month = calendar::persian_month(self.word(at)?)?;
            let behind = self.skip(at + 1, &[',', '-'], &["ماه", "سال"]);
            (self.number(behind)?.0, month, first, behind + 1)
        } else {
            if !matches!(self.reading.language, Some("fa" | "ps")) || self.glued_before(i) {
                return None;
            }
            let (mark, middle) = self.divider(i + 1)?;
            let (month, _) = self.number(middle)?;
            let (other, end) = self.divider(middle + 1)?;
            let (date, _) = self.number(end).filter(|_| mark == other)?;
            (first, month, date, end + 1)
        };
        let (year, month, date) = calendar::persian(year, month, date)?;
        day(Some(year), month, Some(date), next)
    }

    fn order(&self, a: u64, b: u64, mark: char) -> Order {
        let stated = self.reading.order;
        let language = words().order(self.reading.language);
        match (a > 12, b > 12) {
            (true, false) if language != Some(Order::Ymd) => Order::Dmy,
            (false, true) => Order::Mdy,
            _ if stated.is_some() => stated.unwrap_or(Order::Dmy),
            _ if mark == '.' && language != Some(Order::Ymd) => Order::Dmy,
            _ => language.unwrap_or(Order::Dmy),
        }
    }

    /// `20240424`, `20240424103000`.
    fn compact(&self, i: usize) -> Option<Stated> {
        let (n, digits) = self.number(i)?;
        let (date, time) = match digits {
            8 => (n, None),
            12 => (n / 10_000, Some(n % 10_000 * 100)),
            14 => (n / 1_000_000, Some(n % 1_000_000)),
            _ => return None,
        };
        let mut found = day(
            Some(date / 10_000),
            date / 100 % 100,
            Some(date % 100),
            i + 1,
        )?;
        found.clock = time.and_then(|t| Clock::of(t / 10_000, t / 100 % 100, t % 100));
        Some(found)
    }

    /// `24 April 2024`, `24. Apr 2024`, `24 de abril de 2024`, `1er mars`.
    fn day_first(&self, i: usize) -> Option<Stated> {
        let (d, digits) = self.number(i)?;
        if digits > 2 || self.glued_before(i) {
            return None;
        }
        let j = self.skip(i + 1, &['.', '-', ',', '/', '°', 'º'], JOINERS);
        let (m, own) = self.month(j)?;
        let after = self.year_after(j + 1, true);
        if after.is_none() && !own {
            return None;
        }
        let (year, next) = after.unwrap_or((None, j + 1));
        day(year, m, Some(d), next)
    }

    /// `April 24, 2024`, `Apr. 24th`, `Apr 24 10:30:00 2024`, `January 2021`.
    fn month_first(&self, i: usize) -> Option<Stated> {
        let (m, own) = self.month(i)?;
        let j = self.skip(i + 1, &['.', '-', ',', '/'], &["de", "of", "the"]);
        let (d, digits) = self.number(j)?;
        if digits == 4 {
            return own.then(|| day(Some(d), m, None, j + 1)).flatten();
        }
        if digits > 2 || self.is_mark(j + 1, ':') {
            return None;
        }
        if let Some((year, next)) = self.year_after(j + 1, false) {
            return day(year, m, Some(d), next);
        }
        if let Some(clock) = self.clock_after(j + 1)
            && let Some((year, next)) = self.year_after(clock.next, false)
        {
            let mut found = day(year, m, Some(d), next)?;
            found.clock = Some(clock);
            return Some(found);
        }
        own.then(|| day(None, m, Some(d), j + 1)).flatten()
    }

    /// `2024. április 24.`, `2024 April 24`.
    fn year_first(&self, at: usize) -> Option<Stated> {
        let (year, digits) = self.number(at)?;
        if digits != 4 {
            return None;
        }
        let word = self.skip(at + 1, &['.', '-', ',', '/'], &["m"]);
        let (month, _) = self.month(word)?;
        let last = self.skip(word + 1, &['.', '-', ',', '/'], &[]);
        let (date, digits) = self.number(last)?;
        (digits <= 2).then(|| day(Some(year), month, Some(date), last + 1))?
    }

    /// A year behind a day and month. `any` also takes two digits without an apostrophe.
    fn year_after(&self, i: usize, any: bool) -> Option<(Option<u64>, usize)> {
        let j = self.skip(i, &['.', ',', '-', '/', '\'', '’', '('], JOINERS);
        let (y, digits) = self.number(j)?;
        let thai = self.reading.language == Some("th") || digits == 4;
        let comma = self.comma_between(i, j);
        if let Some(year) = calendar::thai_year(y, digits).filter(|_| thai && !comma)
            && !self.clock_unit(j + 1)
        {
            return Some((Some(year), j + 1));
        }
        let short = digits == 2
            && (any || self.is_mark(j - 1, '\'') || self.is_mark(j - 1, '’'))
            && !self.comma_between(i, j)
            && !self.clock_unit(j + 1);
        if digits == 4 && (1900..=2100).contains(&y) && !self.is_mark(j + 1, ':') {
            Some((Some(y), j + 1))
        } else if short {
            Some((Some(full_year(y, digits)), j + 1))
        } else {
            None
        }
    }

    fn comma_between(&self, from: usize, to: usize) -> bool {
        (from..to).any(|i| self.is_mark(i, ',') || self.is_mark(i, '('))
    }

    fn clock_unit(&self, i: usize) -> bool {
        let j = self.skip(i, &[], &[]);
        self.is_mark(i, ':')
            || self.any_mark(j, &['时', '時', '点', '點', '시'])
            || (self.is_mark(i, '.') && self.number(i + 1).is_some())
            || self.word(j).is_some_and(|w| {
                matches!(w, "uhr" | "h" | "am" | "pm" | "a" | "p" | "часов" | "годин")
                    || (w.starts_with('h') && w.len() <= 3)
            })
    }

    /// Adds what stands around a day: weekday, time, offset.
    fn complete(&self, i: usize, day: Stated) -> Spotted {
        let (mut from, mut to) = (i, day.next);
        let clock = day
            .clock
            .or_else(|| self.clock_after(day.next))
            .or_else(|| self.clock_before(i));
        if let Some(clock) = &clock {
            from = from.min(clock.first);
            to = to.max(clock.next);
        }
        let weekday = self.weekday_before(from).or_else(|| {
            let j = self.skip(day.next, &[',', '('], &[]);
            self.word(j)
                .and_then(|w| words().weekday(w, self.reading.language))
                .map(|weekday| (weekday, from))
        });
        if let Some((_, first)) = weekday {
            from = first;
        }
        Spotted {
            from: self.tokens[from].from,
            to: self.tokens[to - 1].to,
            year: day.year,
            month: day.month,
            day: day.day,
            weekday: weekday.map(|w| w.0),
            time: clock.as_ref().map(|c| c.time),
            offset: clock.and_then(|c| c.offset),
        }
    }

    fn weekday_before(&self, i: usize) -> Option<(i8, usize)> {
        let mut j = i;
        for _ in 0..4 {
            j = j.checked_sub(1)?;
            match &self.tokens[j].kind {
                Kind::Gap | Kind::Mark(',' | '.') => {}
                Kind::Word(w) if JOINERS.contains(&&**w) => {}
                Kind::Word(w) => {
                    let weekday = words().weekday(w, self.reading.language)?;
                    return Some((weekday, j));
                }
                _ => return None,
            }
        }
        None
    }

    /// A number glued to something before it is part of a longer number or a name.
    pub(super) fn glued_before(&self, i: usize) -> bool {
        i.checked_sub(1).is_some_and(|j| {
            matches!(&self.tokens[j].kind, Kind::Mark('.' | '-' | '/' | ':') if j > 0
                && matches!(self.tokens[j - 1].kind, Kind::Number(..)))
        })
    }

    pub(super) fn divider(&self, i: usize) -> Option<(char, usize)> {
        let at = self.skip(i, &[], &[]);
        match self.tokens.get(at)?.kind {
            Kind::Mark('-') if at == i => Some(('-', at + 1)),
            Kind::Mark(c @ ('.' | '/' | '|')) => Some((c, self.skip(at + 1, &[], &[]))),
            _ => None,
        }
    }

    /// The next token that is no white space, none of the marks and none of the words; at most
    /// five are passed over.
    pub(super) fn skip(&self, i: usize, marks: &[char], joiners: &[&str]) -> usize {
        let mut j = i;
        while j < i + 5 {
            match self.tokens.get(j).map(|t| &t.kind) {
                Some(Kind::Gap) => {}
                Some(Kind::Mark(c)) if marks.contains(c) => {}
                Some(Kind::Word(w)) if joiners.contains(&&**w) => {}
                _ => break,
            }
            j += 1;
        }
        j
    }

    pub(super) fn number(&self, i: usize) -> Option<(u64, usize)> {
        match self.tokens.get(i)?.kind {
            Kind::Number(value, digits) => Some((value, digits)),
            _ => None,
        }
    }

    pub(super) fn word(&self, i: usize) -> Option<&str> {
        match &self.tokens.get(i)?.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn is_mark(&self, i: usize, mark: char) -> bool {
        self.any_mark(i, &[mark])
    }

    pub(super) fn any_mark(&self, i: usize, marks: &[char]) -> bool {
        matches!(self.tokens.get(i).map(|t| &t.kind), Some(Kind::Mark(c)) if marks.contains(c))
    }

    fn month(&self, i: usize) -> Option<(u64, bool)> {
        let (month, own) = words().month(self.word(i)?, self.reading.language)?;
        Some((month as u64, own))
    }
}

/// Words that stand between the parts of a date.
const JOINERS: &[&str] = &[
    "de", "del", "do", "of", "den", "the", "st", "nd", "rd", "th", "er", "e", "d", "g", "г", "dne",
    "di",
];

pub(super) fn full_year(year: u64, digits: usize) -> u64 {
    match (digits, year) {
        (4, 2400..) => calendar::thai_year(year, digits).unwrap_or(year),
        (3.., _) => year,
        (_, 70..) => 1900 + year,
        _ => 2000 + year,
    }
}

pub(super) fn day(year: Option<u64>, month: u64, day: Option<u64>, next: usize) -> Option<Stated> {
    let real = year.is_none_or(|y| (1900..=2100).contains(&y))
        && (1..=12).contains(&month)
        && day.is_none_or(|d| (1..=31).contains(&d));
    real.then_some(Stated {
        year: year.map(|y| y as i16),
        month: month as i8,
        day: day.map(|d| d as i8),
        next,
        clock: None,
    })
}
