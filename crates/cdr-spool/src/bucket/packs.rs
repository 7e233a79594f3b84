//! Kept blocks as objects of a bucket, beside the files of its spool.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cdr_mediation::{PackFile, PackStore, PortError, SpoolRead, SpoolWrite, Timestamp, check_key};
use futures_util::TryStreamExt;
use object_store::path::{Path, PathPart};
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload};

use super::failure::{Operation, failure};
use super::read::Download;
use super::write::Upload;
use super::{Bucket, BucketSpool};

/// The prefix under that of the spool, whose files are directly under it.
const PREFIX: &str = ".blocks";
/// The end of the names of empty objects that note the last use of a pack.
const USED: &str = ".used";
/// How often a process notes the use of a pack.
const NOTED_EVERY: Duration = Duration::from_secs(86_400);

/// Kept blocks in a bucket, which any number of processes may share. When a pack was used is known to a day.
pub struct BucketPacks {
    bucket: Arc<Bucket>,
    /// When the use of packs was noted here.
    noted: Mutex<HashMap<String, Instant>>,
}

impl BucketPacks {
    /// The kept blocks beside the files of a spool.
    pub fn beside(spool: &BucketSpool) -> BucketPacks {
        BucketPacks { bucket: spool.bucket.clone(), noted: Mutex::default() }
    }

    fn prefix(&self) -> Path {
        self.bucket.path(PREFIX)
    }

    fn path(&self, name: &str) -> Result<Path, PortError> {
        Ok(self.prefix().join(check_key(name)?))
    }
}

impl PackStore for BucketPacks {
    fn begin(&self, name: &str) -> Result<Box<dyn SpoolWrite>, PortError> {
        Ok(Box::new(Upload::new(self.bucket.clone(), self.path(name)?)))
    }

    fn open(&self, name: &str) -> Result<Box<dyn SpoolRead>, PortError> {
        let meta = self.bucket.glance(&self.path(name)?)?;
        let meta = meta.ok_or_else(|| PortError::NotFound { what: "pack", name: name.to_owned() })?;
        Ok(Box::new(Download::new(self.bucket.clone(), meta)))
    }

    fn note_use(&self, name: &str) -> Result<(), PortError> {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted.retain(|_, at| at.elapsed() < NOTED_EVERY);
        if noted.insert(name.to_owned(), Instant::now()).is_some() {
            return Ok(());
        }
        drop(noted);
        let (path, bucket) = (self.path(&format!("{name}{USED}"))?, self.bucket.clone());
        let noting = path.clone();
        let put = self.bucket.wait(async move { bucket.store.put(&noting, PutPayload::new()).await })?;
        put.map(drop).map_err(|error| failure(&self.bucket, Operation::Write(&path), error))
    }

    fn remove(&self, name: &str) -> Result<(), PortError> {
        self.bucket.remove(&self.path(name)?)?;
        self.bucket.remove(&self.path(&format!("{name}{USED}"))?)
    }

    fn list(&self) -> Result<Vec<PackFile>, PortError> {
        let (bucket, prefix) = (self.bucket.clone(), self.prefix());
        let listed = self.bucket.wait(async move {
            bucket.store.list(Some(&prefix)).try_collect::<Vec<ObjectMeta>>().await.map(|found| (prefix, found))
        })?;
        let (prefix, found) = listed.map_err(|error| failure(&self.bucket, Operation::List, error))?;
        let (mut packs, mut uses) = (Vec::new(), HashMap::new());
        for meta in found {
            let name = meta.location.prefix_match(&prefix).and_then(|mut parts| parts.next());
            let Some(name) = name.map(|name| PathPart::as_ref(&name).to_owned()) else { continue };
            let at = Timestamp::from_micros(meta.last_modified.timestamp_micros());
            match name.strip_suffix(USED) {
                Some(pack) => drop(uses.insert(pack.to_owned(), at)),
                None => packs.push(PackFile { name, bytes: meta.size, used_at: at }),
            }
        }
        for pack in &mut packs {
            pack.used_at = pack.used_at.max(uses.remove(&pack.name).unwrap_or(Timestamp::MIN));
        }
        // Without a pack, as after a crash.
        for name in uses.into_keys() {
            self.bucket.remove(&self.path(&format!("{name}{USED}"))?)?;
        }
        Ok(packs)
    }

    /// Does nothing. The bucket's lifecycle rule for incomplete uploads removes abandoned parts.
    fn clear(&self) -> Result<(), PortError> {
        Ok(())
    }
}

impl fmt::Debug for BucketPacks {
    /// Omits the credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BucketPacks").field("bucket", &self.bucket.name).finish_non_exhaustive()
    }
}
