//! Filters, as clients write them.

use cdr_model::{FieldKind, Value};
use cdr_query::{Operand, Test, TextPart};

use super::{Filter, FilterType};
use crate::yeti::fault::Fault;
use crate::yeti::wire::Params;

const LIST: &[(&str, FilterType)] = &[
    ("name", FilterType::Text),
    ("name_in", FilterType::Text),
    ("balance", FilterType::Number),
    ("time_start", FilterType::Time),
    ("success", FilterType::Boolean),
    ("ip", FilterType::Inet),
    ("status", FilterType::Enum(&["Pending", "Failed"])),
];

fn read(query: &str) -> Result<Filter, Fault> {
    Ok(read_some(query)?.expect("a filter with a value"))
}

fn read_some(query: &str) -> Result<Option<Filter>, Fault> {
    let params = Params::read(query);
    Ok(Filter::read(&params.filters()?[0], LIST)?)
}

#[test]
fn a_list_without_values_is_no_filter() {
    for query in
        ["filter[name_in]=", "filter[name_not_in]=+,,%09", "filter[balance_in]=,", "filter[name_cont_any]=\"\""]
    {
        assert_eq!(read_some(query).unwrap(), None, "{query}");
        let params = Params::read(query);
        assert_eq!(Filter::read_all(&params, LIST, &[]).unwrap(), [], "{query}");
    }
    let params = Params::read("filter[id]=+&filter[name_in]=a");
    assert_eq!(Filter::read_all(&params, LIST, &[("id", FilterType::Uuid)]).unwrap().len(), 1);
}

#[test]
fn operators_compare_as_named() {
    let time = Value::Time("2019-01-01T00:00:00.5Z".parse().unwrap());
    let amount = Value::Money("10.50".parse().unwrap());
    for (query, value, passes) in [
        ("filter[name_eq]=My+account", Value::from("My account"), true),
        ("filter[name_eq]=my account", Value::from("My account"), false),
        ("filter[name_eq]=+My+account+", Value::from("My account"), true),
        ("filter[name_in]=a,+b+", Value::from("b"), true),
        ("filter[name_in]=a,,b", Value::from("b"), true),
        ("filter[name_in]=a,,b", Value::from(""), false),
        ("filter[name_cont]=+acc+", Value::from("My account"), true),
        ("filter[name_eq]=\"", Value::from("\""), true),
        ("filter[name_cont]=\"", Value::from("27\" screen"), true),
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
        ("filter[time_start_lt]=2019-01-01+00:00:00", time.clone(), false),
        ("filter[time_start_lteq]=Tue, 01 Jan 2019 00:00:00 GMT", time.clone(), false),
        ("filter[time_start_gteq]=\"Tue, 01 Jan 2019 00:00:00 GMT\"", time.clone(), true),
        ("filter[time_start_gteq]=2019/01/01+00:00", time.clone(), true),
        ("filter[time_start_lt]=20190101T000000Z", time.clone(), false),
        ("filter[time_start_in]=1 Jan 2019,2019-01-01T00:00:00.5Z", time, true),
        ("filter[status_eq]=+Pending+", Value::from("Pending"), true),
        ("filter[success_eq]=true", Value::Boolean(true), true),
        ("filter[success_not_eq]=t", Value::Boolean(true), false),
        ("filter[ip_eq]=10.0.0.1/32", Value::from("10.0.0.1"), true),
        ("filter[ip_in]=0:0::1,10.0.0.1", Value::from("::1"), true),
        ("filter[status_not_eq]=Failed", Value::from("Pending"), true),
    ] {
        assert_eq!(read(query).unwrap().holds(&value), passes, "{query}");
    }
}

#[test]
fn invalid_filters_are_reported() {
    for (query, code, detail) in [
        ("filter[fooBar]=1", "102", "foo_bar is not allowed."),
        ("filter[status_gt]=Failed", "102", "status_gt is not allowed."),
        ("filter[status]=Failed", "102", "status is not allowed."),
        ("filter[status_eq]=test", "107", "test is not a valid value for status_eq."),
        ("filter[status_in]=Failed,test", "107", "test is not a valid value for status_in."),
        ("filter[status_eq]=Failed,Pending", "107", "Failed,Pending is not a valid value for status_eq."),
        ("filter[status_eq]=", "107", " is not a valid value for status_eq."),
        ("filter[status_eq]=+", "107", " is not a valid value for status_eq."),
        (
            "filter[time_start_eq]=1 Jan 2019,2 Jan 2019",
            "107",
            "1 Jan 2019,2 Jan 2019 is not a valid value for time_start_eq.",
        ),
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
fn values_beyond_the_range_of_a_field_and_between_its_values_compare_as_numbers() {
    let amount = |text: &str| Value::Money(text.parse().unwrap());
    for (query, value, passes) in [
        ("filter[balance_eq]=7.5", Value::Integer(7), false),
        ("filter[balance_not_eq]=7.5", Value::Integer(7), true),
        ("filter[balance_gt]=-7.5", Value::Integer(-7), true),
        ("filter[balance_gteq]=-7.5", Value::Integer(-8), false),
        ("filter[balance_lteq]=7.5", Value::Integer(8), false),
        ("filter[balance_in]=7.5,8.0", Value::Integer(8), true),
        ("filter[balance_not_in]=7.5,8.0", Value::Integer(8), false),
        ("filter[balance_eq]=9223372036854775807", amount("1"), false),
        ("filter[balance_not_eq]=9223372036854775807", amount("1"), true),
        ("filter[balance_gt]=-9223372036854775807", amount("1"), true),
        ("filter[balance_gteq]=9223372036854775807", amount("1"), false),
        ("filter[balance_not_eq]=61", Value::Duration(61_999_999), false),
        ("filter[balance_not_eq]=61", Value::Duration(62_000_000), true),
        ("filter[balance_in]=60,62", Value::Duration(61_000_000), false),
        ("filter[balance_in]=62,60", Value::Duration(60_000_001), true),
        ("filter[balance_not_in]=62,60", Value::Duration(61_000_001), true),
        ("filter[balance_not_in]=62,60,60", Value::Duration(62_000_001), false),
        ("filter[balance_not_in]=62,60", Value::Duration(63_000_000), true),
        ("filter[balance_lt]=61.5", Value::Duration(61_999_999), true),
        ("filter[balance_gt]=61.5", Value::Duration(61_999_999), false),
        ("filter[balance_eq]=61.0", Value::Duration(61_999_999), true),
        ("filter[balance_lt]=9223372036854775807", Value::Duration(i64::MAX), true),
    ] {
        assert_eq!(read(query).unwrap().holds(&value), passes, "{query} {value:?}");
    }
}

#[test]
fn filters_become_tests_of_a_query() {
    let one = |test: Test| vec![vec![test]];
    let contains = |text: &str| Test::Text { part: TextPart::Contains, text: text.to_owned(), fold_case: true };
    for (query, kind, expected) in [
        ("filter[name_eq]=a", FieldKind::Text, one(Test::Eq("a".into()))),
        ("filter[name_in]=a,b", FieldKind::Text, one(Test::In(vec!["a".into(), "b".into()]))),
        ("filter[name_not_in]=a,b", FieldKind::Text, one(Test::NotIn(vec!["a".into(), "b".into()]))),
        ("filter[name_cont]=a", FieldKind::Text, one(contains("a"))),
        ("filter[name_cont_any]=a,b", FieldKind::Text, vec![vec![contains("a")], vec![contains("b")]]),
        ("filter[balance_gt]=7.5", FieldKind::Integer, one(Test::Gte(8.into()))),
        ("filter[balance_lt]=7", FieldKind::Integer, one(Test::Lt(7.into()))),
        (
            "filter[balance_eq]=7",
            FieldKind::Duration,
            vec![vec![Test::Gte(Operand::Duration(7_000_000)), Test::Lt(Operand::Duration(8_000_000))]],
        ),
        ("filter[ip_eq]=0:0::1", FieldKind::Text, one(Test::Eq("::1".into()))),
    ] {
        assert_eq!(read(query).unwrap().tests(kind), expected, "{query}");
    }
}
