//! Whatever is done to it, a store keeps a ledger as `MemoryLedger` does.

use cdr_mediation::{Claim, Entered, JobLedger, MemoryLedger, Progress, Pulse, Step};
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

const LANES: [Option<&str>; 4] = [None, Some("a"), Some("b"), Some("A")];

/// Something that is done to a ledger. Claims, pulses and exports are those seen so far, by their place.
#[derive(Clone, Debug)]
enum Deed {
    Enter(usize, i64),
    Claim(i64),
    Look,
    TakeOver(Index, i64),
    Renew(Index, u64),
    Complete(Index, i64),
    Fail(Index, i64),
    HandBack(Index),
    Withdraw(i64),
}

fn deed() -> impl Strategy<Value = Deed> {
    let which = any::<Index>;
    let when = || 0i64..40;
    prop_oneof![
        6 => (0..LANES.len(), when()).prop_map(|(lane, at)| Deed::Enter(lane, at)),
        5 => when().prop_map(Deed::Claim),
        3 => Just(Deed::Look),
        3 => (which(), when()).prop_map(|(pulse, at)| Deed::TakeOver(pulse, at)),
        3 => (which(), 0u64..9).prop_map(|(claim, rows)| Deed::Renew(claim, rows)),
        3 => (which(), when()).prop_map(|(claim, at)| Deed::Complete(claim, at)),
        2 => (which(), when()).prop_map(|(claim, at)| Deed::Fail(claim, at)),
        2 => which().prop_map(Deed::HandBack),
        1 => when().prop_map(Deed::Withdraw),
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
            Deed::Enter(lane, when) => match ledger.enter("alice", &order(LANES[*lane]), at(*when)).unwrap() {
                Entered::LaneBusy => "busy".to_owned(),
                Entered::Pending(job) => {
                    self.ids.push(job.id);
                    told(&job)
                }
            },
            Deed::Claim(when) => claimed(ledger.claim(at(*when)).unwrap(), &mut self.claims),
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
            Deed::Withdraw(when) => ledger.withdraw_before(at(*when)).unwrap().to_string(),
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
            Deed::HandBack(which) => ledger.hand_back(which.get(&self.claims)).unwrap().to_string(),
            Deed::TakeOver(..) => String::new(),
        }
    }

    /// All that the ledger holds.
    fn whole(&self) -> Vec<String> {
        let ledger = self.handles[0];
        let found = self.ids.iter().map(|id| ledger.find(*id).unwrap().map(|job| told(&job)));
        let latest = LANES.iter().flatten().map(|lane| ledger.latest(lane).unwrap().map(|job| told(&job)));
        let mut whole: Vec<String> = found.chain(latest).map(|job| format!("{job:?}")).collect();
        whole.push(format!("{:?} {:?}", ledger.tally().unwrap(), ledger.files().unwrap()));
        whole
    }
}

fn emptied(store: &Store) {
    let emptied = store.write(|conn| {
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
