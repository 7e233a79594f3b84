//! Query plans: the frequent queries read an index in its order, and none of them sorts.

use cdr_mediation::{EntryPage, ExportScope, ExportStatus};
use cdr_model::{Anchor, CdrField, RecordKind, Timestamp};
use cdr_query::{Cancel, CdrQuery, Condition, Cursor, Operand, SortBy, SortKey, SortOrder, Test, Window};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Integer, Text};
use diesel::sqlite::Sqlite;

use super::support::{StoreFixture, in_a_file};
use crate::sqlite::tables::ledger::{
    callbacks::due_by,
    claims::waiting,
    listing::{listed, numbers as numbers_of_exports, on_pages},
};
use crate::sqlite::tables::source::{calls::ask, conferences::ask_conferences, sorted::numbers};

/// Asks for the plan of a query.
struct Explain<Q>(Q);

impl<Q: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Explain<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("EXPLAIN QUERY PLAN ");
        self.0.walk_ast(out)
    }
}

impl<Q> QueryId for Explain<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Explain<Q> {
    type SqlType = (Integer, Integer, Integer, Text);
}

impl<Q> RunQueryDsl<SqliteConnection> for Explain<Q> {}

fn plan<Q: QueryFragment<Sqlite>>(fixture: &StoreFixture, question: Q) -> String {
    let rows: Vec<(i32, i32, i32, String)> =
        Explain(question).load(&mut *in_a_file(&fixture.store).reader().unwrap()).unwrap();
    rows.into_iter().map(|(.., step)| step).collect::<Vec<_>>().join("; ")
}

#[test]
fn hot_queries_use_their_index_and_do_not_sort() {
    let fixture = StoreFixture::sqlite();
    let window = |anchor| Window::new(anchor, Timestamp::from_seconds(1_000), Timestamp::from_seconds(2_000)).unwrap();
    let start = CdrQuery::over(window(Anchor::Start));
    let end = CdrQuery::over(window(Anchor::End));
    let everything = CdrQuery::over(Window::all(Anchor::Start));
    let newest = |query: &CdrQuery| CdrQuery { order: SortOrder::new(SortBy::Anchor, true), ..query.clone() };
    let (connect, bill) = (CdrQuery::over(window(Anchor::Connect)), CdrQuery::over(window(Anchor::Bill)));
    let account = Condition::new(CdrField::AccountId, Test::Eq(Operand::Integer(7))).unwrap();
    let since = Condition::new(CdrField::Number, Test::Gt(Operand::Integer(500))).unwrap();
    let by_number = CdrQuery { order: SortOrder::new(SortBy::Number, false), ..everything.clone() };
    let after = Some(&Cursor::new(Timestamp::from_seconds(1_500), 700));
    let cases: Vec<(&str, CdrQuery, Option<&Cursor>, &str)> = vec![
        ("start", start.clone(), None, "USING INDEX cdrs_start (started_at>? AND started_at<?)"),
        ("start, next page", start.clone(), after, "USING INDEX cdrs_start (started_at>? AND started_at<?)"),
        ("start, newest first", newest(&start), None, "USING INDEX cdrs_start (started_at>? AND started_at<?)"),
        (
            "start, newest first, next page",
            newest(&start),
            after,
            "USING INDEX cdrs_start (started_at>? AND started_at<?)",
        ),
        (
            "account",
            start.clone().only(account.clone()),
            None,
            "USING INDEX cdrs_account (account_id=? AND started_at>? AND started_at<?)",
        ),
        (
            "account, next page",
            newest(&start).only(account.clone()),
            after,
            "USING INDEX cdrs_account (account_id=? AND started_at>? AND started_at<?)",
        ),
        ("end", end.clone(), None, "USING INDEX cdrs_end (ended_at>? AND ended_at<?)"),
        ("end, next page", end.clone(), after, "USING INDEX cdrs_end (ended_at>? AND ended_at<?)"),
        ("end, newest first", newest(&end), after, "USING INDEX cdrs_end (ended_at>? AND ended_at<?)"),
        ("since", by_number.clone().only(since), None, "USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        ("by number, next page", by_number, after, "USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        ("everything", everything.clone(), None, "USING INDEX cdrs_start"),
        ("everything, next page", everything.clone(), after, "USING INDEX cdrs_start (started_at>?)"),
        ("all of an account", everything.only(account.clone()), None, "USING INDEX cdrs_account (account_id=?"),
        ("a customer by start", start.clone().only(customer(&[7])), None, "USING INDEX cdrs_start (started_at>? AND"),
        (
            "a customer by connect",
            connect.clone().only(customer(&[7])),
            None,
            "USING INDEX cdrs_customer_connect (customer_id=? AND connected_at>? AND connected_at<?)",
        ),
        (
            "a customer's account by connect, next page",
            connect.clone().only(customer(&[7])).only(account.clone()),
            after,
            "USING INDEX cdrs_customer_connect (customer_id=? AND connected_at>? AND connected_at<?)",
        ),
        (
            "a customer by bill, newest first",
            newest(&bill).only(customer(&[7])),
            after,
            "USING INDEX cdrs_customer_bill (customer_id=? AND billed_at>? AND billed_at<?)",
        ),
        (
            "charges for numbers",
            bill.clone().only(Condition::of_kinds(&[RecordKind::DidCharge])),
            None,
            "USING INDEX cdrs_did_charges (billed_at>? AND billed_at<?)",
        ),
        (
            "charges for numbers, next page",
            bill.clone().only(Condition::of_kinds(&[RecordKind::DidCharge])),
            after,
            "USING INDEX cdrs_did_charges (billed_at>? AND billed_at<?)",
        ),
        ("calls by start", start.clone().only_calls(), after, "USING INDEX cdrs_start (started_at>? AND started_at<?)"),
        (
            "calls of an account",
            newest(&start).only_calls().only(account),
            after,
            "USING INDEX cdrs_account (account_id=? AND started_at>? AND started_at<?)",
        ),
    ];
    for (name, query, after, expected) in cases {
        let plan = plan(&fixture, ask(&query.at(1_000_000), after).0.limit(1_000));
        assert!(plan.contains(expected) && !plan.contains("B-TREE") && !plan.contains("MULTI-INDEX"), "{name}: {plan}");
    }
}

/// The calls of a page of a list are read by their numbers, whatever else is known of them.
#[test]
fn calls_are_found_by_their_numbers() {
    let fixture = StoreFixture::sqlite();
    let among = |field, ids: &[i64]| {
        let ids = ids.iter().copied().map(Operand::Integer).collect();
        Condition::new(field, Test::In(ids)).unwrap()
    };
    let numbers: Vec<i64> = (0..1_000).collect();
    for anchor in Anchor::ALL {
        let window = Window::new(anchor, Timestamp::from_seconds(1_000), Timestamp::from_seconds(2_000)).unwrap();
        let query = CdrQuery { order: SortOrder::new(SortBy::Number, false), ..CdrQuery::over(window) };
        let query = query.only_calls().only(among(CdrField::Number, &numbers)).at(1_000_000);
        for query in [
            query.clone(),
            query.clone().only(among(CdrField::AccountId, &[7])),
            query.clone().only(among(CdrField::AccountId, &[7, 8, 9])),
            query.only(customer(&[7])),
        ] {
            let plan = plan(&fixture, ask(&query, None).0.limit(1_000));
            assert!(plan.contains("USING INTEGER PRIMARY KEY (rowid=?)"), "{plan}");
        }
    }
}

/// What is sorted is the numbers, and a statement that can be cancelled asks whether it goes on.
#[test]
fn lists_sort_numbers_and_can_be_cancelled() {
    let key = SortKey { field: CdrField::Price, descending: true };
    let order = SortOrder { keys: vec![key], ..SortOrder::new(SortBy::Anchor, true) };
    let query = CdrQuery { order, ..CdrQuery::over(Window::all(Anchor::Start)) };
    let text = |query: &CdrQuery| diesel::debug_query::<Sqlite, _>(&numbers(query, None).unwrap()).to_string();
    let sql = text(&query);
    assert!(sql.starts_with("SELECT `cdrs`.`number` FROM `cdrs`"), "{sql}");
    assert!(sql.contains("`cdrs`.`price_text` COLLATE tollbook_amount DESC") && !sql.contains("goes_on"), "{sql}");
    assert!(text(&query.until(&Cancel::new())).contains("tollbook_goes_on()"));
}

#[test]
fn several_customers_are_looked_up_one_by_one() {
    let fixture = StoreFixture::sqlite();
    for (anchor, expected) in [
        (Anchor::Connect, "USING INDEX cdrs_customer_connect (customer_id=? AND connected_at>? AND connected_at<?)"),
        (Anchor::Bill, "USING INDEX cdrs_customer_bill (customer_id=? AND billed_at>? AND billed_at<?)"),
    ] {
        let window = Window::new(anchor, Timestamp::from_seconds(1_000), Timestamp::from_seconds(2_000)).unwrap();
        let plan = plan(&fixture, ask(&CdrQuery::over(window).only(customer(&[7, 8, 9])), None).0.limit(1_000));
        assert!(plan.contains(expected) && !plan.contains("MULTI-INDEX"), "{anchor}: {plan}");
    }
}

#[test]
fn legs_of_calls_are_looked_up_by_what_they_share() {
    let fixture = StoreFixture::sqlite();
    let several: Vec<Operand> = (0..500).map(|n| Operand::Text(n.to_string())).collect();
    let after = Some(&Cursor::new(Timestamp::from_seconds(1_500), 700));
    for anchor in [Anchor::Start, Anchor::Connect, Anchor::Bill] {
        for after in [None, after] {
            let window = Window::new(anchor, Timestamp::from_seconds(1_000), Timestamp::from_seconds(2_000)).unwrap();
            let groups = Condition::new(CdrField::XdrGroup, Test::In(several.clone())).unwrap();
            let query = CdrQuery::over(window).only(customer(&[7, 8])).only(groups).at(1_000_000);
            let plan = plan(&fixture, ask(&query, after).0.limit(1_000));
            assert!(plan.contains("USING INDEX cdrs_leg_group (leg_group=?"), "{anchor}: {plan}");
        }
    }
}

#[test]
fn calls_that_are_over_are_read_from_the_same_index() {
    let fixture = StoreFixture::sqlite();
    let over = || Condition::new(CdrField::Finished, Test::Eq(Operand::Boolean(true))).unwrap();
    for (anchor, expected) in [
        (Anchor::Connect, "USING INDEX cdrs_customer_connect (customer_id=? AND connected_at>? AND connected_at<?)"),
        (Anchor::Bill, "USING INDEX cdrs_customer_bill (customer_id=? AND billed_at>? AND billed_at<?)"),
    ] {
        let window = Window::new(anchor, Timestamp::from_seconds(1_000), Timestamp::from_seconds(2_000)).unwrap();
        let plan = plan(&fixture, ask(&CdrQuery::over(window).only(customer(&[7])).only(over()), None).0.limit(1_000));
        assert!(plan.contains(expected) && !plan.contains("B-TREE") && !plan.contains("MULTI"), "{anchor}: {plan}");
    }
}

fn customer(ids: &[i64]) -> Condition {
    let ids: Vec<Operand> = ids.iter().copied().map(Operand::Integer).collect();
    let test = if let [one] = ids.as_slice() { Test::Eq(one.clone()) } else { Test::In(ids) };
    Condition::new(CdrField::CustomerId, test).unwrap()
}

#[test]
fn pages_of_conferences_use_their_index_and_do_not_sort() {
    let fixture = StoreFixture::sqlite();
    let after = Some(&Cursor::new(Timestamp::from_seconds(1_500), 700));
    for (anchor, descending, after, expected) in [
        (Anchor::Start, false, None, "USING INDEX conferences_start (started_at>? AND started_at<?)"),
        (Anchor::Start, true, after, "USING INDEX conferences_start (started_at>? AND started_at<?)"),
        (Anchor::End, false, after, "USING INDEX conferences_end (ended_at>? AND ended_at<?)"),
    ] {
        let window = Window::new(anchor, Timestamp::from_seconds(1_000), Timestamp::from_seconds(2_000)).unwrap();
        let order = SortOrder::new(SortBy::Anchor, descending);
        let query = CdrQuery { order, ..CdrQuery::over(window) }.at(1_000_000);
        let plan = plan(&fixture, ask_conferences(&query, after).unwrap().0.limit(1_000));
        assert!(plan.contains(expected) && !plan.contains("B-TREE"), "{anchor:?}, {descending}: {plan}");
    }
}

#[test]
fn queries_that_workers_poll_use_an_index() {
    let fixture = StoreFixture::sqlite();
    for (name, plan, expected) in [
        (
            "pending",
            plan(&fixture, waiting(vec![], Timestamp::from_seconds(9))),
            "USING COVERING INDEX exports_state (state=?)",
        ),
        (
            "pending, some busy",
            plan(&fixture, waiting(vec![7, 8], Timestamp::from_seconds(9))),
            "USING COVERING INDEX exports_state (state=?)",
        ),
        ("callbacks", plan(&fixture, due_by(Timestamp::from_seconds(9))), "INDEX exports_callback (callback_due<?)"),
    ] {
        assert!(plan.contains(expected) && !plan.contains("B-TREE"), "{name}: {plan}");
    }
    let scope = ExportScope { dialects: vec!["yeti".to_owned()], accounts: Some(vec![1, 2]) };
    let plan = plan(&fixture, listed(&scope));
    assert!(plan.contains("USING INDEX exports_account (account_id=?)"), "{plan}");
}

#[test]
fn pages_of_exports_are_found_by_an_index_alone() {
    let fixture = StoreFixture::sqlite();
    for (accounts, expected) in [
        (Some(vec![1]), "USING COVERING INDEX exports_account (account_id=?"),
        (Some(vec![1, 2]), "USING COVERING INDEX exports_account (account_id=?"),
        (None, "USING COVERING INDEX exports_"),
    ] {
        for statuses in [None, Some(vec![ExportStatus::Pending, ExportStatus::Running])] {
            let scope =
                ExportScope { dialects: vec!["yeti".to_owned(), "yeti-admin".to_owned()], accounts: accounts.clone() };
            let page = EntryPage { scope, statuses, newest_first: true, skip: 500, take: 50 };
            for plan in
                [plan(&fixture, numbers_of_exports(&page)), plan(&fixture, on_pages(&page).select(count_star()))]
            {
                assert!(plan.contains(expected), "{page:?}: {plan}");
            }
        }
    }
}
