//! Days of other calendars that the press prints, as days of the Gregorian one.
//!
//! The Persian calendar has months of its own, which tell it from others, and years that end in
//! March; the Thai one has Gregorian months and counts years from another era. Years of the lunar
//! Islamic calendar are not read: its months begin by sight, and papers that print it print the
//! Gregorian day, too.

use jiff::ToSpan;
use jiff::civil::Date;

/// Farvardin to Esfand, each with the forms that occur.
const PERSIAN: [&[&str]; 12] = [
    &["فروردین", "فروردين", "حمل"],
    &["اردیبهشت", "ارديبهشت", "ثور"],
    &["خرداد", "جوزا"],
    &["تیر", "تير", "سرطان"],
    &["مرداد", "امرداد", "اسد"],
    &["شهریور", "شهريور", "سنبله"],
    &["مهر", "میزان"],
    &["آبان", "عقرب"],
    &["آذر", "قوس"],
    &["دی", "دي", "جدی"],
    &["بهمن", "دلو"],
    &["اسفند", "حوت"],
];

/// Years between the Thai count and the Gregorian one.
const BUDDHIST: u64 = 543;

/// The number of a Persian month.
pub(super) fn persian_month(word: &str) -> Option<u64> {
    let months = (1..).zip(PERSIAN);
    let mut named = months.filter(|(_, forms)| forms.contains(&word));
    named.next().map(|(number, _)| number)
}

/// The Gregorian year, month and day of a Persian one, for the years in which newspapers have had sites, and some
/// before.
pub(super) fn persian(year: u64, month: u64, day: u64) -> Option<(u64, u64, u64)> {
    if !(1340..=1450).contains(&year) {
        return None;
    }
    let length = match month {
        1..=6 => 31,
        7..=11 => 30,
        12 => 29 + u64::from(is_leap(year)),
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    let before = if month <= 7 {
        (month - 1) * 31
    } else {
        186 + (month - 7) * 30
    };
    // The year 1399 began on 20 March 2020.
    let years =
        |range: std::ops::Range<u64>| -> i64 { range.map(|y| 365 + i64::from(is_leap(y))).sum() };
    let from_1399 = years(1399..year) - years(year..1399);
    let days = from_1399 + i64::try_from(before + day - 1).ok()?;
    let found = Date::constant(2020, 3, 20).checked_add(days.days()).ok()?;
    let number = |n: i8| u64::from(n.unsigned_abs());
    let year = u64::from(found.year().unsigned_abs());
    Some((year, number(found.month()), number(found.day())))
}

/// The arithmetic rule that agrees with the calendar as it is kept from 1206 to 1498.
fn is_leap(year: u64) -> bool {
    (25 * year + 11) % 33 < 8
}

/// A year as printed in Thai, in full or by its last two digits, as a Gregorian year.
pub(super) fn thai_year(year: u64, digits: usize) -> Option<u64> {
    match digits {
        4 if (2400..=2643).contains(&year) => Some(year - BUDDHIST),
        2 if (40..=90).contains(&year) => Some(2500 + year - BUDDHIST),
        _ => None,
    }
}
