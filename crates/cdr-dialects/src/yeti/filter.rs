//! Filters of lists: `filter[NAME_OPERATOR]=…`, by the kind of what is filtered.
//!
//! Source: the search matchers of Ransack, in the selection that yeti-web offers for each kind. What holds nothing meets no
//! filter, not even `not_eq`.

use std::cmp::Ordering;
use std::net::IpAddr;

use cdr_model::{Money, Timestamp, Value};
use cdr_query::{Operand, Test, TextPart};
use uuid::Uuid;

use super::json_api::{Asked, Params, Problem};
use super::values;

/// What kind of value is filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// Whole numbers, amounts, and lengths in seconds.
    Number,
    Time,
    Boolean,
    Uuid,
    /// The text of an IP address.
    Inet,
    /// One of these texts.
    Enum(&'static [&'static str]),
}

/// How it is compared.
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

/// What it is compared with.
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
    /// What is filtered, with underscores.
    pub(crate) name: &'static str,
    pub(crate) operator: Operator,
    /// One, or a list for those operators that take one.
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

impl Kind {
    fn operators(self) -> &'static [Operator] {
        match self {
            Kind::Text => &[Operator::Eq, NotEq, Cont, Start, End, In, NotIn, ContAny],
            Kind::Number | Kind::Time => &[Operator::Eq, NotEq, Gt, Gteq, Lt, Lteq, In, NotIn],
            Kind::Boolean => &[Operator::Eq, NotEq],
            Kind::Uuid | Kind::Inet | Kind::Enum(_) => &[Operator::Eq, NotEq, In, NotIn],
        }
    }

    fn read(self, text: &str) -> Option<Comparand> {
        let trimmed = text.trim();
        match self {
            Kind::Text => Some(Comparand::Text(text.to_owned())),
            Kind::Number => match trimmed.parse() {
                Ok(whole) => Some(Comparand::Whole(whole)),
                Err(_) => trimmed.parse().ok().map(Comparand::Decimal),
            },
            Kind::Time => values::read_time(text).map(Comparand::Time),
            Kind::Boolean => match trimmed {
                "true" | "TRUE" | "t" | "T" | "1" => Some(Comparand::Boolean(true)),
                "false" | "FALSE" | "f" | "F" | "0" => Some(Comparand::Boolean(false)),
                _ => None,
            },
            Kind::Uuid => trimmed.parse().ok().map(Comparand::Uuid),
            Kind::Inet => read_address(trimmed).map(Comparand::Inet),
            Kind::Enum(words) => words.contains(&text).then(|| Comparand::Text(text.to_owned())),
        }
    }
}

impl Filter {
    /// Reads a filter, of those that a list has.
    ///
    /// # Errors
    /// Code 102 for one it has not, code 107 for a value that does not fit, or too many of them.
    pub(crate) fn read(asked: &Asked, list: &[(&'static str, Kind)]) -> Result<Filter, Problem> {
        let known = list.iter().find_map(|(name, kind)| {
            let word = asked.name.strip_prefix(name)?.strip_prefix('_')?;
            let (_, operator) = Operator::ALL.into_iter().find(|(it, _)| *it == word)?;
            kind.operators().contains(&operator).then_some((*name, *kind, operator))
        });
        let (name, kind, operator) = known.ok_or_else(|| Problem::filter_not_allowed(&asked.name))?;
        let values = asked.values();
        if values.is_empty() || (values.len() > 1 && !operator.takes_list()) {
            return Err(Problem::invalid_filter_value(&values.join(","), &asked.name));
        }
        let read = |value: &String| kind.read(value).ok_or_else(|| Problem::invalid_filter_value(value, &asked.name));
        Ok(Filter { name, operator, comparands: values.iter().map(read).collect::<Result<_, _>>()? })
    }

    /// Reads a list of values under a plain name, without an operator: one of them. `None` for another name.
    ///
    /// # Errors
    /// Code 107.
    pub(crate) fn read_plain(asked: &Asked, name: &'static str, kind: Kind) -> Option<Result<Filter, Problem>> {
        if asked.name != name {
            return None;
        }
        let values = asked.values();
        let wrong = |value: &str| Problem::invalid_filter_value(value, name);
        let read = |value: &String| kind.read(value).ok_or_else(|| wrong(value));
        let comparands = values.iter().map(read).collect::<Result<Vec<_>, _>>();
        Some(match comparands {
            Ok(comparands) if comparands.is_empty() => Err(wrong("")),
            Ok(comparands) => Ok(Filter { name, operator: In, comparands }),
            Err(problem) => Err(problem),
        })
    }

    /// All filters that are asked for, of those that a list has: those with operators, and those with a plain name.
    ///
    /// # Errors
    /// Codes 102, 107 and 120, all at once.
    pub(crate) fn read_all(
        params: &Params,
        list: &[(&'static str, Kind)],
        plain: &[(&'static str, Kind)],
    ) -> Result<Vec<Filter>, Vec<Problem>> {
        let (mut filters, mut problems) = (Vec::new(), Vec::new());
        for asked in params.filters()? {
            let plain = plain.iter().find_map(|(name, kind)| Filter::read_plain(asked, name, *kind));
            match plain.unwrap_or_else(|| Filter::read(asked, list)) {
                Ok(filter) => filters.push(filter),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(filters) } else { Err(problems) }
    }

    /// Whether a value passes.
    pub(crate) fn holds(&self, value: &Value<'_>) -> bool {
        if *value == Value::Null {
            return false;
        }
        let any = |test: &dyn Fn(&Comparand) -> bool| self.comparands.iter().any(test);
        let ordered = |is: fn(Ordering) -> bool| any(&|comparand| comparand.compare(value).is_some_and(is));
        let text = |part: TextPart| any(&|comparand| comparand.is_in(value, part));
        match self.operator {
            Operator::Eq | In => ordered(Ordering::is_eq),
            NotEq | NotIn => !ordered(Ordering::is_eq),
            Gt => ordered(Ordering::is_gt),
            Gteq => ordered(Ordering::is_ge),
            Lt => ordered(Ordering::is_lt),
            Lteq => ordered(Ordering::is_le),
            Cont | ContAny => text(TextPart::Contains),
            Start => text(TextPart::Starts),
            End => text(TextPart::Ends),
        }
    }

    /// The same as a test of a query, each comparand as `operand` makes it one; `None` if there is no such test, and
    /// [`Filter::holds`] has to decide.
    pub(crate) fn test(&self, operand: impl Fn(&Comparand) -> Option<Operand>) -> Option<Test> {
        let mut operands = self.comparands.iter().map(operand).collect::<Option<Vec<_>>>()?;
        let part = match self.operator {
            In => return Some(Test::In(operands)),
            NotIn => return Some(Test::NotIn(operands)),
            ContAny if operands.len() > 1 => return None,
            Cont | ContAny => Some(TextPart::Contains),
            Start => Some(TextPart::Starts),
            End => Some(TextPart::Ends),
            Operator::Eq | NotEq | Gt | Gteq | Lt | Lteq => None,
        };
        let one = operands.pop()?;
        Some(match (part, self.operator, one) {
            (Some(part), _, Operand::Text(text)) => Test::Text { part, text, fold_case: true },
            (Some(_), ..) => return None,
            (_, NotEq, one) => Test::NotEq(one),
            (_, Gt, one) => Test::Gt(one),
            (_, Gteq, one) => Test::Gte(one),
            (_, Lt, one) => Test::Lt(one),
            (_, Lteq, one) => Test::Lte(one),
            (_, _, one) => Test::Eq(one),
        })
    }
}

impl Comparand {
    /// How a value stands to it; `None` if it is of another kind.
    fn compare(&self, value: &Value<'_>) -> Option<Ordering> {
        Some(match (value, self) {
            (Value::Text(value), Comparand::Text(text)) => value.as_bytes().cmp(text.as_bytes()),
            (Value::Text(value), Comparand::Inet(address)) => read_address(value)?.cmp(address),
            (Value::Integer(value), Comparand::Whole(number)) => value.cmp(number),
            (Value::Integer(value), Comparand::Decimal(number)) => compare_whole(*value, *number),
            (Value::Duration(micros), _) => return self.compare(&Value::Integer(micros.div_euclid(1_000_000))),
            (Value::Money(value), Comparand::Decimal(number)) => value.cmp(number),
            (Value::Money(value), Comparand::Whole(number)) => compare_whole(*number, *value).reverse(),
            (Value::Time(value), Comparand::Time(at)) => value.cmp(at),
            (Value::Boolean(value), Comparand::Boolean(yes)) => value.cmp(yes),
            (Value::Uuid(value), Comparand::Uuid(uuid)) => value.cmp(uuid),
            _ => return None,
        })
    }

    /// Whether it stands in a text, whatever the case of ASCII letters.
    fn is_in(&self, value: &Value<'_>, part: TextPart) -> bool {
        let (Value::Text(value), Comparand::Text(text)) = (value, self) else { return false };
        let (value, text) = (value.to_ascii_lowercase(), text.to_ascii_lowercase());
        match part {
            TextPart::Contains => value.contains(&text),
            TextPart::Starts => value.starts_with(&text),
            TextPart::Ends => value.ends_with(&text),
        }
    }
}

/// How a whole number stands to an amount. One that no amount can be is beyond all of them.
fn compare_whole(whole: i64, amount: Money) -> Ordering {
    match whole.to_string().parse::<Money>() {
        Ok(whole) => whole.cmp(&amount),
        Err(_) => whole.cmp(&0),
    }
}

/// An address, perhaps with the prefix length that covers it alone.
fn read_address(text: &str) -> Option<IpAddr> {
    let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    let address: IpAddr = address.parse().ok()?;
    let whole = if address.is_ipv4() { "32" } else { "128" };
    length.is_none_or(|length| length == whole).then_some(address)
}

#[cfg(test)]
mod tests {
    use cdr_model::Value;
    use cdr_query::{Operand, Test};

    use super::{Filter, Kind};
    use crate::yeti::json_api::{Fault, Params};

    const LIST: &[(&str, Kind)] = &[
        ("name", Kind::Text),
        ("name_in", Kind::Text),
        ("balance", Kind::Number),
        ("time_start", Kind::Time),
        ("success", Kind::Boolean),
        ("ip", Kind::Inet),
        ("status", Kind::Enum(&["Pending", "Failed"])),
    ];

    fn read(query: &str) -> Result<Filter, Fault> {
        let params = Params::read(query);
        Ok(Filter::read(&params.filters()?[0], LIST)?)
    }

    #[test]
    fn operators_mean_what_they_are_called() {
        let time = Value::Time("2019-01-01T00:00:00.5Z".parse().unwrap());
        let amount = Value::Money("10.50".parse().unwrap());
        for (query, value, passes) in [
            ("filter[name_eq]=My+account", Value::from("My account"), true),
            ("filter[name_eq]=my account", Value::from("My account"), false),
            ("filter[name_not_eq]=x", Value::from("y"), true),
            ("filter[name_not_eq]=x", Value::Null, false),
            ("filter[name_not_in]=x,y", Value::Null, false),
            ("filter[name_cont]=ACC", Value::from("My account"), true),
            ("filter[name_start]=my", Value::from("My account"), true),
            ("filter[name_end]=my", Value::from("My account"), false),
            ("filter[name_end]=UNT", Value::from("My account"), true),
            ("filter[name_in]=a,b", Value::from("b"), true),
            ("filter[name_not_in]=a,b", Value::from("b"), false),
            ("filter[name_cont_any]=x,OUN", Value::from("My account"), true),
            ("filter[name_in_start]=a", Value::from("abc"), true),
            ("filter[balanceEq]=10.5", amount.clone(), true),
            ("filter[balance-gt]=10", amount.clone(), true),
            ("filter[balance_lteq]=9223372036854775807", amount.clone(), true),
            ("filter[balance_lt]=-9223372036854775807", amount.clone(), false),
            ("filter[balance_in]=1,10.500", amount, true),
            ("filter[balance_eq]=7", Value::Integer(7), true),
            ("filter[balance_lt]=7.5", Value::Integer(7), true),
            ("filter[balance_eq]=61", Value::Duration(61_999_999), true),
            ("filter[time_start_gteq]=2019-01-01", time.clone(), true),
            ("filter[time_start_lt]=2019-01-01+00:00:00", time, false),
            ("filter[success_eq]=true", Value::Boolean(true), true),
            ("filter[success_not_eq]=t", Value::Boolean(true), false),
            ("filter[ip_eq]=10.0.0.1/32", Value::from("10.0.0.1"), true),
            ("filter[ip_in]=::1,10.0.0.1", Value::from("0:0::1"), true),
            ("filter[status_not_eq]=Failed", Value::from("Pending"), true),
        ] {
            assert_eq!(read(query).unwrap().holds(&value), passes, "{query}");
        }
    }

    #[test]
    fn what_is_no_filter_is_told() {
        for (query, code, detail) in [
            ("filter[fooBar]=1", "102", "foo_bar is not allowed."),
            ("filter[status_gt]=Failed", "102", "status_gt is not allowed."),
            ("filter[status]=Failed", "102", "status is not allowed."),
            ("filter[status_eq]=test", "107", "test is not a valid value for status_eq."),
            ("filter[status_in]=Failed,test", "107", "test is not a valid value for status_in."),
            ("filter[status_eq]=Failed,Pending", "107", "Failed,Pending is not a valid value for status_eq."),
            ("filter[status_eq]=", "107", " is not a valid value for status_eq."),
            ("filter[balance_eq]=abc", "107", "abc is not a valid value for balance_eq."),
            ("filter[time_start_eq]=soon", "107", "soon is not a valid value for time_start_eq."),
            ("filter[success_eq]=2", "107", "2 is not a valid value for success_eq."),
            ("filter[ip_eq]=10.0.0.0/8", "107", "10.0.0.0/8 is not a valid value for ip_eq."),
            ("filter=abc", "120", "abc is not a valid syntax for filtering."),
        ] {
            let Err(Fault::Problems(problems)) = read(query) else { panic!("{query}") };
            let problem = serde_json::to_value(&problems[0]).unwrap();
            assert_eq!((&problem["code"], &problem["detail"]), (&code.into(), &detail.into()), "{query}");
        }
    }

    #[test]
    fn what_a_query_can_say_is_said_there() {
        let text = |query| read(query).unwrap().test(|_| Some(Operand::Text("a".to_owned())));
        assert_eq!(text("filter[name_eq]=a"), Some(Test::Eq("a".into())));
        assert_eq!(text("filter[name_not_in]=a,b"), Some(Test::NotIn(vec!["a".into(), "a".into()])));
        assert!(matches!(text("filter[name_cont]=a"), Some(Test::Text { fold_case: true, .. })));
        assert_eq!(text("filter[name_cont_any]=a,b"), None);
        assert_eq!(read("filter[name_eq]=a").unwrap().test(|_| None), None);
    }
}
