//! The client of Rust applications: drives the [`crate::engine`] with futures.
//!
//! Asynchronous over a small [`Platform`], so that it runs natively in tests. No `RefCell` borrow
//! crosses an `.await`: calls may overlap in any way.

mod calls;
mod event;
mod platform;
mod wait;

use std::cell::RefCell;
use std::fmt;
use std::rc::{Rc, Weak};

pub use self::calls::{CredentialUpdate, Invocation};
use self::event::Listeners;
pub use self::platform::{NoAnswer, Platform};
use self::wait::{Epochs, Flight};
pub use self::wait::{LocalFuture, unless};
pub use crate::engine::Event;
use crate::engine::{Call, Engine, Input, Notice, Started, Step, superseded};
use crate::protocol::endpoints::Endpoints;
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::json::Json;
use crate::protocol::message::{Method, without_query};
use crate::protocol::retry::DEFAULT_MAX_RETRIES;

/// How long a call may take unless it says otherwise, in milliseconds.
pub const DEFAULT_TIMEOUT_MS: u32 = 30_000;

/// What a call of the client comes to.
pub type Outcome<P, T> = Result<T, Error<<P as Platform>::Json>>;

/// A call under way: await it. Dropping it aborts its request. A call that has nothing to give
/// gives `null`.
pub type Pending<P> = LocalFuture<Outcome<P, <P as Platform>::Json>>;

/// Where the user token comes from.
pub enum TokenSource<J> {
    /// A token that cannot be renewed.
    Fixed(String),
    /// A function that gives a new token each time; its failure is the error's `cause`.
    Provider(TokenProvider<J>),
}

/// Asks the application's server for a user token.
pub type TokenProvider<J> = Rc<dyn Fn() -> LocalFuture<Result<String, J>>>;

impl<J> TokenSource<J> {
    /// A source that asks `provide` for each token.
    pub fn provider<F>(provide: impl Fn() -> F + 'static) -> Self
    where
        F: Future<Output = Result<String, J>> + 'static,
    {
        Self::Provider(Rc::new(move || Box::pin(provide())))
    }
}

impl<J> fmt::Debug for TokenSource<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fixed(_) => "Fixed(secret)",
            Self::Provider(_) => "Provider",
        })
    }
}

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
///     let account = user.get("integrations").and_then(|all| all.get("salesforce"));
///     Ok(account.and_then(|account| account.text("credentialStatus")))
/// }
/// ```
pub struct Client<P: Platform> {
    inner: Rc<Inner<P>>,
}

struct Inner<P: Platform> {
    hub: Rc<Hub<P>>,
    settings: RefCell<Settings>,
    engine: Engine<P::Json>,
    /// Where the tokens of the session that is on come from, and the renewal that is under way.
    provider: RefCell<Option<TokenProvider<P::Json>>>,
    renewal: Shared<P, ()>,
    /// The `GET /sdk/me` that callers of `get_user` wait for together.
    user_in_flight: Shared<P, <P as Platform>::Json>,
}

/// Work that is under way, if any.
type Shared<P, T> = RefCell<Weak<Flight<Outcome<P, T>>>>;

/// What the engine's notices come to.
struct Hub<P> {
    platform: P,
    epochs: Epochs,
    listeners: RefCell<Listeners>,
}

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
        let hub =
            Rc::new(Hub { platform, epochs: Epochs::default(), listeners: RefCell::default() });
        let notices = Rc::clone(&hub);
        Self {
            inner: Rc::new(Inner {
                hub,
                settings: RefCell::default(),
                engine: Engine::new(Box::new(move |notice| notices.hear(notice))),
                provider: RefCell::default(),
                renewal: RefCell::default(),
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
        let endpoints = settings.endpoints.clone();
        let old = self.inner.settings.replace(settings);
        if old.endpoints != endpoints {
            self.inner.engine.end_session(false);
        }
    }

    /// Has `listener` told of every [`Event`] until the returned function is called.
    pub fn subscribe(&self, listener: impl Fn(&Event) + 'static) -> Box<dyn FnOnce()> {
        let id = self.inner.hub.listeners.borrow_mut().add(Rc::new(listener));
        let hub = Rc::downgrade(&self.inner.hub);
        Box::new(move || {
            if let Some(hub) = hub.upgrade() {
                hub.listeners.borrow_mut().remove(id);
            }
        })
    }

    /// Signs out. Every call that is pending then comes to
    /// [`crate::protocol::error::ErrorCode::Superseded`].
    pub fn logout(&self) {
        self.inner.engine.end_session(false);
    }

    fn max_retries(&self, options: CallOptions) -> u32 {
        options.max_retries.unwrap_or_else(|| self.inner.settings.borrow().max_retries)
    }

    /// Runs a call to its end.
    fn run(&self, started: Started<P::Json>, options: CallOptions) -> Pending<P> {
        match started {
            Started::Done(outcome) => Box::pin(std::future::ready(outcome)),
            Started::Call(call) => {
                let epoch = call.epoch();
                self.bounded(epoch, options, Box::pin(self.clone().drive(call)))
            }
        }
    }

    /// Gives a call up when its time is over or its session has ended.
    fn bounded(&self, epoch: u32, options: CallOptions, call: Pending<P>) -> Pending<P> {
        let client = self.clone();
        let ended: Pending<P> = Box::pin(async move {
            client.inner.hub.epochs.ended(epoch).await;
            Err(superseded())
        });
        let client = self.clone();
        let too_late: Pending<P> = Box::pin(async move {
            let default_ms = client.inner.settings.borrow().timeout_ms;
            let timeout_ms = options.timeout_ms.unwrap_or(default_ms);
            client.inner.hub.platform.sleep(timeout_ms).await;
            let message = format!(
                "Paragon did not answer within {timeout_ms} ms. Check the connection, or allow more with \
                 timeoutMs."
            );
            Err(Error::new(ErrorCode::Timeout, &message))
        });
        Box::pin(unless(Box::pin(unless(call, too_late)), ended))
    }

    /// Does what a call needs, one thing after the other.
    async fn drive(self, mut call: Box<Call<P::Json>>) -> Outcome<P, P::Json> {
        let Inner { hub, engine, .. } = &*self.inner;
        let platform = &hub.platform;
        let mut changes = AfterChange { client: &self, is_due: false };
        let mut input = Input::Go;
        loop {
            input = match call.step(engine, input, platform.now_ms()) {
                Step::Done(outcome) => return outcome,
                Step::End(error) => {
                    engine.end_session(true);
                    return Err(error);
                }
                Step::Wait(ms) => {
                    self.debug(&call, format_args!("again in {ms} ms"));
                    platform.sleep(ms).await;
                    Input::Go
                }
                Step::Renew => Input::Renewed(self.renew(&call).await),
                Step::Send => {
                    let request = call.request();
                    changes.is_due |= request.method != Method::Get && !request.proxied;
                    let started_ms = platform.now_ms();
                    let url = self.inner.settings.borrow().endpoints.url(call.place());
                    let authorization = call.authorization().as_text().unwrap_or_default();
                    let answer = platform.send(request, &url, &authorization).await;
                    let took_ms = platform.now_ms() - started_ms;
                    match &answer {
                        Ok(answer) => {
                            let status = answer.status;
                            self.debug(&call, format_args!("{status} in {took_ms:.0} ms"));
                        }
                        Err(_) => self.debug(&call, format_args!("no answer in {took_ms:.0} ms")),
                    }
                    Input::Answered(answer.map_err(|failure| failure.cause), platform.chance())
                }
            };
        }
    }

    /// Tells the developer what a call does, without its query, which holds the application's data.
    fn debug(&self, call: &Call<P::Json>, what: fmt::Arguments<'_>) {
        if self.inner.settings.borrow().debug {
            let (_, path) = call.place();
            let method = call.request().method.as_str();
            self.inner.hub.platform.debug(&format!("{method} {} {what}", without_query(&path)));
        }
    }

    /// Asks for a new token; calls that need one at the same time wait for one.
    async fn renew(&self, call: &Call<P::Json>) -> Outcome<P, ()> {
        let running = self.inner.renewal.borrow().upgrade().filter(|renewal| renewal.is_running());
        let renewal = match (running, &*self.inner.provider.borrow()) {
            (Some(running), _) => running,
            // The engine asks only where there is somebody to ask.
            (None, None) => return Ok(()),
            (None, Some(provider)) => {
                let (session, provider) = (Rc::clone(call.session()), Rc::clone(provider));
                let renewal: LocalFuture<Outcome<P, ()>> =
                    Box::pin(async move { session.renew(provider().await) });
                let renewal = Rc::new(Flight::new(renewal));
                self.inner.renewal.replace(Rc::downgrade(&renewal));
                renewal
            }
        };
        renewal.outcome().await
    }
}

/// A `get_user` that comes after a change must not join a request that was sent before it.
struct AfterChange<'a, P: Platform> {
    client: &'a Client<P>,
    is_due: bool,
}

impl<P: Platform> Drop for AfterChange<'_, P> {
    fn drop(&mut self) {
        if self.is_due {
            self.client.inner.user_in_flight.take();
        }
    }
}

impl<P: Platform> Hub<P> {
    fn hear(&self, notice: Notice) {
        match notice {
            Notice::Ended => {
                self.epochs.advance();
            }
            Notice::Event(event) => {
                let listeners = self.listeners.borrow().snapshot();
                for listener in listeners {
                    listener(&event);
                }
            }
        }
    }
}

impl<P: Platform> Clone for Client<P> {
    fn clone(&self) -> Self {
        Self { inner: Rc::clone(&self.inner) }
    }
}

impl<P: Platform> fmt::Debug for Client<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signed_in = self.inner.engine.is_signed_in();
        f.debug_struct("Client").field("signed_in", &signed_in).finish_non_exhaustive()
    }
}
