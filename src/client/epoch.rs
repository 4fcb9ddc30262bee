//! Sessions follow one another; an epoch tells them apart.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// Counts sessions, and wakes whoever waits for the end of one.
#[derive(Debug, Default)]
pub struct Epochs {
    current: Cell<u32>,
    next_waiter: Cell<u32>,
    waiting: RefCell<Vec<(u32, Waker)>>,
}

impl Epochs {
    /// The epoch that is on.
    pub fn current(&self) -> u32 {
        self.current.get()
    }

    /// Ends the epoch that is on: all that waits for its end is woken.
    pub fn advance(&self) -> u32 {
        let next = self.current.get().wrapping_add(1);
        self.current.set(next);
        let woken = self.waiting.take();
        for (_, waker) in woken {
            waker.wake();
        }
        next
    }

    /// Waits until `epoch` is over.
    pub async fn ended(&self, epoch: u32) {
        let place = Place { epochs: self, id: self.next_waiter.get() };
        self.next_waiter.set(place.id.wrapping_add(1));
        poll_fn(|context| {
            if self.current.get() != epoch {
                return Poll::Ready(());
            }
            let mut waiting = self.waiting.borrow_mut();
            match waiting.iter_mut().find(|(id, _)| *id == place.id) {
                Some((_, waker)) => waker.clone_from(context.waker()),
                None => waiting.push((place.id, context.waker().clone())),
            }
            Poll::Pending
        })
        .await;
    }
}

/// A place among those who wait; given up when the waiting future is dropped, so that a session
/// of many calls does not gather wakers.
struct Place<'a> {
    epochs: &'a Epochs,
    id: u32,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.epochs.waiting.borrow_mut().retain(|(id, _)| *id != self.id);
    }
}
