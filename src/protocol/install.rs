//! Connecting accounts. The npm package does that in JavaScript, which is loaded on demand; what it
//! sends comes through here, so that the session, its token and the errors are those of all calls.

use super::endpoints::Project;
use super::error::{Error, ErrorCode};
use super::json::Json;
use super::message::{Body, Method, Request, Response, Selection};
use super::text::join;

/// A request to `path` of the project's Users API; or to a path of the service's own, which begins
/// with `/`. `body` is JSON.
#[must_use]
pub fn request<J: Json>(
    project: &Project,
    method: Method,
    path: &str,
    body: Option<&J>,
    selection: &Selection,
) -> Request<J> {
    let url = match path.strip_prefix('/') {
        Some(_) => join(&[project.endpoints.service(), path]),
        None => project.api(path),
    };
    let mut request = selection.apply(Request::new(method, url));
    // Asking an integration for the choices of a field is a `POST` that changes nothing.
    request.repeatable |= path == "actions";
    match body {
        Some(body) => request.with_json(body.stringify()),
        None => request,
    }
}

/// What the server answers, if anything.
///
/// # Errors
/// [`ErrorCode::InvalidResponse`] when it is no JSON.
pub fn read<J: Json>(response: Response<J>) -> Result<Option<J>, Error<J>> {
    match response.body {
        Body::Json(json) | Body::Native(json) => Ok(Some(json)),
        Body::Text(text) if text.is_empty() => Ok(None),
        Body::Text(_) => Err(Error::new(
            ErrorCode::InvalidResponse,
            "Paragon's answer is not JSON. Check the configured host: something else may be \
             answering there.",
        )
        .with_status(response.status)),
    }
}
