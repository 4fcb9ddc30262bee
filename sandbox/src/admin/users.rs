//! `GET /_sandbox/users` and `POST /_sandbox/reset`: who is there, and back to the beginning.

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde_json::{Value, json};

use crate::App;
use crate::catalogue::{DEFAULT_PROJECT, DEFAULT_USER, demo_users, projects};
use crate::error::{ApiError, ok};

/// `GET /_sandbox/users`
pub(crate) async fn list() -> Response<Body> {
    let users: Vec<Value> = demo_users()
        .iter()
        .map(|user| {
            json!({
                "projectId": user.project,
                "userId": user.id,
                "name": user.name,
                "description": user.about,
            })
        })
        .collect();
    let projects: Vec<Value> =
        projects().iter().map(|it| json!({ "projectId": it.id, "name": it.name })).collect();
    ok(&json!({
        "defaultProjectId": DEFAULT_PROJECT,
        "defaultUserId": DEFAULT_USER,
        "projects": projects,
        "users": users,
    }))
}

/// `POST /_sandbox/reset`: the users as they were at the first start, no faults, no
/// decisions, no installs underway, an empty log.
pub(crate) async fn reset(State(app): State<App>) -> Result<Response<Body>, ApiError> {
    app.store.reset()?;
    app.log.clear();
    app.faults.clear();
    app.attempts.clear();
    app.decisions.clear();
    Ok(ok(&json!({ "reset": true })))
}
