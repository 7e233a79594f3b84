//! Uploading a file to the bucket in parts of equal size, a few at the same time. The file is visible once all parts
//! are uploaded.

use std::io::{self, Write};
use std::mem;
use std::sync::Arc;

use cdr_mediation::{PortError, SpoolWrite};
use object_store::path::Path;
use object_store::{Error, MultipartUpload, ObjectStoreExt, PutPayload};
use tokio::task::JoinSet;

use super::Bucket;
use super::failure::{Operation, failure};

/// The size of a part in bytes. Servers accept 5 MiB and more, and require equal sizes for all parts but the last.
const PART: usize = 8 << 20;
/// The maximum number of parts that are uploaded at the same time. Together with the part being filled, a writer holds
/// at most 24 MiB.
const AT_ONCE: usize = 2;
/// The maximum number of parts that a server accepts, which is 80,000 MiB.
const MOST_PARTS: usize = 10_000;

/// A file that is being written.
pub(super) struct Upload {
    bucket: Arc<Bucket>,
    path: Path,
    /// The part that is being filled.
    growing: Vec<u8>,
    /// The parts; `None` while the file is not longer than one part.
    parts: Option<Parts>,
    written: u64,
    /// Whether an error was returned to the writer.
    is_broken: bool,
    is_published: bool,
}

/// Parts that are being uploaded or are uploaded.
struct Parts {
    upload: Box<dyn MultipartUpload>,
    running: JoinSet<object_store::Result<()>>,
    started: usize,
}

impl Upload {
    pub(super) fn new(bucket: Arc<Bucket>, path: Path) -> Upload {
        let (growing, parts) = (Vec::new(), None);
        Upload { bucket, path, growing, parts, written: 0, is_broken: false, is_published: false }
    }

    /// Starts to upload the part that was filled, once fewer than [`AT_ONCE`] parts are being uploaded.
    fn send(&mut self) -> Result<(), PortError> {
        if self.parts.as_ref().is_some_and(|parts| parts.started >= MOST_PARTS) {
            let what = format!("{} exceeds {MOST_PARTS} parts, the limit of a bucket; order less at a time", self.path);
            return Err(PortError::Refused(what));
        }
        let (bucket, path) = (self.bucket.clone(), self.path.clone());
        let (parts, bytes) = (self.parts.take(), mem::take(&mut self.growing));
        let (parts, sent) = self.bucket.wait(async move {
            let mut parts = match parts {
                Some(parts) => parts,
                None => match bucket.store.put_multipart(&path).await {
                    Ok(upload) => Parts { upload, running: JoinSet::new(), started: 0 },
                    Err(error) => return (None, Err(error)),
                },
            };
            let sent = parts.less_than(AT_ONCE).await;
            if sent.is_ok() {
                parts.running.spawn(parts.upload.put_part(PutPayload::from(bytes)));
                parts.started += 1;
            }
            (Some(parts), sent)
        })?;
        self.parts = parts;
        sent.map_err(|error| failure(&self.bucket, Operation::Write(&self.path), error))
    }

    /// Completes the upload, which creates the object.
    fn complete(&mut self) -> Result<(), PortError> {
        if self.parts.is_some() && !self.growing.is_empty() {
            self.send()?;
        }
        let (bucket, path) = (self.bucket.clone(), self.path.clone());
        let (parts, bytes) = (self.parts.take(), mem::take(&mut self.growing));
        let (parts, done) = self.bucket.wait(async move {
            let Some(mut parts) = parts else {
                return (None, bucket.store.put(&path, PutPayload::from(bytes)).await.map(drop));
            };
            let mut done = parts.less_than(1).await;
            if done.is_ok() {
                done = parts.upload.complete().await.map(drop);
            }
            (Some(parts), done)
        })?;
        // If the response to the last request is lost, its retry does not find the upload any more. No other writer
        // uses this path, so an object of the full length is the one that was uploaded here.
        let meta = self.bucket.head(&self.path);
        let found = meta.as_ref().ok().and_then(|meta| meta.as_ref()).map(|meta| meta.size);
        if found == Some(self.written) {
            return Ok(());
        }
        self.parts = parts;
        done.map_err(|error| failure(&self.bucket, Operation::Write(&self.path), error))?;
        meta?;
        let (path, name, written) = (&self.path, &self.bucket.name, self.written);
        let found = found.map_or("nothing".to_owned(), |found| format!("{found} bytes"));
        Err(PortError::failed(
            format!("{path} could not be written to the {name}"),
            format!("{written} bytes were sent, but the bucket has {found}"),
        ))
    }
}

impl Parts {
    /// Waits until fewer than `most` parts are being uploaded.
    async fn less_than(&mut self, most: usize) -> object_store::Result<()> {
        while self.running.len() >= most {
            match self.running.join_next().await {
                Some(Ok(sent)) => sent?,
                Some(Err(source)) => return Err(Error::JoinError { source }),
                None => break,
            }
        }
        Ok(())
    }

    /// Aborts the upload. Running requests are cancelled first, since a part that arrives after the abort would remain.
    async fn abort(mut self) -> object_store::Result<()> {
        self.running.shutdown().await;
        match self.upload.abort().await {
            // The upload was completed although the response was lost: no parts remain.
            Err(Error::NotFound { .. }) => Ok(()),
            other => other,
        }
    }
}

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_broken {
            return Err(io::Error::other("an earlier write of this file failed"));
        }
        if self.growing.len() == PART {
            // A full part is sent when more bytes follow, so that a file of exactly one part takes one request.
            self.send().map_err(|error| {
                self.is_broken = true;
                io::Error::other(error)
            })?;
        }
        let length = bytes.len().min(PART - self.growing.len());
        self.growing.extend_from_slice(&bytes[..length]);
        self.written += length as u64;
        Ok(length)
    }

    /// Does nothing, since a file does not exist before it is published.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl SpoolWrite for Upload {
    fn publish(mut self: Box<Self>) -> Result<(), PortError> {
        if self.is_broken {
            return Err(PortError::failed(
                format!("{} could not be written to the {}", self.path, self.bucket.name),
                "the server did not accept one of its parts",
            ));
        }
        let published = self.complete();
        self.is_published = published.is_ok();
        self.is_broken = !self.is_published;
        if self.is_broken {
            // The object is removed in case it exists. If that fails, the next cleanup of the spool removes it.
            let (bucket, path) = (self.bucket.clone(), self.path.clone());
            self.bucket.engine.begin(async move { drop(bucket.store.delete(&path).await) });
        }
        published
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let Some(parts) = self.parts.take().filter(|_| !self.is_published) else { return };
        // The abort runs in the background, because a bucket that does not respond would block a shutdown for a minute.
        // The task holds the bucket, since its threads could otherwise end first.
        let (bucket, path) = (self.bucket.clone(), self.path.clone());
        self.bucket.engine.begin(async move {
            if let Err(error) = parts.abort().await {
                // The parts are not visible, and the bucket's lifecycle rule for incomplete uploads removes them.
                tracing::warn!(%path, %error, "the parts of an aborted upload remain in the {}", bucket.name);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use object_store::{MultipartUpload, PutPayload, PutResult, UploadPart};
    use tokio::runtime::Builder;
    use tokio::task::JoinSet;

    use super::{Error, Parts};

    /// An upload that the server has completed or removed.
    #[derive(Debug)]
    struct Gone;

    impl Gone {
        fn error<T>() -> object_store::Result<T> {
            Err(Error::NotFound { path: "spool/a".into(), source: "NoSuchUpload".into() })
        }
    }

    #[async_trait::async_trait]
    impl MultipartUpload for Gone {
        fn put_part(&mut self, _: PutPayload) -> UploadPart {
            Box::pin(std::future::ready(Gone::error()))
        }

        async fn complete(&mut self) -> object_store::Result<PutResult> {
            Gone::error()
        }

        async fn abort(&mut self) -> object_store::Result<()> {
            Gone::error()
        }
    }

    #[test]
    fn aborting_a_removed_upload_succeeds() {
        let parts = Parts { upload: Box::new(Gone), running: JoinSet::new(), started: 1 };
        Builder::new_current_thread().build().unwrap().block_on(parts.abort()).unwrap();
    }
}
