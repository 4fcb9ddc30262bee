//! `/sdk/credentials`: the accounts that the user has connected.

use super::json::Json;
use super::message::{Expected, Method, Request};
use super::text::join;

/// `GET /sdk/credentials`; the answer is a list.
#[must_use]
pub fn list<J>() -> Request<J> {
    Request::new(Method::Get, "credentials", Expected::Array("a list of credentials"))
}

/// `PATCH /sdk/credentials/{id}` with `{accessToken?, refreshToken?}`; the answer is the
/// credential.
#[must_use]
pub fn update<J: Json>(credential_id: &str, fields: J) -> Request<J> {
    let path = join(&["credentials/", credential_id]);
    Request::new(Method::Patch, &path, Expected::Object("a credential")).with_json(fields)
}
