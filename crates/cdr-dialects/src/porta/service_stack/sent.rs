//! The body of an answer: what was gathered before its first byte, and then what its writer still writes. It counts the
//! bytes that wait for the client, and gives them up for a client that does not read.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::rt::task::JoinHandle;
use actix_web::web::Bytes;
use futures_util::Stream;

use super::fault::Thrown;
use crate::bounds::Entered;
use crate::buffers::Buffered;
use crate::pipe::{Outlet, Piece};

/// Bytes passed to the connection at a time. It holds little more than this, whatever the client reads.
pub(super) const SENT_AT_ONCE: usize = 16 * 1024;
/// The shortest time after which a client counts as one that does not read.
const SHORTEST: Duration = Duration::from_secs(1);

/// What an answer holds until it has been sent.
pub(super) struct Held {
    /// What was gathered, in pieces.
    pub(super) gathered: VecDeque<Bytes>,
    /// The bytes of it that are counted.
    pub(super) buffered: Buffered,
    /// What follows, and the place of a long answer; `None` if everything was gathered.
    pub(super) rest: Option<(Outlet<Thrown>, Arc<Entered>)>,
}

/// The body. It ends in an error if the answer is not complete, on which the connection is closed.
pub(super) struct Sent {
    /// `None` after the end, or once the client has not read for too long.
    state: Rc<RefCell<State>>,
    watch: JoinHandle<()>,
}

struct State {
    held: Option<Held>,
    /// Since when the client has something to take; `None` while it waits for the writer.
    offered: Option<Instant>,
    is_complete: bool,
}

impl Sent {
    /// The body of what is held. A client that takes nothing for `stall`, at least a second, gets no more.
    pub(super) fn new(held: Held, stall: Duration) -> Sent {
        let state = State { held: Some(held), offered: Some(Instant::now()), is_complete: false };
        let state = Rc::new(RefCell::new(state));
        let watch = actix_web::rt::spawn(watch(Rc::downgrade(&state), stall.max(SHORTEST)));
        Sent { state, watch }
    }
}

/// Drops what is held for a client that does not read.
async fn watch(state: Weak<RefCell<State>>, stall: Duration) {
    let mut left = stall;
    loop {
        tokio::time::sleep(left).await;
        let Some(state) = state.upgrade() else { return };
        let mut state = state.borrow_mut();
        left = stall.saturating_sub(state.offered.map_or(Duration::ZERO, |since| since.elapsed()));
        if left.is_zero() {
            state.held = None;
            return;
        }
    }
}

impl Stream for Sent {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let polled = self.state.borrow_mut().poll(context);
        let mut state = self.state.borrow_mut();
        state.offered = polled.is_ready().then(Instant::now);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            state.held = None;
        }
        polled
    }
}

impl State {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let aborted = |why: &str| Poll::Ready(Some(Err(io::Error::other(why.to_owned()))));
        let Some(held) = &mut self.held else {
            return if self.is_complete { Poll::Ready(None) } else { aborted("the client stopped reading") };
        };
        if held.gathered.is_empty()
            && let Some((outlet, _)) = &mut held.rest
        {
            match outlet.poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Piece::Bytes(bytes))) => held.gathered.push_back(bytes.into()),
                Poll::Ready(Some(Piece::End)) => held.rest = None,
                Poll::Ready(Some(Piece::Broken(_))) => return aborted("the answer failed"),
                Poll::Ready(None) => return aborted("the writer of the answer exited without an end"),
            }
        }
        let Some(piece) = held.gathered.front_mut() else {
            self.is_complete = true;
            return Poll::Ready(None);
        };
        let bytes = piece.split_to(piece.len().min(SENT_AT_ONCE));
        if piece.is_empty() {
            held.gathered.pop_front();
        }
        held.buffered.shrink(bytes.len());
        Poll::Ready(Some(Ok(bytes)))
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        self.watch.abort();
    }
}
