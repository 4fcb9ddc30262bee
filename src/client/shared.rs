//! Waiting: for the end of a session, for work that several calls share, for a turn.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use crate::slab::{Key, Slab};

/// A boxed future of this thread.
pub type LocalFuture<T> = Pin<Box<dyn Future<Output = T>>>;

/// The wakers of those who wait for something.
#[derive(Debug)]
struct Wakers(RefCell<Slab<Option<Waker>>>);

impl Default for Wakers {
    fn default() -> Self {
        Self(RefCell::new(Slab::new()))
    }
}

impl Wakers {
    fn waiter(self: &Rc<Self>) -> Waiter {
        Waiter { key: self.0.borrow_mut().insert(None), wakers: Rc::clone(self) }
    }

    /// `false` where nothing waits at `key` any more.
    #[inline(never)]
    fn register(&self, key: Key, waker: &Waker) -> bool {
        match self.0.borrow_mut().get_mut(key) {
            Some(Some(known)) => known.clone_from(waker),
            Some(place) => *place = Some(waker.clone()),
            None => return false,
        }
        true
    }

    fn wake_all(&self) {
        let mut wakers = Vec::new();
        self.0.borrow_mut().each(|waker| wakers.extend(waker.take()));
        for waker in &wakers {
            waker.wake_by_ref();
        }
    }
}

/// One who waits. Dropping it gives its place up, so that a session of many calls does not gather
/// wakers.
pub(super) struct Waiter {
    wakers: Rc<Wakers>,
    key: Key,
}

impl Waiter {
    pub(super) fn register(&self, waker: &Waker) {
        self.wakers.register(self.key, waker);
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let waker = self.wakers.0.borrow_mut().remove(self.key);
        drop(waker);
    }
}

/// Counts sessions, and wakes whoever waits for the end of one.
#[derive(Debug, Default)]
pub(super) struct Epochs {
    current: Cell<u32>,
    wakers: Rc<Wakers>,
}

impl Epochs {
    pub(super) fn current(&self) -> u32 {
        self.current.get()
    }

    /// Begins a new epoch: all that waits for the end of the old one is woken.
    pub(super) fn advance(&self) -> u32 {
        let current = self.current.get().wrapping_add(1);
        self.current.set(current);
        self.wakers.wake_all();
        current
    }

    /// Waits for the end of the epoch.
    pub(super) fn waiter(&self) -> Waiter {
        self.wakers.waiter()
    }
}

/// The right of a call to be under way. So many calls have one; the others wait in the order in which they
/// were made.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Rc<Turns>,
    /// `None` for a call that did not have to wait.
    place: Option<Key>,
}

#[derive(Debug)]
pub(super) struct Turns {
    free: Cell<u32>,
    waiting: Wakers,
    /// The places of those who wait, and of some who have given up.
    line: RefCell<VecDeque<Key>>,
}

impl Turns {
    pub(super) fn new(free: u32) -> Rc<Self> {
        let waiting = Wakers::default();
        Rc::new(Self { free: Cell::new(free), waiting, line: RefCell::default() })
    }

    pub(super) fn line_up(self: &Rc<Self>) -> Turn {
        let free = self.free.get();
        let place = if free > 0 {
            self.free.set(free - 1);
            None
        } else {
            let place = self.waiting.0.borrow_mut().insert(None);
            self.line.borrow_mut().push_back(place);
            Some(place)
        };
        Turn { turns: Rc::clone(self), place }
    }
}

impl Turn {
    /// `true` once it has come; `waker` is woken then.
    pub(super) fn has_come(&self, waker: &Waker) -> bool {
        !self.place.is_some_and(|place| self.turns.waiting.register(place, waker))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let give_up = |place| self.turns.waiting.0.borrow_mut().remove(place);
        if self.place.and_then(give_up).is_some() {
            return;
        }
        loop {
            let next = self.turns.line.borrow_mut().pop_front();
            let Some(next) = next else { return self.turns.free.set(self.turns.free.get() + 1) };
            if let Some(waker) = give_up(next) {
                return waker.into_iter().for_each(Waker::wake);
            }
        }
    }
}

/// Work that several calls wait for; dropped when the last of them is.
pub(super) struct SharedFuture<T> {
    work: RefCell<Option<LocalFuture<T>>>,
    output: RefCell<Option<T>>,
    wakers: Rc<Wakers>,
}

impl<T: Clone> SharedFuture<T> {
    pub(super) fn new(work: LocalFuture<T>) -> Rc<Self> {
        let work = RefCell::new(Some(work));
        Rc::new(Self { work, output: RefCell::default(), wakers: Rc::default() })
    }

    /// `true` if a call that joins now would still have to wait.
    pub(super) fn is_running(&self) -> bool {
        self.output.borrow().is_none()
    }

    /// The output of the work; `None` for who is waited for by the work itself.
    pub(super) async fn output(&self) -> Option<T> {
        // Declared before the waiter and so dropped after it.
        let _wake_another = WakeOnDrop(&self.wakers);
        let waiter = self.wakers.waiter();
        poll_fn(|context| {
            waiter.register(context.waker());
            let Ok(mut work) = self.work.try_borrow_mut() else { return Poll::Ready(None) };
            if let Some(running) = &mut *work {
                let Poll::Ready(output) = running.as_mut().poll(context) else {
                    return Poll::Pending;
                };
                *work = None;
                self.output.replace(Some(output));
                self.wakers.wake_all();
            }
            let output = self.output.borrow().clone();
            if output.is_some() { Poll::Ready(output) } else { Poll::Pending }
        })
        .await
    }
}

/// The work wakes only the call that polled it last. When that call goes away, another takes over.
struct WakeOnDrop<'a>(&'a Wakers);

impl Drop for WakeOnDrop<'_> {
    fn drop(&mut self) {
        self.0.wake_all();
    }
}
