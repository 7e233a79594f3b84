//! A file on its way into the bucket: parts of one size, a few at once, and nothing to be seen before they are all there.

use std::io::{self, Write};
use std::mem;
use std::sync::Arc;

use cdr_mediation::{PortError, SpoolWrite};
use object_store::path::Path;
use object_store::{Error, MultipartUpload, ObjectStoreExt, PutPayload};
use tokio::task::JoinSet;

use super::Bucket;
use super::said::{Saying, said};

/// Bytes of a part. Servers take 5 MiB and more, and want all but the last to be equal.
const PART: usize = 8 << 20;
/// Parts on their way at once, beside the one that grows: a writer holds 24 MiB at most.
const AT_ONCE: usize = 2;
/// The most parts a server takes: 80,000 MiB.
const MOST_PARTS: usize = 10_000;

/// A file that is being written.
pub(super) struct Upload {
    bucket: Arc<Bucket>,
    path: Path,
    /// What is not yet on its way.
    growing: Vec<u8>,
    /// There once the file is longer than a part.
    parts: Option<Parts>,
    written: u64,
    /// Something went wrong, and the writer was told.
    is_broken: bool,
    is_published: bool,
}

/// What is on its way or there.
struct Parts {
    upload: Box<dyn MultipartUpload>,
    running: JoinSet<object_store::Result<()>>,
    begun: usize,
}

impl Upload {
    pub(super) fn new(bucket: Arc<Bucket>, path: Path) -> Upload {
        let (growing, parts) = (Vec::new(), None);
        Upload { bucket, path, growing, parts, written: 0, is_broken: false, is_published: false }
    }

    /// Sends the part that has grown, when there is room for it on the way.
    fn send(&mut self) -> Result<(), PortError> {
        if self.parts.as_ref().is_some_and(|parts| parts.begun >= MOST_PARTS) {
            let what = format!("{} has {MOST_PARTS} parts, and a bucket takes no more: order less at once", self.path);
            return Err(PortError::Refused(what));
        }
        let (bucket, path) = (self.bucket.clone(), self.path.clone());
        let (parts, bytes) = (self.parts.take(), mem::take(&mut self.growing));
        let (parts, sent) = self.bucket.wait(async move {
            let mut parts = match parts {
                Some(parts) => parts,
                None => match bucket.store.put_multipart(&path).await {
                    Ok(upload) => Parts { upload, running: JoinSet::new(), begun: 0 },
                    Err(error) => return (None, Err(error)),
                },
            };
            let sent = parts.less_than(AT_ONCE).await;
            if sent.is_ok() {
                parts.running.spawn(parts.upload.put_part(PutPayload::from(bytes)));
                parts.begun += 1;
            }
            (Some(parts), sent)
        })?;
        self.parts = parts;
        sent.map_err(|error| said(&self.bucket, Saying::Write(&self.path), error))
    }

    /// Makes an object of what was written.
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
        // The answer to the last request may be lost, and then a second one finds no upload any more. Nobody else writes to
        // this path, so what lies there in full length is what was written here.
        let meta = self.bucket.look(&self.path);
        let found = meta.as_ref().ok().and_then(|meta| meta.as_ref()).map(|meta| meta.size);
        if found == Some(self.written) {
            return Ok(());
        }
        self.parts = parts;
        done.map_err(|error| said(&self.bucket, Saying::Write(&self.path), error))?;
        meta?;
        let (path, name, written) = (&self.path, &self.bucket.name, self.written);
        let found = found.map_or("nothing".to_owned(), |found| format!("{found} bytes"));
        Err(PortError::failed(
            format!("{path} could not be written to the {name}"),
            format!("{written} bytes were sent, and {found} are there"),
        ))
    }
}

impl Parts {
    /// Waits until fewer than so many are on their way.
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

    /// Forgets it all. What is on its way is broken off first: a part that comes later than this would stay.
    async fn abort(mut self) -> object_store::Result<()> {
        self.running.shutdown().await;
        match self.upload.abort().await {
            // It was completed after all, and what had become of it could not be seen: no parts are left.
            Err(Error::NotFound { .. }) => Ok(()),
            other => other,
        }
    }
}

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_broken {
            return Err(io::Error::other("the file could not be written before"));
        }
        if self.growing.len() == PART {
            // Found out here and not before: a file of exactly one part is one request.
            self.send().map_err(|error| {
                self.is_broken = true;
                io::Error::other(error)
            })?;
        }
        let taken = bytes.len().min(PART - self.growing.len());
        self.growing.extend_from_slice(&bytes[..taken]);
        self.written += taken as u64;
        Ok(taken)
    }

    /// Nothing: what is not published is not there.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl SpoolWrite for Upload {
    fn publish(mut self: Box<Self>) -> Result<(), PortError> {
        if self.is_broken {
            return Err(PortError::failed(
                format!("{} could not be written to the {}", self.path, self.bucket.name),
                "a part of it was not taken",
            ));
        }
        let published = self.complete();
        self.is_published = published.is_ok();
        self.is_broken = !self.is_published;
        if self.is_broken {
            // In doubt it is not to be there. What cannot be removed now is found when the spool is tidied.
            let (bucket, path) = (self.bucket.clone(), self.path.clone());
            self.bucket.engine.begin(async move { drop(bucket.store.delete(&path).await) });
        }
        published
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let Some(parts) = self.parts.take().filter(|_| !self.is_published) else { return };
        // Nobody waits for it: whoever has to stop has no time, and a bucket that does not answer takes a minute. The bucket
        // is held on to, or its threads might end before this does.
        let (bucket, path) = (self.bucket.clone(), self.path.clone());
        self.bucket.engine.begin(async move {
            if let Err(error) = parts.abort().await {
                // Nobody sees it, and the rule of the bucket for incomplete uploads removes it.
                tracing::warn!(%path, %error, "the parts of an upload are left in the {}", bucket.name);
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

    /// An upload that the server has completed or forgotten.
    #[derive(Debug)]
    struct Gone;

    impl Gone {
        fn said<T>() -> object_store::Result<T> {
            Err(Error::NotFound { path: "spool/a".into(), source: "NoSuchUpload".into() })
        }
    }

    #[async_trait::async_trait]
    impl MultipartUpload for Gone {
        fn put_part(&mut self, _: PutPayload) -> UploadPart {
            Box::pin(std::future::ready(Gone::said()))
        }

        async fn complete(&mut self) -> object_store::Result<PutResult> {
            Gone::said()
        }

        async fn abort(&mut self) -> object_store::Result<()> {
            Gone::said()
        }
    }

    #[test]
    fn of_an_upload_that_is_not_there_any_more_nothing_is_left() {
        let parts = Parts { upload: Box::new(Gone), running: JoinSet::new(), begun: 1 };
        Builder::new_current_thread().build().unwrap().block_on(parts.abort()).unwrap();
    }
}
