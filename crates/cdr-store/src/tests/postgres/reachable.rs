//! Whether a database can be written, and which of its nodes do not answer.

use std::time::Duration;

use super::support::DatabaseFixture;

#[test]
fn nodes_that_do_not_answer_are_named() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    let patience = Duration::from_secs(2);
    fixture.store.check_writable(patience).unwrap();
    // In place of the function of Citus.
    for (rows, expected) in [
        ("('db1', 5432, true, '1'), ('db2', 5432, true, '1')", None),
        (
            "('db1', 5432, true, '1'), ('db3', 5433, false, 'refused'), ('db2', 5432, false, 'refused')",
            Some("these nodes of it cannot be reached: db2:5432, db3:5433"),
        ),
    ] {
        fixture.run("DROP FUNCTION IF EXISTS run_command_on_workers");
        fixture.run(&format!(
            "CREATE FUNCTION run_command_on_workers(command text) \
             RETURNS TABLE (nodename text, nodeport int, success boolean, result text) \
             LANGUAGE sql AS $$ VALUES {rows} $$"
        ));
        let checked = fixture.store.check_writable(patience).map_err(|error| error.to_string());
        match expected {
            None => checked.unwrap(),
            Some(words) => assert!(checked.as_ref().is_err_and(|error| error.contains(words)), "{checked:?}"),
        }
    }
    fixture.run("DROP FUNCTION run_command_on_workers");
}

#[test]
fn only_the_owner_of_the_tables_compacts_them() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    let role = format!("r{}", uuid::Uuid::new_v4().simple());
    fixture.run(&format!("CREATE ROLE {role} LOGIN"));
    fixture.run(&include_str!("../../../sql/rights.sql").replace("tollbook_app", &role));
    let url = fixture.url.replacen("postgres@", &format!("{role}@"), 1);
    let store = crate::Store::open(super::support::address(&url), &crate::tests::support::options()).unwrap();
    let error = store.compact().unwrap_err().to_string();
    assert!(error.contains("run `tollbook compact` as the owner of the tables"), "{error}");
    store.check_writable(Duration::from_secs(2)).unwrap();
    fixture.store.compact().unwrap();
}
