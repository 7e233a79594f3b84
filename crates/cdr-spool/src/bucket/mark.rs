//! The mark of a spool: an object that says what the others under its prefix are.

use cdr_mediation::PortError;
use futures_util::{StreamExt, TryStreamExt};
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use super::Bucket;
use super::said::{Saying, said};
use std::sync::Arc;

/// Its name, which is no key.
const MARK: &str = ".tollbook-spool";
/// What stands in it, for whoever comes across it.
const WORDS: &str = "Tollbook keeps its export files beside this, and removes what it no longer needs.\n";

/// Marks the prefix as a spool, if nothing else is kept under it. That the bucket is there, and that the key may list, read
/// and write, is known then: it is marked each time, for a key may have lost a right since.
pub(super) fn check(bucket: &Arc<Bucket>) -> Result<(), PortError> {
    let mark = bucket.path(MARK);
    // The names first, the mark after: who sees a file of a spool that was made meanwhile sees its mark too.
    let (ours, own) = (bucket.clone(), mark.clone());
    let others = bucket.wait(async move {
        let found = ours.store.list(Some(&ours.prefix));
        let others = found.try_filter(|meta| std::future::ready(meta.location != own));
        others.boxed().try_next().await
    })?;
    let others = others.map_err(|error| said(bucket, Saying::List, error))?;
    if bucket.look(&mark)?.is_none() && others.is_some() {
        return Err(PortError::Refused(format!(
            "other things are kept in the {} under `{}`; a spool needs a prefix of its own, because it removes what \
             belongs to no export: name one that nothing lies under",
            bucket.name, bucket.prefix
        )));
    }
    let (ours, own) = (bucket.clone(), mark.clone());
    let put = bucket.wait(async move { ours.store.put(&own, PutPayload::from_static(WORDS.as_bytes())).await })?;
    put.map_err(|error| said(bucket, Saying::Write(&mark), error))?;
    Ok(())
}
