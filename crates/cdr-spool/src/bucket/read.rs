//! A finished file, read as a stream from wherever it is wanted.

use std::io::{self, Read, Seek, SeekFrom};
use std::mem;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::{Error, GetOptions, GetRange, ObjectMeta, ObjectStore};

use super::Bucket;
use super::said::{Saying, said};

/// How often a stream that breaks off is taken up again without a byte in between.
const TRIES: u32 = 3;

/// A finished file. Nothing is asked for before the first byte is read, and what is asked for is the rest of the file.
pub(super) struct Download {
    bucket: Arc<Bucket>,
    meta: ObjectMeta,
    /// The next byte to be read.
    at: u64,
    /// What has come and is not read yet.
    come: Bytes,
    /// What follows.
    stream: Option<Pieces>,
}

type Pieces = BoxStream<'static, object_store::Result<Bytes>>;

impl Download {
    pub(super) fn new(bucket: Arc<Bucket>, meta: ObjectMeta) -> Download {
        Download { bucket, meta, at: 0, come: Bytes::new(), stream: None }
    }

    /// The next bytes of the stream.
    fn next(&mut self) -> io::Result<Bytes> {
        let mut trouble = None;
        for _ in 0..TRIES {
            match self.piece() {
                Ok(piece) => return Ok(piece),
                // It is not there any more, or not the same: that does not pass.
                Err(error @ (Error::NotFound { .. } | Error::Precondition { .. })) => {
                    trouble = Some(error);
                    break;
                }
                Err(error) => trouble = Some(error),
            }
        }
        let path = &self.meta.location;
        Err(trouble.map_or_else(
            || io::Error::from(io::ErrorKind::UnexpectedEof),
            |error| io::Error::other(said(&self.bucket, Saying::Read(path), error)),
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
                    // Never the beginning of one object and the end of another, also where `If-Match` is not looked at.
                    if tag.is_some() && found.meta.e_tag != tag {
                        let source = "it was replaced meanwhile".into();
                        return Err(Error::Precondition { path: path.to_string(), source });
                    }
                    found.into_stream()
                }
            };
            loop {
                match stream.next().await {
                    Some(Ok(piece)) if piece.is_empty() => {}
                    Some(piece) => return Ok((piece?, stream)),
                    None => return Err(broken_off("it ended before its end")),
                }
            }
        });
        let (mut piece, stream) = read.unwrap_or_else(|| Err(broken_off("the program went wrong")))?;
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
        if self.come.is_empty() {
            self.come = self.next()?;
        }
        let taken = into.len().min(self.come.len());
        self.come.copy_to_slice(&mut into[..taken]);
        self.at += taken as u64;
        Ok(taken)
    }
}

impl Seek for Download {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let wanted = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.meta.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let wanted = wanted.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "before the beginning"))?;
        if wanted != mem::replace(&mut self.at, wanted) {
            (self.come, self.stream) = (Bytes::new(), None);
        }
        Ok(wanted)
    }
}
