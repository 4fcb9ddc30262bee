//! `/sdk/workflows`, `/sdk/triggers` and `/sdk/events`: switching workflows, and starting them.

use super::json::Json;
use super::message::{Expected, Method, Payload, Request, Selection};
use super::text::join;

/// `POST /sdk/workflows/{id}` to enable, `DELETE` to disable. Either may be sent twice.
#[must_use]
pub fn switch<J>(workflow_id: &str, enabled: bool, selection: Selection) -> Request<J> {
    let method = if enabled { Method::Post } else { Method::Delete };
    let mut request =
        Request::new(method, &join(&["workflows/", workflow_id]), Expected::Nothing);
    request.repeatable = true;
    request.with_selection(selection)
}

/// `POST /sdk/triggers/{id}`, which starts a workflow that has a request trigger. `query` is the
/// URL's query without the question mark; it may be empty. The answer is JSON, text, or nothing.
#[must_use]
pub fn trigger<J>(
    workflow_id: &str,
    query: &str,
    payload: Payload<J>,
    caller_headers: Option<J>,
    selection: Selection,
) -> Request<J> {
    let mark = if query.is_empty() { "" } else { "?" };
    let path = join(&["triggers/", workflow_id, mark, query]);
    let mut request = Request::new(Method::Post, &path, Expected::Anything);
    request.payload = payload;
    request.caller_headers = caller_headers;
    request.with_selection(selection)
}

/// `POST /sdk/events/trigger` with `{name, payload}`.
#[must_use]
pub fn event<J: Json>(name: &str, payload: &J, selection: Selection) -> Request<J> {
    let body = J::object([("name", J::from_text(name)), ("payload", payload.clone())]);
    Request::new(Method::Post, "events/trigger", Expected::Nothing)
        .with_json(body)
        .with_selection(selection)
}
