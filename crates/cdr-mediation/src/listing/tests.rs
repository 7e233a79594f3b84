//! Lists agree with the definition of the query.

use std::sync::Arc;

use cdr_model::{Anchor, Cdr, CdrField, PortError, SystemClock, Timestamp};
use cdr_query::{CdrQuery, Condition, Cursor, Operand, SortBy, SortOrder, Test, Window};

use crate::ports::CdrSource;
use crate::{Caller, Mediation, Memory, MemoryLedger, MemorySpool, Visibility};

/// More calls than fit into two pages, three per instant, of five accounts, with few distinct talk times.
fn calls() -> Vec<Cdr> {
    let call = |n: i64| Cdr {
        number: n + 1,
        id: n + 1,
        started_at: Timestamp::from_seconds(n * 7919 % 1000),
        account_id: n % 5,
        talk_us: Some(n * 31 % 17),
        ..Cdr::default()
    };
    (0..3000).map(call).collect()
}

fn over(source: impl CdrSource + 'static) -> Mediation {
    let (ledger, spool) = (Arc::<MemoryLedger>::default(), Arc::<MemorySpool>::default());
    Mediation::new(Arc::new(source), ledger, spool, Arc::<SystemClock>::default())
}

fn queries() -> Vec<CdrQuery> {
    let all = CdrQuery::over(Window::all(Anchor::Start));
    let (from, until) = (Timestamp::from_seconds(100), Timestamp::from_seconds(800));
    let some = CdrQuery::over(Window::new(Anchor::Start, from, until).unwrap())
        .only(Condition::new(CdrField::AccountId, Test::NotEq(Operand::Integer(3))).unwrap());
    let order = |by, descending| SortOrder::new(by, descending);
    vec![
        all.clone(),
        CdrQuery { order: order(SortBy::Anchor, true), ..all.clone() },
        CdrQuery { order: order(SortBy::Number, true), ..some.clone() },
        some.at(2000),
    ]
}

fn callers() -> [Caller; 3] {
    let of = |ids: &[i64]| Caller { name: "carol".into(), visibility: Visibility::Accounts(ids.to_vec()) };
    [Caller::everything("root"), of(&[1, 3]), of(&[])]
}

/// The answer by the definition of the query.
fn expected(caller: &Caller, query: &CdrQuery) -> Vec<Cdr> {
    let mut calls = calls();
    let seen = |call: &Cdr| match &caller.visibility {
        Visibility::Everything => true,
        Visibility::Accounts(ids) => ids.contains(&call.account_id),
        Visibility::Customers(ids) => ids.contains(&call.customer_id),
    };
    calls.retain(|call| seen(call) && query.matches(call));
    calls.sort_by(|left, right| query.order.compare(&query.window, left, right));
    calls
}

fn part(calls: &[Cdr], skip: u64, take: usize) -> Vec<i64> {
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    calls.iter().skip(skip).take(take).map(|call| call.number).collect()
}

fn numbers(calls: Vec<Cdr>) -> Vec<i64> {
    calls.iter().map(|call| call.number).collect()
}

const PARTS: [(u64, usize); 12] = [
    (0, 0),
    (0, 50),
    (1, 1),
    (50, 50),
    (1000, 1000),
    (1023, 1025),
    (1024, 1024),
    (2047, 3),
    (2990, 50),
    (3000, 50),
    (u64::MAX, usize::MAX),
    (0, usize::MAX),
];

#[test]
fn a_page_of_a_list_is_the_corresponding_part_of_the_answer() {
    let mediation = over(Memory::of(calls()));
    for (caller, query) in callers().iter().flat_map(|caller| queries().into_iter().map(move |query| (caller, query))) {
        let all = expected(caller, &query);
        assert_eq!(mediation.count(caller, &query).unwrap(), all.len() as u64);
        for (skip, take) in PARTS {
            let found = numbers(mediation.list(caller, &query, skip, take).unwrap());
            assert_eq!(found, part(&all, skip, take), "{caller:?} {} {skip} {take}", query.order);
        }
    }
}

/// A source to which a call is added after each page.
struct Busy(std::sync::Mutex<Vec<Cdr>>);

impl CdrSource for Busy {
    fn page(&self, query: &CdrQuery, after: Option<&Cursor>, limit: usize) -> Result<Vec<Cdr>, PortError> {
        let mut calls = self.0.lock().unwrap();
        let page = Memory::of(calls.clone()).page(query, after, limit);
        let number = calls.len() as i64 + 1;
        calls.push(Cdr { number, id: number, started_at: Timestamp::from_seconds(5000), ..Cdr::default() });
        page
    }

    fn watermark(&self) -> Result<i64, PortError> {
        Ok(self.0.lock().unwrap().len() as i64)
    }
}

#[test]
fn calls_that_arrive_while_a_list_is_read_are_not_in_it() {
    let mediation = over(Busy(std::sync::Mutex::new(calls())));
    let (root, query) = (Caller::everything("root"), CdrQuery::over(Window::all(Anchor::Start)));
    assert_eq!(mediation.list(&root, &query, 0, usize::MAX).unwrap().len(), 3000);
}
