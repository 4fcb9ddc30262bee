//! The calls of the Users API.

use std::rc::Rc;

use super::execute::execute;
use super::session::Session;
use super::shared::SharedFuture;
use super::{CallOptions, Client, Event, Pending, Platform, Result, TokenSource, ready};
use crate::api::integrations::Integration;
use crate::api::{credentials, integrations, proxy, users, workflows};
use crate::error::{Error, ErrorCode};
use crate::http::request::{Payload, Request};
use crate::json::{Json, Kind};
use crate::text::join;

/// New tokens for a credential.
#[derive(Clone, Default)]
pub struct CredentialUpdate {
    /// The provider's access token.
    pub access_token: Option<String>,
    /// The provider's refresh token.
    pub refresh_token: Option<String>,
}

impl std::fmt::Debug for CredentialUpdate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CredentialUpdate(secret)")
    }
}

/// The request that starts a workflow.
#[derive(Debug)]
pub struct WorkflowRequest<J> {
    /// The body.
    pub payload: Payload<J>,
    /// Headers for the workflow: an object of strings with names in lower case.
    pub headers: Option<J>,
    /// The URL's query, without the question mark.
    pub query: String,
}

/// A session and the first request of a call in it.
type Prepared<P> = (Rc<Session<<P as Platform>::Json>>, Box<Request<<P as Platform>::Json>>);

/// The work on an answer before the caller gets it.
enum OnSuccess {
    Return,
    Emit(Box<Event>),
    /// The session is on then.
    SignIn,
    /// The caller gets the element of that name.
    FindMetadata(String),
    /// The answer says which integration it is, or whether the user has it.
    Uninstall(Box<Uninstall>),
}

/// An integration that is to be disconnected.
struct Uninstall {
    name: String,
    credential_id: Option<String>,
    /// None until it is found in the project's list.
    integration: Option<Integration>,
}

/// The next step of a call after an answer.
enum Next<J> {
    Return(J),
    Send(Box<Request<J>>, OnSuccess),
}

impl Uninstall {
    /// The next step after an answer: first the project's list, then, where that leaves it open, the user.
    fn after<J: Json>(mut self: Box<Self>, answer: &J) -> std::result::Result<Next<J>, Error<J>> {
        let integration = match self.integration.take() {
            None => {
                let found = integrations::find(answer, &self.name)?;
                if !found.enabled {
                    // The list shows an account that must be reconnected as not enabled, like one
                    // that was never connected; only the user's own entry tells them apart.
                    self.integration = Some(found);
                    return Ok(Next::Send(users::get(), OnSuccess::Uninstall(self)));
                }
                found
            }
            Some(found) if users::is_connected(answer, &found) => found,
            Some(_) => return Err(not_installed(&self.name)),
        };
        let request = integrations::uninstall(&integration.id, self.credential_id.clone());
        let event = Event::IntegrationUninstalled {
            integration_id: integration.id,
            integration_type: self.name,
            credential_id: self.credential_id,
        };
        Ok(Next::Send(request, OnSuccess::Emit(Box::new(event))))
    }
}

impl OnSuccess {
    /// The error of a call whose request failed with `error`.
    fn explain<J>(&self, error: Error<J>) -> Error<J> {
        if let Self::Emit(event) = self
            && let Event::IntegrationUninstalled { integration_type, credential_id: None, .. } =
                &**event
            && error.code == ErrorCode::NotFound
        {
            // Another call has disconnected it meanwhile.
            let answered = error.into_inner();
            let mut error = not_installed(integration_type).with_status(404);
            if let Some((name, answer)) = answered.detail {
                error = error.with_detail(name, answer);
            }
            return error;
        }
        error
    }
}

impl<P: Platform> Client<P> {
    /// Signs in the user whom the token names, associates `metadata` with them, and gives their id.
    ///
    /// The session before it ends at once, also when the arguments are then refused: after a
    /// failed sign-in no user is signed in, so one user's data cannot show as another's.
    ///
    /// With [`TokenSource::Provider`], the token is renewed shortly before it expires, and once
    /// when Paragon answers 401.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidProjectId`], [`ErrorCode::InvalidToken`] and
    /// [`ErrorCode::TokenExpired`] before anything is sent; [`ErrorCode::Superseded`] when
    /// another sign-in overtakes this one; otherwise those of the request.
    pub fn authenticate(
        &self,
        project_id: &str,
        token: TokenSource<P::Json>,
        metadata: Option<&P::Json>,
        options: &CallOptions,
    ) -> Pending<P> {
        let epoch = self.inner.end_session(false);
        let prepared = self.prepare_sign_in(epoch, project_id, token, metadata);
        self.start(prepared, OnSuccess::SignIn, options)
    }

    fn prepare_sign_in(
        &self,
        epoch: u32,
        project_id: &str,
        token: TokenSource<P::Json>,
        metadata: Option<&P::Json>,
    ) -> Result<P, Prepared<P>> {
        let request = match metadata {
            Some(metadata) => self.metadata_update(metadata)?,
            None => users::get(),
        };
        let now_ms = self.inner.platform.now_ms();
        let session = Session::new(epoch, project_id, token, now_ms)?;
        Ok((session, request))
    }

    /// The connected user as the server knows them now; `{"authenticated":false}` when no user is
    /// signed in.
    ///
    /// Calls that overlap share one request, and each gets an object of its own.
    ///
    /// # Errors
    /// Those of the request.
    pub fn get_user(&self, options: &CallOptions) -> Pending<P> {
        let Ok(session) = self.inner.session() else {
            let signed_out = P::Json::parse("{\"authenticated\":false}");
            return ready::<P>(Ok(signed_out.unwrap_or_else(P::Json::null)));
        };
        let in_flight = self.inner.user_in_flight.borrow().upgrade();
        let user = in_flight.filter(|user| user.is_running()).unwrap_or_else(|| {
            let max_retries = self.max_retries(options);
            let work = execute(self.clone(), Rc::clone(&session), users::get(), max_retries);
            let user = SharedFuture::new(Box::pin(work));
            self.inner.user_in_flight.replace(Rc::downgrade(&user));
            user
        });
        let work: Pending<P> = Box::pin(async move {
            let answer = user.output().await.unwrap_or_else(|| Err(Error::waits_for_itself()))?;
            let others_wait = Rc::strong_count(&user) > 1;
            Ok(if others_wait { answer.deep_copy() } else { answer })
        });
        // No turn is needed, as the request is shared.
        self.bounded(session, None, options, work)
    }

    /// Associates `metadata` with the connected user, and gives the user. Keys that are not named
    /// keep their values.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidMetadata`] when `metadata` is not an object;
    /// [`ErrorCode::NotAuthenticated`]; otherwise those of the request.
    pub fn set_user_metadata(&self, metadata: &P::Json, options: &CallOptions) -> Pending<P> {
        self.send(self.metadata_update(metadata), options)
    }

    /// Disconnects the integration that the application calls `name`: its workflows stop for the
    /// user and their settings are cleared. `options.account` chooses one of several accounts.
    ///
    /// The name is looked up in the project's list of integrations, each time.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::IntegrationNotFound`] and
    /// [`ErrorCode::IntegrationNotInstalled`] with nothing changed; otherwise those of a request.
    pub fn uninstall_integration(&self, name: &str, options: &CallOptions) -> Pending<P> {
        let request = if name.is_empty() {
            let why = "must not be empty: pass \"salesforce\", for instance";
            Err(Error::invalid_argument("type", why))
        } else {
            Ok(integrations::list())
        };
        let credential_id = options.account.credential_id.clone();
        let uninstall = Uninstall { name: name.to_owned(), credential_id, integration: None };
        self.run(request, OnSuccess::Uninstall(Box::new(uninstall)), options)
    }

    /// The project's integrations, as the server wrote them: an array.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; otherwise those of the request.
    pub fn get_integrations(&self, options: &CallOptions) -> Pending<P> {
        self.send(Ok(integrations::list()), options)
    }

    /// Name, icon and colour of the integration that the application calls `name`, as the server
    /// wrote them; of all integrations, an array, without a name.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::IntegrationNotFound`]; otherwise those of the
    /// request.
    pub fn get_integration_metadata(
        &self,
        name: Option<String>,
        options: &CallOptions,
    ) -> Pending<P> {
        let on_success = name.map_or(OnSuccess::Return, OnSuccess::FindMetadata);
        self.run(Ok(integrations::metadata()), on_success, options)
    }

    /// The accounts that the user has connected, as the server wrote them: an array.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; otherwise those of the request.
    pub fn get_credentials(&self, options: &CallOptions) -> Pending<P> {
        self.send(Ok(credentials::list()), options)
    }

    /// Gives a credential new tokens of the provider, and returns the credential.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidArgument`] for a malformed id or no
    /// token at all; [`ErrorCode::NotFound`] when there is no such credential; otherwise those of
    /// the request.
    pub fn update_credential(
        &self,
        credential_id: &str,
        update: &CredentialUpdate,
        options: &CallOptions,
    ) -> Pending<P> {
        let mut fields = P::Json::object();
        if let Some(token) = &update.access_token {
            fields.set("accessToken", P::Json::from_text(token));
        }
        if let Some(token) = &update.refresh_token {
            fields.set("refreshToken", P::Json::from_text(token));
        }
        let request = if update.access_token.is_none() && update.refresh_token.is_none() {
            let why = "must have an accessToken, a refreshToken or both";
            Err(Error::invalid_argument("fields", why))
        } else {
            credentials::update(credential_id, Payload::json(&fields))
        };
        self.send(request, options)
    }

    /// Switches a workflow on or off for the user.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidArgument`] for a malformed id;
    /// [`ErrorCode::NotFound`] when there is no such workflow; otherwise those of the request.
    pub fn switch_workflow(
        &self,
        workflow_id: &str,
        enabled: bool,
        options: &CallOptions,
    ) -> Pending<P> {
        let changed = Event::WorkflowChanged { workflow_id: workflow_id.to_owned(), enabled };
        let on_success = OnSuccess::Emit(Box::new(changed));
        self.run(workflows::switch(workflow_id, enabled), on_success, options)
    }

    /// Sends an application event, which starts the workflows that wait for it. It is sent once.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidArgument`] for an empty name or a
    /// payload that is not an object; otherwise those of the request.
    pub fn event(&self, name: &str, payload: &P::Json, options: &CallOptions) -> Pending<P> {
        let request = if name.is_empty() {
            Err(Error::invalid_argument("name", "must not be empty"))
        } else if payload.kind() == Kind::Object {
            let event = P::Json::object()
                .with("name", P::Json::from_text(name))
                .with("payload", payload.clone());
            Ok(workflows::event(Payload::json(&event)))
        } else {
            Err(Error::invalid_argument("payload", "must be an object"))
        };
        self.send(request, options)
    }

    /// Starts a workflow that has a request trigger, and gives its answer: JSON, or text, which is
    /// empty when there is no answer. It is sent once.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidArgument`] for a malformed id;
    /// [`ErrorCode::NotFound`] when there is no such workflow; otherwise those of the request.
    pub fn workflow(
        &self,
        workflow_id: &str,
        sent: WorkflowRequest<P::Json>,
        options: &CallOptions,
    ) -> Pending<P> {
        let mut request = workflows::trigger(workflow_id, &sent.query);
        if let Ok(request) = &mut request {
            request.payload = sent.payload;
            request.caller_headers = sent.headers;
        }
        self.send(request, options)
    }

    /// Sends a request to an integration's own API with the user's account, and gives its answer:
    /// JSON, or text, which is empty when there is no answer. Only `GET` and `HEAD` are sent again
    /// after a failure.
    ///
    /// A 401 or 403 may be the integration's: it does not end the session.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidArgument`] for a malformed type or a
    /// path that leads elsewhere; otherwise those of the request.
    pub fn request(
        &self,
        integration: &str,
        path: &str,
        sent: proxy::ProxyRequest<P::Json>,
        options: &CallOptions,
    ) -> Pending<P> {
        self.send(proxy::request(integration, path, sent), options)
    }

    pub(crate) fn send(
        &self,
        request: Result<P, Box<Request<P::Json>>>,
        options: &CallOptions,
    ) -> Pending<P> {
        self.run(request, OnSuccess::Return, options)
    }

    /// Runs a call. That no user is signed in is reported before what is wrong with the request.
    fn run(
        &self,
        request: Result<P, Box<Request<P::Json>>>,
        on_success: OnSuccess,
        options: &CallOptions,
    ) -> Pending<P> {
        let prepared = self.inner.session().and_then(|session| {
            options.account.check()?;
            let mut request = request?;
            // Other requests of a call are about the account only where they say so.
            if !matches!(on_success, OnSuccess::Uninstall(_)) {
                request.account = options.account.clone();
            }
            Ok((session, request))
        });
        self.start(prepared, on_success, options)
    }

    fn start(
        &self,
        prepared: Result<P, Prepared<P>>,
        on_success: OnSuccess,
        options: &CallOptions,
    ) -> Pending<P> {
        match prepared {
            Ok((session, request)) => {
                let max_retries = self.max_retries(options);
                let turn = Some(self.inner.turns.line_up());
                let work = self.clone().call(Rc::clone(&session), request, on_success, max_retries);
                self.bounded(session, turn, options, Box::pin(work))
            }
            Err(error) => ready::<P>(Err(error)),
        }
    }

    async fn call(
        self,
        session: Rc<Session<P::Json>>,
        mut request: Box<Request<P::Json>>,
        mut on_success: OnSuccess,
        max_retries: u32,
    ) -> Result<P, P::Json> {
        loop {
            let sent = execute(self.clone(), Rc::clone(&session), request, max_retries);
            let answer = sent.await.map_err(|error| on_success.explain(error))?;
            match self.after(answer, on_success, &session)? {
                Next::Return(answer) => return Ok(answer),
                Next::Send(next, then) => (request, on_success) = (next, then),
            }
        }
    }

    #[inline(never)]
    fn after(
        &self,
        answer: P::Json,
        on_success: OnSuccess,
        session: &Rc<Session<P::Json>>,
    ) -> Result<P, Next<P::Json>> {
        match on_success {
            OnSuccess::Return => {}
            OnSuccess::Emit(event) => self.inner.emit(&event),
            OnSuccess::FindMetadata(name) => {
                return integrations::find_metadata(&answer, &name).map(Next::Return);
            }
            OnSuccess::SignIn => {
                let user_id = session.user_id();
                let answer = P::Json::from_text(&user_id);
                self.inner.session.replace(Some(Rc::clone(session)));
                let last = self.inner.last_user.replace(user_id.clone());
                if !last.is_empty() && last != user_id && self.inner.platform.is_server() {
                    self.inner.platform.warn(SHARED_CLIENT);
                }
                self.inner.emit(&Event::SignedIn { user_id });
                return Ok(Next::Return(answer));
            }
            OnSuccess::Uninstall(uninstall) => return uninstall.after(&answer),
        }
        Ok(Next::Return(answer))
    }

    /// The request that changes metadata. Paragon's dashboard shows only the exact spellings of two
    /// keys: the developer is told of others.
    fn metadata_update(&self, metadata: &P::Json) -> Result<P, Box<Request<P::Json>>> {
        if metadata.kind() != Kind::Object {
            let why = "The metadata must be an object, such as { Name: \"Ada\", Email: \"ada@example.com\" }.";
            let path = P::Json::from_text("metadata");
            return Err(Error::new(ErrorCode::InvalidMetadata, why).with_detail("path", path));
        }
        for key in metadata.keys() {
            if let Some(intended) = users::intended_key(&key) {
                self.inner.platform.warn(&join(&[
                    "The metadata key \"",
                    &key,
                    "\" is sent as written. Paragon's dashboard shows \"",
                    intended,
                    "\", which is case-sensitive.",
                ]));
            }
        }
        Ok(users::update(Payload::json(&P::Json::object().with("meta", metadata.clone()))))
    }
}

/// On a server, what one request signs in, another one reads.
const SHARED_CLIENT: &str = "Another user has signed in on this client. On a server, make a new \
    ParagonClient() for each request.";

fn not_installed<J>(name: &str) -> Error<J> {
    let why = join(&["Integration \"", name, "\" is not installed: nothing to disconnect."]);
    Error::new(ErrorCode::IntegrationNotInstalled, &why)
}
