//! A customer with many exports does not delay other customers.

use super::support::{WorkerFixture, order};
use crate::{Caller, ExportJob, ExportOrder, JobLedger, JobState, Stop, Worker, WorkerOptions};

fn start(fixture: &WorkerFixture, customer_id: Option<i64>) -> ExportJob {
    let order = ExportOrder { customer_id, ..order(None) };
    fixture.mediation.start_export(&Caller::everything("alice"), order).unwrap()
}

#[test]
fn exports_beyond_the_customer_limit_wait() {
    let fixture = WorkerFixture::new();
    let [first, second, other, without] = [Some(7), Some(7), Some(8), None].map(|customer| start(&fixture, customer));
    let options = WorkerOptions { per_customer: Some(1), ..WorkerOptions::default() };
    let mut worker = Worker::new(&fixture.mediation, options, &Stop::new(&fixture.mediation));
    let slow = fixture.ledger.claim(fixture.clock_now(), Some(1)).unwrap().unwrap();
    assert_eq!(slow.job.id, first.id);
    for expected in [&other, &without] {
        assert_eq!(worker.run_next().unwrap().unwrap().job.id, expected.id);
    }
    assert!(worker.run_next().unwrap().is_none());
    assert!(matches!(fixture.job(&second).state, JobState::Pending));
    assert!(fixture.ledger.hand_back(&slow, fixture.clock_now()).unwrap());
    for expected in [&first, &second] {
        assert_eq!(worker.run_next().unwrap().unwrap().job.id, expected.id, "an export handed back keeps its place");
    }
}

#[test]
fn without_a_limit_the_oldest_export_is_first_for_any_customer() {
    let fixture = WorkerFixture::new();
    let jobs = [Some(7), Some(7), Some(8)].map(|customer| start(&fixture, customer));
    for job in jobs {
        assert_eq!(fixture.ledger.claim(fixture.clock_now(), None).unwrap().unwrap().job.id, job.id);
    }
}
