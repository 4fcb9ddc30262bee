//! Paragon User Tokens: minting them for the demo projects, and checking the ones that arrive.
//!
//! A token is a JWT signed with RS256. Its claims are `sub` (the user's id), `iat` and `exp` in
//! seconds and, in newer tokens, `aud` = `useparagon.com/{projectId}`.

use jsonwebtoken::{Algorithm, Header, Validation};
use serde_json::{Map, Value};

use crate::clock::now_seconds;
use crate::error::ApiError;
use crate::keys::{KeyError, ProjectKey, project_key};

/// The lifetime of a token unless another is given: one hour, as Paragon's own examples have it.
pub const DEFAULT_TTL_SECONDS: i64 = 3600;

/// The time by which `iat` may lie in the future: clocks of a backend and of this machine differ.
const ISSUED_AT_LEEWAY_SECONDS: f64 = 60.0;

/// The claims of a new token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// The project whose key signs it.
    pub project_id: String,
    /// The `sub` claim.
    pub user_id: String,
    /// The `iat` claim, in seconds since 1970.
    pub issued_at: i64,
    /// The `exp` claim, in seconds since 1970.
    pub expires_at: i64,
    /// The `aud` claim; `None` leaves it out, as in older tokens.
    pub audience: Option<String>,
}

impl TokenRequest {
    /// A token of this project and user, issued now, for this project, living `ttl_seconds`.
    /// Zero or less gives a token that has expired already.
    #[must_use]
    pub fn new(project_id: &str, user_id: &str, ttl_seconds: i64) -> Self {
        let now = now_seconds();
        let expires_at = now.saturating_add(ttl_seconds);
        Self {
            project_id: project_id.to_owned(),
            user_id: user_id.to_owned(),
            // An expired token was issued before it expired.
            issued_at: now.min(expires_at.saturating_sub(1)),
            expires_at,
            audience: Some(audience_of(project_id)),
        }
    }
}

/// Signs a token with its project's (publicly known) key.
///
/// # Errors
/// When the key cannot be computed.
pub fn mint(request: &TokenRequest) -> Result<String, KeyError> {
    let mut claims = Map::new();
    claims.insert("sub".into(), request.user_id.clone().into());
    claims.insert("iat".into(), request.issued_at.into());
    claims.insert("exp".into(), request.expires_at.into());
    if let Some(audience) = &request.audience {
        claims.insert("aud".into(), audience.clone().into());
    }
    let key = project_key(&request.project_id)?;
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key.signing)
        .map_err(KeyError::of)
}

/// The private key that signs a project's tokens, as PKCS#8 PEM, for a backend under development
/// that signs tokens itself. Public knowledge: see the crate's documentation.
///
/// # Errors
/// When the key cannot be computed.
pub fn signing_key_pem(project_id: &str) -> Result<String, KeyError> {
    Ok(project_key(project_id)?.private_pem.clone())
}

/// The public half of [`signing_key_pem`], as PEM.
///
/// # Errors
/// When the key cannot be computed.
pub fn public_key_pem(project_id: &str) -> Result<String, KeyError> {
    Ok(project_key(project_id)?.public_pem.clone())
}

/// Checks a token against a project and gives the id of its user.
pub(crate) fn verify(token: &str, project_id: &str, key: &ProjectKey) -> Result<String, ApiError> {
    // The algorithm is fixed here and never taken from the token. The claims are checked below,
    // so that each failure can say what is wrong.
    let mut validation = Validation::new(Algorithm::RS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let claims = jsonwebtoken::decode::<Map<String, Value>>(token, &key.verifying, &validation)
        .map_err(|error| signature_error(&error))?
        .claims;

    #[expect(clippy::cast_precision_loss, reason = "seconds stay far below 2^52")]
    let now = now_seconds() as f64;
    let number = |name: &str| claims.get(name).and_then(Value::as_f64);
    match number("exp") {
        None => return Err(ApiError::token_claim("The token has no numeric `exp` claim.")),
        Some(expires_at) if expires_at <= now => return Err(ApiError::token_expired()),
        Some(_) => {}
    }
    match number("iat") {
        None => return Err(ApiError::token_claim("The token has no numeric `iat` claim.")),
        Some(issued_at) if issued_at > now + ISSUED_AT_LEEWAY_SECONDS => {
            return Err(ApiError::token_from_the_future());
        }
        Some(_) => {}
    }
    if let Some(audience) = claims.get("aud")
        && !is_for(audience, project_id)
    {
        return Err(ApiError::token_audience(project_id));
    }
    match claims.get("sub").and_then(Value::as_str) {
        Some(user_id) if !user_id.is_empty() => Ok(user_id.to_owned()),
        _ => Err(ApiError::token_claim("The token's `sub` claim must be a non-empty string.")),
    }
}

fn audience_of(project_id: &str) -> String {
    format!("useparagon.com/{project_id}")
}

fn is_for(audience: &Value, project_id: &str) -> bool {
    let wanted = audience_of(project_id);
    match audience {
        Value::String(one) => *one == wanted,
        Value::Array(several) => several.iter().any(|one| one.as_str() == Some(&wanted)),
        _ => false,
    }
}

fn signature_error(error: &jsonwebtoken::errors::Error) -> ApiError {
    use jsonwebtoken::errors::ErrorKind;
    match error.kind() {
        ErrorKind::InvalidSignature => ApiError::token_signature(),
        ErrorKind::InvalidAlgorithm
        | ErrorKind::InvalidAlgorithmName
        | ErrorKind::UnsupportedAlgorithm
        | ErrorKind::MissingAlgorithm => ApiError::token_algorithm(),
        // An algorithm that the library does not know (`none` among them) fails as JSON.
        _ if names_an_unknown_algorithm(error) => ApiError::token_algorithm(),
        _ => ApiError::token_malformed(),
    }
}

fn names_an_unknown_algorithm(error: &jsonwebtoken::errors::Error) -> bool {
    matches!(error.kind(), jsonwebtoken::errors::ErrorKind::Json(cause)
        if cause.to_string().contains("unknown variant"))
}
