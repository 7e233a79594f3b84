//! Calls by what their legs share, in databases.

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::{Connection, PgConnection};
use diesel_migrations::MigrationHarness;
use tollbook_tests::cluster;

use super::support::{DatabaseFixture, address};
use crate::tests::support::{call, contents, everything, options, take};
use crate::{Opened, Store, postgres};
use cdr_model::{CdrField, Xdr};
use cdr_query::{Condition, Operand, Test};

fn of_group(group: &str) -> Condition {
    Condition::new(CdrField::XdrGroup, Test::Eq(Operand::Text(group.to_owned()))).unwrap()
}

#[test]
fn records_of_an_older_database_are_found_by_what_their_legs_share() {
    let Some(server) = cluster::shared() else { return };
    let url = server.database();
    let mut conn = PgConnection::establish(&url).unwrap();
    conn.batch_execute(diesel::migration::CREATE_MIGRATIONS_TABLE).unwrap();
    let all: Vec<Box<dyn Migration<Pg>>> = postgres::migrations().migrations().unwrap();
    let before = all.iter().filter(|it| it.name().version().to_string().as_str() < "00000000000004");
    before.for_each(|migration| drop(conn.run_migration(migration).unwrap()));
    conn.batch_execute(
        r#"SELECT tollbook_add_partition('cdrs_1970_01', '1970-01-01Z', '1970-02-01Z');
           INSERT INTO cdrs (number, id, source_id, account_id, customer_id, service_id, started_at, billed_at, assumed,
             success, last_attempt, direction, called, details) VALUES
           (39, 39, 1, 1, 1, 3, '1970-01-02Z', '1970-01-02Z', 0, true, true, 1, '1', '{"xdr":{"conf_id":"A"}}'),
           (40, 40, 1, 2, 1, 3, '1970-01-03Z', '1970-01-03Z', 0, true, true, 1, '2',
             '{"xdr":{"conf_id":"B","incoming_conf_id":"A"}}'),
           (41, 41, 1, 1, 1, 3, '1970-01-04Z', '1970-01-04Z', 0, true, true, 1, '3', '{}');
           UPDATE counters SET last = 41 WHERE name = 'record'"#,
    )
    .unwrap();
    let (store, opened) = Store::create_or_open(address(&url), &options()).unwrap();
    assert!(matches!(opened, Opened::Upgraded { .. }), "{opened:?}");
    let found = contents(&store, &everything().only(of_group("A")));
    assert_eq!(found, [(39, "1".to_owned()), (40, "2".to_owned())]);
    // A partition that is created later has the column and its index too.
    let mut later = call("4", 86_400 * 100, "4");
    later.call.details.xdr = Some(Box::new(Xdr { conf_id: Some("A".to_owned()), ..Xdr::default() }));
    take(&store, [later]);
    assert_eq!(contents(&store, &everything().only(of_group("A"))).len(), 3);
}

#[test]
fn legs_are_looked_up_in_the_index() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    take(&fixture.store, (0..50).map(|n| call(&n.to_string(), n * 86_400, "1")));
    let plan = "SET enable_seqscan = off; PREPARE legs AS SELECT number FROM cdrs WHERE leg_group = ANY($1); \
                SET plan_cache_mode = force_generic_plan";
    let mut conn = fixture.connection();
    conn.batch_execute(plan).unwrap();
    let explained = super::support::explained(&mut conn, "EXECUTE legs(ARRAY['A', 'B'])");
    assert!(explained.contains("leg_group_idx") && !explained.contains("Seq Scan"), "{explained}");
}
