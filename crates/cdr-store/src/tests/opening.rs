//! Creating, opening and upgrading a store, and refusing other files.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use cdr_access::Users;
use cdr_mediation::{CdrSink, CdrSource, JobLedger, LedgerTally, PortError, Quarantine};
use cdr_model::{CdrField, Customer, RecordKind, Service};
use cdr_query::{Condition, Operand, Test};
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::sqlite::Sqlite;
use diesel::{Connection, SqliteConnection};
use diesel_migrations::MigrationHarness;
use tempfile::TempDir;

use super::support::*;
use crate::{Opened, PoolState, Store, StoreError, StoreOptions, sqlite};

fn refusal(path: &Path) -> String {
    let open = Store::open(path, &options()).unwrap_err();
    let create = Store::create_or_open(path, &options()).unwrap_err();
    assert_eq!(open.to_string(), create.to_string());
    open.to_string().replace(&path.parent().unwrap().display().to_string(), "DIR")
}

/// A plain connection, as another program would open it.
fn connection(path: &Path) -> SqliteConnection {
    SqliteConnection::establish(path.to_str().unwrap()).unwrap()
}

/// A busy timeout of one second: long enough for a connection, and short for tests in which the timeout expires.
fn hasty() -> StoreOptions {
    StoreOptions { busy_timeout: Duration::from_secs(1), ..options() }
}

/// A store as an older version created it, with this number of migrations, and with data in it.
pub(super) fn old_store(path: &Path, changes: usize) {
    let mut conn = connection(path);
    conn.batch_execute("PRAGMA application_id = 0x544C424B; PRAGMA journal_mode = WAL").unwrap();
    conn.batch_execute(diesel::migration::CREATE_MIGRATIONS_TABLE).unwrap();
    let migrations: Vec<Box<dyn Migration<Sqlite>>> = sqlite::migrations().migrations().unwrap();
    for migration in &migrations[..changes] {
        conn.run_migration(migration).unwrap();
    }
    conn.batch_execute(
        "INSERT INTO customers (id, name, currency) VALUES (1, 'Acme', 'EUR');
         INSERT INTO sources (id, name, feed) VALUES (1, 'pbx', 'native');
         INSERT INTO quarantine (id, source_id, feed, reason, detail, position, received_at, raw, digest, resolution)
           VALUES (1, 1, 'native', 'too-few-fields', 'x', 'f:1', 0, x'00', x'00', 0);
         UPDATE counters SET last = 41 WHERE name = 'record';
         UPDATE counters SET last = 1 WHERE name = 'quarantine'",
    )
    .unwrap();
}

/// The number of all migrations.
fn all_changes() -> usize {
    MigrationSource::<Sqlite>::migrations(&sqlite::migrations()).unwrap().len()
}

#[test]
fn a_store_is_created_once_and_then_opened() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("t 100%?#.db");
    assert!(matches!(Store::open(&path, &options()), Err(StoreError::Missing { .. })));
    let (_, opened) = Store::create_or_open(&path, &options()).unwrap();
    assert_eq!(opened, Opened::Created);
    let (_, opened) = Store::create_or_open(&path, &options()).unwrap();
    assert_eq!(opened, Opened::Current);
    let store = Store::open(&path, &options()).unwrap();
    assert_eq!(store.watermark().unwrap(), 0);
    assert!(path.exists(), "the file has the given name");
}

#[test]
fn several_processes_can_create_the_same_store_at_the_same_time() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tollbook.db");
    thread::scope(|scope| {
        for name in ["a", "b", "c", "d"] {
            let path = &path;
            scope.spawn(move || {
                let (store, _) = Store::create_or_open(path, &options()).unwrap();
                take(&store, [call(name, 10, name)]);
            });
        }
    });
    assert_eq!(Store::open(&path, &options()).unwrap().count(&everything()).unwrap(), 4);
}

#[test]
fn creating_a_store_waits_for_the_lock_of_the_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tollbook.db");
    let mut other = connection(&path);
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    let started = Instant::now();
    let error = Store::create_or_open(&path, &hasty()).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
    assert!(started.elapsed() >= hasty().busy_timeout, "it failed after {:?}", started.elapsed());
    other.batch_execute("ROLLBACK").unwrap();
    assert_eq!(Store::create_or_open(&path, &options()).unwrap().1, Opened::Created);
}

#[test]
fn an_interrupted_creation_is_completed() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tollbook.db");
    fs::write(&path, b"").unwrap();
    let error = Store::open(&path, &options()).unwrap_err().to_string();
    assert!(error.ends_with("is not a Tollbook store: it is empty"), "{error}");
    assert_eq!(Store::create_or_open(&path, &options()).unwrap().1, Opened::Created);
}

#[test]
fn a_store_is_intact_after_a_kill() {
    let fixture = StoreFixture::sqlite();
    take(&fixture.store, (0..100).map(|n| call(&n.to_string(), n, "1")));
    // The state on the disk while the store is open: the file, and a log without a checkpoint.
    let folder = TempDir::new().unwrap();
    for name in ["tollbook.db", "tollbook.db-wal"] {
        fs::copy(fixture.path(name), folder.path().join(name)).unwrap();
    }
    let store = Store::open(&folder.path().join("tollbook.db"), &options()).unwrap();
    assert_eq!(store.count(&everything()).unwrap(), 100);
    assert_eq!(counts(&take(&store, (0..101).map(|n| call(&n.to_string(), n, "1")))), (1, 100, 0));
}

#[test]
fn an_older_store_is_upgraded_with_its_content() {
    for from in [1, 2] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("tollbook.db");
        old_store(&path, from);
        if from == 2 {
            let meeting = "INSERT INTO conferences (number, id, source_id, started_at) VALUES (40, 40, 1, 5)";
            connection(&path).batch_execute(meeting).unwrap();
        }
        let (store, opened) = Store::create_or_open(&path, &options()).unwrap();
        assert_eq!(opened, Opened::Upgraded { from, to: all_changes() });
        assert_eq!(store.directory().unwrap().customers[&1].name, "Acme");
        assert_eq!(store.entry(1).unwrap().position, "f:1");
        assert_eq!(store.count_conferences(&everything()).unwrap(), from as u64 - 1);
        take(&store, [call("a", 10, "1")]);
        assert_eq!(contents(&store, &everything()), [(42, "1".to_owned())]);
        assert_eq!(store.tally().unwrap(), LedgerTally::default());
        assert_eq!(store.users().unwrap(), []);
        assert_eq!(Store::create_or_open(&path, &options()).unwrap().1, Opened::Current);
    }
}

#[test]
fn records_of_a_store_without_charges_are_calls() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tollbook.db");
    old_store(&path, 4);
    connection(&path)
        .batch_execute(
            "INSERT INTO cdrs (number, id, source_id, account_id, customer_id, service_id, started_at, billed_at, assumed,
               success, last_attempt, direction, called, details)
               VALUES (41, 41, 1, 1, 1, 4, 5, 5, 0, 1, 1, 1, '1', '{}');
             INSERT INTO services (id, name) VALUES (4, 'Faxes');
             INSERT INTO accounts (id, customer_id, number, name, uuid) VALUES (1, 1, '7', '7', zeroblob(16))",
        )
        .unwrap();
    let (store, opened) = Store::create_or_open(&path, &options()).unwrap();
    assert_eq!(opened, Opened::Upgraded { from: 4, to: all_changes() });
    let directory = store.directory().unwrap();
    assert_eq!(
        directory.customers[&1],
        Customer { id: 1, name: "Acme".into(), currency: "EUR".into(), ..Customer::default() }
    );
    assert_eq!(directory.accounts[&1].product_id, None);
    assert_eq!(
        directory.services[&4],
        Service { id: 4, name: "Faxes".into(), ..Service::default() },
        "its own service stays"
    );
    assert_eq!(directory.services.len(), 2);
    let calls = scan(&store, &everything().only_calls());
    assert_eq!((calls[0].number, calls[0].kind, calls[0].destination_id), (41, RecordKind::Call, None));
}

#[test]
fn records_of_an_older_store_are_found_by_what_their_legs_share() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tollbook.db");
    old_store(&path, 7);
    connection(&path)
        .batch_execute(
            r#"INSERT INTO cdrs (number, id, source_id, account_id, customer_id, service_id, started_at, billed_at, assumed,
                 success, last_attempt, direction, called, details) VALUES
               (39, 39, 1, 1, 1, 3, 5, 5, 0, 1, 1, 1, '1', '{"xdr":{"conf_id":"A"}}'),
               (40, 40, 1, 1, 1, 3, 6, 6, 0, 1, 1, 1, '2', '{"xdr":{"conf_id":"B","incoming_conf_id":"A"}}'),
               (41, 41, 1, 1, 1, 3, 7, 7, 0, 1, 1, 1, '3', '{}')"#,
        )
        .unwrap();
    let (store, opened) = Store::create_or_open(&path, &options()).unwrap();
    assert_eq!(opened, Opened::Upgraded { from: 7, to: all_changes() });
    let of_group = Condition::new(CdrField::XdrGroup, Test::Eq(Operand::from("A"))).unwrap();
    assert_eq!(contents(&store, &everything().only(of_group)), [(39, "1".to_owned()), (40, "2".to_owned())]);
    assert_eq!(store.count(&everything()).unwrap(), 3);
}

#[test]
fn opening_upgrades_too() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tollbook.db");
    old_store(&path, 1);
    assert_eq!(Store::open(&path, &options()).unwrap().count(&everything()).unwrap(), 0);
}

#[test]
fn a_newer_store_is_refused_with_the_names_of_its_migrations() {
    let fixture = StoreFixture::sqlite();
    let path = fixture.path("tollbook.db");
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('00000000000077'), ('20301231')";
    connection(&path).batch_execute(newer).unwrap();
    assert_eq!(
        refusal(&path),
        "DIR/tollbook.db was written by a newer Tollbook: this version does not know its migrations 00000000000077, \
         20301231; use the newer version, or a backup made by this one"
    );
}

#[test]
fn a_file_that_is_not_a_store_is_refused_unchanged() {
    let folder = TempDir::new().unwrap();
    let text = folder.path().join("notes.txt");
    fs::write(&text, "not a database, but long enough to be looked at as if it were one. ".repeat(20)).unwrap();
    assert_eq!(refusal(&text), "DIR/notes.txt is not a Tollbook store: it is not a SQLite database");
    let foreign = folder.path().join("foreign.db");
    connection(&foreign).batch_execute("CREATE TABLE t (x)").unwrap();
    let before = fs::read(&foreign).unwrap();
    assert_eq!(refusal(&foreign), "DIR/foreign.db is not a Tollbook store: it is a SQLite database of another program");
    assert_eq!(fs::read(&foreign).unwrap(), before);
    let error = Store::create_or_open(&folder.path().join("no/such/tollbook.db"), &options()).unwrap_err().to_string();
    assert!(error.ends_with("/no/such does not exist; create it first"), "{error}");
}

#[test]
fn a_busy_store_is_reported() {
    let fixture = StoreFixture::sqlite();
    let mut other = connection(&fixture.path("tollbook.db"));
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    let store = Store::open(&fixture.path("tollbook.db"), &hasty()).unwrap();
    let error = store.take(&calls([call("a", 10, "1")])).unwrap_err();
    assert!(matches!(error, PortError::Unavailable { .. }), "the same may go right in a moment: {error:?}");
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        why.ends_with("was busy for more than 1 s; let the other program finish, or wait longer (busy timeout)"),
        "{why}"
    );
    other.batch_execute("COMMIT").unwrap();
    assert_eq!(store.take(&calls([call("a", 10, "1")])).unwrap().loaded, 1);
}

#[test]
fn a_broken_store_is_not_reported_as_busy() {
    let fixture = StoreFixture::sqlite();
    connection(&fixture.path("tollbook.db")).batch_execute("DROP TABLE cdrs").unwrap();
    let error = fixture.store.page(&everything(), None, 1).unwrap_err();
    assert!(matches!(error, PortError::Failed { .. }), "{error:?}");
}

#[test]
fn readers_are_counted_and_waited_for() {
    let fixture = StoreFixture::sqlite();
    let few = StoreOptions { readers: 2, ..hasty() };
    let store = Store::open(&fixture.path("tollbook.db"), &few).unwrap();
    assert_eq!(store.pool(), PoolState { in_use: 0, idle: 0, most: 2 });
    let one = in_a_file(&store).reader().unwrap();
    assert_eq!(store.pool(), PoolState { in_use: 1, idle: 0, most: 2 });
    let other = in_a_file(&store).reader().unwrap();
    assert_eq!(store.pool(), PoolState { in_use: 2, idle: 0, most: 2 });
    let error = store.watermark().unwrap_err();
    assert!(matches!(error, PortError::Unavailable { .. }), "the same may go right in a moment: {error:?}");
    drop(other);
    assert_eq!(store.watermark().unwrap(), 0);
    assert_eq!(store.pool(), PoolState { in_use: 1, idle: 1, most: 2 });
    drop(one);
}
