//! Waiting together: for the end of a session, for the first of two things, for shared work.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// A boxed future of this thread.
pub type LocalFuture<T> = Pin<Box<dyn Future<Output = T>>>;

/// Those who wait for something.
#[derive(Debug, Default)]
struct Waiters {
    next: Cell<u32>,
    waiting: RefCell<Vec<(u32, Waker)>>,
}

impl Waiters {
    fn place(self: &Rc<Self>) -> Place {
        self.next.set(self.next.get().wrapping_add(1));
        Place { waiters: Rc::clone(self), id: self.next.get() }
    }

    fn wake_all(&self) {
        for (_, waker) in self.waiting.take() {
            waker.wake();
        }
    }
}

/// A place among those who wait; given up when the waiting future is dropped, so that a session
/// of many calls does not gather wakers.
struct Place {
    waiters: Rc<Waiters>,
    id: u32,
}

impl Place {
    fn take(&self, waker: &Waker) {
        let mut waiting = self.waiters.waiting.borrow_mut();
        match waiting.iter_mut().find(|(id, _)| *id == self.id) {
            Some((_, known)) => known.clone_from(waker),
            None => waiting.push((self.id, waker.clone())),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.waiters.waiting.borrow_mut().retain(|(id, _)| *id != self.id);
    }
}

/// Counts sessions, and wakes whoever waits for the end of one.
#[derive(Debug, Default)]
pub(super) struct Epochs {
    current: Cell<u32>,
    waiters: Rc<Waiters>,
}

impl Epochs {
    /// Ends the epoch that is on: all that waits for its end is woken.
    pub(super) fn advance(&self) {
        self.current.set(self.current.get().wrapping_add(1));
        self.waiters.wake_all();
    }

    /// Waits until `epoch` is over.
    pub(super) async fn ended(&self, epoch: u32) {
        let place = self.waiters.place();
        poll_fn(|context| {
            if self.current.get() != epoch {
                return Poll::Ready(());
            }
            place.take(context.waker());
            Poll::Pending
        })
        .await;
    }
}

/// Work that several calls wait for; dropped when none does any more.
pub(super) struct Flight<T> {
    work: RefCell<Option<LocalFuture<T>>>,
    outcome: RefCell<Option<T>>,
    waiters: Rc<Waiters>,
}

impl<T: Clone> Flight<T> {
    pub(super) fn new(work: LocalFuture<T>) -> Self {
        Self { work: RefCell::new(Some(work)), outcome: RefCell::default(), waiters: Rc::default() }
    }

    /// Whether whoever comes now would still wait.
    pub(super) fn is_running(&self) -> bool {
        self.outcome.borrow().is_none()
    }

    /// What the work comes to.
    pub(super) async fn outcome(&self) -> T {
        // Dropped last: see there.
        let _handover = Handover(&self.waiters);
        let place = self.waiters.place();
        poll_fn(|context| {
            // Work that waits for itself gets nowhere; the call's time limit ends it.
            let Ok(mut work) = self.work.try_borrow_mut() else {
                place.take(context.waker());
                return Poll::Pending;
            };
            if let Some(running) = &mut *work {
                match running.as_mut().poll(context) {
                    Poll::Pending => {
                        place.take(context.waker());
                        return Poll::Pending;
                    }
                    Poll::Ready(outcome) => {
                        *work = None;
                        self.outcome.replace(Some(outcome));
                        self.waiters.wake_all();
                    }
                }
            }
            match &*self.outcome.borrow() {
                Some(outcome) => Poll::Ready(outcome.clone()),
                None => Poll::Pending,
            }
        })
        .await
    }
}

/// The work wakes only who polled it last. When that one goes away, another takes over.
struct Handover<'a>(&'a Waiters);

impl Drop for Handover<'_> {
    fn drop(&mut self) {
        self.0.wake_all();
    }
}

/// The output of `main`, or that of `end` when it comes first. The other one is dropped.
///
/// Once `end` has come, `main` does nothing any more: a retry that is due at the moment of a
/// sign-out, an abort or a timeout must not be sent.
pub async fn unless<T>(mut main: LocalFuture<T>, mut end: LocalFuture<T>) -> T {
    poll_fn(|context| match end.as_mut().poll(context) {
        Poll::Pending => main.as_mut().poll(context),
        ended @ Poll::Ready(_) => ended,
    })
    .await
}
