//! The parts of a request that handlers need; each refusal is an [`ApiError`].

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::App;
use crate::catalogue::{self, Project};
use crate::error::ApiError;
use crate::install::attempts::Attempt;
use crate::keys::project_key;
use crate::state::{AccountChoice, UserState};
use crate::token::verify;

/// Whose request it is: a project of the path and the user of a valid token.
pub(crate) struct SignedIn {
    pub(crate) project: &'static Project,
    pub(crate) user_id: String,
    app: App,
}

impl SignedIn {
    /// The user of a token, wherever in a request it came.
    pub(crate) async fn with(token: &str, parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let project_id = path_part(parts, app, "projectId").await?;
        let project = catalogue::project(&project_id).ok_or_else(ApiError::unknown_project)?;
        let token = token.to_owned();
        // The first use of a project computes its key, which takes too long for this thread.
        let verified = tokio::task::spawn_blocking(move || {
            let key = project_key(&project.id)
                .map_err(|error| ApiError::internal("key_not_made", &error))?;
            verify(&token, &project.id, &key)
        });
        let user_id =
            verified.await.map_err(|error| ApiError::internal("key_not_made", &error))??;
        Ok(Self { project, user_id, app: app.clone() })
    }

    /// The user who began an install, when their browser comes back without a token.
    pub(crate) fn behind(attempt: &Attempt, app: &App) -> Self {
        Self { project: attempt.project, user_id: attempt.user_id.clone(), app: app.clone() }
    }

    pub(crate) fn state(&self) -> UserState {
        self.app.store.read(&self.project.id, &self.user_id)
    }

    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut UserState) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        self.app.store.change(&self.project.id, &self.user_id, change)
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        // A missing project is reported before a missing token.
        let project_id = path_part(parts, app, "projectId").await?;
        catalogue::project(&project_id).ok_or_else(ApiError::unknown_project)?;
        let token = bearer(&parts.headers)?.to_owned();
        Self::with(&token, parts, app).await
    }
}

/// The token of the `Authorization` header. The scheme may be written in any case (RFC 9110).
fn bearer(headers: &HeaderMap) -> Result<&str, ApiError> {
    let value = headers.get(header::AUTHORIZATION).ok_or_else(ApiError::token_missing)?;
    let text = value.to_str().map_err(|_| ApiError::token_malformed())?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(ApiError::token_missing()),
    }
}

/// A named part of the path, decoded. What is no UTF-8 names nothing that exists.
pub(crate) async fn path_part(
    parts: &mut Parts,
    app: &App,
    name: &str,
) -> Result<String, ApiError> {
    let undecodable = |_| ApiError::no_such_route();
    let raw = RawPathParams::from_request_parts(parts, app).await.map_err(undecodable)?;
    raw.iter()
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
        .ok_or_else(ApiError::no_such_route)
}

/// The path's last id (`integrationId`, `credentialId`, `workflowId`, …).
pub(crate) struct PathId(pub(crate) String);

impl FromRequestParts<App> for PathId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let undecodable = |_| ApiError::no_such_route();
        let raw = RawPathParams::from_request_parts(parts, app).await.map_err(undecodable)?;
        raw.iter()
            .filter(|(key, _)| *key != "projectId")
            .last()
            .map(|(_, value)| Self(value.to_owned()))
            .ok_or_else(ApiError::no_such_route)
    }
}

impl FromRequestParts<App> for AccountChoice {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let header = |name: &str| {
            let value = parts.headers.get(name)?.as_bytes();
            Some(String::from_utf8_lossy(value).into_owned()).filter(|text| !text.is_empty())
        };
        Ok(Self {
            credential: header("x-paragon-credential"),
            configuration: header("x-paragon-configuration-id"),
        })
    }
}

/// This server as the caller addresses it, e.g. `http://127.0.0.1:4010`, for absolute addresses
/// in answers: behind a forwarded port the server cannot know it by itself.
pub(crate) struct Origin(pub(crate) String);

impl FromRequestParts<App> for Origin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let authority =
            host.or_else(|| parts.uri.authority().map(axum::http::uri::Authority::as_str));
        Ok(Self(format!("http://{}", authority.unwrap_or("localhost"))))
    }
}

/// The query, decoded, in order.
pub(crate) struct Query(pub(crate) Vec<(String, String)>);

impl Query {
    pub(crate) fn of(query: Option<&str>) -> Self {
        let decoded = |text: &str| {
            let spaced = text.replace('+', " ");
            percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
        };
        Self(
            query
                .unwrap_or_default()
                .split('&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (decoded(name), decoded(value)))
                .collect(),
        )
    }

    /// A parameter that must be there and not be empty.
    pub(crate) fn require(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name).filter(|value| !value.is_empty()).ok_or_else(|| {
            ApiError::bad_request("query_invalid", format!("The query needs `{name}`."))
        })
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl FromRequestParts<App> for Query {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        Ok(Self::of(parts.uri.query()))
    }
}

/// A JSON body of any kind; `None` when there is no body.
pub(crate) struct JsonBody(pub(crate) Option<Value>);

impl FromRequest<App> for JsonBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let is_json = is_json(request.headers());
        let body = Bytes::from_request(request, app)
            .await
            .map_err(|error| ApiError::bad_request("body_unreadable", error.to_string()))?;
        if body.is_empty() {
            return Ok(Self(None));
        }
        if !is_json {
            return Err(ApiError::unsupported_media_type());
        }
        let value = serde_json::from_slice(&body)
            .map_err(|error| ApiError::not_json(format!("The body is not JSON: {error}.")))?;
        Ok(Self(Some(value)))
    }
}

/// A JSON body that has to be an object.
pub(crate) struct JsonObject(pub(crate) Map<String, Value>);

impl FromRequest<App> for JsonObject {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        match JsonBody::from_request(request, app).await?.0 {
            Some(Value::Object(object)) => Ok(Self(object)),
            Some(_) => Err(ApiError::body_invalid("The body must be a JSON object.")),
            None => Err(ApiError::not_json("The body is empty; send a JSON object.")),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}
