//! Lists of exports, without their requests and receipts.

use crate::{EntryPage, ExportEntry, ExportOrder, ExportScope, ExportStatus, JobLedger, Progress};

use super::OnEvery;
use super::exports::{at, claim, enter, enter_order, find, finished, order};

fn listed(ledger: &dyn JobLedger, dialects: &[&str], accounts: Option<Vec<i64>>) -> Vec<ExportEntry> {
    let scope = ExportScope { dialects: dialects.iter().map(ToString::to_string).collect(), accounts };
    let mut listed = Vec::new();
    ledger.entries(&scope, &mut |entry| listed.push(entry)).unwrap();
    listed
}

/// A list has the exports of its dialects and accounts, oldest first.
pub fn a_list_has_the_exports_of_its_dialects_and_accounts_oldest_first(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        for (dialect, account_id) in
            [("one", Some(2)), ("one", None), ("two", Some(2)), ("One", Some(2)), ("one", Some(1)), ("one", Some(2))]
        {
            enter_order(one, &ExportOrder { dialect: dialect.to_owned(), account_id, ..order(None) }, 10);
        }
        // More accounts than fit into one SQL statement.
        let many: Vec<i64> = (2..40_000).collect();
        for (dialects, accounts, expected) in [
            (vec!["one"], None, vec![1, 2, 5, 6]),
            (vec!["two", "one", "three"], None, vec![1, 2, 3, 5, 6]),
            (vec!["one"], Some(vec![2]), vec![1, 6]),
            (vec!["one"], Some(vec![3, 2, 1, 2]), vec![1, 5, 6]),
            (vec!["one"], Some(many), vec![1, 6]),
            (vec!["one"], Some(vec![]), vec![]),
            (vec![], None, vec![]),
        ] {
            let numbers: Vec<i64> = listed(other, &dialects, accounts).iter().map(|entry| entry.number).collect();
            assert_eq!(numbers, expected, "{dialects:?}");
        }
    });
}

/// An entry of a list matches its export.
pub fn a_list_entry_matches_its_export(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let wanted = ExportOrder { account_id: Some(7), ..order(None) };
        let job = enter_order(one, &wanted, 10);
        let seen = |status, updated: i64, rows: Option<u64>| {
            let entry = listed(other, &["two"], Some(vec![7])).remove(0);
            assert_eq!(entry, find(other, &job).entry());
            assert_eq!((entry.status, entry.updated_at, entry.rows), (status, at(updated), rows));
            assert_eq!((entry.created_at, entry.caller.as_str()), (at(10), "alice"));
            assert_eq!((entry.id, entry.memo), (job.id, wanted.memo.clone()));
        };
        seen(ExportStatus::Pending, 10, None);
        let held = claim(one, 20);
        seen(ExportStatus::Running, 20, None);
        assert!(one.renew(&held, Progress::default()).unwrap());
        seen(ExportStatus::Running, 20, None);
        assert!(one.hand_back(&held, at(30)).unwrap());
        seen(ExportStatus::Pending, 30, None);
        claim(one, 40);
        let held = other.take_over(&one.heartbeats().unwrap()[0], at(50)).unwrap().unwrap();
        seen(ExportStatus::Running, 50, None);
        let mut done = finished("file", 60, 60);
        for (sheet, rows) in done.receipt.sheets.iter_mut().zip([5, 30]) {
            sheet.rows = rows;
        }
        assert_eq!(done.receipt.sheets.len(), 2);
        assert!(other.complete(&held, &done).unwrap());
        seen(ExportStatus::Completed, 60, Some(35));
        assert_eq!(one.withdraw_before(at(61), at(70)).unwrap(), 1);
        seen(ExportStatus::Withdrawn, 70, Some(35));
        let failed = enter(one, None, 80);
        assert!(one.fail(&claim(one, 81), "over", at(90)).unwrap());
        assert_eq!(find(other, &failed).updated_at, at(90));
        assert_eq!(find(other, &failed).rows, None);
    });
}

/// A page is a part of the list, in either order, and has the number of exports on all pages.
pub fn a_page_is_a_part_of_the_list(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        for (dialect, account_id) in
            [("one", Some(2)), ("one", None), ("two", Some(2)), ("one", Some(1)), ("one", Some(2)), ("two", Some(1))]
        {
            enter_order(one, &ExportOrder { dialect: dialect.to_owned(), account_id, ..order(None) }, 10);
        }
        // The first is completed, the second has failed, the third is running, the fourth is withdrawn.
        assert!(one.complete(&claim(one, 20), &finished("file", 30, 40)).unwrap());
        assert!(one.fail(&claim(one, 20), "over", at(30)).unwrap());
        let (_, next) = (claim(one, 20), claim(one, 20));
        assert!(one.withdraw(next.job.id, at(30)).unwrap());
        let all_statuses: Vec<Option<Vec<ExportStatus>>> = ExportStatus::ALL
            .into_iter()
            .map(|status| Some(vec![status]))
            .chain([None, Some(vec![]), Some(vec![ExportStatus::Pending, ExportStatus::Failed])])
            .collect();
        let many: Vec<i64> = (2..40_000).collect();
        for dialects in [&["one"][..], &["one", "two"], &["three"], &[]] {
            for accounts in [None, Some(vec![2]), Some(vec![1, 2, 3]), Some(vec![]), Some(many.clone())] {
                let list = listed(other, dialects, accounts.clone());
                let dialects = dialects.iter().map(ToString::to_string).collect();
                let scope = ExportScope { dialects, accounts };
                for statuses in &all_statuses {
                    for (newest_first, skip, take) in
                        [(false, 0, 9), (true, 0, 9), (false, 1, 2), (true, 1, 2), (true, 0, 0), (false, 9, 9)]
                    {
                        let page =
                            EntryPage { scope: scope.clone(), statuses: statuses.clone(), newest_first, skip, take };
                        let (found, total) = other.entry_page(&page).unwrap();
                        assert_eq!((found, total), page.of(list.clone()), "{newest_first} {skip} {take} {statuses:?}");
                    }
                }
            }
        }
        let everything = EntryPage {
            scope: ExportScope { dialects: vec!["one".to_owned()], accounts: None },
            statuses: Some(vec![ExportStatus::Completed, ExportStatus::Pending]),
            newest_first: true,
            skip: 0,
            take: 9,
        };
        let (found, total) = other.entry_page(&everything).unwrap();
        assert_eq!((found.iter().map(|it| it.number).collect::<Vec<_>>(), total), (vec![5, 1], 2));
    });
}

/// The row of a sheet of counts is not counted as a record.
pub fn the_row_of_a_sheet_of_counts_is_not_counted(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let mut wanted = order(None);
        wanted.request.spec.layout = cdr_export::Layout::named("dma-6.1-reconstructed", &[]).unwrap();
        let job = enter_order(one, &wanted, 10);
        let receipt = crate::write_export(&crate::Memory::default(), &wanted.request, std::io::sink(), None);
        let done = crate::Finished { receipt: receipt.unwrap(), file: "file".to_owned(), tag: 1, at: at(30) };
        assert_eq!(done.receipt.sheets.iter().map(|sheet| sheet.rows).sum::<u64>(), 1, "the row of the counts");
        assert!(one.complete(&claim(one, 20), &done).unwrap());
        assert_eq!(find(other, &job).rows, Some(0));
    });
}
