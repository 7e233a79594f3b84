//! Converts filters to tests of a query. The meaning of a test is defined by the query alone.

use cdr_model::{FieldKind, Money, Value};
use cdr_query::{Operand, Test, TextPart};

use super::{Comparand, Filter, Operator};

const SECOND: i64 = 1_000_000;
/// One, in the units of [`Money::hundred_millionths`].
const ONE: i64 = 100_000_000;

/// Groups of tests, as [`Test::AnyOf`] has them.
type AnyOf = Vec<Vec<Test>>;

/// The position of a comparand among the values of a field.
enum Position {
    /// It is one of the values.
    At(Operand),
    /// It stands for all values from the first up to, but not including, the second.
    Span(i64, i64),
    /// It lies between two values; this is the greater one.
    Before(Operand),
    /// It is greater than all values.
    AboveAll,
    /// It is less than all values.
    BelowAll,
}

use Operator::{Cont, ContAny, End, Eq, Gt, Gteq, In, Lt, Lteq, NotEq, NotIn, Start};

impl Filter {
    /// Whether a value passes. A null passes no filter.
    pub(crate) fn holds(&self, value: &Value<'_>) -> bool {
        value.kind().is_some_and(|kind| Test::AnyOf(self.tests(kind)).matches(value))
    }

    /// The filter as tests of a field of this kind. A comparand that cannot be compared with such a field matches
    /// nothing.
    pub(crate) fn tests(&self, kind: FieldKind) -> AnyOf {
        let text = |part| {
            let texts = self.comparands.iter().filter_map(|comparand| match comparand {
                Comparand::Text(text) => Some(text.clone()),
                _ => None,
            });
            texts.map(|text| vec![Test::Text { part, text, fold_case: true }]).collect()
        };
        let places = || self.comparands.iter().filter_map(|comparand| comparand.place(kind));
        let each = |test: fn(Position) -> Test| places().map(|place| vec![test(place)]).collect();
        match self.operator {
            Eq | In => among(places()),
            NotEq | NotIn => outside(places()),
            Lt => each(less),
            Lteq => each(less_or_equal),
            Gt => each(greater),
            Gteq => each(greater_or_equal),
            Cont | ContAny => text(TextPart::Contains),
            Start => text(TextPart::Starts),
            End => text(TextPart::Ends),
        }
    }
}

impl Comparand {
    fn place(&self, kind: FieldKind) -> Option<Position> {
        Some(match (self, kind) {
            (Comparand::Text(text), FieldKind::Text) => Position::At(Operand::Text(text.clone())),
            (Comparand::Inet(address), FieldKind::Text) => Position::At(Operand::Text(address.to_string())),
            (Comparand::Time(at), FieldKind::Time) => Position::At(Operand::Time(*at)),
            (Comparand::Boolean(yes), FieldKind::Boolean) => Position::At(Operand::Boolean(*yes)),
            (Comparand::Uuid(uuid), FieldKind::Uuid) => Position::At(Operand::Uuid(*uuid)),
            (Comparand::Decimal(amount), FieldKind::Money) => Position::At(Operand::Money(*amount)),
            (Comparand::Whole(whole), FieldKind::Money) => match whole.to_string().parse::<Money>() {
                Ok(amount) => Position::At(Operand::Money(amount)),
                Err(_) if *whole > 0 => Position::AboveAll,
                Err(_) => Position::BelowAll,
            },
            (Comparand::Whole(whole), FieldKind::Integer) => Position::At(Operand::Integer(*whole)),
            (Comparand::Decimal(amount), FieldKind::Integer) => match whole(*amount) {
                (floor, true) => Position::At(Operand::Integer(floor)),
                (floor, false) => Position::Before(Operand::Integer(floor + 1)),
            },
            (Comparand::Whole(seconds), FieldKind::Duration) => second(*seconds),
            (Comparand::Decimal(amount), FieldKind::Duration) => match whole(*amount) {
                (floor, true) => second(floor),
                (floor, false) => Position::Before(Operand::Duration((floor + 1).saturating_mul(SECOND))),
            },
            _ => return None,
        })
    }
}

/// A duration, which counts in whole seconds: 61.9 seconds are 61.
fn second(seconds: i64) -> Position {
    match (seconds.checked_mul(SECOND), seconds.checked_add(1).and_then(|next| next.checked_mul(SECOND))) {
        (Some(this), Some(next)) => Position::Span(this, next),
        _ if seconds > 0 => Position::AboveAll,
        _ => Position::BelowAll,
    }
}

/// The greatest whole number that is not greater than an amount, and whether it equals the amount.
fn whole(amount: Money) -> (i64, bool) {
    let units = amount.hundred_millionths();
    (units.div_euclid(ONE), units.rem_euclid(ONE) == 0 && amount.fits_hundred_millionths())
}

fn never() -> Test {
    Test::In(Vec::new())
}

fn less(place: Position) -> Test {
    match place {
        Position::At(value) | Position::Before(value) => Test::Lt(value),
        Position::Span(first, _) => Test::Lt(Operand::Duration(first)),
        Position::AboveAll => Test::Present,
        Position::BelowAll => never(),
    }
}

fn less_or_equal(place: Position) -> Test {
    match place {
        Position::At(value) => Test::Lte(value),
        Position::Span(_, next) => Test::Lt(Operand::Duration(next)),
        other => less(other),
    }
}

fn greater(place: Position) -> Test {
    match place {
        Position::At(value) => Test::Gt(value),
        Position::Before(value) => Test::Gte(value),
        Position::Span(_, next) => Test::Gte(Operand::Duration(next)),
        Position::AboveAll => never(),
        Position::BelowAll => Test::Present,
    }
}

fn greater_or_equal(place: Position) -> Test {
    match place {
        Position::At(value) => Test::Gte(value),
        Position::Span(first, _) => Test::Gte(Operand::Duration(first)),
        other => greater(other),
    }
}

/// Equal to one of these.
fn among(places: impl Iterator<Item = Position>) -> AnyOf {
    let (mut values, spans) = split(places);
    let mut any_of: AnyOf = spans
        .into_iter()
        .map(|(first, next)| vec![Test::Gte(Operand::Duration(first)), Test::Lt(Operand::Duration(next))])
        .collect();
    match (values.pop(), values.is_empty()) {
        (Some(one), true) => any_of.push(vec![Test::Eq(one)]),
        (Some(last), false) => {
            values.push(last);
            any_of.push(vec![Test::In(values)]);
        }
        (None, _) if any_of.is_empty() => any_of.push(vec![never()]),
        (None, _) => (),
    }
    any_of
}

/// Equal to none of these.
fn outside(places: impl Iterator<Item = Position>) -> AnyOf {
    let (mut values, spans) = split(places);
    // Spans are sorted and do not overlap, so the remaining values lie between them.
    let mut any_of = AnyOf::new();
    let mut from = None;
    for (first, next) in spans {
        let mut gap: Vec<Test> = from.map(|from| Test::Gte(Operand::Duration(from))).into_iter().collect();
        gap.push(Test::Lt(Operand::Duration(first)));
        any_of.push(gap);
        from = Some(next);
    }
    match (values.pop(), values.is_empty(), from) {
        (Some(one), true, _) => any_of.push(vec![Test::NotEq(one)]),
        (Some(last), false, _) => {
            values.push(last);
            any_of.push(vec![Test::NotIn(values)]);
        }
        (None, _, Some(from)) => any_of.push(vec![Test::Gte(Operand::Duration(from))]),
        (None, _, None) => any_of.push(vec![Test::Present]),
    }
    any_of
}

/// The values and the spans. All are of one field, so only one of the two is not empty. A comparand that equals no
/// value is in neither.
fn split(places: impl Iterator<Item = Position>) -> (Vec<Operand>, Vec<(i64, i64)>) {
    let (mut values, mut spans) = (Vec::new(), Vec::new());
    for place in places {
        match place {
            Position::At(value) => values.push(value),
            Position::Span(first, next) => spans.push((first, next)),
            Position::Before(_) | Position::AboveAll | Position::BelowAll => (),
        }
    }
    spans.sort_unstable();
    spans.dedup();
    (values, spans)
}
