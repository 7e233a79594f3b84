//! Delivering callbacks, with retries.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{Callback, CallbackSender, CallbackTask};
use crate::worker::tests::support::{WorkerFixture, order};
use crate::{Caller, Clock, ExportJob, ExportOrder, ExportStatus, JobLedger, PortError, Stop};

const MINUTE: Duration = Duration::from_secs(60);

/// The response to each call.
type Answer = Box<dyn FnMut(&CallbackTask) -> Result<(), PortError> + Send>;

/// A callback port that records the calls and answers them as a test requires.
struct Line {
    answer: Mutex<Answer>,
    calls: Mutex<Vec<CallbackTask>>,
}

impl Line {
    fn new(answer: impl FnMut(&CallbackTask) -> Result<(), PortError> + Send + 'static) -> Arc<Line> {
        Arc::new(Line { answer: Mutex::new(Box::new(answer)), calls: Mutex::default() })
    }

    fn dead() -> Arc<Line> {
        Line::new(|_| Err(PortError::failed("no answer", "no route to host")))
    }

    fn calls(&self) -> usize {
        self.calls.lock().unwrap().len()
    }
}

impl Callback for Line {
    fn call(&self, task: &CallbackTask) -> Result<(), PortError> {
        self.calls.lock().unwrap().push(task.clone());
        // The lock is poisoned after an answer that panicked.
        (self.answer.lock().unwrap_or_else(PoisonError::into_inner))(task)
    }
}

fn sender(fixture: &WorkerFixture, line: &Arc<Line>) -> CallbackSender {
    CallbackSender::new(&fixture.mediation, line.clone(), &Stop::new(&fixture.mediation))
}

fn start(fixture: &WorkerFixture, callback: Option<&str>) -> ExportJob {
    let order = ExportOrder { callback: callback.map(str::to_owned), ..order(None) };
    fixture.mediation.start_export(&Caller::everything("alice"), order).unwrap()
}

/// An export with a callback that has ended.
fn ended(fixture: &WorkerFixture) -> ExportJob {
    let job = start(fixture, Some("http://example.com/ended"));
    fixture.worker().run_next().unwrap().unwrap();
    job
}

#[test]
fn a_callback_is_delivered_once_for_a_completed_and_a_failed_export() {
    let fixture = WorkerFixture::new();
    let line = Line::new(|_| Ok(()));
    let mut sender = sender(&fixture, &line);
    start(&fixture, None);
    start(&fixture, Some(""));
    let whole = start(&fixture, Some("http://example.com/a?b=c"));
    assert!(!sender.run_next().unwrap(), "nothing has ended yet");
    while fixture.worker().run_next().unwrap().is_some() {}
    fixture.before_reading(|| Err(PortError::failed("the calls could not be read", "broken")));
    let broken = start(&fixture, Some("http://example.com/d"));
    fixture.worker().run_next().unwrap().unwrap();
    while sender.run_next().unwrap() {}
    let task = |job: &ExportJob, url: &str, status| CallbackTask {
        id: job.id,
        number: job.number,
        url: url.to_owned(),
        status,
        attempts: 1,
    };
    let expected = [
        task(&whole, "http://example.com/a?b=c", ExportStatus::Completed),
        task(&broken, "http://example.com/d", ExportStatus::Failed),
    ];
    assert_eq!(*line.calls.lock().unwrap(), expected);
    fixture.clock.advance(100_000 * MINUTE);
    assert!(!sender.run_next().unwrap());
}

#[test]
fn a_failed_callback_is_retried_with_increasing_delays_and_finally_given_up() {
    let fixture = WorkerFixture::new();
    ended(&fixture);
    let line = Line::dead();
    assert!(sender(&fixture, &line).run_next().unwrap());
    let mut gaps = Vec::new();
    while line.calls() < 16 {
        let mut minutes = 0;
        // Each attempt is made by a new callback sender, as after a restart: the delays are stored in the ledger.
        while !sender(&fixture, &line).run_next().unwrap() {
            fixture.clock.advance(MINUTE);
            minutes += 1;
            assert!(minutes <= 360, "after {gaps:?}");
        }
        gaps.push(minutes);
    }
    assert_eq!(gaps, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360, 360, 360, 360]);
    let attempts: Vec<u32> = line.calls.lock().unwrap().iter().map(|call| call.attempts).collect();
    assert_eq!(attempts, (1..=16).collect::<Vec<_>>());
    fixture.clock.advance(100_000 * MINUTE);
    assert!(!sender(&fixture, &line).run_next().unwrap(), "it was given up");
}

#[test]
fn a_callback_is_not_sent_again_after_a_successful_retry() {
    let fixture = WorkerFixture::new();
    ended(&fixture);
    let line = Line::new(|task| match task.attempts {
        3 => Ok(()),
        2 => resume_unwind(Box::new("a mistake in the program")),
        _ => Err(PortError::unavailable("no answer", "no route to host")),
    });
    let mut sender = sender(&fixture, &line);
    for _ in 0..5 {
        sender.run_next().unwrap();
        fixture.clock.advance(6 * 60 * MINUTE);
    }
    assert_eq!(line.calls(), 3);
}

#[test]
fn a_pending_callback_of_a_withdrawn_export_reports_the_withdrawal() {
    let fixture = WorkerFixture::new();
    let (job, never_started) = (ended(&fixture), start(&fixture, Some("http://example.com/never")));
    for job in [&job, &never_started] {
        assert!(fixture.mediation.withdraw_export(&Caller::everything("alice"), job).unwrap());
    }
    let line = Line::new(|_| Ok(()));
    while sender(&fixture, &line).run_next().unwrap() {}
    let calls: Vec<_> = line.calls.lock().unwrap().iter().map(|call| (call.id, call.status)).collect();
    assert_eq!(calls, [(job.id, ExportStatus::Withdrawn)], "an export that never ended has no callback");
}

#[test]
fn two_callback_senders_do_not_send_the_same_callback_unless_one_takes_too_long() {
    let fixture = Arc::new(WorkerFixture::new());
    ended(&fixture);
    let (inner, other) = (fixture.clone(), Line::new(|_| Ok(())));
    let (second, found) = (other.clone(), Arc::<Mutex<Vec<bool>>>::default());
    let seen = found.clone();
    let line = Line::new(move |_| {
        for minutes in [0, 9, 1] {
            inner.clock.advance(minutes * MINUTE);
            seen.lock().unwrap().push(sender(&inner, &second).run_next().unwrap());
        }
        Err(PortError::failed("no answer", "it took too long"))
    });
    assert!(sender(&fixture, &line).run_next().unwrap());
    assert_eq!(*found.lock().unwrap(), [false, false, true], "immediately, after nine minutes, after ten");
    assert_eq!((line.calls(), other.calls()), (1, 1));
    fixture.clock.advance(100_000 * MINUTE);
    assert!(!sender(&fixture, &line).run_next().unwrap(), "the other one has delivered it");
}

#[test]
fn a_callback_that_crashes_every_sender_is_given_up() {
    let fixture = WorkerFixture::new();
    ended(&fixture);
    for _ in 0..16 {
        let now = fixture.clock.now();
        assert!(fixture.ledger.take_callback(now, now.plus_micros(60_000_000)).unwrap().is_some());
        fixture.clock.advance(MINUTE);
    }
    let line = Line::new(|_| Ok(()));
    assert!(sender(&fixture, &line).run_next().unwrap());
    fixture.clock.advance(100_000 * MINUTE);
    assert!(!sender(&fixture, &line).run_next().unwrap());
    assert_eq!(line.calls(), 0);
}

#[test]
fn a_callback_sender_runs_until_it_is_stopped() {
    let fixture = WorkerFixture::new();
    let stop = Stop::new(&fixture.mediation);
    for _ in 0..3 {
        ended(&fixture);
    }
    let stopping = stop.clone();
    let line = Line::new(move |task| {
        if task.number == 2 {
            stopping.after_this();
        }
        Ok(())
    });
    CallbackSender::new(&fixture.mediation, line.clone(), &stop).run();
    assert_eq!(line.calls(), 2);
}
