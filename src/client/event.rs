//! What the client tells those who listen.

use std::fmt;
use std::rc::Rc;

/// A change, told once, after it has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody signed in.
    SignedIn {
        /// The token's `sub`.
        user_id: String,
    },
    /// The session ended.
    SignedOut {
        /// Whose session it was.
        user_id: String,
        /// Whether it ended because Paragon no longer accepts its token.
        expired: bool,
    },
    /// An account was disconnected.
    IntegrationUninstalled {
        /// The integration's id.
        integration_id: String,
        /// What the application called the integration.
        integration_type: String,
        /// The account, where one was selected.
        credential_id: Option<String>,
    },
    /// A workflow was switched on or off.
    WorkflowChanged {
        /// The workflow's id.
        workflow_id: String,
        /// Whether it is on now.
        enabled: bool,
    },
}

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
