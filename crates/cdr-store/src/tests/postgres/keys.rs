//! The migration of the keys of records in a database.

use super::support::DatabaseFixture;
use crate::tests::support::options;

#[test]
fn whoever_was_let_in_to_the_keys_is_still_let_in() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    fixture.run(include_str!("../../../migrations/postgres/00000000000012_key_digests/down.sql"));
    fixture.run(
        "DELETE FROM __diesel_schema_migrations WHERE version = '00000000000012';
         GRANT SELECT, INSERT ON intake_keys TO pg_monitor; GRANT SELECT ON intake_keys TO PUBLIC",
    );
    fixture.again(&options());
    let may = |role: &str, right: &str| format!("has_table_privilege('{role}', 'intake_keys', '{right}')");
    let (insert, update) = (may("pg_monitor", "INSERT"), may("pg_monitor", "UPDATE"));
    let others = may("pg_checkpoint", "SELECT");
    assert_eq!(fixture.lines(&format!("SELECT concat_ws(' ', {insert}, {update}, {others}) AS line")), ["t f t"]);
}
