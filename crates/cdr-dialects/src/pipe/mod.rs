//! A bounded pipe from a writing thread to the body of an answer. The body ends properly only if the writer sends an
//! explicit end.

#[cfg(test)]
mod tests;

use std::any::Any;
use std::future::poll_fn;
use std::io::{self, Write};
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

#[cfg(any(feature = "dma", test))]
use actix_web::web::Bytes;
#[cfg(any(feature = "dma", test))]
use futures_util::stream;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Bytes in a piece.
const PIECE: usize = 64 * 1024;
/// Pieces that may be queued for the reader.
const PIECES: usize = 4;

/// An item in the pipe.
#[derive(Debug)]
pub(crate) enum Piece<E> {
    Bytes(Vec<u8>),
    /// The end of a complete stream.
    End,
    /// The stream was aborted for this reason.
    Broken(E),
}

/// The writing end. It must stay on the thread of the writer.
pub(crate) struct Inlet<E> {
    pieces: Sender<Piece<E>>,
    gathered: Vec<u8>,
    stall: Duration,
    /// Whether the reader lets the writer wait on purpose.
    held: Arc<AtomicBool>,
    lost: bool,
}

/// The reading end.
pub(crate) struct Outlet<E> {
    pieces: Receiver<Piece<E>>,
    writer: Thread,
    held: Arc<AtomicBool>,
    /// What is dropped with the outlet.
    kept: Vec<Box<dyn Any>>,
}

/// Runs a writer on its own thread. When the pipe is full, the writer waits for the reader, for at most `stall` per
/// piece. After that, or once the outlet is dropped, every write fails.
///
/// # Errors
/// When no thread can be started.
pub(crate) fn pipe<E: Send + 'static>(
    stall: Duration,
    write: impl FnOnce(Inlet<E>) + Send + 'static,
) -> io::Result<Outlet<E>> {
    let (sender, receiver) = channel(PIECES);
    let held = Arc::<AtomicBool>::default();
    let inlet = Inlet { pieces: sender, gathered: Vec::new(), stall, held: held.clone(), lost: false };
    let writer = thread::Builder::new().name("live".to_owned()).spawn(move || write(inlet))?;
    Ok(Outlet { pieces: receiver, writer: writer.thread().clone(), held, kept: Vec::new() })
}

impl<E> Inlet<E> {
    /// Whether the reader was dropped, or did not read for `stall`.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost
    }

    /// Ends a complete stream.
    pub(crate) fn end(mut self) {
        if self.flush().is_ok() {
            let _ = self.put(Piece::End);
        }
    }

    /// Aborts the stream. Buffered bytes are discarded.
    pub(crate) fn broken(mut self, reason: E) {
        let _ = self.put(Piece::Broken(reason));
    }

    fn put(&mut self, piece: Piece<E>) -> io::Result<()> {
        let mut began = Instant::now();
        let mut piece = piece;
        while !self.lost {
            piece = match self.pieces.try_send(piece) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Full(piece)) => piece,
                Err(TrySendError::Closed(_)) => {
                    self.lost = true;
                    break;
                }
            };
            if self.held.load(Ordering::SeqCst) {
                began = Instant::now();
            }
            // The outlet unparks this thread whenever it takes a piece. A wake-up before `park_timeout` is not lost.
            match self.stall.checked_sub(began.elapsed()) {
                Some(left) if !left.is_zero() => thread::park_timeout(left),
                _ => self.lost = true,
            }
        }
        Err(io::Error::other("the client disconnected or stopped reading"))
    }
}

impl<E> Write for Inlet<E> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.gathered.is_empty() {
            self.gathered.reserve_exact(PIECE);
        }
        let taken = bytes.len().min(PIECE - self.gathered.len());
        self.gathered.extend_from_slice(&bytes[..taken]);
        if self.gathered.len() == PIECE {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        match mem::take(&mut self.gathered) {
            nothing if nothing.is_empty() => Ok(()),
            mut gathered => {
                // A piece that is not full may wait for long.
                gathered.shrink_to_fit();
                self.put(Piece::Bytes(gathered))
            }
        }
    }
}

impl<E> Outlet<E> {
    /// Keeps something until the answer has ended.
    pub(crate) fn keep(&mut self, kept: impl Any) {
        self.kept.push(Box::new(kept));
    }

    /// Lets the writer wait for longer than the stall, or no longer.
    pub(crate) fn hold(&self, held: bool) {
        self.held.store(held, Ordering::SeqCst);
        self.writer.unpark();
    }

    /// The next piece; `None` once the writer has exited.
    pub(crate) async fn next(&mut self) -> Option<Piece<E>> {
        poll_fn(|context| self.poll(context)).await
    }

    /// The next piece, if there is one.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Piece<E>>> {
        let piece = self.pieces.poll_recv(context);
        if piece.is_ready() {
            self.writer.unpark();
        }
        piece
    }
}

/// A body: the bytes that were already read, followed by the rest. Without [`Piece::End`] it ends in an error, on which
/// the connection is closed.
#[cfg(any(feature = "dma", test))]
pub(crate) fn body<E>(taken: Vec<u8>, outlet: Outlet<E>) -> impl stream::Stream<Item = io::Result<Bytes>> {
    stream::try_unfold((Some(taken), outlet), |(taken, mut outlet)| async move {
        let bytes = match taken {
            Some(taken) if taken.is_empty() => return Ok(None),
            Some(taken) => taken,
            None => match outlet.next().await {
                Some(Piece::Bytes(bytes)) => bytes,
                Some(Piece::End) => return Ok(None),
                Some(Piece::Broken(_)) => return Err(io::Error::other("the answer failed")),
                None => return Err(io::Error::other("the writer of the answer exited without an end")),
            },
        };
        Ok(Some((Bytes::from(bytes), (None, outlet))))
    })
}

impl<E> Drop for Outlet<E> {
    fn drop(&mut self) {
        self.pieces.close();
        self.writer.unpark();
    }
}
