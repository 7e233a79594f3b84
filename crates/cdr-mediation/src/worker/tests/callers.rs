//! What a caller may see of exports.

use super::support::{Home, order};
use crate::{Caller, JobState, Outcome, Sees};

#[test]
fn a_caller_gets_the_calls_they_may_see_and_follows_only_their_own_exports() {
    let home = Home::new();
    let carol = Caller { name: "carol".into(), sees: Sees::Accounts(vec![2]) };
    let nobody = Caller { name: "nobody".into(), sees: Sees::Accounts(Vec::new()) };
    for (caller, rows) in [(&carol, 2500), (&nobody, 0)] {
        home.mediation.start_export(caller, order(Some("slot"))).unwrap();
        assert_eq!(home.worker().run_next().unwrap().unwrap().outcome, Outcome::Completed { rows });
        let mut live = Vec::new();
        let receipt = home.mediation.stream_export(caller, &order(None).request, &mut live).unwrap();
        assert_eq!(receipt.sheets[0].rows, rows, "at once, too");
    }
    let job = home.mediation.latest_export(&nobody, "slot").unwrap().unwrap();
    assert!(matches!(job.state, JobState::Completed(_)));
    assert!(home.mediation.collect(&nobody, &job).unwrap().is_some());
    assert!(home.mediation.latest_export(&carol, "slot").unwrap().is_none(), "it is not hers");
    assert!(home.mediation.collect(&carol, &job).unwrap().is_none());
    assert!(home.mediation.collect(&Caller::everything("root"), &job).unwrap().is_some());
}
