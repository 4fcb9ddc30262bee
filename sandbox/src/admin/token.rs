//! `POST /_sandbox/token`: a Paragon User Token for anybody who asks.

use axum::body::Body;
use axum::http::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::admin::body::{LARGEST_INTEGER, parse_body};
use crate::catalogue::{self, DEFAULT_PROJECT, DEFAULT_USER};
use crate::error::{ApiError, ok};
use crate::extract::JsonBody;
use crate::token::{DEFAULT_TTL_SECONDS, TokenRequest, mint};

/// A hundred years: beyond it, only arithmetic would be tested.
const LONGEST_TTL_SECONDS: i64 = 100 * 365 * 24 * 3600;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Wanted {
    project_id: String,
    user_id: String,
    expires_in_seconds: i64,
    issued_at: Option<i64>,
    audience: Audience,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            project_id: DEFAULT_PROJECT.to_owned(),
            user_id: DEFAULT_USER.to_owned(),
            expires_in_seconds: DEFAULT_TTL_SECONDS,
            issued_at: None,
            audience: Audience::OfTheProject,
        }
    }
}

/// The `aud` claim: the project's when absent from the request, none for `null`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    This(String),
    Nobody,
    #[serde(skip)]
    OfTheProject,
}

/// `POST /_sandbox/token`
pub(crate) async fn issue(JsonBody(body): JsonBody) -> Result<Response<Body>, ApiError> {
    // serde would take an array for the fields in their order.
    let wanted: Wanted = match body {
        None => Wanted::default(),
        Some(Value::Object(body)) => parse_body(body)?,
        Some(_) => return Err(ApiError::body_invalid("The body must be a JSON object.")),
    };
    if catalogue::project(&wanted.project_id).is_none() {
        return Err(ApiError::not_found(
            "unknown_project",
            "The sandbox has no project of this id. `GET /_sandbox/users` lists those it has.",
        ));
    }
    if wanted.user_id.is_empty() {
        return Err(ApiError::body_invalid("`userId` must not be empty."));
    }
    if !(-LONGEST_TTL_SECONDS..=LONGEST_TTL_SECONDS).contains(&wanted.expires_in_seconds) {
        return Err(ApiError::body_invalid("`expiresInSeconds` is beyond a hundred years."));
    }
    if wanted.issued_at.is_some_and(|it| it.unsigned_abs() > LARGEST_INTEGER) {
        return Err(ApiError::body_invalid("`issuedAt` is beyond what JSON carries exactly."));
    }
    let mut request =
        TokenRequest::new(&wanted.project_id, &wanted.user_id, wanted.expires_in_seconds);
    if let Some(issued_at) = wanted.issued_at {
        request.issued_at = issued_at;
    }
    match wanted.audience {
        Audience::This(audience) => request.audience = Some(audience),
        Audience::Nobody => request.audience = None,
        Audience::OfTheProject => {}
    }
    let signed = request.clone();
    // Signing may have to compute the key first.
    let token = tokio::task::spawn_blocking(move || mint(&signed))
        .await
        .map_err(|error| ApiError::internal("key_not_made", &error))?
        .map_err(|error| ApiError::internal("key_not_made", &error))?;
    Ok(ok(&answer(&token, &request)))
}

fn answer(token: &str, request: &TokenRequest) -> Value {
    json!({
        "token": token,
        "projectId": request.project_id,
        "userId": request.user_id,
        "expiresAt": request.expires_at,
    })
}
