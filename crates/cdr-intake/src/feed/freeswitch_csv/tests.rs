use cdr_mediation::CallDraft;

use super::FreeswitchCsv;
use crate::testing::{Sink, certain, in_berlin};
use crate::{FeedSettings, FileSample};

const UUID: &str = "9f2f4a8e-6a2c-4b2f-9a51-0d4b1c6b7a11";
const OTHER: &str = "1c6b7a11-6a2c-4b2f-9a51-0d4b9f2f4a8e";

fn loaded(file: &str, settings: &FeedSettings) -> (Vec<CallDraft>, Vec<String>) {
    let sink = Sink::default();
    sink.load(&FreeswitchCsv, file.as_bytes(), settings).unwrap();
    let kept = sink.kept();
    let bad = kept.quarantine.iter().map(|(position, reason, detail, _)| format!("{position}: {reason}: {detail}"));
    (kept.calls().into_iter().cloned().collect(), bad.collect())
}

/// A line of the template `example`.
fn example(name: &str, uuid: &str) -> String {
    format!(
        "\"{name}\",\"1000\",\"4930\",\"default\",\"2026-11-21 11:00:00\",\"2026-11-21 11:00:05\",\"2026-11-21 11:01:05\",\"65\",\
         \"60\",\"NORMAL_CLEARING\",\"{uuid}\",\"{OTHER}\",\"acc\",\"PCMA\",\"PCMA\"\n"
    )
}

#[test]
fn a_line_of_the_default_template_becomes_a_call() {
    let (calls, bad) = loaded(&example("Ada", UUID), &in_berlin());
    assert!(bad.is_empty(), "{bad:?}");
    let draft = &calls[0];
    let call = &draft.call;
    assert_eq!((draft.key.as_str(), draft.account.as_deref()), (UUID, Some("acc")));
    assert_eq!(call.started_at.to_string(), "2026-11-21T10:00:00.000000Z");
    assert_eq!(call.connected_at.unwrap().to_string(), "2026-11-21T10:00:05.000000Z");
    assert_eq!(call.ended_at.unwrap().to_string(), "2026-11-21T10:01:05.000000Z");
    assert_eq!((call.talk_us, call.success, call.release_cause), (Some(60_000_000), true, Some(16)));
    assert_eq!((call.calling.as_deref(), call.called.as_deref()), (Some("1000"), Some("4930")));
    assert_eq!(call.details.call_uuid.unwrap().to_string(), UUID);
    assert_eq!(call.details.group.as_deref(), Some(format!("src:pbx:{OTHER}").as_str()));
    assert_eq!(call.details.sip.calling_name.as_deref(), Some("Ada"));
    assert_eq!(call.details.sip.release_reason.as_deref(), Some("NORMAL_CLEARING"));
}

#[test]
fn every_template_gives_the_same_call() {
    let expected = loaded(&example("Ada", UUID), &in_berlin()).0.remove(0).call;
    let cells = example("Ada", UUID).trim_end().to_owned();
    let times = "\"2026-11-21 11:00:00\",\"2026-11-21 11:00:05\",\"2026-11-21 11:01:05\"";
    let asterisk = format!(
        "\"acc\",\"1000\",\"4930\",\"default\",\"\"Ada\" <1000>\",\"sofia/internal/1000@pbx\",\"sofia/gateway/carrier/4930\",\
         \"bridge\",\"sofia/gateway/carrier/4930\",{times},\"65\",\"60\",\"NORMAL_CLEARING\",\"3\",\"{UUID}\""
    );
    let sql = cells.rsplitn(3, ',').nth(2).unwrap();
    for (what, line, has_other_leg) in [
        ("pg", format!("\"192.0.2.1\",{}", cells.replace("\"65\",\"60\"", "65,60")), true),
        ("sql", format!("INSERT INTO cdr VALUES ({sql});"), true),
        ("asterisk", asterisk.clone(), false),
        ("asterisk with a userfield", format!("{asterisk},\"x\""), false),
        ("built in", format!("{asterisk};"), false),
    ] {
        let (calls, bad) = loaded(&format!("{line}\n"), &in_berlin());
        assert!(bad.is_empty(), "{what}: {bad:?}");
        let mut call = calls[0].call.clone();
        if !has_other_leg {
            assert_eq!(call.details.group.as_deref(), Some(format!("src:pbx:{UUID}").as_str()), "{what}");
            assert_eq!(calls[0].trunks, ["internal", "carrier"], "{what}");
            call.details.group.clone_from(&expected.details.group);
        }
        assert_eq!(call, expected, "{what}");
        assert_eq!(calls[0].key, UUID, "{what}");
    }
}

#[test]
fn quotes_and_commas_in_a_name_are_its_own() {
    for name in ["Ada \"the Boss\" Example", "\"Ada\"", "Example, Ada", "\"", "O'Mock", "Jörg"] {
        let (calls, bad) = loaded(&example(name, UUID), &in_berlin());
        assert!(bad.is_empty(), "{name}: {bad:?}");
        assert_eq!(calls[0].call.details.sip.calling_name.as_deref(), Some(name));
    }
}

#[test]
fn an_unanswered_call_has_no_answer() {
    let line = example("Ada", UUID).replace("2026-11-21 11:00:05", "").replace("\"60\"", "\"0\"");
    let line = line.replace("NORMAL_CLEARING", "ORIGINATOR_CANCEL");
    let (calls, _) = loaded(&line, &in_berlin());
    let call = &calls[0].call;
    assert_eq!((call.connected_at, call.talk_us, call.success, call.release_cause), (None, Some(0), false, None));
    let zero = example("Ada", UUID).replace("2026-11-21 11:00:05", "1970-01-01 00:00:00");
    assert_eq!(loaded(&zero, &in_berlin()).0[0].call.connected_at, None);
}

/// The file of an account has the same lines as `Master.csv`.
#[test]
fn the_same_call_in_two_files_is_one() {
    let sink = Sink::default();
    for _ in 0..2 {
        sink.load(&FreeswitchCsv, example("Ada", UUID).as_bytes(), &in_berlin()).unwrap();
    }
    assert_eq!(sink.kept().keys.len(), 1);
}

#[test]
fn a_line_that_cannot_be_read_says_why() {
    let good = example("Good", OTHER);
    for (line, said) in [
        (
            "x".to_owned(),
            "file:1: columns: 1 field, expected 13 (template sql), 15 (example), 16 (pg), 17 or 18 (asterisk)",
        ),
        (example("a", "7"), "file:1: uuid-unreadable: uuid is `7`, expected the UUID of a channel"),
        (
            example("a", UUID).replacen("2026-11-21 11:00:00", "", 1),
            "file:1: time-unreadable: start_stamp is empty, expected a time such as 2026-11-21 10:00:00",
        ),
        (
            example("a", UUID).replace("\"60\"", "\"-1\""),
            "file:1: billsec-negative: billsec is `-1`, expected seconds, zero or more",
        ),
        (example("a\0", UUID), "file:1: nul-character: a NUL character, which text cannot contain"),
    ] {
        let (calls, bad) = loaded(&format!("{}\n{good}", line.trim_end()), &in_berlin());
        assert_eq!((calls.len(), bad), (1, vec![said.to_owned()]), "{line}");
    }
}

#[test]
fn its_files_are_not_mistaken_for_those_of_asterisk() {
    let asterisk = format!(
        "\"acc\",\"1000\",\"4930\",\"default\",\"x\",\"a/b/c\",\"d/e/f\",\"bridge\",\"x\",\"2026-11-21 11:00:00\",\"\",\
         \"2026-11-21 11:01:05\",\"65\",\"0\",\"NO_ANSWER\",\"3\",\"{UUID}\"\n"
    );
    for file in [example("Ada", UUID), asterisk] {
        let sample = FileSample::of(file.as_bytes(), true);
        assert_eq!(certain(&sample), ["freeswitch-csv"], "{file}");
    }
}
