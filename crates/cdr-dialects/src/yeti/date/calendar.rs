//! Dates: the forms in which they are written.

use chrono::{Datelike, NaiveDate};

use super::scan::{Digits, Scan};

/// Reads a date in one form.
pub(super) type Form = fn(&mut Scan<'_>) -> Option<NaiveDate>;

/// All forms with separators, and eight or six digits.
pub(super) static FORMS: [Form; 8] =
    [numbers, year_and_month, day_first, month_first, year_first, month_of_year, japanese, only_date];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
/// Japanese eras: their letters, and the years before their first years.
const ERAS: [(char, i32); 5] = [('m', 1867), ('t', 1911), ('s', 1925), ('h', 1988), ('r', 2018)];
/// Ten digits are the seconds since 1970 rather than a date if the year would lie before this one.
const FIRST_OF_TEN_DIGITS: i32 = 1970;

/// A year as it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Year(i32);

impl Year {
    /// Two digits are a year from 1969 to 2068.
    fn of(digits: Digits<'_>) -> Option<Year> {
        let year = i32::try_from(digits.value).ok()?;
        Some(Year(match digits.text.len() {
            1 | 2 if year >= 69 => year + 1900,
            1 | 2 => year + 2000,
            _ => year,
        }))
    }

    pub(super) fn date(self, month: u32, day: u32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.0, month, day)
    }
}

/// Whether a date names its day, unlike `2019/01` and `jan 2019`.
pub(super) fn has_day(date: &str) -> bool {
    let numbers = date.split(|it: char| !it.is_ascii_digit()).filter(|it| !it.is_empty()).count();
    numbers + usize::from(date.contains(|it: char| it.is_ascii_alphabetic())) > 2
}

/// Skips the name of a day of the week, which is not compared with the date.
pub(super) fn weekday(scan: &mut Scan<'_>) {
    let mut after = *scan;
    let word = after.letters();
    if named(&DAYS, word).is_some() && (after.skip(['.', ',', ' ']) || after.is_done()) {
        *scan = after;
    }
}

/// `jan 1`, before a time and the year.
pub(super) fn month_and_day(scan: &mut Scan<'_>) -> Option<(u32, u32)> {
    let month = month(scan)?;
    scan.skip([' ']);
    Some((month, day(scan)?))
}

/// A year of four digits at the end of a text, or of two after an apostrophe.
pub(super) fn year(scan: &mut Scan<'_>) -> Option<Year> {
    year_of(scan, 4)
}

/// A date of eight digits, and the digits of a time that follow without a gap: `20190101`, `20190101090000`.
pub(super) fn compact<'a>(scan: &mut Scan<'a>) -> Option<(NaiveDate, &'a str)> {
    let digits = scan.all_digits();
    if ![8, 10, 12, 14].contains(&digits.len()) {
        return None;
    }
    let (date, time) = digits.split_at(8);
    let date = only_date(&mut Scan::of(date))?;
    (time.len() != 2 || date.year() >= FIRST_OF_TEN_DIGITS).then_some((date, time))
}

/// `20190101`, or `190101`.
fn only_date(scan: &mut Scan<'_>) -> Option<NaiveDate> {
    let digits = scan.digits(6..=8)?.text;
    let year = match digits.len() {
        8 => 4,
        6 => 2,
        _ => return None,
    };
    let number = |text: &str| text.parse::<u32>().ok();
    let (month, day) = (number(&digits[year..year + 2])?, number(&digits[year + 2..])?);
    Year::of(Digits { text: &digits[..year], value: number(&digits[..year])? })?.date(month, day)
}

/// Three numbers with the same separator: `2019-1-1`, `2019/01/01`, `1.1.2019`, `'19-01-01`. The year is the first one,
/// unless the last one has more than two digits or an apostrophe.
fn numbers(scan: &mut Scan<'_>) -> Option<NaiveDate> {
    let first = outer(scan, 5)?;
    let separator = scan.eat_one(['-', '/', '.'])?;
    let spaced = |scan: &mut Scan<'_>| separator != '-' && scan.skip([' ']);
    spaced(scan);
    let month = scan.digits(1..=2)?.value;
    scan.eat_one([separator])?;
    spaced(scan);
    let last = outer(scan, 5)?;
    arranged(first, month, last)
}

/// `2019/01`, `01/2019`, `'19/01`: the first of a month.
fn year_and_month(scan: &mut Scan<'_>) -> Option<NaiveDate> {
    let (first, first_is_year) = outer(scan, 4)?;
    scan.eat_one(['/'])?;
    let (last, last_is_year) = outer(scan, 4)?;
    match (first_is_year, last_is_year) {
        (true, false) => Year::of(first)?.date(last.value, 1),
        (false, true) => Year::of(last)?.date(first.value, 1),
        _ => None,
    }
}

/// `1 jan 2019`, `1st of january, 2019`, `01-jan-19`, `1 jan '19`, `1jan2019`.
fn day_first(scan: &mut Scan<'_>) -> Option<NaiveDate> {
    let day = day(scan)?;
    between(scan);
    if scan.eat("of ") {
        scan.skip([' ']);
    }
    let month = month(scan)?;
    between(scan);
    year_of(scan, 1)?.date(month, day)
}

/// `jan 1, 2019`, `january 1st 2019`, `jan-1-2019`.
fn month_first(scan: &mut Scan<'_>) -> Option<NaiveDate> {
    let month = month(scan)?;
    between(scan);
    let day = day(scan)?;
    (between(scan) || scan.rest().starts_with('\'')).then_some(())?;
    year_of(scan, 1)?.date(month, day)
}

/// `2019 jan 1`, `2019-jan-01`.
fn year_first(scan: &mut Scan<'_>) -> Option<NaiveDate> {
    let year = year_of(scan, 3)?;
    between(scan);
    let month = month(scan)?;
    between(scan);
    year.date(month, day(scan)?)
}

/// `jan 2019`: the first of the month.
fn month_of_year(scan: &mut Scan<'_>) -> Option<NaiveDate> {
    let month = month(scan)?;
    between(scan);
    year_of(scan, 3)?.date(month, 1)
}

/// `h31.01.01`: the year of a Japanese era (JIS X 0301).
fn japanese(scan: &mut Scan<'_>) -> Option<NaiveDate> {
    let letter = scan.eat_one(ERAS.map(|(letter, _)| letter))?;
    let (_, before) = ERAS.into_iter().find(|(era, _)| *era == letter)?;
    let year = i32::try_from(scan.digits(1..=2)?.value).ok()?;
    scan.eat_one(['.'])?;
    let month = scan.digits(1..=2)?.value;
    scan.eat_one(['.'])?;
    Year(before + year).date(month, scan.digits(1..=2)?.value)
}

/// The first or the last of two or three numbers, of at most so many digits, and whether it has to be the year.
fn outer<'a>(scan: &mut Scan<'a>, most: usize) -> Option<(Digits<'a>, bool)> {
    let is_marked = scan.eat("'");
    let digits = scan.digits(1..=most)?;
    Some((digits, is_marked || digits.text.len() > 2))
}

/// The year beside the name of a month, of so many digits. An apostrophe before two digits stands for the century.
fn year_of(scan: &mut Scan<'_>, fewest: usize) -> Option<Year> {
    let fewest = if scan.eat("'") { 1 } else { fewest };
    Year::of(scan.digits(fewest..=4)?)
}

/// A date from the outer two of three numbers, one of which is the year.
fn arranged(
    (first, first_is_year): (Digits<'_>, bool),
    month: u32,
    (last, last_is_year): (Digits<'_>, bool),
) -> Option<NaiveDate> {
    match (first_is_year, last_is_year) {
        (true, true) => None,
        (false, true) => Year::of(last)?.date(month, first.value),
        (_, false) => Year::of(first)?.date(month, last.value),
    }
}

fn day(scan: &mut Scan<'_>) -> Option<u32> {
    let day = scan.digits(1..=2)?;
    ordinal(scan);
    Some(day.value)
}

/// Skips the ending of `1st`.
fn ordinal(scan: &mut Scan<'_>) {
    let mut after = *scan;
    if ["st", "nd", "rd", "th"].contains(&after.letters()) {
        *scan = after;
    }
}

/// Skips what separates the parts of a date with the name of a month. Returns whether there is anything.
fn between(scan: &mut Scan<'_>) -> bool {
    scan.skip([' ', ',', '.', '-', '/'])
}

fn month(scan: &mut Scan<'_>) -> Option<u32> {
    let place = named(&MONTHS, scan.letters())?;
    u32::try_from(place + 1).ok()
}

/// The place of a name, which may be cut to three letters or more.
fn named(names: &[&str], word: &str) -> Option<usize> {
    names.iter().position(|name| word.len() >= 3 && name.starts_with(word))
}
