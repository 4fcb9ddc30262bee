//! `/_sandbox/faults`: asking for failures.

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::App;
use crate::admin::body::parse_body;
use crate::error::{ApiError, ok};
use crate::extract::JsonObject;
use crate::faults::Rule;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    rules: Vec<Rule>,
}

/// `POST /_sandbox/faults`: adds rules behind those there are.
pub(crate) async fn add(
    State(app): State<App>,
    JsonObject(body): JsonObject,
) -> Result<Response<Body>, ApiError> {
    require_objects(&body)?;
    let wanted: Wanted = parse_body(body)?;
    app.faults.add(wanted.rules)?;
    Ok(rules(&app))
}

/// `GET /_sandbox/faults`
pub(crate) async fn list(State(app): State<App>) -> Response<Body> {
    rules(&app)
}

/// `DELETE /_sandbox/faults`
pub(crate) async fn clear(State(app): State<App>) -> Response<Body> {
    app.faults.clear();
    rules(&app)
}

/// serde would take an array for the fields in their order.
fn require_objects(body: &Map<String, Value>) -> Result<(), ApiError> {
    let rules = body.get("rules").and_then(Value::as_array);
    let is_well_formed =
        |rule: &Value| rule.is_object() && rule.get("action").is_none_or(Value::is_object);
    if rules.into_iter().flatten().all(is_well_formed) {
        return Ok(());
    }
    Err(ApiError::body_invalid("Every rule and every `action` must be a JSON object."))
}

fn rules(app: &App) -> Response<Body> {
    ok(&json!({ "rules": app.faults.list() }))
}
