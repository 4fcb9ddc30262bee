//! The session: who is signed in, what is in flight, and when it ends.
//!
//! Asynchronous over a small [`Platform`], so that it runs natively in tests. No `RefCell` borrow
//! crosses an `.await`: calls may overlap in any way.

mod epoch;
mod platform;
mod race;

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Shared, WeakShared};

use self::epoch::Epochs;
pub use self::platform::{NoAnswer, Platform};
pub use self::race::unless;
use crate::protocol::endpoints::Endpoints;
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::json::{Json, Kind};
use crate::protocol::message::{Request, Response};
use crate::protocol::text::{decimal, join};
use crate::protocol::token::UserToken;
use crate::protocol::{integrations, is_header_value, is_path_segment, me};

/// How long a call may take unless it says otherwise, in milliseconds.
pub const DEFAULT_TIMEOUT_MS: u32 = 30_000;

/// A client of the Users API with one session. Cheap to clone; clones share the session.
pub struct Client<P: Platform> {
    inner: Rc<Inner<P>>,
}

struct Inner<P: Platform> {
    platform: P,
    endpoints: RefCell<Endpoints>,
    session: RefCell<Option<Rc<Session>>>,
    epochs: Epochs,
    /// The `GET /sdk/me` that callers of `get_user` wait for together.
    user_in_flight: RefCell<Option<WeakShared<UserFlight<P>>>>,
}

type UserFlight<P> = LocalBoxFuture<'static, Outcome<P, <P as Platform>::Json>>;

/// What a call of the client comes to.
pub type Outcome<P, T> = Result<T, Error<<P as Platform>::Json>>;

/// Who is signed in. Taken as a whole at the start of a call, so that a call is made with one
/// project, one token and one epoch, whatever happens meanwhile.
struct Session {
    epoch: u32,
    endpoints: Endpoints,
    project_id: String,
    token: UserToken,
}

/// Options that every call takes.
#[derive(Clone, Copy, Debug)]
pub struct CallOptions {
    /// When the call is given up, in milliseconds; [`DEFAULT_TIMEOUT_MS`] by default.
    pub timeout_ms: u32,
}

impl Default for CallOptions {
    fn default() -> Self {
        Self { timeout_ms: DEFAULT_TIMEOUT_MS }
    }
}

impl<P: Platform> Client<P> {
    /// A client for Paragon's cloud, with nobody signed in. Nothing is sent.
    pub fn new(platform: P) -> Self {
        Self {
            inner: Rc::new(Inner {
                platform,
                endpoints: RefCell::default(),
                session: RefCell::default(),
                epochs: Epochs::default(),
                user_in_flight: RefCell::default(),
            }),
        }
    }

    /// Talks to `endpoints` from now on. Ends the session: its token belongs to the old host.
    pub fn configure(&self, endpoints: Endpoints) {
        self.end_session();
        self.inner.endpoints.replace(endpoints);
    }

    /// Signs out. Every call that is pending then comes to [`ErrorCode::Superseded`].
    pub fn logout(&self) {
        self.end_session();
    }

    /// Signs the user in whom `token` names, and associates `metadata` with him.
    ///
    /// The session before it ends at once, also when the arguments are then refused: after a
    /// failed sign-in nobody is signed in, so one user's data cannot show as another's.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidProjectId`], [`ErrorCode::InvalidToken`] and
    /// [`ErrorCode::TokenExpired`] before anything is sent; [`ErrorCode::Superseded`] when
    /// another sign-in overtakes this one; else what the request comes to.
    pub async fn authenticate(
        &self,
        project_id: &str,
        token: &str,
        metadata: Option<&P::Json>,
        options: CallOptions,
    ) -> Outcome<P, ()> {
        let epoch = self.end_session();
        if !is_path_segment(project_id) {
            return Err(Error::new(
                ErrorCode::InvalidProjectId,
                if project_id.is_empty() {
                    "The project id is missing. Copy it from the Overview page of your Paragon project."
                } else {
                    "The project id is malformed: Paragon's are UUIDs, of letters, digits and dashes."
                },
            ));
        }
        let session = Rc::new(Session {
            epoch,
            endpoints: self.inner.endpoints.borrow().clone(),
            project_id: project_id.to_owned(),
            token: UserToken::read(token)?,
        });
        let request = match metadata {
            Some(metadata) => self.metadata_request(&session, metadata)?,
            None => me::get(&session.endpoints, &session.project_id, &session.token),
        };
        self.within(options, self.user(&session, request)).await?;
        self.inner.session.replace(Some(session));
        Ok(())
    }

    /// The connected user as the server knows him now; `None` when nobody is signed in.
    ///
    /// Calls that overlap share one request, and each gets an object of its own.
    ///
    /// # Errors
    /// What the request comes to.
    pub async fn get_user(&self, options: CallOptions) -> Outcome<P, Option<P::Json>> {
        let Some(session) = self.inner.session.borrow().clone() else { return Ok(None) };
        let in_flight = self.inner.user_in_flight.borrow().as_ref().and_then(WeakShared::upgrade);
        let flight = in_flight
            .filter(|flight| flight.peek().is_none())
            .unwrap_or_else(|| self.fetch_user(session));
        let user = self.within(options, Box::pin(flight.clone())).await?;
        let others_wait = flight.strong_count().is_some_and(|holders| holders > 1);
        Ok(Some(if others_wait { user.deep_copy() } else { user }))
    }

    /// Associates `metadata` with the connected user. Keys that are not named keep their values.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidMetadata`] when `metadata` is no
    /// object; else what the request comes to.
    pub async fn set_user_metadata(
        &self,
        metadata: &P::Json,
        options: CallOptions,
    ) -> Outcome<P, P::Json> {
        let session = self.session()?;
        let request = self.metadata_request(&session, metadata)?;
        self.changing(options, self.user(&session, request)).await
    }

    /// Disconnects the integration that the application calls `name`: its workflows stop for the
    /// user and his settings are cleared. `credential_id` chooses one of several accounts.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::IntegrationNotFound`] and
    /// [`ErrorCode::IntegrationNotInstalled`] with nothing changed; else what a request comes to.
    pub async fn uninstall_integration(
        &self,
        name: &str,
        credential_id: Option<&str>,
        options: CallOptions,
    ) -> Outcome<P, ()> {
        let session = self.session()?;
        if name.is_empty() {
            return Err(Error::new(
                ErrorCode::InvalidArgument,
                "The integration's type is missing: pass \"salesforce\", for instance.",
            ));
        }
        if credential_id.is_some_and(|id| !is_header_value(id)) {
            return Err(Error::new(
                ErrorCode::InvalidArgument,
                "\"selectedCredentialId\" must be the id of a credential: visible ASCII, not empty.",
            ));
        }
        let Session { endpoints, project_id, token, .. } = &*session;
        let uninstalling = Box::pin(async {
            let request = integrations::list(endpoints, project_id, token);
            let list = integrations::read_list(self.exchange(&session, request).await?)?;
            let integration = integrations::find(&list, name)?;
            // The list shows an account that must be reconnected as not enabled, like one that was
            // never connected; only the user's own entry tells them apart.
            if !integration.enabled {
                let user = self.user(&session, me::get(endpoints, project_id, token)).await?;
                if !me::is_connected(&user, &integration) {
                    return Err(Error::new(
                        ErrorCode::IntegrationNotInstalled,
                        &join(&[
                            "Integration \"",
                            name,
                            "\" is not installed: nothing to disconnect.",
                        ]),
                    ));
                }
            }
            let request = integrations::uninstall(
                endpoints,
                project_id,
                token,
                &integration.id,
                credential_id,
            );
            self.exchange(&session, request).await.map(drop)
        });
        self.changing(options, uninstalling).await
    }

    fn session(&self) -> Outcome<P, Rc<Session>> {
        self.inner.session.borrow().clone().ok_or_else(|| {
            Error::new(
                ErrorCode::NotAuthenticated,
                "No user is signed in: await paragon.authenticate(<projectId>, <user token>) first.",
            )
        })
    }

    /// Signs out, and makes every call of the session that was on come to `superseded`.
    fn end_session(&self) -> u32 {
        self.inner.session.take();
        self.inner.user_in_flight.take();
        self.inner.epochs.advance()
    }

    fn metadata_request(&self, session: &Session, metadata: &P::Json) -> Outcome<P, Request> {
        if metadata.kind() != Kind::Object {
            return Err(Error::new(
                ErrorCode::InvalidMetadata,
                "The metadata must be an object, such as { Name: \"Ada\", Email: \"ada@example.com\" }.",
            ));
        }
        for (key, meant) in me::misspelt_keys(metadata) {
            self.inner.platform.warn(&join(&[
                "The metadata key \"",
                &key,
                "\" is sent as written. Paragon's dashboard shows \"",
                meant,
                "\", which is case-sensitive.",
            ]));
        }
        Ok(me::patch(&session.endpoints, &session.project_id, &session.token, metadata))
    }

    /// Starts the `GET /sdk/me` that this call and those that overlap it share.
    fn fetch_user(&self, session: Rc<Session>) -> Shared<UserFlight<P>> {
        let client = self.clone();
        let flight: UserFlight<P> = Box::pin(async move {
            let request = me::get(&session.endpoints, &session.project_id, &session.token);
            client.user(&session, request).await
        });
        let shared = flight.shared();
        self.inner.user_in_flight.replace(shared.downgrade());
        shared
    }

    /// Runs a call that changes the user. A `get_user` that comes after it must not join a
    /// request that was sent before it.
    async fn changing<T>(
        &self,
        options: CallOptions,
        call: LocalBoxFuture<'_, Outcome<P, T>>,
    ) -> Outcome<P, T> {
        let outcome = self.within(options, call).await;
        self.inner.user_in_flight.take();
        outcome
    }

    /// The one place where a call is given up for time.
    async fn within<T>(
        &self,
        options: CallOptions,
        call: LocalBoxFuture<'_, Outcome<P, T>>,
    ) -> Outcome<P, T> {
        let time_is_up = self.inner.platform.sleep(options.timeout_ms);
        unless(call, time_is_up).await.unwrap_or_else(|| {
            Err(Error::new(
                ErrorCode::Timeout,
                &join(&[
                    "Paragon did not answer within ",
                    &decimal(options.timeout_ms),
                    " ms. Check the connection, or allow more with timeoutMs.",
                ]),
            ))
        })
    }

    /// Sends a request whose answer is the user.
    fn user<'a>(
        &'a self,
        session: &'a Session,
        request: Request,
    ) -> LocalBoxFuture<'a, Outcome<P, P::Json>> {
        Box::pin(async move { me::read(self.exchange(session, request).await?) })
    }

    /// The one place where something is sent. An answer that belongs to a session that has ended
    /// meanwhile is dropped.
    async fn exchange(&self, session: &Session, request: Request) -> Outcome<P, Response<P::Json>> {
        let Inner { platform, epochs, .. } = &*self.inner;
        let superseded = || {
            Error::new(
                ErrorCode::Superseded,
                "The session that this call belonged to has ended: another sign-in, a sign-out or a new configuration came first.",
            )
        };
        if epochs.current() != session.epoch {
            return Err(superseded());
        }
        if session.token.is_expired(platform.now_ms()) {
            return Err(Error::new(
                ErrorCode::TokenExpired,
                "The user token has expired: call authenticate with a new one. If it is new, check this computer's clock.",
            ));
        }
        let answer = unless(platform.send(request), epochs.ended(session.epoch)).await;
        if epochs.current() != session.epoch {
            return Err(superseded());
        }
        let response = answer.ok_or_else(superseded)?.map_err(|NoAnswer { cause }| {
            Error::new(
                ErrorCode::Network,
                "Paragon could not be reached. Check the connection, the configured host, and that no extension or CORS rule blocks it.",
            )
            .with_cause(cause)
        })?;
        let outcome = response.accepted(&session.token);
        if matches!(&outcome, Err(error) if error.code == ErrorCode::Unauthorized) {
            self.end_session();
        }
        outcome
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
