//! The details of a call as JSON.

use std::borrow::Cow;

use cdr_model::{Cdr, Details};
use serde::Serialize;
use uuid::Uuid;

use crate::types::KeptDetails;

/// The bytes that most details fit in.
const BYTES: usize = 1024;

/// Details whose call gets its UUID here.
#[derive(Serialize)]
struct Named<'a> {
    call_uuid: Uuid,
    #[serde(flatten)]
    others: &'a Details,
}

/// The details of a call as they are stored, with a UUID and an account code that the call does not have itself.
///
/// # Errors
/// If they cannot be written as JSON.
pub(crate) fn kept_details(
    call: &Cdr,
    call_uuid: Option<Uuid>,
    account_given: Option<&str>,
) -> serde_json::Result<KeptDetails> {
    let mut details = Cow::Borrowed(&call.details);
    if let Some(code) = account_given {
        details.to_mut().account_given = Some(code.to_owned());
    }
    let mut json = Vec::with_capacity(BYTES);
    match call_uuid {
        Some(call_uuid) => serde_json::to_writer(&mut json, &Named { call_uuid, others: &details })?,
        None => serde_json::to_writer(&mut json, &*details)?,
    }
    String::from_utf8(json).map(KeptDetails::Json).map_err(serde::ser::Error::custom)
}

#[cfg(test)]
mod tests {
    use cdr_model::{Cdr, Details};
    use uuid::Uuid;

    use super::kept_details;
    use crate::types::KeptDetails;

    fn json(call: &Cdr, uuid: Option<Uuid>, account: Option<&str>) -> String {
        match kept_details(call, uuid, account).unwrap() {
            KeptDetails::Json(json) => json,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn details_with_a_uuid_of_the_store_have_the_form_of_all_others() {
        let mut details = Details { source_ref: Some("7".to_owned()), attempt: Some(2), ..Details::default() };
        details.extra.insert("trunk".to_owned(), "a \"b\"".to_owned());
        let call = Cdr { details: details.clone(), ..Cdr::default() };
        let uuid = Uuid::from_u128(7);
        let named = json(&call, Some(uuid), Some("100"));
        let read: Details = serde_json::from_str(&named).unwrap();
        let expected = Details { call_uuid: Some(uuid), account_given: Some("100".to_owned()), ..details };
        assert_eq!(read, expected);
        assert_eq!(json(&Cdr { details: read, ..Cdr::default() }, None, None), named);
    }
}
