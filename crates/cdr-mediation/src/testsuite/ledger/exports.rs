//! Exports for tests of ledgers, and their descriptions.

use cdr_export::{ExportSpec, Layout, Package, Receipt};
use cdr_model::{Anchor, CdrField, Timestamp};
use cdr_query::{CdrQuery, Condition, Operand, Test, Window};

use crate::{
    Claim, Entered, ExportJob, ExportOrder, ExportRequest, Finished, JobLedger, JobState, KeptOrder, Memory,
    write_export,
};

/// An instant in seconds since 1970.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

/// An order for calls without time bounds, with a condition of every kind.
pub fn order(lane: Option<&str>) -> ExportOrder {
    let layout = Layout::named("native", &[]).unwrap();
    let spec = ExportSpec { layout, format: "csv".into(), package: Package::Zip, zone: "Europe/Berlin".into() };
    let conditions = [
        (CdrField::AccountId, Test::In(vec![Operand::Integer(7), Operand::Integer(i64::MAX)])),
        (CdrField::Called, Test::starts_with("49\0é'\"\\")),
        (CdrField::Price, Test::Gte(Operand::Money("0.0100000000000000000000000001".parse().unwrap()))),
        (CdrField::EndedAt, Test::Lt(Operand::Time(Timestamp::from_micros(1)))),
        (CdrField::Success, Test::Eq(Operand::Boolean(true))),
    ];
    let conditions = conditions.map(|(field, test)| Condition::new(field, test).unwrap()).to_vec();
    let query = CdrQuery { conditions, ..CdrQuery::over(Window::all(Anchor::End)) };
    ExportOrder {
        dialect: "two".to_owned(),
        lane: lane.map(str::to_owned),
        request: ExportRequest { query, spec },
        memo: "its own words, with a \0 in them".to_owned(),
        memo_version: 3,
        account_id: None,
        customer_id: None,
        callback: None,
    }
}

/// Enters an export, which has to succeed.
pub fn enter(ledger: &dyn JobLedger, lane: Option<&str>, when: i64) -> ExportJob {
    enter_order(ledger, &order(lane), when)
}

/// Enters an order, which has to succeed.
pub fn enter_order(ledger: &dyn JobLedger, order: &ExportOrder, when: i64) -> ExportJob {
    match ledger.enter("alice", order, at(when)).unwrap() {
        Entered::Pending(job) => *job,
        refused => panic!("{:?}: {refused:?}", order.lane),
    }
}

/// Claims the oldest export, which has to exist.
pub fn claim(ledger: &dyn JobLedger, when: i64) -> Claim {
    ledger.claim(at(when), None).unwrap().expect("a pending export")
}

/// Finds an export, which has to exist.
pub fn find(ledger: &dyn JobLedger, job: &ExportJob) -> ExportJob {
    ledger.find(job.id).unwrap().expect("the export exists")
}

/// The receipt of a real export.
pub fn receipt() -> Receipt {
    write_export(&Memory::default(), &order(None).request, std::io::sink(), None).unwrap()
}

/// The result of a finished export.
pub fn finished(file: &str, tag: i64, when: i64) -> Finished {
    Finished { receipt: receipt(), file: file.to_owned(), tag, at: at(when) }
}

/// All fields of an export as text, except for its random ID.
pub fn described(job: &ExportJob) -> String {
    let ExportJob {
        number,
        id: _,
        caller,
        order,
        created_at,
        updated_at,
        attempts,
        postponed,
        not_before,
        rows,
        state,
    } = job;
    let KeptOrder { dialect, lane, request, memo, memo_version, account_id, customer_id, callback } = order;
    format!(
        "{number} {caller} {dialect} {lane:?} {request:?} {memo:?} {memo_version} {account_id:?} {customer_id:?} {callback:?} \
         {created_at} {updated_at} {attempts} {postponed} {not_before:?} {rows:?} {state:?}"
    )
}

/// The name of its state.
pub fn state(job: &ExportJob) -> &'static str {
    match job.state {
        JobState::Pending => "pending",
        JobState::Running(_) => "running",
        JobState::Completed(_) => "completed",
        JobState::Failed { .. } => "failed",
        JobState::Withdrawn => "withdrawn",
    }
}
