//! Calls by what their legs share.

use cdr_mediation::CallDraft;
use cdr_model::{Cdr, CdrField, Xdr};
use cdr_query::{CdrQuery, Condition, Operand, Test};

use super::support::*;

/// A leg with these identifiers.
fn leg(key: &str, start: i64, conf_id: &str, incoming: &str) -> CallDraft {
    let given = |id: &str| (id != "-").then(|| id.to_owned());
    let mut draft = call(key, start, key);
    let xdr = Xdr { conf_id: given(conf_id), incoming_conf_id: given(incoming), ..Xdr::default() };
    draft.call.details.xdr = Some(Box::new(xdr));
    draft
}

fn of_groups(groups: &[&str]) -> CdrQuery {
    let groups = groups.iter().map(|group| Operand::Text((*group).to_owned())).collect();
    everything().only(Condition::new(CdrField::XdrGroup, Test::In(groups)).unwrap())
}

#[test]
fn legs_are_found_by_what_they_share() {
    let fixture = StoreFixture::new();
    take(
        &fixture.store,
        [
            leg("first", 10, "A", "-"),
            leg("second", 86_400 * 40, "B", "A"),
            leg("other", 20, "C", "-"),
            leg("empty", 30, "A", ""),
            leg("of nothing", 40, "", "-"),
            call("plain", 50, "plain"),
        ],
    );
    let named = |query: &CdrQuery| -> Vec<String> {
        scan(&fixture.store, query).into_iter().map(|call| call.called.unwrap_or_default()).collect()
    };
    for (groups, legs) in [
        (vec!["A"], vec!["first", "empty", "second"]),
        (vec!["C", "B"], vec!["other"]),
        (vec!["A", "C"], vec!["first", "other", "empty", "second"]),
        (vec![""], vec![]),
        (vec![], vec![]),
    ] {
        assert_eq!(named(&of_groups(&groups)), legs, "{groups:?}");
        assert_eq!(cdr_mediation::CdrSource::count(&fixture.store, &of_groups(&groups)).unwrap(), legs.len() as u64);
    }
    let successful = Condition::new(CdrField::Success, Test::Eq(Operand::Boolean(true))).unwrap();
    assert_eq!(named(&of_groups(&["A"]).only(successful)), [""; 0], "all other conditions hold too");
    assert_eq!(named(&of_groups(&["A"]).at(1)), ["first"], "and so does the watermark");
    let first = Cdr { number: 1, started_at: cdr_model::Timestamp::from_seconds(10), ..Cdr::default() };
    let after = cdr_query::Cursor::of(&first, &of_groups(&["A"]));
    let page = cdr_mediation::CdrSource::page(&fixture.store, &of_groups(&["A"]), Some(&after), 1).unwrap();
    assert_eq!(page.iter().map(|call| call.number).collect::<Vec<_>>(), [4]);
}
