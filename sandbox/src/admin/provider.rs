//! `/_sandbox/provider`: what the providers' users decide, and the accounts that they take back.

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::App;
use crate::admin::body::parse_body;
use crate::catalogue::{self, DEFAULT_PROJECT, DEFAULT_USER};
use crate::error::{ApiError, ok};
use crate::extract::{JsonObject, Origin};
use crate::provider;
use crate::provider::decisions::Decision;
use crate::state::{Status, unknown_credential};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    decisions: Vec<Decision>,
}

/// `GET /_sandbox/provider`
pub(crate) async fn read(State(app): State<App>, Origin(origin): Origin) -> Response<Body> {
    state(&app, &origin)
}

/// `POST /_sandbox/provider`: adds decisions behind those there are.
pub(crate) async fn decide(
    State(app): State<App>,
    Origin(origin): Origin,
    JsonObject(body): JsonObject,
) -> Result<Response<Body>, ApiError> {
    // serde would take an array for the fields in their order.
    let decisions = body.get("decisions").and_then(Value::as_array);
    if !decisions.into_iter().flatten().all(Value::is_object) {
        return Err(ApiError::body_invalid("Every decision must be a JSON object."));
    }
    let wanted: Wanted = parse_body(body)?;
    app.decisions.add(wanted.decisions)?;
    Ok(state(&app, &origin))
}

/// `DELETE /_sandbox/provider`
pub(crate) async fn clear(State(app): State<App>, Origin(origin): Origin) -> Response<Body> {
    app.decisions.clear();
    state(&app, &origin)
}

fn state(app: &App, origin: &str) -> Response<Body> {
    ok(&json!({
        "origin": provider::origin(app, origin),
        "decisions": app.decisions.list(),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Revoked {
    #[serde(default = "default_project")]
    project_id: String,
    #[serde(default = "default_user")]
    user_id: String,
    /// A type or custom slug.
    integration: String,
    /// Absent: every account of the integration.
    credential_id: Option<String>,
}

/// `POST /_sandbox/provider/revoke`: the user takes their consent back at the provider, which tells
/// nobody. The account is INVALID until it is reconnected.
pub(crate) async fn revoke(
    State(app): State<App>,
    JsonObject(body): JsonObject,
) -> Result<Response<Body>, ApiError> {
    let wanted = revoked(body)?;
    let project = catalogue::project(&wanted.project_id).ok_or_else(|| {
        ApiError::not_found("unknown_project", "The sandbox has no project of this id.")
    })?;
    let integration = project.integration_named(&wanted.integration).ok_or_else(|| {
        ApiError::not_found("integration_not_found", "The project has no such integration.")
    })?;
    let revoked = app.store.change(&project.id, &wanted.user_id, |state| {
        let mut revoked = Vec::new();
        for account in &mut state.credentials {
            let meant = wanted.credential_id.as_deref().is_none_or(|name| account.is_named(name));
            if account.integration_id == integration.id && meant {
                account.status = Status::Invalid;
                revoked.push(account.id.clone());
            }
        }
        if revoked.is_empty() {
            let name = wanted.credential_id.as_deref().unwrap_or(&wanted.integration);
            return Err(unknown_credential(name));
        }
        Ok(revoked)
    })?;
    Ok(ok(&json!({ "revoked": revoked })))
}

fn revoked(body: Map<String, Value>) -> Result<Revoked, ApiError> {
    let wanted: Revoked = parse_body(body)?;
    if wanted.user_id.is_empty() {
        return Err(ApiError::body_invalid("`userId` must not be empty."));
    }
    Ok(wanted)
}

fn default_project() -> String {
    DEFAULT_PROJECT.to_owned()
}

fn default_user() -> String {
    DEFAULT_USER.to_owned()
}
