//! The calls there are: what each checks, and what it sends.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::call::Goal;
use super::{Call, Engine, Event, Notice, Session, Started};
use crate::protocol::endpoints::Project;
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::json::{Json, Kind};
use crate::protocol::message::{Method, Payload, Request, Selection};
use crate::protocol::proxy::{self, ProxyRequest};
use crate::protocol::text::join;
use crate::protocol::token::UserToken;
use crate::protocol::{
    credentials, install, integrations, invalid, is_header_value, is_path_segment, me, workflows,
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

impl<J: Json> Engine<J> {
    /// Signs in whom `token` names, associates `metadata` with him, and gives his id. Without a
    /// token the call asks for one, and the session for others when they run out.
    ///
    /// The session before it ends at once, also when the arguments are then refused: after a
    /// failed sign-in nobody is signed in, so one user's data cannot show as another's.
    pub fn authenticate(
        &self,
        project_id: &str,
        token: Option<&str>,
        metadata: Option<&J>,
        max_retries: u32,
    ) -> Started<J> {
        self.end_session(false);
        let call = || {
            let project = self.project(project_id)?;
            let request = match metadata {
                Some(metadata) => self.metadata_request(metadata)?,
                None => me::get(),
            };
            let session = Rc::new(Session {
                epoch: self.epoch(),
                project,
                renewable: token.is_none(),
                token: RefCell::new(token.map(UserToken::read).transpose()?.map(Rc::new)),
                skew_ms: Cell::default(),
                user: RefCell::default(),
            });
            Ok(Call::new(session, request, Goal::SignIn, max_retries))
        };
        started(call())
    }

    /// The connected user as the server knows him now; `{"authenticated":false}` when nobody is
    /// signed in.
    pub fn get_user(&self, max_retries: u32) -> Started<J> {
        if self.is_signed_in() {
            return self.ask(Ok(me::get()), Goal::Value, max_retries);
        }
        let nobody = J::parse("{\"authenticated\":false}").unwrap_or_else(J::null);
        Started::Done(Ok(nobody))
    }

    /// Associates `metadata` with the connected user, and gives him.
    pub fn set_user_metadata(&self, metadata: &J, max_retries: u32) -> Started<J> {
        self.ask(self.metadata_request(metadata), Goal::Value, max_retries)
    }

    /// Disconnects the integration that the application calls `name`.
    pub fn uninstall_integration(
        &self,
        name: &str,
        selection: Selection,
        max_retries: u32,
    ) -> Started<J> {
        let request = if name.is_empty() {
            Err(invalid("type", "must not be empty: pass \"salesforce\", for instance"))
        } else {
            check(&selection).map(|()| integrations::list())
        };
        self.ask(request, Goal::Uninstall(name.to_owned(), selection), max_retries)
    }

    /// The project's integrations.
    pub fn get_integrations(&self, max_retries: u32) -> Started<J> {
        self.ask(Ok(integrations::list()), Goal::Value, max_retries)
    }

    /// Name, icon and colour of the integration that the application calls `name`, or of all.
    pub fn get_integration_metadata(&self, name: Option<String>, max_retries: u32) -> Started<J> {
        let goal = name.map_or(Goal::Value, Goal::FindMetadata);
        self.ask(Ok(integrations::metadata()), goal, max_retries)
    }

    /// The accounts that the user has connected.
    pub fn get_credentials(&self, max_retries: u32) -> Started<J> {
        self.ask(Ok(credentials::list()), Goal::Value, max_retries)
    }

    /// Gives a credential new tokens of the provider, and gives the credential.
    pub fn update_credential(
        &self,
        credential_id: &str,
        update: &CredentialUpdate,
        max_retries: u32,
    ) -> Started<J> {
        let mut fields = J::object([]);
        for (name, token) in
            [("accessToken", &update.access_token), ("refreshToken", &update.refresh_token)]
        {
            if let Some(token) = token {
                fields.set(name, J::from_text(token));
            }
        }
        let request = if update.access_token.is_none() && update.refresh_token.is_none() {
            Err(invalid("fields", "must have an accessToken, a refreshToken or both"))
        } else {
            check_id("credentialId", credential_id)
                .map(|()| credentials::update(credential_id, fields))
        };
        self.ask(request, Goal::Value, max_retries)
    }

    /// Switches a workflow on or off for the user.
    pub fn switch_workflow(
        &self,
        workflow_id: &str,
        enabled: bool,
        selection: Selection,
        max_retries: u32,
    ) -> Started<J> {
        let request = check_id("workflowId", workflow_id)
            .map(|()| workflows::switch(workflow_id, enabled, selection));
        let changed = Event::WorkflowChanged { workflow_id: workflow_id.to_owned(), enabled };
        self.ask(request, Goal::Tell(changed), max_retries)
    }

    /// Sends an application event.
    pub fn event(
        &self,
        name: &str,
        payload: &J,
        selection: Selection,
        max_retries: u32,
    ) -> Started<J> {
        let request = if name.is_empty() {
            Err(invalid("name", "must not be empty"))
        } else if payload.kind() == Kind::Object {
            Ok(workflows::event(name, payload, selection))
        } else {
            Err(invalid("payload", "must be an object"))
        };
        self.ask(request, Goal::Value, max_retries)
    }

    /// Starts a workflow that has a request trigger, and gives what it answers.
    pub fn workflow(
        &self,
        workflow_id: &str,
        invocation: Invocation<J>,
        max_retries: u32,
    ) -> Started<J> {
        let Invocation { payload, headers, query, selection } = invocation;
        let request = check_id("workflowId", workflow_id)
            .map(|()| workflows::trigger(workflow_id, &query, payload, headers, selection));
        self.ask(request, Goal::Value, max_retries)
    }

    /// Sends a request to an integration's own API, and gives what it answers.
    pub fn request(
        &self,
        integration: &str,
        path: &str,
        asked: ProxyRequest<J>,
        max_retries: u32,
    ) -> Started<J> {
        self.ask(proxy::request(integration, path, asked), Goal::Value, max_retries)
    }

    /// Sends what connecting an account takes, and gives what the server answers: see
    /// [`install::request`], which says what `path` is.
    pub fn send(
        &self,
        method: Method,
        path: &str,
        payload: Payload<J>,
        selection: Selection,
        max_retries: u32,
    ) -> Started<J> {
        let request = install::request(method, path, payload).with_selection(selection);
        self.ask(Ok(request), Goal::Value, max_retries)
    }

    /// `{url, projectId, userId, token}` of the session that is on, with a token that is good now:
    /// for the address of the first page of an install, which has to carry it.
    pub fn access(&self) -> Started<J> {
        self.ask(Ok(me::get()), Goal::Access, 0)
    }

    /// The project that `project_id` names, at the configured endpoints.
    fn project(&self, project_id: &str) -> Result<Project, Error<J>> {
        if is_path_segment(project_id) {
            let endpoints = self.endpoints.borrow().clone();
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

    fn metadata_request(&self, metadata: &J) -> Result<Request<J>, Error<J>> {
        if metadata.kind() != Kind::Object {
            return Err(Error::new(
                ErrorCode::InvalidMetadata,
                "The metadata must be an object, such as { Name: \"Ada\", Email: \"ada@example.com\" }.",
            )
            .with_detail("path", J::from_text("metadata")));
        }
        for (key, meant) in me::misspelt_keys(metadata) {
            self.tell(Notice::Warning(join(&[
                "The metadata key \"",
                &key,
                "\" is sent as written. Paragon's dashboard shows \"",
                meant,
                "\", which is case-sensitive.",
            ])));
        }
        Ok(me::patch(metadata))
    }

    /// A call of the session that is on.
    fn ask(
        &self,
        request: Result<Request<J>, Error<J>>,
        goal: Goal,
        max_retries: u32,
    ) -> Started<J> {
        let call = || {
            let session = self.session()?;
            let request = request?;
            check(&request.selection)?;
            Ok(Call::new(session, request, goal, max_retries))
        };
        started(call())
    }
}

fn started<J: Json>(call: Result<Call<J>, Error<J>>) -> Started<J> {
    match call {
        Ok(call) => Started::Call(Box::new(call)),
        Err(error) => Started::Done(Err(error)),
    }
}

fn check_id<J: Json>(name: &str, id: &str) -> Result<(), Error<J>> {
    if is_path_segment(id) {
        return Ok(());
    }
    Err(invalid(name, "must be an id: letters, digits, \"-\" and \"_\""))
}

fn check<J: Json>(selection: &Selection) -> Result<(), Error<J>> {
    for (name, id) in [
        ("selectedCredentialId", &selection.credential_id),
        ("selectedConfigurationId", &selection.configuration_id),
    ] {
        if id.as_deref().is_some_and(|id| !is_header_value(id)) {
            return Err(invalid(name, "must be an id: visible ASCII, not empty"));
        }
    }
    Ok(())
}
