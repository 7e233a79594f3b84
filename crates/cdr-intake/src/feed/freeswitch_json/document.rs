//! The leg in a JSON object.

use serde_json::value::RawValue;
use uuid::Uuid;

use crate::fault::Fault;
use crate::feed::freeswitch::Leg;
use crate::json::{Members, not_json, scalar};

/// The leg in an object of `mod_json_cdr`.
pub(super) fn leg(document: &str) -> Result<Leg, Fault> {
    let Members(members) = serde_json::from_str(document).map_err(not_json)?;
    let variables =
        only(&members, "variables")?.ok_or_else(|| Fault::new("field-missing", "`variables` is not given"))?;
    let flows = flows(&members)?;
    let newest = flows.first().and_then(|flow| member(flow, "caller_profile"));
    let profile = newest.map(read).transpose()?.map_or(Ok(Vec::new()), |Members(members)| texts(members))?;
    let Members(variables) = read(variables)?;
    Leg::new(texts(variables)?, profile, flows.iter().find_map(originator))
}

/// The caller profiles of a leg with what belongs to them, the newest one first. Older versions of FreeSWITCH repeat the
/// member `callflow`, newer ones have a list.
fn flows<'a>(members: &[(String, &'a RawValue)]) -> Result<Vec<Members<'a>>, Fault> {
    let mut named = members.iter().filter(|(name, _)| name == "callflow").map(|(_, value)| *value).peekable();
    if named.peek().is_some_and(|first| first.get().starts_with('[')) {
        return only(members, "callflow")?.map_or(Ok(Vec::new()), read);
    }
    named.map(read).collect()
}

/// The channel that called the one of a caller profile.
fn originator(flow: &Members<'_>) -> Option<Uuid> {
    let profile: Members<'_> = read(member(flow, "caller_profile")?).ok()?;
    let originator: Members<'_> = read(member(&profile, "originator")?).ok()?;
    let profiles: Vec<Members<'_>> = read(member(&originator, "originator_caller_profiles")?).ok()?;
    let uuid: String = read(member(profiles.first()?, "uuid")?).ok()?;
    uuid.parse().ok()
}

/// The texts of members, without those that are objects or lists.
fn texts(members: Vec<(String, &RawValue)>) -> Result<Vec<(String, String)>, Fault> {
    let is_text = |(_, value): &(String, &RawValue)| !value.get().starts_with(['{', '[']);
    let text = |(name, value): (String, &RawValue)| {
        let text = scalar(&name, value)?.unwrap_or_default().into_owned();
        Ok((name, text))
    };
    members.into_iter().filter(is_text).map(text).collect()
}

/// The member of this name, which is there once or not at all.
fn only<'a>(members: &[(String, &'a RawValue)], wanted: &str) -> Result<Option<&'a RawValue>, Fault> {
    let mut named = members.iter().filter(|(name, _)| name == wanted).map(|(_, value)| *value);
    match (named.next(), named.next()) {
        (found, None) => Ok(found),
        (_, Some(_)) => Err(Fault::new("field-twice", format!("the object names `{wanted}` twice"))),
    }
}

fn member<'a>(Members(members): &Members<'a>, wanted: &str) -> Option<&'a RawValue> {
    members.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value)
}

fn read<'a, T: serde::Deserialize<'a>>(value: &'a RawValue) -> Result<T, Fault> {
    serde_json::from_str(value.get()).map_err(not_json)
}
