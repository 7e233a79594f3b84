//! Who gets the next place.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cdr_model::{Anchor, Cdr, PortError, SystemClock, Timestamp};
use cdr_query::{Cancel, CdrQuery, Window};

use super::ReadQueue;
use super::line::{Asking, Line, Ticket};
use crate::{Caller, Mediation, Memory, MemoryLedger, MemorySpool};

/// A line, and the names of those that wait in it.
#[derive(Default)]
struct Named {
    line: Line,
    waiting: Vec<(Ticket, String)>,
}

impl Named {
    fn ask(&mut self, tenant: &str, name: &str, is_long: bool) {
        self.ask_again(tenant, name, Asking { is_long, ..Asking::default() });
    }

    fn ask_again(&mut self, tenant: &str, name: &str, asking: Asking) {
        let ticket = self.line.ask(&tenant.into(), asking);
        self.waiting.push((ticket, name.to_owned()));
    }

    fn next(&mut self) -> String {
        let (ticket, _) = self.line.next(true).expect("somebody waits");
        self.waiting.iter().find(|(it, _)| *it == ticket).map(|(_, name)| name.clone()).unwrap()
    }
}

/// Fifty answers that begin together and need ten pages each, over four places. One turn is the reading of a page.
#[test]
fn answers_that_begin_together_end_together() {
    for tenants in [1, 5, 50] {
        let mut named = Named::default();
        let tenant = |answer: usize| format!("tenant {}", answer % tenants);
        for answer in 0..50 {
            named.line.join(&tenant(answer).as_str().into());
            named.ask(&tenant(answer), &answer.to_string(), false);
        }
        let (mut pages, mut ended, mut reading) = ([0_u64; 50], Vec::new(), Vec::new());
        for turn in 0.. {
            while reading.len() < 4 && named.line.len() > 0 {
                reading.push(named.next().parse::<usize>().unwrap());
            }
            if reading.is_empty() {
                break;
            }
            let answer = reading.remove(0);
            pages[answer] += 1;
            match pages[answer] {
                10 => ended.push(turn),
                had => named.ask_again(
                    &tenant(answer),
                    &answer.to_string(),
                    Asking { is_long: true, had, ..Asking::default() },
                ),
            }
        }
        let (first, median, last) = (ended[0], ended[25], ended[49]);
        assert_eq!(ended.len(), 50);
        assert!(last <= 2 * median && first * 2 >= median, "{tenants} tenants: {first}, {median}, {last}");
    }
}

#[test]
fn tenants_are_served_in_turn_whatever_the_number_of_their_answers() {
    let mut named = Named::default();
    for tenant in ["a", "b", "c"] {
        named.line.join(&tenant.into());
    }
    for answer in 0..100 {
        named.ask("a", &format!("a{answer}"), true);
    }
    for name in ["b0", "b1"] {
        named.ask("b", name, true);
    }
    named.ask("c", "c0", true);
    let order: Vec<String> = (0..8).map(|_| named.next()).collect();
    assert_eq!(order, ["a0", "b0", "c0", "a1", "b1", "a2", "a3", "a4"]);
}

#[test]
fn a_tenant_that_comes_again_and_again_does_not_starve_one_that_waits() {
    let mut named = Named::default();
    named.line.join(&"patient".into());
    named.ask("patient", "patient", false);
    for step in 0..3 {
        let tenant = format!("new {step}");
        named.line.join(&tenant.as_str().into());
        named.ask(&tenant, &tenant, false);
    }
    assert_eq!(named.next(), "patient");
    // Those that came later, and left and came back, are behind those that have waited.
    named.line.part(&"new 0".into());
    named.line.join(&"new 0".into());
    named.ask("new 0", "new 0 again", false);
    assert_eq!(named.next(), "new 1");
}

#[test]
fn short_and_long_answers_alternate() {
    let mut named = Named::default();
    named.line.join(&"a".into());
    named.line.join(&"b".into());
    for answer in 0..4 {
        named.ask("a", &format!("long {answer}"), true);
    }
    for answer in 0..2 {
        named.ask("b", &format!("short {answer}"), false);
    }
    let order: Vec<String> = (0..6).map(|_| named.next()).collect();
    assert_eq!(order, ["short 0", "long 0", "short 1", "long 1", "long 2", "long 3"]);
}

/// Eight answers of a tenant take place after place, none of which is a full page. One that begins beside them needs two.
#[test]
fn an_answer_that_begins_waits_for_no_more_than_a_place_of_those_that_have_had_one() {
    let mut named = Named::default();
    named.line.join(&"a".into());
    let mut had = [5_u64; 8];
    for (answer, had) in had.iter().enumerate() {
        named.ask_again("a", &answer.to_string(), Asking { had: *had, ..Asking::default() });
    }
    named.ask("a", "new", false);
    let (mut order, mut new) = (Vec::new(), 0);
    while new < 2 {
        let name = named.next();
        match name.parse::<usize>() {
            Ok(answer) => {
                had[answer] += 1;
                named.ask_again("a", &name, Asking { had: had[answer], ..Asking::default() });
            }
            Err(_) => {
                new += 1;
                named.ask_again("a", "new", Asking { had: new, ..Asking::default() });
            }
        }
        order.push(name);
    }
    assert_eq!(order, ["new", "0", "new"]);
}

/// Answers begin all the time, and each needs one place. Those that have had one still get every other place.
#[test]
fn answers_that_begin_do_not_starve_those_that_have_begun() {
    let mut named = Named::default();
    named.line.join(&"a".into());
    for answer in 0..4 {
        named.ask_again("a", &format!("old {answer}"), Asking { had: 10, ..Asking::default() });
    }
    let mut order = Vec::new();
    for step in 0..8 {
        named.ask("a", &format!("new {step}"), false);
        named.ask("a", &format!("new too {step}"), false);
        order.push(named.next());
    }
    let old: Vec<&String> = order.iter().filter(|name| name.starts_with("old")).collect();
    assert_eq!(old, ["old 0", "old 1", "old 2", "old 3"], "{order:?}");
}

#[test]
fn slow_answers_wait_while_they_may_take_no_more_places() {
    let mut line = Line::default();
    line.join(&"a".into());
    let slow = line.ask(&"a".into(), Asking { is_slow: true, ..Asking::default() });
    let short = line.ask(&"a".into(), Asking::default());
    assert_eq!(
        [false, false, true].map(|slow_too| line.next(slow_too)),
        [Some((short, false)), None, Some((slow, true))]
    );
}

/// The limit only ends a test that has failed.
fn until(mut is_true: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_true() {
        assert!(started.elapsed() < Duration::from_secs(120), "the condition did not become true");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn who_waits_for_a_place_stops_when_the_answer_is_no_longer_wanted() {
    let queue = ReadQueue::new(1);
    let (first, second) = (queue.join("a"), queue.join("b"));
    let held = first.place(&Cancel::default()).unwrap();
    let cancel = Cancel::new();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| second.place(&cancel).map(drop));
        until(|| queue.waiting() == 1);
        cancel.cancel();
        assert!(matches!(waiter.join().unwrap(), Err(PortError::Cancelled)));
    });
    assert_eq!(queue.waiting(), 0);
    drop(held);
    drop(second.place(&Cancel::default()).unwrap());
}

/// A reader that does not go on holds no place, so another answer is read beside it.
#[test]
fn a_place_is_free_while_the_reader_is_busy_with_a_page() {
    let call = |n| Cdr { started_at: Timestamp::from_seconds(n), ..Cdr::default() };
    let ledger = Arc::<MemoryLedger>::default();
    let source = Arc::new(Memory::of((0..5_000).map(call)));
    let mediation = Mediation::new(source, ledger, Arc::<MemorySpool>::default(), Arc::<SystemClock>::default());
    let (queue, root) = (ReadQueue::new(1), Caller::everything("root"));
    let query = CdrQuery::over(Window::all(Anchor::Start));
    let (slow, other) = (mediation.queued(&queue.join("a")), mediation.queued(&queue.join("b")));
    let mut seen = 0;
    slow.scan(&root, &query, &mut |_| {
        seen += 1;
        if seen % 1_000 == 0 {
            assert_eq!(other.count(&root, &query).unwrap(), 5_000);
            assert_eq!(other.list(&root, &query, 4_000, 10).unwrap().len(), 10);
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(seen, 5_000);
}

/// Counts that would not end take every place. Short answers pass them, each count is interrupted once at most, and all
/// have their result in the end.
#[test]
fn an_answer_that_fits_in_a_page_does_not_wait_behind_counts() {
    for (places, counts) in [(2, 2), (2, 5), (4, 4), (4, 9)] {
        let queue = ReadQueue::with_patience(places, Duration::ZERO);
        let (begun, may_end) = (AtomicUsize::new(0), AtomicBool::new(false));
        let count = |cancel: &Cancel| {
            begun.fetch_add(1, Ordering::SeqCst);
            while !may_end.load(Ordering::SeqCst) {
                if cancel.is_cancelled() {
                    return Err(PortError::Cancelled);
                }
                thread::sleep(Duration::from_millis(1));
            }
            Ok(1)
        };
        thread::scope(|scope| {
            let all: Vec<_> = (0..counts)
                .map(|n| {
                    let (reader, count) = (queue.join(&format!("tenant {}", n % 2)), &count);
                    scope.spawn(move || reader.read(&Cancel::default(), count))
                })
                .collect();
            until(|| begun.load(Ordering::SeqCst) >= places);
            let shorts = scope.spawn(|| {
                (0..20).map(|n| queue.join("short").read(&Cancel::default(), &|_| Ok(n)).unwrap()).collect::<Vec<_>>()
            });
            until(|| shorts.is_finished());
            assert_eq!(shorts.join().unwrap(), (0..20).collect::<Vec<_>>());
            may_end.store(true, Ordering::SeqCst);
            let done: Vec<u32> = all.into_iter().map(|it| it.join().unwrap().unwrap()).collect();
            assert_eq!(done, vec![1; counts]);
        });
        let begun = begun.into_inner();
        assert!(begun <= 2 * counts, "{places} places, {counts} counts: {begun} began");
        assert_eq!(queue.waiting(), 0);
    }
}

/// A reading that has not run for long is left alone, and so is a slow one.
#[test]
fn a_short_answer_waits_for_what_may_not_be_interrupted() {
    for (patience, is_slow) in [(Duration::from_secs(3_600), false), (Duration::ZERO, true)] {
        let queue = ReadQueue::with_patience(1, patience);
        let busy = queue.join("busy");
        let interrupted = AtomicUsize::new(0);
        let (begun, may_end) = (AtomicBool::new(false), AtomicBool::new(false));
        thread::scope(|scope| {
            let reading = scope.spawn(|| {
                busy.read(&Cancel::default(), &|cancel| {
                    begun.store(true, Ordering::SeqCst);
                    let may_be_interrupted = is_slow && interrupted.load(Ordering::SeqCst) == 0;
                    while may_be_interrupted || !may_end.load(Ordering::SeqCst) {
                        if cancel.is_cancelled() {
                            interrupted.fetch_add(1, Ordering::SeqCst);
                            return Err(PortError::Cancelled);
                        }
                        thread::sleep(Duration::from_millis(1));
                    }
                    Ok(1)
                })
            });
            until(|| begun.load(Ordering::SeqCst));
            let shorts: Vec<_> = (0..3)
                .map(|n| {
                    scope.spawn({
                        let queue = &queue;
                        move || queue.join("short").read(&Cancel::default(), &|_| Ok(n))
                    })
                })
                .collect();
            until(|| queue.waiting() > 0 && (!is_slow || interrupted.load(Ordering::SeqCst) == 1));
            thread::sleep(Duration::from_millis(20));
            may_end.store(true, Ordering::SeqCst);
            assert_eq!(reading.join().unwrap().unwrap(), 1);
            for (n, short) in shorts.into_iter().enumerate() {
                assert_eq!(short.join().unwrap().unwrap(), n);
            }
        });
        assert_eq!(interrupted.into_inner(), usize::from(is_slow), "{patience:?}");
    }
}
