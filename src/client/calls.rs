//! The calls of the Users API.

use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Shared, WeakShared};

use super::session::{Session, TokenSource};
use super::{CallOptions, Client, Event, Outcome, Platform, UserFlight};
use crate::protocol::endpoints::Project;
use crate::protocol::error::{Details, Error, ErrorCode};
use crate::protocol::json::{Json, Kind};
use crate::protocol::message::{Payload, Request, Response, Selection};
use crate::protocol::proxy::{self, ProxyRequest};
use crate::protocol::text::join;
use crate::protocol::{credentials, integrations, is_header_value, is_path_segment, me, workflows};

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
    pub async fn authenticate(
        &self,
        project_id: &str,
        token: TokenSource<P::Json>,
        metadata: Option<&P::Json>,
        options: CallOptions,
    ) -> Outcome<P, ()> {
        let epoch = self.end_session(false);
        let project = self.project(project_id)?;
        let request = match metadata {
            Some(metadata) => self.metadata_request(&project, metadata)?,
            None => me::get(&project),
        };
        let signing_in = Box::pin(async {
            let opening = Session::open(epoch, project, token);
            let session = self.while_on(epoch, opening).await?;
            self.user(&session, request, options).await?;
            Ok(session)
        });
        let session = self.within(options, signing_in).await?;
        let user_id = session.user_id();
        self.inner.session.replace(Some(session));
        self.emit(&Event::SignedIn { user_id });
        Ok(())
    }

    /// The connected user as the server knows him now; `None` when nobody is signed in.
    ///
    /// Calls that overlap share one request, and each gets an object of its own.
    ///
    /// # Errors
    /// What the request comes to.
    pub async fn get_user(&self, options: CallOptions) -> Outcome<P, Option<P::Json>> {
        let Ok(session) = self.session() else { return Ok(None) };
        let in_flight = self.inner.user_in_flight.borrow().as_ref().and_then(WeakShared::upgrade);
        let flight = in_flight
            .filter(|flight| flight.peek().is_none())
            .unwrap_or_else(|| self.fetch_user(session, options));
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
        let request = self.metadata_request(&session.project, metadata)?;
        self.changing(options, self.user(&session, request, options)).await
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
            return Err(invalid("type", "must not be empty: pass \"salesforce\", for instance"));
        }
        let selection =
            Selection { credential_id: credential_id.map(str::to_owned), configuration_id: None };
        check(&selection)?;
        let retries = self.max_retries(options);
        let uninstalling = Box::pin(async {
            let project = &session.project;
            let list = self.exchange(&session, integrations::list(project), retries).await?;
            let integration = integrations::find(&integrations::read_list(list)?, name)?;
            // The list shows an account that must be reconnected as not enabled, like one that was
            // never connected; only the user's own entry tells them apart.
            if !integration.enabled {
                let user = self.user(&session, me::get(project), options).await?;
                if !me::is_connected(&user, &integration) {
                    let message = join(&[
                        "Integration \"",
                        name,
                        "\" is not installed: nothing to disconnect.",
                    ]);
                    return Err(Error::new(ErrorCode::IntegrationNotInstalled, &message));
                }
            }
            let request = integrations::uninstall(project, &integration.id, &selection);
            self.exchange(&session, request, retries).await?;
            Ok(integration.id)
        });
        let integration_id = self.changing(options, uninstalling).await?;
        self.emit(&Event::IntegrationUninstalled {
            integration_id,
            integration_type: name.to_owned(),
            credential_id: selection.credential_id,
        });
        Ok(())
    }

    /// The project's integrations, as the server wrote them.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; else what the request comes to.
    pub async fn get_integrations(&self, options: CallOptions) -> Outcome<P, P::Json> {
        let session = self.session()?;
        let request = integrations::list(&session.project);
        self.reading(&session, request, options, integrations::read_list).await
    }

    /// Name, icon and colour of the integration that the application calls `name`; of all of
    /// them, as an array, without one.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::IntegrationNotFound`]; else what the request
    /// comes to.
    pub async fn get_integration_metadata(
        &self,
        name: Option<&str>,
        options: CallOptions,
    ) -> Outcome<P, P::Json> {
        let session = self.session()?;
        let request = integrations::metadata(&session.project);
        let all = self.reading(&session, request, options, integrations::read_metadata).await?;
        match name {
            Some(name) => integrations::find_metadata(&all, name),
            None => Ok(all),
        }
    }

    /// The accounts that the user has connected, as the server wrote them.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; else what the request comes to.
    pub async fn get_credentials(&self, options: CallOptions) -> Outcome<P, P::Json> {
        let session = self.session()?;
        let request = credentials::list(&session.project);
        self.reading(&session, request, options, credentials::read_list).await
    }

    /// Gives a credential new tokens of the provider, and gives the credential.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidArgument`] for a malformed id or no
    /// token at all; [`ErrorCode::NotFound`] when there is no such credential; else what the
    /// request comes to.
    pub async fn update_credential(
        &self,
        credential_id: &str,
        update: &CredentialUpdate,
        options: CallOptions,
    ) -> Outcome<P, P::Json> {
        let session = self.session()?;
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
        let body = join(&["{", &fields.join(","), "}"]);
        let request = credentials::update(&session.project, credential_id, body);
        let calling = self.reading(&session, request, options, credentials::read);
        let outcome = calling.await;
        self.inner.user_in_flight.take();
        outcome
    }

    /// Switches a workflow on or off for the user.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidArgument`] for a malformed id;
    /// [`ErrorCode::NotFound`] when there is no such workflow; else what the request comes to.
    pub async fn switch_workflow(
        &self,
        workflow_id: &str,
        enabled: bool,
        selection: &Selection,
        options: CallOptions,
    ) -> Outcome<P, ()> {
        let session = self.session()?;
        check_id("workflowId", workflow_id)?;
        check(selection)?;
        let request = workflows::switch(&session.project, workflow_id, enabled, selection);
        let retries = self.max_retries(options);
        let switching =
            Box::pin(async { self.exchange(&session, request, retries).await.map(drop) });
        self.changing(options, switching).await?;
        self.emit(&Event::WorkflowChanged { workflow_id: workflow_id.to_owned(), enabled });
        Ok(())
    }

    /// Sends an application event, which starts the workflows that wait for it. It is sent once.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidArgument`] for an empty name or a
    /// payload that is no object; else what the request comes to.
    pub async fn event(
        &self,
        name: &str,
        payload: &P::Json,
        selection: &Selection,
        options: CallOptions,
    ) -> Outcome<P, ()> {
        let session = self.session()?;
        if name.is_empty() {
            return Err(invalid("name", "must not be empty"));
        }
        if payload.kind() != Kind::Object {
            return Err(invalid("payload", "must be an object"));
        }
        check(selection)?;
        let name = P::Json::from_text(name).stringify();
        let request = workflows::event(&session.project, &name, &payload.stringify(), selection);
        self.reading(&session, request, options, |_| Ok(())).await
    }

    /// Starts a workflow that has a request trigger, and gives what it answers, if anything. It
    /// is sent once.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidArgument`] for a malformed id;
    /// [`ErrorCode::NotFound`] when there is no such workflow; else what the request comes to.
    pub async fn workflow(
        &self,
        workflow_id: &str,
        invocation: Invocation<P::Json>,
        options: CallOptions,
    ) -> Outcome<P, Option<P::Json>> {
        let session = self.session()?;
        check_id("workflowId", workflow_id)?;
        let Invocation { payload, headers, query, selection } = invocation;
        check(&selection)?;
        let request =
            workflows::trigger(&session.project, workflow_id, &query, payload, headers, &selection);
        self.reading(&session, request, options, |answer| Ok(workflows::read_trigger(answer))).await
    }

    /// Sends a request to an integration's own API with the user's account, and gives what it
    /// answers. Only `GET` and `HEAD` are sent again after a failure.
    ///
    /// A 401 or 403 may be the integration's: it does not end the session.
    ///
    /// # Errors
    /// [`ErrorCode::NotAuthenticated`]; [`ErrorCode::InvalidArgument`] for a malformed type or a
    /// path that leads elsewhere; else what the request comes to.
    pub async fn request(
        &self,
        integration: &str,
        path: &str,
        asked: ProxyRequest<P::Json>,
        options: CallOptions,
    ) -> Outcome<P, Option<P::Json>> {
        let session = self.session()?;
        check(&asked.selection)?;
        let read_as = asked.read_as;
        let request = proxy::request(&session.project, integration, path, asked)?;
        self.reading(&session, request, options, move |answer| proxy::read(answer, read_as)).await
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
    fn fetch_user(&self, session: Rc<Session<P>>, options: CallOptions) -> Shared<UserFlight<P>> {
        let client = self.clone();
        let flight: UserFlight<P> = Box::pin(async move {
            let request = me::get(&session.project);
            client.user(&session, request, options).await
        });
        let shared = flight.shared();
        self.inner.user_in_flight.replace(shared.downgrade());
        shared
    }

    /// Sends a request whose answer is the user.
    fn user<'a>(
        &'a self,
        session: &'a Rc<Session<P>>,
        request: Request<P::Json>,
        options: CallOptions,
    ) -> LocalBoxFuture<'a, Outcome<P, P::Json>> {
        let answering = self.exchange(session, request, self.max_retries(options));
        Box::pin(async move { me::read(answering.await?) })
    }

    /// A call of one request.
    async fn reading<T: 'static>(
        &self,
        session: &Rc<Session<P>>,
        request: Request<P::Json>,
        options: CallOptions,
        read: impl FnOnce(Response<P::Json>) -> Outcome<P, T>,
    ) -> Outcome<P, T> {
        let answering = self.exchange(session, request, self.max_retries(options));
        read(self.within(options, answering).await?)
    }

    /// A call that changes the user. A `get_user` that comes after it must not join a request
    /// that was sent before it.
    async fn changing<T>(
        &self,
        options: CallOptions,
        call: LocalBoxFuture<'_, Outcome<P, T>>,
    ) -> Outcome<P, T> {
        let outcome = self.within(options, call).await;
        self.inner.user_in_flight.take();
        outcome
    }
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
