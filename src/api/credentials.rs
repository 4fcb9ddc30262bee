//! `/sdk/credentials`: the accounts that the user has connected.

use crate::error::Error;
use crate::http::request::{Expected, Method, Payload, Request, path_with_id};
use crate::json::Json;

/// `GET /sdk/credentials`: the accounts that the user has connected.
#[must_use]
pub fn list<J>() -> Box<Request<J>> {
    Request::list("credentials")
}

/// `PATCH /sdk/credentials/{id}` with `{accessToken?, refreshToken?}`, which `tokens` is; the answer
/// is the credential.
///
/// # Errors
/// [`crate::ErrorCode::InvalidArgument`] for an id that cannot stand in a path.
pub fn update<J: Json>(id: &str, tokens: Payload<J>) -> Result<Box<Request<J>>, Error<J>> {
    let path = path_with_id("credentials/", "credentialId", id)?;
    Ok(Request::new(Method::Patch, path, Expected::Object).with_payload(tokens))
}
