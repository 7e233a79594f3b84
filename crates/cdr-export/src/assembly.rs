//! The assembly line: records come in on one thread, workers make blocks of them, and the blocks go out in order.
//!
//! The thread that brings the records also writes the blocks, so that the output never leaves it. It hands over a block,
//! and when more than the workers and one are under way, it waits for the oldest: so memory is bounded, and what comes out
//! is the same however many workers there are.

use std::collections::VecDeque;
use std::io;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, Scope, ScopedJoinHandle, scope};

use cdr_model::{Anchor, Record};

use crate::block::{BLOCK_ROWS, Block, Cut, Press};
use crate::error::ExportError;

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
            records: Vec::new(),
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

/// Records on their way to a worker, and the way back.
struct Job<R> {
    records: Vec<R>,
    spare: Block,
    reply: Sender<Done<R>>,
}

struct Done<R> {
    block: Result<Block, ExportError>,
    /// Empty; to be filled again.
    records: Vec<R>,
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
    waiting: VecDeque<Receiver<Done<R>>>,
    /// Buffers to be used again.
    spare: Vec<(Vec<R>, Block)>,
    /// The block that is being collected, and the hour it belongs to.
    records: Vec<R>,
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
        if !self.records.is_empty() && (part != self.part || self.records.len() >= BLOCK_ROWS) {
            self.hand_over().map_err(|error| self.fail(error))?;
        }
        self.part = part;
        self.records.push(record);
        Ok(())
    }

    fn finish<E: From<ExportError>>(mut self, given: Result<(), E>) -> Result<(), E> {
        if given.is_ok() && self.failure.is_none() {
            let rest = if self.records.is_empty() { Ok(()) } else { self.hand_over() };
            self.failure = rest.and_then(|()| self.put_down_to(0)).err();
        }
        // Without jobs to come the workers end.
        drop(self.jobs);
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

    /// Gives the collected records to a worker.
    fn hand_over(&mut self) -> Result<(), ExportError> {
        self.put_down_to(self.workers)?;
        if self.threads.len() < self.workers {
            self.hire()?;
        }
        let (fresh, spare) = self.spare.pop().unwrap_or_default();
        let records = std::mem::replace(&mut self.records, fresh);
        let (reply, answer) = mpsc::channel();
        self.jobs.send(Job { records, spare, reply }).map_err(|_| worker_gone())?;
        self.waiting.push_back(answer);
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
            let mut block = done.block?;
            (self.put)(&mut block)?;
            self.spare.push((done.records, block));
        }
        Ok(())
    }

    fn hire(&mut self) -> Result<(), ExportError> {
        let (press, queue) = (self.press, Arc::clone(&self.queue));
        let work = move || {
            let mut press = press();
            loop {
                let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok(Job { mut records, spare, reply }) = job else { return };
                let block = press.press(&mut records, spare);
                // Nobody waits for it any more after an error.
                let _ = reply.send(Done { block, records });
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
