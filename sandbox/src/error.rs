//! Every refusal of the sandbox: its status, its stable code, and the JSON body that says so.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Map, Value, json};

/// A refusal: answered as `{"message", "code", "status"}`, with `meta` where there is more to say.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// Boxed: few refusals have it, and every result would carry its size.
    meta: Option<Box<Value>>,
    /// The value of `WWW-Authenticate`.
    challenge: Option<&'static str>,
}

impl ApiError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), meta: None, challenge: None }
    }

    // The token: 401, and a challenge as RFC 6750 wants it.

    fn unauthorized(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            challenge: Some("Bearer realm=\"paragon-sandbox\", error=\"invalid_token\""),
            ..Self::new(StatusCode::UNAUTHORIZED, code, message)
        }
    }

    pub(crate) fn token_missing() -> Self {
        Self {
            challenge: Some("Bearer realm=\"paragon-sandbox\""),
            ..Self::new(
                StatusCode::UNAUTHORIZED,
                "token_missing",
                "Send the Paragon User Token as `Authorization: Bearer <token>`.",
            )
        }
    }

    pub(crate) fn token_malformed() -> Self {
        Self::unauthorized("token_malformed", "The Paragon User Token is not a readable JWT.")
    }

    pub(crate) fn token_algorithm() -> Self {
        Self::unauthorized("token_algorithm", "Paragon User Tokens are signed with RS256 only.")
    }

    pub(crate) fn token_signature() -> Self {
        Self::unauthorized(
            "token_signature",
            "The token's signature does not match this project's key. \
             `paragon-sandbox key` prints the key to sign with.",
        )
    }

    pub(crate) fn token_expired() -> Self {
        Self::unauthorized("token_expired", "The Paragon User Token has expired.")
    }

    pub(crate) fn token_from_the_future() -> Self {
        Self::unauthorized("token_from_the_future", "The token's `iat` lies in the future.")
    }

    pub(crate) fn token_audience(project_id: &str) -> Self {
        Self::unauthorized(
            "token_audience",
            format!("The token's `aud` must be `useparagon.com/{project_id}` or absent."),
        )
    }

    pub(crate) fn token_claim(message: &str) -> Self {
        Self::unauthorized("token_claim", message)
    }

    /// 401 and not 404: no token can be valid for a project that has no key, and the documented
    /// errors of most calls hold 401 only.
    pub(crate) fn unknown_project() -> Self {
        Self::unauthorized(
            "unknown_project",
            "The sandbox has no project of this id. `GET /_sandbox/users` lists those it has.",
        )
    }

    // What was asked for.

    pub(crate) fn not_found(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    pub(crate) fn no_such_route() -> Self {
        Self::not_found(
            "route_not_found",
            "Nothing is served here. `GET /_sandbox/openapi.json` describes what is.",
        )
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "This address does not take this method; the `Allow` header lists those it takes.",
        )
    }

    pub(crate) fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    // The body.

    pub(crate) fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(crate) fn not_json(message: impl Into<String>) -> Self {
        Self::bad_request("body_not_json", message)
    }

    pub(crate) fn body_invalid(message: impl Into<String>) -> Self {
        Self::bad_request("body_invalid", message)
    }

    pub(crate) fn unsupported_media_type() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "Send the body as `Content-Type: application/json`.",
        )
    }

    pub(crate) fn body_too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!("The body is larger than the {limit} bytes that the sandbox takes."),
        )
    }

    /// Answers to a form that cannot be taken; `fields` says why, by the input's id.
    pub(crate) fn options_invalid(fields: &Map<String, Value>) -> Self {
        let names: Vec<&str> = fields.keys().map(String::as_str).collect();
        let message = format!("Some of the options cannot be taken: {}.", names.join(", "));
        Self {
            meta: Some(Box::new(json!({ "fields": fields }))),
            ..Self::bad_request("options_invalid", message)
        }
    }

    // The account behind an integration.

    /// The provider refused, not Paragon: clients must not take it for the end of their session.
    pub(crate) fn provider_refused(status: StatusCode, integration: &str, message: String) -> Self {
        Self {
            meta: Some(Box::new(json!({ "isIntegrationError": true, "integration": integration }))),
            ..Self::new(status, "integration_error", message)
        }
    }

    // The sandbox itself.

    pub(crate) fn internal(code: &'static str, cause: &dyn std::fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, code, cause.to_string())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response<Body> {
        let mut body = json!({
            "message": self.message,
            "code": self.code,
            "status": self.status.as_u16(),
        });
        if let Some(meta) = self.meta {
            body["meta"] = *meta;
        }
        let mut response = json_response(self.status, &body);
        if let Some(challenge) = self.challenge {
            let challenge = HeaderValue::from_static(challenge);
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// A JSON answer.
pub(crate) fn json_response(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // Answers are about one user at one moment.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A JSON answer with status 200.
pub(crate) fn ok(body: &Value) -> Response<Body> {
    json_response(StatusCode::OK, body)
}

/// A page for a person.
pub(crate) fn html(status: StatusCode, page: String) -> Response<Body> {
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Status 200 and no body.
pub(crate) fn ok_empty() -> Response<Body> {
    Response::new(Body::empty())
}
