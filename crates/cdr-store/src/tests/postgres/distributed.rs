//! A store whose calls are distributed over several machines: no reader sees a number before its calls. Citus is
//! simulated; `simulated.sql` beside this file is what the store uses of it.

use std::thread;

use cdr_mediation::{CdrSink, CdrSource, DirectoryEditor, PortError, Quarantine};
use cdr_model::{CdrField, Timestamp};
use cdr_query::{CdrQuery, Condition, Operand, SortBy, SortOrder, Test, Window};
use diesel::connection::SimpleConnection;

use super::support::{Home, address};
use crate::tests::support::{call, calls, contents, counts, everything, options, scan, take, until};
use crate::{Maintained, Store, StoreError, StoreOptions};

/// 27 November 2026, at noon.
const NOON: i64 = 1_795_780_800;

/// What a coordinator leaves that ended between its own commit and that of a machine: a number that was given, and its
/// call in a prepared transaction.
fn leave_unsettled(home: &Home, number: i64) {
    home.run(&format!(
        "BEGIN; INSERT INTO cdrs (account_id, started_at, number, id, source_id, customer_id, service_id, billed_at, kind, \
         direction, assumed, success, last_attempt, called, details) SELECT account_id, started_at, {number}, {number}, \
         source_id, customer_id, service_id, billed_at, kind, direction, assumed, success, last_attempt, 'late', details \
         FROM cdrs WHERE number = 1; PREPARE TRANSACTION '{}'",
        transaction(home, number)
    ));
    home.run(&format!("UPDATE counters SET last = {number} WHERE name = 'given'"));
}

/// The name of that transaction, of which a server has only one.
fn transaction(home: &Home, number: i64) -> String {
    format!("citus_0_{}_{number}", home.url.rsplit_once('/').unwrap().1)
}

fn settle(home: &Home, number: i64) {
    home.run(&format!("COMMIT PREPARED '{}'", transaction(home, number)));
}

/// Whether a session of the store asks the machines, or waits for one that does.
fn is_asking(home: &Home) -> bool {
    let asking = "SELECT count(*)::text AS line FROM pg_stat_activity WHERE datname = current_database() \
                  AND application_name = 'tollbook' AND query LIKE '%run_command_on_workers%'";
    home.lines(asking) != ["0"]
}

/// What a reader sees: the watermark, and the calls up to there.
fn seen(store: &Store) -> (i64, usize) {
    let watermark = store.watermark().unwrap();
    (watermark, contents(store, &everything().at(watermark)).len())
}

#[test]
fn a_number_is_published_when_no_machine_lacks_its_call() {
    let Some(home) = Home::distributed() else { return };
    take(&home.store, (0..3).map(|n| call(&n.to_string(), NOON + n, "x")));
    leave_unsettled(&home, 4);
    let reader = home.again(&options());
    assert_eq!(seen(&reader), (3, 3));
    thread::scope(|scope| {
        let next = scope.spawn(|| take(&home.store, [call("next", NOON, "y")]));
        until(|| is_asking(&home));
        assert_eq!((next.is_finished(), seen(&reader)), (false, (3, 3)), "it waits for the transaction of before");
        settle(&home, 4);
        assert_eq!(counts(&next.join().unwrap()), (1, 0, 0));
    });
    assert_eq!(seen(&reader), (5, 5));
    assert_eq!(home.lines("SELECT last::text AS line FROM counters WHERE name IN ('record', 'given')"), ["5", "5"]);
}

#[test]
fn a_number_is_not_visible_between_commit_and_publication() {
    let Some(home) = Home::distributed() else { return };
    take(&home.store, [call("a", NOON, "x")]);
    let reader = home.again(&options());
    let mut machines = home.connection();
    machines.batch_execute("SELECT pg_advisory_lock(42)").unwrap();
    thread::scope(|scope| {
        let one = scope.spawn(|| take(&home.store, [call("b", NOON, "x")]));
        until(|| home.lines("SELECT count(*)::text AS line FROM cdrs") == ["2"]);
        until(|| is_asking(&home));
        assert_eq!(seen(&reader), (1, 1), "it is committed, but a machine has not answered");
        let other = home.again(&options());
        let two = scope.spawn(move || take(&other, [call("c", NOON, "x")]));
        until(|| {
            home.lines(
                "SELECT count(*)::text AS line FROM pg_locks WHERE NOT granted AND locktype = 'advisory' \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            ) == ["2"]
        });
        assert_eq!(home.lines("SELECT count(*)::text AS line FROM cdrs"), ["2"], "another loader waits for the first");
        machines.batch_execute("SELECT pg_advisory_unlock(42)").unwrap();
        assert_eq!((one.join().unwrap().loaded, two.join().unwrap().loaded), (1, 1));
    });
    assert_eq!(seen(&reader), (3, 3));
}

#[test]
fn a_machine_that_is_down_stops_intake_and_is_named() {
    let Some(home) = Home::distributed() else { return };
    take(&home.store, [call("a", NOON, "x")]);
    leave_unsettled(&home, 2);
    settle(&home, 2);
    home.run("UPDATE machines SET up = false WHERE nodename = 'w2'");
    let refused = home.store.take(&calls([call("b", NOON, "x")])).unwrap_err();
    assert!(matches!(&refused, PortError::Unavailable { .. }), "{refused:?}");
    let why = with_causes(&refused);
    assert!(why.contains("w2:5433") && why.contains("failed to connect"), "{why}");
    assert_eq!((seen(&home.store), home.store.count(&everything()).unwrap()), ((1, 1), 2));
    home.run("UPDATE machines SET up = true");
    assert_eq!(counts(&take(&home.store, [call("b", NOON, "x")])), (1, 0, 0), "the lock is free");
    assert_eq!(seen(&home.store), (3, 3));
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
    let Some(home) = Home::distributed() else { return };
    take(&home.store, [call("a", NOON, "x")]);
    leave_unsettled(&home, 2);
    settle(&home, 2);
    assert_eq!(seen(&home.store), (1, 1));
    let round = home.store.maintainer().unwrap().round(Timestamp::from_seconds(NOON), None).unwrap();
    assert_eq!((round, seen(&home.store)), (Maintained::Here { removed: 0 }, (2, 2)));
}

#[test]
fn a_transaction_that_is_never_settled_fails_the_load() {
    let Some(home) = Home::distributed() else { return };
    take(&home.store, [call("a", NOON, "x")]);
    leave_unsettled(&home, 2);
    let refused = home.store.take(&calls([call("b", NOON, "x")])).unwrap_err();
    let why = with_causes(&refused);
    let transaction = transaction(&home, 2);
    assert!(why.contains(&format!("{transaction} on w1:5432")), "{why}");
    home.run(&format!("ROLLBACK PREPARED '{transaction}'"));
}

#[test]
fn an_accepted_correction_is_published_too() {
    let Some(home) = Home::distributed() else { return };
    take(&home.store, [call("a", NOON, "x")]);
    take(&home.store, [call("a", NOON, "y")]);
    let entry = Quarantine::entries(&home.store, false, 0, 10).unwrap().remove(0);
    assert_eq!(home.store.accept(entry.id).unwrap(), 2);
    assert_eq!(home.store.watermark().unwrap(), 2);
    assert_eq!(contents(&home.store, &everything().at(2)), [(2, "y".to_owned())]);
}

#[test]
fn a_long_result_is_read_in_slices_and_stays_the_same() {
    let Some(home) = Home::distributed() else { return };
    // Some days with many calls, a gap of months, a call at the start of the calendar, equal instants.
    let starts = (0..3_000).map(|n| NOON + n / 2 * 97).chain([0, NOON + 90 * 86_400, NOON + 90 * 86_400 + 1]);
    take(&home.store, starts.enumerate().map(|(n, start)| call(&n.to_string(), start, "x")));
    let plain = Home::new().unwrap();
    let starts = (0..3_000).map(|n| NOON + n / 2 * 97).chain([0, NOON + 90 * 86_400, NOON + 90 * 86_400 + 1]);
    take(&plain.store, starts.enumerate().map(|(n, start)| call(&n.to_string(), start, "x")));
    let watermark = home.store.watermark().unwrap();
    let part = Window {
        from: Timestamp::from_seconds(NOON + 5_000),
        until: Timestamp::from_seconds(NOON + 70_000),
        ..everything().window
    };
    for window in [everything().window, part] {
        for descending in [false, true] {
            let query =
                CdrQuery { order: SortOrder::new(SortBy::Anchor, descending), ..CdrQuery::over(window) }.at(watermark);
            assert_eq!(scan(&home.store, &query), scan(&plain.store, &query), "{query:?}");
        }
    }
}

#[test]
fn a_partition_is_not_dropped_between_two_slices() {
    let Some(home) = Home::distributed() else { return };
    // More than the reader is ahead.
    take(&home.store, (0..3_000).map(|n| call(&n.to_string(), NOON - 25 * 86_400 + n * 600, "x")));
    let query = everything().at(home.store.watermark().unwrap());
    let other = home.again(&options());
    let (mut rows, mut dropping) = (0, None);
    let each = &mut |_| {
        if rows == 0 {
            let other = other.clone();
            let floor = Timestamp::from_seconds(NOON + 40 * 86_400);
            dropping = Some(thread::spawn(move || other.remove_before(floor, &mut |_| {})));
            until(|| home.is_lock_awaited());
        }
        rows += 1;
        Ok(())
    };
    home.store.scan(&query, each).unwrap();
    assert_eq!(rows, 3_000);
    assert_eq!(dropping.unwrap().join().unwrap().unwrap(), 3_000);
}

#[test]
fn a_question_about_a_customer_has_the_same_answer() {
    let Some(home) = Home::distributed() else { return };
    for name in ["Acme", "Empty"] {
        let draft = cdr_mediation::CustomerDraft { name: name.to_owned(), ..Default::default() };
        home.store.add_customer(&draft).unwrap();
    }
    let of = |key: &str, account: Option<&str>, customer: Option<&str>| cdr_mediation::CallDraft {
        account: account.map(str::to_owned),
        customer: customer.map(str::to_owned),
        ..call(key, NOON, key)
    };
    let mut file = calls([of("a", Some("1"), None), of("b", Some("2"), None), of("itself", None, Some("Acme"))]);
    file.customer = Some("Acme".to_owned());
    home.store.take(&file).unwrap();
    take(&home.store, [of("nobody", None, None)]);
    let directory = home.store.directory().unwrap();
    let number = |name: &str| directory.customers.values().find(|customer| customer.name == name).unwrap().id;
    let asked = |customers: &[i64]| {
        let customers = customers.iter().copied().map(Operand::Integer).collect();
        let query = everything().only(Condition::new(CdrField::CustomerId, Test::In(customers)).unwrap());
        let pages = home.store.page(&query, None, 10).unwrap().len();
        let services = home.store.services(&query).unwrap().iter().map(|(_, rows)| *rows).sum::<u64>();
        let rows = scan(&home.store, &query).len();
        assert_eq!((pages, home.store.count(&query).unwrap(), services), (rows, rows as u64, rows as u64));
        rows
    };
    assert_eq!(asked(&[number("Acme")]), 3);
    assert_eq!(asked(&[number("Empty")]), 0);
    assert_eq!(asked(&[0]), 1);
    assert_eq!(asked(&[number("Acme"), 0, 99]), 4);
    // An account that is made later is known at once.
    let other = home.again(&options());
    let mut more = calls([of("c", Some("3"), None)]);
    more.customer = Some("Acme".to_owned());
    other.take(&more).unwrap();
    assert_eq!(asked(&[number("Acme")]), 4);
}

#[test]
fn a_replica_is_refused() {
    let Some(home) = Home::distributed() else { return };
    let options = StoreOptions { replica: Some(address(&home.url)), ..options() };
    let refused = Store::open(address(&home.url), &options).unwrap_err();
    assert!(matches!(refused, StoreError::NoReplica { .. }), "{refused}");
}

#[test]
fn the_tables_of_a_database_that_gets_the_extension_later_are_distributed() {
    let Some(home) = Home::distributed() else { return };
    home.run("DELETE FROM distributed");
    let plain = home.again(&options());
    take(&plain, [call("a", NOON, "x")]);
    assert_eq!(home.lines("SELECT name AS line FROM counters WHERE name = 'given'"), Vec::<String>::new());
    let refused = Store::spread(address(&home.url), &options()).unwrap_err();
    assert!(matches!(refused, StoreError::InUse { .. }), "{refused}");
    let Home { url, store, .. } = home;
    drop((store, plain));
    assert!(Store::spread(address(&url), &options()).unwrap());
    assert!(!Store::spread(address(&url), &options()).unwrap(), "once is enough");
    let home = Home::at(&url, &options());
    assert_eq!(home.lines("SELECT name AS line FROM distributed ORDER BY 1"), ["cdrs", "intake_keys"]);
    assert_eq!(seen(&home.store), (1, 1));
    take(&home.store, [call("b", NOON, "x")]);
    assert_eq!(seen(&home.store), (2, 2));
    assert_eq!(home.lines("SELECT last::text AS line FROM counters WHERE name = 'given'"), ["2"]);

    let Some(plain) = Home::new() else { return };
    assert!(!Store::spread(address(&plain.url), &options()).unwrap(), "there is no extension");
}
