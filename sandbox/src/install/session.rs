//! `…/sdk/actions/session-id/{sessionKey}`: what came of an install, for an application whose popup
//! cannot tell it.

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde_json::json;

use crate::App;
use crate::error::{ok, ok_empty};
use crate::extract::{PathId, SignedIn};

/// `GET …`: `null` until there is an account, and for keys that nobody has begun with.
pub(crate) async fn read(
    caller: SignedIn,
    State(app): State<App>,
    PathId(key): PathId,
) -> Response<Body> {
    let id = app.attempts.result(caller.project, &caller.user_id, &key);
    ok(&json!({ "connectCredentialId": id }))
}

/// `DELETE …`
pub(crate) async fn forget(
    caller: SignedIn,
    State(app): State<App>,
    PathId(key): PathId,
) -> Response<Body> {
    app.attempts.forget_session(caller.project, &caller.user_id, &key);
    ok_empty()
}
