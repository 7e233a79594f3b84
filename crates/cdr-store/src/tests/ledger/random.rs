//! Property test: after any sequence of operations, the ledger of a store is equal to a `MemoryLedger`.

use cdr_mediation::{Claim, Entered, ExportOrder, ExportScope, Heartbeat, JobLedger, MemoryLedger, Progress, Step};
use diesel::RunQueryDsl;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use std::time::Duration;
use uuid::Uuid;

use super::support::*;
use crate::Store;
use crate::schema::{exports, lanes};
use crate::tests::support::StoreFixture;
use crate::tests::support::behind;

const LANES: [Option<&str>; 4] = [None, Some("a"), Some("b"), Some("A")];

/// An operation on a ledger. It refers to claims, heartbeats and exports seen so far by their index.
#[derive(Clone, Debug)]
enum Operation {
    Enter(Draft, i64),
    Claim(i64, Option<u32>),
    Heartbeats,
    TakeOver(Index, i64),
    Renew(Index, u64),
    Complete(Index, i64),
    Fail(Index, i64),
    HandBack(Index),
    Postpone(Index, i64),
    Withdraw(Index, i64),
    WithdrawBefore(i64, i64),
    TakeCallback(i64, i64),
    SettleCallback(Index),
    PostponeCallback(Index, i64),
}

/// An order: its lane, its account and customer, and its callback.
#[derive(Clone, Debug)]
struct Draft {
    lane: usize,
    account_id: Option<i64>,
    customer_id: Option<i64>,
    callback: Option<&'static str>,
}

impl Draft {
    fn order(&self) -> ExportOrder {
        let &Draft { lane, account_id, customer_id, callback } = self;
        ExportOrder { account_id, customer_id, callback: callback.map(str::to_owned), ..order(LANES[lane]) }
    }
}

fn draft() -> impl Strategy<Value = Draft> {
    let id = || prop::option::of(1i64..3);
    let callback = prop::sample::select(&[None, Some(""), Some("http://a"), Some("http://b")]);
    (0..LANES.len(), id(), id(), callback).prop_map(|(lane, account_id, customer_id, callback)| Draft {
        lane,
        account_id,
        customer_id,
        callback,
    })
}

fn operation() -> impl Strategy<Value = Operation> {
    let which = any::<Index>;
    let when = || 0i64..40;
    prop_oneof![
        7 => (draft(), when()).prop_map(|(draft, at)| Operation::Enter(draft, at)),
        6 => (when(), prop::option::of(0u32..3)).prop_map(|(at, most)| Operation::Claim(at, most)),
        3 => Just(Operation::Heartbeats),
        3 => (which(), when()).prop_map(|(heartbeat, at)| Operation::TakeOver(heartbeat, at)),
        3 => (which(), 0u64..9).prop_map(|(claim, rows)| Operation::Renew(claim, rows)),
        3 => (which(), when()).prop_map(|(claim, at)| Operation::Complete(claim, at)),
        2 => (which(), when()).prop_map(|(claim, at)| Operation::Fail(claim, at)),
        2 => which().prop_map(Operation::HandBack),
        2 => (which(), prop_oneof![when(), 0i64..2_000]).prop_map(|(claim, until)| Operation::Postpone(claim, until)),
        1 => (which(), when()).prop_map(|(export, at)| Operation::Withdraw(export, at)),
        1 => (when(), when()).prop_map(|(before, at)| Operation::WithdrawBefore(before, at)),
        3 => (when(), when()).prop_map(|(now, again)| Operation::TakeCallback(now, again)),
        1 => which().prop_map(Operation::SettleCallback),
        1 => (which(), when()).prop_map(|(export, due)| Operation::PostponeCallback(export, due)),
    ]
}

/// A ledger, and the ids, claims and heartbeats seen so far. Ids and tokens differ between ledgers, indexes do not.
struct Seen<'a> {
    handles: Vec<&'a dyn JobLedger>,
    next: usize,
    ids: Vec<Uuid>,
    claims: Vec<Claim>,
    heartbeats: Vec<Heartbeat>,
}

impl<'a> Seen<'a> {
    fn new(handles: Vec<&'a dyn JobLedger>) -> Seen<'a> {
        Seen { handles, next: 0, ids: Vec::new(), claims: Vec::new(), heartbeats: Vec::new() }
    }

    /// Runs the operation on the next handle, and returns a description of the result.
    fn after(&mut self, operation: &Operation) -> String {
        self.next += 1;
        let ledger = self.handles[self.next % self.handles.len()];
        let claimed = |claim: Option<Claim>, claims: &mut Vec<Claim>| {
            let result = claim.as_ref().map(|claim| (described(&claim.job), claim.tag));
            claims.extend(claim);
            format!("{result:?}")
        };
        match operation {
            Operation::Enter(draft, when) => match ledger.enter("alice", &draft.order(), at(*when)).unwrap() {
                Entered::LaneBusy | Entered::LimitReached(_) => "busy".to_owned(),
                Entered::Pending(job) => {
                    self.ids.push(job.id);
                    described(&job)
                }
            },
            Operation::Claim(when, most) => claimed(ledger.claim(at(*when), *most).unwrap(), &mut self.claims),
            Operation::Heartbeats => {
                let heartbeats = ledger.heartbeats().unwrap();
                let place = |heartbeat: &Heartbeat| self.ids.iter().position(|id| *id == heartbeat.id);
                let beats: Vec<_> = heartbeats.iter().map(|heartbeat| (place(heartbeat), heartbeat.beats)).collect();
                self.heartbeats.extend(heartbeats);
                format!("{beats:?}")
            }
            Operation::TakeOver(which, when) if !self.heartbeats.is_empty() => {
                claimed(ledger.take_over(which.get(&self.heartbeats), at(*when)).unwrap(), &mut self.claims)
            }
            Operation::WithdrawBefore(before, when) => {
                ledger.withdraw_before(at(*before), at(*when)).unwrap().to_string()
            }
            Operation::TakeCallback(now, again) => {
                let task = ledger.take_callback(at(*now), at(*again)).unwrap();
                task.map(|task| format!("{} {} {:?} {}", task.number, task.url, task.status, task.attempts))
                    .unwrap_or_default()
            }
            Operation::Withdraw(which, when) if !self.ids.is_empty() => {
                ledger.withdraw(*which.get(&self.ids), at(*when)).unwrap().to_string()
            }
            Operation::SettleCallback(which) if !self.ids.is_empty() => {
                format!("{:?}", ledger.settle_callback(*which.get(&self.ids)).unwrap())
            }
            Operation::PostponeCallback(which, due) if !self.ids.is_empty() => {
                format!("{:?}", ledger.postpone_callback(*which.get(&self.ids), at(*due)).unwrap())
            }
            _ if self.claims.is_empty() => String::new(),
            Operation::Renew(which, rows) => {
                let elapsed = Duration::from_millis(*rows);
                let progress = Progress { step: Step::Calls, rows: *rows, expected: 9, elapsed };
                ledger.renew(which.get(&self.claims), progress).unwrap().to_string()
            }
            Operation::Complete(which, when) => {
                let claim = which.get(&self.claims);
                let file = format!("{}.{}", claim.job.number, claim.job.attempts);
                ledger.complete(claim, &finished(&file, claim.tag, *when)).unwrap().to_string()
            }
            Operation::Fail(which, when) => {
                ledger.fail(which.get(&self.claims), "over", at(*when)).unwrap().to_string()
            }
            Operation::Postpone(which, until) => {
                ledger.postpone(which.get(&self.claims), at(*until), at(41)).unwrap().to_string()
            }
            Operation::HandBack(which) => ledger.hand_back(which.get(&self.claims), at(41)).unwrap().to_string(),
            _ => String::new(),
        }
    }

    /// The whole content of the ledger.
    fn whole(&self) -> Vec<String> {
        let ledger = self.handles[0];
        let found = self.ids.iter().map(|id| ledger.find(*id).unwrap().map(|job| described(&job)));
        let latest = LANES.iter().flatten().map(|lane| ledger.latest(lane).unwrap().map(|job| described(&job)));
        let mut whole: Vec<String> = found.chain(latest).map(|job| format!("{job:?}")).collect();
        for accounts in [None, Some(vec![]), Some(vec![2]), Some(vec![2, 1, 9])] {
            let scope = ExportScope { dialects: vec!["dma".to_owned()], accounts };
            let mut listed = Vec::new();
            ledger.entries(&scope, &mut |entry| listed.push(entry)).unwrap();
            for entry in &listed {
                assert_eq!(ledger.numbered(entry.number).unwrap().unwrap().entry(), *entry);
            }
            whole.push(format!("{:?}", listed.iter().map(|entry| entry.number).collect::<Vec<_>>()));
        }
        whole.push(format!("{:?} {:?}", ledger.tally().unwrap(), ledger.files().unwrap()));
        whole
    }
}

fn emptied(store: &Store) {
    let emptied = behind!(store, |conn| {
        diesel::delete(exports::table).execute(conn)?;
        diesel::delete(lanes::table).execute(conn)?;
        diesel::sql_query("UPDATE counters SET last = 0 WHERE name = 'export'").execute(conn)?;
        Ok(())
    });
    emptied.unwrap();
}

#[test]
fn a_store_behaves_like_the_memory_ledger() {
    let fixture = StoreFixture::new();
    let other = fixture.again();
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(80) });
    let outcome = runner.run(&prop::collection::vec(operation(), 1..60), |operations| {
        emptied(&fixture.store);
        let memory = MemoryLedger::default();
        let (mut expected, mut kept) = (Seen::new(vec![&memory]), Seen::new(vec![&fixture.store, &other]));
        for operation in &operations {
            prop_assert_eq!(kept.after(operation), expected.after(operation), "{:?}", operation);
        }
        prop_assert_eq!(kept.whole(), expected.whole());
        Ok(())
    });
    outcome.unwrap();
}
