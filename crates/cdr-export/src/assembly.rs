//! The assembly line: records come in on one thread, workers make blocks of them, and the blocks go out in order.
//!
//! The thread that brings the records also writes the blocks, so that the output never leaves it. It hands records over in
//! slices, so that a worker turns the first of a block into text while the last are being read, and no block waits as
//! records, which are many times larger than their text. When more blocks than the workers and one are under way, it waits
//! for the oldest: so memory is bounded, and what comes out is the same however many workers there are.

use std::collections::VecDeque;
use std::io;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, Scope, ScopedJoinHandle, scope};

use cdr_model::{Anchor, Record};

use crate::block::{BLOCK_ROWS, Block, Cut, Press};
use crate::error::ExportError;

/// Records handed over at a time.
const SLICE: usize = 256;
/// Slices of a block that wait for its worker.
const SLICES: usize = 4;

/// Runs records through workers into `put`, in order.
///
/// An error of `put` or of a worker comes before what `rows` makes of it. A panic of `rows`, or of the record's own code
/// on a worker, goes on in the caller once the workers have ended.
pub(crate) fn assemble<'a, R: Record, E: From<ExportError>>(
    workers: NonZeroUsize,
    anchor: Anchor,
    cut: Cut,
    press: &(dyn Fn() -> Press<'a, R::Field> + Sync),
    put: &mut dyn FnMut(&mut Block) -> Result<(), ExportError>,
    rows: impl FnOnce(&mut dyn FnMut(R) -> io::Result<()>) -> Result<(), E>,
) -> Result<(), E> {
    scope(|scope| {
        let (jobs, queue) = mpsc::channel();
        let mut line = Line {
            scope,
            workers: workers.get(),
            press,
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
            failure: None,
        };
        let given = rows(&mut |record: R| {
            let part = cut.part(record.instant(anchor));
            line.push(record, part)
        });
        line.finish(given)
    })
}

/// A block to be made: its records come in slices until their sender is dropped.
struct Job<R> {
    slices: Receiver<Vec<R>>,
    spare: Block,
    reply: Sender<Result<Block, ExportError>>,
}

struct Line<'scope, 'env, 'a, R: Record> {
    scope: &'scope Scope<'scope, 'env>,
    workers: usize,
    press: &'env (dyn Fn() -> Press<'a, R::Field> + Sync),
    put: &'env mut dyn FnMut(&mut Block) -> Result<(), ExportError>,
    jobs: Sender<Job<R>>,
    queue: Arc<Mutex<Receiver<Job<R>>>>,
    threads: Vec<ScopedJoinHandle<'scope, ()>>,
    /// Blocks under way, in order.
    waiting: VecDeque<Receiver<Result<Block, ExportError>>>,
    /// Buffers to be used again.
    spare: Vec<Block>,
    /// The records that are handed over next.
    slice: Vec<R>,
    /// The block they belong to, if some of it were handed over already.
    block: Option<SyncSender<Vec<R>>>,
    /// How many records the block has so far, and the hour they belong to.
    rows: usize,
    part: Option<i64>,
    /// The first error: whatever `rows` makes of it, this is what went wrong.
    failure: Option<ExportError>,
}

impl<'scope, 'env, 'a, R: Record> Line<'scope, 'env, 'a, R>
where
    'a: 'scope,
    'env: 'scope,
{
    fn push(&mut self, record: R, part: Option<i64>) -> io::Result<()> {
        if self.failure.is_some() {
            return Err(io::Error::other("the export has failed already"));
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
            self.failure = self.end_block().and_then(|()| self.put_down_to(0)).err();
        }
        // Without jobs, and records of the last one, to come the workers end.
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

    /// Keeps the error, and makes another of it for whoever pushed the record.
    fn fail(&mut self, error: ExportError) -> io::Error {
        let told = match &error {
            ExportError::Io(error) => io::Error::new(error.kind(), error.to_string()),
            other => io::Error::other(other.to_string()),
        };
        self.failure = Some(error);
        told
    }

    /// Gives the collected records to the worker of their block, for which there is one from now on.
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
        self.put_down_to(self.workers.saturating_sub(1).max(1))?;
        if self.threads.len() < self.workers {
            self.hire()?;
        }
        let (block, slices) = mpsc::sync_channel(SLICES);
        let (reply, answer) = mpsc::channel();
        let spare = self.spare.pop().unwrap_or_default();
        self.jobs.send(Job { slices, spare, reply }).map_err(|_| worker_gone())?;
        self.waiting.push_back(answer);
        Ok(block)
    }

    fn end_block(&mut self) -> Result<(), ExportError> {
        if !self.slice.is_empty() {
            self.hand_over()?;
        }
        self.block = None;
        self.rows = 0;
        Ok(())
    }

    /// Writes the blocks that are ready, and waits for the oldest ones until at most so many are under way.
    fn put_down_to(&mut self, under_way: usize) -> Result<(), ExportError> {
        while let Some(oldest) = self.waiting.front() {
            let done = if self.waiting.len() > under_way {
                oldest.recv().map_err(|_| worker_gone())?
            } else {
                match oldest.try_recv() {
                    Ok(done) => done,
                    Err(mpsc::TryRecvError::Empty) => return Ok(()),
                    Err(mpsc::TryRecvError::Disconnected) => return Err(worker_gone()),
                }
            };
            self.waiting.pop_front();
            let mut block = done?;
            (self.put)(&mut block)?;
            self.spare.push(block);
        }
        Ok(())
    }

    fn hire(&mut self) -> Result<(), ExportError> {
        let (press, queue) = (self.press, Arc::clone(&self.queue));
        let work = move || {
            let mut press = press();
            loop {
                let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok(Job { slices, spare, reply }) = job else { return };
                // Nobody waits for it any more after an error.
                let _ = reply.send(press.press(slices.into_iter(), spare));
            }
        };
        self.threads.push(Builder::new().name("export".to_owned()).spawn_scoped(self.scope, work)?);
        Ok(())
    }
}

/// Its panic is told when it is joined; this error only ends the reading.
fn worker_gone() -> ExportError {
    ExportError::Io(io::Error::other("a worker has ended before its time"))
}
