//! The client: sessions, shared requests, time limits and events, over a small [`Platform`], so that
//! it runs natively in tests. No `RefCell` borrow crosses an `.await`: calls may overlap in any way.
//!
//! | file | purpose |
//! |---|---|
//! | `calls` | one public method for each call of the Users API |
//! | `execute` | sends every request: token, retry, renewal after a 401 |
//! | `session` | who is signed in; renews the token |
//! | `shared` | waiting: for the end of a session, for a request that calls share, for a turn |
//! | `install` | what connecting accounts in JavaScript needs |
//! | `config`, `events`, `platform` | settings; changes and listeners; what the client needs around it |

mod calls;
mod config;
mod events;
mod execute;
mod install;
mod platform;
mod session;
mod shared;

use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::rc::{Rc, Weak};
use std::task::Poll;

pub use self::calls::{CredentialUpdate, WorkflowRequest};
pub use self::config::{CallOptions, DEFAULT_TIMEOUT_MS, Settings};
pub use self::events::Event;
use self::events::Listeners;
pub use self::install::InstallSession;
pub use self::platform::{NoAnswer, Outgoing, Platform};
use self::session::Session;
pub use self::session::{TokenProvider, TokenSource};
use self::shared::Epochs;
pub use self::shared::LocalFuture;
use self::shared::{SharedFuture, Turn, Turns};
use crate::error::{Error, ErrorCode};
use crate::json::Json;
use crate::text::join;

/// The result of a call.
pub type Result<P, T> = std::result::Result<T, Error<<P as Platform>::Json>>;

/// A call under way: await it. Dropping it aborts its request. A call that has nothing to return
/// gives `null`.
pub type Pending<P> = LocalFuture<Result<P, <P as Platform>::Json>>;

/// A client of the Users API with one session. Cheap to clone; clones share the session.
///
/// In the browser it is made with `Client::new(Browser::default())`.
///
/// ```
/// use paragon_wasm::{CallOptions, Client, Json, Platform, TokenSource, client};
///
/// /// Signs in, and gives the state of the user's Salesforce account: `VALID`, for instance.
/// async fn salesforce<P: Platform>(
///     paragon: &Client<P>,
///     user_token: String,
/// ) -> client::Result<P, Option<String>> {
///     let token = TokenSource::Fixed(user_token);
///     paragon.authenticate("<project id>", token, None, &CallOptions::default()).await?;
///     let user = paragon.get_user(&CallOptions::default()).await?;
///     let account = user.get("integrations").and_then(|all| all.get("salesforce"));
///     Ok(account.and_then(|account| account.text("credentialStatus")))
/// }
/// ```
pub struct Client<P: Platform> {
    inner: Rc<Inner<P>>,
}

/// A `GET /sdk/me` that is under way.
type SharedUser<P> = SharedFuture<Result<P, <P as Platform>::Json>>;

struct Inner<P: Platform> {
    platform: P,
    settings: RefCell<Settings>,
    session: RefCell<Option<Rc<Session<P::Json>>>>,
    /// Counts sessions. What belongs to an earlier one is dropped.
    epochs: Epochs,
    listeners: Rc<RefCell<Listeners>>,
    /// The `GET /sdk/me` that callers of `get_user` wait for together.
    user_in_flight: RefCell<Weak<SharedUser<P>>>,
    turns: Rc<Turns>,
    /// The user who signed in last, unless their session has ended for another reason than a sign-in.
    last_user: RefCell<String>,
}

/// The number of calls that are under way at once. Chromium refuses requests when some 1,400 are
/// outstanding, and a connection carries six (HTTP/1.1) or about a hundred (HTTP/2) at a time.
const CALLS_AT_ONCE: u32 = 128;

impl<P: Platform> Client<P> {
    /// A client for Paragon's cloud, with no user signed in. Nothing is sent.
    pub fn new(platform: P) -> Self {
        Self {
            inner: Rc::new(Inner {
                platform,
                settings: RefCell::default(),
                session: RefCell::default(),
                epochs: Epochs::default(),
                listeners: Rc::default(),
                user_in_flight: RefCell::default(),
                turns: Turns::new(CALLS_AT_ONCE),
                last_user: RefCell::default(),
            }),
        }
    }

    /// The settings of all calls, now.
    pub fn settings(&self) -> Settings {
        self.inner.settings.borrow().clone()
    }

    /// Changes what holds for all calls. New endpoints end the session: its token belongs to the
    /// old ones.
    pub fn configure(&self, settings: Settings) {
        let endpoints = settings.endpoints.clone();
        let old = self.inner.settings.replace(settings);
        if old.endpoints != endpoints {
            self.logout();
        }
    }

    /// Notifies `listener` of every [`Event`] until the returned function is called.
    pub fn subscribe(&self, listener: impl Fn(&Event) + 'static) -> Box<dyn FnOnce()> {
        let id = self.inner.listeners.borrow_mut().add(Rc::new(listener));
        let listeners = Rc::downgrade(&self.inner.listeners);
        Box::new(move || {
            if let Some(listeners) = listeners.upgrade() {
                listeners.borrow_mut().remove(id);
            }
        })
    }

    /// Signs out. Every call that is pending then ends with [`ErrorCode::Superseded`].
    pub fn logout(&self) {
        self.supersede();
        self.inner.last_user.take();
    }

    /// Ends the session because another sign-in begins.
    pub(crate) fn supersede(&self) {
        self.inner.end_session(false);
    }

    /// The platform that the client was made with.
    #[cfg(all(target_arch = "wasm32", feature = "exports"))]
    pub(crate) fn platform(&self) -> &P {
        &self.inner.platform
    }

    fn max_retries(&self, options: &CallOptions) -> u32 {
        options.max_retries.unwrap_or_else(|| self.inner.settings.borrow().max_retries)
    }

    /// Waits for the turn of a call, and ends it when its session ends or its time is over, which counts
    /// from its turn. Nothing more is done for it then: a retry that is due at that moment must not be
    /// sent.
    fn bounded(
        &self,
        session: Rc<Session<P::Json>>,
        turn: Option<Turn>,
        options: &CallOptions,
        mut work: Pending<P>,
    ) -> Pending<P> {
        let client = self.clone();
        let timeout_ms = options.timeout_ms;
        Box::pin(async move {
            let inner = &*client.inner;
            let default_ms = inner.settings.borrow().timeout_ms;
            let timeout_ms = timeout_ms.unwrap_or(default_ms);
            let session_end = inner.epochs.waiter();
            let mut deadline = None;
            poll_fn(|context| {
                session_end.register(context.waker());
                if let Err(error) = inner.check_epoch(session.epoch) {
                    return Poll::Ready(Err(error));
                }
                if turn.as_ref().is_some_and(|turn| !turn.has_come(context.waker())) {
                    return Poll::Pending;
                }
                let deadline =
                    deadline.get_or_insert_with(|| Box::pin(inner.platform.sleep(timeout_ms)));
                if deadline.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Err(timed_out(timeout_ms, session.waits_for_token())));
                }
                work.as_mut().poll(context)
            })
            .await
        })
    }
}

/// A call that is over already.
#[inline(never)]
pub(crate) fn ready<P: Platform>(result: Result<P, P::Json>) -> Pending<P> {
    Box::pin(std::future::ready(result))
}

/// The error of a call whose time is over, which names who has been waited for.
#[inline(never)]
fn timed_out<J: Json>(timeout_ms: u32, waits_for_token: bool) -> Error<J> {
    let ms = J::from_number(timeout_ms.into()).stringify();
    let message = if waits_for_token {
        ["The function that gives user tokens did not answer within ", &ms, " ms."]
    } else {
        let check = " ms. Check the connection, or allow more with timeoutMs.";
        ["Paragon did not answer within ", &ms, check]
    };
    Error::new(ErrorCode::Timeout, &join(&message))
}

impl<P: Platform> Inner<P> {
    /// Fails where the session of `epoch` has ended.
    fn check_epoch(&self, epoch: u32) -> Result<P, ()> {
        if self.epochs.current() == epoch { Ok(()) } else { Err(Error::superseded()) }
    }

    /// The session that is on.
    fn session(&self) -> Result<P, Rc<Session<P::Json>>> {
        self.session.borrow().clone().ok_or_else(|| {
            Error::new(
                ErrorCode::NotAuthenticated,
                "No user is signed in: await paragon.authenticate(<projectId>, <user token>) first.",
            )
        })
    }

    /// Ends the session, and every call that is under way in it.
    /// Gives the number of the next one; a listener may have begun a later one already.
    fn end_session(&self, expired: bool) -> u32 {
        let session = self.session.take();
        self.user_in_flight.take();
        if expired {
            self.last_user.take();
        }
        let epoch = self.epochs.advance();
        if let Some(session) = session {
            self.emit(&Event::SignedOut { user_id: session.user_id(), expired });
        }
        epoch
    }

    fn emit(&self, event: &Event) {
        events::emit(&self.listeners, event);
    }
}

impl<P: Platform> Clone for Client<P> {
    fn clone(&self) -> Self {
        Self { inner: Rc::clone(&self.inner) }
    }
}

impl<P: Platform> fmt::Debug for Client<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signed_in = self.inner.session.borrow().is_some();
        f.debug_struct("Client").field("signed_in", &signed_in).finish_non_exhaustive()
    }
}
