//! The calls of the Users API.

use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::WeakShared;

use super::session::{Session, TokenSource};
use super::{CallOptions, Client, Event, Flight, Outcome, Pending, Platform};
use crate::protocol::endpoints::Project;
use crate::protocol::error::{Details, Error, ErrorCode};
use crate::protocol::json::{Json, Kind};
use crate::protocol::message::{Method, Payload, ReadAs, Request, Response, Selection};
use crate::protocol::proxy::{self, ProxyRequest};
use crate::protocol::text::{decimal, join, list};
use crate::protocol::{
    credentials, install, integrations, is_header_value, is_path_segment, me, workflows,
};

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
    /// Headers for the workflow, as the platform has them.
    pub headers: Option<J>,
    /// The URL's query, without the question mark.
    pub query: String,
    /// Which account.
    pub selection: Selection,
}

impl<P: Platform> Client<P> {
    /// Signs the user in whom the token names, and associates `metadata` with him.
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
    ) -> Pending<P, ()> {
        let epoch = self.end_session(false);
        let prepared = self.project(project_id).and_then(|project| {
            let request = match metadata {
                Some(metadata) => self.metadata_request(&project, metadata)?,
                None => me::get(&project),
            };
            Ok((project, request))
        });
        let client = self.clone();
        Box::pin(async move {
            let (project, request) = prepared?;
            let signing_in = Box::pin(async {
                let opening = Session::open(epoch, project, token);
                let session = client.while_on(epoch, Box::pin(opening)).await?;
                me::read(client.exchange(&session, request, options).await?)?;
                client.inner.session.replace(Some(session));
                Ok(())
            });
            client.within(options, signing_in).await?;
            if let Ok(session) = client.session() {
                client.emit(&Event::SignedIn { user_id: session.user_id() });
            }
            Ok(())
        })
    }

    /// The connected user as the server knows him now; `None` when nobody is signed in.
    ///
    /// Calls that overlap share one request, and each gets an object of its own.
    ///
    /// # Errors
    /// What the request comes to.
    pub fn get_user(&self, options: CallOptions) -> Pending<P, Option<P::Json>> {
        let client = self.clone();
        Box::pin(async move {
            let Ok(session) = client.session() else { return Ok(None) };
            let in_flight =
                client.inner.user_in_flight.borrow().as_ref().and_then(WeakShared::upgrade);
            let flight = in_flight
                .filter(|flight| flight.peek().is_none())
                .unwrap_or_else(|| client.fetch_user(session, options));
            let user = client.within(options, Box::pin(flight.clone())).await?;
            let others_wait = flight.strong_count().is_some_and(|holders| holders > 1);
            Ok(user.map(|user| if others_wait { user.deep_copy() } else { user }))
        })
    }

    /// Associates `metadata` with the connected user. Keys that are not named keep their values.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidMetadata`] when `metadata` is no
    /// object; else what the request comes to.
    pub fn set_user_metadata(
        &self,
        metadata: &P::Json,
        options: CallOptions,
    ) -> Pending<P, P::Json> {
        let request = self.prepare(|project| self.metadata_request(project, metadata));
        self.ask(request, options, me::read, None)
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
    ) -> Pending<P, ()> {
        let name = name.to_owned();
        let selection =
            Selection { credential_id: credential_id.map(str::to_owned), configuration_id: None };
        let client = self.clone();
        Box::pin(async move {
            let session = client.session()?;
            if name.is_empty() {
                let why = "must not be empty: pass \"salesforce\", for instance";
                return Err(invalid("type", why));
            }
            check(&selection)?;
            let uninstalling = Box::pin(client.uninstall(&session, &name, &selection, options));
            let integration_id = client.within(options, uninstalling).await?;
            client.emit(&Event::IntegrationUninstalled {
                integration_id,
                integration_type: name,
                credential_id: selection.credential_id,
            });
            Ok(())
        })
    }

    async fn uninstall(
        &self,
        session: &Rc<Session<P>>,
        name: &str,
        selection: &Selection,
        options: CallOptions,
    ) -> Outcome<P, String> {
        let project = &session.project;
        let list = self.exchange(session, integrations::list(project), options).await?;
        let integration = integrations::find(&integrations::read_list(list)?, name)?;
        // The list shows an account that must be reconnected as not enabled, like one that was
        // never connected; only the user's own entry tells them apart.
        if !integration.enabled {
            let user = me::read(self.exchange(session, me::get(project), options).await?)?;
            if !me::is_connected(&user, &integration) {
                let why =
                    join(&["Integration \"", name, "\" is not installed: nothing to disconnect."]);
                return Err(Error::new(ErrorCode::IntegrationNotInstalled, &why));
            }
        }
        let request = integrations::uninstall(project, &integration.id, selection);
        self.exchange(session, request, options).await?;
        Ok(integration.id)
    }

    /// The project's integrations, as the server wrote them.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; else what the request comes to.
    pub fn get_integrations(&self, options: CallOptions) -> Pending<P, P::Json> {
        let request = self.prepare(|project| Ok(integrations::list(project)));
        self.ask(request, options, integrations::read_list, None)
    }

    /// Name, icon and colour of all integrations, as the server wrote them.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; else what the request comes to.
    pub fn get_integration_metadata(&self, options: CallOptions) -> Pending<P, P::Json> {
        let request = self.prepare(|project| Ok(integrations::metadata(project)));
        self.ask(request, options, integrations::read_metadata, None)
    }

    /// The accounts that the user has connected, as the server wrote them.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; else what the request comes to.
    pub fn get_credentials(&self, options: CallOptions) -> Pending<P, P::Json> {
        let request = self.prepare(|project| Ok(credentials::list(project)));
        self.ask(request, options, credentials::read_list, None)
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
    ) -> Pending<P, P::Json> {
        let request = self.prepare(|project| {
            check_id("credentialId", credential_id)?;
            let mut fields = Vec::new();
            for (name, token) in
                [("accessToken", &update.access_token), ("refreshToken", &update.refresh_token)]
            {
                if let Some(token) = token {
                    let text = P::Json::from_text(token).stringify();
                    fields.push(join(&["\"", name, "\":", &text]));
                }
            }
            if fields.is_empty() {
                return Err(invalid("fields", "must have an accessToken, a refreshToken or both"));
            }
            let body = join(&["{", &list(&fields), "}"]);
            Ok(credentials::update(project, credential_id, body))
        });
        self.ask(request, options, credentials::read, None)
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
        selection: &Selection,
        options: CallOptions,
    ) -> Pending<P, ()> {
        let request = self.prepare(|project| {
            check_id("workflowId", workflow_id)?;
            check(selection)?;
            Ok(workflows::switch(project, workflow_id, enabled, selection))
        });
        let changed = Event::WorkflowChanged { workflow_id: workflow_id.to_owned(), enabled };
        self.ask(request, options, nothing, Some(changed))
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
        selection: &Selection,
        options: CallOptions,
    ) -> Pending<P, ()> {
        let request = self.prepare(|project| {
            if name.is_empty() {
                return Err(invalid("name", "must not be empty"));
            }
            if payload.kind() != Kind::Object {
                return Err(invalid("payload", "must be an object"));
            }
            check(selection)?;
            let name = P::Json::from_text(name).stringify();
            Ok(workflows::event(project, &name, &payload.stringify(), selection))
        });
        self.ask(request, options, nothing, None)
    }

    /// Starts a workflow that has a request trigger, and gives what it answers, if anything. It
    /// is sent once.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidArgument`] for a malformed id;
    /// [`ErrorCode::NotFound`] when there is no such workflow; else what the request comes to.
    pub fn workflow(
        &self,
        workflow_id: &str,
        invocation: Invocation<P::Json>,
        options: CallOptions,
    ) -> Pending<P, Option<P::Json>> {
        let request = self.prepare(|project| {
            check_id("workflowId", workflow_id)?;
            let Invocation { payload, headers, query, selection } = invocation;
            check(&selection)?;
            Ok(workflows::trigger(project, workflow_id, &query, payload, headers, &selection))
        });
        self.ask(request, options, workflows::read_trigger, None)
    }

    /// Sends a request to an integration's own API with the user's account, and gives what it
    /// answers. Only `GET` and `HEAD` are sent again after a failure.
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
    ) -> Pending<P, Option<P::Json>> {
        let read = if asked.read_as == ReadAs::Json { proxy::read_json } else { proxy::read };
        let request = self.prepare(|project| {
            check(&asked.selection)?;
            proxy::request(project, integration, path, asked)
        });
        self.ask(request, options, read, None)
    }

    /// Sends what connecting an account takes, and gives what the server answers: see
    /// [`install::request`], which says what `path` is.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidArgument`] for a malformed selection;
    /// else what the request comes to.
    pub fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&P::Json>,
        selection: &Selection,
        options: CallOptions,
    ) -> Pending<P, Option<P::Json>> {
        let request = self.prepare(|project| {
            check(selection)?;
            Ok(install::request(project, method, path, body, selection))
        });
        self.ask(request, options, install::read, None)
    }

    /// `{url, projectId, userId, token, timeoutMs}` of the session that is on, with a token that is
    /// good now: for the address of the first page of an install, which has to carry it.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::TokenExpired`] and
    /// [`ErrorCode::TokenUnavailable`].
    pub fn access(&self, options: CallOptions) -> Pending<P, Option<P::Json>> {
        let client = self.clone();
        Box::pin(async move {
            let session = client.session()?;
            let renewing = client.while_on(session.epoch, Box::pin(session.token(&client)));
            let token = client.within(options, Box::pin(renewing)).await?;
            let timeout_ms = decimal(client.inner.settings.borrow().timeout_ms);
            let mut access = P::Json::parse(&join(&["{\"timeoutMs\":", &timeout_ms, "}"]));
            if let Some(access) = &mut access {
                for (name, text) in [
                    ("url", session.project.endpoints.service()),
                    ("projectId", &session.project.id),
                    ("userId", token.user_id()),
                    ("token", token.secret()),
                ] {
                    access.set(name, P::Json::from_text(text));
                }
            }
            Ok(access)
        })
    }

    fn metadata_request(
        &self,
        project: &Project,
        metadata: &P::Json,
    ) -> Outcome<P, Request<P::Json>> {
        if metadata.kind() != Kind::Object {
            return Err(Error::new(
                ErrorCode::InvalidMetadata,
                "The metadata must be an object, such as { Name: \"Ada\", Email: \"ada@example.com\" }.",
            )
            .with_details(Details::Path("metadata".to_owned())));
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
        Ok(me::patch(project, metadata))
    }

    /// Starts the `GET /sdk/me` that this call and those that overlap it share.
    fn fetch_user(&self, session: Rc<Session<P>>, options: CallOptions) -> Flight<P> {
        let client = self.clone();
        let fetching: Pending<P, Option<P::Json>> = Box::pin(async move {
            let request = me::get(&session.project);
            me::read(client.exchange(&session, request, options).await?).map(Some)
        });
        let flight = fetching.shared();
        self.inner.user_in_flight.replace(flight.downgrade());
        flight
    }

    /// The request that `build` makes for the session that is on.
    fn prepare(
        &self,
        build: impl FnOnce(&Project) -> Outcome<P, Request<P::Json>>,
    ) -> Outcome<P, Prepared<P>> {
        let session = self.session()?;
        let request = build(&session.project)?;
        Ok((session, request))
    }

    /// A call of one request, told as an event when it succeeds.
    fn ask<T: 'static>(
        &self,
        prepared: Outcome<P, Prepared<P>>,
        options: CallOptions,
        read: fn(Response<P::Json>) -> Outcome<P, T>,
        event: Option<Event>,
    ) -> Pending<P, T> {
        let client = self.clone();
        Box::pin(async move {
            let (session, request) = prepared?;
            let answering = client.exchange(&session, request, options);
            let outcome = read(client.within(options, answering).await?)?;
            if let Some(event) = event {
                client.emit(&event);
            }
            Ok(outcome)
        })
    }
}

type Prepared<P> = (Rc<Session<P>>, Request<<P as Platform>::Json>);

#[expect(clippy::unnecessary_wraps, reason = "a reader of answers, as the others are")]
fn nothing<J>(_: Response<J>) -> Result<(), Error<J>> {
    Ok(())
}

fn invalid<J>(name: &str, why: &str) -> Error<J> {
    Error::new(ErrorCode::InvalidArgument, &join(&["\"", name, "\" ", why, "."]))
        .with_details(Details::Path(name.to_owned()))
}

fn check_id<J>(name: &str, id: &str) -> Result<(), Error<J>> {
    if is_path_segment(id) {
        return Ok(());
    }
    Err(invalid(name, "must be an id: letters, digits, \"-\" and \"_\""))
}

fn check<J>(selection: &Selection) -> Result<(), Error<J>> {
    let sound = |id: &Option<String>| id.as_deref().is_none_or(is_header_value);
    if !sound(&selection.credential_id) {
        return Err(invalid("selectedCredentialId", "must be an id: visible ASCII, not empty"));
    }
    if !sound(&selection.configuration_id) {
        return Err(invalid("selectedConfigurationId", "must be an id: visible ASCII, not empty"));
    }
    Ok(())
}
