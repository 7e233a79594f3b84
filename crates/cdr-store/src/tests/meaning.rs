//! Property test: the store answers every query as `CdrQuery::matches` defines it.

use cdr_mediation::testsuite::source;
use cdr_mediation::{CdrSource, Memory};
use cdr_model::{Anchor, Assumed, Cdr, CdrField, Direction, Field, FieldKind, Money, RecordKind, Timestamp};
use cdr_query::{
    Cancel, CdrQuery, Condition, Cursor, Operand, Projection, SortBy, SortKey, SortOrder, Test, TextPart, Window,
};
use diesel::prelude::*;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

use super::support::*;
use crate::Store;
use crate::schema::{accounts, cdrs, counters, customers};
use crate::types::{At, KeptUuid};

/// Texts that are near one another: empty, prefixes of each other, at the edges of UTF-8, in both cases, with
/// wildcards.
const TEXTS: &[&str] = &[
    "",
    "4",
    "49",
    "490",
    "5",
    "a",
    "A",
    "aB",
    "%",
    "_",
    "'",
    "é",
    "e\u{301}",
    "\u{D7FF}",
    "\u{E000}",
    "\u{E000}x",
    "\u{10FFFF}",
    "\u{10FFFF}\u{10FFFF}1",
    "out",
    "in",
    "OUT",
    "call",
    "fee",
    "did-charge",
];
/// Networks: none, of all addresses, of one family, of one address.
const NETWORKS: &[&[&str]] = &[&[], &["0.0.0.0/0", "::/0"], &["192.0.2.0/25"], &["2001:db8::/32", "192.0.2.1/32"]];
/// Amounts around the eighth decimal.
const AMOUNTS: &[&str] = &[
    "0",
    "0.00",
    "0.01",
    "0.010",
    "0.00000001",
    "0.000000011",
    "0.000000009",
    "-0.000000001",
    "-0.00000001",
    "-1",
    "12",
    "0.0100000000000000000000000001",
    "92233720368.54775807",
    "-92233720368.54775807",
];

fn text() -> impl Strategy<Value = String> {
    select(TEXTS).prop_map(str::to_owned)
}

fn amount() -> impl Strategy<Value = Money> {
    select(AMOUNTS).prop_map(|text| text.parse().unwrap())
}

/// Few instants, so that many are equal and some are a microsecond apart; sometimes the least or the greatest one.
pub(super) fn instant() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        30 => (0i64..6, -1i64..2).prop_map(|(hour, micro)| Timestamp::from_micros(hour * 3_600_000_000 + micro)),
        1 => Just(Timestamp::MIN),
        1 => Just(Timestamp::MAX),
    ]
}

/// An instant of a record. SQLite stores any instant, PostgreSQL those that the intake accepts.
pub(super) fn kept_instant() -> impl Strategy<Value = Timestamp> {
    let (first, last) = (Timestamp::from_seconds(0), Timestamp::from_seconds(253_402_300_799));
    instant().prop_map(move |at| if over_postgres() { at.clamp(first, last) } else { at })
}

fn small() -> impl Strategy<Value = i64> {
    prop_oneof![12 => -2i64..20, 1 => Just(i64::MIN), 1 => Just(i64::MAX)]
}

fn uuid() -> impl Strategy<Value = Uuid> {
    (0u128..3).prop_map(Uuid::from_u128)
}

prop_compose! {
    fn any_call()(
        numbers in (0i64..8, 0i32..3, 0i32..3),
        instants in (kept_instant(), prop::option::of(kept_instant()), prop::option::of(kept_instant()), kept_instant()),
        flags in (any::<bool>(), any::<bool>(), select(&Direction::ALL[..]), 0u16..4),
        lengths in (prop::option::of(small()), prop::option::of(small())),
        texts in prop::array::uniform6(prop::option::of(text())),
        causes in (prop::option::of(-2i16..20), prop::option::of(-2i16..20), prop::option::of(0u16..3)),
        price in prop::option::of(amount()),
        uuid in prop::option::of(uuid()),
        dma in prop::option::of((prop::option::of(any::<bool>()), prop::option::of(text()))),
        (kind, destination_id) in (select(&RecordKind::ALL[..]), prop::option::of(small())),
    ) -> Cdr {
        let mut call = Cdr {
            // Every account has one customer.
            account_id: numbers.0, customer_id: numbers.0 / 2, source_id: numbers.1, service_id: numbers.2,
            started_at: instants.0, connected_at: instants.1, ended_at: instants.2, billed_at: instants.3,
            success: flags.0, last_attempt: flags.1, direction: flags.2, assumed: Assumed::from_bits(flags.3),
            kind, destination_id,
            talk_us: lengths.0, billed_us: lengths.1, release_cause: causes.0, release_code: causes.1, price,
            ..Cdr::default()
        };
        let [calling, called, call_id, group, reason, given] = texts;
        (call.calling, call.called, call.call_id) = (calling, called, call_id);
        (call.details.group, call.details.sip.release_reason, call.details.account_given) = (group, reason, given);
        (call.details.attempt, call.details.call_uuid) = (causes.2, uuid);
        // A store does not keep an empty part.
        if let Some((dialin, text)) = dma.filter(|(dialin, text)| dialin.is_some() || text.is_some()) {
            call.telepresence_mut().dialin = dialin;
            call.telepresence_mut().texts.extend(text.map(|text| ("user_data_a".to_owned(), text)));
        }
        call
    }
}

/// Calls with numbers, some of them replaced by a later one.
fn some_calls() -> impl Strategy<Value = Vec<Cdr>> {
    prop::collection::vec((any_call(), prop::option::weighted(0.25, 1i64..6)), 0..40).prop_map(|calls| {
        let count = calls.len() as i64;
        let numbered = calls.into_iter().zip(1i64..).map(|((call, later), number)| Cdr {
            number,
            id: number - number % 2,
            replaced_by: later.map(|later| number + later).filter(|later| *later <= count),
            ..call
        });
        numbered.collect()
    })
}

fn operand(kind: FieldKind) -> BoxedStrategy<Operand> {
    match kind {
        FieldKind::Integer => small().prop_map(Operand::Integer).boxed(),
        FieldKind::Text => text().prop_map(Operand::Text).boxed(),
        FieldKind::Time => instant().prop_map(Operand::Time).boxed(),
        FieldKind::Duration => small().prop_map(Operand::Duration).boxed(),
        FieldKind::Boolean => any::<bool>().prop_map(Operand::Boolean).boxed(),
        FieldKind::Money => amount().prop_map(Operand::Money).boxed(),
        FieldKind::Uuid => uuid().prop_map(Operand::Uuid).boxed(),
    }
}

pub(super) fn test(kind: FieldKind) -> BoxedStrategy<Test> {
    let groups = prop::collection::vec(prop::collection::vec(simple_test(kind), 0..3), 0..3);
    prop_oneof![12 => simple_test(kind), 1 => groups.prop_map(Test::AnyOf)].boxed()
}

fn simple_test(kind: FieldKind) -> BoxedStrategy<Test> {
    let one = || operand(kind);
    let many = || prop::collection::vec(operand(kind), 0..4);
    let comparisons = prop_oneof![
        one().prop_map(Test::Eq),
        one().prop_map(Test::NotEq),
        one().prop_map(Test::Lt),
        one().prop_map(Test::Lte),
        one().prop_map(Test::Gt),
        one().prop_map(Test::Gte),
        many().prop_map(Test::In),
        many().prop_map(Test::NotIn),
        Just(Test::Missing),
        Just(Test::Present),
    ];
    if kind != FieldKind::Text {
        return comparisons.boxed();
    }
    let part = select(&[TextPart::Starts, TextPart::Ends, TextPart::Contains][..]);
    let parts = (part, text(), any::<bool>()).prop_map(|(part, text, fold_case)| Test::Text { part, text, fold_case });
    let network = (select(NETWORKS), any::<bool>()).prop_map(|(networks, inside)| {
        let networks = networks.iter().map(|network| network.parse().unwrap()).collect();
        Test::Network { networks, inside }
    });
    prop_oneof![20 => comparisons, 10 => parts, 1 => network].boxed()
}

/// The fields that conditions can refer to, without those of the directory.
fn fields() -> Vec<CdrField> {
    let askable = |field: &CdrField| Condition::new(*field, Test::Present).is_ok();
    CdrField::ALL.iter().chain(CdrField::DERIVED).copied().filter(askable).collect()
}

/// Fields other than those of the DMA are chosen more often, although there are fewer of them.
pub(super) fn condition() -> impl Strategy<Value = Condition> {
    let typed: Vec<CdrField> = fields().into_iter().filter(|field| !field.name().starts_with("dma.")).collect();
    prop_oneof![4 => select(typed), 1 => select(fields())]
        .prop_flat_map(|field| test(field.kind()).prop_map(move |test| Condition::new(field, test).unwrap()))
}

pub(super) fn order() -> impl Strategy<Value = SortOrder> {
    let key = (select(fields()), any::<bool>()).prop_map(|(field, descending)| SortKey { field, descending });
    let keys = prop_oneof![4 => Just(Vec::new()), 1 => prop::collection::vec(key, 1..3)];
    (prop_oneof![3 => Just(SortBy::Anchor), 1 => Just(SortBy::Number)], any::<bool>(), keys)
        .prop_map(|(by, descending, keys)| SortOrder { by, descending, keys })
}

pub(super) fn window() -> impl Strategy<Value = Window> {
    let bounds = prop_oneof![
        1 => Just((Timestamp::MIN, Timestamp::MAX)),
        1 => instant().prop_map(|from| (from, Timestamp::MAX)),
        3 => (instant(), instant()).prop_map(|(one, other)| (one.min(other), one.max(other))),
    ];
    (select(&Anchor::ALL[..]), bounds).prop_map(|(anchor, (from, until))| Window { anchor, from, until })
}

fn query() -> impl Strategy<Value = CdrQuery> {
    let conditions = prop::collection::vec(condition(), 0..3);
    (window(), conditions, order(), prop::option::of(0i64..42)).prop_map(|(window, conditions, order, upto)| CdrQuery {
        window,
        conditions,
        order,
        upto,
        fields: Projection::ALL,
        cancel: Cancel::default(),
    })
}

/// Puts calls into the store unchanged, with their numbers and versions.
fn put(store: &Store, calls: &[Cdr]) {
    room_for(store, calls.iter().map(|call| call.started_at));
    let put = behind!(store, |conn| {
        diesel::delete(cdrs::table).execute(conn)?;
        // A distributed store looks up the accounts of the customers that a query names.
        for call in calls.iter().filter(|call| call.account_id != -call.customer_id) {
            let (id, customer_id) = (call.account_id, call.customer_id);
            let customer = (
                customers::id.eq(customer_id),
                customers::name.eq(format!("customer {customer_id}")),
                customers::currency.eq("EUR"),
                customers::level.eq("retail"),
                customers::environment.eq(1),
                customers::billing_period.eq("month:1"),
            );
            diesel::insert_into(customers::table).values(customer).on_conflict_do_nothing().execute(conn)?;
            let account = (
                accounts::id.eq(id),
                accounts::customer_id.eq(customer_id),
                accounts::number.eq(id.to_string()),
                accounts::name.eq(id.to_string()),
                accounts::uuid.eq(KeptUuid(Uuid::from_u128(id.unsigned_abs().into()))),
            );
            diesel::insert_into(accounts::table).values(account).on_conflict_do_nothing().execute(conn)?;
        }
        diesel::update(counters::table.find("directory")).set(counters::last.eq(counters::last + 1)).execute(conn)?;
        Ok(())
    });
    put.unwrap();
    calls.iter().for_each(|call| put_row(store, call));
    let replaced = behind!(store, |conn| {
        for call in calls {
            let row = cdrs::table.find((call.account_id, At(call.started_at), call.number));
            diesel::update(row).set(cdrs::replaced_by.eq(call.replaced_by)).execute(conn)?;
        }
        Ok(())
    });
    replaced.unwrap();
}

/// The result by the definition.
fn expected(calls: &[Cdr], query: &CdrQuery) -> Vec<Cdr> {
    let mut found: Vec<Cdr> = calls.iter().filter(|call| query.matches(call)).cloned().collect();
    found.sort_by(|left, right| query.order.compare(&query.window, left, right));
    found
}

#[test]
fn the_store_fulfils_the_contract_of_a_source() {
    let numbered = (1..).zip(source::calls()).map(|(number, call)| Cdr { number, id: number, ..call });
    let (fixture, mut calls): (_, Vec<Cdr>) = (StoreFixture::new(), numbered.collect());
    // Two of the calls were corrected.
    (calls[3].replaced_by, calls[7].replaced_by) = (Some(20), Some(21));
    put(&fixture.store, &calls);
    spoil(&fixture.store, "UPDATE counters SET last = 24 WHERE name = 'record'");
    source::agrees(&fixture.store, &calls);
}

#[test]
fn queries_match_the_definition() {
    let fixture = StoreFixture::new();
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(150) });
    let strategy = (
        some_calls(),
        prop::collection::vec((query(), prop::collection::vec(1usize..6, 1..4), (instant(), 0i64..42)), 12),
    );
    let outcome = runner.run(&strategy, |(calls, queries)| {
        put(&fixture.store, &calls);
        // Of calls that were written directly, nothing is known by hour.
        spoil(&fixture.store, "DELETE FROM counters WHERE name = 'parts'");
        for (query, ..) in &queries {
            let expected = expected(&calls, query).len() as u64;
            prop_assert_eq!(fixture.store.count(query).unwrap(), expected, "count of {:?}", query);
        }
        // The hours have changed since any watermark of a query.
        spoil(&fixture.store, "UPDATE counters SET last = 1000 WHERE name = 'record'");
        prop_assert!(fixture.store.note_parts().unwrap());
        let memory = Memory::of(calls.clone());
        for (query, limits, (at, number)) in queries {
            let expected = expected(&calls, &query);
            prop_assert_eq!(scan(&fixture.store, &query), expected.clone(), "scan of {:?}", query);
            let count = fixture.store.count(&query).unwrap();
            prop_assert_eq!(count, expected.len() as u64, "count by the rollup of {:?}", query);

            prop_assert_eq!(
                fixture.store.services(&query).unwrap(),
                memory.services(&query).unwrap(),
                "services of {:?}",
                query
            );

            let (mut pages, mut after) = (Vec::new(), None);
            for limit in limits.iter().copied().cycle() {
                let page = fixture.store.page(&query, after.as_ref(), limit).unwrap();
                prop_assert_eq!(page.len(), limit.min(expected.len() - pages.len()), "page {:?} of {:?}", after, query);
                let Some(last) = page.last() else { break };
                after = Some(Cursor::of(last, &query));
                pages.extend(page);
            }
            prop_assert_eq!(pages, expected.clone(), "pages of {:?}", query);

            for (skip, take) in [(0, limits[0]), (limits[0], 100)] {
                let part: Vec<Cdr> = expected.iter().skip(skip).take(take).cloned().collect();
                let list = fixture.store.list(&query, skip as u64, take).unwrap();
                prop_assert_eq!(list, part, "{} after {} of {:?}", take, skip, query);
            }

            let place = Cursor::new(at, number);
            let rest: Vec<Cdr> = expected.into_iter().filter(|call| query.follows(&place, call)).collect();
            let page = fixture.store.page(&query, Some(&place), 1_000).unwrap();
            prop_assert_eq!(page, rest, "what is after {:?} in {:?}", place, query);
        }
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn queries_may_have_any_size() {
    let fixture = StoreFixture::new();
    take(&fixture.store, (0..3_000).map(|n| call(&n.to_string(), n, &n.to_string())));
    let odd: Vec<Operand> = (0..40_000).map(|n| Operand::Text((2 * n + 1).to_string())).collect();
    let conditions: [(Vec<Condition>, u64); 4] = [
        (vec![Condition::new(CdrField::Called, Test::In(odd.clone())).unwrap()], 1_500),
        (vec![Condition::new(CdrField::Called, Test::In(odd[..5_000].to_vec())).unwrap(); 3], 1_500),
        (vec![Condition::new(CdrField::Called, Test::NotIn(odd)).unwrap()], 1_500),
        (vec![Condition::new(CdrField::Number, Test::Lte(Operand::Integer(7))).unwrap(); 2_000], 7),
    ];
    for (conditions, rows) in conditions {
        let query = CdrQuery { conditions, ..everything() };
        assert_eq!(fixture.store.count(&query).unwrap(), rows);
        assert_eq!(fixture.store.page(&query, None, 5).unwrap().len(), 5);
    }
}

#[test]
fn a_scan_ends_when_its_callback_fails() {
    let fixture = StoreFixture::new();
    take(&fixture.store, (0..100).map(|n| call(&n.to_string(), n, "1")));
    let mut seen = 0;
    let error = fixture.store.scan(&everything(), &mut |_| {
        seen += 1;
        if seen == 3 { Err(std::io::Error::other("gone")) } else { Ok(()) }
    });
    assert!(matches!(error, Err(cdr_mediation::PortError::PassedOn(_))), "{error:?}");
    assert_eq!((seen, fixture.store.count(&everything()).unwrap()), (3, 100));
}
