//! `/sdk/proxy/{integrationType}/{path}`: requests to the product's own API with the user's account.
//!
//! Any path answers something that the product could have said. Paths that begin with `_` are
//! for tests: `_echo` reflects the request, `_file` is a binary download, `_empty` has no body,
//! `_text` is plain text, `_status/{code}` is a refusal by the product.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http_body_util::BodyExt;
use serde_json::{Map, Value, json};

use crate::App;
use crate::catalogue::Integration;
use crate::error::{ApiError, ok, ok_empty};
use crate::extract::{Query, SignedIn, path_part};
use crate::state::{AccountChoice, Status};

/// `{method} /sdk/proxy/{integrationType}/{path}`
pub(crate) async fn forward(
    caller: SignedIn,
    choice: AccountChoice,
    State(app): State<App>,
    request: Request,
) -> Result<Response<Body>, ApiError> {
    let (mut parts, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map_err(|error| ApiError::bad_request("body_unreadable", error.to_string()))?
        .to_bytes();
    let integration = integration(&caller, &mut parts, &app).await?;
    let state = caller.state();
    let account = state.account(integration, &choice)?;
    account.require_accepted(integration)?;
    if account.status == Status::Pending {
        return Err(ApiError::conflict(
            "credential_not_valid",
            "The account's setup is not finished.",
        ));
    }
    answer(integration, &account.id, &parts, &body)
}

async fn integration(
    caller: &SignedIn,
    parts: &mut Parts,
    app: &App,
) -> Result<&'static Integration, ApiError> {
    let name = path_part(parts, app, "integrationType").await?;
    caller.project.integration_named(&name).ok_or_else(|| {
        ApiError::not_found("integration_not_found", "The project has no integration of this type.")
    })
}

fn answer(
    integration: &Integration,
    credential_id: &str,
    parts: &Parts,
    body: &Bytes,
) -> Result<Response<Body>, ApiError> {
    let path = product_path(parts.uri.path());
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    match first {
        "_echo" => {
            let mut output = echo(parts, path, body);
            output["integration"] = integration.product.key.as_str().into();
            output["credentialId"] = credential_id.into();
            Ok(ok(&json!({ "output": output })))
        }
        "_file" => Ok(file()),
        "_text" => Ok(text("Plain text from the product.")),
        "_empty" => Ok(ok_empty()),
        "_status" => refusal(integration, rest),
        _ if parts.method == Method::GET || parts.method == Method::HEAD => {
            Ok(ok(&json!({ "output": integration.product.sample })))
        }
        _ => Ok(ok(&json!({ "output": {
            "ok": true,
            "method": parts.method.as_str(),
            "path": path,
            "received": reflected_body(&parts.headers, body),
        } }))),
    }
}

/// The path after `…/sdk/proxy/{integrationType}/`, exactly as it was sent.
fn product_path(path: &str) -> &str {
    let after_prefix = path.split_once("/sdk/proxy/").map_or("", |(_, rest)| rest);
    after_prefix.split_once('/').map_or("", |(_, rest)| rest)
}

fn echo(parts: &Parts, path: &str, body: &Bytes) -> Value {
    json!({
        "method": parts.method.as_str(),
        "path": path,
        "query": reflected_query(parts.uri.query()),
        "headers": reflected_headers(&parts.headers),
        "body": reflected_body(&parts.headers, body),
        "bodySize": body.len(),
    })
}

/// A parameter that occurs more than once becomes an array.
fn reflected_query(query: Option<&str>) -> Value {
    let mut reflected = Map::new();
    for (name, value) in Query::of(query).0 {
        match reflected.get_mut(&name) {
            None => {
                reflected.insert(name, value.into());
            }
            Some(Value::Array(values)) => values.push(value.into()),
            Some(earlier) => *earlier = json!([earlier.take(), value]),
        }
    }
    reflected.into()
}

fn reflected_headers(headers: &HeaderMap) -> Value {
    headers
        .iter()
        .filter(|(name, _)| *name != header::AUTHORIZATION)
        .map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned().into())
        })
        .collect::<Map<String, Value>>()
        .into()
}

/// JSON as JSON, other text as a string, anything else as base64; `null` for no body.
fn reflected_body(headers: &HeaderMap, body: &Bytes) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    // `auto` is what the official SDK sends: the content decides.
    let may_be_json = content_type.is_none_or(|it| it.contains("json") || it.contains("auto"));
    if may_be_json && let Ok(value) = serde_json::from_slice(body) {
        return value;
    }
    match std::str::from_utf8(body) {
        Ok(text) => text.into(),
        Err(_) => json!({ "base64": BASE64_STANDARD.encode(body) }),
    }
}

/// Every byte value once: decoding it as text destroys it, which a test can see.
fn file() -> Response<Body> {
    let bytes: Vec<u8> = (0..=u8::MAX).collect();
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"bytes.bin\""),
    );
    response
}

fn text(text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

fn refusal(integration: &Integration, code: &str) -> Result<Response<Body>, ApiError> {
    let status = code
        .parse()
        .ok()
        .and_then(|code| StatusCode::from_u16(code).ok())
        .filter(|status| status.is_client_error() || status.is_server_error())
        .ok_or_else(|| {
            ApiError::bad_request("status_invalid", "Use `_status/{code}` with 400 to 599.")
        })?;
    Err(ApiError::provider_refused(
        status,
        &integration.product.key,
        format!("{} answered with status {}.", integration.product.name, status.as_u16()),
    ))
}
