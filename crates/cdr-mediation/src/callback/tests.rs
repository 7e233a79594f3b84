//! Whoever wants to be told is told, however often it takes.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{Callback, CallbackTask, Courier};
use crate::worker::tests::support::{Home, order};
use crate::{Caller, Clock, ExportJob, ExportOrder, ExportStatus, JobLedger, PortError, Stop};

const MINUTE: Duration = Duration::from_secs(60);

/// What happens at each call.
type Answer = Box<dyn FnMut(&CallbackTask) -> Result<(), PortError> + Send>;

/// A line on which calls are answered as a test wants, and noted.
struct Line {
    answer: Mutex<Answer>,
    calls: Mutex<Vec<CallbackTask>>,
}

impl Line {
    fn new(answer: impl FnMut(&CallbackTask) -> Result<(), PortError> + Send + 'static) -> Arc<Line> {
        Arc::new(Line { answer: Mutex::new(Box::new(answer)), calls: Mutex::default() })
    }

    fn dead() -> Arc<Line> {
        Line::new(|_| Err(PortError::failed("nobody answered", "no route to host")))
    }

    fn calls(&self) -> usize {
        self.calls.lock().unwrap().len()
    }
}

impl Callback for Line {
    fn call(&self, task: &CallbackTask) -> Result<(), PortError> {
        self.calls.lock().unwrap().push(task.clone());
        // An answer that panicked may be given again.
        (self.answer.lock().unwrap_or_else(PoisonError::into_inner))(task)
    }
}

fn courier(home: &Home, line: &Arc<Line>) -> Courier {
    Courier::new(&home.mediation, line.clone(), &Stop::new(&home.mediation))
}

fn start(home: &Home, callback: Option<&str>) -> ExportJob {
    let order = ExportOrder { callback: callback.map(str::to_owned), ..order(None) };
    home.mediation.start_export(&Caller::everything("alice"), order).unwrap()
}

/// An export that has ended, with somebody to tell.
fn ended(home: &Home) -> ExportJob {
    let job = start(home, Some("http://example.com/told"));
    home.worker().run_next().unwrap().unwrap();
    job
}

#[test]
fn who_wants_to_be_told_is_told_once_of_either_end() {
    let home = Home::new();
    let line = Line::new(|_| Ok(()));
    let mut courier = courier(&home, &line);
    start(&home, None);
    start(&home, Some(""));
    let whole = start(&home, Some("http://example.com/a?b=c"));
    assert!(!courier.run_next().unwrap(), "nothing has ended yet");
    while home.worker().run_next().unwrap().is_some() {}
    home.before_reading(|| Err(PortError::failed("the calls could not be read", "broken")));
    let broken = start(&home, Some("http://example.com/d"));
    home.worker().run_next().unwrap().unwrap();
    while courier.run_next().unwrap() {}
    let told = |job: &ExportJob, url: &str, status| CallbackTask {
        id: job.id,
        number: job.number,
        url: url.to_owned(),
        status,
        attempts: 1,
    };
    let expected = [
        told(&whole, "http://example.com/a?b=c", ExportStatus::Completed),
        told(&broken, "http://example.com/d", ExportStatus::Failed),
    ];
    assert_eq!(*line.calls.lock().unwrap(), expected);
    home.clock.go_on(100_000 * MINUTE);
    assert!(!courier.run_next().unwrap());
}

#[test]
fn what_fails_is_tried_again_after_longer_and_longer_gaps_and_given_up_at_last() {
    let home = Home::new();
    ended(&home);
    let line = Line::dead();
    assert!(courier(&home, &line).run_next().unwrap());
    let mut gaps = Vec::new();
    while line.calls() < 16 {
        let mut minutes = 0;
        // Each attempt is that of another courier, as it is when the program starts again: the ledger knows the gaps.
        while !courier(&home, &line).run_next().unwrap() {
            home.clock.go_on(MINUTE);
            minutes += 1;
            assert!(minutes <= 360, "after {gaps:?}");
        }
        gaps.push(minutes);
    }
    assert_eq!(gaps, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360, 360, 360, 360]);
    let attempts: Vec<u32> = line.calls.lock().unwrap().iter().map(|call| call.attempts).collect();
    assert_eq!(attempts, (1..=16).collect::<Vec<_>>());
    home.clock.go_on(100_000 * MINUTE);
    assert!(!courier(&home, &line).run_next().unwrap(), "it was given up");
}

#[test]
fn who_answers_at_last_is_told_no_more() {
    let home = Home::new();
    ended(&home);
    let line = Line::new(|task| match task.attempts {
        3 => Ok(()),
        2 => resume_unwind(Box::new("a mistake in the program")),
        _ => Err(PortError::unavailable("nobody answered", "no route to host")),
    });
    let mut courier = courier(&home, &line);
    for _ in 0..5 {
        courier.run_next().unwrap();
        home.clock.go_on(6 * 60 * MINUTE);
    }
    assert_eq!(line.calls(), 3);
}

#[test]
fn an_export_that_was_withdrawn_before_anybody_was_told_is_told_of_as_such() {
    let home = Home::new();
    let (job, never_begun) = (ended(&home), start(&home, Some("http://example.com/never")));
    for job in [&job, &never_begun] {
        assert!(home.mediation.withdraw_export(&Caller::everything("alice"), job).unwrap());
    }
    let line = Line::new(|_| Ok(()));
    while courier(&home, &line).run_next().unwrap() {}
    let told: Vec<_> = line.calls.lock().unwrap().iter().map(|call| (call.id, call.status)).collect();
    assert_eq!(told, [(job.id, ExportStatus::Withdrawn)], "what never ended is told to nobody");
}

#[test]
fn two_couriers_do_not_call_the_same_at_once_unless_one_takes_far_too_long() {
    let home = Arc::new(Home::new());
    ended(&home);
    let (inner, other) = (home.clone(), Line::new(|_| Ok(())));
    let (second, found) = (other.clone(), Arc::<Mutex<Vec<bool>>>::default());
    let seen = found.clone();
    let line = Line::new(move |_| {
        for minutes in [0, 9, 1] {
            inner.clock.go_on(minutes * MINUTE);
            seen.lock().unwrap().push(courier(&inner, &second).run_next().unwrap());
        }
        Err(PortError::failed("nobody answered", "it took too long"))
    });
    assert!(courier(&home, &line).run_next().unwrap());
    assert_eq!(*found.lock().unwrap(), [false, false, true], "at once, after nine minutes, after ten");
    assert_eq!((line.calls(), other.calls()), (1, 1));
    home.clock.go_on(100_000 * MINUTE);
    assert!(!courier(&home, &line).run_next().unwrap(), "the other one has told");
}

#[test]
fn what_kills_every_courier_is_given_up_too() {
    let home = Home::new();
    ended(&home);
    for _ in 0..16 {
        let now = home.clock.now();
        assert!(home.ledger.take_callback(now, now.plus_micros(60_000_000)).unwrap().is_some());
        home.clock.go_on(MINUTE);
    }
    let line = Line::new(|_| Ok(()));
    assert!(courier(&home, &line).run_next().unwrap());
    home.clock.go_on(100_000 * MINUTE);
    assert!(!courier(&home, &line).run_next().unwrap());
    assert_eq!(line.calls(), 0);
}

#[test]
fn a_courier_runs_until_it_is_told_to_stop() {
    let home = Home::new();
    let stop = Stop::new(&home.mediation);
    for _ in 0..3 {
        ended(&home);
    }
    let told = stop.clone();
    let line = Line::new(move |task| {
        if task.number == 2 {
            told.after_this();
        }
        Ok(())
    });
    Courier::new(&home.mediation, line.clone(), &stop).run();
    assert_eq!(line.calls(), 2);
}
