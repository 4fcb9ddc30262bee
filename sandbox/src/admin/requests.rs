//! `GET` and `DELETE /_sandbox/requests`: what was received.

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde_json::json;

use crate::App;
use crate::error::ok;

/// `GET /_sandbox/requests`
pub(crate) async fn list(State(app): State<App>) -> Response<Body> {
    ok(&json!({ "requests": app.log.entries() }))
}

/// `DELETE /_sandbox/requests`
pub(crate) async fn clear(State(app): State<App>) -> Response<Body> {
    app.log.clear();
    ok(&json!({ "cleared": true }))
}
