//! Which column of a file holds which field.

use super::super::length::{Marks, Unit};
use super::super::moment::{self, TimeForm};
use super::names::{NAMES, plain};
use super::shape::Shape;
use super::values::Likely;
use crate::feed::times::Written;
use cdr_model::LocalZone;

const POINT: Marks = Marks { decimal: '.', thousands: None };
const SECOND_US: u64 = 1_000_000;
/// Fields that hold a number of a party; a column of that name may have names instead.
const PARTIES: [&str; 2] = ["calling", "called"];
/// What names of amounts end in.
const CURRENCIES: [&str; 6] = ["eur", "usd", "gbp", "chf", "cad", "aud"];
/// Fields that hold a length of time, a whole number, an amount.
const LENGTHS: [&str; 3] = ["talk", "duration", "billed"];
const WHOLES: [&str; 3] = ["release_cause", "release_code", "peer_port"];
const AMOUNTS: [&str; 3] = ["price", "fee", "next_rate"];
/// A whole number with this many digits on average may be a telephone number.
const DIGITS: usize = 5;

/// A column of a file.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) likely: Likely,
    /// The values of the rows; empty where there is none.
    pub(super) values: Vec<String>,
    pub(super) field: Option<&'static str>,
    /// Of a length of time.
    pub(super) unit: Unit,
}

/// What the columns of a file are.
pub(super) struct Guess {
    pub(super) columns: Vec<Column>,
    /// The date and the time of the start, if they are two columns.
    pub(super) joined: Option<(usize, usize)>,
    /// Whether the only length of time is the talk as well as the duration.
    pub(super) has_one_length: bool,
}

impl Guess {
    /// What the columns of these rows are.
    pub(super) fn of(shape: &Shape) -> Guess {
        let column = |(at, name): (usize, &String)| {
            let values: Vec<String> =
                shape.rows.iter().map(|row| row.get(at).cloned().unwrap_or_default().trim().to_owned()).collect();
            let likely = Likely::of(values.iter().map(String::as_str));
            Column { name: name.clone(), likely, values, field: None, unit: Unit::Seconds }
        };
        let columns = shape.names.iter().enumerate().map(column).collect();
        let mut guess = Guess { columns, joined: None, has_one_length: false };
        NAMES.iter().for_each(|(field, names)| guess.by_name(field, names));
        guess.start();
        if !shape.has_heading {
            guess.without_names();
        }
        guess.lengths();
        guess
    }

    /// The column of a field.
    pub(super) fn of_field(&self, field: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.field == Some(field))
    }

    fn has(&self, field: &str) -> bool {
        self.of_field(field).is_some()
    }

    /// The column that has the first of these names, of the parties first one that has numbers.
    fn by_name(&mut self, field: &'static str, names: &str) {
        let has_numbers = |column: &Column| matches!(column.likely, Likely::Whole | Likely::Number);
        let find = |is_one: &dyn Fn(&Column) -> bool| {
            let fits = |column: &Column, name: &str| {
                column.field.is_none() && column.is_named(name) && column.may_be(field) && is_one(column)
            };
            names.split(' ').find_map(|name| self.columns.iter().position(|column| fits(column, name)))
        };
        let numbers = if PARTIES.contains(&field) { find(&has_numbers) } else { None };
        if let Some(at) = numbers.or_else(|| find(&|_| true)) {
            self.columns[at].field = Some(field);
        }
    }

    /// The start, if no name says what it is: a date and a time of the day, or else the first times.
    fn start(&mut self) {
        if self.has("started_at") {
            return;
        }
        let free = |is_one: &dyn Fn(&Likely) -> bool| {
            self.columns.iter().position(|column| column.field.is_none() && is_one(&column.likely))
        };
        let first = free(&|likely| matches!(likely, Likely::Time(_)));
        let date = free(&|likely| matches!(likely, Likely::Date(_)));
        let clock = date.and_then(|date| {
            let is_clock = |column: &Column| column.field.is_none() && matches!(column.likely, Likely::Clock(_));
            self.columns.iter().enumerate().skip(date).find(|(_, column)| is_clock(column)).map(|(at, _)| at)
        });
        match (first, date.zip(clock)) {
            (Some(first), _) => self.columns[first].field = Some("started_at"),
            (None, Some((date, clock))) => {
                self.columns[date].field = Some("started_at");
                self.columns[clock].field = Some("started_at");
                self.joined = Some((date, clock));
            }
            (None, None) => {}
        }
    }

    /// The columns of a file without names: the times in their order, and the first two numbers.
    fn without_names(&mut self) {
        let times = self.free(|likely| matches!(likely, Likely::Time(_)));
        let others: &[&str] = if times.len() == 1 { &["ended_at"] } else { &["connected_at", "ended_at"] };
        times.into_iter().zip(others).for_each(|(at, field)| self.columns[at].field = Some(field));
        let is_number = |column: &Column| {
            let digits: usize = column.values.iter().map(String::len).sum();
            let is_long = digits >= DIGITS * column.values.iter().filter(|value| !value.is_empty()).count();
            column.likely == Likely::Number || (column.likely == Likely::Whole && is_long)
        };
        let numbers = self.columns.iter().enumerate().filter(|(_, column)| column.field.is_none() && is_number(column));
        let numbers: Vec<usize> = numbers.map(|(at, _)| at).take(2).collect();
        if let [calling, called] = numbers[..] {
            self.columns[calling].field = Some("calling");
            self.columns[called].field = Some("called");
        }
        if let Some(at) = self.free(|likely| *likely == Likely::Uuid).first() {
            self.columns[*at].field = Some("call_uuid");
        }
    }

    /// The lengths of time and their units: what is from the start to the end, and what is from the answer to the end.
    fn lengths(&mut self) {
        let [start, answer, end] = ["started_at", "connected_at", "ended_at"].map(|field| self.times(field));
        let is_named = |column: &Column| column.field.is_some_and(|field| LENGTHS.contains(&field));
        let mut lengths: Vec<usize> = (0..self.columns.len()).filter(|at| is_named(&self.columns[*at])).collect();
        lengths.extend(self.free(|likely| matches!(likely, Likely::Whole | Likely::Decimal(..) | Likely::Clock(_))));
        for at in lengths {
            let column = &self.columns[at];
            let (field, by_name) = (column.field, column.unit_by_name());
            let (talk, duration) = (column.unit_between(&answer, &end), column.unit_between(&start, &end));
            let is_free = |this: &Guess, wanted: &str| field == Some(wanted) || !this.has(wanted);
            let (field, unit) = match (talk, duration) {
                (Some(unit), _) if field != Some("billed") && is_free(self, "talk") => (Some("talk"), unit),
                (_, Some(unit)) if field != Some("billed") && is_free(self, "duration") => (Some("duration"), unit),
                (talk, duration) => (field, talk.or(duration).unwrap_or(by_name)),
            };
            (self.columns[at].field, self.columns[at].unit) = (field, unit);
        }
        self.has_one_length = !self.has("talk") && self.has("duration") && !self.has("connected_at");
    }

    /// The times of a field in microseconds, as if they were in UTC.
    fn times(&self, field: &str) -> Vec<Option<i64>> {
        let Some(Column { likely: Likely::Time(form), values, .. }) = self.of_field(field) else { return Vec::new() };
        let Ok(form) = form.parse::<TimeForm>() else { return Vec::new() };
        let micros = |written: Written| match written {
            Written::Local(local) => local.and_utc().timestamp_micros(),
            Written::Exact(at) => at.micros(),
        };
        let time = |text: &String| {
            let forms = std::slice::from_ref(&form);
            let read = if text.is_empty() { Ok(None) } else { moment::read(text, "", forms, POINT, LocalZone::UTC) };
            read.ok().flatten().map(micros)
        };
        values.iter().map(time).collect()
    }

    fn free(&self, is_one: impl Fn(&Likely) -> bool) -> Vec<usize> {
        let is_free = |(_, column): &(usize, &Column)| column.field.is_none() && is_one(&column.likely);
        self.columns.iter().enumerate().filter(is_free).map(|(at, _)| at).collect()
    }
}

impl Column {
    /// Whether it has a name, whatever is in brackets after it; a member also if it has it within its object.
    fn is_named(&self, name: &str) -> bool {
        let own = self.name.split(['(', '[']).next().unwrap_or_default();
        let last = own.rsplit('.').next().unwrap_or_default();
        [own, last].into_iter().map(plain).any(|own| {
            let amount = CURRENCIES.into_iter().find_map(|currency| own.strip_suffix(currency));
            own == name || amount == Some(name)
        })
    }

    /// Whether its values may be those of a field.
    fn may_be(&self, field: &str) -> bool {
        let is_number = matches!(self.likely, Likely::Whole | Likely::Decimal(..));
        match field {
            "started_at" | "connected_at" | "ended_at" => matches!(self.likely, Likely::Time(_)),
            "call_uuid" => self.likely == Likely::Uuid,
            "peer_ip" => self.likely == Likely::Address,
            field if LENGTHS.contains(&field) => is_number || matches!(self.likely, Likely::Clock(_)),
            field if WHOLES.contains(&field) => self.likely == Likely::Whole && self.is_at_most(65_535),
            field if AMOUNTS.contains(&field) => is_number,
            "success" => self.likely == Likely::Truth || (self.likely == Likely::Whole && self.is_at_most(1)),
            "calling_name" => self.likely == Likely::Text,
            "direction" | "release_reason" => self.likely == Likely::Text,
            _ => self.likely != Likely::Nothing,
        }
    }

    /// The unit that its name and its values say.
    fn unit_by_name(&self) -> Unit {
        let name = plain(&self.name);
        let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
        match self.likely {
            Likely::Clock(_) => Unit::Clock,
            _ if ends(&["ms", "msec", "milliseconds"]) => Unit::Millis,
            _ if ends(&["us", "usec", "microseconds"]) => Unit::Micros,
            _ if ends(&["min", "mins", "minutes"]) => Unit::Minutes,
            _ => Unit::Seconds,
        }
    }

    /// The unit in which the values are the length from one time to another, in most rows that have both, and in two of them
    /// more than a second.
    fn unit_between(&self, from: &[Option<i64>], until: &[Option<i64>]) -> Option<Unit> {
        let between: Vec<Option<i64>> =
            from.iter().zip(until).map(|(from, until)| Some((*until)?.saturating_sub((*from)?))).collect();
        let fits = |unit: &Unit| {
            let lengths = self.values.iter().map(|text| unit.micros(text, POINT));
            let compared: Vec<(i64, i64)> = lengths.zip(&between).filter_map(|(length, it)| length.zip(*it)).collect();
            let agreeing = compared.iter().filter(|(length, between)| length.abs_diff(*between) <= SECOND_US);
            let has_some = agreeing.clone().filter(|(_, between)| *between > 1_000_000).count() > 1;
            has_some && agreeing.count() * 5 > compared.len() * 4
        };
        [Unit::Seconds, Unit::Millis, Unit::Micros, Unit::Minutes, Unit::Clock].into_iter().find(fits)
    }

    fn is_at_most(&self, most: u32) -> bool {
        self.values.iter().filter_map(|value| value.parse::<u32>().ok()).all(|number| number <= most)
    }

    /// Whether the first number of each value may be a month as well.
    pub(super) fn has_small_days(&self) -> bool {
        let first = |value: &String| value.split(|c: char| !c.is_ascii_digit()).next().and_then(|day| day.parse().ok());
        self.values.iter().filter_map(first).all(|day: u8| day <= 12)
    }

    /// The different values.
    pub(super) fn distinct(&self) -> Vec<&str> {
        let mut distinct: Vec<&str> =
            self.values.iter().map(String::as_str).filter(|value| !value.is_empty()).collect();
        distinct.sort_unstable();
        distinct.dedup();
        distinct
    }

    /// Whether no two rows have the same value, and most have one.
    pub(super) fn is_unique(&self) -> bool {
        let given = self.values.iter().filter(|value| !value.is_empty()).count();
        given * 2 > self.values.len() && self.distinct().len() == given
    }
}
