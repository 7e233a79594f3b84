//! Replicas: read once they are up to date, bypassed when they fail, and promoted to primary.

use std::thread;
use std::time::Duration;

use cdr_mediation::{CdrSink, CdrSource, JobLedger, PortError};
use tollbook_tests::cluster::{Cluster, Options};

use super::breaking::START;
use super::support::{DatabaseFixture, address};
use crate::StoreOptions;
use crate::tests::ledger::support::{claim, enter};
use crate::tests::support::{call, calls, contents, everything, options, take, until};

/// The number of scans of calls on a server.
const READ: &str =
    "SELECT coalesce(sum(seq_scan + idx_scan), 0)::text FROM pg_stat_user_tables WHERE relname LIKE 'cdrs_%'";

/// The number of connections of the store to a server that are in a transaction.
const READING: &str =
    "SELECT count(*)::text FROM pg_stat_activity WHERE application_name = 'tollbook' AND xact_start IS NOT NULL";

#[test]
fn a_replica_is_read_once_it_has_reached_the_watermark() {
    let Some(primary) = Cluster::start(Options::default()) else { return };
    let (url, replica) = (primary.database(), primary.replica(false));
    let name = url.rsplit_once('/').unwrap().1;
    let options = StoreOptions { replica: Some(address(&replica.url(name))), ..options() };
    let fixture = DatabaseFixture::at(&url, &options);
    take(&fixture.store, (0..100).map(|n| call(&n.to_string(), START + n, "49")));
    // Records that the replica has not replayed yet are read from the primary.
    replica.run_in("postgres", "SELECT pg_wal_replay_pause()");
    take(&fixture.store, [call("late", START, "50")]);
    let watermark = fixture.store.watermark().unwrap();
    assert_eq!(fixture.store.count(&everything().at(watermark)).unwrap(), 101);
    let mut rows = 0;
    let mut count = |_| {
        rows += 1;
        Ok(())
    };
    fixture.store.scan(&everything().at(watermark), &mut count).unwrap();
    assert_eq!(rows, 101);
    replica.run_in("postgres", "SELECT pg_wal_replay_resume()");
    until(|| {
        fixture.store.scan(&everything().at(watermark), &mut |_| Ok(())).unwrap();
        replica.ask(name, READ) != ["0"]
    });
    // Without the replica, records are read from the primary.
    replica.kill();
    assert_eq!(contents(&fixture.store, &everything().at(watermark)).len(), 101);
}

#[test]
fn each_of_several_replicas_is_checked_separately() {
    let Some(primary) = Cluster::start(Options::default()) else { return };
    let (url, ahead, behind) = (primary.database(), primary.replica(false), primary.replica(false));
    let name = url.rsplit_once('/').unwrap().1;
    let both = format!("postgres://postgres@localhost:{},localhost:{}/{name}", ahead.port(), behind.port());
    let fixture = DatabaseFixture::at(&url, &StoreOptions { replica: Some(address(&both)), ..options() });
    take(&fixture.store, (0..100).map(|n| call(&n.to_string(), START + n, "49")));
    behind.run_in("postgres", "SELECT pg_wal_replay_pause()");
    take(&fixture.store, [call("late", START, "50")]);
    let query = everything().at(fixture.store.watermark().unwrap());
    until(|| {
        fixture.store.scan(&query, &mut |_| Ok(())).unwrap();
        ahead.ask(name, READ) != ["0"]
    });
    ahead.kill();
    assert_eq!(contents(&fixture.store, &query).len(), 101);
}

#[test]
fn a_query_cancelled_on_a_replica_is_retried_on_the_primary() {
    let Some(primary) = Cluster::start(Options::default()) else { return };
    let (url, replica) = (primary.database(), primary.replica(false));
    let name = url.rsplit_once('/').unwrap().1;
    replica.run_in("postgres", "ALTER SYSTEM SET max_standby_streaming_delay = 0");
    replica.run_in("postgres", "SELECT pg_reload_conf()");
    let fixture = DatabaseFixture::at(&url, &StoreOptions { replica: Some(address(&replica.url(name))), ..options() });
    let months = |n: i64| START - n % 4 * 32 * 86_400;
    take(&fixture.store, (0..4_000).map(|n| call(&n.to_string(), months(n), "49")));
    let query = everything().at(fixture.store.watermark().unwrap());
    until(|| replica.ask(name, "SELECT last::text FROM counters WHERE name = 'record'") == ["4000"]);
    let other = fixture.again(&options());
    // A read waits only briefly for the first connection to the replica. Once it is open, reads get it immediately.
    until(|| {
        fixture.store.scan(&query, &mut |_| Ok(())).unwrap();
        replica.ask(name, READ) != ["0"]
    });
    let mut floors =
        [3, 2].map(|months| cdr_model::Timestamp::from_seconds(START - (months * 32 - 25) * 86_400)).into_iter();
    let mut read = || {
        let (mut rows, mut dropping) = (0, None);
        let outcome = fixture.store.scan(&query, &mut |_| {
            rows += 1;
            if rows == 600 {
                let (other, floor) = (other.clone(), floors.next().unwrap());
                dropping = Some(thread::spawn(move || other.remove_before(floor, &mut |_| {}).unwrap()));
                // The store no longer reads on the replica: the replica has cancelled the query, or there was none.
                until(|| replica.ask("postgres", READING) == ["0"]);
            }
            Ok(())
        });
        assert_eq!(dropping.unwrap().join().unwrap(), 1_000);
        outcome.map(|()| rows)
    };
    let outcome = read();
    assert!(matches!(outcome, Err(PortError::Unavailable { .. })), "{outcome:?}");
    assert_eq!(read().unwrap(), 3_000);
}

#[test]
fn a_store_follows_a_failover() {
    let Some(primary) = Cluster::start(Options::default()) else { return };
    let standby = primary.replica(true);
    let url = format!("postgres://postgres@localhost:{},localhost:{}/postgres", primary.port(), standby.port());
    // How long to wait for the lost primary.
    let hasty = StoreOptions { busy_timeout: Duration::from_secs(20), ..options() };
    let fixture = DatabaseFixture::at(&url, &hasty);
    take(&fixture.store, (0..100).map(|n| call(&n.to_string(), START + n, "49")));
    let held = {
        enter(&fixture.store, None, 10);
        claim(&fixture.store, 20)
    };
    primary.kill();
    let error = fixture.store.take(&calls([call("between", START, "x")])).unwrap_err();
    assert!(matches!(error, PortError::Unavailable { .. }), "{error:?}");
    standby.promote();
    until(|| fixture.store.take(&calls([call("between", START, "x")])).is_ok());
    assert_eq!(fixture.store.count(&everything()).unwrap(), 101, "nothing that was committed is lost");
    assert!(fixture.store.renew(&held, cdr_mediation::Progress::default()).unwrap(), "the claim is still valid");
    assert_eq!(fixture.again(&options()).watermark().unwrap(), 101);
}
