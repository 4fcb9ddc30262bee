//! Waiting together: for the end of a session, and for work that several calls share.

use std::cell::{Cell, RefCell};
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

    fn wake_all(&self) {
        let wakers: Vec<Waker> =
            self.0.borrow_mut().values_mut().filter_map(Option::take).collect();
        for waker in wakers {
            waker.wake();
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
        if let Some(known) = self.wakers.0.borrow_mut().get_mut(self.key) {
            match known {
                Some(known) => known.clone_from(waker),
                None => *known = Some(waker.clone()),
            }
        }
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

    /// The output of the work.
    pub(super) async fn output(&self) -> T {
        // Declared before the waiter and so dropped after it.
        let _wake_another = WakeOnDrop(&self.wakers);
        let waiter = self.wakers.waiter();
        poll_fn(|context| {
            waiter.register(context.waker());
            // Work that waits for itself gets nowhere; the call's time limit ends it.
            let Ok(mut work) = self.work.try_borrow_mut() else { return Poll::Pending };
            if let Some(running) = &mut *work {
                let Poll::Ready(output) = running.as_mut().poll(context) else {
                    return Poll::Pending;
                };
                *work = None;
                self.output.replace(Some(output));
                self.wakers.wake_all();
            }
            self.output.borrow().clone().map_or(Poll::Pending, Poll::Ready)
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
