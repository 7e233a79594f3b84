//! Whatever is done to it, a store keeps a ledger as `MemoryLedger` does.

use cdr_mediation::{Claim, Entered, ExportOrder, ExportScope, JobLedger, MemoryLedger, Progress, Pulse, Step};
use diesel::RunQueryDsl;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use std::time::Duration;
use uuid::Uuid;

use super::support::*;
use crate::Store;
use crate::schema::{exports, lanes};
use crate::tests::support::Home;
use crate::tests::support::behind;

const LANES: [Option<&str>; 4] = [None, Some("a"), Some("b"), Some("A")];

/// Something that is done to a ledger. Claims, pulses and exports are those seen so far, by their place.
#[derive(Clone, Debug)]
enum Deed {
    Enter(Wish, i64),
    Claim(i64, Option<u32>),
    Look,
    TakeOver(Index, i64),
    Renew(Index, u64),
    Complete(Index, i64),
    Fail(Index, i64),
    HandBack(Index),
    Withdraw(Index, i64),
    WithdrawBefore(i64, i64),
    TakeCallback(i64, i64),
    SettleCallback(Index),
    PostponeCallback(Index, i64),
}

/// What is ordered: in which lane, for which account and customer, with which callback.
#[derive(Clone, Debug)]
struct Wish {
    lane: usize,
    account_id: Option<i64>,
    customer_id: Option<i64>,
    callback: Option<&'static str>,
}

impl Wish {
    fn order(&self) -> ExportOrder {
        let &Wish { lane, account_id, customer_id, callback } = self;
        ExportOrder { account_id, customer_id, callback: callback.map(str::to_owned), ..order(LANES[lane]) }
    }
}

fn wish() -> impl Strategy<Value = Wish> {
    let id = || prop::option::of(1i64..3);
    let callback = prop::sample::select(&[None, Some(""), Some("http://a"), Some("http://b")]);
    (0..LANES.len(), id(), id(), callback).prop_map(|(lane, account_id, customer_id, callback)| Wish {
        lane,
        account_id,
        customer_id,
        callback,
    })
}

fn deed() -> impl Strategy<Value = Deed> {
    let which = any::<Index>;
    let when = || 0i64..40;
    prop_oneof![
        7 => (wish(), when()).prop_map(|(wish, at)| Deed::Enter(wish, at)),
        6 => (when(), prop::option::of(0u32..3)).prop_map(|(at, most)| Deed::Claim(at, most)),
        3 => Just(Deed::Look),
        3 => (which(), when()).prop_map(|(pulse, at)| Deed::TakeOver(pulse, at)),
        3 => (which(), 0u64..9).prop_map(|(claim, rows)| Deed::Renew(claim, rows)),
        3 => (which(), when()).prop_map(|(claim, at)| Deed::Complete(claim, at)),
        2 => (which(), when()).prop_map(|(claim, at)| Deed::Fail(claim, at)),
        2 => which().prop_map(Deed::HandBack),
        1 => (which(), when()).prop_map(|(export, at)| Deed::Withdraw(export, at)),
        1 => (when(), when()).prop_map(|(before, at)| Deed::WithdrawBefore(before, at)),
        3 => (when(), when()).prop_map(|(now, again)| Deed::TakeCallback(now, again)),
        1 => which().prop_map(Deed::SettleCallback),
        1 => (which(), when()).prop_map(|(export, due)| Deed::PostponeCallback(export, due)),
    ]
}

/// A ledger, and what was seen of it: ids and tokens are its own, places are the same in every ledger.
struct Seen<'a> {
    handles: Vec<&'a dyn JobLedger>,
    turn: usize,
    ids: Vec<Uuid>,
    claims: Vec<Claim>,
    pulses: Vec<Pulse>,
}

impl<'a> Seen<'a> {
    fn new(handles: Vec<&'a dyn JobLedger>) -> Seen<'a> {
        Seen { handles, turn: 0, ids: Vec::new(), claims: Vec::new(), pulses: Vec::new() }
    }

    /// Does it by the next handle, and tells what came of it.
    fn after(&mut self, deed: &Deed) -> String {
        self.turn += 1;
        let ledger = self.handles[self.turn % self.handles.len()];
        let claimed = |claim: Option<Claim>, claims: &mut Vec<Claim>| {
            let told = claim.as_ref().map(|claim| (told(&claim.job), claim.tag));
            claims.extend(claim);
            format!("{told:?}")
        };
        match deed {
            Deed::Enter(wish, when) => match ledger.enter("alice", &wish.order(), at(*when)).unwrap() {
                Entered::LaneBusy => "busy".to_owned(),
                Entered::Pending(job) => {
                    self.ids.push(job.id);
                    told(&job)
                }
            },
            Deed::Claim(when, most) => claimed(ledger.claim(at(*when), *most).unwrap(), &mut self.claims),
            Deed::Look => {
                let pulses = ledger.pulses().unwrap();
                let place = |pulse: &Pulse| self.ids.iter().position(|id| *id == pulse.id);
                let told: Vec<_> = pulses.iter().map(|pulse| (place(pulse), pulse.beats)).collect();
                self.pulses.extend(pulses);
                format!("{told:?}")
            }
            Deed::TakeOver(which, when) if !self.pulses.is_empty() => {
                claimed(ledger.take_over(which.get(&self.pulses), at(*when)).unwrap(), &mut self.claims)
            }
            Deed::WithdrawBefore(before, when) => ledger.withdraw_before(at(*before), at(*when)).unwrap().to_string(),
            Deed::TakeCallback(now, again) => {
                let task = ledger.take_callback(at(*now), at(*again)).unwrap();
                task.map(|task| format!("{} {} {:?} {}", task.number, task.url, task.status, task.attempts))
                    .unwrap_or_default()
            }
            Deed::Withdraw(which, when) if !self.ids.is_empty() => {
                ledger.withdraw(*which.get(&self.ids), at(*when)).unwrap().to_string()
            }
            Deed::SettleCallback(which) if !self.ids.is_empty() => {
                format!("{:?}", ledger.settle_callback(*which.get(&self.ids)).unwrap())
            }
            Deed::PostponeCallback(which, due) if !self.ids.is_empty() => {
                format!("{:?}", ledger.postpone_callback(*which.get(&self.ids), at(*due)).unwrap())
            }
            _ if self.claims.is_empty() => String::new(),
            Deed::Renew(which, rows) => {
                let elapsed = Duration::from_millis(*rows);
                let progress = Progress { step: Step::Calls, rows: *rows, expected: 9, elapsed };
                ledger.renew(which.get(&self.claims), progress).unwrap().to_string()
            }
            Deed::Complete(which, when) => {
                let claim = which.get(&self.claims);
                let file = format!("{}.{}", claim.job.number, claim.job.attempts);
                ledger.complete(claim, &finished(&file, claim.tag, *when)).unwrap().to_string()
            }
            Deed::Fail(which, when) => ledger.fail(which.get(&self.claims), "over", at(*when)).unwrap().to_string(),
            Deed::HandBack(which) => ledger.hand_back(which.get(&self.claims), at(41)).unwrap().to_string(),
            _ => String::new(),
        }
    }

    /// All that the ledger holds.
    fn whole(&self) -> Vec<String> {
        let ledger = self.handles[0];
        let found = self.ids.iter().map(|id| ledger.find(*id).unwrap().map(|job| told(&job)));
        let latest = LANES.iter().flatten().map(|lane| ledger.latest(lane).unwrap().map(|job| told(&job)));
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
fn a_store_keeps_its_ledger_as_memory_does() {
    let home = Home::new();
    let other = home.again();
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(80) });
    let outcome = runner.run(&prop::collection::vec(deed(), 1..60), |deeds| {
        emptied(&home.store);
        let memory = MemoryLedger::default();
        let (mut expected, mut kept) = (Seen::new(vec![&memory]), Seen::new(vec![&home.store, &other]));
        for deed in &deeds {
            prop_assert_eq!(kept.after(deed), expected.after(deed), "{:?}", deed);
        }
        prop_assert_eq!(kept.whole(), expected.whole());
        Ok(())
    });
    outcome.unwrap();
}
