//! `/sdk/events/trigger`: App Events.

use axum::body::Body;
use axum::http::Response;
use serde_json::Value;

use crate::error::{ApiError, ok_empty};
use crate::extract::{JsonObject, SignedIn};

/// `POST /sdk/events/trigger`: any event name is taken; `GET /_sandbox/requests` shows what came.
pub(crate) async fn trigger(
    _caller: SignedIn,
    JsonObject(body): JsonObject,
) -> Result<Response<Body>, ApiError> {
    match body.get("name") {
        Some(Value::String(name)) if !name.is_empty() => {}
        _ => return Err(ApiError::body_invalid("`name` must be a non-empty string.")),
    }
    match body.get("payload") {
        None | Some(Value::Object(_)) => Ok(ok_empty()),
        Some(_) => Err(ApiError::body_invalid("`payload` must be an object.")),
    }
}
