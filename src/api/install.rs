//! Requests of an install, which the npm package makes in JavaScript that is loaded on demand.

use crate::http::request::{Expected, Method, Payload, Request};
use crate::text::join;

/// A request to `path` of the project's Users API; or to a path of the service's own, which begins
/// with `/`. The answer is JSON, or empty.
#[must_use]
pub fn request<J>(method: Method, path: String, body: Payload<J>) -> Box<Request<J>> {
    // Asking an integration for the choices of a field is a `POST` that changes nothing.
    let repeatable = method != Method::Post || path == "actions";
    let mut request = Request::new(method, path, Expected::JsonOrNothing).with_payload(body);
    request.repeatable = repeatable;
    request
}

/// The path of the page on which a user's consent begins. It carries the user token: a popup's first
/// address is the one place where Paragon takes it outside a header.
#[must_use]
pub fn popup_path(project_id: &str, query: &str, user_token: &str) -> String {
    join(&["/projects/", project_id, "/sdk/actions/oauth-nonce?", query, "&userToken=", user_token])
}
