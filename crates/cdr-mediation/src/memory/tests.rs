//! The in-memory ports fulfil the contracts.

use crate::testsuite::{conferences, source};
use crate::{JobLedger, Memory, MemoryLedger, MemoryPacks, MemorySpool, MemoryWalks, PackStore, Spool, Walks};

fn on_every_ledger(case: &dyn Fn(&dyn JobLedger, &dyn JobLedger)) {
    let ledger = MemoryLedger::default();
    case(&ledger, &ledger);
}

fn on_every_spool(case: &dyn Fn(&dyn Spool, &str)) {
    case(&MemorySpool::default(), "memory");
}

fn on_every_walks(case: &dyn Fn(&dyn Walks, &dyn Walks)) {
    let walks = MemoryWalks::default();
    case(&walks, &walks);
}

fn on_every_pack_store(case: &dyn Fn(&dyn PackStore, &str)) {
    case(&MemoryPacks::default(), "memory");
}

mod packs {
    crate::packs_contract!(super::on_every_pack_store);
}

mod ledger {
    crate::ledger_contract!(super::on_every_ledger);
}

mod spool {
    crate::spool_contract!(super::on_every_spool);
}

mod walks {
    crate::walks_contract!(super::on_every_walks);
}

#[test]
fn answers_match_the_definition_of_the_query() {
    let numbered: Vec<_> =
        (1..).zip(source::calls()).map(|(number, call)| cdr_model::Cdr { number, id: number, ..call }).collect();
    source::agrees(&Memory::of(numbered.clone()), &numbered);
    source::agrees(&Memory::default(), &[]);
    let mut held: Vec<_> = (1..)
        .zip(conferences::conferences())
        .map(|(number, held)| cdr_model::ConferenceRecord { number, id: number, ..held })
        .collect();
    held[3].replaced_by = Some(9);
    conferences::agrees(&Memory::default().with_conferences(held.clone()), &held);
    conferences::agrees(&Memory::default(), &[]);
}
