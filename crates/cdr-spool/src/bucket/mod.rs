//! Storage of finished files as objects of a bucket with the S3 protocol.

mod connect;
mod engine;
mod failure;
mod mark;
mod packs;
mod read;
mod refusal;
mod write;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use cdr_mediation::{PortError, SaveAs, Spool, SpoolRead, SpoolWrite, check_key};
use futures_util::TryStreamExt;
use object_store::aws::AmazonS3;
use object_store::path::{Path, PathPart};
use object_store::signer::{Method, SignedUrlOptions, Signer};
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use rustls::RootCertStore;

use crate::BucketOptions;
use connect::Waiting;
use engine::Engine;
use failure::{Operation, failure};
pub use packs::BucketPacks;
use read::Download;
use write::Upload;

/// How long an address signed by [`Spool::link`] is valid. A client follows it immediately.
const LINK: Duration = Duration::from_secs(5 * 60);

/// Finished files in a bucket under a dedicated prefix, which any number of processes may share. An object exists once
/// its upload is complete, so a partial file is never visible.
///
/// If a process is killed, or ends just after it aborted an upload, the uploaded parts remain. They are not visible as
/// objects, but use space until the bucket's lifecycle rule for incomplete uploads removes them;
/// [`clear`](Spool::clear) does not remove them.
///
/// If a file is removed while it is read, the read fails, unless the server continues to send it.
#[derive(Clone)]
pub struct BucketSpool {
    bucket: Arc<Bucket>,
}

/// The clients and the runtime for a bucket.
struct Bucket {
    store: AmazonS3,
    /// A client with short timeouts.
    hasty: AmazonS3,
    engine: Engine,
    /// The prefix of all keys.
    prefix: Path,
    /// The bucket's name and address, for error messages.
    name: String,
}

impl BucketSpool {
    /// A spool in an existing bucket.
    ///
    /// # Errors
    /// [`PortError::Refused`] for invalid options, and for a prefix that contains other objects, because a spool
    /// removes objects that belong to no export. Other errors if the bucket does not respond, or if the key may not
    /// read and write.
    pub fn open(options: &BucketOptions) -> Result<BucketSpool, PortError> {
        BucketSpool::open_trusting(options, connect::trusted())
    }

    /// Like [`BucketSpool::open`], trusting these root certificates only.
    pub(crate) fn open_trusting(options: &BucketOptions, roots: RootCertStore) -> Result<BucketSpool, PortError> {
        let (hasty, _) = connect::connect(options, roots.clone(), Waiting::short(options))?;
        let (store, name) = connect::connect(options, roots, Waiting::long(options))?;
        let prefix = Path::parse(&options.prefix)
            .map_err(|_| PortError::Refused(format!("`{}` is not a valid prefix of keys", options.prefix)))?;
        let spool = BucketSpool { bucket: Arc::new(Bucket { store, hasty, engine: Engine::start()?, prefix, name }) };
        mark::check(&spool.bucket)?;
        Ok(spool)
    }

    fn path(&self, key: &str) -> Result<Path, PortError> {
        Ok(self.bucket.path(check_key(key)?))
    }
}

impl Bucket {
    fn path(&self, name: &str) -> Path {
        self.prefix.clone().join(name)
    }

    /// The name of an object directly under the prefix.
    fn name_of(&self, path: &Path) -> Option<String> {
        let mut parts = path.prefix_match(&self.prefix)?;
        let name = parts.next()?;
        parts.next().is_none().then(|| PathPart::as_ref(&name).to_owned())
    }

    /// Runs an operation on the bucket and waits for its result.
    fn wait<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Result<T, PortError> {
        self.engine.wait(work).ok_or_else(|| {
            PortError::failed(format!("the {} could not be accessed", self.name), "the operation panicked")
        })
    }

    /// The metadata of an object; `None` if it does not exist.
    fn head(&self, path: &Path) -> Result<Option<ObjectMeta>, PortError> {
        self.look_through(&self.store, path)
    }

    /// Like [`Bucket::look`], with short timeouts.
    fn glance(&self, path: &Path) -> Result<Option<ObjectMeta>, PortError> {
        self.look_through(&self.hasty, path)
    }

    fn look_through(&self, store: &AmazonS3, path: &Path) -> Result<Option<ObjectMeta>, PortError> {
        let (store, asked) = (store.clone(), path.clone());
        match self.wait(async move { store.head(&asked).await })? {
            Ok(meta) => Ok(Some(meta)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failure(self, Operation::Read(path), error)),
        }
    }

    fn remove(&self, path: &Path) -> Result<(), PortError> {
        let (store, asked) = (self.store.clone(), path.clone());
        match self.wait(async move { store.delete(&asked).await })? {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failure(self, Operation::Remove(path), error)),
        }
    }
}

impl Spool for BucketSpool {
    fn begin(&self, key: &str) -> Result<Box<dyn SpoolWrite>, PortError> {
        Ok(Box::new(Upload::new(self.bucket.clone(), self.path(key)?)))
    }

    fn open(&self, key: &str) -> Result<Box<dyn SpoolRead>, PortError> {
        let path = self.path(key)?;
        let meta = self.bucket.glance(&path)?;
        let meta = meta.ok_or_else(|| PortError::NotFound { what: "file", name: key.to_owned() })?;
        Ok(Box::new(Download::new(self.bucket.clone(), meta)))
    }

    fn remove(&self, key: &str) -> Result<(), PortError> {
        self.bucket.remove(&self.path(key)?)
    }

    fn keys(&self) -> Result<Vec<String>, PortError> {
        let bucket = self.bucket.clone();
        let listed = self.bucket.wait(async move {
            let is_key = |meta: ObjectMeta| bucket.name_of(&meta.location).filter(|name| check_key(name).is_ok());
            let found = bucket.store.list(Some(&bucket.prefix));
            found.try_filter_map(async |meta| Ok(is_key(meta))).try_collect::<Vec<String>>().await
        })?;
        let mut keys = listed.map_err(|error| failure(&self.bucket, Operation::List, error))?;
        keys.sort_unstable();
        Ok(keys)
    }

    /// Asks for the mark of the spool, with short timeouts.
    fn check(&self) -> Result<(), PortError> {
        self.bucket.glance(&self.bucket.path(mark::MARK)).map(drop)
    }

    /// Does nothing. The bucket's lifecycle rule for incomplete uploads removes abandoned parts.
    fn clear(&self) -> Result<(), PortError> {
        Ok(())
    }

    fn link(&self, key: &str, save_as: &SaveAs<'_>) -> Result<Option<String>, PortError> {
        let path = self.path(key)?;
        let options = SignedUrlOptions::default().with_query([
            ("response-content-disposition", save_as.disposition),
            ("response-content-type", save_as.content_type),
        ]);
        let (store, asked) = (self.bucket.store.clone(), path.clone());
        let signed =
            self.bucket.wait(async move { store.signed_url_opts(Method::GET, &asked, LINK, &options).await })?;
        signed.map(|url| Some(url.into())).map_err(|error| failure(&self.bucket, Operation::Read(&path), error))
    }
}

impl fmt::Debug for BucketSpool {
    /// Omits the credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BucketSpool").field("bucket", &self.bucket.name).finish_non_exhaustive()
    }
}
