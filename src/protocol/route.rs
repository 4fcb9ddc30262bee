//! The operations that are one request each, as a table: data is small in wasm, code is not.

use super::error::Error;
use super::json::Json;
use super::message::{Expected, Method, Request};
use super::text::join;
use super::{invalid, is_path_segment};

/// An operation of the Users API.
#[derive(Debug)]
pub struct Route {
    method: Method,
    /// Below `/sdk/`; an id follows when it ends with `/`.
    path: &'static str,
    expected: Expected,
    /// What the id is called.
    id: &'static str,
    /// Whether sending it twice does no harm.
    repeatable: bool,
}

/// All operations.
pub const ROUTES: &[Route] = &[
    ME,
    ME_UPDATE,
    INTEGRATIONS,
    METADATA,
    CREDENTIALS,
    CREDENTIAL_UPDATE,
    WORKFLOW_ENABLE,
    WORKFLOW_DISABLE,
    EVENT,
    TRIGGER,
];

const fn list(path: &'static str) -> Route {
    Route { method: Method::Get, path, expected: Expected::Array, id: "", repeatable: true }
}

/// `GET /sdk/me`: the connected user.
pub const ME: Route =
    Route { method: Method::Get, path: "me", expected: Expected::User, id: "", repeatable: true };

/// `PATCH /sdk/me` with `{"meta": …}`; the answer is the user.
pub const ME_UPDATE: Route =
    Route { method: Method::Patch, path: "me", expected: Expected::User, id: "", repeatable: true };

/// `GET /sdk/integrations`: the project's integrations.
pub const INTEGRATIONS: Route = list("integrations");

/// `GET /sdk/metadata`: name, icon and colour of each integration.
pub const METADATA: Route = list("metadata");

/// `GET /sdk/credentials`: the accounts that the user has connected.
pub const CREDENTIALS: Route = list("credentials");

/// `PATCH /sdk/credentials/{id}` with `{accessToken?, refreshToken?}`; the answer is the
/// credential.
pub const CREDENTIAL_UPDATE: Route = Route {
    method: Method::Patch,
    path: "credentials/",
    expected: Expected::Object,
    id: "credentialId",
    repeatable: true,
};

/// `POST /sdk/workflows/{id}`, which may be sent twice.
pub const WORKFLOW_ENABLE: Route = Route {
    method: Method::Post,
    path: "workflows/",
    expected: Expected::Nothing,
    id: "workflowId",
    repeatable: true,
};

/// `DELETE /sdk/workflows/{id}`.
pub const WORKFLOW_DISABLE: Route = Route { method: Method::Delete, ..WORKFLOW_ENABLE };

/// `POST /sdk/events/trigger` with `{name, payload}`.
pub const EVENT: Route = Route {
    method: Method::Post,
    path: "events/trigger",
    expected: Expected::Nothing,
    id: "",
    repeatable: false,
};

/// `POST /sdk/triggers/{id}`, which starts a workflow that has a request trigger. The answer is
/// JSON, text, or nothing.
pub const TRIGGER: Route = Route {
    method: Method::Post,
    path: "triggers/",
    expected: Expected::Anything,
    id: "workflowId",
    repeatable: false,
};

impl Route {
    /// The request, without a body. `id` is looked at where the path ends with one.
    ///
    /// # Errors
    /// [`super::error::ErrorCode::InvalidArgument`] for an id that cannot stand in a path.
    pub fn request<J: Json>(&self, id: &str) -> Result<Request<J>, Error<J>> {
        let id = if self.id.is_empty() { "" } else { id };
        if id.is_empty() != self.id.is_empty() || !(id.is_empty() || is_path_segment(id)) {
            return Err(invalid(self.id, "must be an id: letters, digits, \"-\" and \"_\""));
        }
        let mut request = Request::new(self.method, join(&[self.path, id]), self.expected);
        request.repeatable = self.repeatable;
        Ok(request)
    }
}
