//! Property test of conferences: the store answers every query as the in-memory source does.

use cdr_mediation::testsuite::conferences as contract;
use cdr_mediation::{CdrSource, Memory};
use cdr_model::{CdrField, ConferenceRecord, FieldKind, Timestamp};
use cdr_query::{Cancel, CdrQuery, Condition, Cursor, Operand, Projection, Test};
use diesel::prelude::*;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};

use super::meaning::{condition, instant, kept_instant, order, test, window};
use super::support::*;
use crate::Store;
use crate::rows::NewConference;
use crate::schema::conferences as table;

/// Conferences with numbers, some of them replaced by a later one.
fn some_conferences() -> impl Strategy<Value = Vec<ConferenceRecord>> {
    let one = (kept_instant(), prop::option::of(kept_instant()), prop::option::weighted(0.25, 1i64..6));
    prop::collection::vec(one, 0..20).prop_map(|conferences| {
        let numbered =
            conferences.into_iter().zip(1i64..).map(|((started_at, ended_at, later), number)| ConferenceRecord {
                number,
                id: number,
                replaced_by: later.map(|later| number + later),
                started_at,
                ended_at,
                ..ConferenceRecord::default()
            });
        numbered.collect()
    })
}

/// Mostly conditions on fields that a conference has.
fn query() -> impl Strategy<Value = CdrQuery> {
    let met = (select(&[CdrField::StartedAt, CdrField::EndedAt][..]), test(FieldKind::Time))
        .prop_map(|(field, test)| Condition::new(field, test).unwrap());
    let conditions = prop::collection::vec(prop_oneof![8 => met, 1 => condition()], 0..3);
    (window(), conditions, order(), prop::option::of(0i64..22)).prop_map(|(window, conditions, order, upto)| CdrQuery {
        window,
        conditions,
        order,
        upto,
        fields: Projection::ALL,
        cancel: Cancel::default(),
    })
}

/// Puts conferences into the store unchanged, with their numbers and versions.
fn put(store: &Store, records: &[ConferenceRecord]) {
    let put = behind!(store, |conn| {
        diesel::delete(table::table).execute(conn)?;
        for record in records {
            let row = NewConference::new(record, record.number, record.id, 0);
            diesel::insert_into(table::table).values(row).execute(conn)?;
            let row = table::table.find(record.number);
            diesel::update(row).set(table::replaced_by.eq(record.replaced_by)).execute(conn)?;
        }
        Ok(())
    });
    put.unwrap();
}

#[test]
fn the_store_fulfils_the_contract_of_a_source_of_conferences() {
    let numbered = (1..).zip(contract::conferences());
    let (fixture, mut records): (_, Vec<ConferenceRecord>) = (
        StoreFixture::new(),
        numbered.map(|(number, record)| ConferenceRecord { number, id: number, ..record }).collect(),
    );
    records[3].replaced_by = Some(9);
    put(&fixture.store, &records);
    contract::agrees(&fixture.store, &records);
}

#[test]
fn queries_of_conferences_match_the_definition() {
    let fixture = StoreFixture::new();
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(100) });
    let strategy = (some_conferences(), prop::collection::vec((query(), 1usize..6, (instant(), 0i64..22)), 12));
    let outcome = runner.run(&strategy, |(records, queries)| {
        put(&fixture.store, &records);
        let memory = Memory::default().with_conferences(records);
        for (query, limit, (at, number)) in queries {
            let expected = memory.conference_page(&query, None, usize::MAX).unwrap();
            prop_assert_eq!(conferences(&fixture.store, &query), expected.clone(), "scan of {:?}", query);
            let count = fixture.store.count_conferences(&query).unwrap();
            prop_assert_eq!(count, expected.len() as u64, "count of {:?}", query);

            let (mut pages, mut after) = (Vec::new(), None);
            loop {
                let page = fixture.store.conference_page(&query, after.as_ref(), limit).unwrap();
                prop_assert_eq!(page.len(), limit.min(expected.len() - pages.len()), "page {:?} of {:?}", after, query);
                let Some(last) = page.last() else { break };
                after = Some(Cursor::of(last, &query));
                pages.extend(page);
            }
            prop_assert_eq!(pages, expected.clone(), "pages of {:?}", query);

            let place = Cursor::new(at, number);
            let rest: Vec<ConferenceRecord> =
                expected.into_iter().filter(|record| query.follows(&place, record)).collect();
            let page = fixture.store.conference_page(&query, Some(&place), 1_000).unwrap();
            prop_assert_eq!(page, rest, "what is after {:?} in {:?}", place, query);
        }
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn a_condition_that_no_conference_can_meet_matches_none() {
    let fixture = StoreFixture::new();
    put(&fixture.store, &[ConferenceRecord { number: 1, id: 1, ..ConferenceRecord::default() }]);
    for (field, test, rows) in [
        (CdrField::StartedAt, Test::Eq(Operand::Time(Timestamp::default())), 1),
        (CdrField::EndedAt, Test::Missing, 1),
        (CdrField::AccountId, Test::Present, 0),
        (CdrField::Calling, Test::Missing, 0),
        (CdrField::ConnectedAt, Test::Missing, 0),
        (CdrField::Number, Test::Gte(Operand::Integer(0)), 0),
    ] {
        let query = everything().only(Condition::new(field, test).unwrap());
        assert_eq!(fixture.store.count_conferences(&query).unwrap(), rows, "{query:?}");
        assert_eq!(conferences(&fixture.store, &query).len() as u64, rows, "{query:?}");
        assert_eq!(fixture.store.conference_page(&query, None, 9).unwrap().len() as u64, rows, "{query:?}");
    }
}

#[test]
fn queries_of_conferences_may_have_any_size() {
    let fixture = StoreFixture::new();
    let records = (1..=300).map(|number| ConferenceRecord {
        number,
        id: number,
        started_at: Timestamp::from_seconds(number),
        ..ConferenceRecord::default()
    });
    put(&fixture.store, &records.collect::<Vec<_>>());
    let odd = (0..20_000).map(|n| Operand::Time(Timestamp::from_seconds(2 * n + 1))).collect();
    let early = Test::Lte(Operand::Time(Timestamp::from_seconds(7)));
    for (conditions, rows) in [
        (vec![Condition::new(CdrField::StartedAt, Test::In(odd)).unwrap()], 150),
        (vec![Condition::new(CdrField::StartedAt, early).unwrap(); 2_000], 7),
    ] {
        let query = CdrQuery { conditions, ..everything() };
        assert_eq!(fixture.store.count_conferences(&query).unwrap(), rows);
        assert_eq!(fixture.store.conference_page(&query, None, 5).unwrap().len(), 5);
    }
}
