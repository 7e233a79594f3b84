//! Filters of lists: `filter[NAME_OPERATOR]=…`, by the type of the filtered value.

use std::net::IpAddr;

use cdr_model::{Money, Timestamp};
use uuid::Uuid;

use crate::yeti::fault::Problem;
use crate::yeti::from_wire;
use crate::yeti::wire::{Asked, Params};

/// The type of a filtered value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FilterType {
    Text,
    /// Whole numbers, amounts, and durations in seconds.
    Number,
    Time,
    Boolean,
    Uuid,
    /// The text of an IP address.
    Inet,
    /// One of these texts.
    Enum(&'static [&'static str]),
}

/// The operator of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Eq,
    NotEq,
    Gt,
    Gteq,
    Lt,
    Lteq,
    In,
    NotIn,
    Cont,
    Start,
    End,
    ContAny,
}

/// A value that a filter compares with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Comparand {
    Text(String),
    Whole(i64),
    Decimal(Money),
    Time(Timestamp),
    Boolean(bool),
    Uuid(Uuid),
    Inet(IpAddr),
}

/// A filter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Filter {
    /// The name of the filtered value, with underscores.
    pub(crate) name: &'static str,
    pub(crate) operator: Operator,
    /// One comparand, or several for operators that take a list.
    pub(crate) comparands: Vec<Comparand>,
}

use Operator::{Cont, ContAny, End, Gt, Gteq, In, Lt, Lteq, NotEq, NotIn, Start};

impl Operator {
    const ALL: [(&'static str, Operator); 12] = [
        ("eq", Operator::Eq),
        ("not_eq", NotEq),
        ("gt", Gt),
        ("gteq", Gteq),
        ("lt", Lt),
        ("lteq", Lteq),
        ("in", In),
        ("not_in", NotIn),
        ("cont", Cont),
        ("start", Start),
        ("end", End),
        ("cont_any", ContAny),
    ];

    fn takes_list(self) -> bool {
        matches!(self, In | NotIn | ContAny)
    }
}

impl FilterType {
    fn operators(self) -> &'static [Operator] {
        match self {
            FilterType::Text => &[Operator::Eq, NotEq, Cont, Start, End, In, NotIn, ContAny],
            FilterType::Number | FilterType::Time => &[Operator::Eq, NotEq, Gt, Gteq, Lt, Lteq, In, NotIn],
            FilterType::Boolean => &[Operator::Eq, NotEq],
            FilterType::Uuid | FilterType::Inet | FilterType::Enum(_) => &[Operator::Eq, NotEq, In, NotIn],
        }
    }

    fn read(self, text: &str) -> Option<Comparand> {
        let trimmed = text.trim();
        match self {
            FilterType::Text => Some(Comparand::Text(text.to_owned())),
            FilterType::Number => match trimmed.parse() {
                Ok(whole) => Some(Comparand::Whole(whole)),
                Err(_) => trimmed.parse().ok().map(Comparand::Decimal),
            },
            FilterType::Time => from_wire::read_time(text).map(Comparand::Time),
            FilterType::Boolean => match trimmed {
                "true" | "TRUE" | "t" | "T" | "1" => Some(Comparand::Boolean(true)),
                "false" | "FALSE" | "f" | "F" | "0" => Some(Comparand::Boolean(false)),
                _ => None,
            },
            FilterType::Uuid => trimmed.parse().ok().map(Comparand::Uuid),
            FilterType::Inet => read_address(trimmed).map(Comparand::Inet),
            FilterType::Enum(words) => words.contains(&text).then(|| Comparand::Text(text.to_owned())),
        }
    }
}

impl Filter {
    /// Reads a filter, one of those that a list supports. `None` for a list of values without any, which filters
    /// nothing.
    ///
    /// # Errors
    /// Code 102 for an unsupported filter, code 107 for an invalid value or too many values.
    pub(crate) fn read(asked: &Asked, list: &[(&'static str, FilterType)]) -> Result<Option<Filter>, Problem> {
        let known = list.iter().find_map(|(name, kind)| {
            let word = asked.name.strip_prefix(name)?.strip_prefix('_')?;
            let (_, operator) = Operator::ALL.into_iter().find(|(it, _)| *it == word)?;
            kind.operators().contains(&operator).then_some((*name, *kind, operator))
        });
        let (name, kind, operator) = known.ok_or_else(|| Problem::filter_not_allowed(&asked.name))?;
        if operator.takes_list() {
            return Filter::of_list(asked, name, kind, operator);
        }
        let values = asked.values();
        let one = match values.as_slice() {
            [one] => kind.read(one),
            // `Tue, 01 Jan 2019` has a comma.
            [_, _, ..] if kind == FilterType::Time => kind.read(&asked.value),
            _ => None,
        };
        let comparand = one.ok_or_else(|| Problem::invalid_filter_value(&values.join(","), &asked.name))?;
        Ok(Some(Filter { name, operator, comparands: vec![comparand] }))
    }

    /// Reads a filter without an operator, whose values are alternatives. `None` for another name; the inner `None` for
    /// no values, which filters nothing.
    ///
    /// # Errors
    /// Code 107.
    pub(crate) fn read_plain(
        asked: &Asked,
        name: &'static str,
        kind: FilterType,
    ) -> Option<Result<Option<Filter>, Problem>> {
        (asked.name == name).then(|| Filter::of_list(asked, name, kind, In))
    }

    /// A filter by the values that are not empty.
    fn of_list(
        asked: &Asked,
        name: &'static str,
        kind: FilterType,
        operator: Operator,
    ) -> Result<Option<Filter>, Problem> {
        let values = asked.values();
        let read = |value: &String| kind.read(value).ok_or_else(|| Problem::invalid_filter_value(value, &asked.name));
        let comparands = values.iter().filter(|value| !value.is_empty()).map(read).collect::<Result<Vec<_>, _>>()?;
        Ok((!comparands.is_empty()).then_some(Filter { name, operator, comparands }))
    }

    /// All filters of a request, of those that a list supports: those with operators, and those with a plain name.
    ///
    /// # Errors
    /// Codes 102, 107 and 120, with all problems.
    pub(crate) fn read_all(
        params: &Params,
        list: &[(&'static str, FilterType)],
        plain: &[(&'static str, FilterType)],
    ) -> Result<Vec<Filter>, Vec<Problem>> {
        let (mut filters, mut problems) = (Vec::new(), Vec::new());
        for asked in params.filters()? {
            let plain = plain.iter().find_map(|(name, kind)| Filter::read_plain(asked, name, *kind));
            match plain.unwrap_or_else(|| Filter::read(asked, list)) {
                Ok(filter) => filters.extend(filter),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(filters) } else { Err(problems) }
    }
}

/// An address, optionally with the prefix length of a single address.
fn read_address(text: &str) -> Option<IpAddr> {
    let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    let address: IpAddr = address.parse().ok()?;
    let whole = if address.is_ipv4() { "32" } else { "128" };
    length.is_none_or(|length| length == whole).then_some(address)
}
