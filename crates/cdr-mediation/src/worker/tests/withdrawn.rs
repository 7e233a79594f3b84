//! Exports that are withdrawn.

use std::time::Duration;

use super::support::{WorkerFixture, order, until};
use crate::{Caller, ExportOrder, ExportScope, JobLedger, JobState, Outcome, Spool, Visibility};

#[test]
fn an_export_is_withdrawn_once_in_any_state() {
    let fixture = WorkerFixture::new();
    let alice = Caller::everything("alice");
    let (pending, whole) = (fixture.start(Some("slot")), fixture.start(None));
    assert!(fixture.mediation.withdraw_export(&alice, &pending).unwrap());
    assert!(!fixture.mediation.withdraw_export(&alice, &pending).unwrap());
    fixture.start(Some("slot"));
    let mut worker = fixture.worker();
    assert_eq!(worker.run_next().unwrap().unwrap().job.id, whole.id, "it is not started, and its lane is free");
    fixture.clock.advance(Duration::from_secs(5));
    assert!(fixture.mediation.withdraw_export(&alice, &whole).unwrap());
    assert!(fixture.mediation.collect(&alice, &fixture.job(&whole)).unwrap().is_none());
    fixture.mediation.tidy(Duration::from_secs(3600)).unwrap();
    assert!(fixture.spool.keys().unwrap().is_empty(), "its file is removed when the spool is tidied");
    let job = fixture.job(&whole);
    assert!(matches!(job.state, JobState::Withdrawn));
    assert_eq!((job.rows, job.updated_at), (Some(5000), fixture.clock_now()), "the number of records is still known");
}

#[test]
fn a_worker_detects_a_withdrawal_at_its_next_heartbeat_and_discards_the_file() {
    let fixture = WorkerFixture::new();
    let job = fixture.start(None);
    let (mediation, ledger, withdrawn) = (fixture.mediation.clone(), fixture.ledger.clone(), job.clone());
    fixture.before_reading(move || {
        mediation.withdraw_export(&Caller::everything("alice"), &withdrawn).unwrap();
        // The heartbeat thread is still running.
        until("the export has no claim", || ledger.heartbeats().unwrap().is_empty());
        Ok(())
    });
    let mut worker = fixture.worker();
    assert_eq!(worker.run_next().unwrap().unwrap().outcome, Outcome::Lost);
    assert!(fixture.spool.keys().unwrap().is_empty());
    assert!(matches!(fixture.job(&job).state, JobState::Withdrawn));
    assert!(worker.run_next().unwrap().is_none(), "it is not started again");
}

#[test]
fn callers_see_follow_and_withdraw_the_exports_of_their_accounts() {
    let fixture = WorkerFixture::new();
    let of = |name: &str, ids: &[i64]| Caller { name: name.into(), visibility: Visibility::Accounts(ids.to_vec()) };
    let root = Caller::everything("root");
    let jobs = [Some(1), Some(2), None].map(|account_id| {
        fixture.mediation.start_export(&of("carol", &[1, 2]), ExportOrder { account_id, ..order(None) }).unwrap()
    });
    let scope = |accounts: Option<&[i64]>| ExportScope {
        dialects: vec!["other".into(), "test".into()],
        accounts: accounts.map(<[i64]>::to_vec),
    };
    // The caller, the requested accounts, the listed exports, and the exports that may be followed.
    type Case = (Caller, Option<&'static [i64]>, &'static [i64], &'static [i64]);
    let cases: [Case; 6] = [
        (root.clone(), None, &[1, 2, 3], &[1, 2, 3]),
        (root.clone(), Some(&[2]), &[2], &[1, 2, 3]),
        (of("carol", &[1, 2]), None, &[1, 2], &[1, 2, 3]),
        (of("carol", &[1]), None, &[1], &[1, 3]),
        (of("dave", &[2, 9]), Some(&[1, 2]), &[2], &[2]),
        (of("dave", &[]), None, &[], &[]),
    ];
    for (caller, accounts, listed, followed) in cases {
        let mut seen = Vec::new();
        fixture.mediation.exports(&caller, scope(accounts), &mut |entry| seen.push(entry.number)).unwrap();
        assert_eq!(seen, listed, "{caller:?} {accounts:?}");
        for job in &jobs {
            let may = followed.contains(&job.number);
            assert_eq!(fixture.mediation.export(&caller, job.id).unwrap().is_some(), may, "{caller:?} {}", job.number);
            let numbered = fixture.mediation.export_numbered(&caller, job.number).unwrap();
            assert_eq!(numbered.map(|found| found.id), may.then_some(job.id));
            if !may {
                assert!(!fixture.mediation.withdraw_export(&caller, job).unwrap());
                assert!(matches!(fixture.job(job).state, JobState::Pending));
            }
        }
    }
    let mut seen = Vec::new();
    let none = ExportScope { dialects: vec!["other".into()], accounts: None };
    fixture.mediation.exports(&root, none, &mut |entry| seen.push(entry)).unwrap();
    assert!(seen.is_empty(), "they are of another dialect");
    fixture.mediation.exports(&root, scope(Some(&[2])), &mut |entry| seen.push(entry)).unwrap();
    assert_eq!(seen, [jobs[1].entry()]);
}
