//! Waiting until a change is on the disk.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use crate::store::Closed;

/// What one transaction changed, on its way to the disk. Dropping it changes nothing about that.
#[derive(Clone)]
#[must_use = "a change is promised to nobody before it is durable"]
pub struct Commit {
    pub(super) durability: Arc<Durability>,
    pub(super) seq: u64,
}

impl Commit {
    /// Resolves when the transaction, and every one before it, is on the disk. While the disk
    /// fails this stays pending: the store tries for as long as it is open.
    ///
    /// A transaction that changed nothing resolves when all that it could have seen is durable.
    pub async fn durable(&self) -> Result<(), Closed> {
        Waiting {
            commit: self,
            place: None,
        }
        .await
    }

    /// The same for a thread outside of the runtime.
    pub fn wait(&self) -> Result<(), Closed> {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        let mut waiting = Waiting {
            commit: self,
            place: None,
        };
        loop {
            match Pin::new(&mut waiting).poll(&mut context) {
                Poll::Ready(result) => return result,
                Poll::Pending => thread::park(),
            }
        }
    }

    /// The number of this commit: they count up from the opening of the store.
    pub fn seq(&self) -> u64 {
        self.seq
    }
}

impl std::fmt::Debug for Commit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Commit({})", self.seq)
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// How far the disk has come, and who waits for more.
#[derive(Default)]
pub(super) struct Durability {
    done: AtomicU64,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    /// By commit, then by arrival: what is reached is cut off in front, the rest sleeps on.
    waiting: BTreeMap<(u64, u64), Waker>,
    arrivals: u64,
    closed: bool,
}

impl Durability {
    pub(super) fn done(&self) -> u64 {
        self.done.load(Ordering::Acquire)
    }

    pub(super) fn advance(&self, seq: u64) {
        let mut queue = self.queue();
        self.done.fetch_max(seq, Ordering::AcqRel);
        let later = queue.waiting.split_off(&(seq.saturating_add(1), 0));
        let reached = std::mem::replace(&mut queue.waiting, later);
        drop(queue);
        reached.into_values().for_each(Waker::wake);
    }

    /// Nothing more will become durable.
    pub(super) fn close(&self) {
        let mut queue = self.queue();
        queue.closed = true;
        let all = std::mem::take(&mut queue.waiting);
        drop(queue);
        all.into_values().for_each(Waker::wake);
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Waiting<'a> {
    commit: &'a Commit,
    place: Option<(u64, u64)>,
}

impl Future for Waiting<'_> {
    type Output = Result<(), Closed>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let commit = self.commit;
        let durability = &commit.durability;
        if durability.done() >= commit.seq {
            return Poll::Ready(Ok(()));
        }
        let mut queue = durability.queue();
        // Again under the lock, or an advance in between would be slept through.
        if durability.done() >= commit.seq {
            return Poll::Ready(Ok(()));
        }
        if queue.closed {
            return Poll::Ready(Err(Closed));
        }
        let place = match self.place {
            Some(place) => place,
            None => {
                queue.arrivals += 1;
                (commit.seq, queue.arrivals)
            }
        };
        queue.waiting.insert(place, context.waker().clone());
        self.place = Some(place);
        Poll::Pending
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.commit.durability.queue().waiting.remove(&place);
        }
    }
}
