//! The calls there are: what each checks, and what it sends.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::call::Goal;
use super::{Call, Engine, Event, Session, Started};
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::json::Json;
use crate::protocol::message::{Expected, Method, Payload, Request, Selection};
use crate::protocol::proxy::{self, ProxyRequest};
use crate::protocol::route::{self, Route};
use crate::protocol::text::join;
use crate::protocol::token::UserToken;
use crate::protocol::{invalid, is_header_value, is_path_segment};

/// What is to be done in the session that is on.
pub struct Task<J> {
    request: Result<Request<J>, Error<J>>,
    goal: Goal,
}

impl<J: Json> Task<J> {
    /// An operation of one request. `id` is looked at where its path has one.
    #[must_use]
    pub fn route(route: &Route, id: &str) -> Self {
        Self { request: route.request(id), goal: Goal::Value }
    }

    /// What its caller has refused already.
    #[must_use]
    pub fn refused(error: Error<J>) -> Self {
        Self { request: Err(error), goal: Goal::Value }
    }

    /// The same with a body, an account and, below the path, a query.
    #[must_use]
    pub fn with(
        mut self,
        payload: Payload<J>,
        headers: Option<J>,
        query: &str,
        selection: Selection,
    ) -> Self {
        if let Ok(request) = &mut self.request {
            request.payload = payload;
            request.caller_headers = headers;
            request.selection = selection;
            if !query.is_empty() {
                request.path = join(&[&request.path, "?", query]);
            }
        }
        self
    }

    /// Switches a workflow on or off for the user.
    #[must_use]
    pub fn switch_workflow(workflow_id: &str, enabled: bool) -> Self {
        let route = if enabled { &route::WORKFLOW_ENABLE } else { &route::WORKFLOW_DISABLE };
        let changed = Event::WorkflowChanged { workflow_id: workflow_id.to_owned(), enabled };
        Self { request: route.request(workflow_id), goal: Goal::Tell(changed) }
    }

    /// Name, icon and colour of the integration that the application calls `name`.
    #[must_use]
    pub fn find_metadata(name: String) -> Self {
        Self { request: route::METADATA.request(""), goal: Goal::FindMetadata(name) }
    }

    /// Disconnects the integration that the application calls `name`.
    #[must_use]
    pub fn uninstall(name: String, selection: Selection) -> Self {
        let request = if name.is_empty() {
            Err(invalid("type", "must not be empty: pass \"salesforce\", for instance"))
        } else {
            check(&selection).and_then(|()| route::INTEGRATIONS.request(""))
        };
        Self { request, goal: Goal::Uninstall(name, selection) }
    }

    /// A request to an integration's own API.
    #[must_use]
    pub fn proxy(integration: &str, path: &str, asked: ProxyRequest<J>) -> Self {
        Self { request: proxy::request(integration, path, asked), goal: Goal::Value }
    }

    /// What connecting an account takes, which the npm package does in JavaScript that is loaded
    /// on demand: a request to `path` of the project's Users API; or to a path of the service's
    /// own, which begins with `/`. The answer is JSON, or empty.
    #[must_use]
    pub fn install(method: Method, path: String) -> Self {
        // Asking an integration for the choices of a field is a `POST` that changes nothing.
        let repeatable = method != Method::Post || path == "actions";
        let mut request = Request::new(method, path, Expected::JsonOrNothing);
        request.repeatable = repeatable;
        Self { request: Ok(request), goal: Goal::Value }
    }

    /// A token of the session that is on, which is good now: for the address of the first page of
    /// an install, which has to carry it.
    #[must_use]
    pub fn access() -> Self {
        Self { request: route::ME.request(""), goal: Goal::Access }
    }
}

impl<J: Json> Engine<J> {
    /// Starts what is to be done in the session that is on.
    pub fn start(&self, task: Task<J>, max_retries: u32) -> Started<J> {
        let Task { request, goal } = task;
        started(self.session().and_then(|session| {
            let request = request?;
            check(&request.selection)?;
            Ok(Call::new(session, request, goal, max_retries))
        }))
    }

    /// The connected user as the server knows him now; `{"authenticated":false}` when nobody is
    /// signed in.
    pub fn get_user(&self, max_retries: u32) -> Started<J> {
        if self.is_signed_in() {
            return self.start(Task::route(&route::ME, ""), max_retries);
        }
        let nobody = J::parse("{\"authenticated\":false}").unwrap_or_else(J::null);
        Started::Done(Ok(nobody))
    }

    /// Signs in whom `token` names, changes him as `update` says, and gives his id. Without a
    /// token the call asks for one, and the session for others when they run out.
    ///
    /// The session before it ends at once, also when the arguments are then refused: after a
    /// failed sign-in nobody is signed in, so one user's data cannot show as another's.
    pub fn authenticate(
        &self,
        project_id: &str,
        token: Option<&str>,
        update: Option<J>,
        max_retries: u32,
    ) -> Started<J> {
        self.end_session(false);
        let call = || {
            check_project(project_id)?;
            let token = token.map(UserToken::read).transpose()?.map(Rc::new);
            let route = if update.is_some() { &route::ME_UPDATE } else { &route::ME };
            let mut request = route.request("")?;
            request.payload = update.map_or(Payload::Empty, Payload::Json);
            let session = Rc::new(Session {
                epoch: self.epoch(),
                project_id: project_id.to_owned(),
                renewable: token.is_none(),
                token: RefCell::new(token),
                skew_ms: Cell::default(),
            });
            Ok(Call::new(session, request, Goal::SignIn, max_retries))
        };
        started(call())
    }
}

fn check_project<J>(id: &str) -> Result<(), Error<J>> {
    if is_path_segment(id) {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::InvalidProjectId,
        if id.is_empty() {
            "The project id is missing. Copy it from the Overview page of your Paragon project."
        } else {
            "The project id is malformed: Paragon's are UUIDs, of letters, digits and dashes."
        },
    ))
}

fn started<J: Json>(call: Result<Call<J>, Error<J>>) -> Started<J> {
    match call {
        Ok(call) => Started::Call(Box::new(call)),
        Err(error) => Started::Done(Err(error)),
    }
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

impl<J: Json> std::fmt::Debug for Task<J> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Task").field(&self.request).finish()
    }
}
