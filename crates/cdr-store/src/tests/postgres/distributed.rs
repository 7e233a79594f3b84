//! A store whose calls are distributed over several nodes: no reader sees a number before its calls. Citus is
//! simulated; `simulated.sql` beside this file is what the store uses of it.

use std::thread;

use cdr_mediation::{CdrSink, CdrSource, DirectoryEditor, PortError, Quarantine};
use cdr_model::{CdrField, Timestamp};
use cdr_query::{CdrQuery, Condition, Operand, SortBy, SortOrder, Test, Window};
use diesel::connection::SimpleConnection;

use super::support::{DatabaseFixture, address};
use crate::tests::support::{call, calls, contents, counts, everything, options, scan, take, until};
use crate::{Maintained, Store, StoreError, StoreOptions};

/// 27 November 2026, at noon.
const NOON: i64 = 1_795_780_800;

/// What a coordinator leaves that ended between its own commit and that of a node: a number that was given, and its
/// call in a prepared transaction.
fn leave_unsettled(fixture: &DatabaseFixture, number: i64) {
    fixture.run(&format!(
        "BEGIN; INSERT INTO cdrs (account_id, started_at, number, id, source_id, customer_id, service_id, billed_at, kind, \
         direction, assumed, success, last_attempt, called, details) SELECT account_id, started_at, {number}, {number}, \
         source_id, customer_id, service_id, billed_at, kind, direction, assumed, success, last_attempt, 'late', details \
         FROM cdrs WHERE number = 1; PREPARE TRANSACTION '{}'",
        transaction(fixture, number)
    ));
    fixture.run(&format!("UPDATE counters SET last = {number} WHERE name = 'given'"));
}

/// The name of that transaction, of which a server has only one.
fn transaction(fixture: &DatabaseFixture, number: i64) -> String {
    format!("citus_0_{}_{number}", fixture.url.rsplit_once('/').unwrap().1)
}

fn settle(fixture: &DatabaseFixture, number: i64) {
    fixture.run(&format!("COMMIT PREPARED '{}'", transaction(fixture, number)));
}

/// Whether a session of the store asks the nodes, or waits for one that does.
fn is_asking(fixture: &DatabaseFixture) -> bool {
    let asking = "SELECT count(*)::text AS line FROM pg_stat_activity WHERE datname = current_database() \
                  AND application_name = 'tollbook' AND query LIKE '%run_command_on_workers%'";
    fixture.lines(asking) != ["0"]
}

/// What a reader sees: the watermark, and the calls up to there.
fn seen(store: &Store) -> (i64, usize) {
    let watermark = store.watermark().unwrap();
    (watermark, contents(store, &everything().at(watermark)).len())
}

#[test]
fn a_number_is_published_when_no_node_lacks_its_call() {
    let Some(fixture) = DatabaseFixture::distributed() else { return };
    take(&fixture.store, (0..3).map(|n| call(&n.to_string(), NOON + n, "x")));
    leave_unsettled(&fixture, 4);
    let reader = fixture.again(&options());
    assert_eq!(seen(&reader), (3, 3));
    thread::scope(|scope| {
        let next = scope.spawn(|| take(&fixture.store, [call("next", NOON, "y")]));
        until(|| is_asking(&fixture));
        assert_eq!((next.is_finished(), seen(&reader)), (false, (3, 3)), "it waits for the transaction of before");
        settle(&fixture, 4);
        assert_eq!(counts(&next.join().unwrap()), (1, 0, 0));
    });
    assert_eq!(seen(&reader), (5, 5));
    assert_eq!(fixture.lines("SELECT last::text AS line FROM counters WHERE name IN ('record', 'given')"), ["5", "5"]);
}

#[test]
fn a_number_is_not_visible_between_commit_and_publication() {
    let Some(fixture) = DatabaseFixture::distributed() else { return };
    take(&fixture.store, [call("a", NOON, "x")]);
    let reader = fixture.again(&options());
    let mut nodes = fixture.connection();
    nodes.batch_execute("SELECT pg_advisory_lock(42)").unwrap();
    thread::scope(|scope| {
        let one = scope.spawn(|| take(&fixture.store, [call("b", NOON, "x")]));
        until(|| fixture.lines("SELECT count(*)::text AS line FROM cdrs") == ["2"]);
        until(|| is_asking(&fixture));
        assert_eq!(seen(&reader), (1, 1), "it is committed, but a node has not answered");
        let other = fixture.again(&options());
        let two = scope.spawn(move || take(&other, [call("c", NOON, "x")]));
        until(|| {
            fixture.lines(
                "SELECT count(*)::text AS line FROM pg_locks WHERE NOT granted AND locktype = 'advisory' \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            ) == ["2"]
        });
        assert_eq!(
            fixture.lines("SELECT count(*)::text AS line FROM cdrs"),
            ["2"],
            "another loader waits for the first"
        );
        nodes.batch_execute("SELECT pg_advisory_unlock(42)").unwrap();
        assert_eq!((one.join().unwrap().loaded, two.join().unwrap().loaded), (1, 1));
    });
    assert_eq!(seen(&reader), (3, 3));
}

#[test]
fn a_node_that_is_down_stops_intake_and_is_named() {
    let Some(fixture) = DatabaseFixture::distributed() else { return };
    take(&fixture.store, [call("a", NOON, "x")]);
    leave_unsettled(&fixture, 2);
    settle(&fixture, 2);
    fixture.run("UPDATE nodes SET up = false WHERE nodename = 'w2'");
    let refused = fixture.store.take(&calls([call("b", NOON, "x")])).unwrap_err();
    assert!(matches!(&refused, PortError::Unavailable { .. }), "{refused:?}");
    let why = with_causes(&refused);
    assert!(why.contains("w2:5433") && why.contains("failed to connect"), "{why}");
    assert_eq!((seen(&fixture.store), contents(&fixture.store, &everything()).len()), ((1, 1), 2));
    fixture.run("UPDATE nodes SET up = true");
    assert_eq!(counts(&take(&fixture.store, [call("b", NOON, "x")])), (1, 0, 0), "the lock is free");
    assert_eq!(seen(&fixture.store), (3, 3));
}

/// An error with its causes.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut all = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        all = format!("{all}: {next}");
        cause = next.source();
    }
    all
}

#[test]
fn the_maintainer_publishes_what_a_loader_left() {
    let Some(fixture) = DatabaseFixture::distributed() else { return };
    take(&fixture.store, [call("a", NOON, "x")]);
    leave_unsettled(&fixture, 2);
    settle(&fixture, 2);
    assert_eq!(seen(&fixture.store), (1, 1));
    let round = fixture.store.maintainer().unwrap().round(Timestamp::from_seconds(NOON), None).unwrap();
    assert_eq!((round, seen(&fixture.store)), (Maintained::Here { removed: 0 }, (2, 2)));
}

#[test]
fn a_transaction_that_is_never_settled_fails_the_load() {
    let Some(fixture) = DatabaseFixture::distributed() else { return };
    take(&fixture.store, [call("a", NOON, "x")]);
    leave_unsettled(&fixture, 2);
    let refused = fixture.store.take(&calls([call("b", NOON, "x")])).unwrap_err();
    let why = with_causes(&refused);
    let transaction = transaction(&fixture, 2);
    assert!(why.contains(&format!("{transaction} on w1:5432")), "{why}");
    fixture.run(&format!("ROLLBACK PREPARED '{transaction}'"));
}

#[test]
fn an_accepted_correction_is_published_too() {
    let Some(fixture) = DatabaseFixture::distributed() else { return };
    take(&fixture.store, [call("a", NOON, "x")]);
    take(&fixture.store, [call("a", NOON, "y")]);
    let entry = Quarantine::entries(&fixture.store, false, 0, 10).unwrap().remove(0);
    assert_eq!(fixture.store.accept(entry.id).unwrap(), 2);
    assert_eq!(fixture.store.watermark().unwrap(), 2);
    assert_eq!(contents(&fixture.store, &everything().at(2)), [(2, "y".to_owned())]);
}

#[test]
fn a_long_result_is_read_in_slices_and_stays_the_same() {
    let Some(fixture) = DatabaseFixture::distributed() else { return };
    // Some days with many calls, a gap of months, a call at the start of the calendar, equal instants.
    let starts = (0..3_000).map(|n| NOON + n / 2 * 97).chain([0, NOON + 90 * 86_400, NOON + 90 * 86_400 + 1]);
    take(&fixture.store, starts.enumerate().map(|(n, start)| call(&n.to_string(), start, "x")));
    let plain = DatabaseFixture::new().unwrap();
    let starts = (0..3_000).map(|n| NOON + n / 2 * 97).chain([0, NOON + 90 * 86_400, NOON + 90 * 86_400 + 1]);
    take(&plain.store, starts.enumerate().map(|(n, start)| call(&n.to_string(), start, "x")));
    let watermark = fixture.store.watermark().unwrap();
    let part = Window {
        from: Timestamp::from_seconds(NOON + 5_000),
        until: Timestamp::from_seconds(NOON + 70_000),
        ..everything().window
    };
    for window in [everything().window, part] {
        for descending in [false, true] {
            let query =
                CdrQuery { order: SortOrder::new(SortBy::Anchor, descending), ..CdrQuery::over(window) }.at(watermark);
            assert_eq!(scan(&fixture.store, &query), scan(&plain.store, &query), "{query:?}");
        }
    }
}

#[test]
fn a_partition_is_not_dropped_between_two_slices() {
    let Some(fixture) = DatabaseFixture::distributed() else { return };
    // More than the reader is ahead.
    take(&fixture.store, (0..3_000).map(|n| call(&n.to_string(), NOON - 25 * 86_400 + n * 600, "x")));
    let query = everything().at(fixture.store.watermark().unwrap());
    let other = fixture.again(&options());
    let (mut rows, mut dropping) = (0, None);
    let each = &mut |_| {
        if rows == 0 {
            let other = other.clone();
            let floor = Timestamp::from_seconds(NOON + 40 * 86_400);
            dropping = Some(thread::spawn(move || other.remove_before(floor, &mut |_| {})));
            until(|| fixture.is_lock_awaited());
        }
        rows += 1;
        Ok(())
    };
    fixture.store.scan(&query, each).unwrap();
    assert_eq!(rows, 3_000);
    assert_eq!(dropping.unwrap().join().unwrap().unwrap(), 3_000);
}

#[test]
fn a_question_about_a_customer_has_the_same_answer() {
    let Some(fixture) = DatabaseFixture::distributed() else { return };
    for name in ["Acme", "Empty"] {
        let draft = cdr_mediation::CustomerDraft { name: name.to_owned(), ..Default::default() };
        fixture.store.add_customer(&draft).unwrap();
    }
    let of = |key: &str, account: Option<&str>, customer: Option<&str>| cdr_mediation::CallDraft {
        account: account.map(str::to_owned),
        customer: customer.map(str::to_owned),
        ..call(key, NOON, key)
    };
    let mut file = calls([of("a", Some("1"), None), of("b", Some("2"), None), of("itself", None, Some("Acme"))]);
    file.customer = Some("Acme".to_owned());
    fixture.store.take(&file).unwrap();
    take(&fixture.store, [of("nobody", None, None)]);
    let directory = fixture.store.directory().unwrap();
    let number = |name: &str| directory.customers.values().find(|customer| customer.name == name).unwrap().id;
    let asked = |customers: &[i64]| {
        let customers = customers.iter().copied().map(Operand::Integer).collect();
        let query = everything().only(Condition::new(CdrField::CustomerId, Test::In(customers)).unwrap());
        let pages = fixture.store.page(&query, None, 10).unwrap().len();
        let services = fixture.store.services(&query).unwrap().iter().map(|(_, rows)| *rows).sum::<u64>();
        let rows = scan(&fixture.store, &query).len();
        assert_eq!((pages, fixture.store.count(&query).unwrap(), services), (rows, rows as u64, rows as u64));
        rows
    };
    assert_eq!(asked(&[number("Acme")]), 3);
    assert_eq!(asked(&[number("Empty")]), 0);
    assert_eq!(asked(&[0]), 1);
    assert_eq!(asked(&[number("Acme"), 0, 99]), 4);
    // An account that is made later is known at once.
    let other = fixture.again(&options());
    let mut more = calls([of("c", Some("3"), None)]);
    more.customer = Some("Acme".to_owned());
    other.take(&more).unwrap();
    assert_eq!(asked(&[number("Acme")]), 4);
}

#[test]
fn a_replica_is_refused() {
    let Some(fixture) = DatabaseFixture::distributed() else { return };
    let options = StoreOptions { replica: Some(address(&fixture.url)), ..options() };
    let refused = Store::open(address(&fixture.url), &options).unwrap_err();
    assert!(matches!(refused, StoreError::NoReplica { .. }), "{refused}");
}

#[test]
fn the_tables_of_a_database_that_gets_the_extension_later_are_distributed() {
    let Some(fixture) = DatabaseFixture::distributed() else { return };
    fixture.run("DELETE FROM distributed");
    let plain = fixture.again(&options());
    take(&plain, [call("a", NOON, "x")]);
    assert_eq!(fixture.lines("SELECT name AS line FROM counters WHERE name = 'given'"), Vec::<String>::new());
    let refused = Store::spread(address(&fixture.url), &options()).unwrap_err();
    assert!(matches!(refused, StoreError::InUse { .. }), "{refused}");
    let DatabaseFixture { url, store, .. } = fixture;
    drop((store, plain));
    assert!(Store::spread(address(&url), &options()).unwrap());
    assert!(!Store::spread(address(&url), &options()).unwrap(), "once is enough");
    let fixture = DatabaseFixture::at(&url, &options());
    assert_eq!(fixture.lines("SELECT name AS line FROM distributed ORDER BY 1"), ["cdrs", "intake_keys"]);
    assert_eq!(seen(&fixture.store), (1, 1));
    take(&fixture.store, [call("b", NOON, "x")]);
    assert_eq!(seen(&fixture.store), (2, 2));
    assert_eq!(fixture.lines("SELECT last::text AS line FROM counters WHERE name = 'given'"), ["2"]);

    let Some(plain) = DatabaseFixture::new() else { return };
    assert!(!Store::spread(address(&plain.url), &options()).unwrap(), "there is no extension");
}
