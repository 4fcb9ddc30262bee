//! Changes, and the listeners that are notified of them.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

/// A change, reported once, after it has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A user signed in.
    SignedIn {
        /// The token's `sub`.
        user_id: String,
    },
    /// The session ended.
    SignedOut {
        /// Whose session it was.
        user_id: String,
        /// `true` if it ended because Paragon no longer accepts its token.
        expired: bool,
    },
    /// An account was disconnected.
    IntegrationUninstalled {
        /// The integration's id.
        integration_id: String,
        /// The name by which the application called the integration.
        integration_type: String,
        /// The account, where one was selected.
        credential_id: Option<String>,
    },
    /// A workflow was switched on or off.
    WorkflowChanged {
        /// The workflow's id.
        workflow_id: String,
        /// `true` if it is on now.
        enabled: bool,
    },
}

type Listener = Rc<dyn Fn(&Event)>;

/// The listeners of a client.
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
}

/// Notifies those who listen now: one that is added or removed meanwhile changes nothing.
pub(super) fn emit(listeners: &RefCell<Listeners>, event: &Event) {
    let now = listeners.borrow().all.clone();
    for (_, listener) in &now {
        listener(event);
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} listeners", self.all.len())
    }
}
