//! The pipeline: records arrive on one thread, workers encode them as blocks, and the blocks are written in order.
//!
//! The thread that supplies the records also writes the blocks, so the output stays on that thread. It passes the
//! records to a worker in slices. The worker encodes the first records of a block while the last are still being read,
//! so a block is not buffered as records, which are many times larger than their text. When too many blocks are in
//! progress, the thread waits for the oldest. Memory is therefore bounded, and the output does not depend on the number
//! of workers.
//!
//! The first few records are encoded on the thread that supplies them: starting a worker for them would take longer.

use std::collections::VecDeque;
use std::io;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, Scope, ScopedJoinHandle, scope};

use cdr_model::{Anchor, Record};

use crate::block::{BLOCK_ROWS, Block, BlockEncoder, Cut};
use crate::error::ExportError;

/// The number of records in a slice.
const SLICE: usize = 256;
/// The number of slices of a block that are queued for its worker.
const SLICES: usize = 4;
/// The number of records that may be encoded without a worker.
const FEW: usize = 1024;

/// Encodes records on workers and passes the blocks to `put`, in order.
///
/// An error of `put` or of a worker takes precedence over the error that `rows` returns. A panic of `rows`, or of the
/// record's own code on a worker, is resumed in the caller once the workers have ended.
pub(crate) fn assemble<'a, R: Record, E: From<ExportError>>(
    workers: NonZeroUsize,
    anchor: Anchor,
    cut: Cut,
    encoder: &(dyn Fn() -> BlockEncoder<'a, R::Field> + Sync),
    put: &mut dyn FnMut(&mut Block) -> Result<(), ExportError>,
    rows: impl FnOnce(&mut dyn FnMut(R) -> io::Result<()>) -> Result<(), E>,
) -> Result<(), E> {
    scope(|scope| {
        let (jobs, queue) = mpsc::channel();
        let mut pipeline = Pipeline {
            scope,
            workers: workers.get(),
            encoder,
            put,
            jobs,
            queue: Arc::new(Mutex::new(queue)),
            threads: Vec::new(),
            waiting: VecDeque::new(),
            spare: Vec::new(),
            slice: Vec::new(),
            block: None,
            rows: 0,
            part: None,
            without_worker: None,
            few: FEW,
            failure: None,
        };
        let given = rows(&mut |record: R| {
            let part = cut.part(record.instant(anchor));
            pipeline.push(record, part)
        });
        pipeline.finish(given)
    })
}

/// A block to be encoded: its records arrive in slices until the sender is dropped.
struct Job<R> {
    slices: Receiver<Vec<R>>,
    spare: Block,
    reply: Sender<Result<Block, ExportError>>,
}

/// A block in progress: the hour or day of its records, and where it arrives.
struct Waiting {
    part: Option<i64>,
    block: Receiver<Result<Block, ExportError>>,
}

struct Pipeline<'scope, 'env, 'a, R: Record> {
    scope: &'scope Scope<'scope, 'env>,
    workers: usize,
    encoder: &'env (dyn Fn() -> BlockEncoder<'a, R::Field> + Sync),
    put: &'env mut dyn FnMut(&mut Block) -> Result<(), ExportError>,
    jobs: Sender<Job<R>>,
    queue: Arc<Mutex<Receiver<Job<R>>>>,
    threads: Vec<ScopedJoinHandle<'scope, ()>>,
    /// The blocks in progress, in order.
    waiting: VecDeque<Waiting>,
    /// Buffers to be reused.
    spare: Vec<Block>,
    /// The records of the next slice.
    slice: Vec<R>,
    /// The sender of the current block's slices; `None` before its first slice is sent.
    block: Option<SyncSender<Vec<R>>>,
    /// The number of records in the block so far, and the hour or day they belong to.
    rows: usize,
    part: Option<i64>,
    /// The encoder of this thread, and the number of records that it may still encode.
    without_worker: Option<BlockEncoder<'a, R::Field>>,
    few: usize,
    /// The first error. It takes precedence over the error that `rows` returns.
    failure: Option<ExportError>,
}

impl<'scope, 'env, 'a, R: Record> Pipeline<'scope, 'env, 'a, R>
where
    'a: 'scope,
    'env: 'scope,
{
    fn push(&mut self, record: R, part: Option<i64>) -> io::Result<()> {
        if self.failure.is_some() {
            return Err(io::Error::other("the export has already failed"));
        }
        if self.rows > 0 && (part != self.part || self.rows == BLOCK_ROWS) {
            self.end_block().map_err(|error| self.fail(error))?;
        }
        self.part = part;
        self.rows += 1;
        self.slice.push(record);
        if self.slice.len() == SLICE {
            self.hand_over().map_err(|error| self.fail(error))?;
        }
        Ok(())
    }

    fn finish<E: From<ExportError>>(mut self, given: Result<(), E>) -> Result<(), E> {
        if given.is_ok() && self.failure.is_none() {
            self.failure = self.end_block().and_then(|()| self.drain_to(0)).err();
        }
        // The workers end when there are no more jobs and the last block has no more slices.
        drop(self.jobs);
        drop(self.block);
        for thread in self.threads {
            if let Err(panic) = thread.join() {
                resume_unwind(panic);
            }
        }
        match self.failure {
            Some(error) => Err(error.into()),
            None => given,
        }
    }

    /// Stores the error, and returns a copy of it for the caller that pushed the record.
    fn fail(&mut self, error: ExportError) -> io::Error {
        let copy = match &error {
            ExportError::Io(error) => io::Error::new(error.kind(), error.to_string()),
            other => io::Error::other(other.to_string()),
        };
        self.failure = Some(error);
        copy
    }

    /// Sends the collected records to the worker of their block. Starts the block first if necessary.
    fn hand_over(&mut self) -> Result<(), ExportError> {
        let slice = std::mem::take(&mut self.slice);
        let block = match self.block.take() {
            Some(block) => block,
            None => self.begin_block()?,
        };
        block.send(slice).map_err(|_| worker_gone())?;
        self.block = Some(block);
        Ok(())
    }

    fn begin_block(&mut self) -> Result<SyncSender<Vec<R>>, ExportError> {
        self.drain_to(self.workers.saturating_sub(1).max(1))?;
        if self.threads.len() < self.workers {
            self.start_worker()?;
        }
        let (block, slices) = mpsc::sync_channel(SLICES);
        let (reply, answer) = mpsc::channel();
        let spare = self.spare.pop().unwrap_or_default();
        self.jobs.send(Job { slices, spare, reply }).map_err(|_| worker_gone())?;
        self.waiting.push_back(Waiting { part: self.part, block: answer });
        Ok(block)
    }

    fn end_block(&mut self) -> Result<(), ExportError> {
        let is_small = self.block.is_none() && self.waiting.is_empty() && self.rows <= self.few;
        if is_small && !self.slice.is_empty() {
            self.encode_here()?;
        } else if !self.slice.is_empty() {
            self.hand_over()?;
        }
        self.block = None;
        self.rows = 0;
        Ok(())
    }

    /// Encodes and writes a block that no worker has begun.
    fn encode_here(&mut self) -> Result<(), ExportError> {
        self.few -= self.rows;
        let slice = std::mem::take(&mut self.slice);
        let encoder = self.without_worker.get_or_insert_with(self.encoder);
        let mut block = encoder.encode(std::iter::once(slice), self.spare.pop().unwrap_or_default())?;
        block.part = self.part;
        (self.put)(&mut block)?;
        self.spare.push(block);
        Ok(())
    }

    /// Writes the blocks that are ready, and waits for the oldest ones until at most `under_way` are in progress.
    fn drain_to(&mut self, under_way: usize) -> Result<(), ExportError> {
        while let Some(oldest) = self.waiting.front() {
            let done = if self.waiting.len() > under_way {
                oldest.block.recv().map_err(|_| worker_gone())?
            } else {
                match oldest.block.try_recv() {
                    Ok(done) => done,
                    Err(mpsc::TryRecvError::Empty) => return Ok(()),
                    Err(mpsc::TryRecvError::Disconnected) => return Err(worker_gone()),
                }
            };
            let mut block = done?;
            block.part = oldest.part;
            self.waiting.pop_front();
            (self.put)(&mut block)?;
            self.spare.push(block);
        }
        Ok(())
    }

    fn start_worker(&mut self) -> Result<(), ExportError> {
        let (encoder, queue) = (self.encoder, Arc::clone(&self.queue));
        let work = move || {
            let mut encoder = encoder();
            loop {
                let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok(Job { slices, spare, reply }) = job else { return };
                // After an error the receiver has been dropped.
                let _ = reply.send(encoder.encode(slices.into_iter(), spare));
            }
        };
        self.threads.push(Builder::new().name("export".to_owned()).spawn_scoped(self.scope, work)?);
        Ok(())
    }
}

/// Stops the reading after a worker has panicked. The panic itself is resumed when the worker is joined.
fn worker_gone() -> ExportError {
    ExportError::Io(io::Error::other("a worker thread ended early"))
}
