//! Rules for statements that also have to run on tables distributed over several nodes by account (Citus).
//!
//! Source: the limitations of Citus (<https://docs.citusdata.com/en/stable/develop/reference_workarounds.html>), and
//! further ones observed with version 13.2.

use std::process::Command;
use std::sync::Mutex;

use cdr_mediation::{CdrSink, CdrSource, DirectoryEditor, JobLedger, Quarantine};
use cdr_model::{CdrField, Timestamp};
use cdr_query::{Condition, Operand, Test};
use diesel::connection::{Instrumentation, InstrumentationEvent};

use super::support::DatabaseFixture;
use crate::tests::ledger::support::{claim, enter};
use crate::tests::support::{SIMULATED, call, calls, conference, everything, scan, take};

/// The folder of the migrations.
const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres");
/// The distributed tables, each with its distribution column.
const SPREAD: [(&str, &str); 2] = [("cdrs", "account_id"), ("intake_keys", "key_digest")];
/// The environment variable of the process whose statements are recorded.
const RECORDED: &str = "TOLLBOOK_TEST_RECORDED";

static STATEMENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The statements of a script, without comments. Bodies between `$$` are not split.
fn statements(script: &str) -> Vec<String> {
    let lines = script.lines().map(|line| line.split_once("--").map_or(line, |(before, _)| before));
    let script = lines.collect::<Vec<_>>().join("\n");
    let (mut all, mut one) = (Vec::new(), String::new());
    for (n, part) in script.split("$$").enumerate() {
        if n % 2 == 1 {
            one.push_str(&format!("$${part}$$"));
            continue;
        }
        let mut pieces = part.split(';');
        one.push_str(pieces.next().unwrap());
        for piece in pieces {
            all.push(std::mem::replace(&mut one, piece.to_owned()));
        }
    }
    all.into_iter().map(|it| it.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|it| !it.is_empty()).collect()
}

/// The statements of all migrations, in the order in which they are applied.
fn migrations() -> Vec<String> {
    let folders = std::fs::read_dir(MIGRATIONS).unwrap().map(|folder| folder.unwrap().path().join("up.sql"));
    let mut scripts: Vec<_> = folders.collect();
    scripts.sort();
    scripts.iter().flat_map(|script| statements(&std::fs::read_to_string(script).unwrap())).collect()
}

fn names(statement: &str, table: &str) -> bool {
    statement.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == table)
}

#[test]
fn migrations_work_on_distributed_tables() {
    let all = migrations();
    let spread = all.iter().position(|it| it.contains("create_distributed_table")).unwrap();
    for (table, column) in SPREAD {
        // A later migration may make a table anew.
        let made = all.iter().rposition(|it| it.contains(&format!("CREATE TABLE {table} ("))).unwrap();
        let distributed = format!("create_distributed_table('{table}', '{column}'");
        assert!(all.iter().rposition(|it| it.contains(&distributed)).unwrap() > made, "{table}");
        let (_, key) = all[made].split_once("PRIMARY KEY (").unwrap();
        assert!(
            names(key.split(')').next().unwrap(), column),
            "the primary key of {table} contains the distribution column"
        );
        assert!(!all[made].contains("UNIQUE") && !all[made].contains("REFERENCES"), "{table}");
    }
    let (_, cdrs) =
        all.iter().find(|it| it.starts_with("CREATE TABLE cdrs")).unwrap().split_once("PRIMARY KEY (").unwrap();
    assert!(names(cdrs.split(')').next().unwrap(), "started_at"), "the primary key contains the partition column");
    for (n, statement) in all.iter().enumerate() {
        assert!(!statement.contains("CREATE TRIGGER"), "{statement}");
        assert!(
            !statement.contains("PARTITION OF"),
            "partitions are created after the table is distributed: {statement}"
        );
        for (table, _) in SPREAD {
            assert!(!statement.contains(&format!("REFERENCES {table}")), "{statement}");
            if n > spread && names(statement, table) {
                // Citus rejects several statements in one message, unless each is in a block of its own.
                let alone = ["DO $$", "CREATE FUNCTION"].iter().any(|begin| statement.starts_with(begin));
                assert!(alone, "{statement}");
                assert!(!statement.contains("UNIQUE"), "{statement}");
            }
        }
    }
}

#[test]
fn statements_work_on_distributed_tables() {
    if std::env::var_os(RECORDED).is_some() {
        return recorded();
    }
    let Some(server) = tollbook_tests::cluster::shared() else { return };
    for simulated in [false, true] {
        let mut alone = Command::new(std::env::current_exe().unwrap());
        alone.env(RECORDED, "1").env(tollbook_tests::cluster::GIVEN, server.url());
        if simulated {
            alone.env(SIMULATED, "1");
        }
        let output = alone.args(["--exact", "tests::postgres::rules::statements_work_on_distributed_tables"]).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

/// Records every statement.
fn record(event: InstrumentationEvent<'_>) {
    if let InstrumentationEvent::StartQuery { query, .. } = event {
        let text = query.to_string();
        let text = text.split("-- binds:").next().unwrap().trim().to_owned();
        STATEMENTS.lock().unwrap().push(text);
    }
}

/// Uses every function of the store, and checks the recorded statements.
fn recorded() {
    diesel::connection::set_default_instrumentation(|| Some(Box::new(record) as Box<dyn Instrumentation>)).unwrap();
    let fixture = DatabaseFixture::new().unwrap();
    // The migrations are checked by another test.
    STATEMENTS.lock().unwrap().clear();
    let (store, noon) = (&fixture.store, 1_795_780_800);
    store.add_customer(&cdr_mediation::CustomerDraft { name: "Acme".to_owned(), ..Default::default() }).unwrap();
    take(store, (0..20).map(|n| call(&n.to_string(), noon + n, "49")));
    store
        .take(&crate::tests::support::batch([cdr_mediation::Content::Conference(Box::new(conference("c", noon, "1")))]))
        .unwrap();
    store.take(&calls([call("3", noon, "another")])).unwrap();
    let waiting = Quarantine::entries(store, false, 0, 10).unwrap().remove(0);
    store.accept(waiting.id).unwrap();
    let watermark = store.watermark().unwrap();
    for query in [everything(), everything().at(watermark)] {
        scan(store, &query);
        store.page(&query, None, 5).unwrap();
        store.count(&query).unwrap();
        store.services(&query).unwrap();
        store.count_conferences(&query).unwrap();
    }
    let of_customer = Condition::new(CdrField::CustomerId, Test::Eq(Operand::Integer(1))).unwrap();
    let of_customer = everything().at(watermark).only(of_customer);
    scan(store, &of_customer);
    store.page(&of_customer, None, 5).unwrap();
    store.count(&of_customer).unwrap();
    store.services(&of_customer).unwrap();
    enter(store, Some("lane"), 10);
    let held = claim(store, 20);
    store.renew(&held, cdr_mediation::Progress::default()).unwrap();
    store.fail(&held, "over", Timestamp::from_seconds(30)).unwrap();
    let floor = Timestamp::from_seconds(noon + 5);
    store.maintainer().unwrap().round(Timestamp::from_seconds(noon), Some(floor)).unwrap();
    store.remove_before(Timestamp::from_seconds(noon + 40 * 86_400), &mut |_| {}).unwrap();

    let statements = std::mem::take(&mut *STATEMENTS.lock().unwrap());
    if std::env::var_os(SIMULATED).is_some() {
        distributed(&statements)
    } else {
        plain(&statements)
    }
    partitions_are_made_alone(&statements);
    // The catalogue is local to the coordinator.
    let ours = |it: &&String| !it.contains("pg_inherits");
    let about = |table: &str| statements.iter().filter(ours).filter(|it| names(it, table)).cloned().collect::<Vec<_>>();
    let cdrs = about("cdrs");
    assert!(cdrs.len() > 15, "{cdrs:#?}");
    for statement in cdrs.iter().chain(&about("intake_keys")) {
        let forbidden = ["FOR UPDATE", "FOR SHARE", "ctid", "MERGE", " EXISTS", " JOIN ", "LATERAL", "DO UPDATE"];
        for word in forbidden {
            assert!(!statement.contains(word), "{word}: {statement}");
        }
    }
    for statement in &cdrs {
        if statement.starts_with("UPDATE") {
            for column in ["account_id", "started_at", "number"] {
                assert!(
                    statement.contains(&format!("\"cdrs\".\"{column}\" = $")),
                    "the statement gives the full key: {statement}"
                );
            }
            assert!(!statement.contains("SET \"account_id\""), "{statement}");
        }
        // Rows are written by COPY, and removed with their partition or in the chunks of retention.
        assert!(!statement.starts_with("INSERT"), "{statement}");
        assert!(!statement.starts_with("DELETE") || statement.contains("= ANY("), "{statement}");
    }
    // New keys are copied too: the primary key refuses one that is there already.
    let keys = about("intake_keys");
    assert!(
        keys.iter().any(|it| it.starts_with("COPY")) && !keys.iter().any(|it| it.starts_with("INSERT")),
        "{keys:#?}"
    );
}

/// On one server nothing is published, and no node is asked.
fn plain(statements: &[String]) {
    for statement in statements {
        for word in ["pg_advisory_lock(", "pg_advisory_unlock(", "run_command_on_workers"] {
            assert!(!statement.contains(word), "{statement}");
        }
        assert!(!statement.contains("\"cdrs\".\"customer_id\" = $") || !statement.contains("\"account_id\" = ANY"));
    }
    assert_eq!(slices(statements), 0);
}

/// The number of slices of the window without bounds that were read.
fn slices(statements: &[String]) -> usize {
    let cursors = statements.iter().filter(|it| it.starts_with("DECLARE") && it.contains("FROM \"cdrs\""));
    cursors.filter(|it| it.contains("\"started_at\" >= $") && it.contains("\"started_at\" < $")).count()
}

/// On several nodes, a loader holds a session lock over its transaction and the publication of its numbers.
fn distributed(statements: &[String]) {
    let steps = [
        "pg_advisory_lock(",
        "BEGIN",
        "UPDATE \"counters\"",
        "COMMIT",
        "run_command_on_workers",
        "UPDATE \"counters\"",
        "pg_advisory_unlock(",
    ];
    let mut at = statements.iter().position(|it| it.starts_with("COPY \"intake_keys\"")).unwrap();
    at = statements[..at].iter().rposition(|it| it.contains(steps[0])).unwrap();
    for step in steps {
        let next = statements[at..].iter().position(|it| it.contains(step));
        at += next.unwrap_or_else(|| panic!("no {step} after {:#?}", &statements[at..]));
    }
    let locks = statements.iter().filter(|it| it.contains("pg_advisory_lock(")).count();
    assert_eq!(
        statements.iter().filter(|it| it.contains("pg_advisory_unlock(")).count(),
        locks + 1,
        "and the maintainer"
    );
    assert!(slices(statements) > 0);
    let of_customer: Vec<&String> =
        statements.iter().filter(|it| it.contains("\"cdrs\".\"customer_id\" = $")).collect();
    assert!(of_customer.len() >= 3, "{of_customer:#?}");
    for statement in of_customer {
        assert!(statement.contains("\"cdrs\".\"account_id\" = ANY("), "it names the accounts: {statement}");
    }
}

/// A partition is made with the rights of the owner of the tables, and Citus does not let another role write in the
/// same transaction.
fn partitions_are_made_alone(statements: &[String]) {
    let mut transactions: Vec<Vec<&String>> = vec![Vec::new()];
    for statement in statements {
        if statement.starts_with("BEGIN") {
            transactions.push(Vec::new());
        }
        transactions.last_mut().unwrap().push(statement);
        if statement == "COMMIT" || statement == "ROLLBACK" {
            transactions.push(Vec::new());
        }
    }
    let of = |table: &str, it: &str| names(it, table) && !it.contains("pg_inherits");
    let making: Vec<_> =
        transactions.iter().filter(|it| it.iter().any(|it| it.contains("tollbook_add_partition"))).collect();
    assert!(making.len() >= 2, "a load and the maintainer make partitions");
    for transaction in making {
        let others: Vec<_> = transaction.iter().filter(|it| of("cdrs", it) || of("intake_keys", it)).collect();
        assert!(others.is_empty(), "{others:#?}");
    }
}
