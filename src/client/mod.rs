//! The session: who is signed in, what is in flight, and when it ends.
//!
//! Asynchronous over a small [`Platform`], so that it runs natively in tests. No `RefCell` borrow
//! crosses an `.await`: calls may overlap in any way.

mod calls;
mod epoch;
mod event;
mod exchange;
mod platform;
mod race;
mod session;

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use futures_util::future::{LocalBoxFuture, Shared, WeakShared};

pub use self::calls::{CredentialUpdate, Invocation};
use self::epoch::Epochs;
pub use self::event::Event;
use self::event::Listeners;
pub use self::platform::{NoAnswer, Platform};
pub use self::race::unless;
use self::session::Session;
pub use self::session::{TokenProvider, TokenSource};
use crate::protocol::endpoints::{Endpoints, Project};
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::is_path_segment;
use crate::protocol::retry::DEFAULT_MAX_RETRIES;
use crate::protocol::text::{decimal, join};

/// How long a call may take unless it says otherwise, in milliseconds.
pub const DEFAULT_TIMEOUT_MS: u32 = 30_000;

/// What a call of the client comes to.
pub type Outcome<P, T> = Result<T, Error<<P as Platform>::Json>>;

/// A call under way: await it. Dropping it aborts its request.
pub type Pending<P, T> = LocalBoxFuture<'static, Outcome<P, T>>;

/// A client of the Users API with one session. Cheap to clone; clones share the session.
///
/// In the browser it is made with `Client::new(Browser)`.
///
/// ```
/// use paragon_wasm::{CallOptions, Client, Json, Outcome, Platform, TokenSource};
///
/// /// Signs in, and gives the state of the user's Salesforce account: `VALID`, for instance.
/// async fn salesforce<P: Platform>(
///     paragon: &Client<P>,
///     user_token: String,
/// ) -> Outcome<P, Option<String>> {
///     let token = TokenSource::Fixed(user_token);
///     paragon.authenticate("<project id>", token, None, CallOptions::default()).await?;
///     let user = paragon.get_user(CallOptions::default()).await?;
///     let account = user.and_then(|user| user.get("integrations")?.get("salesforce"));
///     Ok(account.and_then(|account| account.text("credentialStatus")))
/// }
/// ```
pub struct Client<P: Platform> {
    inner: Rc<Inner<P>>,
}

struct Inner<P: Platform> {
    platform: P,
    settings: RefCell<Settings>,
    session: RefCell<Option<Rc<Session<P>>>>,
    epochs: Epochs,
    listeners: RefCell<Listeners>,
    /// The `GET /sdk/me` that callers of `get_user` wait for together.
    user_in_flight: RefCell<Option<WeakFlight<P>>>,
}

/// Work that several calls wait for: of the user, or of a new token, which gives `None`.
type Flight<P> = Shared<Pending<P, Option<<P as Platform>::Json>>>;
type WeakFlight<P> = WeakShared<Pending<P, Option<<P as Platform>::Json>>>;

/// What holds for all calls of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where the API is.
    pub endpoints: Endpoints,
    /// When a call is given up, in milliseconds.
    pub timeout_ms: u32,
    /// How often a request that may be sent twice is sent again after a failure that may pass.
    pub max_retries: u32,
    /// Whether each request is told to [`Platform::debug`].
    pub debug: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            endpoints: Endpoints::default(),
            timeout_ms: DEFAULT_TIMEOUT_MS,
            max_retries: DEFAULT_MAX_RETRIES,
            debug: false,
        }
    }
}

/// Options that every call takes; what is not given is as in [`Settings`].
#[derive(Clone, Copy, Debug, Default)]
pub struct CallOptions {
    /// When the call is given up, in milliseconds.
    pub timeout_ms: Option<u32>,
    /// How often a request is sent again.
    pub max_retries: Option<u32>,
}

impl<P: Platform> Client<P> {
    /// A client for Paragon's cloud, with nobody signed in. Nothing is sent.
    pub fn new(platform: P) -> Self {
        Self {
            inner: Rc::new(Inner {
                platform,
                settings: RefCell::default(),
                session: RefCell::default(),
                epochs: Epochs::default(),
                listeners: RefCell::default(),
                user_in_flight: RefCell::default(),
            }),
        }
    }

    /// What holds for all calls now.
    pub fn settings(&self) -> Settings {
        self.inner.settings.borrow().clone()
    }

    /// Changes what holds for all calls. New endpoints end the session: its token belongs to the
    /// old ones.
    pub fn configure(&self, settings: Settings) {
        let old = self.inner.settings.replace(settings);
        if old.endpoints != self.inner.settings.borrow().endpoints {
            self.logout();
        }
    }

    /// Has `listener` told of every [`Event`] until the returned function is called.
    pub fn subscribe(&self, listener: impl Fn(&Event) + 'static) -> Box<dyn FnOnce()> {
        let id = self.inner.listeners.borrow_mut().add(Rc::new(listener));
        let inner = Rc::downgrade(&self.inner);
        Box::new(move || {
            if let Some(inner) = inner.upgrade() {
                inner.listeners.borrow_mut().remove(id);
            }
        })
    }

    /// Signs out. Every call that is pending then comes to [`ErrorCode::Superseded`].
    pub fn logout(&self) {
        self.end_session(false);
    }

    /// Makes every call of the session that is on come to `superseded`.
    fn end_session(&self, expired: bool) -> u32 {
        let session = self.inner.session.take();
        self.inner.user_in_flight.take();
        let epoch = self.inner.epochs.advance();
        if let Some(session) = session {
            self.emit(&Event::SignedOut { user_id: session.user_id(), expired });
        }
        epoch
    }

    fn emit(&self, event: &Event) {
        let listeners = self.inner.listeners.borrow().snapshot();
        for listener in listeners {
            listener(event);
        }
    }

    fn session(&self) -> Outcome<P, Rc<Session<P>>> {
        self.inner.session.borrow().clone().ok_or_else(|| {
            Error::new(
                ErrorCode::NotAuthenticated,
                "No user is signed in: await paragon.authenticate(<projectId>, <user token>) first.",
            )
        })
    }

    /// The project that `project_id` names, at the configured endpoints.
    fn project(&self, project_id: &str) -> Outcome<P, Project> {
        if is_path_segment(project_id) {
            let endpoints = self.inner.settings.borrow().endpoints.clone();
            return Ok(Project { endpoints, id: project_id.to_owned() });
        }
        Err(Error::new(
            ErrorCode::InvalidProjectId,
            if project_id.is_empty() {
                "The project id is missing. Copy it from the Overview page of your Paragon project."
            } else {
                "The project id is malformed: Paragon's are UUIDs, of letters, digits and dashes."
            },
        ))
    }

    fn max_retries(&self, options: CallOptions) -> u32 {
        options.max_retries.unwrap_or_else(|| self.inner.settings.borrow().max_retries)
    }

    /// Runs `call` while `epoch` is on.
    async fn while_on<T>(
        &self,
        epoch: u32,
        call: LocalBoxFuture<'_, Outcome<P, T>>,
    ) -> Outcome<P, T> {
        let outcome = unless(call, self.inner.epochs.ended(epoch)).await;
        if self.inner.epochs.current() != epoch {
            return Err(superseded());
        }
        outcome.unwrap_or_else(|| Err(superseded()))
    }

    /// The one place where a call is given up for time.
    async fn within<T>(
        &self,
        options: CallOptions,
        call: LocalBoxFuture<'_, Outcome<P, T>>,
    ) -> Outcome<P, T> {
        let timeout_ms =
            options.timeout_ms.unwrap_or_else(|| self.inner.settings.borrow().timeout_ms);
        let time_is_up = self.inner.platform.sleep(timeout_ms);
        unless(call, time_is_up).await.unwrap_or_else(|| {
            let message = join(&[
                "Paragon did not answer within ",
                &decimal(timeout_ms),
                " ms. Check the connection, or allow more with timeoutMs.",
            ]);
            Err(Error::new(ErrorCode::Timeout, &message))
        })
    }
}

fn superseded<J>() -> Error<J> {
    Error::new(
        ErrorCode::Superseded,
        "The session that this call belonged to has ended: another sign-in, a sign-out or a new \
         configuration came first.",
    )
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
