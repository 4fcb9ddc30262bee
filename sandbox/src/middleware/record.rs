//! Takes the body in, up to a limit, and writes the request into the log.

use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::Response;
use axum::middleware::Next;
use axum::response::IntoResponse;
use http_body_util::BodyExt;

use crate::App;
use crate::error::ApiError;
use crate::server::NoAnswer;

/// The largest body that is taken.
const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// The bytes that are read and dropped of a large body. An answer sent while the client still writes
/// is often lost with the connection, so the client is heard out, within reason.
const DRAIN_LIMIT: usize = 4 * BODY_LIMIT;

/// Reads the whole body; logs the request unless it is for the sandbox itself.
pub(crate) async fn requests(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let body = read(body).await;
    let logged = !is_for_the_desk(parts.uri.path());
    let entry = logged.then(|| app.log.arrived(&parts, body.as_ref().ok()));
    let response = match body {
        Ok(body) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Err(error) => error.into_response(),
    };
    if let Some(entry) = entry
        && response.extensions().get::<NoAnswer>().is_none()
    {
        app.log.answered(entry, response.status(), started.elapsed());
    }
    response
}

/// True if a path belongs to the sandbox itself and not to the API it stands in for.
pub(crate) fn is_for_the_desk(path: &str) -> bool {
    path == "/" || path == "/_sandbox" || path.starts_with("/_sandbox/")
}

async fn read(mut body: Body) -> Result<Bytes, ApiError> {
    let mut kept = Vec::new();
    let mut size = 0_usize;
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|error| ApiError::bad_request("body_unreadable", error.to_string()))?;
        let Ok(chunk) = frame.into_data() else { continue };
        size += chunk.len();
        if size <= BODY_LIMIT {
            kept.extend_from_slice(&chunk);
        } else if size > DRAIN_LIMIT {
            break;
        }
    }
    if size > BODY_LIMIT { Err(ApiError::body_too_large(BODY_LIMIT)) } else { Ok(kept.into()) }
}
