//! `/sdk/workflows`, `/sdk/triggers` and `/sdk/events`: switching workflows, and starting them.

use super::endpoints::Project;
use super::error::Error;
use super::json::Json;
use super::message::{Body, Method, Payload, Request, Response, Selection};
use super::text::join;

/// `POST /sdk/workflows/{id}` to enable, `DELETE` to disable. Either may be sent twice.
#[must_use]
pub fn switch<J>(
    project: &Project,
    workflow_id: &str,
    enabled: bool,
    selection: &Selection,
) -> Request<J> {
    let method = if enabled { Method::Post } else { Method::Delete };
    let path = join(&["workflows/", workflow_id]);
    let mut request = selection.apply(Request::new(method, project.api(&path)));
    request.repeatable = true;
    request
}

/// `POST /sdk/triggers/{id}`, which starts a workflow that has a request trigger. `query` is the
/// URL's query without the question mark; it may be empty.
#[must_use]
pub fn trigger<J>(
    project: &Project,
    workflow_id: &str,
    query: &str,
    payload: Payload<J>,
    caller_headers: Option<J>,
    selection: &Selection,
) -> Request<J> {
    let mark = if query.is_empty() { "" } else { "?" };
    let path = join(&["triggers/", workflow_id, mark, query]);
    let mut request = selection.apply(Request::new(Method::Post, project.api(&path)));
    if matches!(payload, Payload::Json(_)) {
        request = request.with_header("Content-Type", Some("application/json"));
    }
    request.payload = payload;
    request.caller_headers = caller_headers;
    request
}

/// What the workflow answers: JSON, text, or nothing.
///
/// # Errors
/// None: it is a reader of answers, as the others are.
pub fn read_trigger<J: Json>(response: Response<J>) -> Result<Option<J>, Error<J>> {
    Ok(match response.body {
        Body::Json(value) | Body::Native(value) => Some(value),
        Body::Text(text) if text.is_empty() => None,
        Body::Text(text) => Some(J::from_text(&text)),
    })
}

/// `POST /sdk/events/trigger` with `{name, payload}`; both are JSON text.
#[must_use]
pub fn event<J>(project: &Project, name: &str, payload: &str, selection: &Selection) -> Request<J> {
    let body = join(&["{\"name\":", name, ",\"payload\":", payload, "}"]);
    selection.apply(Request::new(Method::Post, project.api("events/trigger"))).with_json(body)
}
