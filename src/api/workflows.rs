//! `/sdk/workflows`, `/sdk/triggers` and `/sdk/events`: what starts workflows, and switches them on
//! and off for a user.

use crate::error::Error;
use crate::http::request::{Expected, Method, Payload, Request, path_with_id};
use crate::json::Json;
use crate::text::join;

/// `POST /sdk/workflows/{id}` switches a workflow on for the user, `DELETE` switches it off. Both may
/// be sent twice.
///
/// # Errors
/// [`crate::ErrorCode::InvalidArgument`] for an id that cannot stand in a path.
pub fn switch<J: Json>(workflow_id: &str, enabled: bool) -> Result<Box<Request<J>>, Error<J>> {
    let path = path_with_id("workflows/", "workflowId", workflow_id)?;
    let method = if enabled { Method::Post } else { Method::Delete };
    let mut request = Request::new(method, path, Expected::Nothing);
    request.repeatable = true;
    Ok(request)
}

/// `POST /sdk/triggers/{id}`, which starts a workflow that has a request trigger. The answer is JSON,
/// text, or nothing. `query` is the URL's, without the question mark.
///
/// # Errors
/// [`crate::ErrorCode::InvalidArgument`] for an id that cannot stand in a path.
pub fn trigger<J: Json>(workflow_id: &str, query: &str) -> Result<Box<Request<J>>, Error<J>> {
    let mut path = path_with_id("triggers/", "workflowId", workflow_id)?;
    if !query.is_empty() {
        path = join(&[&path, "?", query]);
    }
    Ok(Request::new(Method::Post, path, Expected::Anything))
}

/// `POST /sdk/events/trigger` with `{name, payload}`, which `event` is.
#[must_use]
pub fn event<J>(event: Payload<J>) -> Box<Request<J>> {
    Request::new(Method::Post, "events/trigger".to_owned(), Expected::Nothing).with_payload(event)
}
