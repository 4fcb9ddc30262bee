//! Who is signed in, and what each call does next. It waits for nothing: whoever drives it sends,
//! waits and asks for tokens, and tells it what came of that.
//!
//! Two drive it: [`crate::client`], in Rust, and the npm package's `session.js`. A machine without
//! futures is a third of the wasm that the same logic is with them.

mod call;
mod session;
mod tasks;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

pub use self::call::{Answer, Call, Input, Started, Step, superseded};
pub use self::session::Session;
pub use self::tasks::Task;
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::json::Json;

/// What the engine tells whoever drives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Every call that is under way has to be given up: it comes to [`superseded`].
    Ended,
    /// For those who listen.
    Event(Event),
}

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

/// The state that all calls of a client share.
pub struct Engine<J: Json> {
    session: RefCell<Option<Rc<Session<J>>>>,
    /// Counts sessions. What belongs to an earlier one is of no interest any more.
    epoch: Cell<u32>,
    tell: Box<dyn Fn(Notice)>,
}

impl<J: Json> Engine<J> {
    /// An engine with nobody signed in. It tells `tell` what happens; that
    /// may call the engine again.
    #[must_use]
    pub fn new(tell: Box<dyn Fn(Notice)>) -> Self {
        Self { session: RefCell::default(), epoch: Cell::default(), tell }
    }

    /// Which session is on: the number changes whenever one ends.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.epoch.get()
    }

    /// Whether somebody is signed in.
    #[must_use]
    pub fn is_signed_in(&self) -> bool {
        self.session.borrow().is_some()
    }

    /// Ends the session, and every call that is under way.
    pub fn end_session(&self, expired: bool) {
        let session = self.session.take();
        self.epoch.set(self.epoch.get().wrapping_add(1));
        self.tell(Notice::Ended);
        if let Some(session) = session {
            let user_id = session.user_id();
            self.tell(Notice::Event(Event::SignedOut { user_id, expired }));
        }
    }

    fn tell(&self, notice: Notice) {
        (self.tell)(notice);
    }

    fn session(&self) -> Result<Rc<Session<J>>, Error<J>> {
        self.session.borrow().clone().ok_or_else(|| {
            Error::new(
                ErrorCode::NotAuthenticated,
                "No user is signed in: await paragon.authenticate(<projectId>, <user token>) first.",
            )
        })
    }
}

impl<J: Json> fmt::Debug for Engine<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("signed_in", &self.is_signed_in()).finish_non_exhaustive()
    }
}
