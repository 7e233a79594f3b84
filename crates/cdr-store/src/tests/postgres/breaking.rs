//! Lost connections are noticed, transient errors are retried, and unusable databases are refused when they are opened.

use std::io;
use std::thread;

use cdr_mediation::{CdrSink, CdrSource, JobLedger, PortError};
use diesel::connection::SimpleConnection;
use tollbook_tests::cluster::{Cluster, Options, Pooler};

use super::support::{DatabaseFixture, address};
use crate::tests::ledger::support::{claim, enter};
use crate::tests::support::{call, calls, contents, everything, options, spoil, take};
use crate::{Opened, Store, StoreError, StoreOptions};

/// An instant in November 2026, in seconds since 1970.
pub(super) const START: i64 = 1_795_780_800;

fn full(calls: i64) -> Option<DatabaseFixture> {
    let fixture = DatabaseFixture::new()?;
    for batch in 0..calls / 5_000 {
        take(&fixture.store, (batch * 5_000..(batch + 1) * 5_000).map(|n| call(&n.to_string(), START + n, "49")));
    }
    Some(fixture)
}

/// Reads all calls, and runs `then` after this many rows. Returns the outcome and the number of rows read.
fn read_until(fixture: &DatabaseFixture, after: usize, then: impl Fn()) -> (Result<(), PortError>, usize) {
    let mut rows = 0;
    let mut each = |_| {
        rows += 1;
        if rows == after {
            then();
        }
        Ok::<_, io::Error>(())
    };
    let outcome = fixture.store.scan(&everything(), &mut each);
    (outcome, rows)
}

#[test]
fn a_read_with_a_lost_connection_fails_instead_of_ending_early() {
    let Some(fixture) = full(10_000) else { return };
    let cut = || {
        fixture.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
    };
    let (outcome, rows) = read_until(&fixture, 600, cut);
    assert!(matches!(outcome, Err(PortError::Unavailable { .. })), "{outcome:?}");
    assert!((600..10_000).contains(&rows), "{rows}");
    let (outcome, rows) = read_until(&fixture, usize::MAX, || ());
    assert!(outcome.is_ok(), "the next one gets another connection: {outcome:?}");
    assert_eq!(rows, 10_000);
}

#[test]
fn a_read_beyond_the_statement_timeout_fails_instead_of_ending_early() {
    let Some(fixture) = full(5_000) else { return };
    // Every row takes some time, so that the timeout expires in the middle of a fetch.
    fixture.run("ALTER TABLE cdrs RENAME TO kept");
    fixture.run(
        "CREATE FUNCTION slow(bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS \
         $$ BEGIN IF $1 > 1200 THEN PERFORM pg_sleep(0.01); END IF; RETURN $1; END $$",
    );
    fixture.run(
        "CREATE VIEW cdrs AS SELECT account_id, started_at, slow(number) AS number, id, replaced_by, source_id, customer_id, \
         service_id, connected_at, ended_at, billed_at, talk_us, billed_us, destination_id, kind, direction, assumed, \
         release_cause, release_code, success, last_attempt, price, price_text, calling, called, call_id, details FROM kept",
    );
    // Of all statements that follow, only the fetches are slow.
    let name = fixture.url.rsplit_once('/').unwrap().1;
    fixture.run(&format!("ALTER DATABASE {name} SET statement_timeout = '2s'"));
    let slow = DatabaseFixture { store: fixture.again(&options()), url: fixture.url.clone() };
    let mut rows = 0;
    let outcome = slow.store.scan(&everything(), &mut |_| {
        rows += 1;
        Ok(())
    });
    assert!(matches!(outcome, Err(PortError::Unavailable { .. })), "{outcome:?}");
    assert!(rows < 5_000, "{rows}");
}

#[test]
fn a_load_with_a_lost_connection_succeeds_the_next_time() {
    let Some(fixture) = full(5_000) else { return };
    let file = || calls((0..3_000).map(|n| call(&format!("late {n}"), START + n, "50")));
    // The load blocks at its first read of the counter, and then loses its connection.
    let mut holder = fixture.connection();
    holder.batch_execute("BEGIN; SELECT last FROM counters WHERE name = 'record' FOR UPDATE").unwrap();
    let outcome = thread::scope(|scope| {
        let loading = scope.spawn(|| fixture.store.take(&file()));
        crate::tests::support::until(|| {
            let cut = "SELECT count(pg_terminate_backend(pid))::text AS line FROM pg_stat_activity \
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
            fixture.lines(cut) != ["0"]
        });
        loading.join().unwrap()
    });
    assert!(matches!(outcome, Err(PortError::Unavailable { .. })), "{outcome:?}");
    holder.batch_execute("ROLLBACK").unwrap();
    assert_eq!(fixture.store.count(&everything()).unwrap(), 5_000);
    assert_eq!(fixture.store.take(&file()).unwrap().loaded, 3_000);
}

#[test]
fn connections_have_timeouts_for_lost_and_idle_clients() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    for (name, value) in [
        ("tcp_keepalives_idle", "10"),
        ("tcp_keepalives_count", "3"),
        ("tcp_user_timeout", "20000"),
        ("idle_in_transaction_session_timeout", "60000"),
        ("default_transaction_isolation", "read committed"),
    ] {
        spoil(
            &fixture.store,
            &format!(
                "DO $$ BEGIN ASSERT (SELECT setting FROM pg_settings WHERE name = '{name}') = '{value}', '{name}'; END $$"
            ),
        );
    }
}

#[test]
fn a_database_without_utf8_is_refused() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    let name = format!("latin{}", uuid::Uuid::new_v4().simple());
    fixture.run(&format!("CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"));
    let url = format!("{}/{name}", fixture.url.rsplit_once('/').unwrap().0);
    let refused = Store::create_or_open(address(&url), &options()).unwrap_err();
    assert!(refused.to_string().contains("its encoding is LATIN1"), "{refused}");
}

#[test]
fn a_server_with_another_language_is_set_to_english() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    let name = fixture.url.rsplit_once('/').unwrap().1;
    fixture.run(&format!("ALTER DATABASE {name} SET lc_messages = 'C.UTF-8'"));
    let unless_english =
        "DO $$ BEGIN ASSERT current_setting('lc_messages') = 'C', current_setting('lc_messages'); END $$";
    assert!(fixture.connection().batch_execute(unless_english).is_err());
    spoil(&fixture.again(&options()), unless_english);
}

#[test]
fn a_waiting_process_is_notified_of_entered_and_finished_exports() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    let other = fixture.again(&options());
    let mut notices = fixture.store.notices().unwrap().unwrap();
    assert!(!notices.any().unwrap());
    enter(&other, None, 10);
    crate::tests::support::until(|| notices.any().unwrap());
    let held = claim(&other, 20);
    assert!(other.fail(&held, "over", cdr_model::Timestamp::from_seconds(30)).unwrap());
    crate::tests::support::until(|| notices.any().unwrap());
    assert!(!notices.any().unwrap());
}

#[test]
fn a_proxy_that_pools_transactions_is_refused_with_the_reason() {
    let Some(cluster) = Cluster::start(Options::default()) else { return };
    let Some(pooler) = Pooler::before(&cluster, "transaction") else {
        return tollbook_tests::left_out("a proxy that pools transactions", "install pgbouncer");
    };
    let refused = Store::create_or_open(address(&pooler.url("postgres")), &options()).unwrap_err();
    assert!(matches!(refused, StoreError::TransactionPooling { .. }), "{refused}");
    assert!(refused.to_string().contains("pool_mode = transaction"), "{refused}");
    assert!(
        cluster.ask("postgres", "SELECT relname FROM pg_class WHERE relname = 'cdrs'").is_empty(),
        "no table was created"
    );
    let of_replica = StoreOptions { replica: Some(address(&pooler.url("postgres"))), ..options() };
    let refused = Store::create_or_open(address(&cluster.database()), &of_replica).unwrap_err();
    assert!(matches!(refused, StoreError::TransactionPooling { .. }), "{refused}");
    let pooler = Pooler::before(&cluster, "session").unwrap();
    let fixture = DatabaseFixture::at(&pooler.url("postgres"), &options());
    take(&fixture.store, [call("a", START, "1")]);
    assert_eq!(contents(&fixture.store, &everything()).len(), 1);
}

#[test]
fn the_address_decides_which_server_is_trusted() {
    let Some(cluster) = Cluster::start(Options { tls: true }) else { return };
    let (url, authority) = (cluster.url("postgres"), cluster.authority().display().to_string());
    let open = |more: &str| Store::create_or_open(address(&format!("{url}?{more}")), &options()).map(drop);
    for mode in ["require", "prefer"] {
        open(&format!("sslmode={mode}")).unwrap();
    }
    open(&format!("sslmode=verify-full&sslrootcert={authority}")).unwrap();
    for refused in [
        "sslmode=disable".to_owned(),
        // The system does not trust the authority that signed this certificate.
        "sslmode=verify-full".to_owned(),
        format!("sslmode=verify-full&sslrootcert={authority}&hostaddr=127.0.0.1&host=db.example.com"),
    ] {
        let error = open(&refused).unwrap_err();
        assert!(matches!(error, StoreError::Denied { .. }), "{refused}: {error:?}");
    }
    open(&format!("sslmode=verify-ca&sslrootcert={authority}&hostaddr=127.0.0.1&host=db.example.com")).unwrap();
}

#[test]
fn errors_of_an_unavailable_database_are_distinguished() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    let (server, _) = fixture.url.rsplit_once('/').unwrap();
    let open = |url: &str| Store::open(address(url), &options());
    let error = open(&format!("{server}/nobody_made_this")).unwrap_err();
    assert!(matches!(&error, StoreError::Denied { what, .. } if what.contains("does not exist")), "{error:?}");
    let error = open("postgres://postgres@localhost:1/calls").unwrap_err();
    assert!(matches!(&error, StoreError::Unreachable { .. }), "{error:?}");
    assert!(!error.to_string().is_empty());
    let blank = tollbook_tests::cluster::shared().unwrap().database();
    let error = open(&blank).unwrap_err();
    assert!(
        error.to_string().ends_with("the database does not have its tables; `tollbook migrate` creates them"),
        "{error}"
    );
    let (_, opened) = Store::create_or_open(address(&blank), &options()).unwrap();
    assert_eq!(opened, Opened::Created);
    fixture.run("INSERT INTO __diesel_schema_migrations (version) VALUES ('99')");
    assert!(matches!(open(&fixture.url).unwrap_err(), StoreError::Newer { .. }));
}
