//! Lets the faults happen that were asked for at `/_sandbox/faults`.

use std::collections::BTreeMap;
use std::future::pending;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use axum::middleware::Next;
use http_body_util::BodyExt;
use serde_json::Value;

use crate::App;
use crate::broken_body::BrokenBody;
use crate::faults::{Action, Moment};
use crate::middleware::cors::{WithoutCors, is_preflight};
use crate::middleware::record::is_for_the_desk;
use crate::server::NoAnswer;

/// Hits requests for the API only: the admin routes always work, or no fault could be taken back.
pub(crate) async fn faults(State(app): State<App>, request: Request, next: Next) -> Response<Body> {
    let path = request.uri().path();
    let is_preflight = is_preflight(request.method(), request.headers());
    let hit = (!is_for_the_desk(path))
        .then(|| app.faults.hit(request.method(), path, is_preflight))
        .flatten();
    let Some(rule) = hit else { return next.run(request).await };
    // A client that goes away meanwhile takes this future with it, here and in every wait below.
    tokio::time::sleep(Duration::from_millis(rule.delay_ms)).await;
    let mut response = act(rule.action, request, next).await;
    if !rule.cors {
        response.extensions_mut().insert(WithoutCors);
    }
    response
}

async fn act(action: Action, request: Request, next: Next) -> Response<Body> {
    match action {
        Action::Pass {} => next.run(request).await,
        Action::Answer { status, headers, body } => answer(status, &headers, body),
        Action::Alter { status, headers } => {
            let mut response = next.run(request).await;
            if let Some(status) = status {
                set_status(&mut response, status);
            }
            set_headers(response.headers_mut(), &headers);
            response
        }
        Action::Drop { when: Moment::BeforeHeaders, applied } => {
            if applied {
                next.run(request).await;
            }
            no_answer()
        }
        Action::Drop { when: Moment::AfterHeaders, .. } => {
            let (response, body) = whole(next.run(request).await).await;
            response.map(|()| Body::new(BrokenBody::cut(Bytes::new(), body.len())))
        }
        Action::Truncate { bytes } => {
            let (response, body) = whole(next.run(request).await).await;
            let wanted = bytes.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
            let kept = wanted.unwrap_or(body.len() / 2).min(body.len());
            let sent = body.slice(..kept);
            response.map(|()| Body::new(BrokenBody::cut(sent, body.len())))
        }
        Action::Hang { when: Moment::BeforeHeaders } => pending().await,
        Action::Hang { when: Moment::AfterHeaders } => {
            let (response, body) = whole(next.run(request).await).await;
            response.map(|()| Body::new(BrokenBody::silent(body.len())))
        }
        Action::Corrupt {} => {
            let (response, body) = whole(next.run(request).await).await;
            response.map(|()| Body::from(corrupted(&body)))
        }
        Action::Redirect { location, status } => {
            let headers = BTreeMap::from([("location".to_owned(), location)]);
            answer(status, &headers, None)
        }
        Action::BigBody { bytes } => {
            let mut response = Response::new(Body::new(BrokenBody::big(bytes)));
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(header::CONTENT_TYPE, json);
            response
        }
    }
}

fn answer(status: u16, headers: &BTreeMap<String, String>, body: Option<Value>) -> Response<Body> {
    let (content_type, body) = match body {
        None => (None, String::new()),
        Some(Value::String(text)) => (Some("text/plain; charset=utf-8"), text),
        Some(json) => (Some("application/json"), json.to_string()),
    };
    let mut response = Response::new(Body::from(body));
    set_status(&mut response, status);
    if let Some(content_type) = content_type {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    set_headers(response.headers_mut(), headers);
    response
}

/// Never sent by this server; where a router is mounted elsewhere, an answer that breaks off.
fn no_answer() -> Response<Body> {
    let mut response = Response::new(Body::new(BrokenBody::cut(Bytes::new(), 1)));
    response.extensions_mut().insert(NoAnswer);
    response
}

/// The answer without its body, and the body in one piece.
async fn whole(response: Response<Body>) -> (Response<()>, Bytes) {
    let (mut parts, body) = response.into_parts();
    // The broken body announces its own length.
    parts.headers.remove(header::CONTENT_LENGTH);
    // Bodies of our own handlers lie in memory and cannot fail.
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    (Response::from_parts(parts, ()), body)
}

/// No longer JSON, whatever it was: an object that is never closed and a byte that is no text.
fn corrupted(body: &Bytes) -> Vec<u8> {
    let mut broken = b"{\"corrupt\": ,\xff".to_vec();
    broken.extend_from_slice(body);
    broken
}

fn set_status(response: &mut Response<Body>, status: u16) {
    // Checked when the rule was taken.
    if let Ok(status) = StatusCode::from_u16(status) {
        *response.status_mut() = status;
    }
}

fn set_headers(headers: &mut HeaderMap, wanted: &BTreeMap<String, String>) {
    for (name, value) in wanted {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
        {
            headers.insert(name, value);
        }
    }
}
