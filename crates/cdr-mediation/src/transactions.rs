//! Transactions: a proxy records no calls, but the transactions of their dialogues (RFC 3261), and a call is joined from
//! them. What a set of transactions is depends on neither their order nor how often each of them came.

use cdr_model::Assumed;
use sha2::{Digest, Sha256};

use crate::intake::{CallDraft, Transaction, TransactionPart};

/// What is said about a call whose end is not known.
const NO_END: &str = "no BYE was recorded";

/// What the known transactions of a dialogue are.
#[derive(Clone, Debug, PartialEq)]
pub enum Joined {
    /// A part of a call: the others may come yet.
    Open,
    /// A call.
    Call(Box<CallDraft>),
    /// The end of a call of which nothing else is known.
    Orphan,
}

/// Joins the transactions of one dialogue. `is_overdue` says that the others are no longer waited for.
///
/// An answered call begins with the first INVITE that was answered, as later ones change a call that exists, and ends with
/// the first BYE after it. An answered call without a BYE has no end, once it is overdue.
pub fn join(transactions: &[Transaction], is_overdue: bool) -> Joined {
    let of = |part| transactions.iter().filter(move |one| one.part == part);
    let first = |part| of(part).min_by_key(|one| (one.at, one.draft.digest));
    if let Some(whole) = first(TransactionPart::Whole) {
        return Joined::Call(Box::new(whole.draft.clone()));
    }
    let Some(answer) = first(TransactionPart::Answer) else {
        return match first(TransactionPart::Failure) {
            Some(failure) => Joined::Call(Box::new(failure.draft.clone())),
            None if is_overdue && !transactions.is_empty() => Joined::Orphan,
            None => Joined::Open,
        };
    };
    let after = of(TransactionPart::End).filter(|end| end.at >= answer.at);
    let end = after.min_by_key(|end| (end.at, end.draft.digest)).or_else(|| first(TransactionPart::End));
    if end.is_none() && !is_overdue {
        return Joined::Open;
    }
    Joined::Call(Box::new(call(answer, end)))
}

/// The call of an answer and its end.
fn call(answer: &Transaction, end: Option<&Transaction>) -> CallDraft {
    let mut draft = answer.draft.clone();
    let digest = Sha256::new().chain_update(answer.draft.digest);
    draft.digest = end.iter().fold(digest, |digest, end| digest.chain_update(end.draft.digest)).finalize().into();
    let call = &mut draft.call;
    // An end before the answer is that of another clock: the call has no length, but no negative one.
    call.ended_at = end.map(|end| end.at.max(answer.at));
    call.talk_us = call.ended_at.map(|ended| ended.micros() - answer.at.micros());
    call.billed_at = call.ended_at.unwrap_or(answer.at);
    call.assumed.insert(Assumed::BILL);
    if call.talk_us.is_some() {
        call.assumed.insert(Assumed::TALK);
    } else {
        call.details.sip.release_reason = Some(NO_END.to_owned());
    }
    draft
}

#[cfg(test)]
mod tests;
