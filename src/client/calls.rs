//! The calls of the Users API.

use std::rc::Rc;

use super::wait::Flight;
use super::{CallOptions, Client, Outcome, Pending, Platform, TokenSource};
use crate::engine::{Started, Task};
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::json::{Json, Kind};
use crate::protocol::message::{Payload, Selection};
use crate::protocol::proxy::ProxyRequest;
use crate::protocol::text::join;
use crate::protocol::{invalid, me, route};

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

/// What a workflow is started with.
#[derive(Debug)]
pub struct Invocation<J> {
    /// What is sent.
    pub payload: Payload<J>,
    /// Headers for the workflow: an object of strings with names in lower case.
    pub headers: Option<J>,
    /// The URL's query, without the question mark.
    pub query: String,
    /// Which account.
    pub selection: Selection,
}

impl<P: Platform> Client<P> {
    /// Signs the user in whom the token names, associates `metadata` with him, and gives his id.
    ///
    /// The session before it ends at once, also when the arguments are then refused: after a
    /// failed sign-in nobody is signed in, so one user's data cannot show as another's.
    ///
    /// With [`TokenSource::Provider`], the token is renewed shortly before it expires, and once
    /// when Paragon answers 401.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidProjectId`], [`ErrorCode::InvalidToken`] and
    /// [`ErrorCode::TokenExpired`] before anything is sent; [`ErrorCode::Superseded`] when
    /// another sign-in overtakes this one; else what the request comes to.
    pub fn authenticate(
        &self,
        project_id: &str,
        token: TokenSource<P::Json>,
        metadata: Option<&P::Json>,
        options: CallOptions,
    ) -> Pending<P> {
        let (text, provider) = match token {
            TokenSource::Fixed(text) => (Some(text), None),
            TokenSource::Provider(provider) => (None, Some(provider)),
        };
        let Self { inner } = self;
        inner.provider.replace(provider);
        inner.renewal.take();
        inner.user_in_flight.take();
        let retries = self.max_retries(options);
        let metadata = metadata.map(|metadata| self.checked_metadata(metadata)).transpose();
        // Also when the metadata is refused, the session before ends.
        let started = match metadata {
            Ok(metadata) => {
                let update = metadata.map(|metadata| P::Json::object([("meta", metadata)]));
                inner.engine.authenticate(project_id, text.as_deref(), update, retries)
            }
            Err(error) => {
                inner.engine.end_session(false);
                Started::Done(Err(error))
            }
        };
        self.run(started, options)
    }

    /// The connected user as the server knows him now; `{"authenticated":false}` when nobody is
    /// signed in.
    ///
    /// Calls that overlap share one request, and each gets an object of its own.
    ///
    /// # Errors
    /// What the request comes to.
    pub fn get_user(&self, options: CallOptions) -> Pending<P> {
        let call = match self.inner.engine.get_user(self.max_retries(options)) {
            Started::Call(call) => call,
            done @ Started::Done(_) => return self.run(done, options),
        };
        let epoch = call.epoch();
        let in_flight = self.inner.user_in_flight.borrow().upgrade();
        let flight = in_flight.filter(|flight| flight.is_running()).unwrap_or_else(|| {
            let flight = Rc::new(Flight::new(Box::pin(self.clone().drive(call))));
            self.inner.user_in_flight.replace(Rc::downgrade(&flight));
            flight
        });
        let waiting: Pending<P> = Box::pin(async move {
            let user = flight.outcome().await?;
            let others_wait = Rc::strong_count(&flight) > 1;
            Ok(if others_wait { user.deep_copy() } else { user })
        });
        self.bounded(epoch, options, waiting)
    }

    /// Associates `metadata` with the connected user, and gives him. Keys that are not named keep
    /// their values.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidMetadata`] when `metadata` is no
    /// object; else what the request comes to.
    pub fn set_user_metadata(&self, metadata: &P::Json, options: CallOptions) -> Pending<P> {
        match self.checked_metadata(metadata) {
            Ok(metadata) => {
                let body = P::Json::object([("meta", metadata)]);
                self.send(
                    Task::route(&route::ME_UPDATE, ""),
                    Some(body),
                    Selection::default(),
                    options,
                )
            }
            Err(error) => self.refuse(error, options),
        }
    }

    /// Disconnects the integration that the application calls `name`: its workflows stop for the
    /// user and his settings are cleared. `credential_id` chooses one of several accounts.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::IntegrationNotFound`] and
    /// [`ErrorCode::IntegrationNotInstalled`] with nothing changed; else what a request comes to.
    pub fn uninstall_integration(
        &self,
        name: &str,
        credential_id: Option<&str>,
        options: CallOptions,
    ) -> Pending<P> {
        let selection =
            Selection { credential_id: credential_id.map(str::to_owned), configuration_id: None };
        self.start(Task::uninstall(name.to_owned(), selection), options)
    }

    /// The project's integrations, as the server wrote them: an array.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; else what the request comes to.
    pub fn get_integrations(&self, options: CallOptions) -> Pending<P> {
        self.start(Task::route(&route::INTEGRATIONS, ""), options)
    }

    /// Name, icon and colour of the integration that the application calls `name`, as the server
    /// wrote them; of all integrations, an array, without a name.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::IntegrationNotFound`]; else what the request
    /// comes to.
    pub fn get_integration_metadata(
        &self,
        name: Option<String>,
        options: CallOptions,
    ) -> Pending<P> {
        let all = || Task::route(&route::METADATA, "");
        self.start(name.map_or_else(all, Task::find_metadata), options)
    }

    /// The accounts that the user has connected, as the server wrote them: an array.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; else what the request comes to.
    pub fn get_credentials(&self, options: CallOptions) -> Pending<P> {
        self.start(Task::route(&route::CREDENTIALS, ""), options)
    }

    /// Gives a credential new tokens of the provider, and gives the credential.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidArgument`] for a malformed id or no
    /// token at all; [`ErrorCode::NotFound`] when there is no such credential; else what the
    /// request comes to.
    pub fn update_credential(
        &self,
        credential_id: &str,
        update: &CredentialUpdate,
        options: CallOptions,
    ) -> Pending<P> {
        let mut fields = P::Json::object([]);
        for (name, token) in
            [("accessToken", &update.access_token), ("refreshToken", &update.refresh_token)]
        {
            if let Some(token) = token {
                fields.set(name, P::Json::from_text(token));
            }
        }
        if fields.keys().is_empty() {
            let why = "must have an accessToken, a refreshToken or both";
            return self.refuse(invalid("fields", why), options);
        }
        let task = Task::route(&route::CREDENTIAL_UPDATE, credential_id);
        self.send(task, Some(fields), Selection::default(), options)
    }

    /// Switches a workflow on or off for the user.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidArgument`] for a malformed id;
    /// [`ErrorCode::NotFound`] when there is no such workflow; else what the request comes to.
    pub fn switch_workflow(
        &self,
        workflow_id: &str,
        enabled: bool,
        selection: Selection,
        options: CallOptions,
    ) -> Pending<P> {
        self.send(Task::switch_workflow(workflow_id, enabled), None, selection, options)
    }

    /// Sends an application event, which starts the workflows that wait for it. It is sent once.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidArgument`] for an empty name or a
    /// payload that is no object; else what the request comes to.
    pub fn event(
        &self,
        name: &str,
        payload: &P::Json,
        selection: Selection,
        options: CallOptions,
    ) -> Pending<P> {
        if name.is_empty() {
            return self.refuse(invalid("name", "must not be empty"), options);
        }
        if payload.kind() != Kind::Object {
            return self.refuse(invalid("payload", "must be an object"), options);
        }
        let body =
            P::Json::object([("name", P::Json::from_text(name)), ("payload", payload.clone())]);
        self.send(Task::route(&route::EVENT, ""), Some(body), selection, options)
    }

    /// Starts a workflow that has a request trigger, and gives what it answers: JSON, or text,
    /// which is empty when there is no answer. It is sent once.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidArgument`] for a malformed id;
    /// [`ErrorCode::NotFound`] when there is no such workflow; else what the request comes to.
    pub fn workflow(
        &self,
        workflow_id: &str,
        invocation: Invocation<P::Json>,
        options: CallOptions,
    ) -> Pending<P> {
        let Invocation { payload, headers, query, selection } = invocation;
        let task = Task::route(&route::TRIGGER, workflow_id);
        self.start(task.with(payload, headers, &query, selection), options)
    }

    /// Sends a request to an integration's own API with the user's account, and gives what it
    /// answers: JSON, or text, which is empty when there is no answer. Only `GET` and `HEAD` are
    /// sent again after a failure.
    ///
    /// A 401 or 403 may be the integration's: it does not end the session.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidArgument`] for a malformed type or a
    /// path that leads elsewhere; else what the request comes to.
    pub fn request(
        &self,
        integration: &str,
        path: &str,
        asked: ProxyRequest<P::Json>,
        options: CallOptions,
    ) -> Pending<P> {
        self.start(Task::proxy(integration, path, asked), options)
    }

    fn start(&self, task: Task<P::Json>, options: CallOptions) -> Pending<P> {
        self.run(self.inner.engine.start(task, self.max_retries(options)), options)
    }

    fn send(
        &self,
        task: Task<P::Json>,
        body: Option<P::Json>,
        selection: Selection,
        options: CallOptions,
    ) -> Pending<P> {
        let payload = body.map_or(Payload::Empty, Payload::Json);
        self.start(task.with(payload, None, "", selection), options)
    }

    /// A call that comes to `error`, unless nobody is signed in, which is what it says then.
    fn refuse(&self, error: Error<P::Json>, options: CallOptions) -> Pending<P> {
        self.start(Task::refused(error), options)
    }

    fn checked_metadata(&self, metadata: &P::Json) -> Outcome<P, P::Json> {
        if metadata.kind() != Kind::Object {
            return Err(Error::new(
                ErrorCode::InvalidMetadata,
                "The metadata must be an object, such as { Name: \"Ada\", Email: \"ada@example.com\" }.",
            )
            .with_detail("path", P::Json::from_text("metadata")));
        }
        for (key, meant) in me::misspelt_keys(metadata) {
            self.inner.hub.platform.warn(&join(&[
                "The metadata key \"",
                &key,
                "\" is sent as written. Paragon's dashboard shows \"",
                meant,
                "\", which is case-sensitive.",
            ]));
        }
        Ok(metadata.clone())
    }
}
