//! Connecting accounts. The npm package does that in JavaScript, which is loaded on demand; what it
//! sends comes through here, so that the session, its token and the errors are those of all calls.

use super::message::{Expected, Method, Payload, Request};

/// A request to `path` of the project's Users API; or to a path of the service's own, which begins
/// with `/`. The answer is JSON, or empty.
#[must_use]
pub fn request<J>(method: Method, path: &str, payload: Payload<J>) -> Request<J> {
    let mut request = Request::new(method, path, Expected::JsonOrNothing);
    request.payload = payload;
    // Asking an integration for the choices of a field is a `POST` that changes nothing.
    request.repeatable |= path == "actions";
    request
}
