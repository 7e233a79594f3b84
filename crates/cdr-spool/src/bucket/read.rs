//! Reading of a finished file as a stream, from any position.

use std::io::{self, Read, Seek, SeekFrom};
use std::mem;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::{Error, GetOptions, GetRange, ObjectMeta, ObjectStore};

use super::Bucket;
use super::failure::{Operation, failure};

/// How often a stream that breaks off is resumed without having received a byte.
const TRIES: u32 = 3;

/// A finished file. The request is sent when the first byte is read, and covers the rest of the file.
pub(super) struct Download {
    bucket: Arc<Bucket>,
    meta: ObjectMeta,
    /// The position of the next byte to be read.
    at: u64,
    /// Bytes that were received and are not read yet.
    received: Bytes,
    /// The stream of the following bytes.
    stream: Option<Pieces>,
}

type Pieces = BoxStream<'static, object_store::Result<Bytes>>;

impl Download {
    pub(super) fn new(bucket: Arc<Bucket>, meta: ObjectMeta) -> Download {
        Download { bucket, meta, at: 0, received: Bytes::new(), stream: None }
    }

    /// The next bytes of the stream.
    fn next(&mut self) -> io::Result<Bytes> {
        let mut last_error = None;
        for _ in 0..TRIES {
            match self.piece() {
                Ok(piece) => return Ok(piece),
                // The object was removed or replaced: a retry cannot succeed.
                Err(error @ (Error::NotFound { .. } | Error::Precondition { .. })) => {
                    last_error = Some(error);
                    break;
                }
                Err(error) => last_error = Some(error),
            }
        }
        let path = &self.meta.location;
        Err(last_error.map_or_else(
            || io::Error::from(io::ErrorKind::UnexpectedEof),
            |error| io::Error::other(failure(&self.bucket, Operation::Read(path), error)),
        ))
    }

    /// One piece, from the stream that is open or from a new one.
    fn piece(&mut self) -> object_store::Result<Bytes> {
        let (bucket, path) = (self.bucket.clone(), self.meta.location.clone());
        let range = GetRange::Bounded(self.at..self.meta.size);
        let tag = self.meta.e_tag.clone();
        let options = GetOptions { range: Some(range), if_match: tag.clone(), ..GetOptions::default() };
        let open = self.stream.take();
        let read = self.bucket.engine.wait(async move {
            let mut stream = match open {
                Some(stream) => stream,
                None => {
                    let found = bucket.store.get_opts(&path, options).await?;
                    // Some servers ignore `If-Match`. The check prevents a mixture of two objects on those as well.
                    if tag.is_some() && found.meta.e_tag != tag {
                        let source = "the object was replaced during the download".into();
                        return Err(Error::Precondition { path: path.to_string(), source });
                    }
                    found.into_stream()
                }
            };
            loop {
                match stream.next().await {
                    Some(Ok(piece)) if piece.is_empty() => {}
                    Some(piece) => return Ok((piece?, stream)),
                    None => return Err(broken_off("the stream ended early")),
                }
            }
        });
        let (mut piece, stream) = read.unwrap_or_else(|| Err(broken_off("the operation panicked")))?;
        piece.truncate(usize::try_from(self.meta.size - self.at).unwrap_or(usize::MAX));
        self.stream = Some(stream);
        Ok(piece)
    }
}

fn broken_off(why: &'static str) -> Error {
    Error::Generic { store: "S3", source: why.into() }
}

impl Read for Download {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() || self.at >= self.meta.size {
            return Ok(0);
        }
        if self.received.is_empty() {
            self.received = self.next()?;
        }
        let length = into.len().min(self.received.len());
        self.received.copy_to_slice(&mut into[..length]);
        self.at += length as u64;
        Ok(length)
    }
}

impl Seek for Download {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let wanted = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.meta.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let wanted = wanted.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "before the start"))?;
        if wanted != mem::replace(&mut self.at, wanted) {
            (self.received, self.stream) = (Bytes::new(), None);
        }
        Ok(wanted)
    }
}
