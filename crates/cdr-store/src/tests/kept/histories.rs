//! After any history of loads, corrections, removals and exports, an export is the same with and without kept blocks.

use cdr_export::Package;
use cdr_mediation::{CdrSource, ExportRequest, MemoryPacks, PackStore, Quarantine};
use cdr_model::{Anchor, CdrField, Timestamp};
use cdr_query::{CdrQuery, Condition, Operand, SortBy, SortOrder, Test};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;

/// What happens to a store.
#[derive(Clone, Debug)]
enum Event {
    /// Calls arrive: the key, the account, the second of the day, the talk time, the content.
    Load(Vec<(u8, u8, i64, i64, u8)>),
    /// The oldest open entry of the quarantine is accepted.
    Accept,
    /// Calls that started before this hour are removed.
    Remove(i64),
    /// A pack is damaged at this place, or removed.
    Damage(usize, usize),
    /// Some export is written.
    Export(Ask),
}

/// What an export asks for.
#[derive(Clone, Debug)]
struct Ask {
    anchor: Anchor,
    /// Quarters of an hour since midnight; `None` for no bounds.
    bounds: Option<(i64, i64)>,
    accounts: Vec<i64>,
    descending: bool,
    /// How many record numbers the watermark is below the last one.
    below: i64,
    form: usize,
}

const FORMS: [(&str, Package); 3] =
    [("native", Package::Plain), ("yeti-customer", Package::Gzip), ("dma-6.1-reconstructed", Package::Zip)];

impl Ask {
    fn request(&self, watermark: i64) -> ExportRequest {
        let mut query = match self.bounds {
            Some((from, until)) => {
                let mut query = hours(self.anchor, 0, 0);
                let at = |quarters: i64| Timestamp::from_micros(MIDNIGHT + quarters * HOUR / 4);
                (query.window.from, query.window.until) = (at(from.min(until)), at(from.max(until)));
                query
            }
            None => CdrQuery { window: cdr_query::Window::all(self.anchor), ..everything() },
        };
        query.order = SortOrder::new(SortBy::Anchor, self.descending);
        if !self.accounts.is_empty() {
            let accounts = self.accounts.iter().copied().map(Operand::Integer).collect();
            query = query.only(Condition::new(CdrField::AccountId, Test::In(accounts)).unwrap());
        }
        let (layout, package) = FORMS[self.form];
        request(layout, package, query.at((watermark - self.below).max(0)))
    }
}

fn ask() -> impl Strategy<Value = Ask> {
    let anchor = prop::sample::select(&Anchor::ALL);
    let bounds = prop_oneof![
        1 => Just(None),
        2 => (-30i64..140, -30i64..140).prop_map(Some),
        // Whole hours.
        3 => (-8i64..34, -8i64..34).prop_map(|(from, until)| Some((from * 4, until * 4))),
    ];
    let accounts = prop_oneof![2 => Just(vec![]), 1 => prop::collection::vec(1i64..5, 1..3)];
    let below = prop_oneof![3 => Just(0i64), 1 => 0i64..12];
    (anchor, bounds, accounts, any::<bool>(), below, 0..FORMS.len()).prop_map(
        |(anchor, bounds, accounts, descending, below, form)| Ask { anchor, bounds, accounts, descending, below, form },
    )
}

fn event() -> impl Strategy<Value = Event> {
    let talk = prop_oneof![2 => Just(0i64), 4 => 1i64..900, 1 => 1i64..90_000];
    let call = (0u8..40, 0u8..4, 0i64..100_000, talk, 0u8..3);
    prop_oneof![
        4 => prop::collection::vec(call, 1..12).prop_map(Event::Load),
        2 => Just(Event::Accept),
        1 => (0i64..20).prop_map(Event::Remove),
        1 => (0usize..50, 0usize..100_000).prop_map(|(pack, at)| Event::Damage(pack, at)),
        6 => ask().prop_map(Event::Export),
    ]
}

/// Replays a history on a store, with an export of everything after each event.
fn replay(store: &Store, packs: &MemoryPacks, events: &[Event]) {
    for event in events {
        match event {
            Event::Load(calls) => {
                let draft = |(key, account, second, talk, content): &(u8, u8, i64, i64, u8)| {
                    spoken(&key.to_string(), &account.to_string(), *second, *talk, &content.to_string())
                };
                take(store, calls.iter().map(draft));
            }
            Event::Accept => {
                if let Some(entry) = store.entries(false, 0, 1).unwrap().first() {
                    // The conflicting record may be gone.
                    let _ = store.accept(entry.id);
                }
            }
            Event::Remove(hour) => {
                let floor = Timestamp::from_micros(MIDNIGHT + hour * HOUR + HOUR / 3);
                store.remove_before(store.removable_before(floor), &mut |_| {}).unwrap();
            }
            Event::Damage(pack, at) => {
                let all = packs.list().unwrap();
                if let Some(pack) = all.get(pack % all.len().max(1)) {
                    let mut bytes = Vec::new();
                    std::io::copy(&mut packs.open(&pack.name).unwrap(), &mut bytes).unwrap();
                    let at = at % bytes.len();
                    bytes[at] ^= 0x20;
                    replace(packs, &pack.name, &bytes);
                }
            }
            Event::Export(ask) => agree(store, packs, &ask.request(store.watermark().unwrap())),
        }
        for anchor in [Anchor::Start, Anchor::End] {
            let query = CdrQuery { window: cdr_query::Window::all(anchor), ..everything() };
            agree(store, packs, &request("native", Package::Plain, query));
        }
    }
}

#[test]
fn exports_are_the_same_with_and_without_kept_blocks() {
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(40) });
    let outcome = runner.run(&prop::collection::vec(event(), 1..25), |events| {
        let fixture = with_accounts(StoreFixture::new());
        replay(&fixture.store, &MemoryPacks::default(), &events);
        Ok(())
    });
    outcome.unwrap();
}
