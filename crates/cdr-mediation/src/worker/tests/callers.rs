//! The exports that a caller may see.

use super::support::{WorkerFixture, order};
use crate::{Caller, JobState, Outcome, Visibility};

#[test]
fn a_caller_gets_only_its_visible_calls_and_follows_only_its_own_exports() {
    let fixture = WorkerFixture::new();
    let carol = Caller { name: "carol".into(), visibility: Visibility::Accounts(vec![2]) };
    let nobody = Caller { name: "nobody".into(), visibility: Visibility::Accounts(Vec::new()) };
    for (caller, rows) in [(&carol, 2500), (&nobody, 0)] {
        fixture.mediation.start_export(caller, order(Some("slot"))).unwrap();
        assert_eq!(fixture.worker().run_next().unwrap().unwrap().outcome, Outcome::Completed { rows });
        let mut live = Vec::new();
        let receipt = fixture.mediation.stream_export(caller, &order(None).request, &mut live).unwrap();
        assert_eq!(receipt.sheets[0].rows, rows, "a live answer, too");
    }
    let job = fixture.mediation.latest_export(&nobody, "slot").unwrap().unwrap();
    assert!(matches!(job.state, JobState::Completed(_)));
    assert!(fixture.mediation.collect(&nobody, &job).unwrap().is_some());
    assert!(fixture.mediation.latest_export(&carol, "slot").unwrap().is_none(), "it is an export of another caller");
    assert!(fixture.mediation.collect(&carol, &job).unwrap().is_none());
    assert!(fixture.mediation.collect(&Caller::everything("root"), &job).unwrap().is_some());
}
