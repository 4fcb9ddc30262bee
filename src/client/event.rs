//! Those who listen to what changes.

use std::fmt;
use std::rc::Rc;

use crate::engine::Event;

type Listener = Rc<dyn Fn(&Event)>;

/// Those who listen.
#[derive(Default)]
pub(super) struct Listeners {
    next: u32,
    all: Vec<(u32, Listener)>,
}

impl Listeners {
    pub(super) fn add(&mut self, listener: Listener) -> u32 {
        self.next = self.next.wrapping_add(1);
        self.all.push((self.next, listener));
        self.next
    }

    pub(super) fn remove(&mut self, id: u32) {
        self.all.retain(|(known, _)| *known != id);
    }

    /// Those who listen now: one that is added or removed while they are told changes nothing.
    pub(super) fn snapshot(&self) -> Vec<Listener> {
        self.all.iter().map(|(_, listener)| Rc::clone(listener)).collect()
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} listeners", self.all.len())
    }
}
