//! The mark of a spool: an object that identifies a prefix as a spool.

use cdr_mediation::PortError;
use futures_util::{StreamExt, TryStreamExt};
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use super::Bucket;
use super::failure::{Operation, failure};
use std::sync::Arc;

/// The name of the mark, which is not a valid key.
pub(super) const MARK: &str = ".tollbook-spool";
/// The content of the mark, for people who browse the bucket.
const WORDS: &str = "Tollbook keeps its export files beside this, and removes what it no longer needs.\n";

/// Marks the prefix as a spool, unless it contains other objects. This also checks that the bucket exists and that the
/// key may list, read and write. The mark is written on every start, since a key may have lost a permission.
pub(super) fn check(bucket: &Arc<Bucket>) -> Result<(), PortError> {
    let mark = bucket.path(MARK);
    // The mark is checked after the names: if another process creates the spool in between, its files are not seen
    // without its mark.
    let (ours, own) = (bucket.clone(), mark.clone());
    let others = bucket.wait(async move {
        let found = ours.store.list(Some(&ours.prefix));
        let others = found.try_filter(|meta| std::future::ready(meta.location != own));
        others.boxed().try_next().await
    })?;
    let others = others.map_err(|error| failure(bucket, Operation::List, error))?;
    if bucket.head(&mark)?.is_none() && others.is_some() {
        return Err(PortError::Refused(format!(
            "the {} contains other objects under `{}`; a spool needs a prefix of its own, because it removes objects \
             that belong to no export: choose an unused prefix",
            bucket.name, bucket.prefix
        )));
    }
    let (ours, own) = (bucket.clone(), mark.clone());
    let put = bucket.wait(async move { ours.store.put(&own, PutPayload::from_static(WORDS.as_bytes())).await })?;
    put.map_err(|error| failure(bucket, Operation::Write(&mark), error))?;
    Ok(())
}
