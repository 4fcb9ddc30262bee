//! `/sdk/me`: the connected user.

use axum::body::Body;
use axum::http::Response;
use serde_json::Value;

use crate::error::{ApiError, ok};
use crate::extract::{JsonObject, SignedIn};
use crate::views;

/// `GET /sdk/me`
pub(crate) async fn read(caller: SignedIn) -> Response<Body> {
    ok(&views::user(caller.project, &caller.user_id, &caller.state()))
}

/// `PATCH /sdk/me`: the named keys are stored, `null` included; keys that are not named stay.
pub(crate) async fn update(
    caller: SignedIn,
    JsonObject(body): JsonObject,
) -> Result<Response<Body>, ApiError> {
    let given = match body.get("meta") {
        None => None,
        Some(Value::Object(meta)) => Some(meta),
        Some(_) => return Err(ApiError::body_invalid("`meta` must be an object.")),
    };
    let user = caller.change(|state| {
        for (key, value) in given.into_iter().flatten() {
            state.meta.insert(key.clone(), value.clone());
        }
        Ok(views::user(caller.project, &caller.user_id, state))
    })?;
    Ok(ok(&user))
}
