//! Cross-origin access, as a public API grants it: to any origin, without cookies.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use axum::middleware::Next;

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/// The headers that a preflight allows even when it does not ask.
const REQUEST_HEADERS: &str = "Authorization, Content-Type, Accept, X-Paragon-Credential, \
     X-Paragon-Configuration-Id, X-Paragon-SDK-Version";

/// The headers that scripts of other origins may read.
const ANSWER_HEADERS: &str = "Date, Retry-After, Content-Length, Content-Type, Content-Disposition, WWW-Authenticate, Allow, Location";

/// Two hours: as long as Chromium remembers a preflight at most.
const MAX_AGE: &str = "7200";

/// Marks an answer that must not carry CORS headers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WithoutCors;

/// The outermost layer: puts the headers on every answer, refusals included, because a browser
/// hides an answer without them and the application could not tell a 401 from a dead network.
pub(crate) async fn headers(request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    if response.extensions().get::<WithoutCors>().is_none() {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static(ANSWER_HEADERS),
        );
    }
    response
}

/// Answers preflights. Other `OPTIONS` requests go on.
pub(crate) async fn preflight(request: Request, next: Next) -> Response<Body> {
    if is_preflight(request.method(), request.headers()) {
        return permission(request.headers());
    }
    next.run(request).await
}

pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn permission(asked: &HeaderMap) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
    let allowed = asked
        .get(header::ACCESS_CONTROL_REQUEST_HEADERS)
        .cloned()
        .unwrap_or(HeaderValue::from_static(REQUEST_HEADERS));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    headers.insert(header::VARY, HeaderValue::from_static("Access-Control-Request-Headers"));
    // Browsers ask this before a public page may reach a server on the own machine.
    if asked.contains_key("access-control-request-private-network") {
        headers.insert("access-control-allow-private-network", HeaderValue::from_static("true"));
    }
    response
}
