//! The tables as seen by people who query them with their own SQL.

use cdr_mediation::{CallDraft, CdrSource};
use cdr_model::{Cdr, Timestamp};

use super::support::DatabaseFixture;
use crate::tests::support::{call, everything, scan, take};

#[test]
fn columns_have_native_types() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    let mut details = cdr_model::Details::default();
    details.sip.peer_ip = Some("2001:db8::7".parse().unwrap());
    details.sip.user_agent = Some("a \"phone\"".to_owned());
    let whole = CallDraft {
        call: Cdr {
            started_at: "2026-11-27T12:00:00.000001Z".parse().unwrap(),
            connected_at: Some("2026-11-27T12:00:05Z".parse().unwrap()),
            price: Some("-92233720368.54775807".parse().unwrap()),
            success: true,
            details,
            ..call("a", 0, "49").call
        },
        ..call("a", 0, "49")
    };
    take(
        &fixture.store,
        [
            whole.clone(),
            CallDraft {
                key: "b".to_owned(),
                call: Cdr { price: Some("0.0190".parse().unwrap()), ..whole.call.clone() },
                ..whole
            },
        ],
    );
    let asked = |sql: &str| fixture.lines(&format!("SELECT ({sql})::text AS line FROM cdrs ORDER BY number"));
    for (sql, first) in [
        ("started_at AT TIME ZONE 'Europe/Berlin'", "2026-11-27 13:00:00.000001"),
        ("connected_at - started_at", "00:00:04.999999"),
        ("price", "-92233720368.54775807"),
        ("host(peer_ip)", "2001:db8::7"),
        ("peer_ip << '2001:db8::/32'", "true"),
        ("details -> 'sip' ->> 'user_agent'", "a \"phone\""),
        ("success AND last_attempt", "true"),
        ("pg_typeof(details)", "jsonb"),
    ] {
        assert_eq!(asked(sql)[0], first, "{sql}");
    }
    assert_eq!(asked("price_text")[1], "0.0190");
    assert_eq!(fixture.lines("SELECT sum(price)::text AS line FROM cdrs WHERE price > 0"), ["0.01900000"]);
    let uuid = fixture.lines("SELECT pg_typeof(uuid)::text AS line FROM accounts LIMIT 1");
    assert_eq!(uuid, ["uuid"]);
}

#[test]
fn amounts_of_every_size_are_read_unchanged() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    let amounts =
        ["0", "0.00000001", "-0.00000001", "1", "9999.9999", "10000", "123456789.12345678", "-0.5", "12345678901"];
    take(
        &fixture.store,
        amounts.iter().enumerate().map(|(n, amount)| {
            let draft = call(amount, n as i64, "x");
            CallDraft { call: Cdr { price: Some(amount.parse().unwrap()), ..draft.call }, ..draft }
        }),
    );
    let same = fixture.lines("SELECT (price = price_text::numeric)::text AS line FROM cdrs");
    assert_eq!(same, vec!["true"; amounts.len()]);
    let read: Vec<String> =
        scan(&fixture.store, &everything()).iter().map(|it| it.price.unwrap().to_string()).collect();
    assert_eq!(read, amounts);
}

#[test]
fn text_is_ordered_and_compared_by_its_bytes() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    take(
        &fixture.store,
        ["b", "a", "B", "é", "\u{10FFFF}"].iter().enumerate().map(|(n, text)| call(text, n as i64, text)),
    );
    assert_eq!(fixture.lines("SELECT called AS line FROM cdrs ORDER BY called"), ["B", "a", "b", "é", "\u{10FFFF}"]);
}

/// The privileges that the manual lists for a role that does not own the tables.
const RIGHTS: &str = include_str!("../../../sql/rights.sql");

#[test]
fn a_role_with_minimal_privileges_can_do_everything_except_change_tables() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    let role = format!("r{}", uuid::Uuid::new_v4().simple());
    fixture.run(&format!("CREATE ROLE {role} LOGIN"));
    fixture.run(&RIGHTS.replace("tollbook_app", &role));
    let url = fixture.url.replacen("postgres@", &format!("{role}@"), 1);
    let options = crate::tests::support::options();
    let (store, opened) = crate::Store::create_or_open(super::support::address(&url), &options).unwrap();
    assert_eq!(opened, crate::Opened::Current);
    take(&store, [call("a", 1_795_780_800, "1"), call("b", 0, "2")]);
    assert_eq!(store.count(&everything()).unwrap(), 2);
    let mut maintainer = store.maintainer().unwrap();
    let floor = Some(Timestamp::from_seconds(1_000_000_000));
    let round = maintainer.round(Timestamp::from_seconds(1_795_780_800), floor).unwrap();
    assert_eq!(round, crate::Maintained::Here { removed: 1 });
    assert_eq!(fixture.partitions(), ["cdrs_2026_11", "cdrs_2026_12", "cdrs_2027_01"]);
    let denied = |sql: &str| {
        use diesel::connection::SimpleConnection;
        let mut conn = <diesel::PgConnection as diesel::Connection>::establish(&url).unwrap();
        conn.batch_execute(sql).unwrap_err().to_string()
    };
    for sql in [
        "DROP TABLE cdrs_2026_11",
        "TRUNCATE cdrs",
        "ALTER TABLE cdrs ADD COLUMN x int",
        "UPDATE __diesel_schema_migrations SET version = 'x'",
        "CREATE TABLE public.mine (x int)",
    ] {
        let message = denied(sql);
        assert!(message.contains("permission denied") || message.contains("must be owner"), "{sql}: {message}");
    }
    assert!(denied("SELECT tollbook_drop_partition('operators')").contains("is no name of a partition"));
}
